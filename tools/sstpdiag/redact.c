/* redact.c - what is told, without who it was
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "redact.h"

#include <string.h>

#include "base/hash.h"
#include "standin.h"

enum { LEARNT_MIN_LEN = 3 /* characters of a name that is replaced wherever it stands */ };

struct redactor {
    struct standins *standins;
    GRegex *contexts;  /* words behind which a secret stands */
    GRegex *shapes;    /* secrets by their own form, and words */
    GHashTable *names; /* casefolded name to its stand-in, both owned */
    GPtrArray *files;  /* paths of captures, and behind each what stands for it */
    GPtrArray *marked; /* stand-ins of the text in hand, by the numbers of their marks */
    bool learning;
};

/* A secret by its form. The first row that fits at a place counts. */
static const struct shape {
    const char *name, *pattern; /* without groups that are captured */
    const char *(*standin)(struct standins *standins, const char *text); /* NULL: special */
} shapes[] = {
    { "mark", "\x01\\d+\x02", NULL },
    { "dump",
      "(?<![\\w])(?:[0-9A-Fa-f]{2}[ \\t]{1,2}){7,}[0-9A-Fa-f]{2}\\b[^\\n]*|"
      "(?<![\\w])(?:[0-9A-Fa-f]{4} ){4,}[0-9A-Fa-f]{2,4}\\b[^\\n]*",
      NULL },
    { "bytes", "(?<![\\w])(?:[0-9A-Fa-f]{2}(?:[ \\t]{1,2}|\\n {4,})){2,15}[0-9A-Fa-f]{2}\\b",
      NULL },
    { "print", "(?<![0-9A-Za-z:])(?:[0-9A-Fa-f]{2}:){7,}[0-9A-Fa-f]{2}(?![0-9A-Za-z:])",
      standin_digits },
    { "mac",
      "(?<![0-9A-Za-z:.-])(?:(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|"
      "(?:[0-9A-Fa-f]{4}\\.){2}[0-9A-Fa-f]{4})(?![0-9A-Za-z:]|-[0-9A-Fa-f])",
      standin_mac },
    { "guid",
      "(?<![0-9A-Za-z])[0-9A-Fa-f]{6,8}-[0-9A-Fa-f]{3,4}-[0-9A-Fa-f]{3,4}"
      "(?:-[0-9A-Fa-f]{3,4})?-[0-9A-Fa-f]{6,12}(?![0-9A-Za-z])",
      standin_digits },
    /* Cut off by who shortened the line. */
    { "guidcut",
      "(?<![0-9A-Za-z-])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{0,12}){1,4}(?=\\.\\.\\.|\"|\\}|\\n|$)|"
      "(?<=\\{)[0-9A-Fa-f]{2,8}(?=\\.\\.\\.)",
      standin_digits },
    { "sid", "\\bS-1-5-21(?:-\\d+){3,5}", NULL },
    { "ipsix",
      "(?<![\\w:.])[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{0,40}:[0-9A-Fa-f:.]{0,40}"
      "(?:(?<![:.])|(?<=[0-9A-Fa-f]::))",
      standin_ipv6 },
    { "arpa", "(?<![\\w.])(?:\\d{1,3}\\.){4}in-addr\\.arpa", NULL },
    { "ipfour", "(?<![\\w.])(?:\\d{1,3}\\.){3}\\d{1,3}(?![\\w]|\\.\\d)", standin_ipv4 },
    { "mail", "(?<![\\w.+-])[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)*", NULL },
    { "account", "(?<![\\w\\\\:%.-])[\\w.-]+\\\\+[\\w.$-]+(?![\\w\\\\])", NULL },
    { "host",
      "(?<![\\w.@\\\\-])(?:\\*\\.)?(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*)\\.)+[A-Za-z]{2,24}"
      "(?![\\w(-]|\\.[\\w])",
      NULL },
    { "hex", "(?<![0-9A-Za-z])(?:0x)?[0-9A-Fa-f]{16,}(?![0-9A-Za-z])", NULL },
    { "word", "\\w(?:[\\w.+$-]*[\\w$])?", NULL },
};

