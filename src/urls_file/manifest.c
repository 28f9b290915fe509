/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_file/manifest.h"

static const char first[] = "openhotline urllist manifest 1";

static uint64_t number_of(
	struct hl_urls_text *t, const char *name, uint64_t least, uint64_t most)
{
	hl_urls_text_want(t, name);
	return hl_urls_text_number(t, least, most);
}

static void read_deltas(struct hl_urls_text *t, struct hl_urls_manifest *out)
{
	while (hl_urls_text_next(t, "delta")) {
		struct hl_urls_delta_ref *ref = &out->delta[out->n_deltas];

		if (out->n_deltas == HL_URLS_DELTAS_MAX) {
			hl_urls_text_refuse(t, "stands there too often");
			return;
		}
		out->n_deltas++;
		ref->from = hl_urls_text_number(t, 0, UINT64_MAX);
		ref->bytes = hl_urls_text_number(t, 1, INT64_MAX);
		hl_urls_text_hex(t, ref->digest, sizeof(ref->digest));
		if (ref->from >= out->version) {
			hl_urls_text_refuse(t, "is not from an earlier one");
		}
	}
}

static void read_members(struct hl_urls_text *t, struct hl_urls_manifest *out)
{
	hl_urls_text_want(t, "hotline");
	hl_urls_text_hex(t, out->hotline, sizeof(out->hotline));
	out->consumer = number_of(t, "consumer", 0, UINT64_MAX);
	out->root = number_of(t, "root", 1, UINT64_MAX - 1);
	out->version = number_of(t, "version", 1, UINT64_MAX - 1);
	hl_urls_text_want(t, "made");
	out->made = hl_urls_text_time(t);
	hl_urls_text_want(t, "expires");
	out->expires = hl_urls_text_time(t);
	out->wait_s = (uint32_t)number_of(
		t, "wait", HL_URLS_WAIT_MIN, HL_URLS_WAIT_MAX);
	out->canon = (uint32_t)number_of(t, "canon", 1, UINT16_MAX);
	out->tier = (uint32_t)number_of(t, "tier", 0, 1);
	out->epoch = number_of(t, "epoch", 0, UINT32_MAX);
	out->rows = (uint32_t)number_of(t, "rows", 0, HL_URLS_ROWS_MAX);
	hl_urls_text_want(t, "previous");
	hl_urls_text_hex(t, out->previous, sizeof(out->previous));
	out->list_bytes = number_of(t, "list", HL_URLS_HEAD, INT64_MAX);
	hl_urls_text_hex(t, out->list_root, sizeof(out->list_root));
	read_deltas(t, out);
	out->log_leaves = number_of(t, "log", 0, UINT64_MAX);
	hl_urls_text_hex(t, out->log_head, sizeof(out->log_head));
}

/* The smallest and the largest file of so many rows. */
static bool bytes_fit(const struct hl_urls_manifest *m)
{
	uint64_t least = hl_urls_file_bytes(HL_URLS_BITS_MIN, m->rows,
		(uint64_t)m->rows * HL_URLS_UNIT * hl_urls_units_for(1));
	uint64_t most = hl_urls_file_bytes(HL_URLS_BITS_MAX, m->rows,
		(uint64_t)m->rows * HL_URLS_SEALED_MAX);

	return m->list_bytes >= least && m->list_bytes <= most;
}

static int check(const struct hl_urls_manifest *m, struct hl_err *err)
{
	const char *why = NULL;

	if (m->expires <= m->made) {
		why = "an end before its beginning";
	} else if (m->expires - m->made > HL_URLS_MANIFEST_DAY) {
		why = "more than 24 hours to live";
	} else if (!bytes_fit(m)) {
		why = "a list whose bytes do not fit its rows";
	}
	return why ? HL_FAIL(err, HL_E_INVALID, "the manifest has %s", why) : 0;
}

int hl_urls_manifest_read(struct hl_str bytes, struct hl_urls_manifest *out,
	struct hl_urls_text *text, struct hl_err *err)
{
	struct hl_urls_text own, *t = text ? text : &own;
	int rc = hl_urls_text_open(t, bytes, first, HL_URLS_TEXT_MAX, err);

	if (rc) {
		return rc;
	}
	memset(out, 0, sizeof(*out));
	read_members(t, out);
	rc = hl_urls_text_end(t, err);
	return rc ? rc : check(out, err);
}

static void put_number(struct hl_buf *out, const char *name, uint64_t v)
{
	hl_urls_text_put(out, name);
	hl_urls_text_put_number(out, v);
	hl_urls_text_put_end(out);
}

static void put_time(struct hl_buf *out, const char *name, int64_t v)
{
	hl_urls_text_put(out, name);
	hl_urls_text_put_time(out, v);
	hl_urls_text_put_end(out);
}

static void put_hex(
	struct hl_buf *out, const char *name, const void *p, size_t n)
{
	hl_urls_text_put(out, name);
	hl_urls_text_put_hex(out, p, n);
	hl_urls_text_put_end(out);
}

static void put_files(const struct hl_urls_manifest *m, struct hl_buf *out)
{
	hl_urls_text_put(out, "list");
	hl_urls_text_put_number(out, m->list_bytes);
	hl_urls_text_put_hex(out, m->list_root, sizeof(m->list_root));
	hl_urls_text_put_end(out);
	for (uint32_t i = 0; i < m->n_deltas; i++) {
		const struct hl_urls_delta_ref *ref = &m->delta[i];

		hl_urls_text_put(out, "delta");
		hl_urls_text_put_number(out, ref->from);
		hl_urls_text_put_number(out, ref->bytes);
		hl_urls_text_put_hex(out, ref->digest, sizeof(ref->digest));
		hl_urls_text_put_end(out);
	}
	hl_urls_text_put(out, "log");
	hl_urls_text_put_number(out, m->log_leaves);
	hl_urls_text_put_hex(out, m->log_head, sizeof(m->log_head));
	hl_urls_text_put_end(out);
}

void hl_urls_manifest_put(
	const struct hl_urls_manifest *manifest, struct hl_buf *out)
{
	const struct hl_urls_manifest *m = manifest;

	hl_urls_text_put(out, first);
	hl_urls_text_put_end(out);
	put_hex(out, "hotline", m->hotline, sizeof(m->hotline));
	put_number(out, "consumer", m->consumer);
	put_number(out, "root", m->root);
	put_number(out, "version", m->version);
	put_time(out, "made", m->made);
	put_time(out, "expires", m->expires);
	put_number(out, "wait", m->wait_s);
	put_number(out, "canon", m->canon);
	put_number(out, "tier", m->tier);
	put_number(out, "epoch", m->epoch);
	put_number(out, "rows", m->rows);
	put_hex(out, "previous", m->previous, sizeof(m->previous));
	put_files(m, out);
	hl_urls_text_close(out);
}
