/* test_rules.c - from whole sessions to findings and verdicts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"
#include "peer.h"

#define OTHER_SHA256 "11*32"

struct row {
    const char *name;
    const char *script;
    enum finding_id id;
    enum severity severity;
    enum confidence confidence;
    const char *verdict; /* of the last session; NULL: healthy */
    const char *hash;    /* configured, as hex text of hex.h */
};

/* Shorthand for the columns of the tables below. */
#define CHAT     SEVERITY_CHAT
#define NOTE     SEVERITY_NOTE
#define WARN     SEVERITY_WARN
#define ERROR    SEVERITY_ERROR
#define POSSIBLE CONFIDENCE_POSSIBLE
#define LIKELY   CONFIDENCE_LIKELY
#define CERTAIN  CONFIDENCE_CERTAIN

/* Scripts that raise a finding. "!" stands in front of its cause. */
static const struct row raised_rows[] = {
    /* clang-format off */
    { "capture-no-start", "!post answer call-request call-ack join goodbye close",
      FINDING_CAPTURE_NO_START, NOTE, CERTAIN, NULL, NULL },
    { "capture-one-direction/client", "s.hidden !syn s.syn tcp-ack call join goodbye close",
      FINDING_CAPTURE_ONE_DIRECTION, NOTE, CERTAIN, NULL, NULL },
    { "capture-truncated", "!syn s.syn tcp-ack call join snap=20 s.data=100",
      FINDING_CAPTURE_TRUNCATED, NOTE, CERTAIN, NULL, NULL },
    { "capture-dropped", "up lose data=100 !data=60 s.data=60 goodbye close",
      FINDING_CAPTURE_DROPPED, NOTE, CERTAIN, NULL, NULL },
    { "capture-dropped/server", "up s.lose s.data=100 !s.data=60 c.data=60 goodbye close",
      FINDING_CAPTURE_DROPPED, NOTE, CERTAIN, NULL, NULL },
    { "capture-offload/size", "up offload !data=3000 s.data=60 close",
      FINDING_CAPTURE_OFFLOAD, CHAT, CERTAIN, "mtu_overrun", NULL },
    { "capture-offload/checksum", "partial !syn s.syn tcp-ack call join",
      FINDING_CAPTURE_OFFLOAD, CHAT, CERTAIN, NULL, NULL },
    { "capture-encrypted", "tcp tls=blind !post answer call-request call-ack",
      FINDING_CAPTURE_ENCRYPTED, CHAT, CERTAIN, NULL, NULL },
    { "capture-no-end", "up !data=50", FINDING_CAPTURE_NO_END, CHAT, CERTAIN, NULL, NULL },

    { "tcp-no-answer", "!syn wait=1 syn-again wait=2 syn-again",
      FINDING_TCP_NO_ANSWER, ERROR, CERTAIN, "tcp_no_answer", NULL },
    { "tcp-refused", "syn !s.rst",
      FINDING_TCP_REFUSED, ERROR, CERTAIN, "tcp_refused", NULL },
    { "tcp-wrong-service", "tcp hello !banner s.fin",
      FINDING_TCP_WRONG_SERVICE, ERROR, CERTAIN, "tcp_wrong_service", NULL },
    { "proxy-auth-required", "tcp proxy !s.proxy=407 close",
      FINDING_PROXY_AUTH_REQUIRED, ERROR, CERTAIN, "proxy_auth_required", NULL },
    { "proxy-connect-denied", "tcp proxy !s.proxy=403 close",
      FINDING_PROXY_CONNECT_DENIED, ERROR, CERTAIN, "proxy_connect_denied", NULL },
    { "tls-version-mismatch", "tcp tls !s.alert=70 s.fin",
      FINDING_TLS_VERSION_MISMATCH, ERROR, CERTAIN, "tls_version_mismatch", NULL },
    { "tls-untrusted-root", "tcp tls !c.alert=48 c.fin",
      FINDING_TLS_UNTRUSTED_ROOT, ERROR, LIKELY, "tls_untrusted_root", NULL },
    { "tls-client-rejected-server", "tcp tls post answer !c.fin",
      FINDING_TLS_CLIENT_REJECTED_SERVER, ERROR, LIKELY, "tls_client_rejected_server", NULL },
    { "http-not-sstp-server", "tcp post !answer=404 close",
      FINDING_HTTP_NOT_SSTP_SERVER, ERROR, CERTAIN, "http_not_sstp_server", NULL },
    { "http-server-busy", "tcp post !answer=503 close",
      FINDING_HTTP_SERVER_BUSY, ERROR, CERTAIN, "http_server_busy", NULL },
    { "http-redirect", "tcp post !answer=302 close",
      FINDING_HTTP_REDIRECT, ERROR, CERTAIN, "http_redirect", NULL },

    { "tcp-path-silent", "up wait=5 s.deaf !data=100 wait=1 again wait=1 again wait=2 again",
      FINDING_TCP_PATH_SILENT, ERROR, CERTAIN, "tcp_path_silent", NULL },
    { "idle-cut", "up wait=20 s.deaf !data=100 wait=1 again wait=1 again wait=2 again",
      FINDING_IDLE_CUT, ERROR, LIKELY, "idle_cut", NULL },
    { "lcp-auth-method-mismatch/naks", "dial !auth-refused=nak auth-refused=nak s.disconnect disconnect-ack close",
      FINDING_LCP_AUTH_METHOD_MISMATCH, ERROR, CERTAIN, "lcp_auth_method_mismatch", NULL },
    { "lcp-auth-method-mismatch/one-reject", "dial !auth-refused=reject s.terminate c.terminate-ack close",
      FINDING_LCP_AUTH_METHOD_MISMATCH, ERROR, LIKELY, "lcp_auth_method_mismatch", NULL },
    { "ipcp-no-address/ended-at-once", "dial lcp chap call-connected !s.terminate c.terminate-ack close",
      FINDING_IPCP_NO_ADDRESS, ERROR, LIKELY, "ipcp_no_address", NULL },
    { "ipcp-no-address/ras-code", "dial lcp chap call-connected ipcp-ask=none wait=5 !s.terminate=738 c.terminate-ack close",
      FINDING_IPCP_NO_ADDRESS, ERROR, CERTAIN, "ipcp_no_address", NULL },
    { "ipcp-no-address/silence", "dial lcp chap call-connected !ipcp-ask=none wait=3 ipcp-ask=none wait=3 ipcp-ask=none "
      "wait=3 ipcp-ask=none wait=3 goodbye close",
      FINDING_IPCP_NO_ADDRESS, ERROR, LIKELY, "ipcp_no_address", NULL },
    { "ipcp-address-rejected", "dial lcp chap call-connected ipcp-ask !ipcp-nak ipcp-ask ipcp-nak ipcp-ask ipcp-nak "
      "s.terminate c.terminate-ack close",
      FINDING_IPCP_ADDRESS_REJECTED, ERROR, CERTAIN, "ipcp_address_rejected", NULL },

    { "sstp-call-connected-missing/ncp", "dial lcp challenge response !success ipcp wait=5 s.abort=7 s.fin",
      FINDING_SSTP_CALL_CONNECTED_MISSING, ERROR, CERTAIN, "sstp_call_connected_missing", NULL },
    { "sstp-call-connected-missing/no-ncp", "dial lcp challenge response !success wait=5 s.fin",
      FINDING_SSTP_CALL_CONNECTED_MISSING, ERROR, LIKELY, "sstp_call_connected_missing", NULL },
    { "sstp-call-connected-missing/timer", "dial lcp challenge response !success wait=60 s.tcp-ack",
      FINDING_SSTP_CALL_CONNECTED_MISSING, ERROR, CERTAIN, "sstp_call_connected_missing", NULL },
    { "sstp-call-connected-missing/capture-ends", "dial lcp challenge response !success wait=11 s.tcp-ack",
      FINDING_SSTP_CALL_CONNECTED_MISSING, ERROR, LIKELY, "sstp_call_connected_missing", NULL },
    { "sstp-call-connected-missing/no-auth", "dial auth=none s.lcp-of c.lcp-of=1400 wait=60 s.abort=7 s.fin",
      FINDING_SSTP_CALL_CONNECTED_MISSING, ERROR, CERTAIN, "sstp_call_connected_missing", NULL },
    { "sstp-aborted/running", "up wait=30 !s.abort=7 s.fin",
      FINDING_SSTP_ABORTED, ERROR, CERTAIN, "sstp_aborted", NULL },
    { "sstp-aborted/client", "up !abort=5 close",
      FINDING_SSTP_ABORTED, ERROR, CERTAIN, "sstp_aborted", NULL },
    { "sstp-aborted/no-status", "up !s.abort close",
      FINDING_SSTP_ABORTED, ERROR, CERTAIN, "sstp_aborted", NULL },
    { "sstp-aborted/binding", "dial lcp chap call-connected !s.abort=7 s.fin",
      FINDING_SSTP_ABORTED, ERROR, CERTAIN, "sstp_aborted", NULL },
    { "sstp-aborted/both", "up !abort=5 s.abort=5 close",
      FINDING_SSTP_ABORTED, ERROR, CERTAIN, "sstp_aborted", NULL },

    { "auth-bad-credentials/mschapv2", "dial lcp challenge response !failure=E=691_R=0_V=3 s.terminate=691 close",
      FINDING_AUTH_BAD_CREDENTIALS, ERROR, CERTAIN, "auth_bad_credentials", NULL },
    { "auth-bad-credentials/retry-fails",
      "dial lcp challenge response !failure=E=691_R=1 response failure=E=691_R=0 close",
      FINDING_AUTH_BAD_CREDENTIALS, ERROR, CERTAIN, "auth_bad_credentials", NULL },
    { "auth-bad-credentials/client-does-not-retry", "dial lcp challenge response !failure=E=691_R=1 close",
      FINDING_AUTH_BAD_CREDENTIALS, ERROR, CERTAIN, "auth_bad_credentials", NULL },
    { "auth-bad-credentials/no-code", "dial auth=md5 lcp challenge response !failure=no close",
      FINDING_AUTH_BAD_CREDENTIALS, ERROR, LIKELY, "auth_bad_credentials", NULL },
    { "auth-bad-credentials/slow", "dial lcp challenge response wait=6 !failure=E=691_R=0 close",
      FINDING_AUTH_BAD_CREDENTIALS, ERROR, LIKELY, "auth_bad_credentials", NULL },
    { "auth-bad-credentials/pap", "dial auth=pap lcp pap-request !pap-nak s.terminate close",
      FINDING_AUTH_BAD_CREDENTIALS, ERROR, CERTAIN, "auth_bad_credentials", NULL },
    { "auth-bad-credentials/eap", "dial auth=eap lcp eap=1 c.eap=1 eap=26 c.eap=26 !eap-refusal=E=691_R=0 c.eap=26 eap-failure close",
      FINDING_AUTH_BAD_CREDENTIALS, ERROR, CERTAIN, "auth_bad_credentials", NULL },
    { "auth-bad-credentials/terminate", "dial lcp challenge response !s.terminate=691 close",
      FINDING_AUTH_BAD_CREDENTIALS, ERROR, CERTAIN, "auth_bad_credentials", NULL },
    { "auth-bad-credentials/after-eap", "dial auth=eap lcp eap=1 c.eap=1 eap=25 c.eap=25 eap-failure !s.terminate=691 close",
      FINDING_AUTH_BAD_CREDENTIALS, ERROR, CERTAIN, "auth_bad_credentials", NULL },
    { "auth-cleartext", "dial auth=pap lcp !pap-request pap-ack call-connected ipcp goodbye close",
      FINDING_AUTH_CLEARTEXT, NOTE, CERTAIN, NULL, NULL },

    { "cb-cert-hash-mismatch", "tcp tls call lcp chap !call-connected=cert s.abort=7 s.fin",
      FINDING_CB_CERT_HASH_MISMATCH, ERROR, CERTAIN, "cb_cert_hash_mismatch", NULL },
    { "cb-cert-hash-mismatch/sha1", "tcp tls call lcp chap !call-connected=cert,sha1 s.abort=7 s.fin",
      FINDING_CB_CERT_HASH_MISMATCH, ERROR, CERTAIN, "cb_cert_hash_mismatch", NULL },
    { "cb-cert-hash-mismatch/earlier-certificate",
      "up-tls goodbye close next tcp tls=resumed call lcp chap !call-connected=cert s.abort=7 s.fin",
      FINDING_CB_CERT_HASH_MISMATCH, ERROR, LIKELY, "cb_cert_hash_mismatch", NULL },
    { "cb-cert-hash-mismatch/configured", "dial lcp chap !call-connected s.abort=7 s.fin",
      FINDING_CB_CERT_HASH_MISMATCH, ERROR, CERTAIN, "cb_cert_hash_mismatch", OTHER_SHA256 },
    { "cb-nonce-mismatch", "dial lcp chap !call-connected=nonce s.abort=7 s.fin",
      FINDING_CB_NONCE_MISMATCH, ERROR, CERTAIN, "cb_nonce_mismatch", NULL },
    { "cb-hash-protocol-mismatch/not-offered", "tcp post answer call-request call-ack=1 lcp chap !call-connected s.abort=7",
      FINDING_CB_HASH_PROTOCOL_MISMATCH, ERROR, CERTAIN, "cb_hash_protocol_mismatch", NULL },
    { "cb-hash-protocol-mismatch/sha1", "tcp post answer call-request call-ack=2 lcp chap !call-connected=sha1 s.abort=7",
      FINDING_CB_HASH_PROTOCOL_MISMATCH, ERROR, CERTAIN, "cb_hash_protocol_mismatch", NULL },
    { "cb-hash-protocol-mismatch/none-chosen", "dial lcp chap !call-connected=none s.abort=7",
      FINDING_CB_HASH_PROTOCOL_MISMATCH, ERROR, CERTAIN, "cb_hash_protocol_mismatch", NULL },
    { "cb-hash-protocol-mismatch/two-chosen", "dial lcp chap !call-connected=both s.abort=7",
      FINDING_CB_HASH_PROTOCOL_MISMATCH, ERROR, CERTAIN, "cb_hash_protocol_mismatch", NULL },
    { "cb-hash-protocol-mismatch/none-offered", "tcp post answer call-request !call-ack=0 abort=4 close",
      FINDING_CB_HASH_PROTOCOL_MISMATCH, ERROR, CERTAIN, "cb_hash_protocol_mismatch", NULL },
    { "cb-no-keys/pap", "dial auth=pap lcp pap !call-connected ipcp goodbye close",
      FINDING_CB_NO_KEYS, NOTE, CERTAIN, NULL, NULL },
    { "cb-no-keys/md5", "dial auth=md5 lcp chap !call-connected ipcp goodbye close",
      FINDING_CB_NO_KEYS, NOTE, CERTAIN, NULL, NULL },
    { "cb-no-keys/eap-md5", "dial auth=eap lcp eap=4 c.eap=4 eap-success !call-connected ipcp goodbye close",
      FINDING_CB_NO_KEYS, NOTE, CERTAIN, NULL, NULL },

    { "mtu-overrun/client-mru", "dial s.lcp-of c.lcp-of=1400 chap call-connected ipcp traffic !s.data=1401 goodbye close",
      FINDING_MTU_OVERRUN, ERROR, CERTAIN, "mtu_overrun", NULL },
    { "mtu-overrun/server-mru", "dial s.lcp-of=1300 c.lcp-of=1400 chap call-connected ipcp traffic !data=1301 data=1302",
      FINDING_MTU_OVERRUN, ERROR, CERTAIN, "mtu_overrun", NULL },
    { "mtu-overrun/default-mru", "up !s.data=1501 goodbye close",
      FINDING_MTU_OVERRUN, ERROR, CERTAIN, "mtu_overrun", NULL },
    { "mtu-overrun/sstp", "up !s.oversize goodbye close",
      FINDING_MTU_OVERRUN, ERROR, CERTAIN, "mtu_overrun", NULL },
    { "mtu-segment-straddle", "up !data=1453 data=1453 data=1453 goodbye close",
      FINDING_MTU_SEGMENT_STRADDLE, NOTE, CERTAIN, NULL, NULL },
    { "mtu-segment-straddle/mss", "syn=1300 s.syn tcp-ack call join !s.data=1293 s.data=1400 s.data=1400",
      FINDING_MTU_SEGMENT_STRADDLE, NOTE, CERTAIN, NULL, NULL },
    { "mtu-segment-straddle/tls", "up-tls !data=1424 data=1424 data=1424",
      FINDING_MTU_SEGMENT_STRADDLE, NOTE, CERTAIN, NULL, NULL },

    { "lcp-echo-gap", "up wait=20 !lcp-echo tcp-ack wait=5 lcp-echo tcp-ack wait=5 s.terminate s.fin",
      FINDING_LCP_ECHO_GAP, ERROR, CERTAIN, "lcp_echo_gap", NULL },
    { "lcp-echo-gap/client-asks", "up !c.lcp-echo s.tcp-ack wait=5 c.lcp-echo s.tcp-ack wait=5 terminate fin",
      FINDING_LCP_ECHO_GAP, ERROR, CERTAIN, "lcp_echo_gap", NULL },
    { "lcp-echo-gap/capture-ends", "up !lcp-echo tcp-ack wait=5 lcp-echo tcp-ack wait=4 tcp-ack",
      FINDING_LCP_ECHO_GAP, ERROR, CERTAIN, "lcp_echo_gap", NULL },
    { "lcp-echo-gap/data-goes-on", "up !lcp-echo data=60 wait=5 lcp-echo data=60 wait=5 tcp-ack",
      FINDING_LCP_ECHO_GAP, ERROR, POSSIBLE, NULL, NULL },
    { "lcp-echo-gap/reply-after-goodbye",
      "up !lcp-echo tcp-ack wait=5 lcp-echo tcp-ack wait=5 s.terminate lcp-reply c.terminate-ack s.fin",
      FINDING_LCP_ECHO_GAP, ERROR, CERTAIN, "lcp_echo_gap", NULL },
    { "lcp-echo-gap/rhythm", "up c.lcp-echo s.lcp-reply wait=5 c.lcp-echo s.lcp-reply wait=5 c.lcp-echo "
      "s.lcp-reply wait=5 c.lcp-echo s.lcp-reply wait=2 !lcp-echo tcp-ack wait=20 s.terminate s.fin",
      FINDING_LCP_ECHO_GAP, ERROR, LIKELY, "lcp_echo_gap", NULL },
    { "lcp-echo-gap/many", "up !lcp-echo wait=1 lcp-echo wait=1 lcp-echo wait=1 lcp-echo wait=1 lcp-echo "
      "wait=1 lcp-echo wait=1 lcp-echo wait=1 lcp-echo wait=1 lcp-echo wait=1 lcp-echo tcp-ack wait=3 s.fin",
      FINDING_LCP_ECHO_GAP, ERROR, CERTAIN, "lcp_echo_gap", NULL },
    { "sstp-echo-unanswered", "up wait=60 !echo s.tcp-ack wait=60 abort=6 close",
      FINDING_SSTP_ECHO_UNANSWERED, ERROR, CERTAIN, "sstp_echo_unanswered", NULL },
    { "sstp-echo-unanswered/capture-ends", "up !s.echo tcp-ack wait=10 tcp-ack",
      FINDING_SSTP_ECHO_UNANSWERED, ERROR, CERTAIN, "sstp_echo_unanswered", NULL },
    { "sstp-echo-unanswered/reply-after-fin", "up !echo s.tcp-ack wait=60 fin s.echo-reply s.fin",
      FINDING_SSTP_ECHO_UNANSWERED, ERROR, CERTAIN, "sstp_echo_unanswered", NULL },

    { "session-normal-end/terminate", "up !terminate terminate-ack disconnect disconnect-ack close",
      FINDING_SESSION_NORMAL_END, CHAT, CERTAIN, NULL, NULL },
    { "session-normal-end/disconnect", "up !disconnect disconnect-ack close",
      FINDING_SESSION_NORMAL_END, CHAT, CERTAIN, NULL, NULL },
    { "session-server-ended", "up !s.terminate=829 c.terminate-ack s.fin fin",
      FINDING_SESSION_SERVER_ENDED, WARN, CERTAIN, "session_server_ended", NULL },
    { "session-server-ended/disconnect", "up !s.disconnect c.disconnect-ack s.fin fin",
      FINDING_SESSION_SERVER_ENDED, WARN, CERTAIN, "session_server_ended", NULL },
    { "session-server-ended/before-up", "dial lcp challenge !s.terminate c.terminate-ack s.fin fin",
      FINDING_SESSION_SERVER_ENDED, WARN, LIKELY, "session_server_ended", NULL },
    { "session-tls-close-only", "up-tls !alert=0 s.alert=0 close",
      FINDING_SESSION_TLS_CLOSE_ONLY, NOTE, CERTAIN, NULL, NULL },
    { "session-tls-close-only/server", "up-tls !s.alert=0 alert=0 s.rst",
      FINDING_SESSION_TLS_CLOSE_ONLY, NOTE, CERTAIN, NULL, NULL },
    { "peer-abrupt-close/fin", "up-tls !fin s.fin",
      FINDING_PEER_ABRUPT_CLOSE, ERROR, CERTAIN, "peer_abrupt_close", NULL },
    { "peer-abrupt-close/rst", "up-tls !s.rst",
      FINDING_PEER_ABRUPT_CLOSE, ERROR, CERTAIN, "peer_abrupt_close", NULL },
    { "peer-abrupt-close/idle", "up-tls wait=15 !s.rst",
      FINDING_PEER_ABRUPT_CLOSE, ERROR, LIKELY, "peer_abrupt_close", NULL },
    { "peer-abrupt-close/clear-leg", "up !s.fin fin",
      FINDING_PEER_ABRUPT_CLOSE, NOTE, LIKELY, NULL, NULL },
    { "peer-abrupt-close/goodbye-too-late", "up-tls !fin s.terminate s.fin",
      FINDING_PEER_ABRUPT_CLOSE, ERROR, CERTAIN, "peer_abrupt_close", NULL },
    /* clang-format on */
};

