/* sstp.c - SSTP packets, messages and attributes: decode and encode (MS-SSTP 2.2)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "codec/sstp.h"

enum {
    CONTROL_BIT = 0x01,
    LENGTH_MASK = 0x0fff, /* the upper four bits are reserved, in packets and in attributes */
};

/* One attribute (2.2.4..2.2.7). Lengths count the 4-byte attribute header. */
struct attribute_spec {
    uint16_t min_len, max_len;
    size_t has_offset; /* of its has_ flag in struct sstp_message */
    /* Reads the value; false when too little is there to be of use. */
    bool (*decode)(struct buf value, struct sstp_message *message);
    void (*encode)(const struct sstp_message *message, GByteArray *out);
};

/* One message (2.2.9..2.2.17). Attributes not named are illegal in it. */
struct message_spec {
    uint8_t mandatory, optional; /* enum sstp_attribute, 0 = none */
    bool repeats;                /* the attribute may stand several times, and carry a value */
};

/* Reads what is left up to len bytes; gives how many they were. */
static size_t
copy_some(struct buf *b, uint8_t *dst, size_t len)
{
    size_t n = MIN(len, buf_left(b));

    buf_copy(b, dst, n);
    return n;
}

static void
append_u16(GByteArray *out, uint16_t v)
{
    const uint8_t bytes[] = { (uint8_t)(v >> 8), (uint8_t)v };

    g_byte_array_append(out, bytes, sizeof bytes);
}

static void
append_u32(GByteArray *out, uint32_t v)
{
    append_u16(out, (uint16_t)(v >> 16));
    append_u16(out, (uint16_t)v);
}

static bool
decode_protocol_id(struct buf value, struct sstp_message *message)
{
    if (!buf_u16(&value, &message->protocol))
        return false;
    if (message->protocol != SSTP_ENCAPSULATED_PPP)
        message->flaws |= SSTP_FLAW_ENCAPSULATED_PROTOCOL;
    return true;
}

static void
encode_protocol_id(const struct sstp_message *message, GByteArray *out)
{
    append_u16(out, message->protocol);
}

static bool
decode_status_info(struct buf value, struct sstp_message *message)
{
    struct sstp_status_info *status = &message->status;
    uint32_t word;

    /* sstp-server sends the status alone, without the attribute in front (length 8). */
    if (buf_left(&value) == 4)
        return buf_u32(&value, &status->status);
    if (buf_left(&value) < 8)
        return false;
    buf_u32(&value, &word);
    buf_u32(&value, &status->status);
    if (word > 0xff)
        message->flaws |= SSTP_FLAW_RESERVED_BITS;
    status->attribute = (uint8_t)word;
    status->value_len = buf_left(&value);
    status->value = status->value_len > 0 ? value.p : NULL;
    return true;
}

static void
encode_status_info(const struct sstp_message *message, GByteArray *out)
{
    const struct sstp_status_info *status = &message->status;

    append_u32(out, status->attribute);
    append_u32(out, status->status);
    if (status->value_len > 0)
        g_byte_array_append(out, status->value, (guint)status->value_len);
}

/* What both binding attributes begin with: Reserved1(3), HashProtocolBitmask(1), Nonce(32). */
static bool
decode_nonce(struct buf *value, struct sstp_binding *binding, uint32_t *flaws)
{
    uint32_t word;

    if (buf_left(value) < 4 + SSTP_NONCE_LEN)
        return false;
    buf_u32(value, &word);
    buf_copy(value, binding->nonce, SSTP_NONCE_LEN);
    if (word > 0xff)
        *flaws |= SSTP_FLAW_RESERVED_BITS;
    binding->bitmask = (uint8_t)word;
    binding->hash_len = (uint8_t)sstp_hash_len(binding->bitmask);
    return true;
}

static void
encode_nonce(const struct sstp_binding *binding, GByteArray *out)
{
    append_u32(out, binding->bitmask);
    g_byte_array_append(out, binding->nonce, SSTP_NONCE_LEN);
}

