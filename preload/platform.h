/*
 * What Linux and macOS do differently. Linux (glibc, musl; x86-64, arm64) is what is tested; for macOS it is
 * compiled and linked, and never run for want of a machine (README, "What passes by").
 */
#ifndef RAMPART_PLATFORM_H
#define RAMPART_PLATFORM_H

#include "../wire/kernel.h"

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
extern char **environ;
#define LOADER_VARIABLE "LD_PRELOAD"
#define DOOR(returns, name, parameters) PUBLIC returns name parameters
/* Resolved on load (`resolve` in each file of doors); a call that comes earlier resolves it itself. */
#define NEXT(name) (next_##name ? (void)0 : behind(#name, (void **)&next_##name), next_##name)

#define HAS(name) (next_##name || (*(void **)&next_##name = dlsym(RTLD_NEXT, #name)))

/** Find the function behind ours; the process cannot go on without it. */
void behind(const char *name, void **place);
#endif

#endif
