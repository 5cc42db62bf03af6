/* fuzz_log_dump.c - packets in logs, told to an engine: a report of logs alone
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "base/event.h"
#include "codec/sstp.h"
#include "log/log.h"
#include "report/alone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool good)
{
    if (!good)
        abort();
}

static void
check_packets(const struct log *log)
{
    for (guint i = 0; i < log->entries->len; i++) {
        const struct log_packet *packet = &g_array_index(log->entries, struct log_entry, i).packet;
        check(packet->len <= SSTP_PACKET_MAX_LEN);
        check(packet->kind == LOG_PACKET_NONE || packet->bytes);
        check(packet->kind == LOG_PACKET_NONE || packet->way != LOG_WAY_UNKNOWN);
    }
}

/* What stands behind a line of "----" is a second log. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char border[] = "\n----\n";
    const int64_t now = INT64_C(1795351310) * NS_PER_SECOND;
    struct log_context context = { g_time_zone_new_utc(), now, now, true };
    const char *second = size ? g_strstr_len((const char *)data, (gssize)size, border) : NULL;
    size_t len = second ? (size_t)(second - (const char *)data) : size;
    GPtrArray *logs = g_ptr_array_new_with_free_func(log_free);
    struct alone *alone;

    g_ptr_array_add(logs, log_parse("a", data, len, &context));
    if (second)
        g_ptr_array_add(logs, log_parse("b", data + len + strlen(border),
                                        size - len - strlen(border), &context));
    for (guint i = 0; i < logs->len; i++)
        check_packets(g_ptr_array_index(logs, i));
    alone = alone_new(logs);
    alone_severity(alone);
    g_free(report_alone_text(alone, "0", true));
    g_free(report_alone_json(alone, "0"));
    alone_free(alone);
    g_ptr_array_unref(logs);
    g_time_zone_unref(context.zone);
    return 0;
}
