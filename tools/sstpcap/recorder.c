/* recorder.c - follows all connections that pass, and tells what became of the sessions
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "recorder.h"

#include "base/endpoint.h"
#include "engine/tell.h"
#include "report/verdict.h"
#include "rules/verdict.h"
#include "session/session.h"
#include "around.h"
#include "clear.h"
#include "packets.h"
#include "party.h"
#include "strangers.h"

enum {
    AFTER_SECONDS = 10,     /* that a session's packets are kept for after it closed: what its ends
                               and the path say of it may come late */
    BEFORE_SECONDS = 30,    /* of DNS, ARP and ICMP in front of it */
    SILENT_SECONDS = 900,   /* after which nobody expects more: far beyond any keepalive */
    UNDECIDED_SECONDS = 60, /* without a packet, of what has not shown what it is */
    REQUEST_SECONDS = 30, /* that a request waits for an answer: TCP has asked four times by then */
    REQUESTS_MAX = 65536, /* that wait; the oldest are given up */
    CONNECTION_LEN =
        25 << 10, /* bytes that one takes that is followed, beside its packets: measured */
    CONNECTIONS_MIN = 1024, /* that are followed in however little memory */
    TUNNEL_RECORD_LEN =
        5, /* of payload that headers_only leaves: a record's header, if it is one */
};

/* A connection at one interface. */
struct watched {
    struct conn_key key;
    struct party *party;           /* NULL: only requests have come */
    const struct session *session; /* of the party's engine; NULL: not known to be one */
    struct kept *kept;
    struct clear *clear;       /* NULL: encrypted, or nothing was said */
    bool asked;                /* whether it is */
    int64_t begun_ns, last_ns; /* stamps of its first and last packet */
    int64_t seen_ns;           /* when that came, by the recorder's clock */
    bool closed, up;
    GList in_requests;
};

struct recorder {
    struct recorder_options options;
    void (*event)(void *data, const struct watch_event *event);
    void *data;
    struct parties *parties;
    struct kept_room *room;
    struct around *around;
    GArray *links;               /* uint16_t: the link type of each interface */
    GHashTable *watched;         /* struct conn_key -> struct watched, which it owns */
    GQueue requests;             /* struct watched without a party, the oldest first */
    struct strangers *strangers; /* that are no SSTP */
    int64_t now_ns, looked_ns;
    guint num_followed, num_sessions; /* now: with a party, and of them */
    struct watch_counts counts;
};

/* --- life ------------------------------------------------------------------------------------- */

struct recorder *
recorder_new(const struct recorder_options *options,
             void (*event)(void *data, const struct watch_event *event), void *data)
{
    struct recorder *recorder = g_new0(struct recorder, 1);
    const struct config config = { .servers = (char *)options->servers,
                                   .negotiation_timeout = NEGOTIATION_TIMEOUT_SECONDS,
                                   .sstp_echo_timeout = SSTP_ECHO_TIMEOUT_SECONDS,
                                   .lcp_echo_failures = LCP_ECHO_FAILURES };

    recorder->options = *options;
    recorder->event = event;
    recorder->data = data;
    recorder->parties = parties_new(&config);
    recorder->room = kept_room_new(options->memory / 2);
    recorder->around = around_new();
    recorder->links = g_array_new(FALSE, TRUE, sizeof(uint16_t));
    recorder->watched = g_hash_table_new(conn_key_hash, conn_key_equal);
    g_queue_init(&recorder->requests);
    recorder->strangers = strangers_new();
    return recorder;
}

static void
not_waiting(struct recorder *recorder, struct watched *watched)
{
    if (watched->in_requests.data)
        g_queue_unlink(&recorder->requests, &watched->in_requests);
    watched->in_requests.data = NULL;
}

/* It is in no table any more. */
static void
watched_free(struct recorder *recorder, struct watched *watched)
{
    not_waiting(recorder, watched);
    recorder->num_sessions -= watched->session != NULL;
    if (watched->party) {
        party_leave(watched->party, recorder->now_ns);
        recorder->num_followed--;
    }
    kept_free(watched->kept);
    clear_free(watched->clear);
    g_free(watched);
}

static void
forget(struct recorder *recorder, struct watched *watched)
{
    g_hash_table_remove(recorder->watched, &watched->key);
    watched_free(recorder, watched);
}

