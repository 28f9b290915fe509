/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LISTS_INNER_H
#define HL_LISTS_INNER_H

#include "lists/build.h"
#include "lists/publisher.h"
#include "lists/zones.h"

/* Inside the room: the parts of the publisher. */

/* What is kept of a consumer between looks. */
struct hl_lists_stand {
	struct hl_lists_stand *next;
	uint64_t consumer;
	struct hl_lists_plant *plant;
	bool has_content;
	uint8_t content[32]; /* digest of what its list says */
	bool no_zone;        /* no file of a zone of it is in the folder */
};

struct hl_lists_publisher {
	struct hl_lists_publisher_config config;
	struct hl_lists_head head;
	struct hl_lists_entries *published; /* NULL: not known yet */
	struct hl_lists_tree tree;
	struct hl_lists_stand *stands;
	int64_t seq, looked_at_us; /* of the last look that went well */
	int64_t pruned_at_us;
	uint64_t n_roots; /* that are installed */
	bool ready;       /* the newest of them lets our key sign */
	bool said;        /* why not */
};

/* What one look is about. */
struct hl_lists_look {
	struct hl_lists_publisher *p;
	struct hl_arena *arena;
	int64_t now_us;
	struct hl_lists_consumer *consumers;
	size_t n_consumers;
	struct hl_lists_version *versions;
	size_t n_versions;
	bool waits; /* a version must wait for the next second */
};

/* What is published from now on: p->published, and its edition in the store;
 * docs/publish.md, "Breakers". */
int hl_lists_decide(struct hl_lists_look *look, struct hl_err *err);
/* A version for each consumer that needs one. The first fault is given when
 * all were tried. */
int hl_lists_issue(struct hl_lists_look *look, struct hl_err *err);
/* What is kept between looks of a consumer; NULL: no memory. */
struct hl_lists_stand *hl_lists_stand_of(
	struct hl_lists_publisher *p, uint64_t consumer);
/* Whether an entry is out for a consumer: its stage, whose canary it is. */
bool hl_lists_is_for(
	const struct hl_lists_entry *e, const struct hl_lists_consumer *who);
/* The zone of a consumer of tier 2: a version if it needs one. */
int hl_lists_issue_zone(struct hl_lists_look *look,
	const struct hl_lists_consumer *who, struct hl_err *err);
/* A list's manifest, or a zone's version, is good for so long, and made anew
 * after so long. */
#define HL_LISTS_EXPIRES_US (24 * HL_US_PER_HOUR)
#define HL_LISTS_RENEW_US (11 * HL_US_PER_HOUR)
/* Puts a new view on the shelf. */
int hl_lists_show(struct hl_lists_look *look, struct hl_err *err);
/* The newest version of a consumer; NULL: none. */
struct hl_lists_version *hl_lists_newest(
	const struct hl_lists_look *look, uint64_t consumer);

#endif
