/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_OPRF_HASH_H
#define HL_URLS_OPRF_HASH_H

/* Hashing to bytes, elements and scalars: RFC 9380 with SHA-512. */
#include "urls_oprf/oprf.h"

enum {
	HL_OPRF_TAG_MAX = 255,      /* bytes of a domain separation tag */
	HL_OPRF_EXPAND_MAX = 16320, /* bytes of one expansion */
	HL_OPRF_CONTEXT_MAX = 128
};

/*
 * expand_message_xmd (RFC 9380, 5.3.1) of all parts one after another. A tag
 * has 1 to 255 bytes (longer ones, 5.3.3, are not made), out 1 to 16,320:
 * else HL_OPRF_E_LENGTH. out may not overlap what is read.
 */
int hl_oprf_expand(const struct hl_oprf_view *parts, size_t n_parts,
	struct hl_oprf_view tag, uint8_t *out, size_t n_out);
/* hash_to_ristretto255 (appendix B). */
int hl_oprf_hash_to_group(const struct hl_oprf_view *parts, size_t n_parts,
	struct hl_oprf_view tag, struct hl_oprf_element *out);
/* HashToScalar of RFC 9497, 4.1; may be 0. */
int hl_oprf_hash_to_scalar(const struct hl_oprf_view *parts, size_t n_parts,
	struct hl_oprf_view tag, struct hl_oprf_scalar *out);

/* The contextString of RFC 9497, 3.1, or one of our own in its place. */
struct hl_oprf_context {
	uint8_t b[HL_OPRF_CONTEXT_MAX];
	size_t n;
};
/* HL_OPRF_E_ARG: no such mode. */
int hl_oprf_context_of(enum hl_oprf_mode mode, struct hl_oprf_context *out);
/* A prefix of at most 32 characters and the context: a tag. */
struct hl_oprf_tag {
	uint8_t b[HL_OPRF_CONTEXT_MAX + 32];
	size_t n;
};
struct hl_oprf_view hl_oprf_tag_of(const char *prefix,
	const struct hl_oprf_context *context, struct hl_oprf_tag *out);

#endif
