/* reach.c - the walk's step "reach"
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reach.h"

#include <string.h>

#include "clock.h"

enum { PATIENCE_MS = 1000, NS_PER_MS = 1000000 };

struct reach {
    char *address;
    GSubprocess *ping; /* NULL: there is no such program */
    GMainLoop *loop;
    char *said;
    int64_t begun;
};

static void
ended(GObject *ping, GAsyncResult *result, gpointer data)
{
    struct reach *reach = data;

    g_subprocess_communicate_utf8_finish(G_SUBPROCESS(ping), result, &reach->said, NULL, NULL);
    g_main_loop_quit(reach->loop);
}

static gboolean
too_late(gpointer data)
{
    const struct reach *reach = data;

    g_subprocess_force_exit(reach->ping);
    return G_SOURCE_CONTINUE;
}

struct reach *
reach_begin(GInetAddress *address)
{
    struct reach *reach = g_new0(struct reach, 1);
    GSubprocessLauncher *launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                                              G_SUBPROCESS_FLAGS_STDERR_SILENCE);

    reach->begun = clock_now();
    reach->address = g_inet_address_to_string(address);
    reach->loop = g_main_loop_new(NULL, FALSE);
    g_subprocess_launcher_setenv(launcher, "LC_ALL", "C", TRUE);
    reach->ping = g_subprocess_launcher_spawn(launcher, NULL, "ping", "-n", "-c", "2", "-i", "0.2",
                                              "-W", "1", reach->address, NULL);
    g_object_unref(launcher);
    return reach;
}

/* "time=20.4 ms", the shortest of the lines; below 0: none. */
static double
best_time(const char *said)
{
    double best = -1;

    for (const char *at = said ? strstr(said, "time=") : NULL; at; at = strstr(at, "time=")) {
        at += strlen("time=");
        const double ms = g_ascii_strtod(at, NULL);
        if (best < 0 || ms < best)
            best = ms;
    }
    return best;
}

void
reach_end(struct reach *reach, struct walk *walk)
{
    const int64_t left = PATIENCE_MS - (clock_now() - reach->begun) / NS_PER_MS;

    if (!reach->ping) {
        walk_left_out(walk, STEP_REACH, STEP_SKIPPED, "there is no program to ping with");
    } else {
        const guint timer = g_timeout_add((guint)MAX(left, 1), too_late, reach);
        g_subprocess_communicate_utf8_async(reach->ping, NULL, NULL, ended, reach);
        g_main_loop_run(reach->loop);
        g_source_remove(timer);
        const double ms = best_time(reach->said);
        if (ms >= 0)
            walk_left_out(walk, STEP_REACH, STEP_OK, "%s answers ping: %.1f ms", reach->address,
                          ms);
        else
            walk_left_out(walk, STEP_REACH, STEP_UNKNOWN, "%s does not answer ping: says nothing",
                          reach->address);
        g_object_unref(reach->ping);
    }
    g_main_loop_unref(reach->loop);
    g_free(reach->said);
    g_free(reach->address);
    g_free(reach);
}
