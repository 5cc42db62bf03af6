/* ends.h - which captures are of the same connection, and one file made of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_ENDS_H
#define SSTPDIAG_TOOLS_ENDS_H

#include <json-glib/json-glib.h>

#include "reader.h"

/* documents: the report on each of num captures, NULL where there is none. groups gets for each the
 * number of the first capture that shares a connection with it, its own where there is none. What
 * makes two connections one: the random of the Client Hello; both initial sequence numbers, or,
 * where their times allow it, a client's that nobody answered; bytes of the stream, where it began
 * before the capture; a correlation id with a second witness, where their times allow it. */
void ends_group(JsonNode *const *documents, guint num, guint *groups);

/* Judges a capture; once more, each interface's copies of connections by themselves, where sessions
 * stand at several and this Wireshark can tell them apart. NULL, with *error and nothing in
 * *judgement, on failure; error must not be NULL. */
JsonNode *ends_judge(const struct reader *reader, struct reading reading,
                     struct judgement *judgement, GError **error);

/* One file of all paths, in their order, each with interfaces of its own unless they are pieces of
 * one recording, for tshark's eyes alone. Their keys become the reader's. interfaces, if not NULL,
 * gets how many each path has (guint32; 0: not known). Its name, newly allocated; NULL and *error
 * on failure. */
char *ends_merge(struct reader *reader, const GPtrArray *paths, bool pieces, GArray *interfaces,
                 GError **error);

#endif
