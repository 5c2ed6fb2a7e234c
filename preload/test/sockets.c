/* sockets full|left|yes PATH: a socket whose queue is full, one left behind, and one that says yes to all. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char yes[] = "HTTP/1.1 200 OK\r\nContent-Length: 35\r\n\r\n{\"allowed\":true,\"decision\":\"allow\"}";

int main(int count, char **argv) {
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  if (count != 3 || strlen(argv[2]) >= sizeof at.sun_path) return 64;
  strcpy(at.sun_path, argv[2]);
  const int server = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(server, (struct sockaddr *)&at, sizeof at) != 0) return 1;
  if (strcmp(argv[1], "left") == 0) return 0;
  const int full = strcmp(argv[1], "full") == 0;
  if (listen(server, full ? 0 : 16) != 0) return 1;
  for (int i = 0; full && i < 4; i++) {
    const int client = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (connect(client, (struct sockaddr *)&at, sizeof at) != 0) break;
  }
  puts("ready");
  fflush(stdout);
  if (full) return pause();
  for (;;) {
    char question[65536];
    const int peer = accept(server, NULL, NULL);
    if (peer < 0) return 1;
    if (read(peer, question, sizeof question) > 0 && write(peer, yes, sizeof yes - 1) < 0) return 1;
    close(peer);
  }
}
