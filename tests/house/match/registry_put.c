/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: registry_put SOCKET put LIST ENTRY HASH... | gone ENTRY
 *
 * Puts an entry into the registry of a hotline that runs, as reading in a
 * partner's list does, through the administrator's socket; or takes one off.
 * A hash is its hexadecimal digits; 64 of them are a PDQ.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "domain/hash.h"
#include "domain/words.h"
#include "store/sql.h"

static void add_value(struct hl_tx *tx, int64_t entry, const char *digits)
{
	static const struct {
		size_t n;
		int kind;
	} kinds[] = {{64, HL_HASH_PDQ}, {32, HL_HASH_MD5}, {40, HL_HASH_SHA1}};
	static uint8_t bytes[16][32];
	static size_t n;

	for (size_t i = 0; i < HL_ARRAY_LEN(kinds); i++) {
		size_t n_bytes = kinds[i].n / 2;

		if (strlen(digits) == kinds[i].n &&
			!hl_text_parse_hex(
				hl_str_c(digits), bytes[n % 16], n_bytes)) {
			hl_tx_hash_value_add(
				tx, &(struct hl_in_hash_value_add){entry,
					    kinds[i].kind, 0,
					    hl_str_mem(bytes[n % 16], n_bytes),
					    kinds[i].kind == HL_HASH_PDQ ? 100
									 : -1});
			n++;
		}
	}
}

static void put(struct hl_tx *tx, int argc, char **argv)
{
	int64_t list = strtol(argv[3], NULL, 10);
	int64_t entry = strtol(argv[4], NULL, 10);

	hl_tx_hash_entry_add(tx, &(struct hl_in_hash_entry_add){.id = entry,
					 .list_id = list,
					 .state = HL_HASH_ACTIVE,
					 .outcome = HL_OUTCOME_BASELINE,
					 .origin = HL_HASH_FROM_PARTNER,
					 .series = HL_STR("S-7"),
					 .proposed_at_us = hl_time_now_us()});
	for (int i = 5; i < argc; i++) {
		add_value(tx, entry, argv[i]);
	}
	hl_tx_hash_changed(tx, &(struct hl_in_hash_changed){list, entry});
}

static void gone(struct hl_tx *tx, char **argv)
{
	int64_t entry = strtol(argv[3], NULL, 10);

	hl_tx_hash_load_gone(
		tx, &(struct hl_in_hash_load_gone){
			    hl_time_now_us(), HL_HASH_REASON_OWNER, entry});
	hl_tx_hash_changed(tx, &(struct hl_in_hash_changed){1, entry});
}

int main(int argc, char **argv)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);
	struct hl_store *store = NULL;
	struct hl_err err = {0};

	if (argc < 4 || !arena) {
		return 2;
	}
	int r = hl_store_connect(argv[1], &store, &err);
	struct hl_tx *tx = r ? NULL : hl_tx_begin(store, arena);
	if (tx && strcmp(argv[2], "put") == 0 && argc > 5) {
		put(tx, argc, argv);
	} else if (tx && strcmp(argv[2], "gone") == 0) {
		gone(tx, argv);
	}
	r = r ? r : hl_tx_run(tx, &err);
	if (r) {
		fprintf(stderr, "registry_put: %d %s\n", r, err.msg);
	}
	hl_store_close(store);
	return r ? 1 : 0;
}
