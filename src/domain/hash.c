/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/hash.h"

#include "base/text.h"

size_t hl_hash_bytes(enum hl_hash_kind kind)
{
	switch (kind) {
	case HL_HASH_PDQ:
	case HL_HASH_SHA256:
		return 32;
	case HL_HASH_MD5:
		return 16;
	case HL_HASH_SHA1:
		return 20;
	}
	return 0;
}

struct hl_str hl_hash_str(const struct hl_hash *hash)
{
	return hl_str_mem(hash->value, hl_hash_bytes(hash->kind));
}

int hl_hash_from(enum hl_hash_kind kind, struct hl_str bytes, int quality,
	struct hl_hash *out)
{
	size_t n = hl_hash_bytes(kind);

	if (!n || bytes.n != n || quality < HL_HASH_QUALITY_UNKNOWN ||
		quality > 100) {
		return HL_E_INVALID;
	}
	*out = (struct hl_hash){.kind = kind,
		.quality = kind == HL_HASH_PDQ ? quality
					       : HL_HASH_QUALITY_UNKNOWN};
	memcpy(out->value, bytes.p, n);
	return 0;
}

int hl_hash_parse(
	enum hl_hash_kind kind, struct hl_str hex, struct hl_hash *out)
{
	uint8_t value[HL_HASH_BYTES];
	size_t n = hl_hash_bytes(kind);

	if (!n || hl_text_parse_hex(hex, value, n)) {
		return HL_E_INVALID;
	}
	return hl_hash_from(
		kind, hl_str_mem(value, n), HL_HASH_QUALITY_UNKNOWN, out);
}

void hl_hash_put(struct hl_buf *out, const struct hl_hash *hash)
{
	hl_text_put_hex(out, hash->value, hl_hash_bytes(hash->kind));
}

bool hl_hash_same(const struct hl_hash *a, const struct hl_hash *b)
{
	return a->kind == b->kind && hl_str_eq(hl_hash_str(a), hl_hash_str(b));
}

/* MD5, SHA-1 and SHA-256 of an empty file: what a failed download leaves. */
static const char *const of_nothing[] = {
	[HL_HASH_MD5] = "d41d8cd98f00b204e9800998ecf8427e",
	[HL_HASH_SHA1] = "da39a3ee5e6b4b0d3255bfef95601890afd80709",
	[HL_HASH_SHA256] = "e3b0c44298fc1c149afbf4c8996fb924"
			   "27ae41e4649b934ca495991b7852b855",
};

bool hl_hash_is_void(const struct hl_hash *hash)
{
	size_t n = hl_hash_bytes(hash->kind), same = 1;
	struct hl_hash empty;

	while (same < n && hash->value[same] == hash->value[0]) {
		same++;
	}
	if (same >= n) {
		return true;
	}
	return hash->kind != HL_HASH_PDQ &&
	       hl_hash_parse(hash->kind, hl_str_c(of_nothing[hash->kind]),
		       &empty) == 0 &&
	       hl_hash_same(hash, &empty);
}

bool hl_hash_reason_confirms(enum hl_hash_reason reason)
{
	return reason == HL_HASH_REASON_SAME ||
	       reason == HL_HASH_REASON_OTHER_LAW;
}

bool hl_hash_reason_fits(int opinion, enum hl_hash_reason reason)
{
	return reason && hl_vocab_find(&hl_vocab_hash_reason, (int)reason) &&
	       hl_hash_reason_confirms(reason) == (opinion == HL_HASH_CONFIRM);
}

static const struct hl_vocab_word kinds[] = {
	{HL_HASH_PDQ, "pdq", HL_MSG("PDQ")},
	{HL_HASH_MD5, "md5", HL_MSG("MD5")},
	{HL_HASH_SHA1, "sha1", HL_MSG("SHA-1")},
	{HL_HASH_SHA256, "sha256", HL_MSG("SHA-256")},
};
const struct hl_vocab hl_vocab_hash_kind = {
	"hash_kind", HL_ARRAY_LEN(kinds), kinds};

static const struct hl_vocab_word hows[] = {
	{HL_HASH_TYPED, "typed", HL_MSG("Typed in")},
	{HL_HASH_REPORTED, "reported", HL_MSG("Came with a report")},
	{HL_HASH_FILE, "file", HL_MSG("Computed from a file")},
};
const struct hl_vocab hl_vocab_hash_how = {
	"hash_how", HL_ARRAY_LEN(hows), hows};

