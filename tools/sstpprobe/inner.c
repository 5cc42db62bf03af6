/* inner.c - the walk's step "inner"
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "inner.h"

#include "client/ping.h"
#include "client/question.h"
#include "clock.h"

enum {
    TRIES = 3,
    PING_LEN = 84,
    PING_ID = 0x5350,
    SIZE_ID = 0x5351,
    PORT_OF_OURS = 50712,
    SEQUENCE = 1,
    SIZE_WAIT_MS = 300, /* and four round trips */
    SIZE_ROUND_TRIPS = 4,
    NS_PER_MS = 1000000,
};

/* --- one question, and its answer ------------------------------------------------------------- */

struct wanted {
    struct question question;
    uint16_t id;
    size_t len; /* of a ping's reply; 0: any */
    struct dns_message dns;
    struct inner inner;
};

typedef bool (*is_answer_fn)(struct wanted *wanted, struct buf packet);

/* Sends a packet and waits; seconds until the answer, below 0: none. */
static double
ask(struct walk *walk, const GByteArray *packet, is_answer_fn is_answer, struct wanted *wanted,
    int64_t wait)
{
    struct call *call = walk->attempt->call;
    const int64_t sent = clock_now();
    struct buf came;

    while (call_received_ip(call, &came))
        ;
    call_send_ip(call, buf_init(packet->data, packet->len));
    do {
        while (call_received_ip(call, &came))
            if (is_answer(wanted, came))
                return ns_seconds(clock_now() - sent);
    } while (clock_now() < sent + wait && !*walk->stop &&
             attempt_go_on(walk->attempt, sent + wait));
    return -1;
}

static bool
is_reply(struct wanted *wanted, struct buf packet)
{
    return ping_is_reply(packet, wanted->question.dst, wanted->id) &&
           (wanted->len == 0 || buf_left(&packet) == wanted->len);
}

static bool
is_dns(struct wanted *wanted, struct buf packet)
{
    return question_is_answer(&wanted->question, wanted->id, packet, &wanted->dns);
}

static bool
is_segment(struct wanted *wanted, struct buf packet)
{
    return question_is_segment(&wanted->question, packet, &wanted->inner);
}

static uint32_t
own_address(const struct walk *walk)
{
    return call_facts(walk->attempt->call).ipcp->address;
}

/* --- pings, names, ports ---------------------------------------------------------------------- */

char *
inner_address_text(uint32_t address)
{
    return g_strdup_printf("%u.%u.%u.%u", address >> 24, address >> 16 & 0xff, address >> 8 & 0xff,
                           address & 0xff);
}

static double
ping_once(struct walk *walk, uint32_t host, uint16_t id, uint16_t sequence, size_t len,
          int64_t wait)
{
    struct wanted wanted = { .question = { .dst = host }, .id = id, .len = len };
    GByteArray *packet = g_byte_array_new();

    ping_append(packet, own_address(walk), host, id, sequence, len);
    const double seconds = ask(walk, packet, is_reply, &wanted, wait);
    g_byte_array_unref(packet);
    return seconds;
}

static double
ping(struct walk *walk, uint32_t host)
{
    double seconds = -1;

    for (uint16_t i = 0; i < TRIES && seconds < 0 && !*walk->stop; i++)
        seconds = ping_once(walk, host, PING_ID, i, PING_LEN, NS_PER_SECOND);
    return seconds;
}

/* True: answered, and wanted->dns says what. */
static bool
query(struct walk *walk, uint32_t resolver, const char *name, struct wanted *wanted)
{
    double seconds = -1;

    for (uint16_t i = 0; i < TRIES && seconds < 0 && !*walk->stop; i++) {
        GByteArray *packet = g_byte_array_new();
        *wanted = (struct wanted){
            .question = { own_address(walk), resolver, (uint16_t)(PORT_OF_OURS + i), DNS_PORT },
            .id = (uint16_t)(g_random_int() & 0xffff),
        };
        if (question_append_query(packet, &wanted->question, wanted->id, name))
            seconds = ask(walk, packet, is_dns, wanted, NS_PER_SECOND);
        g_byte_array_unref(packet);
    }
    return seconds >= 0;
}

static void
send_segment(struct walk *walk, const struct question *question, uint32_t seq, uint32_t ack,
             uint8_t flags)
{
    GByteArray *packet = g_byte_array_new();

    question_append_segment(packet, question, seq, ack, flags);
    call_send_ip(walk->attempt->call, buf_init(packet->data, packet->len));
    g_byte_array_unref(packet);
}

/* A connection request, and a reset where it was accepted. */
static bool
knock(struct walk *walk, uint32_t host, struct wanted *wanted)
{
    const struct question question = { own_address(walk), host, PORT_OF_OURS,
                                       walk->options->inner_port };
    double seconds = -1;

    *wanted = (struct wanted){ .question = question };
    for (unsigned i = 0; i < TRIES && seconds < 0 && !*walk->stop; i++) {
        GByteArray *packet = g_byte_array_new();
        question_append_segment(packet, &question, SEQUENCE, 0, TCP_SYN);
        seconds = ask(walk, packet, is_segment, wanted, NS_PER_SECOND);
        g_byte_array_unref(packet);
    }
    if (seconds >= 0 && wanted->inner.u.tcp.flags & TCP_SYN)
        send_segment(walk, &question, SEQUENCE + 1, 0, TCP_RST);
    return seconds >= 0;
}

/* --- the step --------------------------------------------------------------------------------- */

struct findings {
    GString *text;
    bool failed, heard;
};

