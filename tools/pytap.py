#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: pytap.py FOLDER

Runs the unittest modules FOLDER/*_test.py and tells each case as TAP.
"""
import sys
import unittest


class TapResult(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.n = 0
        self.all_well = True
        self.split = set()  # tests whose cases were told as subtests

    def tell(self, word, test, note=""):
        self.n += 1
        name = test.id().replace("#", "")
        print(f"{word} {self.n} - {name}{note}", flush=True)

    def tell_failure(self, test, err):
        self.all_well = False
        self.tell("not ok", test)
        for line in self._exc_info_to_string(err, test).splitlines():
            print("# " + line)

    def addSuccess(self, test):
        if test.id() not in self.split:
            self.tell("ok", test)

    def addFailure(self, test, err):
        self.tell_failure(test, err)

    def addError(self, test, err):
        self.tell_failure(test, err)

    def addSubTest(self, test, subtest, err):
        self.split.add(test.id())
        if err is None:
            self.tell("ok", subtest)
        else:
            self.tell_failure(subtest, err)

    def addSkip(self, test, reason):
        self.tell("ok", test, f" # SKIP {reason}")


def main():
    folder = sys.argv[1]
    suite = unittest.defaultTestLoader.discover(folder, "*_test.py")
    result = TapResult()
    suite.run(result)
    print(f"1..{result.n}")
    return 0 if result.all_well and result.n else 1


if __name__ == "__main__":
    sys.exit(main())
