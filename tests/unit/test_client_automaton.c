/* test_client_automaton.c - the automaton of RFC 1661 section 4, cell by cell of its table
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "client/automaton.h"

enum { REQUEST_ID = 1 };

/* What the automaton did, in the words of the RFC: "scr sca tlu". */
struct trace {
    struct automaton automaton;
    GString *did;
    bool bad; /* the next option of the peer is rejected */
};

static void
did(struct trace *trace, const char *what)
{
    g_string_append_printf(trace->did, "%s%s", trace->did->len ? " " : "", what);
}

static void
request(void *data, GByteArray *options)
{
    (void)data;
    g_byte_array_append(options, (const uint8_t *)"\x01\x04\x05\xdc", 4);
}

static enum reply
judge(void *data, const struct ppp_option *option, GByteArray *better)
{
    const struct trace *trace = data;

    (void)option;
    (void)better;
    return trace->bad ? REPLY_REJECT : REPLY_ACK;
}

static void
answered(void *data, uint8_t code, const struct ppp_options *options)
{
    (void)data;
    (void)code;
    (void)options;
}

static void
up(void *data, int64_t now)
{
    (void)now;
    did(data, "tlu");
}

static void
down(void *data, int64_t now)
{
    (void)now;
    did(data, "tld");
}

static void
finished(void *data, int64_t now)
{
    (void)now;
    did(data, "tlf");
}

static bool
other(void *data, const struct ppp_packet *packet, int64_t now)
{
    (void)data;
    (void)packet;
    (void)now;
    return false;
}

static void
send_code(void *data, uint8_t code, uint8_t id, const void *bytes, size_t len)
{
    static const char *const words[] = { "?", "scr", "sca", "scn", "scn", "str", "sta", "scj" };

    (void)id;
    (void)bytes;
    (void)len;
    did(data, words[code]);
}

static const struct automaton_protocol protocol = {
    PPP_LCP, request, judge, answered, up, down, finished, other, send_code,
};

/* One event for an automaton in that state: what it does, and where it is then. */
struct row {
    const char *event;
    enum automaton_state state;
    const char *does;
    enum automaton_state next;
};

