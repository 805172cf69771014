"""Machine code of our own, made by Numba, for what small networks spend their time on."""
