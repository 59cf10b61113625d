"""Servers of many processes: started together, and each of their parts charged for the CPU that it takes."""
