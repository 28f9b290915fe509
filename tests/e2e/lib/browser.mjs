// SPDX-License-Identifier: Apache-2.0
// Browsers without JavaScript, and one with it that looks over their
// shoulder: axe needs scripts, the people in the tests never do.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import assert from 'node:assert/strict';
import { newPassword, totp } from './people.mjs';
import { atEnd, skipAll } from './tap.mjs';

const require = createRequire(import.meta.url);
const shots = process.env.HL_SHOTS;
let browser = null;

export async function openBrowser() {
  let chromium;
  try {
    ({ chromium } = require('playwright-core'));
    require.resolve('axe-core/axe.min.js');
  } catch {
    skipAll('playwright-core or axe-core is not installed');
  }
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  atEnd(() => browser.close());
  return browser;
}

// A person at a browser of their own.
export async function sitDown() {
  const context = await browser.newContext({ javaScriptEnabled: false,
    viewport: { width: 1280, height: 900 }, acceptDownloads: true });
  context.setDefaultTimeout(10000);
  return context.newPage();
}

export const heading = (page) => page.locator('h1').first().innerText();
export const press = (page, name) =>
  page.getByRole('button', { name, exact: true }).first().click();
// What cannot be undone says so first and takes a second press.
export const pressTwice = async (page, name) => {
  await page.locator('summary', { hasText: name }).first().click();
  await press(page, name);
};
// A link, also one that is made up as a button.
export const follow = (page, name) => page.locator('a')
  .filter({ hasText: new RegExp(`^\\s*${name}\\s*$`) }).first().click();
export const choose = (page, name) =>
  page.getByRole('radio', { name, exact: true }).check();
export const says = async (page, pattern) =>
  assert.match(await page.locator('main').innerText(), pattern);

let axe = null;
const judged = new Map();

// Where a page must not lead away from.
const leadsAway = (page) => page.evaluate(() => [...document.links]
  .map((a) => a.href)
  .filter((x) => new URL(x).origin !== window.location.origin));

async function look(page, name, within) {
  const told = [];
  if (shots) {
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ fullPage: true, path: join(shots, `${name}.png`) });
  }
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
      'best-practice'] }));
  for (const v of found.violations) {
    told.push(`${v.id}: ${v.nodes.map((x) => x.html).join(' | ')
      .slice(0, 300)}`);
  }
  const over = await page.evaluate(() =>
    document.documentElement.scrollWidth - window.innerWidth);
  if (over > 0) {
    told.push(`${over} pixels too wide`);
  }
  const links = within ? await leadsAway(page) : [];
  if (links.length) {
    told.push(`leads away: ${links.join(' ')}`);
  }
  return told;
}

// The page as it stands, also the answer to a form, again: wide and narrow,
// with scripts for axe. Faults are kept for the case that asks for them.
export async function judge(page, name, within = false) {
  axe ??= readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
  const body = await page.content(), url = page.url().split('#')[0];
  for (const width of [1280, 360]) {
    const context = await browser.newContext({ bypassCSP: true,
      viewport: { width, height: 900 } });
    const copy = await context.newPage();
    await copy.route(url, (route) => route.fulfill(
      { body, contentType: 'text/html; charset=utf-8' }));
    await copy.goto(url);
    judged.set(`${name} at ${width}`, await look(copy,
      `${basename(process.argv[1], '.mjs')}-${name}-${width}`, within));
    await context.close();
  }
}

export function judgements() {
  return [...judged];
}

// The first login of a person at their browser; visit is told each page.
export async function firstSignIn(page, base, login, first,
  visit = async () => {}) {
  await page.goto(`${base}/login`);
  await visit('login');
  await page.getByLabel('Login').fill(login);
  await page.getByLabel('Password').fill(first);
  await press(page, 'Continue');
  const secret = await page.locator('#secret').innerText();
  await visit('code-setup');
  await page.getByLabel('The code it shows now').fill(totp(secret));
  await press(page, 'Continue');
  const codes = await page.locator('.hl-codes code').allInnerTexts();
  assert.ok(codes.length >= 8);
  await visit('codes');
  await follow(page, 'I have kept them');
  await visit('password');
  const password = newPassword();
  await page.getByLabel('The password you have now').fill(first);
  await page.getByLabel('The new password', { exact: true }).fill(password);
  await page.getByLabel('The new password again').fill(password);
  await press(page, 'Change the password');
  return { login, secret, codes, password };
}
