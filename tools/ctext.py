#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts a text file into C: ctext.py NAME HEADER FILE OUT.c

OUT.c includes HEADER, which declares `extern const char NAME[];`, and
defines it as FILE's text, ended by a NUL."""
import sys


def main(name, header, source, out):
    with open(source, encoding="utf-8") as f:
        lines = f.read().splitlines()
    with open(out, "w", encoding="utf-8") as f:
        f.write(f'/* Made from a text file by tools/ctext.py. */\n#include "{header}"\n\nconst char {name}[] =\n')
        for line in lines:
            text = line.encode()
            f.write('\t"' + "".join(
                chr(b) if 32 <= b < 127 and b not in b'"\\?' else f"\\{b:03o}" for b in text) + '\\n"\n')
        f.write("\t;\n")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
