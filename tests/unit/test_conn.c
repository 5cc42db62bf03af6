/* test_conn.c - TCP connections: sequence space, what a capture lacks, TLS in clear
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/conn.h"
#include "wire/conn_state.h"
#include "hex.h"

#define C SIDE_CLIENT
#define S SIDE_SERVER

enum { CLIENT_PORT = 49152, CLIENT_ISN = 100, SERVER_ISN = 200 };

/* A connection and the clock of its capture. */
struct line {
    struct conn *conn;
    struct endpoint end[SIDE_COUNT];
    struct mark mark;
    uint32_t isn[SIDE_COUNT];
    unsigned events; /* of the last segment */
    bool rests;      /* between two segments */
};

static void
line_init(struct line *line)
{
    *line = (struct line){
        .end = { { .addr = { 192, 0, 2, 10 }, .addr_len = 4, .port = CLIENT_PORT },
                 { .addr = { 198, 51, 100, 20 }, .addr_len = 4, .port = 443 } },
        .mark = { 0, NS_PER_SECOND },
        .isn = { CLIENT_ISN, SERVER_ISN },
    };
}

static void
line_clear(struct line *line)
{
    conn_free(line->conn);
}

/* seq and ack count payload bytes from 0; the SYN stands at -1. */
static struct segment
line_segment(const struct line *line, enum side side, int64_t seq, uint16_t flags, int64_t ack)
{
    return (struct segment){
        .src = line->end[side],
        .dst = line->end[side_other(side)],
        .seq = line->isn[side] + 1 + (uint32_t)seq,
        .ack = line->isn[side_other(side)] + 1 + (uint32_t)ack,
        .flags = flags,
        .checksum = 1,
    };
}

static void
line_tell(struct line *line, struct segment *segment)
{
    struct conn_key key;

    line->mark.frame++;
    line->mark.time += NS_PER_SECOND / 100;
    segment->mark = line->mark;
    if (!line->conn) {
        conn_key_make(segment, &key);
        line->conn = conn_new(&key);
    }
    line->events = conn_segment(line->conn, segment);
    if (line->rests)
        conn_rest(line->conn);
}

static void
line_flags(struct line *line, enum side side, int64_t seq, uint16_t flags, int64_t ack)
{
    struct segment segment = line_segment(line, side, seq, flags, ack);

    line_tell(line, &segment);
}

static void
line_syn(struct line *line, const char *client_options, const char *server_options)
{
    struct hex options[] = { hex_new(client_options), hex_new(server_options) };
    struct segment segment = line_segment(line, C, -1, TCP_SYN, 0);

    segment.options = options[C].data;
    segment.options_len = options[C].len;
    line_tell(line, &segment);
    segment = line_segment(line, S, -1, TCP_SYN | TCP_ACK, 0);
    segment.options = options[S].data;
    segment.options_len = options[S].len;
    line_tell(line, &segment);
    line_flags(line, C, 0, TCP_ACK, 0);
    hex_free(options[C]);
    hex_free(options[S]);
}

/* captured of len bytes; data NULL stands for zeros. */
static void
line_cut(struct line *line, enum side side, int64_t seq, const uint8_t *data, size_t captured,
         size_t len)
{
    struct segment segment = line_segment(line, side, seq, TCP_ACK, 0);
    uint8_t *copy = g_malloc0(captured + 1);

    if (data)
        memcpy(copy, data, captured);
    segment.payload = copy;
    segment.captured_len = captured;
    segment.payload_len = len;
    line_tell(line, &segment);
    g_free(copy);
}

static void
line_data(struct line *line, enum side side, int64_t seq, const void *data, size_t len)
{
    line_cut(line, side, seq, data, len, len);
}

static void
line_wait(struct line *line, double seconds)
{
    line->mark.time += (int64_t)(seconds * (double)NS_PER_SECOND);
}

static const struct tcp_half *
line_half(const struct line *line, enum side side)
{
    return conn_half(line->conn, side);
}

/* Of the client, that wait for their turn. */
static int
num_chunks(const struct line *line)
{
    GSequence *chunks = line->conn->track->stream[C].order.chunks;

    return chunks ? g_sequence_get_length(chunks) : 0;
}

/* --- sequence space -------------------------------------------------------------------------- */

/* One step of the client: a segment of len bytes at seq, or with len 0 what the server
 * acknowledges. */
struct step {
    int seq, len;
};

struct sequence_row {
    const char *name;
    struct step steps[8];
    unsigned retransmissions, out_of_order;
    unsigned next, in_order, acked, dropped; /* dropped: at the end of the capture */
    bool stuck;
};

#define ACKED(n)                                                                                   \
    {                                                                                              \
        (n), 0                                                                                     \
    }
#define AT(n, l)                                                                                   \
    {                                                                                              \
        (n), (l)                                                                                   \
    }

static const struct sequence_row sequence_rows[] = {
    { "in-order", { AT(0, 10), AT(10, 10), ACKED(20) }, 0, 0, 20, 20, 20, 0, false },
    { "resent", { AT(0, 10), AT(0, 10), ACKED(10) }, 1, 0, 10, 10, 10, 0, false },
    { "resent-unheard", { AT(0, 10), AT(0, 10), AT(0, 10) }, 2, 0, 10, 10, 0, 0, true },
    { "resent-in-part", { AT(0, 10), AT(0, 4), ACKED(10) }, 1, 0, 10, 10, 10, 0, false },
    { "overlap", { AT(0, 10), AT(5, 10), ACKED(15) }, 0, 0, 15, 15, 15, 0, false },
    { "overlap-before", { AT(0, 10), AT(0, 20), ACKED(20) }, 0, 0, 20, 20, 20, 0, false },
    { "keepalive-probe", { AT(0, 10), ACKED(10), AT(9, 1), AT(9, 1) }, 0, 0, 10, 10, 10, 0, false },
    { "one-byte-resent", { AT(0, 10), AT(9, 1) }, 1, 0, 10, 10, 0, 0, true },
    { "keepalive-probe/earlier-byte",
      { AT(0, 10), ACKED(10), AT(8, 1) },
      1,
      0,
      10,
      10,
      10,
      0,
      false },
    { "hole-filled", { AT(0, 10), AT(20, 10), AT(10, 10), ACKED(30) }, 1, 1, 30, 30, 30, 0, false },
    { "hole-filled-by-more",
      { AT(0, 10), AT(20, 10), AT(10, 30), ACKED(40) },
      0,
      1,
      40,
      40,
      40,
      0,
      false },
    { "two-holes",
      { AT(10, 10), AT(30, 10), AT(0, 10), AT(20, 10), ACKED(40) },
      2,
      2,
      40,
      40,
      40,
      0,
      false },
    { "reversed",
      { AT(30, 10), AT(20, 10), AT(10, 10), AT(0, 10), ACKED(40) },
      3,
      3,
      40,
      40,
      40,
      0,
      false },
    { "chunk-twice", { AT(10, 10), AT(10, 10), AT(0, 10), ACKED(20) }, 2, 2, 20, 20, 20, 0, false },
    { "chunks-overlap",
      { AT(10, 10), AT(15, 10), AT(0, 12), ACKED(25) },
      1,
      2,
      25,
      25,
      25,
      0,
      false },
    { "hole-acknowledged", { AT(0, 10), AT(20, 10), ACKED(30) }, 0, 1, 30, 30, 30, 10, false },
    { "hole-not-acknowledged", { AT(0, 10), AT(20, 10), ACKED(10) }, 0, 1, 30, 30, 10, 0, false },
    { "two-holes-acknowledged",
      { AT(10, 10), AT(30, 10), ACKED(40) },
      0,
      2,
      40,
      40,
      40,
      20,
      false },
    { "old-bytes", { AT(-20, 10), AT(0, 10), ACKED(10) }, 0, 0, 10, 10, 10, 0, false },
    { "acknowledged-ahead", { ACKED(10), AT(0, 10) }, 0, 0, 10, 10, 10, 0, false },
};

