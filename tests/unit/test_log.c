/* test_log.c - logs of clients and servers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"
#include "log/place.h"
#include "log/text.h"
#include "log/time.h"
#include "peer.h"
#include "report/report.h"

/* 2026-11-22 12:41:50 UTC */
#define CAPTURE_SECONDS INT64_C(1795351310)

static const struct log_context *
utc_context(void)
{
    static struct log_context context = { .first = CAPTURE_SECONDS * NS_PER_SECOND,
                                          .last = (CAPTURE_SECONDS + 60) * NS_PER_SECOND };

    if (!context.zone)
        context.zone = g_time_zone_new_utc();
    return &context;
}

static struct log *
parse(const char *text)
{
    return log_parse("a.log", (const uint8_t *)text, strlen(text), utc_context());
}

static const struct log_entry *
entry_at(const struct log *log, guint i)
{
    g_assert_cmpuint(i, <, log->entries->len);
    return &g_array_index(log->entries, struct log_entry, i);
}

/* --- stamps ---------------------------------------------------------------------------------- */

struct stamp_row {
    const char *name, *line;
    double seconds; /* after CAPTURE_SECONDS */
    double precision;
    const char *rest;
};

static const struct stamp_row stamp_rows[] = {
    { "syslog", "Nov 22 12:41:51 gw pppd[3]: x", 1, 1, "gw pppd[3]: x" },
    { "syslog-fraction", "Nov 22 12:41:51.25 x", 1.25, .01, "x" },
    { "syslog-year", "Nov 22 2026 12:41:51: x", 1, 1, "x" },
    { "syslog-one-digit", "Nov  2 12:41:50 x", -20 * 86400, 1, "x" },
    { "syslog-year-before", "Dec 31 12:41:50 x", 39 * 86400, 1, "x" },
    { "priority", "<30>Nov 22 12:41:50 x", 0, 1, "x" },
    { "rfc-5424", "<30>1 2026-11-22T12:41:50.5Z h p 1 - - x", .5, .1, "h p 1 - - x" },
    { "iso", "2026-11-22 12:41:49.123 x", -.877, .001, "x" },
    { "python", "2026-11-22 12:41:50,123 INFO: x", .123, .001, "INFO: x" },
    { "accel", "[2026-11-22 12:41:50]:  info: x", 0, 1, "info: x" },
    { "accel-fraction", "[2026-11-22 12:41:50.500]: info: x", .5, .001, "info: x" },
    { "zone", "2026-11-22T13:41:50+01:00 x", 0, 1, "x" },
    { "zone-west", "2026-11-22T09:11:50-0330 x", 0, 1, "x" },
    { "zone-hours", "2026-11-22T13:41:50+01 x", 0, 1, "x" },
    { "windows", "2026-11-22T12:41:50.1234567Z", .1234567, 1e-7, "" },
    { "nanoseconds", "2026-11-22T12:41:50.123456789123Z", .123456789, 1e-9, "" },
    { "slashes", "2026/11/22 12:41:50 x", 0, 1, "x" },
    { "leap-second", "2026-11-22 12:41:60 x", 9, 1, "x" },
    { "not-a-day", "2026-02-30 12:41:50 x", 0, 0, NULL },
    { "not-an-hour", "Nov 22 25:41:50 x", 0, 0, NULL },
    { "no-clock", "Nov 22 x", 0, 0, NULL },
    { "year-zero", "0000-01-01 00:00:00 x", 0, 0, NULL },
    { "year-large", "9999-01-01 00:00:00 x", 0, 0, NULL },
    { "open-bracket", "[2026-11-22 12:41:50 x", 0, 0, NULL },
    { "no-stamp", "sent [LCP ConfReq id=0x1]", 0, 0, NULL },
    { "glued", "2026-11-22 12:41:50x", 0, 0, NULL },
    { "empty", "", 0, 0, NULL },
};

static void
run_stamp(gconstpointer data)
{
    const struct stamp_row *row = data;
    const struct log_clock clock = { utc_context()->zone, utc_context()->first, LOG_ORDER_OPEN };
    const char *p = row->line;
    struct log_stamp stamp;

    g_assert_true(log_time_parse(&p, &clock, &stamp) == (row->rest != NULL));
    g_assert_cmpstr(p, ==, row->rest ? row->rest : row->line);
    if (!row->rest)
        return;
    g_assert_cmpfloat_with_epsilon((double)(stamp.time - clock.near) / 1e9, row->seconds, 1e-9);
    g_assert_cmpfloat_with_epsilon((double)stamp.precision / 1e9, row->precision, 1e-12);
}

