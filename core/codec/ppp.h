/* ppp.h - PPP frames and the control protocols that SSTP's set-up uses
 * (RFC 1661, 1334, 1994, 2433, 2759, 3748, 1570, 1332, 5072, 1962; CBCP)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CODEC_PPP_H
#define SSTPDIAG_CORE_CODEC_PPP_H

#include "base/buf.h"
#include "base/numbers.h"

enum {
    PPP_DEFAULT_MRU = 1500, /* RFC 1661 6.1 */
    PPP_OPTIONS_MAX = 16,   /* more are counted only */
    PPP_MSCHAP_CHALLENGE_LEN = 16,
};

/* One PPP frame as carried by an SSTP data packet: no flags, no FCS, no stuffing. */
struct ppp_frame {
    bool address_control;     /* FF 03 was there */
    bool compressed_protocol; /* one-byte protocol (PFC) */
    uint16_t protocol;        /* enum ppp_protocol */
    struct buf payload;       /* Information field, as MRU counts it */
};

/* Code, identifier, length, data: the shape that LCP, NCPs, CHAP, PAP and EAP share. */
struct ppp_packet {
    uint8_t code;
    uint8_t id;
    uint16_t length; /* as sent, 4 or more */
    struct buf data; /* length - 4 bytes */
};

/* One configuration option (RFC 1661 6). value excludes type and length. */
struct ppp_option {
    uint8_t type;
    struct buf value;
};

/* The options of one Configure packet. */
struct ppp_options {
    unsigned num; /* all; the first PPP_OPTIONS_MAX stand in option[] */
    bool malformed;
    struct ppp_option option[PPP_OPTIONS_MAX];
};

/* What an LCP Configure-Request (or Nak, Reject) says. Zero means absent. */
struct ppp_lcp_options {
    uint16_t mru;
    uint16_t auth_protocol; /* PPP_PAP, PPP_CHAP, PPP_EAP ... */
    uint8_t chap_algorithm; /* 5 MD5, 0x80 MS-CHAP, 0x81 MS-CHAPv2 */
    bool has_magic, pfc, acfc, has_callback, has_mrru;
    uint32_t magic;
    uint8_t callback;
    uint16_t mrru;
};

/* IPCP addresses, network order; has_ flags tell which options were there. */
struct ppp_ipcp_options {
    bool has_address, has_dns1, has_dns2, has_nbns1, has_nbns2, has_compression;
    uint32_t address, dns1, dns2;
};

/* MS-CHAP and MS-CHAPv2 Failure text: "E=691 R=1 C=... V=3 M=..." (RFC 2759 6). */
struct ppp_mschap_failure {
    bool has_error, has_retry;
    unsigned error;
    bool retry;
    bool has_challenge;
    uint8_t challenge[PPP_MSCHAP_CHALLENGE_LEN]; /* C=, for another try */
    struct buf text;                             /* M=, may be empty */
};

/* CHAP Challenge and Response: value and name. */
struct ppp_chap_value {
    struct buf value;
    struct buf name;
};

/* Microsoft's Terminate-Request data: magic(4), 00 3C CD 74, RAS error code(4). */
struct ppp_terminate {
    bool microsoft;
    uint32_t magic;
    uint32_t ras_error;
    struct buf text; /* the whole data when not Microsoft's form; often printable */
};

/* PAP Authenticate-Request. */
struct ppp_pap_request {
    struct buf peer_id;
    size_t password_len; /* the password itself is never handed out */
};

/* EAP (RFC 3748): type and, for EAP-MSCHAPv2 (type 26), its op code and message. */
struct ppp_eap {
    uint8_t type; /* 0 in Success and Failure */
    struct buf type_data;
    bool has_mschap;
    uint8_t mschap_op;         /* 1 Challenge, 2 Response, 3 Success, 4 Failure */
    struct buf mschap_message; /* of Challenge and Response value and name, else text */
};

/* All decoders: false on bytes that cannot be the thing; *out untouched then. */

/* FF 03 or not, one- or two-byte protocol (RFC 1661 6.5, 6.6). */
bool ppp_decode_frame(const uint8_t *data, size_t len, struct ppp_frame *out);
/* Length is checked against what is there; padding behind it is allowed and cut off. */
bool ppp_decode_packet(struct buf payload, struct ppp_packet *out);
/* Never fails: out->malformed tells that an option's length ran out (0 or 1 ends it). */
void ppp_decode_options(struct buf data, struct ppp_options *out);
void ppp_lcp_options(const struct ppp_options *options, struct ppp_lcp_options *out);
void ppp_ipcp_options(const struct ppp_options *options, struct ppp_ipcp_options *out);
/* The encryption bits of CCP's MPPE option (RFC 3078 2.1); 0 when there are none or no such option.
 */
uint32_t ppp_ccp_encryption(const struct ppp_options *options);
bool ppp_ccp_has_mppe(const struct ppp_options *options);
bool ppp_decode_chap_value(struct buf data, struct ppp_chap_value *out);
/* False when the text has no E= field. */
bool ppp_decode_mschap_failure(struct buf data, struct ppp_mschap_failure *out);
void ppp_decode_terminate(struct buf data, struct ppp_terminate *out);
bool ppp_decode_pap_request(struct buf data, struct ppp_pap_request *out);
/* packet->code 3 and 4 (Success, Failure) have no type. */
bool ppp_decode_eap(const struct ppp_packet *packet, struct ppp_eap *out);
/* Does type carry TLS: EAP-TLS, EAP-TTLS, PEAP? */
bool ppp_eap_has_tls(uint8_t type);
/* Reads the type data of such a method (RFC 5216 3.1): more is set when further fragments follow.
 * True, with description, when a TLS alert in clear stands in it. */
bool ppp_eap_tls_alert(struct buf type_data, bool *more, uint8_t *description);
/* The method that a legacy Nak asks for instead, 0 for none (RFC 3748 5.3.1). */
uint8_t ppp_eap_nak_wanted(struct buf type_data);
/* The protocol that an LCP Protocol-Reject names. */
bool ppp_decode_protocol_reject(struct buf data, uint16_t *protocol);
/* LCP Identification (RFC 1570): magic and message. */
bool ppp_decode_identification(struct buf data, uint32_t *magic, struct buf *message);
/* Windows sends SSTPCORRELATIONID as 16 raw bytes in an Identification. Writes "{GUID}" (38
 * characters and NUL) and returns true when message is exactly 16 bytes that are not plain text. */
bool ppp_identification_guid(struct buf message, char guid[static 39]);

/* Asynchronous HDLC-like framing (RFC 1662 4): flag, address and control field, the latter escaped
 * or not. No PPP frame begins like that: protocol 0x7eff is not assigned. */
bool ppp_is_hdlc_framed(const uint8_t *data, size_t len);

bool ppp_is_network_data(uint16_t protocol);   /* IPv4, IPv6: what MRU and data rules count */
bool ppp_is_opaque_data(uint16_t protocol);    /* compressed, encrypted by MPPE, or Multilink */
bool ppp_is_authentication(uint16_t protocol); /* PAP, CHAP, EAP: those that are decoded */
bool ppp_is_control(uint16_t protocol);        /* 0x8000..0xffff: LCP, NCPs, authentication */

#endif
