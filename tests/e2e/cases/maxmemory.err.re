needs more memory than it was built to take
^hint: build it with smaller arrays
