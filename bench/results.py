"""Sections of results.md: each program of this folder writes its own and leaves the others."""
import os
import re


def sections_of(path):
    """By title, in order."""
    old = ''
    if os.path.exists(path):
        with open(path) as f:
            old = f.read()
    sections = [s for s in re.split(r'^(?=# )', old, flags=re.M) if s.strip()]
    return {s.split('\n', 1)[0]: s for s in sections}


def write(path, sections):
    with open(path, 'w') as f:
        f.write('\n'.join(s.rstrip('\n') + '\n' for s in sections.values()))


def put(path, text):
    """Replace the section that has the title of text, or append it. text begins with "# title"."""
    sections = sections_of(path)
    sections[text.split('\n', 1)[0]] = text
    write(path, sections)


def cells(line):
    return [c.strip() for c in line.strip().strip('|').split('|')]


def put_column(path, title, about, version, how, rows):
    """One table for all versions: puts (what, budget, value) into the column of version, and how it was measured below.
    Rows that this run lacks stay as far as other versions have them. Returns the section."""
    sections = sections_of(path)
    old = sections.get('# ' + title, '')
    table = [cells(s) for s in old.splitlines() if s.startswith('|')]
    versions = table[0][2:] if table else []
    measured = {(v, row[0]): value for row in table[2:] for v, value in zip(versions, row[2:])}
    hows = dict(re.findall(r'^\* (\S+): (.*)$', old, flags=re.M))
    budgets = {what: budget for what, budget, _ in rows}
    measured = {k: v for k, v in measured.items() if k[0] != version}
    measured.update({(version, what): value for what, _, value in rows})
    hows[version] = how
    for row in table[2:]:
        if any(measured.get((v, row[0]), '-') != '-' for v in versions):
            budgets.setdefault(row[0], row[1])
    versions = sorted(hows, key=lambda v: [int(n) for n in re.findall(r'\d+', v)])
    lines = ['# ' + title, '', about, '| what | budget | %s |' % ' | '.join(versions), '|---|---|' + '---|' * len(versions)]
    lines += ['| %s | %s | %s |' % (what, budget, ' | '.join(measured.get((v, what), '-') for v in versions))
              for what, budget in budgets.items()]
    text = '\n'.join(lines + [''] + ['* %s: %s' % (v, hows[v]) for v in versions]) + '\n'
    sections['# ' + title] = text
    write(path, sections)
    return text
