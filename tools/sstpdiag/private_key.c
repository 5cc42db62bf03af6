/* private_key.c - is a file a private key, and one that opens captures?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "private_key.h"

#include <stdio.h>
#include <string.h>

#include "base/wipe.h"

enum { HEAD_LEN = 64 * 1024 }; /* a certificate and its chain may stand in front */

/* What PEM may hold, the first that fits; wrong: why it does not do, with the file's name twice;
 * NULL: it does. */
static const struct kind {
    const char *mark, *wrong;
} kinds[] = {
    { "-----BEGIN ENCRYPTED PRIVATE KEY-----",
      "%s is protected by a passphrase, which tshark cannot be given. Make a copy without one that "
      "only you can read, and remove it afterwards: umask 077; openssl pkey -in %s -out "
      "plain.pem" },
    { "Proc-Type: 4,ENCRYPTED",
      "%s is protected by a passphrase, which tshark cannot be given. Make a copy without one that "
      "only you can read, and remove it afterwards: umask 077; openssl pkey -in %s -out "
      "plain.pem" },
    { "-----BEGIN RSA PRIVATE KEY-----", NULL },
    { "-----BEGIN PRIVATE KEY-----", NULL },
    { "-----BEGIN EC PRIVATE KEY-----",
      "%s is a key for elliptic curves: no capture can be decrypted with one. Use a key log "
      "(--keylog)" },
    { "-----BEGIN OPENSSH PRIVATE KEY-----", "%s is a key of SSH, not the server's TLS key" },
    { "-----BEGIN CERTIFICATE-----",
      "%s is a certificate without its private key, which is another file" },
};

/* The beginning of a file, as text; NULL: it cannot be read. Wiped and freed by the caller. */
static char *
read_head(const char *path, GError **error)
{
    FILE *file = fopen(path, "rb");

    if (!file) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s cannot be read", path);
        return NULL;
    }
    char *text = g_malloc0(HEAD_LEN + 1);
    size_t len = fread(text, 1, HEAD_LEN, file);
    fclose(file);
    for (size_t i = 0; i < len; i++)
        if (!text[i])
            text[i] = ' ';
    return text;
}

static void
free_head(char *text)
{
    wipe(text, HEAD_LEN);
    g_free(text);
}

static const struct kind *
kind_of(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strstr(text, kinds[i].mark))
            return &kinds[i];
    return NULL;
}

bool
private_key_is(const char *path)
{
    char *text = g_file_test(path, G_FILE_TEST_IS_REGULAR) ? read_head(path, NULL) : NULL;
    bool is = text && strstr(text, "PRIVATE KEY-----");

    if (text)
        free_head(text);
    return is;
}

bool
private_key_check(const char *path, GError **error)
{
    char *text = read_head(path, error);
    const struct kind *kind = text ? kind_of(text) : NULL;

    if (!text)
        return false;
    free_head(text);
    if (kind && !kind->wrong)
        return true;
    /* Each of them takes the name once or twice. */
    GString *words =
        g_string_new(kind ? kind->wrong
                          : "%s is no private key as PEM. From PKCS #12 (.pfx, .p12): umask 077; "
                            "openssl pkcs12 -in %s -nocerts -nodes -out plain.pem");
    g_string_replace(words, "%s", path, 0);
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, words->str);
    g_string_free(words, TRUE);
    return false;
}
