/* peer/script.c - scripts: words, and who runs them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "parts.h"

#include <string.h>

#include "hex.h"

static const struct peer_word *const script_words[] = {
    peer_life_words,   peer_send_words, peer_resend_words, peer_tcp_words,  peer_path_words,
    peer_around_words, peer_tls_words,  peer_http_words,   peer_sstp_words, peer_ppp_words,
    peer_ncp_words,    peer_auth_words, peer_inner_words,
};

static const struct {
    const char *name, *script;
} script_composites[] = {
    { "tunnel", "dial lcp chap c.call-connected ipcp" }, /* no inner packet yet */
    { "inner-tcp", "c.inner-syn=1460 s.inner-syn=1460 c.inner-seg c.inner-seg=200" },
    { "tcp", "c.syn s.syn c.tcp-ack" },
    { "call", "c.post s.answer c.call-request s.call-ack" },
    { "dial", "tcp call" },
    { "lcp", "s.lcp-of c.lcp-of" },
    { "chap", "s.challenge c.response s.success" },
    { "eap-mschapv2",
      "s.eap=1 c.eap=1 s.eap-challenge c.eap-response s.eap-proof c.eap=26,03 s.eap-success" },
    { "pap", "c.pap-request s.pap-ack" },
    { "ipcp", "s.ipcp-of c.ipcp-of" },
    { "traffic", "c.data=100 s.data=100" },
    { "join", "lcp chap c.call-connected ipcp traffic" },
    { "up", "dial join" },
    { "up-tls", "tcp tls call join" },
    { "close", "c.fin s.fin c.tcp-ack" },
    { "goodbye", "c.terminate s.terminate-ack c.disconnect s.disconnect-ack" },
};

/* Settings that the engine is given: see peer_script_config(). */
static const char *const config_words[] = { "servers", "hash", "knows", "keylog" };

/* Scripts in notes and issues name no side where the sender is clear: these are the server's there.
 * Rows name it: peer_script_wrong(). */
static const char *const server_words[] = {
    "ttl",           "window",
    "sealed",        "retry",
    "flight",        "banner",
    "answer",        "call-ack",
    "call-nak",      "disconnect-ack",
    "echo-reply",    "oversize",
    "junk",          "raw",
    "ack",           "nak",
    "reject",        "protocol-reject",
    "cbcp",          "ipcp-nak",
    "auth-refused",  "challenge",
    "success",       "failure",
    "pap-ack",       "pap-nak",
    "eap",           "eap-challenge",
    "eap-proof",     "eap-refusal",
    "eap-success",   "eap-failure",
    "lcp-echo",      "inner-answer",
    "pong",          "inner-lose",
    "terminate-ack",
};

/* A word as it is written. */
struct token {
    const char *text;
    bool setting, marked;
    char sign; /* '+', '-', or 0 */
    bool has_side;
    enum side side;
    const char *name;
    size_t len;
    const char *value; /* "" where there is none */
};

bool
word_on(const char *value)
{
    return value && strcmp(value, "0") != 0;
}

unsigned
word_number(const char *value)
{
    char *end;
    guint64 number = g_ascii_strtoull(value, &end, 10);

    if (*end)
        g_error("no number: %s", value);
    return (unsigned)number;
}

static bool
is_name(const struct token *token, const char *name)
{
    return strlen(name) == token->len && strncmp(name, token->name, token->len) == 0;
}

static bool
is_one_of(const struct token *token, const char *const *names, size_t num)
{
    for (size_t i = 0; i < num; i++)
        if (is_name(token, names[i]))
            return true;
    return false;
}

static struct token
token_parse(const char *text, bool setting)
{
    struct token token = { .text = text, .setting = setting, .value = "" };
    const char *p = text, *equals;

    token.marked = *p == '!';
    p += token.marked;
    token.sign = *p == '+' || *p == '-' ? *p : '\0';
    p += token.sign != '\0';
    token.has_side = (p[0] == 'c' || p[0] == 's') && p[1] == '.';
    token.side = *p == 's' ? SIDE_SERVER : SIDE_CLIENT;
    token.name = p + (token.has_side ? 2 : 0);
    equals = strchr(token.name, '=');
    token.len = equals ? (size_t)(equals - token.name) : strlen(token.name);
    if (equals)
        token.value = equals + 1;
    if (!token.has_side)
        token.side =
            is_one_of(&token, server_words, G_N_ELEMENTS(server_words)) ? SIDE_SERVER : SIDE_CLIENT;
    return token;
}

static const char *
token_composite(const struct token *token)
{
    for (size_t i = 0; i < G_N_ELEMENTS(script_composites); i++)
        if (strcmp(script_composites[i].name, token->text) == 0)
            return script_composites[i].script;
    return NULL;
}

static const struct peer_word *
word_find(const struct token *token, bool lasts)
{
    for (size_t i = 0; i < G_N_ELEMENTS(script_words); i++)
        for (const struct peer_word *word = script_words[i]; word->name; word++)
            if ((word->life != WORD_NOW) == lasts && is_name(token, word->name))
                return word;
    return NULL;
}

/* NULL when there is none. Without its sign a word that lasts is one that begins. */
static const struct peer_word *
token_word(const struct token *token)
{
    const struct peer_word *word = word_find(token, token->sign || token->setting);

    return word ? word : word_find(token, true);
}

/* --- one word after the other ---------------------------------------------------------------- */

/* The words of a script in front of those that wait, settings still in brackets: each in its own.
 */
