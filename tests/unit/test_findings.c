/* test_findings.c - the catalogue against itself and against the fixed list of ids
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "base/findings.h"

enum { TITLE_MAX_LEN = 60 };

static const struct finding_info *
info_at(unsigned index)
{
    const struct finding_info *info = finding_info((enum finding_id)index);

    g_assert_nonnull(info);
    return info;
}

static void
test_names(void)
{
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (unsigned i = 0; i < FINDING_COUNT; i++) {
        const char *name = info_at(i)->name;

        g_test_message("%s", name);
        g_assert_true(g_hash_table_add(seen, (gpointer)name));
        g_assert_cmpuint(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_"), ==, strlen(name));
    }
    g_hash_table_unref(seen);
}

static void
test_out_of_range(void)
{
    g_assert_null(finding_info(FINDING_COUNT));
}

static void
test_texts(void)
{
    for (unsigned i = 0; i < FINDING_COUNT; i++) {
        const struct finding_info *info = info_at(i);
        size_t title_len = strlen(info->title);
        size_t advice_len = strlen(info->advice);

        g_test_message("%s", info->name);
        g_assert_cmpuint(title_len, >, 0);
        g_assert_cmpuint(title_len, <=, TITLE_MAX_LEN);
        g_assert_true(g_ascii_isupper(info->title[0]));
        g_assert_false(g_str_has_suffix(info->title, "."));
        g_assert_nonnull(info->reference);
        if (info->ready && info->severity >= SEVERITY_WARN)
            g_assert_cmpuint(advice_len, >, 0);
        if (advice_len > 0)
            g_assert_true(g_str_has_suffix(info->advice, "."));
        g_assert_null(strstr(info->title, "  "));
        g_assert_null(strstr(info->advice, "  "));
    }
}

static void
test_order(void)
{
    for (unsigned i = 1; i < FINDING_COUNT; i++)
        g_assert_cmpuint(info_at(i - 1)->stage, <=, info_at(i)->stage);
}

/* FINDING_COUNT when there is none. */
static unsigned
id_of(const char *name)
{
    for (unsigned i = 0; i < FINDING_COUNT; i++)
        if (g_str_equal(info_at(i)->name, name))
            return i;
    return FINDING_COUNT;
}

/* findings.tsv is what users and scripts were promised: every line in the catalogue, and nothing
 * in the catalogue beside it. */
static void
test_fixed_ids(void)
{
    char *path = g_test_build_filename(G_TEST_DIST, "findings.tsv", NULL);
    char *text = NULL;
    GError *error = NULL;
    unsigned count = 0;

    g_assert_true(g_file_get_contents(path, &text, NULL, &error));
    g_assert_no_error(error);
    char **lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (**line == '\0' || **line == '#')
            continue;
        char **columns = g_strsplit(*line, "\t", -1);
        unsigned id = id_of(columns[0]);

        g_test_message("%s", *line);
        g_assert_cmpuint(g_strv_length(columns), ==, 3);
        g_assert_cmpuint(id, <, FINDING_COUNT);
        g_assert_cmpstr(stage_name(info_at(id)->stage), ==, columns[1]);
        g_assert_cmpstr(severity_name(info_at(id)->severity), ==, columns[2]);
        count++;
        g_strfreev(columns);
    }
    g_assert_cmpuint(count, ==, FINDING_COUNT);
    g_strfreev(lines);
    g_free(text);
    g_free(path);
}

static void
test_words(void)
{
    for (unsigned i = 0; i < STAGE_COUNT; i++)
        g_assert_nonnull(stage_name((enum stage)i));
    g_assert_cmpstr(stage_name(STAGE_CAPTURE), ==, "capture");
    g_assert_cmpstr(stage_name(STAGE_TEARDOWN), ==, "teardown");
    g_assert_cmpstr(severity_name(SEVERITY_CHAT), ==, "chat");
    g_assert_cmpstr(severity_name(SEVERITY_ERROR), ==, "error");
    g_assert_cmpstr(confidence_name(CONFIDENCE_POSSIBLE), ==, "possible");
    g_assert_cmpstr(confidence_name(CONFIDENCE_CERTAIN), ==, "certain");
    g_assert_cmpstr(evidence_name(EVIDENCE_NONE), ==, "none");
    g_assert_cmpstr(evidence_name(EVIDENCE_DECRYPTED), ==, "decrypted");
    g_assert_cmpstr(evidence_name(EVIDENCE_TRIAL), ==, "trial");
    g_assert_cmpstr(evidence_name(EVIDENCE_BOTH_ENDS), ==, "both-ends");
    g_assert_null(stage_name(STAGE_COUNT));
    g_assert_null(severity_name((enum severity)(SEVERITY_ERROR + 1)));
    g_assert_null(confidence_name((enum confidence)(CONFIDENCE_CERTAIN + 1)));
    g_assert_cmpstr(evidence_name(EVIDENCE_LOG), ==, "log");
    g_assert_null(evidence_name((enum evidence)(EVIDENCE_LOG + 1)));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/findings/names", test_names);
    g_test_add_func("/findings/out-of-range", test_out_of_range);
    g_test_add_func("/findings/texts", test_texts);
    g_test_add_func("/findings/order", test_order);
    g_test_add_func("/findings/fixed-ids", test_fixed_ids);
    g_test_add_func("/findings/words", test_words);
    return g_test_run();
}
