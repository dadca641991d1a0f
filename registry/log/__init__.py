"""The write side of the log: what an append makes of the tree, and the guard of its largest signed head."""
