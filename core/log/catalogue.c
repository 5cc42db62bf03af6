/* catalogue.c - the sentences of the programs, and what each of them means
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/catalogue.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

enum { BUCKETS = 4096 };

#define NONE      LOG_NO_FINDING
#define NAMES(id) FINDING_##id
static const struct log_sentence sentences[] = {
#define LOG_SENTENCE(source, words, event, weight, finding, meaning)                               \
    { LOG_FROM_##source, words, LOG_EVENT_##event, LOG_##weight, finding, meaning },
#include "log/catalogue.def"
#undef LOG_SENTENCE
};
#undef NAMES
#undef NONE

enum { SENTENCES = G_N_ELEMENTS(sentences) };

/* Sentences by their first characters. */
struct log_catalogue {
    int16_t first[BUCKETS];  /* index of a sentence; -1 */
    int16_t next[SENTENCES]; /* the next one of the same bucket, later in the catalogue */
};

static unsigned
bucket_of(const char *p)
{
    return ((unsigned)(uint8_t)p[0] * 31 * 31 + (unsigned)(uint8_t)p[1] * 31 + (uint8_t)p[2]) %
           BUCKETS;
}

struct log_catalogue *
log_catalogue_new(void)
{
    struct log_catalogue *catalogue = g_new(struct log_catalogue, 1);

    G_STATIC_ASSERT(SENTENCES < INT16_MAX);
    for (int i = 0; i < BUCKETS; i++)
        catalogue->first[i] = -1;
    for (int i = SENTENCES - 1; i >= 0; i--) {
        unsigned bucket = bucket_of(sentences[i].words);
        catalogue->next[i] = catalogue->first[bucket];
        catalogue->first[bucket] = (int16_t)i;
    }
    return catalogue;
}

void
log_catalogue_free(struct log_catalogue *catalogue)
{
    g_free(catalogue);
}

static bool
is_of(enum log_source sentence, enum log_source source)
{
    return sentence == LOG_FROM_OTHER || source == LOG_FROM_OTHER || sentence == source;
}

const struct log_sentence *
log_catalogue_find(const struct log_catalogue *catalogue, const char *text, enum log_source source)
{
    int best = SENTENCES;

    for (const char *p = text; p[0] && p[1] && p[2]; p++)
        for (int i = catalogue->first[bucket_of(p)]; i >= 0 && i < best; i = catalogue->next[i])
            if (is_of(sentences[i].source, source) &&
                strncmp(p, sentences[i].words, strlen(sentences[i].words)) == 0)
                best = i;
    return best < SENTENCES ? &sentences[best] : NULL;
}
