"""Has an implementation of shared memory take part in `shmconf run -s command:PROGRAM`. adapter.py shows how.

Copy this file freely: it speaks shmconf-protocol/1 on descriptor 3 with nothing but the standard library. docs/protocol.md
describes the lines. It may be used under either of the licenses of the project that it comes from, or under 0BSD.
"""

import _thread
import array
import ctypes
import errno
import fcntl
import json
import mmap
import os
import re
import resource
import select
import signal
import socket
import stat
import sys
import time

PROTOCOL, CONTROL = "shmconf-protocol/1", 3
OPEN = {name[2:]: getattr(os, name) for name in ("O_RDONLY", "O_WRONLY", "O_RDWR", "O_CREAT", "O_EXCL", "O_TRUNC", "O_CLOEXEC",
                                                 "O_NOFOLLOW", "O_NONBLOCK", "O_APPEND", "O_SYNC", "O_DIRECTORY")}
PROT = {"READ": mmap.PROT_READ, "WRITE": mmap.PROT_WRITE, "EXEC": mmap.PROT_EXEC}
MAP_FIXED = 0x10  # on every system
MAP = {"SHARED": mmap.MAP_SHARED, "PRIVATE": mmap.MAP_PRIVATE}
ACCESS = {os.O_RDONLY: "RDONLY", os.O_WRONLY: "WRONLY", os.O_RDWR: "RDWR"}
LOCKS = {"RDLCK": fcntl.LOCK_SH | fcntl.LOCK_NB, "WRLCK": fcntl.LOCK_EX | fcntl.LOCK_NB, "UNLCK": fcntl.LOCK_UN}
FILE_LOCKS = {"SH": fcntl.LOCK_SH | fcntl.LOCK_NB, "EX": fcntl.LOCK_EX | fcntl.LOCK_NB, "UN": fcntl.LOCK_UN}
KINDS = {0: "NONE", stat.S_IFREG: "REG", stat.S_IFCHR: "CHR", stat.S_IFIFO: "FIFO", stat.S_IFDIR: "DIR", stat.S_IFSOCK: "SOCK",
         stat.S_IFBLK: "BLK", stat.S_IFLNK: "LNK"}
WHENCES = {"SET": os.SEEK_SET, "CUR": os.SEEK_CUR, "END": os.SEEK_END, "DATA": getattr(os, "SEEK_DATA", 3),
           "HOLE": getattr(os, "SEEK_HOLE", 4)}
MEMFD = {"CLOEXEC": 1, "ALLOW_SEALING": 2, "NOEXEC_SEAL": 8, "EXEC": 16, "UNKNOWN": 256}
PUNCH_HOLE, KEEP_SIZE = 2, 1
MS_SYNC = {"linux": 4, "darwin": 16, "netbsd": 4, "openbsd": 2}.get(sys.platform.rstrip("0123456789"), 0)
NO_SIGNAL = getattr(socket, "MSG_NOSIGNAL", 0)
NO_SIGPIPE = 0x1022 if sys.platform == "darwin" else None  # SO_NOSIGPIPE, in place of the flag
SIGNALS, FENCE = signal.Signals.__members__, _thread.allocate_lock()
# An error with a name that is none of these is `errno` and its number.
ERRORS = set("""E2BIG EACCES EAGAIN EBADF EBUSY ECAPMODE ECONNRESET EDEADLK EEXIST EFAULT EFBIG EFTYPE EINTR EINVAL EIO EISDIR ELOOP EMFILE
EMSGSIZE ENAMETOOLONG ENFILE ENOBUFS ENODEV ENOENT ENOLCK ENOMEM ENOSPC ENOSYS ENOTDIR ENOTSUP ENOTTY ENXIO EOPNOTSUPP EOVERFLOW
EPERM EPIPE EROFS ESPIPE ETIMEDOUT ETOOMANYREFS ETXTBSY""".split())
MOST_TRANSFER, MOST_FDS, FAILED = 64 << 20, 4096, ctypes.c_void_p(-1).value

