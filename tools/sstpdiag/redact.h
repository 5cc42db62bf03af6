/* redact.h - what is told, without who it was
 *
 * Addresses, names of hosts, users and domains, certificates' subjects, hashes, ids of calls and
 * passwords become stand-ins (standin.h), the same ones in all that one redactor is given. Who is
 * who is learnt first, from the report's own members and from words of logs that say so ("user
 * X", "name = X"); then X is replaced wherever it stands.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_REDACT_H
#define SSTPDIAG_TOOLS_REDACT_H

#include "document.h"

struct redactor;

struct redactor *redactor_new(void);
void redactor_free(struct redactor *redactor);

/* Before anything is redacted: names that are to be replaced everywhere. */
void redactor_learn_text(struct redactor *redactor, const char *text);
void redactor_learn_document(struct redactor *redactor, JsonNode *document);
/* The name of a capture may say who it is of: "capture-1.pcapng" stands for it. */
void redactor_learn_capture(struct redactor *redactor, const char *path);

/* What stands for a whole value of which is known what it is: 'u' a user, 'd' a domain of Windows,
 * 'h' a host, 'n' another name, 'p' a password, 'x' a text that somebody wrote. Newly allocated. */
char *redactor_secret(struct redactor *redactor, char kind, const char *value);
/* Newly allocated. */
char *redactor_text(struct redactor *redactor, const char *text);
/* In place; members that are words of the schema stay. */
void redactor_document(struct redactor *redactor, JsonNode *document);

#endif
