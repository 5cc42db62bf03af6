/* test_mirror_copies.c - which segments are copies of others
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "wire/mirror_copies.h"
#include "hex.h"

enum { MICROSECOND = 1000, MILLISECOND = 1000000, SECOND = 1000000000 };

static struct segment
segment_at(int64_t time)
{
    return (struct segment){
        .mark = { 1, time },
        .seq = 1000,
        .ack = 2000,
        .flags = TCP_ACK,
        .window = 501,
        .checksum = 0xabcd,
        .payload_len = 100,
        .ip_id = 4711,
        .ttl = 57,
    };
}

/* The second of two segments that differ in one thing. */
static const struct copy_row {
    const char *name;
    int64_t later;
    int64_t tick;                                           /* of its clock */
    int seq, ack, flags, window, checksum, len, ttl, ip_id; /* added to those of the first */
    bool copy;
} copy_rows[] = {
    { .name = "mirrored", .later = 20 * MICROSECOND, .copy = true },
    { .name = "same-time", .copy = true },
    { .name = "mirrored-behind-a-router", .later = 100 * MICROSECOND, .ttl = -1, .copy = true },
    { .name = "at-the-limit", .later = 2 * MILLISECOND, .copy = true },
    { .name = "by-identification", .later = 6 * MILLISECOND, .copy = true },
    { .name = "by-identification/at-the-limit", .later = 100 * MILLISECOND, .copy = true },
    { .name = "by-identification/too-late", .later = 101 * MILLISECOND },
    { .name = "by-identification/none", .later = 6 * MILLISECOND, .ip_id = -4711 },
    { .name = "by-identification/checksum", .later = 6 * MILLISECOND, .checksum = 1 },
    { .name = "by-clock",
      .later = 6 * MILLISECOND,
      .tick = MILLISECOND,
      .ip_id = -4711,
      .copy = true },
    { .name = "by-clock/slow", .later = 6 * MILLISECOND, .tick = 4 * MILLISECOND, .ip_id = -4711 },
    { .name = "sent-again", .later = 3 * MILLISECOND, .ip_id = 1 },
    { .name = "sent-again-much-later", .later = 300 * MILLISECOND, .ip_id = 1 },
    { .name = "clock-went-back", .later = -1 },
    { .name = "other-point", .later = 40 * MILLISECOND, .ttl = 7, .copy = true },
    { .name = "other-point/checksum-by-the-card",
      .later = 40 * MILLISECOND,
      .ttl = 7,
      .checksum = 1,
      .copy = true },
    { .name = "other-point/too-late", .later = 2LL * SECOND, .ttl = 7 },
    { .name = "other-point/time-to-live-unknown", .later = 40 * MILLISECOND, .ttl = -57 },
    { .name = "other-timestamps", .later = 20 * MICROSECOND, .checksum = 1 },
    { .name = "other-seq", .later = 20 * MICROSECOND, .seq = 100 },
    { .name = "other-ack", .later = 20 * MICROSECOND, .ack = 1 },
    { .name = "other-flags", .later = 20 * MICROSECOND, .flags = TCP_RST },
    { .name = "other-window", .later = 20 * MICROSECOND, .window = -501 },
    { .name = "other-length", .later = 20 * MICROSECOND, .len = 1 },
};

static void
run_copy(gconstpointer data)
{
    const struct copy_row *row = data;
    struct mirror_copies copies = { 0 };
    struct segment segment = segment_at(SECOND);

    g_assert_false(mirror_copies_has(&copies, &segment, 0));
    segment.mark.time += row->later;
    segment.seq += (uint32_t)row->seq;
    segment.ack += (uint32_t)row->ack;
    segment.flags = (uint16_t)(segment.flags + row->flags);
    segment.window = (uint16_t)(segment.window + row->window);
    segment.checksum = (uint16_t)(segment.checksum + row->checksum);
    segment.payload_len += (size_t)row->len;
    segment.ttl = (uint8_t)(segment.ttl + row->ttl);
    segment.ip_id = (uint16_t)(segment.ip_id + row->ip_id);
    g_assert_cmpint(mirror_copies_has(&copies, &segment, row->tick) != COPY_NONE, ==, row->copy);
    mirror_copies_clear(&copies);
}

