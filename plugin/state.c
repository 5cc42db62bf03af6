/* state.c - all that the plugin keeps, from packet to packet and from capture to capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "state.h"

#include <epan/plugin_if.h>
#include <epan/tap.h>

#include "prefs.h"

static struct state the_state;

struct state *
state_get(void)
{
    return &the_state;
}

void
state_keep_trace(struct state *state)
{
    state->trace = true;
    if (state->engine)
        engine_trace(state->engine);
}

/* The heuristic is a switch as well as the protocol: what its user gets is Wireshark as it was. */
static bool
is_enabled(const struct state *state)
{
    return proto_is_protocol_enabled(state->protocol) &&
           proto_is_protocol_enabled(find_protocol_by_id(proto_get_id_by_filter_name("tcp"))) &&
           (!state->heuristic || state->heuristic->enabled);
}

bool
state_in_gui(void)
{
    ws_info_t *info = NULL;

    plugin_if_get_ws_info(&info);
    return info && info->ws_info_supported;
}

static void
capture_begins(void)
{
    struct state *state = state_get();
    struct config config;

    prefs_config(&config);
    state->engine = engine_new(&config);
    state->enabled = is_enabled(state);
    state->in_gui = state_in_gui();
    state->expert_tap = find_tap_id("expert");
    credentials_unref(config.credentials);
    if (state->trace)
        engine_trace(state->engine);
    interfaces_init(&state->interfaces);
    foreign_clear(&state->foreign);
    rows_forget(&state->rows);
    state->frame = 0;
    state->inside = false;
}

static void
capture_ends(void)
{
    struct state *state = state_get();

    engine_free(state->engine);
    state->engine = NULL;
    state->enabled = false;
    interfaces_free(&state->interfaces);
}

void
state_register(int proto)
{
    state_get()->protocol = find_protocol_by_id(proto);
    register_init_routine(capture_begins);
    register_cleanup_routine(capture_ends);
}
