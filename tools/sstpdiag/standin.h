/* standin.h - what stands for a secret: the same for the same one, as long as the program runs
 *
 * A stand-in has the form of what it stands for, so that whoever reads addresses, names or hashes
 * reads it, too. Addresses keep their kind: public ones come from the ranges for documentation (RFC
 * 5737, RFC 3849) and, when these are full, from that for benchmarks (RFC 2544); private ones, link
 * local ones and those of carriers from their own range, network by network, so that two hosts of
 * one network still are. Addresses that name nobody stay: loopback, any, multicast, broadcast.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_STANDIN_H
#define SSTPDIAG_TOOLS_STANDIN_H

#include <glib.h>

enum standin_kind {
    STANDIN_USER,     /* user-1 */
    STANDIN_DOMAIN,   /* DOMAIN-1: of Windows, or a hub of SoftEther */
    STANDIN_LABEL,    /* host-1: a name without dots */
    STANDIN_ZONE,     /* domain-1.example: what a company owns of a name */
    STANDIN_NAME,     /* name-1: anything else that is named, as in a certificate */
    STANDIN_PASSWORD, /* password-1 */
    STANDIN_KINDS
};

struct standins;

struct standins *standins_new(void);
void standins_free(struct standins *standins);

/* What they return stays valid as long as standins. */
const char *standin_word(struct standins *standins, enum standin_kind kind, const char *word);
/* A name of DNS, with "*" as a label, too: label by label, the domain as one. */
const char *standin_host(struct standins *standins, const char *name);
/* NULL when text is no address of this family. */
const char *standin_ipv4(struct standins *standins, const char *text);
const char *standin_ipv6(struct standins *standins, const char *text);
const char *standin_mac(struct standins *standins, const char *text);
/* A hash, a challenge, a number of a call: its digits, whatever stands between them, become others.
 * One of nothing but zeros stays. */
const char *standin_digits(struct standins *standins, const char *text);

#endif