POLL = []
libc = ctypes.CDLL(None, use_errno=True)
# The mode that follows is passed as variadic arguments are.
libc.shm_open.argtypes = [ctypes.c_char_p, ctypes.c_int]
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int64]
libc.munmap.argtypes = libc.mlock.argtypes = libc.munlock.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
libc.mprotect.argtypes = libc.msync.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


class System:
    """The system's shared memory. A call returns what it does in C, and an OSError is an outcome too."""

    own_store = False  # do names lie in a store of its own, where the system's shm_unlink finds none?
    cannot = {}  # what it cannot do, by the needs of docs/scripts.md, each with the reason

    def shm_open(self, name, oflag, mode):
        return checked(libc.shm_open(name, oflag, mode))

    def shm_unlink(self, name):
        checked(libc.shm_unlink(name))

    def create(self, name, size):
        """An object without a name, of mode 0. The name is free for this, and swept up by the harness if need be."""
        fd = self.shm_open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0)
        try:
            self.shm_unlink(name)
            os.ftruncate(fd, size)
        except OSError:
            os.close(fd)
            raise
        return fd

    def reset(self):
        """Gives back what it keeps for itself; descriptors and mappings of the script are given back without it."""


class NotExecuted(Exception):
    """The call cannot be made: a label in it stands for nothing, or no call in C has such an argument."""


class Unsupported(Exception):
    """The implementation cannot do this, and why."""


def bits(words, table):
    return 0 if words == "0" else sum(table[word] for word in words.split("|"))


def checked(returned):
    if returned == -1:
        raise OSError(ctypes.get_errno(), "")
    return returned


def text(name):
    if "\0" in name:
        raise NotExecuted("a name in C cannot have a zero byte")
    return name.encode()


def transfer(length):
    if length < 0:
        raise NotExecuted("a buffer cannot have %d bytes" % length)
    return min(length, MOST_TRANSFER)


