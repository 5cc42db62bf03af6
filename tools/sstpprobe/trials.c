/* trials.c - further attempts, each with one thing changed
 *
 * No trial logs in. They are few, one after the other, and stop where the walk's time is over.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "trials.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/endpoint.h"
#include "clock.h"
#include "connect.h"
#include "lookup.h"
#include "proxy.h"

enum {
    CONNECTIONS_MAX = 12,
    APART_MS = 500,
    CONNECT_SECONDS = 5,
    TRIAL_SECONDS = 5,
    SIZE_SECONDS = 4
};
enum { LOOKUP_MS = 3000, SIZE_GOOD = 1220, SIZE_SMALL = 536, SEARCH_STEPS = 4, VAIN_RESENDS = 2 };

/* --- one trial -------------------------------------------------------------------------------- */

/* As far as LCP; what it saw goes to trial. */
static void
call_without_account(struct attempt *attempt, struct trial *trial, int64_t until)
{
    attempt_call(attempt);
    while (clock_now() < until && attempt_go_on(attempt, until) &&
           call_step(attempt->call) < CALL_AUTH)
        ;
    const struct call_facts facts = call_facts(attempt->call);
    if (facts.lcp_opened)
        trial->passed = STAGE_LCP;
    else if (facts.accepted)
        trial->passed = STAGE_SSTP;
    else if (facts.http_status == HTTP_STATUS_OK)
        trial->passed = STAGE_HTTP;
    if (facts.lcp_opened)
        g_strlcpy(trial->seen, "works as far as LCP", sizeof trial->seen);
    else if (facts.accepted)
        g_strlcpy(trial->seen, "the SSTP server answers", sizeof trial->seen);
    else if (facts.http_status)
        g_snprintf(trial->seen, sizeof trial->seen, "HTTP %u%s%s", facts.http_status,
                   facts.http_server ? ", " : "", facts.http_server ? facts.http_server : "");
    else
        g_strlcpy(trial->seen, "TLS works, no answer to the request", sizeof trial->seen);
    call_hang_up(attempt->call, clock_now());
    while (clock_now() < until && attempt_go_on(attempt, until))
        ;
}

/* The certificate of the attempt that is judged, and of this one. */
static bool
certs_differ(const struct link *a, const struct link *b)
{
    return a->has_cert && b->has_cert &&
           memcmp(a->cert.sha256, b->cert.sha256, sizeof a->cert.sha256) != 0;
}

static void
try_tls(struct attempt *attempt, struct trial *trial, int64_t until)
{
    GError *error = NULL;
    const bool up = attempt_tls(attempt, until, &error);

    if (up) {
        trial->passed = STAGE_TLS;
        call_without_account(attempt, trial, until);
    } else if (attempt->link.trust) {
        g_strlcpy(trial->seen, "the certificate does not hold", sizeof trial->seen);
    } else {
        g_strlcpy(trial->seen,
                  attempt->link.error == GNUTLS_E_FATAL_ALERT_RECEIVED
                      ? gnutls_alert_get_name(gnutls_alert_get(attempt->link.tls))
                  : attempt->link.ended ? "TLS: the connection is closed"
                                        : "TLS stands still",
                  sizeof trial->seen);
    }
    g_clear_error(&error);
}

static void
try_address(struct walk *walk, struct attempt *attempt, GInetAddress *address,
            const struct attempt_change *change, struct trial *trial)
{
    const bool proxied = walk->options->proxy && !change->direct;
    const uint16_t port = proxied ? walk->options->dial_port : walk->options->port;
    GSocketAddress *to = g_inet_socket_address_new(address, port);
    const int64_t begin = clock_now();
    const int64_t seconds = trial->kind == TRIAL_SIZE ? SIZE_SECONDS : TRIAL_SECONDS;
    const int64_t until = MIN(walk->until, begin + seconds * NS_PER_SECOND);
    const enum wire_result result =
        wire_connect(&attempt->wire, to, MIN(until, begin + CONNECT_SECONDS * NS_PER_SECOND));

    trial->passed = STAGE_DNS;
    if (result == WIRE_LOCAL)
        trial->passed = STAGE_CAPTURE;
    if (result != WIRE_CONNECTED) {
        char *why = connect_text(&attempt->wire, result);
        g_snprintf(trial->seen, sizeof trial->seen, "TCP: %s", why);
        g_free(why);
    } else {
        trial->passed = STAGE_TCP;
        trial->address = attempt->wire.server;
        const struct proxy_answer answer =
            proxied ? proxy_ask(&attempt->wire, walk->options->name, walk->options->port, until)
                    : (struct proxy_answer){ .result = PROXY_OPEN };
        if (answer.result == PROXY_OPEN)
            try_tls(attempt, trial, until);
        else
            g_strlcpy(trial->seen, "the proxy opens no tunnel", sizeof trial->seen);
    }
    g_object_unref(to);
}

