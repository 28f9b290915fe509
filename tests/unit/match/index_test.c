/* SPDX-License-Identifier: Apache-2.0 */
/* What the header says of each call of the index, and wrong calls. */
#include "folder.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>

struct desk {
	char path[PATH_BYTES];
	struct hl_match_index *index;
	struct hl_match_reader *reader;
	struct hl_match_error err;
};

static void desk_open(struct desk *d, uint32_t flags)
{
	d->index = index_open(d->path, flags);
	good(hl_match_reader_new(d->index, &d->reader, &d->err), &d->err);
}

static void desk_close(struct desk *d)
{
	hl_match_reader_free(d->reader);
	hl_match_index_close(d->index);
	d->reader = NULL;
	d->index = NULL;
}

static int start(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));

	assert_non_null(d);
	folder_make(d->path);
	desk_open(d, HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE);
	list_add(d->index, 1, 0);
	list_add(d->index, 2, HL_MATCH_LIST_NEGATIVE);
	*state = d;
	return 0;
}

static int stop(void **state)
{
	struct desk *d = *state;

	desk_close(d);
	folder_remove(d->path);
	free(d);
	return 0;
}

static struct hl_match_entry entry(uint64_t id)
{
	uint8_t hash[32];
	uint64_t seed = id;

	draw_hash(&seed, hash);
	return entry_of(1, id, hash);
}

static size_t hits(struct desk *d, const struct hl_match_entry *e)
{
	struct hl_match_found found[8];
	struct hl_match_answer answer = {.matches = found, .n_max = 8};
	const struct hl_match_query q = {.size_of = sizeof(q), .kind = e->kind};

	good(hl_match_reader_query(d->reader, e->hash, &q, &answer, &d->err),
		&d->err);
	return answer.n;
}

static void opening(void **state)
{
	static const struct {
		uint32_t flags;
		int rc;
	} rows[] = {
		{HL_MATCH_OPEN_WRITE, HL_MATCH_E_BUSY},
		{HL_MATCH_OPEN_CREATE, HL_MATCH_E_ARG},
		{HL_MATCH_OPEN_BULK, HL_MATCH_E_ARG},
		{1u << 30, HL_MATCH_E_ARG},
		{0, 0},
		{HL_MATCH_OPEN_VERIFY | HL_MATCH_OPEN_NO_POPULATE, 0},
	};
	struct desk *d = *state;
	struct hl_match_index_options options = {.size_of = sizeof(options)};
	struct hl_match_index *index = NULL;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int rc;

		options.flags = rows[i].flags;
		index = NULL;
		rc = hl_match_index_open(d->path, &options, &index, &d->err);
		if (rc != rows[i].rc || (rc != 0) != (index == NULL)) {
			fail_msg("row %zu: %d", i, rc);
		}
		hl_match_index_close(index);
	}
	options = (struct hl_match_index_options){
		.size_of = sizeof(options), .kernel = 77};
	assert_int_equal(hl_match_index_open(d->path, &options, &index, NULL),
		HL_MATCH_E_ARG);
	assert_int_equal(
		hl_match_index_open(NULL, NULL, &index, NULL), HL_MATCH_E_ARG);
	assert_int_equal(
		hl_match_index_open("/nonexistent/invalid", NULL, &index, NULL),
		HL_MATCH_NOTFOUND);
	assert_int_equal(hl_match_index_open("/dev/null", NULL, &index, NULL),
		HL_MATCH_E_IO);
	assert_int_equal(hl_match_index_open("/proc", NULL, &index, NULL),
		HL_MATCH_NOTFOUND);
	assert_int_equal(
		hl_match_index_verify("/nonexistent/invalid", NULL, NULL, NULL),
		HL_MATCH_NOTFOUND);
	hl_match_index_close(NULL);
	hl_match_reader_free(NULL);
}

