/* fuzz_explain.c - what sstpdiag --explain says of a word, a number or a sentence
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdint.h>
#include <stdlib.h>

#include <glib.h>

#include "report/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *word = g_strndup((const char *)data, size);
    char *text = report_explain(word);

    if (text && !g_utf8_validate(text, -1, NULL))
        abort();
    g_free(text);
    g_free(word);
    return 0;
}
