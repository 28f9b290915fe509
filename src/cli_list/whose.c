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
	"is compared are the lists that are kept here, tags made again of "
	"what is\n"
	"listed now with the keys of each consumer and the last N days (28), "
	"and\n"
	"canaries.\n"
	"\n"
	"exit status: 0 told, 1 failed, 2 usage, 3 nobody's that is known, no "
	"such\n"
	"             file or no installation, 4 the store cannot be reached\n";

struct asking {
	const char *path;
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
	struct hl_cli_tags tags;
	size_t n_told;
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

static void tell_tags(
	struct asking *a, uint64_t consumer, uint64_t epoch, size_t n)
{
	char at[HL_TIME_ISO_MAX];
	struct hl_str day = hl_time_iso_s((int64_t)epoch * HL_US_PER_DAY, at);

	tell_who(a, consumer);
	printf(", epoch %" PRIu64 " (%.10s): %zu tags are of this list and no "
	       "other: certain\n",
		epoch, day.p, n);
	a->n_told++;
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
	for (size_t i = 0; i < a->entries->n; i++) {
		const struct hl_str host = a->entries->at[i].host;

		if (hl_oprf_element_of(HL_OPRF_MODE_OPRF,
			    (struct hl_oprf_view){host.p, host.n}, &a->x[i])) {
			return HL_FAIL(err, HL_E_CRYPTO, "no element");
		}
	}
	return 0;
}

static int add_tag(struct asking *a, const struct hl_lists_plant *plant,
	size_t i, struct hl_err *err)
{
	const struct hl_lists_entry *e = &a->entries->at[i];
	struct hl_urls_keys keys;
	struct hl_oprf_element n;

	if (e->consumer_id && (uint64_t)e->consumer_id != plant->consumer) {
		return 0;
	}
	if (plant->tier == HL_LIST_TIER_OFFLINE) {
		hl_urls_keys_tier0(plant->keys.k0, e->host, &keys);
	} else if (hl_oprf_evaluate(&plant->k, &a->x[i], &n)) {
		return HL_FAIL(err, HL_E_CRYPTO, "no tag");
	} else {
		hl_urls_tag(n.b, keys.tag);
	}
	hl_cli_tags_add(&a->tags, keys.tag);
	return 0;
}

static int look_made(struct asking *a, const struct hl_lists_consumer *who,
	uint64_t epoch, struct hl_err *err)
{
	struct hl_lists_plant *plant = NULL;
	int r = hl_lists_plant_new(
		&a->keys->seed, who->id, epoch, who->tier, &plant, err);

	if (!r) {
		r = hl_cli_tags_begin(&a->tags, a->entries->n, err);
	}
	for (size_t i = 0; !r && i < a->entries->n; i++) {
		r = add_tag(a, plant, i, err);
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

/* From today back, until a day has some. */
static int look_days(struct asking *a, struct hl_err *err)
{
	uint64_t today = (uint64_t)(hl_time_now_us() / HL_US_PER_DAY);
	int r = 0;

	for (int64_t d = 0; d <= a->days && !r && !a->n_told; d++) {
		for (size_t i = 0; i < a->n_consumers && !r; i++) {
			r = look_made(
				a, &a->consumers[i], today - (uint64_t)d, err);
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
	a->n_told++;
}

/* Canaries of consumers that ended follow from the keys. */
static void look_derived(struct asking *a, struct hl_str text,
	const struct hl_lists_consumer *who, struct hl_str domain)
{
	const struct hl_publish_setup setup = {
		.commit = &a->keys->commit, .canary_domain = domain};
	enum hl_publish_why why;

	for (size_t i = 0; domain.n && i < HL_PUBLISH_CANARIES; i++) {
		struct hl_publish_place place;

		if (!hl_publish_canary(&a->s->who, &setup, (int64_t)who->id, i,
			    &place, &why) &&
			hl_cli_name_stands(text, place.host)) {
			tell_name(a, who->id, place.host);
			return;
		}
	}
}

static int look_names(struct asking *a, struct hl_err *err)
{
	HL_SETTINGS_AUTO *settings = NULL;
	const struct hl_str text = hl_str_mem(a->map.p, a->map.n);
	int r = hl_cli_settings(&settings, err);

	for (size_t i = 0; !r && i < a->entries->n; i++) {
		const struct hl_lists_entry *e = &a->entries->at[i];

		if (e->canary && e->consumer_id &&
			hl_cli_name_stands(text, e->host)) {
			tell_name(a, (uint64_t)e->consumer_id, e->host);
		}
	}
	if (r || a->n_told) {
		return r;
	}
	for (size_t i = 0; i < a->n_consumers; i++) {
		look_derived(a, text, &a->consumers[i],
			hl_str_c(settings->lists_canary_domain));
	}
	return 0;
}

static int look(struct asking *a, struct hl_err *err)
{
	int r = hl_lists_consumers(
		a->s->store, a->s->arena, &a->consumers, &a->n_consumers, err);

	if (r) {
		return r;
	}
	find_tags(a);
	for (size_t i = 0; i < a->n_consumers && !r; i++) {
		r = look_kept(a, a->consumers[i].id, err);
	}
	if (!r && !a->n_told) {
		r = read_entries(a, err);
	}
	if (!r && !a->n_told) {
		r = look_names(a, err);
	}
	if (!r && !a->n_told) {
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
	if (argc != 2 || hl_cli_unknown(argc, argv) ||
		(days && (!hl_str_to_i64(hl_str_c(days), &a.days) ||
				 a.days < 0 || a.days > DAYS_MAX))) {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	a.path = argv[1];
	return hl_cli_list_session("list whose", whose, &a);
}
