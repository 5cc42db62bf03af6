/* packet-sstpdiag.c - protocol, fields, expert infos, and the tree of a session's frame
 *
 * What is shown comes from the engine, which computed it in the first pass; showing a frame twice,
 * out of order or without a tree changes nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "packet-sstpdiag.h"

#include <string.h>

#include "base/text.h"
#include "session/binding_check.h"

static int proto_sstpdiag = -1;
static int ett_sstpdiag = -1, ett_sstpdiag_finding = -1, ett_sstpdiag_inferred = -1,
           ett_sstpdiag_binding = -1, ett_sstpdiag_delay = -1, ett_sstpdiag_verdict = -1,
           ett_sstpdiag_vantage = -1, ett_sstpdiag_text = -1;

static int hf_sstpdiag_session = -1;
static int hf_sstpdiag_direction = -1;
static int hf_sstpdiag_stage = -1;
static int hf_sstpdiag_evidence = -1;
static int hf_sstpdiag_message = -1;
static int hf_sstpdiag_messages = -1;
static int hf_sstpdiag_message_inferred = -1;
static int hf_sstpdiag_record_length = -1;
static int hf_sstpdiag_length = -1;
static int hf_sstpdiag_vantage = -1;
static int hf_sstpdiag_interface = -1;
static int hf_sstpdiag_peer_frame = -1;
static int hf_sstpdiag_delay = -1;
static int hf_sstpdiag_delay_bound = -1;
static int hf_sstpdiag_lost = -1;
static int hf_sstpdiag_size_outer = -1;
static int hf_sstpdiag_size_inner = -1;
static int hf_sstpdiag_room = -1;
static int hf_sstpdiag_request_in = -1;
static int hf_sstpdiag_response_in = -1;
static int hf_sstpdiag_time = -1;
static int hf_sstpdiag_echo_time = -1;
static int hf_sstpdiag_certificate_sha256 = -1;
static int hf_sstpdiag_binding = -1;
static int hf_sstpdiag_binding_received = -1;
static int hf_sstpdiag_binding_expected = -1;
static int hf_sstpdiag_binding_with = -1;
#define BINDING_ITEM(ID, id, name) [BINDING_ITEM_##ID] = -1,
static int hf_sstpdiag_binding_status[] = { BINDING_ITEMS(BINDING_ITEM) };
#undef BINDING_ITEM
static int hf_sstpdiag_finding = -1;
static int hf_sstpdiag_verdict = -1;
static int hf_sstpdiag_verdict_title = -1;
static int hf_sstpdiag_title = -1;
static int hf_sstpdiag_confidence = -1;
static int hf_sstpdiag_severity = -1;
static int hf_sstpdiag_summary = -1;
static int hf_sstpdiag_advice = -1;
static int hf_sstpdiag_line = -1;

#define FINDING(ID, id, stage, severity, effect, state, reference, title, advice)                  \
    [FINDING_##ID] = EI_INIT,
static expert_field ei_sstpdiag[FINDING_COUNT] = {
#include "base/findings.def"
};
#undef FINDING
/* Of findings that a rule lowered, by severity: an expert info has one severity for all. */
static expert_field ei_sstpdiag_lowered[] = {
    [SEVERITY_CHAT] = EI_INIT, [SEVERITY_NOTE] = EI_INIT, [SEVERITY_WARN] = EI_INIT
};

/* --- the tree -------------------------------------------------------------------------------- */

static void
tree_string(proto_tree *tree, int hf, const char *text)
{
    proto_item_set_generated(proto_tree_add_string(tree, hf, NULL, 0, 0, text));
}

/* Wireshark cuts a line of the tree at 240 bytes: of a longer text the whole stands below it. */
enum { TREE_TEXT_MAX = 220 };

static void
tree_long_string(proto_tree *tree, int hf, const char *text)
{
    proto_item *item = proto_tree_add_string(tree, hf, NULL, 0, 0, text);

    proto_item_set_generated(item);
    if (strlen(text) <= TREE_TEXT_MAX)
        return;
    proto_tree *subtree = proto_item_add_subtree(item, ett_sstpdiag_text);
    GString *wrapped = g_string_new(NULL);
    text_wrapped(wrapped, 0, 0, text);
    char **lines = g_strsplit(wrapped->str, "\n", -1);
    for (char **line = lines; *line && **line; line++)
        proto_tree_add_none_format(subtree, hf_sstpdiag_line, NULL, 0, 0, "%s", *line);
    g_strfreev(lines);
    g_string_free(wrapped, TRUE);
}

