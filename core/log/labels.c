/* labels.c - events as "label: value" lines: Event Viewer, wevtutil, PowerShell
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/labels.h"

#include <string.h>

enum { LABEL_MAX_LEN = 60, INDENT_MAX = 4, BLANKS_MAX = 4 };

static void
value_free(gpointer value)
{
    g_string_free(value, TRUE);
}

struct log_labels *
log_labels_new(void)
{
    struct log_labels *labels = g_new0(struct log_labels, 1);

    labels->names = g_ptr_array_new_with_free_func(g_free);
    labels->values = g_ptr_array_new_with_free_func(value_free);
    return labels;
}

void
log_labels_free(struct log_labels *labels)
{
    g_ptr_array_unref(labels->names);
    g_ptr_array_unref(labels->values);
    g_free(labels);
}

/* Length of the label that stands at p, without blanks behind it; 0: there is none. open: among
 * others, where a long label may have no blank behind its colon. */
static size_t
label_len(const char *p, const char **value, bool open)
{
    size_t len = strcspn(p, ":=\"<>{}[]|;,");
    size_t word = len;
    unsigned blanks = 0;

    if (p[len] != ':' || len == 0 || len > LABEL_MAX_LEN ||
        (!g_ascii_isalpha(*p) && !(*p & 0x80)) ||
        (!open && p[len + 1] && !strchr(" \t", p[len + 1]) && p[len - 1] != ' '))
        return 0;
    while (word > 0 && (p[word - 1] == ' ' || p[word - 1] == '\t'))
        word--;
    for (size_t i = 0; i < word; i++)
        blanks += p[i] == ' ';
    *value = p + len + 1 + strspn(p + len + 1, " \t");
    return blanks <= BLANKS_MAX ? word : 0;
}

static size_t
line_label(const char *line, const char **begin, const char **value, bool open)
{
    size_t indent = strspn(line, " ");

    *begin = line + indent;
    return indent <= INDENT_MAX ? label_len(*begin, value, open) : 0;
}

bool
log_labels_has(const char *line)
{
    const char *begin, *value;

    return line_label(line, &begin, &value, false) > 0;
}

bool
log_labels_is_head(const char *line)
{
    return g_str_has_prefix(line, "Event[") && g_ascii_isdigit(line[strlen("Event[")]);
}

static bool
is_name(const struct log_labels *labels, guint i, const char *name, size_t len)
{
    const char *own = g_ptr_array_index(labels->names, i);

    return strlen(own) == len && strncmp(own, name, len) == 0;
}

bool
log_labels_is_next(const struct log_labels *labels, const char *line)
{
    const char *begin, *value;
    size_t len = line_label(line, &begin, &value, false);

    if (log_labels_is_head(line))
        return labels->names->len > 0;
    if (len == 0 || labels->names->len == 0)
        return false;
    if (is_name(labels, 0, begin, len))
        return true;
    for (guint i = 1; labels->gap && !labels->in_text && i < labels->names->len; i++)
        if (is_name(labels, i, begin, len))
            return true;
    return false;
}

static void
append(struct log_labels *labels, const char *line)
{
    GString *value =
        labels->values->len ? g_ptr_array_index(labels->values, labels->values->len - 1) : NULL;

    if (!value || value->len >= LOG_RECORD_TEXT_MAX_LEN)
        return;
    line += strspn(line, " \t");
    if (value->len && *line)
        g_string_append_c(value, ' ');
    g_string_append(value, line);
}

void
log_labels_add(struct log_labels *labels, const char *line)
{
    const char *begin, *value = "";
    size_t len = labels->in_text ? 0 : line_label(line, &begin, &value, labels->names->len > 0);

    labels->gap = line[strspn(line, " \t")] == '\0';
    if (log_labels_is_head(line))
        return;
    if (len == 0) {
        append(labels, line);
        return;
    }
    g_ptr_array_add(labels->names, g_strndup(begin, len));
    g_ptr_array_add(labels->values, g_string_new(value));
    labels->in_text = *value == '\0' && labels->names->len > 3;
}

/* --- to an event ----------------------------------------------------------------------------- */

static const char *
value_at(const struct log_labels *labels, guint i)
{
    return i < labels->values->len ? ((GString *)g_ptr_array_index(labels->values, i))->str : "";
}

/* In any language by position: the source stands before the time, the number behind it, the level
 * two lines on, the text at the end. */
static void
by_position(const struct log_reader *reader, const struct log_labels *labels,
            struct log_record *record)
{
    for (guint i = 1; i + 1 < labels->values->len; i++)
        if (log_record_is_stamp(reader, value_at(labels, i)) &&
            log_record_is_id(value_at(labels, i + 1))) {
            log_record_set(record->time, value_at(labels, i));
            log_record_set(record->provider, value_at(labels, i - 1));
            log_record_set(record->id, value_at(labels, i + 1));
            log_record_set(record->level, value_at(labels, i + 3));
            log_record_set(record->message, value_at(labels, labels->values->len - 1));
            return;
        }
}

bool
log_labels_take(struct log_reader *reader, const struct log_labels *labels)
{
    struct log_record *record = log_record_new();
    bool taken;

    for (guint i = 0; i < labels->names->len; i++)
        log_record_put(record, g_ptr_array_index(labels->names, i), value_at(labels, i));
    by_position(reader, labels, record);
    taken = log_record_is_event(record) && log_record_take(reader, record);
    if (taken)
        reader->log->lines++;
    log_record_free(record);
    return taken;
}
