^begun$
^end 50$
^----- probe hit report: $
^begin, \(timing\.stp:4:[0-9]+\), hits: 1, nsecs: [0-9]+min/[0-9]+avg/[0-9]+max, variance: 0, from: begin, index: 0$
^kernel\.function\("vfs_write.*"\), \(timing\.stp:5:[0-9]+\), hits: [1-9][0-9]+, nsecs: [0-9]+min/[0-9]+avg/[0-9]+max, variance: [0-9]+, from: kernel\.function\("vfs_write"\), index: 1$
^kernel\.function\("vfs_read.*"\)\.return, \(timing\.stp:6:[0-9]+\), hits: [1-9][0-9]+, nsecs: .*, index: 2$
^end, \(timing\.stp:8:[0-9]+\), hits: 1, nsecs: .*, index: 3$
^----- module init report: $
^hits: 1, nsecs: [0-9]+min/[0-9]+avg/[0-9]+max, variance: 0$
