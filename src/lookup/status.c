/* SPDX-License-Identifier: Apache-2.0 */
/* What is told about the service itself: readiness, measures, the feed. */
#include <inttypes.h>

#include "base/json.h"
#include "base/time.h"
#include "lookup/inner.h"
#include "web/form.h"

#define PATIENCE_US (60 * HL_US_PER_S)

/* Docs: "It is not ready while …". */
static bool is_ready(const struct hl_lookup_standing *s, int64_t now_us)
{
	return !s->loading && s->seen_us && now_us - s->seen_us < PATIENCE_US &&
	       (!s->behind_us || now_us - s->behind_us < PATIENCE_US);
}

static void put_lists(struct hl_buf *out, struct hl_lookup_seat *seat)
{
	struct hl_match_stats stats = {.size_of = sizeof(stats)};
	struct hl_match_list list = {.size_of = sizeof(list)};
	uint32_t after = 0;

	hl_json_put_name(out, "lists");
	hl_buf_put_c(out, '[');
	while (!hl_match_reader_next_list(seat->reader, after, &list)) {
		after = list.id;
		hl_match_index_stats(seat->view->index, list.id, &stats);
		hl_json_put_sep(out);
		hl_buf_put_c(out, '{');
		hl_json_put_member_i64(out, "id", list.id);
		hl_json_put_member(out, "name", hl_str_c(list.name));
		hl_json_put_member(out, "owner", hl_str_c(list.owner));
		hl_json_put_member_i64(out, "version", (int64_t)list.version);
		hl_json_put_member_bool(out, "negative",
			(list.flags & HL_MATCH_LIST_NEGATIVE) != 0);
		hl_json_put_member_i64(
			out, "entries", (int64_t)stats.n_entries);
		hl_buf_put_c(out, '}');
	}
	hl_buf_put_c(out, ']');
}

int hl_lookup_ready_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_lookup_thread *mine = hl_lookup_mine(ctx);
	struct hl_match_stats stats = {.size_of = sizeof(stats)};
	struct hl_lookup_standing s;
	struct hl_buf *b = &resp->body;
	int64_t now_us = hl_time_mono_us();
	uint64_t position = 0;

	(void)req;
	hl_lookup_follower_standing(hl_lookup_of(ctx)->follower, &s);
	bool has = hl_lookup_seat_take(&mine->seat, NULL) == 0;
	if (has) {
		position = hl_match_index_position(mine->seat.view->index);
		hl_match_index_stats(mine->seat.view->index, 0, &stats);
	}
	bool ready = has && is_ready(&s, now_us);
	hl_web_respond(resp, ready ? 200 : 503, "application/json");
	hl_buf_put_c(b, '{');
	hl_json_put_member_bool(b, "ready", ready);
	hl_json_put_member(b, "registry", hl_str_c(s.registry));
	hl_json_put_member_i64(b, "position", (int64_t)position);
	hl_json_put_member_i64(b, "head", (int64_t)s.head);
	hl_json_put_member_i64(b, "behind",
		s.head > position ? (int64_t)(s.head - position) : 0);
	hl_json_put_member_i64(
		b, "seen_ms", s.seen_us ? (now_us - s.seen_us) / 1000 : -1);
	hl_json_put_member_i64(b, "hashes", (int64_t)stats.n_hashes);
	if (has && (mine->pass.scopes & (HL_API_MATCH | HL_API_FEED))) {
		put_lists(b, &mine->seat);
	}
	hl_buf_put(b, HL_STR("}\n"));
	return 0;
}

/* -- measures -- */

static void put_metric(struct hl_buf *out, const char *name, const char *type,
	const char *help)
{
	hl_buf_printf(out,
		"# HELP hotline_match_%s %s\n"
		"# TYPE hotline_match_%s %s\n",
		name, help, name, type);
}

static void put_value(struct hl_buf *out, const char *name, const char *type,
	const char *help, uint64_t value)
{
	put_metric(out, name, type, help);
	hl_buf_printf(out, "hotline_match_%s %" PRIu64 "\n", name, value);
}

