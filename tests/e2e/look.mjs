// SPDX-License-Identifier: Apache-2.0
// usage: node tests/e2e/look.mjs [GALLERY-PROGRAM [SCREENSHOT-DIR]]
//
// Looks at every component in a real browser: wide and narrow, both writing
// directions, with and without errors and scripts. axe must find nothing,
// nothing may overflow a narrow screen, nothing may be fetched from
// elsewhere, the policy must not be violated, and forms must come back.
// Speaks TAP, a case for each page and width. HL_BUILD names the build.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const require = createRequire(import.meta.url);
const program = process.argv[2] ?? join(process.env.HL_BUILD ??
  join(root, 'build'), 'tests/e2e/gallery/gallery');
const shots = process.argv[3];
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome'].find(existsSync);
let playwright;
try {
  playwright = require('playwright-core');
} catch {
  playwright = null;
}
if (!chromium || !playwright) {
  console.log('1..0 # SKIP chromium or playwright-core is missing');
  process.exit(0);
}
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

let cases = 0, failed = 0, checks = 0, wrong = [];
function check(ok, what) {
  checks++;
  if (!ok) {
    wrong.push(what);
  }
}
// What was checked since the last case is one case of that name.
function close(name) {
  check(checks > 0, 'nothing was looked at');
  cases++;
  failed += wrong.length > 0;
  console.log(`${wrong.length ? 'not ok' : 'ok'} ${cases} - ${name}`);
  for (const what of wrong) {
    console.log(String(what).replace(/^/gm, '# '));
  }
  checks = 0;
  wrong = [];
}

const server = spawn(program, { stdio: ['ignore', 'pipe', 'inherit'] });
const base = await new Promise((done) => {
  server.stdout.once('data', (d) => done(String(d).trim()));
});
const browser = await playwright.chromium.launch(
  { executablePath: chromium, args: ['--no-sandbox'] });

// Playwright's own calls work without scripts; axe needs them, and is let in
// past the policy by the debugger, not by the page.
async function visit(path, width, javaScriptEnabled, look) {
  const context = await browser.newContext(
    { viewport: { width, height: 800 }, javaScriptEnabled });
  const page = await context.newPage();
  const asked = [];
  page.on('request', (r) => asked.push(r.url()));
  page.on('console', (m) => check(m.type() !== 'error' ||
    /favicon|\/send$/.test(m.location().url),
    `${path} at ${width}: console: ${m.text()}`));
  page.on('pageerror', (e) => check(false, `${path}: ${e}`));
  await page.goto(base + path);
  await look(page, asked);
  await context.close();
}

for (const where of ['/public', '/public?error', '/done', '/staff',
  '/staff?error', '/public?rtl', '/staff?rtl']) {
  for (const width of [1280, 360]) {
    await visit(where, width, true, async (page, asked) => {
      await page.evaluate(axe);
      const found = await page.evaluate(() => window.axe.run(document, {
        runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a',
          'wcag21aa', 'wcag22aa', 'best-practice'] } }));
      for (const v of found.violations) {
        check(false, `${where} at ${width}: ${v.id}: ${v.help}: ${
          v.nodes.map((n) => n.html).join(' | ').slice(0, 300)}`);
      }
      check(found.passes.length > 15, `${where}: axe looked at little`);
      const over = await page.evaluate(
        () => document.scrollingElement.scrollWidth - innerWidth);
      check(over <= 0, `${where} at ${width}: ${over} px too wide: ${
        await page.evaluate(() => [...document.querySelectorAll('*')].filter(
          (e) => e.getBoundingClientRect().right > innerWidth ||
            e.getBoundingClientRect().left < 0)
          .map((e) => e.className).join(', '))}`);
      check(asked.every((u) => u.startsWith(base + '/')),
        `${where}: asked elsewhere: ${asked}`);
      check(asked.some((u) => /\/static\/.*\.css$/.test(u)),
        `${where}: no style sheet`);
      const dir = await page.evaluate(
        () => getComputedStyle(document.body).direction);
      check(dir === (where.includes('rtl') ? 'rtl' : 'ltr'), where);
      if (shots) {
        mkdirSync(shots, { recursive: true });
        const name = where.replace(/\W+/g, '-').replace(/^-/, '');
        await page.screenshot(
          { path: `${shots}/${name}-${width}.png`, fullPage: true });
      }
    });
    close(`${where} at ${width}`);
  }
}

