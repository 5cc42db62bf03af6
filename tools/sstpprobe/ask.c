/* ask.c - asks resolvers for the addresses of a name, each by itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ask.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gnutls/crypto.h>

#include "base/append.h"
#include "base/endpoint.h"
#include "base/numbers.h"
#include "base/text.h"
#include "clock.h"
#include "wire.h"

enum { MESSAGE_MAX_LEN = 4096, LABEL_MAX_LEN = 63, CLASS_IN = 1, RECURSION_DESIRED = 0x0100 };
enum { TRIES = 3, GRACE_MS = 1500, POLL_MS = 50, NS_PER_MS = 1000000 };

/* When each query is sent, since the first one. */
static const int try_ms[TRIES] = { 0, 1000, 3000 };
static const uint16_t types[ASK_TYPES] = { DNS_A, DNS_AAAA };

static void
datagram_free(gpointer data)
{
    struct datagram *datagram = data;

    g_byte_array_unref(datagram->bytes);
    g_free(datagram);
}

struct ask *
ask_new(void)
{
    struct ask *ask = g_new0(struct ask, 1);

    ask->datagrams = g_ptr_array_new_with_free_func(datagram_free);
    return ask;
}

void
ask_free(struct ask *ask)
{
    if (!ask)
        return;
    for (unsigned i = 0; i < ask->num; i++)
        if (ask->resolvers[i].fd >= 0)
            close(ask->resolvers[i].fd);
    g_ptr_array_unref(ask->datagrams);
    g_free(ask);
}

/* --- whom to ask ------------------------------------------------------------------------------ */

static int
open_socket(const struct addrinfo *to)
{
    const int fd = socket(to->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd >= 0 && connect(fd, to->ai_addr, to->ai_addrlen) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

bool
ask_add(struct ask *ask, const char *address)
{
    const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                                    .ai_socktype = SOCK_DGRAM };
    struct sockaddr_storage to = { 0 };
    struct addrinfo *info;

    if (ask->num == ASK_RESOLVERS_MAX || getaddrinfo(address, "53", &hints, &info) != 0)
        return false;
    memcpy(&to, info->ai_addr, info->ai_addrlen);
    struct resolver resolver = { .address = wire_endpoint(&to), .fd = -1 };
    bool known = false;
    for (unsigned i = 0; i < ask->num; i++)
        known |= endpoint_equal(&ask->resolvers[i].address, &resolver.address);
    if (!known) {
        resolver.fd = open_socket(info);
        gnutls_rnd(GNUTLS_RND_NONCE, resolver.id, sizeof resolver.id);
        ask->resolvers[ask->num++] = resolver;
    }
    freeaddrinfo(info);
    return true;
}

void
ask_add_host(struct ask *ask)
{
    char *text = NULL;

    if (!g_file_get_contents("/etc/resolv.conf", &text, NULL, NULL))
        return;
    char **lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        char **words = g_strsplit_set(g_strstrip(*line), " \t", 3);
        if (words[0] && words[1] && strcmp(words[0], "nameserver") == 0)
            ask_add(ask, words[1]);
        g_strfreev(words);
    }
    g_strfreev(lines);
    g_free(text);
}

/* --- queries ---------------------------------------------------------------------------------- */

/* RFC 1035 4.1. False: the name has a label that is none. */
static bool
append_query(GByteArray *out, uint16_t id, const char *name, uint16_t type)
{
    char **labels = g_strsplit(name, ".", -1);
    bool good = true;

    append_u16(out, id);
    append_u16(out, RECURSION_DESIRED);
    append_u16(out, 1);
    append_u16(out, 0);
    append_u32(out, 0);
    for (char **label = labels; good && *label; label++) {
        const size_t len = strlen(*label);
        good = len > 0 && len <= LABEL_MAX_LEN;
        append_u8(out, (unsigned)len & LABEL_MAX_LEN);
        g_byte_array_append(out, (const uint8_t *)*label, (guint)len);
    }
    append_u8(out, 0);
    append_u16(out, type);
    append_u16(out, CLASS_IN);
    g_strfreev(labels);
    return good;
}

static void
note(struct ask *ask, const struct resolver *resolver, bool sent, const uint8_t *bytes, size_t len)
{
    struct sockaddr_storage own = { 0 };
    socklen_t own_len = sizeof own;
    struct datagram *datagram = g_new0(struct datagram, 1);

    getsockname(resolver->fd, (struct sockaddr *)&own, &own_len);
    const struct endpoint client = wire_endpoint(&own);
    datagram->src = sent ? client : resolver->address;
    datagram->dst = sent ? resolver->address : client;
    datagram->time = clock_now();
    datagram->bytes = g_byte_array_new();
    g_byte_array_append(datagram->bytes, bytes, (guint)len);
    g_ptr_array_add(ask->datagrams, datagram);
}

static bool
is_wanted(enum lookup_family family, unsigned type)
{
    return family == LOOKUP_ANY || (family == LOOKUP_IPV4) == (types[type] == DNS_A);
}

