/* The floor: the same exchanges by plain system calls. Prints one JSON object. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int echo_port, http_port;
static double budget;
static char buffer[65536];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static double cpu(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static int dial(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0) exit(1);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

static void echo(int fd, size_t size) {
  for (size_t sent = 0; sent < size;) {
    ssize_t n = send(fd, buffer + sent, size - sent, 0);
    if (n <= 0) exit(1);
    sent += n;
  }
  for (size_t got = 0; got < size;) {
    ssize_t n = recv(fd, buffer + got, size - got, 0);
    if (n <= 0) exit(1);
    got += n;
  }
}

/* Sends a request and reads its answer, by Content-Length. */
static size_t ask(int fd, const char *text, size_t length) {
  if (send(fd, text, length, 0) != (ssize_t)length) exit(1);
  size_t have = 0, total = 0;
  do {
    ssize_t n = recv(fd, buffer + (total ? 0 : have), total ? sizeof buffer : sizeof buffer - have - 1, 0);
    if (n <= 0) exit(1);
    have += n;
    if (total == 0) {
      buffer[have] = 0;
      char *end = strstr(buffer, "\r\n\r\n"), *size = strcasestr(buffer, "content-length:");
      if (end && size) total = end + 4 - buffer + strtoul(size + 15, 0, 10);
    }
  } while (total == 0 || have < total);
  return total;
}

static char get[256], post[512], big[128];
static void pair(int *fd, int keep) {
  if (!keep) *fd = dial(http_port);
  ask(*fd, get, strlen(get));
  if (!keep) { close(*fd); *fd = dial(http_port); }
  ask(*fd, post, strlen(post));
  if (!keep) close(*fd);
}

static void report(const char *name, int n, double us, double cpu_us, int last) {
  printf("\"%s\":{\"us\":%.3f,\"cpu\":%.3f}%s", name, us / n, cpu_us / n, last ? "" : ",");
}

static double batches[100000];
static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/* The lower quartile of batches of 5 ms, as in subject.ts: other work on the machine spoils the rest. */
#define MEASURE(name, act, last)                                          \
  do {                                                                    \
    for (double until = now() + budget / 3; now() < until;) { act; }      \
    int n = 0, b = 0;                                                     \
    double start = now(), c = cpu();                                      \
    do {                                                                  \
      int in_batch = 0;                                                   \
      double begun = now(), passed;                                       \
      do { act; n++; in_batch++; passed = now() - begun; } while (passed < 5000); \
      if (b < 100000) batches[b++] = passed / in_batch;                   \
    } while (now() - start < budget);                                     \
    c = cpu() - c;                                                        \
    qsort(batches, b, sizeof *batches, ascending);                        \
    report(name, n, batches[b / 4] * n, c, last);                         \
  } while (0)

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  echo_port = atoi(argv[1]), http_port = atoi(argv[2]), budget = atof(argv[3]) * 1000;
  int body = 120;
  snprintf(get, sizeof get, "GET /next HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: keep-alive\r\n\r\n", http_port);
  int head = snprintf(post, sizeof post, "POST /response HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: %d\r\nConnection: keep-alive\r\n\r\n", http_port, body);
  memset(post + head, 'x', body);
  post[head + body] = 0;
  snprintf(big, sizeof big, "GET /big HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", http_port);
  printf("{");
  int fd = dial(echo_port);
  MEASURE("echo64", echo(fd, 64), 0);
  MEASURE("echo64k", echo(fd, 65536), 0);
  close(fd);
  fd = dial(http_port);
  MEASURE("pair", pair(&fd, 1), 0);
  int other;
  MEASURE("pairNew", pair(&other, 0), 0);
  MEASURE("big", ask(fd, big, strlen(big)), 1);
  printf("}\n");
  return 0;
}
