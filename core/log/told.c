/* told.c - the packets that the log of an attempt holds, told to an engine
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/told.h"

#include <string.h>

#include "base/append.h"
#include "base/numbers.h"
#include "codec/ppp.h"
#include "codec/sstp.h"
#include "log/sides.h"

enum {
    CLIENT_PORT = 49152,
    SERVER_PORT = 443,
    REQUESTS_MAX = 32,
    PPP_ADDRESS_CONTROL = 0xff03 /* RFC 1662 3.1 */
};

/* A Configure-Request: accel-ppp does not say what an answer with all of its options holds. */
struct request {
    const struct log_packet *packet;
    enum side side;
};

struct teller {
    struct log_judged *judged;
    uint32_t sent[SIDE_COUNT]; /* bytes */
    GByteArray *bytes;
    struct request requests[REQUESTS_MAX];
    unsigned next;
};

/* --- whose log it is ------------------------------------------------------------------------- */

static struct log_told
told_at(const struct log_attempt *attempt, guint i)
{
    return g_array_index(attempt->lines, struct log_told, i);
}

bool
log_names_sstp(const struct log_attempt *attempt)
{
    for (guint i = 0; i < attempt->lines->len; i++) {
        const struct log_entry *entry = told_at(attempt, i).entry;
        if (entry->source == LOG_FROM_SSTPC || entry->source == LOG_FROM_SORZ ||
            entry->source == LOG_FROM_OSC || g_strcmp0(entry->carrier, "SSTP") == 0 ||
            strstr(entry->text, "sstp") || strstr(entry->text, "SSTP"))
            return true;
    }
    return false;
}

const char *
log_other_carrier(const struct log_attempt *attempt)
{
    static const struct {
        const char *words, *name;
    } carriers[] = {
        { "pppoe", "PPPoE" },
        { "PPPoE", "PPPoE" },
        { "l2tp", "L2TP" },
        { "L2TP", "L2TP" },
        { "pptp", "PPTP" },
        { "PPTP", "PPTP" },
        { "<--> eth", "PPPoE" },
        { "pppoatm", "PPPoA" },
        { "<--> /dev/ttyUSB", "a modem" },
        { "<--> /dev/ttyS", "a serial line" },
        { "<--> /dev/ttyACM", "a modem" },
    };

    if (log_names_sstp(attempt))
        return NULL;
    for (guint i = 0; i < attempt->lines->len; i++) {
        const struct log_entry *entry = told_at(attempt, i).entry;
        if (entry->carrier)
            return entry->carrier;
        for (size_t k = 0; k < G_N_ELEMENTS(carriers); k++)
            if (strstr(entry->text, carriers[k].words))
                return carriers[k].name;
    }
    return NULL;
}

/* Runs a pppd of its own, which writes into the same log. */
static bool
runs_pppd(const struct log_entry *entry)
{
    return entry->source == LOG_FROM_SSTPC || entry->source == LOG_FROM_NM ||
           entry->source == LOG_FROM_SORZ;
}

/* Of a program that is at both ends, pppd: by who runs it, else by what its packets say. */
static enum side
side_of_file(const struct log_attempt *attempt, unsigned file)
{
    enum side side, by_packet = SIDE_CLIENT;
    bool known = false;

    for (guint i = 0; i < attempt->lines->len; i++) {
        struct log_told told = told_at(attempt, i);
        if (told.file != file)
            continue;
        if (log_entry_side(told.entry, &side)) {
            if (runs_pppd(told.entry))
                return side;
            continue;
        }
        known = known || log_packet_side(&told.entry->packet, &by_packet);
    }
    return by_packet;
}

/* Of a line; sides: of files. */
static enum side
side_of_line(const GArray *sides, const struct log_told *told)
{
    enum side side;

    return log_entry_side(told->entry, &side) ? side : g_array_index(sides, enum side, told->file);
}

/* --- what is told ---------------------------------------------------------------------------- */

enum layer { LAYER_SSTP, LAYER_PPP, LAYER_COUNT };

/* What one file has of a layer. */
struct layer_stock {
    guint num[2];      /* sent, received */
    bool whole;        /* some to the last byte */
    bool rebuilt;      /* some are not */
    unsigned programs; /* the bit of each source */
};

/* The messages of one end: each layer is told by one file, as another may say the same. */
struct stock {
    unsigned file[LAYER_COUNT];
    struct layer_stock layer[LAYER_COUNT];
};

