/*
 * What Linux and macOS do differently. Linux (glibc, musl; x86-64, arm64) is what is tested; macOS is kept
 * compilable in shape only, for want of a machine (README, "What passes by").
 */
#ifndef RAMPART_PLATFORM_H
#define RAMPART_PLATFORM_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#define PUBLIC __attribute__((visibility("default")))

/*
 * DOOR defines the function that stands in for a libc function; NEXT is the one behind it. Linux finds
 * ours first because the library is loaded first; dyld has a table of pairs.
 */
#ifdef __APPLE__
#include <crt_externs.h>
#define LOADER_VARIABLE "DYLD_INSERT_LIBRARIES"
#define environ (*_NSGetEnviron())
#define DOOR(returns, name, parameters)                                                            \
  returns rampart_##name parameters;                                                               \
  __attribute__((used, section("__DATA,__interpose"))) static const struct {                       \
    const void *ours, *theirs;                                                                     \
  } pair_##name = {(const void *)rampart_##name, (const void *)name};                              \
  PUBLIC returns rampart_##name parameters
#define NEXT(name) name
#define HAS(name) true
#else
#include <dlfcn.h>
#include <sys/syscall.h>
extern char **environ;
#define LOADER_VARIABLE "LD_PRELOAD"
#define DOOR(returns, name, parameters) PUBLIC returns name parameters
/* Resolved on load (`resolve` in each file of doors); a call that comes earlier resolves it itself. */
#define NEXT(name) (next_##name ? (void)0 : behind(#name, (void **)&next_##name), next_##name)

#define HAS(name) (next_##name || (*(void **)&next_##name = dlsym(RTLD_NEXT, #name)))

/** Find the function behind ours; the process cannot go on without it. */
void behind(const char *name, void **place);
#endif

/*
 * The kernel itself, for what we do ourselves: it can be had before anything is resolved, and our own
 * opens and connects do not come back to us as calls to judge. Sets errno.
 */
#ifdef __linux__
static inline long kernel(long number, long a, long b, long c, long d, long e, long f) {
#if defined __x86_64__
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
#elif defined __aarch64__
  register long x8 __asm__("x8") = number;
  register long result __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0"
                   : "+r"(result)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
#else
#error "Add this processor's system call here"
#endif
  if (result < 0 && result > -4096) {
    errno = (int)-result;
    return -1;
  }
  return result;
}

static inline int own_open(const char *path, int flags, mode_t mode) {
  return (int)kernel(SYS_openat, -100 /* AT_FDCWD */, (long)path, flags, (long)mode, 0, 0);
}
static inline int own_connect(int fd, const struct sockaddr *to, socklen_t length) {
  return (int)kernel(SYS_connect, fd, (long)to, (long)length, 0, 0, 0);
}
static inline bool own_cwd(char *into, size_t room) {
  return kernel(SYS_getcwd, (long)into, (long)room, 0, 0, 0, 0) > 0 && into[0] == '/';
}
static inline bool peer_uid(int fd, uid_t *uid) {
  struct {
    pid_t pid;
    uid_t uid;
    gid_t gid;
  } peer;
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return false;
  *uid = peer.uid;
  return true;
}
#else
#include <fcntl.h>
#define own_open(path, flags, mode) open(path, flags, mode)
#define own_connect(fd, to, length) connect(fd, to, length)
#define own_cwd(into, room) (getcwd(into, room) != NULL)
static inline bool peer_uid(int fd, uid_t *uid) {
  gid_t gid;
  return getpeereid(fd, uid, &gid) == 0;
}
#endif

#endif
