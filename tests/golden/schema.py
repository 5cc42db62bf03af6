"""Check a report against the schema "sstpdiag/1": nothing missing, every value of its kind."""
import json

from place import Failure

NUMBER, NONE = (int, float), type(None)
STAGES = 'dns tcp proxy tls http sstp lcp auth binding ncp data keepalive teardown'.split()
FINDING_STAGES = STAGES + ['capture', 'mtu']


class OneOf(tuple):
    """One of these strings."""


class ListOf:
    def __init__(self, item):
        self.item = item


class Either(tuple):
    """One of these kinds."""


CLOCK = {'offset': NUMBER, 'skew_ppm': NUMBER, 'bound': NUMBER, 'skew': OneOf(('measured', 'not measurable')), 'span': NUMBER,
         'samples_c2s': int, 'samples_s2c': int, 'steps': ListOf({'epoch': NUMBER, 'seconds': NUMBER})}
WAY = {'samples': int}
CONFIDENCE = OneOf(('certain', 'likely', 'possible'))
STATES = ('healthy', 'fault', 'unexplained', 'inconclusive')
VERDICT = {'state': OneOf(STATES), 'finding': str, 'confidence': CONFIDENCE, 'summary': str, 'advice': str}
FINDING = {'id': str, 'stage': OneOf(FINDING_STAGES), 'severity': OneOf(('chat', 'note', 'warn', 'error')),
           'confidence': CONFIDENCE, 'evidence': OneOf(('trial', 'decrypted', 'clear', 'inferred', 'both-ends')),
           'frames': ListOf(int), 'summary': str, 'details': dict, 'advice': str}
STAGE = {'stage': OneOf(STAGES), 'outcome': OneOf(('ok', 'failed', 'skipped', 'unknown', 'inferred')),
         'first_frame': Either((int, NONE)), 'last_frame': Either((int, NONE)), 'seconds': Either((int, float, NONE))}
TLS = {'version': Either((str, NONE)), 'cipher': Either((str, NONE)), 'sni': Either((str, NONE)),
       'certificate_sha256': Either((str, NONE)), 'client_random': Either((str, NONE))}
COUNTS = {'sstp_packets': int, 'sstp_packets_c2s': int, 'sstp_packets_s2c': int, 'data_packets_c2s': int,
          'data_packets_s2c': int, 'undecrypted_records_c2s': int, 'undecrypted_records_s2c': int}
HINT = {'preference': str, 'value': str, 'text': str}
CODE = {'kind': OneOf(('hresult', 'ras', 'mschap', 'x509', 'sstp_status')), 'code': str,
        'name': Either((str, NONE)), 'meaning': Either((str, NONE))}
LOG_SOURCE = OneOf(('sstpc', 'pppd', 'accel-ppp', 'SoftEther', 'sstp-server', 'Windows', 'MikroTik', 'Open SSTP Client', 'NetworkManager', 'Keenetic',
                     'FreeRADIUS', 'nginx', 'HAProxy', 'Caddy', 'stunnel', 'other'))
LOG_LINE = {'time': Either((int, float, NONE)), 'precision': NUMBER, 'file': int, 'line': int, 'source': LOG_SOURCE,
            'level': OneOf(('chat', 'note', 'warn', 'error')), 'text': str, 'codes': ListOf(CODE),
            'meaning': Either((str, NONE)), 'names': Either((str, NONE)), 'frame': Either((int, NONE)), 'findings': ListOf(str)}
LOG_FILE = {'file': str, 'error': Either((str, NONE)), 'source': Either((str, NONE)), 'lines': int, 'entries': int,
            'placed': int, 'outside': int, 'dropped': int, 'unparsed': int, 'unparsed_lines': ListOf(int), 'unparsed_text': Either((str, NONE)),
            'assumed_zone': Either((str, NONE)), 'shift': NUMBER, 'shift_reason': Either((str, NONE))}
