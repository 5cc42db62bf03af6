/* split.c - lines of logs become attempts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/split.h"

#include <string.h>

#include "base/event.h"
#include "base/thresholds.h"
#include "codec/ppp.h"
#include "codec/sstp.h"

enum { RECENT_MAX = 16 /* attempts that lines may belong to */ };

void
log_attempt_free(gpointer data)
{
    struct log_attempt *attempt = data;

    g_array_unref(attempt->lines);
    g_free(attempt);
}

struct log_attempt *
log_attempt_new(void)
{
    struct log_attempt *attempt = g_new0(struct log_attempt, 1);

    attempt->lines = g_array_new(FALSE, FALSE, sizeof(struct log_told));
    attempt->first = attempt->last = LOG_NO_TIME;
    attempt->blame.finding = LOG_NO_FINDING;
    return attempt;
}

/* --- how one goes on, and ends --------------------------------------------------------------- */

static bool
says_established(const struct log_entry *entry)
{
    static const char *const words[] = { "Connection Established",  "Connection established",
                                         "session was established", ": connected",
                                         "RasClient 20223",         "RasClient 20224",
                                         "local IP address",        "remote IP address" };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strstr(entry->text, words[i]))
            return true;
    return false;
}

static bool
ends_attempt(const struct log_entry *entry)
{
    return entry->event == LOG_EVENT_CLOSE ||
           (entry->source == LOG_FROM_MIKROTIK && strstr(entry->text, "terminating..."));
}

/* LOG_CHATTER: it calls nothing a reason. A code of which no finding is known is one. */
static enum log_weight
complaint_weight(const struct log_entry *entry)
{
    if (log_entry_blame(entry).finding != LOG_NO_FINDING)
        return LOG_CHATTER;
    if (entry->codes.num > 0)
        return LOG_CAUSE;
    if (entry->source == LOG_FROM_MIKROTIK && strstr(entry->text, "terminating... - "))
        return MAX(entry->sentence ? entry->sentence->weight : LOG_NOTED, LOG_NOTED);
    return entry->sentence && entry->sentence->weight >= LOG_WRONG ? entry->sentence->weight
                                                                   : LOG_CHATTER;
}

/* What went wrong before the tunnel came up, it has overcome. */
static void
add_complaint(struct log_attempt *attempt, const struct log_told *told)
{
    const struct log_entry *before = attempt->complaint.entry;
    enum log_weight weight = complaint_weight(told->entry);

    if (before && says_established(told->entry) && !attempt->ended)
        attempt->complaint.entry = NULL;
    else if (weight > LOG_CHATTER && (!attempt->established || ends_attempt(told->entry)) &&
             (!before || weight > complaint_weight(before)))
        attempt->complaint = *told;
}

/* --- where one begins ------------------------------------------------------------------------ */

/* A line that only stands at the beginning. */
static bool
begins(const struct log_entry *entry)
{
    static const char *const words[] = { "initializing...", "Establish VPN connection",
                                         "RasClient 20221", "Resolved " };

    if (entry->event == LOG_EVENT_TCP && !(entry->level >= SEVERITY_WARN))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strstr(entry->text, words[i]))
            return true;
    return false;
}

/* A line by which pppd begins anew, on another channel or the same. */
static bool
begins_ppp(const struct log_entry *entry)
{
    return entry->source == LOG_FROM_PPPD && (g_str_has_prefix(entry->text, "using channel ") ||
                                              g_str_has_prefix(entry->text, "Using interface ") ||
                                              g_str_has_prefix(entry->text, "Connect: "));
}

static bool
is_of_other(const struct log_attempt *attempt, const struct log_entry *entry)
{
    if (attempt->id && entry->id && !entry->id_of_ras)
        return strcmp(attempt->id, entry->id) != 0;
    return attempt->client && entry->endpoint && strcmp(attempt->client, entry->endpoint) != 0;
}

