/* fuzz_pcapread.c - pcap and pcapng streams, in two pieces
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "codec/pcapread.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Copies what came out, as a merger does, so that each byte of it is read. */
static void
copy(const struct pcapread *reader, const struct pcapread_item *item, GByteArray *out)
{
    switch (item->kind) {
    case PCAPREAD_SECTION:
        pcapng_append_section(out, NULL, NULL, item->comment);
        break;
    case PCAPREAD_INTERFACE:
        pcapng_append_interface(out, pcapread_interface(reader, item->interface));
        break;
    case PCAPREAD_PACKET:
        if (item->interface >= pcapread_num_interfaces(reader) || item->packet.time_ns < 0)
            abort();
        pcapng_append_packet(out, &item->packet);
        break;
    case PCAPREAD_STATISTICS:
        pcapng_append_statistics(out, &item->statistics);
        break;
    case PCAPREAD_SECRETS:
        pcapng_append_secrets(out, item->type, item->body.p, buf_left(&item->body));
        break;
    case PCAPREAD_BLOCK:
        pcapng_append_block(out, item->type, item->body.p, buf_left(&item->body));
        break;
    case PCAPREAD_MORE:
    case PCAPREAD_ERROR:
        abort();
    }
}

static unsigned
read_pieces(const uint8_t *data, size_t size, size_t first, GByteArray *out)
{
    struct pcapread *reader = pcapread_new();
    struct pcapread_item item;
    unsigned num_items = 0;

    for (unsigned piece = 0; piece < 2; piece++) {
        pcapread_feed(reader, piece ? data + first : data, piece ? size - first : first);
        while (pcapread_next(reader, &item) != PCAPREAD_MORE && item.kind != PCAPREAD_ERROR) {
            copy(reader, &item, out);
            num_items++;
        }
    }
    pcapread_free(reader);
    return num_items;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    GByteArray *whole = g_byte_array_new(), *halves = g_byte_array_new(), *again;

    if (read_pieces(data, size, size, whole) != read_pieces(data, size, size / 2, halves) ||
        whole->len != halves->len ||
        (whole->len && memcmp(whole->data, halves->data, whole->len) != 0))
        abort();
    /* What is written can be read; a pcap has no section, and its copy would have none. */
    again = g_byte_array_new();
    pcapng_append_section(again, NULL, NULL, NULL);
    g_byte_array_append(again, whole->data, whole->len);
    g_byte_array_unref(halves);
    halves = g_byte_array_new();
    read_pieces(again->data, again->len, again->len, halves);
    g_byte_array_unref(whole);
    g_byte_array_unref(halves);
    g_byte_array_unref(again);
    return 0;
}
