/* SPDX-License-Identifier: GPL-2.0-only */
/* taprun's command line, -c word splitting, SET messages. */
#include "runner/background.c"
#include "runner/child.c"
#include "runner/opts.c"
#include "runner/outname.c"
#include "runner/say.c"
#include "runner/session.c"
#include "runner/signals.c"
#include "runner/sys.c"
#include "tests/tap.h"

#include <stdlib.h>

static struct opts o;
static struct err e;

/* Words separated by '|'; parsed from a copy because opts_parse() cuts. */
static int parse(const char *words)
{
	static char text[512];
	static char self[] = "taprun";
	char *argv[32] = { self }, *p;
	int n = 1;

	snprintf(text, sizeof(text), "%s", words);
	for (p = strtok(text, "|"); p; p = strtok(NULL, "|"))
		argv[n++] = p;
	memset(&e, 0, sizeof(e));
	return opts_parse(&o, n, argv, &e);
}

static void t_good(void)
{
	ok(parse("a.tap") == 0 && o.mode == OPTS_RUN &&
		   !strcmp(o.bundle, "a.tap") &&
		   !strcmp(o.keys, KEYRING_DEFAULT_DIR),
	   "a bundle alone");
	ok(parse("-vvq|-ofile|a.tap|x=1|y=a=b|z=") == 0 && o.verbose == 2 &&
		   o.is_quiet && !strcmp(o.out, "file") && o.nparams == 3 &&
		   !strcmp(o.params[1].name, "y") &&
		   !strcmp(o.params[1].value, "a=b") && !*o.params[2].value,
	   "joined letters, parameters with = and empty");
	ok(parse("--output=f|--time|2.5|-S|10,3|a.tap") == 0 &&
		   o.run_ns == 2500000000u && o.rotate_bytes == 10u << 20 &&
		   o.rotate_files == 3,
	   "long options, fractions, rotation");
	ok(parse("-T|0.000000001|a.tap") == 0 && o.run_ns == 1, "1 ns");
	ok(parse("-x|123|a.tap") == 0 && o.target == 123, "-x");
	ok(parse("-i|a.tap") == 0 && o.input, "-i");
	ok(parse("--|-a.tap|v=1") == 0 && !strcmp(o.bundle, "-a.tap"), "--");
	ok(parse("--list|a.tap") == 0 && o.mode == OPTS_LIST, "--list");
	ok(parse("--json|--metrics|m.prom|--notify=|-o|x-%F-%T%%|a.tap") == 0 &&
		   o.json && !strcmp(o.metrics, "m.prom") && !*o.notify,
	   "--json, --metrics, --notify, times in -o");
	ok(parse("-b|-o|x|a.tap") == 0 && o.bulk, "-b");
	ok(parse("--check|a.tap") == 0 && o.mode == OPTS_CHECK, "--check");
	ok(parse("--background|-o|x|a.tap") == 0 && o.background,
	   "--background");
	ok(parse("--attach|vfs") == 0 && o.mode == OPTS_ATTACH &&
		   !strcmp(o.run, "vfs"),
	   "--attach");
	ok(parse("--stop=vfs_1") == 0 && o.mode == OPTS_STOP &&
		   !strcmp(o.run, "vfs_1"),
	   "--stop");
	ok(parse("--reap") == 0 && o.mode == OPTS_REAP, "--reap alone");
}

