// SPDX-License-Identifier: Apache-2.0
// usage: node tests/e2e/backup.mjs
//
// `hotline backup` of a hotline that takes reports meanwhile; then the disk
// is "lost", and a new hotline starts from the copy and the keys: every
// receipt that was shown before a backup began leads to its report, people
// sign in, the audit log is whole.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync,
  statSync } from 'node:fs';
import { join } from 'node:path';
import { Hotline, scratch } from './lib/hotline.mjs';
import { Api, Client, firstLogin, words } from './lib/people.mjs';
import { countRows } from './lib/store.mjs';
import { atEnd, main, note, test, until } from './lib/tap.mjs';

const BACKUPS = 6;

async function checkReceipts(api, receipts) {
  for (let at = 0; at < receipts.length; at += 50) {
    await Promise.all(receipts.slice(at, at + 50).map(async (receipt) => {
      const got = await api.status(receipt);
      assert.equal(got.status, 200, `${got.status} ${got.text}`);
    }));
  }
}

// Reports without a pause until told to stop; what went wrong is told.
function load(api, shown, wrong) {
  let stopping = false;
  const work = Array.from({ length: 6 }, async (_, who) => {
    for (let i = 0; !stopping; i++) {
      const got = await api.report({ words: `${who} ${i} `.padEnd(2000, 'x') })
        .catch((e) => ({ status: 0, text: String(e) }));
      if (got.status === 201) {
        shown.push(got.json.receipt);
      } else {
        wrong.push(`${got.status} ${got.text}`);
      }
    }
  });
  return () => {
    stopping = true;
    return Promise.all(work);
  };
}

async function smallDisk(h, disk) {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=5m', 'none', disk]);
  atEnd(() => execFileSync('umount', ['-l', disk]));
  const got = await h.command('backup', join(disk, 'copy'));
  assert.equal(got.code, 1, got.err);
  assert.match(got.err, /no room on the disk of .*: \d+ MB free, \d+ MB want/);
  assert.deepEqual(readdirSync(disk), []);
}

