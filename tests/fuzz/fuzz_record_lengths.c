/* fuzz_record_lengths.c - record headers of one connection in any order
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/record_lengths.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Byte 0 chooses the cipher, or that there is no handshake; then three bytes a record: side, type
 * and how long it took to come, and length. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        uint16_t version, suite;
    } ciphers[] = { { TLS_13, 0x1302 }, { TLS_12, 0xc030 }, { TLS_12, 0xcca8 },
                    { TLS_12, 0xc014 }, { TLS_10, 0x002f }, { TLS_12, 0xffff } };
    struct tls_facts tls = { .has_server_hello = true };
    struct lengths lengths = { 0 };
    struct mark mark = { 1, 0 };

    if (size == 0)
        return 0;
    tls.server_hello.version = ciphers[data[0] % G_N_ELEMENTS(ciphers)].version;
    tls.server_hello.cipher_suite = ciphers[data[0] % G_N_ELEMENTS(ciphers)].suite;
    tls.server_hello.encrypt_then_mac = data[0] & 0x80;
    lengths.known = data[0] & 0x20;
    for (size_t i = 1; i + 3 <= size; i += 3) {
        uint8_t type = data[i] & 0x40 ? TLS_ALERT : TLS_APPLICATION_DATA;
        mark.frame++;
        mark.time += data[i] & 0x02 ? 20 * NS_PER_SECOND : NS_PER_SECOND / 10;
        uint16_t length = (uint16_t)(data[i + 1] << 8 | data[i + 2]);
        if (data[0] & 0x40)
            lengths_middle_record(&lengths, (enum side)(data[i] & 1), type, length, mark);
        else
            lengths_record(&lengths, &tls, (enum side)(data[i] & 1), type, length, mark);
        if ((data[i] & 0xbe) == 0xbe)
            lengths_lost(&lengths, SIDE_SERVER, (struct mark){ 1, 1 });
    }
    const struct lengths_facts *facts = lengths_facts(&lengths);
    if (facts) {
        uint32_t num;
        lengths_is_established(facts);
        lengths_server_guess(facts);
        lengths_notes(facts, mark.frame, &num);
        for (uint32_t i = 0; lengths_tail(facts, i); i++)
            ;
    }
    lengths_clear(&lengths);
    return 0;
}
