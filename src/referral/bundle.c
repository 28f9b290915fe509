/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/bundle.h"

#include <stdio.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "base/utf8.h"
#include "referral/zip.h"

/*
 * A bundle is fully determined by its parts, its manifest and the
 * signature. So verifying ends with writing it again: if the bytes are
 * equal, nothing can hide in a corner that the reader did not look at, and
 * no other ZIP program can find something else in it.
 */
#define FORMAT "openhotline-bundle/1"

enum { MANIFEST, SIGNATURE, FIRST_PART, N_MEMBERS = 5 };
enum { MANIFEST_MAX = 16 * 1024 };

static const struct hl_referral_member blank[N_MEMBERS] = {
	{.name = HL_STR_INIT("manifest.json")},
	{.name = HL_STR_INIT("signature")},
	{.name = HL_STR_INIT("case.json")},
	{.name = HL_STR_INIT("case.html")},
	{.name = HL_STR_INIT("case.txt")},
};

static bool ref_ok(struct hl_str ref)
{
	for (size_t i = 0; i < ref.n; i++) {
		char c = ref.p[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    c == '-')) {
			return false;
		}
	}
	return ref.n > 0 && ref.n < 32;
}

static void put_part(
	struct hl_buf *out, const struct hl_referral_bundle_part *part)
{
	hl_buf_printf(out, "\n{\"name\":\"%s\",\"size\":%zu,\"sha256\":\"%s\"}",
		part->name, part->size_bytes, part->sha256);
}

static void put_manifest(
	struct hl_buf *out, const struct hl_referral_bundle_info *info)
{
	char iso[HL_TIME_ISO_MAX];
	struct hl_str at = hl_time_iso_s(info->created_at_us, iso);

	hl_buf_put(out, HL_STR("{\"format\":\"" FORMAT "\",\n"));
	hl_buf_printf(out,
		"\"referral\":\"%s\",\"case\":\"%s\",\"hotline\":", info->ref,
		info->case_ref);
	hl_json_put_str(out, hl_str_c(info->hotline));
	hl_buf_printf(out, ",\n\"mode\":\"%s\",\"created_at\":\"%.*s\",\n",
		info->test ? "test" : "production", HL_STR_ARG(at));
	hl_buf_printf(out, "\"key_id\":\"%s\",\"public_key\":\"", info->key_id);
	hl_text_put_base64url(out, info->signer.b, sizeof(info->signer.b));
	hl_buf_put(out, HL_STR("\",\n\"members\":["));
	for (size_t i = 0; i < HL_REFERRAL_BUNDLE_PARTS; i++) {
		hl_buf_put(out, i ? HL_STR(",") : HL_STR(""));
		put_part(out, &info->parts[i]);
	}
	hl_buf_put(out, HL_STR("]}\n"));
}

static void hash_part(
	struct hl_str data, char hex[2 * HL_SEAL_SHA256_BYTES + 1])
{
	uint8_t digest[HL_SEAL_SHA256_BYTES];
	HL_BUF_AUTO text = HL_BUF_INIT(2 * HL_SEAL_SHA256_BYTES);

	hl_seal_sha256(data, digest);
	hl_text_put_hex(&text, digest, sizeof(digest));
	snprintf(hex, 2 * HL_SEAL_SHA256_BYTES + 1, "%s",
		text.fault ? "" : text.p);
}

static void name_signer(struct hl_referral_bundle_info *info,
	const struct hl_seal_sign_pub *pub)
{
	info->signer = *pub;
	hl_seal_sign_id(pub, info->key_id);
}

static void copy(char *to, size_t size, struct hl_str from)
{
	snprintf(to, size, "%.*s", HL_STR_ARG(from));
}

static int describe(const struct hl_referral_bundle *b,
	struct hl_referral_bundle_info *info, struct hl_err *err)
{
	if (!ref_ok(b->ref) || !ref_ok(b->case_ref) ||
		b->hotline.n >= HL_REFERRAL_BUNDLE_NAME_MAX ||
		!hl_utf8_valid(b->hotline) ||
		hl_str_find_char(b->hotline, '\0') < b->hotline.n) {
		return HL_FAIL(err, HL_E_INVALID,
			"bundle: a reference or the hotline's name");
	}
	*info = (struct hl_referral_bundle_info){.test = b->test,
		.created_at_us = b->created_at_us / HL_US_PER_S * HL_US_PER_S};
	copy(info->ref, sizeof(info->ref), b->ref);
	copy(info->case_ref, sizeof(info->case_ref), b->case_ref);
	copy(info->hotline, sizeof(info->hotline), b->hotline);
	for (size_t i = 0; i < HL_REFERRAL_BUNDLE_PARTS; i++) {
		if (b->parts[i].n > HL_REFERRAL_BUNDLE_MEMBER_MAX) {
			return HL_FAIL(err, HL_E_LIMIT, "bundle: \"%s\"",
				blank[FIRST_PART + i].name.p);
		}
		info->parts[i].name = blank[FIRST_PART + i].name.p;
		info->parts[i].size_bytes = b->parts[i].n;
		hash_part(b->parts[i], info->parts[i].sha256);
	}
	return 0;
}

