// SPDX-License-Identifier: Apache-2.0
// usage: node tests/e2e/start.mjs
//
// What can stand in the way of a start: each has a line that names it and the
// documented exit status, and a hotline that runs is not disturbed.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { Hotline } from './lib/hotline.mjs';
import { Api } from './lib/people.mjs';
import { atEnd, main, test } from './lib/tap.mjs';

// Somebody else listens where that URL points to.
async function occupy(url) {
  const { hostname, port } = new URL(url);
  const server = createServer();
  await new Promise((done) => server.listen(Number(port), hostname, done));
  atEnd(() => server.close());
}

const serve = (h) => h.command('serve');

async function inUse(name) {
  const h = await Hotline.install(`use-${name}`, {}, { api: true });
  await occupy(h[name]);
  await test(`${name}.listen in use: status 4, and the address`, async () => {
    const got = await serve(h);
    assert.equal(got.code, 4, got.err);
    const where = new URL(h[name]).host;
    assert.ok(got.err.includes(`${name}.listen = ${where}: the address is ` +
      'in use'), got.err);
  });
}

async function notOurs() {
  const h = await Hotline.install('far',
    { 'staff.listen': '192.0.2.7:8099' });
  await test('an address of another host: status 1, and the address',
    async () => {
      const got = await serve(h);
      assert.equal(got.code, 1, got.err);
      assert.match(got.err, /staff\.listen = 192\.0\.2\.7:8099: /);
    });
}

async function twice() {
  const h = await Hotline.install('twice');
  await h.start();
  await test('a second one in the same folder: status 4', async () => {
    const got = await serve(h);
    assert.equal(got.code, 4, got.err);
    assert.match(got.err, /a hotline runs in .*twice.* already/);
  });
  await test('the first goes on, for people and for commands', async () => {
    assert.equal((await new Api(h.public).report({ words: 'x' })).status, 201);
    assert.equal((await h.command('audit', 'verify')).code, 0);
    assert.equal((await h.stop()).code, 0);
  });
}

await main(() => Promise.all([inUse('public'), inUse('staff'), inUse('api'),
  notOurs(), twice()]));
