#!/usr/bin/env python3
"""The command sstpdiag as a user runs it. usage: test_sstpdiag.py PROGRAM PLUGINS TSHARK [unittest options]"""
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

from command import CAPTURES, ROOT, Command

import pcapng
import schema
from place import IMPOSSIBLE

PROGRAM, PLUGINS, TSHARK = sys.argv[1:4]
KEYS = re.compile(r'CLIENT_|SERVER_TRAFFIC|SERVER_HANDSHAKE')

SLOW_TSHARK = """#!/usr/bin/python3 -B
import os, subprocess, sys, time
command = [%r, *sys.argv[1:]]
if '--version' in command:
    os.execvp(command[0], command)
p = subprocess.Popen(command, stdin=subprocess.PIPE)
p.stdin.write(os.read(0, os.fstat(0).st_size // 2))
p.stdin.flush()
time.sleep(3)
p.stdin.write(sys.stdin.buffer.read())
p.stdin.close()
sys.exit(p.wait())
"""


class Case(unittest.TestCase):
    def setUp(self):
        self.command = Command(PROGRAM, PLUGINS, TSHARK)
        self.addCleanup(self.command.remove)

    def run_ok(self, status, *args, **more):
        r = self.command.run(*args, **more)
        self.assertEqual(r.returncode, status, r.stdout[-2000:] + r.stderr)
        return r

    def reports(self, r):
        lines = r.stdout.splitlines()
        for line in lines:
            schema.conform(json.loads(line), schema.REPORT)
        return [json.loads(line) for line in lines]


