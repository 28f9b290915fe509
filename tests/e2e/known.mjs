// SPDX-License-Identifier: Apache-2.0
// usage: node tests/e2e/known.mjs
//
// Known material is not looked at again, without JavaScript and with real
// people at browsers: an analyst types hashes, two assess, one proposes the
// hashes, another approves them; then a platform reports another address with
// one of them, and nobody looks. The workbench says why, what would be sent
// says so too, a supervisor takes it back, somebody doubts the entry, and the
// audit log is sound. A partner's list is read in by the command; what makes
// it count for more takes two supervisors, what makes it count for less one.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { follow, firstSignIn, judge, judgements, openBrowser, press,
  pressTwice, says, sitDown } from './lib/browser.mjs';
import { Hotline, root, scratch } from './lib/hotline.mjs';
import { addPerson, Api, Client, firstLogin, grantKeys, words } from
  './lib/people.mjs';
import { main, step, test } from './lib/tap.mjs';

const SHA = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const PDQ = 'f8f8f0cce0f4e84d0e370a22028f67f0b36e2ed596623e1d33e6339c4e9c9b22';
const MD5 = '0123456789abcdef0123456789abcdef';
const PARTNER = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const PICTURE = 'queue.png';
const ILLEGAL = { access: 'seen', material: 'photo', act: 'involved',
  posing: 'none', age: 'prepubescent', offensive: 'no', commercial: 'no' };

async function assess(page, facts) {
  for (const [name, value] of Object.entries(facts)) {
    await page.locator(`input[name="${name}"][value="${value}"]`).check();
  }
  await press(page, 'Check the outcome');
  await press(page, 'Save');
}
const reasons = (page) => page.locator('#known').innerText();

