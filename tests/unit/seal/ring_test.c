/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/ring.h"

#include "seal_test.h"

static void found_by_epoch(void **state)
{
	static const struct hl_seal_ring zero;
	struct hl_seal_ring ring = {0};
	struct hl_seal_ring_key key = {0};

	(void)state;
	assert_null(hl_seal_ring_find(&ring.queue, 0));
	for (int64_t epoch = 1; epoch <= HL_SEAL_RING_EPOCHS; epoch++) {
		key.epoch = epoch * 1000;
		key.secret.b[0] = (uint8_t)epoch;
		assert_int_equal(0, hl_seal_ring_add(&ring.queue, &key, NULL));
	}
	assert_int_equal(HL_E_LIMIT, hl_seal_ring_add(&ring.queue, &key, NULL));
	for (int64_t epoch = 1; epoch <= HL_SEAL_RING_EPOCHS; epoch++) {
		const struct hl_seal_secret *s =
			hl_seal_ring_find(&ring.queue, epoch * 1000);

		assert_non_null(s);
		assert_int_equal(epoch, s->b[0]);
		assert_null(hl_seal_ring_find(&ring.queue, epoch));
		/* a queue's key is no identity key */
		assert_null(hl_seal_ring_find(&ring.identity, epoch * 1000));
	}
	hl_seal_ring_wipe(&ring);
	assert_memory_equal(&zero, &ring, sizeof(ring));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(found_by_epoch)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
