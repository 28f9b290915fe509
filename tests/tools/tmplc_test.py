# SPDX-License-Identifier: Apache-2.0
"""The template compiler: what it makes, and every spelling it refuses."""

import contextlib
import io
import os
import re
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, 'tools'))
import tmplc  # noqa: E402

PARTIAL = '{% view struct y "y.h" %}<b>{{ v->y }}</b>'
LAYOUT = '{% view struct y "y.h" %}<main>{% content %}</main>'
NOTHING = '{% view none %}<hr>'
HEAD = '{% view struct x "x.h" %}\n'


def compile_text(body, *more):
    """Gives (status, messages, generated C) of one template, page.html."""
    with tempfile.TemporaryDirectory() as d:
        root = os.path.join(d, 'templates')
        os.mkdir(root)
        for name, text in (('page', body), ('part', PARTIAL),
                           ('layout', LAYOUT), ('nothing', NOTHING)):
            with open(os.path.join(root, name + '.html'), 'w',
                      encoding='utf-8') as f:
                f.write(text)
        out = os.path.join(d, 'out')
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors):
            status = tmplc.main(
                ['--root', root, '--source', out, '--header', out + '.h',
                 '--pot', out + '.pot', '--base', d, *more])
        texts = []
        for path in (out, out + '.pot'):
            if os.path.exists(path):
                with open(path, encoding='utf-8') as f:
                    texts.append(f.read())
        return status, errors.getvalue(), texts


def literals(c_source):
    """The literal output of page.html with <?> for each call between."""
    body = c_source[c_source.index('void hl_tmpl_page('):]
    body = body[body.index('{'):body.index('\n}\n')]
    out = ''
    for m in re.finditer(r'hl_buf_put_mem\(out, "((?:\\.|[^"\\])*)", (\d+)\)'
                         r'|(hl_web_put\w*|hl_tmpl_\w+)\(', body):
        if m.group(3):
            out += '<?>'
        else:
            text = re.sub(r'\\([0-7]{3}|.)', lambda e: chr(
                int(e.group(1), 8)) if len(e.group(1)) == 3 else
                {'n': '\n'}.get(e.group(1), e.group(1)), m.group(1))
            assert len(text) == int(m.group(2)), text
            out += text
    return out


