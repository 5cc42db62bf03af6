#!/usr/bin/env python3
"""sstpcap --watch, on captures that it reads as fast as it can. usage: test_watch.py SSTPCAP SSTPDIAG PLUGINS TSHARK [unittest options]"""
import collections
import glob
import json
import os
import resource
import shutil
import signal
import stat
import struct
import subprocess
import sys
import time
import unittest

from command import CAPTURES, Command

import pcapng

SSTPCAP, SSTPDIAG, PLUGINS, TSHARK = sys.argv[1:5]
CLIENT = bytes([192, 0, 2, 10])
IPV4 = b'\x08\x00'
MIB = 1 << 20
HEADERS_MAX = 14 + 20 + 60 + 5      # Ethernet, IPv4, TCP with all options, and the header of a record


def recorded(end):
    """Recorded captures of this repository, name -> path."""
    paths = glob.glob(os.path.join(CAPTURES, '*', end + '.pcapng'))
    return {os.path.basename(os.path.dirname(path)): path for path in paths}


def packets(path):
    """(time in ns, whole block) of each packet, and what stands in front of them."""
    head, found = b'', []
    with open(path, 'rb') as f:
        for kind, block in pcapng.blocks(f.read()):
            if kind == pcapng.ENHANCED:
                found.append((pcapng.word(block, 12) << 32 | pcapng.word(block, 16), block))
            elif kind in (pcapng.SECTION, pcapng.INTERFACE, pcapng.SECRETS):
                head += block
    return head, found


def tcp_of(found):
    """(time, bytes) of each TCP packet."""
    data = [(t, block[28:28 + pcapng.word(block, 20)]) for t, block in found]
    return [(t, d) for t, d in data if d[12:14] == IPV4 and d[23] == 6]


def moved(block, time_ns, client):
    """The packet at another time, of another client."""
    block = bytearray(block)
    struct.pack_into('<II', block, 12, time_ns >> 32, time_ns & 0xffffffff)
    if block[28 + 12:28 + 14] == IPV4:
        for at in (28 + 14 + 12, 28 + 14 + 16):
            if block[at:at + 4] == CLIENT:
                block[at:at + 4] = client
    return bytes(block)


def repeated(case, out, starts, client=lambda i: CLIENT):
    """The client's capture of case, once for each second of starts, of the i-th client."""
    head, found = packets(os.path.join(CAPTURES, case, 'client.pcapng'))
    blocks = []
    for i, start in enumerate(starts):
        blocks += [(t + int(start * 1e9), moved(b, t + int(start * 1e9), client(i))) for t, b in found]
    with open(out, 'wb') as f:
        f.write(head + b''.join(b for _, b in sorted(blocks, key=lambda item: item[0])))
    return out


SYN, SYN_ACK = 2, 18
SERVER = bytes([198, 51, 100, 20])


def segment(i, flags):
    """An Ethernet frame with the i-th client's request to connect, or the answer to it."""
    ends, ports = (struct.pack('>I', 0x0a000000 + i), SERVER), (1024 + i % 60000, 443)
    if flags == SYN_ACK:
        ends, ports = ends[::-1], ports[::-1]
    ip = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 40, i & 0xffff, 0, 64, 6, 0, *ends)
    tcp = struct.pack('>HHIIBBHHH', *ports, i, i + 1 if flags == SYN_ACK else 0, 0x50, flags, 64240, 0, 0)
    return b'\x02' * 12 + IPV4 + ip + tcp


