/* test_log_dump.c - packets in the lines of logs, and what they show without a capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "base/event.h"
#include "base/text.h"
#include "hex.h"
#include "log/attempts.h"
#include "log/both.h"
#include "log/dump.h"
#include "log/dump_ppp.h"
#include "log/log.h"
#include "log/word.h"

/* --- one packet ------------------------------------------------------------------------------ */

/* What programs write, and the bytes of a PPP frame from its protocol on. NULL: it is none. */
static const struct ppp_row {
    const char *text, *hex;
} ppp_rows[] = {
    { "LCP ConfReq id=0x1 <asyncmap 0x0> <magic 0xffc5b9ab> <pcomp> <accomp>", "c02101010014"
                                                                               "020600000000"
                                                                               "0506ffc5b9ab"
                                                                               "0702"
                                                                               "0802" },
    { "LCP ConfReq id=81 <auth MSCHAP-v2> <mru 1400> <magic 584782c4>", "c02101810013"
                                                                        "0305c22381"
                                                                        "01040578"
                                                                        "0506584782c4" },
    { "LCP ConfNak id=0x2 <auth chap MD5> <auth pap> <auth eap> <auth chap 0x80>", "c02103020016"
                                                                                   "0305c22305"
                                                                                   "0304c023"
                                                                                   "0304c227"
                                                                                   "0305c22380" },
    { "LCP ConfReq id=0x3  <auth  mschap2> <callback CBCP> <mrru 1500> <ssnhf>", "c02101030012"
                                                                                 "0305c22381"
                                                                                 "0d0306"
                                                                                 "110405dc"
                                                                                 "1202" },
    { "LCP ConfRej id=1 < 2 6 0 0 0 0 > <pcomp>", "c0210401000c"
                                                  "020600000000"
                                                  "0702" },
    { "LCP ConfAck id=81", "c02102810004" },
    { "LCP TermReq id=0x3 \"User request\"", "c02105030010"
                                             "557365722072657175657374" },
    { "LCP TermReq id=0x3 \"\\001\\\"\\\\\\n\"", "c02105030008"
                                                 "01225c0a" },
    { "LCP EchoReq id=0x0 magic=0x12", "c02109000008"
                                       "00000012" },
    { "LCP EchoRep id=7d <magic 7807f362>", "c0210a7d0008"
                                            "7807f362" },
    { "LCP ProtRej id=0x83 80 57 01", "c02108830007"
                                      "805701" },
    { "LCP ProtoRej id=131 <8057>", NULL }, /* no identifier is that large */
    { "LCP ProtoRej id=31 <8057>", "c02108310006"
                                   "8057" },
    { "IPCP ConfReq id=0x1 <compress VJ 0f 01> <addr 10.0.0.1>", "80210101001"
                                                                 "0"
                                                                 "0206002d0f01"
                                                                 "03060a000001" },
    { "IPCP ConfNak id=0x2 <addr 1.2.3.4> <ms-dns1 9.9.9.9> <ms-dns2 8.8.8.8> <ms-wins 7.7.7.7>",
      "80210302001c"
      "030601020304"
      "810609090909"
      "830608080808"
      "820607070707" },
    { "IPCP ConfReq id=0x2 <addr 1.2.3.444>", "802101020004" },
    { "IPV6CP ConfReq id=0x1 <addr fe80::3926:137d:e473:dcd1>", "80570101000e"
                                                                "010a3926137de473dcd1" },
    { "CCP ConfReq id=0x1 <mppe +H -M +S -L -D -C> <deflate 15> <bsd v1 15>", "80fd01010011"
                                                                              "120601000040"
                                                                              "1a047800"
                                                                              "15032f" },
    { "CHAP Challenge id=0x1 <0102030405060708090a0b0c0d0e0f10>, name = \"srv\"",
      "c22301010018"
      "10"
      "0102030405060708090a0b0c0d0e0f10"
      "737276" },
    { "CHAP Challenge id=0x1 <challenge len=16> <name srv>", "c22301010018"
                                                             "10"
                                                             "00000000000000000000000000000000"
                                                             "737276" },
    { "CHAP Failure id=0x1 \"E=691 R=0\"", "c2230401000d"
                                           "453d36393120523d30" },
    { "MSCHAP-v2 Failure id=1 \"E=691\"", "c22304010009"
                                          "453d363931" },
    { "PAP AuthReq id=0x1 user=\"bob\" password=<hidden>", "c02301010011"
                                                           "03626f62"
                                                           "080000000000000000" },
    { "PAP AuthNak id=0x1 \"no\"", "c02303010007"
                                   "026e6f" },
    { "EAP Request id=0x1 len=5 Identity <No message>", "c22701010005"
                                                        "01" },
    { "EAP Response id=0x1 len=8 Identity <Name \"bob\">", "c22702010008"
                                                           "01626f62" },
    { "EAP Response id=0x2 len=6 Nak <Suggested-type 0D (TLS)>", "c22702020006"
                                                                 "030d" },
    { "EAP Failure id=0x3 len=4", "c22704030004" },
    { "LCP Nonsense id=0x1", NULL },
    { "OSPF ConfReq id=0x1", NULL },
    { "LCP ConfReq", NULL },
    { "", NULL },
};

