/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_oprf/row.h"

#include "oprf_test.h"
#include "vectors.h"

/* By another implementation, with the first key of the RFC's vectors. */
static void tag_and_key_of_a_host(void **state)
{
	const struct hl_oprf_scalar key = scalar(key_hex[0]);
	const struct hl_oprf_view host = text("example.org");
	struct hl_oprf_element x, n;
	struct hl_oprf_output output;
	uint8_t tag[HL_OPRF_ROW_TAG_BYTES], row[HL_OPRF_ROW_KEY_BYTES];
	uint8_t wanted[64];

	assert_int_equal(hl_oprf_element_of(HL_OPRF_MODE_OPRF, host, &x), 0);
	from_hex("e8912405dd42838db13d4b984cde64d6"
		 "6306f00bf693c1314bbec502b3442342",
		wanted, sizeof(wanted));
	assert_memory_equal(x.b, wanted, sizeof(x.b));
	assert_int_equal(hl_oprf_direct(HL_OPRF_MODE_OPRF, &key, host, &n), 0);
	from_hex("7cf3b3d36b9839e60b48af1fd50d535a"
		 "647233584427d1f3a0fddc1350bced62",
		wanted, sizeof(wanted));
	assert_memory_equal(n.b, wanted, sizeof(n.b));
	assert_int_equal(hl_oprf_output(host, &n, &output), 0);
	hl_oprf_row_tag(&n, tag);
	from_hex("d28e0d829cbd4ae4da5960587f98c49b", wanted, sizeof(wanted));
	assert_memory_equal(tag, wanted, sizeof(tag));
	hl_oprf_row_key(&output, row);
	from_hex("9dbe1e7c55df118a3a04eb11fe64f805"
		 "d0948370d21121bb87821e8516c832ab",
		wanted, sizeof(wanted));
	assert_memory_equal(row, wanted, sizeof(row));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tag_and_key_of_a_host),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
