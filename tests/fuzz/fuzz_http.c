/* fuzz_http.c - HTTP heads and PROXY protocol headers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include "codec/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_head head, same;
    size_t len;

    /* A head ends where it ends, whatever stands behind it. */
    if (http_decode(data, size, &head) == HTTP_OK &&
        (head.head_len > size || http_decode(data, head.head_len, &same) != HTTP_OK ||
         same.head_len != head.head_len))
        abort();
    http_is_sstp_request(data, size);
    len = http_proxy_header_len(data, size);
    if (len != SIZE_MAX && len > size)
        abort();
    return 0;
}
