# SPDX-License-Identifier: Apache-2.0
"""Other programs read what we write: Python's mail and ZIP readers, sha256
and OpenSSL, and ajv with the public XARF schemas where they are."""
import base64
import email
import email.header
import email.policy
import email.utils
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile

MAKE = os.environ["HL_REFERRAL_MAKE"]
ROOT = os.environ["HL_SOURCE_ROOT"]
SCHEMAS = os.path.join(os.environ.get("HL_SHARED", "/nonexistent"),
                       "data/xarf/schemas/v4")


def make(*args, status=0, stdin=None):
    done = subprocess.run([MAKE, *args], capture_output=True, input=stdin)
    if done.returncode != status:
        raise AssertionError(f"{args}: {done.returncode} {done.stderr}")
    return done


def name_of_sender(raw):
    """By the older reader: the newer one leaves the folding spaces between
    the encoded words of a phrase in (RFC 2047, 6.2 says to drop them)."""
    field = email.message_from_bytes(raw)["From"]
    name = field[:field.rindex("<")].strip()
    if name.startswith('"'):
        name = email.utils.unquote(name)
    return str(email.header.make_header(email.header.decode_header(name)))


def parse(raw):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    for part in message.walk():
        if part.defects:
            raise AssertionError(part.defects)
    return message


class Mail(unittest.TestCase):
    def test_a_reader_finds_all_parts(self):
        m = parse(make("mail", "production").stdout)
        self.assertEqual("multipart/mixed", m.get_content_type())
        self.assertEqual("Example hotline Æ",
                         m["From"].addresses[0].display_name)
        self.assertEqual("notice@hotline.example.org",
                         m["From"].addresses[0].addr_spec)
        self.assertEqual("Notice of illegal content, F-7K3Q-X9M2-C",
                         m["Subject"])
        self.assertEqual("F-7K3Q-X9M2-C", m["X-OpenHotline-Referral"])
        self.assertIsNone(m["X-OpenHotline-Test"])
        self.assertEqual("auto-generated", m["Auto-Submitted"])
        self.assertEqual("2026-11-22T08:47:35+00:00",
                         m["Date"].datetime.isoformat())
        self.assertRegex(m["Message-ID"],
                         r"^<F-7K3Q-X9M2-C\.[0-9a-f]{24}"
                         r"@hotline\.example\.org>$")
        text, xarf, other = m.iter_parts()
        self.assertIn("hxxps://www[.]example[.]org[:]8443/a/b[.]html?q=1",
                      text.get_content())
        self.assertEqual("xarf.json", xarf.get_filename())
        self.assertEqual("application/json", xarf.get_content_type())
        self.assertEqual("https://www.example.org:8443/a/b.html?q=1",
                         json.loads(xarf.get_content())["url"])
        self.assertEqual("æ, a long name of a file.bin",
                         other.get_filename())
        self.assertEqual(b"\0\r\n.\r\n\xff", other.get_content())

    def test_the_same_message_has_the_same_bytes(self):
        self.assertEqual(make("mail", "production").stdout,
                         make("mail", "production").stdout)

    def test_a_test_is_marked(self):
        m = parse(make("mail", "test").stdout)
        self.assertTrue(m["Subject"].startswith("[TEST] "))
        self.assertEqual("yes", m["X-OpenHotline-Test"])
        self.assertIn("THIS IS A TEST",
                      next(m.iter_parts()).get_content())

    def test_words_arrive_as_they_were(self):
        for words in (
                "plain", "æøå ÆØÅ", "日本語のとても長い件名" * 6, "📧" * 40,
                "=?UTF-8?Q?not_encoded?=", "a, b; c: d <e> (f) \"g\" \\",
                "word " * 40 + "end", "x" * 300, "عربي טקסט", "a=b?c",
                "e\u0301" * 60):
            with self.subTest(words=words[:20]):
                raw = make("words", words, words, words).stdout
                m = parse(raw)
                self.assertEqual(words, m["Subject"])
                self.assertEqual(words, name_of_sender(raw))
                text, attached = m.iter_parts()
                self.assertEqual(words + "\r\n", text.get_content())
                self.assertEqual(words, attached.get_filename())

    def test_hostile_words_add_no_header(self):
        plain = list(parse(make("words", "a", "b", "c").stdout).keys())
        for words in ("a\r\nBcc: x@example.org", "a\nBcc: x@example.org",
                      "a\rBcc: x@example.org", "a\r\n\r\nbody", "\r\n .",
                      "a\u2028Bcc: x@example.org", "a\x85Bcc: x",
                      "a\x0bBcc: x", "x@example.org, y@example.org",
                      "\" <x@example.org>, \"", "a\x1b[31m"):
            with self.subTest(words=ascii(words)):
                m = parse(make("words", words, words, words).stdout)
                self.assertEqual(plain, list(m.keys()))
                self.assertEqual(1, len(m["From"].addresses))
                self.assertEqual(2, len(list(m.iter_parts())))


