"""What the crypto binding is verified with, through tshark: certificates and credentials.

They are taken by table and by file, wrong ones refused with a reason, and secrets never shown.
"""
import base64
import os
import subprocess

import schema
import synthetic
from place import Failure, NOBODY
from reports import expect_clean

SECRET = 'Hunter-2-secret'
NT_HASH = '2af4bfb869ec9ed384053815e121f5f9'    # of Secret-123, alice's password in the recordings
HASH = '0123456789abcdef' * 2
TABLE = 'sstpdiag_credentials'

# What is wrong with a row of the table, and part of the reason.
REFUSED_ROWS = (
    ('"alice","nt-hash","%s"' % SECRET, 'an NT hash is 32 hexadecimal digits'),
    ('"alice","nt-hash","%s0"' % HASH, 'an NT hash is 32 hexadecimal digits'),
    ('"alice","hlak","%s"' % HASH, 'an HLAK is 64 hexadecimal digits'),
    ('"","password","%s"' % SECRET, 'the user is missing'),
    ('"alice","password",""', 'the value is missing'),
    ('"alice","%s","password"' % SECRET, 'the kind of value is none'),
    ('"alice","password-file","/nonexistent"', 'No such file or directory'),
    ('"alice","password-file","/"', 'not a regular file'),
    ('"alice","password"', 'expecting field value'),
)

# The same for a file, whose other lines are good.
FILE = """# of the lab
alice password %(secret)s
bob %(secret)s password
CORP\\carol nt-hash %(secret)s
"dave password %(secret)s
erin password %(secret)s more
frank hlak-file nonexistent
grace password-file value
""" % {'secret': SECRET}
REFUSED_LINES = {3: 'the kind of value is none', 4: 'an NT hash is', 5: 'double quote', 6: 'more than three words',
                 7: 'No such file'}


def written(place, name, text, mode=0o600):
    """A file of a name that no other test here uses: two of them run at a time."""
    path = place.path(name)
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)
    os.chmod(path, mode)
    if os.getuid() == 0:
        os.chown(path, NOBODY, NOBODY)
    return path


def report(place, *options, under=(), form='json'):
    path = place.path('captures', 'ok-tls13', 'client.pcapng')
    args = ['-n', '-q', '-r', path, *options, '-z', 'sstpdiag,' + form]
    return place.run(args, under=under) if under else place.serve(args)


def row(text):
    return ['-o', 'uat:%s:%s' % (TABLE, text)]


def by_file(path):
    return ['-o', 'sstpdiag.credentials_file:' + path]


def rows_taken(place):
    """Each kind of value, as text and by file."""
    values = {'password': SECRET, 'nt-hash': HASH, 'hlak': HASH * 2}
    for kind, value in values.items():
        path = written(place, 'value-of-' + kind, value + '\n')
        for text in '"alice","%s","%s"' % (kind, value), '"CORP\\x5calice","%s-file","%s"' % (kind, path):
            expect_clean(report(place, *row(text)), text)


def rows_refused(place):
    for text, reason in REFUSED_ROWS:
        r = report(place, *row(text))
        # tshark repeats its argument in front of the reason.
        said = r.err.rpartition(text)[2]
        if r.status == 0 or reason not in said or SECRET in said:
            raise Failure('%s: exit status %d, %s' % (text, r.status, r.err))


def lines_refused(place):
    written(place, 'value', SECRET + '\n')
    r = report(place, *by_file(written(place, 'entries', FILE)))
    lines = r.err.splitlines()
    wrong = [n for n, reason in REFUSED_LINES.items()
             if not any('credentials_file: line %d: ' % n in s and reason in s for s in lines)]
    if wrong or len(lines) != len(REFUSED_LINES) or r.status:
        raise Failure('lines %s: exit status %d, %s' % (wrong, r.status, r.err))
    if SECRET in r.err or SECRET in r.out.decode():
        raise Failure('a secret is shown: ' + r.err)


def files_unreadable(place):
    for path in '/nonexistent', '/', written(place, 'utf-16', '\ufeff').replace('utf-16', 'none'):
        r = report(place, *by_file(path))
        if r.status or 'credentials_file: "%s" cannot be read: ' % path not in r.err:
            raise Failure('%s: exit status %d, %s' % (path, r.status, r.err))


def files_exposed(place):
    """A file that all users may read is warned of."""
    line = 'alice password %s\n' % SECRET
    expect_clean(report(place, *by_file(written(place, 'private', line))), 'a private file')
    for options in (by_file(written(place, 'exposed', line, 0o644)),
                    by_file(written(place, 'private', 'alice password-file exposed\n'))):
        r = report(place, *options)
        if r.status or 'every user of this machine can read' not in r.err or len(r.err.splitlines()) != 1:
            raise Failure('%s: exit status %d, %s' % (options, r.status, r.err))


