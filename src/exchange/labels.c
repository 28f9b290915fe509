/* SPDX-License-Identifier: Apache-2.0 */
/* Labels are numbered from 1 without gaps, at most LABELS_MAX. */
#include "exchange/apply.h"

#include <stdlib.h>

enum { LABELS_MAX = 4096, SLOTS = 2 * LABELS_MAX, TEXT_MAX = 63 };

struct hl_labels {
	char text[LABELS_MAX + 1][TEXT_MAX + 1];
	uint16_t slots[SLOTS]; /* numbers, by the text's digest */
	uint16_t n;
};

static size_t slot_of(struct hl_str text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < text.n; i++) {
		h = (h ^ (unsigned char)text.p[i]) * UINT64_C(0x100000001b3);
	}
	return (size_t)(h ^ h >> 32) % SLOTS;
}

struct hl_str hl_labels_text(const struct hl_labels *labels, uint16_t number)
{
	return hl_str_c(number <= labels->n ? labels->text[number] : "");
}

int hl_labels_find(
	const struct hl_labels *labels, struct hl_str text, uint16_t *number)
{
	size_t at = slot_of(text);

	for (; labels->slots[at]; at = (at + 1) % SLOTS) {
		*number = labels->slots[at];
		if (hl_str_eq(text, hl_labels_text(labels, *number))) {
			return 0;
		}
	}
	*number = text.n > TEXT_MAX || labels->n == LABELS_MAX
			  ? 0
			  : (uint16_t)(labels->n + 1);
	return HL_NOTFOUND;
}

int hl_labels_add(struct hl_labels *labels, struct hl_str text)
{
	size_t at = slot_of(text);

	if (text.n > TEXT_MAX || labels->n == LABELS_MAX) {
		return HL_E_LIMIT;
	}
	while (labels->slots[at]) {
		at = (at + 1) % SLOTS;
	}
	labels->slots[at] = ++labels->n;
	memcpy(labels->text[labels->n], text.p, text.n);
	return 0;
}

int hl_labels_new(struct hl_match_reader *reader, uint32_t list,
	struct hl_labels **out, struct hl_err *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for labels");
	}
	for (uint16_t i = 1; reader && i <= LABELS_MAX; i++) {
		const char *text = hl_match_reader_label(reader, list, i);

		if (!text || !*text) {
			break;
		}
		hl_labels_add(*out, hl_str_c(text));
	}
	return 0;
}

void hl_labels_free(struct hl_labels *labels)
{
	free(labels);
}
