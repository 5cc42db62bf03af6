/* text.h - text from the wire, made fit to be shown
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_TEXT_H
#define SSTPDIAG_CORE_TEXT_H

#include "buf.h"

enum { TEXT_MAX_LEN = 255 };

/* Valid UTF-8 of at most TEXT_MAX_LEN bytes of the input, without control and format characters.
 * Newly allocated. */
char *text_clean(struct buf b);

#endif
