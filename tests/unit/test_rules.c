/* test_rules.c - from whole sessions to findings and verdicts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "hex.h"
#include "ends/pair.h"
#include "rules/ending.h"
#include "rules/explain.h"
#include "programs.h"
#include "scenarios.h"
#include "wants.h"

static const struct finding *
found_find(const GPtrArray *found, enum finding_id id)
{
    for (guint i = 0; i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        if (finding->id == id)
            return finding;
    }
    return NULL;
}

static const struct result *
result_at(const struct engine *engine, uint32_t session)
{
    const GPtrArray *results = engine_results(engine);

    g_assert_cmpuint(session, <, results->len);
    return g_ptr_array_index(results, session);
}

/* What was found of a row's session: by comparison, where it has another end. */
static const GPtrArray *
found_of(const struct peer *peer, const struct result *result)
{
    const struct pair *pair = peer_pair_of(peer, result->session);

    return pair ? pair->found : result->found;
}

static const struct verdict *
verdict_on(const struct peer *peer, const struct result *result)
{
    const struct pair *pair = peer_pair_of(peer, result->session);

    return pair ? &pair->verdict : &result->verdict;
}

/* What was shown while reading. */
static GArray *
announced_of(const struct peer *peer)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct frame_finding));

    for (uint32_t frame = 1; frame <= peer->frame; frame++) {
        const GArray *items = engine_frame_findings(peer->engine, frame);
        if (items)
            g_array_append_vals(all, items->data, items->len);
    }
    return all;
}

/* What was shown must hold to the end. */
static void
assert_announced_holds(const struct peer *peer, const GArray *announced)
{
    for (guint i = 0; i < announced->len; i++) {
        const struct frame_finding *item = &g_array_index(announced, struct frame_finding, i);
        if (!found_find(result_at(peer->engine, item->session)->found, item->id))
            g_error("%s was withdrawn", finding_info(item->id)->name);
    }
}

/* Each finding is what its reader may rely on. */
static void
assert_well_formed(const GPtrArray *found, uint32_t num_frames)
{
    for (guint i = 0; i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        const struct finding_info *info = finding_info(finding->id);
        g_assert_true(info->ready);
        g_assert_cmpint(finding->severity, <=, info->severity);
        g_assert_nonnull(finding->summary);
        g_assert_cmpuint(finding->cause.frame, >=, 1);
        g_assert_cmpuint(finding->num_frames, >=, 1);
        for (unsigned k = 0; k < finding->num_frames; k++) {
            g_assert_cmpuint(finding->frames[k], <=, num_frames);
            g_assert_cmpuint(finding->frames[k], >, k > 0 ? finding->frames[k - 1] : 0);
        }
    }
}

/* A stage may have failed by what was found of it, or because the session came to its end in it,
 * for a reason that is not known or is another one's. */
static bool
may_have_failed(const struct result *result, enum stage stage)
{
    enum stage reached = session_reached(result->session);
    const struct finding *verdict = result->verdict.finding;

    for (guint i = 0; i < result->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(result->found, i);
        if (finding_info(finding->id)->stage == stage && finding->severity >= SEVERITY_WARN &&
            (finding == verdict || finding->confidence > CONFIDENCE_POSSIBLE))
            return true;
    }
    /* A binding that is refused shows by a Call Abort alone. */
    if (stage == STAGE_BINDING && verdict && verdict->id == FINDING_SSTP_ABORTED)
        return !session_is_established(result->session);
    return mark_is_set(session_ending(result->session).mark) && reached == stage &&
           (result->verdict.state == VERDICT_FAULT || result->verdict.state == VERDICT_UNEXPLAINED);
}

/* The session got through a stage all the same, of which its verdict warns. */
static bool
is_got_through(const struct session *session, const struct finding *verdict)
{
    const struct finding_info *info = finding_info(verdict->id);

    if (verdict->severity != SEVERITY_WARN || info->stage == STAGE_DATA)
        return false;
    /* A goodbye is one, whatever it came for. */
    if (info->stage == STAGE_TEARDOWN)
        return true;
    return session_is_established(session) &&
           (info->effect == EFFECT_BLOCKS ||
            !finding_explains(verdict, session, session_ending(session).mark));
}

static bool
stage_was_passed(const struct stage_state *state)
{
    return !mark_is_set(state->first) || state->outcome == OUTCOME_OK ||
           state->outcome == OUTCOME_INFERRED;
}

/* What a reader of the stages would not believe beside the verdict; NULL: nothing. */
static const char *
stage_wrong(const struct result *result, enum stage stage)
{
    const struct stage_state *state = session_stage_state(result->session, stage);
    const struct finding *verdict = result->verdict.finding;
    bool failed = state->outcome == OUTCOME_FAILED;

    if (failed && result->verdict.state == VERDICT_HEALTHY)
        return "failed in a healthy session";
    if (failed && !may_have_failed(result, stage))
        return "failed for no reason";
    return verdict && finding_info(verdict->id)->stage == stage && stage != STAGE_MTU &&
                   stage_was_passed(state) && !is_got_through(result->session, verdict)
               ? "the verdict's, and did not fail"
               : NULL;
}

static void
assert_stages_agree(const struct row *row, const struct result *result)
{
    for (int stage = STAGE_DNS; stage < STAGE_COUNT; stage++) {
        const char *wrong = stage_wrong(result, (enum stage)stage);
        if (wrong)
            g_error("%s: stage %s is %s (verdict %s)", row->name, stage_name((enum stage)stage),
                    wrong, verdict_name(&result->verdict));
    }
}

/* Reads a row's script to its end; the last session's result, or a candidate's. */
static const struct result *
row_begin(struct peer *peer, const struct row *row)
{
    struct config config = peer_script_config(row->script);

    g_test_message("row %s", row->name); /* what fails next names no row */
    peer_init(peer, &config);
    credentials_unref(config.credentials);
    peer_run(peer, row->script);
    GArray *announced = announced_of(peer);
    engine_finish(peer->engine);
    assert_announced_holds(peer, announced);
    g_array_unref(announced);
    const GPtrArray *results = engine_results(peer->engine);
    g_assert_cmpuint(results->len, >=, 1);
    for (guint i = 0; i < results->len; i++) {
        const struct result *result = g_ptr_array_index(results, i);
        assert_well_formed(result->found, peer->frame);
        assert_well_formed(found_of(peer, result), peer->frame);
        assert_stages_agree(row, result);
    }
    return result_at(peer->engine, (peer->judged ? peer->judged : results->len) - 1);
}

