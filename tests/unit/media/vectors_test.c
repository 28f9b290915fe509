/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the bytes of a JPEG to its hashes: decoder and hasher in a worker,
 * against the slow model of PDQ on the pixels that the library gives
 * by itself, and against the reference's hashes of its own pictures. Those
 * stand in a folder beside the project; that part is run by an argument, and
 * skips itself without the folder.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* behind stdio.h, which it needs */
#include <jpeglib.h>

#include "../match_pdq/slow_pdq.h"
#include "base/file.h"
#include "base/str.h"
#include "gather.h"
#include "media/pool.h"
#include "picture.h"

/* In the order of enum hl_match_dihedral. */
static const char *const forms[8] = {"orig", "rot90", "rot180", "rot270",
	"flipx", "flipy", "flipp", "flipm"};

static struct hl_media_frame hash(
	struct hl_media_pool *pool, const char *name, const void *p, size_t n)
{
	const struct hl_media_options how = {
		.flags = HL_MEDIA_CLI512 | HL_MEDIA_DIHEDRAL};
	struct hl_media_frame frame = {0};
	struct hl_media_result r;

	assert_int_equal(0, hl_media_hash_bytes(pool, p, n, &how, &r, NULL));
	if (r.status != HL_MEDIA_HASHED || r.flags || r.n_frames != 1 ||
		r.format != HL_MEDIA_JPEG) {
		fail_msg("%s: %s", name, r.text);
	}
	frame = r.frames[0];
	hl_media_result_fini(&r);
	return frame;
}

static void same(const char *name, const char *path,
	const struct hl_match_hash *want, const struct hl_match_hash *got)
{
	if (memcmp(want, got, sizeof(*want)) != 0) {
		fail_msg("%s: another hash, %s", name, path);
	}
}

static void same_quality(const char *name, const char *path, int want, int got)
{
	if (want != got) {
		fail_msg("%s: quality %d, not %d, %s", name, got, want, path);
	}
}

/* The pixels as the reference takes them. */
static void plain_decode(const struct file *f, struct hl_match_picture *out)
{
	struct jpeg_decompress_struct j;
	struct jpeg_error_mgr errors;

	j.err = jpeg_std_error(&errors);
	jpeg_create_decompress(&j);
	jpeg_mem_src(&j, f->p, f->n);
	jpeg_read_header(&j, TRUE);
	j.out_color_space = JCS_RGB;
	jpeg_start_decompress(&j);
	size_t stride = (size_t)j.output_width * 3;
	uint8_t *rows = malloc(stride * j.output_height);
	assert_non_null(rows);
	while (j.output_scanline < j.output_height) {
		JSAMPROW row = rows + j.output_scanline * stride;

		jpeg_read_scanlines(&j, &row, 1);
	}
	*out = (struct hl_match_picture){.rows = rows,
		.stride = stride,
		.width = j.output_width,
		.height = j.output_height,
		.pixels = HL_MATCH_RGB24};
	jpeg_finish_decompress(&j);
	jpeg_destroy_decompress(&j);
}

static const struct {
	const char *name;
	uint32_t width, height;
	struct jpeg_how how;
} made[] = {
	{"small", 96, 64, {0}},
	{"odd sides", 333, 129, {.quality = 60}},
	{"over 512", 700, 523, {0}},
	{"wide", 1100, 90, {.quality = 30}},
	{"progressive", 211, 307, {.progressive = true}},
	{"grey", 257, 256, {.grey = true}},
};

static void as_the_slow_model(void **state)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(made); i++) {
		const char *name = made[i].name;
		struct slow_pdq full, cli;
		struct hl_match_picture pixels;
		struct picture p;
		struct file f;

		picture_make(&p, made[i].width, made[i].height, 3);
		picture_jpeg(&p, &made[i].how, &f);
		plain_decode(&f, &pixels);
		slow_pdq(&pixels, HL_MATCH_FULLRES, 8, &full);
		slow_pdq(&pixels, HL_MATCH_CLI512, 0, &cli);
		struct hl_media_frame got = hash(*state, name, f.p, f.n);

		same(name, "fullres", &full.hash.hash, &got.pdq.hash);
		same_quality(
			name, "fullres", full.hash.quality, got.pdq.quality);
		same(name, "cli512", &cli.hash.hash, &got.cli512.hash);
		same_quality(
			name, "cli512", cli.hash.quality, got.cli512.quality);
		for (size_t k = 0; k < 8; k++) {
			same(name, forms[k], &full.forms[k].hash,
				&got.dihedral[k]);
		}
		free((void *)(uintptr_t)pixels.rows);
		picture_fini(&p);
		file_fini(&f);
	}
}

