/* SPDX-License-Identifier: GPL-2.0-only */
/* --list, --info, --list-running, --check and --dry-run as JSON Lines. */
#ifndef RUNNER_SHOW_JSON_H
#define RUNNER_SHOW_JSON_H

struct err;
struct json;
struct kernel;
struct load;

/** show_json_list() - a record "kernel" for each kernel of the bundle */
void show_json_list(struct json *j, const struct load *l,
		    const struct kernel *k);

/** show_json_info() - the record "bundle" */
void show_json_info(struct json *j, const struct load *l);

/** show_json_running() - a record "running" for each module; 0 or ERR_IO */
int show_json_running(struct json *j, struct err *e);

/** show_json_good() - the record "check" of a bundle that passed; @l may have
 *  picked a kernel's module */
void show_json_good(struct json *j, const struct load *l);

/** show_json_bad() - the record "check" of one that did not; @code: exit code */
void show_json_bad(struct json *j, const char *path, const struct err *e,
		   int code);

#endif
