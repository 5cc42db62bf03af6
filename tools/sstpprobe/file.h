/* file.h - the pcapng file of a probe: packets made from a socket, TLS secrets in front of them
 *
 * Kept in memory and written at the end: only then is it known whether the secrets may be in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_FILE_H
#define SSTPPROBE_FILE_H

#include <glib.h>

#include "base/trial.h"

struct file;

struct file *file_new(const char *version);
void file_free(struct file *file);
/* comment: NULL for none. */
void file_packet(struct file *file, int64_t time, const GByteArray *packet, const char *comment);
/* What stands beside the packets, for who judges the file. */
void file_trial(struct file *file, const struct trial *trial);
/* A line of the key log, with its newline. */
void file_secret(struct file *file, const char *line);
/* Of the key log so far; the file's. */
const GString *file_secrets(const struct file *file);
/* Readable by its owner alone, and whole or not at all. */
bool file_write(const struct file *file, const char *path, bool with_secrets, GError **error);

#endif
