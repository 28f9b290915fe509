/* SPDX-License-Identifier: Apache-2.0 */
/* hotline hashlist and match on the folder of an index, as from a shell. */
#include "folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli_hash/commands.h"

#define PDQ_A "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22"
#define PDQ_B "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b2d"
#define PDQ_TAIL \
	"8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22"
#define MD5_A "9e107d9d372bb6826bd81d3542a419d6"
#define MD5_B "e4d909c290d0fb1ca068ffaddf22cbd0"
#define SHA1_A "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"

static struct capture c;

static void expect(int status, const char *line, const char *words)
{
	expect_of(&c, status, line, words);
}

#define IMPORT "hashlist import --index idx --list "

static void import_and_again(void **state)
{
	(void)state;
	write_file("a.csv",
		"id,kind,hash,part,label,quality\n"
		"m/1,pdq," PDQ_A ",0,A1,90\nm/1,pdq," PDQ_B ",1,A1,\n"
		"7,md5," MD5_A ",,B2,\n8,photodna,QUJD,,,\n");
	expect(0, IMPORT "one --dry-run a.csv", "nothing was changed");
	expect(3, "hashlist stats --index idx", "there is no index in idx");
	expect(0, IMPORT "one --owner Example --radius 20 a.csv",
		"2 new entries");
	capture_says(&c, "1 left out: no hash that can be looked up");
	capture_says(&c, "1 hashes photodna, kept but not looked up");
	expect(0, IMPORT "one a.csv", "2 entries as they were");
	expect(0, "hashlist stats --index idx --json --kinds",
		"{\"list\":1,\"name\":\"one\",\"owner\":\"Example\","
		"\"negative\":false,\"radius\":20,\"version\":1,\"entries\":2,"
		"\"hashes\":3,\"pdq\":2,\"md5\":1,\"sha1\":0,\"sha256\":0}");
	expect(0, "hashlist verify --index idx", "every byte");
	expect(0, "hashlist diff --index idx --list 1 a.csv", "");
}

static void changes_and_deletions(void **state)
{
	(void)state;
	write_file("b.csv", "id,kind,hash,part,label,deleted\n"
			    "m/1,pdq," PDQ_A ",0,C3,\n"
			    "9,sha1," SHA1_A ",,,\n7,,,,,yes\n99,,,,,yes\n");
	expect(1, "hashlist diff --index idx --list one b.csv", "~ m/1\n");
	capture_says(&c, "+ 9\n");
	capture_says(&c, "- 7\n");
	expect(1, "hashlist diff --index idx --list one --json b.csv",
		"{\"change\":\"changed\",\"id\":\"m/1\"}");
	expect(0, IMPORT "one b.csv", "1 new entries");
	capture_says(&c, "1 entries changed");
	capture_says(&c, "1 entries removed");
	capture_says(&c, "1 taken back, and not there");
	/* The frame that the new file does not have is gone. */
	expect(0, "hashlist export --index idx --list one",
		"m/1,pdq," PDQ_A ",,,,C3,");
	capture_hides(&c, PDQ_B);
	capture_hides(&c, MD5_A);
	expect(0, "hashlist diff --index idx --list one b.csv", "");
}

static void replace_removes_what_is_gone(void **state)
{
	(void)state;
	write_file("c.txt", "md5 " MD5_A "\nmd5 " MD5_B "\n");
	write_file("d.txt", "md5 " MD5_B "\n");
	write_file("bad.txt", "md5 " MD5_A "\nzz\n");
	write_file("page.json",
		"{\"data\":[{\"id\":\"1\",\"type\":\"HASH_MD5\","
		"\"indicator\":\"" MD5_A "\"}],\"paging\":{\"next\":"
		"\"https://api.example.invalid/x?access_token=secret\"}}");
	expect(0, IMPORT "two c.txt", "2 new entries");
	expect(1, IMPORT "two --replace bad.txt",
		"nothing was removed for --replace, since records were bad");
	capture_says(&c, "line 2, byte 37: left out: a hash has another");
	expect(1, IMPORT "two --replace page.json",
		"more pages follow: "
		"https://api.example."
		"invalid/x?...\n");
	capture_hides(&c, "secret");
	write_file("empty.txt", "");
	expect(1, IMPORT "two --replace --format lines empty.txt",
		"the file has no records");
	expect(0, IMPORT "two --replace d.txt", "2 entries removed");
	expect(0,
		"hashlist export --index idx --list two --format lines "
		"--kind md5",
		MD5_B "\n");
	capture_hides(&c, MD5_A);
}

