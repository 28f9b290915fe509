# SPDX-License-Identifier: Apache-2.0
"""usage: python3 bench/curves.py RESULTS... [--docs docs]

Draws docs/pictures/match-speed.svg and match-recall.svg from what the benches
measured, and puts the same numbers as tables into docs/matching.md, between
the lines <!-- table: NAME --> and <!-- end -->. RESULTS are the JSON lines of

    ./bench.sh match >results && ./bench.sh match_exact >>results

Only what was measured is drawn: a curve has a mark for each number and ends
where nobody measured on. Of a speed measured twice the median counts, of a
recall, over all data and sizes, the lowest.
"""
import argparse
import collections
import html
import json
import math
import os
import re
import statistics
import sys

# The names of the measures that are drawn.
SPEED = re.compile(r"match\.(?P<data>[a-z]+)_(?P<n>\d+)_(?:queries|beside)$")
RECALL = re.compile(
    r"match\.(?P<data>[a-z]+)_(?P<n>\d+)_recall_at_(?P<at>\d+)$")
OURS = "libhotline-match"
RADIUS = 31

# Okabe and Ito's colours, told apart by all eyes; marks and dashes tell the
# curves apart without any colour.
STYLES = (("#000000", "", "circle"), ("#0072B2", "8 3", "square"),
          ("#D55E00", "3 3", "triangle"), ("#009E73", "10 3 2 3", "diamond"),
          ("#CC79A7", "1 3", "cross"), ("#56B4E9", "14 4", "plus"),
          ("#E69F00", "6 2 1 2", "square"), ("#555555", "2 2", "triangle"),
          ("#0072B2", "", "diamond"), ("#D55E00", "12 3", "circle"))
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 800, 440, 74, 250, 52, 56


def read_measures(paths):
    """All lines that are measures, from files or standard input ("-")."""
    for path in paths:
        with sys.stdin if path == "-" else open(path, encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                if not line.startswith("{"):
                    continue
                try:
                    yield json.loads(line)
                except ValueError as fault:
                    raise SystemExit(f"{path}:{number}: {fault}") from fault


def who(measure):
    """The measured ones: (name, value) of ours and of the peer, if any."""
    yield OURS, measure["value"]
    if measure.get("peer") and measure["peer"].get("value") is not None:
        yield measure["peer"]["name"], measure["peer"]["value"]


class Curves:
    """Points by the curve's name, by x; `one` makes one of several."""

    def __init__(self, one):
        self.one = one
        self.points = collections.defaultdict(
            lambda: collections.defaultdict(list))

    def add(self, name, x, value):
        self.points[name][x].append(value)

    def names(self):
        return sorted(self.points, key=lambda name: (
            not name.startswith(OURS), name))

    def curve(self, name):
        return [(x, self.one(values))
                for x, values in sorted(self.points[name].items())]

    def xs(self):
        return sorted({x for name in self.points
                       for x in self.points[name]})


def collect(measures):
    """The curves of speed and of recall, and the machine."""
    speed, recall, machines = Curves(statistics.median), Curves(min), []
    for measure in measures:
        for pattern, curves in ((SPEED, speed), (RECALL, recall)):
            found = pattern.match(measure["name"])
            if not found:
                continue
            if measure.get("machine") not in machines:
                machines.append(measure.get("machine"))
            for name, value in who(measure):
                if pattern is SPEED:
                    if found["data"] != "uniform":
                        name += f", {found['data']} data"
                    speed.add(name, int(found["n"]), value)
                else:
                    recall.add(name, int(found["at"]), value)
    return speed, recall, ", ".join(m for m in machines if m)


def short(value):
    """1300000 -> 1.3 M; three digits at most."""
    for size, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.3g}"


class Axis:
    """Values to places along one side of the picture."""

    def __init__(self, low, high, begin, end, log):
        self.log, self.begin, self.end = log, begin, end
        self.low, self.high = self.scale(low), self.scale(high)

    def scale(self, value):
        return math.log10(value) if self.log else value

    def at(self, value):
        part = (self.scale(value) - self.low) / (self.high - self.low or 1)
        return round(self.begin + part * (self.end - self.begin), 1)


