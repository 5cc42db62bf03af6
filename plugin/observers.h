/* observers.h - what stands in front of TCP, ICMP, DNS and ARP
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_OBSERVERS_H
#define SSTPDIAG_PLUGIN_OBSERVERS_H

void observers_register(void);
/* Once all of Wireshark's dissectors have their table entries. */
void observers_handoff(void);

#endif
