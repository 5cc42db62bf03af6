"""The index of codes and sentences, docs/codes.adoc, from the tables that `sstpdiag --explain` uses. For check-docs."""
import re

from catalogue import STRINGS, read, text_of

PAGE = 'docs/codes.adoc'
HEAD = """\
= Codes and sentences of logs

// Written by scripts/check-docs --write-index from core/base/numbers.def, core/log/blame.c and core/log/catalogue.def: change those.

What a number of a dialogue or a log means for SSTP, and what a sentence of a program does. `sstpdiag --explain` tells one of them with
causes and advice: a number in any of the three forms, `E=649`, the id of a finding, a line of a log.
"""
# Title, list, where the meanings stand.
RAS = 'https://learn.microsoft.com/en-us/windows/win32/rras/routing-and-remote-access-error-codes[Microsoft], raserror.h'
TABLES = [
    ('Errors of Windows\' dialogue (RAS)', 'RAS_', RAS),
    ('HRESULTs', 'HRESULT_LIST', 'MS-ERREF 2.1.1 (winerror.h); what SSTP means by them: https://mskb.pkisolutions.com/kb/947031[Microsoft KB947031]'),
    ('Events of RasSstp', 'RASSSTP_EVENT_LIST', 'https://technet.microsoft.com/en-us/library/dd349022(v=ws.10).aspx[Microsoft]; from 24 on the texts of Windows itself, `wevtutil gp Microsoft-Windows-RasSstp /ge /gm:true`'),
    ('Events of RasClient', 'RASCLIENT_EVENT_LIST', 'http://technet.microsoft.com/library/3060ebb9-d91a-4f85-903f-dc865bd0692c[Microsoft]'),
    ('Reasons of the Network Policy Server (events 6273 and 6274)', 'NPS_REASON_LIST', 'https://technet.microsoft.com/en-us/library/dd197521.aspx[Microsoft]'),
    ('MS-CHAP: E= in a Failure', 'MSCHAP_ERROR_LIST', 'RFC 2759 6'),
    ('SSTP: status of Call Abort', 'SSTP_STATUS_LIST', 'MS-SSTP 2.2.8'),
    ('OpenSSL: results of the verification', 'X509_VERIFY_LIST', 'OpenSSL, x509_vfy.h'),
    ('TLS alerts', 'TLS_ALERT_LIST', 'RFC 8446 6, IANA'),
]
PROGRAMS = {'SSTPC': 'sstpc', 'PPPD': 'pppd', 'ACCEL': 'accel-ppp', 'MIKROTIK': 'MikroTik', 'SOFTETHER': 'SoftEther', 'SORZ': 'sorz/sstp-server',
            'OSC': 'Open SSTP Client', 'NM': 'NetworkManager', 'WINDOWS': 'Windows', 'FREERADIUS': 'FreeRADIUS', 'NPS': 'Network Policy Server', 'STUNNEL': 'stunnel',
            'NGINX': 'nginx', 'HAPROXY': 'HAProxy', 'CADDY': 'Caddy', 'OTHER': 'several programs'}


def listed(name):
    """(symbol, number, meaning) of a list of numbers.def."""
    body = re.search(r'#define %s\(X\)(.*?)(?:\n\n|\Z)' % name, read('core/base/numbers.def'), re.S).group(1).replace('\\\n', '\n')
    rows = re.findall(r'X\(\s*(\w+),\s*(\w+),\s*' + STRINGS + r'\s*\)', body)
    if len(rows) != body.count('X('):
        raise SystemExit('scripts/codes.py: %s has rows that are not recognised' % name)
    return [(symbol, int(number, 0), text_of(text)) for symbol, number, text in rows]


def findings(table):
    """Which finding a number names, as core/log/blame.c has it."""
    body = re.search(r'%s_findings\[\] = \{(.*?)\n\};' % table, read('core/log/blame.c'), re.S).group(1)
    return {int(number, 0): id.lower() for number, id in re.findall(r'\{ (\w+), FINDING_(\w+) \}', body)}


def link(id):
    return 'link:findings/%s.adoc[%s]' % (id, id) if id else ''


def cell(text):
    """As it stands: nothing in it is AsciiDoc."""
    return '+++' + text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;').replace('|', '&#124;') + '+++'


def table(columns, names, rows):
    return '[cols="%s"]\n|===\n|%s\n\n%s\n|===\n' % (columns, ' |'.join(names), '\n'.join('|' + ' |'.join(row) for row in rows))


def numbers(title, name, source):
    rows = sorted(listed('RAS_ERROR_LIST') + listed('RAS_LOG_ERROR_LIST') if name == 'RAS_' else listed(name), key=lambda row: row[1])
    named = findings({'RAS_': 'ras', 'MSCHAP_ERROR_LIST': 'ras', 'HRESULT_LIST': 'hresult', 'X509_VERIFY_LIST': 'x509'}[name]) \
        if name in ('RAS_', 'MSCHAP_ERROR_LIST', 'HRESULT_LIST', 'X509_VERIFY_LIST') else {}
    if name == 'HRESULT_LIST':
        text = table('2,2,2,3,5,3', ['Hexadecimal', 'Signed', 'Decimal', 'Symbol', 'Meaning', 'Finding'],
                     [['0x%08X' % n, str(n - (1 << 32)), str(n), symbol, cell(meaning), link(named.get(n))] for symbol, n, meaning in rows])
    else:
        text = table('1,1,6,3', ['Number', 'Hexadecimal', 'Meaning', 'Finding'],
                     [[str(n), '0x%X' % n, cell(meaning), link(named.get(n))] for _, n, meaning in rows])
    return '\n== %s\n\nSource: %s.\n\n%s' % (title, source, text)


def sentences():
    """A table a program; what is chatter says nothing and is left out."""
    rows = re.findall(r'^LOG_SENTENCE\((\w+), "((?:[^"\\]|\\.)*)", \w+, (\w+), (?:NAMES\((\w+)\)|NONE),\s*(NULL|%s)\)' % STRINGS.replace('(', '(?:', 1),
                      read('core/log/catalogue.def'), re.M)
    if len(rows) != len(re.findall(r'^LOG_SENTENCE\(', read('core/log/catalogue.def'), re.M)):
        raise SystemExit('scripts/codes.py: sentences that are not recognised in core/log/catalogue.def')
    programs = {}
    for program, words, weight, id, meaning in rows:
        if id or meaning != 'NULL':
            programs.setdefault(program, []).append([cell(words.replace('\\"', '"').replace('\\\\', '\\')),
                                                     '' if meaning == 'NULL' else cell(text_of(meaning)), link(id.lower())])
    for program, lines in programs.items():
        yield '\n== Sentences of %s\n\n%s' % (PROGRAMS.get(program, program), table('4,5,3', ['Words', 'Meaning', 'Finding'], lines))


def page():
    return HEAD + ''.join(numbers(*row) for row in TABLES) + ''.join(sentences())
