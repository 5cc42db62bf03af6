/* tcp.h - options of a TCP header
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_TCP_H
#define SSTPDIAG_CORE_TCP_H

#include "buf.h"

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

#endif
