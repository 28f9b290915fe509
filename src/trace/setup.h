/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TRACE_SETUP_H
#define HL_TRACE_SETUP_H

#include "domain/settings.h"
#include "trace/trace.h"

/*
 * Everything that traces and looks need, made once from the settings, before
 * the sandbox closes: the outgoing policy, resolvers, address data and the
 * table of registries. Immutable; threads may share it.
 */
struct hl_trace_setup;

/*
 * folder is where relative paths begin, NULL for the working directory. With
 * trace.enabled off the trace works offline. Missing address data is no
 * fault. *out is owned; s is not needed afterwards.
 */
int hl_trace_setup_new(const struct hl_settings *s, const char *folder,
	struct hl_trace_setup **out, struct hl_err *err);
/* NULL is allowed. */
void hl_trace_setup_free(struct hl_trace_setup *setup);
void hl_trace_setup_freep(struct hl_trace_setup **setup);

/* For hl_trace_run(). Borrowed from setup, as is all below. */
const struct hl_trace_config *hl_trace_setup_config(
	const struct hl_trace_setup *setup);
/* For the watch: the same policy and resolvers, a User-Agent that does not
 * tell who asks. */
const struct hl_net_client *hl_trace_setup_client(
	const struct hl_trace_setup *setup);
const struct hl_trace_geo *hl_trace_setup_geo(
	const struct hl_trace_setup *setup);

#endif
