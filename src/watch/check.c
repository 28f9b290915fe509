/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/check.h"

#include "base/json.h"
#include "base/time.h"

enum {
	CONNECT_MS = 10000,
	TOTAL_MS = 20000,
	MAX_REDIRECTS = 3,
	MAX_BODY = 1024,
	SCRATCH = 1 << 20,
};

static const struct {
	const char *name;
	const char *text;
	enum hl_watch_sight sight;
} verdicts[HL_WATCH_N_VERDICTS] = {
	[HL_WATCH_ONLINE] = {"online", "It is still there.", HL_WATCH_PRESENT},
	[HL_WATCH_RESOLVES] = {"resolves",
		"The host's name still has an address.", HL_WATCH_PRESENT},
	[HL_WATCH_GONE] = {"gone", "It is not there any more.",
		HL_WATCH_ABSENT},
	[HL_WATCH_UNREACHABLE] = {"unreachable",
		"The server could not be reached.", HL_WATCH_ABSENT},
	[HL_WATCH_BLOCKED] = {"blocked", "The server does not let us see it.",
		HL_WATCH_UNSURE},
	[HL_WATCH_REDIRECTED] = {"redirected",
		"The address now leads elsewhere.", HL_WATCH_UNSURE},
	[HL_WATCH_REFUSED] = {"refused",
		"The rules for outgoing traffic refuse the address.",
		HL_WATCH_UNSURE},
	[HL_WATCH_ERROR] = {"error", "The look gave no clear answer.",
		HL_WATCH_UNSURE},
};

enum hl_watch_sight hl_watch_sight_of(enum hl_watch_verdict v)
{
	return (unsigned)v < HL_WATCH_N_VERDICTS ? verdicts[v].sight
						 : HL_WATCH_UNSURE;
}

const char *hl_watch_verdict_name(enum hl_watch_verdict v)
{
	return (unsigned)v < HL_WATCH_N_VERDICTS ? verdicts[v].name : "?";
}

const char *hl_watch_verdict_text(enum hl_watch_verdict v)
{
	return (unsigned)v < HL_WATCH_N_VERDICTS ? verdicts[v].text : "?";
}

int hl_watch_verdict_parse(struct hl_str s, enum hl_watch_verdict *out)
{
	for (size_t i = 0; i < HL_WATCH_N_VERDICTS; i++) {
		if (hl_str_eq(s, hl_str_c(verdicts[i].name))) {
			*out = (enum hl_watch_verdict)i;
			return 0;
		}
	}
	return HL_E_INVALID;
}

static bool is_success(int status)
{
	return status >= 200 && status < 300;
}

static enum hl_watch_verdict verdict_of_status(const struct hl_net_got *got)
{
	switch (got->status) {
	case 404:
	case 410:
	case 451:
		return HL_WATCH_GONE;
	case 401:
	case 403:
	case 407:
	case 429:
		return HL_WATCH_BLOCKED;
	default:
		break;
	}
	if (!is_success(got->status)) {
		return HL_WATCH_ERROR;
	}
	return got->move <= HL_NET_SAME_PAGE ? HL_WATCH_ONLINE
					     : HL_WATCH_REDIRECTED;
}

static enum hl_watch_verdict verdict_of_dns(enum hl_net_dns_status s)
{
	if (hl_net_dns_is_gone(s)) {
		return HL_WATCH_GONE;
	}
	return s == HL_NET_DNS_OK ? HL_WATCH_RESOLVES : HL_WATCH_ERROR;
}

/* A redirect that leads nowhere says nothing of the page that was asked for
 * but that it is not served there now. */
static enum hl_watch_verdict verdict_of(const struct hl_net_got *got)
{
	bool moved = got->n_redirects > 0;

	switch (got->end) {
	case HL_NET_DONE:
		return verdict_of_status(got);
	case HL_NET_DENIED:
		return moved ? HL_WATCH_REDIRECTED : HL_WATCH_REFUSED;
	case HL_NET_NO_HOST:
		return moved ? HL_WATCH_REDIRECTED
			     : verdict_of_dns(got->dns.status);
	case HL_NET_SLOW:
	case HL_NET_BROKEN:
		/* the body did not end well, but it began */
		return is_success(got->status) ? verdict_of_status(got)
					       : HL_WATCH_UNREACHABLE;
	case HL_NET_NO_CONNECTION:
		return HL_WATCH_UNREACHABLE;
	case HL_NET_BAD_URL:
		return moved ? HL_WATCH_REDIRECTED : HL_WATCH_ERROR;
	case HL_NET_BAD_TLS:
	case HL_NET_TOO_BIG:
	case HL_NET_TOO_MANY_REDIRECTS:
	case HL_NET_N_ENDS:
		break;
	}
	return HL_WATCH_ERROR;
}

struct look {
	const struct hl_watch_config *config;
	struct hl_str url;
	struct hl_arena *arena;
	struct hl_net_got got;
	struct hl_watch_look *out;
};

static int ask(struct look *l, bool head, bool unverified, struct hl_err *err)
{
	struct hl_net_ask ask = {
		.url = l->url,
		.head = head,
		.max_bytes = MAX_BODY,
		.connect_ms = l->config->connect_ms ? l->config->connect_ms
						    : CONNECT_MS,
		.total_ms =
			l->config->total_ms ? l->config->total_ms : TOTAL_MS,
		.max_redirects = MAX_REDIRECTS,
		.tls_unverified = unverified,
	};

	hl_arena_reset(l->arena);
	return hl_net_fetch(l->config->client, &ask, l->arena, &l->got, err);
}

