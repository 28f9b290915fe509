/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

void model_fini(struct model *m)
{
	free(m->entry);
	free(m->payload);
	memset(m, 0, sizeof(*m));
}

struct hl_match_list *model_list(struct model *m, uint32_t id)
{
	for (size_t i = 0; i < m->n_lists; i++) {
		if (m->list[i].id == id) {
			return &m->list[i];
		}
	}
	return NULL;
}

void model_list_put(struct model *m, const struct hl_match_list *list)
{
	struct hl_match_list *to = model_list(m, list->id);

	if (!to) {
		assert_true(m->n_lists < 64);
		to = &m->list[m->n_lists++];
	}
	*to = *list;
	if (to->radius == 0) {
		to->radius = HL_MATCH_RADIUS_DEFAULT;
	}
}

void model_put(struct model *m, const struct hl_match_entry *e)
{
	size_t i;

	for (i = 0; i < m->n; i++) {
		if (m->entry[i].list == e->list && m->entry[i].id == e->id &&
			m->entry[i].kind == e->kind &&
			m->entry[i].part == e->part) {
			break;
		}
	}
	if (i == m->room) {
		m->room = m->room ? 2 * m->room : 256;
		m->entry = realloc(m->entry, m->room * sizeof(*m->entry));
		m->payload = realloc(m->payload, m->room * 16);
		assert_true(m->entry && m->payload);
	}
	m->n += i == m->n;
	m->entry[i] = *e;
	assert_true(e->payload_bytes <= 16);
	if (e->payload_bytes) {
		memcpy(m->payload[i], e->payload, e->payload_bytes);
	}
}

void model_drop(struct model *m, size_t i)
{
	m->n--;
	m->entry[i] = m->entry[m->n];
	memcpy(m->payload[i], m->payload[m->n], 16);
}

size_t model_remove(struct model *m, uint32_t list, uint64_t id)
{
	size_t n = 0;

	for (size_t i = m->n; i-- > 0;) {
		if (m->entry[i].list == list && m->entry[i].id == id) {
			model_drop(m, i);
			n++;
		}
	}
	return n;
}

void model_unlist(struct model *m, uint32_t list)
{
	struct hl_match_list *there = model_list(m, list);

	for (size_t i = m->n; i-- > 0;) {
		if (m->entry[i].list == list) {
			model_drop(m, i);
		}
	}
	if (there) {
		*there = m->list[--m->n_lists];
	}
}

unsigned far_apart(const uint8_t a[32], const uint8_t b[32])
{
	unsigned n = 0;

	for (int i = 0; i < 32; i++) {
		n += (unsigned)__builtin_popcount((unsigned)(a[i] ^ b[i]));
	}
	return n;
}

size_t model_find(struct model *m, const uint8_t hash[32],
	const struct hl_match_query *q, struct hl_match_found *out,
	int *cleared)
{
	uint32_t kind = q->kind ? q->kind : HL_MATCH_PDQ;
	unsigned negative = 1000, other = 1000;
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct hl_match_entry *e = &m->entry[i];
		const struct hl_match_list *list = model_list(m, e->list);
		unsigned d = far_apart(e->hash, hash);
		unsigned most = list->radius == HL_MATCH_RADIUS_EQUAL
					? 0
					: list->radius;
		int asked = q->lists == NULL;
		size_t at;

		for (uint32_t k = 0; q->lists && k < q->n_lists; k++) {
			asked |= q->lists[k] == e->list;
		}
		if (q->radius > 0 && (unsigned)q->radius < most) {
			most = (unsigned)q->radius;
		}
		if (q->radius < 0 || kind != HL_MATCH_PDQ) {
			most = 0;
		}
		if (e->kind != kind || d > most || !asked) {
			continue;
		}
		if (list->flags & HL_MATCH_LIST_NEGATIVE) {
			negative = d < negative ? d : negative;
		} else {
			other = d < other ? d : other;
		}
		for (at = n; at > 0; at--) {
			const struct hl_match_found *b = &out[at - 1];

			if (b->distance < d ||
				(b->distance == d &&
					(b->list < e->list ||
						(b->list == e->list &&
							(b->id < e->id ||
								(b->id == e->id &&
									b->part <
										e->part)))))) {
				break;
			}
			out[at] = *b;
		}
		n++;
		out[at] = (struct hl_match_found){.list = e->list,
			.part = e->part,
			.id = e->id,
			.kind = e->kind,
			.label = e->label,
			.distance = (uint16_t)d,
			.negative = (list->flags & HL_MATCH_LIST_NEGATIVE) != 0,
			.payload_bytes = e->payload_bytes,
			.payload = m->payload[i]};
		memcpy(out[at].hash, e->hash, 32);
	}
	*cleared = negative < 1000 && negative <= other;
	return n;
}

