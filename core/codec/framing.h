/* framing.h - cuts the clear bytes of a direction into what SSTP puts there
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CODEC_FRAMING_H
#define SSTPDIAG_CORE_CODEC_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum piece_kind {
    PIECE_NEED_MORE, /* len is how many bytes are missing, 0 when that is not known yet */
    PIECE_PROXY,     /* PROXY protocol header */
    PIECE_HTTP,      /* head of a request or answer */
    PIECE_PACKET,    /* one SSTP packet */
    PIECE_OVERSIZE,  /* an SSTP packet whose sender wrote a length above 4095 over the reserved bits
                      */
    PIECE_JUNK       /* all that is there: no packet begins here */
};

struct piece {
    enum piece_kind kind;
    size_t len;
};

/* The first piece of len bytes (more than 0). Needs no state: SSTP's version byte, HTTP's letters
 * and the PROXY header's signatures cannot be taken for each other. A sender that loses its framing
 * costs what is left of the bytes given, as records nearly always begin with a packet. */
struct piece framing_next(const uint8_t *data, size_t len);

#endif