static void t_bad(void)
{
	static const char *const rows[] = {
		"-v",
		"a.tap|word",
		"-b|a.tap",
		"-b|--json|-o|x|a.tap",
		"-o|x-%Q|a.tap",
		"-o|x%|a.tap",
		"--metrics=|a.tap",
		"--background|a.tap",
		"--background|-o|x|-i|a.tap",
		"--background|-o|x|--notify=|a.tap",
		"--background|-o|x|--list|a.tap",
		"--stop",
		"--stop|a|b",
		"--stop|a|--attach|b",
		"a.tap|=1",
		"-T|a.tap",
		"-T|-1|a.tap",
		"-T|0|a.tap",
		"-T|1s|a.tap",
		"-T|1e3|a.tap",
		"-T|99999999999|a.tap",
		"-x|0|a.tap",
		"-x|abc|a.tap",
		"-x|99999999999|a.tap",
		"-c|ls|-x|1|a",
		"-S|1|a.tap",
		"-S|0|-of|a.tap",
		"-S|1,|-of|a",
		"-S|1,0|-of|a",
		"-S|1,2x|-of|a",
		"--nosuch|a.tap",
		"-Z|a.tap",
		"--list=1|a.tap",
		"--list|--info|a",
		"--reap|a.tap",
		"-o",
		"--keys",
		"--lis|a.tap",
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(parse(rows[i]) == ERR_INVALID && e.text[0], "'%s': %s",
		   rows[i], e.text);
}

/* Every option with every mode: taken where it has an effect, else named. */
static void t_use(void)
{
	static const char *const opts[] = { "-o|x",
					    "-b|-o|x",
					    "-S|1|-o|x",
					    "--json",
					    "-T|1",
					    "-c|true",
					    "-x|1",
					    "-i",
					    "--allow-system",
					    "--keys|k",
					    "-v",
					    "-q",
					    "-w",
					    "--fallback",
					    "--metrics|m",
					    "--notify|n",
					    "--background|-o|x" };
	static const struct {
		const char *mode, *rest, *takes; /* by number of the above */
	} rows[] = {
		{ "--dry-run", "|a.tap", "abcdefghijklmnop" },
		{ "--check", "|a.tap", "adjklm" },
		{ "--list", "|a.tap", "adjklm" },
		{ "--info", "|a.tap", "adjklm" },
		{ "--list-running", "", "adjklm" },
		{ "--reap", "", "jklm" },
		{ "--attach|r", "", "ajklm" },
		{ "--stop|r", "", "ejklm" },
		{ "--serve", "", "" },
		{ "--version", "", "abcdefghijklmnopq" },
		{ "--help", "", "abcdefghijklmnopq" },
	};
	size_t i, k;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (k = 0; k < sizeof(opts) / sizeof(opts[0]); k++) {
			char line[80], mode[20];
			bool takes = strchr(rows[i].takes, (int)('a' + k));
			int r;

			snprintf(mode, sizeof(mode), "%.*s has no use for --",
				 (int)strcspn(rows[i].mode, "|"), rows[i].mode);
			snprintf(line, sizeof(line), "%s|%s%s", opts[k],
				 rows[i].mode, rows[i].rest);
			r = parse(line);
			ok(takes ? r == 0
				 : r == ERR_INVALID && e.hint[0] &&
					   !strncmp(e.text, mode, strlen(mode)),
			   "%s%s%s", line, takes ? "" : ": ",
			   takes ? "" : e.text);
		}
	ok(parse("--list|--metrics|m|a.tap") == ERR_INVALID &&
		   !strcmp(e.text, "--list has no use for --metrics") &&
		   !strcmp(e.hint, "leave --metrics away"),
	   "the mode and the option are named");
}

static void t_usage(void)
{
	char text[4096];
	size_t n = opts_usage(text, sizeof(text)), k;
	const char *p;

	for (k = 0; k < OPT_COUNT; k++) {
		char want[32];

		snprintf(want, sizeof(want), "--%s", opt_table[k].name);
		ok(strstr(text, want) != NULL, "usage has %s", want);
	}
	for (p = text; *p; p += strcspn(p, "\n") + 1)
		if (strcspn(p, "\n") > 80)
			ok(false, "line too long: %.90s", p);
	ok(n == strlen(text) && text[n - 1] == '\n', "ends with a newline");
	ok(opts_usage(text, 50) == 49 && strlen(text) == 49, "small buffer");
}

static void t_split(void)
{
	static struct child_words w;
	static char big[CHILD_TEXT_MAX + 10];
	static const char *const bad[] = {
		"",	 "   ",	    "a 'b",  "a \"b", "a\\",	"a | b", "a;b",
		"a > b", "a $HOME", "a `b`", "a &",   "\"$x\"", "a *",	 "(a)",
	};
	size_t i;

	ok(child_split(&w, "  ls -l  'a b' \"c \\\" d\" e\\ f''g ", &e) == 0 &&
		   w.n == 5 && !strcmp(w.argv[2], "a b") &&
		   !strcmp(w.argv[3], "c \" d") && !strcmp(w.argv[4], "e fg") &&
		   !w.argv[5],
	   "blanks and quotes");
	ok(child_split(&w, "sh -c 'echo $HOME | wc; (x) > y'", &e) == 0 &&
		   w.n == 3 && !strcmp(w.argv[2], "echo $HOME | wc; (x) > y"),
	   "single quotes keep all");
	ok(child_split(&w, "a ''", &e) == 0 && w.n == 2 && !*w.argv[1],
	   "an empty word");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(child_split(&w, bad[i], &e) == ERR_INVALID, "'%s': %s",
		   bad[i], e.text);
	memset(big, 'a', sizeof(big) - 1);
	ok(child_split(&w, big, &e) == ERR_INVALID, "%s", e.text);
	for (i = 0; i + 1 < sizeof(big); i += 2)
		big[i] = ' ';
	ok(child_split(&w, big, &e) == ERR_INVALID, "%s", e.text);
}

static void t_child(void)
{
	static struct child_words w;
	struct child c = { 0 };
	int i;

	child_split(&w, "sh -c 'exit 3'", &e);
	ok(child_fork(&c, &w, NULL, 0, &e) == 0, "fork");
	usleep(20000);
	ok(!child_reap(&c), "it waits");
	ok(child_go(&c, w.argv[0], &e) == 0, "go");
	for (i = 0; i < 60000 && !child_reap(&c); i++)
		usleep(10000);
	ok(c.is_done && WEXITSTATUS(c.wait_status) == 3, "its status");
	memset(&c, 0, sizeof(c));
	child_split(&w, "/nonexistent/command", &e);
	child_fork(&c, &w, NULL, 0, &e);
	ok(child_go(&c, w.argv[0], &e) == ERR_IO && e.sys_errno == ENOENT, "%s",
	   e.text);
	child_cancel(&c);
	memset(&c, 0, sizeof(c));
	child_fork(&c, &w, NULL, 0, &e);
	child_cancel(&c);
	ok(c.is_done && WIFSIGNALED(c.wait_status), "cancelled before start");
}

static void t_set(void)
{
	static char big[TAPW_MSG_MAX + 1];
	uint8_t b[TAPW_MSG_MAX];
	int n = session_format_set(b, sizeof(b), "n", "-12", &e);
	struct tapw_msg m;

	memcpy(&m, b, sizeof(m));
	ok(n == (int)sizeof(m) + 6 && m.type == TAPW_SET && m.len == 6 &&
		   memcmp(b + sizeof(m), "n\0-12\0", 6) == 0,
	   "a SET message");
	memset(big, 'x', sizeof(big) - 1);
	ok(session_format_set(b, sizeof(b), "n", big, &e) == -BERR_PARAM, "%s",
	   e.text);
	big[TAPW_MSG_MAX - sizeof(m) - 3] = '\0';
	ok(session_format_set(b, sizeof(b), "n", big, &e) == TAPW_MSG_MAX,
	   "exactly full");
}

int main(void)
{
	t_good();
	t_bad();
	t_use();
	t_usage();
	t_split();
	t_child();
	t_set();
	return tap_done();
}