static void only_who_opened_to_write(void **state)
{
	struct desk *d = *state;
	const struct hl_match_entry e = entry(1);
	const struct hl_match_list list = {.size_of = sizeof(list), .id = 9};
	struct hl_match_index *index = index_open(d->path, 0);

	assert_int_equal(hl_match_index_put(index, &e, NULL), HL_MATCH_E_STATE);
	assert_int_equal(
		hl_match_list_put(index, &list, NULL), HL_MATCH_E_STATE);
	assert_int_equal(
		hl_match_index_commit(index, 1, 0, NULL), HL_MATCH_E_STATE);
	assert_int_equal(
		hl_match_index_remove(index, 1, 1, NULL), HL_MATCH_E_STATE);
	assert_int_equal(
		hl_match_list_remove(index, 1, NULL), HL_MATCH_E_STATE);
	assert_int_equal(
		hl_match_index_maintain(index, NULL), HL_MATCH_E_STATE);
	assert_int_equal(hl_match_index_compact(index, NULL), HL_MATCH_E_STATE);
	assert_int_equal(
		hl_match_index_follow(d->index, NULL), HL_MATCH_E_STATE);
	assert_int_equal(hl_match_index_follow(index, NULL), HL_MATCH_NOTFOUND);
	hl_match_index_close(index);
}

static void wrong_entries(void **state)
{
	struct desk *d = *state;
	struct hl_match_entry good_one = entry(1), e;

	struct {
		const char *what;
		uint32_t list;
		uint16_t kind;
		uint32_t payload_bytes;
		const void *payload;
	} rows[] = {
		{"list 0", 0, 1, 0, NULL},
		{"a list that is not there", 3, 1, 0, NULL},
		{"a list over the most", 65536, 1, 0, NULL},
		{"no kind", 1, 0, 0, NULL},
		{"a kind of later", 1, 5, 0, NULL},
		{"bytes behind an MD5", 1, 2, 0, NULL},
		{"bytes behind a SHA-1", 1, 3, 0, NULL},
		{"payload that is not there", 1, 1, 1, NULL},
		{"too much payload", 1, 1, 4097, d},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		e = good_one;
		e.list = rows[i].list;
		e.kind = rows[i].kind;
		e.payload = rows[i].payload;
		e.payload_bytes = rows[i].payload_bytes;
		if (hl_match_index_put(d->index, &e, &d->err) !=
			HL_MATCH_E_ARG) {
			fail_msg("%s was taken", rows[i].what);
		}
	}
	assert_int_equal(
		hl_match_index_put(d->index, NULL, NULL), HL_MATCH_E_ARG);
	assert_int_equal(
		hl_match_index_put(NULL, &good_one, NULL), HL_MATCH_E_ARG);
	assert_int_equal(hits(d, &good_one), 0);
}

static void wrong_lists(void **state)
{
	struct desk *d = *state;
	struct hl_match_list list = {.size_of = sizeof(list), .id = 3};
	struct hl_match_list wrong;

	wrong = list;
	wrong.id = 0;
	assert_int_equal(
		hl_match_list_put(d->index, &wrong, NULL), HL_MATCH_E_ARG);
	wrong.id = HL_MATCH_LISTS_MAX + 1;
	assert_int_equal(
		hl_match_list_put(d->index, &wrong, NULL), HL_MATCH_E_ARG);
	wrong = list;
	wrong.radius = 64;
	assert_int_equal(
		hl_match_list_put(d->index, &wrong, NULL), HL_MATCH_E_ARG);
	wrong.radius = HL_MATCH_RADIUS_EQUAL - 1;
	assert_int_equal(
		hl_match_list_put(d->index, &wrong, NULL), HL_MATCH_E_ARG);
	wrong = list;
	wrong.flags = 2;
	assert_int_equal(
		hl_match_list_put(d->index, &wrong, NULL), HL_MATCH_E_ARG);
	wrong = list;
	memset(wrong.name, 'a', sizeof(wrong.name));
	assert_int_equal(
		hl_match_list_put(d->index, &wrong, NULL), HL_MATCH_E_ARG);
	wrong = list;
	memcpy(wrong.owner, "\xc3(", 3);
	assert_int_equal(
		hl_match_list_put(d->index, &wrong, NULL), HL_MATCH_E_ARG);
	memcpy(wrong.owner, "a\nb", 4);
	assert_int_equal(
		hl_match_list_put(d->index, &wrong, NULL), HL_MATCH_E_ARG);
	assert_int_equal(
		hl_match_reader_list(d->reader, 3, &list), HL_MATCH_NOTFOUND);
	assert_int_equal(
		hl_match_list_remove(d->index, 3, NULL), HL_MATCH_NOTFOUND);
}

