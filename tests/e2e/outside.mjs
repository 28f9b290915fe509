// SPDX-License-Identifier: Apache-2.0
// usage: node tests/e2e/outside.mjs
//
// What the hotline needs from outside goes away and comes back: the
// resolver while a host is looked up, the mail server while a referral goes
// out, its answer after it took a message, and the worker before it could
// note one. People are told, nothing is lost, and what is sent twice is the
// same twice.
import assert from 'node:assert/strict';
import { Dns, FAKETIME, Hotline, Mail, makeGeo, scratch } from
  './lib/hotline.mjs';
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

// Both assessments of a case that anna holds.
async function assess({ anna, ben }, at) {
  await anna.get(`${at}/assess`);
  await ok(anna.post(`${at}/assess`, FACTS));
  await ben.get(at);
  await ok(ben.post(`${at}/take`));
  await ben.get(`${at}/verify`);
  await ok(ben.post(`${at}/verify`, FACTS));
}

async function draft({ rita }, at, recipient) {
  await rita.get(`${at}/refer`);
  await ok(rita.post(`${at}/refer`, { recipients: recipient, note: '' }));
  return (await rita.get(at)).html.match(/href="(\/referral\/[^"]+)"/)[1];
}

// What a receiver needs to see that two mails are one.
function marks(message) {
  const head = message.split(/\r?\n\r?\n/)[0];
  const body = message.slice(head.length);
  return { body, ...Object.fromEntries(['message-id', 'date', 'subject',
    'x-openhotline-referral', 'x-openhotline-test'].map((name) =>
    [name, head.match(new RegExp(`^${name}: *(.*)$`, 'mi'))?.[1]])) };
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
  const desks = Object.fromEntries(Object.entries(staff)
    .map(([name, { client }]) => [name, client]));
  const { anna, rita, supervisor } = desks;
  let at, referral, police;

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
    await assess(desks, at);
    await rita.get('/recipients/add');
    await ok(rita.post('/recipients/add', { kind: 'police',
      name: 'Example Police', channel: 'mail', country: 'DK',
      mail: 'unit@police.example.org', asn: '' }));
    const path = (await supervisor.get('/recipients')).html
      .match(/href="(\/recipient\/[^"]+)">Example Police/)[1];
    await supervisor.get(path);
    await ok(supervisor.post(`${path}/approve`));
    police = path.split('/').pop();
    referral = await draft(desks, at, police);
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

  // The server takes the message, and the hotline does not get to know.
  const approve = async (path) => {
    const got = await new Api(h.public).report(
      { addresses: [`http://host.example.org/${path}`] });
    assert.equal(got.status, 201);
    await anna.get('/queue');
    const taken = (await anna.post('/queue/next')).path;
    await assess(desks, taken);
    referral = await draft(desks, taken, police);
    await rita.get(referral);
    await ok(rita.post(`${referral}/approve`));
  };
  const copies = () => mail.messages().map(marks).filter((m) =>
    m['x-openhotline-referral'] === referral.split('/').pop());
  const sentTwice = async () => {
    await until('a second copy', () => copies().length > 1, 180000, 300);
    await until('sent', async () => /The answer link works until/.test(
      words((await rita.get(referral)).html)), 30000, 300);
    const [one, two, ...more] = copies();
    assert.deepEqual(two, one);
    assert.deepEqual(more, []);
    assert.match(one['message-id'], /^<.+@.+>$/);
  };
  const AMID = '6000'; // bytes: after the commands, before the text's end
  await step('its answer is lost: not sent, as far as we know', async () => {
    assert.ok(mail.messages()[0].length > 2 * AMID);
    await mail.tell('lose', AMID);
    await approve('b');
    await until('the mail', () => copies().length === 1, 60000, 100);
    await until('what went wrong', async () =>
      /What went wrong/.test(words((await rita.get(referral)).html)),
    60000, 300);
    assert.doesNotMatch(words(rita.page.html), /The answer link works/);
    await mail.tell('lose', 'off');
  });
  await step('it goes out again, the same to the last byte', async () => {
    await rita.get(referral);
    await rita.post(`${referral}/retry`);
    await sentTwice();
  });
  await step('the worker is killed before the answer comes', async () => {
    await mail.tell('mute', AMID);
    await approve('c');
    await until('the mail', () => copies().length === 1, 60000, 100);
    const before = h.kill('worker');
    await mail.tell('mute', 'off');
    await until('the worker', () => ![0, before].includes(h.pid('worker')));
    assert.doesNotMatch(words((await rita.get(referral)).html),
      /The answer link works/);
  });
  // A try that nobody ended is somebody's for ten minutes.
  await step('the next worker sends the same again', async () => {
    if (!FAKETIME) {
      note('not tried: libfaketime is missing');
      return;
    }
    assert.equal((await h.stop()).code, 0);
    h.env = { ...h.env, LD_PRELOAD: FAKETIME, FAKETIME: '+11m',
      FAKETIME_DONT_FAKE_MONOTONIC: '1' };
    await h.start();
    await sentTwice();
    assert.match(words((await rita.get(referral)).html),
      /may arrive twice/);
  });
  await step('the audit log is sound', async () =>
    assert.equal((await h.command('audit', 'verify')).code, 0));
});
