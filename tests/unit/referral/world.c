/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rand.h"
#include "base/time.h"
#include "casefile/sealed.h"

static enum hl_referral_host look(
	void *ctx, const struct hl_referral_parcel *parcel)
{
	struct world *w = ctx;

	assert_int_equal(w->item_id, parcel->item_id);
	w->n_looks++;
	return w->host;
}

static int send_it(void *ctx, const struct hl_referral_envelope *envelope,
	struct hl_str message, struct hl_referral_sent *result,
	struct hl_err *err)
{
	struct world *w = ctx;

	w->n_sends++;
	if (w->before) {
		w->before(w);
	}
	if (w->fail_status) {
		*result = (struct hl_referral_sent){
			.status = (enum hl_referral_sent_status)w->fail_status,
			.code = 451};
		snprintf(result->reply, sizeof(result->reply), "not now");
		return 0;
	}
	return hl_referral_mail_send(&w->via, envelope, message, result, err);
}

void world_set(struct world *w, const char *key, const char *value)
{
	struct hl_err err = {.msg = ""};

	if (hl_settings_set(
		    w->f->settings, hl_str_c(key), hl_str_c(value), &err)) {
		fail_msg("%s: %s", key, err.msg);
	}
}

static void put_trace(struct world *w)
{
	static const char json[] =
		"{\"v\":1,\"at\":\"2026-11-22T08:00:00Z\",\"name\":"
		"\"www.example.org\",\"is_address\":false,\"dns\":{\"at\":"
		"\"2026-11-22T08:00:00Z\",\"chain\":[{\"from\":"
		"\"www.example.org\",\"to\":\"edge.example.org\"}]},"
		"\"hosts\":[{\"address\":\"192.0.2.7\",\"network\":0}],"
		"\"networks\":[{\"at\":\"2026-11-22T08:00:01Z\",\"name\":"
		"\"EXAMPLE-NET\",\"contacts\":[{\"mail\":"
		"\"abuse@host.example.org\"}]}],\"chosen\":0}";
	char sql[256];
	struct hl_seal_label label = HL_LABEL_TRACE(77);
	HL_BUF_AUTO sealed = HL_BUF_INIT(8192);
	HL_BUF_AUTO text = HL_BUF_INIT(32768);

	ok(hl_seal_to(&w->f->ring.queue.at[0].pub, &label, hl_str_c(json),
		&sealed, NULL));
	hl_buf_printf(&text,
		"INSERT INTO trace (id, item_id, at_us, epoch, facts_sealed, "
		"worker_sealed, source, country, asn, network, missing) "
		"VALUES (77, %lld, 1795300000000000, 1, x'",
		(long long)w->item_id);
	for (size_t i = 0; i < sealed.n; i++) {
		hl_buf_printf(&text, "%02x", (unsigned char)sealed.p[i]);
	}
	hl_buf_put(&text, HL_STR("', x'', 1, 'DE', 64500, 'EXAMPLE-NET', 0)"));
	assert_int_equal(0, text.fault);
	change(w->f, text.p);
	snprintf(sql, sizeof(sql),
		"UPDATE item SET country = 'DE', asn = 64500, network = "
		"'EXAMPLE-NET', traced_at_us = 1795300000000000 WHERE id = "
		"%lld",
		(long long)w->item_id);
	change(w->f, sql);
}

int64_t world_recipient(struct world *w, enum hl_recipient kind,
	const char *mail, const char *country)
{
	struct hl_who sofie = who(w->f, SOFIE), simon = who(w->f, SIMON);
	struct hl_referral_recipient r = {.kind = kind,
		.name = HL_STR("Invented recipient"),
		.mail = hl_str_c(mail),
		.country = hl_str_c(country),
		.channel =
			*mail ? HL_REFERRAL_BY_MAIL : HL_REFERRAL_BY_DOWNLOAD};
	struct hl_err err = {.msg = ""};
	int64_t id;

	if (hl_referral_recipient_add(&sofie, &r, &id, &err)) {
		fail_msg("%s: %s", mail, err.msg);
	}
	ok(hl_referral_recipient_decide(&simon, id, true, NULL, NULL));
	return id;
}

void world_begin(struct world *w, struct fixture *f)
{
	uint8_t seed[32] = {7};
	struct hl_casefile c;

	*w = (struct world){.f = f};
	hl_seal_sign_from_seed(seed, &w->key);
	snprintf(w->folder, sizeof(w->folder), "%s/mail", f->dir);
	world_set(w, "mail.transport", "folder");
	world_set(w, "mail.folder", w->folder);
	world_set(w, "mail.from", "notice@hotline.example.org");
	world_set(w, "mail.production", "yes");
	world_set(w, "service.name", "Invented Hotline");
	world_set(w, "referral.police_hold_hours", "0");
	world_set(w, "public.url", "https://report.example.org");
	w->via = (struct hl_referral_transport){
		.via = HL_MAIL_FOLDER, .production = true, .folder = w->folder};
	w->desk = (struct hl_referral_desk){
		f->settings, (const struct hl_law *const *)f->law, 2, &w->key};
	w->case_id = put_case(f, "http://www.example.org/pictures/1");
	assess(f, w->case_id, HL_OUTCOME_BASELINE);
	verify(f, w->case_id, HL_OUTCOME_BASELINE);
	load(f, w->case_id, &c);
	w->item_id = c.item_id;
	put_trace(w);
	w->police = world_recipient(
		w, HL_RECIPIENT_POLICE, "unit@police.example.org", "DK");
	w->provider = world_recipient(
		w, HL_RECIPIENT_PROVIDER, "abuse@host.example.org", "");
	w->partner = world_recipient(
		w, HL_RECIPIENT_PARTNER, "desk@partner.example.org", "DE");
	w->outbox = (struct hl_referral_outbox){.settings = f->settings,
		.worker = &f->worker,
		.ctx = w,
		.before_send = look,
		.send = send_it};
}

