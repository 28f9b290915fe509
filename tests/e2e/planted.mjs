// SPDX-License-Identifier: Apache-2.0
// usage: node tests/e2e/planted.mjs
//
// A hundred reports with words, addresses, contacts and network addresses
// that occur nowhere else. They are sent by form and by program, read in,
// taken, viewed, noted and assessed; forty go the whole way: second
// assessment, police, provider, answers, watched until they are gone, closed;
// two are erased. Processes are killed on the way. Again and again every byte
// that the hotline has written, store, WAL, logs, temporary files, whatever
// lies in its folder, is searched for them: plain, URL-encoded, base64 at
// each alignment, hex and UTF-16. Nothing of it may be there. What the mail
// and name servers were told has left, and is not looked at.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync }
  from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Dns, Hotline, Mail, makeGeo, scratch, startRdap } from
  './lib/hotline.mjs';
import { hire, words } from './lib/people.mjs';
import { networkNeedles, search, textNeedles } from './lib/search.mjs';
import { countRows } from './lib/store.mjs';
import { main, note, step, test, until } from './lib/tap.mjs';

const N = 100;
const ILLEGAL = 40; // so many go all the way
const word = () => 'q' + randomBytes(6).toString('hex') + 'z';

// Long enough that no chance makes them: 48 bits each.
const MORE = ['agent', 'key', 'note', 'finding', 'second', 'remark', 'answer',
  'cleared', 'moved'];

function plant(i) {
  const host = word(), path = word();
  return { ...Object.fromEntries(MORE.map((key) => [key, word()])), host: `${host}.example.org`, path,
    address: `https://${host}.example.org/${path}/ü?k=${path}`,
    words: `${word()} ${word()}`, where: word(), seen: word(), pay: word(),
    contact: `${word()}@mail.example.net`,
    // the very address of the connection, and those that headers claim
    peer: `127.${1 + i % 250}.${randomBytes(1)[0]}.${1 + i % 250}`,
    forwarded: `2001:db8:${randomBytes(2).toString('hex')}:${
      randomBytes(2).toString('hex')}::${(i + 1).toString(16)}`,
    real: `203.0.113.${1 + i}` };
}

// fetch() cannot choose where a connection comes from.
function send(url, method, headers, body, localAddress) {
  return new Promise((done, failed) => {
    const r = request(url, { method, headers, localAddress }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (d) => { text += d; });
      answer.on('end', () => done({ status: answer.statusCode, text,
        headers: answer.headers }));
    });
    r.on('error', failed);
    r.end(body);
  });
}

const claims = (p) => ({ 'x-forwarded-for': `${p.forwarded}, ${p.real}`,
  'x-real-ip': p.real, forwarded: `for="[${p.forwarded}]"`,
  'user-agent': `Browser ${p.agent}` });

async function byProgram(h, p) {
  const got = await send(`${h.public}/api/v1/reports`, 'POST',
    { 'content-type': 'application/json', ...claims(p),
      'idempotency-key': p.key }, JSON.stringify({ schema: 1,
      danger: 'no', place: 'website', addresses: [p.address],
      where: p.where, words: p.words, seen: 'today', seen_note: p.seen,
      pay: 'yes', pay_note: p.pay, contact: p.contact }), p.peer);
  assert.equal(got.status, 201, got.text);
  return JSON.parse(got.text).receipt;
}

async function byForm(h, p) {
  let cookie = '', html = '';
  const ask = async (path, fields) => {
    const token = html.match(/name="csrf" value="([^"]*)"/)?.[1];
    const body = fields && new URLSearchParams(
      { ...token && { csrf: token }, ...fields }).toString();
    const got = await send(h.public + path, fields ? 'POST' : 'GET',
      { ...claims(p), ...cookie && { cookie }, origin: h.public,
        ...body && { 'content-length': Buffer.byteLength(body),
          'content-type': 'application/x-www-form-urlencoded' } },
      body, p.peer);
    cookie = got.headers['set-cookie']?.[0].split(';')[0] ?? cookie;
    html = got.text;
    return got.headers.location ? ask(new URL(got.headers.location,
      h.public).pathname) : got;
  };
  await ask('/report/danger');
  await ask('/report/danger', { danger: 'no' });
  await ask('/report/place', { place: 'website' });
  await ask('/report/addresses', { addresses: p.address });
  await ask('/report/where', { where: p.where });
  await ask('/report/seen', { seen: 'today', seen_note: p.seen });
  await ask('/report/pay', { pay: 'yes', pay_note: p.pay });
  await ask('/report/words', { words: p.words });
  await ask('/report/contact', { contact: p.contact });
  const version = (await ask('/report/check')).text
    .match(/name="version" value="([^"]*)"/)?.[1];
  const last = await ask('/report/send', version ? { version } : {});
  const receipt = words(last.text).match(/([0-9A-Z]{5}-){4}[0-9A-Z]/);
  assert.ok(receipt, words(last.text).slice(0, 400));
  await ask('/report/receipt', { saved: 'yes' });
  return receipt[0];
}

