/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

/* The folder: one who keeps it, others who follow, and what is damaged. */

enum { PATH = 384 };

static void one_keeper(void **state)
{
	struct world *w = world_new(0);
	struct hl_urls_options options = {
		.size_of = sizeof(options), .flags = HL_URLS_OPEN_KEEP};
	struct hl_urls_list *list = world_open(w, HL_URLS_OPEN_KEEP);
	struct hl_urls_list *other = NULL;
	struct hl_urls_error err = {0};

	assert_int_equal(HL_URLS_E_BUSY,
		hl_urls_open(w->folder, &options, &other, &err));
	assert_int_equal(HL_URLS_E_BUSY, err.code);
	assert_null(other);
	other = world_open(w, 0);
	assert_int_equal(HL_URLS_NOTFOUND, hl_urls_refresh(list, NULL));
	hl_urls_close(list);
	list = world_open(w, HL_URLS_OPEN_KEEP);
	hl_urls_close(other);
	hl_urls_close(list);
	options.flags = 8;
	assert_int_equal(
		HL_URLS_E_ARG, hl_urls_open(w->folder, &options, &other, NULL));
	options.flags = 0;
	options.cache_hosts = UINT32_MAX;
	assert_int_equal(
		HL_URLS_E_ARG, hl_urls_open(w->folder, &options, &other, NULL));
	assert_int_equal(HL_URLS_E_ARG, hl_urls_open(NULL, NULL, &other, NULL));
	assert_int_equal(HL_URLS_E_IO,
		hl_urls_open("/nowhere/at/all", NULL, &other, &err));
	assert_int_not_equal(0, err.sys_errno);
	world_free(w);
}

static void others_follow(void **state)
{
	struct world *w = world_new(0);
	struct hl_urls_list *keeper, *list = world_open(w, 0);
	struct hl_urls_reader *reader = NULL;

	assert_int_equal(0, hl_urls_reader_new(list, &reader, NULL));
	keeper = world_keep(w, 0);
	assert_int_equal(0, hl_urls_refresh(list, NULL));
	assert_int_equal(0, world_stats(w, list).version);
	assert_int_equal(1, world_stats(w, list).root);
	for (unsigned i = 1; i < 6; i++) {
		world_put(w, "one.example.org", i % 2 ? "/a" : "/b", 1, 1);
		world_publish(w);
		assert_int_equal(0, world_follow(w, keeper));
		assert_int_equal(i % 2 ? HL_URLS_CLEAR : HL_URLS_LISTED,
			i == 1 ? HL_URLS_CLEAR
			       : world_check(w, reader, "one.example.org/a")
					 .verdict);
		assert_int_equal(0, hl_urls_refresh(list, NULL));
		assert_int_equal(HL_URLS_NOTFOUND, hl_urls_refresh(list, NULL));
		assert_int_equal(i, world_stats(w, list).version);
		assert_int_equal(i % 2 ? HL_URLS_LISTED : HL_URLS_CLEAR,
			world_check(w, reader, "one.example.org/a").verdict);
	}
	assert_int_equal(0, hl_urls_verify(list, NULL));
	hl_urls_reader_free(reader);
	hl_urls_close(list);
	hl_urls_close(keeper);
	/* Another consumer begins in the folder: followed as well. */
	list = world_open(w, 0);
	w->head.consumer = 78;
	world_publish(w);
	keeper = world_keep(w, 0);
	assert_int_equal(5, world_stats(w, list).version);
	assert_int_equal(0, hl_urls_refresh(list, NULL));
	assert_int_equal(78, world_stats(w, list).consumer);
	hl_urls_close(list);
	hl_urls_close(keeper);
	world_free(w);
}

static void path_in(const struct world *w, const char *name, char out[PATH])
{
	(void)snprintf(out, PATH, "%s/%s", w->folder, name);
}

static void copy(const char *from, const char *to)
{
	char command[300];
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	size_t n;

	assert_non_null(in);
	assert_non_null(out);
	while ((n = fread(command, 1, sizeof(command), in)) > 0) {
		assert_int_equal(n, fwrite(command, 1, n, out));
	}
	fclose(in);
	assert_int_equal(0, fclose(out));
}

