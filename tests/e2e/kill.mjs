// SPDX-License-Identifier: Apache-2.0
// usage: node tests/e2e/kill.mjs [SEED]
//
// kill -9 of each process and of the supervisor, 200 times at random points,
// while reports come in. Senders behave as docs/protocol/report.md tells
// them to: no answer, or 503: the same again with the same key. At the end
// every receipt that was shown leads to its report, there is one report for
// each key, and the audit log is whole.
import assert from 'node:assert/strict';
import { Hotline } from './lib/hotline.mjs';
import { Api } from './lib/people.mjs';
import { countRows } from './lib/store.mjs';
import { main, note, sleep, test, until } from './lib/tap.mjs';

const KILLS = Number(process.env.HL_KILLS ?? 200);
const SENDERS = 12;
const seed = Number(process.argv[2] ?? Date.now() % 1000000);

// Park and Miller: the same order of kills for the same seed.
let state = seed % 2147483646 + 1;
function random(n) {
  state = state * 48271 % 2147483647;
  return state % n;
}

const shown = new Map(); // key: receipts that were shown for it
let stopping = false, answered = 0, lost = 0, refused = 0, wrong = [];

async function sendOne(api, key) {
  const report = { addresses: [`https://example.org/${key}`],
    words: `report ${key}` };
  for (let tries = 0; ; tries++) {
    let got = null;
    try {
      got = await api.report(report, key);
    } catch {
      lost++;
    }
    if (got?.status === 201) {
      shown.set(key, [...shown.get(key) ?? [], got.json.receipt]);
      answered++;
      // a sender whose answer was lost after all sends once more
      if (tries === 0 && random(10) === 0) {
        continue;
      }
      return;
    }
    if (got) {
      refused++;
      if (got.status !== 503) {
        wrong.push(`${got.status} ${got.text.slice(0, 200)}`);
      }
    }
    if (tries > 2000 || stopping && tries > 600) {
      throw new Error(`${key}: gave up`);
    }
    await sleep(20 + random(30));
  }
}

async function sender(api, name) {
  for (let i = 0; !stopping; i++) {
    await sendOne(api, `s${name}-${i}`);
    await sleep(random(20));
  }
}

async function killAll(h, roles) {
  const order = Array.from({ length: KILLS },
    (_, i) => roles[i % roles.length]);
  for (let i = order.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  const done = {};
  for (const role of order) {
    await until(`${role} to be there again`, () => h.pid(role), 15000, 5);
    await sleep(random(350));
    if (!h.kill(role)) {
      await until(`${role} to be killed`, () => h.kill(role), 15000, 5);
    }
    done[role] = (done[role] ?? 0) + 1;
    if (role === 'supervisor') {
      const { signal } = await h.ended;
      assert.equal(signal, 'SIGKILL');
      await h.restart();
    }
  }
  return done;
}

await main(async () => {
  note(`seed ${seed}`);
  const h = await Hotline.install('kill');
  await h.start();
  const roles = [...h.running(), 'supervisor'];
  const api = new Api(h.public);
  const began = Date.now();
  const senders = Array.from({ length: SENDERS }, (_, i) => sender(api, i));
  let done;

  await test(`${KILLS} kills: ${roles.join(', ')}`, async () => {
    done = await killAll(h, roles);
    assert.equal(Object.values(done).reduce((a, b) => a + b), KILLS);
    assert.ok(roles.every((r) => done[r] >= Math.floor(KILLS / roles.length)),
      JSON.stringify(done));
  });
  stopping = true;
  await test('every sender gets its receipt in the end', () =>
    Promise.all(senders));
  note(`${JSON.stringify(done)}; ${shown.size} reports, ${answered} receipts ` +
    `shown, ${lost} answers lost, ${refused} times 503, ` +
    `${Math.round((Date.now() - began) / 1000)} s`);
  await test('the load was real: some answers were lost in the kills', () =>
    assert.ok(lost > KILLS / 10 && shown.size > KILLS,
      `${lost} lost, ${shown.size} reports`));
  await test('meanwhile nothing but 201, 503 or silence', () =>
    assert.deepEqual(wrong.slice(0, 5), []));
  await test('a key has one receipt, however often it was sent', () => {
    const two = [...shown].filter(([, r]) => new Set(r).size !== 1);
    assert.deepEqual(two, []);
  });
  await test('each receipt leads to its report', async () => {
    const all = [...new Set([...shown.values()].flat())];
    assert.equal(all.length, shown.size);
    for (let at = 0; at < all.length; at += 50) {
      await Promise.all(all.slice(at, at + 50).map(async (receipt) => {
        const got = await api.status(receipt);
        assert.equal(got.status, 200, `${got.status} ${got.text}`);
        assert.equal(got.json.status, 'received');
      }));
    }
  });
  await test('what was killed runs again', async () => {
    await until('all processes', () =>
      h.running().length === roles.length - 1);
    assert.equal((await fetch(`${h.staff}/login`)).status, 200);
  });
  await test('the audit log is sound', async () => {
    const got = await h.command('audit', 'verify', '--json');
    assert.equal(got.code, 0, got.out + got.err);
  });
  await test('it stops in order', async () =>
    assert.equal((await h.stop()).code, 0));
  await test('there is one report for each key', async () =>
    assert.equal(await countRows(h, 'report'), shown.size));
  await test('the store is whole', async () =>
    assert.equal(await countRows(h, 'pragma_integrity_check',
      "integrity_check <> 'ok'"), 0));
});
