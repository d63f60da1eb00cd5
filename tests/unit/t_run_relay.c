/* SPDX-License-Identifier: GPL-2.0-only */
/* The session loop against a module that lives in this process. */
#include "runtime/uapi/wire.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <unistd.h>

static ssize_t fake_write(int fd, const void *p, size_t n);
static ssize_t fake_read(int fd, void *p, size_t n);

/* session.c is the only one that talks to the module's files */
#define write fake_write
#define read  fake_read
#include "runner/background.c"
#include "runner/session.c"
#undef write
#undef read
#include "runner/bulk.c"
#include "runner/child.c"
#include "runner/input.c"
#include "runner/json.c"
#include "runner/metrics.c"
#include "runner/notify.c"
#include "runner/out.c"
#include "runner/outname.c"
#include "runner/record.c"
#include "runner/relay.c"
#include "runner/say.c"
#include "runner/shell.c"
#include "runner/signals.c"
#include "runner/stream.c"
#include "runner/stream_read.c"
#include "runner/sys.c"
#include "tests/tap.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>

#define RING 65536u

static uint8_t *area;
static struct tapw_cpu *ring_ctl;
static uint8_t *ring_data;
static uint32_t seq;
static int ctl_fd, data_fd; /* eventfds: readable = something new */
static struct tapw_event state;
static void (*on_start)(void), (*on_stop)(void);
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void kick(int fd)
{
	uint64_t one = 1;

	if (write(fd, &one, sizeof(one)) < 0)
		abort();
}

static void module_state(uint32_t s)
{
	state.state = s;
	kick(ctl_fd);
}

static uint32_t module_cpu;

static void module_print(uint16_t type, const char *text)
{
	uint32_t len = (uint32_t)(sizeof(struct tapw_rec) + strlen(text));
	struct tapw_rec r = { .len = len,
			      .type = type,
			      .time_ns = sys_now_ns(),
			      .seq = seq++,
			      .cpu = module_cpu };
	uint64_t head = ring_ctl->head;
	uint8_t *p = ring_data + head % RING;

	memcpy(p, &r, sizeof(r));
	memcpy(p + sizeof(r), text, strlen(text));
	__atomic_store_n(&ring_ctl->head, head + ((len + 7) & ~7u),
			 __ATOMIC_RELEASE);
	kick(data_fd);
}

/* A write to ctl returns when the module has done it, as the real one does. */
static ssize_t fake_write(int fd, const void *p, size_t n)
{
	struct tapw_msg m;

	if (fd != ctl_fd || n < sizeof(m))
		return -1;
	memcpy(&m, p, sizeof(m));
	pthread_mutex_lock(&lock);
	if (m.type == TAPW_START) {
		state.state = TAPW_RUNNING;
		if (on_start)
			on_start();
	} else if (m.type == TAPW_LOOK) {
		state.hits++;
		kick(ctl_fd);
	} else if (m.type == TAPW_STOP) {
		if (on_stop)
			on_stop();
		module_state(TAPW_STOPPED);
	}
	pthread_mutex_unlock(&lock);
	return (ssize_t)n;
}

static ssize_t fake_read(int fd, void *p, size_t n)
{
	uint64_t v;

	if (fd != ctl_fd)
		return read(fd, p, n);
	if (read(ctl_fd, &v, sizeof(v)) < 0)
		return 0;
	pthread_mutex_lock(&lock);
	state.type = TAPW_EV_STATE;
	memcpy(p, &state, sizeof(state));
	pthread_mutex_unlock(&lock);
	return sizeof(state);
}

/* ---- one run ------------------------------------------------------------- */

static struct session session;
static struct stream stream;
static struct out out;
static struct child child;
static struct child_words words;
static struct relay relay;
static struct record record;
static struct err e;
static char text[RING];
static int out_pipe[2];

