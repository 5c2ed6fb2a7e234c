/*
 * rampart-shim: the shell of a wrapped agent. It reads its argv as that shell would, asks whether what
 * would run may, and becomes the real shell with argv untouched.
 */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/auxv.h>
#endif

extern char **environ;

enum { WORDS_MOST = 1024 };

static char script[BODY_LIMIT + 2];
static char judged[BODY_LIMIT];
static const char *words[WORDS_MOST + 1];

struct run {
  struct rampart_settings settings;
  struct rampart_shell shell;
  struct rampart_invocation invocation;
  char *const *argv;
  /* The text of a command or script where it is at hand. */
  const char *text;
  size_t size;
};

static bool refuse(const struct run *run, const char *why) {
  rampart_say_blocked(&run->settings, why, NULL);
  return false;
}

/* N of /dev/fd/N, /proc/self/fd/N and /dev/stdin; -1 of any other path. */
static int descriptor_of(const char *path) {
  static const char *const before[] = {"/dev/fd/", "/proc/self/fd/"};
  if (strcmp(path, "/dev/stdin") == 0) return STDIN_FILENO;
  for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
    size_t size = strlen(before[i]);
    if (strncmp(path, before[i], size) != 0) continue;
    int fd = 0;
    const char *digit = path + size;
    for (; *digit >= '0' && *digit <= '9' && fd < 100000; digit++) fd = fd * 10 + (*digit - '0');
    return *digit == '\0' && digit > path + size ? fd : -1;
  }
  return -1;
}

static bool capture(struct run *run, int fd, enum rampart_captured *captured) {
  *captured = rampart_capture(fd, script, BODY_LIMIT, &run->size);
  if (*captured == RAMPART_TOO_LONG) return refuse(run, "the script does not end within 1 MiB and 10 s");
  if (*captured == RAMPART_UNREAD) return refuse(run, "the script cannot be read");
  if (*captured == RAMPART_CAPTURED && run->size > 0) {
    /* No word of a request holds a NUL; shells do not agree on what one means either. */
    if (memchr(script, '\0', run->size)) return refuse(run, "the script holds a NUL character");
    script[run->size] = '\0';
    run->text = script;
  }
  return true;
}

/* Whether a list of the loader's, apart by blanks and colons, holds this path. */
static bool lists(const char *list, const char *path) {
  size_t size = strlen(path);
  while (*(list += strspn(list, " :"))) {
    size_t length = 0;
    while (list[length] && !strchr(" :", list[length])) length++;
    if (length == size && memcmp(list, path, size) == 0) return true;
    list += length;
  }
  return false;
}

/* Fed line by line by whoever holds the other end: only the library sees what comes. */
static bool may_be_fed(struct run *run) {
  const char *loaded = rampart_variable("LD_PRELOAD");
  const char *library = run->settings.library;
  if (loaded && library && library[0] == '/' && lists(loaded, library) && access(library, R_OK) == 0) return true;
  return refuse(run, "commands come through a pipe that stays open: give them by -c or in a file");
}

static bool take_stdin(struct run *run) {
  enum rampart_captured captured;
  if (!capture(run, STDIN_FILENO, &captured)) return false;
  if (captured == RAMPART_TERMINAL) run->invocation.interactive = true;
  return captured != RAMPART_ENDLESS || may_be_fed(run);
}

/* A name that is not there shells look for in PATH; what they find is what is judged. */
static const char *find_script(const char *name) {
  static char found[PATH_MAX];
  const char *list = rampart_variable("PATH");
  if (strchr(name, '/') || access(name, F_OK) == 0) return name;
  while (list && *list) {
    const char *end = strchr(list, ':');
    size_t size = end ? (size_t)(end - list) : strlen(list);
    struct writer path = WRITER(found, sizeof found - 1);
    put_bytes(&path, size > 0 ? list : ".", size > 0 ? size : 1);
    put_text(&path, "/");
    put_text(&path, name);
    *path.at = '\0';
    if (!path.full && access(found, R_OK) == 0) return found;
    list = end ? end + 1 : NULL;
  }
  return name;
}

static bool take_script(struct run *run) {
  const char *path = run->argv[run->invocation.text];
  struct stat file;
  int fd = descriptor_of(path);
  if (fd >= 0) {
    enum rampart_captured captured;
    if (!capture(run, fd, &captured)) return false;
    return captured != RAMPART_ENDLESS || refuse(run, "the script does not end");
  }
  /* The server reads a file by itself; what is no file can be read once only. */
  if (stat(path, &file) != 0 || S_ISREG(file.st_mode) || S_ISDIR(file.st_mode)) return true;
  return refuse(run, "the script is no regular file");
}