static void labels(void **state)
{
	struct desk *d = *state;
	char longest[65];

	memset(longest, 'b', 64);
	longest[64] = '\0';
	assert_int_equal(hl_match_label_put(d->index, 1, 7, longest, NULL),
		HL_MATCH_E_ARG);
	longest[63] = '\0';
	good(hl_match_label_put(d->index, 1, 7, longest, &d->err), &d->err);
	assert_string_equal(hl_match_reader_label(d->reader, 1, 7), longest);
	assert_int_equal(
		hl_match_label_put(d->index, 1, 0, "no", NULL), HL_MATCH_E_ARG);
	assert_int_equal(
		hl_match_label_put(d->index, 5, 1, "no", NULL), HL_MATCH_E_ARG);
	assert_int_equal(
		hl_match_label_put(d->index, 1, 1, NULL, NULL), HL_MATCH_E_ARG);
	good(hl_match_label_put(d->index, 1, 65535, "\xc3\xa6\xc3\xb8", NULL),
		&d->err);
	good(hl_match_label_put(d->index, 1, 7, "second", NULL), &d->err);
	commit_now(d->index, 1, 0);
	good(hl_match_index_compact(d->index, &d->err), &d->err);
	desk_close(d);
	desk_open(d, HL_MATCH_OPEN_WRITE);
	assert_string_equal(hl_match_reader_label(d->reader, 1, 7), "second");
	assert_string_equal(
		hl_match_reader_label(d->reader, 1, 65535), "\xc3\xa6\xc3\xb8");
	assert_string_equal(hl_match_reader_label(d->reader, 1, 8), "");
	assert_string_equal(hl_match_reader_label(d->reader, 6, 7), "");
	good(hl_match_label_put(d->index, 1, 7, "", NULL), &d->err);
	assert_string_equal(hl_match_reader_label(d->reader, 1, 7), "");
}

/* Not committed: seen here, gone when it is opened again. */
static void commits(void **state)
{
	struct desk *d = *state;
	struct hl_match_entry a = entry(1), b = entry(2);
	struct hl_match_index *other;
	struct hl_match_reader *reader = NULL;
	struct desk there = {.path = ""};

	entry_add(d->index, &a);
	assert_int_equal(hits(d, &a), 1);
	commit_now(d->index, 41, HL_MATCH_DURABLE);
	other = index_open(d->path, 0);
	good(hl_match_reader_new(other, &reader, &d->err), &d->err);
	there.reader = reader;
	entry_add(d->index, &b);
	assert_int_equal(hits(d, &b), 1);
	assert_int_equal(hits(&there, &a), 1);
	assert_int_equal(hl_match_index_follow(other, NULL), HL_MATCH_NOTFOUND);
	assert_int_equal(hits(&there, &b), 0);
	commit_now(d->index, 42, 0);
	assert_int_equal(hl_match_index_follow(other, NULL), 0);
	assert_int_equal(hits(&there, &b), 1);
	assert_int_equal(hl_match_index_position(other), 42);
	good(hl_match_index_remove(d->index, 1, 2, NULL), &d->err);
	assert_int_equal(hits(d, &b), 0);
	/* Merges only what is committed. */
	good(hl_match_index_compact(d->index, &d->err), &d->err);
	assert_int_equal(hl_match_index_follow(other, NULL), HL_MATCH_NOTFOUND);
	assert_int_equal(hits(&there, &b), 1);
	hl_match_reader_free(reader);
	hl_match_index_close(other);
	desk_close(d);
	desk_open(d, HL_MATCH_OPEN_WRITE);
	assert_int_equal(hits(d, &b), 1);
	assert_int_equal(hl_match_index_position(d->index), 42);
	assert_int_equal(
		hl_match_index_commit(d->index, 1, 8, NULL), HL_MATCH_E_ARG);
}

