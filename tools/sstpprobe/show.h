/* show.h - what the probe prints: steps as they happen, then the verdict; or JSON
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_SHOW_H
#define SSTPPROBE_SHOW_H

#include "walk.h"

/* Lines in front of the steps. */
void show_begin(const struct options *options, const char *version);
/* A line of it; the function that walk->tell wants. data: struct options. */
void show_step(void *data, const char *name, const struct step_result *result);
/* What the TLS secrets in the file of --write open. */
enum secrets { SECRETS_HARMLESS, SECRETS_OPEN_PASSWORD, SECRETS_LEFT_OUT };
enum secrets show_secrets(const struct walk *walk);

/* All of it once more, as text and as JSON of schema sstpdiag/1; trace: with the ladder's messages
 * (options->html). Newly allocated. */
char *show_as_text(const struct walk *walk);
char *show_as_json(const struct walk *walk, bool trace);
/* The rest of the report. */
void show_end(const struct walk *walk);
/* Exit status: something is at or above the severity of options->fail_on. */
bool show_is_bad(const struct walk *walk);

#endif
