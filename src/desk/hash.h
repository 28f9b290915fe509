/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_HASH_H
#define HL_DESK_HASH_H

#include "casework/hashes.h"
#include "desk/hash_views.h"
#include "desk/work.h"
#include "registry/proposal.h"

/* What the pages of the registry share; inside the room only. */

struct hl_casework_known hl_desk_known(
	const struct hl_web_ctx *ctx, struct hl_casework_laws *laws);

/* The section of the case page. */
int hl_desk_case_hashes(struct hl_web_ctx *ctx, int64_t case_id,
	struct hl_desk_case_hashes *out);

struct hl_str hl_desk_hash_path(
	struct hl_arena *arena, int64_t id, const char *suffix);
struct hl_str hl_desk_hash_list_path(
	struct hl_arena *arena, int64_t id, const char *suffix);
struct hl_w_tag hl_desk_hash_tag(enum hl_hash_state state);
/* "equal SHA-256", "PDQ, 4 bits apart" */
struct hl_str hl_desk_hash_match(
	struct hl_arena *arena, enum hl_hash_kind kind, int distance);
void hl_desk_hash_row(struct hl_arena *arena, const struct hl_hash *hash,
	struct hl_desk_hash_row *out);
/* "Line 3: …" */
struct hl_str hl_desk_hash_fault(
	struct hl_arena *arena, const struct hl_hash_fault *fault);
/* Who stands behind an entry: two people, or those behind its list. */
struct hl_str hl_desk_hash_approvers(
	struct hl_arena *arena, const struct hl_registry_entry *entry);
/* Our own lists in use, for a select. */
int hl_desk_hash_own_lists(struct hl_web_ctx *ctx, struct hl_str chosen,
	const struct hl_w_option **out, size_t *n);

/* The outcome that a form says, 0 for none. False when it says nothing, or
 * what is no outcome. */
bool hl_desk_hash_outcome(const struct hl_web_form *form, enum hl_outcome *out);
/* "Saved", and that some of it waits for somebody else. */
struct hl_str hl_desk_hash_saved(bool waits);
/* What a list's labels mean, and what waits to change it, for its page. */
int hl_desk_hash_labels(struct hl_web_ctx *ctx, struct hl_desk_hash_list *v);
int hl_desk_hash_proposals(struct hl_web_ctx *ctx,
	const struct hl_registry_list *list, struct hl_desk_hash_list *v);

/* Lists, changes of lists and entries that wait for a second person, for the
 * page of all that does. */
int hl_desk_hash_approvals(
	struct hl_web_ctx *ctx, struct hl_desk_approval **out, size_t *n);

/* hl_desk_end() with the reasons of the registry. */
struct hl_desk_hash_end {
	int r;
	enum hl_registry_why why;
	struct hl_str to, notice;
};
int hl_desk_hash_end(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_desk_hash_end *end);

#define HL_DESK_HASH_HANDLERS(X)    \
	X(hash_add_post)            \
	X(hash_drop_post)           \
	X(hash_recognise_post)      \
	X(hash_propose_post)        \
	X(hash_lists_get)           \
	X(hash_switch_post)         \
	X(hash_list_add_get)        \
	X(hash_list_add_post)       \
	X(hash_list_get)            \
	X(hash_list_post)           \
	X(hash_list_approve_post)   \
	X(hash_list_retire_post)    \
	X(hash_label_post)          \
	X(hash_change_approve_post) \
	X(hash_change_drop_post)    \
	X(hash_entries_get)         \
	X(hash_type_get)            \
	X(hash_type_post)           \
	X(hash_entry_get)           \
	X(hash_approve_post)        \
	X(hash_withdraw_post)       \
	X(hash_opinion_post)

#define X(name) hl_web_handler hl_desk_##name;
HL_DESK_HASH_HANDLERS(X)
#undef X

#endif
