/* fuzz_session.c - a whole capture with SSTP in clear, a log beside it, credentials, and all
 * reports
 *
 * The input is a capture; behind a line "@@LOG" a log follows. Mutations keep its records whole:
 * packets are lost, repeated, swapped, moved in time, and their bytes changed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "codec/pcapread.h"
#include "crypto/credentials.h"
#include "engine/tell.h"
#include "log/log.h"
#include "report/report.h"

enum { PACKETS_MAX = 3000, RECORDS_MAX = 4096, FILE_HEADER_LEN = 24, RECORD_HEADER_LEN = 16 };
enum { ETHERNET_LEN = 14, HEADERS_LEN = 54 /* of Ethernet, IPv4 and TCP without options */ };

static const char log_mark[] = "\n@@LOG\n";
#define SECRET "S3cretUnique"
static const char entries[] = "* password " SECRET "-1\n"
                              "user nt-hash 44EBBA8D5312B8D611474411F56989AE\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
/* Only libFuzzer has it: a replay of the corpus mutates nothing. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max) __attribute__((weak));

/* Where the log begins behind its mark; NULL: there is none. */
static const uint8_t *
find_log(const uint8_t *data, size_t size)
{
    const size_t len = sizeof log_mark - 1;

    for (size_t i = 0; i + len <= size; i++)
        if (memcmp(data + i, log_mark, len) == 0)
            return data + i + len;
    return NULL;
}

/* --- the capture ----------------------------------------------------------------------------- */

static void
tell_pieces(struct engine *engine, const struct segment *segment)
{
    const uint8_t *data = segment->payload;
    size_t len = segment->captured_len == segment->payload_len ? segment->captured_len : 0;

    while (len > 0) {
        struct piece piece = framing_next(data, len);
        if (piece.kind == PIECE_NEED_MORE || piece.len == 0)
            return;
        engine_piece(engine, &piece, data);
        data += piece.len;
        len -= piece.len;
    }
}

static void
tell_frame(struct engine *engine, struct frame *frame, struct mark mark, uint32_t interface)
{
    if (frame->kind != FRAME_TCP) {
        engine_tell(engine, frame, mark, interface);
        return;
    }
    engine_frame(engine, mark);
    frame->segment.mark = mark;
    frame->segment.interface = interface;
    if (engine_segment(engine, &frame->segment) == CONNECTION_FOREIGN)
        return;
    tell_pieces(engine, &frame->segment);
    engine_frame_done(engine);
    engine_no_segment(engine);
}

/* The first byte of a packet, a part of its MAC address, chooses one of two capture points. Each
 * packet stands in a block of its own, so that a byte too far is seen. */
static void
tell_packet(struct engine *engine, uint16_t link, const struct pcapng_packet *packet,
            uint32_t frame)
{
    uint8_t *exact = g_malloc(packet->captured_len ? packet->captured_len : 1);
    struct frame decoded;

    if (packet->captured_len)
        memcpy(exact, packet->data, packet->captured_len);
    frame_decode(link, exact, packet->captured_len, packet->wire_len, &decoded);
    tell_frame(engine, &decoded, (struct mark){ frame, packet->time_ns },
               packet->captured_len ? exact[0] & 1 : 0);
    g_free(exact);
}

static uint32_t
tell_capture(struct engine *engine, const uint8_t *data, size_t size)
{
    struct pcapread *reader = pcapread_new();
    struct pcapread_item item;
    uint32_t number = 0;

    pcapread_feed(reader, data, size);
    while (number < PACKETS_MAX && pcapread_next(reader, &item) != PCAPREAD_MORE &&
           item.kind != PCAPREAD_ERROR)
        if (item.kind == PCAPREAD_PACKET)
            tell_packet(engine, pcapread_interface(reader, item.interface)->link_type, &item.packet,
                        ++number);
    pcapread_free(reader);
    return number;
}

/* --- what comes out -------------------------------------------------------------------------- */

static void
assert_shown(const char *text)
{
    if (!g_utf8_validate(text, -1, NULL) || strstr(text, SECRET))
        abort();
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c != '\n' && (c < 0x20 || (c >= 0x7f && c < 0xa0)))
            abort();
    }
}

