/* credentials.h - the table of credentials, and the file that a preference names
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_CREDENTIALS_H
#define SSTPDIAG_PLUGIN_CREDENTIALS_H

#include "compat.h"

#include "crypto/credentials.h"

void credentials_register(module_t *module);
/* What the table and the file have that is not wrong. One reference is the caller's. */
struct credentials *credentials_read(void);
/* Tells the user what is wrong with the file. */
void credentials_check(void);

#endif
