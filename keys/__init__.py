"""The only code that signs or encrypts."""