/* The zone of the machine counts where a stamp has none; a day in winter. */
static void
test_zone(void)
{
    struct log_context context = *utc_context();
    context.zone = g_time_zone_new_offset(3600);
    static const char text[] = "Nov 22 13:41:50 sstpc[1]: x\n2026-11-22T12:41:51Z sstpc[1]: y\n";
    struct log *log = log_parse("a", (const uint8_t *)text, strlen(text), &context);

    g_assert_true(log->zone_assumed && log->year_assumed);
    g_assert_cmpstr(log->zone, ==, "UTC+01:00");
    g_assert_cmpint(entry_at(log, 0)->time, ==, context.first);
    g_assert_cmpint(entry_at(log, 1)->time, ==, context.first + NS_PER_SECOND);
    log_free(log);
    g_time_zone_unref(context.zone);
}

/* --- texts ----------------------------------------------------------------------------------- */

struct text_row {
    const char *name, *raw, *clean;
};

static const struct text_row text_rows[] = {
    { "plain", "Connected to vpn.lab.test ", "Connected to vpn.lab.test" },
    { "blanks", "  local  IP\taddress", "local IP address" },
    { "colours", "\033[1;31merror\033[0m: x", "error : x" },
    { "escape-at-end", "x\033", "x" },
    { "control", "a\001b\177c", "a?b?c" },
    { "bidi", "a\342\200\256b", "a?b" },
    { "not-utf-8", "a\377b", "a\357\277\275b" },
    { "pap", "sent [PAP AuthReq id=0x1 user=\"alice\" password=\"Secret-123\"]",
      "sent [PAP AuthReq id=0x1 user=\"alice\" password=<hidden>]" },
    { "pap-quote", "[PAP AuthReq user=\"a\" password=\"x\\\" y\" z]",
      "[PAP AuthReq user=\"a\" password=<hidden> z]" },
    { "pap-open", "password=\"never ends", "password=<hidden>" },
    { "pap-hidden", "password=<hidden>]", "password=<hidden>]" },
    { "option", "sstpc --user alice --password Secret-123 vpn", //
      "sstpc --user alice --password <hidden> vpn" },
    { "option-equals", "--password=Secret-123 vpn", "--password=<hidden> vpn" },
    { "pppd-option", "COMMAND=/usr/sbin/pppd user alice password Secret-123 noauth",
      "COMMAND=/usr/sbin/pppd user alice password <hidden> noauth" },
    { "capitals", "User-Password \"x\" PASSWORD: y", "User-Password <hidden> PASSWORD: <hidden>" },
    { "no-secret", "The password has expired", "The password has expired" },
    { "key", "mppe send key: 00112233445566778899aabbccddeeff", "mppe send key: (16 bytes)" },
    { "hash", "Cert SHA-1: 00112233445566778899aabbccddeeff00112233",
      "Cert SHA-1: 00112233445566778899aabbccddeeff00112233" },
    { "magic", "<magic 0x87df639f>", "<magic 0x87df639f>" },
    { "dump", "0000: c0 23 01 01 00 14 05 61 6c 69 |.#...alice.Secret", "0000: (bytes)" },
    { "options", "< 2 6 0 0 0 0 >", "< 2 6 0 0 0 0 >" },
    { "empty", "", "" },
};

static void
run_text(gconstpointer data)
{
    const struct text_row *row = data;
    char *clean = log_text_clean(row->raw);

    g_assert_cmpstr(clean, ==, row->clean);
    g_free(clean);
}

static void
test_long_text(void)
{
    char *raw = g_strnfill(5000, 'z'), *clean = log_text_clean(raw);

    g_assert_cmpuint(strlen(clean), ==, LOG_TEXT_CHARS_MAX + 3);
    g_free(clean);
    g_free(raw);
}

/* --- codes ----------------------------------------------------------------------------------- */

struct code_row {
    const char *name, *text;
    bool windows;
    const char *codes; /* "kind code name" with commas between */
};

