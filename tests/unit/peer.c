/* peer.c - made-up SSTP connections, told to an engine as a feeder tells them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "peer.h"

#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "certs.h"
#include "codec/framing.h"
#include "hex.h"
#include "codec/icmp.h"
#include "codec/inner.h"
#include "packets.h"
#include "codec/tcp.h"

enum {
    CIPHER_SUITE = 0xc02f,     /* TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 */
    CIPHER_SUITE_CBC = 0xc013, /* TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA */
    CIPHER_SUITE_13 = 0x1301,  /* TLS_AES_128_GCM_SHA256 */
    GROUP_P256 = 0x0017,
    GROUP_X25519 = 0x001d,
    SIGNATURE_RSA_SHA256 = 0x0401,
    FINISHED_LEN = 12,
    FINISHED_LEN_13 = 32,
    FIRST_SECOND = 1700000000, /* of the made-up capture */
};

#define OTHER_CHAIN "name" /* of a middlebox, for "call-connected=cert" */

struct config
peer_config(void)
{
    return (struct config){ .negotiation_timeout = NEGOTIATION_TIMEOUT_SECONDS,
                            .sstp_echo_timeout = SSTP_ECHO_TIMEOUT_SECONDS,
                            .lcp_echo_failures = LCP_ECHO_FAILURES };
}

void
peer_init(struct peer *peer, const struct config *config)
{
    *peer = (struct peer){
        .engine = engine_new(config),
        .now = FIRST_SECOND * NS_PER_SECOND,
        .step = NS_PER_SECOND / 100,
        .end = { { .addr = { 192, 0, 2, 10 }, .addr_len = 4, .port = 49152 },
                 { .addr = { 198, 51, 100, 20 }, .addr_len = 4, .port = 443 } },
        .seq = { 0xfffffe00, 1000 },
        .ttl = { 64, 57 },
        .window = { 8192, 8192 },
        .mss = 1460,
        .snap = SIZE_MAX,
        .auth = PPP_CHAP,
        .algorithm = CHAP_MSCHAPV2,
        .conn = 1,
        .chain = "good",
        .host = "vpn.example.com",
        .user = "alice",
        .inner_port = 50000,
    };
    for (int side = 0; side < SIDE_COUNT; side++)
        peer->last[side] = g_byte_array_new();
    peer->recent_bytes = g_byte_array_new();
}

void
peer_clear(struct peer *peer)
{
    for (int side = 0; side < SIDE_COUNT; side++) {
        g_byte_array_unref(peer->last[side]);
        if (peer->held[side])
            g_byte_array_unref(peer->held[side]);
        if (peer->owed[side])
            g_byte_array_unref(peer->owed[side]);
        if (peer->late_bytes[side])
            g_byte_array_unref(peer->late_bytes[side]);
    }
    g_free(peer->name);
    g_byte_array_unref(peer->recent_bytes);
    engine_free(peer->engine);
}

static struct peer_conn
peer_conn(const struct peer *peer)
{
    struct peer_conn conn = { .port = peer->end[SIDE_CLIENT].port,
                              .conn = peer->conn,
                              .tls = peer->tls,
                              .tls13 = peer->tls13,
                              .blinded = peer->blinded };

    memcpy(conn.seal, peer->seal, sizeof conn.seal);
    memcpy(conn.sealed, peer->sealed, sizeof conn.sealed);
    memcpy(conn.seq, peer->seq, sizeof conn.seq);
    memcpy(conn.heard, peer->heard, sizeof conn.heard);
    return conn;
}

void
peer_next(struct peer *peer)
{
    peer->before = peer_conn(peer);
    peer->end[SIDE_CLIENT].port++;
    peer->conn++;
    peer->tls = PEER_CLEAR;
    peer->chain = "good";
    peer->tls13 = peer->cbc = peer->asks_cert = false;
    peer->login = (struct login){ 0 };
    for (int side = 0; side < SIDE_COUNT; side++) {
        peer->sealed[side] = false;
        peer->seq[side] += 1000000;
        peer->heard[side] = 0;
    }
}

/* --- segments -------------------------------------------------------------------------------- */

static void
feed_clear(struct engine *engine, const uint8_t *data, size_t len)
{
    while (len > 0) {
        struct piece piece = framing_next(data, len);
        if (piece.kind == PIECE_NEED_MORE)
            break;
        engine_piece(engine, &piece, data);
        data += piece.len;
        len -= piece.len;
    }
}

