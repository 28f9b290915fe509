/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MAIN_ASKED_H
#define HL_MAIN_ASKED_H

#include "domain/settings.h"
#include "lookup/feed.h"
#include "proc/supervise.h"

/* What the match process of a hotline and a replica have in common: one
 * thread follows a source, others answer. */
struct hl_main_asked {
	const char *folder; /* of the index, there already */
	const struct hl_lookup_source *source;
	const struct hl_lookup_source *feed; /* to hand on, or NULL */
	int listen_fd;                       /* -1: answers nobody */
	int media_fd; /* the decoders' socket; -1: there are none */
	/* What a picture may cost: api.picture_*. */
	const struct hl_settings *settings;
	int idle_ms; /* between two questions of the source */
};

/* Opens the index, says ready, follows and answers until the supervisor says
 * stop; gives the exit status. In its sandbox already, with one thread. */
int hl_main_be_asked(
	struct hl_proc_self *self, const struct hl_main_asked *asked);

/* The life of the decoders' zygote, for hl_proc_child.run; settings as
 * above. */
int hl_main_decode(struct hl_proc_self *self, int control,
	const struct hl_settings *settings, const char *user);

#endif
