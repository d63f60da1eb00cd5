^ERROR: division by 0 near operator '/' at .*softerror.stp:3:43 in probe begin$