static void make_area(void)
{
	struct tapw_header h = {
		.magic = TAPW_MAGIC,
		.version = TAPW_VERSION,
		.nrings = 1,
		.ring_bytes = RING,
		.ring_stride = TAPW_PAGE + RING,
		.ring_off = TAPW_PAGE,
		.map_bytes = 2 * TAPW_PAGE + RING,
	};

	free(area);
	area = aligned_alloc(4096, (size_t)h.map_bytes);
	memset(area, 0, (size_t)h.map_bytes);
	memcpy(area, &h, sizeof(h));
	ring_ctl = (struct tapw_cpu *)(void *)(area + TAPW_PAGE);
	ring_data = area + 2 * TAPW_PAGE;
	seq = 0;
}

static void setup(void (*start)(void), void (*stop)(void))
{
	signals_stops = 0;
	signals_hurry = 0;
	signals_child = 0;
	memset(&session, 0, sizeof(session));
	memset(&stream, 0, sizeof(stream));
	memset(&out, 0, sizeof(out));
	memset(&child, 0, sizeof(child));
	memset(&relay, 0, sizeof(relay));
	memset(&state, 0, sizeof(state));
	make_area();
	ctl_fd = eventfd(0, EFD_NONBLOCK);
	data_fd = eventfd(0, EFD_NONBLOCK);
	session.ctl = ctl_fd;
	session.data = data_fd;
	on_start = start;
	on_stop = stop;
	if (pipe2(session.done, O_CLOEXEC) || pipe(out_pipe) ||
	    stream_attach(&stream, area, 2 * TAPW_PAGE + RING, &e) < 0)
		abort();
	out.fd = out_pipe[1];
	out.can_block = true;
	out.chunk = OUT_CHUNK;
	memset(&record, 0, sizeof(record));
	record.json.out = &out;
	relay.notify = -1;
	relay.session = &session;
	relay.stream = &stream;
	relay.out = &out;
	relay.child = &child;
}

static int finish(int r)
{
	ssize_t n = 0, k;

	out_close(&out, &e);
	while ((k = read(out_pipe[0], text + n, sizeof(text) - 1 - (size_t)n)) >
	       0)
		n += k;
	text[n] = '\0';
	close(out_pipe[0]);
	stream_close(&stream);
	session_close(&session);
	return r;
}

/* eventfds stay readable: the loop polls, as it would on a busy module */
static int go(void)
{
	return finish(relay_run(&relay, &e));
}

/* ---- what a script does -------------------------------------------------- */

static void start_exits(void)
{
	module_print(TAPW_REC_DATA, "begin\n");
	state.exit_code = 7;
	module_state(TAPW_STOPPING);
}

static void start_runs(void)
{
	module_print(TAPW_REC_DATA, "begin\n");
}

static void start_fails(void)
{
	module_print(TAPW_REC_ERROR, "division by 0 near operator '/'");
	state.errors = 1;
	module_state(TAPW_ERROR);
}

static void start_overloads(void)
{
	snprintf(state.reason, sizeof(state.reason), "probe overhead");
	module_state(TAPW_ERROR);
}

static void stop_prints(void)
{
	module_print(TAPW_REC_DATA, "end\n");
}

/* Far more than a ring: the end probes wait for the reader here. */
static void stop_floods(void)
{
	char line[1001];
	int i;

	memset(line, 'x', 1000);
	line[1000] = '\0';
	for (i = 0; i < 500; i++) {
		uint64_t head = ring_ctl->head;
		int tries = 0;

		/* no wrap in the test's writer: jump to the ring's start */
		if (head % RING + 1032 > RING) {
			struct tapw_rec pad = {
				.len = RING - (uint32_t)(head % RING)
			};

			memcpy(ring_data + head % RING, &pad, 8);
			ring_ctl->head = head + pad.len;
		}
		while (ring_ctl->head + 1032 -
			       __atomic_load_n(&ring_ctl->tail,
					       __ATOMIC_ACQUIRE) >
		       RING) {
			if (++tries > 600000)
				return; /* nobody reads: the test fails */
			usleep(1000);
		}
		module_print(TAPW_REC_DATA, line);
	}
}

