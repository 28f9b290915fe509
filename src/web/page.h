/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_PAGE_H
#define HL_WEB_PAGE_H

#include "web/widgets.h"

/*
 * What the layouts layouts/public and layouts/staff show around a page; the
 * `page` member of every page's view. Absent strings leave their part out.
 */
struct hl_web_page {
	struct hl_str title;     /* of the page, without the service's name */
	struct hl_str service;   /* as the operator calls it */
	struct hl_str lang;      /* BCP 47; "en" when absent */
	bool rtl;                /* written from right to left */
	bool failed;             /* the form has errors: says so in the title */
	bool wide;               /* tables: use the screen's width */
	struct hl_str home_href; /* behind the service's name; "/" if absent */
	struct hl_str back_href; /* back link above the content */
	struct hl_str exit_href; /* the link that leaves in a hurry */
	const struct hl_w_link *footer;
	size_t n_footer;

	/* the workbench */
	struct hl_str user_name;
	struct hl_str csrf;        /* token for the form that logs out */
	struct hl_str logout_href; /* POST */
	const struct hl_w_link *nav;
	size_t n_nav;
};

#endif
