"""The first program of the guest that lab.py boots: runs each scenario with a real sstpc and pppd.

guest.py FOLDER (of the host; scenarios.json is there, and the recordings go there)
"""
import ctypes
import glob
import json
import os
import subprocess
import sys
import time
import traceback

CLIENT, SERVER, INNER = '192.0.2.10', '192.0.2.20', '10.99.0.1'
MODULES = 'slhc ppp_generic crc-ccitt ppp_async veth'.split()
RB_POWER_OFF, ATTEMPTS = 0x4321fedc, 3


def sh(*cmd, **kwargs):
    return subprocess.run(cmd, stdin=subprocess.DEVNULL, **kwargs).returncode


def must(*cmd):
    subprocess.run(cmd, stdin=subprocess.DEVNULL, check=True)


def end(p, seconds):
    """Waits, then ends it."""
    for wait, stop in (seconds, p.terminate), (5, p.kill):
        try:
            return p.wait(wait)
        except subprocess.TimeoutExpired:
            stop()
    return p.wait()


def file_systems(folder):
    os.environ.update(PATH='/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL='C')
    for kind, where in ('proc', '/proc'), ('sysfs', '/sys'), ('tmpfs', '/run'), ('tmpfs', '/etc/ppp'):
        must('mount', '-t', kind, 'none', where)
    os.makedirs('/dev/pts', exist_ok=True)
    must('mount', '-t', 'devpts', 'none', '/dev/pts')
    os.makedirs('/run/sstpc')
    os.mkdir('/run/out')
    must('mount', '-t', 'hostfs', '-o', folder, 'none', '/run/out')
    os.chdir('/run/out')
    log = os.open('guest.log', os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)


def modules():
    for name in MODULES:
        found = glob.glob('/usr/lib/uml/modules/%s/**/%s.ko' % (os.uname().release, name), recursive=True)
        if found:     # else it is part of the kernel
            must('insmod', found[0])


def network():
    """Another namespace is the server; returns how to run something there."""
    there = subprocess.Popen(['unshare', '-n', 'sleep', '10000'])
    mine = os.readlink('/proc/self/ns/net')
    while os.readlink('/proc/%d/ns/net' % there.pid) == mine:
        time.sleep(0.01)
    server = ['nsenter', '-t', str(there.pid), '-n']
    must('ip', 'link', 'add', 'c0', 'type', 'veth', 'peer', 'name', 's0')
    must('ip', 'link', 'set', 's0', 'netns', str(there.pid))
    for prefix, name, address in ([], 'c0', CLIENT), (server, 's0', SERVER):
        must(*prefix, 'ip', 'link', 'set', 'lo', 'up')
        must(*prefix, 'ip', 'addr', 'add', address + '/24', 'dev', name)
        must(*prefix, 'ip', 'link', 'set', name, 'up')
    return server


def secrets(users, password):
    """What each user gives to the server "peer", and what the server "vpn" takes."""
    for name in 'chap', 'pap':
        with open('/etc/ppp/%s-secrets' % name, 'w') as f:
            for user, given in users.items():
                f.write('%s peer %s *\n%s vpn %s *\n' % (user, given, user, password))
        os.chmod(f.name, 0o600)
    open('/etc/ppp/options', 'w').close()


def record(prefix, interface, path):
    p = subprocess.Popen([*prefix, 'tcpdump', '-Z', 'root', '--immediate-mode', '-U', '-i', interface, '-w', path,
                          'tcp', 'port', '443'], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not os.path.exists(path) or os.path.getsize(path) < 24:
        time.sleep(0.05)
    return p


def is_up():
    return b' peer ' in subprocess.run(['ip', '-4', 'addr', 'show', 'type', 'ppp'], capture_output=True).stdout


def run(scenario, peer, server):
    """Again when sstpc stalls: at times 1.0.18 does not see the HTTP answer."""
    for attempt in range(ATTEMPTS):
        print('---', scenario['name'], 'attempt', attempt + 1, flush=True)
        result = dial(scenario, peer, server)
        if result['requested']:
            break
    return result


def dial(scenario, peer, server):
    name = scenario['name']
    for end_name in 'client', 'server':
        if os.path.exists('%s.%s.pcap' % (name, end_name)):
            os.remove('%s.%s.pcap' % (name, end_name))
    captures = [record([], 'c0', name + '.client.pcap'), record(server, 's0', name + '.server.pcap')]
    command = [*server, peer, '--cert', 'cert.pem', '--key', 'key.pem', '--keylog', 'keys', *scenario['server'],
               'server', SERVER]
    if scenario['pppd']:
        command += ['--', *scenario['pppd']]
    said = open('server.log', 'w+')
    s = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said)
    s.stdout.readline()
    c = subprocess.Popen(['pppd', 'pty', 'sstpc --ipparam peer --nolaunchpppd --cert-warn --log-stderr ' + SERVER,
                          'user', scenario['user'], 'remotename', 'peer', 'ipparam', 'peer', 'plugin', 'sstp-pppd-plugin.so',
                          'sstp-sock', '/run/sstpc/sstpc-peer', 'noauth', 'nodetach', 'usepeerdns', 'noccp'],
                         stdin=subprocess.DEVNULL)
    until = time.monotonic() + scenario['wait']
    while c.poll() is None and not is_up() and time.monotonic() < until:
        time.sleep(0.1)
    pings = is_up() and sh('ping', '-q', '-c', '3', '-i', '0.2', '-W', '2', INNER) == 0
    if c.poll() is None:
        c.terminate()
    end(c, 8)
    end(s, 5)
    s.stdout.close()
    said.seek(0)
    said = said.read()
    print(said, flush=True)
    for p in captures:
        p.terminate()
        p.wait()
    return {'pings': pings, 'requested': 'Call Connect Request' in said}


def main():
    file_systems(sys.argv[1])
    try:
        with open('scenarios.json') as f:
            plan = json.load(f)
        modules()
        server = network()
        secrets(plan['users'], plan['password'])
        open('started', 'w').close()
        results = {s['name']: run(s, plan['peer'], server) for s in plan['scenarios']}
        with open('results.json', 'w') as f:
            json.dump(results, f)
    except Exception:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os.sync()
        ctypes.CDLL(None).reboot(ctypes.c_int(RB_POWER_OFF))


main()
