/* SPDX-License-Identifier: Apache-2.0 */
/* hotline list whose: docs/protocol/urllist.md, clause 10. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sodium.h>

#include "base/text.h"
#include "base/time.h"
#include "cli_list/commands.h"
#include "cli_list/install.h"
#include "cli_list/whose.h"
#include "publish/consumer.h"

enum { DAYS = 28, DAYS_MAX = 400 };

static const char help[] =
	"usage: hotline list whose FILE [--days N]\n"
	"\n"
	"Says to which consumer a list was given: of a list file, a part of "
	"one with\n"
	"at least one whole tag (16 bytes) in it, or a text with names of "
	"hosts. What\n"
	"is compared are the lists that are kept here, canaries, and tags "
	"made again of\n"
	"what is listed now and of canaries, with the keys of each consumer "
	"and the\n"
	"last N days (28), as lists of tier 0 and as lists of tier 1. Of a "
	"mixture all\n"
	"are named. Each day takes 40 microseconds an entry and consumer.\n"
	"\n"
	"exit status: 0 told, 1 failed, 2 usage, 3 nobody's that is known, no "
	"such\n"
	"             file or no installation, 4 the store cannot be reached\n";

struct asking {
	const char *path;
	struct hl_str domain; /* of canaries; may be empty */
	int64_t days;
	struct hl_cli_session *s;
	char folder[HL_CLI_PATH_MAX];
	struct hl_lists_keys *keys;
	struct hl_lists_map map;
	struct hl_str bytes; /* what may be tags */
	size_t step;
	struct hl_lists_consumer *consumers;
	size_t n_consumers;
	struct hl_lists_entries *entries; /* those that open */
	struct hl_oprf_element *x;        /* of each entry */
	/* of each consumer, one behind the other */
	struct canary {
		struct hl_str host;
		struct hl_oprf_element x;
	} * canaries;
	struct hl_cli_tags tags;
	bool *told;             /* of each consumer */
	size_t n_told, n_found; /* n_found: tags */
};

static void tell_who(const struct asking *a, uint64_t consumer)
{
	char text[HL_REF_MAX];
	struct hl_str ref =
		hl_ref_print(HL_REF_CONSUMER, (int64_t)consumer, text);

	printf("consumer %.*s", HL_STR_ARG(ref));
	for (size_t i = 0; i < a->n_consumers; i++) {
		if (a->consumers[i].id == consumer) {
			printf(" (%.*s%s)", HL_STR_ARG(a->consumers[i].name),
				a->consumers[i].ended ? ", ended" : "");
		}
	}
}

/* Once a day of a consumer has some, its other days are of no matter. */
static void note(struct asking *a, uint64_t consumer)
{
	for (size_t i = 0; i < a->n_consumers; i++) {
		a->told[i] |= a->consumers[i].id == consumer;
	}
	a->n_told++;
	fflush(stdout);
}

/* Each tag of a whole list has been found: there is nothing else in it. */
static bool all_found(const struct asking *a)
{
	return a->step == HL_URLS_TAG && a->n_found >= a->bytes.n / HL_URLS_TAG;
}

static void tell_tags(
	struct asking *a, uint64_t consumer, uint64_t epoch, size_t n)
{
	char at[HL_TIME_ISO_MAX];
	struct hl_str day = hl_time_iso_s((int64_t)epoch * HL_US_PER_DAY, at);

	tell_who(a, consumer);
	printf(", epoch %" PRIu64 " (%.10s): %zu tags are of this list and no "
	       "other: certain\n",
		epoch, day.p, n);
	a->n_found += n;
	note(a, consumer);
}

