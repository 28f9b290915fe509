// SPDX-License-Identifier: Apache-2.0
// usage: node tests/e2e/desk.mjs
//
// The workbench in browsers without JavaScript: every page, wide and narrow,
// with its empty state, its errors and what one meets when a colleague was
// faster. The way of a report from end to end is story.mjs.
//
// With HL_SHOTS=DIR every page is kept as a picture.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { follow, heading, judge, judgements, openBrowser, press, pressTwice,
  says, sitDown } from './lib/browser.mjs';
import { Hotline } from './lib/hotline.mjs';
import { Api, hire } from './lib/people.mjs';
import { main, step, test } from './lib/tap.mjs';

const shots = process.env.HL_SHOTS;
const look = (page, name) => judge(page, name, true);

const field = (page, name, value) =>
  page.locator(`input[name="${name}"][value="${value}"]`).check();
const answer = async (page, facts) => {
  for (const [name, value] of Object.entries(facts)) {
    await field(page, name, value);
  }
};
const chosen = (page) => page.locator('input:checked').count();
// Each error of the summary leads to something on the page.
async function errors(page, ...texts) {
  const list = page.locator('.govuk-error-summary__list li');
  assert.deepEqual(await list.allInnerTexts(), texts);
  for (const href of await list.locator('a').evaluateAll((all) =>
    all.map((a) => a.getAttribute('href')))) {
    assert.equal(await page.locator(href).count(), 1, href);
  }
  assert.match(await page.title(), /^Error: /);
}

const ILLEGAL = { access: 'seen', material: 'photo', act: 'involved',
  posing: 'none', age: 'prepubescent' };
const LEGAL = { access: 'seen', material: 'photo', act: 'none',
  posing: 'none', age: 'adult', offensive: 'no', commercial: 'no' };

