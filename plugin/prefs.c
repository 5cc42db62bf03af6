/* prefs.c - what users can set
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "prefs.h"

#include <string.h>
#include <wsutil/report_message.h>

#include "base/wipe.h"
#include "credentials.h"
#include "crypto/binding.h"
#include "crypto/cert.h"
#include "crypto/keylog.h"
#include "files.h"

static const char *pref_servers = "";
static const char *pref_certificate_hashes = "";
static const char *pref_certificate_file = "";
static const char *pref_log = "";
static unsigned pref_negotiation_timeout = NEGOTIATION_TIMEOUT_SECONDS;
static unsigned pref_sstp_echo_timeout = SSTP_ECHO_TIMEOUT_SECONDS;
static unsigned pref_lcp_echo_failures = LCP_ECHO_FAILURES;

static void
add_hash(struct config *config, const uint8_t *bytes, size_t len)
{
    if (config->num_hashes == CERTIFICATE_HASHES_MAX)
        return;
    struct expected_hash *hash = &config->hashes[config->num_hashes++];
    memcpy(hash->bytes, bytes, len);
    hash->len = len;
}

/* Takes the hashes that are well formed. wrong: called for each other word; may be NULL. */
static void
config_hashes(struct config *config, void (*wrong)(const char *word))
{
    char **words = g_strsplit_set(pref_certificate_hashes, ",;", -1);

    for (char **word = words; *word; word++) {
        uint8_t bytes[SSTP_HASH_MAX_LEN];
        size_t len = binding_parse_hash(*word, bytes);
        if (len)
            add_hash(config, bytes, len);
        else if (wrong && *g_strstrip(*word))
            wrong(*word);
    }
    g_strfreev(words);
}

static void
warn_of_hash(const char *word)
{
    report_warning("sstpdiag.certificate_hashes: \"%s\" is no SHA-256 or SHA-1 hash in hexadecimal "
                   "(64 or 40 digits)",
                   word);
}

/* Names of files in a preference, newly allocated. */
static void
add_paths(GPtrArray *paths, const char *pref)
{
    if (!*pref)
        return;
    /* One file's name may have a comma. */
    if (g_file_test(pref, G_FILE_TEST_EXISTS)) {
        g_ptr_array_add(paths, g_strdup(pref));
        return;
    }
    char **words = g_strsplit_set(pref, ",;", -1);
    for (char **word = words; *word; word++)
        if (*g_strstrip(*word))
            g_ptr_array_add(paths, g_strdup(*word));
    g_strfreev(words);
}

/* NULL, or why there is no certificate. */
static const char *
add_certificate(struct config *config, const char *path)
{
    struct binding_cert hash;
    uint8_t *bytes;
    size_t len;
    const char *why = file_read(path, CERT_FILE_MAX_LEN + 1, &bytes, &len);

    if (why)
        return why;
    if (cert_file_hash(buf_init(bytes, len), &hash)) {
        add_hash(config, hash.sha1, sizeof hash.sha1);
        add_hash(config, hash.sha256, sizeof hash.sha256);
    } else {
        why = "there is no certificate in it, in PEM or DER";
    }
    g_free(bytes);
    return why;
}

/* Adds both hashes of each certificate. warn: of a file that has none. */
static void
config_certificates(struct config *config, bool warn)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);

    add_paths(paths, pref_certificate_file);
    for (unsigned i = 0; i < paths->len; i++) {
        const char *path = (const char *)g_ptr_array_index(paths, i);
        const char *why = add_certificate(config, path);
        if (why && warn)
            report_warning("sstpdiag.certificate_file: \"%s\": %s", path, why);
    }
    g_ptr_array_unref(paths);
}

static void
prefs_applied(void)
{
    struct config config = { 0 };

    config_hashes(&config, warn_of_hash);
    config_certificates(&config, true);
    credentials_check();
}

