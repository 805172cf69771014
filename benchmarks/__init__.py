"""Measurements: one module per figure that the README or the docs quote; `make bench` prints them."""
