/* test_client_call.c - an SSTP call of the client, packet by packet, with the vectors of RFC 2759,
 * RFC 3079 and MS-SSTP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "hex.h"

#include "client/bind.h"
#include "client/call.h"

/* RFC 2759 9.2; RFC 3079 3.5.3: what the server sends with */
#define USER           "User"
#define PASSWORD       "clientPass"
#define CHALLENGE      "5b5d7c7d7b3f2f3e3c2c602132262628"
#define PEER_CHALLENGE "21402324255e262a28295f2b3a337c7e"
#define NT_RESPONSE    "82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df"
#define PROOF          "S=407A5589115FD0D6209F510FE9C04566932CDA56"
#define SERVER_SEND    "8b7cdc149b993a1ba118cb153f56dccb"

/* What both sides say of SSTP. */
#define ANSWER       "HTTP/1.1 200\r\nContent-Length: 18446744073709551615\r\nServer: s\r\n\r\n"
#define REQUEST_SAYS "1001000e000100010001000600 01"
#define ACK          "10010030 00020001 00040028 00000003 ab*32"
#define MAGIC        "21402324"
#define OUR_LCP      "1000 0016 ff03c021 0101000e 010405dc 0506" MAGIC
#define OUR_LCP_ACK  "1000 0016 ff03c021 0201000e 010405dc 0506" MAGIC
#define THEIR_LCP    "1000 0011 ff03c021 01070009 0305c22381"
#define OUR_ACK      "1000 0011 ff03c021 02070009 0305c22381"
#define INTERFACE_ID "21402324255e262b"
#define OUR_IPV6CP   "1000 0016 ff038057 0101000e 010a" INTERFACE_ID
#define TERMINATE    "1000 000c ff03c021 05020004"
#define TERMINATED   "1000 000c ff03c021 06020004"
#define DISCONNECT   "10010014 00060001 0002000c 00000000 00000000"
#define DISCONNECTED "10010008 00070000"
#define CHALLENGED   "1000 0024 ff03c223 0103001c 10" CHALLENGE "767074756e6e6c"

struct peer {
    struct call *call;
    unsigned asked; /* for the password */
    int64_t now;
};

static bool
hand_out(void *data, struct login_secret *secret)
{
    struct peer *peer = data;

    peer->asked++;
    secret->len = strlen(PASSWORD);
    memcpy(secret->bytes, PASSWORD, secret->len);
    return true;
}

/* Always the peer challenge of the RFC, or as much of it as is wanted. */
static void
not_random(void *data, uint8_t *bytes, size_t len)
{
    struct hex hex = hex_new(PEER_CHALLENGE);

    (void)data;
    g_assert_cmpuint(len, <=, hex.len);
    memcpy(bytes, hex.data, len);
    hex_free(hex);
}

static void
peer_init(struct peer *peer, bool account, unsigned methods)
{
    const struct call_options options = {
        .host = "vpn.example.com",
        .correlation_id = "{ID}",
        .user = account ? USER : NULL,
        .secret = hand_out,
        .secret_data = peer,
        .random = not_random,
        .methods = methods,
        .mru = 1500,
    };

    *peer = (struct peer){ .call = call_new(&options, 0) };
}

static void
says(struct peer *peer, const char *bytes)
{
    struct hex hex = hex_new(bytes);

    call_receive(peer->call, hex.data, hex.len, peer->now);
    hex_free(hex);
}

static void
wants(struct peer *peer, const char *bytes)
{
    struct hex hex = hex_new(bytes);
    struct buf packet;

    g_assert_true(call_output(peer->call, &packet));
    g_assert_cmpmem(packet.p, buf_left(&packet), hex.data, hex.len);
    hex_free(hex);
}

static void
wants_nothing(struct peer *peer)
{
    struct buf packet;

    g_assert_false(call_output(peer->call, &packet));
}

