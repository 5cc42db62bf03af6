/* blocks.c - lines that are one event together: labels and values, CSV, JSON, XML
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/blocks.h"

#include <string.h>

#include "log/csv.h"
#include "log/forms.h"
#include "log/json_read.h"
#include "log/labels.h"
#include "log/members.h"
#include "log/windows.h"
#include "log/xml.h"

enum { BLOCK_MAX_LEN = LOG_XML_EVENT_MAX_LEN, BLOCK_LINES_MAX = 500, PREFIXES_MAX = 3 };

enum kind { KIND_NONE, KIND_XML, KIND_CSV, KIND_JSON, KIND_LABELS, KIND_JOURNAL };

struct log_blocks {
    struct log_reader *reader;
    log_take_line *take_line;
    enum kind kind;
    GString *text;        /* lines so far, each with its end */
    uint32_t line, lines; /* the first one, and how many */
    struct log_json_depth depth;
    bool quoted;               /* a quote of CSV is open */
    struct log_labels *labels; /* of KIND_LABELS */
    GHashTable *members;       /* of KIND_JOURNAL */
};

struct log_blocks *
log_blocks_new(struct log_reader *reader, log_take_line *take_line)
{
    struct log_blocks *blocks = g_new0(struct log_blocks, 1);

    blocks->reader = reader;
    blocks->take_line = take_line;
    blocks->text = g_string_new(NULL);
    return blocks;
}

void
log_blocks_free(struct log_blocks *blocks)
{
    g_string_free(blocks->text, TRUE);
    g_free(blocks);
}

/* --- the end of a block ---------------------------------------------------------------------- */

static bool
end_json(struct log_blocks *blocks)
{
    GHashTable *members = log_json_read(blocks->text->str);
    bool taken = members && log_members_take(blocks->reader, members, NULL, blocks->take_line);

    if (members)
        g_hash_table_unref(members);
    return taken;
}

static bool
end_journal(struct log_blocks *blocks)
{
    const struct log_reader *reader = blocks->reader;
    bool taken = log_members_take(blocks->reader, blocks->members,
                                  reader->has_head ? &reader->head : NULL, blocks->take_line);

    g_clear_pointer(&blocks->members, g_hash_table_unref);
    return taken;
}

static bool
end_labels(struct log_blocks *blocks)
{
    bool taken = log_labels_take(blocks->reader, blocks->labels);

    g_clear_pointer(&blocks->labels, log_labels_free);
    return taken;
}

static bool
end_kind(struct log_blocks *blocks, enum kind kind)
{
    switch (kind) {
    case KIND_XML:
        log_windows_parse(blocks->reader, blocks->text->str, blocks->text->len);
        return true;
    case KIND_CSV:
        return log_csv_take(blocks->reader, blocks->text->str);
    case KIND_JSON:
        return end_json(blocks);
    case KIND_JOURNAL:
        return end_journal(blocks);
    case KIND_LABELS:
        return end_labels(blocks);
    case KIND_NONE:
        break;
    }
    return true;
}

/* The line that a block begins in stands for all of it. */
void
log_blocks_end(struct log_blocks *blocks)
{
    struct log_reader *reader = blocks->reader;
    enum kind kind = blocks->kind;
    uint32_t line = reader->line;

    if (kind == KIND_NONE)
        return;
    blocks->kind = KIND_NONE;
    reader->line = blocks->line;
    if (!end_kind(blocks, kind))
        for (uint32_t i = 0; i < blocks->lines; i++, reader->line++) {
            reader->log->lines++;
            log_reader_count_unparsed(reader, blocks->text->str);
        }
    reader->line = line;
}

/* --- its begin ------------------------------------------------------------------------------- */

static void
begin(struct log_blocks *blocks, enum kind kind)
{
    log_blocks_end(blocks);
    blocks->kind = kind;
    blocks->line = blocks->reader->line;
    blocks->lines = 0;
    blocks->depth = (struct log_json_depth){ 0 };
    blocks->quoted = false;
    g_string_truncate(blocks->text, 0);
}

static void
append(struct log_blocks *blocks, const char *line)
{
    g_string_append(blocks->text, line);
    g_string_append_c(blocks->text, '\n');
    blocks->lines += line[strspn(line, " \t")] != '\0';
}

static bool
is_too_long(const struct log_blocks *blocks)
{
    return blocks->text->len > BLOCK_MAX_LEN || blocks->lines > BLOCK_LINES_MAX;
}

static bool
take_xml(struct log_blocks *blocks, const char *text)
{
    append(blocks, text);
    if (strstr(text, "</Event>") || is_too_long(blocks))
        log_blocks_end(blocks);
    return true;
}

static bool
take_csv(struct log_blocks *blocks, const char *text)
{
    append(blocks, text);
    blocks->quoted ^= log_csv_is_open(text);
    if (!blocks->quoted || is_too_long(blocks))
        log_blocks_end(blocks);
    return true;
}

static bool
take_json(struct log_blocks *blocks, const char *text)
{
    append(blocks, text);
    log_json_follow(&blocks->depth, text);
    blocks->depth.quoted = false; /* no string of JSON has a line's end in it */
    if (blocks->depth.depth <= 0 || is_too_long(blocks))
        log_blocks_end(blocks);
    return true;
}

