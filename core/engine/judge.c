/* judge.c - a session is told what the rest of the capture knows, then rules look at it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/judge.h"

#include "base/numeric.h"
#include "engine/revocation.h"
#include "rules/ending.h"
#include "rules/explain.h"
#include "session/binding_check.h"

/* The certificate of this leg; where the handshake has none, that of an earlier session. */
static void
find_cert(struct capture *capture, struct session *session)
{
    const struct endpoint *server = conn_endpoint(session_conn(session), SIDE_SERVER);
    const GByteArray *leaf = session_tls(session)->leaf;

    if (leaf && (!session_cert(session) || session_cert_is_earlier(session))) {
        struct binding_cert cert;
        binding_cert_hash(leaf->data, leaf->len, &cert);
        session_set_cert(session, &cert, false);
        g_hash_table_replace(capture->certs, g_memdup2(server, sizeof *server),
                             g_memdup2(&cert, sizeof cert));
        return;
    }
    if (session_cert(session) || !conn_is_tls(session_conn(session)))
        return;
    const struct binding_cert *earlier = g_hash_table_lookup(capture->certs, server);
    if (earlier)
        session_set_cert(session, earlier, true);
}

/* The lookup that gave the client this server's address. */
static void
find_dns(const struct capture *capture, struct session *session)
{
    const struct conn *conn = session_conn(session);
    struct mark first = conn_first(conn);

    if (session_dns(session) || !mark_is_set(first))
        return;
    const struct dns_lookup *lookup =
        network_find_address(capture->network, conn_endpoint(conn, SIDE_CLIENT),
                             conn_endpoint(conn, SIDE_SERVER), first);
    if (lookup)
        session_set_dns(session, lookup);
}

/* Once all is known that counts, nothing of this session changes the outcome; others, which come
 * later, may explain it. */
static void
check_binding(const struct capture *capture, struct session *session, bool final)
{
    const struct binding_check *check = session_check(session);
    const unsigned known = binding_check_known(session);
    const bool settled = check->known == known && !(final && check->mac == CHECK_DIFFERS);

    if (known > 0 && !settled)
        binding_check_run(session, &capture->config, conns_sessions(capture->conns));
}

/* The last that a session's capture point took: clocks of others may differ. */
static struct mark
now_of(const struct capture *capture, const struct session *session)
{
    const struct capture_point *capture_point =
        session_has_no_connection(session)
            ? NULL
            : capture_point_of(capture->capture_points, conn_interface(session_conn(session)));

    return capture_point ? capture_point->last : capture->mark;
}

/* Those of the session's own attempt; a file may hold several. Newly allocated; NULL: none. */
static GArray *
trials_of(const struct capture *capture, const struct session *session)
{
    const uint32_t interface = conn_interface(session_conn(session));
    GArray *own = NULL;

    for (guint i = 0; capture->trials && i < capture->trials->len; i++) {
        const struct trial *trial = &g_array_index(capture->trials, struct trial, i);
        if (trial->interface != interface || !capture_is_socket(capture, interface))
            continue;
        if (!own)
            own = g_array_new(FALSE, FALSE, sizeof *trial);
        g_array_append_val(own, *trial);
    }
    return own;
}

static struct view
run_rules(const struct capture *capture, const struct session *session, const GPtrArray *others,
          const GArray *trials, bool final)
{
    struct view view = { .config = &capture->config,
                         .network = capture->network,
                         .sessions = others,
                         .trials = trials,
                         .syn_flood = final ? conns_syn_flood(capture->conns, session) : NULL,
                         .now = now_of(capture, session),
                         .final = final,
                         .from_socket =
                             capture_is_socket(capture, conn_interface(session_conn(session))),
                         .from_log = capture->is_log,
                         .shown = capture->shown };

    rules_run(session, &view);
    return view;
}

void
judge_prepare(struct capture *capture, struct session *session)
{
    if (mark_is_set(session_sstp(session)->call_connected))
        find_cert(capture, session);
    session_read_cert(session);
    revocation_find(capture, session);
    check_binding(capture, session, false);
}

GPtrArray *
judge_so_far(const struct capture *capture, const struct session *session)
{
    void *before = numeric_begin();
    GPtrArray *found =
        run_rules(capture, session, conns_sessions(capture->conns), NULL, false).found;
    numeric_end(before);
    return found;
}

/* Does the finding say that its stage failed? A warning does where it is the verdict and tells why
 * the tunnel never came up, went down or is none, as does an error that is no more than possible;
 * not where the session got through that stage all the same. */
static bool
fails_its_stage(const struct session *session, const struct finding *finding,
                const struct verdict *verdict)
{
    enum stage stage = finding_info(finding->id)->stage;
    bool error = finding->severity == SEVERITY_ERROR;

    if (finding != verdict->finding)
        return error && finding->confidence > CONFIDENCE_POSSIBLE;
    bool ended = finding_info(finding->id)->effect != EFFECT_BLOCKS &&
                 finding_explains(finding, session, session_ending(session).mark);
    return error || stage == STAGE_DATA ||
           (stage <= STAGE_NCP && (ended || !session_is_established(session)));
}

/* Lengths alone tell badly where one stage ends and the next one begins: the verdict tells it. */
static void
settle_inferred(struct session *session, const struct finding *verdict)
{
    enum stage passed, failed;

    if (!verdict || verdict->evidence != EVIDENCE_INFERRED || !session_lengths(session) ||
        session_is_established(session) || finding_info(verdict->id)->stage > STAGE_NCP)
        return;
    rules_inferred_stages(session, verdict, &passed, &failed);
    session_stages_inferred(session, passed, failed, verdict->cause);
}

/* Stages agree with the verdict: a close in a stage is no failure of it where nothing failed, or
 * where the recording does not show whether it did. */
static void
settle_stages(struct session *session, const struct result *result)
{
    if (result->verdict.state == VERDICT_HEALTHY || result->verdict.state == VERDICT_INCONCLUSIVE)
        session_stages_pardon(session);
    for (guint i = 0; i < result->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(result->found, i);
        if (fails_its_stage(session, finding, &result->verdict))
            session_stage_failed(session, finding_info(finding->id)->stage, finding->cause);
    }
    settle_inferred(session, result->verdict.finding);
}

struct result *
judge_finally(struct capture *capture, struct session *session, const GPtrArray *others)
{
    struct result *result = g_new0(struct result, 1);

    conn_finish(session_conn(session), now_of(capture, session));
    find_cert(capture, session);
    session_read_cert(session);
    revocation_find(capture, session);
    find_dns(capture, session);
    session_settle(session);
    check_binding(capture, session, true);
    result->session = session;
    GArray *trials = trials_of(capture, session);
    const struct view view = run_rules(capture, session, others, trials, true);
    result->found = view.found;
    result->verdict = verdict_of(session, &view);
    g_clear_pointer(&trials, g_array_unref);
    settle_stages(session, result);
    return result;
}

void
judge_free(struct result *result)
{
    verdict_clear(&result->verdict);
    g_ptr_array_unref(result->found);
    g_free(result);
}
