/* follow.h - Follow > SSTP Diagnostics stream, and tshark -z follow,sstpdiag
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_FOLLOW_H
#define SSTPDIAG_PLUGIN_FOLLOW_H

#include "compat.h"

void follow_register(int proto);
/* A piece of the clear bytes of this frame, every pass. */
void follow_piece(packet_info *pinfo, tvbuff_t *piece);

#endif
