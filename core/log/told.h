/* told.h - the packets that the log of an attempt holds, told to an engine
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_LOG_TOLD_H
#define SSTPDIAG_CORE_LOG_TOLD_H

#include "engine/engine.h"
#include "log/attempt.h"

/* An attempt as an engine judges it, by the messages in its lines. */
struct log_judged {
    struct engine *engine;
    const struct result *result; /* the engine's */
    GArray *frames;              /* struct log_told: the line of each frame, by number - 1 */
    enum side side;              /* of the end whose program wrote them */
    unsigned shown;              /* enum log_shown */
};

/* What carries the PPP of these lines when it is not SSTP, "PPPoE"; NULL: SSTP, or not known. */
const char *log_other_carrier(const struct log_attempt *attempt);
/* Does a line name SSTP, or is it of a program that speaks nothing else? */
bool log_names_sstp(const struct log_attempt *attempt);
/* By the messages of the end that has more of them. NULL: there is none, another protocol carries
 * them, or those of several connections cannot be told apart. */
struct log_judged *log_judged_new(const struct log_attempt *attempt);
/* The same by the messages of one end alone. */
struct log_judged *log_judged_of(const struct log_attempt *attempt, enum side side);
/* NULL is fine. */
void log_judged_free(struct log_judged *judged);
/* The same words, with the lines of frames in place of these. Newly allocated. */
char *log_judged_words(const struct log_judged *judged, const char *words);
/* The line of a frame; NULL: there is none. */
const struct log_told *log_judged_line(const struct log_judged *judged, uint32_t frame);

#endif
