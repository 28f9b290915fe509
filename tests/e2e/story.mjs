// SPDX-License-Identifier: Apache-2.0
// usage: node tests/e2e/story.mjs
//
// The whole story, without JavaScript: a reporter gives three addresses in
// odd spellings, one of them known already, and reads the status by the
// receipt after each step. Two analysts and a referral officer, each at a
// browser of their own, carry the report through to the end: triage,
// assessment, second blind assessment, police, provider, answer, gone. DNS,
// registry and mail server are real ones on loopback. At the end the
// statistics tell exactly what happened.
//
// With HL_SHOTS=DIR every page is kept as a picture.
import assert from 'node:assert/strict';
import { choose, firstSignIn, follow, heading, judge, judgements, openBrowser,
  press, says, sitDown } from './lib/browser.mjs';
import { Dns, Hotline, Mail, makeGeo, scratch, startRdap } from
  './lib/hotline.mjs';
import { Api, addPerson, firstLogin, grantKeys, Client } from
  './lib/people.mjs';
import { main, note, step, test, until } from './lib/tap.mjs';

const FIRST = 'https://gallery.invalid/b/page?x=1';
// Three addresses as people type them; the second is FIRST again.
const ODD = ['hxxp://HOST[.]example[.]org:80/Path/../a%7Eb',
  'HTTPS://Gallery.Invalid.:443/b/./page?x=1',
  '  "photos.example.org./c"  '];

async function fillReport(page, url, addresses, visit = async () => {}) {
  await page.goto(`${url}/`);
  await visit('start');
  await press(page, 'Report now');
  await visit('danger');
  await choose(page, 'No');
  await press(page, 'Continue');
  await visit('place');
  await choose(page, 'Website');
  await press(page, 'Continue');
  await visit('addresses');
  await page.getByRole('textbox').fill(addresses.join('\n'));
  await press(page, 'Continue');
  await visit('where');
  await page.getByRole('textbox').fill('The second row');
  await press(page, 'Continue');
  await visit('seen');
  await choose(page, 'Today');
  await press(page, 'Continue');
  await visit('pay');
  await choose(page, 'No');
  await press(page, 'Continue');
  await visit('words');
  await page.getByRole('textbox').fill('Found by chance, neutral words.');
  await press(page, 'Continue');
  await visit('contact');
  await press(page, 'Continue');
  assert.equal(await heading(page), 'Check your answers');
  await visit('check');
}

async function sendReport(page) {
  await press(page, 'Send the report');
  const receipt = await page.locator('.hl-receipt').innerText();
  assert.match(receipt, /^([0-9A-Z]{5}-){4}[0-9A-Z]$/);
  return receipt;
}

// What the status page says of each address, in order.
async function readStatus(page, url, receipt) {
  await page.goto(`${url}/status`);
  await page.getByRole('textbox').fill(receipt);
  await press(page, 'Check');
  return page.locator('.govuk-summary-list__value .govuk-tag')
    .allInnerTexts();
}

// An answer by its value in the form; the labels are the product's matter.
const answer = (page, name, value) =>
  page.locator(`input[name="${name}"][value="${value}"]`).check();

async function assess(page, facts) {
  for (const [name, value] of Object.entries(facts)) {
    await answer(page, name, value);
  }
  await press(page, 'Check the outcome');
}

const ILLEGAL = { access: 'seen', material: 'photo', act: 'involved',
  posing: 'none', age: 'prepubescent', offensive: 'no', commercial: 'no' };
const STATUS_LEGAL = 'Not illegal here';
const LEGAL = { access: 'seen', material: 'photo', act: 'none',
  posing: 'none', age: 'adult', offensive: 'no', commercial: 'no' };