static void
run_ppp(gconstpointer data)
{
    const struct ppp_row *row = data;
    GByteArray *out = g_byte_array_new();
    bool is_one = log_dump_ppp(row->text, strlen(row->text), out);
    char *hex = text_hex(out->data, out->len);

    g_assert_cmpint(is_one, ==, row->hex != NULL);
    g_assert_cmpstr(hex, ==, row->hex ? row->hex : "");
    g_free(hex);
    g_byte_array_unref(out);
}

/* Cut anywhere, it is read without looking behind its end. */
static void
test_ppp_cut(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ppp_rows); i++)
        for (size_t len = 0; len <= strlen(ppp_rows[i].text); len++) {
            GByteArray *out = g_byte_array_new();
            char *cut = g_memdup2(ppp_rows[i].text, len);
            log_dump_ppp(cut, len, out);
            g_free(cut);
            g_byte_array_unref(out);
        }
}

/* --- logs ------------------------------------------------------------------------------------ */

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

#define PPPD  "Nov 22 12:41:50 pc pppd[4]: "
#define SSTPC "Nov 22 12:41:50 pc sstpc[3]: "
#define ACCEL "[2026-11-22 12:41:50]:  info: "
#define RB    "12:41:50 sstp,ppp,debug,packet "

/* The set-up of a session as the client's pppd writes it, up to the success of CHAP. */
#define CLIENT_UP(pppd)                                                                            \
    pppd "sent [LCP ConfReq id=0x1 <magic 0x11111111>]\n" pppd                                     \
         "rcvd [LCP ConfReq id=0x5 <auth chap MS-v2> <magic 0x22222222>]\n" pppd                   \
         "sent [LCP ConfAck id=0x5 <auth chap MS-v2> <magic 0x22222222>]\n" pppd                   \
         "rcvd [LCP ConfAck id=0x1 <magic 0x11111111>]\n" pppd                                     \
         "rcvd [CHAP Challenge id=0x1 <0102030405060708090a0b0c0d0e0f10>, name = \"\"]\n" pppd     \
         "sent [CHAP Response id=0x1 <01>, name = \"bob\"]\n" pppd                                 \
         "rcvd [CHAP Success id=0x1 \"S=00\"]\n"
/* The same of the server's accel-ppp. */
#define SERVER_UP(accel)                                                                           \
    accel ": send [LCP ConfReq id=5 <auth MSCHAP-v2> <magic 22222222>]\n" accel                    \
          ": recv [LCP ConfReq id=1 <magic 11111111>]\n" accel ": send [LCP ConfAck id=1]\n" accel \
          ": recv [LCP ConfAck id=5 <auth MSCHAP-v2> <magic 22222222>]\n" accel                    \
          ": send [MSCHAP-v2 Challenge id=1 <0102030405060708090a0b0c0d0e0f10>]\n" accel           \
          ": recv [MSCHAP-v2 Response id=1 <01>, <01>, F=0, name=\"bob\"]\n" accel                 \
          "ppp0: connect: ppp0 <--> sstp(192.0.2.1:1000)\n" accel                                  \
          "ppp0: send [MSCHAP-v2 Success id=1 \"S=00\"]\n"
