/* tcp.c - options of a TCP header
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tcp.h"

bool
tcp_option_next(struct buf *options, uint8_t *kind, struct buf *value)
{
    uint8_t len;

    do {
        if (!buf_u8(options, kind) || *kind == TCP_OPTION_END)
            return false;
    } while (*kind == TCP_OPTION_NOP);
    return buf_u8(options, &len) && len >= 2 && buf_sub(options, len - 2U, value);
}
