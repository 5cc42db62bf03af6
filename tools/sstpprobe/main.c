/* main.c - sstpprobe: tries an SSTP connection step by step and says why it does not work
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <signal.h>
#include <stdio.h>

#include "run.h"
#include "show.h"

/* docs/reference.adoc */
enum { STATUS_GOOD, STATUS_FOUND, STATUS_USAGE, STATUS_FAILED };

static volatile sig_atomic_t stop;

static void
on_signal(int number)
{
    (void)number;
    stop = 1;
}

static int
complain(GError *error, int status)
{
    fprintf(stderr, "sstpprobe: %s\n", error->message);
    g_error_free(error);
    return status;
}

static bool
get_secret(const struct options *options, struct secret *secret, GError **error)
{
    if (!options->user)
        return true;
    if (options->password_fd >= 0)
        return secret_read_fd(secret, options->password_fd, error);
    if (options->password_file)
        return secret_read_file(secret, options->password_file, error);
    return secret_ask(secret, options->user, error);
}

/* With PAP the secrets open the password. */
static bool
secrets_may_be_shown(const struct walk *walk)
{
    const struct call *call = walk->attempt->call;

    return walk->options->write_keys || !call || call_facts(call).login->method != METHOD_PAP;
}

static bool
write_file(const struct walk *walk, GError **error)
{
    return !walk->options->write || !walk->attempt ||
           file_write(walk->attempt->file, walk->options->write, secrets_may_be_shown(walk), error);
}

static int
probe(const struct options *options)
{
    struct secret secret = { 0 };
    struct walk walk = {
        .options = options,
        .version = SSTPDIAG_VERSION,
        .secret = &secret,
        .tell = show_step,
        .tell_data = (void *)options,
        .stop = &stop,
    };
    GError *error = NULL;
    int status;

    if (!get_secret(options, &secret, &error))
        return complain(error, STATUS_FAILED);
    show_begin(options, SSTPDIAG_VERSION);
    if (run_walk(&walk, &error) && write_file(&walk, &error)) {
        show_end(&walk);
        status = show_is_bad(&walk) ? STATUS_FOUND : STATUS_GOOD;
    } else {
        status = complain(error, STATUS_FAILED);
    }
    walk_clear(&walk);
    return status;
}

int
main(int argc, char **argv)
{
    const struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
    struct options options;
    GError *error = NULL;
    int status = STATUS_GOOD;

    signal(SIGPIPE, SIG_IGN);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (!options_parse(&options, argc, argv, &error))
        status = complain(error, STATUS_USAGE);
    else if (options.show_version)
        printf("sstpprobe %s\n", SSTPDIAG_VERSION);
    else
        status = probe(&options);
    options_clear(&options);
    return status;
}
