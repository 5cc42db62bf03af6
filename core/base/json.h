/* json.h - writes one JSON document into a string
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_BASE_JSON_H
#define SSTPDIAG_CORE_BASE_JSON_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Set text to an empty string and the rest to zero. Commas are put where they belong. */
struct json {
    GString *text;
    bool comma; /* the next value or key needs one in front */
};

/* key is NULL inside arrays and for the document itself. */
void json_object_begin(struct json *json, const char *key);
void json_object_end(struct json *json);
void json_array_begin(struct json *json, const char *key);
void json_array_end(struct json *json);
/* value NULL is null. Text that is not UTF-8 is made so. */
void json_string(struct json *json, const char *key, const char *value);
/* Whole numbers are written without a point, others with six decimals; not finite ones are null. */
void json_number(struct json *json, const char *key, double value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

#endif
