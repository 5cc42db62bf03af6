#!/usr/bin/env python3
"""sstpcap end to end, with ends made up by source.py and, where the machine lets us, real ones.

test_sstpcap.py PROGRAM [unittest arguments]
"""
import json
import os
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'golden'))
import pcapng  # noqa: E402
from place import IMPOSSIBLE  # noqa: E402

PROGRAM = None
SOURCE = os.path.join(HERE, 'source.py')
SECTION, INTERFACE, STATISTICS, PACKET, SECRETS = 0x0a0d0d0a, 1, 5, 6, 10
RANDOM = 'a1' * 32
# Known from those of the other classes, which run beside this one.
SLEEP = 'sleep 60.%07d' % os.getpid()
MIB = 1 << 20


def made_up(name, args):
    return '%s=cmd:exec python3 -B %s %s' % (name, SOURCE, args)


def kinds(path):
    with open(path, 'rb') as f:
        return [kind for kind, _ in pcapng.blocks(f.read())]


def packets(path):
    """(interface, time in ns, data) of each packet."""
    found = []
    with open(path, 'rb') as f:
        for kind, block in pcapng.blocks(f.read()):
            if kind == pcapng.ENHANCED:
                ns = pcapng.word(block, 12) << 32 | pcapng.word(block, 16)
                found.append((pcapng.word(block, 8), ns, block[28:28 + pcapng.word(block, 20)]))
    return found


def open_bytes(path):
    with open(path, 'rb') as f:
        return f.read()


def secrets(path):
    with open(path, 'rb') as f:
        return b''.join(block[16:16 + pcapng.word(block, 12)]
                        for kind, block in pcapng.blocks(f.read()) if kind == SECRETS).decode()


def wait_for(condition, seconds=15):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def running(*words):
    """Processes whose command line has all of these words."""
    found = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open('/proc/%s/cmdline' % pid, 'rb') as f:
                line = f.read().replace(b'\0', b' ').decode(errors='replace')
        except OSError:
            continue
        if int(pid) != os.getpid() and all(word in line for word in words):
            found.append(line)
    return found


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='sstpcap-test.')
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.out = self.path('out.pcapng')

    def path(self, name):
        return os.path.join(self.folder, name)

    def frames(self):
        """So far in the file that is being written."""
        return pcapng.frames(self.out) if os.path.exists(self.out) else 0

    def start(self, *args, **kwargs):
        kwargs.setdefault('stdout', subprocess.PIPE)
        p = subprocess.Popen([PROGRAM, *args], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, **kwargs)
        self.addCleanup(self.end, p)
        return p

    @staticmethod
    def end(p):
        if p.poll() is None:
            p.kill()
            p.wait()
        for stream in (p.stdout, p.stderr):
            if stream:
                stream.close()

    def finish(self, p, status, timeout=30):
        """Everything it said."""
        _, said = p.communicate(timeout=timeout)
        said = said.decode()
        self.assertEqual(p.returncode, status, said)
        return said

    def run_it(self, status, *args, **kwargs):
        return self.finish(self.start(*args, **kwargs), status)

    def record(self, status, *ends, more=()):
        args = [word for end in ends for word in ('-i', end)]
        return self.run_it(status, *args, '-w', self.out, *more)


