/* outside.c - the steps outside of SSTP: name, TCP, TLS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "outside.h"

#include "clock.h"
#include "connect.h"
#include "names.h"
#include "record.h"
#include "proxy.h"

enum { DAYS_WARN = 14, SECONDS_PER_DAY = 86400 };

/* --- proxy ------------------------------------------------------------------------------------ */

static bool
ask_proxy(struct walk *walk)
{
    const struct options *options = walk->options;
    const int64_t until = MIN(walk->until, walk->since + options->patience * NS_PER_SECOND);

    if (!options->proxy) {
        walk_left_out(walk, STEP_PROXY, STEP_NONE, "no proxy is set");
        return true;
    }
    const struct proxy_answer answer =
        proxy_ask(&walk->attempt->wire, options->name, options->port, until);
    char *text = proxy_text(&answer);
    const bool good = answer.result == PROXY_OPEN;
    walk_done(walk, STEP_PROXY, good ? STEP_OK : STEP_FAILED, "%s (%s): %s", options->proxy,
              options->proxy_by, text);
    g_free(text);
    return good;
}

/* --- TLS -------------------------------------------------------------------------------------- */

static void
tls_worked(struct walk *walk)
{
    const struct attempt *attempt = walk->attempt;
    const struct link *link = &attempt->link;
    const int64_t days = (link->not_after - clock_now() / NS_PER_SECOND) / SECONDS_PER_DAY;
    const char *cipher = gnutls_ciphersuite_get(link->tls);

    walk_done(walk, STEP_TLS, days < DAYS_WARN ? STEP_WARNED : STEP_OK,
              "%s, %s; trusted by %s, ends in %" G_GINT64_FORMAT " days", link_version(link),
              cipher ? cipher : "unknown cipher suite",
              attempt->options->ca ? "the file of --ca" : "this host", days);
}

static void
tls_failed(struct walk *walk)
{
    const struct link *link = &walk->attempt->link;
    const struct wire *wire = &walk->attempt->wire;
    char *text = NULL;

    if (!link->trust && !link->ended && *walk->stop) {
        walk_done(walk, STEP_TLS, STEP_UNKNOWN, "interrupted");
        return;
    }
    if (link->trust)
        text = link_trust_text(link);
    else if (!link->ended && !link->error)
        text = g_strdup_printf(
            "the server did not go on with the handshake in %u s%s", walk->options->patience,
            wire->counts.out_of_order > 0 ? "; a segment of it waits behind a hole" : "");
    walk_done(walk, STEP_TLS, STEP_FAILED, "%s",
              text                          ? text
              : !link->ended && link->error ? gnutls_strerror(link->error)
              : link->error == GNUTLS_E_FATAL_ALERT_RECEIVED
                  ? gnutls_alert_get_name(gnutls_alert_get(link->tls))
              : wire->error == WIRE_TOO_MUCH ? "the server sends more than a probe takes"
              : wire->ended && wire->error   ? g_strerror(wire->error)
              : wire->ended                  ? "the server closed the connection"
              : link->error                  ? gnutls_strerror(link->error)
                                             : "the server closed the connection");
    g_free(text);
}

/* Who interrupts does not want to wait. */
static int64_t
next_look(int64_t until)
{
    return MIN(until, clock_now() + NS_PER_SECOND / 2);
}

static bool
shake_hands(struct walk *walk, GError **error)
{
    const int64_t until = MIN(walk->until, walk->since + walk->options->patience * NS_PER_SECOND);
    struct link *link = &walk->attempt->link;

    attempt_tls(walk->attempt, next_look(until), error);
    if (error && *error)
        return false;
    while (!link->up && !link->ended && !*walk->stop && clock_now() < until)
        link_wait(link, next_look(until));
    if (link->up) {
        tls_worked(walk);
        return true;
    }
    tls_failed(walk);
    return false;
}

/* --- all of it -------------------------------------------------------------------------------- */

const char *
outside_walk(struct walk *walk, GError **error)
{
    if (!names_walk(walk)) {
        walk->attempt = attempt_new(walk->options, walk->secret, walk->version, walk->ask);
        return "there is no address";
    }
    record_begin(walk);
    if (!connect_walk(walk))
        return walk->options->proxy ? "the proxy cannot be connected to"
                                    : "there is no TCP connection";
    if (!ask_proxy(walk))
        return "the proxy opens no tunnel";
    if (!shake_hands(walk, error))
        return walk->options->user ? "no password was sent: there is no TLS that can be trusted"
                                   : "there is no TLS that can be trusted";
    return NULL;
}
