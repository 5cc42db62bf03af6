/* standin.c - what stands for a secret
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "standin.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <string.h>

#include "base/hash.h"

enum { IPV4_LEN = 4, IPV6_LEN = 16 };

struct standins {
    GHashTable *known; /* "kind:word" to its stand-in */
    guint words[STANDIN_KINDS];
    guint public_hosts, global_hosts, macs, digits;
    GHashTable *networks; /* an IPv4 network of 24 bits to a struct network */
    guint num_networks;
};

/* One of the ranges that keep their kind. */
static const struct range {
    guint8 first, second; /* begin of what stands in for it */
    guint32 value, mask;
} ranges[] = {
    { 10, 0, 0x0a000000, 0xff000000 }, /* RFC 1918 */
    { 10, 0, 0xac100000, 0xfff00000 },    { 10, 0, 0xc0a80000, 0xffff0000 },
    { 100, 64, 0x64400000, 0xffc00000 },  /* RFC 6598 */
    { 169, 254, 0xa9fe0000, 0xffff0000 }, /* RFC 3927 */
};

struct standins *
standins_new(void)
{
    struct standins *standins = g_new0(struct standins, 1);

    standins->known = g_hash_table_new_full(hash_text, g_str_equal, g_free, g_free);
    standins->networks = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    return standins;
}

void
standins_free(struct standins *standins)
{
    g_hash_table_unref(standins->known);
    g_hash_table_unref(standins->networks);
    g_free(standins);
}

static const char *
lookup(const struct standins *standins, char kind, const char *word)
{
    char *key = g_strdup_printf("%c:%s", kind, word);
    const char *found = g_hash_table_lookup(standins->known, key);

    g_free(key);
    return found;
}

/* Takes over standin; the first one stays. */
static const char *
keep(struct standins *standins, char kind, const char *word, char *standin)
{
    const char *found = lookup(standins, kind, word);

    if (found) {
        g_free(standin);
        return found;
    }
    g_hash_table_insert(standins->known, g_strdup_printf("%c:%s", kind, word), standin);
    return standin;
}

/* --- names ----------------------------------------------------------------------------------- */

const char *
standin_word(struct standins *standins, enum standin_kind kind, const char *word)
{
    static const char *const forms[STANDIN_KINDS] = {
        [STANDIN_USER] = "user-%u",  [STANDIN_DOMAIN] = "DOMAIN-%u",
        [STANDIN_LABEL] = "host-%u", [STANDIN_ZONE] = "domain-%u.example",
        [STANDIN_NAME] = "name-%u",  [STANDIN_PASSWORD] = "password-%u",
    };
    char *folded = g_utf8_casefold(word, -1);
    const char *found = lookup(standins, (char)('a' + kind), folded);

    if (!found) {
        GString *text = g_string_new(NULL);
        const char *percent = strchr(forms[kind], '%');
        g_string_append_len(text, forms[kind], percent - forms[kind]);
        g_string_append_printf(text, "%u%s", ++standins->words[kind], percent + 2);
        found = keep(standins, (char)('a' + kind), folded, g_string_free(text, FALSE));
    }
    g_free(folded);
    return found;
}

/* How many of the last labels are what somebody registers: "example.com", "example.co.uk". */
static guint
zone_labels(char **labels, guint num)
{
    bool country = num > 2 && strlen(labels[num - 1]) == 2 && strlen(labels[num - 2]) <= 3;

    return MIN(num, country ? 3U : 2U);
}

const char *
standin_host(struct standins *standins, const char *name)
{
    char **labels = g_strsplit(name, ".", -1);
    guint num = g_strv_length(labels);
    GString *text = g_string_new(NULL);

    if (num < 2) {
        g_string_append(text, standin_word(standins, STANDIN_LABEL, name));
    } else {
        guint own = num - zone_labels(labels, num);
        for (guint i = 0; i < own; i++)
            g_string_append_printf(text, "%s.",
                                   strcmp(labels[i], "*") == 0
                                       ? "*"
                                       : standin_word(standins, STANDIN_LABEL, labels[i]));
        char *zone = g_strjoinv(".", labels + own);
        g_string_append(text, standin_word(standins, STANDIN_ZONE, zone));
        g_free(zone);
    }
    g_strfreev(labels);
    char *folded = g_ascii_strdown(name, -1);
    const char *kept = keep(standins, 'H', folded, g_string_free(text, FALSE));
    g_free(folded);
    return kept;
}

/* --- addresses ------------------------------------------------------------------------------- */

static bool
parse(const char *text, GSocketFamily family, guint8 *bytes)
{
    GInetAddress *address = g_inet_address_new_from_string(text);
    bool good = address && g_inet_address_get_family(address) == family;

    if (good)
        memcpy(bytes, g_inet_address_to_bytes(address), g_inet_address_get_native_size(address));
    g_clear_object(&address);
    return good;
}

/* Public hosts, in the order in which they come: three networks for documentation, then that for
 * benchmarks. */
static char *
public_standin(guint number)
{
    static const char *const networks[] = { "198.51.100", "203.0.113", "192.0.2" };
    enum { HOSTS = 254, BENCHMARKS = 1 << 17 };

    if (number < HOSTS * G_N_ELEMENTS(networks))
        return g_strdup_printf("%s.%u", networks[number / HOSTS], number % HOSTS + 1);
    number = (number - (guint)(HOSTS * G_N_ELEMENTS(networks))) % BENCHMARKS;
    return g_strdup_printf("198.%u.%u.%u", 18 + (number >> 16), number >> 8 & 255, number & 255);
}

struct network {
    guint number, hosts;
};