static void
tree_uint(proto_tree *tree, int hf, uint32_t value)
{
    proto_item_set_generated(proto_tree_add_uint(tree, hf, NULL, 0, 0, value));
}

/* Between messages of one frame in the field of all of them: a comma is part of many. */
#define BETWEEN_MESSAGES " | "

static void
join(wmem_strbuf_t *all, const char *message)
{
    if (wmem_strbuf_get_len(all))
        wmem_strbuf_append(all, BETWEEN_MESSAGES);
    wmem_strbuf_append(all, message);
}

/* For columns, which draw a comma between values of one field. In the tree each has its own line.
 */
static void
tree_all_messages(proto_tree *tree, const wmem_strbuf_t *all)
{
    if (wmem_strbuf_get_len((wmem_strbuf_t *)all) == 0)
        return;
    proto_item *item = proto_tree_add_string(tree, hf_sstpdiag_messages, NULL, 0, 0,
                                             wmem_strbuf_get_str((wmem_strbuf_t *)all));
    proto_item_set_generated(item);
    proto_item_set_hidden(item);
}

static void
tree_messages(proto_tree *tree, wmem_array_t *rows, const struct session *session,
              struct frame_note note, wmem_strbuf_t *all)
{
    uint32_t room = session_mtu(session, note.side)->room;
    bool packets = false;

    for (unsigned i = 0; rows && i < wmem_array_get_count(rows); i++) {
        const struct row *row = wmem_array_index(rows, i);
        tree_string(tree, hf_sstpdiag_message, row->text);
        join(all, row->text);
        if (row->len)
            tree_uint(tree, hf_sstpdiag_length, row->len);
        if (row->inner)
            tree_uint(tree, hf_sstpdiag_size_inner, row->inner);
        packets |= row->len > 0;
    }
    if (packets && room)
        tree_uint(tree, hf_sstpdiag_room, room);
}

/* Without keys: what the lengths of the records say. Told apart from what was read by its words,
 * and by a field of its own. */
static void
tree_inferred(proto_tree *tree, const struct engine *engine, const packet_info *pinfo,
              wmem_strbuf_t *all)
{
    uint32_t num;
    const struct lengths_note *notes = engine_frame_lengths(engine, pinfo->num, &num);

    for (uint32_t i = 0; notes && i < num; i++) {
        const char *name = lengths_label_name((enum lengths_label)notes[i].label);
        if (!name)
            continue;
        char *value = wmem_strdup_printf(pinfo->pool, "%s (inferred)", name);
        proto_item *item = proto_tree_add_string_format(
            tree, hf_sstpdiag_message, NULL, 0, 0, value,
            notes[i].records > 1 ? "Message: %s (inferred from record length %u; %u records)"
                                 : "Message: %s (inferred from record length %u)",
            name, notes[i].length, notes[i].records);
        proto_item_set_generated(item);
        join(all, value);
        proto_tree *subtree = proto_item_add_subtree(item, ett_sstpdiag_inferred);
        tree_string(subtree, hf_sstpdiag_message_inferred, name);
        tree_uint(subtree, hf_sstpdiag_record_length, notes[i].length);
    }
}

static void
tree_time(proto_tree *tree, int hf, const nstime_t *time)
{
    proto_item_set_generated(proto_tree_add_time(tree, hf, NULL, 0, 0, time));
}

static nstime_t
time_of(int64_t ns)
{
    return (nstime_t){ (time_t)(ns / NS_PER_SECOND), (int)(ns % NS_PER_SECOND) };
}

static void
tree_answer(proto_tree *tree, const struct engine *engine, uint32_t frame, enum stage stage)
{
    struct frame_answer answer;
    nstime_t delta;

    if (!engine_frame_answer(engine, frame, &answer))
        return;
    bool asks = answer.request.frame == frame;
    tree_uint(tree, asks ? hf_sstpdiag_response_in : hf_sstpdiag_request_in,
              asks ? answer.response.frame : answer.request.frame);
    if (asks)
        return;
    delta = time_of(answer.response.time - answer.request.time);
    tree_time(tree, hf_sstpdiag_time, &delta);
    if (stage == STAGE_KEEPALIVE)
        tree_time(tree, hf_sstpdiag_echo_time, &delta);
}

