"""Reading the register: search, law as of a date, verification of the ledger."""
