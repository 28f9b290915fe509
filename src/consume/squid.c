/* SPDX-License-Identifier: Apache-2.0 */
/*
 * squid writes many lines at once when it is busy. All that came with one
 * read is answered with one write, and lines are looked at where they were
 * read to; only the piece of a line at the end is copied.
 */
#include "consume/squid.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

#define READ_BYTES ((size_t)256 << 10)
#define ANSWER_MAX 96u

struct hl_consume_squid {
	struct hl_consume_squid_config config;
	pthread_mutex_t writing;
	struct hl_buf piece; /* of a line, at most LINE_MAX */
	bool too_long;       /* piece has only the beginning */
	struct hl_buf out;   /* what was answered of this feed */
	char room[2 * HL_CONSUME_SQUID_LINE_MAX + 32];
};

static char *put_number(char *to, uint64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	memcpy(to, digits + at, sizeof(digits) - at);
	return to + sizeof(digits) - at;
}

static char *put(char *to, struct hl_str s)
{
	memcpy(to, s.p, s.n);
	return to + s.n;
}

/* At most ANSWER_MAX bytes; gives their end. */
static char *put_answer(const struct hl_consume_squid *s, char *to,
	uint64_t channel, const struct hl_consume_decision *d)
{
	if (!s->config.format->no_channels) {
		to = put_number(to, channel);
		*to++ = ' ';
	}
	if (d->what != HL_CONSUME_LISTED) {
		return put(to, HL_STR("ERR\n"));
	}
	if (s->config.format->any) {
		/* A tag or number would stay with what is not blocked. */
		return put(to, HL_STR("OK\n"));
	}
	char room[HL_CONSUME_ENTRY_TEXT];
	struct hl_str entry = hl_consume_entry_text(d, room);
	to = put(put(to, HL_STR("OK message=")), entry);
	to = put(put(to, HL_STR(" tag=hotline log=")), entry);
	*to++ = '\n';
	return to;
}

static int write_lines(
	struct hl_consume_squid *s, struct hl_str lines, struct hl_err *err)
{
	pthread_mutex_lock(&s->writing);
	int r = s->config.write(s->config.arg, lines, err);
	pthread_mutex_unlock(&s->writing);
	return r;
}

/* By a thread of the pool. A fault shows itself at the next feed. */
static void confirmed(
	void *arg, uint64_t id, const struct hl_consume_decision *decision)
{
	struct hl_consume_squid *s = arg;
	char answer[ANSWER_MAX];
	char *end = put_answer(s, answer, id, decision);

	write_lines(s, hl_str_mem(answer, (size_t)(end - answer)), NULL);
}

/* False: it is answered later. */
static bool judge(struct hl_consume_squid *s,
	const struct hl_consume_squid_line *line, struct hl_consume_decision *d)
{
	struct hl_consume *c = s->config.consume;

	if (hl_consume_check(c, &line->q, d) != HL_CONSUME_UNSURE) {
		return true;
	}
	/* Without channels squid knows answers by their order. */
	if (!s->config.pool || s->config.format->no_channels) {
		hl_consume_confirm(c, &line->q, d);
		return true;
	}
	hl_consume_pool_put(s->config.pool, &line->q,
		(struct hl_consume_teller){confirmed, s, line->channel, false});
	return false;
}

static void answer_line(struct hl_consume_squid *s, struct hl_str text)
{
	struct hl_consume_squid_line line;
	struct hl_consume_decision d = {.what = HL_CONSUME_CLEAR};
	char *to = hl_buf_reserve(&s->out, ANSWER_MAX);

	if (!to) {
		return;
	}
	char *end = to;
	int r = hl_consume_squid_line_parse(
		s->config.format, text, s->room, &line);
	if (r && s->too_long && line.channel) {
		/* its address stood behind what is too long */
		end = put_answer(s, to, line.channel, &d);
	} else if (r && !line.channel) {
		end = put(to, s->config.format->no_channels
				      ? HL_STR("BH message=no%20address\n")
				      : HL_STR("0 BH message=no%20channel\n"));
	} else if (r) {
		end = put(put_number(to, line.channel),
			HL_STR(" BH message=no%20address\n"));
	} else if (judge(s, &line, &d)) {
		end = put_answer(s, to, line.channel, &d);
	}
	s->out.n += (size_t)(end - to);
}

