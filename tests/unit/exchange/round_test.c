/* SPDX-License-Identifier: Apache-2.0 */
/* What is written is read back as the same, but for what the format cannot
 * hold, which docs/hash-formats.md names. */
#include "dump.h"

#include <stdio.h>

#include "base/text.h"

static struct hl_hashlist_hash hash_of(
	unsigned kind, const char *digits, int quality, unsigned part)
{
	struct hl_hashlist_hash hash = {.kind = (uint16_t)kind,
		.quality = (int16_t)quality,
		.part = part,
		.at_ms = part ? (int64_t)part * 500 : -1};

	assert_int_equal(hl_text_parse_hex(hl_str_c(digits), hash.bytes,
				 hl_hashlist_kind_bytes(kind)),
		0);
	return hash;
}

/* A list with everything that a record can have. */
struct list {
	struct hl_hashlist_hash main[4], frames[2], one[1];
	struct hl_hashlist_other others[1];
	struct hl_hashlist_record records[4];
};

static void make(struct list *l)
{
	l->main[0] = hash_of(HL_MATCH_PDQ, PDQ_A, 90, 0);
	l->main[1] = hash_of(HL_MATCH_MD5, MD5_A, -1, 0);
	l->main[2] = hash_of(HL_MATCH_SHA1, SHA1_A, -1, 0);
	l->main[3] = hash_of(HL_MATCH_SHA256, SHA256_A, -1, 0);
	l->frames[0] = hash_of(HL_MATCH_PDQ, PDQ_A, 70, 1);
	l->frames[1] = hash_of(HL_MATCH_PDQ, PDQ_B, 80, 2);
	l->one[0] = hash_of(HL_MATCH_MD5, MD5_B, -1, 0);
	l->others[0] = (struct hl_hashlist_other){
		.name = HL_STR("PhotoDNA"), .value = HL_STR("QU,\"J;D\"=")};
	l->records[0] = (struct hl_hashlist_record){
		.id = HL_STR("42/a <&> \"b\" c"),
		.label = HL_STR("A1"),
		.series = HL_STR("river; \xc3\xa6"),
		.tags = HL_STR("x,y"),
		.owner = HL_STR("42 Example & Sons"),
		.mime = HL_STR("image/png"),
		.updated = HL_STR("1600000000"),
		.size_bytes = 2835,
		.known = 63,
		.set = 5,
		.media = HL_HASHLIST_PICTURE,
		.hashes = l->main,
		.n_hashes = 4,
		.others = l->others,
		.n_others = 1,
	};
	l->records[1] = (struct hl_hashlist_record){.id = HL_STR("7"),
		.media = HL_HASHLIST_VIDEO,
		.hashes = l->frames,
		.n_hashes = 2};
	l->records[2] = (struct hl_hashlist_record){
		.id = HL_STR("42/gone"), .deleted = true};
	l->records[3] = (struct hl_hashlist_record){
		.id = HL_STR("9"), .hashes = l->one, .n_hashes = 1};
}

static uint64_t write(struct hl_buf *out,
	const struct hl_hashlist_options *options, const struct list *l)
{
	struct hl_hashlist_writer *w;
	uint64_t lost;

	assert_int_equal(hl_hashlist_writer_new(options, out, &w, NULL), 0);
	for (size_t i = 0; i < HL_ARRAY_LEN(l->records); i++) {
		hl_hashlist_writer_put(w, &l->records[i]);
	}
	hl_hashlist_writer_end(w);
	lost = hl_hashlist_writer_lost(w);
	hl_hashlist_writer_free(w);
	assert_int_equal(out->fault, 0);
	return lost;
}

static void read_all(struct hl_buf *out,
	const struct hl_hashlist_options *options, struct hl_str file)
{
	struct hl_hashlist_reader *r;
	struct hl_hashlist_record record;
	struct hl_err err = {.msg = ""};
	int rc;

	assert_int_equal(hl_hashlist_reader_new(options, &r, NULL), 0);
	hl_hashlist_reader_feed(r, file);
	while ((rc = hl_hashlist_reader_next(r, &record, &err)) == 0 ||
		rc == HL_HASHLIST_MORE) {
		if (rc == 0) {
			dump_record(out, &record, false);
		} else {
			hl_hashlist_reader_feed(r, HL_STR(""));
		}
	}
	if (rc != HL_HASHLIST_END ||
		hl_hashlist_reader_totals(r)->n_bad +
			hl_hashlist_reader_totals(r)->n_notes) {
		fail_msg("%s in:\n%.*s", err.msg, HL_STR_ARG(file));
	}
	hl_hashlist_reader_free(r);
}

