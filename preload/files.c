/* The doors to files: a second table, open unless RAMPART_PRELOAD says file. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "platform.h"
#include "preload.h"
#include "snapshot.h"

#ifndef __APPLE__
#ifdef __GLIBC__
int __open(const char *, int, ...);
int __open64(const char *, int, ...);
FILE *_IO_fopen(const char *, const char *);
int __open_2(const char *, int);
int __open64_2(const char *, int);
int __openat_2(int, const char *, int);
int __openat64_2(int, const char *, int);
#endif

enum { EXCHANGE = 2 /* RENAME_EXCHANGE of renameat2 */ };

/* What opening with these flags does to a file. O_PATH gives a name and no content. */
static unsigned access_of(int flags) {
  if (flags & O_PATH) return 0;
  const int mode = flags & O_ACCMODE;
  unsigned access = mode == O_WRONLY ? 0 : SNAPSHOT_READ;
  if (mode != O_RDONLY || (flags & (O_CREAT | O_TRUNC))) access |= SNAPSHOT_WRITE;
  return access;
}

/* fopen's "r", "r+", "w", "a+", … */
static unsigned access_of_mode(const char *mode) {
  unsigned access = mode && mode[0] == 'r' ? SNAPSHOT_READ : SNAPSHOT_WRITE;
  return mode && strchr(mode, '+') ? SNAPSHOT_READ | SNAPSHOT_WRITE : access;
}

static mode_t mode_of(int flags, va_list list) {
  return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(list, mode_t) : 0;
}

#define AT(access, dir, path) file_permitted(access, dir, path)
#define HERE(access, path) AT(access, AT_FDCWD, path)
/* Under another name the file can be read (F34), as engine's `mv` has it; an exchange moves both. */
#define MOVED(from_dir, from, to_dir, to) \
  (AT(SNAPSHOT_READ | SNAPSHOT_DELETE, from_dir, from) && AT(SNAPSHOT_WRITE, to_dir, to))
#define MOVED_BY(flags, from_dir, from, to_dir, to) \
  (MOVED(from_dir, from, to_dir, to) && (!((flags) & EXCHANGE) || MOVED(to_dir, to, from_dir, from)))
#define LINKED(from_dir, from, to_dir, to) (AT(SNAPSHOT_READ, from_dir, from) && AT(SNAPSHOT_WRITE, to_dir, to))

/* X(returns, name, parameters, arguments, whether it may be done, result when it may not) */
#define FILE_DOORS(X) \
  X(int, creat, (const char *p, mode_t m), (p, m), HERE(SNAPSHOT_WRITE, p), -1) \
  X(FILE *, fopen, (const char *restrict p, const char *restrict m), (p, m), HERE(access_of_mode(m), p), NULL) \
  X(FILE *, freopen, (const char *restrict p, const char *restrict m, FILE *restrict f), (p, m, f), HERE(access_of_mode(m), p), NULL) \
  X(int, unlink, (const char *p), (p), HERE(SNAPSHOT_DELETE, p), -1) \
  X(int, unlinkat, (int d, const char *p, int f), (d, p, f), AT(SNAPSHOT_DELETE, d, p), -1) \
  X(int, remove, (const char *p), (p), HERE(SNAPSHOT_DELETE, p), -1) \
  X(int, rmdir, (const char *p), (p), HERE(SNAPSHOT_DELETE, p), -1) \
  X(int, rename, (const char *a, const char *b), (a, b), MOVED(AT_FDCWD, a, AT_FDCWD, b), -1) \
  X(int, renameat, (int c, const char *a, int d, const char *b), (c, a, d, b), MOVED(c, a, d, b), -1) \
  X(int, renameat2, (int c, const char *a, int d, const char *b, unsigned f), (c, a, d, b, f), MOVED_BY(f, c, a, d, b), -1) \
  X(int, link, (const char *a, const char *b), (a, b), LINKED(AT_FDCWD, a, AT_FDCWD, b), -1) \
  X(int, linkat, (int c, const char *a, int d, const char *b, int f), (c, a, d, b, f), LINKED(c, a, d, b), -1) \
  X(int, truncate, (const char *p, off_t n), (p, n), HERE(SNAPSHOT_WRITE, p), -1)

