/*
 * Code that the environment makes a shell run before or around the line: it is judged with it, as
 * lines in front. More is judged than a shell might read, never less; files of the user's own home
 * are guarded where they are written.
 */
#include "shim.h"

#include <string.h>
#include <unistd.h>

extern char **environ;

enum { ALWAYS = 0, LOGIN = 1, INTERACTIVE = 2 };

/* Files by which a shell starts, in a directory that a variable names. */
static const struct {
  enum rampart_dialect dialect;
  int when;
  const char *name;
} FILES[] = {
    {RAMPART_BASH, LOGIN, ".bash_profile"}, {RAMPART_BASH, LOGIN, ".bash_login"},
    {RAMPART_BASH, LOGIN, ".profile"},      {RAMPART_BASH, INTERACTIVE, ".bashrc"},
    {RAMPART_DASH, LOGIN, ".profile"},      {RAMPART_KSH, LOGIN, ".profile"},
    {RAMPART_KSH, INTERACTIVE, ".kshrc"},   {RAMPART_KSH, INTERACTIVE, ".mkshrc"},
    {RAMPART_ZSH, ALWAYS, ".zshenv"},       {RAMPART_ZSH, LOGIN, ".zprofile"},
    {RAMPART_ZSH, INTERACTIVE, ".zshrc"},   {RAMPART_ZSH, LOGIN, ".zlogin"},
};

/* Variables that hold code, or the name of a file that does. */
static const struct {
  const char *name;
  int when;
  enum { FILE_NAME, LINE, PROMPT } holds;
  bool bash_only;
} VARIABLES[] = {
    {"BASH_ENV", ALWAYS, FILE_NAME, true},  {"ENV", INTERACTIVE, FILE_NAME, false},
    {"PROMPT_COMMAND", INTERACTIVE, LINE, true}, {"PS0", INTERACTIVE, PROMPT, false},
    {"PS1", INTERACTIVE, PROMPT, false},    {"PS2", INTERACTIVE, PROMPT, false},
    {"PS4", ALWAYS, PROMPT, false},
};

static bool applies(int when, const struct rampart_invocation *invocation) {
  return when == ALWAYS || (when == LOGIN && invocation->login) ||
         (when == INTERACTIVE && invocation->interactive);
}

static bool expands(const char *value) { return strpbrk(value, "$`") != NULL; }

void put_quoted(struct writer *text, const char *word) {
  put_bytes(text, "'", 1);
  for (const char *quote; (quote = strchr(word, '\'')); word = quote + 1) {
    put_bytes(text, word, (size_t)(quote - word));
    put_text(text, "'\\''");
  }
  put_text(text, word);
  put_text(text, "'");
}

static void add_source(struct writer *text, const char *file) {
  put_text(text, "source ");
  put_quoted(text, file);
  put_text(text, "\n");
}

/* Shells expand it as between double quotes, so a substitution in it runs. */
static bool add_in_double_quotes(struct writer *text, const char *before, const char *value) {
  if (strpbrk(value, "\"\\")) return false;
  put_text(text, before);
  put_text(text, " \"");
  put_text(text, value);
  put_text(text, "\"\n");
  return true;
}

static bool add_variable(struct writer *text, size_t row, const char *value) {
  switch (VARIABLES[row].holds) {
    case FILE_NAME:
      if (expands(value)) return add_in_double_quotes(text, "source", value);
      add_source(text, value);
      return true;
    case LINE:
      put_text(text, value);
      put_text(text, "\n");
      return true;
    case PROMPT: return !expands(value) || add_in_double_quotes(text, ":", value);
  }
  return false;
}

static void add_file_of(struct writer *text, const char *directory, const char *name) {
  char path[PATH_MAX];
  struct writer file = WRITER(path, sizeof path - 1);
  put_text(&file, directory);
  put_text(&file, "/");
  put_text(&file, name);
  if (file.full) {
    text->full = true;
    return;
  }
  *file.at = '\0';
  if (access(path, F_OK) == 0) add_source(text, path);
}

/* A directory other than the user's own home is an agent's choice. */
static void add_files(struct writer *text, const struct rampart_shell *shell,
                      const struct rampart_invocation *invocation, const char *home) {
  const char *directory = shell->dialect == RAMPART_ZSH ? rampart_variable("ZDOTDIR") : NULL;
  if (!directory) directory = rampart_variable("HOME");
  if (!directory || !*directory || (home && strcmp(directory, home) == 0)) return;
  for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++)
    if (FILES[i].dialect == shell->dialect && applies(FILES[i].when, invocation))
      add_file_of(text, directory, FILES[i].name);
}

static bool holds(const char *line, size_t size, const char *name, size_t length) {
  for (size_t i = 0; length > 0 && i + length <= size; i++)
    if (memcmp(line + i, name, length) == 0) return true;
  return false;
}

static bool is_name(const char *name, size_t size) {
  for (size_t i = 0; i < size; i++) {
    char c = name[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    bool more = (c >= '0' && c <= '9') || strchr("-.:+@,", c);
    if (!letter && !(i > 0 && more)) return false;
  }
  return size > 0;
}

/*
 * Functions that come with the environment (BASH_FUNC_name%%) replace commands (security.md F21).
 * Those whose name stands nowhere are left out: some systems export one into every process.
 */
static bool add_functions(struct writer *text, const char *line, size_t size) {
  static const char prefix[] = "BASH_FUNC_", hook[] = "command_not_found_handle";
  for (char **at = environ; at && *at; at++) {
    if (strncmp(*at, prefix, sizeof prefix - 1) != 0) continue;
    const char *name = *at + sizeof prefix - 1;
    const char *end = strstr(name, "%%=");
    if (!end || strncmp(end + 3, "() {", 4) != 0) continue;
    size_t length = (size_t)(end - name);
    bool always = length == sizeof hook - 1 && memcmp(name, hook, length) == 0;
    if (line && !always && !holds(line, size, name, length)) continue;
    if (!is_name(name, length)) return false;
    put_bytes(text, name, length);
    put_text(text, " ");
    put_text(text, end + 3);
    put_text(text, "\n");
  }
  return true;
}

bool rampart_add_startup(struct writer *text, const struct rampart_shell *shell,
                         const struct rampart_invocation *invocation, const char *home, const char *line,
                         size_t size) {
  bool bash = shell->dialect == RAMPART_BASH;
  add_files(text, shell, invocation, home);
  if (invocation->rcfile && invocation->interactive) add_source(text, invocation->rcfile);
  for (size_t i = 0; i < sizeof VARIABLES / sizeof VARIABLES[0]; i++) {
    if ((VARIABLES[i].bash_only && !bash) || !applies(VARIABLES[i].when, invocation)) continue;
    const char *value = rampart_variable(VARIABLES[i].name);
    if (!value || !*value) continue;
    if (!add_variable(text, i, value)) return false;
  }
  return (!bash || add_functions(text, line, size)) && !text->full;
}
