/* credentials.c - passwords, NT hashes and HLAKs that the user gives, by user name
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "crypto/credentials.h"

#include <string.h>

#include "base/wipe.h"

const struct credential_form credential_forms[CREDENTIAL_FORM_COUNT] = {
    { "password", CREDENTIAL_PASSWORD, false }, { "password-file", CREDENTIAL_PASSWORD, true },
    { "nt-hash", CREDENTIAL_NT_HASH, false },   { "nt-hash-file", CREDENTIAL_NT_HASH, true },
    { "hlak", CREDENTIAL_HLAK, false },         { "hlak-file", CREDENTIAL_HLAK, true },
};

enum { WORDS = 3 }; /* of a line: pattern, form, value */

struct entry {
    struct credential credential;
    char *folded; /* the pattern, without regard to case */
    bool whole;   /* it has a domain or realm */
};

struct credentials {
    unsigned refs;
    GPtrArray *entries; /* struct entry */
};

/* --- a value --------------------------------------------------------------------------------- */

static const char *
take_password(struct credential *credential, struct buf value)
{
    size_t len = buf_left(&value);

    /* Its NT hash is one of UTF-16 (RFC 2759, section 8.3). */
    if (!g_utf8_validate((const char *)value.p, (gssize)len, NULL))
        return "the password is not in UTF-8";
    if (g_utf8_strlen((const char *)value.p, (gssize)len) > CREDENTIALS_PASSWORD_MAX_CHARS)
        return "the password has more than 256 characters";
    credential->secret = g_malloc(len + 1);
    credential->secret_len = len;
    buf_copy(&value, credential->secret, len);
    return NULL;
}

static const char *
take_hex(struct credential *credential, struct buf value, size_t len, const char *wrong)
{
    if (buf_left(&value) != 2 * len)
        return wrong;
    credential->secret = g_malloc(len);
    credential->secret_len = len;
    return buf_hex(&value, credential->secret, len) ? NULL : wrong;
}

static const char *
take_value(struct credential *credential, struct buf value)
{
    switch (credential->kind) {
    case CREDENTIAL_PASSWORD:
        return take_password(credential, value);
    case CREDENTIAL_NT_HASH:
        return take_hex(credential, value, CREDENTIALS_NT_HASH_LEN,
                        "an NT hash is 32 hexadecimal digits");
    case CREDENTIAL_HLAK:
        return take_hex(credential, value, CREDENTIALS_HLAK_LEN,
                        "an HLAK is 64 hexadecimal digits (32 bytes)");
    }
    return NULL;
}

static bool
skip_prefix(struct buf *b, const char *prefix)
{
    size_t len = strlen(prefix);

    return buf_left(b) >= len && memcmp(b->p, prefix, len) == 0 && buf_skip(b, len);
}

/* Behind a byte order mark, which editors put in front of UTF-8; NULL, or why it is no such text.
 */
static const char *
skip_mark(struct buf *file)
{
    if (skip_prefix(file, "\xff\xfe") || skip_prefix(file, "\xfe\xff"))
        return "the file is in UTF-16; save it as UTF-8";
    skip_prefix(file, "\xef\xbb\xbf");
    return NULL;
}

/* Cuts a line off, without its end. False when there are no more. */
static bool
next_line(struct buf *file, struct buf *line)
{
    size_t left = buf_left(file);

    if (left == 0)
        return false;
    const uint8_t *end = memchr(file->p, '\n', left);
    size_t len = end ? (size_t)(end - file->p) : left;
    buf_sub(file, len, line);
    buf_skip(file, 1);
    if (len > 0 && line->end[-1] == '\r')
        line->end--;
    return true;
}