/* Put back to what it was: nobody goes back with it. */
static void put_back(void **state)
{
	struct world *w = world_new(0);
	struct hl_urls_list *keeper, *list;
	char now[PATH], before[PATH], after[PATH];

	path_in(w, "state", now);
	path_in(w, "state.before", before);
	path_in(w, "state.after", after);
	world_publish(w);
	keeper = world_keep(w, 0);
	copy(now, before);
	world_publish(w);
	assert_int_equal(0, world_follow(w, keeper));
	list = world_open(w, 0);
	assert_int_equal(2, world_stats(w, list).version);
	copy(now, after);
	assert_int_equal(0, rename(before, now));
	assert_true(hl_urls_refresh(list, NULL) < 0);
	assert_int_equal(2, world_stats(w, list).version);
	assert_true(world_stats(w, list).alarm != 0);
	/* And forward again: the alarm is over. */
	assert_int_equal(0, rename(after, now));
	assert_int_equal(0, hl_urls_refresh(list, NULL));
	assert_int_equal(0, world_stats(w, list).alarm);
	hl_urls_close(list);
	hl_urls_close(keeper);
	world_free(w);
}

static void list_name(const struct world *w, char out[PATH])
{
	DIR *dir = opendir(w->folder);
	const struct dirent *entry;
	unsigned n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (strncmp(entry->d_name, "list-", 5) == 0) {
			path_in(w, entry->d_name, out);
			n++;
		}
	}
	closedir(dir);
	assert_int_equal(1, n);
}

static struct hl_buf slurp(const char *path)
{
	struct hl_buf b = HL_BUF_INIT(64 << 20);
	FILE *in = fopen(path, "rb");
	size_t n;

	assert_non_null(in);
	do {
		assert_non_null(hl_buf_reserve(&b, 65536));
		n = fread(b.p + b.n, 1, 65536, in);
		b.n += n;
	} while (n);
	fclose(in);
	return b;
}

static void spit(const char *path, const void *p, size_t n)
{
	FILE *out = fopen(path, "wb");

	assert_non_null(out);
	assert_int_equal(n, fwrite(p, 1, n, out));
	assert_int_equal(0, fclose(out));
}

static int try_open(struct world *w, uint32_t flags)
{
	struct hl_urls_options options = {
		.size_of = sizeof(options), .flags = flags};
	struct hl_urls_list *list = NULL;
	int rc = hl_urls_open(w->folder, &options, &list, NULL);

	hl_urls_close(list);
	return rc;
}

/* Cut off anywhere, any byte turned: refused, and mended by who keeps it. */
static void torn(const char *file, struct world *w, size_t step)
{
	struct hl_buf was = slurp(file);

	for (size_t i = 0; i < was.n; i += step) {
		spit(file, was.p, i);
		assert_int_equal(HL_URLS_E_CORRUPT, try_open(w, 0));
		was.p[i] ^= 0x10;
		spit(file, was.p, was.n);
		was.p[i] ^= 0x10;
		assert_int_equal(
			HL_URLS_E_CORRUPT, try_open(w, HL_URLS_OPEN_VERIFY));
	}
	spit(file, was.p, was.n);
	assert_int_equal(0, try_open(w, HL_URLS_OPEN_VERIFY));
	hl_buf_fini(&was);
}

static void torn_files(void **state)
{
	struct world *w = world_new(0);
	char name[PATH];

	world_put(w, "one.example.org", "/", 4, 1);
	world_publish(w);
	hl_urls_close(world_keep(w, 0));
	list_name(w, name);
	torn(name, w, 1);
	path_in(w, "state", name);
	torn(name, w, 13);
	world_free(w);
}

static void mended(void **state)
{
	struct world *w = world_new(0);
	struct hl_urls_list *list;
	struct hl_urls_wanted wanted;
	char name[PATH];

	world_put(w, "one.example.org", "/", 4, 1);
	world_publish(w);
	hl_urls_close(world_keep(w, 0));
	list_name(w, name);
	spit(name, "x", 1);
	list = world_open(w, HL_URLS_OPEN_KEEP);
	assert_int_equal(-HL_URLS_E_CORRUPT, world_stats(w, list).alarm);
	assert_int_equal(0, world_stats(w, list).version);
	/* How far it was is not forgotten. */
	assert_int_equal(0, world_look(w, list, &wanted));
	assert_false(wanted.is_delta);
	assert_int_equal(0, world_take(w, list, &wanted));
	assert_int_equal(1, world_stats(w, list).version);
	assert_int_equal(0, world_stats(w, list).alarm);
	hl_urls_close(list);
	path_in(w, "state", name);
	spit(name, "x", 1);
	list = world_open(w, HL_URLS_OPEN_KEEP);
	assert_int_equal(-HL_URLS_E_CORRUPT, world_stats(w, list).alarm);
	assert_int_equal(HL_URLS_E_STATE, world_look(w, list, &wanted));
	hl_urls_close(list);
	hl_urls_close(world_keep(w, 0));
	assert_int_equal(0, try_open(w, HL_URLS_OPEN_VERIFY));
	world_free(w);
}

