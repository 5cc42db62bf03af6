#!/usr/bin/env python3
"""Let Debian's real sstpc and pppd dial sstpdiag-peer through a router, and judge what both ends recorded.

lab.py --peer PROGRAM --sstpcap PROGRAM --plugins DIR [--tshark CMD] [--smoke] [--case TEXT] [--keep DIR]

pppd needs PPP of the kernel, which few machines have: a guest by user-mode-linux brings it, with this machine's own
files as its root file system, read only. Client, router and server are network namespaces of the guest (guest.py); the
router makes the faults of the path. sstpcap records both ends of each scenario into one file, with the TLS secrets.
Judged are the verdict of the pair, that of each end alone, and what sstpcap --compare says without keys.
Exit status: 0 all passed, 1 something failed, 2 usage, 77 it cannot run here (said why).
"""
import argparse
import concurrent.futures
import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'golden'))
from place import Failure, Place, skip, status_of     # noqa: E402
from reports import CAPTURES, OPTIONS, ORDER_ON, report_of     # noqa: E402
from loopback import GOOD, certificate     # noqa: E402

NEEDED = {'linux.uml': 'user-mode-linux', 'sstpc': 'sstp-client', 'pppd': 'ppp', 'insmod': 'kmod', 'ip': 'iproute2',
          'ping': 'iputils-ping', 'tcpdump': 'tcpdump', 'iptables-legacy': 'iptables', 'sysctl': 'procps', 'ethtool': 'ethtool',
          'setpriv': 'util-linux'}
LIMIT, SMOKE_LIMIT = 1500, 600     # seconds; the latter below what ctest grants
MEMORY_MIB = 256
REGISTERS_REFUSED = 'ptrace set fp regs failed'     # a processor with more state than this guest has room for
MEMORY_AT = '/dev/shm'     # where user-mode-linux keeps the guest's memory, if there is room
GUEST = 'guest.py'
BOTH_APART = 'protocols.conversation_deinterlacing_key:.MI'     # Wireshark 4.4 and later
PPPD = ('pppd nodetach local auth require-mschap-v2 name vpn noccp noipv6 mtu 1400 mru 1400 ms-dns 10.99.0.1 '
        '10.99.0.1:10.99.0.2')
DROP = 'iptables-legacy -A FORWARD -p tcp %s -j DROP'


# --- what the pair must say, beside its verdict ---------------------------------------------------------

def finding(pair, name):
    found = [f for f in pair['findings'] if f['id'] == name]
    return found[0]['details'] if found else None


def way(pair, name):
    return pair['path'][name]


def nat(pair):
    told = finding(pair, 'tcp_nat')
    if not told or not told['client_at_server'].startswith('198.51.100.1:'):
        return 'tcp_nat: %s' % told
    return same_clock(pair)


def clamped(pair):
    told = finding(pair, 'tcp_syn_rewritten')
    return None if told and 'MSS 1460 became 1200' in told['client_syn'] else 'tcp_syn_rewritten: %s' % told


def same_clock(pair):
    """Both ends have the guest's clock: the true offset is none."""
    clock = pair['clock']
    if abs(clock['offset']) > clock['bound']:
        return 'the clock is said to be off by %(offset)s +-%(bound)s' % clock
    return None


def asymmetric(pair):
    """10 ms up and 30 down at least: the sum of both ways is known, the share of each is not."""
    there, back = (way(pair, w)['delay'] for w in ('client_to_server', 'server_to_client'))
    if pair['clock']['bound'] < 0.018 or there + back < 0.036:
        return 'bound %s, ways %s and %s' % (pair['clock']['bound'], there, back)
    return same_clock(pair)


def loss_down(pair):
    up, down = (way(pair, w)['lost_segments'] for w in ('client_to_server', 'server_to_client'))
    return None if up == 0 and down >= 3 else 'lost %d segments up and %d down' % (up, down)


