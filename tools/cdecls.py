# SPDX-License-Identifier: Apache-2.0
"""What a C file declares at its outermost level: enough of C's grammar for
code that clang-format has laid out, not for all of C."""
import re

HIDDEN = re.compile(
    r"""//(?:\\\n|[^\n])* | /\*.*?\*/
      | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'
      | ^[ \t]*\#(?:\\\n|/\*.*?\*/|[^\n])*
    """, re.S | re.X | re.M)
LITERALS = re.compile(
    r"""//(?:\\\n|[^\n])* | /\*.*?\*/
      | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | ^[ \t]*\#[ \t]*include[^\n]*
    """, re.S | re.X | re.M)
ALONE = re.compile(r"^[A-Z][A-Z0-9_]*(?:\([^()\n]*\))?[ \t]*$", re.M)
PAIRS = {"(": ")", "{": "}", "[": "]"}
DEFINES = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.M)


def blank(source):
    """Comments, literals, preprocessor lines, and macros that stand alone
    in their line as spaces, lines kept."""
    def hide(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    return ALONE.sub(hide, HIDDEN.sub(hide, source))


def without_comments(source):
    return re.sub(r"/\*.*?\*/", " ", source, flags=re.S)


def split_outside(text, at):
    """Parts of the text between separators that no bracket holds."""
    parts, depth = [""], 0
    for c in text:
        depth += (c in "([{") - (c in ")]}")
        if c == at and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return [" ".join(part.split()) for part in parts]


def public_functions(header):
    """What a public header marks HL_..._API: each function's type and the
    declarations of its arguments, by its name."""
    text = without_comments(header)
    found = {}
    for m in re.finditer(r"^HL_\w+_API\b([^;(]*?)(\w+)\s*\(", text, re.M):
        end = closing(text, m.end() - 1)
        found[m.group(2)] = (" ".join(m.group(1).split()),
                             split_outside(text[m.end():end], ","))
    return found


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


class Declaration:
    """One declaration or definition: `at` its offset, `head` its text with
    {} for each part in braces, `bodies` those parts."""

    def __init__(self, at, head, bodies):
        self.at, self.bodies = at, bodies
        self.head = drop_attributes(" ".join(head.split()))
        self.is_function = "=" not in outside_brackets(self.head) and \
            bool(re.search(r"\) ?{}$", self.head))
        self.is_static = bool(re.search(r"\bstatic\b", self.head))
        self.is_extern = bool(re.search(r"\bextern\b", self.head))
        self.is_typedef = self.head.startswith("typedef ")

    def tags(self):
        """Of the structs, unions and enums that it defines."""
        return re.findall(r"\b(?:struct|union|enum) (\w+) ?{}", self.head)

    def constants(self):
        """Names of the constants of its enums."""
        found, rest = [], list(self.bodies)
        for part in re.finditer(r"(\benum\b(?: \w+)? ?)?{}", self.head):
            body = rest.pop(0)
            if part.group(1):
                found += [words.split("=")[0].strip()
                          for words in split_outside(body, ",") if words]
        return found

    def name(self):
        """Of its function, object or type; None if it has none."""
        text = re.sub(r"\b_Alignas ?\((?:[^()]|\([^()]*\))*\)", " ", self.head)
        text = re.split(r"=", text)[0]
        pointer = re.search(r"\(\s*\*\s*(?:const )?\s*(\w+)", text)
        first = text.find("(")
        if pointer and pointer.start() == first:
            return pointer.group(1)
        if first >= 0:
            text = text[:first]
        text = re.sub(r"\b(struct|union|enum)( \w+)?( ?{})?", " ", text)
        text = re.sub(r"\[.*\]", "", text).rstrip("; {}")
        found = re.search(r"(\w+)$", text)
        name = found.group(1) if found else None
        return None if name == "_Static_assert" else name


def drop_attributes(head):
    at = head.find("__attribute__")
    while at >= 0:
        end = closing(head, head.index("(", at))
        head = head[:at] + head[end + 1:]
        at = head.find("__attribute__")
    return " ".join(head.split())


def outside_brackets(text):
    """Text without what stands in brackets of any kind."""
    out, depth = [], 0
    for c in text:
        depth -= c in ")]}"
        if depth == 0 and c not in "()[]{}":
            out.append(c)
        depth += c in "([{"
    return "".join(out)


def closing(text, at):
    """The offset of the bracket that closes the one at `at`."""
    stack = []
    for i in range(at, len(text)):
        if text[i] in PAIRS:
            stack.append(PAIRS[text[i]])
        elif stack and text[i] == stack[-1]:
            stack.pop()
            if not stack:
                return i
    return len(text) - 1


def declarations(source):
    """The declarations of a file in order."""
    text = blank(source)
    at, head, bodies, start = 0, [], [], None
    while at < len(text):
        c = text[at]
        if start is None and not c.isspace():
            start = at
        if c in "([":
            end = closing(text, at)
            head.append(text[at:end + 1])
            at = end
        elif c == "{":
            end = closing(text, at)
            before = drop_attributes("".join(head))
            head.append("{}")
            bodies.append(text[at + 1:end])
            at = end
            if re.search(r"\)\s*$", before) and "=" not in outside_brackets(
                    before):
                c = ";"
        elif start is not None:
            head.append(c)
        if c == ";" and start is not None:
            if "".join(head).strip(" ;\n\t"):
                yield Declaration(start, "".join(head), bodies)
            head, bodies, start = [], [], None
        at += 1
