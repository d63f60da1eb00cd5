$TAPRUN -c "sh -c 'acts signals; acts segv'" "$TAP" >/tmp/out 2>/tmp/err || fail "exit $?"
expect /tmp/out '^action USR1 10 handler mask  old 0$' '^action HUP 1 ignored mask ' '^action gave 0$' \
	'^mask 0 10,12$' '^mask 1 10,12$' '^mask gave 0$' '^send USR1 10 acts signal.send shared 1 SI_USER task 1$' \
	'^send USR1 10 acts signal.send shared 0 SI_TKILL task 1$' '^permission USR1 10 acts signal.checkperm 1 SI_USER$' \
	'^permission gave signal.checkperm 0$' '^queue USR2 12 1$' '^queue gave ' '^pending 1 size 8$' '^pending gave 0$' \
	'^handle USR1 User signal code 0 handler 1$' '^force SEGV 11 acts 1$|^force USR1 10 acts 1$' '^signal.force_segv.return$' \
	'^signal.syskill 10 SIGUSR1 acts 1 1$' '^signal.systkill 10 SIGUSR1 acts 1 1$' '^signal.systgkill 10 SIGUSR1 acts 1 1$' \
	'^signal.syskill gave 0 0$' '^signal.systkill gave 0 0$' '^signal.systgkill gave 0 0$' \
	'^handle SEGV Kernel signal code 128 handler 1$' '^wakeup acts TASK_INTERRUPTIBLE'
