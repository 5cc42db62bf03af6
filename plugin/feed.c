/* feed.c - what the engine is told of a packet, in the first pass
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "feed.h"

#include "codec/frame.h"
#include "codec/icmp.h"
#include "codec/tcp.h"

enum {
    TLS_LAYERS_MAX = 4,
    TCP_FLAGS_AT = 13,
};

/* Nanoseconds. Files may tell any time: differences must not overflow. */
static int64_t
feed_time(const nstime_t *time)
{
    const int64_t limit = INT64_MAX / NS_PER_SECOND / 2 - 1;

    return CLAMP((int64_t)time->secs, -limit, limit) * NS_PER_SECOND + time->nsecs;
}

static struct mark
mark_of(const packet_info *pinfo)
{
    return (struct mark){ pinfo->num, feed_time(&pinfo->abs_ts) };
}

void
feed_count_frame(struct state *state, const packet_info *pinfo)
{
    struct mark mark = mark_of(pinfo);

    if (engine_num_frames(state->engine) == 0)
        engine_frame(state->engine,
                     (struct mark){ 1, time_between(feed_time(&pinfo->rel_ts), mark.time) });
    engine_frame(state->engine, mark);
}

/* --- what TLS decrypted ---------------------------------------------------------------------- */

void
feed_stream(struct state *state, packet_info *pinfo)
{
    const conversation_t *conversation =
        compat_tcp_conversation(pinfo, pinfo->srcport, pinfo->destport);

    if (conversation)
        engine_stream(state->engine, conversation->conv_index);
}

static uint32_t
feed_records(struct engine *engine, const SslPacketInfo *info, const struct conn *conn)
{
    bool tls13 = tls_facts_are_13(conn_tls(conn));
    uint32_t records = 0;

    for (const SslRecordInfo *record = info->records; record; record = record->next) {
        /* Up to TLS 1.2 alerts and handshake records show their type; the walker counts them apart.
         */
        if (tls13 || (int)record->type == TLS_APPLICATION_DATA)
            records++;
        if (!record->plain_data)
            continue;
        if ((int)record->type == TLS_ALERT && record->data_len == 2)
            engine_alert(engine, record->plain_data[1]);
        else if ((int)record->type == TLS_HANDSHAKE)
            engine_handshake(engine, record->plain_data, record->data_len);
    }
    return records;
}

static void
feed_decrypted(struct state *state, packet_info *pinfo)
{
    const struct conn *conn = engine_current(state->engine);
    uint32_t records = 0;

    if (!conn || !conn_is_tracked(conn) || !conn_is_tls(conn))
        return;
    for (uint32_t key = COMPAT_TLS_FIRST_KEY; key < COMPAT_TLS_FIRST_KEY + TLS_LAYERS_MAX; key++) {
        const SslPacketInfo *info =
            p_get_proto_data(wmem_file_scope(), pinfo, state->stock.proto_tls, key);
        if (!info)
            break;
        feed_stream(state, pinfo);
        records += feed_records(state->engine, info, engine_current(state->engine));
    }
    if (records)
        engine_decrypted(state->engine, records);
}

void
feed_frame_done(struct state *state, packet_info *pinfo)
{
    feed_count_frame(state, pinfo);
    feed_decrypted(state, pinfo);
    engine_frame_done(state->engine);
    engine_no_segment(state->engine);
}

/* --- segments -------------------------------------------------------------------------------- */

static bool
endpoint_make(struct endpoint *endpoint, const address *addr, uint16_t port)
{
    memset(endpoint, 0, sizeof *endpoint);
    if (addr->type == AT_IPv4 && addr->len == 4)
        memcpy(endpoint->addr, addr->data, 4);
    else if (addr->type == AT_IPv6 && addr->len == ADDRESS_MAX_LEN)
        memcpy(endpoint->addr, addr->data, ADDRESS_MAX_LEN);
    else
        return false;
    endpoint->addr_len = (uint8_t)addr->len;
    endpoint->port = port;
    return true;
}

