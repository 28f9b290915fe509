/* SPDX-License-Identifier: Apache-2.0 */
/* hotline list init, status, approvers: for who runs the hotline. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/common.h"
#include "cli_list/commands.h"
#include "lists/zones.h"
#include "seal/listkey.h"
#include "store/sql.h"

static const char init_help[] =
	"usage: hotline list init\n"
	"\n"
	"Makes the keys of lists in a hotline that has none; one that "
	"hotline init\n"
	"made has them. May be repeated; nothing is written over. Start the\n"
	"hotline again afterwards.\n"
	"\n"
	"exit status: 0 there or made, 1 failed, 3 no installation, or a key "
	"was\n"
	"             lost, 4 the store cannot be reached\n";

static int keys_dir(char dir[HL_CLI_PATH_MAX], struct hl_err *err)
{
	HL_SETTINGS_AUTO *settings = NULL;
	int r = hl_cli_settings(&settings, err);

	return r ? r : hl_cli_path(hl_cli_dir(), settings->keys_dir, dir, err);
}

static bool all_there(const char *dir)
{
	static const char *const names[] = {HL_SEAL_LIST_PLACE,
		HL_SEAL_LIST_SEED, HL_SEAL_LIST_COMMIT, HL_SEAL_LIST_ONLINE};
	char path[HL_CLI_PATH_MAX];
	FILE *f;

	for (size_t i = 0; i < HL_ARRAY_LEN(names); i++) {
		if (hl_cli_path(dir, names[i], path, NULL)) {
			return false;
		}
		f = fopen(path, "re");
		if (!f) {
			return false;
		}
		fclose(f);
	}
	return true;
}

static int init(struct hl_cli_session *s, struct hl_err *err)
{
	struct hl_lists_head head;
	struct hl_seal_pub place;
	char dir[HL_CLI_PATH_MAX];
	int n_made = 0;
	int r = keys_dir(dir, err);

	if (!r) {
		r = hl_lists_head(s->store, s->arena, &head, err);
	}
	if (!r && head.has_key && !all_there(dir)) {
		r = HL_FAIL(err, HL_NOTFOUND,
			"a key of lists is missing in %s, and what was made "
			"with it fits no new one: put it back from the copy of "
			"the keys",
			dir);
	}
	if (!r) {
		r = hl_seal_list_create(dir, &place, &n_made, err);
	}
	const struct hl_in_lists_key_put key = {hl_seal_pub_str(&place)};
	if (!r) {
		r = hl_do_lists_key_put(s->store, s->arena, &key, err);
	}
	if (r == HL_CONFLICT) {
		return HL_FAIL(err, HL_CONFLICT,
			"lists.key is not the one that this store was made "
			"with: put that one back");
	}
	if (!r) {
		printf("%s\n", n_made ? "The keys of lists are made. Start the "
					"hotline again, then: hotline list "
					"root new"
				      : "The keys of lists are there.");
	}
	return r;
}

static int session(const char *name,
	int (*run)(struct hl_cli_session *s, struct hl_err *err))
{
	struct hl_cli_session s = {0};
	struct hl_err err = {0};
	int r = hl_seal_init(&err);

	if (!r) {
		r = hl_cli_session_open(&s, &err);
	}
	if (!r) {
		r = run(&s, &err);
	}
	return hl_cli_session_close(&s, name, r, &err);
}

int hl_cli_list_init(int argc, char **argv)
{
	if (hl_cli_help(argc, argv, init_help)) {
		return HL_CLI_OK;
	}
	if (argc > 1) {
		fputs(init_help, stderr);
		return HL_CLI_USAGE;
	}
	return session("list init", init);
}

static void put_head(struct hl_buf *out, const struct hl_lists_head *head,
	const struct hl_lists_edition_row *editions, size_t n)
{
	int64_t published = 0, n_hosts = 0, waits = 0;

	for (size_t i = n; i-- > 0;) {
		if (editions[i].state == HL_LIST_EDITION_PUBLISHED) {
			published = editions[i].id;
			n_hosts = editions[i].n_hosts;
		}
		if (editions[i].state == HL_LIST_EDITION_HELD) {
			waits = editions[i].id;
		}
	}
	hl_buf_put(out, HL_STR("{\"hotline\":\""));
	hl_text_put_hex(out, head->hotline, sizeof(head->hotline));
	hl_buf_put_c(out, '"');
	hl_json_put_member_bool(out, "keys", head->has_key);
	hl_json_put_member_bool(out, "halted", head->halted);
	hl_json_put_member_i64(out, "edition", published);
	hl_json_put_member_i64(out, "hosts", n_hosts);
	hl_json_put_member_i64(out, "held", waits);
	hl_buf_put(out, HL_STR("}\n"));
}

/* As a resolver is set up with it, and as its SOA says. */
static void put_zone(struct hl_buf *out, const struct hl_lists_consumer *c,
	const struct hl_lists_version *v, const char *under)
{
	char name[HL_LISTS_ZONE_NAME];

	if (c->ended || c->tier != HL_LIST_TIER_CLEAR || !*under ||
		!c->tsig_name.n) {
		return;
	}
	hl_json_put_member(out, "zone", hl_lists_zone_name(c->id, under, name));
	if (v && !v->manifest.n) {
		hl_json_put_member_i64(out, "serial", (uint32_t)v->version);
	}
}

