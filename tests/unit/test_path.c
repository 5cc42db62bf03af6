/* test_path.c - what the segments of one sender tell of the path
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/conn.h"
#include "wire/conn_state.h"
#include "hex.h"

#define C SIDE_CLIENT
#define S SIDE_SERVER

enum { ROUND_TRIP_MS = 40, MSS = 1460 };

/* A segment. at is in milliseconds since the SYN; seq and ack count payload bytes. No flags stand
 * for ACK; window and ttl of 0 for usual ones, and "shut" is a window of 0. */
struct step {
    double at;
    enum side side;
    int64_t seq, len, ack;
    uint16_t flags;
    uint8_t ttl;
    bool shut;
    const char *options;
    int64_t block[2]; /* that it acknowledges selectively */
};

/* Of the client. */
struct want {
    unsigned resent, needless, duplicates, late, lost, overtaken;
    unsigned path_lost;
    bool gap; /* is open at the end */
    unsigned stuck_len, largest_acked;
    bool selective;
};

struct path_row {
    const char *name;
    struct step steps[10];
    struct want want;
};

static struct hex
options_make(const struct step *step, uint32_t base)
{
    if (step->block[1] == 0)
        return hex_new(step->options ? step->options : "");
    char *text = g_strdup_printf("0101 050a %08x %08x", base + (uint32_t)step->block[0],
                                 base + (uint32_t)step->block[1]);
    struct hex hex = hex_new(text);
    g_free(text);
    return hex;
}

static void
tell(struct conn **conn, const struct step *step, uint32_t frame, const uint32_t isn[SIDE_COUNT])
{
    static const struct endpoint ends[] = {
        { .addr = { 192, 0, 2, 10 }, .addr_len = 4, .port = 49152 },
        { .addr = { 198, 51, 100, 20 }, .addr_len = 4, .port = 443 },
    };
    struct hex options = options_make(step, isn[side_other(step->side)] + 1);
    uint8_t *payload = g_malloc0((gsize)step->len + 1);
    const struct segment segment = {
        .mark = { frame, NS_PER_SECOND + (int64_t)(step->at * 1000000) },
        .src = ends[step->side],
        .dst = ends[side_other(step->side)],
        .seq = isn[step->side] + 1 + (uint32_t)step->seq,
        .ack = isn[side_other(step->side)] + 1 + (uint32_t)step->ack,
        .flags = step->flags ? step->flags : TCP_ACK,
        .window = step->shut ? 0 : 8192,
        .checksum = 1,
        .options = options.data,
        .options_len = options.len,
        .payload = payload,
        .captured_len = (size_t)step->len,
        .payload_len = (size_t)step->len,
        .ttl = step->ttl ? step->ttl : 64,
    };

    if (!*conn) {
        struct conn_key key;
        conn_key_make(&segment, &key);
        *conn = conn_new(&key);
    }
    conn_segment(*conn, &segment);
    g_free(payload);
    hex_free(options);
}

/* The handshake as seen next to the client. */
static const struct step handshake[] = {
    { .at = 0, .side = C, .seq = -1, .flags = TCP_SYN, .options = "020405b4" },
    { .at = ROUND_TRIP_MS,
      .side = S,
      .seq = -1,
      .flags = TCP_SYN | TCP_ACK,
      .options = "020405b4" },
    { .at = ROUND_TRIP_MS + 0.1, .side = C },
};

/* The same next to the server. */
static const struct step far_handshake[] = {
    { .at = 0, .side = C, .seq = -1, .flags = TCP_SYN, .options = "020405b4" },
    { .at = 0.1, .side = S, .seq = -1, .flags = TCP_SYN | TCP_ACK, .options = "020405b4" },
    { .at = ROUND_TRIP_MS, .side = C },
};

/* Between two hosts of one network. */
static const struct step lan_handshake[] = {
    { .at = 0, .side = C, .seq = -1, .flags = TCP_SYN, .options = "020405b4" },
    { .at = 0.3, .side = S, .seq = -1, .flags = TCP_SYN | TCP_ACK, .options = "020405b4" },
    { .at = 0.4, .side = C },
};

static struct conn *
conn_of(const struct step *begin, const struct step *steps, size_t num, uint32_t isn)
{
    const uint32_t isns[] = { isn, isn / 2 };
    struct conn *conn = NULL;
    uint32_t frame = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(handshake); i++)
        tell(&conn, &begin[i], ++frame, isns);
    for (size_t i = 0; i < num && steps[i].at > 0; i++)
        tell(&conn, &steps[i], ++frame, isns);
    return conn;
}

