# SPDX-License-Identifier: Apache-2.0
"""tools/amalgamate.py on small libraries: what meets and is renamed, what
cannot be joined and is named."""
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
HEADER = """\
#ifndef HOTLINE_MATCH_H
#define HOTLINE_MATCH_H
#ifndef HL_MATCH_API
#define HL_MATCH_API __attribute__((visibility("default")))
#endif
#define HL_MATCH_VERSION "1.2.3"
HL_MATCH_API int hl_match_a(int x);
HL_MATCH_API int hl_match_b(int x);
#endif
"""
A = '#include "hotline/match.h"\nint hl_match_a(int x) { return one(x); }\n'
B = '#include "hotline/match.h"\nint hl_match_b(int x) { return one(x); }\n'
ONE_A = "static int one(int x) { return x + 1; }\n"
ONE_B = "static int one(int x) { return x + 2; }\n"
INNER = ("#ifndef HL_MATCH_INNER_H\n#define HL_MATCH_INNER_H\n"
         "struct pair { int one; int two; };\n"
         "extern const int hl_match_table[2];\n"
         "int hl_match_sum(const struct pair *p);\n#endif\n")

# name, a.c, b.c, more files, a(1) and b(1) or the error
ROWS = (
    ("statics of one name", ONE_A + A, ONE_B + B, {}, (2, 3)),
    ("tags, constants and macros of one name",
     "#define N 1\nenum { K = N };\nstruct s { int m; };\n"
     "static int one(int x) { struct s s = {.m = K}; return x + s.m; }\n" + A,
     "#define N 2\nenum { K = N };\nstruct s { long m; char t[9]; };\n"
     "static int one(int x) { struct s s = {.m = K}; return x + (int)s.m; }\n"
     + B, {}, (2, 3)),
    ("a member of a shared struct keeps its name",
     '#include "match/inner.h"\n'
     "const int hl_match_table[2] = {7, 8};\n"
     "int hl_match_sum(const struct pair *p) { return p->one + p->two; }\n"
     "static int one(int x) { const struct pair p = {.one = x, .two = 1};\n"
     "return hl_match_sum(&p); }\n" + A,
     '#include "match/inner.h"\n'
     "static int one(int x) { return x + hl_match_table[1]; }\n" + B,
     {"inner.h": INNER}, (2, 9)),
    ("a name in a string or comment stays",
     ONE_A + A, "#include <string.h>\n/* one */ static int one(int x)\n"
     '{ return x + (int)strlen("one "); }\n' + B, {}, (2, 5)),
    ("a header without a guard comes each time",
     '#define NAME one\n#define ADD 1\n#include "match/body.h"\n'
     "#undef NAME\n#undef ADD\n" + A,
     '#define NAME one\n#define ADD 2\n#include "match/body.h"\n'
     "#undef NAME\n#undef ADD\n" + B,
     {"body.h": "static int NAME(int x) { return x + ADD; }\n"},
     "redefinition"),
    ("its names are made by a macro",
     '#define NAME(x) x##_a\n#define ADD 1\n#include "match/body.inc"\n' +
     "static int one(int x) { return NAME(add)(x); }\n" + A,
     '#define NAME(x) x##_b\n#define ADD 2\n#include "match/body.inc"\n' +
     "static int one(int x) { return NAME(add)(x); }\n" + B,
     {"body.inc": "#define SUM(x) (x + ADD + 0)\nstruct NAME(s) { int m; };\n"
      "static int NAME(add)(int x)\n{ struct NAME(s) s = {SUM(x)};\n"
      "return s.m; }\n"}, (2, 3)),
    ("functions for one processor",
     "#if defined(__x86_64__)\n#include <immintrin.h>\n"
     '__attribute__((target("avx2")))\n#endif\n' + ONE_A + A,
     '__attribute__((noinline)) static int one(int x) { return x + 2; }\n'
     + B, {}, (2, 3)),
    ("a macro says static",
     "#define INLINE static inline\nINLINE int one(int x) { return x + 1; }\n"
     + A, "#define INLINE \\\n\tstatic inline\n"
     "INLINE int one(int x) { return x + 2; }\n" + B, {}, (2, 3)),
    ("a macro before and behind",
     '#define BEGIN(x) _Pragma("GCC push_options")\n'
     '#define END _Pragma("GCC pop_options")\nBEGIN("sse2")\n' + ONE_A +
     "END\n" + A, ONE_B + B, {}, (2, 3)),
    ("the source asks for extensions itself",
     "#define _GNU_SOURCE\n#include <string.h>\n" + ONE_A + A,
     "#include <sched.h>\nstatic int one(int x)\n"
     "{ cpu_set_t s; CPU_ZERO(&s); return x + CPU_COUNT(&s); }\n" + B,
     {}, (2, 1)),
    ("an external of another name", "int helper(void) { return 1; }\n" + ONE_A
     + A, ONE_B + B, {},
     "src/match/a.c:2: helper is neither static nor begins with hl_"),
    ("a header of another room", '#include "base/buf.h"\n' + ONE_A + A,
     ONE_B + B, {}, "src/match/a.c:2: includes base/buf.h"),
    ("a room beside", '#include "match_x/inner.h"\n' + ONE_A + A, ONE_B + B,
     {"../match_x/meson.build": "match_sources = files('c.c')\n",
      "../match_x/inner.h": INNER,
      "../match_x/c.c": '#include "match_x/inner.h"\n' + ONE_B +
      "const int hl_match_table[2] = {7, 8};\n"
      "int hl_match_sum(const struct pair *p) { return one(p->two); }\n"},
     (2, 3)),
    ("a room of another library", '#include "matches/inner.h"\n' + ONE_A + A,
     ONE_B + B, {"../matches/inner.h": INNER},
     "src/match/a.c:2: includes matches/inner.h"),
    ("a file of that name in another room", ONE_A + A, ONE_B + B,
     {"../match_x/meson.build": "match_sources = files('a.c')\n",
      "../match_x/a.c": ONE_A},
     "src/match/a.c: src/match_x/a.c has the same name"),
    ("a file that the other room does not name", ONE_A + A, ONE_B + B,
     {"../match_x/meson.build": "match_sources = files('c.c')\n",
      "../match_x/c.c": ONE_A, "../match_x/d.c": ONE_A},
     "src/match_x/meson.build: does not name d.c"),
    ("a macro of a header", ONE_A + A, "#define HL_X 1\n" + ONE_B + B,
     {"x.h": "#ifndef X_H\n#define X_H\n#define HL_X 2\n#endif\n"},
     None),
    ("a macro of a header that is used",
     '#include "match/x.h"\n' + ONE_A + A, "#define HL_X 1\n" + ONE_B + B,
     {"x.h": "#ifndef X_H\n#define X_H\n#define HL_X 2\n#endif\n"},
     "src/match/b.c: defines HL_X, and so does src/match/x.h"),
    ("a member that would be renamed", ONE_A + A,
     "struct q { int one; };\nstatic int one(int x)\n"
     "{ struct q q = {1}; return x + q.one; }\n" + B, {},
     "src/match/b.c:2: one is a member here"),
    ("a pragma that would go on",
     '#pragma GCC target("avx2")\n' + ONE_A + A, ONE_B + B, {},
     "src/match/a.c:2: this pragma would hold"),
    ("a pragma that ends",
     '#pragma GCC push_options\n#pragma GCC optimize("O3")\n' + ONE_A +
     "#pragma GCC pop_options\n" + A, ONE_B + B, {}, (2, 3)),
    ("a file that the build does not name", ONE_A + A, ONE_B + B,
     {"c.c": ""}, "src/match/meson.build: does not name c.c"),
    ("a header that is not there", '#include "match/no.h"\n' + ONE_A + A,
     ONE_B + B, {}, "src/match/no.h: No such file"),
)
PROGRAM = """\
#include <stdio.h>
#include "hotline-match.h"
int main(void)
{
	printf("%d %d", hl_match_a(1), hl_match_b(1));
	return 0;
}
"""


