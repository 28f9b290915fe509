/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/settings_keys.h"

#include <arpa/inet.h>
#include <inttypes.h>

#include "base/time.h"
#include "base/utf8.h"

/*
 * One reader a type of value; settings_write.c has the writers. A reader is
 * given trimmed text and decides by itself whether an empty one is allowed.
 */

typedef bool reader(struct hl_settings *s, const struct hl_settings_key *k,
	struct hl_str value, int *fault);

static void *member(struct hl_settings *s, const struct hl_settings_key *k)
{
	return (char *)s + k->offset;
}

static const char *keep(struct hl_settings *s, struct hl_str value, int *fault)
{
	const char *p = hl_arena_dup(s->arena, value).p;

	if (!p) {
		*fault = HL_E_NOMEM;
	}
	return p ? p : "";
}

static bool store(struct hl_settings *s, const struct hl_settings_key *k,
	struct hl_str value, int *fault)
{
	*(const char **)member(s, k) = keep(s, value, fault);
	return true;
}

static bool is_text(struct hl_str v)
{
	for (size_t i = 0; i < v.n; i++) {
		if ((unsigned char)v.p[i] < 0x20 || v.p[i] == 0x7f) {
			return false;
		}
	}
	return v.n <= 1000 && hl_utf8_valid(v);
}

static bool has_space(struct hl_str v)
{
	return hl_str_find_char(v, ' ') < v.n ||
	       hl_str_find_char(v, '\t') < v.n;
}

static bool read_text(struct hl_settings *s, const struct hl_settings_key *k,
	struct hl_str v, int *fault)
{
	return is_text(v) && store(s, k, v, fault);
}

static bool read_country(struct hl_settings *s, const struct hl_settings_key *k,
	struct hl_str v, int *fault)
{
	bool two = v.n == 2 && v.p[0] >= 'A' && v.p[0] <= 'Z' &&
		   v.p[1] >= 'A' && v.p[1] <= 'Z';

	return (two || !v.n) && store(s, k, v, fault);
}

static bool read_id(struct hl_settings *s, const struct hl_settings_key *k,
	struct hl_str v, int *fault)
{
	for (size_t i = 0; i < v.n; i++) {
		bool plain = (v.p[i] >= 'a' && v.p[i] <= 'z') ||
			     (v.p[i] >= '0' && v.p[i] <= '9') || v.p[i] == '-';

		if (!plain || v.n > 40) {
			return false;
		}
	}
	return store(s, k, v, fault);
}

/* An address in numbers, into 16 bytes; 0 if it is none. */
static int address(struct hl_str v, unsigned char out[16])
{
	char text[INET6_ADDRSTRLEN];

	memset(out, 0, 16);
	if (!v.n || v.n >= sizeof(text) || memchr(v.p, 0, v.n)) {
		return 0;
	}
	memcpy(text, v.p, v.n);
	text[v.n] = '\0';
	if (inet_pton(AF_INET, text, out) == 1) {
		return AF_INET;
	}
	return inet_pton(AF_INET6, text, out) == 1 ? AF_INET6 : 0;
}

static bool number(struct hl_str v, int64_t min, int64_t max, int64_t *out)
{
	return v.n && v.n <= 10 && v.p[0] != '-' && hl_str_to_i64(v, out) &&
	       *out >= min && *out <= max;
}

/* "ADDRESS:PORT", "[ADDRESS]:PORT"; *port is -1 when there is none. */
static bool endpoint(struct hl_str v, struct hl_str *host, int64_t *port)
{
	unsigned char raw[16];
	size_t end = v.n;
	int family;

	*port = -1;
	*host = v;
	if (v.n && v.p[0] == '[') {
		end = hl_str_find_char(v, ']');
		*host = hl_str_sub(v, 1, end - 1);
		end++;
	} else if (hl_str_find_char(v, '.') < v.n) {
		end = hl_str_find_char(v, ':');
		*host = hl_str_sub(v, 0, end);
	}
	family = address(*host, raw);
	if (!family || (v.p[0] == '[' && family != AF_INET6) || end > v.n) {
		return false;
	}
	return end == v.n ||
	       (v.p[end] == ':' &&
		       number(hl_str_sub(v, end + 1, v.n), 0, 65535, port));
}

static bool read_listen(struct hl_settings *s, const struct hl_settings_key *k,
	struct hl_str v, int *fault)
{
	struct hl_str host;
	int64_t port;

	if (!v.n && !*k->initial) {
		return store(s, k, v, fault);
	}
	return endpoint(v, &host, &port) && port >= 0 && store(s, k, v, fault);
}

/* Visible ASCII with one of the schemes and something behind it. */
static bool is_url(struct hl_str v, const char *const *schemes)
{
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] <= 0x20 || v.p[i] >= 0x7f || v.p[i] == '"' ||
			v.p[i] == '<' || v.p[i] == '>') {
			return false;
		}
	}
	for (; *schemes; schemes++) {
		struct hl_str scheme = hl_str_c(*schemes);

		if (hl_str_starts(v, scheme) && v.n > scheme.n &&
			v.p[scheme.n] != '/' && v.p[v.n - 1] != '/') {
			return v.n <= 500;
		}
	}
	return false;
}

