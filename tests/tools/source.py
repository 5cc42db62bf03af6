#!/usr/bin/env python3
"""An end made up for tests: writes a capture to standard output as a capture program does.

source.py [--count N] [--size BYTES] [--rate PACKETS] [--offset SECONDS] [--late SECONDS] [--us] [--big]
          [--pcapng] [--blocks TEXT] [--hello HEX:SECONDS] [--cut] [--garbage] [--endless] [--stay] [--status N]
          [--say TEXT]

Packets are Ethernet frames of --size bytes that hold their number. --stay waits for the end of
standard input, or for a signal.
"""
import argparse
import struct
import sys
import time

CLIENT_HELLO, SERVER_HELLO = 1, 2
HEADERS = bytes(12) + bytes.fromhex('0800 4500') + bytes(38)


def parse():
    p = argparse.ArgumentParser()
    p.add_argument('--count', type=int, default=0)
    p.add_argument('--size', type=int, default=100)
    p.add_argument('--rate', type=float, default=0, help='packets a second; 0: at once')
    p.add_argument('--offset', type=float, default=0)
    p.add_argument('--late', type=float, default=0)
    p.add_argument('--us', action='store_true')
    p.add_argument('--big', action='store_true')
    p.add_argument('--pcapng', action='store_true', help='with a second interface half way')
    p.add_argument('--blocks', help='pcapng: half way blocks of other kinds, that hold this')
    p.add_argument('--hello', help='client random, and seconds until the Server Hello')
    for flag in ('cut', 'garbage', 'endless', 'stay'):
        p.add_argument('--' + flag, action='store_true')
    p.add_argument('--status', type=int, default=0)
    p.add_argument('--say')
    return p.parse_args()


class Writer:
    def __init__(self, args, out=None):
        self.out = out or sys.stdout.buffer
        self.args = args
        self.order = '>' if args.big else '<'
        self.interface = 0
        if args.pcapng:
            self.section()
        else:
            magic = 0xa1b2c3d4 if args.us else 0xa1b23c4d
            self.write(self.pack('IHHIIII', magic, 2, 4, 0, 0, 262144, 1))

    def pack(self, form, *values):
        return struct.pack(self.order + form, *values)

    def write(self, data):
        self.out.write(data)

    def block(self, kind, body):
        self.write(self.pack('II', kind, len(body) + 12) + body + self.pack('I', len(body) + 12))

    def section(self):
        self.block(0x0a0d0d0a, self.pack('IHHQ', 0x1a2b3c4d, 1, 0, 2**64 - 1))
        self.describe()

    def describe(self):
        self.block(1, self.pack('HHI', 1, 0, 0) + self.pack('HHI', 9, 1, 9 if not self.args.big else 9 << 24))

    def packet(self, data, ns=None):
        ns = time.time_ns() + int(self.args.offset * 1e9) if ns is None else ns
        if self.args.pcapng:
            body = self.pack('IIIII', self.interface, ns >> 32, ns & 0xffffffff, len(data), len(data))
            self.block(6, body + data + bytes(-len(data) % 4))
        else:
            part = ns % 10**9 // (1000 if self.args.us else 1)
            self.write(self.pack('IIII', ns // 10**9, part, len(data), len(data)) + data)

    def second_interface(self):
        self.describe()
        self.interface = 1


def other_blocks(writer, text):
    """A name, custom blocks that may be copied and that may not, secrets of WireGuard and of TLS, an unknown block."""
    word = text.encode().ljust(8, b'.')
    writer.block(4, writer.pack('HH', 1, 4 + len(word)) + bytes([192, 0, 2, 1]) + word + writer.pack('HH', 0, 0))
    for kind in 0xbad, 0x40000bad:
        writer.block(kind, writer.pack('I', 32473) + word)
    for kind in 0x57474b4c, 0x544c534b:
        writer.block(10, writer.pack('II', kind, len(word)) + word)
    writer.block(0x80000001, word)


def hello(kind, random):
    body = bytes([3, 3]) + random + bytes(40)
    message = bytes([kind]) + len(body).to_bytes(3, 'big') + body
    return HEADERS + bytes([22, 3, 3]) + len(message).to_bytes(2, 'big') + message


def main():
    args = parse()
    if args.say:
        sys.stderr.buffer.write(args.say.encode('utf-8', 'surrogateescape') + b'\n')
        sys.stderr.flush()
    time.sleep(args.late)
    if args.garbage:
        sys.stdout.buffer.write(b'Welcome to this host\n' * 50)
        return args.status
    if args.endless:
        while True:
            sys.stdout.buffer.write(struct.pack('<II', 0x0a0d0d0a, 0xfffffff0) + bytes(4096))
    writer = Writer(args)
    writer.out.flush()
    begun, first_ns = time.monotonic(), time.time_ns() + int(args.offset * 1e9)
    for i in range(args.count):
        if args.pcapng and i == args.count // 2:
            writer.second_interface()
            if args.blocks:
                other_blocks(writer, args.blocks)
        data = HEADERS + i.to_bytes(8, 'big') + bytes(max(args.size - len(HEADERS) - 8, 0))
        writer.packet(data, None if args.rate else first_ns + i * 1000)
        if args.rate:
            writer.out.flush()
            time.sleep(max(0, begun + (i + 1) / args.rate - time.monotonic()))
    if args.hello:
        random, seconds = args.hello.split(':')
        writer.packet(hello(CLIENT_HELLO, bytes.fromhex(random)))
        writer.out.flush()
        time.sleep(float(seconds))
        writer.packet(hello(SERVER_HELLO, bytes.fromhex(random)))
    if args.cut:
        writer.out.flush()
        writer.write(writer.pack('IIII', 1, 2, 1000, 1000) + b'cut')
    writer.out.flush()
    if args.stay:
        sys.stdin.buffer.read()
    return args.status


if __name__ == '__main__':
    try:
        sys.exit(main())
    except (KeyboardInterrupt, BrokenPipeError):
        sys.stderr.close()
