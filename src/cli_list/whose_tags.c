/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <strings.h>

#include "cli_list/whose.h"

int hl_cli_tags_begin(struct hl_cli_tags *t, size_t n, struct hl_err *err)
{
	hl_cli_tags_free(t);
	for (t->cap = 16; t->cap < 2 * n; t->cap *= 2) {
		continue;
	}
	t->at = calloc(t->cap, sizeof(*t->at));
	return t->at ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory for tags");
}

void hl_cli_tags_free(struct hl_cli_tags *t)
{
	free(t->at);
	*t = (struct hl_cli_tags){0};
}

/* Where the tag is, or would be. Tags are hashes: their first bytes do. */
static size_t place_of(const struct hl_cli_tags *t, const uint8_t *tag)
{
	static const uint8_t none[HL_URLS_TAG];
	uint64_t h;
	size_t i;

	memcpy(&h, tag, sizeof(h));
	i = h & (t->cap - 1);
	while (memcmp(t->at[i], none, HL_URLS_TAG) != 0 &&
		memcmp(t->at[i], tag, HL_URLS_TAG) != 0) {
		i = (i + 1) & (t->cap - 1);
	}
	return i;
}

static bool is_tag(const uint8_t *tag)
{
	static const uint8_t none[HL_URLS_TAG];

	return memcmp(tag, none, HL_URLS_TAG) != 0;
}

void hl_cli_tags_add(struct hl_cli_tags *t, const uint8_t tag[HL_URLS_TAG])
{
	size_t i;

	if (!is_tag(tag) || t->n + 1 >= t->cap) {
		return;
	}
	i = place_of(t, tag);
	t->n += !is_tag(t->at[i]);
	memcpy(t->at[i], tag, HL_URLS_TAG);
}

size_t hl_cli_tags_count(
	const struct hl_cli_tags *t, struct hl_str bytes, size_t step)
{
	const uint8_t *p = (const uint8_t *)bytes.p;
	size_t found = 0;

	for (size_t i = 0; t->n && i + HL_URLS_TAG <= bytes.n; i += step) {
		found += is_tag(p + i) && is_tag(t->at[place_of(t, p + i)]);
	}
	return found;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool stands_at(struct hl_str text, struct hl_str name, size_t at)
{
	size_t end = at + name.n;

	return strncasecmp(text.p + at, name.p, name.n) == 0 &&
	       (!at || !is_word(text.p[at - 1])) &&
	       (end == text.n || !is_word(text.p[end])) &&
	       /* "name." is the name; "name.more" is another */
	       (end + 1 >= text.n || text.p[end] != '.' ||
		       !is_word(text.p[end + 1]));
}

bool hl_cli_name_stands(struct hl_str text, struct hl_str name)
{
	for (size_t i = 0; name.n && i + name.n <= text.n; i++) {
		if ((text.p[i] | 0x20) == (name.p[0] | 0x20) &&
			stands_at(text, name, i)) {
			return true;
		}
	}
	return false;
}
