/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/zip.h"

#include <time.h>
#include <zlib.h>

#include "base/time.h"

/* Sizes and marks of PKWARE's APPNOTE 6.3.4, clauses 4.3.7, 4.3.12, 4.3.16;
 * numbers are little-endian. */
enum {
	LOCAL_BYTES = 30,
	CENTRAL_BYTES = 46,
	END_BYTES = 22,
	LOCAL_MARK = 0x04034b50,
	CENTRAL_MARK = 0x02014b50,
	END_MARK = 0x06054b50,
	VERSION_NEEDED = 10,
	VERSION_MADE = 20,
};

static void put_16(struct hl_buf *b, uint32_t v)
{
	hl_buf_put_c(b, (char)(v & 0xff));
	hl_buf_put_c(b, (char)(v >> 8 & 0xff));
}

static void put_32(struct hl_buf *b, uint32_t v)
{
	put_16(b, v & 0xffff);
	put_16(b, v >> 16);
}

static uint32_t get_16(struct hl_str s, size_t at)
{
	const unsigned char *p = (const unsigned char *)s.p + at;

	return (uint32_t)(p[0] | p[1] << 8);
}

static uint32_t get_32(struct hl_str s, size_t at)
{
	return get_16(s, at) | get_16(s, at + 2) << 16;
}

/* Date in the upper half, time in the lower; 1980 to 2107. */
static uint32_t dos_time(int64_t at_us)
{
	time_t t = (time_t)(at_us / HL_US_PER_S);
	struct tm tm;

	if (at_us < 0 || !gmtime_r(&t, &tm) || tm.tm_year < 80 ||
		tm.tm_year > 207) {
		return 1u << 21 | 1u << 16;
	}
	return (uint32_t)(tm.tm_year - 80) << 25 |
	       (uint32_t)(tm.tm_mon + 1) << 21 | (uint32_t)tm.tm_mday << 16 |
	       (uint32_t)tm.tm_hour << 11 | (uint32_t)tm.tm_min << 5 |
	       (uint32_t)tm.tm_sec / 2;
}

static uint32_t checksum(struct hl_str data)
{
	return (uint32_t)crc32_z(0, (const unsigned char *)data.p, data.n);
}

/* What local and central headers have in common: from the version needed to
 * the length of the extra field. */
static void put_common(
	struct hl_buf *b, const struct hl_referral_member *m, uint32_t dos)
{
	put_16(b, VERSION_NEEDED);
	put_16(b, 0); /* flags */
	put_16(b, 0); /* method: stored */
	put_32(b, dos);
	put_32(b, checksum(m->data));
	put_32(b, (uint32_t)m->data.n);
	put_32(b, (uint32_t)m->data.n);
	put_16(b, (uint32_t)m->name.n);
	put_16(b, 0); /* extra field */
}

static void put_central(struct hl_buf *b, const struct hl_referral_member *m,
	uint32_t dos, uint32_t offset)
{
	put_32(b, CENTRAL_MARK);
	put_16(b, VERSION_MADE);
	put_common(b, m, dos);
	put_16(b, 0); /* comment */
	put_16(b, 0); /* disk */
	put_16(b, 0); /* internal attributes */
	put_32(b, 0); /* external attributes */
	put_32(b, offset);
	hl_buf_put(b, m->name);
}

void hl_referral_zip_write(const struct hl_referral_member *members,
	size_t n_members, int64_t at_us, struct hl_buf *out)
{
	uint32_t dos = dos_time(at_us), offset = 0;
	size_t start = out->n;

	for (size_t i = 0; i < n_members; i++) {
		put_32(out, LOCAL_MARK);
		put_common(out, &members[i], dos);
		hl_buf_put(out, members[i].name);
		hl_buf_put(out, members[i].data);
	}
	size_t directory = out->n;
	for (size_t i = 0; i < n_members; i++) {
		put_central(out, &members[i], dos, offset);
		offset += (uint32_t)(LOCAL_BYTES + members[i].name.n +
				     members[i].data.n);
	}
	size_t end = out->n;
	put_32(out, END_MARK);
	put_32(out, 0); /* disks */
	put_16(out, (uint32_t)n_members);
	put_16(out, (uint32_t)n_members);
	put_32(out, (uint32_t)(end - directory));
	put_32(out, (uint32_t)(directory - start));
	put_16(out, 0); /* comment */
}

/* A name from outside, for a message. */
static const char *shown(struct hl_str name, char out[64])
{
	size_t n = 0;

	for (size_t i = 0; i < name.n && n + 1 < 64; i++) {
		char c = name.p[i];

		out[n++] = c >= ' ' && c <= '~' && c != '"' ? c : '?';
	}
	out[n] = '\0';
	return out;
}

