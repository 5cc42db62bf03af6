/* test_record_lengths.c - sequences of record lengths, and whether they are SSTP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "wire/record_lengths.h"

enum { RECORDS_MAX = 256 };

struct cipher_row {
    const char *name;
    uint16_t version, suite;
    bool encrypt_then_mac;
};

static const struct cipher_row ciphers[] = {
    { "tls13", TLS_13, 0x1302, false },
    { "tls12-gcm", TLS_12, 0xc030, false },
    { "tls12-chacha20", TLS_12, 0xcca8, false },
    { "tls12-cbc-sha1", TLS_12, 0xc014, false },
    { "tls12-cbc-sha384-etm", TLS_12, 0xc028, true },
    { "tls10-cbc-sha1", TLS_10, 0x002f, false },
};

/* Words of plaintext lengths: "c202 s123 c14 s48"; "cF" is the client's Finished of TLS 1.3 and
 * nothing below it, "w5" lets five seconds pass. */
struct feed {
    struct tls_facts tls;
    struct mtu_cipher cipher;
    struct lengths lengths;
    struct mark mark;
    bool middle; /* the capture has no handshake */
};

static void
feed_init(struct feed *feed, const struct cipher_row *row)
{
    memset(feed, 0, sizeof *feed);
    feed->tls.has_server_hello = true;
    feed->tls.server_hello.version = row->version;
    feed->tls.server_hello.cipher_suite = row->suite;
    feed->tls.server_hello.encrypt_then_mac = row->encrypt_then_mac;
    feed->cipher = mtu_cipher_of(row->suite, row->version, row->encrypt_then_mac);
    feed->mark = (struct mark){ 1, NS_PER_SECOND };
    feed->lengths.known = true;
}

static void
feed_record(struct feed *feed, enum side side, size_t n)
{
    size_t length = mtu_record_len(&feed->cipher, n) - TLS_RECORD_HEADER_LEN;

    feed->mark.frame++;
    feed->mark.time += NS_PER_SECOND / 100;
    if (feed->middle)
        lengths_middle_record(&feed->lengths, side, TLS_APPLICATION_DATA, (uint16_t)length,
                              feed->mark);
    else
        lengths_record(&feed->lengths, &feed->tls, side, TLS_APPLICATION_DATA, (uint16_t)length,
                       feed->mark);
}

static void
feed_words(struct feed *feed, const char *words)
{
    char **all = g_strsplit(words, " ", -1);

    for (char **word = all; *word; word++) {
        uint64_t n = g_ascii_strtoull(*word + 1, NULL, 10);
        if (**word == 'w')
            feed->mark.time += (int64_t)n * NS_PER_SECOND;
        else if (strcmp(*word, "cF") != 0)
            feed_record(feed, **word == 'c' ? SIDE_CLIENT : SIDE_SERVER, n);
        else if (feed->tls.server_hello.version == TLS_13)
            feed_record(feed, SIDE_CLIENT, 52);
    }
    g_strfreev(all);
}

/* What real programs send up to the first inner packets. */
#define DIAL         "cF c202 s123 c14 s48 "
#define DIAL_REFUSED "cF c202 s123 c14 s22 c14 s48 "
#define LCP          "s60 c29 s22 c27 c18 s18 "
#define AUTH         "s29 c67 s81 "
#define NETWORK      "c24 s18 c22 c18 s18 s14 c18 s18 "
#define TRAFFIC      "c92 s92 c92 s92 "

struct row {
    const char *name, *words;
};

static const struct row sessions[] = {
    { "windows", DIAL LCP AUTH "c112 " NETWORK TRAFFIC },
    { "request only", DIAL LCP },
    { "cookie", "cF c390 s118 c14 s48 " LCP AUTH "c112 " NETWORK },
    { "ack and lcp in one", "cF c202 s125 c14 s76 c28 s22 c27 c18 s18 " AUTH "c112 " NETWORK },
    { "refused once", DIAL_REFUSED LCP AUTH "c112 " NETWORK },
    { "two records a packet", "cF c182 s84 c14 s4 s44 s4 s25 c28 s4 s20 c33 s4 s25 c65 s4 s61 c112 "
                              "s4 s13 c22 s4 s14 c18 c92 s4 s88" },
};

