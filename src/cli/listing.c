/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/listing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/time.h"

#define LIMIT 50
#define LIMIT_MAX 1000

void hl_cli_put_time(struct hl_buf *out, const char *name, int64_t at_us)
{
	char at[HL_TIME_ISO_MAX];

	if (at_us) {
		hl_json_put_member(out, name, hl_time_iso_s(at_us, at));
	}
}

static hl_cli_listing_fn *verb_of(int argc, char **argv,
	const struct hl_cli_listing_verbs *verbs, struct hl_cli_listing *l)
{
	if (argc == 2 && strcmp(argv[1], "list") == 0) {
		return verbs->list;
	}
	if (argc == 2 && strcmp(argv[1], "counts") == 0) {
		return verbs->counts;
	}
	if (argc == 3 && strcmp(argv[1], "show") == 0) {
		l->ref = argv[2];
		return verbs->show;
	}
	return NULL;
}

/* False when the command line makes no sense. */
static bool read_options(int *argc, char **argv, const struct hl_vocab *states,
	struct hl_cli_listing *l)
{
	const char *state = hl_cli_option(argc, argv, "--state");
	const char *limit = hl_cli_option(argc, argv, "--limit");

	l->json = hl_cli_flag(argc, argv, "--json");
	l->limit = LIMIT;
	if (state && hl_vocab_parse(states, hl_str_c(state), &l->state)) {
		return false;
	}
	if (limit && (!hl_str_to_i64(hl_str_c(limit), &l->limit) ||
			     l->limit < 1 || l->limit > LIMIT_MAX)) {
		return false;
	}
	bool only_list = state || limit;
	return !hl_cli_unknown(*argc, argv) &&
	       (!only_list || (*argc == 2 && strcmp(argv[1], "list") == 0));
}

static int run(
	struct hl_cli_listing *l, hl_cli_listing_fn *verb, struct hl_err *err)
{
	int r = l->arena ? hl_cli_store(&l->store, err)
			 : HL_FAIL(err, HL_E_NOMEM, "no memory");

	if (!r) {
		r = verb(l, err);
	}
	if (!r && l->out.fault) {
		r = HL_FAIL(err, l->out.fault, "the list is too long");
	}
	if (!r && fwrite(hl_buf_str(&l->out).p, 1, l->out.n, stdout) !=
			  l->out.n) {
		r = HL_FAIL_SYS(err, "standard output");
	}
	return r;
}

int hl_cli_listing(
	int argc, char **argv, const struct hl_cli_listing_verbs *verbs)
{
	HL_ARENA_AUTO *arena = NULL;
	struct hl_cli_listing l = {.out = HL_BUF_INIT(16 << 20)};
	struct hl_err err = {0};

	if (hl_cli_help(argc, argv, verbs->help)) {
		return HL_CLI_OK;
	}
	bool good = read_options(&argc, argv, verbs->states, &l);
	hl_cli_listing_fn *verb = good ? verb_of(argc, argv, verbs, &l) : NULL;
	if (!verb) {
		fputs(verbs->help, stderr);
		return HL_CLI_USAGE;
	}
	l.arena = arena = hl_arena_new((size_t)64 << 20, false);
	int r = run(&l, verb, &err);
	hl_store_close(l.store);
	hl_buf_fini(&l.out);
	return r ? hl_cli_fail(verbs->name, r, &err) : HL_CLI_OK;
}
