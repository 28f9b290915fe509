// SPDX-License-Identifier: Apache-2.0
// usage: node tests/e2e/blocklist.mjs
//
// The workbench's pages of lists of addresses that others block, without
// JavaScript and with real people at browsers: an analyst proposes what two
// judged, somebody else approves it, a supervisor ends it; a consumer is let
// in by two and its token shown once; publication is halted by one and
// resumed by two; an appeal is decided by somebody new.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { follow, firstSignIn, judge, judgements, openBrowser, press,
  pressTwice, says, sitDown } from './lib/browser.mjs';
import { Hotline, scratch } from './lib/hotline.mjs';
import { addPerson, Api, Client, firstLogin, grantKeys } from
  './lib/people.mjs';
import { change, query } from './lib/store.mjs';
import { main, step, test } from './lib/tap.mjs';

const ILLEGAL = { access: 'seen', material: 'photo', act: 'involved',
  posing: 'none', age: 'prepubescent', offensive: 'no', commercial: 'no' };
const ADDRESS = 'https://pictures.example.org/birds/nests/day.html?page=3';

async function assess(page, facts) {
  for (const [name, value] of Object.entries(facts)) {
    await page.locator(`input[name="${name}"][value="${value}"]`).check();
  }
  await press(page, 'Check the outcome');
  await press(page, 'Save');
}
const section = (page) => page.locator('#block-list').innerText();
const buttons = (page, name) =>
  page.getByRole('button', { name, exact: true }).count();

