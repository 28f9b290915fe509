/* SPDX-License-Identifier: Apache-2.0 */
/* hotline refer: what the host's administrator may see and do about
 * referrals. No content: neither addresses nor what recipients wrote. */
#include "cli/refer.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "domain/state.h"
#include "referral/admin.h"
#include "store/sql.h"

#define LIST_MOST 10000

static const char help[] =
	"usage: hotline refer list [--state STATE] [--json]\n"
	"       hotline refer show F-REFERENCE [--json]\n"
	"       hotline refer retry F-REFERENCE\n"
	"       hotline refer recipients list [--json]\n"
	"       hotline refer recipients add KIND MAIL NAME "
	"[--country XX] [--asn N]\n"
	"       hotline refer recipients approve|reject P-REFERENCE\n"
	"       hotline refer verify ...   (see hotline refer verify --help)\n"
	"\n"
	"Lists referrals without their content, puts one that failed back in\n"
	"the outbox, and manages whom referrals may go to. KIND is police,\n"
	"provider, partner, platform, registrar or payment; a MAIL of - is\n"
	"for a police unit that gets its bundles by download. What is added\n"
	"waits for approval.\n"
	"\n"
	"exit status: 0 done, 1 refused, 2 usage, 3 no such reference or no\n"
	"installation, 4 there is such a recipient or no store\n";

int hl_cli_refer_print(const struct hl_buf *out, struct hl_err *err)
{
	if (out->fault) {
		return HL_FAIL(err, out->fault, "too much to print");
	}
	fwrite(hl_buf_str(out).p, 1, out->n, stdout);
	return 0;
}

static void put_time(struct hl_buf *out, const char *name, int64_t at_us)
{
	char iso[HL_TIME_ISO_MAX];

	if (at_us) {
		hl_json_put_member(out, name, hl_time_iso_s(at_us, iso));
	}
}

static void put_word(struct hl_buf *out, const char *name,
	const struct hl_vocab *v, int64_t value)
{
	if (value) {
		hl_json_put_member(
			out, name, hl_str_c(hl_vocab_name(v, (int)value)));
	}
}

static void put_json(struct hl_buf *out, const struct hl_row_referral_view *v)
{
	char ref[HL_REF_MAX];

	hl_json_put_sep(out);
	hl_buf_put_c(out, '{');
	hl_json_put_member(
		out, "ref", hl_ref_print(HL_REF_REFERRAL, v->id, ref));
	hl_json_put_member(
		out, "case", hl_ref_print(HL_REF_CASE, v->case_id, ref));
	hl_json_put_member(out, "recipient",
		hl_ref_print(HL_REF_RECIPIENT, v->recipient_id, ref));
	hl_json_put_member(out, "recipient_name", v->name);
	put_word(out, "kind", &hl_vocab_recipient, v->kind);
	put_word(out, "channel", &hl_vocab_referral_channel, v->channel);
	put_word(out, "state", &hl_vocab_referral_state, v->state);
	hl_json_put_member_bool(out, "test", v->is_test != 0);
	put_time(out, "created_at", v->created_at_us);
	put_time(out, "approved_at", v->approved_at_us);
	put_time(out, "hold_until", v->hold_until_us);
	put_time(out, "sent_at", v->sent_at_us);
	put_time(out, "next_try_at", v->next_at_us);
	put_time(out, "answered_at", v->answered_at_us);
	put_word(out, "answer", &hl_vocab_answer, v->answer);
	hl_json_put_member_i64(out, "attempts", v->attempts);
	hl_json_put_member_i64(out, "last_code", v->last_code);
	hl_json_put_member(out, "last_error", v->last_error);
	hl_buf_put_c(out, '}');
}

static void put_line(struct hl_buf *out, const struct hl_row_referral_view *v)
{
	char ref[HL_REF_MAX], case_ref[HL_REF_MAX];

	hl_ref_print(HL_REF_REFERRAL, v->id, ref);
	hl_ref_print(HL_REF_CASE, v->case_id, case_ref);
	hl_buf_printf(out, "%s  %s  %-9s  %-15s  %-12s %s%.*s\n", ref, case_ref,
		hl_vocab_name(&hl_vocab_recipient, (int)v->kind),
		hl_vocab_name(&hl_vocab_referral_state, (int)v->state),
		hl_vocab_name(&hl_vocab_answer, (int)v->answer),
		v->is_test ? "TEST " : "", HL_STR_ARG(v->last_error));
}