await main(async () => {
  const h = await Hotline.install('backup');
  const copies = scratch('copies');
  const at = (name) => join(copies, name);
  await h.start();
  const api = new Api(h.public);
  const shown = [], wrong = [], before = [];
  const who = await firstLogin(new Client(h.staff), 'supervisor',
    h.logins.supervisor);
  const stopLoad = load(api, shown, wrong);

  await test(`${BACKUPS} backups while reports come in`, async () => {
    for (let i = 0; i < BACKUPS; i++) {
      await until('more reports', () => shown.length > 150 * (i + 1), 60000);
      before.push(shown.length);
      const began = Date.now();
      const got = await h.json('backup', at(`b${i}`));
      note(`${got.bytes} bytes in ${Date.now() - began} ms`);
      assert.ok(got.running && got.files >= 4 && got.entries >= before[i],
        JSON.stringify(got));
      assert.ok(!existsSync(at(`b${i}.partial`)));
    }
  });
  await test('checkpoints that are made meanwhile fit the copy', async () => {
    const made = h.command('audit', 'checkpoint');
    const got = await h.command('backup', at('point'));
    assert.equal(got.code, 0, got.err);
    assert.equal((await made).code, 0);
  });
  await test('two at a time: one waits for nobody and is refused, or both ' +
    'are whole', async () => {
    const both = await Promise.all(['t1', 't2'].map((name) =>
      h.command('backup', at(name))));
    for (const [i, one] of both.entries()) {
      assert.ok(one.code === 0 ||
        one.code === 4 && /another backup is running/.test(one.err), one.err);
      assert.equal(existsSync(at(`t${i + 1}`)), one.code === 0);
      assert.ok(!existsSync(at(`t${i + 1}.partial`)));
    }
    assert.ok(both.some((one) => one.code === 0));
  });
  await test('reports went on all the time', async () => {
    await stopLoad();
    assert.deepEqual(wrong.slice(0, 3), []);
  });
  note(`${shown.length} reports`);

  await test('the keys are not in it, and only its owner may read it', () => {
    assert.deepEqual(readdirSync(at('b0')).sort(),
      ['audit.checkpoints', 'hotline.conf', 'hotline.db', 'keys', 'laws']);
    assert.deepEqual(readdirSync(at('b0/keys')), ['sign.pub']);
    assert.equal(statSync(at('b0')).mode & 0o777, 0o700);
    assert.equal(statSync(at('b0/hotline.db')).mode & 0o777, 0o600);
  });
  await test('the keys alone, elsewhere', async () => {
    const got = await h.command('backup', '--keys', at('keys'));
    assert.equal(got.code, 0, got.err);
    assert.match(got.out, /Keep it apart/);
    assert.deepEqual(readdirSync(at('keys')), ['keys']);
    for (const name of readdirSync(join(h.dir, 'keys'))) {
      assert.deepEqual(readFileSync(at(`keys/keys/${name}`)),
        readFileSync(join(h.dir, 'keys', name)));
      assert.equal(statSync(at(`keys/keys/${name}`)).mode & 0o777, 0o600);
    }
  });
  await test('nothing is overwritten', async () => {
    const was = readFileSync(at('b0/hotline.db'));
    const got = await h.command('backup', at('b0'));
    assert.equal(got.code, 4, got.err);
    assert.match(got.err, /is there already/);
    assert.deepEqual(readFileSync(at('b0/hotline.db')), was);
    mkdirSync(at('left.partial'));
    assert.equal((await h.command('backup', at('left'))).code, 4);
    assert.deepEqual(readdirSync(at('left.partial')), []);
  });
  await test('usage, and a folder that is none', async () => {
    assert.equal((await h.command('backup')).code, 2);
    assert.equal((await h.command('backup', '--what', at('x'))).code, 2);
    const got = await h.command('backup', at('no/such/x'));
    assert.equal(got.code, 1);
    assert.match(got.err, /no\/such\/x/);
    const nowhere = new Hotline();
    Object.assign(nowhere, { dir: at('nowhere'), env: h.env });
    assert.equal((await nowhere.command('backup', at('x'))).code, 3);
    assert.ok(!existsSync(at('x')) && !existsSync(at('x.partial')));
  });
  await test('a full disk is refused, and nothing is left' +
    (process.getuid() ? ' # SKIP only root can mount a small disk' : ''),
    () => process.getuid() ? null : smallDisk(h, scratch('small')));
  await test('each copy verifies where it lies', async () => {
    for (const name of ['point', ...before.map((_, i) => `b${i}`)]) {
      const copy = new Hotline();
      Object.assign(copy, { dir: at(name), env: h.env });
      const got = await copy.json('audit', 'verify');
      assert.equal(got.sound, true, JSON.stringify(got));
      assert.equal(await countRows(copy, 'pragma_integrity_check',
        "integrity_check <> 'ok'"), 0);
      const i = Number(name.slice(1));
      if (i >= 0) {
        assert.ok(await countRows(copy, 'report') >= before[i]);
      }
    }
  });
  await test('a stopped hotline is copied too', async () => {
    assert.equal((await h.stop()).code, 0);
    const got = await h.json('backup', at('stopped'));
    assert.equal(got.running, false);
    const copy = new Hotline();
    Object.assign(copy, { dir: at('stopped'), env: h.env });
    assert.equal(await countRows(copy, 'report'), shown.length);
  });

  for (const [name, n] of [['b2', before[2]], ['stopped', shown.length]]) {
    await test(`a hotline starts from ${name} and the keys`, async () => {
      renameSync(h.dir, at(`lost-${name}`));
      cpSync(at(name), h.dir, { recursive: true });
      cpSync(at('keys/keys'), join(h.dir, 'keys'), { recursive: true });
      await h.start();
      await checkReceipts(api, shown.slice(0, n));
      const staff = new Client(h.staff);
      await staff.get('/login');
      await staff.post('/login',
        { login: who.login, password: who.password });
      // a code of the phone's is good once in 30 s
      await staff.post('/login/code', { code: who.codes[0] });
      assert.doesNotMatch(staff.page.path, /login/, words(staff.page.html));
      assert.equal((await staff.get('/account')).path, '/account');
      assert.equal((await api.report({ words: 'after' })).status, 201);
      assert.equal((await h.command('audit', 'verify')).code, 0);
      const doctor = await h.command('doctor');
      assert.doesNotMatch(doctor.out, /ERROR/, doctor.out);
      assert.equal((await h.stop()).code, 0);
    });
  }
});
