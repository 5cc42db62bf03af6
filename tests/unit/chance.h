/* chance.h - scripts by chance, and the same script told in several ways
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_CHANCE_H
#define SSTPDIAG_TESTS_CHANCE_H

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

/* A row of scenarios.h or programs.h, in which words are left out, exchanged with the next one, or
 * added from other rows, as the bytes say; inside TLS where it can be. Two bytes choose the row,
 * four each change. Newly allocated. */
char *chance_script(const uint8_t *data, size_t len);

/* A healthy session of a program there is, captured as the bytes say: at one end or both, with
 * holes, copies, segments that come late or twice. Bytes as above. Newly allocated. */
char *chance_healthy(const uint8_t *data, size_t len);
/* The same of bytes that follow from the seed. */
char *chance_healthy_of(uint32_t seed);
/* Tells a healthy script with keys, without, with other ciphers, and cut behind each of its words:
 * none of these may be a fault. Newly allocated words about what is; NULL: nothing. */
char *chance_differs(const char *script);

#endif
