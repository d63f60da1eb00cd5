// SPDX-License-Identifier: GPL-2.0-only
/* Kernel signatures from elsewhere: a PKCS#7 file, or a module with one appended. */
#include "build/pack/ksig.h"
#include "bundle/base/err.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of a key that made the good ones of the corpus, over MODULE. */
static const char cert[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBdTCCARugAwIBAgIUCmbq9cGOIKay2t4hZM/wl1xMipswCgYIKoZIzj0EAwIw\n"
	"DzENMAsGA1UEAwwEZnV6ejAgFw0yNjExMjIxNTQ3NDBaGA8yMTI2MTAyOTE1NDc0\n"
	"MFowDzENMAsGA1UEAwwEZnV6ejBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABA8U\n"
	"nS0qpDjciRDPm66ajbQrlWPY7k30xRvKtSKvwGOy90zg16lyYJemc4DEbIUOTWDO\n"
	"iR5a41eyo9Mn08grWsijUzBRMB0GA1UdDgQWBBTxVIe/g2CZ51f9ZMcJN+j9xQ68\n"
	"FTAfBgNVHSMEGDAWgBTxVIe/g2CZ51f9ZMcJN+j9xQ68FTAPBgNVHRMBAf8EBTAD\n"
	"AQH/MAoGCCqGSM49BAMCA0gAMEUCIQCcuT6gmfqzVebHq4bqHncfgfs54AikOoQE\n"
	"7Za2NOIoWAIgCoHgynGZ2deY9Q0pDKEu/RiGgGqwX8lwdm75omTb1Qk=\n"
	"-----END CERTIFICATE-----\n";

#define MODULE "module\n"

static struct ksig_certs *load_cert(void)
{
	char path[] = "/tmp/fuzz_ksig.XXXXXX";
	struct ksig_certs *c = ksig_certs_new();
	int fd = mkstemp(path);
	struct err e;

	if (fd < 0 ||
	    write(fd, cert, sizeof(cert) - 1) != (ssize_t)sizeof(cert) - 1 ||
	    ksig_certs_add(c, path, &e) < 0)
		abort();
	close(fd);
	unlink(path);
	return c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ksig_certs *certs;
	char skid[KSIG_SKID_MAX];
	size_t ko_len, sig_len;
	uint8_t *p;
	struct err e;

	if (!certs)
		certs = load_cert();
	p = malloc(size ? size : 1); /* so that a byte too much is seen */
	memcpy(p, data, size);
	if (!ksig_verify(certs, p, size, MODULE, strlen(MODULE), skid, &e) &&
	    !ksig_certs_has(certs, skid))
		abort();
	if (!ksig_split(p, size, &ko_len, &sig_len, &e)) {
		if (sig_len && (ko_len > size || sig_len > size - ko_len))
			abort();
		if (sig_len)
			ksig_verify(certs, p + ko_len, sig_len, p, ko_len, skid,
				    &e);
	}
	free(p);
	return 0;
}
