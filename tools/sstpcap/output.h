/* output.h - the capture as it is written live: what is held back, and in which order it comes out
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_OUTPUT_H
#define SSTPCAP_OUTPUT_H

#include "keylog.h"
#include "options.h"
#include "codec/pcapread.h"
#include "recording.h"

enum { OUTPUT_MEMORY_MAX = 64 << 20 }; /* of what is held back or not written yet */

struct output;

/* What it cannot know by itself. */
struct output_calls {
    /* No end can bring a packet that is earlier than all that wait. */
    bool (*all_are_here)(void *data);
    /* Shall a Server Hello that came at arrived_us wait longer, for secrets? Monotonic times. */
    bool (*secrets_may_come)(void *data, int64_t arrived_us, int64_t now_us);
    /* Nothing more is to be recorded: a limit of the options is reached, or (reason NULL, it is
     * said) the next file of a ring cannot be opened. Called while it writes. */
    void (*enough)(void *data, const char *reason);
    /* NULL: packets are written. Else nothing is: each is handed on, in its turn. */
    void (*packet)(void *data, const struct pcapng_packet *packet);
};

/* options and keylog must live as long; of keylog it fetches what goes into the file. */
struct output *output_new(const struct options *options, struct keylog *keylog,
                          const struct output_calls *calls, void *data);
void output_free(struct output *output);

/* Opens the first file. False with *error. */
bool output_open(struct output *output, GError **error);
/* Writes the header at once, before anything is known. */
void output_begin(struct output *output);

/* All ends capture since this time. Header or next packet carry it. */
void output_set_since(struct output *output, int64_t since_ns);
/* Adds an interface, and describes it in the file where that has begun. Its number. */
uint32_t output_add_interface(struct output *output, guint end,
                              const struct pcapng_interface *description);
/* Takes copies: packet->interface is a number of ours; sort_ns is the time that it is sorted by. */
void output_add_packet(struct output *output, guint end, const struct pcapng_packet *packet,
                       int64_t sort_ns, bool is_server_hello);
/* The same of a block that passes. */
void output_add_block(struct output *output, guint end, const struct pcapread_item *item,
                      int64_t sort_ns);
/* The latest numbers of an interface of ours. */
void output_count_interface(struct output *output, const struct pcapng_statistics *statistics);
/* Those of all interfaces of an end; PCAPNG_UNKNOWN: as they were. */
void output_count_end(struct output *output, guint end, uint64_t received, uint64_t dropped);
/* How an end was lost: its statistics carry it. */
void output_lose_end(struct output *output, guint end, const char *how);

/* The memory of what waits, in bytes. */
size_t output_waiting(const struct output *output);
/* Packets and blocks of this end that wait. */
guint output_num_queued(const struct output *output, guint end);
/* Writes what has waited long enough. */
void output_release(struct output *output);
/* Writes all that waits. False when the reader of a pipe did not take it in time, which is said. */
bool output_release_all(struct output *output);
/* Ends the file: statistics, and time for the reader of a pipe. What is written is on the disk
 * then, or output_error() says why not. False when the reader did not take all, which is said. */
bool output_end(struct output *output);

/* Nothing was recorded: the file is taken away where it was not there before, else stays as it was.
 */
void output_discard(struct output *output);

/* Packets that the reader of a pipe has taken; of a file those that were written to it. */
uint64_t output_num_taken(const struct output *output);
/* errno of what ended the writing; EPIPE: the reader is gone; 0: nothing did. */
int output_error(const struct output *output);
/* A regular file, neither pipe nor device. */
bool output_is_file(const struct output *output);
/* Belongs to the output. */
const struct recording *output_recording(const struct output *output);

#endif