static void
run_steps(struct line *line, const struct sequence_row *row)
{
    for (size_t i = 0; i < G_N_ELEMENTS(row->steps); i++) {
        const struct step *step = &row->steps[i];
        if (step->len)
            line_data(line, C, step->seq, NULL, (size_t)step->len);
        else if (step->seq)
            line_flags(line, S, 0, TCP_ACK, step->seq);
    }
}

static void
check_sequence(const struct sequence_row *row, uint32_t isn, bool syn)
{
    struct line line;

    line_init(&line);
    line.isn[C] = isn;
    if (syn)
        line_syn(&line, "", "");
    else
        line_flags(&line, C, 0, TCP_ACK, 0);
    run_steps(&line, row);
    const struct tcp_half *half = line_half(&line, C);
    g_assert_cmpuint(half->retransmissions, ==, row->retransmissions);
    g_assert_cmpuint(half->out_of_order, ==, row->out_of_order);
    g_assert_cmpuint(half->next, ==, row->next);
    g_assert_cmpuint(half->acked, ==, row->acked);
    g_assert_cmpint(conn_is_stuck(line.conn, C), ==, row->stuck);
    g_assert_true(conn_delivered(line.conn, C, row->acked));
    g_assert_false(conn_delivered(line.conn, C, row->acked + 1));
    line_flags(&line, S, 0, TCP_RST, 0);
    conn_finish(line.conn, conn_last(line.conn));
    g_assert_cmpuint(half->in_order, ==, row->in_order);
    g_assert_cmpuint(half->dropped, ==, row->dropped);
    g_assert_cmpint(mark_is_set(half->dropped_at), ==, row->dropped > 0);
    g_assert_cmpint(num_chunks(&line), ==, 0);
    g_assert_cmpuint(line.conn->track->stream[C].order.chunk_bytes, ==, 0);
    line_clear(&line);
}

/* The same wherever the numbers begin, and without a SYN. */
static void
run_sequence(gconstpointer data)
{
    static const uint32_t isns[] = {
        100, 0, UINT32_MAX, UINT32_MAX - 5, UINT32_MAX - 15, UINT32_MAX - 25, 0x7ffffff8, 0x80000000
    };

    for (size_t i = 0; i < G_N_ELEMENTS(isns); i++) {
        check_sequence(data, isns[i], true);
        check_sequence(data, isns[i], false);
    }
}

/* Offsets go on counting where the numbers begin anew. */
static void
test_wrap_far(void)
{
    enum { PIECE = 1 << 30 };
    struct line line;

    line_init(&line);
    line_syn(&line, "", "");
    for (int64_t i = 0; i < 12; i++) {
        line_cut(&line, C, i * PIECE, NULL, 0, PIECE);
        line_flags(&line, S, 0, TCP_ACK, (i + 1) * PIECE - 1);
    }
    g_assert_cmpuint(line_half(&line, C)->next, ==, UINT64_C(12) * PIECE);
    g_assert_cmpuint(line_half(&line, C)->retransmissions, ==, 0);
    g_assert_cmpuint(line_half(&line, C)->truncated, ==, 12);
    line_clear(&line);
}

/* Bytes that were acknowledged and do not come for some seconds were not captured. */
static void
test_hole_given_up(gconstpointer rests)
{
    struct line line;

    line_init(&line);
    line.rests = rests != NULL;
    line_syn(&line, "", "");
    line_data(&line, C, 10, NULL, 10);
    line_flags(&line, S, 0, TCP_ACK, 20);
    g_assert_cmpuint(line_half(&line, C)->dropped, ==, 0);
    line_wait(&line, 4);
    line_flags(&line, S, 0, TCP_ACK, 20);
    g_assert_cmpuint(line_half(&line, C)->dropped, ==, 10);
    g_assert_cmpuint(line_half(&line, C)->in_order, ==, 20);
    g_assert_cmpuint(line_half(&line, C)->dropped_at.frame, ==, 4);
    line_clear(&line);
}

/* A hole that nobody fills may not cost more than a bounded number of bytes and chunks. */
static void
test_chunks_bounded(void)
{
    static const size_t lens[] = { 1, 1400, 60000 };
    static const int64_t nums[] = { 40000, 14000, 500 };

    for (size_t i = 0; i < G_N_ELEMENTS(lens); i++) {
        struct line line;
        line_init(&line);
        line_syn(&line, "", "");
        for (int64_t k = 0; k < nums[i]; k++) {
            line_data(&line, C, 10 + k * (int64_t)lens[i], NULL, lens[i]);
            g_assert_cmpuint(line.conn->track->stream[C].order.chunk_bytes, <=, 1 << 24);
            g_assert_cmpint(num_chunks(&line), <=, 1 << 15);
        }
        g_assert_cmpuint(line_half(&line, C)->next, ==, 10 + (uint64_t)nums[i] * lens[i]);
        line_clear(&line);
    }
}

/* What a fast path has on its way behind one lost segment waits for it. */
static void
test_wide_flight(void)
{
    enum { LEN = 1400, NUM = 8000 };
    struct line line;

    line_init(&line);
    line_syn(&line, "", "");
    for (int64_t k = 1; k <= NUM; k++)
        line_data(&line, C, k * LEN, NULL, LEN);
    line_data(&line, C, 0, NULL, LEN);
    g_assert_cmpuint(line_half(&line, C)->in_order, ==, (uint64_t)(NUM + 1) * LEN);
    g_assert_cmpuint(line_half(&line, C)->missed, ==, 0);
    g_assert_cmpint(num_chunks(&line), ==, 0);
    line_clear(&line);
}

/* --- whose numbers they are ------------------------------------------------------------------ */