/* True when a second question, with GET, can know better. */
static bool head_is_enough(const struct hl_net_got *got)
{
	switch (got->end) {
	case HL_NET_DONE:
		return is_success(got->status);
	case HL_NET_SLOW:
	case HL_NET_BROKEN:
	case HL_NET_TOO_BIG:
		return false;
	case HL_NET_DENIED:
	case HL_NET_BAD_URL:
	case HL_NET_NO_HOST:
	case HL_NET_NO_CONNECTION:
	case HL_NET_BAD_TLS:
	case HL_NET_TOO_MANY_REDIRECTS:
	case HL_NET_N_ENDS:
		break;
	}
	return true;
}

/* HEAD, then GET if that was not enough. */
static int ask_twice(struct look *l, bool unverified, struct hl_err *err)
{
	int r = ask(l, true, unverified, err);

	return r || head_is_enough(&l->got) ? r
					    : ask(l, false, unverified, err);
}

static void note(struct look *l)
{
	struct hl_watch_look *out = l->out;
	const struct hl_net_got *got = &l->got;

	out->asked_http =
		got->dns.status == HL_NET_DNS_OK && got->end != HL_NET_BAD_URL;
	out->dns = got->dns.status;
	out->end = got->end;
	out->status = got->status;
	out->connected = got->connected;
	out->to = got->to;
	out->move = got->move;
	out->n_redirects = (int)got->n_redirects;
	out->verdict = verdict_of(got);
	out->why = got->why ? got->why : hl_watch_verdict_text(out->verdict);
}

static int check_http(struct look *l, struct hl_err *err)
{
	int r = ask_twice(l, false, err);

	if (r) {
		return r;
	}
	note(l);
	if (l->got.end != HL_NET_BAD_TLS) {
		return 0;
	}
	struct hl_watch_look believed = *l->out;
	believed.tls_unverified = true;
	r = ask_twice(l, true, err);
	if (r) {
		return r;
	}
	note(l);
	l->out->tls_unverified = true;
	if (l->out->verdict != HL_WATCH_ONLINE) {
		*l->out = believed;
	}
	return 0;
}

static int check_dns(struct look *l, struct hl_err *err)
{
	struct hl_str host = hl_net_host_of(l->url, l->arena);
	struct hl_watch_look *out = l->out;
	struct hl_net_addr a;

	if (!host.n) {
		out->verdict = HL_WATCH_ERROR;
		out->why = "the address is not one that can be asked for";
		return 0;
	}
	if (!hl_net_addr_parse(host, &a)) {
		out->verdict = HL_WATCH_RESOLVES;
		out->why = "the host is an address; the server is not asked";
		return 0;
	}
	int r = hl_net_dns_resolve(
		l->config->client->dns, host, l->arena, &l->got.dns, err);
	if (r) {
		return r;
	}
	out->dns = l->got.dns.status;
	out->verdict = verdict_of_dns(out->dns);
	out->why = hl_net_dns_status_text(out->dns);
	return 0;
}

int hl_watch_check(struct hl_str url, const struct hl_watch_config *config,
	struct hl_watch_look *out, struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new(SCRATCH, true);
	int64_t start_us = hl_time_mono_us();
	struct look l = {
		.config = config, .url = url, .arena = arena, .out = out};

	*out = (struct hl_watch_look){.at_us = hl_time_now_us()};
	if (!arena) {
		return HL_FAIL(err, HL_E_NOMEM, "look");
	}
	int r = config->http ? check_http(&l, err) : check_dns(&l, err);
	out->took_us = hl_time_mono_us() - start_us;
	return r;
}

void hl_watch_put_json(struct hl_buf *b, const struct hl_watch_look *l)
{
	static const char *const moves[] = {
		"none", "same-page", "same-host", "other-host"};
	char text[HL_TIME_ISO_MAX > HL_NET_ADDR_MAX ? HL_TIME_ISO_MAX
						    : HL_NET_ADDR_MAX];

	hl_buf_put_c(b, '{');
	hl_json_put_member(b, "at", hl_time_iso(l->at_us, text));
	hl_json_put_member(
		b, "verdict", hl_str_c(hl_watch_verdict_name(l->verdict)));
	hl_json_put_member(b, "why", hl_str_c(l->why));
	hl_json_put_member_i64(b, "took_us", l->took_us);
	hl_json_put_member(b, "dns", hl_str_c(hl_net_dns_status_name(l->dns)));
	if (l->asked_http) {
		hl_json_put_member(b, "end", hl_str_c(hl_net_end_name(l->end)));
		hl_json_put_member_i64(b, "status", l->status);
		hl_json_put_member(b, "moved", hl_str_c(moves[l->move]));
		hl_json_put_member_i64(b, "redirects", l->n_redirects);
		hl_json_put_member_bool(
			b, "certificate_bad", l->tls_unverified);
	}
	if (l->connected) {
		hl_json_put_member(
			b, "server", hl_net_addr_print(&l->to.addr, text));
		hl_json_put_member_i64(b, "port", l->to.port);
	}
	hl_buf_put_c(b, '}');
}
