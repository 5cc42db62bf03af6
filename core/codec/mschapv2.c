/* mschapv2.c - MS-CHAPv2 and its keys (RFC 2759 section 8, RFC 3079 section 3)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/mschapv2.h"

#include <string.h>

#include <gcrypt.h>
#include <glib.h>

#include "base/wipe.h"

enum {
    SHA1_LEN = 20,
    DES_BLOCK_LEN = 8,
    DES_KEY_BITS_LEN = 7, /* a key of 56 bits before its parity bits are put in */
    NUM_DES_KEYS = 3,
    PAD_LEN = 40,
};

/* RFC 2759 8.7 */
static const char proof_magic[] = "Magic server to client signing constant";
static const char proof_end[] = "Pad to make it do more than one iteration";
/* RFC 3079 3.4 */
static const char master_magic[] = "This is the MPPE Master Key";
static const char client_send_magic[] = "On the client side, this is the send key; "
                                        "on the server side, it is the receive key.";
static const char client_receive_magic[] = "On the client side, this is the receive key; "
                                           "on the server side, it is the send key.";

bool
mschapv2_is_available(void)
{
    /* Until libgcrypt has been asked for its version, it answers as in FIPS mode. */
    gcry_check_version(NULL);
    return !gcry_md_test_algo(GCRY_MD_MD4) && !gcry_cipher_test_algo(GCRY_CIPHER_DES);
}

/* The digest of the parts, one behind the other; out has the length of the algorithm. */
static bool
digest(int algorithm, const struct buf *parts, size_t num, uint8_t *out)
{
    gcry_md_hd_t md;

    if (gcry_md_open(&md, algorithm, 0))
        return false;
    for (size_t i = 0; i < num; i++)
        gcry_md_write(md, parts[i].p, buf_left(&parts[i]));
    memcpy(out, gcry_md_read(md, 0), gcry_md_get_algo_dlen(algorithm));
    gcry_md_close(md);
    return true;
}

static struct buf
text_of(const char *text)
{
    return buf_init((const uint8_t *)text, strlen(text));
}

/* --- hashes ---------------------------------------------------------------------------------- */

bool
mschapv2_nt_hash(struct buf password, uint8_t nt_hash[static MSCHAPV2_NT_HASH_LEN])
{
    glong num = 0;
    gunichar2 *utf16 = buf_left(&password)
                           ? g_utf8_to_utf16((const char *)password.p, (glong)buf_left(&password),
                                             NULL, &num, NULL)
                           : g_new0(gunichar2, 1);

    if (!utf16)
        return false;
    for (glong i = 0; i < num; i++)
        utf16[i] = GUINT16_TO_LE(utf16[i]);
    size_t len = (size_t)num * sizeof *utf16;
    struct buf text = buf_init((const uint8_t *)utf16, len);
    bool good = digest(GCRY_MD_MD4, &text, 1, nt_hash);
    wipe(utf16, len);
    g_free(utf16);
    return good;
}

bool
mschapv2_challenge_hash(const uint8_t peer_challenge[static MSCHAPV2_CHALLENGE_LEN],
                        const uint8_t challenge[static MSCHAPV2_CHALLENGE_LEN], struct buf user,
                        uint8_t out[static MSCHAPV2_CHALLENGE_HASH_LEN])
{
    const struct buf parts[] = { buf_init(peer_challenge, MSCHAPV2_CHALLENGE_LEN),
                                 buf_init(challenge, MSCHAPV2_CHALLENGE_LEN), user };
    uint8_t hash[SHA1_LEN];

    if (!digest(GCRY_MD_SHA1, parts, G_N_ELEMENTS(parts), hash))
        return false;
    memcpy(out, hash, MSCHAPV2_CHALLENGE_HASH_LEN);
    return true;
}

/* --- responses ------------------------------------------------------------------------------- */

/* Seven bits a byte; DES passes over the parity bit. */
static void
des_key(const uint8_t bits[static DES_KEY_BITS_LEN], uint8_t key[static DES_BLOCK_LEN])
{
    uint64_t all = 0;

    for (size_t i = 0; i < DES_KEY_BITS_LEN; i++)
        all = all << 8 | bits[i];
    for (size_t i = 0; i < DES_BLOCK_LEN; i++)
        key[i] = (uint8_t)(all >> (7 * (DES_BLOCK_LEN - 1 - i)) << 1);
    wipe(&all, sizeof all);
}

static bool
des_encrypt(const uint8_t bits[static DES_KEY_BITS_LEN], const uint8_t clear[static DES_BLOCK_LEN],
            uint8_t out[static DES_BLOCK_LEN])
{
    gcry_cipher_hd_t des;
    uint8_t key[DES_BLOCK_LEN];

    if (gcry_cipher_open(&des, GCRY_CIPHER_DES, GCRY_CIPHER_MODE_ECB, 0))
        return false;
    /* A hash can end in a weak key, and whoever answers a challenge uses it all the same. */
    gcry_cipher_ctl(des, GCRYCTL_SET_ALLOW_WEAK_KEY, NULL, 1);
    des_key(bits, key);
    gcry_error_t error = gcry_cipher_setkey(des, key, sizeof key);
    bool good = (!error || gcry_err_code(error) == GPG_ERR_WEAK_KEY) &&
                !gcry_cipher_encrypt(des, out, DES_BLOCK_LEN, clear, DES_BLOCK_LEN);
    gcry_cipher_close(des);
    wipe(key, sizeof key);
    return good;
}

