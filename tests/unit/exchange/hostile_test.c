/* SPDX-License-Identifier: Apache-2.0 */
/* Files that were made to hurt: deep, huge, endless, and states that were
 * made up. */
#include "dump.h"

#include <stdio.h>
#include <sys/resource.h>

#include "base/time.h"

#define XMLNS \
	"<queryResult xmlns=\"https://hashsharing.ncmec.org/hashsharing/v2\">"

static void expect(const char *what, enum hl_hashlist_format format,
	struct hl_str file, const char *words)
{
	struct hl_hashlist_options options = {.format = format};
	HL_BUF_AUTO got = HL_BUF_INIT(1 << 20);

	dump_file(&got, &options, file, 4096);
	if (hl_str_find(hl_buf_str(&got), hl_str_c(words)) == got.n) {
		fail_msg("%s: no \"%s\" in\n%.*s", what, words,
			HL_STR_ARG(hl_buf_str(&got)));
	}
}

static void repeat(struct hl_buf *b, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		hl_buf_put(b, hl_str_c(text));
	}
}

static void deep(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(8 << 20);

	(void)state;
	repeat(&b, "[", 100000);
	expect("arrays", HL_HASHLIST_VICS2, hl_buf_str(&b),
		"nested deeper than 64 levels");
	hl_buf_reset(&b);
	repeat(&b, "{\"value\":[{\"Media\":[", 100000);
	expect("cases", HL_HASHLIST_VICS2, hl_buf_str(&b),
		"nested deeper than 64 levels");
	hl_buf_reset(&b);
	hl_buf_put(&b, HL_STR("{\"a\":"));
	repeat(&b, "{\"a\":", 100000);
	expect("objects", HL_HASHLIST_TX, hl_buf_str(&b),
		"nested deeper than 64 levels");
	hl_buf_reset(&b);
	hl_buf_put(&b, HL_STR(XMLNS "<images>"));
	repeat(&b, "<a>", 100000);
	expect("elements", HL_HASHLIST_NCMEC, hl_buf_str(&b),
		"nested deeper than 64 levels");
}

static void billion_laughs(void **state)
{
	(void)state;
	expect("document type", HL_HASHLIST_NCMEC,
		HL_STR("<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [<!ENTITY a "
		       "\"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>\n" XMLNS
		       "<images/></queryResult>"),
		"document types and entities are refused");
	expect("in a record", HL_HASHLIST_NCMEC,
		HL_STR(XMLNS "<images><image><!DOCTYPE a><id>1</id></image>"
			     "</images></queryResult>"),
		"document types and entities are refused");
	expect("an entity", HL_HASHLIST_NCMEC,
		HL_STR(XMLNS "<images><image><id>&b;</id></image></images>"
			     "</queryResult>"),
		"BAD 1@74 the element is not valid XML");
}