static const struct code_row code_rows[] = {
    { "decimal", "failure is -2146762495.", false, "hresult 0x800B0101 CERT_E_EXPIRED" },
    { "decimal-unknown", "code -2146762000", false, "hresult 0x800B02F0 (null)" },
    { "decimal-small", "code -2146762", false, "" },
    { "hex", "0x800B0109", false, "hresult 0x800B0109 CERT_E_UNTRUSTEDROOT" },
    { "hex-twice", "0x800B0109 (-2146762487)", false, "hresult 0x800B0109 CERT_E_UNTRUSTEDROOT" },
    { "magic-number", "magic=0x87df639f", false, "" },
    { "hex-unknown-windows", "0x87df639f", true, "hresult 0x87DF639F (null)" },
    { "unsigned", "2148204801", true, "hresult 0x800B0101 CERT_E_EXPIRED" },
    { "unsigned-elsewhere", "2148204801", false, "" },
    { "ras", "The error code returned on failure is 809.", false, "ras 809 RAS error" },
    { "ras-reason", "The reason code returned on termination is 829.", false, "ras 829 RAS error" },
    { "ras-short", "Error 691: x", false, "ras 691 RAS error" },
    { "ras-unknown", "error 660", false, "" },
    { "ras-too-far", "error: sent to 192.0.2.1, 691 bytes", false, "" },
    { "socket", "Unrecoverable socket error, 5", false, "" },
    { "mschap", "\"E=691 R=0 V=3\"", false, "mschap 691 MS-CHAP error" },
    { "mschap-glued", "NAME=691 R=0", false, "" },
    { "verify", "SSL certificate verification failed: certificate has expired (10)", false,
      "x509 10 X509_V_ERR_CERT_HAS_EXPIRED" },
    { "verify-num", "verify error:num=20:unable to get local issuer certificate", false,
      "x509 20 X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY" },
    { "not-verify", "No such file or directory (2)", false, "" },
    { "status", "SSTP Call Abort, status 7", false, "sstp_status 7 SSTP status" },
    { "status-hex", "sstp: status code: 0x8", false, "sstp_status 8 SSTP status" },
    { "status-length", "sstpc: STATUS INFO(2): 12", false, "" },
    { "status-http", "sstp: HTTP status 7", false, "" },
    { "terminate-caret", "LCP terminated by peer (&^WCS^@<M-Mt^@^@^BM-3)", false,
      "ras 691 RAS error" },
    { "terminate-octal", "rcvd [LCP TermReq id=0x3 \"K\\3771\\000<\\315t\\000\\000\\002\\345\"]",
      false, "ras 741 RAS error" },
    { "empty", "", true, "" },
    { "minus", "-", true, "" },
    { "huge", "-99999999999999999999", true, "" },
    { "cut-escape", "LCP M-", false, "" },
};

static void
run_code(gconstpointer data)
{
    const struct code_row *row = data;
    struct log_codes codes = { .num = 0 };
    GString *text = g_string_new(NULL);

    log_codes_find(&codes, row->text, row->windows);
    for (unsigned i = 0; i < codes.num; i++) {
        char *number = log_code_text(&codes.code[i]);
        const char *name = log_code_name(&codes.code[i]);
        g_string_append_printf(text, "%s%s %s %s", i ? "," : "",
                               log_code_kind_name(codes.code[i].kind), number,
                               name ? name : "(null)");
        g_assert_true((log_code_meaning(&codes.code[i]) != NULL) == (name != NULL));
        g_free(number);
    }
    g_assert_cmpstr(text->str, ==, row->codes);
    g_string_free(text, TRUE);
}

/* --- lines of each program ------------------------------------------------------------------- */

struct line_row {
    const char *name, *line;
    enum log_source source;
    enum severity level;
    bool telling;
    enum log_event event;
    const char *text, *id, *endpoint;
};