/* NULL: healthy. */
static void
assert_word(const struct verdict *verdict, const char *name)
{
    g_assert_cmpstr(verdict_name(verdict), ==, name ? name : "healthy");
    g_assert_nonnull(verdict_summary(verdict));
}

static void
assert_verdict(const struct result *result, const char *verdict)
{
    assert_word(&result->verdict, verdict);
}

static void
assert_wants(const struct row *row, const struct result *result, const struct finding *finding)
{
    char *wrong = wants_wrong(row->wants, result->session, finding);

    if (wrong)
        g_error("%s: %s", row->name, wrong);
}

static void
run_raised(gconstpointer data)
{
    const struct row *row = data;
    struct peer peer;
    const struct result *result = row_begin(&peer, row);
    const struct finding *finding = found_find(found_of(&peer, result), row->id);

    g_assert_nonnull(finding);
    g_assert_cmpint(finding->severity, ==, row->severity);
    g_assert_cmpint(finding->confidence, ==, row->confidence);
    if (peer.marked)
        g_assert_cmpuint(finding->cause.frame, ==, peer.marked);
    assert_word(verdict_on(&peer, result), row->verdict);
    assert_wants(row, result, finding);
    peer_clear(&peer);
}

static void
run_silent(gconstpointer data)
{
    const struct row *row = data;
    struct peer peer;
    const struct result *result = row_begin(&peer, row);

    g_assert_null(found_find(found_of(&peer, result), row->id));
    assert_word(verdict_on(&peer, result), row->verdict);
    assert_wants(row, result, NULL);
    peer_clear(&peer);
}

/* --- captures that hold each segment twice --------------------------------------------------- */

/* "mtu_overrun 3/2", a line for each finding, and the verdict. */
static char *
result_text(const struct result *result)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < result->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(result->found, i);
        g_string_append_printf(text, "%s %d/%d\n", finding_info(finding->id)->name,
                               finding->severity, finding->confidence);
    }
    g_string_append_printf(text, "verdict: %s\n", verdict_name(&result->verdict));
    return g_string_free(text, FALSE);
}

static char *
script_text(const struct row *row, const char *copies)
{
    char *script = g_strconcat(copies, row->script, NULL);
    const struct row as_row = { .name = row->name, .script = script };
    struct peer peer;
    char *text = result_text(row_begin(&peer, &as_row));

    peer_clear(&peer);
    g_free(script);
    return text;
}

/* Copies of segments, from a mirror port or of another point of the path, change nothing. */
static void
run_copies(gconstpointer data)
{
    static const char *const copies[] = { "[copies] ", "[copies=0.004/7] " };
    const struct row *row = data;

    if (strstr(row->script, "ends") || strstr(row->script, "at=")) {
        g_test_skip("two capture points are no copies");
        return;
    }
    char *plain = script_text(row, "");

    for (size_t i = 0; i < G_N_ELEMENTS(copies); i++) {
        char *text = script_text(row, copies[i]);
        g_assert_cmpstr(text, ==, plain);
        g_free(text);
    }
    g_free(plain);
}

static bool
has_row(const struct row *rows, size_t num, enum finding_id id)
{
    for (size_t i = 0; i < num; i++)
        if (rows[i].id == id)
            return true;
    return false;
}

/* No finding works without a row that raises it and one that does not. */
static void
test_complete(void)
{
    for (int id = 0; id < FINDING_COUNT; id++) {
        const struct finding_info *info = finding_info((enum finding_id)id);
        if (!info->ready)
            continue;
        if (!has_row(raised_rows, G_N_ELEMENTS(raised_rows), (enum finding_id)id) ||
            !has_row(silent_rows, G_N_ELEMENTS(silent_rows), (enum finding_id)id))
            g_error("no row for %s", info->name);
    }
}

/* --- outcome and verdict --------------------------------------------------------------------- */

static const struct outcome_row {
    const char *name, *script, *outcome;
} outcome_rows[] = {
    { "established", "up", "established" },
    { "ended", "up goodbye close", "ended" },
    { "ended-by-goodbye-alone", "up goodbye", "ended" },
    { "ended-abruptly", "up-tls s.rst", "ended" },
    { "failed", "dial lcp s.challenge c.response s.failure=E=691_R=0 close", "failed" },
    { "failed-not-connected", "dial lcp chap ipcp wait=60 s.abort=7 s.fin", "failed" },
    { "ongoing", "dial lcp", "ongoing" },
    { "unknown", "tcp tls=blind up close", "unknown" },
    { "encrypted-ongoing", "tcp tls=blind c.post s.answer c.call-request", "ongoing" },
    { "late", "[servers=none] c.post c.data=60 s.data=60", "established" },
    { "late-mppe", "[servers=none] c.post c.sealed-data=60 s.sealed-data=60", "established" },
};

static void
run_outcome(gconstpointer data)
{
    const struct outcome_row *row = data;
    const struct row as_row = { .name = row->name, .script = row->script };
    struct peer peer;
    const struct result *result = row_begin(&peer, &as_row);

    g_assert_cmpstr(session_outcome(result->session), ==, row->outcome);
    peer_clear(&peer);
}

/* A tunnel whose client takes 1400 bytes, and a packet of 1450 to it, which it must take all the
 * same (RFC 1661 6.1). */
#define OVERRUN                                                                                    \
    "tcp tls call s.lcp-of c.lcp-of=1400 chap c.call-connected ipcp traffic s.data=1450 "

