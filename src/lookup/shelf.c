/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/shelf.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct hl_lookup_shelf {
	pthread_mutex_t lock;
	struct hl_lookup_view *view;
	_Atomic unsigned version;
};

int hl_lookup_fault(
	int code, const struct hl_match_error *why, struct hl_err *err)
{
	switch (code) {
	case HL_MATCH_E_NOMEM:
		return HL_FAIL(err, HL_E_NOMEM, "%s", why->text);
	case HL_MATCH_E_FULL:
		return HL_FAIL(err, HL_E_FULL, "%s", why->text);
	case HL_MATCH_E_CORRUPT:
		return HL_FAIL(err, HL_E_CORRUPT, "%s", why->text);
	case HL_MATCH_E_BUSY:
		return HL_FAIL(err, HL_CONFLICT, "%s", why->text);
	case HL_MATCH_E_IO:
		errno = why->sys_errno;
		return HL_FAIL_SYS(err, "%s", why->text);
	case HL_MATCH_E_LIMIT:
		return HL_FAIL(err, HL_E_LIMIT, "%s", why->text);
	default:
		return HL_FAIL(err, HL_E_INTERNAL, "index: %s: %s",
			hl_match_code_name(code), why->text);
	}
}

int hl_lookup_view_open(const char *folder, const struct hl_lookup_name *name,
	struct hl_lookup_view **out, struct hl_err *err)
{
	struct hl_match_index_options options = {.size_of = sizeof(options)};
	struct hl_lookup_view *v = calloc(1, sizeof(*v));
	struct hl_match_error why = {0};
	char path[HL_LOOKUP_PATH_MAX];

	if (!v) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for an index");
	}
	v->name = *name;
	v->n_refs = 1;
	int r = hl_lookup_name_path(folder, name, path, err);
	if (r) {
		free(v);
		return r;
	}
	int code = hl_match_index_open(path, &options, &v->index, &why);
	if (code) {
		free(v);
		return code == HL_MATCH_NOTFOUND
			       ? HL_NOTFOUND
			       : hl_lookup_fault(code, &why, err);
	}
	*out = v;
	return 0;
}

void hl_lookup_view_unref(struct hl_lookup_view *v)
{
	if (v && atomic_fetch_sub(&v->n_refs, 1) == 1) {
		hl_match_index_close(v->index);
		free(v);
	}
}

int hl_lookup_shelf_new(struct hl_lookup_shelf **out, struct hl_err *err)
{
	struct hl_lookup_shelf *s = calloc(1, sizeof(*s));

	if (!s) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for an index");
	}
	pthread_mutex_init(&s->lock, NULL);
	s->version = 1; /* a new seat's is 0 */
	*out = s;
	return 0;
}

void hl_lookup_shelf_free(struct hl_lookup_shelf *s)
{
	if (s) {
		hl_lookup_view_unref(s->view);
		pthread_mutex_destroy(&s->lock);
		free(s);
	}
}

void hl_lookup_shelf_put(struct hl_lookup_shelf *s, struct hl_lookup_view *view)
{
	pthread_mutex_lock(&s->lock);
	struct hl_lookup_view *before = s->view;
	s->view = view;
	atomic_fetch_add(&s->version, 1);
	pthread_mutex_unlock(&s->lock);
	hl_lookup_view_unref(before);
}

void hl_lookup_seat_fini(struct hl_lookup_seat *seat)
{
	hl_match_reader_free(seat->reader);
	hl_lookup_view_unref(seat->view);
	seat->reader = NULL;
	seat->view = NULL;
	seat->version = 0;
}

static struct hl_lookup_view *ref_view(
	struct hl_lookup_shelf *s, unsigned *version)
{
	pthread_mutex_lock(&s->lock);
	struct hl_lookup_view *v = s->view;
	if (v) {
		atomic_fetch_add(&v->n_refs, 1);
	}
	*version = atomic_load(&s->version);
	pthread_mutex_unlock(&s->lock);
	return v;
}

int hl_lookup_seat_take(struct hl_lookup_seat *seat, struct hl_err *err)
{
	struct hl_match_error why = {0};

	if (seat->version == atomic_load(&seat->shelf->version)) {
		return seat->reader ? 0 : HL_NOTFOUND;
	}
	hl_lookup_seat_fini(seat);
	seat->view = ref_view(seat->shelf, &seat->version);
	if (!seat->view) {
		return HL_NOTFOUND;
	}
	int code = hl_match_reader_new(seat->view->index, &seat->reader, &why);
	if (code) {
		hl_lookup_seat_fini(seat);
		return hl_lookup_fault(code, &why, err);
	}
	return 0;
}
