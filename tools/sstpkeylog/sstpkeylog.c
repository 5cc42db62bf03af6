/* sstpkeylog.c - preloaded into a program with a shared OpenSSL 1.1.1 or 3: writes its TLS secrets
 * to the file that SSLKEYLOGFILE names, as that program has no option for it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

/* OpenSSL's own names, so that its headers are not needed. */
typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;
typedef void (*keylog_callback)(const SSL *ssl, const char *line);

enum { LINE_MAX_LEN = 1024 };

static struct {
    SSL *(*ssl_new)(SSL_CTX *context);
    void (*set_callback)(SSL_CTX *context, keylog_callback callback);
    keylog_callback (*get_callback)(const SSL_CTX *context);
} real;

SSL *SSL_new(SSL_CTX *context);

/* A library that a plugin has loaded for itself is not among the next ones. */
static void *
find(const char *name)
{
    static const char *const libraries[] = { "libssl.so.3", "libssl.so.1.1" };
    void *symbol = dlsym(RTLD_NEXT, name);

    for (size_t i = 0; !symbol && i < sizeof libraries / sizeof libraries[0]; i++) {
        void *library = dlopen(libraries[i], RTLD_LAZY | RTLD_NOLOAD);
        if (library)
            symbol = dlsym(library, name);
    }
    return symbol;
}

/* dlsym() gives an object pointer for a function, which ISO C does not convert. */
static void
find_all(void)
{
    void *symbol = find("SSL_new");

    memcpy(&real.ssl_new, &symbol, sizeof symbol);
    symbol = find("SSL_CTX_set_keylog_callback");
    memcpy(&real.set_callback, &symbol, sizeof symbol);
    symbol = find("SSL_CTX_get_keylog_callback");
    memcpy(&real.get_callback, &symbol, sizeof symbol);
}

static const char *
key_file(void)
{
    /* A program with more rights than its user must not write where that user says. */
    return getauxval(AT_SECURE) ? NULL : getenv("SSLKEYLOGFILE");
}

/* Not where somebody has put a link, and not into a pipe, which nobody may be reading. What the
 * kernel shows as files of a process is no link that anybody could put there. */
static int
open_key_file(const char *path)
{
    static const char process[] = "/proc/";
    const int flags = O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC;
    bool shown = strncmp(path, process, sizeof process - 1) == 0;
    int fd = open(path, shown ? flags : flags | O_NOFOLLOW, 0600);
    struct stat status;

    if (fd >= 0 && (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))) {
        close(fd);
        return -1;
    }
    return fd;
}

/* One write() a line, so that lines of several processes do not mix. */
static void
log_line(const SSL *ssl, const char *line)
{
    const char *path = key_file();
    size_t len = strlen(line);
    char text[LINE_MAX_LEN + 1];
    int saved_errno = errno, fd;

    (void)ssl;
    if (path && len < LINE_MAX_LEN) {
        memcpy(text, line, len + 1);
        text[len] = '\n';
        fd = open_key_file(path);
        if (fd >= 0) {
            ssize_t written = write(fd, text, len + 1);
            (void)written;
            close(fd);
        }
        explicit_bzero(text, sizeof text);
    }
    errno = saved_errno;
}

__attribute__((visibility("default"))) SSL *
SSL_new(SSL_CTX *context)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, find_all);
    if (!real.ssl_new)
        return NULL;
    /* A callback of the program itself stays. */
    if (context && key_file() && real.set_callback && real.get_callback &&
        !real.get_callback(context))
        real.set_callback(context, log_line);
    return real.ssl_new(context);
}
