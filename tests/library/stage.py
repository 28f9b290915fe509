# SPDX-License-Identifier: Apache-2.0
"""libhotline-match alone, built and installed as somebody who embeds it
would, without sanitizers, once for all tests of this folder."""
import functools
import os
import re
import shlex
import subprocess
import sys

ROOT = os.environ["HL_SOURCE_ROOT"]
WORK = os.environ["HL_STAGE"]
PREFIX = os.path.join(WORK, "prefix")
LIB = os.path.join(PREFIX, "lib")
LIMIT_S = 240

sys.path.insert(0, os.path.join(ROOT, "tools"))
import cdecls  # noqa: E402

ENV = {**{k: v for k, v in os.environ.items()
          if k not in ("CFLAGS", "LDFLAGS", "DESTDIR", "LD_PRELOAD")},
       "PKG_CONFIG_PATH": os.path.join(LIB, "pkgconfig"),
       "LD_LIBRARY_PATH": LIB}


def run(*command, **more):
    """Its standard output; what it said is in the failure."""
    done = subprocess.run(command, env={**ENV, **more.pop("env", {})},
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=LIMIT_S, check=False, **more)
    if done.returncode:
        raise AssertionError(f"{shlex.join(command)}: status "
                             f"{done.returncode}\n{done.stdout[-1000:]}"
                             f"{done.stderr[-4000:]}")
    return done.stdout


@functools.cache
def build():
    folder = os.path.join(WORK, "build")
    if not os.path.exists(os.path.join(folder, "build.ninja")):
        run("meson", "setup", folder, ROOT, "-Dparts=match", "-Dtests=disabled",
            "--prefix", PREFIX, "--libdir", "lib")
    run("ninja", "-C", folder, "install")


@functools.cache
def amalgamate():
    """The folder with the two files, and with hotline/match.h so that a
    program that includes the installed header compiles with it as well."""
    folder = os.path.join(WORK, "one")
    run(sys.executable, os.path.join(ROOT, "tools/amalgamate.py"), folder)
    os.makedirs(os.path.join(folder, "hotline"), exist_ok=True)
    with open(os.path.join(folder, "hotline/match.h"), "w",
              encoding="utf-8") as f:
        f.write('#include "../hotline-match.h"\n')
    return folder


def made(name):
    """A path for a program or object."""
    folder = os.path.join(WORK, "made")
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, name)


def flags(*options):
    return shlex.split(run("pkg-config", *options, "hotline-match"))


@functools.cache
def functions():
    with open(os.path.join(ROOT, "include/hotline/match.h"),
              encoding="utf-8") as f:
        return sorted(cdecls.public_functions(f.read()))


def defined(path, *options):
    """Names of the global symbols that an object, archive or library has."""
    text = run("nm", "--defined-only", "-g", *options, path)
    return sorted({found.group(1) for found in
                   re.finditer(r"^[0-9a-f]+ [A-Z] (\w+)$", text, re.M)})
