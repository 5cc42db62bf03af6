/* peer/script.c - scripts: words, and who runs them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include <string.h>

static const struct peer_word *const script_words[] = {
    peer_life_words,   peer_send_words, peer_tcp_words,  peer_path_words,
    peer_around_words, peer_tls_words,  peer_http_words, peer_sstp_words,
    peer_ppp_words,    peer_ncp_words,  peer_auth_words, peer_inner_words,
};

static const struct {
    const char *name, *script;
} script_composites[] = {
    { "tunnel", "dial lcp chap call-connected ipcp" }, /* no inner packet yet */
    { "inner-tcp", "inner-syn=1460 s.inner-syn=1460 inner-seg inner-seg=200" },
    { "tcp", "c.syn s.syn c.tcp-ack" },
    { "call", "post answer call-request call-ack" },
    { "dial", "tcp call" },
    { "lcp", "s.lcp-of c.lcp-of" },
    { "chap", "challenge response success" },
    { "eap-mschapv2",
      "eap=1 c.eap=1 eap-challenge eap-response eap-proof c.eap=26,03 eap-success" },
    { "pap", "pap-request pap-ack" },
    { "ipcp", "s.ipcp-of c.ipcp-of" },
    { "traffic", "c.data=100 s.data=100" },
    { "join", "lcp chap call-connected ipcp traffic" },
    { "up", "dial join" },
    { "up-tls", "tcp tls call join" },
    { "close", "c.fin s.fin c.tcp-ack" },
    { "goodbye", "c.terminate s.terminate-ack c.disconnect s.disconnect-ack" },
};

/* A word's value, 0 when there is none. */
unsigned
word_number(const char *value)
{
    char *end;
    guint64 number = g_ascii_strtoull(value, &end, 10);

    if (*end)
        g_error("no number: %s", value);
    return (unsigned)number;
}

static const char *
composite_find(const char *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(script_composites); i++)
        if (strcmp(script_composites[i].name, word) == 0)
            return script_composites[i].script;
    return NULL;
}

/* A word of this name, of len bytes; NULL when there is none. */
static const struct peer_word *
word_find(const char *name, size_t len)
{
    for (size_t i = 0; i < G_N_ELEMENTS(script_words); i++)
        for (const struct peer_word *word = script_words[i]; word->name; word++)
            if (strlen(word->name) == len && strncmp(word->name, name, len) == 0)
                return word;
    return NULL;
}

static void
run_word(struct peer *peer, const char *text)
{
    bool marked = *text == '!', has_side;
    const char *name = marked ? text + 1 : text, *value = strchr(name, '=');

    has_side = (name[0] == 'c' || name[0] == 's') && name[1] == '.';
    enum side side = name[0] == 's' ? SIDE_SERVER : SIDE_CLIENT;
    name += has_side ? 2 : 0;
    const struct peer_word *word = word_find(name, value ? (size_t)(value - name) : strlen(name));
    if (!word)
        g_error("no word of a script: %s", text);
    word->run(peer, has_side ? side : word->side, value ? value + 1 : "");
    if (marked)
        peer->marked = peer->frame;
}

/* Puts the words of a script in front of those that wait. */
static void
push_words(GQueue *queue, const char *script)
{
    char **list = g_strsplit(script, " ", -1);

    for (guint i = g_strv_length(list); i > 0; i--)
        if (*list[i - 1])
            g_queue_push_head(queue, g_strdup(list[i - 1]));
    g_strfreev(list);
}

void
peer_run(struct peer *peer, const char *script)
{
    GQueue queue = G_QUEUE_INIT;
    char *word;

    push_words(&queue, script);
    while ((word = g_queue_pop_head(&queue))) {
        const char *composite = composite_find(word);
        if (composite)
            push_words(&queue, composite);
        else
            run_word(peer, word);
        g_free(word);
    }
}
