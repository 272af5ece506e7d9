/* What the shm_open of musl asks of the C library that it is linked with here, which is another one.
 *
 *     ar x libc.a shm_open.lo && cc -shared -fPIC -o libmusl.so musl.c shm_open.lo
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

__attribute__((visibility("hidden"))) int *___errno_location(void) {
    return &errno;
}

__attribute__((visibility("hidden"))) char *__strchrnul(const char *text, int byte) {
    return strchrnul(text, byte);
}
