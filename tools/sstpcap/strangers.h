/* strangers.h - connections that are known to be of no interest, in bounded memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_STRANGERS_H
#define SSTPCAP_STRANGERS_H

#include "wire/conn.h"

struct strangers;

struct strangers *strangers_new(void);
void strangers_free(struct strangers *strangers);
/* Copies the key. Where there are too many, the oldest one is forgotten: it is looked at anew. */
void strangers_add(struct strangers *strangers, const struct conn_key *key);
bool strangers_have(const struct strangers *strangers, const struct conn_key *key);

#endif