static bool leads_elsewhere(struct hl_str name)
{
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c == '/' || c == '\\' || c == ':' || c < ' ' || c > '~') {
			return true;
		}
	}
	return name.n == 0 || hl_str_find(name, HL_STR("..")) < name.n;
}

/* Why the name, which is not the i-th one, is wrong. */
static int wrong_name(struct hl_str name,
	const struct hl_referral_member *members, size_t n_members, size_t i,
	struct hl_err *err)
{
	char safe[64];

	shown(name, safe);
	if (leads_elsewhere(name)) {
		return HL_FAIL(err, HL_E_CORRUPT,
			"member name that leads elsewhere: \"%s\"", safe);
	}
	for (size_t k = 0; k < n_members; k++) {
		if (!hl_str_eq(name, members[k].name)) {
			continue;
		}
		return k < i ? HL_FAIL(err, HL_E_CORRUPT,
				       "member \"%s\" is there twice", safe)
			     : HL_FAIL(err, HL_E_CORRUPT,
				       "member \"%s\" where \"%.*s\" belongs",
				       safe, HL_STR_ARG(members[i].name));
	}
	return HL_FAIL(err, HL_E_CORRUPT, "unknown member \"%s\"", safe);
}

/* The header of one member in front of *rest, behind its mark. */
static int read_header(struct hl_str rest, const char *name, uint32_t *size,
	struct hl_err *err)
{
	if (get_16(rest, 4) != VERSION_NEEDED || get_16(rest, 6) != 0 ||
		get_16(rest, 8) != 0 || get_16(rest, 28) != 0 ||
		get_32(rest, 18) != get_32(rest, 22)) {
		return HL_FAIL(err, HL_E_CORRUPT,
			"member \"%s\" is not stored plainly", name);
	}
	*size = get_32(rest, 22);
	return 0;
}

static int read_member(struct hl_str *rest, struct hl_referral_member *members,
	size_t n_members, size_t i, struct hl_err *err)
{
	const char *want = members[i].name.p; /* a literal */
	uint32_t size = 0;

	if (rest->n < LOCAL_BYTES) {
		return HL_FAIL(
			err, HL_E_CORRUPT, "cut short before \"%s\"", want);
	}
	if (get_32(*rest, 0) != LOCAL_MARK) {
		return HL_FAIL(err, HL_E_CORRUPT,
			"member \"%s\" is not where it belongs", want);
	}
	struct hl_str name = hl_str_sub(*rest, LOCAL_BYTES, get_16(*rest, 26));
	if (name.n < get_16(*rest, 26)) {
		return HL_FAIL(err, HL_E_CORRUPT,
			"cut short in the name of \"%s\"", want);
	}
	if (!hl_str_eq(name, members[i].name)) {
		return wrong_name(name, members, n_members, i, err);
	}
	int r = read_header(*rest, want, &size, err);
	if (r) {
		return r;
	}
	size_t from = LOCAL_BYTES + name.n;
	members[i].data = hl_str_sub(*rest, from, size);
	if (members[i].data.n < size) {
		return HL_FAIL(err, HL_E_CORRUPT, "cut short in \"%s\"", want);
	}
	if (checksum(members[i].data) != get_32(*rest, 14)) {
		return HL_FAIL(err, HL_E_CORRUPT,
			"\"%s\" was changed: its checksum", want);
	}
	*rest = hl_str_sub(*rest, from + size, rest->n);
	return 0;
}

/* Behind the last member there is nothing but the directory. */
static int read_tail(struct hl_str rest,
	const struct hl_referral_member *members, size_t n_members,
	struct hl_err *err)
{
	size_t want = END_BYTES;

	for (size_t i = 0; i < n_members; i++) {
		want += CENTRAL_BYTES + members[i].name.n;
	}
	if (rest.n >= LOCAL_BYTES && get_32(rest, 0) == LOCAL_MARK) {
		return wrong_name(
			hl_str_sub(rest, LOCAL_BYTES, get_16(rest, 26)),
			members, n_members, n_members, err);
	}
	if (rest.n < want) {
		return HL_FAIL(err, HL_E_CORRUPT, "cut short in the directory");
	}
	if (rest.n > want) {
		return HL_FAIL(err, HL_E_CORRUPT, "%zu bytes behind the end",
			rest.n - want);
	}
	return 0;
}

int hl_referral_zip_read(struct hl_str bytes,
	struct hl_referral_member *members, size_t n_members,
	struct hl_err *err)
{
	for (size_t i = 0; i < n_members; i++) {
		int r = read_member(&bytes, members, n_members, i, err);

		if (r) {
			return r;
		}
	}
	return read_tail(bytes, members, n_members, err);
}
