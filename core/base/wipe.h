/* wipe.h - forgets secrets
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_BASE_WIPE_H
#define SSTPDIAG_CORE_BASE_WIPE_H

#include <stddef.h>

#include <gnutls/gnutls.h>

/* Overwrites with zeros, which no compiler leaves out although nobody reads them. bytes may be NULL
 * when len is 0. */
static inline void
wipe(void *bytes, size_t len)
{
    if (len > 0)
        gnutls_memset(bytes, 0, len);
}

#endif