static const struct row rows[] = {
    { "up", STATE_INITIAL, "", STATE_CLOSED },
    { "up", STATE_STARTING, "scr", STATE_REQ_SENT },
    { "down", STATE_CLOSED, "", STATE_INITIAL },
    { "down", STATE_STOPPED, "", STATE_STARTING },
    { "down", STATE_OPENED, "tld", STATE_STARTING },
    { "open", STATE_INITIAL, "", STATE_STARTING },
    { "open", STATE_CLOSED, "scr", STATE_REQ_SENT },
    { "open", STATE_CLOSING, "", STATE_STOPPING },
    { "close", STATE_STARTING, "tlf", STATE_INITIAL },
    { "close", STATE_REQ_SENT, "str", STATE_CLOSING },
    { "close", STATE_ACK_SENT, "str", STATE_CLOSING },
    { "close", STATE_OPENED, "tld str", STATE_CLOSING },
    { "to+", STATE_CLOSING, "str", STATE_CLOSING },
    { "to+", STATE_REQ_SENT, "scr", STATE_REQ_SENT },
    { "to+", STATE_ACK_RCVD, "scr", STATE_REQ_SENT },
    { "to+", STATE_ACK_SENT, "scr", STATE_ACK_SENT },
    { "to-", STATE_CLOSING, "tlf", STATE_CLOSED },
    { "to-", STATE_STOPPING, "tlf", STATE_STOPPED },
    { "to-", STATE_REQ_SENT, "tlf", STATE_STOPPED },
    { "rcr+", STATE_CLOSED, "sta", STATE_CLOSED },
    { "rcr+", STATE_STOPPED, "scr sca", STATE_ACK_SENT },
    { "rcr+", STATE_REQ_SENT, "sca", STATE_ACK_SENT },
    { "rcr+", STATE_ACK_RCVD, "sca tlu", STATE_OPENED },
    { "rcr+", STATE_ACK_SENT, "sca", STATE_ACK_SENT },
    { "rcr+", STATE_OPENED, "tld scr sca", STATE_ACK_SENT },
    { "rcr-", STATE_REQ_SENT, "scn", STATE_REQ_SENT },
    { "rcr-", STATE_ACK_RCVD, "scn", STATE_ACK_RCVD },
    { "rcr-", STATE_ACK_SENT, "scn", STATE_REQ_SENT },
    { "rcr-", STATE_OPENED, "tld scr scn", STATE_REQ_SENT },
    { "rca", STATE_CLOSED, "sta", STATE_CLOSED },
    { "rca", STATE_REQ_SENT, "", STATE_ACK_RCVD },
    { "rca", STATE_ACK_SENT, "tlu", STATE_OPENED },
    { "rcn", STATE_REQ_SENT, "scr", STATE_REQ_SENT },
    { "rcn", STATE_ACK_SENT, "scr", STATE_ACK_SENT },
    { "rtr", STATE_CLOSED, "sta", STATE_CLOSED },
    { "rtr", STATE_ACK_SENT, "sta", STATE_REQ_SENT },
    { "rtr", STATE_OPENED, "tld sta", STATE_STOPPING },
    { "rta", STATE_CLOSING, "tlf", STATE_CLOSED },
    { "rta", STATE_ACK_RCVD, "", STATE_REQ_SENT },
    { "rta", STATE_OPENED, "tld scr", STATE_REQ_SENT },
    { "ruc", STATE_CLOSED, "scj", STATE_CLOSED },
    { "ruc", STATE_OPENED, "scj", STATE_OPENED },
    { "rxj-", STATE_REQ_SENT, "tlf", STATE_STOPPED },
    { "rxj-", STATE_OPENED, "tld str", STATE_STOPPING },
    { "rxj+", STATE_ACK_RCVD, "", STATE_REQ_SENT },
    /* the link below is not there: nothing is heard */
    { "rcr+", STATE_INITIAL, "", STATE_INITIAL },
    { "rtr", STATE_STARTING, "", STATE_STARTING },
};

static void
receive(struct trace *trace, uint8_t code, uint8_t id, const char *bytes, size_t len, int64_t now)
{
    const struct ppp_packet packet = { code, id, (uint16_t)(len + 4),
                                       buf_init((const uint8_t *)bytes, len) };

    automaton_receive(&trace->automaton, &packet, now);
}

static void
happen(struct trace *trace, const char *event, int64_t now)
{
    static const struct {
        const char *event;
        uint8_t code, id;
        const char *bytes;
        size_t len;
        bool bad;
    } packets[] = {
        { "rcr+", PPP_CONFIGURE_REQUEST, 9, "\x01\x04\x05\xdc", 4, false },
        { "rcr-", PPP_CONFIGURE_REQUEST, 9, "\x01\x04\x05\xdc", 4, true },
        { "rca", PPP_CONFIGURE_ACK, REQUEST_ID, "\x01\x04\x05\xdc", 4, false },
        { "rcn", PPP_CONFIGURE_NAK, REQUEST_ID, "\x01\x04\x05\xdc", 4, false },
        { "rtr", PPP_TERMINATE_REQUEST, 9, "", 0, false },
        { "rta", PPP_TERMINATE_ACK, 9, "", 0, false },
        { "ruc", 99, 9, "", 0, false },
        { "rxj-", PPP_CODE_REJECT, 9, "\x01\x01\x00\x04", 4, false },
        { "rxj+", PPP_CODE_REJECT, 9, "\x0c\x01\x00\x04", 4, false },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(packets); i++)
        if (strcmp(packets[i].event, event) == 0) {
            trace->bad = packets[i].bad;
            receive(trace, packets[i].code, packets[i].id, packets[i].bytes, packets[i].len, now);
        }
    if (strcmp(event, "up") == 0)
        automaton_up(&trace->automaton, now);
    else if (strcmp(event, "down") == 0)
        automaton_down(&trace->automaton, now);
    else if (strcmp(event, "open") == 0)
        automaton_open(&trace->automaton, now);
    else if (strcmp(event, "close") == 0)
        automaton_close(&trace->automaton, now);
    else if (g_str_has_prefix(event, "to"))
        automaton_tick(&trace->automaton, now);
}

