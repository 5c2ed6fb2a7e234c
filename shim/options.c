/*
 * How each shell reads its own options. A difference to the real one would be a way past us, so the
 * readers below follow the shells' own loops, and an option that stands in no table is refused.
 */
#include "shim.h"

#include <string.h>

/* The letters that take no value and change nothing of what is run. */
static const char *const LETTERS[] = {
    [RAMPART_BASH] = "abefhikmnprtuvxBCEHPTlD",
    [RAMPART_DASH] = "efIimnsxvVECabuplk",
    [RAMPART_ZSH] = "0123456789BCDEFGHIJKLMNOPQRSTUVWXYZadefghiklmnprtuvwxyz",
    [RAMPART_KSH] = "abefhikmnprtuvxCl",
};

/* Long options of bash; with one hyphen or two, before any short one. */
static const struct {
  const char *name;
  enum { PLAIN, RCFILE, LOGIN, ENDS } what;
} LONG[] = {
    {"debug", PLAIN},         {"debugger", PLAIN},     {"dump-po-strings", PLAIN},
    {"dump-strings", PLAIN},  {"help", ENDS},          {"init-file", RCFILE},
    {"login", LOGIN},         {"noediting", PLAIN},    {"noprofile", PLAIN},
    {"norc", PLAIN},          {"posix", PLAIN},        {"pretty-print", PLAIN},
    {"rcfile", RCFILE},       {"restricted", PLAIN},   {"verbose", PLAIN},
    {"version", ENDS},
};

struct reader {
  enum rampart_dialect dialect;
  char *const *argv;
  struct rampart_invocation *into;
  int at;          /* the next word */
  bool command;    /* -c was there */
  bool from_stdin; /* -s was */
};

/* The readers below answer whether to go on. */
static bool unreadable(struct reader *r, const char *why) {
  r->into->kind = RAMPART_UNREADABLE;
  r->into->why = why;
  return false;
}

static bool ends(struct reader *r) {
  r->into->kind = RAMPART_NOTHING;
  return false;
}

/* bash: long options come first; a word that is none of them ends their part. */
static bool read_long_options(struct reader *r) {
  for (const char *word; (word = r->argv[r->at]) && word[0] == '-'; r->at++) {
    bool two = word[1] == '-';
    const char *name = word + (two ? 2 : 1);
    size_t row = 0;
    while (row < sizeof LONG / sizeof LONG[0] && strcmp(LONG[row].name, name) != 0) row++;
    if (row == sizeof LONG / sizeof LONG[0])
      return !two || *name == '\0' || unreadable(r, "a long option that is not known");
    switch (LONG[row].what) {
      case PLAIN: break;
      case LOGIN: r->into->login = true; break;
      case ENDS: return ends(r);
      case RCFILE:
        r->into->rcfile = r->argv[++r->at];
        if (!r->into->rcfile) return ends(r);
        break;
    }
  }
  return true;
}

/* The name of an option of zsh and dash without what they do not look at; `no` turns it round. */
static bool named_option(struct reader *r, const char *given, bool on) {
  char name[32];
  size_t size = 0;
  for (; *given; given++) {
    if (*given == '_' || *given == '-') continue;
    if (size == sizeof name - 1) return true; /* longer than any that matters */
    name[size++] = (char)(*given >= 'A' && *given <= 'Z' ? *given + 32 : *given);
  }
  name[size] = '\0';
  const char *plain = name;
  if (r->dialect == RAMPART_ZSH && strncmp(plain, "no", 2) == 0) {
    plain += 2;
    on = !on;
  }
  if (strcmp(plain, "stdin") == 0 || strcmp(plain, "shinstdin") == 0) r->from_stdin = on;
  if (strcmp(plain, "interactive") == 0) r->into->interactive = on;
  if (strcmp(plain, "login") == 0 || strcmp(plain, "loginshell") == 0) r->into->login |= on;
  if (strcmp(plain, "xtrace") == 0) r->into->trace |= on;
  return true;
}

