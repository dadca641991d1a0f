"""Read models: made from the log, dropped and made again at will."""