void
recorder_free(struct recorder *recorder)
{
    GHashTableIter iter;
    gpointer watched;

    g_hash_table_iter_init(&iter, recorder->watched);
    while (g_hash_table_iter_next(&iter, NULL, &watched)) {
        g_hash_table_iter_steal(&iter);
        watched_free(recorder, watched);
    }
    g_hash_table_unref(recorder->watched);
    g_array_unref(recorder->links);
    strangers_free(recorder->strangers);
    parties_free(recorder->parties);
    around_free(recorder->around);
    kept_room_free(recorder->room);
    g_free(recorder);
}

/* --- what is kept ----------------------------------------------------------------------------- */

static void
keep_beside(void *data, const struct pcapng_packet *packet)
{
    kept_add(data, packet, packet->captured_len);
}

/* Nothing of a working tunnel's payload, but for what says how long a record is. */
static uint32_t
length_to_keep(const struct recorder *recorder, const struct watched *watched,
               const struct segment *segment, const struct pcapng_packet *packet)
{
    size_t headers;

    if (!recorder->options.headers_only || !watched->up || !segment->payload)
        return packet->captured_len;
    headers = (size_t)(segment->payload - packet->data);
    return (uint32_t)MIN(headers + TUNNEL_RECORD_LEN, packet->captured_len);
}

/* --- the packets of an event ------------------------------------------------------------------ */

/* The same connection at other interfaces, without address translation between: the caller's. */
static GPtrArray *
copies_of(const struct recorder *recorder, const struct watched *watched)
{
    GPtrArray *copies = g_ptr_array_new();
    struct conn_key key = watched->key;

    for (key.interface = 0; key.interface < recorder->links->len; key.interface++) {
        struct watched *copy = g_hash_table_lookup(recorder->watched, &key);
        if (copy && copy != watched)
            g_ptr_array_add(copies, copy);
    }
    return copies;
}

/* The caller's; lost grows by what is not there any more. */
static GPtrArray *
gather(const struct recorder *recorder, const struct watched *watched, uint64_t *lost)
{
    GPtrArray *packets = packets_new();
    GPtrArray *copies = copies_of(recorder, watched);

    kept_each(watched->kept, packets_add, packets);
    *lost = kept_lost(watched->kept);
    for (guint i = 0; i < copies->len; i++) {
        const struct watched *copy = g_ptr_array_index(copies, i);
        kept_each(copy->kept, packets_add, packets);
        *lost += kept_lost(copy->kept);
    }
    around_each(recorder->around, &watched->key.a, &watched->key.b, watched->begun_ns + 1,
                watched->last_ns + AFTER_SECONDS * NS_PER_SECOND, packets_add, packets);
    packets_sort(packets);
    g_ptr_array_unref(copies);
    return packets;
}

/* --- what is told ----------------------------------------------------------------------------- */

static void
tell(const struct recorder *recorder, const struct watched *watched, struct watch_event event)
{
    if (!event.session)
        event.session = watched->session;
    event.engine = party_engine(watched->party);
    event.seconds = ns_seconds(MAX(time_between(watched->begun_ns, event.time_ns), 0));
    recorder->event(recorder->data, &event);
}

/* What the engine found of a connection when all of it was judged; NULL: it is no session. */
static const struct result *
result_of(const struct watched *watched)
{
    const GPtrArray *results = engine_results(party_engine(watched->party));

    for (guint i = results->len; i-- > 0;) {
        const struct result *result = g_ptr_array_index(results, i);
        if (!session_has_no_connection(result->session) &&
            conn_key_equal(conn_key(session_conn(result->session)), &watched->key))
            return result;
    }
    return NULL;
}

/* Of all interfaces that have it the one that saw the worst. */
static const struct watched *
worst_of(const struct watched *watched, const GPtrArray *copies)
{
    const struct watched *worst = NULL;
    int severity = -2;

    for (guint i = 0; i <= copies->len; i++) {
        const struct watched *one = i == 0 ? watched : g_ptr_array_index(copies, i - 1);
        if (!one->party)
            continue;
        engine_finish(party_engine(one->party));
        const struct result *result = result_of(one);
        if (result && report_result_severity(result) > severity) {
            severity = report_result_severity(result);
            worst = one;
        }
    }
    return worst;
}

static void
tell_end(const struct recorder *recorder, const struct watched *watched)
{
    struct watch_event event = { .kind = WATCH_END, .time_ns = watched->last_ns };
    GPtrArray *packets = gather(recorder, watched, &event.lost);

    event.result = result_of(watched);
    event.session = event.result->session;
    event.packets = packets;
    tell(recorder, watched, event);
    g_ptr_array_unref(packets);
}

