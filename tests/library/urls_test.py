# SPDX-License-Identifier: Apache-2.0
"""libhotline-urls alone, as it is installed: files, symbols, what it needs,
and programs that use it."""
import os
import re
import tempfile
import unittest

import stage

ROOT = stage.ROOT
WORK = os.path.join(stage.WORK, "urls")
PREFIX = os.path.join(WORK, "prefix")
LIB = os.path.join(PREFIX, "lib")
SO = os.path.join(LIB, "libhotline-urls.so")
ENV = {"PKG_CONFIG_PATH": os.path.join(LIB, "pkgconfig"),
       "LD_LIBRARY_PATH": LIB}

PROGRAM = """\
#include <hotline/urls.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv)
{
	struct hl_urls_list *list = NULL;
	struct hl_urls_reader *reader = NULL;
	struct hl_urls_decision d;
	char out[HL_URLS_ADDRESS_MAX + 1];
	size_t n = 0;

	memset(&d, 0, sizeof(d));
	d.size_of = sizeof(d);
	if (argc != 2 || hl_urls_open(argv[1], NULL, &list, NULL) ||
		hl_urls_reader_new(list, &reader, NULL) ||
		hl_urls_check(reader, "Example.ORG", 11, 0, &d) ||
		hl_urls_canonical("HTTP://Example.ORG", 18, out,
			sizeof(out), &n)) {
		return 1;
	}
	printf("%s %u %s", hl_urls_version(), (unsigned)d.verdict, out);
	hl_urls_reader_free(reader);
	hl_urls_close(list);
	return 0;
}
"""


def run(*command):
    return stage.run(*command, env=ENV)


def functions():
    with open(os.path.join(ROOT, "include/hotline/urls.h"),
              encoding="utf-8") as f:
        return sorted(stage.cdecls.public_functions(f.read()))


class Urls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = os.path.join(WORK, "build")
        if not os.path.exists(os.path.join(folder, "build.ninja")):
            run("meson", "setup", folder, ROOT, "-Dparts=urls",
                "-Dtests=disabled", "--prefix", PREFIX, "--libdir", "lib")
        run("ninja", "-C", folder, "install")

    def version(self):
        with open(os.path.join(PREFIX, "include/hotline/urls.h"),
                  encoding="utf-8") as f:
            return re.search(r'HL_URLS_VERSION "([^"]+)"',
                             f.read()).group(1)

    def test_files(self):
        for name in ("libhotline-urls.so", "libhotline-urls.so.0",
                     "libhotline-urls.so." + self.version(),
                     "pkgconfig/hotline-urls.pc"):
            self.assertTrue(os.path.exists(os.path.join(LIB, name)), name)
        self.assertEqual(["include", "lib", "share"],
                         sorted(os.listdir(PREFIX)))
        self.assertEqual(self.version(), run(
            "pkg-config", "--modversion", "hotline-urls").strip())

    def test_each_function_has_a_page(self):
        pages = os.path.join(PREFIX, "share/man/man3")
        for name in [*functions(), "hotline-urls"]:
            with open(os.path.join(pages, name + ".3"),
                      encoding="utf-8") as f:
                self.assertRegex(f.read(), rf"\.Nm {name}\b")
        self.assertEqual(len(functions()) + 1, len(os.listdir(pages)))

    def test_exports_what_the_header_says(self):
        self.assertEqual(functions(), stage.defined(SO, "-D"))

    def test_what_it_needs(self):
        text = run("readelf", "-d", SO)
        needed = {re.sub(r"\.so.*", "", name) for name in
                  re.findall(r"NEEDED.*\[(.*)\]", text)}
        self.assertLessEqual(needed, {"libc", "libsodium", "libicuuc",
                                      "ld-linux-x86-64"})
        self.assertIn("[libhotline-urls.so.0]", text)

    def test_programs(self):
        flags = stage.shlex.split(
            run("pkg-config", "--cflags", "--libs", "hotline-urls"))
        for compiler, suffix in (
                ("gcc -std=c99 -Wpedantic", ".c"),
                ("clang-14 -xc++ -std=c++11 -Wpedantic", ".cc")):
            with self.subTest(compiler), \
                    tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "use" + suffix)
                program = os.path.join(folder, "use")
                with open(path, "w", encoding="utf-8") as f:
                    f.write(PROGRAM)
                run(*compiler.split(), "-Wall", "-Wextra", "-Werror",
                    "-o", program, path, *flags)
                self.assertEqual(f"{self.version()} 0 http://example.org/",
                                 run(program, folder))


if __name__ == "__main__":
    unittest.main()