/* What can have brought about the end before what cannot, causes before consequences. */
static const struct verdict_row {
    const char *name, *script, *verdict;
} verdict_rows[] = {
    { "healthy", "up goodbye close", NULL },
    { "notes-only", "[auth=pap] dial lcp pap c.call-connected ipcp close", NULL },
    { "overrun/aborted-at-once", "up s.data=1501 c.abort=7 close", "mtu_overrun" },
    { "overrun/aborted-by-its-sender", "up s.data=1501 s.abort=7 close", "sstp_aborted" },
    { "overrun/aborted-later", OVERRUN "c.data=60 wait=60 s.abort=7 s.fin", "sstp_aborted" },
    { "overrun/reset-later", OVERRUN "c.data=60 wait=7 s.rst", "peer_abrupt_close" },
    { "overrun/idle-cut", OVERRUN "c.data=60 s.tcp-ack wait=300 c.data=60 s.rst", "idle_cut" },
    { "overrun/goodbye", OVERRUN "c.data=60 wait=60 goodbye close", NULL },
    { "overrun/server-ends", OVERRUN "c.data=60 wait=7 s.terminate c.terminate-ack close",
      "session_server_ended" },
    { "abort-before-overrun", "up s.abort=7 s.data=1501 close", "sstp_aborted" },
    { "wrong-address-before-no-answer",
      "[private] dns dns-answer c.syn wait=1 c.syn-again wait=2 c.syn-again", "dns_wrong_address" },
    { "call-connected-missing/no-timer",
      "tcp tls call lcp s.challenge c.response s.success ipcp wait=5 s.abort=7 s.fin",
      "sstp_aborted" },
    { "call-connected-missing/another-timer",
      "tcp tls call lcp s.challenge c.response s.success ipcp wait=29.9 s.abort=7 s.fin",
      "sstp_call_connected_missing" },
    { "call-connected-missing/timer",
      "tcp tls call lcp s.challenge c.response s.success ipcp wait=60 s.abort=7 s.fin",
      "sstp_call_connected_missing" },
    { "mac-ignored",
      "tcp tls call lcp chap c.call-connected=mac ipcp traffic wait=60 c.data=60 "
      "wait=3 s.rst",
      "peer_abrupt_close" },
    { "same-frame-earlier-stage", "dial lcp chap c.call-connected=nonce,none s.abort=7",
      "cb_nonce_mismatch" },
    { "possible-on-working-session",
      "up s.lcp-echo c.data=60 wait=5 s.lcp-echo c.data=60 wait=5 s.data=60 wait=5 c.tcp-ack",
      NULL },
    { "echo-before-close", "up-tls s.echo c.tcp-ack wait=60 s.fin", "sstp_echo_unanswered" },
};

static void
run_verdict(gconstpointer data)
{
    const struct verdict_row *row = data;
    const struct row as_row = { .name = row->name, .script = row->script };
    struct peer peer;

    assert_verdict(row_begin(&peer, &as_row), row->verdict);
    peer_clear(&peer);
}

/* Set-ups as real programs negotiate them, with the oddities that are theirs. */
static const struct healthy_row {
    const char *name, *script;
} healthy_rows[] = {
    { "windows-rras",
      /* MRU 4091, compressed headers, callback; a second method after one Nak; the end of the
       * server's EAP and of Multilink */
      "[servers=none] tcp tls c.post=plain s.answer c.call-request s.call-ack "
      "c.ask=lcp,01040ffb05061122334407020802 "
      "s.ack=lcp,01040ffb05061122334407020802 "
      "s.ask=lcp,01040ffb0304c2270506556677880702080211040"
      "64e130300 c.reject=lcp,1104064e130300 s.ask=lcp,01040ffb0304c22705065566778807020802 "
      "c.nak=lcp,0305c22381 s.ask=lcp,01040ffb0305c2238105065566778807020802 "
      "c.ack=lcp,01040ffb0305c2238105065566778807020802 +c.acfc +c.pfc +s.acfc +s.pfc "
      /* MSRASV5.20, the name, and the correlation id as it is */
      "+c.hold c.identification=4d53524153 c.identification=4d535241532d302d5043 "
      "c.identification=ac8c520d4e463f42a3999470e234bc54 -c.hold "
      "s.challenge c.response s.success s.cbcp=1,0102 +c.hold c.call-connected c.cbcp=2,0102 "
      "-c.hold s.cbcp=3,0102 "
      "s.ask=ccp,120600000001 s.ask=ipcp,03060a000001 c.ack=ipcp,03060a000001 "
      "s.ask=ipv6cp,010a0000000000000001 c.protocol-reject=ipv6cp "
      "c.ask=ccp,120601000041 s.protocol-reject=ccp "
      "c.ask=ipcp,030600000000810600000000820600000000 wait=2 "
      "c.ask=ipcp,030600000000810600000000820600000000 wait=1.5 s.reject=ipcp,820600000000 "
      "c.ask=ipcp,030600000000810600000000 s.nak=ipcp,03060a00000281060a000001 "
      "c.ask=ipcp,03060a00000281060a000001 s.ack=ipcp,03060a00000281060a000001 "
      "c.halves c.data=900 +c.hold c.data=60 c.data=1400 c.data=60 -c.hold s.halves s.data=1400 "
      "wait=60 s.echo c.echo-reply wait=60 c.echo s.echo-reply "
      "c.terminate=0 s.terminate-ack c.disconnect s.disconnect-ack wait=0.3 s.fin c.rst" },
    { "windows-softether",
      /* rejects magic number, compression, callback; asks for echoes from the start; no Status Info
       */
      "tcp tls call c.ask=lcp,01040ffb050611223344070208020d0306 s.echo "
      "s.reject=lcp,050611223344070208020d0306 c.ask=lcp,01040ffb s.ack=lcp,01040ffb "
      "s.ask=lcp,010405dc0305c22381 c.ack=lcp,010405dc0305c22381 chap c.call-connected "
      "c.echo-reply "
      "c.ask=ipv6cp,010a0000000000000001 s.protocol-reject=ipv6cp c.ask=ccp,120600000001 "
      "s.protocol-reject=ccp ipcp traffic s.echo c.echo-reply wait=3 s.echo c.echo-reply c.echo "
      "wait=2.5 s.echo c.echo-reply c.terminate=0 s.terminate-ack c.disconnect s.disconnect-ack "
      "close" },
    { "sstpc-accel-ppp",
      "tcp tls call s.ask=lcp,010405ac0305c22381050655667788 c.ack=lcp "
      "c.ask=lcp,02060000000005061122334407020802 s.reject=lcp,02060000000007020802 "
      "c.ask=lcp,050611223344 s.ack=lcp s.challenge c.response s.success c.call-connected "
      "s.ask=ipcp,03060a000001 c.ack=ipcp c.ask=ipcp,030600000000 s.nak=ipcp,03060a000002 "
      "c.ask=ipcp,03060a000002 s.ack=ipcp c.ask=ccp,1a0478001804780015032f s.protocol-reject=ccp "
      "traffic s.lcp-echo c.lcp-reply wait=10 s.lcp-echo c.lcp-reply "
      "c.terminate=User_request s.terminate-ack c.disconnect s.disconnect-ack s.rst" },
    { "sstpc-sorz",
      "tcp tls call s.ask=lcp,0305c22381050655667788 c.ack=lcp c.ask=lcp,050611223344 s.ack=lcp "
      "chap c.call-connected ipcp traffic c.terminate s.terminate-ack "
      "s.raw=10010010000600010000000800000000 c.disconnect-ack close" },
    { "open-sstp-client-pap",
      "[auth=pap] dial s.ask=lcp,010405ac0304c023 c.ack=lcp c.ask=lcp,010405dc s.nak=lcp,010405ac "
      "c.ask=lcp,010405ac s.ack=lcp pap c.call-connected ipcp traffic c.echo wait=0.1 s.echo-reply "
      "c.disconnect s.disconnect-ack close" },
    { "mikrotik-pair",
      "tcp tls call s.ask=lcp,010405dc0305c22381050655667788 c.nak=lcp,0305c22381 "
      "s.ask=lcp,010405dc0305c22381050655667788 c.ack=lcp c.ask=lcp,050611223344 s.ack=lcp chap "
      "c.call-connected ipcp c.ask=ccp,120600000001 s.reject=ccp,120600000001 traffic wait=30 "
      "s.lcp-echo c.lcp-reply c.terminate=session_closed s.terminate-ack close" },
    { "eap-peap", "[auth=eap] tcp tls call s.lcp-of c.lcp-of s.eap=1 c.eap=1 s.eap=13,20 "
                  "c.eap=3,19 s.eap=25,21 "
                  "c.eap=25,81000000051603010000 s.eap=25,01 c.eap=25,01 s.eap-success "
                  "c.call-connected ipcp traffic "
                  "goodbye close" },
};

