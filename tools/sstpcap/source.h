/* source.h - one end at work: its program, and the packets that come from there
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_SOURCE_H
#define SSTPCAP_SOURCE_H

#include "options.h"
#include "codec/pcapread.h"

enum source_state {
    SOURCE_STARTING,  /* no header yet */
    SOURCE_CAPTURING, /* its header came: whatever passes from now on is captured */
    SOURCE_ENDED,     /* in good order */
    SOURCE_LOST,      /* while it was needed */
};

struct source_facts {
    enum source_state state;
    bool has_ended; /* its program has nothing more */
    bool is_stored; /* a file that is read as fast as it is written */
    bool is_paused; /* until source_read_again() */
    uint64_t num_packets;
    int64_t
        lag_ns; /* smallest difference of arrival and time, of an END_SSH; INT64_MAX: none yet */
};

struct source;

/* What it tells; end is the index of its end. Pointers hold until the call returns. Messages about
 * it are said by itself. */
struct source_calls {
    /* It has an interface. The number that this gets in the file. */
    uint32_t (*interface)(void *data, guint end, const struct pcapng_interface *description);
    /* packet->interface is a number that interface() gave. sort_ns: by which time packets are
     * sorted; that of an end whose clock is plainly wrong is not its own. */
    void (*packet)(void *data, guint end, const struct pcapng_packet *packet, int64_t sort_ns);
    /* Of a block that passes; it belongs behind the last packet. */
    void (*block)(void *data, guint end, const struct pcapread_item *item, int64_t sort_ns);
    /* Lines of a TLS key log that stood in its capture. */
    void (*secrets)(void *data, const struct buf *lines);
    /* Packets so far of an interface, and of all of them; PCAPNG_UNKNOWN: as it was. */
    void (*interface_counts)(void *data, guint end, const struct pcapng_statistics *statistics);
    void (*counts)(void *data, guint end, uint64_t received, uint64_t dropped);
    /* All that has come is told. False: no more for now; source_read_again() when there is room. */
    bool (*more)(void *data, guint end);
    /* It is lost; how and when, for the file. */
    void (*lost)(void *data, guint end, const char *how);
    /* Its state is another, or its program has ended. */
    void (*changed)(void *data);
};

/* The index-th end of options. own_ssh: filter that keeps our own connections out, or NULL. All
 * must live as long. */
struct source *source_new(const struct options *options, guint index, const char *own_ssh,
                          const struct source_calls *calls, void *data);
void source_free(gpointer source);

/* False: it could not, which is said. */
bool source_start(struct source *source);
void source_stop(struct source *source);
void source_read_again(struct source *source);
/* Says once that it takes long. */
void source_tell_slow_start(struct source *source);

/* Starting or capturing. */
bool source_is_open(const struct source *source);
/* Belongs to the source. */
const struct source_facts *source_facts(const struct source *source);

#endif
