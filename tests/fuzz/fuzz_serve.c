// SPDX-License-Identifier: GPL-2.0-only
/* Requests to the broker: what is accepted asks for nothing but what can be asked. */
#include "runner/ask.c"
#include "runner/opts.c"
#include "runner/outname.c"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool is_so)
{
	if (!is_so)
		abort();
}

/* Whatever the text: no file, no command, no other mode, no key directory. */
static void check_floor(const struct opts *o)
{
	unsigned int i;

	must(o->mode == OPTS_RUN && !o->out && !o->cmd && !o->metrics);
	must(!o->notify && !o->run && !o->via && !o->target && !o->input);
	must(!o->rotate_bytes && !o->rotate_files && !o->bulk);
	must(!o->allow_system && !o->background && o->bundle_fd < 0);
	must(strcmp(o->keys, KEYRING_DEFAULT_DIR) == 0);
	must(o->bundle && *o->bundle && *o->bundle != '.');
	must(!strchr(o->bundle, '/') && strlen(o->bundle) <= ASK_NAME_MAX);
	must(o->nparams <= BUNDLE_PARAMS_MAX);
	for (i = 0; i < o->nparams; i++)
		must(*o->params[i].name && o->params[i].value);
}

/* What is written of it is read as the same. */
static void check_again(const struct opts *o)
{
	static char text[ASK_BYTES_MAX];
	struct opts back;
	struct err e;
	unsigned int i;
	int n = ask_format(text, o, &e);

	if (n < 0)
		return; /* "time: 1" becomes longer */
	must(ask_parse(&back, text, (size_t)n, &e) == 0);
	must(!strcmp(back.bundle, o->bundle) && back.run_ns == o->run_ns);
	must(back.json == o->json && back.verbose == o->verbose);
	must(back.nparams == o->nparams);
	for (i = 0; i < o->nparams; i++)
		must(!strcmp(back.params[i].name, o->params[i].name) &&
		     !strcmp(back.params[i].value, o->params[i].value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { 0 };
	struct opts o;
	char *copy;
	int r;

	if (size > ASK_BYTES_MAX)
		return 0;
	copy = malloc(size ? size : 1);
	memcpy(copy, data, size);
	r = ask_parse(&o, copy, size, &e);
	must(r == 0 || (r == ERR_INVALID && e.code == r && e.text[0]));
	if (r == 0) {
		check_floor(&o);
		check_again(&o);
	}
	free(copy);
	return 0;
}