static const struct line_row line_rows[] = {
    { "sstpc", "Nov 22 12:41:50 sstpc[827]: Verification of server certificate failed \n",
      LOG_FROM_SSTPC, SEVERITY_ERROR, true, LOG_EVENT_TLS,
      "Verification of server certificate failed", NULL, NULL },
    { "sstpc-message", "Nov 22 12:41:50 sstpc[827]:   TYPE(5): ABORT, ATTR(1): \n", LOG_FROM_SSTPC,
      SEVERITY_ERROR, true, LOG_EVENT_CALL_ABORT, "TYPE(5): ABORT, ATTR(1):", NULL, NULL },
    { "sstpc-length", "Nov 22 12:41:50 sstpc[827]: RECV SSTP CRTL PKT(20)  \n", LOG_FROM_SSTPC,
      SEVERITY_CHAT, false, LOG_EVENT_NONE, "RECV SSTP CRTL PKT(20)", NULL, NULL },
    { "sstpc-end", "**Error: Verification of server certificate failed, (-2)\n", LOG_FROM_SSTPC,
      SEVERITY_ERROR, true, LOG_EVENT_TLS,
      "**Error: Verification of server certificate failed, (-2)", NULL, NULL },
    { "syslog-pppd", "Nov 22 12:41:50 gw pppd[99]: CHAP authentication failed\n", LOG_FROM_PPPD,
      SEVERITY_ERROR, true, LOG_EVENT_AUTH_FAILURE, "CHAP authentication failed", NULL, NULL },
    { "syslog-other", "Nov 22 12:41:50 gw cron[99]: job failed\n", LOG_FROM_OTHER, SEVERITY_CHAT,
      false, LOG_EVENT_NONE, "gw cron[99]: job failed", NULL, NULL },
    { "rfc-5424", "<30>1 2026-11-22T12:41:50Z gw pppd 99 - - LCP terminated by peer\n",
      LOG_FROM_PPPD, SEVERITY_ERROR, true, LOG_EVENT_TERMINATE, "LCP terminated by peer", NULL,
      NULL },
    { "pppd", "sent [LCP ConfReq id=0x1 <asyncmap 0x0>]\n", LOG_FROM_PPPD, SEVERITY_CHAT, false,
      LOG_EVENT_NONE, "sent [LCP ConfReq id=0x1 <asyncmap 0x0>]", NULL, NULL },
    { "accel", "[2026-11-22 12:41:50]: error: ppp0: sstp: invalid SHA256 Cert Hash\n",
      LOG_FROM_ACCEL, SEVERITY_ERROR, true, LOG_EVENT_CALL_CONNECTED,
      "ppp0: sstp: invalid SHA256 Cert Hash", NULL, NULL },
    { "accel-no-interface", "[2026-11-22 12:41:50]:  info: : send [SSTP SSTP_MSG_CALL_ABORT]\n",
      LOG_FROM_ACCEL, SEVERITY_ERROR, true, LOG_EVENT_CALL_ABORT, "send [SSTP SSTP_MSG_CALL_ABORT]",
      NULL, NULL },
    { "accel-terse", "[2026-11-22 12:41:50]:  info: ppp0: alice: authentication succeeded\n",
      LOG_FROM_ACCEL, SEVERITY_CHAT, true, LOG_EVENT_AUTH_SUCCESS,
      "ppp0: alice: authentication succeeded", NULL, NULL },
    { "accel-noise", "[2026-11-22 12:41:50]:  warn: failed to load ppposeq kernel module\n",
      LOG_FROM_ACCEL, SEVERITY_WARN, false, LOG_EVENT_NONE, "failed to load ppposeq kernel module",
      NULL, NULL },
    { "accel-id",
      "[2026-11-22 12:41:50]:  info: : recv [HTTP <SSTPCORRELATIONID: "
      "{C9AFC47-E5D8-2C69-407181DB}>]\n",
      LOG_FROM_ACCEL, SEVERITY_CHAT, true, LOG_EVENT_HTTP_REQUEST,
      "recv [HTTP <SSTPCORRELATIONID: {C9AFC47-E5D8-2C69-407181DB}>]", "c9afc47-e5d8-2c69-407181db",
      NULL },
    { "accel-endpoint",
      "[2026-11-22 12:41:50]:  info: sstp: new connection from 192.0.2.10:58546\n", LOG_FROM_ACCEL,
      SEVERITY_CHAT, true, LOG_EVENT_TCP, "sstp: new connection from 192.0.2.10:58546", NULL,
      "192.0.2.10:58546" },
    { "softether",
      "2026-11-22 12:41:50.123 [HUB \"VPN\"] Connection \"CID-3\": User authentication failed. The "
      "user name that has been provided was \"alice\".\n",
      LOG_FROM_SOFTETHER, SEVERITY_ERROR, true, LOG_EVENT_AUTH_FAILURE,
      "[HUB \"VPN\"] Connection \"CID-3\": User authentication failed. The user name that has been "
      "provided was \"alice\".",
      NULL, NULL },
    { "sorz",
      "2026-11-22 12:41:50,486 INFO: [504A8E40-4731-A099-2717E66A/192.0.2.10:33284] SSTP control "
      "packet (CALL_CONNECT_REQUEST) received.\n",
      LOG_FROM_SORZ, SEVERITY_CHAT, true, LOG_EVENT_CALL_REQUEST,
      "[504A8E40-4731-A099-2717E66A/192.0.2.10:33284] SSTP control packet (CALL_CONNECT_REQUEST) "
      "received.",
      "504a8e40-4731-a099-2717e66a", "192.0.2.10:33284" },
    { "not-an-id", "[2026-11-22 12:41:50]: info: /sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/\n",
      LOG_FROM_ACCEL, SEVERITY_CHAT, true, LOG_EVENT_NONE,
      "/sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/", NULL, NULL },
    { "utf-8-mark", "\357\273\277Nov 22 12:41:50 sstpc[1]: Connected to x\r\n", LOG_FROM_SSTPC,
      SEVERITY_CHAT, true, LOG_EVENT_TCP, "Connected to x", NULL, NULL },
};

static void
run_line(gconstpointer data)
{
    const struct line_row *row = data;
    struct log *log = parse(row->line);
    const struct log_entry *entry = entry_at(log, 0);

    g_assert_cmpuint(log->entries->len, ==, 1);
    g_assert_cmpuint(log->unparsed, ==, 0);
    g_assert_cmpstr(log_source_name(entry->source), ==, log_source_name(row->source));
    g_assert_cmpint(entry->level, ==, row->level);
    g_assert_cmpstr(entry->text, ==, row->text);
    g_assert_cmpint(entry->event, ==, row->event);
    g_assert_true(entry->telling == row->telling);
    g_assert_cmpstr(entry->id, ==, row->id);
    g_assert_cmpstr(entry->endpoint, ==, row->endpoint);
    log_free(log);
}

