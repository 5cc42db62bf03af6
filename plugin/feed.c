/* feed.c - outer TCP segments and TLS facts, from Wireshark to the engine
 *
 * TCP segments are seen without a tree and without wanted fields, either of which would cost every
 * packet of every capture: a handle in the table "ip.proto" looks at the segment and passes it on
 * to TCP. It belongs to a protocol in name only, so that no layer of ours appears in any packet.
 * ICMP errors, DNS and ARP are seen in the same way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sstpdiag.h"

#include <epan/exceptions.h>

#include "foreign.h"
#include "codec/frame.h"
#include "codec/icmp.h"
#include "pass_through.h"
#include "report/report.h"
#include "codec/tcp.h"

enum {
    IPPROTO_ICMP_NUMBER = 1,
    IPPROTO_TCP_NUMBER = 6,
    IPPROTO_ICMPV6_NUMBER = 58,
    UDP_PORT_DNS = 53,
    ETHERTYPE_ARP_NUMBER = 0x0806,
    TLS_LAYERS_MAX = 4,
    TCP_FLAGS_AT = 13,
};

static struct {
    struct engine *engine;
    protocol_t *protocol;
    int proto_tls;
    dissector_handle_t tcp, icmp, icmpv6, dns, arp; /* that had the table entries before us */
    uint32_t frame;                                 /* being dissected */
    bool enabled;                                   /* whoever changes that begins anew */
    bool trace;                                     /* is to be kept */
    uint32_t interface; /* of the last packet, once there are interfaces */
    bool inside;        /* TCP of a segment of ours, and all above it, are being called */
    GArray *interfaces; /* struct report_interface */
} feed;

struct engine *
feed_engine(void)
{
    return feed.engine;
}

bool
feed_enabled(void)
{
    return feed.enabled;
}

/* Nanoseconds. Files may tell any time: differences must not overflow. */
static int64_t
feed_time(const nstime_t *time)
{
    const int64_t limit = INT64_MAX / NS_PER_SECOND / 2 - 1;

    return CLAMP((int64_t)time->secs, -limit, limit) * NS_PER_SECOND + time->nsecs;
}

struct mark
feed_mark(const packet_info *pinfo)
{
    return (struct mark){ pinfo->num, feed_time(&pinfo->abs_ts) };
}

const GArray *
feed_interfaces(void)
{
    return feed.interfaces;
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

/* Remembers interfaces by their names. */
static G_GNUC_NO_INLINE uint32_t
feed_change_interface(packet_info *pinfo, uint32_t id)
{
    feed.interface = id;
    for (guint i = 0; i < feed.interfaces->len; i++)
        if (g_array_index(feed.interfaces, struct report_interface, i).id == id)
            return id;
    struct report_interface interface = { id, g_strdup(compat_interface_name(pinfo, id)) };
    g_array_append_val(feed.interfaces, interface);
    return id;
}

static uint32_t
feed_interface(packet_info *pinfo)
{
    uint32_t id;

    if (!(pinfo->rec->presence_flags & WTAP_HAS_INTERFACE_ID))
        return 0;
    id = pinfo->rec->rec_header.packet_header.interface_id;
    return id == feed.interface && feed.interfaces->len > 0 ? id : feed_change_interface(pinfo, id);
}

char *
feed_capture_point(const packet_info *pinfo, uint32_t interface)
{
    const char *name = NULL;
    bool unique = true;

    for (guint i = 0; i < feed.interfaces->len; i++)
        if (g_array_index(feed.interfaces, struct report_interface, i).id == interface)
            name = g_array_index(feed.interfaces, struct report_interface, i).name;
    enum capture_point_role role = engine_role(feed.engine, interface);

    if (!name)
        name = wmem_strdup_printf(pinfo->pool, "interface %u", interface);
    if (role != ROLE_UNKNOWN)
        return wmem_strdup_printf(pinfo->pool, "%s (%s)", capture_point_role_name(role), name);
    for (guint i = 0; i < feed.interfaces->len; i++) {
        const struct report_interface *other =
            &g_array_index(feed.interfaces, struct report_interface, i);
        unique &= other->id == interface || g_strcmp0(other->name, name) != 0;
    }
    return unique ? wmem_strdup(pinfo->pool, name)
                  : wmem_strdup_printf(pinfo->pool, "%s (%u)", name, interface);
}

/* A stream that shows SSTP in clear: from here on TCP gives it to the shim. */
static void
feed_take_clear_stream(const struct conn *conn, const struct segment *segment, packet_info *pinfo)
{
    const struct record_facts *records = &conn_half(conn, SIDE_CLIENT)->records;

    if (records->kind != STREAM_SSTP || mark_is_set(records->last_record))
        return;
    compat_tcp_set_dissector(pinfo, segment->src.port, segment->dst.port, shim_tcp_handle());
}

/* --- what TLS decrypted ---------------------------------------------------------------------- */

void
feed_stream(packet_info *pinfo)
{
    const conversation_t *conversation =
        compat_tcp_conversation(pinfo, pinfo->srcport, pinfo->destport);

    if (conversation)
        engine_stream(feed.engine, conversation->conv_index);
}

static uint32_t
feed_records(const SslPacketInfo *info, const struct conn *conn)
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
            engine_alert(feed.engine, record->plain_data[1]);
        else if ((int)record->type == TLS_HANDSHAKE)
            engine_handshake(feed.engine, record->plain_data, record->data_len);
    }
    return records;
}

