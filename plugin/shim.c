/* shim.c - takes a session's clear bytes, and calls the stock dissectors for one piece at a time
 *
 * The stock chain tls > http > sstp > ppp loses data on healthy sessions: the inner packet's
 * addresses stay in pinfo, and TLS and its reassembly then work on the wrong direction; length
 * fields are not masked; what stands behind the HTTP head in a record is taken for its body. So the
 * pieces are cut here, and the endpoints put back after each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sstpdiag.h"

#include <epan/exceptions.h>
#include <epan/show_exception.h>

#include "codec/describe.h"
#include "codec/framing.h"
#include "pass_through.h"

/* Wireshark gives a frame up when its dissectors, nested or not, number gui.max_tree_depth (500). A
 * segment merged by offload can hold more pieces than that; beyond these, a piece's layers are not
 * kept. */
enum { LAYERS_KEPT = 100 };

static dissector_handle_t handle_tls, handle_tcp; /* ours */
static dissector_handle_t handle_http, handle_http_tls, handle_sstp, handle_proxy, handle_data;
static dissector_handle_t stock_alpn;
static int proto_alpn = -1;
static heur_dissector_t stock_http_heuristic;

/* Rows of the frame being dissected. */
static struct {
    uint32_t frame;
    wmem_array_t *rows; /* struct shim_row, in the packet's memory */
} seen;

/* What inner packets overwrite in pinfo, and TLS and TCP still need. */
struct endpoints {
    address src, dst, net_src, net_dst;
    port_type ptype;
    uint32_t srcport, destport;
};

static void
endpoints_save(struct endpoints *to, const packet_info *pinfo)
{
    copy_address_shallow(&to->src, &pinfo->src);
    copy_address_shallow(&to->dst, &pinfo->dst);
    copy_address_shallow(&to->net_src, &pinfo->net_src);
    copy_address_shallow(&to->net_dst, &pinfo->net_dst);
    to->ptype = pinfo->ptype;
    to->srcport = pinfo->srcport;
    to->destport = pinfo->destport;
}

static void
endpoints_restore(packet_info *pinfo, const struct endpoints *from)
{
    copy_address_shallow(&pinfo->src, &from->src);
    copy_address_shallow(&pinfo->dst, &from->dst);
    copy_address_shallow(&pinfo->net_src, &from->net_src);
    copy_address_shallow(&pinfo->net_dst, &from->net_dst);
    pinfo->ptype = from->ptype;
    pinfo->srcport = from->srcport;
    pinfo->destport = from->destport;
}

const wmem_array_t *
shim_rows(const packet_info *pinfo)
{
    return seen.frame == pinfo->num ? seen.rows : NULL;
}

static void
rows_begin(const packet_info *pinfo)
{
    if (seen.frame != pinfo->num)
        seen.rows = NULL;
    seen.frame = pinfo->num;
}

void
shim_frame_done(void)
{
    seen.frame = 0;
    seen.rows = NULL;
}

/* Takes text. */
static void
rows_add(packet_info *pinfo, char *text, size_t len, size_t inner)
{
    struct shim_row row = { wmem_strdup(pinfo->pool, text), (uint32_t)len, (uint32_t)inner };

    g_free(text);
    if (!seen.rows)
        seen.rows = wmem_array_new(pinfo->pool, sizeof row);
    wmem_array_append(seen.rows, &row, 1);
}

static void
rows_add_piece(packet_info *pinfo, const struct piece *piece, const uint8_t *data)
{
    struct http_head head;

    if (piece->kind == PIECE_PACKET)
        rows_add(pinfo, describe_packet(data, piece->len), piece->len,
                 describe_inner_len(data, piece->len));
    else if (piece->kind == PIECE_HTTP && http_decode(data, piece->len, &head) == HTTP_OK)
        rows_add(pinfo,
                 head.request ? g_strdup("HTTP request") : g_strdup_printf("HTTP %u", head.status),
                 0, 0);
}

/* --- pieces ---------------------------------------------------------------------------------- */

static void
layers_trim(packet_info *pinfo)
{
    while (wmem_list_count(pinfo->layers) > LAYERS_KEPT)
        wmem_list_remove_frame(pinfo->layers, wmem_list_tail(pinfo->layers));
}

/* A stock dissector for one piece. It gets no chance to ask for more, to leave its addresses
 * behind, or to end the rest with an exception. */
static void
call_stock(dissector_handle_t handle, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    struct endpoints outer;
    uint16_t can_desegment = pinfo->can_desegment;

    endpoints_save(&outer, pinfo);
    pinfo->can_desegment = 0;
    TRY
    {
        call_dissector(handle, tvb, pinfo, tree);
    }
    CATCH_NONFATAL_ERRORS
    {
        show_exception(tvb, pinfo, tree, EXCEPT_CODE, GET_MESSAGE);
    }
    ENDTRY;
    layers_trim(pinfo);
    endpoints_restore(pinfo, &outer);
    pinfo->can_desegment = can_desegment;
    pinfo->desegment_len = 0;
    pinfo->desegment_offset = 0;
}

