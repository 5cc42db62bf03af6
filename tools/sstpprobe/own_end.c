/* own_end.c - what ended the attempt where that was the probe itself
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "own_end.h"

/* What a step of the call waits for, and what its silence is. */
static const struct {
    const char *what;
    enum stage passed;
    enum finding_id id;
} waits[] = {
    [CALL_HTTP] = { "the SSTP request", STAGE_TLS, FINDING_HTTP_NO_RESPONSE },
    [CALL_SSTP] = { "Call Connect Request", STAGE_HTTP, FINDING_SSTP_NO_ACK },
    [CALL_LCP] = { "LCP", STAGE_SSTP, FINDING_LCP_NOT_STARTED },
    [CALL_AUTH] = { "the authentication", STAGE_LCP, FINDING_AUTH_NO_REPLY },
    [CALL_NCP] = { "Call Connected and IPCP", STAGE_AUTH, FINDING_IPCP_NO_ADDRESS },
};

static bool
has_waited(const struct walk *walk, struct call_facts *facts)
{
    if (!walk->attempt || !walk->attempt->call)
        return false;
    *facts = call_facts(walk->attempt->call);
    return facts->waited_in <= CALL_NCP;
}

char *
own_end_text(const struct walk *walk)
{
    struct call_facts facts;

    if (!has_waited(walk, &facts))
        return NULL;
    return facts.waited_in_silence
               ? g_strdup_printf("the server did not answer %s in %u s",
                                 waits[facts.waited_in].what, walk->options->patience)
               : g_strdup_printf("the server did not come to an end with %s in %u s",
                                 waits[facts.waited_in].what, walk->options->patience);
}

/* A peer that sent a packet of LCP has started. */
static enum finding_id
silence_of(const struct call_facts *facts)
{
    if (!facts->waited_in_silence || (facts->waited_in == CALL_LCP && facts->heard_in_step))
        return FINDING_COUNT;
    return waits[facts->waited_in].id;
}

static bool
is_silent_in_tls(const struct walk *walk)
{
    const struct attempt *attempt = walk->attempt;

    return attempt->link.tls && !attempt->link.up && !attempt->link.trust && !attempt->link.ended &&
           !attempt->link.error;
}

/* False: it was not the probe that left. */
static bool
find_end(const struct walk *walk, struct trial *trial)
{
    const struct call *call = walk->attempt->call;
    struct call_facts facts;
    char *text = own_end_text(walk);

    if (*walk->stop) {
        g_strlcpy(trial->seen, "The probe was interrupted", sizeof trial->seen);
        trial->left = LEFT_INTERRUPTED;
    } else if (walk->options->withheld && call && call_facts(call).lcp_opened) {
        g_strlcpy(trial->seen, "No fault found as far as LCP: the password was withheld",
                  sizeof trial->seen);
        trial->left = LEFT_WITHHELD;
    } else if (has_waited(walk, &facts)) {
        g_strlcpy(trial->seen, text, sizeof trial->seen);
        trial->refusal = silence_of(&facts);
        trial->passed = waits[facts.waited_in].passed;
    } else if (call && call_end(call) == CALL_END_HUNG_UP && !call_facts(call).was_up &&
               !(call_facts(call).lcp_opened && !options_user(walk->options))) {
        g_snprintf(trial->seen, sizeof trial->seen, "The probe's %u s were over (--timeout)",
                   walk->options->timeout);
    } else if (!call && is_silent_in_tls(walk)) {
        g_snprintf(trial->seen, sizeof trial->seen,
                   "the server did not go on with the TLS handshake in %u s",
                   walk->options->patience);
        trial->refusal = FINDING_TLS_HANDSHAKE_STALLED;
        trial->passed = STAGE_TCP;
    } else {
        g_free(text);
        return false;
    }
    g_free(text);
    *trial->seen = g_ascii_toupper(*trial->seen);
    return true;
}

void
own_end_tell(const struct walk *walk)
{
    struct trial trial = { .kind = TRIAL_GAVE_UP, .refusal = FINDING_COUNT };

    if (!walk->attempt || !find_end(walk, &trial))
        return;
    g_snprintf(trial.value, sizeof trial.value, "%u", walk->options->patience);
    attempt_trial(walk->attempt, &trial);
}
