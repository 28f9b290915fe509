# SPDX-License-Identifier: Apache-2.0
"""The HTML side of the template compiler: where in a page are we?

A small state machine over the literal text of a template. It knows three
places (text, inside a tag, inside a double-quoted value), keeps the stack of
open elements, drops white space that nobody sees and refuses what cannot be
made safe. It is strict where HTML is lenient, so that what it accepts has one
meaning only.
"""

import re

VOID = set('area br col embed hr img input link meta source track wbr'.split())
INLINE = set('''a abbr b bdi bdo br button cite code data del dfn em i img
    input ins kbd label mark meter output progress q s samp select small span
    strong sub sup svg textarea time u var wbr'''.split())
FORBIDDEN = set('base embed iframe object applet frame frameset'.split())
PRESERVE = {'pre', 'textarea'}
LINK_ATTRS = {'href', 'cite', 'xlink:href'}
OWN_ATTRS = {'src', 'action', 'formaction', 'poster', 'data'}
READ_ATTRS = set('''alt title placeholder label abbr summary aria-label
    aria-description aria-roledescription aria-valuetext'''.split())
BUTTON_TYPES = {'submit', 'button', 'reset'}

LETTER = re.compile(r'[^\W\d_]')
ENTITY = re.compile(r'&(#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);')
SAFE_LITERAL = re.compile(r'(/(?!/)|\?|#|https?://|mailto:|tel:)')
BEFORE_EXPR = re.compile(r'((/(?!/)|\?|#)|https?://[^/]+/|mailto:|tel:)')
ATTR_NAME = re.compile(r'[A-Za-z_:@][-A-Za-z0-9_:.@]*')


class Fail(Exception):
    def __init__(self, line, text):
        super().__init__(text)
        self.line = line
        self.text = text


class Tag:
    def __init__(self, name, closing, line):
        self.name = name
        self.closing = closing
        self.line = line
        self.attrs = {}  # name -> literal value, None when it has expressions
        self.has_alt = False


def has_words(text):
    return LETTER.search(ENTITY.sub('', text)) is not None


