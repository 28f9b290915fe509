/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/near.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/time.h"

#define FRESH_US (250 * 1000)

struct hl_lookup_near {
	struct hl_registry_near near;
	const char *folder;
	pthread_mutex_t lock; /* triage asks seldom: one reader does */
	struct hl_lookup_view *view;
	struct hl_match_reader *reader;
	int64_t looked_us;
};

static void forget(struct hl_lookup_near *n)
{
	hl_match_reader_free(n->reader);
	hl_lookup_view_unref(n->view);
	n->reader = NULL;
	n->view = NULL;
}

static int open_current(struct hl_lookup_near *n,
	const struct hl_lookup_name *name, struct hl_err *err)
{
	struct hl_match_error why = {0};

	forget(n);
	int r = hl_lookup_view_open(n->folder, name, &n->view, err);
	if (r) {
		return r == HL_NOTFOUND ? 0 : r;
	}
	int code = hl_match_reader_new(n->view->index, &n->reader, &why);
	if (code) {
		forget(n);
		return hl_lookup_fault(code, &why, err);
	}
	return 0;
}

/* The writer may have committed, or begun another index. */
static int refresh(struct hl_lookup_near *n, struct hl_err *err)
{
	int64_t now_us = hl_time_mono_us();
	struct hl_match_error why = {0};
	struct hl_lookup_name name;

	if (n->looked_us && now_us - n->looked_us < FRESH_US) {
		return 0;
	}
	int r = hl_lookup_name_read(n->folder, HL_LOOKUP_CURRENT, &name, err);
	if (r == HL_NOTFOUND) {
		forget(n);
		return 0;
	}
	if (r) {
		return r;
	}
	n->looked_us = now_us;
	if (!n->view || n->view->name.number != name.number ||
		strcmp(n->view->name.registry, name.registry) != 0) {
		return open_current(n, &name, err);
	}
	int code = hl_match_index_follow(n->view->index, &why);
	return code < 0 ? hl_lookup_fault(code, &why, err) : 0;
}

static int ask(struct hl_lookup_near *n, const uint8_t pdq[32],
	struct hl_match_answer *answer, struct hl_err *err)
{
	const struct hl_match_query query = {
		.size_of = sizeof(query), .kind = HL_MATCH_PDQ};
	struct hl_match_error why = {0};
	int r = refresh(n, err);

	if (r || !n->reader) {
		return r;
	}
	int code = hl_match_reader_query(n->reader, pdq, &query, answer, &why);
	return code < 0 ? hl_lookup_fault(code, &why, err) : 0;
}

static int find(void *ctx, const uint8_t pdq[32], struct hl_registry_hit *hits,
	size_t n_max, size_t *n_out, struct hl_err *err)
{
	struct hl_lookup_near *n = ctx;
	struct hl_match_answer answer = {.n_max = n_max};

	*n_out = 0;
	answer.matches = calloc(n_max ? n_max : 1, sizeof(*answer.matches));
	if (!answer.matches) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to look");
	}
	pthread_mutex_lock(&n->lock);
	int r = ask(n, pdq, &answer, err);
	pthread_mutex_unlock(&n->lock);
	for (size_t i = 0; !r && i < answer.n; i++) {
		hits[i] =
			(struct hl_registry_hit){(int64_t)answer.matches[i].id,
				(int)answer.matches[i].part,
				answer.matches[i].distance};
		*n_out = i + 1;
	}
	free(answer.matches);
	return r;
}

int hl_lookup_near_new(
	const char *folder, struct hl_lookup_near **out, struct hl_err *err)
{
	struct hl_lookup_near *n = calloc(1, sizeof(*n));

	if (!n) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to look");
	}
	n->folder = folder;
	n->near = (struct hl_registry_near){find, n};
	pthread_mutex_init(&n->lock, NULL);
	*out = n;
	return 0;
}

void hl_lookup_near_free(struct hl_lookup_near *n)
{
	if (n) {
		forget(n);
		pthread_mutex_destroy(&n->lock);
		free(n);
	}
}

const struct hl_registry_near *hl_lookup_near_of(const struct hl_lookup_near *n)
{
	return &n->near;
}
