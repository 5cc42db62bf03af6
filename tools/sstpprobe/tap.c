/* tap.c - tells what a socket does to an engine, and to a file
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap.h"

#include "base/wipe.h"
#include "codec/frame.h"
#include "engine/tell.h"
#include "packet.h"

/* Where sequence numbers begin, so that everybody sees that they are made up. */
#define CLIENT_ISN UINT32_C(0x10000000)
#define SERVER_ISN UINT32_C(0x20000000)

enum { SEGMENT_DEFAULT = 1200, NS_PER_MS = 1000000 };

struct tap {
    struct engine *engine;
    struct file *file;
    struct endpoint ends[SIDE_COUNT];
    uint32_t isn[SIDE_COUNT];
    uint64_t sent[SIDE_COUNT];  /* bytes since the beginning */
    uint64_t acked[SIDE_COUNT]; /* of them, by the other side, as was told */
    bool has_syn[SIDE_COUNT], has_fin[SIDE_COUNT];
    uint16_t size[SIDE_COUNT];
    bool timestamps;
    GByteArray *unacked; /* of the client, from acked[SIDE_CLIENT] on */
    GByteArray *packet;
    GByteArray *begun[SIDE_COUNT]; /* clear bytes of what is not whole yet */
    enum side teller;              /* whose clear bytes are told now */
    GArray *times;                 /* int64_t, of each frame */
    uint32_t frame;
    struct mark mark; /* of the last packet */
};

struct told
told_new(void)
{
    return (struct told){ g_byte_array_new(), g_byte_array_new(), 0, TOLD_NO_ALERT };
}

void
told_reset(struct told *told)
{
    g_byte_array_set_size(told->clear, 0);
    g_byte_array_set_size(told->handshake, 0);
    told->records = 0;
    told->alert = TOLD_NO_ALERT;
}

void
told_free(struct told *told)
{
    g_byte_array_unref(told->clear);
    g_byte_array_unref(told->handshake);
}

struct tap *
tap_new(struct engine *engine, struct file *file)
{
    struct tap *tap = g_new0(struct tap, 1);

    tap->engine = engine;
    tap->file = file;
    tap->isn[SIDE_CLIENT] = CLIENT_ISN;
    tap->isn[SIDE_SERVER] = SERVER_ISN;
    tap->size[SIDE_CLIENT] = tap->size[SIDE_SERVER] = SEGMENT_DEFAULT;
    tap->timestamps = true;
    tap->unacked = g_byte_array_new();
    tap->packet = g_byte_array_new();
    for (int side = 0; side < SIDE_COUNT; side++)
        tap->begun[side] = g_byte_array_new();
    tap->times = g_array_new(FALSE, FALSE, sizeof(int64_t));
    engine_vantage(engine, 0, VANTAGE_SOCKET);
    return tap;
}

void
tap_free(struct tap *tap)
{
    if (!tap)
        return;
    g_byte_array_unref(tap->unacked);
    g_byte_array_unref(tap->packet);
    for (int side = 0; side < SIDE_COUNT; side++) {
        wipe(tap->begun[side]->data, tap->begun[side]->len);
        g_byte_array_unref(tap->begun[side]);
    }
    g_array_unref(tap->times);
    g_free(tap);
}

double
tap_frame_seconds(const struct tap *tap, uint32_t frame)
{
    if (frame == 0 || frame > tap->times->len)
        return 0;
    return ns_seconds(g_array_index(tap->times, int64_t, frame - 1) -
                      g_array_index(tap->times, int64_t, 0));
}

void
tap_ends(struct tap *tap, const struct endpoint *client, const struct endpoint *server)
{
    tap->ends[SIDE_CLIENT] = *client;
    tap->ends[SIDE_SERVER] = *server;
}

void
tap_segment_size(struct tap *tap, enum side side, uint16_t size)
{
    tap->size[side] = size ? size : SEGMENT_DEFAULT;
}

void
tap_timestamps(struct tap *tap, bool timestamps)
{
    tap->timestamps = timestamps;
}

void
tap_secret(struct tap *tap, const char *line)
{
    if (tap->file)
        file_secret(tap->file, line);
}

/* --- packets ---------------------------------------------------------------------------------- */