/* Near misses: the finding must not be there. */
static const struct row silent_rows[] = {
    /* clang-format off */
    { "capture-no-start/syn-lost", "lose syn s.syn tcp-ack call join goodbye close",
      FINDING_CAPTURE_NO_START, 0, 0, NULL, NULL },
    { "capture-one-direction/both", "up goodbye close",
      FINDING_CAPTURE_ONE_DIRECTION, 0, 0, NULL, NULL },
    { "capture-one-direction/nobody-answers", "syn wait=1 again syn",
      FINDING_CAPTURE_ONE_DIRECTION, 0, 0, NULL, NULL },
    { "capture-truncated/just-long-enough", "snap=1460 up s.data=1452 goodbye close",
      FINDING_CAPTURE_TRUNCATED, 0, 0, NULL, NULL },
    { "capture-dropped/never-acknowledged", "up s.deaf lose data=100 data=60 s.data=60 goodbye close",
      FINDING_CAPTURE_DROPPED, 0, 0, NULL, NULL },
    { "capture-dropped/resent", "up lose data=100 again data=60 s.tcp-ack wait=4 goodbye close",
      FINDING_CAPTURE_DROPPED, 0, 0, NULL, NULL },
    { "capture-offload/full-size", "up offload data=1452 s.data=1452 goodbye close",
      FINDING_CAPTURE_OFFLOAD, 0, 0, NULL, NULL },
    { "capture-offload/seven-checksums", "partial syn s.syn tcp-ack post answer call-request partial=0 call-ack lcp chap",
      FINDING_CAPTURE_OFFLOAD, 0, 0, NULL, NULL },
    { "capture-offload/some-checksums", "partial up partial=0 data=60 data=60 data=60 data=60",
      FINDING_CAPTURE_OFFLOAD, 0, 0, NULL, NULL },
    { "capture-encrypted/keys", "up-tls goodbye close",
      FINDING_CAPTURE_ENCRYPTED, 0, 0, NULL, NULL },
    { "capture-encrypted/clear", "up goodbye close",
      FINDING_CAPTURE_ENCRYPTED, 0, 0, NULL, NULL },
    { "capture-no-end/fin", "up goodbye fin",
      FINDING_CAPTURE_NO_END, 0, 0, NULL, NULL },
    { "capture-no-end/rst", "up goodbye rst",
      FINDING_CAPTURE_NO_END, 0, 0, NULL, NULL },

    { "tcp-no-answer/one-request", "syn", FINDING_TCP_NO_ANSWER, 0, 0, NULL, NULL },
    { "tcp-no-answer/late", "syn wait=1 syn-again wait=2 syn-again s.syn tcp-ack call join goodbye close",
      FINDING_TCP_NO_ANSWER, 0, 0, NULL, NULL },
    { "tcp-refused/accepted-first", "syn s.syn tcp-ack s.rst", FINDING_TCP_REFUSED, 0, 0, NULL, NULL },
    { "tcp-wrong-service/tls", "tcp tls c.fin s.fin", FINDING_TCP_WRONG_SERVICE, 0, 0, NULL, NULL },
    { "proxy-auth-required/second-try", "tcp proxy s.proxy=407 proxy s.proxy=200 tls call join goodbye close",
      FINDING_PROXY_AUTH_REQUIRED, 0, 0, NULL, NULL },
    { "proxy-connect-denied/407", "tcp proxy s.proxy=407 close",
      FINDING_PROXY_CONNECT_DENIED, 0, 0, "proxy_auth_required", NULL },
    { "tls-version-mismatch/other-alert", "tcp tls s.alert=40 s.fin",
      FINDING_TLS_VERSION_MISMATCH, 0, 0, NULL, NULL },
    { "tls-untrusted-root/close-notify", "tcp tls c.alert=0 c.fin",
      FINDING_TLS_UNTRUSTED_ROOT, 0, 0, NULL, NULL },
    { "tls-client-rejected-server/goes-on", "up-tls goodbye close",
      FINDING_TLS_CLIENT_REJECTED_SERVER, 0, 0, NULL, NULL },
    { "tls-client-rejected-server/late", "tcp tls post answer wait=6 c.fin",
      FINDING_TLS_CLIENT_REJECTED_SERVER, 0, 0, NULL, NULL },
    { "tls-client-rejected-server/server-closed", "tcp tls post answer s.fin c.fin",
      FINDING_TLS_CLIENT_REJECTED_SERVER, 0, 0, NULL, NULL },
    { "http-not-sstp-server/accepted", "up goodbye close",
      FINDING_HTTP_NOT_SSTP_SERVER, 0, 0, NULL, NULL },
    { "http-not-sstp-server/busy", "tcp post answer=503 close",
      FINDING_HTTP_NOT_SSTP_SERVER, 0, 0, "http_server_busy", NULL },
    { "http-server-busy/other", "tcp post answer=500 close",
      FINDING_HTTP_SERVER_BUSY, 0, 0, "http_not_sstp_server", NULL },
    { "http-redirect/other", "tcp post answer=404 close",
      FINDING_HTTP_REDIRECT, 0, 0, "http_not_sstp_server", NULL },
    { "tcp-path-silent/answered-at-last", "up wait=5 s.deaf data=100 wait=1 again wait=1 again wait=2 again s.deaf=0 again s.data=60",
      FINDING_TCP_PATH_SILENT, 0, 0, NULL, NULL },
    { "tcp-path-silent/two-tries", "up wait=5 s.deaf data=100 wait=1 again wait=4 again",
      FINDING_TCP_PATH_SILENT, 0, 0, NULL, NULL },
    { "tcp-path-silent/peer-talks", "up s.deaf data=100 wait=1 again wait=1 again wait=2 again s.data=60",
      FINDING_TCP_PATH_SILENT, 0, 0, NULL, NULL },
    { "idle-cut/short", "up wait=14 s.deaf data=100 wait=1 again wait=1 again wait=2 again",
      FINDING_IDLE_CUT, 0, 0, "tcp_path_silent", NULL },
    { "idle-cut/answered", "up wait=20 data=100 s.tcp-ack goodbye close",
      FINDING_IDLE_CUT, 0, 0, NULL, NULL },
    { "lcp-auth-method-mismatch/agreed-later", "dial auth-refused=nak auth=eap lcp eap=1 c.eap=1 eap-success "
      "call-connected ipcp goodbye close",
      FINDING_LCP_AUTH_METHOD_MISMATCH, 0, 0, NULL, NULL },
    { "ipcp-no-address/answered-late", "dial lcp chap call-connected ipcp-ask=none wait=3 ipcp-ask=none wait=3 ipcp "
      "goodbye close",
      FINDING_IPCP_NO_ADDRESS, 0, 0, NULL, NULL },
    { "ipcp-no-address/ended-later", "dial lcp chap call-connected wait=3 s.terminate c.terminate-ack close",
      FINDING_IPCP_NO_ADDRESS, 0, 0, "session_server_ended", NULL },
    { "ipcp-address-rejected/client-gives-in", "dial lcp chap call-connected ipcp-ask ipcp-nak ipcp goodbye close",
      FINDING_IPCP_ADDRESS_REJECTED, 0, 0, NULL, NULL },
    { "ipcp-address-rejected/none-named", "dial lcp chap call-connected ipcp-ask=none ipcp-nak ipcp-ask=none ipcp-nak "
      "ipcp-ask=none ipcp-nak s.terminate c.terminate-ack close",
      FINDING_IPCP_ADDRESS_REJECTED, 0, 0, "session_server_ended", NULL },
    { "sstp-call-connected-missing/slow-authentication",
      "dial lcp challenge response wait=61 success call-connected ipcp goodbye close",
      FINDING_SSTP_CALL_CONNECTED_MISSING, 0, 0, NULL, NULL },
    { "sstp-call-connected-missing/not-captured", "dial lcp chap lose call-connected ipcp wait=2 s.fin",
      FINDING_SSTP_CALL_CONNECTED_MISSING, 0, 0, NULL, NULL },
    { "auth-bad-credentials/pap-retry-succeeds",
      "dial auth=pap lcp pap-request pap-nak pap-request pap-ack call-connected ipcp goodbye close",
      FINDING_AUTH_BAD_CREDENTIALS, 0, 0, NULL, NULL },
    { "auth-bad-credentials/md5-retry-succeeds",
      "dial auth=md5 lcp challenge response failure=no response success call-connected ipcp goodbye close",
      FINDING_AUTH_BAD_CREDENTIALS, 0, 0, NULL, NULL },
    { "cb-nonce-mismatch/second-ack", "up call-ack goodbye close",
      FINDING_CB_NONCE_MISMATCH, 0, 0, NULL, NULL },
    { "peer-abrupt-close/echo-first-rst", "up-tls s.echo tcp-ack wait=60 s.rst",
      FINDING_PEER_ABRUPT_CLOSE, 0, 0, "sstp_echo_unanswered", NULL },
    { "peer-abrupt-close/echo-first-fin", "up-tls s.echo tcp-ack wait=60 fin",
      FINDING_PEER_ABRUPT_CLOSE, 0, 0, "sstp_echo_unanswered", NULL },
    { "peer-abrupt-close/goodbye-not-captured", "up-tls s.lose s.terminate s.tcp-ack data=60 s.rst",
      FINDING_PEER_ABRUPT_CLOSE, 0, 0, NULL, NULL },
    { "peer-abrupt-close/goodbye-not-decrypted", "up-tls blind terminate s.fin",
      FINDING_PEER_ABRUPT_CLOSE, 0, 0, NULL, NULL },
    { "sstp-call-connected-missing/sent", "up wait=61 s.abort=7",
      FINDING_SSTP_CALL_CONNECTED_MISSING, 0, 0, "sstp_aborted", NULL },
    { "sstp-call-connected-missing/client-ends-soon", "dial lcp chap wait=1.9 fin",
      FINDING_SSTP_CALL_CONNECTED_MISSING, 0, 0, NULL, NULL },
    { "sstp-call-connected-missing/capture-ends-soon", "dial lcp chap wait=9.9 s.tcp-ack",
      FINDING_SSTP_CALL_CONNECTED_MISSING, 0, 0, NULL, NULL },
    { "sstp-call-connected-missing/not-authenticated", "dial lcp challenge wait=61 s.tcp-ack",
      FINDING_SSTP_CALL_CONNECTED_MISSING, 0, 0, NULL, NULL },
    { "sstp-call-connected-missing/capture-lost-it", "dial lcp chap lose call-connected ipcp wait=5 s.fin",
      FINDING_SSTP_CALL_CONNECTED_MISSING, 0, 0, NULL, NULL },
    { "sstp-call-connected-missing/not-decrypted", "tcp tls call lcp chap blind call-connected wait=61 s.tcp-ack",
      FINDING_SSTP_CALL_CONNECTED_MISSING, 0, 0, NULL, NULL },
    { "sstp-aborted/after-disconnect", "up disconnect s.abort=7 close",
      FINDING_SSTP_ABORTED, 0, 0, NULL, NULL },
    { "sstp-aborted/after-terminate", "up s.terminate s.abort=7 close",
      FINDING_SSTP_ABORTED, 0, 0, "session_server_ended", NULL },
    { "sstp-aborted/explained", "dial lcp chap call-connected=nonce s.abort=7 s.fin",
      FINDING_SSTP_ABORTED, 0, 0, "cb_nonce_mismatch", NULL },

    { "auth-bad-credentials/retry-succeeds",
      "dial lcp challenge response failure=E=691_R=1 response success call-connected ipcp goodbye close",
      FINDING_AUTH_BAD_CREDENTIALS, 0, 0, NULL, NULL },
    { "auth-bad-credentials/other-code", "dial lcp challenge response failure=E=647_R=0 close",
      FINDING_AUTH_BAD_CREDENTIALS, 0, 0, NULL, NULL },
    { "auth-bad-credentials/eap-without-code", "dial auth=eap lcp eap=1 c.eap=1 eap=25 c.eap=25 eap-failure close",
      FINDING_AUTH_BAD_CREDENTIALS, 0, 0, NULL, NULL },
    { "auth-bad-credentials/other-ras-error", "dial lcp challenge response s.terminate=718 close",
      FINDING_AUTH_BAD_CREDENTIALS, 0, 0, "session_server_ended", NULL },
    { "auth-bad-credentials/after-success", "up s.terminate=691 close",
      FINDING_AUTH_BAD_CREDENTIALS, 0, 0, "session_server_ended", NULL },
    { "auth-bad-credentials/text-without-code-in-chap-v2", "dial lcp chap call-connected ipcp goodbye close",
      FINDING_AUTH_BAD_CREDENTIALS, 0, 0, NULL, NULL },
    { "auth-cleartext/chap", "up goodbye close", FINDING_AUTH_CLEARTEXT, 0, 0, NULL, NULL },
    { "auth-cleartext/offered-only", "dial auth=pap lcp fin", FINDING_AUTH_CLEARTEXT, 0, 0, NULL, NULL },

    { "cb-cert-hash-mismatch/sha256", "up-tls goodbye close",
      FINDING_CB_CERT_HASH_MISMATCH, 0, 0, NULL, NULL },
    { "cb-cert-hash-mismatch/sha1", "tcp tls call lcp chap call-connected=sha1 ipcp goodbye close",
      FINDING_CB_CERT_HASH_MISMATCH, 0, 0, NULL, NULL },
    { "cb-cert-hash-mismatch/server-disagrees", "tcp tls call lcp chap call-connected s.abort=7 s.fin",
      FINDING_CB_CERT_HASH_MISMATCH, 0, 0, "sstp_aborted", NULL },
    { "cb-cert-hash-mismatch/no-certificate", "dial lcp chap call-connected=cert ipcp goodbye close",
      FINDING_CB_CERT_HASH_MISMATCH, 0, 0, NULL, NULL },
    { "cb-cert-hash-mismatch/resumed", "tcp tls=resumed call lcp chap call-connected=cert ipcp goodbye close",
      FINDING_CB_CERT_HASH_MISMATCH, 0, 0, NULL, NULL },
    { "cb-cert-hash-mismatch/configured-of-other-kind", "dial lcp chap call-connected ipcp goodbye close",
      FINDING_CB_CERT_HASH_MISMATCH, 0, 0, NULL, "11*20" },
    { "cb-nonce-mismatch/same", "up goodbye close", FINDING_CB_NONCE_MISMATCH, 0, 0, NULL, NULL },
    { "cb-nonce-mismatch/of-second-ack", "tcp call call-request call-ack join goodbye close",
      FINDING_CB_NONCE_MISMATCH, 0, 0, NULL, NULL },
    { "cb-nonce-mismatch/ack-not-captured", "tcp post answer call-request s.lose call-ack lcp chap call-connected=nonce ipcp goodbye close",
      FINDING_CB_NONCE_MISMATCH, 0, 0, NULL, NULL },
    { "cb-hash-protocol-mismatch/sha1-offered", "tcp post answer call-request call-ack=1 lcp chap call-connected=sha1 ipcp goodbye close",
      FINDING_CB_HASH_PROTOCOL_MISMATCH, 0, 0, NULL, NULL },
    { "cb-hash-protocol-mismatch/sha1-of-both", "dial lcp chap call-connected=sha1 ipcp goodbye close",
      FINDING_CB_HASH_PROTOCOL_MISMATCH, 0, 0, NULL, NULL },
    { "cb-no-keys/mschapv2", "up goodbye close", FINDING_CB_NO_KEYS, 0, 0, NULL, NULL },
    { "cb-no-keys/peap", "dial auth=eap lcp eap=25 c.eap=25 eap-success call-connected ipcp goodbye close",
      FINDING_CB_NO_KEYS, 0, 0, NULL, NULL },
    { "cb-no-keys/not-connected", "dial auth=pap lcp pap fin", FINDING_CB_NO_KEYS, 0, 0, NULL, NULL },

    { "mtu-overrun/exactly-mru", "dial s.lcp-of c.lcp-of=1400 chap call-connected ipcp traffic s.data=1400",
      FINDING_MTU_OVERRUN, 0, 0, NULL, NULL },
    { "mtu-overrun/other-direction", "dial s.lcp-of c.lcp-of=1400 chap call-connected ipcp traffic data=1401",
      FINDING_MTU_OVERRUN, 0, 0, NULL, NULL },
    { "mtu-overrun/exactly-default", "up s.data=1500 data=1500",
      FINDING_MTU_OVERRUN, 0, 0, NULL, NULL },
    { "mtu-overrun/lcp-not-seen", "post answer chap call-connected ipcp traffic s.data=1600",
      FINDING_MTU_OVERRUN, 0, 0, NULL, NULL },
    { "mtu-overrun/multilink", "up s.multilink s.data=1600",
      FINDING_MTU_OVERRUN, 0, 0, NULL, NULL },
    { "mtu-segment-straddle/fits", "up data=1452 data=1452 data=1452 data=1452",
      FINDING_MTU_SEGMENT_STRADDLE, 0, 0, NULL, NULL },
    { "mtu-segment-straddle/two", "up data=1453 data=1453",
      FINDING_MTU_SEGMENT_STRADDLE, 0, 0, NULL, NULL },
    { "mtu-segment-straddle/tls-fits", "up-tls data=1423 data=1423 data=1423",
      FINDING_MTU_SEGMENT_STRADDLE, 0, 0, NULL, NULL },
    { "mtu-segment-straddle/no-syn", "post answer call-request call-ack join data=1453 data=1453 data=1453",
      FINDING_MTU_SEGMENT_STRADDLE, 0, 0, NULL, NULL },

    { "lcp-echo-gap/answered", "up lcp-echo lcp-reply wait=5 lcp-echo lcp-reply goodbye close",
      FINDING_LCP_ECHO_GAP, 0, 0, NULL, NULL },
    { "lcp-echo-gap/answered-late", "up lcp-echo tcp-ack wait=5 lcp-echo tcp-ack wait=5 lcp-reply s.terminate c.terminate-ack s.fin",
      FINDING_LCP_ECHO_GAP, 0, 0, "session_server_ended", NULL },
    { "lcp-echo-gap/one", "up lcp-echo tcp-ack wait=5 s.terminate c.terminate-ack s.fin",
      FINDING_LCP_ECHO_GAP, 0, 0, "session_server_ended", NULL },
    { "lcp-echo-gap/not-delivered", "up deaf lcp-echo wait=5 lcp-echo wait=5 s.fin",
      FINDING_LCP_ECHO_GAP, 0, 0, NULL, NULL },
    { "lcp-echo-gap/peer-stuck", "up lcp-echo tcp-ack wait=5 lcp-echo s.deaf lcp-reply wait=1 again wait=1 again wait=5 s.fin",
      FINDING_LCP_ECHO_GAP, 0, 0, NULL, NULL },
    { "lcp-echo-gap/capture-ends", "up lcp-echo tcp-ack wait=2 lcp-echo tcp-ack wait=0.9 tcp-ack",
      FINDING_LCP_ECHO_GAP, 0, 0, NULL, NULL },
    { "lcp-echo-gap/irregular", "up c.lcp-echo s.lcp-reply wait=5 c.lcp-echo s.lcp-reply wait=9 c.lcp-echo "
      "s.lcp-reply wait=5 c.lcp-echo s.lcp-reply wait=2 lcp-echo tcp-ack wait=40 s.terminate c.terminate-ack s.fin",
      FINDING_LCP_ECHO_GAP, 0, 0, "session_server_ended", NULL },
    { "sstp-echo-unanswered/answered", "up echo echo-reply wait=60 close",
      FINDING_SSTP_ECHO_UNANSWERED, 0, 0, NULL, NULL },
    { "sstp-echo-unanswered/data-instead", "up echo s.data=60 wait=60 abort=6 close",
      FINDING_SSTP_ECHO_UNANSWERED, 0, 0, "sstp_aborted", NULL },
    { "sstp-echo-unanswered/not-delivered", "up s.deaf echo wait=60 abort=6 close",
      FINDING_SSTP_ECHO_UNANSWERED, 0, 0, "sstp_aborted", NULL },
    { "sstp-echo-unanswered/soon", "up echo s.tcp-ack wait=1.9 fin",
      FINDING_SSTP_ECHO_UNANSWERED, 0, 0, NULL, NULL },
    { "sstp-echo-unanswered/capture-ends", "up echo s.tcp-ack wait=9.9 s.tcp-ack",
      FINDING_SSTP_ECHO_UNANSWERED, 0, 0, NULL, NULL },
    { "sstp-echo-unanswered/not-decrypted", "up-tls echo blind s.echo-reply wait=60 tcp-ack",
      FINDING_SSTP_ECHO_UNANSWERED, 0, 0, NULL, NULL },

    { "session-normal-end/server", "up s.terminate c.terminate-ack close",
      FINDING_SESSION_NORMAL_END, 0, 0, "session_server_ended", NULL },
    { "session-normal-end/aborted-first", "up abort=5 disconnect close",
      FINDING_SESSION_NORMAL_END, 0, 0, "sstp_aborted", NULL },
    { "session-normal-end/no-goodbye", "up close", FINDING_SESSION_NORMAL_END, 0, 0, NULL, NULL },
    { "session-server-ended/client-first", "up terminate s.terminate close",
      FINDING_SESSION_SERVER_ENDED, 0, 0, NULL, NULL },
    { "session-server-ended/explained", "dial lcp challenge response failure=E=691_R=0 s.terminate close",
      FINDING_SESSION_SERVER_ENDED, 0, 0, "auth_bad_credentials", NULL },
    { "session-server-ended/aborted-first", "up s.abort=7 s.disconnect close",
      FINDING_SESSION_SERVER_ENDED, 0, 0, "sstp_aborted", NULL },
    { "session-tls-close-only/goodbye", "up-tls goodbye alert=0 s.alert=0 close",
      FINDING_SESSION_TLS_CLOSE_ONLY, 0, 0, NULL, NULL },
    { "session-tls-close-only/abort", "up-tls abort=7 alert=0 close",
      FINDING_SESSION_TLS_CLOSE_ONLY, 0, 0, "sstp_aborted", NULL },
    { "session-tls-close-only/other-alert", "up-tls alert=20 close",
      FINDING_SESSION_TLS_CLOSE_ONLY, 0, 0, NULL, NULL },
    { "peer-abrupt-close/goodbye", "up-tls goodbye rst",
      FINDING_PEER_ABRUPT_CLOSE, 0, 0, NULL, NULL },
    { "peer-abrupt-close/close-notify", "up-tls alert=0 rst",
      FINDING_PEER_ABRUPT_CLOSE, 0, 0, NULL, NULL },
    { "peer-abrupt-close/goodbye-of-other-side", "up-tls terminate s.rst",
      FINDING_PEER_ABRUPT_CLOSE, 0, 0, NULL, NULL },
    { "peer-abrupt-close/before-call-ack", "tcp tls post answer call-request s.rst",
      FINDING_PEER_ABRUPT_CLOSE, 0, 0, NULL, NULL },
    { "peer-abrupt-close/not-decrypted", "up-tls blind s.terminate s.rst",
      FINDING_PEER_ABRUPT_CLOSE, 0, 0, NULL, NULL },
    { "peer-abrupt-close/capture-lost-bytes", "up-tls s.lose s.data=60 s.data=60 data=60 wait=4 data=60 s.rst",
      FINDING_PEER_ABRUPT_CLOSE, 0, 0, NULL, NULL },
    { "peer-abrupt-close/explained", "up-tls s.echo tcp-ack wait=60 s.fin",
      FINDING_PEER_ABRUPT_CLOSE, 0, 0, "sstp_echo_unanswered", NULL },
    /* clang-format on */
};