static void
run_healthy(gconstpointer data)
{
    const struct healthy_row *row = data;
    const struct row as_row = { .name = row->name, .script = row->script };
    struct peer peer;
    const struct result *result = row_begin(&peer, &as_row);

    assert_verdict(result, NULL);
    for (guint i = 0; i < result->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(result->found, i);
        if (finding->severity >= SEVERITY_WARN)
            g_error("%s: %s", row->name, finding->summary);
    }
    g_assert_true(session_is_established(result->session));
    peer_clear(&peer);
}

/* --- the same sessions without keys ---------------------------------------------------------- */

/* A script in clear with TLS around it that nothing opens; NULL when it cannot be told so. A server
 * that does not show itself any more is one that the user named. */
static char *
blind_script(const char *script, const char *tls)
{
    static const struct {
        const char *begin, *rest;
    } begins[] = { { "up-tls ", "call join " },
                   { "up ", "call join " },
                   { "dial ", "call " },
                   { "tcp c.post ", "c.post " },
                   { "tcp call ", "call " },
                   { "tcp tls call ", "call " },
                   { "tcp tls c.post ", "c.post " },
                   { "tcp tls=13 call ", "call " } };
    const char *settings = strrchr(script, ']'), *words = settings ? settings + 2 : script;

    for (size_t i = 0; i < G_N_ELEMENTS(begins); i++)
        if (g_str_has_prefix(words, begins[i].begin) && !strstr(script, "blind") &&
            !strstr(script, "next") && !strstr(script, ".lose"))
            return g_strdup_printf("%.*s[servers=any] tcp tls=%s %s%s", (int)(words - script),
                                   script, tls, begins[i].rest, words + strlen(begins[i].begin));
    return NULL;
}

/* What went well with keys does so without, whatever the cipher. Number of times it was tried. */
static unsigned
assert_healthy_blind(const char *name, const char *script)
{
    static const char *const ciphers[] = { "13,blind", "blind", "cbc,blind" };
    unsigned tried = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(ciphers); i++) {
        char *blind = blind_script(script, ciphers[i]);
        if (!blind)
            continue;
        const struct row as_row = { .name = name, .script = blind };
        struct peer peer;
        const struct result *result = row_begin(&peer, &as_row);
        if (result->verdict.finding)
            g_error("%s, tls=%s: %s", name, ciphers[i], verdict_summary(&result->verdict));
        tried += session_lengths(result->session) != NULL;
        peer_clear(&peer);
        g_free(blind);
    }
    return tried;
}

/* Rows are written as peer.h says. */
static void
assert_written(const char *name, const char *script)
{
    char *wrong = peer_script_wrong(script);

    if (wrong)
        g_error("%s: %s", name, wrong);
}

/* --- programs as there are, with keys and without --------------------------------------------- */

static void
assert_program(const struct program_row *row, const char *tls, const char *verdict)
{
    char **parts = g_strsplit(row->script, "@", -1), *script = g_strjoinv(tls, parts);
    char *name = g_strconcat(row->name, ", tls=", tls, NULL);
    const struct row as_row = { .name = name, .script = script };
    struct peer peer;
    const struct result *result = row_begin(&peer, &as_row);

    assert_written(name, script);
    assert_verdict(result, verdict);
    peer_clear(&peer);
    g_free(name);
    g_free(script);
    g_strfreev(parts);
}

/* Lengths may leave it open how a session went, but tell nothing else of whether it worked. */
static void
run_program(gconstpointer data)
{
    const struct program_row *row = data;
    const char *const blind[] = { row->blind, row->cbc };

    for (size_t i = 0; i < G_N_ELEMENTS(blind); i++)
        g_assert_true(g_strcmp0(blind[i], "inconclusive") == 0 || !row->keys == !blind[i]);
    assert_program(row, "13", row->keys);
    assert_program(row, "13,blind", row->blind);
    assert_program(row, "blind", row->blind);
    assert_program(row, "cbc,blind", row->cbc);
}

/* The feeder could go on behind the bytes that the capture lacks. */
static void
test_refusal_made_good(void)
{
    static const char script[] = "[auth=pap] tcp tls call lcp c.pap-request s.pap-nak "
                                 "c.pap-request s.lose s.pap-ack c.call-connected ipcp traffic";
    struct config config = peer_script_config(script);
    struct peer peer;

    peer_init(&peer, &config);
    credentials_unref(config.credentials);
    peer_run(&peer, script);
    engine_finish(peer.engine);
    const struct result *result = result_at(peer.engine, 0);
    const struct finding *refusal = found_find(result->found, FINDING_AUTH_BAD_CREDENTIALS);
    g_assert_nonnull(refusal);
    g_assert_cmpint(refusal->severity, ==, SEVERITY_NOTE);
    g_assert_cmpint(result->verdict.state, ==, VERDICT_HEALTHY);
    peer_clear(&peer);
}