static void wrong_queries(void **state)
{
	struct desk *d = *state;
	struct hl_match_entry e = entry(1);
	struct hl_match_answer answer = {.n_max = 1};
	struct hl_match_found found;
	struct hl_match_query q = {.size_of = sizeof(q), .radius = 64};

	assert_int_equal(
		hl_match_reader_query(d->reader, e.hash, NULL, &answer, NULL),
		HL_MATCH_E_ARG);
	answer.matches = &found;
	assert_int_equal(
		hl_match_reader_query(d->reader, e.hash, &q, &answer, NULL),
		HL_MATCH_E_ARG);
	q.radius = -2;
	assert_int_equal(
		hl_match_reader_query(d->reader, e.hash, &q, &answer, NULL),
		HL_MATCH_E_ARG);
	q.radius = 0;
	q.kind = 5;
	assert_int_equal(
		hl_match_reader_query(d->reader, e.hash, &q, &answer, NULL),
		HL_MATCH_E_ARG);
	assert_int_equal(
		hl_match_reader_query(d->reader, NULL, NULL, &answer, NULL),
		HL_MATCH_E_ARG);
	/* No place for matches: only counted. */
	entry_add(d->index, &e);
	answer = (struct hl_match_answer){.n_max = 0};
	assert_int_equal(
		hl_match_reader_query(d->reader, e.hash, NULL, &answer, NULL),
		0);
	assert_int_equal(answer.n_found, 1);
	assert_int_equal(answer.truncated, 1);
	assert_int_equal(answer.n, 0);
}

static void in_bulk(void **state)
{
	struct desk *d = *state;
	struct hl_match_entry a = entry(1), b = entry(2), c;
	struct hl_match_stats stats = {.size_of = sizeof(stats)};

	a.label = 3;
	entry_add(d->index, &a);
	commit_now(d->index, 1, 0);
	desk_close(d);
	desk_open(d, HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_BULK);
	list_add(d->index, 3, 0);
	c = a;
	c.hash[0] ^= 255;
	c.hash[9] ^= 255;
	c.hash[17] ^= 255;
	c.hash[30] ^= 255;
	entry_add(d->index, &c);
	b.list = 3;
	b.part = 1;
	entry_add(d->index, &b);
	b.part = 0;
	entry_add(d->index, &b);
	entry_add(d->index, &b);
	assert_int_equal(hits(d, &a), 1);
	assert_int_equal(hits(d, &b), 0);
	assert_int_equal(hits(d, &c), 0);
	assert_int_equal(
		hl_match_index_remove(d->index, 1, 1, NULL), HL_MATCH_E_STATE);
	assert_int_equal(
		hl_match_list_remove(d->index, 1, NULL), HL_MATCH_E_STATE);
	commit_now(d->index, 2, HL_MATCH_DURABLE);
	assert_int_equal(hits(d, &a), 0);
	assert_int_equal(hits(d, &b), 2);
	assert_int_equal(hits(d, &c), 1);
	desk_close(d);
	good(hl_match_index_verify(d->path, NULL, NULL, &d->err), &d->err);
	desk_open(d, HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_VERIFY);
	assert_int_equal(hits(d, &a), 0);
	assert_int_equal(hits(d, &b), 2);
	assert_int_equal(hits(d, &c), 1);
	good(hl_match_index_stats(d->index, 0, &stats), &d->err);
	assert_int_equal(stats.n_hashes, 3);
	assert_int_equal(stats.n_entries, 2);
	assert_int_equal(stats.n_segments, 1);
	assert_int_equal(stats.position, 2);
	assert_int_equal(hl_match_index_stats(d->index, 3, &stats), 0);
	assert_int_equal(stats.n_hashes, 2);
	assert_int_equal(stats.n_entries, 1);
	assert_int_equal(
		hl_match_index_stats(d->index, 77, &stats), HL_MATCH_NOTFOUND);
}

