/* shmconf.h: has an implementation of shared memory in C take part in `shmconf run -s command:PROGRAM`.
 *
 * Copy this file freely: it needs a C99 compiler, POSIX, and nothing else. It may be used under the terms of either of
 * the licenses of the project that it comes from, or under those of 0BSD.
 *
 *     #include "shmconf.h"
 *     static int my_open(const char *name, int oflag, mode_t mode) { ... }
 *     static int my_unlink(const char *name) { ... }
 *     int main(void) {
 *         struct shmconf_calls calls = shmconf_system();
 *         calls.shm_open = my_open;
 *         calls.shm_unlink = my_unlink;
 *         return shmconf_main(&calls);
 *     }
 *
 * A call returns what it does in C and sets errno. What is NULL is answered `unsupported`. docs/protocol.md describes
 * the protocol. This is for programs of one thread.
 */
#ifndef SHMCONF_H
#define SHMCONF_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A thing that the implementation cannot do, and why: cases that need it are skipped. docs/scripts.md lists the needs. */
struct shmconf_lack { const char *need, *reason; };

/* The implementation under test. Sizes, offsets and lengths are bytes. */
struct shmconf_calls {
    int (*shm_open)(const char *name, int oflag, mode_t mode);
    int (*shm_unlink)(const char *name);
    /* Makes an object of that size without a name; `name` is free, for those who need one on the way. */
    int (*create)(const char *name, off_t size);
    int (*ftruncate)(int fd, off_t size);
    int (*posix_fallocate)(int fd, off_t offset, off_t len); /* returns the error, as in C */
    int (*fstat)(int fd, struct stat *stat);
    int (*fchmod)(int fd, mode_t mode);
    int (*fchown)(int fd, uid_t uid, gid_t gid);
    ssize_t (*read)(int fd, void *buffer, size_t len);
    ssize_t (*write)(int fd, const void *buffer, size_t len);
    ssize_t (*pread)(int fd, void *buffer, size_t len, off_t offset);
    ssize_t (*pwrite)(int fd, const void *buffer, size_t len, off_t offset);
    off_t (*lseek)(int fd, off_t offset, int whence);
    int (*dup)(int fd);
    int (*dup2)(int fd, int onto);
    int (*close)(int fd);
    void *(*mmap)(void *start, size_t len, int prot, int flags, int fd, off_t offset);
    int (*munmap)(void *start, size_t len);
    int (*mprotect)(void *start, size_t len, int prot);
    int (*msync)(void *start, size_t len, int flags);
    int (*mlock)(const void *start, size_t len);
    int (*munlock)(const void *start, size_t len);
    void (*reset)(void);               /* gives back what the implementation keeps for itself from call to call */
    int own_store;                     /* not 0: names lie in a store of its own, where the system's shm_unlink finds none */
    const struct shmconf_lack *cannot; /* ends with {NULL, NULL}; NULL for none */
};

/* The calls of the system. */
static struct shmconf_calls shmconf_system(void);
/* Makes calls until the harness ends; returns what main returns. */
static int shmconf_main(const struct shmconf_calls *calls);

/* ---- From here on: how it is done. ---- */

#define SHMCONF_PROTOCOL "shmconf-protocol/1"
enum { SHMCONF_CONTROL = 3, SHMCONF_MOST_FDS = 4096, SHMCONF_MOST_TRANSFER = 64 << 20 };
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif
#ifdef __APPLE__
#define SHMCONF_CLOCK CLOCK_UPTIME_RAW
#else
#define SHMCONF_CLOCK CLOCK_MONOTONIC
#endif
#if defined __APPLE__ || defined __NetBSD__
#define SHMCONF_STAT(time) st_##time##timespec
#else
#define SHMCONF_STAT(time) st_##time##tim
#endif

struct shmconf_bytes { char *at; size_t len, room; };
struct shmconf_label { char name[65]; long value; };
struct shmconf_labels { struct shmconf_label *at; size_t len; };
struct shmconf_map { char name[65]; char *start; size_t len; int over; }; /* `over`: it lies over another one */
struct shmconf_hole { char *start; size_t len; };
struct shmconf_child { char name[65]; int sockets[128]; size_t count; };

static struct {
    const struct shmconf_calls *calls;
    struct shmconf_bytes in, out, outcome;
    size_t taken;                      /* how much of `in` has been read */
    struct shmconf_labels fds, peers, born;
    struct shmconf_map *maps; size_t map_count;
    struct shmconf_hole *holes; size_t hole_count;
    struct shmconf_child *children; size_t child_count;
    char started[SHMCONF_MOST_FDS];    /* which descriptors are the harness's */
    char own[SHMCONF_MOST_FDS];        /* which descriptors are the script's */
    char ignored[128];
    struct { int resource, changed; struct rlimit before; } limits[4];
    unsigned period;                   /* of the timer that interrupts posix_fallocate, in milliseconds; 0 for none */
    int grouped;                       /* have calls chosen the groups? */
    mode_t mask;
    char prefix[64];
    unsigned long made;
} shmconf;

/* -- Bytes and JSON -- */

static void *shmconf_room(void *at, size_t size) {
    void *new = realloc(at, size);
    if (!new) { fprintf(stderr, "shmconf.h: there is no memory for %zu bytes\n", size); _exit(70); }
    return new;
}

static void shmconf_reserve(struct shmconf_bytes *to, size_t more) {
    if (to->len + more + 1 <= to->room) return;
    to->room = (to->len + more + 1) * 2;
    to->at = shmconf_room(to->at, to->room);
}

static void shmconf_put(struct shmconf_bytes *to, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int len = vsnprintf(NULL, 0, format, list);
    va_end(list);
    shmconf_reserve(to, (size_t)len);
    va_start(list, format);
    vsnprintf(to->at + to->len, (size_t)len + 1, format, list);
    va_end(list);
    to->len += (size_t)len;
}

static const char *shmconf_blanks(const char *p) { while (*p && strchr(" \t\r\n,:", *p)) p++; return p; }

/* The end of the value that begins at `p`. */
static const char *shmconf_skip(const char *p) {
    int depth = 0, quoted = 0;
    for (; *p; p++) {
        if (quoted) {
            if (*p == '\\' && p[1]) p++;
            else if (*p == '"' && (quoted = 0, depth == 0)) return p + 1;
        } else if (*p == '"') quoted = 1;
        else if (*p == '{' || *p == '[') depth++;
        else if (*p == '}' || *p == ']') { if (depth == 0) return p; if (--depth == 0) return p + 1; }
        else if (depth == 0 && strchr(", \t\r\n", *p)) return p;
    }
    return p;
}

/* Steps through an object: the next key, of `len` bytes, and its value; NULL at the end. */
static const char *shmconf_next(const char **at, size_t *len, const char **value) {
    const char *key = shmconf_blanks(**at == '{' ? *at + 1 : *at);
    if (*key != '"') return NULL;
    const char *end = shmconf_skip(key);
    *value = shmconf_blanks(end);
    *at = shmconf_skip(*value);
    *len = (size_t)(end - key) - 2;
    return key + 1;
}

/* The value of a member of an object, or NULL. */
static const char *shmconf_member(const char *object, const char *name) {
    const char *key, *value;
    size_t len;
    while (object && (key = shmconf_next(&object, &len, &value)))
        if (len == strlen(name) && !memcmp(key, name, len)) return value;
    return NULL;
}

static long long shmconf_number(const char *object, const char *name, long long otherwise) {
    const char *value = shmconf_member(object, name);
    return value && *value != 'n' ? strtoll(value, NULL, 10) : otherwise;
}

static int shmconf_true(const char *object, const char *name) {
    const char *value = shmconf_member(object, name);
    return value && *value == 't';
}