#define CLIENT_IPCP(pppd)                                                                          \
    pppd "sent [IPCP ConfReq id=0x1 <addr 0.0.0.0>]\n" pppd                                        \
         "rcvd [IPCP ConfReq id=0x7 <addr 10.0.0.1>]\n" pppd                                       \
         "sent [IPCP ConfAck id=0x7 <addr 10.0.0.1>]\n" pppd                                       \
         "rcvd [IPCP ConfNak id=0x1 <addr 10.0.0.2>]\n" pppd                                       \
         "sent [IPCP ConfReq id=0x2 <addr 10.0.0.2>]\n" pppd                                       \
         "rcvd [IPCP ConfAck id=0x2 <addr 10.0.0.2>]\n"

struct judge_row {
    const char *name, *log;
    guint attempts;
    const char *verdict; /* of the last attempt */
    const char *stage;   /* that its messages reached; NULL: they were not told */
};

static const struct judge_row judge_rows[] = {
    { "healthy", CLIENT_UP(PPPD) CLIENT_IPCP(PPPD), 1, "healthy", "ncp" },
    { "refused", CLIENT_UP(PPPD) PPPD "rcvd [CHAP Failure id=0x1 \"E=691 R=0\"]\n", 1,
      "auth_bad_credentials", "auth" },
    { "loopback",
      PPPD "sent [LCP ConfReq id=0x1 <magic 0x11111111>]\n" PPPD
           "rcvd [LCP ConfReq id=0x1 <magic 0x11111111>]\n" PPPD
           "sent [LCP ConfNak id=0x1 <magic 0x33333333>]\n" PPPD
           "rcvd [LCP ConfNak id=0x1 <magic 0x33333333>]\n" PPPD
           "sent [LCP ConfReq id=0x2 <magic 0x33333333>]\n" PPPD
           "rcvd [LCP ConfReq id=0x2 <magic 0x33333333>]\n" PPPD
           "sent [LCP ConfNak id=0x2 <magic 0x44444444>]\n" PPPD
           "sent [LCP ConfReq id=0x3 <magic 0x44444444>]\n" PPPD
           "rcvd [LCP ConfReq id=0x3 <magic 0x44444444>]\n",
      1, "lcp_loopback", "lcp" },
    { "auth-mismatch",
      PPPD "rcvd [LCP ConfReq id=0x1 <auth pap>]\n" PPPD
           "sent [LCP ConfNak id=0x1 <auth chap MS-v2>]\n" PPPD
           "rcvd [LCP ConfReq id=0x2 <auth pap>]\n" PPPD
           "sent [LCP ConfNak id=0x2 <auth chap MS-v2>]\n" PPPD
           "rcvd [LCP ConfReq id=0x3 <auth pap>]\n" PPPD
           "sent [LCP ConfRej id=0x3 <auth pap>]\n" PPPD "rcvd [LCP TermReq id=0x4 \"No auth\"]\n",
      1, "lcp_auth_method_mismatch", "lcp" },
    { "eap-failed",
      PPPD "sent [LCP ConfReq id=0x1 <magic 0x1>]\n" PPPD
           "rcvd [LCP ConfReq id=0x5 <auth eap> <magic 0x2>]\n" PPPD
           "sent [LCP ConfAck id=0x5 <auth eap> <magic 0x2>]\n" PPPD
           "rcvd [LCP ConfAck id=0x1 <magic 0x1>]\n" PPPD
           "rcvd [EAP Request id=0x1 len=5 Identity <No message>]\n" PPPD
           "sent [EAP Response id=0x1 len=8 Identity <Name \"bob\">]\n" PPPD
           "rcvd [EAP Request id=0x2 len=6 PEAP --S]\n" PPPD
           "sent [EAP Response id=0x2 len=6 Nak <Suggested-type 0D (TLS)>]\n" PPPD
           "rcvd [EAP Failure id=0x2 len=4]\n" PPPD "rcvd [LCP TermReq id=0x6]\n",
      1, "auth_eap_failed", "auth" },
    { "no-address",
      CLIENT_UP(PPPD) PPPD "sent [IPCP ConfReq id=0x1 <addr 0.0.0.0>]\n" PPPD
                           "rcvd [IPCP ConfRej id=0x1 <addr 0.0.0.0>]\n" PPPD
                           "sent [IPCP ConfReq id=0x2]\n" PPPD "rcvd [IPCP TermAck id=0x2]\n" PPPD
                           "rcvd [LCP TermReq id=0x6 \"no address\"]\n",
      1, "ipcp_no_address", "ncp" },
    { "nak",
      SSTPC "SEND SSTP CRTL PKT(14) \n" SSTPC "  TYPE(1): CONNECT REQUEST, ATTR(1): \n" SSTPC
            "RECV SSTP CRTL PKT(20) \n" SSTPC "  TYPE(3): CONNECT NAK, ATTR(1): \n",
      1, "sstp_nak", "sstp" },
    /* Bytes of level 9: they tell more than the names. */
    { "bytes",
      SSTPC "SEND SSTP CRTL PKT(14) \n" SSTPC "  TYPE(1): CONNECT REQUEST, ATTR(1): \n" SSTPC
            "  0x10 0x01 0x00 0x0E 0x00 0x01 0x00 0x01 0x00 0x01 0x00 0x06 0x00 0x01 \n" SSTPC
            "RECV SSTP CRTL PKT(20) \n" SSTPC "  TYPE(5): ABORT, ATTR(1): \n" SSTPC
            "  0x10 0x01 0x00 0x14 0x00 0x05 0x00 0x01 0x00 0x02 0x00 0x0C 0x00 0x00 0x00 0x00 "
            "\n" SSTPC "  0x00 0x00 0x00 0x06 \n",
      1, "sstp_aborted", "sstp" },
    { "routeros",
      RB "o1: sent LCP ConfReq id=0x1\n" RB "    <magic 0x1>\n" RB
         "o1: rcvd LCP ConfReq id=0x5\n" RB "    <auth  mschap2>\n" RB "    <magic 0x2>\n" RB
         "o1: sent LCP ConfAck id=0x5\n" RB "    <auth  mschap2>\n" RB "    <magic 0x2>\n" RB
         "o1: rcvd LCP ConfAck id=0x1\n" RB "    <magic 0x1>\n" RB
         "o1: rcvd CHAP Challenge id=0x1\n" RB "    <challenge len=16>\n" RB "    <name x>\n" RB
         "o1: sent CHAP Response id=0x1\n" RB "    <response len=49>\n" RB "    <name bob>\n" RB
         "o1: rcvd CHAP Failure id=0x1\n" RB "    E=649 R=0 V=3\n",
      1, "auth_account_restricted", "auth" },
    { "accel",
      ACCEL "sstp: new connection from 192.0.2.1:1000\n" SERVER_UP(ACCEL) ACCEL
      "ppp0: send [IPCP ConfReq id=7 <addr 10.0.0.1>]\n" ACCEL
      "ppp0: recv [IPCP ConfAck id=7 <addr 10.0.0.1>]\n" ACCEL
      "ppp0: recv [IPCP ConfReq id=2 <addr 10.0.0.2>]\n" ACCEL "ppp0: send [IPCP ConfAck id=2]\n",
      1, "healthy", "ncp" },
    /* Near misses. --------------------------------------------------------------------------- */
    /* What carries it is not SSTP. */
    { "pppoe",
      PPPD "Plugin rp-pppoe.so loaded.\n" PPPD "Connect: ppp0 <--> eth0\n" CLIENT_UP(PPPD) PPPD
      "rcvd [CHAP Failure id=0x1 \"E=691 R=0\"]\n",
      1, "inconclusive", NULL },
    { "routeros-pppoe",
      "12:41:50 pppoe,ppp,debug,packet WAN: rcvd CHAP Failure id=0x1\n"
      "12:41:50 pppoe,ppp,debug,packet     E=691 R=0\n",
      1, "inconclusive", NULL },
    { "l2tp", PPPD "Plugin pppol2tp.so loaded.\n" CLIENT_UP(PPPD) CLIENT_IPCP(PPPD), 1,
      "inconclusive", NULL },
    /* The log ends in the middle, or has one direction: nothing was left unanswered. */
    { "cut",
      PPPD "sent [LCP ConfReq id=0x1 <magic 0x1>]\n" PPPD "sent [LCP ConfReq id=0x1 <magic 0x1>]\n",
      1, "inconclusive", "lcp" },
    { "one-direction",
      "Nov 22 12:41:10 pc pppd[4]: sent [LCP ConfReq id=0x1 <magic 0x1>]\n"
      "Nov 22 12:41:20 pc pppd[4]: sent [LCP ConfReq id=0x1 <magic 0x1>]\n"
      "Nov 22 12:41:30 pc pppd[4]: sent [LCP ConfReq id=0x1 <magic 0x1>]\n"
      "Nov 22 12:41:50 pc pppd[4]: x\n",
      1, "inconclusive", "lcp" },
    { "sstp-without-ppp",
      "Nov 22 12:41:00 pc sstpc[3]: SEND SSTP CRTL PKT(14) \n"
      "Nov 22 12:41:00 pc sstpc[3]:   TYPE(1): CONNECT REQUEST, ATTR(1): \n"
      "Nov 22 12:41:00 pc sstpc[3]: RECV SSTP CRTL PKT(48) \n"
      "Nov 22 12:41:00 pc sstpc[3]:   TYPE(2): CONNECT ACK, ATTR(1): \n"
      "Nov 22 12:41:50 pc sstpc[3]: RECV SSTP CRTL PKT(8) \n"
      "Nov 22 12:41:50 pc sstpc[3]:   TYPE(6): DISCONNECT, ATTR(0): \n",
      1, "inconclusive", "sstp" },
    /* It came up, and was gone. */
    { "hangup", CLIENT_UP(PPPD) CLIENT_IPCP(PPPD) PPPD "Modem hangup\n", 1, "inconclusive", "ncp" },
    { "server-left",
      CLIENT_UP(PPPD) CLIENT_IPCP(PPPD) PPPD "rcvd [LCP TermReq id=0x9]\n" PPPD
                                             "sent [LCP TermAck id=0x9]\n",
      1, "session_server_ended", "ncp" },
    { "other-protocol",
      ACCEL
      "sstp: new connection from 192.0.2.1:1000\n" ACCEL
      ": recv [PPPoE PADR 00:00:00:00:00:01 => 00:00:00:00:00:02 sid=0000]\n" SERVER_UP(ACCEL),
      1, "inconclusive", NULL },
    /* Client and server on one machine write into one log. */
    { "one-log",
      "Nov 22 12:41:50 pc accel-pppd[7]: sstp: new connection from 192.0.2.1:1000\n" CLIENT_UP(PPPD)
          SERVER_UP("Nov 22 12:41:50 pc accel-pppd[7]: ") CLIENT_IPCP(PPPD),
      1, "healthy", "ncp" },
    /* The newest line first. */
    { "newest-first",
      "Nov 22 12:41:52 pc pppd[4]: rcvd [CHAP Failure id=0x1 \"E=691 R=0\"]\n"
      "Nov 22 12:41:52 pc pppd[4]: sent [CHAP Response id=0x1 <01>, name = \"bob\"]\n"
      "Nov 22 12:41:51 pc pppd[4]: rcvd [CHAP Challenge id=0x1 <01>, name = \"\"]\n"
      "Nov 22 12:41:50 pc pppd[4]: rcvd [LCP ConfAck id=0x1 <magic 0x1>]\n"
      "Nov 22 12:41:50 pc pppd[4]: sent [LCP ConfAck id=0x5 <auth chap MS-v2>]\n"
      "Nov 22 12:41:50 pc pppd[4]: rcvd [LCP ConfReq id=0x5 <auth chap MS-v2>]\n"
      "Nov 22 12:41:50 pc pppd[4]: sent [LCP ConfReq id=0x1 <magic 0x1>]\n",
      1, "auth_bad_credentials", "auth" },
    /* After a round time, of stamps that are all round. */
    { "round-time",
      CLIENT_UP(PPPD) CLIENT_IPCP(PPPD) "Nov 22 12:51:50 pc pppd[4]: rcvd [LCP TermReq id=0x9]\n"
                                        "Nov 22 12:51:50 pc pppd[4]: sent [LCP TermAck id=0x9]\n",
      1, "inconclusive", "ncp" },
    /* A complaint that was overcome. */
    { "overcome",
      PPPD "No response to PAP authenticate-requests\n" CLIENT_UP(PPPD) CLIENT_IPCP(PPPD), 1,
      "healthy", "ncp" },
    { "not-overcome",
      CLIENT_UP(PPPD) CLIENT_IPCP(PPPD) PPPD "Serial link appears to be disconnected.\n", 1,
      "peer_vanished", "ncp" },
    /* Two attempts of one pppd, the first of which failed. */
    { "twice",
      CLIENT_UP(PPPD) PPPD "rcvd [CHAP Failure id=0x1 \"E=691 R=0\"]\n" PPPD
                           "Connect: ppp0 <--> /dev/pts/1\n" CLIENT_UP(PPPD) CLIENT_IPCP(PPPD),
      2, "healthy", "ncp" },
    /* Two of them at a time, line by line. */
    { "interleaved",
      PPPD
      "sent [LCP ConfReq id=0x1 <magic 0x1>]\n"
      "Nov 22 12:41:50 pc pppd[5]: sent [LCP ConfReq id=0x1 <magic 0x9>]\n" PPPD
      "rcvd [LCP ConfReq id=0x5 <auth pap> <magic 0x2>]\n"
      "Nov 22 12:41:50 pc pppd[5]: rcvd [LCP ConfReq id=0x6 <auth pap> <magic 0x8>]\n" PPPD
      "sent [LCP ConfAck id=0x5 <auth pap> <magic 0x2>]\n"
      "Nov 22 12:41:50 pc pppd[5]: sent [LCP ConfAck id=0x6 <auth pap> <magic 0x8>]\n" PPPD
      "rcvd [LCP ConfAck id=0x1 <magic 0x1>]\n"
      "Nov 22 12:41:50 pc pppd[5]: rcvd [LCP ConfAck id=0x1 <magic 0x9>]\n" PPPD
      "sent [PAP AuthReq id=0x1 user=\"a\" password=<hidden>]\n"
      "Nov 22 12:41:50 pc pppd[5]: sent [PAP AuthReq id=0x1 user=\"b\" password=<hidden>]\n" PPPD
      "rcvd [PAP AuthAck id=0x1]\n"
      "Nov 22 12:41:50 pc pppd[5]: rcvd [PAP AuthNak id=0x1 \"bad\"]\n",
      2, "auth_bad_credentials", "auth" },
    /* Clients of a server whose lines name nobody yet. */
    { "mixed",
      ACCEL "sstp: new connection from 192.0.2.1:1000\n" ACCEL
            "sstp: new connection from 192.0.2.2:1000\n" SERVER_UP(ACCEL),
      2, "inconclusive", NULL },
    /* A line that only quotes one. */
    { "quoted", PPPD "he said: rcvd [CHAP Failure id=0x1 \"E=691 R=0\"]\n", 1,
      "auth_bad_credentials", NULL },
};

