#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Making lists and answering confirmations with a real hotline over loopback.
One JSON line a measure; CPU seconds are those of the process `lists` alone.

usage: bench/lists.py [HOSTS [CONSUMERS]]   (6000, 20)
"""
import http.client
import importlib.util
import json
import os
import pathlib
import platform
import re
import shutil
import struct
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
SECONDS = 10
BATCH = 64


def load_hotline():
    hosts, sys.argv = sys.argv[1:], sys.argv[:1]
    spec = importlib.util.spec_from_file_location(
        'lists_test', ROOT / 'tests/e2e/lists_test.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module, [int(n) for n in hosts]


def say(name, value, unit):
    print(json.dumps({
        'name': f'lists.{name}', 'value': value, 'unit': unit, 'peer': None,
        'ratio': None,
        'machine': f'{platform.machine()}, {os.cpu_count()} cores'}),
        flush=True)


def pid_of(h):
    for pid in pathlib.Path(f'/proc/{h.process.pid}/task/{h.process.pid}/'
                            'children').read_text().split():
        if pathlib.Path(f'/proc/{pid}/comm').read_text() == 'lists\n':
            return pid
    raise SystemExit('no process of lists')


def cpu_s(pid):
    stat = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2]
    fields = stat.split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def confirmations(h, module, epoch):
    c = http.client.HTTPConnection('127.0.0.1', h.ports[0], timeout=30)
    body = (struct.pack('<BBHIQ', 1, 0, BATCH, 0, epoch) +
            module.ELEMENT * BATCH)
    headers = {'Authorization': h.tokens[0],
               'Content-Type': 'application/octet-stream'}
    pid, n = pid_of(h), 0
    before, end = cpu_s(pid), time.monotonic() + SECONDS
    while time.monotonic() < end:
        c.request('POST', '/v1/lists/confirm', body, headers)
        answer = c.getresponse()
        data = answer.read()
        assert answer.status == 200 and len(data) == 16 + 32 * BATCH
        n += BATCH
    spent = cpu_s(pid) - before
    say(f'confirm_{BATCH}_a_request', round(n / spent), '1/s/core')


def building(h, hosts, consumers):
    log = pathlib.Path(h.dir + '/log')
    times = []
    while len(times) < consumers:
        times = [int(m) for m in re.findall(
            rf': {hosts} hosts, 0 rows as before, (\d+) ms', log.read_text())]
        time.sleep(0.1)
    times.sort()
    name = f'make_{hosts}_hosts'
    say(name, times[len(times) // 2], 'ms')
    say(f'{name}_{consumers}_consumers', sum(times), 'ms')


def main():
    module, given = load_hotline()
    hosts, consumers = (given + [6000, 20][len(given):])[:2]
    folder = tempfile.mkdtemp(prefix='hl-lists-bench-')
    h = module.Hotline(folder + '/h')
    h.seed(consumers, 1, hosts)
    h.sql('UPDATE list_consumer SET budget = 100000000')
    h.start()
    h.version()
    h.release()
    building(h, hosts, consumers)
    m = h.newer()
    h.check(m)
    confirmations(h, module, int(m['epoch']))
    h.stop()
    shutil.rmtree(folder)


if __name__ == '__main__':
    main()
