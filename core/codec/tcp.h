/* tcp.h - options of a TCP header
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CODEC_TCP_H
#define SSTPDIAG_CORE_CODEC_TCP_H

#include "base/buf.h"
#include "base/event.h"

enum tcp_option {
    TCP_OPTION_END = 0,
    TCP_OPTION_NOP = 1,
    TCP_OPTION_MSS = 2,
    TCP_OPTION_WINDOW_SCALE = 3,
    TCP_OPTION_SACK_PERMITTED = 4,
    TCP_OPTION_SACK = 5,
    TCP_OPTION_TIMESTAMPS = 8,
};

/* Cuts the next option off, padding apart: its kind (enum tcp_option) and its value. False at the
 * end of the list, and where it cannot be read on. */
bool tcp_option_next(struct buf *options, uint8_t *kind, struct buf *value);
/* Header and payload of a segment, from its first byte on; wire_len: of both on the wire. Sets what
 * they tell in *segment, which keeps the rest: mark, interface, addresses. Pointers go into the
 * bytes. A header that was cut behind its flags tells what is left of it. False when it is cut
 * before, or inconsistent. */
bool tcp_decode(struct buf b, size_t wire_len, struct segment *segment);

#endif
