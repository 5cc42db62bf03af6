/* binding_check.c - a session's crypto binding, compared with all that is known
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/binding_check.h"

#include <string.h>

#include "base/config.h"
#include "crypto/credentials.h"
#include "session/binding_guess.h"
#include "session/session.h"
#include "base/text.h"
#include "base/wipe.h"

enum { SHA1_LEN = 20, CANDIDATES_MAX = GUESS_HLAKS_MAX };

/* Keys that the session may have had. */
struct candidate {
    enum hlak_source source;
    uint8_t hlak[BINDING_HLAK_LEN];
};

/* A check that is being made. */
struct work {
    const struct session *session;
    const struct config *config;
    const GPtrArray *sessions;
    struct binding_check *check;
    struct candidate right[CANDIDATES_MAX]; /* known to be, or said to be, those of the session */
    unsigned num_right;
    uint8_t others[GUESS_HLAKS_MAX][BINDING_HLAK_LEN]; /* of passwords that are not the session's */
    unsigned num_others;
};

static enum check
check_of(bool matches)
{
    return matches ? CHECK_MATCHES : CHECK_DIFFERS;
}

/* --- nonce, hash protocol, certificate ------------------------------------------------------- */

static void
check_nonce(const struct sstp_facts *sstp, struct binding_check *check)
{
    check->nonce = !mark_is_set(sstp->call_ack)
                       ? CHECK_UNKNOWN
                       : check_of(memcmp(sstp->binding.nonce, sstp->binding_request.nonce,
                                         SSTP_NONCE_LEN) == 0);
}

static void
check_protocol(const struct sstp_facts *sstp, struct binding_check *check)
{
    if (sstp->binding.hash_len == 0)
        check->protocol = CHECK_DIFFERS;
    else
        check->protocol =
            !mark_is_set(sstp->call_ack)
                ? CHECK_UNKNOWN
                : check_of((sstp->binding.bitmask & sstp->binding_request.bitmask) != 0);
}

bool
binding_hash_is_configured(const struct sstp_binding *binding, const struct config *config)
{
    for (unsigned i = 0; i < config->num_hashes; i++)
        if (binding_hash_matches(binding, config->hashes[i].bytes, config->hashes[i].len))
            return true;
    return false;
}

/* The first configured hash of the kind that the client sent; NULL when there is none. */
static const struct expected_hash *
configured_hash(const struct sstp_binding *binding, const struct config *config)
{
    for (unsigned i = 0; i < config->num_hashes; i++)
        if (binding->hash_len != 0 && config->hashes[i].len == binding->hash_len)
            return &config->hashes[i];
    return NULL;
}

static void
check_cert(const struct session *session, const struct config *config, struct binding_check *check)
{
    const struct sstp_binding *binding = &session_sstp(session)->binding;
    const struct expected_hash *configured = configured_hash(binding, config);
    const struct binding_cert *cert = session_cert(session);

    check->cert = CHECK_UNKNOWN;
    check->cert_source = CERT_NONE;
    if (binding->hash_len == 0)
        return;
    /* An offloader's certificate is what the client saw; the user may have named it. */
    if (binding_hash_is_configured(binding, config) &&
        !(cert && binding_cert_matches(binding, cert))) {
        check->cert = CHECK_MATCHES;
        check->cert_source = CERT_CONFIGURED;
        memcpy(check->expected_cert, binding->cert_hash, binding->hash_len);
    } else if (cert) {
        check->cert = check_of(binding_cert_matches(binding, cert));
        check->cert_source = session_cert_is_earlier(session)       ? CERT_EARLIER
                             : session_tls(session)->leaf_decrypted ? CERT_DECRYPTED
                                                                    : CERT_WIRE;
        memcpy(check->expected_cert, binding->hash_len == SHA1_LEN ? cert->sha1 : cert->sha256,
               binding->hash_len);
    } else if (configured) {
        check->cert = CHECK_DIFFERS;
        check->cert_source = CERT_CONFIGURED;
        memcpy(check->expected_cert, configured->bytes, configured->len);
    }
}

