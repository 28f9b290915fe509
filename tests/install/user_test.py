# SPDX-License-Identifier: Apache-2.0
"""What hotline user refuses, and by which exit status."""
import os
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.environ["HL_SOURCE_ROOT"]
HOTLINE = os.environ["HL_HOTLINE"]


class User(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="hl-user-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.made(cls, "plain")
        cls.sheets = cls.made(cls, "sheets", "--escrow", "2/3")

    def made(self, name, *words):
        return self.run_it(self, name, "init", *words, check=True).stdout

    def run_it(self, name, *words, check=False, text=""):
        return subprocess.run(
            [HOTLINE, *words, "--dir", os.path.join(self.folder, name)],
            env=dict(os.environ, HOTLINE_DATA=ROOT), input=text, timeout=60,
            capture_output=True, text=True, check=check)

    def test_exit_statuses(self):
        for words, status, says in (
                ("list", 0, ""),
                ("add supervisor Foo analyst", 1, "is taken"),
                ("add foo Foo chef", 2, 'no role "chef"'),
                ("add foo Foo analyst,administrator", 1, "do not go"),
                ("add Foo Foo analyst", 1, "out of form"),
                ("add foo Foo analyst", 0, ""),
                ("roles foo chef", 2, 'no role "chef"'),
                ("roles foo verifier", 0, ""),
                ("roles nobody verifier", 3, "no login"),
                ("reset nobody", 3, "no login"),
                ("reset foo", 0, ""),
                ("reset", 2, "--help"),
                ("dismiss foo", 2, "--help"),
                ("disable supervisor", 1, "last supervisor"),
                ("reset supervisor", 1, "to another supervisor"),
                ("reset supervisor --from-sheets", 1, "to another superv"),
                ("reset admin", 0, "")):
            with self.subTest(words):
                done = self.run_it("plain", "user", *words.split())
                self.assertEqual(status, done.returncode, done.stderr)
                self.assertIn(says, done.stderr)
        listed = self.run_it("plain", "user", "list").stdout
        self.assertRegex(listed, r"supervisor .* holds keys")

    def test_keys_come_back_from_sheets(self):
        done = self.run_it("sheets", "user", "reset", "supervisor")
        self.assertEqual(1, done.returncode)
        self.assertIn("--from-sheets", done.stderr)
        done = self.run_it("sheets", "user", "reset", "supervisor",
                           "--from-sheets")
        self.assertEqual(0, done.returncode, done.stderr)
        found = self.run_it("sheets", "doctor").stdout
        self.assertRegex(found, "ERROR +keys +Nobody can open reports")
        self.assertIn("hotline user recover", found)
        typed = self.sheets[self.sheets.index("# ---"):
                            self.sheets.rindex("Made ")]
        done = self.run_it("sheets", "user", "recover", "supervisor",
                           text=typed)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertNotIn("Nobody can open",
                         self.run_it("sheets", "doctor").stdout)


if __name__ == "__main__":
    unittest.main()
