^exec 1 prio 20 (/[^ ]*/)?work sched:sched_process_exec$
^exit work kernel.trace\("sched:sched_process_exit"\)$
^forks 3 switches 1 gaps 0$
^execs 1 wakes 3$
^child of work$
