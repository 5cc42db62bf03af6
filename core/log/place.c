/* place.c - lines of logs beside the sessions of a capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/place.h"

#include <string.h>

#include "base/hash.h"
#include "base/thresholds.h"

enum {
    QUARTERS_MAX = LOG_SHIFT_HOURS_MAX * 4,
    FIT_ENTRIES_MAX = 5000,  /* that are tried */
    PLACED_ALL_MAX = 100000, /* of all sessions */
    COMPARED_SESSIONS_MAX = 32,
    HEADERS_MAX = 1000, /* of a log that are compared */
};

static const int64_t margin = LOG_MARGIN_SECONDS * NS_PER_SECOND;

/* From when to when lines belong to a session, or to one of several that overlap. */
struct window {
    int64_t first, last;
};

struct logbook {
    GArray *fits;
    GHashTable *pages;     /* struct session -> struct log_page */
    GPtrArray *sessions;   /* struct session */
    GHashTable *ids;       /* correlation id -> struct session, the first one of it */
    GHashTable *doubles;   /* correlation ids that several sessions have, a set */
    GHashTable *endpoints; /* "192.0.2.1:4711" of a client, a set */
    GArray *windows;       /* struct window of all sessions, disjoint, by time */
    uint32_t num_placed;
    bool all; /* lines are wanted in the text report */
};

/* --- sessions -------------------------------------------------------------------------------- */

/* Without braces, in lower case, as in a log's entry. NULL when not known. */
static char *
session_correlation_id(const struct session *session)
{
    const char *id = session_http(session)->correlation_id;

    if (!id)
        return NULL;
    id += strspn(id, "{ ");
    return g_ascii_strdown(id, (gssize)strcspn(id, "} "));
}

static struct window
session_window(const struct session *session)
{
    const struct conn *conn = session_conn(session);

    return (struct window){ conn_first(conn).time - margin, conn_last(conn).time + margin };
}

static gint
compare_windows(gconstpointer a, gconstpointer b)
{
    const struct window *first = a, *second = b;

    return first->first < second->first ? -1 : first->first > second->first;
}

/* Windows that overlap become one. */
static void
merge_windows(GArray *windows)
{
    guint kept = 0;

    g_array_sort(windows, compare_windows);
    for (guint i = 1; i < windows->len; i++) {
        struct window *last = &g_array_index(windows, struct window, kept);
        struct window *next = &g_array_index(windows, struct window, i);
        if (next->first <= last->last)
            last->last = MAX(last->last, next->last);
        else
            g_array_index(windows, struct window, ++kept) = *next;
    }
    if (windows->len)
        g_array_set_size(windows, kept + 1);
}

static void
add_sessions(struct logbook *book, const GPtrArray *results)
{
    for (guint i = 0; i < results->len; i++) {
        const struct result *result = g_ptr_array_index(results, i);
        const struct session *session = result->session;
        struct window window = session_window(session);
        char *id = session_correlation_id(session);
        g_ptr_array_add(book->sessions, (gpointer)session);
        g_array_append_val(book->windows, window);
        if (id && !g_hash_table_contains(book->ids, id))
            g_hash_table_insert(book->ids, id, (gpointer)session);
        else if (id)
            g_hash_table_add(book->doubles, id);
        g_hash_table_add(book->endpoints,
                         endpoint_text(conn_endpoint(session_conn(session), SIDE_CLIENT)));
    }
}

/* --- clocks ---------------------------------------------------------------------------------- */

/* Is there a session at this time? */
static bool
windows_cover(const GArray *windows, int64_t time, int64_t precision)
{
    guint low = 0, high = windows->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(windows, struct window, middle).last < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low < windows->len &&
           g_array_index(windows, struct window, low).first < time + precision;
}

/* How many entries are beside sessions when shifted. Lines of unknown programs count for nothing
 * where there are others. */
static uint32_t
count_fits(const struct logbook *book, const struct log *log, int64_t shift)
{
    bool any = log_source(log) == LOG_FROM_OTHER;
    guint tried = 0;
    uint32_t num = 0;

    for (guint i = 0; i < log->entries->len && tried < FIT_ENTRIES_MAX; i++) {
        const struct log_entry *entry = &g_array_index(log->entries, struct log_entry, i);
        if (entry->time == LOG_NO_TIME || entry->after || (!any && entry->source == LOG_FROM_OTHER))
            continue;
        tried++;
        num += windows_cover(book->windows, entry->time + shift, entry->precision);
    }
    return num;
}