static bool
is_padded(const struct sstp_facts *sstp)
{
    const size_t offsets[] = { BINDING_CERT_HASH_OFFSET + SHA1_LEN, BINDING_MAC_OFFSET + SHA1_LEN };

    if (!sstp->has_message || sstp->binding.hash_len != SHA1_LEN)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(offsets); i++)
        for (size_t k = 0; k < SSTP_HASH_MAX_LEN - SHA1_LEN; k++)
            if (sstp->message[offsets[i] + k])
                return true;
    return false;
}

/* --- keys of the method ---------------------------------------------------------------------- */

static bool
method_is_mschapv2(const struct session *session)
{
    return session_auth(session)->method == AUTH_MSCHAPV2 ||
           session_auth(session)->method == AUTH_EAP_MSCHAPV2;
}

/* MS-SSTP 3.2.5.2.2: the HLAK of what gives no keys is zero. */
static bool
method_has_no_keys(const struct session *session)
{
    return session_auth(session)->method == AUTH_NONE
               ? session_stage_state(session, STAGE_AUTH)->outcome == OUTCOME_SKIPPED
               : !auth_method_has_keys(session_auth(session)->method);
}

/* Whether the method gives keys is not known: some that EAP carries do not. */
static bool
method_may_have_no_keys(const struct session *session)
{
    switch (session_auth(session)->method) {
    case AUTH_NONE:
    case AUTH_UNKNOWN:
    case AUTH_EAP:
    case AUTH_MSCHAP:
        return true;
    default:
        return method_has_no_keys(session);
    }
}

static void
add_right(struct work *work, enum hlak_source source, const uint8_t hlak[static BINDING_HLAK_LEN])
{
    if (work->num_right == CANDIDATES_MAX)
        return;
    struct candidate *candidate = &work->right[work->num_right++];
    candidate->source = source;
    memcpy(candidate->hlak, hlak, BINDING_HLAK_LEN);
}

/* The client's name as both sides hash it: behind the domain, as RFC 2759 8.2 has it, or whole, as
 * some programs do. */
static bool
response_fits(const struct chap_exchange *exchange, struct buf user,
              const uint8_t nt_hash[static MSCHAPV2_NT_HASH_LEN],
              uint8_t challenge_hash[static MSCHAPV2_CHALLENGE_HASH_LEN])
{
    uint8_t response[MSCHAPV2_NT_RESPONSE_LEN];

    return mschapv2_challenge_hash(exchange->peer_challenge, exchange->challenge, user,
                                   challenge_hash) &&
           mschapv2_nt_response(challenge_hash, nt_hash, response) &&
           memcmp(response, exchange->nt_response, sizeof response) == 0;
}

static struct buf
behind_domain(struct buf user)
{
    for (const uint8_t *p = user.end; p > user.p; p--)
        if (p[-1] == '\\')
            return buf_init(p, (size_t)(user.end - p));
    return user;
}

static bool
chap_exchange_fits(const struct chap_exchange *exchange,
                   const uint8_t nt_hash[static MSCHAPV2_NT_HASH_LEN],
                   uint8_t challenge_hash[static MSCHAPV2_CHALLENGE_HASH_LEN])
{
    struct buf user = chap_exchange_user(exchange);

    return response_fits(exchange, behind_domain(user), nt_hash, challenge_hash) ||
           response_fits(exchange, user, nt_hash, challenge_hash);
}

/* The client's password is known: did the server prove that it knows it, too? */
static void
check_proof(const struct chap_exchange *exchange,
            const uint8_t challenge_hash[static MSCHAPV2_CHALLENGE_HASH_LEN],
            const uint8_t nt_hash[static MSCHAPV2_NT_HASH_LEN], struct binding_check *check)
{
    if (!mschapv2_proof(challenge_hash, nt_hash, exchange->nt_response, check->expected_proof))
        return;
    if (mark_is_set(exchange->success))
        check->proof =
            check_of(exchange->has_proof &&
                     memcmp(exchange->proof, check->expected_proof, MSCHAPV2_PROOF_LEN) == 0);
}

