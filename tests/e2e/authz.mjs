// SPDX-License-Identifier: Apache-2.0
// usage: node tests/e2e/authz.mjs
//
// Every route of the workbench, over HTTP, asked by everybody: nobody,
// somebody halfway through the login, and each role. What they may comes from
// docs/roles.md (which a unit test holds against the matrix), the routes from
// src/desk. Refused means: the very page that a reference gets that there is
// not. Forms without a token or from elsewhere are refused.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Hotline, root } from './lib/hotline.mjs';
import { Client, hire, words } from './lib/people.mjs';
import { main, note, test } from './lib/tap.mjs';

const PEOPLE = { ada: ['analyst'], vera: ['verifier'],
  rita: ['referral_officer'], omar: ['analyst', 'verifier'] };
const COLUMNS = ['analyst', 'verifier', 'supervisor', 'referral_officer',
  'administrator'];

function routes() {
  const dir = join(root, 'src/desk');
  const text = readdirSync(dir).filter((f) => f.endsWith('.c'))
    .map((f) => readFileSync(join(dir, f), 'utf8')).join('\n');
  return [...text.matchAll(
    /\{HL_WEB_(GET|POST),\s*"([^"]+)",\s*HL_(AUTHZ|DESK)_(\w+),/g)]
    .map(([, method, path, kind, need]) => ({ method, path,
      need: kind === 'DESK' ? need
        : need.toLowerCase().replace('_', '.') }));
}

function grants() {
  const doc = readFileSync(join(root, 'docs/roles.md'), 'utf8')
    .split('## Under which')[0];
  return Object.fromEntries([...doc.matchAll(/^\| ([a-z_]+\.[a-z_]+) \|(.*)$/gm)]
    .map(([, action, rest]) => {
      const cells = rest.split('|').slice(1, 6).map((c) => c.trim());
      return [action, COLUMNS.filter((_, i) => cells[i] === 'yes')];
    }));
}

// A reference of the right form that nothing has.
const withUnknown = (path) => path.startsWith('/static') ? '/static/none.css'
  : path.replace(/:\w+/g, 'C-00000-00000');
const stable = (page) => words(page.html.replace(/value="[^"]*"/g, ''));

await main(async () => {
  const all = routes(), may = grants();
  await test('the routes and the grants were read', () => {
    assert.ok(all.length > 25, `${all.length} routes`);
    assert.ok(Object.keys(may).length > 35);
    const unknown = all.filter((r) => r.need.includes('.') && !may[r.need]);
    assert.deepEqual(unknown, []);
  });
  const h = await Hotline.install('authz');
  await h.start();
  const staff = await hire(h, PEOPLE);
  const roles = { ...PEOPLE, supervisor: ['supervisor'],
    admin: ['administrator'] };
  note(`${all.length} routes`);

  await test('nobody comes past the door', async () => {
    for (const r of all.filter((x) => x.need !== 'OPEN')) {
      const client = new Client(h.staff);
      const got = await client.ask(withUnknown(r.path),
        { method: r.method, follow: false,
          body: r.method === 'POST' ? 'x=1' : undefined,
          headers: r.method === 'POST'
            ? { 'content-type': 'application/x-www-form-urlencoded' } : {} });
      assert.equal(got.status, 303, `${r.method} ${r.path}`);
      assert.equal(got.headers.get('location'), '/login', r.path);
      assert.equal(got.html, '', r.path);
    }
  });
  await test('a password alone does not do', async () => {
    const half = new Client(h.staff);
    await half.get('/login');
    await half.post('/login',
      { login: 'ada', password: staff.ada.password });
    assert.equal(half.page.path, '/login/code', words(half.page.html));
    for (const r of all.filter((x) => x.method === 'GET' &&
      !['OPEN', 'HALF'].includes(x.need))) {
      const got = await half.ask(withUnknown(r.path), { follow: false });
      assert.equal(got.status, 303, r.path);
      assert.equal(got.headers.get('location'), '/login/code', r.path);
    }
  });
  await test('a stolen or old cookie does not do', async () => {
    const thief = new Client(h.staff);
    const [name, value] = [...staff.ada.client.cookies][0];
    thief.cookies.set(name, (value[0] === 'A' ? 'B' : 'A') + value.slice(1));
    assert.equal((await thief.get('/')).path, '/login');
    const gone = new Client(h.staff);
    await loginAgain(gone, staff.vera);
    assert.notEqual(gone.page.path, '/login');
    const kept = new Map(gone.cookies);
    await gone.get('/account');
    await gone.post('/logout');
    gone.cookies = kept;
    assert.equal((await gone.get('/account')).path, '/login');
  });

  for (const [login, has] of Object.entries(roles)) {
    await test(`what ${has.join(' and ')} may get`, async () => {
      const { client } = staff[login];
      await client.get('/account'); // takes the notice that was left
      const none = stable(await client.get('/staff/C-00000-00000'));
      let allowed = 0, refused = 0;
      for (const r of all.filter((x) => x.method === 'GET' &&
        !['OPEN', 'HALF'].includes(x.need))) {
        const got = await client.get(withUnknown(r.path));
        const ok = !r.need.includes('.') ||
          has.some((role) => may[r.need].includes(role));
        if (ok && !r.path.includes(':')) {
          // a page of its own, if only to say that something was not given
          assert.ok([200, 404, 422].includes(got.status) &&
            stable(got) !== none, `${r.path}: ${words(got.html)}`);
          allowed++;
        } else {
          assert.equal(got.status, 404, `${r.path}: ${words(got.html)}`);
          assert.equal(stable(got), none, r.path);
          refused++;
        }
      }
      note(`${allowed} allowed, ${refused} refused or unknown`);
    });
    await test(`forms without a token, as ${has.join(' and ')}`, async () => {
      const { client } = staff[login];
      for (const r of all.filter((x) => x.method === 'POST' &&
        !['OPEN', 'HALF'].includes(x.need))) {
        const path = withUnknown(r.path);
        const bare = await client.post(path, { csrf: '' });
        assert.equal(bare.status, 403, `${path}: ${words(bare.html)}`);
        await client.get('/account/password');
        const token = client.page.html.match(/name="csrf" value="([^"]*)"/)[1];
        const foreign = await client.post(path, { csrf: token },
          { headers: { 'sec-fetch-site': 'cross-site',
            origin: 'http://foreign.invalid' } });
        assert.equal(foreign.status, 403, path);
      }
    });
  }
  await test('forms that a role may not send', async () => {
    for (const [login, has] of Object.entries(roles)) {
      const { client } = staff[login];
      for (const r of all.filter((x) => x.method === 'POST' &&
        x.need.includes('.') &&
        !has.some((role) => may[x.need].includes(role)))) {
        await client.get('/account/password');
        const got = await client.post(withUnknown(r.path));
        assert.equal(got.status, 404, `${login} ${r.path}`);
      }
    }
  });
  await test('what was refused is in the audit log', async () => {
    const page = await staff.supervisor.client.get('/audit');
    assert.equal(page.status, 200);
    const got = await h.command('audit', 'list', '--most', '10000');
    assert.match(got.out, /denied/);
  });
});

// Password and code, for somebody who has both. The code that set the
// generator up has been used; a recovery code does as well.
async function loginAgain(client, person) {
  await client.get('/login');
  await client.post('/login',
    { login: person.login, password: person.password });
  await client.post('/login/code', { code: person.codes[0] });
}
