#!/usr/bin/env python3
"""Whole texts of twenty reports, as people read them. usage: test_texts.py PROGRAM PLUGINS TSHARK [--renew]

Each file of texts/ is what sstpdiag prints of a capture, from its first line to its last: a change of words shows here as a
whole. --renew writes them anew: read the difference (git diff tests/tools/texts) as prose, then commit it.
"""
import difflib
import os
import re
import shutil
import sys
import unittest

from command import CAPTURES, HERE, Command

import pcapng

PROGRAM, PLUGINS, TSHARK = sys.argv[1:4]
RENEW = '--renew' in sys.argv
TEXTS = os.path.join(HERE, 'texts')
# name -> options, and captures below test-captures; "bare " in front of one: without its keys.
REPORTS = {
    'healthy': ([], ['ok-tls13/client']),
    'healthy-verbose': (['--verbose'], ['ok-tls12-gcm/client']),
    'healthy-without-keys': ([], ['bare ok-tls13/client']),
    'dns': (['--server', 'any'], ['synthetic/dns_failed']),
    'filtered': (['--server', 'any'], ['tcp-filtered-port/client']),
    'refused-candidate': ([], ['tcp-closed-port/client']),
    'proxy': ([], ['proxy-407/client']),
    'expired': ([], ['tls-expired-cert-tls12/client']),
    'versions': ([], ['tls-server13-client12/client']),
    'web-server': ([], ['http-nginx-default/client']),
    'methods': ([], ['auth-mismatch-server-pap-client-refuses/client']),
    'password': ([], ['wrong-password/client']),
    'password-without-keys': (['--server', 'any'], ['bare wrong-password/client']),
    'binding': ([], ['crypto-binding-mitm/server']),
    'no-call-connected': ([], ['no-call-connected/client']),
    'no-address': ([], ['ip-pool-empty/server']),
    'mtu': ([], ['mtu-blackhole-midsession/client']),
    'killed': ([], ['kill9-server/client']),
    'many-sessions': (['--max-sessions', '1'], ['single-session-replace/server']),
    'attempts': ([], ['pap-ok/client', 'client-fixed-ip-refused/client']),
}


class Texts(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.command = Command(PROGRAM, PLUGINS, TSHARK)
        self.addCleanup(self.command.remove)

    def capture(self, name):
        """Its name in the folder of the command, in which it stands."""
        bare, _, path = name.rpartition(' ')
        to = self.command.path(path.replace('/', '-') + '.pcapng')
        shutil.copyfile(os.path.join(CAPTURES, path + '.pcapng'), to)
        if bare:
            pcapng.without_secrets(to, to + '.bare')
            os.replace(to + '.bare', to)
        os.chmod(to, 0o644)
        return os.path.basename(to)

    def text(self, name):
        options, captures = REPORTS[name]
        r = self.command.run(*options, *map(self.capture, captures))
        self.assertEqual(r.stderr, '')
        return re.sub(r'(SSTP Diagnostics) \d+\.\d+\.\d+:', r'\1 VERSION:', r.stdout)

    def test_all(self):
        self.assertEqual(len(REPORTS), 20)
        self.assertEqual(sorted(os.listdir(TEXTS)), sorted(name + '.txt' for name in REPORTS))
        for name in REPORTS:
            with self.subTest(name), open(os.path.join(TEXTS, name + '.txt')) as f:
                wanted, got = f.read(), self.text(name)
                self.assertEqual(got, wanted, ''.join(difflib.unified_diff(wanted.splitlines(True), got.splitlines(True), 'texts/' + name, 'printed')))
                self.assertLessEqual(max(map(len, got.splitlines())), 79)


class Renew(Texts):
    def test_all(self):
        shutil.rmtree(TEXTS, ignore_errors=True)
        os.mkdir(TEXTS)
        for name in REPORTS:
            with open(os.path.join(TEXTS, name + '.txt'), 'w') as f:
                f.write(self.text(name))


if __name__ == '__main__':
    unittest.main(argv=[sys.argv[0], 'Renew' if RENEW else 'Texts'])
