/* packets.c - copies of packets, put in order of time
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packets.h"

static void
packet_free(gpointer data)
{
    struct pcapng_packet *packet = data;

    g_free((uint8_t *)packet->data);
    g_free(packet);
}

GPtrArray *
packets_new(void)
{
    return g_ptr_array_new_with_free_func(packet_free);
}

void
packets_add(void *packets, const struct pcapng_packet *packet)
{
    struct pcapng_packet *copy = g_memdup2(packet, sizeof *packet);

    copy->data = g_memdup2(packet->data, packet->captured_len);
    copy->comment = NULL;
    g_ptr_array_add(packets, copy);
}

static gint
compare_times(gconstpointer a, gconstpointer b)
{
    const struct pcapng_packet *x = *(const struct pcapng_packet *const *)a;
    const struct pcapng_packet *y = *(const struct pcapng_packet *const *)b;

    return (x->time_ns > y->time_ns) - (x->time_ns < y->time_ns);
}

void
packets_sort(GPtrArray *packets)
{
    g_ptr_array_sort(packets, compare_times); /* GLib's sort is stable */
}
