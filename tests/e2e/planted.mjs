// SPDX-License-Identifier: Apache-2.0
// usage: node tests/e2e/planted.mjs
//
// A hundred reports with words, addresses, contacts and network addresses
// that occur nowhere else. They are sent by form and by program, read in,
// taken, viewed, noted, assessed and passed on. Then every byte that the
// hotline has written, store, WAL, logs, whatever lies in its folder, is
// searched for them: plain, URL-encoded, base64 at each alignment, hex and
// UTF-16. Nothing of it may be there.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Hotline, Mail, scratch } from './lib/hotline.mjs';
import { hire, words } from './lib/people.mjs';
import { countRows, query } from './lib/store.mjs';
import { main, note, test, until } from './lib/tap.mjs';

const N = 100;
const word = () => 'q' + randomBytes(6).toString('hex') + 'z';

// Long enough that no chance makes them: 48 bits each.
function plant(i) {
  const host = word(), path = word();
  return { host: `${host}.example.org`, path,
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

// Every spelling under which a text could lie about.
function spellings(text) {
  const plain = Buffer.from(text);
  const wide = Buffer.from(text, 'utf16le');
  const found = [plain, wide, Buffer.from(wide).swap16(),
    Buffer.from(encodeURIComponent(text)),
    Buffer.from(plain.toString('hex')),
    Buffer.from(plain.toString('hex').toUpperCase())];
  for (let shift = 0; shift < 3; shift++) {
    // what lies before and behind changes the characters at the ends
    const whole = Buffer.concat([Buffer.alloc(shift), plain]);
    const from = shift ? 4 : 0;
    const to = Math.floor(whole.length / 3) * 4;
    for (const kind of ['base64', 'base64url']) {
      found.push(Buffer.from(whole.toString(kind).slice(from, to)));
    }
  }
  return found.filter((f) => f.length >= 7);
}

// The binary forms of a network address that are no accident.
function binary(address) {
  if (address.includes(':')) {
    const [head, tail] = address.split('::');
    const a = head.split(':'), b = tail.split(':');
    const all = [...a, ...Array(8 - a.length - b.length).fill('0'), ...b];
    return [Buffer.from(all.map((x) => x.padStart(4, '0')).join(''), 'hex')];
  }
  const four = Buffer.from(address.split('.').map(Number));
  return [Buffer.concat([Buffer.from([255, 255]), four]),
    Buffer.concat([Buffer.from([2, 0, 0, 0]), four])];
}

function needles(planted, keys) {
  const all = [];
  for (const p of planted) {
    for (const key of keys) {
      for (const part of key === 'words' ? p.words.split(' ')
        : key === 'contact' ? [p.contact.split('@')[0]]
          : key === 'host' ? [p.host.split('.')[0]] : [p[key]]) {
        for (const s of spellings(part)) {
          all.push({ key, part, s });
        }
      }
    }
    for (const key of ['peer', 'forwarded', 'real']) {
      for (const s of [...spellings(p[key]), ...binary(p[key])]) {
        all.push({ key, part: p[key], s });
      }
    }
  }
  return all;
}

function search(files, all) {
  const found = new Map();
  let bytes = 0;
  for (const file of files) {
    const data = readFileSync(file);
    bytes += data.length;
    for (const { key, part, s } of all) {
      if (data.includes(s)) {
        found.set(`${key} ${part} in ${file}`, true);
      }
    }
  }
  return { bytes, found: [...found.keys()] };
}

const KEYS = ['host', 'path', 'words', 'where', 'seen', 'pay', 'contact',
  'agent', 'key', 'note', 'finding'];

async function workOn(analyst, planted) {
  let page, came = 0;
  for (let i = 0; i < 40; i++) {
    page = await analyst.get('/queue');
    assert.equal(page.status, 200, words(page.html));
    came += Number(words(page.html).match(/(\d+) reports? ha\w+ come in/)
      ?.[1] ?? 0);
    if (!/still waiting to be read in/.test(words(page.html))) {
      break;
    }
  }
  return came;
}

await main(async () => {
  const folder = scratch('planted');
  const mail = await Mail.start(folder);
  const h = await Hotline.install('planted', { ...mail.settings(),
    'log.level': 'debug' }, { folder });
  await h.start();
  const staff = await hire(h, { anna: ['analyst'],
    ben: ['analyst', 'verifier'], rita: ['referral_officer'] });
  const planted = Array.from({ length: N }, (_, i) => ({ ...plant(i),
    agent: word(), key: word(), note: word(), finding: word() }));
  const receipts = [];

  await test(`${N} reports are sent, half of them by the form`, async () => {
    for (const [i, p] of planted.entries()) {
      receipts.push(await (i % 2 ? byForm : byProgram)(h, p));
    }
    assert.equal(new Set(receipts).size, N);
  });
  await test('triage reads all of them in', async () =>
    assert.equal(await workOn(staff.anna.client, planted), N));
  await test('cases are taken, viewed, noted and assessed', async () => {
    const { client } = staff.anna;
    for (const p of planted.slice(0, 12)) {
      await client.get('/queue');
      const taken = await client.post('/queue/next');
      assert.match(words(taken.html), /The case is yours now/);
      const shown = planted.find((x) => taken.html.includes(x.host));
      assert.ok(shown, 'the address is readable for who holds the case');
      const at = taken.path;
      await client.post(`${at}/view/start`);
      await client.post(`${at}/view/stop`);
      await client.post(`${at}/note`, { words: `Note ${p.note}` });
      assert.ok(client.page.html.includes(p.note));
      await client.get(`${at}/assess`);
      await client.post(`${at}/assess`, { do: 'save', access: 'seen',
        material: 'photo', act: 'involved', posing: 'none',
        age: 'prepubescent', offensive: 'no', commercial: 'no',
        note: `Finding ${p.finding}` });
      assert.match(words(client.page.html), /second, blind assessment/);
    }
  });
  await test('searching finds what is there', () => {
    const control = join(scratch('control'), 'file');
    const [p] = planted;
    const all = needles([p], KEYS);
    for (const { s, part, key } of all) {
      writeFileSync(control, Buffer.concat([randomBytes(100), s,
        randomBytes(100)]));
      assert.ok(search([control], all).found.length, `${key} ${part}`);
    }
    writeFileSync(control, Buffer.from(`x${p.words}x`).toString('base64'));
    assert.ok(search([control], all).found.length, 'base64 of more');
  });
  const look = async (when) => {
    await test(`nothing of it lies about ${when}`, () => {
      const { bytes, found } = search(h.files(), needles(planted, KEYS));
      note(`${h.files().length} files, ${bytes} bytes`);
      assert.ok(h.files().some((f) => f.endsWith('hotline.db')));
      assert.ok(bytes > 500000, `${bytes} bytes`);
      assert.deepEqual(found.slice(0, 20), []);
    });
  };
  await look('while it runs');
  await test('the store has them all the same', async () => {
    assert.equal((await h.stop()).code, 0);
    assert.equal(await countRows(h, 'report'), N);
    assert.equal(await countRows(h, 'item'), N);
  });
  await look('when it has stopped');
});
