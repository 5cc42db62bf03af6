#!/usr/bin/env python3
"""A soak of sstpcap: recordings of restless ends, with kills, stops, reconnects, steps of clocks, bursts, slow and dead
readers, full files. Each packet that an end handed over is in the file, or it is told that it is not.

soak.py PROGRAM [--seconds N] [--seed TEXT] [--round N] [--jobs N] [--keep]

A round is all that its seed and number say; --round runs that one again. What failed stays in a folder, which is named.
"""
import argparse
import os
import random
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'golden'))
import pcapng  # noqa: E402
from restless import Journal, content  # noqa: E402

RESTLESS = os.path.join(HERE, 'restless.py')
INTERFACE, STATISTICS = 1, 5
NAMES = 'client', 'server', 'inner'
# sstpcap holds packets back for half a second; the rest is for a machine that is busy.
HELD_NS = 4 * 10**9
ENDING_S = 60
MEMORY_MAX_KIB = 170 << 10

# How a recording ends, how often, and what of it may be missing: 'rest' all behind some packet of each end, 'last' what
# came last, 'asked' all but what was asked for, 'told' what is said to be lost.
ENDINGS = {
    'ends': (5, None), 'SIGINT': (5, None), 'SIGTERM': (2, None), 'SIGHUP': (2, None), 'duration': (2, None),
    'twice': (2, 'rest'), 'SIGKILL': (3, 'last'), 'count': (1, 'asked'), 'filesize': (1, 'asked'),
    'full': (3, 'told'), 'reader dies': (2, 'told'), 'reader stalls': (2, 'told'),
}
OUTPUTS = ('file', 'file', 'live', 'split', 'ring by size', 'ring by time', 'pipe')
# What is done to whom while it runs.
HARM = 'kill end', 'stop end', 'stop sstpcap'


class Plan:
    """One round, drawn from its seed alone."""

    def __init__(self, seed, number):
        draw = random.Random('%s/%d' % (seed, number))
        self.name = 'round %d' % number
        self.ending = draw.choices(list(ENDINGS), [weight for weight, _ in ENDINGS.values()])[0]
        self.output = draw.choice(OUTPUTS)
        if self.ending.startswith('reader'):
            self.output = 'pipe'
        elif self.ending in ('full', 'filesize') and (self.output == 'pipe' or self.output.startswith('ring')):
            self.output = 'live'
        self.seconds = draw.uniform(1.5, 5)
        self.ends = [{'kind': draw.choice(('cmd', 'cmd', 'ssh', 'fifo')), 'seed': '%d' % draw.getrandbits(32),
                      'pcapng': draw.random() < 0.6, 'waits': draw.random() < 0.3, 'late': draw.choice((0, 0, 0.3))}
                     for _ in range(draw.choice((1, 2, 2, 2, 3)))]
        self.harm = sorted((draw.uniform(0.3, self.seconds), draw.choice(HARM), draw.randrange(len(self.ends)),
                            draw.uniform(0.1, 2)) for _ in range(draw.choice((0, 0, 1, 2, 3))))
        self.bytes = draw.randrange(20_000, 3_000_000)
        self.count = draw.randrange(1, 3000)
        self.files = draw.choice((0, 0, 3))

    def __str__(self):
        ends = ', '.join(end['kind'] + (' pcapng' if end['pcapng'] else ' pcap') + (' waits' if end['waits'] else '') for end in self.ends)
        harm = ''.join('; at %.1f s %s%s' % (at, what, '' if what.endswith('cap') else ' %s' % NAMES[who] +
                                             (' for %.1f s' % long if what == 'stop end' else '')) for at, what, who, long in self.harm)
        return '%s: %s; %s for %.1f s, ends by %s%s' % (self.name, ends, self.output, self.seconds, self.ending, harm)


def options_of(body):
    """(code, value) of a block's options."""
    at = 0
    while at + 4 <= len(body):
        code, length = int.from_bytes(body[at:at + 2], 'little'), int.from_bytes(body[at + 2:at + 4], 'little')
        if code == 0:
            return
        yield code, body[at + 4:at + 4 + length]
        at += 4 + length + -length % 4


