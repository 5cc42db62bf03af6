"""The first program of the guest that lab.py boots: runs each scenario with a real sstpc and pppd.

guest.py FOLDER (of the host; scenarios.json is there, and the recordings go there)

Each scenario has three network namespaces of its own, client - router - server, and is recorded at both ends by one
sstpcap. Several run at once, as they mostly wait.
"""
import concurrent.futures
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
import traceback

# As in the recordings of test-captures.
CLIENT, ROUTER_NEAR, ROUTER_FAR, SERVER = '192.0.2.10', '192.0.2.1', '198.51.100.1', '198.51.100.20'
INNER = '10.99.0.1'
MODULES = ('ppp_generic ppp_async veth sch_netem iptable_filter iptable_nat iptable_mangle xt_tcpudp xt_length xt_TCPMSS '
           'xt_MASQUERADE ipt_REJECT').split()
RB_POWER_OFF, ATTEMPTS, AT_ONCE = 0x4321fedc, 4, 3
PATIENCE = 60     # for programs of ours on a busy machine


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
    for kind, where in ('proc', '/proc'), ('sysfs', '/sys'), ('tmpfs', '/run'), ('tmpfs', '/tmp'), ('tmpfs', '/etc/ppp'):
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
    """Each behind those that it needs; what is not among them is part of the kernel."""
    folder = os.path.join('/usr/lib/uml/modules', os.uname().release)
    needs, loaded = {}, set()
    with open(os.path.join(folder, 'modules.dep')) as f:
        for line in f:
            path, others = line.split(':')
            needs[os.path.basename(path).split('.')[0]] = [*reversed(others.split()), path]
    for name in MODULES:
        for path in needs.get(name, []):
            if path not in loaded:
                must('insmod', os.path.join(folder, path))
                loaded.add(path)


def secrets(users, password):
    """What each user gives to the server "peer", and what the server "vpn" takes."""
    for name in 'chap', 'pap':
        with open('/etc/ppp/%s-secrets' % name, 'w') as f:
            for user, given in users.items():
                f.write('%s peer %s *\n%s vpn %s *\n' % (user, given, user, password))
        os.chmod(f.name, 0o600)
    open('/etc/ppp/options', 'w').close()


class Network:
    """Client, router and server of one call; the path's faults are made on the router."""

    def __init__(self, name, up, down):
        self.spaces = [name + '-' + end for end in ('client', 'router', 'server')]
        client, router, server = self.spaces
        for space in self.spaces:
            must('ip', 'netns', 'add', space)
            must('ip', '-n', space, 'link', 'set', 'lo', 'up')
        for space, own, address, theirs, gateway in ((client, 'c0', CLIENT, 'near', ROUTER_NEAR),
                                                     (server, 's0', SERVER, 'far', ROUTER_FAR)):
            must('ip', '-n', space, 'link', 'add', own, 'type', 'veth', 'peer', 'name', theirs, 'netns', router)
            for at, device, its in (space, own, address), (router, theirs, gateway):
                must('ip', '-n', at, 'addr', 'add', its + '/24', 'dev', device)
                must('ip', '-n', at, 'link', 'set', device, 'up')
            must('ip', '-n', space, 'route', 'add', 'default', 'via', gateway)
        for device, netem in ('far', up), ('near', down):
            must('tc', '-n', router, 'qdisc', 'add', 'dev', device, 'root', 'netem', *netem.split())
        for end, device in ('client', 'c0'), ('server', 's0'), ('router', 'near'), ('router', 'far'):
            must(*self.at(end), 'ethtool', '-K', device, 'tso', 'off', 'gso', 'off', 'gro', 'off')
        self.router('sysctl -q net.ipv4.ip_forward=1')

    def at(self, end):
        """What runs a command at client, router or server."""
        return ['nsenter', '--net=/run/netns/' + self.spaces[('client', 'router', 'server').index(end)]]

    def router(self, command):
        must(*self.at('router'), *command.format(client=CLIENT, server=SERVER).split())

    def is_up(self):
        return b' peer ' in subprocess.run(['ip', '-n', self.spaces[0], '-4', 'addr', 'show', 'type', 'ppp'],
                                           capture_output=True).stdout

    def ping(self, options):
        """Through the tunnel."""
        return subprocess.run([*self.at('client'), 'ping', '-q', *options.split(), INNER], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL).returncode == 0

    def remove(self):
        for space in self.spaces:
            must('ip', 'netns', 'del', space)