# name, body behind the view line, line of the error (from 1 for the body),
# a part of the message
WRONG = [
    ('words in text', '<p>Hello</p>', 1, 'words outside a message'),
    ('words on a later line', '<p>\n\n 12 Hello</p>', 3, 'words outside'),
    ('accented word', '<p>é</p>', 1, 'words outside'),
    ('words in another script', '<p>привет</p>', 1, 'words outside'),
    ('word behind an entity', '<p>&nbsp;a</p>', 1, 'words outside'),
    ('words as an expression', '{{ "Hello" }}', 1, 'words outside'),
    ('words in a call', '{% call part(&(struct y){.y = "Two words"}) %}', 1,
     'words outside _()'),
    ('one word in a call', '{% call part(&(struct y){.y = "New"}) %}', 1,
     'words outside _()'),
    ('title', '<title>Home</title>', 1, 'words outside'),
    ('aria-label', '<a href="/" aria-label="Home"></a>', 1, 'aria-label'),
    ('placeholder', '<input placeholder="Name">', 1, 'placeholder'),
    ('aria-label in a branch', '<i aria-label="{% if a %}Hi{% else %}{% end '
     '%}"></i>', 1, 'aria-label'),
    ('alt', '<img src="/a" alt="Cat">', 1, 'alt'),
    ('no alt', '<img src="/a">', 1, 'without alt'),
    ('button value', '<input type="submit" value="Go">', 1, 'value='),
    ('unquoted expression', '<a class={{ v->c }}></a>', 1, 'double quotes'),
    ('unquoted literal', '<a class=b></a>', 1, 'double quotes'),
    ('single quotes', "<a class='{{ v->c }}'></a>", 1, 'double quotes'),
    ('space around =', '<a class = "b"></a>', 1, 'double quotes'),
    ('onclick', '<a onclick="x()"></a>', 1, 'onclick'),
    ('onclick with expression', '<a onclick="{{ v->x }}"></a>', 1,
     'onclick'),
    ('ONCLICK', '<a ONCLICK="x"></a>', 1, 'onclick'),
    ('style attribute', '<p style="color:red"></p>', 1, 'style='),
    ('style with expression', '<p\n style="{{ v->s }}"></p>', 2, 'style='),
    ('srcdoc', '<p srcdoc="a"></p>', 1, 'srcdoc'),
    ('srcset', '<img alt="" srcset="/a 2x">', 1, 'srcset'),
    ('style element', '<style>a{}</style>', 1, '<style>'),
    ('iframe', '<iframe src="/a"></iframe>', 1, '<iframe>'),
    ('base', '<base href="/">', 1, '<base>'),
    ('object', '<OBJECT></OBJECT>', 1, '<object>'),
    ('inline script', '<script>alert(1)</script>', 1, '<script>'),
    ('expression in script', '<script>{{ v->x }}</script>', 1, 'script'),
    ('message in script', '<script>{_x_}</script>', 1, 'script'),
    ('expression in comment', '<!-- {{ v->x }} -->', 1, 'comment'),
    ('expression as tag name', '<{{ v->x }}></p>', 1, 'begins no tag'),
    ('expression in tag name', '<h{{ v->n }}>', 1, 'inside a tag'),
    ('expression as attribute', '<p {{ v->x }}></p>', 1, 'inside a tag'),
    ('message as attribute', '<p {_x_}></p>', 1, 'inside a tag'),
    ('expression in attribute name', '<p data-{{ v->x }}="a"></p>', 1,
     'inside a tag'),
    ('raw in attribute', '<p id="{{ raw v->x }}"></p>', 1, 'raw'),
    ('raw in title', '<title>{{ raw v->x }}</title>', 1, 'raw'),
    ('javascript address', '<a href="javascript:x"></a>', 1, 'allowed kind'),
    ('data address', '<img alt="" src="data:x">', 1, 'allowed kind'),
    ('protocol-relative', '<a href="//e.invalid"></a>', 1, 'allowed kind'),
    ('javascript in a branch', '<a href="{% if x %}javascript:{% end %}">'
     '</a>', 1, 'allowed kind'),
    ('javascript behind a branch', '<a href="{% if x %}/a{% end %}java:">'
     '</a>', 1, 'allowed kind'),
    ('expression in scheme', '<a href="ht{{ v->x }}"></a>', 1,
     'allowed kind'),
    ('expression in host', '<a href="https://{{ v->x }}/"></a>', 1,
     'scheme or host'),
    ('expression behind a branch', '<a href="{% if a %}/x{% end %}{{ v->x }}'
     '"></a>', 1, 'depends on a branch'),
    ('message in href', '<a href="{_x_}"></a>', 1, 'message in href'),
    ('meta refresh', '<meta http-equiv="refresh" content="{{ v->x }}">', 1,
     'http-equiv'),
    ('less-than in value', '<p id="a<b"></p>', 1, '"<" in the value'),
    ('bare less-than', '1 < 2', 1, 'write &lt;'),
    ('not closed', '<p>', 1, '<p> is not closed'),
    ('closed twice', '<p></p></p>', 1, 'closes nothing'),
    ('wrong order', '<p><b></p></b>', 1, '</b> is due'),
    ('branch leaves open', '{% if x %}<p>{% end %}</p>', 1, 'branch'),
    ('else differs', '{% if x %}<p>{% else %}<b>{% end %}', 1, 'branch'),
    ('loop closes', '<p>{% for r in v->r, v->n %}</p>{% end %}', 1, ''),
    ('branch ends in a tag', '{% if x %}<p {% end %}></p>', 1,
     'another place'),
    ('upper case tag', '<P></P>', 1, 'lower case'),
    ('self-closing', '<div/>', 1, 'does not close itself'),
    ('attribute twice', '<p id="a" id="b"></p>', 1, 'given twice'),
    ('attribute in closing tag', '<p></p id="a">', 1, 'closing tag'),
    ('ends in a tag', '<p id="a"', 1, 'ends inside a tag'),
    ('comment not closed', '<!-- x', 1, 'comment'),
    ('expression not closed', '1\n{{ v->x', 2, 'without "}}"'),
    ('statement not closed', '{% if x', 1, 'without "%}"'),
    ('message not closed', '{_ x', 1, 'without "_}"'),
    ('if without end', '{% if x %}', 1, 'without {% end %}'),
    ('end of nothing', '{% end %}', 1, 'end of nothing'),
    ('else of nothing', '{% else %}', 1, 'without if'),
    ('two elses', '{% if x %}{% else %}{% else %}{% end %}', 1,
     'without if'),
    ('elif in for', '{% for r in a, b %}{% elif x %}{% end %}', 1,
     'without if'),
    ('unknown statement', '{% unless x %}', 1, 'unknown statement'),
    ('for without count', '{% for r in a %}{% end %}', 1, 'COUNT'),
    ('bad for', '{% for r of a %}{% end %}', 1, 'neither'),
    ('let without value', '{% let int x %}', 1, 'not {% let'),
    ('two statements in one', '{{ a; b }}', 1, 'not an expression'),
    ('empty expression', '{{ }}', 1, 'empty expression'),
    ('empty message', '{_ _}', 1, 'empty message'),
    ('unbound place', '{_a {n}_}', 1, '{n} is not bound'),
    ('bound and not used', '{_a|n = v->n_}', 1, 'not used'),
    ('bound twice', '{_a {n}|n = 1|n = 2_}', 1, 'twice'),
    ('plural by unbound', '{_a|plural n: b_}', 1, 'not bound'),
    ('lone brace', '{_a { b_}', 1, 'lone brace'),
    ('markup in message', '{_a <b>c</b>_}', 1, '"<" in a message'),
    ('odd part', '{_a|b_}', 1, 'neither'),
    ('tag not closed by text', '{_a {b}c|b = <b>_}', 1, 'without {/b}'),
    ('void tag closed', '{_a {b}c{/b}|b = <br>_}', 1, 'does not close'),
    ('two tags', '{_{b}c{/b}|b = <b><i>_}', 1, 'not one opening tag'),
    ('tag in an attribute message', '<p id="{_{b}c{/b}|b = <b>_}"></p>', 1,
     'tag in a value'),
    ('on* in a message tag', '{_{b}c{/b}|b = <b onclick="x">_}', 1,
     'onclick'),
    ('no such template', '{% call nosuch(v) %}', 1, 'no template'),
    ('call of a layout', '{% call layout(v) %}', 1, 'is a layout'),
    ('wrap of a partial', '{% wrap part(v) %}{% end %}', 1, 'content'),
    ('argument missing', '{% call part() %}', 1, 'takes struct y'),
    ('argument too many', '{% call nothing(v) %}', 1, 'takes nothing'),
    ('call in a tag', '<p {% call part(v) %}></p>', 1, 'inside a tag'),
    ('call in title', '<title>{% call part(v) %}</title>', 1, '<title>'),
    ('content in if', '{% if x %}{% content %}{% end %}', 1,
     'content inside if'),
    ('content twice', '{% content %}{% content %}', 1, 'second time'),
    ('second view', '{% view struct x "x.h" %}', 1, 'second'),
    ('view without header', '', 0, ''),
]

