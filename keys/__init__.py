"""The only code that signs or encrypts.

Chance that guards a secret (keys, nonces, salts of passphrases) comes from the operating system and is no argument: a
caller who could choose it could also give the secret away.
"""