/* The client puts the key that it sends with in front (MS-SSTP 3.2.5.2.2). */
static bool
mschapv2_hlak(const struct chap_exchange *exchange,
              const uint8_t nt_hash[static MSCHAPV2_NT_HASH_LEN],
              uint8_t hlak[static BINDING_HLAK_LEN])
{
    uint8_t master[MSCHAPV2_KEY_LEN];
    bool good = mschapv2_master_key(nt_hash, exchange->nt_response, master) &&
                mschapv2_client_keys(master, hlak, hlak + MSCHAPV2_KEY_LEN);

    wipe(master, sizeof master);
    return good;
}

static bool
credential_nt_hash(const struct credential *credential,
                   uint8_t nt_hash[static MSCHAPV2_NT_HASH_LEN])
{
    if (credential->kind == CREDENTIAL_PASSWORD)
        return mschapv2_nt_hash(buf_init(credential->secret, credential->secret_len), nt_hash);
    memcpy(nt_hash, credential->secret, MSCHAPV2_NT_HASH_LEN);
    return true;
}

static void
take_password(struct work *work, const struct credential *credential)
{
    const struct chap_exchange *exchange = &session_auth(work->session)->exchange;
    const bool is_hash = credential->kind == CREDENTIAL_NT_HASH;
    uint8_t nt_hash[MSCHAPV2_NT_HASH_LEN], challenge_hash[MSCHAPV2_CHALLENGE_HASH_LEN];
    uint8_t hlak[BINDING_HLAK_LEN];

    if (!credential_nt_hash(credential, nt_hash) || !mschapv2_hlak(exchange, nt_hash, hlak))
        return;
    if (chap_exchange_fits(exchange, nt_hash, challenge_hash)) {
        work->check->response = CHECK_MATCHES;
        check_proof(exchange, challenge_hash, nt_hash, work->check);
        add_right(work, is_hash ? HLAK_NT_HASH : HLAK_PASSWORD, hlak);
    } else {
        if (work->check->response != CHECK_MATCHES)
            work->check->response = CHECK_DIFFERS;
        if (work->num_others < GUESS_HLAKS_MAX)
            memcpy(work->others[work->num_others++], hlak, sizeof hlak);
    }
    wipe(nt_hash, sizeof nt_hash);
    wipe(hlak, sizeof hlak);
}

/* Whom credentials are looked up for: who answered the challenge, else who was named before. */
static char *
user_of(const struct session *session)
{
    const struct chap_exchange *exchange = &session_auth(session)->exchange;

    return exchange->has_response && exchange->user_len ? text_clean(chap_exchange_user(exchange))
                                                        : g_strdup(session_auth(session)->user);
}

/* Half of the keys of RFC 3079 4 are as long as those of MS-CHAPv2; programs that take them whole
 * have the first one alone. */
static void
take_eap_tls(struct work *work)
{
    uint8_t msk[EAP_TLS_MSK_LEN], hlak[BINDING_HLAK_LEN];

    work->check->missing =
        eap_tls_msk(&session_auth(work->session)->eap_tls, work->config->find_secret,
                    work->config->find_secret_data, msk);
    if (!work->check->missing) {
        add_right(work, HLAK_EAP_TLS, msk);
        memcpy(hlak, msk, MSCHAPV2_KEY_LEN);
        memcpy(hlak + MSCHAPV2_KEY_LEN, msk + BINDING_HLAK_LEN, MSCHAPV2_KEY_LEN);
        add_right(work, HLAK_EAP_TLS, hlak);
    }
    wipe(msk, sizeof msk);
    wipe(hlak, sizeof hlak);
}

/* Returns how many passwords and NT hashes there are that nothing could be made of. */
static unsigned
take_credentials(struct work *work)
{
    const struct session *session = work->session;
    const bool usable = method_is_mschapv2(session) && mschapv2_is_available() &&
                        session_auth(session)->authenticator == SIDE_SERVER &&
                        chap_exchange_is_whole(&session_auth(session)->exchange);
    const struct credential *credential;
    unsigned position = 0, unused = 0;
    char *user = user_of(session);

    while ((credential = credentials_next(work->config->credentials, user, &position)))
        if (credential->kind == CREDENTIAL_HLAK)
            add_right(work, HLAK_GIVEN, credential->secret);
        else if (usable)
            take_password(work, credential);
        else
            unused++;
    g_free(user);
    return unused;
}