# name, body, literal output
RIGHT = [
    ('plain', '<p>12 &ndash; 3.</p>', '<p>12 &ndash; 3.</p>'),
    ('text', '<p>{{ v->a }}</p>', '<p><?></p>'),
    ('value', '<p id="a{{ v->a }}b"></p>', '<p id="a<?>b"></p>'),
    ('href', '<a href="{{ v->a }}"></a>', '<a href="<?>"></a>'),
    ('blocks lose space', '<div>\n  <p>\n 1\n  </p>\n</div>\n',
     '<div><p>1</p></div>'),
    ('inline keeps one space', '<b>1</b>\n  <b>2</b>', '<b>1</b> <b>2</b>'),
    ('no space inside inline', '<a>\n 1\n</a>', '<a>1</a>'),
    ('space around expression', '1 {{ v->a }} 2', '1 <?> 2'),
    ('line break at a statement', '{% if a %}\n1\n{% end %}\n<b></b>',
     '1<b></b>'),
    ('space at a statement', '1{% if a %} 2{% end %} 3', '1 2 3'),
    ('pre keeps', '<pre>\n 1  2\n</pre>', '<pre>\n 1  2\n</pre>'),
    ('textarea', '<textarea>{{ v->a }}</textarea>',
     '<textarea>\n<?></textarea>'),
    ('comments', '1{# Words here #}<!-- and here -->2', '12'),
    ('untranslated', '<b translate="no">OpenHotline <i>x</i></b>',
     '<b translate="no">OpenHotline <i>x</i></b>'),
    ('optional attribute', '<input{% if a %} checked{% end %} id="b">',
     '<input checked id="b">'),
    ('branch in a value', '<p class="a{% if b %} c{% end %}"></p>',
     '<p class="a c"></p>'),
    ('doctype', '<!DOCTYPE html>\n<p></p>', '<!doctype html><p></p>'),
    ('script with source', '<script src="/a.js" defer></script>',
     '<script src="/a.js" defer></script>'),
    ('svg', '<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>',
     '<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>'),
    ('layout and partials', '{% wrap layout(v) %}1{% call part(v->y) %}'
     '{% call nothing() %}{% end %}', '<?>1<?><?><?>'),
    ('message', '<p>{_ Hello,\n  you _}</p>', '<p><?></p>'),
]