/* Other protocols over TLS, from what they send; none may ever be taken for SSTP. */
static const struct row foreign[] = {
    { "http/1.1", "cF c180 s310 s4000 c190 s305 s1500" },
    { "http/1.1 small", "cF c180 s120 c185 s130 c170 s125 c180 s140" },
    { "http/2", "cF c64 c180 s27 s9 s120 c9 s1400 c13 s60 c17 s17" },
    { "http/2 ping", "cF c160 s120 c17 s17 c17 s17" },
    { "long polling", "cF c420 w30 s140 c420 w30 s140 c420 s150" },
    { "websocket", "cF c240 s129 c14 s30 c14 s30 c22 s48" },
    { "websocket push", "cF c240 s129 s48 s48 c14 s48" },
    { "openvpn", "cF c330 s250 c14 s60 c48 s14 c100 s1400" },
    { "imap", "cF s80 c20 s120 c14 s48 c30 s60" },
    { "smtp", "cF s60 c24 s150 c14 s48" },
    { "ssh in tls", "cF c21 s21 c1500 s1100 c48" },
    { "speed test", "cF c200 s130 s16384 s16384 s16384" },
    { "requests of one length", "cF c240 s129 c14 s22 c14 s48 c14 s400" },
    { "rpc", "cF c14 s48 c14 s48 c14 s48" },
};

static bool
is_taken(const struct cipher_row *cipher, const char *words, bool known)
{
    struct feed feed;

    feed_init(&feed, cipher);
    feed.lengths.known = known;
    feed_words(&feed, words);
    bool found = lengths_facts(&feed.lengths) != NULL;
    lengths_clear(&feed.lengths);
    return found;
}

/* At a server that is known. */
static bool
is_recognised(const struct cipher_row *cipher, const char *words)
{
    return is_taken(cipher, words, true);
}

static void
test_sessions(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sessions); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(ciphers); k++) {
            g_test_message("%s, %s", sessions[i].name, ciphers[k].name);
            g_assert_true(is_recognised(&ciphers[k], sessions[i].words));
            g_assert_true(is_taken(&ciphers[k], sessions[i].words, false));
        }
}

static void
test_foreign(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(foreign); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(ciphers); k++) {
            g_test_message("%s, %s", foreign[i].name, ciphers[k].name);
            g_assert_false(is_recognised(&ciphers[k], foreign[i].words));
            g_assert_false(is_taken(&ciphers[k], foreign[i].words, false));
        }
}

static void
test_pairs(void)
{
    /* A Call Connect Request and its Ack alone are no session, wherever they stand. */
    g_assert_false(is_recognised(&ciphers[0], "cF c14 s48"));
    g_assert_false(is_recognised(&ciphers[0], "cF c202 c14 s48"));
    g_assert_false(is_recognised(&ciphers[0], "cF c202 s123 c15 s48"));
    g_assert_false(is_recognised(&ciphers[0], "cF c202 s123 c14 s49"));
    g_assert_false(is_recognised(&ciphers[0], "cF c202 s123 c14 c28 s48"));
    g_assert_false(is_recognised(&ciphers[0], "cF c202 s400 c14 s48"));
    g_assert_false(is_recognised(&ciphers[0], "c202 s123 c14 s48"));
    /* Where the length is a class more is asked. */
    g_assert_true(is_recognised(&ciphers[0], "cF c202 s123 c14 s48"));
    g_assert_false(is_recognised(&ciphers[3], "c202 s123 c14 s48"));
    g_assert_false(is_recognised(&ciphers[3], "c202 s123 c14 s48 c29 s60 s1400"));
}

/* Where the server is not known, a sequence of lengths that a poll may have is no session: LCP's
 * acknowledgements must follow. */