static enum layer
layer_of(const struct log_packet *packet)
{
    bool data = packet->kind == LOG_PACKET_SSTP && packet->len > 1 && !(packet->bytes[1] & 1);

    return data || packet->kind == LOG_PACKET_PPP ? LAYER_PPP : LAYER_SSTP;
}

static void
count_packet(struct layer_stock *stock, const struct log_entry *entry)
{
    stock->num[entry->packet.way == LOG_RECEIVED]++;
    stock->whole |= entry->packet.whole;
    stock->rebuilt |= !entry->packet.whole;
    stock->programs |= 1U << entry->source;
}

static guint
stock_num(const struct layer_stock *stock)
{
    return stock->num[0] + stock->num[1];
}

/* What is whole is better, then what is more. */
static bool
layer_is_better(const struct layer_stock *a, const struct layer_stock *b)
{
    return a->whole != b->whole ? a->whole : stock_num(a) > stock_num(b);
}

static struct layer_stock
file_stock(const struct log_attempt *attempt, const GArray *sides, enum side side, unsigned file,
           enum layer layer)
{
    struct layer_stock stock = { 0 };

    for (guint i = 0; i < attempt->lines->len; i++) {
        struct log_told told = told_at(attempt, i);
        if (told.file == file && told.entry->packet.kind != LOG_PACKET_NONE &&
            layer_of(&told.entry->packet) == layer && side_of_line(sides, &told) == side)
            count_packet(&stock, told.entry);
    }
    return stock;
}

static struct stock
side_stock(const struct log_attempt *attempt, const GArray *sides, enum side side)
{
    struct stock stock = { 0 };

    for (unsigned file = 0; file < sides->len; file++)
        for (int layer = 0; layer < LAYER_COUNT; layer++) {
            struct layer_stock own = file_stock(attempt, sides, side, file, (enum layer)layer);
            if (!layer_is_better(&own, &stock.layer[layer]))
                continue;
            stock.layer[layer] = own;
            stock.file[layer] = file;
        }
    return stock;
}

/* A file may have packets to the last byte, and what pppd says of the same ones. */
static bool
is_wanted(const struct stock *stock, const struct log_told *told)
{
    const struct log_packet *packet = &told->entry->packet;
    enum layer layer = layer_of(packet);

    return packet->kind != LOG_PACKET_NONE && told->file == stock->file[layer] &&
           stock_num(&stock->layer[layer]) > 0 &&
           (layer == LAYER_SSTP || packet->whole || !stock->layer[layer].whole);
}

static unsigned
shown_of(const struct stock *stock)
{
    const struct layer_stock *sstp = &stock->layer[LAYER_SSTP], *ppp = &stock->layer[LAYER_PPP];
    unsigned programs = sstp->programs | (ppp->whole ? 0 : ppp->programs), shown = 0;

    if (sstp->num[0] && sstp->num[1])
        shown |= SHOWN_SSTP;
    if (ppp->num[0] && ppp->num[1])
        shown |= SHOWN_PPP;
    if (!sstp->rebuilt && (ppp->whole || stock_num(ppp) == 0))
        shown |= SHOWN_BYTES;
    if ((programs & (programs - 1)) == 0)
        shown |= SHOWN_ORDER;
    return shown;
}

/* --- telling --------------------------------------------------------------------------------- */

static struct endpoint
end_of(enum side side)
{
    struct endpoint end = { .addr_len = 4 };

    end.addr[3] = side == SIDE_CLIENT ? 1 : 2;
    end.port = side == SIDE_CLIENT ? CLIENT_PORT : SERVER_PORT;
    return end;
}

static void
tell_segment(struct teller *teller, enum side side, struct mark mark, uint32_t len)
{
    struct segment segment = { .mark = mark,
                               .src = end_of(side),
                               .dst = end_of(side_other(side)),
                               .seq = teller->sent[side],
                               .ack = teller->sent[side_other(side)],
                               .flags = TCP_ACK,
                               .window = UINT16_MAX,
                               .payload = teller->bytes->data,
                               .captured_len = len,
                               .payload_len = len };

    engine_frame(teller->judged->engine, mark);
    engine_segment(teller->judged->engine, &segment);
    teller->sent[side] += len;
}

/* What the program read did reach it. */
static void
tell_receipt(struct teller *teller, enum side reader, struct mark mark)
{
    tell_segment(teller, reader, mark, 0);
    engine_frame_done(teller->judged->engine);
}

