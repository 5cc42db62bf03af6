/* observers.c - what stands in front of TCP, ICMP, DNS and ARP, and the order of a frame
 *
 * TCP segments are seen without a tree and without wanted fields, either of which would cost every
 * packet of every capture: a handle in the table "ip.proto" looks at the segment and passes it on
 * to TCP. It belongs to a protocol in name only, so that no layer of ours appears in any packet.
 * ICMP errors, DNS and ARP are seen in the same way.
 *
 * A frame passes through the plugin in this order:
 *
 * - feed looks at the outer TCP segment before TCP does, and tells the engine (first pass).
 * - shim, called by TLS or TCP, gets the clear bytes of a session, calls the stock dissectors piece
 *   by piece, and tells the engine (first pass).
 * - feed, when TCP is done, hands over what TLS decrypted beside application data (first pass).
 * - tree shows what the engine knows of the frame, and the tap gets its record (every pass).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "observers.h"

#include "compat.h"

#include <epan/column-info.h>
#include <epan/exceptions.h>
#include <epan/tap.h>

#include "feed.h"
#include "packet-sstpdiag.h"
#include "pass_through.h"
#include "state.h"
#include "tap.h"

enum {
    IPPROTO_ICMP_NUMBER = 1,
    IPPROTO_TCP_NUMBER = 6,
    IPPROTO_ICMPV6_NUMBER = 58,
    UDP_PORT_DNS = 53,
    ETHERTYPE_ARP_NUMBER = 0x0806,
};

static void
begin_frame(struct state *state, const packet_info *pinfo)
{
    if (state->frame == pinfo->num)
        return;
    state->frame = pinfo->num;
    state->inside = false;
}

/* Inner packets of the tunnel come by as well; and what is quoted in an ICMP error was sent in
 * another frame. */
static bool
is_outer(struct state *state, const packet_info *pinfo)
{
    if (!state->enabled)
        return false;
    begin_frame(state, pinfo);
    return !state->inside && !pinfo->flags.in_error_pkt;
}

/* What is known of the frame. In later passes that is all that will ever be known. An expert info
 * belongs to the protocol that is being dissected, and an observer is none. */
static void
show_frame(const struct state *state, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
           uint32_t ip_len)
{
    const char *below = pinfo->current_proto;

    if (PINFO_FD_VISITED(pinfo))
        engine_finish(state->engine);
    pinfo->current_proto = proto_get_protocol_short_name(state->protocol);
    tree_show_frame(state, tvb, pinfo, tree, ip_len);
    pinfo->current_proto = below;
    tap_frame(state->engine, pinfo);
}

/* --- TCP ------------------------------------------------------------------------------------- */

/* Length of the IP packet; 0 when not known, or when its sender left that to the network card. ip:
 * what Wireshark hands on to what is in an IP packet. */
static uint32_t
ip_total_len(void *ip)
{
    enum { IP6_HEADER_LEN = 40 };
    const ws_ip4 *v4 = WS_IP4_PTR(ip);
    const ws_ip6 *v6 = WS_IP6_PTR(ip);

    return v4 ? v4->ip_len : v6 && v6->ip6_len ? v6->ip6_len + (uint32_t)IP6_HEADER_LEN : 0;
}

/* What becomes sure at a frame shows in its tree, its Expert Info and the column of that. In the
 * window the tree of any frame may be asked for while more are captured. */
static bool
somebody_watches(const struct state *state, const packet_info *pinfo, const proto_tree *tree)
{
    return tree || state->in_gui || have_tap_listener(state->expert_tap) ||
           (pinfo->cinfo && pinfo->cinfo->col_first[COL_EXPERT] >= 0);
}

/* All was told of the frame, in the first pass. */
static void
frame_done(struct state *state, packet_info *pinfo, const proto_tree *tree)
{
    if (PINFO_FD_VISITED(pinfo))
        return;
    engine_watch(state->engine, somebody_watches(state, pinfo, tree));
    feed_frame_done(state, pinfo);
}

static G_GNUC_NO_INLINE int
observe_ours(struct state *state, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    volatile int len = 0;

    rows_begin(&state->rows, pinfo);
    state->inside = true;
    TRY
    {
        len = pass_through(state->stock.observed[OBSERVED_TCP], tvb, pinfo, tree, data);
    }
    FINALLY
    {
        /* Cut packets end in an exception; they are shown all the same. Showing may end in one,
         * too. */
        state->inside = false;
        frame_done(state, pinfo, tree);
        show_frame(state, tvb, pinfo, tree, ip_total_len(data));
        rows_forget(&state->rows);
    }
    ENDTRY;
    return len;
}

/* Is there anything for us in this segment? First pass: asks and feeds the engine; later: looks up.
 */
static bool
segment_is_ours(struct state *state, tvbuff_t *tvb, packet_info *pinfo, void *ip)
{
    if (!is_outer(state, pinfo))
        return false;
    if (PINFO_FD_VISITED(pinfo))
        return engine_frame_note(state->engine, pinfo->num).conn != 0;
    return feed_segment(state, tvb, pinfo, ip);
}

