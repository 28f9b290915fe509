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
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { choose, firstSignIn, follow, heading, judge, judgements, openBrowser,
  press, pressTwice, says, sitDown } from './lib/browser.mjs';
import { Dns, Hotline, Mail, makeGeo, scratch, startRdap } from
  './lib/hotline.mjs';
import { Api, addPerson, Client, firstLogin, grantKeys, words } from
  './lib/people.mjs';
import { main, step, test, until } from './lib/tap.mjs';
import { xarfFaults, XARF_REQUIRED } from './lib/xarf.mjs';

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

// A part of a message, whole.
function attachment(message, kind) {
  const boundary = message.match(/boundary="?([^"\s;]+)"?/)[1];
  for (const part of message.split(`--${boundary}`)) {
    const at = part.search(/\r?\n\r?\n/);
    const head = part.slice(0, at);
    if (kind.test(head) && /attachment/i.test(head)) {
      const body = part.slice(at).trim();
      return /base64/i.test(head) ? Buffer.from(body, 'base64')
        : Buffer.from(unquoted(body));
    }
  }
  throw new Error(`no ${kind} in ${message.slice(0, 1500)}`);
}

const unquoted = (text) => text.replace(/=\r?\n/g, '')
  .replace(/=([0-9A-F]{2})/g, (_, x) => String.fromCharCode(parseInt(x, 16)));

// All that a person reads of it.
const decoded = (message) => unquoted(message);
const ref = (url) => url.split('/').pop();

function answerLink(message, base) {
  const found = decoded(message).match(/https?:\/\/\S+\/answer\/[\w-]+/);
  assert.ok(found, 'no link to answer by');
  assert.ok(found[0].startsWith(`${base}/answer/`), found[0]);
  return found[0];
}

// section, name, measure: what happened, counted by hand.
const HAPPENED = [
  ['reports', '', 'n', 2], ['reports', '', 'untriaged_now', 0],
  ['channel', 'form', 'n', 1], ['channel', 'api', 'n', 1],
  ['place', 'website', 'n', 2],
  ['addresses', '', 'n', 4], ['addresses', '', 'duplicates', 1],
  ['addresses', '', 'new_items', 3], ['cases', '', 'n', 3],
  ['outcome', 'illegal_baseline', 'n', 2], ['outcome', 'not_illegal', 'n', 1],
  ['country', 'DK', 'n', 2],
  ['step', 'assessment', 'n', 3], ['step', 'removal', 'n', 2],
  ['referral', 'police', 'made', 2], ['referral', 'police', 'sent', 2],
  ['referral', 'police', 'answered', 1],
  ['referral', 'provider', 'made', 2], ['referral', 'provider', 'sent', 2],
  ['referral', 'provider', 'answered', 2],
  ['referral', 'provider', 'failed', 0], ['referral', 'partner', 'made', 0],
  ['answer', 'removed', 'n', 2], ['answer', 'cleared', 'n', 1],
  ['answer', 'unanswered', 'n', 1],
  ['removal', 'from_report', 'n', 2], ['removal', 'from_notice', 'n', 2],
  ['still_online', 'under_1_day', 'n', 0],
  ['still_online', 'over_30_days', 'n', 0]];

function checkNumbers(json, csv) {
  const lines = csv.split(/\r?\n/);
  for (const [section, name, measure, n] of HAPPENED) {
    const what = `${section},${name},${measure},`;
    assert.deepEqual(lines.filter((l) => l.startsWith(what)), [what + n]);
    const part = name ? json[section][name] : json[section];
    assert.equal(part[measure], n, what);
  }
}

