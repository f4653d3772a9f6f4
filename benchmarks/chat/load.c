/* Many chat clients in one thread: epoll, raw sockets, no library but libc and libm.
 *
 *   load DIALECT CONNECTIONS MODE WARM SECONDS RATE EXTRA
 *
 * DIALECT      priyom | channels (WebSocket, JSON) | xmpp (a bare stream)
 * CONNECTIONS  a file, one connection a line: port, then two words of the dialect; lines 2n and
 *              2n+1 are the two sides of a pair and write to each other
 * MODE         closed  each side has one message under way: the next goes when it was received
 *              open    RATE messages a second in all, at random times (Poisson)
 *              idle    connect, say so, hold the line for SECONDS
 * EXTRA        the page's origin (priyom), the host (xmpp)
 *
 * A message carries a key that names its sender; whoever is handed the key of the other side has
 * received it. Latency is from before write() to the moment the bytes were read. Says `ready`,
 * `begin` and `end`, for whoever counts the servers' time meanwhile, and then one JSON object.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define RING 256         /* messages of one sender that may be under way */
#define IN_FLIGHT 64     /* handshakes at once */
#define BIG 262144
#define PATIENCE 5.0     /* then a message of the closed loop counts as lost */

struct conn {
    int fd, port, step, partner;
    char a[128], b[128];
    char *rest;          /* what was read and is not whole yet */
    size_t rest_len;
    char *out;           /* what the kernel did not take yet */
    size_t out_len;
    uint64_t count;      /* messages sent */
    double sent_at[RING];
};

static struct conn *conns;
static int n_conns, n_ready, n_started, n_dead, loop_fd;
static enum { PRIYOM, CHANNELS, XMPP } dialect;
static enum { CLOSED, OPEN, IDLE } mode;
static const char *extra;
static unsigned nonce;
static int measuring, sending;
static double *samples;
static size_t n_samples, room_samples;
static uint64_t n_sent, n_lost;
static uint64_t dice_state = 88172645463325252ull;

static const char BODY[] =
    "Добрый день! Температура держится третий день, к вечеру 37,8, "
    "горло болит меньше, кашель сухой."; /* 160 bytes of UTF-8 with what follows */

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static uint64_t dice(void) {
    dice_state ^= dice_state << 13;
    dice_state ^= dice_state >> 7;
    return dice_state ^= dice_state << 17;
}

static void die(const char *what, int index) {
    fprintf(stderr, "load: %s (connection %d)\n", what, index);
    exit(1);
}

/* -- out */

static void watch(struct conn *c, int how) {
    struct epoll_event e = {.events = how, .data.u32 = (uint32_t)(c - conns)};
    epoll_ctl(loop_fd, EPOLL_CTL_MOD, c->fd, &e);
}

static void put(struct conn *c, const char *bytes, size_t len) {
    if (c->fd < 0) return;
    if (!c->out_len) {
        ssize_t done = send(c->fd, bytes, len, MSG_NOSIGNAL);
        if (done < 0 && errno != EAGAIN) return; /* reading finds out that it is dead */
        if (done < 0) done = 0;
        bytes += done;
        len -= done;
        if (!len) return;
        watch(c, EPOLLIN | EPOLLOUT);
    }
    c->out = realloc(c->out, c->out_len + len);
    memcpy(c->out + c->out_len, bytes, len);
    c->out_len += len;
}

static void flush(struct conn *c) {
    ssize_t done = send(c->fd, c->out, c->out_len, MSG_NOSIGNAL);
    if (done <= 0) return;
    c->out_len -= done;
    memmove(c->out, c->out + done, c->out_len);
    if (!c->out_len) watch(c, EPOLLIN);
}

