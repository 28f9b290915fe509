/* SPDX-License-Identifier: Apache-2.0 */
/* The root of a demonstration's lists. A real one is signed by people on
 * machines of their own; these three keys are forgotten at once. */
#include "base/file.h"
#include "base/rand.h"
#include "base/time.h"
#include "cli/common.h"
#include "lists/root.h"
#include "lists/world.h"
#include "main/demo_lists.h"
#include "store/sql.h"

enum { KEYS = 3, SIGNERS = 2, DAYS = 2 * 365 };

static int load_online(const struct hl_main_demo *demo,
	struct hl_lists_rooting *in, struct hl_err *err)
{
	HL_SEAL_SIGN_KEY_AUTO key = {0};
	char dir[HL_CLI_PATH_MAX], path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(
		demo->dir, demo->made->settings->keys_dir, dir, err);

	r = r ? r : hl_cli_path(dir, HL_SEAL_LIST_ONLINE, path, err);
	r = r ? r : hl_seal_list_online_load(path, &key, err);
	in->online = key.pub;
	return r;
}

static int draw_up(const struct hl_lists_rooting *in, struct hl_buf *text,
	struct hl_err *err)
{
	struct hl_seal_sign_key keys[KEYS];
	struct hl_seal_sign_pub pubs[KEYS];
	const struct hl_lists_root_wish wish = {
		.keys = pubs, .n_keys = KEYS, .days = DAYS};
	uint8_t seed[32];

	for (size_t i = 0; i < KEYS; i++) {
		hl_rand_bytes(seed, sizeof(seed));
		hl_seal_sign_from_seed(seed, &keys[i]);
		pubs[i] = keys[i].pub;
	}
	int r = hl_lists_root_draft(in, &wish, text, err);
	for (size_t i = 0; i < SIGNERS && !r; i++) {
		r = hl_lists_root_sign(text, &keys[i], HL_STR_NONE, err);
	}
	for (size_t i = 0; i < KEYS; i++) {
		hl_seal_sign_wipe(&keys[i]);
	}
	explicit_bzero(seed, sizeof(seed));
	return r;
}

static int put(
	struct hl_main_demo *demo, struct hl_str text, struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(demo->made->store, demo->arena);
	char key[HL_LISTS_ROOT_KEY], path[HL_CLI_PATH_MAX];

	hl_tx_meta_put(
		tx, &(struct hl_in_meta_put){
			    .key = hl_lists_root_key(1, key), .value = text});
	hl_tx_lists_stir(tx);
	int r = hl_tx_run(tx, err);
	r = r ? r : hl_cli_path(demo->dir, HL_MAIN_DEMO_ROOT, path, err);
	return r ? r : hl_file_write(path, text, 0644, err);
}

int hl_main_demo_root(struct hl_main_demo *demo, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	struct hl_lists_rooting in = {.now = hl_time_now_us() / HL_US_PER_S};
	struct hl_lists_root_state state;
	struct hl_lists_head head;
	int r = hl_lists_head(demo->made->store, demo->arena, &head, err);

	if (r) {
		return r;
	}
	memcpy(in.hotline, head.hotline, sizeof(in.hotline));
	r = load_online(demo, &in, err);
	r = r ? r : draw_up(&in, &text, err);
	r = r ? r : hl_lists_root_look(&in, hl_buf_str(&text), &state, err);
	r = r ? r : hl_lists_root_check(&in, &state, err);
	return r ? r : put(demo, hl_buf_str(&text), err);
}
