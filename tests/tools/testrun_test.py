# SPDX-License-Identifier: Apache-2.0
"""The counting of ./test: what TAP says, and that nothing that went wrong
is counted as well."""
import contextlib
import importlib.machinery
import importlib.util
import io
import os
import subprocess
import sys
import tempfile
import unittest

TOOLS = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))), "tools")


def load(name):
    spec = importlib.util.spec_from_file_location(
        name, os.path.join(TOOLS, name + ".py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


testrun = load("testrun")

# name, TAP text, exit status -> passed, failed, skipped
ROWS = (
    ("all well", "1..2\nok 1 - a\nok 2 - b\n", 0, (2, 0, 0)),
    ("one failed", "1..2\nok 1 - a\nnot ok 2 - b\n", 1, (1, 1, 0)),
    ("failed but exits 0", "not ok 1 - a\n1..1\n", 0, (0, 1, 0)),
    ("skipped", "ok 1 - a # SKIP no such\n1..1\n", 0, (0, 0, 1)),
    ("skipped, cmocka's way", "not ok 1 # SKIP a\n1..1\n", 0, (0, 0, 1)),
    ("all skipped", "1..0 # SKIP no data\n", 0, (0, 0, 1)),
    ("all skipped, yet failed", "1..0 # SKIP x\n", 1, (0, 1, 1)),
    ("died", "1..3\nok 1 - a\n", 139, (1, 1, 0)),
    ("died without plan", "ok 1 - a\n", 139, (1, 1, 0)),
    ("fewer than planned", "1..3\nok 1 - a\nok 2 - b\n", 0, (2, 1, 0)),
    ("more than planned", "1..1\nok 1 - a\nok 2 - b\n", 0, (2, 1, 0)),
    ("nothing", "", 0, (0, 1, 0)),
    ("empty plan", "1..0\n", 0, (0, 1, 0)),
    ("two groups", "1..1\nok 1 - a\n1..1\nok 1 - b\n", 0, (2, 0, 0)),
    ("words only", "okay\nnot okay\n", 0, (0, 1, 0)),
    ("comments", "# ok 1 - a\nok 1 - b\n1..1\n", 0, (1, 0, 0)),
)


class JudgeTest(unittest.TestCase):
    def test_rows(self):
        for name, text, code, expected in ROWS:
            with self.subTest(name), contextlib.redirect_stdout(
                    io.StringIO()):
                tally = testrun.Tally()
                testrun.judge(tally, "part", text, code)
                self.assertEqual(expected, (
                    tally.passed, len(tally.failures), tally.skipped))


class ExcerptTest(unittest.TestCase):
    TEXT = ("ok 1 - a\n# of a\nnot ok 2 - b\n# why\n# where\nok 3 - c\n"
            + "not ok 4 - d\n# not reached: \"b\" failed\n"
            + "".join(f"ok {i} - x\n" for i in range(5, 90)) + "last\n")

    def test_failing_cases_then_the_end(self):
        lines = testrun.excerpt(self.TEXT).splitlines()
        self.assertEqual(["not ok 2 - b", "# why", "# where"], lines[:3])
        self.assertEqual("last", lines[-1])
        self.assertEqual(4 + 40, len(lines))

    def test_no_case_failed(self):
        self.assertEqual("a\nb", testrun.excerpt("a\nb\n"))

    def test_long_stories_are_cut(self):
        text = "".join(f"not ok {i} - a\n" + "# b\n" * 50
                       for i in range(100))
        self.assertEqual(10 * 13 + 1 + 40,
                         len(testrun.excerpt(text).splitlines()))

    def test_a_story_keeps_its_end(self):
        text = "not ok 1 - a\n" + "".join(f"# {i}\n" for i in range(50))
        lines = testrun.excerpt(text, most=1).splitlines()
        self.assertEqual(["# 0", "# 1", "# 2", "# ...", "# 42"], lines[1:6])
        self.assertIn("# 49", lines[6:13])

    def test_failures_are_told_before_the_rest(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            testrun.judge(testrun.Tally(), "one", self.TEXT + "1..89\n", 1)
        lines = out.getvalue().splitlines()
        self.assertEqual("     | not ok 2 - b", lines[1])
        self.assertIn("     | all that it said:", lines)

    def test_told_last(self):
        tally, out = testrun.Tally(), io.StringIO()
        with contextlib.redirect_stdout(io.StringIO()):
            testrun.judge(tally, "one", self.TEXT + "1..89\n", 1)
            testrun.judge(tally, "two", "ok 1 - a\n1..1\n", 0)
        with contextlib.redirect_stdout(out):
            testrun.tell_failures(tally)
        lines = out.getvalue().rstrip().splitlines()
        self.assertIn("     | # why", lines)
        self.assertEqual(["failed: one: b", "failed: one: d"], lines[-2:])
        self.assertNotIn("two", out.getvalue())


class RunTest(unittest.TestCase):
    """tests/e2e/run on scripts of its own."""

    def load(self, folder, scripts):
        loader = importlib.machinery.SourceFileLoader(
            "e2e_run", os.path.join(os.path.dirname(TOOLS), "tests", "e2e",
                                    "run"))
        module = importlib.util.module_from_spec(
            importlib.util.spec_from_loader("e2e_run", loader))
        loader.exec_module(module)
        module.HERE = folder
        for name, text in scripts.items():
            with open(os.path.join(folder, name), "w",
                      encoding="utf-8") as f:
                f.write(text)
        return module

    def test_what_failed_comes_last(self):
        good = "import time; time.sleep(.5); print('ok 1 - a\\n1..1')"
        with tempfile.TemporaryDirectory() as folder:
            module = self.load(folder, {
                "a_test.py": "import sys; print('not ok 1 - b', flush=True);"
                "sys.exit('of stderr')", "b_test.py": good})
            module.sys.argv, argv = ["run"], module.sys.argv
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                status = module.main()
            module.sys.argv = argv
        self.assertEqual(1, status)
        self.assertEqual(["ok - a (b_test.py)", "not ok - b (a_test.py)",
                          "of stderr", "1..2"], out.getvalue().splitlines())

    def test_one_that_hangs_is_ended(self):
        with tempfile.TemporaryDirectory() as folder:
            module = self.load(folder, {
                "a_test.py": "import time; print('ok 1 - a', flush=True);"
                "time.sleep(60)"})
            module.MOST_S = .5
            told, n, bad = module.run("a_test.py")
        self.assertEqual((2, 1), (n, bad))
        self.assertRegex(told[-1], "^not ok - a_test.py ended with -15")


class PytapTest(unittest.TestCase):
    SOURCE = """
import unittest
class T(unittest.TestCase):
    def test_good(self):
        pass
    def test_bad(self):
        self.fail("no")
    def test_raises(self):
        raise ValueError
    @unittest.skip("why")
    def test_skipped(self):
        pass
    def test_sub(self):
        for i in range(3):
            with self.subTest(i):
                self.assertNotEqual(1, i)
"""

    def run_pytap(self, source):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "x_test.py"), "w",
                      encoding="utf-8") as f:
                f.write(source)
            return subprocess.run(
                [sys.executable, os.path.join(TOOLS, "pytap.py"), folder],
                capture_output=True, text=True, check=False)

    def test_counts(self):
        done = self.run_pytap(self.SOURCE)
        self.assertEqual(1, done.returncode)
        cases, plan = testrun.read_tap(done.stdout)
        states = sorted(state for _, state in cases)
        self.assertEqual(["failed"] * 3 + ["passed"] * 3 + ["skipped"], states)
        self.assertEqual(7, plan)

    def test_nothing_to_run_is_a_failure(self):
        self.assertEqual(1, self.run_pytap("x = 1\n").returncode)

    def test_unreadable_module_is_a_failure(self):
        done = self.run_pytap("import nothing_of_that_name\n")
        self.assertEqual(1, done.returncode)
        self.assertIn("not ok", done.stdout)


if __name__ == "__main__":
    unittest.main()
