/* test_log_forms.c - the forms in which people paste logs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "base/event.h"
#include "hex.h"
#include "log/forms.h"
#include "log/log.h"

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
parse_bytes(const char *text, size_t len)
{
    return log_parse("a.log", (const uint8_t *)text, len, utc_context());
}

struct form_row {
    const char *name, *text;
    guint entries;
    enum log_source source;
    enum severity level; /* of the last entry, as what follows */
    double seconds;      /* after CAPTURE_SECONDS */
    const char *part;    /* of its text */
};

#define FAILED                                                                                     \
    "CoId={0D528CAC-464E-423A-A399-9470E234BC54}: The user LAB\\bob dialed a connection named "    \
    "office which has failed. The error code returned on failure is 809."

static const struct form_row form_rows[] = {
    /* system logs */
    { "syslog-priority", "<27>Nov 22 12:41:52 gw pppd[3]: PAP authentication failed\n", 1,
      LOG_FROM_PPPD, SEVERITY_ERROR, 2, "PAP authentication failed" },
    { "rfc-5424-data", "<30>1 2026-11-22T12:41:52Z gw pppd 3 ID7 [x@1 a=\"]\\\"b\"][y] Exit.\n", 1,
      LOG_FROM_PPPD, SEVERITY_CHAT, 2, "Exit." },
    { "logread", "Sun Nov 22 12:41:52 2026 daemon.err sstpc[3]: Connect timed out\n", 1,
      LOG_FROM_SSTPC, SEVERITY_ERROR, 2, "Connect timed out" },
    { "busybox", "Nov 22 12:41:52 ap7 daemon.notice pppd[3]: Modem hangup\n", 1, LOG_FROM_PPPD,
      SEVERITY_CHAT, 2, "Modem hangup" },
    { "keenetic", "[E] Nov 22 12:41:52 pppd[3]: LCP: timeout sending Config-Requests\n", 1,
      LOG_FROM_PPPD, SEVERITY_ERROR, 2, "LCP: timeout sending" },
    { "short-iso", "2026-11-22T13:41:52+0100 pc sstpc[3]: Connected to v\n", 1, LOG_FROM_SSTPC,
      SEVERITY_CHAT, 2, "Connected to v" },
    { "short-precise", "Nov 22 12:41:52.250000 pc sstpc[3]: Connected to v\n", 1, LOG_FROM_SSTPC,
      SEVERITY_CHAT, 2.25, "Connected to v" },
    { "short-full", "Sun 2026-11-22 13:41:52 CET pc sstpc[3]: Connected to v\n", 1, LOG_FROM_SSTPC,
      SEVERITY_CHAT, 2, "Connected to v" },
    { "short-full-number", "Sun 2026-11-22 09:41:52 -03 pc sstpc[3]: Connected to v\n", 1,
      LOG_FROM_SSTPC, SEVERITY_CHAT, 2, "Connected to v" },
    { "short-unix", "1795351312.5 pc sstpc[3]: Connected to v\n", 1, LOG_FROM_SSTPC, SEVERITY_CHAT,
      2.5, "Connected to v" },
    { "cat", "Could not connect to `vpn.lab.test'\n", 1, LOG_FROM_SSTPC, SEVERITY_ERROR, 0,
      "Could not connect" },
    { "verbose",
      "Sun 2026-11-22 12:41:52.500000 UTC [s=1f;i=2;b=3]\n    PRIORITY=3\n    _HOSTNAME=pc\n"
      "    SYSLOG_IDENTIFIER=sstpc\n    MESSAGE=Connect timed out\n",
      1, LOG_FROM_SSTPC, SEVERITY_ERROR, 2.5, "Connect timed out" },
    { "export",
      "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795351312500000\nMESSAGE=Connected to v\n"
      "SYSLOG_IDENTIFIER=sstpc\n\n__CURSOR=s=2\n__REALTIME_TIMESTAMP=1795351313500000\n"
      "SYSLOG_IDENTIFIER=pppd\nMESSAGE=Modem hangup\n",
      2, LOG_FROM_PPPD, SEVERITY_CHAT, 3.5, "Modem hangup" },
    { "json",
      "{ \"MESSAGE\" : [77,111,100,101,109,32,104,97,110,103,117,112], \"SYSLOG_IDENTIFIER\":"
      "\"pppd\",\"__REALTIME_TIMESTAMP\" : \"1795351312000000\" }\n",
      1, LOG_FROM_PPPD, SEVERITY_CHAT, 2, "Modem hangup" },
    { "json-pretty",
      "{\n\t\"MESSAGE\" : \"Connected to v\",\n\t\"SYSLOG_IDENTIFIER\" : \"sstpc\",\n"
      "\t\"__REALTIME_TIMESTAMP\" : \"1795351312000000\"\n}\n",
      1, LOG_FROM_SSTPC, SEVERITY_CHAT, 2, "Connected to v" },
    { "german", "Nov 22 12:41:52 pc sstpc[3]: Connected to v\n", 1, LOG_FROM_SSTPC, SEVERITY_CHAT,
      2, "Connected" },
    { "russian", "ноя 22 12:41:52 pc sstpc[3]: Connected to v\n", 1, LOG_FROM_SSTPC, SEVERITY_CHAT,
      2, "Connected" },
    { "japanese", "11月 22 12:41:52 pc sstpc[3]: Connected to v\n", 1, LOG_FROM_SSTPC,
      SEVERITY_CHAT, 2, "Connected" },
    { "czech", "lis 22 12:41:52 pc sstpc[3]: Connected to v\n", 1, LOG_FROM_SSTPC, SEVERITY_CHAT, 2,
      "Connected" },
    { "networkmanager",
      "Nov 22 12:41:52 pc NetworkManager[9]: <warn>  [1795351312.1] vpn[0x1]: no valid VPN "
      "secrets\n",
      1, LOG_FROM_NM, SEVERITY_WARN, 2, "vpn[0x1]: no valid" },
    { "vyos", "Nov 22 12:41:52 r accel-sstp[3]: ppp0:bob: ppp: no free IPv4 address\n", 1,
      LOG_FROM_ACCEL, SEVERITY_ERROR, 2, "ppp0:bob: ppp: no free" },
    /* containers */
    { "docker-t", "2026-11-22T12:41:52.1Z 2026-11-22 13:41:52,100 WARNING: Crypto Binding x\n", 1,
      LOG_FROM_SORZ, SEVERITY_WARN, 2.1, "Crypto Binding x" },
    { "kubernetes", "2026-11-22T12:41:52.5Z stderr F [2026-11-22 12:41:52]: error: sstp: x\n", 1,
      LOG_FROM_ACCEL, SEVERITY_ERROR, 2.5, "sstp: x" },
    { "json-file",
      "{\"log\":\"2026-11-22 12:41:52,100 INFO: pppd stopped.\\n\",\"stream\":\"stderr\","
      "\"time\":\"2026-11-22T12:41:52.101Z\"}\n",
      1, LOG_FROM_SORZ, SEVERITY_CHAT, 2.101, "pppd stopped." },
    { "compose", "vpn_1   | 2026-11-22 12:41:52,100 INFO: pppd stopped.\n", 1, LOG_FROM_SORZ,
      SEVERITY_CHAT, 2.1, "pppd stopped." },
    { "kubectl-prefix", "[pod/vpn-0/sstp] 2026-11-22 12:41:52,100 INFO: pppd stopped.\n", 1,
      LOG_FROM_SORZ, SEVERITY_CHAT, 2.1, "pppd stopped." },
    /* RouterOS */
    { "mikrotik-time", "12:41:52 sstp,ppp,info,account bob logged in\n", 1, LOG_FROM_MIKROTIK,
      SEVERITY_CHAT, 2, "bob logged in" },
    { "mikrotik-day", "nov/22 12:41:52 sstp,ppp,error o1: handshake failed\n", 1, LOG_FROM_MIKROTIK,
      SEVERITY_ERROR, 2, "o1: handshake failed" },
    { "mikrotik-v7-day", "11-22 12:41:52 sstp,ppp,warning o1: x\n", 1, LOG_FROM_MIKROTIK,
      SEVERITY_WARN, 2, "o1: x" },
    { "mikrotik-packet", "12:41:52 sstp,packet sent control packet\n", 1, LOG_FROM_MIKROTIK,
      SEVERITY_CHAT, 2, "sent control packet" },
    { "mikrotik-detail",
      " 0 time=nov/22/2026 12:41:52 buffer=memory topics=sstp,ppp,error message=\"o1: x\"\n", 1,
      LOG_FROM_MIKROTIK, SEVERITY_ERROR, 2, "o1: x" },
    { "mikrotik-detail-two-lines",
      " 0 time=nov/22/2026 12:41:52 topics=sstp,ppp,info \n   message=\"o1: disconnected\"\n", 1,
      LOG_FROM_MIKROTIK, SEVERITY_CHAT, 2, "o1: disconnected" },
    { "mikrotik-file", "# nov/22/2026 12:41:52 by RouterOS 6.49\n12:41:52 sstp,ppp,info o1: x\n", 1,
      LOG_FROM_MIKROTIK, SEVERITY_CHAT, 2, "o1: x" },
    { "access",
      "192.0.2.1 - - [22/Nov/2026:12:41:52 +0000] \"SSTP_DUPLEX_POST / HTTP/1.1\" 400 1\n", 1,
      LOG_FROM_NGINX, SEVERITY_CHAT, 2, "SSTP_DUPLEX_POST" },
    { "details-french",
      "Nom du journal :Application\nSource :       RasClient\nDate :         22/11/2026 12:41:52\n"
      "ID de l'événement :20227\nCatégorie de la tâche :Aucun\nNiveau :       Erreur\n"
      "Description :\nLe code 809.\n",
      1, LOG_FROM_WINDOWS, SEVERITY_ERROR, 2, "RasClient 20227" },
    { "mikrotik-bsd", "<30>Nov 22 12:41:52 R1 sstp,ppp,info o1: disconnected\n", 1,
      LOG_FROM_MIKROTIK, SEVERITY_CHAT, 2, "o1: disconnected" },
    { "mikrotik-cef",
      "Nov 22 12:41:52 R1 CEF:0|MikroTik|RB|7.16|42|sstp,ppp,error|Low|dvc=192.0.2.1 msg=o1: x\n",
      1, LOG_FROM_MIKROTIK, SEVERITY_ERROR, 2, "o1: x" },
    /* programs */
    { "accel-console", "[2026-11-22 12:41:52.100] ppp0:bob: lcp: no echo reply\n", 1,
      LOG_FROM_ACCEL, SEVERITY_ERROR, 2.1, "lcp: no echo reply" },
    { "osc",
      "[2026-11-22 12:41:52.100] OSC: ERR_UNEXPECTED\njava.net.UnknownHostException: v\n"
      "\tat java.net.X.y(X.java:1)\n",
      3, LOG_FROM_OSC, SEVERITY_CHAT, 2.1, "at java.net" },
    { "softether-console", "2026-11-22 12:41:52 SSTP PPP Session [192.0.2.1:1]: x\n", 1,
      LOG_FROM_SOFTETHER, SEVERITY_CHAT, 2, "SSTP PPP Session" },
    { "nginx", "2026/11/22 12:41:52 [error] 9#9: *1 upstream timed out (110: x)\n", 1,
      LOG_FROM_NGINX, SEVERITY_ERROR, 2, "*1 upstream timed out" },
    { "stunnel", "2026.11.22 12:41:52 LOG3[0]: SSL_accept: ssl/x.c:1: x\n", 1, LOG_FROM_STUNNEL,
      SEVERITY_ERROR, 2, "SSL_accept" },
    { "haproxy",
      "Nov 22 12:41:52 lb haproxy[9]: 192.0.2.1:4 [22/Nov/2026:12:41:52.1] a b/<NOSRV>\n", 1,
      LOG_FROM_HAPROXY, SEVERITY_ERROR, 2, "b/<NOSRV>" },
    { "radius", "Sun Nov 22 12:41:52 2026 : Auth: (0) Login incorrect (x): [bob]\n", 1,
      LOG_FROM_RADIUS, SEVERITY_ERROR, 2, "(0) Login incorrect" },
    { "caddy",
      "{\"level\":\"error\",\"ts\":1795351312.5,\"logger\":\"http.log.error\",\"msg\":\"dial "
      "tcp\"}\n",
      1, LOG_FROM_CADDY, SEVERITY_ERROR, 2.5, "dial tcp" },
    /* Windows */
    { "details-english",
      "Log Name:      Application\nSource:        RasClient\nDate:          11/22/2026 12:41:52 "
      "PM\n"
      "Event ID:      20227\nTask Category: None\nLevel:         Error\nKeywords:      Classic\n"
      "User:          N/A\nComputer:      PC1\nDescription:\n" FAILED "\n",
      1, LOG_FROM_WINDOWS, SEVERITY_ERROR, 2, "RasClient 20227 (the connection failed)" },
    { "details-german",
      "Protokollname: Application\nQuelle:        RasClient\nDatum:         22.11.2026 12:41:52\n"
      "Ereignis-ID:   20227\nAufgabenkategorie:Keine\nEbene:         Fehler\n"
      "Schlüsselwörter:Klassisch\nBenutzer:      Nicht zutreffend\nComputer:      PC1\n"
      "Beschreibung:\nCoId={0D528CAC-464E-423A-A399-9470E234BC54}: Der Benutzer \"LAB\\bob\" hat "
      "eine Verbindung gewählt. Der zurückgegebene Fehlercode lautet 809.\n",
      1, LOG_FROM_WINDOWS, SEVERITY_ERROR, 2, "RasClient 20227 (the connection failed)" },
    { "details-two",
      "Source: RasClient\nDate: 11/22/2026 12:41:51 PM\nEvent ID: 20221\nDescription:\nx\n\n"
      "Source: RasClient\nDate: 11/22/2026 12:41:52 PM\nEvent ID: 20227\nLevel: Error\n"
      "Description:\n" FAILED "\n",
      2, LOG_FROM_WINDOWS, SEVERITY_ERROR, 2, "RasClient 20227" },
    { "wevtutil-text",
      "Event[0]\n  Log Name: Application\n  Source: RasClient\n  Date: 2026-11-22T12:41:52.5Z\n"
      "  Event ID: 20227\n  Level: Error\n  Description: \n" FAILED "\n\n",
      1, LOG_FROM_WINDOWS, SEVERITY_ERROR, 2.5, "RasClient 20227" },
    { "csv",
      "Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie\n"
      "Fehler,22.11.2026 12:41:52,RasClient,20227,Keine,\"" FAILED "\r\nAnd more.\"\n",
      1, LOG_FROM_WINDOWS, SEVERITY_ERROR, 2, "And more." },
    { "csv-powershell",
      "\"TimeCreated\",\"ProviderName\",\"Id\",\"Message\"\n"
      "\"11/22/2026 12:41:52 PM\",\"RasClient\",\"20227\",\"" FAILED "\"\n",
      1, LOG_FROM_WINDOWS, SEVERITY_ERROR, 2, "RasClient 20227" },
    { "csv-cut", "Error,11/22/2026 12:41:52 PM,RasClient,20227,None,\"" FAILED "\"\n", 1,
      LOG_FROM_WINDOWS, SEVERITY_ERROR, 2, "RasClient 20227" },
    { "winevent-table",
      "   ProviderName: RasClient\n\nTimeCreated                     Id LevelDisplayName Message\n"
      "-----------                     -- ---------------- -------\n"
      "11/22/2026 12:41:52 PM       20227 Error            " FAILED "\n",
      1, LOG_FROM_WINDOWS, SEVERITY_ERROR, 2, "20227 Error" },
    { "winevent-list",
      "TimeCreated  : 11/22/2026 12:41:52 PM\nProviderName : RasClient\nId           : 20227\n"
      "Message      : CoId={x}: The user dialed a connection which has\n"
      "               failed. The error code returned on failure is 809.\n\n",
      1, LOG_FROM_WINDOWS, SEVERITY_ERROR, 2, "which has failed." },
    { "winevent-json",
      "[\n  {\n    \"Id\": 20227,\n    \"ProviderName\": \"RasClient\",\n"
      "    \"TimeCreated\": \"\\/Date(1795351312000)\\/\",\n    \"Message\": \"x is 809.\"\n  "
      "}\n]\n",
      1, LOG_FROM_WINDOWS, SEVERITY_ERROR, 2, "RasClient 20227" },
    { "eventlog-table", " 812 Nov 22 12:41  Error       RasClient       20227 " FAILED "\n", 1,
      LOG_FROM_WINDOWS, SEVERITY_ERROR, -50 + 0, "RasClient" },
    { "tracing", "[980] 11-22 12:41:52:250: AuthStarted\n", 1, LOG_FROM_WINDOWS, SEVERITY_CHAT,
      2.25, "AuthStarted" },
    { "nps-database",
      "\"SRV\",\"IAS\",11/22/2026,12:41:52,3,,\"LAB\\bob\",,,,,,,0,\"192.0.2.1\",\"vpn\",,,,,,,4,"
      "\"Policy\",\"P\",16,\"x\"\n",
      1, LOG_FROM_WINDOWS, SEVERITY_ERROR, 2, "NPS" },
    { "nps-xml",
      "<Event><Timestamp data_type=\"4\">11/22/2026 12:41:52.500</Timestamp><Packet-Type "
      "data_type=\"0\">3</Packet-Type><Reason-Code data_type=\"0\">16</Reason-Code></Event>\n",
      1, LOG_FROM_WINDOWS, SEVERITY_ERROR, 2.5, "Reason-Code=16" },
    /* zones and clocks */
    { "zone-word", "2026-11-22 12:41:52 UTC sstpc[3]: Connected to v\n", 1, LOG_FROM_SSTPC,
      SEVERITY_CHAT, 2, "Connected" },
    { "zone-summer", "2026-11-22 14:41:52 CEST sstpc[3]: Connected to v\n", 1, LOG_FROM_SSTPC,
      SEVERITY_CHAT, 2, "Connected" },
    { "midnight-am", "11/22/2026 12:41:52 PM pppd[3]: Exit.\n", 1, LOG_FROM_PPPD, SEVERITY_CHAT, 2,
      "Exit." },
};

