/* credentials.c - the table of credentials, and the file that a preference names
 *
 * The table is not one of a profile: what stands in a profile's folder is copied and exported with
 * it. Wireshark keeps its tables in clear, so that a secret is better given as a file's name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "credentials.h"

#include <epan/uat.h>
#include <glib/gstdio.h>
#include <string.h>
#include <wsutil/filesystem.h>
#include <wsutil/report_message.h>

#include "base/text.h"
#include "base/wipe.h"
#include "files.h"

#define TABLE_FILE "sstpdiag_credentials"

enum { WRONG_LINES_SHOWN = 5 };

struct row {
    char *user, *value;
    uint32_t form; /* index of credential_forms */
};

static struct row *rows;
static unsigned num_rows;
static const char *pref_credentials_file = "";

/* What a reader of files is given, and tells. */
struct files {
    const char *folder; /* relative names are names in it; NULL for the current one */
    bool exposed;       /* a file can be read by all users */
};

static const char *
read_value(void *data, const char *path, uint8_t *bytes, size_t size, size_t *len)
{
    struct files *files = (struct files *)data;
    char *full = files->folder && !g_path_is_absolute(path)
                     ? g_build_filename(files->folder, path, NULL)
                     : g_strdup(path);
    uint8_t *content;
    const char *why = file_read(full, size, &content, len);

    if (!why) {
        memcpy(bytes, content, *len);
        wipe(content, *len);
        g_free(content);
        files->exposed |= file_is_exposed(full);
    }
    g_free(full);
    return why;
}

/* --- rows of the table ----------------------------------------------------------------------- */

static void
secret_free(char *text)
{
    if (text)
        wipe(text, strlen(text));
    g_free(text);
}

static void
row_value_set_cb(void *record, const char *text, unsigned len, const void *set_data,
                 const void *field_data)
{
    struct row *row = (struct row *)record;

    (void)set_data, (void)field_data;
    secret_free(row->value);
    row->value = g_strndup(text, len);
}

static void
row_value_tostr_cb(void *record, char **text, unsigned *len, const void *data,
                   const void *field_data)
{
    const struct row *row = (const struct row *)record;

    (void)data, (void)field_data;
    *text = g_strdup(row->value ? row->value : "");
    *len = (unsigned)strlen(*text);
}

UAT_CSTRING_CB_DEF(row, user, struct row)
UAT_VS_DEF(row, form, struct row, uint32_t, 0, "password")

/* As uat_fld_chk_enum(), which would name the word; and that may be a secret. */
static compat_uat_ret
row_form_check(void *record, const char *text, unsigned len, const void *names,
               const void *field_data, char **error)
{
    (void)record, (void)field_data;
    for (const value_string *name = (const value_string *)names; name->strptr; name++)
        if (strlen(name->strptr) == len && memcmp(name->strptr, text, len) == 0)
            return true;
    *error = g_strdup("the kind of value is none that the table has");
    return false;
}

static void *
row_copy(void *dest, const void *source, size_t len)
{
    const struct row *from = (const struct row *)source;
    struct row *to = (struct row *)dest;

    (void)len;
    *to = (struct row){ g_strdup(from->user), g_strdup(from->value), from->form };
    return to;
}

static void
row_free(void *record)
{
    struct row *row = (struct row *)record;

    g_free(row->user);
    secret_free(row->value);
}

static const char *
add_row(struct credentials *credentials, const struct row *row, struct files *files)
{
    const struct credentials_reader reader = { read_value, files };

    return credentials_add(credentials, row->user ? row->user : "",
                           credential_forms[row->form].name, row->value ? row->value : "", &reader);
}

static compat_uat_ret
row_check(void *record, char **error)
{
    struct credentials *credentials = credentials_new();
    struct files files = { NULL, false };
    const char *wrong = add_row(credentials, (const struct row *)record, &files);

    credentials_unref(credentials);
    if (wrong)
        *error = g_strdup(wrong);
    return !wrong;
}

/* Wireshark writes its tables as files that all users may read. */
static void
table_changed(void)
{
    char *path = get_persconffile_path(TABLE_FILE, false);

    if (file_is_exposed(path))
        g_chmod(path, S_IRUSR | S_IWUSR);
    g_free(path);
}