static void
test_unknown_server(void)
{
    static const char *const polls[] = {
        "cF c260 s129 c14 s48 c14 s48 c14 s48 c14 s48 c14 s48 c14 s48 c14 s48 c14 s48 c14 s48 c14 "
        "s48",
        "cF c260 s129 c14 s48 c30 s60 c14 s48 c30 s60 c14 s48 c30 s60 c14 s48 c30 s60",
        "cF c260 s129 c14 s48",
        "cF c260 s129 c14 s48 s48 s48 c14",
        "cF c260 s129 c14 s48 c28 s22 c27 s1400",
    };
    static const char echoes[] = "cF c260 s129 c14 s48 c8 s8 c16 s16 c8 s8";

    for (size_t i = 0; i < G_N_ELEMENTS(polls); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(ciphers); k++) {
            g_test_message("%s, %s", polls[i], ciphers[k].name);
            g_assert_false(is_taken(&ciphers[k], polls[i], false));
        }
    for (size_t k = 0; k < 3; k++)
        g_assert_false(is_taken(&ciphers[k], echoes, false));
    g_assert_true(is_taken(&ciphers[0], "cF c202 s123 c14 s48 s27 c28 s22 c27", false));
    g_assert_false(is_taken(&ciphers[0], "cF c202 s123 c14 s48 s27 c28 s22", false));
}

static void
test_tickets(void)
{
    g_assert_true(is_recognised(&ciphers[0], "s23 s896 s281 s52 cF s233 c182 s233 s118 c14 s48"));
    g_assert_true(is_recognised(&ciphers[0], "cF c182 s57 s57 s125 c14 s48"));
    g_assert_false(is_recognised(&ciphers[1], "s233 c182 s118 c14 s48"));
}

/* TLS 1.0 with a byte, or none, of what is written in a record of its own. */
static void
test_fragments(void)
{
    static const struct row rows[] = {
        { "client, one byte", "c1 c201 s123 c1 c13 s48 c1 c28 s22 c1 c26 s18 c1 c17" },
        { "both, one byte", "c1 c201 s1 s122 c1 c13 s1 s47 c1 c28 s1 s21 c1 c26 s1 s17" },
        { "both, empty", "c0 c202 s0 s123 c0 c14 s0 s48 c0 c29 s0 s22 c0 c27 s0 s18" },
        { "behind the request", "c202 s1 s122 c1 c13 s1 s47 c1 c28 s1 s21 c1 c26 s1 s17" },
    };
    static const char not_one[] = "c1 c201 s1 s300 c1 c13 s1 s47 c1 c28 s1 s21 c1 c26 s1 s17";

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].name);
        g_assert_true(is_recognised(&ciphers[5], rows[i].words));
        g_assert_false(is_recognised(&ciphers[0], rows[i].words));
        g_assert_false(is_recognised(&ciphers[3], rows[i].words));
    }
    g_assert_false(is_recognised(&ciphers[5], not_one));
}

/* Call Connected behind fragments, and echoes by their classes. */
static void
test_classes(void)
{
    static const char *const words[] = {
        "c202 s123 c14 s48 " LCP AUTH "c112 s18 c18 c92 s92 w20 s16 c16 w20 s8 c8 w20 s16",
        "c1 c201 s1 s122 c1 c13 s1 s47 s1 s59 c1 c28 s1 s21 c1 c26 s1 s17 c1 c111 s1 s17 c1 c17 "
        "c1 c91 s1 s91 w20 s1 s15 c1 c15 w20 s1 s7 c1 c7 w20 s1 s15"
    };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        struct feed feed;
        feed_init(&feed, &ciphers[i == 0 ? 3 : 5]);
        feed_words(&feed, words[i]);
        const struct lengths_facts *facts = lengths_facts(&feed.lengths);
        g_assert_nonnull(facts);
        g_assert_false(facts->exact);
        g_assert_true(mark_is_set(facts->call_connected.mark));
        g_assert_true(lengths_is_established(facts));
        g_assert_cmpuint(facts->echo[LENGTHS_ECHO_LCP][SIDE_SERVER].open, ==, 1);
        g_assert_cmpuint(facts->echo[LENGTHS_ECHO_SSTP][SIDE_SERVER].replies, ==, 1);
        g_assert_null(lengths_server_guess(facts));
        lengths_clear(&feed.lengths);
    }
}

