# SPDX-License-Identifier: Apache-2.0
"""hotline-match.c compiles as it is, with any level and for any processor,
and answers as the library does."""
import functools
import os
import platform
import re
import shutil
import tempfile
import unittest

import stage

COMPILERS = ("gcc -O2", "gcc -std=c11 -O1", "gcc -std=c17 -O3 -march=native",
             "clang-14 -std=c11 -O2", "clang-14 -O3 -march=native")


class Amalgamation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stage.build()
        cls.folder = stage.amalgamate()
        cls.source = os.path.join(cls.folder, "hotline-match.c")

    @staticmethod
    @functools.cache
    def compiled(command):
        """The object that a compiler with its options makes of the file;
        a warning is an error."""
        path = stage.made(re.sub(r"\W+", "-", command) + ".o")
        stage.run(*command.split(), "-Wall", "-Wextra", "-Werror", "-c",
                  os.path.join(stage.amalgamate(), "hotline-match.c"), "-o",
                  path)
        return path

    def test_no_warnings(self):
        for compiler in COMPILERS:
            with self.subTest(compiler):
                self.compiled(compiler)

    def test_header(self):
        for compiler in ("gcc -xc -std=c99 -Wpedantic",
                         "clang-14 -xc++ -std=c++11 -Wpedantic"):
            with self.subTest(compiler):
                stage.run(*compiler.split(), "-Wall", "-Wextra", "-Werror",
                          "-fsyntax-only", "hotline-match.h",
                          cwd=self.folder)

    def test_exports_what_the_header_says(self):
        self.assertEqual(stage.functions(),
                         stage.defined(self.compiled(COMPILERS[0])))

    @unittest.skipUnless(platform.machine() == "x86_64", "x86 only")
    def test_sums_are_not_contracted(self):
        """Where kernels ask for FMA it is by name; compilers may not."""
        for compiler in ("gcc -O2 -march=haswell",
                         "clang-14 -O2 -march=haswell"):
            with self.subTest(compiler):
                path = self.compiled(compiler)
                name, odd = "", set()
                for line in stage.run("objdump", "-d", "--no-show-raw-insn",
                                      path).splitlines():
                    if line.endswith(">:"):
                        name = line.split("<")[1]
                    elif re.search(r"\tvfn?m(add|sub)", line) and \
                            "avx" not in name:
                        odd.add(name)
                self.assertEqual(set(), odd)

    def test_hidden_on_request(self):
        so = stage.made("libmine.so")
        stage.run("gcc", "-O2", "-fPIC", "-shared", "-fvisibility=hidden",
                  "-DHL_MATCH_API=", self.source, "-o", so, "-pthread",
                  "-lm")
        self.assertEqual([], [name for name in stage.defined(so, "-D")
                              if name.startswith("hl_match_")])

    def answers(self, program):
        folder = tempfile.mkdtemp(prefix="hl-answers-")
        self.addCleanup(shutil.rmtree, folder)
        return stage.run(program, os.path.join(folder, "index"))

    def test_answers_as_the_library_does(self):
        asks = os.path.join(stage.ROOT, "tests/library/answers.c")
        stage.run("gcc", asks, "-o", stage.made("answers"),
                  *stage.flags("--cflags", "--libs"))
        wanted = self.answers(stage.made("answers"))
        self.assertGreater(len(wanted.splitlines()), 500)
        for compiler in COMPILERS:
            with self.subTest(compiler):
                path = self.compiled(compiler)
                stage.run("gcc", asks, path, "-I", self.folder, "-o",
                          stage.made("answers-one"), "-pthread", "-lm")
                found = self.answers(stage.made("answers-one"))
                self.assertEqual(wanted, found)


if __name__ == "__main__":
    unittest.main()