await main(async () => {
  const folder = scratch('blocklist');
  const h = await Hotline.install('blocklist',
    { 'lists.canary_domain': 'names.example.org' }, { folder });
  await h.start();
  await openBrowser();
  const [anna, ben, vera, sofie, simon, third] = [await sitDown(),
    await sitDown(), await sitDown(), await sitDown(), await sitDown(),
    await sitDown()];
  const supervisor = new Client(h.staff), admin = new Client(h.staff);
  const api = new Api(h.public);
  let path, entry, consumer, now = Date.now() * 1000;

  await step('an installation has the keys of lists', () => {
    assert.ok(existsSync(join(h.dir, 'keys/lists-commit.key')));
  });
  await step('staff: everybody signs in for the first time', async () => {
    await firstLogin(supervisor, 'supervisor', h.logins.supervisor);
    await firstLogin(admin, 'admin', h.logins.admin);
    for (const [page, login, roles] of [[anna, 'anna', ['analyst']],
      [ben, 'ben', ['analyst', 'verifier']], [vera, 'vera', ['verifier']],
      [sofie, 'sofie', ['supervisor']], [simon, 'simon', ['supervisor']],
      [third, 'thea', ['supervisor']]]) {
      const password = await addPerson(admin, login, roles);
      await firstSignIn(page, h.staff, login, password);
      await grantKeys(supervisor, login);
    }
  });
  await step('empty pages say so', async () => {
    await sofie.goto(h.staff);
    await follow(sofie, 'Block lists');
    await says(sofie, /Nothing has been published yet/);
    await judge(sofie, 'overview-empty');
    for (const [name, words] of [['entries', /No entries here/],
      ['consumers', /Nobody gets the list yet/],
      ['editions', /No editions yet/], ['appeals', /No appeals/]]) {
      await sofie.goto(`${h.staff}/lists/${name}`);
      await says(sofie, words);
      await judge(sofie, `${name}-empty`);
    }
  });
  await step('two people judge an address', async () => {
    const got = await api.report({ addresses: [ADDRESS] });
    assert.equal(got.status, 201, got.text);
    await anna.goto(`${h.staff}/queue`);
    await press(anna, 'Take the next case');
    path = anna.url();
    assert.match(await section(anna), /once two people have found it/);
    await judge(anna, 'case-not-yet');
    await follow(anna, 'Assess');
    await assess(anna, ILLEGAL);
    await ben.goto(path);
    await press(ben, 'Take this case');
    await follow(ben, 'Assess a second time');
    await assess(ben, ILLEGAL);
  });
  await step('one proposes; what is missing is asked for', async () => {
    await anna.goto(path);
    await follow(anna, 'Propose for the block list');
    await says(anna, /pictures\.example\.org\/birds\/nests\/day\.html/);
    await judge(anna, 'propose');
    await anna.locator('input[name=place][value^=domain]').first().check();
    await press(anna, 'Propose');
    await says(anna, /Choose why more than the page has to be blocked/);
    assert.ok(await anna.locator('input[name=place][value^=domain]').first()
      .isChecked());
    await judge(anna, 'propose-error');
    await anna.locator('input[name=place][value^=folder]').first().check();
    await anna.locator('input[name=reason][value=dedicated]').check();
    const look = anna.getByLabel('I looked: it is still there');
    if (await look.count()) {
      await look.check();
    }
    await press(anna, 'Propose');
    await says(anna, /Somebody else has to approve it/);
    entry = anna.url();
    assert.equal(await buttons(anna, 'Approve it'), 0);
    await judge(anna, 'entry-proposed');
    await anna.goto(path);
    assert.match(await section(anna), /Waits for approval/);
    await judge(anna, 'case-proposed');
  });
  await step('who had no part in it sees no address', async () => {
    await vera.goto(entry);
    assert.doesNotMatch(await vera.content(), /pictures\.example/);
    await judge(vera, 'entry-hidden');
  });
  await step('somebody else approves it', async () => {
    await sofie.goto(`${h.staff}/approvals`);
    await says(sofie, /Block an address E-/);
    await judge(sofie, 'approvals');
    await sofie.goto(`${h.staff}/lists/entries`);
    await judge(sofie, 'entries');
    await sofie.locator('table a').first().click();
    await says(sofie, /Approve it if it blocks/);
    await judge(sofie, 'entry-waiting');
    await press(sofie, 'Approve it');
    await says(sofie, /In force/i);
    await judge(sofie, 'entry-in-force');
    await sofie.emulateMedia({ media: 'print' });
    assert.equal(await buttons(sofie, 'I looked: it is still there'), 0);
    await sofie.emulateMedia({ media: null });
  });
  await step('its number leads to it, other words come back', async () => {
    await vera.goto(`${h.staff}/lists/entries`);
    await vera.getByLabel('Find an entry').fill('this one');
    await press(vera, 'Find');
    await says(vera, /Enter the number of an entry/);
    await judge(vera, 'entries-error');
    await vera.getByLabel('Find an entry').fill(entry.split('/').pop());
    await press(vera, 'Find');
    assert.equal(vera.url(), entry);
  });
  await step('two let a consumer in, its token is shown once', async () => {
    await sofie.goto(`${h.staff}/lists/consumers`);
    await follow(sofie, 'Add a consumer');
    await judge(sofie, 'consumer-add');
    await sofie.getByLabel('Name').fill('Example School');
    await press(sofie, 'Propose');
    await says(sofie, /Say whom to call there/);
    assert.equal(await sofie.getByLabel('Name').inputValue(),
      'Example School');
    await judge(sofie, 'consumer-add-error');
    await sofie.getByLabel('Whom to call there').fill('Ms Example, 555 0100');
    await press(sofie, 'Propose');
    consumer = sofie.url();
    assert.equal(await buttons(sofie, 'Approve it and show its token'), 0);
    await simon.goto(consumer);
    await judge(simon, 'consumer-proposed');
    await press(simon, 'Approve it and show its token');
    assert.match(await simon.locator('#list-token').innerText(),
      /^hl_[\w-]{43}$/);
    await judge(simon, 'once');
    await follow(simon, 'Done');
    await says(simon, /Its canaries/);
    await judge(simon, 'consumer');
    await simon.locator('#canaries a').first().click();
    await judge(simon, 'canary');
  });
  await step('more for it takes two', async () => {
    await sofie.goto(consumer);
    await sofie.locator('summary', { hasText: 'Change it' }).click();
    await sofie.getByLabel('Hosts it may ask for in a day').fill('90000');
    await press(sofie, 'Save');
    await says(sofie, /waits for another supervisor/);
    await simon.goto(consumer);
    await says(simon, /A change waits/);
    await judge(simon, 'consumer-change');
    await press(simon, 'Approve the change');
    await says(simon, /0 of 90000 hosts/);
  });
  await step('numbers of the past, as a publisher would have them',
    async () => {
      await h.stop(); // nobody else reads a store that is served
      const day = Math.floor(now / 86400e6), id = (await query(h,
        "select id from list_consumer where name = 'Example School'"))[0][0];
      const entries = await query(h,
        'select id from list_entry where kind = 1');
      let sql = '';
      for (let i = 0; i < 30; i++) {
        const hour = (day - i) * 24 + 1, hits = 40 + i * 7 % 50;
        sql += `INSERT INTO list_use VALUES (${id}, ${hour}, ${300 + hits},
          0); INSERT INTO list_count VALUES (${id}, ${hour}, ${hits},
          ${hits >> 1}, 2, ${i % 3}, x'00'); INSERT INTO list_count_entry
          VALUES (${id}, ${hour}, ${entries[0][0]}, ${hits}, ${hits >> 1});`;
      }
      for (const [n, state, held] of [[1, 2, 0], [2, 2, 0], [3, 1, 3]]) {
        sql += `INSERT INTO list_edition (id, at_us, n_entries, n_hosts,
          n_added, n_removed, held, state, seq, digest, decided_by,
          decided_at_us) VALUES (${n}, ${now - (4 - n) * 3600e6}, ${n + 5},
          ${n + 5}, 1, 0, ${held}, ${state}, 1, zeroblob(32), 0, 0);`;
      }
      const ref = entries[0][0];
      sql += `INSERT INTO list_version VALUES (${id}, 7, 2, ${day}, 7, 4096,
        zeroblob(32), x'00', ${now - 3600e6}, ${now + 80000e6});
        INSERT INTO list_appeal (id, entry_id, lookup, epoch, key_sealed,
          body_sealed, received_at_us, state, version, decided_by,
          decided_at_us, why) VALUES (77, ${ref}, x'01', 1, x'00', x'00',
          ${now - 7200e6}, 1, 1, 0, 0, 0);`;
      await change(h, sql);
      await h.start();
      await sofie.goto(`${h.staff}/lists`);
      await says(sofie, /Too much came within a day/);
      await judge(sofie, 'overview');
      await sofie.goto(consumer);
      await judge(sofie, 'consumer-use');
      await sofie.goto(`${h.staff}/statistics`);
      await says(sofie, /Block lists: blocked requests a day/);
      await judge(sofie, 'statistics');
    });
  await step('what was held is refused; a roll-back takes two', async () => {
    await third.goto(`${h.staff}/lists`);
    await press(third, 'Refuse it 3');
    await says(third, /End the entries that should not go out/);
    await third.goto(`${h.staff}/lists/editions`);
    await judge(third, 'editions');
    await follow(third, 'Roll back to it 1');
    await judge(third, 'rollback');
    await press(third, 'Propose to roll back');
    await says(third, /Another supervisor has to approve it/);
    await judge(third, 'editions-rolling');
    await press(third, 'Drop the proposal');
    await says(third, /not rolled back/);
  });
  await step('one halts, two resume', async () => {
    await sofie.goto(`${h.staff}/lists`);
    await pressTwice(sofie, 'Halt publication');
    await says(sofie, /Publication is halted/);
    await judge(sofie, 'overview-halted');
    await press(sofie, 'Propose to resume');
    await simon.goto(`${h.staff}/lists`);
    await press(simon, 'Resume publication');
    assert.doesNotMatch(await simon.locator('main').innerText(),
      /Publication is halted/);
  });
  await step('an appeal is decided by somebody new', async () => {
    await sofie.goto(`${h.staff}/lists/appeals`);
    await sofie.locator('table a').first().click();
    assert.equal(await buttons(sofie, 'Decide it'), 0);
    await simon.goto(sofie.url());
    await judge(simon, 'appeal');
    await press(simon, 'Decide it');
    await says(simon, /Choose what you decide/);
    await judge(simon, 'appeal-error');
    await simon.locator('input[name=why][value=stands]').check();
    await press(simon, 'Decide it');
    await says(simon, /Rejected/);
    await judge(simon, 'appeal-decided');
    await simon.goto(`${h.staff}/lists/appeals`);
    await judge(simon, 'appeals');
  });
  await step('a supervisor ends an entry, with a reason', async () => {
    await sofie.goto(entry);
    await pressTwice(sofie, 'End it');
    await says(sofie, /Choose why it ends/);
    await judge(sofie, 'entry-end-error');
    await sofie.locator('input[name=reason][value=mistake]').check();
    await press(sofie, 'End it');
    await says(sofie, /It was listed by mistake/);
    await judge(sofie, 'entry-ended');
  });
  for (const [name, told] of judgements()) {
    await test(`${name}: nothing is wrong`, () => assert.deepEqual(told, []));
  }
});
