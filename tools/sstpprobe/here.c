/* here.c - what of this host stands in the tunnel's way
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "here.h"

#include <string.h>

#include "inner.h"

enum { CLASS_A = 8, CLASS_B = 16, CLASS_C = 24, FIRST_B = 128, FIRST_C = 192, FIRST_D = 224 };

/* --- overlaps --------------------------------------------------------------------------------- */

/* An address of the tunnel, in a network of this host: packets to it go there. */
static void
note_overlap(struct walk *walk, const GArray *networks, const char *what, uint32_t address)
{
    const struct host_network *network = host_network_of(networks, address);

    if (!network)
        return;
    char *text = inner_address_text(address), *own = inner_address_text(network->address);
    char *overlap = g_strdup_printf("%s %s lies in the network of %s (%s/%u)", what, text,
                                    network->device, own, network->prefix);
    g_ptr_array_add(walk->overlaps, overlap);
    g_free(own);
    g_free(text);
}

static void
find_overlaps(struct walk *walk, const struct ipcp *ipcp)
{
    GArray *networks = host_networks();

    note_overlap(walk, networks, "the assigned address", ipcp->address);
    if (ipcp->peer_address != ipcp->address)
        note_overlap(walk, networks, "the peer", ipcp->peer_address);
    note_overlap(walk, networks, "the resolver", ipcp->dns1);
    if (ipcp->dns2 != ipcp->dns1)
        note_overlap(walk, networks, "the resolver", ipcp->dns2);
    if (walk->inner_address != ipcp->peer_address && walk->inner_address != ipcp->dns1)
        note_overlap(walk, networks, "the inner host", walk->inner_address);
    if (networks)
        g_array_unref(networks);
}

/* --- the line --------------------------------------------------------------------------------- */

/* The one network that Windows sends into a tunnel that is not its default gateway. */
static void
append_split(GString *text, uint32_t address)
{
    const uint32_t first = address >> 24;
    const unsigned prefix = first < FIRST_B ? CLASS_A : first < FIRST_C ? CLASS_B : CLASS_C;
    char *network = inner_address_text(address & (UINT32_MAX << (32 - prefix)));

    if (address && first < FIRST_D)
        g_string_append_printf(
            text, "; without a default route into the tunnel Windows sends %s/%u there", network,
            prefix);
    g_free(network);
}

static void
append_route(GString *text, const struct walk *walk)
{
    const struct host_route *route = &walk->route;
    char *gateway = endpoint_address_text(&route->gateway);

    g_string_append_printf(text, "%s reached by %s",
                           walk->options->proxy ? "the proxy is" : "the server is", route->device);
    if (route->gateway.addr_len)
        g_string_append_printf(text, " and %s", gateway);
    if (*route->kind)
        g_string_append_printf(text, ", a tunnel itself (%s)", route->kind);
    g_string_append_printf(text, ", MTU %u", route->device_mtu);
    if (walk->attempt->call && call_facts(walk->attempt->call).was_up && route->gateway.addr_len)
        g_string_append(text, "; a default route into the tunnel must leave that way as it is");
    g_free(gateway);
}

void
here_walk(struct walk *walk)
{
    const struct attempt *attempt = walk->attempt;
    struct ipcp none = { .address = 0 };
    const struct ipcp *ipcp = attempt && attempt->call ? call_facts(attempt->call).ipcp : &none;

    if (!attempt || !attempt->wire.server.addr_len)
        return;
    walk->route = host_route_to(&attempt->wire.server);
    if (!walk->route.found)
        return;
    find_overlaps(walk, ipcp);
    GString *text = g_string_new(NULL);
    append_route(text, walk);
    for (guint i = 0; i < walk->overlaps->len; i++)
        g_string_append_printf(text, "; %s", (const char *)g_ptr_array_index(walk->overlaps, i));
    append_split(text, ipcp->address);
    struct step_result result = { .outcome = walk->overlaps->len ? STEP_WARNED : STEP_OK,
                                  .seconds = -1,
                                  .seen = text->str };
    walk->tell(walk->tell_data, "host", &result);
    g_string_free(text, TRUE);
}

void
here_json(const struct walk *walk, struct json *json)
{
    const struct host_route *route = &walk->route;

    if (!route->found) {
        json_null(json, "host");
        return;
    }
    char *gateway = route->gateway.addr_len ? endpoint_address_text(&route->gateway) : NULL;
    json_object_begin(json, "host");
    json_string(json, "device", route->device);
    json_string(json, "tunnel", *route->kind ? route->kind : NULL);
    json_number(json, "device_mtu", route->device_mtu);
    json_string(json, "gateway", gateway);
    json_array_begin(json, "overlaps");
    for (guint i = 0; i < walk->overlaps->len; i++)
        json_string(json, NULL, g_ptr_array_index(walk->overlaps, i));
    json_array_end(json);
    json_object_end(json);
    g_free(gateway);
}
