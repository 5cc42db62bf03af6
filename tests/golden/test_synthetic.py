#!/usr/bin/env python3
"""Demands of rows that are not met are told: tests/unit/wants.h."""
import sys
import unittest

from place import Failure
from synthetic import Row, expect_wants

DETAILS = {'payload_bytes': 1501, 'silence_seconds': 20.07, 'how': 'Call Disconnect'}
SESSION = {
    'id': 0, 'stage': 'data', 'outcome': 'ended', 'evidence': 'clear', 'verdict': {'finding': 'mtu_overrun'},
    'stages': [{'stage': 'tcp', 'outcome': 'ok'}, {'stage': 'auth', 'outcome': 'failed'}],
    'findings': [{'id': 'mtu_overrun', 'details': DETAILS}],
}
REPORT = {'sessions': [SESSION], 'pairs': []}


def ask(wants, finding='mtu_overrun'):
    expect_wants(REPORT, Row(*[''] * len(Row._fields))._replace(finding=finding, session=0, wants=wants))


class Demands(unittest.TestCase):
    def test_met(self):
        for wants in ('-', 'tcp=ok auth=failed tls=-', 'outcome=ended evidence=clear reached=data', 'payload_bytes=1501 silence_seconds=20.1',
                      'how=Call_Disconnect'):
            with self.subTest(wants):
                ask(wants)

    def test_not_met(self):
        for wants, wrong in (('tcp=failed', 'tcp: ok instead of failed'), ('tls=ok', 'tls: - instead of ok'),
                             ('tcp=ok outcome=failed', 'outcome: ended instead of failed'),
                             ('evidence=decrypted', 'evidence: clear instead of decrypted'), ('reached=ncp', 'reached: data instead of ncp'),
                             ('payload_bytes=1500', 'payload_bytes: 1501 instead of 1500'), ('payload_bytes=many', 'payload_bytes: 1501 instead of many'),
                             ('silence_seconds=20.1 silence_seconds=20.00', 'silence_seconds: 20.07 instead of 20.00'),
                             ('how=Call_Abort', 'how: Call Disconnect instead of Call_Abort'), ('colour=1', 'colour: there is none')):
            with self.subTest(wants), self.assertRaises(Failure) as raised:
                ask(wants)
            self.assertEqual(str(raised.exception), wrong)

    def test_finding_is_not_there(self):
        ask('tcp=ok', 'lcp_loopback')
        with self.assertRaises(Failure):
            ask('payload_bytes=1501', 'lcp_loopback')


if __name__ == '__main__':
    sys.exit(unittest.main())
