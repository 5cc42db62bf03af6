/* wants.h - what rows ask for beyond findings and verdict
 *
 * A line of words "key=value". The key is
 *
 *     outcome, evidence, reached   of the session; reached: the last stage that it came to
 *     tcp, tls, lcp ...            a stage, by the name of the JSON report; "-": it never began
 *     anything else                a detail of the row's finding
 *
 * A number is compared to as many decimals as are written; "_" stands for a blank.
 * tests/golden/synthetic.py asks the same of the JSON.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_TESTS_WANTS_H
#define SSTPDIAG_TESTS_WANTS_H

#include "rules/rules.h"
#include "session/session.h"

/* The first demand that is not met: "tls: failed instead of ok". Newly allocated; NULL when all
 * are. finding is NULL where there is none; wants may be NULL. */
char *wants_wrong(const char *wants, const struct session *session, const struct finding *finding);

#endif