/* Reads a JSON string into `to`, as UTF-8 that ends with a zero; -1 where it is none, has a zero in it, or is too long. */
static long shmconf_text(const char *from, char *to, size_t room) {
    size_t len = 0;
    if (!from || *from++ != '"') return -1;
    while (*from && *from != '"') {
        unsigned long code = (unsigned char)*from++;
        if (len + 5 > room) return -1;
        if (code != '\\') { to[len++] = (char)code; continue; }
        switch (code = (unsigned char)*from++) {
        case 'n': code = '\n'; break;
        case 't': code = '\t'; break;
        case 'r': code = '\r'; break;
        case 'b': code = '\b'; break;
        case 'f': code = '\f'; break;
        case 'u': {
            char digits[5] = {0};
            strncpy(digits, from, 4); code = strtoul(digits, NULL, 16); from += strlen(digits);
            if (code >= 0xd800 && code < 0xdc00 && from[0] == '\\' && from[1] == 'u') {
                strncpy(digits, from + 2, 4); from += 2 + strlen(digits);
                code = 0x10000 + ((code - 0xd800) << 10) + (strtoul(digits, NULL, 16) - 0xdc00);
            }
            if (code == 0) return -1;
        }
        }
        if (code < 0x80) to[len++] = (char)code;
        else if (code < 0x800) { to[len++] = (char)(0xc0 | code >> 6); to[len++] = (char)(0x80 | (code & 0x3f)); }
        else {
            if (code < 0x10000) to[len++] = (char)(0xe0 | code >> 12);
            else { to[len++] = (char)(0xf0 | code >> 18); to[len++] = (char)(0x80 | (code >> 12 & 0x3f)); }
            to[len++] = (char)(0x80 | (code >> 6 & 0x3f)); to[len++] = (char)(0x80 | (code & 0x3f));
        }
    }
    to[len] = 0;
    return (long)len;
}

/* -- Labels -- */

static struct shmconf_label *shmconf_find(struct shmconf_labels *in, const char *name) {
    for (size_t at = 0; at < in->len; at++) if (!strcmp(in->at[at].name, name)) return &in->at[at];
    return NULL;
}

static void shmconf_bind(struct shmconf_labels *in, const char *name, long value) {
    struct shmconf_label *label = shmconf_find(in, name);
    if (!label) {
        in->at = shmconf_room(in->at, (in->len + 1) * sizeof *in->at);
        label = &in->at[in->len++];
        strcpy(label->name, name);
    }
    label->value = value;
}

static void shmconf_unbind(struct shmconf_labels *in, struct shmconf_label *label) { *label = in->at[--in->len]; }

/* -- The socket -- */