static void *drain_pipe(void *arg)
{
	size_t *n = arg;
	char b[4096];
	ssize_t k;

	while ((k = read(out_pipe[0], b, sizeof(b))) > 0)
		*n += (size_t)k;
	return NULL;
}

static void *kill_soon(void *arg)
{
	usleep(50000);
	kill(getpid(), *(int *)arg);
	return NULL;
}

static void t_ends(void)
{
	pthread_t t;
	int sig = SIGTERM;

	setup(start_exits, stop_prints);
	ok(go() == 0 && !strcmp(text, "begin\nend\n") && !relay.has_error &&
		   relay.last.exit_code == 7 &&
		   relay.last.state == TAPW_STOPPED,
	   "exit(7) in begin");
	setup(start_runs, stop_prints);
	relay.run_ns = 30000000;
	ok(go() == 0 && !strcmp(text, "begin\nend\n") && relay.started_ns &&
		   relay.first_ns,
	   "-T ends it");
	setup(start_runs, stop_prints);
	pthread_create(&t, NULL, kill_soon, &sig);
	ok(go() == 0 && !strcmp(text, "begin\nend\n") && signals_stops == 1,
	   "SIGTERM ends it, end probes included");
	pthread_join(t, NULL);
}

static void t_errors(void)
{
	setup(start_fails, NULL);
	ok(go() == 0 && relay.has_error && relay.said_error,
	   "an error in begin");
	setup(start_overloads, NULL);
	ok(go() == 0 && relay.has_error && relay.said_reason,
	   "a reason without a record");
}

static char proof[64]; /* file a command makes */

static void start_commands(void)
{
	char cmd[128];

	snprintf(cmd, sizeof(cmd), "echo from the script >>%s", proof);
	module_print(TAPW_REC_SYSTEM, cmd);
	module_print(TAPW_REC_SYSTEM, "exit 1");
	start_exits();
}

/* Nobody waits for the commands: the test does. */
static bool proof_comes(void)
{
	char line[64] = "";
	FILE *f;
	int i;

	for (i = 0; i < 60000; i++) {
		f = fopen(proof, "r");
		if (f && fgets(line, sizeof(line), f) &&
		    !strcmp(line, "from the script\n"))
			break;
		if (f)
			fclose(f);
		f = NULL;
		usleep(5000);
	}
	if (f)
		fclose(f);
	unlink(proof);
	return f != NULL;
}

static void t_system(void)
{
	snprintf(proof, sizeof(proof), "/tmp/t_run_relay.%d", (int)getpid());
	unlink(proof);
	setup(start_commands, stop_prints);
	ok(go() == 0 && relay.shell.refused == 2 && access(proof, F_OK) < 0 &&
		   !strcmp(text, "begin\nend\n"),
	   "system() is refused, the session goes on");
	setup(start_commands, stop_prints);
	ok(shell_start(&relay.shell, out_pipe, 2, &e) == 0, "shell_start()");
	go();
	shell_end(&relay.shell);
	ok(!relay.shell.refused && !relay.shell.dropped && proof_comes(),
	   "system() where it is allowed");
}

static void t_command(void)
{
	setup(start_runs, stop_prints);
	child_split(&words, "sh -c 'exit 5'", &e);
	child_fork(&child, &words, out_pipe, 2, &e);
	relay.command = "sh";
	relay.target = child.pid;
	ok(go() == 0 && child.is_done && WEXITSTATUS(child.wait_status) == 5 &&
		   !strcmp(text, "begin\nend\n"),
	   "the end of -c ends it");
	setup(start_exits, stop_prints);
	child_fork(&child, &words, out_pipe, 2, &e);
	relay.command = "sh";
	ok(go() == 0 && !relay.is_released, "exit() in begin: never started");
	child_cancel(&child);
	setup(start_runs, stop_prints);
	child_split(&words, "/nonexistent", &e);
	child_fork(&child, &words, out_pipe, 2, &e);
	relay.command = "/nonexistent";
	ok(go() == ERR_IO, "a command that cannot start: %s", e.text);
	child_cancel(&child);
}

