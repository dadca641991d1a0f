"""Taking in what people hand in: files of any kind, parsed where they can do no harm, become things to check."""