static uint64_t shmconf_now(void) {
    struct timespec time;
    __sync_synchronize();
    clock_gettime(SHMCONF_CLOCK, &time);
    __sync_synchronize();
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void shmconf_flush(void) {
    for (size_t sent = 0; sent < shmconf.out.len;) {
        ssize_t count = send(SHMCONF_CONTROL, shmconf.out.at + sent, shmconf.out.len - sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) _exit(0);
        sent += (size_t)count;
    }
    shmconf.out.len = 0;
}

/* The next line, which stays until the next is asked for; NULL at the end. Answers leave before it waits. */
static char *shmconf_line(void) {
    struct shmconf_bytes *in = &shmconf.in;
    size_t searched = shmconf.taken;
    for (;;) {
        char *end = in->len > searched ? memchr(in->at + searched, '\n', in->len - searched) : NULL;
        if (end) {
            char *line = in->at + shmconf.taken;
            *end = 0;
            shmconf.taken = (size_t)(end - in->at) + 1;
            return line;
        }
        shmconf_flush();
        if (shmconf.taken) memmove(in->at, in->at + shmconf.taken, in->len -= shmconf.taken);
        shmconf.taken = 0;
        searched = in->len;
        shmconf_reserve(in, 16 << 10);
        ssize_t count = read(SHMCONF_CONTROL, in->at + in->len, 16 << 10);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return NULL;
        in->len += (size_t)count;
    }
}


/* -- Outcomes -- */

#define OUTCOME(...) (shmconf.outcome.len = 0, shmconf_put(&shmconf.outcome, __VA_ARGS__))

static void shmconf_failed(int error) {
    static const struct { int number; const char *name; } NAMES[] = {
#define E(name) { name, #name },
        E(E2BIG) E(EACCES) E(EAGAIN) E(EBADF) E(EBUSY) E(ECONNRESET) E(EDEADLK) E(EEXIST) E(EFAULT) E(EFBIG) E(EINTR)
        E(EINVAL) E(EIO) E(EISDIR) E(ELOOP) E(EMFILE) E(EMSGSIZE) E(ENAMETOOLONG) E(ENFILE) E(ENOBUFS) E(ENODEV) E(ENOENT)
        E(ENOLCK) E(ENOMEM) E(ENOSPC) E(ENOSYS) E(ENOTDIR) E(ENOTSUP) E(ENOTTY) E(ENXIO) E(EOPNOTSUPP) E(EOVERFLOW) E(EPERM)
        E(EPIPE) E(EROFS) E(ESPIPE) E(ETIMEDOUT) E(ETOOMANYREFS) E(ETXTBSY)
#undef E
    };
    for (size_t at = 0; at < sizeof NAMES / sizeof *NAMES; at++)
        if (NAMES[at].number == error) { OUTCOME("{\"errno\":\"%s\"}", NAMES[at].name); return; }
    OUTCOME("{\"errno\":\"errno %d\"}", error);
}

static void shmconf_not_executed(const char *why) { OUTCOME("{\"not_executed\":\"%s\"}", why); }
static void shmconf_unsupported(const char *why) { OUTCOME("{\"unsupported\":\"%s\"}", why); }
static void shmconf_done(int returned) { if (returned == -1) shmconf_failed(errno); else OUTCOME("\"ok\""); }
static void shmconf_value(long long value) {
    if (value == -1) shmconf_failed(errno); else OUTCOME("{\"value\":%lld}", value);
}

/* Bytes as runs, such as `41*8 00*4088`. */
static void shmconf_runs(const volatile unsigned char *from, size_t len) {
    OUTCOME("{\"bytes\":\"");
    for (size_t at = 0; at < len;) {
        size_t first = at;
        unsigned char byte = from[at++];
        while (at < len && from[at] == byte) at++;
        shmconf_put(&shmconf.outcome, "%s%02x*%zu", first ? " " : "", byte, at - first);
    }
    shmconf_put(&shmconf.outcome, "%s\"}", len ? "" : "empty");
}

/* Takes a descriptor over for the script, under the first of the labels in the JSON array `bind`. */
static const char *shmconf_take(int fd, const char *bind) {
    char name[65];
    if (fd < SHMCONF_MOST_FDS) shmconf.own[fd] = 1;
    if (!bind || shmconf_text(bind = shmconf_blanks(bind), name, sizeof name) < 0) return bind;
    shmconf_bind(&shmconf.fds, name, fd);
    return shmconf_skip(bind);
}

static void shmconf_opened(int fd, const char *bind) {
    if (fd == -1) { shmconf_failed(errno); return; }
    shmconf_take(fd, bind ? bind + 1 : NULL);
    OUTCOME("{\"fd\":%d}", fd);
}

/* The descriptor in an argument; where it stands for nothing that is the outcome, and the answer is 0. */
static int shmconf_fd(const char *call, const char *argument, int *fd) {
    char name[65];
    struct shmconf_label *label = NULL;
    if (shmconf_text(shmconf_member(call, argument), name, sizeof name) >= 0) label = shmconf_find(&shmconf.fds, name);
    if (!label) { shmconf_not_executed("no descriptor has that label"); return 0; }
    *fd = (int)label->value;
    return 1;
}

static int shmconf_socket(const char *call, const char *argument, int *fd) {
    char name[65];
    struct shmconf_label *label = NULL;
    if (shmconf_text(shmconf_member(call, argument), name, sizeof name) >= 0) label = shmconf_find(&shmconf.peers, name);
    if (!label) { shmconf_not_executed("there is no socket to that actor"); return 0; }
    *fd = (int)label->value;
    return 1;
}

static unsigned long shmconf_flags(const char *call, const char *argument, const struct shmconf_label *words) {
    char text[256], *rest = text, *word;
    unsigned long bits = 0;
    if (shmconf_text(shmconf_member(call, argument), text, sizeof text) < 0) return 0;
    while ((word = strtok(rest, "|"))) {
        rest = NULL;
        for (const struct shmconf_label *known = words; known->name[0]; known++)
            if (!strcmp(known->name, word)) bits |= (unsigned long)known->value;
    }
    return bits;
}

static const struct shmconf_label SHMCONF_OPEN[] = {
    {"RDONLY", O_RDONLY}, {"WRONLY", O_WRONLY}, {"RDWR", O_RDWR}, {"CREAT", O_CREAT}, {"EXCL", O_EXCL}, {"TRUNC", O_TRUNC},
    {"CLOEXEC", O_CLOEXEC}, {"NOFOLLOW", O_NOFOLLOW}, {"NONBLOCK", O_NONBLOCK}, {"APPEND", O_APPEND}, {"SYNC", O_SYNC},
    {"DIRECTORY", O_DIRECTORY},
#ifdef O_CLOFORK
    {"CLOFORK", O_CLOFORK},
#endif
    {"", 0}};
/* Where a system has no such constant it is a number that stands for nothing. */
#ifndef SEEK_DATA
#define SEEK_DATA 3
#define SEEK_HOLE 4
#endif
static const struct shmconf_label SHMCONF_PROT[] = {{"READ", PROT_READ}, {"WRITE", PROT_WRITE}, {"EXEC", PROT_EXEC}, {"", 0}};
static const struct shmconf_label SHMCONF_MAP[] = {{"SHARED", MAP_SHARED}, {"PRIVATE", MAP_PRIVATE}, {"", 0}};
static const struct shmconf_label SHMCONF_WHENCE[] = {{"SET", SEEK_SET}, {"CUR", SEEK_CUR}, {"END", SEEK_END}, {"DATA", SEEK_DATA}, {"HOLE", SEEK_HOLE}, {"", 0}};
static const struct shmconf_label SHMCONF_TIMES[] = {{"ATIME", 0}, {"MTIME", 1}, {"CTIME", 2}, {"", 0}};
static const struct shmconf_label SHMCONF_LOCKS[] = {{"RDLCK", F_RDLCK}, {"WRLCK", F_WRLCK}, {"UNLCK", F_UNLCK}, {"", 0}};
static const struct shmconf_label SHMCONF_FILE_LOCKS[] = {{"SH", LOCK_SH}, {"EX", LOCK_EX}, {"UN", LOCK_UN}, {"", 0}};
static const struct shmconf_label SHMCONF_KINDS[] = {
    {"NONE", 0}, {"REG", S_IFREG}, {"CHR", S_IFCHR}, {"FIFO", S_IFIFO}, {"DIR", S_IFDIR}, {"SOCK", S_IFSOCK}, {"BLK", S_IFBLK},
    {"LNK", S_IFLNK}, {"", 0}};
static const struct shmconf_label SHMCONF_SIGNALS[] = {
    {"SIGABRT", SIGABRT}, {"SIGALRM", SIGALRM}, {"SIGBUS", SIGBUS}, {"SIGFPE", SIGFPE}, {"SIGHUP", SIGHUP}, {"SIGILL", SIGILL},
    {"SIGINT", SIGINT}, {"SIGKILL", SIGKILL}, {"SIGPIPE", SIGPIPE}, {"SIGSEGV", SIGSEGV}, {"SIGSYS", SIGSYS},
    {"SIGTERM", SIGTERM}, {"SIGTRAP", SIGTRAP}, {"SIGUSR1", SIGUSR1}, {"SIGUSR2", SIGUSR2}, {"SIGXCPU", SIGXCPU},
    {"SIGXFSZ", SIGXFSZ}, {"", 0}};
#ifdef MFD_ALLOW_SEALING
static const struct shmconf_label SHMCONF_MEMFD[] = {
    {"CLOEXEC", 1}, {"ALLOW_SEALING", 2}, {"NOEXEC_SEAL", 8}, {"EXEC", 16}, {"UNKNOWN", 256}, {"", 0}};
#endif
#ifdef F_GET_SEALS
static const struct shmconf_label SHMCONF_SEALS[] = {
    {"SEAL", 1}, {"SHRINK", 2}, {"GROW", 4}, {"WRITE", 8}, {"FUTURE_WRITE", 16}, {"EXEC", 32}, {"", 0}};
#endif

/* -- What must be given back -- */

static size_t shmconf_open_fds(char *open, int end) {
    size_t count = 0;
    for (int first = 0; first < end; first += 128) {
        struct pollfd polled[128];
        for (int at = 0; at < 128; at++) polled[at] = (struct pollfd){.fd = first + at};
        int asked = poll(polled, 128, 0);
        for (int at = 0; at < 128; at++) {
            int is = asked >= 0 ? !(polled[at].revents & POLLNVAL) : fcntl(first + at, F_GETFD) != -1;
#ifdef __APPLE__
            is = fcntl(first + at, F_GETFD) != -1; /* its poll says nothing where nothing is asked for */
#endif
            open[first + at] = (char)is;
            count += is && !shmconf.started[first + at];
        }
    }
    return count;
}

/* Unmapped parts of a mapping are kept from malloc by pages that cannot be accessed. */
static void shmconf_reserve_hole(struct shmconf_hole *hole) {
    void *got = mmap(hole->start, hole->len, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0);
    if (got != MAP_FAILED && got != hole->start) munmap(got, hole->len);
}

static void shmconf_add_hole(char *start, size_t len) {
    struct shmconf_hole hole = {start, len};
    if (!len) return;
    shmconf.holes = shmconf_room(shmconf.holes, (shmconf.hole_count + 1) * sizeof *shmconf.holes);
    shmconf.holes[shmconf.hole_count++] = hole;
}

/* Something is mapped in a range again, or all of the addresses are given up. */
static void shmconf_fill_holes(char *start, size_t len) {
    for (size_t at = shmconf.hole_count; at-- > 0;) {
        struct shmconf_hole hole = shmconf.holes[at];
        if (hole.start + hole.len <= start || hole.start >= start + len) continue;
        shmconf.holes[at] = shmconf.holes[--shmconf.hole_count];
        if (hole.start < start) shmconf_add_hole(hole.start, (size_t)(start - hole.start));
        if (hole.start + hole.len > start + len) shmconf_add_hole(start + len, (size_t)(hole.start + hole.len - start - len));
    }
}

/* What the system says of holes is one of the questions, so for the time of a call they are open. */
static void shmconf_open_holes(void) {
    for (size_t at = 0; at < shmconf.hole_count; at++) munmap(shmconf.holes[at].start, shmconf.holes[at].len);
}

static void shmconf_close_holes(void) {
    for (size_t at = 0; at < shmconf.hole_count; at++) shmconf_reserve_hole(&shmconf.holes[at]);
}

static int shmconf_reset(void) {
    static char open[SHMCONF_MOST_FDS];
    const struct shmconf_calls *calls = shmconf.calls;
    int end = 128;
    umask(shmconf.mask);
    for (int at = 0; at < 4; at++) {
        if (shmconf.limits[at].changed) setrlimit(shmconf.limits[at].resource, &shmconf.limits[at].before);
        shmconf.limits[at].changed = 0;
    }
    shmconf.period = 0;
    for (int at = 1; at < 128; at++) if (shmconf.ignored[at]) { signal(at, SIG_DFL); shmconf.ignored[at] = 0; }
    for (size_t at = 0; at < shmconf.map_count; at++) calls->munmap(shmconf.maps[at].start, shmconf.maps[at].len);
    shmconf_open_holes();
    shmconf.map_count = shmconf.hole_count = 0;
    for (size_t at = 0; at < shmconf.peers.len; at++) {
        char byte, control[CMSG_SPACE(253 * sizeof(int))];
        struct iovec data = {&byte, 1};
        struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control};
        for (;; end = SHMCONF_MOST_FDS) {
            message.msg_controllen = sizeof control;
            if (recvmsg((int)shmconf.peers.at[at].value, &message, MSG_DONTWAIT) <= 0) break;
        }
    }
    if (calls->reset) calls->reset();
    for (int fd = 0; fd < SHMCONF_MOST_FDS; fd++) if (shmconf.own[fd]) { shmconf.own[fd] = 0; calls->close(fd); }
    /* What came with messages that nobody had received, and what a call has left open, is closed too. */
    shmconf_open_fds(open, end);
    for (int fd = 0; fd < end; fd++) if (open[fd] && !shmconf.started[fd]) close(fd);
    shmconf.fds.len = 0;
    return shmconf.born.len == 0 && shmconf.started[0];
}

