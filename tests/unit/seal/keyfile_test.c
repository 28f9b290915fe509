/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/keyfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "seal/sign.h"
#include "seal_test.h"

struct place {
	char dir[64];
	char path[96];
	char link[96];
};

static int make_place(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	const char *tmp = getenv("TMPDIR");

	snprintf(p->dir, sizeof(p->dir), "%s/hl-key-XXXXXX",
		tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	if (!mkdtemp(p->dir)) {
		return -1;
	}
	snprintf(p->path, sizeof(p->path), "%s/key", p->dir);
	snprintf(p->link, sizeof(p->link), "%s/link", p->dir);
	*state = p;
	return 0;
}

static int remove_place(void **state)
{
	struct place *p = *state;

	unlink(p->path);
	unlink(p->link);
	rmdir(p->path);
	int r = rmdir(p->dir); /* fails when a temporary file was left */
	free(p);
	return r;
}

static void worker_round_trip(void **state)
{
	const struct place *p = *state;
	struct hl_seal_pub made, got, again;
	struct hl_seal_secret secret;
	struct stat st;

	assert_int_equal(
		HL_NOTFOUND, hl_seal_worker_load(p->path, &got, &secret, NULL));
	assert_int_equal(0, hl_seal_worker_create(p->path, &made, NULL));
	assert_int_equal(0, stat(p->path, &st));
	assert_int_equal(0600, st.st_mode & 07777);
	assert_int_equal(0, hl_seal_worker_load(p->path, &got, &secret, NULL));
	assert_memory_equal(&made, &got, sizeof(got));
	hl_seal_pub_of(&secret, &again);
	assert_memory_equal(&made, &again, sizeof(again));
	/* never written over */
	assert_int_equal(
		HL_CONFLICT, hl_seal_worker_create(p->path, &again, NULL));
	assert_int_equal(
		0, hl_seal_worker_load(p->path, &again, &secret, NULL));
	assert_memory_equal(&made, &again, sizeof(again));
}

static void open_to_others_is_refused(void **state)
{
	static const mode_t modes[] = {
		0640, 0620, 0610, 0604, 0602, 0601, 0644, 0666, 0777};
	const struct place *p = *state;
	struct hl_seal_pub pub;
	struct hl_seal_secret secret;
	struct hl_err err;

	assert_int_equal(0, hl_seal_worker_create(p->path, &pub, NULL));
	for (size_t i = 0; i < HL_ARRAY_LEN(modes); i++) {
		assert_int_equal(0, chmod(p->path, modes[i]));
		int r = hl_seal_worker_load(p->path, &pub, &secret, &err);
		if (r != HL_E_INVALID || !strstr(err.msg, "chmod 600")) {
			fail_msg("mode %o: %d %s", (unsigned)modes[i], r,
				err.msg);
		}
	}
	assert_int_equal(0, chmod(p->path, 0400));
	assert_int_equal(0, hl_seal_worker_load(p->path, &pub, &secret, &err));
}

static void odd_files_are_refused(void **state)
{
	const struct place *p = *state;
	struct hl_seal_pub pub;
	struct hl_seal_secret secret;

	assert_int_equal(0, hl_seal_worker_create(p->path, &pub, NULL));
	assert_int_equal(0, symlink(p->path, p->link));
	assert_int_equal(HL_E_INVALID,
		hl_seal_worker_load(p->link, &pub, &secret, NULL));
	assert_int_equal(
		HL_CONFLICT, hl_seal_worker_create(p->link, &pub, NULL));
	unlink(p->path);
	assert_int_equal(0, mkdir(p->path, 0700));
	assert_int_equal(HL_E_INVALID,
		hl_seal_worker_load(p->path, &pub, &secret, NULL));
	rmdir(p->path);
	assert_int_equal(0, mkfifo(p->path, 0600)); /* must not hang */
	assert_int_equal(HL_E_INVALID,
		hl_seal_worker_load(p->path, &pub, &secret, NULL));
}

#define PUB_ZERO \
	"0000000000000000000000000000000000000000000000000000000000000000"
#define HEAD "OpenHotline secret key 1\n"

static void malformed_content(void **state)
{
	static const char *const rows[] = {
		"",
		"\n",
		HEAD,
		"OpenHotline secret key 2\n",
		HEAD "kind sign\npublic " PUB_ZERO "\nsecret " PUB_ZERO "\n",
		HEAD "kind worker\npublic " PUB_ZERO "\n",
		HEAD "kind worker\npublic " PUB_ZERO "\nsecret 00\n",
		HEAD "kind worker\npublic " PUB_ZERO "\nsecret " PUB_ZERO
		     "\nmore",
		HEAD "kind worker\nsecret " PUB_ZERO "\npublic " PUB_ZERO "\n",
		HEAD "kind worker\r\npublic " PUB_ZERO "\nsecret " PUB_ZERO
		     "\n",
		/* well-formed, but the halves do not fit */
		HEAD "kind worker\npublic " PUB_ZERO "\nsecret " PUB_ZERO "\n",
	};
	const struct place *p = *state;
	struct hl_seal_pub pub;
	struct hl_seal_secret secret;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		assert_int_equal(0,
			hl_file_write(p->path, hl_str_c(rows[i]), 0600, NULL));
		int r = hl_seal_worker_load(p->path, &pub, &secret, NULL);
		if (r != HL_E_CORRUPT) {
			fail_msg("row %zu: %d", i, r);
		}
	}
}