await main(async () => {
  const h = await Hotline.install('desk', { 'mail.transport': 'folder',
    'mail.from': 'notices@example.org' });
  await h.start();
  const staff = await hire(h, { anna: ['analyst'],
    ben: ['analyst', 'verifier'], rita: ['referral_officer'],
    simon: ['supervisor'] });
  await openBrowser();
  const at = async (login) => {
    const page = await sitDown();
    await page.context().addCookies([...staff[login].client.cookies]
      .map(([name, value]) => ({ name, value, url: h.staff })));
    return page;
  };
  const anna = await at('anna'), ben = await at('ben');
  const rita = await at('rita'), simon = await at('simon');
  const sofie = await at('supervisor');
  const api = new Api(h.public);
  const go = (page, path) => page.goto(h.staff + path);
  const cases = [];

  await step('every list says that it is empty', async () => {
    for (const tab of ['unassigned', 'mine', 'to_verify', 'to_adjudicate',
      'to_act', 'monitored', 'closed', 'all']) {
      await go(sofie, `/queue?tab=${tab}`);
      assert.equal(await sofie.locator('.hl-empty h2').count(), 1, tab);
    }
    await look(sofie, 'queue-empty');
    for (const path of ['/reports/waiting', '/approvals', '/referrals',
      '/recipients', '/watch']) {
      await go(sofie, path);
      assert.equal(await sofie.locator('.hl-empty h2').count(), 1, path);
      await look(sofie, `empty${path.replaceAll('/', '-')}`);
    }
  });
  await step('nothing to take', async () => {
    await go(anna, '/queue');
    await press(anna, 'Take the next case');
    await says(anna, /Important[^]*There is no case that you could take/);
  });
  await step('reports come in with the queue', async () => {
    for (let i = 0; i < 3; i++) {
      const got = await api.report({ addresses: [`http://a${i}.invalid/x`],
        contact: 'reporter@example.org', words: `See http://b${i}.invalid/` });
      assert.equal(got.status, 201, got.text);
    }
    await api.report({ words: 'Somewhere in a chat', place: 'chat' });
    await go(anna, '/queue');
    await says(anna, /4 reports have come in/);
    await says(anna, /1 report waits|One report waits/);
    await look(anna, 'queue');
  });
  await step('one takes a case with the keyboard alone', async () => {
    await anna.keyboard.press('Tab');
    assert.equal(await anna.locator(':focus').innerText(),
      'Skip to main content');
    for (let i = 0; i < 60; i++) {
      await anna.keyboard.press('Tab');
      if (await anna.locator(':focus').innerText() === 'Take the next case') {
        break;
      }
    }
    await anna.keyboard.press('Enter');
    await anna.waitForURL(/\/case\//);
    await says(anna, /The case is yours now/);
    cases.push(new URL(anna.url()).pathname);
    await look(anna, 'case-taken');
    await anna.reload();
    assert.doesNotMatch(await anna.locator('main').innerText(),
      /The case is yours now/);
  });
  await step('on a wide one all sections stand in one row', async () => {
    const tops = await sofie.locator('.moj-primary-navigation a')
      .evaluateAll((all) => all.map((a) => a.getBoundingClientRect().top));
    assert.equal(tops.length, 13);
    assert.equal(new Set(tops).size, 1, tops.join());
  });
  await step('on a narrow screen the sections fold away', async () => {
    await sofie.setViewportSize({ width: 360, height: 740 });
    await go(sofie, '/queue');
    const box = await sofie.locator('h1').boundingBox();
    assert.ok(box.y < 200, `the queue begins at ${box.y}`);
    const link = sofie.locator('.hl-menu a', { hasText: 'Statistics' });
    assert.equal(await link.isVisible(), false);
    await sofie.locator('.hl-menu summary').focus();
    await sofie.keyboard.press('Enter');
    await link.click();
    assert.equal(await heading(sofie), 'Statistics');
    await sofie.setViewportSize({ width: 1280, height: 900 });
  });
  await step('the address is text, to be copied', async () => {
    assert.match(await heading(anna), /^hxxp:\/\/a\d\[\.\]invalid\/x$/);
    assert.match(await anna.locator('#address').inputValue(),
      /^http:\/\/a\d\.invalid\/x$/);
    await says(anna, /See hxxp:\/\/b\d\[\.\]invalid/);
  });
  await step('another sees the case in the queue, without its content',
    async () => {
      await go(ben, cases[0]);
      await says(ben, /You see more when you hold the case/);
      assert.doesNotMatch(await ben.content(), /a\d\.invalid|hxxp/);
      await look(ben, 'case-of-another');
    });
  await step('the viewing clock', async () => {
    await press(anna, 'Start the viewing clock');
    await says(anna, /viewing clock runs since/);
    await look(anna, 'case-viewing');
    await go(anna, '/queue');
    await says(anna, /Your viewing clock is running/);
    await go(anna, cases[0]);
    await press(anna, 'Stop the viewing clock');
    await says(anna, /viewing clock has stopped/);
  });
  await step('notes: an empty one, and one', async () => {
    await press(anna, 'Add the note');
    await errors(anna, 'Write the note first');
    await look(anna, 'case-note-error');
    await anna.locator('#words').fill('Two words and http://c.invalid/');
    await press(anna, 'Add the note');
    await says(anna, /Two words and hxxp:\/\/c\[\.\]invalid/);
  });
  await step('nothing is chosen beforehand, what is missing is named',
    async () => {
      await go(anna, `${cases[0]}/assess`);
      assert.equal(await chosen(anna), 0);
      await look(anna, 'assess');
      await press(anna, 'Check the outcome');
      await errors(anna, 'Answer: What was found at the address');
      await answer(anna, { access: 'seen' });
      await press(anna, 'Check the outcome');
      assert.ok(await anna.locator('.govuk-error-summary li').count() > 3);
      assert.equal(await chosen(anna), 1);
      await look(anna, 'assess-errors');
    });
  await step('the check page shows rules and clauses', async () => {
    await answer(anna, ILLEGAL);
    await anna.locator('#note').fill('Kept <words>\nsecond line');
    await press(anna, 'Check the outcome');
    await says(anna, /Outcome: Illegal \(international baseline\)/);
    await says(anna, /INTERPOL Baseline criteria/);
    await look(anna, 'assess-check');
    await press(anna, 'Change the answers');
    assert.equal(await chosen(anna), 5);
    assert.equal(await anna.locator('#note').inputValue(),
      'Kept <words>\nsecond line');
  });
  await step('a case that was taken away: no answer is lost', async () => {
    await go(sofie, `${cases[0]}/assign`);
    await look(sofie, 'assign');
    await press(sofie, 'Hand it over');
    await errors(sofie, 'Choose who gets the case');
    await field(sofie, 'person', 'queue');
    await press(sofie, 'Hand it over');
    await press(anna, 'Check the outcome');
    await says(anna, /Take it first/);
    assert.equal(await chosen(anna), 5);
    await look(anna, 'assess-lost');
    await press(anna, 'Take the case again and go on');
    await says(anna, /Check before you save/);
    await press(anna, 'Save');
    await says(anna, /waits for a second assessment/);
  });
  await step('a note that comes too late is not lost', async () => {
    await go(anna, '/queue');
    await press(anna, 'Take the next case');
    cases.push(new URL(anna.url()).pathname);
    await go(sofie, `${cases[1]}/assign`);
    await field(sofie, 'person', 'queue');
    await press(sofie, 'Hand it over');
    await anna.locator('#words').fill('Words that took an hour');
    await press(anna, 'Add the note');
    await says(anna, /You do not hold this case/);
    assert.equal(await anna.locator('#words').inputValue(),
      'Words that took an hour');
    await look(anna, 'case-note-late');
    await press(anna, 'Take the case and add the note');
    await says(anna, /The note has been added/);
    await says(anna, /Words that took an hour/);
  });
  await step('the second assessment is blind', async () => {
    await go(ben, '/queue?tab=to_verify');
    await look(ben, 'queue-verify');
    await press(ben, `Take ${cases[0].slice(6)}`);
    await says(ben, /kept back until the second assessment/);
    assert.doesNotMatch(await ben.locator('main').innerText(),
      /Illegal|Two words/);
    await look(ben, 'case-blind');
    await go(ben, `${cases[0]}/verify`);
    assert.equal(await chosen(ben), 0);
    assert.doesNotMatch(await ben.content(), /Illegal|Kept/);
    await answer(ben, LEGAL);
    await press(ben, 'Check the outcome');
    await press(ben, 'Save');
    await says(ben, /third person decides/);
  });
  await step('a third decides, with both side by side', async () => {
    await go(sofie, `${cases[0]}/adjudicate`);
    await says(sofie, /Where they differ/);
    await look(sofie, 'adjudicate');
    await answer(sofie, ILLEGAL);
    await press(sofie, 'Check the outcome');
    await press(sofie, 'Save');
    await says(sofie, /to be passed on/);
  });
  await step('a report without an address', async () => {
    await go(anna, '/reports/waiting');
    await look(anna, 'waiting');
    await anna.locator('table a').first().click();
    await look(anna, 'report-waiting');
    await press(anna, 'Decide');
    await errors(anna, 'Choose what the report is');
    await anna.locator('#text').fill('no address here');
    await press(anna, 'Take up the address');
    assert.equal(await anna.locator('.govuk-error-summary li').count(), 1);
    assert.equal(await anna.locator('#text').inputValue(),
      'no address here');
    await anna.getByRole('radio', { name: 'Asks for advice' }).check();
    await press(anna, 'Decide');
    await says(anna, /The report has been decided/);
  });
  await step('the reporter’s contact takes two', async () => {
    await go(anna, cases[1]);
    await anna.locator('h3 a[href^="/report/"]').first().click();
    const report = anna.url();
    await look(anna, 'report');
    await press(anna, 'Ask for it');
    await go(sofie, '/approvals');
    await look(sofie, 'approvals');
    await sofie.locator('main li a').first().click();
    await press(sofie, 'Release it');
    assert.doesNotMatch(await sofie.content(), /reporter@example\.org/);
    await anna.goto(report);
    await press(anna, 'Show it');
    await says(anna, /reporter@example\.org/);
    await look(anna, 'report-contact');
  });
  await step('recipients: errors, proposing, approving by another',
    async () => {
      await go(rita, '/recipients/add');
      await press(rita, 'Propose');
      assert.equal(await rita.locator('.govuk-error-summary li').count(), 1);
      await look(rita, 'recipient-errors');
      await field(rita, 'kind', 'police');
      await field(rita, 'channel', 'download');
      await rita.locator('#name').fill('Example Police');
      await rita.locator('#country').fill('DK');
      await press(rita, 'Propose');
      await says(rita, /Another person has to approve/);
      assert.equal(await rita.getByRole('button',
        { name: 'Approve the contact' }).count(), 0);
      await sofie.goto(rita.url());
      await look(sofie, 'recipient');
      await press(sofie, 'Approve the contact');
      await says(sofie, /Referrals can go to this contact/);
      await go(rita, '/recipients');
      await look(rita, 'recipients');
    });
  await step('a host that is typed in', async () => {
    await go(rita, `${cases[0]}/host`);
    await press(rita, 'Save');
    await errors(rita,
      'Enter what you know: country, network or AS number');
    await rita.locator('#country').fill('dk');
    await rita.locator('#asn').fill('sixty');
    await press(rita, 'Save');
    await errors(rita, 'Use digits only, as 64500');
    await look(rita, 'host-errors');
    await rita.locator('#asn').fill('64500');
    await press(rita, 'Save');
    await says(rita, /Typed in by a person/);
    await look(rita, 'case-to-act');
  });
  await step('a referral: plan, draft, what will be sent, bundle',
    async () => {
      await go(rita, `${cases[0]}/refer`);
      await press(rita, 'Draft');
      await errors(rita, 'Choose who is to be told');
      await look(rita, 'plan');
      await rita.locator('input[name=recipients]').first().check();
      await rita.locator('#note').fill('Please look at it soon.');
      await press(rita, 'Draft');
      await says(rita, /1 referral has been drafted/);
      await rita.locator('a[href^="/referral/"]').first().click();
      const referral = new URL(rita.url()).pathname;
      await look(rita, 'referral-draft');
      await go(rita, `${referral}/document`);
      await says(rita, /Please look at it soon/);
      await look(rita, 'referral-document');
      await go(rita, referral);
      await press(rita, 'Approve');
      await look(rita, 'referral-approved');
      const [file] = await Promise.all([rita.waitForEvent('download'),
        press(rita, 'Download the bundle')]);
      assert.match(file.suggestedFilename(), /^F-.*\.zip$/);
      await go(rita, referral);
      await press(rita, 'It has been handed over');
      await go(rita, `${referral}/answer`);
      await press(rita, 'Record the answer');
      assert.equal(await rita.locator('.govuk-error-summary li').count(), 1);
      await look(rita, 'answer-errors');
      await field(rita, 'answer', 'received');
      await press(rita, 'Record the answer');
      await says(rita, /The answer has been recorded/);
      await look(rita, 'referral-answered');
      await go(rita, '/referrals');
      await look(rita, 'referrals');
    });
  await step('closing, a legal hold, erasing by two', async () => {
    await go(sofie, `${cases[1]}/close`);
    await look(sofie, 'close');
    await press(sofie, 'Close the case');
    await errors(sofie, 'Choose why the case closes');
    await field(sofie, 'reason', 'unreachable');
    await press(sofie, 'Close the case');
    await says(sofie, /The case is closed/);
    await press(sofie, 'Set a legal hold');
    assert.equal(await sofie.locator('a', { hasText: /^Erase$/ }).count(), 0);
    await press(sofie, 'Lift the legal hold');
    await go(sofie, `${cases[1]}/erase`);
    await look(sofie, 'erase');
    await press(sofie, 'Propose');
    assert.equal(await sofie.getByRole('button',
      { name: 'Erase for good' }).count(), 0);
    await go(simon, `${cases[1]}/erase`);
    await look(simon, 'erase-approve');
    await press(simon, 'Erase for good');
    await says(simon, /has been destroyed/);
    await go(simon, cases[1]);
    assert.doesNotMatch(await simon.content(), /a\d\.invalid|reporter@/);
    await look(simon, 'case-erased');
  });
  await step('search by any reference', async () => {
    const ref = cases[0].slice(6);
    await go(sofie, '/queue');
    await sofie.locator('#ref').fill(` ${ref.toLowerCase()
      .replaceAll('-', ' ')} `);
    await press(sofie, 'Find');
    assert.equal(new URL(sofie.url()).pathname, cases[0]);
    await go(sofie, '/queue');
    await sofie.locator('#ref').fill('C-0000');
    await press(sofie, 'Find');
    await errors(sofie, 'There is nothing by this reference that you may ' +
      'see. Check each letter');
    await look(sofie, 'find-error');
  });
  await step('a filter, and a wrong one', async () => {
    await go(sofie, '/queue?tab=all&country=DK');
    assert.equal(await sofie.locator('tbody tr').count(), 1);
    await look(sofie, 'queue-filtered');
    await go(sofie, '/queue?tab=all&country=Denmark');
    await errors(sofie, 'Use the two letters of a country, such as DK');
    await look(sofie, 'queue-filter-error');
  });
  await step('a long list comes in pages', async () => {
    for (let i = 0; i < 60; i++) {
      await api.report({ words: `Nothing to find, number ${i}` });
    }
    for (let i = 0; i < 3; i++) {
      await go(anna, '/queue');
    }
    const rows = () => anna.locator('tbody th a').allInnerTexts();
    await go(anna, '/reports/waiting');
    const first = await rows();
    assert.equal(first.length, 50);
    await look(anna, 'waiting-paged');
    await follow(anna, 'Next page');
    const second = await rows();
    assert.equal(second.length, 10);
    assert.equal(new Set([...first, ...second]).size, 60);
    await follow(anna, 'Previous page');
    assert.deepEqual(await rows(), first);
    await go(sofie, '/referrals?page=7');
    await says(sofie, /Nothing on this page/);
    await look(sofie, 'referrals-beyond');
    await go(sofie, '/watch?page=7');
    await follow(sofie, 'First page');
    assert.equal(new URL(sofie.url()).search, '');
  });
  await step('what cannot be undone is asked first', async () => {
    await go(rita, '/recipients');
    await rita.locator('tbody a').first().click();
    const retire = rita.getByRole('button', { name: 'Retire this contact' });
    assert.equal(await retire.isVisible(), false);
    await look(rita, 'recipient-approved');
    await pressTwice(rita, 'Retire this contact');
    await says(rita, /Nothing goes to this contact any more/);
  });
  await step('the other pages', async () => {
    for (const path of ['/watch', '/statistics', '/audit', '/staff',
      '/settings', '/account', '/account/generator', '/account/recovery',
      '/help', '/case/C-00000-00000']) {
      await go(sofie, path);
      await look(sofie, path.slice(1).replaceAll('/', '-'));
    }
    if (shots) {
      mkdirSync(shots, { recursive: true });
      await go(rita, cases[0]);
      await rita.emulateMedia({ media: 'print' });
      await rita.screenshot({ fullPage: true,
        path: join(shots, 'desk-case-print.png') });
    }
  });
  for (const [name, told] of judgements()) {
    await test(`nothing wrong with ${name}`, () =>
      assert.deepEqual(told, []));
  }
});
