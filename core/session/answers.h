/* answers.h - notes which frames answer each other. For session/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_ANSWERS_H
#define SSTPDIAG_CORE_SESSION_ANSWERS_H

#include "base/event.h"

struct session;

/* Nothing is noted when request is unset. */
void answer_add(struct session *session, struct mark request, struct mark response);

#endif
