/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/ask.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "base/text.h"
#include "base/time.h"

const char *hl_consume_what_name(enum hl_consume_what what)
{
	static const char *const names[HL_CONSUME_N_WHATS] = {
		[HL_CONSUME_CLEAR] = "clear",
		[HL_CONSUME_LISTED] = "listed",
		[HL_CONSUME_UNSURE] = "unsure",
		[HL_CONSUME_UNREADABLE] = "unreadable",
	};

	return (unsigned)what < HL_CONSUME_N_WHATS ? names[what] : "";
}

const char *hl_consume_reason_name(enum hl_consume_reason reason)
{
	static const char *const names[] = {"", "page", "directory", "domain"};

	return (unsigned)reason < HL_ARRAY_LEN(names) ? names[reason] : "";
}

struct hl_str hl_consume_entry_text(const struct hl_consume_decision *decision,
	char out[HL_CONSUME_ENTRY_TEXT])
{
	_Static_assert(HL_CONSUME_ENTRY_TEXT >= HL_REF_MAX, "it fits");
	if (decision->is_ref) {
		return hl_ref_print(
			HL_REF_LIST_ENTRY, (int64_t)decision->entry, out);
	}
	int n = snprintf(
		out, HL_CONSUME_ENTRY_TEXT, "%" PRIu64, decision->entry);

	return hl_str_mem(out, n > 0 ? (size_t)n : 0);
}

/* True once a minute, for one of the threads that ask. */
static bool may_log(struct hl_consume *c)
{
	long long now = hl_time_mono_us();
	long long last = atomic_load(&c->logged_us);

	return (last == 0 || now - last >= HL_US_PER_MIN) &&
	       atomic_compare_exchange_strong(&c->logged_us, &last, now);
}

static struct hl_consume_decision asked(const struct hl_consume_question *q)
{
	return (struct hl_consume_decision){
		.host_only = q->host_only, .any = q->any};
}

static void left_open(struct hl_consume *c, const struct hl_consume_question *q,
	struct hl_consume_decision *out)
{
	if (q->any) {
		*out = (struct hl_consume_decision){.what = HL_CONSUME_LISTED};
		return;
	}
	*out = (struct hl_consume_decision){.open = true};
	atomic_fetch_add(&c->n_open, 1);
	if (c->count && c->count->let_through) {
		c->count->let_through(c->count->arg);
	}
	if (may_log(c)) {
		hl_log(HL_LOG_WARN, "consume.open",
			"an address was let through because it could not be "
			"asked about; %llu since the start",
			atomic_load(&c->n_open));
	}
}

static void finish(struct hl_consume *c, const struct hl_consume_question *q,
	struct hl_consume_decision *out)
{
	atomic_fetch_add_explicit(&c->n_asked, 1, memory_order_relaxed);
	if (out->what != HL_CONSUME_LISTED || q->any) {
		return;
	}
	atomic_fetch_add_explicit(&c->n_listed, 1, memory_order_relaxed);
	if (c->count && c->count->hit) {
		c->count->hit(c->count->arg, out, q->client);
	}
}

enum hl_consume_what hl_consume_check(struct hl_consume *c,
	const struct hl_consume_question *q, struct hl_consume_decision *out)
{
	*out = asked(q);
	if (c->judge->check(c->judge->arg, q->url, out) ||
		(unsigned)out->what >= HL_CONSUME_N_WHATS) {
		left_open(c, q, out);
	}
	if (out->what != HL_CONSUME_UNSURE) {
		finish(c, q, out);
	}
	return out->what;
}

void hl_consume_find_out(struct hl_consume *c,
	const struct hl_consume_question *q, struct hl_consume_decision *out)
{
	struct hl_err err = {0};

	*out = asked(q);
	atomic_fetch_add(&c->n_confirm, 1);
	int r = c->judge->confirm(c->judge->arg, q->url, out, &err);
	if (r && err.code && may_log(c)) {
		hl_log_err(HL_LOG_WARN, "consume.confirm", &err);
	}
	if (r || (unsigned)out->what >= HL_CONSUME_N_WHATS) {
		out->what = HL_CONSUME_UNSURE;
	}
}

void hl_consume_settle(struct hl_consume *c,
	const struct hl_consume_question *q, struct hl_consume_decision *out)
{
	if (out->what == HL_CONSUME_UNSURE) {
		left_open(c, q, out);
	}
	finish(c, q, out);
}

void hl_consume_confirm(struct hl_consume *c,
	const struct hl_consume_question *q, struct hl_consume_decision *out)
{
	hl_consume_find_out(c, q, out);
	hl_consume_settle(c, q, out);
}
