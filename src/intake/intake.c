/* SPDX-License-Identifier: Apache-2.0 */
#include "intake/intake.h"

#include <pthread.h>
#include <stdlib.h>

#include "intake/inner.h"
#include "store/sql.h"

struct hl_intake {
	struct hl_intake_config config;
	pthread_mutex_t lock; /* guards what is below */
	bool loaded;
	struct hl_intake_keys keys;
};

int hl_intake_new(const struct hl_intake_config *config, struct hl_intake **out,
	struct hl_err *err)
{
	if (config->draft_ttl_us <= 0) {
		return HL_FAIL(err, HL_E_INVALID, "a draft must live a while");
	}
	struct hl_intake *intake = calloc(1, sizeof(*intake));
	if (!intake) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for intake");
	}
	intake->config = *config;
	pthread_mutex_init(&intake->lock, NULL);
	*out = intake;
	return 0;
}

void hl_intake_free(struct hl_intake *intake)
{
	if (intake) {
		pthread_mutex_destroy(&intake->lock);
		free(intake);
	}
}

int64_t hl_intake_draft_ttl_us(const struct hl_intake *intake)
{
	return intake->config.draft_ttl_us;
}

bool hl_intake_is_test(const struct hl_intake *intake)
{
	return intake->config.is_test;
}

static int take_key(struct hl_intake_keys *keys,
	const struct hl_row_intake_key *row, struct hl_err *err)
{
	struct hl_seal_pub *pub;
	int64_t *epoch;

	switch (row->kind) {
	case HL_KEY_QUEUE:
		pub = &keys->queue;
		epoch = &keys->queue_epoch;
		break;
	case HL_KEY_IDENTITY:
		pub = &keys->identity;
		epoch = &keys->identity_epoch;
		break;
	case HL_KEY_WORKER:
		pub = &keys->worker;
		epoch = &keys->worker_epoch;
		break;
	default:
		return 0;
	}
	if (hl_seal_pub_from(row->public_key, pub)) {
		return HL_FAIL(err, HL_E_CORRUPT, "public key %d/%d is damaged",
			(int)row->kind, (int)row->epoch);
	}
	*epoch = row->epoch;
	return 0;
}

static int read_keys(const struct hl_intake_at *at, struct hl_intake_keys *keys,
	struct hl_err *err)
{
	struct hl_row_intake_key *rows;
	size_t n;
	int r = hl_get_intake_key(at->store, at->arena, &rows, &n, err);

	*keys = (struct hl_intake_keys){0};
	for (size_t i = 0; i < n && !r; i++) {
		r = take_key(keys, &rows[i], err);
	}
	if (!r && (!keys->queue_epoch || !keys->identity_epoch)) {
		return HL_FAIL(err, HL_E_UNAVAILABLE,
			"the store has no queue or identity key: "
			"`hotline init` makes them");
	}
	return r;
}

int hl_intake_keys(const struct hl_intake_at *at, bool fresh,
	struct hl_intake_keys *out, struct hl_err *err)
{
	struct hl_intake *intake = at->intake;

	pthread_mutex_lock(&intake->lock);
	bool loaded = intake->loaded && !fresh;
	*out = intake->keys;
	pthread_mutex_unlock(&intake->lock);
	if (loaded) {
		return 0;
	}
	int r = read_keys(at, out, err);
	if (r) {
		return r;
	}
	pthread_mutex_lock(&intake->lock);
	intake->keys = *out;
	intake->loaded = true;
	pthread_mutex_unlock(&intake->lock);
	return 0;
}
