#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A consumer from end to end: a real hotline with its lists, a follower, and
squid with the helper. What is put on the list is blocked, what is taken off it
is let through, and when something dies no answer is wrong.

usage: tests/e2e/follow_test.py [KILLS]
"""
import base64
import calendar
import hashlib
import http.client
import http.server
import json
import os
import pathlib
import pwd
import random
import re
import shutil
import signal
import socket
import socketserver
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

import lists_test
from lists_test import Hotline, free_ports, until

sys.path.insert(0, str(lists_test.ROOT / 'tests/protocol'))
import group  # noqa: E402, pylint: disable=wrong-import-position

KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 12
SQUID_CONF = (lists_test.ROOT / 'examples/consumers/squid.conf').read_text()
SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'


def reference(kind, number):
    """As people see an id."""
    total, rest = ord(kind), number
    for i in range(1, 9):
        total += (i + 1) * (rest & 31)
        rest >>= 5
    text = ''.join(SYMBOLS[number >> 5 * i & 31] for i in range(7, -1, -1))
    return f'{kind}-{text[:4]}-{text[4:]}-{SYMBOLS[total % 31]}'


class Site(http.server.BaseHTTPRequestHandler):
    """Every site of the test; keeps what it was told of who asks."""
    seen = []

    def do_GET(self):
        Site.seen.append(self.headers.items())
        self.send_response(200)
        self.send_header('Content-Length', '5')
        self.end_headers()
        self.wfile.write(b'there')

    def log_message(self, *args):
        pass


class Town:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        os.chmod(folder, 0o755)
        self.user = 'proxy' if os.geteuid() == 0 else None
        self.program = str(self.folder / 'hotline')
        shutil.copy(lists_test.HOTLINE, self.program)
        os.chmod(self.program, 0o755)
        self.h = Hotline(folder + '/h')
        self.list = str(self.folder / 'list')
        self.follower = self.squid = None
        self.squid_port = free_ports(1)[0]
        self.server = socketserver.ThreadingTCPServer(('127.0.0.1', 0), Site)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def run(self, *args):
        """As the consumer: its exit status and what it said."""
        done = subprocess.run([self.program, 'list', *args], text=True,
                              capture_output=True, user=self.user,
                              cwd=self.folder)
        return done.returncode, done.stdout, done.stderr

    def own(self, *paths):
        """They are the consumer's."""
        if self.user:
            who = pwd.getpwnam(self.user)
            for path in paths:
                os.chown(path, who.pw_uid, who.pw_gid)

    def put_token(self, name, who):
        """In one step, over what is there."""
        new = self.folder / (name + '.new')
        new.write_text(who.removeprefix('Bearer ') + '\n')
        new.chmod(0o600)
        self.own(new)
        return new.rename(self.folder / name)

    def begin(self):
        token = self.folder / 'token'
        token.write_text(self.h.tokens[0].removeprefix('Bearer ') + '\n')
        token.chmod(0o600)
        root = self.folder / 'root.txt'
        root.write_bytes(self.h.get('/v1/lists/root/1')[1])
        (self.folder / 'list').mkdir()
        self.own(token, self.folder / 'list')
        return ('begin', self.list, '--hotline',
                f'http://127.0.0.1:{self.h.ports[0]}', '--consumer',
                reference('U', 1), '--root', str(root), '--token-file',
                str(token))

    def follow(self):
        log = open(self.folder / 'follow.log', 'ab')
        self.follower = subprocess.Popen(
            [self.program, 'list', 'follow', self.list], stderr=log,
            stdout=log, user=self.user)
        log.close()

    def stop_following(self, how=signal.SIGTERM):
        self.follower.send_signal(how)
        self.follower.wait(60)

    def children(self):
        """Of the follower: the process that follows."""
        return [int(p) for p in pathlib.Path(
            f'/proc/{self.follower.pid}/task/{self.follower.pid}/children')
            .read_text().split()]

    def ask_now(self):
        for pid in self.children():
            os.kill(pid, signal.SIGHUP)

    def stands(self, how):
        """Asks at once; so is the first line of the status, soon."""
        self.follower.send_signal(signal.SIGHUP)
        time.sleep(0.2)
        return self.run('status', self.list)[1].startswith(how)

    def version(self):
        for line in self.run('status', self.list)[1].splitlines():
            if line.startswith('version '):
                return int(line.split()[1])
        return 0

    def until_version(self, n):
        def there():
            self.ask_now()
            time.sleep(0.2)
            return self.version() >= n
        until(f'version {n} at the consumer', there)

    def change(self, what):
        """Something is decided at the hotline, which is away meanwhile."""
        self.h.stop()
        what()
        self.h.start()

    def start_squid(self):
        conf = self.folder / 'squid.conf'
        text = SQUID_CONF.replace(
            '/usr/bin/hotline', self.program).replace(
            '/var/lib/hotline-list', self.list).replace(
            'daemon:/var/log/squid/access.log',
            f'stdio:{self.folder}/squid.access').replace(
            'ttl=60 negative_ttl=60', 'ttl=1 negative_ttl=1')
        errors = self.folder / 'errors'
        shutil.copytree('/usr/share/squid/errors/templates', errors,
                        dirs_exist_ok=True)
        shutil.copy(lists_test.ROOT / 'examples/consumers/ERR_HOTLINE', errors)
        text = text.replace('/etc/squid/errors', str(errors))
        hosts = self.folder / 'hosts'
        hosts.write_text('127.0.0.1 ' + ' '.join(
            f'h{i}.example' for i in range(1, 64)) +
            ' other.example\n')
        for name in ('squid.cache', 'squid.access'):
            (self.folder / name).touch()
            (self.folder / name).chmod(0o666)
        conf.write_text(
            f'http_port 127.0.0.1:{self.squid_port}\npid_filename none\n'
            f'cache deny all\nhosts_file {hosts}\n{text}\n'
            f'http_access allow all\nmax_filedescriptors 1024\n'
            f'cache_log {self.folder}/squid.cache\n'
            f'coredump_dir {self.folder}\nvisible_hostname test.example\n'
            'pinger_enable off\nshutdown_lifetime 0 seconds\n'
            'netdb_filename none\n')
        self.squid = subprocess.Popen(
            ['squid', '-N', '-f', str(conf)], start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        until('squid', lambda: self.fetch('other.example', '/')[0])

    def stop_squid(self):
        """And waits until its helper is gone."""
        os.kill(self.squid.pid, signal.SIGTERM)
        self.squid.wait(60)
        until('no helper', lambda: not self.helpers())

    def helpers(self):
        found = []
        for path in pathlib.Path('/proc').glob('[0-9]*/cmdline'):
            try:
                words = path.read_bytes().split(b'\0')
            except OSError:
                continue
            if words[0] == self.program.encode() and b'serve-squid' in words:
                found.append(path.parent.name)
        return found

    def fetch(self, host, path):
        c = http.client.HTTPConnection('127.0.0.1', self.squid_port,
                                       timeout=30)
        try:
            port = self.server.server_address[1]
            c.request('GET', f'http://{host}:{port}{path}')
            answer = c.getresponse()
            return answer.status, answer.read().decode('utf-8', 'replace'), \
                answer.headers
        except (OSError, http.client.HTTPException):
            return 0, '', {}
        finally:
            c.close()

    def status(self, n):
        return self.fetch(f'h{n}.example', f'/p{n}')[0]

    def query(self, text):
        """The store's file is locked while the hotline runs."""
        self.h.stop()
        with sqlite3.connect(self.h.dir + '/hotline.db') as db:
            rows = db.execute(text).fetchall()
        db.close()
        self.h.start()
        return rows

    def end(self):
        if self.squid:
            os.killpg(self.squid.pid, signal.SIGKILL)
            self.squid.wait()
        for process in (self.follower, self.h.process):
            if process and process.poll() is None:
                process.terminate()
                process.wait(60)
        self.server.shutdown()


class Service:
    """hotline list serve-http on the list."""

    def __init__(self, t):
        self.port = free_ports(1)[0]
        with open(t.folder / 'http.log', 'ab') as log:
            self.process = subprocess.Popen(
                [t.program, 'list', 'serve-http', '--list', t.list,
                 '--listen', f'127.0.0.1:{self.port}', '--hotline',
                 'Example Hotline', '--who', 'A School'], user=t.user,
                stdout=log, stderr=log)
        until('it serves', lambda: self.ask('/')[0])

    def ask(self, path, body=None, **headers):
        c = http.client.HTTPConnection('127.0.0.1', self.port, timeout=30)
        try:
            c.request('POST' if body else 'GET', path, body, headers)
            answer = c.getresponse()
            return answer.status, answer.read().decode(), answer.headers
        except OSError:
            return 0, '', {}
        finally:
            c.close()

    def decisions(self, *urls):
        return json.loads(self.ask(
            '/v1/check', json.dumps({'urls': urls}),
            **{'Content-Type': 'application/json'})[1])['decisions']

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.process.terminate()
        self.process.wait(60)


def is_set_up(t):
    t.h.seed(2, 1, 20)
    t.h.seed(0, 101, 101)
    t.h.start()
    t.h.release()
    until('all of it', lambda: t.h.version()['rows'] == '21')
    assert t.run('status', t.list)[0] == 3
    words = t.begin()
    wrong = list(words)
    wrong[5] = 'U-0000-0001-0'
    assert t.run(*wrong)[0] == 1 and not os.listdir(t.list)
    code, key, said = t.run(*words)
    assert code == 0 and len(key.strip()) == 43, (code, key, said)
    first_said = said
    assert t.run(*words)[0] == 1, 'twice'
    # the root's fingerprint is told, and another one refused
    fingerprint = root_fingerprint((t.folder / 'root.txt').read_bytes())
    assert fingerprint in first_said, first_said
    assert 'by telephone' in first_said, first_said
    code, _, said = t.run(*words, '--anew', '--fingerprint',
                          fingerprint.replace('0', '1').replace('f', '0'))
    assert code == 1 and 'another fingerprint' in said, (code, said)
    code, again, said = t.run(*words, '--anew', '--fingerprint',
                              fingerprint.upper().replace(' ', ':'))
    assert code == 0 and again == key, said
    missing = list(words)
    missing[-1] = 'nosuch'
    code, _, said = t.run(*missing, '--anew')
    assert code == 3 and 'there is no file nosuch' in said, (code, said)
    # nothing was fetched: nothing is clear
    code, text, _ = t.run('check', t.list, 'http://h7.example/p7')
    assert code == 4 and text.startswith(
        'unknown: no list was fetched yet'), (code, text)
    with Service(t) as service:
        assert service.ask('/v1/ready')[0] == 503
        assert service.decisions('http://h7.example/p7') == [
            {'decision': 'clear', 'open': True, 'keep': 0}]
    # the hotline gets the public key
    t.key = key.strip()
    t.change(lambda: t.h.sql(
        "UPDATE list_consumer SET sign_key = x'%s' WHERE id = 1" %
        base64.urlsafe_b64decode(t.key + '=').hex()))
    t.follow()
    t.until_version(t.h.version()['version'])
    code, text, _ = t.run('status', t.list)
    assert code == 0 and text.startswith('LIST OK'), text
    assert t.run('follow', '--status', t.list)[0] == 0
    code, text, said = t.run('check', t.list, 'http://h7.example/p7',
                             'http://h7.example/other', 'mailto:a@example.org',
                             'http://never.example/')
    assert code == 0, said
    assert text.splitlines() == [
        f'listed {reference("E", 7)} page', 'clear', 'unreadable',
        'clear'], text
    # a second follower is sent away
    second = t.run('follow', t.list)
    assert second[0] == 4, second


def root_fingerprint(text):
    """Of the signed part; a further signature changes nothing."""
    signed = text[:text.index(b'\n\n') + 2]
    digits = hashlib.sha256(signed).hexdigest()
    return ' '.join(digits[i:i + 4] for i in range(0, 64, 4))


def words_that_are_wrong(t):
    """What is wrong is said, and how it stands explained."""
    for words in (('status', '--help'), ('status', t.list, '--help')):
        code, out, _ = t.run(*words)
        assert code == 0
        for word in ('FOLDER', 'fast-forward', '2 critical', '64', 'JSON'):
            assert word in out, (word, out)
    assert t.run('status', t.list, 'more')[0] == 64
    for words, wanted in (
            (('U-AAAA-AAAA-A', '-o', 'x'), 'U-XXXX-XXXX-X: mistyped?'),
            ((reference('U', 1), '0', '-o', 'x'), 'VERSION is'),
            ((reference('U', 1),), '-o which FILE')):
        code, _, said = t.run('bundle', *words)
        assert code == 2 and wanted in said.splitlines()[0], (words, said)


def people_see_what_they_sign(t):
    """On machines with nothing but the program."""
    alone = t.folder / 'alone'
    alone.mkdir(exist_ok=True)

    def root(*args, text=None):
        done = subprocess.run(
            [t.program, 'list', 'root', *map(str, args)], text=True,
            input=text, capture_output=True, cwd=alone,
            env={'HOTLINE_DIR': str(alone / 'nothing')})
        return done.returncode, done.stdout, done.stderr

    keys = []
    for name in 'AB':
        code, out, said = root('key', f'{name}.key', name,
                               text='harbour lantern violet tractor\n')
        assert code == 0, said
        keys.append(out.split()[1])
    assert root('key', 'A.key', 'A', text='harbour lantern violet tractor\n'
                )[0::2] == (4, 'hotline list root: A.key is there already: '
                            'nothing is written over\n')
    whole = (t.folder / 'root.txt').read_text()
    signed = whole[:whole.index('\n\n') + 2]
    lines = [line for line in signed.splitlines()
             if not line.startswith('root ')]
    at = next(i for i, line in enumerate(signed.splitlines())
              if line.startswith('root '))
    lines[at:at] = [f'root {key}' for key in keys]
    draft = alone / 'draft.txt'
    draft.write_text('\n'.join(lines) + '\n')
    wanted = root_fingerprint(draft.read_bytes())
    code, out, said = root('show', 'draft.txt')
    assert code == 0, said
    assert f'fingerprint {wanted}\n' in out, out
    assert '0 of its keys have signed, 2 must' in out, out
    for n, name in enumerate('AB', 1):
        code, out, said = root('sign', 'draft.txt', f'{name}.key',
                               text='harbour lantern violet tractor\n')
        assert code == 0, said
        for word in ('hotline ', 'made ', 'expires ', 'threshold   2 of 2',
                     f'root key    {keys[0]}', f'root key    {keys[1]}',
                     'online key ', f'fingerprint {wanted}\n',
                     f'{n} of its keys have signed, 2 must'):
            assert word in out, (word, out)
    assert root('show', 'none.txt')[0::2] == (
        3, 'hotline list root: there is no file none.txt\n')
    assert root('sign', 'none.txt', 'A.key')[0::2] == (
        3, 'hotline list root: there is no file none.txt\n')
    assert 'no installation' in root('show')[2]


def squid_blocks(t):
    t.start_squid()
    code, text, headers = t.fetch('h7.example', '/p7')
    assert code == 451 and reference('E', 7) in text, (code, text)
    assert headers['Content-Type'].startswith('text/html')
    assert t.fetch('h7.example', '/p8')[0] == 200
    assert t.fetch('other.example', '/p7')[0] == 200
    assert t.status(21) == 200


def what_is_new_and_what_is_gone(t):
    t.change(lambda: t.h.seed(0, 21, 25))
    m = t.h.newer()
    begun = time.monotonic()
    t.until_version(m['version'])
    until('it is blocked', lambda: t.status(21) == 451)
    print(f'# blocked {time.monotonic() - begun:.1f} s after it was published')
    t.change(lambda: t.h.sql(
        "UPDATE list_entry SET state = 5, ended_by = 1, ended_why = 2, "
        "place_sealed = x'' WHERE id = 21"))
    m = t.h.newer()
    begun = time.monotonic()
    t.until_version(m['version'])
    until('it is let through', lambda: t.status(21) == 200)
    took = time.monotonic() - begun
    print(f'# let through after {took:.1f} s')
    assert took < 60


def killed_under_load(t):
    """Confirmed ones are blocked throughout, clear ones never."""
    for n in range(1, 11):
        until('confirmed', lambda n=n: t.status(n) == 451)
    wrong, asked, ending = [], [0], threading.Event()

    def load(seed):
        dice = random.Random(seed)
        while not ending.is_set():
            n = dice.randrange(1, 11)
            listed = dice.random() < 0.5
            code = t.status(n) if listed else \
                t.fetch(f'h{n}.example', f'/clear{dice.random()}')[0]
            asked[0] += 1
            if code != (451 if listed else 200):
                wrong.append((n, listed, code))

    threads = [threading.Thread(target=load, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for i in range(KILLS // 3):
        before = asked[0]
        t.h.kill_lists()
        until('questions', lambda: asked[0] > before + 100)
    t.h.stop()
    before = asked[0]
    until('questions', lambda: asked[0] > before + 200)
    t.h.start()
    t.h.version()
    before = asked[0]
    until('questions', lambda: asked[0] > before + 200)
    ending.set()
    for thread in threads:
        thread.join()
    print(f'# {asked[0]} questions')
    assert not wrong, wrong[:5]
    # what could not be confirmed is let through, and later it is not
    until('it blocks again', lambda: t.status(18) == 451)


def killed_follower(t):
    """At random moments, between versions too; never a list that is none."""
    dice = random.Random(4)
    last = 25
    for i in range(KILLS):
        if i % 4 == 0:
            t.change(lambda: t.h.seed(0, last + 1, last + 1))
            last += 1
        until('the process', t.children)
        t.ask_now()
        time.sleep(dice.random() * 0.3)
        for pid in t.children():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        code, text, said = t.run('check', t.list, 'http://h7.example/p7')
        assert (code, text) in (
            (0, f'listed {reference("E", 7)} page\n'), (4, 'unknown\n')), \
            (code, text, said)
    t.until_version(t.h.manifest()['version'])
    until('fine', lambda: t.run('status', t.list)[0] == 0)
    assert t.status(last) == 451


def sign(seed, message):
    """RFC 8032, 5.1.6."""
    h = hashlib.sha512(seed).digest()
    a = int.from_bytes(h[:32], 'little') & 2**254 - 8 | 2**254
    number = (lambda *parts: int.from_bytes(
        hashlib.sha512(b''.join(parts)).digest(), 'little') % group.L)
    r = number(h[32:], message)
    key, first = group.ed_encode(a * group.G), group.ed_encode(r * group.G)
    s = (r + number(first, key, message) * a) % group.L
    return first + s.to_bytes(32, 'little')


def listens(path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        return s.connect_ex(path) == 0


def counters_here(t):
    """Hits that the consumer has not told: of the hour that is open, and of
    one that may have ended meanwhile."""
    folder = pathlib.Path(t.list) / 'tally'
    texts = {}
    for path in (folder / 'open', *folder.glob('counters-*')):
        members = dict(line.split(' ', 1)
                       for line in path.read_text().splitlines() if line)
        texts[members['hour']] = int(members['hits'])
    used = (folder / 'used').read_text() if (folder / 'used').exists() else ''
    return sum(hits for hour, hits in texts.items() if hour not in used or
               (folder / f'counters-{hour[:13]}').exists())


def the_hour_passes(t):
    """What is open is of five hours ago now."""
    path = pathlib.Path(t.list) / 'tally/open'
    text = path.read_text()
    hour = re.search('hour (.*)\n', text)[1]
    before = calendar.timegm(time.strptime(hour, '%Y-%m-%dT%H:%M:%SZ')) - 18000
    text = text.replace(hour, time.strftime('%Y-%m-%dT%H:%M:%SZ',
                                            time.gmtime(before)))
    signed = text[:text.index('\n\n') + 2]
    words = text[len(signed):].split()
    seed = bytes.fromhex(
        (pathlib.Path(t.list) / 'consumer.key').read_text().strip())
    words[2] = base64.urlsafe_b64encode(
        sign(seed, signed.encode())).decode().rstrip('=')
    path.write_text(signed + ' '.join(words) + '\n')


def counters_arrive_once(t):
    def none_waits():
        t.ask_now()
        time.sleep(0.2)
        return 'waiting=0' in t.run('status', t.list)[1] and not [
            f for f in os.listdir(t.list + '/tally')
            if f.startswith('counters-')]

    t.stop_following()  # its patience after so many deaths is over so
    t.follow()
    until('the process', t.children)
    until('fine', none_waits)
    t.stop_following()
    there = counters_here(t)
    told = t.query('SELECT coalesce(sum(hits), 0) FROM list_count')[0][0]
    t.follow()
    for n in (7, 8, 9):
        until('blocked', lambda n=n: t.status(n) == 451)
    # the helper tells the follower what it has at once when it ends
    t.stop_squid()
    # many ends and starts within the hour lose nothing, and use up none
    with Service(t) as service:
        for _ in range(6):
            for _ in range(4):
                assert service.ask('/check', **{
                    'X-Original-URL': 'http://h7.example/p7'})[0] == 403
            t.stop_following()
            t.follow()
        until('it listens', lambda: listens(t.list + '/hits'))
    t.stop_following()
    here = counters_here(t)
    assert here >= there + 3 + 24, (there, here)
    now = time.strftime('%Y-%m-%dT%H', time.gmtime(time.time() + 1))
    used = pathlib.Path(t.list) / 'tally/used'
    assert not used.exists() or max(used.read_text().split())[:13] <= now
    the_hour_passes(t)
    t.follow()
    until('the process', t.children)
    until('none waits', none_waits)
    hits, clients = t.query(
        'SELECT sum(hits), sum(clients) FROM list_count')[0]
    assert hits == told + here and clients == 0, (told, here, hits, clients)
    # all of this test are one client: no entry has a line
    assert not t.query('SELECT * FROM list_count_entry')
    # started again, it tells nothing twice
    t.stop_following()
    t.follow()
    t.start_squid()
    until('none waits', none_waits)
    assert t.query('SELECT sum(hits) FROM list_count')[0][0] == hits


def full_disk(t):
    """The list that is there goes on; with room again, the next is taken."""
    t.stop_following()
    small = t.folder / 'small'
    small.mkdir()
    if subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=512k', 'none',
                       str(small)], capture_output=True).returncode:
        print('# no file system of its own may be mounted here: left out')
        t.follow()
        return
    was, t.list = t.list, str(small / 'list')
    try:
        shutil.copytree(was, t.list, copy_function=shutil.copy2,
                        ignore=shutil.ignore_patterns('hits'))
        subprocess.run(['chown', '-R', f'--reference={was}', t.list],
                       check=True)
        filler = small / 'filler'
        with open(filler, 'wb', buffering=0) as f:
            try:
                while True:
                    f.write(b'x' * 4096)
            except OSError:
                pass
        before = t.h.manifest()['version']
        t.change(lambda: t.h.seed(0, 41, 41))
        t.h.version(before + 1)
        t.follow()
        until('an alarm', lambda: 'no room for a new list' in
              (t.folder / 'follow.log').read_text())
        assert t.run('check', t.list, 'http://h7.example/p7')[1].startswith(
            'listed')
        filler.unlink()
        t.until_version(before + 1)
        assert t.run('check', t.list, 'http://h41.example/p41')[
            1].startswith('listed')
        t.stop_following()
    finally:
        if t.follower.poll() is None:
            t.stop_following()
        t.list = was
        subprocess.run(['umount', str(small)], check=False)
    t.follow()
    t.until_version(before + 1)


def honest_stop_page(t):
    """Never an imitation of a 404, never kept by anybody."""
    with Service(t) as service:
        url = 'http://h7.example/p7'
        code, _, headers = service.ask('/check', **{'X-Original-URL': url})
        assert code == 403, code
        entry = headers['X-Hotline-Entry']
        assert entry == reference('E', 7), entry
        assert service.ask(
            '/check', **{'X-Original-URL': url + 'x'})[0] == 204
        code, text, headers = service.ask('/stop?entry=' + entry)
        assert code == 451 and 'no-store' in headers['Cache-Control'], code
        assert entry in text and 'h7.example' not in text, text


def invert(path):
    """Eight bytes of a list; twice is as before."""
    with open(path, 'r+b') as f:
        f.seek(16)
        was = f.read(8)
        f.seek(16)
        f.write(bytes(b ^ 255 for b in was))


def broken_while_followed(t):
    """Somebody empties, removes or writes to the list's file: the follower
    sees it and fetches it anew, and nobody has to start anything again."""
    def newest():
        return max(pathlib.Path(t.list).glob('list/list-*'),
                   key=lambda p: p.name, default=None)

    until('the process', t.children)
    pids = t.children()
    with Service(t) as service:
        for name, spoil in (('emptied', lambda f: os.truncate(f, 0)),
                            ('removed', os.unlink), ('inverted', invert)):
            was = newest()
            spoil(was)
            t.ask_now()
            until(name + ': fetched anew', lambda was=was: newest() not in
                  (None, was))
            until(name + ': fine', lambda: t.run('status', t.list)[0] == 0)
            until(name + ': ready',
                  lambda: service.ask('/v1/ready')[0] == 200)
            assert service.decisions('http://h7.example/p7')[0][
                'decision'] == 'listed', name
    assert t.children() == pids
    said = (t.folder / 'follow.log').read_text()
    assert said.count('damaged: ') >= 3, said


def another_token(t):
    """One that the hotline does not know is an alarm; the right one is taken
    up when it lies there, and nobody has to start anything again."""
    t.put_token('token', 'hl_another_token_that_nobody_knows')
    try:
        until('an alarm', lambda: t.stands('LIST CRITICAL - token'))
    finally:
        t.put_token('token', t.h.tokens[0])
    until('fine', lambda: t.stands('LIST OK'))
    assert t.follower.poll() is None


def mistakes_are_no_attack(t):
    """Two consumers mixed up, and one that has no list: what is said leads to
    what is wrong."""
    t.stop_following()
    was, t.list = t.list, str(t.folder / 'second')
    os.mkdir(t.list)
    t.own(t.list)
    t.put_token('second.token', t.h.tokens[0])
    try:
        code, _, said = t.run(
            'begin', t.list, '--hotline',
            f'http://127.0.0.1:{t.h.ports[0]}', '--consumer',
            reference('U', 2), '--root', str(t.folder / 'root.txt'),
            '--token-file', str(t.folder / 'second.token'))
        assert code == 0, said
        t.follow()
        until('the process', t.children)
        until('mixed up', lambda: t.stands('LIST CRITICAL - mixed up'))
        # tier 2 takes its zone by DNS
        t.change(lambda: t.h.sql(
            'UPDATE list_consumer SET tier = 2 WHERE id = 2'))
        t.put_token('second.token', t.h.tokens[1])
        until('no list', lambda: t.stands('LIST WARNING - no list'))
        assert 'by DNS' in t.run('status', t.list)[1]
        # and had it a list, it is fetched
        t.change(lambda: t.h.sql(
            'UPDATE list_consumer SET tier = 1 WHERE id = 2'))
        until('a list', lambda: t.stands('LIST OK'))
    finally:
        t.stop_following()
        t.list = was
        t.follow()
    until('the process', t.children)
    until('fine', lambda: t.stands('LIST OK'))


def squid_browses_in_any_state(t):
    """A list or a token that is damaged, gone or open to all blocks nothing
    and stops nobody; once it is good it is taken without a restart."""
    token, away = t.folder / 'token', t.folder / 'away'
    newest = max(pathlib.Path(t.list).glob('list/list-*'),
                 key=lambda p: p.name)
    states = (
        ('damaged', lambda: invert(newest), lambda: invert(newest)),
        ('no token', lambda: token.rename(away), lambda: away.rename(token)),
        ('open token', lambda: token.chmod(0o644),
         lambda: token.chmod(0o600)),
        ('no folder', lambda: os.rename(t.list, away),
         lambda: os.rename(away, t.list)))
    t.stop_following()
    for name, spoil, mend in states:
        t.stop_squid()
        spoil()
        try:
            t.start_squid()
            for n in (7, 8, 9):
                assert t.status(n) == 200, name
            with Service(t) as service:
                code, text, _ = service.ask('/v1/ready')
                assert code == 503 and 'nothing is blocked' in text, (
                    name, code, text)
                assert service.decisions('http://h7.example/p7')[0] == {
                    'decision': 'clear', 'open': True, 'keep': 0}, name
                mend()
                until(name + ': ready', lambda: service.ask(
                    '/v1/ready')[0] == 200)
                assert service.decisions('http://h7.example/p7')[0][
                    'decision'] == 'listed', name
        except BaseException:
            print(f'# {name}')
            raise
        assert t.squid.poll() is None
        until(name + ': blocked', lambda: t.status(7) == 451)
    t.follow()
    said = (t.folder / 'http.log').read_text()
    for word in ('damaged', 'there is no ', 'can be read by everybody',
                 'is not set up'):
        assert word in said, (word, said)


def no_network_address_by_dns(t):
    """Clayton, 2005: addresses were found by DNS and blocked, with all that
    shared them. Here h7.example has this machine's address, which is no entry
    by that."""
    assert t.status(7) == 451
    assert t.fetch('127.0.0.1', '/p7')[0] == 200
    assert t.fetch('other.example', '/p7')[0] == 200
    assert t.run('check', t.list, 'http://127.0.0.1/p7',
                 'http://[::1]/p7')[1] == 'clear\nclear\n'


def an_agreement_ends(t):
    until('confirmed', lambda: t.status(7) == 451)
    t.change(lambda: t.h.sql(
        'UPDATE list_consumer SET state = 4 WHERE id = 1'))

    def revoked():
        t.ask_now()
        time.sleep(0.2)
        return t.run('status', t.list)[1].startswith(
            'LIST CRITICAL - revoked')
    until('an alarm', revoked)
    assert t.run('status', t.list)[0] == 2
    # from memory; what was never confirmed is no longer told
    assert t.status(7) == 451
    assert t.fetch('h19.example', '/p19')[0] == 200


def nothing_that_identifies(t):
    """Wayback Machine, January 2009: a proxy's host name in what it passed on,
    and a false 404. And no address of anybody in the logs."""
    assert Site.seen
    for headers in Site.seen:
        for name, value in headers:
            assert name.lower() not in (
                'via', 'x-forwarded-for', 'forwarded', 'x-hotline-entry',
                'x-hotline'), name
            assert 'test.example' not in value, (name, value)
    log = (t.folder / 'follow.log').read_text()
    assert '.example' not in log and 'hl_' not in log and \
        '/p7' not in log, log
    cache = (t.folder / 'squid.cache').read_text()
    assert 'h7.example' not in cache


def main():
    stories = [is_set_up, words_that_are_wrong, people_see_what_they_sign,
               squid_blocks, what_is_new_and_what_is_gone, killed_under_load,
               killed_follower, counters_arrive_once, full_disk,
               honest_stop_page, broken_while_followed, another_token,
               mistakes_are_no_attack,
               squid_browses_in_any_state,
               no_network_address_by_dns, an_agreement_ends,
               nothing_that_identifies]
    folder = tempfile.mkdtemp(prefix='hl-follow-e2e-')
    t, failed = Town(folder), 0
    print(f'1..{len(stories)}')
    for n, story in enumerate(stories, 1):
        try:
            assert not failed, 'a story before failed'
            story(t)
            print(f'ok {n} - {story.__name__}', flush=True)
        except Exception as e:  # pylint: disable=broad-except
            failed += 1
            print(f'not ok {n} - {story.__name__}\n# {e!r}', flush=True)
            if failed == 1:
                import traceback
                print('# ' + traceback.format_exc().replace('\n', '\n# '))
    t.end()
    if not failed:
        shutil.rmtree(folder)
    else:
        print('# kept ' + folder)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
