# SPDX-License-Identifier: Apache-2.0
"""bench/curves.py: the pictures and tables hold what was measured."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
PAGE = """\
before
<!-- table: speed -->
<!-- end -->
<!-- table: recall -->
old
<!-- end -->
behind
"""


def line(name, value, peer=None, peer_value=None):
    return json.dumps({
        "name": name, "value": value, "unit": "1/s", "ratio": None,
        "peer": peer and {"name": peer, "value": peer_value},
        "machine": "x86_64, 2 cores"}) + "\n"


SPEED = (line("match.uniform_1000_queries", 300000, "Peer <A>", 4000) +
         line("match.uniform_1000_queries", 500000, "Peer B", 50) +
         line("match.uniform_1000_queries", 400000) +
         line("match.uniform_1000000_queries", 52000, "Peer <A>", 400) +
         line("match.leaf_1000000_queries", 41000))
RECALL = "".join(
    line(f"match.{data}_1000_recall_at_{at}", float(at < 32), "Peer <A>",
         max(0, 1 - at / 50) if data == "leaf" else 1)
    for at in range(41) for data in ("uniform", "leaf"))


class Curves(unittest.TestCase):
    def draw(self, text):
        """Exit status, what was said, and the texts that were made."""
        with tempfile.TemporaryDirectory() as docs:
            path = os.path.join(docs, "matching.md")
            with open(path, "w", encoding="utf-8") as f:
                f.write(PAGE)
            done = subprocess.run(
                [sys.executable, os.path.join(ROOT, "bench/curves.py"), "-",
                 "--docs", docs], input=text, capture_output=True, text=True,
                check=False, timeout=60)
            made = {}
            for folder, _, names in os.walk(docs):
                for name in names:
                    with open(os.path.join(folder, name),
                              encoding="utf-8") as f:
                        made[name] = f.read()
        return done.returncode, done.stderr, made

    def test_both(self):
        status, said, made = self.draw("bench: match\n" + SPEED + RECALL +
                                       line("match.uniform_1000_open", 3))
        self.assertEqual((0, ""), (status, said))
        for name, curves, marks in (
                ("match-speed.svg", {"libhotline-match", "Peer <A>", "Peer B",
                                     "libhotline-match, leaf data"}, 6),
                ("match-recall.svg", {"libhotline-match", "Peer <A>"}, None)):
            tree = xml.etree.ElementTree.fromstring(made[name])
            words = {e.text for e in tree.iter() if e.tag.endswith("}text")}
            self.assertLessEqual(curves, words)
            lines = [e for e in tree.iter() if e.tag.endswith("}polyline")]
            self.assertEqual(len(curves), len(lines))
            if marks:
                points = sum(len(e.get("points").split()) for e in lines)
                self.assertEqual(marks, points)
        page = made["matching.md"]
        self.assertTrue(page.startswith("before\n"))
        self.assertTrue(page.endswith("behind\n"))
        for row in ("| look-ups a second at | 1 k | 1 M |",
                    "| libhotline-match | 400 k | 52 k |",
                    "| libhotline-match, leaf data | – | 41 k |",
                    "| Peer B | 50 | – |",
                    "| 0 | all | all |", "| 5 | all | 90 % |",
                    "| 31 | all | 38 % |", "| 35 | none | 30 % |"):
            self.assertIn(row + "\n", page)
        self.assertNotIn("| 6 |", page)
        self.assertNotIn("old", page)

    def test_one_is_missing(self):
        status, said, made = self.draw(SPEED)
        self.assertEqual(1, status)
        self.assertIn("no measure of recall", said)
        self.assertIn("match-speed.svg", made)
        self.assertNotIn("match-recall.svg", made)
        self.assertIn("old", made["matching.md"])

    def test_what_is_no_result(self):
        status, said, made = self.draw(SPEED + '{"name": "match.que\n')
        self.assertEqual(1, status)
        self.assertIn("-:6: ", said)
        self.assertEqual({"matching.md"}, set(made))
        self.assertEqual(1, self.draw("")[0])


if __name__ == "__main__":
    unittest.main()