def mark(kind, x, y, colour):
    if kind == "circle":
        return f'<circle cx="{x}" cy="{y}" r="4.5" fill="{colour}"/>'
    if kind == "square":
        return (f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" '
                f'fill="{colour}"/>')
    shapes = {"triangle": ((0, -5), (5, 4), (-5, 4)),
              "diamond": ((0, -6), (5, 0), (0, 6), (-5, 0))}
    if kind in shapes:
        corners = " ".join(f"{x + dx:.1f},{y + dy:.1f}"
                           for dx, dy in shapes[kind])
        return f'<polygon points="{corners}" fill="{colour}"/>'
    lines = {"cross": "M-4,-4 L4,4 M-4,4 L4,-4", "plus": "M0,-5 V5 M-5,0 H5"}
    return (f'<path transform="translate({x} {y})" d="{lines[kind]}" '
            f'stroke="{colour}" stroke-width="2" fill="none"/>')


def text(x, y, words, anchor="start", more=""):
    return (f'<text x="{x}" y="{y}" text-anchor="{anchor}"{more}>'
            f"{html.escape(words)}</text>")


class Picture:
    """An SVG picture with two axes and curves that carry their names."""

    def __init__(self, title, note, x, y, description):
        self.x, self.y = x, y
        self.labels = []
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} '
            f'{HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
            'font-family="sans-serif" font-size="13" fill="#000">',
            f"<title>{html.escape(title)}</title>",
            f"<desc>{html.escape(description)}</desc>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
            text(16, 22, title, more=' font-size="16" font-weight="bold"'),
            text(16, 40, note, more=' fill="#444"')]

    def grid(self, xs, ys, x_words, y_words):
        """Lines at (value, label) of both axes, and what the axes are."""
        right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
        for value, words in xs:
            at = self.x.at(value)
            self.parts += [f'<path d="M{at},{TOP + 8} V{bottom}" '
                           'stroke="#ddd"/>',
                           text(at, bottom + 18, words, "middle")]
        for value, words in ys:
            at = self.y.at(value)
            self.parts += [f'<path d="M{LEFT},{at} H{right}" '
                           'stroke="#ddd"/>',
                           text(LEFT - 8, at + 4, words, "end")]
        self.parts += [
            f'<path d="M{LEFT},{TOP + 8} V{bottom} H{right}" fill="none" '
            'stroke="#000"/>',
            text((LEFT + right) / 2, HEIGHT - 14, x_words, "middle"),
            text(0, 0, y_words, "middle", ' transform="translate(18 '
                 f'{(TOP + bottom) / 2}) rotate(-90)"')]

    def line_at(self, value, words):
        at = self.x.at(value)
        self.parts += [f'<path d="M{at},{TOP + 8} V{HEIGHT - BOTTOM}" '
                       'stroke="#666" stroke-dasharray="2 3"/>',
                       text(at - 5, HEIGHT - BOTTOM - 10, words, "end",
                            ' fill="#444"')]

    def curve(self, number, name, points):
        colour, dash, kind = STYLES[number % len(STYLES)]
        places = [(self.x.at(x), self.y.at(y)) for x, y in points]
        steps = " ".join(f"{x},{y}" for x, y in places)
        width = 3 if name.startswith(OURS) else 2
        self.parts.append(
            f'<polyline points="{steps}" fill="none" stroke="{colour}" '
            f'stroke-width="{width}" stroke-dasharray="{dash}"/>')
        every = max(1, len(places) // 12)
        self.parts += [mark(kind, x, y, colour)
                       for i, (x, y) in enumerate(places)
                       if i % every == 0 or i == len(places) - 1]
        self.labels.append((places[-1][1], number, name))

    def end(self):
        """The names stand at the height of the curves' ends, or lower if
        another is there."""
        lowest = TOP
        for at, number, name in sorted(self.labels):
            lowest = max(at, lowest + 18)
            lowest = min(lowest, HEIGHT - 8)
            colour, dash, kind = STYLES[number % len(STYLES)]
            left = WIDTH - RIGHT + 14
            self.parts += [
                f'<path d="M{left},{lowest} h26" stroke="{colour}" '
                f'stroke-width="2" stroke-dasharray="{dash}"/>',
                mark(kind, left + 13, lowest, colour),
                text(left + 34, lowest + 4, name, more=' font-size="12"')]
        return "\n".join([*self.parts, "</svg>"]) + "\n"


def powers(low, high):
    """The powers of ten that hold all values between them."""
    return [10.0 ** k for k in range(math.floor(math.log10(low)),
                                     math.ceil(math.log10(high)) + 1)]


def draw_speed(curves, machine):
    """Peers on uniform data only, or the picture would be too full."""
    drawn = [name for name in curves.names()
             if name.startswith(OURS) or not name.endswith(" data")]
    values = [y for name in drawn for _, y in curves.curve(name)]
    xs, ys = powers(min(curves.xs()), max(curves.xs())), \
        powers(min(values), max(values))
    x = Axis(xs[0], xs[-1], LEFT, WIDTH - RIGHT, True)
    y = Axis(ys[0], ys[-1], HEIGHT - BOTTOM, TOP + 8, True)
    picture = Picture("Exact look-ups a second, one core",
                      f"all within 31 bits of 256; {machine}", x, y,
                      "The numbers are in the table in docs/matching.md.")
    picture.grid([(v, short(v)) for v in xs], [(v, short(v)) for v in ys],
                 "hashes in the index", "look-ups a second")
    for number, name in enumerate(drawn):
        picture.curve(number, name, curves.curve(name))
    return picture.end()


def draw_recall(curves, machine):
    last = max(curves.xs())
    x = Axis(0, max(last, 32), LEFT, WIDTH - RIGHT, False)
    y = Axis(0, 1, HEIGHT - BOTTOM, TOP + 8, False)
    picture = Picture("Known hashes found, by their distance",
                      f"of those planted at each distance; {machine}", x, y,
                      "The numbers are in the table in docs/matching.md.")
    picture.grid([(v, str(v)) for v in range(0, last + 1, 5)],
                 [(v / 5, f"{v * 20} %") for v in range(6)],
                 "bits that differ", "found")
    picture.line_at(RADIUS, f"radius {RADIUS}")
    for number, name in enumerate(curves.names()):
        picture.curve(number, name, curves.curve(name))
    return picture.end()


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |"
                              for row in rows])


