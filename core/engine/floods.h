/* floods.h - requests to connect of which nothing came, by server. For engine/ alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_ENGINE_FLOODS_H
#define SSTPDIAG_CORE_ENGINE_FLOODS_H

#include "wire/conn.h"

/* Counts lone requests (conn_is_lone()). Memory is bounded: of many servers those beyond are
 * not counted, of many sources it is told that there are more. */
struct floods;

struct floods *floods_new(void);
void floods_free(struct floods *floods);

/* for_good: its connection is kept no longer, so that nobody will count it again. */
void floods_add(struct floods *floods, const struct conn *conn, bool for_good);
/* Forgets what was not added for good. */
void floods_begin_again(struct floods *floods);
/* What a server got; NULL: none that was counted. Until the next call of another function. */
const struct syn_flood *floods_at(const struct floods *floods, const struct endpoint *server);

#endif