/* The call in the plainest words that mean the same, so that nobody has to read options again. */
static bool choose_words(struct run *run) {
  const struct rampart_invocation *invocation = &run->invocation;
  size_t n = 0;
  words[n++] = run->shell.name;
  if (run->text) {
    words[n++] = "-c";
    words[n++] = run->text;
    /* A script's own name is its $0, and standard input's is the shell's. */
    if (invocation->kind == RAMPART_SCRIPT) words[n++] = run->argv[invocation->text];
    if (invocation->kind == RAMPART_STDIN && run->argv[invocation->args]) words[n++] = run->argv[0];
  } else if (invocation->kind == RAMPART_SCRIPT) {
    words[n++] = "--";
    words[n++] = find_script(run->argv[invocation->text]);
  }
  bool all = !run->text && invocation->kind != RAMPART_SCRIPT;
  for (char *const *word = run->argv + (all ? 1 : invocation->args); *word; word++) {
    if (n == WORDS_MOST) return refuse(run, "more than 1,024 arguments");
    words[n++] = *word;
  }
  words[n] = NULL;
  return true;
}

static bool is_allowed(struct run *run) {
  struct writer line = WRITER(judged, sizeof judged);
  if (!rampart_add_startup(&line, &run->shell, &run->invocation, run->settings.home, run->text, run->size))
    return refuse(run, "what the environment makes the shell run cannot be read");
  struct call question = {.tool = "exec", .shell = run->shell.name};
  bool bare = run->text && words[3] == NULL;
  if (written(&line) > 0) {
    for (size_t i = 0; !bare && words[i]; i++) {
      if (i > 0) put_text(&line, " ");
      put_quoted(&line, words[i]);
    }
    if (bare) put_bytes(&line, run->text, run->size);
    if (line.full) return refuse(run, "the command is too long to be read");
    question.line = line.start;
    question.line_length = written(&line);
  } else if (bare) {
    question.line = run->text;
    question.line_length = run->size;
  } else {
    question.argv = (char *const *)(uintptr_t)words;
  }
  return rampart_allows(&run->settings, &question);
}

static bool take_text(struct run *run) {
  switch (run->invocation.kind) {
    case RAMPART_COMMAND:
      run->text = run->argv[run->invocation.text];
      run->size = strlen(run->text);
      return true;
    case RAMPART_SCRIPT: return take_script(run);
    case RAMPART_STDIN: return take_stdin(run);
    case RAMPART_NOTHING: return true;
    case RAMPART_UNREADABLE: return refuse(run, run->invocation.why);
  }
  return false;
}

static int run_shell(int argc, char *argv[], const char *program, const char *own) {
  static struct run run;
  run.argv = argv;
  rampart_settings_read(&run.settings, program, own);
  if (!rampart_shell_find(program, &run.settings, &run.shell)) {
    rampart_say_blocked(&run.settings, "there is no shell of this name that can be read", NULL);
    return 127;
  }
  rampart_read_options(run.shell.dialect, argc, argv, &run.invocation);
  if (!take_text(&run) || !choose_words(&run) || !is_allowed(&run)) return RAMPART_BLOCKED;
  execve(run.shell.path, argv, environ);
  return errno == ENOENT ? 127 : RAMPART_BLOCKED;
}

static const char *started_as(void) {
#ifdef __linux__
  /* Not argv[0], which is whatever the caller likes. */
  return (const char *)getauxval(AT_EXECFN);
#else
  return NULL;
#endif
}

int main(int argc, char *argv[]) {
  static char own[PATH_MAX];
  ssize_t size = readlink("/proc/self/exe", own, sizeof own - 1);
  own[size > 0 ? size : 0] = '\0';
  /* The name by which we were started; behind `#!` it is the script's, and argv[0] ours. */
  const char *names[] = {started_as(), argv[0], own};
  const char *program = size > 0 ? own : argv[0] ? argv[0] : "";
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (!names[i] || !strchr(names[i], '/') || !rampart_is_ourselves(names[i])) continue;
    program = names[i];
    break;
  }
  if (argc > 1 && strcmp(argv[1], "hook") == 0 && strcmp(rampart_base(program), "rampart-shim") == 0) {
    static struct rampart_settings settings;
    rampart_settings_read(&settings, program, own);
    return rampart_hook(argc - 2, argv + 2, &settings, own);
  }
  return run_shell(argc, argv, program, own);
}
