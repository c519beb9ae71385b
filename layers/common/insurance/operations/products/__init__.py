"""Operations: products."""
