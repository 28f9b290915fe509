# SPDX-License-Identifier: Apache-2.0
"""ristretto255 (RFC 9496), RFC 9497's OPRF and VOPRF over it, Ed25519 (RFC
8032), ChaCha20-Poly1305 (RFC 8439) and SipHash-2-4, in plain Python and as
slow as that is: what urllist.py stands on. Nothing here hides its secrets."""
import hashlib
import hmac
import struct

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


class Wrong(Exception):
    """What came breaks the protocol; the text says where."""


def negative(x):
    return x & 1


def absolute(x):
    return P - x if x & 1 else x


def sqrt_ratio(u, v):
    """RFC 9496, 4.2: (was square, root)."""
    v3 = v * v % P * v % P
    r = u * v3 % P * pow(u * v3 % P * v3 % P * v % P, (P - 5) // 8, P) % P
    check = v * r % P * r % P
    right, flipped = check == u % P, check == -u % P
    if flipped or check == -u * SQRT_M1 % P:
        r = r * SQRT_M1 % P
    return right or flipped, absolute(r)


INVSQRT_A_MINUS_D = sqrt_ratio(1, (-1 - D) % P)[1]
SQRT_AD_MINUS_ONE = sqrt_ratio((-D - 1) % P, 1)[1]
# RFC 9496 gives the odd root.
SQRT_AD_MINUS_ONE = P - SQRT_AD_MINUS_ONE
ONE_MINUS_D_SQ = (1 - D * D) % P
D_MINUS_ONE_SQ = (D - 1) * (D - 1) % P


class Point:
    """A point of edwards25519 in extended coordinates; equal as elements of
    ristretto255 when their encodings are."""

    def __init__(self, x, y, z, t):
        self.x, self.y, self.z, self.t = x, y, z, t

    def __add__(self, o):
        a = (self.y - self.x) * (o.y - o.x) % P
        b = (self.y + self.x) * (o.y + o.x) % P
        c = 2 * self.t * o.t % P * D % P
        d = 2 * self.z * o.z % P
        e, f, g, h = b - a, d - c, d + c, b + a
        return Point(e * f % P, g * h % P, f * g % P, e * h % P)

    def __rmul__(self, k):
        out, add = Point(0, 1, 1, 0), self
        while k:
            if k & 1:
                out = out + add
            add = add + add
            k >>= 1
        return out

    def encode(self):
        """RFC 9496, 4.3.2."""
        u1 = (self.z + self.y) * (self.z - self.y) % P
        u2 = self.x * self.y % P
        inv = sqrt_ratio(1, u1 * u2 % P * u2 % P)[1]
        d1, d2 = inv * u1 % P, inv * u2 % P
        zi = d1 * d2 % P * self.t % P
        x, y, den = self.x, self.y, d2
        if negative(self.t * zi % P):
            x, y = self.y * SQRT_M1 % P, self.x * SQRT_M1 % P
            den = d1 * INVSQRT_A_MINUS_D % P
        if negative(x * zi % P):
            y = -y % P
        return absolute(den * (self.z - y) % P).to_bytes(32, 'little')

    def same(self, o):
        return self.encode() == o.encode()


def decode(b):
    """RFC 9496, 4.3.1; the identity is refused, as RFC 9497 wants it."""
    s = int.from_bytes(b, 'little')
    if len(b) != 32 or s >= P or negative(s) or s == 0:
        raise Wrong('no encoding of an element')
    ss = s * s % P
    u1, u2 = (1 - ss) % P, (1 + ss) % P
    v = (-(D * u1 % P * u1) - u2 * u2) % P
    square, inv = sqrt_ratio(1, v * u2 % P * u2 % P)
    x = absolute(2 * s * inv % P * u2 % P)
    y = u1 * (inv * (inv * u2 % P) % P * v % P) % P
    t = x * y % P
    if not square or negative(t) or y == 0:
        raise Wrong('no encoding of an element')
    return Point(x, y, 1, t)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = absolute(sqrt_ratio((BASE_Y * BASE_Y - 1) % P,
                             (D * BASE_Y * BASE_Y + 1) % P)[1])
G = Point(BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def elligator(t):
    """RFC 9496, 4.3.4, MAP."""
    r = SQRT_M1 * t % P * t % P
    u = (r + 1) * ONE_MINUS_D_SQ % P
    v = (-1 - r * D) * (r + D) % P
    square, s = sqrt_ratio(u, v)
    c = P - 1
    if not square:
        s, c = P - absolute(s * t % P), r
    n = (c * (r - 1) % P * D_MINUS_ONE_SQ - v) % P
    w0, w1 = 2 * s * v % P, n * SQRT_AD_MINUS_ONE % P
    w2, w3 = (1 - s * s) % P, (1 + s * s) % P
    return Point(w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P)


def expand(message, dst, n=64):
    """expand_message_xmd with SHA-512, RFC 9380, 5.3.1."""
    tail = dst + bytes([len(dst)])
    b0 = hashlib.sha512(bytes(128) + message + struct.pack('>H', n) +
                        b'\0' + tail).digest()
    out = b = hashlib.sha512(b0 + b'\1' + tail).digest()
    i = 2
    while len(out) < n:
        b = hashlib.sha512(bytes(x ^ y for x, y in zip(b0, b)) +
                           bytes([i]) + tail).digest()
        out, i = out + b, i + 1
    return out[:n]


class Oprf:
    """RFC 9497 with ristretto255-SHA512; mode 0 OPRF, 1 VOPRF, or another
    context string."""

    def __init__(self, mode=0, context=None):
        self.context = context or (b'OPRFV1-' + bytes([mode]) +
                                   b'-ristretto255-SHA512')

    def to_group(self, message):
        u = expand(message, b'HashToGroup-' + self.context)
        half = [int.from_bytes(u[i:i + 32], 'little') % 2**255 % P
                for i in (0, 32)]
        return elligator(half[0]) + elligator(half[1])

    def to_scalar(self, message, dst=b'HashToScalar-'):
        return int.from_bytes(expand(message, dst + self.context),
                              'little') % L

    def key(self, seed, info):
        counter = 0
        while True:
            k = self.to_scalar(seed + struct.pack('>H', len(info)) + info +
                               bytes([counter]), b'DeriveKeyPair')
            if k:
                return k
            counter += 1

    @staticmethod
    def output(message, n):
        return hashlib.sha512(struct.pack('>H', len(message)) + message +
                              struct.pack('>H', 32) + n +
                              b'Finalize').digest()

    def composites(self, b, cs, ds):
        """RFC 9497, 2.2.1: M and Z."""
        def put(x):
            return struct.pack('>H', len(x)) + x
        seed = hashlib.sha512(put(b) + put(b'Seed-' + self.context)).digest()
        m = z = Point(0, 1, 1, 0)
        for i, (c, d) in enumerate(zip(cs, ds)):
            di = self.to_scalar(put(seed) + struct.pack('>H', i) + put(c) +
                                put(d) + b'Composite')
            m, z = m + di * decode(c), z + di * decode(d)
        return m, z

    def proved(self, b, cs, ds, proof):
        """VerifyProof: D[i] = k C[i], with b = k G. Encodings."""
        def put(x):
            return struct.pack('>H', len(x)) + x
        c = int.from_bytes(proof[:32], 'little')
        s = int.from_bytes(proof[32:], 'little')
        if len(proof) != 64 or c >= L or s >= L:
            return False
        m, z = self.composites(b, cs, ds)
        t2 = s * G + c * decode(b)
        t3 = s * m + c * z
        return c == self.to_scalar(
            put(b) + put(m.encode()) + put(z.encode()) + put(t2.encode()) +
            put(t3.encode()) + b'Challenge')


def ed_decode(b):
    y = int.from_bytes(b, 'little')
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        raise Wrong('no public key')
    square, x = sqrt_ratio((y * y - 1) % P, (D * y * y + 1) % P)
    if not square or (x == 0 and sign):
        raise Wrong('no public key')
    if negative(x) != sign:
        x = P - x
    return Point(x, y, 1, x * y % P)


def ed_encode(p):
    i = pow(p.z, P - 2, P)
    return (p.y * i % P | negative(p.x * i % P) << 255).to_bytes(32, 'little')


def signed(key, message, signature):
    """RFC 8032, 5.1.7."""
    if len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], 'little')
    if s >= L:
        return False
    try:
        a, r = ed_decode(key), ed_decode(signature[:32])
    except Wrong:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key +
                                      message).digest(), 'little') % L
    return ed_encode(s * G) == ed_encode(r + h * a)


