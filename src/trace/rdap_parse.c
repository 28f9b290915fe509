/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <strings.h>

#include "base/json.h"
#include "base/utf8.h"
#include "trace/contact.h"
#include "trace/geo.h"

/*
 * The registries put the abuse contact at different places of the entity
 * tree (docs/trace.md), so the whole tree is walked and every usable mail
 * address competes: by how it was found, whether the registry doubts it, how
 * deep it lies, its "pref", and last its place in the text. The network
 * keeps the best in that order.
 */

enum {
	MAX_JSON = 1 << 20,
	MAX_DEPTH = 8,
	MAX_ENTITIES = 200,
	MAX_MAILS = 200,
	MAX_LINE = 2000, /* of a remark, the rest is not read */
	MAX_TEXT = 256,
};

enum role {
	ROLE_ABUSE = 1,
	ROLE_OTHER = 2, /* may be told when there is no abuse contact */
	ROLE_REGISTRANT = 4,
};

struct walk {
	struct hl_arena *arena;
	struct hl_trace_network *net;
	size_t n_entities;
	size_t n_mails;
	struct hl_trace_ranking ranking;
	bool no_memory;
};

/* What one entity says of itself. */
struct entity {
	const json_t *json;
	const json_t *card; /* the properties of its jCard, or NULL */
	unsigned roles;
	int depth;
	struct hl_str name;
	struct hl_str handle;
};

static struct hl_str str_of(const json_t *v)
{
	return json_is_string(v)
		       ? hl_str_mem(json_string_value(v), json_string_length(v))
		       : HL_STR_NONE;
}

/* A copy cut at a character, with blanks for what is not seen. */
static struct hl_str keep(struct walk *w, struct hl_str s)
{
	char text[MAX_TEXT];
	size_t n = 0;

	s = hl_str_trim(s);
	while (s.n) {
		uint32_t c;
		size_t took = hl_utf8_next(s, &c);

		if (n + took > sizeof(text)) {
			break;
		}
		if (c < 0x20 || hl_utf8_unseen(c)) {
			text[n++] = ' ';
		} else {
			memcpy(text + n, s.p, took);
			n += took;
		}
		s = hl_str_sub(s, took, s.n);
	}
	struct hl_str out = hl_arena_dup(w->arena, hl_str_mem(text, n));
	w->no_memory |= !out.p;
	return out;
}

static bool contains_nocase(struct hl_str s, struct hl_str needle)
{
	for (size_t i = 0; i + needle.n <= s.n; i++) {
		if (hl_str_eq_nocase(hl_str_sub(s, i, needle.n), needle)) {
			return true;
		}
	}
	return false;
}

static unsigned role_of(struct hl_str s)
{
	static const struct {
		const char *name;
		unsigned role;
	} roles[] = {
		{"abuse", ROLE_ABUSE},
		{"noc", ROLE_OTHER},
		{"technical", ROLE_OTHER},
		{"administrative", ROLE_OTHER},
		{"registrant", ROLE_OTHER | ROLE_REGISTRANT},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(roles); i++) {
		if (hl_str_eq_nocase(s, hl_str_c(roles[i].name))) {
			return roles[i].role;
		}
	}
	return 0;
}

static unsigned roles_of(const json_t *entity)
{
	const json_t *list = json_object_get(entity, "roles"), *v;
	unsigned roles = role_of(str_of(list));
	size_t i;

	json_array_foreach(list, i, v)
	{
		roles |= role_of(str_of(v));
	}
	return roles;
}

/* RFC 7095 clause 3.3: [name, parameters, type, value, …]. */
static bool is_property(const json_t *p, const char *name)
{
	return json_array_size(p) >= 4 &&
	       hl_str_eq_nocase(str_of(json_array_get(p, 0)), hl_str_c(name));
}

static const json_t *card_of(const json_t *entity)
{
	const json_t *card = json_object_get(entity, "vcardArray");

	return json_array_get(card, 1);
}

/* The first value of the card's property, as text. */
static struct hl_str card_text(const json_t *card, const char *name)
{
	const json_t *p;
	size_t i;

	json_array_foreach(card, i, p)
	{
		const json_t *v = json_array_get(p, 3);

		if (!is_property(p, name)) {
			continue;
		}
		if (json_is_array(v)) {
			v = json_array_get(v, 0);
		}
		if (str_of(v).n) {
			return str_of(v);
		}
	}
	return HL_STR_NONE;
}

