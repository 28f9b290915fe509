// SPDX-License-Identifier: Apache-2.0
// Looks into the store file of a hotline that does not run. The program
// itself is not asked: what it says is what is being tested.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const script = `import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
print(json.dumps(db.execute(sys.argv[2]).fetchall(),
                 default=lambda b: b.hex()))`;

export async function query(hotline, sql) {
  const { stdout } = await run('python3',
    ['-c', script, join(hotline.dir, 'hotline.db'), sql],
    { maxBuffer: 256 << 20 });
  return JSON.parse(stdout);
}

export async function countRows(hotline, table, where = '1') {
  return (await query(hotline,
    `select count(*) from ${table} where ${where}`))[0][0];
}

// Changes it behind the program's back.
export async function change(hotline, sql) {
  await run('python3', ['-c', `import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript(sys.argv[2])
db.commit()`, join(hotline.dir, 'hotline.db'), sql]);
}
