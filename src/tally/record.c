/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One spelling of each record: members in order, numbers without leading
 * zeros. So that a record that was read and is written again is the same, the
 * reader refuses every other spelling.
 */
#include "tally/record.h"

#include <inttypes.h>
#include <sodium.h>

#include "base/text.h"
#include "base/time.h"

#define HEAD "openhotline urllist counters 1\n"

static bool record_good(const struct hl_tally_record *r)
{
	uint64_t last = 0;

	if (!r->consumer || r->consumer > HL_TALLY_ID_MAX || r->hour_us < 0 ||
		r->hour_us % HL_TALLY_HOUR_US ||
		r->n_entry > HL_TALLY_ENTRIES_MAX) {
		return false;
	}
	for (size_t i = 0; i < r->n_entry; i++) {
		if (r->entry[i].id <= last ||
			r->entry[i].id > HL_TALLY_ID_MAX) {
			return false;
		}
		last = r->entry[i].id;
	}
	return true;
}

static void put_members(const struct hl_tally_record *r, struct hl_buf *out)
{
	char hour[HL_TIME_ISO_MAX];

	hl_buf_put(out, HL_STR(HEAD "hotline "));
	hl_text_put_hex(out, r->hotline, sizeof(r->hotline));
	hl_time_iso_s(r->hour_us, hour);
	hl_buf_printf(out,
		"\nconsumer %" PRIu64 "\nhour %s\nhits %" PRIu64
		"\nclients %" PRIu64 "\nentries %" PRIu64 "\nfailed %" PRIu64
		"\n",
		r->consumer, hour, r->hits, r->clients, r->entries, r->failed);
	for (size_t i = 0; i < r->n_entry; i++) {
		hl_buf_printf(out,
			"entry %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
			r->entry[i].id, r->entry[i].hits, r->entry[i].clients);
	}
	hl_buf_put_c(out, '\n');
}

static void put_key_id(
	struct hl_buf *out, const uint8_t pub[HL_TALLY_PUB_BYTES])
{
	uint8_t hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, pub, HL_TALLY_PUB_BYTES);
	hl_text_put_hex(out, hash, 8);
}

int hl_tally_write(const struct hl_tally_record *record,
	const uint8_t secret[HL_TALLY_SECRET_BYTES], struct hl_buf *out,
	struct hl_err *err)
{
	uint8_t signature[crypto_sign_BYTES], pub[HL_TALLY_PUB_BYTES];
	HL_BUF_AUTO text = HL_BUF_INIT(HL_TALLY_TEXT_MAX);

	if (!record_good(record)) {
		return HL_FAIL(err, HL_E_INVALID, "counters have no such form");
	}
	put_members(record, &text);
	if (text.fault) {
		return HL_FAIL(err, text.fault, "counters cannot be written");
	}
	crypto_sign_detached(
		signature, NULL, (const uint8_t *)text.p, text.n, secret);
	crypto_sign_ed25519_sk_to_pk(pub, secret);
	hl_buf_put(&text, HL_STR("signature "));
	put_key_id(&text, pub);
	hl_buf_put_c(&text, ' ');
	hl_text_put_base64url(&text, signature, sizeof(signature));
	hl_buf_put_c(&text, '\n');
	hl_buf_put(out, hl_buf_str(&text));
	if (text.fault || out->fault) {
		return HL_FAIL(err, text.fault ? text.fault : out->fault,
			"counters cannot be written");
	}
	return 0;
}

/* ---- Reading ---------------------------------------------------------- */

struct reading {
	struct hl_str rest, line; /* without its line feed */
	int number;
	struct hl_err *err;
};

static int refuse(struct reading *in, const char *what)
{
	return HL_FAIL(in->err, HL_E_INVALID, "counters, line %d: %s",
		in->number, what);
}

static int next_line(struct reading *in)
{
	size_t n = hl_str_find_char(in->rest, '\n');

	in->number++;
	if (n == in->rest.n || n > HL_TALLY_LINE_MAX) {
		return refuse(in, "no line of at most 512 bytes");
	}
	in->line = hl_str_sub(in->rest, 0, n);
	in->rest = hl_str_sub(in->rest, n + 1, in->rest.n);
	return 0;
}

/* Takes "name " off the line. */
static bool take_name(struct reading *in, const char *name)
{
	struct hl_str n = hl_str_c(name);

	if (!hl_str_starts(in->line, n) || in->line.n <= n.n ||
		in->line.p[n.n] != ' ') {
		return false;
	}
	in->line = hl_str_sub(in->line, n.n + 1, in->line.n);
	return true;
}

/* Decimal, no leading zero, up to 2^63 - 1; takes the blank behind it. */
static bool take_number(struct reading *in, bool last, uint64_t *out)
{
	size_t n = hl_str_find_char(in->line, ' ');
	struct hl_str word = hl_str_sub(in->line, 0, n);
	int64_t value;

	if (last != (n == in->line.n) || !word.n || word.p[0] == '-' ||
		(word.p[0] == '0' && word.n > 1) ||
		!hl_str_to_i64(word, &value)) {
		return false;
	}
	in->line = hl_str_sub(in->line, n + 1, in->line.n);
	*out = (uint64_t)value;
	return true;
}