#define FRAMES " pdq:" PDQ_A " q70 p1 t500 pdq:" PDQ_B " q80 p2 t1000"
#define ALL_BUT_QUALITY \
	" pdq:" PDQ_A " md5:" MD5_A " sha1:" SHA1_A " sha256:" SHA256_A
#define ID "42/a <&> \"b\" c"

static const struct {
	enum hl_hashlist_format format;
	unsigned kind;
	uint64_t lost;
	const char *want;
} rows[] = {
	{HL_HASHLIST_CSV, 0, 0,
		ID " picture pdq:" PDQ_A " q90 md5:" MD5_A " sha1:" SHA1_A
		   " sha256:" SHA256_A " (PhotoDNA:QU,\"J;D\"=) label=A1"
		   " series=river; \xc3\xa6 tags=x,y owner=42 Example & Sons"
		   " mime=image/png updated=1600000000 size=2835"
		   " flags=5/3f\n"
		   "7 video" FRAMES "\n"
		   "42/gone deleted\n"
		   "9 md5:" MD5_B "\n"},
	{HL_HASHLIST_VICS2, 0, 1,
		ID " md5:" MD5_A " sha1:" SHA1_A " pdq:" PDQ_A
		   " sha256:" SHA256_A " (PhotoDNA:QU,\"J;D\"=) label=A1"
		   " series=river; \xc3\xa6 tags=x,y mime=image/png"
		   " updated=1600000000 size=2835 flags=5/1f\n"
		   "7 pdq:" PDQ_A " pdq:" PDQ_B "\n"
		   "9 md5:" MD5_B "\n"},
	{HL_HASHLIST_VICS1, 0, 1,
		ID " md5:" MD5_A " sha1:" SHA1_A " pdq:" PDQ_A
		   " sha256:" SHA256_A " (PhotoDNA:QU,\"J;D\"=) label=A1"
		   " series=river; \xc3\xa6 tags=x,y"
		   " updated=1600000000 size=2835 flags=5/f\n"
		   "7 pdq:" PDQ_A " pdq:" PDQ_B "\n"
		   "9 md5:" MD5_B "\n"},
	{HL_HASHLIST_NCMEC, 0, 0,
		ID " picture" ALL_BUT_QUALITY " (PhotoDNA:QU,\"J;D\"=)"
		   " label=A1 owner=42 Example & Sons updated=1600000000\n"
		   "7 video pdq:" PDQ_A " pdq:" PDQ_B "\n"
		   "42/gone deleted picture\n"
		   "9 picture md5:" MD5_B "\n"},
	{HL_HASHLIST_TX, 0, 0,
		ID " pdq:" PDQ_A " label=MALICIOUS tags=A1,x,y"
		   " owner=42 Example & Sons updated=1600000000 flags=0/20\n" ID
		   "#1 md5:" MD5_A " label=MALICIOUS tags=A1,x,y"
		   " owner=42 Example & Sons updated=1600000000 flags=0/20\n" ID
		   "#2 sha1:" SHA1_A " label=MALICIOUS tags=A1,x,y"
		   " owner=42 Example & Sons updated=1600000000 flags=0/20\n" ID
		   "#3 sha256:" SHA256_A " label=MALICIOUS tags=A1,x,y"
		   " owner=42 Example & Sons updated=1600000000 flags=0/20\n" ID
		   "#4 (PhotoDNA:QU,\"J;D\"=) label=MALICIOUS tags=A1,x,y"
		   " owner=42 Example & Sons updated=1600000000 flags=0/20\n"
		   "7 video pdq:" PDQ_A " q70 t500 pdq:" PDQ_B
		   " q80 p1 t1000 label=MALICIOUS flags=0/20\n"
		   "42/gone deleted\n"
		   "9 md5:" MD5_B " label=MALICIOUS flags=0/20\n"},
	{HL_HASHLIST_LINES, 0, 2,
		PDQ_A " pdq:" PDQ_A "\n" MD5_A " md5:" MD5_A "\n" SHA1_A
		      " sha1:" SHA1_A "\n" SHA256_A " sha256:" SHA256_A
		      "\n" PDQ_A " pdq:" PDQ_A "\n" PDQ_B " pdq:" PDQ_B
		      "\n" MD5_B " md5:" MD5_B "\n"},
	{HL_HASHLIST_LINES, HL_MATCH_MD5, 7,
		MD5_A " md5:" MD5_A "\n" MD5_B " md5:" MD5_B "\n"},
};