/* What a crash left is gone when it is kept again. */
static void swept(void **state)
{
	struct world *w = world_new(0);
	char name[PATH];

	world_publish(w);
	hl_urls_close(world_keep(w, 0));
	path_in(w, "list-0000000000000005", name);
	spit(name, "x", 1);
	path_in(w, "state.new", name);
	spit(name, "x", 1);
	hl_urls_close(world_open(w, HL_URLS_OPEN_KEEP));
	list_name(w, name);
	assert_int_equal(0, try_open(w, HL_URLS_OPEN_VERIFY));
	world_free(w);
}

/* A page that went bad: what it has is not found, and that is told. */
static void bad_page(void **state)
{
	struct world *w = world_new(0);
	struct hl_urls_list *list;
	struct hl_urls_reader *reader = NULL;
	struct hl_buf bytes;
	char name[PATH], host[64];
	unsigned listed = 0;

	for (unsigned i = 0; i < 1500; i++) {
		(void)snprintf(host, sizeof(host), "h%u.example.org", i);
		world_put(w, host, "/", 4, i + 1);
	}
	world_publish(w);
	hl_urls_close(world_keep(w, 0));
	list_name(w, name);
	bytes = slurp(name);
	assert_true(bytes.n > 2 * 65536 + 100);
	bytes.p[2 * 65536 + 50] ^= 1;
	spit(name, bytes.p, bytes.n);
	list = world_open(w, 0);
	assert_int_equal(0, hl_urls_reader_new(list, &reader, NULL));
	for (unsigned i = 0; i < 1500; i++) {
		(void)snprintf(host, sizeof(host), "h%u.example.org", i);
		listed +=
			world_check(w, reader, host).verdict == HL_URLS_LISTED;
	}
	assert_in_range(listed, 700, 1499);
	assert_int_equal(1, world_stats(w, list).n_bad_pages);
	assert_int_equal(HL_URLS_E_CORRUPT, hl_urls_verify(list, NULL));
	hl_urls_reader_free(reader);
	hl_urls_close(list);
	hl_buf_fini(&bytes);
	world_free(w);
}

/* ---- Broken while it is open ------------------------------------------ */

static void later(const char *path)
{
	const struct timespec times[2] = {{0, UTIME_OMIT}, {WORLD_NOW, 0}};

	assert_int_equal(0, utimensat(AT_FDCWD, path, times, 0));
}

static void emptied(const char *path)
{
	spit(path, "", 0);
}

static void cut_off(const char *path)
{
	struct stat st;

	assert_int_equal(0, stat(path, &st));
	assert_int_equal(0, truncate(path, st.st_size - 1));
}

static void turned(const char *path)
{
	FILE *f = fopen(path, "r+b");

	assert_non_null(f);
	assert_int_equal(0, fseek(f, 40, SEEK_SET));
	assert_int_equal(4, fwrite("\377\377\377\377", 1, 4, f));
	assert_int_equal(0, fclose(f));
	later(path); /* than a clock that ticks slowly can tell */
}

static void removed(const char *path)
{
	assert_int_equal(0, unlink(path));
}

static void replaced(const char *path)
{
	removed(path);
	spit(path, "something else", 14);
}

static void made_a_folder(const char *path)
{
	removed(path);
	assert_int_equal(0, mkdir(path, 0700));
}

static const struct {
	const char *name;
	void (*go_wrong)(const char *path);
	bool answers; /* by what is mapped, until it is mended */
} breaks[] = {
	{"emptied", emptied, false},
	{"cut off", cut_off, false},
	{"turned", turned, true},
	{"removed", removed, true},
	{"replaced", replaced, true},
	{"made a folder", made_a_folder, true},
};

struct open_folder {
	struct world *w;
	struct hl_urls_list *keeper, *list; /* who follows */
	struct hl_urls_reader *reader;      /* of the latter */
	char name[PATH];                    /* of the list file */
};

static void open_both(struct open_folder *o)
{
	o->w = world_new(0);
	world_put(o->w, "one.example.org", "/", 4, 1);
	world_publish(o->w);
	o->keeper = world_keep(o->w, 0);
	o->list = world_open(o->w, 0);
	assert_int_equal(0, hl_urls_reader_new(o->list, &o->reader, NULL));
	list_name(o->w, o->name);
}

