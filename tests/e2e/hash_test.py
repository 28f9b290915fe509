#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`hotline hash` from outside: order, forms, limits, what is broken, and what
is hostile. Speaks TAP. HL_BUILD names the build."""
import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import tempfile
import zlib

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.environ.get("HL_BUILD", os.path.join(ROOT, "build"))
PROGRAM = os.path.abspath(os.environ.get(
    "HL_HOTLINE", os.path.join(BUILD, "src/main/hotline")))
HASH = re.compile(r"[0-9a-f]{64}")


class Missing(Exception):
    """What a test wants is not on this machine."""


def chunk(kind, data):
    return (struct.pack(">I", len(data)) + kind + data +
            struct.pack(">I", zlib.crc32(kind + data)))


def png(width, height, value, alpha=False):
    """A PNG of which value(x, y) gives red, green and blue."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            rows += bytes(value(x, y))
            if alpha:
                rows.append(x % 256)
    head = struct.pack(">IIBBBBB", width, height, 8, 6 if alpha else 2,
                       0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) +
            chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b""))


def hills(seed):
    return lambda x, y: ((x * x // 40 + y * seed) % 256, x * y // 30 % 256,
                         (x * 3 + y * y // 50 * seed) % 256)


def hotline(*words, stdin=b"", cwd=None):
    return subprocess.run([PROGRAM, "hash", *words], input=stdin, cwd=cwd,
                          capture_output=True, check=False, timeout=300)


def lines(done):
    return [line.split("\t") for line in done.stdout.decode().splitlines()]


class World:
    """A folder with pictures of every fate."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="hl-hash-")
        self.good = []
        for i in range(24):
            name = f"good-{i:02}.png"
            self.put(name, png(100 + i, 90, hills(i + 1)))
            self.good.append(name)
        good = self.read("good-00.png")
        self.put("cut.png", good[:len(good) // 3])
        self.put("alpha.png", png(100, 90, hills(1), alpha=True))
        self.put("bomb.png", good[:16] + struct.pack(">II", 60000, 60000) +
                 good[24:])
        self.put("text.txt", b"plain words\n")
        self.put("empty.jpg", b"")
        self.put("broken.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 500)

    def path(self, name):
        return os.path.join(self.dir, name)

    def put(self, name, data):
        with open(self.path(name), "wb") as f:
            f.write(data)

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def run(self, *words, **more):
        return hotline(*words, cwd=self.dir, **more)


def in_order(w):
    names = w.good[::-1] + w.good
    one = w.run("--jobs", "1", *names)
    many = w.run("--jobs", "4", *names)
    assert one.returncode == 0 and many.returncode == 0, one.stderr
    assert one.stdout == many.stdout and one.stderr == b""
    got = lines(one)
    assert [g[2] for g in got] == names
    assert all(HASH.fullmatch(g[0]) and 0 <= int(g[1]) <= 100 for g in got)
    assert len({g[0] for g in got}) == len(w.good)


def bad_ones_stop_nobody(w):
    names = ["good-00.png", "cut.png", "good-01.png", "bomb.png",
             "good-02.png", "text.txt", "empty.jpg", "broken.jpg",
             "missing.png", ".", "good-03.png"]
    done = w.run(*names)
    assert done.returncode == 1, done.returncode
    assert [g[2] for g in lines(done)] == [
        n for n in names if n.startswith("good")]
    told = done.stderr.decode().splitlines()
    assert len(told) == 7, told
    for line, says in zip(told, (
            "cut.png: damaged: ", "bomb.png: refused: 60000 x 60000 pixels",
            "text.txt: no picture or video that is known",
            "empty.jpg: no picture or video that is known: it is empty",
            "broken.jpg: damaged: ", "missing.png: could not be read: No such",
            ".: could not be read: Is a directory")):
        assert line.startswith("hotline hash: " + says), line


def nothing_is_waited_for(w):
    os.mkfifo(w.path("pipe"))
    done = w.run("pipe", "/dev/zero", "good-01.png")
    os.unlink(w.path("pipe"))
    assert done.returncode == 1, done.returncode
    assert [g[2] for g in lines(done)] == ["good-01.png"]
    told = done.stderr.decode().splitlines()
    assert told[0].startswith(
        "hotline hash: pipe: refused: this is a pipe"), told
    assert told[1].startswith(
        "hotline hash: /dev/zero: refused: this is a device"), told


def transparency_is_dropped(w):
    got = lines(w.run("good-00.png", "alpha.png"))
    assert got[0][0] == got[1][0], got


def from_standard_input(w):
    data = w.read("good-05.png")
    done = w.run("-", stdin=data)
    assert lines(done)[0][2] == "-" and done.returncode == 0
    assert lines(done)[0][0] == lines(w.run("good-05.png"))[0][0]
    done = w.run("--files-from", "-",
                 stdin=b"good-01.png\n\ngood-00.png")
    assert [g[2] for g in lines(done)] == ["good-01.png", "good-00.png"]
    assert w.run("-", stdin=b"").returncode == 1


def objects(w):
    done = w.run("--json", "--digests", "--dihedral", "--cli512",
                 "good-00.png", "bomb.png", "good-01.png")
    assert done.returncode == 1 and done.stderr == b"", done.stderr
    first, bomb, second = map(json.loads, done.stdout.splitlines())
    data = w.read("good-00.png")
    assert first["path"] == "good-00.png" and second["status"] == "hashed"
    assert first["bytes"] == len(data)
    assert (first["width"], first["height"]) == (100, 90)
    assert first["format"] == "png"
    for name in ("md5", "sha1", "sha256"):
        assert first[name] == hashlib.new(name, data).hexdigest()
    frame, = first["frames"]
    assert frame["dihedral"]["original"] == frame["pdq"]
    assert len(set(frame["dihedral"].values())) == 8
    assert HASH.fullmatch(frame["cli512"])
    assert bomb["status"] == "refused" and bomb["frames"] == []
    assert "60000" in bomb["text"] and bomb["sha256"]


def fields_of_lines(w):
    got, = lines(w.run("--digests", "--dihedral", "--cli512", "good-00.png"))
    names = [field.split("=")[0] for field in got[3:]]
    assert names == ["cli512", "rotate90", "rotate180", "rotate270", "flipx",
                     "flipy", "flip-plus-1", "flip-minus-1", "md5", "sha1",
                     "sha256"], names


def folders(w):
    deep = w.path("deep/er")
    os.makedirs(deep)
    shutil.copy(w.path("good-07.png"), os.path.join(deep, "b.png"))
    shutil.copy(w.path("good-08.png"), w.path("deep/a.png"))
    shutil.copy(w.path("text.txt"), w.path("deep/notes"))
    os.symlink("/etc/hostname", w.path("deep/link"))
    done = w.run("-r", "deep", "good-00.png")
    assert done.returncode == 0, done.stderr
    assert [g[2] for g in lines(done)] == [
        "deep/a.png", "deep/er/b.png", "good-00.png"]
    done = w.run("--recursive", "--json", "deep")
    assert done.returncode == 0
    assert [json.loads(o)["status"] for o in done.stdout.splitlines()] == [
        "hashed", "hashed", "no-picture"]


def odd_names(w):
    data = w.read("good-00.png")
    for name in (b"a\tb\n.png", b"\x1b[31m.png", b"back\\slash.png",
                 b"\xff\xfe.png", b"--jobs", b"-x"):
        with open(os.path.join(w.dir.encode(), name), "wb") as f:
            f.write(data)
        done = w.run("--", name)
        assert done.returncode == 0, (name, done.stderr)
        assert done.stdout.count(b"\n") == 1 and b"\x1b" not in done.stdout
        done = w.run("--json", "--", name)
        told = json.loads(done.stdout)
        if name == b"\xff\xfe.png":
            assert bytes.fromhex(told["path_hex"]) == name
        else:
            assert told["path"].encode() == name
        os.remove(os.path.join(w.dir.encode(), name))
    done = w.run("no\nsuch\x1b[31m")
    assert done.stderr.count(b"\n") == 1 and b"\x1b" not in done.stderr


def limits(w):
    for words, says in (
            (("--max-pixels", "8999"), b"100 x 90 pixels"),
            (("--max-bytes", "100"), b"a file may have 100 bytes")):
        done = w.run(*words, "good-00.png")
        assert done.returncode == 1 and done.stdout == b""
        assert says in done.stderr, done.stderr
    assert w.run("--max-pixels=9000", "good-00.png").returncode == 0


def usage(w):
    for words in ((), ("--what", "x"), ("--jobs", "0", "x"),
                  ("--jobs", "many", "x"), ("--jobs",),
                  ("--video-every", "nan", "x"), ("--max-frames", "-1", "x"),
                  ("--video-every", "0", "x"), ("--files-from",)):
        done = w.run(*words)
        assert done.returncode == 2, (words, done.returncode)
        assert b"usage: hotline hash" in done.stderr
    assert w.run("--help").returncode == 0
    assert w.run("--files-from", "nowhere").returncode != 0


def output_that_fails(w):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([PROGRAM, "hash", *w.good], cwd=w.dir,
                              stdout=full, stderr=subprocess.PIPE,
                              check=False, timeout=60)
    assert done.returncode != 0 and b"No space left" in done.stderr


def no_process_is_left(w):
    w.run(*w.good)
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm", encoding="utf-8") as f:
                name = f.read().strip()
            if name in ("media zygote", "media worker"):
                cwd = os.readlink(f"/proc/{pid}/cwd")
                assert cwd != w.dir, (pid, name)
        except OSError:
            pass


def as_the_reference(w):
    """The reference's hashes of its own JPEGs, where they are."""
    folder = os.path.join(os.environ.get("HL_SHARED", "/nonexistent"),
                          "data", "pdq")
    if not os.path.isdir(folder):
        raise Missing("HL_SHARED has no data/pdq")
    wanted = {}
    with open(os.path.join(folder, "vectors.tsv"), encoding="ascii") as f:
        for line in f:
            name, pdq, quality, path = line.rstrip("\n").split("\t")
            if name.endswith(".jpg") and path in ("fullres", "cli512"):
                wanted.setdefault(name, {})[path] = (pdq, int(quality))
    assert len(wanted) == 10, wanted
    names = sorted(wanted)
    done = w.run("--json", "--cli512", "--dihedral",
                 *(os.path.join(folder, name) for name in names))
    assert done.returncode == 0, done.stderr
    for name, told in zip(names, map(json.loads, done.stdout.splitlines())):
        frame, = told["frames"]
        assert wanted[name] == {
            "fullres": (frame["pdq"], frame["quality"]),
            "cli512": (frame["cli512"], frame["quality"]),
        }, (name, frame)
        assert frame["dihedral"]["original"] == frame["pdq"]


def main():
    tests = (in_order, bad_ones_stop_nobody, nothing_is_waited_for,
             transparency_is_dropped, from_standard_input, objects,
             fields_of_lines, folders, odd_names, limits, usage, output_that_fails,
             no_process_is_left, as_the_reference)
    failed = 0
    world = World()
    try:
        for i, test in enumerate(tests, 1):
            name = test.__name__.replace("_", " ")
            try:
                test(world)
                print(f"ok {i} - {name}", flush=True)
            except Missing as e:
                print(f"ok {i} - {name} # SKIP {e}", flush=True)
            except (AssertionError, ValueError, KeyError, OSError) as e:
                failed += 1
                print(f"not ok {i} - {name}\n# {e!r}", flush=True)
    finally:
        shutil.rmtree(world.dir)
    print(f"1..{len(tests)}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
