/* dns.h - DNS messages, as far as they tell who asked for which address (RFC 1035)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CODEC_DNS_H
#define SSTPDIAG_CORE_CODEC_DNS_H

#include "base/event.h"

enum {
    DNS_PORT = 53,
    DNS_NAME_MAX_LEN = 253, /* as text; 255 on the wire */
    DNS_ADDRESSES_MAX = 8
};

struct dns_message {
    uint16_t id;
    bool response;
    bool unreadable;                 /* it breaks RFC 1035: what else is here may be wrong */
    bool incomplete;                 /* answers are left out: by the server (TC), or cut, or many */
    uint8_t rcode;                   /* enum dns_rcode */
    uint16_t type;                   /* of the question: enum dns_type, or another; 0: no name */
    char name[DNS_NAME_MAX_LEN + 1]; /* of the question, lower case, without the last dot; bytes
                                        that do not print become '?'. Empty in a response without
                                        a question that can be read */
    unsigned num_addresses;          /* answers of type A and AAAA, whatever alias they stand for */
    struct endpoint addresses[DNS_ADDRESSES_MAX]; /* without ports */
};

/* Decodes one UDP payload. False when it is no standard query with one question, and no answer to
 * one. Answers that are cut are left out; a response that breaks the format is one all the same, if
 * need be without a name. */
bool dns_decode(const uint8_t *data, size_t len, struct dns_message *out);

#endif
