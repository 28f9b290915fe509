// SPDX-License-Identifier: Apache-2.0
// usage: node tests/e2e/audit.mjs
//
// What a job that runs `hotline audit verify` is told by its exit status: 1
// is a log that was tampered with, 4 is one that cannot be read.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, truncateSync,
  writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hotline, scratch } from './lib/hotline.mjs';
import { Api } from './lib/people.mjs';
import { change } from './lib/store.mjs';
import { atEnd, main, test, until } from './lib/tap.mjs';

const path = (h, name) => join(h.dir, name);

// name, what is done to the installation, status, what is said, arguments
const rows = [
  ['untouched', () => {}, 0, /the log is sound: \d+ entries, 2 checkpoints/],
  ['a changed entry', (h) => change(h,
    'update event set actor = actor + 1 where seq = 3'), 1,
  /FAULT at entry 3/],
  ['a removed entry', (h) => change(h, 'delete from event where seq = 3'), 1,
    /FAULT at entry 3/],
  ['no checkpoints', (h) => rmSync(path(h, 'audit.checkpoints')), 1,
    /FAULT at entry \d+: a checkpoint .* is missing/],
  ['empty checkpoints', (h) => truncateSync(path(h, 'audit.checkpoints')), 1,
    /FAULT at entry \d+: a checkpoint .* is missing/],
  ['one checkpoint of two', (h) => writeFileSync(path(h, 'audit.checkpoints'),
    readFileSync(path(h, 'audit.checkpoints'), 'utf8').split('\n')[1] + '\n'),
  1, /FAULT at entry \d+: a checkpoint .* is missing/],
  ['the end cut off and no checkpoints', async (h) => {
    rmSync(path(h, 'audit.checkpoints'));
    await change(h, `
      delete from event where seq > (select max(seq) - 2 from event);
      update event_head set seq = (select max(seq) from event), hash =
        (select hash from event order by seq desc limit 1)`);
  }, 1, /FAULT at entry \d+: a checkpoint .* is missing/],
  ['a copy of the checkpoints from before', () => {}, 0, /the log is sound/,
    (h) => ['--checkpoints', path(h, '../first')]],
  ['no store', (h) => rmSync(path(h, 'hotline.db')), 4, /there is no store/],
  ['a store cut short', (h) => truncateSync(path(h, 'hotline.db'), 20000), 4,
    /damaged/],
  ['a store that is none', (h) => writeFileSync(path(h, 'hotline.db'),
    'something else\n'.repeat(100)), 4, /damaged|no store/],
  ['no table of entries', (h) => change(h, 'drop table event'), 4, /event/],
  ['no key', (h) => rmSync(path(h, 'keys/sign.pub')), 4, /sign\.pub/],
  ['no such copy', () => {}, 4, /no file/,
    () => ['--checkpoints', '/nowhere/audit.checkpoints']],
  ['settings that make no sense', (h) => writeFileSync(
    path(h, 'hotline.conf'), 'what = ever\n'), 4, /hotline\.conf/],
  ['no installation', (h) => rmSync(h.dir, { recursive: true }), 3,
    /no installation/],
  ['usage', () => {}, 2, /usage/, () => ['--what']],
];

// An installation on media that cannot be written, as evidence is kept.
async function readOnly(good) {
  if (process.getuid() !== 0) {
    await test('read-only media # SKIP only root can mount', () => {});
    return;
  }
  const disk = scratch('evidence');
  const remount = (how) => execFileSync('mount', ['-o', `remount,${how}`, disk]);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'none', disk]);
  atEnd(() => execFileSync('umount', ['-l', disk]));
  const copy = new Hotline();
  Object.assign(copy, { dir: join(disk, '100%?#1'), env: process.env });
  cpSync(good, copy.dir, { recursive: true });
  const verify = async (code, says) => {
    remount('ro');
    const got = await copy.command('audit', 'verify');
    assert.equal(got.code, code, got.out + got.err);
    assert.match(got.out + got.err, says);
  };
  await test('read-only media: sound is 0', () => verify(0, /is sound/));
  await test('read-only media: other commands read, none writes', async () => {
    const listed = await copy.command('audit', 'list');
    assert.match(listed.out, /report\.received/, listed.err);
    const got = await copy.command('user', 'add', 'nina', 'Nina', 'analyst');
    assert.equal(got.code, 1, got.err);
    assert.match((await copy.command('doctor')).out, /is read-only\./);
    const to = join(scratch('from-evidence'), 'b');
    assert.equal((await copy.command('backup', to)).code, 0);
  });
  await test('read-only media: tampered with is 1', async () => {
    remount('rw');
    await change(copy, 'update event set actor = actor + 1 where seq = 3');
    await verify(1, /FAULT at entry 3/);
  });
  await test('read-only media: a log to be taken in is 4', async () => {
    remount('rw');
    writeFileSync(path(copy, 'hotline.db-wal'), 'something');
    await verify(4, /its log is still to be taken in/);
  });
}

await main(async () => {
  const h = await Hotline.install('audit');
  await h.start();
  const api = new Api(h.public);
  const send = async () =>
    assert.equal((await api.report({ words: 'x' })).status, 201);
  const points = path(h, 'audit.checkpoints');
  await until('the first checkpoint', () =>
    existsSync(points) && readFileSync(points, 'utf8').endsWith('\n'));
  cpSync(points, path(h, '../first'));
  for (let i = 0; i < 5; i++) {
    await send();
  }
  assert.equal((await h.command('audit', 'checkpoint')).code, 0);
  await send();
  assert.equal((await h.stop()).code, 0);
  const good = join(scratch('good'), 'var');
  cpSync(h.dir, good, { recursive: true });

  for (const [name, harm, code, says, args] of rows) {
    await test(`${name}: ${code}`, async () => {
      rmSync(h.dir, { recursive: true, force: true });
      cpSync(good, h.dir, { recursive: true });
      await harm(h);
      const got = await h.command('audit', 'verify', ...args?.(h) ?? []);
      assert.equal(got.code, code, got.out + got.err);
      assert.match(got.out + got.err, says);
    });
  }
  await readOnly(good);
});
