/* chance.c - scripts by chance, and the same script told in several ways
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "chance.h"

#include <stdbool.h>
#include <string.h>

#include "ends/pair.h"
#include "programs.h"
#include "scenarios.h"
#include "variant.h"

enum { ROW_BYTES = 2, CHANGE_BYTES = 4, CHANGES_MAX = 12, WORDS_MAX = 200 };

/* --- a script -------------------------------------------------------------------------------- */

static const char *
row_script(unsigned i)
{
    const unsigned raised = G_N_ELEMENTS(raised_rows), silent = G_N_ELEMENTS(silent_rows);

    i %= raised + silent + G_N_ELEMENTS(program_rows);
    return i < raised            ? raised_rows[i].script
           : i < raised + silent ? silent_rows[i - raised].script
                                 : program_rows[i - raised - silent].script;
}

static unsigned
two_bytes(const uint8_t *data)
{
    return data[0] | (unsigned)data[1] << 8;
}

/* The words of a script, each newly allocated; those of programs leave open which TLS they have. */
static GPtrArray *
script_words(const char *with_at)
{
    char **parts = g_strsplit(with_at, "@", -1), *script = g_strjoinv("13", parts);
    char **words = peer_script_words(script);
    GPtrArray *array = g_ptr_array_new_with_free_func(g_free);

    for (char **word = words; *word && array->len < WORDS_MAX; word++)
        g_ptr_array_add(array, g_strdup(*word));
    g_strfreev(words);
    g_free(script);
    g_strfreev(parts);
    return array;
}

/* Frees the words. */
static char *
join(GPtrArray *words)
{
    g_ptr_array_add(words, NULL);
    char *script = g_strjoinv(" ", (char **)words->pdata);
    g_ptr_array_unref(words);
    return script;
}

/* Behind the settings, which stay. */
static guint
first_word(const GPtrArray *words)
{
    guint i = 0;

    while (i < words->len && *(const char *)g_ptr_array_index(words, i) == '[')
        i++;
    return i;
}

static void
add_word(GPtrArray *words, guint at, unsigned row, unsigned which)
{
    GPtrArray *from = script_words(row_script(row));
    guint first = first_word(from);

    if (from->len > first)
        g_ptr_array_insert(words, (gint)at,
                           g_strdup(g_ptr_array_index(from, first + which % (from->len - first))));
    g_ptr_array_unref(from);
}

/* data: what is done, where, and from which row. */
static void
change(GPtrArray *words, const uint8_t *data)
{
    guint first = first_word(words), at;

    if (words->len <= first + 1)
        return;
    at = first + data[1] % (words->len - first - 1);
    switch (data[0] % 3) {
    case 0:
        g_ptr_array_remove_index(words, at);
        break;
    case 1: {
        gpointer word = g_ptr_array_steal_index(words, at);
        g_ptr_array_insert(words, (gint)at + 1, word);
        break;
    }
    default:
        add_word(words, at, two_bytes(data + 2), data[0] / 3u);
        break;
    }
}

char *
chance_script(const uint8_t *data, size_t len)
{
    GPtrArray *words = script_words(row_script(len >= ROW_BYTES ? two_bytes(data) : 0));
    unsigned num = 0;

    for (size_t at = ROW_BYTES; at + CHANGE_BYTES <= len && num++ < CHANGES_MAX; at += CHANGE_BYTES)
        change(words, data + at);
    char *script = join(words), *inside = variant_tls(script);
    if (!inside)
        return script;
    g_free(script);
    return inside;
}

/* --- a healthy one --------------------------------------------------------------------------- */

/* What a network or a capture does to a session that works. */
static const char *const harmless[] = {
    "c.again",      "s.again",      "c.tcp-ack",    "s.tcp-ack",    "c.twice=0.01", "s.twice=0.01",
    "c.late=0.005", "s.late=0.005", "c.twice=0.25", "s.twice=0.25", "c.late=0.05",  "s.late=0.05",
    "c.lose",       "s.lose",       "wait=0.3",     "wait=1",       "c.ttl=63",     "s.ttl=57",
};
static const char *const captures[] = {
    "[ends]",           "[ends] [nat]",     "[ends=0.04]",  "[copies]",
    "[copies=0.004/7]", "[resends]",        "[no-id]",      "[c.offload]",
    "[s.offload]",      "[c.partial]",      "[snap=200]",   "[stamps]",
    "[c.own-way]",      "[no-id] [stamps]", "[tick=0.001]", "[ends] [c.offload]",
};

static const char *
healthy_program(unsigned i)
{
    for (size_t tried = 0; tried < G_N_ELEMENTS(program_rows); tried++, i++)
        if (!program_rows[i % G_N_ELEMENTS(program_rows)].keys)
            break;
    return program_rows[i % G_N_ELEMENTS(program_rows)].script;
}

static guint
behind_handshake(const GPtrArray *words)
{
    guint i = 0;

    while (i < words->len && !g_str_has_prefix(g_ptr_array_index(words, i), "tls"))
        i++;
    return MIN(i + 1, words->len);
}

