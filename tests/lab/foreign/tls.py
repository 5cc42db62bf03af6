"""Programs that speak their protocol inside TLS, or begin TLS inside it."""
import imaplib
import os
import pwd
import shutil
import smtplib
import subprocess
import time

from base import (LOCAL, NAME, QUIET, SERVER, client_context, listen, running,
                  server_context, sh, wait_port, write)


# --- cipher suites ----------------------------------------------------------------------------------

SUITES = ('AES128-SHA', 'AES256-SHA256', 'ECDHE-RSA-AES256-SHA384', 'ECDHE-RSA-AES128-GCM-SHA256', 'AES256-GCM-SHA384',
          'ECDHE-RSA-CHACHA20-POLY1305', 'AES128-CCM8', 'ECDHE-RSA-CAMELLIA128-SHA256')
SUITES13 = 'TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'
NGINX = '''
user root; worker_processes 1; pid suites.pid; error_log suites.log; daemon off;
events { worker_connections 64; }
http {
  access_log off; server_tokens off; root www; ssl_certificate c.pem; ssl_certificate_key k.pem;
  client_body_temp_path t6; proxy_temp_path t7; fastcgi_temp_path t8; uwsgi_temp_path t9; scgi_temp_path t0;
  server {
    listen 4443 ssl; ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0;
    location /small { return 200 "{\\"id\\":1}"; }
    location /none { return 204; }
  }
}
'''


def fetch(*args):
    base = 'https://%s:4443/' % NAME
    sh(['curl', '-sk', '--max-time', '10', '--http1.1', '--resolve', NAME + ':4443:' + SERVER, *args,
        base + 'small', base + 'none', base + 'index.html', base + 'small'])


def suites(_keys):
    """One connection a suite: small answers, a page; also TLS 1.0 and 1.1."""
    with running('nginx', '-p', os.getcwd(), '-c', write('suites.conf', NGINX)):
        wait_port(4443)
        for suite in SUITES:
            fetch('--no-alpn', '--tls-max', '1.2', '--ciphers', suite + ':@SECLEVEL=0')
        for suite in SUITES13:
            fetch('--tls13-ciphers', suite)
        for version in '1.0', '1.1':
            fetch('--tlsv' + version, '--tls-max', version, '--ciphers', 'AES128-SHA:@SECLEVEL=0')


def small_posts(_keys):
    """Bodies of 14 bytes in records of their own, behind 100 Continue and without it."""
    with running('nginx', '-p', os.getcwd(), '-c', write('suites.conf', NGINX)):
        wait_port(4443)
        for version in '1.2', '1.3':
            for expect in 'Expect: 100-continue', 'Expect:':
                fetch('--tls-max', version, '--data-binary', '{"op":"hello"}', '-H', expect)


def events13(_keys):
    """TLS 1.3 with a client certificate, four session tickets, and KeyUpdate by either side."""
    server = ['openssl', 's_server', '-accept', SERVER + ':9543', '-cert', 'c.pem', '-key', 'k.pem', '-tls1_3',
              '-num_tickets', '4', '-Verify', '1', '-verify_return_error', '-CAfile', 'c.pem']
    client = ['openssl', 's_client', '-connect', SERVER + ':9543', '-servername', NAME, '-cert', 'c.pem', '-key', 'k.pem']
    with running(*server, stdin=subprocess.PIPE) as s:
        wait_port(9543)
        with running(*client, stdin=subprocess.PIPE) as c:
            for side, line in (c, b'x' * 199), (s, b'y' * 99), (c, b'z' * 13), (s, b'k'), (c, b'k'), (c, b'z' * 13), (s, b'y' * 47):
                time.sleep(.3)
                side.stdin.write(line + b'\n')
                side.stdin.flush()
            time.sleep(.3)


# --- mail -------------------------------------------------------------------------------------------

DOVECOT = '''
protocols = imap
listen = {server}
base_dir = {work}/dovecot
log_path = {work}/dovecot.log
ssl = required
ssl_cert = <{work}/c.pem
ssl_key = <{work}/k.pem
mail_location = maildir:{work}/mail
default_internal_user = dovecot
default_login_user = dovenull
first_valid_uid = 1
passdb {{
  driver = static
  args = password=test
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={work}/mail
}}
'''


def imap_session(m):
    m.login('test', 'test')
    m.select()
    m.append('INBOX', '', None, b'Subject: test\r\n\r\n' + b'A line of text.\r\n' * 20)
    for _ in range(4):
        m.noop()
    m.fetch('1:*', '(RFC822)')
    m.logout()