/* The pseudo header's sum alone (RFC 9293 3.1). */
static uint16_t
partial_checksum(const struct segment *segment)
{
    uint32_t sum = 6 + 20 + (uint32_t)segment->options_len + (uint32_t)segment->payload_len;

    for (size_t i = 0; i < segment->src.addr_len; i += 2) {
        sum += (uint32_t)(segment->src.addr[i] << 8 | segment->src.addr[i + 1]);
        sum += (uint32_t)(segment->dst.addr[i] << 8 | segment->dst.addr[i + 1]);
    }
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

/* Where there are two capture points, each of them sees it in its own way. */
static struct segment
segment_at_end(const struct peer *peer, const struct segment *segment, enum side side, enum side at)
{
    struct segment seen = *segment;

    seen.interface = (uint32_t)at;
    if (at == SIDE_SERVER) {
        struct endpoint *client = side == SIDE_CLIENT ? &seen.src : &seen.dst;
        seen.mark.time += peer->ends_offset;
        if (side == SIDE_CLIENT)
            seen.seq += peer->ends_renumber;
        else if (seen.flags & TCP_ACK)
            seen.ack += peer->ends_renumber;
        if (peer->nat) {
            client->addr[2]++;
            client->port = (uint16_t)(client->port + 1000);
        }
    }
    return seen;
}

/* A segment of side at the other end, at a time of the sender's clock. */
static void
end_arrives(struct peer *peer, enum side side, const struct segment *segment,
            const GByteArray *payload, int64_t time)
{
    uint16_t mss = peer->ends_mss ? peer->ends_mss : peer->mss;
    const uint8_t options[] = { 2, 4, (uint8_t)(mss >> 8), (uint8_t)mss };
    struct segment far = *segment;

    far.mark = (struct mark){ ++peer->frame, time };
    far.ttl = (uint8_t)(far.ttl - peer->ends_hops);
    far.options = options;
    far.payload = payload->data;
    far = segment_at_end(peer, &far, side, side_other(side));
    if (peer->tap)
        peer->tap->segment(peer->tap_data, &far);
    engine_frame(peer->engine, far.mark);
    engine_segment(peer->engine, &far);
    engine_frame_done(peer->engine);
}

/* The last segment at the other end, unless it is lost on its way, or late. */
static void
end_tell(struct peer *peer)
{
    enum side side =
        endpoint_equal(&peer->recent_src, &peer->end[SIDE_CLIENT]) ? SIDE_CLIENT : SIDE_SERVER;
    bool lost = peer->drop[side] || peer->drop_one[side];
    int64_t time = peer->plain.mark.time + peer->ends_lag;

    peer->drop_one[side] = false;
    if (peer->forged || lost)
        return;
    if (peer->late[side]) {
        peer->late[side] = false;
        peer->late_segment[side] = peer->plain;
        peer->late_bytes[side] = g_byte_array_append(g_byte_array_new(), peer->recent_bytes->data,
                                                     peer->recent_bytes->len);
        return;
    }
    end_arrives(peer, side, &peer->plain, peer->recent_bytes, time);
    if (peer->twice[side] > 0)
        end_arrives(peer, side, &peer->plain, peer->recent_bytes,
                    time + (int64_t)(peer->twice[side] * (double)NS_PER_SECOND));
    peer->twice[side] = 0;
    if (!peer->late_bytes[side])
        return;
    time += MAX(peer->late_by[side], 1000);
    end_arrives(peer, side, &peer->late_segment[side], peer->late_bytes[side], time);
    peer->now = MAX(peer->now, time - peer->ends_lag);
    g_byte_array_unref(g_steal_pointer(&peer->late_bytes[side]));
}

/* Milliseconds of the sender's clock. */
static uint32_t
stamp_now(const struct peer *peer)
{
    return (uint32_t)(peer->now / 1000000);
}

static void
stamp_put(struct peer *peer)
{
    uint32_t stamp = g_htonl(peer->old_stamp ? peer->old_stamp : stamp_now(peer));
    const uint8_t head[] = { 1, 1, TCP_OPTION_TIMESTAMPS, 10 };

    memcpy(peer->stamp, head, sizeof head);
    memcpy(peer->stamp + sizeof head, &stamp, sizeof stamp);
    memset(peer->stamp + sizeof head + sizeof stamp, 0, sizeof stamp);
    peer->old_stamp = 0;
}

/* Tells the engine of a segment at seq. False when the capture lacks it. */
static bool
segment_tell(struct peer *peer, enum side side, uint32_t seq, uint16_t flags, const uint8_t *data,
             size_t len)
{
    const uint8_t options[] = { 2, 4, (uint8_t)(peer->mss >> 8), (uint8_t)peer->mss };
    bool lost = peer->hidden[side] || peer->lose[side];

    if (!peer->deaf[side])
        peer->heard[side] = peer->seq[side_other(side)];
    peer->lose[side] = false;
    peer->now += peer->step;
    if (lost)
        return false;
    struct segment segment = {
        .mark = { ++peer->frame, peer->now },
        .interface = peer->interface,
        .src = peer->end[side],
        .dst = peer->end[side_other(side)],
        .seq = seq,
        .ack = flags & TCP_ACK ? peer->heard[side] : 0,
        .flags = flags,
        .window = peer->window[side],
        .ttl = peer->ttl[side],
        .checksum = PEER_WHOLE_CHECKSUM,
        .options = options,
        .options_len = flags & TCP_SYN ? sizeof options : 0,
        .payload = data,
        .captured_len = MIN(len, peer->snap),
        .payload_len = len,
    };
    if (peer->stamps && !(flags & TCP_SYN)) {
        stamp_put(peer);
        segment.options = peer->stamp;
        segment.options_len = sizeof peer->stamp;
    }
    if (peer->partial[side])
        segment.checksum = partial_checksum(&segment);
    peer->plain = segment;
    peer->recent_src = segment.src;
    peer->forged = peer->ends && (peer->forge[side] || peer->forge_all[side]);
    peer->forge[side] = false;
    if (peer->ends)
        segment = segment_at_end(peer, &segment, side, peer->forged ? side_other(side) : side);
    if (peer->tap)
        peer->tap->segment(peer->tap_data, &segment);
    engine_frame(peer->engine, segment.mark);
    engine_segment(peer->engine, &segment);
    if (peer->ends)
        engine_stream(peer->engine, peer->conn);
    peer->recent = segment;
    g_byte_array_set_size(peer->recent_bytes, 0);
    g_byte_array_append(peer->recent_bytes, data, (guint)segment.captured_len);
    return true;
}

/* All of the last frame was told. Where each one was captured twice, the copy follows: it has
 * nothing to tell but itself. */
static void
frame_done(struct peer *peer)
{
    const uint8_t options[] = { 2, 4, (uint8_t)(peer->mss >> 8), (uint8_t)peer->mss };
    struct segment copy = peer->recent;

    engine_frame_done(peer->engine);
    if (peer->ends)
        end_tell(peer);
    if (!peer->copies)
        return;
    copy.mark = (struct mark){ ++peer->frame, copy.mark.time + peer->copy_lag };
    copy.ttl = (uint8_t)(copy.ttl - peer->copy_hops);
    copy.payload = peer->recent_bytes->data;
    copy.options = peer->stamps ? peer->stamp : options;
    if (peer->tap)
        peer->tap->segment(peer->tap_data, &copy);
    engine_frame(peer->engine, copy.mark);
    engine_segment(peer->engine, &copy);
    engine_frame_done(peer->engine);
}

void
peer_packet(struct peer *peer, const struct peer_packet *packet)
{
    if (peer->tap)
        peer->tap->packet(peer->tap_data, packet);
}

/* Of a frame that begins; frees the payload. */
static void
packet_tell(struct peer *peer, struct mark mark, const struct endpoint *src,
            const struct endpoint *dst, uint16_t protocol, GByteArray *payload)
{
    const struct peer_packet packet = { mark, *src, *dst, protocol, payload->data, payload->len };

    peer_packet(peer, &packet);
    g_byte_array_unref(payload);
}

void
peer_flags(struct peer *peer, enum side side, uint16_t flags)
{
    uint32_t seq = peer->seq[side];

    if (flags & (TCP_SYN | TCP_FIN))
        peer->seq[side]++;
    if (segment_tell(peer, side, seq, flags, NULL, 0))
        frame_done(peer);
}

/* One segment of a side's bytes, unless it is to be overtaken by later ones. */
static bool
send_segment(struct peer *peer, enum side side, uint32_t seq, const uint8_t *data, size_t len)
{
    if (!peer->delay[side])
        return segment_tell(peer, side, seq, TCP_ACK | TCP_PSH, data, len);
    peer->delay[side] = false;
    peer->overtaken[side] = g_byte_array_append(g_byte_array_new(), data, (guint)len);
    peer->overtaken_seq[side] = seq;
    peer->overtaken_stamp[side] = stamp_now(peer);
    return false;
}

/* Sends bytes as they are on the wire. Leaves the last frame open for its facts; false when the
 * capture lacks it. */
static bool
send_wire(struct peer *peer, enum side side, const uint8_t *data, size_t len)
{
    size_t room = peer->offload[side] ? 65000 : peer->mss;

    for (;;) {
        size_t n = MIN(len, room);
        uint32_t seq = peer->seq[side];
        peer->seq[side] += (uint32_t)n;
        peer->last_seq[side] = seq;
        g_byte_array_set_size(peer->last[side], 0);
        g_byte_array_append(peer->last[side], data, (guint)n);
        bool seen = send_segment(peer, side, seq, data, n);
        data += n;
        len -= n;
        if (len == 0)
            return seen && n <= peer->snap;
        if (seen)
            frame_done(peer);
    }
}

/* A TLS record in clear. */
static void
append_record(GByteArray *wire, uint8_t type, const uint8_t *data, size_t len)
{
    const uint8_t header[] = { type, 3, 3, (uint8_t)(len >> 8), (uint8_t)len };

    g_byte_array_append(wire, header, sizeof header);
    g_byte_array_append(wire, data, (guint)len);
}

/* A protected TLS record of this content type. */
static void
append_sealed(struct peer *peer, enum side side, GByteArray *wire, uint8_t type,
              const uint8_t *data, size_t len)
{
    seal_append(&peer->seal[side], type, data, len, wire);
}

/* What the last segment completes, in records that were decrypted. */
static void
tell_clear(struct peer *peer, const uint8_t *data, size_t len, unsigned records)
{
    feed_clear(peer->engine, data, len);
    if (records)
        engine_decrypted(peer->engine, records);
}

/* Behind a segment that is still to come. */
static void
owe(struct peer *peer, enum side side, const uint8_t *data, size_t len, unsigned records)
{
    if (!peer->owed[side])
        peer->owed[side] = g_byte_array_new();
    g_byte_array_append(peer->owed[side], data, (guint)len);
    peer->owed_records[side] += records;
}

void
peer_send(struct peer *peer, enum side side, const uint8_t *data, size_t len)
{
    if (peer->held[side]) {
        g_byte_array_append(peer->held[side], data, (guint)len);
        return;
    }
    GByteArray *wire = g_byte_array_new();
    size_t first = peer->halves[side] ? len / 2 : len;
    unsigned records = first < len ? 2 : 1;

    peer->halves[side] = false;
    if (peer->tls == PEER_CLEAR)
        g_byte_array_append(wire, data, (guint)len);
    else
        append_sealed(peer, side, wire, TLS_APPLICATION_DATA, data, first);
    if (peer->tls != PEER_CLEAR && records > 1)
        append_sealed(peer, side, wire, TLS_APPLICATION_DATA, data + first, len - first);
    uint32_t before = peer->frame;
    bool seen = send_wire(peer, side, wire->data, wire->len);
    bool open = peer->tls != PEER_TLS_BLIND && !peer->locked[side];
    if (open && peer->overtaken[side])
        owe(peer, side, data, len, peer->tls == PEER_TLS ? records : 0);
    else if (open && seen)
        tell_clear(peer, data, len, peer->tls == PEER_TLS ? records : 0);
    if (peer->frame != before)
        frame_done(peer);
    g_byte_array_unref(wire);
}

static void
peer_send_text(struct peer *peer, enum side side, const char *text)
{
    peer_send(peer, side, (const uint8_t *)text, strlen(text));
}

/* A word's value, 0 when there is none. */
static unsigned
number_of(const char *value)
{
    char *end;
    guint64 number = g_ascii_strtoull(value, &end, 10);

    if (*end)
        g_error("no number: %s", value);
    return (unsigned)number;
}

/* --- single words: TCP and TLS --------------------------------------------------------------- */

static void
word_syn(struct peer *peer, enum side side, const char *value)
{
    if (*value)
        peer->mss = (uint16_t)number_of(value);
    peer_flags(peer, side, side == SIDE_CLIENT ? TCP_SYN : TCP_SYN | TCP_ACK);
}

/* The same SYN once more. */
static void
word_syn_again(struct peer *peer, enum side side, const char *value)
{
    peer->seq[side]--;
    word_syn(peer, side, value);
}

static void
word_tcp_ack(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer_flags(peer, side, TCP_ACK);
}

static void
word_fin(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer_flags(peer, side, TCP_FIN | TCP_ACK);
}

static void
word_rst(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer_flags(peer, side, TCP_RST | TCP_ACK);
}

/* Its last segment once more. */
static void
word_again(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    if (segment_tell(peer, side, peer->last_seq[side], TCP_ACK | TCP_PSH, peer->last[side]->data,
                     peer->last[side]->len))
        frame_done(peer);
}

/* The next segment of the side is overtaken by what comes before "release". */
static void
word_delay(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer->delay[side] = true;
}

static void
tell_owed(struct peer *peer, enum side side)
{
    if (peer->owed[side])
        tell_clear(peer, peer->owed[side]->data, peer->owed[side]->len, peer->owed_records[side]);
    frame_done(peer);
}

/* "release=again": the first copy was lost, this is another one. */
static void
word_release(struct peer *peer, enum side side, const char *value)
{
    GByteArray *segment = peer->overtaken[side];

    peer->old_stamp = value && *value ? 0 : peer->overtaken_stamp[side];
    peer->overtaken[side] = NULL;
    if (segment_tell(peer, side, peer->overtaken_seq[side], TCP_ACK | TCP_PSH, segment->data,
                     segment->len))
        tell_owed(peer, side);
    if (peer->owed[side])
        g_byte_array_unref(g_steal_pointer(&peer->owed[side]));
    peer->owed_records[side] = 0;
    g_byte_array_unref(segment);
}

/* From now on segments tell when they left. */
static void
word_stamps(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    (void)value;
    peer->stamps = true;
}

static void
word_ttl(struct peer *peer, enum side side, const char *value)
{
    peer->ttl[side] = (uint8_t)number_of(value);
}

static void
word_window(struct peer *peer, enum side side, const char *value)
{
    peer->window[side] = (uint16_t)number_of(value);
}

/* From here on the client's segments come from another port, or =back from the old one, or =host
 * from another host, or =home from that host's neighbour, the old one. */
static void
word_move(struct peer *peer, enum side side, const char *value)
{
    if (strcmp(value, "host") == 0)
        peer->end[side].addr[3]++;
    else if (strcmp(value, "home") == 0)
        peer->end[side].addr[3]--;
    else if (*value)
        peer->end[side].port--;
    else
        peer->end[side].port++;
}

static struct mark
next_mark(struct peer *peer)
{
    peer->now += peer->step;
    return (struct mark){ ++peer->frame, peer->now };
}

/* An ICMP error of a router about a segment of the side: =type/code, or =type/code/mtu. */
static void
word_icmp(struct peer *peer, enum side side, const char *value)
{
    unsigned type = 0, code = 0, mtu = 0;
    const struct mark mark = next_mark(peer);

    if (sscanf(value, "%u/%u/%u", &type, &code, &mtu) < 2)
        g_error("no type and code: %s", value);
    const struct icmp_error error = { .mark = mark,
                                      .from = { .addr = { 203, 0, 113, 1 }, .addr_len = 4 },
                                      .src = peer->end[side],
                                      .dst = peer->end[side_other(side)],
                                      .type = (uint8_t)type,
                                      .code = (uint8_t)code,
                                      .mtu = mtu };
    packet_tell(peer, mark, &error.from, &error.src, PACKET_ICMP,
                packet_icmp_error(error.type, error.code, (uint16_t)mtu, &error.src, &error.dst));
    engine_frame(peer->engine, mark);
    engine_icmp(peer->engine, &error);
    engine_frame_done(peer->engine);
}

static void
tell_dns(struct peer *peer, const struct dns_message *message)
{
    struct mark mark = next_mark(peer);
    const struct endpoint resolver = { .addr = { 192, 0, 2, 53 }, .addr_len = 4 };
    struct endpoint client = peer->end[SIDE_CLIENT];

    client.port = 0;
    for (int i = 0; i <= peer->copies; i++) {
        packet_tell(peer, mark, message->response ? &resolver : &client,
                    message->response ? &client : &resolver, PACKET_UDP,
                    packet_dns(message->name, message->response, message->rcode,
                               message->num_addresses ? &message->addresses[0] : NULL));
        engine_frame(peer->engine, mark);
        engine_dns(peer->engine, message, message->response ? &resolver : &client,
                   message->response ? &client : &resolver, mark);
        if (peer->copies && i == 0)
            mark = (struct mark){ ++peer->frame, mark.time + peer->copy_lag };
    }
}

/* The client asks for the address of the host, or of the name behind "=". */
static void
word_dns(struct peer *peer, enum side side, const char *value)
{
    struct dns_message message = { .type = DNS_A };

    (void)side;
    g_strlcpy(message.name, *value ? value : peer->host, sizeof message.name);
    tell_dns(peer, &message);
}

/* The answer: the server's address, with =N an error, or =truncated none and no error either. */
static void
word_dns_answer(struct peer *peer, enum side side, const char *value)
{
    struct dns_message message = { .type = DNS_A, .response = true };

    (void)side;
    g_strlcpy(message.name, peer->host, sizeof message.name);
    if (!*value) {
        message.num_addresses = 1;
        message.addresses[0] = peer->end[SIDE_SERVER];
        message.addresses[0].port = 0;
    } else if (strcmp(value, "truncated") == 0) {
        message.incomplete = true;
    } else {
        message.rcode = (uint8_t)number_of(value);
    }
    tell_dns(peer, &message);
}

/* Somebody asks by ARP for the side's address; =answer: the side answers. */
static void
word_arp(struct peer *peer, enum side side, const char *value)
{
    const struct mark mark = next_mark(peer);
    const struct endpoint router = { .addr = { 192, 0, 2, 1 }, .addr_len = 4 };

    packet_tell(peer, mark, *value ? &peer->end[side] : &router,
                *value ? &router : &peer->end[side], PACKET_ARP,
                packet_arp(*value, *value ? &peer->end[side] : &router,
                           *value ? &router : &peer->end[side]));
    engine_frame(peer->engine, mark);
    engine_arp(peer->engine, *value ? &peer->end[side] : &router, *value ? NULL : &peer->end[side],
               mark);
}

/* The server's address is a private one. */
static void
word_private(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer->end[side].addr[0] = 10;
}

static void
word_deaf(struct peer *peer, enum side side, const char *value)
{
    peer->deaf[side] = strcmp(value, "0") != 0;
}

static void
word_hidden(struct peer *peer, enum side side, const char *value)
{
    peer->hidden[side] = strcmp(value, "0") != 0;
}

static void
word_lose(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer->lose[side] = true;
}

static void
word_offload(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer->offload[side] = true;
}

static void
word_partial(struct peer *peer, enum side side, const char *value)
{
    peer->partial[side] = !*value || number_of(value);
}

/* What it says from here on shares a record, which "flush" sends. */
static void
word_hold(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer->held[side] = g_byte_array_new();
}

static void
word_flush(struct peer *peer, enum side side, const char *value)
{
    GByteArray *held = g_steal_pointer(&peer->held[side]);

    (void)value;
    peer_send(peer, side, held->data, held->len);
    g_byte_array_unref(held);
}

static void
word_halves(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer->halves[side] = true;
}

static void
word_snap(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->snap = number_of(value);
}

/* From here on each segment is in the capture twice: as a mirror port or a bridge on the capturing
 * host has it, or =SECONDS/HOPS apart, as in a file that was merged of two points. */
static void
word_copies(struct peer *peer, enum side side, const char *value)
{
    double seconds = 0.00002;
    unsigned hops = 0;

    (void)side;
    if (*value && sscanf(value, "%lf/%u", &seconds, &hops) < 1)
        g_error("no seconds: %s", value);
    peer->copies = true;
    peer->copy_lag = (int64_t)(seconds * (double)NS_PER_SECOND);
    peer->copy_hops = (uint8_t)hops;
}

/* From here on there are two capture points, one at each end: =SECONDS/HOPS/OFFSET of the way
 * between them and of the server's clock; =off: one again. */
static void
word_ends(struct peer *peer, enum side side, const char *value)
{
    double seconds = 0.004, offset = 0;
    unsigned hops = 1;

    (void)side;
    peer->ends = strcmp(value, "off") != 0;
    if (!peer->ends)
        return;
    if (*value && sscanf(value, "%lf/%u/%lf", &seconds, &hops, &offset) < 1)
        g_error("no seconds: %s", value);
    peer->ends_lag = (int64_t)(seconds * (double)NS_PER_SECOND);
    peer->ends_hops = (uint8_t)hops;
    peer->ends_offset = (int64_t)(offset * (double)NS_PER_SECOND);
}

/* =N: from here on there is one capture point, which is another one. */
static void
word_at(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->interface = (uint32_t)number_of(value);
}

/* Between the ends: =MSS is what becomes of the MSS. */
static void
word_clamp(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->ends_mss = (uint16_t)number_of(value);
}

/* Between the ends: =N is added to the client's sequence numbers. */
static void
word_renumber(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->ends_renumber = (uint32_t)number_of(value);
}

static void
word_nat(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    (void)value;
    peer->nat = true;
}

/* Between the ends the side's next segment vanishes, or =all from here on, or =0 none any more. */
static void
word_drop(struct peer *peer, enum side side, const char *value)
{
    bool none = strcmp(value, "0") == 0;

    peer->drop[side] = !none && (peer->drop[side] || strcmp(value, "all") == 0);
    peer->drop_one[side] = !none && !peer->drop[side];
}

/* Between the ends the side's next segment is overtaken by the one after it; =SECONDS: and comes so
 * long behind that. */
static void
word_late(struct peer *peer, enum side side, const char *value)
{
    peer->late[side] = true;
    peer->late_by[side] = (int64_t)(g_ascii_strtod(value, NULL) * 1e9);
}

/* Between the ends the side's next segment is doubled: =SECONDS is how much later it comes again.
 */
static void
word_twice(struct peer *peer, enum side side, const char *value)
{
    peer->twice[side] = *value ? g_ascii_strtod(value, NULL) : 0.00002;
}

/* The side's next segment comes from between the ends: only the other one sees it. =all: from here
 * on its own end does not capture what it sends. */
static void
word_forge(struct peer *peer, enum side side, const char *value)
{
    peer->forge_all[side] = strcmp(value, "all") == 0;
    peer->forge[side] = true;
}

static void
word_wait(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    /* Rounded, so that it is the same whatever a machine computes with. */
    peer->now += (int64_t)(g_ascii_strtod(value, NULL) * (double)NS_PER_SECOND + 0.5);
}

/* Another connection; =onward: with the same hello, as a load balancer hands it on. */
static void
word_next(struct peer *peer, enum side side, const char *value)
{
    uint32_t conn = peer->conn;

    (void)side;
    peer_next(peer);
    if (strcmp(value, "onward") == 0)
        peer->conn = conn;
}

/* Goes on with the connection before "next", or back to the one after it. */
static void
word_swap(struct peer *peer, enum side side, const char *value)
{
    struct peer_conn conn = peer->before;

    (void)side;
    (void)value;
    peer->before = peer_conn(peer);
    peer->end[SIDE_CLIENT].port = conn.port;
    peer->conn = conn.conn;
    peer->tls = conn.tls;
    peer->tls13 = conn.tls13;
    peer->blinded = conn.blinded;
    memcpy(peer->seal, conn.seal, sizeof conn.seal);
    memcpy(peer->sealed, conn.sealed, sizeof conn.sealed);
    memcpy(peer->seq, conn.seq, sizeof conn.seq);
    memcpy(peer->heard, conn.heard, sizeof conn.heard);
}

/* A row is about the session that came last so far. */
static void
word_judge(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    (void)value;
    peer->judged = engine_sessions(peer->engine)->len;
}

/* What the engine was given before: see row_config(). */
static void
word_knows(struct peer *peer, enum side side, const char *value)
{
    (void)peer, (void)side, (void)value;
}

/* Who logs in from now on. */
static void
word_user(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->user = strcmp(value, "bob") == 0      ? "bob"
                 : strcmp(value, "domain") == 0 ? "CORP\\alice"
                                                : "alice";
}

static void
append_text(GByteArray *bytes, const char *text)
{
    g_byte_array_append(bytes, (const uint8_t *)text, (guint)strlen(text));
}

static void
append_zeros(GByteArray *bytes, size_t len)
{
    guint old = bytes->len;

    g_byte_array_set_size(bytes, old + (guint)len);
    memset(bytes->data + old, 0, len);
}

static void
append_bytes(GByteArray *bytes, const GByteArray *more)
{
    g_byte_array_append(bytes, more->data, more->len);
}

/* Runs the body's writer and puts its length, of two or three bytes, in front. */
static guint
length_begin(GByteArray *bytes, guint len)
{
    append_zeros(bytes, len);
    return bytes->len;
}

static void
length_end(GByteArray *bytes, guint begin, guint len)
{
    guint n = bytes->len - begin;

    for (guint i = 1; i <= len; i++, n >>= 8)
        bytes->data[begin - i] = (uint8_t)n;
}

static guint
message_begin(GByteArray *bytes, uint8_t type)
{
    append_u8(bytes, type);
    return length_begin(bytes, 3);
}

static struct seal_secret
secret_of(const struct peer *peer)
{
    struct seal_secret secret;

    seal_secret_make(&secret, peer->conn, peer->tls13);
    return secret;
}

static void
append_random(GByteArray *bytes, const struct peer *peer, enum side side)
{
    const struct seal_secret secret = secret_of(peer);

    g_byte_array_append(bytes, secret.random[side], TLS_RANDOM_LEN);
}

/* An extension whose value is a list of 16-bit numbers behind a length of len_len bytes. */
static void
append_number_list(GByteArray *bytes, uint16_t type, guint len_len, const uint16_t *numbers,
                   size_t num)
{
    append_u16(bytes, type);
    append_u16(bytes, len_len + 2 * num);
    guint list = length_begin(bytes, len_len);
    for (size_t i = 0; i < num; i++)
        append_u16(bytes, numbers[i]);
    length_end(bytes, list, len_len);
}

/* RFC 6066 3 */
static void
append_server_name(GByteArray *bytes, const char *name)
{
    size_t n = strlen(name);

    append_u16(bytes, 0);
    append_u16(bytes, n + 5);
    append_u16(bytes, n + 3);
    append_u8(bytes, 0);
    append_u16(bytes, n);
    append_text(bytes, name);
}

static bool
has_option(const char *value, const char *option)
{
    char **options = g_strsplit(value, ",", -1);
    bool found = g_strv_contains((const char *const *)options, option);

    g_strfreev(options);
    return found;
}

/* =no-sni; =port: the name with ":443" behind it; =old: TLS 1.0; =13: TLS 1.3 as well; =cbc: the
 * server will choose a block cipher. */
static GByteArray *
client_hello(const struct peer *peer, const char *value)
{
    static const uint16_t groups[] = { GROUP_X25519, GROUP_P256 };
    static const uint16_t signatures[] = { 0x0403, SIGNATURE_RSA_SHA256, 0x0804 };
    static const uint16_t versions[] = { TLS_13, TLS_12 };
    GByteArray *message = g_byte_array_new();
    char *name = g_strdup_printf("%s%s", peer->host, has_option(value, "port") ? ":443" : "");
    guint begin = message_begin(message, TLS_CLIENT_HELLO);

    append_u16(message, has_option(value, "old") ? TLS_10 : TLS_12);
    append_random(message, peer, SIDE_CLIENT);
    append_u8(message, 0); /* no session id */
    append_u16(message, peer->tls13 ? 6 : 4);
    if (peer->tls13)
        append_u16(message, CIPHER_SUITE_13);
    append_u16(message, CIPHER_SUITE);
    append_u16(message, CIPHER_SUITE_CBC);
    append_u16(message, 0x0100); /* null compression */
    guint extensions = length_begin(message, 2);
    if (!has_option(value, "no-sni"))
        append_server_name(message, name);
    append_number_list(message, 10, 2, groups, G_N_ELEMENTS(groups));
    append_number_list(message, 13, 2, signatures, G_N_ELEMENTS(signatures));
    if (peer->tls13) {
        append_number_list(message, 43, 1, versions, G_N_ELEMENTS(versions));
        append_u16(message, 51); /* key share */
        append_u16(message, 2 + 4 + 32);
        append_u16(message, 4 + 32);
        append_u16(message, GROUP_X25519);
        append_u16(message, 32);
        append_zeros(message, 32);
    }
    length_end(message, extensions, 2);
    length_end(message, begin, 3);
    g_free(name);
    return message;
}

/* Hello Retry Request (RFC 8446 4.1.4) for a group that was not offered. */
static void
append_retry(GByteArray *bytes)
{
    static const uint8_t random[TLS_RANDOM_LEN] = {
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
        0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
        0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
    };
    guint begin = message_begin(bytes, TLS_SERVER_HELLO);

    append_u16(bytes, TLS_12);
    g_byte_array_append(bytes, random, sizeof random);
    append_u8(bytes, 0);
    append_u16(bytes, CIPHER_SUITE_13);
    append_u8(bytes, 0);
    append_u16(bytes, 6 + 6);
    append_u16(bytes, 43);
    append_u16(bytes, 2);
    append_u16(bytes, TLS_13);
    append_u16(bytes, 51);
    append_u16(bytes, 2);
    append_u16(bytes, 0x0018);
    length_end(bytes, begin, 3);
}

static void
append_server_hello(GByteArray *bytes, const struct peer *peer)
{
    guint begin = message_begin(bytes, TLS_SERVER_HELLO);

    append_u16(bytes, TLS_12);
    append_random(bytes, peer, SIDE_SERVER);
    append_u8(bytes, 0);
    append_u16(bytes, peer->tls13 ? CIPHER_SUITE_13 : peer->cbc ? CIPHER_SUITE_CBC : CIPHER_SUITE);
    append_u8(bytes, 0);
    if (peer->tls13) {
        append_u16(bytes, 6 + 4 + 4 + 32);
        append_u16(bytes, 43);
        append_u16(bytes, 2);
        append_u16(bytes, TLS_13);
        append_u16(bytes, 51);
        append_u16(bytes, 4 + 32);
        append_u16(bytes, GROUP_X25519);
        append_u16(bytes, 32);
        append_zeros(bytes, 32);
    }
    length_end(bytes, begin, 3);
}

static void
append_certificate(GByteArray *bytes, const struct peer *peer)
{
    GPtrArray *chain = certs_chain(peer->chain);
    guint begin = message_begin(bytes, TLS_CERTIFICATE);

    if (peer->tls13)
        append_u8(bytes, 0);
    guint list = length_begin(bytes, 3);
    for (guint i = 0; i < chain->len; i++) {
        guint der = length_begin(bytes, 3);
        append_bytes(bytes, g_ptr_array_index(chain, i));
        length_end(bytes, der, 3);
        if (peer->tls13)
            append_u16(bytes, 0);
    }
    length_end(bytes, list, 3);
    length_end(bytes, begin, 3);
    g_ptr_array_unref(chain);
}

/* Of TLS 1.2: RSA certificates, any CA. */
static void
append_certificate_request(GByteArray *bytes)
{
    guint begin = message_begin(bytes, TLS_CERTIFICATE_REQUEST);

    append_u16(bytes, 0x0101);
    append_u16(bytes, 2);
    append_u16(bytes, SIGNATURE_RSA_SHA256);
    append_u16(bytes, 0);
    length_end(bytes, begin, 3);
}

/* RFC 8422 5.4 */
static void
append_server_key_exchange(GByteArray *bytes)
{
    guint begin = message_begin(bytes, TLS_SERVER_KEY_EXCHANGE);

    append_u8(bytes, 3);
    append_u16(bytes, GROUP_X25519);
    append_u8(bytes, 32);
    append_zeros(bytes, 32);
    append_u16(bytes, SIGNATURE_RSA_SHA256);
    append_u16(bytes, 256);
    append_zeros(bytes, 256);
    length_end(bytes, begin, 3);
}

/* A message of len bytes that nobody looks into. */
static void
append_message(GByteArray *bytes, uint8_t type, size_t len)
{
    guint begin = message_begin(bytes, type);

    append_zeros(bytes, len);
    length_end(bytes, begin, 3);
}

static void
append_change_cipher_spec(GByteArray *wire)
{
    static const uint8_t change[] = { 1 };

    append_record(wire, TLS_CHANGE_CIPHER_SPEC, change, sizeof change);
}

/* Keys open nothing where a hello is missing. */
static bool
is_blind(const struct peer *peer, const char *value)
{
    return has_option(value, "blind") || peer->hidden[SIDE_CLIENT] || peer->hidden[SIDE_SERVER];
}

static void
blind_seal(struct peer *peer)
{
    if (peer->blinded)
        return;
    peer->blinded = true;
    for (int side = 0; side < SIDE_COUNT; side++)
        seal_blind(&peer->seal[side]);
}

/* The keys of both sides; blind ones are told to nobody, and are none that others would open. */
static void
begin_seal(struct peer *peer, bool blind)
{
    const struct seal_secret secret = secret_of(peer);

    seal_begin(peer->seal, &secret);
    peer->blinded = false;
    for (int side = 0; side < SIDE_COUNT; side++)
        peer->seal[side].cbc = peer->cbc;
    if (blind)
        blind_seal(peer);
    else if (peer->tap)
        peer->tap->secret(peer->tap_data, &secret);
}

/* Behind side's Finished. */
static void
finish_seal(struct peer *peer, enum side side)
{
    const struct seal_secret secret = secret_of(peer);

    peer->sealed[side] = true;
    if (!peer->tls13)
        return;
    seal_application(&peer->seal[side], &secret, side);
    if (peer->blinded)
        seal_blind(&peer->seal[side]);
}

/* A sealed record with handshake messages, which are told where there are keys. */
static void
send_sealed_handshake(struct peer *peer, enum side side, GByteArray *wire,
                      const GByteArray *messages, bool blind)
{
    uint32_t before = peer->frame;

    append_sealed(peer, side, wire, TLS_HANDSHAKE, messages->data, messages->len);
    if (send_wire(peer, side, wire->data, wire->len) && !blind) {
        engine_handshake(peer->engine, messages->data, messages->len);
        if (peer->tls13)
            engine_decrypted(peer->engine, 1);
    }
    if (peer->frame != before)
        frame_done(peer);
    g_byte_array_unref(wire);
}

static void
send_wire_and_free(struct peer *peer, enum side side, GByteArray *wire)
{
    uint32_t before = peer->frame;

    send_wire(peer, side, wire->data, wire->len);
    if (peer->frame != before)
        frame_done(peer);
    g_byte_array_unref(wire);
}

/* The client's hello; its values stand at client_hello(). */
static void
word_hello(struct peer *peer, enum side side, const char *value)
{
    GByteArray *wire = g_byte_array_new(), *hello;

    peer->tls13 = has_option(value, "13");
    peer->cbc = has_option(value, "cbc");
    hello = client_hello(peer, value);
    append_record(wire, TLS_HANDSHAKE, hello->data, hello->len);
    g_byte_array_unref(hello);
    send_wire_and_free(peer, side, wire);
}

/* =N: the first N bytes of a hello that goes on in another segment. */
static void
word_hello_part(struct peer *peer, enum side side, const char *value)
{
    GByteArray *wire = g_byte_array_new(), *hello = client_hello(peer, "");
    guint len = number_of(value);

    guint known = hello->len;
    g_byte_array_set_size(hello, 2 * len);
    memset(hello->data + known, 0, hello->len - known);
    append_record(wire, TLS_HANDSHAKE, hello->data, hello->len);
    g_byte_array_set_size(wire, len);
    g_byte_array_unref(hello);
    send_wire_and_free(peer, side, wire);
}

static void
peer_set_chain(struct peer *peer, const char *value)
{
    char **options = g_strsplit(value, ",", -1);

    for (char **option = options; *option; option++) {
        if (certs_has_chain(*option)) {
            GPtrArray *chain = certs_chain(*option);
            g_ptr_array_unref(chain);
            peer->chain = g_intern_string(*option);
        }
    }
    if (has_option(value, "resumed"))
        peer->chain = NULL;
    peer->asks_cert = has_option(value, "ask");
    g_strfreev(options);
}

/* TLS 1.3: its hello, and all the rest sealed. */
static void
send_flight_13(struct peer *peer, enum side side, GByteArray *wire, bool blind)
{
    GByteArray *messages = g_byte_array_new();

    append_change_cipher_spec(wire);
    guint begin = message_begin(messages, TLS_ENCRYPTED_EXTENSIONS);
    append_u16(messages, 0);
    length_end(messages, begin, 3);
    append_certificate(messages, peer);
    append_message(messages, TLS_CERTIFICATE_VERIFY, 260);
    append_message(messages, TLS_FINISHED, FINISHED_LEN_13);
    send_sealed_handshake(peer, side, wire, messages, blind);
    g_byte_array_unref(messages);
    finish_seal(peer, side);
}

/* The server wants another hello, and says Change Cipher Spec, as servers do. */
static void
word_retry(struct peer *peer, enum side side, const char *value)
{
    GByteArray *wire = g_byte_array_new(), *message = g_byte_array_new();

    (void)value;
    append_retry(message);
    append_record(wire, TLS_HANDSHAKE, message->data, message->len);
    append_change_cipher_spec(wire);
    g_byte_array_unref(message);
    send_wire_and_free(peer, side, wire);
}

/* What the server sends upon the hello: a chain of certs.h, =ask for a client certificate, =resumed
 * without any certificate, =blind without keys, =cut without its end. */
static void
word_flight(struct peer *peer, enum side side, const char *value)
{
    GByteArray *wire = g_byte_array_new(), *messages = g_byte_array_new();

    peer_set_chain(peer, value);
    begin_seal(peer, is_blind(peer, value));
    append_server_hello(messages, peer);
    if (!peer->tls13 && peer->chain) {
        append_certificate(messages, peer);
        append_server_key_exchange(messages);
        if (peer->asks_cert)
            append_certificate_request(messages);
        if (!has_option(value, "cut"))
            append_message(messages, TLS_SERVER_HELLO_DONE, 0);
    }
    append_record(wire, TLS_HANDSHAKE, messages->data, messages->len);
    g_byte_array_unref(messages);
    if (peer->tls13)
        send_flight_13(peer, side, wire, is_blind(peer, value));
    else
        send_wire_and_free(peer, side, wire);
}

/* The end of side's part of the handshake; =blind: without keys. */
static void
word_finish(struct peer *peer, enum side side, const char *value)
{
    GByteArray *wire = g_byte_array_new(), *messages = g_byte_array_new();
    bool blind = is_blind(peer, value);

    if (blind)
        blind_seal(peer);
    if (side == SIDE_CLIENT && !peer->tls13) {
        if (peer->asks_cert)
            append_message(messages, TLS_CERTIFICATE, 3); /* an empty list */
        if (peer->chain) {
            guint begin = message_begin(messages, TLS_CLIENT_KEY_EXCHANGE);
            append_u8(messages, 32);
            append_zeros(messages, 32);
            length_end(messages, begin, 3);
        }
        if (messages->len)
            append_record(wire, TLS_HANDSHAKE, messages->data, messages->len);
        g_byte_array_set_size(messages, 0);
    }
    append_change_cipher_spec(wire);
    append_message(messages, TLS_FINISHED, peer->tls13 ? FINISHED_LEN_13 : FINISHED_LEN);
    send_sealed_handshake(peer, side, wire, messages, blind);
    g_byte_array_unref(messages);
    finish_seal(peer, side);
    if (peer->sealed[side_other(side)])
        peer->tls = blind ? PEER_TLS_BLIND : PEER_TLS;
}

/* A whole handshake, with the values of hello, flight and finish. */
static void
word_tls(struct peer *peer, enum side side, const char *value)
{
    enum side other = side_other(side);

    word_hello(peer, side, value);
    word_flight(peer, other, value);
    /* Who resumes TLS 1.2 ends it with the client's part. */
    if (!peer->tls13 && !peer->chain)
        word_finish(peer, other, value);
    word_finish(peer, side, value);
    if (!peer->tls13 && peer->chain)
        word_finish(peer, other, value);
}

/* CONNECT of the client, =basic with a password; s.proxy=N: the proxy's answer to it. */
static void
word_proxy(struct peer *peer, enum side side, const char *value)
{
    char *text = side == SIDE_CLIENT
                     ? g_strdup_printf("CONNECT %s:443 HTTP/1.1\r\n%s\r\n", peer->host,
                                       *value ? "Proxy-Authorization: Basic dXNlcjpwYXNz\r\n" : "")
                     : g_strdup_printf("HTTP/1.1 %s Whatever\r\n%s\r\n", value,
                                       *value == '2' ? "" : "Content-Length: 0\r\n");
    GByteArray *wire = g_byte_array_new();

    g_byte_array_append(wire, (const guint8 *)text, (guint)strlen(text));
    send_wire_and_free(peer, side, wire);
    g_free(text);
}

/* PROXY protocol, version 1. */
static void
word_proxy_header(struct peer *peer, enum side side, const char *value)
{
    GByteArray *wire = g_byte_array_new();

    (void)value;
    append_text(wire, "PROXY TCP4 203.0.113.7 198.51.100.20 50000 443\r\n");
    send_wire_and_free(peer, side, wire);
}

/* Of side from now on, as a proxy has one of its own. */
static void
word_port(struct peer *peer, enum side side, const char *value)
{
    peer->end[side].port = (uint16_t)number_of(value);
}

static void
word_banner(struct peer *peer, enum side side, const char *value)
{
    static const char banner[] = "SSH-2.0-OpenSSH_9.2\r\n";
    GByteArray *wire = g_byte_array_new();

    (void)value;
    g_byte_array_append(wire, (const guint8 *)banner, sizeof banner - 1);
    send_wire_and_free(peer, side, wire);
}

/* Keys that open no more records of anybody. */
static void
word_blind(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    (void)value;
    peer->tls = PEER_TLS_BLIND;
    blind_seal(peer);
}

/* Keys that open no record of its sender. */
static void
word_sealed(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    if (!peer->locked[side])
        seal_blind(&peer->seal[side]);
    peer->locked[side] = true;
}

/* In clear until its sender's part of the handshake is over. */
static void
word_alert(struct peer *peer, enum side side, const char *value)
{
    const uint8_t description = (uint8_t)number_of(value);
    const uint8_t alert[] = { description == TLS_ALERT_CLOSE_NOTIFY ? 1 : 2, description };
    GByteArray *wire = g_byte_array_new();
    bool sealed = peer->sealed[side], as_data = sealed && peer->tls13;
    uint32_t before = peer->frame;

    if (sealed)
        append_sealed(peer, side, wire, TLS_ALERT, alert, sizeof alert);
    else
        append_record(wire, TLS_ALERT, alert, sizeof alert);
    if (send_wire(peer, side, wire->data, wire->len) && sealed && peer->tls != PEER_TLS_BLIND) {
        engine_alert(peer->engine, alert[1]);
        if (as_data)
            engine_decrypted(peer->engine, 1);
    }
    if (peer->frame != before)
        frame_done(peer);
    g_byte_array_unref(wire);
}

/* --- single words: HTTP and SSTP ------------------------------------------------------------- */

/* =plain: without a correlation id; via: as a proxy hands it on. */
static void
word_post(struct peer *peer, enum side side, const char *value)
{
    const char *id = has_option(value, "plain")
                         ? ""
                         : "SSTPCORRELATIONID: {6F1B7A3C-5D0E-4F57-9B1C-0A2D6E8F4C11}\r\n";
    char *text = g_strdup_printf(
        "SSTP_DUPLEX_POST /sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/ HTTP/1.1\r\n"
        "Host: %s\r\nContent-Length: 18446744073709551615\r\n%s%s\r\n",
        peer->host, id, has_option(value, "via") ? "Via: 1.1 proxy.example.com\r\n" : "");

    peer_send_text(peer, side, text);
    g_free(text);
}

/* value: the status, 200 without one; then by commas: old, chunked, length, endless, or windows
 * with a header of the size that is seen there. */
static void
word_answer(struct peer *peer, enum side side, const char *value)
{
    char *server = g_strdup_printf("Server: %s\r\n", peer->server ? peer->server : "");
    const char *length = has_option(value, "chunked")   ? "Transfer-Encoding: chunked\r\n"
                         : has_option(value, "length")  ? "Content-Length: 612\r\n"
                         : has_option(value, "endless") ? ""
                                                        : "Content-Length: "
                                                          "18446744073709551615\r\n";
    char *text =
        g_strdup_printf("HTTP/1.%d %.3s Whatever\r\n%s%s%s\r\n", has_option(value, "old") ? 0 : 1,
                        *value ? value : "200", peer->server ? server : "", length,
                        has_option(value, "windows") ? "Server: Microsoft-HTTPAPI/2.0\r\n" : "");

    peer_send_text(peer, side, text);
    g_free(text);
    g_free(server);
}

static void
send_message(struct peer *peer, enum side side, const struct sstp_message *message)
{
    GByteArray *packet = g_byte_array_new();

    g_assert_true(sstp_encode_control(message, packet));
    peer_send(peer, side, packet->data, packet->len);
    g_byte_array_unref(packet);
}

static void
word_call_request(struct peer *peer, enum side side, const char *value)
{
    const struct sstp_message message = { .type = SSTP_CALL_CONNECT_REQUEST,
                                          .has_protocol = true,
                                          .protocol = SSTP_ENCAPSULATED_PPP };

    (void)value;
    send_message(peer, side, &message);
}

/* value: the bitmask that is offered. */
static void
word_call_ack(struct peer *peer, enum side side, const char *value)
{
    struct sstp_message message = { .type = SSTP_CALL_CONNECT_ACK, .has_binding_request = true };

    message.binding_request.bitmask =
        *value ? (uint8_t)number_of(value) : SSTP_HASH_SHA1 | SSTP_HASH_SHA256;
    memset(message.binding_request.nonce, ++peer->num_acks, SSTP_NONCE_LEN);
    send_message(peer, side, &message);
}

/* value: sha1, both, none (of the hashes); cert, nonce: of somebody else; earlier-nonce: of the Ack
 * before; mac-of-cert, mac-of-nonce: the MAC is computed over a message with those, another
 * session's; padded: what stands behind SHA-1 is not zero; mistakes of login.h; joined by commas.
 */
static void
fill_binding(const struct peer *peer, const char *value, struct sstp_binding *binding)
{
    GPtrArray *chain = certs_chain(login_has(value, "cert") ? OTHER_CHAIN
                                   : peer->chain            ? peer->chain
                                                            : "good");
    const GByteArray *leaf = g_ptr_array_index(chain, 0);
    struct binding_cert cert;

    binding_cert_hash(leaf->data, leaf->len, &cert);
    g_ptr_array_unref(chain);
    binding->bitmask = login_has(value, "sha1")   ? SSTP_HASH_SHA1
                       : login_has(value, "both") ? SSTP_HASH_SHA1 | SSTP_HASH_SHA256
                       : login_has(value, "none") ? 0
                                                  : SSTP_HASH_SHA256;
    binding->hash_len = binding->bitmask == SSTP_HASH_SHA1 ? 20 : 32;
    memcpy(binding->cert_hash, binding->hash_len == 20 ? cert.sha1 : cert.sha256,
           binding->hash_len);
    memset(binding->nonce,
           login_has(value, "nonce")           ? 0xee
           : login_has(value, "earlier-nonce") ? peer->num_acks - 1
                                               : peer->num_acks,
           SSTP_NONCE_LEN);
}

static GByteArray *
call_connected(const struct peer *peer, const char *value)
{
    struct sstp_message message = { .type = SSTP_CALL_CONNECTED, .has_binding = true };
    GByteArray *packet = g_byte_array_new();

    fill_binding(peer, value, &message.binding);
    g_assert_true(sstp_encode_control(&message, packet));
    if (login_has(value, "padded"))
        memset(packet->data + BINDING_CERT_HASH_OFFSET + 20, 0xaa, 12);
    return packet;
}

static void
word_call_connected(struct peer *peer, enum side side, const char *value)
{
    const char *wrong = login_has(value, "mac-of-cert")    ? "cert"
                        : login_has(value, "mac-of-nonce") ? "earlier-nonce"
                        : login_has(value, "mac-unpadded") ? "sha1"
                                                           : value;
    GByteArray *packet = call_connected(peer, value), *over = call_connected(peer, wrong);

    login_bind(&peer->login, value, login_has(value, "sha1") ? SSTP_HASH_SHA1 : SSTP_HASH_SHA256,
               over->data, packet->data);
    peer_send(peer, side, packet->data, packet->len);
    g_byte_array_unref(over);
    g_byte_array_unref(packet);
}

static void
send_bare(struct peer *peer, enum side side, uint16_t type)
{
    const struct sstp_message message = { .type = type };

    send_message(peer, side, &message);
}

/* value: the status; without one no Status Info is sent. */
static void
word_abort(struct peer *peer, enum side side, const char *value)
{
    struct sstp_message message = { .type = SSTP_CALL_ABORT, .has_status = *value != '\0' };

    message.status.attribute = SSTP_ATTR_STATUS_INFO;
    message.status.status = number_of(value);
    send_message(peer, side, &message);
}

static void
word_disconnect(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_bare(peer, side, SSTP_CALL_DISCONNECT);
}

static void
word_disconnect_ack(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_bare(peer, side, SSTP_CALL_DISCONNECT_ACK);
}

static void
word_echo(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_bare(peer, side, SSTP_ECHO_REQUEST);
}

static void
word_echo_reply(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_bare(peer, side, SSTP_ECHO_RESPONSE);
}

/* A packet whose sender writes 5000 into the 16 bits of length and reserved bits. */
static void
word_oversize(struct peer *peer, enum side side, const char *value)
{
    uint8_t *packet = g_malloc0(5000);

    (void)value;
    packet[0] = SSTP_VERSION;
    packet[2] = 5000 >> 8;
    packet[3] = 5000 & 0xff;
    peer_send(peer, side, packet, 5000);
    g_free(packet);
}

/* value: the packet's bytes in hexadecimal. */
static void
word_raw(struct peer *peer, enum side side, const char *value)
{
    struct hex hex = hex_new(value);

    peer_send(peer, side, hex.data, hex.len);
    hex_free(hex);
}

/* A Call Connect Nak of the one attribute that a request has. */
static void
word_call_nak(struct peer *peer, enum side side, const char *value)
{
    static const uint8_t rejected[] = { 0, 2 };
    struct sstp_message message = { .type = SSTP_CALL_CONNECT_NAK, .has_status = true };

    (void)value;
    message.status.attribute = SSTP_ATTR_ENCAPSULATED_PROTOCOL_ID;
    message.status.status = SSTP_STATUS_VALUE_NOT_SUPPORTED;
    message.status.value = rejected;
    message.status.value_len = sizeof rejected;
    send_message(peer, side, &message);
}

static void
word_junk(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer_send_text(peer, side, "what is this?");
}

/* --- single words: PPP ----------------------------------------------------------------------- */

static void
send_ppp(struct peer *peer, enum side side, uint16_t protocol, const uint8_t *data, size_t len)
{
    const uint8_t head[] = { 0xff, 0x03, (uint8_t)(protocol >> 8), (uint8_t)protocol };
    GByteArray *frame = g_byte_array_new(), *packet = g_byte_array_new();

    if (!peer->acfc[side])
        g_byte_array_append(frame, head, 2);
    if (!peer->pfc[side] || head[2])
        g_byte_array_append(frame, head + 2, 1);
    g_byte_array_append(frame, head + 3, 1);
    g_byte_array_append(frame, data, (guint)len);
    g_assert_true(sstp_encode_data(frame->data, frame->len, packet));
    peer_send(peer, side, packet->data, packet->len);
    g_byte_array_unref(packet);
    g_byte_array_unref(frame);
}

static void
send_code(struct peer *peer, enum side side, uint16_t protocol, uint8_t code,
          const GByteArray *data)
{
    GByteArray *packet = g_byte_array_new();
    guint len = data ? data->len : 0;

    append_u8(packet, code);
    append_u8(packet, peer->id);
    append_u16(packet, len + 4);
    if (data)
        g_byte_array_append(packet, data->data, len);
    send_ppp(peer, side, protocol, packet->data, packet->len);
    g_byte_array_unref(packet);
}

static void
send_code_and_free(struct peer *peer, enum side side, uint16_t protocol, uint8_t code,
                   GByteArray *data)
{
    send_code(peer, side, protocol, code, data);
    g_byte_array_unref(data);
}

static void
word_acfc(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer->acfc[side] = true;
}

static void
word_pfc(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer->pfc[side] = true;
}

static uint16_t
protocol_of(const char *name, size_t len)
{
    static const uint16_t protocols[] = { PPP_LCP, PPP_IPCP, PPP_IPV6CP, PPP_CCP, PPP_CBCP };

    for (size_t i = 0; i < G_N_ELEMENTS(protocols); i++) {
        const char *known = ppp_protocol_name(protocols[i]);
        if (strlen(known) == len && g_ascii_strncasecmp(known, name, len) == 0)
            return protocols[i];
    }
    g_error("no protocol: %s", name);
    return 0;
}

/* value: a protocol and, behind a comma, the data in hexadecimal: lcp,010405dc */
static void
send_data_of(struct peer *peer, enum side side, uint8_t code, const char *value)
{
    const char *comma = strchr(value, ',');
    struct hex hex = hex_new(comma ? comma + 1 : "");
    GByteArray *data = g_byte_array_new();

    g_byte_array_append(data, hex.data, (guint)hex.len);
    hex_free(hex);
    send_code_and_free(peer, side,
                       protocol_of(value, comma ? (size_t)(comma - value) : strlen(value)), code,
                       data);
}

static void
word_ask(struct peer *peer, enum side side, const char *value)
{
    peer->id++;
    send_data_of(peer, side, PPP_CONFIGURE_REQUEST, value);
}

/* Answers to the last "ask". */
static void
word_ack(struct peer *peer, enum side side, const char *value)
{
    send_data_of(peer, side, PPP_CONFIGURE_ACK, value);
}

static void
word_nak(struct peer *peer, enum side side, const char *value)
{
    send_data_of(peer, side, PPP_CONFIGURE_NAK, value);
}

static void
word_reject(struct peer *peer, enum side side, const char *value)
{
    send_data_of(peer, side, PPP_CONFIGURE_REJECT, value);
}

/* value: the protocol that is rejected. */
static void
word_protocol_reject(struct peer *peer, enum side side, const char *value)
{
    GByteArray *data = g_byte_array_new();

    append_u16(data, protocol_of(value, strlen(value)));
    send_code_and_free(peer, side, PPP_LCP, PPP_PROTOCOL_REJECT, data);
}

/* value: what stands behind the magic number, in hexadecimal. */
static void
word_identification(struct peer *peer, enum side side, const char *value)
{
    char *text = g_strconcat("lcp,12345678", value, NULL);

    send_data_of(peer, side, PPP_IDENTIFICATION, text);
    g_free(text);
}

/* Microsoft's callback control; value: code and data. */
static void
word_cbcp(struct peer *peer, enum side side, const char *value)
{
    const char *comma = strchr(value, ',');
    char *text = g_strconcat("cbcp", comma ? comma : "", NULL);

    send_data_of(peer, side, (uint8_t)g_ascii_strtoull(value, NULL, 10), text);
    g_free(text);
}

/* Echo-Reply with the magic number of the asker. */
static void
word_lcp_mirror(struct peer *peer, enum side side, const char *value)
{
    char *text = g_strconcat("lcp,", value, NULL);

    send_data_of(peer, side, PPP_ECHO_REPLY, text);
    g_free(text);
}

/* A Configure-Request of side and the other's Configure-Ack. */
static void
negotiate(struct peer *peer, enum side side, uint16_t protocol, GByteArray *options)
{
    peer->id++;
    send_code(peer, side, protocol, PPP_CONFIGURE_REQUEST, options);
    send_code(peer, side_other(side), protocol, PPP_CONFIGURE_ACK, options);
    g_byte_array_unref(options);
}

/* value: MRU; without one the default is left unsaid. */
static void
word_lcp(struct peer *peer, enum side side, const char *value)
{
    GByteArray *options = g_byte_array_new();

    if (*value) {
        append_u16(options, LCP_OPT_MRU << 8 | 4);
        append_u16(options, number_of(value));
    }
    if (side == SIDE_SERVER && peer->auth) {
        append_u16(options, LCP_OPT_AUTH << 8 | (peer->auth == PPP_CHAP ? 5 : 4));
        append_u16(options, peer->auth);
        if (peer->auth == PPP_CHAP)
            append_u8(options, peer->algorithm);
    }
    negotiate(peer, side, PPP_LCP, options);
}

static void
word_ipcp_of(struct peer *peer, enum side side, const char *value)
{
    GByteArray *options = g_byte_array_new();

    (void)value;
    append_u16(options, IPCP_OPT_ADDRESS << 8 | 6);
    append_u16(options, 0x0a00);
    append_u16(options, side == SIDE_CLIENT ? 2 : 1);
    negotiate(peer, side, PPP_IPCP, options);
}

/* side asks for PAP, the other refuses: =nak wants EAP, =reject nothing. */
static void
word_auth_refused(struct peer *peer, enum side side, const char *value)
{
    GByteArray *asked = g_byte_array_new(), *wanted = g_byte_array_new();
    bool nak = strcmp(value, "nak") == 0;

    peer->id++;
    append_u16(asked, LCP_OPT_AUTH << 8 | 4);
    append_u16(asked, PPP_PAP);
    append_u16(wanted, LCP_OPT_AUTH << 8 | 4);
    append_u16(wanted, nak ? PPP_EAP : PPP_PAP);
    send_code_and_free(peer, side, PPP_LCP, PPP_CONFIGURE_REQUEST, asked);
    send_code_and_free(peer, side_other(side), PPP_LCP,
                       nak ? PPP_CONFIGURE_NAK : PPP_CONFIGURE_REJECT, wanted);
}

/* side asks IPCP for an address of its own, or with =none for any. */
static void
word_ipcp_ask(struct peer *peer, enum side side, const char *value)
{
    GByteArray *options = g_byte_array_new();
    bool any = strcmp(value, "none") == 0;

    peer->id++;
    append_u16(options, IPCP_OPT_ADDRESS << 8 | 6);
    append_u16(options, any ? 0 : 0x0a63);
    append_u16(options, any ? 0 : 0x6363);
    send_code_and_free(peer, side, PPP_IPCP, PPP_CONFIGURE_REQUEST, options);
}

/* The answer to it: another address. */
static void
word_ipcp_nak(struct peer *peer, enum side side, const char *value)
{
    GByteArray *options = g_byte_array_new();

    (void)value;
    append_u16(options, IPCP_OPT_ADDRESS << 8 | 6);
    append_u16(options, 0x0a00);
    append_u16(options, 2);
    send_code_and_free(peer, side, PPP_IPCP, PPP_CONFIGURE_NAK, options);
}

/* What the server asks for: pap, chap, md5, eap, none. */
static void
word_auth(struct peer *peer, enum side side, const char *value)
{
    (void)side;
    peer->auth = strcmp(value, "pap") == 0    ? PPP_PAP
                 : strcmp(value, "eap") == 0  ? PPP_EAP
                 : strcmp(value, "none") == 0 ? 0
                                              : PPP_CHAP;
    peer->algorithm = strcmp(value, "md5") == 0 ? CHAP_MD5 : CHAP_MSCHAPV2;
}

static GByteArray *
chap_value(const uint8_t *value, size_t len, const char *name)
{
    GByteArray *data = g_byte_array_new();

    append_u8(data, (unsigned)len);
    g_byte_array_append(data, value, (guint)len);
    append_text(data, name);
    return data;
}

static GByteArray *
challenge_value(struct peer *peer)
{
    login_challenge(&peer->login, ++peer->id);
    return chap_value(peer->login.challenge, sizeof peer->login.challenge, "server");
}

/* value: other: by a password that the server does not know. */
static GByteArray *
response_value(struct peer *peer, const char *value)
{
    uint8_t response[LOGIN_RESPONSE_LEN];

    login_response(&peer->login, peer->user,
                   strcmp(value, "other") == 0 ? LOGIN_OTHER_PASSWORD : LOGIN_PASSWORD, response);
    return chap_value(response, sizeof response, peer->user);
}

static void
word_challenge(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_code_and_free(peer, side, PPP_CHAP, CHAP_CHALLENGE, challenge_value(peer));
}

static void
word_response(struct peer *peer, enum side side, const char *value)
{
    static const uint8_t md5[16];

    send_code_and_free(peer, side, PPP_CHAP, CHAP_RESPONSE,
                       peer->algorithm == CHAP_MD5 ? chap_value(md5, sizeof md5, peer->user)
                                                   : response_value(peer, value));
}

static GByteArray *
text_of(const char *value)
{
    GByteArray *data = g_byte_array_new();

    append_text(data, value);
    for (guint i = 0; i < data->len; i++)
        if (data->data[i] == '_')
            data->data[i] = ' ';
    return data;
}

/* What the server proves of itself; value: other, of a password that the client does not know;
 * none. */
static GByteArray *
proof_of(const struct peer *peer, const char *value)
{
    if (strcmp(value, "none") == 0 || peer->algorithm != CHAP_MSCHAPV2)
        return text_of("Welcome");
    char *proof = login_proof(&peer->login, peer->user,
                              strcmp(value, "other") == 0 ? LOGIN_OTHER_PASSWORD : LOGIN_PASSWORD);
    GByteArray *text = text_of(proof);
    g_free(proof);
    return text;
}

static void
word_success(struct peer *peer, enum side side, const char *value)
{
    send_code_and_free(peer, side, PPP_CHAP, CHAP_SUCCESS, proof_of(peer, value));
}

static void
word_failure(struct peer *peer, enum side side, const char *value)
{
    send_code_and_free(peer, side, PPP_CHAP, CHAP_FAILURE, text_of(value));
}

static void
word_pap_request(struct peer *peer, enum side side, const char *value)
{
    GByteArray *data = g_byte_array_new();

    (void)value;
    peer->id++;
    append_u8(data, (unsigned)strlen(peer->user));
    append_text(data, peer->user);
    append_u8(data, 6);
    append_text(data, "secret");
    send_code_and_free(peer, side, PPP_PAP, PAP_REQUEST, data);
}

static void
word_pap_ack(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_code(peer, side, PPP_PAP, PAP_ACK, NULL);
}

static void
word_pap_nak(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_code(peer, side, PPP_PAP, PAP_NAK, NULL);
}

/* EAP Request (of the server) or Response: value is the type's number and, behind a comma, its data
 * in hexadecimal. */
static void
word_eap(struct peer *peer, enum side side, const char *value)
{
    const char *comma = strchr(value, ',');
    struct hex hex = hex_new(comma ? comma + 1 : "");
    unsigned type = (unsigned)g_ascii_strtoull(value, NULL, 10);
    GByteArray *data = g_byte_array_new();

    append_u8(data, type);
    g_byte_array_append(data, hex.data, (guint)hex.len);
    hex_free(hex);
    if (type == EAP_IDENTITY && side == SIDE_CLIENT)
        append_text(data, peer->user);
    if (type > EAP_MD5 && type != EAP_MSCHAPV2)
        login_secret_keys(&peer->login);
    send_code_and_free(peer, side, PPP_EAP, side == SIDE_SERVER ? EAP_REQUEST : EAP_RESPONSE, data);
}

/* A message of MS-CHAPv2 inside EAP; frees the data. */
static void
send_eap_mschapv2(struct peer *peer, enum side side, uint8_t op, GByteArray *message)
{
    GByteArray *data = g_byte_array_new();

    append_u8(data, EAP_MSCHAPV2);
    append_u8(data, op); /* CHAP's */
    append_u8(data, peer->id);
    append_u16(data, message->len + 4);
    g_byte_array_append(data, message->data, message->len);
    g_byte_array_unref(message);
    send_code_and_free(peer, side, PPP_EAP, side == SIDE_SERVER ? EAP_REQUEST : EAP_RESPONSE, data);
}

static void
word_eap_challenge(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_eap_mschapv2(peer, side, CHAP_CHALLENGE, challenge_value(peer));
}

static void
word_eap_response(struct peer *peer, enum side side, const char *value)
{
    send_eap_mschapv2(peer, side, CHAP_RESPONSE, response_value(peer, value));
}

/* MS-CHAPv2's own Success, inside a Request. */
static void
word_eap_proof(struct peer *peer, enum side side, const char *value)
{
    send_eap_mschapv2(peer, side, CHAP_SUCCESS, proof_of(peer, value));
}

/* MS-CHAPv2's own Failure, inside a Request. */
static void
word_eap_refusal(struct peer *peer, enum side side, const char *value)
{
    send_eap_mschapv2(peer, side, CHAP_FAILURE, text_of(value));
}

/* A packet of EAP-TLS. */
static void
send_eap_tls(struct peer *peer, enum side side, uint8_t flags, const uint8_t *bytes, size_t len)
{
    GByteArray *data = g_byte_array_new();

    append_u8(data, EAP_TLS);
    append_u8(data, flags);
    g_byte_array_append(data, bytes, (guint)len);
    send_code_and_free(peer, side, PPP_EAP, side == SIDE_SERVER ? EAP_REQUEST : EAP_RESPONSE, data);
}

/* The hellos of EAP-TLS; the server's comes in two fragments, the first one twice. =13: TLS 1.3. */
static void
word_eap_tls(struct peer *peer, enum side side, const char *value)
{
    const bool tls13 = strcmp(value, "13") == 0;
    GByteArray *client = login_hello(false, tls13), *server = login_hello(true, tls13);
    const size_t first = server->len / 2;

    (void)side;
    peer->id++;
    send_eap_tls(peer, SIDE_SERVER, 0x20, NULL, 0);
    send_eap_tls(peer, SIDE_CLIENT, 0, client->data, client->len);
    peer->id++;
    for (int i = 0; i < 2; i++)
        send_eap_tls(peer, SIDE_SERVER, 0x40, server->data, first);
    send_eap_tls(peer, SIDE_CLIENT, 0, NULL, 0);
    peer->id++;
    send_eap_tls(peer, SIDE_SERVER, 0, server->data + first, server->len - first);
    send_eap_tls(peer, SIDE_CLIENT, 0, NULL, 0);
    login_tls_keys(&peer->login, tls13);
    g_byte_array_unref(client);
    g_byte_array_unref(server);
}

static void
word_eap_success(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_code(peer, side, PPP_EAP, EAP_SUCCESS, NULL);
}

static void
word_eap_failure(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_code(peer, side, PPP_EAP, EAP_FAILURE, NULL);
}

/* An IPv4 header for a packet of len bytes of a protocol that nobody dissects (RFC 3692). */
static void
fill_ip(uint8_t *packet, size_t len, enum side side)
{
    enum { FOR_EXPERIMENTS = 253, TTL = 64 };
    const uint8_t src = side == SIDE_CLIENT ? 2 : 1, dst = 3 - src;
    const uint8_t header[20] = { 0x45,
                                 0,
                                 (uint8_t)(len >> 8),
                                 (uint8_t)len,
                                 [6] = 0x40,
                                 0,
                                 TTL,
                                 FOR_EXPERIMENTS,
                                 [12] = 10,
                                 0,
                                 0,
                                 src,
                                 10,
                                 0,
                                 0,
                                 dst };
    uint32_t sum = 0;

    memcpy(packet, header, MIN(len, sizeof header));
    for (unsigned i = 0; i < sizeof header; i += 2)
        sum += (uint32_t)(header[i] << 8 | header[i + 1]);
    sum = (sum & 0xffff) + (sum >> 16);
    if (len >= sizeof header) {
        packet[10] = (uint8_t)(~sum >> 8);
        packet[11] = (uint8_t)~sum;
    }
}

/* value: bytes of an IPv4 packet. */
static void
word_data(struct peer *peer, enum side side, const char *value)
{
    size_t len = number_of(value);
    uint8_t *data = g_malloc0(len + 1);

    fill_ip(data, len, side);
    send_ppp(peer, side, PPP_IP, data, len);
    g_free(data);
}

/* value: payload bytes of a datagram that CCP's method sealed. */
static void
word_sealed_data(struct peer *peer, enum side side, const char *value)
{
    GByteArray *data = g_byte_array_new();

    g_byte_array_set_size(data, number_of(value));
    memset(data->data, 0x5a, data->len);
    send_ppp(peer, side, PPP_COMPRESSED, data->data, data->len);
    g_byte_array_unref(data);
}

static void
word_multilink(struct peer *peer, enum side side, const char *value)
{
    static const uint8_t fragment[8];

    (void)value;
    send_ppp(peer, side, PPP_MULTILINK, fragment, sizeof fragment);
}

static void
send_magic(struct peer *peer, enum side side, uint8_t code)
{
    GByteArray *data = g_byte_array_new();

    append_u16(data, 0x1234);
    append_u16(data, side);
    send_code_and_free(peer, side, PPP_LCP, code, data);
}

static void
word_lcp_echo(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    peer->id++;
    send_magic(peer, side, PPP_ECHO_REQUEST);
}

static void
word_lcp_reply(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_magic(peer, side, PPP_ECHO_REPLY);
}

/* value: a number makes Microsoft's form with this RAS error, other text is the reason. */
static void
word_terminate(struct peer *peer, enum side side, const char *value)
{
    static const uint8_t microsoft[] = { 0x12, 0x34, 0x56, 0x78, 0x00, 0x3c, 0xcd, 0x74 };
    GByteArray *data;

    peer->id++;
    if (g_ascii_isdigit(*value)) {
        data = g_byte_array_new();
        g_byte_array_append(data, microsoft, sizeof microsoft);
        append_u16(data, 0);
        append_u16(data, number_of(value));
    } else {
        data = text_of(value);
    }
    send_code_and_free(peer, side, PPP_LCP, PPP_TERMINATE_REQUEST, data);
}

static void
word_terminate_ack(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_code(peer, side, PPP_LCP, PPP_TERMINATE_ACK, NULL);
}

/* --- single words: inside the tunnel --------------------------------------------------------- */

/* value is "what@host" or either part: the last octet of an inner address. */
static unsigned
host_of(const char *value, unsigned otherwise)
{
    const char *at = strchr(value, '@');

    return at ? number_of(at + 1) : otherwise;
}

/* An IPv4 packet of side between the client's end of the tunnel and a host behind the server, or,
 * from 100 on, behind the client. */
static void
send_inner(struct peer *peer, enum side side, uint8_t protocol, unsigned host,
           const GByteArray *data)
{
    uint8_t own[] = { 10, 0, 0, 2 }, other[] = { 10, 0, 0, (uint8_t)host };
    GByteArray *packet = g_byte_array_new();

    if (host >= 100) {
        own[3] = (uint8_t)host;
        other[3] = 1;
    }
    append_u16(packet, 0x4500);
    append_u16(packet, 20 + data->len);
    append_u16(packet, 1);
    append_u16(packet, 0x4000);
    append_u8(packet, 64);
    append_u8(packet, protocol);
    append_u16(packet, 0);
    g_byte_array_append(packet, side == SIDE_CLIENT ? own : other, 4);
    g_byte_array_append(packet, side == SIDE_CLIENT ? other : own, 4);
    g_byte_array_append(packet, data->data, data->len);
    send_ppp(peer, side, PPP_IP, packet->data, packet->len);
    g_byte_array_unref(packet);
}

static void
send_dns(struct peer *peer, enum side side, uint16_t flags, unsigned host)
{
    GByteArray *data = g_byte_array_new();
    size_t len = strlen(peer->name);

    append_u16(data, side == SIDE_CLIENT ? 40000 : DNS_PORT);
    append_u16(data, side == SIDE_CLIENT ? DNS_PORT : 40000);
    append_u16(data, 8 + 12 + len + 6);
    append_u16(data, 0);
    append_u16(data, 7);
    append_u16(data, flags);
    append_u16(data, 1);
    for (int i = 0; i < 3; i++)
        append_u16(data, 0);
    append_u8(data, (unsigned)len);
    append_text(data, peer->name);
    append_u8(data, 0);
    append_u16(data, 1);
    append_u16(data, 1);
    send_inner(peer, side, IP_UDP, host, data);
    g_byte_array_unref(data);
}

/* value: the name, of one label, "@" the resolver. */
static void
word_inner_query(struct peer *peer, enum side side, const char *value)
{
    g_free(peer->name);
    peer->name = *value ? g_strndup(value, strcspn(value, "@")) : g_strdup("www");
    send_dns(peer, side, 0x0100, host_of(value, 1));
}

/* Answers the last query. value: the response code, "@" the resolver. */
static void
word_inner_answer(struct peer *peer, enum side side, const char *value)
{
    char *rcode = g_strndup(value, strcspn(value, "@"));

    send_dns(peer, side, (uint16_t)(0x8180 | number_of(rcode)), host_of(value, 1));
    g_free(rcode);
}

static void
send_echo(struct peer *peer, enum side side, uint8_t type, unsigned host)
{
    GByteArray *data = g_byte_array_new();

    append_u8(data, type);
    append_u8(data, 0);
    for (int i = 0; i < 3; i++)
        append_u16(data, 0);
    send_inner(peer, side, IP_ICMP, host, data);
    g_byte_array_unref(data);
}

/* ICMP Echo inside. value: "@" the host. */
static void
word_ping(struct peer *peer, enum side side, const char *value)
{
    send_echo(peer, side, ICMP_ECHO, host_of(value, 1));
}

static void
word_pong(struct peer *peer, enum side side, const char *value)
{
    send_echo(peer, side, ICMP_ECHO_REPLY, host_of(value, 1));
}

static void
word_multicast(struct peer *peer, enum side side, const char *value)
{
    static const uint8_t packet[28] = {
        0x45, 0, 0, 28,  0, 0, 0,   0,    1,    IP_UDP, 0,    0, 10,
        0,    0, 2, 224, 0, 0, 252, 0x14, 0xeb, 0x14,   0xeb, 0, 8
    };

    (void)value;
    send_ppp(peer, side, PPP_IP, packet, sizeof packet);
}

/* A segment of the TCP connection inside, at the side's next byte less back. */
static void
send_inner_tcp(struct peer *peer, enum side side, uint8_t flags, uint16_t mss, size_t len,
               uint32_t back)
{
    GByteArray *data = g_byte_array_new();
    uint32_t seq = peer->inner_seq[side] - back, ack = peer->inner_seq[side_other(side)];

    append_u16(data, side == SIDE_CLIENT ? peer->inner_port : 80);
    append_u16(data, side == SIDE_CLIENT ? 80 : peer->inner_port);
    append_u16(data, seq >> 16);
    append_u16(data, seq & 0xffff);
    append_u16(data, ack >> 16);
    append_u16(data, ack & 0xffff);
    append_u8(data, mss ? 0x60 : 0x50);
    append_u8(data, flags);
    append_u16(data, 8192);
    append_u16(data, 0);
    append_u16(data, 0);
    if (mss) {
        append_u16(data, 0x0204);
        append_u16(data, mss);
    }
    g_byte_array_set_size(data, data->len + (guint)len);
    memset(data->data + data->len - len, 0, len);
    send_inner(peer, side, IP_TCP, 9, data);
    g_byte_array_unref(data);
}

/* SYN of the client, SYN-ACK of the server. value: the MSS. */
static void
word_inner_syn(struct peer *peer, enum side side, const char *value)
{
    if (side == SIDE_CLIENT)
        peer->inner_port++;
    send_inner_tcp(peer, side, side == SIDE_CLIENT ? TCP_SYN : TCP_SYN | TCP_ACK,
                   (uint16_t)number_of(value), 0, 0);
    peer->inner_seq[side]++;
}

/* value: payload bytes, "*" how many segments; without bytes a bare acknowledgement. */
static void
word_inner_seg(struct peer *peer, enum side side, const char *value)
{
    const char *star = strchr(value, '*');
    char *bytes = g_strndup(value, strcspn(value, "*"));
    uint32_t len = number_of(bytes);

    for (unsigned num = star ? number_of(star + 1) : 1; num > 0; num--) {
        send_inner_tcp(peer, side, TCP_ACK, 0, len, 0);
        peer->inner_seq[side] += len;
        peer->inner_last[side] = len;
    }
    g_free(bytes);
}

/* Its last segment once more. */
static void
word_inner_again(struct peer *peer, enum side side, const char *value)
{
    uint32_t len = peer->inner_last[side];

    (void)value;
    send_inner_tcp(peer, side, TCP_ACK, 0, len, len);
}

/* value: bytes that do not come as far as the tunnel; negative: they are to come after all. */
static void
word_inner_lose(struct peer *peer, enum side side, const char *value)
{
    peer->inner_seq[side] += *value == '-' ? -number_of(value + 1) : number_of(value);
}

static void
word_inner_fin(struct peer *peer, enum side side, const char *value)
{
    (void)value;
    send_inner_tcp(peer, side, TCP_FIN | TCP_ACK, 0, 0, 0);
    peer->inner_seq[side]++;
}

/* A TCP segment of the client to the VPN server's own outer address and port, or back. =own: of the
 * tunnel's connection. */
static void
word_loop(struct peer *peer, enum side side, const char *value)
{
    const struct endpoint *from = &peer->end[side], *to = &peer->end[side_other(side)];
    bool own = strcmp(value, "own") == 0;
    GByteArray *packet = g_byte_array_new();
    static const uint8_t inside[] = { 10, 0, 0, 2 };

    append_u16(packet, 0x4500);
    append_u16(packet, 40);
    append_u16(packet, 1);
    append_u16(packet, 0x4000);
    append_u16(packet, 64 << 8 | IP_TCP);
    append_u16(packet, 0);
    g_byte_array_append(packet, own || side == SIDE_SERVER ? from->addr : inside, 4);
    g_byte_array_append(packet, own || side == SIDE_CLIENT ? to->addr : inside, 4);
    append_u16(packet, own || side == SIDE_SERVER ? from->port : 51000);
    append_u16(packet, own || side == SIDE_CLIENT ? to->port : 51000);
    for (int i = 0; i < 4; i++)
        append_u16(packet, 0);
    append_u16(packet, 0x5000 | (side == SIDE_CLIENT ? TCP_SYN : TCP_SYN | TCP_ACK));
    for (int i = 0; i < 3; i++)
        append_u16(packet, 0);
    send_ppp(peer, side, PPP_IP, packet->data, packet->len);
    g_byte_array_unref(packet);
}

/* --- scripts --------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum side side; /* unless the script says otherwise */
    void (*run)(struct peer *peer, enum side side, const char *value);
} script_words[] = {
    { "syn", SIDE_CLIENT, word_syn },
    { "tcp-ack", SIDE_CLIENT, word_tcp_ack },
    { "fin", SIDE_CLIENT, word_fin },
    { "rst", SIDE_CLIENT, word_rst },
    { "again", SIDE_CLIENT, word_again },
    { "deaf", SIDE_CLIENT, word_deaf },
    { "delay", SIDE_CLIENT, word_delay },
    { "release", SIDE_CLIENT, word_release },
    { "stamps", SIDE_CLIENT, word_stamps },
    { "ttl", SIDE_SERVER, word_ttl },
    { "window", SIDE_SERVER, word_window },
    { "move", SIDE_CLIENT, word_move },
    { "icmp", SIDE_CLIENT, word_icmp },
    { "dns", SIDE_CLIENT, word_dns },
    { "dns-answer", SIDE_CLIENT, word_dns_answer },
    { "private", SIDE_SERVER, word_private },
    { "arp", SIDE_CLIENT, word_arp },
    { "hidden", SIDE_CLIENT, word_hidden },
    { "lose", SIDE_CLIENT, word_lose },
    { "offload", SIDE_CLIENT, word_offload },
    { "partial", SIDE_CLIENT, word_partial },
    { "snap", SIDE_CLIENT, word_snap },
    { "hold", SIDE_CLIENT, word_hold },
    { "flush", SIDE_CLIENT, word_flush },
    { "halves", SIDE_CLIENT, word_halves },
    { "copies", SIDE_CLIENT, word_copies },
    { "ends", SIDE_CLIENT, word_ends },
    { "at", SIDE_CLIENT, word_at },
    { "clamp", SIDE_CLIENT, word_clamp },
    { "renumber", SIDE_CLIENT, word_renumber },
    { "nat", SIDE_CLIENT, word_nat },
    { "drop", SIDE_CLIENT, word_drop },
    { "late", SIDE_CLIENT, word_late },
    { "twice", SIDE_CLIENT, word_twice },
    { "forge", SIDE_CLIENT, word_forge },
    { "wait", SIDE_CLIENT, word_wait },
    { "next", SIDE_CLIENT, word_next },
    { "swap", SIDE_CLIENT, word_swap },
    { "judge", SIDE_CLIENT, word_judge },
    { "user", SIDE_CLIENT, word_user },
    { "knows", SIDE_CLIENT, word_knows },
    { "tls", SIDE_CLIENT, word_tls },
    { "blind", SIDE_CLIENT, word_blind },
    { "sealed", SIDE_SERVER, word_sealed },
    { "alert", SIDE_CLIENT, word_alert },
    { "syn-again", SIDE_CLIENT, word_syn_again },
    { "hello", SIDE_CLIENT, word_hello },
    { "hello-part", SIDE_CLIENT, word_hello_part },
    { "retry", SIDE_SERVER, word_retry },
    { "flight", SIDE_SERVER, word_flight },
    { "finish", SIDE_CLIENT, word_finish },
    { "proxy", SIDE_CLIENT, word_proxy },
    { "proxy-header", SIDE_CLIENT, word_proxy_header },
    { "port", SIDE_SERVER, word_port },
    { "banner", SIDE_SERVER, word_banner },
    { "post", SIDE_CLIENT, word_post },
    { "answer", SIDE_SERVER, word_answer },
    { "call-request", SIDE_CLIENT, word_call_request },
    { "call-ack", SIDE_SERVER, word_call_ack },
    { "call-nak", SIDE_SERVER, word_call_nak },
    { "call-connected", SIDE_CLIENT, word_call_connected },
    { "abort", SIDE_CLIENT, word_abort },
    { "disconnect", SIDE_CLIENT, word_disconnect },
    { "disconnect-ack", SIDE_SERVER, word_disconnect_ack },
    { "echo", SIDE_CLIENT, word_echo },
    { "echo-reply", SIDE_SERVER, word_echo_reply },
    { "oversize", SIDE_SERVER, word_oversize },
    { "junk", SIDE_SERVER, word_junk },
    { "raw", SIDE_SERVER, word_raw },
    { "acfc", SIDE_CLIENT, word_acfc },
    { "pfc", SIDE_CLIENT, word_pfc },
    { "ask", SIDE_CLIENT, word_ask },
    { "ack", SIDE_SERVER, word_ack },
    { "nak", SIDE_SERVER, word_nak },
    { "reject", SIDE_SERVER, word_reject },
    { "protocol-reject", SIDE_SERVER, word_protocol_reject },
    { "identification", SIDE_CLIENT, word_identification },
    { "cbcp", SIDE_SERVER, word_cbcp },
    { "lcp-mirror", SIDE_CLIENT, word_lcp_mirror },
    { "lcp-of", SIDE_CLIENT, word_lcp },
    { "ipcp-of", SIDE_CLIENT, word_ipcp_of },
    { "ipcp-ask", SIDE_CLIENT, word_ipcp_ask },
    { "ipcp-nak", SIDE_SERVER, word_ipcp_nak },
    { "auth-refused", SIDE_SERVER, word_auth_refused },
    { "auth", SIDE_SERVER, word_auth },
    { "challenge", SIDE_SERVER, word_challenge },
    { "response", SIDE_CLIENT, word_response },
    { "success", SIDE_SERVER, word_success },
    { "failure", SIDE_SERVER, word_failure },
    { "pap-request", SIDE_CLIENT, word_pap_request },
    { "pap-ack", SIDE_SERVER, word_pap_ack },
    { "pap-nak", SIDE_SERVER, word_pap_nak },
    { "eap", SIDE_SERVER, word_eap },
    { "eap-challenge", SIDE_SERVER, word_eap_challenge },
    { "eap-response", SIDE_CLIENT, word_eap_response },
    { "eap-proof", SIDE_SERVER, word_eap_proof },
    { "eap-refusal", SIDE_SERVER, word_eap_refusal },
    { "eap-tls", SIDE_SERVER, word_eap_tls },
    { "eap-success", SIDE_SERVER, word_eap_success },
    { "eap-failure", SIDE_SERVER, word_eap_failure },
    { "data", SIDE_CLIENT, word_data },
    { "sealed-data", SIDE_CLIENT, word_sealed_data },
    { "multilink", SIDE_CLIENT, word_multilink },
    { "lcp-echo", SIDE_SERVER, word_lcp_echo },
    { "lcp-reply", SIDE_CLIENT, word_lcp_reply },
    { "inner-query", SIDE_CLIENT, word_inner_query },
    { "inner-answer", SIDE_SERVER, word_inner_answer },
    { "ping", SIDE_CLIENT, word_ping },
    { "pong", SIDE_SERVER, word_pong },
    { "multicast", SIDE_CLIENT, word_multicast },
    { "inner-syn", SIDE_CLIENT, word_inner_syn },
    { "inner-seg", SIDE_CLIENT, word_inner_seg },
    { "inner-again", SIDE_CLIENT, word_inner_again },
    { "inner-lose", SIDE_SERVER, word_inner_lose },
    { "inner-fin", SIDE_CLIENT, word_inner_fin },
    { "loop", SIDE_CLIENT, word_loop },
    { "terminate", SIDE_CLIENT, word_terminate },
    { "terminate-ack", SIDE_SERVER, word_terminate_ack },
};