static int read_number(struct reading *in, const char *name, uint64_t *out)
{
	int r = next_line(in);

	if (!r && (!take_name(in, name) || !take_number(in, true, out))) {
		return HL_FAIL(in->err, HL_E_INVALID,
			"counters, line %d: expected \"%s N\"", in->number,
			name);
	}
	return r;
}

static int read_hotline(struct reading *in, struct hl_tally_record *out)
{
	HL_BUF_AUTO again = HL_BUF_INIT(64);
	int r = next_line(in);

	if (r) {
		return r;
	}
	if (!take_name(in, "hotline") ||
		hl_text_parse_hex(
			in->line, out->hotline, sizeof(out->hotline))) {
		return refuse(in, "expected \"hotline HEX\"");
	}
	hl_text_put_hex(&again, out->hotline, sizeof(out->hotline));
	return hl_str_eq(in->line, hl_buf_str(&again))
		       ? 0
		       : refuse(in, "hex has lower case");
}

static int read_hour(struct reading *in, struct hl_tally_record *out)
{
	char again[HL_TIME_ISO_MAX];
	int r = next_line(in);

	if (r) {
		return r;
	}
	if (!take_name(in, "hour") ||
		hl_time_parse_iso(in->line, &out->hour_us) ||
		out->hour_us < 0 || out->hour_us % HL_TALLY_HOUR_US ||
		!hl_str_eq(in->line, hl_time_iso_s(out->hour_us, again))) {
		return refuse(in, "expected \"hour TIME\", a whole hour");
	}
	return 0;
}

static int read_totals(struct reading *in, struct hl_tally_record *out)
{
	int r = next_line(in);

	if (!r && !hl_str_eq(in->line,
			  hl_str_sub(HL_STR(HEAD), 0, sizeof(HEAD) - 2))) {
		r = refuse(in, "not \"openhotline urllist counters 1\"");
	}
	r = r ? r : read_hotline(in, out);
	r = r ? r : read_number(in, "consumer", &out->consumer);
	if (!r && (!out->consumer || out->consumer > HL_TALLY_ID_MAX)) {
		r = refuse(in, "a consumer's number has 40 bits");
	}
	r = r ? r : read_hour(in, out);
	r = r ? r : read_number(in, "hits", &out->hits);
	r = r ? r : read_number(in, "clients", &out->clients);
	r = r ? r : read_number(in, "entries", &out->entries);
	return r ? r : read_number(in, "failed", &out->failed);
}

static int read_entries(
	struct reading *in, struct hl_arena *arena, struct hl_tally_record *out)
{
	/* Each line has 12 bytes at least. */
	size_t most = in->rest.n / 12 + 1;
	struct hl_tally_entry *e = hl_arena_array(arena, most, sizeof(*e));
	int r;

	if (!e) {
		return HL_FAIL(in->err, HL_E_NOMEM, "no memory for counters");
	}
	out->entry = e;
	while ((r = next_line(in)) == 0 && in->line.n) {
		if (out->n_entry == most || !take_name(in, "entry") ||
			!take_number(in, false, &e->id) ||
			!take_number(in, false, &e->hits) ||
			!take_number(in, true, &e->clients)) {
			return refuse(in, "expected \"entry N HITS CLIENTS\"");
		}
		if (!e->id || e->id > HL_TALLY_ID_MAX ||
			(out->n_entry && e->id <= e[-1].id)) {
			return refuse(in, "entries must ascend, in 40 bits");
		}
		out->n_entry++;
		e++;
	}
	return r;
}

static int check_signature(struct reading *in, struct hl_str message,
	const uint8_t pub[HL_TALLY_PUB_BYTES])
{
	uint8_t signature[crypto_sign_BYTES];
	HL_BUF_AUTO id = HL_BUF_INIT(64);
	int r = next_line(in);

	if (r) {
		return r;
	}
	put_key_id(&id, pub);
	if (!take_name(in, "signature") || in->line.n < 17 ||
		in->line.p[16] != ' ' || in->rest.n ||
		hl_text_parse_base64url(hl_str_sub(in->line, 17, in->line.n),
			signature, sizeof(signature))) {
		return refuse(in, "expected \"signature KEYID BASE64URL\" and "
				  "the end");
	}
	if (!hl_str_eq(hl_str_sub(in->line, 0, 16), hl_buf_str(&id)) ||
		crypto_sign_verify_detached(signature,
			(const uint8_t *)message.p, message.n, pub)) {
		return HL_DENIED;
	}
	return 0;
}

int hl_tally_read(struct hl_str text, const uint8_t pub[HL_TALLY_PUB_BYTES],
	struct hl_arena *arena, struct hl_tally_record *out, struct hl_err *err)
{
	struct reading in = {.rest = text, .err = err};

	*out = (struct hl_tally_record){0};
	if (text.n > HL_TALLY_TEXT_MAX) {
		return HL_FAIL(err, HL_E_LIMIT, "counters have over 64 KiB");
	}
	int r = read_totals(&in, out);
	r = r ? r : read_entries(&in, arena, out);
	if (!r) {
		r = check_signature(
			&in, hl_str_sub(text, 0, text.n - in.rest.n), pub);
	}
	return r;
}
