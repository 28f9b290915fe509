/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/setup.h"

#include <assert.h>

/* A consumer's settings: what is taken keeps to its form, and written again it
 * is read as the same. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_CONSUME_SETUP_MAX);
	struct hl_consume_setup setup, again;
	struct hl_err err = {0};

	if (hl_consume_setup_parse(hl_str_mem(data, size), &setup, &err)) {
		assert(err.msg[0]);
		return 0;
	}
	assert(setup.url[0] && setup.token_file[0] == '/');
	assert(setup.consumer && setup.consumer < UINT64_C(1) << 40);
	hl_consume_setup_put(&setup, &text);
	assert(!text.fault);
	assert(!hl_consume_setup_parse(hl_buf_str(&text), &again, &err));
	assert(!strcmp(setup.url, again.url));
	assert(!strcmp(setup.token_file, again.token_file));
	assert(!strcmp(setup.ca_file, again.ca_file));
	assert(setup.consumer == again.consumer);
	assert(!memcmp(setup.hotline, again.hotline, sizeof(again.hotline)));
	return 0;
}
