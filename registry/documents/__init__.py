"""Certificates as files: the symbol to scan and the document to print, made of plain data."""
