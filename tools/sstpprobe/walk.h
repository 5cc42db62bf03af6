/* walk.h - a walk of the steps, and what each has seen
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_WALK_H
#define SSTPPROBE_WALK_H

#include <signal.h>

#include "attempt.h"
#include "host.h"
#include "step.h"

/* Do they pass? */
enum passage { PASSAGE_UNKNOWN, PASSAGE_GOOD, PASSAGE_LOST };

struct record;

struct walk {
    const struct options *options;
    const char *version;
    struct secret *secret;
    /* Told of each step as soon as it is done. */
    void (*tell)(void *data, const char *name, const struct step_result *result);
    void *tell_data;
    const volatile sig_atomic_t *stop; /* the user wants no more */

    struct step_result steps[STEP_COUNT];
    GPtrArray *addresses;            /* GInetAddress; NULL: none was found */
    GPtrArray *others;               /* the same, that only resolvers know; NULL: not asked */
    struct ask *ask;                 /* NULL: nothing was asked */
    GArray *trials;                  /* struct trial */
    unsigned connections;            /* so far */
    struct attempt *attempt;         /* the one that is judged; NULL: there is no address */
    struct host_route route;         /* to the server, or its proxy */
    GPtrArray *overlaps;             /* char *: what of the tunnel lies in a network of this host */
    bool refused;                    /* this host does not let us do what was asked for */
    int64_t began, until;            /* of the whole walk */
    int64_t since;                   /* begin of the step */
    size_t inner_mtu;                /* that fits; 0: not known */
    uint32_t inner_address;          /* of --inner-host; 0: not known */
    double inner_rtt;                /* seconds; 0: it does not answer pings */
    size_t inner_host_mtu;           /* largest packet that it answers; 0: not known */
    enum passage passes[SIDE_COUNT]; /* full packets of that side */
    uint32_t fits[SIDE_COUNT];       /* largest packet of it that passes, where they do not; or 0 */
    struct record *record;           /* NULL: none was asked for, or tried yet */
};

void walk_clear(struct walk *walk);

/* Notes how a step went, since the last one was done, and tells it; what was noted already stays.
 */
void walk_done(struct walk *walk, enum step step, enum step_outcome outcome, const char *format,
               ...) G_GNUC_PRINTF(4, 5);
/* Those from first to last that are not done were not reached; the first of them is told. */
void walk_not_reached(struct walk *walk, enum step first, enum step last, const char *why);
/* Without a time. */
void walk_left_out(struct walk *walk, enum step step, enum step_outcome outcome, const char *format,
                   ...) G_GNUC_PRINTF(4, 5);

/* Keeps a trial, and tells it. */
void walk_trial(struct walk *walk, const struct trial *trial, double seconds);
/* The address is that of the attempt, or a trial did not connect to it. */
bool walk_has_failed_at(const struct walk *walk, const char *address);

#endif
