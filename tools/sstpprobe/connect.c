/* connect.c - the walk's steps "reach" and "tcp"
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "connect.h"

#include <poll.h>
#include <string.h>

#include "base/endpoint.h"
#include "base/text.h"
#include "clock.h"
#include "reach.h"

enum {
    CONNECT_SECONDS = 10,
    OTHERS_MS = 3200, /* three requests: those who answer late are no fault */
    STALE_MS = 500,   /* so long a server may wait for the first byte */
    LOOK_MS = 50,
    NS_PER_MS = 1000000,
    ADDRESSES_MAX = 8,
};

/* One address, and the attempt at it. */
struct target {
    GInetAddress *address;
    struct attempt *attempt;
    enum wire_result result;
    int64_t done_at;
};

char *
connect_text(const struct wire *wire, enum wire_result result)
{
    char *hop;

    switch (result) {
    case WIRE_CONNECTED:
        return g_strdup("connected");
    case WIRE_REFUSED:
        return g_strdup("refused (RST)");
    case WIRE_UNREACHABLE:
        hop = endpoint_address_text(&wire->hop);
        char *text = g_strdup_printf("%s answers by ICMP: %s", hop, g_strerror(wire->error));
        g_free(hop);
        return text;
    case WIRE_SILENT:
        return g_strdup_printf("%s, no answer",
                               text_count(wire->counts.requests, "connection request").text);
    default:
        return g_strdup_printf("this host: %s", g_strerror(wire->error));
    }
}

/* --- all at once ------------------------------------------------------------------------------ */

static void
begin(struct walk *walk, struct target *target, GInetAddress *address)
{
    GSocketAddress *to = g_inet_socket_address_new(address, walk->options->dial_port);

    target->address = address;
    target->attempt = attempt_new(walk->options, walk->secret, walk->version, walk->ask);
    target->result = wire_begin(&target->attempt->wire, to);
    target->done_at = clock_now();
    g_object_unref(to);
}

static bool
is_over(const struct walk *walk, const struct target *targets, guint num, int64_t begun)
{
    int64_t patience = (int64_t)CONNECT_SECONDS * NS_PER_SECOND;
    bool pending = false;

    for (guint i = 0; i < num; i++) {
        pending |= targets[i].result == WIRE_PENDING;
        if (targets[i].result == WIRE_CONNECTED)
            patience = (int64_t)OTHERS_MS * NS_PER_MS;
    }
    return !pending || *walk->stop || clock_now() >= MIN(walk->until, begun + patience);
}

static void
look(struct target *targets, guint num)
{
    struct pollfd ready[ADDRESSES_MAX];
    nfds_t waiting = 0;

    for (guint i = 0; i < num; i++)
        if (targets[i].result == WIRE_PENDING)
            ready[waiting++] =
                (struct pollfd){ .fd = targets[i].attempt->wire.fd, .events = POLLOUT };
    poll(ready, waiting, LOOK_MS);
    for (guint i = 0; i < num; i++)
        if (targets[i].result == WIRE_PENDING) {
            targets[i].result = wire_answer(&targets[i].attempt->wire);
            targets[i].done_at = clock_now();
        }
}

/* The first one that connected; else the first one that sent anything; else the first one. */
static guint
best_of(const struct target *targets, guint num)
{
    for (guint i = 0; i < num; i++)
        if (targets[i].result == WIRE_CONNECTED)
            return i;
    for (guint i = 0; i < num; i++)
        if (targets[i].result != WIRE_LOCAL)
            return i;
    return 0;
}

/* A server that was kept waiting while others were tried may be about to close. */
static void
renew(struct walk *walk, struct target *target)
{
    GSocketAddress *to;

    if (clock_now() - target->done_at < (int64_t)STALE_MS * NS_PER_MS)
        return;
    attempt_free(target->attempt);
    to = g_inet_socket_address_new(target->address, walk->options->dial_port);
    target->attempt = attempt_new(walk->options, walk->secret, walk->version, walk->ask);
    walk->connections++;
    target->result = wire_connect(&target->attempt->wire, to,
                                  MIN(walk->until, clock_now() + CONNECT_SECONDS * NS_PER_SECOND));
    g_object_unref(to);
}

/* --- what is told ----------------------------------------------------------------------------- */