static void
test_healthy_blind(void)
{
    enum { TRIED_MIN = 200 };
    /* Its Success without a text is as long as a Terminate-Request, and comes just before one. */
    static const char like_goodbye[] = "sstp-call-connected-early/challenged-again";
    unsigned tried = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(healthy_rows); i++)
        tried += assert_healthy_blind(healthy_rows[i].name, healthy_rows[i].script);
    for (size_t i = 0; i < G_N_ELEMENTS(silent_rows); i++)
        if (!silent_rows[i].verdict && g_str_has_suffix(silent_rows[i].script, "goodbye close") &&
            strcmp(silent_rows[i].name, like_goodbye) != 0)
            tried += assert_healthy_blind(silent_rows[i].name, silent_rows[i].script);
    g_assert_cmpuint(tried, >=, TRIED_MIN);
}

static void
test_written(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(raised_rows); i++)
        assert_written(raised_rows[i].name, raised_rows[i].script);
    for (size_t i = 0; i < G_N_ELEMENTS(silent_rows); i++)
        assert_written(silent_rows[i].name, silent_rows[i].script);
    for (size_t i = 0; i < G_N_ELEMENTS(healthy_rows); i++)
        assert_written(healthy_rows[i].name, healthy_rows[i].script);
}

static void
run_healthy_copies(gconstpointer data)
{
    const struct healthy_row *row = data;
    const struct row as_row = { .name = row->name, .script = row->script };

    run_copies(&as_row);
}

/* Nothing of what Windows says is taken for something else. */
static void
test_windows_facts(void)
{
    const struct row as_row = { .script = healthy_rows[0].script };
    struct peer peer;
    const struct session *session = row_begin(&peer, &as_row)->session;

    g_assert_cmpstr(session_http(session)->correlation_id, ==,
                    "{0D528CAC-464E-423F-A399-9470E234BC54}");
    for (int side = 0; side < SIDE_COUNT; side++) {
        g_assert_cmpuint(session_lcp(session, side)->lcp.mru, ==, 4091);
        g_assert_true(session_lcp(session, side)->agreed && session_ipcp(session, side)->agreed);
        g_assert_cmpuint(session_compression(session, side)->frames, ==, 0);
        g_assert_cmpuint(session_mtu(session, side)->over_mru, ==, 0);
        g_assert_cmpuint(session_undecrypted(session, (enum side)side), ==, 0);
    }
    g_assert_cmpint(session_auth(session)->method, ==, AUTH_MSCHAPV2);
    g_assert_cmpuint(session_cbcp(session)->unanswered, ==, 0);
    g_assert_true(mark_is_set(session_cbcp(session)->response));
    g_assert_cmpuint(session_data(session)->packets[SIDE_CLIENT], ==, 4);
    g_assert_cmpuint(session_data(session)->packets[SIDE_SERVER], ==, 1);
    g_assert_cmpuint(session_sstp(session)->num_malformed + session_sstp(session)->num_unexpected,
                     ==, 0);
    g_assert_cmpuint(session_sstp(session)->junk, ==, 0);
    g_assert_true(session_terminate(session, SIDE_CLIENT)->microsoft);
    g_assert_cmpuint(session_terminate(session, SIDE_CLIENT)->ras_error, ==, RAS_SUCCESS);
    peer_clear(&peer);
}

/* Lookups of a server that the user named; NULL where there is nothing to tell of. */
static const struct lookup_row {
    const char *name, *script, *verdict;
} lookup_rows[] = {
    { "no-answer", "dns wait=5 dns wait=5 dns", "dns_no_answer" },
    { "no-answer/copies", "[copies] dns wait=5 dns wait=5 dns", "dns_no_answer" },
    { "one-query", "dns wait=5 c.syn", NULL },
    { "one-query/copies", "[copies] dns wait=5 c.syn", NULL },
    { "several-resolvers-at-once", "dns dns dns wait=5 c.syn", NULL },
    { "failed", "dns dns-answer=3 wait=5 c.syn", "dns_failed" },
    { "failed/empty", "dns dns-answer=0 wait=5 c.syn", "dns_failed" },
    { "truncated", "dns dns-answer=truncated wait=5 c.syn", NULL },
    { "truncated/failed", "dns dns-answer=truncated wait=1 dns-answer=3 c.syn", "dns_failed" },
    { "another-name", "dns=www.example.com dns-answer=3 wait=5 c.syn", NULL },
    { "made-good", "dns dns-answer=3 wait=5 dns dns-answer c.syn", NULL },
};

static void
run_lookup(gconstpointer data)
{
    const struct lookup_row *row = data;
    struct config config = peer_config();
    char *servers = g_strdup("vpn.example.com");
    struct peer peer;

    config.servers = servers;
    peer_init(&peer, &config);
    g_free(servers);
    peer_run(&peer, row->script);
    engine_finish(peer.engine);
    g_assert_cmpuint(engine_results(peer.engine)->len, ==, row->verdict != NULL);
    if (row->verdict)
        assert_verdict(result_at(peer.engine, 0), row->verdict);
    peer_clear(&peer);
}

/* A failed lookup of a name to which a connection goes all the same tells nothing. */
static void
test_lookup_not_needed(void)
{
    struct config config = peer_config();
    char servers[] = "vpn.example.com";
    struct peer peer;

    config.servers = servers;
    peer_init(&peer, &config);
    peer_run(&peer, "dns dns-answer=0 up-tls goodbye close");
    engine_finish(peer.engine);
    g_assert_cmpuint(engine_results(peer.engine)->len, ==, 1);
    assert_verdict(result_at(peer.engine, 0), NULL);
    peer_clear(&peer);
}

/* Without a server's name: candidates, where the client opens no connection afterwards. */
static const struct lookup_row unnamed_rows[] = {
    { "no-answer", "dns wait=5 dns wait=5 dns", "dns_no_answer" },
    { "failed", "dns dns-answer=3 wait=5", "dns_failed" },
    { "connects-all-the-same", "dns dns-answer=3 wait=5 c.syn s.syn c.tcp-ack c.banner s.banner",
      NULL },
    { "made-good", "dns dns-answer=3 wait=5 dns dns-answer", NULL },
    { "service", "dns=_ldap._tcp.example.com dns-answer=3 wait=5", NULL },
    { "single-label", "dns=fileserver dns-answer=3 wait=5", NULL },
};