/* In bulk and not committed: as if it had not been. */
static void in_bulk_given_up(void **state)
{
	struct desk *d = *state;
	struct hl_match_entry a = entry(1);
	struct hl_match_stats stats = {.size_of = sizeof(stats)};

	commit_now(d->index, 1, 0);
	desk_close(d);
	desk_open(d, HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_BULK);
	list_add(d->index, 3, 0);
	entry_add(d->index, &a);
	good(hl_match_index_maintain(d->index, &d->err), &d->err);
	good(hl_match_index_compact(d->index, &d->err), &d->err);
	desk_close(d);
	desk_open(d, HL_MATCH_OPEN_WRITE);
	good(hl_match_index_stats(d->index, 0, &stats), &d->err);
	assert_int_equal(stats.n_hashes, 0);
	assert_int_equal(stats.n_lists, 2);
	assert_int_equal(stats.position, 1);
}

/* Struct sizes of an older header: what it did not have stays untouched. */
static void older_callers(void **state)
{
	struct desk *d = *state;
	struct hl_match_stats stats;
	struct hl_match_list list;

	memset(&stats, 0xee, sizeof(stats));
	stats.size_of = offsetof(struct hl_match_stats, n_hashes);
	good(hl_match_index_stats(d->index, 0, &stats), &d->err);
	assert_int_equal(stats.n_lists, 2);
	assert_int_equal(stats.n_hashes, UINT64_C(0xeeeeeeeeeeeeeeee));
	memset(&list, 0xee, sizeof(list));
	list.size_of = offsetof(struct hl_match_list, version);
	assert_int_equal(hl_match_reader_list(d->reader, 2, &list), 0);
	assert_int_equal(list.flags, HL_MATCH_LIST_NEGATIVE);
	assert_int_equal(list.radius, HL_MATCH_RADIUS_DEFAULT);
	assert_int_equal(list.version, UINT64_C(0xeeeeeeeeeeeeeeee));
	assert_int_equal(list.size_of, offsetof(struct hl_match_list, version));
}

/* How many are found at this distance of an entry, as the query asks. */
static uint64_t at_distance(
	struct hl_match_index *index, unsigned distance, int32_t radius)
{
	const struct hl_match_query q = {.size_of = sizeof(q),
		.radius = radius,
		.n_lists = 1,
		.lists = (const uint32_t[]){7}};
	struct hl_match_answer answer = {.n_max = 0};
	struct hl_match_entry e = entry(1);
	struct hl_match_reader *reader = NULL;
	struct hl_match_error err = {0};
	uint64_t seed = 5;

	flip(&seed, e.hash, distance);
	good(hl_match_reader_new(index, &reader, &err), &err);
	good(hl_match_reader_query(reader, e.hash, &q, &answer, &err), &err);
	hl_match_reader_free(reader);
	return answer.n_found;
}

static void equal_is_all_that_counts(struct hl_match_index *index)
{
	struct hl_match_list list = {.size_of = sizeof(list)};
	struct hl_match_reader *reader = NULL;
	struct hl_match_error err = {0};

	good(hl_match_reader_new(index, &reader, &err), &err);
	good(hl_match_reader_list(reader, 7, &list), &err);
	hl_match_reader_free(reader);
	assert_int_equal(list.radius, HL_MATCH_RADIUS_EQUAL);
	for (int32_t radius = -1; radius <= HL_MATCH_RADIUS_MAX; radius++) {
		assert_int_equal(at_distance(index, 0, radius), 1);
		assert_int_equal(at_distance(index, 1, radius), 0);
		assert_int_equal(at_distance(index, 31, radius), 0);
	}
}

