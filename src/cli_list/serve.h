/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_LIST_SERVE_H
#define HL_CLI_LIST_SERVE_H

#include "cli_list/source.h"
#include "consume/pool.h"
#include "proc/supervise.h"
#include "stop/stop.h"

/*
 * What the services have in common: the options, a supervisor with one child
 * that is shut in, the list, the pool.
 */
struct hl_list_service {
	const char *verb; /* also the log's name of the process */
	const char *help;
	const char *listen; /* --listen */
	struct hl_list_source source;
	struct hl_stop_config stop; /* of the options */
	size_t n_threads, n_connections;
	int listen_fd;
	struct hl_consume_pool *pool; /* in the child */
	/* Serves until self says stop. */
	int (*serve)(struct hl_list_service *s, struct hl_proc_self *self,
		struct hl_err *err);
};

#define HL_LIST_SERVE_USAGE                                                \
	"                --list FOLDER|--file LIST --listen ADDRESS\n"     \
	"                --hotline NAME [--contact LINK] [--appeal URL]\n" \
	"                [--who NAME] [--who-uri URL]\n"                   \
	"                [--worry LINK] [--worry-name NAME]\n"             \
	"                [--young LINK] [--young-name NAME]\n"             \
	"                [--threads N] [--connections N] [--user NAME]\n"
#define HL_LIST_SERVE_HELP                                                     \
	HL_LIST_SOURCE_HELP                                                    \
	"  --listen ADDRESS\n"                                                 \
	"                  as 127.0.0.1:1344 or unix:/PATH; port 0 takes a "   \
	"free one\n"                                                           \
	"On the stop page; a LINK is https:, http:, mailto: or tel:\n"         \
	"  --hotline NAME  whose list it is\n"                                 \
	"  --contact LINK  where the hotline is reached\n"                     \
	"  --appeal URL    the hotline's page for objections\n"                \
	"  --who NAME      who blocks\n"                                       \
	"  --who-uri URL   who blocks, for programs (RFC 7725)\n"              \
	"  --worry LINK    where those who worry about themselves find help\n" \
	"  --young LINK    where children and young people find help\n"        \
	"  --worry-name NAME, --young-name NAME\n"                             \
	"                  what these are called\n"                            \
	"\n"                                                                   \
	"  --threads N     that ask the hotline at a time (16)\n"              \
	"  --connections N at a time (1024)\n"                                 \
	"\n"                                                                   \
	"Exit status: 0 stopped, 1 failed, 2 the command line makes no "       \
	"sense,\n"                                                             \
	"3 there is no such LIST, 4 the address is in use. What is wrong in "  \
	"FOLDER ends\n"                                                        \
	"nothing: all is let through, and it is looked at each second.\n"

/* The whole life of the command; the exit status. */
int hl_list_serve(struct hl_list_service *s, int argc, char **argv);

#endif
