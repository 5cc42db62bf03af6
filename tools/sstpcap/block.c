/* block.c - blocks of a capture that go into the recording as they are
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "block.h"

/* Of TLS secrets only those of the recorded connections go into the file. Numbers of the other byte
 * order, in a body that is not understood, would be wrong there. */
bool
block_passes(const struct pcapread_item *item)
{
    return (item->kind == PCAPREAD_BLOCK && item->little_endian &&
            item->type != PCAPNG_CUSTOM_HERE) ||
           (item->kind == PCAPREAD_SECRETS && item->type != PCAPNG_SECRETS_TLS);
}

void
block_append(GByteArray *out, const struct pcapread_item *item)
{
    if (item->kind == PCAPREAD_SECRETS)
        pcapng_append_secrets(out, item->type, item->body.p, buf_left(&item->body));
    else
        pcapng_append_block(out, item->type, item->body.p, buf_left(&item->body));
}
