/* pair.c - one connection seen from two capture points
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends/pair.h"

#include <stdlib.h>
#include <string.h>

enum {
    MATCHES_LOOKED_AT = 16, /* sessions with the same mark that are looked through */
    SAME_ACKS_PERCENT = 30, /* pure acknowledgements known again: the same connection */
    SAME_ACKS_MIN = 2,
    USUAL_ROOM = 1460,
    HEADERS_V4_LEN = 40, /* of IP and TCP, without options */
    HEADERS_V6_LEN = 60,
    STAMPS_NS = 500000,    /* differences of time stamps below it say nothing */
    DOUBLED_NS = 10000000, /* what comes twice later was sent twice, and one capture lacks that */
};

#define TIME_MAX (INT64_C(1) << 61) /* nanoseconds: the difference of any two clocks is less */

/* Sessions of one connection, one of each capture point. */
struct group {
    GPtrArray *members; /* struct result */
};

const char *
pair_match_name(enum pair_match match)
{
    static const char *const names[] = { "client_random", "isn", "payload", "correlation_id" };

    return names[match];
}

static const struct tcp_half *
half_of(const struct result *result, int side)
{
    return session_half(result->session, side);
}

static const struct seq_log *
log_of(const struct result *result, int side)
{
    return conn_seq_log(session_conn(result->session), (enum side)side);
}

static const struct tls_client_hello *
hello_of(const struct result *result)
{
    const struct tls_facts *tls = session_tls(result->session);

    return tls->has_client_hello ? &tls->client_hello : NULL;
}

/* --- which sessions are one ------------------------------------------------------------------ */

static bool
same_random(const struct result *a, const struct result *b)
{
    return conn_same_random(session_conn(a->session), session_conn(b->session));
}

static bool
same_isn(const struct result *a, const struct result *b)
{
    return conn_same_isn(session_conn(a->session), session_conn(b->session));
}

static bool
same_payload(const struct result *a, const struct result *b)
{
    int64_t shift;

    if (hello_of(a) && hello_of(b) && !same_random(a, b))
        return false; /* equal bytes of two TLS connections are chance */
    for (int side = 0; side < SIDE_COUNT; side++)
        if (seq_log_shift(log_of(a, side), log_of(b, side), &shift))
            return true;
    return false;
}

static bool
same_correlation_id(const struct result *a, const struct result *b)
{
    const char *x = session_http(a->session)->correlation_id,
               *y = session_http(b->session)->correlation_id;

    return x && y && *x && strcmp(x, y) == 0;
}

/* Marks of a session by which another one may know it; up to max. */
static unsigned
marks_of(const struct result *result, enum pair_match match, uint64_t *marks, unsigned max)
{
    const struct tls_client_hello *hello = hello_of(result);
    unsigned num = 0;

    switch (match) {
    case PAIR_CLIENT_RANDOM:
        if (hello)
            memcpy(&marks[num++], hello->random, sizeof *marks);
        break;
    case PAIR_ISN:
        if (mark_is_set(half_of(result, SIDE_CLIENT)->syn))
            marks[num++] = half_of(result, SIDE_CLIENT)->base;
        break;
    case PAIR_PAYLOAD:
        for (int side = 0; side < SIDE_COUNT; side++)
            for (unsigned i = 0; i < log_of(result, side)->num_prints && num < max; i++)
                marks[num++] = log_of(result, side)->prints[i].hash;
        break;
    case PAIR_CORRELATION_ID:
        if (session_http(result->session)->correlation_id &&
            *session_http(result->session)->correlation_id)
            marks[num++] = g_str_hash(session_http(result->session)->correlation_id);
        break;
    }
    return num;
}

static bool
is_same(const struct result *a, const struct result *b, enum pair_match match)
{
    static bool (*const same[])(const struct result *,
                                const struct result *) = { same_random, same_isn, same_payload,
                                                           same_correlation_id };

    return same[match](a, b);
}

static uint32_t
interface_of(const struct result *result)
{
    return conn_interface(session_conn(result->session));
}

static bool
group_has(const struct group *group, uint32_t interface)
{
    for (guint i = 0; i < group->members->len; i++)
        if (interface_of(g_ptr_array_index(group->members, i)) == interface)
            return true;
    return false;
}

static struct group *
group_new(struct result *result)
{
    struct group *group = g_new0(struct group, 1);

    group->members = g_ptr_array_new();
    g_ptr_array_add(group->members, result);
    return group;
}

static void
group_free(gpointer data)
{
    struct group *group = data;

    g_ptr_array_unref(group->members);
    g_free(group);
}

/* Takes the other's members over. False when both have one of the same capture point. */
static bool
group_join(struct group *group, struct group *other, struct group **of)
{
    for (guint i = 0; i < other->members->len; i++)
        if (group_has(group, interface_of(g_ptr_array_index(other->members, i))))
            return false;
    for (guint i = 0; i < other->members->len; i++) {
        struct result *member = g_ptr_array_index(other->members, i);
        g_ptr_array_add(group->members, member);
        of[session_id(member->session)] = group;
    }
    g_ptr_array_set_size(other->members, 0);
    return true;
}