def many(path, num, *flags):
    """A capture of so many clients, eight thousand a second, with a segment for each of flags."""
    with open(path, 'wb') as f:
        f.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for i in range(num):
            for frame in (segment(i, flag) for flag in flags):
                f.write(struct.pack('<IIII', 1700000000 + i // 8000, i % 8000 * 100, len(frame), len(frame)) + frame)
    return path


class Case(unittest.TestCase):
    def setUp(self):
        self.command = Command(SSTPDIAG, PLUGINS, TSHARK)
        self.addCleanup(self.command.remove)
        self.keep = self.path('kept')

    def path(self, name):
        return self.command.path(name)

    def start(self, *args, **more):
        more.setdefault('stdout', subprocess.PIPE)
        return subprocess.Popen([SSTPCAP, '--watch', *args], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                env=self.command.environment(), **more)

    def run_watch(self, *args, status=0, **more):
        process = self.start(*args, **more)
        told, said = process.communicate(timeout=120)
        self.assertEqual(process.returncode, status, said)
        return told or '', said

    def ends(self, *args, **more):
        """The documents of sessions that are over."""
        told, _ = self.run_watch('--log-json', '-', *args, **more)
        documents = [json.loads(line) for line in told.splitlines()]
        return [d for d in documents if d['watch']['event'] == 'end']

    def kept(self):
        return sorted(os.listdir(self.keep)) if os.path.isdir(self.keep) else []

    def judged(self, path, *args):
        done = self.command.run('--json', *args, path)
        return json.loads(done.stdout)


class Verdicts(Case):
    def test_are_those_of_the_whole_capture_without_keys(self):
        folder, ours = self.path('captures'), {}
        os.mkdir(folder)
        for end in 'client', 'server':
            for case, path in recorded(end).items():
                name = '%s-%s.pcapng' % (case, end)
                subprocess.run([sys.executable, '-B', os.path.join(os.path.dirname(pcapng.__file__), 'pcapng.py'), path, os.path.join(folder, name)],
                               check=True)
                ours[name] = collections.Counter((s['client'], s['server'], s['verdict']['finding'])
                                                 for d in self.ends('-i', os.path.join(folder, name)) for s in d['sessions'])
        self.assertGreater(len(ours), 40)
        done = self.command.run('--output', self.path('all.jsonl'), '--jobs', '2', folder, limit=300)
        self.assertLess(done.returncode, 2, done.stderr)
        with open(self.path('all.jsonl')) as f:
            reports = [json.loads(line) for line in f]
        self.assertEqual(len(reports), len(ours))
        for report in reports:
            name = os.path.basename(report['capture']['file'])
            theirs = collections.Counter((s['client'], s['server'], s['verdict']['finding']) for s in report['sessions'])
            self.assertEqual(ours[name], theirs, name)

    def test_of_a_named_server_count_attempts_that_came_to_nothing(self):
        for case, finding in (('tcp-closed-port', 'tcp_refused'), ('tcp-filtered-port', 'tcp_no_answer')):
            path = recorded('client')[case]
            self.assertEqual(self.ends('-i', path), [])
            told = self.ends('--server', '198.51.100.20', '-i', path)
            self.assertEqual([d['sessions'][0]['verdict']['finding'] for d in told], [finding])

    def test_of_both_ends_are_one(self):
        told = self.ends('-i', recorded('client')['server-shutdown'], '-i', recorded('server')['server-shutdown'], '--keep', self.keep,
                         '--fail-on', 'warn')
        self.assertEqual(len(told), 1)
        self.assertEqual(len(self.kept()), 1)
        report = self.judged(os.path.join(self.keep, self.kept()[0]))
        self.assertEqual(len(report['capture']['interfaces']), 2)
        self.assertEqual(len(report['pairs']), 1)


class Lines(Case):
    def test_say_when_it_comes_up_and_how_it_was(self):
        told, said = self.run_watch('-i', recorded('client')['ok-tls13'])
        lines = told.splitlines()
        self.assertEqual(len(lines), 2, told)
        self.assertRegex(lines[0], r'^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d up +192\.0\.2\.10:\d+ -> 198\.51\.100\.20:443: the tunnel works after ')
        self.assertRegex(lines[1], r' healthy +192\.0\.2\.10:\d+ -> 198\.51\.100\.20:443: ended, reached stage ')
        self.assertIn('1 session watched, 0 failed', said)

    def test_are_only_of_failures_if_quiet(self):
        path = repeated('ok-tls13', self.path('ok.pcapng'), range(3), lambda i: bytes([10, 0, 0, i]))
        self.assertEqual(self.run_watch('-q', '-i', path)[0], '')
        told, _ = self.run_watch('-q', '-i', recorded('client')['wrong-password'])
        self.assertIn('[auth_bad_credentials]', told)

    def test_of_json_are_appended_and_follow_a_file_that_was_moved_away(self):
        log = self.path('log.jsonl')
        for _ in range(2):
            self.run_watch('-q', '--log-json', log, '-i', recorded('client')['wrong-password'])
        with open(log) as f:
            lines = f.read().splitlines()
        self.assertEqual(len(lines), 2)
        self.assertEqual(stat.S_IMODE(os.stat(log).st_mode), 0o600)
        document = json.loads(lines[0])
        self.assertEqual(document['schema'], 'sstpdiag/1')
        self.assertEqual(document['watch']['event'], 'end')

    def test_that_cannot_be_written_are_told_once_and_by_the_status(self):
        path = repeated('wrong-password', self.path('bad.pcapng'), range(3), lambda i: bytes([10, 0, 0, i]))
        _, said = self.run_watch('-i', path, '--log-json', '/dev/full', status=1)
        self.assertEqual(said.count('No space left'), 1, said)


class Kept(Case):
    def test_is_what_failed_alone(self):
        healthy = repeated('ok-tls13', self.path('ok.pcapng'), range(20), lambda i: bytes([10, 0, 0, i]))
        told = self.ends('-i', healthy, '-i', recorded('client')['wrong-password'], '--keep', self.keep)
        self.assertEqual(len(told), 21)
        self.assertEqual(len(self.kept()), 1)
        self.assertRegex(self.kept()[0], r'^\d{8}T\d{6}Z-192\.0\.2\.10-\d+-auth_bad_credentials\.sstp\.pcapng$')
        self.assertEqual(stat.S_IMODE(os.stat(self.keep).st_mode), 0o700)
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(self.keep, self.kept()[0])).st_mode), 0o600)

    def test_has_its_secrets_and_says_the_same_once_they_are_used(self):
        self.run_watch('-q', '-i', recorded('client')['wrong-password'], '--keep', self.keep)
        report = self.judged(os.path.join(self.keep, self.kept()[0]))
        self.assertEqual([s['verdict']['finding'] for s in report['sessions']], ['auth_bad_credentials'])
        self.assertEqual(report['sessions'][0]['evidence'], 'decrypted')

    def test_has_no_secrets_of_others(self):
        with open(recorded('client')['ok-tls13'], 'rb') as f:
            other = [block for kind, block in pcapng.blocks(f.read()) if kind == pcapng.SECRETS][0].split()[1]
        self.run_watch('-q', '-i', recorded('client')['wrong-password'], '-i', recorded('client')['ok-tls13'], '--keep', self.keep)
        with open(os.path.join(self.keep, self.kept()[0]), 'rb') as f:
            data = f.read()
        self.assertNotIn(other, data)
        self.assertIn(b'_TRAFFIC_SECRET_0', data)

    def test_is_one_file_for_equal_failures_of_a_client_within_minutes(self):
        path = repeated('wrong-password', self.path('bad.pcapng'), [0, 60, 120, 2000])
        told = self.ends('-i', path, '--keep', self.keep)
        self.assertEqual([d['watch']['times'] for d in told], [1, 2, 3, 1])
        self.assertEqual(len(self.kept()), 2)
        self.assertEqual(told[0]['watch']['file'], told[2]['watch']['file'])

    def test_of_other_clients_is_a_file_each(self):
        path = repeated('wrong-password', self.path('bad.pcapng'), range(5), lambda i: bytes([10, 0, 0, i]))
        self.ends('-i', path, '--keep', self.keep)
        self.assertEqual(len(self.kept()), 5)

    def test_stays_within_the_quota_and_deletes_nothing_else(self):
        os.mkdir(self.keep)
        for name in ('notes.txt', 'mine.pcapng'):
            with open(os.path.join(self.keep, name), 'w') as f:
                f.write('x' * 5000)
        path = repeated('wrong-password', self.path('bad.pcapng'), range(6), lambda i: bytes([10, 0, 0, i]))
        told = self.ends('-i', path, '--keep', self.keep, '--keep-files', '2')
        self.assertEqual(len(self.kept()), 4)
        newest = [os.path.basename(d['watch']['file']) for d in told[-2:]]
        self.assertEqual(sorted(newest + ['notes.txt', 'mine.pcapng']), self.kept())

    def test_of_yesterday_goes_by_its_age(self):
        os.mkdir(self.keep)
        old = os.path.join(self.keep, '20200101T000000Z-x-1-y.sstp.pcapng')
        shutil.copyfile(recorded('client')['wrong-password'], old)
        os.utime(old, (time.time() - 3 * 86400,) * 2)
        self.run_watch('-q', '-i', recorded('client')['wrong-password'], '--keep', self.keep, '--keep-age', '2')
        self.assertFalse(os.path.exists(old))
        self.assertEqual(len(self.kept()), 1)

    def test_has_no_payload_of_the_tunnel_if_only_headers_are_asked_for(self):
        self.run_watch('-q', '-i', recorded('client')['ok-tls13'], '--keep', self.keep, '--keep-all', '--keep-headers')
        _, found = packets(os.path.join(self.keep, self.kept()[0]))
        lengths = [pcapng.word(block, 20) for _, block in found]
        self.assertGreater(max(lengths), 500)                           # the set-up is whole
        self.assertLess(max(lengths[-20:]), HEADERS_MAX)

    def test_is_told_where_it_cannot_be_written(self):
        _, said = self.run_watch('-i', recorded('client')['ok-tls13'], '--keep', '/proc/none', status=3)
        self.assertIn('/proc/none', said)


