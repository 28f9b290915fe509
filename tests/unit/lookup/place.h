/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LOOKUP_PLACE_H
#define TESTS_LOOKUP_PLACE_H

#include "town.h"

#include "accounts/apikey.h"
#include "base/json.h"
#include "lookup/service.h"
#include "media/pool.h"
#include "web/http.h"

/* The match service over a town, asked without a network. */
struct place {
	struct town *town;
	struct hl_lookup_app app;
	void *thread;
	struct hl_arena *arena;
	struct hl_web_response resp;
	json_t *json; /* of the answer */
	char key[HL_ACCOUNTS_KEY_TEXT];
};

/* Ill decoders, and one that makes SQUARE: what follows it in the file may be
 * "!" (it is flawed) and "+" (there is more). LOOP, LARGE, MEMORY, CRASH. */
extern const struct hl_media_decoder *const place_decoders[];

int place_set_up(void **state);
int place_tear_down(void **state);

struct asked {
	enum hl_web_method method;
	const char *path, *query, *type;
	struct hl_str body;
	const char *authorization; /* NULL: the key; "": none */
};

/* The status; the body of the answer is read as JSON if it is. */
int place_ask(struct place *p, const struct asked *a);
int place_ask_json(struct place *p, const char *body);
/* Asks for entries' own hashes; more: members behind them. */
int place_ask_for(
	struct place *p, const uint64_t *entries, size_t n, const char *more);
int place_send_picture(struct place *p, const char *path, const char *body);

/* Fails unless the answer is that refusal. */
void place_has_code(struct place *p, int status, const char *code);
void place_put_hash(struct hl_buf *b, uint64_t entry, unsigned flip);
json_t *place_result(struct place *p, size_t i);
json_t *place_match(struct place *p, size_t i, size_t m);

#endif