// A form without scripts comes back whole, past the CSRF check, with the
// headers that this browser sends under our own referrer policy.
await visit('/public', 1280, false, async (page) => {
  await page.fill('#url', 'https://example.org/æ?a=b&c=<d>');
  const more = await page.inputValue('#more');
  check(more === '\nLine <two>', `textarea kept: ${JSON.stringify(more)}`);
  await page.fill('#more', 'one\ntwo');
  await page.click('text=Save for later');
  const got = await page.textContent('body');
  check(got === 'url=https://example.org/æ?a=b&c=<d> more=one\ntwo save=1',
    `form gave: ${got}`);
});
close('a form comes back whole without scripts');

// From another origin the same form is refused, although it has the token.
await visit('/public', 1280, false, async (page) => {
  const token = await page.inputValue('input[name=csrf]');
  const other = base.replace('127.0.0.1', 'localhost');
  const sent = [];
  page.on('response', (r) => sent.push(r.status()));
  await page.route('http://foreign.invalid/', (r) => r.fulfill({
    contentType: 'text/html',
    body: `<form method=post action="${other}/send">` +
      `<input name=csrf value="${token}"><button>x</button></form>`,
  }));
  await page.goto('http://foreign.invalid/');
  await page.click('button');
  await page.waitForLoadState();
  check(sent.at(-1) === 403, `foreign form: ${sent}`);
}).catch((e) => check(false, `foreign form: ${e}`));
close('a form from elsewhere is refused');

// Shift three times leaves; twice does not; Escape never does.
await visit('/public', 1280, true, async (page) => {
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift');
  await page.keyboard.press('Shift');
  await page.keyboard.press('a');
  await page.keyboard.press('Shift');
  await page.waitForTimeout(200);
  check(page.url().endsWith('/public'), 'left too early');
  await page.keyboard.press('Shift');
  await page.keyboard.press('Shift');
  await page.waitForURL('**/left');
  check((await page.textContent('body')) === 'left', 'Shift three times');
});
close('Shift three times leaves');

// The exit link is the second thing the keyboard reaches, and what has
// focus is never under anything else (WCAG 2.4.11).
await visit('/public?error', 360, true, async (page) => {
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  const second = await page.evaluate(() => document.activeElement.pathname);
  check(second === '/left', `second stop: ${second}`);
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    const hidden = await page.evaluate(() => {
      const e = document.activeElement;
      if (e === document.body) {
        return null;
      }
      const r = e.getBoundingClientRect();
      const at = document.elementFromPoint(
        r.left + Math.min(r.width, innerWidth) / 2, r.top + r.height / 2);
      const label = e.labels?.[0];
      return at && (e.contains(at) || at.contains(e) ||
        label?.contains(at)) ? null : e.outerHTML.slice(0, 100);
    });
    check(!hidden, `focus under something: ${hidden}`);
  }
});
close('what has focus is seen');

// The budget of the first page: style and script leave room for the words.
{
  const html = await (await fetch(base + '/public')).text();
  const size = async (part) => {
    const path = html.match(new RegExp(`/static/${part}[^"]*`))[0];
    const r = await fetch(base + path);
    check(/immutable/.test(r.headers.get('cache-control')), `${part} cached`);
    return gzipSync(Buffer.from(await r.arrayBuffer()), { level: 9 }).length;
  };
  const css = await size('public\\.');
  const js = await size('exit\\.');
  check(css <= 9000, `public.css has ${css} bytes compressed`);
  check(js <= 1000, `exit.js has ${js} bytes compressed`);
  console.log(`# public.css ${css} bytes, exit.js ${js} bytes, compressed`);
}
close('style and script of the first page are small');

await browser.close();
server.kill();
console.log(`1..${cases}`);
process.exit(failed ? 1 : 0);
