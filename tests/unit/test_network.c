/* test_network.c - lookups of names, from queries and answers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/network.h"

#include <string.h>

#include "hex.h"
#include "base/numbers.h"

enum { CLIENT = 10, OTHER_CLIENT = 11, RESOLVER = 53, OTHER_RESOLVER = 54, SERVER = 20 };

static const char vpn[] = "vpn.example.com";

struct net {
    struct network *network;
    uint32_t frame;
    double now; /* seconds */
};

static struct net
net_new(void)
{
    return (struct net){ .network = network_new(), .now = 1 };
}

static struct endpoint
host(unsigned number)
{
    return (struct endpoint){ .addr = { 192, 0, 2, (uint8_t)number }, .addr_len = 4 };
}

static struct endpoint
host_v6(unsigned number)
{
    return (struct endpoint){ .addr = { 0x20, 1, 0xd, 0xb8, [15] = (uint8_t)number },
                              .addr_len = ADDRESS_MAX_LEN };
}

static void
net_tell(struct net *net, const struct dns_message *message, unsigned src, unsigned dst)
{
    const struct endpoint from = host(src), to = host(dst);
    const struct mark mark = { ++net->frame, (int64_t)(net->now * (double)NS_PER_SECOND) };

    network_dns(net->network, message, &from, &to, mark);
}

static void
net_ask(struct net *net, const char *name, uint16_t type, unsigned client, unsigned resolver)
{
    struct dns_message message = { .type = type };

    g_strlcpy(message.name, name, sizeof message.name);
    net_tell(net, &message, client, resolver);
}

/* address 0: none. */
static void
net_answer(struct net *net, const char *name, uint16_t type, uint8_t rcode, unsigned client,
           unsigned address)
{
    struct dns_message message = { .type = type, .response = true, .rcode = rcode };

    g_strlcpy(message.name, name, sizeof message.name);
    if (address) {
        message.num_addresses = 1;
        message.addresses[0] = type == DNS_A ? host(address) : host_v6(address);
    }
    net_tell(net, &message, RESOLVER, client);
}

static const struct dns_lookup *
net_lookup(const struct net *net, guint at)
{
    const GPtrArray *lookups = network_lookups(net->network);

    g_assert_cmpuint(at, <, lookups->len);
    return g_ptr_array_index(lookups, at);
}

static void
net_free(struct net *net)
{
    network_free(net->network);
}

/* A and AAAA of one name are one lookup. */
static void
test_one(void)
{
    struct net net = net_new();

    net_ask(&net, vpn, DNS_A, CLIENT, RESOLVER);
    net_ask(&net, vpn, DNS_AAAA, CLIENT, RESOLVER);
    net_answer(&net, vpn, DNS_A, DNS_NOERROR, CLIENT, SERVER);
    net_answer(&net, vpn, DNS_AAAA, DNS_NOERROR, CLIENT, SERVER);
    g_assert_cmpuint(network_lookups(net.network)->len, ==, 1);
    const struct dns_lookup *lookup = net_lookup(&net, 0);
    g_assert_cmpstr(lookup->name, ==, vpn);
    g_assert_cmpuint(lookup->queries, ==, 2);
    g_assert_cmpuint(lookup->repetitions, ==, 0);
    g_assert_cmpuint(lookup->answers, ==, 2);
    g_assert_cmpuint(lookup->num_addresses, ==, 2);
    g_assert_cmpuint(lookup->first.frame, ==, 1);
    g_assert_cmpuint(lookup->last.frame, ==, 2);
    g_assert_cmpuint(lookup->answer.frame, ==, 4);
    net_free(&net);
}

/* Seconds from query to query, and what that makes. */
static const struct repeat_row {
    const char *name;
    double after[4];
    guint lookups;
    uint32_t repetitions; /* of the last lookup */
} repeat_rows[] = {
    { "once", { 0 }, 1, 0 },
    { "again", { 1 }, 1, 1 },
    { "again-and-again", { 1, 2, 4 }, 1, 3 },
    { "two-resolvers-at-once", { 0.01 }, 1, 0 },
    { "in-bursts", { 0.01, 1, 0.01, 1 }, 1, 2 },
    { "a-minute-later", { 60 }, 1, 1 },
    { "anew", { 61 }, 2, 0 },
};

