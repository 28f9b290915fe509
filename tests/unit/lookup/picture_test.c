/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures sent to the match service: docs/protocol/match.md. */
#include "place.h"

#include "base/text.h"

static const json_t *hash_at(struct place *p, size_t i)
{
	return json_array_get(json_object_get(p->json, "hashes"), i);
}

static void a_picture_is_hashed(void **state)
{
	struct place *p = *state;

	town_list(p->town, 1, false);
	town_catch_up(p->town);
	assert_int_equal(200, place_send_picture(p, "/v1/hash", "SQUARE"));
	assert_true(
		hl_str_eq(hl_json_str(p->json, "status"), HL_STR("hashed")));
	assert_true(hl_str_eq(hl_json_str(p->json, "format"), HL_STR("png")));
	assert_int_equal(6, hl_json_int(p->json, "bytes", 0));
	assert_int_equal(128, hl_json_int(p->json, "width", 0));
	assert_int_equal(1, hl_json_int(p->json, "pictures", 0));
	assert_int_equal(
		4, json_array_size(json_object_get(p->json, "hashes")));
	/* md5sum's word */
	assert_true(hl_str_eq(hl_json_str(hash_at(p, 2), "value"),
		HL_STR("12dec4e1f7ec620651b2b95c440ffac0")));
	assert_true(
		hl_str_eq(hl_json_str(hash_at(p, 3), "kind"), HL_STR("pdq")));
	assert_null(json_object_get(p->json, "results"));
}

/* What hash says of a picture is what match finds it by. */
static void a_picture_is_found(void **state)
{
	struct place *p = *state;
	struct town *t = p->town;

	town_list(t, 1, false);
	town_catch_up(t);
	assert_int_equal(200, place_send_picture(p, "/v1/hash", "SQUARE"));
	town_entry(t, 1, 5, 0);
	assert_int_equal(
		0, hl_text_parse_hex(hl_json_str(hash_at(p, 3), "value"),
			   t->hashes[1].bytes, 32));
	int quality = (int)hl_json_int(hash_at(p, 3), "quality", -1);
	town_catch_up(t);
	assert_int_equal(200, place_send_picture(p, "/v1/match", "SQUARE"));
	assert_int_equal(
		4, json_array_size(json_object_get(p->json, "results")));
	assert_int_equal(0, hl_json_int(place_result(p, 0), "found", -1));
	assert_true(quality >= 50);
	assert_int_equal(1, hl_json_int(place_result(p, 3), "found", -1));
	assert_int_equal(0, hl_json_int(place_match(p, 3, 0), "distance", -1));
}

static void what_is_no_picture_has_digests(void **state)
{
	struct place *p = *state;

	town_list(p->town, 1, false);
	town_catch_up(p->town);
	assert_int_equal(200, place_send_picture(p, "/v1/match", "a text"));
	assert_true(hl_str_eq(
		hl_json_str(p->json, "status"), HL_STR("no-picture")));
	assert_int_equal(
		3, json_array_size(json_object_get(p->json, "results")));
}

static void a_decoder_that_crashes_costs_one_answer(void **state)
{
	struct place *p = *state;
	const uint64_t five = 5;

	town_list(p->town, 1, false);
	town_entry(p->town, 1, 5, 0);
	town_catch_up(p->town);
	for (int i = 0; i < 3; i++) {
		place_send_picture(p, "/v1/match", "CRASH");
		place_has_code(p, 422, "decoder_crashed");
		assert_int_equal(200, place_ask_for(p, &five, 1, ""));
		assert_int_equal(
			1, hl_json_int(place_result(p, 0), "found", -1));
	}
	assert_int_equal(200, place_send_picture(p, "/v1/hash", "SQUARE"));
	assert_int_equal(3, p->app.counts.pictures[HL_MEDIA_CRASHED]);
}

/* A program decides by the code whether to send it again. */
static void each_cause_has_its_code(void **state)
{
	struct place *p = *state;
	static const struct {
		const char *file, *code;
		enum hl_media_status counted;
	} rows[] = {
		{"LARGE", "picture_too_large", HL_MEDIA_REFUSED},
		{"CRASH", "decoder_crashed", HL_MEDIA_CRASHED},
		{"MEMORY", "decoder_memory", HL_MEDIA_NO_MEMORY},
	};

	town_list(p->town, 1, false);
	town_catch_up(p->town);
	for (size_t i = 0; i < 2 * HL_ARRAY_LEN(rows); i++) {
		size_t k = i / 2;

		place_send_picture(
			p, i % 2 ? "/v1/match" : "/v1/hash", rows[k].file);
		place_has_code(p, 422, rows[k].code);
		assert_int_equal(
			1 + i % 2, p->app.counts.pictures[rows[k].counted]);
	}
}

