/* peer/segment.c - segments of made-up connections, as they are captured at one point or at two
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include <string.h>

#include "codec/tcp.h"

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
    far.options = far.options_len > sizeof options ? peer->stamp_option : options;
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
    int64_t time = peer->plain.mark.time + peer->ends_lag;

    if (peer->forged || peer->taken)
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

uint32_t
peer_stamp_now(const struct peer *peer)
{
    return (uint32_t)(peer->now / 1000000 / peer->stamp);
}

static void
stamp_put(struct peer *peer)
{
    uint32_t stamp = g_htonl(peer->old_stamp ? peer->old_stamp : peer_stamp_now(peer));
    const uint8_t head[] = { 1, 1, TCP_OPTION_TIMESTAMPS, 10 };

    memcpy(peer->stamp_option, head, sizeof head);
    memcpy(peer->stamp_option + sizeof head, &stamp, sizeof stamp);
    memset(peer->stamp_option + sizeof head + sizeof stamp, 0, sizeof stamp);
    peer->old_stamp = 0;
}

bool
peer_way_takes(struct peer *peer, enum side side, size_t len)
{
    bool takes = peer->drop[side] || peer->drop_one[side] ||
                 (peer->drop_above[side] && len > peer->drop_above[side]);

    peer->drop_one[side] = false;
    return takes;
}

bool
peer_is_captured(struct peer *peer, enum side side)
{
    bool lost = peer->hidden[side] || peer->lose[side];

    peer->lose[side] = false;
    return !lost;
}

void
peer_pass(struct peer *peer, int64_t ns)
{
    int64_t until = peer->now + ns;

    resend_until(peer, until);
    peer->now = MAX(peer->now, until);
}

static int64_t
capture_time(const struct peer *peer)
{
    int64_t time = peer->now + peer->clock;

    return peer->tick ? time / peer->tick * peer->tick : time;
}

void
peer_segment_tell(struct peer *peer, enum side side, uint32_t seq, uint16_t flags,
                  const uint8_t *data, size_t len, bool taken)
{
    const uint8_t options[] = { 2, 4, (uint8_t)(peer->mss >> 8), (uint8_t)peer->mss };
    struct segment segment = {
        .mark = { ++peer->frame, capture_time(peer) },
        .interface = peer->interface + (peer->own_way[side] ? 1 : 0),
        .src = peer->end[side],
        .dst = peer->end[side_other(side)],
        .seq = seq,
        .ack = flags & TCP_ACK ? peer->heard[side] : 0,
        .flags = flags,
        .window = peer->window[side],
        .ip_id = peer->no_id ? 0 : (uint16_t)peer->frame,
        .ttl = peer->ttl[side],
        .checksum = PEER_WHOLE_CHECKSUM,
        .options = options,
        .options_len = flags & TCP_SYN ? sizeof options : 0,
        .payload = data,
        .captured_len = MIN(len, peer->snap),
        .payload_len = len,
    };
    if (peer->stamp && !(flags & TCP_SYN)) {
        stamp_put(peer);
        segment.options = peer->stamp_option;
        segment.options_len = sizeof peer->stamp_option;
    }
    if (peer->partial[side])
        segment.checksum = partial_checksum(&segment);
    peer->open = true;
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
    peer->taken = taken;
}

bool
peer_segment(struct peer *peer, enum side side, uint32_t seq, uint16_t flags, const uint8_t *data,
             size_t len)
{
    peer_pass(peer, peer->step);
    if (peer->resend)
        return resend_segment(peer, side, seq, flags, data, len);
    if (!peer->deaf[side])
        peer->heard[side] = peer->seq[side_other(side)];
    if (!peer_is_captured(peer, side))
        return false;
    peer_segment_tell(peer, side, seq, flags, data, len, peer_way_takes(peer, side, len));
    return true;
}

void
peer_frame_done(struct peer *peer)
{
    const uint8_t options[] = { 2, 4, (uint8_t)(peer->mss >> 8), (uint8_t)peer->mss };
    struct segment copy = peer->recent;

    if (!peer->open)
        return;
    peer->open = false;
    engine_frame_done(peer->engine);
    if (peer->ends)
        end_tell(peer);
    if (!peer->copies)
        return;
    /* The copy has nothing to tell but itself. */
    copy.mark = (struct mark){ ++peer->frame, copy.mark.time + peer->copy_lag };
    copy.ttl = (uint8_t)(copy.ttl - peer->copy_hops);
    copy.payload = peer->recent_bytes->data;
    copy.options = peer->stamp && !(copy.flags & TCP_SYN) ? peer->stamp_option : options;
    if (peer->tap)
        peer->tap->segment(peer->tap_data, &copy);
    engine_frame(peer->engine, copy.mark);
    engine_segment(peer->engine, &copy);
    engine_frame_done(peer->engine);
}

void
peer_flags(struct peer *peer, enum side side, uint16_t flags)
{
    uint32_t seq = peer->seq[side];

    if (flags & (TCP_SYN | TCP_FIN))
        peer->seq[side]++;
    peer_segment(peer, side, seq, flags, NULL, 0);
    peer_frame_done(peer);
}
