"""One start of tshark that serves many runs: the other end of server.c."""
import contextlib
import os
import signal
import socket
import struct
import subprocess
import tempfile

ANSWER = struct.Struct('=iiqq')
# Options that tshark heeds before it gets to where it serves; with the one, a server of its own serves.
TREE, EARLY = '-V', set('CGhOPvVxX')


def can_serve(args):
    """Or must tshark itself be started with these?"""
    return args.count('-r') == 1 and not any(a[:1] == '-' and a[1:2] in EARLY for a in args if a != TREE)


def flags(args):
    """What a server that takes these is started with."""
    return [TREE] if TREE in args else []


def with_library(command, library):
    """The command of tshark, with one more library in front."""
    if any(w.startswith('LD_PRELOAD=') for w in command):
        return [w + ':' + library if w.startswith('LD_PRELOAD=') else w for w in command]
    return ['env', 'LD_PRELOAD=' + library, *command]


class Server:
    """To be used by one thread at a time, and as a context."""

    def __init__(self, command, library, folder, env, **options):
        """The command has the flags of its runs. In that folder it keeps the link to its capture, by which reports name it."""
        self.ended = False
        self.link = os.path.join(tempfile.mkdtemp(prefix='server-', dir=folder), 'capture.pcapng')
        os.chmod(os.path.dirname(self.link), 0o755)
        self.socket, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there, tempfile.TemporaryFile() as err:
            self.process = subprocess.Popen([*with_library(command, library), '-r', self.link],
                                            env=dict(env, SSTPDIAG_SERVER=str(there.fileno())), pass_fds=[there.fileno()],
                                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=err,
                                            start_new_session=True, **options)
            there.close()
            self.answer(120)
            err.seek(0)
            self.said = err.read()      # while it started, which is part of each run

    def answer(self, limit):
        self.socket.settimeout(limit)
        try:
            answer = self.socket.recv(ANSWER.size)
        except TimeoutError:
            self.close()
            raise
        if not answer:
            self.close()
            raise OSError('a tshark that serves has ended')
        return ANSWER.unpack(answer)

    def run(self, args, out, err, limit):
        """(exit status, seconds of CPU, most bytes of memory); TimeoutError after limit seconds."""
        at = args.index('-r')
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.link)
        os.symlink(args[at + 1], self.link)
        err.write(self.said)
        err.flush()
        rest = [*args[:at], *args[at + 2:]]
        socket.send_fds(self.socket, [b''.join(os.fsencode(a) + b'\0' for a in rest)], [out.fileno(), err.fileno()])
        status, _, microseconds, kibibytes = self.answer(limit)
        return os.waitstatus_to_exitcode(status), microseconds / 1e6, kibibytes * 1024

    def close(self):
        """Ends it, with a run that may be going on."""
        if not self.ended:
            self.ended = True
            self.socket.close()
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