static void
add_hash(struct config *config, const char *text)
{
    struct hex hex = hex_new(text);

    memcpy(config->hashes[0].bytes, hex.data, hex.len);
    config->hashes[0].len = hex.len;
    config->num_hashes = 1;
    hex_free(hex);
}

static const struct finding *
found_find(const GPtrArray *found, enum finding_id id)
{
    for (guint i = 0; i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        if (finding->id == id)
            return finding;
    }
    return NULL;
}

static const struct result *
result_at(const struct engine *engine, uint32_t session)
{
    const GPtrArray *results = engine_results(engine);

    g_assert_cmpuint(session, <, results->len);
    return g_ptr_array_index(results, session);
}

/* What was shown while reading. */
static GArray *
announced_of(const struct peer *peer)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct frame_finding));

    for (uint32_t frame = 1; frame <= peer->frame; frame++) {
        const GArray *items = engine_frame_findings(peer->engine, frame);
        if (items)
            g_array_append_vals(all, items->data, items->len);
    }
    return all;
}

/* What was shown must hold to the end. */
static void
assert_announced_holds(const struct peer *peer, const GArray *announced)
{
    for (guint i = 0; i < announced->len; i++) {
        const struct frame_finding *item = &g_array_index(announced, struct frame_finding, i);
        if (!found_find(result_at(peer->engine, item->session)->found, item->id))
            g_error("%s was withdrawn", finding_info(item->id)->name);
    }
}

