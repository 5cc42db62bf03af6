/* rejection.c - clients that turn their back on the server's certificate
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rejection.h"

#include <string.h>

#include "base/thresholds.h"
#include "rules/delivery.h"
#include "rules/ending.h"
#include "rules/explain.h"
#include "rules/finding.h"

enum {
    /* Records of TLS 1.3, with content type and tag. */
    SEALED_FINISHED_SHA256_LEN = 53,
    SEALED_FINISHED_SHA384_LEN = 69,
    /* Bytes of plaintext. Requests are those of Windows, sstpc and Open SSTP Client, with
     * SSTPCORRELATIONID in each of its forms and without, less the host name; answers those of
     * RRAS, SoftEther, accel-ppp and sorz. */
    REQUEST_MIN_LEN = 165,
    REQUEST_MAX_LEN = 179,
    ANSWER_MIN_LEN = 79,
    ANSWER_MAX_LEN = 126,
    NEIGHBOURS_MAX = 256, /* sessions that are compared with one */
};

static const char *const how_texts[] = {
    [REJECTED_NOT] = "",
    [REJECTED_BY_ALERT] = "by an alert",
    [REJECTED_BY_SEALED_ALERT] = "by an encrypted alert in place of its Finished",
    [REJECTED_AFTER_CERTIFICATE] = "by closing after the certificate",
    [REJECTED_AFTER_HANDSHAKE] = "by closing after the handshake, without a request",
    [REJECTED_AFTER_ANSWER] = "by closing after the HTTP answer, without a Call Connect Request",
};

const char *
rejection_text(enum rejected_how how)
{
    return how_texts[how];
}

static bool
rejected_by_alert(const struct session *session, struct rejection *out)
{
    const struct tls_facts *tls = session_tls(session);

    if (!mark_is_set(tls->alert[SIDE_CLIENT]) ||
        !tls_alert_is_of_certificate(tls->alert_description[SIDE_CLIENT]))
        return false;
    out->how = REJECTED_BY_ALERT;
    out->mark = tls->alert[SIDE_CLIENT];
    out->after = tls->certificate_at;
    return true;
}

/* What the server said before the client closed has arrived there. */
static bool
server_was_heard(const struct session *session, struct mark close)
{
    const struct tcp_half *server = session_half(session, SIDE_SERVER);

    if (conn_is_stuck(session_conn(session), SIDE_SERVER) &&
        server->first_resend.frame < close.frame)
        return false;
    return server->last_payload.frame > close.frame ||
           conn_delivered(session_conn(session), SIDE_SERVER, server->next);
}

/* Nothing of either side is missing. */
static bool
all_was_captured(const struct session *session)
{
    for (int side = 0; side < SIDE_COUNT; side++)
        if (conn_unseen(session_conn(session), (enum side)side) > 0 ||
            conn_dropped(session_conn(session), (enum side)side) > 0 ||
            session_half(session, (enum side)side)->records.kind != STREAM_TLS)
            return false;
    return true;
}

/* A server that resumes an earlier session sends no certificate. Below TLS 1.3 it shows by
 * encryption that began without one. */
static bool
is_resumed(const struct session *session)
{
    const struct tls_facts *tls = session_tls(session);

    if (tls->server_hello.version >= TLS_13)
        return tls->server_hello.resumed;
    return !tls->leaf && session_half(session, SIDE_SERVER)->records.encrypted;
}

/* The client had what the server said at after when it closed: it acknowledged something since, and
 * the close did not cross it on the way, as far as the clock tells. */
static bool
was_seen_before(const struct session *session, struct mark after, struct mark close)
{
    const struct tcp_half *server = session_half(session, SIDE_SERVER);
    int64_t round_trip = conn_times(session_conn(session)).to_client;

    return mark_is_set(after) && after.frame < close.frame &&
           server->last_acked.frame > after.frame &&
           (round_trip <= MAX(order_doubt(conn_order(session_conn(session))), 1) ||
            (close.time - after.time) * 100 >= round_trip * EARLY_ANSWER_PERCENT);
}

