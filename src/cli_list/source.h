/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_LIST_SOURCE_H
#define HL_CLI_LIST_SOURCE_H

#include "consume/ask.h"
#include "consume/file.h"
#include "consume/keep.h"
#include "consume/setup.h"

/*
 * The list that a serve-* verb answers from, and what those verbs share:
 * where it comes from, shutting the process in, keeping it fresh.
 */
struct hl_list_source {
	const char *file;               /* --file */
	const char *list;               /* --list */
	const char *user;               /* --user */
	struct hl_consume_file *opened; /* with --file */
	struct hl_consume_setup setup;  /* with --list, as the rest */
	char folder[PATH_MAX];          /* of it, absolute */
	char path[PATH_MAX];            /* of the list in it */
	struct hl_buf token;            /* until the list is open */
	bool found;                     /* setup and token */
	int scout_fd;                   /* cli_list/scout.h; 0: none */
	struct hl_consume_hits *hits;
	struct hl_consume_keep *keep;
	struct hl_consume consume;
	int hup_fd;
};

/* Lines for the help of each verb. */
#define HL_LIST_SOURCE_HELP                                                    \
	"  --list FOLDER   the list that \"hotline list follow\" keeps "       \
	"there\n"                                                              \
	"  --file LIST     instead, a text file with one HOST or HOST/PATH a " \
	"line: "                                                               \
	"for\n"                                                                \
	"                  testing an installation. It is read again when "    \
	"it\n"                                                                 \
	"                  changes, and on SIGHUP\n"                           \
	"  --user NAME     system user to become when run as root\n"

/* Takes the options out of argv. False, and told on standard error: no list
 * was named, or two. */
bool hl_list_source_take(
	struct hl_list_source *s, const char *verb, int *argc, char **argv);

/* Opens the list: faults are those of the command line. A folder is waited
 * for, whatever is wrong with it. */
int hl_list_source_open(struct hl_list_source *s, struct hl_err *err);
/* Shuts the process in (docs/processes.md): it accepts, reads the list, and
 * no more; then keeps the list fresh by a thread. SIGHUP rereads from here
 * on. For a process with one thread. */
int hl_list_source_enter(struct hl_list_source *s, struct hl_err *err);
void hl_list_source_close(struct hl_list_source *s);

/* Reads what --list has and opens it, for who only asks: no sandbox. */
int hl_list_keep_open(
	struct hl_list_source *s, unsigned n_connections, struct hl_err *err);

/* How many threads ask about what is unsure: --threads N, 1 to 256, or 0 for
 * the default. False, and told on standard error: N is none. */
bool hl_list_threads_take(
	const char *verb, int *argc, char **argv, size_t *n_threads);

#endif