class Amalgamate(unittest.TestCase):
    def write(self, root, files):
        for path, text in files.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as f:
                f.write(text)

    def tree(self, root, a, b, more):
        spdx = "/* SPDX-License-Identifier: Apache-2.0 */\n"
        self.write(root, {
            "include/hotline/match.h": HEADER,
            "src/match/meson.build":
                "match_sources = files(\n\t'a.c',\n\t'b.c', # 'no.c'\n)\n",
            "src/match/a.c": spdx + a, "src/match/b.c": spdx + b,
            **{"src/match/" + name: spdx + text
               for name, text in more.items()}})

    def run_it(self, *command):
        return subprocess.run(command, capture_output=True, text=True,
                              check=False, timeout=60)

    def outcome(self, root):
        """The program's answers, or what was said against it."""
        out = os.path.join(root, "out")
        done = self.run_it(sys.executable,
                           os.path.join(ROOT, "tools/amalgamate.py"),
                           "--root", root, out)
        if done.returncode:
            self.assertEqual(1, done.returncode)
            self.assertFalse(os.path.exists(out), "something was written")
            return done.stderr
        self.write(out, {"program.c": PROGRAM})
        program = os.path.join(out, "program")
        done = self.run_it("gcc", "-std=c11", "-Wall", "-Wextra", "-Werror",
                           "-O1", "-o", program, program + ".c",
                           os.path.join(out, "hotline-match.c"))
        if done.returncode:
            return done.stderr
        self.only_public(program)
        return tuple(map(int, self.run_it(program).stdout.split()))

    def only_public(self, program):
        symbols = self.run_it("nm", "--defined-only", "-g", program).stdout
        inner = [line.split()[-1] for line in symbols.splitlines()
                 if line.split()[-1].startswith("hl_match_")]
        self.assertEqual(["hl_match_a", "hl_match_b"], sorted(inner))

    def test_rows(self):
        for name, a, b, more, wanted in ROWS:
            with self.subTest(name), tempfile.TemporaryDirectory() as root:
                self.tree(root, a, b, more)
                found = self.outcome(root)
                if isinstance(wanted, str):
                    self.assertIn(wanted, found)
                else:
                    self.assertEqual(wanted or (2, 3), found)

    def test_a_source_named_twice(self):
        with tempfile.TemporaryDirectory() as root:
            self.tree(root, ONE_A + A, ONE_B + B, {})
            self.write(root, {"src/match/meson.build":
                              "match_sources = files('a.c', 'b.c', 'a.c')"})
            self.assertIn("src/match/meson.build: names a.c twice",
                          self.outcome(root))

    def test_refuses_fast_math(self):
        with tempfile.TemporaryDirectory() as root:
            self.tree(root, ONE_A + A, ONE_B + B, {})
            self.outcome(root)
            done = self.run_it(
                "gcc", "-Ofast", "-fsyntax-only",
                os.path.join(root, "out", "hotline-match.c"))
            self.assertIn("must not be compiled with", done.stderr)

    def test_the_same_twice(self):
        with tempfile.TemporaryDirectory() as root:
            self.tree(root, ONE_A + A, ONE_B + B, {})
            texts = set()
            for _ in range(2):
                self.outcome(root)
                with open(os.path.join(root, "out", "hotline-match.c"),
                          encoding="utf-8") as f:
                    texts.add(f.read())
            self.assertEqual(1, len(texts))


if __name__ == "__main__":
    unittest.main()
