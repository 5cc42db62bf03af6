/* cert.c - a server's certificate chain: from DER, as it was sent, to facts
 *
 * GnuTLS reads the certificates; nothing here looks into DER.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "crypto/cert.h"

#include <string.h>

#include <glib.h>
#include <gnutls/x509.h>

#include "base/event.h"
#include "base/text.h"

enum {
    ITEMS_MAX = 64, /* of a list inside a certificate */
    OID_MAX_LEN = 128,
    NAME_MAX_LEN = 256,
    URL_MAX_LEN = 1024,
};

/* What only CAs of browsers' stores put into a certificate: the list of Certificate Transparency
 * (RFC 6962 3.3), and policies of the CA/Browser Forum. */
static const char sct_oid[] = "1.3.6.1.4.1.11129.2.4.2";
static const char browser_forum_policies[] = "2.23.140.1.";

static const char *const key_names[] = {
    [CERT_KEY_OTHER] = "other",
    [CERT_KEY_RSA] = "RSA",
    [CERT_KEY_ECDSA] = "ECDSA",
    [CERT_KEY_EDDSA] = "EdDSA",
};

const char *
cert_key_name(enum cert_key key)
{
    return key_names[key];
}

static gnutls_x509_crt_t
crt_read_as(struct buf bytes, gnutls_x509_crt_fmt_t format)
{
    gnutls_datum_t datum = { (unsigned char *)bytes.p, (unsigned)buf_left(&bytes) };
    gnutls_x509_crt_t crt;

    if (gnutls_x509_crt_init(&crt) < 0)
        return NULL;
    if (buf_left(&bytes) > 0 && gnutls_x509_crt_import(crt, &datum, format) >= 0)
        return crt;
    gnutls_x509_crt_deinit(crt);
    return NULL;
}

static gnutls_x509_crt_t
crt_read(struct buf der)
{
    return crt_read_as(der, GNUTLS_X509_FMT_DER);
}

/* --- texts ----------------------------------------------------------------------------------- */

static char *
clean(const void *data, size_t len)
{
    return text_clean(buf_init(data, len));
}

typedef int (*dn_reader)(gnutls_x509_crt_t crt, gnutls_datum_t *dn, unsigned flags);

static char *
crt_dn(gnutls_x509_crt_t crt, dn_reader read)
{
    gnutls_datum_t dn = { NULL, 0 };

    if (read(crt, &dn, 0) < 0)
        return g_strdup("");
    char *text = clean(dn.data, dn.size);
    gnutls_free(dn.data);
    return text;
}

static char *
address_text(const uint8_t *a, size_t len)
{
    if (len == 4)
        return g_strdup_printf("%u.%u.%u.%u", a[0], a[1], a[2], a[3]);
    if (len != 16)
        return NULL;
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < len; i += 2)
        g_string_append_printf(text, i ? ":%x" : "%x", (unsigned)a[i] << 8 | a[i + 1]);
    return g_string_free(text, FALSE);
}

static void
cert_add_name(struct cert *cert, char *name)
{
    if (name && *name && cert->num_names < CERT_NAMES_MAX)
        cert->names[cert->num_names++] = name;
    else
        g_free(name);
}

static void
cert_read_names(struct cert *cert, gnutls_x509_crt_t crt)
{
    unsigned char name[NAME_MAX_LEN];

    for (unsigned i = 0; i < ITEMS_MAX; i++) {
        size_t len = sizeof name;
        unsigned type = 0;
        int result = gnutls_x509_crt_get_subject_alt_name2(crt, i, name, &len, &type, NULL);

        if (result == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
            break;
        if (result < 0)
            continue;
        if (type == GNUTLS_SAN_DNSNAME)
            cert_add_name(cert, clean(name, len));
        else if (type == GNUTLS_SAN_IPADDRESS)
            cert_add_name(cert, address_text(name, len));
    }
    size_t len = sizeof name;
    if (cert->num_names == 0 &&
        gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &len) >= 0)
        cert_add_name(cert, clean(name, len));
}

/* --- hosts ----------------------------------------------------------------------------------- */

static bool
cert_has_host(const struct cert *cert, enum cert_host_kind kind, const char *name)
{
    for (unsigned i = 0; i < cert->num_hosts; i++)
        if (cert->hosts[i].kind == kind && strcmp(cert->hosts[i].name, name) == 0)
            return true;
    return false;
}