const KEYS = ['words', 'where', 'seen', 'pay', 'path', ...MORE];

function needles(planted) {
  return planted.flatMap((p) => [
    ...KEYS.flatMap((key) => p[key].split(' ')
      .flatMap((part) => textNeedles(key, part))),
    ...textNeedles('host', p.host.split('.')[0]),
    ...textNeedles('contact', p.contact.split('@')[0]),
    ...['peer', 'forwarded', 'real'].flatMap((key) =>
      networkNeedles(key, p[key]))]);
}

// Files that have no name any more and are still open.
function unnamed(h) {
  const found = [];
  for (const role of ['supervisor', 'store', 'public', 'staff', 'worker',
    'match']) {
    const at = `/proc/${h.pid(role)}/fd`;
    for (const fd of readdirSync(at)) {
      try {
        if (/^\/.* \(deleted\)$/.test(readlinkSync(join(at, fd))) &&
          !/memfd:/.test(readlinkSync(join(at, fd)))) {
          found.push(join(at, fd));
        }
      } catch { /* closed meanwhile */ }
    }
  }
  return found;
}

async function triage(analyst) {
  let came = 0;
  for (let i = 0; i < 40; i++) {
    const page = await analyst.get('/queue');
    assert.equal(page.status, 200, words(page.html));
    came += Number(words(page.html).match(/(\d+) reports? ha\w+ come in/)
      ?.[1] ?? 0);
    if (!/still waiting to be read in/.test(words(page.html))) {
      break;
    }
  }
  return came;
}

const BAD = { access: 'seen', material: 'photo', act: 'involved',
  posing: 'none', age: 'prepubescent', offensive: 'no', commercial: 'no' };
const GOOD = { ...BAD, act: 'none', age: 'adult' };

// The first assessment of the next case; gives which one it was.
async function assessNext(client, planted) {
  const taken = await client.post('/queue/next');
  assert.match(words(taken.html), /The case is yours now/);
  const p = planted.find((x) => taken.html.includes(x.host));
  assert.ok(p, 'the address is readable for who holds the case');
  p.at = taken.path;
  await client.post(`${p.at}/view/start`);
  await client.post(`${p.at}/view/stop`);
  await client.post(`${p.at}/note`, { words: `Note ${p.note}` });
  assert.ok(client.page.html.includes(p.note));
  const [report] = client.page.html.match(/\/report\/R-[\w-]+/);
  assert.ok((await client.get(report)).html.includes(p.where));
  await client.get(`${p.at}/assess`);
  await client.post(`${p.at}/assess`, { do: 'save',
    ...p.illegal ? BAD : GOOD, note: `Finding ${p.finding}` });
  assert.match(words(client.page.html), p.illegal
    ? /second, blind assessment/ : /closed/);
  await client.get('/queue');
}

async function assessAgain(client, p) {
  await client.get(p.at);
  await client.post(`${p.at}/take`);
  await client.get(`${p.at}/verify`);
  await client.post(`${p.at}/verify`, { do: 'save', ...BAD,
    note: `Second ${p.second}` });
  assert.match(words(client.page.html), /to be passed on/);
}

// Someone asks for a reporter's contact, another releases it.
async function readContact(officer, supervisor, p) {
  await officer.get(p.at);
  const [report] = officer.page.html.match(/\/report\/R-[\w-]+/);
  await officer.get(report);
  await officer.post(`${report}/contact`);
  await supervisor.get(report);
  await supervisor.post(`${report}/contact/grant`);
  await officer.get(report);
  await officer.post(`${report}/contact/read`);
  assert.ok(officer.page.html.includes(p.contact));
}

async function addPolice(officer, supervisor) {
  await officer.get('/recipients/add');
  await officer.post('/recipients/add', { kind: 'police', channel: 'mail',
    name: 'Example Police', mail: 'unit@police.example.org', country: 'DK' });
  assert.match(words(officer.page.html), /Another person has to/);
  await supervisor.get('/recipients');
  for (const [, path] of [...supervisor.page.html.matchAll(
    /href="(\/recipient\/[\w-]+)"/g)]) {
    await supervisor.get(path);
    await supervisor.post(`${path}/approve`);
    assert.match(words(supervisor.page.html), /Referrals can go to/);
    await supervisor.get('/recipients');
  }
}

