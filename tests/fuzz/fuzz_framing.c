/* fuzz_framing.c - clear bytes cut into pieces, and each packet described
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "codec/describe.h"
#include "codec/framing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
describe(const uint8_t *data, size_t len)
{
    char *text = describe_packet(data, len), *content = describe_content(data, len);

    if (!*text || !g_utf8_validate(text, -1, NULL) || strchr(text, '\n') != NULL)
        abort();
    g_free(content);
    g_free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    describe(data, size);
    while (size > 0) {
        struct piece piece = framing_next(data, size);

        if (piece.kind == PIECE_NEED_MORE)
            break;
        /* Every other piece takes something, and not more than there is. */
        if (piece.len == 0 || piece.len > size)
            abort();
        if (piece.kind == PIECE_PACKET)
            describe(data, piece.len);
        data += piece.len;
        size -= piece.len;
    }
    return 0;
}