/* A list of equal hashes is one in the log, in the manifest, and when it was
 * another before. */
static void equal_only(void **state)
{
	struct desk *d = *state;
	struct hl_match_list list = {.size_of = sizeof(list),
		.id = 7,
		.radius = HL_MATCH_RADIUS_EQUAL};
	struct hl_match_entry e = entry(1);
	struct hl_match_index *other;

	e.list = 7;
	good(hl_match_list_put(d->index, &list, &d->err), &d->err);
	entry_add(d->index, &e);
	equal_is_all_that_counts(d->index);
	commit_now(d->index, 1, 0);
	other = index_open(d->path, 0);
	equal_is_all_that_counts(other);
	hl_match_index_close(other);
	good(hl_match_index_compact(d->index, &d->err), &d->err);
	other = index_open(d->path, HL_MATCH_OPEN_VERIFY);
	equal_is_all_that_counts(other);
	hl_match_index_close(other);
	list.radius = 31;
	good(hl_match_list_put(d->index, &list, &d->err), &d->err);
	assert_int_equal(at_distance(d->index, 31, 0), 1);
	list.radius = HL_MATCH_RADIUS_EQUAL;
	good(hl_match_list_put(d->index, &list, &d->err), &d->err);
	equal_is_all_that_counts(d->index);
}

/* A fault is in err with its code; an outcome leaves err as it was. */
static void errors_say_what_was_returned(void **state)
{
	struct desk *d = *state;
	struct hl_match_error err, before;
	struct hl_match_index *index = NULL;

	memset(&before, 0xee, sizeof(before));
	err = before;
#define OUTCOME(call, code)                                      \
	do {                                                     \
		assert_int_equal(call, code);                    \
		assert_memory_equal(&err, &before, sizeof(err)); \
	} while (0)
#define FAULT(call, fault, number)                       \
	do {                                             \
		assert_int_equal(call, fault);           \
		assert_int_equal(err.code, fault);       \
		assert_int_equal(err.sys_errno, number); \
		err = before;                            \
	} while (0)
	OUTCOME(hl_match_index_open("/nonexistent/x", NULL, &index, &err),
		HL_MATCH_NOTFOUND);
	OUTCOME(hl_match_index_open("/proc", NULL, &index, &err),
		HL_MATCH_NOTFOUND);
	OUTCOME(hl_match_index_verify("/nonexistent/x", NULL, NULL, &err),
		HL_MATCH_NOTFOUND);
	OUTCOME(hl_match_index_verify("/proc", NULL, NULL, &err),
		HL_MATCH_NOTFOUND);
	FAULT(hl_match_index_open("/dev/null", NULL, &index, &err),
		HL_MATCH_E_IO, ENOTDIR);
	FAULT(hl_match_index_verify("/dev/null", NULL, NULL, &err),
		HL_MATCH_E_IO, ENOTDIR);
	OUTCOME(hl_match_list_remove(d->index, 99, &err), HL_MATCH_NOTFOUND);
	OUTCOME(hl_match_index_remove(d->index, 1, 99, &err),
		HL_MATCH_NOTFOUND);
	OUTCOME(hl_match_index_commit(d->index, 1, 0, &err), 0);
	OUTCOME(hl_match_index_verify(d->path, NULL, NULL, &err), 0);
	OUTCOME(hl_match_index_open(d->path, NULL, &index, &err), 0);
	OUTCOME(hl_match_index_follow(index, &err), HL_MATCH_NOTFOUND);
	hl_match_index_close(index);
#undef OUTCOME
#undef FAULT
}

