# SPDX-License-Identifier: Apache-2.0
"""The way to a new installation: from the clone, from where the program was
installed, and what is refused before anything is made."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.environ["HL_SOURCE_ROOT"]
BUILD = os.environ["HL_BUILD_ROOT"]
HOTLINE = os.environ["HL_HOTLINE"]
IN_CLONE = os.path.dirname(os.path.realpath(BUILD)) == os.path.realpath(ROOT)
IS_ROOT = os.geteuid() == 0


class Install(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="hl-install-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.dir = os.path.join(self.folder, "hotline")

    def run_it(self, *words, program=HOTLINE, **env):
        clean = {k: v for k, v in os.environ.items()
                 if not k.startswith("HOTLINE_")}
        return subprocess.run(
            [program, *words, "--dir", self.dir], cwd=self.folder,
            env={**clean, **env}, stdin=subprocess.DEVNULL, timeout=60,
            capture_output=True, text=True, check=False)

    def made(self, done):
        self.assertEqual(0, done.returncode, done.stderr)
        for name in ("hotline.conf", "hotline.db", "keys/worker.key",
                     "laws/baseline.json", "laws/dk.json"):
            self.assertTrue(os.path.exists(os.path.join(self.dir, name)),
                            name)

    def refused(self, done, words):
        self.assertNotIn(done.returncode, (0, 3), done.stderr)
        self.assertRegex(done.stderr, words)
        self.assertFalse(os.path.exists(self.dir), "something was made")

    @unittest.skipUnless(IN_CLONE, "built outside of the clone")
    def test_from_the_clone(self):
        self.made(self.run_it("init"))

    def test_from_where_it_was_named(self):
        self.made(self.run_it("init", HOTLINE_DATA=ROOT))

    @unittest.skipUnless(shutil.which("meson"), "no meson")
    def test_where_it_was_installed(self):
        root = os.path.join(self.folder, "root")
        subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild",
                        "--quiet", "--destdir", root], check=True,
                       stdout=subprocess.DEVNULL)
        found = [os.path.join(at, "hotline")
                 for at, _, names in os.walk(root)
                 if "hotline" in names and at.endswith("bin")]
        self.assertEqual(1, len(found))
        prefix = os.path.dirname(os.path.dirname(found[0]))
        for name in os.listdir(os.path.join(ROOT, "docs", "man")):
            if name.endswith((".1", ".3")):
                self.assertTrue(os.path.exists(os.path.join(
                    prefix, "share", "man", "man" + name[-1], name)), name)
        for name in ("match.h", "urls.h"):
            self.assertTrue(os.path.exists(os.path.join(
                prefix, "include", "hotline", name)))
        self.assertNotIn("libhotline", subprocess.run(
            ["readelf", "-d", found[0]], capture_output=True, text=True,
            check=True).stdout, "it has the library in it")
        self.made(self.run_it("init", program=found[0]))
        with open(os.path.join(self.dir, "hotline.conf"),
                  encoding="utf-8") as conf:
            paths = re.findall(r"(?m)^trace\.geo\.paths *= *(.+)$",
                               conf.read())
        if os.path.isdir(os.path.join(ROOT, "node_modules/@ip-location-db")):
            self.assertTrue(paths and paths[0].startswith(root), paths)

    def test_without_its_data(self):
        alone = os.path.join(self.folder, "bin", "hotline")
        os.mkdir(os.path.dirname(alone))
        shutil.copy(HOTLINE, alone)
        if os.path.exists("/usr/local/share/hotline/laws"):
            self.skipTest("installed on this host")
        self.refused(self.run_it("init", program=alone), "HOTLINE_DATA")
        self.refused(self.run_it("init", HOTLINE_DATA=self.folder),
                     "has no laws")

    def test_what_cannot_be_right(self):
        for words, says in (
                (("--set", "public.listen=nowhere"), "public.listen"),
                (("--set", "no.such=1"), "no.such"),
                (("--set", "public.exit_url="), "public.exit_url"),
                (("--user", "nosuchuser"), "no system user nosuchuser")):
            with self.subTest(" ".join(words)):
                self.refused(
                    self.run_it("init", *words, HOTLINE_DATA=ROOT), says)

    def test_serving_as_nobody_known(self):
        self.made(self.run_it("init", HOTLINE_DATA=ROOT))
        done = self.run_it("serve", "--user", "nosuchuser")
        self.assertEqual(1, done.returncode)
        self.assertIn("no system user nosuchuser", done.stderr)

    @unittest.skipUnless(IS_ROOT, "is for root")
    def test_root_is_told(self):
        done = self.run_it("init", HOTLINE_DATA=ROOT)
        self.made(done)
        self.assertIn("belong to root", done.stderr)
        self.assertIn("belongs to root", self.run_it("doctor").stdout)
        shutil.rmtree(self.dir)
        done = self.run_it("init", "--user", "nobody", HOTLINE_DATA=ROOT)
        self.made(done)
        self.assertNotIn("root", done.stderr)
        self.assertNotIn("belongs to root", self.run_it("doctor").stdout)
        self.assertNotEqual(0, os.stat(os.path.join(
            self.dir, "hotline.db")).st_uid)


if __name__ == "__main__":
    unittest.main()