static void put_consumer(struct hl_buf *out, const struct hl_lists_consumer *c,
	const struct hl_lists_version *v, const char *under)
{
	char ref[HL_REF_MAX], at[HL_TIME_ISO_MAX];

	hl_buf_put_c(out, '{');
	hl_json_put_member(out, "consumer",
		hl_ref_print(HL_REF_CONSUMER, (int64_t)c->id, ref));
	hl_json_put_member(out, "name", c->name);
	hl_json_put_member_i64(out, "tier", c->tier);
	hl_json_put_member_bool(out, "ended", c->ended);
	if (v) {
		hl_json_put_member_i64(out, "version", (int64_t)v->version);
		hl_json_put_member_i64(out, "edition", v->edition);
		hl_json_put_member_i64(out, "hosts", (int64_t)v->n_rows);
		hl_json_put_member_i64(out, "bytes", (int64_t)v->bytes);
		hl_json_put_member(
			out, "made", hl_time_iso_s(v->made_at_us, at));
		hl_json_put_member(
			out, "expires", hl_time_iso_s(v->expires_at_us, at));
	}
	put_zone(out, c, v, under);
	hl_buf_put(out, HL_STR("}\n"));
}

static int status(struct hl_cli_session *s, struct hl_err *err)
{
	HL_BUF_AUTO out = HL_BUF_INIT((size_t)16 << 20);
	struct hl_lists_head head;
	struct hl_lists_edition_row *editions;
	struct hl_lists_consumer *consumers;
	struct hl_lists_version *versions;
	HL_SETTINGS_AUTO *settings = NULL;
	size_t n_editions, n, n_versions;
	int r = hl_cli_settings(&settings, err);

	if (!r) {
		r = hl_lists_head(s->store, s->arena, &head, err);
	}
	if (!r) {
		r = hl_lists_editions(
			s->store, s->arena, &editions, &n_editions, err);
	}
	if (!r) {
		r = hl_lists_consumers(s->store, s->arena, &consumers, &n, err);
	}
	if (!r) {
		r = hl_lists_versions(
			s->store, s->arena, &versions, &n_versions, err);
	}
	if (r) {
		return r;
	}
	put_head(&out, &head, editions, n_editions);
	for (size_t i = 0; i < n; i++) {
		const struct hl_lists_version *v = NULL;

		for (size_t k = 0; k < n_versions; k++) {
			if (versions[k].consumer == consumers[i].id) {
				v = &versions[k];
			}
		}
		put_consumer(&out, &consumers[i], v, settings->lists_rpz_zone);
	}
	fwrite(out.p, 1, out.n, stdout);
	return out.fault;
}

int hl_cli_list_status(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return session("list status", status);
}

static const char approvers_help[] =
	"usage: hotline list approvers\n"
	"\n"
	"The public keys with which people here approve entries, a line each;\n"
	"for who checks an audit. Of whom a key is, only the hotline knows.\n"
	"\n"
	"exit status: 0 told, 1 failed, 3 no installation,\n"
	"             4 the store cannot be reached\n";

static int approvers(struct hl_cli_session *s, struct hl_err *err)
{
	HL_BUF_AUTO out = HL_BUF_INIT((size_t)1 << 20);
	struct hl_row_lists_approvers *rows;
	size_t n;
	int r = hl_get_lists_approvers(s->store, s->arena, &rows, &n, err);

	for (size_t i = 0; !r && i < n; i++) {
		struct hl_seal_sign_pub pub;

		if (rows[i].sign_key.n == sizeof(pub.b)) {
			memcpy(pub.b, rows[i].sign_key.p, sizeof(pub.b));
			hl_seal_sign_pub_print(&pub, &out);
		}
	}
	if (!r) {
		fwrite(out.p, 1, out.n, stdout);
	}
	return r;
}

int hl_cli_list_approvers(int argc, char **argv)
{
	if (hl_cli_help(argc, argv, approvers_help)) {
		return HL_CLI_OK;
	}
	if (argc > 1) {
		fputs(approvers_help, stderr);
		return HL_CLI_USAGE;
	}
	return session("list approvers", approvers);
}