bool
trials_may_try(const struct walk *walk)
{
    return walk->options->trials && !*walk->stop && walk->connections < CONNECTIONS_MAX &&
           walk->until - clock_now() > TRIAL_SECONDS * NS_PER_SECOND;
}

/* Whose bytes wait where the handshake stands still: what the kernel counts tells. */
static const char *
sender_of_lost(const struct wire *wire)
{
    if (wire->counts.out_of_order > 0)
        return "server";
    return wire->counts.resent >= VAIN_RESENDS && !wire->all_acked ? "client" : NULL;
}

/* The stage that it passed; STAGE_CAPTURE: it was not made. */
static enum stage
try_one(struct walk *walk, enum trial_kind kind, const char *value, GInetAddress *address,
        struct attempt_change change)
{
    struct trial trial = { .kind = kind, .sender = sender_of_lost(&walk->attempt->wire) };

    if (!address || !trials_may_try(walk))
        return STAGE_CAPTURE;
    poll(NULL, 0, APART_MS);
    change.trial = true;
    struct attempt *attempt = attempt_new(walk->options, walk->secret, NULL, NULL);
    const int64_t begin = clock_now();
    attempt_change(attempt, &change);
    g_strlcpy(trial.value, value, sizeof trial.value);
    trial.same = kind == TRIAL_SIZE && change.mss == 0;
    walk->connections++;
    try_address(walk, attempt, address, &change, &trial);
    trial.other_cert = certs_differ(&walk->attempt->link, &attempt->link);
    attempt_close(attempt);
    walk_trial(walk, &trial, ns_seconds(clock_now() - begin));
    attempt_free(attempt);
    return trial.passed;
}

/* --- which ones --------------------------------------------------------------------------------
 */

GInetAddress *
trials_address(const struct walk *walk)
{
    const struct endpoint *server = &walk->attempt->wire.server;

    return server->addr_len == 0
               ? NULL
               : g_inet_address_new_from_bytes(server->addr, server->addr_len == 4
                                                                 ? G_SOCKET_FAMILY_IPV4
                                                                 : G_SOCKET_FAMILY_IPV6);
}

/* Other addresses of the name: those that connected, then those that only a resolver knows. */
static void
try_other_addresses(struct walk *walk)
{
    GPtrArray *all = g_ptr_array_new();
    const enum stage enough = STAGE_TLS;
    enum stage passed = STAGE_CAPTURE;

    for (guint i = 0; i < walk->addresses->len; i++)
        g_ptr_array_add(all, g_ptr_array_index(walk->addresses, i));
    for (guint i = 0; walk->others && i < walk->others->len; i++)
        g_ptr_array_add(all, g_ptr_array_index(walk->others, i));
    for (guint i = 0; i < all->len && passed < enough; i++) {
        GInetAddress *address = g_ptr_array_index(all, i);
        char *text = g_inet_address_to_string(address);
        if (!walk_has_failed_at(walk, text))
            passed = try_one(walk, TRIAL_ADDRESS, text, address, (struct attempt_change){ 0 });
        g_free(text);
    }
    g_ptr_array_unref(all);
}

static void
try_direct(struct walk *walk)
{
    const struct options *options = walk->options;
    GPtrArray *addresses = lookup_end(
        lookup_begin(options->connect_to ? options->connect_to : options->name, options->family),
        LOOKUP_MS, NULL);

    if (!addresses)
        return;
    try_one(walk, TRIAL_DIRECT, "direct", g_ptr_array_index(addresses, 0),
            (struct attempt_change){ .direct = true });
    g_ptr_array_unref(addresses);
}

static enum stage
try_size(struct walk *walk, GInetAddress *address, uint16_t size)
{
    char value[8];

    g_snprintf(value, sizeof value, "%u", size);
    return try_one(walk, TRIAL_SIZE, value, address, (struct attempt_change){ .mss = size });
}

/* Between segments that pass and those that do not. */
static void
search_size(struct walk *walk, GInetAddress *address, uint16_t good, uint16_t bad)
{
    for (unsigned i = 0; i < SEARCH_STEPS && bad - good > 1; i++) {
        const uint16_t middle = (uint16_t)(good + (bad - good) / 2);
        const enum stage passed = try_size(walk, address, middle);
        if (passed == STAGE_CAPTURE || passed == STAGE_DNS)
            return;
        *(passed >= STAGE_TLS ? &good : &bad) = middle;
    }
}

