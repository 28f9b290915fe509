/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every byte of every file of a small index is changed, and every file is cut
 * at every length. Opening with VERIFY must refuse with the file's name, or,
 * for what follows the last durable commit in the log, give the state that
 * was committed. Opening without VERIFY may answer wrongly but must not
 * crash.
 */
#include "model.h"

#include "match_rows/bytes.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>

struct kept {
	char name[64];
	uint8_t *bytes;
	size_t n;
};

struct damage {
	char path[PATH_BYTES];
	struct model model;
	struct kept file[16];
	size_t n_files;
	size_t refused, taken;
};

static void file_write(
	const char *folder, const char *name, const uint8_t *bytes, size_t n)
{
	char path[PATH_BYTES + 80];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void keep_files(struct damage *d)
{
	DIR *dir = opendir(d->path);
	struct dirent *e;

	assert_non_null(dir);
	while ((e = readdir(dir)) != NULL) {
		struct kept *k = &d->file[d->n_files];
		char path[PATH_BYTES + 300];
		struct stat st;
		FILE *f;

		if (e->d_name[0] == '.' || strcmp(e->d_name, "lock") == 0) {
			continue;
		}
		assert_true(d->n_files++ < 16);
		(void)snprintf(k->name, sizeof(k->name), "%.63s", e->d_name);
		(void)snprintf(path, sizeof(path), "%s/%s", d->path, e->d_name);
		f = fopen(path, "rb");
		assert_non_null(f);
		assert_int_equal(fstat(fileno(f), &st), 0);
		k->n = (size_t)st.st_size;
		k->bytes = malloc(k->n + 1);
		assert_non_null(k->bytes);
		assert_int_equal(fread(k->bytes, 1, k->n, f), k->n);
		fclose(f);
	}
	closedir(dir);
}

static void put_row(struct damage *d, struct hl_match_index *index, uint64_t id,
	uint16_t kind)
{
	static const uint32_t width[] = {0, 32, 16, 20, 32};
	struct hl_match_entry e = {.list = 1 + (uint32_t)(id % 2),
		.id = id,
		.kind = kind,
		.part = id % 5 == 0,
		.label = (uint16_t)(id % 3),
		.payload_bytes = id % 4 ? 0 : 5,
		.payload = "words"};
	uint64_t seed = id * 31 + kind;

	draw_hash(&seed, e.hash);
	memset(e.hash + width[kind], 0, 32 - width[kind]);
	entry_add(index, &e);
	model_put(&d->model, &e);
}

/* A segment with slots and all columns, and a log. */
static void prepare(struct damage *d)
{
	struct hl_match_index *index;
	struct hl_match_error err = {0};

	folder_make(d->path);
	index = index_open(d->path, HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE);
	for (uint32_t id = 1; id <= 2; id++) {
		struct hl_match_list list = {.size_of = sizeof(list), .id = id};

		list_add(index, id, 0);
		(void)snprintf(list.name, sizeof(list.name), "list %u", id);
		model_list_put(&d->model, &list);
	}
	good(hl_match_label_put(index, 1, 2, "word", &err), &err);
	for (uint64_t id = 0; id < 530; id++) {
		put_row(d, index, id, HL_MATCH_PDQ);
	}
	put_row(d, index, 7, HL_MATCH_SHA1);
	commit_now(index, 1, 0);
	good(hl_match_index_compact(index, &err), &err);
	for (uint64_t id = 3; id < 9; id++) {
		good(hl_match_index_remove(index, 1 + id % 2, id, &err), &err);
		model_remove(&d->model, 1 + id % 2, id);
	}
	put_row(d, index, 600, HL_MATCH_PDQ);
	commit_now(index, 2, 0);
	good(hl_match_index_compact(index, &err), &err);
	put_row(d, index, 1000, HL_MATCH_PDQ);
	good(hl_match_index_remove(index, 1, 20, &err), &err);
	model_remove(&d->model, 1, 20);
	commit_now(index, 3, HL_MATCH_DURABLE);
	good(hl_match_index_maintain(index, &err), &err);
	put_row(d, index, 1001, HL_MATCH_PDQ);
	put_row(d, index, 1002, HL_MATCH_MD5);
	commit_now(index, 4, HL_MATCH_DURABLE);
	hl_match_index_close(index);
	keep_files(d);
}

static void finish(struct damage *d)
{
	for (size_t i = 0; i < d->n_files; i++) {
		free(d->file[i].bytes);
	}
	model_fini(&d->model);
	folder_remove(d->path);
}

static void ask_anything(struct hl_match_index *index)
{
	struct hl_match_found found[8];
	struct hl_match_answer answer = {.matches = found, .n_max = 8};
	struct hl_match_reader *reader = NULL;
	struct hl_match_entry at = {0};
	struct hl_match_error err;
	uint8_t hash[32];
	uint64_t seed = 33;

	good(hl_match_reader_new(index, &reader, &err), &err);
	for (uint32_t kind = 1; kind <= 4; kind++) {
		const struct hl_match_query q = {
			.size_of = sizeof(q), .kind = kind};

		draw_hash(&seed, hash);
		good(hl_match_reader_query(reader, hash, &q, &answer, &err),
			&err);
	}
	for (int i = 0; i < 3; i++) {
		if (hl_match_reader_next(reader, &at)) {
			break;
		}
	}
	hl_match_reader_free(reader);
}

/* Opens what was damaged; `file` is which one. */
static void try_it(struct damage *d, const struct kept *file, size_t at)
{
	struct hl_match_index_options options = {.size_of = sizeof(options),
		.flags = HL_MATCH_OPEN_VERIFY | HL_MATCH_OPEN_NO_POPULATE};
	struct hl_match_index *index = NULL;
	struct hl_match_reader *reader = NULL;
	struct hl_match_error err = {0};
	int rc = hl_match_index_open(d->path, &options, &index, &err);

	if (rc == 0) {
		good(hl_match_reader_new(index, &reader, &err), &err);
		if (hl_match_index_position(index) != 4) {
			fail_msg("%s, byte %zu: position %llu", file->name, at,
				(unsigned long long)hl_match_index_position(
					index));
		}
		if (d->taken++ % 16 == 0) {
			same_content(&d->model, index, reader);
		}
		hl_match_reader_free(reader);
	} else if (rc != HL_MATCH_E_CORRUPT && rc != HL_MATCH_E_VERSION &&
		   rc != HL_MATCH_NOTFOUND) {
		fail_msg("%s, byte %zu: %d %s", file->name, at, rc, err.text);
	} else if (!strstr(err.text, file->name) &&
		   strncmp(file->name, "manifest", 8) != 0 &&
		   strncmp(file->name, "log", 3) != 0) {
		fail_msg("%s, byte %zu: told %s", file->name, at, err.text);
	}
	d->refused += rc != 0;
	hl_match_index_close(index);
	options.flags = HL_MATCH_OPEN_NO_POPULATE;
	index = NULL;
	if (strncmp(file->name, "seg", 3) == 0 &&
		hl_match_index_open(d->path, &options, &index, &err) == 0) {
		ask_anything(index);
		hl_match_index_close(index);
	}
}

/* Of the log nobody needs what the segments have, nor what follows the last
 * commit. */
static bool needed(const struct damage *d, const struct kept *file, size_t at)
{
	uint64_t from = 0;

	if (strncmp(file->name, "log", 3) != 0) {
		return true;
	}
	for (size_t i = 0; i < d->n_files; i++) {
		if (strcmp(d->file[i].name, "manifest") == 0) {
			memcpy(&from, d->file[i].bytes + 56, 8);
		}
	}
	return at < 32 || (at >= from && at < file->n - 24);
}

static void change_bytes(struct damage *d, const struct kept *file)
{
	uint8_t *bytes = malloc(file->n + 1);
	/* Every place of a small file; of a large one the head, and then a
	 * place in each of the pieces that are checked together. */
	size_t step = 1;

	assert_non_null(bytes);
	for (size_t at = 0; at < file->n; at += step) {
		size_t refused = d->refused;

		step = file->n < 2000 || at < 600 ? 1 : 41;
		memcpy(bytes, file->bytes, file->n);
		bytes[at] ^= (uint8_t)(1 << at % 8);
		file_write(d->path, file->name, bytes, file->n);
		try_it(d, file, at);
		if (needed(d, file, at) && d->refused == refused) {
			fail_msg("%s, byte %zu: was taken", file->name, at);
		}
	}
	file_write(d->path, file->name, file->bytes, file->n);
	free(bytes);
}

static void every_byte(void **state)
{
	struct damage d = {0};

	(void)state;
	prepare(&d);
	assert_int_equal(d.n_files, 3);
	for (size_t i = 0; i < d.n_files; i++) {
		change_bytes(&d, &d.file[i]);
	}
	print_message("# %zu refused, %zu taken\n", d.refused, d.taken);
	finish(&d);
}

static void every_length(void **state)
{
	struct damage d = {0};

	(void)state;
	prepare(&d);
	for (size_t i = 0; i < d.n_files; i++) {
		const struct kept *file = &d.file[i];
		size_t step = file->n > 4000 ? 199 : 3;

		/* A log that is cut is as if it had not been written; the
		 * manifest knows how far it must reach, commits since then
		 * are a matter of the disk. */
		if (strncmp(file->name, "log", 3) == 0) {
			continue;
		}
		for (size_t n = 0; n < file->n; n += step) {
			size_t refused = d.refused;

			file_write(d.path, file->name, file->bytes, n);
			try_it(&d, file, n);
			if (d.refused == refused) {
				fail_msg("%s, cut at %zu: was taken",
					file->name, n);
			}
		}
		file_write(d.path, file->name, file->bytes, file->n);
	}
	finish(&d);
}

static void a_missing_file(void **state)
{
	struct damage d = {0};
	size_t n_segments = 0;

	(void)state;
	prepare(&d);
	for (size_t i = 0; i < d.n_files; i++) {
		const struct kept *file = &d.file[i];
		char path[PATH_BYTES + 80];
		size_t refused = d.refused;
		struct hl_match_error err = {0};

		(void)snprintf(path, sizeof(path), "%s/%s", d.path, file->name);
		assert_int_equal(unlink(path), 0);
		try_it(&d, file, 0);
		assert_int_equal(d.refused, refused + 1);
		if (strncmp(file->name, "seg-", 4) == 0) {
			n_segments++;
			assert_int_equal(HL_MATCH_E_CORRUPT,
				hl_match_index_verify(
					d.path, NULL, NULL, &err));
			assert_non_null(strstr(err.text, file->name));
		}
		file_write(d.path, file->name, file->bytes, file->n);
	}
	assert_true(n_segments > 0);
	finish(&d);
}

/* A large segment stays when a small one is made, so its dead are written. */
static void prepare_removal(struct damage *d)
{
	struct hl_match_index *index;

	folder_make(d->path);
	index = index_open(d->path, HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE |
					    HL_MATCH_OPEN_BULK);
	list_add(index, 1, 0);
	for (uint64_t id = 0; id < 70000; id++) {
		uint8_t hash[32];
		uint64_t seed = id;
		struct hl_match_entry e;

		draw_hash(&seed, hash);
		e = entry_of(1, id, hash);
		entry_add(index, &e);
	}
	commit_now(index, 1, 0);
	hl_match_index_close(index);
	index = index_open(d->path, HL_MATCH_OPEN_WRITE);
	for (uint64_t id = 0; id < 5000; id++) {
		uint8_t hash[32];
		uint64_t seed = id + 1000000;
		struct hl_match_entry e;

		draw_hash(&seed, hash);
		e = entry_of(1, id % 2 ? id : id + 100000, hash);
		entry_add(index, &e);
	}
	commit_now(index, 4, HL_MATCH_DURABLE);
	maintain_all(index);
	hl_match_index_close(index);
	keep_files(d);
}

static void removal_file(void **state)
{
	struct damage d = {0};
	struct hl_match_error err = {0};
	bool seen = false;

	(void)state;
	prepare_removal(&d);
	d.taken = 1; /* contents are not compared */
	for (size_t i = 0; i < d.n_files; i++) {
		struct kept *file = &d.file[i];

		if (strncmp(file->name, "rem", 3) != 0) {
			continue;
		}
		seen = true;
		for (size_t at = 0; at < file->n; at += 61) {
			size_t refused = d.refused;

			file->bytes[at] ^= 0x10;
			file_write(d.path, file->name, file->bytes, file->n);
			try_it(&d, file, at);
			assert_int_equal(d.refused, refused + 1);
			file->bytes[at] ^= 0x10;
		}
		file_write(d.path, file->name, file->bytes, file->n);
		good(hl_match_index_verify(d.path, NULL, NULL, &err), &err);
	}
	assert_true(seen);
	finish(&d);
}

struct heard {
	char text[16][64];
	size_t n;
};

static void on_damage(void *arg, const struct hl_match_error *place)
{
	struct heard *h = arg;

	assert_int_equal(HL_MATCH_E_CORRUPT, place->code);
	assert_true(h->n < 16);
	(void)snprintf(h->text[h->n++], 64, "%.63s", place->text);
}

static size_t times_heard(const struct heard *h, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++) {
		n += strstr(h->text[i], name) == h->text[i];
	}
	return n;
}