/* Three in a row, far away, are the client's: in both directions, and a window further on. */
static void
test_elsewhere(void)
{
    static const int64_t aways[] = { 100000000, 2000000000, 3000000000 };

    for (size_t i = 0; i < G_N_ELEMENTS(aways); i++) {
        struct line line;
        line_init(&line);
        line_syn(&line, "", "");
        line_data(&line, C, 0, NULL, 10);
        for (int64_t k = 0; k < 2; k++)
            line_data(&line, C, aways[i] + k * 10, NULL, 10);
        g_assert_cmpuint(line_half(&line, C)->next, ==, 10);
        line_data(&line, C, aways[i] + 20, NULL, 10);
        g_assert_cmpuint(line_half(&line, C)->next, ==, (uint64_t)aways[i] + 30);
        line_flags(&line, S, 0, TCP_ACK, aways[i] + 30);
        g_assert_cmpuint(line_half(&line, C)->acked, ==, (uint64_t)aways[i] + 30);
        line_clear(&line);
    }
}

/* Of these, none comes from who the numbers are of. */
static void
test_strays(void)
{
    struct line line;

    line_init(&line);
    line_syn(&line, "", "");
    line_data(&line, C, 0, NULL, 10);
    line_flags(&line, S, 0, TCP_ACK, 10);
    line_data(&line, C, 100000000, NULL, 10);
    line_flags(&line, C, -5000, TCP_FIN | TCP_ACK, 0);
    line_flags(&line, C, 5, TCP_RST, 0);
    line_flags(&line, C, 1000000, TCP_RST, 0);
    line_flags(&line, S, 0, TCP_ACK, 500000000);
    line_flags(&line, S, 70000, TCP_SYN | TCP_ACK, 0);
    g_assert_cmpuint(line_half(&line, C)->next, ==, 10);
    g_assert_cmpuint(line_half(&line, C)->acked, ==, 10);
    g_assert_false(mark_is_set(line_half(&line, C)->fin));
    g_assert_false(mark_is_set(line_half(&line, C)->rst));
    line_data(&line, C, 10, NULL, 10);
    g_assert_cmpuint(line_half(&line, C)->in_order, ==, 20);
    line_flags(&line, C, 20, TCP_FIN | TCP_ACK, 0);
    line_flags(&line, C, 21, TCP_RST, 0);
    g_assert_true(mark_is_set(line_half(&line, C)->fin));
    g_assert_true(mark_is_set(line_half(&line, C)->rst));
    line_clear(&line);
}

/* What the server said in an earlier connection comes behind the SYN of this one. */
static void
test_challenged(void)
{
    struct line line;

    line_init(&line);
    line_flags(&line, C, -1, TCP_SYN, 0);
    line_flags(&line, S, 777777, TCP_ACK, -999999);
    line_flags(&line, C, -1000000, TCP_RST, 0);
    line_flags(&line, C, -1, TCP_SYN, 0);
    line_flags(&line, S, -1, TCP_SYN | TCP_ACK, 0);
    line_flags(&line, C, 0, TCP_ACK, 0);
    line_data(&line, S, 0, NULL, 10);
    g_assert_cmpuint(line_half(&line, S)->in_order, ==, 10);
    g_assert_false(mark_is_set(line_half(&line, C)->rst));
    line_clear(&line);
}

/* Any order of the same pieces gives the same stream. */
static void
test_shuffled(void)
{
    enum { PIECES = 7 };
    GRand *rand = g_rand_new_with_seed(1);

    for (unsigned round = 0; round < 200; round++) {
        struct line line;
        int64_t order[PIECES];
        line_init(&line);
        line.isn[C] = UINT32_MAX - round;
        line_syn(&line, "", "");
        for (int i = 0; i < PIECES; i++) {
            int k = g_rand_int_range(rand, 0, i + 1);
            order[i] = order[k];
            order[k] = i;
        }
        for (int i = 0; i < PIECES; i++)
            line_data(&line, C, order[i] * 10, NULL, 10);
        g_assert_cmpuint(line_half(&line, C)->in_order, ==, UINT64_C(10) * PIECES);
        g_assert_cmpint(num_chunks(&line), ==, 0);
        line_clear(&line);
    }
    g_rand_free(rand);
}

static void
test_truncated(void)
{
    struct line line;

    line_init(&line);
    line_syn(&line, "", "");
    line_cut(&line, C, 0, NULL, 96, 96);
    line_cut(&line, C, 96, NULL, 96, 1460);
    line_cut(&line, C, 1556, NULL, 0, 1);
    g_assert_cmpuint(line_half(&line, C)->truncated, ==, 2);
    g_assert_cmpuint(line_half(&line, C)->truncated_frame, ==, 5);
    g_assert_cmpuint(line_half(&line, C)->max_payload, ==, 1460);
    g_assert_cmpuint(line_half(&line, C)->in_order, ==, 1557);
    g_assert_cmpuint(line_half(&line, S)->truncated, ==, 0);
    line_clear(&line);
}

/* --- the handshake of TCP -------------------------------------------------------------------- */

struct room_row {
    const char *name;
    const char *client_options, *server_options;
    size_t client_room, server_room;
};

#define MSS_1460   "020405b4"
#define MSS_1380   "02040564"
#define TIMESTAMPS "080a0000000100000000"

static const struct room_row room_rows[] = {
    { "mss", MSS_1460, MSS_1380, 1380, 1460 },
    { "timestamps", MSS_1460 TIMESTAMPS, MSS_1380 TIMESTAMPS, 1368, 1448 },
    { "timestamps-of-client-only", MSS_1460 TIMESTAMPS, MSS_1380, 1380, 1460 },
    { "no-mss", "", MSS_1460, 1460, 0 },
    { "behind-nops", "0101" MSS_1460 "0402", "01" MSS_1460, 1460, 1460 },
    { "behind-end", "00" MSS_1460, MSS_1460, 1460, 0 },
    { "cut-mss", "020405", MSS_1460, 1460, 0 },
    { "short-mss", "020305", MSS_1460, 1460, 0 },
    { "zero-length", "0200" MSS_1460, MSS_1460, 1460, 0 },
    { "unknown-option", "fe0412ab" MSS_1460, MSS_1460, 1460, 1460 },
    { "tiny-mss", "0204000c" TIMESTAMPS, MSS_1460 TIMESTAMPS, 1448, 0 },
};

static void
run_room(gconstpointer data)
{
    const struct room_row *row = data;
    struct line line;

    line_init(&line);
    line_syn(&line, row->client_options, row->server_options);
    g_assert_cmpuint(conn_segment_room(line.conn, C), ==, row->client_room);
    g_assert_cmpuint(conn_segment_room(line.conn, S), ==, row->server_room);
    line_clear(&line);
}

