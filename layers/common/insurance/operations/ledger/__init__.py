"""Operations: ledger."""
