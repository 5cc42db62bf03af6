/* session.h - one SSTP session: what was said on each layer, and how far it came
 *
 * A session stands on one TCP connection. It is fed with decoded pieces in capture order and keeps
 * facts, small structures by subject, which whoever judges it asks for. Its memory does not grow
 * with the data frames.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_SESSION_SESSION_H
#define SSTPDIAG_CORE_SESSION_SESSION_H

#include <glib.h>

#include "base/findings.h"
#include "codec/http.h"
#include "crypto/binding.h"
#include "session/auth_facts.h"
#include "session/beside_facts.h"
#include "session/binding_facts.h"
#include "session/http_facts.h"
#include "session/negotiation.h"
#include "session/payload_facts.h"
#include "session/ppp_facts.h"
#include "session/sstp_facts.h"
#include "session/stage_facts.h"
#include "session/timeline.h"
#include "session/traffic.h"
#include "wire/conn.h"
#include "wire/network.h"

struct session;

/* --- life ------------------------------------------------------------------------------------ */

/* On conn, which stays the caller's and must outlive it. id: its place among all, from 0. */
struct session *session_new(struct conn *conn, uint32_t id);
/* Of a lookup that no connection followed: conn has no segment. */
struct session *session_new_lookup(struct conn *conn, uint32_t id, const struct dns_lookup *lookup);
/* NULL is fine. */
void session_free(struct session *session);

/* --- what it is told, in capture order; no pointer to bytes is kept -------------------------- */

/* After conn_segment(), with its events (enum conn_event): stages below HTTP, and who closed. */
void session_feed_conn(struct session *session, unsigned events, struct mark mark);
/* So many records of side were decrypted in this frame. The connection counts them as well. */
void session_feed_decrypted(struct session *session, enum side side, uint32_t records,
                            struct mark mark);
/* Its clear bytes can be read. What follows here is made of them. */
void session_got_clear(struct session *session);
void session_feed_http(struct session *session, enum side side, const struct http_head *head,
                       struct mark mark);
/* One whole SSTP packet of len bytes. */
void session_feed_packet(struct session *session, enum side side, const uint8_t *packet, size_t len,
                         struct mark mark);
/* Bytes where a packet should be. */
void session_feed_junk(struct session *session, enum side side, struct mark mark);
/* An SSTP packet longer than the 12-bit length field allows. */
void session_feed_oversize(struct session *session, enum side side, size_t len, struct mark mark);
/* A frame of it, of which all was told. */
void session_add_frame(struct session *session, struct mark mark);

/* Something happened, here or at its connection, that rules should look at. */
void session_touch(struct session *session);
/* Has there been anything since the last call? */
bool session_take_changed(struct session *session);
/* A finding is shown at a frame: true the first time that it is asked for id. */
bool session_announce(struct session *session, enum finding_id id);

/* Two frames of which one answers the other. */
struct frame_answer {
    struct mark request, response;
};
/* Exchanges (struct frame_answer) that were completed since the last call; the caller's, NULL for
 * none. */
GArray *session_take_answers(struct session *session);

/* The lookup that led to its server; the session refers to it. */
void session_set_dns(struct session *session, const struct dns_lookup *lookup);
/* A connection from client, which began at first, continues it. */
void session_set_rebound(struct session *session, const struct endpoint *client, struct mark first);
/* The server reset that connection. */
void session_rebound_refused(struct session *session, struct mark mark);
/* Copied, but for the host. */
void session_set_revocation(struct session *session, const struct revocation_facts *facts);
/* The server's leaf; earlier: as an earlier connection to this server showed it. */
void session_set_cert(struct session *session, const struct binding_cert *cert, bool earlier);
/* What came of comparing its crypto binding. */
void session_set_check(struct session *session, const struct binding_check *check);

/* Before rules look: reads the server's certificate, once, and compares the name dialled. */
void session_read_cert(struct session *session);
/* At the end, before rules look: outcomes of stages that only the end shows. */
void session_settle(struct session *session);
/* A finding says that a stage went wrong at cause, whatever it looked like while it lasted, and
 * even if nothing was seen of it. */
void session_stage_failed(struct session *session, enum stage stage, struct mark cause);
/* Nothing is known to have gone wrong: of stages that looked so it is not known how they went. */
void session_stages_pardon(struct session *session);
/* The same where stages are told by lengths, which show their borders badly: those from LCP to NCP
 * are done up to passed, failed began at cause or before, and no other one began. */
void session_stages_inferred(struct session *session, enum stage passed, enum stage failed,
                             struct mark cause);

/* --- what it keeps; of a side: what it sent or asked for ------------------------------------- */

/* Pointers are valid until the session is told of the next frame: of what nothing was said before,
 * it has no place of its own. */

uint32_t session_id(const struct session *session);
struct conn *session_conn(const struct session *session);
/* conn_half() and conn_tls() of its connection. */
const struct tcp_half *session_half(const struct session *session, int side);
const struct tls_facts *session_tls(const struct session *session);

/* What all that it says rests on: EVIDENCE_NONE, _INFERRED, _CLEAR or _DECRYPTED. */
enum evidence session_evidence(const struct session *session);
/* Stage of what was last seen, and the furthest. */
enum stage session_stage(const struct session *session);
/* Of a frame at which noted was seen: before a connection was known by its record lengths nothing
 * more than TLS was; afterwards the lengths tell. */
enum stage session_stage_by_lengths(const struct session *session, uint32_t frame,
                                    enum stage noted);
