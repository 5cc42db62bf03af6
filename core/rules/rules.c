/* rules.c - the run of all rules
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rules.h"

#include "rules/doubt.h"
#include "rules/shown.h"

static void
run_table(const rule_fn *rules, const struct session *session, struct view *view)
{
    for (; *rules; rules++)
        (*rules)(session, view);
}

/* What TCP, TLS and the path do stands in no log, nor does how long records were. */
static void
run_for_log(const struct session *session, struct view *view)
{
    static const rule_fn *const tables[] = {
        rules_http,      rules_auth, rules_eap,     rules_lcp,  rules_ncp,      rules_binding,
        rules_keepalive, rules_data, rules_message, rules_sstp, rules_teardown,
    };

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        run_table(tables[i], session, view);
        shown_withhold(view);
    }
}

void
rules_run(const struct session *session, struct view *view)
{
    /* Teardown comes last: what ended a session is only of interest when nothing before explains
     * it. */
    static const rule_fn no_rules[] = { NULL };
    const rule_fn *const tables[] = {
        view->from_socket ? no_rules : rules_capture,
        rules_blackhole,
        rules_tcp,
        rules_setup,
        rules_path,
        rules_idle,
        rules_cert,
        rules_tls,
        rules_http,
        rules_dns,
        rules_auth,
        rules_eap,
        rules_lcp,
        rules_ncp,
        rules_binding,
        rules_keepalive,
        rules_mtu,
        rules_data,
        rules_message,
        rules_sstp,
        rules_lengths_call,
        rules_lengths_tunnel,
        rules_lengths_setup,
        rules_lengths_connected,
        rules_teardown,
        rules_trial,
    };

    view->found = g_ptr_array_new_with_free_func(finding_free);
    if (view->from_log) {
        run_for_log(session, view);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        run_table(tables[i], session, view);
    if (session_has_no_connection(session))
        return;
    view->doubted = doubt_withhold(view->found, session);
    doubt_made_good(view->found, session);
}