class Recording:
    """Both ends, by one sstpcap."""

    def __init__(self, program, name, network, filters):
        ends = []
        for at, device in ('client', 'c0'), ('server', 's0'):
            ends += ['-i', "%s=cmd:exec %s tcpdump -Z root --immediate-mode -U -i %s -w - '%s'" %
                     (at, ' '.join(network.at(at)), device, filters[at])]
        self.said = open(name + '.sstpcap.log', 'w+')
        self.process = subprocess.Popen([program, *ends, '--keylog', name + '.keys', '--split', '-w', name + '.pcapng'],
                                        stdin=subprocess.DEVNULL, stderr=self.said)
        until = time.monotonic() + PATIENCE
        while 'capturing since' not in self.log():
            if time.monotonic() > until or self.process.poll() is not None:
                raise RuntimeError('sstpcap does not record: ' + self.log())
            time.sleep(0.05)

    def log(self):
        self.said.seek(0)
        return self.said.read()

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return end(self.process, PATIENCE)


def run(scenario, programs):
    """Again where sstpc stalls: at times 1.0.18 waits for its pppd for ever and sends no Call Connect Request."""
    for attempt in range(ATTEMPTS):
        network = Network(scenario['name'], scenario['up'], scenario['down'])
        try:
            result = dial(scenario, programs, network)
        finally:
            network.remove()
        if result['requested'] or not scenario['requests']:
            break
        print('---', scenario['name'], 'no Call Connect Request in attempt', attempt + 1, flush=True)
    return result


def run_safely(scenario, programs):
    """What goes wrong in one scenario leaves the others alone."""
    try:
        return run(scenario, programs)
    except Exception as e:
        traceback.print_exc()
        return {'error': '%s: %s' % (type(e).__name__, e)}


def server_starts(scenario, programs, network, log):
    command = [*network.at('server'), programs['peer'], '--cert', 'cert.pem', '--key', 'key.pem', '--keylog',
               scenario['name'] + '.keys', *scenario['peer'].split(), 'server', SERVER]
    if scenario['pppd']:
        command += ['--', *scenario['pppd'].split()]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
    server.stdout.readline()
    return server


def client_starts(scenario, network):
    name = scenario['name']
    dial = 'sstpc --ipparam %s --nolaunchpppd --cert-warn --log-stderr %s' % (name, SERVER)
    with open(name + '.client.log', 'w') as log:
        return subprocess.Popen([*network.at('client'), 'pppd', 'pty', dial, 'user', scenario['user'], 'remotename',
                                 'peer', 'ipparam', name, 'plugin', 'sstp-pppd-plugin.so', 'sstp-sock',
                                 '/run/sstpc/sstpc-' + name, 'noauth', 'nodetach', 'usepeerdns', 'noccp'],
                                stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def dial(scenario, programs, network):
    name = scenario['name']
    open(name + '.keys', 'w').close()
    for command in scenario['router']:
        network.router(command)
    recording = Recording(programs['sstpcap'], name, network, scenario['filters'])
    with open(name + '.server.log', 'w+') as log:
        server = server_starts(scenario, programs, network, log)
        client = client_starts(scenario, network)
        until = time.monotonic() + scenario['wait']
        while client.poll() is None and not network.is_up() and time.monotonic() < until:
            time.sleep(0.1)
        pings = network.is_up() and network.ping('-c 3 -i 0.2 -W 5')
        time.sleep(scenario['idle'] if pings else 0)
        for command in scenario['fault'] if pings else ():
            network.router(command)
        for options in scenario['traffic'] if pings else ():
            network.ping(options)
        if client.poll() is None:
            client.terminate()
        end(client, 8)
        end(server, 5)
        server.stdout.close()
        time.sleep(0.5)     # what is still on its way
        status = recording.stop()
        log.seek(0)
        return {'pings': pings, 'requested': 'Call Connect Request' in log.read(), 'recorded': status}


def main():
    file_systems(sys.argv[1])
    try:
        with open('scenarios.json') as f:
            plan = json.load(f)
        modules()
        secrets(plan['users'], plan['password'])
        open('started', 'w').close()
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            runs = {s['name']: pool.submit(run_safely, s, plan['programs']) for s in plan['scenarios']}
        results = {name: r.result() for name, r in runs.items()}
        with open('results.json', 'w') as f:
            json.dump(results, f)
    except Exception:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os.sync()
        ctypes.CDLL(None).reboot(ctypes.c_int(RB_POWER_OFF))


main()