class One(Case):
    def test_text(self):
        r = self.run_ok(1, self.command.capture('wrong-password'))
        self.assertIn('Verdict: auth_bad_credentials (error, certain)\n', r.stdout)
        self.assertNotIn('\033', r.stdout)
        self.assertNotIn('==', r.stdout)
        self.assertEqual(r.stderr, '')
        self.assertLessEqual(max(map(len, r.stdout.splitlines())), 80)

    def test_json_is_the_plugins(self):
        path = self.command.capture('wrong-password')
        r = self.run_ok(1, '--json', path)
        report, = self.reports(r)
        self.assertEqual(report['capture']['file'], path)
        self.assertNotIn('trace', report['sessions'][0])
        # The document as tshark prints it, but for the name.
        log = self.command.path('argv')
        shim = self.command.script('tshark', '#!/bin/sh\n"%s" "$@" | tee -a %s.$$\n' % (TSHARK, log))
        os.chmod(self.command.dir, 0o777)
        self.run_ok(1, '--json', '--tshark', shim, path)
        said = [line for name in os.listdir(self.command.dir) if name.startswith('argv.')
                for line in open(self.command.path(name)) if line.startswith('{')]
        self.assertEqual(said[0].replace('"file":""', '"file":"%s"' % path, 1), r.stdout)

    def test_healthy(self):
        self.assertIn('Verdict: healthy\n', self.run_ok(0, self.command.capture('ok-tls12-gcm')).stdout)

    def test_fail_on(self):
        path = self.command.capture('wrong-password')
        for level, status in ('error', 1), ('warn', 1), ('chat', 1), ('never', 0):
            self.run_ok(status, '--fail-on', level, path)
        self.assertIn('--fail-on', self.run_ok(2, '--fail-on', 'bad', path).stderr)

    def test_server(self):
        path = self.command.capture('tcp-closed-port')
        self.assertIn('Session 0', self.run_ok(1, '--server', 'any', path).stdout)
        self.assertIn('Candidate 0', self.run_ok(0, path).stdout)
        for wrong in '', 'a,b', 'a b', 'a"b':
            self.run_ok(2, '--server', wrong, path)

    def test_usage(self):
        for args in (), ('--nonsense',), ('--jobs', '-1', 'x'), ('--html', 'a', '--jobs', '2', 'x'), ('--retry', 'x'):
            r = self.run_ok(2, *args)
            self.assertEqual(r.stdout, '')
            self.assertIn('Try sstpdiag --help', r.stderr)
        self.assertRegex(self.run_ok(0, '--version').stdout, r'^sstpdiag \d+\.\d+\.\d+\n$')
        r = self.run_ok(0, '--help')
        self.assertIn('Exit status', r.stdout)
        self.assertLessEqual(max(map(len, r.stdout.splitlines())), 80)

    def test_not_there(self):
        good = self.command.capture('wrong-password')
        r = self.run_ok(3, self.command.path('nofile'), good)
        self.assertIn('nofile: No such file', r.stderr)
        self.assertIn('auth_bad_credentials', r.stdout)      # the other one is told all the same
        self.assertIn('is not there', self.run_ok(3, '--tshark', '/nonexistent', good).stderr)
        self.assertIn('sstpdiag.so', self.run_ok(3, '--plugins', self.command.tmp, good).stderr)
        os.makedirs(self.command.path('other', '1.2', 'epan'))
        open(self.command.path('other', '1.2', 'epan', 'sstpdiag.so'), 'w').close()
        self.assertIn('Wireshark 1.2', self.run_ok(3, '--plugins', self.command.path('other'), good).stderr)

    def test_no_capture(self):
        path = self.command.path('text.pcapng')
        with open(path, 'w') as f:
            f.write('this is no capture\n' * 1000)
        self.assertRegex(self.run_ok(3, path).stderr, "isn't a capture file|not a capture file")

    def test_cut_short(self):
        path = self.command.capture('ok-tls13')
        os.truncate(path, 9000)
        r = self.run_ok(0, path)
        self.assertIn('Session 0', r.stdout)
        self.assertRegex(r.stderr, 'sstpdiag: %s: .*cut short' % re.escape(path))

    def test_private_capture(self):
        """Only its owner can read it, also where tshark runs as somebody else."""
        folder = self.command.path('private')
        os.mkdir(folder, 0o700)
        path = shutil.copy(self.command.capture('wrong-password'), folder)
        os.chmod(path, 0o600)
        self.assertIn('auth_bad_credentials', self.run_ok(1, path).stdout)

    def test_log(self):
        path = self.command.path('log, with a comma.txt')
        shutil.copy(self.some_log(), path)
        r = self.command.run('--json', '--log', path, self.command.capture('no-call-connected'))
        self.assertEqual([log['file'] for log in self.reports(r)[0]['logs']], [path])
        self.assertIn('nolog', self.run_ok(3, '--log', 'nolog', path).stderr)

    def test_log_alone(self):
        """Without a capture: a verdict by the line that names the cause; more files, and one that cannot be read."""
        path = self.command.path('r.log')
        with open(path, 'w') as f:
            f.write('12:41:50 sstp,ppp,info o1: connecting...\n'
                    '12:41:51 sstp,ppp,error o1: authentication failed\n12:41:51 sstp,packet sent LCP Echo\n')
        r = self.run_ok(1, '--log', path)
        self.assertIn('Verdict: auth_bad_credentials (likely, by the log)', r.stdout)
        self.assertNotIn('sent LCP Echo', r.stdout)
        self.assertIn('sent LCP Echo', self.run_ok(1, '--all-log-lines', '--log', path).stdout)
        report = json.loads(self.run_ok(1, '--json', '--log', path, '--log', path).stdout)
        self.assertEqual((report['capture'], len(report['logs'])), (None, 2))
        self.assertEqual(report['sessions'][0]['findings'][0]['evidence'], 'log')
        self.assertEqual(self.run_ok(0, '--fail-on', 'never', '--log', path).stderr, '')
        self.assertIn('cannot be read', self.run_ok(3, '--log', self.command.path('gone.log'), '--log', path).stdout)
        self.assertIn('need a capture', self.run_ok(2, '--html', 'x.html', '--log', path).stderr)

    def test_explain(self):
        self.assertIn('auth_bad_credentials', self.run_ok(0, '--explain', '691').stdout)
        self.assertIn('tls_untrusted_root', self.run_ok(0, '--explain', 'untrusted', 'root').stdout)
        self.assertIn('CERT_E_EXPIRED', self.run_ok(0, '--explain=-2146762495').stdout)
        self.assertIn('nothing is known', self.run_ok(1, '--explain', 'xyzzy').stderr)

    def some_log(self):
        for where, _, names in os.walk(CAPTURES):
            for name in names:
                if name.endswith('.log'):
                    return os.path.join(where, name)
        raise unittest.SkipTest('no log among the captures')


