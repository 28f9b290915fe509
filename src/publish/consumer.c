/* SPDX-License-Identifier: Apache-2.0 */
/* Consumers: brought in by one supervisor, in use when another approved. How
 * they are changed is in change.c. */
#include "publish/consumer.h"

#include <stdio.h>

#include "base/rand.h"
#include "base/text.h"
#include "publish/canary.h"

#define TOKEN_PREFIX "hl_"
#define TSIG_BYTES 32

static struct hl_str sign_key_text(struct hl_arena *arena, struct hl_str key)
{
	HL_BUF_AUTO text = HL_BUF_INIT(64);

	hl_text_put_base64url(&text, key.p, key.n);
	return key.n ? hl_arena_dup(arena, hl_buf_str(&text)) : HL_STR("");
}

static void fill_may(const struct hl_who *who, struct hl_publish_consumer *c)
{
	const struct hl_authz_object o = {.exists = true,
		.state = (int)c->state,
		.drafted_by = c->proposed_by};
	bool manages = !hl_authz_check(
		&who->actor, HL_AUTHZ_CONSUMER_MANAGE, NULL, NULL);

	c->may_approve = !hl_publish_check(
		who, HL_AUTHZ_CONSUMER_APPROVE, &o, &c->approve_why);
	c->may_refuse = manages && c->state == HL_LIST_CONSUMER_PROPOSED;
	c->may_change = manages && c->state == HL_LIST_CONSUMER_ACTIVE;
	c->may_end = c->may_token = c->may_change;
}

static void fill(const struct hl_who *who,
	const struct hl_row_list_consumers *row,
	struct hl_publish_consumer *out)
{
	*out = (struct hl_publish_consumer){.id = row->id,
		.version = row->version,
		.name = row->name,
		.contact = row->contact,
		.tier = (enum hl_list_tier)row->tier,
		.stage = (enum hl_list_stage)row->stage,
		.state = (enum hl_list_consumer_state)row->state,
		.budget = row->budget,
		.risk = row->risk,
		.notify = row->notify,
		.sign_key = sign_key_text(who->arena, row->sign_key),
		.tsig_name = row->tsig_name,
		.has_token = row->has_token != 0,
		.proposed_by = row->proposed_by,
		.approved_by = row->approved_by,
		.ended_by = row->ended_by,
		.proposed_name = row->proposed_name,
		.approved_name = row->approved_name,
		.ended_name = row->ended_name,
		.proposed_at_us = row->proposed_at_us,
		.approved_at_us = row->approved_at_us,
		.ended_at_us = row->ended_at_us,
		.list_version = row->list_version,
		.made_at_us = row->made_at_us,
		.expires_at_us = row->expires_at_us,
		.n_rows = row->n_rows,
		.asked_today = row->asked_today,
		.refused_today = row->refused_today,
		.refused_hour = row->refused_hour,
		.asked_before = row->asked_before,
		.counted_hour = row->counted_hour,
		.fetched_hour = row->last_fetch};
	fill_may(who, out);
}

static int read_consumers(const struct hl_who *who, int64_t id,
	const struct hl_publish_consumer **out, size_t *n, struct hl_err *err)
{
	int64_t hour = hl_time_now_us() / HL_US_PER_HOUR;
	struct hl_in_list_consumers in = {hour - hour % 24, id};
	struct hl_row_list_consumers *rows;
	struct hl_publish_consumer *made;

	*n = 0;
	*out = NULL;
	if (hl_authz_check(&who->actor, HL_AUTHZ_LIST_READ, NULL, NULL)) {
		return HL_DENIED;
	}
	int r = hl_get_list_consumers(
		who->store, who->arena, &in, &rows, n, err);
	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, *n, sizeof(*made));
	if (!made) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for consumers");
	}
	for (size_t i = 0; i < *n; i++) {
		fill(who, &rows[i], &made[i]);
	}
	*out = made;
	return 0;
}

int hl_publish_consumers(const struct hl_who *who,
	const struct hl_publish_consumer **out, size_t *n, struct hl_err *err)
{
	return read_consumers(who, 0, out, n, err);
}

int hl_publish_consumer(const struct hl_who *who, int64_t id,
	struct hl_publish_consumer *out, struct hl_err *err)
{
	const struct hl_publish_consumer *all;
	size_t n = 0;
	int r = id > 0 ? read_consumers(who, id, &all, &n, err) : HL_NOTFOUND;

