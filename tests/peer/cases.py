"""Options, networks of their own, and telling, of the programs in this folder that run a table of cases."""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

from place import Failure, skip

PASSWORD = 'Secret-123'     # tests/unit/login.h


def parser(doc, *programs, tshark=False, named=True):
    """Options of a program with this documentation that starts these; tshark: which judges files; named: a part of the cases may be had.

    --record is of the part that runs in a network of its own, see again().
    """
    options = argparse.ArgumentParser(description=doc.splitlines()[0])
    for name in programs:
        options.add_argument('--' + name, required=True, type=os.path.abspath)
    if tshark:
        options.add_argument('--plugins', required=True)
        options.add_argument('--tshark', default='tshark')
    if named:
        options.add_argument('--case', default='', help='only cases with this in their name')
    options.add_argument('--record', help=argparse.SUPPRESS)
    return options


def isolated():
    """How a program gets a network of its own."""
    if not shutil.which('unshare'):
        skip('not installed: util-linux')
    for cmd in ['unshare', '-n'], ['unshare', '-r', '-n']:
        if subprocess.run([*cmd, 'true'], stderr=subprocess.DEVNULL).returncode == 0:
            return cmd
    return skip('this machine grants no network namespace', possible=False)


def again(program, folder, *how):
    """The command by which a program of this folder runs itself with --record folder in a network of its own. how: more options of unshare."""
    return [*isolated(), *how, sys.executable, '-B', os.path.abspath(program), *sys.argv[1:], '--record', folder]


def apart(program, folder, *how, unless=()):
    """Runs again(). Skips where that fails and says one of the words unless."""
    r = subprocess.run(again(program, folder, *how), stderr=subprocess.PIPE, text=True)
    if r.returncode and any(word in r.stderr for word in unless):
        skip('this machine does not let us: ' + r.stderr.strip(), possible=False)
    if r.returncode:
        raise Failure('%s apart: %s' % (os.path.basename(program), r.stderr))


def run_in_own_folder(program, doc, run_all):
    """The whole of a program that does all in a network of its own, by run_all(args), in a folder that goes with it. The exit status."""
    args = parser(doc, 'peer', 'probe', named=False).parse_args()
    if args.record:
        os.chdir(args.record)
        return run_all(args)
    with tempfile.TemporaryDirectory(prefix='sstpdiag-') as folder:
        return subprocess.run(again(program, folder)).returncode


def write(path, text):
    with open(path, 'w') as f:
        f.write(text)


def tell(judged):
    """Tells of each case, which is a name and what is wrong, or None. The exit status: none at all is a failure, too."""
    num = failed = 0
    for name, wrong in judged:
        print('%s %s%s' % ('FAILED' if wrong else 'ok    ', name, ': ' + wrong if wrong else ''))
        num, failed = num + 1, failed + bool(wrong)
    print('%d cases, %d failed' % (num, failed))
    return 1 if failed or not num else 0