/* What `hotline hash` prints is a list: with its digests, its frames and
 * their quality, and without what is too weak to be one. */
static void what_hash_prints(void **state)
{
	(void)state;
	write_file("plain.txt",
		PDQ_A "\t99\ta.jpg\tmd5=" MD5_A "\n" PDQ_B "\t49\tweak.jpg\n");
	write_file("objects.json",
		"{\"path\":\"a.jpg\",\"status\":\"hashed\",\"md5\":\"" MD5_A
		"\",\"frames\":[{\"number\":0,\"seconds\":0.000,\"pdq\":"
		"\"" PDQ_A "\",\"quality\":99}]}\n"
		"{\"path\":\"b.jpg\",\"status\":\"damaged\",\"frames\":[]}\n");
	expect(0, IMPORT "own plain.txt", "1 new entries");
	capture_says(&c, "1 hashes left out: of a quality under 50");
	capture_says(&c, "1 hashes pdq\n         1 hashes md5\n");
	expect(0, "hashlist export --index idx --list own",
		MD5_A ",pdq," PDQ_A ",99,");
	expect(1, IMPORT "own objects.json",
		"line 2, byte 202: left out: the file was not hashed");
	capture_says(&c, "1 entries as they were");
	expect(0, "match --index idx --list own " MD5_A, "match\tmd5\t0\t");
	expect(1, "match --index idx --list own " SHA1_A, NULL);
	expect(1, "hashlist export --index idx --list own --format hash",
		"the format hash is only read");
	write_file("none.txt", PDQ_B "\t0\tweak.jpg\n");
	expect(1, IMPORT "own --replace none.txt",
		"nothing was removed for --replace, since the file has no "
		"records");
	expect(0, "hashlist stats --index idx --list own", " 1 entries ");
}

/* A file that is taken for something else, or of which nothing can be looked
 * up, is not a list that has become empty. */
