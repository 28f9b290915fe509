/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random changes to an index and to a model of it; whatever is done in
 * between (freezing, merging, closing, opening), both must answer the same.
 */
#include "model.h"

struct play {
	char path[PATH_BYTES];
	struct hl_match_index *index;
	struct hl_match_reader *reader;
	struct model model;
	uint64_t seed;
	uint8_t centre[16][32];
	uint64_t position;
};

static void start(struct play *p)
{
	struct hl_match_error err = {0};

	p->index =
		index_open(p->path, HL_MATCH_OPEN_WRITE | HL_MATCH_OPEN_CREATE |
					    HL_MATCH_OPEN_VERIFY);
	good(hl_match_reader_new(p->index, &p->reader, &err), &err);
}

static void stop(struct play *p)
{
	hl_match_reader_free(p->reader);
	hl_match_index_close(p->index);
}

static void near_some_centre(struct play *p, uint8_t hash[32])
{
	memcpy(hash, p->centre[below(&p->seed, 16)], 32);
	flip(&p->seed, hash, below(&p->seed, 41));
}

static void put_some(struct play *p)
{
	uint8_t payload[16];
	struct hl_match_entry e = {
		.list = 1 + below(&p->seed, 5),
		.id = below(&p->seed, 400),
		.part = below(&p->seed, 4) ? 0 : below(&p->seed, 5),
		.kind = below(&p->seed, 8) ? HL_MATCH_PDQ
					   : (uint16_t)(1 + below(&p->seed, 4)),
		.label =
			(uint16_t)(below(&p->seed, 4) ? 0
						      : below(&p->seed, 65536)),
	};
	static const uint32_t width[] = {0, 32, 16, 20, 32};

	if (!model_list(&p->model, e.list)) {
		return;
	}
	memset(payload, (int)below(&p->seed, 256), sizeof(payload));
	e.payload_bytes = below(&p->seed, 3) ? 0 : below(&p->seed, 17);
	e.payload = payload;
	near_some_centre(p, e.hash);
	if (e.kind != HL_MATCH_PDQ) {
		memcpy(e.hash, p->centre[below(&p->seed, 16)], 32);
	}
	memset(e.hash + width[e.kind], 0, 32 - width[e.kind]);
	entry_add(p->index, &e);
	model_put(&p->model, &e);
}

static void put_list(struct play *p)
{
	static const uint32_t radius[] = {
		0, 1, 15, 31, 40, 63, HL_MATCH_RADIUS_EQUAL};
	struct hl_match_list list = {
		.size_of = sizeof(list),
		.id = 1 + below(&p->seed, 5),
		.flags = below(&p->seed, 3) == 0,
		.radius = radius[below(&p->seed, 7)],
		.name = "of a hotline",
	};
	struct hl_match_error err = {0};

	good(hl_match_list_put(p->index, &list, &err), &err);
	model_list_put(&p->model, &list);
}

static void remove_some(struct play *p)
{
	uint32_t list = 1 + below(&p->seed, 5);
	uint64_t id = below(&p->seed, 400);
	struct hl_match_error err = {0};
	int rc = hl_match_index_remove(p->index, list, id, &err);

	good(rc, &err);
	assert_int_equal(
		rc, model_remove(&p->model, list, id) ? 0 : HL_MATCH_NOTFOUND);
}

static void remove_list(struct play *p)
{
	uint32_t list = 1 + below(&p->seed, 5);
	struct hl_match_error err = {0};
	int rc = hl_match_list_remove(p->index, list, &err);

	good(rc, &err);
	assert_int_equal(
		rc, model_list(&p->model, list) ? 0 : HL_MATCH_NOTFOUND);
	model_unlist(&p->model, list);
}

static void ask(struct play *p)
{
	static const int32_t radius[] = {0, -1, 1, 7, 20, 31, 33, 45, 63};
	uint32_t lists[3];
	struct hl_match_query q = {.size_of = sizeof(q),
		.kind = below(&p->seed, 4) ? 0 : below(&p->seed, 5),
		.radius = radius[below(&p->seed, 9)]};
	uint8_t hash[32] = {0};

	for (int i = 0; i < 3; i++) {
		lists[i] = below(&p->seed, 7);
	}
	if (below(&p->seed, 3) == 0) {
		q.lists = lists;
		q.n_lists = below(&p->seed, 4);
	}
	near_some_centre(p, hash);
	if (q.kind > HL_MATCH_PDQ) {
		static const uint32_t width[] = {0, 32, 16, 20, 32};

		memcpy(hash, p->centre[below(&p->seed, 16)], 32);
		memset(hash + width[q.kind], 0, 32 - width[q.kind]);
	}
	same_answer(&p->model, p->reader, hash, &q, below(&p->seed, 40));
}

static void commit_some(struct play *p)
{
	commit_now(p->index, ++p->position,
		below(&p->seed, 8) ? 0 : HL_MATCH_DURABLE);
	assert_int_equal(hl_match_index_position(p->index), p->position);
}

static void reopen(struct play *p)
{
	struct hl_match_error err = {0};

	commit_some(p);
	stop(p);
	good(hl_match_index_verify(p->path, NULL, NULL, &err), &err);
	start(p);
	assert_int_equal(hl_match_index_position(p->index), p->position);
	same_content(&p->model, p->index, p->reader);
}

static void turn(struct play *p, unsigned rounds)
{
	struct hl_match_error err = {0};

	for (unsigned i = 0; i < rounds; i++) {
		unsigned what = below(&p->seed, 1000);

		if (what < 600) {
			put_some(p);
		} else if (what < 700) {
			remove_some(p);
		} else if (what < 960) {
			ask(p);
		} else if (what < 975) {
			put_list(p);
		} else if (what < 976) {
			remove_list(p);
		} else if (what < 985) {
			commit_some(p);
		} else if (what < 993) {
			good(hl_match_index_maintain(p->index, &err), &err);
		} else if (what < 997) {
			good(hl_match_index_compact(p->index, &err), &err);
		} else {
			reopen(p);
		}
	}
}

static void play(uint64_t seed, unsigned rounds)
{
	struct play p = {.seed = seed};

	folder_make(p.path);
	for (int i = 0; i < 16; i++) {
		draw_hash(&p.seed, p.centre[i]);
	}
	start(&p);
	turn(&p, rounds);
	reopen(&p);
	stop(&p);
	folder_remove(p.path);
	model_fini(&p.model);
}

static void answers_as_the_model_does(void **state)
{
	const char *more = getenv("HL_MATCH_ROUNDS");
	unsigned games = more ? (unsigned)strtoul(more, NULL, 10) : 12;

	(void)state;
	for (unsigned i = 0; i < games; i++) {
		play(1000 + i, 2500);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_model_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
