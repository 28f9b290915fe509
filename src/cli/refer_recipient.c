/* SPDX-License-Identifier: Apache-2.0 */
/* hotline refer recipients */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/common.h"
#include "cli/refer.h"
#include "referral/admin.h"
#include "store/sql.h"

static void put_json(struct hl_buf *out, const struct hl_row_recipient_list *p)
{
	char ref[HL_REF_MAX];

	hl_json_put_sep(out);
	hl_buf_put_c(out, '{');
	hl_json_put_member(
		out, "ref", hl_ref_print(HL_REF_RECIPIENT, p->id, ref));
	hl_json_put_member(out, "kind",
		hl_str_c(hl_vocab_name(&hl_vocab_recipient, (int)p->kind)));
	hl_json_put_member(out, "name", p->name);
	hl_json_put_member(out, "mail", p->mail);
	hl_json_put_member(out, "country", p->country);
	hl_json_put_member_i64(out, "asn", p->asn);
	hl_json_put_member(out, "channel",
		hl_str_c(hl_vocab_name(
			&hl_vocab_referral_channel, (int)p->channel)));
	hl_json_put_member(out, "state",
		hl_str_c(
			hl_vocab_name(&hl_vocab_contact_state, (int)p->state)));
	hl_json_put_member(out, "source",
		p->source == 2 ? HL_STR("rdap") : HL_STR("typed"));
	hl_json_put_member_i64(out, "referrals", p->n_referrals);
	hl_buf_put_c(out, '}');
}

static int list(const struct hl_cli_refer *c, struct hl_err *err)
{
	HL_BUF_AUTO out = HL_BUF_INIT(16 << 20);
	struct hl_in_recipient_list in = {0};
	struct hl_row_recipient_list *rows;
	char ref[HL_REF_MAX], network[24];
	size_t n;
	int r = hl_get_recipient_list(c->store, c->arena, &in, &rows, &n, err);

	if (r) {
		return r;
	}
	hl_buf_put(&out, c->json ? HL_STR("{\"recipients\":[") : HL_STR(""));
	for (size_t i = 0; i < n; i++) {
		const struct hl_row_recipient_list *p = &rows[i];

		if (c->json) {
			put_json(&out, p);
			continue;
		}
		hl_ref_print(HL_REF_RECIPIENT, p->id, ref);
		snprintf(network, sizeof(network), "AS%lld", (long long)p->asn);
		hl_buf_printf(&out,
			"%s  %-9s  %-2.*s  %-8s  %-8s  %.*s  %.*s\n", ref,
			hl_vocab_name(&hl_vocab_recipient, (int)p->kind),
			HL_STR_ARG(p->country), p->asn ? network : "-",
			hl_vocab_name(&hl_vocab_contact_state, (int)p->state),
			HL_STR_ARG(p->mail.n ? p->mail : HL_STR("download")),
			HL_STR_ARG(p->name));
	}
	hl_buf_put(&out, c->json ? HL_STR("]}\n") : HL_STR(""));
	return hl_cli_refer_print(&out, err);
}

static int add(const struct hl_cli_refer *c, char **argv, const char *country,
	const char *asn, struct hl_err *err)
{
	bool download = strcmp(argv[2], "-") == 0;
	struct hl_referral_recipient same,
		p = {.mail = download ? HL_STR("") : hl_str_c(argv[2]),
			.name = hl_str_c(argv[3]),
			.country = hl_str_c(country ? country : ""),
			.channel = download ? HL_REFERRAL_BY_DOWNLOAD
					    : HL_REFERRAL_BY_MAIL};
	char ref[HL_REF_MAX];
	int kind, r;
	int64_t id;

	if (hl_vocab_parse(&hl_vocab_recipient, hl_str_c(argv[1]), &kind)) {
		return HL_FAIL(err, HL_E_INVALID, "no kind \"%s\"", argv[1]);
	}
	p.kind = (enum hl_recipient)kind;
	if (asn && !hl_str_to_i64(hl_str_c(asn), &p.asn)) {
		return HL_FAIL(err, HL_E_INVALID, "--asn takes a number");
	}
	if (hl_referral_recipient_same(c->store, c->arena, &p, &same, err) ==
		0) {
		fprintf(stderr, "note: %s has this address already\n",
			hl_ref_print(HL_REF_RECIPIENT, same.id, ref).p);
	}
	r = hl_referral_admin_recipient_add(c->store, c->arena, &p, &id, err);
	if (r == HL_CONFLICT) {
		HL_FAIL(err, r, "there is such a recipient already");
	} else if (!r) {
		printf("%s waits for approval\n",
			hl_ref_print(HL_REF_RECIPIENT, id, ref).p);
	}
	return r;
}

static int decide(const struct hl_cli_refer *c, const char *ref, bool approve,
	struct hl_err *err)
{
	int64_t id;

	if (hl_ref_parse(HL_REF_RECIPIENT, hl_str_c(ref), &id)) {
		return HL_FAIL(err, HL_E_INVALID,
			"a reference P-XXXX-XXXX-X, see --help");
	}
	int r = hl_referral_admin_recipient_decide(
		c->store, c->arena, id, approve, err);
	if (r == HL_CONFLICT) {
		HL_FAIL(err, HL_NOTFOUND,
			"no such recipient waits for approval");
		return HL_NOTFOUND;
	}
	if (!r) {
		printf("%s\n", approve ? "approved" : "rejected");
	}
	return r;
}

int hl_cli_refer_recipients(
	const struct hl_cli_refer *c, int argc, char **argv, struct hl_err *err)
{
	const char *country = hl_cli_option(&argc, argv, "--country");
	const char *asn = hl_cli_option(&argc, argv, "--asn");
	const char *verb = argc > 0 ? argv[0] : "";

	if (strcmp(verb, "list") == 0 && argc == 1) {
		return list(c, err);
	}
	if (strcmp(verb, "add") == 0 && argc == 4) {
		return add(c, argv, country, asn, err);
	}
	if (strcmp(verb, "approve") == 0 && argc == 2) {
		return decide(c, argv[1], true, err);
	}
	if (strcmp(verb, "reject") == 0 && argc == 2) {
		return decide(c, argv[1], false, err);
	}
	return HL_FAIL(err, HL_E_INVALID,
		"list, add, approve or reject; see "
		"--help");
}
