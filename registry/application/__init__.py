"""What can be done with the registry: commands in, signed and logged decisions out."""