/* Up to and with Call Connect Ack. */
static void
begin(struct peer *peer)
{
    struct buf head;

    g_assert_true(call_output(peer->call, &head));
    g_assert_cmpint(memcmp(head.p, "SSTP_DUPLEX_POST /sra_{", 23), ==, 0);
    wants_nothing(peer);
    call_receive(peer->call, (const uint8_t *)ANSWER, strlen(ANSWER), peer->now);
    wants(peer, REQUEST_SAYS);
    says(peer, ACK);
    wants(peer, OUR_LCP);
}

static void
open_lcp(struct peer *peer)
{
    begin(peer);
    says(peer, THEIR_LCP);
    wants(peer, OUR_ACK);
    says(peer, OUR_LCP_ACK);
    g_assert_true(call_facts(peer->call).lcp_opened);
}

static void
end_in_order(struct peer *peer)
{
    wants(peer, TERMINATE);
    says(peer, TERMINATED);
    wants(peer, DISCONNECT);
    says(peer, DISCONNECTED);
    g_assert_cmpint(call_step(peer->call), ==, CALL_OVER);
    g_assert_cmpint(call_deadline(peer->call), ==, INT64_MAX);
    wants_nothing(peer);
    call_free(peer->call);
}

/* --- rows ------------------------------------------------------------------------------------- */

static void
test_no_account(void)
{
    struct peer peer;

    peer_init(&peer, false, METHODS_KNOWN);
    open_lcp(&peer);
    g_assert_cmpint(call_facts(peer.call).lcp->method, ==, METHOD_MSCHAPV2);
    g_assert_cmpint(call_end(peer.call), ==, CALL_END_HUNG_UP);
    end_in_order(&peer);
    g_assert_cmpuint(peer.asked, ==, 0);
}

static void
log_in(struct peer *peer)
{
    open_lcp(peer);
    says(peer, CHALLENGED);
    wants(peer, "1000 0042 ff03c223 0203003a 31" PEER_CHALLENGE "00*8 " NT_RESPONSE "00 55736572");
}

static void
test_mschapv2(void)
{
    struct hex send = hex_new(SERVER_SEND);
    struct peer peer;
    struct buf bound;

    if (!mschapv2_is_available()) {
        g_test_skip("FIPS mode");
        return;
    }
    peer_init(&peer, true, METHODS_KNOWN);
    log_in(&peer);
    /* The same once more is not answered. */
    says(&peer, CHALLENGED);
    wants_nothing(&peer);
    says(&peer, "1000 0036 ff03c223 0303002e 533d3430374135353839313135464430443632303946353130"
                "4645394330343536363933324344413536");
    g_assert_cmpint(call_facts(peer.call).login->state, ==, LOGIN_GOOD);
    g_assert_cmpmem(call_facts(peer.call).login->hlak + MSCHAPV2_KEY_LEN, MSCHAPV2_KEY_LEN,
                    send.data, send.len);
    g_assert_true(call_output(peer.call, &bound));
    g_assert_cmpuint(buf_left(&bound), ==, BINDING_MESSAGE_LEN);
    /* An address and two resolvers are asked for; the server gives one of each. */
    wants(&peer, "1000 001e ff038021 01010016 030600000000 810600000000 830600000000");
    wants(&peer, OUR_IPV6CP);
    says(&peer, "1000 001c ff03c021 08010014 8057 0101000e 010a" INTERFACE_ID);
    wants_nothing(&peer);
    g_assert_true(call_facts(peer.call).ipv6cp->refused);
    says(&peer, "1000 0012 ff038021 0401000a 830600000000");
    wants(&peer, "1000 0018 ff038021 01020010 030600000000 810600000000");
    says(&peer, "1000 0018 ff038021 03020010 03060a630002 81060a630001");
    wants(&peer, "1000 0018 ff038021 01030010 03060a630002 81060a630001");
    says(&peer, "1000 0012 ff038021 0101000a 03060a630001");
    wants(&peer, "1000 0012 ff038021 0201000a 03060a630001");
    says(&peer, "1000 0018 ff038021 02030010 03060a630002 81060a630001");
    g_assert_cmpint(call_step(peer.call), ==, CALL_UP);
    g_assert_cmphex(call_facts(peer.call).ipcp->address, ==, 0x0a630002);
    /* Never more than the peer takes. */
    g_assert_false(call_fill(peer.call, true, 1501));
    g_assert_true(call_fill(peer.call, false, 10));
    wants(&peer, "1000 0012 ff03c021 0b02000a " MAGIC "0000");
    g_assert_true(call_fill(peer.call, true, 8));
    wants(&peer, "1000 0010 ff03c021 09030008 " MAGIC);
    says(&peer, "1000 0010 ff03c021 0a030008 01020304");
    g_assert_cmpuint(call_facts(peer.call).lcp->echo_replies, ==, 1);
    call_hang_up(peer.call, peer.now);
    wants(&peer, "1000 000c ff03c021 05040004");
    says(&peer, "1000 000c ff03c021 06040004");
    wants(&peer, DISCONNECT);
    says(&peer, DISCONNECTED);
    g_assert_cmpint(call_step(peer.call), ==, CALL_OVER);
    call_free(peer.call);
    g_assert_cmpuint(peer.asked, ==, 1);
    hex_free(send);
}