/* -- Calls -- */

static struct shmconf_map *shmconf_map_of(const char *call) {
    char name[65];
    shmconf_text(shmconf_member(call, "map"), name, sizeof name);
    for (size_t at = 0; at < shmconf.map_count; at++) if (!strcmp(shmconf.maps[at].name, name)) return &shmconf.maps[at];
    shmconf_not_executed("no mapping has that label");
    return NULL;
}

static char *shmconf_range(struct shmconf_map *map, const char *range, size_t *len) {
    long long offset = shmconf_number(range, "offset", 0), wanted = shmconf_number(range, "len", 1);
    if (!map) return NULL;
    if (offset < 0 || wanted < 0 || (size_t)offset > map->len || (size_t)wanted > map->len - (size_t)offset) {
        shmconf_not_executed("the range is outside the mapping");
        return NULL;
    }
    *len = (size_t)wanted;
    return map->start + offset;
}

static size_t shmconf_pages(size_t len) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (len + page - 1) / page * page;
}

/* A buffer for a transfer, or NULL where the script asks for a length that no buffer can have. */
static void *shmconf_buffer(long long *len, int byte) {
    void *buffer;
    if (*len < 0) { shmconf_not_executed("a buffer cannot have that length"); return NULL; }
    if (*len > SHMCONF_MOST_TRANSFER) *len = SHMCONF_MOST_TRANSFER;
    buffer = shmconf_room(NULL, (size_t)*len + 1);
    memset(buffer, byte, (size_t)*len);
    return buffer;
}

static void shmconf_send(const char *call) {
    enum { MOST = 4096 }; /* more than any system passes */
    static int numbers[MOST];
    static union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof numbers)]; } control;
    int socket;
    size_t count = 0;
    char name[65];
    struct iovec data = {(char[]){'.'}, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
    if (!shmconf_socket(call, "to", &socket)) return;
    const char *fds = shmconf_member(call, "fds");
    for (fds = shmconf_blanks(fds + 1); *fds == '"' && count < MOST; fds = shmconf_blanks(shmconf_skip(fds))) {
        struct shmconf_label *label;
        shmconf_text(fds, name, sizeof name);
        if (!(label = shmconf_find(&shmconf.fds, name))) { shmconf_not_executed("no descriptor has that label"); return; }
        numbers[count++] = (int)label->value;
    }
    if (count) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(header), numbers, count * sizeof(int));
    }
    shmconf_done(sendmsg(socket, &message, MSG_NOSIGNAL) < 0 ? -1 : 0);
}

static void shmconf_recv(const char *call, const char *bind) {
    int socket;
    size_t labels = 0;
    char byte;
    struct iovec data = {&byte, 1};
    if (!shmconf_socket(call, "from", &socket)) return;
    for (const char *at = bind; at && *(at = shmconf_blanks(*at == '[' ? at + 1 : at)) == '"'; at = shmconf_skip(at)) labels++;
    long long room = shmconf_number(call, "room", -1);
    size_t fds = room < 0 ? labels : (size_t)room;
    if (fds > 1 << 20) { shmconf_unsupported("a control buffer has room for 1048576 descriptors at most"); return; }
    size_t space = fds == 0 ? 0 : room < 0 ? CMSG_SPACE(fds * sizeof(int)) : CMSG_LEN(fds * sizeof(int));
    struct cmsghdr *control = shmconf_room(NULL, CMSG_SPACE(fds * sizeof(int)) + sizeof *control);
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = space ? control : NULL, .msg_controllen = space};
#ifdef MSG_CMSG_CLOEXEC
    ssize_t count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
#else
    ssize_t count = recvmsg(socket, &message, 0);
#endif
    if (count < 0) shmconf_failed(errno);
    else if (count == 0) shmconf_not_executed("the peer is gone, and so is every message that it sent");
    else {
        struct cmsghdr *header = space ? CMSG_FIRSTHDR(&message) : NULL;
        const char *next = bind ? bind + 1 : NULL, *comma = "";
        OUTCOME("{\"received\":{\"fds\":[");
        for (; header; header = CMSG_NXTHDR(&message, header)) {
            char *from = (char *)CMSG_DATA(header), *end = (char *)control + message.msg_controllen;
            if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
            if ((char *)header + header->cmsg_len < end) end = (char *)header + header->cmsg_len;
            for (int fd; (size_t)(end - from) >= sizeof fd && end > from; from += sizeof fd, comma = ",") {
                memcpy(&fd, from, sizeof fd);
#ifndef MSG_CMSG_CLOEXEC
                fcntl(fd, F_SETFD, FD_CLOEXEC);
#endif
                next = shmconf_take(fd, next);
                shmconf_put(&shmconf.outcome, "%s%d", comma, fd);
            }
        }
        shmconf_put(&shmconf.outcome, "],\"truncated\":%s}}", message.msg_flags & MSG_CTRUNC ? "true" : "false");
    }
    free(control);
}

static void shmconf_null(int fd) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0) { dup2(null, fd); close(null); }
}

/* A script may leave no descriptor free: sockets of the harness are replaced while the limit is lifted. */
static struct rlimit shmconf_lift(void) {
    struct rlimit before, lifted;
    getrlimit(RLIMIT_NOFILE, &before);
    lifted = before;
    if (lifted.rlim_cur < SHMCONF_MOST_FDS) lifted.rlim_cur = SHMCONF_MOST_FDS;
    if (lifted.rlim_cur > lifted.rlim_max) lifted.rlim_cur = lifted.rlim_max;
    setrlimit(RLIMIT_NOFILE, &lifted);
    return before;
}

/* Makes a child that is the actor `child`; answers its process number, 0 in the child, and -1 where there is none. */
static long shmconf_fork(const char *call) {
    char name[65];
    struct shmconf_child *child = NULL;
    shmconf_text(shmconf_member(call, "child"), name, sizeof name);
    for (size_t at = 0; at < shmconf.child_count; at++) if (!strcmp(shmconf.children[at].name, name)) child = &shmconf.children[at];
    if (!child) { shmconf_not_executed("there is no socket for that child, or it lives"); return -1; }
    if (shmconf_true(call, "pid_namespace")) { shmconf_unsupported("this adapter makes no PID namespace"); return -1; }
    pid_t pid = fork();
    if (pid < 0) { shmconf_failed(errno); return -1; }
    struct rlimit limit = shmconf_lift();
    if (pid > 0) {
        /* The numbers stay taken, so that they are not given to the script. */
        for (size_t at = 0; at < child->count; at++) shmconf_null(child->sockets[at]);
        setrlimit(RLIMIT_NOFILE, &limit);
        shmconf_bind(&shmconf.born, name, pid);
        *child = shmconf.children[--shmconf.child_count];
        OUTCOME("\"ok\"");
        return pid;
    }
    dup2(child->sockets[0], SHMCONF_CONTROL);
    for (size_t at = 0; at < shmconf.peers.len; at++) shmconf_null((int)shmconf.peers.at[at].value);
    for (size_t of = 0; of < shmconf.child_count; of++) {
        struct shmconf_child *other = &shmconf.children[of];
        for (size_t at = 0; at < other->count; at++) {
            int keep = 0;
            for (size_t own = 1; own < child->count; own++) keep |= child->sockets[own] == other->sockets[at];
            if (!keep) shmconf_null(other->sockets[at]);
        }
    }
    setrlimit(RLIMIT_NOFILE, &limit);
    shmconf.in.len = shmconf.out.len = shmconf.taken = 0;
    shmconf.peers.len = shmconf.born.len = shmconf.child_count = 0;
    return 0;
}

