// SPDX-License-Identifier: Apache-2.0
// usage: node tests/e2e/outside.mjs
//
// What the hotline needs from outside goes away and comes back: the
// resolver while a host is looked up, the mail server while a referral goes
// out, and the worker in the middle of sending. People are told, nothing is
// lost, and what is sent twice has one Message-ID.
import assert from 'node:assert/strict';
import { Dns, Hotline, Mail, makeGeo, scratch } from './lib/hotline.mjs';
import { Api, hire, words } from './lib/people.mjs';
import { main, note, sleep, step, until } from './lib/tap.mjs';

const FACTS = { do: 'save', access: 'seen', material: 'photo',
  act: 'involved', posing: 'none', age: 'prepubescent', offensive: 'no',
  commercial: 'no' };

async function ok(page) {
  const got = await page;
  assert.ok(got.status < 400, `${got.path} ${got.status}: ${
    words(got.html).slice(0, 400)}`);
  return got;
}

await main(async () => {
  const folder = scratch('outside');
  const dns = await Dns.start(folder, ['zone example.org',
    'host.example.org 1 A 192.0.2.11']);
  const mail = await Mail.start(folder);
  const h = await Hotline.install('outside', { ...mail.settings(),
    'trace.enabled': 'yes', 'trace.dns.servers': dns.address,
    'trace.geo.paths': await makeGeo(folder),
    'egress.allow_private_for_tests': '127.0.0.0/8 192.0.2.0/24',
    'referral.police_hold_hours': '0' }, { folder });
  await h.start();
  const staff = await hire(h, { anna: ['analyst'],
    ben: ['analyst', 'verifier'], rita: ['referral_officer'] });
  const [anna, ben, rita, supervisor] = ['anna', 'ben', 'rita', 'supervisor']
    .map((name) => staff[name].client);
  let at, referral;

  await step('DNS gone: the case says what could not be found', async () => {
    await dns.pause();
    const got = await new Api(h.public).report(
      { addresses: ['http://host.example.org/a'] });
    assert.equal(got.status, 201);
    await anna.get('/queue');
    at = (await anna.post('/queue/next')).path;
    await until('a sentence about it', async () =>
      /What is missing/.test(words((await anna.get(at)).html)), 60000, 500);
    note(words(anna.page.html).match(/What is missing:.{0,120}/)?.[0]);
  });
  await step('DNS back: looked up again when asked', async () => {
    await dns.resume();
    await until('the host', async () => {
      await anna.get(at);
      await anna.post(`${at}/trace`);
      await sleep(2000);
      return /Example Hosting/.test(words((await anna.get(at)).html));
    }, 60000, 500);
  });
  await step('a referral to the police is ready', async () => {
    await anna.get(`${at}/assess`);
    await ok(anna.post(`${at}/assess`, FACTS));
    await ben.get(at);
    await ok(ben.post(`${at}/take`));
    await ben.get(`${at}/verify`);
    await ok(ben.post(`${at}/verify`, FACTS));
    await rita.get('/recipients/add');
    await ok(rita.post('/recipients/add', { kind: 'police',
      name: 'Example Police', channel: 'mail', country: 'DK',
      mail: 'unit@police.example.org', asn: '' }));
    const path = (await supervisor.get('/recipients')).html
      .match(/href="(\/recipient\/[^"]+)">Example Police/)[1];
    await supervisor.get(path);
    await ok(supervisor.post(`${path}/approve`));
    await rita.get(`${at}/refer`);
    await ok(rita.post(`${at}/refer`,
      { recipients: path.split('/').pop(), note: '' }));
    referral = (await rita.get('/referrals')).html
      .match(/href="(\/referral\/[^"]+)"/)[1];
  });
  await step('mail server gone: it is tried again, and says so', async () => {
    await mail.tell('close', 'on');
    await rita.get(referral);
    await ok(rita.post(`${referral}/approve`));
    await until('what went wrong', async () =>
      /What went wrong/.test(words((await rita.get(referral)).html)),
    60000, 300);
    note(words(rita.page.html).match(/What went wrong.{0,100}/)[0]);
    assert.match(words(rita.page.html), /Next try/);
    assert.doesNotMatch(words(rita.page.html), /Sent 2\d/);
    assert.equal(mail.messages().length, 0);
  });
  await step('the worker is killed: still nothing lost', async () => {
    assert.ok(h.kill('worker'));
    await until('the worker', () => h.pid('worker'));
  });
  await step('mail server back: it arrives', async () => {
    await mail.tell('close', 'off');
    await rita.get(referral);
    await rita.post(`${referral}/retry`);
    await until('the mail', () => mail.messages().length > 0, 120000, 300);
    await until('sent', async () =>
      /The answer link works until/.test(
        words((await rita.get(referral)).html)), 30000, 300);
  });
  await step('however often it arrives, it has one Message-ID', () => {
    const ids = mail.messages().map((m) =>
      m.match(/^Message-ID:\s*(\S+)/mi)[1]);
    note(`${ids.length} times`);
    assert.equal(new Set(ids).size, 1);
  });
  await step('the audit log is sound', async () =>
    assert.equal((await h.command('audit', 'verify')).code, 0));
});
