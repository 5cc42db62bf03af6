/* rules_tls_ends.c - rules of a pair: who ends TLS, and what the client bound to
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/pair_rule.h"

#include <string.h>

#include "base/thresholds.h"
#include "base/text.h"

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
    const struct tls_facts *near = session_tls(pair_session(pair, SIDE_CLIENT)),
                           *far = session_tls(pair_session(pair, SIDE_SERVER));

    return near->has_client_hello && far->has_client_hello &&
           memcmp(near->client_hello.random, far->client_hello.random, TLS_RANDOM_LEN) != 0;
}

/* With one leg in clear it is an offloader, which is meant to be there. */
void
pair_rule_tls_inspection(struct pair *pair)
{
    const struct session *client = pair_session(pair, SIDE_CLIENT),
                         *server = pair_session(pair, SIDE_SERVER);
    const struct tls_facts *near = session_tls(client), *far = session_tls(server);
    char randoms[SIDE_COUNT][17];

    if (!has_two_tls(pair))
        return;
    struct finding *finding = pair_rule_add(pair, FINDING_TLS_INSPECTION, CONFIDENCE_CERTAIN,
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
    const struct session *server = pair_session(pair, SIDE_SERVER);
    const struct finding *verdict = pair->end[SIDE_SERVER]->verdict.finding;
    struct mark connected = session_sstp(server)->call_connected,
                abort = session_sstp(server)->abort[SIDE_SERVER];

    return verdict && verdict->id == FINDING_SSTP_ABORTED && mark_is_set(connected) &&
           mark_is_set(abort) && abort.frame > connected.frame &&
           mark_seconds(connected, abort) <= SSTP_ABORT_SECONDS;
}

/* Behind an offloader, where the session is in clear, few causes of a refusal are left: surer by
 * one. A certificate that was only seen earlier, on another connection, leaves a doubt. */
static enum confidence
cert_hash_confidence(const struct pair *pair, const struct finding *seen, bool offloaded)
{
    enum confidence confidence = seen ? seen->confidence : CONFIDENCE_POSSIBLE;

    if (seen && offloaded &&
        mark_is_set(session_sstp(pair_session(pair, SIDE_SERVER))->abort[SIDE_SERVER]) &&
        confidence < CONFIDENCE_CERTAIN)
        confidence++;
    return session_cert_is_earlier(pair_session(pair, SIDE_CLIENT))
               ? MIN(confidence, CONFIDENCE_LIKELY)
               : confidence;
}

/* One TLS connection from end to end. */
static bool
has_same_tls(const struct pair *pair)
{
    return conn_same_random(session_conn(pair_session(pair, SIDE_CLIENT)),
                            session_conn(pair_session(pair, SIDE_SERVER)));
}

/* One end found that the hash does not match. That both ends have the same TLS connection rules out
 * that something between them ends it. */
void
pair_rule_cert_hash_end_to_end(struct pair *pair)
{
    int at = SIDE_CLIENT;
    const struct finding *seen = NULL;

    for (int side = SIDE_COUNT; side-- > 0 && !seen;) {
        seen = pair_rule_found_at(pair, side, FINDING_CB_CERT_HASH_MISMATCH);
        at = side;
    }
    const struct session *session = pair_session(pair, at);
    if (!seen || !has_same_tls(pair) || !session_cert(session) ||
        session_cert_is_earlier(session) || !session_sstp(session)->has_binding)
        return;
    bool right = binding_cert_matches(&session_sstp(session)->binding, session_cert(session));
    struct finding *finding = pair_rule_add(pair, FINDING_CB_CERT_HASH_MISMATCH, seen->confidence,
                                            seen->cause, (enum side)at);
    finding->severity = seen->severity;
    for (unsigned i = 0; i < seen->num_frames; i++)
        finding_frame(finding, seen->frames[i]);
    for (int side = 0; side < SIDE_COUNT; side++)
        finding_frame(finding, session_tls(pair_session(pair, side))->client_hello_at.frame);
    finding_cert(finding, "certificate", session);
    finding_summary(finding,
                    right ? "The client bound to the certificate of this TLS connection, which is "
                            "the same at both ends: nothing between them ends it. It is the server "
                            "that expects the hash of another certificate"
                          : "The TLS connection is the same at both ends, so nothing between them "
                            "ends it, and yet the client bound to another certificate than this "
                            "connection's: it, or something on its own host, took another one");
}

/* The client bound to the certificate that its own leg shows, as it should. The server wants
 * another one because TLS ends between the two. */
void
pair_rule_cert_hash(struct pair *pair)
{
    const struct session *client = pair_session(pair, SIDE_CLIENT),
                         *server = pair_session(pair, SIDE_SERVER);
    const struct finding *seen =
        pair_rule_found_at(pair, SIDE_SERVER, FINDING_CB_CERT_HASH_MISMATCH);
    bool offloaded = conn_is_tls(session_conn(client)) && !conn_is_tls(session_conn(server));

    if (!(seen ? offloaded || has_two_tls(pair) : offloaded && refused_unexplained(pair)) ||
        !session_cert(client) || !session_sstp(server)->has_binding ||
        !binding_cert_matches(&session_sstp(server)->binding, session_cert(client)))
        return;
    struct finding *finding = pair_rule_add(
        pair, FINDING_CB_CERT_HASH_MISMATCH, cert_hash_confidence(pair, seen, offloaded),
        seen ? seen->cause : session_sstp(server)->call_connected, SIDE_SERVER);
    finding->severity = seen ? seen->severity : finding->severity;
    finding_frame(finding, session_sstp(client)->call_connected.frame);
    for (int at = 0; at < SIDE_COUNT; at++) {
        static const char *const keys[] = { "certificate_at_client", "certificate_at_server" };
        const struct session *session = pair_session(pair, at);
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
