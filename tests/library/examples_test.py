# SPDX-License-Identifier: Apache-2.0
"""The examples of examples/ are built as they say and answer the same."""
import os
import shutil
import tempfile
import unittest

import stage

WANTED = "list example, entry 100, distance 8\n"
EXAMPLES = os.path.join(stage.ROOT, "examples")
# Nothing is fetched, and nothing is kept outside of the build.
GO = {"GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOTOOLCHAIN": "local",
      "GOCACHE": os.path.join(stage.WORK, "go-cache"),
      "GOPATH": os.path.join(stage.WORK, "go-path")}


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stage.build()

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="hl-example-")
        self.addCleanup(shutil.rmtree, self.folder)

    def answers(self, *command):
        index = os.path.join(self.folder, "index")
        self.assertEqual(WANTED, stage.run(*command, index))
        self.assertEqual(WANTED, stage.run(*command, index), "second time")
        for bad in ([os.path.join(self.folder, "no/such/folder")], []):
            with self.assertRaises(AssertionError) as refused:
                stage.run(*command, *bad)
            self.assertRegex(str(refused.exception),
                             "(?s)status [12]\n.*(no/such/folder|usage)")

    def test_c(self):
        program = stage.made("example-c")
        stage.run("gcc", "-Wall", "-Wextra", "-Werror", "-o", program,
                  os.path.join(EXAMPLES, "c/match.c"),
                  *stage.flags("--cflags", "--libs"))
        self.answers(program)

    def test_c_with_the_amalgamation(self):
        program, one = stage.made("example-one"), stage.amalgamate()
        stage.run("gcc", "-O2", "-I", one, "-o", program,
                  os.path.join(EXAMPLES, "c/match.c"),
                  os.path.join(one, "hotline-match.c"), "-pthread", "-lm")
        self.answers(program)

    def test_python(self):
        self.answers("python3", os.path.join(EXAMPLES, "python/match.py"))

    @unittest.skipUnless(shutil.which("go"), "no go")
    def test_go(self):
        program = stage.made("example-go")
        stage.run("go", "build", "-o", program, ".", env=GO,
                  cwd=os.path.join(EXAMPLES, "go"))
        self.answers(program)


if __name__ == "__main__":
    unittest.main()
