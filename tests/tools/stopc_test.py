# SPDX-License-Identifier: Apache-2.0
"""The compiler of the stop page: what it makes, and each translation that it
refuses."""

import base64
import hashlib
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))

WORDS = '''static const char *const english[] = {
	[HL_STOP_W_ONE] = HL_TR("One \\"word\\" "
				"of {hotline}"),
	[HL_STOP_W_TWO] =
		HL_TR("Two"),
};
'''
HEAD = '# SPDX-License-Identifier: Apache-2.0\n' \
    'msgid ""\nmsgstr ""\n"Language: xx\\n"\n\n'
ONE = 'msgid "One \\"word\\" of {hotline}"\n'
GOOD = HEAD + ONE + 'msgstr ""\n"Ett av "\n"{hotline}é"\n\n' \
    'msgid "Two"\nmsgstr "To"\n'


def compile_po(po, style='a { b: c }\n'):
    with tempfile.TemporaryDirectory() as d:
        for name, text in (('words.c', WORDS), ('style.css', style),
                           ('xx.po', po)):
            with open(os.path.join(d, name), 'w', encoding='utf-8') as f:
                f.write(text)
        out = os.path.join(d, 'out.c')
        run = subprocess.run(
            [sys.executable, os.path.join(ROOT, 'tools', 'stopc.py'),
             '--words', os.path.join(d, 'words.c'), '--style',
             os.path.join(d, 'style.css'), '--out', out,
             os.path.join(d, 'xx.po')],
            capture_output=True, text=True, check=False)
        made = None
        if os.path.exists(out):
            with open(out, encoding='utf-8') as f:
                made = f.read()
        return run.returncode, run.stderr, made


class Stopc(unittest.TestCase):
    def test_made(self):
        status, errors, made = compile_po(GOOD)
        self.assertEqual((status, errors), (0, ''))
        self.assertIn('{.tag = "xx"', made)
        self.assertIn('[HL_STOP_W_ONE] = "Ett av {hotline}\\303\\251",', made)
        self.assertIn('[HL_STOP_W_TWO] = "To",', made)
        self.assertIn('hl_stop_n_translations = 1;', made)

    def test_style(self):
        _, _, made = compile_po(
            GOOD, '/* no */\na  {\n\tb: "x  y" ;\n}\nc > d { e: f }\n')
        small = 'a{b:"x y";}c > d{e:f}'
        digest = base64.b64encode(
            hashlib.sha256(small.encode()).digest()).decode()
        self.assertIn('a{b:\\"x y\\";}c > d{e:f}', made)
        self.assertIn('"sha256-%s"' % digest, made)

    def test_refused(self):
        for name, po, says in (
                ('missing', HEAD + 'msgid "Two"\nmsgstr "To"\n',
                 'not translated'),
                ('empty', GOOD.replace('"To"', '""'), 'not translated'),
                ('blank', GOOD.replace('"To"', '" "'), 'not translated'),
                ('no place', GOOD.replace('{hotline}é', 'e'),
                 'other places'),
                ('another place', GOOD.replace('{hotline}é', '{hotlin}'),
                 'other places'),
                ('place twice', GOOD.replace('é', '{hotline}'),
                 'other places'),
                ('a place more', GOOD.replace('"To"', '"To {ref}"'),
                 'other places'),
                ('too many', GOOD + '\nmsgid "Three"\nmsgstr "Tre"\n',
                 'no such words'),
                ('twice', GOOD + '\nmsgid "Two"\nmsgstr "Tvo"\n', 'twice'),
                ('fuzzy', GOOD.replace('msgid "Two"',
                                       '#, fuzzy\nmsgid "Two"'), 'fuzzy'),
                ('context', GOOD.replace('msgid "Two"',
                                         'msgctxt "x"\nmsgid "Two"'),
                 'fuzzy'),
                ('nothing', '', 'not translated')):
            with self.subTest(name):
                status, errors, made = compile_po(po)
                self.assertNotEqual(status, 0)
                self.assertIn(says, errors)
                self.assertIsNone(made)


if __name__ == '__main__':
    unittest.main()