static dissector_handle_t
piece_handle(enum piece_kind kind, bool tls)
{
    switch (kind) {
    case PIECE_HTTP:
        return tls ? handle_http_tls : handle_http;
    case PIECE_PACKET:
    case PIECE_OVERSIZE:
        return handle_sstp;
    case PIECE_PROXY:
        return handle_proxy;
    case PIECE_JUNK:
    case PIECE_NEED_MORE:
        break;
    }
    return handle_data;
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
shim_pieces(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, bool tls)
{
    int len = (int)tvb_captured_length(tvb), offset = 0;
    const uint8_t *data = len ? tvb_get_ptr(tvb, 0, len) : NULL;
    bool first_pass = !PINFO_FD_VISITED(pinfo) && feed_enabled();

    rows_begin(pinfo);
    if (first_pass)
        feed_stream(pinfo);
    while (offset < len) {
        struct piece piece = framing_next(data + offset, (size_t)(len - offset));
        int piece_len = (int)piece.len;
        if (piece.kind == PIECE_NEED_MORE) {
            if (ask_for_more(pinfo, offset, &piece))
                break;
            piece_len = len - offset;
        }
        if (first_pass)
            engine_piece(feed_engine(), &piece, data + offset);
        if (is_refusal(&piece, data + offset))
            piece_len = len - offset;
        if (tree)
            rows_add_piece(pinfo, &piece, data + offset);
        dissector_handle_t handle = piece_handle(piece.kind, tls);
        tvbuff_t *piece_tvb = tvb_new_subset_length(tvb, offset, piece_len);
        follow_piece(pinfo, piece_tvb);
        call_stock(handle ? handle : handle_data, piece_tvb, pinfo, tree);
        offset += piece_len;
    }
    return (int)tvb_reported_length(tvb);
}

static int
dissect_tls_data(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    (void)data;
    return shim_pieces(tvb, pinfo, tree, true);
}

static int
dissect_tcp_data(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    (void)data;
    return shim_pieces(tvb, pinfo, tree, false);
}

dissector_handle_t
shim_tcp_handle(void)
{
    return handle_tcp;
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
    if (!feed_enabled() || !begins_sstp(tvb))
        return false;
    compat_tls_set_app_handle(data, handle_tls);
    dissect_tls_data(tvb, pinfo, tree, data);
    return true;
}

/* A heuristic that matched once is tried first from then on: without this, HTTP seen earlier in the
 * capture would take every request before ours is asked. */
static compat_heur_ret
heuristic_before_http(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (heuristic_sstp(tvb, pinfo, tree, data))
        return true;
    return stock_http_heuristic(tvb, pinfo, tree, data);
}

/* ALPN "http/1.1" names the handle at once, and heuristics are not asked. */
static int
dissect_alpn_http(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const struct session *session = NULL;

    if (feed_enabled())
        session = PINFO_FD_VISITED(pinfo) ? engine_frame_session(feed_engine(), pinfo->num)
                                          : engine_current_session(feed_engine());
    if ((session && mark_is_set(session_http(session)->request)) ||
        (feed_enabled() && begins_sstp(tvb)))
        return dissect_tls_data(tvb, pinfo, tree, data);
    return pass_through(stock_alpn, tvb, pinfo, tree, data);
}

void
shim_register(int proto)
{
    handle_tls = register_dissector("sstpdiag.tls", dissect_tls_data, proto);
    handle_tcp = register_dissector("sstpdiag.tcp", dissect_tcp_data, proto);
    /* In name only, and with HTTP's name: what passes through to it looks as it always did. */
    proto_alpn = pass_through_register("http", "Hypertext Transfer Protocol", "HTTP (SSTPDIAG)",
                                       "sstpdiag_alpn");
}

void
shim_handoff(int proto)
{
    dissector_table_t alpn = find_dissector_table("tls.alpn");
    heur_dtbl_entry_t *http = find_heur_dissector_by_unique_short_name("http_tls");

    handle_http = find_dissector("http");
    handle_http_tls = find_dissector("http-over-tls");
    if (!handle_http_tls)
        handle_http_tls = handle_http;
    handle_sstp = find_dissector("sstp");
    handle_proxy = find_dissector("proxy");
    handle_data = find_dissector("data");
    heur_dissector_add("tls", heuristic_sstp, "SSTP over TLS (diagnosed)", "sstpdiag_tls", proto,
                       HEURISTIC_ENABLE);
    if (http) {
        stock_http_heuristic = http->dissector;
        http->dissector = heuristic_before_http;
    }
    stock_alpn = alpn ? dissector_get_string_handle(alpn, "http/1.1") : NULL;
    if (stock_alpn)
        dissector_add_string("tls.alpn", "http/1.1",
                             create_dissector_handle(dissect_alpn_http, proto_alpn));
}
