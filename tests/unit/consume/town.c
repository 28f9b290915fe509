/* SPDX-License-Identifier: Apache-2.0 */
#include "town.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/time.h"

static struct hl_consume_remote *remote_of(
	const struct stub *s, const char *token)
{
	const struct hl_consume_remote_config config = {
		.url = s->url, .token = hl_str_c(token), .stop_fd = -1};
	struct hl_consume_remote *r = NULL;

	assert_int_equal(0, hl_consume_remote_new(&config, &r, NULL));
	return r;
}

void town_begin(struct town *t, bool counts)
{
	*t = (struct town){.s = stub_new()};
	world_put(t->s->w, "blocked.example", "/", HL_URLS_SCOPE_DOMAIN, 7);
	world_publish(t->s->w);
	t->list = world_open(t->s->w, HL_URLS_OPEN_KEEP);
	assert_int_equal(0, hl_urls_begin(t->list, t->s->w->head.consumer,
				    t->s->w->root_text.p, t->s->w->root_text.n,
				    WORLD_NOW, NULL));
	t->remote = remote_of(t->s, STUB_TOKEN);
	(void)snprintf(t->tally_folder, sizeof(t->tally_folder), "%s-tally",
		t->s->w->folder);
	(void)snprintf(
		t->status, sizeof(t->status), "%s/status", t->tally_folder);
	assert_int_equal(0, mkdir(t->tally_folder, 0700));
	if (counts) {
		struct hl_tally_config c = {
			.consumer = 77, .folder = t->tally_folder};

		memcpy(c.secret, t->s->w->secret[0], sizeof(c.secret));
		memcpy(c.hotline, t->s->w->head.hotline, sizeof(c.hotline));
		assert_int_equal(0, hl_tally_new(&c, WORLD_NOW * HL_US_PER_S,
					    &t->tally, NULL));
	}
	const struct hl_consume_follow_config config = {
		t->list, t->remote, t->tally, t->status};
	assert_int_equal(0, hl_consume_follow_new(&config, &t->follow, NULL));
}

/* Folders of two levels at most. */
static void remove_all(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	char path[512];

	while (dir && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0) {
			continue;
		}
		(void)snprintf(
			path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (unlink(path)) {
			remove_all(path);
		}
	}
	if (dir) {
		closedir(dir);
	}
	(void)rmdir(folder);
}

void town_end(struct town *t)
{
	hl_consume_follow_free(t->follow);
	hl_consume_remote_free(t->remote);
	hl_tally_free(t->tally);
	hl_urls_close(t->list);
	stub_free(t->s);
	remove_all(t->tally_folder);
}

int town_round(struct town *t)
{
	t->err = (struct hl_err){0};
	return hl_consume_follow_round(t->follow, &t->pause_s, &t->err);
}

uint64_t town_version(struct town *t)
{
	return world_stats(t->s->w, t->list).version;
}

enum hl_consume_alarm town_alarm(struct town *t)
{
	struct hl_consume_standing s;

	hl_consume_follow_standing(t->follow, &s);
	return s.alarm;
}

void town_start_again(struct town *t)
{
	const struct hl_consume_follow_config config = {
		t->list, t->remote, t->tally, t->status};

	hl_consume_follow_free(t->follow);
	assert_int_equal(0, hl_consume_follow_new(&config, &t->follow, NULL));
}