/* A mark that says little: several sessions of one capture point have it. Sequence numbers and
 * bytes repeat where a connection is seen in two pieces, and are compared whole. */
static bool
is_common(const GPtrArray *same, enum pair_match match)
{
    GHashTable *seen;
    bool common = false;

    if (match != PAIR_CORRELATION_ID)
        return false;
    seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (guint i = 0; i < same->len && !common; i++)
        common =
            !g_hash_table_add(seen, GUINT_TO_POINTER(interface_of(g_ptr_array_index(same, i)) + 1));
    g_hash_table_unref(seen);
    return common;
}

/* Joins what shares this kind of mark, in order of appearance. of: group of a session, by id. */
static void
groups_match(const GPtrArray *results, struct group **of, enum pair_match match)
{
    GHashTable *known = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
                                              (GDestroyNotify)g_ptr_array_unref);
    uint64_t marks[SIDE_COUNT * SEQ_LOG_PRINTS_MAX];

    for (guint i = 0; i < results->len; i++) {
        struct result *result = g_ptr_array_index(results, i);
        unsigned num = marks_of(result, match, marks, G_N_ELEMENTS(marks));
        for (unsigned k = 0; k < num; k++) {
            GPtrArray *same = g_hash_table_lookup(known, &marks[k]);
            if (!same) {
                same = g_ptr_array_new();
                g_hash_table_insert(known, g_memdup2(&marks[k], sizeof marks[k]), same);
            }
            g_ptr_array_add(same, result);
        }
    }
    for (guint i = 0; i < results->len; i++) {
        const struct result *result = g_ptr_array_index(results, i);
        unsigned num = marks_of(result, match, marks, G_N_ELEMENTS(marks));
        for (unsigned k = 0; k < num; k++) {
            const GPtrArray *same = g_hash_table_lookup(known, &marks[k]);
            if (is_common(same, match))
                continue;
            for (guint n = 0; n < MIN(same->len, (guint)MATCHES_LOOKED_AT); n++) {
                const struct result *other = g_ptr_array_index(same, n);
                struct group *a = of[session_id(other->session)],
                             *b = of[session_id(result->session)];
                if (other == result)
                    break;
                if (a != b && is_same(other, result, match) && group_join(a, b, of))
                    break;
            }
        }
    }
    g_hash_table_unref(known);
}

/* --- who is nearer to the client ------------------------------------------------------------- */

/* From the client's segment to what answers it, and the other way round: the sum of both is how
 * much further from the server than from the client a capture point is. */
static bool
leans_by_times(const struct result *a, const struct result *b, int64_t *lean)
{
    const struct path_times x = conn_times(session_conn(a->session)),
                            y = conn_times(session_conn(b->session));
    bool far = x.to_server && y.to_server, near = x.to_client && y.to_client;

    *lean = (far ? x.to_server - y.to_server : 0) + (near ? y.to_client - x.to_client : 0);
    return far || near;
}

/* Each hop takes one from the time to live: above 0, a is nearer to the client. */
static int
lean_by_hops(const struct result *a, const struct result *b)
{
    int lean = 0;

    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct path_facts *x = &half_of(a, side)->path, *y = &half_of(b, side)->path;
        if (x->ttl_segments && y->ttl_segments)
            lean += (side == SIDE_CLIENT ? 1 : -1) * (x->ttl_max - y->ttl_max);
    }
    return lean;
}

/* Where something between them ends the connection, the client's leg waits for the server's. */
static int64_t
lean_by_answers(const struct result *a, const struct result *b)
{
    const struct http_facts *x = session_http(a->session), *y = session_http(b->session);
    const struct sstp_facts *p = session_sstp(a->session), *q = session_sstp(b->session);
    int64_t lean = 0;

    if (conn_is_tls(session_conn(a->session)) != conn_is_tls(session_conn(b->session)))
        return conn_is_tls(session_conn(a->session))
                   ? 1
                   : -1; /* an offloader stands next to the server */
    if (mark_is_set(x->request) && mark_is_set(y->request) && mark_is_set(x->response) &&
        mark_is_set(y->response))
        lean += (x->response.time - x->request.time) - (y->response.time - y->request.time);
    if (mark_is_set(p->call_request) && mark_is_set(q->call_request) && mark_is_set(p->call_ack) &&
        mark_is_set(q->call_ack))
        lean +=
            (p->call_ack.time - p->call_request.time) - (q->call_ack.time - q->call_request.time);
    return lean;
}

/* The surest kind of mark that both share. False: none. */
static bool
find_match(const struct result *a, const struct result *b, enum pair_match *match)
{
    for (int kind = PAIR_CLIENT_RANDOM; kind <= PAIR_CORRELATION_ID; kind++) {
        if (!is_same(a, b, (enum pair_match)kind))
            continue;
        *match = (enum pair_match)kind;
        return true;
    }
    return false;
}

