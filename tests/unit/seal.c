/* seal.c - TLS records protected by AES-128-GCM, from made-up secrets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "seal.h"

#include <string.h>

#include <gcrypt.h>

enum { HASH_LEN = 32, TAG_LEN = 16, SALT_LEN = 4, EXPLICIT_NONCE_LEN = 8, HEADER_LEN = 5 };
enum { BLOCK_LEN = 16, SHA1_LEN = 20 };

/* --- secrets and keys ------------------------------------------------------------------------ */

static void
fill(uint8_t *out, size_t len, unsigned first)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(first + i);
}

void
seal_secret_make(struct seal_secret *secret, uint32_t number, bool tls13)
{
    secret->tls13 = tls13;
    fill(secret->master, sizeof secret->master, 0x80);
    for (unsigned side = 0; side < SIDE_COUNT; side++) {
        uint8_t *random = secret->random[side];
        fill(random, TLS_RANDOM_LEN, side * TLS_RANDOM_LEN);
        for (unsigned i = 0; i < 4; i++)
            random[i] = (uint8_t)(number >> (24 - 8 * i));
        fill(secret->handshake[side], SEAL_TRAFFIC_LEN, 0x40 + side * SEAL_TRAFFIC_LEN);
        fill(secret->application[side], SEAL_TRAFFIC_LEN, 0xa0 + side * SEAL_TRAFFIC_LEN);
    }
}

static void
hmac(const uint8_t *key, size_t key_len, const uint8_t *data, size_t len, uint8_t out[HASH_LEN])
{
    gcry_md_hd_t md;

    gcry_md_open(&md, GCRY_MD_SHA256, GCRY_MD_FLAG_HMAC);
    gcry_md_setkey(md, key, key_len);
    gcry_md_write(md, data, len);
    memcpy(out, gcry_md_read(md, GCRY_MD_SHA256), HASH_LEN);
    gcry_md_close(md);
}

/* P_SHA256 of the label and the server's random before the client's (RFC 5246 5, 6.3). */
static void
key_block(const struct seal_secret *secret, uint8_t *out, size_t len)
{
    static const char label[] = "key expansion";
    enum { LABEL_LEN = sizeof label - 1, SEED_LEN = LABEL_LEN + 2 * TLS_RANDOM_LEN };
    uint8_t input[HASH_LEN + SEED_LEN], *a = input, *seed = input + HASH_LEN, part[HASH_LEN];

    memcpy(seed, label, LABEL_LEN);
    memcpy(seed + LABEL_LEN, secret->random[SIDE_SERVER], TLS_RANDOM_LEN);
    memcpy(seed + LABEL_LEN + TLS_RANDOM_LEN, secret->random[SIDE_CLIENT], TLS_RANDOM_LEN);
    hmac(secret->master, sizeof secret->master, seed, SEED_LEN, part);
    while (len > 0) {
        size_t n = MIN(len, HASH_LEN);
        memcpy(a, part, HASH_LEN);
        hmac(secret->master, sizeof secret->master, input, sizeof input, part);
        memcpy(out, part, n);
        out += n;
        len -= n;
        hmac(secret->master, sizeof secret->master, a, HASH_LEN, part);
    }
}

static void
keys_12(struct seal seals[SIDE_COUNT], const struct seal_secret *secret)
{
    uint8_t block[SIDE_COUNT * (SEAL_KEY_LEN + SALT_LEN)];

    key_block(secret, block, sizeof block);
    for (unsigned side = 0; side < SIDE_COUNT; side++) {
        seals[side] = (struct seal){ 0 };
        memcpy(seals[side].key, block + side * SEAL_KEY_LEN, SEAL_KEY_LEN);
        memcpy(seals[side].iv, block + SIDE_COUNT * SEAL_KEY_LEN + side * SALT_LEN, SALT_LEN);
    }
}

/* HKDF-Expand-Label without context, of at most a hash's length (RFC 8446 7.1, RFC 5869 2.3). */
static void
expand_label(const uint8_t *secret, const char *label, uint8_t *out, size_t len)
{
    uint8_t block[HASH_LEN];
    char *info = g_strdup_printf("%c%c%ctls13 %s", 0, (int)len, (int)strlen(label) + 6, label);
    size_t info_len = 3 + 6 + strlen(label);
    GByteArray *input = g_byte_array_new();
    static const uint8_t tail[] = { 0 /* no context */, 1 };

    g_byte_array_append(input, (const guint8 *)info, (guint)info_len);
    g_byte_array_append(input, tail, sizeof tail);
    hmac(secret, SEAL_TRAFFIC_LEN, input->data, input->len, block);
    memcpy(out, block, len);
    g_byte_array_unref(input);
    g_free(info);
}

static void
keys_13(struct seal *seal, const uint8_t *secret)
{
    *seal = (struct seal){ .tls13 = true };
    expand_label(secret, "key", seal->key, sizeof seal->key);
    expand_label(secret, "iv", seal->iv, sizeof seal->iv);
}

