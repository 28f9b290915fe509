/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TRACE_GEO_H
#define HL_TRACE_GEO_H

#include "base/arena.h"
#include "net/addr.h"

/*
 * Address to country, AS number and AS name, from files on the disk; see
 * docs/trace.md, "Data files". Mapped read-only; immutable once opened, so
 * threads may share it.
 */
struct hl_trace_geo;

/*
 * Opens each file where it is first found in the folders, also in the npm
 * packages' folders below them. What is not there or damaged is no fault:
 * hl_trace_geo_missing() tells. *out is owned: hl_trace_geo_free().
 */
int hl_trace_geo_open(const char *const *dirs, size_t n_dirs,
	struct hl_trace_geo **out, struct hl_err *err);
/* NULL is allowed. */
void hl_trace_geo_free(struct hl_trace_geo *g);
void hl_trace_geo_freep(struct hl_trace_geo **g);

struct hl_trace_place {
	char country[3]; /* ISO 3166-1 alpha-2 in capitals; "" unknown */
	uint32_t asn;    /* 0 unknown */
	struct hl_str as_name;
	/* when the data that says so was made; 0: nobody knows */
	int64_t country_made_us, asn_made_us;
};

/* What is known of a public address; an unknown part stays empty. The name
 * is in the arena. */
int hl_trace_geo_find(const struct hl_trace_geo *g, const struct hl_net_addr *a,
	struct hl_arena *arena, struct hl_trace_place *out, struct hl_err *err);

enum hl_trace_geo_part {
	HL_TRACE_GEO_COUNTRY,
	HL_TRACE_GEO_AS_V4,
	HL_TRACE_GEO_AS_V6,
	HL_TRACE_GEO_N_PARTS,
};

/* Why a part is not there, as a static sentence; NULL if it is. */
const char *hl_trace_geo_missing(
	const struct hl_trace_geo *g, enum hl_trace_geo_part part);
/* When its data was made, UTC microseconds; 0 if unknown. */
int64_t hl_trace_geo_made_us(
	const struct hl_trace_geo *g, enum hl_trace_geo_part part);

/* True for a code of ISO 3166-1's form that names one country: two capital
 * letters, but no region such as EU or AP. */
bool hl_trace_is_country(struct hl_str code);

#endif
