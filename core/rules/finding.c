/* finding.c - a finding that a rule raises, piece by piece
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/finding.h"

#include <string.h>

enum { DETAILS_STEP = 4 }; /* room is made for so many at a time */

struct finding *
finding_add(GPtrArray *found, enum finding_id id, enum confidence confidence,
            enum evidence evidence, struct mark cause)
{
    struct finding *finding = g_new0(struct finding, 1);

    finding->id = id;
    finding->severity = finding_info(id)->severity;
    finding->confidence = confidence;
    finding->evidence = evidence;
    finding->cause = cause;
    finding->offended = SIDE_COUNT;
    finding_frame(finding, cause.frame);
    g_ptr_array_add(found, finding);
    return finding;
}

void
finding_summary(struct finding *finding, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_free(finding->summary);
    finding->summary = g_strdup_vprintf(format, args);
    va_end(args);
}

void
finding_frame(struct finding *finding, uint32_t frame)
{
    unsigned at = finding->num_frames;

    while (at > 0 && finding->frames[at - 1] > frame)
        at--;
    if (frame == 0 || finding->num_frames == EVIDENCE_FRAMES_MAX ||
        (at > 0 && finding->frames[at - 1] == frame))
        return;
    memmove(&finding->frames[at + 1], &finding->frames[at],
            (finding->num_frames - at) * sizeof finding->frames[0]);
    finding->frames[at] = frame;
    finding->num_frames++;
}

static struct detail *
finding_detail(struct finding *finding, const char *key)
{
    if (finding->num_details == DETAILS_MAX)
        return NULL;
    if (finding->num_details % DETAILS_STEP == 0)
        finding->details =
            g_renew(struct detail, finding->details, (size_t)finding->num_details + DETAILS_STEP);
    finding->details[finding->num_details] = (struct detail){ .key = key };
    return &finding->details[finding->num_details++];
}

void
finding_number(struct finding *finding, const char *key, double number)
{
    struct detail *detail = finding_detail(finding, key);

    if (detail) {
        detail->kind = DETAIL_NUMBER;
        detail->number = number;
    }
}

void
finding_text(struct finding *finding, const char *key, const char *text)
{
    struct detail *detail = text ? finding_detail(finding, key) : NULL;

    if (detail) {
        detail->kind = DETAIL_TEXT;
        detail->text = g_strdup(text);
    }
}

const char *
finding_advice(const struct finding *finding)
{
    return finding->advice ? finding->advice : finding_info(finding->id)->advice;
}

char *
finding_frames_text(const struct finding *finding)
{
    GString *frames = g_string_new(finding->num_frames == 1 ? "frame " : "frames ");

    for (unsigned i = 0; i < finding->num_frames; i++)
        g_string_append_printf(frames, "%s%u", i ? ", " : "", finding->frames[i]);
    return g_string_free(frames, FALSE);
}

void
finding_free(gpointer data)
{
    struct finding *finding = data;

    for (unsigned i = 0; i < finding->num_details; i++)
        g_free(finding->details[i].text);
    g_free(finding->details);
    g_free(finding->summary);
    g_free(finding->advice);
    g_free(finding);
}

const struct finding *
finding_of(const GPtrArray *found, enum finding_id id)
{
    for (guint i = 0; i < found->len; i++) {
        const struct finding *finding = g_ptr_array_index(found, i);
        if (finding->id == id && finding->confidence > CONFIDENCE_POSSIBLE)
            return finding;
    }
    return NULL;
}
