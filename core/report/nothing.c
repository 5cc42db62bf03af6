/* nothing.c - what to say of a capture without an SSTP session
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/nothing.h"

#include "base/text.h"

static const struct situation {
    const char *name;
    const char *advice, *command_advice; /* for who runs tshark, and who runs sstpdiag */
} situations[] = {
    { "empty",
      "Look at the interface and the capture filter: tshark -D lists interfaces, and "
      "\"tcp port 443\" is a filter that keeps SSTP.",
      NULL },
    { "no_tcp",
      "SSTP runs over TCP, port 443 as a rule. Capture where the client's packets to the VPN "
      "server pass, while it dials.",
      NULL },
    { "no_tls",
      "SSTP runs inside TLS. If the VPN server is among these connections, name it: "
      "-o sstpdiag.servers:HOST.",
      "SSTP runs inside TLS. If the VPN server is among these connections, name it: "
      "--server HOST." },
    { "no_sstp",
      "Encrypted sessions that their record lengths do not show need TLS keys, "
      "-o tls.keylog_file:FILE, or their server named, -o sstpdiag.servers:HOST.",
      "Encrypted sessions that their record lengths do not show need TLS keys, --keylog FILE, or "
      "their server named, --server HOST." },
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
        return g_strdup_printf("No connection showed itself as SSTP: there %s %u TCP "
                               "connection%s and none is TLS.",
                               seen.connections == 1 ? "is" : "are", seen.connections,
                               seen.connections == 1 ? "" : "s");
    return g_strdup_printf("No connection showed itself as SSTP: there %s %u TLS connection%s to "
                           "%u server%s.",
                           seen.tls_connections == 1 ? "is" : "are", seen.tls_connections,
                           seen.tls_connections == 1 ? "" : "s", seen.tls_servers,
                           seen.tls_servers == 1 ? "" : "s");
}

static const char *
situation_advice(const struct situation *situation, bool for_command)
{
    return for_command && situation->command_advice ? situation->command_advice : situation->advice;
}

void
report_nothing_text(GString *text, const struct engine *engine, bool for_command)
{
    const struct situation *situation = situation_of(engine);

    if (!situation)
        return;
    char *words = situation_words(situation, engine);
    char *all = g_strconcat(words, " ", situation_advice(situation, for_command), NULL);
    text_wrapped(text, 0, 0, all);
    g_free(all);
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
    json_string(json, "advice", situation_advice(situation, for_command));
    json_object_end(json);
    g_free(words);
}
