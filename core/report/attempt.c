/* attempt.c - one attempt to connect, as what is told of it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/attempt.h"

#include <stdlib.h>
#include <string.h>

#include "base/numbers.h"
#include "base/text.h"
#include "report/keepalive.h"

#define FACT(ID, stage, key, kind, words) { STAGE_##stage, #key, words, FACT_KIND_##kind },
static const struct fact_info infos[] = {
#include "report/attempt_facts.def"
};
#undef FACT

const struct fact_info *
fact_info(enum fact_id id)
{
    return &infos[id];
}

/* --- one fact -------------------------------------------------------------------------------- */

/* Takes text, which may be NULL: then it is not known. */
static void
take(struct attempt *attempt, enum fact_id id, char *text)
{
    if (text && *text)
        attempt->facts[id].text = text;
    else
        g_free(text);
}

static void
tell(struct attempt *attempt, enum fact_id id, const char *text)
{
    take(attempt, id, g_strdup(text));
}

static void
count(struct attempt *attempt, enum fact_id id, bool known, double number)
{
    if (known)
        attempt->facts[id] = (struct fact){ .is_number = true, .number = number };
}

/* From the one to the other, where both are known and in this order. */
static void
measure(struct attempt *attempt, enum fact_id id, struct mark from, struct mark to)
{
    count(attempt, id, mark_is_set(from) && mark_is_set(to) && to.time >= from.time,
          mark_seconds(from, to));
}

/* --- by stage -------------------------------------------------------------------------------- */

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted: resolvers hand addresses out in turn. */
static char *
addresses_text(const struct dns_lookup *dns)
{
    char *texts[DNS_ADDRESSES_MAX + 1] = { NULL };

    for (unsigned i = 0; i < dns->num_addresses; i++)
        texts[i] = endpoint_address_text(&dns->addresses[i]);
    qsort(texts, dns->num_addresses, sizeof *texts, compare_texts);
    char *text = g_strjoinv(", ", texts);
    for (unsigned i = 0; i < dns->num_addresses; i++)
        g_free(texts[i]);
    return text;
}

static void
read_dns(struct attempt *attempt, const struct session *session)
{
    const struct dns_lookup *dns = session_dns(session);

    if (!dns)
        return;
    tell(attempt, FACT_DNS_NAME, dns->name);
    take(attempt, FACT_DNS_ADDRESSES, addresses_text(dns));
    if (!dns->answers)
        tell(attempt, FACT_DNS_ANSWER, "none");
    else if (dns->rcode)
        tell(attempt, FACT_DNS_ANSWER, dns_rcode_name(dns->rcode));
    take(attempt, FACT_DNS_RESOLVER, endpoint_address_text(&dns->resolver));
    measure(attempt, FACT_DNS_SECONDS, dns->first, dns->answer);
}

/* What its SYN offers, or takes on. */
static char *
options_text(const struct tcp_half *half)
{
    GString *text = g_string_new(NULL);

    if (!mark_is_set(half->syn))
        return g_string_free(text, FALSE);
    if (half->sack)
        g_string_append(text, "SACK");
    if (half->timestamps)
        g_string_append_printf(text, "%stimestamps", text->len ? ", " : "");
    if (half->window_scale_seen)
        g_string_append_printf(text, "%swindow scale %u", text->len ? ", " : "",
                               half->window_scale);
    if (!text->len)
        g_string_append(text, "none");
    return g_string_free(text, FALSE);
}

static void
read_half(struct attempt *attempt, const struct session *session, enum side side)
{
    static const enum fact_id mss[] = { FACT_TCP_CLIENT_MSS, FACT_TCP_SERVER_MSS };
    static const enum fact_id options[] = { FACT_TCP_CLIENT_OPTIONS, FACT_TCP_SERVER_OPTIONS };
    static const enum fact_id ttl[] = { FACT_TCP_CLIENT_TTL, FACT_TCP_SERVER_TTL };
    static const enum fact_id resent[] = { FACT_TCP_CLIENT_RESENT, FACT_TCP_SERVER_RESENT };
    const struct tcp_half *half = session_half(session, side);

    count(attempt, mss[side], half->mss_seen, half->mss);
    take(attempt, options[side], options_text(half));
    count(attempt, ttl[side], half->path.ttl_segments > 0, half->path.ttl_max);
    count(attempt, resent[side], half->data_segments > 0,
          half->data_segments ? 100.0 * half->retransmissions / half->data_segments : 0);
}

