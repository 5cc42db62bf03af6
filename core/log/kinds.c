/* kinds.c - what wrote a log line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/kinds.h"

#include <stdbool.h>
#include <string.h>

static const struct {
    const char *name, *tags;
} sources[] = {
#define LOG_SOURCE(id, name, tags) { name, tags },
#include "log/sources.def"
#undef LOG_SOURCE
};

const char *
log_source_name(enum log_source source)
{
    return sources[source].name;
}

/* Does one of tags begin the word? */
static bool
tags_have(const char *tags, const char *word, size_t len)
{
    for (const char *p = tags; *p; p += strcspn(p, " ")) {
        p += strspn(p, " ");
        size_t tag_len = strcspn(p, " ");
        if (tag_len > 0 && len >= tag_len && strncmp(word, p, tag_len) == 0)
            return true;
    }
    return false;
}

enum log_source
log_source_of_tag(const char *tag, size_t len)
{
    for (int i = 0; i < LOG_SOURCE_COUNT; i++)
        if (tags_have(sources[i].tags, tag, len))
            return (enum log_source)i;
    return LOG_FROM_OTHER;
}