static const struct {
    const char *name, *script;
} script_composites[] = {
    { "tunnel", "dial lcp chap call-connected ipcp" }, /* no inner packet yet */
    { "inner-tcp", "inner-syn=1460 s.inner-syn=1460 inner-seg inner-seg=200" },
    { "tcp", "c.syn s.syn c.tcp-ack" },
    { "call", "post answer call-request call-ack" },
    { "dial", "tcp call" },
    { "lcp", "s.lcp-of c.lcp-of" },
    { "chap", "challenge response success" },
    { "eap-mschapv2",
      "eap=1 c.eap=1 eap-challenge eap-response eap-proof c.eap=26,03 eap-success" },
    { "pap", "pap-request pap-ack" },
    { "ipcp", "s.ipcp-of c.ipcp-of" },
    { "traffic", "c.data=100 s.data=100" },
    { "join", "lcp chap call-connected ipcp traffic" },
    { "up", "dial join" },
    { "up-tls", "tcp tls call join" },
    { "close", "c.fin s.fin c.tcp-ack" },
    { "goodbye", "c.terminate s.terminate-ack c.disconnect s.disconnect-ack" },
};

static const char *
composite_find(const char *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(script_composites); i++)
        if (strcmp(script_composites[i].name, word) == 0)
            return script_composites[i].script;
    return NULL;
}