/* --- all of it ------------------------------------------------------------------------------- */

static void
warn_of_lines(const GPtrArray *wrong)
{
    for (unsigned i = 0; i < MIN(wrong->len, WRONG_LINES_SHOWN); i++)
        report_warning("sstpdiag.credentials_file: %s", (const char *)g_ptr_array_index(wrong, i));
    if (wrong->len > WRONG_LINES_SHOWN)
        report_warning("sstpdiag.credentials_file: and %s",
                       text_count(wrong->len - WRONG_LINES_SHOWN, "more wrong line").text);
}

/* warn: of what is wrong with it. */
static void
add_file(struct credentials *credentials, struct files *files, bool warn)
{
    char *folder = g_path_get_dirname(pref_credentials_file);
    GPtrArray *wrong = g_ptr_array_new_with_free_func(g_free);
    const struct credentials_reader reader = { read_value, files };
    uint8_t *bytes;
    size_t len;
    const char *why = file_read(pref_credentials_file, CREDENTIALS_FILE_MAX_LEN + 1, &bytes, &len);

    if (!why) {
        files->folder = folder;
        files->exposed |= file_is_exposed(pref_credentials_file);
        credentials_parse(credentials, buf_init(bytes, len), &reader, wrong);
        wipe(bytes, len);
        g_free(bytes);
    } else if (warn) {
        report_warning("sstpdiag.credentials_file: \"%s\" cannot be read: %s",
                       pref_credentials_file, why);
    }
    if (warn)
        warn_of_lines(wrong);
    g_ptr_array_unref(wrong);
    files->folder = NULL;
    g_free(folder);
}

static struct credentials *
read_all(bool warn)
{
    struct credentials *credentials = credentials_new();
    struct files files = { NULL, false };

    for (unsigned i = 0; i < num_rows; i++)
        add_row(credentials, &rows[i], &files);
    if (*pref_credentials_file)
        add_file(credentials, &files, warn);
    if (warn && files.exposed)
        report_warning("sstpdiag: every user of this machine can read a file with credentials");
    return credentials;
}

struct credentials *
credentials_read(void)
{
    return read_all(false);
}

void
credentials_check(void)
{
    credentials_unref(read_all(true));
}

void
credentials_register(module_t *module)
{
    static value_string forms[CREDENTIAL_FORM_COUNT + 1];
    static uat_field_t fields[] = {
        UAT_FLD_CSTRING(row, user, "User",
                        "User name as sent, with * and ? for any characters; with a domain or "
                        "realm only if that must fit as well"),
        { "form",
          "Kind of value",
          PT_TXTMOD_ENUM,
          { row_form_check, row_form_set_cb, row_form_tostr_cb },
          { forms, forms, forms },
          NULL,
          "Password, NT hash (32 hexadecimal digits) or HLAK (64 hexadecimal digits), as it is or "
          "as the first line of a file",
          FLDFILL },
        { "value",
          "Value",
          PT_TXTMOD_STRING,
          { uat_fld_chk_str, row_value_set_cb, row_value_tostr_cb },
          { NULL, NULL, NULL },
          NULL,
          "The secret, which is kept in clear and shown here; or the name of a file that holds it",
          FLDFILL },
        UAT_END_FIELDS
    };
    for (uint32_t i = 0; i < CREDENTIAL_FORM_COUNT; i++)
        forms[i] = (value_string){ i, credential_forms[i].name };
    uat_t *table = uat_new("SSTP Credentials", sizeof(struct row), TABLE_FILE, false, &rows,
                           &num_rows, UAT_AFFECTS_DISSECTION, NULL, row_copy, row_check, row_free,
                           table_changed, NULL, fields);

    prefs_register_uat_preference(
        module, "credentials", "Credentials",
        "Passwords, NT hashes or HLAKs by user, with which the crypto binding is verified. They "
        "belong to no profile.",
        table);
    prefs_register_filename_preference(
        module, "credentials_file", "File of credentials",
        "More of them: one a line, user, kind of value and value, with blanks between.",
        &pref_credentials_file, false);
}