/* A whole list has its tags in one place, and says whose it is. */
static void find_tags(struct asking *a)
{
	struct hl_urls_file file;

	a->bytes = hl_str_mem(a->map.p, a->map.n);
	a->step = 1;
	if (hl_urls_file_open(&file, a->map.p, a->map.n, NULL, NULL)) {
		return;
	}
	a->bytes = hl_str_mem(
		file.p + file.tags, (size_t)file.head.n * HL_URLS_TAG);
	a->step = HL_URLS_TAG;
	printf("a list file; its header, which anybody can write, says ");
	tell_who(a, file.head.consumer);
	printf(", version %" PRIu64 ", epoch %" PRIu64 "\n", file.head.version,
		file.head.epoch);
	hl_urls_file_fini(&file);
}

/* --- lists that are kept: what has ended since is in them, too --- */

static int compare_kept(struct asking *a, uint64_t consumer, uint64_t version,
	uint64_t *epoch, size_t *n, struct hl_err *err)
{
	struct hl_lists_map map = {0};
	struct hl_urls_file file;
	char path[HL_LISTS_PATH];

	*n = 0;
	if (hl_lists_path(a->folder, HL_LISTS_LIST, consumer, version, 0, path,
		    NULL) ||
		hl_lists_map(path, &map, NULL)) {
		return 0;
	}
	int r = 0;
	if (!hl_urls_file_open(&file, map.p, map.n, NULL, NULL)) {
		r = hl_cli_tags_begin(&a->tags, file.head.n, err);
		for (uint32_t i = 0; !r && i < file.head.n; i++) {
			hl_cli_tags_add(&a->tags,
				file.p + file.tags + (size_t)i * HL_URLS_TAG);
		}
		*epoch = file.head.epoch;
		*n = r ? 0 : hl_cli_tags_count(&a->tags, a->bytes, a->step);
		hl_urls_file_fini(&file);
	}
	hl_lists_unmap(&map);
	return r;
}

static int look_kept(struct asking *a, uint64_t consumer, struct hl_err *err)
{
	uint64_t there[HL_URLS_DELTAS_MAX], epoch = 0, best_epoch = 0;
	size_t n_there = hl_lists_there(a->folder, consumer, UINT64_MAX, there);
	size_t n = 0, best = 0;
	int r = 0;

	for (size_t i = n_there; i-- > 0 && !r;) {
		r = compare_kept(a, consumer, there[i], &epoch, &n, err);
		if (n > best) {
			best = n;
			best_epoch = epoch;
		}
	}
	if (best) {
		tell_tags(a, consumer, best_epoch, best);
	}
	return r;
}

/* --- tags made again --- */

static int element_of(
	struct hl_str host, struct hl_oprf_element *out, struct hl_err *err)
{
	return hl_oprf_element_of(HL_OPRF_MODE_OPRF,
		       (struct hl_oprf_view){host.p, host.n}, out)
		       ? HL_FAIL(err, HL_E_CRYPTO, "no element")
		       : 0;
}

static int read_entries(struct asking *a, struct hl_err *err)
{
	const struct hl_lists_opening how = {
		.place = &a->keys->place, .commit = &a->keys->commit};
	size_t n_popular;
	/* also what nobody has seen for so long that it is off the list */
	int64_t since_us = hl_time_now_us() - a->days * HL_US_PER_DAY;
	int r = hl_lists_wanted(
		a->s->store, since_us, &a->entries, &n_popular, err);

	if (!r) {
		r = hl_lists_entries_open(a->entries, &how, err);
	}
	if (r) {
		return r;
	}
	a->x = calloc(a->entries->n + 1, sizeof(*a->x));
	if (!a->x) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for entries");
	}
	for (size_t i = 0; i < a->entries->n && !r; i++) {
		r = element_of(a->entries->at[i].host, &a->x[i], err);
	}
	return r;
}

/* They follow from the keys, so those of consumers that ended are known as
 * well, whose rows tell nothing any more. */
