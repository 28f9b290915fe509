/* SPDX-License-Identifier: Apache-2.0 */
/* hotline hashlist: lists of hashes in the folder of an index. Needs no
 * installation. */
#include "cli_hash/hashlist.h"

#include <stdio.h>
#include <unistd.h>

#include "base/time.h"
#include "cli_hash/commands.h"
#include "cli/common.h"
#include "cli_hash/hashlist_state.h"

const char hl_cli_hashlist_help[] =
	"usage: hotline hashlist import --index FOLDER --list LIST [OPTIONS] "
	"FILE\n"
	"       hotline hashlist export --index FOLDER [--list LIST] "
	"[OPTIONS] [FILE]\n"
	"       hotline hashlist diff --index FOLDER --list LIST "
	"(FILE | --with LIST)\n"
	"       hotline hashlist remove --index FOLDER --list LIST\n"
	"       hotline hashlist set --index FOLDER --list LIST "
	"[--negative | --positive]\n"
	"                           [--radius N] [--owner TEXT]\n"
	"       hotline hashlist stats --index FOLDER [--list LIST] [--json]\n"
	"       hotline hashlist verify --index FOLDER\n"
	"\n"
	"Reads lists of hashes into the folder of an index, writes them out,\n"
	"compares, removes, changes and checks them. LIST is its number or its "
	"name; "
	"FILE may\n"
	"be \"-\". Formats: lines, csv, vics1, vics2, ncmec, tx, and hash:\n"
	"what hotline hash printed, to read only. Without --format import\n"
	"and diff look at the file.\n"
	"\n"
	"import: --format NAME   of the file\n"
	"        --kind KIND     of hashes that say none: pdq, md5, sha1, "
	"sha256\n"
	"        --replace       remove entries that the file has no more\n"
	"        --label TEXT    for entries without a label\n"
	"        --negative      what the list has is known to be harmless\n"
	"        --radius N      farthest match that counts, 1 to 63\n"
	"        --owner TEXT    whose list it is\n"
	"        --dry-run       change nothing, say what would be\n"
	"        --resume        go on where an import was stopped\n"
	"        --report FILE   bad records as JSON lines\n"
	"        --batch N       hashes a commit (50000)\n"
	"export: --format NAME (csv)   --kind KIND\n"
	"diff:   --format NAME --kind KIND --json   --with LIST: the newer "
	"one\n"
	"set:    --negative, --positive, --radius N, --owner TEXT: of a list "
	"that is\n"
	"        there, for which import refuses to change them\n"
	"stats:  --json   --kinds: count hashes by kind\n"
	"\n"
	"Exit status: 0 done, 1 it did not work or something was bad or, for\n"
	"diff, differs (standard error says what), 2 the command line makes\n"
	"no sense, 3 no such index, list or file, 4 the index is in use.\n";

int hl_cli_hashlist_fail(int r, const struct hl_err *err)
{
	return hl_cli_fail("hashlist", r, err);
}

int hl_cli_hashlist_usage(const char *why)
{
	if (why) {
		fprintf(stderr, "hotline hashlist: %s\n", why);
	} else {
		fputs(hl_cli_hashlist_help, stderr);
	}
	return HL_CLI_USAGE;
}

int hl_cli_hashlist_open(const char *folder, uint32_t flags,
	struct hl_match_index **out, struct hl_err *err)
{
	struct hl_match_index_options options = {
		.size_of = sizeof(options), .flags = flags};
	struct hl_match_error why = {.code = 0};
	int rc = hl_match_index_open(folder, &options, out, &why);

	if (rc == HL_MATCH_NOTFOUND) {
		return HL_FAIL(
			err, HL_NOTFOUND, "there is no index in %s", folder);
	}
	return rc ? hl_apply_fail(err, rc, &why) : 0;
}

int hl_cli_hashlist_open_own(const char *folder, uint32_t flags,
	struct hl_match_index **out, struct hl_err *err)
{
	int rc = hl_cli_hashlist_open(folder, flags, out, err);
	uint64_t position = rc ? 0 : hl_match_index_position(*out);

	if (position && !(position & HL_CLI_HASHLIST_POSITION)) {
		return HL_FAIL(err, HL_E_INVALID,
			"the index in %s follows a registry: change its lists "
			"there",
			folder);
	}
	return rc;
}

static void name_of(struct hl_match_list *list, const char *name)
{
	snprintf(list->name, sizeof(list->name), "%s", name);
}

/* By its number, which a name of digits only is. */
static int find_number(struct hl_match_reader *reader, int64_t number,
	struct hl_match_list *out, struct hl_err *err)
{
	int rc;

	if (number < 1 || number > (int64_t)HL_MATCH_LISTS_MAX) {
		return HL_FAIL(err, HL_E_INVALID,
			"the number of a list is from 1 to %u",
			HL_MATCH_LISTS_MAX);
	}
	rc = hl_match_reader_list(reader, (uint32_t)number, out);
	if (rc) {
		*out = (struct hl_match_list){
			.size_of = sizeof(*out), .id = (uint32_t)number};
		return HL_FAIL(err, HL_NOTFOUND, "there is no list %lld",
			(long long)number);
	}
	return 0;
}

