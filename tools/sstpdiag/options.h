/* options.h - what the user asks for on the command line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_OPTIONS_H
#define SSTPDIAG_TOOLS_OPTIONS_H

#include <gio/gio.h>
#include <stdbool.h>

#include "base/findings.h"
#include "output/target.h"

/* What main() returns. */
enum exit_status { EXIT_QUIET, EXIT_FOUND, EXIT_USAGE, EXIT_CANNOT_RUN };

enum { FAIL_NEVER = SEVERITY_ERROR + 1 };

/* Lists end with NULL and are NULL when the option was not given. */
/* The name of a capture that comes through a pipe. */
#define OPTIONS_STANDARD_INPUT "-"

struct options {
    char **files; /* captures, or folders of them */
    char **keylogs, **servers, **logs;
    char *credentials;
    char *explain; /* a code, or words */
    char *html;
    char *redacted_logs; /* folder for copies of the logs; NULL: none */
    char **rsa_keys;     /* private keys of servers */
    int max_sessions;    /* told one by one in text and page; 0: all */
    bool json, separate, all_log_lines, verbose, redact;
    int fail_on;          /* enum severity, or FAIL_NEVER */
    bool require_session; /* none at all fails, too */
    int jobs;             /* 0: not given */
    char *output;         /* of many captures */
    bool retry;
    int timeout; /* seconds for one of many captures, 0: none */
    char *tshark, *plugins;
    bool version;
    struct inputs *inputs; /* files that are read, and so never written to */
};

/* Takes its options out of argv. False, and a line on what is wrong in *error, when that cannot be
 * done; --help is answered here and ends the program. */
bool options_parse(struct options *options, int *argc, char ***argv, GError **error);
void options_clear(struct options *options);

/* What was judged says something as bad as severity, -1 for nothing, and has a session or none. */
enum exit_status options_exit_status(const struct options *options, int severity, bool has_session);

/* Folders, --jobs and --output ask for one report for each of many captures. */
bool options_are_for_many(const struct options *options);

#endif
