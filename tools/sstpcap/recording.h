/* recording.h - what is known of a recording beside the bytes of its file
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_RECORDING_H
#define SSTPCAP_RECORDING_H

#include <stdbool.h>

#include "end.h"
#include "codec/pcapng.h"

/* An interface of the file. */
struct recorded_interface {
    guint end; /* whose it is: an index into ends */
    struct pcapng_interface description;
    struct pcapng_statistics statistics;
    bool own_statistics; /* the end's capture told them; else they are what is known of the end */
};

/* What an end has given. */
struct recorded_end {
    int64_t last_time_ns;       /* of its last packet */
    uint64_t received, dropped; /* by its kernel; PCAPNG_UNKNOWN */
    char *lost;                 /* when and why it gave no more; NULL: it gave all that it had */
};

struct recording {
    const GPtrArray *ends;       /* struct end; not owned */
    struct recorded_end *by_end; /* one for each of ends */
    GArray *interfaces;          /* struct recorded_interface, in the order of the file */
    GArray *passed;              /* guint: end of each block in the file that was passed on */
    uint64_t num_packets;        /* in the file */
    int64_t since_ns;            /* when the last end began to capture; 0: not yet */
};

/* ends must live as long. */
void recording_init(struct recording *recording, const GPtrArray *ends);
void recording_clear(struct recording *recording);

/* Copies the description. The number of the interface in the file. */
uint32_t recording_add_interface(struct recording *recording, guint end,
                                 const struct pcapng_interface *description);
/* number must be one of recording_add_interface(). */
struct recorded_interface *recording_interface(const struct recording *recording, uint32_t number);
/* The latest numbers of one, from its end's capture itself. */
void recording_count_interface(struct recording *recording,
                               const struct pcapng_statistics *statistics);
/* Copies how an end was lost; the first loss counts. */
void recording_lose_end(struct recording *recording, guint end, const char *how);
/* Makes statistics of all interfaces what is known by now. What is known of an end as a whole
 * stands with the first of its interfaces. */
void recording_settle_statistics(struct recording *recording);
/* Packets of an end that its kernel dropped; PCAPNG_UNKNOWN. */
uint64_t recording_dropped(const struct recording *recording, guint end);
bool recording_has_end(const struct recording *recording, guint end);

/* "both ends capturing since ...", as the file says it; NULL: they do not yet. Newly allocated. */
char *recording_since(const struct recording *recording);

#endif