class Recording(Case):
    def test_both_ends(self):
        said = self.record(0, made_up('client', '--count 50 --rate 100'),
                           made_up('server', '--count 70 --late 0.1'))
        self.assertIn('Both ends capturing since', said)
        found = packets(self.out)
        self.assertEqual([sum(p[0] == i for p in found) for i in (0, 1)], [50, 70])
        self.assertEqual([p[1] for p in found], sorted(p[1] for p in found))
        self.assertEqual(kinds(self.out)[:3], [SECTION, INTERFACE, INTERFACE])
        with open(self.out, 'rb') as f:
            self.assertIn(b'both ends capturing since', f.read())
        self.assertEqual(os.stat(self.out).st_mode & 0o077, 0)

    def test_first_end_is_first_interface(self):
        self.record(0, made_up('client', '--count 1 --late 0.3'), made_up('server', '--count 1'))
        with open(self.out, 'rb') as f:
            names = [b for k, b in pcapng.blocks(f.read()) if k == INTERFACE]
        self.assertIn(b'client', names[0])
        self.assertIn(b'server', names[1])

    def test_bursts_of_20_mb(self):
        p = self.start('-i', made_up('a', '--count 14000 --size 1500'),
                       '-i', made_up('b', '--count 14000 --size 1500 --offset 0.0000005'), '-w', self.out)
        self.finish(p, 0)
        found = packets(self.out)
        for end in (0, 1):
            numbers = [int.from_bytes(d[54:62], 'big') for i, _, d in found if i == end]
            self.assertEqual(numbers, list(range(14000)))
        self.assertEqual([x[1] for x in found], sorted(x[1] for x in found))

    def test_fifos(self):
        """One is written at once, the other stops for five seconds in the middle of a packet."""
        made = self.path('made')
        with open(made, 'wb') as f:
            subprocess.run(['python3', '-B', SOURCE, '--count', '14000', '--size', '1500'], stdout=f, check=True)
        data = open_bytes(made)

        def feed(path, pieces):
            with open(path, 'wb') as f:
                for piece in pieces:
                    f.write(piece)
                    f.flush()
                    time.sleep(5 if len(pieces) > 1 else 0)
        feeders = []
        for name, pieces in ('a', [data]), ('b', [data[:10_000_001], data[10_000_001:]]):
            os.mkfifo(self.path(name))
            feeders.append(threading.Thread(target=feed, args=(self.path(name), pieces), daemon=True))
        p = self.start('-i', 'a=' + self.path('a'), '-i', 'b=' + self.path('b'), '-w', self.out)
        for feeder in feeders:
            feeder.start()
        self.finish(p, 0, timeout=120)
        found = packets(self.out)
        for end in (0, 1):
            numbers = [int.from_bytes(d[54:62], 'big') for i, _, d in found if i == end]
            self.assertEqual(numbers, list(range(14000)))
        self.assertEqual([x[1] for x in found], sorted(x[1] for x in found))

    def test_ring_files_decrypt_each(self):
        """The connection of the second file is opened by the secrets that this begins with."""
        if not shutil.which('tshark'):
            self.skipTest('tshark is not installed')
        self.record(0, 'a=cmd:exec cat ' + capture('ok-tls13', 'client'),
                    'b=cmd:sleep 2; exec cat ' + capture('pap-ok', 'client'), more=['-b', 'duration:1'])
        requests = []
        for name in sorted(n for n in os.listdir(self.folder) if n.startswith('out_')):
            r = subprocess.run(['tshark', '-n', '-r', self.path(name), '-Y',
                                'http.request.method == "SSTP_DUPLEX_POST"', '-T', 'fields', '-e',
                                'http.request.method'], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
            requests.append(r.stdout.split())
        self.assertGreater(len(requests), 1)
        self.assertIn(['SSTP_DUPLEX_POST'], requests[1:])
        self.assertEqual(sum(requests, []), ['SSTP_DUPLEX_POST'] * 2)

    def test_all_formats(self):
        self.record(0, made_up('a', '--count 5 --us --big'), made_up('b', '--count 5 --us'),
                    made_up('c', '--count 5 --big'), made_up('d', '--count 6 --pcapng --big'),
                    made_up('e', '--count 6 --pcapng'))
        found = packets(self.out)
        self.assertEqual([sum(p[0] == i for p in found) for i in range(7)], [5, 5, 5, 3, 3, 3, 3])
        self.assertLess(max(p[1] for p in found) - min(p[1] for p in found), 5 * 10**9)

    def test_files_are_merged_by_time(self):
        for name, offset in (('x', 0), ('y', 0.0000005)):
            with open(self.path(name), 'wb') as f:
                subprocess.run(['python3', '-B', SOURCE, '--count', '5000', '--size', '1000', '--offset',
                                str(offset)], stdout=f, check=True)
        self.record(0, self.path('x'), self.path('y'), more=['--no-rewrite'])
        times = [p[1] for p in packets(self.out)]
        self.assertEqual(len(times), 10000)
        self.assertEqual(times, sorted(times))

    def test_split(self):
        self.record(0, made_up('client', '--count 3'), made_up('server', '--count 4'), more=['--split'])
        self.assertEqual(len(packets(self.path('out.client.pcapng'))), 3)
        self.assertEqual(len(packets(self.path('out.server.pcapng'))), 4)
        self.assertEqual(len(packets(self.out)), 7)

    def passed(self, path):
        """Kinds of the blocks that are passed on as they are, in order, and whose they are."""
        found = []
        with open(path, 'rb') as f:
            for kind, block in pcapng.blocks(f.read()):
                text = block[-12:-4].rstrip(b'.').decode(errors='replace') if kind != 4 else \
                    block[16:24].rstrip(b'.').decode()
                if kind not in (SECTION, INTERFACE, STATISTICS, PACKET):
                    found.append((kind, text))
        return found

    def test_other_blocks_are_passed(self):
        kinds_passed = [4, 0xbad, SECRETS, 0x80000001]
        ends = [made_up(n, '--count 6 --pcapng --blocks of-%s' % n) for n in 'ab']
        ends += [made_up('c', '--count 6 --pcapng --big --blocks of-c')]
        for more in [], ['--no-rewrite'], ['--split']:
            with self.subTest(more=more):
                self.record(0, *ends, more=more)
                found = self.passed(self.out)
                for n in 'ab':
                    self.assertEqual([k for k, text in found if text == 'of-' + n], kinds_passed)
                # In the other byte order only what is understood.
                self.assertEqual([k for k, text in found if text == 'of-c'], [SECRETS])
                self.assertEqual(len(packets(self.out)), 18)
        for n, want in ('a', kinds_passed), ('b', kinds_passed), ('c', [SECRETS]):
            self.assertEqual(self.passed(self.path('out.%s.pcapng' % n)), [(k, 'of-' + n) for k in want])
        order = kinds(self.path('out.a.pcapng'))
        self.assertEqual(order[order.index(4) - 1:order.index(4) + 5], [PACKET, *kinds_passed, PACKET])

    def test_stops_after_time_and_packets(self):
        ends = [made_up(n, '--count 10000 --rate 200') for n in 'ab']
        begun = time.monotonic()
        self.record(0, *ends, more=['-a', 'duration:1'])
        self.assertLess(time.monotonic() - begun, 5)
        self.record(0, *ends, more=['-c', '50'])
        self.assertEqual(len(packets(self.out)), 50)

    def test_ring_of_files(self):
        keys = self.path('keys')
        with open(keys, 'w') as f:
            f.write('CLIENT_RANDOM %s %s\n' % (RANDOM, 'b2' * 48))
        self.record(0, made_up('a', '--hello %s:0.1 --count 300 --size 1000' % RANDOM),
                    made_up('b', '--late 0.2 --count 300 --size 1000 --rate 400'),
                    more=['-b', 'filesize:100', '-b', 'files:3', '--keylog', keys])
        files = sorted(n for n in os.listdir(self.folder) if n.startswith('out_'))
        self.assertEqual(len(files), 3, files)
        for name in files:
            order = kinds(self.path(name))
            self.assertEqual(order[:3], [SECTION, INTERFACE, INTERFACE], name)
            self.assertIn(SECRETS, order, name)
            self.assertEqual(set(order[3:order.index(SECRETS)]), set(), name)

    def shifted(self, path, ns):
        """A copy of a capture with nanoseconds, all its times moved."""
        out = self.path('shifted.pcapng')
        with open(path, 'rb') as f, open(out, 'wb') as o:
            for kind, block in pcapng.blocks(f.read()):
                if kind == pcapng.ENHANCED:
                    time = (pcapng.word(block, 12) << 32 | pcapng.word(block, 16)) + ns
                    block = (block[:12] + (time >> 32).to_bytes(4, 'little') +
                             (time & 0xffffffff).to_bytes(4, 'little') + block[20:])
                o.write(block)
        return out

    def clock(self, ns, *more):
        case = os.path.join(HERE, '..', '..', 'test-captures', 'lossy-path')
        said = self.record(0, 'client=' + os.path.join(case, 'client.pcapng'),
                           'server=' + self.shifted(os.path.join(case, 'server.pcapng'), ns), more=more)
        line = next(s for s in said.splitlines() if s.startswith('clock: '))
        self.assertIn(line.encode(), open_bytes(self.out))
        self.assertAlmostEqual(float(line.split()[4]), ns / 1e9, delta=0.0001)
        return line, packets(self.out)

    def test_clocks(self):
        """Both ends were recorded on one machine: their true offset is none."""
        _, true = self.clock(0)
        self.assertEqual([p[1] for p in true], sorted(p[1] for p in true))
        for ns in (3700000000, -86400250000000):
            line, moved = self.clock(ns)
            self.assertTrue(line.endswith('; shifted'), line)
            for (_, a, _), (_, b, _) in zip(sorted(true, key=lambda p: (p[0], p[2])),
                                            sorted(moved, key=lambda p: (p[0], p[2]))):
                self.assertLess(abs(a - b), 100000)

    def test_clock_that_may_be_right_stays(self):
        """4 ms on a path of 30: no packet would arrive before it left."""
        line, _ = self.clock(4000000)
        self.assertTrue(line.endswith('; not shifted'), line)
        line, _ = self.clock(3700000000, '--no-shift')
        self.assertTrue(line.endswith('; not shifted'), line)

    def test_same_addresses_are_told(self):
        for case, more, hint in (('lossy-path', [], True), ('lossy-path', ['--split'], False), ('nat-masquerade', [], False)):
            with self.subTest(case=case, more=more):
                said = self.record(0, *('%s=%s' % (e, capture(case, e)) for e in ('client', 'server')), more=more)
                self.assertEqual('conversation_deinterlacing_key' in said, hint, said)

    def test_mergecap_takes_it(self):
        if not shutil.which('mergecap'):
            self.skipTest('mergecap is not installed')
        keys = self.path('keys')
        with open(keys, 'w') as f:
            f.write('CLIENT_RANDOM %s %s\n' % (RANDOM, 'b2' * 48))
        self.record(0, made_up('a', '--hello %s:0' % RANDOM), made_up('b', '--hello %s:0' % RANDOM),
                    more=['--keylog', keys])
        self.assertIn(SECRETS, kinds(self.out))
        merged = self.path('merged.pcapng')
        subprocess.run(['mergecap', '-I', 'none', '-w', merged, self.out], check=True)
        self.assertEqual(pcapng.frames(merged), 4)


class Losses(Case):
    def test_end_dies_in_the_middle_of_a_packet(self):
        said = self.record(1, made_up('client', '--count 100 --rate 100'), made_up('server', '--count 5 --cut'))
        self.assertRegex(said, 'server: lost at .*cut in the middle of a packet.*source.py')
        self.assertIn('client goes on', said)
        self.assertEqual([sum(p[0] == i for p in packets(self.out)) for i in (0, 1)], [100, 5])

    def test_end_dies_with_a_status(self):
        said = self.record(1, made_up('client', '--count 100 --rate 100'),
                           made_up('server', '--count 5 --status 7 --say why'))
        self.assertRegex(said, 'server: lost at .*: why; exit status 7')

    def test_end_never_starts(self):
        p = self.start('-i', made_up('client', '--count 20 --stay'), '-i', 'server=cmd:exec ' + SLEEP, '-w', self.out)
        self.assertTrue(wait_for(lambda: self.frames() == 20))
        p.send_signal(signal.SIGINT)
        said = self.finish(p, 1)
        self.assertRegex(said, 'server: could not capture')
        self.assertEqual(len(packets(self.out)), 20)
        self.assertEqual(running(SLEEP), [])

    def test_end_stalls(self):
        p = self.start('-i', made_up('client', '--count 100 --rate 100'), '-i', made_up('server', '--count 5 --stay'),
                       '-w', self.out)
        self.assertTrue(wait_for(lambda: self.frames() == 105))
        p.send_signal(signal.SIGTERM)
        self.finish(p, 0)

    def test_no_end_starts(self):
        said = self.record(3, 'a=cmd:exit 5', 'b=cmd:exit 6')
        self.assertIn('nothing was recorded', said)
        self.assertFalse(os.path.exists(self.out))

    def test_signals(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.out = self.path('out.%d.pcapng' % number)
            p = self.start('-i', made_up('a', '--count 10 --stay'), '-i', made_up('b', '--count 10 --stay'),
                           '-w', self.out)
            self.assertTrue(wait_for(lambda: self.frames() == 20))
            p.send_signal(number)
            self.finish(p, 0)
            self.assertEqual(len(packets(self.out)), 20)

    def test_killed(self):
        p = self.start('-i', made_up('a', '--count 1000 --rate 300'), '-i', made_up('b', '--count 1000 --rate 300'),
                       '-w', self.out)
        time.sleep(3)
        p.kill()
        p.wait()
        self.assertGreater(len(packets(self.out)), 300)     # of 1,800, on a machine that is busy
        self.assertTrue(wait_for(lambda: not running(SOURCE, '--rate 300')))

    def test_disk_full(self):
        if os.getuid() != 0:
            self.skipTest(IMPOSSIBLE + 'mounting a small tmpfs needs root')
        tried = subprocess.run(['unshare', '-m', 'mount', '-t', 'tmpfs', 'none', self.folder], stderr=subprocess.PIPE, text=True)
        if tried.returncode:
            self.skipTest(IMPOSSIBLE + 'no small tmpfs here: ' + tried.stderr.strip())
        ends = "-i '%s' -i '%s'" % (made_up('a', '--count 1000 --stay'), made_up('b', '--count 1000 --stay'))
        script = ('mount -t tmpfs -o size=64k none %s; %s %s -w %s; s=$?; cp %s %s; exit $s' %
                  (self.folder, PROGRAM, ends, self.out, self.out, '"$COPY"'))
        with tempfile.NamedTemporaryFile() as copy:
            r = subprocess.run(['unshare', '-m', 'sh', '-c', script], env=dict(os.environ, COPY=copy.name),
                               stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
            self.assertEqual(r.returncode, 1, r.stderr)
            self.assertIn('No space left on device', r.stderr)
            self.assertGreater(len(packets(copy.name)), 300)
            whole = sum(len(b) for _, b in pcapng.blocks(copy.read()))
            self.assertEqual(whole, os.path.getsize(copy.name))

    def test_reader_is_gone(self):
        p = self.start('-i', made_up('a', '--count 5000 --rate 500'), '-i', made_up('b', '--stay'), '-w', '-')
        p.stdout.read(100)
        p.stdout.close()
        p.stdout = None
        said = self.finish(p, 1, timeout=10)
        self.assertIn('the reader of the capture is gone', said)

    def test_slow_reader(self):
        ends = [word for n in 'ab' for word in ('-i', made_up(n, '--count 40000 --size 1500'))]
        p = self.start(*ends, '-w', '-')
        time.sleep(2.5)
        with open('/proc/%d/status' % p.pid) as f:
            peak = int(next(line for line in f if line.startswith('VmHWM')).split()[1]) * 1024
        out, said = p.communicate(timeout=60)
        self.assertEqual(p.returncode, 0, said)
        self.assertIn(b'the reader of the capture is too slow', said)
        self.assertEqual(sum(kind == pcapng.ENHANCED for kind, _ in pcapng.blocks(out)), 80000)
        if 'SSTPDIAG_SANITIZED' not in os.environ:
            self.assertLess(peak, 110 * MIB)

    def test_hostile_ends(self):
        mark = self.path('mark')
        name = '$(touch %s)`touch %s`;touch %s' % (mark, mark, mark)
        said = self.record(1, made_up('good', '--count 10'), made_up('text', '--garbage'),
                           made_up('endless', '--endless'),
                           made_up('noise', r"--count 1 --say $(printf '\033[2J\377\001')"),
                           'ssh://%s/%s' % ('h' * 300, name), more=['-o', 'ConnectTimeout=1'])
        self.assertIn('not a capture', said)
        self.assertIn('broken at byte 0', said)
        self.assertNotIn('\033', said)
        self.assertFalse(os.path.exists(mark))
        self.assertEqual(len(packets(self.out)), 11)


class Secrets(Case):
    def lines(self, random, label='CLIENT_RANDOM'):
        return '%s %s %s\n' % (label, random, 'c3' * 48)

    def keys_after(self, seconds, text):
        path = self.path('keys')

        def write():
            time.sleep(seconds)
            with open(path, 'a') as f:
                f.write(text)
        thread = threading.Thread(target=write)
        thread.start()
        self.addCleanup(thread.join)
        return path

    def hello(self, wait='0.05'):
        return made_up('server', '--late 0.5 --hello %s:%s --stay' % (RANDOM, wait))

    def live(self, key_file, seconds, *more):
        p = self.start('-i', made_up('client', '--stay'), '-i', self.hello(), '-w', self.out, '--keylog', key_file,
                       '--no-rewrite', '-a', 'duration:%d' % seconds, *more)
        said = self.finish(p, 0)
        return [k for k in kinds(self.out) if k in (PACKET, SECRETS)], said

    def test_a_little_late(self):
        """76 ms after the Server Hello, as sstpc was seen to write them."""
        order, _ = self.live(self.keys_after(0.8, self.lines(RANDOM)), 3)
        self.assertEqual(order[-1], PACKET)
        self.assertEqual(sorted(order[:2]), [PACKET, SECRETS])
        self.assertEqual(secrets(self.out), self.lines(RANDOM))

    def test_beyond_the_usual_wait(self):
        order, said = self.live(self.keys_after(2.0, self.lines(RANDOM)), 4)
        self.assertEqual(order[-1], PACKET, order)
        self.assertNotIn('no TLS secrets', said)

    def test_too_late(self):
        key_file = self.keys_after(5, self.lines(RANDOM))
        order, said = self.live(key_file, 7)
        self.assertEqual(order, [PACKET, PACKET, SECRETS])
        self.assertIn('no TLS secrets within 2.5 s', said)

    def test_too_late_but_for_the_final_file(self):
        key_file = self.keys_after(5, self.lines(RANDOM))
        p = self.start('-i', made_up('client', '--stay'), '-i', self.hello(), '-w', self.out, '--keylog', key_file,
                       '-a', 'duration:7')
        self.assertIn('the final file takes late ones', self.finish(p, 0))
        self.assertEqual(kinds(self.out)[:4], [SECTION, INTERFACE, INTERFACE, SECRETS])

    def test_final_file_has_them_in_front(self):
        key_file = self.path('keys')
        with open(key_file, 'w') as f:
            f.write(self.lines(RANDOM))
        self.record(0, made_up('a', '--count 3'), made_up('b', '--hello %s:0' % RANDOM), more=['--keylog', key_file])
        self.assertEqual(kinds(self.out)[:4], [SECTION, INTERFACE, INTERFACE, SECRETS])

    def test_only_those_of_the_capture(self):
        key_file = self.path('keys')
        strange = ['PASSWORD hunter2', 'CLIENT_RANDOM zz 00', 'CLIENT_RANDOM %s' % RANDOM, '\0\1', 'x' * 9000,
                   'RSA %s %s' % (RANDOM, 'c3' * 48), '# comment', '']
        with open(key_file, 'w') as f:
            f.write('\n'.join(strange) + '\n' + self.lines('ee' * 32) + self.lines(RANDOM) + self.lines(RANDOM))
        ends = [made_up('a', '--count 3'), made_up('b', '--hello %s:0' % RANDOM)]
        self.record(0, *ends, more=['--keylog', key_file])
        self.assertEqual(secrets(self.out), self.lines(RANDOM))
        self.record(0, *ends, more=['--keylog', key_file, '--keylog-all'])
        self.assertEqual(sorted(secrets(self.out).split('\n')),
                         sorted((self.lines('ee' * 32) + self.lines(RANDOM)).split('\n')))

    def test_key_log_is_replaced(self):
        key_file = self.path('keys')
        with open(key_file, 'w') as f:
            f.write(self.lines('ee' * 32) * 3)
        p = self.start('-i', made_up('a', '--stay'), '-i', self.hello(), '-w', self.out, '--keylog', key_file,
                       '-a', 'duration:2')
        time.sleep(0.8)
        os.unlink(key_file)
        with open(key_file, 'w') as f:
            f.write(self.lines(RANDOM))
        self.finish(p, 0)
        self.assertEqual(secrets(self.out), self.lines(RANDOM))

    def test_program_under_the_preload_library(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers('aNULL:@SECLEVEL=0')
        listener = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(listener.close)

        def serve():
            try:
                with context.wrap_socket(listener.accept()[0], server_side=True) as s:
                    s.recv(10)
            except OSError:
                pass
        threading.Thread(target=serve, daemon=True).start()
        client = ('import ssl,socket\nc=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)\nc.check_hostname=False\n'
                  'c.verify_mode=ssl.CERT_NONE\nc.set_ciphers("aNULL:@SECLEVEL=0")\n'
                  'c.maximum_version=ssl.TLSVersion.TLSv1_2\n'
                  's=c.wrap_socket(socket.create_connection(("127.0.0.1",%d)))\ns.send(b"x")\n' %
                  listener.getsockname()[1])
        said = self.record(0, made_up('a', '--stay'), made_up('b', '--stay'),
                           more=['--keylog-all', '--run', sys.executable, '-c', client])
        self.assertIn('has ended (exit status 0)', said)
        self.assertRegex(secrets(self.out), '^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}\n$')


class Lost(Case):
    """What was captured is in the file, or it is told that it is not."""

    def stored(self, name, args):
        with open(self.path(name), 'wb') as f:
            subprocess.run(['python3', '-B', SOURCE, *args.split()], stdout=f, check=True)
        return self.path(name)

    def test_device_that_is_full(self):
        ends = [word for n in 'ab' for word in ('-i', self.stored(n, '--count 20'))]
        self.assertIn('No space left', self.run_it(1, '-q', *ends, '-w', '/dev/full'))
        with open('/dev/full', 'wb') as full:
            self.assertIn('No space left', self.run_it(1, '-q', *ends, '-w', '-', stdout=full))
        closed = subprocess.run(['sh', '-c', 'exec "$0" "$@" >&-', PROGRAM, '-q', *ends, '-w', '-'],
                                stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.assertEqual(closed.returncode, 3, closed.stderr)
        self.assertIn('standard output is closed', closed.stderr)

    def test_standard_output_is_a_file(self):
        ends = [word for n in 'ab' for word in ('-i', self.stored(n, '--count 20'))]
        with open(self.out, 'wb') as out:
            self.run_it(0, *ends, '-w', '-', stdout=out, cwd=self.folder)
        self.assertEqual(len(packets(self.out)), 40)
        self.assertFalse(os.path.exists(self.path('-')))

    def test_file_that_grows_too_large(self):
        """A limit of the file's size, which is met while stored files are merged."""
        ends = [self.stored(n, '--count 200 --size 1000') for n in 'ab']
        p = self.start('-q', *[word for end in ends for word in ('-i', end)], '-w', self.out,
                       preexec_fn=lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
                                           resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))))
        said = self.finish(p, 1)
        num = len(packets(self.out))
        self.assertIn('File too large', said)
        self.assertIn('the file has %d of 400 packets' % num, said)
        self.assertGreater(num, 0)

    def test_input_is_never_overwritten(self):
        a, b = self.stored('a.pcap', '--count 5'), self.stored('b.pcap', '--count 7')
        before = open_bytes(a)
        os.link(a, self.path('hard'))
        os.symlink(a, self.path('soft'))
        for out in (a, self.path('hard'), self.path('soft'), self.folder + '/./a.pcap'):
            with self.subTest(out=out):
                self.assertIn('is what is read as', self.run_it(3, '-i', a, '-i', b, '-w', out))
                self.assertEqual(open_bytes(a), before)
        keys = self.path('keys')
        with open(keys, 'w') as f:
            f.write('# mine\n')
        self.run_it(3, '-i', a, '-w', keys, '--keylog', keys)
        self.run_it(3, '-i', a, '-w', self.out, '--keylog', keys, '--split', '-i', 'x=' + b, '-w',
                    self.split_onto(b))
        self.assertEqual(open_bytes(keys), b'# mine\n')

    def split_onto(self, path):
        """A name whose file of the end x is path."""
        os.symlink(path, self.path('split.x.pcapng'))
        return self.path('split.pcapng')

    def test_links_and_modes(self):
        target, link = self.path('target.pcapng'), self.path('link.pcapng')
        with open(target, 'w') as f:
            f.write('old')
        os.chmod(target, 0o666)
        os.symlink(target, link)
        p = self.start('-i', made_up('a', '--count 5 --stay'), '-i', made_up('b', '--count 5'), '-w', link)
        self.assertTrue(wait_for(lambda: os.stat(target).st_mode & 0o777 == 0o600))
        p.send_signal(signal.SIGINT)
        self.finish(p, 0)
        self.assertTrue(os.path.islink(link))
        self.assertEqual(len(packets(target)), 10)
        self.assertEqual(os.stat(target).st_mode & 0o777, 0o600)
        self.assertEqual(sorted(os.listdir(self.folder)), ['link.pcapng', 'target.pcapng'])

    def test_nothing_recorded_keeps_what_was_there(self):
        with open(self.out, 'w') as f:
            f.write('old')
        self.record(3, 'a=cmd:exit 5')
        self.assertEqual(open_bytes(self.out), b'old')

    def test_ring_without_a_capture(self):
        with open(self.out, 'w') as f:
            f.write('not of the ring')
        self.record(3, 'a=cmd:exit 5', more=['-b', 'filesize:10'])
        self.assertEqual(os.listdir(self.folder), ['out.pcapng'])

    def test_next_file_of_a_ring_cannot_be_opened(self):
        os.mkdir(self.path('ring'))
        p = self.start('-i', made_up('a', '--count 3000 --rate 1000 --size 500'), '-w', self.path('ring/o.pcapng'),
                       '-b', 'filesize:20')
        self.assertTrue(wait_for(lambda: len(os.listdir(self.path('ring'))) > 1))
        os.rename(self.path('ring'), self.path('gone'))
        self.assertIn('No such file', self.finish(p, 1))

    def test_long_key_log(self):
        """Also when ours is the first of very many, or the last, and has no newline."""
        end = made_up('a', '--hello %s:0' % RANDOM)
        line = 'CLIENT_RANDOM %s %s' % (RANDOM, 'b2' * 48)
        others = ''.join('CLIENT_RANDOM %064x %s\n' % (i, 'c3' * 48) for i in range(20000))
        for text in others + line, line + '\n' + others:
            with open(self.path('keys'), 'w') as f:
                f.write(text)
            said = self.run_it(0, '-i', end, '-w', self.out, '--keylog', self.path('keys'))
            self.assertEqual(secrets(self.out), line + '\n', said)

    def test_missing_secrets_are_named(self):
        with open(self.path('keys'), 'w') as f:
            f.write('CLIENT_RANDOM %s %s\n' % (RANDOM, 'b2' * 48))
        said = self.record(0, made_up('a', '--hello %s:0' % RANDOM), made_up('b', '--hello %s:0' % ('ee' * 32)),
                           more=['--keylog', self.path('keys')])
        self.assertRegex(said, 'no TLS secrets for 1 of 2 connections: .*client random eeeeeeee')

    def test_counts_are_told_once(self):
        self.record(0, made_up('a', "--count 6 --pcapng --say '7 packets dropped by kernel'"))
        with open(self.out, 'rb') as f:
            dropped = [b for k, b in pcapng.blocks(f.read()) if k == STATISTICS]
        self.assertEqual(len(dropped), 1)

    def test_many_interfaces(self):
        """A section each, in a program that may have few files open."""
        def one(i):
            return (bytes.fromhex('0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000') +
                    bytes.fromhex('0100000014000000010000000000000014000000') +
                    (6).to_bytes(4, 'little') + (48).to_bytes(4, 'little') + bytes(4) +
                    (0x60000).to_bytes(4, 'little') + i.to_bytes(4, 'little') +
                    (14).to_bytes(4, 'little') * 2 + bytes(16) + (48).to_bytes(4, 'little'))
        with open(self.path('many'), 'wb') as f:
            f.write(b''.join(map(one, range(1500))))
        p = self.start('-i', self.path('many'), '-i', self.stored('b', '--count 3'), '-w', self.out,
                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))
        self.finish(p, 0)
        self.assertEqual(len(packets(self.out)), 1503)
        self.assertEqual([p[0] for p in packets(self.out)][:1500], list(range(1500)))

    def test_killed_with_a_program(self):
        """Neither the program nor a key stays."""
        p = self.start('-i', made_up('a', '--stay'), '-i', 'b=cmd:exec ' + SLEEP + '1', '-w', self.out,
                       '--run', 'sh', '-c', 'exec %s2' % SLEEP)
        self.assertTrue(wait_for(lambda: running(SLEEP + '1')))
        p.kill()
        p.wait()
        self.assertTrue(wait_for(lambda: not running(SLEEP)), running(SLEEP))

    def test_program_gets_a_key_log_that_vanishes(self):
        p = self.start('-i', made_up('a', '--stay'), '-w', self.out,
                       '--run', 'sh', '-c', 'echo $SSLKEYLOGFILE >%s; exec %s' % (self.path('named'), SLEEP))
        self.assertTrue(wait_for(lambda: os.path.exists(self.path('named')) and
                                 os.path.getsize(self.path('named'))))
        with open(self.path('named')) as f:
            name = f.read().strip()
        self.assertTrue(os.path.exists(name))
        p.kill()
        p.wait()
        self.assertFalse(os.path.exists(name))
        self.assertTrue(wait_for(lambda: not running(SLEEP)), running(SLEEP))

    def test_program_is_not_held_up_by_a_pipe(self):
        preload = os.path.join(os.path.dirname(PROGRAM), '..', 'sstpkeylog', 'libsstpkeylog.so')
        fifo = self.path('fifo')
        os.mkfifo(fifo)
        client = ('import ssl\ni,o=ssl.MemoryBIO(),ssl.MemoryBIO()\n'
                  's2=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n'
                  's2.set_ciphers("aNULL:@SECLEVEL=0")\ns2.maximum_version=ssl.TLSVersion.TLSv1_2\n'
                  'c=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)\nc.check_hostname=False\nc.verify_mode=ssl.CERT_NONE\n'
                  'c.set_ciphers("aNULL:@SECLEVEL=0")\nc.maximum_version=ssl.TLSVersion.TLSv1_2\n'
                  'a=c.wrap_bio(i,o)\nb=s2.wrap_bio(o,i,server_side=True)\n'
                  'for _ in range(6):\n for x in (a,b):\n  try: x.do_handshake()\n  except ssl.SSLWantReadError: pass\n'
                  'print(a.version())\n')
        done = subprocess.run([sys.executable, '-c', client], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=20, env=dict(os.environ, LD_PRELOAD=preload, SSLKEYLOGFILE=fifo))
        self.assertEqual(done.stdout, 'TLSv1.2\n', done.stderr)


class Advice(Case):
    """What ssh complains of, by an ssh that only does that."""
    def complain(self, line, *args):
        self.words = self.path('words')
        with open(self.path('ssh'), 'w') as f:
            f.write('#!/bin/sh\necho "$*" >>%s\necho "%s" >&2\nexit 255\n' % (self.words, line))
        os.chmod(self.path('ssh'), 0o755)
        environment = dict(os.environ, PATH=self.folder + ':' + os.environ['PATH'])
        return self.run_it(3, *args, env=environment)

    def test_port_is_kept(self):
        end = 'gw=ssh://root@gw.example:2222/eth0'
        self.assertIn('connect once with "ssh -p 2222 root@gw.example" and',
                      self.complain('Host key verification failed.', '-i', end, '-w', self.out))
        self.assertIn('check user and key with "ssh -p 2222 root@gw.example", ',
                      self.complain('Permission denied (publickey).', '-i', end, '-w', self.out))
        self.assertIn('sstpcap -D ssh://root@gw.example:2222 lists',
                      self.complain('eth0: No such device exists', '-i', end, '-w', self.out))
        self.assertIn('sstpcap -D ssh://[2001:db8::1]:2222 lists',
                      self.complain('eth0: No such device exists', '-i', 'ssh://[2001:db8::1]:2222/eth0', '-w', self.out))
        self.assertIn('with "ssh gw.example" and',
                      self.complain('Host key verification failed.', '-i', 'ssh://gw.example/eth0', '-w', self.out))

    def test_default_filter(self):
        """Lookups are the client's, at the first end."""
        self.complain('No.', '-i', 'ssh://a/eth0', '-i', 'ssh://b/eth0', '-w', self.out)
        commands = [line for line in sorted(open_bytes(self.words).decode().splitlines(), key=lambda line: ' -- b ' in line)
                    if 'icmp6' in line]
        self.assertEqual([('udp port 53 or' in line, 'tcp port 443 or' in line) for line in commands],
                         [(True, True), (False, True)])


class Diagnosis(Case):
    """What comes after a recording."""
    def setUp(self):
        super().setUp()
        if not shutil.which('tshark'):
            self.skipTest('tshark is not installed')

    def diagnose(self, status, *ends, more=(), **kwargs):
        # With sanitizers the plugin needs their runtime in tshark.
        if 'SSTPDIAG_TSHARK_DIR' in os.environ:
            kwargs['env'] = {**os.environ, 'PATH': os.environ['SSTPDIAG_TSHARK_DIR'] + os.pathsep + os.environ['PATH']}
        p = self.start(*(word for end in ends for word in ('-i', end)), '--diagnose', *more, **kwargs)
        out, err = p.communicate(timeout=60)
        self.assertEqual(p.returncode, status, err.decode())
        return out.decode(), err.decode()

    def test_next_command(self):
        for name, shown in ('out.pcapng', '%s'), ('two words.pcapng', "'%s'"):
            self.out = self.path(name)
            said = self.record(0, capture('wrong-password', 'client'))
            self.assertIn('Next: sstpdiag %s\n' % (shown % self.out), said)
        said = self.record(0, capture('wrong-password', 'client'), more=['--server', 'vpn.lab.test:443'])
        self.assertIn('Next: sstpdiag --server vpn.lab.test:443 ', said)
        self.assertNotIn('Next:', self.record(0, capture('wrong-password', 'client'), more=['-q']))

    def test_both_ends(self):
        ends = ['%s=%s' % (end, capture('wrong-password', end)) for end in ('client', 'server')]
        out, err = self.diagnose(1, *ends, more=['-w', self.out])
        self.assertIn('Verdict of both ends: User name or password refused', out)
        self.assertNotIn('Next:', err)
        self.assertEqual(os.stat(self.out).st_mode & 0o077, 0)

    def test_healthy(self):
        out, _ = self.diagnose(0, capture('ok-tls13', 'client'), more=['-w', self.out, '-q'])
        self.assertIn('Verdict: healthy', out)

    def test_end_lost(self):
        out, err = self.diagnose(1, 'client=' + capture('wrong-password', 'client'), 'server=cmd:exit 7', more=['-w', self.out])
        self.assertIn('Verdict: User name or password refused', out)
        self.assertIn('server: could not capture', err)

    def test_nothing_recorded(self):
        out, _ = self.diagnose(3, 'client=cmd:exit 7', more=['-w', self.out])
        self.assertEqual(out, '')

    def test_file_without_a_name(self):
        self.diagnose(0, capture('ok-tls13', 'client'), cwd=self.folder)
        name, = os.listdir(self.folder)
        self.assertRegex(name, r'^sstp-\d{8}-\d{6}\.pcapng$')
        self.assertEqual(os.stat(self.path(name)).st_mode & 0o077, 0)

    def test_needs_a_file(self):
        self.diagnose(2, capture('ok-tls13', 'client'), more=['-w', '-'])
        self.diagnose(2, capture('ok-tls13', 'client'), more=['-w', self.out, '-b', 'duration:1'])


class Usage(Case):
    def test_wrong_usage(self):
        for args, words in (([], 'no end is named'),
                            (['-i', 'lo'], 'no file is named'),
                            (['lo', '-w', 'x'], 'needs -i'),
                            (['-i', 'ssh://host', '-w', 'x'], 'is not ssh://'),
                            (['-i', 'a=', '-w', 'x'], 'names no place'),
                            (['-i', 'lo', '-w', '-', '--split'], 'need a file'),
                            (['-i', 'lo', '-w', 'x', '-a', 'duration:x'], '-a takes'),
                            (['-i', 'lo', '-w', 'x', '-b', 'files:2'], '-b files:N needs'),
                            (['-i', 'lo', '-w', 'x', '-s', '-1'], 'snap length'),
                            (['-i', 'lo', '-w', 'x', '--nonsense'], 'nonsense'),
                            (['-i', 'lo', '-w', 'x', '--run'], '--run needs')):
            with self.subTest(args=args):
                self.assertIn(words, self.run_it(2, *args))

    def test_output_that_cannot_be(self):
        self.out = self.path('no/such/folder')
        self.assertIn('No such file', self.record(3, made_up('a', '--count 1')))

    def test_quiet(self):
        ends = [made_up('a', '--count 1'), made_up('b', '--count 1')]
        self.assertEqual(self.record(0, *ends, more=['-q']), '')
        self.assertEqual(self.record(0, *ends, more=['-q', '--no-rewrite', '--no-shift', '--keylog-all']), '')
        self.assertEqual(self.run_it(0, '-q', '--no-rewrite', '-i', ends[0], '-w', self.out), '')


class Real(Case):
    """Interfaces and ssh of this machine."""

    @classmethod
    def setUpClass(cls):
        for tool in ('tcpdump', 'dumpcap'):
            if not shutil.which(tool, path=os.environ['PATH'] + ':/usr/sbin'):
                raise unittest.SkipTest('%s is not installed' % tool)
        if os.getuid() != 0:
            raise unittest.SkipTest(IMPOSSIBLE + 'capturing needs root')

    def talk(self, port_holder):
        listener = socket.create_server(('127.0.0.1', 0))
        port_holder.append(listener.getsockname()[1])
        self.addCleanup(listener.close)
        return listener

    def send_something(self, listener):
        with socket.create_connection(listener.getsockname()) as client, listener.accept()[0] as server:
            client.sendall(b'0123456789')
            server.recv(10)

    def sshd(self):
        if not os.path.exists('/usr/sbin/sshd'):
            self.skipTest('openssh-server is not installed')
        os.makedirs('/run/sshd', exist_ok=True)
        with socket.create_server(('127.0.0.1', 0)) as s:
            port = s.getsockname()[1]
        for key in ('host', 'user'):
            subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', self.path(key)], check=True)
        os.rename(self.path('user.pub'), self.path('authorized'))
        with open(self.path('host.pub')) as f:
            host_key = ' '.join(f.read().split()[:2])
        with open(self.path('known'), 'w') as f:
            f.write('[127.0.0.1]:%d %s\n' % (port, host_key))
        with open(self.path('sshd_config'), 'w') as f:
            f.write('Port %d\nListenAddress 127.0.0.1\nHostKey %s\nAuthorizedKeysFile %s\nStrictModes no\n'
                    'UsePAM no\nPidFile none\nPermitRootLogin yes\n' %
                    (port, self.path('host'), self.path('authorized')))
        with open(self.path('config'), 'w') as f:
            f.write('Host vpn\n HostName 127.0.0.1\n Port %d\n User root\n IdentityFile %s\n IdentitiesOnly yes\n'
                    ' UserKnownHostsFile %s\n StrictHostKeyChecking yes\n BatchMode yes\n' %
                    (port, self.path('user'), self.path('known')))
        daemon = subprocess.Popen(['/usr/sbin/sshd', '-D', '-f', self.path('sshd_config')],
                                  stderr=subprocess.DEVNULL)
        self.addCleanup(daemon.wait)
        self.addCleanup(daemon.terminate)

        def answers():
            try:
                socket.create_connection(('127.0.0.1', port)).close()
                return True
            except OSError:
                return False
        self.assertTrue(wait_for(answers))
        return port

    def capture(self, *args):
        listener = self.talk([])
        port = listener.getsockname()[1]
        p = self.start('-F', self.path('config'), *args, '-f', 'tcp port %d' % port, '-w', self.out)
        self.assertTrue(self.both_capture(p))
        self.send_something(listener)
        time.sleep(0.6)
        return p, port

    def both_capture(self, p):
        self.said = b''
        while b'capturing since' not in self.said:
            line = p.stderr.readline()
            if not line:
                return False
            self.said += line
        return True

    def test_here_and_through_ssh(self):
        self.sshd()
        p, port = self.capture('-i', 'client=lo', '-i', 'server=ssh://vpn/lo')
        p.send_signal(signal.SIGINT)
        said = self.finish(p, 0)
        self.assertIn('0 dropped by the kernel', said)
        found = packets(self.out)
        ends = [[d for i, _, d in found if i == end] for end in (0, 1)]
        self.assertGreaterEqual(len(ends[0]), 7)
        self.assertEqual(ends[0], ends[1])
        self.assertIn(STATISTICS, kinds(self.out))
        self.assertTrue(wait_for(lambda: not running('tcp port %d' % port)))

    def test_nothing_stays_behind(self):
        self.sshd()
        p, port = self.capture('-i', 'client=lo', '-i', 'server=ssh://vpn/lo')
        self.assertNotEqual(running('tcpdump', 'tcp port %d' % port), [])
        p.kill()
        p.wait()
        self.assertTrue(wait_for(lambda: not running('tcp port %d' % port)), running('tcp port %d' % port))

    def test_nothing_stays_behind_of_a_start(self):
        """The end of the connection comes before the capture program is ready for it."""
        self.sshd()
        for i in range(6):
            p = self.start('-F', self.path('config'), '-i', 'client=lo', '-i', 'server=ssh://vpn/lo', '-f',
                           'tcp port 59', '-w', self.out)
            time.sleep(0.1 + i * 0.08)
            p.kill()
            p.wait()
        self.assertTrue(wait_for(lambda: not running('tcp port 59')), running('tcp port 59'))

    def test_remote_key_log(self):
        self.sshd()
        keys = self.path('remote keys; $(false)')
        with open(keys, 'w') as f:
            f.write('CLIENT_RANDOM %s %s\n' % (RANDOM, 'c3' * 48))
        self.run_it(0, '-F', self.path('config'), '-i', made_up('a', '--late 0.8 --hello %s:0.1 --stay' % RANDOM),
                    '-i', 'gw=ssh://vpn/lo', '--keylog', 'gw:' + keys, '-a', 'duration:2', '-w', self.out)
        self.assertIn(RANDOM, secrets(self.out))
        self.assertTrue(wait_for(lambda: not running('tail', keys)))

    def test_wrong_ends(self):
        self.sshd()
        wrong = ['-F', self.path('config'), '-w', self.out, '-a', 'duration:5', '-i', made_up('a', '--stay'), '-i']
        for end, words in (('b=ssh://nobody@vpn/lo', 'ssh offers no key'),
                           ('b=ssh://vpn:1/lo', 'no ssh server listens'),
                           ('b=ssh://vpn/nosuch0', 'sstpcap -D ssh://vpn'),
                           ('b=nosuch0', 'sstpcap -D lists')):
            with self.subTest(end=end):
                said = self.run_it(1, *wrong, end)
                self.assertIn(words, said)
                self.assertIn('sstpcap: b: could not capture', said)

    def test_own_ssh_stays_out(self):
        port = self.sshd()
        p = self.start('-F', self.path('config'), '-i', 'client=lo', '-i', 'server=ssh://vpn/lo', '-f', 'tcp',
                       '-w', self.out)
        self.assertTrue(self.both_capture(p))
        self.send_something(self.talk([]))
        time.sleep(1)
        p.send_signal(signal.SIGINT)
        self.finish(p, 0)
        ours = [d for _, _, d in packets(self.out) if port in (int.from_bytes(d[34:36], 'big'),
                                                               int.from_bytes(d[36:38], 'big'))]
        self.assertEqual(ours, [])
        self.assertGreater(len(packets(self.out)), 6)


class Extcap(Case):
    def ask(self, *args, status=0):
        r = subprocess.run([PROGRAM, *args], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=20)
        self.assertEqual(r.returncode, status, r.stderr)
        return r.stdout

    def test_queries(self):
        self.assertIn('{value=sstpcap}{display=SSTP both ends (sstpcap)}', self.ask('--extcap-interfaces'))
        self.assertIn('dlt {number=', self.ask('--extcap-dlts', '--extcap-interface', 'sstpcap'))
        config = self.ask('--extcap-config', '--extcap-interface', 'sstpcap')
        for word in ('client', 'server', 'filter', 'keylog', 'sudo'):
            self.assertIn('{call=--%s}' % word, config)
        self.ask('--extcap-dlts', '--extcap-interface', 'eth0', status=2)
        self.ask('--capture', '--extcap-interface', 'sstpcap', '--fifo', self.out, status=2)

    def silent_ssh(self):
        """An environment where ssh reads its configuration, connects and never says anything."""
        tools = self.path('bin')
        os.mkdir(tools)
        with open(os.path.join(tools, 'ssh'), 'w') as f:
            f.write('#!/bin/sh\ncase " $* " in *" -G "*) echo hostname vpn; exit ;; esac\nexec %s\n' % SLEEP)
        os.chmod(f.name, 0o755)
        return dict(os.environ, PATH=tools + ':' + os.environ['PATH'])

    def test_no_header_of_ssh(self):
        """The header of the file does not wait for it, nor do the packets of the other end."""
        fifo, seen = self.path('fifo'), bytearray()
        os.mkfifo(fifo)

        def read():
            with open(fifo, 'rb', buffering=0) as f:
                while piece := f.read(65536):
                    seen.extend(piece)
        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        p = self.start('--capture', '--extcap-interface', 'sstpcap', '--fifo', fifo, '--client',
                       made_up('client', '--count 5 --stay').partition('=')[2], '--server', 'ssh://vpn/eth0',
                       env=self.silent_ssh())

        def num_packets():
            return sum(kind == PACKET for kind, _ in pcapng.blocks(bytes(seen)))
        self.assertTrue(wait_for(lambda: len(seen) >= 28))
        self.assertTrue(wait_for(lambda: num_packets() == 5))
        said = ''
        while 'does not capture yet after 10 s' not in said:
            line = p.stderr.readline().decode()
            self.assertTrue(line, said)
            said += line
        p.send_signal(signal.SIGTERM)
        self.finish(p, 1)
        reader.join(10)
        self.assertFalse(reader.is_alive())
        self.assertTrue(wait_for(lambda: not running(SLEEP)))

    def test_reader_of_the_fifo_is_gone(self):
        fifo = self.path('fifo')
        os.mkfifo(fifo)
        p = self.start('--capture', '--extcap-interface', 'sstpcap', '--fifo', fifo, '--client',
                       made_up('client', '--count 5000 --rate 190').partition('=')[2], '--server',
                       made_up('server', '--stay').partition('=')[2])
        with open(fifo, 'rb') as f:
            f.read(28)
        self.finish(p, 0)
        self.assertTrue(wait_for(lambda: not running(SOURCE, '--rate 190')))

    def test_installs_itself(self):
        """The folder is what the tshark in front of PATH says, in the words of 4.0 and of 4.4."""
        home, tools = self.path('home'), self.path('bin')
        os.mkdir(tools)
        os.chmod(self.folder, 0o777)
        shutil.copy(PROGRAM, self.path('sstpcap'))
        os.chmod(self.path('sstpcap'), 0o755)
        as_user = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] if os.getuid() == 0 else []
        for line, place in (('Personal configuration:\t%s/.config/wireshark\nExtcap path: /usr/lib/x' % home,
                             '.config/wireshark/extcap'),
                            ('Personal Extcap path:\t%s/.local/lib/wireshark/extcap\nGlobal Extcap path: /usr/x' %
                             home, '.local/lib/wireshark/extcap')):
            with open(os.path.join(tools, 'tshark'), 'w') as f:
                f.write("#!/bin/sh\ncat <<'end'\n%s\nend\n" % line)
            os.chmod(f.name, 0o755)
            for _ in range(2):
                subprocess.run(as_user + [self.path('sstpcap'), '--install-extcap'], check=True,
                               stdout=subprocess.DEVNULL, env=dict(os.environ, PATH=tools + ':' + os.environ['PATH']))
            self.assertEqual(os.path.realpath(os.path.join(home, place, 'sstpcap')),
                             os.path.realpath(self.path('sstpcap')))

    def test_wireshark_finds_it(self):
        """Where --install-extcap puts it, the Wireshark of this machine looks: the folder differs between versions."""
        if not shutil.which('tshark'):
            self.skipTest('tshark is not installed')
        os.chmod(self.folder, 0o777)
        shutil.copy(PROGRAM, self.path('sstpcap'))
        as_user = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] if os.getuid() == 0 else []
        environment = dict(os.environ, HOME=self.path('home'))
        environment.pop('XDG_CONFIG_HOME', None)

        def interfaces():
            return subprocess.run(as_user + ['tshark', '-D'], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  text=True, check=True).stdout
        self.assertNotIn('sstpcap', interfaces())
        subprocess.run(as_user + [self.path('sstpcap'), '--install-extcap'], check=True, stdout=subprocess.DEVNULL, env=environment)
        self.assertIn('sstpcap (SSTP both ends (sstpcap))', interfaces())

    def test_tshark_captures(self):
        if not shutil.which('tshark'):
            self.skipTest('tshark is not installed')
        os.chmod(self.folder, 0o777)
        extcap = self.path('extcap')
        os.mkdir(extcap)
        for name in ('sstpcap', 'source.py'):
            shutil.copy(PROGRAM if name == 'sstpcap' else SOURCE, self.path(name))
            os.chmod(self.path(name), 0o755)
        os.symlink('../sstpcap', os.path.join(extcap, 'sstpcap'))
        source = 'cmd:exec python3 -B %s --stay' % self.path('source.py')
        command = ['tshark', '-i', 'sstpcap', '-l', '-a', 'duration:3',
                   '-o', 'extcap.sstpcap.client:%s --count 5' % source,
                   '-o', 'extcap.sstpcap.server:%s --count 6 --late 0.3' % source,
                   '-T', 'fields', '-e', 'frame.interface_name']
        if os.getuid() == 0:
            command = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] + command
        environment = dict(os.environ, HOME=self.folder, TMPDIR=self.folder, WIRESHARK_EXTCAP_DIR=extcap)
        r = subprocess.run(command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                           timeout=30)
        names = r.stdout.split()
        self.assertEqual([names.count('client'), names.count('server')], [5, 6], r.stderr)
        self.assertEqual(r.returncode, 0)
        # An empty "tshark:" is tshark's own word at the end of any such interface; ours would be an error.
        self.assertNotRegex(r.stderr, r'(?i)error|sstpcap: |tshark: \S')
        self.assertTrue(wait_for(lambda: not running(self.path('source.py'))))