KEEPALIVE = {'protocol': OneOf(('LCP', 'SSTP')), 'asker': OneOf(('client', 'server')), 'requests': int, 'answered': int,
             **{'%s_%s' % (what, which): Either((NUMBER, NONE)) for what, which in (
                 ('interval', 'min'), ('interval', 'max'),
                 ('round_trip', 'min'), ('round_trip', 'mean'), ('round_trip', 'max'))}}
BINDING = {'check': OneOf(('nonce', 'hash_protocol', 'certificate', 'padding', 'mac', 'nt_response', 'server_proof')),
           'result': OneOf(('ok', 'differs', 'not verified')), 'received': Either((str, NONE)),
           'expected': Either((str, NONE)), 'with': Either((str, NONE))}
# A comparison of two attempts, in the report on the second one.
ATTEMPT = {'file': str, 'kind': OneOf(('session', 'candidate')), 'id': int, 'why': Either((str, NONE))}
COMPARISON = {'left': ATTEMPT, 'right': ATTEMPT, 'parts_at': Either((str, NONE)), 'summary': str,
              'rows': ListOf({'stage': Either((str, NONE)), 'fact': str, 'words': str, 'left': Either((str, NONE)), 'right': Either((str, NONE)),
                              'result': OneOf(('alike', 'differs', 'not compared'))})}
BY_LOG = {'finding': str, 'confidence': OneOf(('likely',)), 'evidence': OneOf(('log',)), 'file': int, 'line': int, 'source': LOG_SOURCE,
          'text': str, 'relation': OneOf(('confirms', 'sharpens', 'adds', 'differs', 'objects'))}
SESSION = {'id': int, 'client': str, 'server': str, 'server_name': Either((str, NONE)), 'interface': int,
           'start': NUMBER, 'end': Either((int, float, NONE)), 'stage': OneOf(STAGES),
           'outcome': OneOf(('established', 'failed', 'ended', 'ongoing', 'unknown')),
           'evidence': OneOf(('decrypted', 'clear', 'inferred', 'none')), 'correlation_id': Either((str, NONE)),
           'client_isn': Either((int, NONE)), 'server_isn': Either((int, NONE)), 'tls': Either((TLS, NONE)), 'stages': ListOf(STAGE),
           'stream_prints': ListOf(str), 'facts': dict, 'made_good_by': Either((int, NONE)),
           'verdict': VERDICT, 'findings': ListOf(FINDING), 'counts': COUNTS, 'keepalive': ListOf(KEEPALIVE),
           'binding': ListOf(BINDING), 'by_log': Either((BY_LOG, NONE)), 'log': ListOf(LOG_LINE)}
PAIR = {'client_session': int, 'server_session': int,
        'matched_by': OneOf(('client_random', 'isn', 'payload', 'correlation_id')),
        'clock': Either((CLOCK, NONE)), 'verdict': VERDICT, 'findings': ListOf(FINDING),
        'path': {'client_to_server': WAY, 'server_to_client': WAY}}
INTERFACE = {'id': int, 'name': Either((str, NONE)), 'role': OneOf(('client', 'server', 'middle', 'unknown'))}
NOTHING = {'situation': OneOf(('empty', 'no_tcp', 'no_tls', 'no_sstp')), 'summary': str, 'advice': str}
REPORT = {'schema': OneOf(('sstpdiag/1',)), 'version': str,
          'capture': {'file': str, 'frames': int, 'duration': NUMBER, 'start': Either((int, float, NONE)), 'interfaces': ListOf(INTERFACE),
                      'clock': Either((CLOCK, NONE))},
          'hints': ListOf(HINT), 'nothing': Either((NOTHING, NONE)), 'sessions': ListOf(SESSION), 'candidates': ListOf(SESSION), 'pairs': ListOf(PAIR), 'logs': ListOf(LOG_FILE)}