static const struct hl_vocab_word list_kinds[] = {
	{HL_HASH_LIST_OWN, "own", HL_MSG("Our own")},
	{HL_HASH_LIST_PARTNER, "partner", HL_MSG("A partner’s")},
};
const struct hl_vocab hl_vocab_hash_list_kind = {
	"hash_list_kind", HL_ARRAY_LEN(list_kinds), list_kinds};

static const struct hl_vocab_word list_states[] = {
	{HL_HASH_LIST_PROPOSED, "proposed", HL_MSG("Waits for approval")},
	{HL_HASH_LIST_ACTIVE, "active", HL_MSG("In use")},
	{HL_HASH_LIST_RETIRED, "retired", HL_MSG("Out of use")},
};
const struct hl_vocab hl_vocab_hash_list_state = {
	"hash_list_state", HL_ARRAY_LEN(list_states), list_states};

static const struct hl_vocab_word states[] = {
	{HL_HASH_PROPOSED, "proposed", HL_MSG("Waits for approval")},
	{HL_HASH_ACTIVE, "active", HL_MSG("In use")},
	{HL_HASH_WITHDRAWN, "withdrawn", HL_MSG("Withdrawn")},
};
const struct hl_vocab hl_vocab_hash_state = {
	"hash_state", HL_ARRAY_LEN(states), states};

static const struct hl_vocab_word origins[] = {
	{HL_HASH_FROM_CASE, "case", HL_MSG("A case of ours")},
	{HL_HASH_FROM_TYPING, "typed", HL_MSG("Typed in without a case")},
	{HL_HASH_FROM_PARTNER, "partner", HL_MSG("A partner’s list")},
	{HL_HASH_FROM_FILE, "file", HL_MSG("Computed from a file")},
};
const struct hl_vocab hl_vocab_hash_origin = {
	"hash_origin", HL_ARRAY_LEN(origins), origins};

static const struct hl_vocab_word opinions[] = {
	{HL_HASH_CONFIRM, "confirm", HL_MSG("Confirmed")},
	{HL_HASH_DECONFIRM, "deconfirm", HL_MSG("Doubted")},
};
const struct hl_vocab hl_vocab_hash_opinion = {
	"hash_opinion", HL_ARRAY_LEN(opinions), opinions};

static const struct hl_vocab_word reasons[] = {
	{HL_HASH_REASON_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_HASH_REASON_SAME, "same",
		HL_MSG("Seen and judged in the same way")},
	{HL_HASH_REASON_OTHER_LAW, "other_law",
		HL_MSG("Illegal under another law as well")},
	{HL_HASH_REASON_NOT_ILLEGAL, "not_illegal",
		HL_MSG("What it shows is not illegal")},
	{HL_HASH_REASON_OTHER_CONTENT, "other_content",
		HL_MSG("The hash is that of other content")},
	{HL_HASH_REASON_TYPO, "typo", HL_MSG("A mistake in typing")},
	{HL_HASH_REASON_TOO_COMMON, "too_common",
		HL_MSG("It fits harmless pictures, such as a logo")},
	{HL_HASH_REASON_OWNER, "owner", HL_MSG("Its owner took it back")},
};
const struct hl_vocab hl_vocab_hash_reason = {
	"hash_reason", HL_ARRAY_LEN(reasons), reasons};

static const struct hl_vocab_word problems[] = {
	{HL_HASH_FINE, "fine", HL_MSG("Nothing is wrong")},
	{HL_HASH_NO_HASH, "no_hash",
		HL_MSG("This is no hash. Write the kind and then the digits, "
		       "such as “sha256 9f86…”")},
	{HL_HASH_AMBIGUOUS, "ambiguous",
		HL_MSG("64 digits may be SHA-256 or PDQ: write “sha256” or "
		       "“pdq” before them")},
	{HL_HASH_LENGTH, "length",
		HL_MSG("MD5 has 32 digits, SHA-1 has 40, SHA-256 and PDQ have "
		       "64; digits are 0 to 9 and a to f")},
	{HL_HASH_QUALITY, "quality",
		HL_MSG("Behind the digits of PDQ may stand its quality, 0 to "
		       "100, and behind the others nothing")},
	{HL_HASH_VOID, "void",
		HL_MSG("This stands for no content: it is the hash of an "
		       "empty file, or all its bytes are the same")},
	{HL_HASH_MANY, "many", HL_MSG("These are too many at once")},
	{HL_HASH_SCREENING, "screening",
		HL_MSG("This was hashed for screening: hash the file again "
		       "without --screening")},
};
const struct hl_vocab hl_vocab_hash_problem = {
	"hash_problem", HL_ARRAY_LEN(problems), problems};
