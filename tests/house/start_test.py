# SPDX-License-Identifier: Apache-2.0
"""What is not there when a hotline starts: serve says so, ends with the
documented status and makes nothing in its place."""
import json
import os
import shutil
import sqlite3
import sqlite3
import subprocess
import sys
import tempfile
import unittest

ROOT = os.environ["HL_SOURCE_ROOT"]
sys.path.insert(0, os.path.join(ROOT, "tests", "fixtures"))
from ports import free_port  # noqa: E402

HOTLINE = os.environ["HL_HOTLINE"]


def hotline(folder, *words):
    return subprocess.run(
        [HOTLINE, "--dir", folder, *words], text=True, capture_output=True,
        env=dict(os.environ, HOTLINE_DATA=ROOT), timeout=30, check=False)


def files(folder):
    return {os.path.relpath(os.path.join(at, name), folder)
            for at, _, names in os.walk(folder) for name in names}


class StartTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="hl-start-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.whole = os.path.join(cls.folder, "whole")
        made = hotline(cls.whole, "init",
                       "--set", f"public.listen=127.0.0.1:{free_port()}",
                       "--set", f"staff.listen=127.0.0.1:{free_port()}")
        if made.returncode:
            raise AssertionError(made.stderr)

    def setUp(self):
        self.dir = os.path.join(self.folder, self._testMethodName)
        shutil.copytree(self.whole, self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def settle(self, line):
        with open(self.path("hotline.conf"), "a", encoding="utf-8") as f:
            f.write(line + "\n")

    def refused(self, status, *words):
        """The last line has the words; lines of the log stand before it, each
        with a text. Without one no process was started, and nothing made."""
        before = files(self.dir)
        done = hotline(self.dir, "serve")
        self.assertEqual(status, done.returncode, done.stderr)
        said = done.stderr.splitlines()
        self.assertTrue(said[-1].startswith("hotline serve: "), said[-1])
        for word in words:
            self.assertIn(word, said[-1])
        self.assertFalse([s for s in said[:-1] if json.loads(s)["text"] == ""])
        if len(said) == 1:
            self.assertEqual(before, files(self.dir))
        return said

    def test_a_store_that_is_gone_is_not_made_anew(self):
        for name in ("hotline.db", "hotline.db-wal"):
            if os.path.exists(self.path(name)):
                os.remove(self.path(name))
        said = self.refused(3, "there is no store", self.path("hotline.db"),
                            "put back", "store.path")
        self.assertEqual(1, len(said), "before any process is started")

    def test_a_mistyped_path_makes_no_store(self):
        self.settle("store.path = stroe/hotline.db")
        self.refused(3, "there is no store", "stroe/hotline.db")
        self.assertFalse(os.path.exists(self.path("stroe")))

    def test_an_empty_store_is_none(self):
        os.truncate(self.path("hotline.db"), 0)
        self.refused(3, "this store is empty:", self.path("hotline.db"))
        self.assertEqual(0, os.path.getsize(self.path("hotline.db")))

    def test_commands_make_no_store_either(self):
        os.truncate(self.path("hotline.db"), 0)
        done = hotline(self.dir, "user", "list")
        self.assertEqual(3, done.returncode, done.stderr)
        self.assertIn("this store is empty:", done.stderr)
        self.assertEqual(0, os.path.getsize(self.path("hotline.db")))

    def test_a_store_without_keys_is_not_ours(self):
        store = sqlite3.connect(self.path("hotline.db"))
        store.execute("DELETE FROM key_epoch")
        store.commit()
        store.close()
        said = self.refused(3, "store ended with status 3 while starting")
        self.assertIn("not the one that hotline init made", "".join(said))

    def test_a_store_in_use(self):
        store = sqlite3.connect(self.path("hotline.db"))
        self.addCleanup(store.close)
        store.execute("PRAGMA locking_mode=EXCLUSIVE")
        store.execute("BEGIN EXCLUSIVE")
        said = self.refused(4, "store ended with status 4 while starting")
        self.assertIn("is in use", "".join(said))

    def test_a_key_that_is_gone(self):
        for name in ("worker.key", "sign.key"):
            with self.subTest(name):
                kept = self.path("kept")
                os.rename(self.path("keys/" + name), kept)
                said = self.refused(3, "there is no key",
                                    self.path("keys/" + name), "keys.dir")
                self.assertEqual(1, len(said), "before any process is started")
                os.rename(kept, self.path("keys/" + name))

    def test_a_key_that_is_none(self):
        for name in ("worker.key", "sign.key"):
            with self.subTest(name):
                with open(self.path("keys/" + name), "r+",
                          encoding="ascii") as f:
                    whole = f.read()
                    f.seek(0)
                    f.truncate()
                said = self.refused(1, "ended with status 1 while starting")
                self.assertIn(f"{name} is no ", "".join(said))
                with open(self.path("keys/" + name), "w",
                          encoding="ascii") as f:
                    f.write(whole)

    def test_a_law_profile_that_is_gone(self):
        os.remove(self.path("laws/baseline.json"))
        said = self.refused(1, "staff ended with status 1 while starting")
        self.assertIn("there is no law profile", "".join(said))

    def test_settings_that_are_none(self):
        self.settle("no.such = setting")
        self.refused(1, "no.such: no such setting")

    def test_no_installation(self):
        shutil.rmtree(self.dir)
        os.mkdir(self.dir)
        self.refused(3, "no installation in", self.dir)

    def test_commands_want_an_installation_and_its_store(self):
        os.remove(self.path("hotline.db"))
        os.mkdir(self.path("none"))
        for words in ("user list", "user reset anna", "report list",
                      "case list", "case show C-2222-2222-2", "refer list",
                      "watch list", "watch status", "stats", "audit list",
                      "backup " + self.path("copy")):
            for folder in (self.dir, self.path("none")):
                with self.subTest(words, folder=folder):
                    done = hotline(folder, *words.split())
                    self.assertEqual(3, done.returncode, done.stderr)
                    self.assertRegex(done.stderr, "there is no store|"
                                     "no installation in")
        self.assertFalse(os.path.exists(self.path("hotline.db")))

    def test_init_warns_of_nothing_when_all_is_well(self):
        shutil.rmtree(self.dir)
        done = hotline(self.dir, "init", "--set",
                       "public.listen=127.0.0.1:9430")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertNotRegex(done.stderr, "(public|staff)[.]url")

    def test_init_warns_of_a_url_that_leads_elsewhere(self):
        shutil.rmtree(self.dir)
        done = hotline(self.dir, "init", "--set",
                       "public.url=http://127.0.0.1:8080", "--set",
                       "public.listen=127.0.0.1:9430")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("hotline init: public.url = http://127.0.0.1:8080 leads "
                      "elsewhere than public.listen = 127.0.0.1:9430",
                      done.stderr)

    def test_init_founds_no_store_a_second_time(self):
        shutil.rmtree(self.path("keys"))
        os.remove(self.path("hotline.conf"))
        done = hotline(self.dir, "init")
        self.assertEqual(4, done.returncode, done.stderr)
        self.assertIn("there is a store", done.stderr)
        self.assertEqual({"hotline.db"},
                         {n for n in files(self.dir)
                          if not n.startswith(("laws/", "hotline.db-"))})


if __name__ == "__main__":
    unittest.main()