static void replace_wants_hashes(void **state)
{
	static const struct {
		const char *list, *format, *text, *words;
	} rows[] = {
		{"no-digit", "", "g" PDQ_TAIL "\t90\ta\n" PDQ_B "\t90\tb\n",
			"since records were bad"},
		{"quality", "", PDQ_A "\t900\ta\n" PDQ_B "\t90\tb\n",
			"since records were bad"},
		{"alone", "", "g" PDQ_TAIL "\t90\ta\n",
			"since records were bad"},
		{"columns", "--format csv ",
			PDQ_A "\t90\ta\n" PDQ_B "\t90\tb\n",
			"since no record has a hash that can be looked up"},
		{"others", "--format csv ",
			"id,kind,hash\n" PDQ_A ",pdr," PDQ_A "\n",
			"since no record has a hash that can be looked up"},
		{"gone", "--format csv ", "id,deleted\n77,yes\n",
			"since no record has a hash that can be looked up"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		char line[128];

		write_file("whole", PDQ_A "\t90\ta\n" PDQ_B "\t90\tb\n");
		write_file("worse", rows[i].text);
		snprintf(line, sizeof(line), IMPORT "%s whole", rows[i].list);
		expect(0, line, "2 new entries");
		snprintf(line, sizeof(line), IMPORT "%s --replace %sworse",
			rows[i].list, rows[i].format);
		expect(1, line, "nothing was removed for --replace, ");
		capture_says(&c, rows[i].words);
		capture_hides(&c, "entries removed");
		snprintf(line, sizeof(line),
			"hashlist stats --index idx --list %s", rows[i].list);
		expect(0, line, " 2 entries ");
	}
}

/* Not without --replace either: only its owner takes an entry back. */
static void no_hash_takes_nothing_back(void **state)
{
	(void)state;
	write_file("whole", "id,kind,hash\n1,md5," MD5_A "\n2,md5," MD5_B "\n");
	write_file("worse", "id,kind,hash\n1,mdr," MD5_A "\n2,md5," MD5_B "\n");
	expect(0, IMPORT "kinds whole", "2 new entries");
	expect(0, IMPORT "kinds worse", "1 left out: no hash that can be");
	expect(0, "hashlist diff --index idx --list kinds worse", "");
	expect(0, IMPORT "kinds --replace worse", "1 entries as they were");
	capture_hides(&c, "removed");
	expect(0, "hashlist stats --index idx --list kinds", " 2 entries ");
}

#define STEM "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b"
#define FRAME(tail, quality, n) \
	STEM tail "\t" quality "\tf.mkv\tframe=" n "\tseconds=" n ".000\n"
#define FILM                   \
	FRAME("20", "90", "0") \
	FRAME("21", "90", "1") FRAME("22", "90", "2") FRAME("23", "90", "3")
#define OBJECT(digits, quality)                                           \
	"{\"path\":\"f\",\"status\":\"hashed\",\"md5\":\"" MD5_A          \
	"\",\"frames\":[{\"number\":0,\"seconds\":0.000,\"pdq\":\"" PDQ_A \
	"\",\"quality\":" quality "},{\"number\":7,\"seconds\":7.000,"    \
	"\"pdq\":\"" digits "\",\"quality\":90}]}\n"
#define NAMES "id,kind,hash,part\n"
#define ROWS NAMES "a,md5," MD5_A ",\na,pdq," PDQ_A ",1\na,pdq," PDQ_B ",2\n"
#define MEDIA(sha1)                                                         \
	"{\"value\":[{\"MediaID\":1,\"MD5\":\"" MD5_A "\",\"SHA1\":\"" sha1 \
	"\"},{\"MediaID\":2,\"MD5\":\"" MD5_B "\"}]}"

/* Of each first text only a part can be read in the second: the list keeps
 * the hashes it has of it, and has `numbers` then. */
static void what_is_not_whole_takes_nothing(void **state)
{
	static const struct {
		const char *name, *whole, *worse, *why, *numbers;
	} rows[] = {
		{"digit", FILM,
			FRAME("20", "90", "0") FRAME("2g", "90", "1")
				FRAME("22", "90", "2") FRAME("23", "90", "3"),
			NULL, " 2 entries          7 hashes "},
		{"all", FILM,
			FRAME("2g", "90", "0") FRAME("2h", "90", "1")
				FRAME("2", "90", "2") FRAME("233", "90", "3"),
			"records were bad", " 1 entries          4 hashes "},
		{"weak", FILM,
			FRAME("20", "9", "0") FRAME("2g", "90", "1")
				FRAME("22", "9", "2") FRAME("23", "9", "3"),
			"records were bad", " 1 entries          4 hashes "},
		{"field", FILM,
			FRAME("20", "90", "0") STEM
			"21\t90\tf.mkv\tfrbme=1\n" FRAME("22", "90", "2")
				FRAME("23", "90", "3"),
			NULL, "          8 hashes "},
		{"quality", FILM,
			FRAME("20", "90", "0") FRAME("21", "9x", "1")
				FRAME("22", "90", "2") FRAME("23", "90", "3"),
			"records were bad", " 2 entries          7 hashes "},
		{"object", OBJECT(PDQ_B, "90"), OBJECT("g" PDQ_TAIL, "90"),
			NULL, " 1 entries          3 hashes "},
		{"alone", OBJECT(PDQ_B, "90"), OBJECT("g" PDQ_TAIL, "9"), NULL,
			" 1 entries          3 hashes "},
		{"rows", ROWS,
			NAMES "a,md5," MD5_A ",\na,pdq,g" PDQ_TAIL
			      ",1\na,pdq," PDQ_B ",2\n",
			NULL, " 1 entries          3 hashes "},
		/* the bad row may be of the entry before or behind it */
		{"row-within", ROWS,
			NAMES "a,md5," MD5_A ",\na,pdq,\"x" PDQ_A
			      ",1\na,pdq\"," PDQ_B ",2\n",
			"records were bad", " 1 entries          3 hashes "},
		{"row-before", ROWS,
			NAMES "a,md5,x" MD5_A ",\na,pdq," PDQ_A
			      ",1\na,pdq," PDQ_B ",2\n",
			"records were bad", " 1 entries          3 hashes "},
		{"media", MEDIA(SHA1_A), MEDIA("2fd4"), NULL,
			" 2 entries          3 hashes "},
	};
	char line[128];

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		write_file("whole", rows[i].whole);
		write_file("worse", rows[i].worse);
		snprintf(line, sizeof(line), IMPORT "w-%s whole", rows[i].name);
		expect(0, line, NULL);
		snprintf(line, sizeof(line), IMPORT "w-%s --replace worse",
			rows[i].name);
		expect(1, line, "nothing was removed for --replace, since ");
		capture_says(&c, rows[i].why ? rows[i].why
					     : "a hash or frame of a record "
					       "could not be read");
		capture_hides(&c, "entries removed");
		snprintf(line, sizeof(line),
			"hashlist stats --index idx --list w-%s", rows[i].name);
		expect(0, line, rows[i].numbers);
		/* nor without --replace; and once it is whole, it is taken */
		snprintf(line, sizeof(line), IMPORT "w-%s worse", rows[i].name);
		expect(1, line, NULL);
		snprintf(line, sizeof(line),
			"hashlist stats --index idx --list w-%s", rows[i].name);
		expect(0, line, rows[i].numbers);
		snprintf(line, sizeof(line), IMPORT "w-%s --replace whole",
			rows[i].name);
		expect(0, line, NULL);
		snprintf(line, sizeof(line),
			"hashlist diff --index idx --list w-%s whole",
			rows[i].name);
		expect(0, line, "");
	}
}