/* --- the MAC --------------------------------------------------------------------------------- */

static const char *
missing_of_mschapv2(const struct session *session, const struct binding_check *check,
                    unsigned unused)
{
    if (session_auth(session)->authenticator != SIDE_SERVER)
        return "the client authenticated the server, for which MS-SSTP has no keys";
    if (!chap_exchange_is_whole(&session_auth(session)->exchange))
        return "the capture lacks the Challenge or the Response of MS-CHAPv2";
    if (unused)
        return "not verifiable in FIPS mode, which forbids the MD4 and DES of MS-CHAPv2";
    if (check->response == CHECK_DIFFERS)
        return "the given password is not the one that the client used";
    return "no password, NT hash or HLAK is given for this user";
}

/* Why no right HLAK is known. */
static const char *
missing_of(const struct session *session, const struct binding_check *check, unsigned unused)
{
    switch (session_auth(session)->method) {
    case AUTH_MSCHAPV2:
    case AUTH_EAP_MSCHAPV2:
        return missing_of_mschapv2(session, check, unused);
    case AUTH_EAP_TLS:
        return check->missing;
    case AUTH_PEAP:
        return "PEAP makes its keys inside its own TLS; an HLAK can be given";
    case AUTH_MSCHAP:
        return "MS-SSTP has no keys of MS-CHAP version 1; an HLAK can be given";
    default:
        return "which keys the authentication gave is not known; an HLAK can be given";
    }
}

/* Does the MAC verify with one of the right keys? Else the first of them says what is expected. */
static bool
mac_verifies(struct work *work)
{
    struct binding_check *check = work->check;
    uint8_t expected[SSTP_HASH_MAX_LEN];
    size_t len;

    for (unsigned i = 0; i < work->num_right; i++) {
        bool good = binding_mac_verifies(work->session, work->right[i].hlak, BINDING_HLAK_LEN,
                                         expected, &len);
        if (i > 0 && !good)
            continue;
        check->hlak = work->right[i].source;
        memcpy(check->expected_mac, expected, len);
        if (good)
            return true;
    }
    return false;
}

static void
check_mac(struct work *work)
{
    static const uint8_t zero[BINDING_HLAK_LEN];
    struct binding_check *check = work->check;
    const struct sstp_facts *sstp = session_sstp(work->session);

    check->mac = CHECK_UNKNOWN;
    if (!sstp->has_message || sstp->binding.hash_len == 0) {
        check->missing = sstp->has_message ? "Call Connected names no single hash protocol"
                                           : "Call Connected is not 112 bytes long";
        return;
    }
    if (method_has_no_keys(work->session))
        add_right(work, HLAK_ZERO, zero);
    if (session_auth(work->session)->method == AUTH_EAP_TLS)
        take_eap_tls(work);
    unsigned unused = take_credentials(work);
    if (mac_verifies(work)) {
        check->mac = CHECK_MATCHES;
        check->missing = NULL;
        return;
    }
    const struct guess_input input = {
        .session = work->session,
        .config = work->config,
        .sessions = work->sessions,
        .hlak = work->num_right ? work->right[0].hlak : NULL,
        .others = (const uint8_t(*)[BINDING_HLAK_LEN])work->others,
        .num_others = work->num_others,
    };
    bool guessed = binding_guess(&input, &check->guess);
    if (!guessed)
        check->guess = (struct binding_guess){ .key = KEY_RIGHT };
    if (work->num_right || guessed)
        check->mac = CHECK_DIFFERS;
    else
        check->missing = missing_of(work->session, check, unused);
    if (check->mac == CHECK_DIFFERS)
        check->missing = NULL;
    /* Keys of zeros are right where there are none. */
    if (check->mac == CHECK_DIFFERS && check->guess.key == KEY_ZERO &&
        check->guess.form == FORM_RIGHT && method_may_have_no_keys(work->session)) {
        check->mac = CHECK_MATCHES;
        check->hlak = HLAK_ZERO;
    }
}

unsigned
binding_check_known(const struct session *session)
{
    const struct chap_exchange *exchange = &session_auth(session)->exchange;

    return (unsigned)chap_exchange_is_whole(exchange) + mark_is_set(exchange->success) +
           mark_is_set(session_auth(session)->success) +
           mark_is_set(session_sstp(session)->call_connected);
}

