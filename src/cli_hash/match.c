/* SPDX-License-Identifier: Apache-2.0 */
/* hotline match: look hashes and files up in the folder of an index. Needs
 * no installation. */
#include "cli_hash/match.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli_hash/commands.h"
#include "cli/common.h"

/* As grep has them, not those of the other commands. */
enum { MATCH = 0, NO_MATCH = 1, TROUBLE = 2 };
enum { LISTS_MAX = 64, QUALITY_MIN = 50, MAX = 10 };

static const char help[] =
	"usage: hotline match --index FOLDER [OPTIONS] [HASH|FILE...]\n"
	"\n"
	"Looks up hashes and files in lists of known hashes. Without HASH or\n"
	"FILE, reads lines of standard input: hashes, \"kind hash\", or what\n"
	"hotline hash prints, with --json too.\n"
	"\n"
	"  --list LIST    only this list, by number or name; may be repeated\n"
	"  --radius N     farthest match, 0 to 63; else each list's own\n"
	"  --max N        matches shown for a hash, 1 to 1000 (10)\n"
	"  --kind KIND    of hashes of 64 digits: pdq, or sha256\n"
	"  --quality N    PDQ hashes of a lower quality are not looked up "
	"(50)\n"
	"  --dihedral     files turned and mirrored too\n"
	"  --json         a JSON object a hash\n"
	"\n"
	"A line has match, cleared or negative, the kind, the distance, the\n"
	"list's number and name, the entry's id and label, and the input, "
	"with\n"
	"tabs between; or none and the input.\n"
	"\n"
	"Exit status: 0 something matched, 1 nothing did or all was cleared,\n"
	"2 something could not be looked up, or the command line makes no "
	"sense.\n";

struct command {
	struct hl_look look;
	const char *folder;
	const char *names[LISTS_MAX];
	size_t n_names;
};

static int usage(const char *why)
{
	fprintf(stderr, "hotline match: %s\n", why);
	return TROUBLE;
}

static bool number(const char *text, int64_t low, int64_t high, int64_t *out)
{
	return !text || (hl_str_to_i64(hl_str_c(text), out) && *out >= low &&
				*out <= high);
}

static const char *numbers(struct command *c, int *argc, char **argv)
{
	int64_t radius = 0, max = MAX, quality = QUALITY_MIN;
	const char *radius_text = hl_cli_option(argc, argv, "--radius");

	if (!number(radius_text, 0, HL_MATCH_RADIUS_MAX, &radius)) {
		return "--radius wants a number from 0 to 63";
	}
	if (!number(hl_cli_option(argc, argv, "--max"), 1, HL_MATCH_SHOWN_MAX,
		    &max)) {
		return "--max wants a number from 1 to 1000";
	}
	if (!number(hl_cli_option(argc, argv, "--quality"), 0, 100, &quality)) {
		return "--quality wants a number from 0 to 100";
	}
	/* 0 means each list's own there, and -1 equal only. */
	c->look.radius = radius_text && radius == 0 ? -1 : (int32_t)radius;
	c->look.max = (size_t)max;
	c->look.quality_min = (int)quality;
	return NULL;
}

static const char *options(struct command *c, int *argc, char **argv)
{
	const char *name, *why = numbers(c, argc, argv);

	if (why) {
		return why;
	}
	if (!hl_cli_hashlist_kind(
		    hl_cli_option(argc, argv, "--kind"), &c->look.kind)) {
		return "--kind: no such kind";
	}
	while ((name = hl_cli_option(argc, argv, "--list"))) {
		if (c->n_names == LISTS_MAX) {
			return "at most 64 lists";
		}
		c->names[c->n_names++] = name;
	}
	c->folder = hl_cli_option(argc, argv, "--index");
	c->look.json = hl_cli_flag(argc, argv, "--json");
	c->look.dihedral = hl_cli_flag(argc, argv, "--dihedral");
	if (!c->folder || !*c->folder) {
		return "--index FOLDER is missing";
	}
	name = hl_cli_unknown(*argc, argv);
	return name && strcmp(name, "-") != 0 ? "no such option; see --help"
					      : NULL;
}

static int find_lists(struct command *c, struct hl_err *err)
{
	struct hl_match_list list;
	int rc = 0;

	c->look.lists = calloc(c->n_names + 1, sizeof(uint32_t));
	if (!c->look.lists) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory");
	}
	for (size_t i = 0; i < c->n_names && rc == 0; i++) {
		rc = hl_cli_hashlist_find(
			c->look.index, c->names[i], &list, err);
		c->look.lists[c->look.n_lists++] = list.id;
	}
	return rc;
}

static int start(struct command *c, struct hl_err *err)
{
	struct hl_match_error why = {.code = 0};
	int rc = hl_cli_hashlist_open(c->folder, 0, &c->look.index, err);

	if (rc == 0) {
		rc = find_lists(c, err);
	}
	if (rc) {
		return rc;
	}
	rc = hl_match_reader_new(c->look.index, &c->look.reader, &why);
	if (rc) {
		return hl_apply_fail(err, rc, &why);
	}
	c->look.arena = hl_arena_new((size_t)64 << 20, true);
	c->look.found = calloc(c->look.max, sizeof(*c->look.found));
	return c->look.arena && c->look.found
		       ? 0
		       : HL_FAIL(err, HL_E_NOMEM, "no memory");
}

static int run(struct command *c, int argc, char **argv, struct hl_err *err)
{
	bool lines = argc < 2 || (argc == 2 && strcmp(argv[1], "-") == 0);
	int rc = start(c, err), from = 1;

	if (rc || lines) {
		return rc ? rc : hl_look_lines(&c->look, err);
	}
	if (strcmp(argv[1], "--") == 0) {
		from = 2;
	}
	for (int i = from; i < argc && rc == 0; i++) {
		rc = hl_look_argument(&c->look, argv[i], err);
	}
	return rc;
}

static void fini(struct command *c)
{
	hl_media_pool_free(c->look.pool);
	hl_match_reader_free(c->look.reader);
	hl_match_index_close(c->look.index);
	hl_arena_free(c->look.arena);
	free(c->look.found);
	free(c->look.lists);
}

int hl_cli_match(int argc, char **argv)
{
	struct command c = {.folder = NULL};
	struct hl_err err = {.msg = ""};
	const char *why;
	int rc;

	if (hl_cli_help(argc, argv, help)) {
		return MATCH;
	}
	why = options(&c, &argc, argv);
	if (why) {
		return usage(why);
	}
	signal(SIGPIPE, SIG_IGN);
	rc = run(&c, argc, argv, &err);
	fini(&c);
	if (rc == 0 && fflush(stdout) != 0) {
		rc = HL_E_IO;
	}
	if (rc) {
		hl_cli_fail("match", rc, &err);
		return TROUBLE;
	}
	return c.look.n_failed ? TROUBLE : c.look.n_matched ? MATCH : NO_MATCH;
}