def reordered(pair):
    told = finding(pair, 'tcp_reordering')
    if not told or told['sender'] != 'server':
        return 'tcp_reordering: %s' % told
    lost = way(pair, 'server_to_client')['lost_bytes']
    return 'lost %d bytes' % lost if lost else None


def not_captured(pair):
    told = finding(pair, 'capture_dropped')
    up = way(pair, 'client_to_server')
    if not told or told['capture'] != 'server' or up['capture_lost_bytes'] < 1300:
        return 'capture_dropped: %s' % told
    return 'lost %d bytes' % up['lost_bytes'] if up['lost_bytes'] else None


def detail(name, key, want):
    def check(pair):
        told = finding(pair, name)
        return None if told and told.get(key) == want else '%s: %s' % (name, told)
    return check


# --- scenarios ------------------------------------------------------------------------------------------

@dataclasses.dataclass
class Scenario:
    name: str
    want: str     # verdict of the pair
    check: object = None     # what else the pair must say: a function to what is wrong, or None
    client: str = None     # verdicts of the ends where they are others, several by |; - where it sees no session
    server: str = None
    peer: str = ''     # arguments of sstpdiag-peer
    pppd: str = None     # in its place as PPP of the server
    user: str = 'alice'
    wait: int = 60     # seconds until the client is ended though nothing came up
    up: str = 'delay 5ms'     # netem of the router, to the server
    down: str = 'delay 5ms'
    router: tuple = ()     # its commands before the call
    idle: int = 0     # seconds without traffic when it is up, and before
    fault: tuple = ()     # the router's commands then, and before
    traffic: tuple = ()     # options of ping
    requests: bool = True     # a Call Connect Request reaches the server
    filters: dict = dataclasses.field(default_factory=lambda: dict.fromkeys(('client', 'server'), 'tcp port 443 or icmp'))
    smoke: bool = False
    network: bool = False     # its fault is one of the path
    alone: bool = False     # the server's end need not see anything, so that there is no pair


def fault(name, want, check=None, **more):
    return Scenario(name, want, check, network=True, **more)