static void
assert_is(const struct path_facts *path, const struct want *want)
{
    g_assert_cmpuint(path->resent, ==, want->resent);
    g_assert_cmpuint(path->needless, ==, want->needless);
    g_assert_cmpuint(path->duplicates, ==, want->duplicates);
    g_assert_cmpuint(path->late, ==, want->late);
    g_assert_cmpuint(path->lost, ==, want->lost);
    g_assert_cmpuint(path->overtaken, ==, want->overtaken);
    g_assert_cmpuint(path_lost(path), ==, want->path_lost);
    g_assert_cmpint(mark_is_set(path->gap.since), ==, want->gap);
    g_assert_cmpuint(path->stuck_len, ==, want->stuck_len);
    g_assert_cmpuint(path->largest_acked, ==, want->largest_acked);
    g_assert_cmpint(path->selective, ==, want->selective);
    g_assert_cmpint(mark_is_set(path->first_loss), ==, path->num_frames > 0);
}

static void
run_rows(const struct path_row *row, const struct step *begin)
{
    static const uint32_t isns[] = { 100, UINT32_MAX, UINT32_MAX - 100, UINT32_MAX - 1500,
                                     0x7fffffff - 1000 };

    for (size_t i = 0; i < G_N_ELEMENTS(isns); i++) {
        struct conn *conn = conn_of(begin, row->steps, G_N_ELEMENTS(row->steps), isns[i]);
        assert_is(&conn_half(conn, C)->path, &row->want);
        conn_finish(conn, conn_last(conn));
        conn_free(conn);
    }
}

/* Shorthand: the client's bytes, and what the server acknowledges. */
/* clang-format off */
#define SENT(t, s, l)  { .at = (t), .side = C, .seq = (s), .len = (l) }
#define HEARD(t, a)    { .at = (t), .side = S, .ack = (a) }
/* With the client's clock. */
#define STAMPED(t, s, l, stamp) { .at = (t), .side = C, .seq = (s), .len = (l), .options = "0101 080a " stamp " 00000000" }
#define SACKED(t, a, l, r) { .at = (t), .side = S, .ack = (a), .block = { (l), (r) } }