static void
run_judge(gconstpointer data)
{
    const struct judge_row *row = data;
    GPtrArray *logs = logs_of(row->log, NULL);
    struct log_attempts *attempts = log_attempts_new(logs);
    guint num = attempts->attempts->len;
    struct log_word *word;

    g_assert_cmpuint(num, ==, row->attempts);
    word = log_word_new(g_ptr_array_index(attempts->attempts, num - 1));
    g_assert_cmpstr(log_word_name(word), ==, row->verdict);
    g_assert_cmpint(word->confidence, <, CONFIDENCE_CERTAIN);
    g_assert_null(strstr(word->summary, "frame"));
    g_assert_cmpstr(word->judged ? stage_name(session_reached(word->judged->result->session))
                                 : NULL,
                    ==, row->stage);
    log_word_free(word);
    log_attempts_free(attempts);
    g_ptr_array_unref(logs);
}

/* --- both ends ------------------------------------------------------------------------------- */

#define ACCEL_LATER "[2026-11-22 14:11:51]:  info: "

struct ends_row {
    const char *name, *client, *server;
    guint attempts;
    enum log_match match; /* of the first */
    int64_t shift;        /* seconds */
    bool zone;
    guint contradictions;
};

static const struct ends_row ends_rows[] = {
    { "messages", CLIENT_UP(PPPD) CLIENT_IPCP(PPPD),
      ACCEL "sstp: new connection from 192.0.2.1:1000\n" SERVER_UP(ACCEL), 1, LOG_MATCH_MESSAGES, 0,
      false, 0 },
    { "zone", CLIENT_UP(PPPD) CLIENT_IPCP(PPPD),
      ACCEL_LATER "sstp: new connection from 192.0.2.1:1000\n" SERVER_UP(ACCEL_LATER), 1,
      LOG_MATCH_MESSAGES, -5400, true, 0 },
    { "clock", CLIENT_UP(PPPD),
      "[2026-11-22 12:48:50]:  info: sstp: new connection from 192.0.2.1:1000\n" SERVER_UP(
          "[2026-11-22 12:48:50]:  info: "),
      1, LOG_MATCH_MESSAGES, -420, false, 0 },
    /* Nothing in common but half hours between them. */
    { "zone-by-time", SSTPC "Connected to v\n" SSTPC "Connection was aborted, x\n",
      "[2026-11-22 14:41:51]:  info: sstp: new connection from 192.0.2.1:1000\n", 1, LOG_MATCH_TIME,
      -7200, true, 0 },
    /* Two sessions at the same time that have nothing in common. */
    { "others", CLIENT_UP(PPPD),
      ACCEL "sstp: new connection from 192.0.2.1:1000\n" ACCEL
            ": send [LCP ConfReq id=5 <auth PAP> <magic 99999999>]\n" ACCEL
            ": recv [LCP ConfReq id=1 <magic 88888888>]\n",
      2, LOG_MATCH_NONE, 0, false, 0 },
    /* The client sent what the server's log does not have, and that goes on. */
    { "contradiction",
      CLIENT_UP(PPPD) PPPD
      "sent [IPCP ConfReq id=0x1 <addr 0.0.0.0>]\n" PPPD
      "sent [IPCP ConfReq id=0x2 <addr 0.0.0.0>]\n"
      "Nov 22 12:41:52 pc pppd[4]: sent [IPCP ConfReq id=0x3 <addr 0.0.0.0>]\n",
      ACCEL "sstp: new connection from 192.0.2.1:1000\n" SERVER_UP(ACCEL) ACCEL
      "ppp0: recv [IPCP ConfReq id=1 <addr 0.0.0.0>]\n"
      "[2026-11-22 12:41:52]:  info: ppp0: recv [IPCP ConfReq id=3 <addr 0.0.0.0>]\n",
      1, LOG_MATCH_MESSAGES, 0, false, 1 },
};

