# SPDX-License-Identifier: Apache-2.0
"""The arithmetic that the second reader of lists stands on, against the
vectors of the documents that it was written from."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(__file__))
from group import (G, L, Oprf, Wrong, aead_open,  # noqa: E402
                   decode, signed, siphash)

# RFC 9497, A.1.1 and A.1.2: mode, secret key, input, blind, blinded,
# evaluated, output
VECTORS = (
    (0, '5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e',
     '00', '64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706',
     '609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c',
     '7ec6578ae5120958eb2db1745758ff379e77cb64fe77b0b2d8cc917ea0869c7e',
     '527759c3d9366f277d8c6020418d96bb393ba2afb20ff90df23fb7708264e2f3'
     'ab9135e3bd69955851de4b1f9fe8a0973396719b7912ba9ee8aa7d0b5e24bcf6'),
)


def b(text):
    return bytes.fromhex(text)


class Group(unittest.TestCase):
    def test_multiples_of_the_generator(self):
        """RFC 9496, A.1."""
        self.assertEqual(
            G.encode().hex(), 'e2f2ae0a6abc4e71a884a961c500515f'
            '58e30b6aa582dd8db6a65945e08d2d76')
        self.assertEqual(
            (2 * G).encode().hex(), '6a493210f7499cd17fecb510ae0cea23'
            'a110e8d5b901f8acadd3095c73a3b919')
        self.assertEqual((L * G).encode(), bytes(32))

    def test_what_is_no_encoding(self):
        """RFC 9496, A.3: not canonical, negative, not a square; and the
        identity, which RFC 9497 refuses."""
        for bad in ('00' * 32, '00' * 31 + 'ff', 'ff' * 32, 'f3' + 'ff' * 30 +
                    '7f', 'ed' + 'ff' * 30 + '7f', '01' + '00' * 31,
                    '26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd'
                    '8d81d371', '00' * 31, ''):
            with self.subTest(bad), self.assertRaises(Wrong):
                decode(b(bad))

    def test_encoding_goes_round(self):
        for k in (1, 2, 3, 77, L - 1):
            self.assertTrue(decode((k * G).encode()).same(k * G))

    def test_oprf(self):
        for mode, key, text, blind, blinded, evaluated, output in VECTORS:
            oprf = Oprf(mode)
            k = oprf.key(b('a3' * 32), b'test key')
            self.assertEqual(k.to_bytes(32, 'little').hex(), key)
            x = oprf.to_group(b(text))
            r = int.from_bytes(b(blind), 'little')
            sent = r * x
            self.assertEqual(sent.encode().hex(), blinded)
            answer = k * sent
            self.assertEqual(answer.encode().hex(), evaluated)
            n = (pow(r, L - 2, L) * answer).encode()
            self.assertEqual(oprf.output(b(text), n).hex(), output)

    def test_a_proof_holds_for_what_it_was_made_of(self):
        """GenerateProof here, by RFC 9497, 2.2.1, as nobody else needs it."""
        oprf, k, r = Oprf(1), 4711, 815
        bb = (k * G).encode()
        c = [(i * G).encode() for i in (5, 6, 7)]
        d = [(k * i * G).encode() for i in (5, 6, 7)]
        m, z = oprf.composites(bb, c, d)
        parts = [bb] + [p.encode() for p in (m, z, r * G, r * m)]
        ch = oprf.to_scalar(b''.join(b'\0\x20' + p for p in parts) +
                            b'Challenge')
        proof = (ch.to_bytes(32, 'little') +
                 ((r - ch * k) % L).to_bytes(32, 'little'))
        self.assertTrue(oprf.proved(bb, c, d, proof))
        self.assertFalse(oprf.proved(bb, c, d[:2] + c[2:], proof))
        self.assertFalse(oprf.proved(bb, c[::-1], d[::-1], proof))
        self.assertFalse(oprf.proved(bb, c, d, proof[:63] + b'\0'))
        self.assertFalse(oprf.proved(bb, c, d, proof[:32]))


class Rest(unittest.TestCase):
    def test_chacha20_poly1305(self):
        """RFC 8439, 2.8.2."""
        sealed = b('d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a7'
                   '36ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b29'
                   '05d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4'
                   'fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b'
                   '6116')
        mac = b('1ae10b594f09e26a7e902ecbd0600691')
        key = bytes(range(0x80, 0xa0))
        nonce, more = b('070000004041424344454647'), b(
            '50515253c0c1c2c3c4c5c6c7')
        text = aead_open(key, nonce, sealed + mac, more)
        self.assertTrue(text.startswith(b'Ladies and Gentlemen'))
        with self.assertRaises(Wrong):
            aead_open(key, nonce, sealed + mac, more[1:])

    def test_ed25519(self):
        """RFC 8032, 7.1, tests 1 and 2."""
        for key, text, sig in (
                ('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f7'
                 '07511a', '',
                 'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522'
                 '4901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe246551'
                 '41438e7a100b'),
                ('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12a'
                 'f4660c', '72',
                 '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223eb'
                 'db69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d'
                 '291612bb0c00')):
            self.assertTrue(signed(b(key), b(text), b(sig)))
            self.assertFalse(signed(b(key), b(text) + b'x', b(sig)))
            self.assertFalse(signed(b(key), b(text), b(sig)[:-1]))

    def test_siphash(self):
        """The paper's appendix A."""
        self.assertEqual(siphash(bytes(range(16)), bytes(range(15))),
                         0xa129ca6149be45e5)


if __name__ == '__main__':
    unittest.main()
