/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_hash/hashlist_report.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_out.h"
#include "base/json.h"

enum { SHOWN_MAX = 20, OUT_MAX = 1 << 20 };

/* A pipe or a device has no length, and goes on. */
static int cut(int fd, off_t keep)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		return -1;
	}
	if (S_ISREG(st.st_mode) &&
		(ftruncate(fd, keep) < 0 || lseek(fd, 0, SEEK_END) < 0)) {
		return -1;
	}
	return 0;
}

int hl_cli_hashlist_report_open(struct hl_cli_hashlist_report *report,
	const char *path, uint64_t keep, struct hl_err *err)
{
	report->out = HL_BUF_INIT(OUT_MAX);
	report->path = path;
	if (!path) {
		return 0;
	}
	report->fd =
		open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (report->fd < 0 || cut(report->fd, (off_t)keep) < 0) {
		return HL_FAIL_SYS(err, "write %s", path);
	}
	report->n_bytes = keep;
	return 0;
}

void hl_cli_hashlist_report_close(struct hl_cli_hashlist_report *report)
{
	hl_buf_fini(&report->out);
	hl_file_closep(&report->fd);
}

static void flush(struct hl_cli_hashlist_report *report)
{
	if (report->out.n && report->fd >= 0 &&
		hl_file_write_fd(report->fd, hl_buf_str(&report->out), NULL)) {
		report->failed = true;
	}
	report->n_bytes += report->out.n;
	hl_buf_reset(&report->out);
}

int hl_cli_hashlist_report_sync(
	struct hl_cli_hashlist_report *report, struct hl_err *err)
{
	flush(report);
	if (report->fd < 0) {
		return 0;
	}
	if (report->failed) {
		return HL_FAIL(
			err, HL_E_IO, "%s cannot be written", report->path);
	}
	return hl_file_sync_fd(report->fd, report->path, err);
}

static void show(struct hl_cli_hashlist_report *report,
	const struct hl_hashlist_report *one)
{
	if (report->n_shown++ < SHOWN_MAX) {
		fprintf(stderr, "line %llu, byte %llu: %s%s\n",
			(unsigned long long)one->line,
			(unsigned long long)one->offset,
			one->whole ? "left out: " : "", one->what);
	} else if (report->n_shown == SHOWN_MAX + 1) {
		fputs("more is bad; --report FILE keeps all of it\n", stderr);
	}
}

void hl_cli_hashlist_report_one(void *arg, const struct hl_hashlist_report *one)
{
	struct hl_cli_hashlist_report *report = arg;

	show(report, one);
	if (report->fd < 0) {
		return;
	}
	hl_buf_put_c(&report->out, '{');
	hl_json_put_member_i64(&report->out, "line", (int64_t)one->line);
	hl_json_put_member_i64(&report->out, "offset", (int64_t)one->offset);
	hl_json_put_member_bool(&report->out, "lost", one->whole);
	hl_json_put_member(&report->out, "what", hl_str_c(one->what));
	hl_buf_put(&report->out, HL_STR("}\n"));
	if (report->out.n > OUT_MAX / 2) {
		flush(report);
	}
}

/* ---- The end ---------------------------------------------------------- */

struct number {
	const char *name, *words;
	uint64_t n;
};

static size_t numbers_of(const struct hl_hashlist_totals *t,
	const struct hl_apply_counts *c, struct number out[16])
{
	const struct number all[] = {
		{"records", "records read", t->n_records},
		{"added", "new entries", c->n_added},
		{"changed", "entries changed", c->n_changed},
		{"same", "entries as they were", c->n_same},
		{"kept",
			"entries that stay as they were: not all of their "
			"record could be read",
			c->n_kept},
		{"removed", "entries removed", c->n_removed},
		{"absent", "taken back, and not there", c->n_absent},
		{"harmless", "left out: their owner says they are harmless",
			c->n_harmless},
		{"useless", "left out: no hash that can be looked up",
			c->n_useless},
		{"collided", "left out: another id has the same number",
			c->n_collided},
		{"weak", "hashes left out: of a quality under 50", t->n_weak},
		{"cut", "too much was said of them to keep it all", c->n_cut},
		{"bad", "bad records, left out", t->n_bad},
		{"bad_parts", "bad parts of records, left out", t->n_notes},
	};

	memcpy(out, all, sizeof(all));
	return HL_ARRAY_LEN(all);
}

static void print(const struct number *numbers, size_t n,
	const struct hl_hashlist_totals *t, bool dry)
{
	if (dry) {
		puts("nothing was changed; it would be:");
	}
	for (size_t i = 0; i < n; i++) {
		if (numbers[i].n || i < 2) {
			printf("%10llu %s\n", (unsigned long long)numbers[i].n,
				numbers[i].words);
		}
	}
	for (unsigned k = 1; k < HL_HASHLIST_KINDS; k++) {
		if (t->n_hashes[k]) {
			printf("%10llu hashes %s\n",
				(unsigned long long)t->n_hashes[k],
				hl_hashlist_kind_name(k));
		}
	}
	for (size_t i = 0; i < t->n_others; i++) {
		printf("%10llu hashes %s, kept but not looked up\n",
			(unsigned long long)t->others[i].n, t->others[i].name);
	}
}

static void put_json(struct hl_buf *out, const struct number *numbers, size_t n,
	const struct hl_hashlist_totals *t)
{
	hl_buf_put(out, HL_STR("{\"totals\":{"));
	for (size_t i = 0; i < n; i++) {
		hl_json_put_member_i64(
			out, numbers[i].name, (int64_t)numbers[i].n);
	}
	hl_json_put_name(out, "hashes");
	hl_buf_put_c(out, '{');
	for (unsigned k = 1; k < HL_HASHLIST_KINDS; k++) {
		hl_json_put_member_i64(
			out, hl_hashlist_kind_name(k), (int64_t)t->n_hashes[k]);
	}
	for (size_t i = 0; i < t->n_others; i++) {
		hl_json_put_member_i64(
			out, t->others[i].name, (int64_t)t->others[i].n);
	}
	hl_buf_put(out, HL_STR("}}}\n"));
}

/* Its query may hold an access token, and nobody needs it to be shown. */
static void print_next(struct hl_str link)
{
	size_t n = hl_str_find_char(link, '?');

	for (size_t i = 0; i < n; i++) {
		if (link.p[i] < 0x20 || link.p[i] == 0x7f) {
			return;
		}
	}
	printf("more pages follow: %.*s%s\n", (int)n, link.p,
		n < link.n ? "?..." : "");
}

bool hl_cli_hashlist_summary(struct hl_cli_hashlist_report *report,
	const struct hl_hashlist_reader *reader,
	const struct hl_apply_counts *counts, bool dry)
{
	const struct hl_hashlist_totals *t = hl_hashlist_reader_totals(reader);
	struct hl_str next = hl_hashlist_reader_next_page(reader);
	struct number numbers[16];
	size_t n = numbers_of(t, counts, numbers);

	print(numbers, n, t, dry);
	if (next.p) {
		print_next(next);
	}
	if (report->fd >= 0) {
		put_json(&report->out, numbers, n, t);
	}
	return t->n_bad + t->n_notes + counts->n_collided + counts->n_cut > 0;
}
