/* refusals.h - the memory of refused logins, so that none is tried again by itself
 *
 * A job that runs every minute with an old password would lock the account out. Kept are server,
 * user, time and which file the password came from, as the system tells files apart; nothing of the
 * password itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_REFUSALS_H
#define SSTPPROBE_REFUSALS_H

#include "options.h"
#include "secret.h"

/* When this user's login at this server with a password of this origin was refused, as text; NULL:
 * it was not, as far as is known. Newly allocated. */
char *refusals_find(const struct options *options, const struct secret *secret);
/* False: where it is kept cannot be written to, and error says where that is. */
bool refusals_can_be_kept(GError **error);
/* Notes that a login was refused, or forgets that an earlier one was. False, with error: it cannot
 * be kept. */
bool refusals_keep(const struct options *options, const struct secret *secret, bool refused,
                   GError **error);

#endif
