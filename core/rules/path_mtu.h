/* path_mtu.h - what to do where a path loses large packets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_RULES_PATH_MTU_H
#define SSTPDIAG_CORE_RULES_PATH_MTU_H

#include "session/session.h"

/* Advice with the MTU that the sender is to have, where the capture shows it; else with how it is
 * found. lost and passed: bytes of TCP payload of the sender's segments, the smallest that does not
 * get through and the largest that does; 0: not known. Newly allocated. */
char *path_mtu_advice(const struct session *session, enum side sender, uint32_t lost,
                      uint32_t passed);

#endif