enum stage session_reached(const struct session *session);
const struct stage_state *session_stage_state(const struct session *session, int stage);
/* When its frames were. */
const struct timeline *session_timeline(const struct session *session);

/* The lookup that led to the server, or to nothing; NULL: not seen. */
const struct dns_lookup *session_dns(const struct session *session);
const struct rebound *session_rebound(const struct session *session);
const struct revocation_facts *session_revocation(const struct session *session);
/* Facts from record lengths, where there is nothing better; else NULL. */
const struct lengths_facts *session_lengths(const struct session *session);

const struct http_facts *session_http(const struct session *session);
/* All zero before the server's certificate is there. */
const struct dialled_facts *session_dialled(const struct session *session);
const struct sstp_facts *session_sstp(const struct session *session);
/* Of SSTP itself, by asker. */
const struct echo *session_sstp_echo(const struct session *session, int side);

const struct ppp_negotiation *session_lcp(const struct session *session, int side);
const struct ppp_negotiation *session_ipcp(const struct session *session, int side);
const struct ppp_negotiation *session_ipv6cp(const struct session *session, int side);
const struct ppp_negotiation *session_ccp(const struct session *session, int side);
/* Both sides agreed: in LCP, in the first network protocol. */
struct mark session_lcp_opened(const struct session *session);
struct mark session_ncp_opened(const struct session *session);
const struct echo *session_lcp_echo(const struct session *session, int side);
/* LCP Echo-Replies to side that bear its own magic number. */
uint32_t session_echo_reflections(const struct session *session, int side);
/* Any PPP frame that the other side still heard. */
struct mark session_ppp_first(const struct session *session, int side);
struct mark session_ppp_last(const struct session *session, int side);
const struct compression_facts *session_compression(const struct session *session, int side);
const struct cbcp_facts *session_cbcp(const struct session *session);
const struct protocol_facts *session_protocols(const struct session *session, int side);
const struct rejection_facts *session_rejections(const struct session *session, int side);
const struct terminate_facts *session_terminate(const struct session *session, int side);
/* Of a network protocol: the link stays. */
const struct terminate_facts *session_ncp_terminate(const struct session *session, int side);
/* What the other side had said just before the first goodbye of side, as far as side knew by then,
 * could not all be read, nor was it since: that may have been a goodbye itself. */
bool session_answers_unread(const struct session *session, enum side side);
/* Until then something of either side, anything, was missing or could not be read; unless all of it
 * has come since. */
bool session_goodbye_behind_gap(const struct session *session, enum side side);
/* The first answer to a goodbye of the side that could not be read itself. */
struct mark session_unread_goodbye(const struct session *session, int side);

const struct auth_facts *session_auth(const struct session *session);
/* Of its server's leaf, as shown here or by an earlier connection; NULL: none. */
const struct binding_cert *session_cert(const struct session *session);
bool session_cert_is_earlier(const struct session *session);
/* All zero before binding_check_run(). */
const struct binding_check *session_check(const struct session *session);

const struct data_facts *session_data(const struct session *session);
const struct mtu_facts *session_mtu(const struct session *session, int side);
/* NULL before the first inner packet. */
const struct traffic *session_traffic(const struct session *session);

/* --- questions ------------------------------------------------------------------------------- */

/* How it went as a whole: "established", "failed", "ended", "ongoing", "unknown". */
const char *session_outcome(const struct session *session);
/* Call Connected was sent, where the beginning is in the capture, and an NCP opened or inner data
 * came from both sides. */
bool session_is_established(const struct session *session);
/* No segment at all: a lookup that no connection followed. */
bool session_has_no_connection(const struct session *session);
/* The answer to the request is the one of MS-SSTP 4.1. */
bool session_answer_is_sstp(const struct session *session);

/* Clear bytes of side were seen. */
bool session_is_opened(const struct session *session, enum side side);
/* Records of side were seen, and no clear bytes. */
bool session_is_sealed(const struct session *session, enum side side);
/* Records of side since the first clear bytes that could not be decrypted, or whose bytes the
 * capture lacks: above zero, something that side said may be missing. */
uint32_t session_undecrypted(const struct session *session, enum side side);
/* When the first bytes of side behind from were sent that the capture lacks, or that could not be
 * read; from, when they were on their way then. Unset: all was read. */
struct mark session_missing_since(const struct session *session, enum side side, struct mark from);
/* There are such bytes before until: something that side said in between may be missing. */
bool session_misses(const struct session *session, enum side side, struct mark from,
                    struct mark until);

/* The first alert of side, in a session that could be read else, that could not be: its header
 * shows what it is. Most are close_notify. Unset: there is none, or one could be read. */
struct mark session_sealed_alert(const struct session *session, enum side side);
/* side closed TLS: close_notify, or else the former. */
struct mark session_tls_close(const struct session *session, enum side side);
/* First goodbye of TLS, SSTP or PPP by side; unset when it said none. */
struct mark session_goodbye(const struct session *session, enum side side);
/* Seconds without payload of anybody until end. Bytes that were sent just before it, and that it
 * answers, do not end them. */
double session_idle_before(const struct session *session, struct mark end);
/* The longest such time before end, in seconds, after which the connection still worked: no timer
 * on the path runs out sooner. */
double session_idle_outlived(const struct session *session, struct mark end);
/* The other side's reset at end answers bytes of asker. */
bool session_reset_answers(const struct session *session, enum side asker, struct mark end);

#endif
