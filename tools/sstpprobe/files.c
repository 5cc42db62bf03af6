/* files.c - the files that a walk leaves
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "files.h"

#include <string.h>

#include "output/fresh.h"
#include "output/show.h"
#include "metrics.h"
#include "show.h"

enum { PAGE_MODE = 0644 };

/* What is read, also by a descriptor: what is written may not take its place. */
static struct inputs *
inputs_of(const struct options *options)
{
    struct inputs *inputs = inputs_new();
    char *fd = g_strdup_printf("/dev/fd/%d", options->password_fd);

    inputs_add(inputs, options->password_file, "the password");
    inputs_add(inputs, options->password_fd >= 0 ? fd : NULL, "the password");
    inputs_add(inputs, options->ca, "the trusted certificates");
    inputs_add(inputs, options->client_cert, "the client's certificate");
    inputs_add(inputs, options->client_key, "the client's key");
    inputs_add(inputs, options->key_password_file, "the key's password");
    inputs_add(inputs, options->expect, "the expected certificate");
    g_free(fd);
    return inputs;
}

bool
files_check(const struct options *options, GError **error)
{
    const char *const files[] = { options->write, options->html, options->record,
                                  options->prometheus };
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

/* Nobody's secret: it shows no more than the report. */
static bool
write_page(const struct walk *walk, GError **error)
{
    GPtrArray *documents, *texts;
    char *page;

    if (!walk->options->html)
        return true;
    documents = g_ptr_array_new_with_free_func(g_free);
    texts = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(documents, show_as_json(walk, true));
    g_ptr_array_add(texts, show_as_text(walk));
    page = show_page(documents, texts, error);
    const bool good =
        page && fresh_write(walk->options->html, PAGE_MODE, page, strlen(page), error);
    g_free(page);
    g_ptr_array_unref(documents);
    g_ptr_array_unref(texts);
    return good;
}

bool
files_write(const struct walk *walk, GError **error)
{
    const char *metrics = walk->options->prometheus;

    return write_packets(walk, error) && write_page(walk, error) &&
           (!metrics || metrics_write(walk, metrics, error));
}
