// SPDX-License-Identifier: Apache-2.0
// A real hotline in a folder of its own: `hotline init`, `hotline serve`,
// and the servers it talks to (tests/fixtures). Everything is on loopback
// and gone at the end.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, openSync,
  readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { atEnd, atLast, note, sleep, until } from './tap.mjs';

const run = promisify(execFile);
export const root = join(dirname(fileURLToPath(import.meta.url)),
  '..', '..', '..');
export const build = process.env.HL_BUILD ?? join(root, 'build');
export const program = process.env.HL_HOTLINE ??
  join(build, 'src/main/hotline');
export const sanitized = readFileSync(program).includes('__asan_init');
const fixtures = join(root, 'tests/fixtures');
// The library that gives processes another clock; undefined without it.
export const FAKETIME = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1'].find(existsSync);

// Ports that were free a moment ago, all different. Below the range that the
// kernel gives to clients: they must still be free after a restart.
async function freePorts(n) {
  const ports = [];
  while (ports.length < n) {
    const port = 15000 + Math.floor(Math.random() * 17000);
    const server = createServer();
    const free = await new Promise((done) => {
      server.on('error', () => done(false));
      server.listen(port, '127.0.0.1', () => done(true));
    });
    if (free) {
      await new Promise((done) => server.close(done));
      ports.push(port);
    }
  }
  return ports;
}

