/* wire.c - the TCP socket, with a tap
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* After netinet/in.h, which it would else define again. */
#include <linux/errqueue.h>
#include <linux/sockios.h>
#include <linux/tcp.h>

#include "clock.h"

enum {
    POLL_MS = 50,
    RECEIVE_LEN = 16384,
    RECEIVE_MAX = 8 * 1024 * 1024,
    UNSENT_MAX = 64 * 1024, /* behind that nothing is read from one who does not read himself */
    TIMESTAMPS_LEN = 12,
    IPV4_HEADERS_LEN = 40,
    IPV6_HEADERS_LEN = 60,
    NS_PER_US = 1000
};

void
wire_init(struct wire *wire, struct tap *tap)
{
    *wire = (struct wire){
        .fd = -1,
        .take = RECEIVE_MAX,
        .tap = tap,
        .in = g_byte_array_new(),
        .out = g_byte_array_new(),
        .told = told_new(),
    };
}

void
wire_clear(struct wire *wire)
{
    if (wire->fd >= 0)
        close(wire->fd);
    wire->fd = -1;
    g_byte_array_unref(wire->in);
    g_byte_array_unref(wire->out);
    told_free(&wire->told);
}

/* --- addresses -------------------------------------------------------------------------------- */

struct endpoint
wire_endpoint(const struct sockaddr_storage *address)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
    struct endpoint endpoint = { 0 };

    if (address->ss_family == AF_INET6) {
        memcpy(endpoint.addr, &v6->sin6_addr, sizeof v6->sin6_addr);
        endpoint.addr_len = sizeof v6->sin6_addr;
        endpoint.port = ntohs(v6->sin6_port);
    } else if (address->ss_family == AF_INET) {
        memcpy(endpoint.addr, &v4->sin_addr, sizeof v4->sin_addr);
        endpoint.addr_len = sizeof v4->sin_addr;
        endpoint.port = ntohs(v4->sin_port);
    }
    return endpoint;
}

static void
find_ends(struct wire *wire, const struct sockaddr_storage *server)
{
    struct sockaddr_storage client = { 0 };
    socklen_t len = sizeof client;

    getsockname(wire->fd, (struct sockaddr *)&client, &len);
    wire->client = wire_endpoint(&client);
    wire->server = wire_endpoint(server);
    tap_ends(wire->tap, &wire->client, &wire->server);
}

/* --- what the kernel counts ------------------------------------------------------------------- */

static bool
get_info(const struct wire *wire, struct tcp_info *info)
{
    socklen_t len = sizeof *info;

    memset(info, 0, sizeof *info);
    return wire->fd >= 0 && getsockopt(wire->fd, IPPROTO_TCP, TCP_INFO, info, &len) == 0;
}

void
wire_look(struct wire *wire)
{
    struct tcp_info info;

    if (!get_info(wire, &info))
        return;
    const int64_t now = clock_now();
    wire->counts.rtt = (int64_t)info.tcpi_rtt * NS_PER_US;
    wire->counts.rtt_min = (int64_t)info.tcpi_min_rtt * NS_PER_US;
    wire->counts.out_of_order = info.tcpi_rcv_ooopack;
    wire->counts.path_mtu = info.tcpi_pmtu;
    wire->counts.mss_out = info.tcpi_snd_mss;
    tap_segment_size(wire->tap, SIDE_CLIENT, (uint16_t)MIN(info.tcpi_snd_mss, UINT16_MAX));
    if (info.tcpi_bytes_acked >= wire->acked_base)
        tap_acked(wire->tap, info.tcpi_bytes_acked - wire->acked_base, now);
    for (; wire->counts.resent < info.tcpi_total_retrans; wire->counts.resent++)
        tap_resent(wire->tap, now);
}

/* --- connecting ------------------------------------------------------------------------------- */

/* An ICMP error that waits in the error queue: it is told, and its sender kept. */
static bool
take_icmp(struct wire *wire)
{
    struct {
        struct sock_extended_err error;
        struct sockaddr_storage from;
    } said;
    uint8_t control[512], byte;
    struct iovec piece = { &byte, sizeof byte };
    struct msghdr message = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };

    if (recvmsg(wire->fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
        return false;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
        memset(&said, 0, sizeof said);
        memcpy(&said, CMSG_DATA(c), MIN(sizeof said, c->cmsg_len - CMSG_LEN(0)));
        if (said.error.ee_origin != SO_EE_ORIGIN_ICMP && said.error.ee_origin != SO_EE_ORIGIN_ICMP6)
            continue;
        memset(&said.from, 0, sizeof said.from);
        memcpy(&said.from, SO_EE_OFFENDER((struct sock_extended_err *)CMSG_DATA(c)),
               said.error.ee_origin == SO_EE_ORIGIN_ICMP ? sizeof(struct sockaddr_in)
                                                         : sizeof(struct sockaddr_in6));
        wire->hop = wire_endpoint(&said.from);
        wire->hop.port = 0;
        if (wire->hop.addr_len == 0)
            continue;
        tap_icmp(wire->tap, &wire->hop, said.error.ee_type, said.error.ee_code,
                 (uint16_t)MIN(said.error.ee_info, UINT16_MAX), clock_now());
        return true;
    }
    return false;
}

