/* SPDX-License-Identifier: Apache-2.0 */
/* What a writer calls: arguments are looked at, then changes are applied. */
#include "match/change.h"
#include "match_rows/fault.h"

#include <string.h>

static int may_write(struct hl_match_index *index, struct hl_match_error *err)
{
	if (!(index->flags & HL_MATCH_OPEN_WRITE)) {
		return hl_match_fault(
			err, HL_MATCH_E_STATE, "not open to write");
	}
	if (index->broken) {
		return hl_match_fault(err, HL_MATCH_E_IO,
			"a sync failed before; open it again");
	}
	return 0;
}

static int change(struct hl_match_index *index, const struct hl_match_op *op,
	struct hl_match_error *err)
{
	bool bulk = index->flags & HL_MATCH_OPEN_BULK;
	int rc;

	pthread_mutex_lock(&index->lock);
	rc = may_write(index, err);
	if (!rc && bulk && op->type == HL_MATCH_LOG_PUT) {
		rc = hl_match_bulk_put(index, op, err);
	} else if (!rc && bulk &&
		   (op->type == HL_MATCH_LOG_REMOVE ||
			   op->type == HL_MATCH_LOG_UNLIST)) {
		rc = hl_match_fault(err, HL_MATCH_E_STATE,
			"nothing can be removed in bulk");
	} else if (!rc) {
		rc = hl_match_apply(index, op, err);
	}
	pthread_mutex_unlock(&index->lock);
	return rc;
}

/* NUL-terminated UTF-8 without control characters; zeroes what follows. */
static bool clean_text(char *text, size_t room)
{
	const uint8_t *p = (const uint8_t *)text;
	size_t n = strnlen(text, room), i = 0;

	if (n == room) {
		return false;
	}
	while (i < n) {
		unsigned more = p[i] < 0x80       ? 0
				: p[i] >> 5 == 6  ? 1
				: p[i] >> 4 == 14 ? 2
				: p[i] >> 3 == 30 ? 3
						  : 9;
		uint32_t c = more == 0 ? p[i] : p[i] & (63u >> more);

		if (more == 9 || i + more >= n + (more == 0)) {
			return false;
		}
		for (unsigned k = 1; k <= more; k++) {
			if (p[i + k] >> 6 != 2) {
				return false;
			}
			c = c << 6 | (p[i + k] & 63);
		}
		if (c < 0x20 || c == 0x7f || (more == 1 && c < 0x80) ||
			(more == 2 && (c < 0x800 || c >> 11 == 27)) ||
			(more == 3 && (c < 0x10000 || c > 0x10ffff))) {
			return false;
		}
		i += 1 + more;
	}
	memset(text + n, 0, room - n);
	return true;
}

int hl_match_list_put(struct hl_match_index *index,
	const struct hl_match_list *list, struct hl_match_error *err)
{
	struct hl_match_op op = {.type = HL_MATCH_LOG_LIST};

	if (!index || !list) {
		return hl_match_fault(err, HL_MATCH_E_ARG, "no list");
	}
	memcpy(&op.list, list,
		list->size_of < sizeof(op.list) ? list->size_of
						: sizeof(op.list));
	op.list.size_of = sizeof(op.list);
	if (op.list.radius == 0) {
		op.list.radius = HL_MATCH_RADIUS_DEFAULT;
	}
	if (op.list.id == 0 || op.list.id > HL_MATCH_LISTS_MAX ||
		!hl_match_radius_fits(op.list.radius) ||
		op.list.flags & ~(uint32_t)HL_MATCH_LIST_NEGATIVE ||
		!clean_text(op.list.name, sizeof(op.list.name)) ||
		!clean_text(op.list.owner, sizeof(op.list.owner))) {
		return hl_match_fault(
			err, HL_MATCH_E_ARG, "list breaks its description");
	}
	return change(index, &op, err);
}

int hl_match_list_remove(
	struct hl_match_index *index, uint32_t list, struct hl_match_error *err)
{
	struct hl_match_op op = {
		.type = HL_MATCH_LOG_UNLIST, .key = {.list = list}};

	if (!index) {
		return hl_match_fault(err, HL_MATCH_E_ARG, "no index");
	}
	return change(index, &op, err);
}

