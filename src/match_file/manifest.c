/* SPDX-License-Identifier: Apache-2.0 */
#include "match_file/manifest.h"
#include "match_rows/bytes.h"
#include "match_rows/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIXED = 352, LIST = 176, LABEL = 72, SEGMENT = 32 };

static const char name[] = "manifest";

/* A place in the bytes; the caller knows that there is room. */
struct place {
	uint8_t *p;
};

static void put(struct place *at, const void *from, size_t n)
{
	memcpy(at->p, from, n);
	at->p += n;
}

static void put32(struct place *at, uint32_t v)
{
	put(at, &v, 4);
}

static void put64(struct place *at, uint64_t v)
{
	put(at, &v, 8);
}

static void take(struct place *at, void *to, size_t n)
{
	memcpy(to, at->p, n);
	at->p += n;
}

static uint32_t take32(struct place *at)
{
	at->p += 4;
	return hl_match_get32(at->p - 4);
}

static uint64_t take64(struct place *at)
{
	at->p += 8;
	return hl_match_get64(at->p - 8);
}

static void put_lists(struct place *at, const struct hl_match_manifest *m)
{
	for (size_t i = 0; i < m->catalog->n; i++) {
		const struct hl_match_list *list = &m->catalog->list[i]->list;

		put32(at, list->id);
		put32(at, list->flags);
		put32(at, list->radius);
		put32(at, 0);
		put64(at, list->version);
		put64(at, m->counts[i].n_hashes);
		put64(at, m->counts[i].n_entries);
		put64(at, 0);
		put(at, list->name, 64);
		put(at, list->owner, 64);
	}
}

static void put_labels(struct place *at, const struct hl_match_entered *list)
{
	for (uint32_t label = 0; label < 65536; label++) {
		const struct hl_match_labels *some = list->labels[label >> 8];
		const struct hl_match_text *text =
			some ? some->text[label & 255] : NULL;

		if (!some) {
			label |= 255;
		} else if (text) {
			put32(at, list->list.id);
			put32(at, label | (uint32_t)text->n << 16);
			put(at, text->text, 64);
		}
	}
}

static void encode(struct place at, const struct hl_match_manifest *m, size_t n)
{
	uint8_t *start = at.p;

	put(&at, "HLMIDX1\n", 8);
	put32(&at, 1);
	put32(&at, (uint32_t)n);
	put64(&at, m->generation);
	put(&at, m->identity, 16);
	put64(&at, m->position);
	put32(&at, m->log_number);
	put32(&at, m->next_number);
	put64(&at, m->log_offset);
	put64(&at, m->synced_offset);
	put32(&at, m->synced_number);
	put32(&at, 0);
	put(&at, m->order, 256);
	put32(&at, (uint32_t)m->catalog->n);
	put32(&at, m->catalog->n_labels);
	put32(&at, (uint32_t)m->n_segments);
	put32(&at, 0);
	put_lists(&at, m);
	for (size_t i = 0; i < m->catalog->n; i++) {
		put_labels(&at, m->catalog->list[i]);
	}
	put(&at, m->segment, SEGMENT * m->n_segments);
	put64(&at, hl_match_check(start, n - 8, 0));
}

int hl_match_manifest_write(int folder, const struct hl_match_manifest *m,
	struct hl_match_error *err)
{
	size_t n = FIXED + LIST * m->catalog->n +
		   LABEL * (size_t)m->catalog->n_labels +
		   SEGMENT * m->n_segments + 8;
	uint8_t *bytes = malloc(n);
	int rc;

	_Static_assert(sizeof(struct hl_match_listed) == SEGMENT, "as is");
	if (n > HL_MATCH_MANIFEST_MAX) {
		free(bytes);
		return hl_match_fault(
			err, HL_MATCH_E_LIMIT, "too many lists and labels");
	}
	if (!bytes) {
		return hl_match_fault_memory(err);
	}
	encode((struct place){bytes}, m, n);
	rc = hl_match_file_write(folder, "manifest.new", bytes, n, err);
	free(bytes);
	/* What it names must be there before it is. */
	rc = rc ? rc : hl_match_folder_sync(folder, err);
	if (!rc && renameat(folder, "manifest.new", folder, name)) {
		rc = hl_match_fault_io(err, name, "rename");
	}
	return rc ? rc : hl_match_folder_sync(folder, err);
}

static int take_list(struct place *at, struct hl_match_manifest *m, size_t i)
{
	struct hl_match_list list = {.size_of = sizeof(list)};
	struct hl_match_catalog *made;

	list.id = take32(at);
	list.flags = take32(at);
	list.radius = take32(at);
	(void)take32(at);
	list.version = take64(at);
	m->counts[i].n_hashes = take64(at);
	m->counts[i].n_entries = take64(at);
	(void)take64(at);
	take(at, list.name, 64);
	take(at, list.owner, 64);
	list.name[63] = list.owner[63] = '\0';
	if (list.id == 0 || list.id > HL_MATCH_LISTS_MAX ||
		!hl_match_radius_fits(list.radius) ||
		hl_match_catalog_place(m->catalog, list.id) != i) {
		return HL_MATCH_E_CORRUPT;
	}
	made = hl_match_catalog_put(m->catalog, &list);
	if (!made) {
		return HL_MATCH_E_NOMEM;
	}
	hl_match_catalog_unref(m->catalog);
	m->catalog = made;
	return made->n == i + 1 ? 0 : HL_MATCH_E_CORRUPT;
}

