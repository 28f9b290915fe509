# SPDX-License-Identifier: Apache-2.0
"""Each check of tools/check against small trees with a planted fault, and
against its neighbour without one."""
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
SPDX = "/* SPDX-License-Identifier: Apache-2.0 */\n"
LAYERS = "base 0\nurl 1\nseal 1\ndomain 2\n"


def body(lines):
    """A function of so many lines."""
    return "int f(void)\n{\n" + "\tx();\n" * (lines - 3) + "}\n"


HEADER = """\
HL_X_API const char *hl_x_a(int (*f)(int x, int y), /* two */
	const int b[2]);
"""
PAGE = """\
.Dd November 22, 2026
.Dt HL_X_A 3
.Os
.Sh NAME
.Nm hl_x_a
.Nd test
.Sh SYNOPSIS
.In hotline/x.h
.Ft "const char *"
.Fo hl_x_a
.Fa "int (*f)(int x, int y)"
.Fa "const int b[2]"
.Fc
.Sh DESCRIPTION
It tests.
"""

# check, name of the row, files of the tree, what the output must name;
# None where the check must be content.
ROWS = (
    ("layers", "down", {"src/url/a.c": '#include "base/str.h"\n'}, None),
    ("layers", "own room", {"src/url/a.c": '#include "url/b.h"\n'}, None),
    ("layers", "system", {"src/base/a.c": "#include <stdio.h>\n"}, None),
    ("layers", "public", {"src/base/a.c": '#include "hotline/urls.h"\n'},
     None),
    ("layers", "up", {"src/base/a.c": '\n#include "url/url.h"\n'},
     "src/base/a.c:2: base (0) includes up into url (1)"),
    ("layers", "up from a header", {"src/url/a.h": '#include "domain/x.h"\n'},
     "src/url/a.h:1: url (1) includes up"),
    ("layers", "sideways", {"src/url/a.c": '#include "seal/box.h"\n'},
     "src/url/a.c:1: url includes sideways into seal"),
    ("layers", "odd spacing", {"src/base/a.c": ' # include "url/url.h"\n'},
     "src/base/a.c:1: base (0) includes up"),
    ("layers", "without a room", {"src/url/a.c": '#include "url.h"\n'},
     'src/url/a.c:1: write "room/file.h"'),
    ("layers", "relative", {"src/url/a.c": '#include "../base/str.h"\n'},
     'src/url/a.c:1: write "room/file.h"'),
    ("layers", "unknown room", {"src/url/a.c": '#include "misc/x.h"\n'},
     "src/url/a.c:1: misc is no room"),
    ("layers", "unlisted room", {"src/misc/a.c": "\n"},
     "src/misc/a.c: misc is no room"),
    ("layers", "in a comment",
     {"src/base/a.c": '/*\n#include "url/url.h"\n*/\n'}, None),
    ("layers", "unreadable line", {"src/LAYERS": "base zero\n"},
     "src/LAYERS:1: cannot read"),
    ("layers", "few files", {"src/base/a.c": "\n"},
     "src/base: warning: 1 source files"),

    ("banned", "harmless", {"a.c": "int f(void)\n{\n\treturn hl_atoi(3);\n}"},
     None),
    ("banned", "strcpy", {"a.c": "\n\nvoid f(void) { strcpy(a, b); }"},
     "a.c:3: strcpy: may write past"),
    ("banned", "with a space", {"a.c": "x = atoi (s);"}, "a.c:1: atoi"),
    ("banned", "over two lines", {"a.c": "x = sprintf\n(s);"},
     "a.c:1: sprintf"),
    ("banned", "shell", {"a.c": "system(s);"}, "a.c:1: system"),
    ("banned", "in a header", {"a.h": "rand();"}, "a.h:1: rand"),
    ("banned", "in a test", {"tests/a.c": "srand(1);"}, "tests/a.c:1: srand"),
    ("banned", "in a comment", {"a.c": "// strcpy(a)\n/* system(\n) */"},
     None),
    ("banned", "in a string", {"a.c": 'x("strcpy(a)");'}, None),
    ("banned", "behind a string", {"a.c": 'x("\\"", strcpy(a));'},
     "a.c:1: strcpy"),
    ("banned", "a member", {"a.c": "ops->system(x); o.rand(x);"}, None),
    ("banned", "a longer name", {"a.c": "my_strcpy(x); strcpy_safe(x);"},
     None),
    ("banned", "unsafe with threads", {"a.c": "localtime(&t);"},
     "a.c:1: localtime"),
    ("banned", "its sibling", {"a.c": "localtime_r(&t, &tm);"}, None),

    ("size", "100 lines", {"src/base/a.c": body(3) * 30 + body(100)}, None),
    ("size", "101 lines", {"src/base/a.c": body(3) * 30 + body(101)},
     "src/base/a.c:91: f has 101 lines"),
    ("size", "101 lines in a test", {"tests/a.c": body(101)},
     "tests/a.c:1: f has 101 lines"),
    ("size", "a table does not count", {"src/base/a.c": body(3) * 30 +
     "int f(void)\n{\n\tstatic const struct {\n\t\tint a;\n\t} t[] = {\n" +
     "\t\t{1},\n" * 200 + "\t};\n}\n"}, None),
    ("size", "a table outside", {"src/base/a.c": body(3) +
     "static const int t[] = {\n" + "\t1,\n" * 200 + "};\n"}, None),
    ("size", "long median", {"src/base/a.c": body(17) * 3},
     "median function of 17 lines"),
    ("size", "long tail", {"src/base/a.c": body(3) * 18 + body(61) * 2},
     "95 % of functions up to 61 lines"),
    ("size", "braces in strings", {"src/base/a.c":
     'int f(void)\n{\n\tx("}}}{");\n\tx(\'{\');\n}\n' + body(3)}, None),
    ("size", "function behind an attribute", {"src/base/a.c":
     body(3) * 30 + "__attribute__((noinline)) static int\n" + body(101)},
     "src/base/a.c:91: f has 102 lines"),
    ("size", "macro with a brace", {"src/base/a.c":
     "#define X(a) \\\n\tdo { \\\n\t} while (0)\n" + body(3)}, None),
    ("size", "seven parameters", {"src/base/a.c":
     "int f(int a, int b, int c, int d, int e, int f, int g)\n{\n}\n"},
     "src/base/a.c:1: warning: f has 7 parameters"),
    ("size", "eight parameters", {"src/base/a.c":
     "int f(int a, int b, int c, int d, int e, int f, int g, int h)\n{\n}\n"},
     "src/base/a.c:1: f has 8 parameters, at most"),
    ("size", "eight in a prototype", {"src/base/a.h":
     "int hl_f(int, int, int, int (*x)(int, int), int,\n int, int, int);\n"},
     "src/base/a.h:1: hl_f has 8 parameters"),
    ("size", "commas inside a parameter", {"src/base/a.c":
     "int f(int (*a)(int, int, int, int, int, int, int, int))\n{\n}\n"},
     None),
    ("size", "800 lines", {"src/base/a.c": "\n" * 800}, None),
    ("size", "801 lines", {"src/base/a.c": "\n" * 801},
     "src/base/a.c: 801 lines"),
    ("size", "150 lines of header", {"src/base/a.h": "\n" * 150}, None),
    ("size", "151 lines of header", {"src/base/a.h": "\n" * 151},
     "src/base/a.h: 151 lines"),
    ("size", "a public header", {"include/hotline/a.h": "\n" * 500}, None),
    ("size", "a long public header", {"include/hotline/a.h": "\n" * 501},
     "include/hotline/a.h: 501 lines"),

    ("spdx", "there", {"a.c": SPDX}, None),
    ("spdx", "missing", {"src/a.c": "int x;\n"}, "src/a.c:1: does not start"),
    ("spdx", "too late", {"a.h": "\n\n\n" + SPDX}, "a.h:1: does not start"),
    ("spdx", "another licence",
     {"a.py": "# SPDX-License-Identifier: MIT\n"}, "a.py:1"),
    ("spdx", "script without", {"tools/x": "#!/bin/sh\n"}, "tools/x:1"),
    ("spdx", "data", {"a.json": "{}", "tests/data/a.c": "x"}, None),

    ("paths", "none", {"a.md": "see var/log and http://example.org/home/x"},
     None),
    ("paths", "a folder of a machine", {"a.md": "\nin /" + "work/x there"},
     "a.md:2: names a folder"),
    ("paths", "in code", {"a.c": 'open("/' + 'root/x");'}, "a.c:1: names"),
    ("paths", "somebody's folder", {"a.py": "x = '/" + "home/me'"},
     "a.py:1: names a folder"),
    ("paths", "a registry", {"package-lock.json":
     '"resolved": "https://registry' + '.example.org/x"'},
     "package-lock.json:1: names a package registry"),
    ("paths", "end of a sentence", {"a.md": "A hash registry. It is."}, None),

    ("links", "file", {"a.md": "[b](d/b.md)", "d/b.md": "[a](../a.md)"},
     None),
    ("links", "missing file", {"a.md": "\n[b](b.md)"},
     "a.md:2: b.md is not there"),
    ("links", "missing picture", {"a.md": "![b](b.png)"}, "a.md:1: b.png"),
    ("links", "heading", {"a.md": "[b](b.md#two-words)",
                          "b.md": "# Two words!\n"}, None),
    ("links", "missing heading", {"a.md": "[b](b.md#three)",
                                  "b.md": "# Two\n"},
     "a.md:1: b.md has no heading #three"),
    ("links", "own heading", {"a.md": "# X\n[b](#y)"},
     "a.md:2: a.md has no heading #y"),
    ("links", "repeated heading", {"a.md": "# X\n# X\n[b](#x-1)"}, None),
    ("links", "elsewhere", {"a.md": "[b](https://example.org/x)"}, None),
    ("links", "in code", {"a.md": "`[b](c.md)`\n```\n[b](c.md)\n```\n"},
     None),
    ("links", "out of the tree", {"a.md": "[b](../../x.md)"}, "a.md:1"),

    ("man", "clean", {"docs/man/x.1": '.\\" SPDX\n.Dd November 22, 2026\n'
                      ".Dt X 1\n.Os\n.Sh NAME\n.Nm x\n.Nd test\n"
                      ".Sh DESCRIPTION\nIt tests.\n"}, None),
    ("man", "broken", {"docs/man/x.1": ".Dd November 22, 2026\n.Dt X 1\n.Os\n"
                       ".Sh NAME\n.Nm x\n.Nd test\n.Sh DESCRIPTION\n.Bl\n"},
     "docs/man/x.1:8: "),
    ("man", "about another", {"docs/man/x.1": ".Dd November 22, 2026\n"
                              ".Dt X 1\n.Os\n.Sh NAME\n.Nm y\n.Nd test\n"
                              ".Sh DESCRIPTION\nIt tests.\n"},
     "docs/man/x.1: is about y"),
    ("man", "functions", {"include/hotline/x.h": HEADER,
                          "docs/man/hl_x_a.3": PAGE}, None),
    ("man", "a function without a page", {
        "include/hotline/x.h": HEADER.replace("a(", "c(") + HEADER,
        "docs/man/hl_x_a.3": PAGE},
     "include/hotline/x.h: no man page shows hl_x_c"),
    ("man", "a function that is gone", {
        "include/hotline/x.h": "\n", "docs/man/hl_x_a.3": PAGE},
     "docs/man/hl_x_a.3:9: no header declares hl_x_a"),
    ("man", "other arguments", {
        "include/hotline/x.h": HEADER.replace("int b[2]", "int b[3]"),
        "docs/man/hl_x_a.3": PAGE},
     "docs/man/hl_x_a.3:9: include/hotline/x.h declares hl_x_a otherwise"),
    ("man", "shown and not named", {
        "include/hotline/x.h": HEADER,
        "docs/man/hl_x_b.3": PAGE.replace(".Nm hl_x_a", ".Nm hl_x_b")},
     "docs/man/hl_x_b.3:9: NAME does not name hl_x_a"),

    ("dependencies", "all named", {
        "tools/packages.run": "gcc gcc\n", "tools/packages.test": "# x\n",
        "docs/dependencies.md": "| `gcc` | x |\n"}, None),
    ("dependencies", "missing", {
        "tools/packages.run": "gcc\n", "tools/packages.test": "\nmandoc\n",
        "docs/dependencies.md": "| `gcc` | `mandoc` |\n"},
     "tools/packages.test:2: mandoc is in no first column"),
    ("dependencies", "gone", {
        "tools/packages.run": "gcc\n", "tools/packages.test": "",
        "docs/dependencies.md": "| `gcc`, `tcc` | x |\n"},
     "docs/dependencies.md:1: tcc is in no list"),
    ("dependencies", "npm", {
        "tools/packages.run": "", "tools/packages.test": "",
        "package.json": '{"dependencies":{"sass":"1.2.3"}}',
        "docs/dependencies.md": "| `sass` | x |\n"}, None),
    ("dependencies", "npm, missing", {
        "tools/packages.run": "", "tools/packages.test": "",
        "package.json": '{\n"devDependencies":\n{"ajv":"1.2.3"}}',
        "docs/dependencies.md": "none\n"}, "package.json:3: ajv is in no"),
    ("dependencies", "npm, loose version", {
        "tools/packages.run": "", "tools/packages.test": "",
        "package.json": '{"dependencies":{"sass":"^1.2.3"}}',
        "docs/dependencies.md": "| `sass` | x |\n"},
     "package.json:1: sass is not pinned"),

    ("scripts", "good", {"a": "#!/bin/bash\nset -eu\nls\n", "b.py": "x = 1"},
     None),
    ("scripts", "shell syntax", {"a": "#!/bin/bash\nset -e\nif x; then\n"},
     "a: "),
    ("scripts", "shell goes on", {"a": "#!/bin/bash\nls\nls\n"},
     "a:1: goes on after an error"),
    ("scripts", "python syntax", {"a.py": "x = 1\ndef f(:\n"}, "a.py:2: "),

    ("format", "good", {"a.c": "int f(void)\n{\n\treturn 0;\n}\n"}, None),
    ("format", "spaces", {"a.c": "int f(void)\n{\n    return 0;\n}\n"},
     "a.c:2: not formatted"),
    ("format", "brace", {"src/b.h": "struct x\n{\n\tint a;\n};\n"},
     "src/b.h:1: not formatted"),

    ("headers", "alone", {"src/base/a.h":
     "#ifndef A\n#define A\n#include <stddef.h>\nsize_t f(void);\n#endif\n"},
     None),
    ("headers", "not alone", {"src/base/a.h": "size_t f(void);\n"},
     "src/base/a.h:1: does not compile alone"),
    ("headers", "not twice", {"src/base/a.h": "struct a {\n\tint b;\n};\n"},
     "src/base/a.h:1: does not compile alone"),
    ("headers", "public, C99", {"include/hotline/a.h":
     "#ifndef A\n#define A\n_Static_assert(1, \"x\");\n#endif\n"},
     "include/hotline/a.h:1: does not compile alone"),
    ("headers", "public, C++", {"include/hotline/a.h":
     "#ifndef A\n#define A\nstruct a {\n\tint class;\n};\n#endif\n"},
     "include/hotline/a.h:1: does not compile alone"),
    ("headers", "public, good", {"include/hotline/a.h":
     "#ifndef A\n#define A\n#include <stdint.h>\nint hl_a(uint8_t b);\n"
     "#endif\n"}, None),
)