/* A burst, and its copies behind it. */
static void
test_burst(void)
{
    struct mirror_copies copies = { 0 };
    struct segment segment = segment_at(SECOND);

    for (unsigned burst = 0; burst < 3; burst++) {
        for (unsigned i = 0; i < 2 * MIRROR_COPIES_RECENT; i++) {
            segment.mark.time += MICROSECOND;
            segment.seq = 1000 * burst + 100 * (i % MIRROR_COPIES_RECENT);
            g_assert_cmpint(mirror_copies_has(&copies, &segment, 0) != COPY_NONE, ==,
                            i >= MIRROR_COPIES_RECENT);
        }
    }
    mirror_copies_clear(&copies);
}

/* A host whose identifications are all the same sends segments again. */
static void
test_same_ids(void)
{
    struct mirror_copies copies = { 0 };
    struct segment segment = segment_at(SECOND);

    g_assert_false(mirror_copies_has(&copies, &segment, 0));
    segment.seq += 100;
    g_assert_false(mirror_copies_has(&copies, &segment, 0));
    segment.mark.time += 20 * MILLISECOND;
    g_assert_false(mirror_copies_has(&copies, &segment, 0));
    mirror_copies_clear(&copies);
}

/* Where bytes came twice, copies behind a longer burst are known, too. */
static void
test_wide(void)
{
    struct mirror_copies copies = { 0 };
    struct segment segment = segment_at(SECOND);

    for (unsigned i = 0; i < 2 * MIRROR_COPIES_WIDE; i++) {
        segment.mark.time += MICROSECOND;
        segment.seq = 100 * (i % MIRROR_COPIES_WIDE);
        segment.ip_id = (uint16_t)(1 + i % MIRROR_COPIES_WIDE);
        g_assert_cmpint(mirror_copies_has(&copies, &segment, 0) != COPY_NONE, ==,
                        i >= MIRROR_COPIES_WIDE);
        if (i == 5)
            mirror_copies_widen(&copies);
    }
    mirror_copies_clear(&copies);
}

/* Three of one, as a bridge with two ports gives them. */
static void
test_three(void)
{
    struct mirror_copies copies = { 0 };
    struct segment segment = segment_at(SECOND);

    g_assert_false(mirror_copies_has(&copies, &segment, 0));
    g_assert_true(mirror_copies_has(&copies, &segment, 0));
    g_assert_true(mirror_copies_has(&copies, &segment, 0));
    mirror_copies_clear(&copies);
}

/* All zeros is a segment like others, and no copy of none. */
static void
test_zeros(void)
{
    struct mirror_copies copies = { 0 };
    const struct segment segment = { 0 };

    g_assert_false(mirror_copies_has(&copies, &segment, 0));
    g_assert_true(mirror_copies_has(&copies, &segment, 0));
    mirror_copies_clear(&copies);
}

static void
test_options(void)
{
    static const uint8_t options[] = { 1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2 };
    static const uint8_t later[] = { 1, 1, 8, 10, 0, 0, 0, 2, 0, 0, 0, 2 };
    struct mirror_copies copies = { 0 };
    struct segment segment = segment_at(SECOND);

    g_assert_false(mirror_copies_has(&copies, &segment, 0));
    segment.options_len = sizeof options;
    segment.options = options;
    g_assert_false(mirror_copies_has(&copies, &segment, 0));
    g_assert_true(mirror_copies_has(&copies, &segment, 0));
    segment.options = later;
    g_assert_false(mirror_copies_has(&copies, &segment, 0));
    mirror_copies_clear(&copies);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD_ROWS("/copies/rows", copy_rows, run_copy);
    g_test_add_func("/copies/burst", test_burst);
    g_test_add_func("/copies/same-ids", test_same_ids);
    g_test_add_func("/copies/wide", test_wide);
    g_test_add_func("/copies/three", test_three);
    g_test_add_func("/copies/options", test_options);
    g_test_add_func("/copies/zeros", test_zeros);
    return g_test_run();
}