/* The first and the last address of a network stay what they are. */
static char *
private_standin(struct standins *standins, const struct range *range, guint32 address)
{
    gpointer key = GUINT_TO_POINTER(address >> 8);
    struct network *network = g_hash_table_lookup(standins->networks, key);
    guint host = address & 255;

    if (!network) {
        network = g_new0(struct network, 1);
        network->number = ++standins->num_networks;
        g_hash_table_insert(standins->networks, key, network);
    }
    if (host != 0 && host != 255)
        host = network->hosts++ % 254 + 1;
    guint second = range->second == 0 ? network->number >> 8 & 255 : range->second;
    return g_strdup_printf("%u.%u.%u.%u", range->first, second, network->number & 255, host);
}

static bool
names_nobody(guint32 address)
{
    return address >> 24 == 0 || address >> 24 == 127 || address >> 24 >= 224;
}

const char *
standin_ipv4(struct standins *standins, const char *text)
{
    guint8 bytes[IPV4_LEN];
    char *standin = NULL;

    if (!parse(text, G_SOCKET_FAMILY_IPV4, bytes))
        return NULL;
    const char *found = lookup(standins, '4', text);
    if (found)
        return found;
    guint32 address =
        (guint32)bytes[0] << 24 | (guint32)bytes[1] << 16 | (guint32)bytes[2] << 8 | bytes[3];
    for (size_t i = 0; i < G_N_ELEMENTS(ranges) && !standin; i++)
        if ((address & ranges[i].mask) == ranges[i].value)
            standin = private_standin(standins, &ranges[i], address);
    if (!standin)
        standin = names_nobody(address) ? g_strdup(text) : public_standin(standins->public_hosts++);
    return keep(standins, '4', text, standin);
}

const char *
standin_ipv6(struct standins *standins, const char *text)
{
    guint8 bytes[IPV6_LEN];

    if (!parse(text, G_SOCKET_FAMILY_IPV6, bytes))
        return NULL;
    /* One address has many forms. */
    GInetAddress *address = g_inet_address_new_from_bytes(bytes, G_SOCKET_FAMILY_IPV6);
    char *word = g_inet_address_to_string(address), *standin;
    const char *found = lookup(standins, '6', word);
    bool nobody = g_inet_address_get_is_any(address) || g_inet_address_get_is_loopback(address) ||
                  g_inet_address_get_is_multicast(address);
    if (!found) {
        guint number = nobody ? 0 : ++standins->global_hosts;
        if (nobody)
            standin = g_strdup(word);
        else if (g_inet_address_get_is_link_local(address))
            standin = g_strdup_printf("fe80::%x", number);
        else
            standin =
                g_strdup_printf("%s::%x", (bytes[0] & 0xfe) == 0xfc ? "fd00" : "2001:db8", number);
        found = keep(standins, '6', word, standin);
    }
    g_free(word);
    g_object_unref(address);
    return found;
}

/* --- digits ---------------------------------------------------------------------------------- */

/* Its hexadecimal digits in small letters, without what stands between. The caller's. */
static char *
bare_digits(const char *text)
{
    GString *bare = g_string_new(NULL);

    for (const char *p = text; *p; p++)
        if (g_ascii_isxdigit(*p))
            g_string_append_c(bare, g_ascii_tolower(*p));
    return g_string_free(bare, FALSE);
}

/* Text with its hexadecimal digits taken from digits, which has as many. */
static char *
dressed(const char *text, const char *digits)
{
    GString *all = g_string_new(NULL);

    for (const char *p = text; *p; p++)
        g_string_append_c(all, g_ascii_isxdigit(*p) ? *digits++ : *p);
    return g_string_free(all, FALSE);
}

static const char *
digits_as(struct standins *standins, char kind, const char *text, const char *bare, char *digits)
{
    const char *found = keep(standins, kind, bare, digits);
    char *form = dressed(text, found);
    char *key = g_strconcat(bare, "/", text, NULL);
    const char *kept = keep(standins, kind, key, form);
    g_free(key);
    return kept;
}

const char *
standin_mac(struct standins *standins, const char *text)
{
    enum { MAC_DIGITS = 12 };
    char *bare = bare_digits(text);
    const char *kept = text;

    /* Broadcast, and what is documentation already for nobody: RFC 7042 2.1.2. */
    if (strlen(bare) == MAC_DIGITS && strcmp(bare, "ffffffffffff") != 0 &&
        strcmp(bare, "000000000000") != 0) {
        bool known = lookup(standins, 'M', bare) != NULL;
        guint number = known ? 0 : standins->macs++;
        char *digits = number < 256 ? g_strdup_printf("00005e0053%02x", number)
                                    : g_strdup_printf("0200%08x", number);
        kept = digits_as(standins, 'M', text, bare, digits);
    }
    g_free(bare);
    return kept;
}

const char *
standin_digits(struct standins *standins, const char *text)
{
    char *bare = bare_digits(text);
    size_t len = strlen(bare);
    const char *kept = text;

    if (strspn(bare, "0") != len) {
        bool known = lookup(standins, 'D', bare) != NULL;
        char *number = g_strdup_printf("facade%x", known ? 0 : ++standins->digits);
        size_t number_len = strlen(number);
        GString *digits = g_string_new(NULL);
        /* The number stands at the end, behind zeros. */
        g_string_append_len(digits, number, (gssize)MIN(len, 6U));
        while (digits->len + number_len < len + 6)
            g_string_append_c(digits, '0');
        g_string_append(digits, number + 6);
        g_string_truncate(digits, len);
        g_free(number);
        kept = digits_as(standins, 'D', text, bare, g_string_free(digits, FALSE));
    }
    g_free(bare);
    return kept;
}
