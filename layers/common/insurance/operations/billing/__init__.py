"""Operations: billing."""
