/* trial.c - other attempts at the same server
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/trial.h"

#include <string.h>

#include "base/text.h"

const char *
trial_kind_name(enum trial_kind kind)
{
    static const char *const names[] = {
        [TRIAL_ADDRESS] = "address", [TRIAL_SIZE] = "mss",        [TRIAL_NO_SNI] = "sni",
        [TRIAL_VERSION] = "version", [TRIAL_DIRECT] = "proxy",    [TRIAL_BEHIND] = "behind",
        [TRIAL_FRAGMENTS] = "df",    [TRIAL_REFUSED] = "refused", [TRIAL_ECHO] = "echo",
        [TRIAL_GAVE_UP] = "gave_up", [TRIAL_PROXY] = "to_proxy",
    };

    return kind < TRIAL_KINDS ? names[kind] : NULL;
}

const char *
trial_advice(enum trial_left left)
{
    static const char *const advice[] = {
        [LEFT_FOR_TIME] = "Probe again with more time (--patience, --timeout): where it ends there "
                          "again, look in the server's log.",
        [LEFT_INTERRUPTED] = "Let it go on to its end.",
        [LEFT_WITHHELD] = "The step auth says why it was not sent. Where the password was refused "
                          "before, change its file, or probe with --retry-refused.",
    };

    return advice[left];
}

/* --- in a file -------------------------------------------------------------------------------- */

/* A line is words with tabs between, of which the last two may hold blanks. */
enum word {
    WORD_TRIAL,
    WORD_KIND,
    WORD_PASSED,
    WORD_REFUSAL,
    WORD_LEFT,
    WORD_CERT,
    WORD_SAME,
    WORD_FITS,
    WORD_SENDER,
    WORD_ADDRESS,
    WORD_VALUE,
    WORD_SEEN,
    WORD_COUNT
};
static const char trial_word[] = "trial", nothing[] = "-", other_cert[] = "other-cert",
                  nothing_changed[] = "control";
static const char *const left_words[] = {
    [LEFT_FOR_TIME] = "time",
    [LEFT_INTERRUPTED] = "interrupted",
    [LEFT_WITHHELD] = "withheld",
};

/* A refusal is of these two alone; of others the member is not set. */
static const char *
refusal_word(const struct trial *trial)
{
    const bool has = trial->kind == TRIAL_REFUSED || trial->kind == TRIAL_GAVE_UP;
    const struct finding_info *info = has ? finding_info(trial->refusal) : NULL;

    return info ? info->name : nothing;
}

void
trial_append(GString *text, const struct trial *trial)
{
    char *address = text_hex(trial->address.addr, trial->address.addr_len);
    char *value = text_shown(trial->value, ""), *seen = text_shown(trial->seen, "");

    g_string_append_printf(
        text, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%u\t%s\t%s\t%s\t%s\n", trial_word,
        trial_kind_name(trial->kind), stage_name(trial->passed), refusal_word(trial),
        left_words[trial->left], trial->other_cert ? other_cert : nothing,
        trial->same ? nothing_changed : nothing, trial->fits,
        trial->sender ? trial->sender : nothing, *address ? address : nothing, value, seen);
    g_free(seen);
    g_free(value);
    g_free(address);
}

/* The place of word among count names; false: it is none of them. */
static bool
find_word(const char *(*name)(int i), int count, const char *word, int *place)
{
    for (int i = 0; i < count; i++)
        if (strcmp(name(i), word) == 0) {
            *place = i;
            return true;
        }
    return false;
}

static const char *
kind_at(int i)
{
    return trial_kind_name((enum trial_kind)i);
}

static const char *
stage_at(int i)
{
    return stage_name((enum stage)i);
}

static const char *
finding_at(int i)
{
    return finding_info((enum finding_id)i)->name;
}

static const char *
left_at(int i)
{
    return left_words[i];
}

static bool
take_refusal(struct trial *trial, const char *word)
{
    int id = FINDING_COUNT;

    if (strcmp(word, nothing) != 0 && !find_word(finding_at, FINDING_COUNT, word, &id))
        return false;
    trial->refusal = (enum finding_id)id;
    return trial->kind != TRIAL_REFUSED || trial->refusal != FINDING_COUNT;
}

/* What trials of sizes know beside. */
static bool
take_size(struct trial *trial, const char *const *words)
{
    guint64 fits;

    if (!g_ascii_string_to_unsigned(words[WORD_FITS], 10, 0, UINT16_MAX, &fits, NULL))
        return false;
    trial->fits = (uint32_t)fits;
    trial->same = strcmp(words[WORD_SAME], nothing_changed) == 0;
    for (int side = 0; side < SIDE_COUNT; side++)
        if (strcmp(words[WORD_SENDER], side_name((enum side)side)) == 0)
            trial->sender = side_name((enum side)side);
    return true;
}

/* IPv4 or IPv6, in hexadecimal digits. */
static bool
take_address(struct trial *trial, const char *word)
{
    const size_t digits = strlen(word);

    if (strcmp(word, nothing) == 0)
        return trial->kind != TRIAL_ADDRESS;
    if (digits != 8 && digits != 32)
        return false;
    for (size_t i = 0; i < digits; i += 2) {
        const int high = g_ascii_xdigit_value(word[i]), low = g_ascii_xdigit_value(word[i + 1]);
        if (high < 0 || low < 0)
            return false;
        trial->address.addr[i / 2] = (uint8_t)(high << 4 | low);
    }
    trial->address.addr_len = (uint8_t)(digits / 2);
    return true;
}

/* Whole characters. */
static void
take_text(char to[static TRIAL_TEXT_LEN], const char *word)
{
    char *clean = text_clean(buf_init((const uint8_t *)word, strlen(word)));
    size_t len = MIN(strlen(clean), TRIAL_TEXT_LEN - 1);

    while (len > 0 && ((unsigned char)clean[len] & 0xc0) == 0x80)
        len--;
    memcpy(to, clean, len);
    to[len] = '\0';
    g_free(clean);
}

static bool
take_line(struct trial *trial, const char *line)
{
    char **words = g_strsplit(line, "\t", WORD_COUNT);
    int kind = 0, passed = 0, left = 0;
    bool good = g_strv_length(words) == WORD_COUNT && strcmp(words[WORD_TRIAL], trial_word) == 0 &&
                find_word(kind_at, TRIAL_KINDS, words[WORD_KIND], &kind) &&
                find_word(stage_at, STAGE_COUNT, words[WORD_PASSED], &passed) &&
                find_word(left_at, LEFT_COUNT, words[WORD_LEFT], &left);

    if (good) {
        trial->kind = (enum trial_kind)kind;
        trial->passed = (enum stage)passed;
        trial->left = (enum trial_left)left;
        trial->other_cert = strcmp(words[WORD_CERT], other_cert) == 0;
        take_text(trial->value, words[WORD_VALUE]);
        take_text(trial->seen, words[WORD_SEEN]);
        good = take_refusal(trial, words[WORD_REFUSAL]) &&
               take_size(trial, (const char *const *)words) &&
               take_address(trial, words[WORD_ADDRESS]);
    }
    g_strfreev(words);
    return good;
}

void
trial_each(const char *text, void (*found)(void *data, const struct trial *trial), void *data)
{
    unsigned num = 0;

    while (text && num < TRIALS_MAX) {
        struct trial trial = { 0 };
        const char *end = strchr(text, '\n');
        char *line = end ? g_strndup(text, (size_t)(end - text)) : g_strdup(text);
        if (take_line(&trial, line)) {
            found(data, &trial);
            num++;
        }
        g_free(line);
        text = end ? end + 1 : NULL;
    }
}
