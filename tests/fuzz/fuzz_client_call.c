/* fuzz_client_call.c - an SSTP client whose server says anything, in any pieces, at any time
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "client/call.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input is a list of pieces: a byte with what to do, one with a length, then the bytes. */
enum { DO_SAY, DO_WAIT, DO_ANSWER, DO_HANG_UP, DO_SEND, DO_FILL, DO_COUNT };
enum { HAS_ACCOUNT = 1, HAS_CERTIFICATE = 2, STAYS = 4 }; /* in the first byte */
enum { OUTPUT_MAX = 100000, TICKS_MAX = 1000 };

static const char answer[] = "HTTP/1.1 200\r\nContent-Length: 18446744073709551615\r\n\r\n";

static bool
secret(void *data, struct login_secret *out)
{
    (void)data;
    out->len = 6;
    memcpy(out->bytes, "secret", out->len);
    return true;
}

static void
zeros(void *data, uint8_t *bytes, size_t len)
{
    (void)data;
    memset(bytes, 0, len);
}

static void
drain(struct call *call)
{
    struct buf packet;
    unsigned num = 0;

    while (call_output(call, &packet))
        g_assert_cmpuint(++num, <, OUTPUT_MAX);
    while (call_received_ip(call, &packet))
        ;
}

static void
do_one(struct call *call, unsigned what, struct buf bytes, int64_t *now)
{
    switch (what % DO_COUNT) {
    case DO_SAY:
        call_receive(call, bytes.p, buf_left(&bytes), *now);
        break;
    case DO_WAIT:
        *now += (int64_t)buf_left(&bytes) * NS_PER_SECOND / 10;
        call_tick(call, *now);
        break;
    case DO_ANSWER:
        call_receive(call, (const uint8_t *)answer, sizeof answer - 1, *now);
        break;
    case DO_HANG_UP:
        call_hang_up(call, *now);
        break;
    case DO_FILL:
        call_fill(call, true, buf_left(&bytes));
        break;
    default:
        call_send_ip(call, bytes);
        break;
    }
    drain(call);
}

/* Nobody says anything any more: it ends by itself, but for a tunnel that only echoes keep up. */
static void
let_end(struct call *call, int64_t now)
{
    unsigned ticks = 0;

    while (call_step(call) != CALL_OVER) {
        g_assert_cmpuint(++ticks, <, TICKS_MAX);
        g_assert_cmpint(call_deadline(call), <, INT64_MAX);
        now = MAX(now, call_deadline(call));
        call_tick(call, now);
        drain(call);
    }
}

/* Made once: there is no certificate in it, so that no server is proven. */
static gnutls_certificate_credentials_t
identity(void)
{
    static gnutls_certificate_credentials_t credentials;

    if (!credentials)
        gnutls_certificate_allocate_credentials(&credentials);
    return credentials;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf input = buf_init(data, size), bytes;
    struct call_options options = {
        .host = "host",
        .correlation_id = "{ID}",
        .secret = secret,
        .random = zeros,
        .methods = METHODS_KNOWN,
        .mru = 1500,
        .hello = CALL_HELLO_SECONDS,
    };
    int64_t now = 0;
    uint8_t what, len;

    if (!buf_u8(&input, &what))
        return 0;
    options.user = what & HAS_ACCOUNT ? "user" : NULL;
    options.identity = what & HAS_CERTIFICATE ? identity() : NULL;
    options.stays = (what & STAYS) != 0;
    struct call *call = call_new(&options, now);
    while (buf_u8(&input, &what) && buf_u8(&input, &len)) {
        if (!buf_sub(&input, MIN(len, buf_left(&input)), &bytes))
            break;
        do_one(call, what, bytes, &now);
    }
    let_end(call, now);
    call_free(call);
    return 0;
}
