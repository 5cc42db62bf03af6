/* main.c - sstpprobe: tries an SSTP connection step by step and says why it does not work
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "output/say.h"
#include "check.h"
#include "clock.h"
#include "files.h"
#include "identity.h"
#include "record.h"
#include "refusals.h"
#include "run.h"
#include "show.h"

/* docs/reference.adoc */
enum { STATUS_GOOD, STATUS_FOUND, STATUS_USAGE, STATUS_FAILED };

enum { APART_SECONDS = 60, SLEEP_MS = 1000 };

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
    say_warning("%s", error->message);
    g_error_free(error);
    return status;
}

static bool
get_secret(const struct options *options, struct secret *secret, GError **error)
{
    if (!options->user)
        return true;
    if (options->client_cert && !(secret->identity = identity_load(options, error)))
        return false;
    if (options->password_fd >= 0)
        return secret_read_fd(secret, options->password_fd, error);
    if (options->password_file)
        return secret_read_file(secret, options->password_file, error);
    return options->client_cert || secret_ask(secret, options->user, error);
}

/* --- logins that were refused before -----------------------------------------------------------
 */

/* Nobody who watches a job stops it before the account is locked out. */
static bool
is_unattended(const struct options *options)
{
    return options->check || options->prometheus || options->repeat > 1;
}

/* A password that was typed is a new one. */
static void
withhold_refused(struct options *options, const struct secret *secret)
{
    GError *error = NULL;

    g_clear_pointer(&options->withheld, g_free);
    if (!options->user || !*secret->origin || options->retry_refused)
        return;
    char *when = refusals_find(options, secret);
    if (when)
        options->withheld =
            g_strdup_printf("the password was not sent: it was refused on %s; change the file, or "
                            "use --retry-refused",
                            when);
    else if (is_unattended(options) && !refusals_can_be_kept(&error))
        options->withheld = g_strdup_printf("the password was not sent: %s", error->message);
    g_clear_error(&error);
    g_free(when);
}

/* Said so, or the server left once it had the answer. */
static bool
was_refused(const struct call *call)
{
    const enum call_end end = call_end(call);

    return call_facts(call).login->state == LOGIN_REFUSED ||
           (call_facts(call).login->state == LOGIN_SENT &&
            (end == CALL_END_TERMINATED || end == CALL_END_ABORTED ||
             end == CALL_END_DISCONNECTED));
}

static void
remember(const struct walk *walk, const struct options *options, const struct secret *secret)
{
    const struct call *call = walk->attempt ? walk->attempt->call : NULL;
    GError *error = NULL;

    if (!call || !secret->handed_out || !*secret->origin)
        return;
    const bool refused = was_refused(call);
    if ((refused || call_facts(call).login->state == LOGIN_GOOD) &&
        !refusals_keep(options, secret, refused, &error)) {
        say_warning("%s", error->message);
        g_error_free(error);
    }
}

/* --- one walk, and several -------------------------------------------------------------------- */

static int
status_of(const struct walk *walk)
{
    if (show_is_bad(walk))
        return STATUS_FOUND;
    return walk->options->withheld || walk->refused ? STATUS_FAILED : STATUS_GOOD;
}

static int
show_all(const struct walk *walk)
{
    if (walk->options->check)
        return check_show(walk);
    show_end(walk);
    if (!*walk->stop)
        return status_of(walk);
    say_warning("interrupted");
    return STATUS_FAILED;
}

static int
cannot(const struct options *options, GError *error)
{
    if (!options->check)
        return complain(error, STATUS_FAILED);
    const int status = check_unknown(error->message);
    g_error_free(error);
    return status;
}

/* The walk is over: what could not be kept leaves the report as it is. */
static int
show_walk(const struct walk *walk)
{
    GError *error = NULL;
    const bool kept = files_write(walk, &error);
    const int status = show_all(walk);

    if (kept)
        return status;
    complain(error, STATUS_FAILED);
    return STATUS_FAILED;
}

static int
probe(struct options *options)
{
    struct secret secret = { 0 };
    struct walk walk = {
        .options = options,
        .version = SSTPDIAG_VERSION,
        .secret = &secret,
        .tell = show_step,
        .tell_data = options,
        .stop = &stop,
    };
    GError *error = NULL;
    int status;

    if (!get_secret(options, &secret, &error)) {
        g_clear_pointer(&secret.identity, gnutls_certificate_free_credentials);
        return cannot(options, error);
    }
    withhold_refused(options, &secret);
    show_begin(options, SSTPDIAG_VERSION);
    const bool good = run_walk(&walk, &error);
    remember(&walk, options, &secret);
    status = good ? show_walk(&walk) : cannot(options, error);
    secret_wipe(&secret);
    record_free(walk.record);
    walk_clear(&walk);
    g_clear_pointer(&secret.identity, gnutls_certificate_free_credentials);
    return status;
}

/* The worst status of all. */
static int
probe_often(struct options *options)
{
    int worst = STATUS_GOOD;

    for (unsigned i = 0; i < options->repeat && !stop; i++) {
        const int64_t next = clock_now() + APART_SECONDS * NS_PER_SECOND;
        const int status = probe(options); /* MAX() would walk twice */

        worst = MAX(worst, status);
        while (i + 1 < options->repeat && !stop && clock_now() < next)
            poll(NULL, 0, clock_wait(next, SLEEP_MS));
    }
    return worst;
}

static bool
has_check(char **argv)
{
    for (; *argv; argv++)
        if (strcmp(*argv, "--check") == 0)
            return true;
    return false;
}

int
main(int argc, char **argv)
{
    const struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
    struct options options;
    GError *error = NULL;
    int status = STATUS_GOOD;
    const bool check = has_check(argv); /* 2 would be CRITICAL */
    const struct rlimit no_core = { 0, 0 };

    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");       /* as in the reports */
    setrlimit(RLIMIT_CORE, &no_core); /* it would have the password */
    say_init("sstpprobe");
    signal(SIGPIPE, SIG_IGN);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (!options_parse(&options, argc, argv, &error) ||
        (!options.show_version && options.ca && !link_can_trust(options.ca, &error)))
        status = check ? check_unknown(error->message) : complain(error, STATUS_USAGE);
    else if (options.show_version)
        printf("sstpprobe %s\n", SSTPDIAG_VERSION);
    else if (!files_check(&options, &error))
        status = cannot(&options, error);
    else
        status = probe_often(&options);
    options_clear(&options);
    return status;
}