static int take_label(struct place *at, struct hl_match_manifest *m)
{
	uint32_t list = take32(at), word = take32(at);
	struct hl_match_catalog *made;
	char text[64];

	take(at, text, sizeof(text));
	text[63] = '\0';
	if (!hl_match_catalog_find(m->catalog, list) ||
		strlen(text) != word >> 16 || !*text || !(word & 0xffff)) {
		return HL_MATCH_E_CORRUPT;
	}
	made = hl_match_catalog_label_put(
		m->catalog, list, (uint16_t)word, text);
	if (!made) {
		return HL_MATCH_E_NOMEM;
	}
	hl_match_catalog_unref(m->catalog);
	m->catalog = made;
	return 0;
}

/* A number that is listed and comes again would be written over. */
static bool numbers_fit(const struct hl_match_manifest *m)
{
	for (size_t i = 0; i < m->n_segments; i++) {
		const struct hl_match_listed *listed = &m->segment[i];

		if (listed->number == 0 || listed->number >= m->next_number ||
			listed->removal >= m->next_number) {
			return false;
		}
	}
	return true;
}

static int take_parts(struct place *at, struct hl_match_manifest *m,
	uint32_t n_lists, uint32_t n_labels)
{
	int rc = 0;

	m->catalog = hl_match_catalog_new();
	m->counts = calloc(n_lists + 1, sizeof(*m->counts));
	m->segment = calloc(m->n_segments + 1, SEGMENT);
	if (!m->catalog || !m->counts || !m->segment) {
		return HL_MATCH_E_NOMEM;
	}
	for (uint32_t i = 0; i < n_lists && !rc; i++) {
		rc = take_list(at, m, i);
	}
	for (uint32_t i = 0; i < n_labels && !rc; i++) {
		rc = take_label(at, m);
	}
	if (!rc) {
		take(at, m->segment, SEGMENT * m->n_segments);
		rc = numbers_fit(m) ? 0 : HL_MATCH_E_CORRUPT;
	}
	return rc;
}

static int decode(struct place at, size_t n, struct hl_match_manifest *m)
{
	uint64_t n_lists, n_labels;

	at.p += 16;
	m->generation = take64(&at);
	take(&at, m->identity, 16);
	m->position = take64(&at);
	m->log_number = take32(&at);
	m->next_number = take32(&at);
	m->log_offset = take64(&at);
	m->synced_offset = take64(&at);
	m->synced_number = take32(&at);
	(void)take32(&at);
	take(&at, m->order, 256);
	n_lists = take32(&at);
	n_labels = take32(&at);
	m->n_segments = take32(&at);
	(void)take32(&at);
	if (FIXED + LIST * n_lists + LABEL * n_labels +
			SEGMENT * (uint64_t)m->n_segments + 8 !=
		n) {
		return HL_MATCH_E_CORRUPT;
	}
	return take_parts(&at, m, (uint32_t)n_lists, (uint32_t)n_labels);
}

static int manifest_check(
	const uint8_t *p, size_t n, struct hl_match_error *err)
{
	if (n < FIXED + 8 || memcmp(p, "HLMIDX1\n", 8) != 0) {
		return hl_match_fault_at(err, name, 0, "no manifest");
	}
	if (hl_match_get64(p + n - 8) != hl_match_check(p, n - 8, 0) ||
		hl_match_get32(p + 12) != n) {
		return hl_match_fault_at(err, name, n - 8, "check");
	}
	if (hl_match_get32(p + 8) != 1) {
		return hl_match_fault(err, HL_MATCH_E_VERSION,
			"%s: made by a newer version", name);
	}
	return 0;
}

int hl_match_manifest_read(
	int folder, struct hl_match_manifest *out, struct hl_match_error *err)
{
	uint8_t *p = NULL;
	size_t n = 0;
	int rc = hl_match_file_read(
		folder, name, HL_MATCH_MANIFEST_MAX, &p, &n, err);

	memset(out, 0, sizeof(*out));
	if (rc) {
		return rc;
	}
	rc = manifest_check(p, n, err);
	if (!rc) {
		rc = decode((struct place){p}, n, out);
		if (rc == HL_MATCH_E_NOMEM) {
			hl_match_fault_memory(err);
		} else if (rc) {
			hl_match_fault_at(err, name, 16, "what is listed");
		}
	}
	free(p);
	if (rc) {
		hl_match_manifest_fini(out);
	}
	return rc;
}

void hl_match_manifest_fini(struct hl_match_manifest *m)
{
	hl_match_catalog_unref(m->catalog);
	free(m->counts);
	free(m->segment);
	memset(m, 0, sizeof(*m));
}

int hl_match_manifest_generation(int folder, uint64_t *out)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	bool good;

	if (fd < 0) {
		return -1;
	}
	good = pread(fd, out, 8, 16) == 8;
	close(fd);
	return good ? 0 : -1;
}