/* What glibc has beside them: files beyond 2 GiB, what fortified programs call, and older names. */
#ifdef __GLIBC__
#define GLIBC_DOORS(X) \
  X(int, __open_2, (const char *p, int f), (p, f), HERE(access_of(f), p), -1) \
  X(int, __open64_2, (const char *p, int f), (p, f), HERE(access_of(f), p), -1) \
  X(int, __openat_2, (int d, const char *p, int f), (d, p, f), AT(access_of(f), d, p), -1) \
  X(int, __openat64_2, (int d, const char *p, int f), (d, p, f), AT(access_of(f), d, p), -1) \
  X(int, creat64, (const char *p, mode_t m), (p, m), HERE(SNAPSHOT_WRITE, p), -1) \
  X(FILE *, _IO_fopen, (const char *restrict p, const char *restrict m), (p, m), HERE(access_of_mode(m), p), NULL) \
  X(FILE *, fopen64, (const char *restrict p, const char *restrict m), (p, m), HERE(access_of_mode(m), p), NULL) \
  X(FILE *, freopen64, (const char *restrict p, const char *restrict m, FILE *restrict f), (p, m, f), HERE(access_of_mode(m), p), NULL) \
  X(int, truncate64, (const char *p, off64_t n), (p, n), HERE(SNAPSHOT_WRITE, p), -1)
#else
#define GLIBC_DOORS(X)
#endif

#define FILE_DOOR(returns, name, parameters, arguments, may, denied) \
  static returns(*next_##name) parameters;                           \
  DOOR(returns, name, parameters) {                                  \
    if (!(may)) return errno = EPERM, denied;                        \
    return NEXT(name) arguments;                                     \
  }
FILE_DOORS(FILE_DOOR)
GLIBC_DOORS(FILE_DOOR)

/* The ones whose third argument is there only when a file is made. */
#define OPEN_DOOR(name, dir, parameters, arguments) \
  static int(*next_##name) parameters;              \
  DOOR(int, name, parameters) {                     \
    va_list list;                                   \
    va_start(list, flags);                          \
    const mode_t mode = mode_of(flags, list);       \
    va_end(list);                                   \
    if (!AT(access_of(flags), dir, path)) return errno = EPERM, -1; \
    return NEXT(name) arguments;                    \
  }
OPEN_DOOR(open, AT_FDCWD, (const char *path, int flags, ...), (path, flags, mode))
#ifdef __GLIBC__
OPEN_DOOR(__open, AT_FDCWD, (const char *path, int flags, ...), (path, flags, mode))
OPEN_DOOR(__open64, AT_FDCWD, (const char *path, int flags, ...), (path, flags, mode))
OPEN_DOOR(open64, AT_FDCWD, (const char *path, int flags, ...), (path, flags, mode))
OPEN_DOOR(openat64, dir, (int dir, const char *path, int flags, ...), (dir, path, flags, mode))
#endif
OPEN_DOOR(openat, dir, (int dir, const char *path, int flags, ...), (dir, path, flags, mode))

#define PLACE(returns, name, parameters, arguments, may, denied) {#name, (void **)&next_##name},
static const struct {
  const char *name;
  void **place;
} behind_doors[] = {
    FILE_DOORS(PLACE) GLIBC_DOORS(PLACE)
#ifdef __GLIBC__
    {"__open", (void **)&next___open},
    {"__open64", (void **)&next___open64},
    {"open64", (void **)&next_open64},
    {"openat64", (void **)&next_openat64},
#endif
    {"open", (void **)&next_open},
    {"openat", (void **)&next_openat},
};

void resolve_files(void) {
  for (size_t i = 0; i < sizeof behind_doors / sizeof *behind_doors; i++)
    *behind_doors[i].place = dlsym(RTLD_NEXT, behind_doors[i].name);
}

/* The same by number, for programs that call `syscall`. */
bool file_call_permitted(long number, const long a[6]) {
  const char *first = (const char *)a[0], *second = (const char *)a[1];
  /* arm64 has none of the calls without a directory. */
  (void)first;
  switch (number) {
#ifdef SYS_open
    case SYS_open: return HERE(access_of((int)a[1]), first);
    case SYS_creat:
    case SYS_truncate: return HERE(SNAPSHOT_WRITE, first);
    case SYS_unlink:
    case SYS_rmdir: return HERE(SNAPSHOT_DELETE, first);
    case SYS_rename: return MOVED(AT_FDCWD, first, AT_FDCWD, second);
    case SYS_link: return LINKED(AT_FDCWD, first, AT_FDCWD, second);
    case SYS_renameat: return MOVED((int)a[0], second, (int)a[2], (const char *)a[3]);
#endif
    case SYS_openat: return AT(access_of((int)a[2]), (int)a[0], second);
#ifdef SYS_openat2
    case SYS_openat2: return AT(a[2] ? access_of((int)*(const long long *)a[2]) : 0, (int)a[0], second);
#endif
    case SYS_unlinkat: return AT(SNAPSHOT_DELETE, (int)a[0], second);
    case SYS_renameat2: return MOVED_BY(a[4], (int)a[0], second, (int)a[2], (const char *)a[3]);
    case SYS_linkat: return LINKED((int)a[0], second, (int)a[2], (const char *)a[3]);
    default: return true;
  }
}
#else
void resolve_files(void) {}
#endif