static void put_requests(struct hl_buf *out, const struct hl_lookup_counts *c)
{
	static const char *const paths[HL_LOOKUP_N_ROUTES] = {"/v1/match",
		"/v1/hash", "/v1/ready", "/metrics", "/v1/feed", "other"};

	put_metric(out, "requests_total", "counter",
		"Requests answered, by path and class of status.");
	for (size_t i = 0; i < HL_LOOKUP_N_ROUTES; i++) {
		for (int status = 2; status < 6; status++) {
			hl_buf_printf(out,
				"hotline_match_requests_total{path=\"%s\","
				"status=\"%dxx\"} %" PRIu64 "\n",
				paths[i], status, c->requests[i][status]);
		}
	}
}

static void put_took(struct hl_buf *out, const struct hl_lookup_counts *c)
{
	static const char *const most[HL_LOOKUP_N_BUCKETS] = {"0.0001",
		"0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01",
		"0.025", "0.05", "0.1", "1", "10"};
	uint64_t n = 0, sum_us = c->took_us;

	put_metric(out, "duration_seconds", "histogram",
		"Time in the handler of /v1/match, of answers 200.");
	for (size_t i = 0; i < HL_LOOKUP_N_BUCKETS; i++) {
		n += c->took[i];
		hl_buf_printf(out,
			"hotline_match_duration_seconds_bucket{le=\"%s\"} "
			"%" PRIu64 "\n",
			most[i], n);
	}
	n += c->took[HL_LOOKUP_N_BUCKETS];
	hl_buf_printf(out,
		"hotline_match_duration_seconds_bucket{le=\"+Inf\"} %" PRIu64
		"\n"
		"hotline_match_duration_seconds_sum %" PRIu64 ".%06" PRIu64 "\n"
		"hotline_match_duration_seconds_count %" PRIu64 "\n",
		n, sum_us / 1000000, sum_us % 1000000, n);
}

static void put_pictures(struct hl_buf *out, const struct hl_lookup_counts *c)
{
	put_metric(out, "pictures_total", "counter",
		"Pictures, by what became of them.");
	for (int i = 0; i < HL_MEDIA_N_STATUSES; i++) {
		hl_buf_printf(out,
			"hotline_match_pictures_total{status=\"%s\"} %" PRIu64
			"\n",
			hl_media_status_name((enum hl_media_status)i),
			c->pictures[i]);
	}
}

/* Of one second at most as many as there are decoders. */
static void put_busy(struct hl_buf *out, const struct hl_lookup_counts *c)
{
	uint64_t us = c->pictures_us;

	put_metric(out, "pictures_seconds_total", "counter",
		"Time for which decoders were busy with pictures.");
	hl_buf_printf(out,
		"hotline_match_pictures_seconds_total %" PRIu64 ".%06" PRIu64
		"\n",
		us / 1000000, us % 1000000);
}

static void put_index(struct hl_buf *out, struct hl_lookup_seat *seat)
{
	struct hl_match_stats s = {.size_of = sizeof(s)};

	if (hl_lookup_seat_take(seat, NULL)) {
		return;
	}
	hl_match_index_stats(seat->view->index, 0, &s);
	put_value(out, "index_hashes", "gauge", "Hashes in the index.",
		s.n_hashes);
	put_value(out, "index_entries", "gauge", "Entries in the index.",
		s.n_entries);
	put_value(out, "index_segments", "gauge", "Segments of the index.",
		s.n_segments);
	put_value(out, "index_mapped_bytes", "gauge",
		"Bytes of the index that are mapped.", s.bytes_mapped);
	put_value(out, "position", "gauge",
		"Number of the last change that answers know.", s.position);
}