/* A connection without its beginning; words as above. */
static bool
is_recognised_in_the_middle(const struct cipher_row *cipher, const char *words,
                            struct lengths_facts *copy)
{
    struct feed feed;

    feed_init(&feed, cipher);
    feed.middle = true;
    feed_words(&feed, words);
    const struct lengths_facts *facts = lengths_facts(&feed.lengths);
    if (facts && copy)
        *copy = *facts;
    lengths_clear(&feed.lengths);
    return facts != NULL;
}

static void
test_middle(void)
{
#define LCP_ECHOES  "s16 c16 w20 s16 c16 w20 s16 c16 "
#define HTTP2_PINGS "s45 c45 c17 s17 w20 c17 s17 w20 c17 s17"
#define SSTP_ECHOES "c8 s8 w60 c8 s8 w61 c8 s8 "
    static const char *const not_even[] = {
        "s45 c45 s16 c16 w20 s16 c16",                      /* one interval */
        "s45 c45 s16 c16 w20 s16 c16 w35 s16 c16",          /* two that differ */
        "s45 c45 s16 w20 s16 w20 s16",                      /* nobody answers */
        "s45 c45 s16 w3 c16 w20 s16 w3 c16 w20 s16 w3 c16", /* late */
        "s45 c45 s16 c17 w20 s16 c17 w20 s16 c17",
        "s45 c45 s16 c16 w2 s16 c16 w2 s16 c16", /* too often for PPP */
        "s45 c45 s6 c45 " LCP_ECHOES,            /* no packet of SSTP is so short */
        "s15 c15 s31 c31 s47 c47 c92 s93 s1 c1",
    };
    struct lengths_facts facts;

    for (size_t i = 0; i < 3; i++) {
        g_test_message("%s", ciphers[i].name);
        g_assert_true(is_recognised_in_the_middle(
            &ciphers[i], "s45 c45 " LCP_ECHOES "s92 c92 w20 s16 w20 s16", &facts));
        g_assert_true(facts.exact && facts.middle);
        g_assert_cmpuint(facts.echo[LENGTHS_ECHO_LCP][SIDE_SERVER].replies, ==, 3);
        g_assert_cmpuint(facts.echo[LENGTHS_ECHO_LCP][SIDE_SERVER].requests, ==, 5);
        g_assert_cmpuint(facts.echo[LENGTHS_ECHO_LCP][SIDE_SERVER].open, ==, 2);
        g_assert_cmpuint(facts.data[SIDE_CLIENT], ==, 1);
        g_assert_true(is_recognised_in_the_middle(&ciphers[i], "s45 c45 " SSTP_ECHOES, &facts));
        g_assert_cmpuint(facts.echo[LENGTHS_ECHO_SSTP][SIDE_CLIENT].replies, >=, 2);
        for (size_t k = 0; k < G_N_ELEMENTS(not_even); k++) {
            g_test_message("%s", not_even[k]);
            g_assert_false(is_recognised_in_the_middle(&ciphers[i], not_even[k], NULL));
        }
    }
    /* Two are enough with an answer, if the third one comes in time. */
    g_assert_true(
        is_recognised_in_the_middle(&ciphers[0], "s45 s8 c8 w10 s8 c8 w10 s8 w9", &facts));
    g_assert_cmpuint(facts.echo[LENGTHS_ECHO_SSTP][SIDE_SERVER].open, ==, 1);
    /* Pings of HTTP/2 have another length, if only the cipher were known. */
    g_assert_false(is_recognised_in_the_middle(&ciphers[0], HTTP2_PINGS, NULL));
    g_assert_false(is_recognised_in_the_middle(&ciphers[1], HTTP2_PINGS, NULL));
    g_assert_true(is_recognised_in_the_middle(&ciphers[2], HTTP2_PINGS, NULL));
    /* Classes of a block cipher show no rhythm. */
    g_assert_false(is_recognised_in_the_middle(&ciphers[3], "s45 c45 " LCP_ECHOES, NULL));
}

