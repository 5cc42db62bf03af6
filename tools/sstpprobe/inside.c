/* inside.c - the steps inside TLS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "inside.h"

#include "base/endpoint.h"
#include "clock.h"
#include "exec.h"
#include "idle.h"
#include "inner.h"
#include "own_end.h"
#include "sizes.h"

/* The last seconds of the walk are for goodbyes. */
enum { GOODBYE_SECONDS = 10, GOODBYE_PART = 4 };

/* --- what each step has to tell --------------------------------------------------------------- */

static char *
methods_text(const struct lcp *lcp)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < lcp->num_asked; i++)
        g_string_append_printf(text, "%s%s", i ? ", then " : "", method_name(lcp->asked[i]));
    return g_string_free(text, FALSE);
}

static void
tell_http(struct walk *walk, const struct call_facts *facts)
{
    walk_done(walk, STEP_HTTP, STEP_OK, "%u%s%s", facts->http_status,
              facts->http_server ? ", " : "", facts->http_server ? facts->http_server : "");
}

static void
tell_sstp(struct walk *walk, const struct call_facts *facts)
{
    const bool sha1 = facts->hashes & SSTP_HASH_SHA1, sha256 = facts->hashes & SSTP_HASH_SHA256;

    walk_done(walk, STEP_SSTP, STEP_OK, "Call Connect Ack; %s%s%s", sha1 ? "SHA-1" : "",
              sha1 && sha256 ? " and " : "",
              sha256 ? "SHA-256"
              : sha1 ? ""
                     : "no known hash");
}

static void
tell_lcp(struct walk *walk, const struct call_facts *facts)
{
    const struct lcp *lcp = facts->lcp;
    char *asked = methods_text(lcp);

    if (lcp->num_asked > 1)
        walk_done(walk, STEP_LCP, STEP_OK, "asked for %s, agreed on %s; MRU %u", asked,
                  method_name(lcp->method), lcp->peer_mru);
    else if (lcp->num_asked == 1)
        walk_done(walk, STEP_LCP, STEP_OK, "the server asks for %s; MRU %u", asked, lcp->peer_mru);
    else
        walk_done(walk, STEP_LCP, STEP_OK, "the server asks for no authentication; MRU %u",
                  lcp->peer_mru);
    g_free(asked);
}

static void
tell_auth(struct walk *walk, const struct call_facts *facts)
{
    const enum method method = facts->login->method;

    if (method == METHOD_NONE)
        walk_left_out(walk, STEP_AUTH, STEP_NONE, "the server asks for none");
    else if (facts->login->cert)
        walk_done(walk, STEP_AUTH, STEP_OK,
                  "EAP-TLS; the server has a certificate that holds, too");
    else
        walk_done(walk, STEP_AUTH, STEP_OK, "%s%s", method_name(method),
                  facts->login->has_keys ? "; the server knows the password, too" : "");
}

static void
tell_binding(struct walk *walk, const struct call_facts *facts)
{
    walk_left_out(walk, STEP_BINDING, STEP_OK, "%s; not refused",
                  facts->sha256 ? "SHA-256" : "SHA-1");
}

static void
tell_ncp(struct walk *walk, const struct call_facts *facts)
{
    char *own = inner_address_text(facts->ipcp->address),
         *dns = inner_address_text(facts->ipcp->dns1);
    const char *v6 = ipv6cp_is_open(facts->ipv6cp) ? "; IPv6 as well"
                     : facts->ipv6cp->refused      ? "; no IPv6"
                                                   : "";

    walk_done(walk, STEP_NCP, facts->ipcp->address ? STEP_OK : STEP_WARNED, "%s%s%s%s%s",
              facts->ipcp->address ? own : "no address", facts->ipcp->dns1 ? "; DNS " : "; no DNS",
              facts->ipcp->dns1 ? dns : "", v6,
              facts->callbacks ? "; a callback was declined" : "");
    g_free(own);
    g_free(dns);
}

