/* programs.h - sessions in the words of servers and clients as there are: what is said of them with
 * keys, and by lengths alone
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_PROGRAMS_H
#define SSTPDIAG_TESTS_PROGRAMS_H

/* What each program asks for in LCP and in the network protocols, how often it sends an echo, and
 * how it takes leave. */
#define PROGRAM_CALL "c.post s.answer c.call-request s.call-ack "
#define LCP_ACCEL                                                                                  \
    "s.ask=lcp,010405ac0305c2238105060a1b2c3d c.ask=lcp,02060000000005061122334407020802 "         \
    "c.ack=lcp,010405ac0305c2238105060a1b2c3d s.reject=lcp,02060000000007020802 "                  \
    "c.ask=lcp,050611223344 s.ack=lcp,050611223344 "
#define LCP_ACCEL_PAP                                                                              \
    "s.ask=lcp,010405ac0304c02305060a1b2c3d c.ask=lcp,02060000000005061122334407020802 "           \
    "c.ack=lcp,010405ac0304c02305060a1b2c3d s.reject=lcp,02060000000007020802 "                    \
    "c.ask=lcp,050611223344 "                                                                      \
    "s.ack=lcp,050611223344 "
#define LCP_ACCEL_MD5                                                                              \
    "s.ask=lcp,010405ac0305c2230505060a1b2c3d c.ask=lcp,02060000000005061122334407020802 "         \
    "c.ack=lcp,010405ac0305c2230505060a1b2c3d s.reject=lcp,02060000000007020802 "                  \
    "c.ask=lcp,050611223344 s.ack=lcp,050611223344 "
#define LCP_SOFTETHER                                                                              \
    "c.ask=lcp,010405dc050611223344 s.reject=lcp,050611223344 c.ask=lcp,010405dc "                 \
    "s.ack=lcp,010405dc "                                                                          \
    "s.ask=lcp,010405dc0305c22381 c.ack=lcp,010405dc0305c22381 "
#define LCP_WINDOWS_SOFTETHER                                                                      \
    "c.ask=lcp,01040ffb050611223344070208020d0306 s.echo s.reject=lcp,050611223344070208020d0306 " \
    "c.ask=lcp,01040ffb s.ack=lcp,01040ffb s.ask=lcp,010405dc0305c22381 "                          \
    "c.ack=lcp,010405dc0305c22381 "                                                                \
    "c.echo-reply "
#define LCP_RRAS                                                                                   \
    "c.ask=lcp,010405dc050611223344 s.ack=lcp,010405dc050611223344 "                               \
    "s.ask=lcp,01040ffb0304c22705065566778807020802 c.nak=lcp,0305c22381 "                         \
    "s.ask=lcp,01040ffb0305c2238105065566778807020802 "                                            \
    "c.ack=lcp,01040ffb0305c2238105065566778807020802 "
#define LCP_RRAS_EAP                                                                               \
    "c.ask=lcp,010405dc050611223344 s.ack=lcp,010405dc050611223344 "                               \
    "s.ask=lcp,01040ffb0304c22705065566778807020802 "                                              \
    "c.ack=lcp,01040ffb0304c22705065566778807020802 "
#define LCP_MIKROTIK                                                                               \
    "s.ask=lcp,010405dc0305c22381050655667788 c.nak=lcp,0305c22381 "                               \
    "s.ask=lcp,010405dc0305c22381050655667788 c.ack=lcp,010405dc0305c22381050655667788 "           \
    "c.ask=lcp,050611223344 s.ack=lcp,050611223344 "
#define LCP_SORZ                                                                                   \
    "s.ask=lcp,0305c22381050655667788 c.ask=lcp,050611223344 s.ack=lcp,050611223344 "              \
    "c.ack=lcp,0305c22381050655667788 "
#define LCP_GO                                                                                     \
    "s.ask=lcp,010405dc0304c023 c.ask=lcp,010405dc s.ack=lcp,010405dc c.ack=lcp,010405dc0304c023 "
#define IPCP_ACCEL                                                                                 \
    "s.ask=ipcp,03060a000001 c.ack=ipcp,03060a000001 "                                             \
    "c.ask=ipcp,0206002d0f01030600000000810600000000830600000000 s.reject=ipcp,0206002d0f01 "      \
    "c.ask=ipcp,030600000000810600000000830600000000 "                                             \
    "s.nak=ipcp,03060a000002810608080808830608080404 "                                             \
    "c.ask=ipcp,03060a000002810608080808830608080404 "                                             \
    "s.ack=ipcp,03060a000002810608080808830608080404 "                                             \
    "c.ask=ccp,1a0478001804780015032f s.protocol-reject=ccp "
#define IPCP_SOFTETHER                                                                             \
    "c.ask=ipv6cp,010a0000000000000001 s.protocol-reject=ipv6cp "                                  \
    "c.ask=ipcp,030600000000810600000000 "                                                         \
    "wait=2 c.ask=ipcp,030600000000810600000000 wait=1.1 s.nak=ipcp,0306c0a81e0b8106c0a81e01 "     \
    "c.ask=ipcp,0306c0a81e0b8106c0a81e01 s.ack=ipcp,0306c0a81e0b8106c0a81e01 "                     \
    "s.ask=ipcp,0306c0a81e01 "                                                                     \
    "c.ack=ipcp,0306c0a81e01 "
#define IPCP_RRAS                                                                                  \
    "s.ask=ccp,120600000001 s.ask=ipcp,03060a000001 c.ack=ipcp,03060a000001 "                      \
    "s.ask=ipv6cp,010a0000000000000001 c.protocol-reject=ipv6cp c.ask=ccp,120601000041 "           \
    "s.reject=ccp,120601000041 c.reject=ccp,120600000001 "                                         \
    "c.ask=ipcp,030600000000810600000000820600000000 s.reject=ipcp,820600000000 "                  \
    "c.ask=ipcp,030600000000810600000000 s.nak=ipcp,03060a00000281060a000001 "                     \
    "c.ask=ipcp,03060a00000281060a000001 s.ack=ipcp,03060a00000281060a000001 "
#define IPCP_MIKROTIK                                                                              \
    "c.ask=ipcp,030600000000 s.nak=ipcp,03060a000002 c.ask=ipcp,03060a000002 "                     \
    "s.ack=ipcp,03060a000002 "                                                                     \
    "s.ask=ipcp,03060a000001 c.ack=ipcp,03060a000001 s.ask=ccp,120601000040 "                      \
    "c.reject=ccp,120601000040 "                                                                   \
    ""
