#!/usr/bin/env python3
"""Take TLS secrets out of a pcapng file, which editcap 4.0 refuses to read; count packets.

pcapng.py IN OUT [KEYS]    write IN without secrets to OUT, the secrets as a key log to KEYS
"""
import sys

SECTION, INTERFACE, SIMPLE, ENHANCED, SECRETS = 0x0a0d0d0a, 1, 3, 6, 10


def word(data, at):
    return int.from_bytes(data[at:at + 4], 'little')


def blocks(data):
    """(type, block) of a pcapng file in the byte order of this program."""
    at = 0
    while at + 12 <= len(data):
        length = word(data, at + 4)
        if length < 12:
            raise ValueError('not a pcapng file in this byte order')
        yield word(data, at), data[at:at + length]
        at += length


def frames(path):
    """Number of packets of a pcapng or pcap file."""
    with open(path, 'rb') as f:
        data = f.read()
    if word(data, 0) == SECTION:
        return sum(kind in (SIMPLE, ENHANCED) for kind, _ in blocks(data))
    count, at = 0, 24
    while at + 16 <= len(data):
        count, at = count + 1, at + 16 + word(data, at + 8)
    return count


def thinned(path, out, keep):
    """Copy path to out, of packets those whose number, from 1, keep() takes."""
    number = 0
    with open(path, 'rb') as f, open(out, 'wb') as o:
        for kind, block in blocks(f.read()):
            number += kind in (SIMPLE, ENHANCED)
            if kind not in (SIMPLE, ENHANCED) or keep(number):
                o.write(block)


def disordered(path, out):
    """Copy path to out, of packets every seventh one behind the next, and every eleventh once more, three behind."""
    late, number = [], 0        # (number from which on it is written, packet)
    with open(path, 'rb') as f, open(out, 'wb') as o:
        for kind, block in blocks(f.read()):
            if kind not in (SIMPLE, ENHANCED):
                o.write(block)
                continue
            number += 1
            if number % 7:
                o.write(block)
            else:
                late.append((number + 1, block))
            if number % 11 == 0:
                late.append((number + 3, block))
            o.write(b''.join(b for n, b in late if n <= number))
            late = [(n, b) for n, b in late if n > number]
        o.write(b''.join(b for _, b in late))


def cut(path, out, number, length):
    """Copy path to out, of its packet of that number only so many bytes."""
    with open(path, 'rb') as f, open(out, 'wb') as o:
        for kind, block in blocks(f.read()):
            number -= kind == ENHANCED
            if kind == ENHANCED and number == 0:
                kept = block[28:28 + length] + bytes(-length % 4)
                size = (32 + len(kept)).to_bytes(4, 'little')
                block = block[:4] + size + block[8:20] + length.to_bytes(4, 'little') + block[24:28] + kept + size
                number = -1
            o.write(block)


def without_secrets(path, out):
    """Copy path to out without its secrets and return them."""
    keys = b''
    with open(path, 'rb') as f, open(out, 'wb') as o:
        for kind, block in blocks(f.read()):
            if kind == SECRETS:
                keys += block[16:16 + word(block, 12)]
            else:
                o.write(block)
    return keys


if __name__ == '__main__':
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    secrets = without_secrets(sys.argv[1], sys.argv[2])
    if len(sys.argv) == 4:
        with open(sys.argv[3], 'wb') as f:
            f.write(secrets)
