/* frames.c - what is kept of single frames
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/frames.h"

/* Notes of frames that follow each other: most captures have none for most of their frames. */
enum { NOTES_BITS = 4, NOTES_LEN = 1 << NOTES_BITS };

struct frames {
    uint32_t num;
    bool none; /* is kept of single frames */
    struct mark first, last;
    GPtrArray *notes; /* NOTES_LEN of struct frame_note, by (frame - 1) >> NOTES_BITS; NULL: none */
    GHashTable *announced, *shown; /* frame -> GArray of struct frame_finding */
    GHashTable *answers;           /* frame -> struct frame_answer */
    GArray *at_place, *place;      /* uint32_t, by number - 1; 0, or too short: the same */
};

static GHashTable *
findings_new(void)
{
    return g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
                                 (GDestroyNotify)g_array_unref);
}

struct frames *
frames_new(void)
{
    struct frames *frames = g_new0(struct frames, 1);

    frames->notes = g_ptr_array_new_with_free_func(g_free);
    frames->at_place = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    frames->place = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    frames->announced = findings_new();
    frames->shown = findings_new();
    frames->answers = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    return frames;
}

void
frames_free(struct frames *frames)
{
    g_array_unref(frames->at_place);
    g_array_unref(frames->place);
    g_hash_table_unref(frames->announced);
    g_hash_table_unref(frames->shown);
    g_hash_table_unref(frames->answers);
    g_ptr_array_unref(frames->notes);
    g_free(frames);
}

void
frames_keep_none(struct frames *frames)
{
    frames->none = true;
}

bool
frames_count(struct frames *frames, struct mark mark)
{
    if (mark.frame <= frames->num)
        return false;
    frames->num = mark.frame;
    if (!mark_is_set(frames->first))
        frames->first = mark;
    frames->last = mark;
    return true;
}

uint32_t
frames_num(const struct frames *frames)
{
    return frames->num;
}

struct mark
frames_first(const struct frames *frames)
{
    return frames->first;
}

struct mark
frames_last(const struct frames *frames)
{
    return frames->last;
}

/* --- places ---------------------------------------------------------------------------------- */

static void
number_put(GArray *numbers, uint32_t at, uint32_t number)
{
    if (numbers->len < at)
        g_array_set_size(numbers, at);
    g_array_index(numbers, uint32_t, at - 1) = number;
}

static uint32_t
number_of(const GArray *numbers, uint32_t at)
{
    uint32_t number = at > 0 && at <= numbers->len ? g_array_index(numbers, uint32_t, at - 1) : 0;

    return number ? number : at;
}

void
frames_set_place(struct frames *frames, uint32_t frame, uint32_t place)
{
    if (frame == place || frame == 0 || place == 0 || frames->none)
        return;
    number_put(frames->at_place, place, frame);
    number_put(frames->place, frame, place);
}

uint32_t
frames_at_place(const struct frames *frames, uint32_t place)
{
    return number_of(frames->at_place, place);
}

uint32_t
frames_place(const struct frames *frames, uint32_t frame)
{
    return number_of(frames->place, frame);
}

/* --- notes ----------------------------------------------------------------------------------- */

void
frames_set_note(struct frames *frames, uint32_t frame, struct frame_note note)
{
    const guint block = (frame - 1) >> NOTES_BITS;

    if (frames->none)
        return;
    if (frames->notes->len <= block)
        g_ptr_array_set_size(frames->notes, (gint)block + 1);
    if (!g_ptr_array_index(frames->notes, block))
        g_ptr_array_index(frames->notes, block) = g_new0(struct frame_note, NOTES_LEN);

    struct frame_note *notes = g_ptr_array_index(frames->notes, block);
    notes[(frame - 1) % NOTES_LEN] = note;
}

struct frame_note
frames_note(const struct frames *frames, uint32_t frame)
{
    const struct frame_note none = { 0, 0, 0 };
    const guint block = (frame - 1) >> NOTES_BITS;

    if (frame == 0 || block >= frames->notes->len)
        return none;
    const struct frame_note *notes = g_ptr_array_index(frames->notes, block);
    return notes ? notes[(frame - 1) % NOTES_LEN] : none;
}

/* --- findings -------------------------------------------------------------------------------- */

static void
finding_clear(gpointer data)
{
    struct frame_finding *item = data;

    g_free(item->summary);
    g_free(item->advice);
}

static GArray *
findings_add(GHashTable *table, uint32_t frame, const struct finding *finding, uint32_t session,
             bool cause, bool verdict)
{
    const struct frame_finding item = {
        .session = session,
        .id = finding->id,
        .severity = finding->severity,
        .confidence = finding->confidence,
        .cause = cause,
        .verdict = verdict,
        .summary = finding->summary,
        .advice = finding->advice,
    };
    GArray *items = g_hash_table_lookup(table, GUINT_TO_POINTER(frame));

    if (!items) {
        items = g_array_new(FALSE, FALSE, sizeof item);
        g_hash_table_insert(table, GUINT_TO_POINTER(frame), items);
    }
    return g_array_append_vals(items, &item, 1);
}

void
frames_announce(struct frames *frames, uint32_t frame, const struct finding *finding,
                uint32_t session, bool verdict)
{
    GArray *items = findings_add(frames->announced, frame, finding, session, true, verdict);
    struct frame_finding *item = &g_array_index(items, struct frame_finding, items->len - 1);

    /* The finding is gone soon. */
    item->summary = g_strdup(finding->summary);
    item->advice = g_strdup(finding->advice);
    g_array_set_clear_func(items, finding_clear);
}

void
frames_show(struct frames *frames, uint32_t frame, const struct finding *finding, uint32_t session,
            bool verdict)
{
    findings_add(frames->shown, frame, finding, session, frame == finding->cause.frame, verdict);
}

void
frames_forget_shown(struct frames *frames)
{
    g_hash_table_remove_all(frames->shown);
}

const GArray *
frames_findings(const struct frames *frames, uint32_t frame, bool shown)
{
    return g_hash_table_lookup(shown ? frames->shown : frames->announced, GUINT_TO_POINTER(frame));
}

/* --- answers --------------------------------------------------------------------------------- */

void
frames_take_answers(struct frames *frames, struct session *session)
{
    GArray *answers = session_take_answers(session);

    for (guint i = 0; answers && !frames->none && i < answers->len; i++) {
        struct frame_answer *answer = &g_array_index(answers, struct frame_answer, i);
        answer->request.frame = frames_at_place(frames, answer->request.frame);
        answer->response.frame = frames_at_place(frames, answer->response.frame);
        const uint32_t both[] = { answer->request.frame, answer->response.frame };
        for (size_t k = 0; k < G_N_ELEMENTS(both); k++)
            g_hash_table_replace(frames->answers, GUINT_TO_POINTER(both[k]),
                                 g_memdup2(answer, sizeof *answer));
    }
    if (answers)
        g_array_unref(answers);
}

bool
frames_answer(const struct frames *frames, uint32_t frame, struct frame_answer *answer)
{
    const struct frame_answer *found =
        g_hash_table_lookup(frames->answers, GUINT_TO_POINTER(frame));

    if (found)
        *answer = *found;
    return found != NULL;
}
