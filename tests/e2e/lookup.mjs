// SPDX-License-Identifier: Apache-2.0
// usage: node tests/e2e/lookup.mjs
//
// From a supervisor's form to a program's answer and back: an entry that two
// supervisors stand for is answered by POST /v1/match within two seconds, one
// that is withdrawn is answered no more, and a report with a picture that is
// near to it is resolved with nobody looking, by what the workbench's process
// reads in the same index.
import assert from 'node:assert/strict';
import { firstSignIn, openBrowser, says, sitDown } from
  './lib/browser.mjs';
import { Hotline } from './lib/hotline.mjs';
import { addPerson, Api, Client, firstLogin, grantKeys, words } from
  './lib/people.mjs';
import { main, note, step, until } from './lib/tap.mjs';

const SHA = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const PDQ = 'f8f8f0cce0f4e84d0e370a22028f67f0b36e2ed596623e1d33e6339c4e9c9b22';
const OTHER = '07070f331f0b17b2f1c8f5ddfd70980f4c91d12a699dc1e2cc19cc63b16364dd';
const SOON_MS = 2000;

// The same picture, as many bits apart, spread over the hash.
function apart(pdq, bits) {
  const bytes = Buffer.from(pdq, 'hex');
  for (let i = 0; i < bits; i++) {
    bytes[(i * 11) % bytes.length] ^= 1 << (i % 8);
  }
  return bytes.toString('hex');
}

