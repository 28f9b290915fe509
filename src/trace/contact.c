/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/contact.h"

#include <ctype.h>

/* Which mail addresses can be used, and in what order they are kept. */

enum { MAX_MAIL = 254 }; /* RFC 5321 clause 4.5.3.1.3, less the brackets */

/* Of RFC 5322's "atext" the signs that registries use; the others have a
 * meaning to shells or headers. */
static bool local_char(char c)
{
	return isalnum((unsigned char)c) || (c && strchr(".+-_", c));
}

bool hl_trace_mail_char(char c)
{
	return (unsigned char)c < 0x80 && (local_char(c) || c == '@');
}

static bool domain_usable(struct hl_str d)
{
	char name[HL_NET_NAME_MAX];

	return hl_str_find_char(d, '.') < d.n && d.p[d.n - 1] != '.' &&
	       d.p[0] != '-' && hl_str_find_char(d, '_') == d.n &&
	       !hl_net_dns_name(d, name);
}

bool hl_trace_mail_usable(struct hl_str mail)
{
	size_t at = hl_str_find_char(mail, '@');

	if (mail.n > MAX_MAIL || at == 0 || at > 64 || at + 1 >= mail.n) {
		return false;
	}
	for (size_t i = 0; i < at; i++) {
		char c = mail.p[i];

		if (!hl_trace_mail_char(c) || c == '@' ||
			(c == '.' && (i == 0 || i + 1 == at ||
					     mail.p[i + 1] == '.'))) {
			return false;
		}
	}
	return mail.p[0] != '-' &&
	       domain_usable(hl_str_sub(mail, at + 1, mail.n));
}

/* <0 when a comes before b. */
static int compare(const struct hl_trace_contact *a, int a_depth,
	const struct hl_trace_contact *b, int b_depth)
{
	if (a->source != b->source) {
		return a->source < b->source ? -1 : 1;
	}
	if (a->doubtful != b->doubtful) {
		return a->doubtful ? 1 : -1;
	}
	if (a_depth != b_depth) {
		return a_depth - b_depth;
	}
	return a->pref - b->pref;
}

static void remove_at(struct hl_trace_ranking *w, size_t at)
{
	struct hl_trace_network *net = w->net;
	size_t n = --net->n_contacts - at;

	memmove(&net->contacts[at], &net->contacts[at + 1],
		n * sizeof(net->contacts[0]));
	memmove(&w->rank[at], &w->rank[at + 1], n * sizeof(w->rank[0]));
}

/* False when a better entry with the same address is there. */
static bool make_way(
	struct hl_trace_ranking *w, const struct hl_trace_contact *c, int depth)
{
	for (size_t i = 0; i < w->net->n_contacts; i++) {
		const struct hl_trace_contact *old = &w->net->contacts[i];

		if (!hl_str_eq_nocase(old->mail, c->mail)) {
			continue;
		}
		if (compare(old, w->rank[i], c, depth) <= 0) {
			return false;
		}
		remove_at(w, i);
		return true;
	}
	return true;
}

void hl_trace_contact_add(
	struct hl_trace_ranking *w, const struct hl_trace_contact *c, int depth)
{
	struct hl_trace_network *net = w->net;
	size_t at = 0;

	if (!make_way(w, c, depth)) {
		return;
	}
	while (at < net->n_contacts &&
		compare(&net->contacts[at], w->rank[at], c, depth) <= 0) {
		at++;
	}
	if (net->n_contacts == HL_TRACE_CONTACTS) {
		net->more = true;
		if (at == HL_TRACE_CONTACTS) {
			return;
		}
		net->n_contacts--;
	}
	memmove(&net->contacts[at + 1], &net->contacts[at],
		(net->n_contacts - at) * sizeof(net->contacts[0]));
	memmove(&w->rank[at + 1], &w->rank[at],
		(net->n_contacts - at) * sizeof(w->rank[0]));
	net->contacts[at] = *c;
	w->rank[at] = depth;
	net->n_contacts++;
}

const struct hl_trace_contact *hl_trace_abuse_contact(
	const struct hl_trace_network *n)
{
	return n->n_contacts && n->contacts[0].source != HL_TRACE_BY_OTHER
		       ? &n->contacts[0]
		       : NULL;
}

static const char *const source_names[HL_TRACE_N_SOURCES] = {
	[HL_TRACE_BY_ROLE] = "abuse-role",
	[HL_TRACE_BY_REMARK] = "remark",
	[HL_TRACE_BY_OTHER] = "other-role",
};

const char *hl_trace_source_name(enum hl_trace_source s)
{
	return (unsigned)s < HL_TRACE_N_SOURCES ? source_names[s] : "?";
}

int hl_trace_source_parse(struct hl_str s, enum hl_trace_source *out)
{
	for (size_t i = 0; i < HL_TRACE_N_SOURCES; i++) {
		if (hl_str_eq(s, hl_str_c(source_names[i]))) {
			*out = (enum hl_trace_source)i;
			return 0;
		}
	}
	return HL_E_INVALID;
}
