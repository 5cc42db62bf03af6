"""The commands that the manual tells its readers to type, tried as far as this machine can.

Every one is read by bash. Commands of tshark and its companions run, with captures and keys under the names of the page;
capture filters are compiled, and those for flags of TCP must find IPv4 and IPv6 alike; options of openssl, curl and sstpc
are among those that the program names. A program that is not there is passed over. Pages that walk.py walks are left out.
"""
import glob
import os
import re
import shlex
import shutil
import subprocess

from place import Failure

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
WALKED = {'crypto-binding.adoc', 'scripting.adoc', 'privacy.adoc', 'fleet.adoc'}
RUN = {'tshark', 'editcap', 'mergecap', 'capinfos', 'reordercap'}
PLAIN = RUN | {'grep', 'cut', 'sort', 'head', 'jq', 'sed', 'uniq', 'wc'}  # what may stand behind a pipe of those that run
HELP = {'openssl': ['-help'], 'curl': ['--help', 'all'], 'sstpc': ['--help'], 'dumpcap': ['--help']}
LISTING = re.compile(r'^----\n(.*?)^----\n', re.M | re.S)
INLINE = re.compile(r'`((?:%s) -[^`]+)`' % '|'.join(RUN | {'tcpdump', 'curl', 'openssl'}))
OPERATOR = re.compile(r'^[|;&()]+$')
OPTION = re.compile(r'^(--?[A-Za-z][\w-]*)')
MARK = '=== end of a command ==='
# An Ethernet frame each: SYN and RST to port 443, by IPv4 and by IPv6.
FRAMES = """
020000000001020000000002 0800 4500002800010000400600000a0000010a000002 c00001bb0000000100000000500204000000 0000
020000000001020000000002 0800 4500002800010000400600000a0000020a000001 c00001bb0000000100000000500404000000 0000
020000000001020000000002 86dd 600000000014064020010db8000000000000000000000001 20010db8000000000000000000000002 c00001bb0000000100000000500204000000 0000
020000000001020000000002 86dd 600000000014064020010db8000000000000000000000002 20010db8000000000000000000000001 c00001bb0000000100000000500404000000 0000
"""
# tshark writes the capture anew, as editcap 4.0 refuses it. $0 and what follows starts tshark; the last one is the capture.
FILES = """set -e
cd '%s'
"$0" "${@:1:$#-1}" -r "${!#}" -w vpn.pcapng
for name in client server both vpn-with-keys ring_1 ring_2; do cp vpn.pcapng $name.pcapng; done
printf 'CLIENT_RANDOM %%064d %%096d\n' 0 0 >keys.txt
touch accel-ppp.log sstpc.log rasclient.xml
echo 'alice password Secret-123' >vpn.credentials
chmod 600 vpn.credentials
"""


def commands():
    """(page, command) of each command of bash: in listings, and in the text those of INLINE."""
    for path in sorted(glob.glob(os.path.join(ROOT, 'docs', '*.adoc')) + glob.glob(os.path.join(ROOT, 'docs', 'findings', '*.adoc'))):
        if os.path.basename(path) in WALKED:
            continue
        with open(path, encoding='utf-8') as page:
            text = page.read()
        name = os.path.relpath(path, ROOT)
        for listing in LISTING.findall(text):
            yield from ((name, command) for command in of_listing(listing))
        yield from ((name, command) for command in INLINE.findall(LISTING.sub('', text)) if 'test-captures/' not in command)


def of_listing(listing):
    lines = iter(listing.splitlines())
    for line in lines:
        if not line.startswith(('$ ', '# ')):
            continue
        command = line[2:]
        while re.search(r'[\\|]\s*$', command):
            command += '\n' + next(lines)
        yield command


def stages(command):
    """The words of each program that the command starts, as bash takes them apart; a comment ends them."""
    lexer = shlex.shlex(command.replace('\\\n', ' '), posix=True, punctuation_chars=True)
    lexer.whitespace_split, lexer.commenters = True, '#'
    words, found = [], []
    for word in [*lexer, '|']:
        if OPERATOR.match(word):
            found.append(words)
            words = []
        elif word not in ('<', '>', '2>'):
            words.append(word)
    return [words for words in found if words]


def capture_filter(words):
    """The filter of tcpdump, or of -f of the others; None without one."""
    if words[0] == 'tcpdump':
        rest = words[1:]
        while rest and rest[0].startswith('-'):
            del rest[:2 if rest[0][-1] in 'icswBrw' else 1]
        return ' '.join(rest) or None
    return words[words.index('-f') + 1] if words[0] in ('dumpcap', 'tshark') and '-f' in words else None


