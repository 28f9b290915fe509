/* SPDX-License-Identifier: Apache-2.0 */
#include "match_rows/catalog.h"

#include <stdlib.h>
#include <string.h>

static void labels_unref(struct hl_match_labels *labels)
{
	if (!labels || --labels->refs > 0) {
		return;
	}
	for (unsigned i = 0; i < 256; i++) {
		if (labels->text[i] && --labels->text[i]->refs == 0) {
			free(labels->text[i]);
		}
	}
	free(labels);
}

static void entered_unref(struct hl_match_entered *entered)
{
	if (!entered || --entered->refs > 0) {
		return;
	}
	for (unsigned i = 0; i < 256; i++) {
		labels_unref(entered->labels[i]);
	}
	free(entered);
}

static struct hl_match_catalog *empty(size_t n)
{
	struct hl_match_catalog *c =
		calloc(1, sizeof(*c) + n * sizeof(struct hl_match_entered *));

	if (c) {
		c->refs = 1;
		c->n = n;
	}
	return c;
}

struct hl_match_catalog *hl_match_catalog_new(void)
{
	return empty(0);
}

struct hl_match_catalog *hl_match_catalog_ref(struct hl_match_catalog *c)
{
	c->refs++;
	return c;
}

void hl_match_catalog_unref(struct hl_match_catalog *c)
{
	if (!c || --c->refs > 0) {
		return;
	}
	for (size_t i = 0; i < c->n; i++) {
		entered_unref(c->list[i]);
	}
	free(c);
}

size_t hl_match_catalog_place(const struct hl_match_catalog *c, uint32_t id)
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->list[middle]->list.id < id) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

const struct hl_match_entered *hl_match_catalog_find(
	const struct hl_match_catalog *c, uint32_t id)
{
	size_t at = hl_match_catalog_place(c, id);

	return at < c->n && c->list[at]->list.id == id ? c->list[at] : NULL;
}

const char *hl_match_catalog_label(
	const struct hl_match_catalog *c, uint32_t list, uint16_t label)
{
	const struct hl_match_entered *there = hl_match_catalog_find(c, list);
	const struct hl_match_labels *labels =
		there ? there->labels[label >> 8] : NULL;
	const struct hl_match_text *text =
		labels ? labels->text[label & 255] : NULL;

	return text ? text->text : "";
}

/* A copy of an entry that shares the labels. */
static struct hl_match_entered *entered_copy(const struct hl_match_entered *old)
{
	struct hl_match_entered *made = malloc(sizeof(*made));

	if (made) {
		*made = *old;
		made->refs = 1;
		for (unsigned i = 0; i < 256; i++) {
			if (made->labels[i]) {
				made->labels[i]->refs++;
			}
		}
	}
	return made;
}

/* A copy with one list more, exchanged or less; takes over `entered`. */
static struct hl_match_catalog *copy_with(const struct hl_match_catalog *c,
	uint32_t id, struct hl_match_entered *entered)
{
	size_t place = hl_match_catalog_place(c, id), from = place, at;
	bool there = from < c->n && c->list[from]->list.id == id;
	struct hl_match_catalog *made = empty(c->n - there + (entered != NULL));

	if (!made) {
		entered_unref(entered);
		return NULL;
	}
	for (at = 0; at < place; at++) {
		made->list[at] = c->list[at];
		made->list[at]->refs++;
	}
	if (entered) {
		made->list[at++] = entered;
	}
	for (from += there; from < c->n; from++, at++) {
		made->list[at] = c->list[from];
		made->list[at]->refs++;
	}
	for (size_t i = 0; i < made->n; i++) {
		unsigned reach = hl_match_list_reach(&made->list[i]->list);

		made->reach = reach > made->reach ? reach : made->reach;
		made->n_labels += made->list[i]->n_labels;
	}
	return made;
}

struct hl_match_catalog *hl_match_catalog_put(
	const struct hl_match_catalog *c, const struct hl_match_list *list)
{
	const struct hl_match_entered *old = hl_match_catalog_find(c, list->id);
	static const struct hl_match_entered none;
	struct hl_match_entered *made = entered_copy(old ? old : &none);

	if (!made) {
		return NULL;
	}
	made->list = *list;
	return copy_with(c, list->id, made);
}

struct hl_match_catalog *hl_match_catalog_remove(
	const struct hl_match_catalog *c, uint32_t id)
{
	return copy_with(c, id, NULL);
}

static struct hl_match_text *text_new(const char *text)
{
	struct hl_match_text *made = *text ? calloc(1, sizeof(*made)) : NULL;

	if (made) {
		made->refs = 1;
		made->n = (uint16_t)strnlen(text, sizeof(made->text) - 1);
		memcpy(made->text, text, made->n);
	}
	return made;
}

static struct hl_match_labels *labels_copy(const struct hl_match_labels *old)
{
	struct hl_match_labels *made = calloc(1, sizeof(*made));

	if (!made) {
		return NULL;
	}
	made->refs = 1;
	for (unsigned i = 0; old && i < 256; i++) {
		made->text[i] = old->text[i];
		if (made->text[i]) {
			made->text[i]->refs++;
		}
	}
	return made;
}

struct hl_match_catalog *hl_match_catalog_label_put(
	const struct hl_match_catalog *c, uint32_t list, uint16_t label,
	const char *text)
{
	const struct hl_match_entered *old = hl_match_catalog_find(c, list);
	struct hl_match_text *word = text_new(text);
	struct hl_match_labels *labels = labels_copy(old->labels[label >> 8]);
	struct hl_match_entered *made = entered_copy(old);
	struct hl_match_text **place;

	if ((*text && !word) || !labels || !made) {
		free(word);
		labels_unref(labels);
		entered_unref(made);
		return NULL;
	}
	place = &labels->text[label & 255];
	made->n_labels += (word != NULL);
	if (*place) {
		made->n_labels--;
		if (--(*place)->refs == 0) {
			free(*place);
		}
	}
	*place = word;
	labels_unref(made->labels[label >> 8]);
	made->labels[label >> 8] = labels;
	return copy_with(c, list, made);
}
