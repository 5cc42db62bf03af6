#!/usr/bin/env python3
"""What sstpdiag --redact leaves of secrets: nothing. usage: test_redact.py PROGRAM PLUGINS TSHARK [unittest options]"""
import ipaddress
import json
import os
import re
import sys
import unittest

from command import CAPTURES, Command

import schema

PROGRAM, PLUGINS, TSHARK = sys.argv[1:4]
# Members of a report that hold somebody's names, and forms that are somebody's in any member.
NAMED = ('user', 'sni', 'server_name', 'dialled_name', 'host', 'first_name', 'names', 'revocation_host')
FORMS = re.compile(r'(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|[0-9a-f]{32,}|\{[0-9A-Fa-f]+(?:-[0-9A-Fa-f]+){3,4}\}')

# A line, and the secrets in it.
LINES = [
    ('Nov 22 07:08:50 bastion77 sstpc[827]: Could not resolve host: gate.zebrafirm.com, Name or service not known (-2)',
     ['bastion77', 'zebrafirm', 'gate.']),
    ('Nov 22 07:08:51 bastion77 pppd[8]: rcvd [CHAP Challenge id=0x1 <a0112233445566778899aabbccddeeff>, name = "zebrasrv"]',
     ['a0112233', 'zebrasrv']),
    ('Nov 22 07:08:52 bastion77 pppd[8]: rcvd [CHAP Failure id=0x1 "E=691 R=0 C=B0112233445566778899AABBCCDDEEFF V=3 M=no marlene"]',
     ['B0112233', 'marlene']),
    ('Nov 22 07:08:52 bastion77 pppd[8]: local  IP address 81.27.99.14, remote 10.77.3.1, 2a02:810d:4b3f:1::77', ['81.27.99', '10.77.3', '2a02:']),
    ('Nov 22 07:08:53 bastion77 pppd[8]: sent [PAP AuthReq id=0x1 user="marlene" password="Sesam7788"]', ['Sesam7788']),
    ('Nov 22 07:08:54 bastion77 accel-pppd: ppp0:karlotto: ppp:ipcp: requested IP cannot be assigned (81.27.99.14)', ['karlotto']),
    ('Nov 22 07:08:54 bastion77 accel-pppd: ppp0:: karlotto: authentication succeeded', ['karlotto']),
    ('[2026-11-22 07:08:54]:  info: ppp0:: [RADIUS(1) send Access-Request id=1 <User-Name "karlotto"> <Calling-Station-Id "81.27.99.15">]',
     ['81.27.99.15']),
    ('nov/22/2026 07:08:55 sstp,ppp,info <sstp-gundula>: authenticated', ['gundula']),
    ('nov/22/2026 07:08:55 sstp,info user gundula logged in, 10.77.3.9 from 81.27.99.16', ['gundula', '10.77.3.9', '81.27.99.16']),
    ('CoId={C9AFC471-E5D8-2C69-407181DB1234}: The user ZEBRACORP\\marlene dialed a connection named Zebra Head Office which has failed. '
     'The error code returned on failure is 691.', ['C9AFC471', 'ZEBRACORP', 'Zebra Head', 'Head Office']),
    ('CoId={D9AFC471-E5D8-2C69-407181DB1234}: Der Benutzer theodora hat eine Verbindung gewählt. Fehler 691', ['theodora']),
    ('\tAccount Name:\t\t\tzacharias\n\tAccount Domain:\t\tZEBRACORP\n\tSecurity ID:\t\tS-1-5-21-1111111111-2222222222-3333333333-1104',
     ['zacharias', '1111111111-2222222222']),
    ('<Event><System><Computer>ZPC9.zebrafirm.local</Computer></System><EventData><Data>ZEBRACORP\\zacharias</Data></EventData></Event>',
     ['ZPC9', 'zebrafirm']),
    ('2026-11-22 07:08:50.818 Session "SID-OTTILIE-[PPP]-5": The client (IP address 81.27.99.17, Host name "pc.zebrafirm.com") of HUB "ZEBRAHUB"',
     ['OTTILIE', '81.27.99.17', 'ZEBRAHUB']),
    ('Running sstpc --user marlene --password Sesam7799 https://gate.zebrafirm.com/ --cert /home/wilhelmine/keys.pem', ['Sesam7799', 'wilhelmine']),
    ('TLS: subject CN=gate.zebrafirm.com, O=Zebra Firm GmbH, issuer CN = Zebra Root CA', ['Zebra Firm', 'Zebra Root']),
    ('0000  10 01 00 1c ff 03 c2 23 02 01 00 18 6d 61 72 6c  .......#....marl', ['6d 61 72 6c', 'marl']),
    ('mail rosalinde@zebrafirm.com from C:\\Users\\wilhelmine\\AppData mac 3c:52:82:aa:bb:cc 3C-52-82-AA-BB-CD', ['rosalinde', '3c:52', '3C-52']),
    ('14.99.27.81.in-addr.arpa thumbprint 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', ['99.27.81', '9f86d081']),
    ('route 2a02:810d:9b3f::/48 via fe80::9:abcd, resolver 2a02:810d:77::53: timed out', ['9b3f', ':9:abcd', '810d:77']),
    ('Nov 22 07:08:56 bastion77 NetworkManager[7]: <info> vpn[0x55aa,5e6f7a8b-1111-2222-3333-444455556666,"Quagga Zentrale"]: starting sstp',
     ['Quagga', 'Zentrale', '5e6f7a8b']),
    ('RasClient: Der Benutzer "theodora" hat eine Verbindung mit dem Namen "Okapi-Leitung" gewählt: Fehler 691', ['theodora', 'Okapi-Leitung', 'Okapi']),
    ('TLS: subject CN=gate.zebrafirm.com,O=Zebra Nashorn GmbH,OU=Innere Dienste,L=Bad Entenhausen,ST=Nieder Gumpen', ['Nashorn', 'Dienste', 'Entenhausen', 'Gumpen']),
    ('Nov 22 07:08:57 bastion77 sstpc[8]: proxy http://gerlinde:Pw99zz@relay.zebrafirm.com:3128', ['gerlinde', 'Pw99zz', 'zebrafirm']),
    ('[2026-11-22 07:08:57]:  info: ppp0: send [RADIUS(1) Access-Request id=1 <User-Name "karlotto"> <NAS-Identifier "okapilab">]', ['okapilab']),
    ('[2026-11-22 07:08:57]:  info: ppp0: recv [RADIUS(1) Access-Reject id=1 <Reply-Message "Call Mrs Adelheid 0911-4711">]', ['Adelheid', '0911-4711']),
    ('Nov 22 07:08:57 bastion77 pppd[8]: rcvd [CHAP Failure id=0x1 "E=691 R=0 V=3 M=Hello Adelgunde, locked"]', ['Adelgunde', 'locked']),
    ('Nov 22 07:08:57 bastion77 pppd[8]: rcvd [LCP EchoReq id=0x1 magic=0x1 6d 61 72 6c 65 6e 65]', ['6d 61 72 6c 65']),
    ('connected to okapihost.zebrafirm.com, then okapihost alone', ['okapihost']),
    ('\033[32mmarlene\033[0m was here', []),
]
SECRETS = sorted({secret for _, secrets in LINES for secret in secrets})


