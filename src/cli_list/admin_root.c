/* SPDX-License-Identifier: Apache-2.0 */
/* hotline list root: docs/lists.md, "The root". Keys and signatures are made on
 * machines without an installation; drafting and installing is here. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/common.h"
#include "cli_list/commands.h"
#include "cli_list/root_tell.h"
#include "lists/root.h"
#include "lists/world.h"
#include "seal/listkey.h"
#include "store/sql.h"

#define TEXT_MAX HL_URLS_TEXT_MAX
enum { PASSWORD_MAX = 1024, DAYS = 365 };

static const char help[] =
	"usage: hotline list root key FILE NAME\n"
	"       hotline list root new TEXT [PUBLIC...] [--threshold N] "
	"[--days N]\n"
	"       hotline list root sign TEXT KEYFILE [--before TEXT]\n"
	"       hotline list root show [TEXT]\n"
	"       hotline list root install TEXT\n"
	"\n"
	"Nothing is published before a root is installed: a text that names "
	"the\n"
	"key with which this hotline signs every day, signed by people whose "
	"own\n"
	"keys are kept offline.\n"
	"\n"
	"  key      makes a root key in FILE for the person NAME, under a "
	"password\n"
	"           that is typed or in the first line of standard input, and\n"
	"           prints its public half; needs no installation\n"
	"  new      drafts the next root into TEXT: with the root keys PUBLIC, "
	"or\n"
	"           those of the root before; 2 of them must sign unless\n"
	"           --threshold says otherwise; it expires after --days (365)\n"
	"  sign     tells what TEXT is and its fingerprint, then adds the "
	"signature\n"
	"           of KEYFILE; needs no installation; a key that only the "
	"root\n"
	"           before has wants it with --before\n"
	"  show     what is installed, or what TEXT is and how far; the latter "
	"needs\n"
	"           no installation\n"
	"  install  puts TEXT in force: a threshold of its own keys and, but "
	"for\n"
	"           the first, of the keys of the root before must have "
	"signed\n"
	"\n"
	"exit status: 0 done, 1 refused or failed, 2 usage, 3 not there,\n"
	"             4 there already, or the store cannot be reached\n";

/* The file with a root, or a draft of one. */
static int read_text(const char *path, struct hl_buf *out, struct hl_err *err)
{
	int r = hl_file_read(path, out, err);

	if (r == HL_NOTFOUND) {
		HL_FAIL(err, r, "there is no file %s", path);
	}
	return r;
}

/* What is to be made must not be there. */
static int told_there(int r, const char *path, struct hl_err *err)
{
	/* HL_E_UNAVAILABLE: exit status 4 */
	return r == HL_CONFLICT ? HL_FAIL(err, HL_E_UNAVAILABLE,
					  "%s is there already: nothing is "
					  "written over",
					  path)
				: r;
}

static int read_line(struct hl_buf *out, struct hl_err *err)
{
	char c;

	for (;;) {
		ssize_t n = read(STDIN_FILENO, &c, 1);

		if (n < 0) {
			return HL_FAIL_SYS(err, "read the password");
		}
		if (n == 0 || c == '\n') {
			return out->fault ? HL_FAIL(err, HL_E_INVALID,
						    "the password is too long")
					  : 0;
		}
		hl_buf_put_c(out, c);
	}
}

static int read_password(struct hl_buf *out, struct hl_err *err)
{
	struct termios shown, hidden;
	bool typed = tcgetattr(STDIN_FILENO, &shown) == 0;

	if (typed) {
		fputs("Password of this root key: ", stderr);
		hidden = shown;
		hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	}
	int r = read_line(out, err);
	if (typed) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
		fputc('\n', stderr);
	}
	return r;
}

static int make_key(int argc, char **argv, struct hl_err *err)
{
	HL_BUF_AUTO password = HL_BUF_SECRET(PASSWORD_MAX);
	HL_BUF_AUTO line = HL_BUF_INIT(256);
	struct hl_seal_sign_pub pub;
	int r = argc == 3 ? hl_seal_init(err) : HL_E_INVALID;

	if (argc != 3) {
		return HL_FAIL(err, r, "key FILE NAME");
	}
	if (!r) {
		r = read_password(&password, err);
	}
	if (!r) {
		r = hl_lists_rootkey_create(argv[1], hl_str_c(argv[2]),
			hl_buf_str(&password), &pub, err);
		r = told_there(r, argv[1], err);
	}
	if (!r) {
		hl_seal_sign_pub_print(&pub, &line);
		fwrite(line.p, 1, line.n, stdout);
	}
	return r;
}

/* What the installation has: its newest root and what a next one must fit. */
struct here {
	struct hl_cli_session s;
	struct hl_lists_rooting in;
	uint64_t version;
};

static int find_newest(struct here *h, struct hl_err *err)
{
	for (;; h->version++) {
		char key[HL_LISTS_ROOT_KEY];
		const struct hl_in_meta_get in = {
			.key = hl_lists_root_key(h->version + 1, key)};
		struct hl_row_meta_get *row;
		size_t n;
		int r = hl_get_meta_get(
			h->s.store, h->s.arena, &in, &row, &n, err);

		if (r || !n) {
			return r;
		}
		h->in.before = row->value;
	}
}

