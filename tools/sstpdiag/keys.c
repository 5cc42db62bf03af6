/* keys.c - do the key logs that the user gives belong to the captures?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "keys.h"

#include <string.h>

#include "base/hash.h"
#include "base/wipe.h"
#include "output/say.h"
#include "document.h"

enum { RANDOM_DIGITS = 64, RANDOM_SHOWN = 8 };

/* The client random of a line "LABEL RANDOM SECRET", in lower case; NULL: the line is none. RSA
 * lines of old key logs have no random. The caller frees it. */
static char *
random_of_line(const char *line)
{
    const char *random = strchr(line, ' ');
    size_t digits = 0;

    if (*line == '#' || !random)
        return NULL;
    while (g_ascii_isxdigit(random[1 + digits]))
        digits++;
    if (digits != RANDOM_DIGITS || random[1 + digits] != ' ')
        return NULL;
    return g_ascii_strdown(random + 1, RANDOM_DIGITS);
}

/* Adds the randoms of a key log to a set. False: it has none. */
static bool
read_randoms(const char *path, GHashTable *randoms)
{
    char *text, *next;
    bool any = false;
    gsize len;

    /* What is no file was read before, and has nothing more to give. */
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR) || !g_file_get_contents(path, &text, &len, NULL))
        return true;
    for (char *line = text; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        char *random = random_of_line(line);
        any |= random || g_str_has_prefix(line, "RSA ");
        if (random)
            g_hash_table_add(randoms, random);
    }
    wipe(text, len);
    g_free(text);
    return any;
}

/* Of a session that could not be decrypted, though its handshake was seen; NULL: there is nothing
 * to say. */
static const char *
missing_random(JsonObject *session, GHashTable *randoms)
{
    const char *evidence = member_string(session, "evidence");
    JsonObject *tls = member_object(session, "tls");
    const char *random = tls ? member_string(tls, "client_random") : "";

    if (!*random || strcmp(evidence, "decrypted") == 0 || strcmp(evidence, "clear") == 0 ||
        g_hash_table_contains(randoms, random))
        return NULL;
    return random;
}

static void
tell_report(JsonNode *document, GHashTable *randoms)
{
    JsonArray *sessions = document_sessions(document);
    const char *first = NULL;
    guint missing = 0;

    for (guint i = 0; i < json_array_get_length(sessions); i++) {
        const char *random = missing_random(json_array_get_object_element(sessions, i), randoms);
        missing += random != NULL;
        if (!first)
            first = random;
    }
    if (first)
        say_warning(
            "%s: the keys given do not belong to %u of its connections (client random %.*s...)",
            member_string(document_capture(document), "file"), missing, RANDOM_SHOWN, first);
}

/* The cipher suite of a session that no private key opens; NULL: nothing to say. */
static const char *
cipher_of_sealed(JsonObject *session)
{
    const char *evidence = member_string(session, "evidence");
    JsonObject *tls = member_object(session, "tls");
    const char *cipher = tls ? member_string(tls, "cipher") : "";

    return *cipher && !g_str_has_prefix(cipher, "TLS_RSA_") && strcmp(evidence, "decrypted") != 0
               ? cipher
               : NULL;
}

void
keys_tell_rsa(const GPtrArray *documents)
{
    for (guint i = 0; i < documents->len; i++) {
        JsonNode *document = g_ptr_array_index(documents, i);
        JsonArray *sessions = document_sessions(document);
        const char *cipher = NULL;
        for (guint k = 0; k < json_array_get_length(sessions) && !cipher; k++)
            cipher = cipher_of_sealed(json_array_get_object_element(sessions, k));
        if (cipher)
            say_warning(
                "%s: a private key opens only sessions with RSA key exchange (TLS 1.2 or older, "
                "TLS_RSA_...); here the server chose %s, for which only a key log helps",
                member_string(document_capture(document), "file"), cipher);
    }
}

void
keys_tell(char **keylogs, const GPtrArray *documents)
{
    GHashTable *randoms = g_hash_table_new_full(hash_text, g_str_equal, g_free, NULL);

    for (char **path = keylogs; path && *path; path++)
        if (!read_randoms(*path, randoms))
            say_warning(
                "%s: no line of it holds a TLS secret; a key log has lines like \"CLIENT_RANDOM "
                "...\" (SSLKEYLOGFILE)",
                *path);
    for (guint i = 0; keylogs && i < documents->len; i++)
        tell_report(g_ptr_array_index(documents, i), randoms);
    g_hash_table_unref(randoms);
}
