/* rules_changed.c - rules of a pair: what was changed between the two ends
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/pair_rule.h"

#include <string.h>

#include "base/text.h"
#include "base/thresholds.h"

enum { CHANGES_MAX_LEN = 400 }; /* the text that names the changed lines of a head */

/* --- addresses and TCP options --------------------------------------------------------------- */

void
pair_rule_nat(struct pair *pair)
{
    const struct endpoint *ends[SIDE_COUNT][SIDE_COUNT];
    bool same = true;

    for (int side = 0; side < SIDE_COUNT; side++) {
        for (int at = 0; at < SIDE_COUNT; at++)
            ends[side][at] = conn_endpoint(session_conn(pair_session(pair, at)), (enum side)side);
        same = same && endpoint_equal(ends[side][SIDE_CLIENT], ends[side][SIDE_SERVER]);
    }
    if (same || !pair->same_tcp)
        return;
    struct mark first = conn_first(session_conn(pair_session(pair, SIDE_CLIENT)));
    struct finding *finding =
        pair_rule_add(pair, FINDING_TCP_NAT, CONFIDENCE_CERTAIN, first, SIDE_CLIENT);
    finding_frame(finding, conn_first(session_conn(pair_session(pair, SIDE_SERVER))).frame);
    GString *words = g_string_new(NULL);
    for (int side = 0; side < SIDE_COUNT; side++) {
        static const char *const keys[SIDE_COUNT][SIDE_COUNT] = {
            { "client_at_client", "client_at_server" }, { "server_at_client", "server_at_server" }
        };
        if (endpoint_equal(ends[side][SIDE_CLIENT], ends[side][SIDE_SERVER]))
            continue;
        char *near = endpoint_text(ends[side][SIDE_CLIENT]);
        char *far = endpoint_text(ends[side][SIDE_SERVER]);
        finding_text(finding, keys[side][SIDE_CLIENT], near);
        finding_text(finding, keys[side][SIDE_SERVER], far);
        g_string_append_printf(words,
                               "%sthe %s %s at the client's capture point is %s at the "
                               "server's",
                               words->len ? ", and " : "", side_name((enum side)side), near, far);
        g_free(near);
        g_free(far);
    }
    words->str[0] = g_ascii_toupper(words->str[0]);
    finding_summary(finding, "%s", words->str);
    g_string_free(words, TRUE);
}