def conform(value, kind, where='report'):
    """Raise Failure where value is not of the kind; further keys are allowed."""
    if isinstance(kind, dict):
        if not isinstance(value, dict):
            raise Failure('%s is no object: %r' % (where, value))
        for key, sub in kind.items():
            if key not in value:
                raise Failure('%s lacks "%s"' % (where, key))
            conform(value[key], sub, where + '.' + key)
    elif isinstance(kind, ListOf):
        if not isinstance(value, list):
            raise Failure('%s is no list: %r' % (where, value))
        for n, item in enumerate(value):
            conform(item, kind.item, '%s[%d]' % (where, n))
    elif isinstance(kind, OneOf):
        if value not in kind:
            raise Failure('%s is %r, not one of %s' % (where, value, ' '.join(kind)))
    elif isinstance(kind, Either) and any(isinstance(k, dict) for k in kind):
        if value is not None:
            conform(value, kind[0], where)
    elif isinstance(value, bool) and kind is not bool or not isinstance(value, tuple(kind) if isinstance(kind, tuple) else kind):
        raise Failure('%s is of the wrong type: %r' % (where, value))


def parse(out):
    """The report in what tshark printed, which must be that document and nothing else."""
    try:
        report = json.loads(out.decode('utf-8'))
    except ValueError as e:
        raise Failure('stdout is not one JSON document (%s): %r' % (e, out[:100]))
    conform(report, REPORT)
    for s in report['sessions'] + report['candidates']:
        for stage, facts in s['facts'].items():
            if stage not in STAGES or not facts:
                raise Failure('session %d: facts of %s: %r' % (s['id'], stage, facts))
        counts = s['counts']
        if counts['sstp_packets'] != counts['sstp_packets_c2s'] + counts['sstp_packets_s2c']:
            raise Failure('session %d: the two directions do not add up to sstp_packets' % s['id'])
    return report


def findings(report):
    """All findings of sessions and pairs."""
    return [f for s in report['sessions'] + report['pairs'] for f in s['findings']]


def check(report, frames, known=None):
    """What must hold in every report: frames that exist, ids that are known, verdicts that follow from findings."""
    if report['capture']['frames'] != frames:
        raise Failure('capture.frames is %d, the file has %d' % (report['capture']['frames'], frames))
    for f in findings(report):
        wrong = [n for n in f['frames'] if not 1 <= n <= frames]
        if wrong:
            raise Failure('%s names frames that do not exist: %s' % (f['id'], wrong[:5]))
        if known is not None and f['id'] not in known:
            raise Failure('no field sstpdiag.%s' % f['id'])
    for s in report['sessions']:
        for g in s['stages']:
            for key in 'first_frame', 'last_frame':
                if g[key] is not None and not 1 <= g[key] <= frames:
                    raise Failure('stage %s: %s %d does not exist' % (g['stage'], key, g[key]))
        for line in s['log']:
            if line['frame'] is not None and not 1 <= line['frame'] <= frames:
                raise Failure('line %d of a log is at frame %d, which does not exist' % (line['line'], line['frame']))
            if line['file'] >= len(report['logs']):
                raise Failure('line %d is of log %d, which does not exist' % (line['line'], line['file']))
        ids, verdict = {f['id'] for f in s['findings']}, s['verdict']['finding']
        loud = [f['id'] for f in s['findings'] if f['severity'] in ('warn', 'error')]
        state = s['verdict']['state']
        if (state == 'fault') != (verdict in ids) or state != 'fault' and state != verdict:
            raise Failure('session %d is %s, and its verdict %s' % (s['id'], state, verdict))
        # What is only possible is no verdict of a session that works.
        sure = sorted(f['id'] for f in s['findings'] if f['severity'] in ('warn', 'error') and f['confidence'] != 'possible')
        if state != 'fault' and sure:
            raise Failure('session %d is %s in spite of %s' % (s['id'], state, ', '.join(sure)))
        # A health check did not fail, though it set nothing up.
        if state == 'healthy' and s['outcome'] == 'failed' and s['stage'] not in ('tcp', 'tls'):
            raise Failure('session %d failed and is healthy' % s['id'])
        if s['made_good_by'] is not None and not any(t['id'] == s['made_good_by'] for t in report['sessions']):
            raise Failure('session %d is made good by one that does not exist' % s['id'])
        if state == 'fault' and not loud:
            raise Failure('verdict %s without a finding of severity warn or error' % verdict)
