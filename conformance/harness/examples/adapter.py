#!/usr/bin/env python3
"""An adapter in Python for the C library's shared memory: shmconf run -s "command:python3 adapter.py"

It speaks shmconf-protocol/1 on descriptor 3 with nothing but the standard library. To test another implementation,
replace the bodies of the class Calls. docs/protocol.md describes the lines.
"""

import array
import ctypes
import errno
import fcntl
import json
import mmap
import os
import resource
import signal
import socket
import sys
import time

PROTOCOL = "shmconf-protocol/1"
OPEN = {"RDONLY": os.O_RDONLY, "WRONLY": os.O_WRONLY, "RDWR": os.O_RDWR, "CREAT": os.O_CREAT, "EXCL": os.O_EXCL,
        "TRUNC": os.O_TRUNC, "CLOEXEC": os.O_CLOEXEC, "NOFOLLOW": os.O_NOFOLLOW, "NONBLOCK": os.O_NONBLOCK,
        "APPEND": os.O_APPEND}
PROT = {"READ": mmap.PROT_READ, "WRITE": mmap.PROT_WRITE, "EXEC": mmap.PROT_EXEC}
MAP = {"SHARED": mmap.MAP_SHARED, "PRIVATE": mmap.MAP_PRIVATE}
WHENCE = {"SET": os.SEEK_SET, "CUR": os.SEEK_CUR, "END": os.SEEK_END}
CANNOT = {
    "fork": "this adapter does not fork",
    "exec": "this adapter does not exec",
    "pid-namespace": "this adapter does not fork",
    "limited-store": "this adapter does not mount",
    "seals": "this adapter has no seals",
    "listing": "this adapter does not list names",
    "unique-names": "this adapter has no generator of names",
}

if not hasattr(os, "posix_fallocate"):
    CANNOT["reserving"] = "this Python has no os.posix_fallocate"
if not hasattr(resource, "RLIMIT_AS"):
    CANNOT["address-space"] = "this system does not limit address space"

libc = ctypes.CDLL(None, use_errno=True)
# The mode that follows is passed as variadic arguments are.
libc.shm_open.argtypes = [ctypes.c_char_p, ctypes.c_int]
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int64]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


class NotMade(Exception):
    """The call cannot be made: a label in it stands for nothing."""


class Unsupported(Exception):
    """The adapter has no such call."""


def bits(words, table):
    return 0 if words == "0" else sum(table[word] for word in words.split("|"))


def checked(returned):
    if returned == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return returned


def runs(data):
    """Bytes as the protocol writes them: `41*8 00*4088`."""
    out, start = [], 0
    for at in range(1, len(data) + 1):
        if at == len(data) or data[at] != data[start]:
            out.append("%02x*%d" % (data[start], at - start))
            start = at
    return {"bytes": " ".join(out) or "empty"}


