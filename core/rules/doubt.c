/* doubt.c - what is not said where order or times of the capture cannot be trusted
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/doubt.h"

#include <string.h>

#include "base/thresholds.h"

/* What is seen of a disorder is a part of it. */
#define SEGMENTS_MIXED_UP (REORDERING_NS / 4)
#define UNSORTED          (CAPTURE_HOLE_SECONDS * NS_PER_SECOND)

/* Findings that rest on which frame came first, and by how much frames may have changed places
 * before that means nothing. What both sides say is put in order by what they acknowledge, as long
 * as that is waited for; but Wireshark may read one side's bytes late then, or not at all. */
static const struct {
    enum finding_id id;
    int64_t disorder; /* nanoseconds */
} by_order[] = {
    { FINDING_TCP_REORDERING, 1 },
    { FINDING_TCP_LOSS, SEGMENTS_MIXED_UP },
    { FINDING_TCP_RST_INJECTED, SEGMENTS_MIXED_UP },
    { FINDING_SSTP_CALL_CONNECTED_EARLY, 1 },
    { FINDING_SSTP_UNEXPECTED_MESSAGE, 1 },
    { FINDING_LCP_AUTH_METHOD_MISMATCH, UNSORTED },
    { FINDING_LCP_MRU_NOT_CONVERGING, UNSORTED },
    { FINDING_LCP_OPTION_MISMATCH, UNSORTED },
};

static bool
rests_on_order(enum finding_id id, int64_t doubt)
{
    for (size_t i = 0; i < G_N_ELEMENTS(by_order); i++)
        if (by_order[i].id == id)
            return doubt >= by_order[i].disorder;
    return false;
}

static bool
is_wait(const char *key)
{
    static const char *const keys[] = { "waited_seconds",  "silence_seconds",    "stuck_seconds",
                                        "missing_seconds", "closed_seconds",     "early_seconds",
                                        "idle_seconds",    "idle_before_seconds" };

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

/* It says that somebody waited, or did not, and all such times are too short to be told. */
static bool
rests_on_short_times(const struct finding *finding, int64_t doubt)
{
    bool some = false;

    for (unsigned i = 0; i < finding->num_details; i++) {
        const struct detail *detail = &finding->details[i];
        if (detail->kind != DETAIL_NUMBER || !is_wait(detail->key))
            continue;
        some = true;
        if (detail->number > ns_seconds(doubt))
            return false;
    }
    return some;
}

void
doubt_withhold(GPtrArray *found, const struct session *session)
{
    int64_t doubt = order_doubt(conn_order(session_conn(session)));

    for (guint i = found->len; doubt > 0 && i-- > 0;) {
        const struct finding *finding = g_ptr_array_index(found, i);
        if (finding_info(finding->id)->stage != STAGE_CAPTURE &&
            (rests_on_order(finding->id, doubt) || rests_on_short_times(finding, doubt)))
            g_ptr_array_remove_index(found, i);
    }
}
