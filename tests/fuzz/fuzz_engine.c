/* fuzz_engine.c - a made-up capture of a few connections, told to an engine, and its reports
 *
 * The input is a list of steps. The first byte of a step chooses what it is: a segment with its
 * payload, a fact told without one, a jump in time, the end of the capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "codec/dns.h"
#include "codec/framing.h"
#include "report/report.h"
#include "wire/conn_state.h"

/* Bits of a segment's flags that no rule looks at choose the rest of it. */
enum { FLAG_OPTIONS = 0x20, FLAG_FARTHER = 0x40, FLAG_SHUT = 0x80 };
enum { STEPS_MAX = 2000, PORTS = 4, CHUNK_BYTES_LIMIT = 1 << 20 };

enum step {
    STEP_SEGMENT,
    STEP_SEGMENT_ODD, /* with its own sequence numbers and claimed length */
    STEP_PACKET,
    STEP_HTTP,
    STEP_ALERT,
    STEP_HANDSHAKE,
    STEP_MISC,
    STEP_FINISH,
    STEP_COUNT
};

/* The made-up capture. */
struct capture {
    struct engine *engine;
    struct buf input;
    struct mark mark;
    bool streams; /* both interfaces' connections are one byte stream */
    uint32_t seq[PORTS][SIDE_COUNT];
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t
take_u8(struct capture *capture)
{
    uint8_t v = 0;

    buf_u8(&capture->input, &v);
    return v;
}

/* As many bytes as the next one says, or as are left. */
static struct buf
take_bytes(struct capture *capture)
{
    size_t len = take_u8(capture);
    struct buf bytes = { 0 };

    if (len == 0xff)
        len += (size_t)take_u8(capture) * 8;
    if (len > buf_left(&capture->input))
        len = buf_left(&capture->input);
    buf_sub(&capture->input, len, &bytes);
    return bytes;
}

static void
tell_pieces(struct engine *engine, const uint8_t *data, size_t len)
{
    while (len > 0) {
        struct piece piece = framing_next(data, len);

        if (piece.kind == PIECE_NEED_MORE)
            return;
        engine_piece(engine, &piece, data);
        data += piece.len;
        len -= piece.len;
    }
}

/* A piece that framing would not have cut like this. */
static void
tell_piece(struct engine *engine, enum piece_kind kind, const uint8_t *data, size_t len)
{
    struct piece piece = { kind, len };

    engine_piece(engine, &piece, data);
}

static struct endpoint
make_endpoint(enum side side, uint8_t port, bool v6)
{
    struct endpoint endpoint = { .addr_len = v6 ? 16 : 4 };

    endpoint.addr[0] = (uint8_t)(side + 1);
    endpoint.port = side == SIDE_SERVER ? 443 : (uint16_t)(443 + port);
    return endpoint;
}

/* how: bit 3 the side, bits 4 and 5 the client's port, bit 6 IPv6, bit 7 the interface. */
static void
step_segment(struct capture *capture, uint8_t how, bool odd)
{
    enum side side = how & 8 ? SIDE_SERVER : SIDE_CLIENT;
    uint8_t port = how >> 4 & 3;
    uint8_t flags = take_u8(capture);
    int8_t seq_delta = odd ? (int8_t)take_u8(capture) : 0;
    int8_t ack_delta = odd ? (int8_t)take_u8(capture) : 0;
    uint32_t scale = odd ? UINT32_C(1) << (take_u8(capture) & 31) : 1;
    size_t cut = odd ? (size_t)take_u8(capture) * 16 : 0;
    struct buf options = flags & (TCP_SYN | FLAG_OPTIONS) ? take_bytes(capture) : (struct buf){ 0 };
    struct buf payload = take_bytes(capture);
    uint32_t *seq = &capture->seq[port][side];
    struct segment segment = {
        .mark = capture->mark,
        .interface = how >> 7,
        .src = make_endpoint(side, port, how & 0x40),
        .dst = make_endpoint(side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT, port, how & 0x40),
        .seq = *seq + (uint32_t)seq_delta * scale,
        .ack = capture->seq[port][side == SIDE_CLIENT] + (uint32_t)ack_delta * scale,
        .flags = flags,
        .window = flags & FLAG_SHUT ? 0 : 8192,
        .ttl = flags & FLAG_FARTHER ? 57 : 64,
        .options = options.p,
        .options_len = buf_left(&options),
        .payload = payload.p,
        .captured_len = buf_left(&payload),
        .payload_len = buf_left(&payload) + cut,
    };

    engine_segment(capture->engine, &segment);
    if (capture->streams)
        engine_stream(capture->engine, port + 1U);
    *seq += (uint32_t)segment.payload_len + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
    tell_pieces(capture->engine, payload.p, buf_left(&payload));
}

/* An error about a segment of one of the connections. */
static void
step_icmp(struct capture *capture, uint8_t how)
{
    enum side side = how & 8 ? SIDE_SERVER : SIDE_CLIENT;
    uint8_t type = take_u8(capture), code = take_u8(capture);
    const struct icmp_error error = {
        .mark = capture->mark,
        .interface = how >> 4 & 1,
        .from = { .addr = { 9 }, .addr_len = 4 },
        .src = make_endpoint(side, how >> 5 & 1, false),
        .dst = make_endpoint(side_other(side), how >> 5 & 1, false),
        .type = type,
        .code = code,
        .mtu = take_u8(capture) * 8U,
    };

    engine_icmp(capture->engine, &error);
}

static void
step_dns(struct capture *capture, uint8_t how)
{
    struct buf bytes = take_bytes(capture);
    struct endpoint client = make_endpoint(SIDE_CLIENT, 0, false);
    const struct endpoint resolver = { .addr = { 8 }, .addr_len = 4 };
    struct dns_message message;

    client.port = 0;
    if (dns_decode(bytes.p, buf_left(&bytes), &message))
        engine_dns(capture->engine, &message, how & 8 ? &resolver : &client,
                   how & 8 ? &client : &resolver, capture->mark);
}

static void
step_misc(struct capture *capture, uint8_t how)
{
    switch (how >> 3 & 3) {
    case 0:
        tell_piece(capture->engine, PIECE_JUNK, NULL, 1);
        break;
    case 1:
        tell_piece(capture->engine, PIECE_OVERSIZE, NULL, (size_t)take_u8(capture) * 256);
        break;
    case 2:
        engine_decrypted(capture->engine, take_u8(capture));
        break;
    default: /* backwards as well: captures are not always in order of time */
        capture->mark.time += (int64_t)(int8_t)take_u8(capture) * NS_PER_SECOND;
        break;
    }
}

static void
assert_reports(const struct engine *engine)
{
    static const struct report_env env = { .version = "0" };
    char *text = report_text(engine, &env), *json = report_json(engine, &env);

    if (!g_str_has_suffix(text, "\n") || !g_utf8_validate(text, -1, NULL) ||
        !g_str_has_suffix(json, "}\n") || !g_utf8_validate(json, -1, NULL))
        abort();
    g_free(text);
    g_free(json);
}

/* Questions about every frame, and one that is not there. */
static void
ask(struct engine *engine, uint32_t num_frames)
{
    struct frame_answer answer;
    struct frame_match match;

    for (uint32_t frame = 0; frame <= num_frames + 1; frame++) {
        const struct session *session = engine_frame_session(engine, frame);
        const GArray *findings = engine_frame_findings(engine, frame);

        if ((session != NULL && engine_frame_note(engine, frame).conn == 0) ||
            (findings != NULL && findings->len == 0) ||
            (engine_frame_answer(engine, frame, &answer) && answer.request.frame != frame &&
             answer.response.frame != frame) ||
            (engine_frame_match(engine, frame, &match) &&
             (match.frame == frame || match.frame > num_frames ||
              match.lost == (match.frame != 0) ||
              engine_frame_session(engine, frame) !=
                  match.pair->end[match.sent ? match.sender : side_other(match.sender)]->session)))
            abort();
    }
}

static void
assert_bounded(const struct engine *engine)
{
    const GPtrArray *sessions = engine_sessions(engine);

    for (guint i = 0; i < sessions->len; i++) {
        const struct track *track = session_conn(g_ptr_array_index(sessions, i))->track;

        for (int side = 0; track && side < SIDE_COUNT; side++)
            if (track->stream[side].order.chunk_bytes > CHUNK_BYTES_LIMIT)
                abort();
    }
}

static void
run_step(struct capture *capture)
{
    uint8_t how = take_u8(capture), step = how % STEP_COUNT;
    struct buf bytes;

    capture->mark.frame++;
    capture->mark.time += NS_PER_SECOND / 50;
    engine_frame(capture->engine, capture->mark);
    switch ((enum step)step) {
    case STEP_SEGMENT:
    case STEP_SEGMENT_ODD:
        step_segment(capture, how, step == STEP_SEGMENT_ODD);
        break;
    case STEP_PACKET:
        bytes = take_bytes(capture);
        tell_piece(capture->engine, PIECE_PACKET, bytes.p, buf_left(&bytes));
        break;
    case STEP_HTTP:
        bytes = take_bytes(capture);
        tell_pieces(capture->engine, bytes.p, buf_left(&bytes));
        break;
    case STEP_ALERT:
        engine_alert(capture->engine, take_u8(capture));
        break;
    case STEP_HANDSHAKE:
        bytes = take_bytes(capture);
        engine_handshake(capture->engine, bytes.p, buf_left(&bytes));
        break;
    case STEP_MISC:
        if (how & 0x80)
            step_icmp(capture, how);
        else if (how & 0x40)
            step_dns(capture, how);
        else
            step_misc(capture, how);
        break;
    case STEP_FINISH:
        engine_finish(capture->engine);
        break;
    case STEP_COUNT:
        break;
    }
    engine_frame_done(capture->engine);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config config = { .negotiation_timeout = 60,
                             .sstp_echo_timeout = 10,
                             .lcp_echo_failures = 2 };
    struct capture capture = { .input = buf_init(data, size) };
    char any[] = "any";

    uint8_t settings = take_u8(&capture);
    config.servers = settings & 1 ? any : NULL;
    capture.streams = settings & 8;
    config.num_hashes = settings >> 1 & 1;
    config.hashes[0].len = settings & 4 ? 20 : 32;
    capture.engine = engine_new(&config);
    for (unsigned i = 0; i < STEPS_MAX && buf_left(&capture.input) > 0; i++)
        run_step(&capture);
    assert_bounded(capture.engine);
    ask(capture.engine, capture.mark.frame);
    engine_finish(capture.engine);
    ask(capture.engine, capture.mark.frame);
    assert_reports(capture.engine);
    engine_free(capture.engine);
    return 0;
}