/* Lines without a stamp have the time of the line before; others are counted. */
static void
test_lines(void)
{
    struct log *log = parse("rubbish\n\n"
                            "Nov 22 12:41:51 sstpc[1]: Connected to x\n"
                            "**Error: y, (-1)\n"
                            "more rubbish\n"
                            "2026-11-22 12:41:50.123 Session \"SID-A\": z\n"
                            "2026-11-22 12:41:50.124 all of SoftEther\n"
                            "2026-11-01 12:41:50 far away\n"
                            "\tgoes on far away\n");

    g_assert_cmpuint(log->lines, ==, 8);
    g_assert_cmpuint(log->unparsed, ==, 2);
    g_assert_cmpuint(log->unparsed_lines[0], ==, 1);
    g_assert_cmpuint(log->unparsed_lines[1], ==, 5);
    g_assert_cmpuint(log->outside, ==, 2);
    g_assert_cmpuint(log->entries->len, ==, 4);
    g_assert_cmpuint(entry_at(log, 0)->line, ==, 6);
    g_assert_cmpint(entry_at(log, 1)->source, ==, LOG_FROM_SOFTETHER);
    g_assert_true(entry_at(log, 3)->after);
    g_assert_cmpint(entry_at(log, 3)->time, ==, entry_at(log, 2)->time);
    log_free(log);
}

/* --- Windows --------------------------------------------------------------------------------- */

#define EVENT(provider, id, level, time, data)                                                     \
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"                \
    "<Provider Name='" provider "'/><EventID Qualifiers='0'>" id "</EventID><Level>" level         \
    "</Level><TimeCreated SystemTime='" time "'/><Channel>Application</Channel></System>" data     \
    "</Event>\n"
#define DATA(a, b)                                                                                 \
    "<EventData>\n  <Data>{0D528CAC-464E-423A-A399-9470E234BC54}</Data><Data>" a "</Data><Data>" b \
    "</Data>\n</EventData>"
#define NOW "2026-11-22T12:41:50.1234567Z"

static const char failed_event[] =
    EVENT("RasClient", "20227", "2", NOW, DATA("LAB\\alice", "-2146762495"));
static const char failed_text[] =
    "RasClient 20227 (the connection failed): {0D528CAC-464E-423A-A399-9470E234BC54}; LAB\\alice; "
    "-2146762495";

static void
assert_failed_event(const struct log *log, guint i)
{
    const struct log_entry *entry = entry_at(log, i);

    g_assert_cmpstr(entry->text, ==, failed_text);
    g_assert_cmpint(entry->source, ==, LOG_FROM_WINDOWS);
    g_assert_cmpint(entry->level, ==, SEVERITY_ERROR);
    g_assert_cmpint(entry->time, ==, utc_context()->first + 123456700);
    g_assert_cmpstr(entry->id, ==, "0d528cac-464e-423a-a399-9470e234bc54");
    g_assert_true(entry->id_of_ras && entry->telling);
    g_assert_cmpuint(entry->codes.num, ==, 1);
    g_assert_cmphex(entry->codes.code[0].number, ==, 0x800b0101);
    g_assert_false(log->zone_assumed);
}

static void
test_events(void)
{
    /* As wevtutil writes them, one behind the other. */
    char *text = g_strconcat(
        failed_event,
        EVENT("Microsoft-Windows-RasSstp", "6", "2", NOW, DATA("a &amp; b", "<![CDATA[<c>]]>")),
        EVENT("Service Control Manager", "7036", "4", NOW, DATA("x", "running")), NULL);
    struct log *log = parse(text);

    g_assert_cmpuint(log->entries->len, ==, 3);
    assert_failed_event(log, 0);
    g_assert_cmpstr(
        entry_at(log, 1)->text, ==,
        "RasSstp 6 (client: the certificate of the crypto binding is not the one that the "
        "server expects): "
        "{0D528CAC-464E-423A-A399-9470E234BC54}; a & b; <c>");
    g_assert_false(entry_at(log, 1)->id_of_ras);
    g_assert_cmpuint(entry_at(log, 1)->line, ==, 4);
    g_assert_false(entry_at(log, 2)->telling);
    log_free(log);
    g_free(text);
}