/* The one shift by multiples of step quarters that lets most entries fit; 0 when there is none, or
 * when others fit as well. */
static int64_t
best_shift(const struct logbook *book, const struct log *log, int step)
{
    const int64_t quarter = TIME_ZONE_STEP_SECONDS * NS_PER_SECOND;
    int64_t best = 0;
    uint32_t most = 0;
    bool alone = false;

    for (int quarters = -QUARTERS_MAX; quarters <= QUARTERS_MAX; quarters += step) {
        uint32_t num = count_fits(book, log, quarters * quarter);
        if (num > most) {
            most = num;
            best = quarters * quarter;
            alone = true;
        } else if (num == most) {
            alone = false;
        }
    }
    return most && alone ? best : 0;
}

/* Does the log name the session's client, address and port, about when it wrote that entry? */
static bool
names_client(const struct log *log, const struct log_entry *header, const struct session *session)
{
    char *client = endpoint_text(conn_endpoint(session_conn(session), SIDE_CLIENT));
    bool found = false;

    for (guint i = 0; i < log->entries->len && !found; i++) {
        const struct log_entry *entry = &g_array_index(log->entries, struct log_entry, i);
        found = entry->endpoint && entry->time != LOG_NO_TIME &&
                ABS(entry->time - header->time) <= LOG_EVENT_SLACK_SECONDS * NS_PER_SECOND &&
                strcmp(entry->endpoint, client) == 0;
    }
    g_free(client);
    return found;
}

/* Shifts of whole quarters of an hour are zones; any other offset needs more than the id, as sstpc
 * uses one id for several connections. */
static bool
is_zone(int64_t offset)
{
    const int64_t quarter = TIME_ZONE_STEP_SECONDS * NS_PER_SECOND;
    int64_t rest = ABS(offset) % quarter;

    return MIN(rest, quarter - rest) <= LOG_EVENT_SLACK_SECONDS * NS_PER_SECOND;
}

/* What a line with the HTTP header of a request of the capture says of the log's clock. */
static bool
header_offset(const struct logbook *book, const struct log *log, const struct log_entry *entry,
              int64_t *offset)
{
    const struct session *session;

    if (!entry->id_of_header || entry->after || entry->time == LOG_NO_TIME || !entry->id ||
        g_hash_table_contains(book->doubles, entry->id))
        return false;
    session = g_hash_table_lookup(book->ids, entry->id);
    if (!session || !mark_is_set(session_http(session)->request))
        return false;
    *offset = session_http(session)->request.time - entry->time;
    /* The line was written within the second of its stamp: rounded down, also below zero. */
    *offset -= (*offset % entry->precision + entry->precision) % entry->precision;
    return ABS(*offset) <= margin || is_zone(*offset) || names_client(log, entry, session);
}

/* The shift that lines with the HTTP header tell, 0 when one of them fits as it is. False when
 * there are none, or when they differ. */
static bool
header_shift(const struct logbook *book, const struct log *log, int64_t *shift)
{
    bool any = false, differ = false;
    unsigned headers = 0;

    *shift = 0;
    for (guint i = 0; i < log->entries->len && headers < HEADERS_MAX; i++) {
        const struct log_entry *entry = &g_array_index(log->entries, struct log_entry, i);
        int64_t offset;
        headers += entry->id_of_header;
        if (!header_offset(book, log, entry, &offset))
            continue;
        if (ABS(offset) <= margin) {
            *shift = 0;
            return true;
        }
        differ = differ || (any && ABS(offset - *shift) > LOG_EVENT_SLACK_SECONDS * NS_PER_SECOND);
        *shift = offset;
        any = true;
    }
    return any && !differ;
}

static void
find_shift(const struct logbook *book, struct log_fit *fit)
{
    int64_t shift;

    if (header_shift(book, fit->log, &shift)) {
        fit->shift = shift;
        fit->reason = shift ? LOG_SHIFT_HEADER : LOG_SHIFT_NONE;
        return;
    }
    if (count_fits(book, fit->log, 0) > 0)
        return;
    fit->shift = best_shift(book, fit->log, 4);
    if (!fit->shift)
        fit->shift = best_shift(book, fit->log, 1);
    if (fit->shift)
        fit->reason = LOG_SHIFT_ZONE;
}

