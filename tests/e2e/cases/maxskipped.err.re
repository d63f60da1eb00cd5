^ERROR: Skipped too many probes, check MAXSKIPPED
^WARNING: Skipped due to global 'x' lock timeout: [0-9]+$
