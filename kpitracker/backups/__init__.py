"""The whole installation in one file, back from it, and proof that it is whole.

`saving` writes the file, `restoring` reads it, `verifying` asks an installation whether it holds
what it promises. PostgreSQL's own programs do the work (`programs`); `archive` is the file.
"""