/* From the ClientHello to what the server said or did next, nanoseconds; 0 when not known. */
static int64_t
hello_answered(const struct result *result)
{
    const struct tcp_half *server = half_of(result, SIDE_SERVER);
    struct mark hello = session_tls(result->session)->client_hello_at;
    struct mark answer =
        mark_earlier(mark_earlier(server->first_payload, server->fin), server->rst);

    return mark_is_set(hello) && mark_is_set(answer) && answer.time > hello.time
               ? answer.time - hello.time
               : 0;
}

/* A PROXY header is put in front on the way to the server; unless who has it waits longer for the
 * answer, and so is farther from the server. */
static int
lean_by_proxy_header(const struct result *a, const struct result *b)
{
    int lean = (conn_proxy(session_conn(b->session))->header_len > 0) -
               (conn_proxy(session_conn(a->session))->header_len > 0);
    int64_t x = hello_answered(a), y = hello_answered(b);

    return x && y && lean * (y - x) >= STAMPS_NS ? -lean : lean;
}

/* Above 0, a is nearer to the client than b. */
static int64_t
lean_of(const struct result *a, const struct result *b)
{
    enum pair_match match;
    bool bytes = find_match(a, b, &match) && match != PAIR_CORRELATION_ID;
    int64_t lean;
    int sure = bytes ? lean_by_proxy_header(a, b) : 0;

    if (bytes && !sure)
        sure = lean_by_hops(a, b);
    if (sure)
        return sure;
    if (bytes && leans_by_times(a, b, &lean) && lean)
        return lean;
    lean = lean_by_answers(a, b);
    if (lean)
        return lean;
    /* What is only seen at one of them was lost between them: more of the client's at its own. */
    return (int64_t)half_of(a, SIDE_CLIENT)->segments - half_of(b, SIDE_CLIENT)->segments +
           half_of(b, SIDE_SERVER)->segments - half_of(a, SIDE_SERVER)->segments;
}

/* --- offsets at both capture points ---------------------------------------------------------- */

/* The same bytes have the same sequence numbers. */
static bool
same_sequence(const struct tcp_half *from, const struct tcp_half *to, int64_t shift)
{
    return from->base_known && to->base_known &&
           from->base == (uint32_t)(to->base + (uint32_t)shift);
}

/* What an offset of side's bytes at a is at b. False when nothing tells. */
static bool
shift_of(const struct result *a, const struct result *b, int side, int64_t *shift)
{
    const struct tcp_half *from = half_of(a, side), *to = half_of(b, side);

    if (seq_log_shift(log_of(a, side), log_of(b, side), shift))
        return true;
    if (mark_is_set(from->syn) && mark_is_set(to->syn)) {
        *shift = 0;
        return true;
    }
    /* Numbers that nobody changed. */
    *shift = (int32_t)(from->base - to->base);
    return from->base_known && to->base_known && ABS(*shift) < INT32_MAX / 4;
}

struct ack_key {
    uint32_t offset, acked, tsval;
};

static guint
ack_hash(gconstpointer key)
{
    const struct ack_key *ack = key;

    return ((ack->offset * 0x9e3779b1U) ^ ack->acked) * 0x85ebca6bU ^ ack->tsval;
}

static gboolean
ack_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(struct ack_key)) == 0;
}

/* Times at which each acknowledgement of a trail was seen; INT64_MIN: more than once. Offsets as in
 * another trail. */
static GHashTable *
acks_index(const struct seq_log *seq_log, int64_t shift, int64_t peer_shift)
{
    GHashTable *times = g_hash_table_new_full(ack_hash, ack_equal, g_free, g_free);

    for (guint i = 0; seq_log->acks && i < seq_log->acks->len; i++) {
        const struct seq_log_ack *ack = &g_array_index(seq_log->acks, struct seq_log_ack, i);
        const struct ack_key key = { ack->offset + (uint32_t)shift,
                                     ack->acked + (uint32_t)peer_shift, ack->tsval };
        int64_t *time = g_hash_table_lookup(times, &key);
        if (time) {
            *time = INT64_MIN;
            continue;
        }
        g_hash_table_insert(times, g_memdup2(&key, sizeof key),
                            g_memdup2(&ack->time, sizeof ack->time));
    }
    return times;
}

/* --- samples --------------------------------------------------------------------------------- */

/* Departures and arrivals of one direction, not yet told by one clock. */
struct passage {
    int64_t left, came;
};

/* Unless a time is nonsense: sums of what is left stay within 64 bits. */
static void
passage_add(GArray *passages, int64_t left, int64_t came)
{
    const struct passage passage = { left, came };

    if (ABS(left / 2) < TIME_MAX && ABS(came / 2) < TIME_MAX && ABS(came - left) < TIME_MAX)
        g_array_append_val(passages, passage);
}

static gint
range_compare(gconstpointer a, gconstpointer b)
{
    const struct seq_log_range *x = a, *y = b;

    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return x->time < y->time ? -1 : x->time > y->time;
}

/* Ranges that brought something new, ascending; and those that brought old bytes again. */
static void
ranges_split(const struct seq_log *seq_log, GArray *fresh, GArray *again)
{
    uint64_t reached = 0;

    for (guint i = 0; seq_log->ranges && i < seq_log->ranges->len; i++) {
        const struct seq_log_range *range =
            &g_array_index(seq_log->ranges, struct seq_log_range, i);
        g_array_append_vals(range->offset >= reached || fresh->len == 0 ? fresh : again, range, 1);
        reached = MAX(reached, range->offset + range->len);
    }
    if (again)
        g_array_sort(again, range_compare);
}

