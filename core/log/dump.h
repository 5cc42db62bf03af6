/* dump.h - packets in the lines of logs: decrypted, and without keys
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_DUMP_H
#define SSTPDIAG_CORE_LOG_DUMP_H

#include "log/entry.h"

struct log_dump;

/* A way in which programs write packets down. */
struct log_dump_form {
    enum log_source source; /* LOG_FROM_OTHER: any */
    const char *name;
    const char *example; /* a line that begins a packet of it, as it stands behind the program */
    /* Sets the entry's packet, or that of the entry that the line goes on from. */
    bool (*read)(struct log_dump *dump, struct log *log, struct log_entry *entry, const char *raw);
};

/* All, in the order in which they are tried; *num of them. */
const struct log_dump_form *log_dump_forms(size_t *num);

struct log_dump *log_dump_new(void);
/* NULL is fine. */
void log_dump_free(struct log_dump *dump);
/* Sets the packet of an entry that is about to be added to log, or goes on with that of an earlier
 * one. raw: what the line says, with its bytes. */
void log_dump_read(struct log_dump *dump, struct log *log, struct log_entry *entry,
                   const char *raw);

/* The interface that the line is about: "ppp0" of accel-ppp, "sstp-out1" of RouterOS. Its length;
 * 0: it has none. */
size_t log_dump_channel(enum log_source source, const char *raw);

#endif