static void
tell(struct tap *tap, const struct told *told)
{
    if (told->alert != TOLD_NO_ALERT)
        engine_alert(tap->engine, (uint8_t)told->alert);
    if (told->handshake->len > 0)
        engine_handshake(tap->engine, told->handshake->data, told->handshake->len);
    engine_tell_clear(tap->engine, tap->begun[tap->teller], told->clear->data, told->clear->len);
    if (told->records > 0)
        engine_decrypted(tap->engine, told->records);
}

/* Takes tap->packet: to the file, and to the engine, which reads it as it would from there. */
static void
take_packet(struct tap *tap, const struct told *told, const char *comment, int64_t time)
{
    struct frame frame;

    tap->mark = (struct mark){ ++tap->frame, MAX(time, tap->mark.time) };
    g_array_append_val(tap->times, tap->mark.time);
    if (tap->file)
        file_packet(tap->file, tap->mark.time, tap->packet, comment);
    frame_decode(LINK_RAW, tap->packet->data, tap->packet->len, tap->packet->len, &frame);
    engine_frame(tap->engine, tap->mark);
    if (frame.kind == FRAME_TCP) {
        frame.segment.mark = tap->mark;
        engine_segment(tap->engine, &frame.segment);
        if (told)
            tell(tap, told);
    } else if (frame.kind == FRAME_ICMP) {
        frame.icmp.mark = tap->mark;
        engine_icmp(tap->engine, &frame.icmp);
    } else if (frame.kind == FRAME_DNS) {
        engine_dns(tap->engine, &frame.dns, &frame.src, &frame.dst, tap->mark);
    }
    engine_frame_done(tap->engine);
    engine_no_segment(tap->engine);
}

/* The sequence number that side sends next, SYN and FIN counted. */
static uint32_t
next_seq(const struct tap *tap, enum side side)
{
    return tap->isn[side] + (uint32_t)tap->sent[side] + tap->has_syn[side] + tap->has_fin[side];
}

static struct packet_tcp
header(struct tap *tap, enum side side, uint8_t flags, int64_t time)
{
    const enum side other = side_other(side);

    return (struct packet_tcp){
        .src = &tap->ends[side],
        .dst = &tap->ends[other],
        .seq = next_seq(tap, side),
        .ack = flags & TCP_ACK ? next_seq(tap, other) : 0,
        .flags = flags,
        .timestamps = tap->timestamps,
        .stamp = (uint32_t)(time / NS_PER_MS),
        .id = tap->ends[side].addr_len == 4 ? (uint16_t)(tap->frame + 1) : 0,
    };
}

static void
send_segment(struct tap *tap, const struct packet_tcp *tcp, struct buf payload,
             const struct told *told, const char *comment, int64_t time)
{
    g_byte_array_set_size(tap->packet, 0);
    packet_append_tcp(tap->packet, tcp, payload);
    take_packet(tap, told, comment, time);
}

/* What the server is known to have acknowledged, and no more. */
static uint32_t
acked_seq(const struct tap *tap)
{
    return tap->isn[SIDE_CLIENT] + 1 + (uint32_t)tap->acked[SIDE_CLIENT];
}

static void
send_control(struct tap *tap, enum side side, uint8_t flags, const char *comment, int64_t time)
{
    struct packet_tcp tcp = header(tap, side, flags, time);

    if (side == SIDE_SERVER)
        tcp.ack = acked_seq(tap);
    send_segment(tap, &tcp, buf_init(NULL, 0), NULL, comment, time);
}

void
tap_datagram(struct tap *tap, const struct endpoint *src, const struct endpoint *dst,
             struct buf bytes, int64_t time)
{
    g_byte_array_set_size(tap->packet, 0);
    packet_append_udp(tap->packet, src, dst, bytes);
    take_packet(tap, NULL, NULL, time);
}

/* --- the connection --------------------------------------------------------------------------- */

void
tap_syn(struct tap *tap, uint16_t mss, bool again, int64_t time)
{
    tap->has_syn[SIDE_CLIENT] = false;
    struct packet_tcp tcp = header(tap, SIDE_CLIENT, TCP_SYN, time);
    tcp.mss = mss;
    send_segment(tap, &tcp, buf_init(NULL, 0), NULL,
                 again ? "sstpprobe: the kernel counts another connection request"
                       : "sstpprobe: made from a socket, not captured",
                 time);
    tap->has_syn[SIDE_CLIENT] = true;
}