/* Some of what is none of these, which the report may have broken into lines. */
#define WRAPPED(none) "(?:[^" none "\\n]|\\n {4,})+"

/* Behind these words a secret stands: u a user, d a domain of Windows, h a host, n another name,
 * p a password, x what an administrator wrote for people. */
static const char *const contexts[] = {
    "Reply-Message[ ]?[=:]?\\s+?[=:]?\\s*\"(?<x>" WRAPPED("\"") ")\"",
    "Reply-Message[ ]?[=:][ ]?(?<x>[^\\s\"][^\\n]*)",
    "\\bV=\\d\\s+M=(?<x>" WRAPPED("\"\\]>") ")",
    "NAS-Identifier\\s?[=:]?\\s*\"(?<n>" WRAPPED("\"") ")\"",
    "NAS-Identifier[ ]?[=:][ ]?(?<n>[^\\s\",;>\\]]+)",
    "://(?<u>[^\\s/:@\"'<>]+):[^\\s/@\"'<>]*@",
    "\\bvpn[\\w-]*\\[[^\"\\n\\]]{0,80}\"(?<n>" WRAPPED("\"") ")\"",
    "(?:Namen?|named|nomm\u00e9e|llamada|denominata|genaamd|\u0438\u043c\u0435\u043d\u0435\u043c|"
    "\u043f\u043e\u0434\u043a\u043b\u044e\u0447\u0435\u043d\u0438\u0435|nazwie|nome)\\s+"
    "[\"'\u00ab\u201e\u201c](?<n>" WRAPPED("\"'\u00bb\u201c\u201d") ")[\"'\u00bb\u201c\u201d]",
    "(?:/home/|/Users/|\\\\Users\\\\|\\\\Documents and Settings\\\\)(?<u>[^/\\\\\\s\"'<>:]+)",
    "(?:--user|--login|-u)[ =](?<u>[^\\s\"']+)",
    "(?:--password|--pass|password|passwd|secret|Password)[ ]?[=:][ ]?\"?(?<p>[^\\s\",;<>\\]]+)",
    "--password (?<p>\\S+)",
    "\\bBasic (?<p>[A-Za-z0-9+/=]{8,})",
    "(?:user|username|user_name|User-Name|User|name|peer|login)[ ]?=[ ]?[\"'](?<u>[^\"'\\n]+)[\"']",
    "(?:username|user_name|User-Name|user)[ ]?=[ ]?(?<u>[^\\s\"',;\\]<>]+)",
    "User-?Name[^>\\n]{0,40}>(?<u>[^<\\s][^<\\n]*)<",
    "(?:User-Name|[Uu]sername) \"(?<u>[^\"\\n]+)\"",
    "(?:Benutzer|[Uu]tilisateur|[Uu]suario|[Uu]su\u00e1rio|[Uu]tente|[Gg]ebruiker|"
    "\u041f\u043e\u043b\u044c\u0437\u043e\u0432\u0430\u0442\u0435\u043b\u044c) "
    "[\"'\u00ab\u201e]?(?<u>[^\\s\"'\u00bb\u201c,:]+)",
    "connection\\s+named\\s+(?<n>(?:[^\\n]|\\n {4,}){1,160}?)\\s+(?:which|that|with)\\b",
    "\\bSID-(?<u>[\\w.]+)-",
    "(?:HUB|Hub|hub):? \"(?<n>[^\"\\n]+)\"",
    "(?:The user|user name:?|User name:?|[Uu]ser|Login OK:|Login incorrect:?[^\\[\\n]{0,60}) "
    "[\"'\\[](?<u>[^\"'\\]/\\n]+)",
    "The user (?<u>[^\\s\"]+) (?:dialed|has|successfully|is|with)",
    "\\buser (?<u>[^\\s\"',:]+) (?:logged|authenticat|disconnect|connected|from|failed)",
    "(?:Account Name|Fully Qualified Account Name):[ \\t]+(?<u>\\S+)",
    "Account Domain:[ \\t]+(?<d>\\S+)",
    "\\b(?:ppp|sstp)\\d+:(?<u>[^\\s:\\[\\]]+): ",
    "<sstp-(?<u>[^>\\s]+)>",
    "(?<![\\w.@-])(?<u>[\\w.@-]+): (?:authentication (?:succeeded|failed)|IPV4|disconnected)",
    "authenticated as (?<u>[^\\s\"']+)",
    "<Computer>(?<h>[^<\\s]+)</Computer>",
    "(?:Computer|ComputerName|MachineName|_HOSTNAME|Host name|hostname)[\"']?[ \\t]*[:=][ \\t]*"
    "[\"']?(?<h>[^\\s\"',<>]+)",
    "(?:resolve host:?|lookup host:?|Resolved|connect to|Connected to|connecting to|server name) "
    "\"?(?<h>[A-Za-z0-9_*][A-Za-z0-9_*.-]*[A-Za-z0-9])",
    "(?:^|\\n)(?:[> |]*)(?:<\\d+>)?\\d? ?\\w{3,4}\\.? [ \\d]\\d \\d\\d:\\d\\d:\\d\\d(?:[.,]\\d+)? "
    "(?<h>[A-Za-z0-9][\\w.-]*) [\\w./-]+(?:\\[\\d+\\])?[: ]",
    "(?:^|\\n)(?:<\\d+>1 )?(?:\\w{3} )?\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d+)?"
    "(?:Z|[+-]\\d\\d:?\\d\\d| [A-Z]{3,4})? (?<h>[A-Za-z0-9][\\w.-]*) [\\w./-]+(?:\\[\\d+\\]:| \\d+ "
    "- )",
    "\\b(?:CN|OU|O|DC) ?= ?(?<n>" WRAPPED(",/;\"'<>()\\]=") "(?<!\\s))",
    "\\b(?:L|ST|street) ?= ?(?=\\p{L})(?<n>" WRAPPED(",/;\"'<>()\\]=") "(?<!\\s))",
};