def check_filter(text, folder):
    """libpcap takes it, and it can match; one that looks at flags of TCP sees those of IPv6 as well."""
    text = re.sub(r'\b[\w-]+\.example\.(com|net)\b', '192.0.2.1', text)
    r = subprocess.run(['tcpdump', '-d', text], capture_output=True, text=True)
    if r.returncode or 'rejects all' in r.stderr:
        raise Failure('the filter %s: %s' % (text, r.stderr.strip()))
    if 'tcp[' in text:
        r = subprocess.run(['tcpdump', '-nr', os.path.join(folder, 'flags.pcap'), text], capture_output=True, text=True)
        if r.stdout.count('IP ') == 0 or r.stdout.count('IP ') != r.stdout.count('IP6 '):
            raise Failure('the filter %s does not find the same by IPv4 and IPv6:\n%s' % (text, r.stdout))


def check_options(words):
    """The program's help has each option."""
    program = words[:2] if words[0] == 'openssl' else words[:1]
    r = subprocess.run(program + HELP[words[0]], capture_output=True, text=True)
    known = set(re.findall(r'(?<![\w-])--?[A-Za-z][\w-]*', r.stdout + r.stderr))
    for word in words[len(program):]:
        option = OPTION.match(word)
        letters = words[0] in ('curl', 'dumpcap') and option and not word.startswith('--')
        for name in ['-' + word[1]] if letters else [option.group(1)] if option else []:
            if name not in known and not (words[0] == 'openssl' and re.match('-(tls1|sha)', name)):
                raise Failure('%s does not know %s' % (' '.join(program), name))


def runnable(command):
    """What bash runs instead: with a capture, without placeholders. None where it cannot run here."""
    programs = [words[0] for words in stages(command)]
    if programs[0] not in RUN or not all(p in PLAIN and shutil.which(p) for p in programs) or '.pcap' not in command + '.pcap' * (' -i any ' in command):
        return None
    command = re.sub(r"-i any( -f '[^']*')?", '-r vpn.pcapng', command)
    return re.sub(r'\bN\b', '1', command).replace('FILE', 'vpn.pcapng')


def prepare(place, folder):
    """A folder of the user that runs tshark, with files under the names of the pages."""
    os.mkdir(folder)
    os.chmod(folder, 0o777)
    r = place.run([os.path.join(place.captures, 'wrong-password', 'client.pcapng')], under=['bash', '-c', FILES % folder])
    if r.status or r.err:
        raise Failure('no capture to run commands with: %s' % r.err[:300])
    frames = [bytes.fromhex(line) for line in FRAMES.split('\n') if line]
    with open(os.path.join(folder, 'flags.pcap'), 'wb') as flags:
        flags.write(bytes.fromhex('d4c3b2a1020004000000000000000000ffff000001000000'))
        for frame in frames:
            flags.write(bytes(8) + len(frame).to_bytes(4, 'little') * 2 + frame)


def run_all(place, folder, todo):
    """Run these (page, command, what runs) in one bash; what each has to say against it."""
    script = 'run=("$0" "$@")\ntshark() { command "${run[@]}" "$@"; }\ncd "%s"\n' % folder
    for _, _, command in todo:
        script += '{ { %s\necho "status ${PIPESTATUS[0]}" >&3; } 2>&3 >/dev/null; } 3>&1\necho "%s"\n' % (command, MARK)
    r = place.run([], under=['bash', '-c', script], limit=600)
    said = r.out.decode(errors='replace').split(MARK + '\n')
    for (page, command, _), text in zip(todo, said):
        # editcap counts on standard error, too.
        if text != 'status 0\n' and not (command.startswith('editcap') and text.endswith('\nstatus 0\n')):
            yield '%s: %s\nsays %s' % (page, command, text[:300])
    if len(said) != len(todo) + 1 or r.err:
        yield 'only %d of %d commands ran: %s' % (len(said) - 1, len(todo), r.err[:300])


def check(place):
    """What is wrong, a line for each command."""
    found = list(commands())
    if len(found) < 200:
        yield 'docs: only %d commands recognised' % len(found)
    folder = place.made('commands', lambda path: prepare(place, path))
    todo = []
    for page, command in found:
        r = subprocess.run(['bash', '-n', '-c', command], capture_output=True, text=True)
        if r.returncode:
            yield '%s: bash does not understand %s: %s' % (page, command, r.stderr.strip())
            continue
        try:
            for words in stages(command):
                text = capture_filter(words)
                if text and shutil.which('tcpdump'):
                    check_filter(text, folder)
                if words[0] in HELP and shutil.which(words[0]):
                    check_options(words)
        except Failure as e:
            yield '%s: %s' % (page, e)
        if runnable(command):
            todo.append((page, command, runnable(command)))
    if len(todo) < 50:
        yield 'docs: only %d commands can run' % len(todo)
    yield from run_all(place, folder, todo)
