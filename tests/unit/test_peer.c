/* test_peer.c - scripts of made-up connections: how they are written
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"
#include "peer.h"

/* What is wrong with words of rows; NULL: nothing. */
static const struct style_row {
    const char *name, *script, *wrong;
} style_rows[] = {
    { "composites", "up-tls goodbye close", NULL },
    { "settings", "[auth=pap] [servers=none knows=password:x] dial lcp pap", NULL },
    { "sides", "tcp !c.hello s.flight=self wait=1 c.alert=48", NULL },
    { "lasting", "up +s.deaf c.data=60 -s.deaf", NULL },
    { "lasting-and-once", "[ends] up c.drop c.data=60 +c.drop c.data=60 -c.drop", NULL },
    { "no-word", "up c.nothing", "c.nothing: no such word" },
    { "no-side", "up !data=60", "!data=60: a side that is missing or idle" },
    { "idle-side", "up c.wait=1", "c.wait=1: a side that is missing or idle" },
    { "no-sign", "up s.deaf c.data=60", "s.deaf: a word that lasts, without its sign" },
    { "no-setting", "+s.deaf up", "+s.deaf: it holds from the beginning: a setting" },
    { "late-setting", "up [auth=pap]", "auth=pap: a setting behind the first word" },
    { "frame-as-setting", "[c.data=60] up", "c.data=60: no setting" },
    { "engine-as-word", "knows=password:x up", "knows=password:x: a setting outside the brackets" },
};

static void
run_style(gconstpointer data)
{
    const struct style_row *row = data;
    char *wrong = peer_script_wrong(row->script);

    g_assert_cmpstr(wrong, ==, row->wrong);
    g_free(wrong);
}

static void
sum_segment(void *data, const struct segment *segment)
{
    char *head = g_strdup_printf("%u %" G_GINT64_FORMAT " %u %u %u %x ", segment->mark.frame,
                                 segment->mark.time, segment->src.port, segment->seq, segment->ack,
                                 segment->flags);

    g_checksum_update(data, (const guchar *)head, -1);
    g_checksum_update(data, segment->payload, (gssize)segment->captured_len);
    g_free(head);
}

static void
sum_packet(void *data, const struct peer_packet *packet)
{
    g_checksum_update(data, packet->payload, (gssize)packet->payload_len);
}

static void
ignore_secret(void *data, const struct seal_secret *secret)
{
    (void)data, (void)secret;
}

/* All frames of a script in one number. Newly allocated. */
static char *
frames_of(const char *script)
{
    static const struct peer_tap tap = { sum_segment, sum_packet, ignore_secret };
    struct config config = peer_script_config(script);
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    struct peer peer;

    peer_init(&peer, &config);
    credentials_unref(config.credentials);
    peer.tap = &tap;
    peer.tap_data = sum;
    peer_run(&peer, script);
    peer_clear(&peer);
    char *text = g_strdup(g_checksum_get_string(sum));
    g_checksum_free(sum);
    return text;
}

/* As notes have it, and as rows have it. */
static const struct spelling_row {
    const char *name, *note, *row;
} spelling_rows[] = {
    { "lasting-and-server",
      "up-tls deaf wait=20 lcp-echo wait=0.3 s.again wait=0.6 s.again s.terminate s.disconnect "
      "s.fin "
      "wait=600 data=60 s.rst",
      "up-tls +c.deaf wait=20 s.lcp-echo wait=0.3 s.again wait=0.6 s.again s.terminate "
      "s.disconnect "
      "s.fin wait=600 c.data=60 s.rst" },
    { "values", "tcp tls call lcp-of=1400 s.lcp-of=1400 chap call-connected ipcp traffic",
      "tcp tls call c.lcp-of=1400 s.lcp-of=1400 chap c.call-connected ipcp traffic" },
    { "lasting-of-sides", "offload s.offload s.data=1450", "[c.offload s.offload] s.data=1450" },
};

static void
run_spelling(gconstpointer data)
{
    const struct spelling_row *row = data;
    char *note = frames_of(row->note), *written = frames_of(row->row),
         *wrong = peer_script_wrong(row->row);

    g_assert_cmpstr(note, ==, written);
    g_assert_null(wrong);
    g_free(note);
    g_free(written);
}

/* --- a peer that sends again ----------------------------------------------------------------- */