static void put_frame(struct conn *c, int opcode, const char *payload, size_t len) {
    static char frame[70000];
    size_t at = 2;
    uint32_t mask = (uint32_t)dice();
    frame[0] = (char)(0x80 | opcode);
    if (len < 126) {
        frame[1] = (char)(0x80 | len);
    } else {
        frame[1] = (char)(0x80 | 126);
        frame[2] = (char)(len >> 8);
        frame[3] = (char)len;
        at = 4;
    }
    memcpy(frame + at, &mask, 4);
    at += 4;
    for (size_t i = 0; i < len; i++) frame[at + i] = payload[i] ^ ((char *)&mask)[i & 3];
    put(c, frame, at + len);
}

/* -- what each dialect says */

/* The step's opening words; "" when the step only waits, NULL when the handshake is over.
 * `expected` is what ends the step. */
static const char *opening(struct conn *c, const char **expected) {
    static char text[1024];
    const char *stream = "<?xml version='1.0'?><stream:stream to='%s' version='1.0' "
                         "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
    if (dialect != XMPP && c->step == 0) {
        *expected = "\r\n\r\n";
        const char *path = dialect == PRIYOM ? "/ws" : "/chat";
        snprintf(text, sizeof text,
                 "GET %s?room=%s&user=%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: %s\r\n"
                 "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                 path, dialect == PRIYOM ? "-" : c->a, dialect == PRIYOM ? "-" : c->b, c->port, extra);
        return text;
    }
    if (dialect == PRIYOM && c->step == 1) { /* after: more than there is, so nothing is replayed */
        *expected = "\"t\":\"ready\"";
        snprintf(text, sizeof text,
                 "{\"t\":\"hello\",\"ticket\":\"%s\",\"consultation\":\"%s\",\"after\":2147483647}", c->a, c->b);
        return text;
    }
    if (dialect != XMPP) return NULL;
    switch (c->step) {
    case 0:
    case 2:
        *expected = "</stream:features>";
        snprintf(text, sizeof text, stream, extra);
        return text;
    case 1:
        *expected = "<success";
        snprintf(text, sizeof text,
                 "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>", c->b);
        return text;
    case 3:
        *expected = "</iq>";
        return "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
               "<resource>b</resource></bind></iq>";
    case 4:
        *expected = "<presence";
        return "<presence/>";
    }
    return NULL;
}

static void send_message(struct conn *c) {
    static char text[1024];
    int index = (int)(c - conns), len = 0;
    char key[48];
    snprintf(key, sizeof key, "lg-%08x-%06d-%016llu", nonce, index, (unsigned long long)c->count);
    if (dialect == PRIYOM)
        len = snprintf(text, sizeof text, "{\"t\":\"send\",\"k\":\"%s\",\"kind\":\"message\",\"body\":\"%s\"}", key, BODY);
    else if (dialect == CHANNELS)
        len = snprintf(text, sizeof text, "{\"k\":\"%s\",\"body\":\"%s\"}", key, BODY);
    else
        len = snprintf(text, sizeof text, "<message to='%s@%s/b' type='chat' id='%s'><body>%s</body></message>",
                       conns[c->partner].a, extra, key, BODY);
    c->sent_at[c->count++ % RING] = now();
    n_sent++;
    if (dialect == XMPP) put(c, text, len);
    else put_frame(c, 1, text, len);
}

/* -- in */

static void received(struct conn *c, const char *text, size_t len, double at) {
    const char *key = memmem(text, len, "lg-", 3);
    if (!key || text + len - key < 35) return;
    if (strtoul(key + 3, NULL, 16) != nonce || atoi(key + 12) != c->partner) return;
    struct conn *from = &conns[c->partner];
    uint64_t number = strtoull(key + 19, NULL, 10);
    if (measuring && number + RING > from->count) {
        if (n_samples == room_samples)
            samples = realloc(samples, (room_samples = room_samples * 2 + 65536) * sizeof *samples);
        samples[n_samples++] = at - from->sent_at[number % RING];
    }
    if (mode == CLOSED && sending && number + 1 == from->count) send_message(from);
}

static void connect_next(void);

/* Go on with the handshake; `text` is what came for the present step. */
static void greet(struct conn *c, const char *text, size_t len) {
    const char *expected = NULL;
    if (text) {
        opening(c, &expected);
        if (!memmem(text, len, expected, strlen(expected))) return;
        c->step++;
    }
    const char *words = opening(c, &expected);
    if (!words) {
        c->step = -1;
        n_ready++;
        connect_next();
    } else if (dialect != XMPP && c->step > 0) {
        put_frame(c, 1, words, strlen(words));
    } else {
        put(c, words, strlen(words));
    }
}

/* Take whole pieces from what was read; return how many bytes were used. */
static size_t take(struct conn *c, char *bytes, size_t len, double at) {
    size_t used = 0;
    if (c->step >= 0 && (dialect == XMPP || c->step == 0)) {
        const char *expected, *found;
        opening(c, &expected);
        found = memmem(bytes, len, expected, strlen(expected));
        if (dialect != XMPP && len > 12 && memcmp(bytes + 9, "101", 3)) die("no WebSocket there", (int)(c - conns));
        if (!found) return 0;
        if (dialect == XMPP) used = len; /* one answer at a time until the handshake is over */
        else used = (size_t)(found - bytes) + strlen(expected);
        greet(c, bytes, used);
    }
    while (dialect == XMPP && used < len) {
        char *end = memmem(bytes + used, len - used, "</message>", 10);
        if (!end) break;
        received(c, bytes + used, (size_t)(end - bytes) - used, at);
        used = (size_t)(end - bytes) + 10;
    }
    while (dialect != XMPP && len - used >= 2) {
        unsigned char *p = (unsigned char *)bytes + used;
        size_t size = p[1] & 127, head = 2;
        if (size == 126) head = 4;
        if (size == 127) head = 10;
        if (len - used < head) break;
        if (size == 126) size = p[2] << 8 | p[3];
        else if (size == 127) size = (size_t)p[6] << 24 | p[7] << 16 | p[8] << 8 | p[9];
        if (len - used < head + size) break;
        char *payload = (char *)p + head;
        int opcode = p[0] & 15;
        used += head + size;
        if (opcode == 9) put_frame(c, 10, payload, size);
        else if (opcode == 8) fprintf(stderr, "load: closed, %.*s\n", size > 2 ? (int)size - 2 : 0, payload + 2);
        else if (c->step >= 0) greet(c, payload, size);
        else received(c, payload, size, at);
    }
    return used;
}

static void read_from(struct conn *c) {
    static char bytes[BIG];
    memcpy(bytes, c->rest, c->rest_len);
    ssize_t came = recv(c->fd, bytes + c->rest_len, BIG - c->rest_len, 0);
    if (came < 0 && errno == EAGAIN) return;
    if (came <= 0) {
        if (c->step >= 0) die("refused in the handshake", (int)(c - conns));
        close(c->fd);
        c->fd = -1;
        n_dead++;
        return;
    }
    size_t len = c->rest_len + (size_t)came, used = take(c, bytes, len, now());
    c->rest_len = len - used;
    if (c->rest_len == BIG) die("too much for one message", (int)(c - conns));
    if (c->rest_len) {
        c->rest = realloc(c->rest, c->rest_len);
        memcpy(c->rest, bytes + used, c->rest_len);
    }
}

/* -- the run */

static void connect_next(void) {
    if (n_started == n_conns) return;
    struct conn *c = &conns[n_started++];
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(c->port)};
    int yes = 1;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to)) die(strerror(errno), n_started - 1);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN, .data.u32 = (uint32_t)(c - conns)};
    epoll_ctl(loop_fd, EPOLL_CTL_ADD, c->fd, &e);
    greet(c, NULL, 0);
}

