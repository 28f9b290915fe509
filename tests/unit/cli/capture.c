/* SPDX-License-Identifier: Apache-2.0 */
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "cli/common.h"

enum { WORDS_MAX = 12 };

static void conf_of(const char *dir, char path[128])
{
	snprintf(path, 128, "%s/" HL_CLI_CONF, dir);
}

void capture_open(const char *dir)
{
	char path[128];

	conf_of(dir, path);
	assert_int_equal(
		0, hl_file_write(path, HL_STR("store.path = store.db\n"), 0600,
			   NULL));
	setenv("HOTLINE_DIR", dir, 1);
}

void capture_close(const char *dir)
{
	char path[128];

	conf_of(dir, path);
	unlink(path);
	unsetenv("HOTLINE_DIR");
}

/* Splits in place. */
static int split(char *line, char *argv[WORDS_MAX + 1])
{
	int argc = 0;

	while (*line && argc < WORDS_MAX) {
		bool quoted = *line == '"';
		char *end = strchr(line + quoted, quoted ? '"' : ' ');

		argv[argc++] = line + quoted;
		if (!end) {
			break;
		}
		*end = '\0';
		line = end + 1 + (quoted && end[1] == ' ');
	}
	argv[argc] = NULL;
	return argc;
}

static FILE *with_text(const char *text)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	fputs(text, file);
	rewind(file);
	return file;
}

/* Puts a file in the place of a descriptor; gives what was there. */
static int redirect(FILE *file, int fd)
{
	int keep = dup(fd);

	assert_true(keep >= 0);
	dup2(fileno(file), fd);
	return keep;
}

static void restore(int keep, int fd)
{
	dup2(keep, fd);
	close(keep);
}

int capture_run(struct capture *c, command_fn *command, const char *line,
	const char *input)
{
	char words[1024], *argv[WORDS_MAX + 1];
	FILE *from = with_text(input ? input : ""), *to = with_text("");

	snprintf(words, sizeof(words), "%s", line);
	int argc = split(words, argv);
	fflush(stdout);
	fflush(stderr);
	int keep[] = {redirect(from, 0), redirect(to, 1), redirect(to, 2)};
	rewind(stdin);
	int status = command(argc, argv);
	fflush(stdout);
	for (int fd = 0; fd < 3; fd++) {
		restore(keep[fd], fd);
	}
	rewind(to);
	c->text[fread(c->text, 1, sizeof(c->text) - 1, to)] = '\0';
	fclose(from);
	fclose(to);
	return status;
}

json_t *capture_json(struct capture *c, command_fn *command, const char *line)
{
	struct hl_err err = {.msg = ""};
	json_t *json = NULL;
	int status = capture_run(c, command, line, NULL);

	if (status || hl_json_parse(hl_str_c(c->text), sizeof(c->text), &json,
			      &err)) {
		fail_msg(
			"\"%s\": %d, %s in %s", line, status, err.msg, c->text);
	}
	return json;
}

void capture_says(const struct capture *c, const char *words)
{
	if (!strstr(c->text, words)) {
		fail_msg("no \"%s\" in: %s", words, c->text);
	}
}

void capture_hides(const struct capture *c, const char *words)
{
	if (strstr(c->text, words)) {
		fail_msg("\"%s\" in: %s", words, c->text);
	}
}

void capture_members(const json_t *object, const char *names)
{
	HL_BUF_AUTO got = HL_BUF_INIT(4096);
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		hl_buf_printf(&got, "%s%s", got.n ? " " : "", name);
	}
	hl_buf_put_c(&got, '\0');
	assert_string_equal(names, got.p);
}
