/* connections.c - the TLS connections of a recording, and which of them wait for secrets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "connections.h"

#include <string.h>

#include "hello.h"
#include "options.h"
#include "say.h"

enum {
    CONNECTIONS_MAX = 65536,
    ENDS_BITS = 32,
    SECRETS_WAIT_MS = 2000, /* behind HOLD_MS, for the secrets of a Server Hello */
    UNOPENED_FOR_S = 10,    /* a Client Hello without answer is forgotten */
};

/* A connection whose secrets are not all here. */
struct unopened {
    uint8_t random[TLS_RANDOM_LEN];
    int64_t seen_us;
};

struct connections {
    struct keylog *keylog;
    GHashTable *ends; /* random of each Client Hello to the ends that saw it, a bit each */
    guint num_paired;
    GQueue unopened; /* struct unopened, the oldest first */
};

struct connections *
connections_new(struct keylog *keylog)
{
    struct connections *connections = g_new0(struct connections, 1);

    connections->keylog = keylog;
    connections->ends = g_hash_table_new_full(hello_random_hash, hello_random_equal, g_free, NULL);
    g_queue_init(&connections->unopened);
    return connections;
}

void
connections_free(struct connections *connections)
{
    struct unopened *unopened;

    while ((unopened = g_queue_pop_head(&connections->unopened)))
        g_free(unopened);
    g_hash_table_unref(connections->ends);
    g_free(connections);
}

void
connections_add(struct connections *connections, guint end, const uint8_t random[TLS_RANDOM_LEN])
{
    guint seen = GPOINTER_TO_UINT(g_hash_table_lookup(connections->ends, random));
    guint now = seen | 1u << (end % ENDS_BITS);

    if (g_hash_table_size(connections->ends) >= CONNECTIONS_MAX || seen == now)
        return;
    g_hash_table_insert(connections->ends, g_memdup2(random, TLS_RANDOM_LEN),
                        GUINT_TO_POINTER(now));
    if (seen && (seen & (seen - 1)) == 0)
        connections->num_paired++;
    if (seen)
        return;
    keylog_random(connections->keylog, random);
    struct unopened *unopened = g_new0(struct unopened, 1);
    memcpy(unopened->random, random, TLS_RANDOM_LEN);
    unopened->seen_us = g_get_monotonic_time();
    g_queue_push_tail(&connections->unopened, unopened);
}

guint
connections_num(const struct connections *connections)
{
    return g_hash_table_size(connections->ends);
}

guint
connections_num_paired(const struct connections *connections)
{
    return connections->num_paired;
}

/* Connections that can be opened, or that are too old, wait for no secrets. */
static bool
secrets_may_come(struct connections *connections, int64_t now_us)
{
    struct unopened *first;

    while ((first = g_queue_peek_head(&connections->unopened)) &&
           (keylog_is_complete(connections->keylog, first->random) ||
            now_us - first->seen_us > (int64_t)UNOPENED_FOR_S * G_USEC_PER_SEC))
        g_free(g_queue_pop_head(&connections->unopened));
    for (GList *l = connections->unopened.head; l; l = l->next)
        if (!keylog_is_complete(connections->keylog, ((struct unopened *)l->data)->random))
            return true;
    return false;
}

static void
give_up(struct connections *connections, int64_t seen_until_us, bool takes_late)
{
    struct unopened *first;

    while ((first = g_queue_peek_head(&connections->unopened)) && first->seen_us <= seen_until_us) {
        if (!keylog_is_complete(connections->keylog, first->random))
            say_warning("no TLS secrets within %.1f s of the Server Hello for client random "
                        "%02x%02x%02x%02x...; live it stays encrypted%s",
                        (HOLD_MS + SECRETS_WAIT_MS) / 1000.0, first->random[0], first->random[1],
                        first->random[2], first->random[3],
                        takes_late ? ", the final file takes late ones" : "");
        g_free(g_queue_pop_head(&connections->unopened));
    }
}

bool
connections_wait(struct connections *connections, int64_t arrived_us, int64_t now_us,
                 bool takes_late)
{
    if (!secrets_may_come(connections, now_us))
        return false;
    if (now_us - arrived_us < (HOLD_MS + SECRETS_WAIT_MS) * INT64_C(1000))
        return true;
    give_up(connections, arrived_us, takes_late);
    return false;
}