static int list(const struct hl_cli_refer *c,
	const struct hl_in_referral_view *in, struct hl_err *err)
{
	HL_BUF_AUTO out = HL_BUF_INIT(16 << 20);
	struct hl_row_referral_view *rows;
	size_t n;
	int r = hl_get_referral_view(c->store, c->arena, in, &rows, &n, err);

	if (r) {
		return r;
	}
	if (in->id && !n) {
		HL_FAIL(err, HL_NOTFOUND, "no such referral");
		return HL_NOTFOUND;
	}
	hl_buf_put(&out, c->json ? HL_STR("{\"referrals\":[") : HL_STR(""));
	for (size_t i = 0; i < n; i++) {
		if (c->json) {
			put_json(&out, &rows[i]);
		} else {
			put_line(&out, &rows[i]);
		}
	}
	hl_buf_put(&out, c->json ? HL_STR("]}\n") : HL_STR(""));
	return hl_cli_refer_print(&out, err);
}

static int show(const struct hl_cli_refer *c, int64_t id, struct hl_err *err)
{
	struct hl_in_referral_view in = {.id = id, .n_most = 1};
	struct hl_row_referral_view *v;
	char iso[HL_TIME_ISO_MAX];
	size_t n;

	if (c->json) {
		return list(c, &in, err);
	}
	int r = list(c, &in, err);
	r = r ? r : hl_get_referral_view(c->store, c->arena, &in, &v, &n, err);
	if (r) {
		return r;
	}
	printf("to         %.*s, %s\n", HL_STR_ARG(v->name),
		hl_vocab_name(&hl_vocab_referral_channel, (int)v->channel));
	const struct {
		const char *name;
		int64_t at_us;
	} times[] = {
		{"created", v->created_at_us},
		{"approved", v->approved_at_us},
		{"hold until", v->hold_until_us},
		{"sent", v->sent_at_us},
		{"next try", v->next_at_us},
		{"answered", v->answered_at_us},
		{"closed", v->closed_at_us},
	};
	for (size_t i = 0; i < HL_ARRAY_LEN(times); i++) {
		if (times[i].at_us) {
			printf("%-10s %s\n", times[i].name,
				hl_time_iso_s(times[i].at_us, iso).p);
		}
	}
	printf("tries      %lld, last reply code %lld\n",
		(long long)v->attempts, (long long)v->last_code);
	return 0;
}

static int retry(const struct hl_cli_refer *c, int64_t id, struct hl_err *err)
{
	enum hl_referral_why why = HL_REFERRAL_ALLOWED;
	int r = hl_referral_admin_retry(c->store, c->arena, id, &why, err);

	if (r == HL_DENIED) {
		HL_FAIL(err, r, "%s",
			hl_vocab_label(&hl_vocab_referral_why, (int)why));
	} else if (r == HL_NOTFOUND) {
		HL_FAIL(err, r, "no such referral");
	} else if (!r) {
		printf("in the outbox\n");
	}
	return r;
}

static int run(struct hl_cli_refer *c, int argc, char **argv, const char *state,
	struct hl_err *err)
{
	struct hl_in_referral_view in = {.n_most = LIST_MOST};
	const char *verb = argv[1];
	int64_t id;
	int value = 0;

	if (strcmp(verb, "recipients") == 0) {
		return hl_cli_refer_recipients(c, argc - 2, argv + 2, err);
	}
	if (strcmp(verb, "list") == 0 && argc == 2) {
		if (state && hl_vocab_parse(&hl_vocab_referral_state,
				     hl_str_c(state), &value)) {
			return HL_FAIL(
				err, HL_E_INVALID, "no state \"%s\"", state);
		}
		in.state = value;
		return list(c, &in, err);
	}
	if (argc != 3 ||
		hl_ref_parse(HL_REF_REFERRAL, hl_str_c(argv[2]), &id)) {
		return HL_FAIL(err, HL_E_INVALID,
			"a verb and a reference F-XXXX-XXXX-X, see --help");
	}
	if (strcmp(verb, "show") == 0) {
		return show(c, id, err);
	}
	if (strcmp(verb, "retry") == 0) {
		return retry(c, id, err);
	}
	return HL_FAIL(err, HL_E_INVALID, "no \"%s\", see --help", verb);
}

int hl_cli_refer(int argc, char **argv)
{
	struct hl_cli_refer c = {0};
	struct hl_err err = {.msg = ""};

	if (argc > 1 && strcmp(argv[1], "verify") == 0) {
		return hl_cli_refer_verify(argc - 1, argv + 1);
	}
	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	c.json = hl_cli_flag(&argc, argv, "--json");
	const char *state = hl_cli_option(&argc, argv, "--state");
	if (argc < 2) {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	int r = hl_cli_store(&c.store, &err);
	if (r) {
		return hl_cli_fail("refer", r, &err);
	}
	c.arena = hl_arena_new((size_t)64 << 20, true);
	r = c.arena ? run(&c, argc, argv, state, &err)
		    : HL_FAIL(&err, HL_E_NOMEM, "no memory");
	hl_arena_free(c.arena);
	hl_store_close(c.store);
	int status = r ? hl_cli_fail("refer", r, &err) : HL_CLI_OK;
	return r == HL_E_INVALID ? HL_CLI_USAGE : status;
}
