/* SPDX-License-Identifier: Apache-2.0 */
#include "media/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/str.h"

static const struct hl_media_limits limits = {
	.pixels_max = 10000, .side_max = 200, .frames_max = 3};

#define NO 0x01020304u /* of the job */

struct message {
	uint8_t p[HL_MEDIA_MESSAGE_MAX];
	size_t n;
};

struct talk {
	struct hl_media_result result;
	struct hl_media_answer answer;
};

static void begin_talk(struct talk *t, uint32_t asked)
{
	*t = (struct talk){0};
	t->answer.limits = &limits;
	t->answer.no = NO;
	t->answer.asked = asked;
	t->answer.out = &t->result;
}

/* Through a copy of just its length. */
static int take(struct talk *t, const struct message *m)
{
	uint8_t *copy = malloc(m->n ? m->n : 1);

	assert_non_null(copy);
	memcpy(copy, m->p, m->n);
	int r = hl_media_answer_take(&t->answer, copy, m->n, NULL);
	free(copy);
	return r;
}

static struct message a_begin(uint32_t width, uint32_t height)
{
	const struct hl_media_shape shape = {
		.width = width, .height = height, .oriented = 6};
	struct message m;

	m.n = hl_media_put_begin(m.p, NO, HL_MEDIA_JPEG, &shape);
	return m;
}

static struct message a_frame(uint32_t asked, uint32_t number, double seconds)
{
	struct hl_media_frame frame = {
		.pdq = {number, 77, seconds, {{1, 2}}}, .cli512 = {{{3}}, 55}};
	struct message m;

	frame.dihedral[7].bytes[31] = 9;
	m.n = hl_media_put_frame(m.p, NO, asked, &frame);
	return m;
}

static struct message an_end(unsigned status, unsigned format, uint32_t flags)
{
	const struct hl_media_done done = {(enum hl_media_status)status,
		(enum hl_media_format)format, flags, "a note"};
	struct message m;

	m.n = hl_media_put_done(m.p, NO, &done);
	return m;
}

static void a_whole_answer(void **state)
{
	const uint32_t asked = HL_MEDIA_CLI512 | HL_MEDIA_DIHEDRAL;
	struct talk t;
	struct message m = a_begin(100, 50);

	(void)state;
	begin_talk(&t, asked);
	assert_int_equal(0, take(&t, &m));
	m = a_frame(asked, 4, 0.5);
	assert_int_equal(0, take(&t, &m));
	m = a_frame(asked, 5, 0.5);
	assert_int_equal(0, take(&t, &m));
	assert_false(t.answer.done);
	m = an_end(HL_MEDIA_HASHED, HL_MEDIA_JPEG, HL_MEDIA_CUT);
	assert_int_equal(0, take(&t, &m));
	assert_true(t.answer.done);
	assert_int_equal(100, t.result.width);
	assert_int_equal(6, t.result.orientation);
	assert_int_equal(2, t.result.n_frames);
	assert_int_equal(HL_MEDIA_CUT, t.result.flags);
	const struct hl_media_frame *f = &t.result.frames[1];
	assert_int_equal(5, f->pdq.number);
	assert_int_equal(77, f->pdq.quality);
	assert_int_equal(2, f->pdq.hash.bytes[1]);
	assert_int_equal(55, f->cli512.quality);
	assert_int_equal(9, f->dihedral[7].bytes[31]);
	assert_string_equal("a note", t.answer.note);
	/* nothing comes behind the end */
	assert_int_equal(HL_E_CORRUPT, take(&t, &m));
	hl_media_result_fini(&t.result);
}