static bool
closes_after_certificate(const struct session *session, struct rejection *out)
{
    const struct tls_facts *tls = session_tls(session);
    const struct record_facts *client = &session_half(session, SIDE_CLIENT)->records;
    const struct record_facts *server = &session_half(session, SIDE_SERVER)->records;
    bool tls13 = tls->server_hello.version >= TLS_13, done = mark_is_set(tls->server_done_at);

    if (client->application_records > 0 || (!tls13 && client->encrypted))
        return false;
    out->how = REJECTED_AFTER_CERTIFICATE;
    /* Where the server's messages cannot be read, that its certificate was among them is a guess.
     */
    out->after = done ? tls->server_done_at : server->first_application;
    return (done || tls13) && was_seen_before(session, out->after, out->mark) &&
           mark_seconds(out->after, out->mark) <=
               (done ? CERT_PERSON_SECONDS : CERT_PROGRAM_SECONDS);
}

static bool
is_sealed_finished(uint16_t length)
{
    return length == SEALED_FINISHED_SHA256_LEN || length == SEALED_FINISHED_SHA384_LEN;
}

/* TLS 1.3 without keys: the client sent an alert and nothing else, or its Finished and at most an
 * alert. */
static bool
sealed_client_gives_up(const struct record_facts *client, struct rejection *out)
{
    const uint16_t *lengths = client->application_lengths;

    if (client->application_records == 1 && lengths[0] == TLS_13_ALERT_LEN) {
        out->how = REJECTED_BY_SEALED_ALERT;
        return true;
    }
    return is_sealed_finished(lengths[0]) &&
           (client->application_records == 1 ||
            (client->application_records == 2 && lengths[1] == TLS_13_ALERT_LEN));
}

static bool
closes_after_handshake(const struct session *session, struct rejection *out)
{
    const struct conn *conn = session_conn(session);
    const struct tls_facts *tls = conn_tls(conn);
    const struct record_facts *client = &conn_half(conn, SIDE_CLIENT)->records;

    out->how = REJECTED_AFTER_HANDSHAKE;
    if (tls->server_hello.version < TLS_13) {
        out->after = client->sealed;
        if (!client->encrypted || !conn_half(conn, SIDE_SERVER)->records.encrypted ||
            client->application_records > 0)
            return false;
    } else if (conn_decrypted(conn, SIDE_CLIENT) > 0) {
        out->after = tls->finished[SIDE_CLIENT];
        if (!mark_is_set(out->after) ||
            client->application_records !=
                tls->decrypted_handshake[SIDE_CLIENT] + tls->decrypted_alerts[SIDE_CLIENT])
            return false;
    } else {
        out->after = client->first_application;
        if (client->application_records == 0 || !sealed_client_gives_up(client, out))
            return false;
    }
    /* A browser opens connections ahead and closes them unused after ten seconds or more. */
    out->weak = mark_seconds(out->after, out->mark) > CERT_PROGRAM_SECONDS;
    return mark_seconds(out->after, out->mark) <= CERT_CHECK_SECONDS;
}

static bool
closes_after_answer(const struct session *session, struct rejection *out)
{
    out->how = REJECTED_AFTER_ANSWER;
    out->after = session_http(session)->response;
    return session_answer_is_sstp(session) && side_is_whole(session, SIDE_CLIENT) &&
           mark_seconds(out->after, out->mark) <= CERT_PROGRAM_SECONDS;
}

/* The client went on behind the certificate. Of the server alone its words may be read, which says
 * nothing of SSTP unless it is asked. */
static bool
accepts_certificate(const struct session *session)
{
    const uint32_t *packets = session_sstp(session)->packets;

    return packets[SIDE_CLIENT] > 0 || packets[SIDE_SERVER] > 0 || session_is_established(session);
}

static bool
is_within(uint32_t value, uint32_t min, uint32_t max)
{
    return value >= min && value <= max;
}

