/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who keeps a folder knows what should lie in it. Files that somebody else
 * removed, replaced or wrote to are told from what they were by what the file
 * system says of them, and only then read: the state is written again from
 * memory; a list file that is not the signed one any more is wanted anew.
 */
#include "url/url.h"
#include "urls/folder.h"

void hl_urls_is_damaged(struct hl_urls_list *list)
{
	list->is_damaged = true;
	list->alarm = HL_URLS_E_CORRUPT;
}

static int write_state(struct hl_urls_list *list, struct hl_urls_error *err)
{
	struct hl_urls_known known;
	bool there;
	int rc;

	hl_urls_known_init(&known);
	rc = hl_urls_known_copy(&list->known, &known, err);
	if (!rc) {
		known.serial = hl_urls_folder_serial(&list->known);
		rc = hl_urls_folder_commit(list, &known, &there, err);
	}
	hl_urls_known_fini(&known);
	return rc;
}

/* The file that lies there now, if every byte of it is signed. */
static int map_again(const struct hl_urls_list *list, struct hl_urls_view **out,
	struct hl_urls_error *err)
{
	const struct hl_urls_known *known = &list->known;
	struct hl_err why = {0};
	int rc = hl_urls_folder_map(
		list, known->list, &known->manifest, out, err);

	if (!rc && hl_urls_file_check(&(*out)->file, &why)) {
		hl_urls_view_free(*out);
		rc = hl_urls_fault(err, HL_URLS_E_CORRUPT,
			"the list is damaged: %s; take it anew", why.msg);
	}
	return rc;
}

static void stop_believing(
	struct hl_urls_list *list, enum hl_urls_touched touched)
{
	struct hl_urls_view *view = atomic_load(&list->view);

	if (touched == HL_URLS_CUT) {
		hl_urls_view_retire(list, hl_urls_view_swap(list, NULL));
	} else if (view && touched == HL_URLS_WRITTEN) {
		hl_urls_file_doubt(&view->file);
	}
}

static int mend_list(struct hl_urls_list *list, enum hl_urls_touched touched,
	struct hl_urls_error *err)
{
	struct hl_urls_view *view;
	int rc = map_again(list, &view, err);

	if (rc == HL_URLS_E_NOMEM) {
		return rc;
	}
	if (rc) {
		stop_believing(list, touched);
		hl_urls_is_damaged(list);
		return rc;
	}
	list->is_damaged = false;
	list->alarm = 0;
	hl_urls_view_retire(list, hl_urls_view_swap(list, view));
	return 0;
}

int hl_urls_mend(struct hl_urls_list *list, struct hl_urls_error *err)
{
	const struct hl_urls_view *view = atomic_load(&list->view);
	enum hl_urls_touched touched = HL_URLS_UNTOUCHED;
	int rc = HL_URLS_NOTFOUND;

	if (hl_urls_known_root(&list->known) &&
		hl_urls_folder_changed(list->folder, &list->state)) {
		rc = write_state(list, err);
	}
	if (rc < 0 || !list->known.list ||
		list->known.manifest.canon != HL_URL_CANON_VERSION) {
		return rc;
	}
	touched = view ? hl_urls_folder_touched(list, view) : HL_URLS_CUT;
	return touched != HL_URLS_UNTOUCHED || list->is_damaged
		       ? mend_list(list, touched, err)
		       : rc;
}
