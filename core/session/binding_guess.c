/* binding_guess.c - what a Compound MAC that does not verify was made with
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/binding_guess.h"

#include <string.h>

#include "base/config.h"
#include "crypto/credentials.h"
#include "session/session.h"
#include "base/wipe.h"

enum {
    HALF_LEN = BINDING_HLAK_LEN / 2, /* one of the two keys of MS-CHAPv2 */
    PADDED_LEN = 2 * BINDING_HLAK_LEN,
    SHA1_LEN = 20,
    OTHERS_MAX = 32, /* sessions on either side of this one */
};

/* --- one try --------------------------------------------------------------------------------- */

/* Compares what both hashes have in common: mixing them up also cuts or pads the MAC. */
static bool
mac_fits(const struct session *session, const uint8_t *hlak, size_t hlak_len,
         const struct binding_form *form, const uint8_t message[static BINDING_MESSAGE_LEN])
{
    const struct sstp_facts *sstp = session_sstp(session);
    uint8_t mac[SSTP_HASH_MAX_LEN];
    size_t len = binding_mac(sstp->binding.bitmask, hlak, hlak_len, form, message, mac);

    return len && memcmp(mac, sstp->message + BINDING_MAC_OFFSET,
                         MIN(len, (size_t)sstp->binding.hash_len)) == 0;
}

bool
binding_mac_verifies(const struct session *session, const uint8_t *hlak, size_t hlak_len,
                     uint8_t expected[static SSTP_HASH_MAX_LEN], size_t *len)
{
    const struct binding_form form = { 0 };
    const struct sstp_facts *sstp = session_sstp(session);

    *len = binding_mac(sstp->binding.bitmask, hlak, hlak_len, &form, sstp->message, expected);
    return *len && memcmp(expected, sstp->message + BINDING_MAC_OFFSET, *len) == 0;
}

/* --- forms ----------------------------------------------------------------------------------- */

static bool
try_form(const struct guess_input *input, const uint8_t *hlak, const struct binding_form *form,
         enum form_mistake mistake, struct binding_guess *guess)
{
    if (!mac_fits(input->session, hlak, BINDING_HLAK_LEN, form,
                  session_sstp(input->session)->message))
        return false;
    guess->form = mistake;
    return true;
}

