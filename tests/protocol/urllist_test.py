# SPDX-License-Identifier: Apache-2.0
"""Lists and deltas as the hotline makes them, read by the second reader:
both agree to the byte on files and on what is listed."""
import os
import random
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import unittest.mock

sys.path.insert(0, os.path.dirname(__file__))
import urllist as u  # noqa: E402
from group import L, Oprf, Wrong  # noqa: E402

MAKER = os.environ.get('HL_MAKER')
K = '05' + '00' * 31
NOW = int(time.time()) // 60
LATER = NOW + 72 * 60


def made(*args, spec=None):
    return subprocess.run([MAKER, *args], input=spec, text=True,
                          stderr=subprocess.PIPE)


def spec(tier, version, items, bits=12, k=K):
    lines = ['head %d %d %d %s' % (tier, version, bits, k)]
    lines += ['item %s %d %d %d %s' % i for i in sorted(items)]
    return '\n'.join(lines) + '\n'


def some(draw, n):
    """Items of n hosts, 1 to 30 each, as (host, scope, entry, minute, path)."""
    out = []
    for i in range(n):
        for j in range(1 if i % 5 else 1 + draw.randrange(30)):
            out.append(('h%d.example.org' % i, 1 + draw.randrange(4),
                        draw.randrange(2**40), LATER, '/p%d/' % j))
    return out