static void
read_tcp(struct attempt *attempt, const struct session *session)
{
    const struct conn *conn = session_conn(session);

    if (session_has_no_connection(session))
        return;
    int64_t round_trip = conn_times(conn).to_server;

    take(attempt, FACT_TCP_CLIENT, endpoint_address_text(conn_endpoint(conn, SIDE_CLIENT)));
    take(attempt, FACT_TCP_SERVER, endpoint_text(conn_endpoint(conn, SIDE_SERVER)));
    measure(attempt, FACT_TCP_CONNECTED_IN, session_half(session, SIDE_CLIENT)->syn,
            session_half(session, SIDE_SERVER)->syn);
    count(attempt, FACT_TCP_ROUND_TRIP, round_trip > 0, ns_seconds(round_trip));
    for (int side = 0; side < SIDE_COUNT; side++)
        read_half(attempt, session, (enum side)side);
}

static void
read_proxy(struct attempt *attempt, const struct session *session)
{
    if (session_has_no_connection(session))
        return;
    const struct proxy_facts *proxy = conn_proxy(session_conn(session));

    if (mark_is_set(proxy->connect) && mark_is_set(proxy->answer))
        take(attempt, FACT_PROXY_ANSWER, g_strdup_printf("answers %u", proxy->status));
    else if (mark_is_set(proxy->connect))
        tell(attempt, FACT_PROXY_ANSWER, "does not answer");
    if (proxy->header_len)
        tell(attempt, FACT_PROXY_HEADER, "in front of the client's bytes");
}

static char *
date_text(int64_t ns)
{
    GDateTime *date = g_date_time_new_from_unix_utc(ns / NS_PER_SECOND);
    char *text = date ? g_date_time_format(date, "%Y-%m-%d") : NULL;

    if (date)
        g_date_time_unref(date);
    return text;
}

static void
read_cert(struct attempt *attempt, const struct session *session)
{
    const struct binding_cert *hashes = session_cert(session);
    const struct cert *cert = conn_cert(session_conn(session));

    if (hashes && !session_cert_is_earlier(session))
        take(attempt, FACT_TLS_SHA256, text_hex(hashes->sha256, sizeof hashes->sha256));
    if (!cert)
        return;
    tell(attempt, FACT_TLS_SUBJECT, cert->subject);
    tell(attempt, FACT_TLS_ISSUER, cert->issuer);
    take(attempt, FACT_TLS_NOT_AFTER, date_text(cert->not_after));
    take(attempt, FACT_TLS_KEY,
         g_strdup_printf("%s, %u bits", cert_key_name(cert->key), cert->key_bits));
}

static void
read_tls(struct attempt *attempt, const struct session *session)
{
    static const enum fact_id alerts[] = { FACT_TLS_CLIENT_ALERT, FACT_TLS_SERVER_ALERT };

    if (session_has_no_connection(session))
        return;
    const struct tls_facts *tls = session_tls(session);

    if (tls->has_client_hello) {
        tell(attempt, FACT_TLS_SNI, tls->client_hello.has_sni ? tls->client_hello.sni : NULL);
        tell(attempt, FACT_TLS_OFFERED, tls_version_name(tls->client_hello.version));
    }
    if (tls->has_server_hello) {
        tell(attempt, FACT_TLS_VERSION, tls_version_name(tls->server_hello.version));
        tell(attempt, FACT_TLS_CIPHER, tls_cipher_suite_name(tls->server_hello.cipher_suite));
    }
    read_cert(attempt, session);
    for (int side = 0; side < SIDE_COUNT; side++)
        if (mark_is_set(tls->alert[side]))
            tell(attempt, alerts[side], tls_alert_name(tls->alert_description[side]));
}

