// SPDX-License-Identifier: Apache-2.0
// usage: node tests/e2e/failures.mjs
//
// What the surroundings do to a hotline: the disk fills up, the clock is set
// back, the store's process hangs. Each time people are told what to do,
// nothing is lost, and everything goes on by itself afterwards.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAKETIME, Hotline, scratch } from './lib/hotline.mjs';
import { Api, Client, firstLogin, words } from './lib/people.mjs';
import { countRows } from './lib/store.mjs';
import { atEnd, main, note, sleep, test, until } from './lib/tap.mjs';

// The form up to its last page, as a browser without scripts sends it.
async function fillForm(h, address) {
  const reader = new Client(h.public);
  await reader.get('/report/danger');
  await reader.post('/report/danger', { danger: 'no' });
  await reader.post('/report/place', { place: 'website' });
  await reader.post('/report/addresses', { addresses: address });
  await reader.get('/report/check');
  assert.equal(reader.page.status, 200, words(reader.page.html));
  assert.ok(words(reader.page.html).includes(address));
  return reader;
}

const receiptOf = (html) =>
  words(html).match(/([0-9A-Z]{5}-){4}[0-9A-Z]/)?.[0];

async function sendForm(reader, page) {
  reader.page = page;
  const version = page.html.match(/name="version" value="([^"]*)"/)?.[1];
  return reader.post('/report/send', version ? { version } : {});
}

async function checkReceipts(api, receipts) {
  for (const receipt of receipts) {
    const got = await api.status(receipt);
    assert.equal(got.status, 200, `${got.status} ${got.text}`);
  }
}

function fillDisk(dir) {
  const { bavail, bsize } = statfsSync(dir);
  const path = join(dir, 'filler');
  for (let n = bavail * bsize; n > 0; n -= 65536) {
    try {
      writeFileSync(path, Buffer.alloc(Math.min(n, 65536)), { flag: 'a' });
    } catch {
      break;
    }
  }
  for (;;) {
    try {
      writeFileSync(path, Buffer.alloc(512), { flag: 'a' });
    } catch (e) {
      assert.equal(e.code, 'ENOSPC');
      return path;
    }
  }
}

async function diskFull() {
  if (process.getuid() !== 0) {
    await test('disk full # SKIP only root can mount a small disk', () => {});
    return;
  }
  const disk = scratch('disk');
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'none', disk]);
  atEnd(() => execFileSync('umount', ['-l', disk]));
  const h = await Hotline.install('full', {}, { folder: disk });
  h.logPath = join(scratch('log'), 'log');
  await h.start();
  const api = new Api(h.public);
  const receipts = [];
  for (let i = 0; i < 20; i++) {
    receipts.push((await api.report({ words: `before ${i}` })).json.receipt);
  }
  const staff = new Client(h.staff);
  await firstLogin(staff, 'supervisor', h.logins.supervisor);
  const reader = await fillForm(h, 'https://example.org/while-full');
  const check = reader.page;
  let filler;

  await test('disk full: a program is told to send again', async () => {
    filler = fillDisk(disk);
    let got;
    // what the store has room for inside its files may still be taken
    await until('the disk to be full', async () => {
      filler = fillDisk(disk);
      got = await api.report({ words: 'x'.repeat(9000) });
      if (got.status === 201) {
        receipts.push(got.json.receipt);
      }
      return got.status !== 201;
    }, 20000, 0);
    assert.equal(got.status, 503, got.text);
    assert.equal(got.json.error, 'unavailable');
    assert.ok(Number(got.headers.get('retry-after')) > 0);
  });
  await test('disk full: a person is told what to do', async () => {
    const page = await sendForm(reader, check);
    assert.equal(page.status, 503, words(page.html));
    assert.match(words(page.html), /can take nothing at this moment/);
    assert.match(words(page.html), /try again in a minute/);
    assert.match(words(page.html), /answers are kept/);
    assert.match(page.html, /<form method="post" action="\/report\/send"/);
    assert.equal(receiptOf(page.html), undefined);
  });
  await test('disk full: receipts still tell the status', () =>
    checkReceipts(api, receipts));
  await test('disk full: the workbench says so too', async () => {
    const other = new Client(h.staff);
    await other.get('/login');
    const page = await other.post('/login',
      { login: 'admin', password: h.logins.admin });
    assert.equal(page.status, 503, `${page.status} ${words(page.html)}`);
    assert.match(words(page.html), /disk is full|try again/i);
  });
  await test('disk full: the log names it', () =>
    assert.ok(h.events().some((e) => /disk is full/.test(e.text)),
      h.log().slice(-2000)));
  await test('disk full: room again, and all goes on', async () => {
    rmSync(filler);
    await until('a report to be taken', async () => {
      const got = await api.report({ words: 'after' });
      if (got.status === 201) {
        receipts.push(got.json.receipt);
      }
      return got.status === 201;
    });
    const page = await sendForm(reader, check);
    assert.equal(page.status, 200, words(page.html));
    assert.ok(receiptOf(page.html), words(page.html));
    receipts.push(receiptOf(page.html));
    await checkReceipts(api, receipts);
    assert.equal((await staff.get('/account')).path, '/account');
  });
  await test('disk full: nothing lost, nothing twice', async () => {
    assert.equal((await h.command('audit', 'verify')).code, 0);
    assert.equal((await h.stop()).code, 0);
    assert.equal(await countRows(h, 'report'), receipts.length);
    assert.equal(await countRows(h, 'pragma_integrity_check',
      "integrity_check <> 'ok'"), 0);
  });
}

