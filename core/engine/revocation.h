/* revocation.h - whether the client could ask if the server's certificate is revoked. For engine/
 * alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENGINE_REVOCATION_H
#define SSTPDIAG_CORE_ENGINE_REVOCATION_H

#include "engine/capture.h"

/* Once the session is over, sets what the capture shows of it; before, does nothing. Looked for
 * once, so that what was said of it stays. */
void revocation_find(const struct capture *capture, struct session *session);

#endif
