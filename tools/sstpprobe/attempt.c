/* attempt.c - one connection from the connection request to the goodbye
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "attempt.h"

#include <string.h>

#include <gnutls/crypto.h>

#include "base/thresholds.h"
#include "base/text.h"
#include "base/wipe.h"
#include "clock.h"

enum { MRU = 1500, CLOSE_SECONDS = 2 };

static void
get_random(void *data, uint8_t *bytes, size_t len)
{
    (void)data;
    gnutls_rnd(GNUTLS_RND_NONCE, bytes, len);
}

/* "{GUID}" of its own for each attempt. */
static void
make_correlation_id(char id[static 40])
{
    char *uuid = g_uuid_string_random(), *upper = g_ascii_strup(uuid, -1);

    g_snprintf(id, 40, "{%s}", upper);
    g_free(upper);
    g_free(uuid);
}

static struct engine *
new_engine(struct credentials *credentials)
{
    return engine_new(&(struct config){ .servers = (char *)"any",
                                        .credentials = credentials,
                                        .negotiation_timeout = NEGOTIATION_TIMEOUT_SECONDS,
                                        .sstp_echo_timeout = SSTP_ECHO_TIMEOUT_SECONDS,
                                        .lcp_echo_failures = LCP_ECHO_FAILURES });
}

static const char *
priority_of(const char *version)
{
    if (!version)
        return NULL;
    return strcmp(version, "1.2") == 0 ? "NORMAL:-VERS-ALL:+VERS-TLS1.2"
                                       : "NORMAL:-VERS-ALL:+VERS-TLS1.3";
}

static void
tell_asked(struct tap *tap, const struct ask *asked)
{
    for (guint i = 0; asked && i < asked->datagrams->len; i++) {
        const struct datagram *datagram = g_ptr_array_index(asked->datagrams, i);
        tap_datagram(tap, &datagram->src, &datagram->dst,
                     buf_init(datagram->bytes->data, datagram->bytes->len), datagram->time);
    }
}

struct attempt *
attempt_new(const struct options *options, struct secret *secret, const char *version,
            const struct ask *asked)
{
    struct attempt *attempt = g_new0(struct attempt, 1);

    attempt->options = options;
    attempt->secret = secret;
    attempt->credentials = credentials_new();
    attempt->engine = new_engine(attempt->credentials);
    if (options->html && version)
        engine_trace(attempt->engine);
    attempt->file = (options->write || options->record) && version ? file_new(version) : NULL;
    attempt->tap = tap_new(attempt->engine, attempt->file);
    attempt->link_options =
        (struct link_options){ .name = options->name,
                               .ca = options->ca,
                               .expect = options->expect ? options->expect_sha256 : NULL,
                               .priority = priority_of(options->tls_version) };
    tell_asked(attempt->tap, asked);
    wire_init(&attempt->wire, attempt->tap);
    make_correlation_id(attempt->correlation_id);
    return attempt;
}

void
attempt_change(struct attempt *attempt, const struct attempt_change *change)
{
    attempt->trial = change->trial;
    attempt->stays = change->trial && change->stays;
    attempt->wire.mss_limit = change->mss;
    attempt->link_options.no_name = change->no_name;
    attempt->link_options.any_cert = change->any_cert && change->trial;
    if (change->tls_version)
        attempt->link_options.priority = priority_of(change->tls_version);
}

void
attempt_free(struct attempt *attempt)
{
    if (!attempt)
        return;
    call_free(attempt->call);
    link_clear(&attempt->link);
    wire_clear(&attempt->wire);
    tap_free(attempt->tap);
    file_free(attempt->file);
    engine_free(attempt->engine);
    credentials_unref(attempt->credentials);
    g_free(attempt);
}

bool
attempt_tls(struct attempt *attempt, int64_t until, GError **error)
{
    return link_init(&attempt->link, &attempt->wire, &attempt->link_options, error) &&
           link_handshake(&attempt->link, until) && attempt->link.up;
}

void
attempt_call(struct attempt *attempt)
{
    const struct options *options = attempt->options;
    /* Only a link that is up has a certificate that holds: no password leaves before. */
    const struct call_options call = {
        .host = options->name,
        .correlation_id = attempt->correlation_id,
        .cert = attempt->link.cert,
        .stays = attempt->stays,
        .user = attempt->trial ? NULL : options_user(options),
        .secret = attempt->trial || !attempt->secret->given ? NULL : secret_hand_out,
        .secret_data = attempt->secret,
        .identity = attempt->trial ? NULL : attempt->secret->identity,
        .random = get_random,
        .methods = options->methods,
        .mru = MRU,
        .patience = options->patience,
        .hello = options->idle ? 0 : CALL_HELLO_SECONDS,
    };

    attempt->call = call_new(&call, clock_now());
}

/* With the keys of the login the engine can check the crypto binding as the server does. */
static void
give_keys(struct attempt *attempt)
{
    const struct login *login = call_facts(attempt->call).login;
    char *hlak;

    if (attempt->gave_keys || !login->has_keys || login->state != LOGIN_GOOD)
        return;
    attempt->gave_keys = true;
    hlak = text_hex(login->hlak, sizeof login->hlak);
    credentials_add(attempt->credentials, "*", "hlak", hlak, NULL);
    wipe(hlak, strlen(hlak));
    g_free(hlak);
}

static void
send_all(struct attempt *attempt)
{
    struct buf packet;

    while (call_output(attempt->call, &packet))
        link_send(&attempt->link, packet);
}

bool
attempt_go_on(struct attempt *attempt, int64_t until)
{
    struct link *link = &attempt->link;
    struct call *call = attempt->call;

    send_all(attempt);
    if (call_step(call) == CALL_OVER)
        return false;
    if (link->clear->len == 0)
        link_wait(link, MIN(until, call_deadline(call)));
    call_receive(call, link->clear->data, link->clear->len, clock_now());
    wipe(link->clear->data, link->clear->len);
    g_byte_array_set_size(link->clear, 0);
    if (link->ended)
        call_closed(call);
    call_tick(call, clock_now());
    give_keys(attempt);
    send_all(attempt);
    return call_step(call) != CALL_OVER;
}

void
attempt_close(struct attempt *attempt)
{
    const int64_t now = clock_now();
    /* Behind bytes that are no TLS, and of a trial, nothing is worth waiting for. */
    const int64_t until =
        attempt->link.error || attempt->trial ? now : now + CLOSE_SECONDS * NS_PER_SECOND;

    if (attempt->link.tls && !attempt->link.ended)
        link_bye(&attempt->link);
    wire_shut(&attempt->wire);
    while (attempt->link.up && !attempt->wire.ended && clock_now() < until)
        link_wait(&attempt->link, until);
    wire_close(&attempt->wire, until);
}

void
attempt_trial(struct attempt *attempt, const struct trial *trial)
{
    engine_trial(attempt->engine, trial);
    if (attempt->file)
        file_trial(attempt->file, trial);
}

const struct result *
attempt_result(const struct attempt *attempt)
{
    const GPtrArray *results = engine_results(attempt->engine);

    return results->len > 0 ? g_ptr_array_index(results, 0) : NULL;
}

double
attempt_frame_seconds(const struct attempt *attempt, uint32_t frame)
{
    return tap_frame_seconds(attempt->tap, frame);
}