/* A hash fills 32 bytes; SHA-1 leaves the last 12 as padding, which must be zero (2.2.6). */
static void
decode_hash(struct buf *value, uint8_t hash[static SSTP_HASH_MAX_LEN], size_t hash_len,
            uint32_t *flaws)
{
    static const uint8_t zero[SSTP_HASH_MAX_LEN];
    size_t n = copy_some(value, hash, SSTP_HASH_MAX_LEN);

    if (hash_len == 0 || n <= hash_len)
        return;
    if (memcmp(hash + hash_len, zero, SSTP_HASH_MAX_LEN - hash_len) != 0) {
        *flaws |= SSTP_FLAW_PADDING;
        memset(hash + hash_len, 0, SSTP_HASH_MAX_LEN - hash_len);
    }
}

static bool
decode_binding(struct buf value, struct sstp_message *message)
{
    struct sstp_binding *binding = &message->binding;

    if (!decode_nonce(&value, binding, &message->flaws))
        return false;
    if (binding->hash_len == 0)
        message->flaws |= SSTP_FLAW_HASH_BITMASK;
    decode_hash(&value, binding->cert_hash, binding->hash_len, &message->flaws);
    decode_hash(&value, binding->mac, binding->hash_len, &message->flaws);
    return true;
}

static void
encode_binding(const struct sstp_message *message, GByteArray *out)
{
    const struct sstp_binding *binding = &message->binding;
    size_t hash_len = sstp_hash_len(binding->bitmask);
    uint8_t hashes[2][SSTP_HASH_MAX_LEN] = { { 0 }, { 0 } };

    if (hash_len == 0)
        hash_len = SSTP_HASH_MAX_LEN;
    memcpy(hashes[0], binding->cert_hash, hash_len);
    memcpy(hashes[1], binding->mac, hash_len);
    encode_nonce(binding, out);
    g_byte_array_append(out, hashes[0], sizeof hashes);
}

static bool
decode_binding_request(struct buf value, struct sstp_message *message)
{
    const unsigned known = SSTP_HASH_SHA1 | SSTP_HASH_SHA256;
    struct sstp_binding *request = &message->binding_request;

    if (!decode_nonce(&value, request, &message->flaws))
        return false;
    if (request->bitmask == 0 || (request->bitmask & ~known) != 0)
        message->flaws |= SSTP_FLAW_HASH_BITMASK;
    return true;
}

static void
encode_binding_request(const struct sstp_message *message, GByteArray *out)
{
    encode_nonce(&message->binding_request, out);
}

/* MS-SSTP 2.2.4..2.2.7. SSTP_ATTR_NO_ERROR stands only inside Status Info. */
static const struct attribute_spec attributes[] = {
    [SSTP_ATTR_ENCAPSULATED_PROTOCOL_ID] = {
        .min_len = 6, .max_len = 6,
        .has_offset = offsetof(struct sstp_message, has_protocol),
        .decode = decode_protocol_id, .encode = encode_protocol_id,
    },
    [SSTP_ATTR_STATUS_INFO] = {
        .min_len = 12, .max_len = 12 + SSTP_STATUS_VALUE_MAX_LEN,
        .has_offset = offsetof(struct sstp_message, has_status),
        .decode = decode_status_info, .encode = encode_status_info,
    },
    [SSTP_ATTR_CRYPTO_BINDING] = {
        .min_len = 104, .max_len = 104,
        .has_offset = offsetof(struct sstp_message, has_binding),
        .decode = decode_binding, .encode = encode_binding,
    },
    [SSTP_ATTR_CRYPTO_BINDING_REQUEST] = {
        .min_len = 40, .max_len = 40,
        .has_offset = offsetof(struct sstp_message, has_binding_request),
        .decode = decode_binding_request, .encode = encode_binding_request,
    },
};

/* MS-SSTP 2.2.9..2.2.17 */
static const struct message_spec messages[] = {
    [SSTP_CALL_CONNECT_REQUEST] = { .mandatory = SSTP_ATTR_ENCAPSULATED_PROTOCOL_ID },
    [SSTP_CALL_CONNECT_ACK] = { .mandatory = SSTP_ATTR_CRYPTO_BINDING_REQUEST },
    [SSTP_CALL_CONNECT_NAK] = { .mandatory = SSTP_ATTR_STATUS_INFO, .repeats = true },
    [SSTP_CALL_CONNECTED] = { .mandatory = SSTP_ATTR_CRYPTO_BINDING },
    [SSTP_CALL_ABORT] = { .optional = SSTP_ATTR_STATUS_INFO },
    [SSTP_CALL_DISCONNECT] = { .optional = SSTP_ATTR_STATUS_INFO },
    [SSTP_CALL_DISCONNECT_ACK] = { .repeats = false },
    [SSTP_ECHO_REQUEST] = { .repeats = false },
    [SSTP_ECHO_RESPONSE] = { .repeats = false },
};