static void t_output(void)
{
	size_t n = 0;
	pthread_t t;

	setup(start_exits, stop_floods);
	pthread_create(&t, NULL, drain_pipe, &n);
	relay_run(&relay, &e);
	out_close(&out, &e);
	pthread_join(t, NULL);
	ok(n == 6 + 500000, "end probes may print more than a ring holds: %zu",
	   n);
	stream_close(&stream);
	session_close(&session);

	setup(start_runs, stop_prints);
	close(out_pipe[0]);
	out_pipe[0] = open("/dev/null", O_RDONLY);
	ok(go() == 0 && out.is_closed, "a closed pipe ends it quietly");

	setup(start_runs, stop_prints);
	relay.limit_bytes = 3;
	ok(go() == 0 && relay.told_limit, "the signed output limit ends it");
}

static void start_speaks(void)
{
	module_print(TAPW_REC_DATA, "half a line");
	module_print(TAPW_REC_WARN, "look out");
	state.points = 3;
	start_exits();
}

static void t_json(void)
{
	setup(start_speaks, stop_prints);
	relay.record = &record;
	relay.about.bundle = "b";
	relay.about.module = "m";
	ok(go() == 0 &&
		   strstr(text,
			  "\"text\":\"half a line\"}\n"
			  "{\"type\":\"warning\",\"source\":\"script\"") &&
		   strstr(text, "\"text\":\"end\\n\"}"),
	   "--json: what the script says, in its order");
	ok(strstr(text, "{\"type\":\"attached\",\"bundle\":\"b\"") &&
		   strstr(text, "\"armed\":3"),
	   "--json: attached");
	setup(start_exits, NULL);
	relay.record = &record;
	relay.limit_bytes = 10;
	ok(go() == 0 && !relay.told_limit && relay.data_bytes == 6,
	   "--json: the output limit counts the script's bytes");
}

static struct metrics metrics;

static void start_armed(void)
{
	state.points = 4;
	module_state(TAPW_RUNNING);
}

/* Three CPUs in one ring of the test: each record says its own. */
static void start_on_cpus(void)
{
	module_cpu = 0;
	module_print(TAPW_REC_DATA, "a0\n");
	module_cpu = 2;
	module_print(TAPW_REC_DATA, "b2\n");
	module_cpu = 0;
	module_print(TAPW_REC_DATA, "c0\n");
	module_cpu = 9; /* not one of this machine's */
	module_print(TAPW_REC_DATA, "lost\n");
	module_cpu = 0;
	start_exits();
}

static bool file_is(const char *dir, const char *name, const char *want)
{
	static char got[METRICS_BYTES];
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	if (f) {
		got[fread(got, 1, sizeof(got) - 1, f)] = '\0';
		fclose(f);
	}
	unlink(path);
	return f && strstr(got, want) && (*want != 'a' || !strcmp(got, want));
}

static void t_bulk(const char *dir)
{
	static struct bulk bulk;
	char base[64];

	setup(start_on_cpus, NULL);
	close(out_pipe[1]);
	memset(&out, 0, sizeof(out));
	snprintf(base, sizeof(base), "%s/f", dir);
	out.has_cpu = true;
	ok(out_open(&out, base, 0, 0, &e) == 0 &&
		   bulk_open(&bulk, &out, 3, &e) == 0,
	   "-b: open");
	relay.bulk = &bulk;
	ok(relay_run(&relay, &e) == 0 && relay_written(&relay) == 3 * 3 + 6,
	   "-b: %llu bytes written", (unsigned long long)relay_written(&relay));
	ok(bulk_close(&bulk, &e) == 0, "-b: closed");
	finish(0);
	ok(file_is(dir, "f_cpu0", "a0\nc0\nbegin\n") &&
		   file_is(dir, "f_cpu2", "b2\n"),
	   "-b: each CPU's output in its file");
	setup(start_on_cpus, NULL);
	memset(&bulk, 0, sizeof(bulk));
	out.path = "/nosuch/f";
	bulk_open(&bulk, &out, 3, &e);
	relay.bulk = &bulk;
	relay_run(&relay, &e);
	bulk_close(&bulk, &e);
	out.path = NULL;
	ok(out.failed == ENOENT, "-b: a file that cannot be made ends it");
	finish(0);
}

