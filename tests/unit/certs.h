/* certs.h - X.509 certificates, made once for tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_CERTS_H
#define SSTPDIAG_TESTS_CERTS_H

#include <stdbool.h>

#include <glib.h>

enum { CERTS_CHAIN_MAX = 4 };

/* Is there a chain of this name? They are listed in certs.c. */
bool certs_has_chain(const char *name);
/* GByteArray of DER for each certificate, the leaf first. The caller frees the array, its elements
 * go with it. There must be a chain of this name. */
GPtrArray *certs_chain(const char *name);

#endif
