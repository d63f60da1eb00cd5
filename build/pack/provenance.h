/* SPDX-License-Identifier: GPL-2.0-only */
/* What was made of what, for tools of the supply chain. */
#ifndef BUILD_PACK_PROVENANCE_H
#define BUILD_PACK_PROVENANCE_H

struct buf;
struct bundle_spec;
struct recipe;
struct signer;

/**
 * provenance_make() - append one DSSE envelope around an in-toto statement
 * @spec: complete but for the provenance; subjects are its modules
 * @r: dependencies are its kits and the files of @spec
 *
 * The statement is SLSA provenance and depends on nothing but @spec and @r: the same
 * build has the same statement, whoever signs it.
 * Source: in-toto Statement v1, SLSA provenance v1, DSSE v1.0 (protocol.md).
 */
void provenance_make(const struct bundle_spec *spec, const struct recipe *r,
		     const struct signer *s, struct buf *out);

#endif
