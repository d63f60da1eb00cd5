^connect\(-1, \{AF_INET, 127.0.0.1, 80\}, 16\) AF_INET 127.0.0.1 80  $
^bind\(-1, \{AF_INET6, ::1, 443\}, 28\) AF_INET6 ::1 443 7 2$
^sendto\(-1, "x", 1, 0x0, \{AF_LOCAL, "/tmp/sysc.sock"\}, 16\)$
^connect\(-1, 0x8, 16\)     $
^rt_sigaction\(99, \{SIG_IGN, \[SIGINT\], SA_RESTART\}, 0x0, 8\)$
^timer_settime\(-1, 0, \[1.000000002\],\[3.000000500\], 0x0\)$
^utime\("/none", \[11, 22\]\) 11 22$
^utime\("/none", NULL\) 0 0$
^ioprio_set\(IOPRIO_WHO_PROCESS, -1, IOPRIO_CLASS_BE\|4\)$
^rt_sigqueueinfo\(-1, SIGUSR1, \{si_signo=SIGUSR1, si_errno=3, si_code=-6\}\)$
^sigaltstack\(\{0x10000, 0x2, 8192\}, 0x0\)$
^utime\("/none", \[33, 44\]\) 33 44$
^nanosleep\(\[0.000000007\], 0x0\)$
^clock_settime\(0xfffffff7, \[33.000000044\]\)$
^preadv\(-1, 0x0, 0, 5\)$
