/* own.h - what each end's own capture tells, in the report on all of them joined
 *
 * Where both ends have the same addresses and ports, Wireshark 4.0 takes the second copy of a
 * joined capture for retransmissions and decrypts one of them only. Alone, each end was decrypted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_OWN_H
#define SSTPDIAG_TOOLS_OWN_H

#include <json-glib/json-glib.h>
#include <stdbool.h>

/* One end: the report on its capture alone. */
struct own_end {
    char *name; /* of the capture, as it is shown */
    JsonNode *document;
    char *text;
};

/* In the report on the joined capture, sessions of which an end's own report could read more become
 * the own ones, and where this Wireshark does not tell copies apart also those of which it could
 * read as much: in JSON with the joined capture's frames and times, and a member "file"; in text
 * with the frames of that file, which is named. ends: struct own_end, in the order in which the
 * captures were joined; interfaces: of each, as frames_map() takes them. A report that nothing is
 * to be added to, or for which frames cannot be told, stays as it is. */
void own_restore(JsonNode *joined, char **text, const char *joined_path, const GPtrArray *ends,
                 const GArray *interfaces, bool told_apart);
/* Of a struct own_end. */
void own_end_free(gpointer end);

#endif