/* A hash that is bad every time does not keep out what else is new. */
static void what_is_not_whole_may_add(void **state)
{
	(void)state;
	write_file("whole", "id,md5,sha1,label\n1," MD5_A ",zz,A1\n");
	expect(1, IMPORT "adds whole", "1 new entries");
	write_file("whole",
		"id,md5,sha1,label,pdq\n1," MD5_A ",zz,B2," PDQ_A "\n");
	expect(1, IMPORT "adds whole", "1 entries changed");
	expect(0, "hashlist export --index idx --list adds", "B2");
	capture_says(&c, PDQ_A);
	write_file("whole", "id,md5,sha1,label\n1," MD5_B ",zz,C3\n");
	expect(1, IMPORT "adds --report r.json whole",
		"1 entries that stay as they were: not all of their record "
		"could be read");
	expect(0, "hashlist export --index idx --list adds", "B2");
	capture_says(&c, MD5_A);
	/* zeros are read, and say nothing: no reason not to remove */
	write_file("whole",
		"id,md5,pdq\n2," MD5_B ",00000000000000000000000000000000"
		"00000000000000000000000000000000\n");
	expect(1, IMPORT "adds --replace whole", "1 entries removed");
}

static void every_format_and_back(void **state)
{
	static const char *const formats[] = {
		"csv", "vics1", "vics2", "ncmec", "tx", "lines"};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(formats); i++) {
		char line[256];
		struct stat st;

		snprintf(line, sizeof(line),
			"hashlist export --index idx --list one --format %s x",
			formats[i]);
		expect(0, line, NULL);
		assert_int_equal(0, stat("x", &st));
		assert_int_equal(0600, st.st_mode & 0777);
		snprintf(line, sizeof(line), IMPORT "back-%s x", formats[i]);
		expect(0, line, "2 new entries");
	}
	expect(0, "hashlist diff --index idx --list one --with back-csv", "");
	expect(1, "hashlist diff --index idx --list one --with two", "- m/1");
}

static void reports_as_lines_of_json(void **state)
{
	HL_BUF_AUTO text = HL_BUF_INIT(1 << 16);

	(void)state;
	expect(1, IMPORT "three --report r.json bad.txt", "1 bad records");
	assert_int_equal(0, hl_file_read("r.json", &text, NULL));
	hl_buf_put_c(&text, '\0');
	assert_string_equal(text.p,
		"{\"line\":2,\"offset\":37,\"lost\":true,\"what\":\"a hash has "
		"another number of digits than its kind\"}\n"
		"{\"totals\":{\"records\":1,\"added\":1,\"changed\":0,"
		"\"same\":0,\"kept\":0,\"removed\":0,\"absent\":0,\"harmless\":"
		"0,"
		"\"useless\":0,\"collided\":0,\"weak\":0,\"cut\":0,\"bad\":1,"
		"\"bad_parts\":0,\"hashes\":{\"pdq\":0,\"md5\":1,\"sha1\":0,"
		"\"sha256\":0}}}\n");
}