	if (r || !n) {
		return r < 0 ? r : HL_NOTFOUND;
	}
	*out = all[0];
	return 0;
}

/* ADDRESS:PORT, one a line. */
static bool notify_fits(struct hl_str lines)
{
	struct hl_str rest = hl_str_trim(lines), line;
	size_t n = 0;

	while (rest.n && hl_str_next(&rest, '\n', &line)) {
		line = hl_str_trim(line);
		size_t colon = line.n;

		while (colon && line.p[colon - 1] != ':') {
			colon--;
		}
		int64_t port = 0;

		if (++n > HL_PUBLISH_NOTIFY_MAX || colon < 2 ||
			line.n - colon > 5 || colon == line.n || line.n > 64) {
			return false;
		}
		for (size_t i = 0; i < line.n; i++) {
			char c = line.p[i];
			bool digit = c >= '0' && c <= '9';

			if (i >= colon ? !digit
				       : !(digit || (c >= 'a' && c <= 'f') ||
						 (c >= 'A' && c <= 'F') ||
						 c == '.' || c == ':' ||
						 c == '[' || c == ']')) {
				return false;
			}
			port = i >= colon ? port * 10 + (c - '0') : 0;
		}
		if (port < 1 || port > 65535) {
			return false;
		}
	}
	return true;
}

unsigned hl_publish_consumer_bad(const struct hl_publish_consumer *c)
{
	uint8_t key[HL_SEAL_SIGN_PUB_BYTES];
	unsigned bad = 0;

	if (!hl_publish_is_line(c->name, HL_PUBLISH_NAME_CHARS)) {
		bad |= HL_PUBLISH_BAD_NAME;
	}
	if (!hl_publish_is_line(c->contact, HL_PUBLISH_CONTACT_CHARS)) {
		bad |= HL_PUBLISH_BAD_CONTACT;
	}
	if (!hl_vocab_find(&hl_vocab_list_tier, (int)c->tier) ||
		!hl_vocab_find(&hl_vocab_list_stage, (int)c->stage)) {
		bad |= HL_PUBLISH_BAD_KIND;
	}
	if (c->budget < 0 || c->budget > HL_PUBLISH_BUDGET_MAX) {
		bad |= HL_PUBLISH_BAD_BUDGET;
	}
	if (hl_str_trim(c->risk).n &&
		!hl_publish_is_line(c->risk, HL_PUBLISH_RISK_CHARS)) {
		bad |= HL_PUBLISH_BAD_RISK;
	}
	if (!notify_fits(c->notify)) {
		bad |= HL_PUBLISH_BAD_NOTIFY;
	}
	if (c->sign_key.n &&
		hl_text_parse_base64url(c->sign_key, key, sizeof(key))) {
		bad |= HL_PUBLISH_BAD_KEY;
	}
	return bad;
}

const char *hl_publish_consumer_fault(const struct hl_publish_consumer *c)
{
	static const struct {
		unsigned bit;
		const char *text;
	} rows[] = {
		{HL_PUBLISH_BAD_NAME,
			"a consumer has a name of 1 to 60 characters"},
		{HL_PUBLISH_BAD_CONTACT,
			"a consumer has a contact of 1 to 200 characters"},
		{HL_PUBLISH_BAD_KIND,
			"a consumer has a tier of 0 to 2 and a stage of 1 or "
			"2"},
		{HL_PUBLISH_BAD_BUDGET,
			"a budget is 0 to 100000000 hosts a day"},
		{HL_PUBLISH_BAD_RISK,
			"why a risk is taken has at most 300 characters"},
		{HL_PUBLISH_BAD_NOTIFY,
			"who is told is ADDRESS:PORT, at most 8, one a line"},
		{HL_PUBLISH_BAD_KEY,
			"a key of counters is 43 characters of base64url"},
	};
	unsigned bad = hl_publish_consumer_bad(c);

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (bad & rows[i].bit) {
			return rows[i].text;
		}
	}
	return NULL;
}

/* Waits or is in use under that name. */
static int name_is_free(const struct hl_who *who, struct hl_str name,
	enum hl_publish_why *why, struct hl_err *err)
{
	const struct hl_publish_consumer *all;
	size_t n;
	int r = read_consumers(who, 0, &all, &n, err);