static void
read_http(struct attempt *attempt, const struct session *session)
{
    const struct http_facts *http = session_http(session);

    tell(attempt, FACT_HTTP_HOST, http->host);
    count(attempt, FACT_HTTP_STATUS, mark_is_set(http->response), http->status);
    tell(attempt, FACT_HTTP_SERVER, http->server);
    measure(attempt, FACT_HTTP_SECONDS, http->request, http->response);
}

static const char *
hash_names(uint8_t bitmask)
{
    static const char *const names[] = { NULL, "SHA-1", "SHA-256", "SHA-1, SHA-256" };

    return names[bitmask & (SSTP_HASH_SHA1 | SSTP_HASH_SHA256)];
}

/* A status of SSTP by its name, or as a number. */
static char *
status_text(bool known, uint32_t status)
{
    const char *name = sstp_status_name(status);

    return !known ? g_strdup("no status")
           : name ? g_strdup(name)
                  : g_strdup_printf("status 0x%08x", status);
}

static void
read_sstp(struct attempt *attempt, const struct session *session)
{
    static const enum fact_id aborts[] = { FACT_SSTP_CLIENT_ABORT, FACT_SSTP_SERVER_ABORT };
    const struct sstp_facts *sstp = session_sstp(session);

    if (mark_is_set(sstp->call_ack)) {
        tell(attempt, FACT_SSTP_HASHES, hash_names(sstp->binding_request.bitmask));
        take(attempt, FACT_SSTP_NONCE, text_hex(sstp->binding_request.nonce, SSTP_NONCE_LEN));
    }
    measure(attempt, FACT_SSTP_SECONDS, sstp->call_request, sstp->call_ack);
    if (sstp->nak.count)
        take(attempt, FACT_SSTP_NAK, status_text(sstp->nak.has_status, sstp->nak.status));
    for (int side = 0; side < SIDE_COUNT; side++)
        if (mark_is_set(sstp->abort[side]))
            take(attempt, aborts[side], status_text(sstp->has_status[side], sstp->status[side]));
    if (sstp->has_binding) {
        tell(attempt, FACT_BINDING_HASH, hash_names(sstp->binding.bitmask));
        take(attempt, FACT_BINDING_CERT,
             sstp->binding.hash_len ? text_hex(sstp->binding.cert_hash, sstp->binding.hash_len)
                                    : NULL);
    }
}

static const char *
asked_text(const struct ppp_lcp_options *lcp)
{
#define NAME(ID, value, name)                                                                      \
    case ID:                                                                                       \
        return name;
    if (lcp->auth_protocol == PPP_CHAP)
        switch (lcp->chap_algorithm) {
            CHAP_ALGORITHM_LIST(NAME)
        default:
            break;
        }
#undef NAME
    return lcp->auth_protocol ? ppp_protocol_name(lcp->auth_protocol) : NULL;
}

static void
read_lcp(struct attempt *attempt, const struct session *session)
{
    static const enum fact_id mru[] = { FACT_LCP_CLIENT_MRU, FACT_LCP_SERVER_MRU };
    static const enum fact_id auth[] = { FACT_LCP_CLIENT_AUTH, FACT_LCP_SERVER_AUTH };

    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct ppp_lcp_options *lcp = &session_lcp(session, side)->lcp;
        count(attempt, mru[side], lcp->mru > 0, lcp->mru);
        tell(attempt, auth[side], asked_text(lcp));
    }
}

static void
read_auth(struct attempt *attempt, const struct session *session)
{
    const struct auth_facts *auth = session_auth(session);

    if (auth->method != AUTH_NONE)
        tell(attempt, FACT_AUTH_METHOD, auth_method_name(auth->method));
    tell(attempt, FACT_AUTH_USER, auth->user);
    if (auth->has_error)
        take(attempt, FACT_AUTH_ERROR, g_strdup_printf("E=%u", auth->error));
}