int hl_referral_bundle_write(const struct hl_referral_bundle *b,
	const struct hl_seal_sign_key *key, struct hl_buf *out,
	struct hl_err *err)
{
	struct hl_referral_member members[N_MEMBERS];
	HL_BUF_AUTO manifest = HL_BUF_INIT(MANIFEST_MAX);
	struct hl_referral_bundle_info info;
	uint8_t signature[HL_SEAL_SIGN_BYTES];
	int r = describe(b, &info, err);

	if (r) {
		return r;
	}
	name_signer(&info, &key->pub);
	put_manifest(&manifest, &info);
	if (manifest.fault) {
		return HL_FAIL(err, manifest.fault, "bundle: manifest");
	}
	hl_seal_sign(key, hl_buf_str(&manifest), signature);

	memcpy(members, blank, sizeof(members));
	members[MANIFEST].data = hl_buf_str(&manifest);
	members[SIGNATURE].data = hl_str_mem(signature, sizeof(signature));
	for (size_t i = 0; i < HL_REFERRAL_BUNDLE_PARTS; i++) {
		members[FIRST_PART + i].data = b->parts[i];
	}
	hl_referral_zip_write(members, N_MEMBERS, info.created_at_us, out);
	return out->fault ? HL_FAIL(err, out->fault, "bundle of %s", info.ref)
			  : 0;
}

static bool take(const json_t *j, const char *name, char *to, size_t size)
{
	struct hl_str s = hl_json_str(j, name);

	if (!s.p || s.n >= size) {
		return false;
	}
	copy(to, size, s);
	return true;
}

static bool take_parts(const json_t *j, struct hl_referral_bundle_info *info)
{
	const json_t *list = json_object_get(j, "members");

	for (size_t i = 0; i < HL_REFERRAL_BUNDLE_PARTS; i++) {
		struct hl_referral_bundle_part *part = &info->parts[i];
		const json_t *one = json_array_get(list, i);
		int64_t size = hl_json_int(one, "size", -1);

		part->name = blank[FIRST_PART + i].name.p;
		if (size < 0 || !take(one, "sha256", part->sha256,
					sizeof(part->sha256))) {
			return false;
		}
		part->size_bytes = (size_t)size;
	}
	return true;
}

static bool take_signer(const json_t *j, struct hl_referral_bundle_info *info)
{
	struct hl_seal_sign_pub pub;

	if (hl_text_parse_base64url(
		    hl_json_str(j, "public_key"), pub.b, sizeof(pub.b))) {
		return false;
	}
	name_signer(info, &pub);
	return true;
}

static bool take_manifest(const json_t *j, struct hl_referral_bundle_info *info)
{
	info->test = hl_str_eq(hl_json_str(j, "mode"), HL_STR("test"));
	return take(j, "referral", info->ref, sizeof(info->ref)) &&
	       take(j, "case", info->case_ref, sizeof(info->case_ref)) &&
	       take(j, "hotline", info->hotline, sizeof(info->hotline)) &&
	       ref_ok(hl_str_c(info->ref)) &&
	       ref_ok(hl_str_c(info->case_ref)) &&
	       hl_time_parse_iso(hl_json_str(j, "created_at"),
		       &info->created_at_us) == 0 &&
	       take_signer(j, info) && take_parts(j, info);
}

/* Whatever is read must give back the very bytes when it is written. */
static int read_manifest(struct hl_str text,
	struct hl_referral_bundle_info *info, struct hl_err *err)
{
	HL_BUF_AUTO again = HL_BUF_INIT(MANIFEST_MAX);
	HL_JSON_AUTO *j = NULL;

	*info = (struct hl_referral_bundle_info){0};
	if (hl_json_parse(text, MANIFEST_MAX, &j, NULL)) {
		return HL_FAIL(
			err, HL_E_CORRUPT, "the manifest is not valid JSON");
	}
	if (!hl_str_eq(hl_json_str(j, "format"), HL_STR(FORMAT))) {
		return HL_FAIL(err, HL_E_CORRUPT,
			"the manifest is not of the format " FORMAT);
	}
	if (!take_manifest(j, info)) {
		return HL_FAIL(err, HL_E_CORRUPT,
			"the manifest lacks a field or has a wrong one");
	}
	put_manifest(&again, info);
	return !again.fault && hl_str_eq(hl_buf_str(&again), text)
		       ? 0
		       : HL_FAIL(err, HL_E_CORRUPT,
				 "the manifest is not written as it must be");
}

