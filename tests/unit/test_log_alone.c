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
#include "rules/verdict.h"

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
/* A tunnel of RouterOS that ended is not healthy, whatever it calls the reason. */
#define ROS_UP                                                                                     \
    "nov/22 12:40:00 sstp,ppp,info o1: connecting...\n"                                            \
    "nov/22 12:40:01 sstp,ppp,info o1: authenticated\n"                                            \
    "nov/22 12:40:01 sstp,ppp,info o1: connected\n"
#define ROS_END(reason)                                                                            \
    ROS_UP "nov/22 12:41:00 sstp,ppp,info o1: terminating... - " reason "\n"                       \
           "nov/22 12:41:00 sstp,ppp,info o1: disconnected\n"
    { "ros/up", ROS_UP, NULL, 1, "healthy", CONFIDENCE_POSSIBLE, "auth" },
    { "ros/keepalives", ROS_END("no reply to keepalives"), NULL, 1, "peer_vanished",
      CONFIDENCE_LIKELY, "auth" },
    { "ros/hungup", ROS_END("hungup"), NULL, 1, "inconclusive", CONFIDENCE_POSSIBLE, "auth" },
    { "ros/poll-error", ROS_END("poll error"), NULL, 1, "inconclusive", CONFIDENCE_POSSIBLE,
      "auth" },
    { "ros/tls", ROS_END("TLS error: handshake failed"), NULL, 1, "inconclusive",
      CONFIDENCE_POSSIBLE, "auth" },
    { "ros/administrator", ROS_END("administrator request"), NULL, 1, "inconclusive",
      CONFIDENCE_POSSIBLE, "auth" },
    { "ros/unknown", ROS_END("profile missing"), NULL, 1, "inconclusive", CONFIDENCE_POSSIBLE,
      "auth" },
    { "ros/radius", ROS_END("no answer from radius"), NULL, 1, "auth_backend_timeout",
      CONFIDENCE_LIKELY, "auth" },
    /* It names the interface as it ends, and the user before. */
    { "ros/radius-timeout",
      "2026-11-22 12:40:00 sstp,info TCP connection established from 198.51.100.7\n"
      "2026-11-22 12:40:01 sstp,ppp,error <ann>: user ann authentication failed - radius timeout\n"
      "2026-11-22 12:40:01 sstp,ppp,info <sstp-0>: terminating... - user ann authentication failed "
      "- radius timeout\n"
      "2026-11-22 12:40:01 sstp,ppp,info <sstp-0>: disconnected\n",
      NULL, 1, "auth_backend_timeout", CONFIDENCE_LIKELY, "auth" },
    /* Near misses: another one ends behind a tunnel that goes on, or behind one that ended. */
    { "ros/other-ends",
      "nov/22 12:40:00 sstp,ppp,info <sstp-ann>: connected\n"
      "nov/22 12:40:01 sstp,ppp,info <sstp-bob>: terminating... - hungup\n",
      NULL, 2, "inconclusive", CONFIDENCE_POSSIBLE, NULL },
    { "ros/both-end",
      "nov/22 12:40:00 sstp,ppp,info <sstp-ann>: terminating... - poll error\n"
      "nov/22 12:40:01 sstp,ppp,info <sstp-bob>: terminating... - hungup\n",
      NULL, 2, "inconclusive", CONFIDENCE_POSSIBLE, NULL },
    { "ros/came-up-at-last", "nov/22 12:40:00 sstp,ppp,info o1: could not connect\n" ROS_UP, NULL,
      1, "healthy", CONFIDENCE_POSSIBLE, "auth" },
    /* As people paste them: forms, prefixes, languages, cut off; the cause is found all the same.
     */
    { "form/grep-n-pppd",
      "118:Nov 30 09:20:11 gw pppd[911]: rcvd [LCP ConfReq id=0x1 <mru 1450> <auth chap MS-v2> "
      "<magic 0x1f2e3d4c>]\n"
      "119:Nov 30 09:20:11 gw pppd[911]: sent [LCP ConfRej id=0x1 <auth chap MS-v2>]\n"
      "125:Nov 30 09:20:14 gw pppd[911]: peer refused to authenticate: terminating link\n"
      "126:Nov 30 09:20:14 gw pppd[911]: Connection terminated.\n",
      NULL, 1, "lcp_auth_method_mismatch", CONFIDENCE_LIKELY, NULL },
    { "form/k8s",
      "2026-11-30T10:00:00.123456789Z stderr F [2026-11-30 10:00:00] error: sstp: ssl-pemfile "
      "error: error:0200100D:system library:fopen:Permission denied\n"
      "2026-11-30T10:00:01.123456789Z stderr F [2026-11-30 10:00:01]  info: sstp: started\n",
      NULL, 1, "tcp_wrong_service", CONFIDENCE_LIKELY, "tls" },
    { "form/mikrotik-v6-short",
      "nov/30 08:00:00 sstp,ppp,info sstp-hq: connecting...\n"
      "nov/30 08:00:02 sstp,ppp,error sstp-hq: terminating... - connection timed out\n",
      NULL, 1, "tcp_no_answer", CONFIDENCE_LIKELY, "tcp" },
    { "form/mikrotik-remote",
      "Nov 30 08:00:02 192.168.88.1 sstp,ppp,error: <sstp-ann>: user ann authentication failed\n",
      NULL, 1, "auth_bad_credentials", CONFIDENCE_LIKELY, "auth" },
    { "form/win-de",
      "Protokollname: Application\n"
      "Quelle:        RasClient\n"
      "Datum:         30.11.2026 09:31:05\n"
      "Ereignis-ID:   20227\n"
      "Aufgabenkategorie:Keine\n"
      "Ebene:         Fehler\n"
      "Schl\u00fcsselw\u00f6rter:Klassisch\n"
      "Benutzer:      Nicht zutreffend\n"
      "Computer:      PC-77.firma.local\n"
      "Beschreibung:\n"
      "CoID={3D5E1D2A-0F5B-4B6F-8B32-5C4D1F3A2B1C}: Der Benutzer FIRMA\\anna hat eine Verbindung "
      "mit dem Namen \"B\u00fcro\" gew\u00e4hlt, die Verbindung konnte jedoch nicht hergestellt "
      "werden. Der durch den Fehler zur\u00fcckgegebene Ursachencode lautet: -2146762481.\n",
      NULL, 1, "tls_name_mismatch", CONFIDENCE_LIKELY, NULL },
    { "form/win-fr",
      "Nom du journal :Application\n"
      "Source :       RasClient\n"
      "Date :         30/11/2026 09:31:05\n"
      "ID de l\u2019\u00e9v\u00e9nement :20227\n"
      "Cat\u00e9gorie de la t\u00e2che :Aucun\n"
      "Niveau :       Erreur\n"
      "Description :\n"
      "CoId={3D5E1D2A-0F5B-4B6F-8B32-5C4D1F3A2B1C} : l\u2019utilisateur FIRMA\\anna a compos\u00e9 "
      "une connexion nomm\u00e9e Bureau qui a \u00e9chou\u00e9. Le code d\u2019erreur "
      "retourn\u00e9 en cas d\u2019\u00e9chec est 868.\n",
      NULL, 1, "dns_failed", CONFIDENCE_LIKELY, NULL },
    { "form/win-es",
      "Nombre de registro:Application\n"
      "Origen:        RasClient\n"
      "Fecha:         30/11/2026 9:31:05\n"
      "Id. del evento:20227\n"
      "Nivel:         Error\n"
      "Descripci\u00f3n:\n"
      "CoId={3D5E1D2A-0F5B-4B6F-8B32-5C4D1F3A2B1C}: el usuario FIRMA\\anna marc\u00f3 una "
      "conexi\u00f3n llamada Oficina que produjo un error. El c\u00f3digo de error devuelto es "
      "812.\n",
      NULL, 1, "auth_account_restricted", CONFIDENCE_LIKELY, NULL },
    { "form/win-ru",
      "\u0418\u043c\u044f \u0436\u0443\u0440\u043d\u0430\u043b\u0430:   Application\n"
      "\u0418\u0441\u0442\u043e\u0447\u043d\u0438\u043a:      RasClient\n"
      "\u0414\u0430\u0442\u0430:          30.11.2026 9:31:05\n"
      "\u041a\u043e\u0434 \u0441\u043e\u0431\u044b\u0442\u0438\u044f:   20227\n"
      "\u0423\u0440\u043e\u0432\u0435\u043d\u044c:       \u041e\u0448\u0438\u0431\u043a\u0430\n"
      "\u041e\u043f\u0438\u0441\u0430\u043d\u0438\u0435:\n"
      "CoId={3D5E1D2A-0F5B-4B6F-8B32-5C4D1F3A2B1C}: "
      "\u043f\u043e\u043b\u044c\u0437\u043e\u0432\u0430\u0442\u0435\u043b\u044c FIRMA\\anna "
      "\u0443\u0441\u0442\u0430\u043d\u043e\u0432\u0438\u043b "
      "\u0443\u0434\u0430\u043b\u0435\u043d\u043d\u043e\u0435 "
      "\u043f\u043e\u0434\u043a\u043b\u044e\u0447\u0435\u043d\u0438\u0435 "
      "\u041e\u0444\u0438\u0441, \u043a\u043e\u0442\u043e\u0440\u043e\u0435 "
      "\u0437\u0430\u0432\u0435\u0440\u0448\u0438\u043b\u043e\u0441\u044c "
      "\u0441\u0431\u043e\u0435\u043c. "
      "\u0412\u043e\u0437\u0432\u0440\u0430\u0449\u0435\u043d\u043d\u044b\u0439 \u043a\u043e\u0434 "
      "\u043e\u0448\u0438\u0431\u043a\u0438 0x80092013.\n",
      NULL, 1, "tls_revocation_offline", CONFIDENCE_LIKELY, NULL },
    { "form/win-utf16",
      "Log Name:      System\n"
      "Source:        RasSstp\n"
      "Date:          11/30/2026 9:05:09 AM\n"
      "Event ID:      6\n"
      "Level:         Error\n"
      "Description:\n"
      "CoId={3D5E1D2A-0F5B-4B6F-8B32-5C4D1F3A2B1C}:The SSTP-based VPN connection to the remote "
      "access server was terminated because of a security check failure.\n",
      NULL, 1, "cb_cert_hash_mismatch", CONFIDENCE_LIKELY, "binding" },
    { "form/win-usage",
      "Log Name:      System\n"
      "Source:        RasSstp\n"
      "Date:          11/30/2026 9:05:09 AM\n"
      "Event ID:      16\n"
      "Level:         Error\n"
      "Description:\n"
      "CoId={3D5E1D2A-0F5B-4B6F-8B32-5C4D1F3A2B1C}:The Secure Socket Tunneling Protocol server has "
      "provided a certificate with an Enhanced Key Usage that is neither Server Authentication nor "
      "Any Purpose.\n",
      NULL, 1, "tls_eku_missing", CONFIDENCE_LIKELY, "tls" },
    { "form/cut-middle",
      "sed verification, ignoring\n"
      "Nov 30 10:00:01 box sstpc[12]: Sending Connect-Request Message\n"
      "Nov 30 10:00:01 box pppd[13]: rcvd [CHAP Failure id=0x4 \"E=648 R=0 "
      "C=0F1E2D3C4B5A69788796A5B4C3D2E1F0 V=3 M=Password expi\n",
      NULL, 1, "auth_account_restricted", CONFIDENCE_LIKELY, "auth" },
    { "form/softether-server-auth",
      "2026-11-30 10:00:00.001 [HUB \"DEFAULT\"] Connection \"CID-12\" (IP address: 198.51.100.9, "
      "Host name: x, Port number: 50231, Client name: \"Microsoft SSTP VPN Client\", Version: "
      "4.42, Build: 9798): User authentication failed. The user name that has been provided was "
      "\"ann\", from 198.51.100.9.\n",
      NULL, 1, "auth_bad_credentials", CONFIDENCE_LIKELY, "auth" },
    { "form/osc-caused",
      "[2026-11-30 10:00:00.500] SSL: ERR_VERIFICATION_FAILED\n"
      "javax.net.ssl.SSLHandshakeException: java.security.cert.CertPathValidatorException: Trust "
      "anchor for certification path not found.\n"
      "\tat com.android.org.conscrypt.SSLUtils.toSSLHandshakeException(SSLUtils.java:362)\n"
      "Caused by: java.security.cert.CertificateException: "
      "java.security.cert.CertPathValidatorException: Trust anchor for certification path not "
      "found.\n"
      "\t... 12 more\n",
      NULL, 1, "tls_untrusted_root", CONFIDENCE_LIKELY, "tls" },
    { "form/haproxy",
      "Nov 30 10:00:00 lb haproxy[99]: 198.51.100.9:50010 [30/Nov/2026:10:00:00.001] vpn "
      "vpn_back/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC-- 1/1/0/0/0 0/0 \"SSTP_DUPLEX_POST "
      "/sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/ HTTP/1.1\"\n",
      NULL, 1, "inconclusive", CONFIDENCE_POSSIBLE, NULL },
    { "form/freeradius",
      "Mon Nov 30 10:00:00 2026 : Auth: (4) Login incorrect (mschap: MS-CHAP2-Response is "
      "incorrect): [ann/<via Auth-Type = mschap>] (from client vpn port 1 cli 198.51.100.9)\n",
      NULL, 1, "auth_bad_credentials", CONFIDENCE_LIKELY, "auth" },
    { "form/openwrt",
      "Mon Nov 30 10:00:00 2026 daemon.err pppd[2211]: sent [IPCP ConfReq id=0x2 <addr 0.0.0.0>]\n"
      "Mon Nov 30 10:00:00 2026 daemon.err pppd[2211]: Could not determine local IP address\n"
      "Mon Nov 30 10:00:00 2026 daemon.notice pppd[2211]: Connection terminated.\n",
      NULL, 1, "ipcp_no_address", CONFIDENCE_LIKELY, "ncp" },
    { "form/nm",
      "Nov 30 10:00:00 lap NetworkManager[802]: <warn>  [1796032800.1234] "
      "vpn[0x55d2,11111111-2222-3333-4444-555555555555,\"Work\"]: VPN plugin: failed: login-failed "
      "(0)\n"
      "Nov 30 10:00:00 lap nm-sstp-service[9911]: Could not get the peer certificate\n",
      NULL, 1, "auth_bad_credentials", CONFIDENCE_LIKELY, "auth" },
    { "form/wevtutil",
      "Event[0]\n"
      "  Log Name: System\n"
      "  Source: RemoteAccess\n"
      "  Date: 2026-11-30T09:31:05.1230000Z\n"
      "  Event ID: 20255\n"
      "  Task: N/A\n"
      "  Level: Error\n"
      "  Description: \n"
      "CoID={NA}: The following error occurred in the Point to Point Protocol module on port: "
      "VPN2-127, UserName: CONTOSO\\ann. The connection was prevented because of a policy "
      "configured on your RAS/VPN server. Specifically, the authentication method used by the "
      "server to verify your username and password may not match the authentication method "
      "configured in your connection profile.\n",
      NULL, 1, "auth_account_restricted", CONFIDENCE_LIKELY, "auth" },
    { "form/export-csv",
      "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\n"
      "\"Message\",\"Id\",\"Version\",\"Level\",\"ProviderName\",\"TimeCreated\","
      "\"LevelDisplayName\"\n"
      "\"CoId={3D5E1D2A-0F5B-4B6F-8B32-5C4D1F3A2B1C}: The user CONTOSO\\ann dialed a connection "
      "named Work which has failed. The error code returned on failure is "
      "-2146885613.\",\"20227\",,\"2\",\"RasClient\",\"11/30/2026 9:05:09 AM\",\"Error\"\n",
      NULL, 1, "tls_revocation_offline", CONFIDENCE_LIKELY, NULL },
    { "form/events-json-two",
      "[{\"Id\":20222,\"ProviderName\":\"RasClient\",\"TimeCreated\":\"\\/Date(1796029508000)\\/"
      "\",\"LevelDisplayName\":\"Information\",\"Message\":\"CoId={3D5E1D2A-0F5B-4B6F-8B32-"
      "5C4D1F3A2B1C}: trying "
      "{x}\"},{\"Id\":20227,\"ProviderName\":\"RasClient\",\"TimeCreated\":{\"value\":\"\\/"
      "Date(1796029509000)\\/"
      "\",\"DisplayHint\":2},\"LevelDisplayName\":\"Error\",\"Message\":\"CoId={3D5E1D2A-0F5B-4B6F-"
      "8B32-5C4D1F3A2B1C}: The error code returned on failure is 691.\"}]\n",
      NULL, 1, "auth_bad_credentials", CONFIDENCE_LIKELY, NULL },
    { "form/remoteaccess-20271",
      "Log Name:      System\n"
      "Source:        RemoteAccess\n"
      "Date:          11/30/2026 9:05:09 AM\n"
      "Event ID:      20271\n"
      "Level:         Warning\n"
      "Description:\n"
      "CoId={3D5E1D2A-0F5B-4B6F-8B32-5C4D1F3A2B1C}: The user CONTOSO\\ann connected from "
      "198.51.100.9 but failed an authentication attempt due to the following reason: The remote "
      "connection was denied because the user name and password combination you provided is not "
      "recognized, or the selected authentication protocol is not permitted on the remote access "
      "server.\n",
      NULL, 1, "auth_bad_credentials", CONFIDENCE_POSSIBLE, "auth" },
    { "form/ru-month",
      "\u043d\u043e\u044f 30 10:00:00 pc pppd[5]: Peer not responding\n"
      "\u043d\u043e\u044f 30 10:00:00 pc pppd[5]: No response to 4 echo-requests\n",
      NULL, 1, "peer_vanished", CONFIDENCE_POSSIBLE, NULL },
    { "form/stunnel",
      "2026.11.30 10:00:00 LOG3[12]: SSL_accept: error:0A000102:SSL routines::unsupported "
      "protocol\n"
      "2026.11.30 10:00:00 LOG5[12]: Connection reset: 0 byte(s) sent to TLS, 0 byte(s) sent to "
      "socket\n",
      NULL, 1, "tls_version_mismatch", CONFIDENCE_LIKELY, "tls" },
    { "form/ansi-journal",
      "\033[0;1;39mNov 30 10:11:12 host sstpc[77]: \033[0;1;31mCould not resolve host: "
      "vpn.nowhere.example, Name or service not known (-2)\033[0m\n",
      NULL, 1, "dns_failed", CONFIDENCE_LIKELY, NULL },
    { "form/compose-accel",
      "accel-1  | [2026-11-30 10:00:00]:  info: ppp0:: connect: ppp0 <--> "
      "sstp(198.51.100.9:50122)\n"
      "accel-1  | [2026-11-30 10:00:03]:  warn: ppp0:bob: radius: server(1) not responding\n"
      "accel-1  | [2026-11-30 10:00:03]:  info: ppp0:bob: bob: authentication failed\n",
      NULL, 1, "auth_backend_timeout", CONFIDENCE_LIKELY, "auth" },
    /* The same words of PPP are none of TLS. */
    { "protocol-reject",
      "Nov 22 12:41:51 pc pppd[4]: Protocol-Reject for unsupported protocol 0x8057\n", NULL, 1,
      "inconclusive", CONFIDENCE_POSSIBLE, NULL },
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
        enum verdict_state state;
        char *verdict = verdict_state_by_name(row->verdict, &state)
                            ? g_strdup_printf("Verdict: %s (", row->verdict)
                            : g_strdup_printf("[%s]", row->verdict);
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