static void one_that_takes_too_long_has_its_code(void **state)
{
	struct place *p = *state;
	struct hl_media_pool *usual = p->app.media;
	const struct hl_media_setup hasty = {.n_workers = 1,
		.decoders = place_decoders,
		.limits = {.seconds_max = 1}};

	town_list(p->town, 1, false);
	town_catch_up(p->town);
	assert_int_equal(0, hl_media_pool_new(&hasty, &p->app.media, NULL));
	place_send_picture(p, "/v1/hash", "LOOP");
	place_has_code(p, 422, "decoder_time");
	hl_media_pool_free(p->app.media);
	p->app.media = usual;
}

/* Nor are matches that were not told, "truncated". */
static void damage_and_what_was_left_out_are_told_apart(void **state)
{
	struct place *p = *state;
	static const struct {
		const char *file;
		bool damaged, cut;
	} rows[] = {
		{"SQUARE", false, false},
		{"SQUARE!", true, false},
		{"SQUARE+", false, true},
		{"SQUARE!+", true, true},
	};

	town_list(p->town, 1, false);
	town_catch_up(p->town);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		assert_int_equal(
			200, place_send_picture(p, "/v1/hash", rows[i].file));
		const json_t *damaged = json_object_get(p->json, "damaged");
		const json_t *cut = json_object_get(p->json, "cut");

		if (!json_is_boolean(damaged) || !json_is_boolean(cut) ||
			json_is_true(damaged) != rows[i].damaged ||
			json_is_true(cut) != rows[i].cut) {
			fail_msg("%s", rows[i].file);
		}
		assert_null(json_object_get(p->json, "truncated"));
	}
}

/* A key of the lowest rate has 1,000 at once. A decoder that takes 2 s leaves
 * it with a debt of a quarter of an hour, however slow the machine is. */
static void a_picture_costs_what_its_decoder_took(void **state)
{
	struct place *p = *state;
	struct hl_media_pool *usual = p->app.media;
	const uint64_t five = 5;
	const struct hl_media_setup hasty = {.n_workers = 1,
		.decoders = place_decoders,
		.limits = {.seconds_max = 2}};

	p->town->key.rate = 1;
	town_list(p->town, 1, false);
	town_catch_up(p->town);
	assert_int_equal(0, hl_media_pool_new(&hasty, &p->app.media, NULL));
	place_send_picture(p, "/v1/hash", "LOOP");
	place_has_code(p, 422, "decoder_time");
	assert_true(p->app.counts.pictures_us >= 2000000);
	place_send_picture(p, "/v1/hash", "SQUARE");
	place_has_code(p, 429, "rate");
	place_ask_for(p, &five, 1, "");
	place_has_code(p, 429, "rate");
	hl_media_pool_free(p->app.media);
	p->app.media = usual;
}

static void a_small_picture_costs_the_least_or_its_time(void **state)
{
	struct place *p = *state;

	town_list(p->town, 1, false);
	town_catch_up(p->town);
	assert_int_equal(200, place_send_picture(p, "/v1/match", "SQUARE"));
	int64_t ms = (int64_t)p->app.counts.pictures_us / 1000;
	assert_int_equal(ms > 20 ? ms : 20, hl_json_int(p->json, "cost", -1));
}

static void pictures_need_their_scope_and_decoders(void **state)
{
	struct place *p = *state;
	struct hl_media_pool *media = p->app.media;

	p->town->key.scopes = HL_API_MATCH;
	town_list(p->town, 1, false);
	town_catch_up(p->town);
	place_send_picture(p, "/v1/match", "SQUARE");
	place_has_code(p, 403, "scope");
	place_send_picture(p, "/v1/hash", "SQUARE");
	place_has_code(p, 403, "scope");
	p->town->key.scopes = HL_API_MATCH | HL_API_HASH;
	p->town->keys.tag[0] = 'f';
	town_catch_up(p->town);
	p->app.n_pictures_most = 0;
	place_send_picture(p, "/v1/hash", "SQUARE");
	place_has_code(p, 503, "busy");
	p->app.media = NULL;
	place_send_picture(p, "/v1/hash", "SQUARE");
	place_has_code(p, 503, "no_decoder");
	p->app.media = media;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) \
	cmocka_unit_test_setup_teardown(name, place_set_up, place_tear_down)
		T(a_picture_is_hashed),
		T(a_picture_is_found),
		T(what_is_no_picture_has_digests),
		T(a_decoder_that_crashes_costs_one_answer),
		T(each_cause_has_its_code),
		T(one_that_takes_too_long_has_its_code),
		T(damage_and_what_was_left_out_are_told_apart),
		T(a_picture_costs_what_its_decoder_took),
		T(a_small_picture_costs_the_least_or_its_time),
		T(pictures_need_their_scope_and_decoders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
