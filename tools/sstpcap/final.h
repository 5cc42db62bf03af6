/* final.h - what is made of a recording at its end: clocks, files of single ends, the final file
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_FINAL_H
#define SSTPCAP_FINAL_H

#include "options.h"
#include "recording.h"

/* Can the files be written that it will make beside options->output? False with *error. */
bool final_check(const struct options *options, GError **error);
/* Makes of the regular file that options->output names what they ask for. secrets: lines of a TLS
 * key log. What is found and written is said. False, which is said, when something could not be
 * made; the file is then as it was. */
bool final_write(const struct options *options, const struct recording *recording,
                 const GString *secrets);
/* Packets that stand in a capture, as far as it can be read. */
uint64_t final_count(const char *path);

#endif
