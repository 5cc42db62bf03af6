/* both.c - what the logs of both ends of an attempt say differently
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/both.h"

#include <string.h>

#include "base/numbers.h"
#include "base/text.h"
#include "codec/ppp.h"
#include "log/told.h"

const char *
log_match_name(enum log_match match)
{
    static const char *const names[] = {
        [LOG_MATCH_ID] = "correlation_id",
        [LOG_MATCH_MESSAGES] = "messages",
        [LOG_MATCH_ADDRESS] = "address",
        [LOG_MATCH_TIME] = "time",
    };

    return names[match];
}

/* --- messages that one end shows and the other does not -------------------------------------- */

static const uint16_t compared[] = { PPP_LCP, PPP_PAP, PPP_CHAP, PPP_EAP, PPP_IPCP };

/* Messages of a session as one end shows them: by sender, protocol, code, identifier. */
struct seen {
    GHashTable *keys;
    guint num[SIDE_COUNT][G_N_ELEMENTS(compared)];
    int64_t first, last;
};

static bool
message_key(const struct log_packet *packet, enum side sender, unsigned *protocol, guint *key)
{
    size_t skipped = packet->kind == LOG_PACKET_SSTP ? 4 : 0;
    struct ppp_frame frame;
    struct ppp_packet ppp;

    if ((packet->kind != LOG_PACKET_PPP && packet->kind != LOG_PACKET_SSTP) ||
        packet->len < skipped || (skipped && packet->bytes[1] & 1) ||
        !ppp_decode_frame(packet->bytes + skipped, packet->len - skipped, &frame) ||
        !ppp_decode_packet(frame.payload, &ppp))
        return false;
    for (*protocol = 0; *protocol < G_N_ELEMENTS(compared); ++*protocol)
        if (compared[*protocol] == frame.protocol) {
            *key = 1U << 31 | (guint)sender << 24 | *protocol << 16 | (guint)ppp.code << 8 | ppp.id;
            /* Echoes come and go, and programs leave them out. */
            return frame.protocol != PPP_LCP || ppp.code < PPP_ECHO_REQUEST;
        }
    return false;
}

static void
see(struct seen *seen, const struct log_judged *judged)
{
    seen->keys = g_hash_table_new(g_direct_hash, g_direct_equal);
    seen->first = INT64_MAX;
    seen->last = INT64_MIN;
    for (guint i = 0; i < judged->frames->len; i++) {
        const struct log_told *told = &g_array_index(judged->frames, struct log_told, i);
        const struct log_packet *packet = &told->entry->packet;
        enum side sender = packet->way == LOG_SENT ? judged->side : side_other(judged->side);
        unsigned protocol;
        guint key;
        if (!message_key(packet, sender, &protocol, &key))
            continue;
        seen->first = MIN(seen->first, told->time);
        seen->last = MAX(seen->last, told->time);
        seen->num[sender][protocol]++;
        g_hash_table_add(seen->keys, GUINT_TO_POINTER(key));
    }
}

/* Of the sender's log, within what the other one covers: how many it lacks, in *name one of them.
 */
static guint
count_lacking(const struct log_judged *judged, const struct seen *there, const char **name)
{
    guint lacking = 0;

    for (guint i = 0; i < judged->frames->len; i++) {
        const struct log_told *told = &g_array_index(judged->frames, struct log_told, i);
        unsigned protocol;
        guint key;
        if (told->entry->packet.way != LOG_SENT ||
            !message_key(&told->entry->packet, judged->side, &protocol, &key) ||
            there->num[judged->side][protocol] == 0 || told->time < there->first ||
            told->time >= there->last || g_hash_table_contains(there->keys, GUINT_TO_POINTER(key)))
            continue;
        *name = ppp_protocol_name(compared[protocol]);
        lacking++;
    }
    return lacking;
}

static void
compare_messages(GPtrArray *sentences, struct log_judged *const judged[SIDE_COUNT])
{
    struct seen seen[SIDE_COUNT] = { 0 };

    for (int side = 0; side < SIDE_COUNT; side++)
        see(&seen[side], judged[side]);
    for (int side = 0; side < SIDE_COUNT; side++) {
        const char *name = NULL;
        guint lacking = count_lacking(judged[side], &seen[!side], &name);
        if (lacking)
            g_ptr_array_add(
                sentences,
                g_strdup_printf("The %s's log shows %s sent (%s) that the %s's log does "
                                "not have: lines are missing, or something on the way changed them",
                                side_name((enum side)side), text_count(lacking, "message").text,
                                name, side_name(side_other((enum side)side))));
    }
    for (int side = 0; side < SIDE_COUNT; side++)
        g_hash_table_unref(seen[side].keys);
}

/* --- what came of it ------------------------------------------------------------------------- */

static uint32_t
agreed_address(const struct log_judged *judged)
{
    const struct ppp_negotiation *ipcp = session_ipcp(judged->result->session, SIDE_CLIENT);

    return ipcp->agreed && ipcp->ipcp.has_address ? ipcp->ipcp.address : 0;
}

static void
compare_outcomes(GPtrArray *sentences, struct log_judged *const judged[SIDE_COUNT])
{
    uint32_t client = agreed_address(judged[SIDE_CLIENT]);
    uint32_t server = agreed_address(judged[SIDE_SERVER]);
    bool up[SIDE_COUNT];

    if (client && server && client != server)
        g_ptr_array_add(sentences,
                        g_strdup("The two logs show different addresses of the client in "
                                 "the tunnel"));
    if (!(judged[SIDE_CLIENT]->shown & judged[SIDE_SERVER]->shown & SHOWN_PPP))
        return; /* one of them does not know */
    for (int side = 0; side < SIDE_COUNT; side++)
        up[side] = session_is_established(judged[side]->result->session);
    for (int side = 0; side < SIDE_COUNT; side++)
        if (up[side] && !up[!side] && judged[!side]->result->verdict.state == VERDICT_FAULT)
            g_ptr_array_add(
                sentences, g_strdup_printf(
                               "By the %s's log the tunnel came up, by the %s's log it did not: %s",
                               side_name((enum side)side), side_name(side_other((enum side)side)),
                               finding_info(judged[!side]->result->verdict.finding->id)->name));
}

GPtrArray *
log_contradictions(const struct log_attempt *attempt)
{
    GPtrArray *sentences = g_ptr_array_new_with_free_func(g_free);
    struct log_judged *judged[SIDE_COUNT] = { NULL };

    for (int side = 0; side < SIDE_COUNT && attempt->match != LOG_MATCH_NONE; side++)
        judged[side] = log_judged_of(attempt, (enum side)side);
    if (judged[SIDE_CLIENT] && judged[SIDE_SERVER]) {
        compare_messages(sentences, judged);
        compare_outcomes(sentences, judged);
    }
    for (int side = 0; side < SIDE_COUNT; side++)
        log_judged_free(judged[side]);
    return sentences;
}
