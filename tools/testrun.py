#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs all tests and counts every case; started by ./test.

Each part is a program that speaks TAP, or a check that passes by exiting 0
(77 means skipped, and why on its output). A part that dies, or that runs
fewer cases than its plan promises, is one failed case more.
"""
import argparse
import itertools
import json
import os
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SANITIZED = "build-asan"
RELEASE = "build"
# These read what the compiler made, so they come after the builds.
BUILT_CHECKS = ("globals", "headers")
# And these read the release build, which --fast leaves out.
RELEASE_CHECKS = ("globals",)

TAP_LINE = re.compile(r"^\s*(not )?ok\b(.*)$")
TAP_PLAN = re.compile(r"^1\.\.(\d+)")


class Tally:
    """Counts of cases; the failures' names and what they said, for the end:
    whoever sees a part of a long log sees its end."""

    def __init__(self):
        self.passed = 0
        self.skipped = 0
        self.failures = []
        self.told = []

    def keep(self, part, text):
        self.told.append((part, excerpt(text)))

    def add(self, name, state):
        if state == "failed":
            self.failures.append(name)
        elif state == "skipped":
            self.skipped += 1
        else:
            self.passed += 1


def read_tap(text):
    """The cases of a TAP text as (name, state), and the number planned."""
    cases, plan = [], None
    for line in text.splitlines():
        planned = TAP_PLAN.match(line)
        if planned and re.search(r"#\s*skip", line, re.I):
            cases.append((line.split("#", 1)[1].strip(), "skipped"))
        elif planned:
            plan = (plan or 0) + int(planned.group(1))
        found = TAP_LINE.match(line)
        if not found:
            continue
        name = re.sub(r"^\s*\d*\s*-?\s*", "", found.group(2))
        if re.search(r"#\s*skip", name, re.I):
            state = "skipped"
        else:
            state = "failed" if found.group(1) else "passed"
        cases.append((name or str(len(cases) + 1), state))
    return cases, plan


def judge(tally, part, text, code, told=""):
    """Counts one TAP part; prints what failed and how, and only then the
    rest of what it said: a log may be shown cut off. True if all well."""
    cases, plan = read_tap(text)
    before = len(tally.failures)
    for name, state in cases:
        tally.add(f"{part}: {name}", state)
    clean = len(tally.failures) == before
    if plan is not None and plan != len(cases):
        tally.add(f"{part}: planned {plan} cases, ran {len(cases)}", "failed")
    elif code != 0 and clean:
        tally.add(f"{part}: ended with status {code}", "failed")
    elif not cases:
        tally.add(f"{part}: ran no case", "failed")
    good = len(tally.failures) == before
    print(f"{'ok  ' if good else 'FAIL'} {part} ({len(cases)} cases){told}",
          flush=True)
    if not good:
        print(indent(excerpt(text)))
        print(indent("all that it said:\n" + text))
        tally.keep(part, text)
    return good


def excerpt(text, most=40, each=12, cases=10):
    """The first failing cases with their comments, then the last lines."""
    lines, kept, n = text.rstrip().splitlines(), [], 0
    for i, line in enumerate(lines):
        found = TAP_LINE.match(line)
        if not found or not found.group(1) or "# not reached" in " ".join(
                lines[i + 1:i + 2]):
            continue
        n += 1
        if n > cases:
            break
        comments = list(itertools.takewhile(
            lambda l: l.lstrip().startswith("#"), lines[i + 1:]))
        if len(comments) > each:  # a story tells at its end what went wrong
            comments[3:4 - each] = ["# ..."]
        kept += [line, *comments]
    return "\n".join(kept + ["... and the end of it:"] * bool(kept)
                     + lines[-most:])


def tell_failures(tally):
    for part, text in tally.told:
        print(f"\n---- {part}\n{indent(text)}")
    if tally.failures:
        print()
    for name in tally.failures:
        print(f"failed: {name}")


def indent(text, most=200):
    lines = text.rstrip().splitlines()
    if len(lines) > most:
        lines = lines[: most // 4] + ["..."] + lines[-most * 3 // 4:]
    return "\n".join("     | " + line for line in lines)


def capture(command, **more):
    done = subprocess.run(command, cwd=ROOT, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, check=False, **more)
    return done.returncode, done.stdout


def checks():
    folder = os.path.join(ROOT, "tools", "check")
    return sorted(
        name for name in os.listdir(folder)
        if "." not in name and os.access(os.path.join(folder, name), os.X_OK)
        and os.path.isfile(os.path.join(folder, name)))


def run_check(tally, name):
    code, text = capture([os.path.join("tools", "check", name)])
    state = {0: "passed", 77: "skipped"}.get(code, "failed")
    tally.add(f"check/{name}", state)
    word = {"passed": "ok  ", "skipped": "skip", "failed": "FAIL"}[state]
    last = text.rstrip().splitlines()[-1:] or [""]
    print(f"{word} check/{name}: {last[0]}", flush=True)
    if state == "failed":
        print(indent(text))
        tally.keep(f"check/{name}", text)


def run_build(tally, folder, options):
    started = time.monotonic()
    print(f"     building {folder}", flush=True)
    code, text = capture(["tools/build", folder, "all", *options])
    tally.add(f"build/{folder}", "failed" if code else "passed")
    took = time.monotonic() - started
    print(f"{'FAIL' if code else 'ok  '} build/{folder} ({took:.0f} s)",
          flush=True)
    if code:
        print(indent(text))
        tally.keep(f"build/{folder}", text)
    return code == 0


def unit_names():
    """The tests that meson knows, as the names that it takes."""
    if not os.path.isdir(os.path.join(ROOT, SANITIZED)):
        return []
    code, text = capture(["meson", "introspect", "--tests", SANITIZED])
    if code:
        return []
    return [test["name"] for test in json.loads(text)
            if "e2e" not in " ".join(test["suite"])]


def run_units(tally, names):
    log = os.path.join(ROOT, SANITIZED, "meson-logs", "testlog.json")
    if os.path.exists(log):
        os.unlink(log)
    code, text = capture(["meson", "test", "-C", SANITIZED, "--no-rebuild",
                          "--no-suite", "e2e", "-t", "5",
                          "--num-processes", "2", *names])
    if not os.path.exists(log):
        tally.add("unit: meson test ran nothing", "failed")
        print(indent(text))
        return
    with open(log, encoding="utf-8") as lines:
        for line in lines:
            test = json.loads(line)
            out = test.get("stdout") or ""
            err = test.get("stderr") or ""
            code = test.get("returncode") or 0
            if test.get("result") in ("TIMEOUT", "INTERRUPT"):
                code = code or 1
                err += f"\nended by meson: {test['result']}"
            if not re.search(r"^\s*(not )?ok\b|^1\.\.\d", out, re.M):
                # a program that speaks no TAP is one case
                result = test.get("result")
                word = "ok" if result in ("OK", "SKIP") else "not ok"
                note = " # SKIP" if result == "SKIP" else ""
                out = f"{word} {test['name']}{note}\n" + out
            failed = code or "not ok" in out
            judge(tally, test["name"].split(":")[-1].strip(),
                  out + err if failed else out, code)


def e2e_scripts():
    folder = os.path.join(ROOT, "tests", "e2e")
    return ["run"] if os.access(os.path.join(folder, "run"), os.X_OK) else []


def run_tap(tally, part, command, env):
    started = time.monotonic()
    code, text = capture(command, env=env)
    judge(tally, part, text, code, f" {time.monotonic() - started:.0f} s")


def parse_arguments():
    parser = argparse.ArgumentParser(prog="./test")
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("names", nargs="*", metavar="NAME")
    return parser.parse_args()


def environment():
    env = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", LC_ALL="C.UTF-8",
               HL_BUILD=os.path.join(ROOT, RELEASE),
               HL_BUILD_SANITIZED=os.path.join(ROOT, SANITIZED),
               HL_HOTLINE=os.path.join(ROOT, RELEASE, "src/main/hotline"))
    shared = os.path.join(os.path.dirname(ROOT), "shared")
    if os.path.isdir(shared):
        env.setdefault("HL_SHARED", shared)
    os.environ.update(env)
    return env


def main():
    args = parse_arguments()
    env = environment()
    tally = Tally()

    def wanted(name):
        return not args.names or any(part in name for part in args.names)

    if args.list:
        for name in ([f"check/{c}" for c in checks()] +
                     [f"build/{SANITIZED}", f"build/{RELEASE}"] +
                     sorted(unit_names()) + ["tools"] +
                     [f"e2e/{s}" for s in e2e_scripts()]):
            print(name)
        return 0

    started = time.monotonic()
    mine = [c for c in checks() if wanted(f"check/{c}")]
    for name in mine:
        if name not in BUILT_CHECKS:
            run_check(tally, name)
    if wanted("tools") and os.path.isdir(
            os.path.join(ROOT, "tests", "tools")):
        run_tap(tally, "tools",
                [sys.executable, "tools/pytap.py", "tests/tools"], env)

    # Anything but checks that need no build and tools needs the builds.
    all_names = args.names == []
    static = [n for n in args.names
              if n.startswith("check") or n == "tools"]
    need_build = all_names or len(static) < len(args.names) or any(
        c in BUILT_CHECKS for c in mine)
    if need_build and run_build(tally, SANITIZED, [
            "-Db_sanitize=address,undefined", "-Db_lundef=false",
            "-Dtests=enabled", "-Dbuildtype=debug", "-Doptimization=1"]):
        names = [n for n in unit_names() if wanted(n)]
        if names:
            run_units(tally, [] if all_names else names)
    scripts = [s for s in e2e_scripts() if wanted(f"e2e/{s}")]
    release = not args.fast and (scripts or all_names or any(
        c in RELEASE_CHECKS for c in mine))
    if release:
        release = run_build(tally, RELEASE, [])
    for name in mine:
        if name in BUILT_CHECKS and (release or name not in RELEASE_CHECKS):
            run_check(tally, name)
    if release:
        for script in scripts:
            run_tap(tally, f"e2e/{script}",
                    [os.path.join("tests", "e2e", script)], env)

    ran = tally.passed + len(tally.failures)
    print(f"\n{time.monotonic() - started:.0f} s in all")
    tell_failures(tally)
    if not ran:
        print("no test of that name" if args.names else "no test ran")
    last = f"{tally.passed} passed, {len(tally.failures)} failed"
    if tally.skipped:
        last += f", {tally.skipped} skipped"
    print(last)
    return 1 if tally.failures or not ran else 0


if __name__ == "__main__":
    sys.exit(main())
