/* question.h - what is asked of hosts inside the tunnel beside pings: a name, a port (IPv4)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CLIENT_QUESTION_H
#define SSTPDIAG_CLIENT_QUESTION_H

#include <glib.h>

#include "base/buf.h"
#include "codec/dns.h"
#include "codec/inner.h"

/* Who asks whom; addresses are numbers. */
struct question {
    uint32_t src, dst;
    uint16_t src_port, dst_port;
};

/* Appends a query for the IPv4 address of name (RFC 1035). False: it can be no name. */
bool question_append_query(GByteArray *out, const struct question *question, uint16_t id,
                           const char *name);
/* The answer to that query? */
bool question_is_answer(const struct question *question, uint16_t id, struct buf packet,
                        struct dns_message *answer);

/* Appends a segment without data (RFC 9293); flags: enum tcp_flag. */
void question_append_segment(GByteArray *out, const struct question *question, uint32_t seq,
                             uint32_t ack, uint8_t flags);
/* A segment of the other side? */
bool question_is_segment(const struct question *question, struct buf packet, struct inner *segment);

#endif