static void
assert_row(const struct form_row *row, const char *text, size_t len)
{
    struct log *log = parse_bytes(text, len);

    g_assert_cmpuint(log->unparsed, ==, 0);
    g_assert_cmpuint(log->entries->len, ==, row->entries);
    const struct log_entry *last = &g_array_index(log->entries, struct log_entry, row->entries - 1);
    g_assert_cmpstr(log_source_name(last->source), ==, log_source_name(row->source));
    g_assert_cmpint(last->level, ==, row->level);
    g_assert_nonnull(strstr(last->text, row->part));
    if (last->time != LOG_NO_TIME)
        g_assert_cmpfloat_with_epsilon((double)(last->time - CAPTURE_SECONDS * NS_PER_SECOND) / 1e9,
                                       row->seconds, 1e-6);
    log_free(log);
}

static void
run_form(gconstpointer data)
{
    const struct form_row *row = data;

    assert_row(row, row->text, strlen(row->text));
}

/* Ends of DOS. */
static void
run_dos(gconstpointer data)
{
    const struct form_row *row = data;
    GString *text = g_string_new(row->text);

    for (gsize i = 0; i < text->len; i++)
        if (text->str[i] == '\n' && (i == 0 || text->str[i - 1] != '\r'))
            g_string_insert_c(text, (gssize)i++, '\r');
    assert_row(row, text->str, text->len);
    g_string_free(text, TRUE);
}

