/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "cli/common.h"
#include "url/extract.h"

/*
 * Shows what the rules of docs/urls.md make of an address. Needs no
 * installation and reads nothing but its arguments or its input.
 */

static const char help[] =
	"usage: hotline url canon [--json] [ADDRESS...]\n"
	"       hotline url expressions [--json] [ADDRESS...]\n"
	"       hotline url extract [--json] [TEXT...]\n"
	"\n"
	"Shows what the hotline makes of an address: the canonical form, by\n"
	"which duplicates are found; the look-up expressions, a line each; or\n"
	"the addresses in a text. An ADDRESS may be spelled as in a report,\n"
	"hxxp://example[.]org too. Without ADDRESS, one is read from each "
	"line\n"
	"of standard input; without TEXT, all of standard input is one text.\n"
	"\n"
	"  --json   a JSON object a line\n"
	"  --help   this help\n"
	"\n"
	"Exit status: 0 all were read, 1 some were refused (standard error\n"
	"says which and why), 2 the command line makes no sense.\n";

struct run {
	bool json;
	bool refused;
	size_t no; /* of the input being read, from 1 */
	int (*one)(struct run *r, struct hl_str in);
};

static void end_json(struct hl_buf *b)
{
	hl_buf_put(b, HL_STR("}\n"));
	fwrite(b->p, 1, b->n, stdout);
}

static void begin_json(struct hl_buf *b, struct hl_str in)
{
	hl_buf_put_c(b, '{');
	hl_json_put_member(b, "input", in);
}

static int refuse(struct run *r, struct hl_str in, const struct hl_err *err)
{
	HL_BUF_AUTO b = HL_BUF_INIT(16 * HL_URL_TEXT_MAX);

	r->refused = true;
	if (r->json) {
		begin_json(&b, in);
		hl_json_put_member(&b, "error", hl_str_c(err->msg));
		end_json(&b);
	} else {
		fprintf(stderr, "hotline url: input %zu: %s\n", r->no,
			err->msg);
	}
	return err->code == HL_E_NOMEM ? err->code : 0;
}

/* The one address of an input, read as the form reads it. */
static int read_address(struct hl_str in, struct hl_arena *a,
	struct hl_url_found *out, struct hl_err *err)
{
	struct hl_url_list l;
	int rc = a ? hl_url_extract(in, a, &l, err)
		   : HL_FAIL(err, HL_E_NOMEM, "no memory for an address");

	if (rc) {
		return rc;
	}
	if (l.n == 1 && l.n_addresses == 1) {
		*out = l.v[0];
		return 0;
	}
	if (l.n == 1 && l.v[0].why != HL_URL_WHY_WORDS) {
		return HL_FAIL(err, HL_E_INVALID, "the address %s",
			hl_url_why_text(l.v[0].why));
	}
	return HL_FAIL(err, HL_E_INVALID, "%s",
		l.n_addresses > 1    ? "there is more than one address in this"
		: l.n_addresses == 1 ? "there is more than an address in this"
				     : "there is no address in this");
}

static bool is_web(const struct hl_url_found *f)
{
	return f->kind == HL_URL_WEB || f->kind == HL_URL_ONION;
}

/* Only web addresses have a host. */
static int put_host(
	struct hl_buf *b, const struct hl_url_found *f, struct hl_err *err)
{
	struct hl_url_parts parts;
	int rc = is_web(f) ? hl_url_split(f->canon, &parts, err) : HL_NOTFOUND;

	if (rc) {
		return rc == HL_NOTFOUND ? 0 : rc;
	}
	hl_json_put_member(b, "host", parts.host);
	struct hl_str domain = hl_url_registrable(NULL, parts.host);
	if (domain.p) {
		hl_json_put_member(b, "registrable", domain);
	}
	return 0;
}

static int canon_one(struct run *r, struct hl_str in)
{
	HL_ARENA_AUTO *a = hl_arena_new(8 << 20, true);
	HL_BUF_AUTO b = HL_BUF_INIT(16 * HL_URL_TEXT_MAX);
	struct hl_url_found f;
	struct hl_err err;
	int rc = read_address(in, a, &f, &err);

	if (rc) {
		return refuse(r, in, &err);
	}
	if (!r->json) {
		printf("%.*s\n", HL_STR_ARG(f.canon));
		return 0;
	}
	begin_json(&b, in);
	hl_json_put_member(&b, "canonical", f.canon);
	hl_json_put_member(&b, "key", f.key);
	rc = put_host(&b, &f, &err);
	if (rc) {
		return refuse(r, in, &err);
	}
	hl_json_put_member_i64(&b, "version", HL_URL_CANON_VERSION);
	end_json(&b);
	return 0;
}

static void put_expressions(
	struct hl_buf *b, const struct hl_url_exprs *e, bool json)
{
	HL_BUF_AUTO one = HL_BUF_INIT(2 * HL_URL_MAX);