/* All of it goes, and its number and name may be had again. */
static void lists_are_removed(void **state)
{
	(void)state;
	expect(0, "hashlist import --index idx2 --list one a.csv", NULL);
	expect(0, "hashlist import --index idx2 --list two c.txt", NULL);
	write_file("idx2/import-1.json", "{}");
	expect(0, "hashlist remove --index idx2 --list one",
		"2 entries removed, and list 1\n");
	assert_int_equal(-1, access("idx2/import-1.json", F_OK));
	expect(0, "hashlist stats --index idx2", "    2           2 entries");
	capture_hides(&c, "one");
	expect(1, "match --index idx2 " PDQ_A, "none");
	expect(0, "match --index idx2 " MD5_A, "match\tmd5\t0\t2\ttwo");
	expect(3, "hashlist remove --index idx2 --list one", "no list \"one\"");
	expect(3, "hashlist remove --index idx2 --list 1", "no list 1");
	expect(3, "hashlist remove --index nix --list 1", "no index in nix");
	expect(0, "hashlist remove --index idx2 --list 2", "and list 2");
	expect(0, "hashlist verify --index idx2", "every byte");
	expect(0, "hashlist import --index idx2 --list one c.txt",
		"2 new entries");
}

/* Refused, broken or useless from the first record on: no list is left. */
static void no_list_is_made_of_nothing(void **state)
{
	static const char *const texts[] = {"<html><p>",
		"[{\"MediaID\":", "id,kind,hash\n1,md5,zz\n",
		"{\"data\":[{\"id\":\"1\"}]}"};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(texts); i++) {
		write_file("nothing", texts[i]);
		expect(1, "hashlist import --index idx2 --list none nothing",
			"the list was not made: nothing could be put on it");
		expect(0, "hashlist stats --index idx2", " one");
		capture_hides(&c, "none");
	}
	/* One that was there stays, and an empty file may be meant. */
	expect(1, "hashlist import --index idx2 --list one nothing", NULL);
	capture_hides(&c, "not made");
	expect(0, "hashlist stats --index idx2", " 2 entries");
	expect(0,
		"hashlist import --index idx2 --list none --format lines "
		"empty.txt",
		NULL);
	expect(0, "hashlist stats --index idx2", " none");
}

/* Of imports that were killed while they wrote how far they are. */
static void leftovers_go(void **state)
{
	(void)state;
	write_file("idx2/import-1.json.4711.tmp", "{");
	write_file("idx2/import-7.json.12.tmp", "");
	write_file("idx2/import-mine.txt", "kept");
	expect(0, "hashlist import --index idx2 --list one --dry-run c.txt",
		NULL);
	assert_int_equal(0, access("idx2/import-1.json.4711.tmp", F_OK));
	expect(0, "hashlist import --index idx2 --list one c.txt", NULL);
	assert_int_equal(-1, access("idx2/import-1.json.4711.tmp", F_OK));
	assert_int_equal(-1, access("idx2/import-7.json.12.tmp", F_OK));
	assert_int_equal(0, access("idx2/import-mine.txt", F_OK));
}

/* The place is said once, and by the name of the program first. */
static void damage_has_a_place(void **state)
{
	HL_BUF_AUTO log = HL_BUF_INIT(1 << 20);

	(void)state;
	expect(0, "hashlist import --index idx3 --list one c.txt", NULL);
	assert_int_equal(0, hl_file_read("idx3/log-00000001", &log, NULL));
	log.p[log.n / 2] ^= 1;
	assert_int_equal(0, hl_file_write("idx3/log-00000001", hl_buf_str(&log),
				    0600, NULL));
	expect(1, "hashlist verify --index idx3",
		"hotline hashlist: log-00000001: damaged at ");
	capture_says(&c, "1 damaged files: make the index anew");
	capture_hides(&c, "at byte");
}