/* How many bytes encryption adds to a record's body; 0 where that depends on the padding. */
static uint32_t
sealing_len(const struct tls_server_hello *hello)
{
    enum { SAMPLE_LEN = 100 };
    struct mtu_cipher cipher =
        mtu_cipher_of(hello->cipher_suite, hello->version, hello->encrypt_then_mac);

    if (!cipher.known || cipher.block)
        return 0;
    return (uint32_t)mtu_record_len(&cipher, SAMPLE_LEN) - TLS_RECORD_HEADER_LEN - SAMPLE_LEN;
}

/* The server took its leave of itself, by a record as long as an alert: behind its answer it wants
 * nothing more, and so it is no SSTP server that the client gave up. */
static bool
server_leaves_too(const struct session *session, struct mark close)
{
    const struct record_facts *server = &session_half(session, SIDE_SERVER)->records;
    bool alert = session_tls(session)->server_hello.version >= TLS_13
                     ? server->last_length == TLS_13_ALERT_LEN
                     : server->sealed_alerts > 0;

    return alert && server_spoke_unasked(session, server->last_record, close);
}

/* Without keys: the client's only data is of the size of the request, and the server's last one of
 * that of the answer. */
static bool
closes_after_sealed_answer(const struct session *session, struct rejection *out)
{
    const struct tls_facts *tls = session_tls(session);
    const struct record_facts *client = &session_half(session, SIDE_CLIENT)->records;
    const struct record_facts *server = &session_half(session, SIDE_SERVER)->records;
    bool tls13 = tls->server_hello.version >= TLS_13;
    uint32_t first = tls13 ? 1 : 0, more = client->application_records - first;
    uint32_t host_len = (uint32_t)strlen(tls->client_hello.sni);
    uint32_t sealing = sealing_len(&tls->server_hello);

    out->how = REJECTED_AFTER_ANSWER;
    out->after = server->last_data;
    out->weak = true;
    if (conn_decrypted(session_conn(session), SIDE_CLIENT) > 0 || sealing == 0 || host_len == 0 ||
        server_leaves_too(session, out->mark) || client->application_records <= first ||
        (tls13 && !is_sealed_finished(client->application_lengths[0])))
        return false;
    /* A close_notify of TLS 1.3 is a record like others. */
    if (more > 2 || (more == 2 && (!tls13 || client->application_lengths[2] != TLS_13_ALERT_LEN)))
        return false;
    return is_within(client->application_lengths[first], REQUEST_MIN_LEN + host_len + sealing,
                     REQUEST_MAX_LEN + host_len + sealing) &&
           is_within(server->last_data_length, ANSWER_MIN_LEN + sealing,
                     ANSWER_MAX_LEN + sealing) &&
           server->last_data.frame > client->last_data.frame &&
           server->last_data.frame < out->mark.frame &&
           (tls13 || server->application_records == 1) &&
           mark_seconds(out->after, out->mark) <= CERT_PROGRAM_SECONDS;
}

/* Clients that do not say why: they just close. */
static bool
rejected_silently(const struct session *session, const struct view *view, struct rejection *out)
{
    const struct tls_facts *tls = session_tls(session);
    enum side by;
    bool reset;

    if (!conn_closed(session_conn(session), &out->mark, &by, &reset) || by != SIDE_CLIENT ||
        conn_start_missing(session_conn(session)) || !tls->has_server_hello ||
        is_resumed(session) || mark_is_set(tls->alert[SIDE_CLIENT]) || !all_was_captured(session) ||
        !server_was_heard(session, out->mark))
        return false;
    /* The server may have objected or said goodbye first. */
    struct mark ended = mark_earlier(tls->alert[SIDE_SERVER], tls->close_notify[SIDE_SERVER]);
    if ((mark_is_set(ended) && ended.frame < out->mark.frame) ||
        is_explained(session, view, out->mark))
        return false;
    if (mark_is_set(session_http(session)->response))
        return closes_after_answer(session, out);
    if (mark_is_set(session_http(session)->request))
        return false;
    return closes_after_certificate(session, out) || closes_after_handshake(session, out) ||
           closes_after_sealed_answer(session, out);
}