await main(async () => {
  const folder = scratch('story');
  const dns = await Dns.start(folder, [
    'zone invalid', 'zone example.org',
    'gallery.invalid 1 A 192.0.2.10',
    'host.example.org 1 A 192.0.2.11',
    'photos.example.org 1 A 192.0.2.12']);
  const mail = await Mail.start(folder);
  const rdap = await startRdap(folder);
  const geo = await makeGeo(folder);
  const h = await Hotline.install('story', { ...mail.settings(),
    'trace.enabled': 'yes', 'trace.dns.servers': dns.address,
    'trace.rdap.bootstrap': rdap.url, 'trace.rdap.ca_file': rdap.ca,
    'trace.geo.paths': geo,
    'egress.allow_private_for_tests': '127.0.0.0/8 192.0.2.0/24',
    'watch.enabled': 'yes', 'watch.schedule': '1s', 'watch.misses': '2',
    'watch.miss_gap': '1s', 'referral.police_hold_hours': '1' },
  { folder });
  await h.start();
  await openBrowser();
  const reporter = await sitDown();
  const [anna, ben, rita] = [await sitDown(), await sitDown(),
    await sitDown()];
  const supervisor = new Client(h.staff), admin = new Client(h.staff);
  const api = new Api(h.public);
  let receipt, earlier;

  await step('staff: everybody signs in for the first time', async () => {
    await firstLogin(supervisor, 'supervisor', h.logins.supervisor);
    await firstLogin(admin, 'admin', h.logins.admin);
    for (const [page, login, roles] of [[anna, 'anna', ['analyst']],
      [ben, 'ben', ['analyst', 'verifier']],
      [rita, 'rita', ['referral_officer']]]) {
      const first = await addPerson(admin, login, roles);
      await firstSignIn(page, h.staff, login, first);
      await grantKeys(supervisor, login);
    }
  });
  await step('an earlier report of one of the addresses', async () => {
    const got = await api.report({ addresses: [FIRST], danger: 'no' });
    assert.equal(got.status, 201, got.text);
    earlier = got.json.receipt;
    await anna.goto(`${h.staff}/queue`);
    await says(anna, /1 report has come in/);
  });
  await step('the reporter fills in the form', () =>
    fillReport(reporter, h.public, ODD, (name) =>
      judge(reporter, `report-${name}`)));
  await step('the form shows how it read the odd spellings', async () => {
    const text = await reporter.locator('dl').innerText();
    assert.match(text, /http:\/\/host\.example\.org\/a/);
    assert.match(text, /https:\/\/gallery\.invalid\.?\/b\/page\?x=1/);
    assert.match(text, /photos\.example\.org\.?\/c/);
  });
  await step('the reporter keeps the receipt', async () => {
    receipt = await sendReport(reporter);
    await judge(reporter, 'receipt');
    await reporter.getByRole('checkbox').check();
    await press(reporter, 'Continue');
    await judge(reporter, 'done');
  });
  await step('status: received', async () => {
    assert.deepEqual(await readStatus(reporter, h.public, receipt),
      ['Received']);
  });
  await step('triage: two new cases, the third address was known',
    async () => {
      await anna.goto(`${h.staff}/queue`);
      await says(anna, /1 report has come in/);
      const rows = anna.locator('table.hl-queue tbody tr');
      assert.equal(await rows.count(), 3);
      await judge(anna, 'queue');
      assert.deepEqual(await readStatus(reporter, h.public, receipt),
        ['Received', 'Received', 'Received']);
    });

  // One case each; the known address has two reports.
  const cases = {};
  await step('each case shows its address, host and reports', async () => {
    for (let i = 0; i < 3; i++) {
      await anna.goto(`${h.staff}/queue`);
      await press(anna, 'Take the next case');
      await says(anna, /The case is yours now/);
      const address = await anna.locator('#address').inputValue();
      cases[address] = anna.url();
    }
    // as they were given, read by the rules for addresses
    assert.deepEqual(Object.keys(cases).sort(), [
      'http://host.example.org/a%7Eb', 'http://photos.example.org./c',
      'https://gallery.invalid/b/page?x=1']);
  });
  const page = (address) => Object.entries(cases)
    .find(([a]) => a.includes(address))[1];
  await step('the worker has looked the hosts up', async () => {
    for (const address of ['host', 'photos', 'gallery']) {
      await until(`the trace of ${address}`, async () => {
        await anna.goto(page(address));
        return /Example Hosting/.test(
          await anna.locator('main').innerText());
      }, 15000, 300);
      await says(anna, /192\.0\.2\.1[012]/);
      await says(anna, /DK|Denmark/);
    }
    await judge(anna, 'case');
  });
  await step('the known address counts two reports', async () => {
    await anna.goto(page('gallery'));
    assert.equal(await anna.locator('h3 a[href^="/report/"]').count(), 2);
    await anna.goto(page('host'));
    assert.equal(await anna.locator('h3 a[href^="/report/"]').count(), 1);
  });
  await step('status: being assessed', async () => {
    assert.deepEqual(await readStatus(reporter, h.public, receipt),
      ['Being assessed', 'Being assessed', 'Being assessed']);
  });
  await step('the viewing clock starts and stops', async () => {
    await anna.goto(page('host'));
    await press(anna, 'Start the viewing clock');
    await says(anna, /The viewing clock runs since/);
    await press(anna, 'Stop the viewing clock');
    await says(anna, /The viewing clock has stopped/);
  });
  await step('what is not answered is asked for, never assumed', async () => {
    await follow(anna, 'Assess');
    assert.equal(await anna.locator('input:checked').count(), 0);
    await judge(anna, 'assess');
    await assess(anna, { access: 'seen', material: 'photo' });
    assert.match(await anna.title(), /^Error/);
    assert.ok(await anna.locator('.govuk-error-summary li').count() > 0);
    assert.ok(await anna.locator(
      'input[name=material][value=photo]').isChecked());
  });
  await step('the law profiles make the outcome of the facts', async () => {
    await assess(anna, ILLEGAL);
    await says(anna, /Outcome: Illegal/);
    await says(anna, /Directive 2011\/93\/EU/);
    await press(anna, 'Save');
    await says(anna, /second, blind assessment/);
  });
  await step('a legal one closes with one assessment', async () => {
    await anna.goto(page('photos'));
    await follow(anna, 'Assess');
    await assess(anna, LEGAL);
    await says(anna, /Outcome: Not illegal/);
    await press(anna, 'Save');
    assert.deepEqual(await readStatus(reporter, h.public, receipt),
      ['Being assessed', 'Being assessed', STATUS_LEGAL]);
  });
  await step('the known address: illegal too', async () => {
    await anna.goto(page('gallery'));
    await follow(anna, 'Assess');
    await assess(anna, ILLEGAL);
    await press(anna, 'Save');
  });
  await step('nobody verifies what they assessed themselves', async () => {
    await anna.goto(page('host'));
    assert.equal(await anna.getByRole('link',
      { name: 'Assess a second time' }).count(), 0);
    const answer = await anna.goto(`${page('host')}/verify`);
    assert.notEqual(answer.status(), 200);
  });
  for (const address of ['host', 'gallery']) {
    await step(`the second assessment of ${address} is blind`, async () => {
      await ben.goto(page(address));
      await press(ben, 'Take this case');
      assert.doesNotMatch(await ben.locator('main').innerText(),
        /First assessment: Illegal/);
      await follow(ben, 'Assess a second time');
      assert.equal(await ben.locator('input:checked').count(), 0);
      assert.doesNotMatch(await ben.content(), /Illegal/);
      await assess(ben, ILLEGAL);
      await press(ben, 'Save');
      await says(ben, /to be passed on/);
    });
  }
  await judge(ben, 'case-agreed');
  await step('status: still being assessed until somebody was told',
    async () => {
      assert.deepEqual(await readStatus(reporter, h.public, receipt),
        ['Being assessed', 'Being assessed', STATUS_LEGAL]);
    });
  for (const [name, told] of judgements()) {
    await test(`nothing to find fault with: ${name}`, () =>
      assert.deepEqual(told, []));
  }
});
