/* pty.h - a real pppd behind a pty: PPP in HDLC-like framing (RFC 1662)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_PEER_PTY_H
#define SSTPDIAG_TESTS_PEER_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

struct pty;

/* Starts the command with a new pty as its terminal, standard input and output. NULL, with the
 * reason in error. */
struct pty *pty_new(char **command, GError **error);
/* To be polled for input. */
int pty_fd(const struct pty *pty);
void pty_send(struct pty *pty, const uint8_t *frame, size_t len);
/* Hands each whole frame that came to hear(). False when the command has ended. */
bool pty_receive(struct pty *pty, void (*hear)(void *data, const uint8_t *frame, size_t len),
                 void *data);
/* Ends the command, waits for it and frees. pty may be NULL. */
void pty_free(struct pty *pty);

#endif