static void
trace_init(struct trace *trace)
{
    trace->did = g_string_new(NULL);
    trace->bad = false;
    automaton_init(&trace->automaton, &protocol, trace);
}

static void
test_table(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct trace trace;

        trace_init(&trace);
        trace.automaton.state = rows[i].state;
        trace.automaton.id = trace.automaton.request_id = REQUEST_ID;
        trace.automaton.restarts = strcmp(rows[i].event, "to-") == 0 ? 0 : 2;
        trace.automaton.timer = 1;
        happen(&trace, rows[i].event, 1);
        g_test_message("%s in state %d", rows[i].event, rows[i].state);
        g_assert_cmpstr(trace.did->str, ==, rows[i].does);
        g_assert_cmpint(trace.automaton.state, ==, rows[i].next);
        g_string_free(trace.did, TRUE);
    }
}

/* Ten requests, three seconds apart, then it gives up (RFC 1661 4.6). */
static void
test_silence(void)
{
    struct trace trace;
    int64_t now = 0;
    unsigned ticks = 0;

    trace_init(&trace);
    automaton_open(&trace.automaton, now);
    automaton_up(&trace.automaton, now);
    while (trace.automaton.timer != INT64_MAX && ticks < 100) {
        g_assert_cmpint(trace.automaton.timer, ==, now + 3 * NS_PER_SECOND);
        now = trace.automaton.timer;
        automaton_tick(&trace.automaton, now);
        ticks++;
    }
    g_assert_cmpuint(ticks, ==, 10);
    g_assert_cmpstr(trace.did->str, ==, "scr scr scr scr scr scr scr scr scr scr tlf");
    g_assert_cmpint(trace.automaton.state, ==, STATE_STOPPED);
    g_string_free(trace.did, TRUE);
}

/* A second Ack of the same request is no news, and a late one of another is none at all. */
static void
test_stale_answers(void)
{
    struct trace trace;

    trace_init(&trace);
    automaton_open(&trace.automaton, 0);
    automaton_up(&trace.automaton, 0);
    receive(&trace, PPP_CONFIGURE_ACK, 77, "", 0, 0);
    g_assert_cmpint(trace.automaton.state, ==, STATE_REQ_SENT);
    happen(&trace, "rca", 0);
    happen(&trace, "rca", 0);
    happen(&trace, "rcr+", 0);
    happen(&trace, "rca", 0);
    g_assert_cmpstr(trace.did->str, ==, "scr sca tlu");
    g_string_free(trace.did, TRUE);
}

/* pppd is not there yet when the first request comes: it is repeated when the peer speaks. */
static void
test_late_peer(void)
{
    struct trace trace;

    trace_init(&trace);
    automaton_open(&trace.automaton, 0);
    automaton_up(&trace.automaton, 0);
    happen(&trace, "rcr+", NS_PER_SECOND);
    g_assert_cmpstr(trace.did->str, ==, "scr sca scr");
    happen(&trace, "rca", NS_PER_SECOND);
    g_assert_cmpint(trace.automaton.state, ==, STATE_OPENED);
    g_string_free(trace.did, TRUE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/client_automaton/table", test_table);
    g_test_add_func("/client_automaton/silence", test_silence);
    g_test_add_func("/client_automaton/stale-answers", test_stale_answers);
    g_test_add_func("/client_automaton/late-peer", test_late_peer);
    return g_test_run();
}