	for (size_t i = 0; i < e->n_hosts * e->n_paths; i++) {
		hl_buf_reset(&one);
		hl_buf_put(&one, e->hosts[i / e->n_paths]);
		hl_buf_put(&one, e->paths[i % e->n_paths]);
		if (json) {
			hl_json_put_sep(b);
			hl_json_put_str(b, hl_buf_str(&one));
		} else {
			hl_buf_put(b, hl_buf_str(&one));
			hl_buf_put_c(b, '\n');
		}
	}
}

static int expressions_one(struct run *r, struct hl_str in)
{
	HL_ARENA_AUTO *a = hl_arena_new(8 << 20, true);
	HL_BUF_AUTO b = HL_BUF_INIT(256 * HL_URL_MAX);
	struct hl_url_found f;
	struct hl_url_exprs e;
	struct hl_err err;
	int rc = read_address(in, a, &f, &err);

	if (rc == 0 && !is_web(&f)) {
		rc = HL_FAIL(&err, HL_E_INVALID,
			"the address is none of the web: there is nothing to "
			"look up");
	}
	if (rc == 0) {
		rc = hl_url_expressions(f.canon, &e, &err);
	}
	if (rc) {
		return refuse(r, in, &err);
	}
	if (!r->json) {
		put_expressions(&b, &e, false);
		fwrite(b.p, 1, b.n, stdout);
		return 0;
	}
	begin_json(&b, in);
	hl_json_put_member(&b, "canonical", f.canon);
	hl_json_put_name(&b, "expressions");
	hl_buf_put_c(&b, '[');
	put_expressions(&b, &e, true);
	hl_buf_put_c(&b, ']');
	end_json(&b);
	return 0;
}

static void print_found(const struct run *r, const struct hl_url_found *f)
{
	HL_BUF_AUTO b = HL_BUF_INIT(16 * HL_URL_TEXT_MAX);
	const char *why = hl_url_why_text(f->why);

	if (r->json) {
		hl_buf_put_c(&b, '{');
		hl_json_put_member(&b, "piece", f->piece);
		hl_json_put_member(
			&b, "kind", hl_str_c(hl_url_kind_name(f->kind)));
		if (f->kind == HL_URL_WORDS) {
			hl_json_put_member(&b, "why", hl_str_c(why));
		} else {
			hl_json_put_member(&b, "address", f->address);
			hl_json_put_member(&b, "canonical", f->canon);
		}
		end_json(&b);
	} else if (f->kind == HL_URL_WORDS) {
		printf("words\t%.*s\n", HL_STR_ARG(f->piece));
	} else {
		printf("%s\t%.*s\n", hl_url_kind_name(f->kind),
			HL_STR_ARG(f->canon));
	}
}

static int extract_one(struct run *r, struct hl_str in)
{
	HL_ARENA_AUTO *a = hl_arena_new(8 << 20, true);
	struct hl_url_list l;
	struct hl_err err;

	if (!a) {
		return HL_E_NOMEM;
	}
	if (hl_url_extract(in, a, &l, &err)) {
		return refuse(r, in, &err);
	}
	for (size_t i = 0; i < l.n; i++) {
		const struct hl_url_found *f = &l.v[i];

		print_found(r, f);
		if (f->kind == HL_URL_WORDS && f->why != HL_URL_WHY_WORDS) {
			r->refused = true;
			fprintf(stderr, "hotline url: piece %zu %s\n", i + 1,
				hl_url_why_text(f->why));
		}
	}
	return 0;
}

static int read_input(struct run *r, bool whole)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int rc = 0;

	while (rc == 0 &&
		(n = getdelim(&line, &cap, whole ? '\0' : '\n', stdin)) >= 0) {
		struct hl_str in = hl_str_trim(hl_str_mem(line, (size_t)n));

		r->no++;
		if (in.n) {
			rc = r->one(r, in);
		}
	}
	free(line);
	return rc;
}

static int choose(struct run *r, const char *verb)
{
	static const struct {
		const char *verb;
		int (*one)(struct run *r, struct hl_str in);
	} verbs[] = {
		{"canon", canon_one},
		{"expressions", expressions_one},
		{"extract", extract_one},
	};

	for (size_t i = 0; verb && i < HL_ARRAY_LEN(verbs); i++) {
		if (strcmp(verb, verbs[i].verb) == 0) {
			r->one = verbs[i].one;
			return 0;
		}
	}
	return HL_E_INVALID;
}

int hl_cli_url(int argc, char **argv)
{
	struct run r = {0};
	int rc = 0, from = 2;

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	r.json = hl_cli_flag(&argc, argv, "--json");
	if (hl_cli_unknown(argc, argv) || choose(&r, argv[1])) {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	if (argc > 2 && strcmp(argv[2], "--") == 0) {
		from = 3;
	}
	if (argc == 2) {
		rc = read_input(&r, r.one == extract_one);
	}
	for (int i = from; i < argc && rc == 0; i++) {
		r.no++;
		rc = r.one(&r, hl_str_c(argv[i]));
	}
	if (rc || fflush(stdout) != 0) {
		return hl_cli_fail("url", rc ? rc : HL_E_IO, NULL);
	}
	return r.refused ? HL_CLI_FAILED : HL_CLI_OK;
}
