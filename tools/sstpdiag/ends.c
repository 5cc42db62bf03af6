/* ends.c - which captures are of the same connection, and one file made of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "ends.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/thresholds.h"
#include "document.h"
#include "find.h"
#include "frames.h"
#include "report/attempt.h"

/* Of two captures whose clocks nobody compared, and of two that say the same at the same time. */
static const double clocks_apart_seconds = PAIR_CLOCKS_APART_SECONDS,
                    clocks_alike_seconds = PAIR_CLOCKS_ALIKE_SECONDS;

enum { MATCHES_LOOKED_AT = 16 /* sessions with the same mark that are looked through */ };

/* A session of one of the captures. */
struct seen {
    guint capture;
    JsonNode *document;
    JsonObject *session;
};

/* --- telling --------------------------------------------------------------------------------- */

static double
session_time(const struct seen *at, const char *key, double otherwise)
{
    JsonObject *capture = document_capture(at->document);
    JsonNode *node = json_object_get_member(at->session, key);
    double time = node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_double(node) : otherwise;

    return json_object_get_double_member_with_default(capture, "start", 0) + time;
}

/* Both stood at the same time, if the two clocks are no more than so many seconds apart. */
static bool
overlap(const struct seen *a, const struct seen *b, double apart)
{
    double ends[2], begins[2];
    const struct seen *const both[] = { a, b };

    for (int i = 0; i < 2; i++) {
        JsonObject *capture = document_capture(both[i]->document);
        begins[i] = session_time(both[i], "start", 0);
        ends[i] = session_time(both[i], "end",
                               json_object_get_double_member_with_default(capture, "duration", 0));
    }
    return begins[0] - apart <= ends[1] && begins[1] - apart <= ends[0];
}

static bool
has_number(JsonObject *session, const char *key)
{
    JsonNode *node = json_object_get_member(session, key);

    return node && JSON_NODE_HOLDS_VALUE(node);
}

static bool
same_number(JsonObject *a, JsonObject *b, const char *key)
{
    return has_number(a, key) && has_number(b, key) &&
           json_object_get_int_member(a, key) == json_object_get_int_member(b, key);
}

static const char *
tls_random(JsonObject *session)
{
    JsonObject *tls = member_object(session, "tls");

    return tls ? member_string(tls, "client_random") : "";
}

/* NULL: it is not known. */
static JsonNode *
fact_of(JsonObject *session, enum fact_id id)
{
    const struct fact_info *info = fact_info(id);
    JsonObject *facts = member_object(session, "facts");
    JsonObject *stage = facts ? member_object(facts, stage_name(info->stage)) : NULL;

    return stage ? json_object_get_member(stage, info->key) : NULL;
}

static bool
same_fact(const struct seen *a, const struct seen *b, enum fact_id id)
{
    JsonNode *x = fact_of(a->session, id), *y = fact_of(b->session, id);

    return x && y ? json_node_equal(x, y) : !x && !y;
}

/* As in core/ends/pair_match.c: the id alone is no proof. */
static bool
same_correlation_id(const struct seen *a, const struct seen *b)
{
    const char *id = member_string(a->session, "correlation_id");
    bool random = fact_of(a->session, FACT_SSTP_NONCE) != NULL;

    return *id && strcmp(id, member_string(b->session, "correlation_id")) == 0 &&
           same_fact(a, b, FACT_SSTP_NONCE) &&
           (random || (same_fact(a, b, FACT_HTTP_HOST) && same_fact(a, b, FACT_HTTP_STATUS) &&
                       same_fact(a, b, FACT_HTTP_SERVER))) &&
           overlap(a, b, random ? clocks_apart_seconds : clocks_alike_seconds);
}

/* By what a mark says that both have. */
static bool
same_connection(const struct seen *a, const struct seen *b, char mark)
{
    bool answered = has_number(a->session, "server_isn") && has_number(b->session, "server_isn");

    if (mark == 'i')
        return answered ? same_number(a->session, b->session, "server_isn")
                        : overlap(a, b, clocks_apart_seconds);
    return mark != 'c' || same_correlation_id(a, b);
}

/* --- by marks -------------------------------------------------------------------------------- */

/* What a session shares with itself at another capture point, each with a letter in front: random,
 * initial sequence number, bytes of the stream, correlation id. */
static GPtrArray *
marks_of(JsonObject *session)
{
    GPtrArray *marks = g_ptr_array_new_with_free_func(g_free);
    const char *random = tls_random(session), *id = member_string(session, "correlation_id");
    JsonNode *node = json_object_get_member(session, "stream_prints");
    JsonArray *prints = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    if (*random)
        g_ptr_array_add(marks, g_strdup_printf("r%s", random));
    if (has_number(session, "client_isn"))
        g_ptr_array_add(marks, g_strdup_printf("i%" G_GINT64_FORMAT,
                                               json_object_get_int_member(session, "client_isn")));
    for (guint i = 0; prints && i < json_array_get_length(prints); i++)
        g_ptr_array_add(marks, g_strdup_printf("p%s", json_array_get_string_element(prints, i)));
    if (*id)
        g_ptr_array_add(marks, g_strdup_printf("c%s", id));
    return marks;
}

/* The first capture before this one that has the same connection; its own where there is none. All
 * that it shows is remembered for those behind it. */
