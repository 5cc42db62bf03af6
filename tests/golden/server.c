/* server.c - in front of tshark by LD_PRELOAD, it lets one start of tshark serve many runs
 *
 * What tshark does up to its preferences of files takes most of a short run, and is the same in
 * each. There this one stops, and forks for each request: the child goes on as the tshark that was
 * asked for, with its own arguments, preferences and capture, and ends as any other. So it is
 * tshark's own code that runs, and nothing of one run can reach the next.
 *
 * SSTPDIAG_SERVER is the number of a SOCK_SEQPACKET socket. A request is one message: the arguments
 * behind the program's name, each with its NUL, and by SCM_RIGHTS the files for stdout and stderr.
 * The answer is a struct answer; another one, of zeros, is sent before the first request. The
 * process ends when the other end closes the socket.
 *
 * tshark reads its arguments twice. Those that it heeds the first time, before it gets here, are
 * the server's own for all runs: -C -G -h -O -P -r -v -V -x -X. With -r goes a link that is
 * set to another capture before each request.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILES = 2, MOST_BYTES = 1 << 16, MOST_ARGS = 256 };

/* Of a run that ended. */
struct answer {
    int32_t status; /* as wait() has it */
    int32_t unused;
    int64_t cpu_us;
    int64_t maxrss_kib;
};

struct request {
    char text[MOST_BYTES + 1];
    size_t len;
    int files[FILES]; /* stdout and stderr */
};

/* Wireshark's own names, and what stands in front of its functions: */
struct ws_option;
#define PUBLIC __attribute__((visibility("default")))
extern int ws_optind;
PUBLIC void *epan_load_settings(void);
PUBLIC void epan_cleanup(void);
PUBLIC int ws_getopt_long(int argc, char *const *argv, const char *shorts,
                          const struct ws_option *longs, int *longind);

static struct request request;
static char *arguments[MOST_ARGS + 1];
static int num_arguments; /* 0: not a child that serves a request */

static _Noreturn void
give_up(const char *what)
{
    perror(what);
    _exit(EXIT_FAILURE);
}

/* Looks up what is hidden by the function of the same name in this file. */
static void
next_function(const char *name, void *function)
{
    void *found = dlsym(RTLD_NEXT, name);

    if (!found)
        give_up(name);
    memcpy(function, (void *)&found, sizeof found);
}

/* False when the other end has closed. */
static bool
receive(int server)
{
    union {
        char bytes[CMSG_SPACE(sizeof request.files)];
        struct cmsghdr align;
    } control;
    struct iovec text = { request.text, MOST_BYTES };
    struct msghdr message = { .msg_iov = &text,
                              .msg_iovlen = 1,
                              .msg_control = control.bytes,
                              .msg_controllen = sizeof control.bytes };
    ssize_t len = recvmsg(server, &message, MSG_CMSG_CLOEXEC);
    const struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    if (len <= 0)
        return false;
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || !header ||
        header->cmsg_len != CMSG_LEN(sizeof request.files))
        give_up("request");
    memcpy(request.files, CMSG_DATA(header), sizeof request.files);
    request.len = (size_t)len;
    request.text[request.len] = '\0';
    return true;
}

/* Goes on as the tshark of the request. */
static void
become_run(int server)
{
    static char name[] = "tshark";

    close(server);
    if (dup2(request.files[0], STDOUT_FILENO) < 0 || dup2(request.files[1], STDERR_FILENO) < 0)
        give_up("dup2");
    arguments[num_arguments++] = name;
    for (char *at = request.text; at < request.text + request.len; at += strlen(at) + 1) {
        if (num_arguments == MOST_ARGS)
            give_up("too many arguments");
        arguments[num_arguments++] = at;
    }
}

static struct answer
wait_for(pid_t child)
{
    struct rusage usage;
    int status;

    if (wait4(child, &status, 0, &usage) != child)
        give_up("wait4");
    return (struct answer){
        .status = status,
        .cpu_us = (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
                  usage.ru_utime.tv_usec + usage.ru_stime.tv_usec,
        .maxrss_kib = usage.ru_maxrss,
    };
}

static void
send_answer(int server, struct answer answer)
{
    if (send(server, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer)
        _exit(EXIT_SUCCESS);
}

/* Returns in each child, never in the server itself. */
static void
serve(int server)
{
    send_answer(server, (struct answer){ 0 });
    while (receive(server)) {
        pid_t child = fork();
        if (child < 0)
            give_up("fork");
        if (child == 0) {
            become_run(server);
            return;
        }
        for (int i = 0; i < FILES; i++)
            close(request.files[i]);
        send_answer(server, wait_for(child));
    }
    _exit(EXIT_SUCCESS);
}

/* What tshark calls last before it reads its arguments again. */
void *
epan_load_settings(void)
{
    void *(*load)(void);
    const char *server = getenv("SSTPDIAG_SERVER");

    next_function("epan_load_settings", (void *)&load);
    void *preferences = load();
    if (server && num_arguments == 0) {
        int number = atoi(server);
        /* Not for what tshark starts. */
        unsetenv("SSTPDIAG_SERVER");
        unsetenv("LD_PRELOAD");
        serve(number);
    }
    return preferences;
}

/* Behind that it reads its arguments a second time: in a child, those of the request. */
int
ws_getopt_long(int argc, char *const *argv, const char *shorts, const struct ws_option *longs,
               int *longind)
{
    static int (*read)(int, char *const *, const char *, const struct ws_option *, int *);
    int option;

    if (!read)
        next_function("ws_getopt_long", (void *)&read);
    if (num_arguments == 0)
        return read(argc, argv, shorts, longs, longind);
    option = read(num_arguments, arguments, shorts, longs, longind);
    if (option < 0) {
        if (ws_optind != num_arguments)
            give_up("an argument without its option");
        /* None of the server's own is left to be taken for a filter. */
        ws_optind = argc;
    }
    return option;
}

/* A run that is served leaves to the kernel what was there before it: touching all of that to give
 * it back would take as long as the run. What belongs to the capture is given back before. */
void
epan_cleanup(void)
{
    void (*cleanup)(void);

    next_function("epan_cleanup", (void *)&cleanup);
    if (num_arguments == 0)
        cleanup();
}