static bool read_url(struct hl_settings *s, const struct hl_settings_key *k,
	struct hl_str v, int *fault)
{
	static const char *const web[] = {"http://", "https://", NULL};
	static const char *const smtp[] = {"smtp://", "smtps://", NULL};
	static const char *const proxy[] = {"http://", "socks5h://", NULL};
	const char *const *schemes = k->type == HL_SETTINGS_SMTP_URL    ? smtp
				     : k->type == HL_SETTINGS_PROXY_URL ? proxy
									: web;

	return (!v.n || is_url(v, schemes)) && store(s, k, v, fault);
}

static bool read_mail(struct hl_settings *s, const struct hl_settings_key *k,
	struct hl_str v, int *fault)
{
	size_t at = hl_str_find_char(v, '@');
	bool plain = v.n <= 254 && at > 0 && at + 1 < v.n && !has_space(v) &&
		     is_text(v) && hl_str_find_char(v, '<') == v.n &&
		     hl_str_find_char(v, '>') == v.n &&
		     hl_str_find_char(v, ',') == v.n &&
		     hl_str_find_char(hl_str_sub(v, at + 1, v.n), '@') ==
			     v.n - at - 1;

	return (!v.n || plain) && store(s, k, v, fault);
}

/* The next of the words between spaces; false at the end. */
static bool next_word(struct hl_str *rest, struct hl_str *word)
{
	while (hl_str_next(rest, ' ', word)) {
		*word = hl_str_trim(*word);
		if (word->n) {
			return true;
		}
	}
	return false;
}

static bool append(struct hl_settings *s, struct hl_settings_list *list,
	struct hl_str v, int *fault)
{
	if (list->n == HL_SETTINGS_LIST_MAX) {
		return false;
	}
	list->at[list->n++] = keep(s, v, fault);
	return true;
}

static bool read_words(struct hl_settings *s, const struct hl_settings_key *k,
	struct hl_str v, int *fault)
{
	struct hl_settings_list list = {0};
	struct hl_str word, host;
	int64_t port;

	while (next_word(&v, &word)) {
		bool good = k->type == HL_SETTINGS_SERVERS
				    ? endpoint(word, &host, &port) && port != 0
				    : is_text(word);

		if (!good || !append(s, &list, word, fault)) {
			return false;
		}
	}
	*(struct hl_settings_list *)member(s, k) = list;
	return true;
}

static bool read_lines(struct hl_settings *s, const struct hl_settings_key *k,
	struct hl_str v, int *fault)
{
	struct hl_settings_list list = {0};
	struct hl_str line;

	while (v.n && hl_str_next(&v, '\n', &line)) {
		line = hl_str_trim(line);
		if (!is_text(line) ||
			(line.n && !append(s, &list, line, fault))) {
			return false;
		}
	}
	*(struct hl_settings_list *)member(s, k) = list;
	return true;
}

static bool read_int(struct hl_settings *s, const struct hl_settings_key *k,
	struct hl_str v, int *fault)
{
	int64_t n;

	(void)fault;
	if (!number(v, k->min, k->max, &n)) {
		return false;
	}
	*(int *)member(s, k) = (int)n;
	return true;
}

static bool read_bool(struct hl_settings *s, const struct hl_settings_key *k,
	struct hl_str v, int *fault)
{
	bool yes = hl_str_eq(v, HL_STR("yes")) || hl_str_eq(v, HL_STR("true"));
	bool no = hl_str_eq(v, HL_STR("no")) || hl_str_eq(v, HL_STR("false"));

	(void)fault;
	if (yes || no) {
		*(bool *)member(s, k) = yes;
	}
	return yes || no;
}

const struct hl_settings_unit hl_settings_units[4] = {{'d', HL_US_PER_DAY},
	{'h', HL_US_PER_HOUR}, {'m', HL_US_PER_MIN}, {'s', HL_US_PER_S}};

static bool duration(struct hl_str v, int64_t max_s, int64_t *us)
{
	int64_t n;

	for (size_t i = 0; v.n > 1 && i < HL_ARRAY_LEN(hl_settings_units);
		i++) {
		if (v.p[v.n - 1] == hl_settings_units[i].unit &&
			number(hl_str_sub(v, 0, v.n - 1), 1, 1000000, &n)) {
			*us = n * hl_settings_units[i].us;
			return *us <= max_s * HL_US_PER_S;
		}
	}
	return false;
}

static bool read_duration(struct hl_settings *s,
	const struct hl_settings_key *k, struct hl_str v, int *fault)
{
	int64_t us;

	(void)fault;
	if (!duration(v, k->max, &us) || us < k->min * HL_US_PER_S) {
		return false;
	}
	*(int64_t *)member(s, k) = us;
	return true;
}

