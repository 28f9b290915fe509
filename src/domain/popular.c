/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/popular.h"

#include <stdlib.h>
#include <string.h>

/* A sorted array of views into one copy of both texts. */
struct hl_popular {
	const struct hl_url_suffixes *suffixes;
	char *text;
	struct hl_str *at;
	size_t n;
};

enum { DOMAIN_MAX = 253, LABEL_MAX = 63 };

static bool is_domain(struct hl_str s)
{
	size_t label = 0, dots = 0;

	if (s.n > DOMAIN_MAX) {
		return false;
	}
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '.') {
			if (!label) {
				return false;
			}
			label = 0;
			dots++;
		} else if ((c < 'a' || c > 'z') && (c < '0' || c > '9') &&
			   c != '-') {
			return false;
		} else if (++label > LABEL_MAX) {
			return false;
		}
	}
	return label && dots;
}

static int by_text(const void *a, const void *b)
{
	return hl_str_cmp(*(const struct hl_str *)a, *(const struct hl_str *)b);
}

static size_t lines_of(struct hl_str text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++) {
		n += text.p[i] == '\n';
	}
	return n;
}

/* Takes one text's lines; HL_E_INVALID with the line's number. */
static int take(struct hl_popular *p, struct hl_str text, struct hl_err *err)
{
	struct hl_str rest = text, line;
	int number = 0;

	while (hl_str_next(&rest, '\n', &line)) {
		number++;
		line = hl_str_trim(
			hl_str_sub(line, 0, hl_str_find_char(line, '#')));
		if (!line.n) {
			continue;
		}
		if (!is_domain(line)) {
			return HL_FAIL(err, HL_E_INVALID,
				"line %d of the popular hosts is no domain in "
				"ASCII, as example.org",
				number);
		}
		p->at[p->n++] = line;
	}
	return 0;
}

static int fill(struct hl_popular *p, struct hl_str builtin, struct hl_str more,
	struct hl_err *err)
{
	size_t n = builtin.n + more.n, kept = 0;
	size_t most = lines_of(builtin) + lines_of(more);

	p->text = malloc(n + 1);
	p->at = calloc(most, sizeof(*p->at));
	if (!p->text || !p->at) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for popular hosts");
	}
	memcpy(p->text, builtin.p, builtin.n);
	for (size_t i = 0; i < more.n; i++) {
		char c = more.p[i];

		p->text[builtin.n + i] =
			c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	int r = take(p, (struct hl_str){p->text, builtin.n}, err);
	if (!r) {
		r = take(p, (struct hl_str){p->text + builtin.n, more.n}, err);
	}
	qsort(p->at, p->n, sizeof(*p->at), by_text);
	for (size_t i = 0; i < p->n; i++) {
		if (!kept || !hl_str_eq(p->at[kept - 1], p->at[i])) {
			p->at[kept++] = p->at[i];
		}
	}
	p->n = kept;
	return r;
}

int hl_popular_new(struct hl_str more, const struct hl_url_suffixes *suffixes,
	struct hl_popular **out, struct hl_err *err)
{
	if (more.n > HL_POPULAR_BYTES_MAX) {
		return HL_FAIL(err, HL_E_LIMIT,
			"the file of popular hosts is over %d bytes",
			HL_POPULAR_BYTES_MAX);
	}
	HL_POPULAR_AUTO *p = calloc(1, sizeof(*p));
	if (!p) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for popular hosts");
	}
	p->suffixes = suffixes;
	int r = fill(p, hl_str_c(hl_popular_builtin), more, err);
	if (!r) {
		*out = p;
		p = NULL;
	}
	return r;
}

void hl_popular_free(struct hl_popular *p)
{
	if (p) {
		free(p->at);
		free(p->text);
		free(p);
	}
}

void hl_popular_freep(struct hl_popular **p)
{
	hl_popular_free(*p);
}

static bool names(const struct hl_popular *p, struct hl_str host)
{
	return bsearch(&host, p->at, p->n, sizeof(*p->at), by_text) != NULL;
}

struct hl_str hl_popular_registrable(
	const struct hl_popular *p, struct hl_str host)
{
	return hl_url_host_kind_of(host) == HL_URL_HOST_DOMAIN
		       ? hl_url_registrable(p->suffixes, host)
		       : HL_STR_NONE;
}

bool hl_popular_has(const struct hl_popular *p, struct hl_str host)
{
	struct hl_str own = hl_popular_registrable(p, host);

	if (hl_url_host_kind_of(host) != HL_URL_HOST_DOMAIN) {
		return names(p, host);
	}
	/* Without a domain that somebody registered it is a public suffix:
	 * its own pages are those of a service, as github.io. */
	return !own.n || names(p, own) || names(p, host);
}

size_t hl_popular_count(const struct hl_popular *p)
{
	return p->n;
}
