/* redact_logs.c - logs for --redact
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "redact_logs.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "output/target.h"

enum { PIECE_LEN = 64 * 1024, BOM_LEN = 3 };

typedef bool (*piece_fn)(struct redactor *redactor, const char *text, GOutputStream *to,
                         GError **error);

/* "\033[32m" and the like, which would join what they stand between. */
static char *
without_colours(const char *text)
{
    GString *plain = g_string_new(NULL);

    for (const char *p = text; *p;) {
        if (p[0] != '\033' || p[1] != '[') {
            g_string_append_c(plain, *p++);
            continue;
        }
        p += 2;
        p += strspn(p, "0123456789;");
        if (*p)
            p++;
    }
    return g_string_free(plain, FALSE);
}

static bool
learn_piece(struct redactor *redactor, const char *text, GOutputStream *to, GError **error)
{
    (void)to;
    (void)error;
    redactor_learn_text(redactor, text);
    return true;
}

static bool
copy_piece(struct redactor *redactor, const char *text, GOutputStream *to, GError **error)
{
    char *redacted = redactor_text(redactor, text);
    bool good = g_output_stream_write_all(to, redacted, strlen(redacted), NULL, NULL, error);

    g_free(redacted);
    return good;
}

/* UTF-16 is converted; NULL with *error. */
static GInputStream *
open_log(const char *path, GError **error)
{
    GFile *file = g_file_new_for_commandline_arg(path);
    GInputStream *raw = G_INPUT_STREAM(g_file_read(file, NULL, error));
    guint8 begin[BOM_LEN] = { 0 };
    const char *charset = NULL;

    g_object_unref(file);
    if (!raw)
        return NULL;
    gssize len = g_input_stream_read(raw, begin, 2, NULL, NULL);
    bool little = len == 2 && begin[0] == 0xff && begin[1] == 0xfe;
    bool big = len == 2 && begin[0] == 0xfe && begin[1] == 0xff;
    if (little || (len == 2 && begin[0] && !begin[1]))
        charset = "UTF-16LE";
    else if (big)
        charset = "UTF-16BE";
    bool marked = little || big;
    if (!marked && G_IS_SEEKABLE(raw))
        g_seekable_seek(G_SEEKABLE(raw), 0, G_SEEK_SET, NULL, NULL);
    if (!charset)
        return raw;
    GCharsetConverter *converter = g_charset_converter_new("UTF-8", charset, NULL);
    g_charset_converter_set_use_fallback(converter, TRUE);
    GInputStream *text = g_converter_input_stream_new(raw, G_CONVERTER(converter));
    g_object_unref(converter);
    g_object_unref(raw);
    return text;
}

/* How much of it are whole lines; of a line that is longer, whole words, so that none is cut. */
static gsize
whole_lines(const GString *held)
{
    static const char ends[] = { '\n', ' ' };

    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
        for (gsize len = held->len; len > 0; len--)
            if (held->str[len - 1] == ends[i])
                return len;
    return held->len;
}

static bool
tell_piece(struct redactor *redactor, GString *held, gsize len, piece_fn fn, GOutputStream *to,
           GError **error)
{
    for (gsize i = 0; i < len; i++)
        if (held->str[i] == '\0')
            held->str[i] = '?';
    char *text = g_strndup(held->str, len), *plain = without_colours(text);
    bool good = fn(redactor, plain, to, error);

    g_string_erase(held, 0, (gssize)len);
    g_free(plain);
    g_free(text);
    return good;
}

/* Tells fn the log in pieces of whole lines. */
static bool
each_piece(struct redactor *redactor, const char *path, piece_fn fn, GOutputStream *to,
           GError **error)
{
    GInputStream *from = open_log(path, error);
    GString *held = g_string_new(NULL);
    char *bytes = g_malloc(PIECE_LEN);
    bool good = from != NULL;
    gssize len = 1;

    while (good && len > 0) {
        len = g_input_stream_read(from, bytes, PIECE_LEN, NULL, error);
        good = len >= 0;
        if (len > 0)
            g_string_append_len(held, bytes, len);
        if (good && held->len)
            good = tell_piece(redactor, held, len ? whole_lines(held) : held->len, fn, to, error);
    }
    g_free(bytes);
    g_string_free(held, TRUE);
    g_clear_object(&from);
    return good;
}

void
redact_logs_learn(struct redactor *redactor, const struct options *options)
{
    for (char **path = options->logs; path && *path; path++)
        each_piece(redactor, *path, learn_piece, NULL, NULL);
}

/* The log's own name, which may be somebody's, too. The caller's. */
static char *
copy_path(struct redactor *redactor, const struct options *options, const char *path)
{
    char *base = g_path_get_basename(path), *shown = g_filename_display_name(base);
    char *name = redactor_text(redactor, shown);
    char *copy = g_build_filename(options->redacted_logs, name, NULL);

    g_free(base);
    g_free(shown);
    g_free(name);
    return copy;
}

static bool
copy_log(struct redactor *redactor, const struct options *options, const char *path, GError **error)
{
    char *target = copy_path(redactor, options, path);
    GFile *file = g_file_new_for_path(target);
    bool good = target_check(options->inputs, target, TARGET_FILE, error);
    GFileOutputStream *to =
        good ? g_file_replace(file, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, error) : NULL;

    good = to && each_piece(redactor, path, copy_piece, G_OUTPUT_STREAM(to), error) &&
           g_output_stream_close(G_OUTPUT_STREAM(to), NULL, error);
    g_clear_object(&to);
    g_object_unref(file);
    g_free(target);
    return good;
}

bool
redact_logs_copy(struct redactor *redactor, const struct options *options, GError **error)
{
    if (!options->redacted_logs)
        return true;
    if (g_mkdir_with_parents(options->redacted_logs, 0700) != 0) {
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno), "%s: %s",
                    options->redacted_logs, g_strerror(errno));
        return false;
    }
    for (char **path = options->logs; *path; path++)
        if (!copy_log(redactor, options, *path, error))
            return false;
    return true;
}
