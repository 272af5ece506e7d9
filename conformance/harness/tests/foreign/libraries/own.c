/* Shared memory with descriptors of its own: numbers from 100000 on, of which the system knows nothing. Objects are files of a
 * directory of its own, $OWN_STORE. A fault is planted by -DFAULT=N. */
#define _GNU_SOURCE
#include "library.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXCL_IGNORED 1
#define UNLINK_KEEPS_NAME 2
#define SIZE_ROUNDED_UP 3
#define WRONG_BYTE 4
#define UNLINK_FAILS 5 /* but for names with a hyphen, such as those by which it is tried whether there are names */
#ifndef FAULT
#define FAULT 0
#endif

enum { FIRST = 100000, MOST = 1024, FAR = 8192 };

/* The system's descriptors behind the library's own, kept where scripts do not look. */
static int behind[MOST];

/* Takes over a descriptor of the system. */
static int own(int fd, int far_by) {
    if (fd < 0) return -1;
    int far = (int)syscall(SYS_fcntl, fd, far_by, FAR);
    int failed = errno;
    syscall(SYS_close, fd);
    if (far < 0) {
        errno = failed == EINVAL ? EMFILE : failed;
        return -1;
    }
    for (int at = 0; at < MOST; at++)
        if (!behind[at]) {
            behind[at] = far;
            return FIRST + at;
        }
    syscall(SYS_close, far);
    errno = EMFILE;
    return -1;
}

static int system_fd(int fd) {
    return fd >= FIRST && fd < FIRST + MOST && behind[fd - FIRST] ? behind[fd - FIRST] : -1;
}

/* The file of a name, or -1. */
static int path_of(const char *name, char *path) {
    name += strspn(name, "/");
    if (strlen(name) > NAME_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (!*name || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, "..")) {
        errno = EINVAL;
        return -1;
    }
    const char *store = getenv("OWN_STORE");
    snprintf(path, PATH_MAX, "%s/%s", store ? store : "/nowhere", name);
    return 0;
}

int shm_open(const char *name, int oflag, mode_t mode) {
    char path[PATH_MAX];
    if (path_of(name, path)) return -1;
    if (FAULT == EXCL_IGNORED) oflag &= ~O_EXCL;
    return own((int)syscall(SYS_openat, AT_FDCWD, path, oflag | O_NOFOLLOW | O_CLOEXEC, mode), F_DUPFD_CLOEXEC);
}

int shm_unlink(const char *name) {
    char path[PATH_MAX];
    if (path_of(name, path)) return -1;
    if (FAULT == UNLINK_KEEPS_NAME) return 0;
    if (FAULT == UNLINK_FAILS && !strchr(name, '-')) {
        errno = EBUSY;
        return -1;
    }
    int unlinked = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (unlinked && errno == EPERM) errno = EACCES; /* what the sticky bit of a directory gives */
    return unlinked;
}

int ftruncate(int fd, off_t size) {
    if (FAULT == SIZE_ROUNDED_UP && size > 0) size = (size + 4095) & ~(off_t)4095;
    return (int)syscall(SYS_ftruncate, system_fd(fd), size);
}

int fstat(int fd, struct stat *stat) {
    return fstatat(system_fd(fd), "", stat, AT_EMPTY_PATH);
}

int fchmod(int fd, mode_t mode) {
    return (int)syscall(SYS_fchmod, system_fd(fd), mode);
}

int fchown(int fd, uid_t uid, gid_t gid) {
    return (int)syscall(SYS_fchown, system_fd(fd), uid, gid);
}

int posix_fallocate(int fd, off_t offset, off_t len) {
    return offset < 0 || len <= 0 ? EINVAL : syscall(SYS_fallocate, system_fd(fd), 0, offset, len) ? errno : 0;
}

ssize_t read(int fd, void *buffer, size_t len) {
    return syscall(SYS_read, system_fd(fd), buffer, len);
}

ssize_t write(int fd, const void *buffer, size_t len) {
    return syscall(SYS_write, system_fd(fd), buffer, len);
}

ssize_t pread(int fd, void *buffer, size_t len, off_t offset) {
    ssize_t got = syscall(SYS_pread64, system_fd(fd), buffer, len, offset);
    if (FAULT == WRONG_BYTE && got > 0) *(char *)buffer ^= 1;
    return got;
}

ssize_t pwrite(int fd, const void *buffer, size_t len, off_t offset) {
    return syscall(SYS_pwrite64, system_fd(fd), buffer, len, offset);
}

off_t lseek(int fd, off_t offset, int whence) {
    return syscall(SYS_lseek, system_fd(fd), offset, whence);
}

/* Under another name, as a library's calls of `dup` are the system's where the system has one. */
static int copy_of(int fd) {
    return own((int)syscall(SYS_dup, system_fd(fd)), F_DUPFD);
}

int dup(int fd) {
    return copy_of(fd);
}

int dup2(int fd, int onto) {
    if (onto < FIRST || onto >= FIRST + MOST) {
        errno = EBADF;
        return -1;
    }
    if (fd == onto) return system_fd(fd) < 0 ? errno = EBADF, -1 : onto;
    int copy = copy_of(fd);
    if (copy < 0) return -1;
    if (behind[onto - FIRST]) syscall(SYS_close, behind[onto - FIRST]);
    behind[onto - FIRST] = behind[copy - FIRST];
    if (copy != onto) behind[copy - FIRST] = 0;
    return onto;
}

int close(int fd) {
    int closed = (int)syscall(SYS_close, system_fd(fd));
    if (!closed) behind[fd - FIRST] = 0;
    return closed;
}

int flock(int fd, int operation) {
    return (int)syscall(SYS_flock, system_fd(fd), operation);
}

int fcntl(int fd, int command, ...) {
    va_list rest;
    va_start(rest, command);
    long argument = va_arg(rest, long);
    va_end(rest);
    if (command == F_DUPFD) return copy_of(fd);
    return (int)syscall(SYS_fcntl, system_fd(fd), command, argument);
}

void *mmap(void *address, size_t len, int prot, int flags, int fd, off_t offset) {
    return (void *)syscall(SYS_mmap, address, len, prot, flags, system_fd(fd), offset);
}