/* With a document around them, and the message that Event Viewer adds. */
static void
test_event_viewer(void)
{
    char *text = g_strconcat(
        "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<Events>",
        EVENT("RasClient", "20227", "2", NOW,
              DATA("LAB\\alice", "691") "<RenderingInfo Culture='en-US'><Message>CoId={0D528CAC-"
                                        "464E-423A-A399-9470E234BC54}: The error code returned on "
                                        "failure is 691.</Message></RenderingInfo>"),
        "</Events>", NULL);
    struct log *log = parse(text);
    const struct log_entry *entry = entry_at(log, 0);

    g_assert_cmpuint(log->unparsed, ==, 0);
    g_assert_true(g_str_has_suffix(entry->text, "returned on failure is 691."));
    g_assert_cmpuint(entry->codes.num, ==, 1);
    g_assert_cmpuint(entry->codes.code[0].number, ==, 691);
    log_free(log);
    g_free(text);
}

/* What is wrong with one event costs no other. */
static void
test_bad_events(void)
{
    char *deep = g_strnfill(3000, '<');
    char *text = g_strconcat(
        "<Events>\n<Event a<b></Event>\n", failed_event, "<Event><System>\n<Event>", deep,
        "</Event>\n", EVENT("x", "1", "2", "yesterday", ""), failed_event, "<Event><System>", NULL);
    struct log *log = parse(text);

    g_assert_cmpuint(log->unparsed, ==, 5);
    g_assert_cmpuint(log->unparsed_lines[0], ==, 2);
    g_assert_cmpuint(log->entries->len, ==, 2);
    assert_failed_event(log, 0);
    assert_failed_event(log, 1);
    log_free(log);
    g_free(text);
    g_free(deep);
}

/* A user's name in some code page. */
static void
test_code_page(void)
{
    struct log *log = parse(EVENT("RasClient", "20225", "4", NOW, DATA("J\374rgen", "vpn")));

    g_assert_nonnull(strstr(entry_at(log, 0)->text, "J\357\277\275rgen"));
    log_free(log);
}

static void
test_utf16(void)
{
    for (int form = 0; form < 4; form++) {
        bool big = form & 1, marked = form & 2;
        gsize len;
        char *bytes =
            g_convert(failed_event, -1, big ? "UTF-16BE" : "UTF-16LE", "UTF-8", NULL, &len, NULL);
        GByteArray *file = g_byte_array_new();
        if (marked)
            g_byte_array_append(file, (const uint8_t *)(big ? "\376\377" : "\377\376"), 2);
        g_byte_array_append(file, (const uint8_t *)bytes, (guint)len);
        struct log *log = log_parse("x", file->data, file->len, utc_context());
        assert_failed_event(log, 0);
        log_free(log);
        g_byte_array_unref(file);
        g_free(bytes);
    }
}

/* Cut at each byte, in a block of just that size. */
static void
test_truncations(void)
{
    char *text = g_strconcat(failed_event, failed_event, NULL);
    const char *const inputs[] = {
        text, "[2026-11-22 12:41:50]: error: : send [HTTP <SSTPCORRELATIONID: {1-2}>] E=691 R=0\n",
        "<30>1 2026-11-22T12:41:50.1+01:00 h pppd 1 - - password=\"x\\\"\" -2146762495 0x800B0101"
    };

    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++)
        for (size_t len = 0; len <= strlen(inputs[i]); len++) {
            uint8_t *exact = g_memdup2(inputs[i], MAX(len, 1));
            log_free(log_parse("x", exact, len, utc_context()));
            g_free(exact);
        }
    g_free(text);
}

/* Many lines cost bounded memory. */
static void
test_many_lines(void)
{
    GString *text = g_string_new(NULL);

    for (int i = 0; i < LOG_ENTRIES_MAX + 5; i++)
        g_string_append(text, "Nov 22 12:41:50 sstpc[1]: x\n");
    struct log *log = parse(text->str);
    g_assert_cmpuint(log->entries->len, ==, LOG_ENTRIES_MAX);
    g_assert_cmpuint(log->dropped, ==, 5);
    log_free(log);
    g_string_free(text, TRUE);
}

/* A day of a busy server: what is near the capture is kept. */
static void
test_busy(void)
{
    GString *text = g_string_new(NULL);

    for (int i = 0; i < LOG_ENTRIES_MAX + 5; i++)
        g_string_append(text, "Nov 22 02:41:50 sstpc[1]: x\n");
    g_string_append(text, "Nov 22 12:41:50 sstpc[1]: y\n");
    struct log *log = parse(text->str);
    g_assert_cmpuint(log->entries->len, ==, 1);
    g_assert_cmpstr(entry_at(log, 0)->text, ==, "y");
    g_assert_cmpuint(log->outside, ==, LOG_ENTRIES_MAX + 5);
    g_assert_cmpuint(log->dropped, ==, 0);
    log_free(log);
    g_string_free(text, TRUE);
}

/* --- beside sessions ------------------------------------------------------------------------- */

static const char refused_script[] =
    "dial lcp s.challenge c.response !s.failure=E=691_R=0 s.terminate=691 close";

