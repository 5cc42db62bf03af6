/* endpoint.c - addresses and ports: compared, as keys and as text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/endpoint.h"

#include <string.h>

#include "base/hash.h"

bool
endpoint_same_host(const struct endpoint *a, const struct endpoint *b)
{
    return a->addr_len == b->addr_len && memcmp(a->addr, b->addr, a->addr_len) == 0;
}

guint
endpoint_hash(gconstpointer endpoint)
{
    return hash_bytes(endpoint, sizeof(struct endpoint));
}

gboolean
endpoint_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(struct endpoint)) == 0;
}

guint
endpoint_host_hash(gconstpointer data)
{
    const struct endpoint *endpoint = data;

    return hash_bytes(endpoint->addr, endpoint->addr_len);
}

gboolean
endpoint_host_equal(gconstpointer a, gconstpointer b)
{
    return endpoint_same_host(a, b);
}

char *
endpoint_address_text(const struct endpoint *endpoint)
{
    const uint8_t *a = endpoint->addr;

    if (endpoint->addr_len == 4)
        return g_strdup_printf("%u.%u.%u.%u", a[0], a[1], a[2], a[3]);

    /* RFC 5952: the longest run of two or more zero groups becomes "::". */
    unsigned group[8], best = 8, best_len = 1;
    for (size_t i = 0; i < 8; i++)
        group[i] = (unsigned)a[2 * i] << 8 | a[2 * i + 1];
    for (unsigned i = 0; i < 8; i++) {
        unsigned n = 0;
        while (i + n < 8 && group[i + n] == 0)
            n++;
        if (n > best_len) {
            best = i;
            best_len = n;
        }
    }
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < 8; i++) {
        if (i == best) {
            g_string_append(text, "::");
            i += best_len - 1;
            continue;
        }
        if (text->len && text->str[text->len - 1] != ':')
            g_string_append_c(text, ':');
        g_string_append_printf(text, "%x", group[i]);
    }
    return g_string_free(text, FALSE);
}

char *
endpoint_text(const struct endpoint *endpoint)
{
    char *address = endpoint_address_text(endpoint);
    char *text =
        g_strdup_printf(endpoint->addr_len == 4 ? "%s:%u" : "[%s]:%u", address, endpoint->port);

    g_free(address);
    return text;
}