static void
run_repeat(gconstpointer data)
{
    const struct repeat_row *row = data;
    struct net net = net_new();

    net_ask(&net, vpn, DNS_A, CLIENT, RESOLVER);
    for (size_t i = 0; i < G_N_ELEMENTS(row->after) && row->after[i] > 0; i++) {
        net.now += row->after[i];
        net_ask(&net, vpn, DNS_A, CLIENT, i % 2 ? RESOLVER : OTHER_RESOLVER);
    }
    g_assert_cmpuint(network_lookups(net.network)->len, ==, row->lookups);
    g_assert_cmpuint(net_lookup(&net, row->lookups - 1)->repetitions, ==, row->repetitions);
    net_free(&net);
}

/* Each client has its own lookups, and its own answers. */
static void
test_clients(void)
{
    struct net net = net_new();
    const struct endpoint client = host(CLIENT), other = host(OTHER_CLIENT), server = host(SERVER);
    const struct mark later = { 100, NS_PER_SECOND }, earlier = { 1, 0 };

    net_ask(&net, "www.example.com", DNS_A, CLIENT, RESOLVER);
    net_ask(&net, vpn, DNS_A, CLIENT, RESOLVER);
    net_ask(&net, vpn, DNS_A, OTHER_CLIENT, RESOLVER);
    net_answer(&net, vpn, DNS_A, DNS_NOERROR, OTHER_CLIENT, SERVER);
    net_answer(&net, vpn, DNS_A, DNS_NXDOMAIN, CLIENT, 0);
    net_answer(&net, vpn, DNS_A, DNS_NXDOMAIN, SERVER, 0); /* who never asked */
    g_assert_cmpuint(net_lookup(&net, 1)->num_addresses, ==, 0);
    g_assert_cmpuint(net_lookup(&net, 1)->rcode, ==, DNS_NXDOMAIN);
    g_assert_cmpuint(net_lookup(&net, 2)->num_addresses, ==, 1);
    g_assert_cmpuint(net_lookup(&net, 2)->rcode, ==, DNS_NOERROR);
    g_assert_null(network_find_address(net.network, &client, &server, later));
    g_assert_true(network_find_address(net.network, &other, &server, later) == net_lookup(&net, 2));
    g_assert_null(network_find_address(net.network, &other, &server, earlier));
    net_free(&net);
}

/* The last of several lookups is the one that a connection came from. */
static void
test_find_last(void)
{
    struct net net = net_new();
    const struct endpoint client = host(CLIENT), server = host(SERVER), v6 = host_v6(SERVER);
    const struct mark later = { 100, NS_PER_SECOND }, between = { 3, NS_PER_SECOND };

    for (unsigned i = 0; i < 2; i++) {
        net_ask(&net, vpn, DNS_A, CLIENT, RESOLVER);
        net_answer(&net, vpn, DNS_A, DNS_NOERROR, CLIENT, SERVER);
        net.now += 100;
    }
    g_assert_true(network_find_address(net.network, &client, &server, later) ==
                  net_lookup(&net, 1));
    g_assert_true(network_find_address(net.network, &client, &server, between) ==
                  net_lookup(&net, 1));
    g_assert_true(network_find_address(net.network, &client, &server,
                                       (struct mark){ 2, NS_PER_SECOND }) == net_lookup(&net, 0));
    g_assert_null(network_find_address(net.network, &client, &v6, later));
    net_free(&net);
}

/* Every address once, and not more than there is room for. */
static void
test_addresses(void)
{
    struct net net = net_new();

    net_ask(&net, vpn, DNS_A, CLIENT, RESOLVER);
    for (unsigned i = 0; i < 20; i++)
        net_answer(&net, vpn, DNS_A, DNS_NOERROR, CLIENT, SERVER + i % 3);
    g_assert_cmpuint(net_lookup(&net, 0)->num_addresses, ==, 3);
    g_assert_cmpuint(net_lookup(&net, 0)->answers, ==, 20);
    for (unsigned i = 0; i < 20; i++)
        net_answer(&net, vpn, DNS_A, DNS_NOERROR, CLIENT, SERVER + i);
    g_assert_cmpuint(net_lookup(&net, 0)->num_addresses, ==, DNS_ADDRESSES_MAX);
    net_free(&net);
}

