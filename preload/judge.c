/*
 * One call judged, and what is said of it. The way to the server is wire/'s; the posture where there is none, and
 * the words, are ours.
 */
#include <pthread.h>
#include <sys/mman.h>

#include "platform.h"
#include "preload.h"

static bool deny(struct scratch *scratch, const char *message, const char *why) {
  if (!settings.quiet) say(scratch->line, "rampart: blocked: ", message, why);
  return false;
}

static bool pass_unjudged(struct scratch *scratch, const struct call *call) {
  if (!settings.open) return deny(scratch, "rampart is not running, and calls are closed without it", NULL);
  const char *what = call->program ? call->program : call->target;
  if (!record_gap(scratch->line, settings.gaps, "preload", what) && !settings.quiet)
    say(scratch->line, "rampart: not running: ", "calls pass unjudged until it is back", NULL);
  return true;
}

static bool decide(struct scratch *scratch, const struct call *call, size_t length) {
  const struct way way = {
      .to = &settings.server, .tool = call->tool, .layer = "preload", .bin = setting(BIN),
      .state = settings.entry[HOME], .timeout_ms = settings.timeout_ms,
      .remote = settings.remote.url ? &settings.remote : NULL,
  };
  const struct answer *answer = &scratch->answer;
  int error = 0;
  switch (judge_call(scratch, &way, length, &error)) {
    case PERMITTED: return true;
    case NOBODY: return pass_unjudged(scratch, call);
    case DENIED: return deny(scratch, answer->message[0] ? answer->message : "not allowed", answer->policy);
    case REFUSED: {
      const int status = scratch->reply.status;
      const char text[] = {(char)('0' + status / 100), (char)('0' + status / 10 % 10), (char)('0' + status % 10), '\0'};
      return deny(scratch, "the server refused the question", text);
    }
    case UNDECIDED: return deny(scratch, "rampart cannot decide", reason_of(error));
    case PERSON_NO: return deny(scratch, answer->message, answer->status);
    case INTERRUPTED: return deny(scratch, answer->message, "the wait for a person was interrupted");
    case LOST: return deny(scratch, answer->message, "the wait for a person failed");
    case ANOTHERS: return deny(scratch, answer->message, "the approval was another's");
  }
  return false;
}

static bool judge(struct scratch *scratch, const struct call *call) {
  const char *agent = setting(AGENT), *session = setting(SESSION);
  const struct caller caller = {agent ? agent : "preload", session ? session : "preload", setting(RUN), "preload",
                                settings.remote.url != NULL};
  if (settings.broken) return deny(scratch, settings.broken, NULL);
  if (!own_cwd(scratch->cwd, sizeof scratch->cwd)) scratch->cwd[0] = '\0';
  struct writer body = WRITER(scratch->body, sizeof scratch->body);
  put_question(&body, &caller, call, scratch->cwd);
  if (body.full) return deny(scratch, "the call is longer than 1 MiB and was not read", NULL);
  return decide(scratch, call, written(&body));
}

/*
 * Memory of its own, given back before the program runs: the stack may be a signal handler's or a thread's
 * of 16 KiB, and after vfork the heap is the parent's. Only the pages that are touched cost anything.
 */
bool permitted(const struct call *call) {
  const int saved = errno;
  int cancel;
  bool yes = false;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
  struct scratch *scratch = mmap(NULL, sizeof *scratch, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (scratch != MAP_FAILED) {
    yes = judge(scratch, call);
    munmap(scratch, sizeof *scratch);
  } else {
    char line[LINE_LIMIT];
    if (!settings.quiet) say(line, "rampart: blocked: ", "rampart cannot decide", reason_of(ENOMEM));
  }
  pthread_setcancelstate(cancel, NULL);
  errno = saved;
  return yes;
}
