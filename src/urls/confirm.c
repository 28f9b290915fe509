/* SPDX-License-Identifier: Apache-2.0 */
#include "urls/check.h"

#include "urls_file/bytes.h"
#include "urls_oprf/oprf.h"

#include <sodium.h>

/*
 * Two passes over the addresses. The first blinds what is neither remembered
 * nor known to be clear; then it is asked, without holding a view, so that a
 * list may change meanwhile; the second decides by what came. When the list
 * that is there by then has other keys, all is done once more.
 */

enum { LEAD = 16, ROUNDS = 2 };

struct confirming {
	struct hl_urls_reader *reader;
	const struct hl_urls_transport *transport;
	const struct hl_urls_address *addresses;
	size_t n;
	int64_t now;
	uint64_t mark, epoch; /* of the keys that are asked with */
	int rc;
	struct hl_urls_error *err;
};

static int fault(struct confirming *c, int code, const char *why)
{
	if (c->rc == 0) {
		c->rc = hl_urls_fault(c->err, code, "%s", why);
	}
	return code;
}

/* --- what to ask --- */

static bool is_asked(const struct hl_urls_reader *reader, uint64_t host)
{
	for (size_t i = 0; i < reader->n_asked; i++) {
		if (reader->asked[i].host == host) {
			return true;
		}
	}
	return false;
}

static void ask_for(struct confirming *c, const struct hl_urls_host *host)
{
	struct hl_urls_asked *asked = &c->reader->asked[c->reader->n_asked];
	struct hl_oprf_view name = {host->name.p, host->name.n};
	struct hl_oprf_scalar blind;
	struct hl_oprf_element element;

	if (is_asked(c->reader, host->digest) ||
		hl_oprf_blind(HL_OPRF_MODE_OPRF, name, &blind, &element)) {
		return;
	}
	memset(asked, 0, sizeof(*asked));
	asked->host = host->digest;
	memcpy(asked->blind, blind.b, sizeof(asked->blind));
	memcpy(asked->element, element.b, sizeof(asked->element));
	c->reader->n_asked++;
	sodium_memzero(&blind, sizeof(blind));
}

static void gather_one(struct confirming *c, struct hl_urls_view *view,
	const struct hl_urls_address *address)
{
	struct hl_urls_ask ask = {.now = c->now};
	struct hl_urls_decision unused;
	struct hl_urls_host host;
	size_t n_unknown;

	if (hl_urls_ask_read(c->reader, address, &ask) == 0) {
		/* What is listed by a host that is known needs no more. */
		hl_urls_decide(c->reader, view, &ask, &unused, &n_unknown);
		for (size_t i = 0;
			unused.verdict == HL_URLS_UNSURE && i < ask.e.n_hosts;
			i++) {
			host.name = ask.e.hosts[i];
			if (hl_urls_host_look(c->reader, view, c->now, &host) ==
				HL_URLS_HOST_UNKNOWN) {
				ask_for(c, &host);
			}
		}
		sodium_memzero(&host, sizeof(host));
	}
	hl_urls_ask_end(c->reader);
}

static void gather(struct confirming *c)
{
	struct hl_urls_view *view = hl_urls_reader_take(c->reader);

	c->reader->n_asked = 0;
	c->mark = view ? view->mark : 0;
	c->epoch = view ? view->file.head.epoch : 0;
	for (size_t i = 0; view && i < c->n; i++) {
		gather_one(c, view, &c->addresses[i]);
	}
	hl_urls_reader_release(c->reader);
}

/* --- asking --- */

static bool take_answer(struct confirming *c, struct hl_urls_asked *asked,
	size_t n, const uint8_t *answer, size_t n_answer)
{
	int64_t until = c->now + hl_urls_get32(answer + 4);
	int64_t end = hl_urls_epoch_end(c->epoch);

	if (n_answer != LEAD + HL_URLS_ELEMENT * n || answer[0] != 1 ||
		answer[1] || hl_urls_get16(answer + 2) != n ||
		hl_urls_get64(answer + 8) != c->epoch) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		struct hl_oprf_scalar blind;
		struct hl_oprf_element element;

		memcpy(blind.b, asked[i].blind, sizeof(blind.b));
		if (hl_oprf_element_read(answer + LEAD + HL_URLS_ELEMENT * i,
			    HL_URLS_ELEMENT, &element) ||
			hl_oprf_unblind(&blind, &element, &element)) {
			return false;
		}
		memcpy(asked[i].element, element.b, HL_URLS_ELEMENT);
		sodium_memzero(&blind, sizeof(blind));
	}
	for (size_t i = 0; i < n; i++) {
		memcpy(asked[i].blind, asked[i].element, HL_URLS_ELEMENT);
		asked[i].until = until < end ? until : end;
		asked[i].state = HL_URLS_ANSWERED;
	}
	return true;
}