/* Each finding is what its reader may rely on. */
static void
assert_well_formed(const struct result *result, uint32_t num_frames)
{
    for (guint i = 0; i < result->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(result->found, i);
        const struct finding_info *info = finding_info(finding->id);
        g_assert_true(info->ready);
        g_assert_cmpint(finding->severity, <=, info->severity);
        g_assert_nonnull(finding->summary);
        g_assert_cmpuint(finding->cause.frame, >=, 1);
        g_assert_cmpuint(finding->num_frames, >=, 1);
        for (unsigned k = 0; k < finding->num_frames; k++) {
            g_assert_cmpuint(finding->frames[k], <=, num_frames);
            g_assert_cmpuint(finding->frames[k], >, k > 0 ? finding->frames[k - 1] : 0);
        }
    }
}

/* Reads a row's script to its end; the last session's result, or a candidate's. */
static const struct result *
row_begin(struct peer *peer, const struct row *row)
{
    struct config config = peer_config();

    if (row->hash)
        add_hash(&config, row->hash);
    if (!strstr(row->script, "post") || strstr(row->script, "blind"))
        config.servers = (char *)"any";
    peer_init(peer, &config);
    peer_run(peer, row->script);
    GArray *announced = announced_of(peer);
    engine_finish(peer->engine);
    assert_announced_holds(peer, announced);
    g_array_unref(announced);
    const GPtrArray *results = engine_results(peer->engine);
    g_assert_cmpuint(results->len, >=, 1);
    for (guint i = 0; i < results->len; i++)
        assert_well_formed(g_ptr_array_index(results, i), peer->frame);
    return result_at(peer->engine, results->len - 1);
}

