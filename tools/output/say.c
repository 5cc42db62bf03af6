/* say.c - what the user reads on stderr: messages, and one line of progress
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "say.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

static const char *name = "";
static bool is_quiet, is_terminal;
static char *progress;

void
say_init(const char *program)
{
    name = program;
    is_terminal = isatty(STDERR_FILENO) == 1;
}

void
say_less(void)
{
    is_quiet = true;
}

static void
show_line(const char *prefix, const char *format, va_list args)
{
    char *words = g_strdup_vprintf(format, args);
    char *text = text_shown(words, "\n\t"); /* names of files, hosts and peers stand in it */

    fprintf(stderr, "%s%s%s%s%s", progress ? "\r\033[K" : "", prefix, *prefix ? ": " : "", text,
            g_str_has_suffix(text, "\n") ? "" : "\n");
    if (progress)
        fputs(progress, stderr);
    fflush(stderr);
    g_free(text);
    g_free(words);
}

void
say(const char *format, ...)
{
    va_list args;

    if (is_quiet)
        return;
    va_start(args, format);
    show_line("", format, args);
    va_end(args);
}

void
say_warning(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    show_line(name, format, args);
    va_end(args);
}

void
say_progress(const char *text)
{
    if (is_quiet || !is_terminal || (!text && !progress))
        return;
    g_free(progress);
    progress = g_strdup(text);
    fprintf(stderr, "\r\033[K%s", text ? text : "");
    fflush(stderr);
}

char *
say_time(int64_t time_ns)
{
    GDateTime *time = g_date_time_new_from_unix_local(time_ns / 1000000000);
    char *clock = time ? g_date_time_format(time, "%H:%M:%S") : g_strdup("?");
    char *text = g_strdup_printf("%s.%03d", clock, (int)(time_ns / 1000000 % 1000));

    g_free(clock);
    if (time)
        g_date_time_unref(time);
    return text;
}