static bool
is_long_ago(const struct log_attempt *attempt, int64_t time)
{
    return time != LOG_NO_TIME && attempt->last != LOG_NO_TIME &&
           time_between(attempt->last, time) > LOG_ATTEMPT_PAUSE_SECONDS * NS_PER_SECOND;
}

static bool
begins_next(const struct log_attempt *attempt, const struct log_told *told)
{
    if (is_of_other(attempt, told->entry))
        return true;
    if (is_long_ago(attempt, told->time) && !attempt->established && !attempt->agreed)
        return true;
    if (begins_ppp(told->entry))
        return attempt->has_ppp;
    return begins(told->entry) && attempt->any_stage && attempt->reached > STAGE_TCP;
}

/* --- whose line it is ------------------------------------------------------------------------ */

/* The process serves one connection alone. */
static bool
has_own_process(const struct log_entry *entry)
{
    return entry->process && (entry->source == LOG_FROM_SSTPC || entry->source == LOG_FROM_PPPD);
}

/* 1: the same process of this program, -1: another one, 0: none so far. */
static int
compare_process(const struct log_attempt *attempt, const struct log_told *told)
{
    for (unsigned i = 0; i < attempt->num_processes; i++) {
        const struct log_process *process = &attempt->processes[i];
        if (process->file == told->file && process->source == told->entry->source)
            return process->id == told->entry->process ? 1 : -1;
    }
    return 0;
}

static int
compare_channel(const struct log_attempt *attempt, const struct log_told *told)
{
    if (!attempt->channel || attempt->channel_file != told->file)
        return 0;
    return strcmp(attempt->channel, told->entry->channel) == 0 ? 1 : -1;
}

enum key { KEY_NAME, KEY_PROCESS, KEY_CHANNEL, KEY_COUNT };

static bool
has_key(const struct log_entry *entry, enum key key)
{
    switch (key) {
    case KEY_NAME:
        return entry->endpoint || (entry->id && !entry->id_of_ras);
    case KEY_PROCESS:
        return has_own_process(entry);
    default:
        return entry->channel != NULL;
    }
}

static int
compare_key(const struct log_attempt *attempt, const struct log_told *told, enum key key)
{
    const struct log_entry *entry = told->entry;

    switch (key) {
    case KEY_NAME:
        if (is_of_other(attempt, entry))
            return -1;
        return (attempt->id && entry->id && !entry->id_of_ras) ||
               (attempt->client && entry->endpoint);
    case KEY_PROCESS:
        return compare_process(attempt, told);
    default:
        return compare_channel(attempt, told);
    }
}

static guint
recent_from(const GPtrArray *attempts)
{
    return attempts->len > RECENT_MAX ? attempts->len - RECENT_MAX : 0;
}

/* The newest that the line names. */
static struct log_attempt *
find_named(const GPtrArray *attempts, const struct log_told *told)
{
    for (enum key key = KEY_NAME; key < KEY_COUNT; key++) {
        if (!has_key(told->entry, key))
            continue;
        for (guint i = attempts->len; i-- > recent_from(attempts);) {
            struct log_attempt *attempt = g_ptr_array_index(attempts, i);
            if (compare_key(attempt, told, key) > 0 && !is_of_other(attempt, told->entry))
                return attempt;
        }
    }
    return NULL;
}

/* One that nothing in the line speaks against. Processes are begun in the order of the attempts, so
 * that theirs is the oldest one, without such a process so far. */
static struct log_attempt *
find_open(const GPtrArray *attempts, const struct log_told *told)
{
    struct log_attempt *found = NULL;

    for (guint i = recent_from(attempts); i < attempts->len; i++) {
        struct log_attempt *attempt = g_ptr_array_index(attempts, i);
        bool fits = !is_long_ago(attempt, told->time);
        for (enum key key = KEY_NAME; key < KEY_COUNT && fits; key++)
            fits = !has_key(told->entry, key) || compare_key(attempt, told, key) >= 0;
        if (fits && !(found && has_own_process(told->entry)))
            found = attempt;
    }
    return found;
}