static void
assert_verdict(const struct result *result, const char *verdict)
{
    g_assert_cmpstr(result->verdict ? finding_info(result->verdict->id)->name : NULL, ==, verdict);
}

static void
run_raised(gconstpointer data)
{
    const struct row *row = data;
    struct peer peer;
    const struct result *result = row_begin(&peer, row);
    const struct finding *finding = found_find(result->found, row->id);

    g_assert_nonnull(finding);
    g_assert_cmpint(finding->severity, ==, row->severity);
    g_assert_cmpint(finding->confidence, ==, row->confidence);
    if (peer.marked)
        g_assert_cmpuint(finding->cause.frame, ==, peer.marked);
    assert_verdict(result, row->verdict);
    peer_clear(&peer);
}

static void
run_silent(gconstpointer data)
{
    const struct row *row = data;
    struct peer peer;
    const struct result *result = row_begin(&peer, row);

    g_assert_null(found_find(result->found, row->id));
    assert_verdict(result, row->verdict);
    peer_clear(&peer);
}

static bool
has_row(const struct row *rows, size_t num, enum finding_id id)
{
    for (size_t i = 0; i < num; i++)
        if (rows[i].id == id)
            return true;
    return false;
}

/* No finding works without a row that raises it and one that does not. */
static void
test_complete(void)
{
    for (int id = 0; id < FINDING_COUNT; id++) {
        const struct finding_info *info = finding_info((enum finding_id)id);
        if (!info->ready)
            continue;
        if (!has_row(raised_rows, G_N_ELEMENTS(raised_rows), (enum finding_id)id) ||
            !has_row(silent_rows, G_N_ELEMENTS(silent_rows), (enum finding_id)id))
            g_error("no row for %s", info->name);
    }
}

