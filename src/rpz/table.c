/* SPDX-License-Identifier: Apache-2.0 */
#include "rpz/table.h"

void hl_rpz_table_init(struct hl_rpz_table *t)
{
	pthread_mutex_init(&t->lock, NULL);
}

static void drop(struct hl_rpz_slot *slot)
{
	hl_rpz_zone_wake_by(slot->zone, -1);
	hl_rpz_zone_free(slot->zone);
}

void hl_rpz_table_fini(struct hl_rpz_table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		t->slots[i].zone->gone = true;
		drop(&t->slots[i]);
	}
	free(t->slots);
	pthread_mutex_destroy(&t->lock);
}

static struct hl_rpz_zone *find(const struct hl_rpz_table *t,
	const struct hl_rpz_name *key, const struct hl_rpz_secret **secret)
{
	for (size_t i = 0; i < t->n; i++) {
		struct hl_rpz_zone *z = t->slots[i].zone;

		*secret = z->gone ? NULL : hl_rpz_zone_key(z, key);
		if (*secret) {
			return z;
		}
	}
	return NULL;
}

static int grow(struct hl_rpz_table *t, struct hl_err *err)
{
	size_t cap = t->cap ? 2 * t->cap : 8;

	if (t->n < t->cap) {
		return 0;
	}
	struct hl_rpz_slot *slots = realloc(t->slots, cap * sizeof(*slots));
	if (!slots) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a zone's place");
	}
	t->slots = slots;
	t->cap = cap;
	return 0;
}

static int add(
	struct hl_rpz_table *t, struct hl_rpz_zone *z, struct hl_err *err)
{
	const struct hl_rpz_secret *secret;

	for (size_t i = 0; i < z->n_keys; i++) {
		if (find(t, &z->keys[i].name, &secret)) {
			return HL_CONFLICT;
		}
	}
	int r = grow(t, err);
	if (r) {
		return r;
	}
	if (atomic_exchange(&z->served, true)) {
		return HL_CONFLICT;
	}
	t->slots[t->n++] = (struct hl_rpz_slot){.zone = hl_rpz_zone_ref(z)};
	return 0;
}

int hl_rpz_table_add(
	struct hl_rpz_table *t, struct hl_rpz_zone *z, struct hl_err *err)
{
	pthread_mutex_lock(&t->lock);
	int r = add(t, z, err);
	pthread_mutex_unlock(&t->lock);
	return r;
}

void hl_rpz_table_reap(struct hl_rpz_table *t)
{
	size_t n = 0;

	pthread_mutex_lock(&t->lock);
	for (size_t i = 0; i < t->n; i++) {
		if (t->slots[i].zone->gone) {
			drop(&t->slots[i]);
		} else {
			t->slots[n++] = t->slots[i];
		}
	}
	t->n = n;
	pthread_mutex_unlock(&t->lock);
}

struct hl_rpz_zone *hl_rpz_table_find(struct hl_rpz_table *t,
	const struct hl_rpz_name *key, const struct hl_rpz_secret **secret)
{
	pthread_mutex_lock(&t->lock);
	struct hl_rpz_zone *z = find(t, key, secret);
	if (z) {
		hl_rpz_zone_ref(z);
	}
	pthread_mutex_unlock(&t->lock);
	return z;
}
