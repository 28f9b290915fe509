// SPDX-License-Identifier: Apache-2.0
// Looks for texts and network addresses in files, under every spelling that
// they could lie about in, all of them in one pass.
import { readFileSync } from 'node:fs';

// Plain, UTF-16, URL-encoded, hex, and base64 at each alignment.
export function spellings(text) {
  const plain = Buffer.from(text);
  const wide = Buffer.from(text, 'utf16le');
  const found = [plain, wide, Buffer.from(wide).swap16(),
    Buffer.from(encodeURIComponent(text)),
    Buffer.from(plain.toString('hex')),
    Buffer.from(plain.toString('hex').toUpperCase())];
  for (let shift = 0; shift < 3; shift++) {
    // what lies before and behind changes the characters at the ends
    const whole = Buffer.concat([Buffer.alloc(shift), plain]);
    const from = shift ? 4 : 0;
    const to = Math.floor(whole.length / 3) * 4;
    for (const kind of ['base64', 'base64url']) {
      found.push(Buffer.from(whole.toString(kind).slice(from, to)));
    }
  }
  return found.filter((f) => f.length >= 7);
}

// The binary forms of a network address that are no accident.
function binary(address) {
  if (address.includes(':')) {
    const [head, tail] = address.split('::');
    const a = head.split(':'), b = tail.split(':');
    const all = [...a, ...Array(8 - a.length - b.length).fill('0'), ...b];
    return [Buffer.from(all.map((x) => x.padStart(4, '0')).join(''), 'hex')];
  }
  const four = Buffer.from(address.split('.').map(Number));
  return [Buffer.concat([Buffer.from([255, 255]), four]),
    Buffer.concat([Buffer.from([2, 0, 0, 0]), four])];
}

// [{ key, part, s }]: what it is, as people write it, and as bytes.
export const textNeedles = (key, part) =>
  spellings(part).map((s) => ({ key, part, s }));
export const networkNeedles = (key, part) =>
  [...spellings(part), ...binary(part)].map((s) => ({ key, part, s }));

// By their first three bytes, so that most places are passed at a glance.
function table(needles) {
  const first = new Uint8Array(1 << 24), lists = new Map();
  for (const n of needles) {
    const key = n.s[0] << 16 | n.s[1] << 8 | n.s[2];
    first[key] = 1;
    lists.set(key, [...lists.get(key) ?? [], n]);
  }
  return { first, lists };
}

function searchBytes(data, { first, lists }, tell) {
  let key = 0;
  for (let i = 0; i < data.length; i++) {
    key = (key << 8 | data[i]) & 0xffffff;
    if (i < 2 || !first[key]) {
      continue;
    }
    for (const n of lists.get(key)) {
      if (data.compare(n.s, 0, n.s.length, i - 2,
        Math.min(i - 2 + n.s.length, data.length)) === 0) {
        tell(n);
      }
    }
  }
}

// How many bytes were looked at, and what was found where.
export function search(files, needles) {
  const found = new Set(), index = table(needles);
  let bytes = 0;
  for (const file of files) {
    let data;
    try {
      data = readFileSync(file);
    } catch {
      continue; // gone meanwhile
    }
    bytes += data.length;
    searchBytes(data, index, ({ key, part }) =>
      found.add(`${key} ${part} in ${file}`));
  }
  return { bytes, found: [...found] };
}