/* A log of one accel-ppp session that begins as many seconds after the capture. */
static GPtrArray *
accel_log(const struct peer *peer, int64_t seconds, bool header)
{
    struct log_context context = { g_time_zone_new_utc(), engine_first(peer->engine).time,
                                   engine_last(peer->engine).time, false };
    GDateTime *date =
        g_date_time_new_from_unix_utc(engine_first(peer->engine).time / NS_PER_SECOND + seconds);
    char *stamp = g_date_time_format(date, "[%Y-%m-%d %H:%M:%S]");
    char *id = g_strdup_printf("%s:  info: : recv [HTTP <SSTPCORRELATIONID: %s>]\n", stamp,
                               header ? "{0D528CAC-464E-423A-A399-9470E234BC54}" : "{}");
    char *text = g_strdup_printf("%s%s:  info: : send [MSCHAP-v2 Failure id=1 \"E=691 R=0 V=3\"]\n",
                                 id, stamp);
    GPtrArray *logs = g_ptr_array_new_with_free_func(log_free);

    g_ptr_array_add(logs, log_parse("accel.log", (const uint8_t *)text, strlen(text), &context));
    g_free(text);
    g_free(id);
    g_free(stamp);
    g_date_time_unref(date);
    g_time_zone_unref(context.zone);
    return logs;
}

struct place_row {
    const char *name;
    int64_t seconds;
    int64_t shift;
    enum log_shift_reason reason;
    unsigned placed;
};

static const struct place_row place_rows[] = {
    { "same-clock", 0, 0, LOG_SHIFT_NONE, 2 },
    { "a-little-off", 4, 0, LOG_SHIFT_NONE, 2 },
    { "hour", 3600, -3600, LOG_SHIFT_ZONE, 2 },
    { "hours-back", -9 * 3600, 9 * 3600, LOG_SHIFT_ZONE, 2 },
    { "half-an-hour", 12600, -12600, LOG_SHIFT_ZONE, 2 },
    { "minutes", 400, 0, LOG_SHIFT_NONE, 0 },
    { "too-many-hours", 20 * 3600, 0, LOG_SHIFT_NONE, 0 },
};

static void
run_place(gconstpointer data)
{
    const struct place_row *row = data;
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, refused_script);
    engine_finish(peer.engine);
    GPtrArray *logs = accel_log(&peer, row->seconds, false);
    struct logbook *book = logbook_new(peer.engine, logs);
    const struct log_fit *fit = &g_array_index(logbook_fits(book), struct log_fit, 0);
    const struct result *result = g_ptr_array_index(engine_results(peer.engine), 0);
    const struct log_page *page = logbook_page(book, result->session);
    g_assert_cmpint(fit->shift, ==, row->shift * NS_PER_SECOND);
    g_assert_cmpint(fit->reason, ==, row->reason);
    g_assert_cmpuint(fit->placed, ==, row->placed);
    g_assert_true((page != NULL) == (row->placed > 0));
    if (page) {
        const struct log_placed *placed = &g_array_index(page->placed, struct log_placed, 1);
        g_assert_cmpuint(placed->frame, ==, row->seconds == 4 ? placed->frame : peer.marked);
    }
    logbook_free(book);
    g_ptr_array_unref(logs);
    peer_clear(&peer);
}

/* Lines that name another session, by its id or its client's port, are not put beside this one. */
static void
test_place_named(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "up goodbye close next up goodbye close");
    engine_finish(peer.engine);
    struct log_context context = { g_time_zone_new_utc(), engine_first(peer.engine).time,
                                   engine_last(peer.engine).time, false };
    GDateTime *date = g_date_time_new_from_unix_utc(context.first / NS_PER_SECOND);
    char *stamp = g_date_time_format(date, "[%Y-%m-%d %H:%M:%S]");
    char *text = g_strdup_printf("%s: info: sstp: new connection from 192.0.2.10:49153\n"
                                 "%s: info: sstp: new connection from 192.0.2.99:49153\n",
                                 stamp, stamp);
    GPtrArray *logs = g_ptr_array_new_with_free_func(log_free);
    g_ptr_array_add(logs, log_parse("x", (const uint8_t *)text, strlen(text), &context));
    struct logbook *book = logbook_new(peer.engine, logs);
    for (guint i = 0; i < 2; i++) {
        const struct result *result = g_ptr_array_index(engine_results(peer.engine), i);
        g_assert_cmpuint(logbook_page(book, result->session)->placed->len, ==, 1 + i);
    }
    logbook_free(book);
    g_ptr_array_unref(logs);
    g_free(text);
    g_free(stamp);
    g_date_time_unref(date);
    g_time_zone_unref(context.zone);
    peer_clear(&peer);
}

/* Two attempts close to each other: what the wire has in one of them is not put beside the other.
 */