static const char *
take_file(struct credential *credential, const char *path, const struct credentials_reader *reader)
{
    /* The line, what may stand around it, and one byte more to see that it is too long. */
    uint8_t bytes[CREDENTIALS_WORD_MAX_LEN + 8];
    size_t len = 0;
    const char *wrong = reader->read(reader->data, path, bytes, sizeof bytes, &len);

    if (!wrong) {
        struct buf file = buf_init(bytes, len), line = buf_init(bytes, 0);
        wrong = skip_mark(&file);
        next_line(&file, &line);
        if (!wrong && buf_left(&line) > CREDENTIALS_WORD_MAX_LEN)
            wrong = "the first line of the file is too long";
        if (!wrong && memchr(line.p, '\0', buf_left(&line)))
            wrong = "the file is not a text file";
        if (!wrong)
            wrong = take_value(credential, line);
    }
    wipe(bytes, sizeof bytes);
    return wrong;
}

/* --- the set --------------------------------------------------------------------------------- */

static void
entry_free(gpointer data)
{
    struct entry *entry = data;

    wipe(entry->credential.secret, entry->credential.secret_len);
    g_free(entry->credential.secret);
    g_free(entry->credential.pattern);
    g_free(entry->folded);
    g_free(entry);
}

struct credentials *
credentials_new(void)
{
    struct credentials *credentials = g_new0(struct credentials, 1);

    credentials->refs = 1;
    credentials->entries = g_ptr_array_new_with_free_func(entry_free);
    return credentials;
}

struct credentials *
credentials_ref(struct credentials *credentials)
{
    credentials->refs++;
    return credentials;
}

void
credentials_unref(struct credentials *credentials)
{
    if (!credentials || --credentials->refs > 0)
        return;
    g_ptr_array_unref(credentials->entries);
    g_free(credentials);
}

unsigned
credentials_count(const struct credentials *credentials)
{
    return credentials ? credentials->entries->len : 0;
}

static const struct credential_form *
form_named(const char *name)
{
    for (unsigned i = 0; i < CREDENTIAL_FORM_COUNT; i++)
        if (g_ascii_strcasecmp(name, credential_forms[i].name) == 0)
            return &credential_forms[i];
    return NULL;
}

/* Checks an entry as far as that is possible before its value is read. What is wrong; NULL for
 * nothing. */
static const char *
wrong_words(const struct credentials *credentials, const char *pattern, const char *form,
            const char *value)
{
    if (!*pattern)
        return "the user is missing; * stands for any";
    if (strlen(pattern) > CREDENTIALS_WORD_MAX_LEN || !g_utf8_validate(pattern, -1, NULL))
        return "the user is too long, or not in UTF-8";
    if (!form_named(form))
        return "the kind of value is none of password, nt-hash, hlak, password-file, nt-hash-file, "
               "hlak-file";
    if (!*value)
        return "the value is missing; an empty password is given by a file whose first line is "
               "empty";
    if (strlen(value) > CREDENTIALS_WORD_MAX_LEN)
        return "the value is too long";
    if (credentials->entries->len == CREDENTIALS_MAX)
        return "there are more than 4096 entries";
    return NULL;
}

const char *
credentials_add(struct credentials *credentials, const char *pattern, const char *form,
                const char *value, const struct credentials_reader *reader)
{
    const char *wrong = wrong_words(credentials, pattern, form, value);

    if (wrong)
        return wrong;
    const struct credential_form *how = form_named(form);
    struct entry *entry = g_new0(struct entry, 1);
    entry->credential.pattern = g_strdup(pattern);
    entry->credential.kind = how->kind;
    entry->folded = g_utf8_casefold(pattern, -1);
    entry->whole = strpbrk(pattern, "\\@") != NULL;
    wrong = how->in_file
                ? take_file(&entry->credential, value, reader)
                : take_value(&entry->credential, buf_init((const uint8_t *)value, strlen(value)));
    if (wrong) {
        entry_free(entry);
        return wrong;
    }
    g_ptr_array_add(credentials->entries, entry);
    return NULL;
}

/* --- a file of entries ----------------------------------------------------------------------- */

static bool
is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static void
skip_blanks(struct buf *line)
{
    uint8_t byte;

    while (buf_peek_u8(line, 0, &byte) && is_blank(byte))
        buf_skip(line, 1);
}