static void written_is_read_back(void **state)
{
	struct list l;

	(void)state;
	make(&l);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_hashlist_options options = {
			.format = rows[i].format, .kind = rows[i].kind};
		HL_BUF_AUTO file = HL_BUF_INIT(1 << 20);
		HL_BUF_AUTO got = HL_BUF_INIT(1 << 20);
		uint64_t lost = write(&file, &options, &l);

		read_all(&got, &options, hl_buf_str(&file));
		dump_same(hl_hashlist_format_name(rows[i].format),
			hl_buf_str(&got), hl_str_c(rows[i].want));
		assert_int_equal(lost, rows[i].lost);
	}
}

/* What is guessed of what is written is what it is. */
static void written_is_recognised(void **state)
{
	struct list l;

	(void)state;
	make(&l);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_hashlist_options options = {
			.format = rows[i].format, .kind = rows[i].kind};
		HL_BUF_AUTO file = HL_BUF_INIT(1 << 20);
		enum hl_hashlist_format want = rows[i].format;

		write(&file, &options, &l);
		if (want == HL_HASHLIST_VICS1) {
			want = HL_HASHLIST_VICS2;
		}
		assert_int_equal(want, hl_hashlist_guess(hl_buf_str(&file)));
	}
	assert_int_equal(0, hl_hashlist_guess(HL_STR("")));
	assert_int_equal(0, hl_hashlist_guess(HL_STR("hello")));
	assert_int_equal(0, hl_hashlist_guess(HL_STR("{\"a\":1}")));
	assert_int_equal(
		HL_HASHLIST_NCMEC, hl_hashlist_guess(HL_STR("\xff\xfe<\0q\0")));
}

#define DIGITS \
	"d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22"

/* What `hotline hash` prints is told from lines, and from tables of tabs. */
static void printed_is_recognised(void **state)
{
	static const struct {
		const char *text;
		enum hl_hashlist_format format;
	} texts[] = {
		{DIGITS "\t100\tbridge.jpg\n", HL_HASHLIST_HASH},
		{"# by hand\n\n" DIGITS "\t0\ta b, c;d", HL_HASHLIST_HASH},
		{DIGITS "\t7\tf.mkv\tframe=1\tseconds=0.1", HL_HASHLIST_HASH},
		{"{\"path\":\"odata. \\\"data\\\"\",\"frames\":[",
			HL_HASHLIST_HASH},
		{" { \"path\" : \"MediaID\"", HL_HASHLIST_HASH},
		/* a column of kinds has no numbers */
		{DIGITS "\t101\tbridge.jpg", HL_HASHLIST_HASH},
		{DIGITS "\tx\tbridge.jpg", HL_HASHLIST_HASH},
		{DIGITS "0\t100\tbridge.jpg", HL_HASHLIST_HASH},
		/* and its other lines tell what a damaged one is */
		{"g\t9x\ta\n" DIGITS "\t90\tb", HL_HASHLIST_HASH},
		{"g,h\n;\n" DIGITS "\t90\tb", HL_HASHLIST_HASH},
		{"x\"path\":\"a,b\"}\n{\"path\":\"b\"}", HL_HASHLIST_HASH},
		{"{\"pazh\":\"MediaID\"}\n{\"path\":\"b\"}", HL_HASHLIST_HASH},
		{"[\"path\":\"MediaID\"}\n" DIGITS "\t90\tb", HL_HASHLIST_HASH},
		{"pdq " DIGITS ",\n" DIGITS "\nmd5 " DIGITS, HL_HASHLIST_LINES},
		{"?\n" DIGITS, HL_HASHLIST_LINES},
		/* but below names of columns it is a table */
		{"sha256\tquality\tlabel\n" DIGITS "\t90\tb", HL_HASHLIST_CSV},
		{"\"SHA-256\"\t\"Quality\"\tx\n" DIGITS "\t90\tb",
			HL_HASHLIST_CSV},
		{"a, " DIGITS "\nb, " DIGITS, HL_HASHLIST_CSV},
		{DIGITS "\tpdq\tbridge.jpg", HL_HASHLIST_CSV},
		{DIGITS "\t100\t", HL_HASHLIST_CSV},
		{DIGITS "\t100", HL_HASHLIST_CSV},
		{"id\tpdq\tlabel", HL_HASHLIST_CSV},
		{DIGITS, HL_HASHLIST_LINES},
		{"pdq " DIGITS, HL_HASHLIST_LINES},
		{"{\"paths\":1}", 0},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(texts); i++) {
		enum hl_hashlist_format got =
			hl_hashlist_guess(hl_str_c(texts[i].text));

		if (got != texts[i].format) {
			fail_msg("%s: %d", texts[i].text, (int)got);
		}
	}
}

