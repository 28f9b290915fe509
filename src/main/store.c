/* SPDX-License-Identifier: Apache-2.0 */
#include "main/processes.h"

#include <libgen.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/common.h"
#include "proc/sandbox.h"
#include "store/sql.h"

#define N_PEERS                                                              \
	(HL_PROC_LINKS_PUBLIC + HL_PROC_LINKS_STAFF + HL_PROC_LINKS_WORKER + \
		HL_PROC_LINKS_MATCH + HL_PROC_LINKS_LISTS)

static size_t add_peers(struct hl_store_peer *peers, size_t n,
	const struct hl_proc_links *links, enum hl_store_role role)
{
	for (size_t i = 0; i < links->n; i++) {
		peers[n++] = (struct hl_store_peer){links->store_ends[i], role};
	}
	return n;
}

/*
 * The engine that was killed may still be letting go of the file. It would
 * make one that is not there; this process is started again, too, when the
 * file has gone meanwhile.
 */
static int open_store(
	const char *path, struct hl_store **out, struct hl_err *err)
{
	int there = hl_cli_store_there(path, err);

	if (there) {
		return there;
	}
	for (int tries = 0; tries < 100; tries++) {
		int r = hl_store_open(path, HL_STORE_ADMIN, out, err);

		if (r != HL_CONFLICT) {
			return r;
		}
		usleep(20000);
	}
	return HL_FAIL(err, HL_CONFLICT, "%s is in use", path);
}

/* hotline init founds a store with its first keys, in the same breath. */
static int is_founded(struct hl_store *store, struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);
	struct hl_row_key_epoch_list *rows;
	size_t n = 0;
	int r = arena ? hl_get_key_epoch_list(store, arena, &rows, &n, err)
		      : HL_FAIL(err, HL_E_NOMEM, "no memory");

	return r || n ? r
		      : HL_FAIL(err, HL_NOTFOUND,
				"the store has no keys: it is not the one that "
				"hotline init made; put that one back");
}

/*
 * In two steps, since SQLite opens its files by itself: first the folder of
 * the store is in reach and nothing else; once they are open, no file is.
 * So keys and configuration beside the store are out of reach before the
 * first request.
 */
static int open_shut_in(const struct hl_main_hotline *h,
	struct hl_store **store, struct hl_err *err)
{
	char path[HL_CLI_PATH_MAX], copy[HL_CLI_PATH_MAX];
	int r = hl_cli_path(h->dir, h->settings->store_path, path, err);

	if (r) {
		return r;
	}
	memcpy(copy, path, sizeof(copy));
	const char *const write_paths[] = {dirname(copy), NULL};
	if (hl_main_shut_in(h, HL_PROC_STORE, NULL, write_paths)) {
		return HL_FAIL(err, HL_E_INTERNAL, "not shut in");
	}
	r = open_store(path, store, err);
	if (!r) {
		r = is_founded(*store, err);
	}
	if (!r) {
		r = hl_store_settle(*store, err);
	}
	return r ? r : hl_proc_sandbox_shut_files(err);
}

int hl_main_store(struct hl_proc_self *self, void *arg)
{
	struct hl_main_hotline *h = arg;
	struct hl_store_peer peers[N_PEERS];
	struct hl_store *store = NULL;
	struct hl_err err = {0};
	size_t n = 0;

	n = add_peers(peers, n, &h->public_links, HL_STORE_PUBLIC);
	n = add_peers(peers, n, &h->staff_links, HL_STORE_STAFF);
	n = add_peers(peers, n, &h->worker_links, HL_STORE_WORKER);
	n = add_peers(peers, n, &h->match_links, HL_STORE_MATCH);
	n = add_peers(peers, n, &h->lists_links, HL_STORE_LISTS);
	if (open_shut_in(h, &store, &err)) {
		return hl_main_give_up("store.open", &err);
	}
	struct hl_store_server server = {.store = store,
		.peers = peers,
		.n_peers = n,
		.listen_fd = h->admin_listen,
		.admin_uid = geteuid(),
		.stop = self->stop};
	hl_proc_ready(self);
	int r = hl_store_serve(&server, &err);
	hl_store_close(store);
	return r ? hl_main_give_up("store.serve", &err) : 0;
}