// The same on the page: table, row, column, as people read it.
const PAGE = [
  ['At a glance', 'Reports', 'Value', '2'],
  ['At a glance', 'Reports that wait for triage now', 'Value', '0'],
  ['At a glance', 'Addresses in them', 'Value', '4'],
  ['At a glance', 'Duplicates among the addresses', 'Value', '25 %'],
  ['At a glance', 'Cases opened', 'Value', '3'],
  ['At a glance', 'Removals', 'Value', '2'],
  ['Reports by kind of place', 'Website', 'Number', '2'],
  ['Cases by outcome', 'Illegal (international baseline)', 'Number', '2'],
  ['Cases by outcome', 'Not illegal', 'Number', '1'],
  ['Illegal items by host country', 'DK', 'Number', '2'],
  ['Time in each step', 'Assessment', 'Ended', '3'],
  ['Time in each step', 'Verification', 'Ended', '2'],
  ['Time in each step', 'Police clearance', 'Ended', '2'],
  ['Time in each step', 'Removal', 'Ended', '2'],
  ['Time in each step', 'Removal', 'Running', '0'],
  ['Referrals and answers', 'Police', 'Made', '2'],
  ['Referrals and answers', 'Police', 'Sent', '2'],
  ['Referrals and answers', 'Police', 'Answered', '1'],
  ['Referrals and answers', 'Police', 'Response rate', '50 %'],
  ['Referrals and answers', 'Hosting provider', 'Made', '2'],
  ['Referrals and answers', 'Hosting provider', 'Sent', '2'],
  ['Referrals and answers', 'Hosting provider', 'Answered', '2'],
  ['Referrals and answers', 'Hosting provider', 'Response rate', '100 %'],
  ['Referrals and answers', 'Hosting provider', 'Held', '0'],
  ['Referrals and answers', 'Hosting provider', 'Failed', '0'],
  ['Referrals and answers', 'Partner hotline', 'Made', '0'],
  ['What recipients answered', 'Removed', 'Number', '2'],
  ['What recipients answered', 'The provider may be notified', 'Number', '1'],
  ['What recipients answered', 'Not answered', 'Number', '1'],
  ['Illegal and still online', 'Under 1 day', 'Still online', '0'],
  ['Illegal and still online', 'Over 30 days', 'Still online', '0']];

// { caption: { row: { column: text } } } of all tables; a table beside its
// picture says so in the caption.
async function readTables(page) {
  const found = await page.locator('table').evaluateAll((all) =>
    all.map((t) => [t.caption.textContent, [...t.rows].map((row) =>
      [...row.cells].map((cell) => cell.textContent.trim()))]));
  return Object.fromEntries(found.map(([caption, [heads, ...rows]]) =>
    [caption.replace(/, in numbers$/, ''), Object.fromEntries(rows.map((r) =>
      [r[0], Object.fromEntries(heads.map((h, i) => [h, r[i]]))]))]));
}

// As a duration stands on the page, from the seconds of the JSON.
const span = (s) => s >= 60 ? `${Math.floor(s / 60)} min`
  : s >= 1 ? `${s} s` : 'under 1 s';

const ILLEGAL = { access: 'seen', material: 'photo', act: 'involved',
  posing: 'none', age: 'prepubescent', offensive: 'no', commercial: 'no' };
