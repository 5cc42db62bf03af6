/* abandon.h - a signal while the final file is made: the one that was written live stays
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_ABANDON_H
#define SSTPCAP_ABANDON_H

/* From now on SIGINT, SIGTERM and SIGHUP end this program at once, with EXIT_END_LOST, and say that
 * path stays as it is. */
void abandon_on_signal(const char *path);

#endif
