/* tap-sstpdiag.h - the report: -z sstpdiag[,json[,trace]][,log=FILE]..., and the tables,
 * -z sstpdiag,sessions and others
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_PLUGIN_TAP_SSTPDIAG_H
#define SSTPDIAG_PLUGIN_TAP_SSTPDIAG_H

#include "state.h"

void tap_report_register(void);
/* The report as text, newly allocated; NULL when no file is open. */
char *tap_report_text(const struct state *state);

#endif
