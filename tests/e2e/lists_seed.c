/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lists_seed DIR CONSUMERS FIRST LAST [CANARY CONSUMER]: puts
 * consumers 1..CONSUMERS and entries FIRST..LAST ("h7.example /p7") into the
 * store of a hotline that does not run, and prints the tokens; consumers that
 * are there keep theirs. With a root by two keys of its own when there is none;
 * with CANARY also that entry, "canary503.example", of CONSUMER.
 *
 * lists_seed DIR tags CONSUMER EPOCH TIER DOMAIN: writes the tags that the
 * canaries of that consumer under DOMAIN have in its list of that day.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../unit/lists/town.h"
#include "publish/consumer.h"
#include "urls_file/keys.h"

static int put_tags(struct town *t, char **argv)
{
	HL_ARENA_AUTO *arena = hl_arena_new(65536, false);
	const struct hl_who who = {.arena = arena};
	const struct hl_publish_setup setup = {
		.commit = &t->keys.commit, .canary_domain = hl_str_c(argv[6])};
	const uint64_t consumer = strtoull(argv[3], NULL, 10);
	struct hl_lists_plant *plant = NULL;
	int tier = (int)strtol(argv[5], NULL, 10);
	int r = hl_lists_plant_new(&t->keys.seed, consumer,
		strtoull(argv[4], NULL, 10), tier, &plant, NULL);

	for (size_t i = 0; !r && i < HL_PUBLISH_CANARIES; i++) {
		uint8_t n[HL_URLS_ELEMENT];
		struct hl_publish_place place;
		struct hl_urls_keys keys;

		r = hl_publish_canary(
			&who, &setup, (int64_t)consumer, i, &place, NULL);
		if (!r && tier == HL_LIST_TIER_OFFLINE) {
			hl_urls_keys_tier0(plant->keys.k0, place.host, &keys);
		} else if (!r) {
			r = !hl_urls_keys_make(
				plant->k.b, place.host, n, &keys);
		}
		fwrite(keys.tag, 1, sizeof(keys.tag), stdout);
	}
	hl_lists_plant_free(plant);
	return r != 0;
}

static int tags(struct town *t, char **argv)
{
	town_seed(t, argv[1]);
	int r = put_tags(t, argv);
	town_close(t);
	free(t);
	return r;
}

int main(int argc, char **argv)
{
	struct town *t = calloc(1, sizeof(*t));

	if (argc == 7 && t && strcmp(argv[2], "tags") == 0 &&
		!hl_seal_init(NULL)) {
		return tags(t, argv);
	}
	if ((argc != 5 && argc != 7) || !t || hl_seal_init(NULL)) {
		fputs("lists_seed DIR CONSUMERS FIRST LAST [CANARY CONSUMER]\n",
			stderr);
		return 2;
	}
	town_seed(t, argv[1]);
	for (long i = 1; i <= strtol(argv[2], NULL, 10); i++) {
		town_consumer(t, i, HL_LIST_TIER_ASKS, HL_LIST_STAGE_FIRST);
		puts(t->token);
	}
	town_entries(t, strtoll(argv[3], NULL, 10), strtoll(argv[4], NULL, 10));
	if (argc == 7) {
		town_canary(t, strtoll(argv[5], NULL, 10),
			strtoll(argv[6], NULL, 10));
	}
	town_close(t);
	free(t);
	return 0;
}