static void
test_oversize(void)
{
    struct line line;

    line_init(&line);
    line_syn(&line, MSS_1460, MSS_1380);
    line_data(&line, C, 0, NULL, 1380);
    line_data(&line, S, 0, NULL, 1460);
    g_assert_cmpuint(line_half(&line, C)->oversize + line_half(&line, S)->oversize, ==, 0);
    line_data(&line, C, 1380, NULL, 1381);
    line_data(&line, S, 1460, NULL, 1461);
    g_assert_cmpuint(line_half(&line, C)->oversize, ==, 1);
    g_assert_cmpuint(line_half(&line, C)->oversize_frame, ==, 6);
    g_assert_cmpuint(line_half(&line, S)->oversize, ==, 1);
    line_clear(&line);

    /* Without a handshake only what no link carries is too large. */
    line_init(&line);
    line_data(&line, C, 0, NULL, 9216);
    g_assert_cmpuint(line_half(&line, C)->oversize, ==, 0);
    line_data(&line, C, 9216, NULL, 9217);
    g_assert_cmpuint(line_half(&line, C)->oversize, ==, 1);
    line_clear(&line);
}

struct client_row {
    const char *name;
    enum side first; /* who sends the first segment; C is the one with the given port */
    uint16_t flags;
    uint16_t client_port, server_port;
    bool right; /* C is taken for the client */
};

static const struct client_row client_rows[] = {
    { "syn", C, TCP_SYN, 5000, 443, true },
    { "syn/odd-ports", C, TCP_SYN, 443, 50000, true },
    { "syn-ack", S, TCP_SYN | TCP_ACK, 443, 50000, true },
    { "port-443", C, TCP_ACK, 50000, 443, true },
    { "port-443/server-first", S, TCP_ACK, 50000, 443, true },
    { "port-443/low-client-port", C, TCP_ACK, 80, 443, true },
    { "lower-port", C, TCP_ACK, 50000, 4443, true },
    { "lower-port/server-first", S, TCP_ACK, 50000, 4443, true },
    { "wrong-guess", C, TCP_ACK, 4000, 4443, false },
};

static void
run_client(gconstpointer data)
{
    const struct client_row *row = data;
    struct line line;

    line_init(&line);
    line.end[C].port = row->client_port;
    line.end[S].port = row->server_port;
    line_flags(&line, row->first, row->flags & TCP_SYN ? -1 : 0, row->flags, 0);
    g_assert_cmpint(line.conn->client_certain, ==, (row->flags & TCP_SYN) != 0);
    g_assert_cmpint(conn_side(line.conn, &line.end[C]) == C, ==, row->right);
    g_assert_cmpint(conn_endpoint(line.conn, C)->port == row->client_port, ==, row->right);
    g_assert_cmpint(conn_endpoint(line.conn, S)->port == row->server_port, ==, row->right);
    line_clear(&line);
}

/* A request shows that the guess was wrong: what was counted changes sides with it. */
static void
test_client_corrected(void)
{
    struct line line;

    line_init(&line);
    line.end[C].port = 4000;
    line.end[S].port = 4443;
    line_data(&line, C, 0, NULL, 10);
    line_data(&line, C, 20, NULL, 10); /* a chunk that waits */
    line_data(&line, S, 0, NULL, 5);
    g_assert_cmpuint(line_half(&line, S)->next, ==, 30);
    conn_set_client(line.conn, conn_side(line.conn, &line.end[C]));
    g_assert_true(line.conn->client_certain);
    g_assert_cmpint(conn_side(line.conn, &line.end[C]), ==, C);
    g_assert_cmpuint(line_half(&line, C)->next, ==, 30);
    g_assert_cmpuint(line_half(&line, S)->next, ==, 5);
    line_data(&line, C, 10, NULL, 10);
    g_assert_cmpuint(line_half(&line, C)->in_order, ==, 30);
    line_clear(&line);
}

static void
test_port_reuse(void)
{
    struct line line;

    line_init(&line);
    line_syn(&line, "", "");
    struct segment again = line_segment(&line, C, -1, TCP_SYN, 0);
    g_assert_false(conn_is_reused_by(line.conn, &again)); /* resent */
    struct segment answer = line_segment(&line, S, -1, TCP_SYN | TCP_ACK, 0);
    answer.seq += 1000;
    g_assert_false(conn_is_reused_by(line.conn, &answer));
    struct segment other = line_segment(&line, C, 5000, TCP_SYN, 0);
    g_assert_true(conn_is_reused_by(line.conn, &other));
    conn_stop_tracking(line.conn);
    g_assert_true(conn_is_reused_by(line.conn, &other));
    line_clear(&line);

    /* A capture that began later: the first data show where the old numbers were. */
    line_init(&line);
    line_data(&line, C, 0, NULL, 10);
    g_assert_true(conn_is_reused_by(line.conn, &other));
    line_clear(&line);
}

struct closed_row {
    const char *name;
    uint16_t client, server; /* flags of an end; 0: none. The server's comes second */
    bool closed, reset;
    enum side by;
};

static const struct closed_row closed_rows[] = {
    { "open", 0, 0, false, false, C },
    { "fin", TCP_FIN | TCP_ACK, 0, true, false, C },
    { "fin-of-server", 0, TCP_FIN | TCP_ACK, true, false, S },
    { "both-fin", TCP_FIN | TCP_ACK, TCP_FIN | TCP_ACK, true, false, C },
    { "rst", TCP_RST, 0, true, true, C },
    { "fin-then-rst", TCP_FIN | TCP_ACK, TCP_RST, true, false, C },
    { "rst-then-fin", TCP_RST | TCP_ACK, TCP_FIN | TCP_ACK, true, true, C },
};

static void
run_closed(gconstpointer data)
{
    const struct closed_row *row = data;
    struct line line;
    struct mark end = { 0, 0 };
    enum side by = C;
    bool reset = false;

    line_init(&line);
    line_syn(&line, "", "");
    if (row->client) {
        line_flags(&line, C, 0, row->client, 0);
        g_assert_true(line.events & CONN_EVENT_CLOSED);
    }
    if (row->server)
        line_flags(&line, S, 0, row->server, 0);
    g_assert_cmpint(conn_closed(line.conn, &end, &by, &reset), ==, row->closed);
    g_assert_cmpint(reset, ==, row->reset);
    g_assert_cmpint(by, ==, row->by);
    g_assert_cmpuint(end.frame, ==, row->closed ? 4 : 0);
    line_clear(&line);
}

/* A FIN is acknowledged with one number more than there are bytes. */
static void
test_fin_acknowledged(void)
{
    struct line line;

    line_init(&line);
    line_syn(&line, "", "");
    line_data(&line, C, 0, NULL, 10);
    line_flags(&line, C, 10, TCP_FIN | TCP_ACK, 0);
    line_flags(&line, S, 0, TCP_ACK, 11);
    conn_finish(line.conn, conn_last(line.conn));
    g_assert_cmpuint(line_half(&line, C)->dropped, ==, 0);
    g_assert_true(conn_delivered(line.conn, C, 10));
    line_clear(&line);
}

