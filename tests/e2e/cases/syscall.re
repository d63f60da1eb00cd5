^close 0 100 100$
^close 1 100 100$
^getppid 0 100 100$
^getppid 1 100 100$
^openat 0 100 100$
^any 200 100 200$
^failed 100 errs 200 parents 200$
^all 1$
