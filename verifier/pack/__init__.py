"""Evidence packs: what was asked and answered, with every proof, as one document to print and to check years later."""
