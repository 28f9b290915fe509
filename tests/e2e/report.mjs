// SPDX-License-Identifier: Apache-2.0
// usage: node tests/e2e/report.mjs
//
// The public pages in a real browser: the whole form with JavaScript off,
// then each page again at two widths under axe. Speaks TAP. HL_BUILD names
// the build; with HL_SHOTS=DIR every page is kept as a picture.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import assert from 'node:assert/strict';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const require = createRequire(import.meta.url);
const build = process.env.HL_BUILD ?? join(root, 'build');
const shots = process.env.HL_SHOTS;

function load(name) {
  try {
    return require(name);
  } catch {
    console.log(`1..0 # SKIP ${name} is not installed`);
    process.exit(0);
  }
}
const { chromium } = load('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'hl-report-'));
// Nothing listens there: the exit must not leave loopback in a test.
const away = 'http://127.0.0.1:9';
const settings = ['public.listen=127.0.0.1:0', 'report.rate_limit=0',
  `public.exit_url=${away}`, 'operator.mail=hotline@example.org',
  'operator.name=Example Trust'];
const server = spawn(join(build, 'tests/e2e/site_server'),
  [folder, ...settings], { stdio: ['ignore', 'pipe', 'inherit'] });

let n = 0, failed = 0;
async function test(name, work) {
  n++;
  try {
    await work();
    console.log(`ok ${n} - ${name}`);
  } catch (e) {
    failed++;
    console.log(`not ok ${n} - ${name}`);
    console.log(String(e.stack ?? e).replace(/^/gm, '# '));
  }
}

const started = new Promise((resolve, reject) => {
  let text = '';
  server.stdout.on('data', (d) => {
    text += d;
    if (text.includes('\n')) {
      resolve(JSON.parse(text).url);
    }
  });
  server.on('exit', (code) => reject(new Error(`server ended: ${code}`)));
});

async function shoot(page, name) {
  if (shots) {
    await page.screenshot({ path: join(shots, `${name}.png`),
      fullPage: true });
  }
}

const heading = (page) => page.locator('h1').innerText();
const press = (page, name) =>
  page.getByRole('button', { name, exact: true }).click();
const choose = (page, name) =>
  page.getByRole('radio', { name, exact: true }).check();

// Answers everything; stops at "check your answers".
async function fill(page, url, addresses, visit = async () => {}) {
  await page.goto(`${url}/`);
  await visit('start');
  await press(page, 'Report now');
  await visit('danger');
  await choose(page, 'I don’t know');
  await press(page, 'Continue');
  await visit('place');
  await choose(page, 'Forum or social network');
  await press(page, 'Continue');
  await visit('addresses');
  await page.getByRole('textbox').fill(addresses);
  await press(page, 'Continue');
  await visit('where');
  await page.getByRole('textbox').fill('The third reply');
  await press(page, 'Continue');
  await visit('seen');
  await choose(page, 'In the last 7 days');
  await page.getByRole('textbox').fill('Tuesday noon');
  await press(page, 'Continue');
  await visit('pay');
  await choose(page, 'No');
  await press(page, 'Continue');
  await visit('words');
  await page.getByRole('textbox').fill('First line\nSecond <b>line</b>');
  await press(page, 'Continue');
  await visit('contact');
  await press(page, 'Continue');
  assert.equal(await heading(page), 'Check your answers');
}

const odd = 'hxxp://Bücher[.]example./Pfad/../x?b=1\n' +
  'EXAMPLE.org:80/a%7Eb\n' +
  '  "https://example.org:443/./c"  and the one I am not sure of: ' +
  'http://999.999.1.1/\n';

async function receiptOf(page) {
  const text = await page.locator('.hl-receipt').innerText();
  assert.match(text, /^([0-9A-Z]{5}-){4}[0-9A-Z]$/);
  return text;
}

async function walk(browser, url) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  let receipt;

  await test('the form without JavaScript', () =>
    fill(page, url, odd));
  await test('each address as it was read, nothing lost', async () => {
    const list = await page.locator('dl li').allInnerTexts();
    const text = list.join('\n');
    assert.match(text, /http:\/\/xn--bcher-kva\.example/);
    assert.match(text, /http:\/\/example\.org\/a/);
    assert.match(text, /https:\/\/example\.org\/c/);
    assert.match(text, /999\.999\.1\.1[^]*cannot read this/);
    assert.match(text, /and the one I am not sure of/);
    await shoot(page, 'walk-check');
  });
  await test('back keeps the answers', async () => {
    await page.goto(`${url}/report/check`);
    await page.getByRole('link', { name: 'Back', exact: true }).click();
    assert.match(await heading(page), /^May we contact you/);
    await page.getByRole('link', { name: 'Back', exact: true }).click();
    assert.equal(await page.getByRole('textbox').inputValue(),
      'First line\nSecond <b>line</b>');
    await page.goBack();
    assert.match(await heading(page), /^May we contact you/);
  });
  await test('a change leads back to the check page', async () => {
    await page.goto(`${url}/report/check`);
    await page.getByRole('link', { name: 'Change Kind of place' }).click();
    assert.ok(await page.getByRole('radio',
      { name: 'Forum or social network' }).isChecked());
    await choose(page, 'Online game');
    await press(page, 'Continue');
    assert.equal(await heading(page), 'Check your answers');
    await page.getByText('Online game').waitFor({ timeout: 1000 });
  });
  await test('an error is linked to its field', async () => {
    await page.goto(`${url}/report/contact?change=1`);
    await page.getByRole('textbox').fill('x'.repeat(201));
    await press(page, 'Continue');
    assert.match(await page.title(), /^Error: /);
    await page.getByRole('link', { name: /200 characters/ }).click();
    assert.equal(await page.evaluate(() => 1).catch(() => 1), 1);
    assert.equal(new URL(page.url()).hash, '#contact');
    await page.getByRole('textbox').fill('someone@example.org');
    await press(page, 'Continue');
    assert.equal(await heading(page), 'Check your answers');
  });
  await test('the receipt has to be saved', async () => {
    await press(page, 'Send the report');
    assert.equal(await heading(page), 'We have your report');
    receipt = await receiptOf(page);
    await page.reload();
    assert.equal(await receiptOf(page), receipt);
    await press(page, 'Continue');
    assert.match(await page.title(), /^Error: /);
    assert.equal(await receiptOf(page), receipt);
    const [file] = await Promise.all([page.waitForEvent('download'),
      page.getByRole('link', { name: /text file/ }).click()]);
    assert.ok(readFileSync(await file.path(), 'utf8').startsWith(receipt));
    await page.getByRole('checkbox').check();
    await press(page, 'Continue');
    assert.equal(await heading(page), 'What happens next');
    await page.goto(`${url}/report/receipt`);
    assert.equal(await heading(page), 'Your receipt is no longer shown');
  });
  await test('status by receipt, typed as people do', async () => {
    await page.goto(`${url}/status`);
    await page.getByRole('textbox').fill(
      receipt.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o'));
    await press(page, 'Check');
    assert.equal(await heading(page), 'Status of your report');
    await page.getByText('Received', { exact: true }).waitFor();
    await page.goto(`${url}/status`);
    await page.getByRole('textbox').fill(receipt.slice(0, -3));
    await press(page, 'Check');
    await page.getByRole('link', { name: /too short/ }).waitFor();
  });
  await test('exit removes the answers', async () => {
    await page.goto(`${url}/report/danger`);
    await choose(page, 'No');
    await press(page, 'Continue');
    assert.equal((await context.cookies()).length, 1);
    const gone = page.waitForEvent('requestfailed');
    await page.getByRole('link', { name: 'Exit this page' }).last()
      .click().catch(() => {});
    assert.equal((await gone).url(), `${away}/`);
    assert.equal((await context.cookies()).length, 0);
    await page.goto(`${url}/report/place`);
    assert.equal(await heading(page), 'Your answers are no longer here');
  });
  await context.close();

  await test('danger shows whom to call first', async () => {
    const other = await browser.newContext({ javaScriptEnabled: false });
    const p = await other.newPage();
    await p.goto(`${url}/report/danger`);
    await choose(p, 'Yes');
    await press(p, 'Continue');
    assert.equal(await heading(p), 'Get help for the child now');
    await p.getByText('112').waitFor();
    await press(p, 'Go on with the report');
    assert.equal(await heading(p), 'Where did you see it?');
    await other.close();
  });
  await test('a browser without cookies is told', async () => {
    const other = await browser.newContext({ javaScriptEnabled: false });
    const p = await other.newPage();
    await p.goto(`${url}/report/danger`);
    await p.route('**/report/place*', async (route) => {
      await other.clearCookies();
      const headers = { ...route.request().headers() };
      delete headers.cookie;
      await route.continue({ headers });
    });
    await choose(p, 'No');
    const answer = await p.request.post(`${url}/report/danger`, {
      form: { danger: 'no' }, maxRedirects: 0 });
    assert.equal(answer.status(), 303);
    await other.clearCookies();
    await p.unroute('**/report/place*');
    await p.goto(url + answer.headers().location);
    assert.equal(await heading(p), 'Your browser does not keep cookies');
    await other.close();
  });
}

// Everything that is worth a picture, under axe.
async function look(browser, url, width, locale = 'en') {
  const context = await browser.newContext({
    viewport: { width, height: 800 }, bypassCSP: true, locale });
  const page = await context.newPage();

  const judge = async (name) => {
    await shoot(page, `${name}-${width}-${locale}`);
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
        'best-practice'] }));
    const told = found.violations.map((v) =>
      `${v.id}: ${v.nodes.map((x) => x.html).join(' | ').slice(0, 400)}`);
    const over = await page.evaluate(() =>
      document.documentElement.scrollWidth - window.innerWidth);
    const dir = await page.evaluate(() => document.documentElement.dir);
    await test(`${name} at ${width}, ${locale}`, () => {
      assert.equal(dir, locale === 'ar' ? 'rtl' : 'ltr');
      assert.deepEqual(told, []);
      assert.ok(over <= 0, `${over} pixels too wide`);
    });
  };
  const wrong = async (name, path, act) => {
    await page.goto(url + path);
    await act();
    await judge(name);
  };

  await fill(page, url, `${odd}${'long'.repeat(60)}.example.org/` +
    `${'path'.repeat(100)}\n`, judge);
  await judge('check');
  await wrong('danger-error', '/report/danger?change=1', async () => {
    await page.request.get(url);
    await page.goto(`${url}/report/contact?change=1`);
    await page.getByRole('textbox').fill('x'.repeat(201));
    await press(page, 'Continue');
  });
  await page.goto(`${url}/report/check`);
  await press(page, 'Send the report');
  await judge('receipt');
  const receipt = await receiptOf(page);
  await press(page, 'Continue');
  await judge('receipt-error');
  await page.getByRole('checkbox').check();
  await press(page, 'Continue');
  await judge('done');
  await wrong('status', '/status', () => {});
  await wrong('status-error', '/status', () => press(page, 'Check'));
  await wrong('result', '/status', async () => {
    await page.getByRole('textbox').fill(receipt);
    await press(page, 'Check');
  });
  await wrong('first-error', '/report/danger', () =>
    press(page, 'Continue'));
  for (const name of ['help', 'about', 'privacy', 'accessibility',
    'report/emergency', 'report/words', 'nothing-here']) {
    await wrong(name.replace('/', '-'), `/${name}`, () => {});
  }
  await context.close();
}

async function weigh(url) {
  await test('the first page is at most 15 kB compressed', async () => {
    const page = await (await fetch(`${url}/`)).text();
    let bytes = gzipSync(page).length;
    for (const [, path] of page.matchAll(
      /(?:href|src)="(\/static\/[^"]+)"/g)) {
      bytes += gzipSync(Buffer.from(
        await (await fetch(url + path)).arrayBuffer())).length;
    }
    console.log(`# ${bytes} bytes`);
    assert.ok(bytes <= 15 * 1024, `${bytes} bytes`);
  });
}

let browser;
try {
  const url = await started;
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  await walk(browser, url);
  await weigh(url);
  await look(browser, url, 1280);
  await look(browser, url, 360);
  await look(browser, url, 360, 'ar');
} catch (e) {
  failed++;
  console.log(`not ok ${++n} - the run`);
  console.log(String(e.stack ?? e).replace(/^/gm, '# '));
} finally {
  await browser?.close();
  server.removeAllListeners('exit');
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`1..${n}`);
process.exit(failed ? 1 : 0);
