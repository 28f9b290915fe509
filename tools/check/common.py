# SPDX-License-Identifier: Apache-2.0
"""What the checks share: the files of the tree, errors with their place,
and C source with comments and literals blanked out."""
import os
import re
import subprocess
import sys

ROOT = os.environ.get("HL_CHECK_ROOT") or os.path.dirname(os.path.dirname(
    os.path.dirname(os.path.abspath(__file__))))


class Report:
    """Prints errors as they come; `end` adds the warnings, of which it shows
    a few, and a last line."""

    WARNINGS_SHOWN = 8

    def __init__(self):
        self.errors = 0
        self.warnings = []

    def error(self, path, line, text):
        self.errors += 1
        place = f"{path}:{line}" if line else path
        print(f"{place}: {text}")

    def warn(self, path, line, text):
        place = f"{path}:{line}" if line else path
        self.warnings.append(f"{place}: warning: {text}")

    def end(self, summary):
        for text in self.warnings[:self.WARNINGS_SHOWN]:
            print(text)
        more = len(self.warnings) - self.WARNINGS_SHOWN
        if more > 0:
            print(f"and {more} more warnings")
        if self.errors:
            print(f"{self.errors} errors; {summary}")
        else:
            print(summary)
        sys.exit(1 if self.errors else 0)


def skip(why):
    print(why)
    sys.exit(77)


def all_files():
    """Every file of the project, also those git has not been told of yet,
    as sorted paths from the root."""
    done = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "-co", "--exclude-standard"],
        capture_output=True, check=False)
    if done.returncode == 0:
        names = done.stdout.decode().split("\0")
    else:
        names = []
        for folder, folders, files in os.walk(ROOT):
            folders[:] = [f for f in folders if not f.startswith(
                (".git", "build", "node_modules", "__pycache__"))]
            names += [os.path.relpath(os.path.join(folder, f), ROOT)
                      for f in files]
    return sorted({n for n in names
                   if n and os.path.isfile(os.path.join(ROOT, n))})


def files_like(*suffixes, under=""):
    return [n for n in all_files()
            if n.endswith(suffixes) and n.startswith(under)]


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8",
              errors="surrogateescape") as f:
        return f.read()


TOKEN = re.compile(
    r"""//(?:\\\n|[^\n])*           # a line comment
      | /\*.*?\*/                   # a comment
      | "(?:\\.|[^"\\\n])*"         # a string
      | '(?:\\.|[^'\\\n])*'         # a character
    """, re.S | re.X)


def blank(source):
    """Comments and the insides of literals as spaces, lines kept."""
    def hide(match):
        text = match.group(0)
        if text[0] in "\"'":
            return text[0] + re.sub(r"[^\n]", "_", text[1:-1]) + text[0]
        return re.sub(r"[^\n]", " ", text)
    return TOKEN.sub(hide, source)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1
