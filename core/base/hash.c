/* hash.c - hashes of keys that a capture chooses: SipHash-1-3 (Aumasson and Bernstein, 2012)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/hash.h"

#include <string.h>

struct state {
    uint64_t v[4];
};

static uint64_t
rotate(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static inline void
state_round(struct state *state)
{
    uint64_t *v = state->v;

    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

static inline void
state_add(struct state *state, uint64_t word)
{
    state->v[3] ^= word;
    state_round(state);
    state->v[0] ^= word;
}

static uint64_t
random_word(void)
{
    return (uint64_t)g_random_int() << 32 | g_random_int();
}

/* The beginning of each hash, with the secret in it. */
static struct state
state_begin(void)
{
    static const uint64_t constants[] = { UINT64_C(0x736f6d6570736575),
                                          UINT64_C(0x646f72616e646f6d),
                                          UINT64_C(0x6c7967656e657261),
                                          UINT64_C(0x7465646279746573) };
    static struct state begin;
    static gsize is_made;

    if (g_once_init_enter(&is_made)) {
        const uint64_t secret[] = { random_word(), random_word() };
        for (size_t i = 0; i < G_N_ELEMENTS(begin.v); i++)
            begin.v[i] = constants[i] ^ secret[i % 2];
        g_once_init_leave(&is_made, 1);
    }
    return begin;
}

uint32_t
hash_bytes(const void *data, size_t len)
{
    struct state state = state_begin();
    const uint8_t *p = data;
    uint64_t word, last = (uint64_t)len << 56;
    size_t at = 0;

    for (; at + sizeof word <= len; at += sizeof word) {
        memcpy(&word, p + at, sizeof word);
        state_add(&state, word);
    }
    for (unsigned i = 0; at + i < len; i++)
        last |= (uint64_t)p[at + i] << (8 * i);
    state_add(&state, last);
    state.v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        state_round(&state);
    word = state.v[0] ^ state.v[1] ^ state.v[2] ^ state.v[3];
    return (uint32_t)(word ^ word >> 32);
}

guint
hash_text(gconstpointer text)
{
    return hash_bytes(text, strlen(text));
}

guint
hash_number(gconstpointer number)
{
    return hash_bytes(number, sizeof(int64_t));
}