static void say(struct findings *found, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
say(struct findings *found, const char *format, ...)
{
    va_list arguments;

    if (found->text->len)
        g_string_append(found->text, "; ");
    va_start(arguments, format);
    g_string_append_vprintf(found->text, format, arguments);
    va_end(arguments);
}

/* Who does not answer pings may be there all the same. */
static void
say_ping(struct walk *walk, struct findings *found, const char *who, uint32_t host)
{
    char *address = inner_address_text(host);
    const double seconds = ping(walk, host);

    if (seconds < 0)
        say(found, "%s%s does not answer ping: %s", who, address,
            *walk->stop ? "interrupted" : "says nothing");
    else
        say(found, "%s%s answers ping: %.1f ms", who, address, seconds * 1000);
    if (seconds >= 0 && host == walk->inner_address)
        walk->inner_rtt = seconds;
    found->heard |= seconds >= 0;
    g_free(address);
}

/* The first address that a resolver of the tunnel knows; 0: none does. */
static uint32_t
ask_resolver(struct walk *walk, struct findings *found, uint32_t resolver)
{
    char *address = inner_address_text(resolver);
    const char *name = walk->options->inner_host;
    struct wanted wanted = { 0 }, other;
    uint32_t host = 0;
    const bool answered = query(walk, resolver, name, &wanted);
    /* Does it answer at all? */
    const bool here = answered || query(walk, resolver, walk->options->name, &other);

    for (unsigned i = 0; answered && i < wanted.dns.num_addresses && !host; i++)
        if (wanted.dns.addresses[i].addr_len == 4)
            host = buf_at32(wanted.dns.addresses[i].addr);
    char *text = inner_address_text(host);
    const char *rcode = answered ? dns_rcode_name(wanted.dns.rcode) : NULL;
    if (!answered)
        say(found, "resolver %s does not answer%s", address, here ? " for this name" : "");
    else if (host)
        say(found, "resolver %s: %s is %s", address, name, text);
    else
        say(found, "resolver %s: no address for %s (%s)", address, name, rcode ? rcode : "error");
    found->heard |= answered;
    found->failed |= !host;
    g_free(text);
    g_free(address);
    return host;
}

static uint32_t
find_host(struct walk *walk, struct findings *found)
{
    const struct ipcp *ipcp = call_facts(walk->attempt->call).ipcp;
    GInetAddress *literal = g_inet_address_new_from_string(walk->options->inner_host);
    uint32_t host = 0;

    if (literal && g_inet_address_get_family(literal) == G_SOCKET_FAMILY_IPV4)
        host = buf_at32(g_inet_address_to_bytes(literal));
    else if (literal)
        say(found, "%s: only IPv4 is tried", walk->options->inner_host);
    else if (!ipcp->dns1)
        say(found, "no resolver was given for %s", walk->options->inner_host);
    else
        host = ask_resolver(walk, found, ipcp->dns1);
    if (!literal && ipcp->dns2 && ipcp->dns2 != ipcp->dns1) {
        const uint32_t other = ask_resolver(walk, found, ipcp->dns2);
        host = host ? host : other;
    }
    found->failed |= !host;
    g_clear_object(&literal);
    return host;
}

static void
try_host(struct walk *walk, struct findings *found)
{
    struct wanted wanted;

    walk->inner_address = find_host(walk, found);
    if (!walk->inner_address)
        return;
    say_ping(walk, found, "", walk->inner_address);
    if (!walk->options->inner_port)
        return;
    const bool answered = knock(walk, walk->inner_address, &wanted);
    const bool good = answered && wanted.inner.u.tcp.flags & TCP_SYN;
    say(found, "port %u %s", walk->options->inner_port,
        good       ? "accepts"
        : answered ? "is closed (RST)"
                   : "does not answer");
    found->heard |= answered;
    found->failed |= !good;
}

void
inner_walk(struct walk *walk)
{
    const struct ipcp *ipcp = call_facts(walk->attempt->call).ipcp;
    struct findings found = { .text = g_string_new(NULL) };

    if (ipcp->address && ipcp->peer_address)
        say_ping(walk, &found, "peer ", ipcp->peer_address);
    if (ipcp->address && walk->options->inner_host)
        try_host(walk, &found);
    if (found.text->len)
        walk_done(walk, STEP_INNER,
                  found.failed  ? STEP_FAILED
                  : found.heard ? STEP_OK
                                : STEP_UNKNOWN,
                  "%s", found.text->str);
    else
        walk_left_out(walk, STEP_INNER, STEP_SKIPPED, "there is no address to ping from or to");
    g_string_free(found.text, TRUE);
}

/* --- sizes ------------------------------------------------------------------------------------ */

/* Twice, for loss. */
static bool
passes(struct walk *walk, size_t len)
{
    const int64_t wait =
        (int64_t)SIZE_WAIT_MS * NS_PER_MS + (int64_t)(walk->inner_rtt * SIZE_ROUND_TRIPS * 1e9);
    bool heard = false;

    for (size_t i = 0; i < 2 && !heard && !*walk->stop; i++)
        heard = ping_once(walk, walk->inner_address, SIZE_ID, (uint16_t)(len + i * 0x4000), len,
                          wait) >= 0;
    return heard;
}

size_t
inner_size(struct walk *walk, size_t most)
{
    size_t good = PING_LEN, bad = most;

    if (!walk->inner_address || walk->inner_rtt <= 0 || most <= PING_LEN)
        return 0;
    if (passes(walk, most))
        return most;
    while (bad - good > 1 && !*walk->stop && call_step(walk->attempt->call) == CALL_UP) {
        const size_t middle = good + (bad - good) / 2;
        if (passes(walk, middle))
            good = middle;
        else
            bad = middle;
    }
    /* A host that stopped to answer meanwhile has no size. */
    return passes(walk, good) ? good : 0;
}