// Both referrals of a case, { police, provider }, drafted and approved.
async function refer(officer, p) {
  const plan = await officer.get(`${p.at}/refer`);
  const recipients = [...plan.html.matchAll(
    /name="recipients"[^>]*value="([^"]+)"/g)].map((m) => m[1]);
  assert.equal(recipients.length, 2, words(plan.html));
  await officer.post(`${p.at}/refer`, { recipients,
    note: `Remark ${p.remark}` });
  assert.match(words(officer.page.html), /2 referrals have been drafted/);
  const page = await officer.get(p.at);
  p.referral = {};
  for (const [, path, kind] of page.html.matchAll(
    /href="(\/referral\/[\w-]+)"[^]*?\((Police|Hosting provider)\)/g)) {
    p.referral[kind] = path;
  }
  for (const path of Object.values(p.referral)) {
    const shown = await officer.get(`${path}/document`);
    assert.ok(shown.html.includes(p.host.split('.')[0]));
    await officer.get(path);
    await officer.post(`${path}/approve`);
    assert.match(words(officer.page.html), /Approved/);
  }
}

const plainOf = (message) => message.replace(/=\r?\n/g, '')
  .replace(/=3D/g, '=');

// What a recipient does who got the mail of that referral.
async function reply(mail, h, referral, answer) {
  const ref = referral.split('/').pop();
  const message = mail.messages().map(plainOf).find((m) => m.includes(ref));
  assert.ok(message, `no mail of ${ref}`);
  const [link] = message.match(/https?:\/\/\S+\/answer\/[\w-]+/);
  const got = await fetch(link, { method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(answer) });
  assert.ok(got.ok, `${got.status} ${await got.text()}`);
}

// What providers say, in turn; one in eight says that it moved.
const answers = (p, i) => [{ answer: 'removed' }, { answer: 'received' },
  { answer: 'need_more' }, { answer: 'refused', reason: 'other' },
  { answer: 'removed' }, { answer: 'not_ours' }, { answer: 'already_gone' },
  { answer: 'moved', new_address: `https://${p.moved}.example.org/` }][i % 8];

