/* cases.h - the files in which the packets of failed sessions stay, within a quota
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_CASES_H
#define SSTPCAP_CASES_H

#include "codec/pcapng.h"
#include "recorder.h"

/* 0: no limit. */
struct cases_quota {
    uint64_t bytes, files;
    uint64_t seconds; /* since a file was written */
};

struct cases;

/* folder is made, for its owner alone, where it is not there. NULL with *error. */
struct cases *cases_new(const char *folder, const struct cases_quota *quota, GError **error);
void cases_free(struct cases *cases);

/* Writes the packets of a session that is over. interfaces: struct pcapng_interface, by number;
 * secrets: lines of a key log, or NULL. The file's path, or that of an equal failure of the same
 * client shortly before, which it is counted to; *times: how often it was by then. The caller's;
 * NULL with *error. */
char *cases_write(struct cases *cases, const struct watch_event *event, const GPtrArray *interfaces,
                  const char *secrets, unsigned *times, GError **error);
/* Deletes what is beyond the quota, the oldest first, and nothing that is not named as files of
 * ours are. How many. */
unsigned cases_clean(struct cases *cases, int64_t now_ns);
/* Files there are, and their bytes, as of the last look. */
void cases_count(const struct cases *cases, uint64_t *files, uint64_t *bytes);

#endif