export function scratch(name, parent = tmpdir()) {
  const dir = mkdtempSync(join(parent, `hl-${name}-`));
  chmodSync(dir, 0o755); // the mail server runs as somebody else
  atEnd(() => process.env.HL_KEEP ? note(`kept ${dir}`)
    : rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
}

async function python(script, ...args) {
  return (await run('python3', [join(fixtures, script), ...args])).stdout;
}

// NAME=VALUE lines.
function readEnv(text) {
  return Object.fromEntries(text.trim().split('\n')
    .map((line) => [line.slice(0, line.indexOf('=')),
      line.slice(line.indexOf('=') + 1)]));
}

export class Dns {
  static async start(dir, records) {
    const dns = new Dns();
    dns.dir = join(dir, 'dns');
    writeFileSync(join(dir, 'records'), records.join('\n') + '\n');
    dns.address = (await python('dns.py', 'start', dns.dir, '--records',
      join(dir, 'records'))).trim();
    atEnd(() => python('dns.py', 'stop', dns.dir));
    return dns;
  }
  set(name, type, ...data) {
    return python('dns.py', 'set', this.dir, name, '1', type, ...data);
  }
  unset(name, ...type) {
    return python('dns.py', 'unset', this.dir, name, ...type);
  }
  pause() {
    return python('dns.py', 'pause', this.dir);
  }
  resume() {
    return python('dns.py', 'resume', this.dir);
  }
}

export class Mail {
  static async start(dir) {
    const mail = new Mail();
    mail.dir = join(dir, 'mail');
    Object.assign(mail,
      JSON.parse(await python('mail.py', 'start', mail.dir)));
    atEnd(() => python('mail.py', 'stop', mail.dir));
    return mail;
  }
  tell(...words) {
    return python('mail.py', 'tell', this.dir, ...words);
  }
  // Every delivered message, oldest first, as it stands in the Maildir.
  messages() {
    const at = join(this.dir, 'mail/new');
    return existsSync(at) ? readdirSync(at).sort()
      .map((name) => readFileSync(join(at, name), 'utf8')) : [];
  }
  settings() {
    return { 'mail.transport': 'smtp', 'mail.smtp.url': this.url,
      'mail.smtp.user': this.user,
      'mail.smtp.password_file': this.password_file,
      'mail.smtp.ca_file': this.ca_file,
      'mail.from': 'notices@hotline.example.org' };
  }
}

export async function startRdap(dir) {
  const at = join(dir, 'rdap');
  const env = readEnv(await python('rdap.py', 'start', at));
  atEnd(() => python('rdap.py', 'stop', at));
  return { dir: at, url: env.HL_TEST_RDAP_TLS, plain: env.HL_TEST_RDAP,
    ca: env.HL_TEST_RDAP_CA };
}

export async function makeGeo(dir) {
  const at = join(dir, 'geo');
  mkdirSync(at);
  await python('geo.py', 'make', at);
  return at;
}

const roles = ['store', 'public', 'staff', 'worker', 'match'];

function children(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

export class Hotline {
  // settings: { 'key': 'value' }. `wrap` goes before the program, as in
  // ['faketime', ...]; env is added to its environment; with `api` programs
  // can ask the registry at h.api.
  static async install(name, settings = {}, options = {}) {
    const h = new Hotline();
    const [a, b, c] = await freePorts(3);
    h.folder = options.folder ?? scratch(name);
    h.dir = join(h.folder, 'var');
    h.public = `http://127.0.0.1:${a}`;
    h.staff = `http://127.0.0.1:${b}`;
    h.api = `http://127.0.0.1:${c}`;
    h.env = { ...process.env, HOTLINE_DATA: root, ...options.env };
    h.wrap = options.wrap ?? [];
    const all = { 'public.listen': `127.0.0.1:${a}`, 'public.url': h.public,
      'staff.listen': `127.0.0.1:${b}`, 'staff.url': h.staff,
      'report.rate_limit': '0', 'service.name': 'Example Hotline',
      'operator.name': 'Example Trust', 'operator.country': 'DK',
      'operator.mail': 'hotline@example.org', 'law.national': 'dk',
      'public.exit_url': 'http://127.0.0.1:9',
      ...(options.api ? { 'api.listen': `127.0.0.1:${c}` } : {}),
      ...settings };
    const sets = Object.entries(all).flatMap(([k, v]) =>
      ['--set', `${k}=${v}`]);
    const { stdout } = await run(program,
      ['init', '--dir', h.dir, '--json', ...sets], { env: h.env });
    h.logins = Object.fromEntries(JSON.parse(stdout).logins
      .map((l) => [l.login, l.password]));
    h.logPath = join(h.folder, 'log');
    // by the sanitizers; leaks are not: the sandboxes are too tight for that
    h.found = [];
    atEnd(() => h.stop(!sanitized));
    if (sanitized) {
      atLast(`the sanitizers find nothing, ${name}`, () =>
        assert.deepEqual(h.found, []));
    }
    return h;
  }

  async start(extra = []) {
    const [file, ...args] = [...this.wrap, program, 'serve', '--dir',
      this.dir, ...extra];
    const from = this.log().length;
    const log = openSync(this.logPath, 'a');
    this.child = spawn(file, args,
      { stdio: ['ignore', log, log], env: this.env });
    this.ended = new Promise((done) =>
      this.child.on('exit', (code, signal) => done({ code, signal })));
    this.child.on('error', () => {});
    const child = this.child;
    await until('the hotline to be ready', () => {
      if (child.exitCode !== null || child.signalCode !== null) {
        return true;
      }
      return this.log().slice(from).includes('"serve.ready"');
    }, 20000, 10);
    if (!this.log().slice(from).includes('"serve.ready"')) {
      throw new Error(`serve ended: ${this.log().slice(from)}`);
    }
    return this;
  }

  log() {
    return existsSync(this.logPath) ? readFileSync(this.logPath, 'utf8') : '';
  }

  events(name) {
    return this.log().split('\n').filter((l) => l.startsWith('{'))
      .map((l) => JSON.parse(l)).filter((l) => !name || l.event === name);
  }

  // The process of that role now, or 0: they change as they are killed.
  pid(role) {
    if (role === 'supervisor') {
      return this.alive() ? this.supervisor() : 0;
    }
    for (const pid of children(this.supervisor())) {
      try {
        if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === role) {
          return pid;
        }
      } catch { /* it ended meanwhile */ }
    }
    return 0;
  }

  // With a wrapper in front the supervisor is the wrapper's child, unless
  // the wrapper became it.
  supervisor() {
    const own = this.child?.pid ?? 0;
    const named = (pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      } catch {
        return [];
      }
    };
    if (named(own)[0] === program) {
      return own;
    }
    return children(own).find((pid) => named(pid)[0] === program) ?? own;
  }

  running() {
    return roles.filter((role) => this.pid(role));
  }

  alive() {
    return !!this.child && this.child.exitCode === null &&
      this.child.signalCode === null;
  }

  kill(role, signal = 'SIGKILL') {
    const pid = this.pid(role);
    if (pid) {
      try {
        process.kill(pid, signal);
        return pid;
      } catch { /* too late: it has gone by itself */ }
    }
    return 0;
  }

  async stop(hard = false) {
    if (!this.alive()) {
      return this.ended;
    }
    const pid = this.supervisor();
    process.kill(pid, hard ? 'SIGKILL' : 'SIGTERM');
    const late = sleep(15000).then(() => 'late');
    if (await Promise.race([this.ended, late]) === 'late') {
      this.child.kill('SIGKILL');
      throw new Error('the hotline did not stop in 15 s');
    }
    this.found.push(...this.log().split('\n').filter((line) =>
      /runtime error:|(ERROR|SUMMARY): \w+Sanitizer/.test(line)));
    return this.ended;
  }

  // As an init system does: again, while the killed one's processes are
  // still letting go of the listeners (exit status 4).
  async restart() {
    for (let tries = 0; ; tries++) {
      try {
        return await this.start();
      } catch (e) {
        if (tries === 50 || (await this.ended).code !== 4) {
          throw e;
        }
        await sleep(20);
      }
    }
  }

  // A subcommand on this installation: { code, out, err }.
  async command(...args) {
    try {
      const { stdout, stderr } = await run(program,
        [args[0], ...args.slice(1), '--dir', this.dir],
        { env: this.env, maxBuffer: 64 << 20 });
      return { code: 0, out: stdout, err: stderr };
    } catch (e) {
      return { code: e.code, out: e.stdout, err: e.stderr };
    }
  }

  async json(...args) {
    const got = await this.command(...args, '--json');
    if (got.code !== 0) {
      throw new Error(`hotline ${args.join(' ')}: ${got.code} ${got.err}`);
    }
    return JSON.parse(got.out);
  }

  // Every file that the installation has written, by name, and those of
  // another folder.
  files(other = null) {
    const found = [];
    const walk = (dir) => {
      for (const entry of readdirSync(dir, { withFileTypes: true })) {
        const path = join(dir, entry.name);
        if (entry.isDirectory()) {
          walk(path);
        } else if (entry.isFile()) {
          found.push(path);
        }
      }
    };
    walk(this.dir);
    if (other) {
      walk(other);
    }
    return [...found, this.logPath].filter(existsSync);
  }
}
