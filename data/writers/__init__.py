"""Writers: three formats that an ECG may be kept in, and specimens of those that devices write, to hold the readers against."""