// The clock of all processes jumps back while they run. libfaketime does it
// after a time of its own: a file that it would look at later is out of
// reach for it in the sandboxes.

// A hotline whose clock jumps that many seconds after its start, with a
// report in, a form half filled and somebody signed in; null if that took
// longer.
async function beforeTheJump(seconds) {
  const h = await Hotline.install('clock');
  const plain = h.env;
  h.env = { ...plain, LD_PRELOAD: FAKETIME, FAKETIME: '-3h',
    FAKETIME_START_AFTER_SECONDS: String(seconds),
    FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  const began = Date.now();
  await h.start();
  h.env = plain;
  const s = { h, api: new Api(h.public), staff: new Client(h.staff),
    receipts: [] };
  s.sent = async (text) => {
    const got = await s.api.report({ words: text });
    assert.equal(got.status, 201, got.text);
    s.receipts.push(got.json.receipt);
  };
  s.hourNow = async () => Date.parse((await fetch(`${h.public}/help`))
    .headers.get('date'));
  await s.sent('before');
  s.reader = await fillForm(h, 'https://example.org/over-the-jump');
  s.check = s.reader.page;
  await firstLogin(s.staff, 'supervisor', h.logins.supervisor);
  s.gap = Math.abs(await s.hourNow() - Date.now());
  if (Date.now() - began < seconds * 1000 - 500) {
    return s;
  }
  await h.stop();
  return null;
}

async function clockSetBack() {
  if (!FAKETIME) {
    await test('clock set back # SKIP libfaketime is missing', () => {});
    return;
  }
  // a busy machine gets more time before the jump
  const { h, api, staff, receipts, reader, check, sent, hourNow, gap } =
    await beforeTheJump(8) ?? await beforeTheJump(30) ??
    await beforeTheJump(120);

  await test('clock set back: before it, the clocks agree', () =>
    assert.ok(gap < 5000, `${gap} ms`));
  await test('clock set back: by three hours, while it runs', async () => {
    await until('the jump', async () => {
      await sent('on the way');
      return await hourNow() < Date.now() - 2.9 * 3600e3;
    }, 150000, 300);
  });
  await test('clock set back: reports are taken', async () => {
    for (let i = 0; i < 5; i++) {
      await sent(`after ${i}`);
    }
  });
  await test('clock set back: a half-filled form goes on', async () => {
    const page = await sendForm(reader, check);
    assert.equal(page.status, 200, words(page.html));
    assert.ok(receiptOf(page.html), words(page.html));
    receipts.push(receiptOf(page.html));
  });
  await test('clock set back: receipts tell the status', () =>
    checkReceipts(api, receipts));
  await test('clock set back: who is signed in stays so', async () =>
    assert.equal((await staff.get('/account')).path, '/account'));
  await test('clock set back: the log is sound, nothing lost', async () => {
    assert.deepEqual(h.events().filter((e) => e.level === 'error'), []);
    assert.equal((await h.command('audit', 'verify')).code, 0);
    assert.equal((await h.stop()).code, 0);
    assert.equal(await countRows(h, 'report'), receipts.length);
  });
}

// A process that is there and says nothing is worse than one that is gone.
async function storeHangs() {
  const h = await Hotline.install('hang');
  await h.start();
  const api = new Api(h.public);
  const first = await api.report({ words: 'before' }, 'key-1');
  assert.equal(first.status, 201);
  await test('the store hangs: a clear answer within 30 s', async () => {
    h.kill('store', 'SIGSTOP');
    const began = Date.now();
    const got = await api.report({ words: 'meanwhile' }, 'key-2');
    note(`${got.status} after ${Date.now() - began} ms`);
    assert.equal(got.status, 503, got.text);
    assert.ok(Date.now() - began < 30000);
  });
  await test('the store hangs: pages without data are served', async () =>
    assert.equal((await fetch(`${h.public}/help`)).status, 200));
  await test('the store goes on: the same again is one report', async () => {
    h.kill('store', 'SIGCONT');
    const got = await until('a receipt', async () => {
      const answer = await api.report({ words: 'meanwhile' }, 'key-2');
      return answer.status === 201 && answer;
    });
    await checkReceipts(api, [first.json.receipt, got.json.receipt]);
    await sleep(100);
    assert.equal((await h.stop()).code, 0);
    assert.equal(await countRows(h, 'report'), 2);
  });
}

await main(async () => {
  await diskFull();
  await clockSetBack();
  await storeHangs();
});