class Reader(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def make(self, name, *args, **kwargs):
        r = made('list', self.path(name), spec=spec(*args, **kwargs))
        self.assertEqual((r.returncode, r.stderr), (0, ''))
        return u.List(u.read(self.path(name)))

    def test_what_the_hotline_makes_can_be_read(self):
        draw = random.Random(1)
        for n in (0, 1, 2, 63, 64, 65, 700):
            items = some(draw, n)
            x = self.make('list', 0, 3, items, bits=17)
            self.assertEqual((x.n, x.version, x.consumer), (n, 3, 7))
            for i in range(n):
                host = 'h%d.example.org' % i
                want = sorted((s, e, m) for h, s, e, m, _ in items
                              if h == host)
                got = [(s, e, m) for s, e, _, m, _ in x.find(host, None)[1]]
                self.assertEqual(got, want)
            self.assertEqual(x.find('other.example.org', None)[1], [])

    def test_what_is_listed(self):
        items = [('page.example.org', 1, 11, LATER, '/a/b.html?x=1'),
                 ('page.example.org', 2, 12, LATER, '/any'),
                 ('page.example.org', 3, 13, LATER, '/f/g/'),
                 ('whole.example.org', 4, 14, LATER, '/'),
                 ('root.example.org', 1, 15, LATER, '/'),
                 ('old.example.org', 4, 16, NOW - 1, '/'),
                 ('192.0.2.7', 1, 17, LATER, '/a')]
        table = (
            ('http://page.example.org/a/b.html?x=1', 'listed page 11'),
            ('https://PAGE.example.org:8443/a/./b.html?x=1#top',
             'listed page 11'),
            ('http://page.example.org/a/b.html', 'clear'),
            ('http://page.example.org/a/b.html?x=2', 'clear'),
            ('http://page.example.org/any', 'listed path 12'),
            ('http://page.example.org/any?x', 'listed path 12'),
            ('http://page.example.org/any/more', 'clear'),
            ('http://page.example.org/f/g/', 'listed folder 13'),
            ('http://page.example.org/f/g/h/i/j/k.html', 'listed folder 13'),
            ('http://page.example.org/f/g', 'clear'),
            ('http://sub.page.example.org/any', 'clear'),
            ('http://example.org/any', 'clear'),
            ('http://whole.example.org/', 'listed domain 14'),
            ('http://a.b.whole.example.org/x?y', 'listed domain 14'),
            ('http://notwhole.example.org/', 'clear'),
            ('http://root.example.org/', 'listed page 15'),
            ('http://root.example.org/a', 'clear'),
            ('http://old.example.org/', 'clear'),
            ('http://0xc0000207/a', 'listed page 17'),
            ('mailto:somebody@example.org', 'unreadable'),
        )
        k, oprf = int.from_bytes(bytes.fromhex(K), 'little'), Oprf()
        for tier in (0, 1):
            x = self.make('list', tier, 3, items)
            asks = u.asked(x, K) if tier else None
            for address, want in table:
                with self.subTest(address, tier=tier):
                    self.assertEqual(x.judge(address, asks, NOW), want)
        # and obliviously, as a consumer has to
        blind = random.Random(4).randrange(1, L)

        def asks(host):
            sent = (blind * oprf.to_group(host.encode())).encode()
            answer = (k * u.decode(sent)).encode()
            return (pow(blind, L - 2, L) * u.decode(answer)).encode()
        self.assertEqual(x.judge(table[0][0], asks, NOW), table[0][1])

    def test_another_key_finds_nothing(self):
        items = [('whole.example.org', 4, 14, LATER, '/')]
        x = self.make('list', 1, 3, items)
        self.assertEqual(x.judge('http://whole.example.org/', u.asked(
            x, '06' + '00' * 31), NOW), 'clear')

    def test_deltas_agree_to_the_byte(self):
        draw = random.Random(2)
        for turn in range(12):
            old = some(draw, draw.choice((0, 1, 5, 200, 900)))
            keep = {h for h, *_ in old if draw.random() < 0.8}
            new = [i for i in old if i[0] in keep]
            new += [('new%d.example.org' % i, 4, i, LATER, '/')
                    for i in range(draw.choice((0, 1, 90)))]
            self.make('old', 0, 3, old, bits=18)
            # what stays must be the same row: sealed in the same version
            r = made('list', self.path('new'),
                     spec=spec(0, 3, new, bits=18))
            self.assertEqual(r.returncode, 0)
            data = bytearray(u.read(self.path('new')))
            x = u.List(bytes(data))
            rows = [(x.v[i], x.tags[i], x.units[i], x.row(i))
                    for i in range(x.n)]
            with open(self.path('new'), 'wb') as f:
                f.write(u.write_list(x, 4, rows))
            for step in (('delta', 'old', 'new', 'step'),
                         ('apply', 'old', 'step', 'again')):
                r = made(step[0], *map(self.path, step[1:]))
                self.assertEqual((r.returncode, r.stderr), (0, ''), turn)
            new = u.read(self.path('new'))
            self.assertEqual(u.read(self.path('again')), new)
            mine = u.apply(u.List(u.read(self.path('old'))),
                           u.read(self.path('step')))
            self.assertEqual(mine, new)
            self.assertLessEqual(os.path.getsize(self.path('step')),
                                 80 + 8 + 32 * 131 * len(rows) + 4 * len(old))

    def test_both_refuse_what_was_touched(self):
        """Every byte of a delta, and of a list with its pages made anew:
        whatever one refuses, the other does, and what both take is the same."""
        draw = random.Random(3)
        items = [('h%d.example.org' % i, 4, i, LATER, '/') for i in range(9)]
        self.make('old', 0, 3, items)
        self.make('to', 0, 4, items[:7] + [('x.example.org', 4, 9, LATER,
                                           '/')])
        made('delta', *map(self.path, ('old', 'to', 'step')))
        old, step = u.List(u.read(self.path('old'))), u.read(
            self.path('step'))
        for _ in range(400):
            bad = bytearray(step)
            at = draw.randrange(len(bad) if draw.random() < .5 else 100)
            bad[at] ^= 1 << draw.randrange(8)
            if draw.random() < .1:
                bad = bad[:at]
            with open(self.path('bad'), 'wb') as f:
                f.write(bad)
            r = made('apply', *map(self.path, ('old', 'bad', 'out')))
            try:
                mine = u.apply(old, bytes(bad))
                u.List(mine)
            except (Wrong, struct.error):
                mine = None
            with self.subTest(at=at):
                theirs = None if r.returncode else u.read(self.path('out'))
                self.assertEqual(mine, theirs, r.stderr)


class Counters(unittest.TestCase):
    def read(self, hits=12, clients=0, lines=()):
        text = ('openhotline urllist counters 1\nhotline %s\nconsumer 7\n'
                'hour 2026-11-22T12:00:00Z\nhits %d\nclients %d\nentries 1\n'
                'failed 0\n' % ('00' * 16, hits, clients))
        text += ''.join('entry %d %d %d\n' % x for x in lines)
        text += '\nsignature %s AA\n' % u.hashlib.sha256(b'').hexdigest()[:16]
        with unittest.mock.patch.object(u, 'signed', return_value=True):
            return u.counters(text.encode(), b'')

    def test_good(self):
        # a line may tell hits of hours before, and a total their clients
        for row in ({}, {'lines': [(1, 16, 9), (2, 5, 5)]},
                    {'hits': 1, 'clients': 5}, {'hits': 2 ** 40},
                    {'lines': [(1, 2 ** 39, 5), (2, 2 ** 39, 5)]}):
            self.read(**row)

    def test_refused(self):
        for row in ({'clients': 4}, {'lines': [(1, 9, 4)]},
                    {'lines': [(1, 5, 6)]}, {'hits': 2 ** 40 + 1},
                    {'lines': [(2, 9, 5), (1, 9, 5)]},
                    {'lines': [(1, 2 ** 39, 5), (2, 2 ** 39 + 1, 5)]}):
            with self.assertRaises(Wrong, msg=row):
                self.read(**row)


if __name__ == '__main__':
    unittest.main()
