/* SPDX-License-Identifier: GPL-2.0-only */
/* The good bundle, taken apart and put together. */
#include "tests/attack/stage.h"

#include "bundle/line.h"
#include "bundle/tar.h"
#include "runtime/uapi/wire.h"
#include "tests/unit/mkelf.h"

#include <sys/utsname.h>

static struct utsname host;
static const char modinfo[2][54] = {
	"license=GPL\0name=t_00000009\0vermagic=9 SMP \0depends=\0",
	"license=GPL\0name=t_00000002\0vermagic=2 SMP \0depends=\0",
};

/* A module as far as taprun and tapbuild look into one. */
static void make_ko(struct buf *ko, int i)
{
	const struct mksect s = { .name = ".modinfo",
				  .type = SHT_PROGBITS,
				  .data = modinfo[i],
				  .len = sizeof(modinfo[i]) };

	buf_reset(ko);
	mkelf(ko, ET_REL, &s, 1);
}

static void make_ksigs(struct fix *f)
{
	static const char der[2][40] = { "0first detached signature",
					 "0second one, of another module" };

	for (int i = 0; i < 2; i++)
		f->ksig[i] = (struct bundle_ksig){ "5555aaaa", der[i],
						   sizeof(der[i]) };
	f->target[0].ksig = &f->ksig[0];
	f->target[1].ksig = &f->ksig[1];
	f->target[0].nksig = f->target[1].nksig = 1;
}

void stage_init(struct stage *s)
{
	memset(s, 0, sizeof(*s));
	fix_init(&s->f);
	uname(&host);
	make_ko(&s->ko, 0);
	make_ko(&s->ko2, 1);
	make_ksigs(&s->f);
	s->f.target[0].machine = host.machine;
	s->f.target[0].release = host.release;
	s->f.target[0].build_id = STAGE_ID;
	s->f.target[0].module = "t_00000009";
	s->f.target[0].vermagic = "9 SMP";
	s->f.target[0].wire = TAPW_VERSION;
	s->f.target[0].ko = s->ko.p;
	s->f.target[0].ko_len = s->ko.len;
	s->f.target[1].ko = s->ko2.p;
	s->f.target[1].ko_len = s->ko2.len;
	s->f.target[1].vermagic = "2 SMP";
	s->f.target[1].machine = s->f.target[2].machine = host.machine;
	s->f.spec.provenance = "{\"payload\":\"\"}";
	s->f.spec.provenance_len = 14;
	stage_build(s);
}

void stage_build(struct stage *s)
{
	buf_deinit(&s->file);
	s->file = fix_write(&s->f);
	stage_split(s);
}

void stage_deinit(struct stage *s)
{
	for (unsigned int i = 0; i < STAGE_PARTS; i++)
		buf_deinit(&s->part[i].data);
	buf_deinit(&s->file);
	buf_deinit(&s->ko);
	buf_deinit(&s->ko2);
	fix_deinit(&s->f);
}

void stage_split(struct stage *s)
{
	size_t at = 0;

	s->nparts = 0;
	while (at + TAR_BLOCK <= s->file.len && s->file.p[at]) {
		struct part *p = &s->part[s->nparts++];
		uint64_t size;

		if (s->nparts > STAGE_PARTS ||
		    !tar_peek((uint8_t *)s->file.p + at, &size, &s->mtime))
			abort();
		snprintf(p->name, sizeof(p->name), "%.100s", s->file.p + at);
		buf_reset(&p->data);
		buf_add(&p->data, s->file.p + at + TAR_BLOCK, size);
		at += TAR_BLOCK + tar_padded(size);
	}
}

void stage_join(struct stage *s)
{
	buf_reset(&s->file);
	for (unsigned int i = 0; i < s->nparts; i++) {
		const struct part *p = &s->part[i];
		uint8_t h[TAR_BLOCK];

		if (!tar_header(h, p->name, p->data.len, s->mtime))
			abort();
		buf_add(&s->file, h, sizeof(h));
		buf_add(&s->file, p->data.p, p->data.len);
		buf_zero(&s->file, tar_padded(p->data.len) - p->data.len);
	}
	buf_zero(&s->file, TAR_END);
}

char *stage_line(const struct stage *s, const struct signer *who)
{
	const struct buf *m = &s->part[P_MANIFEST].data;
	struct buf b = BUF_INIT;

	signer_line(who, m->p, m->len, &b);
	return buf_detach(&b, NULL);
}

void stage_sigs(struct stage *s, const char *text)
{
	stage_part(s, P_SIGS, text, strlen(text), false);
}

void stage_sign(struct stage *s)
{
	char *line = stage_line(s, &s->f.signer);

	stage_sigs(s, line);
	free(line);
}

void stage_hex(const void *p, size_t n, char *out)
{
	hex_text(p, n, out);
}

/* "member: NAME SIZE SHA256" as the part is now. */
static void fit_member(struct stage *s, const struct part *p)
{
	char key[128], line[256], sha[65];
	struct buf *m = &s->part[P_MANIFEST].data, b = BUF_INIT;
	uint8_t sum[32];
	const char *at, *end;

	crypto_hash_sha256(sum, (const uint8_t *)p->data.p, p->data.len);
	stage_hex(sum, 32, sha);
	snprintf(key, sizeof(key), "member: %s ", p->name);
	snprintf(line, sizeof(line), "%s%zu %s", key, p->data.len, sha);
	at = strstr(m->p, key);
	if (!at)
		abort();
	end = strchr(at, '\n');
	buf_add(&b, m->p, (size_t)(at - m->p));
	buf_adds(&b, line);
	buf_add(&b, end, m->len - (size_t)(end - m->p));
	buf_deinit(m);
	*m = b;
}

void stage_part(struct stage *s, unsigned int i, const void *p, size_t n,
		bool fit)
{
	struct buf b = BUF_INIT;

	buf_add(&b, p, n);
	buf_deinit(&s->part[i].data);
	s->part[i].data = b;
	if (fit)
		fit_member(s, &s->part[i]);
	if (fit)
		stage_sign(s);
	else
		stage_join(s);
}

void stage_edit(struct stage *s, const char *from, const char *to)
{
	struct buf *m = &s->part[P_MANIFEST].data, b = BUF_INIT;
	char *at = *from == '$' ? m->p + m->len : strstr(m->p, from);

	if (!at) {
		printf("# no '%s' in\n%s", from, m->p);
		abort();
	}
	buf_add(&b, m->p, (size_t)(at - m->p));
	buf_adds(&b, to);
	if (*from != '$')
		buf_adds(&b, at + strlen(from));
	buf_deinit(m);
	*m = b;
}

size_t stage_offset(const struct stage *s, unsigned int i)
{
	size_t at = 0;

	for (unsigned int k = 0; k < i; k++)
		at += TAR_BLOCK + tar_padded(s->part[k].data.len);
	return at;
}
