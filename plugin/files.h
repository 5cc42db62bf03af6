/* files.h - reads the files that a user names
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_FILES_H
#define SSTPDIAG_PLUGIN_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads up to max bytes of a regular file, into one block that the caller frees. NULL, or why it
 * cannot be read (static). */
const char *file_read(const char *path, size_t max, uint8_t **bytes, size_t *len);
/* The same in pieces of even length, but for the last one, for which take is called. */
typedef void file_piece(void *data, const uint8_t *bytes, size_t len);
const char *file_read_pieces(const char *path, file_piece *take, void *data);
/* Every user of the machine may read it. */
bool file_is_exposed(const char *path);

#endif