class Recorded:
    """What the files of a round hold, by end."""

    def __init__(self, paths, may_be_cut):
        self.numbers = {name: [] for name in NAMES}
        self.out_of_order = set()   # ends with an interface whose packets are
        self.last = {}              # by interface of the file that is read: number of its last packet
        self.dropped = {}           # by end, what the statistics of its interfaces tell together
        self.comments = ''
        self.wrong = []
        for path in paths:
            self.read(path, may_be_cut)

    def read(self, path, may_be_cut):
        with open(path, 'rb') as f:
            data = f.read()
        ends, length = [], 0
        self.last = {}
        self.dropped = {}           # of a ring's files the last one tells
        for kind, block in pcapng.blocks(data):
            if len(block) != pcapng.word(block, 4):
                break
            length += len(block)
            self.take(kind, block, ends)
        if length != len(data) and not may_be_cut:
            self.wrong.append('%s: %d bytes behind its last block' % (os.path.basename(path), len(data) - length))

    def take(self, kind, block, ends):
        start = {INTERFACE: 16, STATISTICS: 20, pcapng.SECTION: 24}.get(kind)
        options = dict(options_of(block[start:-4])) if start else {}
        self.comments += options.get(1, b'').decode()
        if kind == INTERFACE:
            ends.append(options[2].decode().split(':')[0])
        elif kind == STATISTICS and 5 in options:
            end = ends[pcapng.word(block, 8)]
            self.dropped[end] = self.dropped.get(end, 0) + int.from_bytes(options[5], 'little')
        elif kind == pcapng.ENHANCED:
            self.packet(block, pcapng.word(block, 8), ends[pcapng.word(block, 8)])

    def packet(self, block, interface, name):
        data = block[28:28 + pcapng.word(block, 20)]
        number = int.from_bytes(data[55:63], 'big')
        if data != content(NAMES.index(name), number, len(data)):
            self.wrong.append('%s: a packet behind number %d is not what was sent' % (name, (self.numbers[name] or [0])[-1]))
        self.numbers[name].append(number)
        if self.last.get(interface, 0) > number:
            self.out_of_order.add(name)
        self.last[interface] = number