def all_at_once():
    """Most of the time they wait: each class in a process of its own."""
    classes = [c.__name__ for c in Case.__subclasses__()]
    running_now = [subprocess.Popen([sys.executable, '-B', __file__, PROGRAM, name], stderr=subprocess.PIPE)
                   for name in classes]
    status = 0
    for process in running_now:
        sys.stderr.write(process.communicate()[1].decode())
        status |= process.returncode
    return status


def capture(case, end):
    return os.path.join(HERE, '..', '..', 'test-captures', case, end + '.pcapng')


class Comparison(Case):
    def compare(self, status, *args):
        p = self.start('--compare', *args)
        out, err = p.communicate(timeout=30)
        self.assertEqual(p.returncode, status, err.decode())
        return out.decode(), err.decode()

    def judged(self, status, *args):
        report = json.loads(self.compare(status, '--json', *args)[0])
        self.assertEqual(len(report['pairs']), 1)
        return report['pairs'][0], report

    def both(self, status, case, *args):
        return self.judged(status, capture(case, 'client'), capture(case, 'server'), *args)

    def test_healthy(self):
        pair, report = self.both(0, 'ok-tls13')
        self.assertEqual((pair['matched_by'], pair['verdict']['finding']), ('client_random', 'healthy'))
        self.assertEqual([i['role'] for i in report['capture']['interfaces'][:2]], ['client', 'server'])
        self.assertLess(abs(pair['clock']['offset']), 0.001)

    def test_order_of_files_is_free(self):
        pair, report = self.judged(0, capture('nat-masquerade', 'server'), capture('nat-masquerade', 'client'))
        self.assertEqual((pair['client_session'], pair['server_session']), (1, 0))
        self.assertIn('tcp_nat', [f['id'] for f in pair['findings']])

    def test_one_file_of_both(self):
        pair, _ = self.judged(0, capture('synthetic', 'tcp_syn_rewritten'))
        self.assertEqual([f['id'] for f in pair['findings']], ['tcp_syn_rewritten'])

    def test_exit_status(self):
        for case, verdict in (('midsession-blackhole', 'tcp_path_silent'), ('mtu-blackhole-midsession', 'mtu_blackhole'),
                              ('rst-client-side-midhandshake', 'tcp_rst_injected')):
            self.assertEqual(self.both(1, case)[0]['verdict']['finding'], verdict)
        self.assertEqual(self.both(0, 'lossy-path')[0]['verdict']['finding'], 'tcp_loss')
        self.both(1, 'lossy-path', '--fail-on', 'warn')

    def test_frames_of_the_second_file(self):
        out, _ = self.compare(0, capture('ok-tls13', 'client'), capture('ok-tls13', 'server'))
        self.assertIn('Pair 0:', out)
        self.assertRegex(out, 'Frame numbers above [0-9]+ mean .*server.pcapng')

    def test_wrong_usage(self):
        for args in ((), ('--fail-on', 'fatal', 'x'), ('-i', 'eth0', 'x')):
            self.assertIn('sstpcap', self.compare(2, *args)[1])

    def test_cannot_run(self):
        junk = self.path('junk')
        with open(junk, 'wb') as f:
            f.write(os.urandom(64) + bytes(1000))
        empty = self.path('empty')
        open(empty, 'wb').close()
        for path in (self.path('missing'), junk, empty, self.folder):
            self.assertIn(path, self.compare(3, capture('ok-tls13', 'client'), path)[1])

    def test_cut_file(self):
        cut = self.path('cut.pcapng')
        with open(capture('ok-tls13', 'server'), 'rb') as f, open(cut, 'wb') as to:
            to.write(f.read()[:-7])
        self.assertIn('in the middle', self.compare(0, capture('ok-tls13', 'client'), cut)[1])

    def part(self, end, case, of, first, last):
        """Frames first to last of an end's recording, in tenths of all, without secrets."""
        path = self.path('%s-%d.pcapng' % (end, first))
        with open(capture(case, of), 'rb') as f:
            blocks = list(pcapng.blocks(f.read()))
        total = sum(1 for kind, _ in blocks if kind == pcapng.ENHANCED)
        seen = 0
        with open(path, 'wb') as f:
            for kind, block in blocks:
                seen += kind == pcapng.ENHANCED
                if kind in (pcapng.SECTION, pcapng.INTERFACE) or (kind == pcapng.ENHANCED and first * total < 10 * seen <= last * total):
                    f.write(block)
        return path

    def test_end_that_began_late(self):
        for case, verdict in (('ok-tls13', 'healthy'), ('midsession-blackhole', 'tcp_path_silent'), ('nat-masquerade', 'healthy')):
            late = self.part('server', case, 'server', 5, 10)
            pair, _ = self.judged(0 if verdict == 'healthy' else 1, capture(case, 'client'), late)
            self.assertEqual((pair['matched_by'], pair['verdict']['finding']), ('payload', verdict))

    def test_pipe_is_read_once(self):
        """Where files would be read again to find the end that began late."""
        late, pipe = self.part('server', 'ok-tls13', 'server', 5, 10), self.path('pipe')
        os.mkfifo(pipe)
        client = capture('ok-tls13', 'client')
        with subprocess.Popen(['sh', '-c', 'cat "$0" >"$1"', late, pipe]) as feeder:
            self.addCleanup(self.end, feeder)
            pair, _ = self.judged(0, client, pipe)
        self.assertEqual(pair['matched_by'], 'payload')

    def test_cut_is_told_once(self):
        cut = self.path('cut.pcapng')
        with open(self.part('server', 'ok-tls13', 'server', 5, 10), 'rb') as f, open(cut, 'wb') as to:
            to.write(f.read()[:-7])
        self.assertEqual(self.compare(0, capture('ok-tls13', 'client'), cut)[1].count('in the middle'), 1)

    def test_little_in_common(self):
        """One end goes on where the other one leaves off: no NAT came between them."""
        client, server = self.part('client', 'server-terminate-hard', 'client', 0, 6), self.part('server', 'server-terminate-hard', 'server', 4, 10)
        out, _ = self.compare(0, '--json', client, server)
        self.assertNotIn('tcp_nat', out)

    def test_one_end_alone(self):
        self.assertIn('two points', self.compare(0, capture('ok-tls13', 'client'))[1])


if __name__ == '__main__':
    if len(sys.argv) < 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit(__doc__)
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if len(sys.argv) > 1:
        unittest.main(verbosity=2)
    sys.exit(all_at_once())