static void
test_server_guess(void)
{
    static const struct {
        const char *words, *server;
    } rows[] = { { "cF c202 s123 c14 s48", "Windows RRAS" },
                 { "cF c182 s57 s57 s125 c14 s48", "SoftEther" },
                 { "cF c182 s118 c14 s48", "accel-ppp" },
                 { "cF c182 s94 c14 s48", "accel-ppp" },
                 { "cF c182 s84 c14 s4 s44", "sorz/sstp-server" },
                 { "cF c182 s124 c14 s48", NULL } };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct feed feed;
        feed_init(&feed, &ciphers[0]);
        feed_words(&feed, rows[i].words);
        g_assert_cmpstr(lengths_server_guess(lengths_facts(&feed.lengths)), ==, rows[i].server);
        lengths_clear(&feed.lengths);
    }
}

/* Handshake messages of TLS 1.3 that look like data. */
static void
test_key_update(void)
{
    struct feed feed;

    feed_init(&feed, &ciphers[0]);
    feed_words(&feed, DIAL LCP AUTH "c112 " NETWORK TRAFFIC);
    const struct lengths_facts *facts = lengths_facts(&feed.lengths);
    uint32_t records = facts->num_tail;
    feed_words(&feed, "c5 s5 w20");
    g_assert_cmpuint(facts->num_tail, ==, records);
    lengths_clear(&feed.lengths);
    g_assert_false(is_recognised(&ciphers[0], "cF c202 s5 s123 c5 c14 s48"));
}

/* What a known server's connection shows without the whole sequence. */
static void
test_refused(void)
{
    static const struct {
        const char *words;
        enum lengths_state state;
        enum side by;
        unsigned bytes;
    } rows[] = { { "c202 s200 s1400", LENGTHS_REFUSED, SIDE_SERVER, 1400 },
                 { "c202 s123 c14 w20 c20", LENGTHS_REFUSED, SIDE_CLIENT, 20 },
                 { "c202 s123 c14 s22", LENGTHS_ACK, SIDE_SERVER, 22 },
                 { "c202 s123 c14 s22 c14 s24 c20", LENGTHS_REFUSED, SIDE_SERVER, 24 },
                 { "c202 s123 c14 s22 c15", LENGTHS_FOREIGN, SIDE_CLIENT, 0 },
                 { "c202 s123 c14 s22 s48", LENGTHS_FOREIGN, SIDE_CLIENT, 0 },
                 { "c202 s123 c14 s19", LENGTHS_FOREIGN, SIDE_CLIENT, 0 } };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct feed feed;
        feed_init(&feed, &ciphers[1]);
        feed_words(&feed, rows[i].words);
        g_test_message("%s", rows[i].words);
        g_assert_cmpint(feed.lengths.start.state, ==, rows[i].state);
        if (rows[i].bytes) {
            g_assert_cmpint(feed.lengths.start.refusal.by, ==, rows[i].by);
            g_assert_cmpuint(feed.lengths.start.refusal.max, ==, rows[i].bytes);
        }
        g_assert_null(lengths_facts(&feed.lengths));
        feed_words(&feed, "c14 c14 s48 c18 s18 c18 s18");
        g_assert_true(lengths_is_over(&feed.lengths) || lengths_facts(&feed.lengths));
        lengths_clear(&feed.lengths);
    }
}

