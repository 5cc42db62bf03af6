/* walker.c - one direction's bytes in order, cut into what they carry
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/walker.h"

#include <string.h>

enum {
    PROXY_BODY_MAX = 1 << 20, /* a proxy's refusal is passed over up to here */
    SYNC_TRIES_MAX = 64,
};

static void
free_head(struct walker *walker)
{
    if (walker->head)
        g_byte_array_unref(walker->head);
    walker->head = NULL;
}

void
walker_clear(struct walker *walker)
{
    free_head(walker);
    tls_handshake_free(&walker->handshake);
}

bool
walker_has_untold(const struct walker *walker)
{
    return walker->head && walker->head->len > 0;
}

/* --- TLS records ----------------------------------------------------------------------------- */

static void
become_lost(struct record_facts *records, struct mark mark)
{
    records->kind = STREAM_LOST;
    mark_once(&records->lost_at, mark);
}

static void
record_begins(struct walk *walk, const struct tls_record_header *header)
{
    struct record_facts *records = walk->records;

    records->records++;
    walk->walker->version = header->version;
    records->last_type = header->type;
    records->last_length = header->length;
    records->last_record = walk->mark;
    walk->walker->body_left = header->length;
    if (header->type == TLS_APPLICATION_DATA) {
        if (records->application_records < APPLICATION_LENGTHS_MAX)
            records->application_lengths[records->application_records] = header->length;
        if (records->application_records++ == 0)
            records->first_application = walk->mark;
        if (header->length > TLS_13_ALERT_LEN) {
            records->last_data = walk->mark;
            records->last_data_length = header->length;
        }
    } else if (header->type == TLS_CHANGE_CIPHER_SPEC) {
        if (!records->encrypted)
            records->sealed = walk->mark;
        records->encrypted = true;
    } else if (records->encrypted) {
        records->sealed_handshake += header->type == TLS_HANDSHAKE;
        if (header->type == TLS_ALERT && records->sealed_alerts++ == 0)
            records->sealed_alert = walk->mark;
    }
}

static void
body_taken(struct walker *walker, struct record_facts *records, uint64_t len)
{
    walker->body_left -= (uint32_t)len;
    if (walker->body_left == 0 && records->last_type == TLS_APPLICATION_DATA)
        records->application_complete++;
}

static void
take_body(struct walk *walk, struct walk_event *event)
{
    size_t len = MIN(walk->len, walk->walker->body_left);

    event->kind = WALK_BODY;
    event->data = walk->data;
    event->len = len;
    event->offset = walk->end - walk->len;
    event->ends = len == walk->walker->body_left;
    body_taken(walk->walker, walk->records, len);
    walk->data += len;
    walk->len -= len;
}

/* True when the header is whole. */
static bool
take_header(struct walk *walk)
{
    struct walker *walker = walk->walker;
    size_t len = MIN(walk->len, (size_t)(TLS_RECORD_HEADER_LEN - walker->header_len));

    memcpy(walker->header + walker->header_len, walk->data, len);
    walker->header_len = (uint8_t)(walker->header_len + len);
    walk->data += len;
    walk->len -= len;
    return walker->header_len == TLS_RECORD_HEADER_LEN;
}

static bool
next_of_records(struct walk *walk, struct walk_event *event)
{
    struct tls_record_header header;

    while (walk->len > 0) {
        if (walk->walker->body_left > 0) {
            take_body(walk, event);
            if (walk->records->last_type == TLS_HANDSHAKE || walk->records->last_type == TLS_ALERT)
                return true;
            continue;
        }
        if (!take_header(walk))
            return false;
        walk->walker->header_len = 0;
        if (!tls_decode_record_header(walk->walker->header, TLS_RECORD_HEADER_LEN, &header)) {
            become_lost(walk->records, walk->mark);
            return false;
        }
        record_begins(walk, &header);
        event->kind = WALK_RECORD;
        event->data = walk->data;
        event->len = walk->len;
        event->offset = walk->end - walk->len;
        return true;
    }
    return false;
}

/* --- what comes in front of them, and which kind of stream it is ----------------------------- */

