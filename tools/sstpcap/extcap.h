/* extcap.h - sstpcap as an interface of Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_EXTCAP_H
#define SSTPCAP_EXTCAP_H

#include <stdbool.h>

/* Wireshark calls: one of its arguments is there. */
bool extcap_is_called(int argc, char **argv);
/* Answers it, or captures. The exit status. */
int extcap_main(int argc, char **argv);
/* Makes a link to this program where Wireshark looks for such. The exit status. */
int extcap_install(void);

#endif