static void
tree_capture_point(proto_tree *tree, const struct state *state, const packet_info *pinfo,
                   const struct session *session)
{
    uint32_t interface = conn_interface(session_conn(session));
    proto_item *item =
        proto_tree_add_string(tree, hf_sstpdiag_vantage, NULL, 0, 0,
                              interfaces_label(&state->interfaces, pinfo->pool,
                                               engine_role(state->engine, interface), interface));

    proto_item_set_generated(item);
    tree_uint(proto_item_add_subtree(item, ett_sstpdiag_vantage), hf_sstpdiag_interface, interface);
}

/* No method can tell it better than to half of the shortest round trip: the path may be asymmetric.
 */
static void
tree_delay(proto_tree *tree, const struct frame_match *match)
{
    int64_t bound = match->pair->clock.bound;
    nstime_t delay = time_of(match->delay), doubt = time_of(bound);
    proto_item *item = proto_tree_add_time(tree, hf_sstpdiag_delay, NULL, 0, 0, &delay);

    proto_item_set_generated(item);
    proto_item_append_text(item, " (+-%.2f ms if the path is asymmetric)", (double)bound / 1e6);
    tree_time(proto_item_add_subtree(item, ett_sstpdiag_delay), hf_sstpdiag_delay_bound, &doubt);
}

/* The same segment at the other end. Known once all frames have been read. */
static void
tree_match(proto_tree *tree, struct engine *engine, const packet_info *pinfo)
{
    struct frame_match match;

    if (!PINFO_FD_VISITED(pinfo) || !engine_frame_match(engine, pinfo->num, &match))
        return;
    if (match.lost) {
        proto_item_set_generated(proto_tree_add_boolean_format(
            tree, hf_sstpdiag_lost, NULL, 0, 0, true, "Lost: never came to the %s's capture point",
            side_name(side_other(match.sender))));
        return;
    }
    tree_uint(tree, hf_sstpdiag_peer_frame, match.frame);
    if (match.delay_known)
        tree_delay(tree, &match);
}

static void
tree_certificate(proto_tree *tree, const struct session *session, uint32_t frame)
{
    if (session_cert(session) && frame == session_sstp(session)->call_connected.frame)
        proto_item_set_generated(proto_tree_add_bytes_with_length(
            tree, hf_sstpdiag_certificate_sha256, NULL, 0, 0, session_cert(session)->sha256,
            sizeof session_cert(session)->sha256));
}

static void
tree_binding_row(proto_tree *tree, const struct binding_row *row)
{
    proto_item *item =
        proto_tree_add_string(tree, hf_sstpdiag_binding_status[row->item], NULL, 0, 0, row->result);
    proto_tree *subtree = proto_item_add_subtree(item, ett_sstpdiag_binding);

    proto_item_set_generated(item);
    if (row->with) {
        proto_item_append_text(item, " (%s)", row->with);
        tree_string(subtree, hf_sstpdiag_binding_with, row->with);
    }
    if (row->received)
        tree_string(subtree, hf_sstpdiag_binding_received, row->received);
    if (row->expected)
        tree_string(subtree, hf_sstpdiag_binding_expected, row->expected);
}

static bool
frame_is_bound(const struct session *session, uint32_t frame)
{
    for (int item = 0; item < BINDING_ITEM_COUNT; item++)
        if (binding_item_frame(session, (enum binding_item)item) == frame)
            return true;
    return false;
}

/* Those rows of the table that were received in this frame. */
static void
tree_binding(proto_tree *tree, const struct session *session, uint32_t frame)
{
    GPtrArray *rows = frame_is_bound(session, frame) ? binding_rows(session) : NULL;
    proto_tree *subtree = NULL;

    for (guint i = 0; rows && i < rows->len; i++) {
        const struct binding_row *row = (const struct binding_row *)g_ptr_array_index(rows, i);
        if (binding_item_frame(session, row->item) != frame)
            continue;
        if (!subtree) {
            proto_item *item =
                proto_tree_add_none_format(tree, hf_sstpdiag_binding, NULL, 0, 0, "Crypto binding");
            proto_item_set_generated(item);
            subtree = proto_item_add_subtree(item, ett_sstpdiag_binding);
        }
        tree_binding_row(subtree, row);
    }
    if (rows)
        g_ptr_array_unref(rows);
}