static void
run_utf16(gconstpointer data)
{
    const struct form_row *row = data;
    gsize len;
    char *bytes = g_convert(row->text, -1, "UTF-16LE", "UTF-8", NULL, &len, NULL);

    assert_row(row, bytes, len);
    g_free(bytes);
}

/* What is left in front of single lines. */
static void
run_prefixes(gconstpointer data)
{
    static const char *const prefixes[] = { "> ",  "  ",        "var/log/x.log:", "x.log:12:",
                                            "12:", "web-1  | ", "    12\t",       "\033[1;31m" };
    const struct form_row *row = data;

    if (row->entries > 1 || strchr(row->text, '\n')[1] || *row->text == '<' || *row->text == ' ' ||
        strcmp(row->name, "cat") == 0 || strcmp(row->name, "access") == 0 || *row->text == '"' ||
        g_str_has_prefix(row->name, "csv"))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        char *text = g_strconcat(prefixes[i], row->text, NULL);
        assert_row(row, text, strlen(text));
        g_free(text);
    }
}

/* The table says of itself what it reads. */
static void
test_examples(void)
{
    size_t num;
    const struct log_form *forms = log_forms(&num);

    for (size_t i = 0; i < num; i++) {
        struct log *log;
        if (forms[i].read == log_form_headline || forms[i].read == log_form_journal_head ||
            forms[i].read == log_form_mikrotik_message)
            continue;
        char *text = g_strconcat("Nov 22 12:41:50 pppd[1]: x\n", forms[i].example, "\n", NULL);
        log = parse_bytes(text, strlen(text));
        if (log->entries->len != 2)
            g_error("%s is not read: %s", forms[i].name, forms[i].example);
        log_free(log);
        g_free(text);
    }
}