/* address: in network order. */
static char *
ipv4_text(uint32_t address)
{
    struct endpoint endpoint = { .addr_len = 4 };

    memcpy(endpoint.addr, &address, sizeof address);
    return endpoint_address_text(&endpoint);
}

static void
read_ncp(struct attempt *attempt, const struct session *session)
{
    const struct ppp_negotiation *client = session_ipcp(session, SIDE_CLIENT),
                                 *server = session_ipcp(session, SIDE_SERVER);

    if (client->agreed && client->ipcp.has_address)
        take(attempt, FACT_NCP_CLIENT, ipv4_text(client->ipcp.address));
    if (server->agreed && server->ipcp.has_address)
        take(attempt, FACT_NCP_SERVER, ipv4_text(server->ipcp.address));
    if (client->agreed && client->ipcp.has_dns1)
        take(attempt, FACT_NCP_DNS, ipv4_text(client->ipcp.dns1));
}

static void
read_tunnel(struct attempt *attempt, const struct session *session)
{
    static const enum fact_id packets[] = { FACT_DATA_C2S, FACT_DATA_S2C };
    static const enum fact_id longest[] = { FACT_DATA_LONGEST_C2S, FACT_DATA_LONGEST_S2C };

    for (int side = 0; side < SIDE_COUNT; side++) {
        uint32_t num = session_data(session)->packets[side];
        count(attempt, packets[side], num > 0, num);
        count(attempt, longest[side], num > 0 && session_mtu(session, side)->max_inner > 0,
              session_mtu(session, side)->max_inner);
    }
    take(attempt, FACT_KEEPALIVE_ECHOES, report_keepalive_text(session));
}

static void
read_end(struct attempt *attempt, const struct session *session)
{
    struct mark end;
    enum side by;
    bool reset;

    if (session_has_no_connection(session) ||
        !conn_closed(session_conn(session), &end, &by, &reset))
        return;
    take(attempt, FACT_TEARDOWN_BY,
         g_strdup_printf("%s, by %s", side_name(by), reset ? "RST" : "FIN"));
    measure(attempt, FACT_TEARDOWN_AFTER, conn_first(session_conn(session)), end);
}

void
attempt_read_facts(struct attempt *attempt, const struct session *session)
{
    static void (*const readers[])(struct attempt *, const struct session *) = {
        read_dns, read_tcp,  read_proxy, read_tls,    read_http, read_sstp,
        read_lcp, read_auth, read_ncp,   read_tunnel, read_end,
    };

    for (size_t i = 0; i < G_N_ELEMENTS(readers); i++)
        readers[i](attempt, session);
}

void
attempt_clear(struct attempt *attempt)
{
    for (int id = 0; id < FACT_COUNT; id++)
        g_free(attempt->facts[id].text);
    g_free(attempt->file);
    g_free(attempt->kind);
    g_free(attempt->why);
    g_free(attempt->evidence);
    g_free(attempt->verdict);
    g_free(attempt->summary);
    g_free(attempt->outcome);
    *attempt = (struct attempt){ 0 };
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void
json_stage(struct json *json, const struct attempt *attempt, enum stage stage)
{
    bool begun = false;

    for (int id = 0; id < FACT_COUNT; id++) {
        const struct fact *fact = &attempt->facts[id];
        if (infos[id].stage != stage || (!fact->text && !fact->is_number))
            continue;
        if (!begun)
            json_object_begin(json, stage_name(stage));
        begun = true;
        if (fact->text)
            json_string(json, infos[id].key, fact->text);
        else
            json_number(json, infos[id].key, fact->number);
    }
    if (begun)
        json_object_end(json);
}

void
report_facts_json(struct json *json, const struct session *session)
{
    struct attempt attempt = { 0 };

    attempt_read_facts(&attempt, session);
    json_object_begin(json, "facts");
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        json_stage(json, &attempt, (enum stage)stage);
    json_object_end(json);
    attempt_clear(&attempt);
}