/* What became sure at this frame. */
static void
tell_found(const struct recorder *recorder, const struct watched *watched, struct mark mark)
{
    const GArray *found = engine_frame_findings(party_engine(watched->party), mark.frame);

    for (guint i = 0; found && i < found->len; i++) {
        const struct frame_finding *finding = &g_array_index(found, struct frame_finding, i);
        if (finding->verdict && finding->severity >= SEVERITY_WARN)
            tell(recorder, watched,
                 (struct watch_event){
                     .kind = WATCH_VERDICT, .time_ns = mark.time, .finding = finding });
    }
}

/* --- a segment -------------------------------------------------------------------------------- */

/* Who asks. Without a request the port tells, or else the lower one does: those of clients are
 * high. */
static struct route
route_of(const struct recorder *recorder, const struct segment *segment)
{
    const struct endpoint *server = &segment->dst;
    struct route route;

    if (segment->flags & TCP_SYN)
        server = segment->flags & TCP_ACK ? &segment->src : &segment->dst;
    else if (segment->src.port == recorder->options.port ||
             (segment->dst.port != recorder->options.port && segment->src.port < segment->dst.port))
        server = &segment->src;
    route.server = *server;
    route.client = server == &segment->dst ? segment->src : segment->dst;
    route.client.port = 0;
    route.interface = segment->interface;
    return route;
}

/* Another interface has told it. */
static bool
copy_is_up(const struct recorder *recorder, const struct watched *watched)
{
    GPtrArray *copies = copies_of(recorder, watched);
    bool up = false;

    for (guint i = 0; i < copies->len; i++)
        up |= ((const struct watched *)g_ptr_array_index(copies, i))->up;
    g_ptr_array_unref(copies);
    return up;
}

/* What a segment has changed. */
static void
look(struct recorder *recorder, struct watched *watched, struct mark mark)
{
    if (!watched->session)
        return;
    if (!watched->up && session_is_established(watched->session)) {
        watched->up = true;
        if (!copy_is_up(recorder, watched))
            tell(recorder, watched, (struct watch_event){ .kind = WATCH_UP, .time_ns = mark.time });
    }
    tell_found(recorder, watched, mark);
}

/* Its first bytes tell whether they can be read. */
static void
tell_clear(struct watched *watched, const struct segment *segment)
{
    if (!watched->asked && segment->payload_len > 0) {
        watched->asked = true;
        watched->clear = clear_new(segment);
    }
    if (watched->clear)
        clear_segment(watched->clear, party_engine(watched->party), segment);
}

/* False: it is no SSTP. */
static bool
feed(struct recorder *recorder, struct watched *watched, struct segment *segment, int64_t time_ns)
{
    struct engine *engine = party_engine(watched->party);
    const struct session *session;
    struct mark closed;
    enum side by;
    bool reset;

    segment->mark = party_frame(watched->party, time_ns);
    engine_frame(engine, segment->mark);
    if (engine_segment(engine, segment) == CONNECTION_FOREIGN) {
        engine_no_segment(engine);
        return false;
    }
    tell_clear(watched, segment);
    engine_frame_done(engine);
    session = engine_current_session(engine);
    watched->closed = conn_closed(engine_current(engine), &closed, &by, &reset);
    engine_no_segment(engine);
    recorder->num_sessions += session && !watched->session;
    if (session)
        watched->session = session;
    look(recorder, watched, segment->mark);
    return true;
}

static uint16_t
link_of(const struct recorder *recorder, uint32_t interface)
{
    return g_array_index(recorder->links, uint16_t, interface);
}

/* --- from a request to a connection ----------------------------------------------------------- */

struct replay {
    struct recorder *recorder;
    struct watched *watched;
    bool beside; /* its party knows nothing yet of what was said beside it */
    bool gone;   /* it is no SSTP */
};

/* Again what was kept. */
static void
replay_packet(void *data, const struct pcapng_packet *packet)
{
    struct replay *replay = data;
    struct frame frame;

    if (replay->gone)
        return;
    frame_decode(link_of(replay->recorder, packet->interface), packet->data, packet->captured_len,
                 packet->wire_len, &frame);
    if (frame.kind == FRAME_TCP) {
        frame.segment.interface = packet->interface;
        replay->gone = !feed(replay->recorder, replay->watched, &frame.segment, packet->time_ns);
    } else if (replay->beside) {
        engine_tell(party_engine(replay->watched->party), &frame,
                    party_frame(replay->watched->party, packet->time_ns), packet->interface);
    }
}