class Documents(Case):
    def options(self):
        """What --help lists: {'--keylog', '-k', ...}."""
        words = self.run_ok(0, '--help').stdout.split('Help Options:')[1].split('Exit status')[0]
        return set(re.findall(r'(?<![\w-])--?[a-zA-Z][\w-]*', ' '.join(line[:36] for line in words.splitlines())))

    def test_manual_page(self):
        with open(os.path.join(ROOT, 'docs', 'man', 'sstpdiag.adoc')) as f:
            section = f.read().split('== Options')[1].split('\n== ')[0]
        named = {option for line in section.splitlines() if line.startswith('*-') for option in re.findall(r'\*(--?[\w-]+)\*', line)}
        self.assertEqual(named, self.options())

    def test_completion(self):
        script = os.path.join(ROOT, 'tools', 'sstpdiag', 'sstpdiag.bash')

        def complete(*words):
            line = 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sstpdiag 2>/dev/null; printf "%s\\n" "${COMPREPLY[@]}"'
            return subprocess.run(['bash', '-c', line, script, *words], stdout=subprocess.PIPE, text=True, cwd=self.command.dir).stdout.split()
        self.assertEqual(set(complete('sstpdiag', '--')), {o for o in self.options() if o.startswith('--')})
        self.assertEqual(complete('sstpdiag', '--fail-on', 'n'), ['note', 'never'])
        self.command.capture('ok-tls13', name='some.pcapng')
        self.assertEqual(complete('sstpdiag', 'so'), ['some.pcapng'])