static int load_online(struct here *h, struct hl_err *err)
{
	HL_SETTINGS_AUTO *settings = NULL;
	HL_SEAL_SIGN_KEY_AUTO key = {0};
	char dir[HL_CLI_PATH_MAX], keys[HL_CLI_PATH_MAX], path[HL_CLI_PATH_MAX];
	int r = hl_cli_settings(&settings, err);

	if (!r) {
		snprintf(dir, sizeof(dir), "%s", hl_cli_dir());
		r = hl_cli_path(dir, settings->keys_dir, keys, err);
	}
	if (!r) {
		r = hl_cli_path(keys, HL_SEAL_LIST_ONLINE, path, err);
	}
	if (!r) {
		r = hl_seal_list_online_load(path, &key, err);
	}
	if (r == HL_NOTFOUND) {
		return HL_FAIL(err, r,
			"there are no keys of lists: hotline list init makes "
			"them");
	}
	h->in.online = key.pub;
	return r;
}

static int come_here(struct here *h, struct hl_err *err)
{
	struct hl_lists_head head;
	int r = hl_seal_init(err);

	if (!r) {
		r = hl_cli_session_open(&h->s, err);
	}
	if (!r) {
		r = load_online(h, err);
	}
	if (!r) {
		r = hl_lists_head(h->s.store, h->s.arena, &head, err);
	}
	if (!r) {
		memcpy(h->in.hotline, head.hotline, sizeof(h->in.hotline));
		h->in.now = hl_time_now_us() / HL_US_PER_S;
		r = find_newest(h, err);
	}
	return r;
}

/* An argument is a file with a public key, or the key itself. */
static int read_public(
	const char *arg, struct hl_seal_sign_pub *pub, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(1024);
	HL_BUF_AUTO line = HL_BUF_INIT(1024);

	hl_buf_printf(&line, "openhotline-ed25519 %s", arg);
	if (hl_seal_sign_pub_parse(hl_str_c(arg), pub) == 0 ||
		hl_seal_sign_pub_parse(hl_buf_str(&line), pub) == 0) {
		return 0;
	}
	if (hl_file_read(arg, &text, NULL) == 0 &&
		hl_seal_sign_pub_parse(hl_buf_str(&text), pub) == 0) {
		return 0;
	}
	return HL_FAIL(err, HL_E_INVALID,
		"%s is no public key and no file with one", arg);
}

static int draft(struct here *h, int argc, char **argv, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(TEXT_MAX);
	struct hl_seal_sign_pub keys[HL_URLS_ROOT_KEYS_MAX];
	const char *threshold = hl_cli_option(&argc, argv, "--threshold");
	const char *days = hl_cli_option(&argc, argv, "--days");
	struct hl_lists_root_wish wish = {.keys = keys, .days = DAYS};

	if (threshold) {
		wish.threshold = (unsigned)strtoul(threshold, NULL, 10);
	}
	if (days) {
		wish.days = (int)strtol(days, NULL, 10);
	}
	if (argc < 2 || hl_cli_unknown(argc, argv) ||
		argc - 2 > HL_URLS_ROOT_KEYS_MAX) {
		return HL_FAIL(err, HL_E_INVALID,
			"new TEXT and at most %d public keys",
			HL_URLS_ROOT_KEYS_MAX);
	}
	for (int i = 2; i < argc; i++) {
		int r = read_public(argv[i], &keys[wish.n_keys++], err);

		if (r) {
			return r;
		}
	}
	int r = hl_lists_root_draft(&h->in, &wish, &text, err);
	if (!r) {
		r = hl_file_create(argv[1], hl_buf_str(&text), 0644, err);
		r = told_there(r, argv[1], err);
	}
	if (!r) {
		printf("Drafted root %" PRIu64 " in %s. Bring it to the "
		       "holders of the keys: hotline list root sign; then "
		       "hotline list root install.\n",
			h->version + 1, argv[1]);
	}
	return r;
}

/* What a text is, and how far: on standard output. */
static int tell(const struct hl_lists_rooting *in, const struct hl_buf *text,
	bool whole, struct hl_err *err)
{
	struct hl_lists_root_state state;
	int r = hl_lists_root_look(in, hl_buf_str(text), &state, err);

	if (!r && whole) {
		hl_list_root_tell(&state, hl_buf_str(text));
	}
	if (!r) {
		hl_list_root_tell_signed(&state);
	}
	return r;
}

struct signing {
	const char *to, *key_file;
	struct hl_buf text, before;
	struct hl_lists_rooting in;
};

/* Nobody signs what was not shown: it is told before the password is asked
 * for. */
