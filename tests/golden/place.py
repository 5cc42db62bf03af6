"""A private place to run tshark in: copies of plugins and captures, own HOME, an ordinary user."""
import collections
import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zlib

import server

NOBODY = 65534
COMPARED = 16   # one in so many reports
SKIPPED = 77    # what ctest takes for it
# Begins the reason why a test, or a case of unittest, is skipped that this kind of machine does not allow, whatever is
# installed: it lacks a right, or memory. scripts/run-tests reads it.
IMPOSSIBLE = 'IMPOSSIBLE: '
Result = collections.namedtuple('Result', 'status out err seconds cpu maxrss')   # maxrss in bytes


class Failure(Exception):
    """A check did not hold; the message says which."""


def skip(reason, possible=True):
    """Ends a test that cannot be made here, or, if not possible, on no machine of this kind whatever is installed."""
    print(('SKIPPED: ' if possible else IMPOSSIBLE) + reason)
    sys.exit(SKIPPED)


def status_of(run, args, place):
    """The exit status of run(args, place), which may fail. The place is gone afterwards."""
    try:
        return run(args, place)
    except Failure as e:
        print('FAILED %s' % e)
        return 1
    finally:
        place.remove()


def readable(path):
    for where, dirs, files in os.walk(path):
        for d in dirs:
            os.chmod(os.path.join(where, d), 0o755)
        for f in files:
            os.chmod(os.path.join(where, f), 0o644)
    os.chmod(path, 0o755)


class Place:
    def __init__(self, plugins, captures, tshark, generator=None, library=None):
        """library: what makes a tshark serve many runs (server.c); without it each run has its own."""
        self.tshark = shlex.split(tshark)
        # With the runtime of sanitizers in front, each run takes ten times as long.
        self.sanitized = any(w.startswith('LD_PRELOAD=') for w in self.tshark)
        self.generator = generator
        self.dir = tempfile.mkdtemp(prefix='sstpdiag-')
        os.chmod(self.dir, 0o755)
        self.plugins, self.no_plugins = self.path('plugins'), self.path('none')
        shutil.copytree(plugins, self.plugins)
        readable(self.plugins)
        os.mkdir(self.no_plugins, 0o755)
        self.captures = self.path('captures')
        shutil.copytree(captures, self.captures, ignore=shutil.ignore_patterns('*.md'))
        readable(self.captures)
        self.home = self.path('home')
        os.mkdir(self.home)
        os.chmod(self.home, 0o777)
        self.user = {'user': NOBODY, 'group': NOBODY, 'extra_groups': []} if os.getuid() == 0 else {}
        self.library = library and shutil.copy(library, self.dir)
        self.servers = contextlib.ExitStack()
        self.of_thread = threading.local()      # its servers, with and without the plugin, and with flags
        self.lock, self.makers = threading.Lock(), {}
        self.version = self.run(['-v']).out.decode().split('(Wireshark) ')[1].split('.')[:2]
        self.version = tuple(int(n) for n in self.version)

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def made(self, name, make):
        """The file of that name, which make(path) makes when it is first asked for, whichever test that is."""
        path = self.path(name)
        with self.lock:
            lock = self.makers.setdefault(name, threading.Lock())
        with lock:
            if not os.path.exists(path):
                make(path)
                os.chmod(path, 0o644 if os.path.isfile(path) else 0o777)
        return path

    def remove(self):
        self.servers.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def env(self, plugin):
        return dict(os.environ, HOME=self.home, XDG_CONFIG_HOME=os.path.join(self.home, '.config'), TZ='UTC',
                    LC_ALL='C.UTF-8', WIRESHARK_PLUGIN_DIR=self.plugins if plugin else self.no_plugins)

    def run(self, args, plugin=True, limit=120, keep=True, under=(), stdin=subprocess.DEVNULL):
        """Run tshark, under another program if told; its output is dropped when keep is false."""
        def process(out, err):
            p = subprocess.Popen([*under, *self.tshark, *args], stdin=stdin, stdout=out,
                                 stderr=err, env=self.env(plugin), cwd=self.home, **self.user)
            late = threading.Event()
            timer = threading.Timer(limit, lambda: (late.set(), p.kill()))
            timer.start()
            _, status, usage = os.wait4(p.pid, 0)
            timer.cancel()
            p.returncode = os.waitstatus_to_exitcode(status)
            if late.is_set():
                raise TimeoutError
            return p.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024
        return self.result(process, args, limit, keep)

    def serve(self, args, plugin=True, limit=120, keep=True):
        """The same by a tshark that has started already, where there is one and it can."""
        if not self.library or not server.can_serve(args):
            return self.run(args, plugin, limit, keep)
        own = self.server(plugin, server.flags(args))
        r = self.result(lambda out, err: own.run(args, out, err, limit), args, limit, keep)
        path = args[args.index('-r') + 1]
        return r._replace(out=r.out.replace(own.link.encode(), path.encode()))

    def report(self, args, limit=120):
        """Run tshark for a report: one in so many is asked of both kinds of tshark, which must print the same."""
        r = self.serve(args, limit=limit)
        name = ' '.join(args).replace(self.dir, '')
        if self.library and zlib.crc32(name.encode()) % COMPARED == 0:
            alone = self.run(args, limit=limit)
            if alone[:3] != r[:3]:
                raise Failure('a tshark that serves and one of its own differ: %s and %s' % (r[:3], alone[:3]))
        return r

    def server(self, plugin, flags):
        servers = self.of_thread.__dict__
        name = ' '.join(['plugin' if plugin else 'none', *flags])
        if name not in servers or servers[name].ended:
            servers[name] = self.servers.enter_context(
                server.Server([*self.tshark, *flags], self.library, self.dir, env=self.env(plugin), cwd=self.home, **self.user))
        return servers[name]

    def result(self, process, args, limit, keep):
        """What a process(out, err) of tshark gives."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, open(os.devnull, 'wb') as nothing:
            begin = time.monotonic()
            try:
                status, cpu, maxrss = process(out if keep else nothing, err)
            except TimeoutError:
                raise Failure('time limit of %d s: tshark %s' % (limit, ' '.join(args)))
            seconds = time.monotonic() - begin
            out.seek(0)
            err.seek(0)
            lines = [s for s in err.read().decode('utf-8', 'replace').splitlines() if s and 'Running as user "root"' not in s]
            return Result(status, out.read() if keep else b'', '\n'.join(lines), seconds, cpu, maxrss)
