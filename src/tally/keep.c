/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record is written before its hour is marked as used; a crash between the
 * two is seen at the next start, since the record's name is the mark. It is
 * removed only after the mark is on the disk. So at each moment the hour is
 * free and nothing was told, or it is used and its text is the only one.
 */
#include "tally/keep.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time.h"

#define PREFIX "counters-"
#define PART "open"
#define USED_LINE 21u /* "2026-11-22T09:00:00Z\n" */

struct hours {
	int64_t at[HL_TALLY_KEEP_MAX]; /* ascending */
	size_t n;
};

struct hl_tally_keep {
	char folder[PATH_MAX - 64];
	struct hours used, waiting;
	bool unmarked; /* "used" on the disk lacks some */
};

static size_t place_of(const struct hours *h, int64_t hour_us)
{
	size_t low = 0, high = h->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (h->at[mid] < hour_us) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	return low;
}

static bool has(const struct hours *h, int64_t hour_us)
{
	size_t i = place_of(h, hour_us);

	return i < h->n && h->at[i] == hour_us;
}

static void take_out(struct hours *h, size_t i)
{
	h->n--;
	memmove(&h->at[i], &h->at[i + 1], (h->n - i) * sizeof(h->at[0]));
}

/* When full, the oldest makes room. */
static void put_in(struct hours *h, int64_t hour_us)
{
	if (has(h, hour_us)) {
		return;
	}
	if (h->n == HL_TALLY_KEEP_MAX) {
		take_out(h, 0);
	}
	size_t i = place_of(h, hour_us);
	memmove(&h->at[i + 1], &h->at[i], (h->n - i) * sizeof(h->at[0]));
	h->at[i] = hour_us;
	h->n++;
}

/* "counters-2026-11-22T09": no colon, for other systems' sake. */
static void name_of(
	const struct hl_tally_keep *k, int64_t hour_us, char path[PATH_MAX])
{
	char iso[HL_TIME_ISO_MAX];

	hl_time_iso_s(hour_us, iso);
	snprintf(path, PATH_MAX, "%s/" PREFIX "%.13s", k->folder, iso);
}

static bool hour_of(const char *name, int64_t *hour_us)
{
	char iso[HL_TIME_ISO_MAX];

	if (strncmp(name, PREFIX, strlen(PREFIX)) ||
		strlen(name) != strlen(PREFIX) + 13) {
		return false;
	}
	snprintf(iso, sizeof(iso), "%s:00:00Z", name + strlen(PREFIX));
	return hl_time_parse_iso(hl_str_c(iso), hour_us) == 0;
}

static int read_used(struct hl_tally_keep *k, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT((size_t)HL_TALLY_KEEP_MAX * USED_LINE);
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/used", k->folder);
	int r = hl_file_read(path, &text, err);
	struct hl_str rest = hl_buf_str(&text), line;
	while (r == 0 && rest.n && hl_str_next(&rest, '\n', &line)) {
		int64_t hour_us;

		if (hl_time_parse_iso(line, &hour_us)) {
			return HL_FAIL(err, HL_E_CORRUPT,
				"%s has a line that is no time: remove the "
				"file",
				path);
		}
		put_in(&k->used, hour_us);
	}
	return r == HL_NOTFOUND ? 0 : r;
}

static int write_used(struct hl_tally_keep *k, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT((size_t)HL_TALLY_KEEP_MAX * USED_LINE);
	char path[PATH_MAX], iso[HL_TIME_ISO_MAX];

	for (size_t i = 0; i < k->used.n; i++) {
		hl_buf_put(&text, hl_time_iso_s(k->used.at[i], iso));
		hl_buf_put_c(&text, '\n');
	}
	if (text.fault) {
		return HL_FAIL(err, text.fault, "no memory for hours");
	}
	snprintf(path, sizeof(path), "%s/used", k->folder);
	int r = hl_file_write(path, hl_buf_str(&text), 0600, err);
	k->unmarked = r != 0;
	return r;
}

