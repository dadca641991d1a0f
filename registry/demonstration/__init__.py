"""The demonstration: a registry of made-up people, with a certificate of every status and five forgeries."""