char *
chance_healthy(const uint8_t *data, size_t len)
{
    GPtrArray *words = script_words(healthy_program(len >= ROW_BYTES ? two_bytes(data) : 0));
    guint first = behind_handshake(words);
    unsigned num = 0;

    for (size_t at = ROW_BYTES; at + CHANGE_BYTES <= len && num++ < CHANGES_MAX; at += CHANGE_BYTES)
        if (data[at] % 8 == 0)
            g_ptr_array_insert(words, 0, g_strdup(captures[data[at + 1] % G_N_ELEMENTS(captures)]));
        else
            g_ptr_array_insert(words,
                               (gint)(first + two_bytes(data + at + 2) % (words->len - first)),
                               g_strdup(harmless[data[at + 1] % G_N_ELEMENTS(harmless)]));
    return join(words);
}

char *
chance_healthy_of(uint32_t seed)
{
    GRand *random = g_rand_new_with_seed(seed);
    uint8_t bytes[ROW_BYTES + 4 * CHANGE_BYTES];
    size_t len = ROW_BYTES + CHANGE_BYTES * (size_t)g_rand_int_range(random, 0, 5);

    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)g_rand_int_range(random, 0, 256);
    g_rand_free(random);
    return chance_healthy(bytes, len);
}

/* --- what is said of it ---------------------------------------------------------------------- */

/* Adds verdicts that are faults or unexplained to a newly allocated list; NULL: none is. */
static char *
hear(char *bad, const struct verdict *verdict)
{
    if (verdict->state != VERDICT_FAULT && verdict->state != VERDICT_UNEXPLAINED)
        return bad;
    char *more =
        g_strdup_printf("%s%s%s %s", bad ? bad : "", bad ? ", " : "", verdict_name(verdict),
                        confidence_name(verdict_confidence(verdict)));
    g_free(bad);
    return more;
}

/* Of ends that are one session their common verdict. */
static char *
listen_to(const struct peer *peer)
{
    const GPtrArray *results = engine_results(peer->engine);
    char *bad = NULL;

    for (guint i = 0; i < results->len; i++) {
        const struct result *result = g_ptr_array_index(results, i);
        const struct pair *pair = peer_pair_of(peer, result->session);
        bad = hear(bad, pair ? &pair->verdict : &result->verdict);
    }
    return bad;
}

/* So many words of the NULL-terminated list. */
static char *
tell(const char *script, char **words, guint num)
{
    struct config config = peer_script_config(script);
    struct peer peer;

    peer_init(&peer, &config);
    credentials_unref(config.credentials);
    for (guint i = 0; i < num && words[i]; i++)
        peer_run(&peer, words[i]);
    engine_finish(peer.engine);
    char *bad = listen_to(&peer);
    peer_clear(&peer);
    return bad;
}

/* With this in the place of each handshake's settings. Newly allocated; NULL: it has none. */
static char *
with_tls(const char *script, const char *tls)
{
    char **words = peer_script_words(script);
    bool changed = false;

    for (char **word = words; *word; word++) {
        char *with = strcmp(*word, "up-tls") == 0 ? g_strdup_printf("tcp tls=%s call join", tls)
                     : strcmp(*word, "tls") == 0 || g_str_has_prefix(*word, "tls=")
                         ? g_strconcat("tls=", tls, NULL)
                         : NULL;
        if (!with)
            continue;
        g_free(*word);
        *word = with;
        changed = true;
    }
    char *text = changed ? g_strjoinv(" ", words) : NULL;
    g_strfreev(words);
    return text;
}

/* Takes over what is bad of the script as it is told here. */
static void
note(GString *differs, char *bad, const char *how)
{
    if (bad)
        g_string_append_printf(differs, "%s: %s\n", how, bad);
    g_free(bad);
}

static void
compare_ciphers(GString *differs, const char *script)
{
    static const char *const ciphers[] = { "13,blind", "blind", "cbc,blind" };

    for (size_t i = 0; i < G_N_ELEMENTS(ciphers); i++) {
        char *other = with_tls(script, ciphers[i]);
        if (!other)
            return;
        char **words = peer_script_words(other);
        note(differs, tell(other, words, G_MAXUINT), ciphers[i]);
        g_strfreev(words);
        g_free(other);
    }
}

static void
compare_cuts(GString *differs, const char *script, char **words)
{
    for (guint num = 1; num < g_strv_length(words); num++) {
        char *how = g_strdup_printf("cut in front of word %u, %s", num + 1, words[num]);
        note(differs, tell(script, words, num), how);
        g_free(how);
    }
}

char *
chance_differs(const char *script)
{
    char **words = peer_script_words(script);
    GString *differs = g_string_new(NULL);

    note(differs, tell(script, words, G_MAXUINT), "as it is");
    compare_ciphers(differs, script);
    compare_cuts(differs, script, words);
    g_strfreev(words);
    return g_string_free(differs, differs->len == 0);
}
