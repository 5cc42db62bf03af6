"""Captures merged into one file."""
import subprocess

import pcapng
from place import Failure


def quietly(*cmd):
    r = subprocess.run(cmd, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if r.returncode:
        raise Failure('%s: exit status %d: %s' % (cmd[0], r.returncode, r.stderr[:200]))


def merge(out, *paths):
    quietly('mergecap', '-I', 'none', '-w', out, *paths)


def ends(place, case):
    """The captures of both ends; mergecap 4.0 refuses two inputs with secrets."""
    client, server, bare = (place.path('captures', case, n + '.pcapng') for n in ('client', 'server', 'bare'))

    def make(out):
        pcapng.without_secrets(server, bare)
        merge(out, client, bare)
    return place.made('ends-%s.pcapng' % case, make)
