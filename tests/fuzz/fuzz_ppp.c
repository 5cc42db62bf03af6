/* fuzz_ppp.c - PPP frames, and every decoder of what is in them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/ppp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
decode_data(struct buf data)
{
    struct ppp_options options;
    struct ppp_lcp_options lcp;
    struct ppp_ipcp_options ipcp;
    struct ppp_chap_value chap;
    struct ppp_mschap_failure failure;
    struct ppp_terminate terminate;
    struct ppp_pap_request pap;
    struct buf message;
    uint32_t magic;
    uint16_t protocol;
    char guid[39];

    ppp_decode_options(data, &options);
    ppp_lcp_options(&options, &lcp);
    ppp_ipcp_options(&options, &ipcp);
    ppp_ccp_encryption(&options);
    ppp_decode_chap_value(data, &chap);
    ppp_decode_mschap_failure(data, &failure);
    ppp_decode_terminate(data, &terminate);
    ppp_decode_pap_request(data, &pap);
    ppp_decode_protocol_reject(data, &protocol);
    if (ppp_decode_identification(data, &magic, &message))
        ppp_identification_guid(message, guid);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ppp_frame frame;
    struct ppp_packet packet;
    struct ppp_eap eap;
    uint8_t description;
    bool more;

    if (ppp_decode_frame(data, size, &frame) && ppp_decode_packet(frame.payload, &packet)) {
        decode_data(packet.data);
        if (ppp_decode_eap(&packet, &eap)) {
            ppp_eap_tls_alert(eap.type_data, &more, &description);
            ppp_eap_nak_wanted(eap.type_data);
        }
    }
    return 0;
}