/* Every length but the right one is refused, for each kind of message. */
static void lengths_are_checked(void **state)
{
	const struct message all[] = {
		a_begin(10, 10),
		a_frame(0, 0, 0),
		a_frame(HL_MEDIA_CLI512, 0, 0),
		a_frame(HL_MEDIA_DIHEDRAL, 0, 0),
	};
	static const uint32_t asked[] = {
		0, 0, HL_MEDIA_CLI512, HL_MEDIA_DIHEDRAL};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(all); i++) {
		for (size_t n = 0; n <= HL_MEDIA_MESSAGE_MAX; n++) {
			struct message m = all[i], first = a_begin(10, 10);
			struct talk t;

			begin_talk(&t, asked[i]);
			if (i > 0) {
				assert_int_equal(0, take(&t, &first));
			}
			memset(m.p + m.n, 0, sizeof(m.p) - m.n);
			m.n = n;
			int expected = n == all[i].n ? 0 : HL_E_CORRUPT;
			if (take(&t, &m) != expected) {
				fail_msg("message %zu of %zu bytes", i, n);
			}
			hl_media_result_fini(&t.result);
		}
	}
}

static void pictures_that_cannot_be(void **state)
{
	static const struct {
		uint32_t width, height;
		int r;
	} rows[] = {
		{200, 50, 0},
		{0, 50, HL_E_CORRUPT},
		{50, 0, HL_E_CORRUPT},
		{201, 1, HL_E_CORRUPT},
		{1, 201, HL_E_CORRUPT},
		{200, 51, HL_E_CORRUPT},
		{UINT32_MAX, UINT32_MAX, HL_E_CORRUPT},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct message m = a_begin(rows[i].width, rows[i].height);
		struct talk t;

		begin_talk(&t, 0);
		assert_int_equal(rows[i].r, take(&t, &m));
	}
}

static int take_two(struct message a, struct message b)
{
	struct message first = a_begin(10, 10);
	struct talk t;

	begin_talk(&t, 0);
	assert_int_equal(0, take(&t, &first));
	assert_int_equal(0, take(&t, &a));
	int r = take(&t, &b);
	hl_media_result_fini(&t.result);
	return r;
}

static void frames_that_cannot_be(void **state)
{
	struct message bad = a_frame(0, 2, 1);

	(void)state;
	assert_int_equal(0, take_two(a_frame(0, 1, 1), a_frame(0, 2, 1)));
	assert_int_equal(
		HL_E_CORRUPT, take_two(a_frame(0, 1, 1), a_frame(0, 1, 2)));
	assert_int_equal(
		HL_E_CORRUPT, take_two(a_frame(0, 1, 1), a_frame(0, 2, 0.9)));
	assert_int_equal(HL_E_CORRUPT,
		take_two(a_frame(0, 1, 1), a_frame(0, 2, (double)NAN)));
	assert_int_equal(HL_E_CORRUPT,
		take_two(a_frame(0, 1, 1), a_frame(0, 2, (double)INFINITY)));
	bad.p[1 + 2 * sizeof(uint32_t) + sizeof(double)] = 101; /* quality */
	assert_int_equal(HL_E_CORRUPT, take_two(a_frame(0, 1, 1), bad));
	assert_int_equal(
		HL_E_CORRUPT, take_two(a_frame(0, 1, 1), a_begin(10, 10)));
}

static void no_more_frames_than_asked_for(void **state)
{
	struct message m = a_begin(10, 10);
	struct talk t;

	(void)state;
	begin_talk(&t, 0);
	assert_int_equal(0, take(&t, &m));
	for (uint32_t i = 0; i < 4; i++) {
		m = a_frame(0, i, i);
		assert_int_equal(i < 3 ? 0 : HL_E_CORRUPT, take(&t, &m));
	}
	assert_int_equal(3, t.result.n_frames);
	hl_media_result_fini(&t.result);
}

static void a_frame_comes_behind_a_beginning(void **state)
{
	struct message m = a_frame(0, 0, 0);
	struct talk t;

	(void)state;
	begin_talk(&t, 0);
	assert_int_equal(HL_E_CORRUPT, take(&t, &m));
}

/* Each status, whether a worker may end with it before any frame, and with
 * which formats. */