static void
run_unnamed(gconstpointer data)
{
    const struct lookup_row *row = data;
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, row->script);
    engine_finish(peer.engine);
    const GPtrArray *candidates = engine_candidates(peer.engine);
    g_assert_cmpuint(engine_results(peer.engine)->len, ==, 0);
    g_assert_cmpuint(candidates->len, ==, row->verdict != NULL);
    if (row->verdict)
        assert_verdict(g_ptr_array_index(candidates, 0), row->verdict);
    peer_clear(&peer);
}

/* What a later session of the same client makes good is told, and by which. */
static void
test_made_good(void)
{
    struct config config = peer_config();
    char servers[] = "any";
    struct peer peer;

    config.servers = servers;
    peer_init(&peer, &config);
    peer_run(&peer, "c.syn s.rst next c.syn s.rst wait=11 next up goodbye close wait=5 next c.syn "
                    "s.rst wait=1 next up goodbye close");
    engine_finish(peer.engine);
    g_assert_cmpuint(engine_results(peer.engine)->len, ==, 5);
    for (guint i = 0; i < 5; i++)
        g_assert_true(result_at(peer.engine, i)->made_good_by ==
                      (i == 3 ? result_at(peer.engine, 4) : NULL));
    assert_verdict(result_at(peer.engine, 3), "tcp_refused");
    peer_clear(&peer);
}

static struct finding
made_up(enum finding_id id, enum severity severity, enum confidence confidence, uint32_t frame)
{
    return (struct finding){
        .id = id, .severity = severity, .confidence = confidence, .cause = { frame, frame }
    };
}

/* The order of the list must not matter. */
static void
test_verdict_rank(void)
{
    struct finding best_first[] = {
        made_up(FINDING_CB_NONCE_MISMATCH, ERROR, CERTAIN, 10),
        made_up(FINDING_SSTP_ECHO_UNANSWERED, ERROR, CERTAIN, 10),
        made_up(FINDING_SSTP_ABORTED, ERROR, LIKELY, 11),
        made_up(FINDING_MTU_OVERRUN, ERROR, CERTAIN, 5), /* can end a session, but did not */
        made_up(FINDING_LCP_NO_REPLY, ERROR, POSSIBLE, 1),
        made_up(FINDING_TCP_LOSS, WARN, CERTAIN, 1),
        made_up(FINDING_AUTH_CLEARTEXT, NOTE, CERTAIN, 1),
    };
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "dial");
    const struct session *session = g_ptr_array_index(engine_sessions(peer.engine), 0);
    for (size_t skip = 0; skip <= G_N_ELEMENTS(best_first); skip++) {
        GPtrArray *forward = g_ptr_array_new(), *back = g_ptr_array_new();
        for (size_t i = skip; i < G_N_ELEMENTS(best_first); i++) {
            g_ptr_array_add(forward, &best_first[i]);
            g_ptr_array_insert(back, 0, &best_first[i]);
        }
        const struct finding *best = skip < 6 ? &best_first[skip] : NULL;
        g_assert_true(verdict_finding(session, forward) == best);
        g_assert_true(verdict_finding(session, back) == best);
        g_ptr_array_unref(forward);
        g_ptr_array_unref(back);
    }
    peer_clear(&peer);
}

/* --- engines --------------------------------------------------------------------------------- */

static void
test_finish_twice(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "up !s.abort=7 s.fin");
    engine_finish(peer.engine);
    const struct result *first = result_at(peer.engine, 0);
    engine_finish(peer.engine);
    g_assert_true(result_at(peer.engine, 0) == first);
    assert_verdict(first, "sstp_aborted");
    const GArray *items = engine_frame_findings(peer.engine, peer.marked);
    g_assert_nonnull(items);
    g_assert_cmpuint(items->len, ==, 1);
    const struct frame_finding *item = &g_array_index(items, struct frame_finding, 0);
    g_assert_true(item->cause && item->verdict);
    g_assert_cmpint(item->id, ==, FINDING_SSTP_ABORTED);
    peer_clear(&peer);
}

/* What a finish makes of the stages is no news for the next one. */
static void
test_finish_stages(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer,
             "dial lcp s.challenge c.tcp-ack wait=20 s.challenge c.tcp-ack wait=20 s.tcp-ack");
    engine_finish(peer.engine);
    const struct session *session = result_at(peer.engine, 0)->session;
    g_assert_cmpint(session_stage_state(session, STAGE_AUTH)->outcome, ==, OUTCOME_FAILED);
    peer_run(&peer, "c.response s.success c.call-connected ipcp traffic goodbye close");
    engine_finish(peer.engine);
    assert_verdict(result_at(peer.engine, 0), NULL);
    g_assert_cmpint(session_stage_state(session, STAGE_AUTH)->outcome, ==, OUTCOME_OK);
    peer_clear(&peer);
}

/* Each finish tells what is known so far. */
static void
test_finish_and_go_on(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "up");
    engine_finish(peer.engine);
    assert_verdict(result_at(peer.engine, 0), NULL);
    g_assert_nonnull(found_find(result_at(peer.engine, 0)->found, FINDING_CAPTURE_NO_END));
    peer_run(&peer, "s.abort=7 s.fin");
    engine_finish(peer.engine);
    g_assert_cmpuint(engine_results(peer.engine)->len, ==, 1);
    assert_verdict(result_at(peer.engine, 0), "sstp_aborted");
    g_assert_null(found_find(result_at(peer.engine, 0)->found, FINDING_CAPTURE_NO_END));
    peer_run(&peer, "next up");
    engine_finish(peer.engine);
    g_assert_cmpuint(engine_results(peer.engine)->len, ==, 2);
    assert_verdict(result_at(peer.engine, 1), NULL);
    peer_clear(&peer);
}

/* All that was found, one finding a line. */
static char *
findings_text(const struct engine *engine)
{
    GString *text = g_string_new(NULL);
    const GPtrArray *results = engine_results(engine), *pairs = engine_pairs(engine);

    for (guint i = 0; i < results->len + pairs->len; i++) {
        const struct result *result = i < results->len ? g_ptr_array_index(results, i) : NULL;
        const struct pair *pair = result ? NULL : g_ptr_array_index(pairs, i - results->len);
        const GPtrArray *found = result ? result->found : pair->found;
        const struct finding *verdict = result ? result->verdict.finding : pair->verdict.finding;
        for (guint k = 0; k < found->len; k++) {
            const struct finding *finding = g_ptr_array_index(found, k);
            g_string_append_printf(text, "%u%s %s %s %u %s\n", i, finding == verdict ? "*" : "",
                                   finding_info(finding->id)->name,
                                   confidence_name(finding->confidence), finding->cause.frame,
                                   finding->summary);
        }
    }
    return g_string_free(text, FALSE);
}