static const struct path_row near_rows[] = {
    { "in-order", { SENT(100, 0, 100), SENT(101, 100, 100), HEARD(141, 200) }, { .largest_acked = 100 } },
    { "sent-again", { SENT(100, 0, 100), SENT(400, 0, 100), HEARD(441, 100) },
      { .resent = 1, .path_lost = 1, .largest_acked = 100 } },
    { "sent-again/not-acknowledged", { SENT(100, 0, 100), SENT(400, 0, 100) }, { .stuck_len = 100 } },
    { "sent-again/thrice-counts-once",
      { SENT(100, 0, 100), SENT(400, 0, 100), SENT(1000, 0, 100), HEARD(1041, 100) },
      { .resent = 1, .path_lost = 1, .largest_acked = 100 } },
    /* The acknowledgement is for the first copy: it comes sooner than the path allows. */
    { "sent-again/too-soon", { SENT(100, 0, 100), SENT(135, 0, 100), HEARD(141, 100) },
      { .resent = 1, .needless = 1, .largest_acked = 100 } },
    { "sent-again/after-acknowledgement", { SENT(100, 0, 100), HEARD(141, 100), SENT(145, 0, 100) },
      { .late = 1, .largest_acked = 100 } },
    { "sent-again/received-twice",
      { SENT(100, 0, 100), SENT(400, 0, 100), HEARD(441, 100), SACKED(442, 100, 0, 100) },
      { .resent = 1, .duplicates = 1, .largest_acked = 100 } },
    { "two-of-three",
      { SENT(100, 0, 100), SENT(101, 100, 100), SENT(102, 200, 100), SENT(400, 0, 100), SENT(401, 100, 100),
        HEARD(441, 300) },
      { .resent = 2, .path_lost = 2, .largest_acked = 100 } },
    { "acknowledged-bit-by-bit",
      { SENT(100, 0, 100), SENT(101, 100, 50), SENT(400, 0, 100), SENT(401, 100, 50), HEARD(441, 100), HEARD(442, 150) },
      { .resent = 2, .path_lost = 2, .largest_acked = 100 } },
    { "keepalive", { SENT(100, 0, 100), HEARD(141, 100), SENT(5000, 99, 1), HEARD(5041, 100), SENT(9000, 99, 1) },
      { .largest_acked = 100 } },
    { "keepalive/without-byte", { SENT(100, 0, 100), HEARD(141, 100), SENT(5000, 99, 0), HEARD(5041, 100) },
      { .largest_acked = 100 } },
    { "grown-segment", { SENT(100, 0, 100), SENT(400, 0, 200), HEARD(441, 200) }, { .largest_acked = 200 } },
    /* What the capture point had not seen yet was not sent again. */
    { "overtaken", { SENT(100, 100, 100), SENT(102, 0, 100), HEARD(141, 200) },
      { .overtaken = 1, .largest_acked = 100 } },
    { "filled-late", { SENT(100, 100, 100), SENT(200, 0, 100), HEARD(241, 200) },
      { .lost = 1, .path_lost = 1, .largest_acked = 100 } },
    { "filled-in-two-parts", { SENT(100, 200, 100), SENT(200, 0, 100), SENT(201, 100, 100), HEARD(241, 300) },
      { .lost = 1, .path_lost = 1, .largest_acked = 100 } },
    /* Only what had not come by then. */
    { "filled-from-behind", { SENT(100, 300, 100), SENT(110, 100, 100), SENT(111, 200, 100), SENT(200, 0, 100), HEARD(241, 400) },
      { .lost = 1, .path_lost = 1, .largest_acked = 100 } },
    { "same-tick/left-earlier",
      { STAMPED(100, 0, 100, "00000010"), STAMPED(580, 100, 100, "00000020"), STAMPED(600, 300, 100, "00000021"),
        STAMPED(640, 200, 100, "00000021"), HEARD(681, 400) },
      { .overtaken = 1, .largest_acked = 100 } },
    { "same-tick/sent-again", { STAMPED(100, 0, 100, "00000010"), STAMPED(580, 100, 100, "00000020"),
        STAMPED(600, 300, 100, "00000021"), STAMPED(640, 200, 100, "00000022"), HEARD(681, 400) },
      { .lost = 1, .path_lost = 1, .largest_acked = 100 } },
    { "same-tick/longer-than-the-round-trip", { STAMPED(100, 0, 100, "00000010"), STAMPED(1780, 100, 100, "00000020"),
        STAMPED(1800, 300, 100, "00000021"), STAMPED(1840, 200, 100, "00000021"), HEARD(1881, 400) },
      { .lost = 1, .path_lost = 1, .largest_acked = 100 } },
    { "same-tick/too-few-ticks", { STAMPED(100, 0, 100, "00000010"), STAMPED(600, 200, 100, "00000011"),
        STAMPED(640, 100, 100, "00000011"), HEARD(681, 300) },
      { .lost = 1, .path_lost = 1, .largest_acked = 100 } },
    { "doubled-by-the-path",
      { STAMPED(100, 0, 100, "00000010"), STAMPED(101, 100, 100, "00000011"), STAMPED(150, 0, 100, "00000010"), HEARD(190, 200) },
      { .largest_acked = 100 } },
    { "gap-open", { SENT(100, 100, 100), SENT(5000, 200, 100) }, { .gap = true } },
    { "gap-of-the-capture", { SENT(100, 100, 100), HEARD(141, 200), SENT(5000, 200, 100), HEARD(5041, 300) },
      { .largest_acked = 100 } },
    { "gap-told-by-an-acknowledgement-number", { { .at = 100, .side = C, .seq = 500 } }, { .gap = true } },
    { "selective",
      { SENT(100, 0, 100), SENT(101, 100, 100), SACKED(141, 0, 100, 200) }, { .selective = true } },
    { "wild-number", { SENT(100, 0, 100), SENT(101, 0x40000000, 100), HEARD(141, 100) }, { .largest_acked = 100 } },
    { "before-the-first", { SENT(100, -5000, 100), SENT(101, 0, 100), HEARD(141, 100) }, { .largest_acked = 100 } },
    /* A copy of another capture point, behind what came in between. */
    { "merged",
      { SENT(100, 0, 100), SENT(101, 100, 100), { .at = 120, .side = C, .seq = 0, .len = 100, .ack = 0, .ttl = 57 },
        { .at = 121, .side = C, .seq = 100, .len = 100, .ttl = 57 }, HEARD(141, 200) }, { .largest_acked = 100 } },
    { "merged/lost-between-the-points",
      { SENT(100, 0, 100), SENT(101, 100, 100), { .at = 121, .side = C, .seq = 100, .len = 100, .ttl = 57 },
        SENT(400, 0, 100), { .at = 420, .side = C, .seq = 0, .len = 100, .ttl = 57 }, HEARD(441, 200) },
      { .resent = 1, .path_lost = 1, .largest_acked = 100 } },
};

