# SPDX-License-Identifier: Apache-2.0
"""An import that is killed at random moments and gone on with, again and
again, gives the index that one gives which was never stopped."""
import json
import os
import random
import subprocess
import tempfile
import time
import unittest

HOTLINE = os.environ["HL_HOTLINE"]
RECORDS, KILLS = 6000, 12


def digits(draw, n):
    return "".join(f"{draw.randrange(256):02x}" for _ in range(n))


def csv(draw, path):
    with open(path, "w", encoding="utf-8") as f:
        f.write("id,kind,hash,part,label\n")
        for i in range(RECORDS):
            for part in range(1 + i % 3):
                f.write(f"m/{i},pdq,{digits(draw, 32)},{part},A{i % 5}\n")
            if i % 50 == 0:
                f.write(f"bad {i},md5,zz,,\n")
            if i % 40 == 39:  # the same entry once more
                f.write(f"m/{i - 30},sha1,{digits(draw, 20)},,B\n")


def vics(draw, path):
    media = [{"MediaID": i, "MD5": digits(draw, 16), "Category": i % 3,
              "Series": f"s{i % 11}", "AlternativeHashes": [
                  {"HashName": "PDQ", "HashValue": digits(draw, 32)},
                  {"HashName": "PhotoDNA", "HashValue": "QUJD"}]}
             for i in range(RECORDS)]
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"@odata.context": "2.0.xml/US/$metadata#Cases",
                   "value": [{"CaseID": "c", "Media": media}]}, f)


def ncmec(draw, path):
    with open(path, "w", encoding="utf-8") as f:
        f.write('<queryResult xmlns="https://hashsharing.ncmec.org/'
                'hashsharing/v2"><images>\n')
        for i in range(RECORDS // 2):
            f.write(f"<image><member id='4'>x</member><id>{i}</id>"
                    f"<fingerprints><md5>{digits(draw, 16)}</md5>"
                    "</fingerprints></image>\n")
            if i % 10 == 9:
                f.write(f"<deletedImage><member id='4'>x</member>"
                        f"<id>{i - 5}</id></deletedImage>\n")
        f.write("</images></queryResult>\n")


def run(*words):
    return subprocess.run([HOTLINE, "hashlist", *words], text=True,
                          capture_output=True, timeout=120, check=False)


def export(index):
    done = run("export", "--index", index, "--list", "one")
    assert done.returncode == 0, done.stderr
    return done.stdout


def command(index, path, report):
    return ["import", "--index", index, "--list", "one", "--batch", "300",
            "--replace", "--report", report, path]


def state_of(index):
    try:
        return os.stat(index + "/import-1.json").st_ino
    except FileNotFoundError:
        return 0


def has_place(index):
    """Whether the place of the last commit is known for sure: the first
    state is there before the first commit."""
    try:
        with open(index + "/import-1.json", encoding="utf-8") as f:
            return len(json.load(f)["states"]) == 2
    except FileNotFoundError:
        return False


class KilledTest(unittest.TestCase):
    def one_run(self, words, index, kill):
        """Whether it came to its end before it was killed, which kill does.
        One that has a place to go on from must do so."""
        place = has_place(index)
        with tempfile.TemporaryFile("w+") as said, \
                subprocess.Popen(words, stdout=subprocess.DEVNULL,
                                 stderr=said) as one:
            kill(one)
            one.wait(120)
            said.seek(0)
            words = said.read()
        if place:
            self.places += 1
            self.assertNotIn("from the beginning", words)
        if one.returncode >= 0:
            self.assertIn(one.returncode, (0, 1), words)
        return one.returncode >= 0

    def killed(self, at, path, draw):
        """Kills after a few commits and a random moment more."""
        index, self.places = os.path.join(at, "killed"), 0
        words = [HOTLINE, "hashlist", *command(index, path, at + "/k.json"),
                 "--resume"]

        def kill(one):
            for _ in range(draw.randrange(3)):
                before = state_of(index)
                while one.poll() is None and state_of(index) == before:
                    time.sleep(0.001)
            time.sleep(draw.uniform(0, 0.02))
            one.kill()

        kills = 0
        while kills < KILLS and not self.one_run(words, index, kill):
            kills += 1
        if kills == KILLS:
            self.one_run(words, index, lambda one: None)
        return kills, index

    def equal_in_the_end(self, make, name, seed):
        draw = random.Random(seed)
        with tempfile.TemporaryDirectory() as at:
            path, whole = os.path.join(at, name), os.path.join(at, "whole")
            make(draw, path)
            done = run(*command(whole, path, at + "/w.json"))
            self.assertIn(done.returncode, (0, 1), done.stderr)
            self.assertIn(" new entries\n", done.stdout)
            kills, index = self.killed(at, path, draw)
            self.assertGreater(kills, 0, "nothing was killed")
            self.assertGreater(self.places, 0, "nothing was gone on with")
            self.assertEqual(export(whole), export(index))
            self.assertEqual(0, run("verify", "--index", index).returncode)
            with open(at + "/w.json", encoding="utf-8") as f:
                want = f.read().splitlines()
            with open(at + "/k.json", encoding="utf-8") as f:
                self.assertEqual(want[:-1], f.read().splitlines()[:-1])
            self.assertFalse(os.path.exists(index + "/import-1.json"))

    def test_csv(self):
        self.equal_in_the_end(csv, "a.csv", 1)

    def test_vics(self):
        self.equal_in_the_end(vics, "a.json", 2)

    def test_ncmec(self):
        self.equal_in_the_end(ncmec, "a.xml", 3)

    def test_a_file_that_changed_is_not_gone_on_with(self):
        with tempfile.TemporaryDirectory() as at:
            path, index = os.path.join(at, "a.csv"), os.path.join(at, "idx")
            csv(random.Random(4), path)
            words = [HOTLINE, "hashlist",
                     *command(index, path, at + "/k.json")]
            state = os.path.join(index, "import-1.json")
            with subprocess.Popen(words, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL) as one:
                while not os.path.exists(state) and one.poll() is None:
                    time.sleep(0.002)
                one.kill()
            self.assertTrue(os.path.exists(state))
            with open(path, "a", encoding="utf-8") as f:
                f.write(f"new,md5,{'ab' * 16},,\n")
            done = run(*command(index, path, at + "/k.json"), "--resume")
            self.assertEqual(1, done.returncode)
            self.assertIn("the file has changed since", done.stderr)


if __name__ == "__main__":
    unittest.main()