def pages(length):
    return -(-length // mmap.PAGESIZE) * mmap.PAGESIZE


def runs(data):
    """Bytes as the protocol writes them: `41*8 00*4088`."""
    found = re.finditer(rb"(.)\1*", data, re.DOTALL)
    return {"bytes": " ".join("%02x*%d" % (run[0][0], run.end() - run.start()) for run in found) or "empty"}


def access(flags):
    """An access mode, with the flags that can be set."""
    return "|".join([ACCESS[flags & os.O_ACCMODE]] + [word for word in ("NONBLOCK", "APPEND") if flags & OPEN[word]])


def open_descriptors():
    def is_open(fd):
        try:
            return fcntl.fcntl(fd, fcntl.F_GETFD) >= 0
        except OSError:
            return False

    if not POLL:
        POLL.append(select.poll())
        [POLL[0].register(fd, 0) for fd in range(MOST_FDS)]
    try:
        return set(range(MOST_FDS)) - {fd for fd, event in POLL[0].poll(0) if event & select.POLLNVAL}
    except OSError:  # They are more than the limit of descriptors.
        return set(filter(is_open, range(MOST_FDS)))


class Actor:
    """What the labels of a script stand for, and what must be given back."""

    CANNOT = {"exec": "this adapter does not exec", "directory-store": "this adapter lays no files",
              "pid-namespace": "this adapter makes no PID namespace",
              "limited-store": "this adapter does not mount", "seals": "this adapter has no seals",
              "listing": "this adapter does not list names", "unique-names": "it has no generator of names"}

    def __init__(self, implementation):
        self.implementation, self.mask, self.first_fds = implementation, os.umask(0o22), open_descriptors()
        os.umask(self.mask)
        self.peers, self.children, self.born, self.made, self.prefix = {}, {}, {}, 0, ""
        self.forget()

    def forget(self):
        self.fds, self.maps, self.nameless, self.holes, self.limits, self.ignored = {}, {}, [], [], {}, []
        self.period = 0
        self.over = set()

    def cannot(self):
        none = {"reserving": not hasattr(os, "posix_fallocate"), "address-space": not hasattr(resource, "RLIMIT_AS"),
                "locked-memory": not hasattr(resource, "RLIMIT_MEMLOCK"),
                "root": os.geteuid() != 0, "memfd": not hasattr(os, "memfd_create"), "punching": sys.platform != "linux",
                "reopening": sys.platform != "linux", "close-on-fork": True}
        missing = {need: "this system, or this user, has none" for need, is_missing in none.items() if is_missing}
        return {**self.CANNOT, **missing, **self.implementation.cannot}

    def reset(self):
        """Gives everything back. Answers whether this process is as it was after `start`."""
        os.umask(self.mask)
        for number, limit in self.limits.items():
            resource.setrlimit(number, limit)
        for number in self.ignored:
            signal.signal(number, signal.SIG_DFL)
        for start, length in [*self.maps.values(), *self.nameless, *self.holes]:
            libc.munmap(start, length)
        for peer in self.peers.values():
            try:
                while peer.recvmsg(1, socket.CMSG_SPACE(4 * 253), socket.MSG_DONTWAIT)[0]:
                    pass
            except OSError:
                pass
        self.implementation.reset()
        for fd in open_descriptors() - self.first_fds:
            os.close(fd)
        self.forget()
        return not self.born and 0 in self.first_fds

    def close_stdin(self):
        if 0 in self.first_fds:
            self.first_fds.discard(0)
            os.close(0)
        elif 0 in open_descriptors():
            raise NotExecuted("0 is the number of a descriptor of the script")

    def removes(self, name):
        """Removes a name of a store of one's own. Answers whether it is gone."""
        try:
            self.implementation.shm_unlink(text(name))
        except OSError as error:
            return error.errno in (errno.ENOENT, errno.EINVAL, errno.ENAMETOOLONG)
        except NotExecuted:  # No object can have that name.
            pass
        return True

    def of(self, known, label, what):
        if label not in known:
            raise NotExecuted("no %s is called %s" % (what, label))
        return known[label]

    def fd(self, label):
        return self.of(self.fds, label, "descriptor")

    def range(self, label, offset, length):
        start, size = self.of(self.maps, label, "mapping")
        if offset < 0 or length < 0 or offset + length > size:
            raise NotExecuted("the range is outside the mapping")
        return start + offset, length

    def opened(self, bind, fd):
        self.fds.update({label: fd for label in bind[:1]})
        return {"fd": fd}

    def create(self, bind, size):
        self.made += 1
        return self.opened(bind, self.implementation.create(b"%s%x-%x" % (self.prefix, os.getpid(), self.made), size))

    def mmap(self, bind, fd, offset, len, prot, flags, over=None):
        # A negative length is the largest there is, as it would be in C.
        length = len if len >= 0 else 2**64 - 1
        place = self.range(over["map"], over["at"], length)[0] if over else None
        fixed = MAP_FIXED if over else 0
        start = libc.mmap(place, length, bits(prot, PROT), bits(flags, MAP) | fixed, self.fd(fd), offset)
        checked(-1 if start == FAILED else 0)
        if over:
            self.fill(start, pages(length))
        label = bind[0] if bind else ""
        self.nameless += [self.maps[label]] if label in self.maps else []
        self.maps[label] = start, pages(length)
        (self.over.add if over else self.over.discard)(label)

    def munmap(self, bind, map, range=None):
        start, length = self.range(map, range["offset"], range["len"]) if range else self.of(self.maps, map, "mapping")
        checked(libc.munmap(start, length))
        self.fill(start, pages(length))
        if range or map in self.over:
            # The addresses of a part, and of what lies over another mapping, stay that mapping's.
            self.holes.append((start, pages(length)))
            self.reserve()
        else:
            # What lay over it went with it.
            self.maps = {label: found for label, found in self.maps.items() if not start <= found[0] < start + length}

    def fill(self, start, length):
        """Something is mapped in a range again, or all of the addresses are given up."""
        end = start + length
        parts = [part for at, size in self.holes for part in ((at, min(at + size, start) - at), (max(at, end), at + size - max(at, end)))]
        self.holes = [(at, size) for at, size in parts if size > 0]

    def over_holes(self, call, start, length, *more):
        """A call for which unmapped parts are what they are."""
        for hole in self.holes:
            libc.munmap(*hole)
        try:
            checked(call(start, length, *more))
        finally:
            self.reserve()

    def mprotect(self, bind, map, prot, range=None):
        where = self.range(map, range["offset"], range["len"]) if range else self.of(self.maps, map, "mapping")
        self.over_holes(libc.mprotect, *where, bits(prot, PROT))

    def msync(self, bind, map):
        self.over_holes(libc.msync, *self.of(self.maps, map, "mapping"), MS_SYNC)

    def mlock(self, bind, map):
        self.over_holes(libc.mlock, *self.of(self.maps, map, "mapping"))

    def munlock(self, bind, map):
        self.over_holes(libc.munlock, *self.of(self.maps, map, "mapping"))

    def reserve(self):
        """Keeps unmapped parts of a mapping from malloc, by pages that cannot be accessed."""
        for start, length in self.holes:
            got = libc.mmap(start, length, 0, mmap.MAP_PRIVATE | mmap.MAP_ANON, -1, 0)
            if got not in (start, FAILED):
                libc.munmap(got, length)

    def store(self, bind, map, offset, byte, len):
        start, length = self.range(map, offset, len)
        ctypes.memset(start, byte, length)

    def stat(self, stat):
        return {"stat": {"size": stat.st_size, "mode": stat.st_mode & 0o7777, "uid": stat.st_uid, "gid": stat.st_gid}}

    def send(self, bind, to, fds):
        numbers = array.array("i", [self.fd(fd) for fd in fds])
        control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, numbers)] if fds else []
        self.of(self.peers, to, "peer").sendmsg([b"."], control, NO_SIGNAL)

    def pair(self, bind, ends):
        for fd in ends:
            os.set_inheritable(fd, True)  # as in C
        self.fds.update(zip(bind, ends))
        return {"received": {"fds": list(ends), "truncated": False}}

    def recv(self, bind, room=None, **arguments):
        # CMSG_SPACE may leave room for one more; without the padding some systems take the buffer for too small.
        space = socket.CMSG_SPACE if room is None else socket.CMSG_LEN
        room = len(bind) if room is None else room
        data, control, flags, _ = self.of(self.peers, arguments["from"], "peer").recvmsg(1, space(4 * room) if room else 0)
        if not data:
            raise NotExecuted("the peer is gone")
        arrived = array.array("i", b"".join(payload[: len(payload) // 4 * 4] for _, _, payload in control))
        for fd in arrived:
            os.set_inheritable(fd, False)
        self.fds.update(zip(bind, arrived))
        return {"received": {"fds": list(arrived), "truncated": bool(flags & socket.MSG_CTRUNC)}}

    def fallocate(self, fd, offset, length):
        """Reserves storage, interrupted by a timer where the script has set one; Python goes on after a signal by itself."""
        if self.period:
            signal.signal(signal.SIGALRM, lambda *_: None)
            signal.setitimer(signal.ITIMER_REAL, self.period / 1000, self.period / 1000)
        try:
            os.posix_fallocate(fd, offset, length)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def ignore(self, number):
        self.ignored.append(number)
        signal.signal(number, signal.SIG_IGN)

    def rlimit(self, bind, limit, **arguments):
        number = getattr(resource, "RLIMIT_" + arguments["resource"])
        before = resource.getrlimit(number)
        self.limits.setdefault(number, before)
        resource.setrlimit(number, (limit, before[1]))

    def start(self, request):
        """Takes over what `start` gives it, and says who it is."""
        self.prefix, self.children = request["prefix"].encode(), request.get("children", {})
        self.peers = {label: socket.socket(fileno=fd) for label, fd in request.get("peers", {}).items()}
        for peer in self.peers.values() if NO_SIGPIPE else ():
            peer.setsockopt(socket.SOL_SOCKET, NO_SIGPIPE, 1)
        given = {0, 1, 2, CONTROL, *request.get("peers", {}).values()}.union(*self.children.values())
        return {"protocol": PROTOCOL, "uid": os.geteuid(), "gid": os.getegid(), "umask": self.mask,
                "fds": sorted(self.first_fds), "own_store": self.implementation.own_store,
                "template": self.first_fds <= given, "cannot": self.cannot()}

    def fork(self, bind, child, pid_namespace=False):
        sockets = self.of(self.children, child, "child")
        pid = os.fork()
        # A script may leave no descriptor free: sockets of the harness are replaced while the limit is lifted.
        limit, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        enough = MOST_FDS if hard == resource.RLIM_INFINITY else min(MOST_FDS, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (enough, hard))
        null = os.open("/dev/null", os.O_RDWR)
        if pid:  # The numbers stay taken, so that they are not given to the script.
            lost = self.children.pop(child)
            self.born[child] = pid
        else:
            os.dup2(sockets[0], CONTROL, False)
            lost = {peer.fileno() for peer in self.peers.values()}.union(*self.children.values()) - set(sockets[1:])
            [peer.detach() for peer in self.peers.values()]
            self.peers, self.children, self.born = {}, {}, {}
        [os.dup2(null, fd, False) for fd in lost]
        os.close(null)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
        return pid


chose_groups = False


def become(uid):
    if not chose_groups:
        os.setgroups([uid]), os.setgid(uid)
    elif os.geteuid():
        raise PermissionError(errno.EPERM, "root alone becomes another user")
    os.setuid(uid)


def take_groups(take, groups):
    global chose_groups
    take(groups)
    chose_groups = True


def later(value):
    time.sleep(0.02)  # Clocks of file systems step by 10 ms at most.
    return value


CALLS = {  # What is not named here is answered `unsupported`, and so is an argument that is not known.
    "shm_open": lambda a, bind, name, flags, mode=0: a.opened(bind, a.implementation.shm_open(text(name), bits(flags, OPEN), mode)),
    "shm_unlink": lambda a, bind, name: a.implementation.shm_unlink(text(name)),
    "create": Actor.create, "mmap": Actor.mmap, "munmap": Actor.munmap, "mprotect": Actor.mprotect, "msync": Actor.msync, "mlock": Actor.mlock, "munlock": Actor.munlock, "send": Actor.send,
    "pipe": lambda a, bind: a.pair(bind, os.pipe()),
    "socketpair": lambda a, bind: a.pair(bind, [end.detach() for end in socket.socketpair()]),
    "recv": Actor.recv, "rlimit": Actor.rlimit, "fork": Actor.fork,
    "ftruncate": lambda a, bind, fd, size: os.ftruncate(a.fd(fd), size),
    "posix_fallocate": lambda a, bind, fd, offset, len: a.fallocate(a.fd(fd), offset, len),
    "alarm": lambda a, bind, period: setattr(a, "period", period),
    "memfd_create": lambda a, bind, name, flags: a.opened(bind, os.memfd_create(text(name), bits(flags, MEMFD))),
    "punch": lambda a, bind, fd, offset, len: checked(libc.fallocate(
        a.fd(fd), PUNCH_HOLE | KEEP_SIZE, ctypes.c_longlong(offset), ctypes.c_longlong(len))) and None,
    "fstat": lambda a, bind, fd: a.stat(os.fstat(a.fd(fd))),
    "fchmod": lambda a, bind, fd, mode: os.fchmod(a.fd(fd), mode),
    "fchown": lambda a, bind, fd, uid, gid: os.fchown(a.fd(fd), uid, gid),
    "inode": lambda a, bind, fd: {"value": os.fstat(a.fd(fd)).st_ino},
    "links": lambda a, bind, fd: {"value": os.fstat(a.fd(fd)).st_nlink},
    "filetype": lambda a, bind, fd: {"file_type": KINDS.get(stat.S_IFMT(os.fstat(a.fd(fd)).st_mode), "OTHER")},
    "blocks": lambda a, bind, fd: {"value": os.fstat(a.fd(fd)).st_blocks},
    "timestamp": lambda a, bind, fd, which: {"value": later(getattr(os.fstat(a.fd(fd)), f"st_{which.lower()}_ns"))},
    "read": lambda a, bind, fd, len: runs(os.read(a.fd(fd), transfer(len))),
    "write": lambda a, bind, fd, byte, len: {"value": os.write(a.fd(fd), bytes([byte]) * transfer(len))},
    "pread": lambda a, bind, fd, offset, len: runs(os.pread(a.fd(fd), transfer(len), offset)),
    "pwrite": lambda a, bind, fd, offset, byte, len: {"value": os.pwrite(a.fd(fd), bytes([byte]) * transfer(len), offset)},
    "lseek": lambda a, bind, fd, offset, whence: {"value": os.lseek(a.fd(fd), offset, WHENCES[whence])},
    "dup": lambda a, bind, fd: a.opened(bind, checked(libc.dup(a.fd(fd)))),  # os.dup would set FD_CLOEXEC
    "dup2": lambda a, bind, fd, onto: a.opened(bind, checked(libc.dup2(a.fd(fd), a.fd(onto)))),
    "fcntl_dupfd": lambda a, bind, fd, least: a.opened(bind, fcntl.fcntl(a.fd(fd), fcntl.F_DUPFD, least)),
    "reopen": lambda a, bind, fd, flags: a.opened(bind, checked(libc.open(b"/proc/self/fd/%d" % a.fd(fd), bits(flags, OPEN)))),
    "close": lambda a, bind, fd: os.close(a.fd(fd)),
    "fcntl_getfd": lambda a, bind, fd: {"value": fcntl.fcntl(a.fd(fd), fcntl.F_GETFD) & fcntl.FD_CLOEXEC},
    "fcntl_setfd": lambda a, bind, fd, cloexec: fcntl.fcntl(a.fd(fd), fcntl.F_SETFD, fcntl.FD_CLOEXEC * cloexec),
    "fcntl_getfl": lambda a, bind, fd: {"access": access(fcntl.fcntl(a.fd(fd), fcntl.F_GETFL))},
    "fcntl_setfl": lambda a, bind, fd, flags: fcntl.fcntl(a.fd(fd), fcntl.F_SETFL, bits(flags, OPEN)) and None,
    "fcntl_setlk": lambda a, bind, fd, lock: fcntl.lockf(a.fd(fd), LOCKS[lock]),
    "flock": lambda a, bind, fd, lock: fcntl.flock(a.fd(fd), FILE_LOCKS[lock]),
    "fds": lambda a, bind: {"value": len(open_descriptors() - a.first_fds)},
    "store": Actor.store,
    "load": lambda a, bind, map, offset, len: runs(ctypes.string_at(*a.range(map, offset, len))),
    "exit": lambda a, bind, code: os._exit(code),
    "kill": lambda a, bind, signal: os.kill(os.getpid(), SIGNALS[signal]),
    "sigignore": lambda a, bind, signal: a.ignore(SIGNALS[signal]),
    "close_stdin": lambda a, bind: a.close_stdin(),
    "umask": lambda a, bind, mode: {"value": os.umask(mode)},
    "setgid": lambda a, bind, gid: take_groups(os.setgid, gid),
    "setgroups": lambda a, bind, gids: take_groups(os.setgroups, gids),
    "setuid": lambda a, bind, uid: become(uid), "seteuid": lambda a, bind, uid: os.seteuid(uid),
}


def outcome_of(actor, request):
    """The outcome of a call, and the number of the child that it made; None in the child."""
    arguments = dict(request["call"])
    name = arguments.pop("call")
    try:
        if name not in CALLS or arguments.get("pid_namespace"):
            return {"unsupported": "this adapter does not make the call " + name}, 0
        returned = CALLS[name](actor, request.get("bind", []), **arguments)
        return ("ok", returned) if name == "fork" else (returned or "ok", 0)
    except OSError as error:
        name = errno.errorcode.get(error.errno)
        return {"errno": name if name in ERRORS else "errno %d" % error.errno}, 0
    except NotExecuted as reason:
        return {"not_executed": str(reason)}, 0
    except Unsupported as reason:
        return {"unsupported": str(reason)}, 0
    except (TypeError, OverflowError, ValueError, MemoryError) as error:
        return {"unsupported": "Python refuses: %s" % error}, 0


def reap(actor, child):
    status = os.waitpid(actor.born.pop(child), 0)[1]
    return {"exited": os.WEXITSTATUS(status)} if os.WIFEXITED(status) else {"signal": signal.Signals(os.WTERMSIG(status)).name}


def template():
    """Forks an actor for each `fork`, which it returns in. An interpreter forks faster than it starts."""
    link = socket.socket(fileno=CONTROL)
    link.sendall(b'{"type":"ready"}\n')
    while True:
        data, control, _, _ = link.recvmsg(64, socket.CMSG_SPACE(4 * 253))
        if not data:
            os._exit(0)
        sockets = array.array("i", b"".join(payload for _, _, payload in control))
        ready, writer = os.pipe()
        between = os.fork()
        if not between:
            actor = os.fork()
            if actor:  # The actor is to be the harness's child, so its parent ends.
                os.write(writer, b"%d" % actor)
                os._exit(0)
            link.detach()
            [os.dup2(fd, CONTROL + at) for at, fd in enumerate(sockets)]
            return os.closerange(CONTROL + len(sockets), writer + 1)
        os.waitpid(between, 0)
        link.sendall(b'{"type":"forked","pid":%d}\n' % int(os.read(ready, 16)))
        for fd in [ready, writer, *sockets]:
            os.close(fd)


def serve(implementation):
    for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):  # What Python changed for itself.
        signal.signal(number, signal.SIG_DFL)
    actor, replies, pending = Actor(implementation), [], b""

    def flush():
        data = memoryview(b"".join(replies))
        while data:
            data = data[os.write(CONTROL, data):]
        replies.clear()

    def reply(kind, **members):
        replies.append(json.dumps({"type": kind, **members}).encode() + b"\n")

    while True:
        flush()
        arrived = os.read(CONTROL, 65536)
        if not arrived:
            return
        *lines, pending = (pending + arrived).split(b"\n")
        for request in map(json.loads, lines):
            if request["type"] == "call":
                if "at" in request or "flush" in request or request["call"]["call"] in ("fork", "exit", "kill"):
                    flush()
                while time.monotonic_ns() < request.get("at", 0):
                    pass
                with FENCE:
                    start = time.monotonic_ns()
                outcome, pid = outcome_of(actor, request)
                with FENCE:
                    end = time.monotonic_ns()
                if outcome == "ok" and request["call"]["call"] == "fork" and not pid:  # This is the child: it is told who it is.
                    pending = b""
                    break
                reply("answer", seq=request["seq"], outcome=outcome, start=start, end=end, **({"pid": pid} if pid else {}))
            elif request["type"] == "reset":
                reply("reset", clean=actor.reset())
            elif request["type"] == "sweep":
                reply("swept", left=[name for name in request["names"] if not actor.removes(name)])
            elif request["type"] == "reap":
                reply("reaped", child=request["child"], outcome=reap(actor, request["child"]))
            elif request["type"] == "start" and request["protocol"] == PROTOCOL:
                reply("started", **actor.start(request))
            elif request["type"] == "start":
                reply("error", message="this adapter speaks " + PROTOCOL)
            elif request["type"] == "template":
                template()
                actor, pending = Actor(implementation), b""
                break
            elif request["type"] == "stop":
                return flush()
