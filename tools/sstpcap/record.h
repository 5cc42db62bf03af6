/* record.h - one recording: its ends, what is held back, and where it goes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_RECORD_H
#define SSTPCAP_RECORD_H

#include "child.h"
#include "keylog.h"
#include "options.h"
#include "codec/pcapread.h"
#include "queue.h"
#include "sink.h"

enum { RECORD_MEMORY_MAX = 64 << 20 }; /* of packets that are held back or not written yet */

enum source_state {
    SOURCE_STARTING,  /* no header yet */
    SOURCE_CAPTURING, /* its header came: whatever passes from now on is captured */
    SOURCE_ENDED,     /* in good order */
    SOURCE_LOST,      /* while it was needed */
};

struct record;

/* An end at work. */
struct source {
    struct record *record;
    const struct end *end;
    guint index;
    enum source_state state;
    bool dumpcap; /* as tool of an end of this machine */
    struct child *child;
    bool has_ended; /* child has nothing more */
    bool is_stored; /* a file that is read as fast as it is written */
    bool paused;
    struct pcapread *reader;
    GArray *numbers;      /* uint32_t: reader's interface to that of the file */
    guint num_queued;     /* packets in the queue */
    int64_t start_us;     /* monotonic */
    int64_t lag_ns;       /* smallest difference of arrival and time; INT64_MAX: no packet yet */
    int64_t last_time_ns; /* of its last packet */
    int64_t last_sorted_ns;
    uint64_t num_packets;
    uint64_t received, dropped; /* by the kernel; PCAPNG_UNKNOWN */
    unsigned num_lines;         /* that it wrote on stderr */
    char *last_line;            /* of these, the last that may be a reason */
    char *complaint;            /* of ours about its output */
    bool slow_told;
};

/* An interface of the file. */
struct output_interface {
    struct pcapng_interface description;
    guint end;
    struct pcapng_statistics statistics;
};

/* A key log that is followed on another machine. */
struct follower {
    struct record *record;
    const struct end *end;
    char *path;
    struct child *child;
    bool has_ended;
    struct keylog_stream stream;
};

struct record {
    const struct options *options;
    GMainLoop *loop;
    GPtrArray *sources;    /* struct source */
    GArray *interfaces;    /* struct output_interface */
    GPtrArray *followers;  /* struct follower */
    GPtrArray *key_files;  /* struct keylog_file */
    struct keylog *keylog; /* NULL: no secrets are wanted */
    GHashTable *hellos;    /* random of each Client Hello to the ends that saw it, a bit each */
    guint num_paired;
    GQueue unopened; /* struct unopened: connections whose secrets may still come in time */
    struct queue queue;
    struct sink sink;
    bool has_header;     /* in the sink */
    bool header_at_once; /* before anything is known */
    bool memory_told, slow_reader_told;
    int64_t since_ns;  /* all ends capture; 0: not yet */
    bool since_untold; /* the header was written before: the next packet carries it */
    int64_t begun_us;  /* monotonic */
    int64_t file_begun_us;
    unsigned file_number;
    GQueue files;         /* names of the ring, the oldest first */
    uint64_t num_written; /* packets */
    GArray *passed;       /* guint: end of each block in the file that was passed on */
    bool stopping, finished, not_whole;
    char *stop_reason;
    guint ticks;
    char *own_ssh;
    struct run *run; /* NULL: none is wanted */
};

/* A connection whose Client Hello was captured and whose secrets are not all here. */
struct unopened {
    uint8_t random[TLS_RANDOM_LEN];
    int64_t seen_us;
};

/* Records until a signal, a limit or the last end stops it. The exit status. */
int record_run(const struct options *options);

/* Of source.c: starts an end; false: it could not, which is said. */
struct source *source_new(struct record *record, guint index);
bool source_start(struct source *source);
void source_stop(struct source *source);
void source_free(gpointer source);
/* A block that is passed on, whatever it says. */
bool source_passes(const struct pcapread_item *item);
/* As it goes into a file; newly allocated. */
GByteArray *source_passed(const struct pcapread_item *item);
bool source_is_open(const struct source *source);

/* Of output.c. */
bool output_open(struct record *record, GError **error);
/* Adds an interface, and describes it in the file where that has begun. Its number. */
uint32_t output_add_interface(struct record *record, guint end,
                              const struct pcapng_interface *description);
void output_begin(struct record *record);
/* Writes what has waited long enough; all: everything. */
void output_release(struct record *record, bool all);
void output_secrets(struct record *record);
void output_statistics(struct record *record);
/* The memory of packets that wait. */
size_t output_waiting(const struct record *record);
/* "both ends capturing since ..."; NULL: they do not. Newly allocated. */
char *output_since(const struct record *record);

/* Of record.c. */
void record_stop(struct record *record, const char *reason); /* reason NULL: none to be told */
void record_hello(struct record *record, guint end, const uint8_t random[TLS_RANDOM_LEN]);
/* An end's state has changed. */
void record_source_changed(struct record *record);

#endif
