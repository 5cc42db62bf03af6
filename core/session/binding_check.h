/* binding_check.h - a session's crypto binding, compared with all that is known: what was received,
 * what was expected, and what the Compound MAC verifies with (MS-SSTP 3.3.5.2.3)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_BINDING_CHECK_H
#define SSTPDIAG_CORE_SESSION_BINDING_CHECK_H

#include <glib.h>

#include "session/binding_facts.h"
#include "codec/sstp.h"

struct config;
struct session;

/* How much of what counts has been said: an answered Challenge, a Success, Call Connected. */
unsigned binding_check_known(const struct session *session);
/* Compares all that session has said so far. sessions: of the capture (struct session), for nonces
 * and certificates of others. */
void binding_check_run(struct session *session, const struct config *config,
                       const GPtrArray *sessions);

/* Is the hash in Call Connected one that the user set? */
bool binding_hash_is_configured(const struct sstp_binding *binding, const struct config *config);
/* "the given password", "the NT hash that was given", ... */
const char *hlak_source_text(enum hlak_source source);
/* "certificate of this connection", ... */
const char *cert_source_text(enum cert_source source);

/* What is compared: ITEM(ID, id, name); the ids are those of JSON and of display filters. */
#define BINDING_ITEMS(ITEM)                                                                        \
    ITEM(NONCE, nonce, "Nonce")                                                                    \
    ITEM(HASH_PROTOCOL, hash_protocol, "Hash protocol")                                            \
    ITEM(CERTIFICATE, certificate, "Certificate hash")                                             \
    ITEM(PADDING, padding, "Padding")                                                              \
    ITEM(MAC, mac, "Compound MAC")                                                                 \
    ITEM(NT_RESPONSE, nt_response, "NT-Response")                                                  \
    ITEM(SERVER_PROOF, server_proof, "Server's proof")

#define BINDING_ITEM(ID, id, name) BINDING_ITEM_##ID,
enum binding_item { BINDING_ITEMS(BINDING_ITEM) BINDING_ITEM_COUNT };
#undef BINDING_ITEM

const char *binding_item_id(enum binding_item item);
const char *binding_item_name(enum binding_item item);

/* What came of a comparison. */
#define BINDING_OK           "ok"
#define BINDING_DIFFERS      "differs"
#define BINDING_NOT_VERIFIED "not verified"

/* A line of the table that reports and trees show. */
struct binding_row {
    enum binding_item item;
    char *received, *expected; /* hexadecimal or words; NULL: none */
    const char *result;        /* one of BINDING_OK, _DIFFERS, _NOT_VERIFIED */
    char *with;                /* what it was verified with, or why it could not be */
};

/* struct binding_row, freed with the array, which is the caller's. NULL: there is nothing to show.
 */
GPtrArray *binding_rows(const struct session *session);
/* The frame in which item was received. */
uint32_t binding_item_frame(const struct session *session, enum binding_item item);

#endif