# C text, the names that the check must name.
GLOBALS = (
    ("none", "int f(int a) { return a; }", ()),
    ("a constant", 'const int a = 3; const char *const b[] = {"x", "y"};',
     ()),
    ("initialised", "int counter = 3;", ("counter",)),
    ("zero", "static int zero; int *f(void) { return &zero; }", ("zero",)),
    ("of a function", "int f(void) { static int calls; return ++calls; }",
     ("calls",)),
    ("of a thread", "_Thread_local int mine;", ("mine",)),
    ("pointers not constant", 'const char *names[] = {"x"};', ("names",)),
    ("allowed", "int permitted;", ()),
)


def plant(folder, files):
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)


def run_check(check, folder, **env):
    return subprocess.run(
        [sys.executable, os.path.join(ROOT, "tools", "check", check)],
        env=dict(os.environ, HL_CHECK_ROOT=folder, **env), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


class CheckTest(unittest.TestCase):
    def one(self, check, files, expected):
        with tempfile.TemporaryDirectory() as folder:
            plant(folder, files)
            if check == "layers" and "src/LAYERS" not in files:
                plant(folder, {"src/LAYERS": LAYERS})
            if check == "format":
                plant(folder, {".clang-format": open(
                    os.path.join(ROOT, ".clang-format"),
                    encoding="utf-8").read()})
            done = run_check(check, folder, HL_BUILD="none",
                             HL_BUILD_SANITIZED="none")
        if expected is None:
            self.assertEqual(0, done.returncode, done.stdout)
        else:
            self.assertIn(expected, done.stdout)
            wanted = 0 if ": warning: " in expected else 1
            self.assertEqual(wanted, done.returncode, done.stdout)


def add_rows():
    for check, name, files, expected in ROWS:
        def case(self, check=check, files=files, expected=expected):
            self.one(check, files, expected)
        title = f"test_{check}_{name.replace(' ', '_')}"
        assert not hasattr(CheckTest, title), title
        setattr(CheckTest, title, case)


add_rows()


class GlobalsTest(unittest.TestCase):
    def build(self, folder, source, path="src/base/a.c",
              made="build/src/base/libbase.a.p/a.c.o"):
        plant(folder, {
            path: source,
            os.path.join(os.path.dirname(made), "x"): "",
            "tools/check/globals.allow": f"{path} permitted # why\n"})
        subprocess.run(["gcc", "-c", "-O1", "-fPIC", "-fno-common",
                        os.path.join(folder, path), "-o",
                        os.path.join(folder, made)], check=True)

    def test_rows(self):
        for name, source, expected in GLOBALS:
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                self.build(folder, source)
                done = run_check("globals", folder, HL_BUILD="build")
                self.assertEqual(1 if expected else 0, done.returncode,
                                 done.stdout)
                for symbol in expected:
                    self.assertIn(
                        f"src/base/a.c: {symbol} is a mutable global",
                        done.stdout)

    def test_a_library_of_several_rooms(self):
        with tempfile.TemporaryDirectory() as folder:
            self.build(folder, "int counter;\nint permitted;\n",
                       "src/base_x/a_b.c",
                       "build/src/base/libbase.a.p/.._base_x_a_b.c.o")
            done = run_check("globals", folder, HL_BUILD="build")
            self.assertEqual(1, done.returncode, done.stdout)
            self.assertIn("src/base_x/a_b.c: counter is a mutable global",
                          done.stdout)
            self.assertNotIn("permitted is", done.stdout)

    def test_skips_without_a_build(self):
        with tempfile.TemporaryDirectory() as folder:
            done = run_check("globals", folder, HL_BUILD="none")
            self.assertEqual(77, done.returncode, done.stdout)


class EveryCheckTest(unittest.TestCase):
    def test_each_check_has_a_planted_fault(self):
        folder = os.path.join(ROOT, "tools", "check")
        checks = {n for n in os.listdir(folder)
                  if "." not in n and os.path.isfile(os.path.join(folder, n))}
        planted = {check for check, _, _, expected in ROWS if expected}
        self.assertEqual(checks, planted | {"globals"})


if __name__ == "__main__":
    unittest.main()