def imap(_keys):
    work = os.getcwd()
    os.chmod(work, 0o755)
    os.mkdir('mail')
    shutil.chown('mail', 'nobody', 'nogroup')
    with running('dovecot', '-F', '-c', write('dovecot.conf', DOVECOT.format(server=SERVER, work=work))):
        wait_port(143)
        m = imaplib.IMAP4(SERVER, 143)
        m.starttls(client_context())
        imap_session(m)
        imap_session(imaplib.IMAP4_SSL(SERVER, 993, ssl_context=client_context()))


def smtp_server(c):
    """As much of SMTP as smtplib asks for."""
    f = c.makefile('rwb')

    def say(line):
        f.write(line + b'\r\n')
        f.flush()
    say(b'220 mail.example.test ESMTP')
    while True:
        word = f.readline().split(b' ')[0].strip().upper()
        if word == b'EHLO':
            say(b'250-mail.example.test\r\n250-8BITMIME\r\n250 STARTTLS')
        elif word == b'STARTTLS':
            say(b'220 Ready')
            c = server_context().wrap_socket(c, server_side=True)
            f = c.makefile('rwb')
        elif word == b'DATA':
            say(b'354 Go on')
            while f.readline().strip() != b'.':
                pass
            say(b'250 Taken')
        elif word == b'QUIT' or not word:
            say(b'221 Bye')
            c.close()
            return
        else:
            say(b'250 OK')


def smtp(_keys):
    listen(587, smtp_server)
    with smtplib.SMTP(SERVER, 587) as m:
        m.starttls(context=client_context())
        for _ in range(3):
            m.sendmail('a@example.test', 'b@example.test', 'Subject: test\r\n\r\n' + 'A line of text.\r\n' * 10)


# --- messages and queries ---------------------------------------------------------------------------

MOSQUITTO = '''
listener 8883 {server}
allow_anonymous true
cafile {work}/c.pem
certfile {work}/c.pem
keyfile {work}/k.pem
user root
'''


def mqtt(_keys):
    """Short messages with acknowledgements, and pings of 2 bytes."""
    conf = write('mosquitto.conf', MOSQUITTO.format(server=SERVER, work=os.getcwd()))
    peer = ['-h', SERVER, '-p', '8883', '--cafile', 'c.pem', '--insecure', '-q', '1', '-t', 'lab/value']
    with running('mosquitto', '-c', conf):
        wait_port(8883)
        with running('mosquitto_sub', *peer, '-k', '5'):
            time.sleep(.5)
            for value in '1', '22.5', 'on', 'x' * 30, 'y' * 80:
                sh(['mosquitto_pub', *peer, '-m', value])
            time.sleep(11)


def postgres(_keys):
    """Short and long queries; TLS begins behind PostgreSQL's own request for it."""
    bindir = sorted(os.listdir('/usr/lib/postgresql'))[-1]
    bindir = '/usr/lib/postgresql/%s/bin/' % bindir
    user = pwd.getpwnam('postgres')
    os.chmod('.', 0o755)
    os.mkdir('pg')
    for f in 'c.pem', 'k.pem':
        shutil.copy(f, 'pg')
        shutil.chown('pg/' + f, user.pw_uid, user.pw_gid)
    os.chmod('pg/k.pem', 0o600)
    shutil.chown('pg', user.pw_uid, user.pw_gid)
    data = os.path.abspath('pg/data')
    as_user = ['setpriv', '--reuid', 'postgres', '--regid', 'postgres', '--clear-groups']
    sh([*as_user, bindir + 'initdb', '-D', data, '-A', 'trust'], stderr=subprocess.DEVNULL)
    with open(data + '/pg_hba.conf', 'a') as f:
        f.write('hostssl all all 192.0.2.0/24 trust\n')
    with running(*as_user, bindir + 'postgres', '-D', data, '-c', 'listen_addresses=' + SERVER, '-c', 'ssl=on', '-k', data,
                 '-c', 'ssl_cert_file=../c.pem', '-c', 'ssl_key_file=../k.pem'):
        wait_port(5432)
        time.sleep(1)
        queries = ['select 1', "select 'abc'", 'select now()', 'select 12345678', 'select count(*) from pg_class', 'select 1']
        sh([bindir + 'psql', 'host=%s user=postgres dbname=postgres sslmode=require' % SERVER,
            *(a for q in queries for a in ('-c', q))])


# --- inside stunnel ---------------------------------------------------------------------------------

