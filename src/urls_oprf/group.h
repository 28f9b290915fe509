/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_OPRF_GROUP_H
#define HL_URLS_OPRF_GROUP_H

/* Inside of the room: checked scalars and products. */
#include "urls_oprf/oprf.h"

/* 0, HL_OPRF_E_ELEMENT or HL_OPRF_E_IDENTITY. */
int hl_oprf_element_check(const struct hl_oprf_element *e);
/* 0, HL_OPRF_E_SCALAR or HL_OPRF_E_ZERO. */
int hl_oprf_scalar_check(const struct hl_oprf_scalar *k);
/* k * e in constant time. k is not 0, e no identity; both are checked. */
int hl_oprf_multiply(const struct hl_oprf_scalar *k,
	const struct hl_oprf_element *e, struct hl_oprf_element *out);
/* The same of a k that was checked. */
int hl_oprf_multiply_checked(const struct hl_oprf_scalar *k,
	const struct hl_oprf_element *e, struct hl_oprf_element *out);
/*
 * The same, where 0 and the identity count and k was checked. Takes less time
 * for these: only where that tells nothing. HL_OPRF_E_ELEMENT.
 */
int hl_oprf_multiply_any(const struct hl_oprf_scalar *k,
	const struct hl_oprf_element *e, struct hl_oprf_element *out);
/* k * G, k as above. */
void hl_oprf_multiply_base(
	const struct hl_oprf_scalar *k, struct hl_oprf_element *out);
/* 0 if it is a view that may be read and is no longer than n_max. */
int hl_oprf_view_check(struct hl_oprf_view view, size_t n_max);

#endif