static void
feed_decrypted(packet_info *pinfo)
{
    const struct conn *conn = engine_current(feed.engine);
    uint32_t records = 0;

    if (!conn || !conn_is_tracked(conn) || !conn_is_tls(conn))
        return;
    for (uint32_t key = COMPAT_TLS_FIRST_KEY; key < COMPAT_TLS_FIRST_KEY + TLS_LAYERS_MAX; key++) {
        const SslPacketInfo *info = p_get_proto_data(wmem_file_scope(), pinfo, feed.proto_tls, key);
        if (!info)
            break;
        feed_stream(pinfo);
        records += feed_records(info, engine_current(feed.engine));
    }
    if (records)
        engine_decrypted(feed.engine, records);
}

/* --- frames ---------------------------------------------------------------------------------- */

void
feed_count_frame(const packet_info *pinfo)
{
    struct mark mark = feed_mark(pinfo);

    if (engine_num_frames(feed.engine) == 0) {
        engine_frame(feed.engine, (struct mark){ 1, mark.time - feed_time(&pinfo->rel_ts) });
    }
    engine_frame(feed.engine, mark);
}

/* First pass: what TLS knows of this frame, and the end of the frame. */
static void
feed_frame_done(packet_info *pinfo)
{
    feed_count_frame(pinfo);
    feed_decrypted(pinfo);
    engine_frame_done(feed.engine);
    engine_no_segment(feed.engine);
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

/* Length of the IP packet; 0 when not known, or when its sender left that to the network card. */
static uint32_t
ip_total_len(void *ip)
{
    enum { IP6_HEADER_LEN = 40 };
    const ws_ip4 *v4 = WS_IP4_PTR(ip);
    const ws_ip6 *v6 = WS_IP6_PTR(ip);

    return v4 ? v4->ip_len : v6 && v6->ip6_len ? v6->ip6_len + (uint32_t)IP6_HEADER_LEN : 0;
}

/* False when TCP can go on without us: the connection is foreign, nothing can be said of the
 * segment, or all has been said. */
static G_GNUC_NO_INLINE bool
feed_segment(tvbuff_t *tvb, packet_info *pinfo, void *ip, const struct foreign_key *key)
{
    unsigned captured = tvb_captured_length(tvb);
    const struct buf header = buf_init(tvb_get_ptr(tvb, 0, (int)captured), captured);
    struct segment segment = { .mark = feed_mark(pinfo), .interface = key->interface };

    if (!endpoint_make(&segment.src, &pinfo->src, 0) ||
        !endpoint_make(&segment.dst, &pinfo->dst, 0) ||
        !tcp_decode(header, tvb_reported_length(tvb), &segment))
        return false;
    segment.ttl = ip_ttl(ip);
    enum connection_kind kind = engine_segment(feed.engine, &segment);
    foreign_set(key, kind == CONNECTION_FOREIGN);
    if (kind == CONNECTION_FOREIGN)
        return false;
    if (segment.payload_len == 0 && kind != CONNECTION_SESSION) {
        /* Nothing above TCP will have a say. */
        feed_frame_done(pinfo);
        return false;
    }
    feed_take_clear_stream(engine_current(feed.engine), &segment, pinfo);
    return true;
}

static void
feed_begin_frame(const packet_info *pinfo)
{
    if (feed.frame == pinfo->num)
        return;
    feed.frame = pinfo->num;
    feed.inside = false;
}

/* Is there anything for us in this segment? First pass: asks and feeds the engine; later: looks up.
 */
static bool
segment_is_ours(tvbuff_t *tvb, packet_info *pinfo, void *ip)
{
    if (!feed_enabled())
        return false;
    feed_begin_frame(pinfo);
    /* Inner packets of the tunnel come by as well; and a segment quoted in an ICMP error was sent
     * in another frame. */
    if (feed.inside || pinfo->flags.in_error_pkt)
        return false;
    if (PINFO_FD_VISITED(pinfo))
        return engine_frame_note(feed.engine, pinfo->num).conn != 0;

    struct foreign_key key;
    const uint8_t *bytes =
        tvb_captured_length(tvb) > TCP_FLAGS_AT ? tvb_get_ptr(tvb, 0, TCP_FLAGS_AT + 1) : NULL;
    if (!bytes || !foreign_key_make(&key, &pinfo->src, &pinfo->dst, bytes, feed_interface(pinfo)))
        return false;
    if ((bytes[TCP_FLAGS_AT] & TCP_SYN) || !foreign_has(&key))
        return feed_segment(tvb, pinfo, ip, &key);
    engine_foreign(feed.engine, feed_mark(pinfo), key.interface);
    return false;
}

/* After TCP and all above it: what they found is handed over, and what is known of the frame shown.
 */
static void
frame_done(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *ip)
{
    if (PINFO_FD_VISITED(pinfo))
        engine_finish(feed.engine);
    else
        feed_frame_done(pinfo);
    tree_show_frame(tvb, pinfo, tree, ip_total_len(ip));
    shim_frame_done();
}

static G_GNUC_NO_INLINE int
observe_ours(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    volatile int len = 0;

    feed.inside = true;
    TRY
    {
        len = pass_through(feed.tcp, tvb, pinfo, tree, data);
    }
    FINALLY
    {
        /* Cut packets end in an exception; they are shown all the same. */
        frame_done(tvb, pinfo, tree, data);
        feed.inside = false;
    }
    ENDTRY;
    return len;
}

/* Most packets of most captures go no further than the first line. */
static int
observe_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (!segment_is_ours(tvb, pinfo, data))
        return pass_through(feed.tcp, tvb, pinfo, tree, data);
    return observe_ours(tvb, pinfo, tree, data);
}