static void ends_that_cannot_be(void **state)
{
	static const struct {
		uint32_t asked;
		unsigned status, format;
		uint32_t flags;
		int r;
	} rows[] = {
		{0, HL_MEDIA_DAMAGED, HL_MEDIA_PNG, 0, 0},
		{0, HL_MEDIA_REFUSED, HL_MEDIA_PNG, 0, 0},
		{0, HL_MEDIA_UNSUPPORTED, HL_MEDIA_PNG, 0, 0},
		{0, HL_MEDIA_NO_MEMORY, HL_MEDIA_PNG, 0, 0},
		{0, HL_MEDIA_NO_PICTURE, HL_MEDIA_UNKNOWN, 0, 0},
		{0, HL_MEDIA_NO_PICTURE, HL_MEDIA_PNG, 0, HL_E_CORRUPT},
		{0, HL_MEDIA_HASHED, HL_MEDIA_PNG, 0, HL_E_CORRUPT},
		{0, HL_MEDIA_TOO_LONG, HL_MEDIA_PNG, 0, HL_E_CORRUPT},
		{0, HL_MEDIA_CRASHED, HL_MEDIA_PNG, 0, HL_E_CORRUPT},
		{0, HL_MEDIA_UNREADABLE, HL_MEDIA_PNG, 0, HL_E_CORRUPT},
		{0, HL_MEDIA_UNAVAILABLE, HL_MEDIA_PNG, 0, HL_E_CORRUPT},
		{0, 200, HL_MEDIA_PNG, 0, HL_E_CORRUPT},
		{0, HL_MEDIA_DAMAGED, HL_MEDIA_UNKNOWN, 0, HL_E_CORRUPT},
		{0, HL_MEDIA_DAMAGED, HL_MEDIA_N_FORMATS, 0, HL_E_CORRUPT},
		{0, HL_MEDIA_DAMAGED, HL_MEDIA_PNG, 16, HL_E_CORRUPT},
		{0, HL_MEDIA_DAMAGED, HL_MEDIA_PNG, HL_MEDIA_SCALED,
			HL_E_CORRUPT},
		{HL_MEDIA_SCREENING, HL_MEDIA_DAMAGED, HL_MEDIA_PNG,
			HL_MEDIA_SCALED, 0},
		{0, HL_MEDIA_DAMAGED, HL_MEDIA_PNG, HL_MEDIA_TURNED,
			HL_E_CORRUPT},
		{HL_MEDIA_UPRIGHT, HL_MEDIA_DAMAGED, HL_MEDIA_PNG,
			HL_MEDIA_TURNED, 0},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct message m =
			an_end(rows[i].status, rows[i].format, rows[i].flags);
		struct talk t;

		begin_talk(&t, rows[i].asked);
		if (take(&t, &m) != rows[i].r) {
			fail_msg("row %zu", i);
		}
	}
}

static void the_format_stays(void **state)
{
	struct message m = a_begin(10, 10);
	struct talk t;

	(void)state;
	begin_talk(&t, 0);
	assert_int_equal(0, take(&t, &m));
	m = an_end(HL_MEDIA_DAMAGED, HL_MEDIA_PNG, 0);
	assert_int_equal(HL_E_CORRUPT, take(&t, &m));
}

static void notes_are_cleaned(void **state)
{
	struct message m = an_end(HL_MEDIA_DAMAGED, HL_MEDIA_PNG, 0);
	struct talk t;

	(void)state;
	memcpy(m.p + m.n - 6, "\x1b]0;\xff\n", 6);
	begin_talk(&t, 0);
	assert_int_equal(0, take(&t, &m));
	assert_string_equal("?]0;??", t.answer.note);
	/* a NUL ends it; one that is too long is refused */
	m.p[m.n - 6] = 0;
	begin_talk(&t, 0);
	assert_int_equal(0, take(&t, &m));
	assert_string_equal("", t.answer.note);
	memset(m.p + m.n, 'x', sizeof(m.p) - m.n);
	m.n = 11 + HL_MEDIA_NOTE_MAX;
	begin_talk(&t, 0);
	assert_int_equal(HL_E_CORRUPT, take(&t, &m));
}

