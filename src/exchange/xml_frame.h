/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_EXCHANGE_XML_FRAME_H
#define HL_EXCHANGE_XML_FRAME_H

#include "exchange/inner.h"

/*
 * Finds the elements at the third level of an XML file, and whole elements
 * of some names at the second. Checks that tags close what was opened;
 * refuses document types. The start tags of the first two levels are kept,
 * so that a piece can be read in its namespaces.
 */
enum { HL_EXCHANGE_TAG_MAX = 4096 };

struct hl_exchange_xml {
	uint8_t lex;     /* enum in xml_frame.c */
	char quote;      /* that an attribute's value is in */
	bool slash;      /* the last byte of a tag was one */
	bool begun;      /* something stood before: no declaration may follow */
	unsigned n_run;  /* bytes of "--", "]]" or "?" in sight */
	bool closing;    /* the tag is an end tag */
	bool naming;     /* its name goes on */
	size_t n_name;   /* bytes of it */
	uint64_t digest; /* of it */
	unsigned depth;
	uint64_t names[HL_HASHLIST_DEPTH_MAX]; /* digests of open names */
	bool inside;                           /* a piece: from keep on */
	bool meta;  /* it is one of the second level */
	bool stale; /* of the second level, and not looked into */
	bool done;  /* the outer element is closed */
	struct hl_buf root, group; /* their start tags */
};

int hl_exchange_xml_frame(struct hl_hashlist_reader *r, struct hl_err *err);
int hl_exchange_xml_end(struct hl_hashlist_reader *r, struct hl_err *err);
void hl_exchange_xml_save(
	const struct hl_hashlist_reader *r, struct hl_buf *out);
int hl_exchange_xml_load(struct hl_hashlist_reader *r, const json_t *state);
void hl_exchange_xml_fini(struct hl_hashlist_reader *r);
/* The name in a start or end tag with its prefix: "<a:b c='d'>" has "a:b". */
struct hl_str hl_exchange_xml_name(struct hl_str tag);

#endif