/* Making it anew would throw away what is left of it. */
static void a_lost_manifest_loses_no_more(void **state)
{
	struct desk *d = *state;
	struct hl_match_index_options set = {.size_of = sizeof(set),
		.flags = HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE};
	char manifest[PATH_BYTES + 16], kept[PATH_BYTES + 16];
	struct hl_match_entry e = entry_of(1, 7, (uint8_t[32]){1, 2, 3});
	struct hl_match_index *index = NULL;
	struct hl_match_error err;

	list_add(d->index, 1, 0);
	entry_add(d->index, &e);
	commit_now(d->index, 5, HL_MATCH_DURABLE);
	desk_close(d);
	snprintf(manifest, sizeof(manifest), "%s/manifest", d->path);
	snprintf(kept, sizeof(kept), "%s/kept", d->path);
	assert_int_equal(rename(manifest, kept), 0);
	assert_int_equal(hl_match_index_open(d->path, &set, &index, &err),
		HL_MATCH_E_CORRUPT);
	assert_non_null(strstr(err.text, "manifest: not there, and "));
	assert_int_not_equal(access(manifest, F_OK), 0);
	assert_int_equal(rename(kept, manifest), 0);
	desk_open(d, HL_MATCH_OPEN_WRITE);
	assert_int_equal(hl_match_index_position(d->index), 5);
}

static int count_and_stop(void *arg, uint64_t done, uint64_t total)
{
	assert_true(done <= total);
	return ++*(int *)arg > 1;
}

static void verifying(void **state)
{
	struct desk *d = *state;
	struct hl_match_entry e = entry(1);
	int calls = 0;

	entry_add(d->index, &e);
	commit_now(d->index, 1, 0);
	good(hl_match_index_compact(d->index, &d->err), &d->err);
	assert_int_equal(
		hl_match_index_verify(d->path, NULL, NULL, &d->err), 0);
	assert_int_equal(
		hl_match_index_verify(d->path, count_and_stop, &calls, &d->err),
		HL_MATCH_E_STATE);
	assert_int_equal(calls, 2);
}

/* An index of the same name that is another one is not taken for it. */
static void exchanged(void **state)
{
	struct desk *d = *state;
	struct hl_match_index *other;

	commit_now(d->index, 1, 0);
	other = index_open(d->path, 0);
	desk_close(d);
	folder_empty(d->path);
	desk_open(d, HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE);
	list_add(d->index, 1, 0);
	commit_now(d->index, 1, 0);
	good(hl_match_index_compact(d->index, &d->err), &d->err);
	good(hl_match_index_compact(d->index, &d->err), &d->err);
	assert_int_equal(
		hl_match_index_follow(other, &d->err), HL_MATCH_E_STATE);
	hl_match_index_close(other);
}

/* The files are of no use to others of the machine. */
static void modes(void **state)
{
	struct desk *d = *state;
	DIR *dir;
	struct dirent *e;
	struct stat st;

	commit_now(d->index, 1, 0);
	good(hl_match_index_compact(d->index, &d->err), &d->err);
	dir = opendir(d->path);
	assert_non_null(dir);
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] != '.') {
			assert_int_equal(
				fstatat(dirfd(dir), e->d_name, &st, 0), 0);
			assert_int_equal(st.st_mode & 0777, 0600);
		}
	}
	closedir(dir);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)
	const struct CMUnitTest tests[] = {
		CASE(opening),
		CASE(only_who_opened_to_write),
		CASE(wrong_entries),
		CASE(wrong_lists),
		CASE(labels),
		CASE(commits),
		CASE(wrong_queries),
		CASE(in_bulk),
		CASE(in_bulk_given_up),
		CASE(older_callers),
		CASE(equal_only),
		CASE(errors_say_what_was_returned),
		CASE(a_lost_manifest_loses_no_more),
		CASE(verifying),
		CASE(exchanged),
		CASE(modes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
