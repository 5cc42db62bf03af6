/* answers.c - what the engine answers: of the capture so far, of what was found, of single frames
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/engine.h"

#include "engine/engine_state.h"

const struct conn *
engine_current(const struct engine *engine)
{
    return engine->current ? engine->current->conn : NULL;
}

const struct session *
engine_current_session(const struct engine *engine)
{
    return engine->current ? engine->current->session : NULL;
}

const GPtrArray *
engine_sessions(const struct engine *engine)
{
    return conns_sessions(engine->capture.conns);
}

struct connections_seen
engine_seen(const struct engine *engine)
{
    return conns_seen(engine->capture.conns);
}

uint32_t
engine_num_frames(const struct engine *engine)
{
    return frames_num(engine->frames);
}

struct mark
engine_first(const struct engine *engine)
{
    return frames_first(engine->frames);
}

struct mark
engine_last(const struct engine *engine)
{
    return frames_last(engine->frames);
}

const GPtrArray *
engine_results(const struct engine *engine)
{
    return results_of_sessions(engine->results);
}

const GPtrArray *
engine_candidates(const struct engine *engine)
{
    return results_of_candidates(engine->results);
}

const GPtrArray *
engine_pairs(const struct engine *engine)
{
    return results_pairs(engine->results);
}

enum capture_point_role
engine_role(const struct engine *engine, uint32_t interface)
{
    const struct capture_point *capture_point =
        capture_point_of(engine->capture.capture_points, interface);

    return capture_point ? capture_point->role : ROLE_UNKNOWN;
}

struct frame_range
engine_frames_of(const struct engine *engine, struct mark a, struct mark b)
{
    uint32_t x = frames_at_place(engine->frames, a.frame);
    uint32_t y = frames_at_place(engine->frames, b.frame);

    return (struct frame_range){ MIN(x, y), MAX(x, y) };
}

struct frame_note
engine_frame_note(const struct engine *engine, uint32_t frame)
{
    struct frame_note note = frames_note(engine->frames, frame);
    const struct session *session =
        note.conn ? conns_session(engine->capture.conns, note.conn) : NULL;

    if (session)
        note.stage = (uint8_t)session_stage_by_lengths(session, frames_place(engine->frames, frame),
                                                       (enum stage)note.stage);
    return note;
}

const struct session *
engine_frame_session(const struct engine *engine, uint32_t frame)
{
    return conns_session(engine->capture.conns, frames_note(engine->frames, frame).conn);
}

const GArray *
engine_frame_findings(const struct engine *engine, uint32_t frame)
{
    return frames_findings(engine->frames, frame, engine->finished);
}

bool
engine_frame_answer(const struct engine *engine, uint32_t frame, struct frame_answer *answer)
{
    return frames_answer(engine->frames, frame, answer);
}

bool
engine_frame_match(struct engine *engine, uint32_t frame, struct frame_match *match)
{
    const struct session *session = engine_frame_session(engine, frame);

    if (!session || !engine->finished ||
        !results_match(engine->results, session, frames_place(engine->frames, frame),
                       frames_num(engine->frames), match))
        return false;
    match->frame = frames_at_place(engine->frames, match->frame);
    return true;
}

const struct lengths_note *
engine_frame_lengths(const struct engine *engine, uint32_t frame, uint32_t *num)
{
    const struct session *session = engine_frame_session(engine, frame);
    const struct lengths_facts *facts = session ? session_lengths(session) : NULL;

    return facts ? lengths_notes(facts, frames_place(engine->frames, frame), num) : NULL;
}
