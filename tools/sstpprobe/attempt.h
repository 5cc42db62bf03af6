/* attempt.h - one connection from the connection request to the goodbye, and the engine that judges
 * it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_ATTEMPT_H
#define SSTPPROBE_ATTEMPT_H

#include "client/call.h"
#include "engine/engine.h"
#include "link.h"
#include "ask.h"
#include "options.h"
#include "secret.h"

/* What of a trial is other than of the attempt that is judged. */
struct attempt_change {
    bool trial; /* no credentials are given away, whatever the server asks for */
    bool direct, no_name, any_cert;
    bool stays;              /* in LCP, until call_hang_up() */
    uint16_t mss;            /* 0: as it is */
    const char *tls_version; /* NULL: as it is */
};

struct attempt {
    bool trial, stays;
    const struct options *options;
    struct secret *secret;
    struct credentials *credentials; /* the engine's: HLAK, once there is one */
    struct engine *engine;
    struct file *file; /* NULL: no file is wanted */
    struct tap *tap;
    struct wire wire;
    struct link_options link_options;
    struct link link;  /* tls NULL: not begun */
    struct call *call; /* NULL: not begun */
    char correlation_id[40];
    bool gave_keys; /* HLAK is among the credentials */
};

/* secret and options stay the caller's. version: of the program, for the file that options want;
 * NULL: no file. asked is what was asked of DNS before, or NULL. Newly allocated. */
struct attempt *attempt_new(const struct options *options, struct secret *secret,
                            const char *version, const struct ask *asked);
/* Before it connects. */
void attempt_change(struct attempt *attempt, const struct attempt_change *change);
void attempt_free(struct attempt *attempt);

/* Before attempt_call(): TLS. False: link.up is not set, and why; error only where it could not be
 * tried at all. */
bool attempt_tls(struct attempt *attempt, int64_t until, GError **error);
/* Sends the request; from now on attempt_go_on() moves the call. */
void attempt_call(struct attempt *attempt);
/* Sends what there is to send and waits at most until then for the server. False: the call is over.
 */
bool attempt_go_on(struct attempt *attempt, int64_t until);
/* Says goodbye to TLS and TCP. */
void attempt_close(struct attempt *attempt);
/* What was seen beside it, for its engine and its file. */
void attempt_trial(struct attempt *attempt, const struct trial *trial);
/* The word on it, after its engine was finished; NULL: nothing was sent at all. */
const struct result *attempt_result(const struct attempt *attempt);
/* Seconds since the attempt began of a frame. */
double attempt_frame_seconds(const struct attempt *attempt, uint32_t frame);

#endif