static void shmconf_ended(const char *request) {
    char name[65];
    int status;
    shmconf_text(shmconf_member(request, "child"), name, sizeof name);
    struct shmconf_label *born = shmconf_find(&shmconf.born, name);
    if (!born) { shmconf_unsupported("that is no child of this actor"); return; }
    while (waitpid((pid_t)born->value, &status, 0) < 0 && errno == EINTR);
    shmconf_unbind(&shmconf.born, born);
    if (WIFEXITED(status)) { OUTCOME("{\"exited\":%d}", WEXITSTATUS(status)); return; }
    for (const struct shmconf_label *known = SHMCONF_SIGNALS; known->name[0]; known++)
        if (known->value == WTERMSIG(status)) { OUTCOME("{\"signal\":\"%s\"}", known->name); return; }
    OUTCOME("{\"signal\":\"signal %d\"}", WTERMSIG(status));
}

static void shmconf_rlimit(const char *call) {
    char name[65];
    int at = -1;
    shmconf_text(shmconf_member(call, "resource"), name, sizeof name);
    shmconf.limits[0].resource = RLIMIT_FSIZE, shmconf.limits[1].resource = RLIMIT_NOFILE;
    if (!strcmp(name, "FSIZE")) at = 0;
    if (!strcmp(name, "NOFILE")) at = 1;
#ifdef RLIMIT_AS
    shmconf.limits[2].resource = RLIMIT_AS;
    if (!strcmp(name, "AS")) at = 2;
#endif
#ifdef RLIMIT_MEMLOCK
    shmconf.limits[3].resource = RLIMIT_MEMLOCK;
    if (!strcmp(name, "MEMLOCK")) at = 3;
#endif
    if (at < 0) { shmconf_unsupported("this system has no such limit"); return; }
    struct rlimit limit;
    getrlimit(shmconf.limits[at].resource, &limit);
    if (!shmconf.limits[at].changed) shmconf.limits[at].before = limit;
    shmconf.limits[at].changed = 1;
    limit.rlim_cur = (rlim_t)shmconf_number(call, "limit", 0);
    shmconf_done(setrlimit(shmconf.limits[at].resource, &limit));
}

static void shmconf_nothing(int signal) { (void)signal; }

/* Has a timer interrupt calls each so many milliseconds; with 0 it does so no more. */
static void shmconf_time(unsigned milliseconds) {
    struct itimerval timer = {{milliseconds / 1000, milliseconds % 1000 * 1000}, {milliseconds / 1000, milliseconds % 1000 * 1000}};
    struct sigaction action = {.sa_handler = shmconf_nothing};
    if (milliseconds) sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
}

/* Every call with its arguments. One that has others is answered `unsupported`, as it is another call. */
enum { SHM_OPEN, SHM_UNLINK, CREATE, MEMFD_CREATE, PUNCH, REOPEN, FTRUNCATE, FALLOCATE, FSTAT, FCHMOD, FCHOWN, INODE, LINKS, FILETYPE, BLOCKS, TIMESTAMP, READ, WRITE, PREAD, PWRITE, LSEEK,
       DUP, DUP2, DUPFD, CLOSE, GETFD, SETFD, GETFL, SETFL, SETLK, FLOCK, GET_SEALS, ADD_SEALS, FDS, MMAP, MUNMAP, MPROTECT, MSYNC, MLOCK, MUNLOCK, STORE, LOAD, PIPE, SOCKETPAIR, SEND, RECV, FORK, EXIT, KILL, SIGIGNORE,
       UMASK, ALARM, CLOSE_STDIN, RLIMIT, SETGID, SETGROUPS, SETUID, SETEUID };
static const struct { const char *name, *arguments; } SHMCONF_CALLS[] = {
    {"shm_open", " name flags mode "}, {"shm_unlink", " name "}, {"create", " size "}, {"memfd_create", " name flags "}, {"punch", " fd offset len "}, {"reopen", " fd flags "}, {"ftruncate", " fd size "},
    {"posix_fallocate", " fd offset len "}, {"fstat", " fd "}, {"fchmod", " fd mode "}, {"fchown", " fd uid gid "}, {"inode", " fd "}, {"links", " fd "}, {"filetype", " fd "}, {"blocks", " fd "}, {"timestamp", " fd which "}, {"read", " fd len "},
    {"write", " fd byte len "}, {"pread", " fd offset len "}, {"pwrite", " fd offset byte len "},
    {"lseek", " fd offset whence "}, {"dup", " fd "}, {"dup2", " fd onto "}, {"fcntl_dupfd", " fd least "}, {"close", " fd "}, {"fcntl_getfd", " fd "},
    {"fcntl_setfd", " fd cloexec "}, {"fcntl_getfl", " fd "}, {"fcntl_setfl", " fd flags "}, {"fcntl_setlk", " fd lock "}, {"flock", " fd lock "}, {"fcntl_get_seals", " fd "}, {"fcntl_add_seals", " fd seals "},
    {"fds", " "}, {"mmap", " fd offset len prot flags over "}, {"munmap", " map range "}, {"mprotect", " map prot range "}, {"msync", " map "}, {"mlock", " map "}, {"munlock", " map "},
    {"store", " map offset byte len "}, {"load", " map offset len "}, {"pipe", " "}, {"socketpair", " "}, {"send", " to fds "}, {"recv", " from room "},
    {"fork", " child pid_namespace "}, {"exit", " code "}, {"kill", " signal "}, {"sigignore", " signal "}, {"umask", " mode "}, {"alarm", " period "}, {"close_stdin", " "},
    {"rlimit", " resource limit "}, {"setgid", " gid "}, {"setgroups", " gids "},
    {"setuid", " uid "}, {"seteuid", " uid "},
};

static int shmconf_which(const char *call) {
    char name[65], argument[80];
    const char *key, *value;
    size_t len;
    shmconf_text(shmconf_member(call, "call"), name, sizeof name);
    for (int which = 0; which < (int)(sizeof SHMCONF_CALLS / sizeof *SHMCONF_CALLS); which++) {
        if (strcmp(SHMCONF_CALLS[which].name, name)) continue;
        while ((key = shmconf_next(&call, &len, &value))) {
            snprintf(argument, sizeof argument, " %.*s ", (int)len, key);
            if (strcmp(argument, " call ") && !strstr(SHMCONF_CALLS[which].arguments, argument)) return -1;
        }
        return which;
    }
    return -1;
}

#define HAS(function) if (!calls->function) { shmconf_unsupported("the implementation has no " #function); return 0; }

/* Makes a call. Answers the number of the child of a fork, -1 in the child itself, and otherwise 0. */
static long shmconf_perform(const char *call, const char *bind) {
    const struct shmconf_calls *calls = shmconf.calls;
    int which = shmconf_which(call), fd = -1;
    long long offset = shmconf_number(call, "offset", 0), len = shmconf_number(call, "len", 1);
    int byte = (int)shmconf_number(call, "byte", 0);
    mode_t mode = (mode_t)shmconf_number(call, "mode", 0);
    struct shmconf_map *map = NULL;
    char *start, *name = NULL;
    size_t count = 0;
    if (which < 0) { shmconf_unsupported("this adapter does not make that call"); return 0; }
    if (strstr(SHMCONF_CALLS[which].arguments, " fd ") && !shmconf_fd(call, "fd", &fd)) return 0;
    if (strstr(SHMCONF_CALLS[which].arguments, " map ") && !(map = shmconf_map_of(call))) return 0;
    switch (which) {
    case SHM_OPEN: case SHM_UNLINK: case MEMFD_CREATE: {
        const char *text = shmconf_member(call, "name");
        size_t room = strcspn(text, "\n") + 8;
        name = shmconf_room(NULL, room);
        if (shmconf_text(text, name, room) < 0) shmconf_not_executed("a name in C cannot have a zero byte");
        else if (which == SHM_OPEN) {
            if (!calls->shm_open) shmconf_unsupported("the implementation has no shm_open");
            else shmconf_opened(calls->shm_open(name, (int)shmconf_flags(call, "flags", SHMCONF_OPEN), mode), bind);
        } else if (which == MEMFD_CREATE) {
#ifdef MFD_ALLOW_SEALING
            shmconf_opened(memfd_create(name, (unsigned)shmconf_flags(call, "flags", SHMCONF_MEMFD)), bind);
#else
            shmconf_unsupported("this system has no memfd_create");
#endif
        } else if (!calls->shm_unlink) shmconf_unsupported("the implementation has no shm_unlink");
        else shmconf_done(calls->shm_unlink(name));
        free(name);
        break;
    }
    case CREATE: {
        char made[128];
        HAS(create)
        snprintf(made, sizeof made, "%s%lx-%lx", shmconf.prefix, (unsigned long)getpid(), ++shmconf.made);
        shmconf_opened(calls->create(made, (off_t)shmconf_number(call, "size", 0)), bind);
        break;
    }
    case REOPEN:
#ifdef __linux__
        {
            char path[64];
            snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
            shmconf_opened(open(path, (int)shmconf_flags(call, "flags", SHMCONF_OPEN)), bind);
        }
#else
        shmconf_unsupported("this system does not open objects anew");
#endif
        break;
    case PUNCH:
#ifdef FALLOC_FL_PUNCH_HOLE
        shmconf_done(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)len));
