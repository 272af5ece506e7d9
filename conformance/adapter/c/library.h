/* library.h: what a shared library has to keep to that is tested by `shmconf run -s library:PATH`.
 *
 * The library exports functions under their C names, of those below: shm_open and shm_unlink, or memfd_create, and any of
 * the others. What it does not export is the system's: a library of shm_open and shm_unlink alone returns descriptors of
 * the system, and the system sizes and maps them. Including this file is not needed; it has the compiler check the types.
 *
 * Copy this file freely: it may be used under the terms of either of the licenses of the project that it comes from, or
 * under those of 0BSD.
 *
 *     cc -shared -fPIC -o libmine.so mine.c && shmconf run -s library:./libmine.so
 *
 * - Types, flags, values and errors are those of C on this system. A function that fails returns -1, or MAP_FAILED, and sets
 *   the errno of the C library that the command shmconf uses; posix_fallocate returns its error. off_t has 64 bits.
 * - Within the library, a call of one of these functions by its C name may be the system's: where it means its own it calls a
 *   static function, or is linked with -Wl,-Bsymbolic.
 * - The library is loaded once, by dlopen with RTLD_NOW and RTLD_LOCAL, in a process of one thread. Each actor of a script is
 *   a process forked from that one, so that the functions must work after fork, in several processes at a time, for which
 *   a name means the same object. `exec` in a script loads the library anew. Actors are killed at any place.
 * - A library that exports close may count its descriptors itself: where the first that it opens is none of the system's,
 *   the harness keeps a number for each, and hands the library's own numbers to its functions. Its descriptors are then not
 *   sent to other processes and not kept over exec, and a function that it does not export is not asked for them.
 * - mmap is called without an address, or with MAP_FIXED over a range that it has returned before. Bytes are stored and loaded at the address that it returns.
 * - fcntl is called with F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD and F_SETLK. Seals are the system's.
 * - `create` in a script is memfd_create and ftruncate, or without the first shm_open with O_EXCL and mode 0, shm_unlink, and
 *   ftruncate.
 */
#ifndef SHMCONF_LIBRARY_H
#define SHMCONF_LIBRARY_H

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>

/* <sys/mman.h> of some systems has the mode as a variadic argument: there the library does as well. */
#ifndef __APPLE__
int shm_open(const char *name, int oflag, mode_t mode);
#endif
int shm_unlink(const char *name);
int memfd_create(const char *name, unsigned int flags);
int ftruncate(int fd, off_t size);
int posix_fallocate(int fd, off_t offset, off_t len);
int fstat(int fd, struct stat *stat);
int fchmod(int fd, mode_t mode);
int fchown(int fd, uid_t uid, gid_t gid);
ssize_t read(int fd, void *buffer, size_t len);
ssize_t write(int fd, const void *buffer, size_t len);
ssize_t pread(int fd, void *buffer, size_t len, off_t offset);
ssize_t pwrite(int fd, const void *buffer, size_t len, off_t offset);
off_t lseek(int fd, off_t offset, int whence);
int dup(int fd);
int dup2(int fd, int onto);
int close(int fd);
int flock(int fd, int operation);
int fcntl(int fd, int command, ...);
void *mmap(void *address, size_t len, int prot, int flags, int fd, off_t offset);
int munmap(void *address, size_t len);

#endif
