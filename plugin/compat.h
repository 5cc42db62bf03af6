/* compat.h - every difference between the supported Wiresharks, and nothing else
 *
 * Written against the names of 4.4; 4.0 and 4.6 are mapped onto them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_COMPAT_H
#define SSTPDIAG_PLUGIN_COMPAT_H

#include <stdbool.h>
#include <stdint.h>

#include <ws_version.h>
#define COMPAT_WS (WIRESHARK_VERSION_MAJOR * 100 + WIRESHARK_VERSION_MINOR)

#include <wireshark.h>
#include <epan/addr_resolv.h>
#include <epan/conversation.h>
#include <epan/dissectors/packet-ip.h>
#include <epan/dissectors/packet-tls-utils.h>
#include <epan/dissectors/packet-tls.h>
#include <epan/epan.h>
#include <epan/expert.h>
#include <epan/follow.h>
#include <epan/packet.h>
#include <epan/prefs-int.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <wiretap/wtap.h>

/* 4.2 began to look for plugin_describe(), and has the header for its value. */
#if COMPAT_WS >= 402
#include <wsutil/plugins.h>
#endif

/* Heuristic dissectors: gboolean (an int) until 4.2, bool since 4.4. */
#if COMPAT_WS < 404
typedef gboolean compat_heur_ret;
#else
typedef bool compat_heur_ret;
#endif

/* Checks of a user's table: as above. */
typedef compat_heur_ret compat_uat_ret;

/* Buttons of text windows: as above. */
typedef compat_heur_ret compat_funnel_ret;

/* stat_tap_ui.tap_init_cb tells since 4.6 whether it succeeded. */
#if COMPAT_WS >= 406
typedef bool compat_stat_init_ret;
#define COMPAT_STAT_INIT_OK true
#else
typedef void compat_stat_init_ret;
#define COMPAT_STAT_INIT_OK
#endif

/* data of a heuristic of "tls": a pointer to the session's handle in 4.0, struct tlsinfo since 4.4.
 * Sets who gets the rest of the stream. */
static inline void
compat_tls_set_app_handle(void *data, dissector_handle_t handle)
{
    if (!data)
        return;
#if COMPAT_WS < 404
    *(dissector_handle_t *)data = handle;
#else
    *((struct tlsinfo *)data)->app_handle = handle;
#endif
}

/* Key of a TLS layer's SslPacketInfo: 0 in 4.0; the layer's number, from 1, since 4.4. */
#if COMPAT_WS < 404
#define COMPAT_TLS_FIRST_KEY 0
#else
#define COMPAT_TLS_FIRST_KEY 1
#endif

/* Deinterlacing came with 4.4. A profile that asks for it is to be read by 4.0 as well, without the
 * warning that it gives for names that nobody registered. */
static inline void
compat_register_prefs(void)
{
#if COMPAT_WS < 404
    module_t *protocols = prefs_find_module("protocols");

    if (protocols && !prefs_find_preference(protocols, "conversation_deinterlacing_key"))
        prefs_register_static_text_preference(
            protocols, "conversation_deinterlacing_key", "Conversations are not kept by interface",
            "Deinterlacing came with Wireshark 4.4; what a profile says of it is passed over.");
#endif
}

/* Since 4.4 there are two more callbacks, neither of them needed. */
static inline void
compat_register_follow(int proto, const char *tap, follow_conv_filter_func of_frame,
                       follow_index_filter_func of_index, follow_address_filter_func of_addresses)
{
#if COMPAT_WS < 404
    register_follow_stream(proto, tap, of_frame, of_index, of_addresses, tcp_port_to_display,
                           follow_tvb_tap_listener);
#else
    register_follow_stream(proto, tap, of_frame, of_index, of_addresses, tcp_port_to_display,
                           follow_tvb_tap_listener, NULL, NULL);
#endif
}

/* Interfaces are kept by section since 4.4. */
#if COMPAT_WS >= 404
static inline unsigned
compat_section(const packet_info *pinfo)
{
    return pinfo->rec->presence_flags & WTAP_HAS_SECTION_NUMBER ? pinfo->rec->section_number : 0;
}
#endif

static inline const char *
compat_interface_name(packet_info *pinfo, uint32_t interface)
{
#if COMPAT_WS < 404
    return epan_get_interface_name(pinfo->epan, interface);
#else
    return epan_get_interface_name(pinfo->epan, interface, compat_section(pinfo));
#endif
}

/* NULL: the file has none. */
static inline const char *
compat_interface_description(packet_info *pinfo, uint32_t interface)
{
#if COMPAT_WS < 404
    return epan_get_interface_description(pinfo->epan, interface);
#else
    return epan_get_interface_description(pinfo->epan, interface, compat_section(pinfo));
#endif
}

/* The TCP conversation of the packet's addresses and these ports, NULL when there is none.
 * Since 4.4 it may be kept by interface; that lookup takes the ports from pinfo, and since 4.6 asks
 * whether to turn the direction around. */
static inline conversation_t *
compat_tcp_conversation(packet_info *pinfo, uint32_t srcport, uint32_t destport)
{
#if COMPAT_WS < 404
    return find_conversation(pinfo->num, &pinfo->src, &pinfo->dst, CONVERSATION_TCP, srcport,
                             destport, 0);
#else
    uint32_t old_srcport = pinfo->srcport, old_destport = pinfo->destport;
    pinfo->srcport = srcport;
    pinfo->destport = destport;
#if COMPAT_WS < 406
    conversation_t *conversation = find_conversation_strat(pinfo, CONVERSATION_TCP, 0);
#else
    conversation_t *conversation = find_conversation_strat(pinfo, CONVERSATION_TCP, 0, false);
#endif
    pinfo->srcport = old_srcport;
    pinfo->destport = old_destport;
    return conversation;
#endif
}

/* From this frame on TCP gives the stream of these ports to handle. Since 4.4 a conversation may be
 * kept by interface, but who dissects it is looked up in the one that is not. */
static inline void
compat_tcp_set_dissector(packet_info *pinfo, uint32_t srcport, uint32_t destport,
                         dissector_handle_t handle)
{
    conversation_t *conversation = find_conversation(pinfo->num, &pinfo->src, &pinfo->dst,
                                                     CONVERSATION_TCP, srcport, destport, 0);
    if (!conversation)
        conversation = conversation_new(pinfo->num, &pinfo->src, &pinfo->dst, CONVERSATION_TCP,
                                        srcport, destport, 0);
    if (conversation_get_dissector(conversation, pinfo->num) != handle)
        conversation_set_dissector_from_frame_number(conversation, pinfo->num, handle);
}

#endif