void
tap_accepted(struct tap *tap, uint16_t mss, int64_t time)
{
    struct packet_tcp tcp = header(tap, SIDE_SERVER, TCP_SYN | TCP_ACK, time);

    tcp.mss = mss;
    send_segment(tap, &tcp, buf_init(NULL, 0), NULL, NULL, time);
    tap->has_syn[SIDE_SERVER] = true;
    send_control(tap, SIDE_CLIENT, TCP_ACK, NULL, time);
}

void
tap_icmp(struct tap *tap, const struct endpoint *from, uint8_t type, uint8_t code, uint16_t mtu,
         int64_t time)
{
    struct packet_tcp tcp =
        header(tap, SIDE_CLIENT, tap->sent[SIDE_CLIENT] ? TCP_ACK : TCP_SYN, time);
    GByteArray *quoted = g_byte_array_new();

    tcp.seq = tap->isn[SIDE_CLIENT] + (uint32_t)tap->acked[SIDE_CLIENT];
    packet_append_tcp(quoted, &tcp, buf_init(NULL, 0));
    g_byte_array_set_size(tap->packet, 0);
    packet_append_icmp(tap->packet, from, &tap->ends[SIDE_CLIENT], type, code, mtu,
                       buf_init(quoted->data, quoted->len));
    take_packet(tap, NULL, "sstpprobe: from the socket's error queue", time);
    g_byte_array_unref(quoted);
}

/* --- bytes ------------------------------------------------------------------------------------ */

void
tap_bytes(struct tap *tap, enum side side, const uint8_t *bytes, size_t len,
          const struct told *told, int64_t time)
{
    while (len > 0) {
        const size_t part = MIN(len, tap->size[side]);
        const bool last = part == len;
        struct packet_tcp tcp = header(tap, side, (uint8_t)(TCP_ACK | (last ? TCP_PSH : 0)), time);

        if (side == SIDE_SERVER)
            tcp.ack = acked_seq(tap);
        else
            tap->acked[SIDE_SERVER] = tap->sent[SIDE_SERVER];
        tap->teller = side;
        send_segment(tap, &tcp, buf_init(bytes, part), last ? told : NULL, NULL, time);
        tap->sent[side] += part;
        if (side == SIDE_CLIENT)
            g_byte_array_append(tap->unacked, bytes, (guint)part);
        bytes += part;
        len -= part;
    }
}

void
tap_acked(struct tap *tap, uint64_t bytes, int64_t time)
{
    /* A segment of the server's that acknowledges more than was told as sent would count as one
     * that overtook others. */
    const uint64_t acked = MIN(bytes, tap->sent[SIDE_CLIENT]);

    if (acked <= tap->acked[SIDE_CLIENT])
        return;
    g_byte_array_remove_range(tap->unacked, 0, (guint)(acked - tap->acked[SIDE_CLIENT]));
    tap->acked[SIDE_CLIENT] = acked;
    send_control(tap, SIDE_SERVER, TCP_ACK, NULL, time);
}

void
tap_acknowledge(struct tap *tap, int64_t time)
{
    if (tap->acked[SIDE_SERVER] == tap->sent[SIDE_SERVER])
        return;
    tap->acked[SIDE_SERVER] = tap->sent[SIDE_SERVER];
    send_control(tap, SIDE_CLIENT, TCP_ACK, NULL, time);
}

void
tap_resent(struct tap *tap, int64_t time)
{
    const size_t len = MIN(tap->unacked->len, tap->size[SIDE_CLIENT]);
    struct packet_tcp tcp = header(tap, SIDE_CLIENT, TCP_ACK | TCP_PSH, time);

    if (len == 0)
        return;
    tcp.seq = acked_seq(tap);
    send_segment(tap, &tcp, buf_init(tap->unacked->data, len), NULL,
                 "sstpprobe: the kernel counts a retransmission", time);
}

void
tap_fin(struct tap *tap, enum side side, int64_t time)
{
    if (tap->has_fin[side])
        return;
    send_control(tap, side, TCP_FIN | TCP_ACK, NULL, time);
    tap->has_fin[side] = true;
}

void
tap_rst(struct tap *tap, enum side side, int64_t time)
{
    struct packet_tcp tcp = header(tap, side, TCP_RST | TCP_ACK, time);

    /* One that answers the request acknowledges it; later ones come where their sender stands. */
    if (side == SIDE_SERVER && tap->has_syn[SIDE_SERVER])
        tcp.ack = acked_seq(tap);
    else if (side == SIDE_SERVER)
        tcp.seq = 0;
    send_segment(tap, &tcp, buf_init(NULL, 0), NULL, NULL, time);
}
