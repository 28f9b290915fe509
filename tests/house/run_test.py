# SPDX-License-Identifier: Apache-2.0
"""./run leaves what is no demonstration as it is; it says so before it
installs or builds anything."""
import os
import subprocess
import tempfile
import unittest

ROOT = os.environ["HL_SOURCE_ROOT"]
CONF = "public.url = https://report.example.org\n"


def run(*words):
    return subprocess.run([os.path.join(ROOT, "run"), *words], text=True,
                          capture_output=True, timeout=30, check=False)


class RunTest(unittest.TestCase):
    def test_a_real_hotline_is_not_changed(self):
        for words in (("--port", "9000"), ("--fresh",),
                      ("--fresh", "--port", "9000")):
            with self.subTest(words), tempfile.TemporaryDirectory() as at:
                conf = os.path.join(at, "hotline.conf")
                with open(conf, "w", encoding="utf-8") as f:
                    f.write(CONF)
                done = run("--dir", at, *words)
                self.assertEqual(1, done.returncode, done.stderr)
                self.assertIn(f"{at} is no demonstration", done.stderr)
                self.assertEqual("", done.stdout)
                self.assertEqual(["hotline.conf"], os.listdir(at))
                with open(conf, encoding="utf-8") as f:
                    self.assertEqual(CONF, f.read())

    def test_help_tells_every_option(self):
        done = run("--help")
        self.assertEqual(0, done.returncode, done.stderr)
        for option in ("--port", "--dir", "--fresh", "--build-only"):
            self.assertIn(option + " ", done.stdout.split("\n\n", 1)[1])


if __name__ == "__main__":
    unittest.main()