static int make_canaries(struct asking *a, struct hl_err *err)
{
	const struct hl_publish_setup setup = {
		.commit = &a->keys->commit, .canary_domain = a->domain};
	size_t n = a->domain.n ? a->n_consumers * HL_PUBLISH_CANARIES : 0;
	int r = 0;

	a->canaries = hl_arena_array(a->s->arena, n + 1, sizeof(*a->canaries));
	if (!a->canaries) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for canaries");
	}
	for (size_t i = 0; i < n && !r; i++) {
		struct hl_publish_place place;
		enum hl_publish_why why;
		uint64_t id = a->consumers[i / HL_PUBLISH_CANARIES].id;

		if (hl_publish_canary(&a->s->who, &setup, (int64_t)id,
			    i % HL_PUBLISH_CANARIES, &place, &why)) {
			return HL_FAIL(err, HL_E_NOMEM, "no memory for names");
		}
		a->canaries[i].host = place.host;
		r = element_of(place.host, &a->canaries[i].x, err);
	}
	return r;
}

/* As of a list of either tier: which it had then nobody wrote down, and the
 * answer to a leak is another tier. */
static int add_tags(struct asking *a, const struct hl_lists_plant *plant,
	struct hl_str host, const struct hl_oprf_element *x, struct hl_err *err)
{
	struct hl_oprf_element n;
	struct hl_urls_keys keys;

	hl_urls_keys_tier0(plant->keys.k0, host, &keys);
	hl_cli_tags_add(&a->tags, keys.tag);
	if (hl_oprf_evaluate(&plant->k, x, &n)) {
		return HL_FAIL(err, HL_E_CRYPTO, "no tag");
	}
	hl_urls_tag(n.b, keys.tag);
	hl_cli_tags_add(&a->tags, keys.tag);
	return 0;
}

static int add_all(struct asking *a, const struct hl_lists_plant *plant,
	size_t consumer, struct hl_err *err)
{
	const struct canary *own = a->canaries + consumer * HL_PUBLISH_CANARIES;
	size_t n_own = a->domain.n ? HL_PUBLISH_CANARIES : 0;
	int r = hl_cli_tags_begin(&a->tags, 2 * (a->entries->n + n_own), err);

	for (size_t i = 0; !r && i < a->entries->n; i++) {
		const struct hl_lists_entry *e = &a->entries->at[i];

		if (!e->consumer_id ||
			(uint64_t)e->consumer_id == plant->consumer) {
			r = add_tags(a, plant, e->host, &a->x[i], err);
		}
	}
	for (size_t i = 0; !r && i < n_own; i++) {
		r = add_tags(a, plant, own[i].host, &own[i].x, err);
	}
	return r;
}

static int look_made(
	struct asking *a, size_t consumer, uint64_t epoch, struct hl_err *err)
{
	const struct hl_lists_consumer *who = &a->consumers[consumer];
	struct hl_lists_plant *plant = NULL;
	int r = hl_lists_plant_new(
		&a->keys->seed, who->id, epoch, who->tier, &plant, err);

	if (!r) {
		r = add_all(a, plant, consumer, err);
	}
	if (!r) {
		size_t n = hl_cli_tags_count(&a->tags, a->bytes, a->step);

		if (n) {
			tell_tags(a, who->id, epoch, n);
		}
	}
	hl_lists_plant_free(plant);
	return r;
}

/* From today back. What was found of one consumer does not say that there is
 * nothing of another one: lists can be mixed. */
static int look_days(struct asking *a, struct hl_err *err)
{
	uint64_t today = (uint64_t)(hl_time_now_us() / HL_US_PER_DAY);
	int r = 0;

	for (int64_t d = 0; d <= a->days && !r; d++) {
		for (size_t i = 0; i < a->n_consumers && !r; i++) {
			if (all_found(a)) {
				return 0;
			}
			if (!a->told[i]) {
				r = look_made(a, i, today - (uint64_t)d, err);
			}
		}
	}
	return r;
}

/* --- names --- */

static void tell_name(struct asking *a, uint64_t consumer, struct hl_str host)
{
	tell_who(a, consumer);
	printf(": its canary %.*s stands there: sure, unless somebody saw this "
	       "name elsewhere\n",
		HL_STR_ARG(host));
	note(a, consumer);
}