static void
push_words(GQueue *queue, const char *script)
{
    char **list = g_strsplit(script, " ", -1);
    GPtrArray *words = g_ptr_array_new();
    bool inside = false;

    for (char **word = list; *word; word++) {
        bool begins = **word == '[', setting = inside || begins;
        inside = setting && !g_str_has_suffix(*word, "]");
        if (setting)
            g_ptr_array_add(words,
                            g_strdup_printf("%s%s%s", begins ? "" : "[", *word, inside ? "]" : ""));
        else if (**word)
            g_ptr_array_add(words, g_strdup(*word));
    }
    for (guint i = words->len; i > 0; i--)
        g_queue_push_head(queue, g_ptr_array_index(words, i - 1));
    g_ptr_array_unref(words);
    g_strfreev(list);
}

/* Calls each with the words of a script, composites as they are written. */
static void
each_word(const char *script, void (*each)(void *data, const struct token *token), void *data)
{
    GQueue queue = G_QUEUE_INIT;
    char *word;

    push_words(&queue, script);
    while ((word = g_queue_pop_head(&queue))) {
        bool setting = *word == '[';
        if (setting)
            word[strlen(word) - 1] = '\0';
        const struct token token = token_parse(word + setting, setting);
        each(data, &token);
        g_free(word);
    }
}

static void
run_word(void *data, const struct token *token)
{
    struct peer *peer = data;
    const char *composite = token->setting ? NULL : token_composite(token);
    const struct peer_word *word = token_word(token);

    if (composite) {
        peer_run(peer, composite);
        return;
    }
    if (token->setting && is_one_of(token, config_words, G_N_ELEMENTS(config_words)))
        return;
    if (!word || (token->sign == '-' && word->life != WORD_LASTS))
        g_error("no word of a script: %s", token->text);
    word->run(peer, token->side, token->sign == '-' ? NULL : token->value);
    if (token->marked)
        peer->marked = peer->frame;
}

void
peer_run(struct peer *peer, const char *script)
{
    each_word(script, run_word, peer);
}

/* --- settings of the engine ------------------------------------------------------------------ */

static void
config_hash(struct config *config, const char *value)
{
    struct hex hex = hex_new(value);

    memcpy(config->hashes[0].bytes, hex.data, hex.len);
    config->hashes[0].len = hex.len;
    config->num_hashes = 1;
    hex_free(hex);
}

/* FORM:VALUE, for any user. */
static void
config_credential(struct config *config, const char *value)
{
    char **parts = g_strsplit(value, ":", 2);

    if (!config->credentials)
        config->credentials = credentials_new();
    const char *wrong = credentials_add(config->credentials, "*", parts[0], parts[1], NULL);
    if (wrong)
        g_error("knows=%s: %s", value, wrong);
    g_strfreev(parts);
}

static void
config_word(void *data, const struct token *token)
{
    struct config *config = data;

    if (!token->setting)
        return;
    if (is_name(token, "servers"))
        config->servers = (char *)(strcmp(token->value, "none") == 0 ? "" : "any");
    else if (is_name(token, "hash"))
        config_hash(config, token->value);
    else if (is_name(token, "knows"))
        config_credential(config, token->value);
    else if (is_name(token, "keylog"))
        config->find_secret = login_find_secret;
}

struct config
peer_script_config(const char *script)
{
    struct config config = peer_config();

    config.servers = (char *)"any";
    each_word(script, config_word, &config);
    return config;
}

static void
collect_credential(void *data, const struct token *token)
{
    GString *list = data;

    if (!token->setting || !is_name(token, "knows"))
        return;
    g_string_append_printf(list, "%s%s", list->len ? "," : "", token->value);
}

char *
peer_script_credentials(const char *script)
{
    GString *list = g_string_new(NULL);

    each_word(script, collect_credential, list);
    return g_string_free(list, FALSE);
}

/* --- how rows are written -------------------------------------------------------------------- */

struct style {
    bool begun; /* by a word that is no setting */
    const char *wrong;
    char *word;
};

/* NULL when it is written as the words of rows are. */
static const char *
token_wrong(const struct token *token, bool begun)
{
    const struct peer_word *word = token_word(token);
    bool engine = is_one_of(token, config_words, G_N_ELEMENTS(config_words));

    if (token->setting)
        return begun                                           ? "a setting behind the first word"
               : engine                                        ? NULL
               : !word || word->life == WORD_NOW               ? "no setting"
               : (word->of == WORD_OF_SIDE) != token->has_side ? "a side that is missing or idle"
                                                               : NULL;
    if (token_composite(token))
        return NULL;
    if (!word)
        return engine ? "a setting outside the brackets" : "no such word";
    if ((word->of == WORD_OF_SIDE) != token->has_side)
        return "a side that is missing or idle";
    if (word->life != WORD_NOW && !token->sign)
        return "a word that lasts, without its sign";
    if (word->life != WORD_NOW && !begun)
        return "it holds from the beginning: a setting";
    return NULL;
}

static void
check_word(void *data, const struct token *token)
{
    struct style *style = data;

    if (!style->wrong)
        style->wrong = token_wrong(token, style->begun);
    if (style->wrong && !style->word)
        style->word = g_strdup(token->text);
    style->begun |= !token->setting;
}

char *
peer_script_wrong(const char *script)
{
    struct style style = { 0 };
    char *text = NULL;

    each_word(script, check_word, &style);
    if (style.wrong)
        text = g_strdup_printf("%s: %s", style.word, style.wrong);
    g_free(style.word);
    return text;
}

char **
peer_script_words(const char *script)
{
    GQueue queue = G_QUEUE_INIT;
    GPtrArray *words = g_ptr_array_new();
    char *word;

    push_words(&queue, script);
    while ((word = g_queue_pop_head(&queue)))
        g_ptr_array_add(words, word);
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}