/* Ends of names that are files or code, not hosts. */
static const char *const no_hosts[] = {
    "adoc", "c",      "cer",  "cfg",    "cnf",    "conf",  "crt",  "csv", "def", "dll",     "evtx",
    "exe",  "gz",     "h",    "html",   "java",   "js",    "json", "key", "kt",  "lib",     "log",
    "md",   "mount",  "pcap", "pcapng", "pem",    "pfx",   "ps",   "py",  "rc",  "service", "sh",
    "sock", "socket", "so",   "sys",    "target", "timer", "txt",  "tsv", "xml", "yaml",    "yml",
};

/* First labels of classes of Java and .NET, and first parts of keys of the registry. */
static const char *const no_names[] = {
    "java",   "javax",  "android",   "androidx", "kotlin",    "kotlinx",           "kittoku",
    "dalvik", "system", "microsoft", "windows",  "schannel",  "sstpsvc",           "software",
    "hklm",   "hkcu",   "nt",        "builtin",  "authority", "currentcontrolset", "services",
    "cert",
};

/* Words of reports and logs: who is called so is replaced only where a word in front says that it
 * is a name. */
static const char *const common[] = {
    "client",   "server",  "user",       "users",     "name",   "host",    "system",  "unknown",
    "none",     "any",     "error",      "failed",    "ok",     "vpn",     "sstp",    "sstpc",
    "ppp",      "pppd",    "tcp",        "tls",       "http",   "auth",    "lcp",     "ipcp",
    "data",     "local",   "localhost",  "remote",    "peer",   "session", "capture", "frames",
    "frame",    "stage",   "evidence",   "what",      "advice", "note",    "warn",    "chat",
    "the",      "and",     "for",        "with",      "from",   "info",    "debug",   "notice",
    "daemon",   "kernel",  "accel-pppd", "accel-ppp", "yes",    "has",     "www",     "mail",
    "proxy",    "gateway", "access",     "dns",       "radius", "login",   "web",     "test",
    "internet", "default", "hub",        "line",      "log",    "time",
};

/* What reports themselves say, in the form of an address. */
static const char *const own_words[] = { "user@HUB", "password@host", "user@domain" };

static bool
is_among(const char *word, const char *const *list, size_t num)
{
    for (size_t i = 0; i < num; i++)
        if (g_ascii_strcasecmp(word, list[i]) == 0)
            return true;
    return false;
}

/* --- names ----------------------------------------------------------------------------------- */

