/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies that are pictures go to the decoders' processes as they came; what
 * comes back is hashes.
 */
#include <inttypes.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "lookup/inner.h"

/* In look-ups: what has to be there when a picture comes, and what it counts
 * as at least. */
#define COST_LEAST 20
#define US_PER_LOOKUP 1000
#define QUALITY_LEAST 50

struct picture {
	struct hl_media_result result;
	struct hl_lookup_question q; /* in the order in which they are told */
	uint64_t cost;               /* in look-ups */
};

static bool is_picture(const struct hl_web_request *req)
{
	struct hl_str type = hl_web_request_header(req, "Content-Type");

	return hl_str_starts(type, HL_STR("image/")) ||
	       hl_str_starts(type, HL_STR("video/")) ||
	       hl_web_request_is_type(req, "application/octet-stream");
}

/* 0, or the refusal is written and HL_DENIED given. */
static int may_send(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	static const struct hl_lookup_problem type = {415, "type",
		"Send application/json, or a picture as image/… or "
		"application/octet-stream.",
		NULL, 0};
	static const struct hl_lookup_problem scope = {403, "scope",
		"A picture needs a key with the scope hash.", NULL, 0};
	static const struct hl_lookup_problem none = {503, "no_decoder",
		"This service does not decode pictures. Send hashes.", NULL, 0};
	static const struct hl_lookup_problem empty = {
		400, "malformed", "The body is empty.", NULL, 0};
	const struct hl_lookup_problem *p = NULL;

	if (!is_picture(req)) {
		p = &type;
	} else if (!(hl_lookup_mine(ctx)->pass.scopes & HL_API_HASH)) {
		p = &scope;
	} else if (!hl_lookup_of(ctx)->media) {
		p = &none;
	} else if (req->body.n == 0) {
		p = &empty;
	}
	if (p) {
		hl_lookup_refuse(ctx, resp, p);
		return HL_DENIED;
	}
	if (req->body.n > HL_LOOKUP_PICTURE_MAX) {
		hl_web_error(ctx, req, resp, 413);
		return HL_DENIED;
	}
	return hl_lookup_pay(ctx, resp, COST_LEAST);
}

static void add(struct hl_lookup_question *q, uint16_t kind, const void *bytes)
{
	struct hl_lookup_asked *a = &q->asked[q->n++];

	a->kind = kind;
	memcpy(a->bytes, bytes, hl_lookup_kind_bytes(kind));
}

/* A hash of poor quality takes its place and is not looked up. */
static int list_hashes(struct hl_web_ctx *ctx, struct picture *p)
{
	const struct hl_media_result *r = &p->result;
	size_t n = r->n_frames;

	if (n > HL_LOOKUP_BATCH_MAX - 3) {
		n = HL_LOOKUP_BATCH_MAX - 3;
		p->result.flags |= HL_MEDIA_CUT;
	}
	p->q.asked = hl_arena_array(ctx->arena, n + 3, sizeof(*p->q.asked));
	if (!p->q.asked) {
		return HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory for hashes");
	}
	if (r->digests) {
		add(&p->q, HL_MATCH_SHA256, r->sha256);
		add(&p->q, HL_MATCH_SHA1, r->sha1);
		add(&p->q, HL_MATCH_MD5, r->md5);
	}
	for (size_t i = 0; i < n; i++) {
		add(&p->q, HL_MATCH_PDQ, r->frames[i].pdq.hash.bytes);
		if (r->frames[i].pdq.quality < QUALITY_LEAST) {
			p->q.asked[p->q.n - 1].kind = 0;
		}
	}
	return 0;
}

/* Stable: programs decide by the code whether to send it again. */
static int refuse_result(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	enum hl_media_status status)
{
	static const struct hl_lookup_problem busy = {503, "busy",
		"No decoder can be had now. Send it again later.", NULL, 10};
	static const struct hl_lookup_problem large = {422, "picture_too_large",
		"The picture is larger than this service decodes. Hash it "
		"yourself and send the hashes.",
		NULL, 0};
	static const struct hl_lookup_problem crashed = {422, "decoder_crashed",
		"The picture's decoder crashed, and would again. Look up "
		"the file's digests.",
		NULL, 0};
	static const struct hl_lookup_problem memory = {422, "decoder_memory",
		"The picture's decoder wanted more memory than it is given "
		"here. Hash it yourself and send the hashes.",
		NULL, 0};
	static const struct hl_lookup_problem time = {422, "decoder_time",
		"The picture's decoder took longer than it is given here. "
		"Send it once more in some minutes, or hash it yourself.",
		NULL, 0};
	const struct hl_lookup_problem *p =
		status == HL_MEDIA_REFUSED     ? &large
		: status == HL_MEDIA_CRASHED   ? &crashed
		: status == HL_MEDIA_NO_MEMORY ? &memory
		: status == HL_MEDIA_TOO_LONG  ? &time
					       : &busy;

	hl_lookup_refuse(ctx, resp, p);
	return HL_DENIED;
}

static bool tells_hashes(enum hl_media_status status)
{
	return status == HL_MEDIA_HASHED || status == HL_MEDIA_NO_PICTURE ||
	       status == HL_MEDIA_UNSUPPORTED || status == HL_MEDIA_DAMAGED;
}

/* What it costs is known only now, and owed whatever became of it. A decoder
 * that is busy is what the service has few of; pixels tell too little: a
 * second of a film costs a hundred times one frame of it. */