class Bundle(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.addCleanup(self.dir.cleanup)
        self.path = os.path.join(self.dir.name, "bundle.zip")
        self.key = os.path.join(self.dir.name, "hotline.pub")
        make("bundle", self.path, self.key)

    def write(self, name, data):
        path = os.path.join(self.dir.name, name)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def read(self):
        with open(self.path, "rb") as f:
            return f.read()

    def test_a_zip_program_opens_it(self):
        with zipfile.ZipFile(self.path) as z:
            self.assertIsNone(z.testzip())
            self.assertEqual(["manifest.json", "signature", "case.json",
                              "case.html", "case.txt"], z.namelist())
            self.assertEqual((2026, 11, 22, 8, 47, 34),
                             z.getinfo("case.txt").date_time)
            manifest = json.loads(z.read("manifest.json"))
            for member in manifest["members"]:
                data = z.read(member["name"])
                self.assertEqual(member["size"], len(data))
                self.assertEqual(member["sha256"],
                                 hashlib.sha256(data).hexdigest())

    def test_openssl_verifies_the_signature(self):
        with zipfile.ZipFile(self.path) as z:
            manifest, signature = z.read("manifest.json"), z.read("signature")
        key = json.loads(manifest)["public_key"]
        der = bytes.fromhex("302a300506032b6570032100") + \
            base64.urlsafe_b64decode(key + "=")
        pem = (b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(der) +
               b"\n-----END PUBLIC KEY-----\n")
        for text, want in ((manifest, 0), (manifest + b" ", 1)):
            done = subprocess.run(
                ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey",
                 self.write("key.pem", pem), "-rawin", "-in",
                 self.write("manifest.json", text), "-sigfile",
                 self.write("signature", signature)], capture_output=True)
            self.assertEqual(want, done.returncode, done.stdout)

    def test_verify_gives_these_statuses(self):
        good = self.read()
        other = self.write("other.pub",
                           b"openhotline-ed25519 " + b"A" * 43 + b"\n")
        cases = (
            (0, ["--key", self.key, self.path], "signed by this key"),
            (0, ["--key", other, "--key", self.key, self.path], "signed by"),
            (0, ["--json", f"--key={self.key}", self.path], '"genuine"'),
            (5, [self.path], "is not proven"),
            (5, ["--json", self.path], '"unproven"'),
            (1, ["--key", other, self.path], "not by a trusted key"),
            (1, ["--key", self.key, self.write("a", good[:-1])],
             "cut short in the directory"),
            (1, ["--key", self.key, self.write("b", good + b"x")],
             "1 bytes behind the end"),
            (1, ["--json", self.write("c", b"")], "too short"),
            (1, [self.write("d", b"\0" * (17 << 20))], "too large"),
            (2, [], "usage:"), (2, ["a", "b"], "usage:"),
            (2, ["--what", self.path], "usage:"),
            (4, [os.path.join(self.dir.name, "none")], "no such file"),
            (4, ["--key", self.path, self.path], "not a line"),
            (4, ["--key"], "no such file"),
            (0, ["--help"], "usage:"),
        )
        for status, args, words in cases:
            with self.subTest(args=[os.path.basename(a) for a in args]):
                done = make("verify", *args, status=status)
                self.assertRegex((done.stdout + done.stderr).decode(), words)
        done = make("verify", "--key", self.key, "-", stdin=good)
        self.assertIn(b"F-7K3Q-X9M2-C", done.stdout)

    def test_json_is_json(self):
        told = json.loads(make("verify", "--json", "--key", self.key,
                               self.path).stdout)
        self.assertEqual("genuine", told["bundle"])
        self.assertEqual("C-0123-4567-8", told["case"])
        self.assertEqual(3, len(told["members"]))
        told = json.loads(make("verify", "--json", self.write("e", b"PK"),
                               status=1).stdout)
        self.assertEqual({"bundle": "refused",
                          "reason": "too short to be a bundle"}, told)

    def test_what_others_pack_is_refused(self):
        """The same members, packed by Python in ways of its own."""
        with zipfile.ZipFile(self.path) as z:
            members = [(name, z.read(name)) for name in z.namelist()]
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            with self.subTest(method=method):
                out = io.BytesIO()
                with zipfile.ZipFile(out, "w", method) as z:
                    for name, data in members:
                        z.writestr(name, data)
                done = make("verify", "--key", self.key,
                            self.write("f", out.getvalue()), status=1)
                self.assertIn(b"not stored plainly", done.stderr)