/* An empty list is a whole file of its format. */
static void nothing_is_a_list(void **state)
{
	(void)state;
	for (int f = HL_HASHLIST_LINES; f <= HL_HASHLIST_TX; f++) {
		struct hl_hashlist_options options = {
			.format = (enum hl_hashlist_format)f};
		struct hl_hashlist_writer *w;
		HL_BUF_AUTO file = HL_BUF_INIT(4096);
		HL_BUF_AUTO got = HL_BUF_INIT(4096);

		assert_int_equal(
			hl_hashlist_writer_new(&options, &file, &w, NULL), 0);
		hl_hashlist_writer_end(w);
		hl_hashlist_writer_free(w);
		read_all(&got, &options, hl_buf_str(&file));
		assert_int_equal(got.n, 0);
	}
}

static void names(void **state)
{
	static const struct {
		const char *name;
		unsigned kind;
	} kinds[] = {{"pdq", 1}, {"MD5", 2}, {"sha-1", 3}, {"SHA_256", 4},
		{"sha 256", 4}, {"sha512", 0}, {"", 0}, {"pdqq", 0},
		{"m-d-5-------------", 2}, {"photodnaxxxxxxx", 0}};
	struct hl_hashlist_writer *w;
	struct hl_hashlist_reader *r;
	struct hl_hashlist_options none = {.format = 0};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(kinds); i++) {
		assert_int_equal(kinds[i].kind,
			hl_hashlist_kind_of(hl_str_c(kinds[i].name)));
	}
	for (int f = HL_HASHLIST_LINES; f <= HL_HASHLIST_TX; f++) {
		enum hl_hashlist_format format = (enum hl_hashlist_format)f;
		const char *name = hl_hashlist_format_name(format);

		assert_int_equal(format, hl_hashlist_format_of(hl_str_c(name)));
	}
	assert_int_equal(
		HL_HASHLIST_VICS2, hl_hashlist_format_of(HL_STR("vics")));
	assert_int_equal(0, hl_hashlist_format_of(HL_STR("xml")));
	assert_int_equal(
		HL_HASHLIST_HASH, hl_hashlist_format_of(HL_STR("hash")));
	assert_null(hl_hashlist_format_name(8));
	assert_string_equal("other", hl_hashlist_kind_name(5));
	assert_int_equal(
		HL_E_INVALID, hl_hashlist_writer_new(&none, NULL, &w, NULL));
	assert_int_equal(HL_E_INVALID, hl_hashlist_reader_new(&none, &r, NULL));
	none.format = HL_HASHLIST_HASH;
	assert_int_equal(
		HL_E_INVALID, hl_hashlist_writer_new(&none, NULL, &w, NULL));
	hl_hashlist_writer_free(w);
	hl_hashlist_reader_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_is_read_back),
		cmocka_unit_test(written_is_recognised),
		cmocka_unit_test(printed_is_recognised),
		cmocka_unit_test(nothing_is_a_list),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