void world_end(struct world *w)
{
	char command[256];

	hl_seal_sign_wipe(&w->key);
	for (size_t i = 0; i < 3; i++) {
		static const char *const parts[] = {"new", "tmp", "cur"};
		struct dirent *e;

		snprintf(
			command, sizeof(command), "%s/%s", w->folder, parts[i]);
		DIR *d = opendir(command);
		while (d && (e = readdir(d))) {
			unlinkat(dirfd(d), e->d_name, 0);
		}
		if (d) {
			closedir(d);
		}
		rmdir(command);
	}
	rmdir(w->folder);
}

int64_t world_draft(struct world *w, int64_t recipient)
{
	struct hl_who rikke = who(w->f, RIKKE);
	struct hl_referral_draft_input in = {w->case_id, recipient,
		HL_STR("Please act at once, see http://evil.example.org/x")};
	enum hl_referral_why why = 0;
	struct hl_err err = {.msg = ""};
	int64_t id;
	int r = hl_referral_draft(&rikke, &w->desk, &in, &id, &why, &err);

	if (r) {
		fail_msg("draft: %d, %s, %s", r,
			hl_vocab_name(&hl_vocab_referral_why, (int)why),
			err.msg);
	}
	return id;
}

int64_t world_approved(struct world *w, int64_t recipient)
{
	int64_t id = world_draft(w, recipient);
	struct hl_who rikke = who(w->f, RIKKE);
	enum hl_referral_why why = 0;
	struct hl_err err = {.msg = ""};
	int r = hl_referral_approve(&rikke, &w->desk, id, &why, &err);

	if (r) {
		fail_msg("approve: %d, %s, %s", r,
			hl_vocab_name(&hl_vocab_referral_why, (int)why),
			err.msg);
	}
	return id;
}

struct hl_referral_round world_send(struct world *w)
{
	struct hl_referral_round round;
	struct hl_err err = {.msg = ""};

	w->outbox.store = w->f->store;
	if (hl_referral_outbox_run(&w->outbox, w->f->arena, 10, &round, &err)) {
		fail_msg("outbox: %s", err.msg);
	}
	return round;
}

int world_holds(struct world *w)
{
	struct hl_err err = {.msg = ""};
	int n;

	w->outbox.store = w->f->store;
	if (hl_referral_holds_run(&w->outbox, w->f->arena, 10, &n, &err)) {
		fail_msg("holds: %s", err.msg);
	}
	return n;
}

struct hl_referral_view world_view(struct world *w, int64_t id)
{
	struct hl_who sofie = who(w->f, SOFIE);
	struct hl_referral_view view;

	ok(hl_referral_view(&sofie, &w->desk, id, &view, NULL));
	return view;
}

enum hl_referral_state world_state(struct world *w, int64_t id)
{
	return world_view(w, id).row.state;
}

static int list(struct world *w, char names[64][300])
{
	char path[128];
	int n = 0;
	struct dirent *e;

	snprintf(path, sizeof(path), "%s/new", w->folder);
	DIR *d = opendir(path);
	while (d && (e = readdir(d))) {
		if (e->d_name[0] != '.' && n < 64) {
			snprintf(names[n++], 300, "%s", e->d_name);
		}
	}
	if (d) {
		closedir(d);
	}
	qsort(names, (size_t)n, 300,
		(int (*)(const void *, const void *))strcmp);
	return n;
}

int world_mails(struct world *w)
{
	char names[64][300];

	return list(w, names);
}

void world_mail(struct world *w, int i, struct hl_buf *out)
{
	char names[64][300], path[512];
	int n = list(w, names);

	assert_in_range(i, 0, n - 1);
	snprintf(path, sizeof(path), "%s/new/%s", w->folder, names[i]);
	ok(hl_file_read(path, out, NULL));
}

struct hl_str world_token(struct world *w, int i)
{
	HL_BUF_AUTO mail = HL_BUF_INIT(1 << 20), flat = HL_BUF_INIT(1 << 20);
	struct hl_str s, mark = HL_STR("/answer/");

	world_mail(w, i, &mail);
	/* soft line breaks of quoted-printable */
	for (size_t k = 0; k < mail.n; k++) {
		if (k + 2 < mail.n && memcmp(mail.p + k, "=\r\n", 3) == 0) {
			k += 2;
		} else {
			hl_buf_put_c(&flat, mail.p[k]);
		}
	}
	s = hl_buf_str(&flat);
	size_t at = hl_str_find(s, mark);
	assert_true(at < s.n);
	return hl_arena_dup(w->f->arena, hl_str_sub(s, at + mark.n, 27));
}
