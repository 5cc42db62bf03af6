/* automaton.c - the option negotiation automaton of RFC 1661 section 4
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "automaton.h"

/* RFC 1661 4.6 */
enum {
    RESTART_SECONDS = 3,
    MAX_TERMINATE = 2,
    MAX_CONFIGURE = 10,
    MAX_REFUSALS = 10,
    MAX_FAILURE = 5
};

/* The peer's first request came so long after ours: it was not there yet when we asked. */
#define LATE_NS (NS_PER_SECOND / 5)

enum event {
    EVENT_UP,
    EVENT_DOWN,
    EVENT_OPEN,
    EVENT_CLOSE,
    EVENT_TIMEOUT,      /* TO+ */
    EVENT_TIMEOUT_LAST, /* TO- */
    EVENT_RCR_GOOD,
    EVENT_RCR_BAD,
    EVENT_RCA,
    EVENT_RCN,
    EVENT_RTR,
    EVENT_RTA,
    EVENT_RUC,
    EVENT_RXJ_GOOD,
    EVENT_RXJ_BAD,
    EVENT_RXR,
    EVENT_COUNT
};

/* In the order in which they are done, whatever their order in the RFC's table. */
enum action {
    TLD = 1 << 0,
    IRC = 1 << 1,
    ZRC = 1 << 2,
    SCR = 1 << 3,
    SCA = 1 << 4,
    SCN = 1 << 5,
    STR = 1 << 6,
    STA = 1 << 7,
    SCJ = 1 << 8,
    SER = 1 << 9,
    TLU = 1 << 10,
    TLF = 1 << 11,
    IRT = 1 << 12, /* irc for Terminate-Requests */
    NONE = 1 << 13 /* "-": cannot happen */
};

struct transition {
    uint16_t actions;
    uint8_t next;
};

/* RFC 1661 4.1, row by row. tls (This-Layer-Started) asks a lower layer that is there already. */
#define _(next)                                                                                    \
    {                                                                                              \
        0, next                                                                                    \
    }
#define X                                                                                          \
    {                                                                                              \
        NONE, 0                                                                                    \
    }
