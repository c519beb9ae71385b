"""Operations: payments."""
