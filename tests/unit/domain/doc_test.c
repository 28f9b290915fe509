/* SPDX-License-Identifier: Apache-2.0 */
/* The documents that are made from tables say what the tables say. With
 * HL_UPDATE_DOCS=1 in the environment they are written instead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "domain/authz.h"
#include "domain/settings.h"
#include "domain/state.h"

static void check_doc(const char *name, void put(struct hl_buf *))
{
	HL_BUF_AUTO want = HL_BUF_INIT(256 * 1024);
	HL_BUF_AUTO have = HL_BUF_INIT(256 * 1024);
	const char *root = getenv("HL_SOURCE_ROOT");
	char path[500];

	assert_non_null(root);
	snprintf(path, sizeof(path), "%s/docs/%s", root, name);
	put(&want);
	assert_int_equal(0, want.fault);
	if (getenv("HL_UPDATE_DOCS")) {
		assert_int_equal(
			0, hl_file_write(path, hl_buf_str(&want), 0644, NULL));
		return;
	}
	assert_int_equal(0, hl_file_read(path, &have, NULL));
	if (!hl_str_eq(hl_buf_str(&want), hl_buf_str(&have))) {
		fail_msg("docs/%s differs from the code: "
			 "HL_UPDATE_DOCS=1 writes it anew",
			name);
	}
}

static void states_document(void **state)
{
	(void)state;
	check_doc("states.md", hl_state_put_doc);
}

static void roles_document(void **state)
{
	(void)state;
	check_doc("roles.md", hl_authz_put_doc);
}

static void configuration_document(void **state)
{
	(void)state;
	check_doc("configuration.md", hl_settings_put_doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_document),
		cmocka_unit_test(roles_document),
		cmocka_unit_test(configuration_document),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