static const struct transition table[EVENT_COUNT][STATE_COUNT] = {
    [EVENT_UP] = { _(2), { IRC | SCR, 6 }, X, X, X, X, X, X, X, X },
    [EVENT_DOWN] = { X, X, _(0), _(1), _(0), _(1), _(1), _(1), _(1), { TLD, 1 } },
    [EVENT_OPEN] = { _(1), _(1), { IRC | SCR, 6 }, _(3), _(5), _(5), _(6), _(7), _(8), _(9) },
    [EVENT_CLOSE] = { _(0),
                      { TLF, 0 },
                      _(2),
                      _(2),
                      _(4),
                      _(4),
                      { IRT | STR, 4 },
                      { IRT | STR, 4 },
                      { IRT | STR, 4 },
                      { TLD | IRT | STR, 4 } },
    [EVENT_TIMEOUT] = { X, X, X, X, { STR, 4 }, { STR, 5 }, { SCR, 6 }, { SCR, 6 }, { SCR, 8 }, X },
    [EVENT_TIMEOUT_LAST] = { X,
                             X,
                             X,
                             X,
                             { TLF, 2 },
                             { TLF, 3 },
                             { TLF, 3 },
                             { TLF, 3 },
                             { TLF, 3 },
                             X },
    [EVENT_RCR_GOOD] = { X,
                         X,
                         { STA, 2 },
                         { IRC | SCR | SCA, 8 },
                         _(4),
                         _(5),
                         { SCA, 8 },
                         { SCA | TLU, 9 },
                         { SCA, 8 },
                         { TLD | SCR | SCA, 8 } },
    [EVENT_RCR_BAD] = { X,
                        X,
                        { STA, 2 },
                        { IRC | SCR | SCN, 6 },
                        _(4),
                        _(5),
                        { SCN, 6 },
                        { SCN, 7 },
                        { SCN, 6 },
                        { TLD | SCR | SCN, 6 } },
    [EVENT_RCA] = { X,
                    X,
                    { STA, 2 },
                    { STA, 3 },
                    _(4),
                    _(5),
                    { IRC, 7 },
                    { SCR, 6 },
                    { IRC | TLU, 9 },
                    { TLD | SCR, 6 } },
    [EVENT_RCN] = { X,
                    X,
                    { STA, 2 },
                    { STA, 3 },
                    _(4),
                    _(5),
                    { IRC | SCR, 6 },
                    { SCR, 6 },
                    { IRC | SCR, 8 },
                    { TLD | SCR, 6 } },
    [EVENT_RTR] = { X,
                    X,
                    { STA, 2 },
                    { STA, 3 },
                    { STA, 4 },
                    { STA, 5 },
                    { STA, 6 },
                    { STA, 6 },
                    { STA, 6 },
                    { TLD | ZRC | STA, 5 } },
    [EVENT_RTA] = { X, X, _(2), _(3), { TLF, 2 }, { TLF, 3 }, _(6), _(6), _(8), { TLD | SCR, 6 } },
    [EVENT_RUC] = { X,
                    X,
                    { SCJ, 2 },
                    { SCJ, 3 },
                    { SCJ, 4 },
                    { SCJ, 5 },
                    { SCJ, 6 },
                    { SCJ, 7 },
                    { SCJ, 8 },
                    { SCJ, 9 } },
    [EVENT_RXJ_GOOD] = { X, X, _(2), _(3), _(4), _(5), _(6), _(6), _(8), _(9) },
    [EVENT_RXJ_BAD] = { X,
                        X,
                        { TLF, 2 },
                        { TLF, 3 },
                        { TLF, 2 },
                        { TLF, 3 },
                        { TLF, 3 },
                        { TLF, 3 },
                        { TLF, 3 },
                        { TLD | IRT | STR, 5 } },
    [EVENT_RXR] = { X, X, _(2), _(3), _(4), _(5), _(6), _(7), _(8), { SER, 9 } },
};
#undef _
#undef X

void
automaton_init(struct automaton *automaton, const struct automaton_protocol *protocol, void *data)
{
    *automaton = (struct automaton){ .protocol = protocol, .data = data, .timer = INT64_MAX };
}

uint8_t
automaton_next_id(struct automaton *automaton)
{
    return ++automaton->id;
}

/* --- actions --------------------------------------------------------------------------------- */

static void
start_timer(struct automaton *automaton, int64_t now)
{
    automaton->timer = now + RESTART_SECONDS * NS_PER_SECOND;
    if (automaton->restarts > 0)
        automaton->restarts--;
}

static void
send_request(struct automaton *automaton, int64_t now)
{
    GByteArray *options = g_byte_array_new();

    /* A request that is only repeated keeps its identifier: the late answer to the first one
     * counts. */
    if (automaton->request_id == 0 || automaton->was_answered)
        automaton->request_id = automaton_next_id(automaton);
    automaton->was_answered = false;
    automaton->protocol->request(automaton->data, options);
    automaton->protocol->send(automaton->data, PPP_CONFIGURE_REQUEST, automaton->request_id,
                              options->data, options->len);
    g_byte_array_unref(options);
    automaton->sent_at = now;
    start_timer(automaton, now);
}

/* The answer to a Configure-Request that was judged before. */
struct answer {
    uint8_t code;
    GByteArray *options;
};

static void
act(struct automaton *automaton, unsigned actions, const struct ppp_packet *packet,
    const struct answer *answer, int64_t now)
{
    const struct automaton_protocol *protocol = automaton->protocol;
    void *data = automaton->data;

    if (actions & TLD)
        protocol->down(data, now);
    if (actions & IRC)
        automaton->restarts = MAX_CONFIGURE;
    if (actions & IRT)
        automaton->restarts = MAX_TERMINATE;
    if (actions & ZRC) {
        automaton->restarts = 0;
        automaton->timer = now + RESTART_SECONDS * NS_PER_SECOND;
    }
    if (actions & SCR)
        send_request(automaton, now);
    if ((actions & (SCA | SCN)) && packet && answer)
        protocol->send(data, answer->code, packet->id, answer->options->data, answer->options->len);
    if (actions & STR) {
        protocol->send(data, PPP_TERMINATE_REQUEST, automaton_next_id(automaton), NULL, 0);
        start_timer(automaton, now);
    }
    if ((actions & STA) && packet)
        protocol->send(data, PPP_TERMINATE_ACK, packet->id, NULL, 0);
}