static void
test_one_direction(void)
{
    struct line line;

    line_init(&line);
    line_flags(&line, C, -1, TCP_SYN, 0);
    line_flags(&line, C, 0, TCP_ACK, 0);
    g_assert_false(conn_one_direction(line.conn)); /* nothing was said yet */
    line_flags(&line, C, 0, TCP_ACK, 100);
    g_assert_true(conn_one_direction(line.conn));
    g_assert_false(conn_start_missing(line.conn));
    line_flags(&line, S, 100, TCP_ACK, 0);
    g_assert_false(conn_one_direction(line.conn));
    line_clear(&line);
}

struct checksum_row {
    const char *name;
    bool v6, partial;
    uint16_t options_len, payload_len, checksum;
};

/* Sums of RFC 9293 3.1's pseudo header, worked out by hand: c000+020a + c633+6414 + 6 + 20. */
static const struct checksum_row checksum_rows[] = {
    { "v4", false, true, 0, 0, 0xec6c },
    { "v4/payload", false, true, 0, 100, 0xecd0 },
    { "v4/options", false, true, 12, 100, 0xecdc },
    { "v4/other", false, false, 0, 0, 0xec6d },
    { "v4/whole", false, false, 0, 0, 0x1393 },
    { "v6", true, true, 0, 0, 0x5b8f },
    { "v6/payload", true, true, 0, 40000, 0xf7cf },
    { "v6/zero", true, false, 0, 0, 0 },
};

static void
run_checksum(gconstpointer data)
{
    static const uint8_t no_operations[12] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
    const struct checksum_row *row = data;
    struct line line;

    line_init(&line);
    for (int side = 0; row->v6 && side < SIDE_COUNT; side++)
        line.end[side] = (struct endpoint){
            .addr = { 0x20, 0x01, 0x0d, 0xb8, [15] = (uint8_t)(side + 1) },
            .addr_len = 16,
            .port = line.end[side].port,
        };
    struct segment segment = line_segment(&line, C, 0, TCP_ACK, 0);
    segment.checksum = row->checksum;
    segment.options = no_operations;
    segment.options_len = row->options_len;
    segment.payload_len = row->payload_len;
    line_tell(&line, &segment);
    g_assert_cmpuint(line_half(&line, C)->partial_checksums, ==, row->partial);
    line_clear(&line);
}

/* --- what the stream carries ----------------------------------------------------------------- */

#define RANDOM "00*32"
/* server_name "vpn.example.com" */
#define CLIENT_HELLO                                                                               \
    "16 0301 0047 01 000043 0303" RANDOM " 00 0002 c02f 0100 0018"                                 \
    "0000 0014 0012 00 000f 76706e2e6578616d706c652e636f6d "
#define SERVER_HELLO "16 0303 002a 02 000026 0303" RANDOM " 00 c02f 00 "
#define CERTIFICATE  "16 0303 000e 0b 00000a 000007 000004 aabbccdd "
#define CHANGE       "14 0303 0001 01 "
#define APPLICATION  "17 0303 0010 5a*16 "
#define FATAL_CA     "15 0303 0002 0230"
#define CLOSE_NOTIFY "15 0303 0002 0100"

static void
check_server_facts(const struct line *line)
{
    static const uint8_t leaf[] = { 0xaa, 0xbb, 0xcc, 0xdd };
    const struct tls_facts *tls = conn_tls(line->conn);
    const struct record_facts *walker = &line_half(line, S)->records;

    g_assert_cmpint(walker->kind, ==, STREAM_TLS);
    g_assert_true(tls->has_server_hello);
    g_assert_cmphex(tls->server_hello.cipher_suite, ==, 0xc02f);
    g_assert_nonnull(tls->leaf);
    g_assert_cmpmem(tls->leaf->data, tls->leaf->len, leaf, sizeof leaf);
    g_assert_false(tls->leaf_decrypted);
    g_assert_true(walker->encrypted);
    g_assert_cmpuint(walker->records, ==, 5);
    g_assert_cmpuint(walker->application_records, ==, 2);
    g_assert_cmpuint(walker->application_complete, ==, 2);
    g_assert_cmpuint(walker->application_lengths[1], ==, 16);
    g_assert_cmpuint(walker->application_lengths[2], ==, 0);
    g_assert_true(mark_is_set(walker->sealed));
    g_assert_cmpuint(walker->sealed_handshake, ==, 0);
    g_assert_true(conn_is_tls(line->conn));
}

/* Records do not care where segments begin; nor do they when those come in reverse. */
static void
check_split(const struct hex *stream, size_t cut, bool reverse)
{
    struct line line;

    line_init(&line);
    line_syn(&line, "", "");
    if (reverse)
        line_data(&line, S, (int64_t)cut, stream->data + cut, stream->len - cut);
    line_data(&line, S, 0, stream->data, cut);
    if (!reverse)
        line_data(&line, S, (int64_t)cut, stream->data + cut, stream->len - cut);
    check_server_facts(&line);
    line_clear(&line);
}

static void
test_tls_split(void)
{
    struct hex stream = hex_new(SERVER_HELLO CERTIFICATE CHANGE APPLICATION APPLICATION);

    for (size_t cut = 1; cut < stream.len; cut++) {
        check_split(&stream, cut, false);
        check_split(&stream, cut, true);
    }
    hex_free(stream);
}

static void
test_tls_byte_by_byte(gconstpointer rests)
{
    struct hex stream = hex_new(SERVER_HELLO CERTIFICATE CHANGE APPLICATION APPLICATION);
    struct line line;

    line_init(&line);
    line.rests = rests != NULL;
    line_syn(&line, "", "");
    for (size_t i = 0; i < stream.len; i++)
        line_data(&line, S, (int64_t)i, stream.data + i, 1);
    check_server_facts(&line);
    line_clear(&line);
    hex_free(stream);
}

/* To ask when it was does not wake it; of a lone request nothing is put to rest. */
static void
test_rest(void)
{
    struct line line;

    line_init(&line);
    line.rests = true;
    line_flags(&line, C, -1, TCP_SYN, 0);
    g_assert_true(conn_is_lone(line.conn));
    line_flags(&line, S, -1, TCP_SYN | TCP_ACK, 0);
    g_assert_nonnull(line.conn->resting);
    g_assert_cmpuint(conn_first(line.conn).frame, ==, 1);
    g_assert_cmpuint(conn_last(line.conn).frame, ==, 2);
    g_assert_false(conn_is_lone(line.conn));
    g_assert_nonnull(line.conn->resting);
    g_assert_cmpuint(line_half(&line, S)->segments, ==, 1);
    g_assert_null(line.conn->resting);
    conn_rest(line.conn);
    conn_stop_tracking(line.conn);
    g_assert_false(conn_is_tracked(line.conn));
    conn_rest(line.conn);
    line_clear(&line);
}

