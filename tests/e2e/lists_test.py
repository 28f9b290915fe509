#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lists of addresses over HTTP, with a real hotline: what a consumer gets, and
what it gets after the process that makes lists was killed while it did.

usage: tests/e2e/lists_test.py [KILLS]
"""
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get('HL_BUILD', ROOT / 'build'))
HOTLINE = os.environ.get('HL_HOTLINE', str(BUILD / 'src/main/hotline'))
SEED = str(BUILD / 'tests/e2e/lists_seed')
KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
PATIENCE_S = 60
# The generator of ristretto255 (RFC 9496, clause A.1): an element like any.
ELEMENT = bytes.fromhex('e2f2ae0a6abc4e71a884a961c500515f'
                        '58e30b6aa582dd8db6a65945e08d2d76')


def free_ports(n):
    socks = [socket.socket() for _ in range(n)]
    for s in socks:
        s.bind(('127.0.0.1', 0))
    ports = [s.getsockname()[1] for s in socks]
    for s in socks:
        s.close()
    return ports


def until(what, found):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        value = found()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError('never came: ' + what)


class Hotline:
    def __init__(self, folder):
        self.dir = folder
        self.ports = free_ports(3)
        self.process = None
        self.tokens = []
        self.last = {}  # of each consumer, the version that was asked for
        sets = [f'{key}=127.0.0.1:{port}' for key, port in zip(
            ('lists.listen', 'public.listen', 'staff.listen'), self.ports)]
        sets += ['mail.transport=folder', 'mail.from=hotline@example.org',
                 'lists.alarm_mail=duty@example.org']
        self.run('init', *[a for s in sets for a in ('--set', s)])

    def run(self, *args):
        return subprocess.run([HOTLINE, '--dir', self.dir, *args], check=True,
                              capture_output=True, text=True).stdout

    def seed(self, consumers, first, last):
        out = subprocess.run([SEED, self.dir, str(consumers), str(first),
                              str(last)], check=True, capture_output=True,
                             text=True).stdout
        self.tokens += out.splitlines()

    def sql(self, text):
        with sqlite3.connect(self.dir + '/hotline.db') as db:
            db.execute(text)
        db.close()

    def start(self):
        self.log = open(self.dir + '/log', 'ab')
        self.process = subprocess.Popen(
            [HOTLINE, '--dir', self.dir, 'serve'], stderr=self.log)
        until('an answer', lambda: self.get('/v1/lists/ready')[0] == 204)

    def stop(self):
        self.process.terminate()
        assert self.process.wait(PATIENCE_S) == 0
        self.log.close()

    def kill_lists(self):
        for pid in (pathlib.Path(f'/proc/{self.process.pid}/task/'
                                 f'{self.process.pid}/children')
                    .read_text().split()):
            try:
                if pathlib.Path(f'/proc/{pid}/comm').read_text() == 'lists\n':
                    os.kill(int(pid), signal.SIGKILL)
                    return True
            except (FileNotFoundError, ProcessLookupError):
                pass
        return False

    def mailed(self):
        """Somebody is told that it waits: once, and no address."""
        folder = pathlib.Path(self.dir, 'outbox')

        def letters():
            return [p for p in folder.rglob('*') if p.is_file()
                    and 'block lists wait' in p.read_text()]
        text = until('a mail', letters)[0].read_text()
        assert 'To: duty@example.org' in text.replace('<', '').replace(
            '>', ''), text
        assert re.search(r'Edition \d+ of the block lists waits', text), text
        assert '/lists/editions' in text.replace('=\n', ''), text
        assert 'h1001.' not in text, text
        time.sleep(6)  # it is looked at every five seconds
        assert len(letters()) == 1, letters()

    def ask(self, method, path, token=None, body=None, kind=None, more=None):
        c = http.client.HTTPConnection('127.0.0.1', self.ports[0], timeout=30)
        headers = dict(more or {})
        if token:
            headers['Authorization'] = token
        if kind:
            headers['Content-Type'] = kind
        try:
            c.request(method, path, body, headers)
            answer = c.getresponse()
            return answer.status, answer.read(), answer.headers
        except (OSError, http.client.HTTPException):
            return 0, b'', {}
        finally:
            c.close()

    def get(self, path, token=None, **more):
        return self.ask('GET', path, token, **more)

    def manifest(self, who=0):
        status, text, _ = self.get('/v1/lists/manifest', self.tokens[who])
        if status != 200:
            return None
        signed, _, rest = text.decode().partition('\n\n')
        assert rest.startswith('signature '), text
        m = {'signed': signed + '\n\n', 'deltas': {}}
        for line in signed.splitlines()[1:]:
            name, _, value = line.partition(' ')
            if name == 'delta':
                start, size, digest = value.split()
                m['deltas'][int(start)] = (int(size), digest)
            else:
                m[name] = value
        m['version'] = int(m['version'])
        return m

    def release(self):
        """A person lets out what is held: from then on it counts as old."""
        held = until('what is held', lambda: json.loads(
            self.run('list', 'status').splitlines()[0])['held'])
        self.stop()
        self.sql(f'UPDATE list_edition SET state = 5 WHERE id = {held}')
        self.start()

    def version(self, least=1, who=0):
        def look():
            m = self.manifest(who)
            return m if m and m['version'] >= least else None
        m = until(f'version {least}', look)
        self.last[who] = m['version']
        return m

    def newer(self, who=0):
        """A version after the last that was asked for."""
        return self.version(self.last[who] + 1, who)

    def check(self, m, who=0):
        """The files are those that the manifest names."""
        status, data, _ = self.get(f'/v1/lists/list/{m["version"]}',
                                   self.tokens[who])
        size, root = m['list'].split()
        assert status == 200 and len(data) == int(size), (status, len(data))
        # section pages is the last: a digest for each 64 KiB before it
        n = 1
        while len(data) - 32 * n > 65536 * n:
            n += 1
        pages = data[len(data) - 32 * n:]
        assert hashlib.sha256(pages).hexdigest() == root
        for i in range(n):
            page = data[65536 * i:min(65536 * (i + 1), len(data) - 32 * n)]
            assert hashlib.sha256(page).digest() == pages[32 * i:32 * i + 32]
        for start, (size, digest) in m['deltas'].items():
            status, data, _ = self.get(
                f'/v1/lists/delta/{start}/{m["version"]}', self.tokens[who])
            assert status == 200 and len(data) == size
            assert hashlib.sha256(data).hexdigest() == digest

    def confirm(self, epoch, n=1, who=0):
        body = struct.pack('<BBHIQ', 1, 0, n, 0, epoch) + ELEMENT * n
        return self.ask('POST', '/v1/lists/confirm', self.tokens[who], body,
                        'application/octet-stream')


def problem(answer):
    return json.loads(answer[1])['type'].rpartition(':')[2]


def what_a_consumer_gets(h):
    h.seed(2, 1, 15)
    h.start()
    m = h.version(1)
    assert m['rows'] == '15', m
    h.check(m)
    other = h.version(1, who=1)
    assert other['list'].split()[1] != m['list'].split()[1]
    etag = h.get('/v1/lists/manifest', h.tokens[0])[2]['ETag']
    assert h.get('/v1/lists/manifest', h.tokens[0],
                 more={'If-None-Match': etag})[0] == 304
    status, text, _ = h.get('/v1/lists/root/1')
    assert status == 200 and text.startswith(b'openhotline urllist root 1\n')
    assert h.get('/v1/lists/root/2')[0] == 404
    assert h.get('/v1/lists/manifest')[0] == 401
    assert h.get('/v1/lists/list/99', h.tokens[0])[0] == 404
    h.stop()


def confirming(h):
    h.start()
    epoch = int(h.version(1)['epoch'])
    status, data, _ = h.confirm(epoch)
    assert status == 200 and len(data) == 48, (status, data)
    assert data[16:] != ELEMENT
    assert h.confirm(epoch)[1] == data
    assert h.confirm(epoch, who=1)[1] != data
    assert h.confirm(epoch, 65)[0] == 413
    answer = h.confirm(epoch + 7)
    assert answer[0] == 409 and problem(answer) == 'epoch'
    answer = h.ask('POST', '/v1/lists/confirm', h.tokens[0], b'x',
                   'application/octet-stream')
    assert answer[0] == 400 and problem(answer) == 'malformed'
    for _ in range(30):
        answer = h.confirm(epoch, 64)
        if answer[0] != 200:
            break
    assert answer[0] == 429 and problem(answer) == 'budget'
    assert int(answer[2]['Retry-After']) > 0
    # somebody else's is another budget, and a restart forgets none
    assert h.confirm(epoch, 64, who=1)[0] == 200
    h.stop()
    h.start()
    h.version(1)
    assert h.confirm(epoch, 64)[0] == 429
    h.stop()


def what_changes_is_a_version(h):
    h.seed(0, 16, 20)
    h.start()
    first = h.last[0]
    m = h.newer()
    assert m['rows'] == '20' and list(m['deltas']) == [first], m
    h.check(m)
    before = m['signed']
    h.stop()
    h.sql("UPDATE list_entry SET state = 5, ended_by = 1, ended_why = 2, "
          "place_sealed = x'' WHERE id = 3")
    h.start()
    m = h.newer()
    assert m['rows'] == '19' and m['previous'] == hashlib.sha256(
        before.encode()).hexdigest()
    h.check(m)
    h.stop()


def mount_small(h, folder):
    """The folder on a file system of its own; False: not allowed here."""
    was = folder + '.was'
    os.rename(folder, was)
    os.mkdir(folder, 0o700)
    if subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=8m,mode=0700',
                       'none', folder], capture_output=True).returncode:
        os.rmdir(folder)
        os.rename(was, folder)
        return False
    for name in os.listdir(was):
        shutil.copy2(os.path.join(was, name), folder)
    shutil.rmtree(was)
    subprocess.run(['chown', '-R', f'--reference={h.dir}/hotline.db', folder],
                   check=True)
    return True


def unmount_small(folder):
    was = folder + '.was'
    shutil.copytree(folder, was, copy_function=shutil.copy2)
    subprocess.run(['chown', '-R', f'--reference={folder}', was], check=True)
    os.chmod(was, 0o700)
    subprocess.run(['umount', folder], check=True)
    os.rmdir(folder)
    os.rename(was, folder)


def full_disk(h):
    """What is out is answered; with room again, what changed goes out."""
    h.start()
    before = h.manifest()
    h.stop()
    folder = h.dir + '/lists'
    if not mount_small(h, folder):
        print('# no file system of its own may be mounted here: left out')
        return
    filler = pathlib.Path(folder, 'filler')
    with open(filler, 'wb', buffering=0) as f:
        try:
            while True:
                f.write(b'x' * 4096)
        except OSError:
            pass
    h.seed(0, 901, 915)
    h.start()
    log = pathlib.Path(h.dir + '/log')
    until('that it says so', lambda: 'No space left' in log.read_text())
    m = h.manifest()
    assert m['version'] == before['version'] and m['rows'] == before['rows']
    h.check(m)
    assert h.confirm(int(m['epoch']))[0] == 200
    filler.unlink()
    m = h.version(before['version'] + 1)
    assert int(m['rows']) == int(before['rows']) + 15, m['rows']
    h.check(m)
    h.stop()
    unmount_small(folder)


def killed_while_it_builds(h):
    h.seed(0, 1001, 1400)
    h.start()
    h.mailed()
    h.release()
    last, seen = h.last[0], set()
    before = last
    for i in range(KILLS):
        time.sleep(0.02 * (i % 10))
        until('the process', h.kill_lists)
        m = until('a manifest', h.manifest)
        assert m['version'] >= last, (m['version'], last)
        last = m['version']
        seen.add(last)
        h.check(m)
    m = h.newer()
    seen.add(m['version'])
    assert m['rows'] == '419', m['rows']
    h.check(m)
    assert h.confirm(int(m['epoch']), 1, who=1)[0] == 200
    h.stop()
    # one version for what changed, however often it was killed
    assert seen <= {before, m['version']}, (before, seen)


def an_agreement_ends(h):
    h.sql('UPDATE list_consumer SET state = 4 WHERE id = 1')
    h.start()
    answer = until('an answer', lambda: (lambda a: a if a[0] not in (0, 503)
                   else None)(h.get('/v1/lists/manifest', h.tokens[0])))
    assert answer[0] == 403 and problem(answer) == 'revoked'
    assert h.version(1, who=1)
    h.stop()


def nothing_of_anybody_in_the_log(h):
    log = pathlib.Path(h.dir + '/log').read_text()
    assert not re.search(r'127\.0\.0\.1:(?!%s)' % '|'.join(
        str(p) for p in h.ports), log)
    assert '.example' not in log and 'hl_' not in log


def main():
    stories = [what_a_consumer_gets, confirming, what_changes_is_a_version,
               killed_while_it_builds, full_disk, an_agreement_ends,
               nothing_of_anybody_in_the_log]
    folder = tempfile.mkdtemp(prefix='hl-lists-e2e-')
    h, failed = Hotline(folder + '/h'), 0
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
                h.process.terminate()
                h.process.wait()
    if not failed:
        shutil.rmtree(folder)
    else:
        print('# kept ' + folder)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
