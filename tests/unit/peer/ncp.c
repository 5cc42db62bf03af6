/* peer/ncp.c - words for what LCP and IPCP agree upon
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include <string.h>

#include "bytes.h"

/* A Configure-Request of side and the other's Configure-Ack. */
static void
negotiate(struct peer *peer, enum side side, uint16_t protocol, GByteArray *options)
{
    peer->id++;
    peer_send_code(peer, side, protocol, PPP_CONFIGURE_REQUEST, options);
    peer_send_code(peer, side_other(side), protocol, PPP_CONFIGURE_ACK, options);
    g_byte_array_unref(options);
}

/* value: MRU; without one the default is left unsaid. */
static void
word_lcp(struct peer *peer, enum side side, const char *value)
{
    GByteArray *options = g_byte_array_new();

    if (*value) {
        append_u16(options, LCP_OPT_MRU << 8 | 4);
        append_u16(options, word_number(value));
    }
    if (side == SIDE_SERVER && peer->auth) {
        append_u16(options, LCP_OPT_AUTH << 8 | (peer->auth == PPP_CHAP ? 5 : 4));
        append_u16(options, peer->auth);
        if (peer->auth == PPP_CHAP)
            append_u8(options, peer->algorithm);
    }
    negotiate(peer, side, PPP_LCP, options);
}

static void
word_ipcp_of(struct peer *peer, enum side side, const char *value)
{
    GByteArray *options = g_byte_array_new();

    (void)value;
    append_u16(options, IPCP_OPT_ADDRESS << 8 | 6);
    append_u16(options, 0x0a00);
    append_u16(options, side == SIDE_CLIENT ? 2 : 1);
    negotiate(peer, side, PPP_IPCP, options);
}

/* side asks for PAP, the other refuses: =nak wants EAP, =reject nothing. */
static void
word_auth_refused(struct peer *peer, enum side side, const char *value)
{
    GByteArray *asked = g_byte_array_new(), *wanted = g_byte_array_new();
    bool nak = strcmp(value, "nak") == 0;

    peer->id++;
    append_u16(asked, LCP_OPT_AUTH << 8 | 4);
    append_u16(asked, PPP_PAP);
    append_u16(wanted, LCP_OPT_AUTH << 8 | 4);
    append_u16(wanted, nak ? PPP_EAP : PPP_PAP);
    peer_send_code_and_free(peer, side, PPP_LCP, PPP_CONFIGURE_REQUEST, asked);
    peer_send_code_and_free(peer, side_other(side), PPP_LCP,
                            nak ? PPP_CONFIGURE_NAK : PPP_CONFIGURE_REJECT, wanted);
}

/* side asks IPCP for an address of its own, or with =none for any. */
static void
word_ipcp_ask(struct peer *peer, enum side side, const char *value)
{
    GByteArray *options = g_byte_array_new();
    bool any = strcmp(value, "none") == 0;

    peer->id++;
    append_u16(options, IPCP_OPT_ADDRESS << 8 | 6);
    append_u16(options, any ? 0 : 0x0a63);
    append_u16(options, any ? 0 : 0x6363);
    peer_send_code_and_free(peer, side, PPP_IPCP, PPP_CONFIGURE_REQUEST, options);
}

/* The answer to it: another address. */
static void
word_ipcp_nak(struct peer *peer, enum side side, const char *value)
{
    GByteArray *options = g_byte_array_new();

    (void)value;
    append_u16(options, IPCP_OPT_ADDRESS << 8 | 6);
    append_u16(options, 0x0a00);
    append_u16(options, 2);
    peer_send_code_and_free(peer, side, PPP_IPCP, PPP_CONFIGURE_NAK, options);
}

const struct peer_word peer_ncp_words[] = {
    { "lcp-of", WORD_NOW, WORD_OF_SIDE, word_lcp },
    { "ipcp-of", WORD_NOW, WORD_OF_SIDE, word_ipcp_of },
    { "ipcp-ask", WORD_NOW, WORD_OF_SIDE, word_ipcp_ask },
    { "ipcp-nak", WORD_NOW, WORD_OF_SIDE, word_ipcp_nak },
    { "auth-refused", WORD_NOW, WORD_OF_SIDE, word_auth_refused },
    { NULL, WORD_NOW, WORD_OF_NOBODY, NULL },
};