	for (size_t i = 0; i < n && !r; i++) {
		if (all[i].state <= HL_LIST_CONSUMER_ACTIVE &&
			hl_str_eq_nocase(all[i].name, name)) {
			r = hl_publish_no(why, HL_PUBLISH_NAME_TAKEN);
		}
	}
	return r;
}

static void add_row(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_publish_consumer *c)
{
	uint8_t key[HL_SEAL_SIGN_PUB_BYTES];
	struct hl_str raw = HL_STR("");

	if (c->sign_key.n &&
		!hl_text_parse_base64url(c->sign_key, key, sizeof(key))) {
		raw = hl_arena_dup(who->arena, hl_str_mem(key, sizeof(key)));
	}
	hl_tx_list_consumer_add(
		tx, &(struct hl_in_list_consumer_add){.id = c->id,
			    .name = hl_str_trim(c->name),
			    .contact = hl_str_trim(c->contact),
			    .tier = c->tier,
			    .stage = c->stage,
			    .sign_key = raw,
			    .budget = c->budget,
			    .risk = c->tier == HL_LIST_TIER_OFFLINE
					    ? hl_str_trim(c->risk)
					    : HL_STR(""),
			    .notify = hl_str_trim(c->notify),
			    .proposed_by = who->actor.user_id,
			    .proposed_at_us = hl_time_now_us()});
}

int hl_publish_consumer_propose(const struct hl_who *who,
	const struct hl_publish_setup *setup,
	struct hl_publish_consumer *consumer, enum hl_publish_why *why,
	struct hl_err *err)
{
	const char *fault = hl_publish_consumer_fault(consumer);
	struct hl_publish_bench bench;
	int r = hl_publish_check(who, HL_AUTHZ_CONSUMER_MANAGE, NULL, why);

	if (r) {
		return r;
	}
	if (fault) {
		return HL_FAIL(err, HL_E_INVALID, "%s", fault);
	}
	if (consumer->tier == HL_LIST_TIER_OFFLINE &&
		!hl_str_trim(consumer->risk).n) {
		return hl_publish_no(why, HL_PUBLISH_RISK);
	}
	r = name_is_free(who, hl_str_trim(consumer->name), why, err);
	if (!r) {
		r = hl_publish_bench(who, setup, &bench, why, err);
	}
	if (r) {
		return r;
	}
	consumer->id = hl_rand_id();
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	add_row(tx, who, consumer);
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_CONSUMER_PROPOSED,
		consumer->id, consumer->tier, consumer->budget);
	r = hl_publish_canaries_add(
		tx, who, setup, &bench, consumer->id, why, err);
	if (r) {
		hl_tx_drop(tx);
		return r;
	}
	return hl_publish_run(tx, why, err);
}

int hl_publish_consumer_begin(const struct hl_who *who,
	const struct hl_publish_decision *decision,
	enum hl_list_consumer_state state, struct hl_publish_consumer *out,
	enum hl_publish_why *why, struct hl_err *err)
{
	int r = hl_publish_check(who, HL_AUTHZ_CONSUMER_MANAGE, NULL, why);

	if (!r) {
		r = hl_publish_consumer(who, decision->id, out, err);
	}
	if (r == HL_NOTFOUND) {
		return hl_publish_no(why, HL_PUBLISH_NOT_PERMITTED);
	}
	if (!r && out->state != state) {
		return hl_publish_no(why, HL_PUBLISH_WRONG_STATE);
	}
	if (!r && out->version != decision->version) {
		return hl_publish_no(why, HL_PUBLISH_CHANGED);
	}
	return r;
}

/* What a consumer is let in by, as it is kept. */
struct door {
	uint8_t token_hash[HL_SEAL_TOKEN_HASH_BYTES];
	struct hl_str tsig_name, tsig_sealed;
};

static int make_tsig(const struct hl_who *who,
	const struct hl_publish_consumer *c, struct door *door,
	struct hl_publish_shown *shown, struct hl_err *err)
{
	struct hl_seal_label label = HL_LABEL_LIST_TSIG(c->id);
	HL_BUF_AUTO text = HL_BUF_SECRET(64);
	uint8_t secret[TSIG_BYTES];
	struct hl_row_list_head_get *head;
	char ref[HL_REF_MAX];
	struct hl_seal_pub to;
	size_t n;
	int r = hl_get_list_head_get(who->store, who->arena, &head, &n, err);