/* Code-Reject holds the packet itself (RFC 1661 5.6). */
static void
reject_code(const struct automaton *automaton, const struct ppp_packet *packet)
{
    const uint8_t header[] = { packet->code, packet->id, (uint8_t)(packet->length >> 8),
                               (uint8_t)packet->length };
    GByteArray *whole = g_byte_array_new();

    g_byte_array_append(whole, header, sizeof header);
    g_byte_array_append(whole, packet->data.p, (guint)buf_left(&packet->data));
    automaton->protocol->send(automaton->data, PPP_CODE_REJECT, (uint8_t)(automaton->id + 1),
                              whole->data, whole->len);
    g_byte_array_unref(whole);
}

/* packet and answer: NULL where the event is none of a packet, or of a request. */
static void
happen(struct automaton *automaton, enum event event, const struct ppp_packet *packet,
       const struct answer *answer, int64_t now)
{
    const struct transition *transition = &table[event][automaton->state];
    const unsigned actions = transition->actions;

    if (actions & NONE)
        return;
    act(automaton, actions, packet, answer, now);
    automaton->state = (enum automaton_state)transition->next;
    /* RFC 1661 4.3: these states have no timer. */
    if (automaton->state < STATE_CLOSING || automaton->state == STATE_OPENED)
        automaton->timer = INT64_MAX;
    if ((actions & SCJ) && packet)
        reject_code(automaton, packet);
    /* Last, as they may close what has just been opened. */
    if (actions & TLU)
        automaton->protocol->up(automaton->data, now);
    if (actions & TLF)
        automaton->protocol->finished(automaton->data, now);
}

/* --- packets --------------------------------------------------------------------------------- */

static void
append_option(GByteArray *out, const struct ppp_option *option)
{
    const uint8_t header[] = { option->type, (uint8_t)(buf_left(&option->value) + 2) };

    g_byte_array_append(out, header, sizeof header);
    g_byte_array_append(out, option->value.p, (guint)buf_left(&option->value));
}

/* All options of the worst kind are in the answer (RFC 1661 5.2 to 5.4). Newly allocated. */
static struct answer
judge(struct automaton *automaton, const struct ppp_options *options)
{
    static const uint8_t codes[] = { PPP_CONFIGURE_ACK, PPP_CONFIGURE_NAK, PPP_CONFIGURE_REJECT };
    const bool gives_up = automaton->naks >= MAX_FAILURE;
    GByteArray *out[REPLY_COUNT] = { g_byte_array_new(), g_byte_array_new(), g_byte_array_new() };
    enum reply worst = REPLY_ACK;

    for (unsigned i = 0; i < options->num; i++) {
        const struct ppp_option *option = &options->option[i];
        enum reply reply = automaton->protocol->judge(automaton->data, option, out[REPLY_NAK]);

        if (reply == REPLY_NAK && gives_up)
            reply = REPLY_REJECT;
        if (reply != REPLY_NAK)
            append_option(out[reply], option);
        worst = MAX(worst, reply);
    }
    automaton->naks = worst == REPLY_NAK ? automaton->naks + 1 : automaton->naks;
    for (int i = 0; i < REPLY_COUNT; i++)
        if (i != (int)worst)
            g_byte_array_unref(out[i]);
    return (struct answer){ codes[worst], out[worst] };
}