static bool is_kind(const struct kept *file, const char *kind)
{
	return strncmp(file->name, kind, strlen(kind)) == 0;
}

/* Damages the files whose names begin with one of `kinds`, at a byte that is
 * read whatever the file says; each must be heard of once, and no other. */
static void hear_of(const struct damage *d, const char *const *kinds)
{
	struct hl_match_error err = {0};
	struct heard h = {.n = 0};
	size_t n = 0;

	for (size_t i = 0; i < d->n_files * 3; i++) {
		const struct kept *file = &d->file[i / 3];
		size_t at = is_kind(file, "seg") ? file->n / 2 : 20;

		if (kinds[i % 3] && is_kind(file, kinds[i % 3])) {
			file->bytes[at] ^= 1;
			file_write(d->path, file->name, file->bytes, file->n);
			file->bytes[at] ^= 1;
			n++;
		}
	}
	assert_int_equal(n ? HL_MATCH_E_CORRUPT : 0,
		hl_match_index_verify_all(d->path, NULL, on_damage, &h, &err));
	assert_int_equal(n, h.n);
	assert_true(n == 0 || strncmp(err.text, h.text[0], 63) == 0);
	for (size_t i = 0; i < d->n_files; i++) {
		const struct kept *file = &d->file[i];
		bool bad = false;

		for (size_t k = 0; k < 3; k++) {
			bad |= kinds[k] && is_kind(file, kinds[k]);
		}
		if (times_heard(&h, file->name) != bad) {
			fail_msg("%s, with %s: heard %zu times", file->name,
				kinds[0], times_heard(&h, file->name));
		}
		file_write(d->path, file->name, file->bytes, file->n);
	}
}