static void
test_labels(void)
{
    struct feed feed;

    feed_init(&feed, &ciphers[0]);
    feed_words(&feed, DIAL LCP AUTH "c112 " NETWORK TRAFFIC "w20 s16 c16 w20 s8 c8 w20 s16");
    const struct lengths_facts *facts = lengths_facts(&feed.lengths);
    g_assert_nonnull(facts);
    g_assert_true(facts->exact);
    g_assert_cmpuint(facts->num_setup, ==, 9);
    g_assert_true(mark_is_set(facts->call_connected.mark));
    g_assert_true(lengths_is_established(facts));
    g_assert_cmpuint(facts->data[SIDE_CLIENT], ==, 2);
    g_assert_cmpuint(facts->echo[LENGTHS_ECHO_SSTP][SIDE_SERVER].replies, ==, 1);
    g_assert_cmpuint(facts->echo[LENGTHS_ECHO_LCP][SIDE_SERVER].replies, ==, 1);
    g_assert_cmpuint(facts->echo[LENGTHS_ECHO_LCP][SIDE_SERVER].open, ==, 1);
    g_assert_cmpint(lengths_tail(facts, 0)->label, ==, LENGTHS_LCP_ECHO);
    g_assert_null(lengths_tail(facts, LENGTHS_TAIL_MAX));
    feed_words(&feed, "s2");
    g_assert_true(mark_is_set(facts->alert[SIDE_SERVER]));
    lengths_clear(&feed.lengths);
}

static const char *
note_at(const struct lengths_facts *facts, uint32_t frame)
{
    uint32_t num;
    const struct lengths_note *note = lengths_notes(facts, frame, &num);

    return note ? lengths_label_name((enum lengths_label)note->label) : NULL;
}

static void
test_notes(void)
{
    struct feed feed;
    uint32_t num;

    /* The first record is of frame 2, the client's Finished. */
    feed_init(&feed, &ciphers[0]);
    feed_words(&feed, DIAL LCP AUTH "c112 s18 c92");
    const struct lengths_facts *facts = lengths_facts(&feed.lengths);
    g_assert_nonnull(facts);
    g_assert_cmpstr(note_at(facts, 1), ==, NULL);
    g_assert_cmpstr(note_at(facts, 2), ==, NULL);
    g_assert_cmpstr(note_at(facts, 3), ==, "HTTP request");
    g_assert_cmpstr(note_at(facts, 4), ==, "HTTP answer");
    g_assert_cmpstr(note_at(facts, 5), ==, "Call Connect Request");
    g_assert_cmpstr(note_at(facts, 6), ==, "Call Connect Ack");
    g_assert_cmpstr(note_at(facts, 7), ==, "LCP or authentication");
    g_assert_cmpstr(note_at(facts, 16), ==, "Call Connected");
    g_assert_cmpstr(note_at(facts, 17), ==, "PPP control packet");
    g_assert_cmpstr(note_at(facts, 18), ==, "Data");
    g_assert_cmpstr(note_at(facts, 19), ==, NULL);
    const struct lengths_note *note = lengths_notes(facts, 16, &num);
    g_assert_cmpuint(num, ==, 1);
    g_assert_cmpuint(note->length, ==, 112 + 17); /* type and tag of TLS 1.3 */
    g_assert_cmpuint(note->records, ==, 1);

    /* Several records in a frame: data is counted, all else stands by itself. */
    for (int i = 0; i < 300; i++) {
        feed.mark.frame = 29;
        feed_record(&feed, SIDE_CLIENT, i == 200 ? 16 : 92);
    }
    note = lengths_notes(facts, 30, &num);
    g_assert_cmpuint(num, ==, 3);
    g_assert_cmpuint(note[0].records, ==, 200);
    g_assert_cmpint(note[1].label, ==, LENGTHS_LCP_ECHO);
    g_assert_cmpuint(note[2].records, ==, 99);

    /* A record of an earlier frame that had to wait. */
    feed.mark.frame = 21;
    feed_record(&feed, SIDE_SERVER, 16);
    g_assert_cmpstr(note_at(facts, 22), ==, "LCP Echo");
    g_assert_cmpstr(note_at(facts, 18), ==, "Data");
    g_assert_cmpstr(note_at(facts, 30), ==, "Data");
    lengths_clear(&feed.lengths);
}

