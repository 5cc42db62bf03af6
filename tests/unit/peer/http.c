/* peer/http.c - words about HTTP, and about what comes in front of TLS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include <string.h>

#include "bytes.h"

static const char *
proxy_body(const char *value)
{
    return login_has(value, "chunked") ? "Transfer-Encoding: chunked\r\n\r\n"
                                         "c;x=1\r\n<html>Basic.\r\n5\r\n</b>.\r\n0\r\nA: b\r\n"
           : *value == '2'             ? ""
                                       : "Content-Length: 0\r\n";
}

/* CONNECT of the client, =basic with a password; s.proxy=N: the proxy's answer to it, =N,chunked
 * with a body in chunks. */
static void
word_proxy(struct peer *peer, enum side side, const char *value)
{
    char *text =
        side == SIDE_CLIENT
            ? g_strdup_printf("CONNECT %s:443 HTTP/1.1\r\n%s\r\n", peer->host,
                              *value ? "Proxy-Authorization: Basic dXNlcjpwYXNz\r\n" : "")
            : g_strdup_printf("HTTP/1.1 %.3s Whatever\r\n%s\r\n", value, proxy_body(value));
    GByteArray *wire = g_byte_array_new();

    g_byte_array_append(wire, (const guint8 *)text, (guint)strlen(text));
    peer_send_wire_and_free(peer, side, wire);
    g_free(text);
}

/* PROXY protocol, version 1. */
static void
word_proxy_header(struct peer *peer, enum side side, const char *value)
{
    GByteArray *wire = g_byte_array_new();

    (void)value;
    append_text(wire, "PROXY TCP4 203.0.113.7 198.51.100.20 50000 443\r\n");
    peer_send_wire_and_free(peer, side, wire);
}

/* A service that is no TLS speaks: SSH; =http: a web server in clear; =binary: nothing known. */
static void
word_banner(struct peer *peer, enum side side, const char *value)
{
    const char *banner = strcmp(value, "http") == 0     ? "HTTP/1.1 400 Bad Request\r\n\r\n"
                         : strcmp(value, "binary") == 0 ? "\1\2\3\4\5\6\7\10"
                                                        : "SSH-2.0-OpenSSH_9.2\r\n";
    GByteArray *wire = g_byte_array_new();

    append_text(wire, banner);
    peer_send_wire_and_free(peer, side, wire);
}

/* =plain: without a correlation id; via: as a proxy hands it on. */
static void
word_post(struct peer *peer, enum side side, const char *value)
{
    const char *id = login_has(value, "plain")
                         ? ""
                         : "SSTPCORRELATIONID: {6F1B7A3C-5D0E-4F57-9B1C-0A2D6E8F4C11}\r\n";
    char *text = g_strdup_printf(
        "SSTP_DUPLEX_POST /sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/ HTTP/1.1\r\n"
        "Host: %s\r\nContent-Length: 18446744073709551615\r\n%s%s\r\n",
        peer->host, id, login_has(value, "via") ? "Via: 1.1 proxy.example.com\r\n" : "");

    peer_send_text(peer, side, text);
    g_free(text);
}

/* value: the status, 200 without one; then by commas: old, chunked, length, endless, or windows
 * with a header of the size that is seen there. */
static void
word_answer(struct peer *peer, enum side side, const char *value)
{
    char *server = g_strdup_printf("Server: %s\r\n", peer->server ? peer->server : "");
    const char *length = login_has(value, "chunked")   ? "Transfer-Encoding: chunked\r\n"
                         : login_has(value, "length")  ? "Content-Length: 612\r\n"
                         : login_has(value, "endless") ? ""
                                                       : "Content-Length: "
                                                         "18446744073709551615\r\n";
    char *text =
        g_strdup_printf("HTTP/1.%d %.3s Whatever\r\n%s%s%s\r\n", login_has(value, "old") ? 0 : 1,
                        *value ? value : "200", peer->server ? server : "", length,
                        login_has(value, "windows") ? "Server: Microsoft-HTTPAPI/2.0\r\n" : "");

    peer_send_text(peer, side, text);
    g_free(text);
    g_free(server);
}

const struct peer_word peer_http_words[] = {
    { "proxy", WORD_NOW, WORD_OF_SIDE, word_proxy },
    { "proxy-header", WORD_NOW, WORD_OF_SIDE, word_proxy_header },
    { "banner", WORD_NOW, WORD_OF_SIDE, word_banner },
    { "post", WORD_NOW, WORD_OF_SIDE, word_post },
    { "answer", WORD_NOW, WORD_OF_SIDE, word_answer },
    { NULL, WORD_NOW, WORD_OF_NOBODY, NULL },
};