static const struct log_packet *
request_of(const struct teller *teller, enum side side, const struct ppp_frame *frame, uint8_t id)
{
    for (unsigned back = 1; back <= REQUESTS_MAX; back++) {
        const struct request *request =
            &teller->requests[(teller->next + REQUESTS_MAX - back) % REQUESTS_MAX];
        struct ppp_frame other;
        if (!request->packet || request->side != side ||
            !ppp_decode_frame(request->packet->bytes, request->packet->len, &other) ||
            other.protocol != frame->protocol || other.payload.p[1] != id)
            continue;
        return request->packet;
    }
    return NULL;
}

/* An Ack has the options of what it answers, even where the line does not repeat them. */
static const struct log_packet *
restored(struct teller *teller, enum side side, const struct log_packet *packet,
         struct log_packet *filled)
{
    const struct log_packet *request;
    struct ppp_frame frame;
    struct ppp_packet ppp;

    if (packet->kind != LOG_PACKET_PPP || packet->whole ||
        !ppp_decode_frame(packet->bytes, packet->len, &frame) ||
        !ppp_decode_packet(frame.payload, &ppp))
        return packet;
    if (ppp.code == PPP_CONFIGURE_REQUEST) {
        teller->requests[teller->next] = (struct request){ packet, side };
        teller->next = (teller->next + 1) % REQUESTS_MAX;
    }
    if (ppp.code != PPP_CONFIGURE_ACK || buf_left(&ppp.data) > 0)
        return packet;
    request = request_of(teller, side_other(side), &frame, ppp.id);
    if (!request)
        return packet;
    *filled = *packet;
    g_byte_array_set_size(teller->bytes, 0);
    g_byte_array_append(teller->bytes, request->bytes, request->len);
    teller->bytes->data[2] = PPP_CONFIGURE_ACK;
    filled->bytes = teller->bytes->data;
    filled->len = (uint16_t)teller->bytes->len;
    return filled;
}

/* As it stands in the stream: PPP inside of SSTP. Whether address and control field stood in front
 * of it no line says; they are where they do no harm. */
static void
put_packet(struct teller *teller, enum side side, const struct log_packet *packet)
{
    struct log_packet filled;
    GByteArray *stream = g_byte_array_new();

    packet = restored(teller, side, packet, &filled);
    if (packet->kind == LOG_PACKET_PPP) {
        GByteArray *ppp = g_byte_array_new();
        if (!packet->whole)
            append_u16(ppp, PPP_ADDRESS_CONTROL);
        g_byte_array_append(ppp, packet->bytes, packet->len);
        sstp_encode_data(ppp->data, ppp->len, stream);
        g_byte_array_unref(ppp);
    } else {
        g_byte_array_append(stream, packet->bytes, packet->len);
    }
    g_byte_array_unref(teller->bytes);
    teller->bytes = stream;
}

static struct mark
next_mark(struct teller *teller, const struct log_told *told)
{
    GArray *frames = teller->judged->frames;

    g_array_append_val(frames, *told);
    return (struct mark){ frames->len, told->time == LOG_NO_TIME ? 0 : told->time };
}

static void
tell_packet(struct teller *teller, const struct log_told *told)
{
    const struct log_packet *packet = &told->entry->packet;
    const enum side own = teller->judged->side;
    const enum side side = packet->way == LOG_SENT ? own : side_other(own);
    const struct mark mark = next_mark(teller, told);
    struct piece piece;

    put_packet(teller, side, packet);
    if (teller->bytes->len == 0)
        return;
    tell_segment(teller, side, mark, teller->bytes->len);
    piece = framing_next(teller->bytes->data, teller->bytes->len);
    if (piece.kind != PIECE_NEED_MORE)
        engine_piece(teller->judged->engine, &piece, teller->bytes->data);
    engine_frame_done(teller->judged->engine);
    if (side != own)
        tell_receipt(teller, own, next_mark(teller, told));
}

/* Until then the program wrote, and nothing came. */
static void
tell_end(struct teller *teller, const struct log_attempt *attempt)
{
    struct log_told last = told_at(attempt, attempt->lines->len - 1);
    struct mark mark;

    if (last.time == LOG_NO_TIME)
        return;
    mark = next_mark(teller, &last);
    engine_frame(teller->judged->engine, mark);
    engine_foreign(teller->judged->engine, mark, 0);
}

