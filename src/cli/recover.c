/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/recover.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/escrow.h"
#include "store/sql.h"

#define TYPED_MAX (256 * 1024)

static int read_input(struct hl_buf *out, struct hl_err *err)
{
	if (isatty(STDIN_FILENO)) {
		fputs("Type the shares off the sheets, four lines each; end "
		      "with Ctrl-D.\n",
			stderr);
	}
	for (;;) {
		char *room = hl_buf_reserve(out, 4096);
		ssize_t n = room ? read(STDIN_FILENO, room, 4096) : 0;

		if (n < 0) {
			return HL_FAIL_SYS(err, "read the shares");
		}
		if (n == 0) {
			return out->fault ? HL_FAIL(err, out->fault,
						    "too much was typed")
					  : 0;
		}
		out->n += (size_t)n;
	}
}

static int read_files(
	int argc, char **argv, struct hl_buf *out, struct hl_err *err)
{
	int r = 0;

	for (int i = 1; i < argc && !r; i++) {
		r = hl_file_read(argv[i], out, err);
		if (r == HL_NOTFOUND) {
			HL_FAIL(err, r, "there is no file %s", argv[i]);
		}
		hl_buf_put_c(out, '\n');
	}
	return r;
}

static void tell(
	const struct hl_seal_ring *ring, const char *login, bool renewed)
{
	printf("%s holds the queue key again%s.\n", login,
		ring->identity.n ? " and the identity key" : "");
	if (!ring->identity.n) {
		puts("The identity key was not among the shares: contacts "
		     "stay shut.");
	}
	if (renewed) {
		puts("What was sealed under epochs of the queue key after the "
		     "shares were made\nstays shut to who holds none of "
		     "them; a new epoch has begun.");
	}
}

static int hand_over(struct hl_store *store, struct hl_arena *arena,
	const char *login, struct hl_str typed, struct hl_err *err)
{
	HL_SEAL_RING_AUTO ring = {0};
	struct hl_in_staff_by_login in = {hl_str_c(login)};
	struct hl_row_staff_by_login *user;
	bool renewed;
	size_t n;
	int r = hl_get_staff_by_login(store, arena, &in, &user, &n, err);

	if (!r && n == 0) {
		HL_FAIL(err, HL_NOTFOUND, "no login \"%s\"", login);
		return HL_NOTFOUND;
	}
	if (!r) {
		r = hl_cli_escrow_join(store, arena, typed, &ring, err);
	}
	if (!r) {
		struct hl_cli_escrow_heir heir = {
			user->id, (unsigned)user->roles, user->active != 0};

		r = hl_cli_escrow_hand_over(
			store, arena, &ring, &heir, &renewed, err);
	}
	if (!r) {
		tell(&ring, login, renewed);
	}
	return r;
}

int hl_cli_recover(struct hl_store *store, struct hl_arena *arena, int argc,
	char **argv, struct hl_err *err)
{
	HL_BUF_AUTO typed = HL_BUF_SECRET(TYPED_MAX);
	int r = argc > 1 ? read_files(argc, argv, &typed, err)
			 : read_input(&typed, err);

	return r ? r
		 : hand_over(store, arena, argv[0], hl_buf_str(&typed), err);
}
