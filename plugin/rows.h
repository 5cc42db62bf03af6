/* rows.h - what was read of the frame being dissected, a row a message, until the tree shows it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_ROWS_H
#define SSTPDIAG_PLUGIN_ROWS_H

#include "compat.h"

#include "codec/framing.h"

struct row {
    char *text;     /* in the packet's memory */
    uint32_t len;   /* of the SSTP packet; 0: HTTP */
    uint32_t inner; /* of the IP packet in it; 0: none */
};

/* Begins as zero bytes. */
struct rows {
    uint32_t frame;     /* that they are of */
    wmem_array_t *rows; /* struct row, in the packet's memory; NULL for none */
};

/* A frame begins, perhaps not for the first time; what was left of the one before is forgotten. */
void rows_begin(struct rows *rows, const packet_info *pinfo);
/* Adds a row, if the piece is an HTTP head or an SSTP packet. */
void rows_add_piece(struct rows *rows, packet_info *pinfo, const struct piece *piece,
                    const uint8_t *data);
/* struct row, of this frame; NULL when there are none. */
wmem_array_t *rows_of_frame(const struct rows *rows, const packet_info *pinfo);
/* The packet's memory goes. */
void rows_forget(struct rows *rows);

#endif
