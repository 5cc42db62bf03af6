/* hash.h - hashes of keys that a capture chooses
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_BASE_HASH_H
#define SSTPDIAG_CORE_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

/* Of len bytes, by a secret of the running process: nobody can choose keys that fall together. So
 * it is for tables alone whose order nobody sees. */
uint32_t hash_bytes(const void *data, size_t len);
/* The same of a string, and of an int64_t: for tables of GLib. */
guint hash_text(gconstpointer text);
guint hash_number(gconstpointer number);

#endif
