/* nothing.c - what to say of a capture without an SSTP session
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/nothing.h"

#include "base/text.h"

static const struct situation {
    const char *name, *advice;
    bool servers, keys; /* behind the advice stand options that name a server, and keys */
} situations[] = {
    { "empty",
      "Look at the interface and the capture filter: tshark -D lists interfaces, and "
      "\"tcp port 443\" is a filter that keeps SSTP.",
      false, false },
    { "no_tcp",
      "SSTP runs over TCP, port 443 as a rule. Capture where the client's packets to the VPN "
      "server pass, while it dials.",
      false, false },
    { "no_tls",
      "SSTP runs inside TLS. If the VPN server is among these connections, name it:", true, false },
    { "no_sstp", "Encrypted sessions that their record lengths do not show need TLS keys,", true,
      true },
};

enum { SITUATION_EMPTY, SITUATION_NO_TCP, SITUATION_NO_TLS, SITUATION_NO_SSTP };

/* NULL: there is a session. */
static const struct situation *
situation_of(const struct engine *engine)
{
    const struct connections_seen seen = engine_seen(engine);

    if (engine_results(engine)->len > 0)
        return NULL;
    if (engine_num_frames(engine) == 0)
        return &situations[SITUATION_EMPTY];
    if (seen.connections == 0)
        return &situations[SITUATION_NO_TCP];
    return &situations[seen.tls_connections ? SITUATION_NO_SSTP : SITUATION_NO_TLS];
}

static char *
situation_words(const struct situation *situation, const struct engine *engine)
{
    const struct connections_seen seen = engine_seen(engine);

    if (situation == &situations[SITUATION_EMPTY])
        return g_strdup("There is no packet in this capture.");
    if (situation == &situations[SITUATION_NO_TCP])
        return g_strdup("There is no TCP connection in this capture.");
    if (situation == &situations[SITUATION_NO_TLS])
        return g_strdup_printf("No connection showed itself as SSTP: there %s %s and none is TLS.",
                               text_are(seen.connections),
                               text_count(seen.connections, "TCP connection").text);
    return g_strdup_printf("No connection showed itself as SSTP: there %s %s to %s.",
                           text_are(seen.tls_connections),
                           text_count(seen.tls_connections, "TLS connection").text,
                           text_count(seen.tls_servers, "server").text);
}

/* "--server vpn.example.com", to be pasted, where there is but one that it can be; "--server HOST"
 * otherwise. Newly allocated. */
static char *
server_option(const struct connections_seen *seen, bool for_command)
{
    const char *option = for_command ? "--server " : "-o sstpdiag.servers:";
    char *address = seen->tls_server ? endpoint_address_text(seen->tls_server) : NULL;
    char *words = g_strconcat(option,
                              seen->tls_name ? seen->tls_name
                              : address      ? address
                                             : "HOST",
                              NULL);

    g_free(address);
    return words;
}

/* Newly allocated. */
static char *
situation_advice(const struct situation *situation, const struct engine *engine, bool for_command)
{
    const struct connections_seen seen = engine_seen(engine);
    char *advice, *option;

    if (engine_candidates(engine)->len > 0 && !seen.servers_named)
        return g_strdup("Below is what failed before SSTP could show itself: if it was on the way "
                        "to the VPN server, it is the reason.");
    if (!situation->servers)
        return g_strdup(situation->advice);
    option = server_option(&seen, for_command);
    if (seen.servers_named)
        advice = g_strdup_printf("None of them goes to a server that was named. A name is known "
                                 "from DNS answers and from TLS alone: give the server's address, "
                                 "without a port or with the right one: %s.",
                                 option);
    else
        advice = g_strdup_printf("%s %s%s.", situation->advice,
                                 !situation->keys ? ""
                                 : for_command    ? "--keylog FILE, or their server named, "
                                               : "-o tls.keylog_file:FILE, or their server named, ",
                                 option);
    g_free(option);
    return advice;
}

void
report_nothing_text(GString *text, const struct engine *engine, bool for_command)
{
    const struct situation *situation = situation_of(engine);

    if (!situation)
        return;
    char *words = situation_words(situation, engine);
    char *advice = situation_advice(situation, engine, for_command);
    char *all = g_strconcat(words, " ", advice, NULL);
    text_wrapped(text, 0, 0, all);
    g_free(all);
    g_free(advice);
    g_free(words);
}

void
report_nothing_json(struct json *json, const struct engine *engine, bool for_command)
{
    const struct situation *situation = situation_of(engine);

    if (!situation) {
        json_null(json, "nothing");
        return;
    }
    char *words = situation_words(situation, engine);
    json_object_begin(json, "nothing");
    json_string(json, "situation", situation->name);
    json_string(json, "summary", words);
    char *advice = situation_advice(situation, engine, for_command);
    json_string(json, "advice", advice);
    g_free(advice);
    json_object_end(json);
    g_free(words);
}
