/* outside.c - the steps outside of SSTP: name, TCP, TLS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "outside.h"

#include "clock.h"

enum { NAME_SECONDS = 10, CONNECT_SECONDS = 10, ADDRESSES_MAX = 8, DAYS_WARN = 14 };
enum { SECONDS_PER_DAY = 86400 };

/* --- name ------------------------------------------------------------------------------------- */

static char *
addresses_text(const GPtrArray *addresses)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < addresses->len; i++) {
        char *address = g_inet_address_to_string(g_ptr_array_index(addresses, i));
        g_string_append_printf(text, "%s%s", i ? ", " : "", address);
        g_free(address);
    }
    return g_string_free(text, FALSE);
}

static bool
look_up(struct walk *walk)
{
    const struct options *options = walk->options;
    const char *name = options->connect_to ? options->connect_to : options->name;
    GError *error = NULL;

    walk->addresses = lookup_name(name, options->family, NAME_SECONDS, &error);
    if (!walk->addresses) {
        walk_done(walk, STEP_NAME, STEP_FAILED, "%s: %s", name, error->message);
        g_error_free(error);
        return false;
    }
    char *text = addresses_text(walk->addresses);
    if (g_hostname_is_ip_address(name))
        walk_left_out(walk, STEP_NAME, STEP_SKIPPED, "%s is an address", text);
    else
        walk_done(walk, STEP_NAME, STEP_OK, "%s%s%s", options->connect_to ? name : "",
                  options->connect_to ? " has " : "", text);
    g_free(text);
    walk_left_out(walk, STEP_REACH, STEP_SKIPPED, "this version sends no ping");
    return true;
}

/* --- TCP -------------------------------------------------------------------------------------- */

static char *
failure_text(const struct wire *wire, enum wire_result result)
{
    char *hop;

    switch (result) {
    case WIRE_REFUSED:
        return g_strdup("refused (RST)");
    case WIRE_UNREACHABLE:
        hop = endpoint_address_text(&wire->hop);
        char *text = g_strdup_printf("%s answers by ICMP: %s", hop, g_strerror(wire->error));
        g_free(hop);
        return text;
    case WIRE_SILENT:
        return g_strdup_printf("%u connection request%s, no answer", wire->counts.requests,
                               wire->counts.requests == 1 ? "" : "s");
    default:
        return g_strdup_printf("this host: %s", g_strerror(wire->error));
    }
}

/* Tries one address by an attempt of its own, which becomes the walk's. True when it connected;
 * else the reason is added to failed. */
static bool
try_address(struct walk *walk, GInetAddress *address, GString *failed)
{
    GSocketAddress *socket_address = g_inet_socket_address_new(address, walk->options->port);
    const int64_t until = MIN(walk->until, clock_now() + CONNECT_SECONDS * NS_PER_SECOND);

    if (walk->attempt) {
        attempt_finish(walk->attempt);
        attempt_free(walk->attempt);
    }
    walk->attempt = attempt_new(walk->options, walk->secret, walk->version);
    struct wire *wire = &walk->attempt->wire;
    const enum wire_result result = wire_connect(wire, socket_address, until);
    g_object_unref(socket_address);
    if (result == WIRE_CONNECTED)
        return true;
    char *text = g_inet_address_to_string(address), *why = failure_text(wire, result);
    g_string_append_printf(failed, "%s%s: %s", failed->len ? "; " : "", text, why);
    g_free(why);
    g_free(text);
    return false;
}

static bool
connect_to_one(struct walk *walk)
{
    GString *failed = g_string_new(NULL);
    bool good = false;

    for (guint i = 0; !good && i < MIN(walk->addresses->len, ADDRESSES_MAX) && !*walk->stop; i++)
        good = try_address(walk, g_ptr_array_index(walk->addresses, i), failed);
    if (good) {
        const struct wire *wire = &walk->attempt->wire;
        char *server = endpoint_address_text(&wire->server);
        walk_done(walk, STEP_TCP, failed->len ? STEP_WARNED : STEP_OK, "%s%s%s: %.1f ms, MSS %u",
                  failed->str, failed->len ? "; " : "", server, ns_seconds(wire->counts.rtt) * 1000,
                  wire->counts.mss_out);
        g_free(server);
    } else {
        walk_done(walk, STEP_TCP, STEP_FAILED, "%s", failed->len ? failed->str : "not tried");
    }
    g_string_free(failed, TRUE);
    return good;
}

static void
look_for_proxy(struct walk *walk)
{
    const char *proxy = g_getenv("https_proxy");

    proxy = proxy && *proxy ? proxy : g_getenv("HTTPS_PROXY");
    if (proxy && *proxy)
        walk_left_out(walk, STEP_PROXY, STEP_SKIPPED,
                      "https_proxy is set; this version connects without it");
    else
        walk_left_out(walk, STEP_PROXY, STEP_NONE, "no proxy is set");
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

    if (link->trust)
        text = link_trust_text(link);
    walk_done(walk, STEP_TLS, STEP_FAILED, "%s",
              text           ? text
              : !link->ended ? "no answer that goes on"
              : link->error == GNUTLS_E_FATAL_ALERT_RECEIVED
                  ? gnutls_alert_get_name(gnutls_alert_get(link->tls))
              : wire->error == WIRE_TOO_MUCH ? "the server sends more than a probe takes"
              : wire->ended && wire->error   ? g_strerror(wire->error)
              : wire->ended                  ? "the server closed the connection"
              : link->error                  ? gnutls_strerror(link->error)
                                             : "the server closed the connection");
    g_free(text);
}

static bool
shake_hands(struct walk *walk, GError **error)
{
    const int64_t until = MIN(walk->until, walk->since + walk->options->patience * NS_PER_SECOND);

    if (attempt_tls(walk->attempt, until, error)) {
        tls_worked(walk);
        return true;
    }
    if (error && *error)
        return false;
    tls_failed(walk);
    return false;
}

/* --- all of it -------------------------------------------------------------------------------- */

const char *
outside_walk(struct walk *walk, GError **error)
{
    if (!look_up(walk))
        return "there is no address";
    if (!connect_to_one(walk))
        return "there is no TCP connection";
    look_for_proxy(walk);
    if (!shake_hands(walk, error))
        return walk->options->user ? "no password was sent: there is no TLS that can be trusted"
                                   : "there is no TLS that can be trusted";
    return NULL;
}