bool
mschapv2_nt_response(const uint8_t challenge_hash[static MSCHAPV2_CHALLENGE_HASH_LEN],
                     const uint8_t nt_hash[static MSCHAPV2_NT_HASH_LEN],
                     uint8_t nt_response[static MSCHAPV2_NT_RESPONSE_LEN])
{
    uint8_t keys[NUM_DES_KEYS * DES_KEY_BITS_LEN] = { 0 };
    bool good = true;

    memcpy(keys, nt_hash, MSCHAPV2_NT_HASH_LEN);
    for (size_t i = 0; i < NUM_DES_KEYS && good; i++)
        good = des_encrypt(keys + i * DES_KEY_BITS_LEN, challenge_hash,
                           nt_response + i * DES_BLOCK_LEN);
    wipe(keys, sizeof keys);
    return good;
}

bool
mschapv2_proof(const uint8_t challenge_hash[static MSCHAPV2_CHALLENGE_HASH_LEN],
               const uint8_t nt_hash[static MSCHAPV2_NT_HASH_LEN],
               const uint8_t nt_response[static MSCHAPV2_NT_RESPONSE_LEN],
               uint8_t proof[static MSCHAPV2_PROOF_LEN])
{
    uint8_t hash_hash[MSCHAPV2_NT_HASH_LEN], first[SHA1_LEN];
    const struct buf nt = buf_init(nt_hash, MSCHAPV2_NT_HASH_LEN);
    const struct buf inner[] = { buf_init(hash_hash, sizeof hash_hash),
                                 buf_init(nt_response, MSCHAPV2_NT_RESPONSE_LEN),
                                 text_of(proof_magic) };
    const struct buf outer[] = { buf_init(first, sizeof first),
                                 buf_init(challenge_hash, MSCHAPV2_CHALLENGE_HASH_LEN),
                                 text_of(proof_end) };
    bool good = digest(GCRY_MD_MD4, &nt, 1, hash_hash) &&
                digest(GCRY_MD_SHA1, inner, G_N_ELEMENTS(inner), first) &&
                digest(GCRY_MD_SHA1, outer, G_N_ELEMENTS(outer), proof);

    wipe(hash_hash, sizeof hash_hash);
    return good;
}

/* --- keys ------------------------------------------------------------------------------------ */

bool
mschapv2_master_key(const uint8_t nt_hash[static MSCHAPV2_NT_HASH_LEN],
                    const uint8_t nt_response[static MSCHAPV2_NT_RESPONSE_LEN],
                    uint8_t master[static MSCHAPV2_KEY_LEN])
{
    uint8_t hash_hash[MSCHAPV2_NT_HASH_LEN], hash[SHA1_LEN];
    const struct buf nt = buf_init(nt_hash, MSCHAPV2_NT_HASH_LEN);
    const struct buf parts[] = { buf_init(hash_hash, sizeof hash_hash),
                                 buf_init(nt_response, MSCHAPV2_NT_RESPONSE_LEN),
                                 text_of(master_magic) };
    bool good = digest(GCRY_MD_MD4, &nt, 1, hash_hash) &&
                digest(GCRY_MD_SHA1, parts, G_N_ELEMENTS(parts), hash);

    if (good)
        memcpy(master, hash, MSCHAPV2_KEY_LEN);
    wipe(hash_hash, sizeof hash_hash);
    wipe(hash, sizeof hash);
    return good;
}

static bool
start_key(const uint8_t master[static MSCHAPV2_KEY_LEN], const char *magic,
          uint8_t key[static MSCHAPV2_KEY_LEN])
{
    uint8_t pad1[PAD_LEN], pad2[PAD_LEN], hash[SHA1_LEN];
    const struct buf parts[] = { buf_init(master, MSCHAPV2_KEY_LEN), buf_init(pad1, sizeof pad1),
                                 text_of(magic), buf_init(pad2, sizeof pad2) };

    memset(pad1, 0x00, sizeof pad1);
    memset(pad2, 0xf2, sizeof pad2);
    bool good = digest(GCRY_MD_SHA1, parts, G_N_ELEMENTS(parts), hash);
    if (good)
        memcpy(key, hash, MSCHAPV2_KEY_LEN);
    wipe(hash, sizeof hash);
    return good;
}

bool
mschapv2_client_keys(const uint8_t master[static MSCHAPV2_KEY_LEN],
                     uint8_t send[static MSCHAPV2_KEY_LEN],
                     uint8_t receive[static MSCHAPV2_KEY_LEN])
{
    return start_key(master, client_send_magic, send) &&
           start_key(master, client_receive_magic, receive);
}

/* --- the Success message --------------------------------------------------------------------- */

bool
mschapv2_decode_proof(struct buf message, uint8_t proof[static MSCHAPV2_PROOF_LEN])
{
    uint8_t bytes[MSCHAPV2_PROOF_LEN], s, equals;

    if (!buf_u8(&message, &s) || s != 'S' || !buf_u8(&message, &equals) || equals != '=' ||
        !buf_hex(&message, bytes, sizeof bytes))
        return false;
    memcpy(proof, bytes, sizeof bytes);
    return true;
}
