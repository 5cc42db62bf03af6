/* main.c - sstpdiag-peer: a small SSTP server or client for tests, with switches for faults
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gio/gio.h>

#include "call.h"
#include "dial.h"

enum { STATUS_GOOD, STATUS_FAILED, STATUS_USAGE };
enum { MRU = 1400, PING_SIZE = 84, PATIENCE = 60, HELLO = 60, BACKLOG = 16 };

static struct options options = {
    .port = 443,
    .user = (char *)"alice",
    .sessions = 1,
    .silent = STAGE_COUNT,
    .abort = STAGE_COUNT,
    .close = STAGE_COUNT,
    .auth = PPP_CHAP,
    .hello = HELLO,
    .patience = PATIENCE,
    .mru = MRU,
    .pings = 3,
    .ping_size = PING_SIZE,
};

/* --- command line ----------------------------------------------------------------------------- */

static bool
parse_stage(const char *name, const char *value, GError **error)
{
    static const struct {
        const char *name;
        enum stage *where, first;
    } faults[] = {
        { "--silent", &options.silent, STAGE_TLS },
        { "--abort", &options.abort, STAGE_SSTP },
        { "--close", &options.close, STAGE_TLS },
    };
    size_t i = 0;
    enum stage stage = STAGE_TLS;

    while (i + 1 < G_N_ELEMENTS(faults) && strcmp(faults[i].name, name) != 0)
        i++;
    while (stage <= STAGE_DATA && strcmp(stage_name(stage), value) != 0)
        stage++;
    if (stage > STAGE_DATA || stage < faults[i].first) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s %s: no such stage", name,
                    value);
        return false;
    }
    *faults[i].where = stage;
    return true;
}

static gboolean
take_stage(const char *name, const char *value, void *data, GError **error)
{
    (void)data;
    return parse_stage(name, value, error);
}

static gboolean
take_word(const char *name, const char *value, void *data, GError **error)
{
    (void)data;
    if (strcmp(value, "pap") == 0)
        options.auth = PPP_PAP;
    else if (strcmp(value, "mschapv2") == 0)
        options.auth = PPP_CHAP;
    else if (strcmp(value, "eap-tls") == 0)
        options.auth = PPP_EAP;
    else if (strcmp(value, "one") == 0)
        options.packing = PACKING_ONE;
    else if (strcmp(value, "many") == 0)
        options.packing = PACKING_MANY;
    else if (strcmp(value, "half") == 0)
        options.packing = PACKING_HALF;
    else if (strcmp(value, "apart") == 0)
        options.packing = PACKING_APART;
    else {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s %s: no such word", name,
                    value);
        return FALSE;
    }
    return TRUE;
}

static char **rest;

static const GOptionEntry entries[] = {
    { "port", 'p', 0, G_OPTION_ARG_INT, &options.port, "TCP port (443)", "PORT" },
    { "cert", 0, 0, G_OPTION_ARG_FILENAME, &options.cert, "Certificate chain of the server, PEM",
      "FILE" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &options.key, "Its key, PEM", "FILE" },
    { "keylog", 0, 0, G_OPTION_ARG_FILENAME, &options.key_log, "Append TLS secrets", "FILE" },
    { "user", 0, 0, G_OPTION_ARG_STRING, &options.user, "Who logs in (alice)", "NAME" },
    { "sessions", 0, 0, G_OPTION_ARG_INT, &options.sessions, "Calls that the server takes (1)",
      "N" },
    { "auth", 0, 0, G_OPTION_ARG_CALLBACK, take_word, "What the server asks for (mschapv2)",
      "pap|mschapv2|eap-tls" },
    { "patience", 0, 0, G_OPTION_ARG_INT, &options.patience,
      "Gives up after so long without progress (60)", "SECONDS" },
    { "hello", 0, 0, G_OPTION_ARG_INT, &options.hello,
      "Sends an SSTP echo after so long without a packet (60); 0: never", "SECONDS" },
    { "stay", 0, 0, G_OPTION_ARG_INT, &options.stay, "How long the client stays when it is up (0)",
      "SECONDS" },
    { "pings", 0, 0, G_OPTION_ARG_INT, &options.pings, "Echo requests of the client (3)", "N" },
    { "ping-size", 0, 0, G_OPTION_ARG_INT, &options.ping_size,
      "Their length, whatever MRU was agreed (84)", "BYTES" },
    { "mru", 0, 0, G_OPTION_ARG_INT, &options.mru, "What it asks for (1400)", "BYTES" },
    { "packing", 0, 0, G_OPTION_ARG_CALLBACK, take_word,
      "SSTP packets in a TLS record: one, many, half of one, or that and the rest later",
      "one|many|half|apart" },
    { "silent", 0, 0, G_OPTION_ARG_CALLBACK, take_stage,
      "Says nothing from this stage on: tls, http, sstp, lcp, auth, binding, ncp, data", "STAGE" },
    { "abort", 0, 0, G_OPTION_ARG_CALLBACK, take_stage, "Sends Call Abort in it", "STAGE" },
    { "close", 0, 0, G_OPTION_ARG_CALLBACK, take_stage, "Resets the TCP connection in it",
      "STAGE" },
    { "nak", 0, 0, G_OPTION_ARG_NONE, &options.nak, "Answers by Call Connect Nak", NULL },
    { "no-echo", 0, 0, G_OPTION_ARG_NONE, &options.no_echo, "Answers no SSTP echo", NULL },
    { "auth-delay", 0, 0, G_OPTION_ARG_INT, &options.auth_delay,
      "The server's verdict on the login comes so late (0)", "SECONDS" },
    { "wrong-hash", 0, 0, G_OPTION_ARG_NONE, &options.wrong_hash,
      "Expects, or the client names, another certificate", NULL },
    { "other-password", 0, 0, G_OPTION_ARG_NONE, &options.other_password,
      "The client logs in by a wrong password", NULL },
    { "no-binding-keys", 0, 0, G_OPTION_ARG_NONE, &options.no_binding_keys,
      "The client makes its Compound MAC without keys", NULL },
    { "eap-cert", 0, 0, G_OPTION_ARG_FILENAME, &options.eap_cert,
      "Certificate of the server in EAP-TLS (that of --cert)", "FILE" },
    { "eap-key", 0, 0, G_OPTION_ARG_FILENAME, &options.eap_key, "Its key", "FILE" },
    { "client-ca", 0, 0, G_OPTION_ARG_FILENAME, &options.client_ca,
      "Who signs the clients' certificates", "FILE" },
    { "eap-tls", 0, 0, G_OPTION_ARG_STRING, &options.eap_tls, "TLS inside EAP", "1.2|1.3" },
    { "ipv6", 0, 0, G_OPTION_ARG_NONE, &options.ipv6, "Speaks IPV6CP", NULL },
    { "callback", 0, 0, G_OPTION_ARG_NONE, &options.callback,
      "Asks by CBCP whom to call back, and waits for that", NULL },
    { "no-dns", 0, 0, G_OPTION_ARG_NONE, &options.no_dns, "The resolver behind it is silent",
      NULL },
    { "inner-limit", 0, 0, G_OPTION_ARG_INT, &options.inner_limit,
      "Longest packet that the hosts behind it see (any)", "BYTES" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &rest, NULL, NULL },
    { 0 },
};

