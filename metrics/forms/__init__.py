"""Forms of the numbers: files to import, typed values, costs, feeds."""