/* The last range that begins at offset or before it; NULL for none. */
static const struct seq_log_range *
range_before(const GArray *ranges, uint64_t offset)
{
    guint low = 0, high = ranges->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(ranges, struct seq_log_range, middle).offset <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &g_array_index(ranges, struct seq_log_range, low - 1) : NULL;
}

static bool
range_holds(const struct seq_log_range *range, uint64_t offset)
{
    return range && offset >= range->offset && offset - range->offset < range->len;
}

static void
way_doubled(struct pair_way *way, uint32_t frame, int64_t time)
{
    if (way->doubled < PAIR_FRAMES_MAX)
        way->doubled_frames[way->doubled] = frame;
    way->doubled++;
    way->first_doubled = mark_earlier(way->first_doubled, (struct mark){ frame, time });
}

/* Arrivals behind bytes that had left later, although each was sent once; and those that brought
 * what had come by then. came: what arrived in order, repeated: the rest; left and again: the same
 * of what was sent. */
static void
way_overtaken(struct pair_way *way, const GArray *came, const GArray *repeated, const GArray *left,
              const GArray *again)
{
    const struct seq_log_range *last = NULL;

    for (guint i = 0; i < repeated->len; i++) {
        const struct seq_log_range *arrival = &g_array_index(repeated, struct seq_log_range, i);
        uint64_t offset = arrival->offset - (uint64_t)way->shift;
        const struct seq_log_range *first = range_before(came, arrival->offset);
        first = range_holds(last, arrival->offset)    ? last
                : range_holds(first, arrival->offset) ? first
                                                      : NULL;
        last = arrival;
        if (!range_holds(range_before(left, offset), offset) ||
            range_holds(range_before(again, offset), offset))
            continue;
        if (first) {
            if (arrival->time - first->time < DOUBLED_NS)
                way_doubled(way, arrival->frame, arrival->time);
            continue;
        }
        if (way->overtaken < PAIR_FRAMES_MAX)
            way->overtaken_frames[way->overtaken] = arrival->frame;
        way->overtaken++;
        way->first_overtaken =
            mark_earlier(way->first_overtaken, (struct mark){ arrival->frame, arrival->time });
    }
}

/* Data that was sent once (Karn), by the first byte of each arrival. */
static void
passages_of_data(const struct seq_log *from, const struct seq_log *to, struct pair_way *way,
                 GArray *passages)
{
    GArray *left = g_array_new(FALSE, FALSE, sizeof(struct seq_log_range));
    GArray *again = g_array_new(FALSE, FALSE, sizeof(struct seq_log_range));
    GArray *came = g_array_new(FALSE, FALSE, sizeof(struct seq_log_range));
    GArray *repeated = g_array_new(FALSE, FALSE, sizeof(struct seq_log_range));

    ranges_split(from, left, again);
    ranges_split(to, came, repeated);
    for (guint i = 0; i < came->len; i++) {
        const struct seq_log_range *arrival = &g_array_index(came, struct seq_log_range, i);
        uint64_t offset = arrival->offset - (uint64_t)way->shift;
        const struct seq_log_range *departure = range_before(left, offset);
        if (!range_holds(departure, offset) || range_holds(range_before(again, offset), offset))
            continue;
        passage_add(passages, departure->time, arrival->time);
    }
    way_overtaken(way, came, repeated, left, again);
    g_array_unref(left);
    g_array_unref(again);
    g_array_unref(came);
    g_array_unref(repeated);
}

/* Returns how many acknowledgements were looked for. */
static guint
passages_of_acks(const struct seq_log *from, const struct seq_log *to, int64_t shift,
                 int64_t peer_shift, GArray *passages)
{
    unsigned bits = MAX(from->ack_bits, to->ack_bits);
    GHashTable *left = acks_index(from, shift, peer_shift), *came = acks_index(to, 0, 0);
    GHashTableIter iter;
    gpointer key, value;
    guint looked_for = 0;

    g_hash_table_iter_init(&iter, came);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const struct ack_key *ack = key;
        const int64_t *arrival = value, *departure = g_hash_table_lookup(left, key);
        if (*arrival == INT64_MIN || !seq_log_keeps_ack(ack->acked, ack->tsval, bits))
            continue;
        looked_for++;
        if (!departure || *departure == INT64_MIN)
            continue;
        passage_add(passages, *departure, *arrival);
    }
    g_hash_table_unref(left);
    g_hash_table_unref(came);
    return looked_for;
}

/* The connection request of a side, or the answer, sent once. */
static void
passages_of_syn(const struct tcp_half *from, const struct tcp_half *to, GArray *passages)
{
    if (mark_is_set(from->syn) && mark_is_set(to->syn) && from->syn.frame == from->last_syn.frame &&
        to->syn.frame == to->last_syn.frame)
        passage_add(passages, from->syn.time, to->syn.time);
}