void
binding_check_run(struct session *session, const struct config *config, const GPtrArray *sessions)
{
    const struct chap_exchange *exchange = &session_auth(session)->exchange;
    struct binding_check check = { .done = true, .known = binding_check_known(session) };
    struct work work = { session, config, sessions, &check, .num_right = 0 };

    /* What anybody can see of a Success: it has no proof at all. */
    if (method_is_mschapv2(session) && mark_is_set(exchange->success))
        check.proof = exchange->has_proof ? CHECK_UNKNOWN : CHECK_DIFFERS;
    if (mark_is_set(session_sstp(session)->call_connected) && session_sstp(session)->has_binding) {
        check_nonce(session_sstp(session), &check);
        check_protocol(session_sstp(session), &check);
        check_cert(session, config, &check);
        check.padded = is_padded(session_sstp(session));
        check_mac(&work);
    } else {
        take_credentials(&work);
    }
    session_set_check(session, &check);
    wipe(work.right, sizeof work.right);
    wipe(work.others, sizeof work.others);
}

/* --- the table ------------------------------------------------------------------------------- */

const char *
hlak_source_text(enum hlak_source source)
{
    static const char *const texts[] = {
        [HLAK_NONE] = "nothing",
        [HLAK_ZERO] = "an all-zero HLAK, as the method gives no keys",
        [HLAK_PASSWORD] = "the given password",
        [HLAK_NT_HASH] = "the given NT hash",
        [HLAK_GIVEN] = "the given HLAK",
        [HLAK_EAP_TLS] = "the secrets of the handshake inside EAP-TLS",
    };

    return texts[source];
}

const char *
cert_source_text(enum cert_source source)
{
    static const char *const texts[] = {
        [CERT_NONE] = "no certificate is known",
        [CERT_WIRE] = "this connection's certificate",
        [CERT_DECRYPTED] = "this connection's certificate, decrypted",
        [CERT_EARLIER] = "the certificate of an earlier connection to this server",
        [CERT_CONFIGURED] = "a configured certificate",
    };

    return texts[source];
}

static const char *
result_text(enum check check)
{
    static const char *const texts[] = {
        [CHECK_NONE] = "none",
        [CHECK_UNKNOWN] = BINDING_NOT_VERIFIED,
        [CHECK_DIFFERS] = BINDING_DIFFERS,
        [CHECK_MATCHES] = BINDING_OK,
    };

    return texts[check];
}

const char *
binding_item_id(enum binding_item item)
{
#define BINDING_ITEM(ID, id, name) [BINDING_ITEM_##ID] = #id,
    static const char *const ids[] = { BINDING_ITEMS(BINDING_ITEM) };
#undef BINDING_ITEM

    return ids[item];
}

const char *
binding_item_name(enum binding_item item)
{
#define BINDING_ITEM(ID, id, name) [BINDING_ITEM_##ID] = (name),
    static const char *const names[] = { BINDING_ITEMS(BINDING_ITEM) };
#undef BINDING_ITEM

    return names[item];
}

static void
row_free(gpointer data)
{
    struct binding_row *row = data;

    g_free(row->received);
    g_free(row->expected);
    g_free(row->with);
    g_free(row);
}

/* Takes the texts. */
static void
add_row(GPtrArray *rows, enum binding_item item, char *received, char *expected, enum check result,
        char *with)
{
    const struct binding_row row = { item, received, expected, result_text(result), with };

    g_ptr_array_add(rows, g_memdup2(&row, sizeof row));
}

static char *
bitmask_text(uint8_t bitmask)
{
    bool sha1 = bitmask & SSTP_HASH_SHA1, sha256 = bitmask & SSTP_HASH_SHA256;

    return sha1 && sha256 ? g_strdup("SHA-1, SHA-256")
           : sha1         ? g_strdup("SHA-1")
           : sha256       ? g_strdup("SHA-256")
                          : g_strdup_printf("0x%02x", bitmask);
}