static bool read_durations(struct hl_settings *s,
	const struct hl_settings_key *k, struct hl_str v, int *fault)
{
	int64_t us[HL_SETTINGS_LIST_MAX];
	struct hl_str word;
	size_t n = 0;

	(void)k;
	(void)fault;
	while (next_word(&v, &word)) {
		if (n == HL_SETTINGS_LIST_MAX ||
			!duration(word, 366 * INT64_C(86400), &us[n])) {
			return false;
		}
		n++;
	}
	s->n_watch_schedule = n;
	memcpy(s->watch_schedule_us, us, n * sizeof(us[0]));
	return true;
}

/* "ADDRESS/PREFIX", "ADDRESS/PREFIX:PORT"; ADDRESS may stand in brackets. */
static bool net(struct hl_str v, struct hl_settings_net *out)
{
	size_t slash = hl_str_find_char(v, '/');
	struct hl_str host = hl_str_sub(v, 0, slash);
	struct hl_str tail = hl_str_sub(v, slash + 1, v.n);
	size_t colon = hl_str_find_char(tail, ':');
	int64_t bits, port = 0;

	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']') {
		host = hl_str_sub(host, 1, host.n - 2);
	}
	out->family = address(host, out->address);
	if (!out->family || !number(hl_str_sub(tail, 0, colon), 0,
				    out->family == AF_INET ? 32 : 128, &bits)) {
		return false;
	}
	if (colon < tail.n &&
		!number(hl_str_sub(tail, colon + 1, tail.n), 1, 65535, &port)) {
		return false;
	}
	out->prefix = (int)bits;
	out->port = (int)port;
	return true;
}

static bool read_nets(struct hl_settings *s, const struct hl_settings_key *k,
	struct hl_str v, int *fault)
{
	struct hl_settings_net nets[HL_SETTINGS_LIST_MAX] = {0};
	struct hl_str word;
	size_t n = 0;

	(void)k;
	(void)fault;
	while (next_word(&v, &word)) {
		if (n == HL_SETTINGS_LIST_MAX || !net(word, &nets[n])) {
			return false;
		}
		n++;
	}
	s->n_egress_allow = n;
	memcpy(s->egress_allow, nets, sizeof(nets));
	return true;
}

static bool read_word(struct hl_settings *s, const struct hl_settings_key *k,
	struct hl_str v, int *fault)
{
	(void)fault;
	return hl_vocab_parse(k->vocab, v, (int *)member(s, k)) == 0;
}

static const struct {
	reader *read;
	const char *form;
} types[] = {
	[HL_SETTINGS_TEXT] = {read_text, "text"},
	[HL_SETTINGS_LINES] = {read_lines, "lines of text"},
	[HL_SETTINGS_COUNTRY] = {read_country,
		"a country as two capitals, or nothing"},
	[HL_SETTINGS_LISTEN] = {read_listen,
		"ADDRESS:PORT in numbers, as 127.0.0.1:8080 or [::1]:8080"},
	[HL_SETTINGS_URL] = {read_url,
		"a URL with http:// or https:// and no slash at its end, or "
		"nothing"},
	[HL_SETTINGS_SMTP_URL] = {read_url,
		"a URL with smtp:// or smtps://, or nothing"},
	[HL_SETTINGS_PROXY_URL] = {read_url,
		"a URL with http:// or socks5h://, or nothing"},
	[HL_SETTINGS_MAIL] = {read_mail, "a mail address, or nothing"},
	[HL_SETTINGS_PATH] = {read_text, "a path, or nothing"},
	[HL_SETTINGS_PATHS] = {read_words, "paths with spaces between"},
	[HL_SETTINGS_SERVERS] = {read_words,
		"ADDRESS or ADDRESS:PORT in numbers, with spaces between"},
	[HL_SETTINGS_NETS] = {read_nets,
		"ADDRESS/PREFIX or ADDRESS/PREFIX:PORT, with spaces between"},
	[HL_SETTINGS_ID] = {read_id, "small letters, digits and hyphens"},
	[HL_SETTINGS_INT] = {read_int, "a whole number"},
	[HL_SETTINGS_BOOL] = {read_bool, "yes or no"},
	[HL_SETTINGS_DURATION] = {read_duration, "a time, as 90s, 3m, 4h, 2d"},
	[HL_SETTINGS_DURATIONS] = {read_durations,
		"times, as 90s, 3m, 4h, 2d, with spaces between"},
	[HL_SETTINGS_WORD] = {read_word, "one of"},
};

bool hl_settings_read(struct hl_settings *s, const struct hl_settings_key *k,
	struct hl_str value, int *fault)
{
	return types[k->type].read(s, k, value, fault);
}

void hl_settings_put_form(struct hl_buf *out, const struct hl_settings_key *k)
{
	hl_buf_put(out, hl_str_c(types[k->type].form));
	if (k->type == HL_SETTINGS_INT) {
		hl_buf_printf(out, " from %d to %d", k->min, k->max);
	}
	for (size_t i = 0; k->vocab && i < k->vocab->n_words; i++) {
		hl_buf_printf(
			out, "%s %s", i ? "," : "", k->vocab->words[i].name);
	}
}
