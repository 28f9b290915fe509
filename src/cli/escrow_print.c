/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/escrow.h"

#include <errno.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "accounts/session.h"

#define PASSWORD_MAX 1024
#define BROKEN_OFF 3 /* Ctrl-C, read as a byte: see ISIG below */
#define SHEETS_MAX (4u << 20)

/* One line, byte by byte: what stands behind it is not ours. */
static int read_line(struct hl_buf *out, struct hl_err *err)
{
	for (;;) {
		char c = 0;
		ssize_t n = read(STDIN_FILENO, &c, 1);

		if (n < 0) {
			return HL_FAIL_SYS(err, "read the password");
		}
		if (c == BROKEN_OFF) {
			return HL_FAIL(err, HL_E_INVALID, "broken off");
		}
		if (n == 0 || c == '\n') {
			return out->fault ? HL_FAIL(err, HL_E_INVALID,
						    "the password is too long")
					  : 0;
		}
		hl_buf_put_c(out, c);
	}
}

static int read_password(
	const char *login, struct hl_buf *out, struct hl_err *err)
{
	struct termios shown, hidden;
	bool typed = tcgetattr(STDIN_FILENO, &shown) == 0;

	if (typed) {
		fprintf(stderr, "Password of %s: ", login);
		hidden = shown;
		/* no signal may leave a terminal that shows nothing */
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

/* Sheets go to standard output alone: nothing of them stays on the disk. */
static int print(const struct hl_cli_escrow_order *order, struct hl_err *err)
{
	HL_BUF_AUTO out = HL_BUF_SECRET(SHEETS_MAX);
	int r = hl_cli_escrow_make(order, &out, err);

	if (!r && (fwrite(out.p, 1, out.n, stdout) != out.n ||
			  fflush(stdout) != 0)) {
		r = HL_FAIL_SYS(err,
			"print the sheets; print them again, the older ones "
			"are of no use now");
	}
	return r;
}

int hl_cli_escrow(struct hl_store *store, struct hl_arena *arena, char **argv,
	struct hl_err *err)
{
	HL_BUF_AUTO password = HL_BUF_SECRET(PASSWORD_MAX);
	struct hl_cli_escrow_order order = {.store = store};
	struct hl_accounts_session user = {0};
	int r = hl_cli_escrow_parse(argv[1], &order.size, err);

	r = r ? r : read_password(argv[0], &password, err);
	if (r) {
		return r;
	}
	r = hl_accounts_unlock(store, arena,
		&(struct hl_accounts_typed){
			hl_str_c(argv[0]), hl_buf_str(&password)},
		&user, err);
	if (r == HL_DENIED) {
		HL_FAIL(err, r, "wrong login or password");
	} else if (!r && !(user.roles & HL_ROLE_SUPERVISOR)) {
		r = HL_DENIED;
		HL_FAIL(err, r, "a supervisor prints escrow sheets");
	}
	order.ring = &user.ring;
	order.actor = user.staff_id;
	r = r ? r : print(&order, err);
	hl_seal_ring_wipe(&user.ring);
	return r;
}
