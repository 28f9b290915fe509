/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_file/leaf.h"

#include "base/text.h"
#include "urls_file/bytes.h"
#include "urls_file/list.h"

_Static_assert((int)HL_URLS_LEAF_FIRST + 2 * (int)HL_URLS_LEAF_PERSON ==
		       (int)HL_URLS_LEAF_PAD,
	"two people");

void hl_urls_leaf_begin(
	const struct hl_urls_leaf_head *head, uint8_t leaf[HL_URLS_LEAF])
{
	memset(leaf, 0, HL_URLS_LEAF);
	leaf[0] = (uint8_t)head->kind;
	leaf[1] = (uint8_t)head->what;
	hl_urls_put32(leaf + HL_URLS_LEAF_MINUTE, head->minute);
	hl_urls_put64(leaf + HL_URLS_LEAF_ENTRY, head->entry);
}

void hl_urls_statement(struct hl_buf *out, const uint8_t *hotline,
	const uint8_t leaf[HL_URLS_LEAF])
{
	hl_buf_put(out, HL_STR("openhotline urllist approval 1\nhotline "));
	hl_text_put_hex(out, hotline, HL_URLS_HOTLINE);
	hl_buf_printf(out, "\nentry %llu\nscope %u\ncommitment ",
		(unsigned long long)hl_urls_get64(leaf + HL_URLS_LEAF_ENTRY),
		leaf[1]);
	hl_text_put_hex(out, leaf + HL_URLS_LEAF_C, HL_URLS_ELEMENT);
	hl_buf_put_c(out, '\n');
}
