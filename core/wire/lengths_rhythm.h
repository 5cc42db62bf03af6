/* lengths_rhythm.h - echoes that are answered at even intervals, by the lengths of their records:
 * by them a session shows itself of which the capture lacks the beginning. For wire/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_WIRE_LENGTHS_RHYTHM_H
#define SSTPDIAG_CORE_WIRE_LENGTHS_RHYTHM_H

#include "wire/lengths_facts.h"

/* To be freed with g_free(). */
struct lengths_rhythm *lengths_rhythm_new(void);
/* One record of application data. Returns how many bytes the cipher adds once there is a rhythm
 * with one cipher alone, before that 0. */
uint8_t lengths_rhythm_record(struct lengths_rhythm *rhythm, const struct lengths_record *record);
/* Tells the echoes of the rhythm that there is, by asker, and the data that came with them. */
void lengths_rhythm_tell(const struct lengths_rhythm *rhythm, struct lengths_facts *facts);

#endif
