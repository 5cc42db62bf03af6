/* lengths_rhythm.c - echoes that are answered at even intervals
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/lengths_rhythm.h"

#include "base/thresholds.h"
#include "wire/lengths_follow.h"

enum {
    OVERHEADS = 3,
    LARGE_MIN = LENGTHS_DATA_BYTES_MIN + 24, /* data, whatever the cipher adds */
};

/* Bytes that a cipher adds where records have no classes: TLS 1.3's, GCM's and CCM's, ChaCha20's of
 * TLS 1.2. Without the handshake one of them must fit. */
static const uint8_t overheads[OVERHEADS] = { 17, 24, 16 };

struct beat {
    struct mark last;
    double interval;
    unsigned even; /* intervals in a row that are alike */
    unsigned answered;
    unsigned open; /* since anything of the other side */
    struct mark first_open;
};

struct lengths_rhythm {
    struct lengths_record asked; /* the last record that may be an Echo-Request */
    uint16_t shortest;         /* of all records that are no alerts, without the record's header */
    bool uneven;               /* lengths are not all multiples of a block */
    unsigned found;            /* the cipher with which there is a rhythm; OVERHEADS: none yet */
    struct mark answered;      /* the first answer to what may be an echo */
    uint32_t data[SIDE_COUNT]; /* records as long as data, a while behind that */
    struct mark first_data, last_data[SIDE_COUNT];
    struct beat beats[OVERHEADS][LENGTHS_ECHO_KINDS][SIDE_COUNT];
};

static unsigned
kind_below(uint16_t length, unsigned overhead)
{
    struct lengths_record record = { 0 };

    if (length < overhead)
        return LENGTHS_ECHO_KINDS;
    record.min = record.max = (uint16_t)(length - overhead);
    return lengths_echo_kind(&record);
}

/* A record of SSTP's echo with GCM is as long as one of LCP's with ChaCha20. */
static bool
may_beat(const struct lengths_record *record, unsigned kind, double interval)
{
    bool ambiguous = kind_below(record->length, overheads[1]) == LENGTHS_ECHO_SSTP;

    return interval >= ECHO_BEAT_SECONDS &&
           (!ambiguous || (interval >= SSTP_ECHO_TIMER_SECONDS) == (kind == LENGTHS_ECHO_SSTP));
}

static void
beat_again(struct beat *beat, unsigned kind, const struct lengths_record *asked)
{
    double interval = mark_seconds(beat->last, asked->mark);
    double change = interval - beat->interval;

    if (!mark_is_set(beat->last) || !may_beat(asked, kind, interval)) {
        beat->even = beat->answered = 0;
    } else {
        bool alike = beat->even > 0 && change < interval / 4 && change > -interval / 4;
        beat->even = alike ? beat->even + 1 : 1;
        beat->interval = interval;
    }
    beat->last = asked->mark;
    if (beat->open++ == 0)
        beat->first_open = asked->mark;
}

/* Whoever says anything lives, and is not asked in vain. */
static void
hear(struct lengths_rhythm *rhythm, enum side side)
{
    for (unsigned i = 0; i < OVERHEADS; i++)
        for (unsigned kind = 0; kind < LENGTHS_ECHO_KINDS; kind++)
            rhythm->beats[i][kind][side_other(side)].open = 0;
}

static void
follow_rhythm(struct lengths_rhythm *rhythm, const struct lengths_record *record)
{
    const struct lengths_record *asked = &rhythm->asked;
    bool answers = mark_is_set(asked->mark) && asked->by != record->by &&
                   asked->length == record->length &&
                   mark_seconds(asked->mark, record->mark) <= ECHO_BEAT_ANSWER_SECONDS;
    bool asks = false;

    hear(rhythm, (enum side)record->by);
    for (unsigned i = 0; i < OVERHEADS; i++) {
        unsigned kind = kind_below(record->length, overheads[i]);
        if (kind == LENGTHS_ECHO_KINDS)
            continue;
        asks = !answers;
        if (answers) {
            rhythm->beats[i][kind][asked->by].answered++;
            mark_once(&rhythm->answered, record->mark);
        } else
            beat_again(&rhythm->beats[i][kind][record->by], kind, record);
    }
    if (answers)
        rhythm->asked.mark = (struct mark){ 0 };
    else if (asks)
        rhythm->asked = *record;
}

/* Early answers may be part of a set-up, whose packets may be as long as data. */
static void
follow_large(struct lengths_rhythm *rhythm, const struct lengths_record *record)
{
    if (record->length < LARGE_MIN || !mark_is_set(rhythm->answered) ||
        mark_seconds(rhythm->answered, record->mark) < ECHO_BEAT_SECONDS)
        return;
    mark_once(&rhythm->first_data, record->mark);
    rhythm->last_data[record->by] = record->mark;
    rhythm->data[record->by]++;
}

static bool
is_rhythm(const struct beat *beat)
{
    /* One that is no longer answered goes on for a while. */
    return (beat->even >= ECHO_BEATS_MIN && beat->answered >= ECHO_BEATS_ANSWERED_MIN) ||
           (beat->even > ECHO_BEATS_MIN && beat->answered > 0);
}

/* The cipher with which there is a rhythm; OVERHEADS for none, or more than one. */
static unsigned
find_rhythm(const struct lengths_rhythm *rhythm)
{
    unsigned found = OVERHEADS;

    for (unsigned i = 0; rhythm->uneven && i < OVERHEADS; i++) {
        bool fits = false;
        for (unsigned k = 0; k < LENGTHS_ECHO_KINDS * SIDE_COUNT; k++)
            fits |= is_rhythm(&rhythm->beats[i][k / SIDE_COUNT][k % SIDE_COUNT]);
        if (!fits || rhythm->shortest < overheads[i] + LENGTHS_ECHO_BYTES)
            continue;
        if (found < OVERHEADS)
            return OVERHEADS;
        found = i;
    }
    return found;
}

struct lengths_rhythm *
lengths_rhythm_new(void)
{
    struct lengths_rhythm *rhythm = g_new0(struct lengths_rhythm, 1);

    rhythm->shortest = UINT16_MAX;
    return rhythm;
}

uint8_t
lengths_rhythm_record(struct lengths_rhythm *rhythm, const struct lengths_record *record)
{
    if (record->length > LENGTHS_ALERT_BYTES + overheads[0])
        rhythm->shortest = MIN(rhythm->shortest, record->length);
    rhythm->uneven |= record->length % 16 != 0;
    follow_rhythm(rhythm, record);
    follow_large(rhythm, record);
    rhythm->found = find_rhythm(rhythm);
    return rhythm->found < OVERHEADS ? overheads[rhythm->found] : 0;
}

void
lengths_rhythm_tell(const struct lengths_rhythm *rhythm, struct lengths_facts *facts)
{
    facts->first_data = rhythm->first_data;
    for (int side = 0; side < SIDE_COUNT; side++) {
        facts->data[side] = rhythm->data[side];
        facts->last_data[side] = rhythm->last_data[side];
    }
    for (unsigned k = 0; k < LENGTHS_ECHO_KINDS * SIDE_COUNT; k++) {
        const struct beat *beat = &rhythm->beats[rhythm->found][k / SIDE_COUNT][k % SIDE_COUNT];
        struct lengths_echo *own = &facts->echo[k / SIDE_COUNT][k % SIDE_COUNT];
        if (!is_rhythm(beat))
            continue;
        own->requests = beat->even + 1;
        own->replies = beat->answered;
        own->open = beat->open;
        own->first_open = beat->first_open;
        own->last_open = beat->last;
    }
}
