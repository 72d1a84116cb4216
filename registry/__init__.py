"""The register itself: organisations, their lifecycle, the ledger, law as data."""
