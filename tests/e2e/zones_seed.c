/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zones_seed DIR N IN_FORCE NOTIFY...: puts a consumer of tier 2 for each
 * NOTIFY ("127.0.0.1:5300") with a canary, and whole domains 1..N
 * ("h7.example"), the first IN_FORCE of them in force, into the store of a
 * hotline that does not run. Their TSIG secret is the bytes 0 to 31. Prints
 * the name of each one's zone under lists.example.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../unit/lists/town.h"

int main(int argc, char **argv)
{
	struct town *t = calloc(1, sizeof(*t));
	long n = argc > 4 ? strtol(argv[2], NULL, 10) : 0;

	if (n < 1 || !t || hl_seal_init(NULL)) {
		fputs("zones_seed DIR N IN_FORCE NOTIFY...\n", stderr);
		return 2;
	}
	town_seed(t, argv[1]);
	town_entries(t, 1, n);
	town_sql(t,
		"UPDATE list_entry SET scope = 4, state = CASE WHEN id <= %ld "
		"THEN 2 ELSE 1 END",
		strtol(argv[3], NULL, 10));
	for (int i = 4; i < argc; i++) {
		char zone[HL_LISTS_ZONE_NAME];

		town_consumer(
			t, i - 3, HL_LIST_TIER_CLEAR, HL_LIST_STAGE_FIRST);
		town_tsig(t, i - 3, argv[i]);
		town_canary(t, n + i - 3, i - 3);
		hl_lists_zone_name((uint64_t)(i - 3), "lists.example", zone);
		puts(zone);
	}
	town_close(t);
	free(t);
	return 0;
}
