/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An answer ends the repetitions only if it is signed: a forged one could
 * otherwise keep a consumer from hearing of a change, until its refresh.
 */
#include "rpz/notify.h"

#include "base/rand.h"
#include "base/time.h"
#include "rpz/xfer.h"

static void open_all(struct hl_rpz_slot *slot, int64_t now_us)
{
	for (size_t i = 0; i < slot->zone->n_notify; i++) {
		slot->notices[i] =
			(struct hl_rpz_notice){.open = true, .next_us = now_us};
	}
}

static void put_question(struct hl_rpz_out *o, const struct hl_rpz_zone *z,
	uint16_t id, uint32_t serial)
{
	hl_rpz_put_16(o, id);
	hl_rpz_put_16(o, HL_RPZ_OP_NOTIFY << 11 | HL_RPZ_FLAG_AA);
	hl_rpz_put_16(o, 1);
	hl_rpz_put_32(o, 0);
	hl_rpz_put_16(o, 0);
	hl_rpz_put(o, z->origin.p, z->origin.n);
	hl_rpz_put_16(o, HL_RPZ_SOA);
	hl_rpz_put_16(o, HL_RPZ_IN);
	hl_rpz_put_soa(o, z, serial);
}

static void send_one(const struct hl_rpz_notifier *n, struct hl_rpz_slot *slot,
	size_t i, uint32_t serial)
{
	struct hl_rpz_notice *notice = &slot->notices[i];
	uint8_t bytes[2048];
	struct hl_rpz_out o = {bytes, 0, sizeof(bytes), false};

	hl_rand_bytes(&notice->id, sizeof(notice->id));
	notice->chain = (struct hl_rpz_chain){
		.key = &slot->zone->keys[0], .original_id = notice->id};
	put_question(&o, slot->zone, notice->id, serial);
	hl_rpz_sign(&notice->chain, (uint64_t)(hl_time_wall_us() / HL_US_PER_S),
		&o);
	notice->chain.began = false; /* an answer has all fields again */
	slot->zone->n.notify++;
	n->send(n->arg, &slot->zone->notify[i], &o);
}

static void step(const struct hl_rpz_notifier *n, struct hl_rpz_slot *slot,
	size_t i, uint32_t serial, int64_t now_us)
{
	struct hl_rpz_notice *notice = &slot->notices[i];

	if (!notice->open || notice->next_us > now_us) {
		return;
	}
	if (notice->n_tries == n->n_tries) {
		notice->open = false;
		slot->zone->n.notify_lost++;
		return;
	}
	send_one(n, slot, i, serial);
	notice->next_us =
		now_us +
		(n->first_us << (notice->n_tries < 10 ? notice->n_tries : 10));
	notice->n_tries++;
}

static int64_t run_slot(const struct hl_rpz_notifier *n,
	struct hl_rpz_slot *slot, int64_t now_us)
{
	struct hl_rpz_zone *z = slot->zone;
	int64_t next_us = 0;
	bool changed = atomic_exchange(&z->changed, false);
	struct hl_rpz_version *v = z->gone ? NULL : hl_rpz_zone_now(z);

	if (changed) {
		open_all(slot, now_us);
	}
	for (size_t i = 0; v && i < z->n_notify; i++) {
		const struct hl_rpz_notice *notice = &slot->notices[i];

		step(n, slot, i, v->serial, now_us);
		if (notice->open && (!next_us || notice->next_us < next_us)) {
			next_us = notice->next_us;
		}
	}
	hl_rpz_version_unref(v);
	return next_us;
}

int64_t hl_rpz_notify_run(const struct hl_rpz_notifier *n, int64_t now_us)
{
	int64_t next_us = 0;

	pthread_mutex_lock(&n->table->lock);
	for (size_t i = 0; i < n->table->n; i++) {
		int64_t t = run_slot(n, &n->table->slots[i], now_us);

		if (t && (!next_us || t < next_us)) {
			next_us = t;
		}
	}
	pthread_mutex_unlock(&n->table->lock);
	return next_us;
}

static bool is_from(
	const struct hl_net_endpoint *a, const struct hl_net_endpoint *b)
{
	return a->port == b->port && hl_net_addr_cmp(&a->addr, &b->addr) == 0;
}

static bool is_good(const struct hl_rpz_notice *notice,
	const struct hl_rpz_zone *z, const struct hl_rpz_msg *m)
{
	struct hl_rpz_chain chain = notice->chain;

	return m->tsig.present && hl_rpz_name_eq(&m->qname, &z->origin) &&
	       hl_rpz_name_eq(&m->tsig.key, &chain.key->name) &&
	       !hl_rpz_verify(
		       &chain, m, (uint64_t)(hl_time_wall_us() / HL_US_PER_S));
}

static bool try_slot(struct hl_rpz_slot *slot, const struct hl_rpz_msg *m,
	const struct hl_net_endpoint *from)
{
	struct hl_rpz_zone *z = slot->zone;

	for (size_t i = 0; i < z->n_notify; i++) {
		struct hl_rpz_notice *notice = &slot->notices[i];

		if (!notice->open || !notice->n_tries || notice->id != m->id ||
			!is_from(&z->notify[i], from) ||
			!is_good(notice, z, m)) {
			continue;
		}
		notice->open = false;
		if (m->rcode == HL_RPZ_RCODE_OK) {
			z->n.notify_ok++;
		} else {
			z->n.notify_lost++;
		}
		return true;
	}
	return false;
}

bool hl_rpz_notify_answered(const struct hl_rpz_notifier *n,
	const struct hl_rpz_msg *m, const struct hl_net_endpoint *from)
{
	bool found = false;

	pthread_mutex_lock(&n->table->lock);
	for (size_t i = 0; i < n->table->n && !found; i++) {
		found = try_slot(&n->table->slots[i], m, from);
	}
	pthread_mutex_unlock(&n->table->lock);
	return found;
}
