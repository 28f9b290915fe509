/* SPDX-License-Identifier: Apache-2.0 */
#include "town.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "accounts/apikey.h"

static struct hl_lookup_change *next(struct town *t)
{
	struct hl_lookup_change *c = &t->changes[t->n];

	assert_true(t->n < TOWN_MOST);
	*c = (struct hl_lookup_change){.seq = t->n + 1};
	t->n++;
	return c;
}

void town_list(struct town *t, uint32_t list, bool negative)
{
	struct hl_lookup_change *c = next(t);

	c->op = HL_LOOKUP_LIST;
	c->list = list;
	c->name = HL_STR("A list");
	c->owner = HL_STR("Example");
	c->radius = t->equal_only ? 0 : 31;
	c->version = t->n;
	c->negative = negative;
}

void town_list_gone(struct town *t, uint32_t list)
{
	struct hl_lookup_change *c = next(t);

	c->op = HL_LOOKUP_LIST_GONE;
	c->list = list;
}

/* Far from that of any other entry: multiplied bits of its number. */
void town_hash(uint64_t entry, unsigned flip, uint8_t out[32])
{
	uint64_t x = entry * UINT64_C(0x9e3779b97f4a7c15) + 1;

	for (size_t i = 0; i < 32; i++) {
		x ^= x >> 29;
		x *= UINT64_C(0xbf58476d1ce4e5b9);
		x ^= x >> 32;
		out[i] = (uint8_t)x;
	}
	for (unsigned i = 0; i < flip; i++) {
		out[i * 7 % 32] ^= (uint8_t)(1u << (i / 32 % 8));
	}
}

void town_entry(struct town *t, uint32_t list, uint64_t entry, unsigned flip)
{
	struct hl_lookup_hash *h = &t->hashes[t->n];
	struct hl_lookup_change *c = next(t);

	*h = (struct hl_lookup_hash){.kind = HL_MATCH_PDQ};
	town_hash(entry, flip, h->bytes);
	c->op = HL_LOOKUP_ENTRY;
	c->list = list;
	c->entry = entry;
	c->label = HL_STR("lab\"el");
	c->about = HL_STR("{\"state\":\"approved\"}");
	c->hashes = h;
	c->n_hashes = 1;
}

void town_gone(struct town *t, uint32_t list, uint64_t entry)
{
	struct hl_lookup_change *c = next(t);

	c->op = HL_LOOKUP_GONE;
	c->list = list;
	c->entry = entry;
}

/* -- the source -- */

static void spoil(struct town *t, struct hl_lookup_batch *b)
{
	struct hl_lookup_change *c =
		(struct hl_lookup_change *)(uintptr_t)b->changes;

	if (t->spoil == SPOIL_AFTER) {
		b->after++;
	} else if (t->spoil == SPOIL_ORDER && b->n > 1) {
		uint64_t seq = c[0].seq;

		c[0].seq = c[1].seq;
		c[1].seq = seq;
	}
}

static int read_town(void *arg, const struct hl_lookup_ask *ask,
	struct hl_arena *arena, struct hl_lookup_batch *out, struct hl_err *err)
{
	struct town *t = arg;
	uint64_t after = ask->after;

	t->n_asked++;
	if (t->spoil == SPOIL_UNAVAILABLE) {
		return HL_FAIL(err, HL_E_UNAVAILABLE, "nobody there");
	}
	if (after > t->n || (t->spoil == SPOIL_OLD && after > 0)) {
		return HL_NOTFOUND;
	}
	if (t->spoil == SPOIL_REPEAT) {
		after = t->repeat_after;
	}
	t->repeat_after = ask->after;
	size_t n = t->n - after;
	n = n < t->n_at_once ? n : t->n_at_once;
	struct hl_lookup_change *c = hl_arena_array(arena, n + 1, sizeof(*c));
	assert_non_null(c);
	for (size_t i = 0; i < n; i++) {
		c[i] = t->changes[after + i];
	}
	*out = (struct hl_lookup_batch){.after = after,
		.last = after + n,
		.head = t->n,
		.floor = t->floor,
		.changes = c,
		.n = n,
		.keys = strcmp(ask->keys_tag, t->keys.tag) ? &t->keys : NULL};
	memcpy(out->registry, t->registry, sizeof(out->registry));
	spoil(t, out);
	return 0;
}