/* A Success without the right proof gets no Call Connected. */
static void
test_not_proven(void)
{
    struct peer peer;

    if (!mschapv2_is_available()) {
        g_test_skip("FIPS mode");
        return;
    }
    peer_init(&peer, true, METHODS_KNOWN);
    log_in(&peer);
    says(&peer, "1000 0036 ff03c223 0303002e 533d 30*40");
    g_assert_cmpint(call_end(peer.call), ==, CALL_END_NOT_PROVEN);
    end_in_order(&peer);
}

/* R=1 invites to try again: it is not done. The server ends, or the client does after a while. */
static void
test_refused(void)
{
    struct peer peer;

    if (!mschapv2_is_available()) {
        g_test_skip("FIPS mode");
        return;
    }
    peer_init(&peer, true, METHODS_KNOWN);
    log_in(&peer);
    says(&peer, "1000 0015 ff03c223 0403000d 453d36393120523d31");
    wants_nothing(&peer);
    g_assert_cmpuint(call_facts(peer.call).login->error, ==, 691);
    peer.now = call_deadline(peer.call);
    call_tick(peer.call, peer.now);
    g_assert_cmpint(call_end(peer.call), ==, CALL_END_REFUSED);
    end_in_order(&peer);
}

/* A method that is not allowed gets the one that is, as a Nak; rejected is it only after five. */
static void
test_other_method(void)
{
    struct peer peer;

    peer_init(&peer, true, 1U << METHOD_PAP);
    begin(&peer);
    for (int i = 0; i < 5; i++) {
        says(&peer, THEIR_LCP);
        wants(&peer, "1000 0010 ff03c021 03070008 0304c023");
    }
    says(&peer, THEIR_LCP);
    wants(&peer, "1000 0011 ff03c021 04070009 0305c22381");
    call_free(peer.call);
}

static void
test_pap(void)
{
    struct peer peer;

    peer_init(&peer, true, METHODS_KNOWN);
    begin(&peer);
    says(&peer, "1000 0010 ff03c021 01070008 0304c023");
    wants(&peer, "1000 0010 ff03c021 02070008 0304c023");
    says(&peer, OUR_LCP_ACK);
    wants(&peer, "1000 001c ff03c023 01010014 04 55736572 0a 636c69656e7450617373");
    says(&peer, "1000 000d ff03c023 02010005 00");
    g_assert_true(call_facts(peer.call).bound);
    call_free(peer.call);
}

