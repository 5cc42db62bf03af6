/* dns.c - names that lead nowhere, or to the wrong place
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "rules/rules.h"

#include "base/text.h"
#include "base/thresholds.h"

static struct finding *
dns_finding(const struct session *session, const struct view *view, enum finding_id id,
            enum confidence confidence, struct mark cause)
{
    const struct dns_lookup *dns = session_dns(session);
    struct finding *finding = finding_add(view->found, id, confidence, EVIDENCE_CLEAR, cause);
    char *resolver = endpoint_address_text(&dns->resolver);

    finding_frame(finding, dns->first.frame);
    finding_frame(finding, dns->answer.frame);
    finding_text(finding, "name", dns->name);
    finding_text(finding, "resolver", resolver);
    finding_number(finding, "queries", dns->queries);
    g_free(resolver);
    return finding;
}

/* Somebody answers, and nobody can read it: no silence of the resolver. */
static void
answered_unreadably(const struct session *session, const struct view *view)
{
    const struct dns_lookup *dns = session_dns(session);
    struct finding *finding =
        dns_finding(session, view, FINDING_DNS_FAILED, CONFIDENCE_LIKELY, dns->answer);

    finding_number(finding, "unreadable_answers", dns->unreadable);
    finding->advice = g_strdup("Look at the answers, and ask another resolver for the name: a "
                               "broken resolver sends such, or a box on the path that answers in "
                               "its place.");
    finding_summary(finding,
                    "DNS queries for %s are answered by something that cannot be read (malformed "
                    "answers: %u); no connection followed",
                    dns->name, dns->unreadable);
}

/* An answer without an address: that there is none, or that the resolver could not tell. */
static void
answered_in_vain(const struct session *session, const struct view *view)
{
    const struct dns_lookup *dns = session_dns(session);
    const char *rcode = dns_rcode_name(dns->rcode);
    struct finding *finding = dns_finding(
        session, view, FINDING_DNS_FAILED,
        dns->rcode == DNS_NOERROR ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN, dns->answer);

    finding_number(finding, "rcode", dns->rcode);
    finding_text(finding, "rcode_name", rcode);
    if (dns->rcode == DNS_NOERROR || dns->rcode == DNS_NXDOMAIN) {
        finding_summary(finding, "DNS has no address for %s: %s; no connection followed", dns->name,
                        dns->rcode == DNS_NOERROR ? "the answer holds none" : rcode);
        return;
    }
    finding->advice =
        g_strdup("The name may be right. See the resolver's own log, the resolvers it forwards to, "
                 "and whether it refuses this client; where dig +cd NAME finds an address and dig "
                 "NAME does not, the name's DNSSEC signatures do not verify.");
    finding_summary(finding, "The resolver could not answer for %s: %s; no connection followed",
                    dns->name, rcode ? rcode : "an error");
}

/* A lookup that no connection followed. */
static void
rule_dns_failed(const struct session *session, const struct view *view)
{
    const struct dns_lookup *dns = session_dns(session);

    if (!dns || !session_has_no_connection(session) || dns->num_addresses > 0 ||
        (dns->incomplete && dns->rcode == DNS_NOERROR))
        return;
    if (dns->unreadable > 0 && dns->unreadable == dns->answers) {
        answered_unreadably(session, view);
    } else if (dns->answers > 0) {
        answered_in_vain(session, view);
    } else if (dns->repetitions >= DNS_REPETITIONS_MIN &&
               mark_seconds(dns->first, view->now.time > dns->last.time ? view->now : dns->last) >=
                   (double)DNS_UNANSWERED_NS / NS_PER_SECOND) {
        struct finding *finding =
            dns_finding(session, view, FINDING_DNS_NO_ANSWER, CONFIDENCE_CERTAIN, dns->first);
        finding_frame(finding, dns->last.frame);
        finding_number(finding, "seconds", mark_seconds(dns->first, dns->last));
        finding_summary(finding, "%s for %s in %s, no answer",
                        text_count(dns->queries, "DNS query").text, dns->name,
                        text_seconds(mark_seconds(dns->first, dns->last)).text);
    }
}

/* What kind of address cannot be reached from everywhere; NULL for a public one. */
static const char *
address_kind(const struct endpoint *address)
{
    static const uint8_t zeros[ADDRESS_MAX_LEN];
    const uint8_t *a = address->addr;

    if (address->addr_len != 4 && memcmp(a, zeros, ADDRESS_MAX_LEN - 1) == 0 && a[15] < 2)
        return a[15] ? "loopback" : "unspecified";
    if (address->addr_len != 4)
        return (a[0] & 0xfe) == 0xfc                   ? "unique local"
               : a[0] == 0xfe && (a[1] & 0xc0) == 0x80 ? "link-local"
                                                       : NULL;
    if (a[0] == 10 || (a[0] == 172 && (a[1] & 0xf0) == 16) || (a[0] == 192 && a[1] == 168))
        return "private";
    if (a[0] == 100 && (a[1] & 0xc0) == 64)
        return "shared (carrier-grade NAT)";
    if (a[0] == 169 && a[1] == 254)
        return "link-local";
    return a[0] == 127 ? "loopback" : a[0] == 0 ? "unspecified" : NULL;
}

static void
rule_dns_wrong_address(const struct session *session, const struct view *view)
{
    const struct dns_lookup *dns = session_dns(session);
    const struct endpoint *server = conn_endpoint(session_conn(session), SIDE_SERVER);
    const char *kind = address_kind(server);
    const char *own = address_kind(conn_endpoint(session_conn(session), SIDE_CLIENT));
    struct mark end = conn_last(session_conn(session));

    if (!dns || dns->num_addresses == 0 || !view->final || session_reached(session) > STAGE_TLS ||
        !is_explained(session, view, end))
        return;
    bool elsewhere = dns_lookup_changed(view->network, dns, server);
    if (!elsewhere && (!kind || (own && strcmp(kind, own) == 0)))
        return;
    char *address = endpoint_address_text(server);
    struct finding *finding =
        dns_finding(session, view, FINDING_DNS_WRONG_ADDRESS, CONFIDENCE_LIKELY, dns->answer);
    finding_text(finding, "address", address);
    finding_text(finding, "kind", kind ? kind : "public");
    finding_summary(finding, "DNS gave %s for %s, %s, and the connection to it fails", address,
                    dns->name,
                    elsewhere ? "another address than at another time"
                              : "an address that is not reachable from everywhere");
    g_free(address);
}

const rule_fn rules_dns[] = { rule_dns_failed, rule_dns_wrong_address, NULL };