/* What its owner calls harmless is not put on a list that accuses. */
static void harmless_records(void **state)
{
	(void)state;
	write_file("h.json",
		"[{\"id\":\"1\",\"type\":\"HASH_MD5\",\"indicator\":\"" MD5_A
		"\",\"status\":\"NON_MALICIOUS\"}]");
	expect(0, IMPORT "four --format tx h.json", "1 left out: their owner");
	expect(0, IMPORT "five --format tx --negative h.json", "1 new entries");
	expect(0, "match --index idx --list two " MD5_B, "match\tmd5\t0\t2");
	expect(1, "match --index idx --list five " MD5_A, "negative\tmd5\t0\t");
	capture_hides(&c, "none");
}

static void broken_files_keep_what_came_before(void **state)
{
	(void)state;
	write_file("cut.json", "[{\"MediaID\":1,\"MD5\":\"" MD5_A "\"},{\"Me");
	expect(1, IMPORT "six cut.json", "the file ends inside a value");
	expect(0, "hashlist export --index idx --list six", "1,md5," MD5_A);
	write_file("what.txt", "hello\n");
	expect(1, IMPORT "six what.txt", "cannot be told what what.txt is");
	expect(3, IMPORT "six nothere.csv", "there is no nothere.csv");
}

static void nothing_to_go_on_from(void **state)
{
	(void)state;
	expect(0, IMPORT "seven --resume c.txt", "from the beginning");
	expect(0, IMPORT "seven --resume c.txt", "2 entries as they were");
	assert_int_equal(-1, access("idx/import-1.json", F_OK));
}

static void lines_that_make_no_sense(void **state)
{
	static const char *const lines[] = {
		"hashlist",
		"hashlist frobnicate",
		"hashlist import",
		"hashlist import --index idx --list one",
		"hashlist import --index idx a.csv",
		"hashlist import --list one a.csv",
		"hashlist import --index idx --list one --format xml a.csv",
		"hashlist import --index idx --list one --kind md6 a.csv",
		"hashlist import --index idx --list one --radius 64 a.csv",
		"hashlist import --index idx --list one --batch 0 a.csv",
		"hashlist import --index idx --list one --resume -",
		"hashlist import --index idx --list one --what a.csv",
		"hashlist export",
		"hashlist export --index idx --format yaml",
		"hashlist export --index idx a b",
		"hashlist diff --index idx --list one",
		"hashlist diff --index idx --list one --with two a.csv",
		"hashlist stats",
		"hashlist stats --index idx what",
		"hashlist remove --index idx",
		"hashlist remove --list one",
		"hashlist remove --index idx --list one two",
		"hashlist verify",
		"match",
		"match --index idx --radius 64 " PDQ_A,
		"match --index idx --max 0 " PDQ_A,
		"match --index idx --kind x " PDQ_A,
		"match --index idx --what " PDQ_A,
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(lines); i++) {
		expect(2, lines[i], NULL);
	}
	expect(1, IMPORT "0 a.csv", "the number of a list is from 1");
	expect(3, "hashlist export --index idx --list nix", "no list \"nix\"");
	expect(1, "hashlist export --index idx", "name one by --list");
	expect(0, "hashlist --help", "usage:");
	expect(0, "match --help", "usage:");
}

/* ---- match ------------------------------------------------------------ */

static void match_input(
	int status, const char *line, const char *input, const char *words)
{
	int got = capture_run(&c, hl_cli_match, line, input);

	if (got != status) {
		fail_msg("\"%s\": %d: %s", input, got, c.text);
	}
	capture_says(&c, words);
}

