/* reader.h - tshark with the plugin, which reads a capture and judges it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_READER_H
#define SSTPDIAG_TOOLS_READER_H

#include "options.h"
#include "place.h"

struct reader {
    struct place *place;
    char *tshark;
    unsigned major, minor; /* of Wireshark */
    char *plugins;         /* WIRESHARK_PLUGIN_DIR for it; NULL: it finds the plugin by itself */
    char *servers;         /* named by the user, with commas between; NULL for none */
    bool all_log_lines, verbose; /* of the text report */
    guint max_sessions;          /* the same: told one by one, 0: all */
    GPtrArray *arguments;        /* of every run: char * */
    int keys;                    /* descriptor of a key log in memory, -1 for none */
    int credentials;             /* of a copy of the credentials in memory, -1 for none */
    GArray *rsa_keys;            /* int: of copies of private keys in memory */
    GPtrArray *log_names;        /* pairs: name that tshark is given, name that the user gave */
};

/* What to do with one capture. */
struct reading {
    const char *path;
    bool trace;
    const char *servers; /* beside those of the user; NULL for none */
    bool two_interfaces; /* each interface's copy of a connection is one of its own */
    bool progress;       /* on stderr, when it takes long and that is a terminal */
    int timeout;         /* seconds, 0: none */
};

/* What came of it. */
struct judgement {
    char *json, *text;
    char *complaints; /* lines of tshark, "" for none: the capture is cut short, say */
};

/* Finds tshark and the plugin, and makes ready what every run is given. NULL, with a message that
 * tells what is missing and how to get it, when that fails. */
struct reader *reader_new(const struct options *options, GError **error);
void reader_free(struct reader *reader);
/* Adds the keys inside a capture to those that later runs are given. */
bool reader_take_keys(struct reader *reader, const char *from, const char *to, GError **error);

/* May be called by several threads at once. */
bool reader_judge(const struct reader *reader, const struct reading *reading,
                  struct judgement *judgement, GError **error);
/* Do they say that the file of credentials is wrong, as a whole or in parts? */
bool reader_refused_credentials(const char *complaints);
void judgement_clear(struct judgement *judgement);

/* Is it at least this Wireshark? */
bool reader_is_at_least(const struct reader *reader, unsigned major, unsigned minor);

#endif
