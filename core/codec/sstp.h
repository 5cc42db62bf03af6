/* sstp.h - SSTP packets, messages and attributes: decode and encode (MS-SSTP 2.2)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CODEC_SSTP_H
#define SSTPDIAG_CORE_CODEC_SSTP_H

#include <glib.h>

#include "base/buf.h"
#include "base/numbers.h"

enum {
    SSTP_VERSION = 0x10, /* MS-SSTP 2.2.1 */
    SSTP_HEADER_LEN = 4,
    SSTP_CONTROL_MIN_LEN = 8, /* header, message type, number of attributes */
    SSTP_ATTRIBUTE_HEADER_LEN = 4,
    SSTP_PACKET_MAX_LEN = 4095, /* the length field has 12 bits */
    SSTP_NONCE_LEN = 32,
    SSTP_HASH_MAX_LEN = 32,
    SSTP_ATTRIBUTES_MAX = 4, /* more than any legal message carries; the rest is counted only */
    SSTP_STATUS_VALUE_MAX_LEN = 64,
    SSTP_HASH_SHA1 = 0x01,
    SSTP_HASH_SHA256 = 0x02,
    SSTP_ENCAPSULATED_PPP = 0x0001, /* 2.2.5: the one encapsulated protocol */
};

/* The four bytes in front of every packet. length is masked to 12 bits; length_raw is the field as
 * sent. */
struct sstp_header {
    uint8_t version;
    bool control;
    uint8_t reserved;    /* the 7 bits beside C */
    uint16_t length;     /* whole packet, header included */
    uint16_t length_raw; /* 16 bits with the reserved nibble */
};

enum sstp_result {
    SSTP_OK,
    SSTP_NEED_MORE, /* shorter than the length says: not an error in a stream */
    SSTP_BAD_VERSION,
    SSTP_BAD_LENGTH,   /* below 4, or below 8 in a control packet */
    SSTP_BAD_ATTRIBUTE /* an attribute length below 4 or past the message */
};

/* What a decoder saw that MS-SSTP forbids, though the packet could be read. */
enum sstp_flaw {
    SSTP_FLAW_RESERVED_BITS = 1 << 0,   /* reserved bits set (must be ignored on receipt) */
    SSTP_FLAW_ATTRIBUTE_COUNT = 1 << 1, /* count differs from the attributes present */
    SSTP_FLAW_ATTRIBUTE_LENGTH =
        1 << 2, /* a known attribute, but not of its length in 2.2.4..2.2.8 */
    SSTP_FLAW_ATTRIBUTE_UNKNOWN = 1 << 3,
    SSTP_FLAW_ATTRIBUTE_DUPLICATE = 1 << 4,
    SSTP_FLAW_ATTRIBUTE_MISSING = 1 << 5, /* the message's mandatory attribute */
    SSTP_FLAW_ATTRIBUTE_ILLEGAL = 1 << 6, /* attribute not allowed in this message */
    SSTP_FLAW_MESSAGE_UNKNOWN = 1 << 7,
    SSTP_FLAW_MESSAGE_LENGTH = 1 << 8,         /* bytes left over behind the last attribute */
    SSTP_FLAW_PADDING = 1 << 9,                /* SHA-1 binding whose padding is not zero */
    SSTP_FLAW_HASH_BITMASK = 1 << 10,          /* no known hash, or two in a binding */
    SSTP_FLAW_ENCAPSULATED_PROTOCOL = 1 << 11, /* not PPP */
    SSTP_FLAW_OVERSIZE = 1 << 12 /* sender wrote a length above 4095 into the reserved bits */
};

/* Status Info (2.2.7). value points into the decoded bytes. */
struct sstp_status_info {
    uint8_t attribute; /* enum sstp_attribute, 0 = none */
    uint32_t status;   /* enum sstp_status */
    const uint8_t *value;
    size_t value_len;
};

/* Crypto Binding (2.2.6) and Crypto Binding Request (2.2.5: only bitmask and nonce). */
struct sstp_binding {
    uint8_t bitmask;
    uint8_t nonce[SSTP_NONCE_LEN];
    uint8_t cert_hash[SSTP_HASH_MAX_LEN];
    uint8_t mac[SSTP_HASH_MAX_LEN];
    uint8_t hash_len; /* 20, 32, or 0 when the bitmask names no single hash */
};

/* A control message. Fields without their has_ flag are zero. Holds no memory; status.value points
 * into the bytes given to sstp_decode_control(). */
struct sstp_message {
    uint16_t type; /* enum sstp_message_type */
    uint16_t length;
    uint16_t num_attributes; /* as the message says */
    uint16_t num_seen;       /* as found */
    uint8_t attribute_ids[SSTP_ATTRIBUTES_MAX];
    uint32_t flaws; /* enum sstp_flaw */
    bool has_protocol, has_status, has_binding_request, has_binding;
    uint16_t protocol;
    struct sstp_status_info status; /* the first one */
    struct sstp_binding binding_request;
    struct sstp_binding binding;
};

/* Reads the 4-byte header. SSTP_OK when it is plausible and the whole packet is there,
 * SSTP_NEED_MORE when bytes are missing (*header is filled when 4 bytes were there). */
enum sstp_result sstp_decode_header(const uint8_t *data, size_t len, struct sstp_header *header);

/* Decodes one whole control packet of exactly len bytes; the caller has looked at its C bit.
 * SSTP_OK, possibly with message->flaws; on another result *message holds what was read before the
 * fault. */
enum sstp_result sstp_decode_control(const uint8_t *data, size_t len, struct sstp_message *message);

/* Appends the encoded message to out. Length and attribute count are computed; from message are
 * taken type, the has_ flags and what they announce. SHA-1 bindings are zero padded to 104 bytes.
 * False, with out unchanged, when the result would exceed SSTP_PACKET_MAX_LEN. */
bool sstp_encode_control(const struct sstp_message *message, GByteArray *out);

/* Appends a data packet around a PPP frame. False when it would exceed SSTP_PACKET_MAX_LEN. */
bool sstp_encode_data(const uint8_t *ppp, size_t len, GByteArray *out);

/* 20, 32 or 0: length of the hash that a binding's bitmask names. */
size_t sstp_hash_len(uint8_t bitmask);

#endif