/* 3/4/2026 is told by the other dates of the file. */
static void
test_order(void)
{
    const struct log_clock clock = { utc_context()->zone, utc_context()->first, LOG_ORDER_OPEN };
    static const struct {
        const char *text;
        enum log_date_order order;
    } rows[] = {
        { "03/04/2026 1:00:00\n13/04/2026 1:00:00\n", LOG_ORDER_DAY_FIRST },
        { "03/04/2026 1:00:00\n04/13/2026 1:00:00\n", LOG_ORDER_MONTH_FIRST },
        { "11/12/2026\n", LOG_ORDER_MONTH_FIRST }, /* the 12th of November is nearer */
        { "13/13/2026 and 192.0.2.10\n", LOG_ORDER_OPEN },
        { "", LOG_ORDER_OPEN },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpint(log_time_order(rows[i].text, strlen(rows[i].text), &clock), ==,
                        rows[i].order);
}

/* What is not known is named: how much, and how it looks. */
static void
test_unknown(void)
{
    static const char text[] = "%%BEGIN 17\nkkk lll 0815\n\n%%END\n";
    struct log *log = parse_bytes(text, strlen(text));

    g_assert_cmpuint(log->entries->len, ==, 0);
    g_assert_cmpuint(log->unparsed, ==, 3);
    g_assert_cmpstr(log->unparsed_text, ==, "%%BEGIN 17");
    log_free(log);
}

static void
test_evtx(void)
{
    static const char text[] = "ElfFile\0\0\0\0";
    struct log *log = parse_bytes(text, sizeof text);

    g_assert_nonnull(strstr(log->error, "wevtutil"));
    log_free(log);
}

/* The text of an event and the same event in XML behind it are one. */
static void
test_text_and_xml(void)
{
    static const char text[] =
        "Log Name: Application\nSource: RasClient\nDate: 11/22/2026 12:41:52 PM\nEvent ID: 20227\n"
        "Level: Error\nDescription:\nx 809.\nEvent Xml:\n"
        "<Event xmlns=\"x\">\n <System>\n  <Provider Name=\"RasClient\"/>\n"
        "  <EventID>20227</EventID>\n  <Level>2</Level>\n"
        "  <TimeCreated SystemTime=\"2026-11-22T12:41:52.5Z\"/>\n </System>\n"
        " <EventData><Data>809</Data></EventData>\n</Event>\n";
    struct log *log = parse_bytes(text, strlen(text));

    g_assert_cmpuint(log->unparsed, ==, 0);
    g_assert_cmpuint(log->entries->len, ==, 1);
    g_assert_cmpuint(g_array_index(log->entries, struct log_entry, 0).codes.num, ==, 1);
    log_free(log);
}

/* Every prefix of every row, in a block of just that size. */
static void
run_truncated(gconstpointer data)
{
    const struct form_row *row = data;

    for (size_t len = 0; len <= strlen(row->text); len++) {
        char *exact = g_memdup2(row->text, MAX(len, 1));
        struct log *log = parse_bytes(exact, len);
        g_assert_cmpuint(log->entries->len + log->outside + log->unparsed, ==, log->lines);
        log_free(log);
        g_free(exact);
    }
}

/* A file that comes in pieces is the same file. */
static void
run_pieces(gconstpointer data)
{
    const struct form_row *row = data;
    struct log_parser *parser = log_parser_new("a.log", utc_context());
    size_t len = strlen(row->text), done = MIN(len, (size_t)64);

    log_parser_feed(parser, (const uint8_t *)row->text, done);
    for (; done < len; done += 2)
        log_parser_feed(parser, (const uint8_t *)row->text + done, MIN(len - done, 2));
    struct log *log = log_parser_end(parser);
    g_assert_cmpuint(log->entries->len, ==, row->entries);
    g_assert_cmpuint(log->unparsed, ==, 0);
    log_free(log);
}

/* A line that is longer than what may wait costs itself, and no other. */
static void
test_long_line(void)
{
    struct log_parser *parser = log_parser_new("a.log", utc_context());
    char *piece = g_strnfill(1000000, 'x');
    static const char end[] = "xxx\nNov 22 12:41:52 gw pppd[3]: Exit.\n";

    for (int i = 0; i < 10; i++)
        log_parser_feed(parser, (const uint8_t *)piece, strlen(piece));
    log_parser_feed(parser, (const uint8_t *)end, strlen(end));
    struct log *log = log_parser_end(parser);
    g_assert_cmpuint(log->entries->len, ==, 1);
    g_assert_cmpuint(log->unparsed, ==, 1);
    log_free(log);
    g_free(piece);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/log-forms/plain", form_rows, run_form);
    ADD_ROWS("/log-forms/dos", form_rows, run_dos);
    ADD_ROWS("/log-forms/utf-16", form_rows, run_utf16);
    ADD_ROWS("/log-forms/prefixes", form_rows, run_prefixes);
    ADD_ROWS("/log-forms/pieces", form_rows, run_pieces);
    g_test_add_func("/log-forms/long-line", test_long_line);
    ADD_ROWS("/log-forms/truncated", form_rows, run_truncated);
    g_test_add_func("/log-forms/examples", test_examples);
    g_test_add_func("/log-forms/order", test_order);
    g_test_add_func("/log-forms/unknown", test_unknown);
    g_test_add_func("/log-forms/evtx", test_evtx);
    g_test_add_func("/log-forms/text-and-xml", test_text_and_xml);
    return g_test_run();
}