#define IPCP_SERVER    "s.ask=ipcp,03060a000001 c.ack=ipcp,03060a000001 "
#define PROGRAM_CHAP   "s.challenge c.response s.success "
#define ECHO_ACCEL     "wait=30 s.lcp-echo c.lcp-reply "
#define ECHO_SOFTETHER "wait=3 s.echo c.echo-reply wait=4 s.echo c.echo-reply "
#define MIXED_DATA                                                                                 \
    "c.data=60 s.data=1300 c.data=52 s.data=1300 s.data=700 c.data=52 c.data=400 s.data=52 "
#define LEAVE "c.terminate s.terminate-ack c.disconnect s.disconnect-ack close"
#define LEAVE_WINDOWS                                                                              \
    "c.terminate=0 s.terminate-ack c.disconnect s.disconnect-ack wait=0.3 s.fin c.rst"

struct program_row {
    const char *name, *script; /* "@": the value of tls */
    const char *keys;          /* verdict; NULL: healthy */
    const char *blind, *cbc;   /* without keys: with an AEAD, with a block cipher */
};

static const struct program_row program_rows[] = {
    /* clang-format off */
    { "accel",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 " ECHO_ACCEL ECHO_ACCEL ECHO_ACCEL MIXED_DATA LEAVE,
      NULL, NULL, NULL },
    { "accel-reset",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 " ECHO_ACCEL ECHO_ACCEL
      "c.terminate=User_request s.terminate-ack c.disconnect s.disconnect-ack s.rst",
      NULL, NULL, NULL },
    { "accel-pap",
      "[auth=pap] tcp tls=@ " PROGRAM_CALL LCP_ACCEL_PAP "c.pap-request s.pap-ack c.call-connected " IPCP_ACCEL
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 " ECHO_ACCEL LEAVE,
      NULL, NULL, NULL },
    { "accel-md5",
      "[auth=md5] tcp tls=@ " PROGRAM_CALL LCP_ACCEL_MD5 PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 " ECHO_ACCEL LEAVE,
      NULL, NULL, NULL },
    { "softether",
      "tcp tls=@ " PROGRAM_CALL LCP_SOFTETHER PROGRAM_CHAP "c.call-connected " ECHO_SOFTETHER IPCP_SOFTETHER
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 " ECHO_SOFTETHER ECHO_SOFTETHER LEAVE,
      NULL, NULL, NULL },
    { "softether-late-ip",
      "tcp tls=@ " PROGRAM_CALL LCP_SOFTETHER PROGRAM_CHAP "c.call-connected " ECHO_SOFTETHER
      "c.ask=ipv6cp,010a0000000000000001 s.protocol-reject=ipv6cp c.ask=ipcp,030600000000810600000000 "
      "wait=2 c.ask=ipcp,030600000000810600000000 wait=6 c.ask=ipcp,030600000000810600000000 wait=1 "
      "s.nak=ipcp,0306c0a81e0b8106c0a81e01 c.ask=ipcp,0306c0a81e0b8106c0a81e01 "
      "s.ack=ipcp,0306c0a81e0b8106c0a81e01 s.ask=ipcp,0306c0a81e01 c.ack=ipcp,0306c0a81e01 c.data=100 "
      "s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 " ECHO_SOFTETHER ECHO_SOFTETHER ECHO_SOFTETHER LEAVE,
      NULL, NULL, NULL },
    { "win-softether",
      "tcp tls=@ " PROGRAM_CALL LCP_WINDOWS_SOFTETHER PROGRAM_CHAP "c.call-connected " IPCP_SOFTETHER MIXED_DATA ECHO_SOFTETHER
      ECHO_SOFTETHER LEAVE_WINDOWS,
      NULL, NULL, "inconclusive" },
    { "win-rras",
      "tcp tls=@ " PROGRAM_CALL LCP_RRAS "+c.acfc +c.pfc +s.acfc +s.pfc " PROGRAM_CHAP
      "s.cbcp=1,0102 +c.hold c.call-connected c.cbcp=2,0102 -c.hold s.cbcp=3,0102 " IPCP_RRAS MIXED_DATA
      "wait=60 s.echo c.echo-reply " LEAVE_WINDOWS,
      NULL, "inconclusive", "inconclusive" },
    { "win-rras-eap",
      "[auth=eap] tcp tls=@ " PROGRAM_CALL LCP_RRAS_EAP
      "s.eap=1 c.eap=1 s.eap-challenge c.eap-response s.eap-proof c.eap=26,03 s.eap-success " "c.call-connected " IPCP_RRAS
      MIXED_DATA "wait=60 s.echo c.echo-reply " LEAVE_WINDOWS,
      NULL, NULL, NULL },
    { "win-rras-sstpc",
      "tcp tls=@ " PROGRAM_CALL LCP_RRAS PROGRAM_CHAP "c.call-connected " IPCP_RRAS
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 wait=60 s.echo c.echo-reply "
      "wait=61 s.echo c.echo-reply " LEAVE,
      NULL, NULL, NULL },
    { "mikrotik",
      "tcp tls=@ " PROGRAM_CALL LCP_MIKROTIK PROGRAM_CHAP "c.call-connected " IPCP_MIKROTIK
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 " ECHO_ACCEL ECHO_ACCEL
      "c.terminate=session_closed s.terminate-ack close",
      NULL, NULL, NULL },
    { "mikrotik-terminate-only",
      "tcp tls=@ " PROGRAM_CALL LCP_MIKROTIK PROGRAM_CHAP "c.call-connected " IPCP_MIKROTIK MIXED_DATA
      "wait=5 c.terminate s.terminate-ack c.alert=0 c.fin s.fin",
      NULL, NULL, NULL },
    { "py-sorz",
      "tcp tls=@ " PROGRAM_CALL LCP_SORZ PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 wait=20 c.echo s.echo-reply " LEAVE,
      NULL, NULL, NULL },
    { "py-disconnect-only",
      "tcp tls=@ " PROGRAM_CALL LCP_SORZ PROGRAM_CHAP "c.call-connected " IPCP_MIKROTIK MIXED_DATA
      "c.disconnect s.disconnect-ack close",
      NULL, NULL, NULL },
    { "go-pap",
      "[auth=pap] tcp tls=@ " PROGRAM_CALL LCP_GO "c.pap-request s.pap-ack c.call-connected " IPCP_MIKROTIK
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 c.disconnect s.disconnect-ack "
      "c.alert=0 s.alert=0 close",
      NULL, NULL, "inconclusive" },
    { "idle-no-data",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL ECHO_ACCEL ECHO_ACCEL ECHO_ACCEL ECHO_ACCEL
      LEAVE,
      NULL, NULL, "inconclusive" },
    { "no-end",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 " ECHO_ACCEL ECHO_ACCEL ECHO_ACCEL,
      NULL, NULL, NULL },
    { "quick-bye",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL "wait=6 " LEAVE,
      NULL, NULL, "inconclusive" },
    { "download-only",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "c.data=60 s.data=1300 s.data=1300 c.data=40 s.data=1300 s.data=1300 c.data=40 s.data=1300 "
      "s.data=1300 c.data=40 s.data=1300 s.data=1300 c.data=40 s.data=1300 s.data=1300 c.data=40 "
      "s.data=1300 s.data=1300 c.data=40 " ECHO_ACCEL LEAVE,
      NULL, NULL, NULL },
    { "udp-download",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "c.data=80 s.data=200 s.data=1200 s.data=1200 s.data=1200 wait=1 s.data=1200 s.data=1200 "
      "s.data=1200 wait=1 s.data=1200 s.data=1200 s.data=1200 wait=1 s.data=1200 s.data=1200 "
      "s.data=1200 wait=1 s.data=1200 s.data=1200 s.data=1200 wait=1 s.data=1200 s.data=1200 "
      "s.data=1200 wait=1 s.data=1200 s.data=1200 s.data=1200 wait=1 s.data=1200 s.data=1200 " "s.data=1200 wait=1 " ECHO_ACCEL
      LEAVE,
      NULL, NULL, NULL },
    { "noise-only-client",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "c.data=100 wait=2 c.data=100 wait=4 c.data=48 wait=4 c.data=48 " ECHO_ACCEL ECHO_ACCEL LEAVE,
      NULL, NULL, NULL },
    { "coalesced",
      "tcp tls=@ " PROGRAM_CALL "+s.hold s.ask=lcp,010405ac0305c2238105060a1b2c3d -s.hold c.ask=lcp,05061122334407020802 "
      "c.ack=lcp,010405ac0305c2238105060a1b2c3d s.reject=lcp,07020802 c.ask=lcp,050611223344 +s.hold "
      "s.ack=lcp,050611223344 s.challenge -s.hold c.response s.success +c.hold c.call-connected "
      "c.ask=ipcp,030600000000 -c.hold +s.hold s.nak=ipcp,03060a000002 s.ask=ipcp,03060a000001 -s.hold "
      "+c.hold c.ack=ipcp,03060a000001 c.ask=ipcp,03060a000002 -c.hold s.ack=ipcp,03060a000002 " MIXED_DATA MIXED_DATA MIXED_DATA
      ECHO_ACCEL LEAVE,
      NULL, "inconclusive", "inconclusive" },
    { "nak-storm",
      "tcp tls=@ " PROGRAM_CALL "s.ask=lcp,010405ac0304c2270506aabbccdd c.nak=lcp,0305c22381 "
      "s.ask=lcp,010405ac0305c223800506aabbccdd c.nak=lcp,0305c22381 "
      "s.ask=lcp,010405ac0305c223050506aabbccdd c.nak=lcp,0305c22381 "
      "s.ask=lcp,010405ac0305c223810506aabbccdd c.ack=lcp,010405ac0305c223810506aabbccdd "
      "c.ask=lcp,0506aabbccde s.ack=lcp,0506aabbccde " PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 " ECHO_ACCEL LEAVE,
      NULL, NULL, NULL },
    { "resent-setup",
      "tcp tls=@ " PROGRAM_CALL "c.ask=lcp,050611223344 wait=3 c.ask=lcp,050611223344 s.ask=lcp,010405ac0305c2238105060a1b2c3d "
      "wait=3 s.ask=lcp,010405ac0305c2238105060a1b2c3d c.ack=lcp,010405ac0305c2238105060a1b2c3d " "s.ack=lcp,050611223344 "
      PROGRAM_CHAP "c.call-connected " IPCP_ACCEL "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 " ECHO_ACCEL
      LEAVE,
      NULL, NULL, NULL },
    { "server-restarts",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 " ECHO_ACCEL ECHO_ACCEL
      "s.terminate=admin_reset c.terminate-ack s.disconnect c.disconnect-ack s.fin c.fin",
      "session_policy_timeout", "session_server_ended", "session_server_ended" },
    { "reneg-nothing",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 " ECHO_ACCEL "wait=20 c.data=500 s.data=900 " LEAVE,
      NULL, NULL, NULL },
    { "pw-accel",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL "s.challenge c.response=other "
      "s.failure=E=691_R=0_C=11111111111111111111111111111111_V=3_M=Authentication_failure "
      "s.terminate=authentication_failed c.terminate-ack s.abort=7 s.fin c.fin",
      "auth_bad_credentials", "auth_bad_credentials", "auth_bad_credentials" },
    { "pw-softether",
      "tcp tls=@ " PROGRAM_CALL LCP_SOFTETHER "s.challenge c.response=other wait=0.5 s.failure=E=691_R=0_V=3 "
      "c.terminate=Failed_to_authenticate_ourselves_to_peer s.terminate-ack c.disconnect " "s.disconnect-ack close",
      "auth_bad_credentials", "auth_bad_credentials", "auth_bad_credentials" },
    { "pw-rras-retry",
      "tcp tls=@ " PROGRAM_CALL LCP_RRAS
      "s.challenge c.response=other s.failure=E=691_R=1_C=00112233445566778899aabbccddeeff_V=3 "
      "c.response=other s.failure=E=691_R=0_V=3 c.terminate=691 s.terminate-ack c.disconnect " "s.disconnect-ack close",
      "auth_bad_credentials", "auth_bad_credentials", "auth_bad_credentials" },
    { "pw-pap",
      "[auth=pap] tcp tls=@ " PROGRAM_CALL LCP_GO "c.pap-request s.pap-nak s.terminate c.terminate-ack s.fin c.fin",
      "auth_bad_credentials", "auth_bad_credentials", "auth_bad_credentials" },
    { "pw-mikrotik",
      "tcp tls=@ " PROGRAM_CALL LCP_MIKROTIK
      "s.challenge c.response=other wait=0.2 s.failure=E=691_R=0 s.terminate=authentication_failed " "c.terminate-ack s.fin c.fin",
      "auth_bad_credentials", "auth_bad_credentials", "auth_bad_credentials" },
    { "pw-eap",
      "[auth=eap] tcp tls=@ " PROGRAM_CALL LCP_RRAS_EAP
      "s.eap=1 c.eap=1 s.eap-challenge c.eap-response s.eap-failure s.terminate c.terminate-ack s.fin " "c.fin",
      "auth_eap_failed", "auth_bad_credentials", "auth_bad_credentials" },
    { "pw-md5",
      "[auth=md5] tcp tls=@ " PROGRAM_CALL LCP_ACCEL_MD5
      "s.challenge c.response s.failure=Authentication_failed s.terminate c.terminate-ack s.disconnect " "s.fin c.fin",
      "auth_bad_credentials", "auth_bad_credentials", "auth_bad_credentials" },
    { "method-nak",
      "tcp tls=@ " PROGRAM_CALL "c.ask=lcp,050611223344 s.ack=lcp,050611223344 s.ask=lcp,010405ac0304c023 c.nak=lcp,0305c22381 "
      "s.ask=lcp,010405ac0304c023 c.nak=lcp,0305c22381 s.ask=lcp,010405ac0304c023 c.nak=lcp,0305c22381 "
      "s.ask=lcp,010405ac0304c023 c.nak=lcp,0305c22381 s.ask=lcp,010405ac0304c023 c.nak=lcp,0305c22381 "
      "s.terminate c.terminate-ack s.fin c.fin",
      "lcp_auth_method_mismatch", "lcp_auth_method_mismatch", "lcp_auth_method_mismatch" },
    { "method-reject",
      "tcp tls=@ " PROGRAM_CALL "c.ask=lcp,050611223344 s.ack=lcp,050611223344 s.ask=lcp,010405ac0304c227 c.reject=lcp,0304c227 "
      "s.ask=lcp,010405ac0304c227 c.reject=lcp,0304c227 s.terminate=peer_refused_to_authenticate "
      "c.terminate-ack s.abort=7 s.fin c.fin",
      "lcp_auth_method_mismatch", "auth_bad_credentials", "auth_bad_credentials" },
    { "method-client-gives-up",
      "tcp tls=@ " PROGRAM_CALL "s.ask=lcp,0304c023 c.nak=lcp,0305c22381 s.ask=lcp,0304c023 c.nak=lcp,0305c22381 "
      "s.ask=lcp,0304c023 c.nak=lcp,0305c22381 c.ask=lcp s.ack=lcp " LEAVE,
      "lcp_auth_method_mismatch", "lcp_auth_method_mismatch", "auth_bad_credentials" },
    { "noaddr-accel",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP
      "c.call-connected c.ask=ipcp,030600000000810600000000 s.terminate c.terminate-ack s.disconnect " "s.fin c.fin",
      "ipcp_no_address", "ipcp_no_address", "ipcp_no_address" },
    { "noaddr-softether",
      "tcp tls=@ " PROGRAM_CALL LCP_SOFTETHER PROGRAM_CHAP "c.call-connected " ECHO_SOFTETHER
      "c.ask=ipcp,030600000000810600000000 wait=3 c.ask=ipcp,030600000000810600000000 wait=2 "
      "s.reject=ipcp,030600000000810600000000 c.ask=ipcp s.ack=ipcp s.ask=ipcp,0306c0a81e01 "
      "c.ack=ipcp,0306c0a81e01 c.ncp-terminate=Could_not_determine_local_IP_address " ECHO_SOFTETHER ECHO_SOFTETHER ECHO_SOFTETHER
      "c.terminate=No_network_protocols_running s.terminate-ack c.disconnect s.disconnect-ack close",
      "ipcp_no_address", "ipcp_no_address", "inconclusive" },
    { "noaddr-softether-on",
      "tcp tls=@ " PROGRAM_CALL LCP_SOFTETHER PROGRAM_CHAP "c.call-connected " ECHO_SOFTETHER
      "c.ask=ipcp,030600000000 wait=3 c.ask=ipcp,030600000000 wait=2 s.reject=ipcp,030600000000 "
      "c.ask=ipcp s.ack=ipcp c.ncp-terminate=Could_not_determine_local_IP_address wait=3 "
      "c.ncp-terminate=Could_not_determine_local_IP_address " ECHO_SOFTETHER ECHO_SOFTETHER ECHO_SOFTETHER ECHO_SOFTETHER
      ECHO_SOFTETHER ECHO_SOFTETHER ECHO_SOFTETHER ECHO_SOFTETHER ECHO_SOFTETHER ECHO_SOFTETHER ECHO_SOFTETHER ECHO_SOFTETHER
      "c.alert=0 c.fin s.fin",
      "ipcp_no_address", "ipcp_no_address", "inconclusive" },
    { "noaddr-rras",
      "tcp tls=@ " PROGRAM_CALL LCP_RRAS PROGRAM_CHAP "c.call-connected " IPCP_SERVER
      "c.ask=ipcp,030600000000 s.terminate=733 c.terminate-ack s.fin c.fin",
      "ipcp_not_started", "ipcp_no_address", "ipcp_no_address" },
    { "addr-rejected",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_SERVER
      "c.ask=ipcp,0306c0a80163 s.nak=ipcp,03060a000002 c.ask=ipcp,0306c0a80163 s.nak=ipcp,03060a000002 "
      "c.ask=ipcp,0306c0a80163 s.nak=ipcp,03060a000002 c.ask=ipcp,0306c0a80163 s.nak=ipcp,03060a000002 "
      "c.ask=ipcp,0306c0a80163 s.nak=ipcp,03060a000002 c.ask=ipcp,0306c0a80163 s.nak=ipcp,03060a000002 "
      "c.terminate=No_network_protocols_running s.terminate-ack c.disconnect s.disconnect-ack close",
      "ipcp_address_rejected", "ipcp_address_rejected", "inconclusive" },
    { "mppe",
      "tcp tls=@ " PROGRAM_CALL LCP_MIKROTIK PROGRAM_CHAP
      "c.call-connected c.ask=ipcp,030600000000 s.nak=ipcp,03060a000002 c.ask=ipcp,03060a000002 " "s.ack=ipcp,03060a000002 "
      IPCP_SERVER "s.ask=ccp,120601000040 c.protocol-reject=ccp s.terminate=MPPE_required_but_cannot_negotiate "
      "c.terminate-ack s.fin c.fin",
      "ccp_mppe_required", "ipcp_no_address", "ipcp_no_address" },
    { "nocc-accel",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP IPCP_ACCEL
      "c.data=92 wait=1 c.data=92 wait=1 c.data=92 wait=20 s.lcp-echo c.lcp-reply wait=20 s.lcp-echo "
      "c.lcp-reply wait=17.5 s.abort=7 s.fin c.fin",
      "sstp_call_connected_missing", "sstp_call_connected_missing", "sstp_call_connected_missing" },
    { "nocc-rras",
      "tcp tls=@ " PROGRAM_CALL LCP_RRAS PROGRAM_CHAP "wait=59.8 s.abort=7 c.abort=7 s.fin c.fin",
      "sstp_call_connected_missing", "auth_no_reply", "auth_bad_credentials" },
    { "nocc-softether",
      "tcp tls=@ " PROGRAM_CALL LCP_SOFTETHER PROGRAM_CHAP IPCP_SOFTETHER "c.data=92 c.data=92 wait=2 c.data=92 " ECHO_SOFTETHER
      ECHO_SOFTETHER "c.data=92 wait=45 s.abort=7 s.fin c.fin",
      "sstp_call_connected_missing", "sstp_call_connected_missing", "auth_bad_credentials" },
    { "bind-accel",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected=mac c.ask=ipcp,030600000000 s.abort=7 s.fin c.fin",
      "sstp_aborted", "sstp_aborted", "sstp_aborted" },
    { "bind-rras",
      "tcp tls=@ " PROGRAM_CALL LCP_RRAS PROGRAM_CHAP "c.call-connected=mac s.abort=7 c.abort=7 s.fin c.fin",
      "sstp_aborted", "sstp_aborted", "ipcp_no_address" },
    { "bind-rst",
      "tcp tls=@ " PROGRAM_CALL LCP_RRAS PROGRAM_CHAP "c.call-connected=mac c.ask=ipcp,030600000000 s.rst",
      "peer_abrupt_close", "ipcp_no_address", "ipcp_no_address" },
    { "bind-no-status",
      "tcp tls=@ " PROGRAM_CALL LCP_SORZ PROGRAM_CHAP "c.call-connected=mac s.abort s.fin c.fin",
      "sstp_aborted", "sstp_aborted", "ipcp_no_address" },
    { "abort-at-ack",
      "tcp tls=@ " PROGRAM_CALL "s.abort=7 s.fin c.fin",
      "sstp_aborted", "sstp_aborted", "lcp_not_started" },
    { "abort-lcp",
      "tcp tls=@ " PROGRAM_CALL "s.ask=lcp,0305c22381 c.ack=lcp,0305c22381 s.abort=7 s.fin c.fin",
      "sstp_aborted", "lcp_auth_method_mismatch", "inconclusive" },
    { "abort-auth",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL "s.challenge c.response s.abort=7 s.fin c.fin",
      "sstp_aborted", "auth_bad_credentials", "auth_bad_credentials" },
    { "abort-running",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 " ECHO_ACCEL "s.abort=7 c.abort=7 s.fin c.fin",
      "sstp_aborted", "session_server_ended", "session_server_ended" },
    { "nak",
      "tcp tls=@ c.post s.answer c.call-request s.call-nak c.abort=2 c.fin s.fin",
      "sstp_nak", "sstp_nak", "inconclusive" },
    { "idle-rst",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 c.tcp-ack s.tcp-ack wait=300 " "s.rst",
      "idle_cut", "idle_cut", "peer_abrupt_close" },
    { "idle-answered",
      "tcp tls=@ " PROGRAM_CALL LCP_SORZ PROGRAM_CHAP "c.call-connected " IPCP_MIKROTIK
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 c.tcp-ack s.tcp-ack wait=1832 " "c.data=90 s.rst",
      "idle_cut", "idle_cut", "idle_cut" },
    { "vanished-echo",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 " ECHO_ACCEL ECHO_ACCEL
      "+c.deaf wait=30 s.lcp-echo wait=1 s.again wait=2 s.again wait=4 s.again wait=8 s.again wait=15 " "s.rst",
      "tcp_path_silent", "tcp_path_silent", "tcp_path_silent" },
    { "echo-unanswered",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 " ECHO_ACCEL ECHO_ACCEL
      "wait=30 s.lcp-echo c.tcp-ack wait=30 s.lcp-echo c.tcp-ack wait=30 s.lcp-echo c.tcp-ack wait=30 " "s.terminate s.fin",
      "lcp_echo_gap", "lcp_echo_gap", "lcp_echo_gap" },
    { "sstp-echo-unanswered",
      "tcp tls=@ " PROGRAM_CALL LCP_RRAS PROGRAM_CHAP "c.call-connected " IPCP_RRAS MIXED_DATA
      "wait=60 s.echo c.echo-reply wait=60 s.echo c.tcp-ack wait=60 s.abort=7 s.fin",
      "sstp_echo_unanswered", "sstp_echo_unanswered", "sstp_echo_unanswered" },
    { "one-way-up",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "c.data=100 wait=1 c.data=100 wait=1 c.data=100 wait=2 c.data=60 wait=3 c.data=60 c.data=60 "
      "wait=1 c.data=80 c.data=80 c.data=80 wait=10 " ECHO_ACCEL LEAVE,
      NULL, "inconclusive", "inconclusive" },
    { "one-way-rras",
      "tcp tls=@ " PROGRAM_CALL LCP_RRAS PROGRAM_CHAP "c.call-connected " IPCP_RRAS
      "c.data=100 wait=1 c.data=100 wait=1 c.data=100 wait=1 c.data=100 wait=1 c.data=100 wait=1 "
      "c.data=100 wait=1 c.data=100 wait=1 c.data=100 wait=1 c.data=100 wait=1 c.data=100 wait=1 "
      "wait=50 s.echo c.echo-reply c.data=100 " LEAVE_WINDOWS,
      NULL, "inconclusive", "inconclusive" },
    { "tls-close",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL MIXED_DATA ECHO_ACCEL
      "wait=3 s.alert=0 s.fin c.fin",
      "session_server_ended", "session_server_ended", "inconclusive" },
    { "rst-running",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL MIXED_DATA ECHO_ACCEL
      "wait=3.7 c.data=90 s.data=90 wait=2 s.rst",
      "peer_abrupt_close", "peer_abrupt_close", "peer_abrupt_close" },
    { "lcp-silent",
      "tcp tls=@ " PROGRAM_CALL "c.ask=lcp,050611223344 s.tcp-ack wait=3 c.ask=lcp,050611223344 s.tcp-ack wait=3 "
      "c.ask=lcp,050611223344 s.tcp-ack wait=3 c.ask=lcp,050611223344 s.tcp-ack wait=21 c.fin s.fin",
      "lcp_not_started", "lcp_not_started", "lcp_not_started" },
    { "radius-slow",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL
      "s.challenge c.response s.tcp-ack wait=30 s.failure=E=691_R=0 s.terminate c.terminate-ack s.fin " "c.fin",
      "auth_backend_timeout", "auth_backend_timeout", "auth_backend_timeout" },
    { "radius-dead",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL
      "s.challenge c.response s.tcp-ack wait=30 c.terminate s.terminate-ack c.disconnect c.fin s.fin",
      "auth_no_reply", "auth_backend_timeout", "auth_backend_timeout" },
    { "long-user",
      "tcp tls=@ +user=CONTOSO\averylongusername.example.com " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 " ECHO_ACCEL LEAVE,
      NULL, NULL, NULL },
    { "long-user-pw",
      "tcp tls=@ +user=CONTOSO\averylongusernameofsomebody.corp.example.com " PROGRAM_CALL LCP_ACCEL
      "s.challenge c.response=other s.failure=E=691_R=0_V=3 s.terminate c.terminate-ack s.fin c.fin",
      "auth_bad_credentials", "auth_bad_credentials", "auth_bad_credentials" },
    { "short-user-pw",
      "tcp tls=@ +user=a " PROGRAM_CALL LCP_SOFTETHER
      "s.challenge c.response=other s.failure=E=691_R=0 s.terminate c.terminate-ack s.fin c.fin",
      "auth_bad_credentials", "auth_bad_credentials", "auth_bad_credentials" },
    { "short-user",
      "tcp tls=@ +user=a " PROGRAM_CALL LCP_SOFTETHER PROGRAM_CHAP "c.call-connected " IPCP_SOFTETHER
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 " ECHO_SOFTETHER LEAVE,
      NULL, NULL, NULL },
    { "eaptls",
      "[auth=eap] tcp tls=@ " PROGRAM_CALL LCP_RRAS_EAP "s.eap=1 c.eap=1 s.eap=13,20 "
      "c.eap=13,800000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000000000000000000000000000000000000000 "
      "s.eap=13,c00000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000 c.eap=13,00 "
      "s.eap=13,400000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000 c.eap=13,00 "
      "s.eap=13,000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000" "000 "
      "c.eap=13,c00000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000 s.eap=13,00 "
      "c.eap=13,000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "0000000000000000000000000000000000000000000000000000000000000000000000000000000 "
      "s.eap=13,800000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000 c.eap=13,00 " "s.eap-success c.call-connected "
      IPCP_RRAS "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 "
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 "
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 "
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 "
      "c.data=100 s.data=100 c.data=100 s.data=100 " LEAVE,
      NULL, NULL, NULL },
    { "eaptls-fails",
      "[auth=eap] tcp tls=@ " PROGRAM_CALL LCP_RRAS_EAP "s.eap=1 c.eap=1 s.eap=13,20 "
      "c.eap=13,800000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000000000000000000000000000000000000000 "
      "s.eap=13,c00000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000 c.eap=13,00 "
      "s.eap=13,400000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000 c.eap=13,00 "
      "s.eap=13,000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000" "000 "
      "c.eap=13,c00000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000 s.eap=13,00 "
      "c.eap=13,000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "0000000000000000000000000000000000000000000000000000000000000000000000000000000 "
      "s.eap=13,8000000007150300020230 c.eap=13,00 s.eap-failure s.terminate c.terminate-ack s.fin " "c.fin",
      "auth_eap_failed", "inconclusive", "inconclusive" },
    { "peap",
      "[auth=eap] tcp tls=@ " PROGRAM_CALL LCP_RRAS_EAP "s.eap=1 c.eap=1 s.eap=25,20 "
      "c.eap=25,800000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "0000000000000000000000000000000000000000000 "
      "s.eap=25,c00000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000 c.eap=25,00 "
      "s.eap=25,000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "0000000000000000000000000000000000000000000000000000000000000000000000000000000 "
      "c.eap=25,800000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "0000000000000000000000000000000000000000000000000000000000000000000000000000000 "
      "s.eap=25,800000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000000000000000 c.eap=25,00 "
      "s.eap=25,0000000000000000000000000000000000000000000000000000000000000000000000000000000000 "
      "c.eap=25,000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "0000000000000000000000000000000000000000000000000000000 "
      "s.eap=25,000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000 "
      "c.eap=25,000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000000000000000000000000000 "
      "s.eap=25,000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000 "
      "c.eap=25,0000000000000000000000000000000000000000000000000000000000000000000000000000000000 "
      "s.eap=25,000000000000000000000000000000000000000000000000000000000000000000000000000000000000000" "000000000000000 "
      "c.eap=25,000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      "000000000000000 s.eap-success c.call-connected " IPCP_RRAS
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 "
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 "
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 "
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 "
      "c.data=100 s.data=100 c.data=100 s.data=100 " LEAVE,
      NULL, NULL, NULL },
    { "win-disconnect-only",
      "tcp tls=@ " PROGRAM_CALL LCP_RRAS PROGRAM_CHAP "c.call-connected " IPCP_RRAS MIXED_DATA
      "wait=60 s.echo c.echo-reply wait=12 c.disconnect s.disconnect-ack c.fin s.fin",
      NULL, NULL, NULL },
    { "win-terminate-crosses",
      "tcp tls=@ " PROGRAM_CALL LCP_RRAS PROGRAM_CHAP "c.call-connected " IPCP_RRAS MIXED_DATA
      "wait=12 c.terminate=0 s.data=300 s.terminate-ack c.disconnect s.disconnect-ack s.fin c.rst",
      NULL, NULL, NULL },
    { "sorz-split",
      "tcp tls=@ " PROGRAM_CALL LCP_SORZ "s.halves " PROGRAM_CHAP "c.call-connected s.halves " IPCP_MIKROTIK
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 s.halves s.data=400 c.data=60 " LEAVE,
      NULL, NULL, NULL },
    { "quiet-sse",
      "tcp tls=@ " PROGRAM_CALL LCP_SOFTETHER PROGRAM_CHAP "c.call-connected " IPCP_SOFTETHER "c.data=328 s.data=340 wait=5 "
      ECHO_SOFTETHER ECHO_SOFTETHER ECHO_SOFTETHER ECHO_SOFTETHER LEAVE,
      NULL, NULL, NULL },
    { "v6-only-noise",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_SERVER
      "c.ask=ipv6cp,010a0000000000000001 s.ack=ipv6cp,010a0000000000000001 "
      "s.ask=ipv6cp,010a0000000000000002 c.ack=ipv6cp,010a0000000000000002 c.ask=ipcp,030600000000 "
      "s.nak=ipcp,03060a000002 c.ask=ipcp,03060a000002 s.ack=ipcp,03060a000002 c.data=48 wait=4 "
      "c.data=48 wait=4 c.data=48 s.data=56 " ECHO_ACCEL ECHO_ACCEL LEAVE,
      NULL, NULL, NULL },
    { "client-gone-fast",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL "c.data=84 s.data=84 c.data=84 s.data=84 "
      LEAVE,
      NULL, NULL, "inconclusive" },
    { "user-aborts-dial",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL "c.disconnect s.disconnect-ack c.fin s.fin",
      "unexplained", "auth_bad_credentials", "auth_bad_credentials" },
    { "user-aborts-auth",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL
      "s.challenge wait=1 c.terminate=User_request s.terminate-ack c.disconnect s.disconnect-ack close",
      "unexplained", "auth_bad_credentials", "auth_bad_credentials" },
    { "accel-late-nak",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_SERVER
      "c.ask=ipcp,030600000000 wait=3 c.ask=ipcp,030600000000 s.nak=ipcp,03060a000002 "
      "c.ask=ipcp,03060a000002 s.ack=ipcp,03060a000002 c.data=100 s.data=100 c.data=100 s.data=100 " "c.data=100 s.data=100 "
      ECHO_ACCEL LEAVE,
      NULL, NULL, NULL },
    { "ends-within-second",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "wait=0.5 c.terminate=User_request s.terminate-ack c.disconnect s.disconnect-ack close",
      NULL, "inconclusive", "inconclusive" },
    { "idle-short",
      "tcp tls=@ " PROGRAM_CALL LCP_MIKROTIK PROGRAM_CHAP "c.call-connected " IPCP_MIKROTIK
      "wait=3 c.terminate=User_request s.terminate-ack c.disconnect s.disconnect-ack close",
      NULL, "inconclusive", "inconclusive" },
    { "server-side-policy",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 " ECHO_ACCEL ECHO_ACCEL ECHO_ACCEL
      "s.terminate=session_timeout c.terminate-ack s.disconnect c.disconnect-ack s.fin c.fin",
      "session_policy_timeout", "session_server_ended", "session_server_ended" },
    { "limit-one-session",
      "tcp tls=@ " PROGRAM_CALL LCP_SOFTETHER PROGRAM_CHAP "c.call-connected " IPCP_SOFTETHER
      "c.data=100 s.data=100 c.data=100 s.data=100 c.data=100 s.data=100 wait=2 s.disconnect " "c.disconnect-ack s.fin c.fin",
      "session_server_ended", "session_server_ended", "session_server_ended" },
    { "abort-at-call-connected-late",
      "tcp tls=@ " PROGRAM_CALL LCP_RRAS PROGRAM_CHAP "c.call-connected=nonce wait=2 s.abort=7 c.abort=7 c.fin s.fin",
      "cb_nonce_mismatch", "sstp_aborted", "ipcp_no_address" },
    { "abort-in-ncp",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_SERVER
      "c.ask=ipcp,030600000000 s.nak=ipcp,03060a000002 wait=8 s.abort=7 s.fin c.fin",
      "sstp_aborted", "ipcp_no_address", "ipcp_no_address" },
    { "client-abort-in-lcp",
      "tcp tls=@ " PROGRAM_CALL "s.ask=lcp,010405ac0305c22381 c.abort=4 c.fin s.fin",
      "sstp_aborted", "inconclusive", "inconclusive" },
    { "ncp-silent",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP
      "c.call-connected wait=30 c.terminate=No_network_protocols_running s.terminate-ack c.disconnect " "s.disconnect-ack close",
      "ipcp_not_started", "ipcp_no_address", "ipcp_no_address" },
    { "ipcp-unanswered",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP
      "c.call-connected c.ask=ipcp,030600000000 wait=3 c.ask=ipcp,030600000000 wait=3 "
      "c.ask=ipcp,030600000000 wait=3 c.ask=ipcp,030600000000 wait=3 c.ask=ipcp,030600000000 wait=20 "
      "c.terminate=No_network_protocols_running s.terminate-ack c.disconnect s.disconnect-ack close",
      "ipcp_no_address", "ipcp_no_address", "ipcp_no_address" },
    { "ipcp-unanswered-se-echo",
      "tcp tls=@ " PROGRAM_CALL LCP_SOFTETHER PROGRAM_CHAP "c.call-connected c.ask=ipcp,030600000000 " ECHO_SOFTETHER
      "c.ask=ipcp,030600000000 " ECHO_SOFTETHER "c.ask=ipcp,030600000000 " ECHO_SOFTETHER "c.ask=ipcp,030600000000 "
      ECHO_SOFTETHER "c.terminate=No_network_protocols_running s.terminate-ack c.disconnect s.disconnect-ack close",
      "ipcp_no_address", "ipcp_no_address", "ipcp_no_address" },
    { "ipcp-unanswered-no-end",
      "tcp tls=@ " PROGRAM_CALL LCP_SOFTETHER PROGRAM_CHAP "c.call-connected c.ask=ipcp,030600000000 " ECHO_SOFTETHER
      "c.ask=ipcp,030600000000 " ECHO_SOFTETHER "c.ask=ipcp,030600000000 " ECHO_SOFTETHER "c.ask=ipcp,030600000000 "
      ECHO_SOFTETHER,
      "ipcp_no_address", "inconclusive", "inconclusive" },
    { "vanish-no-echo",
      "tcp tls=@ " PROGRAM_CALL LCP_SORZ PROGRAM_CHAP "c.call-connected " IPCP_MIKROTIK MIXED_DATA
      "+c.deaf s.data=300 wait=0.3 s.again wait=0.6 s.again wait=1.2 s.again wait=2.4 s.again wait=4.8 "
      "s.again wait=9.6 s.again",
      "tcp_path_silent", "tcp_path_silent", "tcp_path_silent" },
    { "frozen-server",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL MIXED_DATA
      "wait=20 c.lcp-echo s.lcp-reply wait=20 c.lcp-echo s.tcp-ack wait=20 c.lcp-echo s.tcp-ack wait=20 "
      "c.lcp-echo s.tcp-ack wait=20 c.terminate=Peer_not_responding c.disconnect c.fin",
      "lcp_echo_gap", "lcp_echo_gap", "lcp_echo_gap" },
    { "one-way-down",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL
      "s.data=300 wait=1 s.data=300 wait=1 s.data=300 wait=1 s.data=300 wait=1 s.data=300 wait=1 "
      "s.data=300 wait=1 s.data=300 wait=1 s.data=300 s.data=300 wait=9 " LEAVE,
      NULL, NULL, NULL },
    { "fin-in-auth",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL "s.challenge c.response s.fin c.fin",
      "peer_abrupt_close", "auth_bad_credentials", "auth_bad_credentials" },
    { "rst-in-lcp",
      "tcp tls=@ " PROGRAM_CALL "s.ask=lcp,010405ac0305c22381 c.ack=lcp,010405ac0305c22381 c.ask=lcp,050611223344 s.rst",
      "peer_abrupt_close", "lcp_auth_method_mismatch", "inconclusive" },
    { "server-says-nothing-lcp",
      "tcp tls=@ " PROGRAM_CALL "c.ask=lcp,050611223344 wait=3 c.ask=lcp,050611223344 wait=3 c.ask=lcp,050611223344 s.tcp-ack "
      "wait=55 s.abort=7 s.fin c.fin",
      "lcp_not_started", "lcp_no_reply", "inconclusive" },
    { "client-says-nothing-lcp",
      "tcp tls=@ " PROGRAM_CALL "s.ask=lcp,010405ac0305c22381 c.tcp-ack wait=3 s.ask=lcp,010405ac0305c22381 c.tcp-ack wait=3 "
      "s.ask=lcp,010405ac0305c22381 c.tcp-ack wait=3 s.ask=lcp,010405ac0305c22381 c.tcp-ack wait=20 " "s.terminate s.fin c.fin",
      "lcp_not_started", "lcp_not_started", "lcp_not_started" },
    { "pap-refused-then-retry",
      "[auth=pap] tcp tls=@ " PROGRAM_CALL LCP_GO "c.pap-request s.pap-nak c.pap-request s.pap-nak c.pap-request s.pap-nak " LEAVE,
      "auth_bad_credentials", "lcp_option_mismatch", "auth_bad_credentials" },
    { "mru-loop",
      "tcp tls=@ " PROGRAM_CALL "c.ask=lcp,010405dc s.nak=lcp,01040578 c.ask=lcp,010405dc s.nak=lcp,01040578 c.ask=lcp,010405dc "
      "s.nak=lcp,01040578 c.ask=lcp,010405dc s.nak=lcp,01040578 c.ask=lcp,010405dc s.nak=lcp,01040578 "
      "c.ask=lcp,010405dc s.nak=lcp,01040578 c.fin s.fin",
      "lcp_mru_not_converging", "lcp_option_mismatch", "lcp_option_mismatch" },
    { "challenge-unanswered",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL
      "s.challenge c.tcp-ack wait=3 s.challenge c.tcp-ack wait=3 s.challenge c.tcp-ack wait=3 "
      "s.challenge c.tcp-ack wait=20 s.terminate s.fin c.fin",
      "auth_no_reply", "auth_no_reply", "lcp_auth_method_mismatch" },
    { "cross-many",
      "tcp tls=@ " PROGRAM_CALL LCP_RRAS PROGRAM_CHAP "c.call-connected " IPCP_RRAS MIXED_DATA
      "wait=12 c.terminate=0 s.data=1300 s.data=1300 s.data=1300 s.data=1300 s.data=1300 s.data=1300 "
      "s.data=1300 s.data=1300 s.data=1300 s.data=1300 s.data=1300 s.data=1300 s.data=1300 s.data=1300 "
      "s.data=1300 s.data=1300 s.data=1300 s.data=1300 s.data=1300 s.data=1300 s.terminate-ack "
      "c.disconnect s.disconnect-ack s.fin c.rst",
      NULL, NULL, NULL },
    { "cross-mikrotik",
      "tcp tls=@ " PROGRAM_CALL LCP_MIKROTIK PROGRAM_CHAP "c.call-connected " IPCP_MIKROTIK MIXED_DATA
      "wait=12 c.terminate=session_closed s.data=1300 s.data=1300 s.terminate-ack c.fin s.fin",
      NULL, NULL, NULL },
    { "server-cross",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL MIXED_DATA
      "wait=12 s.terminate c.data=300 c.data=60 c.terminate-ack s.disconnect c.disconnect-ack s.fin " "c.fin",
      "session_server_ended", "session_server_ended", "session_server_ended" },
    { "server-cross-abort",
      "tcp tls=@ " PROGRAM_CALL LCP_RRAS PROGRAM_CHAP "c.call-connected " IPCP_RRAS MIXED_DATA
      "wait=12 s.terminate=0 c.data=300 c.data=60 c.terminate-ack s.disconnect c.disconnect-ack s.fin " "c.fin",
      "session_server_ended", "session_server_ended", "session_server_ended" },
    { "server-cross-many",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL MIXED_DATA
      "wait=12 s.terminate c.data=300 c.data=300 c.data=300 c.data=300 c.data=300 c.data=300 c.data=300 "
      "c.data=300 c.data=300 c.data=300 c.data=300 c.data=300 c.data=300 c.data=300 c.data=300 "
      "c.data=300 c.data=300 c.data=300 c.data=300 c.data=300  c.terminate-ack s.disconnect " "c.disconnect-ack s.fin c.fin",
      "session_server_ended", "session_server_ended", "session_server_ended" },
    { "both-leave",
      "tcp tls=@ " PROGRAM_CALL LCP_ACCEL PROGRAM_CHAP "c.call-connected " IPCP_ACCEL MIXED_DATA
      "wait=12 s.terminate c.terminate s.terminate-ack c.terminate-ack s.disconnect c.disconnect-ack " "s.fin c.fin",
      "session_server_ended", "session_server_ended", "session_server_ended" },
    /* clang-format on */
};

#endif