/* Most packets of most captures go no further than the first line. */
static int
observe_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    struct state *state = state_get();

    if (!segment_is_ours(state, tvb, pinfo, data))
        return pass_through(state->stock.observed[OBSERVED_TCP], tvb, pinfo, tree, data);
    return observe_ours(state, tvb, pinfo, tree, data);
}

/* --- beside TCP ------------------------------------------------------------------------------ */

/* Is there anything to be shown of a frame of which all has been told? */
static bool
frame_is_known(const struct state *state, const packet_info *pinfo)
{
    if (PINFO_FD_VISITED(pinfo))
        engine_finish(state->engine);
    return engine_frame_session(state->engine, pinfo->num) ||
           engine_frame_findings(state->engine, pinfo->num);
}

static G_GNUC_NO_INLINE int
observe_known(const struct state *state, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
              void *data, dissector_handle_t handle)
{
    volatile int len = 0;

    TRY
    {
        len = pass_through(handle, tvb, pinfo, tree, data);
    }
    FINALLY
    {
        show_frame(state, tvb, pinfo, tree, 0);
    }
    ENDTRY;
    return len;
}

/* Tells the engine, lets the dissector that had the table entry work, and shows what is known. */
static int
observe(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data, enum observed observed,
        void (*tell)(struct state *state, tvbuff_t *tvb, packet_info *pinfo))
{
    struct state *state = state_get();
    dissector_handle_t handle = state->stock.observed[observed];

    if (!is_outer(state, pinfo))
        return pass_through(handle, tvb, pinfo, tree, data);
    if (!PINFO_FD_VISITED(pinfo))
        tell(state, tvb, pinfo);
    if (!frame_is_known(state, pinfo))
        return pass_through(handle, tvb, pinfo, tree, data);
    return observe_known(state, tvb, pinfo, tree, data, handle);
}

static int
observe_icmp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return observe(tvb, pinfo, tree, data,
                   pinfo->src.type == AT_IPv6 ? OBSERVED_ICMPV6 : OBSERVED_ICMP, feed_icmp);
}

static int
observe_dns(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return observe(tvb, pinfo, tree, data, OBSERVED_DNS, feed_dns);
}

static int
observe_arp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return observe(tvb, pinfo, tree, data, OBSERVED_ARP, feed_arp);
}

/* --- registration ---------------------------------------------------------------------------- */

/* In front of whoever has the entry of a table. Each needs a protocol of its own: a table may hold
 * one handle of a protocol's name. */
static const struct observer {
    const char *table;
    uint32_t number;
    dissector_t dissector;
    const char *name, *short_name, *filter_name;
} observers[OBSERVED_COUNT] = {
    [OBSERVED_TCP] = { "ip.proto", IPPROTO_TCP_NUMBER, observe_tcp, "SSTP Diagnostics TCP observer",
                       "SSTPDIAG TCP", "sstpdiag_tcp" },
    [OBSERVED_ICMP] = { "ip.proto", IPPROTO_ICMP_NUMBER, observe_icmp,
                        "SSTP Diagnostics ICMP observer", "SSTPDIAG ICMP", "sstpdiag_icmp" },
    [OBSERVED_ICMPV6] = { "ip.proto", IPPROTO_ICMPV6_NUMBER, observe_icmp,
                          "SSTP Diagnostics ICMPv6 observer", "SSTPDIAG ICMPv6",
                          "sstpdiag_icmpv6" },
    [OBSERVED_DNS] = { "udp.port", UDP_PORT_DNS, observe_dns, "SSTP Diagnostics DNS observer",
                       "SSTPDIAG DNS", "sstpdiag_dns" },
    [OBSERVED_ARP] = { "ethertype", ETHERTYPE_ARP_NUMBER, observe_arp,
                       "SSTP Diagnostics ARP observer", "SSTPDIAG ARP", "sstpdiag_arp" },
};

static int proto_observers[OBSERVED_COUNT];

void
observers_register(void)
{
    for (size_t i = 0; i < OBSERVED_COUNT; i++) {
        const struct observer *observer = &observers[i];
        proto_observers[i] =
            pass_through_register(observer->name, observer->short_name, observer->filter_name);
    }
}

void
observers_handoff(void)
{
    struct stock *stock = &state_get()->stock;

    stock->proto_tls = proto_get_id_by_filter_name("tls");
    for (size_t i = 0; i < OBSERVED_COUNT; i++) {
        const struct observer *observer = &observers[i];
        dissector_table_t table = find_dissector_table(observer->table);
        stock->observed[i] = table ? dissector_get_uint_handle(table, observer->number) : NULL;
        if (stock->observed[i])
            dissector_add_uint(
                observer->table, observer->number,
                pass_through_handle(observer->dissector, proto_observers[i], stock->observed[i]));
    }
}
