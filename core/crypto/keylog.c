/* keylog.c - secrets of TLS handshakes from a key log, and what is exported from them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "crypto/keylog.h"

#include <string.h>

#include <gcrypt.h>

#include "base/wipe.h"

enum { DIGEST_MAX_LEN = 48, SEED_MAX_LEN = 128, INFO_MAX_LEN = 128 };

/* --- the file -------------------------------------------------------------------------------- */

/* Cuts the next line off, without its end. */
static bool
next_line(struct buf *file, struct buf *line)
{
    const uint8_t *end;

    if (buf_left(file) == 0)
        return false;
    end = memchr(file->p, '\n', buf_left(file));
    buf_sub(file, end ? (size_t)(end - file->p) : buf_left(file), line);
    if (end)
        buf_skip(file, 1);
    return true;
}

static bool
skip_text(struct buf *b, const char *text)
{
    const size_t len = strlen(text);

    return buf_left(b) >= len && memcmp(b->p, text, len) == 0 && buf_skip(b, len);
}

static size_t
hex_length(struct buf b)
{
    size_t len = 0;
    uint8_t byte;

    while (buf_hex(&b, &byte, 1))
        len++;
    return len;
}

bool
keylog_find(struct buf file, const char *label, const uint8_t random[static TLS_RANDOM_LEN],
            struct keylog_secret *secret)
{
    uint8_t of_line[TLS_RANDOM_LEN];
    struct buf line;
    bool found = false;

    while (next_line(&file, &line)) {
        if (!skip_text(&line, label) || !skip_text(&line, " ") ||
            !buf_hex(&line, of_line, sizeof of_line) || !skip_text(&line, " ") ||
            memcmp(of_line, random, sizeof of_line) != 0)
            continue;
        size_t len = hex_length(line);
        if (len == 0 || len > sizeof secret->bytes)
            continue;
        found = buf_hex(&line, secret->bytes, len);
        secret->len = len;
    }
    return found;
}

/* --- functions of TLS ------------------------------------------------------------------------ */

static bool
hmac(int algorithm, struct buf key, struct buf a, struct buf b, uint8_t out[static DIGEST_MAX_LEN])
{
    gcry_md_hd_t md;

    if (gcry_md_open(&md, algorithm, GCRY_MD_FLAG_HMAC))
        return false;
    bool good = !gcry_md_setkey(md, key.p, buf_left(&key));
    if (good) {
        gcry_md_write(md, a.p, buf_left(&a));
        gcry_md_write(md, b.p, buf_left(&b));
        memcpy(out, gcry_md_read(md, 0), gcry_md_get_algo_dlen(algorithm));
    }
    gcry_md_close(md);
    return good;
}

/* P_hash of RFC 5246 5, on top of what stands in out: TLS 1.1 adds two of them up. */
static bool
p_hash(int algorithm, struct buf secret, struct buf seed, uint8_t *out, size_t len)
{
    const size_t digest_len = gcry_md_get_algo_dlen(algorithm);
    uint8_t a[DIGEST_MAX_LEN], block[DIGEST_MAX_LEN];
    const struct buf none = buf_init(NULL, 0);
    bool good = hmac(algorithm, secret, seed, none, a);

    for (size_t at = 0; at < len && good; at += digest_len) {
        struct buf from = buf_init(a, digest_len);
        good = hmac(algorithm, secret, from, seed, block);
        for (size_t i = 0; good && i < digest_len && at + i < len; i++)
            out[at + i] ^= block[i];
        uint8_t next[DIGEST_MAX_LEN];
        good = good && hmac(algorithm, secret, from, none, next);
        if (good)
            memcpy(a, next, digest_len);
        wipe(next, sizeof next);
    }
    wipe(a, sizeof a);
    wipe(block, sizeof block);
    return good;
}

static struct buf
text_of(const char *text)
{
    return buf_init((const uint8_t *)text, strlen(text));
}

/* Returns what is behind the bytes that were put to p. */
static uint8_t *
put(uint8_t *p, struct buf bytes)
{
    const size_t len = buf_left(&bytes);

    buf_copy(&bytes, p, len);
    return p + len;
}

