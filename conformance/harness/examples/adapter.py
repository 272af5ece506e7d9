#!/usr/bin/env python3
"""An adapter in Python for the C library's shared memory: shmconf run -s "command:python3 adapter.py" -p linux-glibc

To test an implementation of your own, copy this file and shmconf.py, and replace what the methods do.
"""

import ctypes
import os

import shmconf

libc = ctypes.CDLL(None, use_errno=True)
# The mode that follows is passed as variadic arguments are.
libc.shm_open.argtypes = [ctypes.c_char_p, ctypes.c_int]


def checked(returned):
    """What the call returned; the error that it left behind is raised."""
    if returned == -1:
        raise OSError(ctypes.get_errno(), "")
    return returned


class Mine(shmconf.System):
    """An implementation of shared memory. What it does not define is the system's."""

    cannot = {"seals": "this adapter has no seals"}

    def shm_open(self, name, oflag, mode):
        """A descriptor. `name` is bytes, as C has them."""
        return checked(libc.shm_open(name, oflag, mode))

    def shm_unlink(self, name):
        checked(libc.shm_unlink(name))

    def create(self, name, size):
        """A descriptor of an object of mode 0 that has no name. `name` is free, for those who need one on the way: the
        harness removes it should this process die."""
        fd = self.shm_open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0)
        try:
            self.shm_unlink(name)
            os.ftruncate(fd, size)
        except OSError:
            os.close(fd)
            raise
        return fd

    def reset(self):
        """Gives back what the implementation keeps for itself between calls: here nothing. Descriptors and mappings of the
        script are closed and unmapped by shmconf.py."""


if __name__ == "__main__":
    shmconf.serve(Mine())