/* Takes note of a name, but for one that is short or common. */
static void
learn(struct redactor *redactor, const char *name, const char *standin)
{
    if (g_utf8_strlen(name, -1) < LEARNT_MIN_LEN || is_among(name, common, G_N_ELEMENTS(common)) ||
        strspn(name, "0123456789.-") == strlen(name))
        return;
    char *folded = g_utf8_casefold(name, -1);
    if (g_hash_table_contains(redactor->names, folded))
        g_free(folded);
    else
        g_hash_table_insert(redactor->names, folded, g_strdup(standin));
}

static const char *
known_name(const struct redactor *redactor, const char *word)
{
    char *folded = g_utf8_casefold(word, -1);
    const char *standin = g_hash_table_lookup(redactor->names, folded);

    g_free(folded);
    return standin;
}

/* The host's own label, which logs have without the domain, too. */
static void
learn_label(struct redactor *redactor, const char *name, const char *standin)
{
    char *label = g_strndup(name, strcspn(name, "."));
    char *own = g_strndup(standin, strcspn(standin, "."));

    if (strlen(label) < strlen(name) && g_str_has_prefix(own, "host-"))
        learn(redactor, label, own);
    g_free(label);
    g_free(own);
}

static char *
host_standin(struct redactor *redactor, const char *name)
{
    const char *address = standin_ipv4(redactor->standins, name);

    if (!address)
        address = standin_ipv6(redactor->standins, name);
    if (address)
        return g_strdup(address);
    if (is_among(name, common, G_N_ELEMENTS(common)))
        return g_strdup(name);
    const char *standin = standin_host(redactor->standins, name);
    learn(redactor, name, standin);
    learn_label(redactor, name, standin);
    return g_strdup(standin);
}

static char *
plain_user(struct redactor *redactor, const char *name)
{
    const char *standin = standin_word(redactor->standins, STANDIN_USER, name);

    learn(redactor, name, standin);
    return g_strdup(standin);
}

static char *
domain_standin(struct redactor *redactor, const char *name)
{
    const char *standin = standin_word(redactor->standins, STANDIN_DOMAIN, name);

    learn(redactor, name, standin);
    return g_strdup(standin);
}

/* "DOMAIN\user", "user@domain", "user". */
static char *
user_standin(struct redactor *redactor, const char *name)
{
    const char *back = strrchr(name, '\\'), *at = strrchr(name, '@');

    if (back && back > name && back[1]) {
        char *domain = g_strndup(name, (gsize)(back - name));
        g_strdelimit(domain, "\\", ' ');
        g_strstrip(domain);
        char *own = domain_standin(redactor, domain), *user = plain_user(redactor, back + 1);
        char *both = g_strdup_printf("%s\\%s", own, user);
        g_free(own);
        g_free(user);
        g_free(domain);
        return both;
    }
    if (at && at > name && at[1]) {
        char *user_name = g_strndup(name, (gsize)(at - name));
        char *user = plain_user(redactor, user_name), *host = host_standin(redactor, at + 1);
        char *both = g_strdup_printf("%s@%s", user, host);
        g_free(user_name);
        g_free(user);
        g_free(host);
        return both;
    }
    return plain_user(redactor, name);
}

/* The value of an attribute of a certificate's name. */
static char *
name_standin(struct redactor *redactor, const char *value)
{
    if (strchr(value, '.') && !strchr(value, ' '))
        return host_standin(redactor, value);
    char **words = g_regex_split_simple("\\s+", value, 0, 0), *whole = g_strjoinv(" ", words);
    const char *standin = standin_word(redactor->standins, STANDIN_NAME, whole);
    learn(redactor, whole, standin);
    g_strfreev(words);
    g_free(whole);
    return g_strdup(standin);
}

/* --- contexts -------------------------------------------------------------------------------- */

char *
redactor_secret(struct redactor *redactor, char kind, const char *value)
{
    switch (kind) {
    case 'u':
        return user_standin(redactor, value);
    case 'h':
        return host_standin(redactor, value);
    case 'n':
        return name_standin(redactor, value);
    case 'd':
        return domain_standin(redactor, value);
    case 'x':
        return g_strdup("[text left out]");
    default:
        return g_strdup(standin_word(redactor->standins, STANDIN_PASSWORD, value));
    }
}

