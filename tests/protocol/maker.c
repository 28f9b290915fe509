/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes lists and deltas for urllist_test.py, with the functions that the
 * hotline makes them with.
 *
 *   maker list OUT < SPEC     lines: "head TIER VERSION BITS K" and
 *                             "item HOST SCOPE ENTRY MINUTE PATH", the items
 *                             of one host together
 *   maker delta FROM TO OUT
 *   maker apply FROM DELTA OUT
 *
 * K is k of tier 1 or k0 of tier 0 in hex. Exit status 1 for what is refused.
 */
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "base/file.h"
#include "base/text.h"
#include "urls_file/make.h"

#define LIST_BYTES ((size_t)1 << 30)
#define ROWS 100000

struct spec {
	struct hl_urls_head head;
	uint8_t k[HL_URLS_ELEMENT];
	struct hl_urls_row *rows;
	size_t n;
	char host[512];
	struct hl_urls_keys keys;
	struct hl_urls_item items[HL_URLS_ITEMS_MAX];
	size_t n_items;
};

static void fail(const struct hl_err *err)
{
	fprintf(stderr, "maker: %s\n", err->msg);
	exit(1);
}

static void host_end(struct spec *s)
{
	struct hl_err err = {0};
	struct hl_str host = hl_str_c(s->host);
	struct hl_urls_row *row = &s->rows[s->n];
	uint8_t *sealed = malloc(HL_URLS_SEALED_MAX);

	if (!s->n_items) {
		free(sealed);
		return;
	}
	if (!sealed || s->n == ROWS) {
		abort();
	}
	if (hl_urls_row_seal(&s->keys, s->head.version, s->items, s->n_items,
		    sealed, &row->units, &err)) {
		fail(&err);
	}
	row->v = hl_urls_prefilter(s->head.prefilter, s->head.bits, host);
	memcpy(row->tag, s->keys.tag, sizeof(row->tag));
	row->sealed = sealed;
	s->n++;
	s->n_items = 0;
}

static void host_begin(struct spec *s, struct hl_str name)
{
	host_end(s);
	snprintf(s->host, sizeof(s->host), "%.*s", (int)name.n, name.p);
	if (!s->head.tier) {
		hl_urls_keys_tier0(s->k, name, &s->keys);
	} else if (!hl_urls_keys_make(s->k, name, NULL, &s->keys)) {
		abort();
	}
}

static uint64_t number(struct hl_str *words)
{
	struct hl_str word = {0};
	int64_t v;

	if (!hl_str_next(words, ' ', &word) || !hl_str_to_i64(word, &v)) {
		abort();
	}
	return (uint64_t)v;
}

static void read_head(struct spec *s, struct hl_str words)
{
	s->head.tier = (uint32_t)number(&words);
	s->head.version = number(&words);
	s->head.bits = (uint32_t)number(&words);
	if (hl_text_parse_hex(words, s->k, sizeof(s->k))) {
		abort();
	}
	if (!s->head.tier) {
		memcpy(s->head.k0, s->k, sizeof(s->k));
	}
}

static void read_item(struct spec *s, struct hl_str words)
{
	struct hl_urls_item item;
	struct hl_str host;

	if (!hl_str_next(&words, ' ', &host)) {
		abort();
	}
	if (!hl_str_eq(host, hl_str_c(s->host))) {
		host_begin(s, host);
	}
	item.scope = (uint32_t)number(&words);
	item.entry = number(&words);
	item.minute = (uint32_t)number(&words);
	item.path = hl_urls_path(s->keys.path, words);
	s->items[s->n_items++] = item;
}

static void read_line(struct spec *s, const char *line)
{
	struct hl_str words = hl_str_trim(hl_str_c(line)), what = {0};

	hl_str_next(&words, ' ', &what);
	if (hl_str_eq(what, HL_STR("head"))) {
		read_head(s, words);
	} else {
		read_item(s, words);
	}
}

static int write_out(const char *path, struct hl_buf *out)
{
	struct hl_err err = {0};

	if (hl_file_write(path, hl_buf_str(out), 0600, &err)) {
		fail(&err);
	}
	hl_buf_fini(out);
	return 0;
}

static int make_list(const char *path)
{
	struct spec s = {.head = {.consumer = 7, .epoch = 20779, .canon = 1}};
	struct hl_buf out = HL_BUF_INIT(LIST_BYTES);
	struct hl_urls_made made;
	struct hl_err err = {0};
	char line[8192];

	memset(s.head.hotline, 0xa1, sizeof(s.head.hotline));
	memset(s.head.prefilter, 0x5c, sizeof(s.head.prefilter));
	s.rows = calloc(ROWS, sizeof(*s.rows));
	while (s.rows && fgets(line, sizeof(line), stdin)) {
		read_line(&s, line);
	}
	host_end(&s);
	const struct hl_urls_sink sink = {&out, hl_urls_sink_buf};

	if (hl_urls_list_make(&s.head, s.rows, s.n, &sink, &made, &err)) {
		fail(&err);
	}
	for (size_t i = 0; i < s.n; i++) {
		free((void *)(uintptr_t)s.rows[i].sealed);
	}
	free(s.rows);
	return write_out(path, &out);
}

static void load(const char *path, struct hl_buf *bytes)
{
	struct hl_err err = {0};

	*bytes = HL_BUF_INIT(LIST_BYTES);
	if (hl_file_read(path, bytes, &err)) {
		fail(&err);
	}
}

static void open_list(
	const char *path, struct hl_buf *bytes, struct hl_urls_file *out)
{
	struct hl_err err = {0};

	load(path, bytes);
	if (hl_urls_file_open(out, bytes->p, bytes->n, NULL, &err) ||
		hl_urls_file_check(out, &err)) {
		fail(&err);
	}
}

/* How a list and another file become a third. */
static int join(bool applies, char **paths)
{
	struct hl_buf from_bytes, other, out = HL_BUF_INIT(LIST_BYTES);
	struct hl_urls_file from, to;
	const struct hl_urls_sink sink = {&out, hl_urls_sink_buf};
	struct hl_urls_made made;
	struct hl_err err = {0};
	int r;

	open_list(paths[0], &from_bytes, &from);
	if (applies) {
		load(paths[1], &other);
		r = hl_urls_delta_apply(
			&from, other.p, other.n, &sink, &made, &err);
	} else {
		open_list(paths[1], &other, &to);
		r = hl_urls_delta_make(&from, &to, &sink, &made, &err);
		hl_urls_file_fini(&to);
	}
	hl_urls_file_fini(&from);
	hl_buf_fini(&from_bytes);
	hl_buf_fini(&other);
	if (r) {
		fail(&err);
	}
	return write_out(paths[2], &out);
}

int main(int argc, char **argv)
{
	if (sodium_init() < 0) {
		return 2;
	}
	if (argc == 3 && strcmp(argv[1], "list") == 0) {
		return make_list(argv[2]);
	}
	if (argc == 5 && strcmp(argv[1], "delta") == 0) {
		return join(false, argv + 2);
	}
	if (argc == 5 && strcmp(argv[1], "apply") == 0) {
		return join(true, argv + 2);
	}
	return 2;
}
