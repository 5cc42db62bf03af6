#!/usr/bin/env python3
"""Noise over captures, as editcap -E makes it: whatever bytes they hold, tshark ends in time, with a report that is JSON of
its schema and complaints that stock tshark has as well.

noise.py --plugins DIR [--tshark CMD] [--library FILE] [--runs N] [--seed S]

The secrets of a capture stay as they are, so that much of it is still decrypted. A file that fails is kept, and named with
its seed. Exit status: 0 all held, 1 some did not, 2 usage.
"""
import argparse
import concurrent.futures
import glob
import os
import random
import shutil
import sys

import pcapng
from place import Failure, Place
from reports import CAPTURES, OPTIONS, ORDER_ON, complaints, report_of

RATES = 0.0005, 0.002, 0.01, 0.05       # of bytes that change
LIMIT = 60                              # seconds for a report
HEAD = 28                               # of an Enhanced Packet Block: in front of the packet's bytes


def noisy(path, out, chance):
    """Copies path, a pcapng file, to out, with bytes of its packets changed."""
    rate = chance.choice(RATES)
    with open(path, 'rb') as f, open(out, 'wb') as o:
        for kind, block in pcapng.blocks(f.read()):
            if kind == pcapng.ENHANCED:
                length = pcapng.word(block, 20)
                packet = bytearray(block[HEAD:HEAD + length])
                for _ in range(sum(chance.random() < rate for _ in range(length))):
                    packet[chance.randrange(length)] = chance.randrange(256)
                block = block[:HEAD] + bytes(packet) + block[HEAD + length:]
            o.write(block)


def run(place, captures, seed):
    """None, or what went wrong."""
    chance = random.Random(seed)
    path = place.path('noise-%d.pcapng' % seed)
    noisy(chance.choice(captures), path, chance)
    os.chmod(path, 0o644)
    options = [*OPTIONS, *(ORDER_ON if chance.random() < 0.5 else []), *(['-2'] if chance.random() < 0.3 else [])]
    try:
        # With a statistic it dissects as much as for a report.
        stock = place.serve(['-n', '-q', '-r', path, '-z', 'io,phs'], plugin=False, limit=LIMIT)
        if stock.status == 0:
            report_of(place, path, *options, limit=LIMIT, stock=complaints(stock))
    except (Failure, ValueError, TimeoutError) as wrong:
        kept = shutil.copy(path, os.getcwd())
        return 'seed %d (%s, %s): %s' % (seed, os.path.basename(kept), ' '.join(options), wrong or 'took too long')
    finally:
        os.remove(path)
    return None


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--plugins', required=True, metavar='DIR')
    p.add_argument('--tshark', default='tshark', metavar='CMD')
    p.add_argument('--library', metavar='FILE')
    p.add_argument('--runs', type=int, default=1000)
    p.add_argument('--seed', type=int, default=1)
    a = p.parse_args()
    os.umask(0o022)
    place = Place(a.plugins, CAPTURES, a.tshark, library=a.library)
    captures = sorted(glob.glob(place.captures + '/**/*.pcapng', recursive=True))
    wrong = 0
    try:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for said in pool.map(lambda seed: run(place, captures, seed), range(a.seed, a.seed + a.runs)):
                if said:
                    wrong += 1
                    print(said, flush=True)
    finally:
        place.remove()
    print('noise: %d runs on %d captures, Wireshark %d.%d: %d failed' % (a.runs, len(captures), *place.version, wrong))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