/* RFC 1994 4.1: MD5 over identifier, password and challenge. */
static void
test_chap_md5(void)
{
    struct peer peer;

    peer_init(&peer, true, METHODS_KNOWN);
    begin(&peer);
    says(&peer, "1000 0011 ff03c021 01070009 0305c22305");
    wants(&peer, "1000 0011 ff03c021 02070009 0305c22305");
    says(&peer, OUR_LCP_ACK);
    says(&peer, "1000 0024 ff03c223 0105001c 10" CHALLENGE "767074756e6e6c");
    wants(&peer, "1000 0021 ff03c223 02050019 10 0482574f93dd8bd5174a04f947edcb89 55736572");
    says(&peer, "1000 000c ff03c223 03050004");
    g_assert_true(call_facts(peer.call).bound);
    g_assert_false(call_facts(peer.call).login->has_keys);
    call_free(peer.call);
    g_assert_cmpuint(peer.asked, ==, 1);
}

/* EAP alone: what else could be surer to work is asked for once. Then up to the answer to Identity.
 */
static void
open_eap(struct peer *peer)
{
    peer_init(peer, true, METHODS_KNOWN);
    begin(peer);
    says(peer, "1000 0010 ff03c021 01070008 0304c227");
    wants(peer, "1000 0011 ff03c021 03070009 0305c22381");
    says(peer, "1000 0010 ff03c021 01080008 0304c227");
    wants(peer, "1000 0010 ff03c021 02080008 0304c227");
    says(peer, OUR_LCP_ACK);
    says(peer, "1000 000d ff03c227 01010005 01");
    wants(peer, "1000 0011 ff03c227 02010009 01 55736572");
}

static void
test_eap_md5(void)
{
    struct peer peer;

    open_eap(&peer);
    says(&peer, "1000 001e ff03c227 01050016 04 10" CHALLENGE);
    wants(&peer, "1000 001e ff03c227 02050016 04 10 0482574f93dd8bd5174a04f947edcb89");
    /* The same request gets the same answer, another one none. */
    says(&peer, "1000 001e ff03c227 01050016 04 10" CHALLENGE);
    wants(&peer, "1000 001e ff03c227 02050016 04 10 0482574f93dd8bd5174a04f947edcb89");
    says(&peer, "1000 001e ff03c227 01060016 04 10" CHALLENGE);
    wants_nothing(&peer);
    says(&peer, "1000 000c ff03c227 03050004");
    g_assert_true(call_facts(peer.call).bound);
    call_free(peer.call);
    g_assert_cmpuint(peer.asked, ==, 1);
}

#define EAP_CHALLENGED "1000 0029 ff03c227 01020021 1a 0103001c 10" CHALLENGE "767074756e6e6c"
#define EAP_SUCCESS_SAYS                                                                           \
    "1000 003b ff03c227 01030033 1a 0303002e 533d3430374135353839313135464430443632303946353130"   \
    "4645394330343536363933324344413536"

/* EAP-TLS is refused by a Nak that names what is spoken; then as MS-CHAPv2. */
static void
test_eap_mschapv2(bool proven)
{
    struct hex send = hex_new(SERVER_SEND);
    struct peer peer;

    open_eap(&peer);
    says(&peer, "1000 000e ff03c227 01090006 0d20");
    wants(&peer, "1000 000f ff03c227 02090007 03 1a 04");
    says(&peer, EAP_CHALLENGED);
    wants(&peer, "1000 0047 ff03c227 0202003f 1a 0203003a 31" PEER_CHALLENGE "00*8 " NT_RESPONSE
                 "00 55736572");
    if (proven) {
        says(&peer, EAP_SUCCESS_SAYS);
        wants(&peer, "1000 000e ff03c227 02030006 1a 03");
    }
    says(&peer, "1000 000c ff03c227 03030004");
    g_assert_cmpint(call_facts(peer.call).login->state, ==, proven ? LOGIN_GOOD : LOGIN_NOT_PROVEN);
    g_assert_cmpmem(call_facts(peer.call).login->hlak + MSCHAPV2_KEY_LEN, MSCHAPV2_KEY_LEN,
                    send.data, send.len);
    call_free(peer.call);
    g_assert_cmpuint(peer.asked, ==, 1);
    hex_free(send);
}