def quarter(x, a, b, c, d):
    for p, q, r, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8),
                       (c, d, b, 7)):
        x[p] = x[p] + x[q] & 0xffffffff
        x[r] ^= x[p]
        x[r] = (x[r] << n | x[r] >> 32 - n) & 0xffffffff


def chacha(key, counter, nonce):
    start = list(struct.unpack('<16I', b'expand 32-byte k' + key +
                               struct.pack('<I', counter) + nonce))
    x = start[:]
    for _ in range(10):
        for i in range(4):
            quarter(x, i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(x, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return struct.pack('<16I', *(a + b & 0xffffffff
                                 for a, b in zip(x, start)))


def poly1305(key, data):
    r = int.from_bytes(key[:16], 'little') & 0x0ffffffc0ffffffc0ffffffc0fffffff
    a = 0
    for i in range(0, len(data), 16):
        a = (a + int.from_bytes(data[i:i + 16] + b'\1', 'little')) * r
        a %= 2**130 - 5
    return (a + int.from_bytes(key[16:], 'little') & 2**128 - 1).to_bytes(
        16, 'little')


def aead_open(key, nonce, sealed, more):
    """ChaCha20-Poly1305; Wrong when it does not fit."""
    text, mac = sealed[:-16], sealed[-16:]
    data = more + bytes(-len(more) % 16) + text + bytes(-len(text) % 16)
    data += struct.pack('<QQ', len(more), len(text))
    if not hmac.compare_digest(
            mac, poly1305(chacha(key, 0, nonce)[:32], data)):
        raise Wrong('a row does not open')
    stream = b''.join(chacha(key, 1 + i, nonce)
                      for i in range((len(text) + 63) // 64))
    return bytes(a ^ b for a, b in zip(text, stream))


def siphash(key, data):
    """SipHash-2-4, 64 bits as a number."""
    mask = 2**64 - 1
    k0, k1 = struct.unpack('<QQ', key)
    v = [k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d,
         k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573]

    def turn(a, n):
        return (a << n | a >> 64 - n) & mask

    def rounds(n):
        for _ in range(n):
            v[0] = v[0] + v[1] & mask
            v[1] = turn(v[1], 13) ^ v[0]
            v[0] = turn(v[0], 32)
            v[2] = v[2] + v[3] & mask
            v[3] = turn(v[3], 16) ^ v[2]
            v[0] = v[0] + v[3] & mask
            v[3] = turn(v[3], 21) ^ v[0]
            v[2] = v[2] + v[1] & mask
            v[1] = turn(v[1], 17) ^ v[2]
            v[2] = turn(v[2], 32)

    tail = len(data) % 8
    data += bytes(7 - tail) + bytes([(len(data)) & 255])
    for (m,) in struct.iter_unpack('<Q', data):
        v[3] ^= m
        rounds(2)
        v[0] ^= m
    v[2] ^= 0xff
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]
