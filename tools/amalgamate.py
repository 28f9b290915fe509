#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: tools/amalgamate.py [--root FOLDER] DIR

Writes libhotline-match, the rooms src/match and src/match_*, as two files,
DIR/hotline-match.c and DIR/hotline-match.h, for programs that take it into
their own sources:

    cc -O2 -c hotline-match.c
    cc -O2 program.c hotline-match.o -pthread -lm

Functions that only the library itself calls become static, and so cannot
meet the program's. Names that two source files have in common get the file's
name before them. What cannot be joined is an error that names the place.
"""
import argparse
import os
import re
import sys

import cdecls

PUBLIC = "hotline/match.h"
ROOM = re.compile(r"match(_\w+)?")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"[^\n]*\n', re.M)
GUARD = re.compile(r"\A\s*#ifndef (\w+)\s*\n\s*#define \1\b")
STATIC = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+"
                    r"(?:[^\n]|\\\n)*\bstatic\b", re.M)
TOKEN = re.compile(r"(->\s*|(?<!\.)\.\s*)?\b([A-Za-z_]\w*)\b")

HEAD = """\
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libhotline-match %(version)s in one file, from OpenHotline.
 * Made by tools/amalgamate.py of what src/match and src/match_* have: change
 * it there.
 *
 *     cc -O2 -c hotline-match.c            C11 or later, gcc or clang
 *     cc program.c hotline-match.o -pthread -lm
 *
 * With -DHL_MATCH_API= a shared library of your own that has this file in it
 * hides these functions when it is compiled with -fvisibility=hidden.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
/* Hashes are equal everywhere only if each sum and product is rounded. */
#ifdef __FAST_MATH__
#error "hotline-match.c must not be compiled with -ffast-math or -Ofast"
#endif
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wunused-function"
#else
#pragma GCC optimize("-ffp-contract=off")
#endif
#pragma GCC diagnostic ignored "-Wunused-parameter"
#define HL_MATCH_INNER static __attribute__((unused))
#include "hotline-match.h"
"""


class Fault(Exception):
    """Something that cannot be joined: place and reason."""


class Source:
    """A source or header file of the library and what it declares."""

    def __init__(self, root, path):
        self.path = path
        try:
            with open(os.path.join(root, path), encoding="utf-8") as f:
                self.text = f.read()
        except OSError as fault:
            raise Fault(f"{path}: {fault.strerror}") from fault
        self.text = re.sub(r"\A/\* SPDX[^\n]*\*/\n", "", self.text)
        self.text = re.sub(r"^#define _GNU_SOURCE\b.*\n", "", self.text,
                           flags=re.M)
        self.stem = os.path.splitext(os.path.basename(path))[0]
        self.declared = list(cdecls.declarations(self.text))
        self.macros = set(cdecls.DEFINES.findall(
            re.sub(r"/\*.*?\*/", "", self.text, flags=re.S)))
        self.includes = INCLUDE.findall(self.text)
        self.once = bool(GUARD.match(cdecls.without_comments(self.text)))

    def fault(self, offset, text):
        # The licence line was taken off.
        return Fault(f"{self.path}:{cdecls.line_of(self.text, offset) + 1}: "
                     f"{text}")

    def names(self):
        """Names that would meet those of other files, with the offset;
        tags have the word struct before them."""
        for d in self.declared:
            for tag in d.tags():
                yield "struct " + tag, d.at
            for constant in d.constants():
                yield constant, d.at
            name = d.name()
            if name and (d.is_typedef or d.is_static):
                yield name, d.at


def rooms(root):
    """The library's folders of src, that of its calls last."""
    found = [name for name in os.listdir(os.path.join(root, "src"))
             if ROOM.fullmatch(name)]
    return sorted(found, key=lambda name: (name == "match", name))