/* Next to the receiver: what is seen twice came over the path twice. */
static const struct path_row far_rows[] = {
    { "sent-again", { SENT(100, 0, 100), SENT(400, 0, 100), HEARD(400.1, 100) },
      { .resent = 1, .needless = 1, .largest_acked = 100 } },
    { "filled-late", { SENT(100, 100, 100), SENT(160, 0, 100), HEARD(160.1, 200) },
      { .lost = 1, .path_lost = 1, .largest_acked = 100 } },
    { "overtaken", { SENT(100, 100, 100), SENT(101, 0, 100), HEARD(101.1, 200) },
      { .overtaken = 1, .largest_acked = 100 } },
};
/* The queues of one network card may be half a round trip apart. */
static const struct path_row lan_rows[] = {
    { "overtaken", { SENT(100, 100, 100), SENT(102, 0, 100), HEARD(102.3, 200) },
      { .overtaken = 1, .largest_acked = 100 } },
    { "filled-late", { SENT(100, 100, 100), SENT(104, 0, 100), HEARD(104.3, 200) },
      { .lost = 1, .path_lost = 1, .largest_acked = 100 } },
};
/* clang-format on */

static void
run_near(gconstpointer data)
{
    run_rows(data, handshake);
}

static void
run_far(gconstpointer data)
{
    run_rows(data, far_handshake);
}

static void
run_lan(gconstpointer data)
{
    run_rows(data, lan_handshake);
}

/* --- windows and resets ---------------------------------------------------------------------- */

static void
test_window(void)
{
    static const struct step steps[] = {
        { .at = 100, .side = C, .shut = true },
        { .at = 200, .side = C },
        { .at = 1000, .side = C, .shut = true },
        { .at = 2000, .side = C, .shut = true },
        { .at = 3500, .side = C, .len = 10 },
        { .at = 4000, .side = C, .seq = 10, .flags = TCP_FIN | TCP_ACK, .shut = true },
    };
    struct conn *conn = conn_of(handshake, steps, G_N_ELEMENTS(steps), 100);
    const struct path_facts *path = &conn_half(conn, C)->path;

    g_assert_cmpuint(path->closings, ==, 2);
    g_assert_cmpfloat_with_epsilon(mark_seconds(path->closed_from, path->closed_until), 2.5, 1e-6);
    g_assert_false(mark_is_set(path->closed_since));
    conn_free(conn);
}

static const struct reset_row {
    const char *name;
    struct step steps[4];
    unsigned hops, after;
} reset_rows[] = {
    /* clang-format off */
    { "alone", { { .at = 100, .side = S, .flags = TCP_RST } }, 0, 0 },
    { "other-hops", { { .at = 100, .side = S, .flags = TCP_RST, .ttl = 60 } }, 4, 0 },
    { "nearer", { { .at = 100, .side = S, .flags = TCP_RST, .ttl = 66 } }, 2, 0 },
    { "within-range", { { .at = 99, .side = S, .len = 10, .ttl = 62 }, { .at = 100, .side = S, .seq = 10, .flags = TCP_RST, .ttl = 63 } }, 0, 0 },
    { "goes-on", { { .at = 100, .side = S, .flags = TCP_RST }, { .at = 100.1, .side = S, .len = 10 } }, 0, 1 },
    { "acknowledges-later", { { .at = 100, .side = S, .flags = TCP_RST }, SENT(101, 0, 10), { .at = 140, .side = S, .ack = 10 } }, 0, 1 },
    { "acknowledges-at-once", { SENT(99, 0, 10), { .at = 100, .side = S, .flags = TCP_RST }, { .at = 100.5, .side = S, .ack = 10 } }, 0, 0 },
    { "overtaken", { { .at = 100, .side = S, .seq = 10, .flags = TCP_RST }, { .at = 110, .side = S, .len = 10 } }, 0, 0 },
    { "same-again", { { .at = 99, .side = S, .len = 10 }, { .at = 100, .side = S, .seq = 10, .flags = TCP_RST }, { .at = 300, .side = S, .len = 10 } }, 0, 0 },
    { "resets-only", { { .at = 100, .side = S, .flags = TCP_RST }, { .at = 110, .side = S, .seq = 1460, .flags = TCP_RST } }, 0, 0 },
    /* clang-format on */
};

