^ERROR: the end