/* --- beside TCP ------------------------------------------------------------------------------ */

/* Not within a tunnel, nor quoted by an error. */
static bool
feed_is_outer(const packet_info *pinfo)
{
    if (!feed_enabled())
        return false;
    feed_begin_frame(pinfo);
    return !feed.inside && !pinfo->flags.in_error_pkt;
}

static void
show_observed(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    if (PINFO_FD_VISITED(pinfo))
        engine_finish(feed.engine);
    tree_show_frame(tvb, pinfo, tree, 0);
}

/* Tells the engine, lets the dissector that had the table entry work, and shows what is known. */
static int
observe(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data, dissector_handle_t handle,
        void (*tell)(tvbuff_t *tvb, packet_info *pinfo))
{
    bool outer = feed_is_outer(pinfo);

    if (outer && !PINFO_FD_VISITED(pinfo))
        tell(tvb, pinfo);
    int len = pass_through(handle, tvb, pinfo, tree, data);
    if (outer)
        show_observed(tvb, pinfo, tree);
    return len;
}

static void
feed_icmp(tvbuff_t *tvb, packet_info *pinfo)
{
    unsigned captured = tvb_captured_length(tvb);
    struct icmp_error error;

    if (!captured || !icmp_decode(pinfo->src.type == AT_IPv6, tvb_get_ptr(tvb, 0, (int)captured),
                                  captured, &error))
        return;
    error.mark = feed_mark(pinfo);
    error.interface = feed_interface(pinfo);
    if (!endpoint_make(&error.from, &pinfo->src, 0))
        return;
    engine_icmp(feed.engine, &error);
    feed_count_frame(pinfo);
    engine_frame_done(feed.engine);
    engine_no_segment(feed.engine);
}

static void
feed_dns(tvbuff_t *tvb, packet_info *pinfo)
{
    unsigned captured = tvb_captured_length(tvb);
    struct dns_message message;
    struct endpoint src, dst;

    if (!captured || !endpoint_make(&src, &pinfo->src, 0) || !endpoint_make(&dst, &pinfo->dst, 0) ||
        !dns_decode(tvb_get_ptr(tvb, 0, (int)captured), captured, &message))
        return;
    feed_count_frame(pinfo);
    engine_dns(feed.engine, &message, &src, &dst, feed_mark(pinfo));
}