static void
run_reset(gconstpointer data)
{
    const struct reset_row *row = data;
    struct conn *conn = conn_of(handshake, row->steps, G_N_ELEMENTS(row->steps), 100);
    const struct path_facts *path = &conn_half(conn, S)->path;

    g_assert_true(path->reset);
    g_assert_cmpuint(path_reset_hops(path), ==, row->hops);
    g_assert_cmpuint(path->after_rst, ==, row->after);
    g_assert_cmpint(mark_is_set(path->after_rst_at), ==, row->after > 0);
    conn_free(conn);
}

/* Refused, asked again with the same number, and accepted: the reset is none of this connection. */
static void
test_refused_at_first(void)
{
    static const uint32_t isns[] = { 100, 200 };
    static const struct step refused[] = {
        { .at = 0, .side = C, .seq = -1, .flags = TCP_SYN },
        { .at = 1, .side = S, .seq = -201, .flags = TCP_RST | TCP_ACK, .ttl = 55 },
        { .at = 500, .side = C, .seq = -1, .flags = TCP_SYN },
        { .at = 501, .side = S, .seq = -1, .flags = TCP_SYN | TCP_ACK },
        { .at = 502, .side = C },
    };
    struct conn *conn = NULL;
    struct mark end;
    enum side by;
    bool reset;

    for (uint32_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        tell(&conn, &refused[i], i + 1, isns);
        g_assert_cmpint(conn_closed(conn, &end, &by, &reset), ==, i == 1 || i == 2);
    }
    g_assert_cmpuint(path_reset_hops(&conn_half(conn, S)->path), ==, 0);
    g_assert_cmpuint(conn_half(conn, S)->path.after_rst, ==, 0);
    conn_free(conn);
}

/* --- options --------------------------------------------------------------------------------- */

static const struct option_row {
    const char *name, *options;
    uint32_t ack;
    bool sack, duplicate;
} option_rows[] = {
    { "none", "", 1000, false, false },
    { "timestamps", "0101 080a 00000001 00000002", 1000, false, false },
    { "block", "0101 050a 00000400 00000500", 1000, true, false },
    { "behind-timestamps", "080a 00000001 00000002 050a 00000400 00000500", 1000, true, false },
    { "below-ack", "0101 050a 00000100 00000200", 1000, true, true },
    { "up-to-ack", "0101 050a 00000384 000003e8", 1000, true, true },
    { "within-second", "0101 0512 00000400 00000410 00000400 00000500", 1000, true, true },
    { "two-blocks", "0101 0512 00000500 00000600 00000400 00000410", 1000, true, false },
    { "wrapped", "0101 050a 00000010 00000020", 0xfffffff0, true, false },
    { "wrapped/below", "0101 050a fffffff0 00000000", 0x10, true, true },
    { "end-of-list", "00 050a 00000400 00000500", 1000, false, false },
    { "length-0", "0500 00000400 00000500", 1000, false, false },
    { "length-1", "0501 00000400 00000500", 1000, false, false },
    { "length-2", "0502 0101", 1000, false, false },
    { "half-a-block", "0506 00000400", 1000, false, false },
    { "too-long", "05ff 00000400 00000500", 1000, false, false },
};

static struct path_options
options_of(const uint8_t *options, size_t len, uint32_t ack)
{
    uint8_t *exact = g_malloc(len + !len);
    struct path_options out;

    memcpy(exact, options, len);
    const struct segment segment = { .ack = ack, .options = exact, .options_len = len };
    path_decode_options(&segment, &out);
    g_free(exact);
    return out;
}

static void
run_option(gconstpointer data)
{
    const struct option_row *row = data;
    struct hex hex = hex_new(row->options);
    struct path_options whole = options_of(hex.data, hex.len, row->ack);

    g_assert_cmpint(whole.sack, ==, row->sack);
    g_assert_cmpint(whole.duplicate, ==, row->duplicate);
    for (size_t len = 0; len < hex.len; len++)
        g_assert_false(options_of(hex.data, len, row->ack).sack && !row->sack);
    hex_free(hex);
}