class Wrong(unittest.TestCase):
    def test_each(self):
        for name, body, line, part in WRONG:
            with self.subTest(name):
                text = HEAD + body if line else '{% view x %}'
                status, errors, _ = compile_text(text)
                self.assertEqual(1, status, 'accepted')
                self.assertIn(part, errors)
                self.assertIn('page.html:%d:' % (line + 1), errors)


class Right(unittest.TestCase):
    def test_each(self):
        for name, body, want in RIGHT:
            with self.subTest(name):
                status, errors, texts = compile_text(HEAD + body)
                self.assertEqual(0, status, errors)
                self.assertEqual(want, literals(texts[0]))

    def test_contexts(self):
        for body, want in (
                ('{{ v->a }}', 'hl_web_put(out, (v->a));'),
                ('<a href="{{ v->a }}"></a>', 'hl_web_put_link(out, (v->a))'),
                ('<a href="/x/{{ v->a }}"></a>', 'put_part(out, (v->a))'),
                ('<a href="{{ v->a }}?q={{ v->b }}"></a>',
                 'put_part(out, (v->b))'),
                ('<form action="{{ v->a }}"></form>', 'put_own(out, (v->a))'),
                ('<link href="{{ v->a }}">', 'put_own(out, (v->a))'),
                ('<img alt="" src="{{ v->a }}">', 'put_own(out, (v->a))'),
                ('{{ raw v->a }}', 'hl_web_put_html(out, (v->a));'),
                ('{{ ((struct a){{1}}).x }}', '((struct a){{1}}).x')):
            with self.subTest(body):
                status, errors, texts = compile_text(HEAD + body)
                self.assertEqual(0, status, errors)
                self.assertIn(want, texts[0])

    def test_error_names_every_broken_file(self):
        status, errors, _ = compile_text(HEAD + '<p>\n{{ }}')
        self.assertEqual((1, 1), (status, errors.count('\n')))


class Pot(unittest.TestCase):
    def test_messages(self):
        status, errors, texts = compile_text(
            HEAD + '{# tr: a greeting #}{_Hello "you"_}\n'
            '{_One thing|plural n: {n} things|n = v->n_}\n'
            '{_Open|context: state_}\n'
            '{% call part(&(struct y){.y = _("In " "C")}) %}\n'
            '{_Hello "you"_}')
        self.assertEqual(0, status, errors)
        pot = texts[1]
        for want in ('#. a greeting\n#: templates/page.html:2\n'
                     '#: templates/page.html:6\n'
                     'msgid "Hello \\"you\\""\nmsgstr ""',
                     'msgid "One thing"\nmsgid_plural "{n} things"\n'
                     'msgstr[0] ""\nmsgstr[1] ""',
                     'msgctxt "state"\nmsgid "Open"',
                     'msgid "In C"'):
            self.assertIn(want, pot)

    def test_c_sources(self):
        with tempfile.TemporaryDirectory() as d:
            with open(os.path.join(d, 'a.c'), 'w') as f:
                f.write('x = HL_TR("From a" " table");\n'
                        'y = hl_web_tr_n("One", "{n} of them", 3);\n')
            _, _, texts = compile_text(HEAD, '--c-root', d)
        self.assertIn('msgid "From a table"', texts[1])
        self.assertIn('msgid "One"\nmsgid_plural "{n} of them"', texts[1])


if __name__ == '__main__':
    unittest.main()
