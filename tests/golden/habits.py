"""The same recording as others would have made it: with two clocks, cut short, on two interfaces."""
import os
import re
import struct

import pcapng
import schema
from place import Failure
from reports import CAPTURES, OPTIONS, ORDER_ON, report_of

CASES = 'ok-tls13', 'ok-tls12-cbc', 'sorz-ok', 'wrong-password', 'ip-pool-empty'
MILLISECOND = 1_000_000
STAMP, CAPTURED, DATA = 12, 20, 28   # in an enhanced packet block
ETHERTYPE, ETHERNET_LEN, TCP = 12, 14, 6


def time_of(block):
    high, low = struct.unpack_from('<II', block, STAMP)
    return high << 32 | low


def at_time(block, time):
    return block[:STAMP] + struct.pack('<II', time >> 32, time & 0xffffffff) + block[STAMP + 8:]


def from_server(block):
    """By ports: a client's is the higher one. None: not TCP over IPv4 in Ethernet."""
    frame = block[DATA:DATA + pcapng.word(block, CAPTURED)]
    if frame[ETHERTYPE:ETHERNET_LEN] != b'\x08\0' or len(frame) < 54 or frame[ETHERNET_LEN + 9] != TCP:
        return None
    transport = ETHERNET_LEN + (frame[ETHERNET_LEN] & 15) * 4
    source, destination = struct.unpack_from('>HH', frame, transport)
    return source < destination


def rewrite(path, out, change):
    """Copy path to out; change() gets the list of blocks with packets, in nanoseconds, and gives another one."""
    with open(path, 'rb') as f:
        blocks = list(pcapng.blocks(f.read()))
    with open(out, 'wb') as o:
        for kind, block in blocks:
            if kind != pcapng.ENHANCED:
                o.write(block)
        for block in change([b for kind, b in blocks if kind == pcapng.ENHANCED]):
            o.write(block)


def side_late(server, ns):
    """A tap whose two ports have clocks of their own."""
    def change(blocks):
        moved = [at_time(b, time_of(b) + ns) if from_server(b) is server else b for b in blocks]
        return sorted(moved, key=time_of)
    return change


def side_behind(server, ns):
    """Buffers of two CPUs: the times are right, the order is not."""
    return lambda blocks: sorted(blocks, key=lambda b: time_of(b) + (ns if from_server(b) is server else 0))


def cut(length):
    """A snap length."""
    def one(block):
        captured = min(length, pcapng.word(block, CAPTURED))
        body = block[8:CAPTURED] + struct.pack('<I', captured) + block[CAPTURED + 4:DATA + captured] + b'\0' * (-captured % 4)
        size = struct.pack('<I', len(body) + 12)
        return block[:4] + size + body + size
    return lambda blocks: [one(b) for b in blocks]


def two_interfaces(path, out, ns):
    """A bridge and its port: each packet again on another interface."""
    with open(path, 'rb') as f:
        blocks = list(pcapng.blocks(f.read()))
    packets = [b for kind, b in blocks if kind == pcapng.ENHANCED]
    number = sum(kind == pcapng.INTERFACE for kind, _ in blocks)
    again = [at_time(b, time_of(b) + ns)[:8] + struct.pack('<I', pcapng.word(b, 8) + number) + at_time(b, time_of(b) + ns)[12:]
             for b in packets]
    with open(out, 'wb') as o:
        interfaces = [b for kind, b in blocks if kind == pcapng.INTERFACE]
        o.write(blocks[0][1])
        o.write(b''.join(interfaces + interfaces))
        o.write(b''.join(b for kind, b in blocks[1:] if kind == pcapng.SECRETS))
        o.write(b''.join(sorted(packets + again, key=time_of)))


CHANGES = {'%s of the %s by %g ms' % (word, 'server' if server else 'client', ns / MILLISECOND): change(server, ns)
           for word, change in (('late stamps', side_late), ('late frames', side_behind))
           for server in (True, False) for ns in (MILLISECOND, 5 * MILLISECOND, 30 * MILLISECOND)}
SNAP_LENGTHS = 54, 60, 66, 74, 96


# --- what is judged ---------------------------------------------------------------------------------

def verdicts(report):
    return [s['verdict']['finding'] for s in report['sessions']]


def habit(place, case, name, write):
    """The report on a client's capture, as write(path, out) makes it anew."""
    path = place.path('habit-%s-%s.pcapng' % (case, re.sub(r'\W+', '-', name)))
    write(os.path.join(CAPTURES, case, 'client.pcapng'), path)
    os.chmod(path, 0o644)
    report = report_of(place, path, *OPTIONS, *ORDER_ON)
    os.unlink(path)
    return report


def plain(place, case):
    return report_of(place, place.path('captures', case, 'client.pcapng'), *OPTIONS, *ORDER_ON)


def mixed_up(place, case, name, change):
    """Order and clocks that are wrong change no verdict; where they hide what was said, it is told, and nobody accused."""
    want = set(verdicts(plain(place, case)))
    report = habit(place, case, name, lambda path, out: rewrite(path, out, change))
    told = {f['id'] for f in schema.findings(report)}
    wrong = set(verdicts(report)) - want
    if wrong - {'inconclusive'} or (wrong and not {'capture_order', 'capture_encrypted'} & told):
        raise Failure('want %s, got %s beside %s' % (sorted(want), sorted(wrong), sorted(told)))


def cut_short(place, case, length):
    """What the snap length takes away is no fault of anybody."""
    want = set(verdicts(plain(place, case)))
    report = habit(place, case, 'cut-%d' % length, lambda path, out: rewrite(path, out, cut(length)))
    wrong = set(verdicts(report)) - want - {'inconclusive'}
    if wrong or 'capture_truncated' not in {f['id'] for f in schema.findings(report)}:
        raise Failure('got %s' % sorted(verdicts(report)))


def one_host(place, case):
    """Two interfaces of one host are one end."""
    want = verdicts(plain(place, case))
    report = habit(place, case, 'twice', lambda path, out: two_interfaces(path, out, 8000))
    if verdicts(report) != want or report['pairs']:
        raise Failure('want %s, got %s and %d pairs' % (want, verdicts(report), len(report['pairs'])))


def tests(place):
    for case in CASES:
        for name, change in CHANGES.items():
            yield '%s %s' % (case, name), lambda case=case, name=name, change=change: mixed_up(place, case, name, change)
        for length in SNAP_LENGTHS:
            yield '%s cut behind %d bytes' % (case, length), lambda case=case, length=length: cut_short(place, case, length)
        yield '%s on two interfaces' % case, lambda case=case: one_host(place, case)
