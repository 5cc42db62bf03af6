/* strangers.c - connections that are known to be of no interest, in bounded memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "strangers.h"

enum { STRANGERS_MAX = 65536 };

struct strangers {
    GHashTable *keys; /* struct conn_key, owned */
    GQueue order;     /* the same, the oldest first */
};

struct strangers *
strangers_new(void)
{
    struct strangers *strangers = g_new0(struct strangers, 1);

    strangers->keys = g_hash_table_new_full(conn_key_hash, conn_key_equal, g_free, NULL);
    g_queue_init(&strangers->order);
    return strangers;
}

void
strangers_free(struct strangers *strangers)
{
    g_queue_clear(&strangers->order);
    g_hash_table_unref(strangers->keys);
    g_free(strangers);
}

void
strangers_add(struct strangers *strangers, const struct conn_key *key)
{
    struct conn_key *stranger;

    if (strangers_have(strangers, key))
        return;
    if (strangers->order.length >= STRANGERS_MAX)
        g_hash_table_remove(strangers->keys, g_queue_pop_head(&strangers->order));
    stranger = g_memdup2(key, sizeof *key);
    g_queue_push_tail(&strangers->order, stranger);
    g_hash_table_add(strangers->keys, stranger);
}

bool
strangers_have(const struct strangers *strangers, const struct conn_key *key)
{
    return g_hash_table_contains(strangers->keys, key);
}