/* --- outcome and verdict --------------------------------------------------------------------- */

static const struct outcome_row {
    const char *name, *script, *outcome;
} outcome_rows[] = {
    { "established", "up", "established" },
    { "ended", "up goodbye close", "ended" },
    { "ended-by-goodbye-alone", "up goodbye", "ended" },
    { "ended-abruptly", "up-tls s.rst", "ended" },
    { "failed", "dial lcp challenge response failure=E=691_R=0 close", "failed" },
    { "failed-not-connected", "dial lcp chap ipcp wait=60 s.abort=7 s.fin", "failed" },
    { "ongoing", "dial lcp", "ongoing" },
    { "unknown", "tcp tls=blind up close", "unknown" },
    { "encrypted-ongoing", "tcp tls=blind post answer call-request", "ongoing" },
    { "late", "post data=60 s.data=60", "established" },
};

static void
run_outcome(gconstpointer data)
{
    const struct outcome_row *row = data;
    const struct row as_row = { .name = row->name, .script = row->script };
    struct peer peer;
    const struct result *result = row_begin(&peer, &as_row);

    g_assert_cmpstr(session_outcome(result->session), ==, row->outcome);
    peer_clear(&peer);
}

/* Causes before consequences, worse before milder. */
static const struct verdict_row {
    const char *name, *script, *verdict;
} verdict_rows[] = {
    { "healthy", "up goodbye close", NULL },
    { "notes-only", "dial auth=pap lcp pap call-connected ipcp close", NULL },
    { "earlier-error", "up s.data=1501 wait=5 s.abort=7 close", "mtu_overrun" },
    { "earlier-error/other-order", "up s.abort=7 s.data=1501 close", "sstp_aborted" },
    { "error-before-warning", "up s.terminate s.data=1501 close", "mtu_overrun" },
    { "same-frame-earlier-stage", "dial lcp chap call-connected=nonce,none s.abort=7",
      "cb_nonce_mismatch" },
    { "possible-on-working-session",
      "up lcp-echo data=60 wait=5 lcp-echo data=60 wait=5 s.data=60 wait=5 tcp-ack", NULL },
    { "echo-before-close", "up-tls s.echo tcp-ack wait=60 s.fin", "sstp_echo_unanswered" },
};