def whole_pages(length):
    return -(-length // mmap.PAGESIZE) * mmap.PAGESIZE


class Calls:
    """One method a call. What it returns is the outcome; an OSError is one too."""

    def __init__(self):
        self.peers, self.descriptors, self.maps = {}, {}, {}
        self.prefix, self.made, self.first_fds = "/sc", 0, []
        # Has a call changed what is not given back here?
        self.changed = False

    def reset(self):
        """Gives back what the calls of a script have brought; a process that is not clean is replaced."""
        for start, length in self.maps.values():
            libc.munmap(start, length)
        for peer in self.peers.values():
            self.drain(peer)
        for fd in set(open_descriptors()) - set(self.first_fds):
            os.close(fd)
        self.descriptors, self.maps = {}, {}
        return not self.changed

    def drain(self, peer):
        try:
            while peer.recvmsg(1, socket.CMSG_SPACE(4 * 253), socket.MSG_DONTWAIT)[0]:
                pass
        except BlockingIOError:
            pass

    def fd(self, label):
        if label not in self.descriptors:
            raise NotMade("no descriptor is called " + label)
        return self.descriptors[label]

    def range(self, label, offset=0, length=None):
        if label not in self.maps:
            raise NotMade("no mapping is called " + label)
        start, size = self.maps[label]
        length = size if length is None else length
        if offset < 0 or length < 0 or offset + length > size:
            raise NotMade("the range is outside the mapping")
        return start + offset, length

    def bound(self, bind, fd):
        self.descriptors.update({label: fd for label in bind[:1]})
        return {"fd": fd}

    def shm_open(self, bind, name, flags, mode=0):
        return self.bound(bind, checked(libc.shm_open(name.encode(), bits(flags, OPEN), mode)))

    def shm_unlink(self, bind, name):
        checked(libc.shm_unlink(name.encode()))

    def create(self, bind, size):
        self.made += 1
        name = "%s%x-%x" % (self.prefix, os.getpid(), self.made)
        fd = checked(libc.shm_open(name.encode(), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0))
        try:
            checked(libc.shm_unlink(name.encode()))
            os.ftruncate(fd, size)
        except OSError:
            os.close(fd)
            raise
        return self.bound(bind, fd)

    def ftruncate(self, bind, fd, size):
        os.ftruncate(self.fd(fd), size)

    def posix_fallocate(self, bind, fd, offset, len):
        os.posix_fallocate(self.fd(fd), offset, len)

    def fstat(self, bind, fd):
        stat = os.fstat(self.fd(fd))
        return {"stat": {"size": stat.st_size, "mode": stat.st_mode & 0o7777, "uid": stat.st_uid, "gid": stat.st_gid}}

    def fchmod(self, bind, fd, mode):
        os.fchmod(self.fd(fd), mode)

    def mmap(self, bind, fd, offset, len, prot, flags):
        length = len % 2**64
        start = libc.mmap(None, length, bits(prot, PROT), bits(flags, MAP), self.fd(fd), offset)
        checked(-1 if start == ctypes.c_void_p(-1).value else 0)
        self.maps.update({label: (start, whole_pages(length)) for label in bind[:1]})

    def munmap(self, bind, map, range=None):
        start, length = self.range(map, **({"offset": range["offset"], "length": range["len"]} if range else {}))
        checked(libc.munmap(start, length))
        if range:
            # By then something else may lie in the hole.
            self.changed = True
            return
        del self.maps[map]

    def mprotect(self, bind, map, prot):
        checked(libc.mprotect(*self.range(map), bits(prot, PROT)))

    def store(self, bind, map, offset, byte, len):
        start, length = self.range(map, offset, len)
        ctypes.memset(start, byte, length)

    def load(self, bind, map, offset, len):
        return runs(ctypes.string_at(*self.range(map, offset, len)))

    def read(self, bind, fd, len):
        return runs(os.read(self.fd(fd), len))

    def write(self, bind, fd, byte, len):
        return {"value": os.write(self.fd(fd), bytes([byte]) * len)}

    def pread(self, bind, fd, offset, len):
        return runs(os.pread(self.fd(fd), len, offset))

    def pwrite(self, bind, fd, offset, byte, len):
        return {"value": os.pwrite(self.fd(fd), bytes([byte]) * len, offset)}

    def lseek(self, bind, fd, offset, whence):
        return {"value": os.lseek(self.fd(fd), offset, WHENCE[whence])}

    def dup(self, bind, fd):
        # os.dup would set FD_CLOEXEC, which dup does not.
        return self.bound(bind, fcntl.fcntl(self.fd(fd), fcntl.F_DUPFD, 0))

    def close(self, bind, fd):
        os.close(self.fd(fd))

    def fcntl_getfd(self, bind, fd):
        return {"value": fcntl.fcntl(self.fd(fd), fcntl.F_GETFD) & fcntl.FD_CLOEXEC}

    def fcntl_setfd(self, bind, fd, cloexec):
        fcntl.fcntl(self.fd(fd), fcntl.F_SETFD, fcntl.FD_CLOEXEC if cloexec else 0)

    def fcntl_getfl(self, bind, fd):
        return {"access": ["RDONLY", "WRONLY", "RDWR"][fcntl.fcntl(self.fd(fd), fcntl.F_GETFL) & os.O_ACCMODE]}

    def send(self, bind, to, fds):
        numbers = array.array("i", [self.fd(fd) for fd in fds])
        self.peer(to).sendmsg([b"."], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, numbers)] if fds else [])

    def recv(self, bind, **arguments):
        room = arguments.get("room", len(bind))
        # CMSG_SPACE may leave room for one more; without the padding some systems take the buffer for too small.
        space = socket.CMSG_LEN if "room" in arguments else socket.CMSG_SPACE
        data, control, flags, _ = self.peer(arguments["from"]).recvmsg(1, space(4 * room) if room else 0)
        if not data:
            raise NotMade("the peer is gone")
        arrived = array.array("i")
        for _, _, payload in control:
            arrived.frombytes(payload[: len(payload) // 4 * 4])
        for fd in arrived:
            os.set_inheritable(fd, False)
        self.descriptors.update(zip(bind, arrived))
        return {"received": {"fds": list(arrived), "truncated": bool(flags & socket.MSG_CTRUNC)}}

    def peer(self, label):
        if label not in self.peers:
            raise NotMade("there is no socket to " + label)
        return self.peers[label]

    def exit(self, bind, code):
        os._exit(code)

    def kill(self, bind, signal):
        os.kill(os.getpid(), SIGNALS[signal])

    def sigignore(self, bind, signal):
        self.changed = True
        IGNORE(SIGNALS[signal])

    def umask(self, bind, mode):
        self.changed = True
        return {"value": os.umask(mode)}

    def rlimit(self, bind, resource, limit):
        self.changed = True
        number = getattr(RESOURCE, "RLIMIT_" + resource)
        RESOURCE.setrlimit(number, (limit, RESOURCE.getrlimit(number)[1]))

    def setuid(self, bind, uid):
        self.changed = True
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)

    def fds(self, bind):
        return {"value": len(set(open_descriptors()) - set(self.first_fds))}


RESOURCE = resource
SIGNALS = signal.Signals.__members__


def IGNORE(number):
    signal.signal(number, signal.SIG_IGN)


def open_descriptors():
    found = []
    for fd in range(4096):
        try:
            fcntl.fcntl(fd, fcntl.F_GETFD)
            found.append(fd)
        except OSError:
            pass
    return found


def perform(calls, line):
    """The outcome of one call."""
    arguments = dict(line["call"])
    name = arguments.pop("call")
    try:
        method = METHODS.get(name)
        if method is None:
            raise Unsupported("this adapter does not make the call " + name)
        return method(calls, line.get("bind", []), **arguments) or "ok"
    except OSError as error:
        return {"errno": errno.errorcode.get(error.errno, "errno %d" % error.errno)}
    except NotMade as reason:
        return {"not_executed": str(reason)}
    except Unsupported as reason:
        return {"unsupported": str(reason)}
    except (OverflowError, ValueError, MemoryError) as error:
        return {"unsupported": "Python refuses: %s" % error}


NO_CALLS = ("fd", "range", "bound", "peer", "reset", "drain")
METHODS = {name: method for name, method in vars(Calls).items() if name not in NO_CALLS}


def main():
    calls = Calls()
    control = socket.socket(fileno=3)
    # What Python changed for itself.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)

    def reply(kind, **members):
        control.sendall(json.dumps({"type": kind, **members}).encode() + b"\n")

    for text in control.makefile("r"):
        line = json.loads(text)
        if line["type"] == "start":
            if line["protocol"] != PROTOCOL:
                reply("error", message="this adapter speaks " + PROTOCOL)
                return
            calls.prefix = line["prefix"]
            calls.peers = {label: socket.socket(fileno=fd) for label, fd in line.get("peers", {}).items()}
            calls.first_fds = open_descriptors()
            mask = os.umask(0o022)
            os.umask(mask)
            cannot = dict(CANNOT)
            if os.geteuid() != 0:
                cannot["root"] = "this process is uid %d, not root" % os.geteuid()
            reply("started", protocol=PROTOCOL, uid=os.geteuid(), gid=os.getegid(), umask=mask, fds=calls.first_fds,
                  cannot=cannot)
        elif line["type"] == "call":
            while time.monotonic_ns() < line.get("at", 0):
                pass
            start = time.monotonic_ns()
            outcome = perform(calls, line)
            reply("answer", seq=line["seq"], outcome=outcome, start=start, end=time.monotonic_ns())
        elif line["type"] == "reset":
            reply("reset", clean=calls.reset())
        elif line["type"] == "stop":
            return


if __name__ == "__main__":
    sys.exit(main())
