/* plugin.c - what Wireshark looks for in a plugin
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sstpdiag.h"

WS_DLL_PUBLIC_DEF const char plugin_version[] = SSTPDIAG_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);

#ifdef WS_PLUGIN_DESC_DISSECTOR
WS_DLL_PUBLIC uint32_t plugin_describe(void);

uint32_t
plugin_describe(void)
{
    return WS_PLUGIN_DESC_DISSECTOR | WS_PLUGIN_DESC_TAP_LISTENER;
}
#endif

void
plugin_register(void)
{
    static proto_plugin plugin;

    plugin.register_protoinfo = proto_register_sstpdiag;
    plugin.register_handoff = proto_reg_handoff_sstpdiag;
    proto_register_plugin(&plugin);
}