/* accel-ppp serves other protocols as well, whose lines name no interface either. */
static bool
is_of_other_protocol(const struct log_entry *entry)
{
    static const char *const words[] = { "[PPPoE ", "[L2TP ", "[PPTP ", "pptp: new connection",
                                         "l2tp: new " };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strstr(entry->text, words[i]))
            return true;
    return false;
}

/* Connections of a server that have no interface yet, and whose lines name nothing: the newest one
 * gets them; if it is not the only one, nobody knows whose they are. */
static struct log_attempt *
find_nameless(const GPtrArray *attempts, const struct log_told *told)
{
    struct log_attempt *last = g_ptr_array_index(attempts, attempts->len - 1), *found = NULL;

    if (told->entry->source != LOG_FROM_ACCEL)
        return last;
    for (guint i = attempts->len; i-- > recent_from(attempts);) {
        struct log_attempt *attempt = g_ptr_array_index(attempts, i);
        if (!attempt->client || attempt->channel || attempt->ended ||
            is_long_ago(attempt, told->time))
            continue;
        if (found && told->entry->packet.kind != LOG_PACKET_NONE)
            found->mixed = attempt->mixed = true;
        if (is_of_other_protocol(told->entry))
            attempt->mixed = true;
        found = found ? found : attempt;
    }
    return found ? found : last;
}

/* RouterOS names an interface only as it ends which had a user's name before, or none: "<sstp-0>:
 * terminating..." behind "<ann>: user ann authentication failed". */
static struct log_attempt *
find_ending(const GPtrArray *attempts, const struct log_told *told)
{
    struct log_attempt *last = g_ptr_array_index(attempts, attempts->len - 1);

    if (told->entry->source != LOG_FROM_MIKROTIK || !ends_attempt(told->entry) ||
        told->entry->text[0] != '<' || last->established || last->last == LOG_NO_TIME ||
        (last->ended && g_strcmp0(last->end.entry->channel, told->entry->channel) != 0) ||
        told->time == LOG_NO_TIME ||
        time_between(last->last, told->time) > LOG_SAME_SECONDS * NS_PER_SECOND)
        return NULL;
    return last;
}

/* NULL: it is the first of a new one. */
static struct log_attempt *
find_attempt(const GPtrArray *attempts, const struct log_told *told)
{
    struct log_attempt *attempt = find_named(attempts, told);
    bool named = false;

    if (attempts->len == 0)
        return NULL;
    for (enum key key = KEY_NAME; key < KEY_COUNT; key++)
        named |= has_key(told->entry, key);
    if (!attempt)
        attempt = named ? find_open(attempts, told) : find_nameless(attempts, told);
    if (!attempt)
        attempt = find_ending(attempts, told);
    return attempt && !begins_next(attempt, told) ? attempt : NULL;
}

/* --- what a line adds ------------------------------------------------------------------------ */

static bool
event_stage(enum log_event event, enum stage *stage)
{
    static const struct {
        enum log_event last;
        enum stage stage;
    } stages[] = {
        { LOG_EVENT_TCP, STAGE_TCP },
        { LOG_EVENT_TLS, STAGE_TLS },
        { LOG_EVENT_HTTP_ANSWER, STAGE_HTTP },
        { LOG_EVENT_CALL_NAK, STAGE_SSTP },
        { LOG_EVENT_CALL_CONNECTED, STAGE_BINDING },
    };

    if (event <= LOG_EVENT_STEP)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(stages); i++)
        if (event <= stages[i].last) {
            *stage = stages[i].stage;
            return true;
        }
    *stage = STAGE_AUTH;
    if (event == LOG_EVENT_NCP)
        *stage = STAGE_NCP;
    return event == LOG_EVENT_NCP ||
           (event >= LOG_EVENT_CHALLENGE && event <= LOG_EVENT_AUTH_FAILURE);
}

