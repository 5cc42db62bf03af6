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
        self.assertIn('Verdict: User name or password refused (error, certain)\n           [auth_bad_credentials]\n', r.stdout)
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
        self.assertIn('Candidate 0', self.run_ok(1, path).stdout)
        self.run_ok(0, '--fail-on', 'never', path)
        # What a session failed for is an error, though its finding is a warning where sessions work in spite of it.
        mild = shutil.copy(os.path.join(ROOT, 'test-captures', 'synthetic', 'tls_eku_missing.pcapng'), self.command.path('mild.pcapng'))
        self.assertIn('(warn, likely)', self.run_ok(1, '--server', 'any', mild).stdout)
        for wrong in '', 'a,b', 'a b', 'a"b':
            self.run_ok(2, '--server', wrong, path)

    def test_states(self):
        """A recording that shows too little is a warning; none of a session only for who asks for one."""
        cut, path = self.command.path('cut.pcapng'), self.command.capture('ok-tls13')
        pcapng.thinned(path, cut, lambda n: n <= 40)
        os.chmod(cut, 0o644)
        self.assertIn('Verdict: inconclusive\n', self.run_ok(0, cut).stdout)
        self.run_ok(1, '--fail-on', 'warn', cut)
        empty = self.command.path('empty.pcapng')
        pcapng.thinned(path, empty, lambda n: False)
        os.chmod(empty, 0o644)
        self.assertIn('There is no packet in this capture.', self.run_ok(0, empty).stdout)
        self.run_ok(1, '--require-session', empty)
        self.run_ok(0, '--require-session', path)

    def test_decimal_point(self):
        """A locale with a decimal comma changes nothing."""
        folder, path = self.command.path('locale'), self.command.capture('lossy-path')
        os.mkdir(folder)
        subprocess.run(['localedef', '-i', 'de_DE', '-f', 'UTF-8', os.path.join(folder, 'de_DE.UTF-8')], check=True, stderr=subprocess.DEVNULL)
        # The C library does not free what it makes of LOCPATH.
        german = {'LC_ALL': 'de_DE.UTF-8', 'LOCPATH': folder, 'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0'}
        said = subprocess.run(['/usr/bin/printf', '%.1f', '1,5'], env={**os.environ, **german}, stdout=subprocess.PIPE, text=True).stdout
        self.assertEqual(said, '1,5')
        status = self.command.run(path).returncode
        for form in (), ('--json',):
            self.assertEqual(self.run_ok(status, *form, path, **german).stdout, self.run_ok(status, *form, path).stdout)

    def test_usage(self):
        for args in (), ('--nonsense',), ('--jobs', '-1', 'x'), ('--max-sessions', '-1', 'x'), ('--retry', 'x'):
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
        stderr = self.run_ok(3, path).stderr
        self.assertIn('not a capture file', stderr)
        self.assertIn('--log FILE', stderr)
        self.assertEqual(stderr.count('text.pcapng'), 1)

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
        self.assertIn('Verdict: User name or password refused (likely, by the log)', r.stdout)
        self.assertNotIn('sent LCP Echo', r.stdout)
        self.assertIn('sent LCP Echo', self.run_ok(1, '--all-log-lines', '--log', path).stdout)
        report = json.loads(self.run_ok(1, '--json', '--log', path, '--log', path).stdout)
        self.assertEqual((report['capture'], len(report['logs'])), (None, 2))
        self.assertEqual(report['sessions'][0]['findings'][0]['evidence'], 'log')
        self.assertEqual(self.run_ok(0, '--fail-on', 'never', '--log', path).stderr, '')
        self.assertIn('cannot be read', self.run_ok(3, '--log', self.command.path('gone.log'), '--log', path).stdout)
        self.assertIn('need a capture', self.run_ok(2, '--html', 'x.html', '--log', path).stderr)

    def test_log_messages(self):
        """Messages in a log are judged by the rules; two logs of both ends are one session, whatever their zone."""
        at = 'Nov 22 12:41:50 pc pppd[4]: '
        client, server = self.command.path('client.log'), self.command.path('server.log')
        with open(client, 'w') as f:
            f.write(''.join(at + line + '\n' for line in (
                'sent [LCP ConfReq id=0x1 <magic 0x11111111>]', 'rcvd [LCP ConfReq id=0x5 <auth chap MS-v2> <magic 0x22222222>]',
                'sent [LCP ConfAck id=0x5 <auth chap MS-v2> <magic 0x22222222>]', 'rcvd [LCP ConfAck id=0x1 <magic 0x11111111>]',
                'rcvd [EAP Failure id=0x2 len=4]', 'rcvd [CHAP Failure id=0x1 "E=647 R=0 V=3"]')))
        with open(server, 'w') as f:
            f.write(''.join('[2026-11-22 14:41:50]:  info: ' + line + '\n' for line in (
                'sstp: new connection from 192.0.2.1:1000', ': send [LCP ConfReq id=5 <auth MSCHAP-v2> <magic 22222222>]',
                ': recv [LCP ConfReq id=1 <magic 11111111>]')))
        r = self.run_ok(1, '--log', client)
        self.assertIn('[auth_account_restricted]', r.stdout)
        self.assertRegex(r.stdout, r'lcp +ok .* 1-4\n')
        self.assertRegex(r.stdout, r'tls +- +- +-\n')
        self.assertIn('No line says that SSTP carries this PPP', r.stdout)
        report = json.loads(self.run_ok(1, '--json', '--log', client, '--log', server).stdout)
        session, = report['sessions']
        self.assertEqual(session['both_ends'], {'matched_by': 'messages', 'contradictions': []})
        self.assertEqual([(log['shift'], log['shift_reason']) for log in report['logs']], [(0, None), (-7200, 'messages')])
        self.assertEqual({line['file'] for line in session['log']}, {0, 1})
        self.assertEqual({f['evidence'] for f in session['findings']}, {'log'})
        self.assertIn('another time zone', self.run_ok(1, '--log', client, '--log', server).stdout)

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

    def test_folder(self):
        """A table on a terminal, lines of JSON elsewhere."""
        for case in 'ok-tls13', 'wrong-password':
            self.command.capture(case)
        status, said = self.at_terminal(self.command.dir)
        self.assertEqual(status, 1)
        rows = said.splitlines()
        self.assertRegex(rows[0], '^ +Verdict +Server +Capture$')
        self.assertRegex(rows[1], '^error +User name or password refused +vpn.lab.test +.*wrong-password')
        self.assertRegex(rows[2], '^ok +healthy ')
        self.assertIn('2 captures: 2 sessions', said)
        self.assertTrue(self.at_terminal('--json', self.command.dir)[1].startswith('{'))

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
        self.assertIn('\033[1;31m  Verdict: User name or password refused', coloured)
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

    def test_foreign_keys(self):
        """Keys that are not this capture's, or none at all, are told; those that are not needed are not."""
        path, keys = self.bare()
        others = self.command.path('others.keys')
        with open(keys) as f:
            lines = f.read()
        with open(others, 'w') as f:
            f.write(re.sub(r'^(\w+) [0-9a-f]{64}', lambda m: m.group(1) + ' ' + '0' * 64, lines, flags=re.M))
        self.assertRegex(self.run_ok(0, '--keylog', others, path).stderr, r'do not belong to 1 of its connections \(client random [0-9a-f]{8}')
        with open(others, 'w') as f:
            f.write('BEGIN RSA PRIVATE KEY\n')
        self.assertIn('others.keys: no line of it holds a TLS secret', self.run_ok(0, '--keylog', others, path).stderr)
        self.assertEqual(self.run_ok(0, '--keylog', keys, path).stderr, '')

    def test_standard_input(self):
        path = self.command.capture('wrong-password')
        with open(path, 'rb') as f:
            r = self.command.run('-', stdin=f)
        self.assertEqual((r.returncode, r.stdout), (1, self.run_ok(1, path).stdout))
        cat = subprocess.Popen(['cat', path], stdout=subprocess.PIPE)
        r = self.command.run('--json', '-', stdin=cat.stdout)
        cat.stdout.close()
        cat.wait()
        self.assertEqual(json.loads(r.stdout)['sessions'][0]['verdict']['finding'], 'auth_bad_credentials')
        self.assertIn('by itself', self.run_ok(2, '-', path).stderr)

    def test_next_command(self):
        """What is to be typed next is ready to be pasted, and works."""
        path = self.command.capture('tls-expired-cert-tls12')
        pcapng.without_secrets(path, path + '.bare')
        path += '.bare'
        hint = re.search(r'--server (\S+)\.\s', self.run_ok(0, path).stdout).group(1)
        self.assertIn('[tls_', self.run_ok(1, '--server', hint, path).stdout)
        r = self.run_ok(1, '--server', 'vpn.example.com', self.command.capture('tcp-closed-port'))
        self.assertIn('None of them goes to a server that was named', r.stdout)
        for wrong in ':', 'vpn.example.com:99999', 'ftp://vpn.example.com/':
            self.assertIn('HOST:PORT', self.run_ok(2, '--server', wrong, path).stderr)
        for address in 'https://%s/', 'HTTP://%s', 'sstp://%s/path?x':
            self.assertIn('[tls_', self.run_ok(1, '--server', address % hint, path).stdout)

    def test_folder_of_captures(self):
        """Alone in a folder it judges what is there, or says what it would need."""
        r = self.run_ok(2)
        self.assertIn('sstpcap', r.stderr)
        self.assertIn('--log', r.stderr)
        path = self.command.capture('wrong-password')
        self.assertEqual(self.run_ok(1).stdout, self.run_ok(1, os.path.basename(path)).stdout)
        self.command.capture('wrong-password', 'server')
        self.assertIn('Captures of the same connection, joined.', self.run_ok(1).stdout)
        for i in range(8):
            shutil.copy(path, self.command.path('copy%d.pcapng' % i))
        self.assertEqual(len(self.reports(self.run_ok(1))), 10)

    def test_did_you_mean(self):
        for wrong, right in (('--htlm', '--html'), ('--jsno', '--json'), ('--keylogs=x', '--keylog'), ('--credential', '--credentials')):
            self.assertIn('did you mean %s?' % right, self.run_ok(2, wrong).stderr)
        self.assertNotIn('did you mean', self.run_ok(2, '--nonsense').stderr)

    def test_private_key(self):
        """An RSA key is known for what it is, and opens what it can open."""
        capture, key = (shutil.copy(os.path.join(ROOT, 'tests', 'tools', 'rsa-key-exchange' + end), self.command.dir) for end in ('.pcapng', '.pem'))
        self.assertIn('--rsa-key ' + key, self.run_ok(3, '--keylog', key, capture).stderr)
        sealed, = self.reports(self.run_ok(0, '--json', '--server', '127.0.0.1', capture))
        self.assertNotEqual(sealed['sessions'][0]['evidence'], 'decrypted')
        report, = self.reports(self.run_ok(1, '--json', '--rsa-key', key, capture))
        self.assertEqual(report['sessions'][0]['evidence'], 'decrypted')
        self.assertEqual(report['sessions'][0]['server_name'], 'vpn.lab.test')
        other = self.command.capture('tls-expired-cert-tls12')
        pcapng.without_secrets(other, other + '.bare')
        self.assertIn('only sessions with RSA key exchange', self.command.run('--server', 'any', '--rsa-key', key, other + '.bare').stderr)
        for head, said in (('ENCRYPTED PRIVATE KEY', 'passphrase'), ('EC PRIVATE KEY', 'elliptic'), ('CERTIFICATE', 'certificate'), ('NOTHING', 'PKCS')):
            with open(self.command.path('wrong.pem'), 'w') as f:
                f.write('-----BEGIN %s-----\n' % head)
            self.assertIn(said, self.run_ok(3, '--rsa-key', self.command.path('wrong.pem'), capture).stderr)

    def test_many_sessions(self):
        """Above --max-sessions: a table of verdicts, and the worst sessions."""
        path = self.command.capture('single-session-replace', 'server')
        text = self.run_ok(0, '--all', path).stdout
        self.assertRegex(text, r'^2 sessions: 1 healthy; 1 A newer login')
        self.assertEqual(len(re.findall(r'^Session \d', text, re.M)), 2)
        self.assertEqual(self.run_ok(0, path).stdout, text)
        some = self.run_ok(0, '--max-sessions', '1', path).stdout
        self.assertEqual(len(re.findall(r'^Session \d', some, re.M)), 1)
        self.assertIn('number  verdict: its sessions', some)
        self.assertIn('the worst 1 of 2 sessions. All of them: --all', some)
        report, = self.reports(self.run_ok(0, '--json', '--max-sessions', '1', path))
        self.assertEqual(len(report['sessions']), 2)

    def test_credentials(self):
        """They are compared with what the capture shows, and are not told."""
        path, secret = self.command.capture('no-call-connected'), self.command.path('credentials')
        with open(secret, 'w') as f:
            f.write('alice nonsense xyzzy-secret\n')
        os.chmod(secret, 0o600)
        r = self.run_ok(3, '--credentials', secret, path)
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

    def test_one_end_twice(self):
        """A copy of a capture is no other end of it."""
        path = self.command.capture('wrong-password')
        copy = shutil.copy(path, self.command.path('copy.pcapng'))
        self.assertIn('that do not show two ends of it', self.run_ok(1, path, copy).stdout)

    def test_nat_and_text(self):
        r = self.run_ok(0, *(self.command.capture('nat-masquerade', end) for end in ('server', 'client')))
        self.assertIn('Captures of the same connection, joined.', r.stdout)

    def test_separate(self):
        files = [self.command.capture('ok-tls13', end) for end in ('client', 'server')]
        self.assertEqual(len(self.reports(self.run_ok(0, '--json', '--separate', *files))), 2)

    def test_pieces(self):
        """Files that a recorder numbered are one recording, whatever their order in the command."""
        whole = self.command.capture('ok-tls13')
        count = pcapng.frames(whole)
        cuts = [0, 40, 90, count]
        for names in ['ring_%05d_202611301601%02d.pcapng' % (i, i) for i in range(3)], ['out.pcap', 'out.pcap1', 'out.pcap2']:
            files = [self.command.path(name) for name in names]
            for path, begin, end in zip(files, cuts, cuts[1:]):
                pcapng.thinned(whole, path, lambda n, begin=begin, end=end: begin < n <= end)
            report, = self.reports(self.run_ok(0, '--json', *files[::-1]))
            self.assertEqual((report['capture']['frames'], len(report['capture']['interfaces'])), (count, 1))
            self.assertEqual([(s['outcome'], s['evidence'], s['verdict']['finding']) for s in report['sessions']],
                             [('ended', 'decrypted', 'healthy')])
            self.assertEqual(len(self.reports(self.run_ok(0, '--json', '--separate', *files))), 3)
        strangers = [self.command.path(name) for name in ('a_00001_20261130160100.pcapng', 'b_00002_20261130160100.pcapng')]
        for path in strangers:
            shutil.copy(self.command.capture('tcp-closed-port'), path)
        self.assertTrue(all('files' not in r['capture'] or len(r['sessions']) > 1 for r in self.reports(self.run_ok(1, '--json', *strangers))))

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


    def test_each_from_its_own(self):
        """Both ends are as they are alone, whatever Wireshark makes of two copies; frames are of both files joined."""
        files = [self.command.capture('wrong-password', end) for end in ('client', 'server')]
        alone = [self.reports(self.run_ok(1, '--json', f))[0]['sessions'][0] for f in files]
        both, = self.reports(self.run_ok(1, '--json', *files))
        schema.check(both, sum(map(pcapng.frames, files)))
        for own, joined in zip(alone, sorted(both['sessions'], key=lambda s: s['interface'])):
            for key in 'evidence', 'outcome', 'stage', 'facts', 'counts':
                self.assertEqual(own[key], joined[key])
            self.assertEqual(own['verdict'], joined['verdict'])
            self.assertEqual([s['outcome'] for s in own['stages']], [s['outcome'] for s in joined['stages']])
            self.assertNotIn('capture_encrypted', [f['id'] for f in joined['findings']])
            self.assertIn(joined.get('file'), [None, *files])
        stamps = [self.stamps(f) for f in files]
        merged = sorted(stamps[0] + stamps[1])
        for session in both['sessions']:
            own = stamps[session['interface']]
            for frame in [f for finding in session['findings'] for f in finding['frames']]:
                self.assertIn(merged[frame - 1], own)
        text = self.run_ok(1, *files).stdout
        self.assertNotIn('capture_encrypted', text)
        self.assertEqual(text.count('\n  Verdict: User name or password refused'), 2)
        self.assertEqual(text.count('evidence decrypted'), 2)
        self.assertNotIn('\n\n\n', text)

    def stamps(self, path):
        out = subprocess.run([TSHARK, '-n', '-r', path, '-T', 'fields', '-e', 'frame.time_epoch'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return out.stdout.split()

    def test_late(self):
        """Neither has the beginning: known by the bytes of the stream."""
        files = [self.command.capture('late-capture', end) for end in ('client', 'server')]
        both, = self.reports(self.run_ok(0, '--json', '--server', 'any', *files))
        self.assertEqual([p['matched_by'] for p in both['pairs']], ['payload'])

    def test_offloader(self):
        """A correlation id, and the server's nonce as a second witness; never certain."""
        files = [self.command.capture('crypto-binding-mitm', end) for end in ('client', 'server')]
        both, = self.reports(self.run_ok(1, '--json', *files))
        pair, = both['pairs']
        self.assertEqual(pair['matched_by'], 'correlation_id')
        self.assertNotIn('certain', [f['confidence'] for f in pair['findings']])


class Two(Case):
    """Two attempts: compared."""

    def test_text(self):
        files = [self.command.capture(case) for case in ('ok-tls13', 'wrong-password')]
        r = self.run_ok(1, *files)
        table = r.stdout[r.stdout.index('\nTwo attempts compared\n'):]
        self.assertIn('They part at auth: the left attempt passes it, the right one fails there', table)
        self.assertRegex(table, r'\n  ! Verdict +healthy +auth_bad_credentials\n')
        self.assertRegex(table, r'\n    Server +(198\.51\.100\.20:443) +\1\n')
        self.assertLessEqual(max(map(len, table.splitlines())), 80)
        # The other way round.
        self.assertIn('They part at auth: the right attempt passes it, the left one fails there', self.run_ok(1, *files[::-1]).stdout)

    def test_json(self):
        files = [self.command.capture(case) for case in ('ok-tls13', 'wrong-password')]
        left, right = self.reports(self.run_ok(1, '--json', *files))
        self.assertNotIn('comparison', left)
        comparison = right['comparison']
        schema.conform(comparison, schema.COMPARISON)
        self.assertEqual((comparison['left']['file'], comparison['right']['file'], comparison['parts_at']), (*files, 'auth'))
        self.assertIsNone(comparison['right']['why'])
        rows = {(row['stage'], row['fact']): row for row in comparison['rows']}
        self.assertEqual(rows['auth', 'error'], {'stage': 'auth', 'fact': 'error', 'words': 'Error', 'left': None, 'right': 'E=691', 'result': 'differs'})
        self.assertEqual(rows['tcp', 'client_mss']['result'], 'alike')
        self.assertEqual(rows['ncp', 'client']['result'], 'not compared')
        self.assertNotIn(('sstp', 'nonce'), rows)
        self.assertRegex(rows[None, 'start']['left'], r'^2026-\d\d-\d\d \d\d:\d\d:\d\d UTC$')

    def test_of_several(self):
        """The last one that failed, and that is said."""
        files = [self.command.capture('single-session-replace'), self.command.capture('ok-tls13')]
        left, right = self.reports(self.command.run('--json', *files))
        if len(left['sessions']) > 1:
            self.assertIn(right['comparison']['left']['why'], ('the last that failed', 'the last one'))

    def test_not_compared(self):
        """Three, those that nobody wants compared, one connection, nothing to compare."""
        good, bad = [self.command.capture(case) for case in ('ok-tls13', 'wrong-password')]
        other, foreign = self.command.capture('pap-ok'), self.command.path('foreign.pcapng')
        shutil.copyfile(os.path.join(CAPTURES, 'foreign', 'chat-poll.pcapng'), foreign)
        for files in [good, bad, other], ['--separate', good, bad], [good, self.command.capture('ok-tls13', 'server')], [good, foreign]:
            self.assertNotIn('"comparison"', self.command.run('--json', *files).stdout)
            self.assertNotIn('Two attempts', self.command.run(*files).stdout)

    def test_candidates(self):
        """Where there is no session, what failed before one."""
        files = [self.command.capture('ok-tls13'), self.command.capture('tcp-closed-port')]
        right = self.reports(self.command.run('--json', *files))[1]
        self.assertEqual((right['comparison']['right']['kind'], right['comparison']['parts_at']), ('candidate', 'tcp'))

    def test_linear(self):
        """Unrelated sessions cost what they cost alone."""
        sys.path.insert(0, os.path.join(ROOT, 'tests', 'golden'))
        files = [self.many(n) for n in range(2)]
        began = time.monotonic()
        self.command.run('--json', files[0])
        alone = time.monotonic() - began
        began = time.monotonic()
        r = self.command.run('--json', *files, limit=120)
        self.assertEqual(len(r.stdout.splitlines()), 2)
        self.assertLess(time.monotonic() - began, 6 * alone + 2)

    def many(self, number, sessions=2000):
        import gen_hostile
        path = self.command.path('many%d.pcap' % number)
        capture = gen_hostile.Capture(path)
        for i in range(sessions):
            tcp = gen_hostile.Tcp(capture, 30000 * number + i)
            tcp.seq = [(number * sessions + i) * 7919 + 1, (number * sessions + i) * 104729 + 5]
            tcp.open()
            tcp.segment(0, gen_hostile.POST.replace(b'0123456789AB', b'%012X' % (number * sessions + i)))
            tcp.segment(1, gen_hostile.OK)
            tcp.close()
        capture.close()
        return path


class Ending(Case):
    def assert_no_core(self, pid):
        with open('/proc/%d/limits' % pid) as f:
            line = next(s for s in f if s.startswith('Max core file size'))
        self.assertEqual(line.split()[4:6], ['0', '0'])

    def test_signal(self):
        """A signal ends tshark as well, and nothing stays behind, nor would a core."""
        pid_file = self.command.path('pid')
        os.chmod(self.command.dir, 0o777)
        shim = self.command.script('tshark', '#!/bin/sh\ncase $1 in --version) exec "%s" "$@";; esac\necho $$ >%s\nexec sleep 60\n' % (TSHARK, pid_file))
        path = self.command.capture('ok-tls13')
        for number in signal.SIGTERM, signal.SIGINT, signal.SIGQUIT:
            p = subprocess.Popen(self.command.arguments('--tshark', shim, '--html', self.command.path('x.html'), path),
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.command.environment())
            for _ in range(200):
                time.sleep(0.05)
                if os.path.exists(pid_file) and open(pid_file).read().strip():
                    break
            child = int(open(pid_file).read())
            os.remove(pid_file)
            self.assert_no_core(p.pid)
            self.assert_no_core(child)
            p.send_signal(number)
            self.assertEqual(p.wait(10), 128 + number)
            self.assertEqual(os.listdir(self.command.tmp), [])
            for _ in range(100):
                if not os.path.exists('/proc/%d' % child) or 'Z' in open('/proc/%d/stat' % child).read().split()[2]:
                    break
                time.sleep(0.05)
            else:
                self.fail('tshark goes on')


    def test_left_by_a_killed_one(self):
        """The next one removes it; what is in use, or somebody else's, stays."""
        left, fresh = self.command.path('tmp', 'sstpdiag-abcdef'), self.command.path('tmp', 'sstpdiag-ghijkl')
        for path in left, fresh:
            os.mkdir(path)
            open(os.path.join(path, 'end-0.pcapng'), 'w').close()
        os.utime(left, (1, 1))
        self.run_ok(0, self.command.capture('ok-tls13'))
        self.assertEqual(os.listdir(self.command.tmp), ['sstpdiag-ghijkl'])


ATTACK = """#!/usr/bin/python3 -B
import os, sys
if '--version' in sys.argv:
    os.execvp(%(tshark)r, [%(tshark)r, *sys.argv[1:]])
with open(%(said)r, 'a') as f:
    print(os.getuid(), os.getgid(), os.getgroups(), os.environ['HOME'], file=f)
    tries = [lambda: os.symlink(%(victim)r, os.path.join(os.path.dirname(os.environ['HOME']), 'end-0.pcapng')),
             lambda: open(os.path.join(os.environ['HOME'], 'x'), 'w'),
             lambda: os.rename(os.environ['HOME'], os.environ['HOME'] + '2'),
             lambda: os.open('/proc/self/fd/3', os.O_WRONLY),
             lambda: os.write(3, b'x'),
             lambda: open(%(victim)r)]
    for i, attempt in enumerate(tries):
        try:
            attempt()
            print('could', i, file=f)
        except OSError:
            pass
    print('ready', os.getpid(), file=f)
%(sleep)s
os.execvp(%(tshark)r, [%(tshark)r, *sys.argv[1:]])
"""


@unittest.skipIf(os.getuid() != 0, IMPOSSIBLE + 'only root lets others run tshark')
class Root(Case):
    """Started by root: neither tshark, which reads what strangers wrote, nor any other user gets at root's files."""

    def setUp(self):
        super().setUp()
        os.chmod(self.command.dir, 0o777)
        self.said = self.command.path('said')
        self.victim = self.command.path('victim')
        with open(self.victim, 'w') as f:
            f.write("root's own")
        os.chmod(self.victim, 0o600)
        self.keys = self.command.path('keys')
        with open(self.keys, 'w') as f:
            f.write('CLIENT_RANDOM %s %s\n' % ('ab' * 32, 'cd' * 48))
        os.chmod(self.keys, 0o600)

    def attack(self, sleep=''):
        return self.command.script('tshark', ATTACK % {'tshark': shutil.which(TSHARK) or TSHARK, 'said': self.said,
                                                       'victim': self.victim, 'sleep': sleep})

    def words(self):
        with open(self.said) as f:
            return f.read().split('\n')

    def test_tshark_writes_nowhere(self):
        self.run_ok(1, '--keylog', self.keys, '--tshark', self.attack(), self.command.capture('wrong-password'),
                    self.command.capture('wrong-password', 'server'))
        self.assertEqual([w for w in self.words() if w.startswith('could')], [])
        with open(self.victim) as f:
            self.assertEqual(f.read(), "root's own")

    def test_tshark_is_nobody_else(self):
        self.run_ok(0, '--keylog', self.keys, '--tshark', self.attack(), self.command.capture('ok-tls13'))
        uid, gid, groups = self.words()[0].split()[:3]
        self.assertNotIn(int(uid), (0, 65534))
        self.assertEqual((uid, groups), (gid, '[]'))

    def test_others_see_no_secret(self):
        """As nobody, with all that this user can do."""
        p = subprocess.Popen(self.command.arguments('--keylog', self.keys, '--tshark', self.attack('import time; time.sleep(2)'),
                                                    self.command.capture('ok-tls13')),
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.command.environment())
        for _ in range(200):
            time.sleep(0.02)
            if os.path.exists(self.said) and 'ready' in open(self.said).read():
                break
        pid = next(w for w in self.words() if w.startswith('ready')).split()[1]
        home = self.words()[0].split()[-1]
        script = ('for f in /proc/%s/fd/0 /proc/%s/fd/3 /proc/%d/fd/5; do cat $f; done; ls %s; ln -s %s %s/end-0.pcapng; '
                  'cat /proc/%s/environ /proc/%s/mem' %
                  (pid, pid, p.pid, os.path.dirname(home), self.victim, os.path.dirname(home), pid, pid))
        r = subprocess.run(['sh', '-c', script], user=65534, group=65534, extra_groups=[], stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, cwd='/')
        self.assertEqual(r.stdout, b'')
        p.wait(30)


class Written(Case):
    """Files that are written are never those that are read, nor devices."""

    def test_html(self):
        path = self.command.capture('ok-tls13')
        with open(path, 'rb') as f:
            before = f.read()
        os.link(path, self.command.path('hard.html'))
        os.symlink(path, self.command.path('soft.html'))
        os.mkfifo(self.command.path('fifo'))
        for to in path, self.command.path('hard.html'), self.command.path('soft.html'):
            self.assertIn('is one of the files that are read', self.run_ok(2, '--html', to, path).stderr)
            self.assertIn('is one of the files that are read', self.run_ok(2, '--output', to, path).stderr)
        for to in '/dev/null', self.command.path('fifo'), self.command.dir:
            self.assertIn('is no regular file', self.run_ok(2, '--html', to, path).stderr)
        with open(path, 'rb') as f:
            self.assertEqual(f.read(), before)

    def test_links_and_modes(self):
        page, link = self.command.path('page.html'), self.command.path('link.html')
        with open(page, 'w') as f:
            f.write('old' * 1000000)
        os.chmod(page, 0o640)
        os.symlink(page, link)
        self.run_ok(0, '--html', link, self.command.capture('ok-tls13'))
        self.assertTrue(os.path.islink(link))
        with open(page) as f:
            self.assertTrue(f.read().endswith('</html>\n'))
        self.assertEqual(os.stat(page).st_mode & 0o777, 0o640)

    def test_disk_full(self):
        r = subprocess.run(['sh', '-c', 'ulimit -f 1; trap "" XFSZ; exec "$0" "$@"',
                            *self.command.arguments('--html', self.command.path('x.html'), self.command.capture('ok-tls13'))],
                           env=self.command.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertEqual(r.returncode, 3, r.stderr)

    def test_output_that_is_not_ours(self):
        out = self.command.path('out.jsonl')
        deep = '{"schema":"sstpdiag/1","x":%s}\n' % ('[' * 200000 + ']' * 200000)
        report = '{"schema":"sstpdiag/1","capture":{},"sessions":[%s],"candidates":[],"pairs":[]}\n'
        for text in ('my notes', 'my notes\n', deep, report % '1', report % '{}', report % '{"verdict":3}',
                     report % '{"verdict":{},"findings":[1]}'):
            with open(out, 'w') as f:
                f.write(text)
            self.run_ok(3, '--output', out, self.command.capture('ok-tls13'))
            with open(out) as f:
                self.assertEqual(f.read(), text)


class Names(Case):
    """What a terminal would obey comes out in no name."""
    BAD = 'x\033]0;pwn\a\x9b31m\u202e\u2066\u2028.pcapng'

    def test_everywhere(self):
        bad = re.compile('[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]')
        good = self.command.capture('ok-tls13', name=self.BAD)
        broken = self.command.path('b' + self.BAD)
        with open(broken, 'wb') as f:
            f.write(os.urandom(100))
        for args in ([good], [broken], [good, broken], ['--json', good], ['--jobs', '1', good, broken],
                     ['--output', self.command.path('o' + self.BAD), good, broken], ['--html', self.command.path('no', self.BAD), good],
                     [self.command.path('missing' + self.BAD)], ['--keylog', self.command.path('k' + self.BAD), good]):
            r = self.command.run(*args)
            self.assertIsNone(bad.search(r.stdout + r.stderr), ascii(r.stdout + r.stderr))
        self.assertEqual(json.loads(self.command.run('--json', good).stdout)['capture']['file'],
                         os.path.join(self.command.dir, self.BAD))


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
        self.assertIn('5 captures: 4 sessions, 1 capture that could not be judged', r.stdout)
        for words in 'by server\n  vpn.lab.test', 'by day (UTC)\n  2026-', 'by client\n  192.0.2.10\n          2  User name or password refused [auth_bad_credentials]':
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
            self.assertIn('5 captures: 4 sessions, 1 capture that', r.stdout)      # the last line of each counts
        self.assertEqual(len(self.lines()), 7)

    def test_wrong_output(self):
        with open(self.out, 'w') as f:
            f.write('something else\n')
        self.assertIn('is it the output of sstpdiag?', self.run_ok(3, '-o', self.out, self.folder).stderr)
        self.assertEqual(open(self.out).read(), 'something else\n')

    def test_standard_output(self):
        r = self.run_ok(1, '--jobs', '1', os.path.join(self.folder, 'a.pcapng'))
        self.assertEqual(len(self.reports(r)), 1)
        self.assertIn('1 capture: 1 session', r.stderr)

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
