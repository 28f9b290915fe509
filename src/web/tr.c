/* SPDX-License-Identifier: Apache-2.0 */
#include "web/tr.h"

#include "web/catalogue.h"
#include "web/tmpl.h"

/* The one thread-local of this room; see tr.h. */
static _Thread_local const struct hl_web_catalogue *catalogue;

void hl_web_tr_bind(const struct hl_web_catalogue *c)
{
	catalogue = c;
}

static struct hl_str without_context(const char *msgid)
{
	const char *words = strchr(msgid, '\004');

	return hl_str_c(words ? words + 1 : msgid);
}

struct hl_str hl_web_tr(const char *msgid)
{
	struct hl_str found = HL_STR_NONE;

	if (catalogue) {
		found = hl_web_catalogue_find(catalogue, hl_str_c(msgid), 1);
	}
	return found.n ? found : without_context(msgid);
}

struct hl_str hl_web_tr_n(const char *one, const char *many, int64_t n)
{
	struct hl_str found = HL_STR_NONE;

	if (catalogue) {
		found = hl_web_catalogue_find(catalogue, hl_str_c(one), n);
	}
	if (found.n) {
		return found;
	}
	return n == 1 ? without_context(one) : hl_str_c(many);
}

struct hl_web_msg hl_web_msg(
	struct hl_str text, const char *const *names, int n_names)
{
	return (struct hl_web_msg){
		.rest = text, .names = names, .n_names = n_names, .open = -1};
}

static int index_of(const struct hl_web_msg *m, struct hl_str name)
{
	for (int i = 0; i < m->n_names; i++) {
		if (hl_str_eq(name, hl_str_c(m->names[i]))) {
			return i;
		}
	}
	return -1;
}

static bool closes(const struct hl_web_msg *m, int k)
{
	return k >= 0 && k < m->n_names && m->names[k][0] == '/';
}

/* Whether place k may be shown now; keeps account of what is open. */
static bool take(struct hl_web_msg *m, int k)
{
	if (closes(m, k)) {
		if (m->open != k - 1) {
			return false;
		}
		m->open = -1;
	} else if (closes(m, k + 1)) {
		if (m->open >= 0) {
			return false;
		}
		m->open = k;
	}
	return true;
}

int hl_web_msg_next(struct hl_buf *out, struct hl_web_msg *m)
{
	while (m->rest.n) {
		size_t at = hl_str_find_char(m->rest, '{');
		struct hl_str tail = hl_str_sub(m->rest, at, m->rest.n);
		size_t end = hl_str_find_char(tail, '}');

		hl_web_put_str(out, hl_str_sub(m->rest, 0, at));
		m->rest = hl_str_sub(tail, end + 1, tail.n);
		if (end == tail.n) {
			hl_web_put_str(out, tail);
			break;
		}
		int k = index_of(m, hl_str_sub(tail, 1, end - 1));
		if (k < 0) {
			hl_web_put_str(out, hl_str_sub(tail, 0, end + 1));
		} else if (take(m, k)) {
			return k;
		}
	}
	m->rest = HL_STR_NONE;
	if (m->open >= 0) {
		int k = m->open + 1;

		m->open = -1;
		return k;
	}
	return -1;
}
