/* An adapter in C for the system's shared memory: cc -O2 -o adapter adapter.c && shmconf run -s command:./adapter -p linux-glibc
 *
 * To test an implementation of your own, copy this file and shmconf.h, and replace what the functions below do. What the
 * table `calls` does not name is the system's, or, where it is NULL, left out of the cases that can do without it.
 */
#include "shmconf.h"

/* Returns a descriptor, or -1 with errno. */
static int my_shm_open(const char *name, int oflag, mode_t mode) {
    return shm_open(name, oflag, mode);
}

/* Returns 0, or -1 with errno. */
static int my_shm_unlink(const char *name) {
    return shm_unlink(name);
}

/* An object of `size` bytes that has no name. `name` is free, and swept up by the harness should this process die; an
 * implementation that needs no name does not use it. The mode of the object is 0. */
static int my_create(const char *name, off_t size) {
    int fd = my_shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0);
    if (fd < 0) return -1;
    if (my_shm_unlink(name) || ftruncate(fd, size)) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

/* Gives back what the implementation keeps for itself between calls: here nothing. Descriptors and mappings of the script
 * are closed and unmapped by shmconf.h. */
static void my_reset(void) {
}

/* What this implementation cannot do, so that no case asks for it. */
static const struct shmconf_lack CANNOT[] = {
    /* {"seals", "my objects have no seals"}, */
    {NULL, NULL},
};

int main(void) {
    struct shmconf_calls calls = shmconf_system();
    calls.shm_open = my_shm_open;
    calls.shm_unlink = my_shm_unlink;
    calls.create = my_create;
    calls.reset = my_reset;
    calls.cannot = CANNOT;
    return shmconf_main(&calls);
}
