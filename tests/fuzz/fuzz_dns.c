/* fuzz_dns.c - DNS messages, and the lookups that they make
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "wire/network.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
follow(struct dns_message *message)
{
    const struct endpoint client = { .addr = { 192, 0, 2, 10 }, .addr_len = 4 };
    const struct endpoint resolver = { .addr = { 192, 0, 2, 53 }, .addr_len = 4 };
    struct network *network = network_new();
    bool response = message->response;

    message->response = false;
    network_dns(network, message, &client, &resolver, (struct mark){ 1, 1 });
    message->response = response;
    network_dns(network, message, response ? &resolver : &client, response ? &client : &resolver,
                (struct mark){ 2, 2 });
    /* What an answer that breaks the format says beside may be wrong, and is not kept. */
    for (unsigned i = 0; response && !message->unreadable && i < message->num_addresses &&
                         network_lookups(network)->len;
         i++)
        if (!network_find_address(network, &client, &message->addresses[i], (struct mark){ 3, 3 }))
            abort();
    network_free(network);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dns_message message;

    if (!dns_decode(data, size, &message))
        return 0;
    if ((strlen(message.name) == 0 && !message.response) ||
        strlen(message.name) > DNS_NAME_MAX_LEN || message.num_addresses > DNS_ADDRESSES_MAX)
        abort();
    follow(&message);
    return 0;
}