static guint
first_that_has(GHashTable *known, const struct seen *at)
{
    GPtrArray *marks = marks_of(at->session);
    guint first = at->capture;

    for (guint i = 0; i < marks->len; i++) {
        const char *mark = g_ptr_array_index(marks, i);
        GArray *same = g_hash_table_lookup(known, mark);
        for (guint k = 0; same && k < same->len; k++) {
            const struct seen *other = &g_array_index(same, struct seen, k);
            if (other->capture < first && same_connection(at, other, *mark))
                first = other->capture;
        }
        if (!same) {
            same = g_array_new(FALSE, FALSE, sizeof(struct seen));
            g_hash_table_insert(known, g_strdup(mark), same);
        }
        if (same->len < MATCHES_LOOKED_AT)
            g_array_append_val(same, *at);
    }
    g_ptr_array_unref(marks);
    return first;
}

void
ends_group(JsonNode *const *documents, guint num, guint *groups)
{
    GHashTable *known =
        g_hash_table_new_full(hash_text, g_str_equal, g_free, (GDestroyNotify)g_array_unref);

    for (guint i = 0; i < num; i++) {
        JsonArray *sessions = documents[i] ? document_sessions(documents[i]) : NULL;
        guint first = i;
        for (guint k = 0; sessions && k < json_array_get_length(sessions); k++) {
            const struct seen at = { i, documents[i], json_array_get_object_element(sessions, k) };
            first = MIN(first, first_that_has(known, &at));
        }
        groups[i] = first < i ? groups[first] : i;
    }
    g_hash_table_unref(known);
}

/* Sessions at more than one interface of a file: two ends, as sstpcap writes them. */
static bool
has_two_interfaces(JsonNode *document)
{
    JsonArray *sessions = document_sessions(document);

    for (guint i = 1; i < json_array_get_length(sessions); i++)
        if (json_object_get_int_member(json_array_get_object_element(sessions, i), "interface") !=
            json_object_get_int_member(json_array_get_object_element(sessions, 0), "interface"))
            return true;
    return false;
}

JsonNode *
ends_judge(const struct reader *reader, struct reading reading, struct judgement *judgement,
           GError **error)
{
    for (;;) {
        if (!reader_judge(reader, &reading, judgement, error))
            return NULL;
        JsonNode *document = document_parse(judgement->json, error);
        if (document && (reading.two_interfaces || !reader_is_at_least(reader, 4, 4) ||
                         !has_two_interfaces(document)))
            return document;
        g_clear_pointer(&document, json_node_unref);
        judgement_clear(judgement);
        if (reading.two_interfaces || (error && *error))
            return NULL;
        reading.two_interfaces = true;
    }
}

/* --- merging --------------------------------------------------------------------------------- */

static char *
how_to_get_mergecap(GError **error)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                        "mergecap is not installed, which joins captures of two ends. Debian, "
                        "Ubuntu: sudo apt install wireshark-common. Fedora: sudo dnf install "
                        "wireshark-cli. Or judge each alone: --separate.");
    return NULL;
}

static bool
run_mergecap(const struct reader *reader, const char *mergecap, const GPtrArray *inputs,
             bool pieces, const char *to, GError **error)
{
    GPtrArray *arguments = g_ptr_array_new();
    GSubprocessLauncher *launcher = place_launcher(reader->place, G_SUBPROCESS_FLAGS_STDERR_PIPE);
    const char *const first[] = { mergecap, "-I", pieces ? "all" : "none", "-w", "-" };
    char *err = NULL;
    int out = place_create(reader->place, to, error);

    if (out < 0) {
        g_object_unref(launcher);
        g_ptr_array_unref(arguments);
        return false;
    }
    g_subprocess_launcher_take_stdout_fd(launcher, out);
    for (size_t i = 0; i < G_N_ELEMENTS(first); i++)
        g_ptr_array_add(arguments, (gpointer)first[i]);
    for (guint i = 0; i < inputs->len; i++)
        g_ptr_array_add(arguments, g_ptr_array_index(inputs, i));
    g_ptr_array_add(arguments, NULL);
    GSubprocess *child =
        g_subprocess_launcher_spawnv(launcher, (const char *const *)arguments->pdata, error);
    bool good = child && g_subprocess_communicate_utf8(child, NULL, NULL, NULL, &err, error);
    if (good && !g_subprocess_get_successful(child)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the captures could not be joined: %s",
                    err && *err ? g_strchomp(err) : "mergecap failed");
        good = false;
    }
    g_free(err);
    g_clear_object(&child);
    g_object_unref(launcher);
    g_ptr_array_unref(arguments);
    return good;
}

char *
ends_merge(struct reader *reader, const GPtrArray *paths, bool pieces, GArray *interfaces,
           GError **error)
{
    static guint number;
    char *mergecap = find_program("mergecap", reader->tshark);
    GPtrArray *inputs = g_ptr_array_new_with_free_func(g_free);
    char *name = g_strdup_printf("joined-%u.pcapng", number++);
    char *to = place_path(reader->place, name);
    bool good = true;

    if (!mergecap)
        to = (g_free(to), how_to_get_mergecap(error));
    for (guint i = 0; i < paths->len && mergecap && good; i++) {
        char *bare_name = g_strdup_printf("end-%u.pcapng", i);
        char *bare = place_path(reader->place, bare_name);
        g_ptr_array_add(inputs, bare);
        good = reader_take_keys(reader, g_ptr_array_index(paths, i), bare, error);
        guint32 num = good ? frames_interfaces(bare) : 0;
        if (interfaces)
            g_array_append_val(interfaces, num);
        g_free(bare_name);
    }
    good = mergecap && good && run_mergecap(reader, mergecap, inputs, pieces, to, error);
    for (guint i = 0; i < inputs->len; i++)
        g_remove(g_ptr_array_index(inputs, i));
    g_ptr_array_unref(inputs);
    g_free(mergecap);
    g_free(name);
    if (good)
        return to;
    g_free(to);
    return NULL;
}