void same_found(const struct hl_match_found *a, const struct hl_match_found *b,
	size_t i)
{
	if (a->list != b->list || a->part != b->part || a->id != b->id ||
		a->kind != b->kind || a->label != b->label ||
		a->distance != b->distance || a->negative != b->negative ||
		a->payload_bytes != b->payload_bytes ||
		memcmp(a->hash, b->hash, 32) != 0 ||
		(a->payload_bytes && memcmp(a->payload, b->payload,
					     a->payload_bytes) != 0)) {
		fail_msg("match %zu: list %u id %llu part %u at %u, not list "
			 "%u id %llu part %u at %u",
			i, a->list, (unsigned long long)a->id, a->part,
			a->distance, b->list, (unsigned long long)b->id,
			b->part, b->distance);
	}
}

size_t same_answer(struct model *m, struct hl_match_reader *reader,
	const uint8_t hash[32], const struct hl_match_query *q, size_t n_max)
{
	struct hl_match_found *want = calloc(m->n + 1, sizeof(*want));
	struct hl_match_found *got = calloc(n_max + 1, sizeof(*got));
	struct hl_match_answer answer = {.matches = got, .n_max = n_max};
	struct hl_match_error err = {0};
	int cleared = 0;
	size_t n;

	assert_true(want && got);
	n = model_find(m, hash, q, want, &cleared);
	good(hl_match_reader_query(reader, hash, q, &answer, &err), &err);
	if (answer.n_found != n || answer.n != (n < n_max ? n : n_max) ||
		answer.truncated != (n > n_max) || answer.cleared != cleared) {
		fail_msg("found %llu, gave %zu, truncated %d, cleared %d; not "
			 "%zu of %zu, cleared %d (radius %d)",
			(unsigned long long)answer.n_found, answer.n,
			answer.truncated, answer.cleared, n, n_max, cleared,
			q->radius);
	}
	for (size_t i = 0; i < answer.n; i++) {
		same_found(&got[i], &want[i], i);
	}
	free(want);
	free(got);
	return n;
}

int model_order(const void *a, const void *b)
{
	const struct hl_match_entry *x = a, *y = b;

	if (x->list != y->list) {
		return x->list < y->list ? -1 : 1;
	}
	if (x->id != y->id) {
		return x->id < y->id ? -1 : 1;
	}
	if (x->kind != y->kind) {
		return x->kind < y->kind ? -1 : 1;
	}
	return x->part < y->part ? -1 : x->part > y->part;
}

void same_content(struct model *m, struct hl_match_index *index,
	struct hl_match_reader *r)
{
	struct hl_match_stats stats = {.size_of = sizeof(stats)};
	struct hl_match_list list = {.size_of = sizeof(list)};
	struct hl_match_entry at = {0};
	struct hl_match_entry *sorted = calloc(m->n + 1, sizeof(*sorted));
	size_t n_entries = 0, n_lists = 0;

	assert_non_null(sorted);
	for (size_t i = 0; i < m->n; i++) {
		sorted[i] = m->entry[i];
		sorted[i].payload = m->payload[i];
	}
	qsort(sorted, m->n, sizeof(*sorted), model_order);
	for (size_t i = 0; i < m->n; i++) {
		const struct hl_match_entry *e = &sorted[i];

		assert_int_equal(hl_match_reader_next(r, &at), 0);
		if (model_order(&at, e) != 0 || at.label != e->label ||
			at.payload_bytes != e->payload_bytes ||
			memcmp(at.hash, e->hash, 32) != 0 ||
			(e->payload_bytes && memcmp(at.payload, e->payload,
						     e->payload_bytes) != 0)) {
			fail_msg("entry %zu: list %u id %llu kind %u part %u, "
				 "not list %u id %llu kind %u part %u",
				i, at.list, (unsigned long long)at.id, at.kind,
				at.part, e->list, (unsigned long long)e->id,
				e->kind, e->part);
		}
		n_entries += i == 0 || e->list != sorted[i - 1].list ||
			     e->id != sorted[i - 1].id;
	}
	assert_int_equal(hl_match_reader_next(r, &at), HL_MATCH_NOTFOUND);
	free(sorted);
	assert_int_equal(hl_match_index_stats(index, 0, &stats), 0);
	assert_int_equal(stats.n_hashes, m->n);
	assert_int_equal(stats.n_entries, n_entries);
	assert_int_equal(stats.n_lists, m->n_lists);
	while (hl_match_reader_next_list(r, list.id, &list) == 0) {
		const struct hl_match_list *want = model_list(m, list.id);

		assert_non_null(want);
		assert_int_equal(list.radius, want->radius);
		assert_int_equal(list.flags, want->flags);
		assert_string_equal(list.name, want->name);
		n_lists++;
	}
	assert_int_equal(n_lists, m->n_lists);
}