static void
add_names(struct log_attempt *attempt, const struct log_told *told)
{
    const struct log_entry *entry = told->entry;

    attempt->id = attempt->id || entry->id_of_ras ? attempt->id : entry->id;
    attempt->client = attempt->client ? attempt->client : entry->endpoint;
    if (entry->channel && !attempt->channel) {
        attempt->channel = entry->channel;
        attempt->channel_file = told->file;
    }
    if (has_own_process(entry) && compare_process(attempt, told) == 0 &&
        attempt->num_processes < LOG_PROCESSES_MAX)
        attempt->processes[attempt->num_processes++] =
            (struct log_process){ told->file, entry->source, entry->process };
}

/* A Configure-Ack of IPCP. */
static bool
agrees(const struct log_packet *packet)
{
    size_t skipped = packet->kind == LOG_PACKET_SSTP ? SSTP_HEADER_LEN : 0;
    struct ppp_frame frame;
    struct ppp_packet ppp;

    return (packet->kind == LOG_PACKET_PPP ||
            (skipped && packet->len > skipped && !(packet->bytes[1] & 1))) &&
           ppp_decode_frame(packet->bytes + skipped, packet->len - skipped, &frame) &&
           frame.protocol == PPP_IPCP && ppp_decode_packet(frame.payload, &ppp) &&
           ppp.code == PPP_CONFIGURE_ACK;
}

void
log_attempt_add(struct log_attempt *attempt, const struct log_told *told)
{
    const struct log_entry *entry = told->entry;
    struct log_blame blame = log_entry_blame(entry);
    enum stage stage;

    g_array_append_val(attempt->lines, *told);
    if (told->time != LOG_NO_TIME) {
        attempt->first = attempt->first == LOG_NO_TIME ? told->time : attempt->first;
        attempt->last = told->time;
    }
    add_names(attempt, told);
    if (event_stage(entry->event, &stage)) {
        attempt->reached = attempt->any_stage ? MAX(attempt->reached, stage) : stage;
        attempt->any_stage = true;
    }
    add_complaint(attempt, told);
    if (says_established(entry) && !attempt->established) {
        attempt->established = true;
        attempt->up = *told;
    }
    attempt->disconnected |= entry->event == LOG_EVENT_CALL_DISCONNECT;
    /* sstpc calls a Call Disconnect with a status an abort, too. */
    if (attempt->disconnected && blame.finding == FINDING_SSTP_ABORTED)
        blame.finding = LOG_NO_FINDING;
    attempt->agreed |= agrees(&entry->packet);
    attempt->has_ppp |= entry->packet.kind == LOG_PACKET_PPP;
    if (ends_attempt(entry) && !attempt->ended) {
        attempt->ended = true;
        attempt->end = *told;
    }
    if (log_blame_is_better(&blame, &attempt->blame)) {
        attempt->blame = blame;
        attempt->evidence = *told;
    }
}

/* --- all lines ------------------------------------------------------------------------------- */

gint
log_told_compare(gconstpointer a, gconstpointer b)
{
    const struct log_told *first = a, *second = b;

    if (first->time != second->time)
        return first->time < second->time ? -1 : 1;
    if (first->file != second->file)
        return first->file < second->file ? -1 : 1;
    return first->entry->order < second->entry->order ? -1
                                                      : first->entry->order > second->entry->order;
}

GPtrArray *
log_split(const GArray *lines)
{
    GPtrArray *attempts = g_ptr_array_new_with_free_func(log_attempt_free);

    for (guint i = 0; i < lines->len; i++) {
        const struct log_told *told = &g_array_index(lines, struct log_told, i);
        struct log_attempt *attempt = find_attempt(attempts, told);
        if (!attempt && attempts->len >= LOG_ATTEMPTS_MAX)
            attempt = g_ptr_array_index(attempts, attempts->len - 1);
        if (!attempt) {
            attempt = log_attempt_new();
            g_ptr_array_add(attempts, attempt);
        }
        log_attempt_add(attempt, told);
    }
    return attempts;
}
