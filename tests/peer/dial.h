/* dial.h - the test client: the product's own, with a filter that lets it do wrong
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_PEER_DIAL_H
#define SSTPDIAG_TESTS_PEER_DIAL_H

#include "options.h"

/* Holds a call on the socket, which it takes over, until it is over. True when the tunnel was up
 * and ended in order. */
bool dial_run(const struct options *options, int fd, const char *password);

#endif
