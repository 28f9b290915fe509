/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/time.h"
#include "trace/trace.h"

/* The record as JSON and back: docs/trace.md, "JSON". */

enum { VERSION = 1, MAX_JSON = 1 << 20 };

static void open_item(struct hl_buf *b)
{
	hl_json_put_sep(b);
	hl_buf_put_c(b, '{');
}

static void open_list(struct hl_buf *b, const char *name)
{
	hl_json_put_name(b, name);
	hl_buf_put_c(b, '[');
}

static void put_addr(
	struct hl_buf *b, const char *name, const struct hl_net_addr *a)
{
	char text[HL_NET_ADDR_MAX];

	hl_json_put_member(b, name, hl_net_addr_print(a, text));
}

static void put_time(struct hl_buf *b, const char *name, int64_t at_us)
{
	char iso[HL_TIME_ISO_MAX];

	hl_json_put_member(b, name, hl_time_iso(at_us, iso));
}

/* The day of data, which may be unknown. */
static void put_made(struct hl_buf *b, const char *name, int64_t made_us)
{
	if (made_us) {
		put_time(b, name, made_us);
	}
}

static void put_host(struct hl_buf *b, const struct hl_trace_host *h)
{
	open_item(b);
	put_addr(b, "address", &h->addr);
	hl_json_put_member(b, "class",
		hl_str_c(hl_net_class_name(hl_net_addr_class(&h->addr))));
	hl_json_put_member_i64(b, "ttl_s", h->ttl_s);
	hl_json_put_member(b, "country", hl_str_c(h->place.country));
	put_made(b, "country_made", h->place.country_made_us);
	hl_json_put_member_i64(b, "asn", h->place.asn);
	hl_json_put_member(b, "as_name", h->place.as_name);
	put_made(b, "asn_made", h->place.asn_made_us);
	hl_json_put_member_i64(b, "network", h->record);
	hl_buf_put_c(b, '}');
}

static void put_contact(struct hl_buf *b, const struct hl_trace_contact *c)
{
	open_item(b);
	hl_json_put_member(b, "mail", c->mail);
	hl_json_put_member(b, "name", c->name);
	hl_json_put_member(b, "handle", c->handle);
	hl_json_put_member(
		b, "source", hl_str_c(hl_trace_source_name(c->source)));
	hl_json_put_member_i64(b, "pref", c->pref);
	hl_json_put_member_bool(b, "doubtful", c->doubtful);
	hl_buf_put_c(b, '}');
}

static void put_network(struct hl_buf *b, const struct hl_trace_network *n)
{
	hl_json_put_member(b, "handle", n->handle);
	hl_json_put_member(b, "name", n->name);
	hl_json_put_member(b, "holder", n->holder);
	hl_json_put_member(b, "type", n->type);
	put_addr(b, "first", &n->first);
	put_addr(b, "last", &n->last);
	hl_json_put_member(b, "country", hl_str_c(n->country));
	open_list(b, "contacts");
	for (size_t i = 0; i < n->n_contacts; i++) {
		put_contact(b, &n->contacts[i]);
	}
	hl_buf_put_c(b, ']');
	hl_json_put_member_bool(b, "more", n->more);
}

static void put_record(struct hl_buf *b, const struct hl_trace_record *r)
{
	open_item(b);
	put_addr(b, "asked", &r->asked);
	put_time(b, "at", r->at_us);
	hl_json_put_member(b, "end", hl_str_c(hl_trace_rdap_end_name(r->end)));
	if (r->end == HL_TRACE_RDAP_OK) {
		put_network(b, &r->network);
	}
	hl_buf_put_c(b, '}');
}

void hl_trace_put_json(struct hl_buf *b, const struct hl_trace *t)
{
	hl_buf_put_c(b, '{');
	hl_json_put_member_i64(b, "v", VERSION);
	put_time(b, "at", t->at_us);
	hl_json_put_member(b, "name", t->name);
	hl_json_put_member_bool(b, "is_address", t->is_address);
	hl_json_put_name(b, "dns");
	hl_net_dns_put_json(b, &t->dns);
	open_list(b, "hosts");
	for (size_t i = 0; i < t->n_hosts; i++) {
		put_host(b, &t->hosts[i]);
	}
	hl_buf_put_c(b, ']');
	open_list(b, "networks");
	for (size_t i = 0; i < t->n_records; i++) {
		put_record(b, &t->records[i]);
	}
	hl_buf_put_c(b, ']');
	hl_json_put_member_i64(b, "chosen", t->chosen);
	open_list(b, "missing");
	for (size_t i = 0; i < t->n_missing; i++) {
		hl_json_put_sep(b);
		hl_json_put_str(b, t->missing[i]);
	}
	hl_buf_put_c(b, ']');
	hl_buf_put_c(b, '}');
}

/* What is being read; the first thing of another form sets bad. */
struct reader {
	struct hl_arena *arena;
	bool bad;
};

static struct hl_str read_str(
	struct reader *r, const json_t *j, const char *name)
{
	struct hl_str s = hl_arena_dup(r->arena, hl_json_str(j, name));

	r->bad |= !s.p;
	return s;
}

static int64_t read_int(struct reader *r, const json_t *j, const char *name,
	int64_t least, int64_t most)
{
	int64_t n = hl_json_int(j, name, INT64_MIN);

	if (n < least || n > most) {
		r->bad = true;
		return least;
	}
	return n;
}

static void read_addr(struct reader *r, const json_t *j, const char *name,
	struct hl_net_addr *out)
{
	r->bad |= hl_net_addr_parse(hl_json_str(j, name), out) != 0;
}

