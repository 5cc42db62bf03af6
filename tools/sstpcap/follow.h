/* follow.h - key logs that are followed while a recording runs, here and on other machines
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_FOLLOW_H
#define SSTPCAP_FOLLOW_H

#include "keylog.h"
#include "options.h"

struct follow;

/* What is read goes into keylog. ended is called whenever one of another machine ends. options and
 * keylog must live as long. */
struct follow *follow_new(const struct options *options, struct keylog *keylog,
                          void (*ended)(void *data), void *data);
void follow_free(struct follow *follow);

/* "END:FILE" when there is an end of that name, else a file of this machine. */
void follow_add(struct follow *follow, const char *text);
void follow_add_file(struct follow *follow, const char *path);
bool follow_has_any(const struct follow *follow);

/* Reads what is new in files of this machine; the others come by themselves. */
/* Reads files of this machine to their end: nothing more will be asked. */
void follow_read_all(struct follow *follow);
void follow_poll(struct follow *follow);
/* Ends those of other machines: ended is called for each as before, but nobody is warned of it. */
void follow_stop(struct follow *follow);
/* All those of other machines are at their end. */
bool follow_has_ended(const struct follow *follow);

#endif