class Bounded(Case):
    def test_in_a_flood_of_requests(self):
        path = many(self.path('flood.pcap'), 80000, SYN)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        told, said = self.run_watch('--server', '198.51.100.20', '-i', path)
        self.assertEqual(told, '')
        self.assertIn('14464 connection requests', said)
        if 'SSTPDIAG_SANITIZED' not in os.environ and before < 120 * 1024:
            self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, 120 * 1024)

    def test_in_a_flood_of_connections(self):
        path = many(self.path('flood.pcap'), 20000, SYN, SYN_ACK)
        told, said = self.run_watch('-i', path, '--memory', '64')
        self.assertEqual(told, '')
        self.assertIn('%d connections could not be followed' % (20000 - (64 << 20) // 2 // (25 << 10)), said)

    def test_by_the_memory_that_is_given_it_and_tells_what_it_gave_up(self):
        # A long session in little memory: its beginning and its end are there.
        path = self.path('long.pcapng')
        head, found = packets(recorded('client')['ok-tls13'])
        longest = max(range(len(found)), key=lambda i: len(found[i][1]) * (i > len(found) // 2))
        again = moved(found[longest][1], found[longest][0], CLIENT)
        with open(path, 'wb') as f:
            f.write(head + b''.join(b for _, b in found[:longest]) + again * (24 * MIB // len(again)) + b''.join(b for _, b in found[longest:]))
        told = self.ends('-i', path, '--keep', self.keep, '--keep-all', '--memory', '8')
        self.assertEqual(len(told), 1)
        self.assertGreater(told[0]['watch']['packets_lost'], 1000)
        _, kept = packets(told[0]['watch']['file'])
        self.assertEqual([tcp_of(kept)[i] for i in (0, -1)], [tcp_of(found)[i] for i in (0, -1)])
        self.assertLess(os.path.getsize(told[0]['watch']['file']), 9 * MIB)
        with open(told[0]['watch']['file'], 'rb') as f:
            self.assertIn(b'there was no room for them', f.read(4096))


class Usage(Case):
    def test_needs_what_belongs_together(self):
        for args, word in ((('-w', 'x.pcapng', '-i', 'x'), '--watch writes no capture'), (('-i', 'x', '--keep-all'), 'need --keep'), (('-i', 'x', '--keep-age', '5'), 'need --keep'),
                           (('-i', 'x', '--memory', '1'), '--memory takes'), (('-i', 'x', '--fail-on', 'x'), '--fail-on takes'), ((), 'no end is named')):
            _, said = self.run_watch(*args, status=2)
            self.assertIn(word, said)
        done = subprocess.run([SSTPCAP, '-i', 'x', '-w', 'y', '--keep', 'z'], stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn('need --watch', done.stderr)

    def test_ends_by_a_signal_and_tells_what_is_open(self):
        capture = recorded('client')['ok-tls13']
        head, found = packets(capture)
        with open(self.path('begin.pcapng'), 'wb') as f:
            f.write(head + b''.join(b for _, b in found[:len(found) * 2 // 3]))
        process = self.start('-i', 'cmd:cat begin.pcapng; exec sleep 30', cwd=self.command.dir)
        line = process.stdout.readline()
        self.assertIn(' up ', line)
        process.send_signal(signal.SIGTERM)
        told, said = process.communicate(timeout=30)
        self.assertIn('established', told)
        self.assertIn('1 session watched', said)
        self.assertEqual(process.returncode, 0, said)

    def test_starts_a_program_for_each_failure_and_not_a_shell(self):
        script = self.command.script('hook', '#!/bin/sh\ncat >"$1.json"\nprintf "%s\\n" "$@" >"$1.args"\n')
        healthy = repeated('ok-tls13', self.path('ok.pcapng'), range(3), lambda i: bytes([10, 0, 0, i]))
        self.run_watch('-q', '-i', healthy, '-i', recorded('client')['wrong-password'], '--keep', self.keep,
                       '--on-fault', script + " '%s; $(id)'" % self.path('out'))
        out = self.path('out; $(id)')
        for _ in range(100):
            if os.path.exists(out + '.args'):
                break
            time.sleep(0.1)
        with open(out + '.json') as f:
            self.assertEqual([s['verdict']['finding'] for s in json.load(f)['sessions']], ['auth_bad_credentials'])
        with open(out + '.args') as f:
            self.assertEqual(f.read().splitlines(), [out, os.path.join(self.keep, self.kept()[0])])

    def test_tells_that_a_program_cannot_be_started(self):
        _, said = self.run_watch('-q', '-i', recorded('client')['wrong-password'], '--on-fault', '/none/such', status=1)
        self.assertIn('--on-fault', said)

    def test_counts_for_prometheus(self):
        counts = self.path('sstp.prom')
        self.run_watch('-q', '-i', recorded('client')['wrong-password'], '--prometheus', counts)
        with open(counts) as f:
            text = f.read()
        self.assertIn('sstp_watch_sessions_ended_total{server="198.51.100.20:443",state="fault",verdict="auth_bad_credentials"} 1\n', text)
        for line in text.splitlines():
            self.assertRegex(line, r'^(# (HELP|TYPE) sstp_watch_\w+ .+|sstp_watch_\w+(\{[^{}]*\})? [0-9.e+]+)$')


if __name__ == '__main__':
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])
