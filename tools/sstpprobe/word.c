/* word.c - the word on a walk
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "word.h"

#include "clock.h"
#include "report/verdict.h"

enum { SECONDS_PER_DAY = 86400 };

static const struct result *
result_of(const struct walk *walk)
{
    return walk->attempt ? attempt_result(walk->attempt) : NULL;
}

/* Without an account, LCP is as far as it goes. */
static bool
stopped_in_order(const struct walk *walk)
{
    const struct call *call = walk->attempt ? walk->attempt->call : NULL;

    return call && !options_user(walk->options) && call_facts(call).lcp_opened &&
           call_end(call) == CALL_END_HUNG_UP;
}

static enum word_level
level_of_result(const struct walk *walk, const struct result *result)
{
    const int severity = report_result_severity(result);

    if (result->verdict.state == VERDICT_INCONCLUSIVE && stopped_in_order(walk))
        return WORD_GOOD;
    return severity >= SEVERITY_ERROR  ? WORD_BAD
           : severity >= SEVERITY_WARN ? WORD_WARNED
                                       : WORD_GOOD;
}

const char *
word_of_step(const struct walk *walk, enum step step)
{
    const struct result *result = result_of(walk);
    const struct finding *verdict = result ? result->verdict.finding : NULL;

    if (!result)
        return NULL;
    if (verdict && g_strcmp0(stage_name(finding_info(verdict->id)->stage), step_name(step)) == 0)
        return finding_info(verdict->id)->name;
    for (guint i = 0; i < result->found->len; i++) {
        const struct finding *finding = g_ptr_array_index(result->found, i);
        const struct finding_info *info = finding_info(finding->id);
        if (finding->severity >= SEVERITY_WARN && finding->confidence > CONFIDENCE_POSSIBLE &&
            g_strcmp0(stage_name(info->stage), step_name(step)) == 0)
            return info->name;
    }
    return NULL;
}

struct word
word_of(const struct walk *walk)
{
    const struct result *result = result_of(walk);
    enum word_level worst = WORD_GOOD;
    struct word word = { .finding = "none", .summary = "Nothing was sent to the server" };

    if (result) {
        word.level = level_of_result(walk, result);
        word.fault = result->verdict.state == VERDICT_FAULT || word.level > WORD_GOOD;
        word.finding = verdict_name(&result->verdict);
        word.summary = verdict_summary(&result->verdict);
    }
    for (int step = 0; step < STEP_COUNT; step++) {
        const enum step_outcome outcome = walk->steps[step].outcome;
        const enum word_level level = outcome == STEP_FAILED   ? WORD_BAD
                                      : outcome == STEP_WARNED ? WORD_WARNED
                                                               : WORD_GOOD;
        if (level > worst) {
            word.step = step_name((enum step)step);
            word.seen = walk->steps[step].seen;
            worst = level;
        }
    }
    word.level = MAX(word.level, worst);
    if (*walk->stop || !result || (walk->options->withheld && word.level < WORD_BAD))
        word.level = WORD_UNKNOWN;
    return word;
}

double
word_seconds(const struct walk *walk)
{
    return ns_seconds(walk->since - walk->began);
}

bool
word_certificate_days(const struct walk *walk, double *days)
{
    const struct link *link = walk->attempt ? &walk->attempt->link : NULL;
    const double now = (double)g_get_real_time() / G_USEC_PER_SEC;

    if (!link || !link->has_cert)
        return false;
    *days = (double)(gint64)(((double)link->not_after - now) / SECONDS_PER_DAY);
    return true;
}