/* RFC 6350 clause 5.3, and vCard 3's TYPE=pref. */
static int pref_of(const json_t *params)
{
	const json_t *pref = json_object_get(params, "pref"), *v;
	const json_t *type = json_object_get(params, "type");
	int64_t n = json_integer_value(pref);
	size_t i;

	if (json_is_integer(pref) || hl_str_to_i64(str_of(pref), &n)) {
		return n >= 1 && n <= 100 ? (int)n : HL_TRACE_PREF_NONE;
	}
	if (hl_str_eq_nocase(str_of(type), HL_STR("pref"))) {
		return 1;
	}
	json_array_foreach(type, i, v)
	{
		if (hl_str_eq_nocase(str_of(v), HL_STR("pref"))) {
			return 1;
		}
	}
	return HL_TRACE_PREF_NONE;
}

/* Calls fn for each line of each remark's title and text. */
static void each_remark_line(struct walk *w, const struct entity *e,
	void (*fn)(struct walk *, const struct entity *, struct hl_str, void *),
	void *arg)
{
	const json_t *remarks = json_object_get(e->json, "remarks"), *r, *v;
	size_t i, j;

	json_array_foreach(remarks, i, r)
	{
		fn(w, e, str_of(json_object_get(r, "title")), arg);
		json_array_foreach(json_object_get(r, "description"), j, v)
		{
			struct hl_str text = str_of(v), line;

			while (text.n && hl_str_next(&text, '\n', &line)) {
				fn(w, e, hl_str_sub(line, 0, MAX_LINE), arg);
			}
		}
	}
}

/* As a whole address, not the end or the beginning of a longer one. */
static bool names_mail(struct hl_str line, struct hl_str mail)
{
	for (size_t i = 0; i + mail.n <= line.n; i++) {
		size_t end = i + mail.n;

		if (hl_str_eq_nocase(hl_str_sub(line, i, mail.n), mail) &&
			(i == 0 || !hl_trace_mail_char(line.p[i - 1])) &&
			(end == line.n || line.p[end] == '.' ||
				!hl_trace_mail_char(line.p[end]))) {
			return true;
		}
	}
	return false;
}

static void note_doubt(
	struct walk *w, const struct entity *e, struct hl_str line, void *arg)
{
	struct hl_trace_contact *c = arg;

	(void)w;
	(void)e;
	if (names_mail(line, c->mail) &&
		(contains_nocase(line, HL_STR("invalid")) ||
			contains_nocase(line, HL_STR("not valid")))) {
		c->doubtful = true;
	}
}

/* Takes a usable address with what is known of it into the network. */
static void offer(
	struct walk *w, const struct entity *e, struct hl_trace_contact *c)
{
	if (w->n_mails++ >= MAX_MAILS) {
		w->net->more = true;
		return;
	}
	each_remark_line(w, e, note_doubt, c);
	c->name = e->name;
	c->handle = e->handle;
	c->mail = keep(w, c->mail);
	hl_trace_contact_add(&w->ranking, c, e->depth);
}

static void add_mail(
	struct walk *w, const struct entity *e, struct hl_str mail, int pref)
{
	struct hl_trace_contact c = {
		.source = e->roles & ROLE_ABUSE ? HL_TRACE_BY_ROLE
						: HL_TRACE_BY_OTHER,
		.pref = pref,
	};

	mail = hl_str_trim(mail);
	if (mail.n > 7 && !strncasecmp(mail.p, "mailto:", 7)) {
		mail = hl_str_sub(mail, 7, mail.n);
	}
	if (hl_trace_mail_usable(mail)) {
		c.mail = mail;
		offer(w, e, &c);
	}
}

static void add_mails(struct walk *w, const struct entity *e)
{
	const json_t *p;
	size_t i;

	if (!(e->roles & (ROLE_ABUSE | ROLE_OTHER))) {
		return;
	}
	json_array_foreach(e->card, i, p)
	{
		int pref = pref_of(json_array_get(p, 1));

		for (size_t j = 3;
			is_property(p, "email") && j < json_array_size(p);
			j++) {
			add_mail(w, e, str_of(json_array_get(p, j)), pref);
		}
	}
}

static void add_from_line(
	struct walk *w, const struct entity *e, struct hl_str line, void *arg)
{
	(void)arg;
	if (!contains_nocase(line, HL_STR("abuse"))) {
		return;
	}
	for (size_t i = 0; i < line.n;) {
		size_t from = i;

		while (i < line.n && hl_trace_mail_char(line.p[i])) {
			i++;
		}
		struct hl_str mail = hl_str_sub(line, from, i - from);
		while (mail.n && strchr(".-", mail.p[mail.n - 1])) {
			mail.n--;
		}
		if (hl_trace_mail_usable(mail)) {
			struct hl_trace_contact c = {.mail = mail,
				.source = HL_TRACE_BY_REMARK,
				.pref = HL_TRACE_PREF_NONE};

			offer(w, e, &c);
		}
		i += i == from;
	}
}