/* A record over the limit is stepped over; the next one is read. */
static void huge_records(void **state)
{
	static const struct {
		enum hl_hashlist_format format;
		const char *head, *fill, *tail, *want;
	} rows[] = {
		{HL_HASHLIST_LINES, "", "a", "\n" MD5_A,
			"BAD 1@0 the record is larger than the limit\n"
			"2@5000001 " MD5_A},
		{HL_HASHLIST_CSV, "id,md5\n1,", "a", "\n2," MD5_A,
			"BAD 2@7 the record is larger than the limit\n"
			"3@5000010 2 "},
		{HL_HASHLIST_CSV, "id,md5\n1,\"", "\n", "\"\n2," MD5_A,
			"BAD 2@7 the record is larger than the limit\n"
			"5000003@5000012 2 "},
		{HL_HASHLIST_VICS2, "[{\"a\":\"", "\\\\\\\"x",
			"\"},{\"MD5\":\"" MD5_A "\"}]",
			"BAD 1@1 the record is larger than the limit\n1@"},
		{HL_HASHLIST_VICS2, "{\"a\":\"", "x",
			"\",\"value\":[{\"MD5\":\"" MD5_A "\"}]}",
			"1@5000017 " MD5_A},
		{HL_HASHLIST_VICS2, "[{\"a\":\"", "x",
			"\",\"Media\":[{\"MD5\":\"" MD5_A "\"}]}]",
			"1@5000018 " MD5_A},
		{HL_HASHLIST_VICS2, "", " ", "[{\"MD5\":\"" MD5_A "\"}]",
			"1@5000001 " MD5_A},
		{HL_HASHLIST_NCMEC, XMLNS "<images><image>", "x",
			"</image><image><id>1</id><fingerprints><md5>" MD5_A
			"</md5></fingerprints></image></images></queryResult>",
			"BAD 1@74 the record is larger than the limit\n"
			"1@5000089 1 picture"},
		{HL_HASHLIST_NCMEC, XMLNS "<x><y>", "<z>y</z>",
			"</y></x><images><image><id>1</"
			"id><fingerprints><md5>" MD5_A
			"</md5></fingerprints></image></images>"
			"</queryResult>",
			" 1 picture md5:"},
		{HL_HASHLIST_NCMEC, XMLNS "<!--", "<z>-", "--></queryResult>",
			"end"},
		{HL_HASHLIST_NCMEC, XMLNS "<images a='", "x", "'/>",
			"a tag is too long"},
		{HL_HASHLIST_TX, "{\"data\":[],\"paging\":{\"next\":\"", "x",
			"\"}}", "the record is larger than the limit"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO b = HL_BUF_INIT(64 << 20);
		char what[32];

		hl_buf_put(&b, hl_str_c(rows[i].head));
		repeat(&b, rows[i].fill, 5000000);
		hl_buf_put(&b, hl_str_c(rows[i].tail));
		assert_int_equal(b.fault, 0);
		snprintf(what, sizeof(what), "row %zu", i);
		expect(what, rows[i].format, hl_buf_str(&b), rows[i].want);
	}
}

static void many_of_one_id(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(64 << 20);

	(void)state;
	hl_buf_put(&b, HL_STR("id,kind,hash,part,tags\n"));
	for (int i = 0; i < 16400; i++) {
		hl_buf_printf(&b, "1,md5," MD5_A ",%d,\"a \"\"b\"\"\"\n", i);
	}
	expect("rows", HL_HASHLIST_CSV, hl_buf_str(&b),
		"more than 16384 hashes in one record");
	expect("rows", HL_HASHLIST_CSV, hl_buf_str(&b),
		"records 1 deleted 0 bad 0 notes 16 incomplete 1 "
		"md5 16384");
}

static void numbers_and_names(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(1 << 20);

	(void)state;
	expect("numbers", HL_HASHLIST_VICS2,
		HL_STR("[{\"MediaID\":1,\"MD5\":\"" MD5_A
		       "\",\"MediaSize\":1e400},{\"MediaID\":2,\"MD5\":\"" MD5_A
		       "\",\"MediaSize\":-5},{\"MediaID\":-3,\"MD5\":\"" MD5_A
		       "\",\"MediaSize\":\"9223372036854775808\"}]"),
		"records 2 deleted 0 bad 1 notes 2 md5 2");
	expect("NULs", HL_HASHLIST_LINES, HL_STR("ab\0\n" MD5_A "\0\n"),
		"records 0 deleted 0 bad 2");
	expect("NULs", HL_HASHLIST_NCMEC,
		HL_STR(XMLNS
			"<images><image>\0</image></images></queryResult>"),
		"the element is not valid XML");
	expect("bytes that are no UTF-8", HL_HASHLIST_VICS2,
		HL_STR("[{\"MediaID\":\"\xc3\",\"MD5\":\"" MD5_A "\"}]"),
		"the record is not valid JSON");
	expect("bytes that are no UTF-8", HL_HASHLIST_NCMEC,
		HL_STR(XMLNS "<images><image><id>\xff</id></image></images>"
			     "</queryResult>"),
		"the element is not valid XML");
	hl_buf_put(&b, HL_STR("id,md5\n"));
	repeat(&b, "x", 513);
	hl_buf_put(&b, HL_STR("," MD5_A "\n"));
	expect("an id", HL_HASHLIST_CSV, hl_buf_str(&b),
		"the id has over 512 bytes");
	hl_buf_reset(&b);
	for (int i = 0; i < 20; i++) {
		hl_buf_printf(&b, "kind%d\x1b[1m abc\n", i);
	}
	expect("kinds", HL_HASHLIST_LINES, hl_buf_str(&b), "(further 5)");
}

/* Ten million records in the memory of one. */
static void memory_of_one_record(void **state)
{
	struct hl_hashlist_options options = {.format = HL_HASHLIST_VICS2};
	struct hl_hashlist_reader *r;
	struct hl_hashlist_record record;
	struct rusage before, after;
	HL_BUF_AUTO b = HL_BUF_INIT(1 << 20);
	size_t fed = 0;
	int rc;

	(void)state;
	repeat(&b, "{\"MediaID\":1,\"MD5\":\"" MD5_A "\"},", 5000);
	assert_int_equal(hl_hashlist_reader_new(&options, &r, NULL), 0);
	hl_hashlist_reader_feed(r, HL_STR("["));
	getrusage(RUSAGE_SELF, &before);
	while ((rc = hl_hashlist_reader_next(r, &record, NULL)) == 0 ||
		rc == HL_HASHLIST_MORE) {
		if (rc == HL_HASHLIST_MORE && fed == 40) {
			break;
		}
		if (rc == HL_HASHLIST_MORE) {
			hl_hashlist_reader_feed(r, hl_buf_str(&b));
			fed++;
		}
	}
	getrusage(RUSAGE_SELF, &after);
	assert_int_equal(hl_hashlist_reader_totals(r)->n_records, 200000);
#ifdef HL_SANITIZED /* keeps what was freed for a while */
	(void)before;
	(void)after;
#else
	assert_true(after.ru_maxrss - before.ru_maxrss < 8 << 10);
#endif
	hl_hashlist_reader_free(r);
}

/* ---- States ----------------------------------------------------------- */

static void states_that_were_made_up(void **state)
{
#define HEAD(format)                                                         \
	"{\"version\":1,\"format\":\"" format                                \
	"\",\"encoding\":1,\"offset\":5,\"line\":1,\"totals\":[1,0,0,0,0,0," \
	"1,0,0],\"others\":[],\"frame\":"
	static const struct {
		enum hl_hashlist_format format;
		const char *state;
	} rows[] = {
		{HL_HASHLIST_LINES, ""},
		{HL_HASHLIST_LINES, "{}"},
		{HL_HASHLIST_LINES, "[]"},
		{HL_HASHLIST_LINES, HEAD("csv") "{}}"},
		{HL_HASHLIST_LINES, "{\"version\":2,\"format\":\"lines\"}"},
		{HL_HASHLIST_CSV, HEAD("csv") "{}}"},
		{HL_HASHLIST_CSV,
			HEAD("csv") "{\"separator\":44,\"columns\":[99]}}"},
		{HL_HASHLIST_CSV,
			HEAD("csv") "{\"separator\":44,\"columns\":[-1]}}"},
		{HL_HASHLIST_CSV,
			HEAD("csv") "{\"separator\":65,\"columns\":[1]}}"},
		{HL_HASHLIST_VICS2, HEAD("vics2") "{\"levels\":\"\"}}"},
		{HL_HASHLIST_VICS2, HEAD("vics2") "{\"levels\":\"E\"}}"},
		{HL_HASHLIST_VICS2, HEAD("vics2") "{\"levels\":\"XA\"}}"},
		{HL_HASHLIST_VICS2,
			HEAD("vics2") "{\"levels\":\"AAAAAAAAAAAAA\"}}"},
		{HL_HASHLIST_NCMEC, HEAD("ncmec") "{}}"},
		{HL_HASHLIST_NCMEC,
			HEAD("ncmec") "{\"root\":\"<a>\",\"group\":\"b\"}}"},
		{HL_HASHLIST_TX,
			"{\"version\":1,\"format\":\"tx\",\"encoding\":9}"},
		{HL_HASHLIST_TX, "{\"version\":1,\"format\":\"tx\","
				 "\"encoding\":1,\"offset\":-1}"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_hashlist_options options = {.format = rows[i].format};
		struct hl_hashlist_reader *r;
		uint64_t offset;

		assert_int_equal(hl_hashlist_reader_new(&options, &r, NULL), 0);
		if (hl_hashlist_reader_resume(r, hl_str_c(rows[i].state),
			    &offset, NULL) != HL_E_INVALID) {
			fail_msg("row %zu was taken", i);
		}
		hl_hashlist_reader_free(r);
	}
}

static void no_state_but_behind_a_record(void **state)
{
	struct hl_hashlist_options options = {.format = HL_HASHLIST_LINES};
	struct hl_hashlist_reader *r;
	struct hl_hashlist_record record;
	HL_BUF_AUTO at = HL_BUF_INIT(16 << 10);
	uint64_t offset;

	(void)state;
	assert_int_equal(hl_hashlist_reader_new(&options, &r, NULL), 0);
	assert_int_equal(hl_hashlist_reader_checkpoint(r, &at, &offset, NULL),
		HL_E_INVALID);
	hl_hashlist_reader_feed(r, HL_STR(MD5_A "\n"));
	while (hl_hashlist_reader_next(r, &record, NULL) == HL_HASHLIST_MORE) {
	}
	assert_int_equal(
		hl_hashlist_reader_checkpoint(r, &at, &offset, NULL), 0);
	assert_int_equal(offset, 33);
	assert_int_equal(
		hl_hashlist_reader_next(r, &record, NULL), HL_HASHLIST_MORE);
	assert_int_equal(hl_hashlist_reader_checkpoint(r, &at, &offset, NULL),
		HL_E_INVALID);
	/* A reader that has begun cannot be put elsewhere. */
	assert_int_equal(
		hl_hashlist_reader_resume(r, hl_buf_str(&at), &offset, NULL),
		HL_E_INVALID);
	hl_hashlist_reader_feed(r, HL_STR(""));
	hl_hashlist_reader_feed(r, HL_STR(MD5_B "\n")); /* behind the end */
	assert_int_equal(
		hl_hashlist_reader_next(r, &record, NULL), HL_HASHLIST_END);
	assert_int_equal(
		hl_hashlist_reader_next(r, &record, NULL), HL_HASHLIST_END);
	hl_hashlist_reader_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deep),
		cmocka_unit_test(billion_laughs),
		cmocka_unit_test(huge_records),
		cmocka_unit_test(many_of_one_id),
		cmocka_unit_test(numbers_and_names),
		cmocka_unit_test(memory_of_one_record),
		cmocka_unit_test(states_that_were_made_up),
		cmocka_unit_test(no_state_but_behind_a_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