/* An address that this host has no way to says nothing about the server. */
static void
note_other(struct walk *walk, const struct target *target)
{
    struct trial trial = { .kind = TRIAL_ADDRESS, .passed = STAGE_DNS };
    char *address = g_inet_address_to_string(target->address);
    char *why = connect_text(&target->attempt->wire, target->result);

    trial.address = target->attempt->wire.server;
    g_strlcpy(trial.value, address, sizeof trial.value);
    g_strlcpy(trial.seen, why, sizeof trial.seen);
    if (target->result == WIRE_CONNECTED)
        trial.passed = STAGE_TCP;
    if (target->result != WIRE_LOCAL)
        g_array_append_val(walk->trials, trial);
    g_free(why);
    g_free(address);
}

/* Where this host has no way to the proxy, nothing is known of it. */
static void
note_proxy(const struct walk *walk, const struct target *target)
{
    struct trial trial = { .kind = TRIAL_PROXY };
    char *why = connect_text(&target->attempt->wire, target->result);

    g_strlcpy(trial.value, walk->options->proxy, sizeof trial.value);
    g_strlcpy(trial.seen, why, sizeof trial.seen);
    if (target->result != WIRE_LOCAL)
        attempt_trial(target->attempt, &trial);
    g_free(why);
}

static void
append_target(GString *text, const struct target *target)
{
    const struct wire *wire = &target->attempt->wire;
    char *address = g_inet_address_to_string(target->address);
    char *how = connect_text(wire, target->result);

    g_string_append_printf(text, "%s%s: ", text->len ? "; " : "", address);
    if (target->result == WIRE_CONNECTED)
        g_string_append_printf(text, "%.1f ms, MSS %u", ns_seconds(wire->counts.rtt) * 1000,
                               wire->counts.mss_out);
    else
        g_string_append(text, how);
    g_free(how);
    g_free(address);
}

static bool
tell(struct walk *walk, const struct target *targets, guint num, guint best)
{
    GString *text = g_string_new(NULL);
    const bool good = targets[best].result == WIRE_CONNECTED;
    bool warned = false;

    for (guint i = 0; i < num; i++) {
        append_target(text, &targets[i]);
        if (i == best)
            continue;
        warned |= targets[i].result != WIRE_CONNECTED && targets[i].result != WIRE_LOCAL;
        note_other(walk, &targets[i]);
    }
    if (num > 1 && good) {
        char *address = g_inet_address_to_string(targets[best].address);
        g_string_append_printf(text, "; %s is taken", address);
        g_free(address);
    }
    if (*walk->stop && targets[best].result == WIRE_SILENT) {
        walk_done(walk, STEP_TCP, STEP_UNKNOWN, "%s; interrupted", text->str);
        g_string_free(text, TRUE);
        return false;
    }
    if (!good && walk->options->proxy)
        note_proxy(walk, &targets[best]);
    walk_done(walk, STEP_TCP,
              !good    ? walk->options->proxy ? STEP_UNKNOWN : STEP_FAILED
              : warned ? STEP_WARNED
                       : STEP_OK,
              "%s", text->str);
    if (!good && walk->options->proxy)
        walk_left_out(walk, STEP_PROXY, STEP_FAILED, "%s (%s) cannot be connected to: %s",
                      walk->options->proxy, walk->options->proxy_by, text->str);
    g_string_free(text, TRUE);
    return good;
}

bool
connect_walk(struct walk *walk)
{
    const guint num = MIN(walk->addresses->len, ADDRESSES_MAX);
    const int64_t begun = clock_now();
    struct target targets[ADDRESSES_MAX] = { 0 };

    if (num == 0)
        return false;
    struct reach *reach = reach_begin(g_ptr_array_index(walk->addresses, 0));
    for (guint i = 0; i < num; i++)
        begin(walk, &targets[i], g_ptr_array_index(walk->addresses, i));
    walk->connections += num;
    while (!is_over(walk, targets, num, begun))
        look(targets, num);
    for (guint i = 0; i < num; i++)
        if (targets[i].result == WIRE_PENDING)
            targets[i].result = wire_give_up(&targets[i].attempt->wire);
    const guint best = best_of(targets, num);
    if (targets[best].result == WIRE_CONNECTED)
        renew(walk, &targets[best]);
    reach_end(reach, walk);
    walk->since = clock_now() - (targets[best].done_at - begun);
    const bool good = tell(walk, targets, num, best);
    walk->attempt = targets[best].attempt;
    for (guint i = 0; i < num; i++)
        if (i != best)
            attempt_free(targets[i].attempt);
    return good;
}
