/* exec.c - the walk's step "exec"
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "exec.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "space.h"

enum { PACKET_MAX_LEN = 4096, PACKETS_A_TURN = 64, LOOK_MS = 20, MTU_DEFAULT = 1400 };

struct passed {
    unsigned out, in; /* packets */
};

/* Into the command's network. */
static void
pass_in(struct walk *walk, const struct space *space, struct passed *traffic)
{
    struct buf packet;

    while (call_received_ip(walk->attempt->call, &packet))
        if (write(space->tun, packet.p, buf_left(&packet)) > 0)
            traffic->in++;
}

/* Out of it; so much at once that what comes is not kept waiting. */
static void
pass_out(struct walk *walk, const struct space *space, struct passed *traffic)
{
    uint8_t bytes[PACKET_MAX_LEN];
    ssize_t n;

    for (unsigned i = 0; i < PACKETS_A_TURN && (n = read(space->tun, bytes, sizeof bytes)) > 0; i++)
        traffic->out += call_send_ip(walk->attempt->call, buf_init(bytes, (size_t)n));
}

static void
wait_for_either(const struct walk *walk, const struct space *space)
{
    struct pollfd ready[] = { { .fd = space->tun, .events = POLLIN },
                              { .fd = walk->attempt->wire.fd, .events = POLLIN } };

    poll(ready, G_N_ELEMENTS(ready), LOOK_MS);
}

/* False: the call ended, or the time. */
static bool
attend(struct walk *walk, const struct space *space, int64_t until, struct passed *traffic,
       int *status)
{
    while (!space_has_ended(space, status)) {
        if (*walk->stop || clock_now() >= until || !attempt_go_on(walk->attempt, clock_now()))
            return false;
        pass_in(walk, space, traffic);
        pass_out(walk, space, traffic);
        wait_for_either(walk, space);
    }
    return true;
}

static void
tell(struct walk *walk, bool ended, int status, const struct passed *traffic)
{
    char *end = !ended && *walk->stop ? g_strdup("interrupted")
                : !ended && call_step(walk->attempt->call) != CALL_UP
                    ? g_strdup("ended with the tunnel")
                : !ended            ? g_strdup("ended by the probe, whose time was over")
                : WIFEXITED(status) ? g_strdup_printf("exit status %d", WEXITSTATUS(status))
                                    : g_strdup_printf("ended by signal %d", WTERMSIG(status));
    const bool good = ended && WIFEXITED(status) && WEXITSTATUS(status) == 0;

    walk_done(walk, STEP_EXEC, good ? STEP_OK : STEP_FAILED, "%s; packets: %u out, %u in", end,
              traffic->out, traffic->in);
    g_free(end);
}

void
exec_walk(struct walk *walk, int64_t until)
{
    const struct ipcp *ipcp = call_facts(walk->attempt->call).ipcp;
    const struct space_options options = {
        .command = walk->options->exec,
        .address = ipcp->address,
        .peer = ipcp->peer_address,
        .dns1 = ipcp->dns1,
        .dns2 = ipcp->dns2,
        .mtu = walk->inner_mtu ? walk->inner_mtu : MTU_DEFAULT,
        .quiet_stdout = walk->options->json || walk->options->check,
    };
    struct passed traffic = { 0 };
    GError *error = NULL;
    struct space space;
    int status = 0;

    if (walk->steps[STEP_EXEC].done)
        return;
    walk->since = clock_now();
    if (!ipcp->address || walk->passes[SIDE_SERVER] == PASSAGE_LOST) {
        walk_left_out(walk, STEP_EXEC, STEP_SKIPPED,
                      ipcp->address ? "what the sizes lost blocks the connection"
                                    : "there is no address");
        return;
    }
    if (!space_start(&space, &options, &error)) {
        walk->refused = true;
        walk_done(walk, STEP_EXEC, STEP_UNKNOWN, "not run: %s", error->message);
        g_error_free(error);
        return;
    }
    wire_take_much(&walk->attempt->wire);
    const bool ended = attend(walk, &space, until, &traffic, &status);
    space_clear(&space);
    tell(walk, ended, status, &traffic);
}