/* "MSS 1460 became 1200, window scale removed". */
static void
syn_changes(const struct tcp_half *from, const struct tcp_half *to, GString *out)
{
    const struct {
        const char *name;
        bool at_from, at_to;
        unsigned left, came;
    } options[] = {
        { "MSS", from->mss_seen, to->mss_seen, from->mss, to->mss },
        { "window scale", from->window_scale_seen, to->window_scale_seen, from->window_scale,
          to->window_scale },
        { "SACK", from->sack, to->sack, 0, 0 },
        { "timestamps", from->timestamps, to->timestamps, 0, 0 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        if (options[i].at_from == options[i].at_to && options[i].left == options[i].came)
            continue;
        g_string_append_printf(out, "%s%s ", out->len ? ", " : "", options[i].name);
        if (options[i].at_from && options[i].at_to)
            g_string_append_printf(out, "%u became %u", options[i].left, options[i].came);
        else
            g_string_append(out, options[i].at_from ? "was removed" : "was added");
    }
}

void
pair_rule_syn_rewritten(struct pair *pair)
{
    struct finding *finding = NULL;
    GString *words = g_string_new(NULL);

    for (int side = 0; side < SIDE_COUNT && pair->same_tcp; side++) {
        static const char *const keys[] = { "client_syn", "server_syn" };
        const struct tcp_half *from = pair_sender(pair, side), *to = pair_receiver(pair, side);
        GString *changes = g_string_new(NULL);
        if (mark_is_set(from->syn) && mark_is_set(to->syn) && !from->syn_cut && !to->syn_cut)
            syn_changes(from, to, changes);
        if (changes->len) {
            if (!finding)
                finding = pair_rule_add(pair, FINDING_TCP_SYN_REWRITTEN, CONFIDENCE_CERTAIN,
                                        from->syn, (enum side)side);
            finding_frame(finding, from->syn.frame);
            finding_frame(finding, to->syn.frame);
            finding_text(finding, keys[side], changes->str);
            g_string_append_printf(words, "%sIn the %s's %s %s", words->len ? ". " : "",
                                   side_name((enum side)side),
                                   side == SIDE_CLIENT ? "SYN" : "SYN-ACK", changes->str);
        }
        g_string_free(changes, TRUE);
    }
    if (finding)
        finding_summary(finding, "%s", words->str);
    g_string_free(words, TRUE);
}

/* --- PROXY header ---------------------------------------------------------------------------- */

/* Something between the ends took the header off. It may be meant to: there is a finding only when
 * the server closes upon the ClientHello without a byte, as those do that miss the header. */
static void
proxy_header_removed(struct pair *pair)
{
    const struct session *server = pair_session(pair, SIDE_SERVER);
    const struct conn *near = session_conn(pair_session(pair, SIDE_CLIENT));
    const struct conn *far = session_conn(server);
    struct mark end;
    enum side by;
    bool reset;

    if (!conn_tls(far)->has_client_hello || conn_half(far, SIDE_SERVER)->data_segments > 0 ||
        conn_unseen(session_conn(server), SIDE_SERVER) > 0 ||
        !conn_closed(session_conn(server), &end, &by, &reset) || by != SIDE_SERVER ||
        end.time < conn_tls(far)->client_hello_at.time ||
        mark_seconds(conn_tls(far)->client_hello_at, end) > UNREADABLE_REACTION_SECONDS)
        return;
    struct finding *finding =
        pair_rule_add(pair, FINDING_PROXY_PROTOCOL_MISMATCH, CONFIDENCE_LIKELY,
                      conn_tls(far)->client_hello_at, SIDE_SERVER);
    finding_frame(finding, conn_proxy(near)->header.frame);
    finding_frame(finding, end.frame);
    finding_number(finding, "header_bytes", (double)conn_proxy(near)->header_len);
    finding_summary(finding,
                    "A PROXY header of %s in front of the client's stream was taken off between "
                    "the two ends, and the server closed by %s without a byte upon the "
                    "ClientHello, as one does that waits for the header",
                    text_count(conn_proxy(near)->header_len, "byte").text, close_name(reset));
}

/* The server does not get on with a PROXY header. That the client's end has not got it shows where
 * it was put in. */
void
pair_rule_proxy_header(struct pair *pair)
{
    const struct finding *seen =
        pair_rule_found_at(pair, SIDE_SERVER, FINDING_PROXY_PROTOCOL_MISMATCH);
    const struct finding *client = pair->end[SIDE_CLIENT]->verdict.finding;
    const struct conn *near = session_conn(pair_session(pair, SIDE_CLIENT));
    const struct conn *far = session_conn(pair_session(pair, SIDE_SERVER));

    if (conn_proxy(near)->header_len > 0 && conn_proxy(far)->header_len == 0)
        proxy_header_removed(pair);
    if (!seen || conn_proxy(near)->header_len > 0 || !conn_tls(near)->has_client_hello)
        return;
    struct finding *finding = pair_rule_add(pair, FINDING_PROXY_PROTOCOL_MISMATCH, seen->confidence,
                                            seen->cause, SIDE_SERVER);
    finding_frame(finding, conn_tls(near)->client_hello_at.frame);
    /* What the client got instead of an answer is the consequence. */
    if (client && finding_info(client->id)->stage <= STAGE_TLS)
        finding_frame(finding, client->cause.frame);
    finding_number(finding, "header_bytes", (double)conn_proxy(far)->header_len);
    finding_summary(finding,
                    "A PROXY header of %s that the client's end has not got was put in front of "
                    "the stream between the two ends, and the server did not take it",
                    text_count(conn_proxy(far)->header_len, "byte").text);
}

/* --- HTTP ------------------------------------------------------------------------------------ */

/* The line of a head that has this name; NULL for none. */
static const char *
field_of(char **lines, const char *line)
{
    const char *colon = strchr(line, ':');

    for (; *lines && colon; lines++)
        if (g_ascii_strncasecmp(*lines, line, (size_t)(colon - line) + 1) == 0)
            return *lines;
    return NULL;
}

static void
append_change(GString *out, const char *line, const char *what)
{
    const char *colon = strchr(line, ':');

    if (out->len < CHANGES_MAX_LEN)
        g_string_append_printf(out, "%s%.*s %s", out->len ? ", " : "",
                               colon ? (int)(colon - line) : (int)strlen(line), line, what);
}

/* "Host changed, Via added". */
static void
head_changes(const char *left, const char *came, GString *out)
{
    char **from = g_strsplit(left, "\n", -1), **to = g_strsplit(came, "\n", -1);

    if (*from && *to && strcmp(*from, *to) != 0)
        g_string_append(out, "first line changed");
    for (char **line = *from ? from + 1 : from; *line; line++) {
        const char *other = field_of(to, *line);
        if (!other)
            append_change(out, *line, "removed");
        else if (strcmp(strchr(*line, ':'), strchr(other, ':')) != 0)
            append_change(out, *line, "changed");
    }
    for (char **line = *to ? to + 1 : to; *line; line++)
        if (strchr(*line, ':') && !field_of(from, *line))
            append_change(out, *line, "added");
    g_strfreev(from);
    g_strfreev(to);
}

void
pair_rule_http_headers(struct pair *pair)
{
    const struct http_facts *client = session_http(pair_session(pair, SIDE_CLIENT));
    const struct http_facts *server = session_http(pair_session(pair, SIDE_SERVER));
    GString *request = g_string_new(NULL), *answer = g_string_new(NULL);

    if (client->request_head && server->request_head)
        head_changes(client->request_head, server->request_head, request);
    if (client->response_head && server->response_head)
        head_changes(server->response_head, client->response_head, answer);
    if (request->len || answer->len) {
        struct finding *finding = pair_rule_add(pair, FINDING_HTTP_HEADERS_REWRITTEN,
                                                CONFIDENCE_CERTAIN, client->request, SIDE_CLIENT);
        finding_frame(finding, server->request.frame);
        finding_frame(finding, client->response.frame);
        finding_frame(finding, server->response.frame);
        finding_text(finding, "request", request->len ? request->str : NULL);
        finding_text(finding, "answer", answer->len ? answer->str : NULL);
        finding_summary(finding, "Between the two ends an HTTP proxy changed %s%s%s%s",
                        request->len ? "the request: " : "", request->str,
                        request->len && answer->len ? "; the answer: "
                        : answer->len               ? "the answer: "
                                                    : "",
                        answer->str);
    }
    g_string_free(request, TRUE);
    g_string_free(answer, TRUE);
}
