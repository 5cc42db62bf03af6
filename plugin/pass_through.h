/* pass_through.h - standing in front of another dissector without a trace
 *
 * A handle of ours takes the entry of a dissector table and calls the handle that had it. What is
 * dissected must not be able to tell the difference.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_PASS_THROUGH_H
#define SSTPDIAG_PLUGIN_PASS_THROUGH_H

#include "compat.h"

/* A protocol for such a handle, in name only, so that no layer of it appears in any packet. It is
 * always enabled: who disables SSTP Diagnostics must not switch others off, and whether what is
 * behind it is enabled, Wireshark asks when that is called. */
int pass_through_register(const char *name, const char *short_name, const char *filter_name);
/* A handle of that protocol, to stand in front of one, whose name it has: Wireshark writes it into
 * exported PDUs, and Lua shows it. */
dissector_handle_t pass_through_handle(dissector_t dissector, int proto, dissector_handle_t before);
/* Calls the handle that had the table entry, as its table would have. Returns what it returns. */
int pass_through(dissector_handle_t handle, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                 void *data);

#endif