/* "    MESSAGE=text": the length of its name; 0: it is none. */
static size_t
journal_name_len(const char *p)
{
    size_t len = strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    return len >= 3 && p[len] == '=' ? len : 0;
}

static bool
take_journal(struct log_blocks *blocks, const char *text)
{
    const char *p = text + strspn(text, " \t");
    size_t len = journal_name_len(p);

    if (len == 0) {
        log_blocks_end(blocks);
        return false;
    }
    append(blocks, text);
    g_hash_table_insert(blocks->members, g_strndup(p, len), g_strdup(p + len + 1));
    return true;
}

/* A line with a time and a program that is known stands for itself, also in a text. */
static bool
is_of_other(const struct log_line *line)
{
    return line && line->has_stamp && line->source != LOG_FROM_OTHER;
}

static bool
take_labels(struct log_blocks *blocks, const char *text, const struct log_line *line)
{
    if (log_labels_is_next(blocks->labels, text)) {
        begin(blocks, KIND_LABELS);
        blocks->labels = log_labels_new();
    } else if (is_of_other(line) || is_too_long(blocks)) {
        log_blocks_end(blocks);
        return false;
    }
    append(blocks, text);
    log_labels_add(blocks->labels, text);
    return true;
}

/* An event in XML behind its text is the same event. */
static bool
begin_xml(struct log_blocks *blocks, const char *text)
{
    const char *event = log_windows_find(text, text + strlen(text));

    if (!event)
        return false;
    if (blocks->kind == KIND_LABELS) {
        g_clear_pointer(&blocks->labels, log_labels_free);
        blocks->kind = KIND_NONE;
    }
    begin(blocks, KIND_XML);
    return take_xml(blocks, event);
}

/* Where the object that text begins with ends; 0: not in this line. */
static size_t
json_object_len(const char *text)
{
    struct log_json_depth depth = { 0 };
    char one[2] = { 0 };

    for (const char *p = text; *p; p++) {
        one[0] = *p;
        log_json_follow(&depth, one);
        if (depth.depth == 0 && !depth.quoted)
            return (size_t)(p + 1 - text);
    }
    return 0;
}

/* A line may hold several, with commas between, as a compressed array does. */
static bool
begin_json(struct log_blocks *blocks, const char *text)
{
    const char *p = text;
    size_t len;

    if (*p == '[' && p[1 + strspn(p + 1, " \t")] == '{')
        p += 1 + strspn(p + 1, " \t");
    for (int i = 0; p && i < PREFIXES_MAX && *p != '{'; i++)
        p = log_forms_strip(p);
    if (!p || *p != '{')
        return false;
    for (; *p == '{' && (len = json_object_len(p)) > 0; p += strspn(p, " \t,]")) {
        char *object = g_strndup(p, len);
        begin(blocks, KIND_JSON);
        take_json(blocks, object);
        g_free(object);
        p += len;
    }
    if (*p == '{') {
        begin(blocks, KIND_JSON);
        return take_json(blocks, p);
    }
    return true;
}

static bool
begin_journal(struct log_blocks *blocks, const char *text)
{
    const char *p = text + strspn(text, " \t");

    if (!journal_name_len(p))
        return false;
    begin(blocks, KIND_JOURNAL);
    blocks->members = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return take_journal(blocks, text);
}

/* What has a form of its own and a text is no label. */
static bool
begin_labels(struct log_blocks *blocks, const char *text, const struct log_line *line)
{
    if (!log_labels_is_head(text) &&
        (!log_labels_has(text) || (line && *line->said && !line->goes_on)))
        return false;
    begin(blocks, KIND_LABELS);
    blocks->labels = log_labels_new();
    return take_labels(blocks, text, NULL);
}

static bool
begin_csv(struct log_blocks *blocks, const char *text, const struct log_line *line)
{
    if (*text != '"' && !blocks->reader->csv && line && line->source != LOG_FROM_OTHER)
        return false;
    if (!log_csv_begins(blocks->reader, text))
        return false;
    if (!log_csv_is_open(text)) {
        log_blocks_end(blocks);
        return log_csv_take(blocks->reader, text);
    }
    begin(blocks, KIND_CSV);
    return take_csv(blocks, text);
}

static bool
goes_on(struct log_blocks *blocks, const char *text, const struct log_line *line)
{
    switch (blocks->kind) {
    case KIND_XML:
        return take_xml(blocks, text);
    case KIND_CSV:
        return take_csv(blocks, text);
    case KIND_JSON:
        return take_json(blocks, text);
    case KIND_JOURNAL:
        return take_journal(blocks, text);
    case KIND_LABELS:
        return take_labels(blocks, text, line);
    case KIND_NONE:
        break;
    }
    return false;
}

bool
log_blocks_take(struct log_blocks *blocks, const char *text, const struct log_line *line)
{
    bool empty = text[strspn(text, " \t")] == '\0';

    if (blocks->kind != KIND_XML && strstr(text, "<Event") && begin_xml(blocks, text))
        return true;
    if (goes_on(blocks, text, line))
        return true;
    if (empty)
        return false;
    return begin_json(blocks, text) || begin_csv(blocks, text, line) ||
           begin_journal(blocks, text) || begin_labels(blocks, text, line);
}
