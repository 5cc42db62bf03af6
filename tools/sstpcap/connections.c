/* connections.c - the TLS connections of a recording, and which of them wait for secrets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "connections.h"

#include <string.h>

#include "base/endpoint.h"
#include "base/text.h"
#include "codec/frame.h"
#include "output/say.h"
#include "hello.h"
#include "options.h"

enum {
    CONNECTIONS_MAX = 65536,
    ENDS_BITS = 32,
    SECRETS_WAIT_MS = 2000, /* behind HOLD_MS, for the secrets of a Server Hello */
    UNOPENED_FOR_S = 10,    /* a Client Hello without answer is forgotten */
    NAMED_MAX = 5,          /* connections that are told by name */
};

/* A connection, from its Client Hello. */
struct seen {
    guint ends;                     /* that saw it, a bit each */
    struct endpoint client, server; /* as the first of them did; no address: not known */
};

/* A connection whose secrets are not all here. */
struct unopened {
    uint8_t random[TLS_RANDOM_LEN];
    int64_t seen_us;
};

struct connections {
    struct keylog *keylog;
    GHashTable *seen;   /* random of each Client Hello to struct seen; owns both */
    GPtrArray *randoms; /* its keys, in the order of the capture */
    guint num_untold;   /* Client Hellos beyond CONNECTIONS_MAX */
    guint num_paired;
    GQueue unopened; /* struct unopened, the oldest first */
};

struct connections *
connections_new(struct keylog *keylog)
{
    struct connections *connections = g_new0(struct connections, 1);

    connections->keylog = keylog;
    connections->seen =
        g_hash_table_new_full(hello_random_hash, hello_random_equal, g_free, g_free);
    connections->randoms = g_ptr_array_new();
    g_queue_init(&connections->unopened);
    return connections;
}

void
connections_free(struct connections *connections)
{
    struct unopened *unopened;

    while ((unopened = g_queue_pop_head(&connections->unopened)))
        g_free(unopened);
    g_ptr_array_unref(connections->randoms);
    g_hash_table_unref(connections->seen);
    g_free(connections);
}

static struct seen *
add_seen(struct connections *connections, const uint8_t random[TLS_RANDOM_LEN],
         const struct pcapng_packet *packet, uint16_t link_type)
{
    struct seen *seen = g_new0(struct seen, 1);
    struct unopened *unopened = g_new0(struct unopened, 1);
    struct frame frame;

    frame_decode(link_type, packet->data, packet->captured_len, packet->wire_len, &frame);
    if (frame.kind == FRAME_TCP) {
        seen->client = frame.segment.src;
        seen->server = frame.segment.dst;
    }
    uint8_t *key = g_memdup2(random, TLS_RANDOM_LEN);
    g_hash_table_insert(connections->seen, key, seen);
    g_ptr_array_add(connections->randoms, key);
    keylog_random(connections->keylog, random);
    memcpy(unopened->random, random, TLS_RANDOM_LEN);
    unopened->seen_us = g_get_monotonic_time();
    g_queue_push_tail(&connections->unopened, unopened);
    return seen;
}

void
connections_add(struct connections *connections, guint end, const uint8_t random[TLS_RANDOM_LEN],
                const struct pcapng_packet *packet, uint16_t link_type)
{
    struct seen *seen = g_hash_table_lookup(connections->seen, random);
    guint before;

    if (!seen && g_hash_table_size(connections->seen) >= CONNECTIONS_MAX) {
        connections->num_untold++;
        return;
    }
    if (!seen)
        seen = add_seen(connections, random, packet, link_type);
    before = seen->ends;
    seen->ends |= 1u << (end % ENDS_BITS);
    connections->num_paired += before && (before & (before - 1)) == 0 && seen->ends != before;
}

guint
connections_num(const struct connections *connections)
{
    return g_hash_table_size(connections->seen);
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
            say_warning("no TLS secrets within %s of the Server Hello for client random "
                        "%02x%02x%02x%02x...; live it stays encrypted%s",
                        text_seconds((HOLD_MS + SECRETS_WAIT_MS) / 1000.0).text, first->random[0],
                        first->random[1], first->random[2], first->random[3],
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

/* "192.0.2.1:50000 to 192.0.2.2:443 (client random 01020304...)". Newly allocated. */
static char *
name_of(const uint8_t *random, const struct seen *seen)
{
    char *client = seen->client.addr_len ? endpoint_text(&seen->client) : g_strdup("?");
    char *server = seen->server.addr_len ? endpoint_text(&seen->server) : g_strdup("?");
    char *name = g_strdup_printf("%s to %s (client random %02x%02x%02x%02x...)", client, server,
                                 random[0], random[1], random[2], random[3]);

    g_free(client);
    g_free(server);
    return name;
}

void
connections_tell_unopened(const struct connections *connections, bool expected)
{
    guint num = 0, all = g_hash_table_size(connections->seen);
    GString *names = g_string_new(NULL);

    if (connections->num_untold)
        say_warning("more than %d TLS connections: no secrets were looked for of %s",
                    CONNECTIONS_MAX, text_count(connections->num_untold, "Client Hello").text);
    for (guint i = 0; i < connections->randoms->len; i++) {
        const uint8_t *random = g_ptr_array_index(connections->randoms, i);
        if (keylog_is_complete(connections->keylog, random) || num++ >= NAMED_MAX)
            continue;
        char *name = name_of(random, g_hash_table_lookup(connections->seen, random));
        g_string_append_printf(names, "%s%s", names->len ? ", " : "", name);
        g_free(name);
    }
    if (num && (expected || keylog_num_fetched(connections->keylog))) {
        if (num > NAMED_MAX)
            g_string_append_printf(names, " and %u more", num - NAMED_MAX);
        say_warning("no TLS secrets for %u of %s: %s", num, text_count(all, "connection").text,
                    names->str);
    }
    g_string_free(names, TRUE);
}
