/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NCMEC hash sharing v2. A piece is put between the start tags around it and
 * their ends, and libxml2 reads that as a document of its own: no network, no
 * entity but the five of XML, which need no document type. A piece's element
 * is the third level, its parts the fourth, hashes and links the fifth.
 */
#include "exchange/xml_frame.h"

#include <libxml/xmlreader.h>

#define NAMESPACE "https://hashsharing.ncmec.org/hashsharing/v2"

enum { LEVEL_GROUP = 2, LEVEL_ENTRY, LEVEL_PART, LEVEL_LEAF };

struct entry {
	struct hl_hashlist_reader *r;
	unsigned level;
	const char *bad; /* the entry is refused */
	bool meta;       /* it is <paging> */
	bool reads;      /* a part whose text is wanted is open */
	bool fingerprints;
	bool is_link;
	struct hl_buf text;
	struct hl_str member_id, member;
};

static bool is(const xmlChar *name, const char *word)
{
	return name && strcmp((const char *)name, word) == 0;
}

static struct hl_str attribute_of(
	struct entry *e, xmlTextReaderPtr x, const char *name)
{
	xmlChar *value = xmlTextReaderGetAttribute(x, (const xmlChar *)name);
	struct hl_str text =
		value ? hl_arena_dup(e->r->arena, hl_str_c((const char *)value))
		      : HL_STR_NONE;

	xmlFree(value);
	return text;
}

static void begin_entry(struct entry *e, const xmlChar *name)
{
	struct hl_hashlist_record *record = &e->r->record;

	record->deleted = is(name, "deletedImage") || is(name, "deletedVideo");
	if (is(name, "image") || is(name, "deletedImage")) {
		record->media = HL_HASHLIST_PICTURE;
	} else if (is(name, "video") || is(name, "deletedVideo")) {
		record->media = HL_HASHLIST_VIDEO;
	} else {
		e->bad = "the element is no entry";
	}
}

static void begin_part(struct entry *e, const xmlChar *name, xmlTextReaderPtr x)
{
	e->fingerprints = is(name, "fingerprints");
	e->reads = is(name, "id") || is(name, "timestamp") ||
		   is(name, "classification") || is(name, "member");
	if (is(name, "member")) {
		e->member_id = attribute_of(e, x, "id");
	}
}

static void begin_hash(struct entry *e, xmlTextReaderPtr x)
{
	struct hl_str link = attribute_of(e, x, "href");

	e->reads = true;
	e->is_link = link.n != 0;
	hl_buf_put(&e->text, link);
}

static void on_start(struct entry *e, const xmlChar *name, xmlTextReaderPtr x)
{
	e->level++;
	if (!is(xmlTextReaderConstNamespaceUri(x), NAMESPACE)) {
		e->bad = "the element is of another namespace";
	}
	if (e->level <= LEVEL_GROUP || e->level > LEVEL_LEAF) {
		return;
	}
	hl_buf_reset(&e->text);
	if (e->meta) {
		e->reads = e->level == LEVEL_ENTRY && is(name, "next");
	} else if (e->level == LEVEL_ENTRY) {
		begin_entry(e, name);
	} else if (e->level == LEVEL_PART) {
		begin_part(e, name, x);
	} else if (e->fingerprints) {
		begin_hash(e, x);
	}
}

static void on_text(struct entry *e, const xmlChar *text)
{
	if (e->reads && !e->is_link && e->level <= LEVEL_LEAF) {
		hl_buf_put(&e->text, hl_str_c((const char *)text));
	}
}

static void end_hash(struct entry *e, const xmlChar *name, struct hl_str value)
{
	struct hl_hashlist_reader *r = e->r;

	if (value.n == 0) {
		hl_exchange_miss(r, "a fingerprint without a value");
		return;
	}
	hl_exchange_put_named(r,
		is(name, "pdna")
			? HL_STR("PhotoDNA")
			: hl_arena_dup(r->arena, hl_str_c((const char *)name)),
		value);
}

static void end_part(struct entry *e, const xmlChar *name, struct hl_str value)
{
	struct hl_hashlist_record *record = &e->r->record;

	if (is(name, "id")) {
		record->id = value;
	} else if (is(name, "timestamp")) {
		record->updated = value;
	} else if (is(name, "classification")) {
		record->label = value;
	} else if (is(name, "member")) {
		e->member = value;
	}
}

static void end_page(struct entry *e, struct hl_str value)
{
	hl_buf_reset(&e->r->next_page);
	hl_buf_put(&e->r->next_page, value);
	if (e->r->next_page.fault) {
		hl_buf_reset(&e->r->next_page);
		hl_exchange_note(e->r, "the link to the next page is too long");
	}
	e->reads = false;
}