/* --- connections that nobody meant to use ---------------------------------------------------- */

/* The client took leave by close_notify, or by what has its size behind its Finished: a program
 * that has seen what it wanted, as health checks and scanners have. */
static bool
leaves_in_order(const struct session *session)
{
    const struct record_facts *client = &session_half(session, SIDE_CLIENT)->records;
    const struct tls_facts *tls = session_tls(session);

    if (mark_is_set(tls->close_notify[SIDE_CLIENT]) || client->sealed_alerts > 0)
        return true;
    return tls->server_hello.version >= TLS_13 && client->application_records == 2 &&
           client->application_lengths[1] == TLS_13_ALERT_LEN;
}

static bool
same_certificate(const struct session *a, const struct session *b)
{
    const GByteArray *leaf = session_tls(a)->leaf, *other = session_tls(b)->leaf;

    if (leaf && other)
        return leaf->len == other->len && memcmp(leaf->data, other->data, leaf->len) == 0;
    return memcmp(conn_endpoint(session_conn(a), SIDE_SERVER),
                  conn_endpoint(session_conn(b), SIDE_SERVER), sizeof(struct endpoint)) == 0;
}

static bool
same_client(const struct session *a, const struct session *b)
{
    return endpoint_same_host(conn_endpoint(session_conn(a), SIDE_CLIENT),
                              conn_endpoint(session_conn(b), SIDE_CLIENT));
}

/* The same host takes this certificate on another connection. */
static bool
is_taken_elsewhere(const struct session *session, const struct view *view)
{
    guint len = view->sessions->len;

    for (guint i = len > NEIGHBOURS_MAX ? len - NEIGHBOURS_MAX : 0; i < len; i++) {
        const struct session *other = g_ptr_array_index(view->sessions, i);
        if (other != session && same_client(session, other) && same_certificate(session, other) &&
            accepts_certificate(other))
            return true;
    }
    return false;
}

/* Connections of one client that were opened and never used, one after the other. */
struct beat {
    int64_t last, interval; /* of their beginnings */
    int64_t step;           /* of the clock, where it counts in seconds or longer */
    unsigned even;          /* intervals in a row that are alike */
};

static void
beat_add(struct beat *beat, int64_t time)
{
    int64_t interval = time - beat->last;
    bool alike = beat->interval > 0 &&
                 ABS(interval - beat->interval) * 100 <= beat->interval * CHECK_RHYTHM_PERCENT;

    alike |= beat->even > 0 && ABS(interval - beat->interval) <= beat->step;
    if (beat->last)
        beat->even = alike ? beat->even + 1 : 1;
    if (beat->last && !alike)
        beat->interval = interval;
    beat->last = time;
}

/* The same client opened it to this server as well, and did not use it. Another capture point has
 * them a second time. */
static bool
is_unused_alike(const struct session *session, const struct session *other)
{
    return same_client(session, other) && same_certificate(session, other) &&
           conn_interface(session_conn(other)) == conn_interface(session_conn(session)) &&
           !mark_is_set(session_http(other)->request) &&
           mark_is_set(session_half(other, SIDE_SERVER)->syn);
}

