/* stats.c - the menu Statistics > SSTP: the tables of the core, in Wireshark's own windows
 *
 * tshark draws the same tables as text (-z sstpdiag,sessions and so on, tap-sstpdiag.c): it reads a
 * file once, and what a session comes to is known behind its last frame only, when such a window
 * takes no more rows. Here all frames have been read before.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "stats.h"

#include "state.h"
#include "report/stats_tables.h"
#include "tap.h"

/* Wireshark keeps its address, and gives it back as that of its first member. */
struct stats_window {
    stat_tap_table_ui ui;
    stat_tap_table_item columns[STATS_TABLE_COLUMNS_MAX];
    enum stats_table_kind kind;
    char *title, *command, *first; /* heading of the first column */
    GHashTable *shown;             /* numbers of sessions, + 1 */
};

static void
item_free(stat_tap_table *table, unsigned row, unsigned column, stat_tap_table_item_type *item)
{
    (void)table, (void)row, (void)column;
    if (item->type == TABLE_ITEM_STRING)
        g_free((char *)item->value.string_value);
    item->type = TABLE_ITEM_NONE;
}

static struct stats_window *
window_of(const stat_tap_table *table)
{
    struct stats_window *windows = state_get()->windows;

    for (int i = 0; i < STATS_TABLE_KINDS; i++)
        if (g_strcmp0(table->title, windows[i].title) == 0)
            return &windows[i];
    return NULL;
}

/* The rows are made anew: there may be fewer of them. */
static void
table_reset(stat_tap_table *table)
{
    struct stats_window *window = window_of(table);

    for (unsigned row = 0; row < table->num_elements; row++) {
        for (unsigned column = 0; column < table->num_fields; column++)
            item_free(table, row, column, &table->elements[row][column]);
        g_free(table->elements[row]);
    }
    table->num_elements = 0;
    if (window)
        g_hash_table_remove_all(window->shown);
}

static void
window_init(stat_tap_table_ui *ui)
{
    struct stats_window *window = (struct stats_window *)(void *)ui;
    stat_tap_table *table = stat_tap_find_table(ui, window->title);

    if (table) {
        table_reset(table);
        return;
    }
    g_hash_table_remove_all(window->shown);
    stat_tap_add_table(ui, stat_tap_init_table(window->title, (int)ui->nfields, 0, NULL));
}

/* Where rows go to. */
struct shown {
    stat_tap_table *table;
};

static void
row_add(void *context, const char *const *cells)
{
    stat_tap_table *table = ((struct shown *)context)->table;
    stat_tap_table_item_type items[STATS_TABLE_COLUMNS_MAX] = { 0 };

    for (unsigned i = 0; i < table->num_fields; i++) {
        items[i].type = TABLE_ITEM_STRING;
        items[i].value.string_value = g_strdup(cells[i]);
    }
    stat_tap_init_table_row(table, table->num_elements, table->num_fields, items);
}

/* A session comes into the table with the first of its frames, so that a filter chooses sessions.
 */
static tap_packet_status
window_packet(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *record,
              tap_flags_t flags)
{
    const stat_data_t *stat = (const stat_data_t *)data;
    struct stats_window *window = (struct stats_window *)(void *)stat->stat_tap_data;
    const struct tap_record *seen = (const struct tap_record *)record;
    const struct state *state = state_get();
    struct engine *engine = state->engine;
    struct report_env env = { 0 };
    struct shown rows = { stat_tap_find_table(stat->stat_tap_data, window->title) };

    (void)edt, (void)flags;
    if (!PINFO_FD_VISITED(pinfo) || !rows.table ||
        !g_hash_table_add(window->shown, GUINT_TO_POINTER(seen->session + 1)))
        return TAP_PACKET_DONT_REDRAW;
    engine_finish(engine);
    interfaces_tell(&state->interfaces, &env);
    const GPtrArray *results = engine_results(engine);
    for (guint i = 0; i < results->len; i++) {
        const struct result *result = (const struct result *)g_ptr_array_index(results, i);
        if (session_id(result->session) == seen->session)
            stats_table_rows(window->kind, engine, &env, result, row_add, &rows);
    }
    return TAP_PACKET_REDRAW;
}

static void
window_register(struct stats_window *window, enum stats_table_kind kind)
{
    const struct stats_table_info *info = stats_table_info(kind);

    window->kind = kind;
    window->title = g_strdup_printf("SSTP %s", info->title);
    window->command = g_strdup_printf("sstpdiag-window,%s", info->name);
    window->shown = g_hash_table_new(g_direct_hash, g_direct_equal);
    for (unsigned i = 0; i < info->num_columns; i++)
        window->columns[i] =
            (stat_tap_table_item){ TABLE_ITEM_STRING,
                                   info->columns[i].is_number ? TAP_ALIGN_RIGHT : TAP_ALIGN_LEFT,
                                   info->columns[i].name, "%s" };
    /* Wireshark measures a heading without the arrow of the sorted column, and cuts what is left of
     * the room: blanks, if they stand at that side. */
    window->first = g_strconcat(info->columns[0].name, "     ", NULL);
    window->columns[0].column_name = window->first;
    window->columns[0].align = TAP_ALIGN_LEFT;
    window->ui = (stat_tap_table_ui){
        .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
        .title = window->title,
        .tap_name = TAP_NAME,
        .cli_string = window->command,
        .stat_tap_init_cb = window_init,
        .packet_func = window_packet,
        .stat_tap_reset_table_cb = table_reset,
        .stat_tap_free_table_item_cb = item_free,
        .nfields = info->num_columns,
        .fields = window->columns,
    };
    register_stat_tap_table_ui(&window->ui);
}

void
stats_register(void)
{
    struct stats_window *windows = g_new0(struct stats_window, STATS_TABLE_KINDS);

    state_get()->windows = windows;
    for (int i = 0; i < STATS_TABLE_KINDS; i++)
        window_register(&windows[i], (enum stats_table_kind)i);
}
