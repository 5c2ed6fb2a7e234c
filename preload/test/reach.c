/* reach DOOR PATH|HOST PORT: read, write, delete or reach something through one door, and tell how it went. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *path, *other;

static int shown(int fd) {
  char text[64];
  const ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text);
  if (length > 0) fwrite(text, 1, (size_t)length, stdout);
  return length < 0 ? -1 : 0;
}
static int by_open(void) { return shown(open(path, O_RDONLY)); }
static int by_open64(void) { return shown(open64(path, O_RDONLY)); }
#ifdef __GLIBC__
int __open(const char *, int, ...);
int __open64(const char *, int, ...);
FILE *_IO_fopen(const char *, const char *);
int __connect(int, const struct sockaddr *, socklen_t);
#else
#define __open open
#define __open64 open
#define _IO_fopen fopen
#define __connect connect
/* Not every musl has it. */
#define renameat2(...) (int)syscall(SYS_renameat2, __VA_ARGS__)
#endif
static int by_old_open(void) { return shown(__open(path, O_RDONLY)); }
static int by_old_open64(void) { return shown(__open64(path, O_RDONLY)); }
static int by_old_fopen(void) {
  FILE *file = _IO_fopen(path, "r");
  return file ? shown(fileno(file)) : -1;
}
static int by_openat(void) { return shown(openat(AT_FDCWD, path, O_RDONLY)); }
static int by_openat_dir(void) {
  char dir[4096];
  strcpy(dir, path);
  char *last = strrchr(dir, '/');
  *last = '\0';
  return shown(openat(open(dir, O_PATH), last + 1, O_RDONLY));
}
/* From a directory too deep to have a name. */
static int by_open_deep(void) {
  char name[201];
  memset(name, 'd', 200);
  name[200] = '\0';
  for (int i = 0; i < 30; i++)
    if (mkdir(name, 0700) != 0 || chdir(name) != 0) return -1;
  return symlink(path, "secret") != 0 ? -1 : shown(open("secret", O_RDONLY));
}
static int by_fopen(void) {
  FILE *file = fopen(path, "r");
  return file ? shown(fileno(file)) : -1;
}
static int by_freopen(void) {
  FILE *file = freopen(path, "r", stdin);
  return file ? shown(fileno(file)) : -1;
}
static int by_syscall_open(void) { return shown((int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY)); }
static int by_link_read(void) { return link(path, other) != 0 ? -1 : by_open(); }
static int by_create(void) { return open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644); }
static int by_creat(void) { return creat(path, 0644); }
static int by_fopen_write(void) { return fopen(path, "w") ? 0 : -1; }
static int by_truncate(void) { return truncate(path, 0); }
static int by_unlink(void) { return unlink(path); }
static int by_unlinkat(void) { return unlinkat(AT_FDCWD, path, 0); }
static int by_remove(void) { return remove(path); }
static int by_rename(void) { return rename(path, other); }
static int by_renameat(void) { return renameat(AT_FDCWD, path, AT_FDCWD, other); }
/* What stood under the other name is under this one then. */
static int by_exchange(void) {
  close(open(other, O_WRONLY | O_CREAT, 0600));
  return renameat2(AT_FDCWD, other, AT_FDCWD, path, 2);
}
static int by_syscall_exchange(void) {
  close(open(other, O_WRONLY | O_CREAT, 0600));
  return (int)syscall(SYS_renameat2, AT_FDCWD, other, AT_FDCWD, path, 2);
}
static int by_syscall_unlink(void) { return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0); }

static struct sockaddr_in address(void) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(other))};
  inet_pton(AF_INET, path, &to.sin_addr);
  return to;
}
static int by_connect(void) {
  const struct sockaddr_in to = address();
  return connect(socket(AF_INET, SOCK_STREAM, 0), (const struct sockaddr *)&to, sizeof to);
}
static int by_old_connect(void) {
  const struct sockaddr_in to = address();
  return __connect(socket(AF_INET, SOCK_STREAM, 0), (const struct sockaddr *)&to, sizeof to);
}
static int by_connect_mapped(void) {
  struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons((unsigned short)atoi(other))};
  char text[64];
  snprintf(text, sizeof text, "::ffff:%s", path);
  inet_pton(AF_INET6, text, &to.sin6_addr);
  return connect(socket(AF_INET6, SOCK_STREAM, 0), (const struct sockaddr *)&to, sizeof to);
}
static int by_syscall_connect(void) {
  const struct sockaddr_in to = address();
  return (int)syscall(SYS_connect, socket(AF_INET, SOCK_STREAM, 0), &to, sizeof to);
}
static int by_sendto(void) {
  const struct sockaddr_in to = address();
  return sendto(socket(AF_INET, SOCK_DGRAM, 0), "x", 1, 0, (const struct sockaddr *)&to, sizeof to) == 1 ? 0 : -1;
}
static int by_sendmsg(void) {
  struct sockaddr_in to = address();
  const struct msghdr message = {.msg_name = &to, .msg_namelen = sizeof to};
  return sendmsg(socket(AF_INET, SOCK_DGRAM, 0), &message, 0) == 0 ? 0 : -1;
}
static int by_sendmmsg(void) {
  struct sockaddr_in to = address();
  struct mmsghdr message = {.msg_hdr = {.msg_name = &to, .msg_namelen = sizeof to}};
  return sendmmsg(socket(AF_INET, SOCK_DGRAM, 0), &message, 1, 0) < 0 ? -1 : 0;
}
static int by_gethostbyname_r(void) {
  struct hostent host, *found = &host;
  char room[4096];
  int error;
  const int failed = gethostbyname_r(path, &host, room, sizeof room, &found, &error);
  if (failed) errno = failed;
  return failed || !found ? -1 : 0;
}
static int by_gethostbyname2_r(void) {
  struct hostent host, *found = &host;
  char room[4096];
  int error;
  const int failed = gethostbyname2_r(path, AF_INET, &host, room, sizeof room, &found, &error);
  if (failed) errno = failed;
  return failed || !found ? -1 : 0;
}
static int by_getaddrinfo(void) {
  struct addrinfo *found = NULL;
  const int failed = getaddrinfo(path, other, NULL, &found);
  return failed ? -1 : (freeaddrinfo(found), 0);
}

#define ROW(name) {#name, by_##name}
static const struct {
  const char *name;
  int (*go)(void);
} doors[] = {
    ROW(old_open), ROW(old_open64), ROW(old_fopen), ROW(old_connect),
    ROW(open), ROW(open64), ROW(openat), ROW(openat_dir), ROW(open_deep), ROW(fopen), ROW(freopen), ROW(syscall_open), ROW(link_read),
    ROW(create), ROW(creat), ROW(fopen_write), ROW(truncate), ROW(unlink), ROW(unlinkat), ROW(remove), ROW(rename),
    ROW(renameat), ROW(exchange), ROW(syscall_exchange), ROW(syscall_unlink), ROW(connect), ROW(connect_mapped), ROW(syscall_connect), ROW(sendto),
    ROW(sendmsg), ROW(sendmmsg), ROW(gethostbyname_r), ROW(gethostbyname2_r), ROW(getaddrinfo),
};

int main(int count, char **argv) {
  if (count != 4) return 64;
  path = argv[2], other = argv[3];
  for (size_t i = 0; i < sizeof doors / sizeof *doors; i++) {
    if (strcmp(doors[i].name, argv[1]) != 0) continue;
    errno = 4242;
    const int result = doors[i].go();
    printf(" %d %d\n", result < 0 ? -1 : 0, errno);
    return 0;
  }
  return 64;
}