static void messages_about_another_file(void **state)
{
	(void)state;
	for (size_t i = 1; i <= sizeof(uint32_t); i++) {
		struct message m = a_begin(10, 10);
		struct talk t;

		m.p[i] ^= 1;
		begin_talk(&t, 0);
		assert_int_equal(HL_E_CORRUPT, take(&t, &m));
	}
}

static void messages_of_no_kind(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < 256; kind++) {
		struct message m = {{(uint8_t)kind, 4, 3, 2, 1}, 5};
		struct talk t;

		begin_talk(&t, 0);
		assert_int_equal(HL_E_CORRUPT, take(&t, &m));
	}
}

/* As nobody of ours does it. */
static void send_some(int socket, const int *fds, size_t n)
{
	char word = 'w';
	struct iovec iov = {&word, 1};
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(8 * sizeof(int))];
	} control = {0};
	struct msghdr msg = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(n * sizeof(int))};

	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	control.head.cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(&control.head), fds, n * sizeof(int));
	assert_int_equal(1, sendmsg(socket, &msg, MSG_NOSIGNAL));
}

static bool same_file(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

static void a_descriptor_goes_with_a_message(void **state)
{
	int ends[2], some[2], fd;
	char word[8] = "";

	(void)state;
	assert_int_equal(
		0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
	assert_int_equal(0, pipe(some));
	assert_int_equal(0, hl_media_give(ends[0], "with", 4, some[0]));
	assert_int_equal(4, hl_media_take(ends[1], word, sizeof(word), &fd));
	assert_memory_equal("with", word, 4);
	assert_true(same_file(some[0], fd));
	assert_int_equal(FD_CLOEXEC, fcntl(fd, F_GETFD));
	close(fd);
	assert_int_equal(0, hl_media_give(ends[0], "none", 4, -1));
	assert_int_equal(4, hl_media_take(ends[1], word, sizeof(word), &fd));
	assert_int_equal(-1, fd);
	assert_int_equal(-1, hl_media_give(ends[0], "bad", 3, 1 << 20));
	assert_int_equal(EBADF, errno);
	close(ends[0]);
	assert_int_equal(0, hl_media_take(ends[1], word, sizeof(word), &fd));
	assert_int_equal(-1, fd);
	assert_int_equal(-1, hl_media_give(ends[1], "gone", 4, -1));
	close(ends[1]);
	assert_int_equal(-1, hl_media_take(ends[1], word, sizeof(word), &fd));
	assert_int_equal(-1, fd);
	close(some[0]);
	close(some[1]);
}

/* The writing end is closed here: the reading one says so if nobody else got
 * it. */
static void more_than_one_are_not_kept(void **state)
{
	(void)state;
	for (size_t n = 2; n <= 8; n++) {
		int ends[2], some[2], fds[8], fd;
		char word[8];

		assert_int_equal(
			0, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends));
		assert_int_equal(0, pipe(some));
		for (size_t i = 0; i < n; i++) {
			fds[i] = some[1];
		}
		send_some(ends[0], fds, n);
		close(some[1]);
		assert_int_equal(
			1, hl_media_take(ends[1], word, sizeof(word), &fd));
		assert_int_equal(-1, fd);
		fcntl(some[0], F_SETFL, O_NONBLOCK);
		assert_int_equal(0, read(some[0], word, sizeof(word)));
		close(some[0]);
		close(ends[0]);
		close(ends[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_answer),
		cmocka_unit_test(lengths_are_checked),
		cmocka_unit_test(pictures_that_cannot_be),
		cmocka_unit_test(frames_that_cannot_be),
		cmocka_unit_test(no_more_frames_than_asked_for),
		cmocka_unit_test(a_frame_comes_behind_a_beginning),
		cmocka_unit_test(ends_that_cannot_be),
		cmocka_unit_test(the_format_stays),
		cmocka_unit_test(notes_are_cleaned),
		cmocka_unit_test(messages_about_another_file),
		cmocka_unit_test(messages_of_no_kind),
		cmocka_unit_test(a_descriptor_goes_with_a_message),
		cmocka_unit_test(more_than_one_are_not_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
