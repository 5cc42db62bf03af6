/* forms_windows.c - lines of Windows: tables of PowerShell, and tracing
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/forms.h"

#include <string.h>

#include "base/event.h"

/* "[2416] 11-22 12:41:50:123: text", below %windir%\tracing */
bool
log_form_tracing(const struct log_reader *reader, struct log_line *line)
{
    (void)reader;
    if (!line->stamp.tracing)
        return false;
    line->source = LOG_FROM_WINDOWS;
    return true;
}

/* Get-WinEvent: "11/22/2026 7:08:50 AM  20227 Error  text" */
bool
log_form_winevent_table(const struct log_reader *reader, struct log_line *line)
{
    const char *p = line->said;
    size_t digits = strspn(p, "0123456789"), len;

    (void)reader;
    if (digits == 0 || digits > 5 || p[digits] != ' ' || line->stamp.bracket)
        return false;
    p += digits + strspn(p + digits, " ");
    len = strcspn(p, " ");
    if (len == 0 || g_ascii_isdigit(*p) || p[len] != ' ' || p[len + 1] == '\0')
        return false;
    log_form_take_level(line, p, len);
    line->source = LOG_FROM_WINDOWS;
    return true;
}

/* Get-EventLog: "1234 Nov 22 07:08  Error  RasClient  20227 text", of which the number is gone */
bool
log_form_eventlog_table(const struct log_reader *reader, struct log_line *line)
{
    const char *p = line->said;
    size_t len = strcspn(p, " ");

    (void)reader;
    if (line->stamp.precision <= NS_PER_SECOND || p[len] != ' ' ||
        !log_form_take_level(line, p, len))
        return false;
    line->said = p + len + strspn(p + len, " ");
    line->source = LOG_FROM_WINDOWS;
    return true;
}

/* An event's description that was copied without what stands above it. */
bool
log_form_rasclient(const struct log_reader *reader, struct log_line *line)
{
    (void)reader;
    if (g_ascii_strncasecmp(line->text, "CoId={", strlen("CoId={")) != 0)
        return false;
    line->source = LOG_FROM_WINDOWS;
    return true;
}
