/* describe.c - one line of text for an SSTP packet
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/describe.h"

#include "base/numbers.h"
#include "base/text.h"
#include "codec/ppp.h"
#include "codec/sstp.h"

static char *
describe_control(const uint8_t *packet, size_t len)
{
    struct sstp_message message = { 0 };
    enum sstp_result result = sstp_decode_control(packet, len, &message);
    const char *name = sstp_message_name(message.type);
    const char *flaw = result != SSTP_OK || message.flaws ? " (malformed)" : "";

    if (!name)
        return g_strdup_printf("Unknown message 0x%04x", message.type);
    if (message.has_status) {
        const char *status = sstp_status_name(message.status.status);
        return g_strdup_printf("%s, status %s%s", name, status ? status : "unknown", flaw);
    }
    return g_strdup_printf("%s%s", name, flaw);
}

static char *
describe_ppp(const uint8_t *ppp, size_t len)
{
    struct ppp_frame frame;
    struct ppp_packet packet;

    if (!ppp_decode_frame(ppp, len, &frame))
        return g_strdup("Data without a PPP frame");

    const char *name = ppp_protocol_name(frame.protocol);
    if (!name)
        return g_strdup_printf("PPP protocol 0x%04x, %" G_GSIZE_FORMAT " bytes", frame.protocol,
                               buf_left(&frame.payload));
    if (!ppp_is_control(frame.protocol) || !ppp_decode_packet(frame.payload, &packet))
        return g_strdup_printf("%s, %" G_GSIZE_FORMAT " bytes", name, buf_left(&frame.payload));

    const char *code = ppp_code_name(frame.protocol, packet.code);
    return code ? g_strdup_printf("%s %s, id %u", name, code, packet.id)
                : g_strdup_printf("%s code %u, id %u", name, packet.code, packet.id);
}

char *
describe_packet(const uint8_t *packet, size_t len)
{
    struct sstp_header header;

    if (sstp_decode_header(packet, len, &header) != SSTP_OK)
        return g_strdup("Not an SSTP packet");
    return header.control ? describe_control(packet, len)
                          : describe_ppp(packet + SSTP_HEADER_LEN, len - SSTP_HEADER_LEN);
}

/* --- content --------------------------------------------------------------------------------- */

/* Appends words behind what is there already. */
static void G_GNUC_PRINTF(2, 3) add(GString *text, const char *format, ...)
{
    va_list args;

    if (text->len)
        g_string_append(text, "; ");
    va_start(args, format);
    g_string_append_vprintf(text, format, args);
    va_end(args);
}

/* A text of the packet; nothing where it is empty. */
static void
add_text(GString *text, const char *name, struct buf bytes)
{
    char *words = text_clean(bytes);

    if (*words)
        add(text, "%s \"%s\"", name, words);
    g_free(words);
}

static void
add_method(GString *text, const struct ppp_lcp_options *lcp)
{
    const char *protocol = ppp_protocol_name(lcp->auth_protocol);
    const char *algorithm =
        lcp->auth_protocol == PPP_CHAP ? chap_algorithm_name(lcp->chap_algorithm) : NULL;

    if (!lcp->auth_protocol)
        return;
    if (algorithm)
        add(text, "authentication %s", algorithm);
    else if (protocol)
        add(text, "authentication %s", protocol);
    else
        add(text, "authentication 0x%04x", lcp->auth_protocol);
}

static void
lcp_content(GString *text, const struct ppp_options *options)
{
    struct ppp_lcp_options lcp;

    ppp_lcp_options(options, &lcp);
    if (lcp.mru)
        add(text, "MRU %u", lcp.mru);
    add_method(text, &lcp);
    if (lcp.has_magic)
        add(text, "magic number 0x%08x", lcp.magic);
    if (lcp.pfc)
        add(text, "protocol field compression");
    if (lcp.acfc)
        add(text, "address and control field compression");
    if (lcp.has_callback)
        add(text, "callback");
    if (lcp.has_mrru)
        add(text, "Multilink MRRU %u", lcp.mrru);
}

static void
add_address(GString *text, const char *name, uint32_t address)
{
    const uint8_t *bytes = (const uint8_t *)&address;

    add(text, "%s %u.%u.%u.%u", name, bytes[0], bytes[1], bytes[2], bytes[3]);
}

static void
ipcp_content(GString *text, const struct ppp_options *options)
{
    struct ppp_ipcp_options ipcp;

    ppp_ipcp_options(options, &ipcp);
    if (ipcp.has_address)
        add_address(text, "address", ipcp.address);
    if (ipcp.has_dns1)
        add_address(text, "DNS", ipcp.dns1);
    if (ipcp.has_dns2)
        add_address(text, "second DNS", ipcp.dns2);
    if (ipcp.has_nbns1 || ipcp.has_nbns2)
        add(text, "WINS");
    if (ipcp.has_compression)
        add(text, "header compression");
}

/* Of Configure packets, the codes 1 to 4 of LCP and NCPs. */
static void
options_content(GString *text, uint16_t protocol, const struct ppp_packet *packet)
{
    struct ppp_options options;

    ppp_decode_options(packet->data, &options);
    if (protocol == PPP_LCP)
        lcp_content(text, &options);
    else if (protocol == PPP_IPCP)
        ipcp_content(text, &options);
    else
        add(text, "%s", text_count(options.num, "option").text);
    if (options.num == 0)
        add(text, "no options");
    if (options.malformed)
        add(text, "an option is longer than the packet");
}

