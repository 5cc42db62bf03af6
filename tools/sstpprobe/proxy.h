/* proxy.h - the walk's step "proxy": CONNECT (RFC 9110 9.3.6)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_PROXY_H
#define SSTPPROBE_PROXY_H

#include "attempt.h"

enum proxy_result {
    PROXY_OPEN,    /* 2xx */
    PROXY_REFUSED, /* another status */
    PROXY_GARBAGE, /* what it answers is no HTTP */
    PROXY_CLOSED,
    PROXY_SILENT
};

struct proxy_answer {
    enum proxy_result result;
    unsigned status;
    char words[64]; /* what a 407 asks for: "Basic, Negotiate"; cleaned */
};

/* Asks for a tunnel to name and port on a connection that is open, and waits no longer than until.
 * No login is sent: SSTP clients know none for proxies. */
struct proxy_answer proxy_ask(struct wire *wire, const char *name, uint16_t port, int64_t until);
/* In words; newly allocated. */
char *proxy_text(const struct proxy_answer *answer);

#endif
