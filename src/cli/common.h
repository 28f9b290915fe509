/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_COMMON_H
#define HL_CLI_COMMON_H

#include "domain/settings.h"
#include "seal/ring.h"
#include "store/store.h"
#include "store/who.h"

/*
 * What the subcommands share. Each is `int hl_cli_NAME(int argc, char **argv)`
 * with argv[0] its own name, and gives the exit status.
 */
enum hl_cli_exit {
	HL_CLI_OK = 0,
	HL_CLI_FAILED = 1,      /* it was tried and did not work; stderr says
				   why */
	HL_CLI_USAGE = 2,       /* the command line makes no sense */
	HL_CLI_NOT_FOUND = 3,   /* no such object */
	HL_CLI_UNAVAILABLE = 4, /* a process, file or service is not there */
};

/* An installation: the folder with hotline.conf, keys/ and the store. */
#define HL_CLI_CONF "hotline.conf"
#define HL_CLI_SOCKET "store.sock"
#define HL_CLI_PATH_MAX 4096

/* The folder: --dir (main puts it into HOTLINE_DIR), $HOTLINE_DIR, ./var if
 * it is an installation, else /var/lib/hotline. Static or environment. */
const char *hl_cli_dir(void);

/* dir/name, or name alone when it is absolute. HL_E_LIMIT. */
int hl_cli_path(const char *dir, const char *name, char out[HL_CLI_PATH_MAX],
	struct hl_err *err);

/* The settings of the installation. HL_NOTFOUND: it has not been set up;
 * err says how to. *out is owned. */
int hl_cli_settings(struct hl_settings **out, struct hl_err *err);

/*
 * Whether the store's file is there, without opening it: what opens it would
 * make an empty one. HL_NOTFOUND: it is not, or has no byte in it; err says
 * what to do.
 */
int hl_cli_store_there(const char *path, struct hl_err *err);

/* The store, through its running process or, when none runs, from the file;
 * one on read-only media can be read.
 * *out is owned. */
int hl_cli_store(struct hl_store **out, struct hl_err *err);

/* The store as somebody at the machine uses it, who has no keys. */
struct hl_cli_session {
	struct hl_store *store;
	struct hl_arena *arena; /* secret */
	struct hl_seal_ring no_keys;
	struct hl_who who;
	bool usage; /* the command line made no sense, and err says so */
};
/* *s begins zeroed, stays where it is, and is closed also after a fault. */
int hl_cli_session_open(struct hl_cli_session *s, struct hl_err *err);
/* Closes, prints why if r is no success, as hl_cli_fail(), and gives the exit
 * status. A conflict is a refusal: a name that is taken, a change that came
 * first. */
int hl_cli_session_close(struct hl_cli_session *s, const char *name, int r,
	const struct hl_err *err);

/* The exit status that goes with an outcome. */
int hl_cli_status(int r);
/* Prints "hotline NAME: what: why" to stderr and gives the exit status that
 * goes with the outcome r. */
int hl_cli_fail(const char *name, int r, const struct hl_err *err);

/* True, and the help printed to stdout, if an argument is --help or -h. */
bool hl_cli_help(int argc, char **argv, const char *text);

/* The value of "--name VALUE" or "--name=VALUE"; takes it out of argv and
 * lowers *argc. NULL when it is not there; "" for a missing value. */
const char *hl_cli_option(int *argc, char **argv, const char *name);
/* The same for a flag without a value. */
bool hl_cli_flag(int *argc, char **argv, const char *name);
/* After all options are taken: the first argument that still begins with
 * '-', or NULL. */
const char *hl_cli_unknown(int argc, char **argv);

#endif
