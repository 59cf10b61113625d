"""Runs against the real server: `tertulia serve` in a process, on loopback, on a data folder of its own.

People write while the server is killed at named places and at any moment, stopped, cut off, starved of disk
and shifted in time; it is started again on the same data each time. At the end fresh readers page every log
from 0, beside what the database itself holds.
"""
