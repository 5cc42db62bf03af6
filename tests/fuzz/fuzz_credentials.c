/* fuzz_credentials.c - files of credentials, and the files that their entries name
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "crypto/credentials.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool good)
{
    if (!good)
        abort();
}

/* Every file that is named holds the input itself. */
static const char *
read_input(void *data, const char *path, uint8_t *bytes, size_t size, size_t *len)
{
    const struct buf *input = data;

    check(strlen(path) <= CREDENTIALS_WORD_MAX_LEN);
    *len = MIN(buf_left(input), size);
    if (*len > 0)
        memcpy(bytes, input->p, *len);
    return NULL;
}

static void
check_entry(const struct credential *credential)
{
    check(g_utf8_validate(credential->pattern, -1, NULL));
    if (credential->kind == CREDENTIAL_PASSWORD)
        check(g_utf8_validate((const char *)credential->secret, (gssize)credential->secret_len,
                              NULL));
    else
        check(
            credential->secret_len ==
            (credential->kind == CREDENTIAL_HLAK ? CREDENTIALS_HLAK_LEN : CREDENTIALS_NT_HASH_LEN));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct credentials *credentials = credentials_new();
    GPtrArray *wrong = g_ptr_array_new_with_free_func(g_free);
    struct buf input = buf_init(data, size);
    const struct credentials_reader reader = { read_input, &input };
    const struct credential *credential;
    unsigned position = 0, last = 0;

    credentials_parse(credentials, input, &reader, wrong);
    while ((credential = credentials_next(credentials, "D\\al", &position)) != NULL) {
        check(position > last && position <= credentials_count(credentials));
        last = position;
        check_entry(credential);
    }
    for (unsigned i = 0; i < wrong->len; i++)
        check(g_utf8_validate((const char *)g_ptr_array_index(wrong, i), -1, NULL));
    g_ptr_array_unref(wrong);
    credentials_unref(credentials);
    return 0;
}
