#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts three hashes on a list, and asks which of them is near a fourth.
usage: match.py FOLDER; needs libhotline-match.so.0, nothing else."""
import ctypes as c
import sys

KNOWN = ("d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22",
         "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
         "5555555555555555aaaaaaaaaaaaaaaa5555555555555555aaaaaaaaaaaaaaaa")
# The first again, with eight of its bits turned.
ASKED = "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9bdd"
WRITE, CREATE, PDQ, DURABLE = 1, 2, 1, 1


def struct(called, **fields):
    """The ctypes class of a struct of hotline/match.h."""
    return type(called, (c.Structure,), {"_fields_": list(fields.items())})


Error = struct("Error", code=c.c_int, sys_errno=c.c_int, offset=c.c_uint64,
               text=c.c_char * 232)
Options = struct("Options", size_of=c.c_uint32, flags=c.c_uint32)
List = struct("List", size_of=c.c_uint32, id=c.c_uint32, flags=c.c_uint32,
              radius=c.c_uint32, version=c.c_uint64, name=c.c_char * 64,
              owner=c.c_char * 64)
Entry = struct("Entry", list=c.c_uint32, part=c.c_uint32, id=c.c_uint64,
               kind=c.c_uint16, label=c.c_uint16, payload_bytes=c.c_uint32,
               payload=c.c_void_p, hash=c.c_uint8 * 32)
Found = struct("Found", list=c.c_uint32, part=c.c_uint32, id=c.c_uint64,
               kind=c.c_uint16, label=c.c_uint16, distance=c.c_uint16,
               negative=c.c_uint16, payload_bytes=c.c_uint32,
               payload=c.c_void_p, hash=c.c_uint8 * 32)
Answer = struct("Answer", matches=c.POINTER(Found), n_max=c.c_size_t,
                n=c.c_size_t, n_found=c.c_uint64, truncated=c.c_int,
                cleared=c.c_int)
lib = c.CDLL("libhotline-match.so.0")
err = Error()


def call(function, *args):
    """Calls one that takes a struct hl_match_error last."""
    if getattr(lib, "hl_match_" + function)(*args, c.byref(err)) < 0:
        sys.exit(f"{function}: {err.text.decode()}")


def main(folder):
    index, reader = c.c_void_p(), c.c_void_p()
    found = (Found * 10)()
    answer = Answer(matches=found, n_max=len(found))
    call("index_open", folder.encode(),
         c.byref(Options(c.sizeof(Options), WRITE | CREATE)), c.byref(index))
    call("list_put", index,
         c.byref(List(size_of=c.sizeof(List), id=1, name=b"example")))
    for i, text in enumerate(KNOWN):
        call("index_put", index, c.byref(Entry(
            list=1, id=100 + i, kind=PDQ,
            hash=(c.c_uint8 * 32)(*bytes.fromhex(text)))))
    call("index_commit", index, c.c_uint64(0), c.c_uint32(DURABLE))
    call("reader_new", index, c.byref(reader))
    call("reader_query", reader, bytes.fromhex(ASKED), None, c.byref(answer))
    for match in found[:answer.n]:
        print(f"list example, entry {match.id}, distance {match.distance}")
    lib.hl_match_reader_free(reader)
    lib.hl_match_index_close(index)


if len(sys.argv) != 2:
    sys.exit(__doc__)
main(sys.argv[1])