def speed_table(curves):
    xs = curves.xs()
    rows = []
    for name in curves.names():
        at = dict(curves.curve(name))
        rows.append([name, *(short(at[x]) if x in at else "–" for x in xs)])
    return table(["look-ups a second at", *(short(x) for x in xs)], rows)


def share(value):
    return "all" if value == 1 else "none" if value == 0 else \
        f"{100 * value:.4g} %"


def recall_table(curves):
    """Distances with equal answers in one row, as 0 to 31; of those that
    differ from their neighbours every fifth and the last that counts."""
    rows = []
    for x in curves.xs():
        cells = []
        for name in curves.names():
            at = dict(curves.curve(name))
            cells.append(share(at[x]) if x in at else "–")
        if rows and rows[-1][2] == cells and rows[-1][1] == x - 1:
            rows[-1][1] = x
        else:
            rows.append([x, x, cells])
    return table(["bits that differ", *curves.names()],
                 [[str(a) if a == b else f"{a} to {b}", *cells]
                  for a, b, cells in rows
                  if a != b or a % 5 == 0 or a == RADIUS])


def put_table(path, name, text_of_table):
    with open(path, encoding="utf-8") as f:
        page = f.read()
    page, n = re.subn(rf"(<!-- table: {name} -->\n).*?(<!-- end -->)",
                      lambda m: f"{m.group(1)}{text_of_table}\n{m.group(2)}",
                      page, flags=re.S)
    if n != 1:
        raise SystemExit(f"{path}: has no place for the table {name}")
    with open(path, "w", encoding="utf-8") as f:
        f.write(page)


def main():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser(
        usage="python3 bench/curves.py RESULTS... [--docs FOLDER]",
        description="draws the curves of docs/matching.md")
    parser.add_argument("results", nargs="+",
                        help="JSON lines of the benches; - for standard input")
    parser.add_argument("--docs", default=os.path.join(root, "docs"))
    args = parser.parse_args()
    speed, recall, machine = collect(read_measures(args.results))
    done = 0
    for name, curves, draw, rows in (
            ("speed", speed, draw_speed, speed_table),
            ("recall", recall, draw_recall, recall_table)):
        if not curves.xs():
            print(f"curves: no measure of {name} in these results",
                  file=sys.stderr)
            continue
        os.makedirs(os.path.join(args.docs, "pictures"), exist_ok=True)
        path = os.path.join(args.docs, "pictures", f"match-{name}.svg")
        with open(path, "w", encoding="utf-8") as f:
            f.write(draw(curves, machine))
        put_table(os.path.join(args.docs, "matching.md"), name, rows(curves))
        print(path)
        done += 1
    return 0 if done == 2 else 1


if __name__ == "__main__":
    sys.exit(main())