static int sign_it(struct signing *s, struct hl_err *err)
{
	HL_BUF_AUTO password = HL_BUF_SECRET(PASSWORD_MAX);
	HL_SEAL_SIGN_KEY_AUTO key = {0};
	int r = tell(&s->in, &s->text, true, err);

	if (!r) {
		r = read_password(&password, err);
	}
	if (!r) {
		r = hl_lists_rootkey_load(
			s->key_file, hl_buf_str(&password), &key, err);
		if (r == HL_NOTFOUND) {
			HL_FAIL(err, r, "there is no file %s", s->key_file);
		}
	}
	if (!r) {
		r = hl_lists_root_sign(&s->text, &key, s->in.before, err);
	}
	if (!r) {
		r = hl_file_write(s->to, hl_buf_str(&s->text), 0644, err);
	}
	if (!r) {
		printf("Signed.\n");
		r = tell(&s->in, &s->text, false, err);
	}
	return r;
}

static int sign(int argc, char **argv, struct hl_err *err)
{
	const char *before = hl_cli_option(&argc, argv, "--before");
	struct signing s = {
		.text = HL_BUF_INIT(TEXT_MAX), .before = HL_BUF_INIT(TEXT_MAX)};
	int r = hl_seal_init(err);

	if (argc != 3 || hl_cli_unknown(argc, argv)) {
		return HL_FAIL(err, HL_E_INVALID, "sign TEXT KEYFILE");
	}
	s.to = argv[1];
	s.key_file = argv[2];
	if (!r) {
		r = read_text(s.to, &s.text, err);
	}
	if (!r && before) {
		r = read_text(before, &s.before, err);
		s.in.before = hl_buf_str(&s.before);
	}
	if (!r) {
		r = sign_it(&s, err);
	}
	hl_buf_fini(&s.text);
	hl_buf_fini(&s.before);
	return r;
}

static int show_installed(
	struct here *h, int argc, char **argv, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(TEXT_MAX);
	struct hl_lists_rooting in = h->in;

	(void)argc;
	(void)argv;
	if (!in.before.p) {
		return HL_FAIL(err, HL_NOTFOUND,
			"no root is installed: hotline list root new");
	}
	hl_buf_put(&text, in.before);
	in.before = HL_STR_NONE;
	return tell(&in, &text, true, err);
}

/* Of a file also where nothing is installed, as with the people who sign; then
 * nobody knows the root before. */
static int show_file(const char *path)
{
	HL_BUF_AUTO text = HL_BUF_INIT(TEXT_MAX);
	struct here h = {0};
	struct hl_err err = {0};
	int r = read_text(path, &text, &err);

	if (!r) {
		r = come_here(&h, &err);
		if (r == HL_NOTFOUND) {
			h.in = (struct hl_lists_rooting){.now = 0};
			err = (struct hl_err){0};
			r = 0;
		}
	}
	if (!r) {
		r = tell(&h.in, &text, true, &err);
	}
	return hl_cli_session_close(&h.s, "list root", r, &err);
}

static int install(struct here *h, int argc, char **argv, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(TEXT_MAX);
	struct hl_lists_root_state state;
	char key[HL_LISTS_ROOT_KEY];
	int r = argc == 2 ? read_text(argv[1], &text, err)
			  : HL_FAIL(err, HL_E_INVALID, "install TEXT");

	if (!r) {
		r = hl_lists_root_look(&h->in, hl_buf_str(&text), &state, err);
	}
	if (!r) {
		r = hl_lists_root_check(&h->in, &state, err);
	}
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(h->s.store, h->s.arena);
	hl_tx_meta_put(
		tx, &(struct hl_in_meta_put){
			    .key = hl_lists_root_key(h->version + 1, key),
			    .value = hl_buf_str(&text)});
	hl_tx_lists_stir(tx);
	r = hl_tx_run(tx, err);
	if (!r) {
		hl_list_root_tell(&state, hl_buf_str(&text));
		hl_list_root_tell_signed(&state);
	}
	return r;
}

static int at_home(int argc, char **argv,
	int (*run)(struct here *h, int argc, char **argv, struct hl_err *err))
{
	struct here h = {0};
	struct hl_err err = {0};
	int r = come_here(&h, &err);

	if (!r) {
		r = run(&h, argc, argv, &err);
	}
	return hl_cli_session_close(&h.s, "list root", r, &err);
}

int hl_cli_list_root(int argc, char **argv)
{
	struct hl_err err = {0};
	int r;

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	const char *verb = argc > 1 ? argv[1] : "";
	argc--;
	argv++;
	if (strcmp(verb, "new") == 0) {
		return at_home(argc, argv, draft);
	}
	if (strcmp(verb, "show") == 0) {
		return argc == 2 ? show_file(argv[1])
				 : at_home(argc, argv, show_installed);
	}
	if (strcmp(verb, "install") == 0) {
		return at_home(argc, argv, install);
	}
	if (strcmp(verb, "key") == 0) {
		r = make_key(argc, argv, &err);
	} else if (strcmp(verb, "sign") == 0) {
		r = sign(argc, argv, &err);
	} else {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	return r ? hl_cli_fail("list root", r, &err) : HL_CLI_OK;
}
