/* greeting.h - which service answers where TLS was expected, by its first bytes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CODEC_GREETING_H
#define SSTPDIAG_CORE_CODEC_GREETING_H

#include <stddef.h>
#include <stdint.h>

enum { GREETING_MAX = 64 }; /* bytes that are looked at */

/* The protocol that begins so: "HTTP", "SSH"; NULL when it is none that is known. */
const char *greeting_protocol(const uint8_t *data, size_t len);
/* The first line, at most GREETING_MAX bytes of it, cleaned; NULL when it is not text. Newly
 * allocated. */
char *greeting_line(const uint8_t *data, size_t len);

#endif