static int ask_some(struct confirming *c, struct hl_urls_asked *asked, size_t n)
{
	uint8_t request[HL_URLS_REQUEST_MAX] = {1};
	uint8_t answer[HL_URLS_REQUEST_MAX] = {0};
	size_t size = LEAD + HL_URLS_ELEMENT * n, n_answer = 0;
	int rc;

	hl_urls_put16(request + 2, (uint16_t)n);
	hl_urls_put64(request + 8, c->epoch);
	for (size_t i = 0; i < n; i++) {
		memcpy(request + LEAD + HL_URLS_ELEMENT * i, asked[i].element,
			HL_URLS_ELEMENT);
	}
	rc = c->transport->confirm(c->transport->arg, request, size, answer,
		sizeof(answer), &n_answer);
	hl_urls_reader_add(c->reader, HL_URLS_N_CONFIRMED, n);
	if (rc == 409) {
		return fault(c, HL_URLS_NOTFOUND,
			"the list's epoch is over: take the newest list");
	}
	if (rc) {
		c->rc = hl_urls_fault(c->err, HL_URLS_E_TRANSPORT,
			rc > 0 ? "the hotline answered with status %d"
			       : "the hotline could not be reached (%d)",
			rc);
		return c->rc;
	}
	return take_answer(c, asked, n, answer, n_answer)
		       ? 0
		       : fault(c, HL_URLS_E_FORM,
				 "the hotline's answer is out of form");
}

static void ask_all(struct confirming *c)
{
	size_t n = c->reader->n_asked;

	for (size_t from = 0; from < n; from += HL_URLS_CONFIRM_MAX) {
		size_t some = n - from;

		some = some < HL_URLS_CONFIRM_MAX ? some : HL_URLS_CONFIRM_MAX;
		if (ask_some(c, &c->reader->asked[from], some)) {
			return;
		}
	}
}

/* --- deciding --- */

static void decide_one(struct confirming *c, struct hl_urls_view *view,
	const struct hl_urls_address *address, struct hl_urls_decision *out)
{
	struct hl_urls_decision told = {.verdict = HL_URLS_UNREADABLE};
	struct hl_urls_ask ask = {.now = c->now};
	size_t n_unknown = 0;
	int rc = hl_urls_ask_read(c->reader, address, &ask);

	if (rc == 0) {
		hl_urls_decide(c->reader, view, &ask, &told, &n_unknown);
	} else if (rc < 0) {
		told.verdict = HL_URLS_CLEAR;
		fault(c, rc, "no memory");
	}
	hl_urls_ask_end(c->reader);
	if (told.verdict == HL_URLS_UNSURE) {
		told.verdict = HL_URLS_CLEAR;
		hl_urls_reader_add(c->reader, HL_URLS_N_FAILED, n_unknown);
		if (c->rc == 0) {
			fault(c, HL_URLS_NOTFOUND,
				"the list changed: ask once more");
		}
	}
	hl_urls_tell(c->reader, &told, out);
}

/* False: the list has other keys now, and there is a round left. */
static bool decide(
	struct confirming *c, struct hl_urls_decision *out, bool is_last)
{
	struct hl_urls_view *view = hl_urls_reader_take(c->reader);
	bool good = is_last || c->reader->n_asked == 0 ||
		    (view && view->mark == c->mark);

	if (view && view->mark != c->mark) {
		c->reader->n_asked = 0;
	}
	for (size_t i = 0; good && i < c->n; i++) {
		/* As far apart as they were compiled. */
		void *at = (char *)out + i * out->size_of;
		struct hl_urls_decision *one = at;

		one->size_of = out->size_of;
		decide_one(c, view, &c->addresses[i], one);
	}
	hl_urls_reader_release(c->reader);
	return good;
}

static bool arguments_good(
	const struct confirming *c, const struct hl_urls_decision *out)
{
	if (!c->reader || !c->transport || !c->transport->confirm ||
		c->n > HL_URLS_CONFIRM_MAX ||
		(c->n && (!c->addresses || !out ||
				 out->size_of < sizeof(out->size_of)))) {
		return false;
	}
	for (size_t i = 0; i < c->n; i++) {
		if ((c->addresses[i].n && !c->addresses[i].p) ||
			c->addresses[i].host_only > 2) {
			return false;
		}
	}
	return true;
}

int hl_urls_confirm(struct hl_urls_reader *reader,
	const struct hl_urls_transport *transport,
	const struct hl_urls_address *addresses, size_t n, int64_t now,
	struct hl_urls_decision *out, struct hl_urls_error *err)
{
	struct confirming c = {.reader = reader,
		.transport = transport,
		.addresses = addresses,
		.n = n,
		.now = hl_urls_now(now),
		.err = err};

	if (!arguments_good(&c, out)) {
		return hl_urls_fault(err, HL_URLS_E_ARG,
			"wrong arguments, or more than %u addresses",
			HL_URLS_CONFIRM_MAX);
	}
	for (int round = 1; round <= ROUNDS; round++) {
		c.rc = 0;
		gather(&c);
		ask_all(&c);
		if (n == 0 || decide(&c, out, round == ROUNDS)) {
			break;
		}
	}
	sodium_memzero(
		reader->asked, HL_URLS_ASKED_MAX * sizeof(*reader->asked));
	reader->n_asked = 0;
	return c.rc;
}
