/* fuzz_sstp.c - SSTP headers and control messages; what decodes without a flaw must encode again
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "codec/sstp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sstp_header header;
    struct sstp_message message;

    sstp_decode_header(data, size, &header);
    /* A message without flaws and with one attribute at most has one encoding. */
    if (sstp_decode_control(data, size, &message) == SSTP_OK && message.flaws == 0 &&
        message.num_seen <= 1) {
        GByteArray *encoded = g_byte_array_new();

        if (!sstp_encode_control(&message, encoded) || encoded->len != size ||
            memcmp(encoded->data + SSTP_HEADER_LEN, data + SSTP_HEADER_LEN,
                   size - SSTP_HEADER_LEN) != 0)
            abort();
        g_byte_array_free(encoded, TRUE);
    }
    return 0;
}