/* The largest that both are several times of; of 0 and another, that one. */
static int64_t
common_step(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* What the clock of such connections counts in, as far as their beginnings show: all lie so far
 * apart, or several times it, and so far from the beginning of an hour, as a program that waits for
 * whole minutes begins at any second. 0: less than a second. */
static int64_t
clock_step(const struct session *session, const struct view *view, guint first)
{
    int64_t start = conn_first(session_conn(session)).time;
    int64_t step = start - start % NS_PER_SECOND; /* somebody may have moved all by less */

    for (guint i = first; i < view->sessions->len; i++) {
        const struct session *other = g_ptr_array_index(view->sessions, i);
        if (is_unused_alike(session, other))
            step = common_step(step, time_apart(conn_first(session_conn(other)).time, start));
    }
    return step >= NS_PER_SECOND ? step : 0;
}

/* How long the same host waits between such connections, where it opens them in a rhythm, as far as
 * the clock tells; 0: it does not. The latest sessions are looked through. */
static int64_t
check_interval(const struct session *session, const struct view *view)
{
    guint len = view->sessions->len, first = len > NEIGHBOURS_MAX ? len - NEIGHBOURS_MAX : 0;
    struct beat beat = { .step = clock_step(session, view, first) };

    for (guint i = first; i < len; i++) {
        const struct session *other = g_ptr_array_index(view->sessions, i);
        if (!is_unused_alike(session, other))
            continue;
        beat_add(&beat, conn_first(session_conn(other)).time);
        if (beat.even >= CHECK_RHYTHM_MIN)
            return MAX(beat.interval, beat.step);
    }
    return 0;
}

static bool
is_one_of_many(const struct session *session, const struct view *view)
{
    return is_taken_elsewhere(session, view) || check_interval(session, view) > 0;
}

/* Only behind the HTTP answer is a close a word about the certificate by itself: who asked for SSTP
 * wanted to use it. */
static bool
closes_unused(const struct rejection *rejection)
{
    return rejection->how == REJECTED_AFTER_CERTIFICATE ||
           rejection->how == REJECTED_AFTER_HANDSHAKE;
}

struct rejection
rejection_of(const struct session *session, const struct view *view)
{
    struct rejection none = { .how = REJECTED_NOT }, found = none;

    if (!conn_is_tls(session_conn(session)) || accepts_certificate(session))
        return none;
    if (rejected_by_alert(session, &found))
        return found;
    if (!rejected_silently(session, view, &found))
        return none;
    if (!closes_unused(&found) && !found.weak)
        return found;
    /* Connections that come later may show what this one was for; or the server that it left, too.
     */
    if (!view->final)
        return none;
    if (!closes_unused(&found))
        return found;
    found.weak |= leaves_in_order(session) || is_one_of_many(session, view);
    return found;
}

/* A program that has said something waits for the answer: without one it has seen nothing. */
static bool
was_left_unanswered(const struct session *session)
{
    return session_half(session, SIDE_CLIENT)->data_segments > 0 &&
           session_half(session, SIDE_SERVER)->data_segments == 0;
}

bool
rejection_is_check(const struct session *session, const struct view *view)
{
    const struct record_facts *client = &session_half(session, SIDE_CLIENT)->records;
    struct session_end end = session_ending(session);
    /* In TLS 1.3 Finished and a close_notify are records as well. */
    uint32_t own = session_tls(session)->server_hello.version >= TLS_13 ? 2 : 0;

    return mark_is_set(end.mark) && end.by == SIDE_CLIENT &&
           !conn_start_missing(session_conn(session)) &&
           !mark_is_set(session_http(session)->request) && client->application_records <= own &&
           !was_left_unanswered(session) &&
           (client->kind == STREAM_TLS || session_half(session, SIDE_CLIENT)->data_segments == 0) &&
           is_one_of_many(session, view);
}

/* Without keys, what TLS 1.3 seals behind the Server Hello. */
static bool
saw_certificate(const struct session *session)
{
    struct mark shown = session_tls(session)->certificate_at;

    if (!mark_is_set(shown))
        shown = session_half(session, SIDE_SERVER)->records.first_application;
    return was_seen_before(session, shown, session_ending(session).mark);
}

bool
rejection_may_be_redial(const struct session *session, const struct view *view)
{
    return saw_certificate(session) && !leaves_in_order(session) &&
           !is_taken_elsewhere(session, view) &&
           check_interval(session, view) >= REDIAL_SECONDS * NS_PER_SECOND;
}
