/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/rand.h"
#include "store/handle.h"
#include "store/sqlite.h"

static struct hl_store *handle_new(int fd)
{
	struct hl_store *store = calloc(1, sizeof(*store));

	if (store) {
		store->fd = fd;
		hl_rand_bytes(&store->next_id, sizeof(store->next_id));
	}
	return store;
}

static int open_with(int (*open_engine)(const char *path,
			     struct hl_engine **out, struct hl_err *err),
	const char *path, enum hl_store_role role, struct hl_store **out,
	struct hl_err *err)
{
	struct hl_store *store = handle_new(-1);

	*out = NULL;
	if (!store) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for the store");
	}
	store->role = role;
	int r = open_engine(path, &store->engine, err);
	if (r) {
		free(store);
		return r;
	}
	*out = store;
	return 0;
}

int hl_store_open(const char *path, enum hl_store_role role,
	struct hl_store **out, struct hl_err *err)
{
	return open_with(hl_store_engine_open, path, role, out, err);
}

int hl_store_open_still(const char *path, enum hl_store_role role,
	struct hl_store **out, struct hl_err *err)
{
	*out = NULL;
	return hl_store_sqlite_is_still(path)
		       ? open_with(hl_store_engine_open_still, path, role, out,
				 err)
		       : HL_CONFLICT;
}

int hl_store_settle(struct hl_store *store, struct hl_err *err)
{
	return store->engine ? hl_store_engine_settle(store->engine, err) : 0;
}

int hl_store_link(int fd, struct hl_store **out, struct hl_err *err)
{
	*out = handle_new(fd);
	return *out ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory for a link");
}

void hl_store_close(struct hl_store *store)
{
	if (store) {
		hl_store_engine_close(store->engine);
		if (store->owns_fd) {
			close(store->fd);
		}
		free(store);
	}
}

static int carry_local(struct hl_store *store, struct hl_str request,
	struct hl_buf *answer, struct hl_err *err)
{
	if (!hl_store_engine_writes(store->engine, request)) {
		hl_store_engine_run(
			store->engine, store->role, request, answer);
		return 0;
	}
	int r = hl_store_engine_begin(store->engine, err);
	if (r) {
		return r;
	}
	hl_store_engine_run(store->engine, store->role, request, answer);
	return hl_store_engine_commit(store->engine, err);
}

int hl_store_carry(struct hl_store *store, struct hl_str request,
	struct hl_buf *answer, struct hl_err *err)
{
	return store->engine ? carry_local(store, request, answer, err)
			     : hl_store_link_carry(store, request, answer, err);
}
