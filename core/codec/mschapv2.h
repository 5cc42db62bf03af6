/* mschapv2.h - MS-CHAPv2 and its keys (RFC 2759 section 8, RFC 3079 section 3)
 *
 * Nothing here keeps a secret: whoever calls wipes what it gave and what it got.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CODEC_MSCHAPV2_H
#define SSTPDIAG_CORE_CODEC_MSCHAPV2_H

#include "base/buf.h"

enum {
    MSCHAPV2_CHALLENGE_LEN = 16,
    MSCHAPV2_CHALLENGE_HASH_LEN = 8,
    MSCHAPV2_NT_HASH_LEN = 16,
    MSCHAPV2_NT_RESPONSE_LEN = 24,
    MSCHAPV2_PROOF_LEN = 20, /* what stands in hexadecimal behind "S=" */
    MSCHAPV2_KEY_LEN = 16,
};

/* MD4 and DES are there. FIPS mode forbids both, and with them all that is below. */
bool mschapv2_is_available(void);

/* MD4 of the password in UTF-16LE; password: UTF-8, without a NUL. False when it is not UTF-8. */
bool mschapv2_nt_hash(struct buf password, uint8_t nt_hash[static MSCHAPV2_NT_HASH_LEN]);
/* RFC 2759 8.2. user: as both sides hash it, usually without a domain. */
bool mschapv2_challenge_hash(const uint8_t peer_challenge[static MSCHAPV2_CHALLENGE_LEN],
                             const uint8_t challenge[static MSCHAPV2_CHALLENGE_LEN],
                             struct buf user, uint8_t out[static MSCHAPV2_CHALLENGE_HASH_LEN]);
/* RFC 2759 8.5 */
bool mschapv2_nt_response(const uint8_t challenge_hash[static MSCHAPV2_CHALLENGE_HASH_LEN],
                          const uint8_t nt_hash[static MSCHAPV2_NT_HASH_LEN],
                          uint8_t nt_response[static MSCHAPV2_NT_RESPONSE_LEN]);
/* RFC 2759 8.7: what the server proves that it knows the password with. */
bool mschapv2_proof(const uint8_t challenge_hash[static MSCHAPV2_CHALLENGE_HASH_LEN],
                    const uint8_t nt_hash[static MSCHAPV2_NT_HASH_LEN],
                    const uint8_t nt_response[static MSCHAPV2_NT_RESPONSE_LEN],
                    uint8_t proof[static MSCHAPV2_PROOF_LEN]);
/* GetMasterKey of RFC 3079 3.4 */
bool mschapv2_master_key(const uint8_t nt_hash[static MSCHAPV2_NT_HASH_LEN],
                         const uint8_t nt_response[static MSCHAPV2_NT_RESPONSE_LEN],
                         uint8_t master[static MSCHAPV2_KEY_LEN]);
/* GetAsymmetricStartKey of RFC 3079 3.4, for 128 bits: with what the client sends and receives. The
 * server has them the other way round. */
bool mschapv2_client_keys(const uint8_t master[static MSCHAPV2_KEY_LEN],
                          uint8_t send[static MSCHAPV2_KEY_LEN],
                          uint8_t receive[static MSCHAPV2_KEY_LEN]);

/* "S=" and 40 hexadecimal digits at the beginning of a Success message. False when it has none. */
bool mschapv2_decode_proof(struct buf message, uint8_t proof[static MSCHAPV2_PROOF_LEN]);

#endif