static guint
max_followed(const struct recorder *recorder)
{
    return (guint)MAX(recorder->options.memory / 2 / CONNECTION_LEN, CONNECTIONS_MIN);
}

/* It has an engine from now on, which is told of all that has come of it. False: it is no SSTP, or
 * there are too many. */
static bool
promote(struct recorder *recorder, struct watched *watched, const struct segment *segment)
{
    const struct route route = route_of(recorder, segment);
    struct replay replay = { .recorder = recorder, .watched = watched };

    if (recorder->num_followed >= max_followed(recorder)) {
        recorder->counts.connections_given_up++;
        return false;
    }
    not_waiting(recorder, watched);
    recorder->num_followed++;
    watched->party = party_join(recorder->parties, &route);
    replay.beside = party_is_new(watched->party);
    kept_each(watched->kept, replay_packet, &replay);
    return !replay.gone;
}

static void
give_request_up(struct recorder *recorder)
{
    struct watched *oldest = recorder->requests.head->data;

    recorder->counts.requests_given_up++;
    forget(recorder, oldest);
}

/* With what was said beside it just before. */
static struct watched *
watched_new(struct recorder *recorder, const struct conn_key *key, int64_t now_ns)
{
    struct watched *watched = g_new0(struct watched, 1);

    if (recorder->requests.length >= REQUESTS_MAX)
        give_request_up(recorder);
    watched->key = *key;
    watched->begun_ns = now_ns;
    watched->kept = kept_new(recorder->room);
    around_each(recorder->around, &key->a, &key->b, now_ns - BEFORE_SECONDS * NS_PER_SECOND, now_ns,
                keep_beside, watched->kept);
    watched->in_requests.data = watched;
    g_queue_push_tail_link(&recorder->requests, &watched->in_requests);
    g_hash_table_insert(recorder->watched, &watched->key, watched);
    return watched;
}

