/* keys.h - do the key logs that the user gives belong to the captures?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_KEYS_H
#define SSTPDIAG_TOOLS_KEYS_H

#include <json-glib/json-glib.h>

/* Says of a report that still could not be decrypted with a server's private key (RSA) why that
 * cannot be. */
void keys_tell_rsa(const GPtrArray *documents);
/* Says of each key log (NULL-terminated; NULL: none) that has no secret at all that it is none, and
 * of a report (JsonNode *) nothing of which could be decrypted that no key log has its connections'
 * secrets. What cannot be read was told before. */
void keys_tell(char **keylogs, const GPtrArray *documents);

#endif
