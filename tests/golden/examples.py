#!/usr/bin/env python3
"""Run the examples of the pages in docs/findings: each must show its finding. And take the filters of docs/tasks.adoc,
and the commands of all pages (commands.py).

examples.py --plugins DIR [--tshark CMD]

DIR as for run.py. Examples of generated captures are passed over as long as there are none.
Exit status: 0 all show theirs, 1 some do not, 2 usage.
"""
import argparse
import glob
import os
import re
import shlex
import sys

import commands
from place import Failure, Place

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
CAPTURES = os.path.join(ROOT, 'test-captures')
COMMAND = re.compile(r'`tshark ([^`]+)`')
TASKS = 'docs/tasks.adoc'
FILTER = re.compile(r'^Filter:: `([^`]+)`$', re.M)


def examples():
    """(finding, arguments of tshark) of each command in the section Example, one for a page at least."""
    for path in sorted(glob.glob(os.path.join(ROOT, 'docs', 'findings', '*.adoc'))):
        finding = os.path.basename(path)[:-len('.adoc')]
        if finding == 'README':
            continue
        with open(path, encoding='utf-8') as page:
            commands = COMMAND.findall(page.read().partition('\n== Example\n')[2])
        for command in commands or ['']:
            yield finding, shlex.split(command)


def judge(place, finding, args):
    if not args:
        raise Failure('the page has no example')
    capture = args[args.index('-r') + 1]
    if capture.startswith('test-captures/synthetic/') and not os.path.isdir(os.path.join(CAPTURES, 'synthetic')):
        return
    here = place.captures + capture[len('test-captures'):]
    r = place.run([here if a == capture else a for a in args])
    if r.status or r.err:
        raise Failure('exit status %d %s' % (r.status, r.err[:200]))
    if not re.search(r'\b%s\b' % finding, r.out.decode()):
        raise Failure('the report of tshark %s does not name it' % ' '.join(args))


def check_filters(place):
    """tshark takes all filters of the page at once."""
    with open(os.path.join(ROOT, TASKS), encoding='utf-8') as page:
        filters = FILTER.findall(page.read())
    if len(filters) < 10:
        raise Failure('only %d filters recognised' % len(filters))
    r = place.run(['-r', os.path.join(place.captures, 'wrong-password', 'client.pcapng'), '-Y', ' or '.join('(%s)' % f for f in filters)])
    if r.status or r.err or not r.out:
        raise Failure('exit status %d %s' % (r.status, r.err[:500]))


def check_sample(place):
    """README.md shows what its command prints."""
    with open(os.path.join(ROOT, 'README.md'), encoding='utf-8') as page:
        sample, = re.findall(r'^    \$ tshark (-r test-captures/.*)\n((?:    .*\n|\n)+)', page.read(), re.M)
    args = sample[0].replace('test-captures', place.captures).split()
    shown = re.sub(r'^    ', '', sample[1], flags=re.M).strip()
    r = place.run(args)
    if r.out.decode().strip() != shown:
        raise Failure('%s prints\n%s' % (' '.join(args), r.out.decode()))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--plugins', required=True, metavar='DIR')
    p.add_argument('--tshark', default='tshark', metavar='CMD')
    a = p.parse_args()
    os.umask(0o022)
    place = Place(a.plugins, CAPTURES, a.tshark)
    failed = 0
    try:
        for page, check in (TASKS, check_filters), ('README.md', check_sample):
            try:
                check(place)
            except Failure as e:
                print('%s: %s' % (page, e), file=sys.stderr)
                failed += 1
        for wrong in commands.check(place):
            print(wrong, file=sys.stderr)
            failed += 1
        for finding, args in examples():
            try:
                judge(place, finding, args)
            except Failure as e:
                print('docs/findings/%s.adoc: %s' % (finding, e), file=sys.stderr)
                failed += 1
    finally:
        place.remove()
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
