/* host.c - this host's networks, read by rtnetlink
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "host.h"

#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "base/buf.h"

enum { REPLY_LEN = 32768, IPV4_LEN = 4, MESSAGES_MAX = 4096, ANSWER_SECONDS = 2 };

typedef void (*take_fn)(const struct nlmsghdr *message, void *data);

/* --- rtnetlink -------------------------------------------------------------------------------- */

/* Gives each message of the answer to take. False: there was none. */
static bool
ask(const void *request, size_t len, take_fn take, void *data)
{
    const struct timeval patience = { .tv_sec = ANSWER_SECONDS };
    const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    union {
        struct nlmsghdr header;
        uint8_t bytes[REPLY_LEN];
    } *reply = g_malloc(sizeof *reply);
    bool over = fd < 0 || send(fd, request, len, 0) != (ssize_t)len, good = !over;

    if (fd >= 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    for (int i = 0; !over && i < MESSAGES_MAX; i++) {
        const ssize_t n = recv(fd, reply, sizeof *reply, 0);
        unsigned left = (unsigned)MAX(n, 0);
        over = n <= 0;
        good = good && n > 0;
        for (struct nlmsghdr *message = &reply->header; NLMSG_OK(message, left);
             message = NLMSG_NEXT(message, left)) {
            over |= message->nlmsg_type == NLMSG_DONE || !(message->nlmsg_flags & NLM_F_MULTI);
            good &= message->nlmsg_type != NLMSG_ERROR;
            if (message->nlmsg_type >= RTM_BASE)
                take(message, data);
        }
    }
    if (fd >= 0)
        close(fd);
    g_free(reply);
    return good;
}

/* The attribute of a type among those from first on; NULL: none. */
static const struct rtattr *
attribute(const struct rtattr *first, size_t len, unsigned type)
{
    unsigned left = (unsigned)len;

    for (const struct rtattr *at = first; RTA_OK(at, left); at = RTA_NEXT(at, left))
        if ((at->rta_type & NLA_TYPE_MASK) == type)
            return at;
    return NULL;
}

static void
copy_name(char name[static HOST_NAME_LEN], const struct rtattr *at)
{
    const size_t len = at ? MIN(RTA_PAYLOAD(at), HOST_NAME_LEN - 1) : 0;

    memset(name, 0, HOST_NAME_LEN);
    if (len > 0)
        memcpy(name, RTA_DATA(at), len);
}

/* --- networks --------------------------------------------------------------------------------- */

static void
take_network(const struct nlmsghdr *message, void *data)
{
    const struct ifaddrmsg *said = NLMSG_DATA(message);
    struct host_network network = { .prefix = said->ifa_prefixlen };
    const size_t len = message->nlmsg_type == RTM_NEWADDR ? IFA_PAYLOAD(message) : 0;
    /* Of a link between two, IFA_ADDRESS is the other one. */
    const struct rtattr *local = attribute(IFA_RTA(said), len, IFA_LOCAL),
                        *any = attribute(IFA_RTA(said), len, IFA_ADDRESS),
                        *address = local ? local : any;

    if (len == 0 || said->ifa_family != AF_INET || !address || RTA_PAYLOAD(address) < IPV4_LEN)
        return;
    network.address = buf_at32(RTA_DATA(address));
    if (!if_indextoname(said->ifa_index, network.device) || strcmp(network.device, "lo") == 0)
        return;
    g_array_append_val((GArray *)data, network);
}

GArray *
host_networks(void)
{
    const struct {
        struct nlmsghdr header;
        struct ifaddrmsg what;
    } request = { { .nlmsg_len = sizeof request,
                    .nlmsg_type = RTM_GETADDR,
                    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
                  { .ifa_family = AF_INET } };
    GArray *networks = g_array_new(FALSE, FALSE, sizeof(struct host_network));

    if (ask(&request, sizeof request, take_network, networks))
        return networks;
    g_array_unref(networks);
    return NULL;
}

const struct host_network *
host_network_of(const GArray *networks, uint32_t address)
{
    for (guint i = 0; networks && i < networks->len; i++) {
        const struct host_network *network = &g_array_index(networks, struct host_network, i);
        const uint32_t mask =
            network->prefix == 0 ? 0 : UINT32_MAX << (32 - MIN(network->prefix, 32));
        if (address && network->prefix > 0 && ((address ^ network->address) & mask) == 0)
            return network;
    }
    return NULL;
}

/* --- routes ----------------------------------------------------------------------------------- */

struct found_route {
    struct host_route *route;
    int index; /* of the device */
};

static void
take_route(const struct nlmsghdr *message, void *data)
{
    const struct rtmsg *said = NLMSG_DATA(message);
    struct found_route *found = data;
    const size_t len = message->nlmsg_type == RTM_NEWROUTE ? RTM_PAYLOAD(message) : 0;
    const struct rtattr *device = attribute(RTM_RTA(said), len, RTA_OIF),
                        *gateway = attribute(RTM_RTA(said), len, RTA_GATEWAY);

    if (!device || RTA_PAYLOAD(device) < sizeof found->index)
        return;
    memcpy(&found->index, RTA_DATA(device), sizeof found->index);
    found->route->found = true;
    if (gateway && RTA_PAYLOAD(gateway) <= sizeof found->route->gateway.addr) {
        found->route->gateway.addr_len = (uint8_t)RTA_PAYLOAD(gateway);
        memcpy(found->route->gateway.addr, RTA_DATA(gateway), RTA_PAYLOAD(gateway));
    }
}

/* A device whose packets go on inside of others. */
static void
take_link(const struct nlmsghdr *message, void *data)
{
    const struct ifinfomsg *said = NLMSG_DATA(message);
    struct host_route *route = data;
    const size_t len = message->nlmsg_type == RTM_NEWLINK ? IFLA_PAYLOAD(message) : 0;
    const struct rtattr *info = attribute(IFLA_RTA(said), len, IFLA_LINKINFO),
                        *mtu = attribute(IFLA_RTA(said), len, IFLA_MTU);
    static const char *const tunnels[] = { "tun", "wireguard", "ppp", "gre",  "ipip",
                                           "sit", "xfrm",      "vti", "l2tp", NULL };

    if (len == 0)
        return;
    copy_name(route->device, attribute(IFLA_RTA(said), len, IFLA_IFNAME));
    if (mtu && RTA_PAYLOAD(mtu) >= sizeof route->device_mtu)
        memcpy(&route->device_mtu, RTA_DATA(mtu), sizeof route->device_mtu);
    if (info)
        copy_name(route->kind, attribute(RTA_DATA(info), RTA_PAYLOAD(info), IFLA_INFO_KIND));
    if (said->ifi_type == ARPHRD_PPP)
        g_strlcpy(route->kind, "ppp", sizeof route->kind);
    if (!g_strv_contains(tunnels, route->kind))
        route->kind[0] = '\0';
}

struct host_route
host_route_to(const struct endpoint *address)
{
    struct {
        struct nlmsghdr header;
        struct rtmsg what;
        struct rtattr attribute;
        uint8_t address[sizeof address->addr];
    } request = { .header = { .nlmsg_type = RTM_GETROUTE, .nlmsg_flags = NLM_F_REQUEST } };
    struct host_route route = { .found = false };
    struct found_route found = { .route = &route };

    request.what.rtm_family = address->addr_len == IPV4_LEN ? AF_INET : AF_INET6;
    request.what.rtm_dst_len = (uint8_t)(address->addr_len * 8);
    request.attribute.rta_type = RTA_DST;
    request.attribute.rta_len = (uint16_t)RTA_LENGTH(address->addr_len);
    memcpy(request.address, address->addr, address->addr_len);
    request.header.nlmsg_len = NLMSG_LENGTH(sizeof request.what) + request.attribute.rta_len;
    if (!ask(&request, request.header.nlmsg_len, take_route, &found) || !route.found)
        return route;
    const struct {
        struct nlmsghdr header;
        struct ifinfomsg what;
    } device = {
        { .nlmsg_len = sizeof device, .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST },
        { .ifi_index = found.index }
    };
    ask(&device, sizeof device, take_link, &route);
    return route;
}
