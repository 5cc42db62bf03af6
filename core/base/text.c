/* text.c - text made fit to be shown
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/text.h"

#include <string.h>

enum { TEXT_COLUMNS = 79, LABEL_INDENT = 4, LABEL_LEN = 10 };

bool
text_may_show(gunichar c)
{
    GUnicodeType type = g_unichar_type(c);

    return g_unichar_isprint(c) && type != G_UNICODE_LINE_SEPARATOR &&
           type != G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* Nearly all that is told is printable ASCII: it may be shown as it is. */
static bool
is_plain(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] < ' ' || text[i] > '~')
            return false;
    return true;
}

char *
text_shown(const char *text, const char *keep)
{
    if (is_plain(text, strlen(text)))
        return g_strdup(text);
    char *valid = g_utf8_make_valid(text, -1);
    GString *shown = g_string_sized_new(strlen(valid));

    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        bool stays = text_may_show(c) || (c < 0x80 && strchr(keep, (int)c));
        g_string_append_unichar(shown, stays ? c : '?');
    }
    g_free(valid);
    return g_string_free(shown, FALSE);
}

char *
text_clean(struct buf b)
{
    size_t len = MIN(buf_left(&b), (size_t)TEXT_MAX_LEN);

    if (is_plain((const char *)b.p, len))
        return g_strndup((const char *)b.p, len);
    char *text = g_utf8_make_valid((const char *)b.p, (gssize)len);
    GString *clean = g_string_new(NULL);
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        g_string_append_unichar(clean,
                                text_may_show(g_utf8_get_char(p)) ? g_utf8_get_char(p) : '?');
    g_free(text);
    return g_string_free(clean, FALSE);
}

void
text_once(char **text, struct buf b)
{
    if (!*text && buf_left(&b) > 0)
        *text = text_clean(b);
}

const char *
text_are(uint64_t number)
{
    return number == 1 ? "is" : "are";
}

const char *
text_were(uint64_t number)
{
    return number == 1 ? "was" : "were";
}

struct text_words
text_count(uint64_t number, const char *noun)
{
    struct text_words words;
    const char *ending = number == 1 ? "" : "s";
    size_t len = strlen(noun);

    if (number != 1 && g_str_has_suffix(noun, "s"))
        ending = "es";
    if (number != 1 && g_str_has_suffix(noun, "ry")) {
        ending = "ies";
        len--;
    }
    g_snprintf(words.text, sizeof words.text, "%" G_GUINT64_FORMAT " %.*s%s", number, (int)len,
               noun, ending);
    return words;
}

struct text_words
text_times(uint64_t number)
{
    struct text_words words;

    if (number == 1 || number == 2)
        g_strlcpy(words.text, number == 1 ? "once" : "twice", sizeof words.text);
    else
        g_snprintf(words.text, sizeof words.text, "%" G_GUINT64_FORMAT " times", number);
    return words;
}

/* From here on the digits behind the dot say nothing more. */
static const double whole_ms = 0.00995, tenths_of_second = 0.9995;

struct text_words
text_seconds(double seconds)
{
    struct text_words words;

    if (!(seconds > 0))
        g_strlcpy(words.text, "0 s", sizeof words.text);
    else if (seconds >= tenths_of_second)
        g_snprintf(words.text, sizeof words.text, "%.1f s", seconds);
    else
        g_snprintf(words.text, sizeof words.text, seconds < whole_ms ? "%.1f ms" : "%.0f ms",
                   1000 * seconds);
    return words;
}

char *
text_hex(const uint8_t *bytes, size_t len)
{
    GString *text = g_string_sized_new(2 * len);

    for (size_t i = 0; i < len; i++)
        g_string_append_printf(text, "%02x", bytes[i]);
    return g_string_free(text, FALSE);
}

/* Is the word, of this length, a unit that stands behind its number? */
static bool
is_unit(const char *word, size_t len)
{
    static const char *const units[] = { "s",  "ms", "us",     "bytes",  "byte",    "kB",     "MB",
                                         "GB", "%",  "kbit/s", "Mbit/s", "seconds", "minutes" };

    while (len > 0 && strchr(",.;:)", word[len - 1]))
        len--;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (strlen(units[i]) == len && strncmp(word, units[i], len) == 0)
            return true;
    return false;
}

/* How many bytes no line may break: a word, or a number and its unit. */
static size_t
together(const char *words)
{
    size_t len = strcspn(words, " "), next = len + strspn(words + len, " ");
    size_t unit = strcspn(words + next, " ");

    if (len > 0 && g_ascii_isdigit(words[words[0] == '(']) && g_ascii_isdigit(words[len - 1]) &&
        is_unit(words + next, unit))
        return next + unit;
    return len;
}

void
text_wrapped(GString *text, size_t indent, size_t column, const char *words)
{
    /* A first word as short as the indent needs a blank behind it all the same. */
    for (bool first = column <= indent; *words; first = false) {
        size_t len = together(words);
        size_t width = (size_t)g_utf8_strlen(words, (gssize)len);
        if (!first && column + 1 + width > TEXT_COLUMNS) {
            g_string_append_printf(text, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!first) {
            g_string_append_c(text, ' ');
            column++;
        }
        g_string_append_len(text, words, (gssize)len);
        column += width;
        words += len;
        words += strspn(words, " ");
    }
    g_string_append_c(text, '\n');
}

void
text_labelled(GString *text, const char *label, const char *words)
{
    if (!*words)
        return;
    g_string_append_printf(text, "%*s%-*s", LABEL_INDENT, "", LABEL_LEN, label);
    text_wrapped(text, LABEL_INDENT + LABEL_LEN, LABEL_INDENT + LABEL_LEN, words);
}