static void
test_eap(void)
{
    if (!mschapv2_is_available()) {
        g_test_skip("FIPS mode");
        return;
    }
    test_eap_mschapv2(true);
    test_eap_mschapv2(false);
}

/* What is not spoken is rejected; echoes are answered, with the own magic number. */
static void
test_beside(void)
{
    struct peer peer;

    peer_init(&peer, true, METHODS_KNOWN);
    open_lcp(&peer);
    says(&peer, "1000 0012 ff0380fd 0101000a 120601000040");
    wants(&peer, "1000 0018 ff03c021 08020010 80fd 0101000a 120601000040");
    says(&peer, "1000 0012 ff03c021 0905000a 01020304 6162");
    wants(&peer, "1000 0012 ff03c021 0a05000a " MAGIC "6162");
    says(&peer, "10010008 00080000");
    wants(&peer, "10010008 00090000");
    call_free(peer.call);
}

static void
log_in_by_pap(struct peer *peer)
{
    peer_init(peer, true, METHODS_KNOWN);
    begin(peer);
    says(peer, "1000 0010 ff03c021 01070008 0304c023");
    wants(peer, "1000 0010 ff03c021 02070008 0304c023");
    says(peer, OUR_LCP_ACK);
    wants(peer, "1000 001c ff03c023 01010014 04 55736572 0a 636c69656e7450617373");
    says(peer, "1000 000d ff03c023 02010005 00");
}

static void
skip(struct peer *peer, unsigned num)
{
    struct buf packet;

    while (num-- > 0)
        g_assert_true(call_output(peer->call, &packet));
}

/* RFC 5072 4.1: an identifier of each side, none and ours get another one. */
static void
test_ipv6cp(void)
{
    struct peer peer;

    log_in_by_pap(&peer);
    skip(&peer, 2);
    wants(&peer, OUR_IPV6CP);
    says(&peer, "1000 0016 ff038057 0101000e 010a 0000000000000000");
    wants(&peer, "1000 0016 ff038057 0301000e 010a 21402324255e262a");
    says(&peer, "1000 0016 ff038057 0102000e 010a" INTERFACE_ID);
    wants(&peer, "1000 0016 ff038057 0302000e 010a 21402324255e262a");
    says(&peer, "1000 001a ff038057 01030012 010a 0200000000000001 02040061");
    wants(&peer, "1000 0010 ff038057 04030008 02040061");
    says(&peer, "1000 0016 ff038057 0104000e 010a 0200000000000001");
    wants(&peer, "1000 0016 ff038057 0204000e 010a 0200000000000001");
    says(&peer, "1000 0016 ff038057 0301000e 010a 0200000000000007");
    wants(&peer, "1000 0016 ff038057 0102000e 010a 0200000000000007");
    says(&peer, "1000 0016 ff038057 0202000e 010a 0200000000000007");
    g_assert_true(ipv6cp_is_open(call_facts(peer.call).ipv6cp));
    call_free(peer.call);
}

/* A peer that wants the option gone, and that ends the protocol, leaves the call as it is. */
static void
test_ipv6cp_refused(void)
{
    struct peer peer;

    log_in_by_pap(&peer);
    skip(&peer, 3);
    says(&peer, "1000 0016 ff038057 0401000e 010a" INTERFACE_ID);
    wants(&peer, "1000 000c ff038057 01020004");
    says(&peer, "1000 000c ff038057 05030004");
    wants(&peer, "1000 000c ff038057 06030004");
    g_assert_cmpint(call_end(peer.call), ==, CALL_END_NONE);
    g_assert_false(ipv6cp_is_open(call_facts(peer.call).ipv6cp));
    call_free(peer.call);
}

/* Nobody calls back (MS-CBCP): said to each request, behind the login. */
static void
test_callback(void)
{
    struct peer peer;

    log_in_by_pap(&peer);
    skip(&peer, 3);
    says(&peer, "1000 0013 ff03c029 0101000b 0102 02050a0100");
    wants(&peer, "1000 000e ff03c029 02010006 0102");
    says(&peer, "1000 000e ff03c029 03010006 0102");
    wants_nothing(&peer);
    g_assert_cmpuint(call_facts(peer.call).callbacks, ==, 1);
    call_free(peer.call);
}

