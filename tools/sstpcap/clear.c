/* clear.c - the bytes of a connection that nobody encrypts, put in order
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "clear.h"

#include <string.h>

#include "base/endpoint.h"
#include "base/wipe.h"
#include "codec/framing.h"
#include "engine/tell.h"

#define METHOD "SSTP_DUPLEX_POST"

enum { EARLY_MAX = 64 }; /* segments that wait; beyond that, what they wait for was not captured */

struct early {
    uint32_t seq;
    GBytes *bytes;
};

struct half {
    bool lost;
    uint32_t next;      /* the sequence number of what is told next */
    GByteArray *begins; /* of what is not whole yet */
    GArray *early;      /* struct early */
};

struct clear {
    struct endpoint client;
    struct half halves[SIDE_COUNT];
};

static void
early_clear(gpointer data)
{
    g_bytes_unref(((struct early *)data)->bytes);
}

/* A balancer may say first whom it speaks for. */
static bool
is_clear(const uint8_t *data, size_t len)
{
    return (len >= strlen(METHOD) && memcmp(data, METHOD, strlen(METHOD)) == 0) ||
           (len > 0 && framing_next(data, len).kind == PIECE_PROXY);
}

struct clear *
clear_new(const struct segment *segment)
{
    if (!is_clear(segment->payload, segment->captured_len))
        return NULL;
    struct clear *clear = g_new0(struct clear, 1);
    clear->client = segment->src;
    for (int side = 0; side < SIDE_COUNT; side++) {
        clear->halves[side].begins = g_byte_array_new();
        clear->halves[side].early = g_array_new(FALSE, FALSE, sizeof(struct early));
        g_array_set_clear_func(clear->halves[side].early, early_clear);
    }
    clear->halves[SIDE_CLIENT].next = segment->seq;
    clear->halves[SIDE_SERVER].next = segment->ack;
    return clear;
}

void
clear_free(struct clear *clear)
{
    if (!clear)
        return;
    for (int side = 0; side < SIDE_COUNT; side++) {
        struct half *half = &clear->halves[side];
        wipe(half->begins->data, half->begins->len);
        g_byte_array_unref(half->begins);
        g_array_unref(half->early);
    }
    g_free(clear);
}

/* Bytes from seq on, of which some may have been told. False: they are early. */
static bool
take(struct half *half, struct engine *engine, uint32_t seq, const uint8_t *data, size_t len)
{
    const int32_t told = (int32_t)(half->next - seq);

    if (told < 0)
        return false;
    if ((size_t)told >= len)
        return true;
    engine_tell_clear(engine, half->begins, data + told, len - (size_t)told);
    half->next = seq + (uint32_t)len;
    return true;
}

/* What waited for the bytes that have come. */
static void
take_early(struct half *half, struct engine *engine)
{
    for (guint i = 0; i < half->early->len;) {
        const struct early *early = &g_array_index(half->early, struct early, i);
        size_t len;
        const uint8_t *data = g_bytes_get_data(early->bytes, &len);
        if (take(half, engine, early->seq, data, len)) {
            g_array_remove_index(half->early, i);
            i = 0;
        } else {
            i++;
        }
    }
}

void
clear_segment(struct clear *clear, struct engine *engine, const struct segment *segment)
{
    const bool of_client = endpoint_equal(&segment->src, &clear->client);
    struct half *half = &clear->halves[of_client ? SIDE_CLIENT : SIDE_SERVER];

    if (half->lost || segment->payload_len == 0)
        return;
    if (segment->captured_len < segment->payload_len || half->early->len >= EARLY_MAX) {
        half->lost = true;
        g_array_set_size(half->early, 0);
        return;
    }
    if (take(half, engine, segment->seq, segment->payload, segment->captured_len)) {
        take_early(half, engine);
        return;
    }
    const struct early early = { segment->seq,
                                 g_bytes_new(segment->payload, segment->captured_len) };
    g_array_append_val(half->early, early);
}
