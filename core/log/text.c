/* text.c - text of a log line, made fit to be shown
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/text.h"

#include "base/text.h"

#include <stdbool.h>
#include <string.h>

enum {
    HEX_DIGITS_MAX = 23, /* shorter runs are magic numbers and ids */
    HEX_PAIRS_MAX = 7,
    SHA1_DIGITS = 40,
    SHA256_DIGITS = 64,
};

static const char hidden[] = "<hidden>";

/* --- characters ------------------------------------------------------------------------------ */

/* Behind an escape sequence of a terminal: "ESC [ 1 ; 31 m". */
static const char *
escape_end(const char *p)
{
    if (*p++ != '\033')
        return NULL;
    if (*p == '[')
        for (p++; *p && strchr("0123456789;?", *p);)
            p++;
    return *p ? p + 1 : p;
}

/* Only what can be printed, blanks in a row as one. */
static GString *
printable(const char *text)
{
    char *valid = g_utf8_make_valid(text, -1);
    GString *clean = g_string_new(NULL);

    for (const char *p = valid; *p;) {
        const char *end = escape_end(p);
        gunichar c = end ? ' ' : g_utf8_get_char(p);
        p = end ? end : g_utf8_next_char(p);
        while (end && (*p & 0xc0) == 0x80) /* a sequence never ends inside a character */
            p++;
        if (c == '\t' || c == '\n' || c == '\r')
            c = ' ';
        if (c == ' ' && (clean->len == 0 || clean->str[clean->len - 1] == ' '))
            continue;
        g_string_append_unichar(clean, g_unichar_isprint(c) ? c : '?');
    }
    if (clean->len && clean->str[clean->len - 1] == ' ')
        g_string_truncate(clean, clean->len - 1);
    g_free(valid);
    return clean;
}

const char *
log_find_word(const char *p, const char *word)
{
    size_t len = strlen(word);

    for (; *p; p++)
        if (g_ascii_strncasecmp(p, word, len) == 0)
            return p;
    return NULL;
}

/* --- passwords ------------------------------------------------------------------------------- */

/* Length of a word that names a secret, with which p begins; else 0. */
static size_t
secret_word_len(const char *p)
{
    static const char *const words[] = {
        "password", "passphrase", "passwd", "pass", "pwd", "secret"
    };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strncasecmp(p, words[i], strlen(words[i])) == 0)
            return strlen(words[i]);
    return 0;
}

/* An option: "--password x", or "password x" in a command line that runs pppd. */
static bool
is_option(const char *text, const char *word)
{
    if (word == text)
        return false;
    return word[-1] == '-' ||
           (word[-1] == ' ' && (log_find_word(text, "pppd ") || log_find_word(text, "command=")));
}

/* Where the secret begins that stands behind such a word; NULL when none does. */
static const char *
secret_begin(const char *text, const char *word, size_t word_len)
{
    const char *p = word + word_len;

    p += *p == '"' || *p == '\'';
    p += strspn(p, " ");
    if (*p == '=' || *p == ':') {
        p++;
        return p + strspn(p, " ");
    }
    if (p > word + word_len && (*p == '"' || is_option(text, word)))
        return p;
    return NULL;
}

static const char *
secret_end(const char *p)
{
    char quote = *p;

    if (quote != '"' && quote != '\'')
        return p + strcspn(p, " ");
    for (p++; *p && *p != quote; p++)
        if (*p == '\\' && p[1])
            p++;
    return *p ? p + 1 : p;
}

static void
hide_secrets(GString *line)
{
    GString *clean = g_string_sized_new(line->len);

    for (const char *p = line->str; *p;) {
        size_t len = secret_word_len(p);
        const char *begin = len ? secret_begin(line->str, p, len) : NULL;
        if (!begin || !*begin || g_str_has_prefix(begin, hidden)) {
            size_t step = MAX(len, 1);
            g_string_append_len(clean, p, (gssize)step);
            p += step;
            continue;
        }
        g_string_append_len(clean, p, begin - p);
        g_string_append(clean, hidden);
        p = secret_end(begin);
    }
    g_string_assign(line, clean->str);
    g_string_free(clean, TRUE);
}

/* --- bytes ----------------------------------------------------------------------------------- */

static size_t
hex_len(const char *p)
{
    size_t len = 0;

    while (g_ascii_isxdigit(p[len]))
        len++;
    return len;
}

/* How many bytes stand there as pairs of digits with blanks or colons between them. */
static size_t
hex_pairs(const char *p)
{
    size_t num = 0;

    while (hex_len(p) == 2) {
        num++;
        p += 2;
        if (*p == ' ' || *p == ':')
            p++;
    }
    return num;
}

/* Hashes of certificates are wanted, other bytes are not. */
static bool
is_hash(const char *line, size_t num_digits)
{
    return (num_digits == SHA1_DIGITS || num_digits == SHA256_DIGITS) &&
           (log_find_word(line, "sha") || log_find_word(line, "hash") ||
            log_find_word(line, "cert"));
}

static void
hide_bytes(GString *line)
{
    GString *clean = g_string_sized_new(line->len);

    for (const char *p = line->str; *p;) {
        size_t len = hex_len(p), pairs = hex_pairs(p);
        if (pairs > HEX_PAIRS_MAX && !is_hash(line->str, 2 * pairs)) {
            /* The same bytes may stand behind it as characters. */
            g_string_append(clean, "(bytes)");
            break;
        }
        if (len > HEX_DIGITS_MAX && !is_hash(line->str, len)) {
            g_string_append_printf(clean, "(%s)", text_count((len + 1) / 2, "byte").text);
            p += len;
            continue;
        }
        len = MAX(len, 1);
        g_string_append_len(clean, p, (gssize)len);
        p += len;
    }
    g_string_assign(line, clean->str);
    g_string_free(clean, TRUE);
}

char *
log_text_clean(const char *text)
{
    GString *line = printable(text);

    hide_secrets(line);
    hide_bytes(line);
    if (g_utf8_strlen(line->str, -1) > LOG_TEXT_CHARS_MAX) {
        g_string_truncate(
            line, (gsize)(g_utf8_offset_to_pointer(line->str, LOG_TEXT_CHARS_MAX) - line->str));
        g_string_append(line, "...");
    }
    return g_string_free(line, FALSE);
}