/* Without an account, but with a reason to stay: echoes go, no password. */
static void
test_stays_in_lcp(void)
{
    const struct call_options options = {
        .host = "vpn.example.com",
        .correlation_id = "{ID}",
        .stays = true,
        .random = not_random,
        .methods = METHODS_KNOWN,
        .mru = 1500,
    };
    struct peer peer = { .call = call_new(&options, 0) };

    open_lcp(&peer);
    says(&peer, CHALLENGED);
    wants_nothing(&peer);
    g_assert_true(call_fill(peer.call, true, 8));
    wants(&peer, "1000 0010 ff03c021 09020008 " MAGIC);
    call_hang_up(peer.call, peer.now);
    wants(&peer, "1000 000c ff03c021 05030004");
    call_free(peer.call);
}

struct end_row {
    const char *name;
    const char *bytes; /* of the server, behind the request */
    enum call_end end;
};

static const struct end_row end_rows[] = {
    { "refused", "485454502f312e3120343034204e6f0d0a0d0a", CALL_END_HTTP },
    { "no-http", "00*8", CALL_END_NO_SSTP },
    { "request", "474554202f20485454502f312e310d0a0d0a", CALL_END_NO_SSTP },
    { "sstp-before-http", ACK, CALL_END_NO_SSTP },
};

static void
run_end(gconstpointer data)
{
    const struct end_row *row = data;
    struct peer peer;

    peer_init(&peer, false, METHODS_KNOWN);
    says(&peer, row->bytes);
    g_assert_cmpint(call_step(peer.call), ==, CALL_OVER);
    g_assert_cmpint(call_end(peer.call), ==, row->end);
    call_free(peer.call);
}

/* Whatever is missing, a call that nobody answers ends. */
static void
test_silence(void)
{
    for (int step = 0; step < 4; step++) {
        struct peer peer;
        struct buf packet;
        unsigned ticks = 0;

        peer_init(&peer, true, METHODS_KNOWN);
        if (step > 0)
            call_receive(peer.call, (const uint8_t *)ANSWER, strlen(ANSWER), 0);
        if (step > 1)
            says(&peer, ACK);
        if (step > 2)
            says(&peer, THEIR_LCP);
        while (call_step(peer.call) != CALL_OVER) {
            peer.now = call_deadline(peer.call);
            call_tick(peer.call, peer.now);
            while (call_output(peer.call, &packet))
                ;
            g_assert_cmpuint(++ticks, <, 50);
        }
        g_assert_cmpint(call_end(peer.call), ==, CALL_END_TIMEOUT);
        g_assert_cmpint(peer.now, <=, 60 * NS_PER_SECOND);
        call_free(peer.call);
    }
}

/* The answer byte by byte, and all at once. */
static void
test_pieces(void)
{
    struct peer peer;
    struct hex ack = hex_new(ACK);
    struct buf packet;

    peer_init(&peer, false, METHODS_KNOWN);
    g_assert_true(call_output(peer.call, &packet));
    for (size_t i = 0; i < strlen(ANSWER); i++)
        call_receive(peer.call, (const uint8_t *)ANSWER + i, 1, 0);
    wants(&peer, REQUEST_SAYS);
    for (size_t i = 0; i < ack.len; i++)
        call_receive(peer.call, ack.data + i, 1, 0);
    wants(&peer, OUR_LCP);
    hex_free(ack);
    call_free(peer.call);
}

/* --- the crypto binding: the examples of MS-SSTP 4.6 ------------------------------------------ */

struct bind_row {
    const char *name;
    uint8_t offered;
    const char *hlak, *nonce, *cert_hash, *message; /* NULL: none can be made */
};

