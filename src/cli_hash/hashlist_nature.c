/* SPDX-License-Identifier: Apache-2.0 */
/* What a list is, and hotline hashlist set, which changes it. */
#include "cli_hash/hashlist_nature.h"
#include "cli_hash/hashlist_state.h"

#include <stdio.h>

#include "cli/common.h"

const char *hl_cli_hashlist_nature_options(
	struct hl_cli_hashlist_nature *nature, int *argc, char **argv)
{
	const char *radius = hl_cli_option(argc, argv, "--radius");
	int64_t n = 0;

	nature->owner = hl_cli_option(argc, argv, "--owner");
	nature->negative = hl_cli_flag(argc, argv, "--negative");
	if (radius && (!hl_str_to_i64(hl_str_c(radius), &n) || n < 1 ||
			      n > HL_MATCH_RADIUS_MAX)) {
		return "--radius wants a number from 1 to 63";
	}
	nature->radius = (uint32_t)n;
	if (nature->owner &&
		strlen(nature->owner) >=
			sizeof(((struct hl_match_list *)0)->owner)) {
		return "--owner is too long";
	}
	return NULL;
}

bool hl_cli_hashlist_nature_said(const struct hl_cli_hashlist_nature *nature)
{
	return nature->negative || nature->radius || nature->owner;
}

static uint32_t radius_of(const struct hl_match_list *list)
{
	return list->radius ? list->radius : HL_MATCH_RADIUS_DEFAULT;
}

int hl_cli_hashlist_nature_check(const struct hl_cli_hashlist_nature *nature,
	const struct hl_match_list *list, struct hl_err *err)
{
	static const char how[] = "change it by \"hotline hashlist set\", or "
				  "leave the option out";

	if (nature->negative && !(list->flags & HL_MATCH_LIST_NEGATIVE)) {
		return HL_FAIL(err, HL_CONFLICT,
			"--negative: list %u is there and is not negative: %s",
			list->id, how);
	}
	if (nature->radius && nature->radius != radius_of(list)) {
		return HL_FAIL(err, HL_CONFLICT,
			"--radius: list %u is there and has radius %u: %s",
			list->id, radius_of(list), how);
	}
	if (nature->owner && strcmp(nature->owner, list->owner) != 0) {
		return HL_FAIL(err, HL_CONFLICT,
			"--owner: list %u is there and has another owner, or "
			"none: %s",
			list->id, how);
	}
	return 0;
}

void hl_cli_hashlist_nature_put(
	const struct hl_cli_hashlist_nature *nature, struct hl_match_list *list)
{
	if (nature->negative) {
		list->flags |= HL_MATCH_LIST_NEGATIVE;
	}
	if (nature->radius) {
		list->radius = nature->radius;
	}
	if (nature->owner) {
		snprintf(list->owner, sizeof(list->owner), "%s", nature->owner);
	}
}

/* ---- set -------------------------------------------------------------- */

struct change {
	const char *folder, *name;
	struct hl_cli_hashlist_nature nature;
	bool positive;
	struct hl_match_index *index;
	struct hl_match_list list;
};

static int commit(struct change *ch, struct hl_err *err)
{
	struct hl_match_error why = {.code = 0};
	int rc;

	ch->list.version++;
	rc = hl_match_list_put(ch->index, &ch->list, &why);
	return rc < 0 ? hl_apply_fail(err, rc, &why)
		      : hl_cli_hashlist_state_over(
				ch->folder, ch->index, ch->list.id, err);
}

static int run(struct change *ch, struct hl_err *err)
{
	struct hl_match_list before;
	int rc = hl_cli_hashlist_open_own(
		ch->folder, HL_MATCH_OPEN_WRITE, &ch->index, err);

	if (rc == 0) {
		rc = hl_cli_hashlist_find(ch->index, ch->name, &ch->list, err);
	}
	if (rc) {
		return rc;
	}
	before = ch->list;
	hl_cli_hashlist_nature_put(&ch->nature, &ch->list);
	if (ch->positive) {
		ch->list.flags &= ~(uint32_t)HL_MATCH_LIST_NEGATIVE;
	}
	if (before.flags == ch->list.flags &&
		before.radius == ch->list.radius &&
		strcmp(before.owner, ch->list.owner) == 0) {
		return 0;
	}
	return commit(ch, err);
}

static const char *options(struct change *ch, int *argc, char **argv)
{
	const char *why =
		hl_cli_hashlist_nature_options(&ch->nature, argc, argv);

	ch->folder = hl_cli_option(argc, argv, "--index");
	ch->name = hl_cli_option(argc, argv, "--list");
	ch->positive = hl_cli_flag(argc, argv, "--positive");
	if (why) {
		return why;
	}
	if (!ch->folder || !*ch->folder || !ch->name || *argc != 1) {
		return "set wants --index and --list, and what to set";
	}
	if (!ch->positive && !hl_cli_hashlist_nature_said(&ch->nature)) {
		return "set wants --negative, --positive, --radius or --owner";
	}
	return ch->positive && ch->nature.negative
		       ? "a list is negative or positive, not both"
		       : NULL;
}

int hl_cli_hashlist_set(int argc, char **argv)
{
	struct change ch = {.folder = NULL};
	struct hl_err err = {.msg = ""};
	const char *why = options(&ch, &argc, argv);
	int rc;

	if (why) {
		return hl_cli_hashlist_usage(why);
	}
	rc = run(&ch, &err);
	hl_match_index_close(ch.index);
	if (rc) {
		return hl_cli_hashlist_fail(rc, &err);
	}
	printf("list %u: %s, radius %u%s%s\n", ch.list.id,
		ch.list.flags & HL_MATCH_LIST_NEGATIVE ? "negative"
						       : "positive",
		radius_of(&ch.list), ch.list.owner[0] ? ", of " : "",
		ch.list.owner);
	return HL_CLI_OK;
}