static void turn(double until) {
    struct epoll_event events[256];
    double left = until - now();
    int wait = left <= 0 ? 0 : left > 0.1 ? 100 : (int)ceil(left * 1000);
    int many = epoll_wait(loop_fd, events, 256, wait);
    for (int i = 0; i < many; i++) {
        struct conn *c = &conns[events[i].data.u32];
        if (events[i].events & EPOLLOUT && c->out_len) flush(c);
        if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR) && c->fd >= 0) read_from(c);
    }
}

static void run(double seconds, double rate) {
    double end = now() + seconds, look = now() + 1, next = now();
    while (now() < end) {
        while (mode == OPEN && next <= now()) {
            send_message(&conns[dice() % n_conns]);
            next += -log((dice() >> 11) / 9007199254740992.0 + 1e-18) / rate;
        }
        turn(mode == OPEN && next < end ? next : end);
        if (mode != CLOSED || now() < look) continue;
        look = now() + 1;
        for (int i = 0; i < n_conns; i++)
            if (look - conns[i].sent_at[(conns[i].count - 1) % RING] > PATIENCE) {
                n_lost++;
                send_message(&conns[i]);
            }
    }
}

/* Processor seconds of this program, and in `kernel` how many of them the kernel took. */
static double cpu(double *kernel) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    *kernel = used.ru_stime.tv_sec + used.ru_stime.tv_usec / 1e6;
    return used.ru_utime.tv_sec + used.ru_utime.tv_usec / 1e6 + *kernel;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double percentile(double share) {
    return n_samples ? samples[(size_t)((n_samples - 1) * share)] * 1000 : -1;
}