class Html:
    """put(str) receives literal output."""

    def __init__(self, put):
        self.put = put
        self.place = 'text'
        self.stack = []      # (name, line, translate)
        self.tag = None
        self.attr = None
        self.value = ''      # literal text of the value so far
        self.value_dynamic = False
        self.url = 'empty'   # of the value: empty, literal, unsure
        # What stands before: start, block, iopen and iclose (the tags of an
        # inline element), stmt, text.
        self.left = 'start'
        self.space = None
        self.branches = 0
        self.line = 0

    # -- state across branches ---------------------------------------------

    def save(self):
        return (self.place, list(self.stack), self.tag, self.attr, self.url,
                self.value)

    def restore(self, saved):
        (self.place, stack, self.tag, self.attr, self.url,
         self.value) = saved
        self.stack = list(stack)
        self.left = 'stmt'
        self.space = None

    def same(self, saved, line):
        """Checks a branch's end against its beginning."""
        place, stack, tag, attr, url, value = saved
        names = [e[0] for e in self.stack]
        if (place, tag, attr) != (self.place, self.tag, self.attr):
            raise Fail(line, 'the branch ends in another place of the tag '
                       'than it began')
        if names != [e[0] for e in stack]:
            raise Fail(line, 'the branch leaves other elements open (%s) '
                       'than it found (%s)' % (
                           ' '.join(names) or 'none',
                           ' '.join(e[0] for e in stack) or 'none'))
        if url != self.url or value != self.value:
            self.url = 'unsure'
            self.value_dynamic = True

    # -- white space -------------------------------------------------------

    def preserving(self):
        return any(e[0] in PRESERVE for e in self.stack)

    def meet(self, kind):
        """Something of this kind comes next: settle the pending space."""
        space, self.space = self.space, None
        left, self.left = self.left, kind
        if space is None:
            return
        if left in ('start', 'block') or kind in ('end', 'block'):
            return
        if '\n' in space and ('stmt' in (left, kind) or left == 'iopen'
                              or kind == 'iclose'):
            return
        self.put(' ')

    # -- what the compiler meets -------------------------------------------

    def stmt(self, line):
        if self.place == 'text':
            if not self.preserving():
                self.meet('stmt')
            self.left = 'stmt'

    def dynamic(self, line, what):
        """An expression or message: gives text, attr, link, own or part."""
        if self.place == 'text':
            if self.stack and self.stack[-1][0] in ('script', 'style'):
                raise Fail(line, '%s in <%s>' % (what, self.stack[-1][0]))
            self.meet('text')
            return 'text'
        if self.place == 'tag':
            raise Fail(line, '%s inside a tag but outside a quoted value'
                       % what)
        self.value_dynamic = True
        url_kind = self.url_kind()
        if not url_kind:
            if self.attr == 'content' and 'http-equiv' in self.tag.attrs:
                raise Fail(line, '%s in <meta http-equiv>' % what)
            return 'attr'
        if what == 'a message':
            raise Fail(line, 'a message in %s=' % self.attr)
        if self.url == 'unsure':
            raise Fail(line, 'whether the expression begins the address '
                       'depends on a branch')
        if self.url == 'empty':
            self.url = 'literal'
            return url_kind
        if self.value and not BEFORE_EXPR.match(self.value):
            raise Fail(line, 'the expression could change the scheme or host '
                       'of the address')
        return 'part'

    def url_kind(self):
        if self.attr in LINK_ATTRS:
            return 'own' if self.tag.name == 'link' else 'link'
        return 'own' if self.attr in OWN_ATTRS else None

    def end(self, line):
        if self.place != 'text':
            raise Fail(line, 'the template ends inside a tag')
        self.meet('end')

    def all_closed(self, line):
        if self.stack:
            raise Fail(self.stack[-1][1], '<%s> is not closed'
                       % self.stack[-1][0])

    # -- literal text ------------------------------------------------------

    def literal(self, text, line):
        self.line = line
        at = 0
        while at < len(text):
            step = {'text': self.in_text, 'tag': self.in_tag,
                    'value': self.in_value}[self.place]
            end = step(text, at)
            self.line += text.count('\n', at, end)
            at = end

    def in_text(self, text, at):
        if text[at] == '<':
            return self.open_tag(text, at)
        end = text.find('<', at)
        end = len(text) if end < 0 else end
        self.words(text[at:end])
        return end

    def words(self, run):
        if self.stack and self.stack[-1][0] == 'script':
            if run.strip():
                raise Fail(self.line, 'a <script> with content')
            return
        if has_words(run) and not any(e[2] for e in self.stack):
            lead = run[:LETTER.search(run).start()].count('\n')
            raise Fail(self.line + lead, 'words outside a message: "%s"'
                       % ' '.join(run.split())[:40])
        if self.preserving():
            self.put(run)
            return
        for part in re.findall(r'\s+|\S+', run):
            if part.isspace():
                self.space = (self.space or '') + part
            else:
                self.meet('text')
                self.put(part)

    def open_tag(self, text, at):
        if text.startswith('<!--', at):
            end = text.find('-->', at)
            if end < 0:
                raise Fail(self.line, 'a comment with an expression, or not '
                           'closed')
            return end + 3
        m = re.compile(r'<!doctype html>', re.I).match(text, at)
        if m:
            self.meet('block')
            self.put('<!doctype html>')
            return m.end()
        m = re.compile(r'<(/?)([A-Za-z][A-Za-z0-9]*)(?=[\s/>]|$)').match(
            text, at)
        if not m:
            raise Fail(self.line, 'a "<" that begins no tag; write &lt;')
        name = m.group(2)
        if name.lower() in FORBIDDEN or name.lower() == 'style':
            raise Fail(self.line, '<%s> is not allowed' % name.lower())
        if name.lower() != name and 'svg' not in [e[0] for e in self.stack]:
            raise Fail(self.line, 'tag name not in lower case: %s' % name)
        if not (self.preserving() and self.stack[-1][0] in PRESERVE):
            self.meet(self.kind(name, m.group(1)))
        self.tag = Tag(name, bool(m.group(1)), self.line)
        self.put(text[at:m.end()])
        self.place = 'tag'
        return m.end()

    @staticmethod
    def kind(name, closing):
        if name not in INLINE:
            return 'block'
        if name in VOID:
            return 'text'
        return 'iclose' if closing else 'iopen'

    def in_tag(self, text, at):
        m = re.compile(r'\s+').match(text, at)
        if m:
            return m.end()
        m = re.compile(r'(/?)>').match(text, at)
        if m:
            self.close_tag(bool(m.group(1)))
            return m.end()
        m = ATTR_NAME.match(text, at)
        if not m:
            raise Fail(self.line, 'no attribute name: "%s"'
                       % text[at:at + 10].split('\n')[0])
        name = m.group(0)
        self.check_attr(name)
        rest = text[m.end():]
        if not re.match(r'\s*=', rest):
            self.tag.attrs[name] = ''
            self.put(' ' + name)
            return m.end()
        if not re.match(r'="', rest):
            raise Fail(self.line, 'the value of %s= is not in double quotes'
                       % name)
        self.put(' ' + name + '="')
        self.place, self.attr, self.value = 'value', name, ''
        self.value_dynamic, self.url = False, 'empty'
        return m.end() + 2

    def check_attr(self, name):
        low = name.lower()
        if self.tag.closing:
            raise Fail(self.line, 'an attribute in a closing tag')
        if low.startswith('on') or low in ('style', 'srcdoc', 'srcset',
                                           'ping', 'background'):
            raise Fail(self.line, 'attribute %s= is not allowed' % low)
        if name in self.tag.attrs and not self.branches:
            raise Fail(self.line, 'attribute %s= given twice' % name)

    def in_value(self, text, at):
        end = text.find('"', at)
        part = text[at:] if end < 0 else text[at:end]
        if '<' in part:
            raise Fail(self.line, '"<" in the value of %s=' % self.attr)
        self.check_part(part)
        self.value += part
        if part and self.url == 'empty':
            self.url = 'literal'
        self.put(' '.join(part.split('\n')))
        if end < 0:
            return len(text)
        self.end_value()
        self.put('"')
        self.place = 'tag'
        return end + 1

    def check_part(self, part):
        if self.attr in READ_ATTRS and has_words(part):
            raise Fail(self.line, 'words outside a message in %s='
                       % self.attr)
        if self.url_kind() and part and self.url != 'literal':
            if not SAFE_LITERAL.match(part):
                raise Fail(self.line, 'the address in %s= is not of an '
                           'allowed kind' % self.attr)

    def end_value(self):
        self.tag.attrs[self.attr] = (None if self.value_dynamic
                                     else self.value)
        self.attr = None

    def close_tag(self, self_closing):
        tag, self.tag, self.place = self.tag, None, 'text'
        self.put('/>' if self_closing else '>')
        if tag.closing:
            self.pop(tag)
            return
        self.check_tag(tag)
        if tag.name in VOID or self_closing:
            if self_closing and tag.name not in VOID and 'svg' not in [
                    e[0] for e in self.stack]:
                raise Fail(tag.line, '<%s/> does not close itself in HTML'
                           % tag.name)
            return
        self.stack.append((tag.name, tag.line,
                           tag.attrs.get('translate') == 'no'))
        if tag.name == 'textarea':
            self.put('\n')

    def check_tag(self, tag):
        value = tag.attrs.get('value')
        if tag.name == 'input' and value and has_words(value):
            if tag.attrs.get('type') in BUTTON_TYPES:
                raise Fail(tag.line, 'words outside a message in value=')
        if tag.name == 'img' and 'alt' not in tag.attrs:
            raise Fail(tag.line, '<img> without alt=')

    def pop(self, tag):
        if not self.stack:
            raise Fail(tag.line, '</%s> closes nothing' % tag.name)
        name = self.stack.pop()[0]
        if name != tag.name:
            raise Fail(tag.line, '</%s> where </%s> is due'
                       % (tag.name, name))
