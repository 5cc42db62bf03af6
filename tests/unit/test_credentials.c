/* test_credentials.c - passwords, NT hashes and HLAKs that the user gives
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"

#include "crypto/credentials.h"

#define NT_HASH "44EBBA8D5312B8D611474411F56989AE"
#define HLAK    NT_HASH "00112233445566778899aabbccddeeff"

/* A secret of every refused entry: no reason may have it. */
#define SECRET "hunter2"

/* Files by name: what stands before the slash is their content. */
static const char *
read_fake(void *data, const char *path, uint8_t *bytes, size_t size, size_t *len)
{
    const char *content = data;

    if (strcmp(path, "there") != 0)
        return "No such file or directory";
    *len = MIN(strlen(content), size);
    memcpy(bytes, content, *len);
    return NULL;
}

static struct credentials_reader
reader_of(const char *content)
{
    return (struct credentials_reader){ read_fake, (char *)content };
}

/* --- values ---------------------------------------------------------------------------------- */

struct value_row {
    const char *name;
    const char *form, *value, *file;
    const char *hex;   /* the secret; NULL when the entry is refused */
    const char *wrong; /* part of the reason */
};

static const struct value_row value_rows[] = {
    { "password", "password", "p\xc3\xa4 #", NULL, "70c3a42023", NULL },
    { "password/form-in-capitals", "Password", "p", NULL, "70", NULL },
    { "password/not-utf-8", "password", SECRET "\xe4", NULL, NULL, "not in UTF-8" },
    { "password/empty", "password", "", NULL, NULL, "value is missing" },
    { "password-file", "password-file", "there", "pass word\nmore\n", "7061737320776f7264", NULL },
    { "password-file/windows", "password-file", "there", "\xef\xbb\xbfpw\r\n", "7077", NULL },
    { "password-file/no-newline", "password-file", "there", "pw", "7077", NULL },
    { "password-file/empty-line", "password-file", "there", "\n", "", NULL },
    { "password-file/empty", "password-file", "there", "", "", NULL },
    { "password-file/utf-16", "password-file", "there", "\xff\xfep", NULL, "UTF-16" },
    { "password-file/not-utf-8", "password-file", "there", "\xe4", NULL, "not in UTF-8" },
    { "password-file/missing", "password-file", SECRET, "", NULL, "No such file" },
    { "nt-hash", "nt-hash", NT_HASH, NULL, NT_HASH, NULL },
    { "nt-hash/one-less", "nt-hash", "4ebba8d5312b8d611474411f56989ae", NULL, NULL,
      "32 hexadecimal digits" },
    { "nt-hash/one-more", "nt-hash", NT_HASH "0", NULL, NULL, "32 hexadecimal digits" },
    { "nt-hash/no-digit", "nt-hash", "44EBBA8D5312B8D611474411F56989Ag", NULL, NULL,
      "32 hexadecimal digits" },
    { "nt-hash/password", "nt-hash", SECRET, NULL, NULL, "32 hexadecimal digits" },
    { "nt-hash-file", "nt-hash-file", "there", NT_HASH "\r\n", NT_HASH, NULL },
    { "hlak", "hlak", HLAK, NULL, HLAK, NULL },
    { "hlak/half", "hlak", NT_HASH, NULL, NULL, "64 hexadecimal digits" },
    { "hlak-file", "hlak-file", "there", HLAK, HLAK, NULL },
    { "form/none", "", SECRET, NULL, NULL, "kind of value" },
    { "form/password-instead", SECRET, "password", NULL, NULL, "kind of value" },
};

static void
run_value(gconstpointer data)
{
    const struct value_row *row = data;
    struct credentials *credentials = credentials_new();
    struct credentials_reader reader = reader_of(row->file);
    const char *wrong = credentials_add(credentials, "alice", row->form, row->value, &reader);
    unsigned position = 0;
    const struct credential *found = credentials_next(credentials, "alice", &position);

    if (row->hex) {
        struct hex hex = hex_new(row->hex);
        g_assert_cmpstr(wrong, ==, NULL);
        g_assert_nonnull(found);
        g_assert_cmpmem(found->secret, found->secret_len, hex.data, hex.len);
        hex_free(hex);
    } else {
        g_assert_null(found);
        g_assert_nonnull(wrong);
        g_assert_nonnull(strstr(wrong, row->wrong));
        g_assert_null(strstr(wrong, SECRET));
        g_assert_cmpuint(credentials_count(credentials), ==, 0);
    }
    credentials_unref(credentials);
}

/* RFC 2759 counts characters, whatever bytes they have; a value that is longer than any is not cut.
 */