/* Puts a mark in the place of the secret, so that no other rule takes its stand-in for another
 * secret. */
static gboolean
replace_context(const GMatchInfo *match, GString *result, gpointer data)
{
    struct redactor *redactor = data;
    static const char *const kinds[] = { "u", "h", "n", "d", "p", "x" };
    gint whole, end, from = -1, to = -1;
    size_t kind = 0;

    g_match_info_fetch_pos(match, 0, &whole, &end);
    while (kind < G_N_ELEMENTS(kinds) &&
           (!g_match_info_fetch_named_pos(match, kinds[kind], &from, &to) || from < 0))
        kind++;
    char *text = g_match_info_fetch(match, 0);
    if (kind == G_N_ELEMENTS(kinds)) {
        g_string_append(result, text);
    } else {
        char *value = g_strndup(text + (from - whole), (gsize)(to - from));
        char *standin = redactor_secret(redactor, *kinds[kind], value);
        g_string_append_len(result, text, from - whole);
        if (redactor->learning) {
            g_string_append(result, value);
            g_free(standin);
        } else {
            g_string_append_printf(result, "\x01%u\x02", redactor->marked->len);
            g_ptr_array_add(redactor->marked, standin);
        }
        g_string_append(result, text + (to - whole));
        g_free(value);
    }
    g_free(text);
    return FALSE;
}

/* --- shapes ---------------------------------------------------------------------------------- */

/* A name of a file or of code is none of a host. */
static bool
is_host(const char *name)
{
    const char *end = strrchr(name, '.') + 1;
    char *first = g_strndup(name, strcspn(name, "."));
    bool mixed = g_ascii_isupper(*end) && g_ascii_islower(end[1]);
    bool host = !mixed && !is_among(end, no_hosts, G_N_ELEMENTS(no_hosts)) &&
                !is_among(first, no_names, G_N_ELEMENTS(no_names));

    g_free(first);
    return host;
}

/* As long as a hash, and no number. */
static bool
is_hash(const char *digits)
{
    enum { NUMBER_DIGITS_MAX = 20 };
    size_t len = strlen(digits);

    return len > NUMBER_DIGITS_MAX || strspn(digits, "0123456789") < len;
}

static bool
is_key(const char *account)
{
    char *first = g_strndup(account, strcspn(account, "\\"));
    bool key = is_among(first, no_names, G_N_ELEMENTS(no_names)) ||
               is_among(first, common, G_N_ELEMENTS(common));

    g_free(first);
    return key;
}

/* "20.100.51.198" for "198.51.100.20": as a reverse lookup has it. Newly allocated. */
static char *
reversed(const char *address)
{
    char **parts = g_strsplit(address, ".", -1);
    GString *text = g_string_new(NULL);

    for (guint i = g_strv_length(parts); i > 0; i--)
        g_string_append_printf(text, "%s%s", parts[i - 1], i > 1 ? "." : "");
    g_strfreev(parts);
    return g_string_free(text, FALSE);
}

/* A name of a reverse lookup; NULL when it holds no address. */
static char *
arpa_standin(struct redactor *redactor, const char *name)
{
    static const char zone[] = ".in-addr.arpa";
    char *digits = g_strndup(name, strlen(name) - strlen(zone)), *address = reversed(digits);
    const char *standin = standin_ipv4(redactor->standins, address);
    char *back = standin ? reversed(standin) : NULL;
    char *text = back ? g_strconcat(back, zone, NULL) : NULL;

    g_free(back);
    g_free(address);
    g_free(digits);
    return text;
}

/* A name that is known, or parts of the word that are. */
static void
append_word(const struct redactor *redactor, GString *result, const char *word)
{
    const char *whole = known_name(redactor, word);

    if (whole) {
        g_string_append(result, whole);
        return;
    }
    while (*word) {
        size_t len = strcspn(word, ".-_$+");
        char *part = g_strndup(word, len);
        const char *standin = len ? known_name(redactor, part) : NULL;
        g_string_append(result, standin ? standin : part);
        g_free(part);
        word += len;
        if (*word)
            g_string_append_c(result, *word++);
    }
}

