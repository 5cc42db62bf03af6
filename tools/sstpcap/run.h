/* run.h - a program whose TLS secrets go into the capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSTPCAP_RUN_H
#define SSTPCAP_RUN_H

#include <stdbool.h>

#include <glib.h>

struct run;

/* Makes a file without a name for the secrets, in memory: it is gone when this program is, however
 * that ends. NULL with *error. ended is called once when the program
 * that run_start() has started is at its end, with its status as of waitpid(). */
struct run *run_new(char **argv, void (*ended)(void *data, int status), void *data, GError **error);
/* The key log that the program will write. */
const char *run_key_file(const struct run *run);
bool run_is_started(const struct run *run);
/* It is ended when this program is, however that ends. */
bool run_start(struct run *run, GError **error);
/* Ends the program where it still runs; the key log is gone. NULL is allowed. */
void run_free(struct run *run);

#endif
