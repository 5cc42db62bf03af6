/* final.c - what is made of a recording at its end: clocks, files of single ends, the final file
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "final.h"

#include <stdio.h>

#include "align.h"
#include "codec/pcapread.h"
#include "output/say.h"
#include "output/target.h"
#include "rewrite.h"

enum { PIECE_LEN = 256 * 1024 };

/* Newly allocated. */
static char *
name_of_end(const struct options *options, guint i)
{
    const struct end *end = g_ptr_array_index(options->ends, i);
    char *mark = g_strdelimit(g_strconcat(".", end->name, NULL), "/", '_');
    char *name = options_output_with(options, mark);

    g_free(mark);
    return name;
}

bool
final_check(const struct options *options, GError **error)
{
    bool good = true;

    for (guint i = 0; options->split && good && i < options->ends->len; i++) {
        char *name = name_of_end(options, i);
        good = target_check(options->inputs, name, TARGET_STREAM, error);
        g_free(name);
    }
    return good;
}

static bool
write_end(const struct options *options, const struct rewrite *rewrite, guint i)
{
    const struct end *end = g_ptr_array_index(rewrite->recording->ends, i);
    char *to = name_of_end(options, i);
    GError *error = NULL;
    bool ok = rewrite_file(rewrite, to, (int)i, &error);

    if (ok) {
        say("%s: %s alone", to, end->name);
    } else {
        say_warning("--split: %s", error->message);
        g_error_free(error);
    }
    g_free(to);
    return ok;
}

static bool
write_split(const struct options *options, const struct rewrite *rewrite)
{
    bool ok = true;

    for (guint i = 0; ok && i < rewrite->recording->ends->len; i++)
        if (recording_has_end(rewrite->recording, i))
            ok = write_end(options, rewrite, i);
    return ok;
}

static bool
write_whole(const struct rewrite *rewrite)
{
    GError *error = NULL;

    if (rewrite_file(rewrite, rewrite->path, REWRITE_ALL_ENDS, &error))
        return true;
    say_warning("%s; %s stays as it was written live", error->message, rewrite->path);
    g_error_free(error);
    return false;
}

static void
tell_clocks(const GPtrArray *ends, const GArray *alignments)
{
    const struct end *first = g_ptr_array_index(ends, 0);

    for (guint i = 1; i < alignments->len; i++) {
        const struct end *end = g_ptr_array_index(ends, i);
        char *text =
            align_text(&g_array_index(alignments, struct alignment, i), end->name, first->name);
        if (text)
            say("%s", text);
        g_free(text);
    }
}

/* Wireshark tells connections apart by their addresses. */
static void
tell_same_addresses(const GArray *alignments)
{
    for (guint i = 0; i < alignments->len; i++) {
        if (!g_array_index(alignments, struct alignment, i).same_addresses)
            continue;
        say("No NAT between the ends: Wireshark needs -o "
            "protocols.conversation_deinterlacing_key:.MI (4.4 and later), or the files of "
            "--split");
        return;
    }
}

bool
final_write(const struct options *options, const struct recording *recording,
            const GString *secrets)
{
    bool ok = true;

    if (options->next_s || options->next_bytes || (options->no_rewrite && !options->split))
        return true;
    GArray *alignments = align_file(recording, options->output, !options->no_shift);
    const struct rewrite rewrite = { recording, options->output, alignments, secrets };
    tell_clocks(recording->ends, alignments);
    if (options->split)
        ok = write_split(options, &rewrite);
    else
        tell_same_addresses(alignments);
    if (!options->no_rewrite && !write_whole(&rewrite))
        ok = false;
    g_array_unref(alignments);
    return ok;
}

uint64_t
final_count(const char *path)
{
    FILE *file = fopen(path, "rbe");
    struct pcapread *reader = pcapread_new();
    struct pcapread_item item = { .kind = PCAPREAD_MORE };
    uint8_t *piece = g_malloc(PIECE_LEN);
    uint64_t num = 0;
    size_t len;

    while (file && item.kind != PCAPREAD_ERROR && (len = fread(piece, 1, PIECE_LEN, file)) > 0) {
        pcapread_feed(reader, piece, len);
        while (pcapread_next(reader, &item) != PCAPREAD_MORE && item.kind != PCAPREAD_ERROR)
            num += item.kind == PCAPREAD_PACKET;
    }
    if (file)
        fclose(file);
    pcapread_free(reader);
    g_free(piece);
    return num;
}
