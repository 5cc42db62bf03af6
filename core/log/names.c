/* names.c - what a log entry names a session by
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/names.h"

#include <string.h>

enum { ID_MIN_LEN = 16, ID_MAX_LEN = 40 };

size_t
log_names_id_len(const char *p)
{
    size_t len = 0;

    while (g_ascii_isxdigit(p[len]) || (len > 0 && p[len] == '-'))
        len++;
    return len >= ID_MIN_LEN && len <= ID_MAX_LEN && memchr(p, '-', len) ? len : 0;
}

/* "SSTPCORRELATIONID: {...}", "CoId={...}", "[.../192.0.2.10:33284]" as sorz writes it. */
const char *
log_names_find_id(const char *text, size_t *len, bool *header)
{
    static const char *const labels[] = { "SSTPCORRELATIONID", "CoId", "CoID", "correlation" };

    *header = false;
    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
        const char *p = strstr(text, labels[i]);
        if (!p)
            continue;
        p += strlen(labels[i]);
        p += strspn(p, " :={");
        *len = log_names_id_len(p);
        *header = i == 0;
        if (*len)
            return p;
    }
    for (const char *p = strchr(text, '['); p; p = strchr(p + 1, '[')) {
        *len = log_names_id_len(p + 1);
        if (*len && p[1 + *len] == '/')
            return p + 1;
    }
    return NULL;
}

/* "192.0.2.10:58546" */
static size_t
endpoint_len(const char *p)
{
    size_t len = 0;

    for (unsigned dots = 0;; dots++) {
        size_t num = strspn(p + len, "0123456789");
        if (num == 0 || num > 3)
            return 0;
        len += num;
        if (dots == 3)
            break;
        if (p[len++] != '.')
            return 0;
    }
    if (p[len++] != ':')
        return 0;
    size_t port = strspn(p + len, "0123456789");
    return port > 0 && port <= 5 ? len + port : 0;
}

const char *
log_names_find_endpoint(const char *text, size_t *len)
{
    for (const char *p = text; *p; p++) {
        if (!g_ascii_isdigit(*p) || (p > text && (g_ascii_isalnum(p[-1]) || p[-1] == '.')))
            continue;
        *len = endpoint_len(p);
        if (*len)
            return p;
    }
    return NULL;
}