/* What no caller is given: the eight forms of what cli512 picks. */
static void forms_of_cli512(
	const char *name, const struct hl_str *file, struct hl_match_hash to[8])
{
	const struct hl_match_pdq_options cli512 = {
		.size_of = sizeof(cli512), .path = HL_MATCH_CLI512};
	struct hl_match_pdq_result all[8];
	struct hl_match_pdq *pdq = NULL;
	struct gathered g = {0};

	if (gather(&hl_media_jpeg, (const uint8_t *)file->p, file->n, NULL,
		    &g)) {
		fail_msg("%s: %s", name, g.note);
	}
	assert_int_equal(0, hl_match_pdq_new(g.shape.width, g.shape.height,
				    g.shape.pixels, &cli512, &pdq, NULL));
	assert_int_equal(0, hl_match_pdq_rows(pdq, g.pixels,
				    (size_t)g.shape.width * 3, g.shape.height));
	assert_int_equal(0, hl_match_pdq_dihedral(pdq, all));
	for (size_t i = 0; i < 8; i++) {
		to[i] = all[i].hash;
	}
	hl_match_pdq_free(pdq);
	gathered_fini(&g);
}

struct vector {
	const char *name, *path; /* zero-terminated */
	struct hl_match_hash hash;
	int quality;
};

static void one_vector(
	struct hl_media_pool *pool, const struct vector *v, struct hl_str file)
{
	const char *form = strstr(v->path, "-dih-");
	struct hl_media_frame got = hash(pool, v->name, file.p, file.n);

	if (form) {
		struct hl_match_hash all[8];
		size_t i = 0;

		while (i < 8 && strcmp(forms[i], form + 5) != 0) {
			i++;
		}
		assert_true(i < 8);
		forms_of_cli512(v->name, &file, all);
		same(v->name, v->path, &v->hash, &all[i]);
		same_quality(v->name, v->path, v->quality, got.cli512.quality);
	} else if (strcmp(v->path, "cli512") == 0) {
		same(v->name, v->path, &v->hash, &got.cli512.hash);
		same_quality(v->name, v->path, v->quality, got.cli512.quality);
	} else {
		assert_string_equal("fullres", v->path);
		same(v->name, v->path, &v->hash, &got.pdq.hash);
		same_quality(v->name, v->path, v->quality, got.pdq.quality);
	}
}

static void read_shared(const char *name, struct hl_buf *out)
{
	HL_BUF_AUTO path = HL_BUF_INIT(4096);

	hl_buf_printf(&path, "%s/data/pdq/%s", getenv("HL_SHARED"), name);
	if (hl_file_read(path.p, out, NULL)) {
		fail_msg("%s cannot be read", path.p);
	}
}

/* False: not one of a JPEG; fields has four, ended with zeros. */
static bool parse(struct hl_str line, char fields[4][80], struct vector *out)
{
	struct hl_str rest = line, field;

	for (size_t i = 0; i < 4; i++) {
		assert_true(hl_str_next(&rest, '\t', &field) && field.n < 80);
		memcpy(fields[i], field.p, field.n);
		fields[i][field.n] = 0;
	}
	*out = (struct vector){.name = fields[0],
		.path = fields[3],
		.quality = (int)strtol(fields[2], NULL, 10)};
	assert_int_equal(0,
		hl_match_hash_parse(fields[1], strlen(fields[1]), &out->hash));
	return strstr(fields[0], ".jpg");
}

static void as_the_reference(void **state)
{
	HL_BUF_AUTO text = HL_BUF_INIT(1 << 20);
	struct hl_str rest, line;
	char fields[4][80];
	struct vector v;
	size_t n = 0;

	read_shared("vectors.tsv", &text);
	rest = hl_buf_str(&text);
	while (hl_str_next(&rest, '\n', &line)) {
		HL_BUF_AUTO file = HL_BUF_INIT(1 << 24);

		if (line.n == 0 || line.p[0] == '#' ||
			!parse(line, fields, &v)) {
			continue;
		}
		read_shared(v.name, &file);
		one_vector(*state, &v, hl_buf_str(&file));
		n++;
	}
	assert_int_equal(28, n);
}

static int start(void **state)
{
	const struct hl_media_setup setup = {
		.n_workers = 1, .quick_start = true};
	struct hl_media_pool *pool = NULL;

	if (hl_media_pool_new(&setup, &pool, NULL)) {
		return -1;
	}
	*state = pool;
	return 0;
}

static int stop(void **state)
{
	hl_media_pool_free(*state);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest model[] = {cmocka_unit_test(as_the_slow_model)};
	const struct CMUnitTest reference[] = {
		cmocka_unit_test(as_the_reference)};

	(void)argv;
	if (argc < 2) {
		return cmocka_run_group_tests(model, start, stop);
	}
	if (!getenv("HL_SHARED")) {
		puts("1..0 # SKIP HL_SHARED is not set");
		return 0;
	}
	return cmocka_run_group_tests(reference, start, stop);
}