def room_sources(root, room):
    """The sources that a room's meson.build names, in its order."""
    path = f"src/{room}/meson.build"
    with open(os.path.join(root, path), encoding="utf-8") as f:
        text = re.sub(r"#.*", "", f.read())
    names = []
    for part in re.findall(r"match_sources\s*\+?=\s*files\((.*?)\)", text,
                           re.S):
        names += re.findall(r"'([^']+\.c)'", part)
    for name in names:
        if names.count(name) > 1:
            raise Fault(f"{path}: names {name} twice")
    for name in sorted(os.listdir(os.path.join(root, "src", room))):
        if name.endswith(".c") and name not in names:
            raise Fault(f"{path}: does not name {name}")
    if not names:
        raise Fault(f"{path}: names no source")
    return [f"src/{room}/{name}" for name in names]


def listed_sources(root):
    """Those of all rooms. Names that meet get the file's name before them, so
    no two files may share that."""
    paths = [path for room in rooms(root)
             for path in room_sources(root, room)]
    of = {}
    for path in paths:
        name = os.path.basename(path)
        if name in of:
            raise Fault(f"{path}: {of[name]} has the same name: rename one "
                        "of them")
        of[name] = path
    return paths


def read_all(root):
    """The sources in order, and the headers that they include, by name."""
    sources = [Source(root, path) for path in listed_sources(root)]
    headers, waiting = {}, list(sources)
    while waiting:
        source = waiting.pop()
        for name in source.includes:
            if name == PUBLIC or name in headers:
                continue
            if not ROOM.fullmatch(name.split("/")[0]):
                raise source.fault(
                    source.text.find(f'"{name}"'),
                    f"includes {name}, which is not of the library")
            headers[name] = Source(root, "src/" + name)
            waiting.append(headers[name])
    return sources, headers


def mark_static(files):
    """Macros that say static, as INLINE may, make a declaration static."""
    macros = {name for f in files for name in STATIC.findall(f.text)}
    for f in files:
        for d in f.declared:
            if macros & set(re.findall(r"\w+", d.head)):
                d.is_static = True


def check_source(source, headers):
    for d in source.declared:
        name = d.name()
        if d.is_typedef or d.is_static or not name:
            continue
        if not name.startswith("hl_"):
            raise source.fault(d.at, f"{name} is neither static nor "
                               "begins with hl_")
    for header in headers.values():
        both = header.macros & source.macros if header.once else None
        if both:
            raise Fault(f"{source.path}: defines {min(both)}, and so does "
                        f"{header.path}")
    depth = 0
    for found in re.finditer(r"^[ \t]*#[ \t]*pragma[ \t]+(?:GCC|clang)[ \t]+"
                             r"(\w+)", source.text, re.M):
        depth += {"push_options": 1, "pop_options": -1}.get(
            found.group(1), 0)
        if found.group(1) in ("target", "optimize") and depth == 0:
            raise source.fault(found.start(), "this pragma would hold for "
                               "the files behind it: put it between "
                               "push_options and pop_options, or use "
                               "__attribute__((target))")


def clashes(sources, headers):
    """For each source, the names of it that another file has as well."""
    owners = {}
    for source in [*sources, *(h for h in headers.values() if h.once)]:
        for name, _ in source.names():
            owners.setdefault(name, set()).add(source.path)
    return {source.path: {
        name for name, _ in source.names() if len(owners[name]) > 1}
        for source in sources}


def check_members(source, words):
    """A renamed name must not be that of a member declared in the file."""
    for d in source.declared:
        for body in d.bodies if d.tags() and not d.is_function else ():
            for word in set(re.findall(r"\w+", body)) & words:
                if re.search(r"(\.|->)\s*" + word + r"\b", source.text):
                    raise source.fault(
                        d.at, f"{word} is a member here and a name that "
                        "another file has too: rename one of them")


