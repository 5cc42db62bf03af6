/* watch.h - the flight recorder: what --watch does with the packets of a recording
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_WATCH_H
#define SSTPCAP_WATCH_H

#include "keylog.h"
#include "options.h"
#include "recording.h"

struct watch;

/* All must live as long. NULL with *error. */
struct watch *watch_new(const struct options *options, struct keylog *keylog,
                        const struct recording *recording, GError **error);
void watch_free(struct watch *watch);
/* A packet of the recording, in its turn. live: time goes on without packets; always the same. */
void watch_packet(struct watch *watch, const struct pcapng_packet *packet, bool live);
/* Now and then. */
void watch_tick(struct watch *watch, bool live);
/* Nothing comes any more: tells what is open, and how it was. */
void watch_finish(struct watch *watch);
/* Everything that was to be written was. */
bool watch_is_whole(const struct watch *watch);

#endif
