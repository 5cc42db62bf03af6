/* findings.c - the catalogue of findings as a table
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/findings.h"

#include <string.h>

#include <glib.h>

enum { STATE_PENDING = false, STATE_READY = true };

#define FINDING(ID, id, stage_, severity_, effect_, state, reference_, title_, advice_)            \
    [FINDING_##ID] = {                                                                             \
        .name = #id,                                                                               \
        .stage = STAGE_##stage_,                                                                   \
        .severity = SEVERITY_##severity_,                                                          \
        .effect = EFFECT_##effect_,                                                                \
        .ready = STATE_##state,                                                                    \
        .reference = (reference_),                                                                 \
        .title = (title_),                                                                         \
        .advice = (advice_),                                                                       \
    },
static const struct finding_info findings[] = {
#include "base/findings.def"
};
#undef FINDING
G_STATIC_ASSERT(G_N_ELEMENTS(findings) == FINDING_COUNT);

/* clang-format off */
static const char *const stage_names[] = {
    [STAGE_CAPTURE] = "capture",
    [STAGE_DNS] = "dns",
    [STAGE_TCP] = "tcp",
    [STAGE_PROXY] = "proxy",
    [STAGE_TLS] = "tls",
    [STAGE_HTTP] = "http",
    [STAGE_SSTP] = "sstp",
    [STAGE_LCP] = "lcp",
    [STAGE_AUTH] = "auth",
    [STAGE_BINDING] = "binding",
    [STAGE_NCP] = "ncp",
    [STAGE_DATA] = "data",
    [STAGE_MTU] = "mtu",
    [STAGE_KEEPALIVE] = "keepalive",
    [STAGE_TEARDOWN] = "teardown",
};
G_STATIC_ASSERT(G_N_ELEMENTS(stage_names) == STAGE_COUNT);

static const char *const severity_names[] = {
    [SEVERITY_CHAT] = "chat",
    [SEVERITY_NOTE] = "note",
    [SEVERITY_WARN] = "warn",
    [SEVERITY_ERROR] = "error",
};

static const char *const confidence_names[] = {
    [CONFIDENCE_POSSIBLE] = "possible",
    [CONFIDENCE_LIKELY] = "likely",
    [CONFIDENCE_CERTAIN] = "certain",
};

static const char *const evidence_names[] = {
    [EVIDENCE_NONE] = "none",
    [EVIDENCE_INFERRED] = "inferred",
    [EVIDENCE_CLEAR] = "clear",
    [EVIDENCE_DECRYPTED] = "decrypted",
    [EVIDENCE_TRIAL] = "trial",
    [EVIDENCE_BOTH_ENDS] = "both-ends",
    [EVIDENCE_LOG] = "log",
};
/* clang-format on */

static const char *
name_at(const char *const *names, size_t num_names, size_t index)
{
    return index < num_names ? names[index] : NULL;
}

const char *
stage_name(enum stage stage)
{
    return name_at(stage_names, G_N_ELEMENTS(stage_names), (size_t)stage);
}

const char *
severity_name(enum severity severity)
{
    return name_at(severity_names, G_N_ELEMENTS(severity_names), (size_t)severity);
}

bool
severity_by_name(const char *name, enum severity *severity)
{
    for (size_t i = 0; i < G_N_ELEMENTS(severity_names); i++) {
        if (strcmp(name, severity_names[i]) != 0)
            continue;
        *severity = (enum severity)i;
        return true;
    }
    return false;
}

const char *
confidence_name(enum confidence confidence)
{
    return name_at(confidence_names, G_N_ELEMENTS(confidence_names), (size_t)confidence);
}

const char *
evidence_name(enum evidence evidence)
{
    return name_at(evidence_names, G_N_ELEMENTS(evidence_names), (size_t)evidence);
}

const struct finding_info *
finding_info(enum finding_id id)
{
    return (size_t)id < G_N_ELEMENTS(findings) ? &findings[id] : NULL;
}
