/* SPDX-License-Identifier: GPL-2.0-only */
/* --metrics: OpenMetrics text, never half of it. */
#include "runner/metrics.c"
#include "tests/tap.h"

#include <stdlib.h>
#include <sys/stat.h>

static struct metrics m;
static struct err e;
static char dir[] = "/tmp/t_run_metrics.XXXXXX";
static char path[64];

static const struct record_run about = {
	.bundle = "a\"b\\c\nd",
	.module = "m_1",
	.kernel = "6.1.0-1-amd64",
	.taprun = "0.1",
	.version = 7,
	.pid = 99,
	.realtime_ns = 1700000000000000000u,
	.monotonic_ns = 5000000000u,
};

static bool grammar(void)
{
	char cmd[256];

	if (system("command -v python3 >/dev/null")) {
		printf("skip t_run_metrics/grammar # no python3\n");
		return true;
	}
	snprintf(cmd, sizeof(cmd), "python3 tests/tools/openmetrics.py %s",
		 path);
	return system(cmd) == 0;
}

static bool has(const char *line)
{
	return strstr(m.buf, line) != NULL;
}

#define L "{bundle=\"a\\\"b\\\\c\\nd\",module=\"m_1\""

static void t_text(void)
{
	struct counts c = { .hits = UINT64_MAX,
			    .lost = 3,
			    .damaged = 1,
			    .lost_bytes = 300,
			    .records = 9,
			    .bytes = 90,
			    .armed = 4,
			    .failed = 1,
			    .memory_bytes = 4096,
			    .skip_overload = 6 };

	m.path = path;
	m.run = &about;
	m.written = 88;
	ok(metrics_write(&m, &c, 12900000000u, &e) == 0, "written");
	ok(has("taprun_run_info" L
	       ",version=\"7\",kernel=\"6.1.0-1-amd64\",taprun=\"0.1\"} 1\n") &&
		   has("taprun_up" L "} 1\n") &&
		   has("taprun_start_time_seconds" L "} 1700000000\n") &&
		   has("taprun_uptime_seconds" L "} 7\n"),
	   "who, and since when");
	ok(has("taprun_hits_total" L "} 18446744073709551615\n") &&
		   has("taprun_relayed_records_total" L "} 9\n") &&
		   has("taprun_relayed_bytes_total" L "} 90\n") &&
		   has("taprun_written_bytes_total" L "} 88\n") &&
		   has("taprun_lost_records_total" L ",cause=\"full\"} 3\n") &&
		   has("taprun_lost_records_total" L
		       ",cause=\"damaged\"} 1\n") &&
		   has("taprun_lost_bytes_total" L "} 300\n") &&
		   has("taprun_skipped_handlers_total" L
		       ",cause=\"overload\"} 6\n") &&
		   has("taprun_probes_armed" L "} 4\n") &&
		   has("taprun_probes_failed" L "} 1\n") &&
		   has("taprun_module_memory_bytes" L "} 4096\n") &&
		   !has("exit_code"),
	   "what was counted");
	ok(grammar(), "the grammar of OpenMetrics");
	m.is_over = true;
	m.exit_code = 71;
	ok(metrics_write(&m, &c, 12900000000u, &e) == 0 &&
		   has("taprun_up" L "} 0\n") &&
		   has("taprun_exit_code" L "} 71\n") && grammar(),
	   "when it is over");
	ok(m.n < sizeof(m.buf) / 2, "%zu bytes, there is room", m.n);
}

static void t_files(void)
{
	struct counts c = { 0 };
	char tmp[160], victim[128];
	struct stat st;

	snprintf(tmp, sizeof(tmp), "%s.99.tmp", path);
	snprintf(victim, sizeof(victim), "%s/victim", dir);
	ok(stat(tmp, &st) < 0 && stat(path, &st) == 0 &&
		   (st.st_mode & 0444) == 0444,
	   "one file, which all may read");
	ok(symlink(victim, tmp) == 0 && metrics_write(&m, &c, 0, &e) == 0 &&
		   stat(victim, &st) < 0,
	   "a link in the place of the temporary file is not followed");
	m.path = "/dev/full/x";
	ok(metrics_write(&m, &c, 0, &e) == ERR_IO, "%s", e.text);
	ok(mkdir(victim, 0700) == 0, "mkdir");
	m.path = victim;
	ok(metrics_write(&m, &c, 0, &e) == ERR_IO && strstr(e.text, "victim"),
	   "%s", e.text);
	snprintf(tmp, sizeof(tmp), "%s.99.tmp", victim);
	ok(stat(tmp, &st) < 0, "nothing of a failed one stays");
	rmdir(victim);
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/tap.prom", dir);
	t_text();
	t_files();
	unlink(path);
	rmdir(dir);
	return tap_done();
}
