#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles HTML templates to C ahead of time; docs/templates.md.

  tmplc.py --root DIR [--uses DIR] --header H --source C [--depfile D]
  tmplc.py --root DIR --pot FILE [--c-root DIR]
"""

import argparse
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tmplc_html import Fail, Html, LETTER  # noqa: E402

IDENT = re.compile(r'[A-Za-z_][A-Za-z0-9_]*$')


# -- splitting a file into literal text, expressions, statements, messages ---

def find_close(src, at, mark):
    """Position of mark outside C strings and nested braces."""
    depth = 0
    while at < len(src):
        c = src[at]
        if c in '"\'':
            m = re.compile(r'(["\'])(\\.|(?!\1)[^\\\n])*\1').match(src, at)
            if m:
                at = m.end()
                continue
        if depth == 0 and src.startswith(mark, at):
            return at
        if c == '{':
            depth += 1
        elif c == '}':
            depth -= 1
        at += 1
    return -1


def lex(src):
    """Yields (kind, text, line); kinds: html expr stmt msg note."""
    opener = re.compile(r'\{(\{|%|#|_)')
    kinds = {'{': ('expr', '}}'), '%': ('stmt', '%}'), '#': ('note', '#}'),
             '_': ('msg', '_}')}
    at = 0
    while at < len(src):
        m = opener.search(src, at)
        end = m.start() if m else len(src)
        if end > at:
            yield 'html', src[at:end], 1 + src.count('\n', 0, at)
        if not m:
            return
        line = 1 + src.count('\n', 0, end)
        kind, mark = kinds[m.group(1)]
        if kind in ('note', 'msg'):
            close = src.find(mark, m.end())
        else:
            close = find_close(src, m.end(), mark)
        if close < 0:
            raise Fail(line, '"%s" without "%s"' % (m.group(0), mark))
        yield kind, src[m.end():close].strip(), line
        at = close + 2


# -- messages ----------------------------------------------------------------

class Message:
    def __init__(self, line):
        self.line = line
        self.context = None
        self.one = ''
        self.many = None
        self.count = None
        self.values = []  # (name, expression or markup)
        self.note = None

    def key(self):
        return (self.context or '', self.one, self.many or '')


def split_bars(text):
    parts, depth, last, at = [], 0, 0, 0
    while at < len(text):
        c = text[at]
        m = re.compile(r'"(\\.|[^"\\])*"').match(text, at)
        if m:
            at = m.end()
            continue
        depth += (c in '([{') - (c in ')]}')
        if c == '|' and depth == 0:
            if text[at:at + 2] == '||':
                at += 2
                continue
            parts.append(text[last:at])
            last = at + 1
        at += 1
    return parts + [text[last:]]


def fold(text):
    return ' '.join(text.split())


def parse_message(text, line):
    msg = Message(line)
    parts = split_bars(text)
    msg.one = fold(parts[0])
    if not msg.one:
        raise Fail(line, 'an empty message')
    for part in parts[1:]:
        plural = re.match(r'\s*plural\s+(\w+)\s*:(.*)$', part, re.S)
        context = re.match(r'\s*context\s*:(.*)$', part, re.S)
        value = re.match(r'\s*(\w+)\s*=(?!=)(.*)$', part, re.S)
        if plural:
            msg.count, msg.many = plural.group(1), fold(plural.group(2))
        elif context:
            msg.context = fold(context.group(1))
        elif value:
            msg.values.append((value.group(1), value.group(2).strip()))
        else:
            raise Fail(line, 'neither NAME = …, plural NAME: … nor '
                       'context: …: "%s"' % fold(part)[:40])
    check_message(msg)
    return msg


def check_message(msg):
    names = [n for n, _ in msg.values]
    if len(set(names)) != len(names):
        raise Fail(msg.line, 'a name is bound twice')
    if msg.count and msg.count not in names:
        raise Fail(msg.line, 'plural by {%s}, which is not bound' % msg.count)
    texts = [msg.one] + ([msg.many] if msg.many else [])
    used = set()
    for text in texts:
        for name in re.findall(r'\{([^}]*)\}', text):
            base = name[1:] if name.startswith('/') else name
            if base not in names:
                raise Fail(msg.line, '{%s} is not bound' % name)
            used.add(base)
        if re.search(r'[{}]', re.sub(r'\{[^}]*\}', '', text)):
            raise Fail(msg.line, 'a lone brace in a message')
        if '<' in text:
            raise Fail(msg.line, '"<" in a message; bind a name to the tag')
    for name in names:
        if name not in used and name != msg.count:
            raise Fail(msg.line, '%s is bound and not used' % name)


def c_string(text):
    out = []
    for b in text.encode():
        c = chr(b)
        if c == '\n':
            out.append('\\n')
        elif c in '"\\?':
            out.append('\\' + c)
        elif b < 32 or b > 126:
            out.append('\\%03o' % b)
        else:
            out.append(c)
    return '"' + ''.join(out) + '"'


# -- one template --------------------------------------------------------------

def fold_name(path):
    return re.sub(r'[^A-Za-z0-9]', '_', path)


class Template:
    """What others need to know of a template, from its first lines."""

    def __init__(self, name, path, shown):
        self.name = name
        self.path = path
        self.shown = shown  # how errors and #line name the file
        with open(path, encoding='utf-8') as f:
            self.src = f.read()
        self.func = 'hl_tmpl_' + fold_name(name)
        self.view = None
        self.includes = []
        self.messages = []
        self.is_layout = False
        self.code = ''
        self.scan()

    def scan(self):
        for kind, text, line in lex(self.src):
            if kind != 'stmt':
                continue
            word, _, rest = text.partition(' ')
            if word == 'view':
                self.read_view(rest, line)
            elif word == 'use':
                self.includes.append(self.header(rest, line))
            elif text == 'content':
                self.is_layout = True
        if not self.view:
            raise Fail(1, 'no {% view … %} line')

    def header(self, text, line):
        m = re.match(r'\s*"([\w./-]+)"\s*$', text)
        if not m:
            raise Fail(line, 'no "header.h"')
        return m.group(1)

    def read_view(self, rest, line):
        if self.view:
            raise Fail(line, 'a second {% view %}')
        if rest.strip() == 'none':
            self.view = 'void'
            return
        m = re.match(r'(struct \w+)\s+(".*")$', rest.strip())
        if not m:
            raise Fail(line, 'not {% view struct NAME "header.h" %}')
        self.view = m.group(1)
        self.includes.append(self.header(m.group(2), line))

    def functions(self):
        return ([self.func + '_begin', self.func + '_end'] if self.is_layout
                else [self.func])

    def prototype(self, func):
        return 'void %s(struct hl_buf *out, const %s *v)' % (func, self.view)


class Block:
    def __init__(self, kind, line, saved=None, tail=None):
        self.kind = kind
        self.line = line
        self.saved = saved
        self.tail = tail or []
        self.had_else = False


class Compiler:
    def __init__(self, template, known):
        self.t = template
        self.known = known
        self.lines = []
        self.text = ''
        self.blocks = []
        self.notes = None
        self.n_wraps = 0
        self.html = Html(self.put_literal)
        self.split = None

    # -- output ----------------------------------------------------------------

    def put_literal(self, s):
        self.text += s

    def flush(self):
        text, self.text = self.text, ''
        while text:
            piece, text = text[:1000], text[1000:]
            self.lines.append('\thl_buf_put_mem(out, %s, %d);' % (
                c_string(piece), len(piece.encode())))

    def code(self, line, text):
        self.flush()
        self.lines.append('#line %d %s' % (line, c_string(self.t.shown)))
        self.lines.append('\t' + text)

    # -- walking -----------------------------------------------------------------

    def run(self):
        self.walk(lex(self.t.src))
        last = 1 + self.t.src.count('\n')
        if self.blocks:
            raise Fail(self.blocks[-1].line, '{%% %s %%} without {%% end %%}'
                       % self.blocks[-1].kind)
        self.html.end(last)
        self.html.all_closed(last)
        self.flush()
        self.t.code = self.bodies()

    def bodies(self):
        parts = [self.lines]
        if self.split is not None:
            parts = [self.lines[:self.split], self.lines[self.split:]]
        out = []
        for func, lines in zip(self.t.functions(), parts):
            out.append('%s\n{\n\t(void)v;\n\t(void)out;\n%s\n}\n' % (
                self.t.prototype(func), '\n'.join(lines)))
        return '\n'.join(out)

    def walk(self, tokens):
        for kind, text, line in tokens:
            if kind == 'html':
                self.html.literal(text, line)
            elif kind == 'expr':
                self.expr(text, line)
            elif kind == 'msg':
                self.message(text, line)
            elif kind == 'stmt':
                self.stmt(text, line)
            elif text.startswith('tr:'):
                self.notes = fold(text[3:])

    def checked(self, text, line):
        """A C expression: gathers _("…"), refuses words outside it."""
        if not text:
            raise Fail(line, 'an empty expression')
        if text.startswith('raw ') or ';' in re.sub(r'"(\\.|[^"\\])*"', '',
                                                    text):
            raise Fail(line, 'not an expression: "%s"' % text[:40])
        spans = []
        for m in re.finditer(r'\b_\(\s*((?:"(?:\\.|[^"\\])*"\s*)+)\)', text):
            self.record_literal(m.group(1), line)
            spans.append(m.span())
        for m in re.finditer(r'"((?:\\.|[^"\\])*)"', text):
            inside = any(a <= m.start() < b for a, b in spans)
            if not inside and looks_like_words(m.group(1)):
                raise Fail(line, 'words outside _(): %s' % m.group(0)[:40])
        return text

    def record_literal(self, strings, line):
        msg = Message(line)
        msg.one = join_c_strings(strings)
        self.record(msg)

    def record(self, msg):
        msg.note, self.notes = self.notes, None
        self.t.messages.append(msg)

    def expr(self, text, line):
        raw = re.match(r'raw\s+(.*)$', text, re.S)
        place = self.html.dynamic(line, 'an expression')
        if raw:
            if place != 'text' or (self.html.stack and self.html.stack[-1][0]
                                   in ('title', 'textarea')):
                raise Fail(line, 'raw outside text')
            self.code(line, 'hl_web_put_html(out, (%s));'
                      % self.checked(raw.group(1), line))
            return
        text = self.checked(text, line)
        if place == 'text' and LETTER.search(''.join(
                re.findall(r'^"(.*)"$', text))):
            raise Fail(line, 'words outside a message: %s' % text)
        put = {'text': 'hl_web_put', 'attr': 'hl_web_put',
               'link': 'hl_web_put_link', 'own': 'hl_web_put_own',
               'part': 'hl_web_put_part'}[place]
        self.code(line, '%s(out, (%s));' % (put, text))

    # -- messages ------------------------------------------------------------------

    def message(self, text, line):
        msg = parse_message(text, line)
        place = self.html.dynamic(line, 'a message')
        self.record(msg)
        lookup = self.lookup(msg)
        if not msg.values or [n for n, _ in msg.values] == [msg.count] and (
                '{' not in msg.one + msg.many):
            self.code(line, 'hl_web_put(out, %s);' % lookup)
            return
        cases, names = [], []
        for name, value in msg.values:
            self.bind(msg, place, name, value, cases, names)
        self.code(line, '{ static const char *const tn_[] = {%s};'
                  % ', '.join(c_string(n) for n in names))
        self.code(line, 'struct hl_web_msg tm_ = hl_web_msg(%s, tn_, %d);'
                  % (lookup, len(names)))
        self.code(line, 'for (int tk_; (tk_ = hl_web_msg_next(out, &tm_)) '
                  '>= 0;) { switch (tk_) {')
        for i, case in enumerate(cases):
            self.code(line, 'case %d:' % i)
            self.lines.extend(case)
            self.code(line, 'break;')
        self.code(line, '} } }')

    def lookup(self, msg):
        key = msg.one
        if msg.context:
            key = msg.context + '\x04' + key
        if msg.many:
            count = dict(msg.values)[msg.count]
            return 'hl_web_tr_n(%s, %s, (int64_t)(%s))' % (
                c_string(key), c_string(msg.many),
                self.checked(count, msg.line))
        return 'hl_web_tr(%s)' % c_string(key)

    def bind(self, msg, place, name, value, cases, names):
        if not value.startswith('<'):
            names.append(name)
            cases.append(['#line %d %s' % (msg.line, c_string(self.t.shown)),
                          '\thl_web_put(out, (%s));'
                          % self.checked(value, msg.line)])
            return
        if place != 'text':
            raise Fail(msg.line, 'a tag in a value')
        names.append(name)
        opened, element = self.fragment(value, msg.line)
        cases.append(opened)
        texts = msg.one + (msg.many or '')
        if element:
            if '{/%s}' % name not in texts:
                raise Fail(msg.line, '{%s} without {/%s}' % (name, name))
            names.append('/' + name)
            end = '</%s>' % element
            cases.append(['\thl_buf_put_mem(out, "%s", %d);'
                          % (end, len(end))])
        elif '{/%s}' % name in texts:
            raise Fail(msg.line, '{/%s} for an element that does not close'
                       % name)

    def fragment(self, markup, line):
        """Compiles one opening tag; gives its code and the open element."""
        sub = Compiler(self.t, self.known)
        sub.html.stack = list(self.html.stack)
        for kind, text, at in lex(markup):
            if kind == 'html':
                sub.html.literal(text, line + at - 1)
            elif kind == 'expr':
                sub.expr(text, line + at - 1)
            else:
                raise Fail(line, 'only expressions may stand in such a tag')
        sub.flush()
        extra = sub.html.stack[len(self.html.stack):]
        if sub.html.place != 'text' or len(extra) > 1 or not re.match(
                r'<\w[^<]*>$', re.sub(r'\{\{.*?\}\}', '', markup)):
            raise Fail(line, 'not one opening tag: "%s"' % markup[:40])
        return sub.lines, extra[0][0] if extra else None

    # -- statements ------------------------------------------------------------------

    def stmt(self, text, line):
        word, _, rest = text.partition(' ')
        rest = rest.strip()
        handler = getattr(self, 'stmt_' + word, None)
        if not handler or not re.match(r'[a-z]+$', word):
            raise Fail(line, 'unknown statement: "%s"' % text[:40])
        handler(rest, line)

    def stmt_view(self, rest, line):
        self.html.stmt(line)

    stmt_use = stmt_view

    def push(self, block):
        block.saved = self.html.save()
        self.blocks.append(block)
        self.html.branches += 1

    def stmt_if(self, rest, line):
        self.html.stmt(line)
        self.code(line, 'if (%s) {' % self.checked(rest, line))
        self.push(Block('if', line))

    def next_branch(self, line):
        block = self.blocks[-1] if self.blocks else None
        if not block or block.kind != 'if' or block.had_else:
            raise Fail(line, 'elif or else without if')
        self.html.stmt(line)
        self.html.same(block.saved, line)
        unsure = self.html.url
        self.html.restore(block.saved)
        if unsure == 'unsure':
            block.tail.append('unsure')
        return block

    def stmt_elif(self, rest, line):
        self.next_branch(line)
        self.code(line, '} else if (%s) {' % self.checked(rest, line))

    def stmt_else(self, rest, line):
        if rest:
            raise Fail(line, 'else takes no condition')
        self.next_branch(line).had_else = True
        self.code(line, '} else {')

    def stmt_for(self, rest, line):
        self.html.stmt(line)
        each = re.match(r'(\w+)\s+in\s+(.*)$', rest, re.S)
        if each:
            name, rest = each.groups()
            parts = split_commas(rest)
            if len(parts) != 2:
                raise Fail(line, 'not {% for NAME in ARRAY, COUNT %}')
            array, count = (self.checked(p.strip(), line) for p in parts)
            self.code(line, 'for (size_t %s_i = 0; %s_i < (%s); %s_i++) {'
                      % (name, name, count, name))
            self.code(line, '__auto_type %s = &(%s)[%s_i]; (void)%s;'
                      % (name, array, name, name))
        elif re.match(r'\(.*\)$', rest, re.S):
            self.code(line, 'for %s {' % rest)
        else:
            raise Fail(line, 'neither {% for NAME in ARRAY, COUNT %} nor '
                       '{% for (…; …; …) %}')
        self.push(Block('for', line))

    def stmt_let(self, rest, line):
        self.html.stmt(line)
        if not re.match(r'.*[\w\]]\s*=(?!=)', rest, re.S) or ';' in rest:
            raise Fail(line, 'not {% let TYPE NAME = EXPR %}')
        self.checked(rest, line)
        self.code(line, rest + ';')

    def target(self, rest, line, layout):
        m = re.match(r'([\w/-]+)\s*\((.*)\)$', rest, re.S)
        if not m:
            raise Fail(line, 'not PATH(ARGUMENT)')
        other = self.known.get(m.group(1))
        if not other:
            raise Fail(line, 'no template %s' % m.group(1))
        if other.is_layout != layout:
            raise Fail(line, '%s %s' % (m.group(1), (
                'has no {% content %}' if layout
                else 'is a layout: wrap it')))
        if self.html.place != 'text':
            raise Fail(line, 'another template inside a tag')
        for name in ('title', 'textarea', 'script'):
            if self.html.stack and self.html.stack[-1][0] == name:
                raise Fail(line, 'another template inside <%s>' % name)
        arg = m.group(2).strip()
        if (other.view == 'void') != (arg == ''):
            raise Fail(line, '%s takes %s' % (m.group(1), (
                'nothing' if other.view == 'void' else other.view)))
        return other, self.checked(arg, line) if arg else 'NULL'

    def stmt_call(self, rest, line):
        other, arg = self.target(rest, line, False)
        self.html.stmt(line)
        self.code(line, '%s(out, (%s));' % (other.func, arg))

    def stmt_wrap(self, rest, line):
        other, arg = self.target(rest, line, True)
        self.html.stmt(line)
        self.n_wraps += 1
        name = 'tw%d_' % self.n_wraps
        self.code(line, '{ const %s *%s = (%s);' % (other.view, name, arg))
        self.code(line, '%s_begin(out, %s);' % (other.func, name))
        block = Block('wrap', line,
                      tail=['%s_end(out, %s); }' % (other.func, name)])
        self.push(block)

    def stmt_content(self, rest, line):
        self.html.stmt(line)
        if self.blocks:
            raise Fail(line, 'content inside %s' % self.blocks[-1].kind)
        if self.html.place != 'text' or self.split is not None:
            raise Fail(line, 'content inside a tag, or a second time')
        self.flush()
        self.split = len(self.lines)

    def stmt_end(self, rest, line):
        if not self.blocks:
            raise Fail(line, 'end of nothing')
        block = self.blocks.pop()
        self.html.stmt(line)
        self.html.same(block.saved, line)
        if block.kind == 'if' and 'unsure' in block.tail:
            self.html.url = 'unsure'
            self.html.value_dynamic = True
        self.html.branches -= 1
        if block.kind == 'wrap':
            self.code(line, block.tail[0])
        else:
            self.code(line, '}')


def looks_like_words(text):
    return re.search(r'^[A-Z][a-z]|[a-z] [a-z]+[.,!?:]?( |$)',
                     text) is not None and not re.match(
                         r'[a-z0-9_-]+( [a-z0-9_-]*(--|__|-)[a-z0-9_-]+)+$',
                         text)


def join_c_strings(strings):
    out = ''
    for s in re.findall(r'"((?:\\.|[^"\\])*)"', strings):
        out += s.replace('\\"', '"').replace('\\n', '\n').replace(
            '\\\\', '\\')
    return out


def split_commas(text):
    parts, depth, last = [], 0, 0
    for at, c in enumerate(text):
        depth += (c in '([{') - (c in ')]}')
        if c == ',' and depth == 0:
            parts.append(text[last:at])
            last = at + 1
    return parts + [text[last:]]


# -- many templates ------------------------------------------------------------

def load(root, known, errors):
    """Templates under root by name; directories met, for the depfile."""
    own, dirs = [], []
    for folder, subs, files in os.walk(root):
        subs.sort()
        dirs.append(folder)
        for file in sorted(files):
            if not file.endswith('.html'):
                continue
            path = os.path.join(folder, file)
            name = os.path.relpath(path, root)[:-5].replace(os.sep, '/')
            try:
                known[name] = Template(name, path, os.path.relpath(path))
                own.append(known[name])
            except Fail as fail:
                errors.append('%s:%d: %s' % (path, fail.line, fail.text))
    return own, dirs


def compile_all(own, known, errors):
    for t in own:
        try:
            Compiler(t, known).run()
        except Fail as fail:
            errors.append('%s:%d: %s' % (t.path, fail.line, fail.text))


def header_text(own, guard):
    out = ['/* Made by tools/tmplc.py; do not edit. */', '#ifndef ' + guard,
           '#define ' + guard, '', '#include "base/buf.h"', '']
    out += sorted({t.view + ';' for t in own if t.view != 'void'})
    out.append('')
    for t in own:
        out += [t.prototype(f) + ';' for f in t.functions()]
    return '\n'.join(out + ['', '#endif', ''])


def source_text(own, known, header):
    includes = sorted({i for t in own for i in t.includes})
    out = ['/* Made by tools/tmplc.py; do not edit. */',
           '#include "%s"' % header, '']
    used = header_text([t for t in known.values() if t not in own], 'X')
    others = [ln for ln in used.split('\n')
              if ln.endswith(';') and (ln.startswith('struct')
                                       or ln.startswith('void'))]
    out += ['#include "web/tmpl.h"', '#include "web/tr.h"']
    out += ['#include "%s"' % i for i in includes] + ['']
    out += others + ['', '#define _(s) hl_web_tr(s)', '']
    out += [t.code for t in own]
    return '\n'.join(out)


# -- messages for translators --------------------------------------------------

def c_messages(root, dirs):
    """HL_TR("…"), hl_web_tr("…") and hl_web_tr_n("…", "…") in C files."""
    call = re.compile(r'\b(HL_TR|hl_web_tr|hl_web_tr_n)\(\s*'
                      r'((?:"(?:\\.|[^"\\])*"\s*)+)'
                      r'(?:,\s*((?:"(?:\\.|[^"\\])*"\s*)+))?')
    found = []
    for folder, subs, files in os.walk(root):
        subs.sort()
        dirs.append(folder)
        for file in sorted(files):
            if not file.endswith(('.c', '.h')):
                continue
            path = os.path.join(folder, file)
            dirs.append(path)
            with open(path, encoding='utf-8') as f:
                src = f.read()
            for m in call.finditer(src):
                msg = Message(1 + src.count('\n', 0, m.start()))
                msg.one = join_c_strings(m.group(2))
                if m.group(1) == 'hl_web_tr_n' and m.group(3):
                    msg.many = join_c_strings(m.group(3))
                if '\x04' in msg.one or '\\004' in msg.one:
                    msg.context, msg.one = re.split(
                        r'\x04|\\004', msg.one, maxsplit=1)
                found.append((path, msg))
    return found


def po_string(text):
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"').replace(
        '\n', '\\n') + '"'


def pot_text(found):
    groups = {}
    for place, msg in found:
        groups.setdefault(msg.key(), []).append((place, msg))
    out = ['# SPDX-License-Identifier: Apache-2.0',
           'msgid ""', 'msgstr ""',
           '"Project-Id-Version: hotline\\n"',
           '"MIME-Version: 1.0\\n"',
           '"Content-Type: text/plain; charset=UTF-8\\n"',
           '"Content-Transfer-Encoding: 8bit\\n"',
           '"Plural-Forms: nplurals=INTEGER; plural=EXPRESSION;\\n"', '']
    for (context, one, many), uses in sorted(groups.items()):
        out += ['#. ' + m.note for _, m in uses if m.note]
        out += ['#: %s:%d' % (p, m.line) for p, m in uses]
        if context:
            out.append('msgctxt ' + po_string(context))
        out.append('msgid ' + po_string(one))
        if many:
            out += ['msgid_plural ' + po_string(many), 'msgstr[0] ""',
                    'msgstr[1] ""', '']
        else:
            out += ['msgstr ""', '']
    return '\n'.join(out)


def write(path, text):
    """Leaves an unchanged file alone, so that nothing is built again."""
    try:
        with open(path, encoding='utf-8') as f:
            if f.read() == text:
                return
    except FileNotFoundError:
        pass
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)


def main(argv=None):
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument('--root', required=True)
    ap.add_argument('--uses', action='append', default=[])
    ap.add_argument('--header')
    ap.add_argument('--header-name', default='web/templates.h')
    ap.add_argument('--source')
    ap.add_argument('--depfile')
    ap.add_argument('--pot')
    ap.add_argument('--c-root', action='append', default=[])
    ap.add_argument('--base', default='.', help='of the names in the .pot')
    args = ap.parse_args(argv)
    known, errors, dirs = {}, [], []
    for folder in args.uses:
        dirs += load(folder, known, errors)[1]
    own, more = load(args.root, known, errors)
    dirs += more
    compile_all(own, known, errors)
    for error in errors:
        print(error, file=sys.stderr)
    if errors:
        return 1
    if args.pot:
        found = [(os.path.relpath(t.path, args.base), m)
                 for t in own for m in t.messages]
        for folder in args.c_root:
            found += [(os.path.relpath(p, args.base), m)
                      for p, m in c_messages(folder, dirs)]
        write(args.pot, pot_text(found))
    if args.header:
        guard = 'HL_' + fold_name(args.header_name).upper()
        write(args.header, header_text(own, guard))
    if args.source:
        write(args.source, source_text(own, known, args.header_name))
    if args.depfile:
        files = [t.path for t in known.values()] + dirs
        write(args.depfile, '%s: %s\n' % (
            args.source or args.pot, ' '.join(files)))
    return 0


if __name__ == '__main__':
    sys.exit(main())
