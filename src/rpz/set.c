/* SPDX-License-Identifier: Apache-2.0 */
#include "rpz/set.h"

#include <stdatomic.h>

#include "rpz/name.h"

#define BYTES_MAX ((size_t)1 << 30)

static struct hl_rpz_set *set_alloc(size_t bytes)
{
	struct hl_rpz_set *s = malloc(sizeof(*s) + bytes);

	if (s) {
		*s = (struct hl_rpz_set){.refs = 1};
	}
	return s;
}

static void append(struct hl_rpz_set *s, const void *name, size_t n)
{
	s->data[s->bytes++] = (uint8_t)n;
	memcpy(s->data + s->bytes, name, n);
	s->bytes += n;
	s->n++;
}

static int compare(const void *a, const void *b)
{
	return hl_str_cmp(*(const struct hl_str *)a, *(const struct hl_str *)b);
}

/* Also adds up the bytes and sees whether the order is there already. */
static int check(const struct hl_str *names, size_t n,
	const struct hl_rpz_bounds *bounds, size_t *bytes, bool *sorted,
	struct hl_err *err)
{
	*bytes = 0;
	*sorted = true;
	if (n > bounds->max_names) {
		return HL_FAIL(err, HL_E_LIMIT,
			"%zu names are more than the zone's %zu: raise its "
			"limit, or list fewer",
			n, bounds->max_names);
	}
	for (size_t i = 0; i < n; i++) {
		const char *fault = hl_rpz_host_fault(names[i], bounds->room);

		if (fault) {
			return HL_FAIL(err, HL_E_INVALID,
				"name %zu cannot be listed in the DNS: %s", i,
				fault);
		}
		*bytes += names[i].n + 1;
		*sorted = *sorted &&
			  (i == 0 || hl_str_cmp(names[i - 1], names[i]) < 0);
	}
	if (*bytes > BYTES_MAX) {
		return HL_FAIL(err, HL_E_LIMIT,
			"the names have %zu bytes, more than a GiB", *bytes);
	}
	return 0;
}

static struct hl_str *sorted_copy(const struct hl_str *names, size_t n)
{
	struct hl_str *copy = calloc(n, sizeof(*copy));

	if (copy) {
		memcpy(copy, names, n * sizeof(*copy));
		qsort(copy, n, sizeof(*copy), compare);
	}
	return copy;
}

int hl_rpz_set_new(const struct hl_str *names, size_t n,
	const struct hl_rpz_bounds *bounds, struct hl_rpz_set **out,
	struct hl_err *err)
{
	struct hl_str *copy = NULL;
	size_t bytes;
	bool sorted;
	int r = check(names, n, bounds, &bytes, &sorted, err);

	if (r) {
		return r;
	}
	struct hl_rpz_set *s = set_alloc(bytes);
	if (s && !sorted) {
		copy = sorted_copy(names, n);
		names = copy;
	}
	if (!s || (n && !names)) {
		free(s);
		return HL_FAIL(err, HL_E_NOMEM, "no memory for %zu names", n);
	}
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || hl_str_cmp(names[i - 1], names[i])) {
			append(s, names[i].p, names[i].n);
		}
	}
	free(copy);
	*out = s;
	return 0;
}

struct hl_rpz_set *hl_rpz_set_ref(struct hl_rpz_set *s)
{
	atomic_fetch_add(&s->refs, 1);
	return s;
}

void hl_rpz_set_unref(struct hl_rpz_set *s)
{
	if (s && atomic_fetch_sub(&s->refs, 1) == 1) {
		free(s);
	}
}

/* -- differences -- */

static struct hl_str at(const struct hl_rpz_set *s, size_t pos)
{
	return hl_str_mem(s->data + pos + 1, s->data[pos]);
}

/* Goes through both sets in order and hands on what only a has; counts into
 * *bytes, and copies if there is a set to copy to. */
static void walk(const struct hl_rpz_set *a, const struct hl_rpz_set *b,
	struct hl_rpz_set *to, size_t *bytes)
{
	size_t j = 0;

	*bytes = 0;
	for (size_t i = 0; i < a->bytes; i += 1u + a->data[i]) {
		struct hl_str name = at(a, i);
		int c = -1;

		while (j < b->bytes && (c = hl_str_cmp(name, at(b, j))) > 0) {
			j += 1u + b->data[j];
		}
		if (j < b->bytes && c == 0) {
			continue;
		}
		*bytes += name.n + 1;
		if (to) {
			append(to, name.p, name.n);
		}
	}
}

int hl_rpz_set_minus(const struct hl_rpz_set *a, const struct hl_rpz_set *b,
	struct hl_rpz_set **out, struct hl_err *err)
{
	size_t bytes;

	walk(a, b, NULL, &bytes);
	struct hl_rpz_set *s = set_alloc(bytes);
	if (!s) {
		return HL_FAIL(err, HL_E_NOMEM,
			"no memory for the difference of two sets");
	}
	walk(a, b, s, &bytes);
	*out = s;
	return 0;
}