static void t_metrics(const char *dir)
{
	char path[64], far[64];
	static struct record_run about = { .bundle = "b\"x",
					   .module = "m_1",
					   .kernel = "6.1",
					   .taprun = "1",
					   .version = 3,
					   .pid = 1 };
	int pair[2];
	char told[128] = "";

	snprintf(path, sizeof(path), "%s/m", dir);
	snprintf(far, sizeof(far), "%s/no/m", dir);
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		exit(70);
	metrics = (struct metrics){ .path = path, .run = &about };
	setup(start_armed, NULL);
	relay.metrics = &metrics;
	relay.notify = pair[1];
	relay.run_ns = 30000000;
	ok(go() == 0 &&
		   file_is(dir, "m",
			   "taprun_probes_armed{bundle=\"b\\\"x\",module=\"m_1\"} 4\n"),
	   "--metrics when it is attached");
	ok(read(pair[0], told, sizeof(told) - 1) > 0 &&
		   !strncmp(told, "READY=1\nSTATUS=", 15) &&
		   read(pair[0], told, sizeof(told) - 1) > 0 &&
		   !strncmp(told, "STOPPING=1", 10),
	   "--notify: ready, stopping");
	metrics.path = far;
	setup(start_runs, NULL);
	relay.metrics = &metrics;
	relay.run_ns = 30000000;
	ok(go() == 0 && metrics.is_told, "--metrics into nowhere: it goes on");
	metrics.path = path;
	setup(start_runs, NULL);
	relay.metrics = &metrics;
	relay.run_ns = 30000000;
	relay_command(&relay, TAPW_START, RELAY_STARTING);
	while (relay.phase == RELAY_STARTING)
		relay_command_done(&relay);
	relay.look_ns = 1;
	relay_tell(&relay);
	relay.look_ns = 1;
	relay_tell(&relay);
	ok(relay.last.hits == 1 &&
		   file_is(dir, "m",
			   "taprun_hits_total{bundle=\"b\\\"x\",module=\"m_1\"} 1\n"),
	   "--metrics while it runs: the module was asked");
	finish(relay_run(&relay, &e));
	close(pair[0]);
	close(pair[1]);
}

/* Standard input: each character is a write of its own, its end is seen once. */
static void t_input(void)
{
	struct input in = { 0 };
	int from[2], to[2], was = dup(STDIN_FILENO);
	char got[8];

	if (pipe(from) < 0 || pipe2(to, O_DIRECT) < 0)
		exit(70);
	dup2(from[0], STDIN_FILENO);
	input_init(&in);
	ok(in.fd == -1 && !in.is_terminal, "a pipe is no terminal");
	in.fd = to[1];
	io_write_full(from[1], "a\0c", 3, NULL);
	input_relay(&in);
	for (int i = 0; i < 3; i++)
		ok(read(to[0], got, sizeof(got)) == 1 && got[0] == "a\0c"[i],
		   "character %d comes alone", i);
	ok(!in.is_over, "more may come");
	close(from[1]);
	input_relay(&in);
	ok(in.is_over, "nothing more comes");
	input_close(&in);
	ok(in.fd == -1 && read(to[0], got, 1) == 0, "closed");
	dup2(was, STDIN_FILENO);
	close(was);
	close(from[0]);
	close(to[0]);
}

int main(void)
{
	static char dir[] = "/tmp/t_run_relay.XXXXXX";

	signals_init();
	alarm(1800); /* where it hangs */
	t_ends();
	t_errors();
	t_command();
	t_system();
	t_output();
	t_json();
	t_bulk(mkdtemp(dir));
	t_metrics(dir);
	rmdir(dir);
	t_input();
	free(area);
	return tap_done();
}