static void
test_changed(void)
{
    struct net net = net_new();
    const struct endpoint server = host(SERVER), elsewhere = host(SERVER + 1), v6 = host_v6(SERVER);

    net_ask(&net, vpn, DNS_A, CLIENT, RESOLVER);
    net_answer(&net, vpn, DNS_A, DNS_NOERROR, CLIENT, SERVER);
    net_ask(&net, "www.example.com", DNS_A, CLIENT, RESOLVER);
    net_answer(&net, "www.example.com", DNS_A, DNS_NOERROR, CLIENT, SERVER + 1);
    net_ask(&net, vpn, DNS_A, OTHER_CLIENT, RESOLVER);
    net_answer(&net, vpn, DNS_A, DNS_SERVFAIL, OTHER_CLIENT, 0);
    const struct dns_lookup *dns = net_lookup(&net, 0);
    g_assert_false(dns_lookup_changed(net.network, dns, &server));
    g_assert_true(dns_lookup_changed(net.network, dns, &elsewhere));
    g_assert_false(dns_lookup_changed(net.network, dns, &v6));
    net_answer(&net, vpn, DNS_A, DNS_NOERROR, OTHER_CLIENT, SERVER + 1);
    g_assert_true(dns_lookup_changed(net.network, dns, &server));
    net_free(&net);
}

/* What is no search for an address is passed over, and so is an answer that nobody asked for. */
static void
test_others(void)
{
    struct net net = net_new();

    net_ask(&net, vpn, 16, CLIENT, RESOLVER);
    net_answer(&net, vpn, DNS_A, DNS_NOERROR, CLIENT, SERVER);
    g_assert_cmpuint(network_lookups(net.network)->len, ==, 0);
    net_free(&net);
    network_free(NULL);
}

/* A response without a question is told by its number; one that cannot be read is an answer. */
static void
test_nameless(void)
{
    struct net net = net_new();
    struct dns_message message = { .response = true, .rcode = DNS_REFUSED, .unreadable = true };

    net_ask(&net, vpn, DNS_A, OTHER_CLIENT, RESOLVER);
    net_ask(&net, vpn, DNS_A, CLIENT, RESOLVER);
    net_tell(&net, &message, RESOLVER, CLIENT);
    g_assert_cmpuint(net_lookup(&net, 0)->answers, ==, 0);
    g_assert_cmpuint(net_lookup(&net, 1)->answers, ==, 1);
    g_assert_cmpuint(net_lookup(&net, 1)->unreadable, ==, 1);
    g_assert_cmpuint(net_lookup(&net, 1)->rcode, ==, DNS_REFUSED);
    message.id = 1;
    net_tell(&net, &message, RESOLVER, CLIENT);
    g_assert_cmpuint(net_lookup(&net, 1)->answers, ==, 1);
    net_free(&net);
}

/* Of too many the oldest go; who refers to one keeps it. */
static void
test_bounded(void)
{
    struct net net = net_new();
    const struct endpoint client = host(CLIENT), other = host(OTHER_CLIENT);

    net_ask(&net, "0.example.com", DNS_A, CLIENT, RESOLVER);
    const struct dns_lookup *kept = dns_lookup_ref(net_lookup(&net, 0));
    net_ask(&net, "0.example.com", DNS_A, OTHER_CLIENT, RESOLVER);
    for (unsigned i = 1; i < 10000; i++) {
        char *name = g_strdup_printf("%u.example.com", i);
        net_ask(&net, name, DNS_A, CLIENT, RESOLVER);
        if (i == 3000)
            net_ask(&net, "0.example.com", DNS_A, OTHER_CLIENT, RESOLVER);
        net_answer(&net, name, DNS_A, DNS_NOERROR, CLIENT, SERVER);
        g_assert_cmpuint(network_lookups(net.network)->len, <=, 4096);
        g_free(name);
    }
    g_assert_cmpuint(network_lookups(net.network)->len, >, 3000);
    g_assert_null(network_find_name(net.network, &client, "0.example.com"));
    g_assert_null(network_find_name(net.network, &other, "0.example.com"));
    g_assert_nonnull(network_find_name(net.network, &client, "9999.example.com"));
    net_free(&net);
    g_assert_cmpstr(kept->name, ==, "0.example.com");
    dns_lookup_unref(kept);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/network/repeat", repeat_rows, run_repeat);
    g_test_add_func("/network/one", test_one);
    g_test_add_func("/network/clients", test_clients);
    g_test_add_func("/network/find-last", test_find_last);
    g_test_add_func("/network/addresses", test_addresses);
    g_test_add_func("/network/changed", test_changed);
    g_test_add_func("/network/others", test_others);
    g_test_add_func("/network/nameless", test_nameless);
    g_test_add_func("/network/bounded", test_bounded);
    return g_test_run();
}