/* Ethernet and IPv4, RFC 826. */
static void
feed_arp(tvbuff_t *tvb, packet_info *pinfo)
{
    unsigned captured = tvb_captured_length(tvb);
    struct buf b = buf_init(captured ? tvb_get_ptr(tvb, 0, (int)captured) : NULL, captured);
    struct endpoint sender, target;
    bool request;

    if (!frame_decode_arp(b, &sender, &target, &request))
        return;
    feed_count_frame(pinfo);
    engine_arp(feed.engine, &sender, request ? &target : NULL, feed_mark(pinfo));
}

static int
observe_icmp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return observe(tvb, pinfo, tree, data, pinfo->src.type == AT_IPv6 ? feed.icmpv6 : feed.icmp,
                   feed_icmp);
}

static int
observe_dns(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return observe(tvb, pinfo, tree, data, feed.dns, feed_dns);
}

static int
observe_arp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return observe(tvb, pinfo, tree, data, feed.arp, feed_arp);
}

/* In front of whoever has the entry of a table. Each needs a protocol of its own: a table may hold
 * one handle of a protocol's name. */
static struct observer {
    const char *table;
    dissector_t dissector;
    dissector_handle_t *observed; /* that had the entry before us */
    const char
        *observes; /* protocol: who disables it disables its observer, and nothing else does */
    const char *name, *short_name, *filter_name;
    uint32_t number;
    int protocol;
} observers[] = {
    { "ip.proto", observe_tcp, &feed.tcp, "tcp", "SSTP Diagnostics TCP observer", "SSTPDIAG TCP",
      "sstpdiag_tcp", IPPROTO_TCP_NUMBER, -1 },
    { "ip.proto", observe_icmp, &feed.icmp, "icmp", "SSTP Diagnostics ICMP observer",
      "SSTPDIAG ICMP", "sstpdiag_icmp", IPPROTO_ICMP_NUMBER, -1 },
    { "ip.proto", observe_icmp, &feed.icmpv6, "icmpv6", "SSTP Diagnostics ICMPv6 observer",
      "SSTPDIAG ICMPv6", "sstpdiag_icmpv6", IPPROTO_ICMPV6_NUMBER, -1 },
    { "udp.port", observe_dns, &feed.dns, "dns", "SSTP Diagnostics DNS observer", "SSTPDIAG DNS",
      "sstpdiag_dns", UDP_PORT_DNS, -1 },
    { "ethertype", observe_arp, &feed.arp, "arp", "SSTP Diagnostics ARP observer", "SSTPDIAG ARP",
      "sstpdiag_arp", ETHERTYPE_ARP_NUMBER, -1 },
};

/* --- life ------------------------------------------------------------------------------------ */

static void
interface_clear(gpointer data)
{
    struct report_interface *interface = data;

    g_free((char *)interface->name);
}

void
feed_trace(void)
{
    feed.trace = true;
    if (feed.engine)
        engine_trace(feed.engine);
}

static void
feed_init(void)
{
    struct config config;

    prefs_config(&config);
    feed.engine = engine_new(&config);
    feed.enabled = proto_is_protocol_enabled(feed.protocol);
    credentials_unref(config.credentials);
    if (feed.trace)
        engine_trace(feed.engine);
    feed.interfaces = g_array_new(FALSE, FALSE, sizeof(struct report_interface));
    g_array_set_clear_func(feed.interfaces, interface_clear);
    foreign_clear();
    feed.frame = 0;
    feed.inside = false;
}

static void
feed_cleanup(void)
{
    engine_free(feed.engine);
    feed.engine = NULL;
    feed.enabled = false;
    if (feed.interfaces)
        g_array_unref(feed.interfaces);
    feed.interfaces = NULL;
}

void
feed_register(int proto)
{
    feed.protocol = find_protocol_by_id(proto);
    for (size_t i = 0; i < G_N_ELEMENTS(observers); i++) {
        struct observer *observer = &observers[i];
        observer->protocol = pass_through_register(observer->observes, observer->name,
                                                   observer->short_name, observer->filter_name);
    }
    register_init_routine(feed_init);
    register_cleanup_routine(feed_cleanup);
}

void
feed_handoff(void)
{
    feed.proto_tls = proto_get_id_by_filter_name("tls");
    for (size_t i = 0; i < G_N_ELEMENTS(observers); i++) {
        const struct observer *observer = &observers[i];
        dissector_table_t table = find_dissector_table(observer->table);
        *observer->observed = table ? dissector_get_uint_handle(table, observer->number) : NULL;
        if (*observer->observed)
            dissector_add_uint(observer->table, observer->number,
                               create_dissector_handle(observer->dissector, observer->protocol));
    }
}