/* The host of "http://host:port/path"; other schemes have none. */
static void
cert_add_url(struct cert *cert, enum cert_host_kind kind, const void *data, size_t len)
{
    char *url = clean(data, len), *host = NULL;

    if (g_ascii_strncasecmp(url, "http://", 7) == 0)
        host = url + 7;
    else if (g_ascii_strncasecmp(url, "https://", 8) == 0)
        host = url + 8;
    if (host) {
        cert->has_issuer_url |= kind == CERT_HOST_ISSUER;
        host[strcspn(host, *host == '[' ? "/?#]" : "/?#:")] = '\0';
        host += *host == '[';
    }
    if (host && *host && cert->num_hosts < CERT_HOSTS_MAX && !cert_has_host(cert, kind, host)) {
        cert->hosts[cert->num_hosts].kind = kind;
        cert->hosts[cert->num_hosts++].name = g_ascii_strdown(host, -1);
    }
    g_free(url);
}

static void
cert_read_access(struct cert *cert, gnutls_x509_crt_t crt, int what, enum cert_host_kind kind)
{
    for (unsigned i = 0; i < ITEMS_MAX; i++) {
        gnutls_datum_t url = { NULL, 0 };
        int result = gnutls_x509_crt_get_authority_info_access(crt, i, what, &url, NULL);

        if (result == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
            break;
        if (result < 0)
            continue;
        cert_add_url(cert, kind, url.data, url.size);
        gnutls_free(url.data);
    }
}

static void
cert_read_hosts(struct cert *cert, gnutls_x509_crt_t crt)
{
    char url[URL_MAX_LEN];

    cert_read_access(cert, crt, GNUTLS_IA_CAISSUERS_URI, CERT_HOST_ISSUER);
    cert_read_access(cert, crt, GNUTLS_IA_OCSP_URI, CERT_HOST_OCSP);
    for (unsigned i = 0; i < ITEMS_MAX; i++) {
        size_t len = sizeof url;
        int result = gnutls_x509_crt_get_crl_dist_points(crt, i, url, &len, NULL, NULL);

        if (result == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
            break;
        if (result >= 0)
            cert_add_url(cert, CERT_HOST_CRL, url, len);
    }
}

/* --- usage, key, dates ----------------------------------------------------------------------- */

static void
cert_read_usage(struct cert *cert, gnutls_x509_crt_t crt)
{
    char oid[OID_MAX_LEN];

    for (unsigned i = 0; i < ITEMS_MAX; i++) {
        size_t len = sizeof oid;
        int result = gnutls_x509_crt_get_key_purpose_oid(crt, i, oid, &len, NULL);

        if (result == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
            break;
        cert->has_usage = true;
        if (result >= 0)
            cert->server_usage |=
                strcmp(oid, GNUTLS_KP_TLS_WWW_SERVER) == 0 || strcmp(oid, GNUTLS_KP_ANY) == 0;
    }
}

static bool
crt_is_of_public_ca(gnutls_x509_crt_t crt)
{
    gnutls_datum_t list = { NULL, 0 };
    bool found = gnutls_x509_crt_get_extension_by_oid2(crt, sct_oid, 0, &list, NULL) >= 0;

    gnutls_free(list.data);
    for (unsigned i = 0; i < ITEMS_MAX && !found; i++) {
        gnutls_x509_policy_st policy = { 0 };

        if (gnutls_x509_crt_get_policy(crt, i, &policy, NULL) < 0)
            break;
        found = policy.oid && g_str_has_prefix(policy.oid, browser_forum_policies);
        gnutls_x509_policy_release(&policy);
    }
    return found;
}

static enum cert_key
key_of(int algorithm)
{
    switch (algorithm) {
    case GNUTLS_PK_RSA:
    case GNUTLS_PK_RSA_PSS:
        return CERT_KEY_RSA;
    case GNUTLS_PK_ECDSA:
        return CERT_KEY_ECDSA;
    case GNUTLS_PK_EDDSA_ED25519:
    case GNUTLS_PK_EDDSA_ED448:
        return CERT_KEY_EDDSA;
    default:
        return CERT_KEY_OTHER;
    }
}

static void
cert_read_key(struct cert *cert, gnutls_x509_crt_t crt)
{
    int signature = gnutls_x509_crt_get_signature_algorithm(crt);

    cert->key = key_of(gnutls_x509_crt_get_pk_algorithm(crt, &cert->key_bits));
    if (signature > 0) {
        gnutls_sign_algorithm_t algorithm = (gnutls_sign_algorithm_t)signature;
        gnutls_digest_algorithm_t hash = gnutls_sign_get_hash_algorithm(algorithm);
        const char *name = gnutls_sign_get_name(algorithm);
        cert->signature = name ? name : "";
        cert->weak_signature =
            hash == GNUTLS_DIG_MD2 || hash == GNUTLS_DIG_MD5 || hash == GNUTLS_DIG_SHA1;
    }
}

/* 64 bits of nanoseconds end in 2262; later dates and those that cannot be read are taken for
 * never. */
static int64_t
nanoseconds(time_t seconds, int64_t otherwise)
{
    if (seconds == (time_t)-1)
        return otherwise;
    if ((int64_t)seconds > INT64_MAX / NS_PER_SECOND)
        return INT64_MAX;
    if ((int64_t)seconds < INT64_MIN / NS_PER_SECOND)
        return INT64_MIN;
    return (int64_t)seconds * NS_PER_SECOND;
}

static int64_t
crt_not_before(gnutls_x509_crt_t crt)
{
    return nanoseconds(gnutls_x509_crt_get_activation_time(crt), INT64_MIN);
}

static int64_t
crt_not_after(gnutls_x509_crt_t crt)
{
    return nanoseconds(gnutls_x509_crt_get_expiration_time(crt), INT64_MAX);
}

/* --- the chain ------------------------------------------------------------------------------- */

static bool
crt_is_self_signed(gnutls_x509_crt_t crt)
{
    return gnutls_x509_crt_check_issuer(crt, crt) != 0;
}

static bool
next_issuer(struct buf *issuers, struct buf *der)
{
    uint32_t len;

    return buf_u24(issuers, &len) && buf_sub(issuers, len, der);
}

/* Follows the chain from crt, which it takes over. */
static void
cert_read_chain(struct cert *cert, gnutls_x509_crt_t crt, struct buf issuers)
{
    bool broken = false;
    struct buf der;

    cert->chain_len = 1;
    cert->issuers_not_before = cert->not_before;
    cert->issuers_not_after = cert->not_after;
    while (cert->chain_len < CERT_CHAIN_MAX && next_issuer(&issuers, &der)) {
        gnutls_x509_crt_t issuer = crt_read(der);

        broken |= !issuer || gnutls_x509_crt_check_issuer(crt, issuer) == 0;
        cert->chain_len++;
        if (!issuer)
            continue;
        bool first = cert->chain_len == 2;
        int64_t before = crt_not_before(issuer), after = crt_not_after(issuer);
        cert->issuers_not_before = first ? before : MAX(cert->issuers_not_before, before);
        cert->issuers_not_after = first ? after : MIN(cert->issuers_not_after, after);
        gnutls_x509_crt_deinit(crt);
        crt = issuer;
    }
    cert->chain = broken                    ? CERT_CHAIN_BROKEN
                  : crt_is_self_signed(crt) ? CERT_CHAIN_SELF_SIGNED
                                            : CERT_CHAIN_ISSUER;
    cert->chain_end = crt_dn(crt, gnutls_x509_crt_get_issuer_dn3);
    gnutls_x509_crt_deinit(crt);
}

struct cert *
cert_new(struct buf leaf, struct buf issuers)
{
    gnutls_x509_crt_t crt = crt_read(leaf);

    if (!crt)
        return NULL;
    struct cert *cert = g_new0(struct cert, 1);
    cert->subject = crt_dn(crt, gnutls_x509_crt_get_dn3);
    cert->issuer = crt_dn(crt, gnutls_x509_crt_get_issuer_dn3);
    cert->not_before = crt_not_before(crt);
    cert->not_after = crt_not_after(crt);
    cert->self_signed = crt_is_self_signed(crt);
    cert->is_ca = gnutls_x509_crt_get_ca_status(crt, NULL) > 0;
    cert->public_ca = crt_is_of_public_ca(crt);
    cert->signature = "";
    cert_read_names(cert, crt);
    cert_read_usage(cert, crt);
    cert_read_key(cert, crt);
    cert_read_hosts(cert, crt);
    cert_read_chain(cert, crt, issuers);
    return cert;
}

void
cert_free(struct cert *cert)
{
    if (!cert)
        return;
    for (unsigned i = 0; i < cert->num_names; i++)
        g_free(cert->names[i]);
    for (unsigned i = 0; i < cert->num_hosts; i++)
        g_free(cert->hosts[i].name);
    g_free(cert->subject);
    g_free(cert->issuer);
    g_free(cert->chain_end);
    g_free(cert);
}

bool
cert_has_name(struct buf leaf, const char *name)
{
    gnutls_x509_crt_t crt = crt_read(leaf);

    if (!crt)
        return false;
    bool matches = *name && gnutls_x509_crt_check_hostname2(crt, name, 0) != 0;
    gnutls_x509_crt_deinit(crt);
    return matches;
}

bool
cert_file_hash(struct buf file, struct binding_cert *out)
{
    gnutls_datum_t der = { NULL, 0 };
    gnutls_x509_crt_t crt;

    if (buf_left(&file) > CERT_FILE_MAX_LEN)
        return false;
    crt = crt_read(file);
    if (!crt)
        crt = crt_read_as(file, GNUTLS_X509_FMT_PEM);
    if (!crt)
        return false;
    bool good = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der) >= 0;
    if (good)
        binding_cert_hash(der.data, der.size, out);
    gnutls_free(der.data);
    gnutls_x509_crt_deinit(crt);
    return good;
}