static void
assert_reports(const struct engine *engine, const GPtrArray *logs)
{
    static const struct report_interface interfaces[] = { { 0, "a" }, { 1, NULL } };
    const struct report_env env = { .version = "0",
                                    .file = "f\"\\",
                                    .interfaces = interfaces,
                                    .num_interfaces = G_N_ELEMENTS(interfaces),
                                    .logs = logs,
                                    .trace = true };
    char *text = report_text(engine, &env), *json = report_json(engine, &env);

    assert_shown(text);
    assert_shown(json);
    if (!g_str_has_suffix(text, "\n") || strchr(json, '\n') != json + strlen(json) - 1)
        abort();
    g_free(text);
    g_free(json);
}

static void
ask(struct engine *engine, uint32_t num_frames)
{
    struct frame_match match;
    struct frame_answer answer;
    uint32_t num;

    for (uint32_t frame = 0; frame <= num_frames + 1; frame++) {
        engine_frame_match(engine, frame, &match);
        engine_frame_answer(engine, frame, &answer);
        engine_frame_findings(engine, frame);
        engine_frame_lengths(engine, frame, &num);
    }
}

static GPtrArray *
read_log(const struct engine *engine, const uint8_t *log, size_t len)
{
    GPtrArray *logs = g_ptr_array_new_with_free_func(log_free);
    const struct log_context context = { .zone = g_time_zone_new_utc(),
                                         .first = engine_first(engine).time,
                                         .last = engine_last(engine).time };

    if (log)
        g_ptr_array_add(logs, log_parse("a.log", log, len, &context));
    g_time_zone_unref(context.zone);
    return logs;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char any[] = "any";
    struct config config = {
        .negotiation_timeout = 60, .sstp_echo_timeout = 10, .lcp_echo_failures = 2, .servers = any
    };
    const uint8_t *log = find_log(data, size);
    size_t len = log ? (size_t)(log - data) - (sizeof log_mark - 1) : size;
    GPtrArray *wrong = g_ptr_array_new_with_free_func(g_free);

    config.credentials = credentials_new();
    credentials_parse(config.credentials, buf_init((const uint8_t *)entries, sizeof entries - 1),
                      NULL, wrong);
    struct engine *engine = engine_new(&config);
    engine_trace(engine);
    uint32_t num_frames = tell_capture(engine, data, len);
    engine_finish(engine);
    GPtrArray *logs = read_log(engine, log, log ? size - (size_t)(log - data) : 0);
    assert_reports(engine, logs);
    ask(engine, num_frames);
    g_ptr_array_unref(logs);
    engine_free(engine);
    credentials_unref(config.credentials);
    g_ptr_array_unref(wrong);
    return 0;
}

/* --- mutations ------------------------------------------------------------------------------- */

/* An input while it is changed: records of a little-endian pcap. */
struct mutation {
    uint8_t *data;
    size_t size, max, capture_len;
    size_t at[RECORDS_MAX + 1]; /* where records begin; the last one, where they end */
    unsigned num;
    GRand *random;
};

static void
find_records(struct mutation *mutation)
{
    size_t p = FILE_HEADER_LEN;
    uint32_t len;

    mutation->at[0] = p;
    while (mutation->num < RECORDS_MAX && p + RECORD_HEADER_LEN <= mutation->capture_len) {
        memcpy(&len, mutation->data + p + 8, sizeof len);
        if (len > mutation->capture_len - p - RECORD_HEADER_LEN)
            return;
        p += RECORD_HEADER_LEN + len;
        mutation->at[++mutation->num] = p;
    }
}

static unsigned
any_record(struct mutation *mutation)
{
    return (unsigned)g_rand_int_range(mutation->random, 0, (int)mutation->num);
}

static size_t
record_len(const struct mutation *mutation, unsigned i)
{
    return mutation->at[i + 1] - mutation->at[i];
}

static void
drop(struct mutation *mutation, unsigned i)
{
    size_t next = mutation->at[i + 1];

    memmove(mutation->data + mutation->at[i], mutation->data + next, mutation->size - next);
    mutation->size -= record_len(mutation, i);
}

