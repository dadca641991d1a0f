"""The write side: decisions become signed events, logged, projected and published."""
