/* The libc functions that give a line to a shell: asked once, for libc starts the shell by a way of its own. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef __APPLE__
#include <wordexp.h>
#endif

#include "platform.h"
#include "preload.h"

#ifndef __APPLE__
static int (*next_system)(const char *);
static FILE *(*next_popen)(const char *, const char *);
static int (*next_wordexp)(const char *, wordexp_t *, int);

#endif

void resolve_lines(void) {
  (void)HAS(system);
  (void)HAS(popen);
  (void)HAS(wordexp);
}

static bool line_permitted(const char *line) {
  const struct call call = {.tool = "exec", .program = "/bin/sh", .argv = (char *const[]){"sh", "-c", (char *)(size_t)line, NULL}};
  wake();
  return !settings.active || (permitted(&call) && environment_heal());
}

DOOR(int, system, (const char *line)) {
  if (line && !line_permitted(line)) return errno = EPERM, -1;
  return NEXT(system)(line);
}

DOOR(FILE *, popen, (const char *line, const char *mode)) {
  if (line && !line_permitted(line)) return errno = EPERM, NULL;
  return NEXT(popen)(line, mode);
}

/* Older names, which libc exports still. */
#ifdef __GLIBC__
FILE *_IO_popen(const char *, const char *);
FILE *_IO_proc_open(FILE *, const char *, const char *);
static FILE *(*next__IO_popen)(const char *, const char *);
static FILE *(*next__IO_proc_open)(FILE *, const char *, const char *);
DOOR(FILE *, _IO_popen, (const char *line, const char *mode)) {
  if (line && !line_permitted(line)) return errno = EPERM, NULL;
  return NEXT(_IO_popen)(line, mode);
}
DOOR(FILE *, _IO_proc_open, (FILE *file, const char *line, const char *mode)) {
  if (line && !line_permitted(line)) return errno = EPERM, NULL;
  return NEXT(_IO_proc_open)(file, line, mode);
}
#endif

#ifndef __APPLE__
DOOR(int, wordexp, (const char *restrict words, wordexp_t *restrict into, int flags)) {
  const bool runs = !(flags & WRDE_NOCMD) && words && (strstr(words, "$(") || strchr(words, '`'));
  if (runs && !line_permitted(words)) return errno = EPERM, WRDE_CMDSUB;
  return NEXT(wordexp)(words, into, flags);
}
#endif
