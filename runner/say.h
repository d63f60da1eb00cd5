/* SPDX-License-Identifier: GPL-2.0-only */
/* Everything taprun prints that is not script data: one line, to stderr. */
#ifndef RUNNER_SAY_H
#define RUNNER_SAY_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct err;

/**
 * struct say_conf - what is wanted
 * @verbose: number of -v
 * @is_quiet: -q: errors only
 * @no_warnings: -w: no WARNING lines
 * @on_warning, @on_err: told of taprun's own warnings and failures, too; or NULL
 */
struct say_conf {
	int verbose;
	int is_quiet;
	int no_warnings;
	void (*on_warning)(const char *text);
	void (*on_err)(const struct err *e);
};

extern struct say_conf say_conf;

/**
 * say_init() - is stderr the journal's?
 *
 * Then each line begins with its priority, "<4>" for a warning.  A socket whose other
 * end has the name of journald's is its stream; nothing else has to be asked for, and
 * $JOURNAL_STREAM, which would say the same, is environment.  Where the caller limits the
 * size of files, writing more fails from here on, instead of ending the program.
 * Source: sd-daemon(3), systemd.exec(5) "StandardError=journal".
 */
void say_init(void);

/** say_is_to_journal() - is it? */
bool say_is_to_journal(void);
/**
 * say_to_syslog() - stderr is now a connected socket of syslog; @pid: our own
 * Source: RFC 3164 section 4.1, as syslog(3) sends it.
 */
void say_to_syslog(int pid);

/** say_lost() - messages that stderr did not take */
unsigned long say_lost(void);

/** say_err() - "taprun: text [NAME]" and, when there is one, a "hint:" line */
void say_err(const struct err *e);
/** say_note() - "taprun: ..." unless -q */
void say_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/** say_verbose() - "taprun: ..." with -v */
void say_verbose(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * say_warning() - "WARNING: text", each different text once unless -v
 * @text: @n bytes; control characters other than tab and newline become '?'
 */
void say_warning(const char *text, size_t n);
void say_warningf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/** say_error() - "ERROR: text" */
void say_error(const char *text, size_t n);
/** say_raw() - bytes of the script's log() as they are */
void say_raw(const char *text, size_t n);

#endif
