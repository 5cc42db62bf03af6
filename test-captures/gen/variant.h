/* variant.h - scripts as they are, and the same sessions inside TLS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_GEN_VARIANT_H
#define SSTPDIAG_GEN_VARIANT_H

/* Puts a TLS handshake in front of each request of a connection that has none and whose beginning
 * the script tells. Newly allocated; NULL when there is no such request. */
char *variant_tls(const char *script);

#endif