/* The title for people, the id for filters. */
static proto_item *
tree_title(proto_tree *tree, int hf, const char *what, const struct finding_info *info)
{
    proto_item *item = proto_tree_add_string_format(tree, hf, NULL, 0, 0, info->name, "%s: %s [%s]",
                                                    what, info->title, info->name);

    proto_item_set_generated(item);
    return item;
}

static void
tree_verdict(proto_tree *tree, const struct finding_info *info)
{
    proto_item *item = tree_title(tree, hf_sstpdiag_verdict, "Verdict", info);

    tree_string(proto_item_add_subtree(item, ett_sstpdiag_verdict), hf_sstpdiag_verdict_title,
                info->title);
}

static proto_item *
tree_finding(proto_tree *tree, const struct frame_finding *finding)
{
    const struct finding_info *info = finding_info(finding->id);
    const char *advice = finding->advice ? finding->advice : info->advice;
    proto_item *item = tree_title(tree, hf_sstpdiag_finding, "Finding", info);
    proto_tree *subtree = proto_item_add_subtree(item, ett_sstpdiag_finding);

    tree_string(subtree, hf_sstpdiag_title, info->title);
    tree_long_string(subtree, hf_sstpdiag_summary, finding->summary);
    tree_string(subtree, hf_sstpdiag_severity, severity_name(finding->severity));
    tree_string(subtree, hf_sstpdiag_confidence, confidence_name(finding->confidence));
    if (*advice)
        tree_long_string(subtree, hf_sstpdiag_advice, advice);
    return item;
}

static void
show_finding(packet_info *pinfo, proto_tree *tree, const struct frame_finding *finding)
{
    const struct finding_info *info = finding_info(finding->id);
    proto_item *item = NULL;

    if (tree) {
        if (finding->verdict)
            tree_verdict(tree, info);
        item = tree_finding(tree, finding);
    }
    if (finding->cause)
        expert_add_info_format(pinfo, item,
                               finding->severity == info->severity
                                   ? &ei_sstpdiag[finding->id]
                                   : &ei_sstpdiag_lowered[finding->severity],
                               "%s", finding->summary);
}

static const struct frame_finding *
finding_at(const GArray *findings, guint i)
{
    return &g_array_index(findings, struct frame_finding, i);
}

/* The verdict first. */
static void
show_findings(packet_info *pinfo, proto_tree *tree, const GArray *findings)
{
    for (int of_verdict = 1; findings && of_verdict >= 0; of_verdict--)
        for (guint i = 0; i < findings->len; i++)
            if (finding_at(findings, i)->verdict == of_verdict)
                show_finding(pinfo, tree, finding_at(findings, i));
}

/* "User name or password refused (verdict) and 2 more, ", or nothing: what the closed line of the
 * tree begins with. */
static const char *
head_of(const packet_info *pinfo, const GArray *findings)
{
    const struct frame_finding *first = findings ? finding_at(findings, 0) : NULL;

    if (!first)
        return "";
    for (guint i = 0; i < findings->len && !first->verdict; i++)
        if (finding_at(findings, i)->verdict)
            first = finding_at(findings, i);
    wmem_strbuf_t *text = wmem_strbuf_new(pinfo->pool, finding_info(first->id)->title);
    if (first->verdict)
        wmem_strbuf_append(text, " (verdict)");
    if (findings->len > 1)
        wmem_strbuf_append_printf(text, " and %u more", findings->len - 1);
    wmem_strbuf_append(text, ", ");
    return wmem_strbuf_get_str(text);
}

