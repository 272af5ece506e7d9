#!/usr/bin/env python3
"""multiprocessing.shared_memory of Python under test: shmconf run -s "command:python3 shared_memory.py" -p linux-glibc

SharedMemory makes, sizes and maps an object in one step, and removes its name in another. So it is `create` of a script, and
there is no `shm_open` by itself.
"""

import errno
import os
from multiprocessing import resource_tracker, shared_memory

import shmconf

# A process that removes what was forgotten would remove it behind the script's back.
resource_tracker.register = resource_tracker.unregister = lambda name, kind: None


class SharedMemory(shmconf.System):
    """Objects that SharedMemory has made."""

    cannot = {"named": "SharedMemory makes and sizes an object in one step, and has no shm_open by itself"}

    def create(self, name, size):
        try:
            made = shared_memory.SharedMemory(name.decode(), create=True, size=size)
        except ValueError as error:
            # So it refuses sizes that are not positive. In C that is an error.
            raise OSError(errno.EINVAL, str(error))
        try:
            fd = os.dup(made._fd)
            # A script expects a descriptor as the system's calls give it, of an object that nobody else may open.
            os.fchmod(fd, 0)
        finally:
            made.unlink()
            made.close()
        return fd


if __name__ == "__main__":
    shmconf.serve(SharedMemory())
