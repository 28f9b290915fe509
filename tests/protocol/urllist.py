#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second reader of lists of addresses, written from
docs/protocol/urllist.md alone, to hold page and library to each other.

    urllist.py root KNOWN.txt NEXT.txt       is NEXT good after KNOWN?
    urllist.py manifest ROOT.txt MANIFEST.txt [LIST]   signature, file
    urllist.py list LIST                     checks every rule of clause 3
    urllist.py apply LIST DELTA OUT          makes the new list
    urllist.py check LIST KEY [ADDRESS…]     KEY: hex of k, or "offline";
                                             addresses from stdin without any
    urllist.py audit BUNDLE MANIFEST LIST [KEYS]   clause 8
    urllist.py counters FILE KEY             clause 9

Prints what it found, one thing a line; exit status 1 and a sentence when
something breaks the protocol. Canonical forms are made for hosts in ASCII.
"""
import base64
import hashlib
import hmac
import ipaddress
import re
import struct
import sys
import time
import urllib.parse

from group import (Oprf, Wrong, aead_open, decode, signed, siphash)

SCOPES = {1: 'page', 2: 'path', 3: 'folder', 4: 'domain'}
MEMBERS = {
    'root': 'hotline version made expires threshold root* online*',
    'manifest': 'hotline consumer root version made expires wait canon tier '
                'epoch rows previous list delta* log',
    'audit': 'hotline consumer version epoch key log leaf* row* proof*',
    'counters': 'hotline consumer hour hits clients entries failed entry*',
}


def need(holds, text):
    if not holds:
        raise Wrong(text)


def b64(text):
    need(re.fullmatch(r'[A-Za-z0-9_-]*', text), 'no base64url')
    out = base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))
    need(base64.urlsafe_b64encode(out).rstrip(b'=').decode() == text,
         'base64url in another spelling')
    return out


def moment(text):
    need(re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', text), 'no time')
    import calendar
    return calendar.timegm(time.strptime(text, '%Y-%m-%dT%H:%M:%SZ'))


def number(text):
    need(re.fullmatch(r'0|[1-9]\d{0,18}', text), 'no number')
    return int(text)


class Text:
    """Clause 4: members in their order, and signatures."""

    def __init__(self, data, kind, most=65536):
        need(len(data) <= most, 'too long')
        head, sep, tail = data.partition(b'\n\n')
        need(sep, 'no empty line')
        self.body = head + b'\n\n'
        lines = head.decode('ascii').split('\n')
        need(lines[0] == 'openhotline urllist %s 1' % kind, 'another form')
        lines = [x.split(' ') for x in lines[1:]]
        need(all(len(' '.join(x)) < 512 for x in lines), 'a long line')
        self.many, at = {}, 0
        for name in MEMBERS[kind].split():
            star, name = name.endswith('*'), name.rstrip('*')
            found = []
            while at < len(lines) and lines[at][0] == name and (
                    star or not found):
                found.append(lines[at][1:])
                at += 1
            need(star or found, 'member %s is missing or out of place' % name)
            self.many[name] = found
        need(at == len(lines), 'an unknown member, or another order')
        self.signatures = []
        need(tail.endswith(b'\n'), 'cut off')
        for line in tail.decode('ascii')[:-1].split('\n'):
            word, key, signature = line.split(' ')
            need(word == 'signature', 'no signature')
            self.signatures.append((key, b64(signature)))

    def one(self, name, at=0):
        return self.many[name][0][at]

    def signers(self, keys):
        """Those of keys (32 bytes each) that signed it."""
        ids = {hashlib.sha256(k).hexdigest()[:16]: k for k in keys}
        return {ids[i] for i, s in self.signatures
                if i in ids and signed(ids[i], self.body, s)}


def root_of(data):
    t = Text(data, 'root')
    t.roots = [b64(x[0]) for x in t.many['root']]
    t.online = [b64(x[0]) for x in t.many['online']]
    t.threshold, t.version = number(t.one('threshold')), number(
        t.one('version'))
    need(2 <= len(set(t.roots)) == len(t.roots) <= 7, 'root keys')
    need(1 <= len(t.online) <= 4 and 1 <= t.threshold <= len(t.roots),
         'online keys or threshold')
    need(len(t.signers(t.roots)) >= t.threshold, 'too few signatures')
    return t


def follows(known, new):
    need(new.version == known.version + 1, 'not the next version')
    need(new.one('hotline') == known.one('hotline'), 'another hotline')
    need(len(new.signers(known.roots)) >= known.threshold,
         'too few signatures of the root before')


# --- clause 1 ---

def unescape(b):
    while True:
        new = re.sub(rb'%([0-9A-Fa-f]{2})',
                     lambda m: bytes([int(m.group(1), 16)]), b)
        if new == b:
            return b
        b = new


def escape(b, also):
    return b''.join(b'%%%02X' % c if c <= 32 or c >= 127 or c in also
                    else bytes([c]) for c in b)


def ipv4(host):
    parts = host.split('.')
    values = []
    for p in parts:
        if re.fullmatch(r'0[xX][0-9a-fA-F]*', p):
            values.append(int(p[2:] or '0', 16))
        elif re.fullmatch(r'0[0-7]*', p):
            values.append(int(p, 8))
        elif re.fullmatch(r'[1-9]\d*', p):
            values.append(int(p))
        else:
            return None
    if len(values) > 4 or any(v > 255 for v in values[:-1]):
        return None
    if values[-1] >= 256 ** (5 - len(values)):
        return None
    n = values[-1] + sum(v << 8 * (3 - i) for i, v in enumerate(values[:-1]))
    return '.'.join(str(n >> s & 255) for s in (24, 16, 8, 0))


def canonical(address):
    """(host, path, query or None) of docs/urls.md, hosts in ASCII."""
    a = re.sub('[\t\n\r]', '', address).strip(
        ''.join(map(chr, range(33))))
    if re.match('https?%3a', a, re.I):
        a = urllib.parse.unquote(a)
    m = re.match(r'(https?|ftp|wss?):', a, re.I)
    need(m or not re.match(r'[a-z][a-z0-9+.-]*:(?!\d)', a, re.I), 'scheme')
    need(m or not re.match(r'[/\\](?![/\\])', a), 'no host')
    a = a[m.end():] if m else a
    a = a.lstrip('/\\')
    authority = re.match(r'[^/\\?#]*', a).group()
    rest = a[len(authority):].split('#')[0]
    m = re.fullmatch(r'(\[[^\]]*\]|[^:]*)(:(\d*))?',
                     authority.rpartition('@')[2])
    need(m and int(m.group(3) or 0) < 65536, 'port')
    host = unescape(m.group(1).encode()).lower().decode('latin-1')
    host = re.sub(r'\.+', '.', host).strip('.')
    need(host, 'no host')
    if host[0] == '[':
        host = '[%s]' % ipaddress.IPv6Address(host[1:-1]).compressed
    else:
        host = ipv4(host) or escape(host.encode('latin-1'),
                                    b'#%/:?@[\\]').decode()
    path, question, query = rest.partition('?')
    p = unescape(path.replace('\\', '/').encode()) or b'/'
    out = []
    parts = p[1:].split(b'/') if p.startswith(b'/') else p.split(b'/')
    for i, x in enumerate(parts):
        last = i == len(parts) - 1
        if x == b'..':
            out = out[:-1]
        elif x != b'.':
            out.append(x)
            continue
        if last:
            out.append(b'')
    p = re.sub(rb'/+', b'/', b'/' + b'/'.join(out))
    p = escape(p, b'#%?\\')
    q = escape(unescape(query.encode()), b'#%') if question else b''
    return host, p.decode(), q.decode() or None


def expressions(host, path, query):
    """Hosts and paths; docs/urls.md, "Look-up expressions"."""
    hosts = [host]
    if host != ipv4(host) and host[0] != '[':
        labels = host.split('.')
        for n in range(min(5, len(labels) - 1), 1, -1):
            hosts.append('.'.join(labels[-n:]))
        if len(labels) > 5:
            hosts = [host] + hosts[1:5]
    full = path + '?' + query if query else None
    folders, at = [], 0
    for _ in range(4):
        at = path.find('/', at) + 1
        if not at:
            break
        folders.append(path[:at])
    paths = ([full] if full else []) + [path]
    paths += [f for f in reversed(folders) if f != path]
    return hosts[:5], paths


# --- clauses 2, 3, 6 ---

def h(text, data):
    return hashlib.sha512(b'openhotline urllist 1 ' + text + b'\0' +
                          data).digest()


class List:
    def __init__(self, data):
        self.data = data
        need(len(data) >= 128 and data[:8] == b'HLURLS1\n', 'no list')
        (form, self.tier, self.hotline, self.consumer, self.version,
         self.epoch, self.key, self.k0, self.n, self.b, self.q, self.canon,
         rows, zero) = struct.unpack('<II16sQQQ16s32sIBBHQQ', data[8:128])
        need(form == 1 and self.tier in (0, 1) and zero == 0, 'header')
        need(12 <= self.b <= 36 and self.q == self.b - 12, 'bits')
        need(self.n <= 16777216, 'too many rows')
        need(self.tier == 0 or not any(self.k0), 'k0 in tier 1')
        at = 128

        def section(size):
            nonlocal at
            part = data[at:at + size]
            need(len(part) == size, 'cut off')
            pad = data[at + size:at + size + -size % 8]
            need(pad == bytes(-size % 8), 'padding')
            at += size + -size % 8
            return part
        self.buckets = struct.unpack('<%dI' % (2**self.q + 1),
                                     section(4 * (2**self.q + 1)))
        self.rest = struct.unpack('<%dH' % self.n, section(2 * self.n))
        tags = section(16 * self.n)
        self.tags = [tags[i:i + 16] for i in range(0, len(tags), 16)]
        self.units = section(self.n)
        n_places = (self.n + 63) // 64
        self.places = struct.unpack('<%dI' % n_places, section(4 * n_places))
        self.rows = section(rows)
        pages = [hashlib.sha256(data[i:min(i + 65536, at)]).digest()
                 for i in range(0, at, 65536)]
        need(data[at:] == b''.join(pages), 'pages')
        self.root = hashlib.sha256(data[at:]).hexdigest()
        self.check()

    def check(self):
        need(self.buckets[0] == 0 and self.buckets[-1] == self.n, 'buckets')
        need(all(a <= b for a, b in zip(self.buckets, self.buckets[1:])),
             'buckets')
        self.v, at = [], 0
        for bucket in range(2**self.q):
            for i in range(self.buckets[bucket], self.buckets[bucket + 1]):
                need(self.rest[i] < 4096, 'remainder')
                self.v.append(bucket << 12 | self.rest[i])
        order = list(zip(self.v, self.tags))
        need(all(a < b for a, b in zip(order, order[1:])), 'order of rows')
        self.at = []
        for i, units in enumerate(self.units):
            need(units in (3, 5, 9, 17, 33, 65, 129), 'units')
            need(i % 64 or self.places[i // 64] == at // 32, 'places')
            self.at.append(at)
            at += 32 * units
        need(at == len(self.rows), 'rows')

    def row(self, i):
        return self.rows[self.at[i]:self.at[i] + 32 * self.units[i]]

    def candidates(self, host):
        v = siphash(self.key, host.encode()) >> 64 - self.b
        first, end = self.buckets[v >> 12], self.buckets[(v >> 12) + 1]
        return [i for i in range(first, end) if self.rest[i] == v & 4095]

    def find(self, host, element):
        """element: gives N of a host. Items of its row, or []."""
        rows = self.candidates(host)
        if not rows:
            return None, []
        if self.tier == 0:
            out = hmac.new(self.k0, host.encode(), 'sha512').digest()
            n = out[:32]
        else:
            n = element(host)
            out = Oprf.output(host.encode(), n)
        tag = h(b'tag', n)[:16]
        for i in rows:
            if self.tags[i] == tag:
                return tag, self.items(i, h(b'row', out)[:32])
        return tag, []

    def items(self, i, key):
        row = self.row(i)
        size = {3: 48, 5: 112, 9: 240, 17: 496, 33: 1008, 65: 2032,
                129: 4080}[self.units[i]]
        need(not any(row[24 + size:]), 'padding of a row')
        plain = aead_open(key, bytes(4) + row[:8], row[8:24 + size],
                          self.tags[i])
        n, zero = struct.unpack('<II', plain[:8])
        need(n <= 203 and zero == 0 and 8 + 20 * n <= size, 'items')
        need(not any(plain[8 + 20 * n:]), 'padding of items')
        path_key = h(b'path', key)[:16]
        found = [struct.unpack('<QQI', plain[8 + 20 * j:28 + 20 * j])
                 for j in range(n)]
        need(found == sorted(found, key=lambda x: x[0]), 'order of items')
        return [(a >> 56, a & 2**40 - 1, b, c, path_key) for a, b, c in found]

    def judge(self, address, element, minute):
        try:
            host, path, query = canonical(address)
        except (Wrong, UnicodeError):
            return 'unreadable'
        hosts, paths = expressions(host, path, query)
        exact = path + '?' + query if query else path
        best = None
        for at, name in enumerate(hosts):
            for scope, entry, tag, until, key in self.find(name, element)[1]:
                if until <= minute:
                    continue
                own = at == 0
                hit = {1: own and tag == siphash(key, exact.encode()),
                       2: own and tag == siphash(key, path.encode()),
                       3: own and any(tag == siphash(key, p.encode())
                                      for p in paths if p.endswith('/')),
                       4: tag == siphash(key, b'/')}.get(scope, False)
                if hit and best is None:
                    best = 'listed %s %d' % (SCOPES[scope], entry)
        return best or 'clear'


def pad8(b):
    return b + bytes(-len(b) % 8)


def write_list(old, version, rows):
    """rows: (v, tag, units, sealed), in order."""
    starts, i = [], 0
    for bucket in range(2**old.q + 1):
        while i < len(rows) and rows[i][0] >> 12 < bucket:
            i += 1
        starts.append(i)
    places, at = [], 0
    for i, row in enumerate(rows):
        if i % 64 == 0:
            places.append(at // 32)
        at += len(row[3])
    out = old.data[:40] + struct.pack('<Q', version) + old.data[48:104]
    out += struct.pack('<I', len(rows)) + old.data[108:112]
    out += struct.pack('<QQ', at, 0)
    for part in (struct.pack('<%dI' % len(starts), *starts),
                 b''.join(struct.pack('<H', r[0] & 4095) for r in rows),
                 b''.join(r[1] for r in rows), bytes(r[2] for r in rows),
                 struct.pack('<%dI' % len(places), *places),
                 b''.join(r[3] for r in rows)):
        out += pad8(part)
    return out + b''.join(hashlib.sha256(out[i:i + 65536]).digest()
                          for i in range(0, len(out), 65536))


def apply(old, delta):
    need(len(delta) >= 80 and delta[:8] == b'HLURLD1\n', 'no delta')
    form, zero, consumer, base, to, root, gone, new = struct.unpack(
        '<IIQQQ32sII', delta[8:80])
    need((form, zero) == (1, 0), 'form')
    need((consumer, base) == (old.consumer, old.version) and to > base,
         'a delta of another list')
    need(root.hex() == old.root, 'a delta of another list')
    at = 80 + 4 * gone
    removed = struct.unpack('<%dI' % gone, delta[80:at])
    need(all(a < b for a, b in zip(removed, removed[1:])), 'order')
    need(not removed or removed[-1] < old.n, 'a row that is not there')
    need(not any(delta[at:at + -at % 8]), 'padding')
    at += -at % 8
    added = []
    for _ in range(new):
        v, tag, units = struct.unpack('<Q16sQ', delta[at:at + 32])
        need(units in (3, 5, 9, 17, 33, 65, 129) and v < 2**old.b, 'a row')
        added.append((v, tag, units, delta[at + 32:at + 32 + 32 * units]))
        at += 32 + 32 * units
    need(at == len(delta), 'length')
    need(all(a[:2] < b[:2] for a, b in zip(added, added[1:])), 'order')
    drop = set(removed)
    rows = [(old.v[i], old.tags[i], old.units[i], old.row(i))
            for i in range(old.n) if i not in drop] + added
    rows.sort(key=lambda r: r[:2])
    return write_list(old, to, rows)


# --- clauses 4, 8, 9 ---

def manifest_fits(m, root, data):
    need(m.signers(root.online), 'no signature of an online key')
    need(m.one('hotline') == root.one('hotline'), 'another hotline')
    if data is not None:
        size, digest = m.many['list'][0]
        need(number(size) == len(data), 'size of the list')
        x = List(data)
        need(x.root == digest, 'root of the list')
        need([str(v) for v in (x.hotline.hex(), x.consumer, x.version,
                               x.canon, x.tier, x.epoch, x.n)] ==
             [m.one(k) for k in ('hotline', 'consumer', 'version', 'canon',
                                 'tier', 'epoch', 'rows')], 'header')


def tree(leaves):
    """RFC 9162, 2.1.1."""
    if not leaves:
        return hashlib.sha256(b'').digest()
    if len(leaves) == 1:
        return hashlib.sha256(b'\0' + leaves[0]).digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b'\1' + tree(leaves[:k]) + tree(leaves[k:])).digest()


def leaf_stands(leaf, hotline, keys):
    """Entry and commitment of a leaf of approval, its signatures checked."""
    kind, scope, zero, _, entry = struct.unpack('<BBHIQ', leaf[:16])
    c, key1, sig1, key2, sig2 = struct.unpack('<32s32s64s32s64s', leaf[16:240])
    text = ('openhotline urllist approval 1\nhotline %s\nentry %d\nscope %d\n'
            'commitment %s\n' % (hotline, entry, scope, c.hex())).encode()
    need(zero == 0 and not any(leaf[240:]), 'padding of a leaf')
    need(key1 != key2, 'one person approved twice')
    for key, sig in ((key1, sig1), (key2, sig2)):
        need(keys is None or key in keys, 'a key that is not known')
        need(signed(key, text, sig), 'a signature of approval')
    return entry, c


def audit(bundle, m, x, keys):
    made = moment(m.one('made'))
    t = Text(bundle, 'audit', 1 << 30)
    for name in ('hotline', 'consumer', 'version', 'epoch'):
        need(t.one(name) == m.one(name), name)
    need(t.many['log'] == m.many['log'], 'another log than the manifest')
    leaves = [b64(v[0]) for v in t.many['leaf']]
    need(len(leaves) == number(t.one('log')), 'leaves')
    need(all(len(v) == 248 for v in leaves), 'length of a leaf')
    need(tree(leaves).hex() == t.one('log', 1), 'head of the log')
    stands, ended = {}, {}
    for i, leaf in enumerate(leaves):
        minute = struct.unpack('<I', leaf[4:8])[0]
        need(60 * minute <= made + 300, 'a leaf dated after the manifest')
        if leaf[0] == 1:
            stands[i] = leaf_stands(leaf, t.one('hotline'), keys)
        else:
            need(leaf[0] == 2, 'kind of a leaf')
            need(not any(leaf[2:4] + leaf[16:]), 'padding of a leaf')
            entry = struct.unpack('<Q', leaf[8:16])[0]
            need(entry not in ended, 'an entry ends twice')
            itself = leaf[1] in (1, 5, 6)
            ended[entry] = itself and made - 60 * minute <= 72 * 3600
    rows = [(number(a), b64(b)) for a, b in t.many['row']]
    need(len(rows) == x.n, 'a row without approval')
    for i, (at, n) in enumerate(rows):
        need(at in stands and ended.get(stands[at][0], True),
             'a row that nobody approved')
        need(h(b'tag', n)[:16] == x.tags[i], 'tag of a row')
    need(len({at for at, _ in rows}) == len(rows), 'a leaf of two rows')
    proofs = [b64(v[0]) for v in t.many['proof']]
    need(len(proofs) == (x.n + 65534) // 65535, 'proofs')
    b = b64(t.one('key'))
    decode(b)
    pairs = hashlib.sha512(b'openhotline urllist 1 pairs\0' + b + b''.join(
        stands[at][1] + n for at, n in rows)).digest()
    oprf = Oprf(context=b'openhotline urllist 1 audit\0' + pairs)
    for i, proof in enumerate(proofs):
        part = rows[65535 * i:65535 * (i + 1)]
        need(oprf.proved(b, [stands[at][1] for at, _ in part],
                         [n for _, n in part], proof), 'proof')
    return len(rows), len(leaves)


def counters(data, key):
    t = Text(data, 'counters')
    need(t.signers([key]), 'signature')
    ids = [number(e[0]) for e in t.many['entry']]
    need(all(a < b for a, b in zip(ids, ids[1:])), 'order of entries')
    need(moment(t.one('hour')) % 3600 == 0, 'hour')
    totals = [number(t.one(m))
              for m in ('hits', 'clients', 'entries', 'failed')]
    lines = [(number(e[1]), number(e[2])) for e in t.many['entry']]
    need(all(5 <= clients <= hits for hits, clients in lines), 'small cells')
    need(totals[1] == 0 or totals[1] >= 5, 'small cells')
    need(len(lines) <= 1000, 'lines')
    need(max(totals + [sum(h for h, _ in lines)]) <= 2 ** 40, 'large numbers')
    return t


def read(path):
    with open(path, 'rb') as f:
        return f.read()


def asked(x, key):
    if key == 'offline':
        return None
    k, oprf = int.from_bytes(bytes.fromhex(key), 'little'), Oprf()
    return lambda host: (k * oprf.to_group(host.encode())).encode()


def main(argv):
    do, a = (argv + [''])[0], argv[1:]
    if do == 'root':
        known, new = root_of(read(a[0])), root_of(read(a[1]))
        follows(known, new)
        print('good', new.version)
    elif do == 'manifest':
        m = Text(read(a[1]), 'manifest')
        manifest_fits(m, root_of(read(a[0])),
                      read(a[2]) if len(a) > 2 else None)
        print('good', m.one('version'))
    elif do == 'list':
        x = List(read(a[0]))
        print(x.n, x.b, x.root)
    elif do == 'apply':
        out = apply(List(read(a[0])), read(a[1]))
        List(out)
        with open(a[2], 'wb') as f:
            f.write(out)
    elif do == 'check':
        x = List(read(a[0]))
        for address in a[2:] or sys.stdin.read().splitlines():
            print(x.judge(address, asked(x, a[1]), time.time() // 60))
    elif do == 'audit':
        keys = None
        if len(a) > 3:
            keys = {b64(line.split()[-1]) for line in
                    read(a[3]).decode().splitlines() if line.strip()}
        print('good', *audit(read(a[0]), Text(read(a[1]), 'manifest'),
                             List(read(a[2])), keys))
    elif do == 'counters':
        print('good', counters(read(a[0]), b64(a[1])).one('hits'))
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main(sys.argv[1:]))
    except (Wrong, ValueError, IndexError, struct.error) as e:
        print('urllist.py: %s' % e, file=sys.stderr)
        sys.exit(1)