/* The first try may tell that an earlier one was refused. */
static bool
send_datagram(struct resolver *resolver, const GByteArray *query)
{
    ssize_t n = send(resolver->fd, query->data, query->len, MSG_NOSIGNAL);

    if (n < 0 && errno == ECONNREFUSED) {
        resolver->refused = true;
        n = send(resolver->fd, query->data, query->len, MSG_NOSIGNAL);
    }
    return n == (ssize_t)query->len;
}

/* Asks for what was not answered yet. */
static void
send_queries(struct ask *ask, struct resolver *resolver, const char *name,
             enum lookup_family family)
{
    if (resolver->fd < 0 || resolver->answered)
        return;
    for (unsigned type = 0; type < ASK_TYPES; type++) {
        GByteArray *query = g_byte_array_new();

        if (!is_wanted(family, type))
            resolver->got[type] = true;
        if (!resolver->got[type] && append_query(query, resolver->id[type], name, types[type]) &&
            send_datagram(resolver, query)) {
            note(ask, resolver, true, query->data, query->len);
            resolver->asked = true;
            resolver->queries++;
        }
        g_byte_array_unref(query);
    }
}

static void
take_addresses(struct resolver *resolver, const struct dns_message *message)
{
    for (unsigned i = 0; i < message->num_addresses; i++)
        if (resolver->num_addresses < DNS_ADDRESSES_MAX)
            resolver->addresses[resolver->num_addresses++] = message->addresses[i];
}

/* An answer to one of the queries; others are passed over. */
static void
take_answer(struct resolver *resolver, const char *name, const struct dns_message *message)
{
    for (unsigned type = 0; type < ASK_TYPES; type++)
        if (message->response && !resolver->got[type] && message->id == resolver->id[type] &&
            message->type == types[type] && g_ascii_strcasecmp(message->name, name) == 0) {
            resolver->got[type] = true;
            resolver->rcode = MAX(resolver->rcode, message->rcode);
            take_addresses(resolver, message);
        }
    resolver->answered = resolver->got[0] && resolver->got[1];
}

static void
receive(struct ask *ask, struct resolver *resolver, const char *name)
{
    uint8_t bytes[MESSAGE_MAX_LEN];
    struct dns_message message;
    ssize_t n;

    while ((n = recv(resolver->fd, bytes, sizeof bytes, 0)) >= 0) {
        note(ask, resolver, false, bytes, (size_t)n);
        if (dns_decode(bytes, (size_t)n, &message))
            take_answer(resolver, name, &message);
    }
    resolver->refused |= errno == ECONNREFUSED;
}

/* --- all of them ------------------------------------------------------------------------------ */

static void
wait_for_answers(struct ask *ask, const char *name, int64_t until)
{
    struct pollfd ready[ASK_RESOLVERS_MAX];

    for (unsigned i = 0; i < ask->num; i++)
        ready[i] = (struct pollfd){ .fd = ask->resolvers[i].fd, .events = POLLIN };
    if (poll(ready, ask->num, clock_wait(until, POLL_MS)) <= 0)
        return;
    for (unsigned i = 0; i < ask->num; i++)
        if (ready[i].revents)
            receive(ask, &ask->resolvers[i], name);
}

/* Nobody is waited for any more: all have answered, or one has and the others had their moment. */
static bool
is_enough(const struct ask *ask, int64_t begin)
{
    const bool moment_is_over = clock_now() - begin > (int64_t)GRACE_MS * NS_PER_MS;
    bool all = true, one = false;

    for (unsigned i = 0; i < ask->num; i++) {
        const struct resolver *resolver = &ask->resolvers[i];
        all &= resolver->answered || !resolver->asked;
        one |= resolver->answered && resolver->num_addresses > 0;
    }
    return all || (one && moment_is_over);
}

void
ask_name(struct ask *ask, const char *name, enum lookup_family family, int64_t until)
{
    const int64_t begin = clock_now();
    int tries = 0;

    do {
        while (tries < TRIES && clock_now() - begin >= (int64_t)try_ms[tries] * NS_PER_MS) {
            for (unsigned i = 0; i < ask->num; i++)
                send_queries(ask, &ask->resolvers[i], name, family);
            tries++;
        }
        if (is_enough(ask, begin))
            break;
        wait_for_answers(ask, name, until);
    } while (clock_now() < until);
}

char *
ask_text(const struct resolver *resolver)
{
    GString *text = g_string_new(NULL);
    const char *rcode = dns_rcode_name(resolver->rcode);

    for (unsigned i = 0; i < resolver->num_addresses; i++) {
        char *address = endpoint_address_text(&resolver->addresses[i]);
        g_string_append_printf(text, "%s%s", i ? ", " : "", address);
        g_free(address);
    }
    if (text->len > 0)
        return g_string_free(text, FALSE);
    if (!resolver->asked)
        g_string_append(text, "cannot be asked");
    else if (!resolver->answered && resolver->refused)
        g_string_append(text, "nobody listens there");
    else if (!resolver->answered)
        g_string_append_printf(text, "no answer to %s",
                               text_count(resolver->queries, "query").text);
    else if (resolver->rcode == DNS_NOERROR)
        g_string_append(text, "no address of that name");
    else
        g_string_append_printf(text, "%s", rcode ? rcode : "an error");
    return g_string_free(text, FALSE);
}
