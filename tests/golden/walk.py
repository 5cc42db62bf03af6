#!/usr/bin/env python3
"""Walk through the commands of a page: each must print what stands below it.

walk.py --plugins DIR [--tshark CMD] [--program FILE]... PAGE

DIR as for run.py. Commands begin with "$ " in a listing, lines that go on with them with "> "; all of a page run in one bash,
with the captures in test-captures, and each FILE as a command of its name.
Exit status: 0 all print it, 1 some do not, 2 usage.
"""
import argparse
import itertools
import os
import re
import shutil
import sys

from place import Failure, Place

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
CAPTURES = os.path.join(ROOT, 'test-captures')
LISTING = re.compile(r'^----\n(.*?)^----\n', re.MULTILINE | re.DOTALL)
MARK = '=== end of a command ==='

# tshark as place.run() would start it, in a folder of its own.
PRELUDE = """run=("$0" "$@")
tshark() { command "${run[@]}" "$@"; }
PATH='%s':$PATH
cd "$(mktemp -d)" && ln -s '%s' test-captures
"""


def steps(page):
    """(command, expected output) of each command, in order."""
    for listing in LISTING.findall(page):
        command = None
        for begins, lines in itertools.groupby(listing.splitlines(), lambda s: s.startswith(('$ ', '> '))):
            if not begins:
                if command is None:
                    raise Failure('a listing does not begin with a command')
                yield command, ''.join(s + '\n' for s in lines)
                command = None
                continue
            for line in lines:
                if line.startswith('> '):
                    command += '\n' + line[2:]
                    continue
                if command is not None:
                    yield command, ''
                command = line[2:]
        if command is not None:
            yield command, ''


def walk(place, path):
    """What is wrong, a line for each command."""
    with open(path, encoding='utf-8') as f:
        todo = list(steps(f.read()))
    if not todo:
        raise Failure('the page has no commands')
    script = PRELUDE % (place.path('bin'), place.captures) + ''.join("%s\necho '%s'\n" % (command, MARK) for command, _ in todo)
    r = place.run([], under=['bash', '-c', script])
    outputs = r.out.decode().split(MARK + '\n')
    if r.status or r.err or len(outputs) != len(todo) + 1:
        yield 'exit status %d after %d of %d commands: %s' % (r.status, len(outputs) - 1, len(todo), r.err[:500])
    for (command, expected), output in zip(todo, outputs):
        if output != expected:
            yield '$ %s\nprints\n%sbut the page says\n%s' % (command, output, expected)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--plugins', required=True, metavar='DIR')
    p.add_argument('--tshark', default='tshark', metavar='CMD')
    p.add_argument('--program', action='append', default=[], metavar='FILE')
    p.add_argument('page', metavar='PAGE')
    a = p.parse_args()
    os.umask(0o022)
    place = Place(a.plugins, CAPTURES, a.tshark)
    failed = 0
    try:
        os.mkdir(place.path('bin'))
        for program in a.program:
            shutil.copy(program, place.path('bin'))
        for wrong in walk(place, a.page):
            print('%s: %s' % (os.path.basename(a.page), wrong), file=sys.stderr)
            failed += 1
    finally:
        place.remove()
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
