/* proxy.c - the walk's step "proxy"
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "proxy.h"

#include <string.h>

#include "clock.h"
#include "options.h"

enum { HEAD_MAX_LEN = 16384, STATUS_LINE_MIN = 12 };

/* MS-SSTP 4.5: the header SSTPVERSION tells proxies what the tunnel is for. */
static void
send_connect(struct wire *wire, const char *name, uint16_t port)
{
    char *to = options_target(name, port);
    char *head =
        g_strdup_printf("CONNECT %s HTTP/1.1\r\nSSTPVERSION: 1.0\r\nUser-Agent: sstpprobe\r\n"
                        "Host: %s\r\nContent-Length: 0\r\nProxy-Connection: Keep-Alive\r\n\r\n",
                        to, to);

    g_byte_array_append(wire->out, (const uint8_t *)head, (guint)strlen(head));
    wire_flush(wire);
    g_free(head);
    g_free(to);
}

/* The schemes of Proxy-Authenticate, one a line of the head. */
static void
read_schemes(const char *head, char *words, size_t size)
{
    static const char name[] = "proxy-authenticate:";
    char **lines = g_strsplit(head, "\r\n", -1);
    size_t used = 0;

    *words = '\0';
    for (char **line = lines; *line; line++) {
        if (g_ascii_strncasecmp(*line, name, sizeof name - 1) != 0)
            continue;
        const char *scheme = *line + sizeof name - 1;
        while (*scheme == ' ')
            scheme++;
        if (used && used + 2 < size)
            used = g_strlcat(words, ", ", size);
        while (g_ascii_isalnum(*scheme) && used + 1 < size) {
            words[used++] = *scheme++;
            words[used] = '\0';
        }
    }
    g_strfreev(lines);
}

static bool
could_be_http(const GByteArray *in)
{
    static const char begin[] = "HTTP/1.";

    return memcmp(in->data, begin, MIN(in->len, sizeof begin - 1)) == 0;
}

/* True when nothing more is to be waited for. */
static bool
read_answer(const GByteArray *in, struct proxy_answer *answer)
{
    const char *end = in->len ? g_strstr_len((const char *)in->data, in->len, "\r\n\r\n") : NULL;

    answer->result = PROXY_GARBAGE;
    if (in->len > 0 && !could_be_http(in))
        return true;
    if (!end)
        return in->len > HEAD_MAX_LEN;
    char *head = g_strndup((const char *)in->data, (gsize)(end - (const char *)in->data));
    if (strlen(head) >= STATUS_LINE_MIN)
        answer->status = (unsigned)g_ascii_strtoull(head + 9, NULL, 10);
    read_schemes(head, answer->words, sizeof answer->words);
    answer->result = answer->status >= 200 && answer->status < 300 ? PROXY_OPEN : PROXY_REFUSED;
    /* A server waits for the ClientHello. */
    if (answer->result == PROXY_OPEN && end + 4 < (const char *)in->data + in->len)
        answer->result = PROXY_GARBAGE;
    g_free(head);
    return true;
}

struct proxy_answer
proxy_ask(struct wire *wire, const char *name, uint16_t port, int64_t until)
{
    struct proxy_answer answer = { .result = PROXY_SILENT };
    bool over = false;

    send_connect(wire, name, port);
    while (!over && !wire->ended && clock_now() < until) {
        const guint begin = wire->in->len;
        if (!wire_wait(wire, until))
            break;
        over = read_answer(wire->in, &answer);
        wire->read = over ? wire->in->len : 0;
        wire_told(wire, begin, NULL, clock_now());
        tap_acknowledge(wire->tap, clock_now());
    }
    if (!over)
        answer.result = wire->ended ? PROXY_CLOSED : PROXY_SILENT;
    return answer;
}

char *
proxy_text(const struct proxy_answer *answer)
{
    switch (answer->result) {
    case PROXY_OPEN:
        return g_strdup_printf("CONNECT: %u", answer->status);
    case PROXY_REFUSED:
        return g_strdup_printf("CONNECT: %u%s%s%s", answer->status,
                               answer->status == 407 ? ", it wants a login" : "",
                               *answer->words ? ": " : "", answer->words);
    case PROXY_GARBAGE:
        return g_strdup("what it answers is no proxy's HTTP");
    case PROXY_CLOSED:
        return g_strdup("it closed the connection without an answer");
    default:
        return g_strdup("no answer to CONNECT");
    }
}