static int find_name(struct hl_match_reader *reader, const char *name,
	struct hl_match_list *out, struct hl_err *err)
{
	struct hl_match_list one = {.size_of = sizeof(one)};
	uint32_t last = 0;

	while (hl_match_reader_next_list(reader, last, &one) == 0) {
		last = one.id;
		if (strcmp(one.name, name) == 0) {
			*out = one;
			return 0;
		}
	}
	*out = (struct hl_match_list){.size_of = sizeof(*out), .id = last + 1};
	name_of(out, name);
	return HL_FAIL(err, HL_NOTFOUND, "there is no list \"%s\"", name);
}

int hl_cli_hashlist_find(struct hl_match_index *index, const char *name,
	struct hl_match_list *out, struct hl_err *err)
{
	struct hl_match_error why = {.code = 0};
	struct hl_match_reader *reader;
	int64_t number;
	int rc;

	*out = (struct hl_match_list){.size_of = sizeof(*out)};
	if (strlen(name) >= sizeof(out->name) || !*name) {
		return HL_FAIL(err, HL_E_INVALID,
			"the name of a list has 1 to 63 bytes");
	}
	rc = hl_match_reader_new(index, &reader, &why);
	if (rc) {
		return hl_apply_fail(err, rc, &why);
	}
	rc = hl_str_to_i64(hl_str_c(name), &number)
		     ? find_number(reader, number, out, err)
		     : find_name(reader, name, out, err);
	hl_match_reader_free(reader);
	return rc;
}

int hl_cli_hashlist_choose(struct hl_match_index *index, const char *name,
	struct hl_match_list *out, struct hl_err *err)
{
	struct hl_match_error why = {.code = 0};
	struct hl_match_reader *reader;
	struct hl_match_list next = {.size_of = sizeof(next)};
	int rc, more;

	if (name) {
		return hl_cli_hashlist_find(index, name, out, err);
	}
	rc = hl_match_reader_new(index, &reader, &why);
	if (rc) {
		return hl_apply_fail(err, rc, &why);
	}
	*out = next;
	rc = hl_match_reader_next_list(reader, 0, out);
	more = rc ? 1 : hl_match_reader_next_list(reader, out->id, &next);
	hl_match_reader_free(reader);
	if (rc) {
		return HL_FAIL(err, HL_NOTFOUND, "the index has no list");
	}
	return more ? 0
		    : HL_FAIL(err, HL_E_INVALID,
			      "the index has many lists: name one by --list");
}

bool hl_cli_hashlist_format(const char *text, enum hl_hashlist_format *out)
{
	*out = text ? hl_hashlist_format_of(hl_str_c(text)) : 0;
	return !text || *out;
}

bool hl_cli_hashlist_kind(const char *text, unsigned *out)
{
	*out = text ? hl_hashlist_kind_of(hl_str_c(text)) : 0;
	return !text || *out;
}

void hl_cli_hashlist_progress_show(struct hl_cli_hashlist_progress *p,
	uint64_t done, uint64_t total, const char *unit, uint64_t n)
{
	int64_t now = hl_time_mono_us();

	if (p->begun_us == 0) {
		p->begun_us = p->shown_us = now;
	}
	if (now - p->shown_us < HL_US_PER_S / 2 || !isatty(STDERR_FILENO)) {
		return;
	}
	p->shown_us = now;
	p->shown = true;
	fprintf(stderr, "\r%3llu %%, %llu %s, %.0f/s  ",
		total ? (unsigned long long)(100.0 * (double)done /
					     (double)total)
		      : 0ULL,
		(unsigned long long)n, unit,
		(double)n * 1e6 / (double)(now - p->begun_us));
}

void hl_cli_hashlist_progress_clear(struct hl_cli_hashlist_progress *p)
{
	if (p->shown) {
		fputs("\r\033[K", stderr);
	}
	p->shown = false;
}

int hl_cli_hashlist(int argc, char **argv)
{
	static const struct {
		const char *verb;
		int (*run)(int argc, char **argv);
	} verbs[] = {
		{"import", hl_cli_hashlist_import},
		{"export", hl_cli_hashlist_export},
		{"diff", hl_cli_hashlist_diff},
		{"remove", hl_cli_hashlist_remove},
		{"set", hl_cli_hashlist_set},
		{"stats", hl_cli_hashlist_stats},
		{"verify", hl_cli_hashlist_verify},
	};

	if (hl_cli_help(argc, argv, hl_cli_hashlist_help)) {
		return HL_CLI_OK;
	}
	for (size_t i = 0; argc > 1 && i < HL_ARRAY_LEN(verbs); i++) {
		if (strcmp(argv[1], verbs[i].verb) == 0) {
			return verbs[i].run(argc - 1, argv + 1);
		}
	}
	return hl_cli_hashlist_usage(NULL);
}
