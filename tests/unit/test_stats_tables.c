/* test_stats_tables.c - a capture's sessions as tables
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "peer.h"
#include "report/ladder.h"
#include "report/stats_tables.h"

static const struct report_env no_env;

/* One cell for each column, and all of them something. */
static void
check_row(void *context, const char *const *cells)
{
    const struct stats_table_info *info = context;

    for (unsigned i = 0; i < info->num_columns; i++) {
        g_assert_nonnull(cells[i]);
        g_assert_cmpstr(cells[i], !=, "");
        g_assert_true(g_utf8_validate(cells[i], -1, NULL));
    }
}

static void
check_tables(struct peer *peer)
{
    engine_finish(peer->engine);
    const GPtrArray *results = engine_results(peer->engine);
    for (int kind = 0; kind < STATS_TABLE_KINDS; kind++) {
        const struct stats_table_info *info = stats_table_info((enum stats_table_kind)kind);
        for (guint i = 0; i < results->len; i++)
            stats_table_rows((enum stats_table_kind)kind, peer->engine, &no_env,
                             g_ptr_array_index(results, i), check_row, (void *)info);
    }
}

/* Lines of a table, blanks squeezed: "0 LCP client 3 2 ...". */
static char **
stats_table_lines(struct peer *peer, enum stats_table_kind kind)
{
    engine_finish(peer->engine);
    char *text = stats_table_text(kind, peer->engine, &no_env);
    GRegex *blanks = g_regex_new(" +", 0, 0, NULL);
    char *squeezed = g_regex_replace(blanks, text, -1, 0, " ", 0, NULL);
    char **lines = g_strsplit(squeezed, "\n", -1);

    g_regex_unref(blanks);
    g_free(squeezed);
    g_free(text);
    for (char **line = lines; *line; line++)
        g_strstrip(*line);
    return lines;
}

static void
assert_line(struct peer *peer, enum stats_table_kind kind, unsigned row, const char *begins)
{
    char **lines = stats_table_lines(peer, kind);

    g_assert_cmpuint(g_strv_length(lines), >, row + 2);
    g_test_message("%s", lines[row + 2]);
    g_assert_true(g_str_has_prefix(lines[row + 2], begins));
    g_strfreev(lines);
}

static void
test_info(void)
{
    for (int kind = 0; kind < STATS_TABLE_KINDS; kind++) {
        const struct stats_table_info *info = stats_table_info((enum stats_table_kind)kind);
        g_assert_cmpuint(info->num_columns, <=, STATS_TABLE_COLUMNS_MAX);
        for (unsigned i = 0; i < STATS_TABLE_COLUMNS_MAX; i++)
            g_assert_true((info->columns[i].name != NULL) == (i < info->num_columns));
    }
}

static void
test_sessions(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "dial lcp s.challenge c.response s.failure=E=691_R=0 close");
    check_tables(&peer);
    assert_line(
        &peer, STATS_TABLE_SESSIONS, 0,
        "0 User name or password refused [auth_bad_credentials] certain tcp > http > sstp > lcp > "
        "auth ! ");
    assert_line(&peer, STATS_TABLE_FINDINGS, 0, "0 User name or password refused error ");
    char **lines = stats_table_lines(&peer, STATS_TABLE_SETUP);
    g_assert_nonnull(strstr(lines[2], "!")); /* authentication failed */
    g_strfreev(lines);
    peer_clear(&peer);
}

static void
test_keepalive(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "up s.lcp-echo c.lcp-reply wait=20 s.lcp-echo c.lcp-reply c.echo s.echo-reply "
                    "goodbye close");
    check_tables(&peer);
    char **lines = stats_table_lines(&peer, STATS_TABLE_KEEPALIVE);
    char *all = g_strjoinv("\n", lines);
    g_assert_nonnull(strstr(all, "LCP server 2 2 20."));
    g_assert_nonnull(strstr(all, "SSTP client 1 1 - -"));
    g_free(all);
    g_strfreev(lines);
    peer_clear(&peer);
}

static void
test_mtu(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "up c.data=1400 s.data=1200 goodbye close");
    check_tables(&peer);
    char **lines = stats_table_lines(&peer, STATS_TABLE_MTU);
    g_assert_true(g_str_has_prefix(lines[2], "0 client "));
    g_assert_nonnull(strstr(lines[2], " 1400 "));
    g_assert_true(g_str_has_prefix(lines[3], "0 server "));
    g_assert_nonnull(strstr(lines[3], " 1200 "));
    g_strfreev(lines);
    peer_clear(&peer);
}

static void
test_empty(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    for (int kind = 0; kind < STATS_TABLE_KINDS; kind++) {
        char **lines = stats_table_lines(&peer, (enum stats_table_kind)kind);
        g_assert_cmpuint(g_strv_length(lines), ==, 3); /* title, heading, and the end */
        g_strfreev(lines);
    }
    peer_clear(&peer);
}

/* The messages of the first session, and what is under them. */
static char *
ladder_of(const char *script, bool trace)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    if (trace)
        engine_trace(peer.engine);
    peer_run(&peer, script);
    engine_finish(peer.engine);
    char *text = report_ladder_text(peer.engine, g_ptr_array_index(engine_results(peer.engine), 0));
    peer_clear(&peer);
    char **lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        g_assert_cmpint(g_utf8_strlen(*line, -1), <=, 80);
    g_strfreev(lines);
    return text;
}

static void
test_ladder(void)
{
    static const char *const parts[] = { "  SYN ---",
                                         "--- SYN, ACK\n",
                                         "  CHAP Response, id",
                                         " (verdict): ",
                                         ">> User name or password refused",
                                         "                  (5" };
    char *text =
        ladder_of("dial lcp s.challenge c.response wait=5 s.failure=E=691_R=0 close", true);

    g_test_message("%s", text);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        g_assert_nonnull(strstr(text, parts[i]));
    g_assert_true(g_str_has_prefix(text, "SSTP session 0: "));
    g_free(text);
    text = ladder_of("up c.data=1400 s.data=1200 goodbye close", false);
    g_assert_nonnull(strstr(text, "not kept"));
    g_free(text);
    text = ladder_of("tcp tls=13,blind call lcp chap c.call-connected ipcp traffic close", true);
    g_test_message("%s", text);
    g_assert_nonnull(strstr(text, "  Call Connected (inferred) ---"));
    g_free(text);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tables/info", test_info);
    g_test_add_func("/tables/sessions", test_sessions);
    g_test_add_func("/tables/keepalive", test_keepalive);
    g_test_add_func("/tables/mtu", test_mtu);
    g_test_add_func("/tables/empty", test_empty);
    g_test_add_func("/tables/ladder", test_ladder);
    return g_test_run();
}