static bool letter(struct reader *r, char c, bool on) {
  switch (c) {
    case 'c': r->command = true; return true;
    /* bash takes +s for -s; the others take it back. */
    case 's': r->from_stdin = on || r->dialect == RAMPART_BASH; return true;
    case 'i': r->into->interactive = on; return true;
    case 'l': r->into->login = true; return true;
    case 'x': r->into->trace |= on; return true;
    default: return strchr(LETTERS[r->dialect], c) || unreadable(r, "an option that is not known");
  }
}

/* bash, dash and ksh: letters, where `o` (and bash's `O`) takes the next word as its value. */
static bool read_cluster(struct reader *r, const char *word) {
  bool on = word[0] == '-', ksh = r->dialect == RAMPART_KSH;
  for (const char *c = word + 1; *c; c++) {
    bool takes = *c == 'o' || (*c == 'O' && r->dialect == RAMPART_BASH);
    if (!takes) {
      if (!letter(r, *c, on)) return false;
      continue;
    }
    /* ksh and mksh do not agree on what stands behind the letter in the same word. */
    if (ksh && c[1] != '\0') return unreadable(r, "-o with a value attached");
    const char *value = r->argv[r->at];
    if (!value) {
      if (ksh) return unreadable(r, "-o without a value");
      continue; /* it lists the options and goes on */
    }
    r->at++;
    if (*c == 'o') named_option(r, value, on);
  }
  return true;
}

/* zsh: `-o NAME`, `-oNAME`, `--name`, `--emulate SHELL`. */
static bool read_zsh_word(struct reader *r, const char *word) {
  bool on = word[0] == '-';
  for (const char *c = word + 1; *c; c++) {
    if (*c == '-') {
      if (c != word + 1 || c[1] == '\0' || !on) return unreadable(r, "a hyphen among options");
      const char *name = c + 1;
      if (strcmp(name, "version") == 0 || strcmp(name, "help") == 0) return ends(r);
      if (strcmp(name, "emulate") != 0) return named_option(r, name, on);
      return r->argv[r->at++] != NULL || ends(r);
    }
    if (*c == 'o') {
      const char *value = c[1] ? c + 1 : r->argv[r->at++];
      return value ? named_option(r, value, on) : ends(r);
    }
    /* As sh it is an option like others, as zsh it ends them. */
    if (*c == 'b') return unreadable(r, "-b of zsh");
    /* `#! /bin/zsh -f ` leaves blanks at the end. */
    if (*c == ' ' || *c == '\t') return c[strspn(c, " \t")] == '\0' || unreadable(r, "a blank among options");
    if (!letter(r, *c, on)) return false;
  }
  return true;
}

static bool read_short_options(struct reader *r) {
  bool zsh = r->dialect == RAMPART_ZSH;
  for (const char *word; (word = r->argv[r->at]) && (word[0] == '-' || word[0] == '+');) {
    r->at++;
    /* `-` and `--` end the options. */
    if (strcmp(word, "-") == 0 || strcmp(word, "--") == 0) return true;
    if (zsh && strcmp(word, "+") == 0) return true;
    if (!(zsh ? read_zsh_word : read_cluster)(r, word)) return false;
  }
  return true;
}

void rampart_read_options(enum rampart_dialect dialect, int argc, char *const argv[],
                          struct rampart_invocation *into) {
  *into = (struct rampart_invocation){.kind = RAMPART_STDIN};
  struct reader r = {.dialect = dialect, .argv = argv, .into = into, .at = 1};
  if (argc < 1 || dialect == RAMPART_NO_SHELL) {
    unreadable(&r, "no program name");
    return;
  }
  if (argv[0][0] == '-') into->login = true;
  if (dialect == RAMPART_BASH && !read_long_options(&r)) return;
  if (!read_short_options(&r)) return;
  if (r.command) {
    /* bash forgets -s then; dash runs the line and goes on with standard input. */
    if (r.from_stdin && dialect != RAMPART_BASH) {
      unreadable(&r, "-c together with -s");
      return;
    }
    into->text = r.at++;
    into->kind = argv[into->text] ? RAMPART_COMMAND : RAMPART_NOTHING;
  } else if (argv[r.at] && !r.from_stdin) {
    into->kind = RAMPART_SCRIPT;
    into->text = r.at++;
  }
  into->args = r.at;
}
