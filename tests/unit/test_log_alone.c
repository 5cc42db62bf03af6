/* test_log_alone.c - logs without a capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "base/event.h"
#include "hex.h"
#include "log/attempts.h"
#include "log/log.h"
#include "report/alone.h"

static GPtrArray *
logs_of(const char *first, const char *second)
{
    static const int64_t now = INT64_C(1795351310) * NS_PER_SECOND; /* 2026-11-22 12:41:50 UTC */
    struct log_context context = { g_time_zone_new_utc(), now, now, true };
    GPtrArray *logs = g_ptr_array_new_with_free_func(log_free);

    g_ptr_array_add(logs, log_parse("a.log", (const uint8_t *)first, strlen(first), &context));
    if (second)
        g_ptr_array_add(logs,
                        log_parse("b.log", (const uint8_t *)second, strlen(second), &context));
    g_time_zone_unref(context.zone);
    return logs;
}

struct alone_row {
    const char *name, *first, *second;
    guint attempts;
    const char *verdict; /* of the last attempt */
    enum confidence confidence;
    const char *stage; /* NULL: no line tells one */
};

static const struct alone_row alone_rows[] = {
    { "refused",
      "Nov 22 12:41:50 pc sstpc[3]: Connected to v\n"
      "Nov 22 12:41:51 pc pppd[4]: rcvd [CHAP Failure id=0x1 \"E=691 R=0 V=3\"]\n"
      "Nov 22 12:41:51 pc pppd[4]: CHAP authentication failed\n",
      NULL, 1, "auth_bad_credentials", CONFIDENCE_LIKELY, "auth" },
    { "long-ago", "2019-01-02 03:04:05 INFO: Certificate hash mismatch\n", NULL, 1,
      "cb_cert_hash_mismatch", CONFIDENCE_LIKELY, "binding" },
    { "code-alone",
      "TimeCreated  : 11/22/2026 12:41:52 PM\nProviderName : RasClient\nId           : 20227\n"
      "Message      : The error code returned on failure is -2146762487.\n",
      NULL, 1, "tls_untrusted_root", CONFIDENCE_LIKELY, NULL },
    /* The cause stands behind its consequence, or in the other log. */
    { "cause-behind",
      "[2026-11-22 12:41:50.100] CERT_PATH: ERR_VERIFICATION_FAILED\n"
      "Trust anchor for certification path not found.\n",
      NULL, 1, "tls_untrusted_root", CONFIDENCE_LIKELY, "tls" },
    { "both-ends", "Nov 22 12:41:51 pc sstpc[3]: Connection was aborted, x\n",
      "[2026-11-22 12:41:51]: error: ppp0: sstp: invalid SHA1 Cert Hash\n", 1,
      "cb_cert_hash_mismatch", CONFIDENCE_LIKELY, "binding" },
    /* Attempts: what begins one, a pause, another client. */
    { "twice",
      "12:40:00 sstp,ppp,info o1: connecting...\n12:40:01 sstp,ppp,error o1: handshake failed: no "
      "common ciphers\n12:41:00 sstp,ppp,info o1: connecting...\n"
      "12:41:01 sstp,ppp,info o1: authenticated\n12:41:01 sstp,ppp,info o1: connected\n",
      NULL, 2, "healthy", CONFIDENCE_POSSIBLE, "auth" },
    { "pause",
      "Nov 22 12:30:00 pc pppd[4]: PAP authentication failed\n"
      "Nov 22 12:41:00 pc pppd[4]: LCP: timeout sending Config-Requests\n",
      NULL, 2, "lcp_no_reply", CONFIDENCE_LIKELY, NULL },
    { "two-clients",
      "[2026-11-22 12:41:50]:  info: sstp: new connection from 192.0.2.1:1000\n"
      "[2026-11-22 12:41:50]:  info: sstp: new connection from 192.0.2.2:1000\n",
      NULL, 2, "inconclusive", CONFIDENCE_POSSIBLE, "tcp" },
    /* Near misses: chatter, what is only noted, and a healthy session are no faults. */
    { "echo", "Nov 22 12:41:51 pc pppd[4]: rcvd [LCP EchoReq id=0x1 magic=0x1]\n", NULL, 1,
      "inconclusive", CONFIDENCE_POSSIBLE, NULL },
    { "healthy",
      "Nov 22 12:41:51 pc pppd[4]: CHAP authentication succeeded\n"
      "Nov 22 12:41:51 pc pppd[4]: not replacing existing default route via 192.0.2.1\n"
      "Nov 22 12:41:51 pc pppd[4]: local  IP address 10.0.0.2\n",
      NULL, 1, "healthy", CONFIDENCE_POSSIBLE, "ncp" },
    { "nothing", "\n", NULL, 0, NULL, CONFIDENCE_POSSIBLE, NULL },
};

static void
assert_last(const struct alone_row *row, const GPtrArray *logs)
{
    struct log_attempts *all = log_attempts_new(logs);
    const GPtrArray *attempts = all->attempts;

    g_assert_cmpuint(attempts->len, ==, row->attempts);
    if (attempts->len) {
        const struct log_attempt *last = g_ptr_array_index(attempts, attempts->len - 1);
        g_assert_cmpstr(last->any_stage ? stage_name(last->reached) : NULL, ==, row->stage);
    }
    log_attempts_free(all);
}

static void
run_alone(gconstpointer data)
{
    const struct alone_row *row = data;
    GPtrArray *logs = logs_of(row->first, row->second);
    struct alone *alone = alone_new(logs);
    char *json = report_alone_json(alone, "9.9.9");
    char *text = report_alone_text(alone, "9.9.9", false);

    assert_last(row, logs);
    g_assert_nonnull(strstr(json, "\"capture\":null"));
    if (row->verdict) {
        char *wanted = g_strdup_printf("\"finding\":\"%s\",\"confidence\":\"%s\"", row->verdict,
                                       confidence_name(row->confidence));
        const char *found = NULL;
        for (const char *p = strstr(json, "\"verdict\""); p; p = strstr(p + 1, "\"verdict\""))
            found = p;
        const char *there = found ? strstr(found, wanted) : NULL;
        g_assert_true(there && there < strstr(found, "\"summary\""));
        char *verdict = g_strdup_printf("Verdict: %s (", row->verdict);
        g_assert_nonnull(strstr(text, verdict));
        g_free(verdict);
        g_free(wanted);
    }
    g_free(text);
    g_free(json);
    alone_free(alone);
    g_ptr_array_unref(logs);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/log-alone", alone_rows, run_alone);
    return g_test_run();
}
