// SPDX-License-Identifier: Apache-2.0
// People at the hotline without a browser: a client that keeps cookies and
// sends forms back with their tokens, and the first login of staff.
import { createHmac, randomBytes } from 'node:crypto';
import assert from 'node:assert/strict';

// RFC 6238 with the usual 30 s, SHA-1 and six digits.
export function totp(base32, at = Date.now()) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const letters = base32.replace(/[\s=]/g, '');
  const bits = [...letters].map((c) =>
    alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const from = mac[19] & 15;
  return String((mac.readUInt32BE(from) & 0x7fffffff) % 1000000)
    .padStart(6, '0');
}

export function newPassword() {
  return `Test-${randomBytes(12).toString('base64url')}`;
}

export function unescapeHtml(text) {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi,
    (all, dec, hex, name) => dec ? String.fromCodePoint(+dec)
      : hex ? String.fromCodePoint(parseInt(hex, 16))
        : { lt: '<', gt: '>', amp: '&', quot: '"', apos: '\'' }[name] ?? all);
}

// What a page says, without its tags.
export function words(html) {
  return unescapeHtml(html.replace(/<(script|style)[^]*?<\/\1>/g, ' ')
    .replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim();
}

// Debian's node has no getSetCookie(): the values come joined by commas, which
// dates have too.
function setCookies(headers) {
  if (headers.getSetCookie) {
    return headers.getSetCookie();
  }
  return (headers.get('set-cookie') ?? '').split(/,\s*(?=[^;,\s]+=)/)
    .filter(Boolean);
}

export class Client {
  constructor(base, headers = {}) {
    this.base = base;
    this.headers = headers;
    this.cookies = new Map();
  }

  async ask(path, options = {}) {
    const url = new URL(path, this.base);
    const headers = { ...this.headers, ...options.headers };
    if (this.cookies.size) {
      headers.cookie = [...this.cookies].map(([k, v]) => `${k}=${v}`)
        .join('; ');
    }
    const response = await fetch(url,
      { ...options, headers, redirect: 'manual' });
    for (const line of setCookies(response.headers)) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) {
        this.cookies.delete(name);
      } else {
        this.cookies.set(name, value);
      }
    }
    const page = { status: response.status, headers: response.headers,
      path: url.pathname + url.search, html: await response.text() };
    const to = response.headers.get('location');
    if (to && response.status >= 300 && response.status < 400 &&
      options.follow !== false) {
      return this.ask(to);
    }
    this.page = page;
    return page;
  }

  get(path, options) {
    return this.ask(path, options);
  }

  // Sends fields as a browser sends the form of the present page.
  async post(path, fields = {}, options = {}) {
    const token = this.page?.html.match(/name="csrf" value="([^"]*)"/);
    const body = new URLSearchParams();
    if (token && !('csrf' in fields)) {
      body.append('csrf', token[1]);
    }
    for (const [name, value] of Object.entries(fields)) {
      for (const one of [value].flat()) {
        body.append(name, one);
      }
    }
    return this.ask(path, { ...options, method: 'POST', body,
      headers: { origin: this.base, 'sec-fetch-site': 'same-origin',
        ...options.headers } });
  }
}

// The first login: first password, code generator, own password. Gives what
// a second login needs. `at` is the time by the hotline's clock.
export async function firstLogin(client, login, first, at = Date.now()) {
  await client.get('/login');
  await client.post('/login', { login, password: first });
  assert.match(client.page.html, /id="secret"/,
    `${login}: no code to set up at ${client.page.path}: ` +
    words(client.page.html).slice(0, 300));
  const secret = client.page.html.match(/id="secret"[^>]*>([^<]+)</)[1];
  await client.post('/login/setup', { code: totp(secret, at) });
  const codes = [...client.page.html.matchAll(
    /<li><code[^>]*>([^<]+)</g)].map((m) => m[1]);
  assert.ok(codes.length >= 8, `${login}: ${codes.length} recovery codes`);
  const password = newPassword();
  await client.get('/');
  assert.equal(client.page.path, '/account/password');
  await client.post('/account/password',
    { before: first, after: password, again: password });
  assert.notEqual(client.page.path, '/account/password',
    words(client.page.html).slice(0, 300));
  return { login, secret, codes, password };
}

export class Api {
  constructor(base) {
    this.base = base;
  }
  async post(path, body, headers = {}) {
    const response = await fetch(this.base + path, { method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body) });
    const text = await response.text();
    let json = null;
    try {
      json = JSON.parse(text);
    } catch { /* the server's own refusals have no JSON */ }
    return { status: response.status, json, text,
      headers: response.headers };
  }
  report(report, key, headers = {}) {
    return this.post('/api/v1/reports', { schema: 1, danger: 'unknown',
      place: 'website', ...report },
    key ? { 'idempotency-key': key, ...headers } : headers);
  }
  status(receipt) {
    return this.post('/api/v1/status', { receipt });
  }
}

// The staff of a new installation: `wanted` is { login: [roles] }. Each has
// signed in for the first time and holds keys where the roles need them.
// Gives { login: { client, login, secret, codes, password } }.
export async function hire(hotline, wanted) {
  const staff = {};
  const enter = async (login, first) => {
    const client = new Client(hotline.staff);
    staff[login] = { client, ...await firstLogin(client, login, first) };
    return client;
  };
  const supervisor = await enter('supervisor', hotline.logins.supervisor);
  const admin = await enter('admin', hotline.logins.admin);
  for (const [login, roles] of Object.entries(wanted)) {
    const first = await addPerson(admin, login, roles);
    await enter(login, first);
    if (!roles.includes('administrator')) {
      await grantKeys(supervisor, login);
    }
  }
  return staff;
}

export async function addPerson(admin, login, roles) {
  await admin.get('/staff/add');
  const page = await admin.post('/staff/add', { login, roles,
    name: login[0].toUpperCase() + login.slice(1) });
  const found = page.html.match(/id="first-password"[^>]*>([^<]+)</);
  assert.ok(found, `no first password for ${login}: ${words(page.html)}`);
  return found[1];
}

export async function grantKeys(supervisor, login) {
  const list = await supervisor.get('/staff');
  const row = list.html.split('<tr').find((r) => r.includes(`>${login}<`));
  const path = row.match(/href="(\/staff\/[^"]+)"/)[1];
  await supervisor.get(path);
  const done = await supervisor.post(`${path}/keys`);
  assert.match(words(done.html), /keys have been handed over/);
}
