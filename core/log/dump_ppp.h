/* dump_ppp.h - PPP packets as programs write them down. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_DUMP_PPP_H
#define SSTPDIAG_CORE_LOG_DUMP_PPP_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "log/dump_words.h"

/* "LCP ConfReq id=0x1 <mru 1400> <magic 0x584782c4>", as pppd, accel-ppp and RouterOS have it, put
 * back into the bytes of a PPP frame, from its protocol on, which are appended to out. What is not
 * written there, the answer to a challenge, say, is made up of zeros. False, with out unchanged:
 * this is none. */
bool log_dump_ppp(const char *text, size_t len, GByteArray *out);
/* The options of a Configure packet of protocol, each in angle brackets. */
void log_dump_options(unsigned protocol, struct dump_words *words, GByteArray *out);

#endif
