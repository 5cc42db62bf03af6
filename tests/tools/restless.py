#!/usr/bin/env python3
"""An end for soak.py: bursts, rests, steps of its clock, reconnects, each as its seed wants, and a journal of it.

restless.py --journal FILE --end N --seed TEXT --seconds N [--pcapng] [--waits] [--late SECONDS]

It writes a capture to standard output until its time is over, its input ends or SIGINT or SIGTERM comes. Packets hold
their number. When nobody takes them they wait in a megabyte, as in the kernel's buffer, and what has no room there is
dropped and counted; --waits: it rather stops until there is room. The journal tells, also of a process that was
killed, which packets it handed over: those that the pipe has taken to their last byte.
"""
import argparse
import mmap
import os
import random
import resource
import select
import signal
import struct
import sys
import time
from collections import deque

from source import HEADERS, Writer

ROOM = 1 << 20
RECORD = struct.Struct('<QQII')     # number; when the pipe had taken it, monotonic ns; bytes; its interface at the source
HEAD = struct.Struct('<QQQQQ')      # pid; packets that were to be handed over; that were; dropped; all is told
RECORDS_MAX = 400_000
STEPS = 0.3, -0.3, 5, -5, 60, -3600, 3600, 86400, -86400
SIZES = 60, 100, 300, 1514, 1514, 9000, 65535
FILLER = bytes(range(256)) * 257


def content(end, number, size):
    return HEADERS + bytes([end]) + number.to_bytes(8, 'big') + FILLER[number % 256:number % 256 + max(size - len(HEADERS) - 9, 0)]


class Journal:
    """On disk at each moment, whatever ends this process."""

    def __init__(self, path):
        self.map = None
        with open(path, 'w+b') as f:
            f.truncate(HEAD.size + RECORDS_MAX * RECORD.size)
            self.map = mmap.mmap(f.fileno(), 0)
        self.meant = self.handed = self.dropped = self.told = 0
        self.sync()

    def sync(self):
        self.map[:HEAD.size] = HEAD.pack(os.getpid(), self.meant, self.handed, self.dropped, self.told)

    def mean(self, number, size, interface):
        RECORD.pack_into(self.map, HEAD.size + self.meant * RECORD.size, number, 0, size, interface)
        self.meant += 1

    def hand_over(self):
        struct.pack_into('<Q', self.map, HEAD.size + self.handed * RECORD.size + 8, time.monotonic_ns())
        self.handed += 1

    @staticmethod
    def read(path):
        """(head, records) of what was meant; ((0,) * 5, []) of an end that never began."""
        try:
            with open(path, 'rb') as f:
                data = f.read()
        except FileNotFoundError:
            data = b''
        head = HEAD.unpack_from(data.ljust(HEAD.size, b'\0'))
        return head, [RECORD.unpack_from(data, HEAD.size + i * RECORD.size) for i in range(head[1])]


class Pipe:
    """Standard output, in Writer's place of a file; what it has not taken yet waits here."""

    def __init__(self, journal):
        self.journal = journal
        self.waiting = bytearray()
        self.ends = deque()     # bytes up to the end of each packet, of all that ever were put here
        self.put = self.taken = 0
        os.set_blocking(1, False)

    def write(self, data):
        self.waiting += data
        self.put += len(data)

    def push(self):
        """What the pipe takes now."""
        self.journal.sync()     # whatever happens behind this, no packet comes that it does not know
        try:
            while self.waiting:
                n = os.write(1, memoryview(self.waiting)[:65536])
                del self.waiting[:n]
                self.taken += n
        except BlockingIOError:
            pass
        while self.ends and self.ends[0] <= self.taken:
            self.ends.popleft()
            self.journal.hand_over()
        self.journal.sync()


class End:
    def __init__(self, args):
        self.args = args
        self.random = random.Random(args.seed)
        self.journal = Journal(args.journal)
        self.pipe = Pipe(self.journal)
        self.until = time.monotonic() + args.seconds
        self.number = self.offset = self.interface = 0
        self.here = [0, 0]      # packets and drops of the interface that is open
        self.stopped = False
        for number in signal.SIGINT, signal.SIGTERM:
            signal.signal(number, self.stop)
        args.us = args.big = False
        self.writer = Writer(args, self.pipe)

    def stop(self, *_):
        self.stopped = True

    def over(self):
        return self.stopped or time.monotonic() >= self.until

    def rest(self, seconds):
        until = min(time.monotonic() + seconds, self.until)
        while not self.over():
            self.pipe.push()
            left = until - time.monotonic()
            if left <= 0:
                return
            ready = select.select([0], [1] if self.pipe.waiting else [], [], min(left, 0.05))
            if ready[0] and not os.read(0, 4096):
                self.stopped = True

    def packet(self, size):
        while self.args.waits and len(self.pipe.waiting) > ROOM and not self.over():
            self.rest(0.01)
        self.number += 1
        if self.journal.meant == RECORDS_MAX:
            self.stopped = True
        elif len(self.pipe.waiting) > ROOM:
            self.journal.dropped += 1
            self.here[1] += 1
        else:
            self.journal.mean(self.number, size, self.interface)
            self.here[0] += 1
            self.writer.packet(content(self.args.end, self.number, size), time.time_ns() + int(self.offset * 1e9))
            self.pipe.ends.append(self.pipe.put)

    def packets(self, num, size, rest):
        for i in range(num):
            if self.over():
                return
            self.packet(size)
            if rest or i % 16 == 15:
                self.rest(rest)

    def tell_statistics(self):
        self.writer.block(5, struct.pack('<III', 0, *divmod(time.time_ns(), 1 << 32)) +
                          b''.join(struct.pack('<HHQ', kind, 8, n) for kind, n in ((4, sum(self.here)), (5, self.here[1]))) + bytes(4))
        self.here = [0, 0]

    def reconnect(self):
        """As a program that starts once more on the same stream."""
        if self.args.pcapng:
            self.tell_statistics()
            self.writer.section()
            self.interface += 1

    def act(self):
        draw = self.random
        what = draw.choices(('burst', 'flow', 'rest', 'step', 'reconnect'), (5, 4, 2, 2, 1))[0]
        if what == 'burst':
            size = draw.choice(SIZES)
            self.packets(draw.randrange(1, max(3000 * 100 // size, 2)), size, 0)
        elif what == 'flow':
            self.packets(draw.randrange(1, 100), draw.choice(SIZES), draw.uniform(0.001, 0.01))
        elif what == 'rest':
            self.rest(draw.uniform(0, 0.8))
        elif what == 'step':
            self.offset += draw.choice(STEPS)
        else:
            self.reconnect()

    def run(self):
        while not self.over():
            self.act()
        if self.args.pcapng:
            self.tell_statistics()
        while self.pipe.waiting:
            self.pipe.push()
            select.select([], [1], [], 0.05)
        self.pipe.push()
        if not self.args.pcapng:
            os.write(2, b'%d packets dropped by kernel\n' % self.journal.dropped)
        self.journal.told = 1
        self.journal.sync()


def parse():
    p = argparse.ArgumentParser()
    p.add_argument('--journal', required=True)
    p.add_argument('--end', type=int, required=True)
    p.add_argument('--seed', required=True)
    p.add_argument('--seconds', type=float, required=True)
    p.add_argument('--pcapng', action='store_true')
    p.add_argument('--waits', action='store_true')
    p.add_argument('--late', type=float, default=0)
    return p.parse_args()


if __name__ == '__main__':
    arguments = parse()
    # The recording's limit is not ours.
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    time.sleep(arguments.late)
    try:
        End(arguments).run()
    except BrokenPipeError:
        sys.stderr.close()