	if (r || !n || hl_seal_pub_from(head->public_key, &to)) {
		return r ? r
			 : HL_FAIL(err, HL_E_UNAVAILABLE,
				   "the publisher has no key yet");
	}
	hl_rand_bytes(secret, sizeof(secret));
	hl_text_put_base64(&text, secret, sizeof(secret));
	snprintf(shown->tsig, sizeof(shown->tsig), "%.*s", (int)text.n, text.p);
	r = hl_casefile_seal(who->arena, &to, &label,
		hl_str_mem(secret, sizeof(secret)), &door->tsig_sealed, err);
	explicit_bzero(secret, sizeof(secret));
	hl_ref_print(HL_REF_CONSUMER, c->id, ref);
	for (char *p = ref; *p; p++) {
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
	}
	door->tsig_name = hl_arena_dup(who->arena, hl_str_c(ref));
	return r;
}

static int make_door(const struct hl_who *who,
	const struct hl_publish_consumer *c, struct door *door,
	struct hl_publish_shown *shown, struct hl_err *err)
{
	HL_SEAL_TOKEN_AUTO token = {0};
	char text[HL_SEAL_TOKEN_TEXT];

	*door = (struct door){
		.tsig_name = HL_STR(""), .tsig_sealed = HL_STR("")};
	*shown = (struct hl_publish_shown){{0}, {0}};
	hl_seal_token_new(HL_SEAL_TOKEN_LIST, &token);
	hl_seal_token_hash(&token, door->token_hash);
	hl_seal_token_print(&token, text);
	snprintf(
		shown->token, sizeof(shown->token), "%s%s", TOKEN_PREFIX, text);
	explicit_bzero(text, sizeof(text));
	return c->tier == HL_LIST_TIER_CLEAR
		       ? make_tsig(who, c, door, shown, err)
		       : 0;
}

void hl_publish_shown_wipe(struct hl_publish_shown *shown)
{
	explicit_bzero(shown, sizeof(*shown));
}

int hl_publish_token_hash(
	struct hl_str text, uint8_t out[HL_SEAL_TOKEN_HASH_BYTES])
{
	const struct hl_str prefix = HL_STR(TOKEN_PREFIX);
	HL_SEAL_TOKEN_AUTO token = {0};

	if (!hl_str_starts(text, prefix)) {
		return HL_E_INVALID;
	}
	int r = hl_seal_token_parse(
		HL_SEAL_TOKEN_LIST, hl_str_sub(text, prefix.n, text.n), &token);
	if (!r) {
		hl_seal_token_hash(&token, out);
	}
	return r;
}

/* The batch of an approval; the caller runs or drops it. */
static int add_approval(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_publish_setup *setup,
	const struct hl_publish_consumer *c, const struct door *door,
	enum hl_publish_why *why, struct hl_err *err)
{
	struct hl_publish_bench bench;
	int r = hl_publish_bench(who, setup, &bench, why, err);

	hl_tx_list_consumer_approve(
		tx, &(struct hl_in_list_consumer_approve){
			    .approved_by = who->actor.user_id,
			    .approved_at_us = hl_time_now_us(),
			    .token_hash = hl_str_mem(
				    door->token_hash, sizeof(door->token_hash)),
			    .tsig_name = door->tsig_name,
			    .tsig_sealed = door->tsig_sealed,
			    .id = c->id,
			    .version = c->version});
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_CONSUMER_APPROVED,
		c->id, c->proposed_by, c->tier);
	return r ? r
		 : hl_publish_canaries_approve(
			   tx, who, setup, &bench, c->id, why, err);
}

int hl_publish_consumer_approve(const struct hl_who *who,
	const struct hl_publish_setup *setup,
	struct hl_publish_joining *joining, enum hl_publish_why *why,
	struct hl_err *err)
{
	struct hl_publish_consumer c;
	struct door door;
	int r = hl_publish_consumer_begin(who, &joining->decision,
		HL_LIST_CONSUMER_PROPOSED, &c, why, err);

