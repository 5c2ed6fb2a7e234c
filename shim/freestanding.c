/*
 * The few functions of the libc that we use, on Linux, without the 700 KB that a static glibc weighs
 * and the milliseconds that a dynamic one takes to load; a loader variable cannot reach us either.
 * Built with -nostdlib; elsewhere (macOS, sanitizers) the real libc stands here.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "../wire/kernel.h"

#if defined __x86_64__
__asm__(".globl _start\n_start:\n xor %ebp,%ebp\n mov %rsp,%rdi\n and $-16,%rsp\n call rampart_start\n");
#elif defined __aarch64__
__asm__(".globl _start\n_start:\n mov x29,#0\n mov x30,#0\n mov x0,sp\n bl rampart_start\n");
#else
#error "build with the libc on this machine"
#endif

static int error_number;
static const unsigned long *auxiliary;
char **environ;

int main(int argc, char *argv[]);
_Noreturn void rampart_start(const long *stack);

int *__errno_location(void) { return &error_number; }

_Noreturn void _exit(int code) {
  for (;;) kernel(SYS_exit_group, code, 0, 0, 0, 0, 0);
}

_Noreturn void rampart_start(const long *stack) {
  int argc = (int)stack[0];
  char **argv = (char **)(uintptr_t)(stack + 1);
  environ = argv + argc + 1;
  char **end = environ;
  while (*end) end++;
  auxiliary = (const unsigned long *)(end + 1);
  _exit(main(argc, argv));
}

unsigned long getauxval(unsigned long type) {
  for (const unsigned long *at = auxiliary; at[0]; at += 2)
    if (at[0] == type) return at[1];
  return 0;
}

#define POINTER(p) ((long)(uintptr_t)(p))

int open(const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  int mode = flags & O_CREAT ? va_arg(list, int) : 0;
  va_end(list);
  return (int)kernel(SYS_openat, AT_FDCWD, POINTER(path), flags, mode, 0, 0);
}
int close(int fd) { return (int)kernel(SYS_close, fd, 0, 0, 0, 0, 0); }
ssize_t read(int fd, void *into, size_t size) { return kernel(SYS_read, fd, POINTER(into), (long)size, 0, 0, 0); }
ssize_t write(int fd, const void *from, size_t size) { return kernel(SYS_write, fd, POINTER(from), (long)size, 0, 0, 0); }
off_t lseek(int fd, off_t to, int how) { return kernel(SYS_lseek, fd, to, how, 0, 0, 0); }
int fstat(int fd, struct stat *into) { return (int)kernel(SYS_fstat, fd, POINTER(into), 0, 0, 0, 0); }
int stat(const char *restrict path, struct stat *restrict into) {
  return (int)kernel(SYS_newfstatat, AT_FDCWD, POINTER(path), POINTER(into), 0, 0, 0);
}
int access(const char *path, int how) { return (int)kernel(SYS_faccessat, AT_FDCWD, POINTER(path), how, 0, 0, 0); }
ssize_t readlink(const char *restrict path, char *restrict into, size_t size) {
  return kernel(SYS_readlinkat, AT_FDCWD, POINTER(path), POINTER(into), (long)size, 0, 0);
}
int chdir(const char *path) { return (int)kernel(SYS_chdir, POINTER(path), 0, 0, 0, 0, 0); }
int dup2(int from, int to) {
  if (from == to) return to; /* dup3 refuses it; no caller does it */
  return (int)kernel(SYS_dup3, from, to, 0, 0, 0, 0);
}
int fcntl(int fd, int what, ...) {
  va_list list;
  va_start(list, what);
  int value = va_arg(list, int);
  va_end(list);
  return (int)kernel(SYS_fcntl, fd, what, value, 0, 0, 0);
}
/* The libcs do not agree on the type of what is asked. */
int plain_ioctl(int fd, unsigned long what, void *value) __asm__("ioctl");
int plain_ioctl(int fd, unsigned long what, void *value) {
  return (int)kernel(SYS_ioctl, fd, (long)what, POINTER(value), 0, 0, 0);
}
int isatty(int fd) {
  char kernel_termios[256];
  return plain_ioctl(fd, TCGETS, kernel_termios) == 0;
}

int poll(struct pollfd *fds, nfds_t n, int ms) {
  struct timespec limit = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
  return (int)kernel(SYS_ppoll, POINTER(fds), (long)n, ms < 0 ? 0 : POINTER(&limit), 0, 0, 0);
}
int clock_gettime(clockid_t clock, struct timespec *into) {
  return (int)kernel(SYS_clock_gettime, clock, POINTER(into), 0, 0, 0, 0);
}

