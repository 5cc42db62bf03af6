"""Other VPNs in TLS. A client's interface is moved into a namespace of its own, so that what is sent
through the tunnel does not find the short way."""
import contextlib
import os
import subprocess
import time

from base import SERVER, running, sh, wait_for, wait_port, write
from tls import tunnelled

POOL = '10.8.0'     # server .1, client .2


@contextlib.contextmanager
def inner():
    """A namespace for the client's end of the tunnel: a function that runs a command there."""
    with running('unshare', '-n', 'sleep', '600') as p:
        own = os.readlink('/proc/self/ns/net')
        wait_for('namespace', lambda: os.readlink('/proc/%d/ns/net' % p.pid) != own)
        yield p.pid, lambda *cmd: sh(['nsenter', '-t', str(p.pid), '-n', *cmd])


def move(name, pid, enter, address):
    wait_for('interface ' + name, lambda: subprocess.run(['ip', 'link', 'show', name], capture_output=True).returncode == 0)
    sh(['ip', 'link', 'set', name, 'netns', str(pid)])
    enter('ip', 'addr', 'add', address, 'dev', name)
    enter('ip', 'link', 'set', name, 'up')


def use(enter, server):
    """Small and large pings, the pause of a keepalive, and a page."""
    enter('ping', '-n', '-c', '5', '-i', '.2', server)
    enter('ping', '-n', '-c', '3', '-i', '.2', '-s', '1200', server)
    enter('curl', '-s', '--max-time', '10', 'http://%s/index.html' % server)
    time.sleep(4)
    enter('ping', '-n', '-c', '2', '-i', '.2', server)


# --- OpenVPN ----------------------------------------------------------------------------------------

def openvpn_run(port, local, remote, remote_port):
    common = ['--proto', 'tcp', '--dev-type', 'tun', '--ca', 'c.pem', '--cert', 'c.pem', '--key', 'k.pem', '--disable-dco',
              '--keepalive', '2', '20', '--verb', '0']
    server = ['openvpn', *common, '--mode', 'server', '--tls-server', '--dh', 'none', '--dev', 'vpns', '--proto', 'tcp-server',
              '--local', local, '--port', str(port), '--topology', 'subnet', '--ifconfig', POOL + '.1', '255.255.255.0',
              '--ifconfig-pool', POOL + '.2', POOL + '.9', '255.255.255.0', '--push', 'topology subnet', '--duplicate-cn']
    client = ['openvpn', *common, '--client', '--proto', 'tcp-client', '--dev', 'vpnc', '--nobind', '--ifconfig-noexec',
              '--route-noexec', '--script-security', '2', '--up', '/bin/true', '--remote', remote, str(remote_port)]
    with inner() as (pid, enter), running(*server), running(*client):
        move('vpnc', pid, enter, POOL + '.2/24')
        time.sleep(3)
        use(enter, POOL + '.1')


def openvpn(_keys):
    openvpn_run(1195, SERVER, SERVER, 1195)
    openvpn_run(444, SERVER, SERVER, 444)


def openvpn_stunnel(_keys):
    for port, version in (7843, 'TLSv1.3'), (7943, 'TLSv1.2'):
        tunnelled(port, 1196, lambda: openvpn_run(1196, '127.0.0.1', '127.0.0.1', port + 1), version)


# --- AnyConnect -------------------------------------------------------------------------------------

OCSERV = '''
auth = "plain[passwd={work}/ocpasswd]"
tcp-port = 7643
listen-host = {server}
run-as-user = nobody
run-as-group = nogroup
socket-file = {work}/ocserv.socket
server-cert = {work}/c.pem
server-key = {work}/k.pem
isolate-workers = false
max-clients = 4
keepalive = 3
dpd = 2
mobile-dpd = 2
try-mtu-discovery = false
tls-priorities = "{priorities}"
auth-timeout = 20
cookie-timeout = 60
device = vpns
ipv4-network = 10.8.0.0
ipv4-netmask = 255.255.255.0
mtu = 1300
cisco-client-compat = true
'''


