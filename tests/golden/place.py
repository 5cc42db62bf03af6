"""A private place to run tshark in: copies of plugins and captures, own HOME, an ordinary user."""
import collections
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time

NOBODY = 65534
SKIPPED = 77    # what ctest takes for it
Result = collections.namedtuple('Result', 'status out err seconds cpu maxrss')   # maxrss in bytes


class Failure(Exception):
    """A check did not hold; the message says which."""


def skip(reason):
    """Ends a test that cannot be made here."""
    print('SKIPPED: ' + reason)
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
    def __init__(self, plugins, captures, tshark, generator=None):
        self.tshark = shlex.split(tshark)
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
        self.version = self.run(['-v']).out.decode().split('(Wireshark) ')[1].split('.')[:2]
        self.version = tuple(int(n) for n in self.version)

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def remove(self):
        shutil.rmtree(self.dir, ignore_errors=True)

    def run(self, args, plugin=True, limit=120, keep=True, under=()):
        """Run tshark, under another program if told; its output is dropped when keep is false."""
        env = dict(os.environ, HOME=self.home, XDG_CONFIG_HOME=os.path.join(self.home, '.config'), TZ='UTC',
                   LC_ALL='C.UTF-8', WIRESHARK_PLUGIN_DIR=self.plugins if plugin else self.no_plugins)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            begin = time.monotonic()
            p = subprocess.Popen([*under, *self.tshark, *args], stdin=subprocess.DEVNULL, stdout=out if keep else subprocess.DEVNULL,
                                 stderr=err, env=env, cwd=self.home, **self.user)
            late = threading.Event()
            timer = threading.Timer(limit, lambda: (late.set(), p.kill()))
            timer.start()
            _, status, usage = os.wait4(p.pid, 0)
            timer.cancel()
            p.returncode = os.waitstatus_to_exitcode(status)
            if late.is_set():
                raise Failure('time limit of %d s: tshark %s' % (limit, ' '.join(args)))
            out.seek(0)
            err.seek(0)
            lines = [s for s in err.read().decode('utf-8', 'replace').splitlines() if s and 'Running as user "root"' not in s]
            return Result(p.returncode, out.read() if keep else b'', '\n'.join(lines), time.monotonic() - begin,
                          usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)
