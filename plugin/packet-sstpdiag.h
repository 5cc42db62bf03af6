/* packet-sstpdiag.h - protocol, fields, expert infos, and the tree of a session's frame
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_PACKET_SSTPDIAG_H
#define SSTPDIAG_PLUGIN_PACKET_SSTPDIAG_H

#include "state.h"

/* Returns the protocol's number. */
int tree_register(void);
/* Tree and expert infos of a frame; nothing when it is of no session. ip_len: of the packet that
 * carries its segment; 0 when not known. */
void tree_show_frame(const struct state *state, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                     uint32_t ip_len);

#endif