static void close_both(struct open_folder *o)
{
	hl_urls_reader_free(o->reader);
	hl_urls_close(o->list);
	hl_urls_close(o->keeper);
	world_free(o->w);
}

static bool is_listed(struct open_folder *o)
{
	return world_check(o->w, o->reader, "one.example.org").verdict ==
	       HL_URLS_LISTED;
}

static void is_whole(struct open_folder *o, const char *name)
{
	int r = hl_urls_refresh(o->list, NULL);

	if (r || !is_listed(o) || world_stats(o->w, o->list).alarm ||
		world_stats(o->w, o->keeper).alarm ||
		hl_urls_refresh(o->keeper, NULL) != HL_URLS_NOTFOUND ||
		hl_urls_verify(o->keeper, NULL)) {
		fail_msg("%s: not mended: %d", name, r);
	}
}

static void fetch_anew(struct open_folder *o, const char *name)
{
	struct hl_urls_wanted wanted = {.size_of = sizeof(wanted)};

	if (world_look(o->w, o->keeper, &wanted) || wanted.is_delta ||
		wanted.version != 1) {
		fail_msg("%s: no list is wanted", name);
	}
	assert_int_equal(0, world_take(o->w, o->keeper, &wanted));
	is_whole(o, name);
	assert_int_equal(
		HL_URLS_NOTFOUND, world_look(o->w, o->keeper, &wanted));
}

/* Who keeps it sees it when it looks, and wants the list once more. */
static void broken_while_open(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(breaks); i++) {
		const char *name = breaks[i].name;
		struct open_folder o;

		open_both(&o);
		breaks[i].go_wrong(o.name);
		if (hl_urls_refresh(o.list, NULL) >= 0 ||
			is_listed(&o) != breaks[i].answers ||
			!world_stats(o.w, o.list).alarm) {
			fail_msg("%s: seen by nobody", name);
		}
		/* and as often as it looks */
		for (int k = 0; k < 2; k++) {
			if (hl_urls_refresh(o.keeper, NULL) >= 0 ||
				world_stats(o.w, o.keeper).alarm !=
					-HL_URLS_E_CORRUPT) {
				fail_msg("%s: not seen", name);
			}
		}
		fetch_anew(&o, name);
		(void)rmdir(o.name);
		close_both(&o);
	}
}

/* A list that somebody put back as it was needs no hotline. */
static void put_right(void **state)
{
	struct open_folder o;
	char kept[PATH];

	(void)state;
	open_both(&o);
	path_in(o.w, "kept", kept);
	copy(o.name, kept);
	cut_off(o.name);
	assert_int_equal(HL_URLS_E_CORRUPT, hl_urls_refresh(o.keeper, NULL));
	assert_int_equal(HL_URLS_E_CORRUPT, hl_urls_refresh(o.list, NULL));
	assert_int_equal(0, rename(kept, o.name));
	assert_int_equal(0, hl_urls_refresh(o.keeper, NULL));
	is_whole(&o, "put right");
	close_both(&o);
}

/* What no look at the file system shows, a look at all bytes does. */
static void found_by_reading(void **state)
{
	struct open_folder o;

	(void)state;
	open_both(&o);
	turned(o.name);
	assert_int_equal(HL_URLS_E_CORRUPT, hl_urls_verify(o.keeper, NULL));
	fetch_anew(&o, "read");
	close_both(&o);
}

static void state_is_written_again(void **state)
{
	static void (*const ways[])(const char *) = {
		emptied, turned, removed, replaced};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(ways); i++) {
		struct open_folder o;
		char name[PATH];

		open_both(&o);
		path_in(o.w, "state", name);
		ways[i](name);
		assert_int_equal(0, hl_urls_refresh(o.keeper, NULL));
		is_whole(&o, "state");
		assert_int_equal(0, try_open(o.w, HL_URLS_OPEN_VERIFY));
		close_both(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_keeper),
		cmocka_unit_test(others_follow),
		cmocka_unit_test(put_back),
		cmocka_unit_test(torn_files),
		cmocka_unit_test(mended),
		cmocka_unit_test(swept),
		cmocka_unit_test(bad_page),
		cmocka_unit_test(broken_while_open),
		cmocka_unit_test(put_right),
		cmocka_unit_test(found_by_reading),
		cmocka_unit_test(state_is_written_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
