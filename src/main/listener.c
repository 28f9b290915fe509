/* SPDX-License-Identifier: Apache-2.0 */
#include "main/listener.h"

#include <poll.h>
#include <pthread.h>

#include "main/processes.h"

struct stopper {
	int stop_fd;
	struct hl_web_server *server;
};

int hl_main_link(const struct hl_proc_links *links, size_t index,
	struct hl_store **out, struct hl_err *err)
{
	if (index >= links->n) {
		return HL_FAIL(err, HL_E_INTERNAL, "more threads than links");
	}
	return hl_store_link(links->client_ends[index], out, err);
}

static void *wait_for_stop(void *arg)
{
	struct stopper *s = arg;
	struct pollfd p = {.fd = s->stop_fd, .events = POLLIN};

	while (poll(&p, 1, -1) <= 0) {
		continue;
	}
	hl_web_server_stop(s->server);
	return NULL;
}

int hl_main_listen(
	struct hl_proc_self *self, const struct hl_web_config *config)
{
	struct stopper stopper = {.stop_fd = self->stop_fd};
	struct hl_err err = {0};
	pthread_t thread;
	int r = hl_web_server_new(config, &stopper.server, &err);

	if (r) {
		return hl_main_give_up("process.listen", &err);
	}
	if (pthread_create(&thread, NULL, wait_for_stop, &stopper) != 0) {
		hl_web_server_free(stopper.server);
		HL_FAIL(&err, HL_E_NOMEM, "no thread to stop by");
		return hl_main_give_up("process.listen", &err);
	}
	hl_proc_ready(self);
	r = hl_web_server_run(stopper.server, &err);
	if (r) {
		/* the waiting thread dies with the process */
		return hl_main_give_up("process.serve", &err);
	}
	pthread_join(thread, NULL);
	hl_web_server_free(stopper.server);
	return 0;
}