static void
line_hex(struct line *line, enum side side, const char *bytes)
{
    struct hex hex = hex_new(bytes);

    line_data(line, side, (int64_t)line_half(line, side)->next, hex.data, hex.len);
    hex_free(hex);
}

static void
test_client_hello(void)
{
    struct line line;
    const struct tls_facts *tls;

    line_init(&line);
    line_syn(&line, "", "");
    line_hex(&line, C, CLIENT_HELLO);
    tls = conn_tls(line.conn);
    g_assert_true(line.events & CONN_EVENT_TLS);
    g_assert_cmpint(line_half(&line, C)->records.kind, ==, STREAM_TLS);
    g_assert_true(tls->has_client_hello);
    g_assert_cmpuint(tls->client_hello_at.frame, ==, 4);
    g_assert_cmpstr(tls->client_hello.sni, ==, "vpn.example.com");
    g_assert_cmpuint(tls->client_hello.num_cipher_suites, ==, 1);
    g_assert_false(tls->has_server_hello);
    line_clear(&line);
}

struct alert_row {
    const char *name;
    const char *bytes;
    enum side side;
    int alert, close_notify; /* frames of side; the first segment of data is frame 4 */
    uint8_t description;
};

static const struct alert_row alert_rows[] = {
    { "fatal", FATAL_CA, C, 4, 0, 48 },
    { "close-notify", CLOSE_NOTIFY, S, 0, 4, 0 },
    { "both", FATAL_CA CLOSE_NOTIFY, C, 4, 4, 48 },
    { "first-counts", FATAL_CA "15 0303 0002 0228", C, 4, 0, 48 },
    { "encrypted", CHANGE FATAL_CA, C, 0, 0, 0 },
    { "warning", "15 0303 0002 0170" FATAL_CA, S, 4, 0, 48 },
    { "warning-only", "15 0303 0002 0170", S, 0, 0, 0 },
    { "too-long", "15 0303 0003 023000", C, 0, 0, 0 },
};

static void
run_alert(gconstpointer data)
{
    const struct alert_row *row = data;
    struct line line;

    line_init(&line);
    line_syn(&line, "", "");
    line_hex(&line, row->side, row->bytes);
    const struct tls_facts *tls = conn_tls(line.conn);
    g_assert_cmpuint(tls->alert[row->side].frame, ==, row->alert);
    g_assert_cmpuint(tls->close_notify[row->side].frame, ==, row->close_notify);
    g_assert_cmpuint(tls->alert_description[row->side], ==, row->description);
    g_assert_false(mark_is_set(tls->alert[side_other(row->side)]));
    line_clear(&line);
}

/* The two bytes of an alert may stand in two segments. */
static void
test_alert_split(void)
{
    struct hex alert = hex_new(FATAL_CA);

    for (size_t cut = 1; cut < alert.len; cut++) {
        struct line line;
        line_init(&line);
        line_syn(&line, "", "");
        line_data(&line, C, 0, alert.data, cut);
        line_data(&line, C, (int64_t)cut, alert.data + cut, alert.len - cut);
        g_assert_cmpuint(conn_tls(line.conn)->alert_description[C], ==, 48);
        line_clear(&line);
    }
    hex_free(alert);
}

struct hole_row {
    const char *name;
    unsigned from, len; /* of the stream below: not captured, but acknowledged */
    enum stream_kind kind;
    unsigned application_complete;
};

/* Two records of 21 bytes. */
static const struct hole_row hole_rows[] = {
    { "none", 0, 0, STREAM_TLS, 2 },
    { "in-body", 8, 5, STREAM_TLS, 2 },
    { "body", 5, 16, STREAM_TLS, 2 },
    { "body-of-second", 26, 10, STREAM_TLS, 2 },
    { "header", 21, 5, STREAM_LOST, 1 },
    { "half-header", 23, 2, STREAM_LOST, 1 },
    { "body-and-header", 10, 12, STREAM_LOST, 0 },
    { "beginning", 0, 4, STREAM_LOST, 0 },
};

static void
run_hole(gconstpointer data)
{
    const struct hole_row *row = data;
    struct hex stream = hex_new(APPLICATION APPLICATION);
    unsigned behind = row->from + row->len;
    struct line line;

    line_init(&line);
    line_syn(&line, "", "");
    if (row->from)
        line_data(&line, S, 0, stream.data, row->from);
    line_data(&line, S, behind, stream.data + behind, stream.len - behind);
    line_flags(&line, C, 0, TCP_ACK, (int64_t)stream.len);
    line_flags(&line, C, 0, TCP_RST, 0);
    conn_finish(line.conn, conn_last(line.conn));
    g_assert_cmpint(line_half(&line, S)->records.kind, ==, row->kind);
    g_assert_cmpuint(line_half(&line, S)->records.application_complete, ==,
                     row->application_complete);
    g_assert_cmpuint(line_half(&line, S)->dropped, ==, row->len);
    line_clear(&line);
    hex_free(stream);
}

struct found_row {
    const char *name;
    const char *next; /* a segment behind a hole of unknown records */
    unsigned cut;     /* bytes of it that the snap length takes away */
    enum stream_kind kind;
    unsigned application_records; /* with one before the hole */
};

static const struct found_row found_rows[] = {
    { "one", APPLICATION, 0, STREAM_TLS, 2 },
    { "several", APPLICATION APPLICATION APPLICATION, 0, STREAM_TLS, 4 },
    { "goes-on-in-the-next", "17 0303 0400 5a*16", 0, STREAM_TLS, 2 },
    { "alert", "15 0303 0013 5a*19", 0, STREAM_TLS, 1 },
    { "body-cut", "17 0303 0400 5a*1024", 1000, STREAM_TLS, 2 },
    { "second-header-cut", APPLICATION APPLICATION, 19, STREAM_LOST, 2 },
    { "middle-of-a-record", "5a*40", 0, STREAM_LOST, 1 },
    { "next-header-does-not-fit", APPLICATION "5a*21", 0, STREAM_LOST, 1 },
    { "other-version", "17 0301 0010 5a*16", 0, STREAM_LOST, 1 },
    { "empty", "17 0303 0000 17 0303 0000", 0, STREAM_LOST, 1 },
    { "too-long", "17 0303 ffff 5a*16", 0, STREAM_LOST, 1 },
    { "handshake-without-an-end", "16 0303 0400 5a*16", 0, STREAM_LOST, 1 },
    { "half-a-header", "17 0303", 0, STREAM_LOST, 1 },
};

