# SPDX-License-Identifier: Apache-2.0
"""What is installed: files, symbols, and programs that use them."""
import os
import re
import unittest

import stage

PROGRAM = """\
#include <hotline/match.h>
#include <stdio.h>
int main()
{
	struct hl_match_hash a, b;
	char text[65];

	a.bytes[0] = 0;
	hl_match_hash_parse("%s", 64, &a);
	hl_match_hash_parse("%s", 64, &b);
	hl_match_hash_format(&a, text);
	printf("%%s %%s %%u", hl_match_version(), text,
		hl_match_hash_distance(&a, &b));
	return 0;
}
""" % ("0123456789abcdef" * 4, "1123456789abcde8" * 4)


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stage.build()

    def version(self):
        with open(os.path.join(stage.PREFIX, "include/hotline/match.h"),
                  encoding="utf-8") as f:
            return re.search(r'HL_MATCH_VERSION "([^"]+)"',
                             f.read()).group(1)

    def test_files(self):
        version = self.version()
        for name in ("libhotline-match.a", "libhotline-match.so",
                     "libhotline-match.so.0",
                     "libhotline-match.so." + version,
                     "pkgconfig/hotline-match.pc"):
            self.assertTrue(os.path.exists(os.path.join(stage.LIB, name)),
                            name)
        self.assertEqual(["include", "lib", "share"],
                         sorted(os.listdir(stage.PREFIX)))
        self.assertEqual(["man3"], os.listdir(
            os.path.join(stage.PREFIX, "share/man")))

    def test_each_function_has_a_page(self):
        for name in [*stage.functions(), "hotline-match"]:
            with open(os.path.join(stage.PREFIX, "share/man/man3",
                                   name + ".3"), encoding="utf-8") as f:
                self.assertIn(f".Nm {name} ".rstrip(), f.read())

    def test_exports_what_the_header_says(self):
        so = os.path.join(stage.LIB, "libhotline-match.so")
        self.assertEqual(stage.functions(), stage.defined(so, "-D"))

    def test_archive_takes_no_other_names(self):
        odd = [name for name in stage.defined(
            os.path.join(stage.LIB, "libhotline-match.a"))
            if not name.startswith("hl_")]
        self.assertEqual([], odd)

    def test_needs_libc_only(self):
        text = stage.run("readelf", "-d", os.path.join(
            stage.LIB, "libhotline-match.so"))
        needed = set(re.findall(r"NEEDED.*\[(.*)\]", text))
        self.assertLessEqual(needed, {"libc.so.6", "libm.so.6",
                                      "ld-linux-x86-64.so.2"})
        self.assertIn("[libhotline-match.so.0]", text)

    def test_version(self):
        self.assertEqual(self.version(),
                         stage.run("pkg-config", "--modversion",
                                   "hotline-match").strip())
        with open(os.path.join(stage.ROOT, "meson.build"),
                  encoding="utf-8") as f:
            self.assertIn(f"version: '{self.version()}'", f.read())

    def test_programs(self):
        wanted = f"{self.version()} {'0123456789abcdef' * 4} 16"
        static = ["-static", *stage.flags("--cflags", "--libs", "--static")]
        shared = stage.flags("--cflags", "--libs")
        for compiler, suffix, options in (
                ("gcc -std=c99 -Wpedantic", ".c", shared),
                ("clang-14 -std=c11", ".c", static),
                ("gcc", ".c", static),
                ("clang-14 -xc++ -std=c++11 -Wpedantic", ".cc", shared)):
            with self.subTest(compiler):
                path = stage.made("use" + suffix)
                with open(path, "w", encoding="utf-8") as f:
                    f.write(PROGRAM)
                stage.run(*compiler.split(), "-Wall", "-Wextra", "-Werror",
                          "-o", stage.made("use"), path, *options)
                self.assertEqual(wanted, stage.run(stage.made("use")))


if __name__ == "__main__":
    unittest.main()
