# SPDX-License-Identifier: Apache-2.0
"""Whatever allocation fails, the call says so, changes nothing and works the
next time: starved.c, with sanitizers, on the joined file."""
import os
import re
import shutil
import tempfile
import unittest

import stage

WRAPPED = ("malloc", "calloc", "realloc", "aligned_alloc", "posix_memalign",
           "mmap")


class Starved(unittest.TestCase):
    def test_allocations_fail_once(self):
        one = stage.amalgamate()
        program = stage.made("starved")
        stage.run("gcc", "-g", "-O1", "-fsanitize=address,undefined",
                  "-fno-sanitize-recover=all", "-I", one,
                  os.path.join(stage.ROOT, "tests/library/starved.c"),
                  os.path.join(one, "hotline-match.c"), "-o", program,
                  *(f"-Wl,--wrap={name}" for name in WRAPPED),
                  "-pthread", "-lm")
        folder = tempfile.mkdtemp(prefix="hl-starved-")
        self.addCleanup(shutil.rmtree, folder)
        # Every third; tests/unit/match/index_fault_test has them all.
        said = stage.run(program, folder, "0", "3")
        lives = int(re.match(r"\d+ allocations, (\d+) lives$",
                             said).group(1))
        self.assertGreater(lives, 20)


if __name__ == "__main__":
    unittest.main()
