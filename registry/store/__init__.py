"""The event store that is the log: one table of entries, appended by one sequencer."""