int hl_match_label_put(struct hl_match_index *index, uint32_t list,
	uint16_t label, const char *text, struct hl_match_error *err)
{
	struct hl_match_op op = {.type = HL_MATCH_LOG_LABEL,
		.key = {.list = list},
		.label = label};
	size_t n = text ? strnlen(text, sizeof(op.text)) : sizeof(op.text);

	if (!index || label == 0 || n == sizeof(op.text)) {
		return hl_match_fault(
			err, HL_MATCH_E_ARG, "label breaks its description");
	}
	memcpy(op.text, text, n);
	if (!clean_text(op.text, sizeof(op.text))) {
		return hl_match_fault(
			err, HL_MATCH_E_ARG, "label is not UTF-8");
	}
	return change(index, &op, err);
}

int hl_match_index_put(struct hl_match_index *index,
	const struct hl_match_entry *entry, struct hl_match_error *err)
{
	struct hl_match_op op = {.type = HL_MATCH_LOG_PUT};
	uint32_t width = entry ? hl_match_width(entry->kind) : 0;
	bool good = index && width > 0 && entry->list > 0 &&
		    entry->list <= HL_MATCH_LISTS_MAX &&
		    entry->payload_bytes <= HL_MATCH_PAYLOAD_MAX &&
		    (entry->payload || entry->payload_bytes == 0);

	for (uint32_t i = width; good && i < 32; i++) {
		good = entry->hash[i] == 0;
	}
	if (!good) {
		return hl_match_fault(
			err, HL_MATCH_E_ARG, "entry breaks its description");
	}
	op.key = (struct hl_match_key){.list = entry->list,
		.part = entry->part,
		.id = entry->id,
		.kind = entry->kind};
	op.label = entry->label;
	op.payload_bytes = entry->payload_bytes;
	op.payload = entry->payload;
	memcpy(op.hash, entry->hash, sizeof(op.hash));
	return change(index, &op, err);
}

int hl_match_index_remove(struct hl_match_index *index, uint32_t list,
	uint64_t id, struct hl_match_error *err)
{
	struct hl_match_op op = {
		.type = HL_MATCH_LOG_REMOVE, .key = {.list = list, .id = id}};

	if (!index) {
		return hl_match_fault(err, HL_MATCH_E_ARG, "no index");
	}
	return change(index, &op, err);
}

static int commit(struct hl_match_index *index, uint64_t position, bool durable,
	struct hl_match_error *err)
{
	struct hl_match_op op = {
		.type = HL_MATCH_LOG_COMMIT, .number = position};
	size_t before;
	int rc = hl_match_log_append(&index->log, &op, err);

	if (rc) {
		return rc;
	}
	before = index->log.n - (HL_MATCH_LOG_RECORD + 8);
	rc = hl_match_log_flush(&index->log, err);
	if (rc) {
		/* Not written whole, so nobody will read it as a commit. */
		index->log.n = before;
		return rc;
	}
	index->commit_number = index->log.number;
	index->commit_offset = index->log.at;
	if (durable) {
		rc = hl_match_log_sync(&index->log, err);
		index->broken = rc != 0;
	}
	return rc ? rc : hl_match_apply(index, &op, err);
}

int hl_match_index_commit(struct hl_match_index *index, uint64_t position,
	uint32_t flags, struct hl_match_error *err)
{
	int rc;

	if (!index || flags & ~(uint32_t)HL_MATCH_DURABLE) {
		return hl_match_fault(err, HL_MATCH_E_ARG, "wrong flags");
	}
	if (index->flags & HL_MATCH_OPEN_BULK) {
		pthread_mutex_lock(&index->maintaining);
		pthread_mutex_lock(&index->lock);
		rc = may_write(index, err);
		rc = rc ? rc : hl_match_bulk_commit(index, position, err);
		pthread_mutex_unlock(&index->lock);
		pthread_mutex_unlock(&index->maintaining);
		return rc;
	}
	pthread_mutex_lock(&index->lock);
	rc = may_write(index, err);
	if (!rc) {
		rc = commit(index, position, flags & HL_MATCH_DURABLE, err);
	}
	pthread_mutex_unlock(&index->lock);
	return rc;
}