#define NONCE_SHA256 "412b489aebd7ecc7d08966f26be7cd72b231a0e9210d7c91b308862b0344c435"
#define CERT_SHA256  "7993ef314c493dace9f02d60e7e61c84b6690aafe9d7aeea92cbbe8ad599422d"
#define HLAK_SHA256  "2a1bb40d55ab0f5ef32f06f2b3cc73c48fd3fac41d7a1315a19228d9024ca164"
#define NONCE_SHA1   "0f1a2d58d4a3e3000fad3ce4906e07b707aa9e441cceac5cbd7b2cc1c9d86cdf"
#define CERT_SHA1    "5826b629bda59b8e6fd8dcd2622fd34c534805a5"
#define HLAK_SHA1    "4b3128f43925d9006eefb1c4e86515a1d88e56bab3ca2bdf0373b7f5a8a13b19"

static const struct bind_row bind_rows[] = {
    { "sha1", SSTP_HASH_SHA1, HLAK_SHA1, NONCE_SHA1, CERT_SHA1,
      "10010070 00040001 00030068 00000001" NONCE_SHA1 CERT_SHA1
      "00*12 69915dd583d8062fef16f61db2f03290ec27cb6c 00*12" },
    { "sha256", SSTP_HASH_SHA256, HLAK_SHA256, NONCE_SHA256, CERT_SHA256,
      "10010070 00040001 00030068 00000002" NONCE_SHA256 CERT_SHA256
      "52a68efd8cffbf52770b8f0fe8ec73716583af6d611eb6d179b3b20840985449" },
    { "sha256-of-both", SSTP_HASH_SHA1 | SSTP_HASH_SHA256, HLAK_SHA256, NONCE_SHA256, CERT_SHA256,
      "10010070 00040001 00030068 00000002" NONCE_SHA256 CERT_SHA256
      "52a68efd8cffbf52770b8f0fe8ec73716583af6d611eb6d179b3b20840985449" },
    { "none-in-common", 0x04, HLAK_SHA256, NONCE_SHA256, CERT_SHA256, NULL },
};

static void
run_bind(gconstpointer data)
{
    const struct bind_row *row = data;
    struct hex hlak = hex_new(row->hlak), nonce = hex_new(row->nonce);
    struct hex hash = hex_new(row->cert_hash), want = hex_new(row->message ? row->message : "");
    GByteArray *out = g_byte_array_new();
    struct binding_cert cert = { { 0 }, { 0 } };

    memcpy(hash.len == sizeof cert.sha1 ? cert.sha1 : cert.sha256, hash.data, hash.len);
    g_assert_cmpint(bind_append(out, row->offered, nonce.data, &cert, hlak.data), ==,
                    row->message != NULL);
    g_assert_cmpmem(out->data, out->len, want.data, want.len);
    g_byte_array_unref(out);
    hex_free(hlak);
    hex_free(nonce);
    hex_free(hash);
    hex_free(want);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/client-call/ipv6cp", test_ipv6cp);
    g_test_add_func("/client-call/ipv6cp-refused", test_ipv6cp_refused);
    g_test_add_func("/client-call/callback", test_callback);
    g_test_add_func("/client-call/stays-in-lcp", test_stays_in_lcp);
    g_test_add_func("/client_call/no-account", test_no_account);
    g_test_add_func("/client_call/mschapv2", test_mschapv2);
    g_test_add_func("/client_call/not-proven", test_not_proven);
    g_test_add_func("/client_call/refused", test_refused);
    g_test_add_func("/client_call/other-method", test_other_method);
    g_test_add_func("/client_call/pap", test_pap);
    g_test_add_func("/client_call/chap-md5", test_chap_md5);
    g_test_add_func("/client_call/eap-md5", test_eap_md5);
    g_test_add_func("/client_call/eap-mschapv2", test_eap);
    g_test_add_func("/client_call/beside", test_beside);
    g_test_add_func("/client_call/silence", test_silence);
    g_test_add_func("/client_call/pieces", test_pieces);
    ADD_ROWS("/client_call/end", end_rows, run_end);
    ADD_ROWS("/client_call/bind", bind_rows, run_bind);
    return g_test_run();
}