static void
ask_for_errors(int fd, int family)
{
    const int on = 1;

    if (family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
    else
        setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static uint16_t
request_mss(const struct wire *wire)
{
    struct tcp_info info;

    return get_info(wire, &info) ? (uint16_t)MIN(info.tcpi_advmss, UINT16_MAX) : 0;
}

static void
tell_repeated_requests(struct wire *wire)
{
    struct tcp_info info;

    if (!get_info(wire, &info))
        return;
    for (; wire->counts.requests <= info.tcpi_retransmits; wire->counts.requests++)
        tap_syn(wire->tap, request_mss(wire), true, clock_now());
}

static enum wire_result
connected(struct wire *wire)
{
    struct tcp_info info;
    const int64_t now = clock_now();

    get_info(wire, &info);
    const bool stamps = (info.tcpi_options & TCPI_OPT_TIMESTAMPS) != 0;
    wire->counts.headers = (wire->server.addr_len == 4 ? IPV4_HEADERS_LEN + 0U : IPV6_HEADERS_LEN) +
                           (stamps ? TIMESTAMPS_LEN + 0U : 0U);
    tap_timestamps(wire->tap, stamps);
    tap_segment_size(wire->tap, SIDE_CLIENT, (uint16_t)info.tcpi_snd_mss);
    tap_segment_size(wire->tap, SIDE_SERVER,
                     (uint16_t)(info.tcpi_advmss - (stamps ? TIMESTAMPS_LEN : 0)));
    tap_accepted(wire->tap, (uint16_t)(info.tcpi_snd_mss + (stamps ? TIMESTAMPS_LEN : 0)), now);
    wire->acked_base = info.tcpi_bytes_acked;
    wire->counts.resent = info.tcpi_total_retrans; /* those of the request were told */
    wire_look(wire);
    return WIRE_CONNECTED;
}

static enum wire_result
connect_failed(struct wire *wire)
{
    if (take_icmp(wire))
        return WIRE_UNREACHABLE;
    if (wire->error == ECONNRESET || wire->error == EPIPE) {
        /* It was open, and is gone before we saw that. */
        wire->ended = true;
        connected(wire);
        tap_rst(wire->tap, SIDE_SERVER, clock_now());
        return WIRE_CONNECTED;
    }
    if (wire->error != ECONNREFUSED)
        return wire->error == ETIMEDOUT ? WIRE_SILENT : WIRE_LOCAL;
    tap_rst(wire->tap, SIDE_SERVER, clock_now());
    return WIRE_REFUSED;
}

enum wire_result
wire_answer(struct wire *wire)
{
    struct pollfd ready = { .fd = wire->fd, .events = POLLOUT };
    socklen_t len = sizeof wire->error;
    const int num = poll(&ready, 1, 0);

    tell_repeated_requests(wire);
    if (num <= 0)
        return WIRE_PENDING;
    getsockopt(wire->fd, SOL_SOCKET, SO_ERROR, &wire->error, &len);
    return wire->error == 0 && !(ready.revents & POLLERR) ? connected(wire) : connect_failed(wire);
}

enum wire_result
wire_give_up(struct wire *wire)
{
    wire->error = ETIMEDOUT;
    return WIRE_SILENT;
}

enum wire_result
wire_begin(struct wire *wire, GSocketAddress *address)
{
    struct sockaddr_storage server = { 0 };
    const int family = (int)g_socket_address_get_family(address);
    const int64_t begin = clock_now();

    g_socket_address_to_native(address, &server, sizeof server, NULL);
    wire->fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (wire->fd < 0) {
        wire->error = errno;
        return WIRE_LOCAL;
    }
    ask_for_errors(wire->fd, family);
    const socklen_t len = (socklen_t)g_socket_address_get_native_size(address);
    const int limit = wire->mss_limit;
    if (limit)
        setsockopt(wire->fd, IPPROTO_TCP, TCP_MAXSEG, &limit, sizeof limit);
    const bool begun = connect(wire->fd, (struct sockaddr *)&server, len) == 0;
    wire->error = begun ? 0 : errno;
    find_ends(wire, &server);
    if (!begun && wire->error != EINPROGRESS && wire->client.port == 0)
        return WIRE_LOCAL;
    tap_syn(wire->tap, request_mss(wire), false, begin);
    wire->counts.requests = 1;
    return begun || wire->error == EINPROGRESS ? WIRE_PENDING : connect_failed(wire);
}

enum wire_result
wire_connect(struct wire *wire, GSocketAddress *address, int64_t until)
{
    enum wire_result result = wire_begin(wire, address);

    while (result == WIRE_PENDING && clock_now() < until) {
        struct pollfd ready = { .fd = wire->fd, .events = POLLOUT };
        poll(&ready, 1, clock_wait(until, POLL_MS));
        result = wire_answer(wire);
    }
    return result == WIRE_PENDING ? wire_give_up(wire) : result;
}

/* --- bytes ------------------------------------------------------------------------------------ */

void
wire_flush(struct wire *wire)
{
    while (wire->out->len > 0 && !wire->ended) {
        const ssize_t n = send(wire->fd, wire->out->data, wire->out->len, MSG_NOSIGNAL);
        const int64_t now = clock_now();

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN) {
            wire->error = errno;
            wire->ended = true;
            if (errno == ECONNRESET)
                tap_rst(wire->tap, SIDE_SERVER, now);
        }
        if (n <= 0)
            return;
        const bool all = (guint)n == wire->out->len;
        tap_bytes(wire->tap, SIDE_CLIENT, wire->out->data, (size_t)n, all ? &wire->told : NULL,
                  now);
        if (all)
            told_reset(&wire->told);
        g_byte_array_remove_range(wire->out, 0, (guint)n);
    }
}

/* True when there is news. */
static bool
receive(struct wire *wire)
{
    uint8_t piece[RECEIVE_LEN];
    const ssize_t n = recv(wire->fd, piece, sizeof piece, 0);

    if (n > 0) {
        g_byte_array_append(wire->in, piece, (guint)n);
        wire->received += (uint64_t)n;
        wire->ended = wire->received > wire->take;
        wire->error = wire->ended ? WIRE_TOO_MUCH : 0;
        return true;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    wire->error = n < 0 ? errno : 0;
    wire->ended = true;
    return true;
}

bool
wire_wait(struct wire *wire, int64_t until)
{
    bool news = false;

    do {
        struct pollfd ready = { .fd = wire->fd,
                                .events = (short)((wire->out->len < UNSENT_MAX ? POLLIN : 0) |
                                                  (wire->out->len ? POLLOUT : 0)) };
        const int num = poll(&ready, 1, clock_wait(until, POLL_MS));

        wire_look(wire);
        if (num > 0 && ready.revents & POLLOUT)
            wire_flush(wire);
        if (num > 0 && ready.revents & ~POLLOUT) {
            while (take_icmp(wire))
                ;
            news = receive(wire);
        }
    } while (!news && !wire->ended && clock_now() < until);
    return news || wire->ended;
}

void
wire_told(struct wire *wire, guint begin, const struct told *told, int64_t time)
{
    tap_bytes(wire->tap, SIDE_SERVER, wire->in->data + begin, wire->in->len - begin, told, time);
    if (wire->read == wire->in->len) {
        g_byte_array_set_size(wire->in, 0);
        wire->read = 0;
    }
    if (!wire->ended)
        return;
    if (wire->error == 0)
        tap_fin(wire->tap, SIDE_SERVER, time);
    else if (wire->error == ECONNRESET || wire->error == EPIPE)
        tap_rst(wire->tap, SIDE_SERVER, time);
}

void
wire_take_much(struct wire *wire)
{
    wire->take = UINT64_MAX;
}

bool
wire_is_acked(const struct wire *wire)
{
    int left = 0;

    return wire->out->len == 0 && wire->fd >= 0 && ioctl(wire->fd, SIOCOUTQ, &left) == 0 &&
           left == 0;
}

void
wire_cork(struct wire *wire, bool on)
{
    const int value = on;

    setsockopt(wire->fd, IPPROTO_TCP, TCP_CORK, &value, sizeof value);
}

bool
wire_let_fragment(struct wire *wire, bool on)
{
    const int value = on ? IP_PMTUDISC_DONT : IP_PMTUDISC_WANT;

    return wire->server.addr_len == 4 &&
           setsockopt(wire->fd, IPPROTO_IP, IP_MTU_DISCOVER, &value, sizeof value) == 0;
}

void
wire_shut(struct wire *wire)
{
    if (wire->fd < 0 || wire->shut)
        return;
    wire_flush(wire);
    wire_look(wire);
    tap_acknowledge(wire->tap, clock_now());
    if (wire->error == 0 && shutdown(wire->fd, SHUT_WR) == 0)
        tap_fin(wire->tap, SIDE_CLIENT, clock_now());
    wire->shut = true;
}

void
wire_close(struct wire *wire, int64_t until)
{
    if (wire->fd < 0)
        return;
    wire_shut(wire);
    while (!wire->ended && clock_now() < until && wire_wait(wire, until)) {
        const guint begin = wire->read;
        wire->read = wire->in->len;
        wire_told(wire, begin, NULL, clock_now());
    }
    wire_look(wire);
    wire->all_acked = wire_is_acked(wire);
    close(wire->fd);
    wire->fd = -1;
}
