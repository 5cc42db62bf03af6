/* squeeze.h - a structure that is mostly zeros, kept in less memory while nobody needs it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_BASE_SQUEEZE_H
#define SSTPDIAG_CORE_BASE_SQUEEZE_H

#include <stddef.h>

struct squeezed;

/* size bytes of data, a multiple of 8. What they point to stays where it is, and nothing in them
 * may point to themselves. To be freed with g_free(). */
struct squeezed *squeeze(const void *data, size_t size);
/* Writes them to data, which is all zero. */
void unsqueeze(const struct squeezed *squeezed, void *data);

#endif
