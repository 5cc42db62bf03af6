"""Reports of the plugin on captures, and whether they say what they should."""
import os

import pcapng
import schema
from place import Failure

CAPTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'test-captures')
OPTIONS = ['-o', 'sstpdiag.servers:any']
ORDER_ON, ORDER_OFF = (['-o', 'tcp.reassemble_out_of_order:' + b] for b in ('TRUE', 'FALSE'))


def credential(user, form, value):
    """Options of tshark that add an entry to the table of credentials."""
    return ['-o', 'uat:sstpdiag_credentials:"%s","%s","%s"' % (user, form, value)]


def complaints(r):
    """Lines of stderr without time and process."""
    return {s[s.find('Dissector bug'):] if 'Dissector bug' in s else s for s in r.err.splitlines()}


def expect_clean(r, what, stock=frozenset()):
    """Exit status 0 and nothing on stderr but what stock Wireshark complains of."""
    if r.status != 0:
        raise Failure('%s: exit status %d %s' % (what, r.status, r.err[:300]))
    if complaints(r) - stock:
        raise Failure('%s: stderr: %s' % (what, '; '.join(sorted(complaints(r) - stock))[:300]))


def report_of(place, path, *options, known=None, limit=60, stock=frozenset()):
    r = place.report(['-n', '-q', '-r', path, *options, '-z', 'sstpdiag,json'], limit=limit)
    expect_clean(r, 'sstpdiag,json', stock)
    report = schema.parse(r.out)
    schema.check(report, pcapng.frames(path), known)
    return report


def known_ids(place):
    """The findings there are, from the fields of the plugin."""
    lines = place.run(['-G', 'fields']).out.decode('utf-8', 'replace').splitlines()
    return {f[2][9:] for f in (s.split('\t') for s in lines) if f[0] == 'F' and f[2].startswith('sstpdiag.')}


def table(name, folder=CAPTURES):
    """Rows of a file of columns."""
    with open(os.path.join(folder, name)) as f:
        for line in f:
            if line.strip() and not line.startswith('#'):
                yield line.rstrip('\n').split('\t')


def judge(report, want, must):
    """None when the report says what it should, else what it says instead."""
    said = [s['verdict']['finding'] for s in report['sessions']]
    said += [p['verdict']['finding'] for p in report['pairs'] if p['verdict']]
    right = [v in want.split('|') for v in said]
    good = bool(said) and all(right) if 'healthy' in want.split('|') else any(right)
    if not good:
        return 'want %s, got %s' % (want, ', '.join(said) or 'no session')
    if must and must not in {f['id'] for f in schema.findings(report)}:
        return 'verdict right, but %s is not among the findings' % must
    return None
