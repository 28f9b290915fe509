/* SPDX-License-Identifier: Apache-2.0 */
/* hotline list serve-icap */
#include "cli_list/commands.h"
#include "cli_list/serve.h"
#include "consume/icap.h"

static const char help[] =
	"usage: hotline list serve-icap\n" HL_LIST_SERVE_USAGE "\n"
	"An ICAP service (RFC 3507) for REQMOD: requests for what is listed "
	"are\n"
	"answered with 451 and a stop page, all others go on unchanged. Any "
	"path\n"
	"will do: icap://127.0.0.1:1344/reqmod.\n"
	"\n" HL_LIST_SERVE_HELP;

static int serve(struct hl_list_service *s, struct hl_proc_self *self,
	struct hl_err *err)
{
	const struct hl_consume_icap_options options = {
		.listen_fd = s->listen_fd,
		.stop_fd = self->stop_fd,
		.consume = &s->source.consume,
		.pool = s->pool,
		.stop = &s->stop,
		.n_connections = s->n_connections,
	};

	hl_proc_ready(self);
	return hl_consume_icap_serve(&options, err);
}

int hl_cli_list_serve_icap(int argc, char **argv)
{
	struct hl_list_service s = {
		.verb = "serve-icap", .help = help, .serve = serve};

	return hl_list_serve(&s, argc, argv);
}
