/* SPDX-License-Identifier: GPL-2.0-only */
/* A small bundle for the tests of the bundle room, in memory. */
#ifndef TESTS_UNIT_BUNDLE_FIX_H
#define TESTS_UNIT_BUNDLE_FIX_H

#include "build/base/arena.h"
#include "build/base/buf.h"
#include "bundle/base/err.h"
#include "bundle/reader.h"
#include "bundle/write.h"
#include "tests/tap.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FIX_ID_A "1f2e000000000000000000000000000000000001"
#define FIX_ID_B "1f2e000000000000000000000000000000000002"

/** struct fix - keys, a specification that may be changed, room for the rest */
struct fix {
	struct signer signer;
	struct keyring ring;
	struct bundle_opts opts;
	struct bundle_spec spec;
	struct bundle_script script[2];
	struct bundle_target target[4];
	struct bundle_probe probe[2];
	struct bundle_param param[2];
	struct bundle_ksig ksig[2];
	uint8_t ko[3][700];
	struct bundle *b;
	int fd;
};

static inline void fix_trust(struct fix *f, const struct signer *s)
{
	struct sig_key *k = &f->ring.keys[f->ring.nkeys++];

	memset(k, 0, sizeof(*k));
	memcpy(k->pk, s->pk, sizeof(k->pk));
	sig_key_id(k->pk, k->id);
	k->roles = s->role;
}

/* The same key each time: tests must not depend on chance. */
static inline void fix_key(struct signer *s, uint8_t seed_byte,
			   enum sig_role role)
{
	uint8_t seed[32];

	memset(s, 0, sizeof(*s));
	memset(seed, seed_byte, sizeof(seed));
	crypto_sign_seed_keypair(s->pk, s->sk, seed);
	s->role = role;
	s->signed_at = 1700000000;
}

static inline void fix_init(struct fix *f)
{
	memset(f, 0, sizeof(*f));
	for (size_t k = 0; k < 3; k++)
		for (size_t i = 0; i < sizeof(f->ko[0]); i++)
			f->ko[k][i] = (uint8_t)(i * 7 + (i % 97 ? 0 : k));
	fix_key(&f->signer, 1, SIG_RELEASE);
	fix_trust(f, &f->signer);
	f->opts = (struct bundle_opts){ .keys = &f->ring, .now = 1800000000 };
	f->script[0] =
		(struct bundle_script){ "b.stp", "probe begin {}\n", 15 };
	f->script[1] = (struct bundle_script){ "a.stp", "global x\n", 9 };
	f->target[0] = (struct bundle_target){
		.machine = "x86_64",
		.release = "6.1.0-56-amd64",
		.version = "#1 SMP Debian 6.1.1",
		.build_id = FIX_ID_A,
		.distro = "debian 12",
		.flavour = "amd64",
		.module = "t_00000001",
		.ko = f->ko[0],
		.ko_len = 700,
		.vermagic = "6.1.0-56-amd64 SMP mod_unload ",
		.layout_crc = 0xdeadbeef,
		.has_layout_crc = true,
		.wire = 1,
	};
	f->target[1] = f->target[0];
	f->target[1].release = "6.1.0-9-amd64";
	f->target[1].build_id = FIX_ID_B;
	f->target[1].module = "t_00000002";
	f->target[1].ko = f->ko[1];
	f->target[1].ko_len = 512;
	f->target[2] = (struct bundle_target){
		.machine = "x86_64",
		.release = "5.10.0-46-amd64",
		.version = "#1 old",
		.flavour = "amd64",
		.status_code = "E-SYM",
		.status_text = "vfs_fsync_range\nis not in this kernel",
	};
	f->probe[0] = (struct bundle_probe){ "timer", 1 };
	f->probe[1] = (struct bundle_probe){ "kprobe", 2 };
	f->param[0] = (struct bundle_param){ .name = "threshold",
					     .type = PARAM_INT64,
					     .def = 5,
					     .min = -1,
					     .max = 1000 };
	f->param[1] = (struct bundle_param){ .name = "comm",
					     .type = PARAM_STRING,
					     .def_str = "a b%",
					     .len = 16 };
	f->spec = (struct bundle_spec){
		.name = "vfs-latency",
		.version = 7,
		.created = 1700000000,
		.builder = "tapbuild test",
		.description = "caf\xc3\xa9 ",
		.privilege = PRIV_STAPDEV,
		.script = f->script,
		.nscripts = 2,
		.probe = f->probe,
		.nprobes = 2,
		.param = f->param,
		.nparams = 2,
		.target = f->target,
		.ntargets = 3,
	};
	f->b = xmalloc(sizeof(*f->b));
	f->fd = memfd_create("bundle", MFD_CLOEXEC);
}

static inline void fix_deinit(struct fix *f)
{
	close(f->fd);
	free(f->b);
}

/* Put @n bytes into the memory file. */
static inline void fix_store(struct fix *f, const void *p, size_t n)
{
	if (ftruncate(f->fd, 0) < 0 || pwrite(f->fd, p, n, 0) != (ssize_t)n)
		abort();
}

/* Open what is in the memory file and check all of it; 0 or the code. */
static inline int fix_open(struct fix *f, struct err *e)
{
	int r;

	memset(e, 0, sizeof(*e));
	r = bundle_open_fd(f->b, f->fd, "t.tap", &f->opts, e);
	if (!r)
		r = bundle_check_rest(f->b, e);
	return r;
}

static inline int fix_open_bytes(struct fix *f, const void *p, size_t n,
				 struct err *e)
{
	fix_store(f, p, n);
	return fix_open(f, e);
}

/* Build from f->spec; the caller buf_deinit()s. */
static inline struct buf fix_write(struct fix *f)
{
	struct buf out = BUF_INIT;
	struct err e = { 0 };

	if (bundle_write(&f->spec, &f->signer, &out, &e) < 0) {
		printf("# bundle_write: %s\n", e.text);
		abort();
	}
	return out;
}

#endif
