/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/view.h"

#include <stdlib.h>

#define ARENA_MAX ((size_t)1 << 30)

void hl_lists_shelf_init(struct hl_lists_shelf *s)
{
	pthread_mutex_init(&s->lock, NULL);
	s->view = NULL;
}

void hl_lists_shelf_fini(struct hl_lists_shelf *s)
{
	hl_lists_view_drop(s->view);
	pthread_mutex_destroy(&s->lock);
}

void hl_lists_shelf_put(struct hl_lists_shelf *s, struct hl_lists_view *view)
{
	pthread_mutex_lock(&s->lock);
	struct hl_lists_view *old = s->view;
	s->view = view;
	pthread_mutex_unlock(&s->lock);
	hl_lists_view_drop(old);
}

struct hl_lists_view *hl_lists_shelf_take(struct hl_lists_shelf *s)
{
	pthread_mutex_lock(&s->lock);
	struct hl_lists_view *view = s->view;
	if (view) {
		view->n_users++;
	}
	pthread_mutex_unlock(&s->lock);
	return view;
}

int hl_lists_view_new(struct hl_lists_view **out, struct hl_err *err)
{
	struct hl_lists_view *v = calloc(1, sizeof(*v));

	if (v) {
		v->arena = hl_arena_new(ARENA_MAX, true);
	}
	if (!v || !v->arena) {
		free(v);
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a view");
	}
	v->n_users = 1;
	*out = v;
	return 0;
}

void hl_lists_view_drop(struct hl_lists_view *view)
{
	if (view && --view->n_users == 0) {
		hl_arena_free(view->arena);
		free(view);
	}
}

static int by_token(const void *a, const void *b)
{
	const struct hl_lists_seat *x = a, *y = b;

	return memcmp(x->who.token_hash, y->who.token_hash,
		sizeof(x->who.token_hash));
}

void hl_lists_view_sort(struct hl_lists_view *view)
{
	if (view->n_seats) {
		qsort(view->seats, view->n_seats, sizeof(*view->seats),
			by_token);
	}
}

/* What is compared are hashes of random tokens: how long it takes tells
 * nothing that helps to guess one. */
const struct hl_lists_seat *hl_lists_view_find(
	const struct hl_lists_view *view, const uint8_t token_hash[32])
{
	size_t from = 0, to = view->n_seats;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int d = memcmp(view->seats[mid].who.token_hash, token_hash, 32);

		if (d == 0) {
			return &view->seats[mid];
		}
		if (d < 0) {
			from = mid + 1;
		} else {
			to = mid;
		}
	}
	return NULL;
}