static void
test_place_events(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer,
             "dial lcp s.challenge c.response s.failure=E=691_R=0 s.terminate=691 close wait=4 "
             "next up wait=1 goodbye close");
    engine_finish(peer.engine);
    GPtrArray *logs = accel_log(&peer, 0, false);
    struct logbook *book = logbook_new(peer.engine, logs);
    const struct result *first = g_ptr_array_index(engine_results(peer.engine), 0);
    const struct result *second = g_ptr_array_index(engine_results(peer.engine), 1);
    g_assert_cmpuint(logbook_page(book, first->session)->placed->len, ==, 2);
    g_assert_null(logbook_page(book, second->session));
    logbook_free(book);
    g_ptr_array_unref(logs);
    peer_clear(&peer);
}

static void
test_report(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, refused_script);
    engine_finish(peer.engine);
    GPtrArray *logs = accel_log(&peer, 3600, false);
    g_ptr_array_add(logs, log_unreadable("gone.log", "No such file or directory"));
    const struct report_env env = { .version = "9.9.9", .logs = logs };
    char *text = report_text(peer.engine, &env), *json = report_json(peer.engine, &env);
    g_assert_nonnull(strstr(text, "  = MS-CHAP error 691: user name"));
    g_assert_nonnull(strstr(text, "log times shifted by -1 h"));
    g_assert_nonnull(strstr(text, "Log gone.log cannot be read: No such file"));
    g_assert_nonnull(strstr(json, "\"codes\":[{\"kind\":\"mschap\",\"code\":\"691\","));
    g_assert_nonnull(strstr(json, "\"findings\":[\"auth_bad_credentials\"]"));
    g_assert_nonnull(strstr(json, "\"shift\":-3600,\"shift_reason\":\"zone\""));
    g_assert_nonnull(strstr(json, "\"error\":\"No such file or directory\""));
    g_free(text);
    g_free(json);
    g_ptr_array_unref(logs);
    peer_clear(&peer);
}

/* --- when frames were ------------------------------------------------------------------------ */

static void
test_timeline(void)
{
    struct timeline timeline = { .marks = NULL };
    const uint32_t num = 20 * TIMELINE_MARKS_MAX;

    g_assert_cmpuint(timeline_nearest(&timeline, 0).frame, ==, 0);
    for (uint32_t i = 1; i <= num; i++)
        timeline_add(&timeline, (struct mark){ i, (int64_t)i * NS_PER_SECOND / 100 });
    g_assert_cmpuint(timeline.marks->len, <=, TIMELINE_MARKS_MAX);
    g_assert_cmpuint(timeline.marks->len, >=, TIMELINE_MARKS_MAX / 4);
    for (uint32_t i = 1; i <= num; i += 100) {
        struct mark mark = timeline_nearest(&timeline, (int64_t)i * NS_PER_SECOND / 100);
        g_assert_cmpuint(ABS((int)mark.frame - (int)i), <=, 64);
    }
    timeline_clear(&timeline);
}

/* Frames at one time, and times that go back. */
static void
test_timeline_odd(void)
{
    struct timeline timeline = { .marks = NULL };

    for (uint32_t i = 1; i <= 3 * TIMELINE_MARKS_MAX; i++)
        timeline_add(&timeline, (struct mark){ i, i % 7 == 0 ? -(int64_t)i : 5 });
    g_assert_cmpuint(timeline.marks->len, <=, TIMELINE_MARKS_MAX);
    g_assert_cmpuint(timeline.marks->len, >=, 1);
    timeline_clear(&timeline);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/log/stamp", stamp_rows, run_stamp);
    ADD_ROWS("/log/text", text_rows, run_text);
    ADD_ROWS("/log/code", code_rows, run_code);
    ADD_ROWS("/log/line", line_rows, run_line);
    ADD_ROWS("/log/place", place_rows, run_place);
    g_test_add_func("/log/zone", test_zone);
    g_test_add_func("/log/long-text", test_long_text);
    g_test_add_func("/log/lines", test_lines);
    g_test_add_func("/log/events", test_events);
    g_test_add_func("/log/event-viewer", test_event_viewer);
    g_test_add_func("/log/bad-events", test_bad_events);
    g_test_add_func("/log/code-page", test_code_page);
    g_test_add_func("/log/utf16", test_utf16);
    g_test_add_func("/log/truncations", test_truncations);
    g_test_add_func("/log/many-lines", test_many_lines);
    g_test_add_func("/log/place-events", test_place_events);
    g_test_add_func("/log/busy", test_busy);
    g_test_add_func("/log/place-named", test_place_named);
    g_test_add_func("/log/report", test_report);
    g_test_add_func("/log/timeline", test_timeline);
    g_test_add_func("/log/timeline-odd", test_timeline_odd);
    return g_test_run();
}