SILENCE = ('-c 9 -i 1 -W 1 -s 100',)
# A server that hears nothing more, until the test ends it.
LEFT_ALONE = 'peer_abrupt_close|tcp_path_silent|idle_cut'
SCENARIOS = [
    Scenario('scripted', GOOD, same_clock),
    Scenario('pppd', GOOD, pppd=PPPD),
    Scenario('pap', GOOD, peer='--auth pap'),
    Scenario('many', GOOD, peer='--packing many'),
    Scenario('half', GOOD, peer='--packing half'),
    Scenario('pppd-many', GOOD, peer='--packing many', pppd=PPPD),
    Scenario('mru', GOOD, peer='--mru 576'),
    Scenario('late', GOOD, peer='--auth-delay 2'),
    Scenario('nak', 'sstp_nak', peer='--nak', wait=5),
    Scenario('abort', 'sstp_aborted', peer='--abort lcp', wait=5),
    Scenario('reset', 'peer_abrupt_close', peer='--close data', wait=5),
    Scenario('silent', 'lcp_not_started', peer='--silent lcp', wait=7),
    Scenario('password', 'auth_bad_credentials', user='mallory', wait=5),
    Scenario('pppd-password', 'auth_bad_credentials', pppd=PPPD, user='mallory', wait=20),
    Scenario('certificate', 'cb_cert_hash_mismatch', peer='--auth pap --wrong-hash', wait=5),

    fault('nat', GOOD, nat, smoke=True,
          router=('iptables-legacy -t nat -A POSTROUTING -o far -j MASQUERADE',)),
    fault('loss', 'tcp_loss', loss_down, down='delay 5ms loss 5%', traffic=('-c 400 -i 0.01 -s 300 -W 5',)),
    fault('reorder', GOOD, reordered, client='healthy|tcp_loss', down='delay 60ms reorder 25%', traffic=('-c 200 -i 0.01 -s 200 -W 5',)),
    fault('mss', GOOD, clamped, router=(
        'iptables-legacy -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1200',)),
    fault('asymmetric', GOOD, asymmetric, up='delay 10ms', down='delay 30ms'),
    fault('capture-drops', GOOD, not_captured, traffic=('-c 5 -i 0.2 -s 1300',),
          filters={'client': 'tcp port 443', 'server': 'tcp port 443 and not (dst port 443 and greater 1200)'}),
    fault('blackhole', 'tcp_path_silent', server=LEFT_ALONE, smoke=True, fault=(DROP % '--dport 443', DROP % '--sport 443'), traffic=SILENCE),
    fault('blackhole-down', 'tcp_path_silent', detail('tcp_path_silent', 'sender', 'server'), server=GOOD,
          fault=(DROP % '--sport 443',), traffic=SILENCE),
    fault('idle', 'idle_cut', server=LEFT_ALONE, idle=18, fault=(DROP % '--dport 443', DROP % '--sport 443'), traffic=SILENCE),
    fault('rst', 'tcp_rst_injected', detail('tcp_rst_injected', 'supposed_sender', 'server'), server=LEFT_ALONE,
          smoke=True, traffic=SILENCE,
          fault=('iptables-legacy -A FORWARD -p tcp --dport 443 -j REJECT --reject-with tcp-reset',)),
    fault('mtu', 'mtu_blackhole', detail('mtu_blackhole', 'sender', 'client'), server=GOOD, smoke=True,
          fault=(DROP % '-m length --length 1201:65535',), traffic=('-c 1 -s 1300 -W 1', '-c 8 -i 1 -s 100 -W 1')),
    fault('mtu-handshake', 'mtu_handshake_blackhole', detail('mtu_handshake_blackhole', 'sender', 'server'), wait=12,
          requests=False, router=(DROP % '-m length --length 1201:65535',)),
    fault('no-answer', 'tcp_no_answer', detail('tcp_no_answer', 'broken', 'server to client'), wait=6, requests=False,
          router=(DROP % '--sport 443',)),
    fault('filtered', 'tcp_no_answer', wait=6, requests=False, server='-', alone=True,
          router=(DROP % '--dport 443',)),
]


# --- the guest ------------------------------------------------------------------------------------------

def passwords():
    """Those of the unit tests, which the server knows."""
    with open(os.path.join(HERE, '..', 'unit', 'login.h')) as f:
        found = dict(re.findall(r'^#define (\w+) +"(.*)"', f.read(), re.M))
    return {'alice': found['LOGIN_PASSWORD'], 'mallory': found['LOGIN_OTHER_PASSWORD']}


def plan(programs, scenarios):
    users = passwords()
    return {'programs': programs, 'users': users, 'password': users['alice'],
            'scenarios': [{k: v for k, v in vars(s).items() if k != 'check'} for s in scenarios]}


def moved_in(folder, *paths):
    """Copies for the guest, which sees neither this machine's /tmp nor its /run."""
    return ['./' + os.path.basename(shutil.copy(path, folder)) for path in paths]


def memory(mounts='/proc/mounts'):
    """A folder for the guest's memory, in memory, with room for all of it: it is taken only as it is used.

    Skips where there is none. The guest runs code from there.
    """
    with open(mounts) as f:
        others = [where for _, where, kind, options, *_ in map(str.split, f) if kind == 'tmpfs' and 'noexec' not in options.split(',')]
    for folder in [MEMORY_AT, *others]:
        if os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= MEMORY_MIB << 20:
            return folder
    return skip('the guest needs %d MiB in %s or another tmpfs' % (MEMORY_MIB, MEMORY_AT), possible=False)


