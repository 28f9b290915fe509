// SPDX-License-Identifier: Apache-2.0
// usage: node tools/styles.mjs OUTDIR
//
// Compiles src/web/styles/{public,staff}.scss to OUTDIR/NAME.css and, for
// scripts written from right to left, NAME.rtl.css. What the sheets carry
// for browsers and features that are not used here is taken out: the first
// page has a budget (docs/look.md).
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

function load(name) {
  try {
    return require(name);
  } catch (e) {
    console.error(`styles: ${name} is not installed: run tools/setup`);
    process.exit(1);
  }
}

const sass = load('sass');
const rtlcss = load('rtlcss');
const postcss = load('postcss');
const modules = join(
  dirname(require.resolve('govuk-frontend/package.json')), '..');

const UNUSED_DECLARATION = /^(-webkit-font-smoothing|-moz-osx-font-smoothing|-ms-.*)$/;
const UNUSED_VARIABLE = /^--govuk-(breakpoint|frontend-version)/;
const UNUSED_SELECTOR = /-moz-focus-inner|\.govuk-frontend-supported|\.js-enabled|moj-timeline__document|moj-filter(__(legend|close|selected|heading|tag)|-tags)|moj-search/;

function prune(css) {
  css.walkDecls((d) => {
    if (UNUSED_DECLARATION.test(d.prop) || UNUSED_VARIABLE.test(d.prop) ||
      (d.prop === 'font-family' && d.value === 'inherit' &&
        !/button|input|select|textarea/.test(d.parent.selector ?? ''))) {
      d.remove();
    } else {
      d.value = d.value.replace(/var\((--[\w-]+), *[^()]*\)/g, 'var($1)');
    }
  });
  css.walkRules((r) => {
    const kept = r.selectors.filter((s) => !UNUSED_SELECTOR.test(s));
    if (kept.length === 0) {
      r.remove();
    } else if (kept.length < r.selectors.length) {
      r.selectors = kept;
    }
  });
  css.walkComments((c) => c.remove());
  for (let again = true; again;) {
    again = false;
    css.walk((n) => {
      if ((n.type === 'rule' || n.type === 'atrule') && n.nodes &&
        n.nodes.length === 0) {
        n.remove();
        again = true;
      }
    });
  }
  joinNeighbours(css);
}

// Rules and media queries that follow one another under the same name.
function joinNeighbours(node) {
  node.each((n) => {
    let next;
    while ((next = n.next()) && next.type === n.type && n.nodes && (
      (n.type === 'rule' && n.selector === next.selector) ||
      (n.type === 'atrule' && n.name === next.name &&
        n.name === 'media' && n.params === next.params))) {
      n.append(next.nodes);
      next.remove();
    }
    if (n.type === 'atrule' && n.nodes) {
      joinNeighbours(n);
    }
  });
}

// Sass has minified it; postcss keeps that but for what was joined.
const small = (css) => css.toString()
  .replace(/\s*\n\s*/g, '').replace(/([{;:,]) +/g, '$1').replace(/;}/g, '}')
  + '\n';

const out = process.argv[2];
if (!out || process.argv.length !== 3) {
  console.error('usage: node tools/styles.mjs OUTDIR');
  process.exit(2);
}
mkdirSync(out, { recursive: true });
for (const name of ['public', 'staff']) {
  const made = sass.compile(join(root, 'src/web/styles', `${name}.scss`), {
    loadPaths: [modules, join(modules, '..')],
    style: 'compressed',
    quietDeps: true,
    charset: false,
    logger: sass.Logger.silent,
  });
  const css = postcss.parse(made.css);
  prune(css);
  writeFileSync(join(out, `${name}.css`), small(css));
  writeFileSync(join(out, `${name}.rtl.css`), rtlcss.process(small(css)));
}
