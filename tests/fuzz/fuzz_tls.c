/* fuzz_tls.c - a stream of TLS records: headers, handshake messages, hellos and certificates
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
decode_certificates(struct buf body, uint16_t version)
{
    struct buf list, cert;

    if (tls_certificate_list(body, version, &list))
        while (tls_certificate_next(&list, version, &cert))
            continue;
}

static void
decode_messages(struct tls_handshake_reader *reader)
{
    struct tls_client_hello client;
    struct tls_server_hello server;
    struct buf body;
    uint8_t type;

    while (tls_handshake_next(reader, &type, &body)) {
        if (type == TLS_CLIENT_HELLO) {
            tls_decode_client_hello(body, &client);
        } else if (type == TLS_SERVER_HELLO) {
            tls_decode_server_hello(body, &server);
        } else {
            decode_certificates(body, TLS_12);
            decode_certificates(body, TLS_13);
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf b = buf_init(data, size), record;
    struct tls_handshake_reader reader = { 0 };
    struct tls_record_header header;

    while (tls_decode_record_header(b.p, buf_left(&b), &header) &&
           buf_skip(&b, TLS_RECORD_HEADER_LEN) && buf_sub(&b, header.length, &record)) {
        tls_handshake_feed(&reader, record.p, buf_left(&record));
        decode_messages(&reader);
    }
    tls_handshake_free(&reader);
    return 0;
}