#else
        shmconf_unsupported("shmconf.h knows no call of this system for that");
#endif
        break;
    case FTRUNCATE: HAS(ftruncate) shmconf_done(calls->ftruncate(fd, (off_t)shmconf_number(call, "size", 0))); break;
    case FALLOCATE: {
        HAS(posix_fallocate)
        shmconf_time(shmconf.period);
        int error = calls->posix_fallocate(fd, (off_t)offset, (off_t)len);
        shmconf_time(0);
        if (error) shmconf_failed(error); else shmconf_done(0);
        break;
    }
    case FSTAT: {
        struct stat stat;
        HAS(fstat)
        if (calls->fstat(fd, &stat)) shmconf_failed(errno);
        else OUTCOME("{\"stat\":{\"size\":%lld,\"mode\":%u,\"uid\":%u,\"gid\":%u}}", (long long)stat.st_size,
                     (unsigned)stat.st_mode & 07777, (unsigned)stat.st_uid, (unsigned)stat.st_gid);
        break;
    }
    case FCHMOD: HAS(fchmod) shmconf_done(calls->fchmod(fd, mode)); break;
    case FCHOWN:
        HAS(fchown)
        shmconf_done(calls->fchown(fd, (uid_t)shmconf_number(call, "uid", 0), (gid_t)shmconf_number(call, "gid", 0)));
        break;
    case INODE: case LINKS: case BLOCKS: case FILETYPE: {
        struct stat stat;
        HAS(fstat)
        if (calls->fstat(fd, &stat)) { shmconf_failed(errno); break; }
        if (which != FILETYPE) {
            OUTCOME("{\"value\":%lld}", which == INODE ? (long long)stat.st_ino : which == LINKS ? (long long)stat.st_nlink : (long long)stat.st_blocks);
            break;
        }
        const struct shmconf_label *kind = SHMCONF_KINDS;
        while (kind->name[0] && kind->value != (long)(stat.st_mode & S_IFMT)) kind++;
        OUTCOME("{\"file_type\":\"%s\"}", kind->name[0] ? kind->name : "OTHER");
        break;
    }
    case TIMESTAMP: {
        struct stat stat;
        HAS(fstat)
        if (calls->fstat(fd, &stat)) { shmconf_failed(errno); break; }
        const struct timespec *times[] = {&stat.SHMCONF_STAT(a), &stat.SHMCONF_STAT(m), &stat.SHMCONF_STAT(c)};
        const struct timespec *at = times[shmconf_flags(call, "which", SHMCONF_TIMES)];
        OUTCOME("{\"value\":%lld}", (long long)at->tv_sec * 1000000000 + at->tv_nsec);
        nanosleep(&(struct timespec){0, 20000000}, NULL); /* Clocks of file systems step by 10 ms at most. */
        break;
    }
    case READ: case PREAD: case WRITE: case PWRITE: {
        void *buffer = shmconf_buffer(&len, byte);
        ssize_t moved = -1;
        if (!buffer) break;
        errno = ENOSYS;
        if (which == READ && calls->read) moved = calls->read(fd, buffer, (size_t)len);
        if (which == PREAD && calls->pread) moved = calls->pread(fd, buffer, (size_t)len, (off_t)offset);
        if (which == WRITE && calls->write) moved = calls->write(fd, buffer, (size_t)len);
        if (which == PWRITE && calls->pwrite) moved = calls->pwrite(fd, buffer, (size_t)len, (off_t)offset);
        if (moved < 0 || which == WRITE || which == PWRITE) shmconf_value(moved);
        else shmconf_runs(buffer, (size_t)moved);
        free(buffer);
        break;
    }
    case LSEEK: HAS(lseek) shmconf_value(calls->lseek(fd, (off_t)offset, (int)shmconf_flags(call, "whence", SHMCONF_WHENCE))); break;
    case DUP: HAS(dup) shmconf_opened(calls->dup(fd), bind); break;
    case DUP2: {
        int onto;
        HAS(dup2)
        if (shmconf_fd(call, "onto", &onto)) shmconf_opened(calls->dup2(fd, onto), bind);
        break;
    }
    case DUPFD: shmconf_opened(fcntl(fd, F_DUPFD, (int)shmconf_number(call, "least", 0)), bind); break;
    case CLOSE:
        HAS(close)
        shmconf_done(calls->close(fd));
        if (fd >= 0 && fd < SHMCONF_MOST_FDS && fcntl(fd, F_GETFD) == -1) shmconf.own[fd] = 0;
        break;
    case GETFD: fd = fcntl(fd, F_GETFD); shmconf_value(fd == -1 ? -1 : (fd & FD_CLOEXEC) != 0); break;
    case SETFD: shmconf_done(fcntl(fd, F_SETFD, shmconf_true(call, "cloexec") ? FD_CLOEXEC : 0)); break;
    case GETFL:
        fd = fcntl(fd, F_GETFL);
        if (fd == -1) shmconf_failed(errno);
        else OUTCOME("{\"access\":\"%s%s%s\"}", (fd & O_ACCMODE) == O_RDWR ? "RDWR" : (fd & O_ACCMODE) == O_WRONLY ? "WRONLY" : "RDONLY",
                     fd & O_NONBLOCK ? "|NONBLOCK" : "", fd & O_APPEND ? "|APPEND" : "");
        break;
    case SETFL: shmconf_done(fcntl(fd, F_SETFL, (int)shmconf_flags(call, "flags", SHMCONF_OPEN))); break;
    case SETLK: {
        struct flock whole = {.l_type = (short)shmconf_flags(call, "lock", SHMCONF_LOCKS), .l_whence = SEEK_SET};
        shmconf_done(fcntl(fd, F_SETLK, &whole));
        break;
    }
    case FLOCK: shmconf_done(flock(fd, LOCK_NB | (int)shmconf_flags(call, "lock", SHMCONF_FILE_LOCKS))); break;
#ifdef F_GET_SEALS
    case GET_SEALS:
        fd = fcntl(fd, F_GET_SEALS);
        if (fd == -1) { shmconf_failed(errno); break; }
        OUTCOME("{\"seals\":\"%s", fd ? "" : "0");
        for (const struct shmconf_label *seal = SHMCONF_SEALS; seal->name[0]; seal++)
            if (fd & seal->value) shmconf_put(&shmconf.outcome, "%s%s", fd & (seal->value - 1) ? "|" : "", seal->name);
        shmconf_put(&shmconf.outcome, "\"}");
        break;
    case ADD_SEALS: shmconf_done(fcntl(fd, F_ADD_SEALS, (int)shmconf_flags(call, "seals", SHMCONF_SEALS))); break;
