/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lists_seed DIR CONSUMERS FIRST LAST [CANARY CONSUMER]: puts
 * consumers 1..CONSUMERS and entries FIRST..LAST ("h7.example /p7") into the
 * store of a hotline that does not run, and prints the tokens; consumers that
 * are there keep theirs. With a root by two keys of its own when there is none;
 * with CANARY also that entry, "canary503.example", of CONSUMER.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../unit/lists/town.h"

int main(int argc, char **argv)
{
	struct town *t = calloc(1, sizeof(*t));

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