static void
take_proxy_facts(struct walk *walk, const struct http_head *head)
{
    struct proxy_facts *proxy = walk->proxy;

    if (walk->side == SIDE_CLIENT) {
        proxy->connect = walk->mark;
        if (head->has_proxy_credentials && !mark_is_set(proxy->basic))
            proxy->basic = walk->mark;
        return;
    }
    proxy->answer = walk->mark;
    proxy->status = head->status;
    if (head->status == HTTP_STATUS_OK)
        return;
    /* RFC 9112 6.3: the coding counts, not a length beside it. */
    walk->walker->chunked = head->chunked;
    if (!head->chunked && head->has_content_length && head->content_length < PROXY_BODY_MAX)
        walk->walker->skip = head->content_length;
}

/* Passes over a chunk. False when more bytes are needed to tell how long it is. */
static bool
skip_chunk(struct walker *walker)
{
    bool last = false;
    size_t n = http_chunk_len(walker->head->data, walker->head->len, &last);

    if (n == SIZE_MAX && walker->head->len <= HTTP_HEAD_MAX_LEN)
        return false;
    if (n < PROXY_BODY_MAX)
        walker->skip += n;
    walker->chunked = n > 0 && n < PROXY_BODY_MAX && !last;
    return true;
}

/* A clear HTTP head in front of TLS: CONNECT to a proxy, or the proxy's answer. Returns its length,
 * 0 when it is none, SIZE_MAX when more is needed. */
static size_t
proxy_head(struct walk *walk, const uint8_t *data, size_t len, struct walk_event *event)
{
    const char *begins = walk->side == SIDE_CLIENT ? "CONNE" : "HTTP/";

    if (memcmp(data, begins, MIN(len, 5)) != 0)
        return 0;
    if (len < 5)
        return SIZE_MAX;
    if (walk->side == SIDE_SERVER && !mark_is_set(walk->proxy->connect))
        return 0;

    enum http_result result = http_decode(data, len, &event->head);
    if (result == HTTP_NEED_MORE)
        return SIZE_MAX;
    if (result != HTTP_OK)
        return 0;
    event->kind = WALK_HTTP_HEAD;
    take_proxy_facts(walk, &event->head);
    return event->head.head_len;
}

/* Length of something in front of the stream proper; as proxy_head(). */
static size_t
preface_len(struct walk *walk, const uint8_t *data, size_t len, struct walk_event *event)
{
    if (walk->side == SIDE_CLIENT) {
        size_t n = http_proxy_header_len(data, len);
        if (n > 0) {
            if (n != SIZE_MAX) {
                event->kind = WALK_PROXY_HEADER;
                walk->proxy->header_len = n;
                walk->proxy->header = walk->mark;
            }
            return n;
        }
    }
    return proxy_head(walk, data, len, event);
}

static enum stream_kind
stream_kind_of(const struct walk *walk, const uint8_t *data, size_t len)
{
    struct tls_record_header header;

    if (walk->side == SIDE_CLIENT && len >= 5 && http_is_sstp_request(data, len))
        return STREAM_SSTP;
    if (walk->side == SIDE_SERVER && walk->peer->kind == STREAM_SSTP)
        return STREAM_SSTP;
    if (len < TLS_RECORD_HEADER_LEN)
        return STREAM_UNKNOWN;
    return tls_decode_record_header(data, len, &header) ? STREAM_TLS : STREAM_OTHER;
}

static void
keep_in_head(struct walk *walk)
{
    if (!walk->walker->head)
        walk->walker->head = g_byte_array_new();
    g_byte_array_append(walk->walker->head, walk->data, (guint)walk->len);
    walk->len = 0;
}

static void
skip_in_head(struct walker *walker)
{
    guint len = (guint)MIN(walker->skip, walker->head->len);

    g_byte_array_remove_range(walker->head, 0, len);
    walker->skip -= len;
}

/* It is known what the bytes are: those of TLS go on as records, of others the first are kept. */
static void
leave_head(struct walk *walk)
{
    if (walk->records->kind == STREAM_OTHER) {
        walk->records->greeting_len = (uint8_t)MIN(walk->walker->head->len, (guint)GREETING_MAX);
        g_free(walk->records->greeting);
        walk->records->greeting = g_memdup2(walk->walker->head->data, walk->records->greeting_len);
    }
    if (walk->records->kind == STREAM_TLS) {
        walk->owned = g_steal_pointer(&walk->walker->head);
        walk->data = walk->owned->data;
        walk->len = walk->owned->len;
    }
    free_head(walk->walker);
}

