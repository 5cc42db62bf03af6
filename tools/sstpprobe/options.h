/* options.h - the command line of sstpprobe
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_OPTIONS_H
#define SSTPPROBE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <gio/gio.h>

#include "base/findings.h"
#include "expect.h"
#include "lookup.h"

enum { LIMITS_MAX = 4 };

/* Of measures of --check, by name. */
struct limits {
    struct {
        char *name;
        double value;
    } limit[LIMITS_MAX];
    unsigned num;
};

struct options {
    char *name; /* of the server */
    uint16_t port;
    char *connect_to;     /* another name or address to connect to; NULL */
    char *proxy;          /* "proxy.example.com:3128"; NULL: none is used */
    const char *proxy_by; /* "--proxy", "https_proxy"; static */
    char *proxy_name;     /* of it; NULL as proxy */
    uint16_t dial_port;   /* of the proxy, else the server's */
    char **resolvers;     /* addresses to ask beside the host's; NULL: none */
    bool trials;          /* further attempts where the first one fails */
    enum lookup_family family;
    char *user; /* NULL: no account */
    char *password_file;
    int password_fd;                                    /* -1: none */
    unsigned methods;                                   /* set of enum method */
    char *client_cert, *client_key, *key_password_file; /* files of EAP-TLS, PEM; NULL: none */
    char *expect;                                       /* NULL: any certificate that holds */
    uint8_t expect_sha256[EXPECT_LEN];
    char *inner_host;    /* to reach in the tunnel; NULL: none */
    uint16_t inner_port; /* 0: none */
    char *exec;          /* command to run in the tunnel; NULL */
    char *ca;            /* NULL: what this host trusts */
    char *tls_version;   /* "1.2", "1.3"; NULL: what the library does */
    char *write;         /* file; NULL */
    bool write_keys;
    char *html;          /* file; NULL */
    char *record;        /* file for a capture of the wire; NULL */
    char *record_server; /* the server's end of it, as sstpcap has it; NULL */
    bool json, quiet, show_version;
    bool check;                      /* one line for a monitoring system */
    struct limits warning, critical; /* of it */
    char *prometheus;                /* file; NULL */
    unsigned repeat;                 /* how many walks */
    bool retry_refused;              /* log in though this password was refused before */
    char *withheld;                  /* why there is no login, though there is an account; NULL */
    int fail_on;                     /* enum severity; FAIL_ON_NEVER */
    unsigned timeout, patience;      /* seconds */
    unsigned idle;                   /* seconds to stay without a word; 0: none */
};

enum { FAIL_ON_NEVER = SEVERITY_ERROR + 1 };

/* "vpn.example.com:443", "[2001:db8::1]:443"; newly allocated. */
char *options_target(const char *name, uint16_t port);
/* False, with the reason in error. Ends the program for --help. */
bool options_parse(struct options *options, int argc, char **argv, GError **error);
void options_clear(struct options *options);
/* Who is to log in; NULL: nobody. */
const char *options_user(const struct options *options);
/* NULL: there is none for this name. */
const double *limits_find(const struct limits *limits, const char *name);

#endif
