/* attempt.h - an attempt to connect, as the lines of logs tell of it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_ATTEMPT_H
#define SSTPDIAG_CORE_LOG_ATTEMPT_H

#include "log/blame.h"

enum { LOG_ATTEMPTS_MAX = 500, LOG_PROCESSES_MAX = 4 };

struct log_told {
    const struct log_entry *entry;
    unsigned file; /* index of its log */
    int64_t time;  /* on the clock of the first log; LOG_NO_TIME */
};

/* A process that serves one connection: sstpc, pppd. */
struct log_process {
    unsigned file;
    enum log_source source;
    uint32_t id;
};

/* How the lines of both ends were found to be of one attempt. */
enum log_match {
    LOG_MATCH_NONE, /* there are lines of one end, or it is not known of which */
    LOG_MATCH_ID,
    LOG_MATCH_MESSAGES,
    LOG_MATCH_ADDRESS,
    LOG_MATCH_TIME,
};

struct log_attempt {
    GArray *lines;       /* struct log_told, by time; those without one first */
    int64_t first, last; /* ns; LOG_NO_TIME when no line has a time */
    const char *id;      /* correlation id; NULL */
    const char *client;  /* "192.0.2.1:4711"; NULL */
    const char *channel; /* "ppp0"; NULL */
    unsigned channel_file;
    struct log_process processes[LOG_PROCESSES_MAX];
    unsigned num_processes;
    bool any_stage;
    enum stage reached;  /* the furthest that a line speaks of */
    bool established;    /* a line says so, or an address was agreed on */
    struct log_told up;  /* the first line that says so; entry NULL: none */
    bool disconnected;   /* a Call Disconnect is among the lines */
    bool has_ppp;        /* a PPP packet is among the lines */
    bool agreed;         /* one of them acknowledges an address: what follows may come much later */
    bool ended;          /* a line says so */
    struct log_told end; /* that line; entry NULL: none */
    bool mixed;          /* lines of another one may be among them */
    enum log_match match;
    struct log_blame blame;   /* what it failed of */
    struct log_told evidence; /* the line that says so; entry NULL: none */
    /* What a program calls the reason, but no finding is named by; of a tunnel that came up, of its
     * end. entry NULL: none. */
    struct log_told complaint;
};

/* What is added to the times of a log for them to be those of the first one. */
struct log_offset {
    int64_t shift;    /* ns */
    bool known;       /* messages, or ids, that both have tell it */
    bool zone;        /* it is whole half hours: another time zone */
    unsigned matches; /* that tell it */
};

#endif
