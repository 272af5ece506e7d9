# An adapter whose names lie in a directory of its own, the argument.
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "examples"))
import shmconf

STORE = os.open(sys.argv[1], os.O_RDONLY | os.O_DIRECTORY)


class Mine(shmconf.System):
    own_store = True

    def shm_open(self, name, oflag, mode):
        return os.open(name.lstrip(b"/"), oflag | os.O_CLOEXEC, mode, dir_fd=STORE)

    def shm_unlink(self, name):
        os.unlink(name.lstrip(b"/"), dir_fd=STORE)


shmconf.serve(Mine())
