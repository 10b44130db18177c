"""What is published and what is stated in words, read and written; plain fitting and one stream's projection.

Imports no other folder; the package by its public names, `carecost`. Nothing here knows a set.
"""
