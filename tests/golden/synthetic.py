"""Captures made of the scripts of the unit tests, and the list of what shows each finding.

The generator (test-captures/gen) names the rows of tests/unit/scenarios.h and writes a capture of
each. test-captures/findings.tsv names for each finding a capture that shows it, real or synthetic,
and one that looks alike and must not.
"""
import collections
import os
import subprocess

from place import Failure
from reports import CAPTURES, OPTIONS, ORDER_ON, credential, report_of, table

LIST = 'findings.tsv'
STAGES = 'capture dns tcp proxy tls http sstp lcp auth binding ncp data mtu keepalive teardown'.split()
FOLDER = 'synthetic'
Row = collections.namedtuple('Row', 'name finding severity confidence verdict servers hash knows frame found session wants script')
Line = collections.namedtuple('Line', 'finding shows severity confidence verdict silent silent_verdict knows', defaults=['-'])


class Different(Exception):
    """tshark found something else than the engine, for a known reason."""


def ask(generator, *args):
    r = subprocess.run([generator, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if r.returncode:
        raise Failure('%s %s: exit status %d: %s' % (generator, ' '.join(args), r.returncode, r.stderr[:200]))
    return [s.split('\t') for s in r.stdout.splitlines() if not s.startswith('#')]


def rows(generator):
    return [Row(*f)._replace(frame=int(f[8]), session=int(f[10])) for f in ask(generator, '--list')]


def scenarios(generator, variants):
    """Lists of rows that are one capture and one configuration."""
    groups = collections.OrderedDict()
    for row in rows(generator):
        if is_variant(row) == variants:
            groups.setdefault((row.script.replace('!', ''), row.servers, row.hash), []).append(row)
    return list(groups.values())


def loses(row):
    """The recording lacks a frame."""
    return bool({'c.lose', 's.lose'} & set(row.script.split()))


def is_variant(row):
    """The session inside TLS, of a script that has it in clear."""
    return row.name.endswith('+tls')


def lines():
    return [Line(*f) for f in table(LIST, CAPTURES)]


def said(report, session=-1):
    """Verdict of a session, as the unit tests the last one if none is named, and its findings by id: of the pair, where
    it has another end."""
    if not report['sessions'] or session >= len(report['sessions']):
        raise Failure('only %d sessions' % len(report['sessions']))
    session = report['sessions'][session]
    session = next((p for p in report['pairs'] if session['id'] in (p['client_session'], p['server_session'])), session)
    return session['verdict']['finding'], {f['id']: f for f in session['findings']}


def expect_finding(report, want, session=-1):
    """want: a Row that is raised, or a Line."""
    verdict, found = said(report, session)
    finding = found.get(want.finding)
    if not finding:
        raise Failure('%s is missing; there are: %s' % (want.finding, ' '.join(sorted(found)) or 'none'))
    got = finding['severity'], finding['confidence'], verdict
    if got != (want.severity, want.confidence, want.verdict):
        raise Failure('%s: want %s %s, verdict %s; got %s %s, verdict %s' %
                      (want.finding, want.severity, want.confidence, want.verdict, *got))
    return finding


def expect_silence(report, finding, verdicts, session=-1):
    """verdicts: one of them."""
    verdict, found = said(report, session)
    if finding in found:
        raise Failure('%s where it must be silent: %s' % (finding, found[finding]['summary']))
    if verdict not in verdicts:
        raise Failure('verdict %s instead of %s' % (verdict, ' or '.join(verdicts)))


def difference(report, row):
    """None when tshark finds what the engine finds when the script tells it directly."""
    found = {'%s:%s:%s' % (i, f['severity'], f['confidence']) for i, f in said(report, row.session)[1].items()}
    told = set(row.found.split())
    if found == told:
        return None
    return 'tshark finds %s; the engine finds %s' % (' '.join(sorted(found - told)) or 'no more', ' '.join(sorted(told - found)) or 'no more')


def expect_same(report, row):
    different = difference(report, row)
    if not different:
        return
    # Nothing behind lost bytes is decrypted, and in clear it is withheld; the engine is told of it all the same.
    if loses(row):
        raise Different(different)
    raise Failure(different)


def met(want, got):
    """A number to as many decimals as are wanted; "_" stands for a blank."""
    if isinstance(got, (int, float)):
        decimals = len(want.partition('.')[2])
        try:
            return abs(got - float(want)) <= 0.5 * 10 ** -decimals + 1e-9
        except ValueError:
            return False
    return str(got).replace('_', ' ') == want.replace('_', ' ')


def expect_wants(report, row):
    """What the row asks for beyond the finding: see tests/unit/wants.h."""
    if row.wants == '-':
        return
    session = report['sessions'][row.session]
    facts = dict(said(report, row.session)[1].get(row.finding, {}).get('details', {}))
    facts.update(dict.fromkeys(STAGES, '-'), outcome=session['outcome'], evidence=session['evidence'], reached=session['stage'])
    facts.update({s['stage']: s['outcome'] for s in session['stages']})
    for key, _, want in (word.partition('=') for word in row.wants.split()):
        if key not in facts:
            raise Failure('%s: there is none' % key)
        if not met(want, facts[key]):
            raise Failure('%s: %s instead of %s' % (key, facts[key], want))


def judge_row(report, row):
    if not loses(row) or row.finding in said(report, row.session)[1]:
        expect_wants(report, row)
    if row.severity == '-':
        # Behind lost bytes tshark may not see the tunnel come up.
        verdicts = (row.verdict, 'inconclusive') if loses(row) and row.verdict == 'healthy' else (row.verdict,)
        expect_silence(report, row.finding, verdicts, row.session)
        return
    try:
        finding = expect_finding(report, row, row.session)
    except Failure as e:
        if loses(row):  # see expect_same()
            raise Different(str(e))
        raise
    # The cause of what concerns the recording as a whole is its beginning.
    if row.frame and row.frame not in finding['frames'] and finding['stage'] != 'capture':
        raise Failure('%s names frames %s, its cause is %d' % (row.finding, finding['frames'], row.frame))


def judge_rows(place, generator, group):
    """Rows of one scenario, by one run of tshark."""
    first = group[0]
    path = place.path(first.name.replace('/', '.') + '.pcapng')
    ask(generator, '--row', first.name, '--out', path)
    os.chmod(path, 0o644)
    options = ['-o', 'sstpdiag.servers:' + first.servers]
    if first.hash != '-':
        options += ['-o', 'sstpdiag.certificate_hashes:' + first.hash]
    report = report_of(place, path, *options, *known(first), *ORDER_ON)
    os.unlink(path)
    for row in group:
        judge_row(report, row)
    expect_same(report, first)


def known(row):
    """Options of tshark for the credentials of a Row or Line."""
    entries = [] if row.knows == '-' else row.knows.split(',')
    return [option for entry in entries for option in credential('*', *entry.split(':', 1))]


def listed_report(place, path, *options):
    return report_of(place, place.path('captures', path), *OPTIONS, *ORDER_ON, *options)


def judge_line(place, line):
    """Whichever session it is that shows it; none in the near miss."""
    report = listed_report(place, line.shows, *known(line))
    there = [n for n in range(len(report['sessions'])) if line.finding in said(report, n)[1]]
    expect_finding(report, line, there[0] if there else -1)
    report = listed_report(place, line.silent, *known(line))
    told = report['sessions'] + report['pairs']
    verdicts = [s['verdict']['finding'] for s in told]
    if line.finding in {f['id'] for s in told for f in s['findings']}:
        raise Failure('%s: %s shows it, too' % (line.finding, line.silent))
    if line.silent_verdict not in verdicts:
        raise Failure('%s: verdict %s instead of %s' % (line.silent, ', '.join(verdicts) or 'of no session', line.silent_verdict))