def table_private(place):
    """The table is a file of the user, not of a profile, and no other user can read it."""
    config = place.path('config')
    for folder in '', 'wireshark', 'wireshark/profiles', 'wireshark/profiles/shared':
        path = os.path.join(config, folder)
        os.makedirs(path, exist_ok=True)
        os.chmod(path, 0o777)
    env = ['env', 'XDG_CONFIG_HOME=' + config, 'HOME=' + config]
    wrong = '"alice","nt-hash","%s"\n' % SECRET
    of_profile = written(place, 'config/wireshark/profiles/shared/' + TABLE, wrong, 0o644)
    expect_clean(report(place, '-C', 'shared', under=env), 'a table in a profile')
    os.unlink(of_profile)
    of_user = written(place, 'config/wireshark/' + TABLE, '"alice","password","%s"\n' % SECRET, 0o644)
    expect_clean(report(place, '-C', 'shared', under=env), 'a table')
    if os.stat(of_user).st_mode & 0o077:
        raise Failure('the table can be read by others')
    written(place, 'config/wireshark/' + TABLE, wrong)
    r = report(place, '-C', 'shared', under=env)
    if 'an NT hash is' not in r.err or SECRET in r.err:
        raise Failure('a wrong table: ' + r.err)


def table_of(place, case, *options, end='client'):
    """What the JSON report says of each thing that is compared: {check: (result, with)}."""
    return table_of_file(place, place.path('captures', case, end + '.pcapng'), *options)


def table_of_file(place, path, *options):
    r = place.report(['-n', '-q', '-r', path, *options, '-z', 'sstpdiag,json'])
    expect_clean(r, path)
    rows = schema.parse(r.out)['sessions'][0]['binding']
    return {b['check']: (b['result'], b['with']) for b in rows}


def binding_verified(place):
    """Recorded sessions of other servers and TLS versions, with each kind of value."""
    for case in 'ok-tls13', 'ok-tls12-gcm', 'sha1-only-server', 'sorz-ok':
        for text in 'alice password Secret-123', 'ALICE nt-hash ' + NT_HASH:
            table = table_of(place, case, *by_file(written(place, 'right', text)))
            wrong = {check: row for check, row in table.items() if row[0] != 'ok'}
            if wrong or len(table) != 6:
                raise Failure('%s with %s: %s' % (case, text.split()[1], table))
    for case in 'pap-ok', 'softether-ok':
        if table_of(place, case)['mac'] != ('ok', 'an all-zero HLAK, as the method gives no keys'):
            raise Failure('%s: %s' % (case, table_of(place, case)))


def binding_not_verified(place):
    """Without what is needed, or with another password, nothing is said to be wrong."""
    for text, nt_response in (('bob password Secret-123', None), ('alice password ' + SECRET, 'differs')):
        options = by_file(written(place, 'another', text))
        table = table_of(place, 'ok-tls13', *options)
        if table['mac'][0] != 'not verified' or table.get('nt_response', (None,))[0] != nt_response:
            raise Failure('%s: %s' % (text, table))


def eap_tls_verified(place):
    """By the secrets of the handshake inside EAP-TLS, in a key log beside the capture's own."""
    if not place.generator:
        return
    path = place.path('eap-tls.pcapng')
    synthetic.ask(place.generator, '--row', 'silent/cb-mac-mismatch/eap-tls+tls', '--out', path)
    os.chmod(path, 0o644)
    line = 'EXPORTER_SECRET %s %s\n' % ('c1' * 32, '5a' * 32)
    for text, result in (line, 'ok'), (line.replace('c1', 'c2'), 'not verified'):
        table = table_of_file(place, path, '-o', 'tls.keylog_file:' + written(place, 'keylog', text))
        if table['mac'][0] != result:
            raise Failure('want %s, got %s' % (result, table['mac']))


def binding_shown(place):
    """The tree has what the report has, where it was received; what comes later tells of a response in one pass."""
    path = place.path('captures', 'ok-tls13', 'client.pcapng')
    items = 'nonce', 'hash_protocol', 'certificate', 'mac', 'nt_response', 'server_proof'
    args = ['-n', '-r', path, *row('"alice","nt-hash","%s"' % NT_HASH), '-Y', 'sstpdiag.binding', '-T', 'fields',
            '-e', 'frame.number', *(a for i in items for a in ('-e', 'sstpdiag.binding.%s_status' % i))]
    want = [['43', *[''] * 4, 'ok', ''], ['44', *[''] * 5, 'ok'], ['47', *['ok'] * 4, '', '']]
    for passes in [], ['-2']:
        r = place.run([*args, *passes])
        expect_clean(r, 'sstpdiag.binding')
        shown = [line.split('\t') for line in r.out.decode().splitlines()]
        if shown != want and (passes or shown != want[1:]):
            raise Failure('%s shows %s' % (passes, shown))


