#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles src/store/sql/*.sql into typed C (docs/store.md tells the form).

usage: sqlc.py OUT.h OUT.c MIGRATIONS_DIR FILE.sql...

Each block becomes an enum value, a row of the statement table, a struct of
its parameters, a struct of its result row, and three functions. The SQL is
run through SQLite's own parser against the migrations, so that a statement
that does not fit the schema stops the build.
"""
import hashlib
import pathlib
import re
import sqlite3
import sys

TYPES = {'int': 'int64_t', 'text': 'struct hl_str', 'blob': 'struct hl_str'}
ROLES = ['public', 'staff', 'worker', 'match', 'lists', 'admin']
EXPECTS = {'any': 'HL_STORE_ANY', 'one': 'HL_STORE_ONE'}
HEAD = '/* SPDX-License-Identifier: Apache-2.0 */\n' \
       '/* Made by tools/sqlc.py from src/store/sql; not to be edited. */\n'


class Bad(Exception):
    pass


class Statement:
    def __init__(self, path, line, name):
        self.where = f'{path}:{line}'
        self.name = name
        self.doc = []
        self.roles = None
        self.ins = []
        self.outs = []
        self.expect = 'any'
        self.sql = []

    def text(self):
        return ' '.join(' '.join(self.sql).split()).rstrip(';').strip()


def fields(st, value):
    out = []
    for part in value.split(','):
        words = part.split()
        if len(words) != 2 or words[1] not in TYPES:
            raise Bad(f'{st.where}: "{part.strip()}" is not NAME TYPE '
                      f'with a type of {", ".join(TYPES)}')
        if not re.fullmatch(r'[a-z][a-z0-9_]*', words[0]):
            raise Bad(f'{st.where}: bad field name {words[0]}')
        out.append((words[0], words[1]))
    return out


def header(st, key, value):
    if key == 'doc':
        st.doc.append(value)
    elif key == 'roles':
        st.roles = [r.strip() for r in value.split(',')]
        for role in st.roles:
            if role not in ROLES:
                raise Bad(f'{st.where}: unknown role {role}')
    elif key == 'in':
        st.ins += fields(st, value.rstrip(','))
    elif key == 'out':
        st.outs += fields(st, value.rstrip(','))
    elif key == 'expect':
        if value not in EXPECTS:
            raise Bad(f'{st.where}: expect is one of {", ".join(EXPECTS)}')
        st.expect = value
    else:
        raise Bad(f'{st.where}: unknown key "{key}"')


def parse(path):
    found, st = [], None
    for n, line in enumerate(path.read_text().splitlines(), 1):
        if 'SPDX-License-Identifier' in line:
            continue
        m = re.match(r'-- (\w+): *(.*)$', line)
        if m and m.group(1) == 'name':
            st = Statement(path, n, m.group(2).strip())
            found.append(st)
        elif m and st and not st.sql:
            header(st, m.group(1), m.group(2).strip())
        elif line.strip() and not line.lstrip().startswith('--'):
            if st is None:
                raise Bad(f'{path}:{n}: SQL before the first "-- name:"')
            st.sql.append(line.strip())
    return found


def check_params(st):
    text = re.sub(r"'[^']*'", '', st.text())
    seen = []
    for m in re.finditer(r'\$(\d+)', text):
        if int(m.group(1)) not in seen:
            seen.append(int(m.group(1)))
    if seen != list(range(1, len(seen) + 1)):
        raise Bad(f'{st.where}: {st.name}: parameters appear as {seen}; '
                  'they must be $1, $2, ... in ascending order of appearance')
    if len(seen) != len(st.ins):
        raise Bad(f'{st.where}: {st.name}: {len(seen)} parameters in the SQL, '
                  f'{len(st.ins)} in "in:"')


def check_schema(db, st):
    zeros = {f'{i + 1}': 0 for i in range(len(st.ins))}
    try:
        db.execute('EXPLAIN ' + st.text(), zeros)
        if re.match(r'(?i)(select|with)\b', st.text()):
            n = len(db.execute(st.text(), zeros).description)
        elif re.search(r'(?i)\breturning\b', st.text()):
            n = len(st.outs) or -1
        else:
            n = 0
    except sqlite3.Error as e:
        raise Bad(f'{st.where}: {st.name}: {e}') from e
    if n != len(st.outs):
        raise Bad(f'{st.where}: {st.name}: {max(n, 1)} result columns, '
                  f'{len(st.outs)} in "out:"')


def check(db, statements):
    names = set()
    for st in statements:
        if not re.fullmatch(r'[a-z][a-z0-9_]*', st.name):
            raise Bad(f'{st.where}: bad name "{st.name}"')
        if st.name in names:
            raise Bad(f'{st.where}: {st.name} is there twice')
        names.add(st.name)
        if not st.roles or not st.doc or not st.sql:
            raise Bad(f'{st.where}: {st.name} needs doc, roles and SQL')
        if ';' in st.text():
            raise Bad(f'{st.where}: {st.name}: one statement a block')
        check_params(st)
        check_schema(db, st)


def struct(kind, st, members):
    lines = [f'struct hl_{kind}_{st.name} {{']
    lines += [f'\t{TYPES[t]} {n};' for n, t in members]
    return '\n'.join(lines + ['};'])


def declare(st):
    doc = '\n * '.join(st.doc)
    out = [f'/* {doc} */']
    args = ''
    if st.ins:
        out.append(struct('in', st, st.ins))
        args = f', const struct hl_in_{st.name} *in'
    if st.outs:
        out.append(struct('row', st, st.outs))
    out.append(f'void hl_tx_{st.name}(struct hl_tx *tx{args});')
    if st.outs:
        row = f'struct hl_row_{st.name}'
        out.append(f'int hl_tx_rows_{st.name}(const struct hl_tx *tx, '
                   f'{row} **rows, size_t *n_rows);')
        out.append(f'int hl_get_{st.name}(struct hl_store *store, '
                   f'struct hl_arena *arena{args}, {row} **rows, '
                   'size_t *n_rows, struct hl_err *err);')
    else:
        out.append(f'int hl_do_{st.name}(struct hl_store *store, '
                   f'struct hl_arena *arena{args}, struct hl_err *err);')
    return '\n'.join(out)


def define_add(st, up, arg):
    out = [f'void hl_tx_{st.name}(struct hl_tx *tx{arg})\n{{']
    if not st.ins:
        return out + [f'\thl_tx_add(tx, {up}, NULL, 0);\n}}']
    out.append('\tconst struct hl_value values[] = {')
    for n, t in st.ins:
        value = f'.i = in->{n}' if t == 'int' else f'.s = in->{n}'
        out.append(f'\t\t{{.type = HL_VALUE_{t.upper()}, {value}}},')
    return out + [f'\t}};\n\n\thl_tx_add(tx, {up}, values, '
                  f'{len(st.ins)});\n}}']


def define_rows(st, up):
    row = f'struct hl_row_{st.name}'
    out = [f'int hl_tx_rows_{st.name}(const struct hl_tx *tx, {row} **rows, '
           'size_t *n_rows)\n{\n\tconst struct hl_value *v;\n'
           f'\tint r = hl_tx_values(tx, {up}, &v, n_rows);\n\n'
           '\t*rows = NULL;\n'
           '\tif (r || *n_rows == 0) {\n\t\treturn r;\n\t}\n'
           f'\t*rows = hl_tx_array(tx, *n_rows, sizeof({row}));\n'
           '\tif (!*rows) {\n\t\treturn HL_E_NOMEM;\n\t}\n'
           f'\tfor (size_t i = 0; i < *n_rows; i++, v += {len(st.outs)}) {{']
    for i, (n, t) in enumerate(st.outs):
        member = 'i' if t == 'int' else 's'
        out.append(f'\t\t(*rows)[i].{n} = v[{i}].{member};')
    return out + ['\t}\n\treturn 0;\n}']


def define(st):
    up = f'HL_SQL_{st.name.upper()}'
    arg = f', const struct hl_in_{st.name} *in' if st.ins else ''
    out = define_add(st, up, arg)
    call = f'hl_tx_{st.name}(tx{", in" if st.ins else ""});'
    begin = ('\tstruct hl_tx *tx = hl_tx_begin(store, arena);\n\n'
             f'\t{call}\n')
    if st.outs:
        row = f'struct hl_row_{st.name}'
        out += define_rows(st, up)
        out.append(
            f'int hl_get_{st.name}(struct hl_store *store, '
            f'struct hl_arena *arena{arg}, {row} **rows, size_t *n_rows, '
            f'struct hl_err *err)\n{{\n{begin}'
            '\tint r = hl_tx_run(tx, err);\n'
            f'\treturn r ? r : hl_tx_rows_{st.name}(tx, rows, n_rows);\n}}')
    else:
        out.append(
            f'int hl_do_{st.name}(struct hl_store *store, '
            f'struct hl_arena *arena{arg}, struct hl_err *err)\n{{\n{begin}'
            '\treturn hl_tx_run(tx, err);\n}')
    return '\n'.join(out)


def c_string(text):
    text = text.replace('\\', '\\\\').replace('"', '\\"')
    return '"' + text.replace('\n', '\\n').replace('\t', '\\t') + '"'


def table_row(st):
    up = f'HL_SQL_{st.name.upper()}'
    roles = ' | '.join(f'HL_STORE_{r.upper()}' for r in st.roles)
    letters = {'int': 'i', 'text': 't', 'blob': 'b'}
    return (f'\t[{up}] = {{\n\t\t.name = "{st.name}",\n'
            f'\t\t.sql = {c_string(st.text())},\n'
            f'\t\t.roles = {roles},\n\t\t.expect = {EXPECTS[st.expect]},\n'
            f'\t\t.in = "{"".join(letters[t] for _, t in st.ins)}",\n'
            f'\t\t.out = "{"".join(letters[t] for _, t in st.outs)}",\n\t}},')


def c_lines(text):
    return '\n'.join('\t\t' + c_string(line + '\n')
                     for line in text.splitlines())


def migration_row(path):
    text = path.read_text()
    version, name = path.stem.split('_', 1)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return (f'\t{{\n\t\t.version = {int(version)},\n\t\t.name = "{name}",\n'
            f'\t\t.checksum = "{digest}",\n\t\t.sql =\n{c_lines(text)},\n'
            '\t},')


def main(argv):
    out_h, out_c = argv[1:3]
    migrations = sorted(pathlib.Path(argv[3]).glob('*.sql'))
    db = sqlite3.connect(':memory:')
    for path in migrations:
        db.executescript(path.read_text())
    statements = []
    for path in argv[4:]:
        statements += parse(pathlib.Path(path))
    check(db, statements)
    enum = ''.join(f'\tHL_SQL_{s.name.upper()},\n' for s in statements)
    pathlib.Path(out_h).write_text(
        HEAD + '#ifndef HL_STORE_SQL_H\n#define HL_STORE_SQL_H\n\n'
        '#include "store/tx.h"\n\n'
        f'enum hl_sql {{\n{enum}\tHL_SQL_COUNT\n}};\n\n' +
        '\n\n'.join(declare(s) for s in statements) + '\n\n#endif\n')
    pathlib.Path(out_c).write_text(
        HEAD + '#include "store/sql.h"\n\n#include "store/statement.h"\n\n'
        'const struct hl_statement hl_store_statements[HL_SQL_COUNT] = {\n' +
        '\n'.join(table_row(s) for s in statements) + '\n};\n\n'
        'const size_t hl_store_n_statements = HL_SQL_COUNT;\n\n'
        'const struct hl_migration hl_store_migrations[] = {\n' +
        '\n'.join(migration_row(p) for p in migrations) + '\n};\n\n'
        f'const size_t hl_store_n_migrations = {len(migrations)};\n\n' +
        '\n\n'.join(define(s) for s in statements) + '\n')


if __name__ == '__main__':
    try:
        main(sys.argv)
    except Bad as e:
        sys.exit(f'sqlc: {e}')