static int read_folder(struct hl_tally_keep *k, struct hl_err *err)
{
	DIR *dir = opendir(k->folder);
	const struct dirent *e;
	int64_t hour_us;

	if (!dir) {
		return HL_FAIL_SYS(err, "folder %s", k->folder);
	}
	while ((e = readdir(dir))) {
		if (hour_of(e->d_name, &hour_us)) {
			put_in(&k->waiting, hour_us);
			k->unmarked |= !has(&k->used, hour_us);
			put_in(&k->used, hour_us);
		}
	}
	closedir(dir);
	return 0;
}

int hl_tally_keep_open(
	const char *folder, struct hl_tally_keep **out, struct hl_err *err)
{
	struct hl_tally_keep *k = calloc(1, sizeof(*k));

	if (!k || strlen(folder) >= sizeof(k->folder)) {
		free(k);
		return HL_FAIL(err, HL_E_NOMEM, "no room for a folder's name");
	}
	snprintf(k->folder, sizeof(k->folder), "%s", folder);
	int r = read_used(k, err);
	r = r ? r : read_folder(k, err);
	if (r) {
		free(k);
		return r;
	}
	*out = k;
	return 0;
}

void hl_tally_keep_free(struct hl_tally_keep *k)
{
	free(k);
}

bool hl_tally_keep_is_used(const struct hl_tally_keep *k, int64_t hour_us)
{
	return has(&k->used, hour_us);
}

/* HL_CONFLICT when the record that is there has another text. */
static int same_text(const char *path, struct hl_str text, struct hl_err *err)
{
	HL_BUF_AUTO there = HL_BUF_INIT(HL_TALLY_TEXT_MAX + 1);
	int r = hl_file_read(path, &there, err);

	if (r && r != HL_E_LIMIT) {
		return r;
	}
	return !r && hl_str_eq(text, hl_buf_str(&there)) ? 0 : HL_CONFLICT;
}

static int make_room(struct hl_tally_keep *k, struct hl_err *err)
{
	return k->waiting.n < HL_TALLY_KEEP_MAX
		       ? 0
		       : hl_tally_keep_remove(k, k->waiting.at[0], err);
}

int hl_tally_keep_put(struct hl_tally_keep *k, int64_t hour_us,
	struct hl_str text, struct hl_err *err)
{
	char path[PATH_MAX];

	name_of(k, hour_us, path);
	if (has(&k->used, hour_us) && !has(&k->waiting, hour_us)) {
		return HL_CONFLICT;
	}
	int r = make_room(k, err);
	if (!r) {
		r = hl_file_create(path, text, 0600, err);
		r = r == HL_CONFLICT ? same_text(path, text, err) : r;
	}
	if (r) {
		return r;
	}
	put_in(&k->waiting, hour_us);
	put_in(&k->used, hour_us);
	k->unmarked = true;
	/* The name is a mark already; a fault shows when it is removed. */
	(void)write_used(k, NULL);
	return 0;
}

size_t hl_tally_keep_waiting(const struct hl_tally_keep *k)
{
	return k->waiting.n;
}

int hl_tally_keep_oldest(struct hl_tally_keep *k, struct hl_buf *out,
	int64_t *hour_us, struct hl_err *err)
{
	char path[PATH_MAX];

	while (k->waiting.n) {
		name_of(k, k->waiting.at[0], path);
		int r = hl_file_read(path, out, err);

		if (r != HL_NOTFOUND) {
			*hour_us = k->waiting.at[0];
			return r;
		}
		take_out(&k->waiting, 0); /* somebody removed it */
	}
	return HL_NOTFOUND;
}

int hl_tally_keep_remove(
	struct hl_tally_keep *k, int64_t hour_us, struct hl_err *err)
{
	char path[PATH_MAX];
	int r = k->unmarked ? write_used(k, err) : 0;

	if (r || !has(&k->waiting, hour_us)) {
		return r;
	}
	name_of(k, hour_us, path);
	if (unlink(path) && errno != ENOENT) {
		return HL_FAIL_SYS(err, "%s", path);
	}
	take_out(&k->waiting, place_of(&k->waiting, hour_us));
	return 0;
}

int hl_tally_keep_put_part(
	struct hl_tally_keep *k, struct hl_str text, struct hl_err *err)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/" PART, k->folder);
	return hl_file_write(path, text, 0600, err);
}

int hl_tally_keep_part(
	struct hl_tally_keep *k, struct hl_buf *out, struct hl_err *err)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/" PART, k->folder);
	return hl_file_read(path, out, err);
}
