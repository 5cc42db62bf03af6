/* files.c - the files that a walk leaves
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "files.h"

#include "output/fresh.h"
#include "metrics.h"
#include "show.h"

/* What is read, also by a descriptor: what is written may not take its place. */
static struct inputs *
inputs_of(const struct options *options)
{
    struct inputs *inputs = inputs_new();
    char *fd = g_strdup_printf("/dev/fd/%d", options->password_fd);

    inputs_add(inputs, options->password_file, "the password");
    inputs_add(inputs, options->password_fd >= 0 ? fd : NULL, "the password");
    inputs_add(inputs, options->ca, "the trusted certificates");
    g_free(fd);
    return inputs;
}

bool
files_check(const struct options *options, GError **error)
{
    const char *const files[] = { options->write, options->prometheus };
    struct inputs *inputs = inputs_of(options);
    bool good = true;

    for (size_t i = 0; good && i < G_N_ELEMENTS(files); i++)
        good = !files[i] || fresh_check(inputs, files[i], error);
    inputs_free(inputs);
    return good;
}

static bool
write_packets(const struct walk *walk, GError **error)
{
    return !walk->options->write || !walk->attempt ||
           file_write(walk->attempt->file, walk->options->write,
                      show_secrets(walk) != SECRETS_LEFT_OUT, error);
}

bool
files_write(const struct walk *walk, GError **error)
{
    const char *metrics = walk->options->prometheus;

    return write_packets(walk, error) && (!metrics || metrics_write(walk, metrics, error));
}
