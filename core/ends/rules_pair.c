/* rules_pair.c - what only two capture points of one connection can show, and the verdict of both
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "ends/pair.h"
#include "base/text.h"

enum {
    LOST_MIN = 3,
    LOST_PERCENT = 1,
    HOLE_SENT_MIN = 3,
    HOLE_SECONDS = 3,
    HOLE_LARGE_MIN = 500, /* bytes; no path has a smaller MTU */
    UNANSWERED_MIN = 2,   /* connection requests */
    CHANGES_MAX_LEN = 400,
};

/* cause: at the capture point of side at. */
static struct finding *
pair_add(struct pair *pair, enum finding_id id, enum confidence confidence, struct mark cause,
         enum side at)
{
    g_array_append_val(pair->found_at, at);
    return finding_add(pair->found, id, confidence, EVIDENCE_BOTH_ENDS, cause);
}

static const struct session *
session_at(const struct pair *pair, int side)
{
    return pair->end[side]->session;
}

static bool
pair_found(const struct pair *pair, enum finding_id id)
{
    return finding_of(pair->found, id) != NULL;
}

/* --- what was changed on the way ------------------------------------------------------------- */

static void
rule_nat(struct pair *pair)
{
    const struct endpoint *ends[SIDE_COUNT][SIDE_COUNT];
    bool same = true;

    for (int side = 0; side < SIDE_COUNT; side++) {
        for (int at = 0; at < SIDE_COUNT; at++)
            ends[side][at] = conn_endpoint(session_conn(session_at(pair, at)), (enum side)side);
        same = same && endpoint_equal(ends[side][SIDE_CLIENT], ends[side][SIDE_SERVER]);
    }
    if (same || !pair->same_tcp)
        return;
    struct mark first = conn_first(session_conn(session_at(pair, SIDE_CLIENT)));
    struct finding *finding =
        pair_add(pair, FINDING_TCP_NAT, CONFIDENCE_CERTAIN, first, SIDE_CLIENT);
    finding_frame(finding, conn_first(session_conn(session_at(pair, SIDE_SERVER))).frame);
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

static void
rule_syn_rewritten(struct pair *pair)
{
    struct finding *finding = NULL;
    GString *words = g_string_new(NULL);

    for (int side = 0; side < SIDE_COUNT && pair->same_tcp; side++) {
        static const char *const keys[] = { "client_syn", "server_syn" };
        const struct tcp_half *from = pair_sender(pair, side), *to = pair_receiver(pair, side);
        GString *changes = g_string_new(NULL);
        if (mark_is_set(from->syn) && mark_is_set(to->syn))
            syn_changes(from, to, changes);
        if (changes->len) {
            if (!finding)
                finding = pair_add(pair, FINDING_TCP_SYN_REWRITTEN, CONFIDENCE_CERTAIN, from->syn,
                                   (enum side)side);
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

/* --- who ends TLS ---------------------------------------------------------------------------- */

static void
random_text(const struct session *session, char out[17])
{
    for (size_t i = 0; i < 8; i++)
        g_snprintf(out + 2 * i, 3, "%02x", session_tls(session)->client_hello.random[i]);
}

static bool
has_own_cert(const struct session *session)
{
    return session_cert(session) && !session_cert_is_earlier(session);
}

/* Both legs speak TLS, and not the same. */
static bool
has_two_tls(const struct pair *pair)
{
    const struct tls_facts *near = session_tls(session_at(pair, SIDE_CLIENT)),
                           *far = session_tls(session_at(pair, SIDE_SERVER));

    return near->has_client_hello && far->has_client_hello &&
           memcmp(near->client_hello.random, far->client_hello.random, TLS_RANDOM_LEN) != 0;
}

/* With one leg in clear it is an offloader, which is meant to be there. */
static void
rule_tls_inspection(struct pair *pair)
{
    const struct session *client = session_at(pair, SIDE_CLIENT),
                         *server = session_at(pair, SIDE_SERVER);
    const struct tls_facts *near = session_tls(client), *far = session_tls(server);
    char randoms[SIDE_COUNT][17];

    if (!has_two_tls(pair))
        return;
    struct finding *finding = pair_add(pair, FINDING_TLS_INSPECTION, CONFIDENCE_CERTAIN,
                                       near->client_hello_at, SIDE_CLIENT);
    bool certs = has_own_cert(client) && has_own_cert(server);
    bool same_cert = certs && memcmp(session_cert(client)->sha256, session_cert(server)->sha256,
                                     sizeof session_cert(client)->sha256) == 0;
    /* The same certificate at both legs is a deliberate set-up, and binds as well as none. */
    if (same_cert)
        finding->severity = SEVERITY_NOTE;
    else if (session_is_established(client) || session_is_established(server))
        finding->severity = SEVERITY_WARN;
    finding_frame(finding, far->client_hello_at.frame);
    finding_frame(finding, near->certificate_at.frame);
    finding_frame(finding, far->certificate_at.frame);
    random_text(client, randoms[SIDE_CLIENT]);
    random_text(server, randoms[SIDE_SERVER]);
    finding_text(finding, "client_random_at_client", randoms[SIDE_CLIENT]);
    finding_text(finding, "client_random_at_server", randoms[SIDE_SERVER]);
    finding_text(finding, "correlation_id", session_http(client)->correlation_id);
    finding_summary(finding,
                    "The SSTP session is the same at both ends, but its TLS is not: the client's "
                    "hello is %s..., that which the server got is %s...; %s",
                    randoms[SIDE_CLIENT], randoms[SIDE_SERVER],
                    same_cert ? "both ends show the same certificate"
                    : certs   ? "the client was shown another certificate than the server's"
                              : "something between them ends TLS");
}

/* What one end alone found, even if it is only possible; NULL for nothing. */
static const struct finding *
found_at(const struct pair *pair, int side, enum finding_id id)
{
    const GPtrArray *found = pair->end[side]->found;

    for (guint i = 0; i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        if (finding->id == id)
            return finding;
    }
    return NULL;
}

static void
finding_cert(struct finding *finding, const char *key, const struct session *session)
{
    char *text = text_hex(session_cert(session)->sha256, sizeof session_cert(session)->sha256);

    finding_text(finding, key, text);
    g_free(text);
}

/* The server gave up over Call Connected, and nothing at its end tells why. */
static bool
refused_unexplained(const struct pair *pair)
{
    const struct session *server = session_at(pair, SIDE_SERVER);
    const struct finding *verdict = pair->end[SIDE_SERVER]->verdict;
    struct mark connected = session_sstp(server)->call_connected,
                abort = session_sstp(server)->abort[SIDE_SERVER];

    return verdict && verdict->id == FINDING_SSTP_ABORTED && mark_is_set(connected) &&
           mark_is_set(abort) && abort.frame > connected.frame &&
           mark_seconds(connected, abort) <= BINDING_ANSWER_SECONDS;
}

/* In clear behind an offloader the server's refusal has fewer causes than one end can see; that the
 * client's certificate was seen earlier only leaves a doubt. */
static enum confidence
cert_hash_confidence(const struct pair *pair, const struct finding *seen, bool offloaded)
{
    enum confidence confidence = seen ? seen->confidence : CONFIDENCE_POSSIBLE;

    if (seen && offloaded &&
        mark_is_set(session_sstp(session_at(pair, SIDE_SERVER))->abort[SIDE_SERVER]) &&
        confidence < CONFIDENCE_CERTAIN)
        confidence++;
    return session_cert_is_earlier(session_at(pair, SIDE_CLIENT))
               ? MIN(confidence, CONFIDENCE_LIKELY)
               : confidence;
}

/* One TLS connection from end to end. */
static bool
has_same_tls(const struct pair *pair)
{
    return conn_same_random(session_conn(session_at(pair, SIDE_CLIENT)),
                            session_conn(session_at(pair, SIDE_SERVER)));
}

/* What one end found, surer with the other one's word that nothing between the two ends TLS. */
static void
rule_cert_hash_end_to_end(struct pair *pair)
{
    int at = SIDE_CLIENT;
    const struct finding *seen = NULL;

    for (int side = SIDE_COUNT; side-- > 0 && !seen;) {
        seen = found_at(pair, side, FINDING_CB_CERT_HASH_MISMATCH);
        at = side;
    }
    const struct session *session = session_at(pair, at);
    if (!seen || !has_same_tls(pair) || !session_cert(session) ||
        session_cert_is_earlier(session) || !session_sstp(session)->has_binding)
        return;
    bool right = binding_cert_matches(&session_sstp(session)->binding, session_cert(session));
    struct finding *finding =
        pair_add(pair, FINDING_CB_CERT_HASH_MISMATCH, seen->confidence, seen->cause, (enum side)at);
    finding->severity = seen->severity;
    for (unsigned i = 0; i < seen->num_frames; i++)
        finding_frame(finding, seen->frames[i]);
    for (int side = 0; side < SIDE_COUNT; side++)
        finding_frame(finding, session_tls(session_at(pair, side))->client_hello_at.frame);
    finding_cert(finding, "certificate", session);
    finding_summary(finding,
                    right ? "The client bound to the certificate of this TLS connection, which is "
                            "the same at both ends: nothing between them ends it. It is the server "
                            "that expects the hash of another certificate"
                          : "The TLS connection is the same at both ends, so nothing between them "
                            "ends it, and yet the client bound to another certificate than this "
                            "connection's: it, or something on its own host, took another one");
}

/* The certificate that the client's leg shows is the one that the client bound to: it did right,
 * and that TLS ends between the two is why the server wants another one. */
static void
rule_cert_hash(struct pair *pair)
{
    const struct session *client = session_at(pair, SIDE_CLIENT),
                         *server = session_at(pair, SIDE_SERVER);
    const struct finding *seen = found_at(pair, SIDE_SERVER, FINDING_CB_CERT_HASH_MISMATCH);
    bool offloaded = conn_is_tls(session_conn(client)) && !conn_is_tls(session_conn(server));

    if (!(seen ? offloaded || has_two_tls(pair) : offloaded && refused_unexplained(pair)) ||
        !session_cert(client) || !session_sstp(server)->has_binding ||
        !binding_cert_matches(&session_sstp(server)->binding, session_cert(client)))
        return;
    struct finding *finding =
        pair_add(pair, FINDING_CB_CERT_HASH_MISMATCH, cert_hash_confidence(pair, seen, offloaded),
                 seen ? seen->cause : session_sstp(server)->call_connected, SIDE_SERVER);
    finding->severity = seen ? seen->severity : finding->severity;
    finding_frame(finding, session_sstp(client)->call_connected.frame);
    for (int at = 0; at < SIDE_COUNT; at++) {
        static const char *const keys[] = { "certificate_at_client", "certificate_at_server" };
        const struct session *session = session_at(pair, at);
        finding_frame(finding, session_sstp(session)->abort[SIDE_SERVER].frame);
        if (!session_cert(session))
            continue;
        finding_cert(finding, keys[at], session);
        if (has_own_cert(session))
            finding_frame(finding, session_tls(session)->certificate_at.frame);
    }
    finding_summary(finding, "The client bound to the certificate that its own end was shown%s",
                    !seen       ? ", an offloader's: the server gets the session in clear, and may "
                                  "expect the hash of another certificate"
                    : offloaded ? ", an offloader's: the server gets the session in clear, and "
                                  "expects the hash of another certificate"
                                : ", and the server's end shows another one: TLS is terminated "
                                  "between the two");
}

/* --- PROXY header ---------------------------------------------------------------------------- */

/* Who took the header off may be meant to: only a server that closes upon the hello, without a
 * byte, as those do that miss a header. */
static void
proxy_header_removed(struct pair *pair)
{
    const struct session *server = session_at(pair, SIDE_SERVER);
    const struct conn *near = session_conn(session_at(pair, SIDE_CLIENT));
    const struct conn *far = session_conn(server);
    struct mark end;
    enum side by;
    bool reset;

    if (!conn_tls(far)->has_client_hello || conn_half(far, SIDE_SERVER)->data_segments > 0 ||
        conn_unseen(session_conn(server), SIDE_SERVER) > 0 ||
        !conn_closed(session_conn(server), &end, &by, &reset) || by != SIDE_SERVER ||
        end.time < conn_tls(far)->client_hello_at.time ||
        mark_seconds(conn_tls(far)->client_hello_at, end) > SERVER_REACTION_SECONDS)
        return;
    struct finding *finding = pair_add(pair, FINDING_PROXY_PROTOCOL_MISMATCH, CONFIDENCE_LIKELY,
                                       conn_tls(far)->client_hello_at, SIDE_SERVER);
    finding_frame(finding, conn_proxy(near)->header.frame);
    finding_frame(finding, end.frame);
    finding_number(finding, "header_bytes", (double)conn_proxy(near)->header_len);
    finding_summary(finding,
                    "A PROXY header of %zu bytes in front of the client's stream was taken off "
                    "between the two ends, and the server closed by %s without a byte upon the "
                    "ClientHello, as one does that waits for the header",
                    conn_proxy(near)->header_len, close_name(reset));
}

/* The server does not get on with a header that the client's end has not got: now it is known who
 * put it there. */
static void
rule_proxy_header(struct pair *pair)
{
    const struct finding *seen = found_at(pair, SIDE_SERVER, FINDING_PROXY_PROTOCOL_MISMATCH);
    const struct finding *client = pair->end[SIDE_CLIENT]->verdict;
    const struct conn *near = session_conn(session_at(pair, SIDE_CLIENT));
    const struct conn *far = session_conn(session_at(pair, SIDE_SERVER));

    if (conn_proxy(near)->header_len > 0 && conn_proxy(far)->header_len == 0)
        proxy_header_removed(pair);
    if (!seen || conn_proxy(near)->header_len > 0 || !conn_tls(near)->has_client_hello)
        return;
    struct finding *finding =
        pair_add(pair, FINDING_PROXY_PROTOCOL_MISMATCH, seen->confidence, seen->cause, SIDE_SERVER);
    finding_frame(finding, conn_tls(near)->client_hello_at.frame);
    /* What the client got instead of an answer is the consequence. */
    if (client && finding_info(client->id)->stage <= STAGE_TLS)
        finding_frame(finding, client->cause.frame);
    finding_number(finding, "header_bytes", (double)conn_proxy(far)->header_len);
    finding_summary(finding,
                    "A PROXY header of %zu bytes that the client's end has not got was put in "
                    "front of the stream between the two ends, and the server did not take it",
                    conn_proxy(far)->header_len);
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

static void
rule_http_headers(struct pair *pair)
{
    const struct http_facts *client = session_http(session_at(pair, SIDE_CLIENT));
    const struct http_facts *server = session_http(session_at(pair, SIDE_SERVER));
    GString *request = g_string_new(NULL), *answer = g_string_new(NULL);

    if (client->request_head && server->request_head)
        head_changes(client->request_head, server->request_head, request);
    if (client->response_head && server->response_head)
        head_changes(server->response_head, client->response_head, answer);
    if (request->len || answer->len) {
        struct finding *finding = pair_add(pair, FINDING_HTTP_HEADERS_REWRITTEN, CONFIDENCE_CERTAIN,
                                           client->request, SIDE_CLIENT);
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

/* --- who closed ------------------------------------------------------------------------------ */

/* A reset came in side's name, and side's own capture point, which was recording, never saw it. */
static void
rule_rst_injected(struct pair *pair)
{
    for (int side = 0; side < SIDE_COUNT && pair->same_tcp; side++) {
        const struct session *near = session_at(pair, side), *far = session_at(pair, !side);
        struct mark rst = pair_receiver(pair, side)->rst;
        if (!mark_is_set(rst) || mark_is_set(pair_sender(pair, side)->rst) ||
            pair_sender(pair, side)->segments == 0 || conn_one_direction(session_conn(near)) ||
            !reset_is_first(far, (enum side)side) || !pair_has_sender(pair, (enum side)side, rst))
            continue;
        bool whole = conn_dropped(session_conn(near), SIDE_CLIENT) == 0 &&
                     conn_dropped(session_conn(near), SIDE_SERVER) == 0;
        double idle = session_idle_before(far, rst);
        bool cut = idle >= IDLE_SECONDS;
        struct finding *finding = pair_add(pair, cut ? FINDING_IDLE_CUT : FINDING_TCP_RST_INJECTED,
                                           whole ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY, rst,
                                           side_other((enum side)side));
        finding_text(finding, "supposed_sender", side_name((enum side)side));
        finding_number(finding, "reset_ttl", pair_receiver(pair, side)->path.rst_ttl);
        finding_number(finding, "sender_ttl", pair_receiver(pair, side)->path.ttl_max);
        if (cut)
            finding_number(finding, "idle_before_seconds", idle);
        char *after =
            cut ? g_strdup_printf("After %.1f s without payload the", idle) : g_strdup("The");
        finding_summary(finding,
                        "%s %s received a RST from the %s's address that never left the %s's "
                        "capture point: something between the two ends made it",
                        after, side_name(side_other((enum side)side)), side_name((enum side)side),
                        side_name((enum side)side));
        g_free(after);
        return;
    }
}

/* --- what does not arrive -------------------------------------------------------------------- */

/* The client's requests come to the server's capture point, or its answers do not come back. */
static void
rule_no_answer(struct pair *pair)
{
    const struct tcp_half *asks = pair_sender(pair, SIDE_CLIENT);
    const struct tcp_half *arrives = pair_receiver(pair, SIDE_CLIENT);
    const struct tcp_half *answers = pair_sender(pair, SIDE_SERVER);
    const struct tcp_half *heard = pair_receiver(pair, SIDE_SERVER);

    if (!mark_is_set(asks->syn) || !mark_is_set(arrives->syn) || heard->segments > 0 ||
        asks->segments < UNANSWERED_MIN ||
        !finding_of(pair->end[SIDE_CLIENT]->found, FINDING_TCP_NO_ANSWER))
        return;
    struct finding *finding = pair_add(pair, FINDING_TCP_NO_ANSWER,
                                       answers->segments ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
                                       asks->syn, SIDE_CLIENT);
    finding_frame(finding, asks->last_syn.frame);
    finding_frame(finding, arrives->syn.frame);
    finding_frame(finding, answers->syn.frame);
    finding_number(finding, "requests_sent", asks->segments);
    finding_number(finding, "requests_arrived", arrives->segments);
    finding_number(finding, "answers_sent", answers->segments);
    bool middle = pair->at[SIDE_SERVER]->role == ROLE_MIDDLE;
    finding_text(finding, "broken",
                 answers->segments ? "server to client"
                 : middle          ? "behind the capture point"
                                   : "server");
    finding_summary(
        finding,
        answers->segments ? "%u of %u connection requests arrive at the server's capture point and "
                            "are answered, but no answer comes back: the way from server to client "
                            "is broken"
        : middle          ? "%u of %u connection requests pass the capture point between the two "
                            "ends, and nothing comes back to it: they, or the answers, get lost "
                            "behind it"
                 : "%u of %u connection requests arrive at the server's capture point, and "
                   "the server says nothing: it, or a filter on it, drops them",
        arrives->segments, asks->segments);
}

/* A segment of half was seen at the capture point of side at after a time of the client's clock. */
static bool
seen_since(const struct pair *pair, const struct tcp_half *half, enum side at, int64_t time)
{
    return half->segments > 0 && pair_time(pair, at, half->last) >= time;
}

static void
hole_details(struct finding *finding, const struct pair_hole *hole, enum side side)
{
    finding_frame(finding, hole->last.frame);
    finding_text(finding, "sender", side_name(side));
    finding_number(finding, "last_byte_through", (double)hole->offset);
    finding_number(finding, "sent", hole->sent);
    finding_number(finding, "stuck_seconds", mark_seconds(hole->first, hole->last));
}

static void
hole_of_mtu(struct pair *pair, int side)
{
    const struct pair_hole *hole = &pair->way[side].hole;
    const struct session *session = session_at(pair, side);
    const struct icmp_facts *icmp = conn_icmp_errors(session_conn(session), side);
    bool handshake = finding_of(pair->end[side]->found, FINDING_MTU_HANDSHAKE_BLACKHOLE) ||
                     !mark_is_set(session_half(session, SIDE_CLIENT)->records.first_application);
    struct finding *finding =
        pair_add(pair, handshake ? FINDING_MTU_HANDSHAKE_BLACKHOLE : FINDING_MTU_BLACKHOLE,
                 CONFIDENCE_CERTAIN, hole->first, (enum side)side);

    hole_details(finding, hole, (enum side)side);
    finding_number(finding, "smallest_lost_bytes", hole->smallest);
    finding_number(finding, "largest_passed_bytes", hole->largest_passed);
    if (icmp->smaller_calls)
        finding_number(finding, "icmp_mtu_bytes", icmp->smaller.mtu);
    char *passed =
        hole->largest_passed
            ? g_strdup_printf("segments of up to %u bytes of payload do", hole->largest_passed)
            : g_strdup("segments without payload do");
    finding_summary(finding,
                    "%u bytes of the %s were sent %u times in %.1f s and never came to the other "
                    "end, while %s%s",
                    hole->smallest, side_name((enum side)side), hole->sent,
                    mark_seconds(hole->first, hole->last), passed,
                    icmp->smaller_calls ? ", although ICMP asked for smaller ones"
                                        : "; no ICMP message asked for smaller ones");
    g_free(passed);
}

/* Did anything of the other direction arrive since the hole of side's? *sent: it left. */
static bool
other_passes(const struct pair *pair, int side, bool *sent)
{
    enum side other = side_other((enum side)side);
    int64_t since = pair_time(pair, (enum side)side, pair->way[side].hole.first);

    *sent = seen_since(pair, pair_sender(pair, (int)other), other, since);
    return seen_since(pair, pair_receiver(pair, (int)other), (enum side)side,
                      since + MAX(pair->way[other].delay, 0));
}

static void
hole_of_silence(struct pair *pair, int side)
{
    const struct pair_hole *hole = &pair->way[side].hole;
    bool sent, came = other_passes(pair, side, &sent);
    double idle = (double)pair_sender(pair, side)->flight_idle / NS_PER_SECOND;
    bool timer = idle >= IDLE_SECONDS;
    struct finding *finding = pair_add(pair, timer ? FINDING_IDLE_CUT : FINDING_TCP_PATH_SILENT,
                                       CONFIDENCE_CERTAIN, hole->first, (enum side)side);

    hole_details(finding, hole, (enum side)side);
    finding_number(finding, "idle_before_seconds", idle);
    finding_text(finding, "other_direction", came ? "passes" : sent ? "broken" : "unused");
    finding_summary(finding,
                    "%s%.1f s without payload nothing of the %s arrived at the other end any more: "
                    "the same bytes left it %u times in %.1f s. The other direction %s",
                    timer ? "After " : "From some moment on, after ", idle,
                    side_name((enum side)side), hole->sent, mark_seconds(hole->first, hole->last),
                    came   ? "still passes"
                    : sent ? "is broken too"
                           : "was not used meanwhile");
}

/* The server's end has the TCP handshake, and never the ClientHello: not the path failed, but
 * somebody read it. */
static bool
hole_is_hello(const struct pair *pair, int side)
{
    return side == SIDE_CLIENT && pair->way[side].hole.offset == 0 &&
           mark_is_set(pair_receiver(pair, side)->handshake_ack) &&
           finding_of(pair->end[side]->found, FINDING_TCP_RST_AFTER_CLIENT_HELLO);
}

static void
hole_of_hello(struct pair *pair)
{
    const struct pair_hole *hole = &pair->way[SIDE_CLIENT].hole;
    const struct tls_client_hello *hello =
        &session_tls(session_at(pair, SIDE_CLIENT))->client_hello;
    bool sent, came = other_passes(pair, SIDE_CLIENT, &sent), broken = sent && !came;
    struct finding *finding =
        pair_add(pair, FINDING_TCP_RST_AFTER_CLIENT_HELLO,
                 broken ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN, hole->first, SIDE_CLIENT);

    hole_details(finding, hole, SIDE_CLIENT);
    finding_frame(finding, pair_receiver(pair, SIDE_CLIENT)->handshake_ack.frame);
    finding_text(finding, "server_name", hello->has_sni ? hello->sni : "(none)");
    finding_summary(
        finding,
        "The TCP handshake came to the server's end, and the ClientHello, sent %u times "
        "in %.1f s, never did: a filter between the two ends drops it%s",
        hole->sent, mark_seconds(hole->first, hole->last),
        broken ? ", or the path broke right then: what the server sent since did not come either"
               : "");
}

static bool
hole_is_fatal(const struct pair *pair, int side)
{
    const struct pair_hole *hole = &pair->way[side].hole;

    return pair->way[side].comparable && mark_is_set(hole->first) && hole->sent >= HOLE_SENT_MIN &&
           mark_seconds(hole->first, hole->last) >= HOLE_SECONDS;
}

/* The same bytes leave one end again and again and never come to the other. Of two such directions
 * the one that broke first. */
static void
rule_hole(struct pair *pair)
{
    int side = SIDE_CLIENT;

    if (!hole_is_fatal(pair, SIDE_CLIENT) ||
        (hole_is_fatal(pair, SIDE_SERVER) &&
         pair_time(pair, SIDE_SERVER, pair->way[SIDE_SERVER].hole.first) <
             pair_time(pair, SIDE_CLIENT, pair->way[SIDE_CLIENT].hole.first)))
        side = SIDE_SERVER;
    if (!hole_is_fatal(pair, side))
        return;
    const struct pair_way *way = &pair->way[side];
    int64_t since = pair_time(pair, (enum side)side, way->hole.first) + way->delay;
    if (hole_is_hello(pair, side))
        hole_of_hello(pair);
    else if (!seen_since(pair, pair_receiver(pair, side), side_other((enum side)side), since))
        hole_of_silence(pair, side);
    else if (way->hole.smallest >= HOLE_LARGE_MIN && way->hole.largest_passed < way->hole.smallest)
        hole_of_mtu(pair, side);
}

/* What one end sends again and again arrives, and nothing leaves the other end any more. */
static void
rule_peer_vanished(struct pair *pair)
{
    for (int side = 0; side < SIDE_COUNT && pair->same_tcp && pair->clock_known; side++) {
        const struct session *near = session_at(pair, side), *far = session_at(pair, !side);
        const struct tcp_half *arrives = pair_receiver(pair, side);
        const struct tcp_half *peer = pair_sender(pair, !side);
        if (!side_resends_in_vain(near, (enum side)side) ||
            !side_resends_in_vain(far, (enum side)side) || peer->segments == 0 ||
            peer->last.time >= arrives->flight.time || mark_is_set(peer->rst) ||
            mark_is_set(peer->fin) ||
            finding_before(pair->end[side]->found, SEVERITY_ERROR,
                           (struct mark){ pair_sender(pair, side)->flight.frame - 1, 0 }))
            continue;
        struct finding *finding = pair_add(pair, FINDING_PEER_VANISHED, CONFIDENCE_LIKELY,
                                           arrives->flight, side_other((enum side)side));
        finding_frame(finding, arrives->last_resend.frame);
        finding_frame(finding, pair_sender(pair, side)->flight.frame);
        finding_text(finding, "gone", side_name(side_other((enum side)side)));
        finding_number(finding, "arrived", arrives->resends + 1);
        finding_number(finding, "silence_seconds",
                       mark_seconds(arrives->flight, arrives->last_resend));
        finding_summary(finding,
                        "What the %s sends arrives at the %s's capture point, %u times in %.1f s, "
                        "and nothing leaves the %s any more: its host is gone, or drops it",
                        side_name((enum side)side), side_name(side_other((enum side)side)),
                        arrives->resends + 1, mark_seconds(arrives->flight, arrives->last_resend),
                        side_name(side_other((enum side)side)));
        return;
    }
}

/* --- loss ------------------------------------------------------------------------------------ */

static void
rule_capture_dropped(struct pair *pair)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct pair_way *way = &pair->way[side];
        if (way->unseen == 0)
            continue;
        struct finding *finding = pair_add(pair, FINDING_CAPTURE_DROPPED, CONFIDENCE_CERTAIN,
                                           conn_first(session_conn(session_at(pair, !side))),
                                           side_other((enum side)side));
        finding_text(finding, "capture", side_name(side_other((enum side)side)));
        finding_number(finding, "bytes", (double)way->unseen);
        finding_summary(finding,
                        "%" G_GUINT64_FORMAT " bytes of the %s are missing at the %s's capture "
                        "point although the %s acknowledged them: that capture lost them, not the "
                        "path",
                        way->unseen, side_name((enum side)side),
                        side_name(side_other((enum side)side)),
                        side_name(side_other((enum side)side)));
    }
}

static void
rule_loss(struct pair *pair)
{
    const struct pair_way *way = pair->way;
    uint32_t lost = way[SIDE_CLIENT].lost_segments + way[SIDE_SERVER].lost_segments, sent = 0;
    struct mark first = way[SIDE_CLIENT].first_lost;
    enum side at = SIDE_CLIENT;

    for (int side = 0; side < SIDE_COUNT; side++)
        sent += segments_sent(session_at(pair, side), side);
    if (lost < LOST_MIN || lost * 100ULL < sent * (uint64_t)LOST_PERCENT ||
        pair_found(pair, FINDING_MTU_BLACKHOLE) ||
        pair_found(pair, FINDING_MTU_HANDSHAKE_BLACKHOLE) || pair_found(pair, FINDING_IDLE_CUT) ||
        pair_found(pair, FINDING_TCP_PATH_SILENT) ||
        pair_found(pair, FINDING_TCP_RST_AFTER_CLIENT_HELLO))
        return;
    if (!mark_is_set(first) || (mark_is_set(way[SIDE_SERVER].first_lost) &&
                                pair_time(pair, SIDE_SERVER, way[SIDE_SERVER].first_lost) <
                                    pair_time(pair, SIDE_CLIENT, first))) {
        first = way[SIDE_SERVER].first_lost;
        at = SIDE_SERVER;
    }
    bool whole = way[SIDE_CLIENT].unseen + way[SIDE_SERVER].unseen == 0;
    struct finding *finding =
        pair_add(pair, FINDING_TCP_LOSS, whole ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY, first, at);
    double percent[SIDE_COUNT];
    for (int side = 0; side < SIDE_COUNT; side++) {
        static const char *const keys[SIDE_COUNT][3] = {
            { "lost_percent_client", "lost_client", "lost_bytes_client" },
            { "lost_percent_server", "lost_server", "lost_bytes_server" },
        };
        percent[side] =
            way[side].sent ? 100.0 * (double)way[side].lost / (double)way[side].sent : 0;
        finding_number(finding, keys[side][0], percent[side]);
        finding_number(finding, keys[side][1], way[side].lost_segments);
        finding_number(finding, keys[side][2], (double)way[side].lost);
        for (uint32_t i = 0; i < way[side].num_lost_frames; i++)
            finding_frame(finding, way[side].lost_frames[i]);
    }
    finding_summary(finding,
                    "Between the two capture points %u segments of the client (%.1f %% of its "
                    "bytes) and %u of the server (%.1f %%) were lost",
                    way[SIDE_CLIENT].lost_segments, percent[SIDE_CLIENT],
                    way[SIDE_SERVER].lost_segments, percent[SIDE_SERVER]);
}

/* How often side's segments came twice and left once. A mirror port or a bridge doubles what leaves
 * the receiver as well, or all that comes. */
static uint32_t
doubled_on_path(const struct pair *pair, int side)
{
    const struct tcp_half *receiver = pair_receiver(pair, side);
    bool at_once = pair_sender(pair, side)->copied == 0 &&
                   pair_sender(pair, !side)->copied * 4ULL < receiver->copied;
    uint32_t doubled = pair->way[side].doubled + (at_once ? receiver->copied : 0);

    return doubled * 2ULL < receiver->segments ? doubled : 0;
}

static void
disorder_frames(struct finding *finding, const uint32_t *frames, uint32_t num)
{
    for (uint32_t i = 0; i < MIN(num, (uint32_t)PAIR_FRAMES_MAX); i++)
        finding_frame(finding, frames[i]);
}

/* That the sender's own order was another one is known here, and so is that nothing was sent again:
 * unless the capture at its end has gaps. */
static void
rule_reordering(struct pair *pair)
{
    G_STATIC_ASSERT((int)PAIR_FRAMES_MAX == (int)COPIED_FRAMES_MAX);
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct pair_way *way = &pair->way[side];
        const struct tcp_half *receiver = pair_receiver(pair, side);
        if (!way->comparable ||
            conn_dropped(session_conn(session_at(pair, side)), (enum side)side) > 0)
            continue;
        uint32_t doubled = doubled_on_path(pair, side);
        bool late = way->overtaken >= OVERTAKEN_MIN, twice = doubled >= OVERTAKEN_MIN;
        if (!late && !twice)
            continue;
        bool at_once = doubled > way->doubled;
        struct mark cause = late ? way->first_overtaken : (struct mark){ 0 };
        if (twice)
            cause = mark_earlier(cause, way->first_doubled);
        if (twice && at_once)
            cause = mark_earlier(cause, receiver->first_copied);
        struct finding *finding = pair_add(pair, FINDING_TCP_REORDERING, CONFIDENCE_CERTAIN, cause,
                                           side_other((enum side)side));
        if (late)
            disorder_frames(finding, way->overtaken_frames, way->overtaken);
        if (twice)
            disorder_frames(finding, way->doubled_frames, way->doubled);
        if (twice && at_once)
            disorder_frames(finding, receiver->copied_frames, receiver->copied);
        finding_text(finding, "sender", side_name((enum side)side));
        finding_number(finding, "overtaken", way->overtaken);
        finding_number(finding, "doubled", doubled);
        char *order =
            late ? g_strdup_printf("%u segments of the %s, each sent once and in order, came to "
                                   "the other end after later ones: the path changes their order",
                                   way->overtaken, side_name((enum side)side))
                 : NULL;
        char *copies =
            twice ? g_strdup_printf("%u segments of the %s left once and came twice: the path "
                                    "doubles them",
                                    doubled, side_name((enum side)side))
                  : NULL;
        finding_summary(finding, "%s%s%s", order ? order : "", order && copies ? ". " : "",
                        copies ? copies : "");
        g_free(order);
        g_free(copies);
    }
}

/* --- the verdict of both --------------------------------------------------------------------- */

/* A finding that could be the pair's verdict. */
struct candidate {
    const struct finding *finding;
    int64_t time; /* of its cause, on the client's clock */
    bool both;
    enum evidence evidence; /* how much its session could see */
};

static bool
shares_frame(const struct finding *a, const struct finding *b)
{
    for (unsigned i = 0; i < a->num_frames; i++)
        for (unsigned k = 0; k < b->num_frames; k++)
            if (a->frames[i] == b->frames[k])
                return true;
    return false;
}

static bool
is_possible(const struct candidate *candidate)
{
    return candidate->finding->confidence == CONFIDENCE_POSSIBLE;
}

/* Worse first. Of the same thing both ends know more than one; else the earlier cause, and where
 * one end could read what the other could not, its word. */
static bool
explains_better(const struct pair *pair, const struct candidate *a, const struct candidate *b)
{
    int64_t apart = a->time - b->time;

    if (is_possible(a) != is_possible(b))
        return is_possible(b);
    if (a->finding->severity != b->finding->severity)
        return a->finding->severity > b->finding->severity;
    if (a->both != b->both &&
        (a->finding->id == b->finding->id || shares_frame(a->finding, b->finding) ||
         (pair->clock_known && ABS(apart) <= 2 * pair->clock.bound)))
        return a->both;
    if (!a->both && !b->both && a->evidence != b->evidence)
        return a->evidence > b->evidence;
    if (apart != 0)
        return apart < 0;
    return finding_info(a->finding->id)->stage < finding_info(b->finding->id)->stage;
}

/* One end takes what is sent again for lost; both, where they saw every byte, know whether it came.
 */
static bool
is_refuted(const struct pair *pair, int side, const struct finding *finding)
{
    const struct pair_way *way = pair->way;

    return finding->id == FINDING_TCP_LOSS && way[SIDE_CLIENT].comparable &&
           way[SIDE_SERVER].comparable && way[SIDE_CLIENT].unseen + way[SIDE_SERVER].unseen == 0 &&
           !pair_found(pair, FINDING_TCP_LOSS) &&
           pair_was_recording(pair, side_other((enum side)side), finding->cause);
}

/* What explains the session of one end best, as far as the other one does not know better. */
static const struct finding *
verdict_at(const struct pair *pair, int side)
{
    const struct result *end = pair->end[side];
    GPtrArray *left;

    if (!end->verdict || !is_refuted(pair, side, end->verdict))
        return end->verdict;
    left = g_ptr_array_new();
    for (guint i = 0; i < end->found->len; i++) {
        struct finding *finding = g_ptr_array_index(end->found, i);
        if (!is_refuted(pair, side, finding))
            g_ptr_array_add(left, finding);
    }
    const struct finding *verdict = verdict_of(end->session, left);
    g_ptr_array_unref(left);
    return verdict;
}

static void
pair_find_verdict(struct pair *pair)
{
    bool works = session_is_established(session_at(pair, SIDE_CLIENT)) ||
                 session_is_established(session_at(pair, SIDE_SERVER));
    struct candidate best = { 0 };

    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct finding *verdict = verdict_at(pair, side);
        if (!verdict || (verdict->confidence == CONFIDENCE_POSSIBLE && works))
            continue;
        const struct candidate next = { verdict, pair_time(pair, (enum side)side, verdict->cause),
                                        false, session_evidence(session_at(pair, side)) };
        if (!best.finding || explains_better(pair, &next, &best))
            best = next;
    }
    for (guint i = 0; i < pair->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(pair->found, i);
        enum side at = g_array_index(pair->found_at, enum side, i);
        if (finding->severity < SEVERITY_WARN ||
            (finding->confidence == CONFIDENCE_POSSIBLE && works))
            continue;
        const struct candidate next = { finding, pair_time(pair, at, finding->cause), true,
                                        EVIDENCE_BOTH_ENDS };
        if (!best.finding || explains_better(pair, &next, &best))
            best = next;
    }
    pair->verdict = best.finding;
}

void
pair_judge(struct pair *pair)
{
    static void (*const rules[])(struct pair *) = {
        rule_no_answer,      rule_nat,           rule_syn_rewritten,
        rule_tls_inspection, rule_cert_hash,     rule_cert_hash_end_to_end,
        rule_proxy_header,   rule_http_headers,  rule_rst_injected,
        rule_hole,           rule_peer_vanished, rule_capture_dropped,
        rule_loss,           rule_reordering,
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++)
        rules[i](pair);
    pair_find_verdict(pair);
}