def boot(folder, limit, memory_at):
    """Runs the guest to its end, or to ours, however that comes."""
    # SIGTERM makes it end its helpers, too, which outlive SIGKILL.
    command = ['setpriv', '--pdeathsig', 'TERM', 'linux.uml', 'mem=%dM' % MEMORY_MIB, 'root=/dev/root', 'rootfstype=hostfs',
               'ro', 'con=null', 'con0=fd:0,fd:1', 'init=/usr/bin/python3', '--', '-B', os.path.join(folder, GUEST), folder]
    with open(os.path.join(folder, 'console'), 'wb') as console:
        guest = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console, cwd=folder,
                                 env=dict(os.environ, TMPDIR=memory_at), start_new_session=True)
    try:
        guest.wait(limit)
    except subprocess.TimeoutExpired:
        raise Failure('time limit of %d s for the guest: %s' % (limit, told(folder, 'guest.log'))) from None
    finally:
        stop(guest)


def stop(guest):
    if guest.poll() is None:
        guest.terminate()
        try:
            guest.wait(10)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(guest.pid, signal.SIGKILL)     # what was just being made, too
    except ProcessLookupError:
        pass
    guest.wait()


def told(folder, name):
    try:
        with open(os.path.join(folder, name), errors='replace') as f:
            return ' / '.join(f.read().strip().splitlines()[-5:])
    except OSError:
        return 'nothing'


# --- judging --------------------------------------------------------------------------------------------

def report(place, path):
    os.chmod(path, 0o644)
    return report_of(place, path, *OPTIONS, *ORDER_ON, *(['-o', BOTH_APART] if place.version >= (4, 4) else []))


def judge_end(place, folder, scenario, end):
    want = getattr(scenario, end) or scenario.want
    sessions = report(place, os.path.join(folder, '%s.%s.pcapng' % (scenario.name, end)))['sessions']
    said = [s['verdict']['finding'] for s in sessions]
    if want == '-':
        return said and '%s: want no session, got %s' % (end, ', '.join(said))
    if len(said) != 1 or said[0] not in want.split('|'):
        return '%s: want %s, got %s' % (end, want, ', '.join(said) or 'no session')
    if scenario.requests and sessions[0]['evidence'] != 'decrypted':
        return '%s: not decrypted' % end
    return None


def judge_pair(scenario, pairs):
    if scenario.alone and not pairs:
        return None
    if len(pairs) != 1:
        return '%d pairs' % len(pairs)
    pair = pairs[0]
    if pair['verdict']['finding'] != scenario.want:
        return 'want %s of the pair, got %s' % (scenario.want, pair['verdict']['finding'])
    blames = [f['id'] for f in pair['findings'] if f['severity'] in ('warn', 'error')]
    if not scenario.network and blames:
        return 'the comparison blames the path: %s' % ', '.join(blames)
    return scenario.check and scenario.check(pair)


def judge_compare(scenario, program, path):
    """Without keys only what the path shows is told for sure, and no fault that is not there."""
    r = subprocess.run([program, '--compare', '--json', path], stdin=subprocess.DEVNULL, capture_output=True)
    pairs = json.loads(r.stdout)['pairs'] if r.returncode in (0, 1) else []
    want = scenario.want
    said = pairs[0]['verdict']['finding'] if len(pairs) == 1 else '%d pairs' % len(pairs)
    if scenario.network and said != want and not (scenario.alone and not pairs):
        return '--compare: want %s, got %s' % (want, said)
    blames = {f['id'] for p in pairs for f in p['findings'] if f['severity'] == 'error'}
    if blames - {want} or (r.returncode != 1 and blames) or r.returncode > 1:
        return '--compare: exit status %d, found %s %s' % (r.returncode, sorted(blames), r.stderr.decode())
    return None


