/* child.h - a program whose output we read, and that ends when its input does
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_CHILD_H
#define SSTPCAP_CHILD_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

struct child;

struct child_calls {
    /* Bytes of its output. False: no more for now; child_read_again() when there is room. */
    bool (*output)(void *data, const uint8_t *bytes, size_t len);
    /* One line that it wrote on stderr: UTF-8, without control characters. */
    void (*line)(void *data, const char *line);
    /* Output, stderr and process are at their end, exactly once. status as of waitpid(). */
    void (*ended)(void *data, int status);
};

enum child_flags {
    CHILD_OWN_GROUP = 1,    /* the terminal's signals and the terminal itself are kept away; without
                               it SIGINT is ignored and a question can be asked at the terminal */
    CHILD_ENDS_WITH_US = 2, /* gets SIGTERM when this program is killed; others notice by their
                               input alone */
};

/* Starts argv with its three standard streams at pipes of ours. NULL with *error. */
struct child *child_new(char **argv, char **envp, unsigned flags, const struct child_calls *calls,
                        void *data, GError **error);
/* Reads an open file or FIFO the same way; its status is 0. Takes fd over. */
struct child *child_new_file(int fd, const struct child_calls *calls, void *data);
void child_read_again(struct child *child);
/* Lets it end: its input ends now, SIGINT follows after interrupt_ms, SIGTERM and SIGKILL when
 * nothing helps. */
void child_stop(struct child *child, guint interrupt_ms);
/* Kills what still runs; ended is not called any more. NULL is allowed. */
void child_free(struct child *child);

#endif
