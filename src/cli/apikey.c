/* SPDX-License-Identifier: Apache-2.0 */
/* hotline apikey: who may ask the registry by program. */
#include "cli/commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "accounts/apikey.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/common.h"
#include "store/sql.h"

#define RATE_DEFAULT 1000
#define DAYS_DEFAULT 365
#define DAYS_MAX 36500

static const char help[] =
	"usage: hotline apikey create NAME --scope SCOPE[,SCOPE...]\n"
	"                             [--rate N] [--days N]\n"
	"       hotline apikey list [--json]\n"
	"       hotline apikey revoke KEY\n"
	"\n"
	"Keys with which programs ask the registry (api.listen). create "
	"prints\n"
	"the key once; nobody can see it again. Scopes:\n"
	"\n"
	"  match     ask whether a hash is known\n"
	"  hash      have a picture hashed\n"
	"  feed      follow the registry, as a replica\n"
	"  metrics   read the service's measures\n"
	"  report    vouch for the hashes in its reports\n"
	"\n"
	"  --rate N  look-ups a second, 1 to 1000000 (default: 1000)\n"
	"  --days N  how long it is good, 0 for ever (default: 365)\n"
	"\n"
	"KEY is the reference that list shows, as K-7K3Q-X9M2-C. A revoked "
	"key\n"
	"is refused within two seconds.\n"
	"\n"
	"exit status: 0 done, 1 refused, 2 usage, 3 no such key,\n"
	"             4 the store cannot be reached\n";

struct session {
	struct hl_cli_session in;
	const char *scope, *rate, *days;
	bool json;
};

static int parse_scopes(struct session *s, unsigned *scopes, struct hl_err *err)
{
	struct hl_str rest = hl_str_c(s->scope ? s->scope : ""), one;

	*scopes = 0;
	while (hl_str_next(&rest, ',', &one)) {
		int scope;

		if (hl_vocab_parse(
			    &hl_accounts_scopes, hl_str_trim(one), &scope)) {
			s->in.usage = true;
			return HL_FAIL(err, HL_E_INVALID,
				"--scope: match, hash, feed, metrics, report, "
				"separated by commas");
		}
		*scopes |= (unsigned)scope;
	}
	return 0;
}

static int parse_number(struct session *s, const char *text, int64_t most,
	int64_t *out, struct hl_err *err)
{
	if (text && (!hl_str_to_i64(hl_str_c(text), out) || *out < 0 ||
			    *out > most)) {
		s->in.usage = true;
		return HL_FAIL(err, HL_E_INVALID,
			"a number from 0 to %" PRId64 " was expected", most);
	}
	return 0;
}

static int create(struct session *s, const char *name, struct hl_err *err)
{
	struct hl_accounts_apikey key = {
		.name = hl_str_c(name), .rate = RATE_DEFAULT};
	char text[HL_ACCOUNTS_KEY_TEXT], ref[HL_REF_MAX];
	int64_t days = DAYS_DEFAULT;
	int r = parse_scopes(s, &key.scopes, err);

	if (!r) {
		r = parse_number(
			s, s->rate, HL_ACCOUNTS_RATE_MAX, &key.rate, err);
	}
	if (!r) {
		r = parse_number(s, s->days, DAYS_MAX, &days, err);
	}
	if (r) {
		return r;
	}
	key.expires_at_us = days ? hl_time_now_us() + days * HL_US_PER_DAY : 0;
	r = hl_accounts_apikey_create(&s->in.who, &key, text, err);
	if (r == HL_CONFLICT) {
		HL_FAIL(err, r, "there are %d keys; revoke one",
			HL_ACCOUNTS_KEYS_MAX);
	}
	if (!r) {
		struct hl_str known = hl_ref_print(HL_REF_API_KEY, key.id, ref);

		printf("%.*s\t%s\n", HL_STR_ARG(known), text);
		fputs("This key is shown once.\n", stderr);
	}
	explicit_bzero(text, sizeof(text));
	return r;
}

static void put_scopes(struct hl_buf *out, int64_t scopes)
{
	bool first = true;

	for (size_t i = 0; i < hl_accounts_scopes.n_words; i++) {
		if (scopes & hl_accounts_scopes.words[i].value) {
			hl_buf_printf(out, "%s%s", first ? "" : ",",
				hl_accounts_scopes.words[i].name);
			first = false;
		}
	}
}

static const char *standing(const struct hl_row_apikey_list *k)
{
	if (k->revoked_at_us) {
		return "revoked";
	}
	return k->expires_at_us && k->expires_at_us <= hl_time_now_us()
		       ? "over"
		       : "good";
}

static struct hl_str day(int64_t at_us, char text[HL_TIME_ISO_MAX])
{
	return at_us ? hl_str_sub(hl_time_iso_s(at_us, text), 0, 10)
		     : HL_STR("-");
}

