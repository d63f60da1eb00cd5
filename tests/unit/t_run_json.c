/* SPDX-License-Identifier: GPL-2.0-only */
/* --json: strings, the cutting of data, and every record against the schema. */
#include "runner/json.c"
#include "runner/out.c"
#include "runner/outname.c"
#include "runner/record.c"
#include "runner/say.c"
#include "runner/signals.c"
#include "runner/sys.c"
#include "tests/tap.h"

#include <stdlib.h>

static struct out o;
static struct record r;
static struct err e;
static char name[] = "/tmp/t_run_json.XXXXXX";
static char text[1 << 20];

static void begin(void)
{
	memset(&o, 0, sizeof(o));
	memset(&r, 0, sizeof(r));
	if (out_open(&o, name, 0, 0, &e) < 0)
		exit(70);
	out_begin(&o);
	r.json.out = &o;
}

static const char *end(void)
{
	FILE *f;
	size_t n;

	out_close(&o, &e);
	f = fopen(name, "r");
	n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	text[n] = '\0';
	if (f)
		fclose(f);
	return text;
}

static const char *one(const void *p, size_t n)
{
	begin();
	json_begin(&r.json, "t");
	json_text(&r.json, "x", "base64", p, n);
	json_end(&r.json);
	return end();
}

#define IS(bytes, want)                                  \
	ok(!strcmp(one(bytes, sizeof(bytes) - 1),        \
		   "{\"type\":\"t\",\"x\":" want "}\n"), \
	   "%.*s", (int)strlen(text) - 1, text)

static void t_strings(void)
{
	IS("", "\"\"");
	IS("a\n\t\"\\\r\b\f", "\"a\\n\\t\\\"\\\\\\r\\b\\f\"");
	IS("\0\1\x1f\x7f", "\"\\u0000\\u0001\\u001f\\u007f\"");
	IS("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
	   "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
#define BAD "\xef\xbf\xbd"
	IS("\xff", "\"" BAD "\",\"base64\":\"/w==\"");
	IS("a\x80", "\"a" BAD "\",\"base64\":\"YYA=\"");
	IS("\xc3", "\"" BAD "\",\"base64\":\"ww==\"");
	IS("\xc0\xaf", "\"" BAD BAD "\",\"base64\":\"wK8=\"");
	/* a surrogate, more than U+10FFFF, one byte too many for its value */
	IS("\xed\xa0\x80", "\"" BAD BAD BAD "\",\"base64\":\"7aCA\"");
	IS("\xf4\x90\x80\x80",
	   "\"" BAD BAD BAD BAD "\",\"base64\":\"9JCAgA==\"");
	IS("\xe0\x80\x80", "\"" BAD BAD BAD "\",\"base64\":\"4ICA\"");
}

static const struct stream_rec at1 = { 100, 0, 1, false };
static const struct stream_rec at2 = { 100, 0, 2, true };
static const struct stream_rec at3 = { 200, 1, 1, false };

static void t_lines(void)
{
	begin();
	record_data(&r, &at1, "a\nb", 3);
	record_data(&r, &at2, "c\n", 2);
	record_data(&r, &at3, "d", 1);
	record_data(&r, &at1, "e\n", 2);
	ok(!strcmp(end(),
		   "{\"type\":\"data\",\"time_ns\":100,\"cpu\":0,\"seq\":1,"
		   "\"text\":\"a\\nbc\\n\"}\n"
		   "{\"type\":\"data\",\"time_ns\":200,\"cpu\":1,\"seq\":1,"
		   "\"text\":\"d\"}\n"
		   "{\"type\":\"data\",\"time_ns\":100,\"cpu\":0,\"seq\":1,"
		   "\"text\":\"e\\n\"}\n"),
	   "a line in two records of the ring is one");
	begin();
	record_data(&r, &at1, "half", 4);
	record_message(&r, "warning", &at1, "w", 1);
	record_data(&r, &at2, " a line\n", 8);
	ok(strstr(end(), "\"text\":\"half\"}\n{\"type\":\"warning\"") &&
		   strstr(text, "\"cont\":true,\"text\":\" a line\\n\"}"),
	   "a message in between");
}

/* Long output: cut after lines, else between characters; nothing is lost. */
static void t_cuts(void)
{
	static char big[50000];
	size_t i, n = 0;
	char *p;

	for (i = 0; i < sizeof(big); i++)
		big[i] = i % 100 == 99 ? '\n' : 'x';
	begin();
	record_data(&r, &at1, big, sizeof(big));
	end();
	for (p = text; (p = strstr(p, "\"text\":\"")); n++) {
		p = strchr(p, '}');
		ok(!strncmp(p - 3, "\\n\"", 3), "record %zu ends with a line",
		   n);
	}
	ok(n == 4 && strstr(text, "\"cont\":true"), "%zu records", n);
	for (i = 0; i + 3 <= sizeof(big); i += 3)
		memcpy(big + i, "\xe2\x82\xac", 3);
	begin();
	record_data(&r, &at1, big, i);
	record_flush(&r);
	ok(!strstr(end(), "base64"), "no character is cut");
	begin();
	record_data(&r, &at1, "ab\xe2\x82", 4);
	record_data(&r, &at2, "\xac\n", 2);
	ok(strstr(end(), "\"ab\xe2\x82\xac\\n\"") && !strstr(text, "base64"),
	   "nor between two records of the ring");
}

static void t_schema(void)
{
	struct record_run run = { .bundle = "b",
				  .module = "m_1",
				  .kernel = "6.1",
				  .taprun = "1",
				  .version = 7,
				  .pid = 1,
				  .target = 2,
				  .realtime_ns = 1,
				  .monotonic_ns = 1 };
	struct record_end how = { .exit_code = 1, .reason = "why" };
	struct counts c = { .hits = UINT64_MAX, .lost = 1 };
	char cmd[256];

	begin();
	record_data(&r, &at1, "\xff\"\n", 3);
	record_data(&r, &at2, "goes on", 7);
	record_attached(&r, &run, &c);
	record_message(&r, "warning", &at1, "w", 1);
	record_message(&r, "error", &at1, "e\xff", 2);
	record_message(&r, "log", &at1, "l", 1);
	record_own(&r, "warning", "of taprun");
	err_set(&e, -BERR_NO_KERNEL, "no kernel");
	record_err(&r, &e, BERR_NO_KERNEL);
	record_lost(&r, &c);
	record_lost(&r, &c);
	record_summary(&r, &how, &c);
	end();
	ok(strstr(text, "\"type\":\"lost\"") &&
		   !strstr(strstr(text, "\"type\":\"lost\"") + 1,
			   "\"type\":\"lost\""),
	   "a loss is told once");
	if (system("command -v python3 >/dev/null")) {
		printf("skip t_run_json/schema # no python3\n");
		return;
	}
	snprintf(cmd, sizeof(cmd),
		 "python3 tests/tools/schema.py runner/output.schema.json %s | "
		 "tee /dev/stderr | grep -qx 'attached=1 data=2 error=2 log=1 "
		 "lost=1 summary=1 warning=2'",
		 name);
	ok(!system(cmd), "every type is as the schema says");
}

static void t_waiting(void)
{
	begin();
	o.is_writing = true;
	record_own(&r, "warning", "of the output");
	o.is_writing = false;
	ok(!*end(), "no record inside another one's writing");
}

int main(void)
{
	int fd = mkstemp(name);

	if (fd < 0)
		return 1;
	close(fd);
	t_strings();
	t_lines();
	t_cuts();
	t_schema();
	t_waiting();
	unlink(name);
	return tap_done();
}