static void
test_longest(void)
{
    struct credentials *credentials = credentials_new();
    GString *password = g_string_new(NULL);
    struct credentials_reader reader;

    for (int i = 0; i < CREDENTIALS_PASSWORD_MAX_CHARS; i++)
        g_string_append(password, "\xc3\xa4");
    g_assert_null(credentials_add(credentials, "a", "password", password->str, NULL));
    reader = reader_of(password->str);
    g_assert_null(credentials_add(credentials, "a", "password-file", "there", &reader));
    g_string_append_c(password, 'b');
    g_assert_nonnull(credentials_add(credentials, "a", "password", password->str, NULL));
    g_string_set_size(password, 0);
    for (int i = 0; i < CREDENTIALS_WORD_MAX_LEN + 1; i++)
        g_string_append_c(password, 'c');
    g_assert_nonnull(credentials_add(credentials, "a", "password", password->str, NULL));
    g_assert_nonnull(credentials_add(credentials, password->str, "password", "p", NULL));
    reader = reader_of(password->str);
    g_assert_nonnull(credentials_add(credentials, "a", "password-file", "there", &reader));
    g_assert_cmpuint(credentials_count(credentials), ==, 2);
    g_string_free(password, TRUE);
    credentials_unref(credentials);
}

/* --- users ----------------------------------------------------------------------------------- */

struct user_row {
    const char *name;
    const char *pattern, *user;
    bool fits;
};

static const struct user_row user_rows[] = {
    { "same", "alice", "alice", true },
    { "case", "Alice", "aLICE", true },
    { "case/not-ascii", "\xc3\x84nne", "\xc3\xa4nne", true },
    { "other", "alice", "alice2", false },
    { "any-domain", "alice", "CORP\\alice", true },
    { "any-realm", "alice", "alice@corp.example", true },
    { "any-domain-and-realm", "alice", "CORP\\alice@corp.example", true },
    { "domain-is-no-user", "CORP", "CORP\\alice", false },
    { "domain", "corp\\alice", "CORP\\Alice", true },
    { "domain/missing", "CORP\\alice", "alice", false },
    { "domain/other", "CORP\\alice", "LAB\\alice", false },
    { "domain/glob", "*\\alice", "LAB\\alice", true },
    { "domain/all-users", "CORP\\*", "CORP\\bob", true },
    { "realm", "alice@corp.example", "ALICE@CORP.example", true },
    { "realm/missing", "alice@corp.example", "alice", false },
    { "realm/glob", "*@corp.example", "bob@corp.example", true },
    { "glob", "*", "CORP\\alice", true },
    { "glob/not-seen", "*", NULL, true },
    { "glob/none-needed", "alice", NULL, false },
    { "glob/one-character", "user?", "user7", true },
    { "glob/one-character-more", "user?", "user", false },
    { "brackets-are-no-glob", "[ab]lice", "alice", false },
};

static void
run_user(gconstpointer data)
{
    const struct user_row *row = data;
    struct credentials *credentials = credentials_new();
    unsigned position = 0;

    g_assert_null(credentials_add(credentials, row->pattern, "password", "p", NULL));
    g_assert_cmpint(credentials_next(credentials, row->user, &position) != NULL, ==, row->fits);
    credentials_unref(credentials);
}

static void
test_order(void)
{
    struct credentials *credentials = credentials_new();
    unsigned position = 0;

    g_assert_null(credentials_add(credentials, "bob", "password", "1", NULL));
    g_assert_null(credentials_add(credentials, "alice", "nt-hash", NT_HASH, NULL));
    g_assert_null(credentials_add(credentials, "*", "password", "2", NULL));
    g_assert_cmpint(credentials_next(credentials, "alice", &position)->kind, ==,
                    CREDENTIAL_NT_HASH);
    g_assert_cmpstr(credentials_next(credentials, "alice", &position)->pattern, ==, "*");
    g_assert_null(credentials_next(credentials, "alice", &position));
    g_assert_null(credentials_next(credentials, "alice", &position));
    position = 0;
    g_assert_null(credentials_next(NULL, "alice", &position));
    g_assert_cmpuint(credentials_count(NULL), ==, 0);
    credentials_unref(credentials_ref(credentials));
    g_assert_cmpuint(credentials_count(credentials), ==, 3);
    credentials_unref(credentials);
    credentials_unref(NULL);
}

/* --- files ----------------------------------------------------------------------------------- */

struct file_row {
    const char *name;
    const char *file;
    const char *user, *secrets; /* of the entries that fit the user, with a blank behind each */
    const char *wrong;          /* "line: part of the reason", NULL when nothing is */
};