const struct tcp_half *
pair_sender(const struct pair *pair, int side)
{
    return half_of(pair->end[side], side);
}

const struct tcp_half *
pair_receiver(const struct pair *pair, int side)
{
    return half_of(pair->end[!side], side);
}

const struct seq_log *
pair_sent(const struct pair *pair, int side)
{
    return log_of(pair->end[side], side);
}

const struct seq_log *
pair_came(const struct pair *pair, int side)
{
    return log_of(pair->end[!side], side);
}

/* Is it one TCP connection? And what moved when on its ways. */
static void
pair_align(struct pair *pair, GArray *passages[SIDE_COUNT])
{
    bool known[SIDE_COUNT], same = true;
    guint looked_for = 0, recognised = 0;

    if (pair->match == PAIR_CORRELATION_ID)
        return; /* other bytes, or the same by chance */
    for (int side = 0; side < SIDE_COUNT; side++) {
        struct pair_way *way = &pair->way[side];
        known[side] = shift_of(pair->end[side], pair->end[!side], side, &way->shift);
        same = same && known[side] &&
               same_sequence(pair_sender(pair, side), pair_receiver(pair, side), way->shift);
    }
    for (int side = 0; side < SIDE_COUNT; side++) {
        const struct seq_log *from = pair_sent(pair, side);
        const struct seq_log *to = pair_came(pair, side);
        if (!known[side])
            continue;
        /* The other side's bytes are shifted the other way. */
        if (known[!side])
            looked_for += passages_of_acks(from, to, pair->way[side].shift, -pair->way[!side].shift,
                                           passages[side]);
        recognised += passages[side]->len;
        passages_of_data(from, to, &pair->way[side], passages[side]);
    }
    pair->same_tcp = same || (recognised >= SAME_ACKS_MIN &&
                              recognised * 100ULL >= looked_for * (uint64_t)SAME_ACKS_PERCENT);
    for (int side = 0; side < SIDE_COUNT; side++) {
        pair->way[side].comparable = known[side] && pair->same_tcp;
        if (pair->same_tcp)
            passages_of_syn(pair_sender(pair, side), pair_receiver(pair, side), passages[side]);
    }
}

/* --- delays ---------------------------------------------------------------------------------- */

static struct clock_sample
sample_of(const struct passage *passage, int side)
{
    return (struct clock_sample){ side == SIDE_CLIENT ? passage->left : passage->came,
                                  passage->came - passage->left };
}

