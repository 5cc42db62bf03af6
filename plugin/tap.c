/* tap.c - the tap "sstpdiag": a record for each frame of a session
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap.h"

static int tap_sstpdiag = -1;

void
tap_register(void)
{
    tap_sstpdiag = register_tap(TAP_NAME);
}

void
tap_frame(const struct engine *engine, packet_info *pinfo)
{
    const struct session *session;
    struct frame_note note;
    struct tap_record *record;

    if (!have_tap_listener(tap_sstpdiag))
        return;
    session = engine_frame_session(engine, pinfo->num);
    if (!session)
        return;
    note = engine_frame_note(engine, pinfo->num);
    record = wmem_new(pinfo->pool, struct tap_record);
    *record =
        (struct tap_record){ session_id(session), (enum stage)note.stage, (enum side)note.side };
    tap_queue_packet(tap_sstpdiag, pinfo, record);
}