static void
run_word(struct peer *peer, const char *word)
{
    bool marked = *word == '!', has_side;
    const char *name = marked ? word + 1 : word, *value = strchr(name, '=');

    has_side = (name[0] == 'c' || name[0] == 's') && name[1] == '.';
    enum side side = name[0] == 's' ? SIDE_SERVER : SIDE_CLIENT;
    name += has_side ? 2 : 0;
    size_t len = value ? (size_t)(value - name) : strlen(name);
    for (size_t i = 0; i < G_N_ELEMENTS(script_words); i++) {
        if (strlen(script_words[i].name) != len || strncmp(script_words[i].name, name, len) != 0)
            continue;
        script_words[i].run(peer, has_side ? side : script_words[i].side, value ? value + 1 : "");
        if (marked)
            peer->marked = peer->frame;
        return;
    }
    g_error("no word of a script: %s", word);
}

/* Puts the words of a script in front of those that wait. */
static void
push_words(GQueue *queue, const char *script)
{
    char **list = g_strsplit(script, " ", -1);

    for (guint i = g_strv_length(list); i > 0; i--)
        if (*list[i - 1])
            g_queue_push_head(queue, g_strdup(list[i - 1]));
    g_strfreev(list);
}

void
peer_run(struct peer *peer, const char *script)
{
    GQueue queue = G_QUEUE_INIT;
    char *word;

    push_words(&queue, script);
    while ((word = g_queue_pop_head(&queue))) {
        const char *composite = composite_find(word);
        if (composite)
            push_words(&queue, composite);
        else
            run_word(peer, word);
        g_free(word);
    }
}