static void
tree_session(proto_tree *tree, const struct state *state, packet_info *pinfo,
             const struct session *session, uint32_t ip_len)
{
    struct engine *engine = state->engine;
    struct frame_note note = engine_frame_note(engine, pinfo->num);
    wmem_strbuf_t *all = wmem_strbuf_new(pinfo->pool, "");

    tree_uint(tree, hf_sstpdiag_session, session_id(session));
    tree_string(tree, hf_sstpdiag_direction,
                note.side == SIDE_CLIENT ? "client to server" : "server to client");
    tree_string(tree, hf_sstpdiag_stage, stage_name((enum stage)note.stage));
    tree_messages(tree, rows_of_frame(&state->rows, pinfo), session, note, all);
    tree_inferred(tree, engine, pinfo, all);
    tree_all_messages(tree, all);
    tree_answer(tree, engine, pinfo->num, (enum stage)note.stage);
    tree_string(tree, hf_sstpdiag_evidence, evidence_name(session_evidence(session)));
    tree_capture_point(tree, state, pinfo, session);
    tree_match(tree, engine, pinfo);
    if (ip_len)
        tree_uint(tree, hf_sstpdiag_size_outer, ip_len);
    tree_certificate(tree, session, pinfo->num);
    tree_binding(tree, session, pinfo->num);
}

static void
show_session(const struct state *state, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
             const struct session *session, uint32_t ip_len)
{
    struct frame_note note = engine_frame_note(state->engine, pinfo->num);
    const GArray *findings = engine_frame_findings(state->engine, pinfo->num);
    proto_tree *subtree = NULL;

    if (tree) {
        proto_item *item = proto_tree_add_protocol_format(
            tree, proto_sstpdiag, tvb, 0, 0, "SSTP Diagnostics: %ssession %u, %s, from the %s",
            head_of(pinfo, findings), session_id(session), stage_name((enum stage)note.stage),
            side_name((enum side)note.side));
        proto_item_set_generated(item);
        subtree = proto_item_add_subtree(item, ett_sstpdiag);
    }
    show_findings(pinfo, subtree, findings);
    if (tree)
        tree_session(subtree, state, pinfo, session, ip_len);
}

/* A frame of no connection, a name that led to none: only findings are there to be shown. */
static void
show_findings_alone(const struct engine *engine, tvbuff_t *tvb, packet_info *pinfo,
                    proto_tree *tree)
{
    const GArray *findings = engine_frame_findings(engine, pinfo->num);
    proto_tree *subtree = NULL;

    if (!findings)
        return;
    const uint32_t session = finding_at(findings, 0)->session;
    if (tree) {
        proto_item *item = proto_tree_add_protocol_format(tree, proto_sstpdiag, tvb, 0, 0,
                                                          "SSTP Diagnostics: %ssession %u",
                                                          head_of(pinfo, findings), session);
        proto_item_set_generated(item);
        subtree = proto_item_add_subtree(item, ett_sstpdiag);
    }
    show_findings(pinfo, subtree, findings);
    if (tree)
        tree_uint(subtree, hf_sstpdiag_session, session);
}

void
tree_show_frame(const struct state *state, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                uint32_t ip_len)
{
    const struct session *session = engine_frame_session(state->engine, pinfo->num);
    proto_tree *root = proto_tree_get_root(tree);

    if (session)
        show_session(state, tvb, pinfo, root, session, ip_len);
    else
        show_findings_alone(state->engine, tvb, pinfo, root);
}

/* --- registration ---------------------------------------------------------------------------- */

/* Wireshark's groups of expert infos, by stage. */
#define EI_GROUP_CAPTURE   PI_PROTOCOL
#define EI_GROUP_DNS       PI_RESPONSE_CODE
#define EI_GROUP_TCP       PI_SEQUENCE
#define EI_GROUP_PROXY     PI_RESPONSE_CODE
#define EI_GROUP_TLS       PI_SECURITY
#define EI_GROUP_HTTP      PI_RESPONSE_CODE
#define EI_GROUP_SSTP      PI_PROTOCOL
#define EI_GROUP_LCP       PI_PROTOCOL
#define EI_GROUP_AUTH      PI_SECURITY
#define EI_GROUP_BINDING   PI_SECURITY
#define EI_GROUP_NCP       PI_PROTOCOL
#define EI_GROUP_DATA      PI_SEQUENCE
#define EI_GROUP_MTU       PI_PROTOCOL
#define EI_GROUP_KEEPALIVE PI_SEQUENCE
#define EI_GROUP_TEARDOWN  PI_SEQUENCE

