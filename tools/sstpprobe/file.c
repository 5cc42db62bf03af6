/* file.c - the pcapng file of a probe
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "file.h"

#include <string.h>
#include <sys/stat.h>

#include "base/wipe.h"
#include "codec/frame.h"
#include "codec/pcapng.h"
#include "output/fresh.h"

enum { FILE_MAX_LEN = 64 * 1024 * 1024 };

struct file {
    GByteArray *packets; /* blocks */
    GString *secrets;
    GString *description; /* of the interface: trial_append() */
    char *application;
};

struct file *
file_new(const char *version)
{
    struct file *file = g_new0(struct file, 1);

    file->packets = g_byte_array_new();
    file->secrets = g_string_new(NULL);
    file->description = g_string_new("Made from what a socket told; not captured\n");
    file->application = g_strdup_printf("sstpprobe %s", version);
    return file;
}

void
file_free(struct file *file)
{
    if (!file)
        return;
    wipe(file->secrets->str, file->secrets->len);
    g_string_free(file->secrets, TRUE);
    g_string_free(file->description, TRUE);
    g_byte_array_unref(file->packets);
    g_free(file->application);
    g_free(file);
}

void
file_packet(struct file *file, int64_t time, const GByteArray *packet, const char *comment)
{
    const struct pcapng_packet block = {
        .has_time = true,
        .time_ns = time,
        .data = packet->data,
        .captured_len = packet->len,
        .wire_len = packet->len,
        .comment = comment,
    };

    if (file->packets->len < FILE_MAX_LEN)
        pcapng_append_packet(file->packets, &block);
}

void
file_trial(struct file *file, const struct trial *trial)
{
    trial_append(file->description, trial);
}

void
file_secret(struct file *file, const char *line)
{
    g_string_append(file->secrets, line);
}

const GString *
file_secrets(const struct file *file)
{
    return file->secrets;
}

static GByteArray *
whole(const struct file *file, bool with_secrets)
{
    const struct pcapng_interface interface = {
        .link_type = LINK_RAW,
        .name = (char *)VANTAGE_SOCKET_NAME,
        .description = file->description->str,
    };
    GByteArray *out = g_byte_array_new();

    pcapng_append_section(out, NULL, file->application,
                          "These packets were made from a TCP socket: bytes, times and ICMP errors "
                          "are those of the connection; sequence numbers, windows, options, times "
                          "to live and the bounds of segments are made up.");
    pcapng_append_interface(out, &interface);
    if (with_secrets && file->secrets->len > 0)
        pcapng_append_secrets(out, PCAPNG_SECRETS_TLS, file->secrets->str, file->secrets->len);
    g_byte_array_append(out, file->packets->data, file->packets->len);
    return out;
}

bool
file_write(const struct file *file, const char *path, bool with_secrets, GError **error)
{
    GByteArray *out = whole(file, with_secrets);
    const bool good = fresh_write(path, S_IRUSR | S_IWUSR, out->data, out->len, error);

    wipe(out->data, out->len);
    g_byte_array_unref(out);
    return good;
}
