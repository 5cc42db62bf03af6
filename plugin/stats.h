/* stats.h - the menu Statistics > SSTP: the tables of the core, in Wireshark's own windows
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_STATS_H
#define SSTPDIAG_PLUGIN_STATS_H

void stats_register(void);

#endif
