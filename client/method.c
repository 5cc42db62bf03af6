/* method.c - the ways to log in that LCP's authentication option can ask for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "method.h"

#include <string.h>

#include "base/append.h"

static const struct {
    uint16_t protocol;
    uint8_t algorithm; /* of CHAP */
    const char *name;
    const char *word; /* NULL: the client does not know it */
} methods[] = {
    [METHOD_MSCHAPV2] = { PPP_CHAP, CHAP_MSCHAPV2, "MS-CHAPv2", "mschapv2" },
    [METHOD_PAP] = { PPP_PAP, 0, "PAP", "pap" },
    [METHOD_EAP] = { PPP_EAP, 0, "EAP", "eap" },
    [METHOD_CHAP_MD5] = { PPP_CHAP, CHAP_MD5, "CHAP-MD5", "chap-md5" },
    [METHOD_MSCHAP] = { PPP_CHAP, CHAP_MSCHAP, "MS-CHAP", NULL },
    [METHOD_OTHER] = { 0, 0, "a method that is not known", NULL },
    [METHOD_NONE] = { 0, 0, "no authentication", NULL },
};

enum method
method_of_option(const struct ppp_option *option)
{
    const struct ppp_options all = { .num = 1, .option = { *option } };
    struct ppp_lcp_options lcp = { 0 };
    int method = 0;

    ppp_lcp_options(&all, &lcp);
    while (method < METHOD_OTHER && (methods[method].protocol != lcp.auth_protocol ||
                                     methods[method].algorithm != lcp.chap_algorithm))
        method++;
    return (enum method)method;
}

void
method_append_option(enum method method, GByteArray *out)
{
    const bool chap = methods[method].protocol == PPP_CHAP;

    append_u8(out, LCP_OPT_AUTH);
    append_u8(out, chap ? 5 : 4);
    append_u16(out, methods[method].protocol);
    if (chap)
        append_u8(out, methods[method].algorithm);
}

const char *
method_name(enum method method)
{
    return methods[method].name;
}

bool
method_by_word(const char *word, enum method *method)
{
    for (int i = 0; i < METHOD_KNOWN_COUNT; i++)
        if (strcmp(methods[i].word, word) == 0) {
            *method = (enum method)i;
            return true;
        }
    return false;
}