await main(async () => {
  const h = await Hotline.install('lookup', {}, { api: true });
  await h.start();
  const api = new Api(h.public), asked = new Api(h.api);
  let sofie, supervisor, anna, match, report, entry;

  const hashes = [{ kind: 'sha256', value: SHA },
    { kind: 'pdq', value: apart(PDQ, 4) }, { kind: 'pdq', value: OTHER }];
  const ask = async () => {
    const got = await asked.post('/v1/match', { hashes },
      { authorization: `Bearer ${match}` });
    assert.equal(got.status, 200, got.text);
    return got.json;
  };
  const found = (answer) => answer.results.map((r) => r.found).join();
  // Adds an entry to "Assessed here" and gives its path.
  const propose = async (text) => {
    await sofie.get('/hashes/add');
    const [, list] = sofie.page.html
      .match(/value="(L-[^"]+)"[^>]*>Assessed here/);
    await sofie.post('/hashes/add', { list, hashes: text,
      outcome: 'illegal_baseline', series: 'Series 7' });
    assert.match(words(sofie.page.html), /Another person has to approve it/);
    return sofie.page.path;
  };
  const approve = async (path) => {
    await supervisor.get(path);
    await supervisor.post(`${path}/approve`);
    assert.match(words(supervisor.page.html),
      /From now on these hashes count/);
  };
  const withdraw = async (path) => {
    await sofie.get(path);
    await sofie.post(`${path}/withdraw`, { reason: 'typo' });
    assert.match(words(sofie.page.html), /These hashes count no more/);
  };

  await step('two supervisors, an analyst, and keys for two programs',
    async () => {
      const admin = new Client(h.staff);
      supervisor = new Client(h.staff);
      await firstLogin(supervisor, 'supervisor', h.logins.supervisor);
      await firstLogin(admin, 'admin', h.logins.admin);
      sofie = new Client(h.staff);
      await firstLogin(sofie, 'sofie',
        await addPerson(admin, 'sofie', ['supervisor']));
      await grantKeys(supervisor, 'sofie');
      await openBrowser();
      anna = await sitDown();
      await firstSignIn(anna, h.staff, 'anna',
        await addPerson(admin, 'anna', ['analyst']));
      await grantKeys(supervisor, 'anna');
      [match, report] = await Promise.all(['match', 'report'].map(
        async (scope) => {
          const got = await h.command('apikey', 'create',
            `Example ${scope}`, '--scope', scope);
          assert.equal(got.code, 0, got.err);
          return got.out.match(/hl_[\w-]{43}/)[0];
        }));
    });
  await step('the key is good soon, and nothing is known', async () => {
    await until('the key', async () =>
      (await asked.post('/v1/match', { hashes },
        { authorization: `Bearer ${match}` })).status === 200, SOON_MS);
    assert.equal(found(await ask()), '0,0,0');
    const other = await asked.post('/v1/match', { hashes },
      { authorization: `Bearer ${report}` });
    assert.equal(other.status, 403);
    assert.equal(other.json.code, 'scope');
  });
  await step('what one proposed is not answered', async () => {
    entry = await propose(`sha256 ${SHA}\npdq ${PDQ} 97`);
    await new Promise((done) => setTimeout(done, 700));
    assert.equal(found(await ask()), '0,0,0');
  });
  await step('what another approved is, within two seconds', async () => {
    await approve(entry);
    const from = Date.now();
    const answer = await until('the entry', async () => {
      const got = await ask();
      return found(got) === '1,1,0' && got;
    }, SOON_MS, 20);
    note(`answered after ${Date.now() - from} ms`);
    const [exact, near] = answer.results.map((r) => r.matches[0]);
    assert.equal(exact.kind, 'sha256');
    assert.equal(exact.distance, 0);
    assert.equal(near.kind, 'pdq');
    assert.equal(near.distance, 4);
    for (const one of [exact, near]) {
      assert.equal(one.about.ref, entry.split('/').pop());
      assert.equal(one.about.state, 'approved');
      assert.equal(one.about.series, 'Series 7');
      assert.equal(one.entry, exact.entry);
    }
    const list = answer.lists.find((l) => l.id === exact.list);
    assert.equal(list.name, 'Assessed here');
    assert.equal(list.negative, false);
  });
  await step('a picture five bits away is resolved with nobody looking',
    async () => {
      const got = await api.report({ addresses: ['https://example.org/near'],
        hashes: [{ kind: 'pdq', value: apart(PDQ, 5), quality: 90 }] }, null,
      { authorization: `Bearer ${report}` });
      assert.equal(got.status, 201, got.text);
      await anna.goto(`${h.staff}/queue?tab=all`);
      await says(anna, /1 case is known and needs nobody to look/);
      const href = await anna.locator('table.hl-queue tbody tr',
        { hasText: /Known/ }).locator('a').first().getAttribute('href');
      await sofie.get(href);
      const why = words(sofie.page.html);
      assert.match(why, /This is known/);
      assert.match(why, /PDQ, 5 bits apart/);
      assert.match(why, new RegExp(entry.split('/').pop()));
      assert.match(why, /on the list “Assessed here”/);
      assert.match(why, /Nobody had to assess it/);
    });
  await step('one that is farther is only pointed to', async () => {
    const got = await api.report({ addresses: ['https://example.org/far'],
      hashes: [{ kind: 'pdq', value: apart(PDQ, 14), quality: 90 }] }, null,
    { authorization: `Bearer ${report}` });
    assert.equal(got.status, 201, got.text);
    await anna.goto(`${h.staff}/queue`);
    await anna.getByRole('button', { name: 'Take the next case' }).click();
    const why = await anna.locator('#known').innerText();
    assert.match(why, /Perhaps known/);
    assert.match(why, /PDQ, 14 bits apart/);
    assert.match(why, /not so much that nobody need look/);
  });
  await step('what was withdrawn is answered no more', async () => {
    await withdraw(entry);
    const from = Date.now();
    await until('the entry to go', async () =>
      found(await ask()) === '0,0,0', SOON_MS, 20);
    note(`gone after ${Date.now() - from} ms`);
  });
  await step('nor does it resolve anything', async () => {
    await api.report({ addresses: ['https://example.org/late'],
      hashes: [{ kind: 'pdq', value: apart(PDQ, 5), quality: 90 }] }, null,
    { authorization: `Bearer ${report}` });
    await anna.goto(`${h.staff}/queue?tab=all`);
    assert.doesNotMatch(await anna.locator('main').innerText(),
      /needs nobody/);
  });
  await step('a revoked key is refused within two seconds', async () => {
    const keys = (await h.json('apikey', 'list')).keys;
    const ref = keys.find((k) => k.scopes === 'match').ref;
    assert.equal((await h.command('apikey', 'revoke', ref)).code, 0);
    await until('the key to be refused', async () =>
      (await asked.post('/v1/match', { hashes },
        { authorization: `Bearer ${match}` })).status === 401, SOON_MS);
  });
});
