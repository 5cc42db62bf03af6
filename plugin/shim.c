/* shim.c - takes a session's clear bytes, and calls the stock dissectors for one piece at a time
 *
 * The stock chain tls > http > sstp > ppp loses data on healthy sessions: the inner packet's
 * addresses stay in pinfo, and TLS and its reassembly then work on the wrong direction; length
 * fields are not masked; what stands behind the HTTP head in a record is taken for its body. So the
 * pieces are cut here, and the endpoints put back after each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "shim.h"

#include "compat.h"

#include <epan/exceptions.h>
#include <epan/show_exception.h>

#include "codec/framing.h"
#include "codec/http.h"
#include "feed.h"
#include "follow.h"
#include "pass_through.h"
#include "state.h"

/* Wireshark gives a frame up when its dissectors, nested or not, number gui.max_tree_depth (500). A
 * segment merged by offload can hold more pieces than that; beyond these, a piece's layers are its
 * own, and not the frame's. */
enum { LAYERS_KEPT = 100 };

static int proto_alpn = -1;

static void
endpoints_restore(packet_info *pinfo, const packet_info *outer)
{
    copy_address_shallow(&pinfo->dl_src, &outer->dl_src);
    copy_address_shallow(&pinfo->dl_dst, &outer->dl_dst);
    copy_address_shallow(&pinfo->net_src, &outer->net_src);
    copy_address_shallow(&pinfo->net_dst, &outer->net_dst);
    copy_address_shallow(&pinfo->src, &outer->src);
    copy_address_shallow(&pinfo->dst, &outer->dst);
    pinfo->ptype = outer->ptype;
    pinfo->srcport = outer->srcport;
    pinfo->destport = outer->destport;
    pinfo->use_conv_addr_port_endpoints = outer->use_conv_addr_port_endpoints;
    pinfo->conv_addr_port_endpoints = outer->conv_addr_port_endpoints;
    pinfo->conv_elements = outer->conv_elements;
    pinfo->p2p_dir = outer->p2p_dir;
    pinfo->src_win_scale = outer->src_win_scale;
    pinfo->dst_win_scale = outer->dst_win_scale;
}

/* What dissectors put back behind a call, unless an exception takes them out of it. */
static void
calls_restore(packet_info *pinfo, const packet_info *outer)
{
    pinfo->current_proto = outer->current_proto;
    pinfo->heur_list_name = outer->heur_list_name;
    pinfo->match_uint = outer->match_uint;
    pinfo->match_string = outer->match_string;
    pinfo->noreassembly_reason = outer->noreassembly_reason;
    pinfo->fragmented = outer->fragmented;
    pinfo->flags = outer->flags;
    pinfo->dissection_depth = outer->dissection_depth;
}

/* What an inner packet overwrites, and TLS and TCP still need for the rest of the segment. What it
 * adds to the frame (layers, sources of data, notes) stays. */
static void
outer_restore(packet_info *pinfo, const packet_info *outer)
{
    endpoints_restore(pinfo, outer);
    calls_restore(pinfo, outer);
    pinfo->layers = outer->layers;
    pinfo->can_desegment = outer->can_desegment;
    pinfo->saved_can_desegment = outer->saved_can_desegment;
    pinfo->desegment_len = 0;
    pinfo->desegment_offset = 0;
    /* Else TCP looks in the outer stream for a PDU of the inner one. */
    pinfo->want_pdu_tracking = outer->want_pdu_tracking;
    pinfo->bytes_until_next_pdu = outer->bytes_until_next_pdu;
}

/* --- pieces ---------------------------------------------------------------------------------- */

/* Those of the frame, or where it has too many for more pieces, a copy for this one. */
static wmem_list_t *
layers_for_piece(const packet_info *pinfo)
{
    if (wmem_list_count(pinfo->layers) <= LAYERS_KEPT)
        return pinfo->layers;
    wmem_list_t *copy = wmem_list_new(pinfo->pool);
    for (wmem_list_frame_t *layer = wmem_list_head(pinfo->layers); layer;
         layer = wmem_list_frame_next(layer))
        wmem_list_append(copy, wmem_list_frame_data(layer));
    return copy;
}

/* A stock dissector for one piece. It gets no chance to ask for more, to leave anything behind that
 * is not of the outer segment, or to end the rest with an exception. */
static void
call_stock(dissector_handle_t handle, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    const packet_info outer = *pinfo;

    pinfo->layers = layers_for_piece(pinfo);
    pinfo->can_desegment = 0;
    TRY
    {
        call_dissector(handle, tvb, pinfo, tree);
    }
    CATCH_NONFATAL_ERRORS
    {
        show_exception(tvb, pinfo, tree, EXCEPT_CODE, GET_MESSAGE);
    }
    FINALLY
    {
        outer_restore(pinfo, &outer);
    }
    ENDTRY;
}

static dissector_handle_t
piece_handle(const struct stock *stock, enum piece_kind kind, bool tls)
{
    switch (kind) {
    case PIECE_HTTP:
        return tls ? stock->http_tls : stock->http;
    case PIECE_PACKET:
    case PIECE_OVERSIZE:
        return stock->sstp;
    case PIECE_PROXY:
        return stock->proxy;
    case PIECE_JUNK:
    case PIECE_NEED_MORE:
        break;
    }
    return stock->data;
}

/* An answer that refuses: what follows its head is its body. */
static bool
is_refusal(const struct piece *piece, const uint8_t *data)
{
    struct http_head head;

    return piece->kind == PIECE_HTTP && http_decode(data, piece->len, &head) == HTTP_OK &&
           !head.request && head.status != 200;
}

