# SPDX-License-Identifier: Apache-2.0
"""The counting of ./test: what TAP says, and that nothing that went wrong
is counted as well."""
import contextlib
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