/* Tells of each step that has been passed since it was asked last. */
static void
tell_passed(struct walk *walk)
{
    const struct call_facts facts = call_facts(walk->attempt->call);

    if (facts.http_status == HTTP_STATUS_OK)
        tell_http(walk, &facts);
    if (facts.accepted)
        tell_sstp(walk, &facts);
    if (facts.lcp_opened)
        tell_lcp(walk, &facts);
    if (facts.lcp_opened && !options_user(walk->options) && facts.lcp->num_asked)
        walk_left_out(walk, STEP_AUTH, STEP_SKIPPED, "%s",
                      walk->options->withheld ? walk->options->withheld : "no account was given");
    if (facts.bound)
        tell_auth(walk, &facts);
    if (facts.was_up) {
        tell_binding(walk, &facts);
        tell_ncp(walk, &facts);
    }
}

/* --- what failed ------------------------------------------------------------------------------ */

static const char *
end_text(const struct walk *walk)
{
    switch (call_end(walk->attempt->call)) {
    case CALL_END_NO_SSTP:
        return "the server sent what is no SSTP";
    case CALL_END_NAK:
        return "Call Connect Nak";
    case CALL_END_ABORTED:
        return "the server sent Call Abort";
    case CALL_END_DISCONNECTED:
        return "the server sent Call Disconnect";
    case CALL_END_TERMINATED:
        return "the server ended PPP";
    case CALL_END_NOT_PROVEN:
        if (call_facts(walk->attempt->call).login->cert)
            return "the certificate of the server in EAP-TLS does not hold";
        return "the server did not prove that it knows the password";
    case CALL_END_NO_SECRET:
        return "the password cannot be used for this method";
    case CALL_END_NO_BINDING:
        return "no hash for the crypto binding in common";
    case CALL_END_UNANSWERED:
        return "SSTP echoes are not answered";
    case CALL_END_HUNG_UP:
        return *walk->stop ? "interrupted" : "the time of --timeout is over";
    default:
        if (walk->attempt->wire.error == WIRE_TOO_MUCH)
            return "the server sends more than a probe takes";
        return walk->attempt->link.ended ? "the server closed the connection"
                                         : "no answer that goes on";
    }
}

static void
tell_refusal(struct walk *walk, const struct login *login)
{
    const char *text = login->has_error ? mschap_error_text(login->error) : NULL;

    if (login->has_error)
        walk_done(walk, STEP_AUTH, STEP_FAILED, "%s: refused, E=%u%s%s", method_name(login->method),
                  login->error, text ? ": " : "", text ? text : "");
    else if (login->cert && cert_login_alert(login->cert) >= 0)
        walk_done(walk, STEP_AUTH, STEP_FAILED, "EAP-TLS: refused by the alert \"%s\"",
                  gnutls_alert_get_name((gnutls_alert_description_t)cert_login_alert(login->cert)));
    else if (login->eap_refused)
        walk_done(
            walk, STEP_AUTH, STEP_FAILED, "EAP: the server wants %s, which is not spoken here",
            eap_type_name(login->eap_refused) ? eap_type_name(login->eap_refused) : "another type");
    else
        walk_done(walk, STEP_AUTH, STEP_FAILED, "%s: refused", method_name(login->method));
}

static bool
has_no_method(const struct walk *walk, const struct lcp *lcp)
{
    bool none = lcp->num_asked > 0;

    for (unsigned i = 0; i < lcp->num_asked; i++)
        none &= !(walk->options->methods & 1U << lcp->asked[i]);
    return none;
}

/* Why LCP did not open, where the server asked for what this client must not, or cannot, use. */
static char *
lcp_text(const struct walk *walk, const struct lcp *lcp)
{
    char *asked = methods_text(lcp);
    char *text =
        lcp->asked_better ? g_strdup_printf("%s; it was asked for MS-CHAPv2 in place of EAP: try "
                                            "--auth eap",
                                            end_text(walk))
        : has_no_method(walk, lcp) && call_end(walk->attempt->call) == CALL_END_TIMEOUT
            ? g_strdup_printf("no method in common: the server asks for %s, which %s", asked,
                              walk->options->methods == METHODS_KNOWN ? "is not spoken here"
                                                                      : "--auth leaves out")
            : NULL;

    g_free(asked);
    return text;
}