static char *
hash_standin(const struct redactor *redactor, const char *text)
{
    size_t prefix = g_ascii_strncasecmp(text, "0x", 2) == 0 ? 2 : 0;

    return g_strdup_printf("%.*s%s", (int)prefix, text,
                           standin_digits(redactor->standins, text + prefix));
}

/* Does a row of bytes have a known name, or the beginning of one? */
static bool
spells_name(const struct redactor *redactor, const char *bytes)
{
    enum { SPELT_MIN_LEN = 3, DIGITS = 16 };
    GString *text = g_string_new(NULL);
    GHashTableIter iter;
    gpointer name;
    bool spells = false;

    for (const char *p = bytes; *p; p += strcspn(p, " \t\n"), p += strspn(p, " \t\n")) {
        guint64 byte = g_ascii_strtoull(p, NULL, DIGITS);
        g_string_append_c(text, byte > ' ' && byte < 0x7f ? g_ascii_tolower((char)byte) : ' ');
    }
    g_strstrip(text->str);
    g_hash_table_iter_init(&iter, redactor->names);
    while (!spells && strlen(text->str) >= SPELT_MIN_LEN &&
           g_hash_table_iter_next(&iter, &name, NULL))
        spells = strstr(name, text->str) || strstr(text->str, name);
    g_string_free(text, TRUE);
    return spells;
}

static void
append_special(struct redactor *redactor, GString *result, const char *name, const char *text)
{
    char *standin = NULL;

    if (strcmp(name, "word") == 0 || is_among(text, own_words, G_N_ELEMENTS(own_words))) {
        append_word(redactor, result, text);
        return;
    }
    if (strcmp(name, "mark") == 0)
        standin =
            g_strdup(g_ptr_array_index(redactor->marked, g_ascii_strtoull(text + 1, NULL, 10)));
    else if (strcmp(name, "dump") == 0 ||
             (strcmp(name, "bytes") == 0 && spells_name(redactor, text)))
        standin = g_strdup("[bytes left out]");
    else if (strcmp(name, "sid") == 0)
        standin = g_strdup_printf(
            "S-1-5-21-%s", strrchr(standin_word(redactor->standins, STANDIN_USER, text), '-') + 1);
    else if (strcmp(name, "arpa") == 0)
        standin = arpa_standin(redactor, text);
    else if (strcmp(name, "mail") == 0 || (strcmp(name, "account") == 0 && !is_key(text)))
        standin = user_standin(redactor, text);
    else if (strcmp(name, "host") == 0 && is_host(text))
        standin = host_standin(redactor, text);
    else if (strcmp(name, "hex") == 0 && is_hash(text))
        standin = hash_standin(redactor, text);
    if (standin)
        g_string_append(result, standin);
    else
        append_word(redactor, result, text);
    g_free(standin);
}

/* Which shape it is: each is a group of its own, and the last one is by far the most frequent. */
static size_t
shape_of(const GMatchInfo *match)
{
    size_t i = G_N_ELEMENTS(shapes);
    gint from = -1, to;

    while (i > 0 && (!g_match_info_fetch_pos(match, (gint)i, &from, &to) || from < 0))
        i--;
    return i ? i - 1 : G_N_ELEMENTS(shapes) - 1;
}

static gboolean
replace_shape(const GMatchInfo *match, GString *result, gpointer data)
{
    struct redactor *redactor = data;
    char *text = g_match_info_fetch(match, 0);
    const struct shape *shape = &shapes[shape_of(match)];
    const char *standin = shape->standin ? shape->standin(redactor->standins, text) : NULL;

    if (standin)
        g_string_append(result, standin);
    else if (shape->standin)
        g_string_append(result, text);
    else
        append_special(redactor, result, shape->name, text);
    g_free(text);
    return FALSE;
}

/* --- texts ----------------------------------------------------------------------------------- */

/* Without the two characters of which marks are made. The caller's. */
static char *
without_marks(const char *text)
{
    char *valid = g_utf8_make_valid(text, -1);

    return g_strdelimit(valid, "\x01\x02", '?');
}