static bool
is_request(const struct segment *segment)
{
    return (segment->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN;
}

static void end(struct recorder *recorder, struct watched *watched);

/* The connection of a segment. A request where one is over begins another. NULL: it is none that
 * counts. */
static struct watched *
watched_of(struct recorder *recorder, const struct segment *segment, int64_t now_ns)
{
    struct conn_key key;

    conn_key_make(segment, &key);
    struct watched *watched = g_hash_table_lookup(recorder->watched, &key);
    if (watched && watched->closed && is_request(segment)) {
        end(recorder, watched);
        watched = NULL;
    }
    /* A request begins another connection on these addresses and ports. */
    if (watched || (!is_request(segment) && strangers_have(recorder->strangers, &key)))
        return watched;
    return watched_new(recorder, &key, now_ns);
}

static void
take_segment(struct recorder *recorder, struct segment *segment, const struct pcapng_packet *packet)
{
    struct watched *watched = watched_of(recorder, segment, packet->time_ns);
    bool is_sstp = true;

    if (!watched)
        return;
    watched->last_ns = packet->time_ns;
    watched->seen_ns = recorder->now_ns;
    kept_add(watched->kept, packet, length_to_keep(recorder, watched, segment, packet));
    if (watched->party)
        is_sstp = feed(recorder, watched, segment, packet->time_ns);
    else if (!is_request(segment))
        is_sstp = promote(recorder, watched, segment);
    if (is_sstp)
        return;
    strangers_add(recorder->strangers, &watched->key);
    forget(recorder, watched);
}

/* Of a connection that is followed, or about to be. */
static void
take_icmp(struct recorder *recorder, struct frame *frame, const struct pcapng_packet *packet)
{
    const struct segment quoted = { .interface = packet->interface,
                                    .src = frame->icmp.src,
                                    .dst = frame->icmp.dst };
    struct conn_key key;

    conn_key_make(&quoted, &key);
    struct watched *watched = g_hash_table_lookup(recorder->watched, &key);
    around_add(recorder->around, packet, frame);
    if (!watched)
        return;
    if (!watched->party && !promote(recorder, watched, &quoted))
        return;
    engine_tell(party_engine(watched->party), frame, party_frame(watched->party, packet->time_ns),
                packet->interface);
}

/* --- the end ---------------------------------------------------------------------------------- */

/* Of one that closed, what may still come says nothing new. */
static void
let_go(struct recorder *recorder, struct watched *watched)
{
    if (watched->closed)
        strangers_add(recorder->strangers, &watched->key);
    forget(recorder, watched);
}

/* All interfaces that have it are done with it. */
static void
end(struct recorder *recorder, struct watched *watched)
{
    GPtrArray *copies = copies_of(recorder, watched);
    const struct watched *worst = worst_of(watched, copies);

    if (worst)
        tell_end(recorder, worst);
    for (guint i = 0; i < copies->len; i++)
        let_go(recorder, g_ptr_array_index(copies, i));
    g_ptr_array_unref(copies);
    let_go(recorder, watched);
}

/* Nothing more is expected of it. */
static bool
is_over(const struct recorder *recorder, const struct watched *watched)
{
    const int64_t quiet = time_between(watched->seen_ns, recorder->now_ns);

    if (!watched->party)
        return quiet >= REQUEST_SECONDS * NS_PER_SECOND;
    if (watched->closed)
        return quiet >= AFTER_SECONDS * NS_PER_SECOND;
    return quiet >= (watched->session ? SILENT_SECONDS : UNDECIDED_SECONDS) * NS_PER_SECOND;
}

/* A request that nobody answered is one of a session where its server is named. */
static void
conclude(struct recorder *recorder, struct watched *watched)
{
    const struct endpoint *const ends[] = { &watched->key.a, &watched->key.b };
    const bool to_b = ends[1]->port == recorder->options.port ||
                      (ends[0]->port != recorder->options.port && ends[1]->port < ends[0]->port);
    const struct segment request = { .flags = TCP_SYN,
                                     .interface = watched->key.interface,
                                     .src = to_b ? watched->key.a : watched->key.b,
                                     .dst = to_b ? watched->key.b : watched->key.a };

    if (!watched->party && recorder->options.servers && kept_num(watched->kept) > 1)
        promote(recorder, watched, &request);
    end(recorder, watched);
}

static void
end_all(struct recorder *recorder, bool over_alone)
{
    GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer watched;

    g_hash_table_iter_init(&iter, recorder->watched);
    while (g_hash_table_iter_next(&iter, NULL, &watched))
        if (!over_alone || is_over(recorder, watched))
            g_ptr_array_add(keys,
                            g_memdup2(&((struct watched *)watched)->key, sizeof(struct conn_key)));
    /* The end of one is that of its copies. */
    for (guint i = 0; i < keys->len; i++) {
        watched = g_hash_table_lookup(recorder->watched, g_ptr_array_index(keys, i));
        if (watched)
            conclude(recorder, watched);
    }
    g_ptr_array_unref(keys);
}

/* --- the face --------------------------------------------------------------------------------- */

void
recorder_time(struct recorder *recorder, int64_t now_ns)
{
    recorder->now_ns = MAX(recorder->now_ns, now_ns);
    if (time_apart(recorder->looked_ns, recorder->now_ns) < NS_PER_SECOND)
        return;
    recorder->looked_ns = recorder->now_ns;
    end_all(recorder, true);
    parties_forget(recorder->parties, recorder->now_ns);
}

void
recorder_packet(struct recorder *recorder, uint16_t link_type, const struct pcapng_packet *packet)
{
    struct frame frame;

    recorder->counts.packets++;
    if (packet->interface >= recorder->links->len)
        g_array_set_size(recorder->links, packet->interface + 1);
    g_array_index(recorder->links, uint16_t, packet->interface) = link_type;
    frame_decode(link_type, packet->data, packet->captured_len, packet->wire_len, &frame);
    switch (frame.kind) {
    case FRAME_TCP:
        frame.segment.interface = packet->interface;
        take_segment(recorder, &frame.segment, packet);
        break;
    case FRAME_ICMP:
        take_icmp(recorder, &frame, packet);
        break;
    case FRAME_DNS:
    case FRAME_ARP:
        around_add(recorder->around, packet, &frame);
        parties_beside(recorder->parties, &frame, packet->interface, packet->time_ns);
        break;
    case FRAME_OTHER:
        recorder->counts.not_decoded++;
        break;
    }
}

void
recorder_finish(struct recorder *recorder)
{
    end_all(recorder, false);
}

struct watch_counts
recorder_counts(const struct recorder *recorder)
{
    struct watch_counts counts = recorder->counts;

    counts.connections = g_hash_table_size(recorder->watched);
    counts.sessions = recorder->num_sessions;
    counts.kept_bytes = kept_room_used(recorder->room);
    return counts;
}