static const struct file_row file_rows[] = {
    { "empty", "", "alice", "", NULL },
    { "one", "alice password pw", "alice", "pw ", NULL },
    { "tabs-and-blanks", " alice\tpassword \t pw \t\r\n", "alice", "pw ", NULL },
    { "mark",
      "\xef\xbb\xbf"
      "alice password pw\n",
      "alice", "pw ", NULL },
    { "comments", "# of the lab\n\n  # too\nalice password #pw\n", "alice", "#pw ", NULL },
    { "order", "* password 1\nbob password 2\nalice password 3\n", "alice", "1 3 ", NULL },
    { "backslash", "CORP\\alice password p\\w\n", "CORP\\alice", "p\\w ", NULL },
    { "quoted", "\"CORP\\al ice\" password \"p \\\"\\\\w\"\n", "corp\\al ice", "p \"\\w ", NULL },
    { "quote-inside", "alice password p\"w\n", "alice", "p\"w ", NULL },
    { "file", "alice password-file there", "alice", SECRET " ", NULL },
    { "file/missing", "alice password-file " SECRET "\n", "alice", "", "1: No such file" },
    { "quote-open", "alice password \"" SECRET "\n", "alice", "", "1: double quote" },
    { "quote-open/escaped", "alice password \"" SECRET "\\\"\n", "alice", "", "1: double quote" },
    { "quote-goes-on", "alice password \"pw\"" SECRET "\n", "alice", "", "1: double quote" },
    { "value-missing", "alice password\n", "alice", "", "1: value is missing" },
    { "form-missing", SECRET "\n", "alice", "", "1: kind of value" },
    { "quoted-nothing", "\"\" password pw\n", "alice", "", "1: user is missing" },
    { "fourth-word", "alice password my " SECRET "\n", "alice", "", "1: more than three words" },
    { "one-of-three", "* password 1\nb " SECRET " 2\n* password 3\n", "alice", "1 3 ",
      "2: kind of value" },
    { "utf-16",
      "\xff\xfe"
      "a",
      "alice", "", "1: UTF-16" },
};

static void
assert_reason(const GPtrArray *wrong, const char *expected)
{
    if (!expected) {
        g_assert_cmpuint(wrong->len, ==, 0);
        return;
    }
    char **parts = g_strsplit(expected, ": ", 2);
    char *prefix = g_strconcat("line ", parts[0], ": ", NULL);
    g_assert_cmpuint(wrong->len, ==, 1);
    const char *reason = g_ptr_array_index(wrong, 0);
    g_assert_true(g_str_has_prefix(reason, prefix));
    g_assert_nonnull(strstr(reason, parts[1]));
    g_assert_null(strstr(reason, SECRET));
    g_free(prefix);
    g_strfreev(parts);
}

static void
assert_file(struct buf file, const char *user, const char *secrets, const char *reason)
{
    struct credentials *credentials = credentials_new();
    GPtrArray *wrong = g_ptr_array_new_with_free_func(g_free);
    struct credentials_reader reader = reader_of(SECRET);
    GString *found = g_string_new(NULL);
    const struct credential *credential;
    unsigned position = 0;

    credentials_parse(credentials, file, &reader, wrong);
    assert_reason(wrong, reason);
    while ((credential = credentials_next(credentials, user, &position)) != NULL) {
        g_string_append_len(found, (const char *)credential->secret,
                            (gssize)credential->secret_len);
        g_string_append_c(found, ' ');
    }
    g_assert_cmpstr(found->str, ==, secrets);
    g_string_free(found, TRUE);
    g_ptr_array_unref(wrong);
    credentials_unref(credentials);
}

static void
run_file(gconstpointer data)
{
    const struct file_row *row = data;

    assert_file(text_buf(row->file), row->user, row->secrets, row->wrong);
}

static void
test_nul(void)
{
    struct hex hex = hex_new("61 20 70 00 62 0a");

    assert_file(hex_buf(&hex), "a", "", "1: not a text file");
    hex_free(hex);
}

/* Too many lines, and too long a file. */
static void
test_limits(void)
{
    struct credentials *credentials = credentials_new();
    GPtrArray *wrong = g_ptr_array_new_with_free_func(g_free);
    GString *file = g_string_new(NULL);

    for (int i = 0; i < CREDENTIALS_MAX + 1; i++)
        g_string_append(file, "a password p\n");
    credentials_parse(credentials, text_buf(file->str), NULL, wrong);
    g_assert_cmpuint(credentials_count(credentials), ==, CREDENTIALS_MAX);
    assert_reason(wrong, "4097: more than 4096 entries");
    g_ptr_array_set_size(wrong, 0);
    while (file->len <= CREDENTIALS_FILE_MAX_LEN)
        g_string_append_c(file, '\n');
    credentials_parse(credentials, text_buf(file->str), NULL, wrong);
    assert_reason(wrong, "1: too long");
    g_string_free(file, TRUE);
    g_ptr_array_unref(wrong);
    credentials_unref(credentials);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/credentials/value", value_rows, run_value);
    g_test_add_func("/credentials/longest", test_longest);
    ADD_ROWS("/credentials/user", user_rows, run_user);
    g_test_add_func("/credentials/order", test_order);
    ADD_ROWS("/credentials/file", file_rows, run_file);
    g_test_add_func("/credentials/nul", test_nul);
    g_test_add_func("/credentials/limits", test_limits);
    return g_test_run();
}
