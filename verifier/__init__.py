"""What "valid" means: formats, proofs, the status rule and the report, for anybody, without our servers."""