static void put_follower(struct hl_buf *out, const struct hl_lookup_standing *s)
{
	int64_t now_us = hl_time_mono_us();

	put_value(out, "head", "gauge",
		"Number of the newest change that the source has told of.",
		s->head);
	put_value(out, "ready", "gauge", "1 when /v1/ready says so.",
		is_ready(s, now_us));
	put_value(out, "changes_total", "counter", "Changes taken up.",
		s->n_changes);
	put_value(out, "follow_faults_total", "counter",
		"Times that following the source failed.", s->n_faults);
	put_value(out, "loads_total", "counter",
		"Times that the index was begun anew.", s->n_loads);
	put_metric(out, "source_seen_seconds", "gauge",
		"Since the source last answered; -1 never.");
	hl_buf_printf(out, "hotline_match_source_seen_seconds %" PRId64 "\n",
		s->seen_us ? (now_us - s->seen_us) / HL_US_PER_S : -1);
}

int hl_lookup_metrics_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_lookup_app *app = hl_lookup_of(ctx);
	const struct hl_lookup_counts *c = &app->counts;
	struct hl_lookup_standing s;
	struct hl_buf *b = &resp->body;

	(void)req;
	hl_lookup_follower_standing(app->follower, &s);
	hl_web_respond(resp, 200, "text/plain; version=0.0.4; charset=utf-8");
	put_requests(b, c);
	put_took(b, c);
	put_value(
		b, "lookups_total", "counter", "Hashes looked up.", c->lookups);
	put_value(b, "matches_total", "counter", "Hashes that had a match.",
		c->matches);
	put_value(b, "cleared_total", "counter",
		"Hashes that a list of harmless things has.", c->cleared);
	put_value(b, "truncated_total", "counter",
		"Hashes with more matches than were told.", c->truncated);
	put_pictures(b, c);
	put_busy(b, c);
	put_follower(b, &s);
	put_index(b, &hl_lookup_mine(ctx)->seat);
	if (app->server) {
		struct hl_web_counts w;

		hl_web_server_counts(app->server, &w);
		put_value(b, "connections", "gauge", "Connections open.",
			w.n_connections);
		put_value(b, "busy_total", "counter",
			"Requests refused for a full queue.", w.n_busy);
	}
	return 0;
}

/* -- the feed -- */

static int read_ask(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_lookup_ask *ask)
{
	struct hl_web_form form;
	int64_t after = -1, most = 1000, wait = 0;

	if (hl_web_query_read(ctx, req, &form)) {
		return HL_E_INVALID;
	}
	struct hl_str tag = hl_web_form_get(&form, "keys");
	if (hl_web_form_get_i64(&form, "after", &after) || after < 0 ||
		hl_web_form_get_i64(&form, "max", &most) < 0 || most < 1 ||
		most > HL_LOOKUP_CHANGES_MAX ||
		hl_web_form_get_i64(&form, "wait", &wait) < 0 || wait < 0 ||
		wait > 20) {
		return HL_E_INVALID;
	}
	tag = hl_arena_dup(ctx->arena, tag.p ? tag : HL_STR(""));
	if (!tag.p) {
		return HL_E_NOMEM;
	}
	*ask = (struct hl_lookup_ask){
		(uint64_t)after, (size_t)most, tag.p, (int)wait * 1000};
	return 0;
}

int hl_lookup_feed_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	static const struct hl_lookup_wrong wrong = {"",
		"after is a number, max 1 to 5000, wait 0 to 20, keys a tag."};
	struct hl_lookup_app *app = hl_lookup_of(ctx);
	struct hl_lookup_batch batch;
	struct hl_lookup_ask ask;
	int r = read_ask(ctx, req, &ask);

	if (r == HL_E_INVALID) {
		return hl_lookup_refuse_wrong(ctx, resp, &wrong);
	}
	if (r) {
		return r;
	}
	pthread_mutex_lock(&app->feed_lock);
	r = app->feed->read(
		app->feed->arg, &ask, ctx->arena, &batch, &ctx->err);
	pthread_mutex_unlock(&app->feed_lock);
	if (r == HL_NOTFOUND) {
		return hl_lookup_refuse(ctx, resp,
			&(struct hl_lookup_problem){410, "feed_too_old",
				"What came behind it is not known here any "
				"more. Begin anew with after=0.",
				NULL, 0});
	}
	if (r) {
		return r;
	}
	hl_web_respond(resp, 200, "application/x-ndjson");
	hl_lookup_feed_put(&resp->body, &batch);
	return 0;
}
