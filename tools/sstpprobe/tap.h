/* tap.h - tells what a socket does to an engine, and to a file: as segments
 *
 * Both get the same packets: the engine decodes what stands in the file. What cannot be known of a
 * connection from its socket is made up (file.c says so) and VANTAGE_SOCKET tells the engine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPPROBE_TAP_H
#define SSTPPROBE_TAP_H

#include "engine/engine.h"
#include "file.h"

/* What TLS made of bytes, told with the last segment of them. */
struct told {
    GByteArray *clear;     /* application data */
    GByteArray *handshake; /* decrypted messages, with their headers */
    uint32_t records;      /* that were decrypted */
    int alert;             /* its description; TOLD_NO_ALERT */
};
enum { TOLD_NO_ALERT = -1 };

struct told told_new(void);
void told_reset(struct told *told);
void told_free(struct told *told);

struct tap;

/* engine and file stay the caller's; file NULL: none. */
struct tap *tap_new(struct engine *engine, struct file *file);
void tap_free(struct tap *tap);
void tap_ends(struct tap *tap, const struct endpoint *client, const struct endpoint *server);
/* Largest payload of a segment of side. */
void tap_segment_size(struct tap *tap, enum side side, uint16_t size);
void tap_timestamps(struct tap *tap, bool timestamps);

/* A DNS message, in front of the connection. */
void tap_datagram(struct tap *tap, const struct endpoint *src, const struct endpoint *dst,
                  struct buf bytes, int64_t time);
/* The connection request; again: TCP has sent it once more. */
void tap_syn(struct tap *tap, uint16_t mss, bool again, int64_t time);
/* The answer to it, and the client's acknowledgement. */
void tap_accepted(struct tap *tap, uint16_t mss, int64_t time);
/* An ICMP error about the request, or about what was sent last. */
void tap_icmp(struct tap *tap, const struct endpoint *from, uint8_t type, uint8_t code,
              uint16_t mtu, int64_t time);
/* Bytes of side; told may be NULL. */
void tap_bytes(struct tap *tap, enum side side, const uint8_t *bytes, size_t len,
               const struct told *told, int64_t time);
/* The server has acknowledged so many bytes of the client since the beginning. */
void tap_acked(struct tap *tap, uint64_t bytes, int64_t time);
/* The client acknowledges what the server sent, if it has not with bytes of its own. */
void tap_acknowledge(struct tap *tap, int64_t time);
/* TCP sent the oldest bytes that are not acknowledged once more. */
void tap_resent(struct tap *tap, int64_t time);
void tap_fin(struct tap *tap, enum side side, int64_t time);
void tap_rst(struct tap *tap, enum side side, int64_t time);
/* A line of the key log, for the file alone. */
void tap_secret(struct tap *tap, const char *line);
/* When a frame was, in seconds since the first one. */
double tap_frame_seconds(const struct tap *tap, uint32_t frame);

#endif