/* --- frames ---------------------------------------------------------------------------------- */

/* Where the capture has what a line speaks of; unset when it does not. */
static struct mark
event_mark(const struct session *session, enum log_event event)
{
    const struct sstp_facts *sstp = session_sstp(session);
    struct mark end = { 0, 0 };
    enum side by;
    bool reset;

    switch (event) {
    case LOG_EVENT_TCP:
        return conn_first(session_conn(session));
    case LOG_EVENT_TLS:
        return session_stage_state(session, STAGE_TLS)->last;
    case LOG_EVENT_HTTP_REQUEST:
        return session_http(session)->request;
    case LOG_EVENT_HTTP_ANSWER:
        return session_http(session)->response;
    case LOG_EVENT_CALL_REQUEST:
        return sstp->call_request;
    case LOG_EVENT_CALL_ACK:
        return sstp->call_ack;
    case LOG_EVENT_CALL_NAK:
        return sstp->call_nak;
    case LOG_EVENT_CALL_CONNECTED:
        return sstp->call_connected;
    case LOG_EVENT_CALL_ABORT:
        return mark_earlier(sstp->abort[SIDE_CLIENT], sstp->abort[SIDE_SERVER]);
    case LOG_EVENT_CALL_DISCONNECT:
        return mark_earlier(sstp->disconnect[SIDE_CLIENT], sstp->disconnect[SIDE_SERVER]);
    case LOG_EVENT_DISCONNECT_ACK:
        return mark_earlier(sstp->disconnect_ack[SIDE_CLIENT], sstp->disconnect_ack[SIDE_SERVER]);
    case LOG_EVENT_CHALLENGE:
        return session_auth(session)->first;
    case LOG_EVENT_RESPONSE:
        return session_auth(session)->response;
    case LOG_EVENT_AUTH_SUCCESS:
        return session_auth(session)->success;
    case LOG_EVENT_AUTH_FAILURE:
        return session_auth(session)->failure;
    case LOG_EVENT_TERMINATE:
        return mark_earlier(session_terminate(session, SIDE_CLIENT)->mark,
                            session_terminate(session, SIDE_SERVER)->mark);
    case LOG_EVENT_NCP:
        return session_ncp_opened(session);
    case LOG_EVENT_CLOSE:
        return conn_closed(session_conn(session), &end, &by, &reset) ? end : (struct mark){ 0, 0 };
    case LOG_EVENT_NONE:
    case LOG_EVENT_STEP:
        break;
    }
    return end;
}

/* How far a time is from the span that lasts from begin for precision; 0 within it. */
static int64_t
distance(int64_t time, int64_t begin, int64_t precision)
{
    if (time < begin)
        return begin - time;
    return MAX(time - (begin + precision), 0);
}

/* anchor: the frame that an earlier line of the same log speaks of. Many lines have the same
 * second, but what stands behind that line came later. */
static uint32_t
near_frame(const struct session *session, const struct log_entry *entry, int64_t time,
           struct mark *anchor)
{
    struct mark mark = event_mark(session, entry->event), other;

    if (mark_is_set(mark) &&
        distance(mark.time, time, entry->precision) <= LOG_EVENT_SLACK_SECONDS * NS_PER_SECOND) {
        *anchor = mark;
        return mark.frame;
    }
    if (mark_is_set(*anchor) && distance(anchor->time, time, entry->precision) == 0)
        return anchor->frame;
    mark = timeline_nearest(session_timeline(session), time + entry->precision / 2);
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        for (int end = 0; end < 2; end++) {
            other = end ? session_stage_state(session, stage)->last
                        : session_stage_state(session, stage)->first;
            if (mark_is_set(other) &&
                (!mark_is_set(mark) || distance(other.time, time, entry->precision) <
                                           distance(mark.time, time, entry->precision)))
                mark = other;
        }
    if (!mark_is_set(mark) || distance(mark.time, time, entry->precision) > margin)
        return 0;
    return mark.frame;
}

/* --- pages ----------------------------------------------------------------------------------- */

static void
page_free(gpointer data)
{
    struct log_page *page = data;

    g_array_unref(page->placed);
    g_free(page);
}

