/* peer/tls_messages.h - messages of the TLS handshake
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_PEER_TLS_MESSAGES_H
#define SSTPDIAG_TESTS_PEER_TLS_MESSAGES_H

#include "peer.h"

/* Room for a length of len bytes; returns what tls_length_end() needs to fill it in. */
guint tls_length_begin(GByteArray *bytes, guint len);
void tls_length_end(GByteArray *bytes, guint begin, guint len);
/* A message whose length is of three bytes. */
guint tls_message_begin(GByteArray *bytes, uint8_t type);
/* A message of len bytes that nobody looks into. */
void tls_append_message(GByteArray *bytes, uint8_t type, size_t len);

/* Of the connection. */
struct seal_secret peer_secret(const struct peer *peer);
/* value: that of the word "hello". Newly allocated. */
GByteArray *tls_client_hello(const struct peer *peer, const char *value);
void tls_append_server_hello(GByteArray *bytes, const struct peer *peer);
/* Hello Retry Request for a group that was not offered. */
void tls_append_retry(GByteArray *bytes);
/* The chain of the peer, which has one. */
void tls_append_certificate(GByteArray *bytes, const struct peer *peer);
void tls_append_certificate_request(GByteArray *bytes);
void tls_append_server_key_exchange(GByteArray *bytes);

#endif