const PROVIDER = 'Hosting provider';
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
      await firstSignIn(page, h.staff, login, first, async (name) => {
        if (login === 'anna') {
          await judge(page, name);
        }
      });
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
    await judge(anna, 'assess-errors');
    assert.ok(await anna.locator('.govuk-error-summary li').count() > 0);
    assert.ok(await anna.locator(
      'input[name=material][value=photo]').isChecked());
  });
  await step('the law profiles make the outcome of the facts', async () => {
    await assess(anna, ILLEGAL);
    await says(anna, /Outcome: Illegal/);
    await says(anna, /Directive 2011\/93\/EU/);
    await judge(anna, 'assess-outcome');
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
      await judge(ben, `verify-${address}`);
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
  // From here on the officer. A contact that nobody else approved gets
  // nothing, and the provider waits for the police.
  await step('recipients: police typed in, approved by another', async () => {
    await rita.goto(`${h.staff}/recipients/add`);
    await answer(rita, 'kind', 'police');
    await rita.getByLabel('Name').fill('Example Police');
    await answer(rita, 'channel', 'mail');
    await rita.getByLabel('Mail address').fill('unit@police.example.org');
    await rita.getByLabel('Country').fill('DK');
    await judge(rita, 'recipient-add');
    await press(rita, 'Propose');
    await says(rita, /Another person has to/);
    await supervisor.get('/recipients');
    const path = supervisor.page.html
      .match(/href="(\/recipient\/[^"]+)">Example Police/)[1];
    await rita.goto(h.staff + path);
    await judge(rita, 'recipient');
    assert.equal(await rita.getByRole('button',
      { name: 'Approve the contact' }).count(), 0);
    await supervisor.get(path);
    await supervisor.post(`${path}/approve`);
    assert.match(words(supervisor.page.html), /Referrals can go to/);
  });
  await step('recipients: the provider that the registry named', async () => {
    await rita.goto(`${h.staff}/recipients`);
    await judge(rita, 'recipients');
    await rita.locator('tr', { hasText: 'abuse@' }).locator('a').first()
      .click();
    await press(rita, 'Approve the contact');
    await says(rita, /Referrals can go to this contact/);
  });
  const drafts = {};
  for (const address of ['host', 'gallery']) {
    await step(`${address}: police and provider are drafted`, async () => {
      await rita.goto(page(address));
      await follow(rita, 'Pass on');
      await says(rita, /Kept back until 1 hour after/);
      for (const box of await rita.locator('input[name=recipients]').all()) {
        await box.check();
      }
      if (address === 'host') {
        await judge(rita, 'plan');
      }
      await press(rita, 'Draft');
      await says(rita, /2 referrals have been drafted/);
      await rita.goto(page(address));
      drafts[address] = {};
      for (const kind of ['Police', PROVIDER]) {
        drafts[address][kind] = new URL(await rita.locator(
          'li', { hasText: `(${kind})` }).locator('a[href^="/referral/"]')
          .first().getAttribute('href'), h.staff).href;
      }
    });
  }
  await step('what will be sent can be read before', async () => {
    await rita.goto(drafts.host[PROVIDER]);
    await judge(rita, 'referral');
    await rita.goto(`${drafts.host[PROVIDER]}/document`);
    await says(rita, /hxxp:\/\/host\[\.\]example\[\.\]org/);
    assert.doesNotMatch(await rita.content(), /Found by chance/);
    await judge(rita, 'document');
  });
  await step('the provider waits for the police', async () => {
    for (const address of ['host', 'gallery']) {
      for (const kind of ['Police', PROVIDER]) {
        await rita.goto(drafts[address][kind]);
        await press(rita, 'Approve');
        await says(rita, /Approved/);
      }
      await says(rita, /Kept back until/);
    }
    await until('two mails to the police', () =>
      mail.messages().length >= 2, 20000);
    assert.ok(mail.messages().every((m) =>
      /^Envelope-to: unit@police\.example\.org/m.test(m)));
  });
  await step('the police get signed bundles that verify', async () => {
    const key = ['--key', join(h.dir, 'keys/sign.pub')];
    for (const [i, message] of mail.messages().entries()) {
      const file = join(folder, `bundle-${i}.zip`);
      writeFileSync(file, attachment(message, /application\/zip/));
      const good = await h.command('refer', 'verify', file, ...key);
      assert.equal(good.code, 0, good.out + good.err);
    }
  });
  await step('a bundle with a flipped byte is refused', async () => {
    const whole = attachment(mail.messages()[0], /application\/zip/);
    const file = join(folder, 'flipped.zip');
    for (let i = 0; i < 64; i++) {
      const at = Math.floor(i * (whole.length - 1) / 63);
      const zip = Buffer.from(whole);
      zip[at] ^= 1 << i % 8;
      writeFileSync(file, zip);
      const got = await h.command('refer', 'verify', file,
        '--key', join(h.dir, 'keys/sign.pub'));
      assert.equal(got.code, 1, `byte ${at}: ${got.out}${got.err}`);
    }
  });
  await step('status: passed on to the police', async () => {
    await until('the status', async () => (await readStatus(reporter,
      h.public, receipt)).slice(0, 2).every((s) => /police/i.test(s)));
    await judge(reporter, 'status-form');
  });
  await step('the police clear one by their link, a person the other',
    async () => {
      const guest = await sitDown();
      const ours = mail.messages().find((m) =>
        decoded(m).includes(ref(drafts.host.Police)));
      await guest.goto(answerLink(ours, h.public));
      await judge(guest, 'answer-police');
      await guest.locator('button[value=cleared]').click();
      await says(guest, /Thank you/);
      await judge(guest, 'answer-thanks');
      await rita.goto(drafts.gallery[PROVIDER]);
      await pressTwice(rita, 'Release the police hold');
      await says(rita, /Released/);
      await until('two mails to the provider', () =>
        mail.messages().length >= 4, 20000);
    });
  const toProvider = (address) => mail.messages().find((m) =>
    decoded(m).includes(ref(drafts[address][PROVIDER])));
  await step('the mail carries XARF that the rules allow', async () => {
    const message = toProvider('host');
    const xarf = JSON.parse(attachment(message, /json/).toString());
    assert.deepEqual(xarfFaults(xarf), []);
    for (const name of XARF_REQUIRED) {
      assert.match(String(xarfFaults({ ...xarf, [name]: undefined })),
        new RegExp(name), `a document without ${name} is none`);
    }
    for (const [name, value] of Object.entries({
      url: 'http://host.example.org/a%7Eb', source_identifier: '192.0.2.11',
      domain: 'host.example.org', country_code: 'DK', classification: 'A1',
      media_type: 'image', detection_method: 'manual_review' })) {
      assert.equal(xarf[name], value, name);
    }
    assert.deepEqual(xarf.dns_records, { a: ['192.0.2.11'] });
    assert.deepEqual(xarf.sender, xarf.reporter);
    assert.equal(xarf.sender.contact, 'hotline@example.org');
    assert.doesNotMatch(message + decoded(message), /Found by chance/);
  });
  await step('status: passed on to the provider', async () => {
    await until('the status', async () => (await readStatus(reporter,
      h.public, receipt)).slice(0, 2).every((s) => /provider/i.test(s)));
  });
  await step('the provider answers with one click', async () => {
    const guest = await sitDown();
    for (const address of ['host', 'gallery']) {
      await guest.goto(answerLink(toProvider(address), h.public));
      await judge(guest, `answer-${address}`);
      await guest.locator('button[value=removed]').first().click();
      await says(guest, /Thank you/);
    }
    await guest.goto(`${h.public}/answer/${'A'.repeat(27)}`);
    await says(guest, /not known|Check that/);
    await judge(guest, 'answer-unknown');
  });
  await step('the provider’s word alone is not enough', async () => {
    const told = await readStatus(reporter, h.public, receipt);
    assert.ok(told.slice(0, 2).every((s) => !/removed/i.test(s)),
      String(told));
  });
  await step('the watch finds that the names are gone', async () => {
    await dns.unset('host.example.org');
    await dns.unset('gallery.invalid');
    await until('removed', async () => (await readStatus(reporter,
      h.public, receipt)).slice(0, 2).every((s) => /removed/i.test(s)),
    60000, 500);
    await judge(reporter, 'status-removed');
  });
  await step('status: removed, removed, not illegal here', async () => {
    const told = await readStatus(reporter, h.public, receipt);
    assert.match(told[0], /removed/i);
    assert.match(told[1], /removed/i);
    assert.equal(told[2], STATUS_LEGAL);
    assert.match((await readStatus(reporter, h.public, earlier))[0],
      /removed/i);
  });
  await step('the cases are closed', async () => {
    for (const address of ['host', 'gallery', 'photos']) {
      await rita.goto(page(address));
      await supervisor.get(new URL(page(address)).pathname);
      assert.match(words(supervisor.page.html), /It is closed/);
    }
    await rita.goto(`${h.staff}/watch`);
    await judge(rita, 'watch');
    await rita.goto(`${h.staff}/referrals`);
    await judge(rita, 'referrals');
  });

  await step('statistics: the page tells what happened', async () => {
    await rita.goto(`${h.staff}/statistics`);
    await judge(rita, 'statistics');
    const tables = await readTables(rita);
    for (const [table, row, column, text] of PAGE) {
      assert.equal(tables[table]?.[row]?.[column], text,
        `${table}, ${row}, ${column} in ${JSON.stringify(tables)}`);
    }
  });
  // What happened, counted by hand: 2 reports, 4 addresses in them of which
  // one was known, 3 cases, 4 referrals sent and 3 answered, 2 removals.
  await step('statistics: JSON, CSV and program agree', async () => {
    const officer = new Client(h.staff);
    for (const c of await rita.context().cookies()) {
      officer.cookies.set(c.name, c.value);
    }
    const json = JSON.parse((await officer.get('/statistics.json')).html);
    const csv = (await officer.get('/statistics.csv')).html;
    checkNumbers(json, csv);
    const again = await h.json('stats');
    assert.equal(again.reports.n, json.reports.n);
    assert.deepEqual(again.referral, json.referral);
    const glance = (await readTables(rita))['At a glance'];
    const { from_report, from_notice } = json.removal;
    assert.ok(from_report.median_s >= from_notice.median_s);
    for (const [row, seconds] of [
      ['Median time from report to removal', from_report.median_s],
      ['Nine of ten removed within', from_report.p90_s],
      ['Median time from notice to removal', from_notice.median_s]]) {
      assert.equal(glance[row].Value, span(seconds), row);
    }
  });
  await step('the audit log is sound', async () => {
    const got = await h.command('audit', 'verify');
    assert.equal(got.code, 0, got.out + got.err);
    assert.deepEqual(h.events().filter((e) => e.level === 'error'), []);
  });

  for (const [name, told] of judgements()) {
    await test(`nothing to find fault with: ${name}`, () =>
      assert.deepEqual(told, []));
  }
});