/* Did the user (Decode As) give the port to another protocol than HTTP, which is what begins SSTP?
 * To none is no such wish: then Wireshark goes by the bytes, too. */
static bool
is_decoded_otherwise(const struct stock *stock, uint16_t port)
{
    if (!stock->tcp_ports || !dissector_is_uint_changed(stock->tcp_ports, port))
        return false;
    dissector_handle_t handle = dissector_get_uint_handle(stock->tcp_ports, port);
    return handle && stock->http &&
           dissector_handle_get_protocol_index(handle) !=
               dissector_handle_get_protocol_index(stock->http);
}

/* A stream that shows SSTP in clear: from here on TCP gives it to the shim. */
static void
feed_take_clear_stream(const struct state *state, const struct conn *conn,
                       const struct segment *segment, packet_info *pinfo)
{
    const struct record_facts *records = &conn_half(conn, SIDE_CLIENT)->records;

    if (records->kind != STREAM_SSTP || mark_is_set(records->last_record) ||
        is_decoded_otherwise(&state->stock, segment->src.port) ||
        is_decoded_otherwise(&state->stock, segment->dst.port))
        return;
    compat_tcp_set_dissector(pinfo, segment->src.port, segment->dst.port, state->clear_tcp);
}

/* Time to live or hop limit, 0 when not known. ip: what Wireshark hands on to what is in an IP
 * packet. */
static uint8_t
ip_ttl(void *ip)
{
    const ws_ip4 *v4 = WS_IP4_PTR(ip);
    const ws_ip6 *v6 = WS_IP6_PTR(ip);

    return v4 ? v4->ip_ttl : v6 ? v6->ip6_hop : 0;
}

/* Another protocol than these has the port by itself, as X11 has 6000 to 6063. */
static bool
is_given_elsewhere(const struct stock *stock, uint16_t port)
{
    dissector_handle_t handle = dissector_get_uint_handle(stock->tcp_ports, port);
    int protocol = handle ? dissector_handle_get_protocol_index(handle) : -1;

    return handle && !dissector_is_uint_changed(stock->tcp_ports, port) &&
           protocol != stock->proto_tls &&
           protocol != dissector_handle_get_protocol_index(stock->http);
}

/* A probe's connection that begins with TLS, of the file that the probe wrote: from here on TCP
 * gives it to TLS, whatever else is used to be at that port. */
static void
feed_take_tls_stream(const struct state *state, const struct conn *conn,
                     const struct segment *segment, packet_info *pinfo)
{
    const struct tcp_half *client = conn_half(conn, SIDE_CLIENT);

    if (client->records.kind == STREAM_TLS && client->data_segments == 1 &&
        segment->payload_len > 0 && state->stock.tcp_ports && state->stock.tls &&
        state->stock.http && is_given_elsewhere(&state->stock, segment->dst.port))
        compat_tcp_set_dissector(pinfo, segment->src.port, segment->dst.port, state->stock.tls);
}

/* Identification, 0 where there is none. */
static uint16_t
ip_id(void *ip)
{
    const ws_ip4 *v4 = WS_IP4_PTR(ip);

    return v4 ? v4->ip_id : 0;
}

struct probed {
    struct engine *engine;
    uint32_t interface;
};

static void
tell_trial(void *data, const struct trial *trial)
{
    const struct probed *probed = data;
    struct trial own = *trial;

    own.interface = probed->interface;
    engine_trial(probed->engine, &own);
}

/* A probe's file says what its other attempts have shown, and why it left. */
static void
feed_socket(struct state *state, uint32_t interface)
{
    char *description = interfaces_take_description(&state->interfaces, interface);

    engine_vantage(state->engine, interface, VANTAGE_SOCKET);
    trial_each(description, tell_trial, &(struct probed){ state->engine, interface });
    g_free(description);
}