/* --- anything in any order ------------------------------------------------------------------- */

static void
assert_sane(const struct conn *conn, enum side side)
{
    const struct tcp_half *half = conn_half(conn, side);
    const struct path_facts *path = &half->path;

    g_assert_cmpuint(path->num_resends, <=, PATH_RESENDS_MAX);
    g_assert_cmpuint(path->num_frames, <=, PATH_FRAMES_MAX);
    g_assert_cmpuint(path->needless, <=, path->resent);
    g_assert_cmpuint(half->in_order, <=, MAX(half->next, half->reached));
    g_assert_cmpint(path->round_trip, >=, 0);
    if (mark_is_set(path->gap.since))
        g_assert_cmpuint(path->gap.len, >, 0);
}

static void
test_hostile(void)
{
    static const uint16_t flags[] = { TCP_ACK,           TCP_ACK,
                                      TCP_ACK,           TCP_ACK | TCP_PSH,
                                      TCP_ACK | TCP_FIN, TCP_RST,
                                      TCP_SYN | TCP_ACK, 0 };
    GRand *random = g_rand_new_with_seed(1);

    for (unsigned run = 0; run < 200; run++) {
        const uint32_t isns[] = { g_rand_int(random), g_rand_int(random) };
        gint32 reach = run % 2 ? 5000 : G_MAXINT32;
        struct conn *conn = NULL;
        double at = 1;
        for (uint32_t i = 1; i <= 300; i++) {
            const struct step step = {
                .at = at += g_rand_double_range(random, -5, 50),
                .side = (enum side)g_rand_int_range(random, 0, 2),
                .seq = g_rand_int_range(random, -100, reach),
                .ack = g_rand_int_range(random, -100, reach),
                .len = g_rand_boolean(random) ? g_rand_int_range(random, 0, 3000) : 0,
                .flags = flags[g_rand_int_range(random, 0, G_N_ELEMENTS(flags))],
                .ttl = (uint8_t)g_rand_int_range(random, 0, 4),
                .shut = g_rand_int_range(random, 0, 10) == 0,
                .block = { g_rand_int_range(random, -100, reach),
                           g_rand_int_range(random, -100, reach) },
            };
            tell(&conn, &step, i, isns);
        }
        for (int side = 0; side < SIDE_COUNT; side++)
            assert_sane(conn, (enum side)side);
        conn_times(conn);
        conn_finish(conn, conn_last(conn));
        for (int side = 0; side < SIDE_COUNT; side++)
            assert_sane(conn, (enum side)side);
        conn_free(conn);
    }
    g_rand_free(random);
}

/* --- round trips, and who goes on elsewhere -------------------------------------------------- */

static void
test_times(void)
{
    static const struct step near_steps[] = { SENT(100, 0, 10),
                                              HEARD(130, 10),
                                              { .at = 140, .side = S, .len = 10, .ack = 10 },
                                              { .at = 140.05, .side = C, .seq = 10, .ack = 10 } };
    struct conn *conn = conn_of(handshake, NULL, 0, 100);

    struct path_times times = conn_times(conn);
    g_assert_cmpint(times.to_server, ==, INT64_C(40000000));
    g_assert_cmpint(times.to_client, ==, INT64_C(100000));
    conn_free(conn);
    conn = conn_of(handshake, near_steps, G_N_ELEMENTS(near_steps), 100);
    times = conn_times(conn);
    g_assert_cmpint(times.to_server, ==, INT64_C(30000000));
    g_assert_cmpint(times.to_client, ==, INT64_C(50000));
    conn_free(conn);
}

/* Not from a segment that was sent twice (Karn), and not where nothing was acknowledged. */
static void
test_times_unknown(void)
{
    static const uint32_t isns[] = { 100, 200 };
    static const struct step steps[] = { SENT(1, 0, 10), SENT(300, 0, 10), HEARD(301, 10) };
    struct conn *conn = NULL;

    for (uint32_t i = 0; i < G_N_ELEMENTS(steps); i++)
        tell(&conn, &steps[i], i + 1, isns);
    struct path_times times = conn_times(conn);
    g_assert_cmpint(times.to_server, ==, 0);
    g_assert_cmpint(times.to_client, ==, 0);
    conn_free(conn);
}