static void walk_entities(struct walk *w, const json_t *list, int depth)
{
	const json_t *json;
	size_t i;

	if (depth > MAX_DEPTH) {
		return;
	}
	json_array_foreach(list, i, json)
	{
		if (!json_is_object(json) || w->no_memory ||
			w->n_entities++ >= MAX_ENTITIES) {
			continue;
		}
		struct entity e = {.json = json,
			.card = card_of(json),
			.roles = roles_of(json),
			.depth = depth};
		e.name = keep(w, card_text(e.card, "fn"));
		e.handle = keep(w, hl_json_str(json, "handle"));
		if (!e.name.n) {
			e.name = keep(w, card_text(e.card, "org"));
		}
		if (e.roles & ROLE_REGISTRANT && !w->net->holder.n) {
			w->net->holder = e.name;
		}
		add_mails(w, &e);
		each_remark_line(w, &e, add_from_line, NULL);
		walk_entities(w, json_object_get(json, "entities"), depth + 1);
	}
}

static void add_links(
	struct walk *w, const json_t *links, const char *rel, bool typed)
{
	const json_t *l;
	size_t i;

	json_array_foreach(links, i, l)
	{
		struct hl_str href = hl_json_str(l, "href");

		if (!hl_str_eq(hl_json_str(l, "rel"), hl_str_c(rel)) ||
			(typed && !hl_str_eq(hl_json_str(l, "type"),
					  HL_STR("application/rdap+json"))) ||
			(!hl_str_starts(href, HL_STR("https://")) &&
				!hl_str_starts(href, HL_STR("http://"))) ||
			href.n > MAX_TEXT ||
			w->net->n_links == HL_TRACE_LINKS) {
			continue;
		}
		w->net->links[w->net->n_links++] = keep(w, href);
	}
}

static void take_country(struct hl_trace_network *net, struct hl_str code)
{
	char up[2];

	if (code.n == 2) {
		up[0] = (char)toupper((unsigned char)code.p[0]);
		up[1] = (char)toupper((unsigned char)code.p[1]);
		if (hl_trace_is_country(hl_str_mem(up, 2))) {
			memcpy(net->country, up, 2);
			net->country[2] = '\0';
		}
	}
}

/* Some registries append the prefix length. */
static int take_addr(
	const json_t *root, const char *name, struct hl_net_addr *out)
{
	struct hl_str s = hl_json_str(root, name);

	return hl_net_addr_parse(
		hl_str_sub(s, 0, hl_str_find_char(s, '/')), out);
}

static void fill(struct walk *w, const json_t *root)
{
	struct hl_trace_network *net = w->net;
	struct entity self = {
		.json = root, .name = HL_STR(""), .handle = HL_STR("")};

	net->handle = keep(w, hl_json_str(root, "handle"));
	net->name = keep(w, hl_json_str(root, "name"));
	net->type = keep(w, hl_json_str(root, "type"));
	net->holder = HL_STR("");
	take_country(net, hl_json_str(root, "country"));
	walk_entities(w, json_object_get(root, "entities"), 1);
	each_remark_line(w, &self, add_from_line, NULL);
	add_links(w, json_object_get(root, "links"), "related", true);
	add_links(w, json_object_get(root, "links"), "up", false);
}

int hl_trace_rdap_parse(struct hl_str json, struct hl_arena *arena,
	struct hl_trace_network *out, struct hl_err *err)
{
	HL_JSON_AUTO *root = NULL;
	struct walk w = {.arena = arena, .net = out, .ranking.net = out};
	int r = hl_json_parse(json, MAX_JSON, &root, err);

	*out = (struct hl_trace_network){0};
	if (r) {
		return r;
	}
	if (!hl_str_eq(hl_json_str(root, "objectClassName"),
		    HL_STR("ip network"))) {
		return HL_FAIL(err, HL_E_INVALID, "RDAP: no IP network");
	}
	if (take_addr(root, "startAddress", &out->first) ||
		take_addr(root, "endAddress", &out->last) ||
		out->first.v6 != out->last.v6 ||
		hl_net_addr_cmp(&out->first, &out->last) > 0) {
		return HL_FAIL(err, HL_E_INVALID, "RDAP: no address range");
	}
	fill(&w, root);
	return w.no_memory ? HL_FAIL(err, HL_E_NOMEM, "RDAP") : 0;
}

bool hl_trace_network_has(
	const struct hl_trace_network *n, const struct hl_net_addr *a)
{
	return a->v6 == n->first.v6 && hl_net_addr_cmp(&n->first, a) <= 0 &&
	       hl_net_addr_cmp(a, &n->last) <= 0;
}
