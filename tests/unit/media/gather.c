/* SPDX-License-Identifier: Apache-2.0 */
#include "gather.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static size_t row_bytes(const struct gathered *g)
{
	size_t pixel = g->shape.pixels == HL_MATCH_GREY8    ? 1
		       : g->shape.pixels == HL_MATCH_RGBA32 ? 4
							    : 3;

	return g->shape.width * pixel;
}

static int on_begin(void *arg, const struct hl_media_shape *shape)
{
	struct gathered *g = arg;

	assert(!g->open && shape->width > 0 && shape->height > 0);
	g->open = true;
	g->shape = *shape;
	g->n_rows = 0;
	free(g->pixels);
	g->pixels = calloc(shape->height, row_bytes(g));
	assert(g->pixels);
	return 0;
}

static int on_rows(void *arg, const void *rows, size_t stride, size_t n_rows)
{
	struct gathered *g = arg;
	const uint8_t *from = rows;
	size_t n = row_bytes(g);

	assert(g->open && stride >= n);
	assert(g->n_rows + n_rows <= g->shape.height);
	for (size_t i = 0; i < n_rows; i++) {
		memcpy(g->pixels + (g->n_rows + i) * n, from + i * stride, n);
	}
	g->n_rows += (uint32_t)n_rows;
	return 0;
}

static int on_end(void *arg)
{
	struct gathered *g = arg;

	assert(g->open && g->n_rows == g->shape.height);
	g->open = false;
	g->n_frames++;
	return g->then;
}

int gather(const struct hl_media_decoder *decoder, const uint8_t *p, size_t n,
	const struct hl_media_input *how, struct gathered *out)
{
	struct hl_media_input in = how ? *how : (struct hl_media_input){0};
	struct hl_media_sink sink = {
		.begin = on_begin, .rows = on_rows, .end = on_end, .arg = out};

	in.bytes = p;
	in.n = n;
	hl_media_limits_default(&in.limits);
	int r = decoder->decode(&in, &sink);

	memcpy(out->note, sink.note, sizeof(out->note));
	out->flawed = sink.flawed;
	out->more = sink.more;
	return r;
}

void gathered_fini(struct gathered *g)
{
	free(g->pixels);
	*g = (struct gathered){0};
}