static void each_changed_byte_is_found(void **state)
{
	const struct place *p = *state;
	HL_BUF_AUTO text = HL_BUF_SECRET(1024);
	struct hl_seal_pub pub, was;
	struct hl_seal_secret secret;

	assert_int_equal(0, hl_seal_worker_create(p->path, &was, NULL));
	assert_int_equal(0, hl_file_read(p->path, &text, NULL));
	for (size_t i = 0; i < text.n; i++) {
		text.p[i] ^= 1;
		assert_int_equal(0,
			hl_file_write(p->path, hl_buf_str(&text), 0600, NULL));
		int r = hl_seal_worker_load(p->path, &pub, &secret, NULL);
		text.p[i] ^= 1;
		/* X25519 clamps five bits of a secret away; then nothing
		 * that matters has changed */
		if (r == 0) {
			assert_memory_equal(&was, &pub, sizeof(pub));
		} else if (r != HL_E_CORRUPT) {
			fail_msg("byte %zu: %d", i, r);
		}
	}
}

static void sign_files(void **state)
{
	const struct place *p = *state;
	struct hl_seal_sign_pub made;
	struct hl_seal_sign_key key;
	struct hl_seal_pub pub;
	struct hl_seal_secret secret;
	uint8_t signature[HL_SEAL_SIGN_BYTES];

	assert_int_equal(HL_NOTFOUND, hl_seal_sign_load(p->path, &key, NULL));
	assert_int_equal(0, hl_seal_sign_create(p->path, &made, NULL));
	assert_int_equal(
		HL_CONFLICT, hl_seal_sign_create(p->path, &made, NULL));
	assert_int_equal(0, hl_seal_sign_load(p->path, &key, NULL));
	assert_memory_equal(&made, &key.pub, sizeof(made));
	hl_seal_sign(&key, HL_STR("words"), signature);
	assert_int_equal(0, hl_seal_sign_verify(&made, HL_STR("words"),
				    hl_str_mem(signature, 64)));
	/* one kind of key is not taken for another */
	assert_int_equal(HL_E_CORRUPT,
		hl_seal_worker_load(p->path, &pub, &secret, NULL));
	assert_int_equal(0, chmod(p->path, 0640));
	assert_int_equal(HL_E_INVALID, hl_seal_sign_load(p->path, &key, NULL));
	/* well-formed, but the halves do not fit */
	assert_int_equal(0, hl_file_write(p->path,
				    HL_STR(HEAD "kind sign\npublic " PUB_ZERO
						"\nsecret " PUB_ZERO "\n"),
				    0600, NULL));
	assert_int_equal(HL_E_CORRUPT, hl_seal_sign_load(p->path, &key, NULL));
}

static void no_directory(void **state)
{
	const struct place *p = *state;
	char path[200];
	struct hl_seal_pub pub;

	snprintf(path, sizeof(path), "%s/none/key", p->dir);
	assert_int_equal(HL_E_IO, hl_seal_worker_create(path, &pub, NULL));
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, make_place, remove_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(worker_round_trip),
		IN_PLACE(open_to_others_is_refused),
		IN_PLACE(odd_files_are_refused),
		IN_PLACE(malformed_content),
		IN_PLACE(each_changed_byte_is_found),
		IN_PLACE(sign_files),
		IN_PLACE(no_directory),
	};

	return hl_seal_init(NULL) ? 1
				  : cmocka_run_group_tests(tests, NULL, NULL);
}