static struct log_page *
page_of(struct logbook *book, const struct session *session)
{
    struct log_page *page = g_hash_table_lookup(book->pages, session);

    if (!page) {
        page = g_new0(struct log_page, 1);
        page->placed = g_array_new(FALSE, FALSE, sizeof(struct log_placed));
        g_hash_table_insert(book->pages, (gpointer)session, page);
    }
    return page;
}

static void
place(struct logbook *book, const struct session *session, unsigned file,
      const struct log_entry *entry, struct mark *anchor)
{
    struct log_fit *fit = &g_array_index(book->fits, struct log_fit, file);
    struct log_page *page = page_of(book, session);
    struct log_placed placed = { .entry = entry, .file = file, .time = LOG_NO_TIME };

    fit->placed++;
    if (page->placed->len >= LOG_PLACED_MAX || book->num_placed >= PLACED_ALL_MAX) {
        page->more++;
        return;
    }
    book->num_placed++;
    if (entry->time != LOG_NO_TIME) {
        placed.time = entry->time + fit->shift;
        placed.frame = near_frame(session, entry, placed.time, anchor);
    }
    g_array_append_val(page->placed, placed);
}

/* Does what a line names speak against this session? own_id and own_client are the session's. */
static bool
is_of_other(const struct logbook *book, const struct log_entry *entry, const char *own_id,
            const char *own_client)
{
    if (entry->endpoint && g_hash_table_contains(book->endpoints, entry->endpoint) &&
        strcmp(entry->endpoint, own_client) != 0)
        return true;
    if (!entry->id)
        return false;
    if (g_hash_table_contains(book->ids, entry->id))
        return g_strcmp0(entry->id, own_id) != 0;
    return own_id && !entry->id_of_ras;
}

static bool
event_is_here(const struct session *session, const struct log_entry *entry, int64_t time,
              int64_t slack)
{
    struct mark mark = event_mark(session, entry->event);

    return mark_is_set(mark) && distance(mark.time, time, entry->precision) <= slack;
}

/* The capture has what the line speaks of at this very time, but in another session. */
static bool
event_is_elsewhere(const struct logbook *book, const struct session *session,
                   const struct log_entry *entry, int64_t time)
{
    if (entry->event <= LOG_EVENT_STEP || conn_is_copy(session_conn(session)) ||
        book->sessions->len > COMPARED_SESSIONS_MAX ||
        event_is_here(session, entry, time, LOG_EVENT_SLACK_SECONDS * NS_PER_SECOND))
        return false;
    for (guint i = 0; i < book->sessions->len; i++)
        if (event_is_here(g_ptr_array_index(book->sessions, i), entry, time, 0))
            return true;
    return false;
}