void
prefs_register_sstpdiag(int proto)
{
    module_t *module = prefs_register_protocol(proto, prefs_applied);

    compat_register_prefs();
    prefs_register_string_preference(
        module, "servers", "VPN servers",
        "Connections to these servers are SSTP sessions even when "
        "nothing of them can be decrypted, or when "
        "they fail before SSTP begins. host or host:port, an address "
        "or the name in TLS, separated by commas; "
        "\"any\" takes every TCP connection of the capture, \"any:4443\" "
        "those to that port.",
        &pref_servers);
    prefs_register_string_preference(
        module, "certificate_hashes", "Expected certificate hashes",
        "SHA-256 or SHA-1 hashes of the certificates that the server accepts in Call Connected, in "
        "hexadecimal, "
        "separated by commas (RRAS: SHA256CertificateHash and SHA1CertificateHash below "
        "HKLM\\SYSTEM\\CurrentControlSet\\Services\\SstpSvc\\Parameters).",
        &pref_certificate_hashes);
    prefs_register_filename_preference(
        module, "certificate_file", "Expected certificates",
        "Files with certificates, in PEM or DER, that the server accepts in Call Connected; of "
        "each "
        "file the first one. Several files are separated by commas or semicolons.",
        &pref_certificate_file, false);
    credentials_register(module);
    prefs_register_uint_preference(
        module, "negotiation_timeout", "Negotiation timer (seconds)",
        "How long after Call Connect Ack a server waits for Call Connected. MS-SSTP says 60.", 10,
        &pref_negotiation_timeout);
    prefs_register_uint_preference(module, "sstp_echo_timeout", "SSTP echo timeout (seconds)",
                                   "How long an SSTP Echo Request may stay without any packet of "
                                   "the peer when the capture ends before "
                                   "the asker gives up.",
                                   10, &pref_sstp_echo_timeout);
    prefs_register_uint_preference(
        module, "lcp_echo_failures", "LCP echoes unanswered",
        "How many LCP Echo-Requests in a row must stay unanswered before it is called a gap.", 10,
        &pref_lcp_echo_failures);
    prefs_register_filename_preference(
        module, "log", "Log of client or server",
        "The report shows what this log says beside the sessions: sstpc, pppd, accel-ppp, "
        "SoftEther, "
        "or events of Windows as XML. Several files are separated by commas or semicolons.",
        &pref_log, false);
}

/* In the key log that Wireshark was given for TLS; the secrets inside a capture it keeps to itself.
 */
static bool
find_secret(void *data, const char *label, const uint8_t random[static TLS_RANDOM_LEN],
            struct keylog_secret *secret)
{
    module_t *tls = prefs_find_module("tls");
    pref_t *pref = tls ? prefs_find_preference(tls, "keylog_file") : NULL;
    const char *path = pref ? prefs_get_string_value(pref, pref_current) : NULL;
    uint8_t *bytes;
    size_t len;

    (void)data;
    if (!path || !*path || file_read(path, KEYLOG_FILE_MAX_LEN, &bytes, &len))
        return false;
    bool found = keylog_find(buf_init(bytes, len), label, random, secret);
    wipe(bytes, len);
    g_free(bytes);
    return found;
}

void
prefs_config(struct config *config)
{
    *config = (struct config){ .servers = (char *)pref_servers,
                               .credentials = credentials_read(),
                               .find_secret = find_secret,
                               .negotiation_timeout = pref_negotiation_timeout,
                               .sstp_echo_timeout = pref_sstp_echo_timeout,
                               .lcp_echo_failures = MAX(pref_lcp_echo_failures, 1U) };
    config_hashes(config, NULL);
    config_certificates(config, false);
}

void
prefs_logs(GPtrArray *paths)
{
    add_paths(paths, pref_log);
}

bool
prefs_reassemble_out_of_order(void)
{
    module_t *tcp = prefs_find_module("tcp");
    pref_t *pref = tcp ? prefs_find_preference(tcp, "reassemble_out_of_order") : NULL;

    return pref && prefs_get_bool_value(pref, pref_current);
}
