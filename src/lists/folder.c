/* SPDX-License-Identifier: Apache-2.0 */
/* Names: CONSUMER-VERSION.list, .rows, .audit, and CONSUMER-FROM-VERSION.delta.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "lists/build.h"

int hl_lists_path(const char *folder, enum hl_lists_file kind,
	uint64_t consumer, uint64_t version, uint64_t from,
	char out[HL_LISTS_PATH], struct hl_err *err)
{
	int n = -1;

	switch (kind) {
	case HL_LISTS_LIST:
		n = snprintf(out, HL_LISTS_PATH,
			"%s/%" PRIu64 "-%" PRIu64 ".list", folder, consumer,
			version);
		break;
	case HL_LISTS_ROWS:
		n = snprintf(out, HL_LISTS_PATH,
			"%s/%" PRIu64 "-%" PRIu64 ".rows", folder, consumer,
			version);
		break;
	case HL_LISTS_BUNDLE:
		n = snprintf(out, HL_LISTS_PATH,
			"%s/%" PRIu64 "-%" PRIu64 ".audit", folder, consumer,
			version);
		break;
	case HL_LISTS_DELTA:
		n = snprintf(out, HL_LISTS_PATH,
			"%s/%" PRIu64 "-%" PRIu64 "-%" PRIu64 ".delta", folder,
			consumer, from, version);
		break;
	}
	return n > 0 && n < HL_LISTS_PATH
		       ? 0
		       : HL_FAIL(err, HL_E_LIMIT, "a path is too long");
}

/* What a name says; version 0: it is none of these. */
struct named {
	uint64_t consumer, from, version;
	enum hl_lists_file kind;
};

static bool take_number(struct hl_str *rest, uint64_t *out)
{
	size_t n = 0;
	int64_t v;

	while (n < rest->n && rest->p[n] >= '0' && rest->p[n] <= '9') {
		n++;
	}
	if (!n || n > 18 || !hl_str_to_i64(hl_str_sub(*rest, 0, n), &v)) {
		return false;
	}
	*out = (uint64_t)v;
	*rest = hl_str_sub(*rest, n, rest->n);
	return true;
}

static bool take_hyphen(struct hl_str *rest)
{
	bool is = hl_str_starts(*rest, HL_STR("-"));

	*rest = hl_str_sub(*rest, is ? 1 : 0, rest->n);
	return is;
}

static struct named read_name(const char *name)
{
	struct hl_str rest = hl_str_c(name);
	struct named n = {.kind = HL_LISTS_LIST};

	if (!take_number(&rest, &n.consumer) || !take_hyphen(&rest) ||
		!take_number(&rest, &n.version)) {
		return (struct named){0};
	}
	if (take_hyphen(&rest)) {
		n.from = n.version;
		n.kind = HL_LISTS_DELTA;
		return take_number(&rest, &n.version) &&
				       hl_str_eq(rest, HL_STR(".delta"))
			       ? n
			       : (struct named){0};
	}
	if (hl_str_eq(rest, HL_STR(".rows"))) {
		n.kind = HL_LISTS_ROWS;
		return n;
	}
	if (hl_str_eq(rest, HL_STR(".audit"))) {
		n.kind = HL_LISTS_BUNDLE;
		return n;
	}
	return hl_str_eq(rest, HL_STR(".list")) ? n : (struct named){0};
}

/* Of one consumer: files of versions from `from` to below `to`, and deltas
 * that lead to versions below `deltas_to`. */
struct range {
	uint64_t consumer, from, to, deltas_to;
};

static void remove_range(const char *folder, const struct range *range)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	char path[HL_LISTS_PATH];

	while (d && (e = readdir(d))) {
		struct named n = read_name(e->d_name);
		uint64_t to =
			n.kind == HL_LISTS_DELTA ? range->deltas_to : range->to;

		if (!n.version || n.consumer != range->consumer ||
			n.version < range->from || n.version >= to ||
			hl_lists_path(folder, n.kind, n.consumer, n.version,
				n.from, path, NULL)) {
			continue;
		}
		unlink(path);
	}
	if (d) {
		closedir(d);
	}
}

void hl_lists_tidy(
	const char *folder, uint64_t consumer, uint64_t oldest, uint64_t before)
{
	remove_range(folder, &(struct range){consumer, 0, oldest, before});
}

void hl_lists_drop(const char *folder, uint64_t consumer, uint64_t version)
{
	remove_range(folder,
		&(struct range){consumer, version, version + 1, version + 1});
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Keeps the newest. */
static void insert(uint64_t *out, size_t *n, uint64_t version)
{
	if (*n < HL_URLS_DELTAS_MAX) {
		out[(*n)++] = version;
	} else if (version > out[0]) {
		out[0] = version;
	}
	qsort(out, *n, sizeof(*out), by_number);
}

size_t hl_lists_there(const char *folder, uint64_t consumer, uint64_t below,
	uint64_t out[HL_URLS_DELTAS_MAX])
{
	DIR *d = opendir(folder);
	struct dirent *e;
	size_t n = 0;

	while (d && (e = readdir(d))) {
		struct named name = read_name(e->d_name);

		if (name.version && name.kind == HL_LISTS_LIST &&
			name.consumer == consumer && name.version < below) {
			insert(out, &n, name.version);
		}
	}
	if (d) {
		closedir(d);
	}
	return n;
}

int hl_lists_map(const char *path, struct hl_lists_map *out, struct hl_err *err)
{
	HL_FD_AUTO fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	*out = (struct hl_lists_map){0};
	if (fd < 0) {
		return errno == ENOENT ? HL_NOTFOUND
				       : HL_FAIL_SYS(err, "open %s", path);
	}
	if (fstat(fd, &st) < 0) {
		return HL_FAIL_SYS(err, "stat %s", path);
	}
	if (st.st_size == 0) {
		return HL_FAIL(err, HL_E_CORRUPT, "%s is empty", path);
	}
	void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED) {
		return HL_FAIL_SYS(err, "map %s", path);
	}
	*out = (struct hl_lists_map){p, (size_t)st.st_size};
	return 0;
}

void hl_lists_unmap(struct hl_lists_map *map)
{
	if (map->p) {
		munmap(map->p, map->n);
		map->p = NULL;
	}
}