def strings(node, key=''):
    """All (key, string) of a document."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from strings(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value, key)
    elif isinstance(node, str):
        yield key, node


def shape(node):
    if isinstance(node, dict):
        return {key: shape(value) for key, value in node.items()}
    return [shape(value) for value in node] if isinstance(node, list) else 'text' if isinstance(node, str) else node


def names_somebody(secret):
    try:
        address = ipaddress.ip_address(secret)
    except ValueError:
        return secret.strip('0') != ''
    return not (address.is_unspecified or address.is_loopback or address.is_multicast)


def secrets_of(document):
    for key, text in strings(document):
        if key in NAMED and len(text) >= 3:
            yield text
        if key not in ('advice', 'meaning'):
            yield from FORMS.findall(text)


class Redact(unittest.TestCase):
    def setUp(self):
        self.command = Command(PROGRAM, PLUGINS, TSHARK)
        self.addCleanup(self.command.remove)

    def assert_without(self, text, secrets, what):
        for secret in secrets:
            self.assertIsNone(re.search(r'(?<![\w.])%s(?![\w])' % re.escape(secret), text, re.I), '%s still has %r' % (what, secret))

    def write(self, name, text, encoding='utf-8'):
        path = self.command.path(name)
        with open(path, 'w', encoding=encoding, newline='') as f:
            f.write(text)
        return path

    def test_captures(self):
        """Text, JSON and page of recordings: none of the report's own names, addresses and hashes, and the same schema."""
        for case in ('wrong-password', 'ok-tls13', 'tls-not-tls-server', 'crypto-binding-mitm', 'client-fixed-ip-refused', 'radius-timeout'):
            if not os.path.isdir(os.path.join(CAPTURES, case)):
                continue
            path = self.command.capture(case)
            plain = json.loads(self.command.run('--json', '--server', 'any', path).stdout)
            # A stand-in may be one of the addresses for documentation of which these recordings are made.
            secrets = {s for s in secrets_of(plain) if names_somebody(s) and not s.startswith(('192.0.2.', '198.51.100.', '203.0.113.', '10.'))}
            page = self.command.path(case + '.html')
            line = self.command.run('--json', '--redact', '--server', 'any', path).stdout
            text = self.command.run('--redact', '--html', page, '--server', 'any', path).stdout
            redacted = json.loads(line)
            schema.conform(redacted, schema.REPORT)
            self.assertEqual(shape(redacted), shape(plain), case)
            self.assertEqual([s['verdict'].get('finding') for s in redacted['sessions']], [s['verdict'].get('finding') for s in plain['sessions']])
            self.assertGreater(len(secrets), 0, case)
            with open(page) as f:
                drawn = f.read()
            self.assert_without(line, secrets, case + ' as JSON')
            self.assert_without(text, secrets, case + ' as text')
            self.assert_without(re.sub(r'[A-Za-z0-9+/=]{100,}', '', drawn[drawn.find('<body'):]), secrets, case + ' as a page')

    def test_logs(self):
        """A log full of secrets, alone and beside a capture: in no output, nor in the copy."""
        log = self.write('rosalinde.log', '\n'.join(line for line, _ in LINES) + '\n')
        out = self.command.path('out')
        text = self.command.run('--redacted-logs', out, '--all-log-lines', '--log', log)
        self.assertEqual(text.stderr, '')
        copies = os.listdir(out)
        with open(os.path.join(out, copies[0]), encoding='utf-8') as f:
            copy = f.read()
        outputs = {'the text': text.stdout, 'the copy': copy, 'its name': copies[0],
                   'the JSON': self.command.run('--redact', '--json', '--log', log).stdout,
                   'beside a capture': self.command.run('--redact', '--log', log, self.command.capture('wrong-password')).stdout}
        for what, output in outputs.items():
            for secret in SECRETS + ['rosalinde']:
                self.assertNotIn(secret.lower(), output.lower(), what)
        self.assertEqual(copy.count('\n'), sum(line.count('\n') + 1 for line, _ in LINES))

    def test_own_words(self):
        """What reports say themselves is no address, a number keeps its prefix, and a capture's name is somebody's."""
        log = self.write('a.log', 'Nov 22 07:08:53 pc pppd[8]: rcvd [CHAP Failure id=0x1 "E=691 R=0 V=3"]\n'
                         'Nov 22 07:08:53 pc sstpc[8]: hash 0x9f86d081884c7d659a2feaa0c55ad015a3bf4f1b\n')
        text = self.command.run('--redact', '--log', log).stdout
        self.assertIn('user@HUB', ' '.join(text.split()))
        self.assertNotIn('fxacade', text)
        path = self.write('kunde-zebra.pcapng', '')
        with open(path, 'wb') as copy, open(self.command.capture('ok-tls13'), 'rb') as capture:
            copy.write(capture.read())
        page = self.command.path('page.html')
        shown = self.command.run('--redact', '--html', page, '--json', '--server', 'any', path).stdout + self.command.run('--redact', '--server', 'any', path).stdout
        with open(page, encoding='utf-8') as f:
            shown += f.read()
        self.assertNotIn('zebra', shown)
        self.assertIn('capture-1.pcapng', shown)

    def test_who_is_who(self):
        """One stand-in for one thing, in any form and output; the kind of an address stays; what is nobody's stays."""
        log = self.write('a.log', 'Nov 22 07:08:50 pc9 pppd[8]: name = "marlene" 10.7.7.7 8.8.8.8 127.0.0.1 0.0.0.0 255.255.255.0 fe80::1 10:20:30\n'
                                  'Nov 22 07:08:51 pc9 accel-pppd: ppp0:Marlene: 10.7.7.8 8.8.8.8 CORP\\marlene java.net.SocketTimeoutException '
                                  'vpn.corp.com *.corp.com sstpc.service E=691\n')
        out = self.command.path('out')
        text = self.command.run('--redacted-logs', out, '--log', log).stdout
        with open(os.path.join(out, 'a.log')) as f:
            first, second = f.read().splitlines()
        self.assertEqual(first, 'Nov 22 07:08:50 host-1 pppd[8]: name = "user-1" 10.0.1.1 198.51.100.1 127.0.0.1 0.0.0.0 255.255.255.0 fe80::1 10:20:30')
        self.assertEqual(second, 'Nov 22 07:08:51 host-1 accel-pppd: ppp0:user-1: 10.0.1.2 198.51.100.1 DOMAIN-1\\user-1 '
                                 'java.net.SocketTimeoutException host-2.domain-1.example *.domain-1.example sstpc.service E=691')
        self.assertIn('user-1', text)

    def test_encodings(self):
        """UTF-16 as PowerShell writes it, and no line end."""
        for encoding in ('utf-16', 'utf-16-le', 'utf-8'):
            log = self.write(encoding + '.txt', 'Nov 22 07:08:50 pc9 sstpc[8]: user="marlene" 81.27.99.14', encoding)
            out = self.command.path('out')
            self.command.run('--redacted-logs', out, '--log', log)
            with open(os.path.join(out, encoding + '.txt'), encoding='utf-8') as f:
                self.assertEqual(f.read(), 'Nov 22 07:08:50 host-1 sstpc[8]: user="user-1" 198.51.100.1')

    def test_usage(self):
        log = self.write('a.log', 'x\n')
        self.assertEqual(self.command.run('--redacted-logs', 'out', self.command.capture('wrong-password')).returncode, 2)
        self.assertEqual(self.command.run('--redact', '--jobs', '2', self.command.dir).returncode, 2)
        # Never over the log itself.
        self.assertEqual(self.command.run('--redacted-logs', self.command.dir, '--log', log).returncode, 3)
        with open(log) as f:
            self.assertEqual(f.read(), 'x\n')


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1] + sys.argv[4:])