/* What leaves behind the handshake: milliseconds since the first "wait", side, payload. */
static const struct resend_row {
    const char *name, *script, *frames;
} resend_rows[] = {
    { "delayed", "c.data=60 wait=1", "10c68 50s0" },
    { "every-second", "c.data=60 c.data=60 wait=1", "10c68 20c68 29s0" },
    { "with-data", "c.data=60 s.data=60 wait=1", "10c68 20s68 60c0" },
    { "again", "c.drop c.data=60 wait=1", "10c68 210c68 250s0" },
    { "again-and-again", "+c.drop c.data=60 wait=4", "10c68 210c68 610c68 1410c68 3010c68" },
    { "deaf", "+s.deaf c.data=60 wait=0.9", "10c68 210c68 610c68" },
    { "acknowledgement-lost", "+s.drop c.data=60 wait=0.2 -s.drop wait=1", "10c68 210c68 219s0" },
    { "captured-by-the-client", "s.drop s.data=60 wait=1", "210s68 250c0" },
    { "fast", "c.drop c.data=60 c.data=60 c.data=60 c.data=60 wait=1",
      "10c68 20c68 29s0 30c68 39s0 40c68 49s0 49c68 58s0" },
    { "two-lost", "c.drop c.data=60 c.drop c.data=60 wait=1",
      "10c68 20c68 210c68 250s0 250c68 290s0" },
    { "too-large", "+c.drop=500 c.data=600 wait=0.3 c.data=60 wait=0.1",
      "10c608 210c608 320c68 329s0" },
    { "no-longer", "-resends +c.drop c.data=60 wait=9", "10c68" },
    { "reset", "+c.drop c.data=60 -c.drop c.rst wait=9", "10c68 20c0" },
};

struct heard {
    int64_t start;
    GString *text; /* NULL: nobody listens yet */
};

static void
hear_segment(void *data, const struct segment *segment)
{
    struct heard *heard = data;

    if (heard->text)
        g_string_append_printf(heard->text, "%s%d%c%zu", heard->text->len ? " " : "",
                               (int)((segment->mark.time - heard->start) / (NS_PER_SECOND / 1000)),
                               segment->src.port == 443 ? 's' : 'c', segment->payload_len);
}

static void
run_resend(gconstpointer data)
{
    static const struct peer_tap tap = { hear_segment, sum_packet, ignore_secret };
    const struct resend_row *row = data;
    struct config config = peer_config();
    struct heard heard = { 0, NULL };
    struct peer peer;

    peer_init(&peer, &config);
    peer.tap = &tap;
    peer.tap_data = &heard;
    peer_run(&peer, "[resends] tcp c.data=1 s.data=1 wait=1");
    heard = (struct heard){ peer.now, g_string_new(NULL) };
    peer_run(&peer, row->script);
    g_assert_cmpstr(heard.text->str, ==, row->frames);
    g_string_free(heard.text, TRUE);
    peer_clear(&peer);
}

/* Nothing was heard of the other one yet. */
static void
test_resend_syn(void)
{
    static const struct peer_tap tap = { hear_segment, sum_packet, ignore_secret };
    struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    struct heard heard = { peer.now, g_string_new(NULL) };
    peer.tap = &tap;
    peer.tap_data = &heard;
    peer_run(&peer, "[resends c.drop] c.syn wait=8");
    g_assert_cmpstr(heard.text->str, ==, "10c0 1010c0 3010c0 7010c0");
    g_string_free(heard.text, TRUE);
    peer_clear(&peer);
}

static void
test_words(void)
{
    char **words = peer_script_words("[auth=pap ends] dial  !c.fin");
    char *all = g_strjoinv("|", words);

    g_assert_cmpstr(all, ==, "[auth=pap]|[ends]|dial|!c.fin");
    g_free(all);
    g_strfreev(words);
}

static void
test_config(void)
{
    struct config named = peer_script_config("[knows=password:a knows=password:b] up"),
                  unnamed = peer_script_config("[servers=none] [hash=11*20] up");
    char *list = peer_script_credentials("[knows=password:a] [knows=password:b] up");

    g_assert_cmpstr(named.servers, ==, "any");
    g_assert_nonnull(named.credentials);
    g_assert_cmpuint(named.num_hashes, ==, 0);
    g_assert_cmpstr(unnamed.servers, ==, "");
    g_assert_null(unnamed.credentials);
    g_assert_cmpuint(unnamed.hashes[0].len, ==, 20);
    g_assert_cmpstr(list, ==, "password:a,password:b");
    g_free(list);
    credentials_unref(named.credentials);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/peer/style", style_rows, run_style);
    ADD_ROWS("/peer/spelling", spelling_rows, run_spelling);
    ADD_ROWS("/peer/resend", resend_rows, run_resend);
    g_test_add_func("/peer/resend-syn", test_resend_syn);
    g_test_add_func("/peer/words", test_words);
    g_test_add_func("/peer/config", test_config);
    return g_test_run();
}
