/* credentials.h - passwords, NT hashes and HLAKs that the user gives, by user name
 *
 * What an entry says is a secret in any of its words, as users exchange columns: no reason names
 * one. Secrets are wiped when the last reference goes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPDIAG_CORE_CRYPTO_CREDENTIALS_H
#define SSTPDIAG_CORE_CRYPTO_CREDENTIALS_H

#include <glib.h>

#include "base/buf.h"

enum {
    CREDENTIALS_MAX = 4096,                /* entries */
    CREDENTIALS_FILE_MAX_LEN = 512 * 1024, /* of a file of entries */
    CREDENTIALS_WORD_MAX_LEN = 1024,       /* pattern, value, or first line of a value's file */
    CREDENTIALS_PASSWORD_MAX_CHARS = 256,  /* RFC 2759 section 8.1 */
    CREDENTIALS_NT_HASH_LEN = 16,
    CREDENTIALS_HLAK_LEN = 32,
};

enum credential_kind { CREDENTIAL_PASSWORD, CREDENTIAL_NT_HASH, CREDENTIAL_HLAK };

/* The ways to give a value; they are the words of files and tables. */
struct credential_form {
    const char *name; /* "password", "password-file", ... */
    enum credential_kind kind;
    bool in_file; /* the value names a file, whose first line holds it */
};
enum { CREDENTIAL_FORM_COUNT = 6 };
extern const struct credential_form credential_forms[CREDENTIAL_FORM_COUNT];

/* One entry. Belongs to its set. */
struct credential {
    char *pattern; /* as written */
    enum credential_kind kind;
    uint8_t *secret; /* a password in UTF-8, without a NUL; 16 bytes; 32 bytes */
    size_t secret_len;
};

struct credentials;

/* Reads a file for a value: puts up to size bytes of it to bytes and their number to *len. NULL, or
 * why it could not be read (static). */
typedef const char *(*credentials_read_fn)(void *data, const char *path, uint8_t *bytes,
                                           size_t size, size_t *len);

/* Who reads the files that entries name, and what it is given. */
struct credentials_reader {
    credentials_read_fn read;
    void *data;
};

/* An empty set, with one reference. */
struct credentials *credentials_new(void);
struct credentials *credentials_ref(struct credentials *credentials);
/* The last one wipes the secrets. NULL is passed over. */
void credentials_unref(struct credentials *credentials);

/* Adds an entry. pattern: a user's name, with "*" and "?" if need be, without regard to case. With
 * a domain (DOMAIN\user) or realm (user@realm) in it, all of the name on the wire must fit, else
 * its user part. form: name of a credential_form. NULL, or what is wrong with the entry (static).
 */
const char *credentials_add(struct credentials *credentials, const char *pattern, const char *form,
                            const char *value, const struct credentials_reader *reader);
/* Adds the entries of a file: one a line, "pattern form value" with blanks or tabs between. A word
 * with blanks stands in double quotes, where \" and \\ stand for " and \; a line that begins with #
 * is a comment. Entries that are wrong are left out, and what is wrong with each is added to wrong
 * as "line N: reason" (newly allocated). */
void credentials_parse(struct credentials *credentials, struct buf file,
                       const struct credentials_reader *reader, GPtrArray *wrong);

unsigned credentials_count(const struct credentials *credentials);
/* Entries for the user's name as seen on the wire, in the order in which they were added: the first
 * one at or behind *position, which is moved behind it. Begin with 0. NULL when there are no more.
 * user may be NULL, when it was not seen: then only "*" fits. credentials may be NULL. */
const struct credential *credentials_next(const struct credentials *credentials, const char *user,
                                          unsigned *position);

#endif