/* -- the follower -- */

static void start(struct town *t)
{
	const struct hl_lookup_follow_config config = {
		t->dir, &t->source, t->shelf, t->ring};
	struct hl_err err = {0};

	if (hl_lookup_follower_new(&config, &t->follower, &err)) {
		fail_msg("%s", err.msg);
	}
}

void town_restart(struct town *t)
{
	hl_lookup_seat_fini(&t->seat);
	hl_lookup_follower_free(t->follower);
	hl_lookup_shelf_free(t->shelf);
	assert_int_equal(0, hl_lookup_shelf_new(&t->shelf, NULL));
	t->seat.shelf = t->shelf;
	start(t);
}

int town_step(struct town *t)
{
	struct hl_err err = {0};

	return hl_lookup_follower_step(t->follower, 0, &err);
}

void town_catch_up(struct town *t)
{
	struct hl_err err = {0};

	for (int i = 0; i < 10000; i++) {
		int r = hl_lookup_follower_step(t->follower, 0, &err);

		if (r < 0) {
			fail_msg("%s", err.msg);
		}
		if (r == 0) {
			return;
		}
	}
	fail_msg("never caught up");
}

int town_set_up(void **state)
{
	struct town *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	snprintf(t->dir, sizeof(t->dir), "/tmp/hl-town-XXXXXX");
	assert_non_null(mkdtemp(t->dir));
	snprintf(t->registry, sizeof(t->registry),
		"5f0c1d2e3f405162738495a6b7c8d9ea");
	t->n_at_once = 1000;
	t->key = (struct hl_lookup_key){
		.id = 7, .hash = {1}, .scopes = HL_API_MATCH, .rate = 10};
	t->keys = (struct hl_lookup_keys){
		"00112233445566778899aabbccddeeff", &t->key, 1};
	t->source = (struct hl_lookup_source){.arg = t, .read = read_town};
	assert_int_equal(0, hl_lookup_shelf_new(&t->shelf, NULL));
	assert_int_equal(0, hl_lookup_ring_new(&t->ring, NULL));
	t->seat.shelf = t->shelf;
	start(t);
	*state = t;
	return 0;
}

void town_files(const char *dir,
	void (*visit)(const char *path, bool folder, void *arg), void *arg)
{
	struct dirent *e;
	char path[512];
	struct stat st;
	DIR *d = opendir(dir);

	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.') {
			continue;
		}
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		assert_int_equal(0, lstat(path, &st));
		if (S_ISDIR(st.st_mode)) {
			town_files(path, visit, arg);
		}
		visit(path, S_ISDIR(st.st_mode), arg);
	}
	if (d) {
		closedir(d);
	}
}

static void remove_one(const char *path, bool folder, void *arg)
{
	(void)arg;
	assert_int_equal(0, folder ? rmdir(path) : unlink(path));
}

int town_tear_down(void **state)
{
	struct town *t = *state;

	hl_lookup_seat_fini(&t->seat);
	hl_lookup_follower_free(t->follower);
	hl_lookup_shelf_free(t->shelf);
	hl_lookup_ring_free(t->ring);
	town_files(t->dir, remove_one, NULL);
	rmdir(t->dir);
	free(t);
	return 0;
}

int town_found(struct town *t, uint64_t entry)
{
	struct hl_match_found found[8];
	struct hl_match_answer a = {.matches = found, .n_max = 8};
	uint8_t hash[32];

	if (hl_lookup_seat_take(&t->seat, NULL)) {
		return -1;
	}
	town_hash(entry, 0, hash);
	assert_int_equal(
		0, hl_match_reader_query(t->seat.reader, hash, NULL, &a, NULL));
	return (int)a.n_found;
}

uint64_t town_position(struct town *t)
{
	return hl_lookup_seat_take(&t->seat, NULL)
		       ? 0
		       : hl_match_index_position(t->seat.view->index);
}
