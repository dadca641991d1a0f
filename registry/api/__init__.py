"""The write API for certification bodies: requests in, commands to the registry, receipts out."""