static char *
row_findings(const struct row *row, bool finish_often)
{
    struct config config = peer_script_config(row->script);
    char **words = peer_script_words(row->script), *text;
    struct peer peer;

    peer_init(&peer, &config);
    for (char **word = words; *word; word++) {
        peer_run(&peer, *word);
        if (finish_often)
            engine_finish(peer.engine);
    }
    engine_finish(peer.engine);
    text = findings_text(peer.engine);
    peer_clear(&peer);
    g_strfreev(words);
    credentials_unref(config.credentials);
    return text;
}

/* Wireshark asks whenever it shows a packet, while others are still captured: what is found in the
 * end does not depend on that. */
static void
test_finish_often(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(raised_rows) + G_N_ELEMENTS(silent_rows); i++) {
        const struct row *row = i < G_N_ELEMENTS(raised_rows)
                                    ? &raised_rows[i]
                                    : &silent_rows[i - G_N_ELEMENTS(raised_rows)];
        char *once = row_findings(row, false), *often = row_findings(row, true);
        if (strcmp(once, often) != 0)
            g_error("%s:\n%s-- and asked often:\n%s", row->name, once, often);
        g_free(once);
        g_free(often);
    }
}

/* Without a session there are candidates; with one there are none. */
static void
test_candidates(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "c.syn wait=1 c.syn wait=2 c.syn");
    engine_finish(peer.engine);
    g_assert_cmpuint(engine_results(peer.engine)->len, ==, 0);
    g_assert_cmpuint(engine_candidates(peer.engine)->len, ==, 3); /* three sequence numbers */
    peer_run(&peer, "next up");
    engine_finish(peer.engine);
    g_assert_cmpuint(engine_results(peer.engine)->len, ==, 1);
    g_assert_cmpuint(engine_candidates(peer.engine)->len, ==, 0);
    peer_clear(&peer);
}

/* What four connections of which nobody named the server are, where one client opens them. */
static const struct candidates_row {
    const char *name, *script; /* of one of them */
    const char *rest;          /* what comes before the next one */
    const char *verdict;       /* NULL: healthy */
} candidates_rows[] = {
    { "check-after-handshake", "tcp tls=self c.alert=0 c.fin s.fin", "wait=5", NULL },
    { "check-or-dials-again", "tcp tls=self c.fin s.fin", "wait=5", "inconclusive" },
    { "check-within-handshake", "tcp c.hello s.flight=self c.alert=0 c.fin s.fin", "wait=5", NULL },
    { "check-often", "tcp c.hello s.flight=self c.rst", "wait=2", NULL },
    { "check-of-tcp", "tcp c.fin s.fin", "wait=5", NULL },
    { "check-of-tcp-by-reset", "tcp c.rst", "wait=10", NULL },
    { "check-before-certificate", "tcp c.hello c.fin s.flight=self c.rst", "wait=5", NULL },
    { "check-slow", "tcp tls=self c.alert=0 c.fin s.fin", "wait=30", NULL },
    { "dials-again-by-itself", "tcp tls=self c.fin s.fin", "wait=30", "inconclusive" },
    { "says-why", "tcp c.hello s.flight=self c.alert=48 c.fin", "wait=5", "tls_untrusted_root" },
    { "refused", "c.syn s.rst", "wait=5", "tcp_refused" },
    { "server-closes", "tcp c.hello s.fin c.fin", "wait=5", "tcp_rst_after_client_hello" },
};

static void
run_candidates(gconstpointer data)
{
    const struct candidates_row *row = data;
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    for (unsigned i = 0; i < 4; i++) {
        if (i > 0)
            peer_next(&peer);
        peer_run(&peer, row->script);
        peer_run(&peer, row->rest);
    }
    engine_finish(peer.engine);
    g_assert_cmpuint(engine_results(peer.engine)->len, ==, 0);
    const GPtrArray *candidates = engine_candidates(peer.engine);
    g_assert_cmpuint(candidates->len, ==, 4);
    for (guint i = 0; i < candidates->len; i++)
        assert_verdict(g_ptr_array_index(candidates, i), row->verdict);
    peer_clear(&peer);
}

/* Of what cannot be read: who is no VPN by the length of the request, or as the server sends much
 * before the set-up can be over. */
static void
test_early_talk(void)
{
    static const struct {
        const char *words;
        bool early, late; /* foreign before and after the server's 16 KiB */
    } rows[] = {
        { "tls=blind c.data=300", false, true },
        { "tls=blind c.data=900 c.data=900 c.data=900", true, true },
        { "tls=blind c.post", false, true },
        { "tls=blind c.post s.answer c.call-request s.call-ack lcp chap", false, false },
        { "tls c.post s.answer", false, false },
    };
    const struct config config = peer_config();

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct peer peer;
        peer_init(&peer, &config);
        peer_run(&peer, "tcp");
        peer_run(&peer, rows[i].words);
        g_assert_cmpint(engine_frame_note(peer.engine, peer.frame).conn == 0, ==, rows[i].early);
        for (unsigned k = 0; k < 12; k++)
            peer_run(&peer, "s.data=1400");
        g_assert_cmpint(engine_frame_note(peer.engine, peer.frame).conn == 0, ==, rows[i].late);
        peer_clear(&peer);
    }
}

/* A client that dials again from the same port has a session of its own. */
static void
test_port_reuse(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "up goodbye close next");
    peer.end[SIDE_CLIENT].port--;
    peer_run(&peer, "dial lcp s.challenge c.response s.failure=E=691_R=0 close");
    engine_finish(peer.engine);
    g_assert_cmpuint(engine_results(peer.engine)->len, ==, 2);
    assert_verdict(result_at(peer.engine, 0), NULL);
    assert_verdict(result_at(peer.engine, 1), "auth_bad_credentials");
    g_assert_cmpstr(session_outcome(result_at(peer.engine, 0)->session), ==, "ended");
    g_assert_true(engine_frame_session(peer.engine, 1) == result_at(peer.engine, 0)->session);
    g_assert_true(engine_frame_session(peer.engine, peer.frame) ==
                  result_at(peer.engine, 1)->session);
    peer_clear(&peer);
}

