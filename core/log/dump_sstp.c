/* dump_sstp.c - SSTP control messages as programs name them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/dump_sstp.h"

#include <string.h>

#include "codec/sstp.h"

enum { NAME_MAX_LEN = 40 };

/* Small letters alone, without what programs put in front. */
static const struct {
    const char *name;
    unsigned type;
} names[] = {
    { "connectrequest", SSTP_CALL_CONNECT_REQUEST },
    { "connectack", SSTP_CALL_CONNECT_ACK },
    { "connectnak", SSTP_CALL_CONNECT_NAK },
    { "connected", SSTP_CALL_CONNECTED },
    { "abort", SSTP_CALL_ABORT },
    { "disconnect", SSTP_CALL_DISCONNECT },
    { "disconnectack", SSTP_CALL_DISCONNECT_ACK },
    { "echorequest", SSTP_ECHO_REQUEST },
    { "echoresponse", SSTP_ECHO_RESPONSE },
    { "echoreply", SSTP_ECHO_RESPONSE },
};

unsigned
log_dump_sstp_type(const char *name, size_t len)
{
    static const char *const fronts[] = { "sstp", "msg", "call" };
    char letters[NAME_MAX_LEN + 1];
    const char *rest = letters;
    size_t num = 0;

    for (size_t i = 0; i < len; i++) {
        if (!g_ascii_isalpha(name[i]) && !strchr(" _-", name[i]))
            return 0;
        if (!g_ascii_isalpha(name[i]))
            continue;
        if (num == NAME_MAX_LEN)
            return 0;
        letters[num++] = g_ascii_tolower(name[i]);
    }
    letters[num] = '\0';
    for (size_t i = 0; i < G_N_ELEMENTS(fronts); i++)
        if (g_str_has_prefix(rest, fronts[i]))
            rest += strlen(fronts[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(rest, names[i].name) == 0)
            return names[i].type;
    return 0;
}

bool
log_dump_sstp(unsigned type, GByteArray *out)
{
    struct sstp_message message = { .type = (uint16_t)type };

    if (type < SSTP_CALL_CONNECT_REQUEST || type > SSTP_ECHO_RESPONSE)
        return false;
    if (type == SSTP_CALL_CONNECT_REQUEST) {
        message.has_protocol = true;
        message.protocol = 1; /* PPP, MS-SSTP 2.2.4 */
    } else if (type == SSTP_CALL_CONNECT_ACK) {
        message.has_binding_request = true;
        message.binding_request.bitmask = SSTP_HASH_SHA256;
    } else if (type == SSTP_CALL_CONNECTED) {
        message.has_binding = true;
        message.binding.bitmask = SSTP_HASH_SHA256;
        message.binding.hash_len = SSTP_HASH_MAX_LEN;
    }
    return sstp_encode_control(&message, out);
}
