/* SPDX-License-Identifier: GPL-2.0-only */
/* A verified bundle as JSON: bundle/FORMAT.md section 10. */
#ifndef BUILD_CMD_BUNDLE_JSON_H
#define BUILD_CMD_BUNDLE_JSON_H

struct buf;
struct bundle;
struct sig_set;

/** bundle_json() - append all that the manifest says, without the outer braces */
void bundle_json(struct buf *o, const struct bundle *b);

/** bundle_json_sigs() - append "signatures":[...]; after sig_verify(), or none */
void bundle_json_sigs(struct buf *o, const struct sig_set *s);

#endif