await main(async () => {
  const folder = scratch('known');
  const h = await Hotline.install('known',
    { 'mail.from': 'notices@hotline.example.org' }, { folder });
  await h.start();
  await openBrowser();
  const [anna, ben, vera, sofie, simon, rita] = [await sitDown(),
    await sitDown(), await sitDown(), await sitDown(), await sitDown(),
    await sitDown()];
  const supervisor = new Client(h.staff), admin = new Client(h.staff);
  const api = new Api(h.public);
  const queue = (page) => page.goto(`${h.staff}/queue?tab=all`);
  let first, second, third, entry, key, path;

  await step('staff: everybody signs in for the first time', async () => {
    await firstLogin(supervisor, 'supervisor', h.logins.supervisor);
    await firstLogin(admin, 'admin', h.logins.admin);
    for (const [page, login, roles] of [[anna, 'anna', ['analyst']],
      [ben, 'ben', ['analyst', 'verifier']], [vera, 'vera', ['verifier']],
      [sofie, 'sofie', ['supervisor']], [simon, 'simon', ['supervisor']],
      [rita, 'rita', ['referral_officer']]]) {
      const password = await addPerson(admin, login, roles);
      await firstSignIn(page, h.staff, login, password);
      await grantKeys(supervisor, login);
    }
  });
  await step('a platform gets a key that vouches for hashes', async () => {
    const got = await h.command('apikey', 'create', 'Example platform',
      '--scope', 'report');
    assert.equal(got.code, 0, got.err);
    [key] = got.out.match(/hl_[\w-]{43}/);
  });
  await step('nothing is known at first', async () => {
    await sofie.goto(`${h.staff}/hashes`);
    await says(sofie, /Assessed here/);
    await judge(sofie, 'hashes');
    await sofie.goto(`${h.staff}/hashes/entries`);
    await says(sofie, /No entries here/);
    await judge(sofie, 'entries-empty');
  });
  await step('the analyst types hashes, wrong ones come back', async () => {
    const got = await api.report({ addresses: ['https://example.org/one'] });
    assert.equal(got.status, 201, got.text);
    await anna.goto(`${h.staff}/queue`);
    await press(anna, 'Take the next case');
    first = anna.url();
    await says(anna, /No hashes yet/);
    await anna.getByLabel('Add hashes').fill(`md5 ${MD5}\n${SHA}`);
    await press(anna, 'Add the hashes');
    await says(anna, /Line 2: 64 digits may be SHA-256 or PDQ/);
    assert.equal(await anna.getByLabel('Add hashes').inputValue(),
      `md5 ${MD5}\n${SHA}`);
    await judge(anna, 'case-hash-error');
    await anna.getByLabel('Add hashes')
      .fill(`md5 ${MD5}\nsha256 ${SHA}\npdq ${PDQ} 97`);
    await press(anna, 'Add the hashes');
    await says(anna, /3 hashes have been added/);
    await says(anna, /No list has them/);
    await judge(anna, 'case-hashes');
  });
  await step('one is taken off again', async () => {
    await anna.locator('#known tr', { hasText: 'MD5' })
      .getByRole('button').click();
    await says(anna, /The hash has been taken off/);
    assert.equal(await anna.locator('#known tbody tr').count(), 2);
  });
  await step('nobody proposes what two have not judged', async () => {
    assert.doesNotMatch(await reasons(anna), /Propose/);
  });
  await step('two assess it, the second one blind', async () => {
    await follow(anna, 'Assess');
    await assess(anna, ILLEGAL);
    await ben.goto(first);
    await press(ben, 'Take this case');
    await follow(ben, 'Assess a second time');
    await assess(ben, ILLEGAL);
    await says(ben, /to be passed on/);
  });
  await step('one of them proposes the hashes for the list', async () => {
    await anna.goto(first);
    await anna.locator('summary', { hasText: 'Propose hashes' }).click();
    for (const box of await anna.locator(
      '#known input[type=checkbox]').all()) {
      await box.check();
    }
    await anna.getByLabel('Series').fill('Series 7');
    await judge(anna, 'case-propose');
    await press(anna, 'Propose');
    await says(anna, /Another person has to approve it/);
    entry = anna.url();
    await says(anna, /Until then it counts for nothing/);
    assert.equal(await anna.getByRole('button', { name: 'Approve' }).count(),
      0);
  });
  await step('a report with that hash waits for people meanwhile',
    async () => {
      const got = await api.report({ addresses: ['https://example.org/two'],
        hashes: [{ kind: 'sha256', value: SHA }] }, null,
      { authorization: `Bearer ${key}` });
      assert.equal(got.status, 201, got.text);
      await queue(rita);
      await queue(vera);
      await queue(anna);
      await says(anna, /1 report has come in/);
      assert.doesNotMatch(await anna.locator('main').innerText(), /known/i);
    });
  await step('another person approves it', async () => {
    await vera.goto(entry); // who cannot see the case
    assert.equal(await vera.getByRole('button', { name: 'Approve' }).count(),
      0);
    await sofie.goto(`${h.staff}/approvals`);
    await says(sofie, /Add known hashes H-/);
    await judge(sofie, 'approvals');
    await ben.goto(`${h.staff}/hashes`);
    await follow(ben, 'One entry waits for a second person');
    await judge(ben, 'entries');
    await ben.locator('table a').first().click();
    await says(ben, /Series 7/);
    await says(ben, /Before puberty/);
    await judge(ben, 'entry-waiting');
    await press(ben, 'Approve');
    await says(ben, /From now on these hashes count/);
  });
  await step('then it is resolved, and nobody looks', async () => {
    await queue(anna);
    await says(anna, /1 case is known and needs nobody to look/);
    const row = anna.locator('table.hl-queue tbody tr',
      { hasText: /Known/ });
    assert.equal(await row.count(), 1);
    assert.match(await row.innerText(), /Being referred/);
    await judge(anna, 'queue-known');
    second = await row.locator('a').first().getAttribute('href');
  });
  await step('the workbench says why', async () => {
    await sofie.goto(h.staff + second);
    const why = await reasons(sofie);
    assert.match(why, /This is known/);
    assert.match(why, /H-[0-9A-Z-]+ on the list “Assessed here”/);
    assert.match(why, /Equal SHA-256/);
    assert.match(why, /Anna and Ben/);
    assert.match(why, /Series 7/);
    assert.match(why, /under a key/);
    await says(sofie, /Nobody had to assess it/);
    await says(sofie, /Resolved by a known hash, without a view/);
    assert.match(await sofie.locator('aside').innerText(),
      /Illegal \(international baseline\)/);
    await judge(sofie, 'case-known');
    await sofie.emulateMedia({ media: 'print' });
    assert.equal(await sofie.getByRole('button', { name: 'Add the hashes' })
      .isVisible(), false);
    assert.equal(await sofie.locator('#known').isVisible(), true);
    await sofie.emulateMedia({ media: null });
  });
  await step('the entry lists the case that it resolved', async () => {
    await sofie.goto(entry);
    assert.match(await sofie.locator('main').innerText(),
      new RegExp(second.split('/').pop()));
    await says(sofie, /Resolved a case without a view/);
    await judge(sofie, 'entry-used');
  });
  await step('what would be sent says that nobody looked', async () => {
    await rita.goto(`${h.staff}/recipients/add`);
    await rita.locator('input[name=kind][value=police]').check();
    await rita.getByLabel('Name').fill('Example Police');
    await rita.locator('input[name=channel][value=mail]').check();
    await rita.getByLabel('Mail address').fill('unit@police.example.org');
    await rita.getByLabel('Country').fill('DK');
    await press(rita, 'Propose');
    await supervisor.get('/recipients');
    const path = supervisor.page.html
      .match(/href="(\/recipient\/[^"]+)">Example Police/)[1];
    await supervisor.get(path);
    await supervisor.post(`${path}/approve`);
    await rita.goto(h.staff + second);
    await follow(rita, 'Pass on');
    for (const box of await rita.locator('input[name=recipients]').all()) {
      await box.check();
    }
    await press(rita, 'Draft');
    await says(rita, /1 referral has been drafted/);
    await rita.goto(h.staff + second);
    await rita.locator('a[href^="/referral/"]').first().click();
    await rita.goto(`${rita.url()}/document`);
    await says(rita, /recognised by its hash/);
    assert.doesNotMatch(await rita.locator('main').innerText(),
      /The assessment of our analysts/);
  });
  await step('a PDQ ten bits away is found by the index and resolved',
    async () => {
      const near = (BigInt(`0x${PDQ}`) ^ BigInt('0x3ff0000'))
        .toString(16).padStart(64, '0');
      const got = await api.report({ addresses: ['https://example.org/near'],
        hashes: [{ kind: 'pdq', value: near, quality: 90 }] }, null,
      { authorization: `Bearer ${key}` });
      assert.equal(got.status, 201, got.text);
      await queue(anna);
      await says(anna, /1 case is known and needs nobody to look/);
      const known = anna.locator('table.hl-queue tbody tr',
        { hasText: /Known/ });
      const links = await known.locator('a[href^="/case/"]')
        .evaluateAll((all) => all.map((one) => one.getAttribute('href')));
      const other = links.find((link) => link !== second);
      await sofie.goto(h.staff + other);
      assert.match(await reasons(sofie), /PDQ, 10 bits apart/);
    });
  await step('an eleventh bit leaves it to people', async () => {
    const far = (BigInt(`0x${PDQ}`) ^ BigInt('0x7ff0000'))
      .toString(16).padStart(64, '0');
    const got = await api.report({ addresses: ['https://example.org/far'],
      hashes: [{ kind: 'pdq', value: far, quality: 90 }] }, null,
    { authorization: `Bearer ${key}` });
    assert.equal(got.status, 201, got.text);
    await queue(anna);
    assert.doesNotMatch(await anna.locator('main').innerText(),
      /needs nobody/);
    await press(anna, 'Take the next case');
    assert.match(await reasons(anna), /Perhaps known/);
    third = anna.url();
  });
  await step('a file that was handed over: its hashes, by the command',
    async () => {
      const file = join(root, 'docs/pictures', PICTURE);
      const ref = third.split('/').pop();
      const got = await h.command('registry', 'hash', ref, file);
      assert.equal(got.code, 0, got.err);
      assert.match(got.out, /: 4 added, 0 there already\n$/);
      const again = await h.json('registry', 'hash', ref, file);
      assert.deepEqual([again.added, again.there], [0, 4]);
      await anna.goto(third);
      assert.equal(await anna.locator('#known tbody tr',
        { hasText: 'Computed from a file' }).count(), 4);
      assert.doesNotMatch(await anna.content(), new RegExp(PICTURE));
      await judge(anna, 'case-file');
    });
  await step('the same hash without a key only points to the case',
    async () => {
      const got = await api.report({ addresses: ['https://example.org/three'],
        hashes: [{ kind: 'sha256', value: SHA },
          { kind: 'pdq', value: PDQ, quality: 40 }] });
      assert.equal(got.status, 201, got.text);
      await queue(anna);
      assert.doesNotMatch(await anna.locator('main').innerText(),
        /needs nobody/);
      await press(anna, 'Take the next case');
      const why = await reasons(anna);
      assert.match(why, /Perhaps known/);
      assert.match(why, /Nobody we know vouches for the hash/);
      assert.match(why, /low or unknown quality/);
      await judge(anna, 'case-suggested');
    });
  await step('who holds it vouches by typing it: then it is resolved',
    async () => {
      await anna.getByLabel('Add hashes').fill(`sha256 ${SHA}`);
      await press(anna, 'Add the hashes');
      await says(anna, /the case is resolved, and nobody has to look/);
    });
  await step('a key that is no good, and hashes that are none', async () => {
    const report = { addresses: ['https://example.org/four'],
      hashes: [{ kind: 'sha256', value: SHA }] };
    const bad = await api.report(report, null,
      { authorization: `Bearer hl_${'A'.repeat(43)}` });
    assert.equal(bad.status, 401);
    assert.equal(bad.json.error, 'key');
    for (const hashes of [[{ kind: 'sha256', value: MD5 }],
      [{ kind: 'crc', value: MD5 }], [{ kind: 'md5', value: MD5, quality: 3 }],
      [{ kind: 'md5', value: MD5, more: 1 }], 'none',
      Array(65).fill({ kind: 'md5', value: MD5 })]) {
      const got = await api.report({ ...report, hashes });
      assert.equal(got.status, 400, JSON.stringify(hashes).slice(0, 80));
    }
  });
  await step('a supervisor takes a resolution back', async () => {
    await sofie.goto(h.staff + second);
    await press(sofie, 'Assess anew');
    await says(sofie, /Sofie wants it assessed by people/);
    await queue(anna);
    assert.doesNotMatch(await anna.locator('main').innerText(),
      /needs nobody/);
    await judge(sofie, 'case-taken-back');
  });
  await step('somebody doubts the entry: it resolves nothing', async () => {
    await ben.goto(entry); // who stands for it
    assert.equal(await ben.locator('summary',
      { hasText: 'Confirm or doubt it' }).count(), 0);
    await vera.goto(entry);
    await vera.locator('summary', { hasText: 'Confirm or doubt it' }).click();
    await press(vera, 'Save the opinion');
    await says(vera, /Choose an opinion/);
    await vera.locator('input[name=opinion][value=deconfirm]').check();
    await vera.locator('input[name=why][value=too_common]').check();
    await vera.getByLabel('Whose opinion').fill('Norsk hotline');
    await judge(vera, 'entry-opinion');
    await press(vera, 'Save the opinion');
    await says(vera, /Somebody doubts it: it resolves nothing/);
    await says(vera, /Norsk hotline, written down by Vera/);
    await api.report({ addresses: ['https://example.org/five'],
      hashes: [{ kind: 'sha256', value: SHA }] }, null,
    { authorization: `Bearer ${key}` });
    await queue(anna);
    assert.doesNotMatch(await anna.locator('main').innerText(),
      /needs nobody/);
  });
  await step('a partner’s list: two supervisors, then the command',
    async () => {
      await sofie.goto(`${h.staff}/hashes/lists/add`);
      await judge(sofie, 'list-add');
      await press(sofie, 'Propose');
      await says(sofie, /Choose whose list it is/);
      await judge(sofie, 'list-add-error');
      await sofie.locator('input[name=kind][value=partner]').check();
      await sofie.getByLabel('Name', { exact: true }).fill('Partner list');
      await sofie.getByLabel('Owner').fill('Partner hotline');
      await sofie.getByLabel('Where it comes from').fill('A file a month');
      await press(sofie, 'Propose');
      await says(sofie, /Another supervisor has to approve it/);
      assert.equal(await sofie.getByRole('button',
        { name: 'Approve the list' }).count(), 0);
      const file = join(folder, 'list.csv');
      writeFileSync(file, `sha256,label\n${PARTNER},A1\nnot a hash,A1\n`);
      const got = await h.command('registry', 'import', 'Partner list', file,
        '--version', '2026-11');
      assert.match(got.out, /written +1\n/);
      assert.match(got.out, /not readable +1\n/);
      assert.match(got.err, /nothing on this list counts before/);
      assert.equal(got.code, 1);
      path = new URL(sofie.url()).pathname;
      await simon.goto(h.staff + path);
      await press(simon, 'Approve the list');
      await says(simon, /on the list counts now/);
    });
  await step('what its labels mean: one proposes, another approves',
    async () => {
      await sofie.goto(h.staff + path);
      await says(sofie, /“A1”, one entry/);
      await sofie.locator('#outcome-1').selectOption('illegal_baseline');
      await sofie.locator('#labels button').click();
      await says(sofie, /waits for another supervisor/);
      await says(sofie, /You proposed it/);
      assert.equal(await sofie.getByRole('button',
        { name: 'Approve the change' }).count(), 0);
      await judge(sofie, 'list-waits');
      await simon.goto(`${h.staff}/approvals`);
      await judge(simon, 'approvals-list');
      await simon.locator('main a', { hasText: /count for more/ }).click();
      await says(simon, /“A1” means/);
      await judge(simon, 'list-to-approve');
      await press(simon, 'Approve the change');
      await says(simon, /counts so from now on/);
    });
  await step('resolving: refused, withdrawn, approved', async () => {
    for (const [person, name] of [[simon, 'Refuse the change'],
      [sofie, 'Withdraw the change'], [simon, 'Approve the change']]) {
      await sofie.goto(h.staff + path);
      await sofie.getByLabel('It may resolve cases without a view').check();
      await sofie.locator('form:has(#resolve) button').click();
      await says(sofie, /waits for another supervisor/);
      await says(sofie, /No: it only points to cases/);
      await person.goto(h.staff + path);
      await press(person, name);
    }
    await says(simon, /Yes: equal SHA-256/);
    await judge(simon, 'list');
  });
  await step('one supervisor alone lets it count for less', async () => {
    await simon.getByLabel('PDQ matches up to').fill('20');
    await simon.locator('form:has(#resolve) button').click();
    await says(simon, /Saved\.$/m);
    await says(simon, /up to 20 bits apart/);
    await simon.getByLabel('PDQ matches up to').fill('31');
    await simon.locator('form:has(#resolve) button').click();
    await says(simon, /up to 31 bits apart, instead of 20/);
    await simon.getByLabel('PDQ matches up to').fill('40');
    await simon.locator('form:has(#resolve) button').click();
    await says(simon, /A change of this waits for another supervisor/);
    assert.equal(await simon.getByLabel('PDQ matches up to').inputValue(),
      '40');
    await judge(simon, 'list-waits-error');
    await press(simon, 'Withdraw the change');
    await says(simon, /The list counts as before/);
  });
  await step('what the partner knows is resolved too', async () => {
    await api.report({ addresses: ['https://example.org/six'],
      hashes: [{ kind: 'sha256', value: PARTNER }] }, null,
    { authorization: `Bearer ${key}` });
    await queue(anna);
    await says(anna, /1 case is known and needs nobody to look/);
  });
  await step('the switch for all lists', async () => {
    await sofie.goto(`${h.staff}/hashes`);
    await pressTwice(sofie, 'Switch off resolving without a view');
    await says(sofie, /every case is assessed by people/);
    await says(sofie, /Switched by Sofie/);
    await judge(sofie, 'hashes-off');
    await api.report({ addresses: ['https://example.org/seven'],
      hashes: [{ kind: 'sha256', value: PARTNER }] }, null,
    { authorization: `Bearer ${key}` });
    await queue(anna);
    assert.doesNotMatch(await anna.locator('main').innerText(),
      /needs nobody/);
    await sofie.goto(`${h.staff}/hashes`);
    await press(sofie, 'Switch on resolving without a view');
    await queue(anna);
    await says(anna, /1 case is known and needs nobody to look/);
  });
  await step('hashes without a case, and a withdrawal', async () => {
    await sofie.goto(`${h.staff}/hashes/add`);
    await judge(sofie, 'hash-add');
    await press(sofie, 'Propose');
    await says(sofie, /Write a hash first/);
    await sofie.locator('#list').selectOption({ label:
      'Known to be harmless' });
    await sofie.getByLabel('Hashes of the same content')
      .fill(`pdq ${PDQ} 99`);
    await sofie.locator('input[name=outcome][value=not_illegal]').check();
    await press(sofie, 'Propose');
    await says(sofie, /Another person has to approve it/);
    await sofie.locator('summary', { hasText: 'Withdraw it' }).click();
    await press(sofie, 'Withdraw it');
    await says(sofie, /Choose a reason/);
    await sofie.locator('input[name=reason][value=typo]').check();
    await press(sofie, 'Withdraw it');
    await says(sofie, /These hashes count no more/);
    await says(sofie, /A mistake in typing/);
    await judge(sofie, 'entry-withdrawn');
  });
  await step('what is harmless goes by two', async () => {
    await sofie.goto(`${h.staff}/hashes/add`);
    await sofie.locator('#list').selectOption({ label:
      'Known to be harmless' });
    await sofie.getByLabel('Hashes of the same content')
      .fill(`pdq ${PDQ} 99`);
    await sofie.locator('input[name=outcome][value=not_illegal]').check();
    await press(sofie, 'Propose');
    const harmless = sofie.url();
    await simon.goto(harmless);
    await press(simon, 'Approve');
    await says(simon, /From now on these hashes count/);
    await sofie.goto(harmless);
    await sofie.locator('summary', { hasText: 'Withdraw it' }).click();
    await sofie.locator('input[name=reason][value=typo]').check();
    await press(sofie, 'Withdraw it');
    await says(sofie, /Its withdrawal waits for another supervisor/);
    await judge(sofie, 'entry-to-withdraw');
    await simon.goto(`${h.staff}/approvals`);
    await simon.locator('main a', { hasText: /hold no case back/ }).click();
    await says(simon, /Withdrawn is/);
    await judge(simon, 'list-without-it');
    await press(simon, 'Approve the change');
    await simon.goto(harmless);
    await says(simon, /A mistake in typing/);
  });
  await step('references lead to entries and lists', async () => {
    await queue(sofie);
    await sofie.goto(`${h.staff}/find?ref=${entry.split('/').pop()}`);
    assert.equal(sofie.url(), entry);
  });
  await step('our list is given out, without what is doubted', async () => {
    const got = await h.command('registry', 'export', 'Assessed here');
    assert.equal(got.code, 0, got.err);
    assert.doesNotMatch(got.out, new RegExp(SHA));
    const lists = await h.json('registry', 'lists');
    assert.deepEqual(lists.lists.map((l) => l.name),
      ['Assessed here', 'Known to be harmless', 'Partner list']);
  });
  await step('statistics count what nobody looked at', async () => {
    const stats = await h.json('stats');
    assert.equal(stats.cases.without_a_view, 4);
  });
  await step('the audit log has all of it and is sound', async () => {
    const got = await h.command('audit', 'verify');
    assert.equal(got.code, 0, got.err);
    const { out } = await h.command('audit', 'list', '--json');
    for (const kind of ['item.hash_added', 'item.hash_removed',
      'hash.proposed', 'hash.approved', 'hash.withdrawn', 'hash.doubted',
      'hash.resolved', 'hash.taken_back', 'case.recognised',
      'hash_list.proposed', 'hash_list.approved', 'hash_list.changed',
      'hash_list.imported', 'hash_list.exported', 'hash_list.switched',
      'hash_list.change_proposed', 'hash_list.change_approved',
      'hash_list.change_refused', 'hash_list.change_withdrawn']) {
      assert.ok(out.includes(`"${kind}"`), `no ${kind}`);
    }
  });
  for (const [name, faults] of judgements()) {
    await test(`axe: ${name}`, () => assert.deepEqual(faults, []));
  }
});