static const struct attribute_spec *
attribute_spec(uint8_t id)
{
    return id < G_N_ELEMENTS(attributes) && attributes[id].decode != NULL ? &attributes[id] : NULL;
}

/* NULL for a type that MS-SSTP does not have; zero is none. */
static const struct message_spec *
message_spec(uint16_t type)
{
    return type >= SSTP_CALL_CONNECT_REQUEST && type < G_N_ELEMENTS(messages) ? &messages[type]
                                                                              : NULL;
}

enum sstp_result
sstp_decode_header(const uint8_t *data, size_t len, struct sstp_header *header)
{
    struct buf b = buf_init(data, len);
    uint8_t version, flags;
    uint16_t length;

    if (buf_left(&b) < SSTP_HEADER_LEN)
        return SSTP_NEED_MORE;
    buf_u8(&b, &version);
    buf_u8(&b, &flags);
    buf_u16(&b, &length);
    header->version = version;
    header->control = (flags & CONTROL_BIT) != 0;
    header->reserved = (uint8_t)(flags & ~CONTROL_BIT);
    header->length = length & LENGTH_MASK;
    header->length_raw = length;
    if (version != SSTP_VERSION)
        return SSTP_BAD_VERSION;
    if (header->length < (header->control ? SSTP_CONTROL_MIN_LEN : SSTP_HEADER_LEN))
        return SSTP_BAD_LENGTH;
    return len < header->length ? SSTP_NEED_MORE : SSTP_OK;
}

/* Flaws of one attribute, by the tables alone. seen has a bit for each known id met before. */
static uint32_t
attribute_flaws(uint16_t type, uint8_t id, size_t length, uint32_t seen)
{
    const struct attribute_spec *spec = attribute_spec(id);
    const struct message_spec *message = message_spec(type);
    size_t max_len;
    uint32_t flaws = 0;

    if (spec == NULL)
        return SSTP_FLAW_ATTRIBUTE_UNKNOWN;
    /* Only where Status Info may repeat, in a Nak, does it carry the rejected value. */
    max_len = message == NULL || message->repeats ? spec->max_len : spec->min_len;
    if (length < spec->min_len || length > max_len)
        flaws |= SSTP_FLAW_ATTRIBUTE_LENGTH;
    if (message == NULL)
        return flaws;
    if (id != message->mandatory && id != message->optional)
        flaws |= SSTP_FLAW_ATTRIBUTE_ILLEGAL;
    if ((seen & 1u << id) != 0 && !message->repeats)
        flaws |= SSTP_FLAW_ATTRIBUTE_DUPLICATE;
    return flaws;
}

/* Reads one attribute. False, with b and message as they were, when its length cannot be. */
static bool
decode_attribute(struct buf *b, struct sstp_message *message, uint32_t *seen)
{
    struct buf left = *b, value;
    const struct attribute_spec *spec;
    uint8_t reserved, id;
    uint16_t raw, length;

    if (!buf_u8(&left, &reserved) || !buf_u8(&left, &id) || !buf_u16(&left, &raw))
        return false;
    length = raw & LENGTH_MASK;
    if (length < SSTP_ATTRIBUTE_HEADER_LEN ||
        !buf_sub(&left, (size_t)length - SSTP_ATTRIBUTE_HEADER_LEN, &value))
        return false;
    *b = left;
    if (reserved != 0 || raw != length)
        message->flaws |= SSTP_FLAW_RESERVED_BITS;
    message->flaws |= attribute_flaws(message->type, id, length, *seen);
    if (message->num_seen < SSTP_ATTRIBUTES_MAX)
        message->attribute_ids[message->num_seen] = id;
    message->num_seen++;
    spec = attribute_spec(id);
    if (spec != NULL) {
        bool *has = (bool *)G_STRUCT_MEMBER_P(message, spec->has_offset);

        *seen |= 1u << id;
        *has = *has || spec->decode(value, message);
    }
    return true;
}

