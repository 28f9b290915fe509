/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SITE_SITE_H
#define HL_SITE_SITE_H

#include "domain/settings.h"
#include "intake/intake.h"
#include "stop/stop.h"
#include "web/limit.h"
#include "web/route.h"

/*
 * The pages of the public process: the form, the receipt, the status, and
 * the protocol for other programs. Everything works without JavaScript and
 * stores nothing about who asks. docs/site.md has the pages.
 */

/* ctx->app of the public process; constant while it serves. */
struct hl_site_app {
	const struct hl_settings *settings;
	struct hl_intake *intake;
	struct hl_web_limiter *reports; /* NULL: no limit */
	struct hl_stop_config stop;     /* borrowed from the settings */
	char stop_contact[HL_STOP_HREF_MAX + 1];
	char stop_appeal[HL_STOP_HREF_MAX + 1];
};

/* Fills *site from the settings: makes intake and limiter. The settings are
 * borrowed. HL_E_INVALID: they make no stop page. */
int hl_site_init(struct hl_site_app *site, const struct hl_settings *settings,
	bool is_test, struct hl_err *err);
void hl_site_fini(struct hl_site_app *site);

/* ctx->thread of each pool thread: its own store. */
struct hl_site_thread {
	struct hl_store *store;
};

/* What a route does; there is nobody to authorise, so these are for tests
 * that walk the table. */
enum hl_site_action {
	HL_SITE_READ = 1, /* shows a page, changes nothing */
	HL_SITE_DRAFT,    /* reads or writes the visitor's own draft */
	HL_SITE_SUBMIT,
	HL_SITE_STATUS,
	HL_SITE_ANSWER, /* a recipient's, by the token in the address */
};
extern const struct hl_web_routes hl_site_routes;

/* The process's outermost handler and its error page: give them to the
 * server. */
hl_web_handler hl_site_handle;
hl_web_handler hl_site_error;

#endif