# tshark asks libgcrypt not to enter FIPS mode, in which it could not decrypt TLS. This takes the request away.
LET_FIPS = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
enum { NO_FIPS_MODE = 83 };
unsigned gcry_control(int command, ...)
{
    unsigned (*control)(int, ...);
    va_list args;
    va_start(args, command);
    void *arg = va_arg(args, void *);
    va_end(args);
    *(void **)&control = dlsym(RTLD_NEXT, "gcry_control");
    return command == NO_FIPS_MODE ? 0 : control(command, arg);
}
"""


def fips_mode(place):
    """Without MD4 and DES the MAC cannot be verified, and nothing else is said otherwise; of a leg in clear."""
    if place.sanitized:
        return 'left out, as this tshark has a library in front already'
    shim = place.path('let-fips.so')
    subprocess.run(['cc', '-shared', '-fPIC', '-x', 'c', '-o', shim, '-'], input=LET_FIPS.encode(), check=True)
    options = by_file(written(place, 'right-in-fips-mode', 'alice password Secret-123\n'))
    path = place.path('captures', 'offload-haproxy-ok', 'server.pcapng')
    sessions = []
    for words in [], ['env', 'LIBGCRYPT_FORCE_FIPS_MODE=1', 'LD_PRELOAD=' + shim]:
        r = place.run(['-n', '-q', '-r', path, *options, '-z', 'sstpdiag,json'], under=words)
        expect_clean(r, ' '.join(words))
        sessions.append(schema.parse(r.out)['sessions'][0])
    plain, fips = ({b['check']: (b['result'], b['with']) for b in s.pop('binding')} for s in sessions)
    if plain['mac'][0] != 'ok' or fips['mac'][0] != 'not verified' or 'not verifiable in FIPS mode' not in fips['mac'][1]:
        raise Failure('%s, in FIPS mode %s' % (plain, fips))
    if sessions[0] != sessions[1] or any(fips[check] != plain[check] for check in ('nonce', 'hash_protocol', 'certificate')):
        raise Failure('FIPS mode changes more: %s' % fips)


def shapes(secret):
    """How a secret could be written."""
    raw = secret.encode()
    utf16 = secret.encode('utf-16-le')
    return [raw, utf16, *(s.encode() for b in (raw, utf16) for s in (b.hex(), b.hex().upper(), b.hex(':')))]


def nothing_shown(place):
    """Neither a right nor a wrong secret stands in any output."""
    path = place.path('captures', 'ok-tls13', 'client.pcapng')
    secrets = {'password': ['Secret-123', SECRET], 'nt-hash': [NT_HASH, HASH], 'hlak': [HASH * 2]}
    entries = ''.join('alice %s %s\n' % (kind, value) for kind, values in secrets.items() for value in values)
    options = by_file(written(place, 'right-and-wrong', entries))
    wanted = [s for values in secrets.values() for value in values for s in shapes(value)]
    for args in ['-V'], ['-V', '-2'], ['-q', '-z', 'sstpdiag'], ['-q', '-z', 'sstpdiag,json'], ['-T', 'json'], ['-q', '-z', 'expert']:
        r = place.run(['-n', '-r', path, *options, *args])
        expect_clean(r, ' '.join(args))
        out = (r.out + r.err.encode()).lower()
        if any(s.lower() in out for s in wanted):
            raise Failure('%s shows a secret' % ' '.join(args))


def certificate_of(place, case, end):
    """DER of the server's certificate."""
    r = place.run(['-n', '-r', place.path('captures', case, end + '.pcapng'), '-Y', 'tls.handshake.certificate',
                   '-T', 'fields', '-E', 'occurrence=f', '-e', 'tls.handshake.certificate'])
    return bytes.fromhex(r.out.decode().split()[0].replace(':', ''))


def pem(der):
    return '-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n' % base64.encodebytes(der).decode()


def certificate_files(place):
    """The certificate that a server expects, as PEM, as DER, and behind another one."""
    right, wrong = certificate_of(place, 'ok-tls13', 'client'), certificate_of(place, 'tls-expired-cert-tls12', 'client')
    other = written(place, 'other.pem', pem(wrong), 0o644)
    both = written(place, 'both.pem', pem(right) + pem(wrong), 0o644)
    der = written(place, 'right.der', '', 0o644)
    with open(der, 'wb') as f:
        f.write(right)
    for files, expected in ((both, True), (der, True), (other + ';' + der, True), (other, False)):
        r = report(place, '-o', 'sstpdiag.certificate_file:' + files)
        expect_clean(r, files)
        if (b'cb_cert_hash_mismatch' in r.out) == expected:
            raise Failure('%s: the certificate is %sexpected' % (files, 'not ' if expected else ''))
    # A leg in clear shows no certificate.
    options = ['-o', 'sstpdiag.certificate_file:' + der]
    table = table_of(place, 'offload-haproxy-ok', *options, end='server')
    if table['certificate'] != ('ok', 'a configured certificate'):
        raise Failure('a leg without a certificate: %s' % table)
    for path, reason in (('/nonexistent', 'No such file'), (written(place, 'no.pem', 'x'), 'no certificate in it')):
        r = report(place, '-o', 'sstpdiag.certificate_file:' + path)
        if r.status or reason not in r.err:
            raise Failure('%s: exit status %d, %s' % (path, r.status, r.err))


TESTS = (certificate_files, rows_taken, rows_refused, lines_refused, files_unreadable, files_exposed, table_private, binding_verified,
         binding_not_verified, eap_tls_verified, binding_shown, fips_mode, nothing_shown)
