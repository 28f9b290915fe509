/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_LISTS_CONSUMER_H
#define HL_DESK_LISTS_CONSUMER_H

#include "desk_lists/inner.h"

/* What the pages of consumers share; inside the room only. */

/* All that is not right at a consumer in use, worst first; how many. */
size_t hl_desk_lists_alarms(struct hl_web_ctx *ctx,
	const struct hl_publish_consumer *c,
	struct hl_str out[HL_DESK_LISTS_ALARMS]);
void hl_desk_lists_consumer_row(struct hl_web_ctx *ctx,
	const struct hl_publish_consumer *from,
	struct hl_desk_lists_consumer_row *out);
/* The fields of a consumer as they were typed, and what they mean. True if
 * all of them can be taken. */
bool hl_desk_lists_consumer_read(struct hl_web_ctx *ctx,
	struct hl_publish_consumer *consumer,
	struct hl_desk_lists_fields *fields);
void hl_desk_lists_consumer_fields(struct hl_web_ctx *ctx,
	const struct hl_publish_consumer *from,
	struct hl_desk_lists_fields *out);
void hl_desk_lists_consumer_options(
	struct hl_web_ctx *ctx, struct hl_desk_lists_fields *fields);
/* At the field that it is about, if it is about one. */
void hl_desk_lists_consumer_refused(
	enum hl_publish_why why, struct hl_desk_lists_fields *fields);
#define HL_DESK_LISTS_ERRORS 10
size_t hl_desk_lists_consumer_errors(const struct hl_desk_lists_fields *fields,
	struct hl_w_error errors[HL_DESK_LISTS_ERRORS]);
/* What it asked for by day, and how it is set up. */
int hl_desk_lists_consumer_use(struct hl_web_ctx *ctx,
	const struct hl_publish_consumer *from,
	struct hl_desk_lists_consumer *out);
/* "u-….lists.example.org"; absent without lists.rpz_zone. */
struct hl_str hl_desk_lists_zone(const struct hl_web_ctx *ctx, int64_t id);
/* What installs and trusts a list, to copy; absent without lists.url, and for
 * tier 2. */
struct hl_str hl_desk_lists_begin(
	const struct hl_web_ctx *ctx, const struct hl_publish_consumer *c);
/* Settings without which consumers cannot be brought in or reached, worst
 * first; how many. */
size_t hl_desk_lists_unset(
	const struct hl_web_ctx *ctx, struct hl_str out[HL_DESK_LISTS_UNSET]);
void hl_desk_lists_consumer_steps(struct hl_web_ctx *ctx,
	const struct hl_publish_consumer *from,
	struct hl_desk_lists_consumer *out);

#endif