static void
terminate_content(GString *text, struct buf data)
{
    struct ppp_terminate terminate;

    ppp_decode_terminate(data, &terminate);
    const char *meaning = terminate.microsoft ? ras_error_text(terminate.ras_error) : NULL;
    if (terminate.microsoft)
        add(text, "error %u%s%s", terminate.ras_error, meaning ? ": " : "", meaning ? meaning : "");
    else
        add_text(text, "text", terminate.text);
}

static void
chap_content(GString *text, const struct ppp_packet *packet)
{
    struct ppp_chap_value value;
    struct ppp_mschap_failure failure;

    if (packet->code <= 2 && ppp_decode_chap_value(packet->data, &value)) {
        add_text(text, "name", value.name);
        return;
    }
    if (packet->code != 4)
        return;
    if (!ppp_decode_mschap_failure(packet->data, &failure)) {
        add_text(text, "text", packet->data);
        return;
    }
    const char *meaning = mschap_error_text(failure.error);
    if (failure.has_error)
        add(text, "error %u%s%s", failure.error, meaning ? ": " : "", meaning ? meaning : "");
    if (failure.has_retry)
        add(text, failure.retry ? "another try is allowed" : "no other try is allowed");
    add_text(text, "text", failure.text);
}

static void
reject_content(GString *text, struct buf data)
{
    uint16_t protocol;

    if (!ppp_decode_protocol_reject(data, &protocol))
        return;
    const char *name = ppp_protocol_name(protocol);
    if (name)
        add(text, "protocol %s", name);
    else
        add(text, "protocol 0x%04x", protocol);
}

static void
authentication_content(GString *text, uint16_t protocol, const struct ppp_packet *packet)
{
    struct ppp_pap_request request;
    struct ppp_eap eap;

    if (protocol == PPP_CHAP)
        chap_content(text, packet);
    else if (protocol == PPP_PAP && packet->code == 1 &&
             ppp_decode_pap_request(packet->data, &request))
        add_text(text, "name", request.peer_id);
    else if (protocol == PPP_EAP && ppp_decode_eap(packet, &eap) && eap_type_name(eap.type))
        add(text, "method %s", eap_type_name(eap.type));
}

static void
ppp_content(GString *text, const uint8_t *ppp, size_t len)
{
    enum { TERMINATE_REQUEST = 5, TERMINATE_ACK = 6, PROTOCOL_REJECT = 8, IDENTIFICATION = 12 };
    struct ppp_frame frame;
    struct ppp_packet packet;
    struct buf message;
    uint32_t magic;

    if (!ppp_decode_frame(ppp, len, &frame) || !ppp_is_control(frame.protocol) ||
        !ppp_decode_packet(frame.payload, &packet))
        return;
    if (ppp_is_authentication(frame.protocol)) {
        authentication_content(text, frame.protocol, &packet);
        return;
    }
    if (packet.code >= 1 && packet.code <= 4)
        options_content(text, frame.protocol, &packet);
    else if (packet.code == TERMINATE_REQUEST || packet.code == TERMINATE_ACK)
        terminate_content(text, packet.data);
    else if (frame.protocol == PPP_LCP && packet.code == PROTOCOL_REJECT)
        reject_content(text, packet.data);
    else if (frame.protocol == PPP_LCP && packet.code == IDENTIFICATION &&
             ppp_decode_identification(packet.data, &magic, &message))
        add_text(text, "text", message);
}

static void
control_content(GString *text, const uint8_t *packet, size_t len)
{
    struct sstp_message message = { 0 };

    sstp_decode_control(packet, len, &message);
    for (unsigned i = 0; i < MIN(message.num_seen, (unsigned)SSTP_ATTRIBUTES_MAX); i++) {
        const char *name = sstp_attribute_name(message.attribute_ids[i]);
        if (name)
            add(text, "%s", name);
        else
            add(text, "unknown attribute %u", message.attribute_ids[i]);
    }
    const uint8_t hashes =
        message.has_binding ? message.binding.bitmask : message.binding_request.bitmask;
    if (message.has_binding || message.has_binding_request)
        add(text, "hash%s%s%s", hashes & SSTP_HASH_SHA1 ? " SHA-1" : "",
            (hashes & SSTP_HASH_SHA1) && (hashes & SSTP_HASH_SHA256) ? " or" : "",
            hashes & SSTP_HASH_SHA256 ? " SHA-256" : "");
}

char *
describe_content(const uint8_t *packet, size_t len)
{
    struct sstp_header header;
    GString *text = g_string_new(NULL);

    if (sstp_decode_header(packet, len, &header) != SSTP_OK)
        g_string_truncate(text, 0);
    else if (header.control)
        control_content(text, packet, len);
    else
        ppp_content(text, packet + SSTP_HEADER_LEN, len - SSTP_HEADER_LEN);
    return g_string_free(text, text->len == 0);
}

size_t
describe_inner_len(const uint8_t *packet, size_t len)
{
    struct sstp_header header;
    struct ppp_frame frame;

    if (sstp_decode_header(packet, len, &header) != SSTP_OK || header.control ||
        !ppp_decode_frame(packet + SSTP_HEADER_LEN, len - SSTP_HEADER_LEN, &frame) ||
        !ppp_is_network_data(frame.protocol))
        return 0;
    return buf_left(&frame.payload);
}