def rename(source, names, text):
    """The text with the file's name before each of the names."""
    words = {n for n in names if not n.startswith("struct ")}
    tags = {n[len("struct "):] for n in names if n.startswith("struct ")}
    check_members(source, words)

    def one(match):
        access, word = match.groups()
        tagged = re.search(r"\b(struct|union|enum)\s+$",
                           code[max(0, match.start() - 20):match.start()])
        if word in tags if tagged else word in words and not access:
            return f"{source.stem}_{word}"
        return match.group(0)

    out, at = [], 0
    for hidden in [*cdecls.LITERALS.finditer(text), None]:
        code = text[at:hidden.start() if hidden else len(text)]
        out.append(TOKEN.sub(one, code))
        if hidden:
            out.append(hidden.group(0))
            at = hidden.end()
    return "".join(out)


def make_inner(source, public):
    """The text with HL_MATCH_INNER before what only the library uses."""
    out, at = [], 0
    for d in source.declared:
        name = d.name()
        if not name or d.is_static or d.is_typedef or name in public or \
                re.match(r"(struct|union|enum)( \w+)?( ?{})? ?;", d.head):
            continue
        out.append(source.text[at:d.at] + "HL_MATCH_INNER ")
        at = d.at
        if d.is_extern:
            at = source.text.index("extern", at) + len("extern ")
    return "".join(out) + source.text[at:]


class Joiner:
    def __init__(self, headers, public):
        self.headers, self.public = headers, public
        self.done = set()

    def expand(self, source, text):
        """The text with the library's headers in the place of their
        #include, those with a guard only the first time."""
        def one(match):
            name = match.group(1)
            if name == PUBLIC or name in self.done:
                return ""
            header = self.headers[name]
            if header.once:
                self.done.add(name)
            return self.expand(header, make_inner(header, self.public)) + "\n"
        return INCLUDE.sub(one, text)

    def source(self, source, names):
        text = rename(source, names, make_inner(source, self.public))
        text = self.expand(source, text)
        macros = source.macros.union(*(
            self.headers[name].macros for name in source.includes
            if name != PUBLIC and not self.headers[name].once))
        undo = "".join(f"#undef {m}\n" for m in sorted(macros))
        return f"\n/* ---- {source.path} ---- */\n" + text + undo


def amalgamate(root):
    """The texts of hotline-match.h and hotline-match.c."""
    with open(os.path.join(root, "include", PUBLIC), encoding="utf-8") as f:
        header = f.read()
    version = re.search(r'^#define HL_MATCH_VERSION "([^"]+)"', header, re.M)
    public = cdecls.public_functions(header)
    if not version or not public:
        raise Fault(f"include/{PUBLIC}: has no version or no functions")
    sources, headers = read_all(root)
    mark_static([*sources, *headers.values()])
    for source in sources:
        check_source(source, headers)
    both = clashes(sources, headers)
    taken = {name for s in sources for name, _ in s.names()}
    for source in sources:
        for name in both[source.path]:
            if f"{source.stem}_{name.split()[-1]}" in taken:
                raise Fault(f"{source.path}: {name} is in another file too, "
                            f"and so is {source.stem}_{name.split()[-1]}")
    joiner = Joiner(headers, public)
    body = "".join(joiner.source(s, both[s.path]) for s in sources)
    head = HEAD % {"version": version.group(1)}
    return header, head + re.sub(r"\n{3,}", "\n\n", body)


def main():
    parser = argparse.ArgumentParser(
        usage="%(prog)s [--root FOLDER] DIR",
        description="writes DIR/hotline-match.c and DIR/hotline-match.h")
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(
        os.path.abspath(__file__))), help="where src/match is")
    parser.add_argument("dir")
    args = parser.parse_args()
    try:
        header, source = amalgamate(args.root)
        os.makedirs(args.dir, exist_ok=True)
        for name, text in (("hotline-match.h", header),
                           ("hotline-match.c", source)):
            path = os.path.join(args.dir, name)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
    except (Fault, OSError) as fault:
        print(f"amalgamate: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
