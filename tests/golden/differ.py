#!/usr/bin/env python3
"""Healthy sessions by chance (tests/unit/chance.h), each read by tshark in several ways: with keys and without, in one pass
and in two, its interfaces in either order, cut at any frame. No way makes one a fault, passes and orders say the same, and
each report is JSON of its schema. tests/unit/test_chance.c tells many more of them to the engine alone.

differ.py --plugins DIR --generator PROG [--tshark CMD] [--library FILE] [--runs N] [--seed S] [--cuts N]

Exit status: 0 all held, 1 some did not, 2 usage.
"""
import argparse
import concurrent.futures
import os
import random
import subprocess
import sys

import pcapng
from place import Failure, Place
from reports import CAPTURES, OPTIONS, report_of

BAD = 'fault', 'unexplained'
INTERFACE, STATISTICS = 1, 5


def generate(place, seed, name, *more):
    """The capture and its script."""
    path = place.path('%s-%d.pcapng' % (name, seed))
    r = subprocess.run([place.generator, '--healthy', str(seed), '--out', path, *more], check=True, capture_output=True, text=True)
    os.chmod(path, 0o644)
    return path, r.stdout.strip()


def exchanged(path, out):
    """Copies a capture whose first two interfaces change places. False: it has but one."""
    with open(path, 'rb') as f:
        blocks = list(pcapng.blocks(f.read()))
    ends = [i for i, (kind, _) in enumerate(blocks) if kind == INTERFACE]
    if len(ends) < 2:
        return False
    blocks[ends[0]], blocks[ends[1]] = blocks[ends[1]], blocks[ends[0]]
    with open(out, 'wb') as f:
        for kind, block in blocks:
            number = pcapng.word(block, 8)
            if kind in (pcapng.ENHANCED, STATISTICS) and number < 2:
                block = block[:8] + (1 - number).to_bytes(4, 'little') + block[12:]
            f.write(block)
    os.chmod(out, 0o644)
    return True


def verdicts(report):
    """Of pairs where ends are one session, else of sessions."""
    return sorted((v['state'], v['finding']) for v in
                  (each['verdict'] for each in report['pairs'] or report['sessions']) if v)


def check(said, how):
    bad = [finding for state, finding in said if state in BAD]
    if bad:
        raise Failure('%s: %s' % (how, ', '.join(bad)))


def cut(place, path, seed, number):
    out = place.path('cut-%d-%d.pcapng' % (seed, number))
    pcapng.thinned(path, out, lambda n: n <= number)
    os.chmod(out, 0o644)
    said = verdicts(report_of(place, out, *OPTIONS))
    os.remove(out)
    check(said, 'the first %d frames' % number)


def ways(place, seed, cuts):
    path, script = generate(place, seed, 'keys')
    blind, _ = generate(place, seed, 'blind', '--no-keys')
    other = place.path('other-%d.pcapng' % seed)
    try:
        said = verdicts(report_of(place, path, *OPTIONS))
        check(said, 'as it is')
        check(verdicts(report_of(place, blind, *OPTIONS)), 'without keys')
        again = verdicts(report_of(place, path, '-2', *OPTIONS))
        if again != said:
            raise Failure('in two passes %s, in one %s' % (again, said))
        if exchanged(path, other):
            turned = verdicts(report_of(place, other, *OPTIONS))
            if turned != said:
                raise Failure('interfaces in the other order %s, else %s' % (turned, said))
            os.remove(other)
        frames = pcapng.frames(path)
        for number in random.Random(seed).sample(range(1, frames), min(cuts, frames - 1)):
            cut(place, path, seed, number)
    except (Failure, ValueError, TimeoutError) as wrong:
        return 'seed %d: %s\n  %s' % (seed, wrong or 'took too long', script)
    finally:
        os.remove(path)
        os.remove(blind)
    return None


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--plugins', required=True, metavar='DIR')
    p.add_argument('--generator', required=True, metavar='PROG')
    p.add_argument('--tshark', default='tshark', metavar='CMD')
    p.add_argument('--library', metavar='FILE')
    p.add_argument('--runs', type=int, default=300)
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--cuts', type=int, default=4)
    a = p.parse_args()
    os.umask(0o022)
    place = Place(a.plugins, CAPTURES, a.tshark, generator=a.generator, library=a.library)
    wrong = 0
    try:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for said in pool.map(lambda seed: ways(place, seed, a.cuts), range(a.seed, a.seed + a.runs)):
                if said:
                    wrong += 1
                    print(said, flush=True)
    finally:
        place.remove()
    print('differ: %d sessions, Wireshark %d.%d: %d failed' % (a.runs, *place.version, wrong))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
