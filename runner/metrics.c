/* SPDX-License-Identifier: GPL-2.0-only */
/* One table of metrics; the text is made anew each time. */
#include "runner/metrics.h"
#include "runner/record.h"
#include "bundle/base/err.h"
#include "bundle/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define METRICS_PATH_MAX 4096

enum metrics_kind { METRICS_GAUGE, METRICS_COUNTER };

static void metrics_put(struct metrics *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void metrics_put(struct metrics *m, const char *fmt, ...)
{
	size_t left = sizeof(m->buf) - m->n;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(m->buf + m->n, left, fmt, ap);
	va_end(ap);
	if (n > 0)
		m->n += (size_t)n < left ? (size_t)n : left - 1;
}

/* In a label value \, " and newline are escaped: the grammar's escaped-string. */
static void metrics_label(struct metrics *m, const char *key, const char *s)
{
	metrics_put(m, "%s=\"", key);
	for (; *s; s++)
		if (*s == '\n')
			metrics_put(m, "\\n");
		else
			metrics_put(m, "%s%c",
				    *s == '\\' || *s == '"' ? "\\" : "", *s);
	metrics_put(m, "\"");
}

static void metrics_head(struct metrics *m, const char *name,
			 enum metrics_kind kind, const char *help)
{
	metrics_put(m, "# TYPE taprun_%s %s\n# HELP taprun_%s %s\n", name,
		    kind == METRICS_COUNTER ? "counter" : "gauge", name, help);
}

static void metrics_labels(struct metrics *m)
{
	metrics_put(m, "{");
	metrics_label(m, "bundle", m->run->bundle);
	metrics_put(m, ",");
	metrics_label(m, "module", m->run->module);
}

static void metrics_sample(struct metrics *m, const char *name,
			   enum metrics_kind kind, const char *cause,
			   uint64_t v)
{
	metrics_put(m, "taprun_%s%s", name,
		    kind == METRICS_COUNTER ? "_total" : "");
	metrics_labels(m);
	if (cause) {
		metrics_put(m, ",");
		metrics_label(m, "cause", cause);
	}
	metrics_put(m, "} %llu\n", (unsigned long long)v);
}

static void metrics_info(struct metrics *m)
{
	char version[24];

	snprintf(version, sizeof(version), "%llu",
		 (unsigned long long)m->run->version);
	metrics_head(m, "run_info", METRICS_GAUGE,
		     "What runs; the value is always 1.");
	metrics_put(m, "taprun_run_info");
	metrics_labels(m);
	metrics_put(m, ",");
	metrics_label(m, "version", version);
	metrics_put(m, ",");
	metrics_label(m, "kernel", m->run->kernel);
	metrics_put(m, ",");
	metrics_label(m, "taprun", m->run->taprun);
	metrics_put(m, "} 1\n");
}

static void metrics_losses(struct metrics *m, const struct counts *c)
{
	metrics_head(m, "lost_records", METRICS_COUNTER,
		     "Records of output that were lost: they met a full ring, "
		     "or a ring's content made no sense.");
	metrics_sample(m, "lost_records", METRICS_COUNTER, "full", c->lost);
	metrics_sample(m, "lost_records", METRICS_COUNTER, "damaged",
		       c->damaged);
	metrics_head(m, "skipped_handlers", METRICS_COUNTER,
		     "Handlers of the script that did not run.");
#define X(id, words)                                                \
	metrics_sample(m, "skipped_handlers", METRICS_COUNTER, #id, \
		       c->skip_##id);
	COUNTS_SKIPS(X)
#undef X
}

void metrics_format(struct metrics *m, const struct counts *c, uint64_t now_ns)
{
	const struct {
		const char *name;
		enum metrics_kind kind;
		uint64_t v;
		const char *help;
	} rows[] = {
		{ "up", METRICS_GAUGE, !m->is_over,
		  "1 while the session lasts, 0 when it has ended." },
		{ "start_time_seconds", METRICS_GAUGE,
		  m->run->realtime_ns / 1000000000u,
		  "Unix time when taprun started." },
		{ "uptime_seconds", METRICS_GAUGE,
		  (now_ns - m->run->monotonic_ns) / 1000000000u,
		  "Time since then." },
		{ "relayed_records", METRICS_COUNTER, c->records,
		  "Records taken from the module." },
		{ "relayed_bytes", METRICS_COUNTER, c->bytes,
		  "Bytes of script output among them." },
		{ "written_bytes", METRICS_COUNTER, m->written,
		  "Bytes that the output took." },
		{ "lost_bytes", METRICS_COUNTER, c->lost_bytes,
		  "Bytes of output that met a full ring." },
		{ "hits", METRICS_COUNTER, c->hits,
		  "Handlers of the script that ran." },
		{ "script_errors", METRICS_COUNTER, c->errors,
		  "Errors of the script." },
		{ "probes_armed", METRICS_GAUGE, c->armed,
		  "Probe points that are armed." },
		{ "probes_failed", METRICS_GAUGE, c->failed,
		  "Probe points that could not be armed." },
		{ "module_memory_bytes", METRICS_GAUGE, c->memory_bytes,
		  "Memory of the kernel for this session." },
	};
	size_t i;

	m->n = 0;
	metrics_info(m);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		metrics_head(m, rows[i].name, rows[i].kind, rows[i].help);
		metrics_sample(m, rows[i].name, rows[i].kind, NULL, rows[i].v);
	}
	metrics_losses(m, c);
	if (m->is_over) {
		metrics_head(m, "exit_code", METRICS_GAUGE,
			     "Exit code of taprun, when it has ended.");
		metrics_sample(m, "exit_code", METRICS_GAUGE, NULL,
			       (uint64_t)m->exit_code);
	}
	metrics_put(m, "# EOF\n");
}

int metrics_write(struct metrics *m, const struct counts *c, uint64_t now_ns,
		  struct err *e)
{
	char tmp[METRICS_PATH_MAX];
	int n, fd, r;

	metrics_format(m, c, now_ns);
	n = snprintf(tmp, sizeof(tmp), "%s.%d.tmp", m->path, m->run->pid);
	if (n >= (int)sizeof(tmp)) {
		errno = ENAMETOOLONG;
		return err_sys(e, "--metrics: cannot write '%s'", m->path);
	}
	/* a link that somebody put there is not followed */
	unlink(tmp);
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY,
		  0644);
	if (fd < 0)
		return err_sys(e, "--metrics: cannot write '%s'", tmp);
	r = io_write_full(fd, m->buf, m->n, e);
	if (close(fd) < 0 && r == 0)
		r = err_sys(e, "cannot write");
	if (r == 0 && rename(tmp, m->path) < 0)
		r = err_sys(e, "cannot replace it");
	if (r < 0) {
		unlink(tmp);
		err_prefix(e, "--metrics '%s'", m->path);
	}
	return r;
}