static void
run_found(gconstpointer data)
{
    const struct found_row *row = data;
    struct hex next = hex_new(row->next);
    struct line line;

    line_init(&line);
    line_syn(&line, "", "");
    line_hex(&line, S, APPLICATION);
    line_cut(&line, S, 21 + 30, next.data, next.len - row->cut, next.len);
    line_flags(&line, C, 0, TCP_ACK, 21 + 30 + (int64_t)next.len);
    line_flags(&line, C, 0, TCP_RST, 0);
    conn_finish(line.conn, conn_last(line.conn));
    g_assert_cmpint(line_half(&line, S)->records.kind, ==, row->kind);
    g_assert_cmpuint(line_half(&line, S)->records.application_records, ==,
                     row->application_records);
    g_assert_cmpuint(line_half(&line, S)->num_holes, ==, row->cut ? 2 : 1);
    line_clear(&line);
    hex_free(next);
}

/* Where the start is missing, records are looked for at the beginning of segments. */
static void
test_tls_late(void)
{
    struct line line;

    line_init(&line);
    line_flags(&line, S, 0, TCP_ACK, 0);
    line_hex(&line, S, "ff*100");
    line_hex(&line, S, "ee*100");
    g_assert_cmpint(line_half(&line, S)->records.kind, ==, STREAM_UNKNOWN);
    line_hex(&line, S, APPLICATION APPLICATION);
    g_assert_cmpint(line_half(&line, S)->records.kind, ==, STREAM_TLS);
    g_assert_cmpuint(line_half(&line, S)->records.application_complete, ==, 2);
    line_clear(&line);
}

struct text_step {
    enum side side;
    const char *text;  /* or */
    const char *bytes; /* as hex */
};

#define POST           "SSTP_DUPLEX_POST / HTTP/1.1\r\nHost: a\r\n\r\n"
#define OK             "HTTP/1.1 200 OK\r\n\r\n"
#define CONNECT        "CONNECT vpn.example.com:443 HTTP/1.1\r\nHost: a\r\n\r\n"
#define PROXY_V1       "PROXY TCP4 192.0.2.1 198.51.100.1 49152 443\r\n"
#define AUTH_WITH_BODY "HTTP/1.1 407 No\r\nContent-Length: 3\r\n\r\nno\n"

struct kind_row {
    const char *name;
    struct text_step steps[5];
    enum stream_kind client, server;
    unsigned status; /* of the proxy, 0: none */
    size_t proxy_header_len;
};

static const struct kind_row kind_rows[] = {
    /* clang-format off */
    { "sstp", { { C, POST, NULL }, { S, OK, NULL } }, STREAM_SSTP, STREAM_SSTP, 0, 0 },
    { "tls", { { C, NULL, CLIENT_HELLO }, { S, NULL, SERVER_HELLO } }, STREAM_TLS, STREAM_TLS, 0, 0 },
    { "nothing", { { C, NULL, NULL } }, STREAM_UNKNOWN, STREAM_UNKNOWN, 0, 0 },
    { "too-little", { { C, "SSTP", NULL } }, STREAM_UNKNOWN, STREAM_UNKNOWN, 0, 0 },
    { "other-request", { { C, "GET / HTTP/1.1\r\n\r\n", NULL } }, STREAM_OTHER, STREAM_UNKNOWN, 0, 0 },
    { "banner", { { S, "SSH-2.0-OpenSSH\r\n", NULL } }, STREAM_UNKNOWN, STREAM_OTHER, 0, 0 },
    { "connect", { { C, CONNECT, NULL }, { S, OK, NULL }, { C, NULL, CLIENT_HELLO }, { S, NULL, SERVER_HELLO } },
      STREAM_TLS, STREAM_TLS, 200, 0 },
    { "connect/in-parts", { { C, "CONN", NULL }, { C, "ECT a:1 HTTP/1.1\r\n\r\n", NULL }, { S, OK, NULL },
      { C, NULL, CLIENT_HELLO }, { S, NULL, SERVER_HELLO } }, STREAM_TLS, STREAM_TLS, 200, 0 },
    { "connect/refused", { { C, CONNECT, NULL }, { S, AUTH_WITH_BODY, NULL } },
      STREAM_UNKNOWN, STREAM_UNKNOWN, 407, 0 },
    { "connect/asked-twice", { { C, CONNECT, NULL }, { S, AUTH_WITH_BODY, NULL }, { C, CONNECT, NULL },
      { S, OK, NULL }, { C, NULL, CLIENT_HELLO } }, STREAM_TLS, STREAM_UNKNOWN, 200, 0 },
    { "answer-without-connect", { { S, OK, NULL } }, STREAM_UNKNOWN, STREAM_OTHER, 0, 0 },
    { "proxy-header", { { C, PROXY_V1 POST, NULL }, { S, OK, NULL } },
      STREAM_SSTP, STREAM_SSTP, 0, sizeof PROXY_V1 - 1 },
    { "proxy-header/in-parts", { { C, "PRO", NULL }, { C, "XY UNKNOWN\r\nSSTP", NULL }, { C, "_DUPLEX_POST ", NULL } },
      STREAM_SSTP, STREAM_UNKNOWN, 0, 15 },
    { "proxy-header/v2", { { C, NULL, "0d0a0d0a000d0a515549540a 2100 0000" }, { C, NULL, CLIENT_HELLO } },
      STREAM_TLS, STREAM_UNKNOWN, 0, 16 },
    { "proxy-header/of-server", { { S, PROXY_V1, NULL } }, STREAM_UNKNOWN, STREAM_OTHER, 0, 0 },
    { "lost", { { C, NULL, CLIENT_HELLO "ff*5" } }, STREAM_LOST, STREAM_UNKNOWN, 0, 0 },
    /* clang-format on */
};

static void
run_kind(gconstpointer data)
{
    const struct kind_row *row = data;
    struct line line;

    line_init(&line);
    line_syn(&line, "", "");
    for (size_t i = 0; i < G_N_ELEMENTS(row->steps); i++) {
        const struct text_step *step = &row->steps[i];
        if (step->text)
            line_data(&line, step->side, (int64_t)line_half(&line, step->side)->next, step->text,
                      strlen(step->text));
        else if (step->bytes)
            line_hex(&line, step->side, step->bytes);
    }
    g_assert_cmpint(line_half(&line, C)->records.kind, ==, row->client);
    g_assert_cmpint(line_half(&line, S)->records.kind, ==, row->server);
    g_assert_cmpuint(conn_proxy(line.conn)->status, ==, row->status);
    g_assert_cmpuint(conn_proxy(line.conn)->header_len, ==, row->proxy_header_len);
    line_clear(&line);
}

/* --- names ----------------------------------------------------------------------------------- */

struct endpoint_row {
    const char *name;
    const char *bytes;
    const char *text; /* with port 443 */
};