static void
run_verdict(gconstpointer data)
{
    const struct verdict_row *row = data;
    const struct row as_row = { .name = row->name, .script = row->script };
    struct peer peer;

    assert_verdict(row_begin(&peer, &as_row), row->verdict);
    peer_clear(&peer);
}

static struct finding
made_up(enum finding_id id, enum severity severity, enum confidence confidence, uint32_t frame)
{
    return (struct finding){
        .id = id, .severity = severity, .confidence = confidence, .cause = { frame, frame }
    };
}

/* The order of the list must not matter. */
static void
test_verdict_rank(void)
{
    struct finding best_first[] = {
        made_up(FINDING_CB_NONCE_MISMATCH, ERROR, CERTAIN, 10),
        made_up(FINDING_SSTP_ECHO_UNANSWERED, ERROR, CERTAIN, 10),
        made_up(FINDING_SSTP_ABORTED, ERROR, LIKELY, 11),
        made_up(FINDING_SESSION_SERVER_ENDED, WARN, CERTAIN, 5),
        made_up(FINDING_AUTH_CLEARTEXT, NOTE, CERTAIN, 1),
    };
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "dial");
    const struct session *session = g_ptr_array_index(engine_sessions(peer.engine), 0);
    for (size_t skip = 0; skip <= G_N_ELEMENTS(best_first); skip++) {
        GPtrArray *forward = g_ptr_array_new(), *back = g_ptr_array_new();
        for (size_t i = skip; i < G_N_ELEMENTS(best_first); i++) {
            g_ptr_array_add(forward, &best_first[i]);
            g_ptr_array_insert(back, 0, &best_first[i]);
        }
        const struct finding *best = skip < 4 ? &best_first[skip] : NULL;
        g_assert_true(verdict_of(session, forward) == best);
        g_assert_true(verdict_of(session, back) == best);
        g_ptr_array_unref(forward);
        g_ptr_array_unref(back);
    }
    peer_clear(&peer);
}

/* --- engines --------------------------------------------------------------------------------- */

static void
test_finish_twice(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "up !s.abort=7 s.fin");
    engine_finish(peer.engine);
    const struct result *first = result_at(peer.engine, 0);
    engine_finish(peer.engine);
    g_assert_true(result_at(peer.engine, 0) == first);
    assert_verdict(first, "sstp_aborted");
    const GArray *items = engine_frame_findings(peer.engine, peer.marked);
    g_assert_nonnull(items);
    g_assert_cmpuint(items->len, ==, 1);
    const struct frame_finding *item = &g_array_index(items, struct frame_finding, 0);
    g_assert_true(item->cause && item->verdict);
    g_assert_cmpint(item->id, ==, FINDING_SSTP_ABORTED);
    peer_clear(&peer);
}

