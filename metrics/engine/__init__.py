"""The arithmetic of recomputing, on whole arrays: facts → days → periods → formulas → rows."""
