/* dump_sstp.h - SSTP control messages as programs name them. For log/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_DUMP_SSTP_H
#define SSTPDIAG_CORE_LOG_DUMP_SSTP_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* The message that is called so, in whatever letters, with blanks, "-" or "_" between its words,
 * and with a program's own beginning: "SSTP_MSG_CALL_CONNECT_ACK". enum sstp_message_type; 0: none.
 */
unsigned log_dump_sstp_type(const char *name, size_t len);
/* Appends a message of this type with the attributes that it must have, as far as these need not
 * say anything: no status, and zeros for what is random. False: there is no such type. */
bool log_dump_sstp(unsigned type, GByteArray *out);

#endif