/* Adds a byte to word; false when there is no place for it and a NUL. */
static bool
word_add(char *word, size_t *len, uint8_t byte)
{
    if (*len == CREDENTIALS_WORD_MAX_LEN)
        return false;
    word[(*len)++] = (char)byte;
    return true;
}

/* The word behind an opening quote; false without a closing one, or when it is too long. */
static bool
quoted_word(struct buf *line, char *word, size_t *len)
{
    uint8_t byte, next;

    while (buf_u8(line, &byte)) {
        if (byte == '"')
            return true;
        if (byte == '\\' && buf_peek_u8(line, 0, &next) && (next == '"' || next == '\\'))
            buf_u8(line, &byte);
        if (!word_add(word, len, byte))
            return false;
    }
    return false;
}

static bool
plain_word(struct buf *line, char *word, size_t *len)
{
    uint8_t byte;

    while (buf_peek_u8(line, 0, &byte) && !is_blank(byte)) {
        if (!word_add(word, len, byte))
            return false;
        buf_skip(line, 1);
    }
    return true;
}

/* Cuts a word off, to word, which has a place for a NUL more than the longest one. NULL, or what is
 * wrong with it. */
static const char *
next_word(struct buf *line, char *word)
{
    size_t len = 0;
    bool good =
        skip_prefix(line, "\"") ? quoted_word(line, word, &len) : plain_word(line, word, &len);

    word[len] = '\0';
    if (!good || (buf_left(line) > 0 && !is_blank(*line->p)))
        return "a word is too long, or a double quote has no other one before the next blank";
    skip_blanks(line);
    return NULL;
}

/* NULL, or what is wrong with the line. */
static const char *
add_line(struct credentials *credentials, struct buf line, const struct credentials_reader *reader)
{
    char words[WORDS][CREDENTIALS_WORD_MAX_LEN + 1];
    const char *wrong = NULL;

    if (memchr(line.p, '\0', buf_left(&line)))
        return "the file is not a text file";
    skip_blanks(&line);
    if (buf_left(&line) == 0 || *line.p == '#')
        return NULL;
    for (int i = 0; i < WORDS && !wrong; i++)
        wrong = next_word(&line, words[i]);
    if (!wrong && buf_left(&line) > 0)
        wrong = "there are more than three words: put one that has blanks in double quotes";
    if (!wrong)
        wrong = credentials_add(credentials, words[0], words[1], words[2], reader);
    wipe(words, sizeof words);
    return wrong;
}

void
credentials_parse(struct credentials *credentials, struct buf file,
                  const struct credentials_reader *reader, GPtrArray *wrong)
{
    const char *why =
        buf_left(&file) > CREDENTIALS_FILE_MAX_LEN ? "the file is too long" : skip_mark(&file);
    struct buf line;

    if (why) {
        g_ptr_array_add(wrong, g_strdup_printf("line 1: %s", why));
        return;
    }
    for (unsigned number = 1; next_line(&file, &line); number++) {
        why = add_line(credentials, line, reader);
        if (why)
            g_ptr_array_add(wrong, g_strdup_printf("line %u: %s", number, why));
    }
}

/* --- lookup ---------------------------------------------------------------------------------- */

/* The user's part of DOMAIN\user or user@realm. Newly allocated. */
static char *
user_part(const char *name)
{
    const char *domain = strrchr(name, '\\');

    name = domain ? domain + 1 : name;
    return g_strndup(name, strcspn(name, "@"));
}

const struct credential *
credentials_next(const struct credentials *credentials, const char *user, unsigned *position)
{
    const struct credential *found = NULL;

    if (*position >= credentials_count(credentials))
        return NULL;
    char *whole = g_utf8_casefold(user ? user : "", -1), *part = user_part(whole);
    while (!found && *position < credentials->entries->len) {
        const struct entry *entry = g_ptr_array_index(credentials->entries, (*position)++);
        if (g_pattern_match_simple(entry->folded, entry->whole ? whole : part))
            found = &entry->credential;
    }
    g_free(whole);
    g_free(part);
    return found;
}