	joining->shown = (struct hl_publish_shown){{0}, {0}};
	if (r) {
		return r;
	}
	if (!c.may_approve) {
		return hl_publish_no(why, c.approve_why);
	}
	if (c.tier == HL_LIST_TIER_OFFLINE && !joining->signs_off) {
		return hl_publish_no(why, HL_PUBLISH_RISK);
	}
	r = make_door(who, &c, &door, &joining->shown, err);
	struct hl_tx *tx = r ? NULL : hl_tx_begin(who->store, who->arena);
	if (!r) {
		r = add_approval(tx, who, setup, &c, &door, why, err);
	}
	if (!r) {
		r = hl_publish_run(tx, why, err);
	}
	hl_tx_drop(tx);
	if (r) {
		hl_publish_shown_wipe(&joining->shown);
	}
	return r;
}

int hl_publish_consumer_token(const struct hl_who *who,
	const struct hl_publish_decision *decision,
	struct hl_publish_shown *shown, enum hl_publish_why *why,
	struct hl_err *err)
{
	struct hl_publish_consumer c;
	struct door door;
	int r = hl_publish_consumer_begin(
		who, decision, HL_LIST_CONSUMER_ACTIVE, &c, why, err);

	*shown = (struct hl_publish_shown){{0}, {0}};
	if (!r) {
		r = make_door(who, &c, &door, shown, err);
	}
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_list_consumer_token(
		tx, &(struct hl_in_list_consumer_token){
			    .token_hash = hl_str_mem(
				    door.token_hash, sizeof(door.token_hash)),
			    .tsig_name = door.tsig_name,
			    .tsig_sealed = door.tsig_sealed,
			    .id = c.id,
			    .version = c.version});
	hl_tx_happened(
		tx, who->actor.user_id, HL_EVENT_CONSUMER_TOKEN, c.id, 0, 0);
	r = hl_publish_run(tx, why, err);
	if (r) {
		hl_publish_shown_wipe(shown);
	}
	return r;
}

/* Refused before it was in use, or ended after. */
static int end(const struct hl_who *who,
	const struct hl_publish_decision *decision,
	enum hl_list_consumer_state from, enum hl_publish_why *why,
	struct hl_err *err)
{
	bool ends = from == HL_LIST_CONSUMER_ACTIVE;
	struct hl_in_list_canaries in = {decision->id};
	struct hl_row_list_canaries *rows;
	struct hl_publish_consumer c;
	size_t n = 0;
	int r = hl_publish_consumer_begin(who, decision, from, &c, why, err);

	if (!r) {
		r = hl_get_list_canaries(
			who->store, who->arena, &in, &rows, &n, err);
	}
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_list_consumer_end(
		tx, &(struct hl_in_list_consumer_end){
			    .state = ends ? HL_LIST_CONSUMER_ENDED
					  : HL_LIST_CONSUMER_REFUSED,
			    .ended_by = who->actor.user_id,
			    .ended_at_us = hl_time_now_us(),
			    .id = c.id,
			    .version = c.version});
	hl_tx_list_change_end_all(
		tx, &(struct hl_in_list_change_end_all){
			    who->actor.user_id, hl_time_now_us(), c.id});
	for (size_t i = 0; i < n; i++) {
		const struct hl_row_list_entry_get canary = {.id = rows[i].id,
			.version = rows[i].version,
			.state = rows[i].state};

		hl_publish_end_in(tx, who, &canary, HL_LIST_END_CONSUMER);
	}
	hl_tx_happened(tx, who->actor.user_id,
		ends ? HL_EVENT_CONSUMER_ENDED : HL_EVENT_CONSUMER_REFUSED,
		c.id, c.proposed_by, 0);
	return hl_publish_run(tx, why, err);
}

int hl_publish_consumer_refuse(const struct hl_who *who,
	const struct hl_publish_decision *decision, enum hl_publish_why *why,
	struct hl_err *err)
{
	return end(who, decision, HL_LIST_CONSUMER_PROPOSED, why, err);
}

int hl_publish_consumer_end(const struct hl_who *who,
	const struct hl_publish_decision *decision, enum hl_publish_why *why,
	struct hl_err *err)
{
	return end(who, decision, HL_LIST_CONSUMER_ACTIVE, why, err);
}