static void
test_hidden(void)
{
    struct feed feed;

    /* Call Connected and an IPCP packet in one record: the session runs all the same. */
    feed_init(&feed, &ciphers[0]);
    feed_words(&feed, DIAL LCP AUTH "c152 s18 c18 " TRAFFIC);
    const struct lengths_facts *facts = lengths_facts(&feed.lengths);
    g_assert_nonnull(facts);
    g_assert_true(facts->may_hide);
    g_assert_false(mark_is_set(facts->call_connected.mark));
    g_assert_false(lengths_is_established(facts)); /* so much may be authentication by EAP */
    feed_words(&feed, TRAFFIC TRAFFIC TRAFFIC TRAFFIC TRAFFIC TRAFFIC TRAFFIC);
    g_assert_true(lengths_is_established(facts));
    lengths_clear(&feed.lengths);
}

static void
test_lost(void)
{
    struct feed feed;

    feed_init(&feed, &ciphers[0]);
    feed_words(&feed, "cF c202 s123");
    lengths_lost(&feed.lengths, SIDE_SERVER, (struct mark){ 1, 1 });
    feed_words(&feed, "c14 s48");
    g_assert_null(lengths_facts(&feed.lengths));
    lengths_clear(&feed.lengths);

    feed_init(&feed, &ciphers[0]);
    feed_words(&feed, DIAL);
    lengths_lost(&feed.lengths, SIDE_SERVER, (struct mark){ 1, 1 });
    g_assert_true(lengths_facts(&feed.lengths)->lost);
    lengths_clear(&feed.lengths);
}

/* Any lengths, in any order: bounded, and no crash. */
static void
test_random(void)
{
    for (int round = 0; round < 2000; round++) {
        struct feed feed;
        feed_init(&feed, &ciphers[round % (int)G_N_ELEMENTS(ciphers)]);
        if (round % 2)
            feed_words(&feed, DIAL);
        for (int i = 0; i < RECORDS_MAX; i++) {
            feed.mark.frame++;
            if (round % 5 == 0)
                lengths_middle_record(
                    &feed.lengths, (enum side)g_test_rand_int_range(0, 2),
                    (uint8_t)g_test_rand_int_range(TLS_ALERT, TLS_APPLICATION_DATA + 1),
                    (uint16_t)g_test_rand_int_range(0, 65536), feed.mark);
            lengths_record(&feed.lengths, &feed.tls, (enum side)g_test_rand_int_range(0, 2),
                           (uint8_t)g_test_rand_int_range(TLS_ALERT, TLS_APPLICATION_DATA + 1),
                           (uint16_t)g_test_rand_int_range(0, round % 3 ? 200 : 65536), feed.mark);
        }
        lengths_clear(&feed.lengths);
    }
}

static void
test_size(void)
{
    /* What every TLS connection of a capture carries. */
    g_assert_cmpuint(sizeof(struct lengths), <=, 136);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/record-lengths/sessions", test_sessions);
    g_test_add_func("/record-lengths/foreign", test_foreign);
    g_test_add_func("/record-lengths/pairs", test_pairs);
    g_test_add_func("/record-lengths/unknown-server", test_unknown_server);
    g_test_add_func("/record-lengths/tickets", test_tickets);
    g_test_add_func("/record-lengths/fragments", test_fragments);
    g_test_add_func("/record-lengths/classes", test_classes);
    g_test_add_func("/record-lengths/middle", test_middle);
    g_test_add_func("/record-lengths/server-guess", test_server_guess);
    g_test_add_func("/record-lengths/key-update", test_key_update);
    g_test_add_func("/record-lengths/refused", test_refused);
    g_test_add_func("/record-lengths/labels", test_labels);
    g_test_add_func("/record-lengths/notes", test_notes);
    g_test_add_func("/record-lengths/hidden", test_hidden);
    g_test_add_func("/record-lengths/lost", test_lost);
    g_test_add_func("/record-lengths/random", test_random);
    g_test_add_func("/record-lengths/size", test_size);
    return g_test_run();
}
