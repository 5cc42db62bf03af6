"""A session's segment that an ICMP error quotes: said and shown in the frame where it was sent, and there alone.

sharkd dissects a frame as often as it is asked for, as Wireshark's window does when somebody clicks.
"""
import json
import shutil
import struct
import subprocess

import pcapng
from place import Failure

QUOTED = 548        # bytes of the quoted packet, as routers send them
ETHERNET_LEN = 14


def checksum(data):
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data + b'\0' * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def icmp_error(packet):
    """An Ethernet frame in which a router asks packet's sender for smaller ones; packet is one of Ethernet and IPv4."""
    ip = packet[ETHERNET_LEN:]
    body = struct.pack('!BBHHH', 3, 4, 0, 0, 1300) + ip[:QUOTED]
    body = body[:2] + struct.pack('!H', checksum(body + b'\0' * (len(body) % 2))) + body[4:]
    header = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(body), 1, 0, 64, 1, 0, bytes([192, 0, 2, 254]), ip[12:16])
    header = header[:10] + struct.pack('!H', checksum(header)) + header[12:]
    return packet[6:12] + packet[:6] + b'\x08\0' + header + body


def quoting(source, number):
    """Returns make(path): the capture source, and behind it an error that quotes its packet of that number."""
    def make(path):
        with open(source, 'rb') as f, open(path, 'wb') as out:
            packets = []
            for kind, block in pcapng.blocks(f.read()):
                out.write(block)
                if kind == pcapng.ENHANCED:
                    packets.append(block)
            quoted, last = packets[number - 1], packets[-1]
            frame = icmp_error(quoted[28:28 + pcapng.word(quoted, 20)])
            padded = frame + b'\0' * (-len(frame) % 4)
            length = 32 + len(padded)
            out.write(struct.pack('=II', pcapng.ENHANCED, length) + last[8:20] + struct.pack('=II', len(frame), len(frame)) +
                      padded + struct.pack('=I', length))
    return make


def messages(tree):
    """What the tree of a frame, as sharkd tells it, has for sstpdiag.message."""
    found = []
    for item in tree:
        if item.get('f', '').startswith('sstpdiag.message =='):
            found.append(item['l'])
        found += messages(item.get('n', []))
    return found


def sharkd(place, path, *asked):
    """What sharkd answers to each (method, parameters), once it has loaded a capture."""
    program = shutil.which('sharkd')
    if not program:
        raise Failure('sharkd is missing: it comes with wireshark-common')
    calls = [('load', {'file': path}), *asked]
    text = ''.join(json.dumps({'jsonrpc': '2.0', 'id': i, 'method': m, 'params': p}) + '\n' for i, (m, p) in enumerate(calls, 1))
    # Memory that is used behind its end is then memory of nobody.
    env = dict(place.env(True), WIRESHARK_DEBUG_WMEM_OVERRIDE='simple', MALLOC_PERTURB_='165')
    try:
        r = subprocess.run([*place.tshark[:-1], program, '-'], input=text, capture_output=True, text=True, cwd=place.home,
                           env=env, timeout=120, **place.user)
    except subprocess.TimeoutExpired:
        raise Failure('sharkd does not come to an end')
    answers = [json.loads(line) for line in r.stdout.splitlines() if line.startswith('{')]
    if r.returncode or len(answers) != len(calls) or any('error' in a for a in answers):
        raise Failure('sharkd: exit status %d: %s %s' % (r.returncode, r.stderr[-300:], r.stdout[-300:]))
    return [a['result'] for a in answers[1:]]


def ask(place, path, frames):
    """The messages of each frame asked for, in the order of asking, by one sharkd."""
    answers = sharkd(place, path, *(('frame', {'frame': n, 'proto': True}) for n in frames))
    return [messages(a.get('tree', [])) for a in answers]


def test(place):
    source = place.path('captures', 'offload-haproxy-ok', 'server.pcapng')
    count = pcapng.frames(source)
    told = place.serve(['-n', '-2', '-r', source, '-Y', 'sstpdiag.message && tcp.len > 8', '-T', 'fields', '-e', 'frame.number'])
    number = int(told.out.split()[-1])
    path = place.made('quoted.pcapng', quoting(source, number))
    there, *again = ask(place, path, [number] + [count + 1] * 3)
    if not there or any(again):
        raise Failure('frame %d says %s, the error that quotes it %s' % (number, there, again))
    follow = [place.run(['-n', '-q', '-2', '-r', p, '-z', 'follow,sstpdiag,raw,0']).out.splitlines()[4:] for p in (source, path)]
    if follow[0] != follow[1]:
        raise Failure('what an error quotes is followed a second time')