/* As feed_segment(), of a connection that is not known to be foreign. */
static G_GNUC_NO_INLINE bool
follow_segment(struct state *state, tvbuff_t *tvb, packet_info *pinfo, void *ip, uint32_t interface)
{
    unsigned captured = tvb_captured_length(tvb);
    const uint8_t *bytes = tvb_get_ptr(tvb, 0, (int)captured);
    struct segment segment = { .mark = mark_of(pinfo), .interface = interface };

    if (!endpoint_make(&segment.src, &pinfo->src, 0) ||
        !endpoint_make(&segment.dst, &pinfo->dst, 0) ||
        !tcp_decode(buf_init(bytes, captured), tvb_reported_length(tvb), &segment))
        return false;
    segment.ttl = ip_ttl(ip);
    segment.ip_id = ip_id(ip);
    if (interfaces_is_socket(&state->interfaces, interface))
        feed_socket(state, interface);
    enum connection_kind kind = engine_segment(state->engine, &segment);
    foreign_set(&state->foreign, &pinfo->src, &pinfo->dst, bytes, interface,
                kind == CONNECTION_FOREIGN);
    if (kind == CONNECTION_FOREIGN)
        return false;
    if (segment.payload_len == 0 && kind != CONNECTION_SESSION) {
        /* Nothing above TCP will have a say. */
        feed_frame_done(state, pinfo);
        return false;
    }
    feed_take_clear_stream(state, engine_current(state->engine), &segment, pinfo);
    if (interfaces_is_socket(&state->interfaces, interface))
        feed_take_tls_stream(state, engine_current(state->engine), &segment, pinfo);
    return true;
}

bool
feed_segment(struct state *state, tvbuff_t *tvb, packet_info *pinfo, void *ip)
{
    if (tvb_captured_length(tvb) <= TCP_FLAGS_AT)
        return false;
    const uint8_t *bytes = tvb_get_ptr(tvb, 0, TCP_FLAGS_AT + 1);
    uint32_t interface = interfaces_of_packet(&state->interfaces, pinfo);
    if ((bytes[TCP_FLAGS_AT] & TCP_SYN) ||
        !foreign_has(&state->foreign, &pinfo->src, &pinfo->dst, bytes, interface))
        return follow_segment(state, tvb, pinfo, ip, interface);
    engine_foreign(state->engine, mark_of(pinfo), interface);
    return false;
}

/* --- beside TCP ------------------------------------------------------------------------------ */

void
feed_icmp(struct state *state, tvbuff_t *tvb, packet_info *pinfo)
{
    unsigned captured = tvb_captured_length(tvb);
    struct icmp_error error;

    if (!captured || !icmp_decode(pinfo->src.type == AT_IPv6, tvb_get_ptr(tvb, 0, (int)captured),
                                  captured, &error))
        return;
    error.mark = mark_of(pinfo);
    error.interface = interfaces_of_packet(&state->interfaces, pinfo);
    if (!endpoint_make(&error.from, &pinfo->src, 0))
        return;
    engine_icmp(state->engine, &error);
    feed_count_frame(state, pinfo);
    engine_frame_done(state->engine);
    engine_no_segment(state->engine);
}

void
feed_dns(struct state *state, tvbuff_t *tvb, packet_info *pinfo)
{
    unsigned captured = tvb_captured_length(tvb);
    struct dns_message message;
    struct endpoint src, dst;

    if (!captured || !endpoint_make(&src, &pinfo->src, 0) || !endpoint_make(&dst, &pinfo->dst, 0) ||
        !dns_decode(tvb_get_ptr(tvb, 0, (int)captured), captured, &message))
        return;
    feed_count_frame(state, pinfo);
    engine_dns(state->engine, &message, &src, &dst, mark_of(pinfo));
}

/* Ethernet and IPv4, RFC 826. */
void
feed_arp(struct state *state, tvbuff_t *tvb, packet_info *pinfo)
{
    unsigned captured = tvb_captured_length(tvb);
    struct buf b = buf_init(captured ? tvb_get_ptr(tvb, 0, (int)captured) : NULL, captured);
    struct endpoint sender, target;
    bool request;

    if (!frame_decode_arp(b, &sender, &target, &request))
        return;
    feed_count_frame(state, pinfo);
    engine_arp(state->engine, &sender, request ? &target : NULL, mark_of(pinfo));
}