static bool
try_forms(const struct guess_input *input, const uint8_t *hlak, struct binding_guess *guess)
{
    const uint8_t hash = session_sstp(input->session)->binding.bitmask;
    const uint8_t other = hash ^ (SSTP_HASH_SHA1 | SSTP_HASH_SHA256);
    const struct {
        struct binding_form form;
        enum form_mistake mistake;
    } forms[] = {
        { { .cmk_hash = other, .mac_hash = other }, FORM_HASH },
        { { .cmk_hash = other }, FORM_HASH },
        { { .mac_hash = other }, FORM_HASH },
        { { .big_endian = true }, FORM_BIG_ENDIAN },
        { { .without_header = true }, FORM_WITHOUT_HEADER },
        { { .without_mac = true }, FORM_WITHOUT_MAC },
        { { .twice = true }, FORM_TWICE },
        { { .keeps_padding = true }, FORM_PADDING },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
        if (try_form(input, hlak, &forms[i].form, forms[i].mistake, guess))
            return true;
    return false;
}

/* The message as it would be with other bytes at offset. */
static bool
try_bytes(const struct guess_input *input, const uint8_t *hlak, size_t offset, const uint8_t *bytes,
          size_t len)
{
    const struct binding_form form = { 0 };
    uint8_t message[BINDING_MESSAGE_LEN];

    memcpy(message, session_sstp(input->session)->message, sizeof message);
    memcpy(message + offset, bytes, len);
    return mac_fits(input->session, hlak, BINDING_HLAK_LEN, &form, message);
}

static const uint8_t *
cert_hash(const struct binding_cert *cert, size_t len)
{
    return len == SHA1_LEN ? cert->sha1 : cert->sha256;
}

static bool
try_other(const struct guess_input *input, const uint8_t *hlak, const struct session *other,
          struct binding_guess *guess)
{
    const size_t len = session_sstp(input->session)->binding.hash_len;
    const struct binding_cert *cert = session_cert(other);

    guess->session = session_id(other);
    guess->form = FORM_OTHER_NONCE;
    if (mark_is_set(session_sstp(other)->call_ack) &&
        try_bytes(input, hlak, BINDING_NONCE_OFFSET, session_sstp(other)->binding_request.nonce,
                  SSTP_NONCE_LEN))
        return true;
    guess->form = FORM_OTHER_CERT;
    return cert && try_bytes(input, hlak, BINDING_CERT_HASH_OFFSET, cert_hash(cert, len), len);
}

/* Nonce and certificate of the sessions around this one, nearest first, itself included: what it
 * sent may not be what it computed with. */
static bool
try_others(const struct guess_input *input, const uint8_t *hlak, struct binding_guess *guess)
{
    const guint id = session_id(input->session), num = input->sessions->len;
    static const uint8_t zeros[SSTP_HASH_MAX_LEN - SHA1_LEN];

    for (guint d = 0; d <= OTHERS_MAX; d++) {
        if (d <= id && id - d < num &&
            try_other(input, hlak, g_ptr_array_index(input->sessions, id - d), guess))
            return true;
        if (d > 0 && id + d < num &&
            try_other(input, hlak, g_ptr_array_index(input->sessions, id + d), guess))
            return true;
    }
    guess->session = 0;
    guess->form = FORM_PADDING;
    return session_sstp(input->session)->binding.hash_len == SHA1_LEN &&
           try_bytes(input, hlak, BINDING_CERT_HASH_OFFSET + SHA1_LEN, zeros, sizeof zeros);
}

static bool
try_all_forms(const struct guess_input *input, const uint8_t *hlak, enum key_mistake key,
              struct binding_guess *guess)
{
    *guess = (struct binding_guess){ .key = key };
    return try_forms(input, hlak, guess) || try_others(input, hlak, guess);
}

/* --- keys ------------------------------------------------------------------------------------ */

static bool
try_key(const struct guess_input *input, const uint8_t *hlak, size_t len, enum key_mistake key,
        unsigned key_len, struct binding_guess *guess)
{
    const struct binding_form form = { 0 };

    *guess = (struct binding_guess){ .key = key, .key_len = key_len };
    return mac_fits(input->session, hlak, len, &form, session_sstp(input->session)->message);
}

/* HMAC pads a key with zeros: one that is cut is the same as one with zeros behind. */
static bool
try_cut(const struct guess_input *input, const uint8_t *hlak, struct binding_guess *guess)
{
    for (unsigned len = BINDING_HLAK_LEN - 1; len > 0; len--)
        if (try_key(input, hlak, len, KEY_CUT, len, guess))
            return true;
    return false;
}

/* Both keys cut, each at its place or one right behind the other. */
static bool
try_halves_cut(const struct guess_input *input, const uint8_t *hlak, struct binding_guess *guess)
{
    uint8_t cut[BINDING_HLAK_LEN];
    bool fits = false;

    for (unsigned len = HALF_LEN - 1; len > 0 && !fits; len--) {
        memset(cut, 0, sizeof cut);
        memcpy(cut, hlak, len);
        memcpy(cut + HALF_LEN, hlak + HALF_LEN, len);
        fits = try_key(input, cut, sizeof cut, KEY_HALVES_CUT, len, guess);
        memcpy(cut + len, hlak + HALF_LEN, len);
        fits = fits || try_key(input, cut, 2 * (size_t)len, KEY_HALVES_CUT, len, guess);
    }
    wipe(cut, sizeof cut);
    return fits;
}

static bool
try_receive_alone(const struct guess_input *input, const uint8_t *hlak, struct binding_guess *guess)
{
    uint8_t alone[BINDING_HLAK_LEN] = { 0 };

    memcpy(alone + HALF_LEN, hlak + HALF_LEN, HALF_LEN);
    bool fits = try_key(input, alone, sizeof alone, KEY_RECEIVE_ALONE, 0, guess) ||
                try_key(input, hlak + HALF_LEN, HALF_LEN, KEY_RECEIVE_ALONE, 0, guess);
    wipe(alone, sizeof alone);
    return fits;
}

static bool
try_padded(const struct guess_input *input, const uint8_t *hlak, struct binding_guess *guess)
{
    uint8_t padded[PADDED_LEN] = { 0 };

    memcpy(padded, hlak, HALF_LEN);
    memcpy(padded + BINDING_HLAK_LEN, hlak + HALF_LEN, HALF_LEN);
    bool fits = try_key(input, padded, sizeof padded, KEY_HALVES_PADDED, 0, guess);
    wipe(padded, sizeof padded);
    return fits;
}

static bool
try_other_passwords(const struct guess_input *input, struct binding_guess *guess)
{
    for (size_t i = 0; i < input->num_others; i++)
        if (try_key(input, input->others[i], BINDING_HLAK_LEN, KEY_OTHER_PASSWORD, 0, guess))
            return true;
    return false;
}

bool
binding_guess(const struct guess_input *input, struct binding_guess *guess)
{
    static const uint8_t zero[BINDING_HLAK_LEN];
    const uint8_t *hlak = input->hlak;
    uint8_t swapped[BINDING_HLAK_LEN];
    bool fits =
        try_key(input, zero, sizeof zero, KEY_ZERO, 0, guess) || try_other_passwords(input, guess);

    if (fits)
        return true;
    /* Every session of a capture without credentials comes here: what takes long is left out. */
    if (!hlak) {
        *guess = (struct binding_guess){ .key = KEY_ZERO };
        return try_forms(input, zero, guess);
    }
    if (memcmp(hlak, zero, sizeof zero) == 0)
        return try_all_forms(input, zero, KEY_RIGHT, guess);
    memcpy(swapped, hlak + HALF_LEN, HALF_LEN);
    memcpy(swapped + HALF_LEN, hlak, HALF_LEN);
    fits = try_key(input, swapped, sizeof swapped, KEY_SWAPPED, 0, guess) ||
           try_all_forms(input, hlak, KEY_RIGHT, guess) || try_cut(input, hlak, guess) ||
           try_halves_cut(input, hlak, guess) || try_receive_alone(input, hlak, guess) ||
           try_padded(input, hlak, guess) || try_all_forms(input, zero, KEY_ZERO, guess) ||
           try_all_forms(input, swapped, KEY_SWAPPED, guess);
    wipe(swapped, sizeof swapped);
    return fits;
}

/* --- names ----------------------------------------------------------------------------------- */

static char *
key_text(const struct binding_guess *guess)
{
    switch (guess->key) {
    case KEY_ZERO:
        return g_strdup("an all-zero HLAK");
    case KEY_SWAPPED:
        return g_strdup("send and receive key swapped");
    case KEY_CUT:
        return guess->key_len == HALF_LEN
                   ? g_strdup("the client's send key alone")
                   : g_strdup_printf("the HLAK cut after %u bytes", guess->key_len);
    case KEY_HALVES_CUT:
        return g_strdup_printf("both keys cut after %u bytes", guess->key_len);
    case KEY_RECEIVE_ALONE:
        return g_strdup("the client's receive key alone");
    case KEY_HALVES_PADDED:
        return g_strdup("both keys padded to 32 bytes");
    case KEY_OTHER_PASSWORD:
        return g_strdup("the keys of another password that was given");
    case KEY_RIGHT:
        break;
    }
    return NULL;
}

static char *
form_text(const struct binding_guess *guess)
{
    switch (guess->form) {
    case FORM_HASH:
        return g_strdup("SHA-1 and SHA-256 mixed up");
    case FORM_BIG_ENDIAN:
        return g_strdup("a big-endian length in the key's derivation");
    case FORM_WITHOUT_HEADER:
        return g_strdup("a message without its header");
    case FORM_WITHOUT_MAC:
        return g_strdup("a message that ends in front of the MAC");
    case FORM_TWICE:
        return g_strdup("a message whose MAC field was not zeroed");
    case FORM_PADDING:
        return g_strdup("other bytes behind a SHA-1 hash");
    case FORM_OTHER_NONCE:
        return g_strdup_printf("the nonce of session %u", guess->session);
    case FORM_OTHER_CERT:
        return g_strdup_printf("the certificate hash of session %u", guess->session);
    case FORM_RIGHT:
        break;
    }
    return NULL;
}

char *
binding_guess_text(const struct binding_guess *guess)
{
    char *key = key_text(guess), *form = form_text(guess);
    char *text = key && form ? g_strconcat(key, " and ", form, NULL) : g_strdup(key ? key : form);

    g_free(key);
    g_free(form);
    return text;
}