static void look_derived(struct asking *a, struct hl_str text, size_t consumer)
{
	const struct canary *own = a->canaries + consumer * HL_PUBLISH_CANARIES;

	for (size_t i = 0; a->domain.n && i < HL_PUBLISH_CANARIES; i++) {
		if (hl_cli_name_stands(text, own[i].host)) {
			tell_name(a, a->consumers[consumer].id, own[i].host);
			return;
		}
	}
}

static void look_names(struct asking *a)
{
	const struct hl_str text = hl_str_mem(a->map.p, a->map.n);

	for (size_t i = 0; i < a->entries->n; i++) {
		const struct hl_lists_entry *e = &a->entries->at[i];

		if (e->canary && e->consumer_id &&
			hl_cli_name_stands(text, e->host)) {
			tell_name(a, (uint64_t)e->consumer_id, e->host);
		}
	}
	for (size_t i = 0; i < a->n_consumers; i++) {
		if (!a->told[i]) {
			look_derived(a, text, i);
		}
	}
}

static int prepare(struct asking *a, struct hl_err *err)
{
	int r = hl_lists_consumers(
		a->s->store, a->s->arena, &a->consumers, &a->n_consumers, err);

	if (r) {
		return r;
	}
	a->told = hl_arena_array(
		a->s->arena, a->n_consumers + 1, sizeof(*a->told));
	return a->told ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory for a list");
}

static int look(struct asking *a, struct hl_err *err)
{
	HL_SETTINGS_AUTO *settings = NULL;
	int r = prepare(a, err);

	if (!r) {
		find_tags(a);
	}
	for (size_t i = 0; i < a->n_consumers && !r; i++) {
		r = look_kept(a, a->consumers[i].id, err);
	}
	if (r || all_found(a)) {
		return r;
	}
	r = hl_cli_settings(&settings, err);
	if (!r) {
		a->domain = hl_str_c(settings->lists_canary_domain);
		r = read_entries(a, err);
	}
	if (!r) {
		r = make_canaries(a, err);
	}
	if (!r) {
		look_names(a);
		r = look_days(a, err);
	}
	return r || a->n_told
		       ? r
		       : HL_FAIL(err, HL_NOTFOUND,
				 "nobody's: no tag of a kept list or of the "
				 "last %" PRId64 " days, and no canary",
				 a->days);
}

static int whose(struct hl_cli_session *s, void *arg, struct hl_err *err)
{
	struct asking *a = arg;
	int r = hl_lists_map(a->path, &a->map, err);

	a->s = s;
	a->keys = sodium_malloc(sizeof(*a->keys));
	if (r) {
		r = r == HL_NOTFOUND
			    ? HL_FAIL(err, r, "%s is not there", a->path)
			    : r;
	} else if (!a->keys) {
		r = HL_FAIL(err, HL_E_NOMEM, "no memory for keys");
	} else {
		r = hl_cli_list_install(a->folder, a->keys, err);
	}
	if (!r) {
		r = look(a, err);
	}
	hl_lists_unmap(&a->map);
	hl_lists_entries_free(a->entries);
	hl_cli_tags_free(&a->tags);
	free(a->x);
	sodium_free(a->keys);
	return r;
}

int hl_cli_list_whose(int argc, char **argv)
{
	struct asking a = {.days = DAYS};

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	const char *days = hl_cli_option(&argc, argv, "--days");
	if (argc != 2 || hl_cli_unknown(argc, argv)) {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	if (days && (!hl_str_to_i64(hl_str_c(days), &a.days) || a.days < 1 ||
			    a.days > DAYS_MAX)) {
		fprintf(stderr,
			"hotline list whose: --days is a number from 1 to "
			"%d\n",
			DAYS_MAX);
		return HL_CLI_USAGE;
	}
	a.path = argv[1];
	return hl_cli_list_session("list whose", whose, &a);
}
