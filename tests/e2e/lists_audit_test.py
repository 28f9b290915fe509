#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The audit of lists with a real hotline: what it serves is read by `hotline
list audit` and by the second reader, tests/protocol/urllist.py, and both agree
on it and on whatever somebody made of it.

usage: tests/e2e/lists_audit_test.py
"""
import base64
import datetime
import hashlib
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import lists_test as e2e  # noqa: E402

SECOND = str(e2e.ROOT / 'tests/protocol/urllist.py')
LEAF = 248


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))


def tree(leaves):
    """RFC 9162, 2.1.1."""
    if len(leaves) == 1:
        return hashlib.sha256(b'\0' + leaves[0]).digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b'\1' + tree(leaves[:k]) + tree(leaves[k:])).digest()


class Case:
    """What one consumer was served, in files of a folder."""

    def __init__(self, folder, bundle, manifest, data):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.bundle, self.manifest, self.list = bundle, manifest, data

    def copy(self, name):
        return Case(self.folder.parent / name, self.bundle, self.manifest,
                    self.list)

    def leaves(self):
        return [unb64(x) for x in re.findall('^leaf (.*)$', self.bundle, re.M)]

    def set_leaves(self, leaves):
        """With the head that they have: a hotline that lies throughout."""
        lines = ''.join('leaf %s\n' % b64(x) for x in leaves)
        self.bundle = re.sub('(?:^leaf .*\n)+', lines, self.bundle, 1, re.M)
        log = 'log %d %s' % (len(leaves), tree(leaves).hex())
        self.bundle = re.sub('^log .*$', log, self.bundle, 1, re.M)
        self.manifest = re.sub('^log .*$', log, self.manifest, 1, re.M)

    def set_list(self, data):
        """Pages and root anew."""
        n = 1
        while len(data) - 32 * n > 65536 * n:
            n += 1
        body = data[:len(data) - 32 * n]
        pages = b''.join(hashlib.sha256(body[i:i + 65536]).digest()
                         for i in range(0, len(body), 65536))
        self.list = body + pages
        self.manifest = re.sub(
            '^list .*$', 'list %d %s' % (len(self.list), hashlib.sha256(
                pages).hexdigest()), self.manifest, 1, re.M)

    def paths(self):
        for name, data in (('bundle', self.bundle.encode()),
                           ('manifest', self.manifest.encode()),
                           ('list', self.list)):
            (self.folder / name).write_bytes(data)
        return [str(self.folder / x) for x in ('bundle', 'manifest', 'list')]

    def ask(self, approvers=None, root=None):
        """Exit status and what was said, of each reader."""
        first = [e2e.HOTLINE, 'list', 'audit', *self.paths()]
        second = [sys.executable, SECOND, 'audit', *self.paths()]
        if approvers:
            first += ['--approvers', approvers]
            second += [approvers]
        if root:
            first += ['--root', root]
        return [subprocess.run(x, capture_output=True, text=True)
                for x in (first, second)]

    def good(self, **more):
        for r in self.ask(**more):
            assert r.returncode == 0, (r.args[:3], r.stderr)
        return self.ask(**more)[0].stdout

    def refused(self, by_first, **more):
        first, second = self.ask(**more)
        assert first.returncode == 1 and by_first in first.stderr, (
            first.returncode, first.stdout, first.stderr)
        assert second.returncode == 1 and 'urllist.py: ' in second.stderr, (
            second.returncode, second.stdout, second.stderr)


def served(h, who, name, least=1):
    m = h.version(least, who)
    path = '/v1/lists/audit/%d' % m['version']

    def look():
        status, data, headers = h.get(path, h.tokens[who])
        assert status in (200, 503), (status, data)
        if status == 503:
            assert e2e.problem((0, data)) == 'busy' and headers['Retry-After']
        return data if status == 200 else None
    bundle = e2e.until('a bundle', look)
    status, manifest, _ = h.get('/v1/lists/manifest', h.tokens[who])
    assert status == 200
    status, data, _ = h.get('/v1/lists/list/%d' % m['version'], h.tokens[who])
    assert status == 200
    return Case(h.folder + '/' + name, bundle.decode(), manifest.decode(),
                data)


def both_agree_on_what_is_served(h):
    h.seed(2, 1, 15)
    h.start()
    status, root, _ = h.get('/v1/lists/root/1')
    assert status == 200
    h.root = h.folder + '/root'
    pathlib.Path(h.root).write_bytes(root)
    h.case, h.other = served(h, 0, 'one'), served(h, 1, 'two')
    h.first = h.last[0]
    said = h.case.good(root=h.root)
    assert re.search('^rows 15,', said, re.M), said
    assert '15 entries approved, of 15 hosts; 0 ended' in said, said
    assert len(re.findall('^approver [0-9a-f]{16} 15 entries$', said,
                          re.M)) == 2, said
    assert 'signatures of manifest and bundle: good' in said, said
    h.other.good()
    assert h.get('/v1/lists/audit/1')[0] == 401
    for gone in ('99', '0', '01', 'x', '-1', '18446744073709551616'):
        status, _, _ = h.get('/v1/lists/audit/' + gone, h.tokens[0])
        assert status == 404, (gone, status)
    h.stop()


def who_approved(h):
    leaf = h.case.leaves()[0]
    keys = [leaf[48:80], leaf[144:176]]
    path = h.folder + '/approvers'
    write = pathlib.Path(path).write_text
    write(''.join('openhotline-ed25519 %s\n' % b64(k) for k in keys))
    assert 'approvers: all on' in h.case.good(approvers=path)
    write(''.join('%s\n' % b64(k) for k in keys))
    h.case.good(approvers=path)
    write('%s\n' % b64(keys[0]))
    h.case.refused('not on the list of approvers', approvers=path)


def what_does_not_hold(h):
    leaves = h.case.leaves()
    lied = h.case.copy('row')
    lied.bundle = re.sub('^row .*\n', '', lied.bundle, 1, re.M)
    lied.refused('a row has no approval')

    lied = h.case.copy('nobody')
    lied.set_leaves([leaves[0][:80] + bytes(64) + leaves[0][144:]] +
                    leaves[1:])
    lied.refused("signature that is not this key's")

    lied = h.case.copy('twice')
    lied.set_leaves([leaves[0][:144] + leaves[0][48:144] + leaves[0][240:]] +
                    leaves[1:])
    lied.refused('by one person twice')

    lied = h.case.copy('head')
    lied.bundle = lied.bundle.replace(b64(leaves[3]), b64(leaves[4]), 1)
    lied.refused('head of the log')

    made = re.search('^made (.*)$', h.case.manifest, re.M)[1]
    made = int(datetime.datetime.fromisoformat(
        made.replace('Z', '+00:00')).timestamp()) // 60
    # by itself, of late: kept back until a person looks; else never
    for why, ago, held in ((1, 0, True), (5, 4319, True), (6, 9, True),
                           (1, 4321, False), (1, made, False), (2, 0, False),
                           (3, 0, False), (4, 0, False), (7, 0, False),
                           (8, 0, False), (9, 0, False), (10, 0, False),
                           (11, 0, False)):
        lied = h.case.copy('ended-%d-%d' % (why, ago))
        lied.set_leaves(leaves + [
            struct.pack('<BBHI', 2, why, 0, made - ago) + leaves[5][8:16] +
            bytes(LEAF - 16)])
        if held:
            assert 'held back 1 rows' in lied.good(), (why, ago)
        else:
            lied.refused('has ended')
    # nor one of a day that has not come
    lied = h.case.copy('ended-ahead')
    lied.set_leaves(leaves + [
        struct.pack('<BBHI', 2, 1, 0, made + 7) + leaves[5][8:16] +
        bytes(LEAF - 16)])
    lied.refused('dated after')
    # a second end does not make an entry one that ended of late by itself
    lied = h.case.copy('ended-twice')
    lied.set_leaves(leaves + [
        struct.pack('<BBHI', 2, why, 0, made) + leaves[5][8:16] +
        bytes(LEAF - 16) for why in (2, 1)])
    lied.refused('ends twice')

    lied = h.case.copy('leaf')
    first = re.search('^row ([0-9]+) ', lied.bundle, re.M)[1]
    lied.bundle = re.sub(
        '^(row [^ ]+ .*\nrow )[^ ]+', lambda x: x[1] + first,
        lied.bundle, 1, re.M)
    lied.refused('a leaf of another row')

    lied = h.case.copy('commitment')
    a, b = re.findall('^row ([^ ]+) ', lied.bundle, re.M)[:2]
    lied.bundle = lied.bundle.replace('row %s ' % a, 'row x ', 1).replace(
        'row %s ' % b, 'row %s ' % a, 1).replace('row x ', 'row %s ' % b, 1)
    lied.refused('proof 0 does not hold')

    lied = h.case.copy('proof')
    lied.bundle = re.sub('^proof .*$', re.search(
        '^proof .*$', h.other.bundle, re.M)[0], lied.bundle, 1, re.M)
    lied.refused('proof 0 does not hold')

    lied = h.case.copy('bundle')
    lied.bundle = h.other.bundle
    lied.refused('another hotline or consumer')

    lied = h.case.copy('tag')
    data = bytearray(lied.list)
    # behind the buckets, and 15 remainders with their padding
    at = 128 + ((2**data[109] + 1) * 4 + 7) // 8 * 8 + 32
    data[at + 15] ^= 1
    lied.set_list(bytes(data))
    lied.refused('another tag in the list')


def signatures(h):
    lied = h.case.copy('unsigned')
    lied.bundle = re.sub('(signature [0-9a-f]{16} ).*', r'\1' + b64(bytes(64)),
                         lied.bundle)
    first = lied.ask(root=h.root)[0]
    assert first.returncode == 1 and 'signed the bundle' in first.stderr
    first = h.case.copy('gone').ask(root=h.folder + '/nothing')[0]
    assert first.returncode == 4 and 'could not look' in first.stderr
    for text in ('', 'x', 'openhotline urllist audit 1\n\n'):
        lied = h.case.copy('text%d' % len(text))
        lied.bundle = text
        r = lied.ask()[0]
        assert r.returncode == 1 and r.stderr, (text, r)


def another_version(h):
    h.sql("UPDATE list_entry SET state = 5, ended_by = 1, ended_why = 2, "
          "place_sealed = x'' WHERE id = 3")
    end = bytes([2, 2]) + bytes(6) + (3).to_bytes(8, 'little') + bytes(232)
    h.sql("INSERT INTO list_leaf (place, entry_id, leaf) VALUES "
          "(15, 3, x'%s')" % end.hex())
    h.start()
    new = served(h, 0, 'new', h.last[0] + 1)
    said = new.good(root=h.root)
    assert re.search('^rows 14,', said, re.M) and '1 ended' in said, said
    mixed = h.case.copy('mixed')
    mixed.manifest, mixed.list = new.manifest, new.list
    mixed.refused('another version')
    # what is kept can still be asked for, and is what it was
    status, data, _ = h.get(f'/v1/lists/audit/{h.first}', h.tokens[0])
    assert status == 200 and data.decode() == h.case.bundle
    h.stop()
    # the administrator's own, with the hotline stopped
    out = h.folder + '/made'
    h.run('list', 'bundle', consumer_of(h, 0), '-o', out)
    new.bundle = pathlib.Path(out).read_text()
    new.good(root=h.root)
    h.run('list', 'bundle', consumer_of(h, 0), str(h.first), '-o', out)
    h.case.bundle = pathlib.Path(out).read_text()
    h.case.good(root=h.root)


def consumer_of(h, who):
    said = h.run('list', 'status')
    return re.findall('"consumer":"([^"]+)"', said)[who]


def whose(h, data, *args):
    path = pathlib.Path(h.folder) / 'leaked'
    path.write_bytes(data)
    return subprocess.run([e2e.HOTLINE, '--dir', h.dir, 'list', 'whose',
                           str(path), *args], capture_output=True, text=True)


def tags_of(data):
    n = int.from_bytes(data[104:108], 'little')
    at = 128 + ((2**data[109] + 1) * 4 + 7) // 8 * 8 + (2 * n + 7) // 8 * 8
    return data[at:at + 16 * n]


def whose_it_is(h):
    ids = [consumer_of(h, 0), consumer_of(h, 1)]
    one, two = h.case.list, h.other.list
    for data, name, other in ((one, ids[0], ids[1]), (two, ids[1], ids[0])):
        for part, n in ((data, 15), (tags_of(data)[32:132], 6),
                        (b'xyz' + tags_of(data)[48:70], 1)):
            r = whose(h, part)
            assert r.returncode == 0, r.stderr
            lines = [x for x in r.stdout.splitlines() if 'certain' in x]
            assert len(lines) == 1 and name in lines[0], r.stdout
            assert ' %d tags ' % n in lines[0], r.stdout
            assert other not in r.stdout, r.stdout
    # nothing is kept any more: tags are made again, of what is still listed
    shutil.rmtree(h.dir + '/lists')
    os.mkdir(h.dir + '/lists', 0o700)
    for data, name, other in ((one, ids[0], ids[1]), (two, ids[1], ids[0])):
        for part, n in ((data, 14), (tags_of(data)[32:132], None)):
            r = whose(h, part, '--days', '1')
            assert r.returncode == 0 and 'certain' in r.stdout, r.stderr
            assert name in r.stdout and other not in r.stdout, r.stdout
            assert n is None or ' %d tags ' % n in r.stdout, r.stdout
    # a mixture, here with more of one than of the other, names both, whatever
    # day each is of; nothing else is in it
    h.sql('UPDATE list_consumer SET tier = 2 WHERE id = 1')
    mixed = b'xyz' + tags_of(two)[:160] + tags_of(one)[80:112]
    lines = certain(whose(h, mixed, '--days', '3'))
    assert [name in ' '.join(lines) for name in ids] == [True, True], lines
    assert len(lines) == 2, lines
    h.sql('UPDATE list_consumer SET tier = 1 WHERE id = 1')


def certain(r):
    assert r.returncode == 0, r.stderr
    return [x for x in r.stdout.splitlines() if 'certain' in x]


def after_the_tier_was_changed(h):
    """Tier 0 leaks; the consumer is moved away from it, and then asked
    whose the list was."""
    ids = [consumer_of(h, 0), consumer_of(h, 1)]
    h.sql('UPDATE list_consumer SET tier = 0 WHERE id = 1')
    h.sql('UPDATE list_head SET seq = seq + 1')
    h.start()
    m = h.version(1, 0)
    data = e2e.until('a list of tier 0', lambda: offline(h))
    assert m
    h.stop()
    h.sql('UPDATE list_consumer SET tier = 1 WHERE id = 1')
    shutil.rmtree(h.dir + '/lists')
    os.mkdir(h.dir + '/lists', 0o700)
    for part in (data, tags_of(data)[3:90]):
        lines = certain(whose(h, part, '--days', '1'))
        assert len(lines) == 1 and ids[0] in lines[0], lines
    # with a list of tier 1 of another one
    lines = certain(whose(h, tags_of(data)[:64] + tags_of(h.other.list)[:64],
                          '--days', '1'))
    assert len(lines) == 2 and ids[1] in lines[1], lines


def offline(h):
    m = h.manifest(0)
    status, data, _ = h.get('/v1/lists/list/%d' % m['version'], h.tokens[0])
    return data if status == 200 and data[12] == 0 else None


def canaries_of_one_that_ended(h):
    """Its rows tell nothing any more; its tags can be made all the same."""
    ids = [consumer_of(h, 0), consumer_of(h, 1)]
    today = int(time.time()) // 86400
    with open(h.dir + '/hotline.conf', 'a', encoding='utf-8') as conf:
        conf.write('\nlists.canary_domain = birds.example\n')
    h.sql('UPDATE list_consumer SET state = 4 WHERE id = 2')

    def canaries(consumer, ago, tier):
        tags = subprocess.run(
            [e2e.SEED, h.dir, 'tags', consumer, str(today - ago), tier,
             'birds.example'], check=True, capture_output=True).stdout
        assert len(tags) == 80, tags
        return tags

    for tier in '10':
        for ago in (0, 2):
            tags = canaries('2', ago, tier)
            lines = certain(whose(h, b'?' + tags[16:48], '--days', '3'))
            assert len(lines) == 1 and ids[1] in lines[0], lines
            assert ' 2 tags ' in lines[0] and 'ended' in lines[0], lines
    # what is found of one day does not hide what is of another
    lines = certain(whose(h, canaries('1', 0, '1') + canaries('2', 2, '1'),
                          '--days', '3'))
    assert [name in ' '.join(lines) for name in ids] == [True, True], lines
    h.sql('UPDATE list_consumer SET state = 2 WHERE id = 2')


def whose_names(h):
    for canary, consumer in ((502, 1), (503, 2)):
        subprocess.run([e2e.SEED, h.dir, '0', '1', '0', str(canary),
                        str(consumer)], check=True)
    r = whose(h, b'h1.example\nwww.CANARY503.example.\nh2.example\n')
    assert r.returncode == 0, r.stderr
    lines = r.stdout.splitlines()
    assert len(lines) == 1 and 'canary503.example' in lines[0], lines
    assert '(c2)' in lines[0] and 'sure' in lines[0], lines
    r = whose(h, b'canary502.example\nh1.example\ncanary503.example\n')
    assert [x in r.stdout for x in ('(c1)', '(c2)')] == [True, True], r.stdout
    for other in (b'h1.example\nh2.example\n', b'xcanary503.example\n',
                  b'canary503.example.org\n', os.urandom(4096), b'\0' * 999):
        r = whose(h, other, '--days', '1')
        assert r.returncode == 3 and "nobody's" in r.stderr, (other, r)
        assert 'consumer' not in r.stdout, r.stdout
    r = whose(h, b'')
    assert r.returncode == 1 and 'empty' in r.stderr, r
    for days in ('0', '-1', '99999', 'x'):
        r = whose(h, b'h1.example\n', '--days', days)
        assert r.returncode == 2 and 'from 1 to' in r.stderr, (days, r)


def main():
    stories = [both_agree_on_what_is_served, who_approved, what_does_not_hold,
               signatures, another_version, whose_it_is, whose_names,
               after_the_tier_was_changed, canaries_of_one_that_ended]
    folder = tempfile.mkdtemp(prefix='hl-lists-audit-')
    h, failed = e2e.Hotline(folder + '/h'), 0
    h.folder = folder
    print(f'1..{len(stories)}')
    for n, story in enumerate(stories, 1):
        try:
            assert not failed, 'a story before failed'
            story(h)
            print(f'ok {n} - {story.__name__}', flush=True)
        except Exception as e:  # pylint: disable=broad-except
            failed += 1
            print(f'not ok {n} - {story.__name__}\n# {e!r}', flush=True)
            if h.process and h.process.poll() is None:
                h.process.kill()
                h.process.wait()
    if failed:
        print(f'# kept: {folder}')
    else:
        shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
