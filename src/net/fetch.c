/* SPDX-License-Identifier: Apache-2.0 */
#include "net/fetch.h"

#include "base/time.h"
#include "net/hop.h"

/*
 * libcurl does HTTP and TLS for one hop at a time; redirects are followed
 * here, so that each target passes the policy first. libcurl never resolves
 * a name: the addresses that our look-up found and the policy let through
 * are handed to it, and the callback that opens the socket asks the policy
 * again about the very address it is about to connect to. With a proxy the
 * tunnel is asked for by address, for the same reason.
 */

static bool is_redirect(const struct hl_net_hop *h)
{
	int s = h->got->status;

	return h->location.n &&
	       (s == 301 || s == 302 || s == 303 || s == 307 || s == 308);
}

static struct hl_str without(struct hl_str s, struct hl_str prefix)
{
	return hl_str_starts(s, prefix) ? hl_str_sub(s, prefix.n, s.n) : s;
}

/* From "//" on, without "www." and a slash at the end. */
static struct hl_str gist(struct hl_str url, struct hl_str *host)
{
	size_t at = hl_str_find(url, HL_STR("//"));

	url = without(hl_str_sub(url, at + 2, url.n), HL_STR("www."));
	url = hl_str_sub(url, 0, hl_str_find_char(url, '#'));
	if (url.n && url.p[url.n - 1] == '/') {
		url = hl_str_sub(url, 0, url.n - 1);
	}
	*host = hl_str_sub(url, 0, hl_str_find_char(url, '/'));
	*host = hl_str_sub(*host, 0, hl_str_find_char(*host, '?'));
	return url;
}

static enum hl_net_move move_of(struct hl_str from, struct hl_str to)
{
	struct hl_str from_host, to_host;
	struct hl_str a = gist(from, &from_host), b = gist(to, &to_host);

	if (!hl_str_eq_nocase(from_host, to_host)) {
		return HL_NET_OTHER_HOST;
	}
	return hl_str_eq(hl_str_sub(a, from_host.n, a.n),
		       hl_str_sub(b, to_host.n, b.n))
		       ? HL_NET_SAME_PAGE
		       : HL_NET_SAME_HOST;
}

/* Makes the Location absolute and the next URL. */
static int step(struct hl_net_hop *h, struct hl_err *err)
{
	__attribute__((cleanup(hl_net_url_freep))) CURLU *u = curl_url();
	struct hl_str next;

	if (!u || curl_url_set(u, CURLUPART_URL, h->got->url.p, 0) ||
		curl_url_set(u, CURLUPART_URL, h->location.p, 0)) {
		return hl_net_hop_end(h->got, HL_NET_BAD_URL,
			"a redirect leads to something that is no address");
	}
	next = hl_net_url_part(h->arena, u, CURLUPART_URL, 0);
	if (!next.p) {
		return HL_FAIL(err, HL_E_NOMEM, "redirect");
	}
	enum hl_net_move move = move_of(h->got->url, next);
	if (move > h->got->move) {
		h->got->move = move;
	}
	h->got->url = next;
	h->got->n_redirects++;
	return 0;
}

static int run(struct hl_net_hop *h, int64_t start_us, struct hl_err *err)
{
	for (bool first = true;; first = false) {
		int64_t left_ms = h->ask->total_ms -
				  (hl_time_mono_us() - start_us) / 1000;

		if (left_ms <= 0) {
			return hl_net_hop_end(
				h->got, HL_NET_SLOW, "no answer in time");
		}
		int r = hl_net_hop_run(h, left_ms, first, err);
		if (r || !is_redirect(h)) {
			return r;
		}
		if (h->got->n_redirects >= (size_t)h->ask->max_redirects) {
			return hl_net_hop_end(h->got, HL_NET_TOO_MANY_REDIRECTS,
				"the redirects are too many");
		}
		r = step(h, err);
		if (r) {
			return r;
		}
	}
}

int hl_net_fetch(const struct hl_net_client *client,
	const struct hl_net_ask *ask, struct hl_arena *arena,
	struct hl_net_got *out, struct hl_err *err)
{
	int64_t start_us = hl_time_mono_us();
	struct hl_net_hop h = {
		.client = client,
		.ask = ask,
		.arena = arena,
		.got = out,
		.body = HL_BUF_INIT(ask->max_bytes),
	};

	*out = (struct hl_net_got){.end = HL_NET_BAD_URL};
	if (ask->url.n > HL_NET_URL_MAX ||
		memchr(ask->url.p, '\0', ask->url.n)) {
		out->why = "the address is too long";
		return 0;
	}
	out->url = hl_arena_dup(arena, ask->url);
	if (!out->url.p) {
		return HL_FAIL(err, HL_E_NOMEM, "HTTP");
	}
	int r = run(&h, start_us, err);
	if (r >= 0 && ask->keep && out->end == HL_NET_DONE) {
		out->body = hl_arena_dup(arena, hl_buf_str(&h.body));
		r = out->body.p ? r : HL_FAIL(err, HL_E_NOMEM, "HTTP");
	}
	hl_buf_fini(&h.body);
	out->took_us = hl_time_mono_us() - start_us;
	return r < 0 ? r : 0;
}

struct hl_str hl_net_host_of(struct hl_str url, struct hl_arena *arena)
{
	__attribute__((cleanup(hl_net_url_freep))) CURLU *u = curl_url();
	struct hl_str text = hl_arena_dup(arena, url);

	if (!u || !text.n || memchr(text.p, '\0', text.n)) {
		return HL_STR_NONE;
	}
	if (hl_str_find(text, HL_STR("://")) < text.n) {
		if (curl_url_set(u, CURLUPART_URL, text.p, 0)) {
			return HL_STR_NONE;
		}
		text = hl_net_url_part(arena, u, CURLUPART_HOST, 0);
	}
	if (text.n > 2 && text.p[0] == '[' && text.p[text.n - 1] == ']') {
		text = hl_str_sub(text, 1, text.n - 2);
	}
	return text;
}

const char *const *hl_net_read_paths(void)
{
	static const char *const paths[] = {"/dev/urandom", "/etc/ssl",
		"/usr/lib/ssl", "/usr/share/ca-certificates",
		"/usr/local/share/ca-certificates", NULL};

	return paths;
}

const char *hl_net_end_name(enum hl_net_end e)
{
	static const char *const names[HL_NET_N_ENDS] = {
		[HL_NET_DONE] = "done",
		[HL_NET_DENIED] = "denied",
		[HL_NET_BAD_URL] = "bad-address",
		[HL_NET_NO_HOST] = "no-host",
		[HL_NET_NO_CONNECTION] = "no-connection",
		[HL_NET_SLOW] = "slow",
		[HL_NET_BAD_TLS] = "bad-tls",
		[HL_NET_BROKEN] = "broken",
		[HL_NET_TOO_BIG] = "too-big",
		[HL_NET_TOO_MANY_REDIRECTS] = "too-many-redirects",
	};

	return (unsigned)e < HL_NET_N_ENDS ? names[e] : "?";
}