static void all_damage_is_told(void **state)
{
	static const char *const rows[][3] = {{NULL}, {"seg"}, {"rem"}, {"log"},
		{"seg", "rem"}, {"seg", "log"}, {"rem", "log"},
		{"seg", "rem", "log"}, {"manifest"}};
	size_t n_segments = 0, n_removals = 0;
	struct hl_match_error err = {0};
	struct damage d = {0};

	(void)state;
	prepare_removal(&d);
	for (size_t i = 0; i < d.n_files; i++) {
		n_segments += is_kind(&d.file[i], "seg");
		n_removals += is_kind(&d.file[i], "rem");
	}
	assert_true(n_segments > 1 && n_removals > 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		hear_of(&d, rows[i]);
	}
	assert_int_equal(HL_MATCH_E_ARG,
		hl_match_index_verify_all(d.path, NULL, NULL, NULL, &err));
	assert_int_equal(
		HL_MATCH_NOTFOUND, hl_match_index_verify_all("/nonexistent/x",
					   NULL, on_damage, NULL, &err));
	finish(&d);
}

/* Made by somebody who makes checks too: the next file that is made would be
 * written over one that is there. */
static void a_number_that_comes_again(void **state)
{
	struct damage d = {.path = ""};
	struct hl_match_error err;
	bool seen = false;

	(void)state;
	prepare(&d);
	for (size_t i = 0; i < d.n_files; i++) {
		struct kept *file = &d.file[i];

		if (strcmp(file->name, "manifest") != 0) {
			continue;
		}
		seen = true;
		for (uint8_t next = 0; next < 2; next++) {
			const uint32_t number = next;
			uint64_t check;

			memcpy(file->bytes + 52, &number, 4);
			check = hl_match_check(file->bytes, file->n - 8, 0);
			memcpy(file->bytes + file->n - 8, &check, 8);
			file_write(d.path, file->name, file->bytes, file->n);
			assert_int_equal(HL_MATCH_E_CORRUPT,
				hl_match_index_verify(
					d.path, NULL, NULL, &err));
			assert_non_null(strstr(err.text, "manifest"));
		}
	}
	assert_true(seen);
	finish(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte),
		cmocka_unit_test(every_length),
		cmocka_unit_test(a_missing_file),
		cmocka_unit_test(removal_file),
		cmocka_unit_test(all_damage_is_told),
		cmocka_unit_test(a_number_that_comes_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