static const struct continued_row {
    const char *name;
    int64_t seq, ack;
    uint16_t flags;
    bool closed, continued;
} continued_rows[] = {
    { "next", 100, 50, TCP_ACK, false, true },
    { "again", 0, 0, TCP_ACK, false, true },
    { "ahead", 65536 + 100, 50, TCP_ACK, false, true },
    { "too-far-ahead", 65536 + 101, 50, TCP_ACK, false, false },
    { "far-behind", 100 - 65536, 50, TCP_ACK, false, true },
    { "too-far-behind", 99 - 65536, 50, TCP_ACK, false, false },
    { "heard-what-was-not-said", 100, 51, TCP_ACK, false, false },
    { "heard-little", 100, 50 - 65536, TCP_ACK, false, true },
    { "heard-too-little", 100, 49 - 65536, TCP_ACK, false, false },
    { "no-ack", 100, 50, TCP_SYN, false, false },
    { "closed", 100, 50, TCP_ACK, true, false },
};

static void
run_continued(gconstpointer data)
{
    static const struct step steps[] = { SENT(100, 0, 100),
                                         { .at = 101, .side = S, .len = 50, .ack = 100 } };
    const struct continued_row *row = data;
    static const uint32_t isns[] = { 100, UINT32_MAX - 20, 0x80000000 };

    for (size_t i = 0; i < G_N_ELEMENTS(isns); i++) {
        struct conn *conn = conn_of(handshake, steps, G_N_ELEMENTS(steps), isns[i]);
        const uint32_t both[] = { isns[i], isns[i] / 2 };
        const struct step fin = { .at = 200, .side = S, .seq = 50, .flags = TCP_FIN | TCP_ACK };
        if (row->closed)
            tell(&conn, &fin, 9, both);
        const struct segment segment = { .seq = both[C] + 1 + (uint32_t)row->seq,
                                         .ack = both[S] + 1 + (uint32_t)row->ack,
                                         .flags = row->flags };
        g_assert_cmpint(conn_is_continued_by(conn, &segment), ==, row->continued);
        conn_free(conn);
    }
}

/* --- ICMP ------------------------------------------------------------------------------------ */

static void
test_icmp(void)
{
    struct conn *conn = conn_of(handshake, NULL, 0, 100);
    struct icmp_error error = { .mark = { 4, 4 }, .type = 3, .code = 4, .mtu = 1400 };
    const struct icmp_facts *facts;

    conn_icmp(conn, C, &error);
    error = (struct icmp_error){ .mark = { 5, 5 }, .type = 3, .code = 4, .mtu = 1300 };
    conn_icmp(conn, C, &error);
    error = (struct icmp_error){ .mark = { 6, 6 }, .type = 3, .code = 1 };
    conn_icmp(conn, C, &error);
    error = (struct icmp_error){ .mark = { 7, 7 }, .type = 11 };
    conn_icmp(conn, C, &error);
    facts = conn_icmp_errors(conn, C);
    g_assert_cmpuint(facts->smaller_calls, ==, 2);
    g_assert_cmpuint(facts->smaller_first.frame, ==, 4);
    g_assert_cmpuint(facts->smaller.mtu, ==, 1300);
    g_assert_cmpuint(facts->errors, ==, 2);
    g_assert_cmpuint(facts->first.code, ==, 1);
    g_assert_cmpuint(facts->last.frame, ==, 7);
    g_assert_cmpuint(conn_icmp_errors(conn, S)->errors + conn_icmp_errors(conn, S)->smaller_calls,
                     ==, 0);
    conn_free(conn);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/path/near", near_rows, run_near);
    ADD_ROWS("/path/far", far_rows, run_far);
    ADD_ROWS("/path/lan", lan_rows, run_lan);
    ADD_ROWS("/path/reset", reset_rows, run_reset);
    ADD_ROWS("/path/options", option_rows, run_option);
    ADD_ROWS("/path/continued", continued_rows, run_continued);
    g_test_add_func("/path/window", test_window);
    g_test_add_func("/path/refused-at-first", test_refused_at_first);
    g_test_add_func("/path/hostile", test_hostile);
    g_test_add_func("/path/times", test_times);
    g_test_add_func("/path/times-unknown", test_times_unknown);
    g_test_add_func("/path/icmp", test_icmp);
    return g_test_run();
}
