"""What is published and what is stated in words, read and written; plain fitting and one stream's projection.

Imports `carecost` only. Nothing here knows a set.
"""
