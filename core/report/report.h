/* report.h - what was found in a capture, as text for people and as JSON for programs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_REPORT_REPORT_H
#define SSTPDIAG_CORE_REPORT_REPORT_H

#include "base/json.h"
#include "engine/engine.h"
#include "log/log.h"

struct report_interface {
    uint32_t id;
    const char *name; /* NULL when the capture does not say */
};

/* A setting of the program that reads the capture, which would show more. */
struct report_hint {
    const char *preference, *value, *text;
};

/* A text of more sessions tells this many of them, the worst, and the others in a table. */
enum { REPORT_SESSIONS = 200 };

/* What the engine cannot know. All strings belong to the caller. */
struct report_env {
    const char *version;
    const char *file; /* NULL when not known: "" in JSON */
    const struct report_interface *interfaces;
    size_t num_interfaces;
    const struct report_hint *hints;
    size_t num_hints;
    const GPtrArray *logs;      /* struct log; NULL for none */
    bool trace;                 /* JSON: with the member "trace" of each session (engine_trace()) */
    bool for_command;           /* its reader runs the command sstpdiag, and not tshark */
    bool all_log_lines;         /* text: chatter, too */
    bool verbose;               /* text: what is as it should be in full, too */
    guint max_sessions;         /* text: that are told one by one; 0: all */
    const struct session *only; /* JSON: this session alone; NULL: all that there are */
    const char *source;         /* JSON: the capture's member "source"; NULL: it has none */
    /* Adds members of the program's own behind the others of the document; NULL: none. */
    void (*more)(void *data, struct json *json);
    void *more_data;
};

/* After engine_finish(). Newly allocated. The text fits 80 columns and ends in a newline; the JSON
 * is one document of schema sstpdiag/1 on one line, with a newline. */
char *report_text(const struct engine *engine, const struct report_env *env);
char *report_json(const struct engine *engine, const struct report_env *env);
/* How a capture point is called: "client (eth0)" where its role is known, once where the interface
 * has the name of the role, else the interface's name, with its number where another one has the
 * same name. Newly allocated. */
char *report_interface_label(const struct report_env *env, enum capture_point_role role,
                             uint32_t id);

#endif