/* What TLS 1.2 and 1.3 hash with: the suite says it. */
static int
suite_hash(uint16_t cipher_suite)
{
    const char *name = tls_cipher_suite_name(cipher_suite);

    return name && g_str_has_suffix(name, "_SHA384") ? GCRY_MD_SHA384 : GCRY_MD_SHA256;
}

static bool
prf(uint16_t version, uint16_t cipher_suite, struct buf secret, const char *label,
    struct buf randoms, uint8_t *out, size_t len)
{
    const size_t half = (buf_left(&secret) + 1) / 2;
    uint8_t seed[SEED_MAX_LEN];

    if (strlen(label) + buf_left(&randoms) > sizeof seed)
        return false;
    const uint8_t *end = put(put(seed, text_of(label)), randoms);
    struct buf seed_buf = buf_init(seed, (size_t)(end - seed));
    memset(out, 0, len);
    if (version >= TLS_12)
        return p_hash(suite_hash(cipher_suite), secret, seed_buf, out, len);
    /* RFC 2246 5: one half of the secret each. */
    return p_hash(GCRY_MD_MD5, buf_init(secret.p, half), seed_buf, out, len) &&
           p_hash(GCRY_MD_SHA1, buf_init(secret.end - half, half), seed_buf, out, len);
}

/* HKDF-Expand-Label of RFC 8446 7.1. */
static bool
expand_label(int algorithm, struct buf secret, const char *label, struct buf context, uint8_t *out,
             size_t len)
{
    static const char prefix[] = "tls13 ";
    const size_t digest_len = gcry_md_get_algo_dlen(algorithm);
    const size_t label_len = strlen(prefix) + strlen(label);
    uint8_t info[INFO_MAX_LEN], block[DIGEST_MAX_LEN];
    uint8_t *p = info;
    bool good = true;

    if (sizeof(uint16_t) + 1 + label_len + 1 + buf_left(&context) + 1 > sizeof info)
        return false;
    *p++ = (uint8_t)(len >> 8);
    *p++ = (uint8_t)len;
    *p++ = (uint8_t)label_len;
    p = put(put(p, text_of(prefix)), text_of(label));
    *p++ = (uint8_t)buf_left(&context);
    p = put(p, context);
    *p = 1;
    for (size_t at = 0; at < len && good; at += digest_len, ++*p) {
        struct buf before = buf_init(block, at ? digest_len : 0);
        uint8_t next[DIGEST_MAX_LEN];
        good = hmac(algorithm, secret, before, buf_init(info, (size_t)(p + 1 - info)), next);
        if (good) {
            memcpy(block, next, digest_len);
            memcpy(out + at, block, MIN(digest_len, len - at));
        }
        wipe(next, sizeof next);
    }
    wipe(block, sizeof block);
    return good;
}

/* RFC 8446 7.5 */
static bool
exporter(uint16_t cipher_suite, struct buf secret, const char *label, struct buf context,
         uint8_t *out, size_t len)
{
    const int algorithm = suite_hash(cipher_suite);
    const size_t digest_len = gcry_md_get_algo_dlen(algorithm);
    uint8_t nothing[DIGEST_MAX_LEN], hash[DIGEST_MAX_LEN], derived[DIGEST_MAX_LEN];

    gcry_md_hash_buffer(algorithm, nothing, "", 0);
    gcry_md_hash_buffer(algorithm, hash, context.p, buf_left(&context));
    bool good = expand_label(algorithm, secret, label, buf_init(nothing, digest_len), derived,
                             digest_len) &&
                expand_label(algorithm, buf_init(derived, digest_len), "exporter",
                             buf_init(hash, digest_len), out, len);
    wipe(derived, sizeof derived);
    return good;
}

bool
keylog_export(uint16_t version, uint16_t cipher_suite, const struct keylog_secret *secret,
              const char *label, struct buf context_or_randoms, uint8_t *out, size_t len)
{
    struct buf bytes = buf_init(secret->bytes, secret->len);

    return version >= TLS_13
               ? exporter(cipher_suite, bytes, label, context_or_randoms, out, len)
               : prf(version, cipher_suite, bytes, label, context_or_randoms, out, len);
}
