/* udp_sizes.c - which packets reach the server, by UDP to its port
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "udp_sizes.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* After netinet/in.h, which it would else define again. */
#include <linux/errqueue.h>

#include "clock.h"

enum {
    CONTROL_LEN = 64, /* of a packet that passes everywhere */
    SIZE_MIN = 576,
    SIZE_MIN_V6 = 1280,
    HEADERS_V4 = 28,
    HEADERS_V6 = 48,
    ANSWER_MS = 400,
    APART_MS = 1100, /* Linux answers once a second, after a few at once (icmp_ratelimit) */
    MOST_SECONDS = 30,
    DATAGRAM_MAX = 9000,
};

enum fate { FATE_ARRIVED, FATE_SILENT, FATE_TOO_BIG, FATE_OTHER };

struct prober {
    int fd;
    bool v6;
    uint32_t told_mtu; /* by a router, or this host's device; 0 */
    int64_t until;
};

static bool
open_socket(struct prober *prober, const struct endpoint *server)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(server->port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(server->port) };
    const int probe = IP_PMTUDISC_PROBE, probe6 = IPV6_PMTUDISC_PROBE, on = 1;

    prober->v6 = server->addr_len != sizeof v4.sin_addr;
    memcpy(&v4.sin_addr, server->addr, sizeof v4.sin_addr);
    memcpy(&v6.sin6_addr, server->addr, sizeof v6.sin6_addr);
    prober->fd =
        socket(prober->v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (prober->fd < 0)
        return false;
    if (prober->v6)
        return setsockopt(prober->fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &probe6, sizeof probe6) ==
                   0 &&
               setsockopt(prober->fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on) == 0 &&
               connect(prober->fd, (struct sockaddr *)&v6, sizeof v6) == 0;
    return setsockopt(prober->fd, IPPROTO_IP, IP_MTU_DISCOVER, &probe, sizeof probe) == 0 &&
           setsockopt(prober->fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on) == 0 &&
           connect(prober->fd, (struct sockaddr *)&v4, sizeof v4) == 0;
}

/* What the error queue says; FATE_SILENT: nothing. */
static enum fate
take_error(struct prober *prober)
{
    uint8_t control[512], byte;
    struct iovec piece = { &byte, sizeof byte };
    struct msghdr message = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };
    struct sock_extended_err error;

    if (recvmsg(prober->fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
        return FATE_SILENT;
    const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_len < CMSG_LEN(sizeof error))
        return FATE_OTHER;
    memcpy(&error, CMSG_DATA(header), sizeof error);
    if (error.ee_errno == ECONNREFUSED)
        return FATE_ARRIVED;
    if (error.ee_errno != EMSGSIZE)
        return FATE_OTHER;
    prober->told_mtu = error.ee_info;
    return FATE_TOO_BIG;
}

/* Sends a packet of so many bytes, once. */
static enum fate
send_one(struct prober *prober, uint32_t packet)
{
    static const uint8_t zeros[DATAGRAM_MAX];
    const size_t headers = prober->v6 ? HEADERS_V6 : HEADERS_V4;
    struct pollfd ready = { .fd = prober->fd, .events = POLLIN };
    uint8_t byte;

    while (take_error(prober) != FATE_SILENT)
        ;
    /* The error of the one before may be what send() returns. */
    for (int i = 0; i < 2 && send(prober->fd, zeros, packet - headers, MSG_NOSIGNAL) < 0; i++)
        if (errno == EMSGSIZE)
            return FATE_TOO_BIG;
    if (poll(&ready, 1, ANSWER_MS) <= 0)
        return FATE_SILENT;
    const enum fate fate = take_error(prober);
    /* An answer in UDP: somebody listens there, QUIC say. */
    return fate == FATE_SILENT && recv(prober->fd, &byte, 1, 0) >= 0 ? FATE_OTHER : fate;
}

/* Silence counts where a small one is answered right behind it: answers are limited. */
static enum fate
try_size(struct prober *prober, uint32_t packet)
{
    for (int i = 0; i < 2 && clock_now() < prober->until; i++) {
        enum fate fate = send_one(prober, packet);
        if (fate == FATE_SILENT && send_one(prober, CONTROL_LEN) == FATE_ARRIVED)
            fate = i > 0 ? FATE_SILENT : FATE_OTHER;
        else if (fate == FATE_SILENT)
            fate = FATE_OTHER;
        if (fate != FATE_OTHER || i > 0)
            return fate;
        poll(NULL, 0, APART_MS);
    }
    return FATE_OTHER;
}

/* The largest that arrives, most or less; 0: it cannot be told. */
static uint32_t
search(struct prober *prober, uint32_t most)
{
    uint32_t good = prober->v6 ? SIZE_MIN_V6 : SIZE_MIN, bad = most + 1;

    if (send_one(prober, CONTROL_LEN) != FATE_ARRIVED || most <= good)
        return 0;
    enum fate fate = try_size(prober, most);
    if (fate == FATE_ARRIVED)
        return most;
    bad = most;
    while (bad - good > 1 && clock_now() < prober->until) {
        const uint32_t hint = prober->told_mtu;
        const uint32_t middle = hint > good && hint < bad ? hint : good + (bad - good) / 2;
        prober->told_mtu = 0;
        fate = try_size(prober, middle);
        if (fate == FATE_OTHER)
            return 0;
        *(fate == FATE_ARRIVED ? &good : &bad) = middle;
    }
    return bad - good == 1 && try_size(prober, good) == FATE_ARRIVED ? good : 0;
}

static bool
is_wanted(const struct walk *walk)
{
    const struct attempt *attempt = walk->attempt;

    if (!walk->options->trials || walk->options->proxy || !attempt || !attempt->link.tls ||
        *walk->stop || attempt->wire.server.addr_len == 0)
        return false;
    const bool stalled = !attempt->link.up && !attempt->link.trust && !attempt->link.error;
    return stalled ||
           (attempt->call && call_facts(attempt->call).was_up &&
            walk->passes[SIDE_CLIENT] == PASSAGE_UNKNOWN && attempt->wire.counts.resent > 0);
}

void
udp_sizes_walk(struct walk *walk)
{
    const int64_t begin = clock_now();
    struct prober prober = { .fd = -1,
                             .until = MIN(walk->until, begin + MOST_SECONDS * NS_PER_SECOND) };

    if (!is_wanted(walk))
        return;
    const struct wire_counts *counts = &walk->attempt->wire.counts;
    const uint32_t most = MIN(counts->mss_out + counts->headers, DATAGRAM_MAX);
    const uint32_t fits =
        open_socket(&prober, &walk->attempt->wire.server) ? search(&prober, most) : 0;
    struct step_result result = { .outcome = fits == most ? STEP_OK
                                             : fits       ? STEP_WARNED
                                                          : STEP_UNKNOWN,
                                  .seconds = ns_seconds(clock_now() - begin) };

    result.seen = fits ? g_strdup_printf("by UDP packets of %u bytes arrive at the server%s", fits,
                                         fits == most ? "" : ", and no larger ones")
                       : g_strdup("UDP to the server says nothing of sizes");
    if (fits && fits < most && !walk->fits[SIDE_CLIENT])
        walk->fits[SIDE_CLIENT] = fits;
    walk->tell(walk->tell_data, "sizes", &result);
    g_free(result.seen);
    if (prober.fd >= 0)
        close(prober.fd);
}