class Round:
    def __init__(self, program, plan, folder):
        self.program, self.plan, self.folder = program, plan, folder
        self.out = self.path('out.pcapng')
        self.said = ''
        self.killed = set()     # ends that were, from outside
        self.own = []           # processes of ours: writers of FIFOs
        self.ending_ns = None   # when it began to end
        self.ended = threading.Event()
        self.wrong = []

    def path(self, name):
        return os.path.join(self.folder, name)

    # --- how it is started

    def restless(self, i):
        end = self.plan.ends[i]
        words = [sys.executable, '-B', RESTLESS, '--journal', self.path('journal.%d' % i), '--end', str(i), '--seed', end['seed'],
                 '--seconds', '%.2f' % (self.plan.seconds + (0 if self.plan.ending == 'ends' else 120)), '--late', str(end['late'])]
        return words + ['--' + word for word in ('pcapng', 'waits') if end[word]]

    def end_argument(self, i):
        kind, name = self.plan.ends[i]['kind'], NAMES[i]
        if kind == 'cmd':
            return '%s=cmd:exec %s' % (name, shlex.join(self.restless(i)))
        if kind == 'fifo':
            os.mkfifo(self.path(name))
            return '%s=%s' % (name, self.path(name))
        with open(self.path('run.' + name), 'w') as f:
            f.write('exec %s\n' % shlex.join(self.restless(i)))
        return '%s=ssh://%s/eth0' % (name, name)

    def make_ssh(self):
        """One that logs in nowhere: the host that is named is an end of ours."""
        path = self.path('ssh')
        with open(path, 'w') as f:
            f.write('#!/bin/sh\nwhile [ "$1" != -- ]; do [ "$1" = -G ] && exit 1; shift; done\nexec sh "%s/run.$2"\n' % self.folder)
        os.chmod(path, 0o755)

    def arguments(self):
        plan = self.plan
        words = [word for i in range(len(plan.ends)) for word in ('-i', self.end_argument(i))]
        words += ['-w', '-' if plan.output == 'pipe' else self.out]
        words += {'live': ['--no-rewrite'], 'split': ['--split'], 'ring by time': ['-b', 'duration:1'],
                  'ring by size': ['-b', 'filesize:%d' % (plan.bytes // 5000 + 1)]}.get(plan.output, [])
        if plan.output.startswith('ring') and plan.files:
            words += ['-b', 'files:%d' % plan.files]
        words += {'duration': ['-a', 'duration:%d' % max(plan.seconds, 1)], 'count': ['-c', str(plan.count)],
                  'filesize': ['-a', 'filesize:%d' % (plan.bytes // 1000 + 1)]}.get(plan.ending, [])
        return words

    def limit(self):
        if self.plan.ending == 'full':
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.plan.bytes, resource.RLIM_INFINITY))

    def start(self):
        self.make_ssh()
        words = [self.program, *self.arguments()]
        self.pipe = self.plan.output == 'pipe'
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE if self.pipe else subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, preexec_fn=self.limit, cwd=self.folder,
                                        env=dict(os.environ, PATH=self.folder + ':' + os.environ['PATH'], LC_ALL='C.UTF-8'))
        self.begun = time.monotonic()
        for i, end in enumerate(self.plan.ends):
            if end['kind'] == 'fifo':
                command = 'exec %s >%s' % (shlex.join(self.restless(i)), shlex.quote(self.path(NAMES[i])))
                self.own.append(subprocess.Popen(['sh', '-c', command], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL))

    # --- what reads of it

    def hear(self):
        self.said = self.process.stderr.read().decode()

    def take(self):
        """The reader of its pipe, with a pace of its own."""
        left = self.plan.bytes if self.plan.ending.startswith('reader') else 1 << 62
        stream = self.process.stdout
        with open(self.out, 'wb') as f:
            while left > 0:
                data = stream.read1(min(65536, left))
                if not data:
                    break
                f.write(data)
                left -= len(data)
            while left <= 0 and self.plan.ending == 'reader stalls' and not self.ended.wait(0.1):
                pass
            if self.ended.is_set():
                f.write(stream.read() or b'')       # what the pipe holds was given away
        self.process.stdout.close()

    # --- what is done to it

    def journal(self, i):
        return Journal.read(self.path('journal.%d' % i))

    def pid_of(self, i):
        return self.journal(i)[0][0]

    def send(self, pid, number):
        try:
            if pid:
                os.kill(pid, number)
        except ProcessLookupError:
            pass

    def harm(self, what, i, long):
        if what == 'stop sstpcap':
            self.send(self.process.pid, signal.SIGSTOP)
            time.sleep(long)
            self.send(self.process.pid, signal.SIGCONT)
        elif what == 'stop end':
            pid = self.pid_of(i)
            self.send(pid, signal.SIGSTOP)
            threading.Timer(long, self.send, (pid, signal.SIGCONT)).start()
        elif self.pid_of(i):
            self.send(self.pid_of(i), signal.SIGKILL)
            self.killed.add(i)

    def wait_until(self, seconds):
        left = self.begun + seconds - time.monotonic()
        if left > 0:
            time.sleep(left)

    def end(self):
        ending = self.plan.ending
        if self.is_running() and ending not in ('ends', 'duration'):
            self.ending_ns = time.monotonic_ns()
            number = {'twice': 'SIGINT'}.get(ending, ending if ending.startswith('SIG') else 'SIGINT')
            self.send(self.process.pid, getattr(signal, number))
            if ending == 'twice':
                time.sleep(0.1)
                self.send(self.process.pid, signal.SIGINT)

    def is_running(self):
        if self.process.returncode is None:
            pid, status, usage = os.wait4(self.process.pid, os.WNOHANG)
            if pid:
                self.process.returncode = os.waitstatus_to_exitcode(status)
                self.peak_kib = usage.ru_maxrss
        return self.process.returncode is None

    def wait(self):
        until = time.monotonic() + ENDING_S
        while self.is_running():
            time.sleep(0.02)
            if time.monotonic() > until:
                self.wrong.append('it did not end within %d s' % ENDING_S)
                self.process.kill()
                until += ENDING_S

    def run(self):
        self.start()
        threads = [threading.Thread(target=self.hear)] + ([threading.Thread(target=self.take)] if self.pipe else [])
        for thread in threads:
            thread.start()
        for at, what, who, long in self.plan.harm:
            self.wait_until(at)
            if self.is_running():
                self.harm(what, who, long)
        self.wait_until(self.plan.seconds)
        self.end()
        self.wait()
        self.ended.set()
        for process in self.own:
            process.stdin.close()
        for thread in threads:
            thread.join()
        self.check_processes()
        self.check()

    # --- what has to be

    def check_processes(self):
        """Of those that it started."""
        for process in self.own:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        until = time.monotonic() + 15
        for i, end in enumerate(self.plan.ends):
            pid = self.pid_of(i)
            while end['kind'] != 'fifo' and pid and os.path.exists('/proc/%d' % pid):
                if time.monotonic() > until:
                    self.wrong.append('%s was not ended' % NAMES[i])
                    self.send(pid, signal.SIGKILL)
                    break
                time.sleep(0.05)

    def files(self):
        names = sorted(name for name in os.listdir(self.folder) if name.startswith('out'))
        known = {'out.pcapng'} | {'out.%s.pcapng' % name for name in NAMES}
        self.wrong += ['%s was left' % name for name in names if name not in known and not name.startswith('out_')]
        return [self.path(name) for name in names if name == 'out.pcapng' or name.startswith('out_')]

    def check(self):
        cut = self.plan.ending in ('SIGKILL', 'reader dies', 'reader stalls')
        recorded = Recorded(self.files(), cut)
        self.wrong += recorded.wrong
        missing = sum(self.check_end(i, recorded) for i in range(len(self.plan.ends)))
        self.check_told(missing, recorded)
        if self.peak_kib > MEMORY_MAX_KIB and 'SSTPDIAG_SANITIZED' not in os.environ:
            self.wrong.append('it took %d KiB' % self.peak_kib)

    def check_end(self, i, recorded):
        """How many of its packets are missing."""
        (_, meant, handed, dropped, told), records = self.journal(i)
        name, numbers = NAMES[i], recorded.numbers[NAMES[i]]
        found = set(numbers)
        if len(found) != len(numbers):
            self.wrong.append('%s: %d packets stand there twice' % (name, len(numbers) - len(found)))
        if name in recorded.out_of_order:
            self.wrong.append('%s: packets of one interface are out of order' % name)
        if not found <= {r[0] for r in records[:meant]}:
            self.wrong.append('%s: packets that were never sent' % name)
        lost = [at for at, r in enumerate(records[:handed]) if r[0] not in found]
        lost = self.check_place(i, records[:handed], lost)
        if self.plan.ending not in ('SIGKILL', 'twice', 'full', 'reader dies', 'reader stalls', 'count', 'filesize') and told:
            self.check_counts(i, len(numbers), dropped, recorded)
        return len(lost)

    def check_place(self, i, records, lost):
        """Where packets may be missing, each end for itself. Those that are."""
        may, kind = ENDINGS[self.plan.ending][1], self.plan.ends[i]['kind']
        if kind == 'fifo' and self.ending_ns:
            lost = [at for at in lost if records[at][1] < self.ending_ns]     # the pipe took others when nobody read any more
        if kind == 'fifo' and not self.ending_ns and self.plan.ending != 'ends' and lost == list(range(len(records) - len(lost), len(records))):
            lost = []       # the same, where it ended by itself
        if self.removed():      # all in front of the first that is there
            there = sorted(set(range(len(records))) - set(lost))
            lost = [at for at in lost if there and at > there[0]]
        if not lost or may in ('told', 'asked') or may == 'rest' and lost == list(range(lost[0], len(records))):
            return lost
        since = min(records[at][1] for at in lost)
        if may == 'last' and (since > self.ending_ns - HELD_NS or self.was_stopped()):
            return lost
        self.wrong.append('%s: %d of %d packets are missing, from number %d on, the first of %.1f s before the end' %
                          (NAMES[i], len(lost), len(records), records[lost[0]][0], ((self.ending_ns or time.monotonic_ns()) - since) / 1e9))
        return lost

    def removed(self):
        """Are old files of a ring?"""
        return self.plan.output.startswith('ring') and self.plan.files

    def was_stopped(self):
        return any(what == 'stop sstpcap' and at + long > self.plan.seconds - HELD_NS / 1e9 for at, what, _, long in self.plan.harm)

    def check_counts(self, i, num, dropped, recorded):
        name = NAMES[i]
        told = [line for line in self.said.splitlines() if line.startswith(name + ': ') and ' packet' in line]
        if not self.removed() and not any(': %d packet' % num in line for line in told):
            self.wrong.append('%s: not told that it has %d packets' % (name, num))
        if dropped and not any(', %d dropped by the kernel' % dropped in line for line in told) and self.plan.ends[i]['kind'] != 'fifo':
            self.wrong.append('%s: %d packets were dropped, and it is not told' % (name, dropped))
        if dropped and recorded.dropped.get(name) != dropped and self.plan.ends[i]['kind'] != 'fifo':
            self.wrong.append('%s: %d packets were dropped; statistics say %s' % (name, dropped, recorded.dropped.get(name)))

    def check_told(self, missing, recorded):
        status, ending = self.process.returncode, self.plan.ending
        if ending == 'SIGKILL':
            return
        if status not in (0, 1, 3):
            self.wrong.append('exit status %d' % status)
        num = sum(map(len, recorded.numbers.values()))
        if ending == 'count' and missing and num != self.plan.count and not self.removed():
            self.wrong.append('%d packets instead of %d' % (num, self.plan.count))
        asked = ending in ('count', 'filesize') or self.removed()
        # A reader that dies takes with it what its pipe held.
        if status == 0 and missing and not asked and ending != 'reader dies':
            self.wrong.append('%d packets are missing, and the exit status is 0' % missing)
        if missing and ENDINGS[ending][1] == 'told' and 'lost' not in self.said and 'the file has ' not in self.said:
            self.wrong.append('%d packets are missing, and it is not told' % missing)
        self.check_full(missing, recorded)
        if ending == 'twice' and missing and not asked and 'what the ends still hold is lost' not in self.said:
            self.wrong.append('%d packets are missing, and it is not told' % missing)
        self.check_killed(status, recorded)

    def check_full(self, missing, recorded):
        """The numbers that are told of a file that could not take all."""
        has, num = re.search(r'the file has (\d+) of (\d+) packet', self.said), sum(map(len, recorded.numbers.values()))
        given = num + missing if all(e['kind'] != 'fifo' for e in self.plan.ends) else num
        dead = self.plan.ending == 'reader dies'    # with what its pipe held
        if has and (int(has[1]) < num or int(has[1]) > num and not dead or int(has[2]) < given and not dead):
            self.wrong.append('it says that %s; the file has %d, %d are missing' % (has[0], num, missing))

    def check_killed(self, status, recorded):
        for i in self.killed:
            (_, meant, _, _, told), _ = self.journal(i)
            if told or not meant or status == 3 or self.plan.ends[i]['kind'] == 'fifo':
                continue
            if '%s: lost at ' % NAMES[i] not in self.said:
                if self.plan.ending in ('ends', 'SIGINT', 'SIGTERM', 'SIGHUP'):
                    self.wrong.append('%s was killed, and it is not told' % NAMES[i])
                continue
            if status == 0:
                self.wrong.append('%s was lost, and the exit status is 0' % NAMES[i])
            if recorded.numbers[NAMES[i]] and ENDINGS[self.plan.ending][1] != 'told' and 'lost at ' not in recorded.comments:
                self.wrong.append('%s was lost, and the file does not tell' % NAMES[i])


class Soak:
    def __init__(self, args):
        self.args = args
        self.next = 0
        self.done = self.failed = 0
        self.lock = threading.Lock()
        self.until = time.monotonic() + args.seconds

    def one(self, number):
        plan = Plan(self.args.seed, number)
        folder = tempfile.mkdtemp(prefix='sstpcap-soak.')
        this = Round(os.path.abspath(self.args.program), plan, folder)
        this.run()
        with self.lock:
            self.done += 1
            if this.wrong:
                self.failed += 1
                print('%s\n  %s\n  files: %s\n  again: %s' % (plan, '\n  '.join(this.wrong), folder, self.again(number)), flush=True)
                with open(os.path.join(folder, 'said'), 'w') as f:
                    f.write(this.said)
        if not this.wrong and not self.args.keep:
            shutil.rmtree(folder)

    def again(self, number):
        return shlex.join([sys.argv[0], self.args.program, '--seed', self.args.seed, '--round', str(number)])

    def work(self):
        while time.monotonic() < self.until:
            with self.lock:
                number, self.next = self.next, self.next + 1
            self.one(number)

    def run(self):
        if self.args.round is not None:
            print(Plan(self.args.seed, self.args.round))
            self.one(self.args.round)
        else:
            workers = [threading.Thread(target=self.work) for _ in range(self.args.jobs)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        print('soak: seed %s: %d of %d rounds failed' % (self.args.seed, self.failed, self.done))
        return 1 if self.failed or not self.done else 0


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument('program')
    p.add_argument('--seconds', type=float, default=300)
    p.add_argument('--seed', default='%d' % time.time())
    p.add_argument('--round', type=int, help='only this one')
    p.add_argument('--jobs', type=int, default=4, help='rounds at a time; they wait most of theirs')
    p.add_argument('--keep', action='store_true', help='the folders of rounds that passed, too')
    args = p.parse_args()
    print('soak: seed %s' % args.seed, flush=True)
    return Soak(args).run()


if __name__ == '__main__':
    sys.exit(main())