static void
receive_request(struct automaton *automaton, const struct ppp_packet *packet, int64_t now)
{
    struct ppp_options options;

    ppp_decode_options(packet->data, &options);
    if (options.malformed || options.num > PPP_OPTIONS_MAX)
        return;
    const bool late = automaton->state == STATE_REQ_SENT && automaton->request_id != 0 &&
                      !automaton->was_answered && now - automaton->sent_at >= LATE_NS;
    struct answer answer = judge(automaton, &options);
    const bool good = answer.code == PPP_CONFIGURE_ACK;
    happen(automaton, good ? EVENT_RCR_GOOD : EVENT_RCR_BAD, packet, &answer, now);
    g_byte_array_unref(answer.options);
    if (late && automaton->restarts > 0)
        send_request(automaton, now);
}

static void
receive_answer(struct automaton *automaton, const struct ppp_packet *packet, int64_t now)
{
    struct ppp_options options;

    if (packet->id != automaton->request_id || automaton->was_answered)
        return;
    ppp_decode_options(packet->data, &options);
    if (options.malformed || options.num > PPP_OPTIONS_MAX)
        return;
    automaton->was_answered = true;
    automaton->refusals = packet->code == PPP_CONFIGURE_ACK ? 0 : automaton->refusals + 1;
    /* A peer that is never content is asked again by the timer alone, which ends. */
    if (automaton->refusals > MAX_REFUSALS)
        return;
    automaton->protocol->answered(automaton->data, packet->code, &options);
    happen(automaton, packet->code == PPP_CONFIGURE_ACK ? EVENT_RCA : EVENT_RCN, packet, NULL, now);
}

/* Without the codes of RFC 1661 4 nothing works. */
static void
receive_code_reject(struct automaton *automaton, const struct ppp_packet *packet, int64_t now)
{
    uint8_t code;

    if (buf_peek_u8(&packet->data, 0, &code))
        happen(automaton,
               code >= PPP_CONFIGURE_REQUEST && code <= PPP_CODE_REJECT ? EVENT_RXJ_BAD
                                                                        : EVENT_RXJ_GOOD,
               packet, NULL, now);
}

void
automaton_receive(struct automaton *automaton, const struct ppp_packet *packet, int64_t now)
{
    if (automaton->state <= STATE_STARTING)
        return;
    switch (packet->code) {
    case PPP_CONFIGURE_REQUEST:
        receive_request(automaton, packet, now);
        break;
    case PPP_CONFIGURE_ACK:
    case PPP_CONFIGURE_NAK:
    case PPP_CONFIGURE_REJECT:
        receive_answer(automaton, packet, now);
        break;
    case PPP_TERMINATE_REQUEST:
        happen(automaton, EVENT_RTR, packet, NULL, now);
        break;
    case PPP_TERMINATE_ACK:
        happen(automaton, EVENT_RTA, packet, NULL, now);
        break;
    case PPP_CODE_REJECT:
        receive_code_reject(automaton, packet, now);
        break;
    default:
        if (!automaton->protocol->other(automaton->data, packet, now))
            happen(automaton, EVENT_RUC, packet, NULL, now);
        break;
    }
}

/* --- from outside ---------------------------------------------------------------------------- */

void
automaton_up(struct automaton *automaton, int64_t now)
{
    happen(automaton, EVENT_UP, NULL, NULL, now);
}

void
automaton_down(struct automaton *automaton, int64_t now)
{
    happen(automaton, EVENT_DOWN, NULL, NULL, now);
}

void
automaton_open(struct automaton *automaton, int64_t now)
{
    happen(automaton, EVENT_OPEN, NULL, NULL, now);
}

void
automaton_close(struct automaton *automaton, int64_t now)
{
    happen(automaton, EVENT_CLOSE, NULL, NULL, now);
}

void
automaton_rejected(struct automaton *automaton, int64_t now)
{
    happen(automaton, EVENT_RXJ_BAD, NULL, NULL, now);
}

void
automaton_tick(struct automaton *automaton, int64_t now)
{
    if (now < automaton->timer)
        return;
    automaton->timer = INT64_MAX;
    happen(automaton, automaton->restarts > 0 ? EVENT_TIMEOUT : EVENT_TIMEOUT_LAST, NULL, NULL,
           now);
}
