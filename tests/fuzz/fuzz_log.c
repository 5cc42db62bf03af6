/* fuzz_log.c - logs of clients and servers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "base/event.h"
#include "log/log.h"
#include "log/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool good)
{
    if (!good)
        abort();
}

/* What is shown is short and printable, and every code has a text. */
static void
check_entry(const struct log_entry *entry)
{
    check(g_utf8_validate(entry->text, -1, NULL));
    check(g_utf8_strlen(entry->text, -1) <= LOG_TEXT_CHARS_MAX + 3);
    for (const char *p = entry->text; *p; p = g_utf8_next_char(p))
        check(g_unichar_isprint(g_utf8_get_char(p)));
    check(entry->precision > 0 && entry->precision <= LOG_COARSEST_STAMP * NS_PER_SECOND);
    for (unsigned i = 0; i < entry->codes.num; i++) {
        char *number = log_code_text(&entry->codes.code[i]);
        check(number && log_code_kind_name(entry->codes.code[i].kind));
        log_code_name(&entry->codes.code[i]);
        log_code_meaning(&entry->codes.code[i]);
        g_free(number);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int64_t now = INT64_C(1795351310) * NS_PER_SECOND;
    struct log_context context = { g_time_zone_new_utc(), now, now + 60 * NS_PER_SECOND, false };
    struct log *log = log_parse("fuzz", data, size, &context);
    int64_t last = LOG_NO_TIME;

    for (guint i = 0; i < log->entries->len; i++) {
        const struct log_entry *entry = &g_array_index(log->entries, struct log_entry, i);
        check(entry->time >= last);
        last = entry->time;
        check_entry(entry);
    }
    check(log->entries->len + log->outside + log->dropped + log->unparsed == log->lines);
    log_source(log);
    log_free(log);
    g_time_zone_unref(context.zone);
    return 0;
}