void
seal_begin(struct seal seals[SIDE_COUNT], const struct seal_secret *secret)
{
    if (!secret->tls13) {
        keys_12(seals, secret);
        return;
    }
    for (unsigned side = 0; side < SIDE_COUNT; side++)
        keys_13(&seals[side], secret->handshake[side]);
}

void
seal_application(struct seal *seal, const struct seal_secret *secret, enum side side)
{
    keys_13(seal, secret->application[side]);
}

void
seal_blind(struct seal *seal)
{
    seal->key[0] ^= 0xff;
}

/* --- records --------------------------------------------------------------------------------- */

static void
put_u64(uint8_t *out, uint64_t v)
{
    for (unsigned i = 0; i < 8; i++)
        out[i] = (uint8_t)(v >> (56 - 8 * i));
}

/* Ciphertext and tag, len + TAG_LEN bytes, go to out. */
static void
encrypt(const struct seal *seal, const uint8_t nonce[SEAL_NONCE_LEN], const uint8_t *aad,
        size_t aad_len, const uint8_t *data, size_t len, uint8_t *out)
{
    gcry_cipher_hd_t cipher;

    gcry_cipher_open(&cipher, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_GCM, 0);
    gcry_cipher_setkey(cipher, seal->key, sizeof seal->key);
    gcry_cipher_setiv(cipher, nonce, SEAL_NONCE_LEN);
    gcry_cipher_authenticate(cipher, aad, aad_len);
    gcry_cipher_encrypt(cipher, out, len, data, len);
    gcry_cipher_gettag(cipher, out + len, TAG_LEN);
    gcry_cipher_close(cipher);
}

/* Appends the header and room for the fragment; where that begins. */
static guint
begin_record(GByteArray *wire, uint8_t type, size_t len)
{
    const uint8_t header[HEADER_LEN] = { type, 3, 3, (uint8_t)(len >> 8), (uint8_t)len };

    g_byte_array_append(wire, header, sizeof header);
    g_byte_array_set_size(wire, wire->len + (guint)len);
    return wire->len - (guint)len;
}

static void
append_12(struct seal *seal, uint8_t type, const uint8_t *data, size_t len, GByteArray *wire)
{
    uint8_t aad[] = { [8] = type, 3, 3, (uint8_t)(len >> 8), (uint8_t)len };
    uint8_t nonce[SEAL_NONCE_LEN];
    guint at = begin_record(wire, type, EXPLICIT_NONCE_LEN + len + TAG_LEN);

    put_u64(aad, seal->sequence++);
    memcpy(nonce, seal->iv, SALT_LEN);
    memcpy(nonce + SALT_LEN, aad, EXPLICIT_NONCE_LEN);
    memcpy(wire->data + at, aad, EXPLICIT_NONCE_LEN);
    encrypt(seal, nonce, aad, sizeof aad, data, len, wire->data + at + EXPLICIT_NONCE_LEN);
}

static void
append_13(struct seal *seal, uint8_t type, const uint8_t *data, size_t len, GByteArray *wire)
{
    uint8_t nonce[SEAL_NONCE_LEN] = { 0 };
    uint8_t *inner = g_malloc(len + 1);
    guint at = begin_record(wire, TLS_APPLICATION_DATA, len + 1 + TAG_LEN);

    memcpy(inner, data, len);
    inner[len] = type;
    put_u64(nonce + SEAL_NONCE_LEN - 8, seal->sequence++);
    for (unsigned i = 0; i < SEAL_NONCE_LEN; i++)
        nonce[i] ^= seal->iv[i];
    encrypt(seal, nonce, wire->data + at - HEADER_LEN, HEADER_LEN, inner, len + 1, wire->data + at);
    g_free(inner);
}

/* Nobody opens these: the key is the one at hand, and zeros stand where the MAC would. */
static void
append_cbc(struct seal *seal, uint8_t type, const uint8_t *data, size_t len, GByteArray *wire)
{
    size_t padding = BLOCK_LEN - (len + SHA1_LEN) % BLOCK_LEN;
    size_t whole = len + SHA1_LEN + padding;
    uint8_t iv[BLOCK_LEN] = { 0 };
    uint8_t *inner = g_malloc0(whole);
    guint at = begin_record(wire, type, BLOCK_LEN + whole);
    gcry_cipher_hd_t cipher;

    if (len)
        memcpy(inner, data, len);
    memset(inner + len + SHA1_LEN, (int)padding - 1, padding);
    put_u64(iv, seal->sequence++);
    memcpy(wire->data + at, iv, sizeof iv);
    gcry_cipher_open(&cipher, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_CBC, 0);
    gcry_cipher_setkey(cipher, seal->key, sizeof seal->key);
    gcry_cipher_setiv(cipher, iv, sizeof iv);
    gcry_cipher_encrypt(cipher, wire->data + at + BLOCK_LEN, whole, inner, whole);
    gcry_cipher_close(cipher);
    g_free(inner);
}

void
seal_append(struct seal *seal, uint8_t type, const uint8_t *data, size_t len, GByteArray *wire)
{
    (seal->tls13 ? append_13 : seal->cbc ? append_cbc : append_12)(seal, type, data, len, wire);
}
