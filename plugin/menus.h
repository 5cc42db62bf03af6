/* menus.h - the menu Tools > SSTP of Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_MENUS_H
#define SSTPDIAG_PLUGIN_MENUS_H

void menus_register(int proto);

#endif
