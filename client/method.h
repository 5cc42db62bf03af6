/* method.h - the ways to log in that LCP's authentication option can ask for (RFC 1661 6.2)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CLIENT_METHOD_H
#define SSTPDIAG_CLIENT_METHOD_H

#include <glib.h>

#include "codec/ppp.h"

/* Those that the client knows come first, the best one in front. */
enum method {
    METHOD_MSCHAPV2,
    METHOD_EAP,
    METHOD_CHAP_MD5,
    METHOD_PAP,
    METHOD_KNOWN_COUNT,
    METHOD_MSCHAP = METHOD_KNOWN_COUNT,
    METHOD_OTHER,
    METHOD_COUNT,
    METHOD_NONE = METHOD_COUNT /* the server asks for no authentication */
};

/* A set of methods has the bit of each. */
enum { METHODS_KNOWN = (1 << METHOD_KNOWN_COUNT) - 1 };
/* Whatever the peer asks for: nobody is to log in. */
#define METHODS_ANY (~0U)

enum method method_of_option(const struct ppp_option *option);
/* One that the client knows. */
void method_append_option(enum method method, GByteArray *out);
/* "MS-CHAPv2"; static memory. */
const char *method_name(enum method method);
/* By the word of a command line: "mschapv2", "eap", "chap-md5", "pap". False: the client knows none
 * of that name. */
bool method_by_word(const char *word, enum method *method);

#endif
