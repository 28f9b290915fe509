/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/settings_keys.h"

/* A commented settings file, and docs/configuration.md, from the table. */

#define WIDTH 76

/* "public" of "public.listen". */
static struct hl_str group_of(const struct hl_settings_key *k)
{
	struct hl_str name = hl_str_c(k->name);

	return hl_str_sub(name, 0, hl_str_find_char(name, '.'));
}

static bool begins_group(size_t i)
{
	return i == 0 || !hl_str_eq(group_of(&hl_settings_keys[i]),
				 group_of(&hl_settings_keys[i - 1]));
}

/* Words filled into lines of comment. */
static void put_comment(struct hl_buf *out, struct hl_str text)
{
	struct hl_str word;
	size_t column = 0;

	while (hl_str_next(&text, ' ', &word)) {
		if (column && column + 1 + word.n > WIDTH) {
			column = 0;
			hl_buf_put_c(out, '\n');
		}
		hl_buf_put(out, column ? HL_STR(" ") : HL_STR("# "));
		hl_buf_put(out, word);
		column += word.n + 1;
	}
	hl_buf_put_c(out, '\n');
}

static void put_key_comment(struct hl_buf *out, const struct hl_settings_key *k)
{
	HL_BUF_AUTO text = HL_BUF_INIT(1000);

	hl_buf_printf(&text, "%s Form: ", k->doc);
	hl_settings_put_form(&text, k);
	hl_buf_put_c(&text, '.');
	put_comment(out, hl_buf_str(&text));
}

/* One "key = value" a line of the value. */
static void put_value(struct hl_buf *out, const struct hl_settings_key *k,
	struct hl_str value, bool is_default)
{
	struct hl_str line;

	while (hl_str_next(&value, '\n', &line)) {
		hl_buf_printf(out, "%s%s =%s%.*s\n", is_default ? "#" : "",
			k->name, line.n ? " " : "", HL_STR_ARG(line));
	}
}

static void put_key(struct hl_buf *out, const struct hl_settings *s,
	const struct hl_settings_key *k)
{
	HL_BUF_AUTO value = HL_BUF_INIT(64 * 1024);

	put_key_comment(out, k);
	hl_settings_write(s, k, &value);
	if (value.fault) {
		out->fault = value.fault;
		return;
	}
	put_value(out, k, hl_buf_str(&value),
		hl_str_eq(hl_buf_str(&value), hl_str_c(k->initial)));
	hl_buf_put_c(out, '\n');
}

static void put_holds(struct hl_buf *out, const struct hl_settings *s)
{
	put_comment(out, HL_STR("The police hold for one country: "
				"referral.police_hold.XX = hours."));
	for (size_t i = 0; i < s->n_police_holds; i++) {
		hl_buf_printf(out, HL_SETTINGS_HOLD_PREFIX "%s = %d\n",
			s->police_holds[i].country, s->police_holds[i].hours);
	}
}

void hl_settings_put_file(struct hl_buf *out, const struct hl_settings *s)
{
	hl_buf_put(out,
		HL_STR("# Settings of this hotline. A line that begins with "
		       "# is a comment;\n# what is commented out has the "
		       "value shown. Relative paths begin at\n# this "
		       "file's folder.\n\n"));
	for (size_t i = 0; i < hl_settings_n_keys; i++) {
		put_key(out, s, &hl_settings_keys[i]);
	}
	put_holds(out, s);
}

static void put_doc_row(struct hl_buf *out, const struct hl_settings_key *k)
{
	struct hl_str value = hl_str_c(k->initial), line;
	const char *between = "";

	hl_buf_printf(out, "| `%s` | ", k->name);
	hl_settings_put_form(out, k);
	hl_buf_put(out, HL_STR(" | "));
	while (value.n && hl_str_next(&value, '\n', &line)) {
		hl_buf_printf(out, "%s`%.*s`", between, HL_STR_ARG(line));
		between = "<br>";
	}
	hl_buf_printf(out, " | %s |\n", k->doc);
}

void hl_settings_put_doc(struct hl_buf *out)
{
	hl_buf_put(out,
		HL_STR("<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
		       "# Configuration\n\n"
		       "`hotline.conf` holds `key = value` lines; a line that "
		       "begins with `#` is a comment, and a value goes to the "
		       "end of its line. A key may stand once, lines of text "
		       "several times. An error names the file, the line and "
		       "what was expected. Relative paths begin at the "
		       "file's folder. `hotline init` writes a commented file. "
		       "This page is made from the table in "
		       "`src/domain/settings_keys.c` and checked against it by "
		       "a test.\n"));
	for (size_t i = 0; i < hl_settings_n_keys; i++) {
		const struct hl_settings_key *k = &hl_settings_keys[i];

		if (begins_group(i)) {
			hl_buf_printf(out,
				"\n## %.*s\n\n"
				"| Key | Form | Default | Meaning |\n"
				"|---|---|---|---|\n",
				HL_STR_ARG(group_of(k)));
		}
		put_doc_row(out, k);
	}
	hl_buf_printf(out,
		"\n## One country's police hold\n\n"
		"`referral.police_hold.DK = 48` sets another number of hours "
		"(0 to %d) for what is hosted in that country; up to %d "
		"countries.\n",
		HL_SETTINGS_HOLD_MAX_HOURS, HL_SETTINGS_LIST_MAX);
}
