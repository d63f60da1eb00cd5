/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the bundles of tests/data/bundles and the keys of tests/data/keys.
 * Never for one that is there: see tests/data/README.md.
 *
 *   mkdata DIR
 */
#include "tests/attack/stage.h"

#include "tests/unit/mkelf.h"

#include <fcntl.h>
#include <stdio.h>

static const char *dir;

static void save(const char *name, const void *p, size_t n)
{
	char path[400];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0644);
	if (fd < 0) {
		printf("%s: is there; never made again\n", path);
		return;
	}
	if (write(fd, p, n) != (ssize_t)n || close(fd) < 0)
		abort();
}

static void keys(void)
{
	static const struct {
		const char *name;
		uint8_t seed;
		enum sig_role role;
	} rows[] = { { "release", 1, SIG_RELEASE },
		     { "release2", 2, SIG_RELEASE },
		     { "build", 3, SIG_BUILD } };
	char file[80];

	for (int i = 0; i < 3; i++) {
		struct buf b = BUF_INIT;
		struct signer s;

		fix_key(&s, rows[i].seed, rows[i].role);
		snprintf(s.comment, sizeof(s.comment),
			 "TEST KEY, its secret is published");
		signer_write_secret(&s, &b);
		snprintf(file, sizeof(file), "%s.key", rows[i].name);
		save(file, b.p, b.len);
		buf_reset(&b);
		signer_write_public(&s, &b);
		snprintf(file, sizeof(file), "%s.pub", rows[i].name);
		save(file, b.p, b.len);
		buf_deinit(&b);
	}
}

/* Two kernels of Debian that are no host's; no member but source and pack. */
static void begin(struct stage *s)
{
	stage_init(s);
	for (int i = 0; i < 3; i++)
		s->f.target[i].machine = "x86_64";
	s->f.target[0].release = "6.1.0-56-amd64";
	s->f.target[0].wire = s->f.target[1].wire = 1;
	s->f.target[0].nksig = s->f.target[1].nksig = 0;
	s->f.spec.provenance = NULL;
	s->f.spec.provenance_len = 0;
	s->f.spec.nparams = 0;
	s->f.spec.ntargets = 2;
	s->f.spec.description = NULL;
}

static void more_lines(struct stage *s)
{
	struct signer k;
	struct buf b = BUF_INIT;

	buf_adds(&b, stage_line(s, &s->f.signer));
	fix_key(&k, 2, SIG_RELEASE);
	buf_adds(&b, stage_line(s, &k));
	fix_key(&k, 3, SIG_BUILD);
	buf_adds(&b, stage_line(s, &k));
	buf_adds(&b, "future-1 release 0 ");
	for (int i = 0; i < 32; i++)
		buf_adds(&b, "5a");
	buf_adds(&b, " 00ff\n");
	stage_sigs(s, b.p);
	buf_deinit(&b);
}

/* Two modules of 17 MiB, so that there are two packs. */
static void two_packs(struct stage *s)
{
	static const char modinfo[2][46] = {
		"name=t_00000009\0vermagic=9 SMP\0depends=\0",
		"name=t_00000002\0vermagic=2 SMP\0depends=\0"
	};
	static char zeros[17 << 20];
	static struct buf ko[2];

	for (int i = 0; i < 2; i++) {
		const struct mksect m[] = {
			{ .name = ".modinfo",
			  .type = SHT_PROGBITS,
			  .data = modinfo[i],
			  .len = sizeof(modinfo[i]) },
			{ .name = ".data",
			  .type = SHT_PROGBITS,
			  .data = zeros,
			  .len = sizeof(zeros) },
		};

		mkelf(&ko[i], ET_REL, m, 2);
		s->f.target[i].ko = ko[i].p;
		s->f.target[i].ko_len = ko[i].len;
	}
	stage_build(s);
}

static void everything(struct stage *s)
{
	s->f.target[0].nksig = s->f.target[1].nksig = 1;
	s->f.spec.provenance = "{\"payloadType\":\"x\",\"payload\":\"\"}";
	s->f.spec.provenance_len = 33;
	s->f.spec.nparams = 2;
	s->f.spec.ntargets = 3;
	s->f.spec.limit_runtime_s = 60;
	s->f.spec.limit_output_bytes = 1 << 20;
	s->f.spec.contact = "nobody@example.org";
	s->f.spec.description = "everything of version 1";
	s->f.spec.is_guru = true;
	stage_build(s);
	stage_edit(s, "\n\ntarget: 1", "\nx-head: 1\n\ntarget: 1");
	stage_edit(s, "$", "x-a: signed, of no meaning\nx-b: 2\n");
	stage_sign(s);
	more_lines(s);
}

static void bundle(const char *name)
{
	static const char *const needs[] = { "kptr", "pmu" };
	struct stage s;

	begin(&s);
	if (!strcmp(name, "needs.tap")) {
		s.f.spec.need = needs;
		s.f.spec.nneeds = 2;
	}
	if (!strcmp(name, "unsupported.tap"))
		s.f.spec.ntargets = 3;
	if (!strcmp(name, "params.tap"))
		s.f.spec.nparams = 2;
	if (!strcmp(name, "ksig.tap"))
		s.f.target[0].nksig = s.f.target[1].nksig = 1;
	if (!strcmp(name, "provenance.tap")) {
		s.f.spec.provenance = "{\"payload\":\"\"}";
		s.f.spec.provenance_len = 14;
	}
	if (!strcmp(name, "audience.tap")) {
		s.f.spec.audience = "lab-1 prod-eu";
		s.f.spec.not_before = 1600000000;
		s.f.spec.not_after = 7258118400; /* 2200 */
	}
	stage_build(&s);
	if (!strcmp(name, "signatures.tap"))
		more_lines(&s);
	if (!strcmp(name, "packs.tap"))
		two_packs(&s);
	if (!strcmp(name, "all.tap"))
		everything(&s);
	save(name, s.file.p, s.file.len);
	stage_deinit(&s);
}

int main(int argc, char **argv)
{
	static const char *const names[] = {
		"plain.tap",  "signatures.tap", "unsupported.tap",
		"params.tap", "needs.tap",	"ksig.tap",
		"packs.tap",  "provenance.tap", "audience.tap",
		"all.tap"
	};

	if (argc != 2 || sodium_init() < 0)
		return 2;
	dir = argv[1];
	keys();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		bundle(names[i]);
	return 0;
}