/* Once more with nothing changed: where that is done, the server had a bad moment. */
static bool
stalls_again(struct walk *walk, GInetAddress *address, uint16_t size)
{
    char value[8];

    g_snprintf(value, sizeof value, "%u", size);
    return try_one(walk, TRIAL_SIZE, value, address, (struct attempt_change){ .mss = 0 }) ==
           STAGE_TCP;
}

static void
try_sizes(struct walk *walk, GInetAddress *address)
{
    static const uint16_t sizes[] = { SIZE_GOOD, SIZE_SMALL };
    const struct wire_counts *counts = &walk->attempt->wire.counts;
    const uint32_t headers =
        walk->attempt->wire.server.addr_len == 4 ? IPV4_TCP_HEADERS : IPV6_TCP_HEADERS;
    const uint32_t own = counts->mss_out + counts->headers - MIN(headers, counts->headers);
    uint16_t bad = (uint16_t)MIN(own, UINT16_MAX);

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        if (own <= sizes[i])
            continue;
        if (try_size(walk, address, sizes[i]) >= STAGE_TLS) {
            if (stalls_again(walk, address, (uint16_t)MIN(own, UINT16_MAX)))
                search_size(walk, address, sizes[i], bad);
            return;
        }
        bad = sizes[i];
    }
}

/* The server ends the handshake, or says nothing in it. */
static void
try_hellos(struct walk *walk, GInetAddress *address)
{
    if (!g_hostname_is_ip_address(walk->options->name))
        try_one(walk, TRIAL_NO_SNI, "none", address, (struct attempt_change){ .no_name = true });
    if (!walk->options->tls_version || strcmp(walk->options->tls_version, "1.2") != 0)
        try_one(walk, TRIAL_VERSION, "1.2", address,
                (struct attempt_change){ .tls_version = "1.2" });
}

static void
try_after_tls(struct walk *walk, GInetAddress *address)
{
    const struct link *link = &walk->attempt->link;

    if (link->trust) {
        try_one(walk, TRIAL_BEHIND, "certificate", address,
                (struct attempt_change){ .any_cert = true });
        return;
    }
    if (!link->ended)
        try_sizes(walk, address);
    try_hellos(walk, address);
}

static void
try_all(struct walk *walk)
{
    const struct attempt *attempt = walk->attempt;
    GInetAddress *address = trials_address(walk);
    const bool connected = walk->steps[STEP_TCP].outcome <= STEP_WARNED;

    /* Where the certificate does not hold, another address would show the same one. */
    if (!attempt->link.up && !attempt->link.trust && !walk->options->proxy)
        try_other_addresses(walk);
    if (attempt->link.tls && !attempt->link.up && connected)
        try_after_tls(walk, address);
    if (walk->options->proxy)
        try_direct(walk);
    g_clear_object(&address);
}

/* Where the chain is not the only thing that is wrong, nor at all: the alert does not tell. */
static void
tell_refusal(const struct walk *walk)
{
    static const struct {
        unsigned status;
        enum finding_id id;
        const char *words;
    } reasons[] = {
        { GNUTLS_CERT_EXPIRED, FINDING_TLS_CERT_EXPIRED, "it has expired" },
        { GNUTLS_CERT_NOT_ACTIVATED, FINDING_TLS_CERT_NOT_YET_VALID, "it is not valid yet" },
        { GNUTLS_CERT_UNEXPECTED_OWNER, FINDING_TLS_NAME_MISMATCH,
          "it does not have the name or address that was dialled" },
        { GNUTLS_CERT_PURPOSE_MISMATCH, FINDING_TLS_EKU_MISSING, "it is not meant for servers" },
    };
    const unsigned trust = walk->attempt->link.trust;
    struct trial trial = { .kind = TRIAL_REFUSED, .passed = STAGE_TCP };

    if (walk->attempt->link.unexpected) {
        char *text = link_trust_text(&walk->attempt->link);
        trial.refusal = FINDING_TLS_INSPECTION;
        g_strlcpy(trial.seen, text, sizeof trial.seen);
        g_free(text);
        attempt_trial(walk->attempt, &trial);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++)
        if (trust & reasons[i].status && !(trust & GNUTLS_CERT_SIGNER_NOT_FOUND)) {
            trial.refusal = reasons[i].id;
            g_strlcpy(trial.seen, reasons[i].words, sizeof trial.seen);
            attempt_trial(walk->attempt, &trial);
            return;
        }
}

void
trials_walk(struct walk *walk)
{
    if (!walk->addresses || !walk->attempt)
        return;
    tell_refusal(walk);
    if (walk->options->trials)
        try_all(walk);
    for (guint i = 0; i < walk->trials->len; i++)
        attempt_trial(walk->attempt, &g_array_index(walk->trials, struct trial, i));
}
