/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/settings_keys.h"

#include <arpa/inet.h>
#include <inttypes.h>

static const void *cmember(
	const struct hl_settings *s, const struct hl_settings_key *k)
{
	return (const char *)s + k->offset;
}

static void put_duration(struct hl_buf *out, int64_t us)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(hl_settings_units); i++) {
		if (us % hl_settings_units[i].us == 0) {
			hl_buf_printf(out, "%" PRId64 "%c",
				us / hl_settings_units[i].us,
				hl_settings_units[i].unit);
			return;
		}
	}
}

static void put_net(struct hl_buf *out, const struct hl_settings_net *n)
{
	char text[INET6_ADDRSTRLEN];
	bool bracket = n->family == AF_INET6 && n->port;

	if (!inet_ntop(n->family, n->address, text, sizeof(text))) {
		return;
	}
	hl_buf_printf(out, bracket ? "[%s]/%d" : "%s/%d", text, n->prefix);
	if (n->port) {
		hl_buf_printf(out, ":%d", n->port);
	}
}

static void put_list(struct hl_buf *out, const struct hl_settings_list *list,
	const char *between)
{
	for (size_t i = 0; i < list->n; i++) {
		hl_buf_printf(out, "%s%s", i ? between : "", list->at[i]);
	}
}

static void put_durations(struct hl_buf *out, const struct hl_settings *s)
{
	for (size_t i = 0; i < s->n_watch_schedule; i++) {
		hl_buf_put(out, i ? HL_STR(" ") : HL_STR(""));
		put_duration(out, s->watch_schedule_us[i]);
	}
}

static void put_nets(struct hl_buf *out, const struct hl_settings *s)
{
	for (size_t i = 0; i < s->n_egress_allow; i++) {
		hl_buf_put(out, i ? HL_STR(" ") : HL_STR(""));
		put_net(out, &s->egress_allow[i]);
	}
}

void hl_settings_write(const struct hl_settings *s,
	const struct hl_settings_key *k, struct hl_buf *out)
{
	const void *m = cmember(s, k);

	switch (k->type) {
	case HL_SETTINGS_TEXT:
	case HL_SETTINGS_COUNTRY:
	case HL_SETTINGS_LISTEN:
	case HL_SETTINGS_URL:
	case HL_SETTINGS_SMTP_URL:
	case HL_SETTINGS_PROXY_URL:
	case HL_SETTINGS_MAIL:
	case HL_SETTINGS_PATH:
	case HL_SETTINGS_ID:
		hl_buf_put(out, hl_str_c(*(const char *const *)m));
		return;
	case HL_SETTINGS_LINES:
		put_list(out, m, "\n");
		return;
	case HL_SETTINGS_PATHS:
	case HL_SETTINGS_SERVERS:
		put_list(out, m, " ");
		return;
	case HL_SETTINGS_NETS:
		put_nets(out, s);
		return;
	case HL_SETTINGS_INT:
		hl_buf_printf(out, "%d", *(const int *)m);
		return;
	case HL_SETTINGS_BOOL:
		hl_buf_put(out, hl_str_c(*(const bool *)m ? "yes" : "no"));
		return;
	case HL_SETTINGS_DURATION:
		put_duration(out, *(const int64_t *)m);
		return;
	case HL_SETTINGS_DURATIONS:
		put_durations(out, s);
		return;
	case HL_SETTINGS_WORD:
		hl_buf_put(out,
			hl_str_c(hl_vocab_name(k->vocab, *(const int *)m)));
		return;
	}
}