static void hashes_are_looked_up(void **state)
{
	(void)state;
	expect(0, "match --index idx --list one " PDQ_B,
		"match\tpdq\t4\t1\tone\tm/1\tC3\t" PDQ_B "\n");
	expect(1, "match --index idx --list one --radius 3 " PDQ_B,
		"none\t" PDQ_B);
	expect(1, "match --index idx --list one --radius 0 " PDQ_B, "none");
	expect(0, "match --index idx --list one --radius 0 " PDQ_A, "match");
	expect(1, "match --index idx --kind sha256 " PDQ_A, "none");
	expect(0, "match --index idx --list one " SHA1_A, "sha1\t0\t1\tone\t9");
	expect(2, "match --index nix " PDQ_A, "there is no index in nix");
	expect(2, "match --index idx --list nix " PDQ_A, "no list \"nix\"");
	expect(2, "match --index idx nothere.jpg",
		"nothere.jpg: could not be read: No such");
	expect(0, "match --index idx --max 1 " PDQ_A, "found in all");
	expect(0, "match --index idx --list one --json " PDQ_B,
		"{\"input\":\"" PDQ_B "\",\"kind\":\"pdq\",\"hash\":\"" PDQ_B
		"\",\"cleared\":false,\"found\":1,\"truncated\":false,"
		"\"matches\":[{\"list\":1,\"list_name\":\"one\","
		"\"list_owner\":\"Example\",\"negative\":false,\"id\":\"m/1\","
		"\"kind\":\"pdq\",\"distance\":4,\"part\":0,\"hash\":\"" PDQ_A
		"\",\"label\":\"C3\"}]}\n");
}

static void lines_are_looked_up(void **state)
{
	const char *line = "match --index idx --list one";

	(void)state;
	match_input(0, line, "# no\n\n" PDQ_A "\nmd5 " MD5_B "\n",
		"none\tmd5 " MD5_B);
	match_input(0, line, PDQ_A "\t100\ta b.jpg\n", "C3\ta b.jpg\n");
	match_input(1, line, PDQ_A "\t49\ta b.jpg\n", "none\ta b.jpg\n");
	match_input(0, "match --index idx --list one --quality 0",
		PDQ_A "\t49\ta b.jpg\n", "match");
	match_input(2, line, "zz\n" PDQ_A "\n", "a line: it is no hash");
	match_input(2, line, "{\"path\":\n", "not valid JSON");
	match_input(1, line, "", "");
	match_input(0, line,
		"{\"path\":\"x.png\",\"status\":\"hashed\",\"sha1\":\"" SHA1_A
		"\",\"frames\":[{\"number\":0,\"pdq\":\"" PDQ_B
		"\",\"quality\":90},{\"number\":3,\"pdq\":\"" PDQ_A
		"\",\"quality\":80}]}\n",
		"match\tpdq\t0\t1\tone\tm/1\tC3\tx.png\tframe=3\n");
	capture_says(&c, "match\tsha1\t0");
	match_input(1, line,
		"{\"path\":\"x.txt\",\"status\":\"no-picture\","
		"\"text\":\"no picture\",\"frames\":[]}\n",
		"none\tx.txt");
	match_input(2, line,
		"{\"path\":\"x.png\",\"status\":\"damaged\","
		"\"text\":\"it is damaged\",\"frames\":[]}\n",
		"x.png: it is damaged");
	match_input(0, "match --index idx --list one --dihedral",
		"{\"path\":\"x.png\",\"frames\":[{\"pdq\":\"" MD5_A MD5_A
		"\",\"quality\":90,\"dihedral\":{\"flipx\":\"" PDQ_A "\"}}]}\n",
		"x.png\tflipx\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(import_and_again),
		cmocka_unit_test(changes_and_deletions),
		cmocka_unit_test(replace_removes_what_is_gone),
		cmocka_unit_test(what_hash_prints),
		cmocka_unit_test(replace_wants_hashes),
		cmocka_unit_test(no_hash_takes_nothing_back),
		cmocka_unit_test(what_is_not_whole_takes_nothing),
		cmocka_unit_test(what_is_not_whole_may_add),
		cmocka_unit_test(every_format_and_back),
		cmocka_unit_test(reports_as_lines_of_json),
		cmocka_unit_test(lists_are_removed),
		cmocka_unit_test(no_list_is_made_of_nothing),
		cmocka_unit_test(leftovers_go),
		cmocka_unit_test(damage_has_a_place),
		cmocka_unit_test(harmless_records),
		cmocka_unit_test(broken_files_keep_what_came_before),
		cmocka_unit_test(nothing_to_go_on_from),
		cmocka_unit_test(lines_that_make_no_sense),
		cmocka_unit_test(hashes_are_looked_up),
		cmocka_unit_test(lines_are_looked_up),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