static int check_parts(const struct hl_referral_member *members,
	const struct hl_referral_bundle_info *info, struct hl_err *err)
{
	for (size_t i = 0; i < HL_REFERRAL_BUNDLE_PARTS; i++) {
		const struct hl_referral_bundle_part *part = &info->parts[i];
		struct hl_str data = members[FIRST_PART + i].data;
		char hex[sizeof(part->sha256)];

		if (data.n != part->size_bytes) {
			return HL_FAIL(err, HL_E_CORRUPT,
				"\"%s\" was changed: its size", part->name);
		}
		hash_part(data, hex);
		if (strcmp(hex, part->sha256) != 0) {
			return HL_FAIL(err, HL_E_CORRUPT,
				"\"%s\" was changed: its hash", part->name);
		}
	}
	return 0;
}

static int check_whole(struct hl_str bytes,
	const struct hl_referral_member *members, int64_t created_at_us,
	struct hl_err *err)
{
	HL_BUF_AUTO again = HL_BUF_SECRET(HL_REFERRAL_BUNDLE_MAX);

	hl_referral_zip_write(members, N_MEMBERS, created_at_us, &again);
	if (again.fault == HL_E_NOMEM) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for the bundle");
	}
	return !again.fault && hl_str_eq(hl_buf_str(&again), bytes)
		       ? 0
		       : HL_FAIL(err, HL_E_CORRUPT,
				 "the directory or a time does not match the "
				 "members");
}

static int check_limits(
	const struct hl_referral_member *members, struct hl_err *err)
{
	for (size_t i = 0; i < N_MEMBERS; i++) {
		size_t max = i == MANIFEST    ? (size_t)MANIFEST_MAX
			     : i == SIGNATURE ? (size_t)HL_SEAL_SIGN_BYTES
					      : HL_REFERRAL_BUNDLE_MEMBER_MAX;

		if (members[i].data.n > max) {
			return HL_FAIL(err, HL_E_LIMIT,
				"member \"%s\" is too large",
				members[i].name.p);
		}
	}
	return 0;
}

static int check_signer(const struct hl_referral_bundle_info *info,
	const struct hl_seal_sign_pub *trusted, size_t n_trusted,
	struct hl_err *err)
{
	for (size_t i = 0; i < n_trusted; i++) {
		if (memcmp(trusted[i].b, info->signer.b,
			    sizeof(info->signer.b)) == 0) {
			return 0;
		}
	}
	HL_FAIL(err, HL_DENIED, "signed by key %s, not by a trusted key",
		info->key_id);
	return HL_DENIED;
}

int hl_referral_bundle_verify(struct hl_str bytes,
	const struct hl_seal_sign_pub *trusted, size_t n_trusted,
	struct hl_referral_bundle_info *info, struct hl_err *err)
{
	struct hl_referral_member members[N_MEMBERS];
	int r;

	if (bytes.n > HL_REFERRAL_BUNDLE_MAX) {
		return HL_FAIL(err, HL_E_LIMIT, "the file is too large");
	}
	if (bytes.n < 22) {
		return HL_FAIL(err, HL_E_CORRUPT, "too short to be a bundle");
	}
	memcpy(members, blank, sizeof(members));
	r = hl_referral_zip_read(bytes, members, N_MEMBERS, err);
	r = r ? r : check_limits(members, err);
	r = r ? r : read_manifest(members[MANIFEST].data, info, err);
	if (!r && hl_seal_sign_verify(&info->signer, members[MANIFEST].data,
			  members[SIGNATURE].data)) {
		r = HL_FAIL(err, HL_E_CORRUPT, "the signature is not genuine");
	}
	r = r ? r : check_parts(members, info, err);
	r = r ? r : check_whole(bytes, members, info->created_at_us, err);
	return r ? r : check_signer(info, trusted, n_trusted, err);
}

struct hl_str hl_referral_bundle_part_of(struct hl_str bytes, size_t i)
{
	struct hl_referral_member members[N_MEMBERS];

	memcpy(members, blank, sizeof(members));
	if (i >= HL_REFERRAL_BUNDLE_PARTS ||
		hl_referral_zip_read(bytes, members, N_MEMBERS, NULL)) {
		return HL_STR_NONE;
	}
	return members[FIRST_PART + i].data;
}