static void put_json(struct hl_buf *out, const struct hl_row_apikey_list *k)
{
	HL_BUF_AUTO scopes = HL_BUF_INIT(128);
	char text[HL_TIME_ISO_MAX], ref[HL_REF_MAX];

	put_scopes(&scopes, k->scopes);
	hl_json_put_sep(out);
	hl_buf_put_c(out, '{');
	hl_json_put_member(
		out, "ref", hl_ref_print(HL_REF_API_KEY, k->id, ref));
	hl_json_put_member(out, "name", k->name);
	hl_json_put_member(out, "scopes", hl_buf_str(&scopes));
	hl_json_put_member_i64(out, "rate", k->rate);
	hl_json_put_member(out, "state", hl_str_c(standing(k)));
	hl_json_put_member(
		out, "created", hl_time_iso_s(k->created_at_us, text));
	if (k->expires_at_us) {
		hl_json_put_member(
			out, "expires", hl_time_iso_s(k->expires_at_us, text));
	}
	if (k->revoked_at_us) {
		hl_json_put_member(
			out, "revoked", hl_time_iso_s(k->revoked_at_us, text));
	}
	if (k->used_day) {
		hl_json_put_member(
			out, "used", day(k->used_day * HL_US_PER_DAY, text));
	}
	hl_buf_put_c(out, '}');
}

static void put_line(struct hl_buf *out, const struct hl_row_apikey_list *k)
{
	HL_BUF_AUTO scopes = HL_BUF_INIT(128);
	char ref[HL_REF_MAX], until[HL_TIME_ISO_MAX], used[HL_TIME_ISO_MAX];
	struct hl_str refs = hl_ref_print(HL_REF_API_KEY, k->id, ref);
	struct hl_str untils = day(k->expires_at_us, until);
	struct hl_str useds = day(k->used_day * HL_US_PER_DAY, used);

	put_scopes(&scopes, k->scopes);
	hl_buf_printf(out,
		"%.*s  %-7s  until %-10.*s  used %-10.*s  %-6" PRId64
		"/s  %-24.*s  %.*s\n",
		HL_STR_ARG(refs), standing(k), HL_STR_ARG(untils),
		HL_STR_ARG(useds), k->rate, HL_STR_ARG(hl_buf_str(&scopes)),
		HL_STR_ARG(k->name));
}

static int list(struct session *s, struct hl_err *err)
{
	HL_BUF_AUTO out = HL_BUF_INIT(4 << 20);
	struct hl_row_apikey_list *keys;
	size_t n;
	int r = hl_get_apikey_list(s->in.store, s->in.arena, &keys, &n, err);

	if (r) {
		return r;
	}
	hl_buf_put(&out, s->json ? HL_STR("{\"keys\":[") : HL_STR(""));
	for (size_t i = 0; i < n; i++) {
		if (s->json) {
			put_json(&out, &keys[i]);
		} else {
			put_line(&out, &keys[i]);
		}
	}
	hl_buf_put(&out, s->json ? HL_STR("]}\n") : HL_STR(""));
	fwrite(hl_buf_str(&out).p, 1, out.n, stdout);
	return out.fault;
}

static int revoke(struct session *s, const char *ref, struct hl_err *err)
{
	int64_t id;

	if (hl_ref_parse(HL_REF_API_KEY, hl_str_c(ref), &id)) {
		s->in.usage = true;
		return HL_FAIL(err, HL_E_INVALID,
			"a key is named as in \"hotline apikey list\"");
	}
	int r = hl_accounts_apikey_revoke(&s->in.who, id, err);
	if (r == HL_NOTFOUND) {
		HL_FAIL(err, r, "no such key that is not revoked");
	}
	return r;
}

static int run(struct session *s, int argc, char **argv, struct hl_err *err)
{
	const char *verb = argv[1];
	bool plain = !s->scope && !s->rate && !s->days;

	if (strcmp(verb, "create") == 0 && argc == 3 && s->scope && !s->json) {
		return create(s, argv[2], err);
	}
	if (strcmp(verb, "list") == 0 && argc == 2 && plain) {
		return list(s, err);
	}
	if (strcmp(verb, "revoke") == 0 && argc == 3 && plain && !s->json) {
		return revoke(s, argv[2], err);
	}
	s->in.usage = true;
	return HL_FAIL(err, HL_E_INVALID, "see \"hotline apikey --help\"");
}

int hl_cli_apikey(int argc, char **argv)
{
	struct session s = {0};
	struct hl_err err = {0};

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	s.json = hl_cli_flag(&argc, argv, "--json");
	s.scope = hl_cli_option(&argc, argv, "--scope");
	s.rate = hl_cli_option(&argc, argv, "--rate");
	s.days = hl_cli_option(&argc, argv, "--days");
	if (argc < 2 || hl_cli_unknown(argc, argv)) {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	int r = hl_cli_session_open(&s.in, &err);
	if (!r) {
		r = run(&s, argc, argv, &err);
	}
	return hl_cli_session_close(&s.in, "apikey", r, &err);
}