await main(async () => {
  const folder = scratch('planted');
  const planted = Array.from({ length: N }, (_, i) => plant(i));
  const bad = planted.slice(0, ILLEGAL);
  bad.forEach((p) => { p.illegal = true; });
  const dns = await Dns.start(folder, ['zone example.org',
    ...planted.map((p, i) => `${p.host} 1 A 192.0.2.${1 + i}`)]);
  const mail = await Mail.start(folder);
  const rdap = await startRdap(folder);
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  const h = await Hotline.install('planted', { ...mail.settings(),
    'log.level': 'debug', 'trace.enabled': 'yes',
    'trace.dns.servers': dns.address, 'trace.rdap.bootstrap': rdap.url,
    'trace.rdap.ca_file': rdap.ca, 'trace.geo.paths': await makeGeo(folder),
    'egress.allow_private_for_tests': '127.0.0.0/8 192.0.2.0/24',
    'watch.enabled': 'yes', 'watch.schedule': '1s', 'watch.misses': '2',
    'watch.miss_gap': '1s', 'referral.police_hold_hours': '1' },
  { folder, env: { TMPDIR: temporary, SQLITE_TMPDIR: temporary } });
  await h.start();
  const staff = await hire(h, { anna: ['analyst'],
    ben: ['analyst', 'verifier'], rita: ['referral_officer'],
    simon: ['supervisor'] });
  const [anna, ben, rita, simon, supervisor] = ['anna', 'ben', 'rita',
    'simon', 'supervisor'].map((login) => staff[login].client);
  const receipts = [];

  const all = needles(planted);
  const look = (when) => step(`nothing of it lies about ${when}`, () => {
    const files = [...h.files(temporary), ...h.alive() ? unnamed(h) : []];
    const { bytes, found } = search(files, all);
    note(`${files.length} files, ${bytes} bytes, ${all.length} spellings`);
    assert.ok(files.some((f) => f.endsWith('hotline.db')));
    assert.ok(bytes > 500000, `${bytes} bytes`);
    assert.deepEqual(found.slice(0, 20), []);
  });

  await step('searching finds what is there', () => {
    const control = join(scratch('control'), 'file');
    const one = needles(planted.slice(0, 1));
    for (const { s, part, key } of one) {
      writeFileSync(control, Buffer.concat([randomBytes(100), s,
        randomBytes(100)]));
      assert.ok(search([control], all).found.some((f) =>
        f.startsWith(`${key} ${part} in `)), `${key} ${part}`);
    }
    writeFileSync(control, one[0].s);
    assert.ok(search([control], all).found.length, 'all of a file');
    writeFileSync(control, Buffer.from(`x${planted[0].words}x`)
      .toString('base64'));
    assert.ok(search([control], all).found.length, 'base64 of more');
  });
  await step(`${N} reports are sent, half of them by the form`, async () => {
    for (const [i, p] of planted.entries()) {
      receipts.push(await (i % 2 ? byForm : byProgram)(h, p));
    }
    assert.equal(new Set(receipts).size, N);
  });
  await look('before anybody has read it');
  await step('triage reads all of them in', async () =>
    assert.equal(await triage(anna), N));
  await step('all are taken, viewed, noted and assessed', async () => {
    for (let i = 0; i < N; i++) {
      await assessNext(anna, planted);
    }
    assert.ok(planted.every((p) => p.at));
  });
  await look('after the first assessments');
  await step('a second assessment of what is illegal', async () => {
    for (const p of bad) {
      await assessAgain(ben, p);
    }
  });
  await step('killed processes come back', async () => {
    for (const role of ['public', 'staff', 'worker', 'match', 'store']) {
      const before = h.kill(role);
      await until(`${role} to come back`, () => {
        const now = h.pid(role);
        return now && now !== before;
      }, 30000);
    }
    await until('the workbench', async () =>
      (await rita.get('/referrals')).status === 200, 30000);
  });
  await look('after the processes were killed');
  await step('some contacts are asked for, released and read', async () => {
    for (const p of bad.slice(0, 3)) {
      await readContact(rita, supervisor, p);
    }
  });
  await step('police and provider are told', async () => {
    for (const p of bad) {
      await until('its trace', async () => {
        await rita.get(p.at);
        return /Example Hosting/.test(words(rita.page.html));
      }, 120000, 300);
    }
    await addPolice(rita, supervisor);
    for (const p of bad) {
      await refer(rita, p);
    }
    await until('the mails to the police', () =>
      mail.messages().length >= ILLEGAL, 60000, 200);
  });
  await look('while notices are held back');
  await step('the police clear half of them, the officer the rest',
    async () => {
      for (const [i, p] of bad.entries()) {
        if (i % 2) {
          await reply(mail, h, p.referral.Police,
            { answer: 'cleared', note: `Cleared ${p.cleared}` });
        } else {
          await rita.get(p.referral['Hosting provider']);
          await rita.post(`${p.referral['Hosting provider']}/release`);
        }
      }
      await until('the mails to the provider', () =>
        mail.messages().length >= 2 * ILLEGAL, 60000, 200);
    });
  await step('the provider answers in words', async () => {
    for (const [i, p] of bad.entries()) {
      await reply(mail, h, p.referral['Hosting provider'],
        { ...answers(p, i), note: `Answer ${p.answer}` });
    }
    await rita.get(bad[0].referral['Hosting provider']);
    assert.ok(rita.page.html.includes(bad[0].answer));
    await rita.get(bad[7].referral['Hosting provider']);
    assert.ok(rita.page.html.includes(bad[7].moved));
  });
  await look('while they are watched');
  await step('the names go, the watch sees it, the cases close', async () => {
    for (const p of bad) {
      await dns.unset(p.host);
    }
    for (const p of bad) {
      await until('it to be gone', async () => {
        await supervisor.get(p.at);
        return /It is closed/.test(words(supervisor.page.html));
      }, 120000, 300);
    }
  });
  await step('two are erased', async () => {
    for (const p of bad.slice(0, 2)) {
      await supervisor.get(`${p.at}/erase`);
      await supervisor.post(`${p.at}/erase`);
      await simon.get(`${p.at}/erase`);
      await simon.post(`${p.at}/erase/approve`);
      assert.match(words(simon.page.html), /has been destroyed/);
    }
  });
  await step('lists, statistics and the programs are looked at', async () => {
    for (const path of ['/queue?tab=all', '/referrals', '/watch', '/audit',
      '/statistics', '/statistics.csv', '/recipients', '/approvals']) {
      assert.equal((await supervisor.get(path)).status, 200, path);
    }
    for (const args of [['stats'], ['audit', 'verify'], ['doctor'],
      ['case', 'list'], ['report', 'list'], ['refer', 'list']]) {
      const got = await h.command(...args);
      const told = join(temporary, args.join('-'));
      writeFileSync(told, got.out + got.err); // it is searched as well
    }
  });
  await look('at the end');
  await test('the store has them all the same', async () => {
    assert.equal((await h.stop()).code, 0);
    assert.equal(await countRows(h, 'report'), N);
    assert.equal(await countRows(h, 'item'), N);
  });
  await look('when it has stopped');
});