/* Keeps the end of what came, which is no line yet. */
static void keep(struct hl_consume_squid *s, struct hl_str rest)
{
	size_t room = HL_CONSUME_SQUID_LINE_MAX - s->piece.n;

	s->too_long |= rest.n > room;
	hl_buf_put(&s->piece, hl_str_sub(rest, 0, room));
}

static void take_lines(struct hl_consume_squid *s, struct hl_str in)
{
	size_t n;

	while ((n = hl_str_find_char(in, '\n')) < in.n) {
		struct hl_str line = hl_str_sub(in, 0, n);

		if (s->piece.n || n > HL_CONSUME_SQUID_LINE_MAX) {
			keep(s, line);
			line = hl_buf_str(&s->piece);
		}
		answer_line(s, line);
		hl_buf_reset(&s->piece);
		s->too_long = false;
		in = hl_str_sub(in, n + 1, in.n);
	}
	keep(s, in);
}

int hl_consume_squid_feed(
	struct hl_consume_squid *s, struct hl_str in, struct hl_err *err)
{
	int r = 0;

	while (!r && in.n) {
		struct hl_str part = hl_str_sub(in, 0, READ_BYTES);

		hl_buf_reset(&s->out);
		take_lines(s, part);
		in = hl_str_sub(in, part.n, in.n);
		r = s->out.fault ? s->out.fault : s->piece.fault;
		if (r) {
			return HL_FAIL(err, r, "no memory for answers");
		}
		if (s->out.n) {
			r = write_lines(s, hl_buf_str(&s->out), err);
		}
	}
	return r;
}

int hl_consume_squid_new(const struct hl_consume_squid_config *config,
	struct hl_consume_squid **out, struct hl_err *err)
{
	struct hl_consume_squid *s = calloc(1, sizeof(*s));

	*out = s;
	if (!s) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a helper");
	}
	s->config = *config;
	s->piece = HL_BUF_INIT(HL_CONSUME_SQUID_LINE_MAX);
	/* the shortest line is its end alone, and gets a BH */
	s->out = HL_BUF_INIT(READ_BYTES * 32 + ANSWER_MAX);
	pthread_mutex_init(&s->writing, NULL);
	return 0;
}

void hl_consume_squid_free(struct hl_consume_squid *s)
{
	if (s) {
		pthread_mutex_destroy(&s->writing);
		hl_buf_fini(&s->piece);
		hl_buf_fini(&s->out);
		free(s);
	}
}

/* -- on descriptors -- */

static int write_fd(void *arg, struct hl_str lines, struct hl_err *err)
{
	return hl_file_write_fd(*(const int *)arg, lines, err);
}

static int serve(struct hl_consume_squid *s, int in_fd, struct hl_err *err)
{
	char *in = malloc(READ_BYTES);
	int r = 0;

	if (!in) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to read into");
	}
	while (!r) {
		ssize_t n = read(in_fd, in, READ_BYTES);

		if (n == 0) {
			break;
		}
		if (n > 0) {
			r = hl_consume_squid_feed(
				s, hl_str_mem(in, (size_t)n), err);
		} else if (errno != EINTR) {
			r = HL_FAIL_SYS(err, "read what squid asks");
		}
	}
	free(in);
	return r;
}

int hl_consume_squid_run(const struct hl_consume_squid_config *config,
	int in_fd, int out_fd, struct hl_err *err)
{
	struct hl_consume_squid_config own = *config;
	struct hl_consume_squid *s = NULL;

	own.write = write_fd;
	own.arg = &out_fd;
	int r = hl_consume_squid_new(&own, &s, err);
	if (!r) {
		r = serve(s, in_fd, err);
		if (own.pool) {
			hl_consume_pool_drain(own.pool);
		}
	}
	hl_consume_squid_free(s);
	return r;
}
