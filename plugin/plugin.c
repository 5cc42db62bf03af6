/* plugin.c - what Wireshark looks for in a plugin
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "follow.h"
#include "menus.h"
#include "observers.h"
#include "packet-sstpdiag.h"
#include "prefs.h"
#include "shim.h"
#include "state.h"
#include "stats.h"
#include "tap-sstpdiag.h"
#include "tap.h"

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

static void
proto_register_sstpdiag(void)
{
    int proto = tree_register();

    prefs_register_sstpdiag(proto);
    state_register(proto);
    observers_register();
    shim_register(proto);
    tap_register();
    tap_report_register();
    stats_register();
    menus_register(proto);
    follow_register(proto);
}

static void
proto_reg_handoff_sstpdiag(void)
{
    observers_handoff();
    shim_handoff(proto_get_id(state_get()->protocol));
}

void
plugin_register(void)
{
    static proto_plugin plugin;

    plugin.register_protoinfo = proto_register_sstpdiag;
    plugin.register_handoff = proto_reg_handoff_sstpdiag;
    proto_register_plugin(&plugin);
}