static gint
int64_compare(gconstpointer a, gconstpointer b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

int64_t
pair_took(const struct pair *pair, enum side sender, int64_t left, int64_t came)
{
    const struct passage passage = { left, came };
    const struct clock_sample sample = sample_of(&passage, (int)sender);
    int64_t offset = pair->clock_known ? clock_offset_at(&pair->clock, sample.at) : 0;

    return sample.took - (sender == SIDE_CLIENT ? offset : -offset);
}

/* What the clock leaves of the times that one direction took. */
static void
way_delays(const struct pair *pair, int side, struct pair_way *way, const GArray *passages)
{
    if (passages->len == 0)
        return;
    int64_t *delays = g_new(int64_t, passages->len);
    guint every = passages->len / PAIR_DELAYS_MAX + 1;
    way->delays = g_array_new(FALSE, FALSE, sizeof(struct pair_delay));
    for (guint i = 0; i < passages->len; i++) {
        const struct passage *passage = &g_array_index(passages, struct passage, i);
        delays[i] = pair_took(pair, (enum side)side, passage->left, passage->came);
        const struct pair_delay delay = { sample_of(passage, side).at, delays[i] };
        if (i % every == 0)
            g_array_append_val(way->delays, delay);
    }
    qsort(delays, passages->len, sizeof *delays, int64_compare);
    way->samples = passages->len;
    way->delay = delays[0];
    way->queue_50 = delays[passages->len / 2] - delays[0];
    way->queue_99 = delays[passages->len * (gsize)99 / 100] - delays[0];
    g_free(delays);
}

int64_t
pair_time(const struct pair *pair, enum side at, struct mark mark)
{
    return at == SIDE_SERVER && pair->clock_known ? clock_to_client(&pair->clock, mark.time)
                                                  : mark.time;
}

bool
pair_has_sender(const struct pair *pair, enum side side, struct mark mark)
{
    const struct capture_point *capture_point = pair->at[side];
    int64_t left = pair_time(pair, side_other(side), mark) - pair->way[side].delay;

    return pair->clock_known && pair->way[side].samples > 0 &&
           left >= pair_time(pair, side, capture_point->first) &&
           left <= pair_time(pair, side, capture_point->last);
}

bool
pair_was_recording(const struct pair *pair, enum side side, struct mark other)
{
    const struct capture_point *capture_point = pair->at[side];
    int64_t time = pair_time(pair, side_other(side), other);

    return pair->clock_known && time >= pair_time(pair, side, capture_point->first) &&
           time + pair->clock.bound * 2 + pair->way[SIDE_CLIENT].queue_99 +
                   pair->way[SIDE_SERVER].queue_99 + PAIR_SLACK_NS <=
               pair_time(pair, side, capture_point->last);
}

/* --- loss ------------------------------------------------------------------------------------ */

/* Where a range begins (+) or ends (-), of what was sent or of what arrived. */
struct edge {
    uint64_t offset;
    int32_t sent, arrived;
};

static gint
edge_compare(gconstpointer a, gconstpointer b)
{
    const struct edge *x = a, *y = b;

    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void
edges_add(GArray *edges, uint64_t offset, uint64_t len, bool arrived)
{
    const struct edge begin = { offset, !arrived, arrived };
    const struct edge end = { offset + len, -!arrived, -arrived };

    g_array_append_val(edges, begin);
    g_array_append_val(edges, end);
}

static GArray *
way_edges(const struct pair *pair, int side, struct pair_way *way)
{
    const struct seq_log *from = pair_sent(pair, side);
    const struct seq_log *to = pair_came(pair, side);
    GArray *edges = g_array_new(FALSE, FALSE, sizeof(struct edge));

    for (guint i = 0; from->ranges && i < from->ranges->len; i++) {
        const struct seq_log_range *range = &g_array_index(from->ranges, struct seq_log_range, i);
        const struct mark mark = { range->frame, range->time };
        if (!pair_was_recording(pair, side_other((enum side)side), mark) ||
            (mark_is_set(to->full) && pair_time(pair, (enum side)side, mark) >=
                                          pair_time(pair, side_other((enum side)side), to->full)))
            continue;
        edges_add(edges, range->offset, range->len, false);
        way->sent += range->len;
    }
    for (guint i = 0; to->ranges && i < to->ranges->len; i++) {
        const struct seq_log_range *range = &g_array_index(to->ranges, struct seq_log_range, i);
        if ((int64_t)range->offset >= way->shift)
            edges_add(edges, range->offset - (uint64_t)way->shift, range->len, true);
    }
    g_array_sort(edges, edge_compare);
    return edges;
}

/* The sender's segment that first brought these bytes; NULL for none. */
static const struct seq_log_range *
first_sent(const struct pair *pair, int side, uint64_t offset)
{
    const GArray *ranges = pair_sent(pair, side)->ranges;

    for (guint i = 0; ranges && i < ranges->len; i++) {
        const struct seq_log_range *range = &g_array_index(ranges, struct seq_log_range, i);
        if (range_holds(range, offset))
            return range;
    }
    return NULL;
}

/* A router had to drop it and said so: that is how the path's MTU is found, not loss. */
static bool
was_too_large(const struct pair *pair, int side, const struct seq_log_range *range)
{
    const struct icmp_facts *icmp = conn_icmp_errors(session_conn(pair->end[side]->session), side);

    return icmp->smaller_calls > 0 &&
           range->len + (icmp->smaller.v6 ? HEADERS_V6_LEN : HEADERS_V4_LEN) > icmp->smaller.mtu;
}

static void
way_lost_at(struct pair_way *way, const struct seq_log_range *range)
{
    if (way->num_lost_frames < PAIR_FRAMES_MAX)
        way->lost_frames[way->num_lost_frames++] = range->frame;
    if (!mark_is_set(way->first_lost) || range->time < way->first_lost.time)
        way->first_lost = (struct mark){ range->frame, range->time };
}

uint64_t
pair_acked(const struct pair *pair, int side)
{
    uint64_t near = pair_sender(pair, side)->acked;
    int64_t far = (int64_t)pair_receiver(pair, side)->acked - pair->way[side].shift;

    return far > 0 && pair_receiver(pair, side)->acked ? MAX(near, (uint64_t)far) : near;
}

/* Bytes of a segment of which more were sent than came. */
struct run {
    uint64_t len;
    int32_t times;
    uint64_t offset;
};

static void
run_ends(const struct pair *pair, int side, struct pair_way *way, struct run *run)
{
    size_t room = conn_segment_room(session_conn(pair->end[side]->session), (enum side)side);

    const struct seq_log_range *range = run->len ? first_sent(pair, side, run->offset) : NULL;
    if (range && !was_too_large(pair, side, range)) {
        room = room ? room : USUAL_ROOM;
        way->lost += run->len * (uint64_t)run->times;
        way->lost_segments += (uint32_t)((run->len + room - 1) / room) * (uint32_t)run->times;
        way_lost_at(way, range);
    }
    *run = (struct run){ 0 };
}

/* *hole: some bytes never came, and way->hole.offset is where the first of them are. */
static void
way_loss(const struct pair *pair, int side, struct pair_way *way, bool *hole)
{
    GArray *edges = way_edges(pair, side, way);
    uint64_t acked = pair_acked(pair, side);
    struct run run = { 0 };
    int32_t sent = 0, arrived = 0;

    for (guint i = 0; i < edges->len; i++) {
        const struct edge *edge = &g_array_index(edges, struct edge, i);
        uint64_t next =
            i + 1 < edges->len ? g_array_index(edges, struct edge, i + 1).offset : edge->offset;
        sent += edge->sent;
        arrived += edge->arrived;
        if (edge->sent)
            run_ends(pair, side, way, &run); /* another segment of the sender's */
        uint64_t len = next - edge->offset;
        if (len == 0)
            continue;
        way->arrived += len * (uint64_t)(sent ? MIN(sent, arrived) : 0);
        if (sent <= arrived) {
            run_ends(pair, side, way, &run);
        } else if (arrived == 0 && next <= acked) {
            /* The receiver has it: one of its copies was not captured. The others were lost. */
            way->unseen += len;
            run_ends(pair, side, way, &run);
        } else {
            if (run.len && run.times != sent - arrived)
                run_ends(pair, side, way, &run);
            if (run.len == 0)
                run = (struct run){ 0, sent - arrived, edge->offset };
            run.len += len;
            if (arrived == 0 && !*hole) {
                *hole = true;
                way->hole.offset = edge->offset;
            }
        }
    }
    run_ends(pair, side, way, &run);
    g_array_unref(edges);
}

/* The bytes that never came: how often they were sent, what else vanished, and what came through
 * meanwhile. */
static void
way_hole(const struct pair *pair, int side, struct pair_way *way)
{
    const GArray *sent = pair_sent(pair, side)->ranges;
    const GArray *came = pair_came(pair, side)->ranges;
    struct pair_hole hole = { .offset = way->hole.offset };

    for (guint i = 0; sent && i < sent->len; i++) {
        const struct seq_log_range *range = &g_array_index(sent, struct seq_log_range, i);
        const struct mark mark = { range->frame, range->time };
        if (!range_holds(range, hole.offset))
            continue;
        if (hole.sent++ == 0)
            hole.smallest = range->len;
        hole.smallest = MIN(hole.smallest, range->len);
        mark_once(&hole.first, mark);
        hole.last = mark;
    }
    int64_t since = pair_time(pair, (enum side)side, hole.first);
    for (guint i = 0; came && i < came->len; i++) {
        const struct seq_log_range *range = &g_array_index(came, struct seq_log_range, i);
        const struct mark mark = { range->frame, range->time };
        if (pair_time(pair, side_other((enum side)side), mark) >= since + way->delay)
            hole.largest_passed = MAX(hole.largest_passed, range->len);
    }
    way->hole = hole;
}

/* --- pairs ----------------------------------------------------------------------------------- */

static void
pair_free(gpointer data)
{
    struct pair *pair = data;

    g_ptr_array_unref(pair->found);
    g_array_unref(pair->found_at);
    for (int side = 0; side < SIDE_COUNT; side++)
        if (pair->way[side].delays)
            g_array_unref(pair->way[side].delays);
    g_free(pair);
}

/* The two that stand furthest apart. */
static void
group_ends(const struct group *group, struct result *ends[SIDE_COUNT])
{
    ends[SIDE_CLIENT] = g_ptr_array_index(group->members, 0);
    ends[SIDE_SERVER] = NULL;
    for (guint i = 1; i < group->members->len; i++) {
        struct result *member = g_ptr_array_index(group->members, i);
        if (lean_of(member, ends[SIDE_CLIENT]) > 0)
            ends[SIDE_CLIENT] = member;
    }
    for (guint i = 0; i < group->members->len; i++) {
        struct result *member = g_ptr_array_index(group->members, i);
        if (member != ends[SIDE_CLIENT] &&
            (!ends[SIDE_SERVER] || lean_of(ends[SIDE_SERVER], member) > 0))
            ends[SIDE_SERVER] = member;
    }
}

/* Of a group of two sessions or more; NULL when its capture points are not known. Whoever is
 * between the ends is in the middle. */
static struct pair *
pair_new(const struct group *group, GArray *capture_points)
{
    struct result *ends[SIDE_COUNT];
    struct capture_point *at[SIDE_COUNT];

    group_ends(group, ends);
    if (!ends[SIDE_SERVER])
        return NULL;
    for (int side = 0; side < SIDE_COUNT; side++)
        at[side] = capture_point_of(capture_points, interface_of(ends[side]));
    if (!at[SIDE_CLIENT] || !at[SIDE_SERVER])
        return NULL;
    for (guint i = 0; i < group->members->len; i++) {
        const struct result *member = g_ptr_array_index(group->members, i);
        struct capture_point *capture_point =
            capture_point_of(capture_points, interface_of(member));
        bool middle = member != ends[SIDE_CLIENT] && member != ends[SIDE_SERVER];
        if (capture_point && (middle || capture_point->role == ROLE_UNKNOWN))
            capture_point->role = middle                        ? ROLE_MIDDLE
                                  : member == ends[SIDE_CLIENT] ? ROLE_CLIENT
                                                                : ROLE_SERVER;
    }
    struct pair *pair = g_new0(struct pair, 1);
    for (int side = 0; side < SIDE_COUNT; side++) {
        pair->end[side] = ends[side];
        pair->at[side] = at[side];
    }
    if (!find_match(ends[SIDE_CLIENT], ends[SIDE_SERVER], &pair->match))
        pair->match = PAIR_CORRELATION_ID; /* each is the one of a session between them */
    pair->found = g_ptr_array_new_with_free_func(finding_free);
    pair->found_at = g_array_new(FALSE, FALSE, sizeof(enum side));
    return pair;
}

/* What moved between two capture points, of all pairs that stand between them. */
static void
pairs_clock(GPtrArray *pairs, GArray *(*passages)[SIDE_COUNT], guint first)
{
    const struct pair *model = g_ptr_array_index(pairs, first);
    GArray *samples[SIDE_COUNT];
    struct clock clock;

    for (int side = 0; side < SIDE_COUNT; side++)
        samples[side] = g_array_new(FALSE, FALSE, sizeof(struct clock_sample));
    for (guint i = first; i < pairs->len; i++) {
        const struct pair *pair = g_ptr_array_index(pairs, i);
        if (pair->at[SIDE_CLIENT] != model->at[SIDE_CLIENT] ||
            pair->at[SIDE_SERVER] != model->at[SIDE_SERVER])
            continue;
        for (int side = 0; side < SIDE_COUNT; side++)
            for (guint k = 0; k < passages[i][side]->len; k++) {
                const struct clock_sample sample =
                    sample_of(&g_array_index(passages[i][side], struct passage, k), side);
                g_array_append_val(samples[side], sample);
            }
    }
    if (clock_estimate(samples, &clock))
        for (guint i = first; i < pairs->len; i++) {
            struct pair *pair = g_ptr_array_index(pairs, i);
            if (pair->at[SIDE_CLIENT] != model->at[SIDE_CLIENT] ||
                pair->at[SIDE_SERVER] != model->at[SIDE_SERVER])
                continue;
            pair->clock = clock;
            pair->clock_known = true;
        }
    for (int side = 0; side < SIDE_COUNT; side++)
        g_array_unref(samples[side]);
}

static bool
pair_is_model(const GPtrArray *pairs, guint i)
{
    const struct pair *pair = g_ptr_array_index(pairs, i);

    for (guint k = 0; k < i; k++) {
        const struct pair *other = g_ptr_array_index(pairs, k);
        if (other->at[SIDE_CLIENT] == pair->at[SIDE_CLIENT] &&
            other->at[SIDE_SERVER] == pair->at[SIDE_SERVER])
            return false;
    }
    return true;
}

static void
pairs_compare(GPtrArray *pairs)
{
    GArray *(*passages)[SIDE_COUNT] = g_malloc0_n(pairs->len + 1, sizeof *passages);

    for (guint i = 0; i < pairs->len; i++) {
        for (int side = 0; side < SIDE_COUNT; side++)
            passages[i][side] = g_array_new(FALSE, FALSE, sizeof(struct passage));
        pair_align(g_ptr_array_index(pairs, i), passages[i]);
    }
    for (guint i = 0; i < pairs->len; i++)
        if (pair_is_model(pairs, i))
            pairs_clock(pairs, passages, i);
    for (guint i = 0; i < pairs->len; i++) {
        struct pair *pair = g_ptr_array_index(pairs, i);
        for (int side = 0; side < SIDE_COUNT; side++) {
            way_delays(pair, side, &pair->way[side], passages[i][side]);
            g_array_unref(passages[i][side]);
        }
        for (int side = 0; side < SIDE_COUNT; side++) {
            if (!pair->way[side].comparable || !pair->clock_known)
                continue;
            bool hole = false;
            way_loss(pair, side, &pair->way[side], &hole);
            if (hole)
                way_hole(pair, side, &pair->way[side]);
        }
        pair_judge(pair);
    }
    g_free(passages);
}

GPtrArray *
pairs_new(const GPtrArray *results, GArray *capture_points)
{
    GPtrArray *pairs = g_ptr_array_new_with_free_func(pair_free);
    GPtrArray *groups = g_ptr_array_new_with_free_func(group_free), *members = g_ptr_array_new();
    uint32_t ids = 0;

    for (guint i = 0; i < capture_points->len; i++)
        g_array_index(capture_points, struct capture_point, i).role = ROLE_UNKNOWN;
    for (guint i = 0; capture_points->len > 1 && i < results->len; i++) {
        struct result *result = g_ptr_array_index(results, i);
        if (session_has_no_connection(result->session))
            continue;
        g_ptr_array_add(members, result);
        g_ptr_array_add(groups, group_new(result));
        ids = MAX(ids, session_id(result->session) + 1);
    }
    struct group **of = g_new0(struct group *, ids + 1);
    for (guint i = 0; i < members->len; i++)
        of[session_id(((struct result *)g_ptr_array_index(members, i))->session)] =
            g_ptr_array_index(groups, i);
    for (int match = PAIR_CLIENT_RANDOM; match <= PAIR_CORRELATION_ID && members->len > 1; match++)
        groups_match(members, of, (enum pair_match)match);
    for (guint i = 0; i < groups->len; i++) {
        const struct group *group = g_ptr_array_index(groups, i);
        struct pair *pair = group->members->len > 1 ? pair_new(group, capture_points) : NULL;
        if (pair)
            g_ptr_array_add(pairs, pair);
    }
    pairs_compare(pairs);
    g_free(of);
    g_ptr_array_unref(members);
    g_ptr_array_unref(groups);
    return pairs;
}
