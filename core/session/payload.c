/* payload.c - the packets in the tunnel: how many, whether they fit, what they carry
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "session/payload.h"

#include "base/thresholds.h"
#include "session/session.h"
#include "session/stages.h"
#include "session/state.h"
#include "wire/mtu.h"

/* --- sizes ----------------------------------------------------------------------------------- */

static void
evidence_add(uint32_t frames[EVIDENCE_FRAMES_MAX], uint32_t num, uint32_t frame)
{
    if (num < EVIDENCE_FRAMES_MAX)
        frames[num] = frame;
}

/* Longest inner packet that side's peer takes. */
static uint16_t
peer_mru(const struct session *session, enum side side)
{
    uint16_t mru = session_lcp(session, side_other(side))->lcp.mru;

    return mru ? mru : PPP_DEFAULT_MRU;
}

/* Longest SSTP packet whose record one segment of side holds; 0 when that is not known. */
static size_t
packet_room(const struct session *session, enum side side)
{
    const struct tls_facts *tls = session_tls(session);
    size_t room = conn_segment_room(session->conn, side);

    if (!conn_is_tls(session->conn))
        return room;
    if (!tls->has_server_hello)
        return 0;

    struct mtu_cipher cipher =
        mtu_cipher_of(tls->server_hello.cipher_suite, tls->server_hello.version,
                      tls->server_hello.encrypt_then_mac);
    return cipher.known ? mtu_inner_fit(&cipher, room, 0) : 0;
}

static void
compare_with_mru(struct session *session, enum side side, size_t inner_len, struct mark mark)
{
    struct mtu_facts *mtu = &PART_OF(&session->mtu, SIDE_COUNT)[side];

    if (inner_len <= peer_mru(session, side) || !session_lcp(session, side_other(side))->agreed ||
        mark_is_set(mtu->mp_at))
        return;
    mark_once(&mtu->over_mru_at, mark);
    evidence_add(mtu->over_mru_frames, mtu->over_mru, mark.frame);
    session->changed |= mtu->over_mru++ == 0;
    mtu->over_mru_max = MAX(mtu->over_mru_max, (uint32_t)inner_len);
}

static void
compare_with_segment(struct session *session, enum side side, size_t packet_len, struct mark mark)
{
    struct mtu_facts *mtu = &PART_OF(&session->mtu, SIDE_COUNT)[side];

    if (packet_len < mtu->fit_checked)
        return;
    /* Small packets, nearly all, do not come here: the room is worked out once for the rest. */
    if (mtu->fit_checked == 0) {
        mtu->room = (uint32_t)packet_room(session, side);
        mtu->fit_checked = mtu->room ? mtu->room + 1 : UINT32_MAX;
    }
    if (mtu->room == 0 || packet_len <= mtu->room)
        return;
    mark_once(&mtu->straddling_at, mark);
    evidence_add(mtu->straddling_frames, mtu->straddling, mark.frame);
    session->changed |= mtu->straddling++ < STRADDLING_MIN;
}

static void
compare_sizes(struct session *session, enum side side, size_t packet_len, size_t inner_len,
              struct mark mark)
{
    struct mtu_facts *mtu = &PART_OF(&session->mtu, SIDE_COUNT)[side];

    if (inner_len > mtu->max_inner) {
        mtu->max_inner = (uint32_t)inner_len;
        mtu->encapsulation = (uint32_t)(packet_len - inner_len);
    }
    compare_with_mru(session, side, inner_len, mark);
    compare_with_segment(session, side, packet_len, mark);
}

void
session_feed_oversize(struct session *session, enum side side, size_t len, struct mark mark)
{
    struct mtu_facts *mtu = &PART_OF(&session->mtu, SIDE_COUNT)[side];

    mark_once(&mtu->oversize_at, mark);
    session->changed |= mtu->oversize++ == 0;
    mtu->oversize_max = MAX(mtu->oversize_max, (uint32_t)len);
}

/* --- inner traffic --------------------------------------------------------------------------- */

/* Largest inner packet that side can expect to get through: what its peer takes, and what it uses
 * itself, as hosts ask for what they use. */
static size_t
inner_carried(const struct session *session, enum side side)
{
    uint16_t own = session_lcp(session, side)->lcp.mru, taken = peer_mru(session, side);

    return own ? MIN(own, taken) : taken;
}

static void
follow_traffic(struct session *session, enum side side, struct buf packet, struct mark mark)
{
    const struct conn *conn = session->conn;
    struct inner inner;

    if (!inner_decode(packet, &inner))
        return;
    if (!session->traffic) {
        session->traffic =
            traffic_new(conn_endpoint(conn, SIDE_CLIENT), conn_endpoint(conn, SIDE_SERVER));
        for (int i = 0; i < SIDE_COUNT; i++)
            session->traffic->carries[i] = inner_carried(session, (enum side)i);
    }
    const struct tcp_half *half = conn_half(conn, side);
    session->changed |= traffic_packet(session->traffic, side, &inner,
                                       half->retransmissions + half->path.lost, mark);
}

/* --- packets --------------------------------------------------------------------------------- */

static void
count_packet(struct session *session, enum side side, size_t len, struct mark mark)
{
    struct data_facts *data = &session->data;

    stage_go_on(session, STAGE_DATA, mark);
    mark_once(&data->first[side], mark);
    data->last[side] = mark;
    data->packets[side]++;
    data->bytes[side] += len;
}

void
payload_feed(struct session *session, enum side side, size_t packet_len,
             const struct ppp_frame *frame, struct mark mark)
{
    size_t len = buf_left(&frame->payload);

    count_packet(session, side, len, mark);
    compare_sizes(session, side, packet_len, len, mark);
    follow_traffic(session, side, frame->payload, mark);
}

void
payload_feed_opaque(struct session *session, enum side side, const struct ppp_frame *frame,
                    struct mark mark)
{
    if (frame->protocol == PPP_MULTILINK)
        mark_once(&PART_OF(&session->mtu, SIDE_COUNT)[side].mp_at, mark);
    count_packet(session, side, buf_left(&frame->payload), mark);
}