/* Of the step in which the call ended. Nobody knows how it would have gone on for who interrupts.
 */
static enum step_outcome
outcome_of_end(const struct walk *walk)
{
    return *walk->stop && call_end(walk->attempt->call) == CALL_END_HUNG_UP ? STEP_UNKNOWN
                                                                            : STEP_FAILED;
}

/* The step that was going on when the call ended. */
static void
tell_failed(struct walk *walk)
{
    const struct call *call = walk->attempt->call;
    const struct call_facts facts = call_facts(call);
    int step = STEP_HTTP;

    while (step <= STEP_NCP && walk->steps[step].done)
        step++;
    if (step > STEP_NCP ||
        (call_end(call) == CALL_END_HUNG_UP && facts.lcp_opened && !options_user(walk->options)))
        return;
    if (step == STEP_HTTP && facts.http_status)
        walk_done(walk, STEP_HTTP, STEP_FAILED, "%u%s%s", facts.http_status,
                  facts.http_server ? ", " : "", facts.http_server ? facts.http_server : "");
    else if (step == STEP_AUTH && facts.login->state == LOGIN_REFUSED)
        tell_refusal(walk, facts.login);
    else if (step == STEP_BINDING && call_end(call) != CALL_END_ABORTED) {
        walk_left_out(walk, STEP_BINDING, STEP_UNKNOWN, "nothing shows whether the server took it");
        char *own = own_end_text(walk);
        walk_done(walk, STEP_NCP, outcome_of_end(walk), "%s", own ? own : end_text(walk));
        g_free(own);
    } else {
        char *text = step == STEP_LCP ? lcp_text(walk, facts.lcp) : NULL;
        char *own = text ? NULL : own_end_text(walk);
        walk_done(walk, (enum step)step, outcome_of_end(walk), "%s",
                  text  ? text
                  : own ? own
                        : end_text(walk));
        g_free(own);
        g_free(text);
    }
}

/* --- the walk --------------------------------------------------------------------------------- */

/* There was something to end in order. */
static bool
has_end(const struct walk *walk)
{
    const struct step_result *ncp = &walk->steps[STEP_NCP];

    return call_end(walk->attempt->call) == CALL_END_HUNG_UP ||
           (ncp->done && ncp->outcome == STEP_OK);
}

static void
tell_end(struct walk *walk)
{
    if (call_end(walk->attempt->call) != CALL_END_HUNG_UP)
        walk_done(walk, STEP_END, STEP_FAILED, "%s", end_text(walk));
    else
        walk_done(walk, STEP_END, STEP_OK, "%s",
                  walk->attempt->link.ended ? "the server closed the connection after the goodbye"
                                            : "in order");
}

void
inside_walk(struct walk *walk)
{
    struct attempt *attempt = walk->attempt;
    const int64_t goodbye = walk->until - MIN(GOODBYE_SECONDS * NS_PER_SECOND,
                                              (walk->until - walk->began) / GOODBYE_PART);

    attempt_call(attempt);
    while (attempt_go_on(attempt, MIN(goodbye, clock_now() + NS_PER_SECOND / 2))) {
        tell_passed(walk);
        if (*walk->stop || clock_now() >= goodbye || call_step(attempt->call) >= CALL_UP)
            break;
    }
    tell_passed(walk);
    if (call_step(attempt->call) == CALL_UP && !*walk->stop) {
        inner_walk(walk);
        sizes_walk(walk);
        exec_walk(walk, goodbye);
        idle_walk(walk);
    }
    call_hang_up(attempt->call, clock_now());
    while (clock_now() < walk->until &&
           attempt_go_on(attempt, MIN(walk->until, clock_now() + NS_PER_SECOND)))
        ;
    tell_passed(walk);
    tell_failed(walk);
    if (has_end(walk)) {
        walk_not_reached(walk, STEP_HTTP, STEP_IDLE, "not reached");
        tell_end(walk);
    }
    walk_not_reached(walk, STEP_HTTP, STEP_END, *walk->stop ? "interrupted" : "not reached");
}
