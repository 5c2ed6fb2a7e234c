/*
 * What every program that is started inherits: the library and the settings of the snapshot, whatever the
 * caller's envp says. Other entries of the loader variable stay, behind ours.
 */
#include "preload.h"

#include <stdlib.h>
#include <string.h>

#include "platform.h"

static const char loader_name[] = LOADER_VARIABLE "=";
enum { LOADER_LENGTH = sizeof loader_name - 1 };

static bool is_loader(const char *entry) { return strncmp(entry, loader_name, LOADER_LENGTH) == 0; }

static const char *loader_of(char *const envp[]) {
  for (; envp && *envp; envp++)
    if (is_loader(*envp)) return *envp + LOADER_LENGTH;
  return "";
}

size_t environment_slots(char *const envp[], size_t *loader_room) {
  const char *library = setting(LIB);
  size_t count = 0;
  while (envp && envp[count]) count++;
  *loader_room = LOADER_LENGTH + (library ? strlen(library) : 0) + strlen(loader_of(envp)) + 2;
  return count + CARRIED + 2;
}

/* "LD_PRELOAD=ours:theirs", without a second ours. Blanks and colons separate. */
static void put_loader(struct passport *passport, size_t room, const char *theirs) {
  struct writer out = WRITER(passport->loader, room - 1);
  const char *library = setting(LIB);
  put_text(&out, loader_name);
  put_text(&out, library);
  while (*theirs) {
    const size_t length = strcspn(theirs, ": ");
    if (length > 0 && !(length == strlen(library) && strncmp(theirs, library, length) == 0)) {
      put_text(&out, ":");
      put_bytes(&out, theirs, length);
    }
    theirs += length + (theirs[length] != '\0');
  }
  *out.at = '\0';
}

static void put_asked(char asked[32], char kind) {
  struct writer out = WRITER(asked, 31);
  put_text(&out, "RAMPART_ASKED=");
  put_bytes(&out, &kind, 1);
  put_number(&out, (uint64_t)getpid());
  *out.at = '\0';
}

void environment_carry(char **slots, char *const envp[], struct passport *passport, char kind) {
  const char *library = setting(LIB);
  size_t room;
  environment_slots(envp, &room);
  put_asked(passport->asked, kind);
  if (library) {
    put_loader(passport, room, loader_of(envp));
    *slots++ = passport->loader;
  }
  for (int i = 0; i < CARRIED; i++)
    if (settings.entry[i]) *slots++ = (char *)(size_t)settings.entry[i];
  *slots++ = passport->asked;
  for (; envp && *envp; envp++)
    if (carried_name(*envp) == CARRIED && !(library && is_loader(*envp))) *slots++ = *envp;
  *slots = NULL;
}

bool environment_was_asked(void) {
  char of_this[32], of_parent[32];
  put_asked(of_this, 'x');
  struct writer out = WRITER(of_parent, 31);
  put_text(&out, "RAMPART_ASKED=s");
  put_number(&out, (uint64_t)getppid());
  *out.at = '\0';
  for (char **entry = environ; entry && *entry; entry++)
    if (strcmp(*entry, of_this) == 0 || strcmp(*entry, of_parent) == 0) return true;
  return false;
}

/*
 * Entries that are as they should be are left alone: setting one moves it under other threads' feet. Of
 * doubled ones the loader reads another than getenv, so they go.
 */
static bool heal(const char *name, const char *wanted) {
  const size_t length = strlen(name);
  size_t found = 0, equal = 0;
  for (char **entry = environ; entry && *entry; entry++) {
    if (strncmp(*entry, name, length) != 0 || (*entry)[length] != '=') continue;
    found++;
    equal += wanted && strcmp(*entry + length + 1, wanted) == 0;
  }
  if (found == equal && found == (wanted ? 1 : 0)) return true;
  /* A single one is replaced where it stands. */
  if ((found > 1 || (found == 1 && !wanted)) && unsetenv(name) != 0) return false;
  return !wanted || setenv(name, wanted, 1) == 0;
}

bool environment_heal(void) {
  size_t room;
  environment_slots(environ, &room);
  char loader[room < LOADER_ON_STACK ? room : 1];
  struct passport passport = {.loader = loader};
  if (room >= LOADER_ON_STACK) return false;
  put_asked(passport.asked, 's');
  for (int i = 0; i < CARRIED; i++) {
    const enum carried which = (enum carried)i;
    const char *wanted = which == ASKED ? strchr(passport.asked, '=') + 1 : setting(which);
    if (!heal(carried_text(which), wanted)) return false;
  }
  if (!setting(LIB)) return true;
  put_loader(&passport, room, loader_of(environ));
  return heal(LOADER_VARIABLE, loader + LOADER_LENGTH);
}