/* Asks TLS or TCP for more. False when it cannot be asked: the rest is then shown as it is. */
static bool
ask_for_more(packet_info *pinfo, int offset, const struct piece *piece)
{
    if (!pinfo->can_desegment)
        return false;
    pinfo->desegment_offset = offset;
    pinfo->desegment_len = piece->len ? (uint32_t)piece->len : DESEGMENT_ONE_MORE_SEGMENT;
    return true;
}

static int
shim_pieces(struct state *state, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, bool tls)
{
    int len = (int)tvb_captured_length(tvb), offset = 0;
    const uint8_t *data = len ? tvb_get_ptr(tvb, 0, len) : NULL;
    /* What an ICMP error quotes was said, told and shown in another frame. */
    bool told = !PINFO_FD_VISITED(pinfo) && state->inside;

    if (told)
        feed_stream(state, pinfo);
    while (offset < len) {
        struct piece piece = framing_next(data + offset, (size_t)(len - offset));
        int piece_len = (int)piece.len;
        if (piece.kind == PIECE_NEED_MORE) {
            if (ask_for_more(pinfo, offset, &piece))
                break;
            piece_len = len - offset;
        }
        if (told)
            engine_piece(state->engine, &piece, data + offset);
        if (is_refusal(&piece, data + offset))
            piece_len = len - offset;
        if (tree && state->inside)
            rows_add_piece(&state->rows, pinfo, &piece, data + offset);
        dissector_handle_t handle = piece_handle(&state->stock, piece.kind, tls);
        tvbuff_t *piece_tvb = tvb_new_subset_length(tvb, offset, piece_len);
        if (state->inside)
            follow_piece(pinfo, piece_tvb);
        call_stock(handle ? handle : state->stock.data, piece_tvb, pinfo, tree);
        offset += piece_len;
    }
    return (int)tvb_reported_length(tvb);
}

static int
dissect_tls_data(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    (void)data;
    return shim_pieces(state_get(), tvb, pinfo, tree, true);
}

static int
dissect_tcp_data(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    (void)data;
    return shim_pieces(state_get(), tvb, pinfo, tree, false);
}

/* --- how the shim gets a TLS stream ---------------------------------------------------------- */

static bool
begins_sstp(tvbuff_t *tvb)
{
    static const char request[] = "SSTP_DUPLEX_POST ";
    const int len = (int)sizeof request - 1;

    return (int)tvb_captured_length(tvb) >= len &&
           tvb_memeql(tvb, 0, (const uint8_t *)request, (size_t)len) == 0;
}

static compat_heur_ret
heuristic_sstp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    struct state *state = state_get();

    if (!state->enabled || !begins_sstp(tvb))
        return false;
    compat_tls_set_app_handle(data, state->clear_tls);
    shim_pieces(state, tvb, pinfo, tree, true);
    return true;
}

/* A heuristic that matched once is tried first from then on: without this, HTTP seen earlier in the
 * capture would take every request before ours is asked. */
static compat_heur_ret
heuristic_before_http(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (heuristic_sstp(tvb, pinfo, tree, data))
        return true;
    return state_get()->stock.http_heuristic(tvb, pinfo, tree, data);
}

/* Does the packet belong to a session whose request was seen? */
static bool
is_of_session(const struct state *state, const packet_info *pinfo)
{
    const struct session *session = PINFO_FD_VISITED(pinfo)
                                        ? engine_frame_session(state->engine, pinfo->num)
                                        : engine_current_session(state->engine);

    return session && mark_is_set(session_http(session)->request);
}

/* ALPN "http/1.1" names the handle at once, and heuristics are not asked. */
static int
dissect_alpn_http(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    struct state *state = state_get();

    if (state->enabled && (is_of_session(state, pinfo) || begins_sstp(tvb)))
        return shim_pieces(state, tvb, pinfo, tree, true);
    return pass_through(state->stock.alpn, tvb, pinfo, tree, data);
}

void
shim_register(int proto)
{
    struct state *state = state_get();

    state->clear_tls = register_dissector("sstpdiag.tls", dissect_tls_data, proto);
    state->clear_tcp = register_dissector("sstpdiag.tcp", dissect_tcp_data, proto);
    /* In name only, and with HTTP's name: what passes through to it looks as it always did. */
    proto_alpn =
        pass_through_register("Hypertext Transfer Protocol", "HTTP (SSTPDIAG)", "sstpdiag_alpn");
}

static void
find_stock(struct stock *stock)
{
    stock->http = find_dissector("http");
    stock->http_tls = find_dissector("http-over-tls");
    if (!stock->http_tls)
        stock->http_tls = stock->http;
    stock->tls = find_dissector("tls");
    stock->sstp = find_dissector("sstp");
    stock->proxy = find_dissector("proxy");
    stock->data = find_dissector("data");
    stock->tcp_ports = find_dissector_table("tcp.port");
}

void
shim_handoff(int proto)
{
    struct state *state = state_get();
    struct stock *stock = &state->stock;
    dissector_table_t alpn = find_dissector_table("tls.alpn");
    heur_dtbl_entry_t *http = find_heur_dissector_by_unique_short_name("http_tls");

    find_stock(stock);
    heur_dissector_add("tls", heuristic_sstp, "SSTP over TLS (diagnosed)", "sstpdiag_tls", proto,
                       HEURISTIC_ENABLE);
    state->heuristic = find_heur_dissector_by_unique_short_name("sstpdiag_tls");
    if (http) {
        stock->http_heuristic = http->dissector;
        http->dissector = heuristic_before_http;
    }
    stock->alpn = alpn ? dissector_get_string_handle(alpn, "http/1.1") : NULL;
    if (stock->alpn)
        dissector_add_string("tls.alpn", "http/1.1",
                             pass_through_handle(dissect_alpn_http, proto_alpn, stock->alpn));
}