#define EI_READY(ID, id, stage, severity, title)                                                   \
    { &ei_sstpdiag[FINDING_##ID],                                                                  \
      { "sstpdiag." #id, EI_GROUP_##stage, PI_##severity, title, EXPFILL } },
#define EI_PENDING(ID, id, stage, severity, title)
#define FINDING(ID, id, stage, severity, effect, state, reference, title, advice)                  \
    EI_##state(ID, id, stage, severity, title)

static ei_register_info ei[] = {
#include "base/findings.def"
#undef FINDING
#define EI_LOWERED(SEVERITY, severity)                                                             \
    {                                                                                              \
        &ei_sstpdiag_lowered[SEVERITY_##SEVERITY],                                                 \
        {                                                                                          \
            "sstpdiag.lowered." severity, PI_PROTOCOL, PI_##SEVERITY,                              \
                "A finding that weighs less in this session than it usually does", EXPFILL         \
        }                                                                                          \
    }
    EI_LOWERED(CHAT, "chat"),
    EI_LOWERED(NOTE, "note"),
    EI_LOWERED(WARN, "warn"),
#undef EI_LOWERED
};

// clang-format off
static hf_register_info hf[] = {
    { &hf_sstpdiag_session,
      { "Session", "sstpdiag.session", FT_UINT32, BASE_DEC, NULL, 0, "Number of the SSTP session", HFILL } },
    { &hf_sstpdiag_direction,
      { "Direction", "sstpdiag.direction", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL } },
    { &hf_sstpdiag_stage,
      { "Stage", "sstpdiag.stage", FT_STRING, BASE_NONE, NULL, 0, "Stage of the session at this frame", HFILL } },
    { &hf_sstpdiag_evidence,
      { "Evidence", "sstpdiag.evidence", FT_STRING, BASE_NONE, NULL, 0, "What statements on the session rest on", HFILL } },
    { &hf_sstpdiag_message,
      { "Message", "sstpdiag.message", FT_STRING, BASE_NONE, NULL, 0,
        "HTTP head, SSTP message, or PPP frame in a data packet; with (inferred) behind it when told by length alone", HFILL } },
    { &hf_sstpdiag_messages,
      { "All messages", "sstpdiag.messages", FT_STRING, BASE_NONE, NULL, 0,
        "What the frame says in one line, messages parted by |", HFILL } },
    { &hf_sstpdiag_message_inferred,
      { "Inferred message", "sstpdiag.message.inferred", FT_STRING, BASE_NONE, NULL, 0,
        "What a record was taken for by length, direction and order, without keys", HFILL } },
    { &hf_sstpdiag_record_length,
      { "TLS record length", "sstpdiag.record.length", FT_UINT32, BASE_DEC, NULL, 0,
        "Length in the header of the record that was judged", HFILL } },
    { &hf_sstpdiag_vantage,
      { "Capture point", "sstpdiag.vantage", FT_STRING, BASE_NONE, NULL, 0,
        "Where the frame was captured: client, server or middle, and the interface's name", HFILL } },
    { &hf_sstpdiag_interface,
      { "Interface", "sstpdiag.interface", FT_UINT32, BASE_DEC, NULL, 0, "Number of the capture point's interface in the file", HFILL } },
    { &hf_sstpdiag_peer_frame,
      { "Same segment at the other end", "sstpdiag.peer_frame", FT_FRAMENUM, BASE_NONE, NULL, 0,
        "Where the first byte of this segment was sent or arrived, in a file of both ends", HFILL } },
    { &hf_sstpdiag_delay,
      { "One-way delay", "sstpdiag.delay", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
        "From the sender's capture point to this one, after the clocks' offset", HFILL } },
    { &hf_sstpdiag_delay_bound,
      { "Uncertainty", "sstpdiag.delay.bound", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
        "The one-way delay is right within it, whatever the path", HFILL } },
    { &hf_sstpdiag_lost,
      { "Lost", "sstpdiag.lost", FT_BOOLEAN, BASE_NONE, NULL, 0,
        "This segment never came to the other end's capture point", HFILL } },
    { &hf_sstpdiag_size_outer,
      { "Outer packet size", "sstpdiag.size.outer", FT_UINT32, BASE_DEC, NULL, 0,
        "Length of the IP packet that carries the tunnel", HFILL } },
    { &hf_sstpdiag_size_inner,
      { "Inner packet size", "sstpdiag.size.inner", FT_UINT32, BASE_DEC, NULL, 0,
        "Length of an IP packet in the tunnel", HFILL } },
    { &hf_sstpdiag_length,
      { "SSTP packet length", "sstpdiag.length", FT_UINT32, BASE_DEC, NULL, 0, NULL, HFILL } },
    { &hf_sstpdiag_room,
      { "Longest SSTP packet in one TCP segment", "sstpdiag.room", FT_UINT32, BASE_DEC, NULL, 0,
        "From MSS, TCP options and TLS cipher of this direction", HFILL } },
    { &hf_sstpdiag_request_in,
      { "Request in", "sstpdiag.request_in", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0, NULL, HFILL } },
    { &hf_sstpdiag_response_in,
      { "Response in", "sstpdiag.response_in", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0, NULL, HFILL } },
    { &hf_sstpdiag_time,
      { "Time since request", "sstpdiag.time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0, NULL, HFILL } },
    { &hf_sstpdiag_echo_time,
      { "Echo round trip", "sstpdiag.echo.time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
        "From an LCP or SSTP echo request to this answer", HFILL } },
    { &hf_sstpdiag_certificate_sha256,
      { "Certificate SHA-256", "sstpdiag.certificate.sha256", FT_BYTES, BASE_NONE, NULL, 0,
        "Hash of the server's certificate in this TLS connection", HFILL } },
    { &hf_sstpdiag_binding,
      { "Crypto binding", "sstpdiag.binding", FT_NONE, BASE_NONE, NULL, 0, "What Call Connected is compared with", HFILL } },
#define BINDING_ITEM(ID, id, name)                                                                   \
    { &hf_sstpdiag_binding_status[BINDING_ITEM_##ID],                                              \
      { name, "sstpdiag.binding." #id "_status", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL } },
    BINDING_ITEMS(BINDING_ITEM)
#undef BINDING_ITEM
    { &hf_sstpdiag_binding_with,
      { "With", "sstpdiag.binding.with", FT_STRING, BASE_NONE, NULL, 0, "What it was verified with, or why it could not be", HFILL } },
    { &hf_sstpdiag_binding_received,
      { "Received", "sstpdiag.binding.received", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL } },
    { &hf_sstpdiag_binding_expected,
      { "Expected", "sstpdiag.binding.expected", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL } },
    { &hf_sstpdiag_finding,
      { "Finding", "sstpdiag.finding", FT_STRING, BASE_NONE, NULL, 0, "Id of a finding that this frame is evidence of", HFILL } },
    { &hf_sstpdiag_verdict,
      { "Verdict", "sstpdiag.verdict", FT_STRING, BASE_NONE, NULL, 0, "Id of the finding that explains the session", HFILL } },
    { &hf_sstpdiag_verdict_title,
      { "Title", "sstpdiag.verdict.title", FT_STRING, BASE_NONE, NULL, 0, "The verdict in words", HFILL } },
    { &hf_sstpdiag_title,
      { "Title", "sstpdiag.title", FT_STRING, BASE_NONE, NULL, 0, "The finding in words", HFILL } },
    { &hf_sstpdiag_confidence,
      { "Confidence", "sstpdiag.confidence", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL } },
    { &hf_sstpdiag_severity,
      { "Severity", "sstpdiag.severity", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL } },
    { &hf_sstpdiag_summary,
      { "Summary", "sstpdiag.summary", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL } },
    { &hf_sstpdiag_advice,
      { "Advice", "sstpdiag.advice", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL } },
    { &hf_sstpdiag_line,
      { "Line", "sstpdiag.line", FT_NONE, BASE_NONE, NULL, 0, "A line of a long text", HFILL } },
};
// clang-format on

int
tree_register(void)
{
    static int *ett[] = { &ett_sstpdiag,         &ett_sstpdiag_finding, &ett_sstpdiag_inferred,
                          &ett_sstpdiag_binding, &ett_sstpdiag_delay,   &ett_sstpdiag_verdict,
                          &ett_sstpdiag_vantage, &ett_sstpdiag_text };

    proto_sstpdiag = proto_register_protocol("SSTP Diagnostics", "SSTP Diagnostics", "sstpdiag");
    proto_register_field_array(proto_sstpdiag, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    expert_register_field_array(expert_register_protocol(proto_sstpdiag), ei, array_length(ei));
    return proto_sstpdiag;
}