#endif
    case FDS: {
        static char open[SHMCONF_MOST_FDS];
        shmconf_value((long long)shmconf_open_fds(open, SHMCONF_MOST_FDS));
        break;
    }
    case MMAP: {
        HAS(mmap)
        const char *over = shmconf_member(call, "over");
        int flags = (int)shmconf_flags(call, "flags", SHMCONF_MAP), is_over = over && *over == '{';
        /* A negative length is the largest there is, as it would be in C. */
        count = len < 0 ? SIZE_MAX : (size_t)len;
        start = NULL;
        if (is_over) {
            long long place = shmconf_number(over, "at", 0);
            if (!(map = shmconf_map_of(over))) break;
            if (place < 0 || (size_t)place > map->len || count > map->len - (size_t)place) {
                shmconf_not_executed("the range is outside the mapping");
                break;
            }
            start = map->start + place, flags |= MAP_FIXED;
        }
        start = calls->mmap(start, count, (int)shmconf_flags(call, "prot", SHMCONF_PROT), flags, fd, (off_t)offset);
        if (start == MAP_FAILED) { shmconf_failed(errno); break; }
        if (is_over) shmconf_fill_holes(start, shmconf_pages(count));
        shmconf.maps = shmconf_room(shmconf.maps, (shmconf.map_count + 1) * sizeof *shmconf.maps);
        struct shmconf_map new = {"", start, shmconf_pages(count), is_over};
        if (bind) shmconf_text(shmconf_blanks(bind + 1), new.name, sizeof new.name);
        /* A label that stood for another mapping stands for this one now; the other is unmapped by a reset. */
        for (size_t at = 0; at < shmconf.map_count; at++) if (!strcmp(shmconf.maps[at].name, new.name)) shmconf.maps[at].name[0] = 0;
        shmconf.maps[shmconf.map_count++] = new;
        shmconf_done(0);
        break;
    }
    case MUNMAP: {
        HAS(munmap)
        const char *range = shmconf_member(call, "range");
        start = map->start, count = map->len;
        if (range && *range == '{' && !(start = shmconf_range(map, range, &count))) break;
        int returned = calls->munmap(start, count), in_part = range && *range == '{';
        shmconf_done(returned);
        if (returned) break;
        shmconf_fill_holes(start, shmconf_pages(count));
        /* The addresses of a part, and of what lies over another mapping, stay that mapping's. */
        if (in_part || map->over) {
            shmconf_add_hole(start, shmconf_pages(count));
            shmconf_close_holes();
            break;
        }
        /* What lay over it went with it. */
        for (size_t at = shmconf.map_count; at-- > 0;)
            if (shmconf.maps[at].start >= start && shmconf.maps[at].start < start + count) shmconf.maps[at] = shmconf.maps[--shmconf.map_count];
        break;
    }
    case MPROTECT: {
        HAS(mprotect)
        const char *range = shmconf_member(call, "range");
        start = map->start, count = map->len;
        if (range && *range == '{' && !(start = shmconf_range(map, range, &count))) break;
        shmconf_open_holes();
        shmconf_done(calls->mprotect(start, count, (int)shmconf_flags(call, "prot", SHMCONF_PROT)));
        shmconf_close_holes();
        break;
    }
    case MSYNC: {
        HAS(msync)
        shmconf_open_holes();
        shmconf_done(calls->msync(map->start, map->len, MS_SYNC));
        shmconf_close_holes();
        break;
    }
    case MLOCK: case MUNLOCK: {
        HAS(mlock)
        HAS(munlock)
        shmconf_open_holes();
        shmconf_done((which == MLOCK ? calls->mlock : calls->munlock)(map->start, map->len));
        shmconf_close_holes();
        break;
    }
    case STORE:
        if (!(start = shmconf_range(map, call, &count))) break;
        for (size_t at = 0; at < count; at++) ((volatile unsigned char *)start)[at] = (unsigned char)byte;
        shmconf_done(0);
        break;
    case LOAD: if ((start = shmconf_range(map, call, &count))) shmconf_runs((volatile unsigned char *)start, count); break;
    case PIPE: case SOCKETPAIR: {
        int ends[2];
        if (which == PIPE ? pipe(ends) : socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) { shmconf_failed(errno); break; }
        shmconf_take(ends[1], shmconf_take(ends[0], bind ? bind + 1 : NULL));
        OUTCOME("{\"received\":{\"fds\":[%d,%d],\"truncated\":false}}", ends[0], ends[1]);
        break;
    }
    case SEND: shmconf_send(call); break;
    case RECV: shmconf_recv(call, bind); break;
    case FORK: { long pid = shmconf_fork(call); return pid > 0 ? pid : pid == 0 ? -1 : 0; }
    case EXIT: _exit((int)shmconf_number(call, "code", 0));
    case KILL: kill(getpid(), (int)shmconf_flags(call, "signal", SHMCONF_SIGNALS)); shmconf_done(0); break;
    case SIGIGNORE: {
        int number = (int)shmconf_flags(call, "signal", SHMCONF_SIGNALS);
        if (signal(number, SIG_IGN) == SIG_ERR) { shmconf_failed(errno); break; }
        shmconf.ignored[number] = 1;
        shmconf_done(0);
        break;
    }
    case CLOSE_STDIN:
        if (shmconf.own[0]) { shmconf_not_executed("0 is the number of a descriptor of the script"); break; }
        if (shmconf.started[0]) close(0);
        shmconf.started[0] = 0;
        shmconf_done(0);
        break;
    case ALARM: shmconf.period = (unsigned)shmconf_number(call, "period", 0); shmconf_done(0); break;
    case UMASK: shmconf_value(umask(mode)); break;
    case RLIMIT: shmconf_rlimit(call); break;
    case SETUID: {
        uid_t uid = (uid_t)shmconf_number(call, "uid", 0);
        gid_t gid = (gid_t)uid;
        int groups = shmconf.grouped ? 0 : setgroups(1, &gid) || setgid(gid);
        if (shmconf.grouped && geteuid() != 0) errno = EPERM, groups = -1;
        shmconf_done(groups || setuid(uid) ? -1 : 0);
        break;
    }
    case SETEUID: shmconf_done(seteuid((uid_t)shmconf_number(call, "uid", 0))); break;
    case SETGID: {
        int done = setgid((gid_t)shmconf_number(call, "gid", 0));
        shmconf.grouped |= !done;
        shmconf_done(done);
        break;
    }
    case SETGROUPS: {
        gid_t groups[16] = {getegid()};
        size_t group_count = 1;
        const char *gid = shmconf_member(call, "gids");
        for (gid = shmconf_blanks(gid + 1); (*gid >= '0' && *gid <= '9') && group_count < 16; gid = shmconf_blanks(shmconf_skip(gid)))
            groups[group_count++] = (gid_t)strtoul(gid, NULL, 10);
#if !defined __APPLE__ && !defined __FreeBSD__ && !defined __DragonFly__
        /* Elsewhere the first of the groups is the process's own. */
        memmove(groups, groups + 1, --group_count * sizeof *groups);
#endif
        int done = setgroups(group_count, groups);
        shmconf.grouped |= !done;
        shmconf_done(done);
        break;
    }
    default: shmconf_unsupported("this system does not make that call");
    }
    return 0;
}

/* -- Requests -- */