static void
repeat(struct mutation *mutation, unsigned i)
{
    size_t len = record_len(mutation, i), to = mutation->at[any_record(mutation)];

    if (mutation->size + len > mutation->max)
        return;
    uint8_t *copy = g_memdup2(mutation->data + mutation->at[i], len);
    memmove(mutation->data + to + len, mutation->data + to, mutation->size - to);
    memcpy(mutation->data + to, copy, len);
    mutation->size += len;
    g_free(copy);
}

static void
swap_with_next(struct mutation *mutation, unsigned i)
{
    if (i + 1 >= mutation->num)
        return;
    size_t len = record_len(mutation, i), next = record_len(mutation, i + 1);
    uint8_t *copy = g_memdup2(mutation->data + mutation->at[i], len);

    memmove(mutation->data + mutation->at[i], mutation->data + mutation->at[i + 1], next);
    memcpy(mutation->data + mutation->at[i] + next, copy, len);
    g_free(copy);
}

/* One, or all from there on. */
static void
move_in_time(struct mutation *mutation, unsigned i)
{
    static const int32_t seconds[] = { 1, -1, 5, 20, 60, 3600, -3600, 100000 };
    int32_t by = seconds[g_rand_int_range(mutation->random, 0, G_N_ELEMENTS(seconds))];
    unsigned until = g_rand_boolean(mutation->random) ? mutation->num : i + 1;
    uint32_t time;

    for (; i < until; i++) {
        memcpy(&time, mutation->data + mutation->at[i], sizeof time);
        time += (uint32_t)by;
        memcpy(mutation->data + mutation->at[i], &time, sizeof time);
    }
}

static void
change_payload(struct mutation *mutation, unsigned i)
{
    size_t headers = RECORD_HEADER_LEN + HEADERS_LEN, len = record_len(mutation, i);

    if (len > headers)
        LLVMFuzzerMutate(mutation->data + mutation->at[i] + headers, len - headers, len - headers);
}

/* A bit of the capture point, or of the headers of IP and TCP. */
static void
change_header(struct mutation *mutation, unsigned i)
{
    size_t at = 0;

    if (record_len(mutation, i) < RECORD_HEADER_LEN + HEADERS_LEN)
        return;
    if (g_rand_int_range(mutation->random, 0, 4))
        at = (size_t)g_rand_int_range(mutation->random, ETHERNET_LEN, HEADERS_LEN);
    mutation->data[mutation->at[i] + RECORD_HEADER_LEN + at] ^=
        (uint8_t)(1 << g_rand_int_range(mutation->random, 0, 8));
}

static void
change_log(struct mutation *mutation)
{
    size_t at = mutation->capture_len + sizeof log_mark - 1;

    if (mutation->size > at)
        mutation->size =
            at + LLVMFuzzerMutate(mutation->data + at, mutation->size - at, mutation->max - at);
}

static void
mutate(struct mutation *mutation)
{
    static void (*const changes[])(struct mutation *, unsigned) = {
        drop, repeat, swap_with_next, move_in_time, change_payload, change_header,
    };
    bool has_log = mutation->capture_len < mutation->size;
    int last = has_log ? G_N_ELEMENTS(changes) : G_N_ELEMENTS(changes) - 1;
    int i = g_rand_int_range(mutation->random, 0, last + 1);

    if (i == G_N_ELEMENTS(changes))
        change_log(mutation);
    else
        changes[i](mutation, any_record(mutation));
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    static const uint8_t magic[] = { 0xd4, 0xc3, 0xb2, 0xa1 };
    const uint8_t *log = find_log(data, size);
    struct mutation *mutation = g_new0(struct mutation, 1);

    mutation->data = data;
    mutation->size = size;
    mutation->max = max;
    mutation->capture_len = log ? (size_t)(log - data) - (sizeof log_mark - 1) : size;
    mutation->random = g_rand_new_with_seed(seed);
    if (mutation->capture_len > FILE_HEADER_LEN && memcmp(data, magic, sizeof magic) == 0)
        find_records(mutation);
    if (mutation->num > 1 && g_rand_int_range(mutation->random, 0, 8))
        mutate(mutation);
    else
        mutation->size = LLVMFuzzerMutate(data, size, max);
    size = mutation->size;
    g_rand_free(mutation->random);
    g_free(mutation);
    return size;
}