class Terminal(Case):
    """What stands on a terminal, and nowhere else."""
    CLEAR = '\r\033[K'

    def at_terminal(self, *args, stream='stdout', **env):
        """Exit status, and what it writes to a terminal that this stream of it is."""
        try:
            main, end = pty.openpty()
        except OSError as e:
            self.skipTest(IMPOSSIBLE + str(e))
        p = subprocess.Popen(self.command.arguments(*args), stdin=subprocess.DEVNULL,
                             env=self.command.environment(TERM='xterm', **env),
                             **{'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL, stream: end})
        os.close(end)
        out = b''
        try:
            while chunk := os.read(main, 65536):
                out += chunk
        except OSError:         # Linux's end of file on a terminal
            pass
        os.close(main)
        return p.wait(), out.decode()

    def slow(self):
        """A tshark that reads half of a capture, and the rest when progress is due."""
        return ['--tshark', self.command.script('tshark', SLOW_TSHARK % TSHARK)]

    def test_progress(self):
        path = self.command.capture('wrong-password')
        status, said = self.at_terminal(*self.slow(), path, stream='stderr')
        self.assertEqual(status, 1)
        told, rest = said.split(self.CLEAR)
        self.assertEqual(rest, '')
        shown = [re.fullmatch(re.escape(path) + r': +(\d+) % ', line) for line in told.split('\r')[1:]]
        percent = [int(line[1]) for line in shown]
        self.assertGreater(len(percent), 1)
        self.assertIn(50, percent)
        self.assertEqual(percent, sorted(percent))
        self.assertLessEqual(percent[-1], 100)

    def test_no_progress_in_a_pipe(self):
        path = self.command.capture('wrong-password')
        self.assertEqual(self.run_ok(1, *self.slow(), path).stderr, '')
        began = time.monotonic()
        said = self.at_terminal(path, stream='stderr')
        if time.monotonic() - began < 2:        # nor where it does not take long
            self.assertEqual(said, (1, ''))

    def test_progress_of_many(self):
        paths = [self.command.capture(case) for case in ('wrong-password', 'ok-tls13')]
        broken = self.command.path('broken.pcapng')
        with open(broken, 'w') as f:
            f.write('nonsense')
        args = '--jobs', '1', '-o', self.command.path('out.jsonl'), *paths, broken
        status, said = self.at_terminal(*args, stream='stderr')
        self.assertEqual(status, 3)
        error = r'\r\033\[Ksstpdiag: %s: [^\r]*\r\n' % re.escape(broken)
        self.assertRegex(said, error)
        self.assertEqual(re.sub(error, '', said), '\r1 of 3 \r2 of 3 \r3 of 3 ' + self.CLEAR)
        os.remove(self.command.path('out.jsonl'))
        self.assertRegex(self.run_ok(3, *args).stderr, r'^sstpdiag: %s: [^\r]*\n$' % re.escape(broken))

    def test_colour(self):
        path = self.command.capture('wrong-password')
        coloured = self.at_terminal(path)[1]
        self.assertIn('\033[1;31m  Verdict: auth_bad_credentials', coloured)
        plain = self.at_terminal(path, NO_COLOR='1')[1]
        self.assertNotIn('\033', plain)
        self.assertEqual(re.sub('\033\\[[0-9;]*m', '', coloured), plain)


class Keys(Case):
    def bare(self, end='client'):
        """A capture without its keys, and the keys."""
        path, keys = self.command.capture('ok-tls13', end), self.command.path(end + '.keys')
        secrets = pcapng.without_secrets(path, path + '.bare')
        with open(keys, 'wb') as f:
            f.write(secrets)
        os.chmod(keys, 0o600)
        return path + '.bare', keys

    def test_keylog(self):
        path, keys = self.bare()
        self.assertNotIn('evidence decrypted', self.run_ok(0, path).stdout)
        other = self.command.path('other.keys')
        with open(other, 'w') as f:
            f.write('# nothing')        # and no end of line
        self.assertIn('evidence decrypted', self.run_ok(0, '--keylog', other, '--keylog', keys, path).stdout)
        self.assertIn('nokeys', self.run_ok(3, '--keylog', 'nokeys', path).stderr)

    def test_credentials(self):
        """They are compared with what the capture shows, and are not told."""
        path, secret = self.command.capture('no-call-connected'), self.command.path('credentials')
        with open(secret, 'w') as f:
            f.write('alice nonsense xyzzy-secret\n')
        os.chmod(secret, 0o600)
        r = self.command.run('--credentials', secret, path)
        self.assertIn('credentials_file', r.stderr)          # the plugin has read it, and complains of it
        self.assertNotIn('xyzzy', r.stdout + r.stderr)
        with open(secret, 'w') as f:
            f.write('alice password xyzzy-secret\n')
        r = self.command.run('--credentials', secret, path)
        self.assertEqual(r.stderr, '')
        self.assertNotIn('xyzzy', r.stdout)
        self.assertIn('nothere', self.run_ok(3, '--credentials', 'nothere', path).stderr)

    def test_no_secret_is_seen(self):
        path, keys = self.bare()
        seen = self.command.path('seen')
        shim = self.command.script('tshark', '#!/bin/sh\ntr "\\0" "\\n" </proc/$$/cmdline >>%s.$$\nenv >>%s.$$\nexec "%s" "$@"\n' % (seen, seen, TSHARK))
        os.chmod(self.command.dir, 0o777)
        secret = open(keys).read().split()[-1]
        r = self.run_ok(0, '--keylog', keys, '--tshark', shim, path)
        told = r.stdout + r.stderr + ''.join(open(self.command.path(n)).read() for n in os.listdir(self.command.dir) if n.startswith('seen.'))
        self.assertIn('evidence decrypted', told)
        self.assertNotIn(secret, told)
        self.assertFalse(KEYS.search(told))


class Ends(Case):
    def test_joined_by_content(self):
        ends = [self.command.capture('ok-tls13', end) for end in ('client', 'server')]
        stranger = self.command.capture('wrong-password')
        for files in [ends[0], stranger, ends[1]], [ends[1], ends[0], stranger]:
            reports = self.reports(self.run_ok(1, '--json', *files))
            self.assertEqual(len(reports), 2)
            both, = (r for r in reports if 'files' in r['capture'])
            self.assertEqual(sorted(both['capture']['files']), sorted(ends))
            self.assertEqual(both['capture']['frames'], sum(map(pcapng.frames, ends)))
            self.assertEqual(sorted(i['id'] for i in both['capture']['interfaces']), [0, 1])
            self.assertEqual(sorted(s['interface'] for s in both['sessions']), [0, 1])
            self.assertIn('decrypted', [s['evidence'] for s in both['sessions']])
        self.assertEqual(os.listdir(self.command.tmp), [])

    def test_nat_and_text(self):
        r = self.run_ok(0, *(self.command.capture('nat-masquerade', end) for end in ('server', 'client')))
        self.assertIn('Captures of the same connection, joined.', r.stdout)

    def test_separate(self):
        files = [self.command.capture('ok-tls13', end) for end in ('client', 'server')]
        self.assertEqual(len(self.reports(self.run_ok(0, '--json', '--separate', *files))), 2)

    def test_strangers(self):
        files = [self.command.capture(case) for case in ('ok-tls12-gcm', 'ok-tls13', 'pap-ok')]
        self.assertEqual([r['capture']['file'] for r in self.reports(self.run_ok(0, '--json', *files))], files)

    def test_same_file(self):
        path = self.command.capture('ok-tls13')
        os.link(path, path + '.again')
        self.assertEqual(len(self.reports(self.run_ok(0, '--json', path, path + '.again'))), 1)

    def test_gzip(self):
        files = [self.command.capture('ok-tls13', end) for end in ('client', 'server')]
        subprocess.run(['gzip', *files], check=True)
        report, = self.reports(self.run_ok(0, '--json', *(f + '.gz' for f in files)))
        self.assertIn('decrypted', [s['evidence'] for s in report['sessions']])

    def test_no_mergecap(self):
        """Where they cannot be joined, each is told alone, and that is said."""
        files = [self.command.capture('ok-tls13', end) for end in ('client', 'server')]
        lone = self.command.path('lone')
        os.mkdir(lone)
        self.command.script('lone/mergecap', '#!/bin/sh\necho nonsense >&2; exit 2\n')
        r = self.run_ok(3, '--json', *files, PATH=lone + ':' + os.environ['PATH'])
        self.assertEqual(len(self.reports(r)), 2)
        self.assertIn('could not be joined: nonsense', r.stderr)


class Ending(Case):
    def test_signal(self):
        """A signal ends tshark as well, and nothing stays behind."""
        pid_file = self.command.path('pid')
        os.chmod(self.command.dir, 0o777)
        shim = self.command.script('tshark', '#!/bin/sh\ncase $1 in --version) exec "%s" "$@";; esac\necho $$ >%s\nexec sleep 60\n' % (TSHARK, pid_file))
        path = self.command.capture('ok-tls13')
        for number in signal.SIGTERM, signal.SIGINT:
            p = subprocess.Popen(self.command.arguments('--tshark', shim, '--html', self.command.path('x.html'), path),
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.command.environment())
            for _ in range(200):
                time.sleep(0.05)
                if os.path.exists(pid_file) and open(pid_file).read().strip():
                    break
            child = int(open(pid_file).read())
            os.remove(pid_file)
            p.send_signal(number)
            self.assertEqual(p.wait(10), 128 + number)
            self.assertEqual(os.listdir(self.command.tmp), [])
            for _ in range(100):
                if not os.path.exists('/proc/%d' % child) or 'Z' in open('/proc/%d/stat' % child).read().split()[2]:
                    break
                time.sleep(0.05)
            else:
                self.fail('tshark goes on')


class Many(Case):
    def setUp(self):
        super().setUp()
        self.folder = self.command.path('captures')
        os.makedirs(os.path.join(self.folder, 'below'))
        for case, to in ('wrong-password', 'a.pcapng'), ('ok-tls13', 'below/b.pcap'), ('pap-ok', 'c.pcap12'):
            self.command.capture(case, name=os.path.join(self.folder, to))
        subprocess.run(['gzip', '-k', os.path.join(self.folder, 'a.pcapng')], check=True)
        with open(os.path.join(self.folder, 'broken.pcapng'), 'wb') as f:
            f.write(b'\x0a\x0d\x0d\x0a nonsense')
        with open(os.path.join(self.folder, 'notes.txt'), 'w') as f:
            f.write('no capture')
        self.out = self.command.path('out.jsonl')

    def lines(self):
        with open(self.out) as f:
            return [json.loads(line) for line in f]

    def test_folder(self):
        r = self.run_ok(3, '--jobs', '2', '--output', self.out, self.folder)
        lines = self.lines()
        self.assertEqual(sorted(os.path.relpath(line['capture']['file'], self.folder) for line in lines),
                         ['a.pcapng', 'a.pcapng.gz', 'below/b.pcap', 'broken.pcapng', 'c.pcap12'])
        errors = [line for line in lines if 'error' in line]
        self.assertEqual([os.path.basename(e['capture']['file']) for e in errors], ['broken.pcapng'])
        self.assertIn('broken.pcapng', r.stderr)
        self.assertIn('5 captures: 4 sessions, 1 captures that could not be judged', r.stdout)
        for words in 'by server\n  vpn.lab.test', 'by day (UTC)\n  2026-', 'by client\n  192.0.2.10\n          2  auth_bad_credentials':
            self.assertIn(words, r.stdout)
        for line in lines:
            if 'error' not in line:
                schema.conform(line, schema.REPORT)
            self.assertEqual(line['capture']['size'], os.stat(line['capture']['file']).st_size)

    def test_resume(self):
        self.run_ok(3, '-o', self.out, self.folder)
        whole = open(self.out).read()
        lines = whole.splitlines(True)
        with open(self.out, 'w') as f:
            f.write(''.join(lines[:3]) + lines[3][:100])        # killed while it wrote
        r = self.run_ok(3, '-o', self.out, self.folder)
        self.assertIn('3 captures were in %s already' % self.out, r.stdout)
        self.assertEqual(sorted(open(self.out).read().splitlines()), sorted(whole.splitlines()))
        self.assertIn('5 captures: 4 sessions', r.stdout)
        # What changed is judged again, and so is, on demand, what failed.
        os.utime(os.path.join(self.folder, 'c.pcap12'), (1, 1))
        for more in [], ['--retry']:
            r = self.run_ok(3, '-o', self.out, *more, self.folder)
            self.assertIn('4 captures were in', r.stdout)
            self.assertIn('5 captures: 4 sessions, 1 captures that', r.stdout)      # the last line of each counts
        self.assertEqual(len(self.lines()), 7)

    def test_wrong_output(self):
        with open(self.out, 'w') as f:
            f.write('something else\n')
        self.assertIn('is it the output of sstpdiag?', self.run_ok(3, '-o', self.out, self.folder).stderr)
        self.assertEqual(open(self.out).read(), 'something else\n')

    def test_standard_output(self):
        r = self.run_ok(1, '--jobs', '1', os.path.join(self.folder, 'a.pcapng'))
        self.assertEqual(len(self.reports(r)), 1)
        self.assertIn('1 captures: 1 sessions', r.stderr)

    def test_nothing_there(self):
        os.mkdir(self.command.path('empty'))
        self.assertIn('there is no capture', self.run_ok(3, self.command.path('empty')).stderr)

    def test_hanging(self):
        """One that never ends is given up, the others are not."""
        size = os.stat(os.path.join(self.folder, 'below', 'b.pcap')).st_size
        shim = self.command.script('tshark', '#!/bin/sh\n[ "$1" = --version ] || [ "$(stat -Lc %%s /proc/self/fd/0)" != %d ] || exec sleep 60\n'
                                   'exec "%s" "$@"\n' % (size, TSHARK))
        began = time.monotonic()
        self.run_ok(3, '--jobs', '2', '--timeout', '3', '--tshark', shim, '-o', self.out, self.folder)
        self.assertLess(time.monotonic() - began, 40)
        errors = {os.path.basename(line['capture']['file']): line['error'] for line in self.lines() if 'error' in line}
        self.assertEqual(errors.get('b.pcap'), 'given up after 3 s')
        self.assertEqual(len(self.lines()), 5)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1] + sys.argv[4:], verbosity=2, warnings='ignore')