static void read_connections(const char *path) {
    FILE *file = fopen(path, "r");
    int room = 0;
    if (!file) die(path, -1);
    for (;;) {
        if (n_conns == room) conns = realloc(conns, (room = room * 2 + 256) * sizeof *conns);
        struct conn *c = &conns[n_conns];
        memset(c, 0, sizeof *c);
        if (fscanf(file, "%d %127s %127s", &c->port, c->a, c->b) != 3) break;
        c->partner = n_conns++ ^ 1;
    }
    fclose(file);
}

static void say(const char *word) {
    puts(word);
    fflush(stdout);
}

int main(int argc, char **argv) {
    if (argc != 8) die("load DIALECT CONNECTIONS MODE WARM SECONDS RATE EXTRA", -1);
    dialect = !strcmp(argv[1], "priyom") ? PRIYOM : !strcmp(argv[1], "channels") ? CHANNELS : XMPP;
    mode = !strcmp(argv[3], "closed") ? CLOSED : !strcmp(argv[3], "open") ? OPEN : IDLE;
    double warm = atof(argv[4]), seconds = atof(argv[5]), rate = atof(argv[6]), begun = now();
    extra = argv[7];
    nonce = (unsigned)time(NULL) * 7919u + (unsigned)getpid();
    dice_state ^= nonce;
    loop_fd = epoll_create1(0);
    read_connections(argv[2]);
    for (int i = 0; i < IN_FLIGHT; i++) connect_next();
    while (n_ready < n_conns) {
        turn(now() + 1);
        if (now() - begun > 120) die("not all connected in two minutes", n_ready);
    }
    double connected = now() - begun;
    say("ready");
    sending = mode != IDLE;
    for (int i = 0; mode == CLOSED && i < n_conns; i++) send_message(&conns[i]);
    if (sending) run(warm, rate);
    say("begin");
    measuring = 1;
    double before, kernel, from = now(), used = cpu(&before);
    uint64_t sent = n_sent;
    n_lost = 0;
    run(seconds, rate);
    double took = now() - from;
    used = cpu(&kernel) - used;
    say("end");
    qsort(samples, n_samples, sizeof *samples, by_size);
    printf("{\"connections\": %d, \"connect_s\": %.3f, \"seconds\": %.3f, \"sent\": %llu, \"delivered\": %zu, "
           "\"lost\": %llu, \"dropped\": %d, \"p50_ms\": %.3f, \"p95_ms\": %.3f, \"p99_ms\": %.3f, \"own_cpu_s\": %.4f, "
           "\"kernel_cpu_s\": %.4f}\n",
           n_conns, connected, took, (unsigned long long)(n_sent - sent), n_samples, (unsigned long long)n_lost,
           n_dead, percentile(0.5), percentile(0.95), percentile(0.99), used, kernel - before);
    return 0;
}