/* Bytes in order, while it is not known what they are. */
static bool
next_of_head(struct walk *walk, struct walk_event *event)
{
    struct walker *walker = walk->walker;

    keep_in_head(walk);
    while (walker->head->len > 0) {
        if (walker->skip > 0) {
            skip_in_head(walker);
            continue;
        }
        if (walker->chunked) {
            if (!skip_chunk(walker))
                return false;
            continue;
        }

        size_t n = preface_len(walk, walker->head->data, walker->head->len, event);
        if (n == SIZE_MAX && walker->head->len <= HTTP_HEAD_MAX_LEN)
            return false;
        if (n > 0 && n <= walker->head->len) {
            walker->skip += n; /* later: the event points to it */
            return true;
        }
        enum stream_kind kind = stream_kind_of(walk, walker->head->data, walker->head->len);
        if (kind == STREAM_UNKNOWN)
            return false;
        if (kind == STREAM_OTHER && walk->start_missing && walker->sync_tries++ < SYNC_TRIES_MAX) {
            /* In the middle of a record, perhaps: the next segment may begin one. */
            g_byte_array_set_size(walker->head, 0);
            return false;
        }
        walk->records->kind = kind;
        leave_head(walk);
        event->kind = WALK_DECIDED;
        return true;
    }
    free_head(walker);
    return false;
}

/* --- boundaries that were lost -----------------------------------------------------------------
 */

/* A header that goes on as the records before the hole did. */
static bool
header_fits(const struct walk *walk, const struct tls_record_header *header)
{
    return header->length > 0 && header->version == walk->walker->version;
}

/* Records begin with the segment at hand, as most senders write: its headers lead from one to the
 * next. They may end with it, or go on in the next one, or be cut away by the snap length; then
 * they are known by two, or by one of application data: five bytes that encrypted ones hardly are
 * by accident. */
static bool
begins_record(const struct walk *walk)
{
    struct tls_record_header header;
    unsigned headers = 0;
    size_t at = 0;
    bool data = false;

    while (at < walk->len && walk->len - at >= TLS_RECORD_HEADER_LEN) {
        if (!tls_decode_record_header(walk->data + at, walk->len - at, &header) ||
            !header_fits(walk, &header))
            return false;
        data |= headers++ == 0 && header.type == TLS_APPLICATION_DATA;
        at += (size_t)TLS_RECORD_HEADER_LEN + header.length;
    }
    return headers > 0 && (at == walk->wire_len || headers > 1 || data);
}

/* What was said in clear is not whole any more: its reader hears no more. */
static bool
find_boundary(struct walk *walk)
{
    if (!walk->begins || walk->walker->version == 0 || !begins_record(walk))
        return false;
    walk->walker->header_len = 0;
    walk->walker->body_left = 0;
    walk->walker->handshake.deaf = true;
    walk->records->kind = STREAM_TLS;
    walk->records->gaps++;
    walk->records->found_at = walk->mark;
    return true;
}

/* --- walking --------------------------------------------------------------------------------- */

bool
walker_next(struct walk *walk, struct walk_event *event)
{
    bool found = false;

    if (walk->records->kind == STREAM_UNKNOWN)
        found = next_of_head(walk, event);
    else if (walk->records->kind == STREAM_TLS ||
             (walk->records->kind == STREAM_LOST && find_boundary(walk)))
        found = next_of_records(walk, event);
    walk->begins = false;
    if (!found && walk->owned)
        g_clear_pointer(&walk->owned, g_byte_array_unref);
    return found;
}

/* Harmless inside a record's body, else the boundaries are lost until a segment shows them. */
void
walker_hole(struct walker *walker, struct record_facts *records, uint64_t len, struct mark mark)
{
    if (len == 0)
        return;
    if (records->kind == STREAM_TLS && walker->header_len == 0 && walker->body_left >= len) {
        body_taken(walker, records, len);
        if (records->last_type == TLS_HANDSHAKE)
            walker->handshake.deaf = true;
        return;
    }
    if (records->kind == STREAM_TLS || records->kind == STREAM_UNKNOWN) {
        become_lost(records, mark);
        free_head(walker);
    }
}
