^ERROR: probe overhead \([0-9]+ cycles\) exceeded threshold \(100000 cycles\) in last 10000000 cycles
