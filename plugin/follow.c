/* follow.c - Follow > SSTP Diagnostics stream, and tshark -z follow,sstpdiag: what both sides said
 * in a session, HTTP heads and SSTP packets, one piece each
 *
 * Wireshark 4.0 has no way into its menu Follow; there only tshark has it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "follow.h"

#include "state.h"

static int tap_follow = -1;

void
follow_piece(packet_info *pinfo, tvbuff_t *piece)
{
    if (have_tap_listener(tap_follow))
        tap_queue_packet(tap_follow, pinfo, piece);
}

static char *
filter_of(unsigned session)
{
    return g_strdup_printf("sstpdiag.session == %u", session);
}

/* The session of the chosen frame; NULL when it has none, or nothing of it can be read. */
static char *
filter_of_frame(epan_dissect_t *edt, packet_info *pinfo, unsigned *stream, unsigned *sub_stream)
{
    const struct engine *engine = state_get()->engine;
    const struct session *session = engine ? engine_frame_session(engine, pinfo->num) : NULL;

    (void)edt;
    if (!session || session_evidence(session) < EVIDENCE_CLEAR)
        return NULL;
    *stream = session_id(session);
    *sub_stream = 0;
    return filter_of(session_id(session));
}

static char *
filter_of_index(unsigned stream, unsigned sub_stream)
{
    (void)sub_stream;
    return filter_of(stream);
}

static char *
filter_of_addresses(address *src, address *dst, int src_port, int dst_port)
{
    const char *family = src->type == AT_IPv6 ? "ipv6" : "ip";
    char *a = address_to_str(NULL, src), *b = address_to_str(NULL, dst);
    char *filter = g_strdup_printf("sstpdiag.session && %s.addr == %s && %s.addr == %s && "
                                   "tcp.port == %d && tcp.port == %d",
                                   family, a, family, b, src_port, dst_port);

    wmem_free(NULL, a);
    wmem_free(NULL, b);
    return filter;
}

void
follow_register(int proto)
{
    tap_follow = register_tap("sstpdiag_follow");
    compat_register_follow(proto, "sstpdiag_follow", filter_of_frame, filter_of_index,
                           filter_of_addresses);
}
