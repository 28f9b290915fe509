#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts static files into C: embed.py --out FILE.c FILE...

Each .css, .js and .svg becomes a row of hl_web_statics[], with a gzipped
twin and a hash of its content in its address (src/web/static.h).
"""

import argparse
import gzip
import hashlib
import os
import sys

TYPES = {'.css': 'text/css; charset=utf-8',
         '.js': 'text/javascript; charset=utf-8',
         '.svg': 'image/svg+xml'}


def array(name, data):
    rows = []
    for at in range(0, len(data), 16):
        rows.append('\t' + ','.join('%d' % b for b in data[at:at + 16]))
    return 'static const unsigned char %s[] = {\n%s};\n' % (
        name, ',\n'.join(rows))


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--out', required=True)
    ap.add_argument('files', nargs='+')
    args = ap.parse_args()
    arrays, rows = [], []
    for i, path in enumerate(sorted(args.files, key=os.path.basename)):
        with open(path, 'rb') as f:
            data = f.read()
        file = os.path.basename(path)
        packed = gzip.compress(data, 9, mtime=0)
        digest = hashlib.sha256(data).hexdigest()[:12]
        base, ext = os.path.splitext(file)
        arrays += [array('plain_%d' % i, data), array('gzip_%d' % i, packed)]
        rows.append(
            '\t{"%s", "/static/%s.%s%s", "%s", "\\"%s\\"",\n'
            '\t\t{(const char *)plain_%d, sizeof(plain_%d)},\n'
            '\t\t{(const char *)gzip_%d, sizeof(gzip_%d)}},\n' % (
                file, base, digest, ext, TYPES[ext], digest, i, i, i, i))
    text = '/* Made by tools/embed.py; do not edit. */\n'
    text += '#include "web/static.h"\n\n' + '\n'.join(arrays)
    text += '\nconst struct hl_web_static hl_web_statics[] = {\n'
    text += ''.join(rows) + '\t{0},\n};\n'
    with open(args.out, 'w') as f:
        f.write(text)
    return 0


if __name__ == '__main__':
    sys.exit(main())
