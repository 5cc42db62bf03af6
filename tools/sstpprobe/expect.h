/* expect.h - the certificate that is expected of the server
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_EXPECT_H
#define SSTPPROBE_EXPECT_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

enum { EXPECT_LEN = 32 };

/* What text stands for: SHA-256 in hexadecimal digits, with or without colons, or a file with the
 * certificate. False, with the reason in error. */
bool expect_parse(const char *text, uint8_t sha256[static EXPECT_LEN], GError **error);

#endif