AJV = r"""
const fs = require('fs'), path = require('path');
const Ajv = require('ajv/dist/2020'), formats = require('ajv-formats');
const dir = process.argv[1], ajv = new Ajv({strict: false, allErrors: true});
formats(ajv);
const load = (p) => JSON.parse(fs.readFileSync(path.join(dir, p)));
for (const p of ['xarf-core.json', 'types/content-base.json']) {
  ajv.addSchema(load(p));
}
const validate = ajv.compile(load('types/content-csam.json'));
const doc = JSON.parse(fs.readFileSync(0, 'utf8'));
if (!validate(doc)) {
  console.log(JSON.stringify(validate.errors));
  process.exit(1);
}
"""


def ajv_is_there():
    done = subprocess.run(
        ["node", "-e", "require('ajv/dist/2020');require('ajv-formats')"],
        cwd=ROOT, capture_output=True)
    return done.returncode == 0


class Xarf(unittest.TestCase):
    def validate(self, document):
        return subprocess.run(["node", "-e", AJV, SCHEMAS], cwd=ROOT,
                              input=document, capture_output=True)

    @unittest.skipUnless(os.path.isdir(SCHEMAS), "no XARF schemas here")
    def test_the_public_schemas_take_our_documents(self):
        if not ajv_is_there():
            self.skipTest("ajv is not installed")
        for index in "01":
            for mode in ("test", "production"):
                with self.subTest(index=index, mode=mode):
                    document = make("xarf", index, mode).stdout
                    done = self.validate(document)
                    self.assertEqual(0, done.returncode,
                                     done.stdout + done.stderr)
        # and it does look: each required field is missed
        whole = json.loads(make("xarf", "0", "test").stdout)
        for name in ("report_id", "url", "classification", "reporter"):
            with self.subTest(without=name):
                less = {k: v for k, v in whole.items() if k != name}
                done = self.validate(json.dumps(less).encode())
                self.assertEqual(1, done.returncode, done.stderr)


ANSWERS = (
    '{"answer":"removed"}', '{"answer":"removed","note":"x"}',
    '{"answer":"already_gone"}', '{"answer":"not_ours"}',
    '{"answer":"received"}', '{"answer":"hold"}', '{"answer":"cleared"}',
    '{"answer":"moved","new_address":"https://b.example.org/"}',
    '{"answer":"need_more","note":"which?"}',
    '{"answer":"refused","reason":"court_order"}',
    '{"answer":"refused","reason":"other","note":"x"}',
    '{}', '[]', '7', '{"answer":7}', '{"answer":"gone"}',
    '{"answer":"unanswered"}', '{"answer":"removed","more":1}',
    '{"answer":"removed","note":7}', '{"answer":"moved"}',
    '{"answer":"removed","new_address":"https://b.example.org/"}',
    '{"answer":"removed","reason":"other"}', '{"answer":"refused"}',
    '{"answer":"refused","reason":"because"}', '{"answer":"need_more"}',
    '{"answer":"need_more","note":""}',
    '{"answer":"refused","reason":"other"}',
    '{"answer":"removed","note":"' + "x" * 2000 + '"}',
    '{"answer":"removed","note":"' + "x" * 2001 + '"}',
    '{"answer":"removed","note":"' + "📧" * 2000 + '"}',
    '{"answer":"removed","note":"' + "📧" * 2001 + '"}',
)

AJV_ANSWER = r"""
const Ajv = require('ajv/dist/2020');
const input = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const validate = new Ajv().compile(input.schema);
console.log(JSON.stringify(input.answers.map((a) => validate(JSON.parse(a)))));
"""


class Answer(unittest.TestCase):
    def test_the_schema_of_the_page_says_what_the_program_does(self):
        if not ajv_is_there():
            self.skipTest("ajv is not installed")
        with open(os.path.join(ROOT, "docs/protocol/answer.md"),
                  encoding="utf-8") as f:
            text = f.read()
        schema = json.loads(text.split("```json\n")[1].split("```")[0])
        done = subprocess.run(
            ["node", "-e", AJV_ANSWER], cwd=ROOT, capture_output=True,
            input=json.dumps({"schema": schema, "answers": ANSWERS}).encode())
        self.assertEqual(0, done.returncode, done.stderr)
        for answer, good in zip(ANSWERS, json.loads(done.stdout)):
            with self.subTest(answer=answer[:60]):
                said = make("answer", answer).stdout.decode().strip()
                self.assertEqual(good, said == "taken", said)


if __name__ == "__main__":
    sys.path.insert(0, os.path.join(ROOT, "tools"))
    import pytap
    sys.argv = ["pytap.py", os.path.dirname(os.path.abspath(__file__))]
    sys.exit(pytap.main())
