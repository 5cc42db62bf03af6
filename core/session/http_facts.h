/* http_facts.h - the HTTP request and its response, and the name that the client dialled
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_HTTP_FACTS_H
#define SSTPDIAG_CORE_SESSION_HTTP_FACTS_H

#include "base/event.h"

struct http_facts {
    struct mark request, response; /* first ones */

    /* Of the response. */
    unsigned status;
    bool version_11, chunked, has_length;
    uint64_t length; /* Content-Length, with has_length */

    /* Cleaned; NULL when absent. */
    char *host, *server;
    char *correlation_id;               /* of HTTP, else of LCP's Identification */
    char *request_head, *response_head; /* as http_head_text() has them */
};

/* What tells the name that the client dialled; the first one that is there. */
enum dialled_by { DIALLED_UNKNOWN, DIALLED_SNI, DIALLED_HOST, DIALLED_ADDRESS };

/* That name, without a port, against the server's certificate. */
struct dialled_facts {
    enum dialled_by by; /* DIALLED_UNKNOWN: the server's certificate is not there */
    char *name;         /* cleaned */
    bool in_cert;       /* the certificate carries it */
};

#endif
