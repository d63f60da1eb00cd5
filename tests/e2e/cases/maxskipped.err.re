^ERROR: Skipped too many probes, check MAXSKIPPED
