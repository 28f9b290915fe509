/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/stop.h"

#include "web/language.h"

struct text {
	const char *tag, *title, *what, *why, *not_you, *by, *list, *number,
		*appeal, *support;
};

static const struct text texts[] = {
	{"en", "This address is blocked",
		"It is on a list of addresses that hotlines against the "
		"sexual abuse of children keep.",
		"Two people have looked at what is there and found it "
		"illegal. It stays on the list until it has been taken down.",
		"Nobody was told that you came here, and your network address "
		"was not written down.",
		"Blocked by", "List of", "Number of the entry",
		"Object to this entry",
		"Worried about your own thoughts, or about a child? Help, "
		"without your name"},
	{"de", "Diese Adresse ist gesperrt",
		"Sie steht auf einer Liste von Adressen, die Meldestellen "
		"gegen sexuellen Missbrauch von Kindern führen.",
		"Zwei Personen haben die Inhalte angesehen und für strafbar "
		"befunden. Der Eintrag bleibt, bis sie entfernt sind.",
		"Niemand erfährt, dass Sie hier waren; Ihre Netzadresse wurde "
		"nicht aufgezeichnet.",
		"Gesperrt durch", "Liste von", "Nummer des Eintrags",
		"Diesem Eintrag widersprechen",
		"Sorgen um eigene Gedanken oder um ein Kind? Hilfe, ohne Ihren "
		"Namen"},
	{"fr", "Cette adresse est bloquée",
		"Elle figure sur une liste d’adresses tenue par des points de "
		"contact contre les abus sexuels sur enfants.",
		"Deux personnes ont examiné le contenu et l’ont jugé "
		"illégal. L’entrée reste jusqu’à son retrait.",
		"Personne n’est informé de votre visite et votre adresse "
		"réseau n’a pas été enregistrée.",
		"Bloqué par", "Liste de", "Numéro de l’entrée",
		"Contester cette entrée",
		"Inquiet de vos propres pensées ou pour un enfant ? De "
		"l’aide, sans donner votre nom"},
	{"es", "Esta dirección está bloqueada",
		"Figura en una lista de direcciones de las líneas de "
		"denuncia contra el abuso sexual infantil.",
		"Dos personas examinaron el contenido y lo consideraron "
		"ilegal. La entrada permanece hasta que se retire.",
		"No se informa a nadie de su visita y su dirección de red no "
		"se ha registrado.",
		"Bloqueado por", "Lista de", "Número de la entrada",
		"Oponerse a esta entrada",
		"¿Le preocupan sus propios pensamientos o un menor? Ayuda, "
		"sin dar su nombre"},
};

static const struct hl_web_language rows[] = {
	{.tag = "en"}, {.tag = "de"}, {.tag = "fr"}, {.tag = "es"}};
static const struct hl_web_languages offered = {rows, HL_ARRAY_LEN(rows)};

static const struct text *pick(struct hl_str languages)
{
	const struct hl_web_header header = {
		HL_STR_INIT("Accept-Language"), languages};
	const struct hl_web_request req = {
		.headers = &header, .n_headers = languages.p ? 1 : 0};
	const struct hl_web_language *l = hl_web_language_pick(&offered, &req);

	return &texts[l - rows];
}

static void put_escaped(struct hl_buf *out, const char *s)
{
	for (; *s; s++) {
		switch (*s) {
		case '<':
			hl_buf_put(out, HL_STR("&lt;"));
			break;
		case '>':
			hl_buf_put(out, HL_STR("&gt;"));
			break;
		case '&':
			hl_buf_put(out, HL_STR("&amp;"));
			break;
		case '"':
			hl_buf_put(out, HL_STR("&quot;"));
			break;
		default:
			hl_buf_put_c(out, *s);
		}
	}
}

static void put_line(struct hl_buf *out, const char *name, const char *value)
{
	if (value) {
		hl_buf_printf(out, "<li>%s: ", name);
		put_escaped(out, value);
		hl_buf_put_c(out, '\n');
	}
}

static void put_link(struct hl_buf *out, const char *name, const char *to)
{
	if (to) {
		hl_buf_put(out, HL_STR("<p><a rel=noreferrer href=\""));
		put_escaped(out, to);
		hl_buf_printf(out, "\">%s</a>\n", name);
	}
}

static void put_about(struct hl_buf *out, const struct text *t,
	const struct hl_consume_stop_words *words,
	const struct hl_consume_decision *decision)
{
	char entry[HL_CONSUME_ENTRY_TEXT];

	hl_buf_put(out, HL_STR("<ul>\n"));
	put_line(out, t->by, words->who);
	put_line(out, t->list, words->hotline);
	if (decision->entry) {
		hl_consume_entry_text(decision, entry);
		put_line(out, t->number, entry);
	}
	hl_buf_put(out, HL_STR("</ul>\n"));
	put_link(out, t->appeal, words->appeal);
	put_link(out, t->support, words->support);
}

int hl_consume_stop_page(void *arg, const struct hl_consume_decision *decision,
	struct hl_str languages, struct hl_buf *out, const char **tag)
{
	const struct text *t = pick(languages);

	*tag = t->tag;
	hl_buf_printf(out,
		"<!doctype html>\n<html lang=%s>\n<meta charset=utf-8>\n"
		"<meta name=viewport content=\"width=device-width\">\n"
		"<meta name=referrer content=no-referrer>\n"
		"<meta name=robots content=noindex>\n<title>%s</title>\n"
		"<style>body{font:1.1em/1.5 sans-serif;max-width:38em;"
		"margin:2em auto;padding:0 1em}</style>\n",
		t->tag, t->title);
	hl_buf_printf(out, "<h1>%s</h1>\n<p>%s\n<p>%s\n<p>%s\n", t->title,
		t->what, t->why, t->not_you);
	put_about(out, t, arg, decision);
	return out->fault;
}

static bool is_web(const char *address)
{
	struct hl_str s = hl_str_c(address);

	if (!s.p) {
		return true;
	}
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] <= ' ') {
			return false;
		}
	}
	return hl_str_starts(s, HL_STR("https://")) ||
	       hl_str_starts(s, HL_STR("http://"));
}

int hl_consume_stop_check(
	const struct hl_consume_stop_words *words, struct hl_err *err)
{
	if (!is_web(words->appeal)) {
		return HL_FAIL(err, HL_E_INVALID,
			"--appeal wants an address, https://…");
	}
	if (!is_web(words->support)) {
		return HL_FAIL(err, HL_E_INVALID,
			"--support wants an address, https://…");
	}
	return 0;
}
