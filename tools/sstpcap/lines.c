/* lines.c - what is told of sessions while they are watched
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "lines.h"

#include "base/endpoint.h"
#include "base/text.h"
#include "report/report.h"
#include "report/verdict.h"
#include "session/session.h"

static const char *const kind_names[WATCH_KINDS] = { "up", "verdict", "end" };

int
line_severity(const struct watch_event *event)
{
    if (event->result)
        return report_result_severity(event->result);
    return event->finding ? (int)event->finding->severity : -1;
}

/* --- for people ------------------------------------------------------------------------------- */

/* "up", "fault" while it goes on, then how it was. */
static const char *
head_of(const struct watch_event *event)
{
    if (event->kind == WATCH_UP)
        return "up";
    if (event->kind == WATCH_VERDICT)
        return "fault";
    return verdict_state_name(event->result->verdict.state);
}

static char *
time_text(int64_t time_ns)
{
    GDateTime *time = g_date_time_new_from_unix_local(time_ns / NS_PER_SECOND);
    char *text = time ? g_date_time_format(time, "%Y-%m-%d %H:%M:%S") : g_strdup("-");

    if (time)
        g_date_time_unref(time);
    return text;
}

static void
append_names(GString *text, const struct session *session)
{
    char *client = endpoint_text(conn_endpoint(session_conn(session), SIDE_CLIENT));
    char *server = endpoint_text(conn_endpoint(session_conn(session), SIDE_SERVER));
    const char *user = session_auth(session)->user;

    g_string_append_printf(text, "%s -> %s", client, server);
    if (user && *user)
        g_string_append_printf(text, " (%s)", user);
    g_free(client);
    g_free(server);
}

static void
append_finding(GString *text, const struct frame_finding *finding)
{
    const struct finding_info *info = finding_info(finding->id);

    g_string_append_printf(text, "%s [%s] (%s, %s)", info->title, info->name,
                           severity_name(finding->severity), confidence_name(finding->confidence));
}

/* What was found at the end, and how long the session was. */
static void
append_end(GString *text, const struct watch_event *event)
{
    const struct verdict *verdict = &event->result->verdict;

    if (verdict->finding)
        g_string_append_printf(text, "%s [%s] (%s, %s), ", verdict_title(verdict),
                               verdict_name(verdict), severity_name(verdict->finding->severity),
                               confidence_name(verdict_confidence(verdict)));
    g_string_append_printf(text, "%s, reached stage %s, %s", session_outcome(event->session),
                           stage_name(session_reached(event->session)),
                           text_seconds(event->seconds).text);
}

static void
append_file(GString *text, const struct line_file *file)
{
    char *shown = file->path ? text_shown(file->path, "") : NULL;

    if (shown && file->times > 1)
        g_string_append_printf(text, "; %s of the kind in %s", text_times(file->times).text, shown);
    else if (shown)
        g_string_append_printf(text, "; packets in %s", shown);
    g_free(shown);
}

char *
line_text(const struct watch_event *event, const struct line_file *file)
{
    GString *text = g_string_new(NULL);
    char *time = time_text(event->time_ns);

    g_string_append_printf(text, "%s %-12s ", time, head_of(event));
    append_names(text, event->session);
    g_string_append(text, ": ");
    if (event->kind == WATCH_UP)
        g_string_append_printf(text, "the tunnel works after %s",
                               text_seconds(event->seconds).text);
    else if (event->finding)
        append_finding(text, event->finding);
    else
        append_end(text, event);
    append_file(text, file);
    g_string_append_c(text, '\n');
    g_free(time);
    return g_string_free(text, FALSE);
}

/* --- for programs ----------------------------------------------------------------------------- */

struct member {
    const struct watch_event *event;
    const struct line_file *file;
};

static void
json_endpoint(struct json *json, const char *key, const struct endpoint *endpoint)
{
    char *text = endpoint_text(endpoint);

    json_string(json, key, text);
    g_free(text);
}

static void
json_finding(struct json *json, const struct frame_finding *finding)
{
    const struct finding_info *info = finding_info(finding->id);

    json_object_begin(json, "finding");
    json_string(json, "id", info->name);
    json_string(json, "title", info->title);
    json_string(json, "stage", stage_name(info->stage));
    json_string(json, "severity", severity_name(finding->severity));
    json_string(json, "confidence", confidence_name(finding->confidence));
    json_string(json, "summary", finding->summary);
    json_object_end(json);
}

/* The member "watch". */
static void
json_watch(void *data, struct json *json)
{
    const struct member *member = data;
    const struct watch_event *event = member->event;
    const struct conn *conn = session_conn(event->session);
    GDateTime *then = g_date_time_new_from_unix_utc(event->time_ns / NS_PER_SECOND);
    char *time = then ? g_date_time_format(then, "%Y-%m-%dT%H:%M:%SZ") : NULL;

    json_object_begin(json, "watch");
    json_string(json, "event", kind_names[event->kind]);
    json_string(json, "time", time);
    json_endpoint(json, "client", conn_endpoint(conn, SIDE_CLIENT));
    json_endpoint(json, "server", conn_endpoint(conn, SIDE_SERVER));
    json_string(json, "user", session_auth(event->session)->user);
    json_string(json, "stage", stage_name(session_reached(event->session)));
    json_number(json, "seconds", event->seconds);
    if (event->finding)
        json_finding(json, event->finding);
    json_string(json, "file", member->file->path);
    json_number(json, "times", member->file->times);
    json_number(json, "packets_lost", (double)event->lost);
    json_object_end(json);
    if (then)
        g_date_time_unref(then);
    g_free(time);
}

/* Nothing is judged yet: what is known stands in "watch" alone. */
static char *
short_json(struct member *member)
{
    struct json json = { g_string_new(NULL), false };

    json_object_begin(&json, NULL);
    json_string(&json, "schema", "sstpdiag/1");
    json_string(&json, "version", SSTPDIAG_VERSION);
    json_watch(member, &json);
    json_object_end(&json);
    g_string_append_c(json.text, '\n');
    return g_string_free(json.text, FALSE);
}

char *
line_json(const struct watch_event *event, const struct line_file *file)
{
    struct member member = { event, file };
    const struct report_env env = { .version = SSTPDIAG_VERSION,
                                    .file = file->path,
                                    .for_command = true,
                                    .only = event->session,
                                    .more = json_watch,
                                    .more_data = &member };

    return event->kind == WATCH_END ? report_json(event->engine, &env) : short_json(&member);
}
