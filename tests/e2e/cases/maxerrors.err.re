^ERROR: number 1( near .*)?$
^ERROR: number 4( near .*)?$
