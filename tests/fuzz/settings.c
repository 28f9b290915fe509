/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/settings.h"

#include <assert.h>

/*
 * A settings file is taken or refused with a message; what was taken is
 * written as a file that is taken as the same, and survives every question.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_SETTINGS_AUTO *s = NULL;
	HL_SETTINGS_AUTO *back = NULL;
	HL_BUF_AUTO one = HL_BUF_INIT((size_t)4 << 20), two = one;
	struct hl_err err = {0};
	unsigned char address[16] = {127, 0, 0, 1};

	if (hl_settings_load(hl_str_mem(data, size), "x", &s, &err)) {
		assert(!s && err.code < 0 && err.msg[0]);
		return 0;
	}
	hl_settings_put_file(&one, s);
	assert(!one.fault);
	assert(!hl_settings_load(hl_buf_str(&one), "y", &back, NULL));
	hl_settings_put_file(&two, back);
	assert(hl_str_eq(hl_buf_str(&one), hl_buf_str(&two)));
	hl_settings_check(s, NULL);
	assert(hl_settings_police_hold(s, HL_STR("DK")) >= 0);
	assert(hl_settings_home_country(s));
	hl_settings_egress_allowed(s, AF_INET, address, 25);
	hl_settings_egress_allowed(s, AF_INET6, address, 25);
	return 0;
}
