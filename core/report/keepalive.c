/* keepalive.c - echoes of a session: how often, how many answered, how soon
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/keepalive.h"

#include "base/text.h"

void
report_keepalive_each(const struct session *session, echo_fn take, void *context)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        if (session_lcp_echo(session, side)->requests)
            take(context, "LCP", (enum side)side, session_lcp_echo(session, side));
        if (session_sstp_echo(session, side)->requests)
            take(context, "SSTP", (enum side)side, session_sstp_echo(session, side));
    }
}

static void
json_seconds(struct json *json, const char *key, bool known, int64_t ns)
{
    if (known)
        json_number(json, key, ns_seconds(ns));
    else
        json_null(json, key);
}

static void
echo_json(void *context, const char *protocol, enum side asker, const struct echo *echo)
{
    struct json *json = context;
    bool answered = echo->replies > 0, repeated = echo->rhythm.intervals > 0;

    json_object_begin(json, NULL);
    json_string(json, "protocol", protocol);
    json_string(json, "asker", side_name(asker));
    json_number(json, "requests", echo->requests);
    json_number(json, "answered", echo->replies);
    json_seconds(json, "interval_min", repeated, echo->rhythm.min);
    json_seconds(json, "interval_max", repeated, echo->rhythm.max);
    json_seconds(json, "round_trip_min", answered, echo->rtt_min);
    json_seconds(json, "round_trip_max", answered, echo->rtt_max);
    json_seconds(json, "round_trip_mean", answered, answered ? echo->rtt_sum / echo->replies : 0);
    json_object_end(json);
}

void
report_keepalive_json(struct json *json, const struct session *session)
{
    json_array_begin(json, "keepalive");
    report_keepalive_each(session, echo_json, json);
    json_array_end(json);
}

static void
echo_text(void *context, const char *protocol, enum side asker, const struct echo *echo)
{
    GString *text = context;

    g_string_append_printf(text, "%s%s echo of the %s", text->len ? "; " : "", protocol,
                           side_name(asker));
    if (echo->rhythm.intervals && echo->rhythm.max - echo->rhythm.min > NS_PER_SECOND)
        g_string_append_printf(text, " every %.1f to %s", ns_seconds(echo->rhythm.min),
                               text_seconds(ns_seconds(echo->rhythm.max)).text);
    else if (echo->rhythm.intervals)
        g_string_append_printf(text, " every %s", text_seconds(ns_seconds(echo->rhythm.last)).text);
    g_string_append_printf(text, ", %u of %u answered", echo->replies, echo->requests);
    if (echo->replies)
        g_string_append_printf(text, " in %s",
                               text_seconds(ns_seconds(echo->rtt_sum / echo->replies)).text);
}

char *
report_keepalive_text(const struct session *session)
{
    GString *text = g_string_new(NULL);

    report_keepalive_each(session, echo_text, text);
    return g_string_free(text, FALSE);
}