/* RFC 5952 4 and its examples. */
static const struct endpoint_row endpoint_rows[] = {
    { "v4", "c0000201", "192.0.2.1:443" },
    { "v4/zero", "00000000", "0.0.0.0:443" },
    { "v4/largest", "ffffffff", "255.255.255.255:443" },
    { "v6", "20010db8 0000 0000 0000 0000 0000 0001", "[2001:db8::1]:443" },
    { "v6/none", "00*16", "[::]:443" },
    { "v6/loopback", "00*15 01", "[::1]:443" },
    { "v6/at-end", "20010db8 0001 0000 0000 0000 0000 0000", "[2001:db8:1::]:443" },
    { "v6/one-zero", "20010db8 0000 0001 0001 0001 0001 0001", "[2001:db8:0:1:1:1:1:1]:443" },
    { "v6/longest", "2001 0000 0000 0001 0000 0000 0000 0001", "[2001:0:0:1::1]:443" },
    { "v6/first-of-equal", "20010db8 0000 0000 0001 0000 0000 0001", "[2001:db8::1:0:0:1]:443" },
    { "v6/full", "1111 2222 3333 4444 5555 6666 7777 8888",
      "[1111:2222:3333:4444:5555:6666:7777:8888]:443" },
    { "v6/lower-case", "ABCD 0EF0 0A00 0001 0001 0001 0001 0001", "[abcd:ef0:a00:1:1:1:1:1]:443" },
    { "v6/begins-with-zeros", "0000 0000 0001 0001 0001 0001 0001 0001", "[::1:1:1:1:1:1]:443" },
    { "v6/one-zero-at-end", "0001 0001 0001 0001 0001 0001 0001 0000", "[1:1:1:1:1:1:1:0]:443" },
};

static void
run_endpoint(gconstpointer data)
{
    const struct endpoint_row *row = data;
    struct hex hex = hex_new(row->bytes);
    struct endpoint endpoint = { .addr_len = (uint8_t)hex.len, .port = 443 };

    memcpy(endpoint.addr, hex.data, hex.len);
    char *text = endpoint_text(&endpoint);
    g_assert_cmpstr(text, ==, row->text);
    g_free(text);
    hex_free(hex);
}

/* Both directions find the same connection, and another interface does not. */
static void
test_key(void)
{
    struct line line;
    struct conn_key there, back, other;

    line_init(&line);
    struct segment segment = line_segment(&line, C, 0, TCP_ACK, 0);
    conn_key_make(&segment, &there);
    segment = line_segment(&line, S, 0, TCP_ACK, 0);
    conn_key_make(&segment, &back);
    g_assert_true(conn_key_equal(&there, &back));
    g_assert_cmpuint(conn_key_hash(&there), ==, conn_key_hash(&back));
    segment.interface = 1;
    conn_key_make(&segment, &other);
    g_assert_false(conn_key_equal(&there, &other));
}

/* Keys that differ in a few bits, as whoever floods a capture chooses them, do not fall together.
 */
static void
test_key_spread(void)
{
    enum { KEYS = 4096 };
    GHashTable *hashes = g_hash_table_new(g_direct_hash, g_direct_equal);
    struct conn_key key = { .a.addr_len = ADDRESS_MAX_LEN, .b.addr_len = ADDRESS_MAX_LEN };

    for (unsigned i = 0; i < KEYS; i++) {
        key.a.addr[0] = (uint8_t)(i << 4);
        key.a.addr[7] = (uint8_t)i;
        key.a.addr[15] = key.b.addr[3] = (uint8_t)(i >> 4);
        g_hash_table_add(hashes, GUINT_TO_POINTER(conn_key_hash(&key) % (4 * KEYS)));
    }
    g_assert_cmpuint(g_hash_table_size(hashes), >, KEYS * 3 / 4);
    g_hash_table_unref(hashes);
}

/* A capture may hold any times. */
static void
test_times(void)
{
    const struct mark first = { 1, INT64_MIN }, last = { 2, INT64_MAX };

    g_assert_cmpint(mark_between(first, last), ==, INT64_MAX);
    g_assert_cmpint(mark_between(last, first), ==, INT64_MIN);
    g_assert_cmpint(time_between(-1, INT64_MAX), ==, INT64_MAX);
    g_assert_cmpint(time_between(1, INT64_MIN), ==, INT64_MIN);
    g_assert_cmpint(time_between(5, 3), ==, -2);
    g_assert_cmpint(time_between(-5, 3), ==, 8);
    g_assert_cmpint(time_apart(3, -5), ==, 8);
    g_assert_cmpint(time_apart(INT64_MIN, INT64_MAX), ==, INT64_MAX);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/conn/sequence", sequence_rows, run_sequence);
    ADD_ROWS("/conn/room", room_rows, run_room);
    ADD_ROWS("/conn/client", client_rows, run_client);
    ADD_ROWS("/conn/closed", closed_rows, run_closed);
    ADD_ROWS("/conn/checksum", checksum_rows, run_checksum);
    ADD_ROWS("/conn/alert", alert_rows, run_alert);
    ADD_ROWS("/conn/hole", hole_rows, run_hole);
    ADD_ROWS("/conn/found", found_rows, run_found);
    ADD_ROWS("/conn/kind", kind_rows, run_kind);
    ADD_ROWS("/conn/endpoint", endpoint_rows, run_endpoint);
    g_test_add_func("/conn/wrap-far", test_wrap_far);
    g_test_add_data_func("/conn/hole-given-up", NULL, test_hole_given_up);
    g_test_add_data_func("/conn/hole-given-up/rests", "", test_hole_given_up);
    g_test_add_func("/conn/chunks-bounded", test_chunks_bounded);
    g_test_add_func("/conn/wide-flight", test_wide_flight);
    g_test_add_func("/conn/elsewhere", test_elsewhere);
    g_test_add_func("/conn/strays", test_strays);
    g_test_add_func("/conn/challenged", test_challenged);
    g_test_add_func("/conn/shuffled", test_shuffled);
    g_test_add_func("/conn/truncated", test_truncated);
    g_test_add_func("/conn/oversize", test_oversize);
    g_test_add_func("/conn/client-corrected", test_client_corrected);
    g_test_add_func("/conn/port-reuse", test_port_reuse);
    g_test_add_func("/conn/fin-acknowledged", test_fin_acknowledged);
    g_test_add_func("/conn/one-direction", test_one_direction);
    g_test_add_func("/conn/tls-split", test_tls_split);
    g_test_add_data_func("/conn/tls-byte-by-byte", NULL, test_tls_byte_by_byte);
    g_test_add_data_func("/conn/tls-byte-by-byte/rests", "", test_tls_byte_by_byte);
    g_test_add_func("/conn/rest", test_rest);
    g_test_add_func("/conn/tls-late", test_tls_late);
    g_test_add_func("/conn/client-hello", test_client_hello);
    g_test_add_func("/conn/alert-split", test_alert_split);
    g_test_add_func("/conn/times", test_times);
    g_test_add_func("/conn/key", test_key);
    g_test_add_func("/conn/key-spread", test_key_spread);
    return g_test_run();
}