def judge(place, args, folder, scenario, result):
    if 'error' in result:
        return result['error']
    if scenario.requests and not result['requested']:
        return 'sstpc sent no Call Connect Request'
    if result['recorded'] != 0:
        return 'sstpcap: exit status %d: %s' % (result['recorded'], told(folder, scenario.name + '.sstpcap.log'))
    path = os.path.join(folder, scenario.name + '.pcapng')
    up = scenario.want == GOOD or scenario.fault or scenario.traffic
    if result['pings'] != bool(up):
        return 'pings through the tunnel: %s' % ('answered' if result['pings'] else 'not answered')
    wrong = [judge_pair(scenario, report(place, path)['pairs'])]
    wrong += [judge_end(place, folder, scenario, end) for end in ('client', 'server')]
    wrong += [judge_compare(scenario, args.sstpcap, path)]
    return '; '.join(w for w in wrong if w)


def not_up(folder):
    """Skips, as the guest did not come as far as its scenarios."""
    with open(os.path.join(folder, 'console'), errors='replace') as f:
        console = f.read()
    if REGISTERS_REFUSED in console:
        skip('the guest does not know all registers of this processor, and so cannot run', possible=False)
    # Where its kernel runs, a module or a program of this machine may be what it lacks.
    runs = 'Traceback' in console or os.path.exists(os.path.join(folder, 'guest.log'))
    skip('the guest does not come up: %s; %s' % (told(folder, 'console'), told(folder, 'guest.log')), possible=runs)


def judge_safely(*args):
    try:
        return judge(*args)
    except Failure as e:
        return str(e)


def run(args, place):
    scenarios = [s for s in SCENARIOS if args.case in s.name and (s.smoke or not args.smoke)]
    folder = place.path('lab')
    os.mkdir(folder)
    certificate(folder, 'rsa:3072')     # whose chain takes more than one segment
    peer, sstpcap, _ = moved_in(folder, args.peer, args.sstpcap, os.path.join(HERE, GUEST))
    with open(os.path.join(folder, 'scenarios.json'), 'w') as f:
        json.dump(plan({'peer': peer, 'sstpcap': sstpcap}, scenarios), f)
    boot(folder, SMOKE_LIMIT if args.smoke else LIMIT, args.memory_at)
    if args.keep:
        shutil.copytree(folder, args.keep)
    if not os.path.exists(os.path.join(folder, 'started')):
        not_up(folder)
    if not os.path.exists(os.path.join(folder, 'results.json')):
        raise Failure('the guest failed: ' + told(folder, 'guest.log'))
    with open(os.path.join(folder, 'results.json')) as f:
        results = json.load(f)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        judged = [pool.submit(judge_safely, place, args, folder, s, results[s.name]) for s in scenarios]
        for s, wrong in zip(scenarios, (j.result() for j in judged)):
            print('%s %s%s' % ('FAILED' if wrong else 'ok    ', s.name, ': ' + wrong if wrong else ''))
            failed += bool(wrong)
    print('%d scenarios, %d failed' % (len(scenarios), failed))
    return 1 if failed or not scenarios else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--peer', required=True, type=os.path.abspath)
    parser.add_argument('--sstpcap', required=True, type=os.path.abspath)
    parser.add_argument('--plugins', required=True)
    parser.add_argument('--tshark', default='tshark')
    parser.add_argument('--smoke', action='store_true', help='only a few of them')
    parser.add_argument('--case', default='', help='only scenarios with this in their name')
    parser.add_argument('--keep', help='copy recordings and logs to this new folder')
    args = parser.parse_args()
    os.environ['PATH'] += ':/usr/sbin:/sbin'
    missing = sorted({package for program, package in NEEDED.items() if not shutil.which(program, os.F_OK)})
    if missing:
        skip('not installed: %s (scripts/install-deps lab)' % ' '.join(missing))
    denied = [program for program in NEEDED if not shutil.which(program)]
    if denied:
        skip('not for this user to execute: %s (pppd: for root and group dip)' % ' '.join(denied), possible=False)
    args.memory_at = memory()
    return status_of(run, args, Place(args.plugins, os.path.join(CAPTURES, 'pap-ok'), args.tshark))


if __name__ == '__main__':
    sys.exit(main())
