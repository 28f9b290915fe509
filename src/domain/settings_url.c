/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/settings_keys.h"

/*
 * A URL that is not set is that of its listener. One that is set stays as it
 * is, and can then name a port of this host on which nothing of ours listens.
 */

struct pair {
	const char *url_key, *listen_key;
	const char *url, *listen;
};

/* The port at the end; "http://[::1]" has none. */
static struct hl_str port_of(struct hl_str at)
{
	size_t i = at.n;

	while (i && at.p[i - 1] >= '0' && at.p[i - 1] <= '9') {
		i--;
	}
	return i && at.p[i - 1] == ':' ? hl_str_sub(at, i, at.n) : HL_STR("80");
}

/* A listener at all addresses is reached at this host's own. */
static int follow(struct hl_settings *s, const char *set, const char *listen,
	const char **out)
{
	static const char v4[] = "0.0.0.0:", v6[] = "[::]:";

	if (*set) {
		*out = set;
	} else if (strncmp(listen, v4, strlen(v4)) == 0) {
		*out = hl_arena_printf(
			s->arena, "http://127.0.0.1:%s", listen + strlen(v4))
			       .p;
	} else if (strncmp(listen, v6, strlen(v6)) == 0) {
		*out = hl_arena_printf(
			s->arena, "http://[::1]:%s", listen + strlen(v6))
			       .p;
	} else {
		*out = hl_arena_printf(s->arena, "http://%s", listen).p;
	}
	return *out ? 0 : HL_E_NOMEM;
}

int hl_settings_follow(struct hl_settings *s)
{
	int r = follow(s, s->public_url_set, s->public_listen, &s->public_url);

	return r ? r
		 : follow(s, s->staff_url_set, s->staff_listen, &s->staff_url);
}

/* What begins "http://" and names this host leads to a listener of ours or
 * to nobody: TLS and other names are a proxy's. */
static bool leads_elsewhere(const struct pair *p)
{
	static const char *const here[] = {"127.", "[::1]", "localhost"};
	struct hl_str at = hl_str_c(p->url), scheme = HL_STR("http://");
	bool is_here = false;

	if (!hl_str_starts(at, scheme)) {
		return false;
	}
	at = hl_str_sub(at, scheme.n, at.n);
	at = hl_str_sub(at, 0, hl_str_find_char(at, '/'));
	for (size_t i = 0; i < HL_ARRAY_LEN(here); i++) {
		is_here = is_here || hl_str_starts(at, hl_str_c(here[i]));
	}
	return is_here && !hl_str_eq(port_of(at), port_of(hl_str_c(p->listen)));
}

void hl_settings_put_misled(struct hl_buf *out, const struct hl_settings *s)
{
	const struct pair pairs[] = {
		{"public.url", "public.listen", s->public_url,
			s->public_listen},
		{"staff.url", "staff.listen", s->staff_url, s->staff_listen},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(pairs); i++) {
		const struct pair *p = &pairs[i];

		if (leads_elsewhere(p)) {
			hl_buf_printf(out,
				"%s = %s leads elsewhere than %s = %s; mend "
				"it, or leave it out to follow %s\n",
				p->url_key, p->url, p->listen_key, p->listen,
				p->listen_key);
		}
	}
}
