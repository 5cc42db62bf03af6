/* frames.h - which packet of a joined capture is which of those that it was made of
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TOOLS_FRAMES_H
#define SSTPDIAG_TOOLS_FRAMES_H

#include <glib.h>

/* How many interfaces a capture has; 0 when it is no pcap or pcapng file. */
guint32 frames_interfaces(const char *path);
/* interfaces: guint32, of each of the captures that joined was made of, in their order. Returns an
 * array of GArray of guint32: for each capture, the numbers of its packets in joined. The caller's;
 * NULL when joined cannot be read, or has other interfaces. */
GPtrArray *frames_map(const char *joined, const GArray *interfaces);

#endif