/* A request and its answer know each other. */
static void
test_answers(void)
{
    const struct config config = peer_config();
    struct peer peer;
    struct frame_answer answer = { { 0, 0 }, { 0, 0 } };

    peer_init(&peer, &config);
    peer_run(&peer, "up !c.echo wait=2 s.echo-reply");
    for (uint32_t frame = peer.marked; frame <= peer.frame; frame++) {
        g_assert_true(engine_frame_answer(peer.engine, frame, &answer));
        g_assert_cmpuint(answer.request.frame, ==, peer.marked);
        g_assert_cmpuint(answer.response.frame, ==, peer.frame);
    }
    g_assert_cmpfloat(mark_seconds(answer.request, answer.response), >, 2);
    g_assert_false(engine_frame_answer(peer.engine, 1, &answer));
    peer_clear(&peer);
}

static void
test_frame_notes(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "up goodbye close");
    struct frame_note first = engine_frame_note(peer.engine, 1),
                      last = engine_frame_note(peer.engine, peer.frame),
                      beyond = engine_frame_note(peer.engine, peer.frame + 1);
    g_assert_cmpuint(first.conn, ==, 1);
    g_assert_cmpuint(first.stage, ==, STAGE_TCP);
    g_assert_cmpuint(first.side, ==, SIDE_CLIENT);
    g_assert_cmpuint(last.stage, ==, STAGE_TEARDOWN);
    g_assert_cmpuint(beyond.conn, ==, 0);
    g_assert_cmpuint(engine_frame_note(peer.engine, 0).conn, ==, 0);
    g_assert_cmpuint(engine_num_frames(peer.engine), ==, peer.frame);
    peer_clear(&peer);
}

static const struct servers_row {
    const char *name, *servers;
    bool session;
} servers_rows[] = {
    { "any", "any", true },
    { "any-port", "any:443", true },
    { "any-other-port", "any:4443", false },
    { "any-among-others", "192.0.2.1;any", true },
    { "no-port", "198.51.100.20:", false },
    { "none", "", false },
    { "address", "198.51.100.20", true },
    { "address-port", "198.51.100.20:443", true },
    { "other-port", "198.51.100.20:4443", false },
    { "other-address", "198.51.100.2", false },
    { "list", "192.0.2.1, 198.51.100.20", true },
    { "name", "VPN.example.com", true },
    { "name-port", "vpn.example.com:443", true },
    { "other-name", "vpn.example", false },
    { "colon-only", ":", false },
    { "brackets", "[198.51.100.20]:443", true },
    { "bracket-only", "[", false },
    { "colon-behind-bracket", "[:", false },
};

/* Which connections are followed without keys. */
static void
run_servers(gconstpointer data)
{
    const struct servers_row *row = data;
    struct config config = peer_config();
    struct peer peer;
    char *servers = g_strdup(row->servers);

    config.servers = servers;
    peer_init(&peer, &config);
    g_free(servers);
    peer_run(&peer, "tcp tls=blind c.post s.answer");
    g_assert_cmpuint(engine_sessions(peer.engine)->len, ==, row->session);
    peer_clear(&peer);
}

static int64_t
run_sessions(unsigned num)
{
    const struct config config = peer_config();
    struct peer peer;
    int64_t start = g_get_monotonic_time();

    peer_init(&peer, &config);
    for (unsigned i = 0; i < num; i++) {
        peer_run(&peer, "dial lcp s.challenge c.response s.failure=E=691_R=0 close");
        peer_next(&peer);
    }
    engine_finish(peer.engine);
    g_assert_cmpuint(engine_results(peer.engine)->len, ==, num);
    for (unsigned i = 0; i < num; i += num / 10)
        assert_verdict(result_at(peer.engine, i), "auth_bad_credentials");
    peer_clear(&peer);
    return g_get_monotonic_time() - start;
}

/* Four times the sessions may not take more than four times as long; the rest is for the clock. */
static void
test_many_sessions(void)
{
    int64_t quarter = run_sessions(2500), whole = run_sessions(10000);

    g_test_message("2500 sessions %.3f s, 10000 sessions %.3f s", (double)quarter / 1e6,
                   (double)whole / 1e6);
    g_assert_cmpint(whole, <, 10 * quarter + INT64_C(2) * G_USEC_PER_SEC);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/rules/raised", raised_rows, run_raised);
    ADD_ROWS("/rules/silent", silent_rows, run_silent);
    ADD_ROWS("/rules/copies-raised", raised_rows, run_copies);
    ADD_ROWS("/rules/copies-silent", silent_rows, run_copies);
    ADD_ROWS("/rules/outcome", outcome_rows, run_outcome);
    ADD_ROWS("/rules/verdict", verdict_rows, run_verdict);
    ADD_ROWS("/rules/healthy", healthy_rows, run_healthy);
    ADD_ROWS("/rules/copies-healthy", healthy_rows, run_healthy_copies);
    g_test_add_func("/rules/healthy-without-keys", test_healthy_blind);
    g_test_add_func("/rules/refusal-made-good", test_refusal_made_good);
    ADD_ROWS("/rules/programs", program_rows, run_program);
    ADD_ROWS("/rules/lookups", lookup_rows, run_lookup);
    ADD_ROWS("/rules/lookup-unnamed", unnamed_rows, run_unnamed);
    g_test_add_func("/rules/lookup-not-needed", test_lookup_not_needed);
    ADD_ROWS("/rules/servers", servers_rows, run_servers);
    g_test_add_func("/rules/written", test_written);
    g_test_add_func("/rules/complete", test_complete);
    g_test_add_func("/rules/windows-facts", test_windows_facts);
    g_test_add_func("/rules/verdict-rank", test_verdict_rank);
    g_test_add_func("/rules/made-good", test_made_good);
    g_test_add_func("/rules/finish-stages", test_finish_stages);
    g_test_add_func("/rules/engine/finish-twice", test_finish_twice);
    g_test_add_func("/rules/engine/finish-and-go-on", test_finish_and_go_on);
    g_test_add_func("/rules/engine/finish-often", test_finish_often);
    g_test_add_func("/rules/engine/candidates", test_candidates);
    ADD_ROWS("/rules/engine/four-candidates", candidates_rows, run_candidates);
    g_test_add_func("/rules/engine/port-reuse", test_port_reuse);
    g_test_add_func("/rules/engine/early-talk", test_early_talk);
    g_test_add_func("/rules/engine/answers", test_answers);
    g_test_add_func("/rules/engine/frame-notes", test_frame_notes);
    g_test_add_func("/rules/engine/many-sessions", test_many_sessions);
    return g_test_run();
}
