/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_PUBLISH_SIGN_H
#define HL_PUBLISH_SIGN_H

#include "publish/entry.h"
#include "seal/listkey.h"
#include "seal/sign.h"
#include "store/tx.h"

/* Inside the room: marks, signatures and leaves of places. */

/* What of a place is kept in its row. */
#define HL_PUBLISH_HASH_BYTES 32
struct hl_publish_mark {
	uint8_t hash[HL_PUBLISH_HASH_BYTES];       /* list_entry.place_hash */
	uint8_t commitment[HL_PUBLISH_HASH_BYTES]; /* s X, clause 8 */
};
int hl_publish_mark(const struct hl_seal_list_commit *commit,
	const struct hl_publish_place *place, struct hl_publish_mark *out,
	struct hl_err *err);
/* The hash alone, which is cheap. */
void hl_publish_hash(const struct hl_seal_list_commit *commit,
	const struct hl_publish_place *place,
	uint8_t out[HL_PUBLISH_HASH_BYTES]);

/* What a person signs: urllist.md, clause 8. */
struct hl_publish_statement {
	struct hl_str hotline; /* 16 bytes */
	int64_t entry_id;
	enum hl_list_scope scope;
	struct hl_str commitment;
};
struct hl_publish_signature {
	struct hl_seal_sign_pub key;
	uint8_t sig[HL_SEAL_SIGN_BYTES];
};
void hl_publish_sign(const struct hl_seal_secret *secret,
	const struct hl_publish_statement *what,
	struct hl_publish_signature *out);
/* HL_E_CORRUPT: it is not that key's. */
int hl_publish_verify(const struct hl_publish_statement *what,
	struct hl_str key, struct hl_str sig, struct hl_err *err);

/* Leaves of the log. */
struct hl_publish_leaf {
	struct hl_publish_statement what;
	struct hl_str keys[2], sigs[2];
};
void hl_publish_leaf_begin(struct hl_tx *tx, struct hl_arena *arena,
	const struct hl_publish_leaf *leaf);
void hl_publish_leaf_end(struct hl_tx *tx, struct hl_arena *arena,
	int64_t entry_id, enum hl_list_end why);

#endif
