/* SPDX-License-Identifier: Apache-2.0 */
/* How a consumer is set up: what it does, and what it copies; and what of our
 * own settings it needs. */
#include "desk_lists/consumer.h"

#define STEPS_MAX 8

static const struct hl_desk_lists_reach *reach_of(const struct hl_web_ctx *ctx)
{
	return &hl_desk_lists_of(ctx)->reach;
}

size_t hl_desk_lists_unset(
	const struct hl_web_ctx *ctx, struct hl_str out[HL_DESK_LISTS_UNSET])
{
	size_t n = 0;

	if (!hl_desk_lists_of(ctx)->setup.canary_domain.n) {
		out[n++] = hl_web_tr(
			HL_TR("“lists.canary_domain” is not set: no consumer "
			      "can be added. Whoever runs the installation "
			      "sets it to a domain of ours with nothing on "
			      "it."));
	}
	if (!*reach_of(ctx)->url && !*reach_of(ctx)->rpz_zone) {
		out[n++] = hl_web_tr(
			HL_TR("“lists.url” is not set: consumers cannot be "
			      "told where to ask. Whoever runs the "
			      "installation sets it to the address that the "
			      "web server answers under."));
	}
	return n;
}

struct hl_str hl_desk_lists_zone(const struct hl_web_ctx *ctx, int64_t id)
{
	char ref[HL_REF_MAX];
	const char *under = reach_of(ctx)->rpz_zone;

	if (!*under) {
		return HL_STR_NONE;
	}
	hl_ref_print(HL_REF_CONSUMER, id, ref);
	for (char *c = ref; *c; c++) {
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
	}
	return hl_arena_printf(ctx->arena, "%s.%s", ref, under);
}

struct hl_str hl_desk_lists_begin(
	const struct hl_web_ctx *ctx, const struct hl_publish_consumer *c)
{
	char ref[HL_REF_MAX];
	const char *url = reach_of(ctx)->url;

	if (!*url || c->tier == HL_LIST_TIER_CLEAR) {
		return HL_STR_NONE;
	}
	return hl_arena_printf(ctx->arena,
		"hotline list begin list --hotline %s --consumer %.*s "
		"--root root-1.txt --token-file list.token",
		url, HL_STR_ARG(hl_ref_print(HL_REF_CONSUMER, c->id, ref)));
}

static void add_step(struct hl_desk_lists_step *steps, size_t *n,
	const char *title, const char *text, struct hl_str code)
{
	steps[(*n)++] = (struct hl_desk_lists_step){
		hl_web_tr(title), hl_web_tr(text), code};
}

/* "@192.0.2.53 -p 53" of "192.0.2.53:53". */
static struct hl_str dig_server(const struct hl_web_ctx *ctx)
{
	struct hl_str at = hl_str_c(reach_of(ctx)->rpz_listen);
	size_t colon = at.n;

	while (colon && at.p[colon - 1] != ':') {
		colon--;
	}
	if (colon < 2) {
		return HL_STR("@SERVER -p PORT");
	}
	struct hl_str host = hl_str_sub(at, 0, colon - 1);
	if (host.p[0] == '[') {
		host = hl_str_sub(host, 1, host.n - 1);
	}
	return hl_arena_printf(ctx->arena, "@%.*s -p %.*s", HL_STR_ARG(host),
		HL_STR_ARG(hl_str_sub(at, colon, at.n)));
}

static void add_clear_steps(struct hl_web_ctx *ctx,
	const struct hl_publish_consumer *c, struct hl_desk_lists_step *steps,
	size_t *n)
{
	struct hl_str zone = hl_desk_lists_zone(ctx, c->id);

	if (!zone.n || !*reach_of(ctx)->rpz_listen) {
		add_step(steps, n, HL_TR("Not yet"),
			HL_TR("“lists.rpz_listen” and “lists.rpz_zone” are not "
			      "set: no name server of ours has its zone. "
			      "Whoever runs the installation sets both."),
			HL_STR_NONE);
		return;
	}
	if (!c->tsig_name.n) {
		add_step(steps, n, HL_TR("Give it a new token"),
			HL_TR("With it a secret for transfers is made, and "
			      "shown once."),
			HL_STR_NONE);
		return;
	}
	add_step(steps, n, HL_TR("Check the transfer"),
		HL_TR("The name server of the list answers transfers that are "
		      "signed with the key of this consumer. The secret goes "
		      "into a file that only the resolver reads."),
		hl_arena_printf(ctx->arena,
			"dig %.*s %.*s AXFR -y hmac-sha256:%.*s:SECRET",
			HL_STR_ARG(dig_server(ctx)), HL_STR_ARG(zone),
			HL_STR_ARG(c->tsig_name)));
	add_step(steps, n, HL_TR("Set up the resolver"),
		HL_TR("How BIND, Unbound and Knot Resolver take the zone is in "
		      "docs/rpz.md."),
		HL_STR_NONE);
}

static void add_list_steps(struct hl_web_ctx *ctx,
	const struct hl_publish_consumer *c, struct hl_desk_lists_step *steps,
	size_t *n)
{
	const char *url = reach_of(ctx)->url;

	if (!*url) {
		add_step(steps, n, HL_TR("Not yet"),
			HL_TR("“lists.url” is not set: nobody can tell it "
			      "where to ask. Whoever runs the installation "
			      "sets it."),
			HL_STR_NONE);
		return;
	}
	add_step(steps, n, HL_TR("Keep the token in a file"),
		HL_TR("Only the program that asks may read it. The token "
		      "comes from this page; it is shown once."),
		HL_STR("install -m 600 /dev/stdin list.token"));
	add_step(steps, n, HL_TR("Fetch the root, and compare it"),
		HL_TR("By telephone, not by the same network: the fingerprint "
		      "of the first root must be the same at both."),
		hl_arena_printf(ctx->arena,
			"curl -fo root-1.txt %s/v1/lists/root/1 && "
			"hotline list root show root-1.txt",
			url));
	add_step(steps, n, HL_TR("Begin"),
		HL_TR("Makes the folder “list”, and prints the key of its "
		      "counters."),
		hl_desk_lists_begin(ctx, c));
	add_step(steps, n, HL_TR("Send us the key of its counters"),
		HL_TR("What the command before printed goes into “Key of its "
		      "counters” on this page, under “Change it”. Without it "
		      "nothing is counted, and everything is blocked all the "
		      "same."),
		HL_STR_NONE);
	add_step(steps, n, HL_TR("Follow the list"),
		HL_TR("As a service that starts with the machine; “hotline "
		      "list status list” tells how it stands."),
		HL_STR("hotline list follow list"));
	add_step(steps, n, HL_TR("Set up what blocks"),
		HL_TR("How squid and programs that speak ICAP or HTTP are told "
		      "is in docs/consumers.md."),
		HL_STR_NONE);
}

void hl_desk_lists_consumer_steps(struct hl_web_ctx *ctx,
	const struct hl_publish_consumer *c, struct hl_desk_lists_consumer *v)
{
	struct hl_desk_lists_step *steps =
		hl_arena_array(ctx->arena, STEPS_MAX, sizeof(*steps));
	size_t n = 0;

	if (!steps) {
		return;
	}
	if (c->tier == HL_LIST_TIER_CLEAR) {
		add_clear_steps(ctx, c, steps, &n);
	} else {
		add_list_steps(ctx, c, steps, &n);
	}
	v->steps = steps;
	v->n_steps = n;
}
