/* main.c - sstpcap: records both ends of a connection into one pcapng file
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "output/say.h"
#include "compare.h"
#include "diagnose.h"
#include "extcap.h"
#include "list.h"
#include "options.h"
#include "record.h"

/* What is recorded is judged, or the user is told how. */
static int
record(const struct options *options)
{
    int status = record_run(options);

    if (status != EXIT_RECORDED && status != EXIT_END_LOST)
        return status;
    if (options->diagnose)
        return diagnose_run(options);
    char *command = diagnose_command(options);
    if (command)
        say("Next: %s", command);
    g_free(command);
    return status;
}

static int
run(const struct options *options)
{
    if (options->install_extcap)
        return extcap_install();
    if (options->compare)
        return compare_run(options->rest, options->json, options->fail_on);
    if (options->list)
        return list_interfaces(options);
    if (options->watch)
        return record_run(options);
    if (strcmp(options->output, "-") == 0 && fcntl(STDOUT_FILENO, F_GETFL) < 0) {
        say_warning("-w -: standard output is closed");
        return EXIT_NOT_STARTED;
    }
    if (strcmp(options->output, "-") == 0 && isatty(STDOUT_FILENO)) {
        say_warning("-w - writes bytes, not text: send them to a file or a program");
        return EXIT_USAGE;
    }
    return record(options);
}

int
main(int argc, char **argv)
{
    struct options options;
    int status = EXIT_USAGE;

    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C"); /* as in the reports */
    say_init("sstpcap");
    if (extcap_is_called(argc, argv))
        return extcap_main(argc, argv);
    if (options_parse(&options, argc, argv)) {
        if (options.quiet)
            say_less();
        status = run(&options);
    }
    options_clear(&options);
    return status;
}