static void
add_mac_row(GPtrArray *rows, const struct session *session)
{
    const struct binding_check *check = session_check(session);
    const struct sstp_binding *binding = &session_sstp(session)->binding;
    const bool expects = check->hlak != HLAK_NONE && check->mac != CHECK_UNKNOWN;
    char *guess = binding_guess_text(&check->guess), *with;

    if (check->mac == CHECK_UNKNOWN)
        with = g_strdup(check->missing);
    else if (check->mac == CHECK_MATCHES)
        with = g_strdup(hlak_source_text(check->hlak));
    else
        with = g_strdup(guess ? guess : "no mistake that is known");
    add_row(rows, BINDING_ITEM_MAC, text_hex(binding->mac, binding->hash_len),
            expects ? text_hex(check->expected_mac, binding->hash_len) : NULL, check->mac, with);
    g_free(guess);
}

static void
add_binding_rows(GPtrArray *rows, const struct session *session)
{
    const struct binding_check *check = session_check(session);
    const struct sstp_facts *sstp = session_sstp(session);
    const struct sstp_binding *binding = &sstp->binding;
    const bool ack = mark_is_set(sstp->call_ack);

    add_row(rows, BINDING_ITEM_NONCE, text_hex(binding->nonce, SSTP_NONCE_LEN),
            ack ? text_hex(sstp->binding_request.nonce, SSTP_NONCE_LEN) : NULL, check->nonce,
            g_strdup(ack ? "Call Connect Ack" : "the capture lacks Call Connect Ack"));
    add_row(rows, BINDING_ITEM_HASH_PROTOCOL, bitmask_text(binding->bitmask),
            ack ? bitmask_text(sstp->binding_request.bitmask) : NULL, check->protocol,
            g_strdup(ack ? "Call Connect Ack" : "the capture lacks Call Connect Ack"));
    add_row(rows, BINDING_ITEM_CERTIFICATE, text_hex(binding->cert_hash, binding->hash_len),
            check->cert == CHECK_UNKNOWN ? NULL : text_hex(check->expected_cert, binding->hash_len),
            check->cert, g_strdup(cert_source_text(check->cert_source)));
    if (check->padded)
        add_row(rows, BINDING_ITEM_PADDING, NULL, NULL, CHECK_DIFFERS,
                g_strdup("what stands behind a SHA-1 hash must be zero"));
    add_mac_row(rows, session);
}

static void
add_exchange_rows(GPtrArray *rows, const struct session *session)
{
    const struct binding_check *check = session_check(session);
    const struct chap_exchange *exchange = &session_auth(session)->exchange;

    if (check->response != CHECK_NONE)
        add_row(rows, BINDING_ITEM_NT_RESPONSE,
                text_hex(exchange->nt_response, MSCHAPV2_NT_RESPONSE_LEN), NULL, check->response,
                g_strdup("the given password or NT hash"));
    if (check->proof != CHECK_NONE)
        add_row(rows, BINDING_ITEM_SERVER_PROOF,
                exchange->has_proof ? text_hex(exchange->proof, MSCHAPV2_PROOF_LEN) : NULL,
                check->response == CHECK_MATCHES
                    ? text_hex(check->expected_proof, MSCHAPV2_PROOF_LEN)
                    : NULL,
                check->proof,
                g_strdup(check->response == CHECK_MATCHES ? "the client's password"
                         : exchange->has_proof            ? "no password is known"
                                                          : "Success has no S="));
}

GPtrArray *
binding_rows(const struct session *session)
{
    GPtrArray *rows;

    if (!session_check(session)->done)
        return NULL;
    rows = g_ptr_array_new_with_free_func(row_free);
    if (mark_is_set(session_sstp(session)->call_connected) && session_sstp(session)->has_binding)
        add_binding_rows(rows, session);
    add_exchange_rows(rows, session);
    if (rows->len > 0)
        return rows;
    g_ptr_array_unref(rows);
    return NULL;
}

uint32_t
binding_item_frame(const struct session *session, enum binding_item item)
{
    switch (item) {
    case BINDING_ITEM_NT_RESPONSE:
        return session_auth(session)->response.frame;
    case BINDING_ITEM_SERVER_PROOF:
        return session_auth(session)->exchange.success.frame;
    default:
        return session_sstp(session)->call_connected.frame;
    }
}
