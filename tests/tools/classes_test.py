# SPDX-License-Identifier: Apache-2.0
"""Every class that a template names is in the sheet of its pages: a page is
never written for a component that was left out. A few names of GOV.UK's
carry no style and are there for their structure.
"""

import os
import re
import subprocess
import tempfile
import unittest

PLAIN = set('''govuk-checkboxes govuk-radios govuk-table__body
    govuk-table__head govuk-table__row moj-timeline__header'''.split())
FOLDERS = {'site': 'public'}  # all others: staff; widgets fit both or staff
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
TEMPLATES = os.path.join(ROOT, 'src', 'web', 'templates')


def classes_of_sheet(path):
    with open(path, encoding='utf-8') as f:
        return set(re.findall(r'\.((?:govuk|moj|hl)-[\w-]+)', f.read()))


def classes_of_template(path):
    """Those that stand there whole; made-up ends of names are skipped."""
    with open(path, encoding='utf-8') as f:
        text = f.read()
    for value in re.findall(r'class="([^"]*)"', text):
        value = re.sub(r'\{%.*?%\}', ' ', value)
        value = re.sub(r'\{\{.*?\}\}', '@', value)
        for name in value.split():
            if '@' not in name:
                yield name


class Classes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as d:
            subprocess.run(['node', os.path.join(ROOT, 'tools/styles.mjs'),
                            d], check=True)
            cls.sheets = {n: classes_of_sheet(os.path.join(d, n + '.css'))
                          for n in ('public', 'staff')}

    def test_every_class_has_its_style(self):
        n = 0
        for folder, _, files in os.walk(TEMPLATES):
            top = os.path.relpath(folder, TEMPLATES).split(os.sep)[0]
            sheet = FOLDERS.get(top, 'staff')
            for file in sorted(files):
                path = os.path.join(folder, file)
                for name in classes_of_template(path):
                    n += 1
                    with self.subTest(template=path, name=name):
                        self.assertTrue(
                            name in PLAIN or name in self.sheets[sheet],
                            'not in %s.css' % sheet)
        self.assertGreater(n, 100)

    def test_the_public_sheet_is_in_the_staff_sheet(self):
        self.assertEqual(
            set(), self.sheets['public'] - self.sheets['staff'])


if __name__ == '__main__':
    unittest.main()