static void
run_ends(gconstpointer data)
{
    const struct ends_row *row = data;
    GPtrArray *logs = logs_of(row->client, row->server);
    struct log_attempts *attempts = log_attempts_new(logs);
    const struct log_offset *offset = &g_array_index(attempts->offsets, struct log_offset, 1);

    g_assert_cmpuint(attempts->attempts->len, ==, row->attempts);
    const struct log_attempt *first = g_ptr_array_index(attempts->attempts, 0);
    g_assert_cmpint(first->match, ==, row->match);
    g_assert_cmpint(offset->shift / NS_PER_SECOND, ==, row->shift);
    g_assert_cmpint(offset->zone, ==, row->zone);
    GPtrArray *sentences = log_contradictions(first);
    g_assert_cmpuint(sentences->len, ==, row->contradictions);
    g_ptr_array_unref(sentences);
    log_attempts_free(attempts);
    g_ptr_array_unref(logs);
}

/* --- the table ------------------------------------------------------------------------------- */

/* Each form reads its own example, at least where it begins a packet. */
static void
test_forms(void)
{
    size_t num;
    const struct log_dump_form *forms = log_dump_forms(&num);

    for (size_t i = 0; i < num; i++) {
        struct log *log = log_parse("x", (const uint8_t *)"", 0,
                                    &(struct log_context){ g_time_zone_new_utc(), 0, 0, true });
        struct log_dump *dump = log_dump_new();
        bool read = false;
        for (size_t k = 0; k <= i && !read; k++) {
            struct log_entry entry = {
                .source = forms[i].source,
                .channel = log_dump_channel(forms[k].source, forms[k].example) ? "x" : NULL
            };
            if (forms[k].source == forms[i].source) {
                read = forms[k].read(dump, log, &entry, forms[k].example) && k == i;
                g_array_append_val(log->entries, entry);
            }
        }
        g_assert_true(read);
        log_dump_free(dump);
        log_free(log);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(ppp_rows); i++) {
        char *path = g_strdup_printf("/log-dump/ppp/%zu", i);
        g_test_add_data_func(path, &ppp_rows[i], run_ppp);
        g_free(path);
    }
    g_test_add_func("/log-dump/ppp/cut", test_ppp_cut);
    for (size_t i = 0; i < G_N_ELEMENTS(judge_rows); i++) {
        char *path = g_strconcat("/log-dump/judge/", judge_rows[i].name, NULL);
        g_test_add_data_func(path, &judge_rows[i], run_judge);
        g_free(path);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(ends_rows); i++) {
        char *path = g_strconcat("/log-dump/ends/", ends_rows[i].name, NULL);
        g_test_add_data_func(path, &ends_rows[i], run_ends);
        g_free(path);
    }
    g_test_add_func("/log-dump/forms", test_forms);
    return g_test_run();
}
