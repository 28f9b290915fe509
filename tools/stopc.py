#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles what the stop page is made of into C:

    stopc.py --words WORDS.C --style STYLE.CSS --out FILE.c LANG.po...

A translation that lacks a message, has one that the page does not have, or
has other places to fill than the original stops the build."""
import argparse
import ast
import base64
import hashlib
import os
import re
import sys


def fail(path, what):
    sys.exit('%s: %s' % (path, what))


def joined(pieces):
    return ''.join(ast.literal_eval(p) for p in
                   re.findall(r'"(?:\\.|[^"\\])*"', pieces))


def originals(path):
    """Name and English words of each message, in order."""
    with open(path, encoding='utf-8') as f:
        text = f.read()
    found = re.findall(r'\[(HL_STOP_W_\w+)\]\s*=\s*HL_TR\('
                       r'((?:\s*"(?:\\.|[^"\\])*")+)\)', text)
    return [(name, joined(words)) for name, words in found]


def read_po(path):
    """msgid to msgstr; plural forms and contexts are not needed here."""
    with open(path, encoding='utf-8') as f:
        text = re.sub(r'^#[ .:|].*\n|^#\n', '', f.read(), flags=re.M)
    if re.search(r'^#,.*fuzzy|^msgctxt|^msgid_plural', text, re.M):
        fail(path, 'fuzzy, with a context or a plural: none of these')
    block = r'\s+((?:"(?:\\.|[^"\\])*"\s*)+)'
    found = {}
    for msgid, msgstr in re.findall('msgid%smsgstr%s' % (block, block), text):
        key = joined(msgid)
        if key in found:
            fail(path, 'twice: ' + key)
        found[key] = joined(msgstr)
    found.pop('', None)
    return found


def places(text):
    return sorted(re.findall(r'\{[^{}]*\}', text))


def check(path, words, translated):
    wanted = [w for _, w in words]
    for one in wanted:
        if not translated.get(one, '').strip():
            fail(path, 'not translated: ' + one)
        if places(one) != places(translated[one]):
            fail(path, 'has other places to fill: ' + translated[one])
    for one in translated:
        if one not in wanted:
            fail(path, 'the page has no such words: ' + one)


def c_string(text):
    out = []
    for b in text.encode():
        c = chr(b)
        if c in '"\\':
            out.append('\\' + c)
        elif 32 <= b < 127:
            out.append(c)
        else:
            out.append('\\%03o' % b)
    return '"' + ''.join(out) + '"'


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--words', required=True)
    ap.add_argument('--style', required=True)
    ap.add_argument('--out', required=True)
    ap.add_argument('po', nargs='+')
    args = ap.parse_args()
    words = originals(args.words)
    out = ['/* Made by tools/stopc.py; do not edit. */',
           '#include "stop/words.h"', '',
           'const struct hl_stop_translation hl_stop_translations[] = {']
    for path in sorted(args.po):
        translated = read_po(path)
        check(path, words, translated)
        tag = os.path.basename(path)[:-len('.po')]
        out.append('\t{.tag = "%s", .words = {' % tag)
        out += ['\t\t[%s] = %s,' % (name, c_string(translated[one]))
                for name, one in words]
        out.append('\t}},')
    with open(args.style, encoding='utf-8') as f:
        style = re.sub(r'/\*.*?\*/', '', f.read(), flags=re.S)
    style = re.sub(r'\s*([{}:;,])\s*', r'\1', ' '.join(style.split()))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest())
    out += ['};', 'const size_t hl_stop_n_translations = %d;' % len(args.po),
            'const char hl_stop_style[] =', '\t%s;' % c_string(style),
            'const char hl_stop_style_hash[] = "sha256-%s";'
            % digest.decode(), '']
    with open(args.out, 'w', encoding='utf-8') as f:
        f.write('\n'.join(out))
    return 0


if __name__ == '__main__':
    sys.exit(main())