static char *
replace(struct redactor *redactor, GRegex *regex, const char *text, GRegexEvalCallback with)
{
    char *result = g_regex_replace_eval(regex, text, -1, 0, 0, with, redactor, NULL);

    /* A text that the matcher gives up on is not shown as it is. */
    return result ? result : g_strdup("[left out]");
}

void
redactor_learn_text(struct redactor *redactor, const char *text)
{
    char *valid = without_marks(text);

    redactor->learning = true;
    g_free(replace(redactor, redactor->contexts, valid, replace_context));
    g_free(replace(redactor, redactor->shapes, valid, replace_shape));
    redactor->learning = false;
    g_free(valid);
}

void
redactor_learn_capture(struct redactor *redactor, const char *path)
{
    enum { NAME_MIN_LEN = 4, EXTENSION_MAX_LEN = 7 };
    char *base = g_path_get_basename(path);
    const char *names[] = { path, base }, *extension = strrchr(base, '.');

    if (!extension || strlen(extension) > EXTENSION_MAX_LEN)
        extension = "";
    guint number = redactor->files->len / 4 + 1;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        /* One that is shorter stands in other words, too. */
        bool fits = strlen(names[i]) >= NAME_MIN_LEN;
        g_ptr_array_add(redactor->files, g_strdup(fits ? names[i] : "\x01"));
        g_ptr_array_add(redactor->files, g_strdup_printf("capture-%u%s", number, extension));
    }
    g_free(base);
}

/* Puts marks in the place of the captures' names; takes text over. */
static char *
mark_files(struct redactor *redactor, char *text)
{
    for (guint i = 0; i < redactor->files->len; i += 2) {
        const char *name = g_ptr_array_index(redactor->files, i);
        if (*name == '\x01' || !strstr(text, name))
            continue;
        char **parts = g_strsplit(text, name, -1);
        char *mark = g_strdup_printf("\x01%u\x02", redactor->marked->len);
        g_ptr_array_add(redactor->marked, g_strdup(g_ptr_array_index(redactor->files, i + 1)));
        g_free(text);
        text = g_strjoinv(mark, parts);
        g_free(mark);
        g_strfreev(parts);
    }
    return text;
}

char *
redactor_text(struct redactor *redactor, const char *text)
{
    char *valid = mark_files(redactor, without_marks(text));
    char *marked = replace(redactor, redactor->contexts, valid, replace_context);
    char *result = replace(redactor, redactor->shapes, marked, replace_shape);

    g_ptr_array_set_size(redactor->marked, 0);
    g_free(valid);
    g_free(marked);
    return result;
}

/* --- life ------------------------------------------------------------------------------------ */

static GRegex *
compile(GString *pattern)
{
    GError *error = NULL;
    GRegex *regex = g_regex_new(pattern->str, G_REGEX_DUPNAMES | G_REGEX_OPTIMIZE, 0, &error);

    if (!regex)
        g_error("redact.c: %s", error->message); /* the patterns stand above */
    g_string_free(pattern, TRUE);
    return regex;
}

struct redactor *
redactor_new(void)
{
    struct redactor *redactor = g_new0(struct redactor, 1);
    GString *context = g_string_new(NULL), *shape = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(contexts); i++)
        g_string_append_printf(context, "%s%s", i ? "|" : "", contexts[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++)
        g_string_append_printf(shape, "%s(%s)", i ? "|" : "", shapes[i].pattern);
    redactor->contexts = compile(context);
    redactor->shapes = compile(shape);
    redactor->standins = standins_new();
    redactor->names = g_hash_table_new_full(hash_text, g_str_equal, g_free, g_free);
    redactor->marked = g_ptr_array_new_with_free_func(g_free);
    redactor->files = g_ptr_array_new_with_free_func(g_free);
    return redactor;
}

void
redactor_free(struct redactor *redactor)
{
    if (!redactor)
        return;
    g_regex_unref(redactor->contexts);
    g_regex_unref(redactor->shapes);
    standins_free(redactor->standins);
    g_hash_table_unref(redactor->names);
    g_ptr_array_unref(redactor->marked);
    g_ptr_array_unref(redactor->files);
    g_free(redactor);
}