static void read_time(
	struct reader *r, const json_t *j, const char *name, int64_t *out)
{
	r->bad |= hl_time_parse_iso(hl_json_str(j, name), out) != 0;
}

static void read_made(
	struct reader *r, const json_t *j, const char *name, int64_t *out)
{
	*out = 0;
	if (json_object_get(j, name)) {
		read_time(r, j, name, out);
	}
}

static void read_country(struct reader *r, const json_t *j, char out[3])
{
	struct hl_str s = hl_json_str(j, "country");

	out[0] = '\0';
	if (hl_trace_is_country(s)) {
		memcpy(out, s.p, 2);
		out[2] = '\0';
	} else {
		r->bad |= !s.p || s.n != 0;
	}
}

/* The list's length, 0 and bad if it is none or too long. */
static size_t list_size(struct reader *r, const json_t *list, size_t max)
{
	size_t n = json_array_size(list);

	if (!json_is_array(list) || n > max) {
		r->bad = true;
		return 0;
	}
	return n;
}

static void read_host(
	struct reader *r, const json_t *j, struct hl_trace_host *h)
{
	read_addr(r, j, "address", &h->addr);
	h->ttl_s = (uint32_t)read_int(r, j, "ttl_s", 0, UINT32_MAX);
	read_country(r, j, h->place.country);
	h->place.asn = (uint32_t)read_int(r, j, "asn", 0, UINT32_MAX);
	h->place.as_name = read_str(r, j, "as_name");
	read_made(r, j, "country_made", &h->place.country_made_us);
	read_made(r, j, "asn_made", &h->place.asn_made_us);
	h->record = (int)read_int(r, j, "network", -1, HL_TRACE_RECORDS - 1);
}

static void read_contact(
	struct reader *r, const json_t *j, struct hl_trace_contact *c)
{
	c->mail = read_str(r, j, "mail");
	c->name = read_str(r, j, "name");
	c->handle = read_str(r, j, "handle");
	r->bad |= hl_trace_source_parse(hl_json_str(j, "source"), &c->source);
	r->bad |= !hl_trace_mail_usable(c->mail);
	c->pref = (int)read_int(r, j, "pref", 1, HL_TRACE_PREF_NONE);
	c->doubtful = json_is_true(json_object_get(j, "doubtful"));
}

static void read_network(
	struct reader *r, const json_t *j, struct hl_trace_network *n)
{
	const json_t *contacts = json_object_get(j, "contacts");

	n->handle = read_str(r, j, "handle");
	n->name = read_str(r, j, "name");
	n->holder = read_str(r, j, "holder");
	n->type = read_str(r, j, "type");
	read_addr(r, j, "first", &n->first);
	read_addr(r, j, "last", &n->last);
	read_country(r, j, n->country);
	n->n_contacts = list_size(r, contacts, HL_TRACE_CONTACTS);
	for (size_t i = 0; i < n->n_contacts; i++) {
		read_contact(r, json_array_get(contacts, i), &n->contacts[i]);
	}
	n->more = json_is_true(json_object_get(j, "more"));
}

static void read_record(
	struct reader *r, const json_t *j, struct hl_trace_record *rec)
{
	read_addr(r, j, "asked", &rec->asked);
	read_time(r, j, "at", &rec->at_us);
	if (hl_trace_rdap_end_parse(hl_json_str(j, "end"), &rec->end)) {
		r->bad = true;
	} else if (rec->end == HL_TRACE_RDAP_OK) {
		read_network(r, j, &rec->network);
	}
}

static void read_lists(struct reader *r, const json_t *j, struct hl_trace *t)
{
	const json_t *hosts = json_object_get(j, "hosts");
	const json_t *records = json_object_get(j, "networks");
	const json_t *missing = json_object_get(j, "missing");

	t->n_hosts = list_size(r, hosts, HL_NET_DNS_HOSTS);
	t->n_records = list_size(r, records, HL_TRACE_RECORDS);
	t->n_missing = list_size(r, missing, HL_TRACE_MISSING);
	for (size_t i = 0; i < t->n_records; i++) {
		read_record(r, json_array_get(records, i), &t->records[i]);
	}
	for (size_t i = 0; i < t->n_hosts; i++) {
		read_host(r, json_array_get(hosts, i), &t->hosts[i]);
		r->bad |= t->hosts[i].record >= (int)t->n_records;
	}
	for (size_t i = 0; i < t->n_missing; i++) {
		const json_t *s = json_array_get(missing, i);

		t->missing[i] =
			json_is_string(s)
				? hl_arena_dup(r->arena,
					  hl_str_mem(json_string_value(s),
						  json_string_length(s)))
				: HL_STR_NONE;
		r->bad |= !t->missing[i].p;
	}
	t->chosen = (int)read_int(r, j, "chosen", -1, (int64_t)t->n_hosts - 1);
}

int hl_trace_read_json(struct hl_str json, struct hl_arena *arena,
	struct hl_trace *out, struct hl_err *err)
{
	HL_JSON_AUTO *j = NULL;
	struct reader r = {.arena = arena};
	int fault = hl_json_parse(json, MAX_JSON, &j, err);

	memset(out, 0, sizeof(*out));
	out->chosen = -1;
	if (fault) {
		return fault;
	}
	read_int(&r, j, "v", VERSION, VERSION);
	read_time(&r, j, "at", &out->at_us);
	out->name = read_str(&r, j, "name");
	out->is_address = json_is_true(json_object_get(j, "is_address"));
	r.bad |= hl_net_dns_read_json(
			 json_object_get(j, "dns"), arena, &out->dns, err) != 0;
	read_lists(&r, j, out);
	return r.bad ? HL_FAIL(err, HL_E_INVALID, "not a trace record") : 0;
}
