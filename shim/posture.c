/* What the shim says to each outcome: the failure posture of design.md, row by row. */
#include "shim.h"

#include "../wire/kernel.h"

#include <string.h>

static struct scratch scratch;
static const struct rampart_settings *telling;

static bool denied(const char *message, const char *policy) {
  rampart_say_blocked(telling, message, policy);
  return false;
}

void rampart_say_blocked(const struct rampart_settings *settings, const char *message, const char *policy) {
  if (!settings->quiet) say(scratch.line, "rampart: blocked: ", message, policy);
}

/* One line beside the socket; the server puts it in the trail when it is back. */
static bool absent(const char *shell) {
  char gaps[PATH_MAX];
  if (!telling->fail_open) return denied("Rampart does not run, and RAMPART_FAIL_OPEN is 0", NULL);
  const bool named = name_beside(gaps, sizeof gaps, telling->socket, "gaps");
  const bool said = named && record_gap(scratch.line, gaps, "shim", shell);
  if (!said && !telling->quiet) say(scratch.line, "rampart: not running: ", "calls pass unjudged until it is back", NULL);
  return true;
}

static void say_waiting(const struct answer *answer) {
  char hint[128];
  struct writer out = WRITER(hint, sizeof hint - 1);
  put_text(&out, "rampart approve ");
  put_text(&out, answer->approval_id);
  *out.at = '\0';
  if (!telling->quiet) say(scratch.line, "rampart: waiting for a person: ", answer->message, hint);
}

static bool unapproved(const char *status, const char *policy) {
  return denied(strcmp(status, "denied") == 0    ? "a person denied it"
                : strcmp(status, "expired") == 0 ? "nobody answered in time"
                                                 : "the answer to it was lost",
                policy);
}

static bool ask(const struct call *call, const struct sockaddr_un *server, size_t length) {
  const struct way way = {
      .to = server, .tool = "exec", .layer = "shim", .bin = telling->bin, .state = telling->state,
      .remote = telling->remote.url ? &telling->remote : NULL, .timeout_ms = telling->timeout_ms, .lost_most = 30, .waits = say_waiting,
  };
  const struct answer *answer = &scratch.answer;
  int error;
  switch (judge_call(&scratch, &way, length, &error)) {
    case PERMITTED: return true;
    case NOBODY: return absent(call->shell);
    case DENIED: return denied(answer->message, answer->policy);
    case REFUSED: return denied("the command cannot be read, or is too long", NULL);
    case UNDECIDED: return denied("Rampart does not answer, and nothing else could decide", reason_of(error));
    case PERSON_NO: return unapproved(answer->status, answer->policy);
    case INTERRUPTED:
    case LOST: return unapproved("", answer->policy);
    case ANOTHERS: return denied("it changed while a person was asked", answer->policy);
  }
  return false;
}

static const char *claim(const char *value, const char *otherwise) {
  return value && is_utf8(value, strlen(value)) ? value : otherwise;
}

bool rampart_allows(const struct rampart_settings *settings, const struct call *call) {
  const struct caller caller = {claim(settings->agent, "shell"), claim(settings->session, "shim"),
                                claim(settings->run, NULL), "shim",
                                settings->remote.url != NULL};
  struct sockaddr_un server;
  struct writer body = WRITER(scratch.body, sizeof scratch.body);
  telling = settings;
  if (settings->broken) return denied(settings->broken, NULL);
  /* Without a working directory the server takes relative paths for what they might be. */
  if (!own_cwd(scratch.cwd, sizeof scratch.cwd)) scratch.cwd[0] = '\0';
  put_question(&body, &caller, call, scratch.cwd);
  if (body.full) return denied("the command is too long to be read", NULL);
  const char *host;
  size_t length;
  if (settings->remote.url && place_of(settings->remote.url, &host, &length) != PLACE_REMOTE)
    return denied("RAMPART_URL is neither https://HOST[:PORT] nor on this machine", NULL);
  if (!name_server(&server, settings->socket)) return denied("the path of Rampart's socket is too long", NULL);
  return ask(call, &server, written(&body));
}