int socket(int domain, int type, int protocol) { return (int)kernel(SYS_socket, domain, type, protocol, 0, 0, 0); }
int socketpair(int domain, int type, int protocol, int pair[2]) {
  return (int)kernel(SYS_socketpair, domain, type, protocol, POINTER(pair), 0, 0);
}
ssize_t recv(int fd, void *into, size_t size, int flags) {
  return kernel(SYS_recvfrom, fd, POINTER(into), (long)size, flags, 0, 0);
}
ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  return kernel(SYS_sendmsg, fd, POINTER(message), flags, 0, 0, 0);
}
int shutdown(int fd, int how) { return (int)kernel(SYS_shutdown, fd, how, 0, 0, 0, 0); }
int getsockopt(int fd, int level, int name, void *restrict into, socklen_t *restrict size) {
  return (int)kernel(SYS_getsockopt, fd, level, name, POINTER(into), POINTER(size), 0);
}

pid_t getpid(void) { return (pid_t)kernel(SYS_getpid, 0, 0, 0, 0, 0, 0); }
pid_t getppid(void) { return (pid_t)kernel(SYS_getppid, 0, 0, 0, 0, 0, 0); }
uid_t getuid(void) { return (uid_t)kernel(SYS_getuid, 0, 0, 0, 0, 0, 0); }
uid_t geteuid(void) { return (uid_t)kernel(SYS_geteuid, 0, 0, 0, 0, 0, 0); }
int kill(pid_t pid, int signal) { return (int)kernel(SYS_kill, pid, signal, 0, 0, 0, 0); }
int execve(const char *path, char *const argv[], char *const env[]) {
  return (int)kernel(SYS_execve, POINTER(path), POINTER(argv), POINTER(env), 0, 0, 0);
}

/* The compiler may call these four by itself, so they must not be turned into calls of themselves. */
void *memcpy(void *restrict to, const void *restrict from, size_t size) {
  char *t = to;
  for (const char *f = from; size > 0; size--) *t++ = *f++;
  return to;
}
void *memmove(void *to, const void *from, size_t size) {
  char *t = to;
  const char *f = from;
  if ((uintptr_t)t <= (uintptr_t)f) return memcpy(to, from, size);
  while (size-- > 0) t[size] = f[size];
  return to;
}
void *memset(void *to, int byte, size_t size) {
  for (char *t = to; size > 0; size--) *t++ = (char)byte;
  return to;
}
int memcmp(const void *one, const void *other, size_t size) {
  const unsigned char *a = one, *b = other;
  for (; size > 0; size--, a++, b++)
    if (*a != *b) return *a - *b;
  return 0;
}
void *memchr(const void *in, int byte, size_t size) {
  for (const unsigned char *at = in; size > 0; size--, at++)
    if (*at == (unsigned char)byte) return (void *)(uintptr_t)at;
  return NULL;
}
size_t strlen(const char *text) {
  size_t size = 0;
  while (text[size]) size++;
  return size;
}
char *strcpy(char *restrict to, const char *restrict from) { return memcpy(to, from, strlen(from) + 1); }
int strcmp(const char *one, const char *other) {
  for (; *one && *one == *other; one++) other++;
  return (unsigned char)*one - (unsigned char)*other;
}
int strncmp(const char *one, const char *other, size_t size) {
  for (; size > 0 && *one && *one == *other; one++, size--) other++;
  return size == 0 ? 0 : (unsigned char)*one - (unsigned char)*other;
}
char *strchr(const char *text, int c) {
  for (;; text++) {
    if (*text == (char)c) return (char *)(uintptr_t)text;
    if (!*text) return NULL;
  }
}
char *strrchr(const char *text, int c) {
  char *found = NULL;
  for (char *at; (at = strchr(text, c)); text = at + 1) {
    found = at;
    if (!*at) break;
  }
  return found;
}
char *strstr(const char *text, const char *part) {
  size_t size = strlen(part);
  for (; *text; text++)
    if (strncmp(text, part, size) == 0) return (char *)(uintptr_t)text;
  return size == 0 ? (char *)(uintptr_t)text : NULL;
}
size_t strspn(const char *text, const char *any) {
  size_t size = 0;
  while (text[size] && strchr(any, text[size])) size++;
  return size;
}
char *strpbrk(const char *text, const char *any) {
  for (; *text; text++)
    if (strchr(any, *text)) return (char *)(uintptr_t)text;
  return NULL;
}