static void settle(struct hl_web_ctx *ctx, struct picture *p)
{
	uint64_t cost = (uint64_t)p->result.worked_us / US_PER_LOOKUP;

	p->cost = cost > COST_LEAST ? cost : COST_LEAST;
	hl_lookup_ring_owe(hl_lookup_of(ctx)->ring, &hl_lookup_mine(ctx)->pass,
		p->cost - COST_LEAST, hl_time_mono_us());
}

static int decode(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct picture *p, struct hl_web_response *resp)
{
	const struct hl_media_options options = {.flags = HL_MEDIA_DIGESTS};
	struct hl_lookup_app *app = hl_lookup_of(ctx);

	if (++app->n_pictures > app->n_pictures_most) {
		app->n_pictures--;
		return refuse_result(ctx, resp, HL_MEDIA_UNAVAILABLE);
	}
	int r = hl_media_hash_bytes(app->media, req->body.p, req->body.n,
		&options, &p->result, &ctx->err);
	app->n_pictures--;
	if (r) {
		return r;
	}
	settle(ctx, p);
	app->counts.pictures[p->result.status]++;
	app->counts.pictures_us += (uint64_t)p->result.worked_us;
	return tells_hashes(p->result.status)
		       ? list_hashes(ctx, p)
		       : refuse_result(ctx, resp, p->result.status);
}

static void put_hash(struct hl_buf *out, const struct picture *p, size_t i)
{
	const struct hl_lookup_asked *a = &p->q.asked[i];
	size_t first = p->result.digests ? 3 : 0;
	int kind = i < first ? a->kind : HL_MATCH_PDQ;

	hl_json_put_sep(out);
	hl_buf_put_c(out, '{');
	hl_json_put_member(out, "kind", hl_str_c(hl_lookup_kind_name(kind)));
	hl_json_put_name(out, "value");
	hl_buf_put_c(out, '"');
	hl_text_put_hex(out, a->bytes, hl_lookup_kind_bytes(kind));
	hl_buf_put_c(out, '"');
	if (i >= first) {
		const struct hl_match_frame *f =
			&p->result.frames[i - first].pdq;

		hl_json_put_member_i64(out, "part", f->number);
		hl_json_put_member_i64(out, "quality", f->quality);
	}
	hl_buf_put_c(out, '}');
}

static void put_file(struct hl_buf *out, const struct picture *p)
{
	const struct hl_media_result *r = &p->result;

	hl_json_put_member(
		out, "status", hl_str_c(hl_media_status_name(r->status)));
	hl_json_put_member(
		out, "format", hl_str_c(hl_media_format_name(r->format)));
	hl_json_put_member_i64(out, "bytes", (int64_t)r->n_bytes);
	hl_json_put_member_i64(out, "width", r->width);
	hl_json_put_member_i64(out, "height", r->height);
	hl_json_put_member_i64(out, "pictures", (int64_t)r->n_frames);
	hl_json_put_member_bool(out, "damaged",
		r->status == HL_MEDIA_DAMAGED ||
			(r->flags & HL_MEDIA_FLAWED) != 0);
	hl_json_put_member_bool(out, "cut", (r->flags & HL_MEDIA_CUT) != 0);
	hl_json_put_member_i64(out, "cost", (int64_t)p->cost);
	hl_json_put_name(out, "hashes");
	hl_buf_put_c(out, '[');
	for (size_t i = 0; i < p->q.n; i++) {
		put_hash(out, p, i);
	}
	hl_buf_put_c(out, ']');
}

static int hash_one(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct picture *p, struct hl_web_response *resp)
{
	int r = decode(ctx, req, p, resp);

	if (r) {
		return r == HL_DENIED ? 0 : r;
	}
	hl_web_respond(resp, 200, "application/json");
	hl_buf_put_c(&resp->body, '{');
	put_file(&resp->body, p);
	hl_buf_put(&resp->body, HL_STR("}\n"));
	return 0;
}

int hl_lookup_hash_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct picture p = {.q = {.n = 0}};

	if (may_send(ctx, req, resp)) {
		return 0;
	}
	int r = hash_one(ctx, req, &p, resp);
	hl_media_result_fini(&p.result);
	return r;
}

static int match_one(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct picture *p, struct hl_web_response *resp)
{
	struct hl_lookup_wrong wrong = {.detail = NULL};
	int r = decode(ctx, req, p, resp);

	if (r) {
		return r == HL_DENIED ? 0 : r;
	}
	hl_web_respond(resp, 200, "application/json");
	hl_buf_put_c(&resp->body, '{');
	put_file(&resp->body, p);
	r = hl_lookup_answer(ctx, &p->q, &resp->body, &wrong);
	if (r) {
		return hl_lookup_refuse_answer(ctx, resp, r, &wrong);
	}
	hl_buf_put(&resp->body, HL_STR("}\n"));
	return 0;
}

int hl_lookup_picture_match(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct picture p = {.q = {.n = 0}};
	struct hl_lookup_wrong wrong = {.detail = NULL};

	if (may_send(ctx, req, resp)) {
		return 0;
	}
	int r = hl_lookup_question_query(req->query, ctx->arena, &p.q, &wrong);
	if (r == HL_E_INVALID) {
		return hl_lookup_refuse_wrong(ctx, resp, &wrong);
	}
	r = r ? r : match_one(ctx, req, &p, resp);
	hl_media_result_fini(&p.result);
	return r;
}