/* Index of the first entry at or behind time. */
static guint
first_entry(const GArray *entries, int64_t time)
{
    guint low = 0, high = entries->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(entries, struct log_entry, middle).time < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void
place_file(struct logbook *book, const struct session *session, unsigned file)
{
    const struct log_fit *fit = &g_array_index(book->fits, struct log_fit, file);
    const GArray *entries = fit->log->entries;
    struct window window = session_window(session);
    struct mark anchor = { 0, 0 };
    char *own_id = session_correlation_id(session);
    char *own_client = endpoint_text(conn_endpoint(session_conn(session), SIDE_CLIENT));

    for (guint i =
             first_entry(entries, window.first - fit->shift - LOG_COARSEST_STAMP * NS_PER_SECOND);
         i < entries->len; i++) {
        const struct log_entry *entry = &g_array_index(entries, struct log_entry, i);
        if (entry->time == LOG_NO_TIME ||
            entry->time + entry->precision + fit->shift < window.first)
            continue;
        if (entry->time + fit->shift > window.last)
            break;
        if (is_of_other(book, entry, own_id, own_client) ||
            event_is_elsewhere(book, session, entry, entry->time + fit->shift))
            continue;
        place(book, session, file, entry, &anchor);
        if (page_of(book, session)->more > LOG_PLACED_MAX)
            break; /* enough is enough, with thousands of sessions in one log */
    }
    g_free(own_client);
    g_free(own_id);
}

/* A session that its id names gets its lines also from outside of its time: the client goes on
 * writing when the connection is gone. */
static void
place_by_id(struct logbook *book, unsigned file)
{
    const struct log_fit *fit = &g_array_index(book->fits, struct log_fit, file);
    const GArray *entries = fit->log->entries;

    for (guint i = 0; i < entries->len; i++) {
        const struct log_entry *entry = &g_array_index(entries, struct log_entry, i);
        const struct session *session =
            entry->id ? g_hash_table_lookup(book->ids, entry->id) : NULL;
        if (!session || g_hash_table_contains(book->doubles, entry->id))
            continue;
        struct window window = session_window(session);
        struct mark anchor = { 0, 0 };
        int64_t time = entry->time == LOG_NO_TIME ? LOG_NO_TIME : entry->time + fit->shift;
        if (time == LOG_NO_TIME || time + entry->precision < window.first || time > window.last)
            place(book, session, file, entry, &anchor);
    }
}

/* Lines without any time belong to the one session, where there is but one. */
static void
place_untimed(struct logbook *book, unsigned file)
{
    const struct log_fit *fit = &g_array_index(book->fits, struct log_fit, file);
    const GArray *entries = fit->log->entries;
    const struct session *only = NULL;
    struct mark anchor = { 0, 0 };

    for (guint i = 0; i < book->sessions->len; i++) {
        const struct session *session = g_ptr_array_index(book->sessions, i);
        if (conn_is_copy(session_conn(session)))
            continue;
        if (only)
            return;
        only = session;
    }
    for (guint i = 0; only && i < entries->len; i++) {
        const struct log_entry *entry = &g_array_index(entries, struct log_entry, i);
        if (entry->time != LOG_NO_TIME)
            break;
        if (!entry->id)
            place(book, only, file, entry, &anchor);
    }
}

static gint
compare_placed(gconstpointer a, gconstpointer b)
{
    const struct log_placed *first = a, *second = b;

    if (first->time != second->time)
        return first->time < second->time ? -1 : 1;
    if (first->file != second->file)
        return first->file < second->file ? -1 : 1;
    return first->entry->line < second->entry->line ? -1 : first->entry->line > second->entry->line;
}

static void
sort_page(gpointer session, gpointer page, gpointer data)
{
    (void)session, (void)data;
    g_array_sort(((struct log_page *)page)->placed, compare_placed);
}

static void
place_all(struct logbook *book)
{
    for (guint file = 0; file < book->fits->len; file++) {
        for (guint i = 0; i < book->sessions->len; i++)
            place_file(book, g_ptr_array_index(book->sessions, i), file);
        place_by_id(book, file);
        place_untimed(book, file);
    }
    g_hash_table_foreach(book->pages, sort_page, NULL);
}

struct logbook *
logbook_new(const struct engine *engine, const GPtrArray *logs)
{
    struct logbook *book = g_new0(struct logbook, 1);

    book->fits = g_array_new(FALSE, FALSE, sizeof(struct log_fit));
    book->pages = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, page_free);
    book->sessions = g_ptr_array_new();
    book->ids = g_hash_table_new_full(hash_text, g_str_equal, g_free, NULL);
    book->doubles = g_hash_table_new_full(hash_text, g_str_equal, g_free, NULL);
    book->endpoints = g_hash_table_new_full(hash_text, g_str_equal, g_free, NULL);
    book->windows = g_array_new(FALSE, FALSE, sizeof(struct window));
    add_sessions(book, engine_results(engine));
    add_sessions(book, engine_candidates(engine));
    merge_windows(book->windows);
    for (guint i = 0; logs && i < logs->len; i++) {
        struct log_fit fit = { .log = g_ptr_array_index(logs, i) };
        find_shift(book, &fit);
        g_array_append_val(book->fits, fit);
    }
    place_all(book);
    return book;
}

void
logbook_want_all(struct logbook *book, bool all)
{
    book->all = all;
}

bool
logbook_wants_all(const struct logbook *book)
{
    return book->all;
}

void
logbook_free(struct logbook *book)
{
    g_array_unref(book->fits);
    g_hash_table_unref(book->pages);
    g_ptr_array_unref(book->sessions);
    g_hash_table_unref(book->ids);
    g_hash_table_unref(book->doubles);
    g_hash_table_unref(book->endpoints);
    g_array_unref(book->windows);
    g_free(book);
}

const GArray *
logbook_fits(const struct logbook *book)
{
    return book->fits;
}

const struct log_page *
logbook_page(const struct logbook *book, const struct session *session)
{
    return g_hash_table_lookup(book->pages, session);
}
