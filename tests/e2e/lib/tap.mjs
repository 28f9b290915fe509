// SPDX-License-Identifier: Apache-2.0
// TAP for the end-to-end tests. A test that throws is `not ok` with its
// stack; `story` marks tests that need what went before: after the first
// failure the rest of the story fails too, each saying why.
let n = 0, failed = 0, broken = null;

export async function test(name, work) {
  n++;
  try {
    await work();
    console.log(`ok ${n} - ${name}`);
    return true;
  } catch (e) {
    failed++;
    console.log(`not ok ${n} - ${name}`);
    console.log(String(e?.stack ?? e).replace(/^/gm, '# '));
    return false;
  }
}

export async function step(name, work) {
  if (broken) {
    n++;
    failed++;
    console.log(`not ok ${n} - ${name}\n# not reached: "${broken}" failed`);
  } else if (!await test(name, work)) {
    broken = name;
  }
}

export function note(text) {
  console.log(String(text).replace(/^/gm, '# '));
}

export function skipAll(why) {
  console.log(`1..0 # SKIP ${why}`);
  process.exit(0);
}

const undo = [];

// What has to be undone at the end, however it comes; last first.
export function atEnd(work) {
  undo.push(work);
}

const last = [];

// A case for when everything has been undone.
export function atLast(name, work) {
  last.push([name, work]);
}

async function tidy() {
  while (undo.length) {
    try {
      await undo.pop()();
    } catch (e) {
      note(`while tidying: ${e?.stack ?? e}`);
    }
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, async () => {
    await tidy();
    process.exit(1);
  });
}

// The whole program: its plan is the last line, its status tells.
export async function main(work) {
  try {
    await work();
  } catch (e) {
    n++;
    failed++;
    console.log(`not ok ${n} - the run`);
    console.log(String(e?.stack ?? e).replace(/^/gm, '# '));
  }
  await tidy();
  for (const [name, check] of last) {
    await test(name, check);
  }
  console.log(`1..${n}`);
  process.exit(failed || !n ? 1 : 0);
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Asks until the answer is true (or anything like it), and gives it back.
export async function until(what, ask, ms = 10000, pause = 50) {
  const end = Date.now() + ms;
  let last;
  for (;;) {
    last = null;
    try {
      const got = await ask();
      if (got) {
        return got;
      }
    } catch (e) {
      last = e;
    }
    if (Date.now() > end) {
      throw new Error(`waited ${ms} ms for: ${what}`, { cause: last });
    }
    await sleep(pause);
  }
}