/* Each finish tells what is known so far. */
static void
test_finish_and_go_on(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "up");
    engine_finish(peer.engine);
    assert_verdict(result_at(peer.engine, 0), NULL);
    g_assert_nonnull(found_find(result_at(peer.engine, 0)->found, FINDING_CAPTURE_NO_END));
    peer_run(&peer, "s.abort=7 s.fin");
    engine_finish(peer.engine);
    g_assert_cmpuint(engine_results(peer.engine)->len, ==, 1);
    assert_verdict(result_at(peer.engine, 0), "sstp_aborted");
    g_assert_null(found_find(result_at(peer.engine, 0)->found, FINDING_CAPTURE_NO_END));
    peer_run(&peer, "next up");
    engine_finish(peer.engine);
    g_assert_cmpuint(engine_results(peer.engine)->len, ==, 2);
    assert_verdict(result_at(peer.engine, 1), NULL);
    peer_clear(&peer);
}

/* Without a session there are candidates; with one there are none. */
static void
test_candidates(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "syn wait=1 syn wait=2 syn");
    engine_finish(peer.engine);
    g_assert_cmpuint(engine_results(peer.engine)->len, ==, 0);
    g_assert_cmpuint(engine_candidates(peer.engine)->len, ==, 3); /* three sequence numbers */
    peer_run(&peer, "next up");
    engine_finish(peer.engine);
    g_assert_cmpuint(engine_results(peer.engine)->len, ==, 1);
    g_assert_cmpuint(engine_candidates(peer.engine)->len, ==, 0);
    peer_clear(&peer);
}

/* A client that dials again from the same port has a session of its own. */
static void
test_port_reuse(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "up goodbye close next");
    peer.end[SIDE_CLIENT].port--;
    peer_run(&peer, "dial lcp challenge response failure=E=691_R=0 close");
    engine_finish(peer.engine);
    g_assert_cmpuint(engine_results(peer.engine)->len, ==, 2);
    assert_verdict(result_at(peer.engine, 0), NULL);
    assert_verdict(result_at(peer.engine, 1), "auth_bad_credentials");
    g_assert_cmpstr(session_outcome(result_at(peer.engine, 0)->session), ==, "ended");
    g_assert_true(engine_frame_session(peer.engine, 1) == result_at(peer.engine, 0)->session);
    g_assert_true(engine_frame_session(peer.engine, peer.frame) ==
                  result_at(peer.engine, 1)->session);
    peer_clear(&peer);
}

/* A request and its answer know each other. */
static void
test_answers(void)
{
    const struct config config = peer_config();
    struct peer peer;
    struct frame_answer answer = { { 0, 0 }, { 0, 0 } };

    peer_init(&peer, &config);
    peer_run(&peer, "up !echo wait=2 echo-reply");
    for (uint32_t frame = peer.marked; frame <= peer.frame; frame++) {
        g_assert_true(engine_frame_answer(peer.engine, frame, &answer));
        g_assert_cmpuint(answer.request.frame, ==, peer.marked);
        g_assert_cmpuint(answer.response.frame, ==, peer.frame);
    }
    g_assert_cmpfloat(mark_seconds(answer.request, answer.response), >, 2);
    g_assert_false(engine_frame_answer(peer.engine, 1, &answer));
    peer_clear(&peer);
}

static void
test_frame_notes(void)
{
    const struct config config = peer_config();
    struct peer peer;

    peer_init(&peer, &config);
    peer_run(&peer, "up goodbye close");
    struct frame_note first = engine_frame_note(peer.engine, 1),
                      last = engine_frame_note(peer.engine, peer.frame),
                      beyond = engine_frame_note(peer.engine, peer.frame + 1);
    g_assert_cmpuint(first.conn, ==, 1);
    g_assert_cmpuint(first.stage, ==, STAGE_TCP);
    g_assert_cmpuint(first.side, ==, SIDE_CLIENT);
    g_assert_cmpuint(last.stage, ==, STAGE_TEARDOWN);
    g_assert_cmpuint(beyond.conn, ==, 0);
    g_assert_cmpuint(engine_frame_note(peer.engine, 0).conn, ==, 0);
    g_assert_cmpuint(engine_num_frames(peer.engine), ==, peer.frame);
    peer_clear(&peer);
}

static const struct servers_row {
    const char *name, *servers;
    bool session;
} servers_rows[] = {
    { "any", "any", true },
    { "none", "", false },
    { "address", "198.51.100.20", true },
    { "address-port", "198.51.100.20:443", true },
    { "other-port", "198.51.100.20:4443", false },
    { "other-address", "198.51.100.2", false },
    { "list", "192.0.2.1, 198.51.100.20", true },
    { "name", "VPN.example.com", true },
    { "name-port", "vpn.example.com:443", true },
    { "other-name", "vpn.example", false },
    { "colon-only", ":", false },
    { "brackets", "[198.51.100.20]:443", true },
    { "bracket-only", "[", false },
    { "colon-behind-bracket", "[:", false },
};

/* Which connections are followed without keys. */
static void
run_servers(gconstpointer data)
{
    const struct servers_row *row = data;
    struct config config = peer_config();
    struct peer peer;
    char *servers = g_strdup(row->servers);

    config.servers = servers;
    peer_init(&peer, &config);
    g_free(servers);
    peer_run(&peer, "tcp tls=blind post answer");
    g_assert_cmpuint(engine_sessions(peer.engine)->len, ==, row->session);
    peer_clear(&peer);
}

static int64_t
run_sessions(unsigned num)
{
    const struct config config = peer_config();
    struct peer peer;
    int64_t start = g_get_monotonic_time();

    peer_init(&peer, &config);
    for (unsigned i = 0; i < num; i++) {
        peer_run(&peer, "dial lcp challenge response failure=E=691_R=0 close");
        peer_next(&peer);
    }
    engine_finish(peer.engine);
    g_assert_cmpuint(engine_results(peer.engine)->len, ==, num);
    for (unsigned i = 0; i < num; i += num / 10)
        assert_verdict(result_at(peer.engine, i), "auth_bad_credentials");
    peer_clear(&peer);
    return g_get_monotonic_time() - start;
}

/* Four times the sessions may not take more than four times as long; the rest is for the clock. */
static void
test_many_sessions(void)
{
    int64_t quarter = run_sessions(2500), whole = run_sessions(10000);

    g_test_message("2500 sessions %.3f s, 10000 sessions %.3f s", (double)quarter / 1e6,
                   (double)whole / 1e6);
    g_assert_cmpint(whole, <, 10 * quarter + INT64_C(2) * G_USEC_PER_SEC);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/rules/raised", raised_rows, run_raised);
    ADD_ROWS("/rules/silent", silent_rows, run_silent);
    ADD_ROWS("/rules/outcome", outcome_rows, run_outcome);
    ADD_ROWS("/rules/verdict", verdict_rows, run_verdict);
    ADD_ROWS("/rules/servers", servers_rows, run_servers);
    g_test_add_func("/rules/complete", test_complete);
    g_test_add_func("/rules/verdict-rank", test_verdict_rank);
    g_test_add_func("/rules/engine/finish-twice", test_finish_twice);
    g_test_add_func("/rules/engine/finish-and-go-on", test_finish_and_go_on);
    g_test_add_func("/rules/engine/candidates", test_candidates);
    g_test_add_func("/rules/engine/port-reuse", test_port_reuse);
    g_test_add_func("/rules/engine/answers", test_answers);
    g_test_add_func("/rules/engine/frame-notes", test_frame_notes);
    g_test_add_func("/rules/engine/many-sessions", test_many_sessions);
    return g_test_run();
}
