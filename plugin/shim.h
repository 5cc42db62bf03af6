/* shim.h - takes a session's clear bytes, and calls the stock dissectors for one piece at a time
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_SHIM_H
#define SSTPDIAG_PLUGIN_SHIM_H

void shim_register(int proto);
/* Once all of Wireshark's dissectors are registered. */
void shim_handoff(int proto);

#endif
