/* options.h - the command line of sstpcap
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_OPTIONS_H
#define SSTPCAP_OPTIONS_H

#include "end.h"
#include "base/findings.h"
#include "output/target.h"

enum {
    EXIT_RECORDED = 0,
    EXIT_END_LOST = 1, /* or the recording is not whole for another reason; what there is is kept */
    EXIT_USAGE = 2,
    EXIT_NOT_STARTED = 3,

    HOLD_MS = 500, /* packets wait as long for those of the other end, and for secrets */
};

struct options {
    GPtrArray *ends; /* struct end */
    char *output;    /* NULL: none was named; "-": standard output */
    char **keylogs;  /* "FILE" or "END:FILE"; NULL: none */
    gboolean keylog_all;
    char *server; /* HOST[:PORT] of the VPN server; NULL: any, port 443 */
    /* For ssh, as the user gives them. */
    char *ssh_config, *ssh_jump;
    char **ssh_options;
    /* When to stop and when to begin a new file; 0: never. */
    uint64_t stop_s, stop_bytes, stop_packets;
    uint64_t next_s, next_bytes, num_files;
    gboolean split, no_shift, no_rewrite, quiet;
    gboolean diagnose;                      /* the recording, by sstpdiag */
    gboolean list, compare, install_extcap; /* what is done instead of a recording */
    gboolean json;                          /* of --compare */
    enum severity fail_on; /* of --compare; with watch, of sessions that are kept */
    gboolean watch;        /* nothing is recorded but what failed */
    char *keep;            /* folder for that; NULL: lines alone */
    gboolean keep_all, keep_headers;
    int keep_mib, keep_days, keep_files, memory_mib; /* 0: no limit, but for memory */
    char *log_json, *prometheus;                     /* NULL: none is written */
    char *on_fault;                                  /* command; NULL: none */
    char **run;  /* command to start under the preload library; NULL: none */
    char **rest; /* arguments that are no options; NULL: none */
    /* When Wireshark has started us. */
    bool extcap;
    struct inputs *inputs; /* files that are read, and so never written to */
};

/* False when they are wrong: it is said, and the exit status is EXIT_USAGE. --help and --version
 * end the program. */
bool options_parse(struct options *options, int argc, char **argv);
void options_clear(struct options *options);

/* The filter of the index-th end, without what keeps our own ssh out. Newly allocated. */
char *options_filter(const struct options *options, guint index);
/* The output's name with a mark in front of its ending: "case.pcapng" with ".client" is
 * "case.client.pcapng". Newly allocated. */
char *options_output_with(const struct options *options, const char *mark);

#endif