static void on_end(struct entry *e, const xmlChar *name)
{
	unsigned level = e->level--;
	struct hl_str value;

	if (level > LEVEL_LEAF || !e->reads || e->bad) {
		return;
	}
	value = hl_arena_dup(e->r->arena, hl_str_trim(hl_buf_str(&e->text)));
	if (e->meta && level == LEVEL_ENTRY) {
		end_page(e, value);
	} else if (level == LEVEL_LEAF && e->fingerprints) {
		end_hash(e, name, value);
		e->reads = e->is_link = false;
	} else if (level == LEVEL_PART) {
		end_part(e, name, value);
		e->reads = false;
	}
}

static void end_tag(struct hl_buf *out, struct hl_str start)
{
	hl_buf_put(out, HL_STR("</"));
	hl_buf_put(out, hl_exchange_xml_name(start));
	hl_buf_put_c(out, '>');
}

static void put_document(struct hl_buf *out, const struct hl_exchange_xml *x,
	struct hl_str piece)
{
	hl_buf_put(out, hl_buf_str(&x->root));
	if (!x->meta) {
		hl_buf_put(out, hl_buf_str(&x->group));
	}
	hl_buf_put(out, piece);
	if (!x->meta) {
		end_tag(out, hl_buf_str(&x->group));
	}
	end_tag(out, hl_buf_str(&x->root));
}

static void on_node(struct entry *e, xmlTextReaderPtr x)
{
	const xmlChar *name = xmlTextReaderConstLocalName(x);

	switch (xmlTextReaderNodeType(x)) {
	case XML_READER_TYPE_ELEMENT:
		on_start(e, name, x);
		if (xmlTextReaderIsEmptyElement(x)) {
			on_end(e, name);
		}
		break;
	case XML_READER_TYPE_END_ELEMENT:
		on_end(e, name);
		break;
	case XML_READER_TYPE_TEXT:
	case XML_READER_TYPE_CDATA:
		on_text(e, xmlTextReaderConstValue(x));
		break;
	default:
		break;
	}
}

/* True if it was well-formed. NOENT: "&amp;" is given as '&' everywhere. */
static bool read_document(struct hl_str text, struct entry *e)
{
	xmlTextReaderPtr x =
		xmlReaderForMemory(text.p, (int)text.n, NULL, "UTF-8",
			XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR |
				XML_PARSE_NOWARNING);
	int rc = -1;

	while (x && (rc = xmlTextReaderRead(x)) == 1) {
		on_node(e, x);
	}
	xmlFreeTextReader(x);
	return rc == 0;
}

static void put_owner(struct hl_hashlist_reader *r, const struct entry *e)
{
	struct hl_hashlist_record *record = &r->record;

	record->owner = e->member;
	if (e->member_id.n) {
		record->owner = hl_arena_printf(r->arena, "%.*s%s%.*s",
			HL_STR_ARG(e->member_id), e->member.n ? " " : "",
			HL_STR_ARG(e->member));
		if (record->id.n) {
			record->id = hl_arena_printf(r->arena, "%.*s/%.*s",
				HL_STR_ARG(e->member_id),
				HL_STR_ARG(record->id));
		}
	}
}

static int finish(struct hl_hashlist_reader *r, const struct entry *e)
{
	const char *bad = e->bad;

	if (!bad) {
		put_owner(r, e);
		bad = hl_exchange_bad_id(r->record.id);
	}
	if (!bad && r->record.n_hashes + r->record.n_others == 0 &&
		!r->record.deleted) {
		bad = "there is no hash that can be read";
	}
	return bad ? hl_exchange_refuse(r, bad) : 0;
}

static int parse(
	struct hl_hashlist_reader *r, struct hl_str piece, struct hl_err *err)
{
	const struct hl_exchange_xml *x = r->own;
	HL_BUF_AUTO text = HL_BUF_SECRET(
		r->options.record_max + 4 * HL_EXCHANGE_TAG_MAX + (64 << 10));
	struct entry e = {
		.r = r, .meta = x->meta, .text = HL_BUF_SECRET(piece.n + 1)};
	int rc;

	hl_exchange_new(r);
	put_document(&text, x, piece);
	if (text.fault) {
		rc = HL_FAIL(err, text.fault, "no memory for a hash list");
	} else if (!read_document(hl_buf_str(&text), &e)) {
		rc = hl_exchange_refuse(r, "the element is not valid XML");
	} else if (x->meta) {
		rc = HL_EXCHANGE_LOST;
	} else {
		rc = finish(r, &e);
	}
	hl_buf_fini(&e.text);
	return rc;
}

const struct hl_exchange_ops hl_exchange_ncmec = {
	.bytes = sizeof(struct hl_exchange_xml),
	.frame = hl_exchange_xml_frame,
	.end = hl_exchange_xml_end,
	.parse = parse,
	.save = hl_exchange_xml_save,
	.load = hl_exchange_xml_load,
	.fini = hl_exchange_xml_fini,
};