static enum sstp_result
decode_attributes(struct buf b, struct sstp_message *message)
{
    const struct message_spec *spec = message_spec(message->type);
    uint32_t seen = 0;

    while (buf_left(&b) > 0) {
        if (decode_attribute(&b, message, &seen))
            continue;
        if (message->num_seen < message->num_attributes)
            return SSTP_BAD_ATTRIBUTE;
        /* Bytes that nobody announced: accel-ppp's Nak has two behind its Status Info. */
        message->flaws |= SSTP_FLAW_MESSAGE_LENGTH;
        break;
    }
    if (message->num_seen != message->num_attributes)
        message->flaws |= SSTP_FLAW_ATTRIBUTE_COUNT;
    if (spec != NULL && spec->mandatory != 0 && (seen & 1u << spec->mandatory) == 0)
        message->flaws |= SSTP_FLAW_ATTRIBUTE_MISSING;
    return SSTP_OK;
}

enum sstp_result
sstp_decode_control(const uint8_t *data, size_t len, struct sstp_message *message)
{
    struct buf b = buf_init(data, len);
    struct sstp_header header = { 0 };
    enum sstp_result result;

    memset(message, 0, sizeof *message);
    result = sstp_decode_header(data, len, &header);
    if (len > SSTP_PACKET_MAX_LEN && header.version == SSTP_VERSION && len == header.length_raw) {
        message->flaws |= SSTP_FLAW_OVERSIZE;
        header.length = header.length_raw;
    } else if (result != SSTP_OK) {
        return result;
    } else if (len != header.length) {
        return SSTP_BAD_LENGTH;
    } else if (header.length != header.length_raw) {
        message->flaws |= SSTP_FLAW_RESERVED_BITS;
    }
    if (header.reserved != 0)
        message->flaws |= SSTP_FLAW_RESERVED_BITS;
    message->length = header.length;
    if (!buf_skip(&b, SSTP_HEADER_LEN) || !buf_u16(&b, &message->type) ||
        !buf_u16(&b, &message->num_attributes))
        return SSTP_BAD_LENGTH;
    if (message_spec(message->type) == NULL)
        message->flaws |= SSTP_FLAW_MESSAGE_UNKNOWN;
    return decode_attributes(b, message);
}

/* Writes a length that was not known before, where append_u16() left room for it. */
static void
patch_u16(GByteArray *out, guint at, size_t v)
{
    out->data[at] = (uint8_t)(v >> 8);
    out->data[at + 1] = (uint8_t)v;
}

bool
sstp_encode_control(const struct sstp_message *message, GByteArray *out)
{
    const guint start = out->len;
    const uint8_t head[] = { SSTP_VERSION, CONTROL_BIT, 0, 0 };
    uint16_t num = 0;

    if (message->has_status && message->status.value_len > SSTP_PACKET_MAX_LEN)
        return false;
    g_byte_array_append(out, head, sizeof head);
    append_u16(out, message->type);
    append_u16(out, 0);
    for (size_t id = 0; id < G_N_ELEMENTS(attributes); id++) {
        const struct attribute_spec *spec = &attributes[id];
        const guint at = out->len;

        if (spec->encode == NULL || !G_STRUCT_MEMBER(bool, message, spec->has_offset))
            continue;
        append_u16(out, (uint16_t)id);
        append_u16(out, 0);
        spec->encode(message, out);
        patch_u16(out, at + 2, out->len - at);
        num++;
    }
    if (out->len - start > SSTP_PACKET_MAX_LEN) {
        g_byte_array_set_size(out, start);
        return false;
    }
    patch_u16(out, start + 2, out->len - start);
    patch_u16(out, start + 6, num);
    return true;
}

bool
sstp_encode_data(const uint8_t *ppp, size_t len, GByteArray *out)
{
    const uint8_t head[] = { SSTP_VERSION, 0 };

    if (len > SSTP_PACKET_MAX_LEN - SSTP_HEADER_LEN)
        return false;
    g_byte_array_append(out, head, sizeof head);
    append_u16(out, (uint16_t)(SSTP_HEADER_LEN + len));
    if (len > 0)
        g_byte_array_append(out, ppp, (guint)len);
    return true;
}

size_t
sstp_hash_len(uint8_t bitmask)
{
    static const uint8_t lengths[] = { [SSTP_HASH_SHA1] = 20, [SSTP_HASH_SHA256] = 32 };

    return bitmask < G_N_ELEMENTS(lengths) ? lengths[bitmask] : 0;
}