static void shmconf_start(const char *request) {
    static char open[SHMCONF_MOST_FDS];
    static int before;
    const struct shmconf_calls *calls = shmconf.calls;
    const char *object, *key, *value, *comma = "";
    size_t len;
    if (!before++) { shmconf_open_fds(open, SHMCONF_MOST_FDS); memcpy(shmconf.started, open, sizeof open); }
    shmconf_text(shmconf_member(request, "prefix"), shmconf.prefix, sizeof shmconf.prefix);
    for (object = shmconf_member(request, "peers"); object && (key = shmconf_next(&object, &len, &value));) {
        char name[65] = {0};
        memcpy(name, key, len < 64 ? len : 64);
        shmconf_bind(&shmconf.peers, name, strtol(value, NULL, 10));
#ifdef SO_NOSIGPIPE
        setsockopt((int)strtol(value, NULL, 10), SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int));
#endif
    }
    for (object = shmconf_member(request, "children"); object && (key = shmconf_next(&object, &len, &value));) {
        shmconf.children = shmconf_room(shmconf.children, (shmconf.child_count + 1) * sizeof *shmconf.children);
        struct shmconf_child *child = &shmconf.children[shmconf.child_count++];
        memset(child, 0, sizeof *child);
        memcpy(child->name, key, len < 64 ? len : 64);
        for (value = shmconf_blanks(value + 1); *value && *value != ']' && child->count < 128; value = shmconf_blanks(shmconf_skip(value)))
            child->sockets[child->count++] = (int)strtol(value, NULL, 10);
    }
    umask(shmconf.mask = umask(077));
    shmconf_put(&shmconf.out, "{\"type\":\"started\",\"protocol\":\"" SHMCONF_PROTOCOL "\",\"uid\":%u,\"gid\":%u,\"umask\":%u,\"fds\":[",
                (unsigned)geteuid(), (unsigned)getegid(), (unsigned)shmconf.mask);
    for (int fd = 0; fd < SHMCONF_MOST_FDS; fd++)
        if (shmconf.started[fd]) { shmconf_put(&shmconf.out, "%s%d", comma, fd); comma = ","; }
    shmconf_put(&shmconf.out, "],\"cannot\":{\"exec\":\"shmconf.h does not exec\",\"directory-store\":\"shmconf.h lays no files\",\"limited-store\":\"shmconf.h does not mount\","
                "\"listing\":\"shmconf.h does not list names\",\"unique-names\":\"it has no generator of names\","
                "\"pid-namespace\":\"shmconf.h makes no PID namespace\"");
    if (!calls->shm_open || !calls->shm_unlink) shmconf_put(&shmconf.out, ",\"named\":\"it has no shm_open or no shm_unlink\"");
    if (!calls->create) shmconf_put(&shmconf.out, ",\"anonymous\":\"it has no create\"");
    if (!calls->posix_fallocate) shmconf_put(&shmconf.out, ",\"reserving\":\"it has no posix_fallocate\"");
    if (geteuid() != 0) shmconf_put(&shmconf.out, ",\"root\":\"this process is not root\"");
#ifndef F_GET_SEALS
    shmconf_put(&shmconf.out, ",\"seals\":\"this system has no seals\"");
#endif
#ifndef MFD_ALLOW_SEALING
    shmconf_put(&shmconf.out, ",\"memfd\":\"this system has no memfd_create\"");
#endif
#ifndef FALLOC_FL_PUNCH_HOLE
    shmconf_put(&shmconf.out, ",\"punching\":\"shmconf.h knows no call of this system for that\"");
#endif
#ifndef __linux__
    shmconf_put(&shmconf.out, ",\"reopening\":\"this system does not open objects anew\"");
#endif
#ifndef O_CLOFORK
    shmconf_put(&shmconf.out, ",\"close-on-fork\":\"this system has no O_CLOFORK\"");
#endif
#ifndef RLIMIT_AS
    shmconf_put(&shmconf.out, ",\"address-space\":\"this system does not limit the address space\"");
#endif
#ifndef RLIMIT_MEMLOCK
    shmconf_put(&shmconf.out, ",\"locked-memory\":\"this system does not limit what is kept in memory\"");
#endif
    for (const struct shmconf_lack *lack = calls->cannot; lack && lack->need; lack++)
        shmconf_put(&shmconf.out, ",\"%s\":\"%s\"", lack->need, lack->reason);
    shmconf_put(&shmconf.out, "}%s}\n", calls->own_store ? ",\"own_store\":true" : "");
}

/* Removes names from a store of the implementation's own; tells which are still there. */
static void shmconf_sweep(const char *request) {
    const char *at = shmconf_member(request, "names"), *comma = "";
    size_t room = strlen(request) + 8;
    char *name = shmconf_room(NULL, room);
    shmconf_put(&shmconf.out, "{\"type\":\"swept\",\"left\":[");
    for (at = at ? shmconf_blanks(at + 1) : ""; *at == '"'; at = shmconf_blanks(shmconf_skip(at))) {
        if (shmconf_text(at, name, room) < 0 || !shmconf.calls->shm_unlink(name)) continue;
        if (errno == ENOENT || errno == EINVAL || errno == ENAMETOOLONG) continue;
        shmconf_put(&shmconf.out, "%s%.*s", comma, (int)(shmconf_skip(at) - at), at);
        comma = ",";
    }
    shmconf_put(&shmconf.out, "]}\n");
    free(name);
}

static void shmconf_call(const char *request) {
    long long seq = shmconf_number(request, "seq", 0);
    const char *call = shmconf_member(request, "call");
    uint64_t at = (uint64_t)shmconf_number(request, "at", 0);
    int which = shmconf_which(call);
    /* These do not come back to a place that could answer for what was asked before. */
    if (at || shmconf_true(request, "flush") || which == FORK || which == EXIT || which == KILL) shmconf_flush();
    while (at && shmconf_now() < at);
    uint64_t start = shmconf_now();
    long pid = shmconf_perform(call, shmconf_member(request, "bind"));
    uint64_t end = shmconf_now();
    if (pid < 0) return;
    shmconf_put(&shmconf.out, "{\"type\":\"answer\",\"seq\":%lld,\"outcome\":%s,\"start\":%llu,\"end\":%llu", seq,
                shmconf.outcome.at, (unsigned long long)start, (unsigned long long)end);
    if (pid > 0) shmconf_put(&shmconf.out, ",\"pid\":%ld", pid);
    shmconf_put(&shmconf.out, "}\n");
}

static int shmconf_main(const struct shmconf_calls *calls) {
    char type[16], protocol[64], *line;
    shmconf.calls = calls;
    while ((line = shmconf_line())) {
        if (shmconf_text(shmconf_member(line, "type"), type, sizeof type) < 0) type[0] = 0;
        if (!strcmp(type, "call")) shmconf_call(line);
        else if (!strcmp(type, "reset")) shmconf_put(&shmconf.out, "{\"type\":\"reset\",\"clean\":%s}\n", shmconf_reset() ? "true" : "false");
        else if (!strcmp(type, "reap")) {
            char child[65];
            shmconf_text(shmconf_member(line, "child"), child, sizeof child);
            shmconf_ended(line);
            shmconf_put(&shmconf.out, "{\"type\":\"reaped\",\"child\":\"%s\",\"outcome\":%s}\n", child, shmconf.outcome.at);
        } else if (!strcmp(type, "start")) {
            if (shmconf_text(shmconf_member(line, "protocol"), protocol, sizeof protocol) >= 0 && !strcmp(protocol, SHMCONF_PROTOCOL))
                shmconf_start(line);
            else shmconf_put(&shmconf.out, "{\"type\":\"error\",\"message\":\"this adapter speaks " SHMCONF_PROTOCOL "\"}\n");
        } else if (!strcmp(type, "sweep")) shmconf_sweep(line);
        else if (!strcmp(type, "stop")) break;
        else shmconf_put(&shmconf.out, "{\"type\":\"error\",\"message\":\"this adapter does not know that request\"}\n");
    }
    shmconf_flush();
    return 0;
}

/* What QEMU's memory-backend-shm does: an exclusive create with mode 0, an unlink at once, a size. */
static int shmconf_create(const char *name, off_t size) {
    const struct shmconf_calls *calls = shmconf.calls;
    int fd = calls->shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0), error;
    if (fd < 0) return -1;
    if (!calls->shm_unlink(name) && !calls->ftruncate(fd, size)) return fd;
    error = errno;
    calls->close(fd);
    errno = error;
    return -1;
}

static struct shmconf_calls shmconf_system(void) {
    struct shmconf_calls calls = {
        .shm_open = shm_open, .shm_unlink = shm_unlink, .create = shmconf_create, .ftruncate = ftruncate, .fstat = fstat,
        .fchmod = fchmod, .fchown = fchown, .read = read, .write = write, .pread = pread, .pwrite = pwrite, .lseek = lseek, .dup = dup, .dup2 = dup2,
        .close = close, .mmap = mmap, .munmap = munmap, .mprotect = mprotect, .msync = msync,
        .mlock = mlock, .munlock = munlock,
#if !defined __APPLE__ && !defined __OpenBSD__
        .posix_fallocate = posix_fallocate,
#endif
    };
    return calls;
}
#endif