STUNNEL = '''
foreground = yes
syslog = no
pid =
[a]
client = {client}
accept = {accept}
connect = {connect}
cert = {work}/c.pem
key = {work}/k.pem
sslVersion = {version}
'''


def stunnel(port, behind, version='TLSv1.3'):
    """Both ends of a tunnel: 127.0.0.1:port+1 -> SERVER:port in TLS -> 127.0.0.1:behind."""
    def end(name, client, accept, connect_to):
        return running('stunnel4', write(name + '.conf', STUNNEL.format(
            client=client, accept=accept, connect=connect_to, work=os.getcwd(), version=version)))
    return (end('stunnel-s', 'no', '%s:%d' % (SERVER, port), '%s:%d' % (LOCAL, behind)),
            end('stunnel-c', 'yes', '%s:%d' % (LOCAL, port + 1), '%s:%d' % (SERVER, port)))


def tunnelled(port, behind, run, version='TLSv1.3'):
    s, c = stunnel(port, behind, version)
    with s, c:
        wait_port(port)
        wait_port(port + 1, LOCAL)
        run()


SSHD = '''
ListenAddress 127.0.0.1:2200
HostKey {work}/host_rsa
AuthorizedKeysFile {work}/user_rsa.pub
StrictModes no
PidFile none
UsePAM no
PermitRootLogin yes
'''


def ssh_tls(_keys):
    """OpenSSH in TLS: three commands, one line typed character by character."""
    for k in 'host_rsa', 'user_rsa':
        sh(['ssh-keygen', '-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', k])
    os.makedirs('/run/sshd', exist_ok=True)
    ssh = ['ssh', '-F', 'none', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-i', 'user_rsa',
           '-p', '2444', 'root@' + LOCAL]

    def session():
        for command in 'true', 'ls /', 'head -c 6000 /dev/zero':
            sh([*ssh, command], **{'stderr': subprocess.DEVNULL})
        p = subprocess.Popen([*ssh, '-tt', 'cat'], **dict(QUIET, stdin=subprocess.PIPE))
        time.sleep(1)
        for letter in b'hello world\n':
            p.stdin.write(bytes([letter]))
            p.stdin.flush()
            time.sleep(.02)
        p.stdin.write(b'\x04')
        p.stdin.close()
        p.wait()
    with running('/usr/sbin/sshd', '-D', '-f', write('sshd.conf', SSHD.format(work=os.getcwd()))):
        wait_port(2200, LOCAL)
        tunnelled(2443, 2200, session)


def speed(_keys):
    """iperf3 in either direction, in TLS 1.3 and TLS 1.2; cut short."""
    for port, version in (6443, 'TLSv1.3'), (6543, 'TLSv1.2'):
        def test():
            for way in [], ['-R']:
                sh(['iperf3', '-c', LOCAL, '-p', str(port + 1), '-n', '24K', '-l', '4K', *way])
        with running('iperf3', '-s', '-B', LOCAL, '-p', '5201'):
            wait_port(5201, LOCAL)
            tunnelled(port, 5201, test, version)


# --- remote desktop ---------------------------------------------------------------------------------

def rdp(_keys):
    """FreeRDP at the login screen of xrdp."""
    conf = write('xrdp.ini', open('/etc/xrdp/xrdp.ini').read().replace('port=3389', 'port=tcp://%s:3390' % SERVER)
                 .replace('security_layer=negotiate', 'security_layer=tls')
                 .replace('certificate=', 'certificate=%s/c.pem' % os.getcwd()).replace('key_file=', 'key_file=%s/k.pem' % os.getcwd()))
    with running('Xvfb', ':77', '-screen', '0', '640x480x16', '-nolisten', 'tcp'), \
            running('xrdp', '--nodaemon', '--config', conf):
        wait_port(3390)
        with running('xfreerdp', '/v:%s:3390' % SERVER, '/sec:tls', '/cert:ignore', '/size:320x240', '/bpp:8', '/u:test', '/p:test',
                     env=dict(os.environ, DISPLAY=':77')):
            time.sleep(6)


KINDS = {
    'suites': (suites, 'n'),
    'small-posts': (small_posts, 'n'),
    'tls13-events': (events13, 'n'),
    'imap': (imap, 'n'),
    'smtp': (smtp, 'n'),
    'mqtt': (mqtt, 'n'),
    'postgres': (postgres, 'n'),
    'ssh-tls': (ssh_tls, 'n'),
    'speed': (speed, 'n'),
    'rdp': (rdp, 'n'),
}