static bool
in_range(GError **error)
{
    if (options.port > 0 && options.port <= G_MAXUINT16 && options.sessions > 0 &&
        options.patience > 0 && options.hello >= 0 && options.stay >= 0 &&
        options.auth_delay >= 0 && options.pings >= 0 && options.mru >= 64 && options.mru <= 4000 &&
        options.ping_size >= 28 && options.ping_size <= 4000)
        return true;
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "a number is out of range");
    return false;
}

static bool
parse(int argc, char **argv, GError **error)
{
    GOptionContext *context = g_option_context_new("server|client ADDRESS [PPPD ARGUMENT...]");
    bool good;

    g_option_context_set_summary(
        context, "A small SSTP server or client for tests, with switches for faults. Its password "
                 "is that of\nthe unit tests (tests/unit/login.h). Behind the address of a server "
                 "may stand\n\"--\" and a command that speaks PPP on its terminal; without one "
                 "its own does.");
    g_option_context_set_strict_posix(context, FALSE);
    g_option_context_add_main_entries(context, entries, NULL);
    good = g_option_context_parse(context, &argc, &argv, error) && in_range(error);
    g_option_context_free(context);
    if (!good)
        return false;
    if (!rest || !rest[0] || !rest[1] ||
        (strcmp(rest[0], "server") != 0 && strcmp(rest[0], "client") != 0)) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "server or client, and ADDRESS");
        return false;
    }
    options.server = strcmp(rest[0], "server") == 0;
    options.host = rest[1];
    options.pppd = options.server && rest[2] ? rest + 2 : NULL;
    if (options.server && (!options.cert || !options.key)) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "a server has --cert and --key");
        return false;
    }
    return true;
}

/* --- connections ------------------------------------------------------------------------------ */

static int
fail(const char *what)
{
    perror(what);
    return STATUS_FAILED;
}

/* As each SSTP packet is to be a segment of its own. */
static void
send_at_once(int fd)
{
    const int on = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static int
serve(const struct sockaddr_in *address)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    bool good = true;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (const struct sockaddr *)address, sizeof *address) != 0 ||
        listen(fd, BACKLOG) != 0)
        return fail(options.host);
    printf("listening\n");
    fflush(stdout);
    for (int i = 0; i < options.sessions; i++) {
        const int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

        if (peer < 0)
            return fail("accept");
        send_at_once(peer);
        good = call_run(&options, peer) && good;
    }
    close(fd);
    return good ? STATUS_GOOD : STATUS_FAILED;
}

static int
dial(const struct sockaddr_in *address)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof *address) != 0)
        return fail(options.host);
    send_at_once(fd);
    return dial_run(&options, fd, options.other_password ? LOGIN_OTHER_PASSWORD : LOGIN_PASSWORD)
               ? STATUS_GOOD
               : STATUS_FAILED;
}

int
main(int argc, char **argv)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    GError *error = NULL;

    signal(SIGPIPE, SIG_IGN);
    if (!parse(argc, argv, &error)) {
        fprintf(stderr, "sstpdiag-peer: %s\n", error->message);
        g_error_free(error);
        return STATUS_USAGE;
    }
    address.sin_port = htons((uint16_t)options.port);
    if (inet_pton(AF_INET, options.host, &address.sin_addr) != 1) {
        fprintf(stderr, "sstpdiag-peer: %s is no IPv4 address\n", options.host);
        return STATUS_USAGE;
    }
    return options.server ? serve(&address) : dial(&address);
}