static void
tell_all(struct log_judged *judged, const struct log_attempt *attempt, const struct stock *stock,
         const GArray *sides)
{
    struct teller teller = { .judged = judged, .bytes = g_byte_array_new() };

    engine_vantage(judged->engine, 0, VANTAGE_LOG);
    engine_log(judged->engine, judged->shown);
    for (guint i = 0; i < attempt->lines->len; i++) {
        struct log_told told = told_at(attempt, i);
        if (side_of_line(sides, &told) == judged->side && is_wanted(stock, &told))
            tell_packet(&teller, &told);
    }
    tell_end(&teller, attempt);
    engine_finish(judged->engine);
    g_byte_array_unref(teller.bytes);
}

static struct log_judged *
judge(const struct log_attempt *attempt, const struct stock *stock, enum side side,
      const GArray *sides)
{
    static char any[] = "any";
    const struct config config = { .servers = any,
                                   .negotiation_timeout = NEGOTIATION_TIMEOUT_SECONDS,
                                   .sstp_echo_timeout = SSTP_ECHO_TIMEOUT_SECONDS,
                                   .lcp_echo_failures = LCP_ECHO_FAILURES };
    struct log_judged *judged = g_new0(struct log_judged, 1);

    judged->engine = engine_new(&config);
    judged->frames = g_array_new(FALSE, FALSE, sizeof(struct log_told));
    judged->side = side;
    judged->shown = shown_of(stock);
    tell_all(judged, attempt, stock, sides);
    if (engine_results(judged->engine)->len == 0) {
        log_judged_free(judged);
        return NULL;
    }
    judged->result = g_ptr_array_index(engine_results(judged->engine), 0);
    return judged;
}

/* The side of each file of the attempt. Newly allocated. */
static GArray *
sides_of(const struct log_attempt *attempt)
{
    GArray *sides = g_array_new(FALSE, FALSE, sizeof(enum side));
    unsigned files = 0;

    for (guint i = 0; i < attempt->lines->len; i++)
        files = MAX(files, told_at(attempt, i).file + 1);
    for (unsigned file = 0; file < files; file++) {
        enum side side = side_of_file(attempt, file);
        g_array_append_val(sides, side);
    }
    return sides;
}

/* Of this end, or of any: then of the one that tells more. */
static struct log_judged *
judge_end(const struct log_attempt *attempt, enum side side, bool any)
{
    struct log_judged *judged = NULL;
    guint num[SIDE_COUNT];
    GArray *sides;

    if (attempt->mixed || log_other_carrier(attempt))
        return NULL;
    sides = sides_of(attempt);
    const struct stock stocks[] = {
        [SIDE_CLIENT] = side_stock(attempt, sides, SIDE_CLIENT),
        [SIDE_SERVER] = side_stock(attempt, sides, SIDE_SERVER),
    };
    for (int i = 0; i < SIDE_COUNT; i++)
        num[i] = stock_num(&stocks[i].layer[LAYER_SSTP]) + stock_num(&stocks[i].layer[LAYER_PPP]);
    if (any)
        side = num[SIDE_SERVER] > num[SIDE_CLIENT] ? SIDE_SERVER : SIDE_CLIENT;
    if (num[side] > 0)
        judged = judge(attempt, &stocks[side], side, sides);
    g_array_unref(sides);
    return judged;
}

struct log_judged *
log_judged_new(const struct log_attempt *attempt)
{
    return judge_end(attempt, SIDE_CLIENT, true);
}

struct log_judged *
log_judged_of(const struct log_attempt *attempt, enum side side)
{
    return judge_end(attempt, side, false);
}

void
log_judged_free(struct log_judged *judged)
{
    if (!judged)
        return;
    engine_free(judged->engine);
    g_array_unref(judged->frames);
    g_free(judged);
}

/* --- lines ----------------------------------------------------------------------------------- */

const struct log_told *
log_judged_line(const struct log_judged *judged, uint32_t frame)
{
    if (frame == 0 || frame > judged->frames->len)
        return NULL;
    return &g_array_index(judged->frames, struct log_told, frame - 1);
}

char *
log_judged_words(const struct log_judged *judged, const char *words)
{
    static const char label[] = "frame ";
    GString *text = g_string_new(NULL);

    for (const char *p = words; *p;) {
        const struct log_told *told = NULL;
        char *end = NULL;
        if (g_str_has_prefix(p, label))
            told = log_judged_line(judged, (uint32_t)g_ascii_strtoull(p + strlen(label), &end, 10));
        if (told) {
            g_string_append_printf(text, "line %u", told->entry->line);
            p = end;
        } else {
            g_string_append_c(text, *p++);
        }
    }
    return g_string_free(text, FALSE);
}