def anyconnect(_keys):
    """ocserv and openconnect: TLS 1.3, and TLS 1.2 with AES-GCM and AES-CBC."""
    sh("printf 'test\\ntest\\n' | ocpasswd -c ocpasswd test", stderr=subprocess.DEVNULL)
    os.chmod('.', 0o755)
    pin = subprocess.run("openssl x509 -in c.pem -pubkey -noout | openssl pkey -pubin -outform DER | "
                         "openssl dgst -sha256 -binary | base64", shell=True, check=True, capture_output=True, text=True).stdout.strip()
    for priorities in 'NORMAL', 'NORMAL:-VERS-TLS1.3', 'NORMAL:-VERS-TLS1.3:-CIPHER-ALL:+AES-128-CBC':
        conf = write('ocserv.conf', OCSERV.format(work=os.getcwd(), server=SERVER, priorities=priorities))
        with inner() as (pid, enter), running('ocserv', '-f', '-c', conf):
            wait_port(7643)
            with running('openconnect', '--protocol=anyconnect', '--user=test', '--passwd-on-stdin', '--no-dtls', '--non-inter',
                         '--servercert', 'pin-sha256:' + pin, '--interface', 'vpnc', '--script', '/bin/true',
                         'https://%s:7643' % SERVER, stdin=subprocess.PIPE) as c:
                c.stdin.write(b'test\n')
                c.stdin.flush()
                wait_for('tunnel', lambda: 'vpns' in subprocess.run(['ip', '-o', 'link'], capture_output=True, text=True).stdout)
                address = subprocess.run("ip -o -4 addr | sed -n 's/.*vpns.* peer \\([0-9.]*\\).*/\\1/p'", shell=True,
                                         capture_output=True, text=True).stdout.strip() or POOL + '.2'
                move('vpnc', pid, enter, address + '/24')
                time.sleep(1)
                use(enter, POOL + '.1')


# --- SoftEther's own protocol -----------------------------------------------------------------------

SOFTETHER_PORT = 5555       # 443 is taken; the server listens on both
GATEWAY = '192.168.30'      # of SecureNAT: .1 answers pings, even of nobody else


def vpncmd(where, role, command, *args):
    sh(['vpncmd', where, '/' + role, *(['/HUB:lab', '/PASSWORD:test'] if role == 'SERVER' and command != 'HubCreate' else []),
        '/CMD', command, *args], timeout=60)


def at_server(command, *args):
    vpncmd('%s:%d' % (SERVER, SOFTETHER_PORT), 'SERVER', command, *args)


def at_client(command, *args):
    vpncmd('localhost', 'CLIENT', command, *args)


def softether(_keys):
    """One session. Setting up the server by its administrators' protocol is TLS, too."""
    for d in '/run/softether', '/var/lib/softether', '/var/log/softether':
        os.makedirs(d, exist_ok=True)
        sh(['mount', '-t', 'tmpfs', 'tmpfs', d])    # a server or client of this machine keeps its own
    with running('/usr/libexec/softether/vpnserver/vpnserver', 'execsvc'), \
            running('/usr/libexec/softether/vpnclient/vpnclient', 'execsvc'):
        wait_port(SOFTETHER_PORT)
        wait_port(9931)
        at_server('HubCreate', 'lab', '/PASSWORD:test')
        at_server('UserCreate', 'test', '/GROUP:none', '/REALNAME:none', '/NOTE:none')
        at_server('UserPasswordSet', 'test', '/PASSWORD:test')
        at_server('SecureNatEnable')
        at_client('NicCreate', 'lab')
        at_client('AccountCreate', 'lab', '/SERVER:%s:%d' % (SERVER, SOFTETHER_PORT), '/HUB:lab', '/USERNAME:test', '/NICNAME:lab')
        at_client('AccountPasswordSet', 'lab', '/PASSWORD:test', '/TYPE:standard')
        at_client('AccountConnect', 'lab')
        time.sleep(6)
        with inner() as (pid, enter):
            move('vpn_lab', pid, enter, GATEWAY + '.10/24')
            enter('ping', '-n', '-c', '6', '-i', '.2', GATEWAY + '.1')
            enter('ping', '-n', '-c', '3', '-i', '.2', '-s', '1200', GATEWAY + '.1')
            time.sleep(5)
            at_client('AccountDisconnect', 'lab')
            time.sleep(1)


KINDS = {
    'openvpn-tls': (openvpn, 'n'),
    'openvpn-stunnel': (openvpn_stunnel, 'n'),
    'anyconnect': (anyconnect, 'n'),
    'softether': (softether, 'n'),
}
