// SPDX-License-Identifier: Apache-2.0
// usage: node tests/e2e/clock.mjs
//
// A hotline ran two days ahead; then the clock was put right. People sign in
// with the codes of the present, each code once; the log, `hotline doctor`
// and the workbench say what is dated in the future.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { Hotline } from './lib/hotline.mjs';
import { Api, Client, firstLogin, totp, words } from './lib/people.mjs';
import { main, skipAll, test } from './lib/tap.mjs';

const FAKETIME = ['/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1'].find(existsSync);
const AHEAD_MS = 2 * 86400e3;

async function signIn(h, who, code) {
  const client = new Client(h.staff);
  await client.get('/login');
  await client.post('/login', { login: who.login, password: who.password });
  assert.equal(client.page.path, '/login/code', words(client.page.html));
  await client.post('/login/code', { code });
  return client;
}

if (!FAKETIME) {
  skipAll('libfaketime is missing');
}

await main(async () => {
  const h = await Hotline.install('ahead');
  const api = new Api(h.public);
  const plain = h.env;
  h.env = { ...plain, LD_PRELOAD: FAKETIME, FAKETIME: '+2d',
    FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  await h.start();
  h.env = plain;
  const sent = await api.report({ words: 'by a clock that is ahead' });
  assert.equal(sent.status, 201, sent.text);
  const who = await firstLogin(new Client(h.staff), 'supervisor',
    h.logins.supervisor, Date.now() + AHEAD_MS);
  assert.equal((await h.stop()).code, 0);
  await test('while it is ahead nothing is said', () =>
    assert.deepEqual(h.events('store.clock'), []));

  await h.start();
  let staff, code;
  await test('put right: the log says so at the start', () => {
    const [told, ...more] = h.events('store.clock');
    assert.equal(told?.level, 'warn', h.log());
    assert.match(told.text, /later than the clock/);
    assert.deepEqual(more, []);
  });
  await test('put right: a code of the present lets in', async () => {
    code = totp(who.secret);
    staff = await signIn(h, who, code);
    assert.doesNotMatch(staff.page.path, /login/, words(staff.page.html));
  });
  await test('put right: but once', async () => {
    const again = await signIn(h, who, code);
    assert.equal(again.page.path, '/login/code');
    assert.match(words(again.page.html), /Each code works once/);
  });
  await test('put right: a code of the other clock does not', async () => {
    const other = await signIn(h, who,
      totp(who.secret, Date.now() + AHEAD_MS));
    assert.equal(other.page.path, '/login/code');
  });
  await test('put right: the workbench marks what is dated ahead', async () => {
    await staff.get('/reports/waiting');
    const href = staff.page.html.match(/href="(\/report\/[^"/]+)"/)?.[1];
    assert.ok(href, words(staff.page.html));
    await staff.get(href);
    assert.match(words(staff.page.html),
      /The clock was ahead: this was earlier than it says/);
  });
  await test('put right: the doctor says what to do', async () => {
    const got = await h.command('doctor');
    assert.match(got.out, /later than the clock/);
    assert.match(got.out, /is right, it was wrong then|so it was wrong then/);
    assert.doesNotMatch(got.out, /ERROR +clock/);
  });
  await test('put right: nothing lost, the log is sound', async () => {
    assert.equal((await api.status(sent.json.receipt)).status, 200);
    assert.equal((await api.report({ words: 'after' })).status, 201);
    assert.equal((await h.command('audit', 'verify')).code, 0);
    assert.equal((await h.stop()).code, 0);
  });
});
